"""`violations` finds the same on the frames of every engine."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
import towns
from packages import REPOSITORY, breaking
from test_cases import CASES, named

import china_ai_lawmaking as cal
from china_ai_lawmaking import errors
from china_ai_lawmaking.package import descriptor
from china_ai_lawmaking.rules import rules_of
from china_ai_lawmaking.validating import constraints
from china_ai_lawmaking.validating.database import Database
from china_ai_lawmaking.validating.frames import read

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path
    from typing import Any

    Row = Sequence[str | None]


def in_polars(columns: Sequence[str], rows: Sequence[Row]) -> pl.DataFrame:
    return pl.DataFrame(rows, dict.fromkeys(columns, pl.String), orient="row")


def in_lazy_polars(columns: Sequence[str], rows: Sequence[Row]) -> pl.LazyFrame:
    return in_polars(columns, rows).lazy()


def in_arrow(columns: Sequence[str], rows: Sequence[Row]) -> Any:
    return in_polars(columns, rows).to_arrow()


def in_duckdb(columns: Sequence[str], rows: Sequence[Row]) -> Any:
    return duckdb.from_arrow(in_arrow(columns, rows))


def in_pandas(columns: Sequence[str], rows: Sequence[Row]) -> pd.DataFrame:
    return pd.DataFrame([[pd.NA if cell is None else cell for cell in row] for row in rows], columns=[*columns])


SHIPPED = descriptor.open_package()
ENGINES = {
    "polars": in_polars,
    "lazy polars": in_lazy_polars,
    "Arrow": in_arrow,
    "DuckDB": in_duckdb,
    "pandas": in_pandas,
}


def test_every_fault_is_found(tmp_path: Path) -> None:
    rows, expected = towns.faulty()
    record = cal.open(towns.write(tmp_path / "towns", rows))
    for engine, frame in ENGINES.items():
        for rules in (False, True):
            frames = {table: frame(towns.columns(table), rows[table]) for table in rows}
            found = record.violations(frames, rules=rules)
            assert [tuple(one) for one in found if one.code in constraints.CODES] == expected, (engine, rules)
            # Three of the rows differ in their ids alone, of which two are told already.
            assert [one.key for one in found if one.code not in constraints.CODES] == [("twice",)] * rules


def test_good_rows_are_clean(tmp_path: Path) -> None:
    rows = towns.good()
    record = cal.open(towns.write(tmp_path / "towns", rows))
    for engine, frame in ENGINES.items():
        frames = {table: frame(towns.columns(table), rows[table]) for table in rows}
        assert record.violations(frames, rules=True) == [], engine


def test_the_faults_show_every_code() -> None:
    assert {code for _, _, _, code, _ in towns.faulty()[1]} == set(constraints.CODES)


def test_an_empty_text_is_an_empty_cell(tmp_path: Path) -> None:
    record = cal.open(towns.write(tmp_path / "towns", towns.good()))
    for engine in (pl.DataFrame, pd.DataFrame):
        lands = engine({"id": ["north", ""], "name": ["", "South"]})
        assert [tuple(one) for one in record.violations({"lands": lands})] == [
            ("lands", (None,), "id", "required-cell", None)
        ]


def test_what_loads_is_clean_as_frames_of_pandas(record: cal.Dataset) -> None:
    assert record.violations({table: record.load(table) for table in record.tables()}, rules=True) == []


def test_missing_values_of_pandas_are_empty_cells(record: cal.Dataset) -> None:
    # Without dtypes pandas turns columns with empty cells into floats and objects.
    kinds: Any = ({}, {"dtype": str}, {"dtype": str, "keep_default_na": False}, {"dtype_backend": "pyarrow"})
    for options in kinds:
        frames = {table: pd.read_csv(record.path(table), **options) for table in record.tables()}
        assert record.violations(frames, rules=True) == [], options


@pytest.mark.parametrize("bring", [pl.from_pandas, pa.Table.from_pandas, duckdb.from_df])
def test_what_loads_is_clean_in_the_types_of_any_engine(bring: Callable[[pd.DataFrame], Any]) -> None:
    record = cal.open(REPOSITORY)
    frames = {table: bring(record.load(table)) for table in record.tables()}
    assert record.violations(frames, rules=True) == []
    # Without dtypes pandas turns integers among empty cells into floats, and dates get a time.
    days = {table: [field.name for field in record.describe(table).fields if field.type == "date"] for table in frames}
    frames = {table: bring(pd.read_csv(record.path(table), parse_dates=days[table])) for table in record.tables()}
    assert record.violations(frames) == []


def test_text_that_is_no_date_or_integer_of_the_schema_stays_a_violation(tmp_path: Path) -> None:
    rows = {table: [list(row) for row in given] for table, given in towns.good().items()}
    record = cal.open(towns.write(tmp_path / "towns", rows))
    for kind, cell in (("date", "2025-03-01 00:00:00"), ("integer", "1.0")):
        column = next(field.name for field in record.describe("towns").fields if field.type == kind)
        towns_now = pd.DataFrame(rows["towns"], columns=[*towns.columns("towns")], dtype="string")
        towns_now.loc[0, column] = cell
        frames = {table: in_polars(towns.columns(table), rows[table]) for table in rows}
        found = record.violations(frames | {"towns": pl.from_pandas(towns_now)})
        assert (column, "wrong-type", cell) in [(one.column, one.code, one.value) for one in found]


def test_rows_in_polars_are_cited(record: cal.Dataset) -> None:
    frame: Any = pl.DataFrame({"id": ["st-00003"]})
    assert record.cite(frame, table="statements") == record.cite(frame["id"]) == record.cite("st-00003")


def test_the_shipped_record_is_clean_on_duckdb_and_no_view_is_left() -> None:
    connection = duckdb.connect()
    frames = {table: connection.read_csv(str(cal.path(table)), all_varchar=True, header=True) for table in cal.tables()}
    assert cal.violations(frames) == []
    assert cal.violations(frames, rules=True) == []
    assert connection.sql("select view_name from duckdb_views() where not internal").fetchall() == []


def test_no_query_draws_a_bar_of_its_progress() -> None:
    # DuckDB draws it where Python was not started with a file, as in a notebook and in the processes of these tests.
    with Database() as database:
        assert database.rows("select current_setting('enable_progress_bar') as bar") == [{"bar": False}]


def test_large_frames_may_fill_more_memory() -> None:
    table = SHIPPED.table("topics")
    with Database() as database:
        before = database.rows("select current_setting('memory_limit')")
        read(database, table, pl.DataFrame(dict.fromkeys(table.columns, ["a" * 300] * 20_000)))
        assert database.rows("select current_setting('memory_limit')") != before


def test_frames_that_cannot_be_asked_are_refused(tmp_path: Path) -> None:
    rows = towns.good()
    record = cal.open(towns.write(tmp_path / "towns", rows))
    frames = {table: in_polars(towns.columns(table), rows[table]) for table in rows}
    with pytest.raises(errors.UsageError, match="the frame of lands is a builtins list; give one of duckdb, pandas, "):
        record.violations({"lands": []})
    for name, odd in (("pandas Series", pd.Series(["a"])), ("duckdb DuckDBPyConnection", duckdb.connect())):
        with pytest.raises(errors.UsageError, match=f"the frame of lands is a {name}; give one of duckdb, pandas, "):
            record.violations({"lands": odd})
    names = ["id", "name", "name"]
    twice: Any = (pd.DataFrame([["north", "North", "North"]], columns=names), pa.table([["north"]] * 3, names=names))
    for frame in twice:
        with pytest.raises(errors.UsageError, match="the frame of lands has name twice"):
            record.violations({"lands": frame})
    with pytest.raises(errors.UnknownTableError, match=r"^no table named dict; tables: "):
        record.violations([rows])  # type: ignore[arg-type]
    with pytest.raises(errors.UsageError, match="the frames are of duckdb, polars; give those of duckdb alone"):
        record.violations(frames | {"lands": in_duckdb(towns.columns("lands"), rows["lands"])})
    apart = {table: duckdb.connect().from_arrow(frame.to_arrow()) for table, frame in frames.items()}
    with pytest.raises(errors.UsageError, match="the frames are of several connections of DuckDB; give those of one"):
        record.violations(apart)


MEANING = {rule.code for rule in rules_of({name: SHIPPED.table(name) for name in SHIPPED.names()})}


@pytest.mark.slow
def test_rules_are_judged_on_frames_as_on_files(root: Path) -> None:
    first = {named(case).split("/")[0]: case for case in reversed(CASES)}
    for code, case in first.items():
        if code not in MEANING:
            continue
        with breaking(root, case):
            record = cal.open(root)
            frames = {}
            for table in record.tables():
                header, *cells = csv.reader(record.path(table).read_text("utf-8").splitlines(keepends=True))
                frames[table] = in_polars(header, [[cell or None for cell in row] for row in cells])
            names = {record.describe(table).path: table for table in record.tables()}
            told = {(names[one.path], one.column, one.code) for one in record.validate()}
            found = record.violations(frames, rules=True)
            assert {(one.table, one.column, one.code) for one in found if one.code in MEANING} == told, named(case)
