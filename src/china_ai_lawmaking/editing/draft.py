"""The record as it will be: the rows of a package, and what is added to them, before anything is written."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from ..loading import csv
from .yaml_file import PageError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..package.descriptor import Package
    from .yaml_file import Place

    Key = tuple[str, ...]
    Row = dict[str, str]

# The pattern of identifiers that are counted: a prefix and at least so many digits.
COUNTED = re.compile(r"\^\(\?:(?P<prefix>[a-z]+-)\[0-9\]\{(?P<digits>[0-9]+),\}\)\$")
# Cells in the project's own words: another wording is no contradiction, and the first stands.
OWN_WORDS = ("authors", "description", "name", "note", "place", "role", "short_title", "title")


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
        """Read every table.

        Raises:
            DataError: A table cannot be read to its end.
        """
        self._package = package
        self._tables = {name: package.table(name) for name in package.names()}
        self.rows: dict[str, dict[Key, Row]] = {}
        self.added: Counter[str] = Counter()
        self.filled: Counter[str] = Counter()
        self.notes: list[str] = []
        self.places: dict[tuple[str, Key], Place] = {}
        self._new: set[tuple[str, Key]] = set()
        self._found: dict[tuple[str, Key], dict[Key, Row]] = {}
        for name, table in self._tables.items():
            named = (dict(zip(table.columns, cells, strict=True)) for _, cells in csv.rows(package, table))
            self.rows[name] = {self._key(name, row): row for row in named}
        self._last = {name: self._count(name) for name in self._tables}

    def get(self, table: str, identifier: str) -> Row | None:
        """Give the row with an identifier."""
        return self.rows[table].get((identifier,))

    def find(self, table: str, **cells: str) -> Row | None:
        """Give the first row that has these cells."""
        columns = tuple(cells)
        if (table, columns) not in self._found:
            index: dict[Key, Row] = {}
            for row in self.rows[table].values():
                index.setdefault(tuple(row[column] for column in columns), row)
            self._found[table, columns] = index
        return self._found[table, columns].get(tuple(cells.values()))

    def table_of(self, identifier: str) -> str:
        """Give the table that has or had an identifier, or nothing."""
        tables = (name for name, table in self._tables.items() if table.key == ("id",))
        return next((name for name in tables if (identifier,) in self.rows[name]), "")

    def add(self, table: str, place: Place, cells: Mapping[str, str]) -> Row:
        """Add a row; a counted identifier is the next one that was never used.

        Raises:
            PageError: The table has no such column, or the identifier is taken.
        """
        described = self._tables[table]
        for column in cells:
            if cells[column] and column not in described.columns:
                raise PageError(place, f"{table} has no column {column!r} for {cells[column]!r}")
        row = {column: cells.get(column, "") for column in described.columns}
        if "id" in row and not row["id"]:
            row["id"] = self.next_id(table)
        elif "id" in row and (taken := self.table_of(row["id"])):
            raise PageError(place, f"the id {row['id']!r} is taken: it stands in {taken}", "give another id")
        key = self._key(table, row)
        self.rows[table][key] = row
        self.added[table] += 1
        self._new.add((table, key))
        self.places[table, key] = place
        for (name, columns), index in self._found.items():
            if name == table:
                index.setdefault(tuple(row[column] for column in columns), row)
        return row

    def next_id(self, table: str) -> str:
        """Give the next counted identifier of a table that was never used, retired ones included; else nothing."""
        prefix, digits = self._form(table)
        self._last[table] += 1
        return f"{prefix}{self._last[table]:0{digits}}" if prefix else ""

    def merge(self, table: str, place: Place, row: Row, cells: Mapping[str, str]) -> None:
        """Fill the empty cells of a row.

        Raises:
            PageError: The row says otherwise.
        """
        key = self._key(table, row)
        for column, cell in cells.items():
            if not cell or row[column] == cell:
                continue
            if not row[column]:
                if not _is_dated_otherwise(row, cells, column):
                    row[column] = cell
                    self.filled[table] += (table, key) not in self._new
                    self.places.setdefault((table, key), place)
            elif column.endswith(("_precision", "_basis")) or _is_same_time(row, cells, column):
                continue
            elif column in OWN_WORDS:
                self.notes.append(f"{place}: {column} of {key[0]} stays {row[column]!r}")
            else:
                hint = "correct one of the two, or leave the key out here"
                raise PageError(place, f"{column} is {cell!r}, but {row[column]!r} for {key[0]} in the record", hint)

    def set(self, table: str, place: Place, row: Row, cells: Mapping[str, str]) -> None:
        """Change cells that follow from others, and note it."""
        for column, cell in cells.items():
            if row[column] != cell:
                if row[column] and (table, self._key(table, row)) not in self._new:
                    self.notes.append(f"{place}: {column} of {row['id']} becomes {cell!r}, was {row[column]!r}")
                row[column] = cell
                self.places.setdefault((table, self._key(table, row)), place)

    def files(self) -> dict[str, bytes]:
        """Give the tables that have new or changed rows as CSV, by path; not sorted."""
        files = {}
        for name in dict.fromkeys(name for name, _ in self.places):
            columns = self._tables[name].columns
            rows = ([row.get(column, "") for column in columns] for row in self.rows[name].values())
            files[self._tables[name].path] = csv.written([columns, *rows])
        return files

    def _key(self, table: str, row: Row) -> Key:
        return tuple(row[column] for column in self._tables[table].key)

    def _form(self, table: str) -> tuple[str, int]:
        field = self._tables[table].field("id")
        counted = COUNTED.fullmatch(str(field.constraints.get("pattern", "")))
        return (counted["prefix"], int(counted["digits"])) if counted else ("", 0)

    def _count(self, table: str) -> int:
        if self._tables[table].key != ("id",):
            return 0
        prefix, _ = self._form(table)
        used = [key[0] for name in {table, "retired_ids"} & self.rows.keys() for key in self.rows[name]]
        counts = (key.removeprefix(prefix) for key in used if prefix and key.startswith(prefix))
        # Longer ones are no counts, and Python refuses to read very long ones.
        return max((int(count) for count in counts if re.fullmatch("[0-9]{1,18}", count)), default=0)


def _is_dated_otherwise(row: Row, cells: Mapping[str, str], column: str) -> bool:
    """Tell whether an empty precision or basis belongs to a date that stays as it is."""
    date = column.removesuffix("_precision").removesuffix("_basis")
    date = date if date in row else f"{date}_date"
    return date != column and date in row and row[date] != cells.get(date, row[date])


def _is_same_time(row: Row, cells: Mapping[str, str], column: str) -> bool:
    """Tell whether one of two dates contains the other."""
    precision = f"{column.removesuffix('_date')}_precision"
    if precision not in row:
        return False
    lengths = [{"year": 4, "month": 7}.get(one.get(precision, ""), 10) for one in (row, cells)]
    return row[column][: min(lengths)] == cells[column][: min(lengths)]
