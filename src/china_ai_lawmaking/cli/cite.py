"""`cite`: citations of the record and of the sources behind records."""

import argparse

from ..loading import citation
from .options import ROOT, argument, package

# The formats are the properties of Citations.
ARGUMENTS = (
    argument("id", nargs="*", help="records whose sources to cite after the record itself"),
    argument("--format", choices=("text", "bibtex", "ris", "csl"), default="text", help="text is APA, csl is CSL-JSON"),
    ROOT,
)


def run(arguments: argparse.Namespace) -> int:
    """Print the citations."""
    print(getattr(citation.cite(package(arguments), arguments.id), arguments.format))
    return 0
