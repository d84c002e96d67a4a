"""One grammar of cells: what validates can be loaded, and means the same to `load`, `rows`, `view` and the rules."""

from __future__ import annotations

import datetime
import math
import re
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest
import towns
from packages import refresh

import china_ai_lawmaking as cal
from china_ai_lawmaking import errors
from china_ai_lawmaking.package import types
from china_ai_lawmaking.package.descriptor import Field

if TYPE_CHECKING:
    from pathlib import Path

GOOD: dict[str, dict[str, Any]] = {
    "integer": {"0": 0, "7": 7, "-12": -12, "9" * 18: 10**18 - 1},
    "number": {"1": 1.0, "1.": 1.0, ".5": 0.5, "+1.5E-3": 0.0015, "9" * 39 + "e99": 1e138, "1e40": 1e40, "-0": 0.0},
    "boolean": {"true": True, "false": False},
    "date": {"0001-01-01": datetime.date(1, 1, 1), "9999-12-31": datetime.date(9999, 12, 31)},
}
BAD: dict[str, list[str]] = {
    "integer": ["+1", "01", "-0", "1.0", " 1", "1_0", "１", "9" * 19, ""],
    "number": ["inf", "NaN", "1e400", "9" * 41, "1_0", " 1", "1,5", "e5", "."],
    "boolean": ["True", "1", "yes"],
    "date": ["0000-01-01", "2021-02-29", "1900-02-29", "2021-6-10", "20210610", "2021-06-10\n"],
}


def field(kind: str) -> Field:
    return Field("x", "", "", kind, {}, {}, False, "", "")


def test_every_reader_takes_what_the_grammar_takes() -> None:
    for kind, cells in GOOD.items():
        parse = types.parser(field(kind))
        assert parse
        for cell, value in cells.items():
            assert re.fullmatch(types.FORMS[kind], cell), (kind, cell)
            assert parse(cell) == value, (kind, cell)
            assert parse(types.write(value)) == value, (kind, cell)
    for kind, refused in BAD.items():
        parse = types.parser(field(kind))
        assert parse
        for cell in refused:
            with pytest.raises((KeyError, ValueError), match=re.escape(cell) or "^$"):
                parse(cell)


def test_what_is_written_is_the_text_of_a_file() -> None:
    for value, text in {
        230000000.0: "230000000",
        0.5: "0.5",
        -3.25: "-3.25",
        1e22: "10000000000000000000000",
        1e-7: "0.0000001",
        7: "7",
        "NA": "NA",
        pd.Timestamp("2025-03-06"): "2025-03-06",
        datetime.datetime(2025, 3, 6, 10): "2025-03-06T10:00:00",
        datetime.date(2025, 3, 6): "2025-03-06",
        None: "",
    }.items():
        assert types.write(value) == text
    assert [types.write(True), types.write(False)] == ["true", "false"]


def test_what_validates_loads_and_what_does_not_is_refused_alike(tmp_path: Path) -> None:
    columns = {"integer": "people", "number": "share", "boolean": "port", "date": "founded"}
    cells = [(kind, cell) for kind in GOOD for cell in [*GOOD[kind], *BAD[kind]] if cell]
    rows = towns.good()
    for number, (kind, cell) in enumerate(cells):
        rows["towns"].append([*(towns.TOWN | {"id": f"town-{number:02}", columns[kind]: cell}).values()])
    record = cal.open(towns.write(tmp_path / "towns", rows))
    told = {problem.line for problem in record.validate() if problem.code == "wrong-type"}
    first, line = len(towns.GOOD_TOWNS) + 2, {}
    for number, (kind, cell) in enumerate(cells):
        line[kind, cell] = first + number
    # A line end inside a cell moves what stands below it.
    assert told == {at + (at > line["date", "2021-06-10\n"]) for one, at in line.items() if one[1] in BAD[one[0]]}
    for number, (kind, cell) in enumerate(cells):
        rows["towns"] = [[*(towns.TOWN | {"id": "alone", columns[kind]: cell}).values()]]
        record = cal.open(towns.write(tmp_path / f"alone-{number}", rows))
        if cell in BAD[kind]:
            for read in (record.load, lambda table: list(record.rows(table))):  # noqa: B023
                with pytest.raises(errors.DataError, match=rf"data/towns\.csv:2: {columns[kind]}: "):
                    read("towns")
        else:
            value, loaded = next(record.rows("towns"))[columns[kind]], record.load("towns")[columns[kind]][0]
            assert value == (loaded.date() if kind == "date" else loaded) == GOOD[kind][cell], (kind, cell)
            assert not (isinstance(value, float) and math.isinf(value))


def test_a_rank_that_is_written_otherwise_is_told_at_its_cell(root: Path) -> None:
    path = root / "data" / "statement_topics.csv"
    path.write_bytes(path.read_bytes().replace(b",1\n", b",+1\n", 1))
    refresh(root)
    record = cal.open(root)
    assert {(problem.column, problem.code) for problem in record.validate()} == {("rank", "wrong-type")}
    with pytest.raises(errors.DataError, match=r"data/statement_topics\.csv:2: rank: '\+1' is not an integer"):
        record.load("statement_topics")


def test_a_round_trip_between_two_towns_is_no_cycle(tmp_path: Path) -> None:
    rows = towns.good()
    assert {("alba", "bell"), ("bell", "alba")} <= {(row[0], row[1]) for row in rows["roads"]}
    record = cal.open(towns.write(tmp_path / "towns", rows))
    assert [problem for problem in record.validate() if problem.code == "cycle"] == []
