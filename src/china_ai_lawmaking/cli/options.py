"""Options that several commands share."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from ..package.descriptor import OVERRIDE, Package, locate
from ..package.files import DESCRIPTOR

if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping, Sequence

    from ..problems import Problem


def add_root(parser: argparse.ArgumentParser) -> None:
    """Add `--root`."""
    parser.add_argument(
        "--root",
        metavar="DIR|ZIP",
        help=f"the package; default: the one that {OVERRIDE} names, else the one that you stand in, else the installed "
        "one",
    )


def package(arguments: argparse.Namespace) -> Package:
    """Open the package that `--root` names, or its default."""
    if arguments.root is None and not os.environ.get(OVERRIDE):
        return locate(_around(os.getcwd()))
    return locate(arguments.root)


def is_elsewhere(arguments: argparse.Namespace) -> bool:
    """Tell whether the package is another one than its user named or stands in."""
    return arguments.root is None and (bool(os.environ.get(OVERRIDE)) or _around(os.getcwd()) is None)


def _around(folder: str) -> str | None:
    """Give the nearest folder, from this one up, that is a package, even one that cannot be used."""
    while not os.path.exists(os.path.join(folder, DESCRIPTOR)):
        above = os.path.dirname(folder)
        if above == folder:
            return None
        folder = above
    return folder


def write(root: str, changes: Mapping[str, bytes], problems: Sequence[Problem], *, only_tell: bool = False) -> int:
    """Write files of a package and name them, or tell why not; 1 if there is a problem, or a change that is only told."""
    from ..editing import edits

    for problem in problems:
        print(f"{problem.path}:{problem.line}: {problem.message} [{problem.code}]", file=sys.stderr)
    if problems:
        print("nothing was changed: mend these first", file=sys.stderr)
        return 1
    if not only_tell:
        edits.write(root, changes)
    for path in sorted(changes):
        print(f"{path} {'would change' if only_tell else 'changed'}")
    return int(only_tell and bool(changes))
