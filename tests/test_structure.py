"""The structure reader: every record with its cells, every fault with its physical line."""

from __future__ import annotations

import csv
import io
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from china_ai_lawmaking.validating import structure

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


def read(data: bytes) -> structure.Records:
    return structure.read(data, "data/things.csv", COLUMNS)


def cells(records: structure.Records) -> list[list[str]]:
    assert records.frame is not None
    return [[cell or "" for cell in row] for row in records.frame.select(COLUMNS).iter_rows()]


@given(ROWS, st.sampled_from(["\n", "\r\n"]), st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]))
def test_what_was_written_is_read(rows: list[list[str]], line_end: str, quoting: int) -> None:
    records = read(written(rows, line_end=line_end, quoting=quoting))
    assert cells(records) == rows
    assert records.rows == len(rows)
    # A row of empty cells is the one fault that a writer of tables can make.
    empty = [number for number, row in enumerate(rows) if not any(row)]
    assert [problem.code for problem in records.problems] == ["blank-row"] * len(empty)
    assert records.broken == set(empty)


@given(ROWS)
def test_a_record_stands_at_the_line_on_which_it_starts(rows: list[list[str]]) -> None:
    records = read(written(rows))
    above = 1
    expected = []
    for row in rows:
        expected.append(above + 1)
        above += 1 + "".join(row).count("\n")
    assert list(records.lines) == expected


@settings(max_examples=300)
@given(LINES)
def test_a_file_is_read_as_by_the_strict_reader_or_refused_with_it(text: str) -> None:
    data = f"{','.join(COLUMNS)}\n{text}".encode()
    records = read(data)
    try:
        expected = list(csv.reader(io.StringIO(data.decode(), newline=""), strict=True))[1:]
    except csv.Error:
        expected = None
    faulty = {problem.code for problem in records.problems}
    if not faulty:
        assert cells(records) == expected
    elif faulty <= {"ragged-row", "blank-row", "nul-byte"} and not re.search("\r(?!\n)", text):
        assert expected is not None
        assert [not any(row) or len(row) != WIDTH or "\0" in "".join(row) for row in expected] == [
            number in records.broken for number in range(len(expected))
        ]


@given(ROWS, st.data())
def test_a_surplus_cell_is_placed_whatever_stands_above_it(rows: list[list[str]], data: st.DataObject) -> None:
    number = data.draw(st.integers(0, len(rows)))
    rows = [[cell or "x" for cell in row] for row in rows]
    faulty = [*rows[:number], ["a", "b", "c", "d"], *rows[number:]]
    records = read(written(faulty))
    line = written(rows[:number]).count(b"\n") + 1
    assert [(problem.line, problem.code) for problem in records.problems] == [(line, "ragged-row")]
    assert records.broken == {number}
    assert cells(records) == [*rows[:number], ["a", "b", "c"], *rows[number:]]


@given(ROWS, st.data())
def test_a_quotation_mark_left_open_costs_one_row(rows: list[list[str]], data: st.DataObject) -> None:
    rows = [[re.sub('[,\n"]', "", cell) or "x" for cell in row] for row in rows]
    number = data.draw(st.integers(0, len(rows)))
    lines = written(rows).splitlines(keepends=True)
    lines.insert(number + 1, b'a,"b,c\n')
    records = read(b"".join(lines))
    assert [(problem.line, problem.code) for problem in records.problems] == [(number + 2, "bad-quoting")]
    assert [row for place, row in enumerate(cells(records)) if place != number] == rows


@pytest.mark.parametrize("size", [structure.LONGEST_CELL, structure.LONGEST_CELL + 1])
@pytest.mark.parametrize("filling", ["a", "a\n", "中"])
def test_the_longest_cell_is_the_last_that_is_accepted(size: int, filling: str) -> None:
    cell = (filling * size)[:size]
    records = read(written([["1", "short", cell], ["2", "below", ""]]))
    assert cells(records) == [["1", "short", cell], ["2", "below", ""]]
    expected = [(2, "note", "long-cell")] if size > structure.LONGEST_CELL else []
    assert [(problem.line, problem.column, problem.code) for problem in records.problems] == expected


def test_the_limit_of_the_standard_reader_is_left_as_it_was() -> None:
    before = csv.field_size_limit()
    read(written([["1", '"' * 200_000, ""]]))
    assert csv.field_size_limit() == before


def test_a_file_larger_than_a_slice_is_read_like_a_small_one() -> None:
    rows = [[f"{number:07}", "a, b" * (number % 3), "中" * 20] for number in range(300_000)]
    data = written(rows)
    assert len(data) > 1 << 24
    assert cells(read(data)) == rows
    broken = data.replace(b"\n0299990,", b"\n0299990,surplus,")
    assert [(p.line, p.code) for p in read(broken).problems] == [(299_992, "ragged-row")]
