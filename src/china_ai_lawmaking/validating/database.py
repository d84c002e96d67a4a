"""The cells of tables as text in DuckDB, in memory: `raw.<table>`, one row a record, NULL for an empty cell."""

from __future__ import annotations

import contextlib
import csv as _csv
import os
import shutil
import tempfile
import weakref
from typing import TYPE_CHECKING, Any, Self

import duckdb

from ..loading import csv
from ..loading.csv import ParsedFile
from ..package.files import Folder
from ..rules import prepare
from ..rules.prepared import literal, quoted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from ..package.descriptor import Package, Table

# Below so many bytes of CSV a second thread costs more than it saves.
_SMALL = 20_000_000
# So much is quicker handed over than read from a file.
FEW_BYTES, FEW_ROWS = 300_000, 3_000
# What DuckDB may hold: some tables with what the widest query needs. What does not fit goes to a temporary folder.
_LEAST = 500_000_000
# What is special in the pattern of a path.
_GLOB = frozenset("*?[]{}'\\")


class Database:
    """An in-memory database for the tables of one package; a context manager.

    Attributes:
        con: The connection. `raw.<table>` has `row`, the number of the record from 0, and every column as VARCHAR.
    """

    def __init__(self) -> None:
        """Open the database, empty."""
        self._folder = tempfile.mkdtemp(prefix="china-ai-lawmaking-")
        # Whoever holds a database for as long as a contract does has no place to close it.
        self._clean = weakref.finalize(self, shutil.rmtree, self._folder, ignore_errors=True)
        # One file at a time is written on its way into the database.
        self._place = os.path.join(self._folder, "rows.csv")
        self._size = 0
        self.con = duckdb.connect(
            config={
                "autoinstall_known_extensions": False,
                "autoload_known_extensions": False,
                "temp_directory": os.path.join(self._folder, "spilled"),
                "memory_limit": f"{_LEAST // 1_000_000}MB",
                "threads": 1,
            }
        )
        self.con.execute("create schema raw; create schema file")

    def __enter__(self) -> Self:
        """Give this."""
        return self

    def __exit__(self, *_: object) -> None:
        """Drop everything."""
        self.close()

    def close(self) -> None:
        """Drop everything."""
        self.con.close()
        self._clean()

    def rows(self, query: str, values: Sequence[object] = ()) -> list[dict[str, Any]]:
        """Run a query; give its rows as dicts."""
        done = self.con.execute(query, values) if values else self.con.execute(query)
        names = [column[0] for column in done.description or ()]
        return [dict(zip(names, row, strict=True)) for row in done.fetchall()]

    def rows_of_all(self, queries: Sequence[str]) -> list[dict[str, Any]]:
        """Give the rows of several queries with the same columns; of small tables at once, which costs less to plan."""
        joined = [" union all ".join(queries)] if queries and self._size < _SMALL else queries
        return [row for query in joined for row in self.rows(query)]

    def read(self, package: Package, table: Table) -> tuple[ParsedFile, bytes]:
        """Read the file of a table of a package into `raw.<table>`; give what could be read, and its bytes."""
        try:
            data = package.files.read(table.path)
        except FileNotFoundError:
            self.fill(table.name, table.columns, ())
            return csv.missing(table), b""
        path = package.files.path(table.path) if isinstance(package.files, Folder) else ""
        return self.load(table, data, path), data

    def load(self, table: Table, data: bytes, path: str = "") -> ParsedFile:
        """Read one CSV file into `raw.<table>`, which stays empty if the columns cannot be told.

        Args:
            table: The table.
            data: The bytes of its file.
            path: Where they are on disk, or empty.
        """
        self._grow(len(data))
        if len(data) > FEW_BYTES and self._is_clear(table, data):
            count = self._load_clear(table, data, path)
            if count is not None:
                return ParsedFile(count, range(2, count + 2), frozenset(), False, [])
        with self._writer(table.name, table.columns) as write:
            parsed = csv.parse(data, table.path, table.columns, write)
        if not parsed.has_cells:
            self.fill(table.name, table.columns, ())
        return parsed

    def fill(self, name: str, columns: Sequence[str], rows: Iterable[Sequence[str | None]]) -> None:
        """Make `raw.<name>` of rows of text."""
        with self._writer(name, columns) as write:
            for row in rows:
                write(row)

    def take(self, name: str, source: object, query: str) -> None:
        """Make `raw.<name>` by a query on `given`, which is an Arrow table."""
        self.con.register("given", source)
        try:
            self._make(name, query)
        finally:
            self.con.unregister("given")

    def prepare(self, tables: Mapping[str, Table], created: str) -> None:
        """Make what the rules ask of the raw tables, in place of what was made before."""
        found = self.con.execute(
            "select table_type, table_name from information_schema.tables where table_schema = 'main'"
        ).fetchall()
        for kind, name in found:
            self.con.execute(f"drop {'view' if kind == 'VIEW' else 'table'} main.{quoted(name)}")
        prepare(self.con, tables, created)

    @contextlib.contextmanager
    def _writer(self, name: str, columns: Sequence[str]) -> Iterator[Callable[[Sequence[str | None]], object]]:
        """Make `raw.<name>` of the rows that are written; of rows of another width it stays empty."""
        kept: list[Sequence[str | None]] = []
        with open(self._place, "w", encoding="utf-8", newline="") as file:
            spill = _csv.writer(file, quoting=_csv.QUOTE_ALL, lineterminator="\n").writerow

            def write(row: Sequence[str | None]) -> None:
                (kept.append if len(kept) < FEW_ROWS else spill)(row)

            yield write
        has_width = not kept or len(kept[0]) == len(columns)
        cells = list(zip(*kept, strict=True)) if kept and has_width else [()] * len(columns)
        texts = ", ".join(
            f"nullif(unnest(${place}::varchar[]), '') as {quoted(column)}" for place, column in enumerate(columns, 1)
        )
        self._make(name, f"select {texts}", [list(column) for column in cells])
        if len(kept) == FEW_ROWS and has_width:
            self.con.execute(
                f"insert into file.{quoted(name)} from {self._csv(self._place, columns, written_here=True)}"
            )

    def _grow(self, size: int) -> None:
        self._size += size
        if self._size > _SMALL:
            self.con.execute("reset threads")
            self.con.execute(f"set memory_limit = '{(_LEAST + self._size * 3 // 2) // 1_000_000}MB'")

    def _is_clear(self, table: Table, data: bytes) -> bool:
        """Tell whether the records of a file end where its lines end, and the columns are those of the schema."""
        header = ",".join(table.columns).encode() + b"\n"
        is_plain = '"' not in ",".join(table.columns) and b"\r" not in data and b"\0" not in data
        return is_plain and data.startswith(header) and data.endswith(b"\n")

    def _load_clear(self, table: Table, data: bytes, path: str) -> int | None:
        """Let DuckDB read a file, and prove that it did as the standard asks; give the number of records.

        DuckDB drops an empty surplus cell, skips blank lines and more. What it read is all that stands there if header,
        texts, separators, line ends and quotation marks add up to the bytes.
        """
        if not path or not _GLOB.isdisjoint(path):
            path = self._place
            with open(path, "wb") as file:
                file.write(data)
        try:
            self._make(table.name, f"from {self._csv(path, table.columns, written_here=False)}")
        except duckdb.Error:
            # Bytes that are not UTF-8, a row of another width, a long line: the slow way says which.
            return None
        found = self.con.execute(
            "select count(*), sum(strlen(line)), sum(strlen(replace(line, '\"', ''))),"
            " min(strlen(line)), max(strlen(line))"
            f" from (select concat({', '.join(map(quoted, table.columns))}) as line from file.{quoted(table.name)})"
        ).fetchone()
        count, texts, unquoted, shortest, longest = (number or 0 for number in found or ())
        header, marks = len(",".join(table.columns).encode()) + 1, data.count(b'"')
        total = header + texts + count * len(table.columns) + marks - (texts - unquoted)
        is_proved = (count + 1, total) == (data.count(b"\n"), len(data))
        # A row of empty cells, or one that may hold a very long one, has a problem to be placed.
        return count if is_proved and (shortest or not count) and longest <= csv.LONGEST_CELL else None

    def _make(self, name: str, query: str, values: Sequence[object] = ()) -> None:
        self.con.execute(f"create or replace table file.{quoted(name)} as {query}", values)
        self.con.execute(
            f"create or replace view raw.{quoted(name)} as select rowid as row, * from file.{quoted(name)}"
        )

    @staticmethod
    def _csv(place: str, columns: Sequence[str], *, written_here: bool) -> str:
        """Write the SQL that reads a CSV file: one with a header, or one that was written here, every cell quoted."""
        kinds = ", ".join(f"{literal(column)}: 'VARCHAR'" for column in columns)
        longest = max(os.path.getsize(place), 1 << 21)
        options = f"header = false, parallel = false, max_line_size = {longest}" if written_here else "header = true"
        return (
            f"read_csv({literal(place)}, auto_detect = false, columns = {{{kinds}}}, delim = ',', quote = '\"',"
            f" escape = '\"', new_line = '\\n', strict_mode = true, {options})"
        )
