"""Bring two people's changes of the record together, row by row, and give new rows of one the next free numbers."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from ..errors import DataError
from ..loading import csv
from ..problems import shown
from .draft import COUNTED

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ..package.descriptor import Package, Table

    Key = tuple[str, ...]
    Rows = dict[Key, list[str]]

_HUNK = re.compile(
    r"<<<<<<< [^\n]*\n(?P<ours>.*?)(?:\|\|\|\|\|\|\| [^\n]*\n.*?)?=======\n(?P<theirs>.*?)>>>>>>> [^\n]*\n", re.DOTALL
)
_STATED = re.compile(r'\s*"(?:bytes": [0-9]+|hash": "[^"]*"|created": "[^"]*")')
_CREATED = re.compile(r'"created": "([^"]*)"')


class Merge(NamedTuple):
    """What two versions of the record come to.

    Attributes:
        files: All tables, by path; not sorted.
        numbers: New identifiers by old ones.
        conflicts: Cells that both changed, each to something else.
    """

    files: dict[str, bytes]
    numbers: dict[str, str]
    conflicts: list[str]


def without_marks(descriptor: bytes) -> bytes:
    """Take the conflict marks of git out of a descriptor whose two sides differ in sizes, hashes and the day alone.

    Raises:
        DataError: They differ in more.
    """
    text = descriptor.decode("utf-8", "replace")
    for hunk in _HUNK.finditer(text):
        ours, theirs = (_STATED.sub("", side) for side in hunk.group("ours", "theirs"))
        if ours != theirs:
            line = text.count("\n", 0, hunk.start()) + 1
            raise DataError(
                f"datapackage.json:{line}: the two sides differ in more than sizes and hashes; edit it by hand"
            )
    return _HUNK.sub(lambda hunk: max(hunk["ours"], hunk["theirs"], key=_created), text).encode()


def _created(side: str) -> str:
    """Give the day of the version on one side of a conflict: the later one stands."""
    found = _CREATED.search(side)
    return found[1] if found else ""


def merge(base: Package, ours: Package, onto: Package, taken: Package) -> Merge:
    """Lay our changes since a common ancestor over another version; our new rows get numbers that are free elsewhere.

    Args:
        base: The common ancestor.
        ours: Our version.
        onto: The version over which ours is laid, with the same tables.
        taken: The version whose numbers are taken.

    Raises:
        DataError: A table of one of them cannot be read.
    """
    tables = [onto.table(name) for name in onto.names()]
    numbers: dict[str, str] = {}
    for table in tables:
        numbers |= _numbers(table, *(_rows(package, table.name) for package in (base, ours, taken)))
    files: dict[str, bytes] = {}
    conflicts: list[str] = []
    for table in tables:
        old, mine, there = (_rows(package, table.name) for package in (base, ours, onto))
        mine = dict(_renumbered(table, old, mine, numbers, onto))
        result = dict(there)
        for key in {**old, **mine}:
            conflicts += _lay(table, key, old.get(key), mine.get(key), result)
        files[table.path] = csv.written([table.columns, *result.values()])
    return Merge(files, numbers, conflicts)


def _rows(package: Package, name: str) -> Rows:
    if name not in package.names():
        return {}
    table = package.table(name)
    places = [table.columns.index(column) for column in table.key]
    return {tuple(row[i] for i in places): row for _, row in csv.rows(package, table)}


def _numbers(table: Table, base: Rows, ours: Rows, theirs: Rows) -> dict[str, str]:
    """Give our new counted identifiers the next numbers after all of theirs."""
    form = COUNTED.fullmatch(str(table.field("id").constraints.get("pattern", ""))) if table.key == ("id",) else None
    if form is None:
        return {}
    prefix, digits = form["prefix"], int(form["digits"])

    def number(identifier: str) -> int:
        return int(identifier.removeprefix(prefix))

    new = sorted((key[0] for key in ours.keys() - base.keys()), key=number)
    last = max((number(key[0]) for key in base.keys() | theirs.keys()), default=0)
    made = {old: f"{prefix}{last + i:0{digits}}" for i, old in enumerate(new, 1)}
    return {old: now for old, now in made.items() if old != now}


def _renumbered(
    table: Table, base: Rows, ours: Rows, numbers: Mapping[str, str], package: Package
) -> Iterator[tuple[Key, list[str]]]:
    """Give our rows with the new numbers, in identifiers and in what refers to them, where we wrote the cell."""
    counted = {name for name in package.names() if package.table(name).key == ("id",)}
    columns = {reference.fields[0] for reference in table.references if reference.table in counted}
    columns |= {"id", "record_id", "replaced_by"} & set(table.columns)
    places = {table.columns.index(column) for column in columns}
    keys = [table.columns.index(column) for column in table.key]
    for key, row in ours.items():
        before = base.get(key, [""] * len(row))
        new = [
            numbers.get(cell, cell) if i in places and (cell != before[i] or key not in base) else cell
            for i, cell in enumerate(row)
        ]
        yield tuple(new[i] for i in keys), new


def _lay(table: Table, key: Key, old: list[str] | None, mine: list[str] | None, result: Rows) -> Iterator[str]:
    """Lay our change of one row over theirs; tell the cells that both changed."""
    there = result.get(key)
    name = f"{table.path}: {';'.join(key)}"
    if mine in (old, there):
        return
    if mine is None:
        if there == old:
            result.pop(key, None)
        elif there is not None:
            yield f"{name}: deleted here, changed there"
    elif there is None:
        if old is None:
            result[key] = mine
        else:
            yield f"{name}: changed here, deleted there"
    else:
        before = old or [""] * len(mine)
        merged = [ours if there[i] == before[i] else there[i] for i, ours in enumerate(mine)]
        result[key] = merged
        for i, column in enumerate(table.columns):
            if mine[i] not in (before[i], there[i]) and there[i] != before[i]:
                yield f"{name}: {column}: {shown(mine[i])} here, {shown(there[i])} there"
