"""`new`: add a row with the next identifier, and the rows that belong to it."""

from __future__ import annotations

import argparse
import os
import sys
from typing import TYPE_CHECKING, Any

from .. import additions, edits, report, validation, writing
from ..additions import Row
from ..errors import UsageError
from . import changing

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ..package import Field, Package


class _With(argparse.Action):
    """Begin another row; the values that follow are its own."""

    def __call__(self, _parser: object, namespace: argparse.Namespace, table: Any, _option: object = None) -> None:
        namespace.rows = [*namespace.rows, (table, ())]


class _Set(argparse.Action):
    """Give a value to the row that was begun last."""

    def __call__(self, _parser: object, namespace: argparse.Namespace, value: Any, _option: object = None) -> None:
        *rows, (table, values) = namespace.rows
        namespace.rows = [*rows, (table, (*values, value))]


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    parser.add_argument("table", metavar="TABLE", help="table of the row")
    parser.add_argument(
        "--set", action=_Set, dest="rows", metavar="COLUMN=VALUE", help="a value of the row that was begun last"
    )
    parser.add_argument(
        "--with", action=_With, dest="rows", metavar="TABLE", help="begin a row that belongs to it, such as evidence"
    )
    parser.add_argument("--root", metavar="DIR", default=os.curdir, help="package to add to (default: where you stand)")
    parser.set_defaults(rows=[("", ())])
    parser.epilog = (
        "A row that is begun with --with refers to the first one; evidence belongs to the row before it. On a terminal "
        "what is required and missing is asked for. Nothing is written unless the package is valid with the new rows."
    )


def run(arguments: argparse.Namespace) -> int:
    """Add the rows and name them; 1 if the package would have problems."""
    with changing.alone(arguments.root) as opened:
        return _add(opened, arguments)


def _add(opened: Package, arguments: argparse.Namespace) -> int:
    rows: list[Row] = []
    for row in _wanted(opened, arguments):
        additions.check(opened, row)
        rows.append(_filled(opened, additions.complete(opened, row, rows)))
    added = additions.files(opened, rows)
    changes, faults = edits.change(opened, added)
    verdict = validation.judge(edits.overlaid(opened, added if faults else changes))
    if verdict.problems:
        print(report.as_text(verdict), end="")
        print("nothing was written; these are the problems that the package would have", file=sys.stderr)
        return 1
    writing.replace(edits.folder(opened), changes)
    for row in rows:
        print(
            f"{opened.resource_path(row.table)}: {', '.join(row.cells[name] for name in opened.table(row.table).key)}"
        )
    return 0


def _wanted(opened: Package, arguments: argparse.Namespace) -> Iterator[Row]:
    (_, values), *further = arguments.rows
    yield Row(arguments.table, _cells(values))
    for table, values in further:
        yield Row(table, _cells(values))
    tables = additions.referring(opened, arguments.table)
    while sys.stdin.isatty() and (table := _ask(f"a row in another table? ({', '.join(tables)}; empty: no): ")):
        yield Row(table, {})


def _cells(values: Iterable[str]) -> dict[str, str]:
    cells: dict[str, str] = {}
    for value in values:
        column, separator, cell = value.partition("=")
        if not separator:
            raise UsageError(f"--set {value} has no '='; expected COLUMN=VALUE")
        if column in cells:
            raise UsageError(f"{column} is given twice; begin another row with --with TABLE")
        cells[column] = cell
    return cells


def _filled(opened: Package, row: Row) -> Row:
    missing = additions.missing(opened, row)
    if missing and not sys.stdin.isatty():
        names = ", ".join(field.name for field in missing)
        raise UsageError(f"a row of {row.table} needs {names} too; give them with --set COLUMN=VALUE")
    return Row(row.table, {**row.cells, **{field.name: _value(row.table, field) for field in missing}})


def _value(table: str, field: Field) -> str:
    listed = f" One of {', '.join(field.categories)}." if field.categories else ""
    value = ""
    while not value or (field.categories and value not in field.categories):
        value = _ask(f"{field.description}{listed}\n{table}.{field.name}: ")
    return value


def _ask(question: str) -> str:
    try:
        return input(question).strip()
    except (EOFError, KeyboardInterrupt):
        raise UsageError("no answer; nothing was written") from None
