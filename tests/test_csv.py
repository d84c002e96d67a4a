"""The one reader of CSV files, and DuckDB in front of it: every record with its cells, every fault at its line."""

from __future__ import annotations

import csv
import io
import re
from typing import NamedTuple
from unittest import mock

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from packages import examples

from china_ai_lawmaking import errors
from china_ai_lawmaking.loading import csv as csv_reader
from china_ai_lawmaking.package.descriptor import Field, Table
from china_ai_lawmaking.validating import database as database_module
from china_ai_lawmaking.validating.database import Database

COLUMNS = ("id", "name", "note")
WIDTH = len(COLUMNS)

# What a cell can hold: commas, quotation marks, line ends, text of several bytes; a lone carriage return is a fault.
CELLS = st.text(st.sampled_from('ab ,"\n中é😀'), max_size=6)
ROWS = st.lists(st.lists(CELLS, min_size=WIDTH, max_size=WIDTH), max_size=8)
# Anything at all that is decoded, with what a CSV reader trips over in plenty.
LINES = st.text(st.sampled_from('ab,,""\n\n\r\0中'), max_size=60)


def written(rows: list[list[str]], *, line_end: str = "\n", quoting: int = csv.QUOTE_MINIMAL) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator=line_end, quoting=quoting).writerows([COLUMNS, *rows])  # type: ignore[arg-type]
    return text.getvalue().encode()


FIELDS = tuple(Field(name, "", "", "string", {}, {}, False, "", "") for name in COLUMNS)
THINGS = Table("things", "", "", "data/things.csv", "", FIELDS, ("id",), (), "", None, "")


# One for all: to open it takes longer than to read.
DATABASE = Database()


class Read(NamedTuple):
    """What was read, and the cells."""

    parsed: csv_reader.ParsedFile
    cells: list[list[str]]


def read(data: bytes) -> Read:
    """Read carefully; let DuckDB read the same, wherever it can be proved, and find no difference."""
    cells: list[list[str]] = []
    parsed = csv_reader.parse(data, THINGS, lambda row: cells.append(list(row)))
    with mock.patch.object(database_module, "FEW_BYTES", 0):
        again = DATABASE.load(THINGS, data)
    rows = DATABASE.rows("select * exclude (row) from raw.things order by row")
    assert (again.rows, list(again.lines), again[2:]) == (parsed.rows, list(parsed.lines), parsed[2:])
    if parsed.has_cells:
        assert [[cell or "" for cell in row.values()] for row in rows] == cells
    return Read(parsed, cells if parsed.has_cells else [])


@given(ROWS, st.sampled_from(["\n", "\r\n"]), st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]))
def test_what_was_written_is_read(rows: list[list[str]], line_end: str, quoting: int) -> None:
    records = read(written(rows, line_end=line_end, quoting=quoting))
    assert records.cells == rows
    assert records.parsed.rows == len(rows)
    # A row of empty cells is the one fault that a writer of tables can make.
    empty = [number for number, row in enumerate(rows) if not any(row)]
    assert [problem.code for problem in records.parsed.problems] == ["blank-row"] * len(empty)
    assert records.parsed.bad_rows == set(empty)


@given(ROWS)
def test_a_record_stands_at_the_line_on_which_it_starts(rows: list[list[str]]) -> None:
    records = read(written(rows))
    above = 1
    expected = []
    for row in rows:
        expected.append(above + 1)
        above += 1 + "".join(row).count("\n")
    assert list(records.parsed.lines) == expected


@examples(150)
@given(LINES)
def test_a_file_is_read_as_by_the_strict_reader_or_refused_with_it(text: str) -> None:
    data = f"{','.join(COLUMNS)}\n{text}".encode()
    records = read(data)
    try:
        expected = list(csv.reader(io.StringIO(data.decode(), newline=""), strict=True))[1:]
    except csv.Error:
        expected = None
    faulty = {problem.code for problem in records.parsed.problems}
    if not faulty:
        assert records.cells == expected
    elif faulty <= {"ragged-row", "blank-row", "nul-byte"} and not re.search("\r(?!\n)", text):
        assert expected is not None
        assert [not any(row) or len(row) != WIDTH or "\0" in "".join(row) for row in expected] == [
            number in records.parsed.bad_rows for number in range(len(expected))
        ]


@given(ROWS, st.data())
def test_a_surplus_cell_is_placed_whatever_stands_above_it(rows: list[list[str]], data: st.DataObject) -> None:
    number = data.draw(st.integers(0, len(rows)))
    rows = [[cell or "x" for cell in row] for row in rows]
    faulty = [*rows[:number], ["a", "b", "c", "d"], *rows[number:]]
    records = read(written(faulty))
    line = written(rows[:number]).count(b"\n") + 1
    assert [(problem.line, problem.code) for problem in records.parsed.problems] == [(line, "ragged-row")]
    assert records.parsed.bad_rows == {number}
    assert records.cells == [*rows[:number], ["a", "b", "c"], *rows[number:]]


@given(ROWS, st.data())
def test_a_quotation_mark_left_open_costs_one_row(rows: list[list[str]], data: st.DataObject) -> None:
    rows = [[re.sub('[,\n"]', "", cell) or "x" for cell in row] for row in rows]
    number = data.draw(st.integers(0, len(rows)))
    lines = written(rows).splitlines(keepends=True)
    lines.insert(number + 1, b'a,"b,c\n')
    records = read(b"".join(lines))
    assert [(problem.line, problem.code) for problem in records.parsed.problems] == [(number + 2, "bad-quoting")]
    assert [row for place, row in enumerate(records.cells) if place != number] == rows


