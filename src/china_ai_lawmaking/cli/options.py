"""Options that several commands share."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from ..package import OVERRIDE, Package, is_checkout, locate

if TYPE_CHECKING:
    import argparse


def add_root(parser: argparse.ArgumentParser) -> None:
    """Add `--root`."""
    parser.add_argument(
        "--root",
        metavar="DIR|ZIP",
        help=f"the package; default: the one that {OVERRIDE} names, else the checkout that you stand in, else the "
        "installed one",
    )


def package(arguments: argparse.Namespace) -> Package:
    """Open the package that `--root` names, or its default."""
    if arguments.root is None and not os.environ.get(OVERRIDE) and is_checkout(os.getcwd()):
        return locate(os.getcwd())
    return locate(arguments.root)
