"""`new`: add a row with the next identifier, and the rows that belong to it."""

from __future__ import annotations

import argparse
import os
import shlex
import sys
from typing import TYPE_CHECKING, Any

from ..editing import additions, edits, writing
from ..editing.additions import Row
from ..errors import UsageError
from ..problems import shown
from ..validating import report
from . import changing

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from ..package.descriptor import Field, Package


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
        "every column that is neither given nor filled in is asked for. Nothing is written unless the package is valid "
        "with the new rows."
    )


def run(arguments: argparse.Namespace) -> int:
    """Add the rows and name them; 1 if the package would have problems."""
    said: list[tuple[str, dict[str, str]]] = []
    code = 1
    try:
        with changing.alone(arguments.root) as opened:
            code = _add(opened, arguments, said)
    finally:
        # Whatever stops it, what somebody typed is not lost.
        if code and said and _is_asking():
            print(f"what you said, as a command:\n{_command(arguments, said)}", file=sys.stderr)
    return code


def _add(opened: Package, arguments: argparse.Namespace, said: list[tuple[str, dict[str, str]]]) -> int:
    """Add the rows; as long as that goes on, `said` has what was given and answered for each."""
    (_, values), *further = arguments.rows
    given = [(table, _cells(values)) for table, values in ((arguments.table, values), *further)]
    for table, cells in given:
        additions.check(opened, Row(table, cells))
    if _is_asking():
        print("an empty answer leaves a cell empty", file=sys.stderr)
    said += given
    rows: list[Row] = []
    for table, cells in _wanted(opened, said):
        complete = additions.complete(opened, Row(table, cells), rows)
        for field in _unsaid(opened, complete):
            cells[field.name] = _answer(table, field)
        rows.append(Row(table, {**complete.cells, **cells}))
    # Not before the questions: polars lets Ctrl-C wait for the end of the line.
    from ..validating import validation

    added = additions.files(opened, rows)
    changes, faults = edits.change(opened, added)
    if faults:
        print(report.as_text(validation.Verdict(sorted(faults), {}, ())), end="")
        print("nothing was written: mend these first", file=sys.stderr)
        return 1
    verdict = validation.judge(edits.overlaid(opened, changes))
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


def _wanted(opened: Package, said: list[tuple[str, dict[str, str]]]) -> Iterator[tuple[str, dict[str, str]]]:
    yield from tuple(said)
    question = f"a row in another table? ({', '.join(additions.referring(opened, said[0][0]))}; empty: no): "
    while _is_asking() and (table := _ask(question)):
        if table in opened.names():
            said.append((table, {}))
            yield said[-1]
        else:
            print(f"{shown(table)} is not one of {', '.join(opened.names())}", file=sys.stderr)


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


def _unsaid(opened: Package, row: Row) -> Sequence[Field]:
    """Give the columns to ask for; with nobody to ask, refuse a row that lacks any that every row must fill."""
    missing = additions.missing(opened, row)
    if _is_asking():
        return [field for field in opened.table(row.table).fields if field.name not in row.cells or field in missing]
    if missing:
        names = ", ".join(field.name for field in missing)
        raise UsageError(f"a row of {row.table} needs {names} too; give them with --set COLUMN=VALUE")
    return []


def _answer(table: str, field: Field) -> str:
    listed = ", ".join(field.categories)
    print(f"{field.description}{listed and f' One of {listed}.'}", file=sys.stderr)
    while True:
        value = _ask(f"{table}.{field.name}: ")
        if field.required and not value:
            print("every row needs a value here", file=sys.stderr)
        elif value and listed and value not in field.categories:
            print(f"{shown(value)} is not one of {listed}", file=sys.stderr)
        else:
            return value


def _is_asking() -> bool:
    # There is no standard input at all where a shell or a service has closed it.
    return sys.stdin is not None and sys.stdin.isatty()


def _ask(question: str) -> str:
    try:
        answer = input(question).strip()
        # Half a character can be typed.
        answer.encode()
    except (EOFError, KeyboardInterrupt):
        raise UsageError("no answer; nothing was written") from None
    except UnicodeError:
        raise UsageError("the answer is not UTF-8; nothing was written") from None
    return answer


def _command(arguments: argparse.Namespace, said: Iterable[tuple[str, Mapping[str, str]]]) -> str:
    words = ["china-ai-lawmaking", "new", arguments.table]
    if arguments.root != os.curdir:
        words += ["--root", arguments.root]
    for place, (table, cells) in enumerate(said):
        words += ["--with", table] if place else []
        for column, cell in cells.items():
            words += ["--set", f"{column}={cell}"] if cell else []
    return shlex.join(words)
