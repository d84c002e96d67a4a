"""`tables`: what is in a package."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..loading import dictionary
from . import options

if TYPE_CHECKING:
    import argparse


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    options.add_root(parser)


def run(arguments: argparse.Namespace) -> int:
    """Print the tables with rows and span, as Markdown."""
    print(dictionary.contents(options.package(arguments)), end="")
    return 0
