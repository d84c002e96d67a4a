"""`add`: turn page files into rows."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from ..editing import adding, edits, page_form
from ..errors import UsageError
from ..package import descriptor
from .options import argument, checkout_root

if TYPE_CHECKING:
    import argparse

ARGUMENTS = (
    argument("files", metavar="PAGE.yaml|DIR", nargs="*", help="page files, or folders of them"),
    argument("--text", metavar="FILE", help="text of the page, where one file is added; default: PAGE.txt"),
    argument("--texts", metavar="DIR", help="folder in which text_file is looked for (default: the file's)"),
    argument("--check", action="store_true", help="only tell what would be added"),
    argument("--blank", action="store_true", help="print an empty page file with comments, and stop"),
    argument("--schema", action="store_true", help="print the JSON Schema for an editor, and stop"),
    checkout_root,
)


def run(arguments: argparse.Namespace) -> int:
    """Add the rows and count them by table; 1 if a file or the package with it would have problems."""
    if arguments.blank or arguments.schema:
        print(page_form.shipped(page_form.BLANK if arguments.blank else page_form.SCHEMA), end="")
        return 0
    opened = descriptor.open_package(arguments.root)
    root = edits.folder(opened)
    paths = adding.page_files(arguments.files)
    if arguments.text and len(paths) != 1:
        raise UsageError(f"--text belongs to one page file; {len(paths)} are given")
    pages, faults = adding.read(paths, text=arguments.text, texts=arguments.texts)
    today = datetime.now(UTC).date().isoformat()
    result = adding.add(opened, pages, today=today) if not faults else adding.Addition({}, faults, [], {})
    notes = [f"note: {note}" for note in result.notes]
    for line in dict.fromkeys((*notes, *map(str, result.faults))):
        print(line, file=sys.stderr)
    if count := len(result.faults):
        print(f"{count} problem{'s' * (count != 1)}; nothing was written", file=sys.stderr)
        return 1
    if not arguments.check:
        edits.write(root, result.files)
    width = max(map(len, result.counts), default=0)
    for table, (added, filled) in result.counts.items():
        print(f"{table:<{width}}  {added:>5} added" + (f"  {filled:>5} cells filled" if filled else ""))
    if not result.files:
        print("nothing to add: the record has it all")
    return 0
