"""The SQLite database of a release: tables with keys, the reading views, full-text search."""

import re
import sqlite3
from collections.abc import Iterable, Mapping
from contextlib import closing
from typing import Any

from ..errors import DataError
from ..loading import reading
from ..package.descriptor import Field, Package, Table
from ..passages.passage import HAN
from ..rules.prepared import literal, quoted
from .tables import View

Rows = list[dict[str, Any]]

# Columns with what a record is called.
NAMES = ("name", "name_zh", "aliases", "title", "title_zh", "short_title")
# Characters of the longest part of a run of Chinese that is a term of its own.
LONGEST_TERM = 10
# Runs of letters, digits and pluses in which there is Chinese or a plus.
_RUN = re.compile(rf"(?:[^\W_]|\+)*[{HAN}+](?:[^\W_]|\+)*")
_UNIT = re.compile(rf"[{HAN}]|[^\W_{HAN}]+|\++")

_TYPES = {"string": "TEXT", "integer": "INTEGER", "number": "REAL", "boolean": "INTEGER", "date": "TEXT"}


def write(package: Package, views: Iterable[View], about: Mapping[str, str]) -> bytes:
    """Write the database.

    Each table has the types, required cells, listed values, primary key and foreign keys of its schema; dates are ISO
    text, booleans 0 and 1. `view_<table>` holds the reading view of a table, `about` the metadata. `search` is a
    full-text index with a row for each record that has an identifier: `text` is what its view says, with the names of
    all that it refers to, in Chinese too; `terms`, which is in the index alone, what a search for Chinese needs (see
    `_terms`).

    Returns:
        The same bytes for the same package and the same version of the SQLite library.

    Raises:
        DataError: A row refers to one that does not exist.
    """
    records = [(table, list(reading.records(package, table))) for table in map(package.table, package.names())]
    with closing(sqlite3.connect(":memory:")) as database:
        for table, rows in records:
            keys = [f"PRIMARY KEY ({_quoted(*table.key)})"]
            keys += [
                f"FOREIGN KEY ({_quoted(*one.fields)}) REFERENCES {_quoted(one.table)} ({_quoted(*one.keys)})"
                for one in table.references
            ]
            _create(database, table.name, [*map(_column, table.fields), *keys], (row.values() for row in rows))
            for one in table.references:
                index = _quoted("_".join((table.name, *one.fields)))
                database.execute(f"CREATE INDEX {index} ON {_quoted(table.name)} ({_quoted(*one.fields)})")
        if fault := database.execute("PRAGMA foreign_key_check").fetchone():
            raise DataError(f"table {fault[0]}, row {fault[1]}: no row of {fault[2]} has the identifier that it names")
        # The terms are many times the text, and nobody reads them: the index has them, and no table.
        database.execute("CREATE TABLE search_text (record_table TEXT, record_id TEXT, text TEXT)")
        database.execute("CREATE VIEW search_rows AS SELECT rowid, *, '' AS terms FROM search_text")
        # A plus is part of a word, for AI+ and C++.
        database.execute(
            """CREATE VIRTUAL TABLE search USING fts5 (record_table UNINDEXED, record_id UNINDEXED, text, terms,
            content=search_rows, tokenize="unicode61 remove_diacritics 2 tokenchars '+'")"""
        )
        named = _names_around(records)
        for view in views:
            parts = [f"{_quoted(field.name)} {_TYPES[field.type]}" for field in view.fields]
            if package.table(view.name).key == ("id",):
                parts.append(f"PRIMARY KEY (id), FOREIGN KEY (id) REFERENCES {_quoted(view.name)} (id)")
                for *row, terms in _searched(view, named):
                    [number] = database.execute(
                        "INSERT INTO search_text VALUES (?, ?, ?) RETURNING rowid", row
                    ).fetchone()
                    database.execute(
                        "INSERT INTO search (rowid, text, terms) VALUES (?, ?, ?)", (number, row[2], terms)
                    )
            _create(database, f"view_{view.name}", parts, view.rows)
        database.execute("CREATE TABLE about (name TEXT PRIMARY KEY, value TEXT NOT NULL)")
        _insert(database, "about", about.items())
        database.execute("INSERT INTO search (search) VALUES ('optimize')")
        database.commit()
        # Packs the pages in order, so that the bytes depend on the content alone.
        database.execute("VACUUM")
        return database.serialize()


def _column(field: Field) -> str:
    column = f"{_quoted(field.name)} {_TYPES[field.type]}" + (" NOT NULL" if field.required else "")
    listed = ", ".join(map(literal, field.categories))
    return f"{column} CHECK ({_quoted(field.name)} IN ({listed}))" if listed else column


def _names_around(records: Iterable[tuple[Table, Rows]]) -> Mapping[tuple[str, str], list[str]]:
    """Give the names of the records that each record refers to, itself or in the rows of a table that links them."""
    names = {
        (table.name, row["id"]): [row[name] for name in table.columns if name in NAMES and row[name]]
        for table, rows in records
        if table.key == ("id",)
        for row in rows
    }
    found: dict[tuple[str, str], list[str]] = {}
    for table, rows in records:
        places = table.targets
        owners = {name: target for name, target in places.items() if name in table.key}
        for row in rows:
            for owner, target in (owners or {"id": table.name}).items():
                others = (names.get((places[name], row[name]), []) for name in places if name != owner)
                found.setdefault((target, row.get(owner, "")), []).extend(name for other in others for name in other)
    return found


def _searched(view: View, named: Mapping[tuple[str, str], list[str]]) -> Iterable[tuple[str, str, str, str]]:
    """Give the rows of the full-text index for the records of a view."""
    names = [field.name for field in view.fields]
    prose = [i for i, field in enumerate(view.fields) if field.type == "string" and not field.categories]
    for row in view.rows:
        key = row[names.index("id")]
        text = "\n".join(row[i] for i in prose if row[i])
        # Names that the view has are not said again.
        more = [one for one in dict.fromkeys(named.get((view.name, key), ())) if one not in text]
        text = "\n".join(filter(None, [text, *more]))
        yield view.name, key, text, _terms(text)


def _terms(text: str) -> str:
    """Give every part of the runs of Chinese in a text, up to ten characters, as words of their own.

    Chinese has no spaces, so that a whole run is one word for the index. With its parts beside it any term is found,
    however short, without a tokenizer that a user would have to install. A word in Latin letters inside a run, as in
    `AI立法`, counts as one character.
    """
    parts = (
        "".join(units[start:end])
        for units in map(_UNIT.findall, _RUN.findall(text))
        for start in range(len(units))
        for end in range(start + 1, min(start + LONGEST_TERM, len(units)) + 1)
    )
    return " ".join(dict.fromkeys(parts))


def _create(database: sqlite3.Connection, table: str, parts: Iterable[str], rows: Iterable[Iterable[object]]) -> None:
    database.execute(f"CREATE TABLE {_quoted(table)} ({', '.join(parts)})")
    _insert(database, table, rows)


def _insert(database: sqlite3.Connection, table: str, rows: Iterable[Iterable[object]]) -> None:
    for row in rows:
        cells = [cell if isinstance(cell, str | int | float) or cell is None else str(cell) for cell in row]
        # Names cannot be parameters; they come from the schemas and are quoted.
        database.execute(f"INSERT INTO {_quoted(table)} VALUES ({', '.join('?' * len(cells))})", cells)  # noqa: S608


def _quoted(*names: str) -> str:
    return ", ".join(map(quoted, names))
