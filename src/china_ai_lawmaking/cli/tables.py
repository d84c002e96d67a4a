"""`tables`: what is in a package."""

import argparse
import sys

from ..loading import dictionary
from . import options

ARGUMENTS = (options.ROOT,)


def run(arguments: argparse.Namespace) -> int:
    """Print the tables with rows and span: in columns on a terminal, as Markdown into a file or a pipe."""
    print(dictionary.contents(options.package(arguments), is_plain=sys.stdout.isatty()), end="")
    return 0
