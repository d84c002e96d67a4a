"""`fix`: bring the files of a package into canonical form and its hashes up to date."""

from __future__ import annotations

import os
import sys

from ..editing import edits, writing
from ..package import descriptor
from ..validating import canonical
from . import changing

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping, Sequence

    from ..package.descriptor import Package
    from ..problems import Problem


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--root", metavar="DIR", default=os.curdir, help="package to fix (default: where you stand)")
    parser.add_argument("--check", action="store_true", help="only tell what would change; exit 1 if anything would")


def run(arguments: argparse.Namespace) -> int:
    """Rewrite what is not canonical; 1 if a file is structurally broken, or with --check if anything would change."""
    if arguments.check:
        opened = descriptor.locate(arguments.root)
        waiting = writing.waiting(edits.folder(opened))
        changes, problems = canonical.changes(opened)
        if not _stop(problems):
            for path in sorted({*waiting, *changes}):
                print(f"{path} would change")
        return 1 if problems or waiting or changes else 0
    with changing.alone(arguments.root) as opened:
        return write(opened, *canonical.changes(opened))


def write(opened: Package, changes: Mapping[str, bytes], problems: Sequence[Problem]) -> int:
    """Make a change of the files of a package and name them, or tell why not."""
    if _stop(problems):
        return 1
    if changes:
        writing.replace(edits.folder(opened), changes)
    for path in changes:
        print(f"{path} changed")
    return 0


def _stop(problems: Sequence[Problem]) -> bool:
    for problem in problems:
        print(f"{problem.path}:{problem.line}: {problem.message} [{problem.code}]", file=sys.stderr)
    if problems:
        print("nothing was changed: mend these first", file=sys.stderr)
    return bool(problems)