@pytest.mark.parametrize("size", [csv_reader.LONGEST_CELL, csv_reader.LONGEST_CELL + 1])
@pytest.mark.parametrize("filling", ["a", "a\n", "中"])
def test_the_longest_cell_is_the_last_that_is_accepted(size: int, filling: str) -> None:
    cell = (filling * size)[:size]
    records = read(written([["1", "short", cell], ["2", "below", ""]]))
    assert records.cells == [["1", "short", cell], ["2", "below", ""]]
    expected = [(2, "note", "long-cell")] if size > csv_reader.LONGEST_CELL else []
    assert [(problem.line, problem.column, problem.code) for problem in records.parsed.problems] == expected


def test_the_limit_of_the_standard_reader_is_left_as_it_was() -> None:
    before = csv.field_size_limit()
    read(written([["1", '"' * 200_000, ""]]))
    assert csv.field_size_limit() == before


def test_a_large_file_is_read_like_a_small_one() -> None:
    rows = [[f"{number:07}", "a, b" * (number % 3), "中" * 20] for number in range(30_000)]
    data = written(rows)
    assert read(data).cells == rows
    broken = data.replace(b"\n0029990,", b"\n0029990,surplus,")
    assert [(p.line, p.code) for p in read(broken).parsed.problems] == [(29_992, "ragged-row")]


# What DuckDB alone would pass over, and bytes that only look regular.
HOSTILE = [
    b"1,a,\n",
    b"1,a,b,\n",
    b'1, "a",b\n',
    b"\n1,a,b\n",
    b"1,a\0,b\n",
    b'1,"a\nb",c\n',
    b'1,a,"b\n2,c,d\n',
    b"1,a,b\r2,c,d\n",
    b"1,a,b",
    b",,\n",
    b'1,"a""b",""\n',
    b'"1",a,b\n',
    b"1,\xed\xa0\x80,b\n",
    b"1,a,b\n2,c\n3,d,e,f\n",
]


def test_what_duckdb_would_pass_over_is_found() -> None:
    for body in HOSTILE:
        for many in (1, 50):
            read(f"{','.join(COLUMNS)}\n".encode() + b"0,x,y\n" * many + body + b"9,x,y\n" * many)


@examples(100)
@given(
    st.lists(st.sampled_from([b"a", b",", b",,", b'"', b'""', b"\n", b" ", b"\xc3\xa9", b"\r\n", b"\xff", b"a,b,c\n"]))
)
def test_duckdb_and_the_careful_reader_agree_on_any_bytes(pieces: list[bytes]) -> None:
    read(f"{','.join(COLUMNS)}\n".encode() + b"".join(pieces))


def test_the_strict_reader_gives_the_rows_and_stops_where_the_careful_one_finds_a_fault() -> None:
    head = f"{','.join(COLUMNS)}\n".encode()
    assert list(csv_reader.strict(head + b'1,"a\nb",c\n2,d,e\n', THINGS)) == [
        (2, ["1", "a\nb", "c"]),
        (4, ["2", "d", "e"]),
    ]
    for body in HOSTILE:
        cells: list[list[str]] = []
        parsed = csv_reader.parse(head + body, THINGS, cells.append)
        if not parsed.problems:
            assert [row for _, row in csv_reader.strict(head + body, THINGS)] == cells
        elif parsed.problems[0].code in ("ragged-row", "bad-quoting", "not-utf-8"):
            with pytest.raises(errors.DataError, match=rf"data/things\.csv:{parsed.problems[0].line}: "):
                list(csv_reader.strict(head + body, THINGS))


PIECES = (b"a", b"a,b,c\n", b"a,", b",,\n", b'"', b'"b"', b'""', b"\n", b" ", b"\r", b"\0", b"\xff", b"\xed\xa0\x80")


@examples(150)
@given(st.lists(st.sampled_from(PIECES)))
def test_a_file_that_adds_up_is_read_by_pandas_as_by_the_strict_reader(pieces: list[bytes]) -> None:
    data = f"{','.join(COLUMNS)}\n".encode() + b"".join(pieces)
    try:
        found = pd.read_csv(io.BytesIO(data), dtype="string", keep_default_na=False, na_values=[])
    except ValueError:
        return
    if isinstance(found.index, pd.RangeIndex) and csv_reader.adds_up(data, THINGS, len(found)):
        assert found.to_numpy().tolist() == [cells for _, cells in csv_reader.strict(data, THINGS)]


@given(ROWS, st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]))
def test_a_written_file_adds_up_unless_a_line_ends_inside_a_cell(rows: list[list[str]], quoting: int) -> None:
    has_line_ends = any("\n" in cell for row in rows for cell in row)
    adds_up = csv_reader.adds_up(written(rows, quoting=quoting), THINGS, len(rows))
    assert adds_up is not (has_line_ends or quoting == csv.QUOTE_ALL)


def test_a_file_with_a_cell_that_may_be_too_long_does_not_add_up() -> None:
    for length, adds_up in ((csv_reader.LONGEST_CELL - 2, True), (csv_reader.LONGEST_CELL - 1, False)):
        assert csv_reader.adds_up(written([["x" * length, "", ""]]), THINGS, 1) is adds_up
