"""The SQLite database of a release: tables with keys, the reading views, full-text search."""

from __future__ import annotations

import sqlite3
from contextlib import closing

from ..errors import DataError
from ..loading import reading

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from ..package.descriptor import Field, Package, Table
    from .tables import View

_TYPES = {"string": "TEXT", "integer": "INTEGER", "number": "REAL", "boolean": "INTEGER", "date": "TEXT"}


def write(package: Package, views: Iterable[View], about: Mapping[str, str]) -> bytes:
    """Write the database.

    Each table has the types, required cells, listed values, primary key and foreign keys of its schema; dates are ISO
    text, booleans 0 and 1. `view_<table>` holds the reading view of a table, `about` the metadata. `search` indexes the
    text of the views of all tables with identifiers, in trigrams, so that Chinese is found too: `search MATCH` takes
    three characters or more, `instr(text, ...)` fewer (`LIKE` finds nothing there in some versions of SQLite).

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
            _insert(database, table.name, table.columns, map(_values, reading.records(package, table)))
        if fault := database.execute("PRAGMA foreign_key_check").fetchone():
            raise DataError(f"table {fault[0]}, row {fault[1]}: no row of {fault[2]} has the identifier that it names")
        columns = "record_table UNINDEXED, record_id UNINDEXED, text"
        database.execute(f"CREATE VIRTUAL TABLE search USING fts5 ({columns}, tokenize='trigram')")
        for joined in views:
            _add_view(database, package.table(joined.name), joined)
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


def _add_view(database: sqlite3.Connection, table: Table, joined: View) -> None:
    name = f"view_{table.name}"
    columns = [field.name for field in joined.fields]
    parts = [f"{_name(field.name)} {_TYPES[field.type]}" for field in joined.fields]
    if table.key == ("id",):
        parts.append(f"PRIMARY KEY (id), FOREIGN KEY (id) REFERENCES {_name(table.name)} (id)")
        prose = [i for i, field in enumerate(joined.fields) if field.type == "string" and not field.categories]
        found = (
            (table.name, row[columns.index("id")], "\n".join(row[i] for i in prose if row[i])) for row in joined.rows
        )
        _insert(database, "search", ("record_table", "record_id", "text"), found)
    database.execute(f"CREATE TABLE {_name(name)} ({', '.join(parts)})")
    _insert(database, name, columns, (_values(dict(zip(columns, row, strict=True))) for row in joined.rows))


def _values(record: Mapping[str, object]) -> list[object]:
    return [value if isinstance(value, (str, int, float)) or value is None else str(value) for value in record.values()]


def _insert(database: sqlite3.Connection, table: str, columns: Sequence[str], rows: Iterable[Iterable[object]]) -> None:
    places = ", ".join("?" * len(columns))
    # Names cannot be parameters; they come from the schemas and are quoted.
    database.executemany(f"INSERT INTO {_name(table)} ({_names(columns)}) VALUES ({places})", map(tuple, rows))  # noqa: S608


def _names(names: Iterable[str]) -> str:
    return ", ".join(map(_name, names))


def _name(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
