"""`describe`: the meaning of tables, columns and values."""

import argparse

from ..loading import dictionary
from . import options

ARGUMENTS = (options.argument("table", nargs="*", help="tables to describe; without one, all"), options.ROOT)


def run(arguments: argparse.Namespace) -> int:
    """Print the data dictionary, as Markdown."""
    package = options.package(arguments)
    print(dictionary.dictionary(package, arguments.table or package.names()), end="")
    return 0
