"""`import`: take the rows of an edited workbook over into the tables."""

import argparse

from ..editing import edits, spreadsheet
from ..package import descriptor
from . import options

ARGUMENTS = (
    options.argument("file", metavar="FILE", help="workbook that was written with export --xlsx"),
    options.checkout_root,
)


def run(arguments: argparse.Namespace) -> int:
    """Write the tables that differ and name them; 1 if a file of the package is structurally broken."""
    opened = descriptor.open_package(arguments.root)
    root = edits.folder(opened)
    files = spreadsheet.tables(opened, arguments.file)
    return options.write(root, *edits.change(opened, files)) if files else 0
