"""`release`: write the files that are published with a version."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from . import options

if TYPE_CHECKING:
    import argparse


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    parser.add_argument("out", metavar="OUT", help="folder to make; it must not exist or be empty")
    options.add_root(parser)


def run(arguments: argparse.Namespace) -> int:
    """Write the release."""
    from .. import release

    release.write(options.package(arguments), Path(arguments.out))
    return 0
