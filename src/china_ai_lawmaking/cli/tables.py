"""`tables`: what is in a package."""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING

from ..loading import dictionary
from . import options

if TYPE_CHECKING:
    import argparse

ARGUMENTS = (options.ROOT,)


def run(arguments: argparse.Namespace) -> int:
    """Print the tables with rows and span: in columns on a terminal, as Markdown into a file or a pipe."""
    listed = dictionary.contents(options.package(arguments))
    print(_columns(listed) if sys.stdout.isatty() else listed, end="")
    return 0


def _columns(markdown: str) -> str:
    plain = re.sub(r"\[`([^`]*)`\]\([^)]*\)", r"\1", markdown)
    # The second line only draws the grid.
    header, _, *lines = ([cell.strip() for cell in line.strip("|").split("|")] for line in plain.splitlines())
    widths = [max(map(len, column)) for column in zip(header, *lines, strict=True)]
    padded = ([cell.ljust(width) for cell, width in zip(row, widths, strict=True)] for row in (header, *lines))
    return "".join("  ".join(row).rstrip() + "\n" for row in padded)
