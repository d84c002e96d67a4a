"""The cells of tables as text in DuckDB, in memory: `raw.<table>`, one row a record, NULL for an empty cell."""

import contextlib
import json
import os
import shutil
import tempfile
import weakref
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Self

import duckdb

from ..loading import csv
from ..loading.csv import ParsedFile
from ..package.descriptor import Table
from ..rules.prepared import literal, quoted, views

# Below so many bytes of CSV a second thread, or the best plan of a query, costs more than it saves.
_SMALL = 5_000_000
# So much is read by DuckDB alone, where it can be proved that it read what stands there.
FEW_BYTES = 300_000
# So many rows are handed over at once.
_BATCH = 10_000
# What DuckDB may hold: some tables with what the widest query needs. What does not fit goes to a temporary folder.
_LEAST = 500_000_000
# Parsed queries by their text. Those of the rules are the same for every package.
_PARSED: dict[str, Any] = {}
_KEPT = 1000
# What is special in the pattern of a path.
_GLOB = frozenset("*?[]{}'\\")


class Database:
    """An in-memory database for the tables of one package; a context manager.

    `raw.<table>` has `row`, the number of the record from 0, and every column as VARCHAR.

    Attributes:
        sql_only: Whether rules that need Python cannot run on it.
    """

    sql_only = False

    def __init__(self) -> None:
        """Open the database, empty."""
        self._folder = tempfile.mkdtemp(prefix="china-ai-lawmaking-")
        # Whoever holds a database for as long as a contract does has no place to close it.
        self._clean = weakref.finalize(self, shutil.rmtree, self._folder, ignore_errors=True)
        # Bytes of text by table, and of all when the memory was last measured out.
        self._sizes: dict[str, int] = {}
        self._foreseen = 0
        self._con = duckdb.connect(
            config={
                "autoinstall_known_extensions": False,
                "autoload_known_extensions": False,
                "temp_directory": os.path.join(self._folder, "spilled"),
                "memory_limit": f"{_LEAST // 1_000_000}MB",
                "threads": 1,
            }
        )
        # Where Python was not started with a file, DuckDB would draw a bar into what a slow query prints.
        self._con.execute("set enable_progress_bar = false; pragma disable_optimizer")
        self._con.execute("create schema raw")

    def __enter__(self) -> Self:
        """Give this."""
        return self

    def __exit__(self, _: object, error: BaseException | None, __: object) -> None:
        """Drop everything."""
        self._con.close()
        self._clean()
        if isinstance(error, RuntimeError) and str(error) == "Query interrupted":
            # DuckDB takes the signal for itself.
            raise KeyboardInterrupt from None

    def execute(self, query: str, values: Sequence[object] = ()) -> duckdb.DuckDBPyConnection:
        """Run a query, which is parsed once for all databases: parsing takes a fifth of the time."""
        if query not in _PARSED:
            if len(_PARSED) > _KEPT:
                _PARSED.clear()
            [_PARSED[query]] = self._con.extract_statements(query)
        return self._con.execute(_PARSED[query], values)

    def rows(self, query: str, values: Sequence[object] = ()) -> list[dict[str, Any]]:
        """Run a query; give its rows as dicts."""
        done = self.execute(query, values)
        names = [column[0] for column in done.description or ()]
        return [dict(zip(names, row, strict=True)) for row in done.fetchall()]

    def united(self, queries: Sequence[str]) -> Sequence[str]:
        """Give queries to be run one after the other; of small tables all in one, which costs less to plan."""
        return [" union all ".join(queries)] if queries and sum(self._sizes.values()) < _SMALL else queries

    def load(self, table: Table, data: bytes | None, path: str = "") -> ParsedFile:
        """Read one CSV file into `raw.<table>`, which stays empty if the file is not there or has other columns.

        Args:
            table: The table.
            data: The bytes of its file; None where it is missing.
            path: Where they are on disk, or empty.
        """
        if data and len(data) > FEW_BYTES and (count := self._load_clear(table, data, path)) is not None:
            return ParsedFile(count, range(2, count + 2))
        with self._writer(table) as write:
            parsed = csv.parse(data, table, write)
        if not parsed.has_cells:
            self.fill(table, ())
        return parsed

    def fill(self, table: Table, rows: Iterable[Sequence[str]]) -> None:
        """Make `raw.<table>` of rows of text."""
        with self._writer(table) as write:
            for row in rows:
                write(row)

    def take(self, table: Table, source: Any, query: str) -> None:
        """Make `raw.<table>` by a query on `given`, which is an Arrow table."""
        self._con.register("given", source)
        try:
            self._make(table, source.nbytes, query)
        finally:
            self._con.unregister("given")

    def prepare(self, tables: Mapping[str, Table], created: str) -> None:
        """Make the tables that the rules query, in place of what was made before; a raw table that is missing is empty.

        Args:
            tables: The tables by name.
            created: ISO date of the version; empty where it is not known.
        """
        there = self.rows("select table_schema, table_name, table_type from information_schema.tables")
        for one in there:
            if one["table_schema"] == "main":
                kind = "view" if one["table_type"] == "VIEW" else "table"
                self._con.execute(f"drop {kind} main.{quoted(one['table_name'])}")
        for name in tables.keys() - {one["table_name"] for one in there if one["table_schema"] == "raw"}:
            self.fill(tables[name], ())
        # Of little text a table is quicker than a view, which every query plans again.
        is_small = sum(self._sizes.values()) < _SMALL
        for name, query in views(tables, created).items():
            is_table = is_small or name == "odd_cells"
            self.execute(f"create {'table' if is_table else 'view'} {quoted(name)} as {query}")

    @contextlib.contextmanager
    def _writer(self, table: Table) -> Iterator[Callable[[Sequence[str]], object]]:
        """Make `raw.<table>` of the rows that are written."""
        # As JSON they are handed over twice as fast as in lists.
        lists = (
            f"unnest(from_json(${place}, '[\"varchar\"]')) as {quoted(name)}"
            for place, name in enumerate(table.columns, 1)
        )
        cells = ", ".join(f"nullif({quoted(name)}, '') as {quoted(name)}" for name in table.columns)
        query = f"select {cells} from (select {', '.join(lists)})"
        kept: list[Sequence[str]] = []
        count = 0

        def flush() -> None:
            nonlocal count
            # Rows of a file with other columns may be shorter.
            columns = [*zip(*kept, strict=True), *[()] * len(table.columns)][: len(table.columns)]
            given = [json.dumps(column, ensure_ascii=False) for column in columns]
            self._make(table, sum(map(len, given)), query, given, start=count)
            count += len(kept)
            kept.clear()

        def write(row: Sequence[str]) -> None:
            kept.append(row)
            if len(kept) == _BATCH:
                flush()

        yield write
        flush()

    def _make(self, table: Table, size: int, query: str, values: Sequence[object] = (), *, start: int = 0) -> None:
        """Make `raw.<table>` by a query, or add to it: rows of so many bytes of text, numbered from `start`."""
        self._sizes[table.name] = size + (self._sizes[table.name] if start else 0)
        total = sum(self._sizes.values())
        if total > max(_SMALL, self._foreseen * 11 // 10):
            self._foreseen = total
            self._con.execute("reset threads; pragma enable_optimizer")
            self._con.execute(f"set memory_limit = '{(_LEAST + total * 3 // 2) // 1_000_000}MB'")
        place = f"raw.{quoted(table.name)}"
        begin = f"insert into {place}" if start else f"create or replace table {place} as"
        number = f"row_number() over () - 1 + ${len(values) + 1}::bigint"
        self.execute(f"{begin} select {number} as row, * from ({query})", [*values, start])

    def _load_clear(self, table: Table, data: bytes, path: str) -> int | None:
        """Let DuckDB read a file, and prove that it did as the standard asks; give the number of records.

        DuckDB drops an empty surplus cell, skips blank lines and more. What it read is all that stands there if header,
        texts, separators, line ends and quotation marks add up to the bytes. None where that is not proved.
        """
        header = f"{','.join(table.columns)}\n".encode()
        if b'"' in header or b"\r" in data or b"\0" in data or not data.startswith(header) or not data.endswith(b"\n"):
            return None
        if not path or not _GLOB.isdisjoint(path):
            path = os.path.join(self._folder, "rows.csv")
            with open(path, "wb") as file:
                file.write(data)
        columns = ", ".join(f"{literal(column)}: 'VARCHAR'" for column in table.columns)
        try:
            self._make(
                table,
                len(data),
                f"from read_csv({literal(path)}, auto_detect = false, columns = {{{columns}}}, delim = ',',"
                " quote = '\"', escape = '\"', new_line = '\\n', strict_mode = true, header = true)",
            )
        except duckdb.Error:
            # Bytes that are not UTF-8, a row of another width, a long line: the slow way says which.
            return None
        [found] = self.rows(
            "select count(*) as count, coalesce(sum(strlen(line)), 0) as texts, count(*) filter (line = '') as empty,"
            " coalesce(sum(strlen(line) - strlen(replace(line, '\"', ''))), 0) as marks, max(strlen(line)) as longest"
            f" from (select concat({', '.join(map(quoted, table.columns))}) as line from raw.{quoted(table.name)})"
        )
        separators = found["count"] * len(table.columns)
        total = len(header) + found["texts"] + separators + data.count(b'"') - found["marks"]
        is_proved = (found["count"] + 1, total) == (data.count(b"\n"), len(data))
        # A row of empty cells, or one that may hold a very long one, has a problem to be placed.
        has_problem = found["empty"] or (found["longest"] or 0) > csv.LONGEST_CELL
        return found["count"] if is_proved and not has_problem else None
