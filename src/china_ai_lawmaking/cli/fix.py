"""`fix`: bring the files of a package into canonical form and its hashes up to date."""

from __future__ import annotations

import os
import sys

from .. import canonical, edits, package, writing

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping, Sequence

    from ..problems import Problem


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--root", metavar="DIR", default=os.curdir, help="package to fix (default: where you stand)")
    parser.add_argument("--check", action="store_true", help="only tell what would change; exit 1 if anything would")


def run(arguments: argparse.Namespace) -> int:
    """Rewrite what is not canonical; 1 if a file is structurally broken, or with --check if anything would change."""
    opened = package.locate(arguments.root)
    root = edits.folder(opened)
    return write(root, *canonical.changes(opened), check=arguments.check)


def write(root: str, changes: Mapping[str, bytes], problems: Sequence[Problem], *, check: bool = False) -> int:
    """Make a change of the files in a folder and name them, or tell why not."""
    for problem in problems:
        print(f"{problem.path}:{problem.line}: {problem.message} [{problem.code}]", file=sys.stderr)
    if problems:
        print("nothing was changed: mend these first", file=sys.stderr)
        return 1
    if changes and not check:
        writing.replace(root, changes)
    for path in changes:
        print(f"{path} {'would change' if check else 'changed'}")
    return 1 if changes and check else 0
