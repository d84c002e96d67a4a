"""Compare this validation with frictionless, the reference implementation of the standard, cell by cell.

A difference is a problem, unless it is a known one: those of `UNSEEN`, `UNSEEN_FORMS`, `UNSEEN_HERE` and `LENIENCIES`.
"""

from __future__ import annotations

import bisect
import os
import tempfile
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import NamedTuple

from ..package.files import DESCRIPTOR, Folder
from ..problems import Problem

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from typing import Any

    from ..package.descriptor import Package, Table
    from .structure import Records

CODES = {"cross-check": "this validation and frictionless disagree about a cell, a row or a file"}

# What makes the rows of a file incomparable: one of the two does not read them, or reads other cells.
_STOPPING = {
    "bad-quoting": False,
    "bad-schema": False,
    "duplicate-header": True,
    "empty-file": True,
    "lone-carriage-return": False,
    "long-cell": False,
    "missing-file": True,
    "not-utf-8": True,
    "nul-byte": False,
    "wrong-header": True,
    "wrong-separator": False,
}
_OF_ROWS = {
    "blank-row",
    "duplicate-key",
    "not-in-list",
    "not-unique",
    "pattern",
    "ragged-row",
    "required-cell",
    "too-large",
    "too-long",
    "too-short",
    "too-small",
    "unknown-reference",
    "wrong-type",
}

# Codes of this validation, apart from the meaning rules, of faults that frictionless accepts.
UNSEEN = ("byte-order-mark", "line-ends", "long-cell", "nul-byte", "unsorted", "wrong-separator")

# Faults of other codes in the forms that frictionless accepts, by their folder in `tests/cases`.
UNSEEN_FORMS = {
    "bad-quoting/text-after": "it takes text after a closing quotation mark for a part of the cell",
    "bad-schema/categories": "it does not know the word",
    "bad-schema/half-a-character": "it writes no text of a schema",
    "bad-schema/missing-values": "it empties these cells too; other readers would not",
    "bad-schema/pattern": "it runs on one engine, Python; the constraints of this validation run on several",
    "bad-schema/unique-keys": "it does not know the word",
    "blank-row/in-place-of-the-header": "it takes the first line that is not blank for the header",
}

# What only frictionless judges.
UNSEEN_HERE = {
    "digits": "a number that passes a bound in its 17th digit or later; what all engines compare has no more",
    "empty cells": "a reference of several columns of which some are empty; as in SQL, such a row refers to nothing",
    "metadata": "what the descriptor says beside names, files, schemas, sizes, hashes and how files are read",
}

# Errors of frictionless about the descriptor's figures; they say nothing about the rows.
_HASHES = {"hash-count", "byte-count"}


class Leniency(NamedTuple):
    """Values that frictionless accepts and this validation refuses.

    Attributes:
        code: Code of this validation.
        type: Type of the column.
        example: Such a cell.
        reason: Why it is refused.
        accepts: Whether frictionless accepts a cell.
    """

    code: str
    type: str
    example: str
    reason: str
    accepts: Callable[[str], bool]


# What the standard lets stand for true and false beside these two words, where the schema does not list them.
_SPELLINGS = frozenset({"True", "TRUE", "1", "False", "FALSE", "0"})

LENIENCIES = (
    Leniency("wrong-type", "integer", "1_000", "other readers see text", lambda cell: _is_read(int, cell)),
    Leniency("wrong-type", "number", "0.2_5", "other readers see text", lambda cell: _is_read(Decimal, cell.strip())),
    Leniency("wrong-type", "boolean", "True", "the record writes true and false", _SPELLINGS.__contains__),
    Leniency("wrong-type", "date", "2015-3-8", "ISO 8601 writes two digits", lambda cell: _is_read(_date, cell)),
    Leniency("pattern", "string", "1234\n", "a pattern is for the whole cell", lambda cell: cell.endswith("\n")),
)


class _Error(NamedTuple):
    """One error of frictionless: its table, physical line (0 for a file), columns (none for a row), type and note."""

    table: str
    line: int
    columns: frozenset[str]
    type: str
    note: str


def disagreements(
    package: Package, tables: Mapping[str, Table], records: Mapping[str, Records], problems: Iterable[Problem]
) -> Iterator[Problem]:
    """Give a problem for every cell, row or file that only one of the two finds wrong.

    Args:
        package: The package that was validated.
        tables: Its tables whose schema can be used.
        records: What could be read of them.
        problems: What this validation found.
    """
    errors, refusal = _errors(package, records)
    if refusal:
        if len(tables) == len(package.names()):
            yield Problem(DESCRIPTOR, 0, "", "cross-check", f"frictionless alone refuses the package: {refusal}")
        return
    ours: dict[str, list[Problem]] = {table.path: [] for table in tables.values()}
    for problem in problems:
        ours.setdefault(problem.path, []).append(problem)
    stopped = {name for name, table in tables.items() if any(_stops(problem) for problem in ours[table.path])}
    # frictionless reads what a schema that cannot be used describes.
    stopped |= {*package.names()} - tables.keys()
    # Where most rows are ragged, frictionless takes one of them for the header.
    misread = {error.table for error in errors if error.type.endswith("-label")} & tables.keys()
    stopped |= {name for name in misread if any(p.code == "ragged-row" for p in ours[tables[name].path])}
    for name, table in tables.items():
        theirs = [error for error in errors if error.table == name]
        found = ours[table.path]
        yield from _of_file(table, found, theirs, stopped)
        if name not in stopped and all(error.line for error in theirs if error.type not in _HASHES):
            yield from _of_rows(table, records[name], found, theirs, stopped)


