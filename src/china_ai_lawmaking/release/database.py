"""The SQLite database of a release: tables with keys, the reading views, full-text search."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing

from ..errors import DataError
from ..loading import reading

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from ..package.descriptor import Field, Package, Table
    from .tables import View

# Columns with what a record is called.
NAMES = ("name", "name_zh", "aliases", "title", "title_zh", "short_title")
# Characters of the longest part of a run of Chinese that is a term of its own.
LONGEST_TERM = 10
_HAN = "\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
# Runs of letters, digits and pluses in which there is Chinese or a plus.
_RUN = re.compile(rf"(?:[^\W_]|\+)*[{_HAN}+](?:[^\W_]|\+)*")
_UNIT = re.compile(rf"[{_HAN}]|[^\W_{_HAN}]+|\++")

_TYPES = {"string": "TEXT", "integer": "INTEGER", "number": "REAL", "boolean": "INTEGER", "date": "TEXT"}


def write(package: Package, views: Iterable[View], about: Mapping[str, str]) -> bytes:
    """Write the database.

    Each table has the types, required cells, listed values, primary key and foreign keys of its schema; dates are ISO
    text, booleans 0 and 1. `view_<table>` holds the reading view of a table, `about` the metadata. `search` is a
    full-text index with a row for each record that has an identifier: `text` is what its view says, with the names of
    all that it refers to, in Chinese too; `terms` what a search for Chinese needs (see `_terms`).

    Returns:
        The same bytes for the same package and the same version of the SQLite library.

    Raises:
        DataError: A row refers to one that does not exist.
    """
    tables = [package.table(name) for name in package.names()]
    with closing(sqlite3.connect(":memory:")) as database:
        for table in tables:
            database.execute(_create(table))
            for reference in table.references:
                index = _name("_".join((table.name, *reference.fields)))
                database.execute(f"CREATE INDEX {index} ON {_name(table.name)} ({_names(reference.fields)})")
            rows = (_values(record.values()) for record in reading.records(package, table))
            _insert(database, table.name, table.columns, rows)
        if fault := database.execute("PRAGMA foreign_key_check").fetchone():
            raise DataError(f"table {fault[0]}, row {fault[1]}: no row of {fault[2]} has the identifier that it names")
        columns = "record_table UNINDEXED, record_id UNINDEXED, text, terms"
        # A plus is part of a word, for AI+ and C++.
        tokens = "unicode61 remove_diacritics 2 tokenchars '+'"
        database.execute(f'CREATE VIRTUAL TABLE search USING fts5 ({columns}, tokenize="{tokens}")')
        named = _names_around(package, tables)
        for joined in views:
            _add_view(database, package.table(joined.name), joined, named)
        database.execute("CREATE TABLE about (name TEXT PRIMARY KEY, value TEXT NOT NULL)")
        _insert(database, "about", ("name", "value"), about.items())
        database.execute("INSERT INTO search (search) VALUES ('optimize')")
        database.commit()
        # Packs the pages in order, so that the bytes depend on the content alone.
        database.execute("VACUUM")
        return database.serialize()


def _create(table: Table) -> str:
    parts = [_column(field) for field in table.fields]
    parts.append(f"PRIMARY KEY ({_names(table.key)})")
    parts += [
        f"FOREIGN KEY ({_names(r.fields)}) REFERENCES {_name(r.table)} ({_names(r.keys)})" for r in table.references
    ]
    return f"CREATE TABLE {_name(table.name)} ({', '.join(parts)})"


def _column(field: Field) -> str:
    column = f"{_name(field.name)} {_TYPES[field.type]}" + (" NOT NULL" if field.required else "")
    if field.categories:
        listed = ", ".join("'" + value.replace("'", "''") + "'" for value in field.categories)
        column += f" CHECK ({_name(field.name)} IN ({listed}))"
    return column


def _names_around(package: Package, tables: Iterable[Table]) -> Mapping[tuple[str, str], list[str]]:
    """Give the names of the records that each record refers to, itself or in the rows of a table that links them."""
    rows = [(table, list(reading.records(package, table))) for table in tables]
    names = {
        (table.name, row["id"]): [row[name] for name in table.columns if name in NAMES and row[name]]
        for table, records in rows
        if table.key == ("id",)
        for row in records
    }
    found: dict[tuple[str, str], list[str]] = {}
    for table, records in rows:
        places = {reference.fields[0]: reference.table for reference in table.references}
        owners = {name: target for name, target in places.items() if name in table.key}
        for row in records:
            for owner, target in (owners or {"id": table.name}).items():
                others = (names.get((places[name], row[name]), []) for name in places if name != owner)
                found.setdefault((target, row.get(owner, "")), []).extend(name for other in others for name in other)
    return found


def _terms(text: str) -> str:
    """Give every part of the runs of Chinese in a text, up to ten characters, as words of their own.

    Chinese has no spaces, so that a whole run is one word for the index. With its parts beside it any term is found,
    however short, without a tokenizer that a user would have to install. A word in Latin letters inside a run, as in
    `AI立法`, counts as one character.
    """
    runs = map(_UNIT.findall, _RUN.findall(text))
    parts = (
        "".join(units[start:end])
        for units in runs
        for start in range(len(units))
        for end in range(start + 1, min(start + LONGEST_TERM, len(units)) + 1)
    )
    return " ".join(dict.fromkeys(parts))


def _add_view(
    database: sqlite3.Connection, table: Table, joined: View, named: Mapping[tuple[str, str], list[str]]
) -> None:
    name = f"view_{table.name}"
    columns = [field.name for field in joined.fields]
    parts = [f"{_name(field.name)} {_TYPES[field.type]}" for field in joined.fields]
    if table.key == ("id",):
        parts.append(f"PRIMARY KEY (id), FOREIGN KEY (id) REFERENCES {_name(table.name)} (id)")
        prose = [field.name for field in joined.fields if field.type == "string" and not field.categories]
        found = []
        for row in (dict(zip(columns, cells, strict=True)) for cells in joined.rows):
            text = "\n".join(row[column] for column in prose if row[column])
            # Names that the view has are not said again.
            more = [one for one in dict.fromkeys(named.get((table.name, row["id"]), ())) if one not in text]
            text = "\n".join(filter(None, [text, *more]))
            found.append((table.name, row["id"], text, _terms(text)))
        _insert(database, "search", ("record_table", "record_id", "text", "terms"), found)
    database.execute(f"CREATE TABLE {_name(name)} ({', '.join(parts)})")
    _insert(database, name, columns, map(_values, joined.rows))


def _values(cells: Iterable[object]) -> list[object]:
    return [cell if isinstance(cell, str | int | float) or cell is None else str(cell) for cell in cells]


def _insert(database: sqlite3.Connection, table: str, columns: Sequence[str], rows: Iterable[Iterable[object]]) -> None:
    places = ", ".join("?" * len(columns))
    # Names cannot be parameters; they come from the schemas and are quoted.
    database.executemany(f"INSERT INTO {_name(table)} ({_names(columns)}) VALUES ({places})", map(tuple, rows))  # noqa: S608


def _names(names: Iterable[str]) -> str:
    return ", ".join(map(_name, names))


def _name(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
