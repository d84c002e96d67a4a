"""`tables`: what is in a package."""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING

from ..loading import dictionary
from . import options

if TYPE_CHECKING:
    import argparse


_LINK = re.compile(r"\[`([^`]*)`\]\([^)]*\)")


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    options.add_root(parser)


def run(arguments: argparse.Namespace) -> int:
    """Print the tables with rows and span: in columns on a terminal, as Markdown into a file or a pipe."""
    listed = dictionary.contents(options.package(arguments))
    print(_columns(listed) if sys.stdout.isatty() else listed, end="")
    return 0


def _columns(markdown: str) -> str:
    rows = [[_LINK.sub(r"\1", cell.strip()) for cell in line.strip("|").split("|")] for line in markdown.splitlines()]
    # The second line only draws the grid.
    del rows[1]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows)
    return "\n".join(lines) + "\n"