def _stops(problem: Problem) -> bool:
    return problem.code in _STOPPING or (problem.code == "blank-row" and problem.line == 1)


def _of_file(table: Table, found: Sequence[Problem], theirs: Sequence[_Error], stopped: set[str]) -> Iterator[Problem]:
    known = {problem.code for problem in found}
    hashes = [error for error in theirs if error.type in _HASHES]
    if bool(hashes) != ("stale-hash" in known):
        yield _only("frictionless" if hashes else "this validation", table, 0, "", "a wrong hash or size")
    for code in sorted(known):
        if _STOPPING.get(code) and not theirs:
            yield _only("this validation", table, 0, "", code)
    near = {table.name, *(reference.table for reference in table.references)}
    for error in theirs:
        if not error.line and error.type not in _HASHES and not near & stopped:
            yield _only("frictionless", table, 0, "", f"{error.type}: {error.note}")


def _of_rows(
    table: Table, records: Records, found: Sequence[Problem], theirs: Sequence[_Error], stopped: set[str]
) -> Iterator[Problem]:
    here: dict[int, list[Problem]] = {}
    for problem in found:
        here.setdefault(problem.line, []).append(problem)
    there: dict[int, list[_Error]] = {}
    resting = {frozenset(reference.fields) for reference in table.references if reference.table in stopped}
    for error in theirs:
        if error.line and not (error.type == "foreign-key" and error.columns in resting):
            there.setdefault(error.line, []).append(error)
    for line, errors in there.items():
        columns = {problem.column for problem in here.get(line, ()) if problem.code in _OF_ROWS}
        for error in errors:
            if not columns or not (error.columns & columns or "" in columns or not error.columns):
                column = min(error.columns) if len(error.columns) == 1 else ""
                yield _only("frictionless", table, line, column, f"{error.type}: {error.note}")
    for line, of_line in here.items():
        columns = {column for error in there.get(line, ()) for column in error.columns or {""}}
        for problem in of_line:
            if problem.code == "unknown-reference" and any(problem.column in {*fields, ""} for fields in resting):
                continue
            seen = columns & {problem.column, ""} or (columns and not problem.column)
            if problem.code in _OF_ROWS and not seen and not _accepts(problem, table, records):
                yield _only("this validation", table, line, problem.column, f"{problem.message} [{problem.code}]")


def _only(who: str, table: Table, line: int, column: str, what: str) -> Problem:
    return Problem(table.path, line, column, "cross-check", f"{who} alone finds {what}")


def _accepts(problem: Problem, table: Table, records: Records) -> bool:
    """Tell whether frictionless is known to accept a value that this validation refuses."""
    if records.frame is None or not problem.column:
        return False
    row = bisect.bisect_left(records.lines, problem.line)
    value = records.frame[problem.column][row] or ""
    return lenient(problem.code, table.field(problem.column).type, value)


def lenient(code: str, kind: str, value: str) -> bool:
    """Tell whether frictionless is known to accept a value of a column of some type that this validation refuses."""
    return any(value and one.accepts(value) for one in LENIENCIES if (one.code, one.type) == (code, kind))


def _date(value: str) -> datetime:
    return datetime.strptime(value, "%Y-%m-%d")


def _is_read(read: Callable[[str], object], value: str) -> bool:
    try:
        read(value)
    except (ValueError, InvalidOperation):
        return False
    return True


def _errors(package: Package, records: Mapping[str, Records]) -> tuple[list[_Error], str]:
    """Run frictionless; give its errors, or its sentence where it refuses the package as a whole."""
    import frictionless

    with tempfile.TemporaryDirectory() as folder:
        root = folder
        if isinstance(package.files, Folder):
            root = package.files.root
        else:
            _unpack(package, folder)
        report = frictionless.validate(os.path.join(root, DESCRIPTOR), limit_errors=10**9)
    if report.errors:
        return [], report.errors[0].note
    return [_error(task.name, error, records) for task in report.tasks for error in task.errors], ""


def _error(table: str, error: Any, records: Mapping[str, Records]) -> _Error:
    row = getattr(error, "row_number", None)
    line = 0
    if row:
        lines = records[table].lines if table in records else ()
        # frictionless counts records, the header among them.
        line = lines[row - 2] if row - 2 < len(lines) else row
    field = getattr(error, "field_name", None)
    columns = frozenset(getattr(error, "field_names", None) or ([field] if field and row else []))
    return _Error(table, line, columns, error.type, error.note)


def _unpack(package: Package, folder: str) -> None:
    paths = {DESCRIPTOR}
    for name in package.names():
        paths |= {package.resource_path(name), package.schema_path(name)}
    for path in paths:
        place = os.path.join(folder, *path.split("/"))
        os.makedirs(os.path.dirname(place), exist_ok=True)
        try:
            data = package.files.read(path)
        except FileNotFoundError:
            continue
        with open(place, "wb") as file:
            file.write(data)
