"""Frames of pandas, polars, Arrow and DuckDB as tables of text that SQL can ask."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import Any

from ..errors import UsageError
from ..package import types
from ..rules.prepared import quoted

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import pandas as pd

    from ..package.descriptor import Field, Table
    from .database import Database

# What runs a query, and gives its rows as dicts.
Ask = Callable[[str], list[dict[str, Any]]]

KNOWN = ("duckdb", "pandas", "polars", "pyarrow", "pyspark")
# Where the views on frames of an engine stand while it is asked.
PREFIX = "__china_ai_lawmaking_"


def engine(frames: Mapping[str, Any]) -> str:
    """Tell which engine has the frames: duckdb, pyspark, or own for those that are read into a database of our own.

    Raises:
        UsageError: A frame is of an engine that is not known, or they are of several that cannot be asked together.
    """
    kinds = {name: _kind(frame) for name, frame in frames.items()}
    for name, kind in kinds.items():
        # Not asked of the frame itself: a lazy one would work out its columns. A connection or a column has none.
        type_ = type(frames[name])
        if kind not in KNOWN or not (hasattr(type_, "columns") or hasattr(type_, "column_names")):
            raise UsageError(f"the frame of {name} is a {kind} {type_.__name__}; give one of {', '.join(KNOWN)}")
    found = sorted({*kinds.values()})
    for alone in ("duckdb", "pyspark"):
        if alone in found:
            if len(found) > 1:
                raise UsageError(f"the frames are of {', '.join(found)}; give those of {alone} alone")
            return alone
    return "own"


def _kind(frame: Any) -> str:
    return type(frame).__module__.partition(".")[0].lstrip("_")


def check_columns(table: Table, columns: Sequence[str]) -> None:
    """Raise UsageError if a frame lacks a column of its table, or has it twice."""
    missing = sorted({*table.columns} - {*columns})
    if missing:
        raise UsageError(f"the frame of {table.name} lacks {', '.join(missing)}; columns: {', '.join(table.columns)}")
    if twice := [name for name in table.columns if [*columns].count(name) > 1]:
        raise UsageError(f"the frame of {table.name} has {', '.join(twice)} twice")


def texts(frame: pd.DataFrame, table: Table) -> list[tuple[str, ...]]:
    """Give the rows of a pandas frame as the text that would stand in the file; a missing value is an empty cell."""
    if _kind(frame) != "pandas":
        raise UsageError(f"the frame of {table.name} is a {_kind(frame)} {type(frame).__name__}; give one of pandas")
    check_columns(table, [str(name) for name in frame.columns])
    columns = (cells(frame[field.name]) for field in table.fields)
    return list(zip(*columns, strict=True))


def cells(column: pd.Series[Any]) -> list[str]:
    """Give a column of a pandas frame as the text that would stand in the file, empty for a missing value."""
    filled = column.notna().tolist()
    return [types.write(value) if is_filled else "" for value, is_filled in zip(column.tolist(), filled, strict=True)]


def read(database: Database, table: Table, frame: Any) -> None:
    """Read a frame into `raw.<table>` of a database."""
    kind = _kind(frame)
    if kind == "pandas":
        database.fill(table, texts(frame, table))
        return
    if kind == "polars":
        import pyarrow as pa

        # Without the threads of polars, as to_arrow has them: in a process that was forked they hang for ever.
        frame = pa.table(frame.collect() if hasattr(frame, "collect") else frame)
    source = frame.to_arrow_table() if kind == "duckdb" else frame
    database.take(table, source, as_text(table, source.column_names, "given"))


def as_text(table: Table, columns: Sequence[str], place: str) -> str:
    """Write the query that gives the columns of a table as text, null for an empty cell."""
    check_columns(table, columns)
    texts = (f"nullif({_cell(field)}, '') as {quoted(field.name)}" for field in table.fields)
    return f"select {', '.join(texts)} from {place}"


def _cell(field: Field) -> str:
    cell = f"cast({quoted(field.name)} as varchar)"
    if field.type not in ("date", "integer"):
        return cell
    # What comes from pandas has dates with a time, and integers among missing values as floats. Text is as it stands.
    whole = f"regexp_replace({cell}, '( 00:00:00([+]00)?|[.]0)$', '')"
    return f"case when lower(typeof({quoted(field.name)})) in ('varchar', 'string') then {cell} else {whole} end"


@contextlib.contextmanager
def relations(tables: Sequence[Table], frames: Mapping[str, Any]) -> Iterator[tuple[Ask, dict[str, str]]]:
    """Give what asks relations of DuckDB on their own connection, and where each table is in SQL, as text.

    Raises:
        UsageError: A frame lacks a column, or the frames cannot be asked together.
    """
    import duckdb

    one, views, places = next(iter(frames.values())), [], {}

    def ask(query: str) -> list[dict[str, Any]]:
        done = one.query(PREFIX, query)
        return [dict(zip(done.columns, row, strict=True)) for row in done.fetchall()]

    try:
        for number, table in enumerate(tables):
            view, frame = f"{PREFIX}{number}", frames[table.name]
            places[table.name] = f"({as_text(table, frame.columns, view)})"
            try:
                frame.create_view(view)
                views.append(view)
                ask(f"select 1 from {view} limit 0")
            except duckdb.CatalogException:
                raise UsageError("the frames are of several connections of DuckDB; give those of one") from None
            except duckdb.Error as error:
                raise UsageError(f"DuckDB makes no view of the frame of {table.name}: {error}") from None
        yield ask, places
    finally:
        for view in views:
            one.query(PREFIX, f"drop view if exists {view}")
