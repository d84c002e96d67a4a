"""The record as it will be: the rows of a package, and what is added to them, before anything is written."""

import re
from collections.abc import Iterable, Mapping

from ..loading import csv
from ..package.descriptor import Package, Table
from .page_file import PageError, Place

Key = tuple[str, ...]
Row = dict[str, str]

# The pattern of identifiers that are counted: a prefix and at least so many digits.
_COUNTED = re.compile(r"\^\(\?:([a-z]+-)\[0-9\]\{([0-9]+),\}\)\$")
# Cells in the project's own words: another wording is no contradiction, and the first stands.
_OWN_WORDS = ("authors", "description", "note", "place", "role", "short_title", "title")
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


def meant(row: Mapping[str, str], column: str) -> str:
    """Give the day, month or year that a date of a row means; empty if it has none."""
    return row.get(column, "")[: _LENGTH.get(row.get(f"{column.removesuffix('_date')}_precision", ""))]


def contains(one: str, other: str) -> bool:
    """Tell whether one of two days, months or years contains the other; what is not known contains all."""
    return one.startswith(other) or other.startswith(one)


class Draft:
    """The tables of a package with the rows that a change adds.

    Attributes:
        tables: The descriptions of the tables.
        rows: The rows of each table, by key; cells that a page file says are Text, which knows its place.
        new: Tables and keys of the rows that were added.
        notes: What was worked out otherwise than somebody may expect, in order.
        places: Where each new or changed row comes from, by table and key.
    """

    def __init__(self, package: Package) -> None:
        """Read every table, or raise DataError for one that cannot be read to its end."""
        self.tables = {name: package.table(name) for name in package.names()}
        self.rows: dict[str, dict[Key, Row]] = {}
        self.new: set[tuple[str, Key]] = set()
        self.notes: list[str] = []
        self.places: dict[tuple[str, Key], Place] = {}
        self._found: dict[tuple[str, Key], dict[Key, Row]] = {}
        for name, table in self.tables.items():
            named = (dict(zip(table.columns, cells, strict=True)) for _, cells in csv.rows(package, table))
            self.rows[name] = {self.key(name, row): row for row in named}
        retired = [key[0] for key in self.rows.get("retired_ids", ())]
        self._last = {
            name: numbered(prefix, [*retired, *(key[0] for key in self.rows[name])])
            for name, table in self.tables.items()
            if (prefix := counted(table)[0])
        }

    def key(self, table: str, row: Mapping[str, str]) -> Key:
        """Give the key of a row."""
        return tuple(row[column] for column in self.tables[table].key)

    def get(self, table: str, identifier: str) -> Row | None:
        """Give the row with an identifier."""
        return self.rows[table].get((identifier,))

    def find(self, table: str, cells: Mapping[str, str]) -> Row | None:
        """Give the first row that has these cells."""
        columns = tuple(cells)
        if (table, columns) not in self._found:
            index = self._found[table, columns] = {}
            for row in self.rows[table].values():
                index.setdefault(tuple(row[column] for column in columns), row)
        return self._found[table, columns].get(tuple(cells.values()))

    def add(self, table: str, place: Place, cells: Mapping[str, str]) -> Row:
        """Add a row; a counted identifier is the next one that was never used; PageError for one that is taken."""
        row = {column: cells.get(column, "") for column in self.tables[table].columns}
        if not row.get("id", "some"):
            row["id"] = self.next_id(table)
        key = self.key(table, row)
        if key in self.rows[table]:
            raise PageError(place, f"the id {';'.join(key)!r} is taken", "give another id")
        self.rows[table][key] = row
        self.new.add((table, key))
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
        for column, cell in cells.items():
            if not cell or row[column] == cell:
                continue
            date = _date_of(column, row)
            has_precision = f"{column.removesuffix('_date')}_precision" in row
            if not row[column] and (date == column or row[date] == cells.get(date, row[date])):
                self.set(table, place, row, {column: cell})
            elif date != column or (has_precision and contains(meant(row, column), meant(cells, column))):
                # The date stays as it is, with what belongs to it.
                continue
            elif column in _OWN_WORDS:
                self.notes.append(f"{place}: {column} of {self.key(table, row)[0]} stays {row[column]!r}")
            else:
                told = f"{column} is {cell!r}, but {row[column]!r} for {self.key(table, row)[0]} in the record"
                raise PageError(place, told, "correct one of the two, or leave the key out here")

    def set(self, table: str, place: Place, row: Row, cells: Mapping[str, str]) -> None:
        """Change cells; note those of known rows that said something else."""
        key = self.key(table, row)
        for column, cell in cells.items():
            if row[column] != cell:
                if row[column] and (table, key) not in self.new:
                    self.notes.append(f"{place}: {column} of {key[0]} becomes {cell!r}, was {row[column]!r}")
                row[column] = cell
                self.places.setdefault((table, key), place)

    def files(self) -> dict[str, bytes]:
        """Give the tables that have new or changed rows as CSV, by path; not sorted."""
        return {self.tables[name].path: self.file(name) for name in {name for name, _ in self.places}}

    def file(self, table: str) -> bytes:
        """Give a table as CSV; not sorted."""
        return csv.written([self.tables[table].columns, *(row.values() for row in self.rows[table].values())])


def _date_of(column: str, row: Row) -> str:
    """Give the date that a precision or basis belongs to, in events that of the start; any other column itself."""
    stem = re.sub("_(precision|basis)$", "", column)
    return next(date for date in (stem, f"{stem}_date", "start_date") if date in row)
