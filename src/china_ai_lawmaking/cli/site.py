"""`site`: write the pages on which the record is read."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from . import options

if TYPE_CHECKING:
    import argparse


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    parser.add_argument("out", metavar="OUT", help="folder to make; it must not exist or be empty")
    parser.add_argument(
        "--tabulator",
        metavar="DIR",
        type=Path,
        help="folder dist of the npm package tabulator-tables; without it grids are plain tables",
    )
    options.add_root(parser)


def run(arguments: argparse.Namespace) -> int:
    """Write the site."""
    from ..site import build

    count = build.write(options.package(arguments), Path(arguments.out), arguments.tabulator)
    print(f"{count} pages in {arguments.out}; open {arguments.out}/index.html")
    return 0
