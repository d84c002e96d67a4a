"""Bring two people's changes of the record together, row by row, and give new rows of one the next free numbers."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from ..errors import DataError
from ..loading import csv
from ..problems import shown
from .draft import counted, numbered

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ..package.descriptor import Package, Table

    Key = tuple[str, ...]
    Rows = dict[Key, list[str]]

_HUNK = re.compile(
    r"<<<<<<< [^\n]*\n(?P<ours>.*?)(?:\|\|\|\|\|\|\| [^\n]*\n.*?)?=======\n(?P<theirs>.*?)>>>>>>> [^\n]*\n", re.DOTALL
)
_STATED = re.compile(r'\s*"(?:bytes": [0-9]+|hash": "[^"]*"|created": "(?P<created>[^"]*)")')


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
        if _STATED.sub("", hunk["ours"]) != _STATED.sub("", hunk["theirs"]):
            line = text.count("\n", 0, hunk.start()) + 1
            raise DataError(
                f"datapackage.json:{line}: the two sides differ in more than sizes and hashes; edit it by hand"
            )

    def created(side: str) -> str:
        return max((found["created"] or "" for found in _STATED.finditer(side)), default="")

    # Of two days of the version the later one stands.
    return _HUNK.sub(lambda hunk: max(hunk["ours"], hunk["theirs"], key=created), text).encode()


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
        prefix, digits = counted(table)
        if prefix:
            known, written, theirs = ({key[0] for key in _rows(one, table.name)} for one in (base, ours, taken))
            new = sorted(written - known, key=lambda identifier: numbered(prefix, [identifier]))
            free = numbered(prefix, known | theirs) + 1
            numbers |= {old: f"{prefix}{number:0{digits}}" for number, old in enumerate(new, free)}
    numbers = {old: new for old, new in numbers.items() if old != new}
    files: dict[str, bytes] = {}
    conflicts: list[str] = []
    for table in tables:
        old, mine, result = (_rows(package, table.name) for package in (base, ours, onto))
        mine = _renumbered(table, old, mine, numbers)
        for key in {**old, **mine}:
            conflicts += _lay(table, key, old.get(key), mine.get(key), result)
        files[table.path] = csv.written([table.columns, *result.values()])
    return Merge(files, numbers, conflicts)


def _rows(package: Package, name: str) -> Rows:
    if name not in package.names():
        return {}
    table = package.table(name)
    return {_key(table, row): row for _, row in csv.rows(package, table)}


def _key(table: Table, row: list[str]) -> Key:
    return tuple(row[table.columns.index(column)] for column in table.key)


def _renumbered(table: Table, base: Rows, ours: Rows, numbers: Mapping[str, str]) -> Rows:
    """Give our rows with the new numbers, in identifiers and in what refers to them, where we wrote the cell."""
    columns = {"id", "record_id", "replaced_by"} | {reference.fields[0] for reference in table.references}
    rows: Rows = {}
    for key, row in ours.items():
        before = base.get(key, [""] * len(row))
        new = [
            numbers.get(cell, cell) if column in columns and (cell != was or key not in base) else cell
            for column, cell, was in zip(table.columns, row, before, strict=True)
        ]
        rows[_key(table, new)] = new
    return rows


def _lay(table: Table, key: Key, old: list[str] | None, mine: list[str] | None, result: Rows) -> Iterator[str]:
    """Lay our change of one row over theirs; tell the cells that both changed."""
    there = result.get(key)
    name = f"{table.path}: {';'.join(key)}"
    if mine in (old, there):
        return
    if mine is None:
        if there == old:
            del result[key]
        elif there is not None:
            yield f"{name}: deleted here, changed there"
    elif there is None:
        if old is None:
            result[key] = mine
        else:
            yield f"{name}: changed here, deleted there"
    else:
        cells = list(zip(table.columns, old or [""] * len(mine), mine, there, strict=True))
        result[key] = [ours if theirs == before else theirs for _, before, ours, theirs in cells]
        for column, before, ours, theirs in cells:
            if ours not in (before, theirs) and theirs != before:
                yield f"{name}: {column}: {shown(ours)} here, {shown(theirs)} there"
