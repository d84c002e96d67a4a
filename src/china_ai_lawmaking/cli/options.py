"""Options that several commands share."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from ..package.descriptor import OVERRIDE, Package, locate
from ..package.files import DESCRIPTOR

if TYPE_CHECKING:
    import argparse


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
