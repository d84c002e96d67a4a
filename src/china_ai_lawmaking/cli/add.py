"""`add`: turn page files into rows."""

import argparse
import os
import sys
from datetime import UTC, datetime

from ..editing import adding, edits, page_file
from ..errors import UsageError
from ..package import descriptor
from .options import argument, checkout_root

ARGUMENTS = (
    argument("files", metavar="PAGE.yaml", nargs="*", help="page files"),
    argument("--text", metavar="FILE", help="text of the page, where one file is added; default: PAGE.txt"),
    argument("--check", action="store_true", help="only tell what would be added"),
    argument("--blank", action="store_true", help="print an empty page file with comments, and stop"),
    argument("--schema", action="store_true", help="print the JSON Schema for an editor, and stop"),
    checkout_root,
)


def run(arguments: argparse.Namespace) -> int:
    """Add the rows and count them by table; 1 if a file or the package with it would have problems."""
    if arguments.blank or arguments.schema:
        print(page_file.shipped(page_file.BLANK if arguments.blank else page_file.SCHEMA), end="")
        return 0
    opened = descriptor.open_package(arguments.root)
    root = edits.folder(opened)
    if not arguments.files:
        raise UsageError("no page file is named; `china-ai-lawmaking add --blank` prints an empty one")
    if arguments.text and len(arguments.files) != 1:
        raise UsageError(f"--text belongs to one page file; {len(arguments.files)} are given")
    pages, faults = adding.read(arguments.files, text=arguments.text)
    today = datetime.now(UTC).date().isoformat()
    files, more, draft = adding.add(opened, [] if faults else pages, today=today)
    faults += more
    for line in dict.fromkeys((*(f"note: {note}" for note in draft.notes), *map(str, faults))):
        print(line, file=sys.stderr)
    if count := len(faults):
        # What a passage carries can only be seen in the text.
        for name in () if arguments.text else map(adding.text_beside, arguments.files):
            if not os.path.isfile(name):
                print(
                    f"note: {name} is not there; save the page's paragraphs in it, so that add can look",
                    file=sys.stderr,
                )
        print(f"{count} problem{'s' * (count != 1)}; nothing was written", file=sys.stderr)
        return 1
    if not arguments.check:
        edits.write(root, files)
    for table in sorted({name for name, _ in draft.places}):
        added, touched = (sum(name == table for name, _ in keys) for keys in (draft.new, draft.places))
        print(f"{table:<20}  {added:>5} added" + (f"  {touched - added:>5} changed" if touched > added else ""))
    if not files:
        print("nothing to add: the record has it all")
    return 0
