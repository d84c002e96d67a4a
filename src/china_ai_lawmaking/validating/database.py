"""The cells of tables as text in DuckDB, in memory: `raw.<table>`, one row a record, NULL for an empty cell."""

from __future__ import annotations

import contextlib
import csv as _csv
import itertools
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

    import pyarrow as pa

    from ..package.descriptor import Package, Table

# Below so many bytes of CSV a second thread, or the best plan of a query, costs more than it saves.
_SMALL = 20_000_000
# So much is quicker handed over than read from a file.
FEW_BYTES, FEW_ROWS = 300_000, 3_000
# What DuckDB may hold: some tables with what the widest query needs. What does not fit goes to a temporary folder.
_LEAST = 500_000_000
# Parsed queries by their text. Those of the rules are the same for every package.
_PARSED: dict[str, Any] = {}
_KEPT = 1000
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
        # Bytes of text by table, and the tables whose rows DuckDB numbers.
        self._sizes: dict[str, int] = {}
        self._numbered: set[str] = set()
        self.con = duckdb.connect(
            config={
                "autoinstall_known_extensions": False,
                "autoload_known_extensions": False,
                "temp_directory": os.path.join(self._folder, "spilled"),
                "memory_limit": f"{_LEAST // 1_000_000}MB",
                "threads": 1,
            }
        )
        # Where Python was not started with a file, DuckDB would draw a bar into what a slow query prints.
        self.con.execute("set enable_progress_bar = false; pragma disable_optimizer")
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

    def execute(self, query: str, values: Sequence[object] = ()) -> duckdb.DuckDBPyConnection:
        """Run a query, which is parsed once for all databases: parsing takes a fifth of the time."""
        if query not in _PARSED:
            if len(_PARSED) > _KEPT:
                _PARSED.clear()
            [_PARSED[query]] = self.con.extract_statements(query)
        return self.con.execute(_PARSED[query], values)

    def rows(self, query: str, values: Sequence[object] = ()) -> list[dict[str, Any]]:
        """Run a query; give its rows as dicts."""
        done = self.execute(query, values)
        names = [column[0] for column in done.description or ()]
        return [dict(zip(names, row, strict=True)) for row in done.fetchall()]

    def united(self, queries: Sequence[str]) -> Sequence[str]:
        """Give queries to be run one after the other; of small tables all in one, which costs less to plan."""
        return [" union all ".join(queries)] if queries and self._size() < _SMALL else queries

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
        if len(data) > FEW_BYTES and self._is_clear(table, data):
            self._grow(table.name, len(data))
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

    def take(self, name: str, source: pa.Table, query: str) -> None:
        """Make `raw.<name>` by a query on `given`, which is an Arrow table."""
        self._grow(name, source.nbytes)
        self.con.register("given", source)
        try:
            self._drop(name)
            self.con.execute(f"create table file.{quoted(name)} as {query}")
            self._number(name)
        finally:
            self.con.unregister("given")

    def prepare(self, tables: Mapping[str, Table], created: str) -> None:
        """Make what the rules ask of the raw tables, in place of what was made before."""
        found = self.con.execute(
            "select table_type, table_name from information_schema.tables where table_schema = 'main'"
        ).fetchall()
        for kind, name in found:
            self.con.execute(f"drop {'view' if kind == 'VIEW' else 'table'} main.{quoted(name)}")
        prepare(self, tables, created)

    @contextlib.contextmanager
    def _writer(self, name: str, columns: Sequence[str]) -> Iterator[Callable[[Sequence[str | None]], object]]:
        """Make `raw.<name>` of the rows that are written; of rows of another width it stays empty."""
        kept: list[Sequence[str | None]] = []
        number = itertools.count(FEW_ROWS)
        with open(self._place, "w", encoding="utf-8", newline="") as file:
            spill = _csv.writer(file, quoting=_csv.QUOTE_ALL, lineterminator="\n").writerow

            def write(row: Sequence[str | None]) -> None:
                if len(kept) < FEW_ROWS:
                    kept.append(row)
                else:
                    spill([next(number), *row])

            yield write
        self._grow(name, os.path.getsize(self._place))
        if name in self._numbered:
            self._drop(name)
        has_width = not kept or len(kept[0]) == len(columns)
        cells = list(zip(*kept, strict=True)) if kept and has_width else [()] * len(columns)
        texts = (f"unnest(${place}::varchar[]) as {quoted(column)}" for place, column in enumerate(columns, 2))
        self.execute(
            f"create or replace table raw.{quoted(name)} as select unnest(range($1)) as row, {', '.join(texts)}",
            [len(cells[0]), *([cell or None for cell in column] for column in cells)],
        )
        if len(kept) == FEW_ROWS and has_width:
            written = self._csv(self._place, ["row", *columns], written_here=True)
            self.con.execute(f"insert into raw.{quoted(name)} from {written}")

    def _grow(self, name: str, size: int) -> None:
        self._sizes[name] = size
        if self._size() > _SMALL:
            self.con.execute("reset threads; pragma enable_optimizer")
            self.con.execute(f"set memory_limit = '{(_LEAST + self._size() * 3 // 2) // 1_000_000}MB'")

    def _size(self) -> int:
        return sum(self._sizes.values())

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
        self._drop(table.name)
        place = f"file.{quoted(table.name)}"
        try:
            self.con.execute(f"create table {place} as from {self._csv(path, table.columns, written_here=False)}")
        except duckdb.Error:
            # Bytes that are not UTF-8, a row of another width, a long line: the slow way says which.
            return None
        found = self.con.execute(
            "select count(*), sum(strlen(line)), sum(strlen(replace(line, '\"', ''))),"
            " min(strlen(line)), max(strlen(line))"
            f" from (select concat({', '.join(map(quoted, table.columns))}) as line from {place})"
        ).fetchone()
        count, texts, unquoted, shortest, longest = (number or 0 for number in found or ())
        header, marks = len(",".join(table.columns).encode()) + 1, data.count(b'"')
        total = header + texts + count * len(table.columns) + marks - (texts - unquoted)
        is_proved = (count + 1, total) == (data.count(b"\n"), len(data))
        # A row of empty cells, or one that may hold a very long one, has a problem to be placed.
        if is_proved and (shortest or not count) and longest <= csv.LONGEST_CELL:
            self._number(table.name)
            return count
        self.con.execute(f"drop table {place}")
        return None

    def _drop(self, name: str) -> None:
        is_read = name in self._numbered
        self._numbered.discard(name)
        self.con.execute(f"drop {'view' if is_read else 'table'} if exists raw.{quoted(name)}")
        self.con.execute(f"drop table if exists file.{quoted(name)}")

    def _number(self, name: str) -> None:
        """Make `raw.<name>` of `file.<name>`."""
        self._numbered.add(name)
        self.con.execute(f"create view raw.{quoted(name)} as select rowid as row, * from file.{quoted(name)}")

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
