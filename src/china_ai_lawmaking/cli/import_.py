"""`import`: take the rows of an edited workbook over into the tables."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from ..editing import edits, spreadsheet
from . import changing, fix

if TYPE_CHECKING:
    import argparse


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    parser.add_argument("file", metavar="FILE", help="workbook that was written with export --xlsx")
    parser.add_argument("--root", metavar="DIR", default=os.curdir, help="package to change (default: where you stand)")


def run(arguments: argparse.Namespace) -> int:
    """Write the tables that differ and name them; 1 if a file of the package is structurally broken."""
    with changing.alone(arguments.root) as opened:
        files, notes = spreadsheet.tables(opened, arguments.file)
        for note in notes:
            print(note, file=sys.stderr)
        return fix.write(opened, *edits.change(opened, files)) if files else 0
