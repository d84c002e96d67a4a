"""Options that several commands share."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from ..package.descriptor import OVERRIDE, Package, open_package
from ..package.files import DESCRIPTOR, Folder

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable, Mapping, Sequence

    from ..problems import Problem


def add_root(parser: argparse.ArgumentParser) -> None:
    """Add `--root`."""
    parser.add_argument(
        "--root",
        metavar="DIR|ZIP",
        help=f"the package; default: the one that {OVERRIDE} names, else the one that you stand in, else the installed "
        "one",
    )


def add_checkout(parser: argparse.ArgumentParser) -> None:
    """Add `--root` to a command that changes files: never the installed package, nor one that the environment names."""
    parser.add_argument(
        "--root",
        metavar="DIR",
        default=_around() or os.curdir,
        help="package to change (default: the one that you stand in)",
    )


def package(arguments: argparse.Namespace) -> Package:
    """Open the package that `--root` names, or its default."""
    if arguments.root is None and not os.environ.get(OVERRIDE):
        return open_package(_around())
    return open_package(arguments.root)


def is_elsewhere(arguments: argparse.Namespace) -> bool:
    """Tell whether the package is another one than its user named or stands in."""
    return arguments.root is None and (bool(os.environ.get(OVERRIDE)) or _around() is None)


def checkout(package: Package | None = None) -> str:
    """Give the folder that revisions belong to: that of a package, else that of the one that its user stands in."""
    return package.files.root if package and isinstance(package.files, Folder) else _around() or os.curdir


def from_top(package: Package, problems: Iterable[Problem]) -> list[Problem]:
    """Name the files of problems from the top of the git repository of a package, where GitHub starts its paths."""
    folder = top = os.path.realpath(package.files.root) if isinstance(package.files, Folder) else ""
    # Asking git would need git; a file of that name is that of a submodule or of a second work tree.
    while top and not os.path.exists(os.path.join(top, ".git")):
        top = os.path.dirname(top) if top != os.path.dirname(top) else ""
    inside = os.path.relpath(folder, top) if top else os.curdir
    before = "" if inside == os.curdir else inside.replace(os.sep, "/") + "/"
    return [problem._replace(path=before + problem.path) for problem in problems]


def _around() -> str | None:
    """Give the nearest folder, from the working one up, that is a package, even one that cannot be used."""
    try:
        folder = os.getcwd()
    except FileNotFoundError:
        # It was deleted under its user's feet.
        return None
    while not os.path.exists(os.path.join(folder, DESCRIPTOR)):
        above = os.path.dirname(folder)
        if above == folder:
            return None
        folder = above
    return folder


def write(root: str, changes: Mapping[str, bytes], problems: Sequence[Problem], *, only_tell: bool = False) -> int:
    """Write files of a package and name them, or tell why not; 1 for a problem, or a change that is only told."""
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
