"""The record as it will be: the rows of a package, and what is added to them, before anything is written."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from ..loading import csv
from .yaml_file import PageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from ..package.descriptor import Package, Table
    from .yaml_file import Place

    Key = tuple[str, ...]
    Row = dict[str, str]

# The pattern of identifiers that are counted: a prefix and at least so many digits.
_COUNTED = re.compile(r"\^\(\?:([a-z]+-)\[0-9\]\{([0-9]+),\}\)\$")
# Cells in the project's own words: another wording is no contradiction, and the first stands.
_OWN_WORDS = ("authors", "description", "name", "note", "place", "role", "short_title", "title")
_LENGTH = {"year": 4, "month": 7}


def counted(table: Table) -> tuple[str, int]:
    """Give the prefix of the identifiers of a table that are counted, and their digits; empty for others."""
    pattern = str(table.field("id").constraints.get("pattern", "")) if table.key == ("id",) else ""
    found = _COUNTED.fullmatch(pattern)
    return (found[1], int(found[2])) if found else ("", 0)


def numbered(prefix: str, identifiers: Iterable[str]) -> int:
    """Give the highest number of counted identifiers."""
    # Longer ones are no counts, and Python refuses to read very long ones.
    counts = (re.fullmatch(f"{prefix}([0-9]{{1,18}})", identifier) for identifier in identifiers)
    return max((int(found[1]) for found in counts if found), default=0)


def contains(one: str, one_precision: str, other: str, other_precision: str) -> bool:
    """Tell whether one of two dates contains the other."""
    length = min(_LENGTH.get(precision, 10) for precision in (one_precision, other_precision))
    return one[:length] == other[:length]


class Draft:
    """The tables of a package with the rows that a change adds.

    Attributes:
        rows: The rows of each table, by key.
        added: New rows by table.
        filled: Cells by table that were empty and are not any more.
        notes: What was worked out otherwise than somebody may expect, in order.
        places: Where each new or changed row comes from, by table and key.
    """

    def __init__(self, package: Package) -> None:
        """Read every table, or raise DataError for one that cannot be read to its end."""
        self.tables = {name: package.table(name) for name in package.names()}
        self.rows: dict[str, dict[Key, Row]] = {}
        self.added: Counter[str] = Counter()
        self.filled: Counter[str] = Counter()
        self.notes: list[str] = []
        self.places: dict[tuple[str, Key], Place] = {}
        self._new: set[tuple[str, Key]] = set()
        self._found: dict[tuple[str, Key], dict[Key, Row]] = {}
        for name, table in self.tables.items():
            named = (dict(zip(table.columns, cells, strict=True)) for _, cells in csv.rows(package, table))
            self.rows[name] = {self.key(name, row): row for row in named}
        retired = [key[0] for key in self.rows.get("retired_ids", ())]
        self._last = {
            name: numbered(counted(table)[0], [*retired, *(key[0] for key in self.rows[name])])
            for name, table in self.tables.items()
            if counted(table)[0]
        }

    def key(self, table: str, row: Mapping[str, str]) -> Key:
        """Give the key of a row."""
        return tuple(row[column] for column in self.tables[table].key)

    def get(self, table: str, identifier: str) -> Row | None:
        """Give the row with an identifier."""
        return self.rows[table].get((identifier,))

    def find(self, table: str, **cells: str) -> Row | None:
        """Give the first row that has these cells."""
        columns = tuple(cells)
        if (table, columns) not in self._found:
            index = self._found[table, columns] = {}
            for row in self.rows[table].values():
                index.setdefault(tuple(row[column] for column in columns), row)
        return self._found[table, columns].get(tuple(cells.values()))

    def table_of(self, identifier: str) -> str:
        """Give the table that has or had an identifier, or nothing."""
        tables = (name for name, table in self.tables.items() if table.key == ("id",))
        return next((name for name in tables if (identifier,) in self.rows[name]), "")

    def add(self, table: str, place: Place, cells: Mapping[str, str]) -> Row:
        """Add a row; a counted identifier is the next one that was never used.

        Raises:
            PageError: The table has no such column, or the identifier is taken.
        """
        columns = self.tables[table].columns
        if unknown := next((column for column in cells if cells[column] and column not in columns), ""):
            raise PageError(place, f"{table} has no column {unknown!r} for {cells[unknown]!r}")
        row = {column: cells.get(column, "") for column in columns}
        if "id" in row:
            row["id"] = row["id"] or self.next_id(table)
            if taken := self.table_of(row["id"]):
                raise PageError(place, f"the id {row['id']!r} is taken: it stands in {taken}", "give another id")
        key = self.key(table, row)
        self.rows[table][key] = row
        self.added[table] += 1
        self._new.add((table, key))
        self.places[table, key] = place
        for (name, known), index in self._found.items():
            if name == table:
                index.setdefault(tuple(row[column] for column in known), row)
        return row

    def next_id(self, table: str) -> str:
        """Give the next counted identifier of a table that was never used, retired ones included; else nothing."""
        if table not in self._last:
            return ""
        prefix, digits = counted(self.tables[table])
        self._last[table] += 1
        return f"{prefix}{self._last[table]:0{digits}}"

    def merge(self, table: str, place: Place, row: Row, cells: Mapping[str, str]) -> None:
        """Fill the empty cells of a row, or raise PageError where it says otherwise."""
        key = self.key(table, row)
        for column, cell in cells.items():
            if not cell or row[column] == cell:
                continue
            if not row[column]:
                if not _is_dated_otherwise(row, cells, column):
                    row[column] = cell
                    self.filled[table] += (table, key) not in self._new
                    self.places.setdefault((table, key), place)
                continue
            precision = f"{column.removesuffix('_date')}_precision"
            if column.endswith(("_precision", "_basis")) or (
                precision in row and contains(row[column], row[precision], cell, cells.get(precision, ""))
            ):
                continue
            if column not in _OWN_WORDS:
                hint = "correct one of the two, or leave the key out here"
                raise PageError(place, f"{column} is {cell!r}, but {row[column]!r} for {key[0]} in the record", hint)
            self.notes.append(f"{place}: {column} of {key[0]} stays {row[column]!r}")

    def set(self, table: str, place: Place, row: Row, cells: Mapping[str, str]) -> None:
        """Change cells that follow from others, and note it."""
        key = self.key(table, row)
        for column, cell in cells.items():
            if row[column] != cell:
                if row[column] and (table, key) not in self._new:
                    self.notes.append(f"{place}: {column} of {row['id']} becomes {cell!r}, was {row[column]!r}")
                row[column] = cell
                self.places.setdefault((table, key), place)

    def files(self) -> dict[str, bytes]:
        """Give the tables that have new or changed rows as CSV, by path; not sorted."""
        return {
            self.tables[name].path: csv.written(
                [self.tables[name].columns, *(list(row.values()) for row in self.rows[name].values())]
            )
            for name in dict.fromkeys(name for name, _ in self.places)
        }


def _is_dated_otherwise(row: Row, cells: Mapping[str, str], column: str) -> bool:
    """Tell whether an empty precision or basis belongs to a date that stays as it is."""
    date = column.removesuffix("_precision").removesuffix("_basis")
    date = date if date in row else f"{date}_date"
    return date != column and date in row and row[date] != cells.get(date, row[date])
