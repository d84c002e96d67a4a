"""`violations` finds the same on the frames of every engine."""

from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb
import polars as pl
import pytest
import towns

import china_ai_lawmaking as cal
from china_ai_lawmaking.validating import constraints

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path
    from typing import Any

    Row = Sequence[str | None]


def in_polars(columns: Sequence[str], rows: Sequence[Row]) -> pl.DataFrame:
    return pl.DataFrame(rows, dict.fromkeys(columns, pl.String), orient="row")


def in_lazy_polars(columns: Sequence[str], rows: Sequence[Row]) -> pl.LazyFrame:
    return in_polars(columns, rows).lazy()


def in_duckdb(columns: Sequence[str], rows: Sequence[Row]) -> Any:
    return duckdb.from_arrow(in_polars(columns, rows).to_arrow())


ENGINES = {"polars": in_polars, "lazy polars": in_lazy_polars, "DuckDB": in_duckdb}


@pytest.mark.parametrize("engine", ENGINES.values(), ids=ENGINES)
def test_every_fault_is_found(engine: Callable[[Sequence[str], Sequence[Row]], Any], tmp_path: Path) -> None:
    rows, expected = towns.faulty()
    frames = {table: engine(towns.columns(table), rows[table]) for table in rows}
    found = cal.open(towns.write(tmp_path / "towns", rows)).violations(frames)
    assert [tuple(violation) for violation in found] == expected


@pytest.mark.parametrize("engine", ENGINES.values(), ids=ENGINES)
def test_good_rows_are_clean(engine: Callable[[Sequence[str], Sequence[Row]], Any], tmp_path: Path) -> None:
    rows = towns.good()
    frames = {table: engine(towns.columns(table), rows[table]) for table in rows}
    assert cal.open(towns.write(tmp_path / "towns", rows)).violations(frames) == []


def test_the_faults_show_every_code() -> None:
    assert {code for _, _, _, code, _ in towns.faulty()[1]} == set(constraints.CODES)


def test_an_empty_text_is_an_empty_cell(tmp_path: Path) -> None:
    record = cal.open(towns.write(tmp_path / "towns", towns.good()))
    lands = pl.DataFrame({"id": ["north", ""], "name": ["", "South"]})
    assert [tuple(violation) for violation in record.violations({"lands": lands})] == [
        ("lands", (None,), "id", "required-cell", None)
    ]


def test_the_shipped_record_is_clean_on_duckdb() -> None:
    frames = {table: duckdb.read_csv(str(cal.path(table)), all_varchar=True, header=True) for table in cal.tables()}
    assert cal.violations(frames) == []
