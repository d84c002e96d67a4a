"""`new`: add a row with the next identifier, and the rows that belong to it."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING, Any

from .. import additions, report, validation, writing
from ..additions import Row
from ..errors import UsageError
from ..package import Overlay, Package
from . import options

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..package import Field


class _With(argparse.Action):
    """Begin another row; the values that follow are its own."""

    def __call__(self, _parser: object, namespace: argparse.Namespace, table: Any, _option: object = None) -> None:
        namespace.further = [*(namespace.further or ()), (table, [])]


class _Set(argparse.Action):
    """Give a value to the row that was begun last."""

    def __call__(self, _parser: object, namespace: argparse.Namespace, value: Any, _option: object = None) -> None:
        if namespace.further:
            namespace.further[-1][1].append(value)
        else:
            namespace.values = [*(namespace.values or ()), value]


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    parser.add_argument("table", metavar="TABLE", help="table of the row")
    parser.add_argument(
        "--set", action=_Set, dest="values", metavar="COLUMN=VALUE", help="value of a column of the row begun last"
    )
    parser.add_argument(
        "--with",
        action=_With,
        dest="further",
        metavar="TABLE",
        help="begin a row that belongs to it, such as evidence or statement_topics",
    )
    options.add_root(parser)
    parser.epilog = (
        "A row that is begun with --with refers to the first row, evidence to the row before it. What is required and "
        "missing is asked for on a terminal. Nothing is written unless the whole package is valid with the new rows."
    )


def run(arguments: argparse.Namespace) -> int:
    """Add the rows and name them; 1 and nothing written where the package would have problems."""
    package = options.package(arguments)
    rows: list[Row] = []
    for row in _wanted(package, arguments, rows):
        additions.check(package, row)
        rows.append(_filled(package, additions.complete(package, row, rows)))
    changes = additions.files(package, rows)
    ...
