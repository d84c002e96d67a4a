"""`cite`: citations of the record and of the sources behind records."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..loading import citation
from . import options

if TYPE_CHECKING:
    import argparse

# The formats are the properties of Citations.
FORMATS = ("text", "bibtex", "ris", "csl")


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    parser.add_argument("id", nargs="*", help="records whose sources to cite after the record itself")
    parser.add_argument("--format", choices=FORMATS, default="text", help="text is APA, csl is CSL-JSON")
    options.add_root(parser)


def run(arguments: argparse.Namespace) -> int:
    """Print the citations."""
    print(getattr(citation.cite(options.package(arguments), arguments.id), arguments.format))
    return 0
