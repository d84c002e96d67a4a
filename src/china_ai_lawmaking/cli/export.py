"""`export`: the tables as a workbook for editing."""

import argparse
import os

from ..editing import edits, spreadsheet
from ..errors import UsageError
from . import options

ARGUMENTS = (
    options.argument("--xlsx", metavar="FILE", required=True, help="Excel workbook to write; it must not exist"),
    options.ROOT,
)


def run(arguments: argparse.Namespace) -> int:
    """Write the workbook, whole or not at all."""
    data = spreadsheet.export(options.package(arguments))
    folder, name = os.path.split(os.path.abspath(arguments.xlsx))
    if os.path.lexists(arguments.xlsx):
        raise UsageError(f"{arguments.xlsx} exists already, perhaps with edits; name a new file")
    if not os.path.isdir(folder):
        raise UsageError(f"there is no folder {folder} to write {name} in")
    edits.replace(os.path.join(folder, name), data)
    return 0
