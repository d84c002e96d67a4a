"""Loading: what `load`, `rows`, `path`, `describe` and `open` promise."""

from __future__ import annotations

import datetime
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING
from unittest import mock

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from packages import REPOSITORY, changed, good

import china_ai_lawmaking as cal
from china_ai_lawmaking import errors
from china_ai_lawmaking.loading import csv, dictionary, reading
from china_ai_lawmaking.package import descriptor

if TYPE_CHECKING:
    from pathlib import Path

DTYPES = {"string": "string", "integer": "Int64", "number": "Float64", "boolean": "boolean", "date": "datetime64[s]"}


def put(root: Path, table: str, line: str) -> None:
    with (root / "data" / f"{table}.csv").open("a", encoding="utf-8", newline="") as file:
        file.write(line + "\n")


@pytest.mark.parametrize("table", cal.tables())
def test_every_shipped_table_loads_with_the_dtypes_of_its_schema(table: str) -> None:
    frame, fields = cal.load(table), cal.describe(table).fields
    expected = {f.name: "category" if f.categories else DTYPES[f.type] for f in fields}
    assert {name: str(dtype) for name, dtype in frame.dtypes.items()} == expected
    assert list(frame.columns) == [f.name for f in fields]
    assert isinstance(frame.index, pd.RangeIndex)


@pytest.mark.parametrize("table", cal.tables())
def test_rows_and_load_give_the_same_values(table: str) -> None:
    def plain(value: object) -> object:
        if value is None or pd.isna(value):  # type: ignore[call-overload]
            return None
        return value.date() if isinstance(value, pd.Timestamp) else value

    frame = [{name: plain(value) for name, value in row.items()} for row in cal.load(table).to_dict("records")]
    assert frame == list(cal.rows(table))


@pytest.mark.parametrize("table", cal.tables())
def test_a_table_loads_alike_whether_or_not_its_cells_add_up_to_the_file(table: str, root: Path) -> None:
    with mock.patch.object(csv, "adds_up", return_value=False):
        other = cal.load(table)
        (root / "data" / "topics.csv").write_bytes(b"id,name,description,broader_id\n")
        assert cal.open(root).load("topics").empty
    pd.testing.assert_frame_equal(cal.load(table), other)


def test_a_line_end_inside_a_cell_stays(root: Path) -> None:
    put(root, "topics", '"b\nc",B,"two\nlines",')
    assert cal.open(root).load("topics").iloc[-1].fillna("").tolist() == ["b\nc", "B", "two\nlines", ""]


@pytest.mark.filterwarnings("ignore:The 'future.infer_string' option")
# pandas 2.2 warns of its own strftime.
@pytest.mark.filterwarnings("ignore:Dtype inference on a pandas object")
@pytest.mark.parametrize("storage", ["python", "pyarrow"])
@pytest.mark.parametrize("infer", [True, False])
def test_how_pandas_stores_text_changes_nothing(infer: bool, storage: str) -> None:
    def plain(frame: pd.DataFrame) -> list[list[object]]:
        return [[None if pd.isna(cell) else str(cell) for cell in frame[name].tolist()] for name in frame]

    before = {table: plain(cal.load(table)) for table in cal.tables()}
    with pd.option_context("mode.string_storage", storage, "future.infer_string", infer):
        for table in cal.tables():
            assert plain(cal.load(table)) == before[table], table
            assert len(cal.view(table)) == len(before[table][0])
        assert len(cal.evidence("st-00001")) == 1


def test_categories_are_those_of_the_schema_and_unordered(record: cal.Dataset) -> None:
    column = record.load("statements")["kind"].dtype
    assert isinstance(column, pd.CategoricalDtype)
    assert list(column.categories) == list(record.describe("statements").field("kind").categories)
    assert column.ordered is False


@pytest.mark.parametrize("text", ["NA", "None", "null", "007", "nan", "1e5", "TRUE"])
def test_text_that_looks_like_something_else_stays_text(root: Path, text: str) -> None:
    put(root, "people", f"zz-top,{text},,,,")
    record = cal.open(root)
    assert record.load("people")["name"].iloc[-1] == text
    assert list(record.rows("people"))[-1]["name"] == text


def test_an_empty_cell_is_missing(root: Path) -> None:
    put(root, "people", "zz-top,Zz Top,,,,")
    record = cal.open(root)
    assert record.load("people")["name_zh"].isna().iloc[-1]
    assert list(record.rows("people"))[-1]["name_zh"] is None


def test_dates_are_dates_and_numbers_numbers(record: cal.Dataset) -> None:
    figure = next(record.rows("statistics"))
    assert figure["value"] == 30000000.0
    assert figure["ref_date"] == datetime.date(2024, 12, 1)
    assert next(record.rows("statement_topics"))["rank"] == 1
    assert next(record.rows("memberships"))["current"] is True


BAD_ROWS = [
    ("people", "x,X,,,", r"data/people\.csv:\d+: 5 cells, the header has 6"),
    ("people", 'x,"X"y,,,,', r"data/people\.csv:\d+: "),
    ("statement_topics", "st-00001,data,first", r"data/statement_topics\.csv:\d+: rank: 'first' is not an integer"),
    ("statement_topics", "st-00001,data,1_0", r"rank: '1_0' is not an integer"),
    ("organizations", "x,X,,,guild,,,", r"data/organizations\.csv:\d+: kind: 'guild' is not one of legislature, "),
    ("events", "x,X,other,,,2025-02-30,day,,,stated,,,", r"start_date: '2025-02-30' is not a date"),
    ("events", "x,X,other,,,0000-02-03,day,,,stated,,,", r"start_date: '0000-02-03' is not a date"),
    ("statistics", "fig-9,x,inf,,,,,,,,,,,,,,", r"value: 'inf' is not a number"),
    ("statistics", "fig-9,x, 5,,,,,,,,,,,,,,", r"value: ' 5' is not a number"),
    ("events", "x,X,other,,,20250203,day,,,stated,,,", r"start_date: '20250203' is not a date"),
]


@pytest.mark.parametrize(("table", "line", "message"), BAD_ROWS)
def test_a_bad_row_is_refused_with_its_place(root: Path, table: str, line: str, message: str) -> None:
    put(root, table, line)
    record = cal.open(root)
    with pytest.raises(errors.DataError, match=message):
        record.load(table)
    with pytest.raises(errors.DataError, match=message):
        list(record.rows(table))


def test_bytes_that_are_not_utf_8_are_refused_with_their_place(root: Path) -> None:
    (root / "data" / "people.csv").write_bytes(b"id,name\n\xff\n")
    with pytest.raises(errors.DataError, match=r"data/people\.csv:2: byte 0xff is not UTF-8"):
        cal.open(root).load("people")


def test_a_byte_order_mark_is_refused_with_the_way_to_mend_it(root: Path) -> None:
    path = root / "data" / "people.csv"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    with pytest.raises(
        errors.DataError, match=r"people\.csv starts with a byte order mark; run 'china-ai-lawmaking fix'"
    ):
        cal.open(root).load("people")


@pytest.mark.parametrize("value", ["30000000.", ".25", "3e7", "+1.5E-3"])
def test_a_number_that_is_valid_is_read(value: str, root: Path) -> None:
    path = root / "data" / "statistics.csv"
    path.write_text(path.read_text(encoding="utf-8").replace(",30000000,", f",{value},"), encoding="utf-8")
    record = cal.open(root)
    assert record.load("statistics")["value"].tolist().count(float(value)) == 1
    assert [row["value"] for row in record.rows("statistics")].count(float(value)) == 1


def test_an_integer_beyond_64_bits_is_refused(root: Path) -> None:
    path = root / "data" / "statement_topics.csv"
    path.write_text(path.read_text(encoding="utf-8").replace(",1\n", f",{2**64}\n", 1), encoding="utf-8")
    with pytest.raises(errors.DataError, match=r"data/statement_topics\.csv:\d+: rank: '1844.*' is not an integer"):
        cal.open(root).load("statement_topics")


def test_an_unknown_table_is_refused_with_the_valid_ones() -> None:
    with pytest.raises(
        errors.UnknownTableError, match=r"no table named 'people_'; tables: event_participants, events, "
    ):
        cal.load("people_")


def test_an_unknown_verb_is_refused_with_the_valid_ones() -> None:
    with pytest.raises(AttributeError, match=r"no attribute 'lode'; it has .*load"):
        cal.lode  # noqa: B018


def test_frames_are_fresh_copies_that_carry_what_they_are(record: cal.Dataset) -> None:
    frame = record.load("people")
    frame.loc[0, "name"] = "changed"
    assert record.load("people").loc[0, "name"] != "changed"
    assert frame.attrs["table"] == "people"
    assert frame.attrs["version"] == record.version
    assert frame.attrs["licence"] == "CC-BY-4.0"
    assert frame.attrs["citation"] == str(record.cite())
    assert frame[frame["id"] == "an-wei"].attrs == frame.attrs


def test_path_is_the_shipped_file(root: Path) -> None:
    assert cal.open(root).path("people") == root / "data" / "people.csv"
    assert cal.path("people").read_bytes() == (REPOSITORY / "data" / "people.csv").read_bytes()


def test_a_zip_gives_the_same_as_its_folder(root: Path, tmp_path: Path) -> None:
    folder, archive = cal.open(root), cal.open(shutil.make_archive(str(tmp_path / "package"), "zip", root))
    for table in folder.tables():
        pd.testing.assert_frame_equal(folder.load(table), archive.load(table))
    with pytest.raises(errors.UsageError, match=r"is a zip, whose tables have no path; unzip it or use load"):
        archive.path("people")


def test_a_zip_with_one_top_folder_opens_too(root: Path, tmp_path: Path) -> None:
    archive = shutil.make_archive(str(tmp_path / "package"), "zip", root.parent, root.name)
    assert cal.open(archive).tables() == cal.open(root).tables()


def test_describe_gives_frozen_records() -> None:
    table = cal.describe("statements")
    assert (table.key, table.path) == (("id",), "data/statements.csv")
    assert ("person_id", "people") in [(r.fields[0], r.table) for r in table.references]
    with pytest.raises(AttributeError):
        table.name = "other"


def test_the_dates_that_a_table_spans_are_as_long_as_they_are_known(tmp_path: Path) -> None:
    root = good(tmp_path)
    changed(root, "statistics", lambda rows: rows[0].update(ref_date="2015-01-01", ref_precision="year"))
    changed(root, "statistics", lambda rows: rows[1].update(ref_date="2030-05-01", ref_precision="month"))
    assert "| 2015 to 2030-05 |" in dictionary.contents(descriptor.open_package(root))


def test_importing_the_package_imports_no_third_party_library() -> None:
    code = "import sys; old = set(sys.modules); import china_ai_lawmaking; print(*sorted(set(sys.modules) - old))"
    output = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout
    assert output.split() == ["china_ai_lawmaking"]


def test_rows_imports_no_third_party_library() -> None:
    code = (
        "import china_ai_lawmaking, sys; list(china_ai_lawmaking.rows('people'));"
        "tops = {name.split('.')[0] for name in sys.modules};"
        # The module typing alone takes as long to import as a small table to read.
        "print(*sorted(tops - set(sys.stdlib_module_names) - {'china_ai_lawmaking', '__main__'} | tops & {'typing'}))"
    )
    output = subprocess.run([sys.executable, "-I", "-S", "-c", f"import sys; sys.path[:0] = {sys.path!r}; {code}"],
                            check=True, capture_output=True, text=True).stdout  # fmt: skip
    assert output.split() == []


@given(st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\x00\r"), min_size=1), min_size=1))
def test_any_text_survives_the_reader(tmp_path_factory: pytest.TempPathFactory, texts: list[str]) -> None:
    import csv
    import io

    root = tmp_path_factory.mktemp("package")
    shutil.copytree(REPOSITORY / "schemas", root / "schemas")
    shutil.copy(REPOSITORY / "datapackage.json", root)
    (root / "data").mkdir()
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    described = descriptor.open_package(root).table("people")
    writer.writerow(described.columns)
    writer.writerows([f"p-{i}", text, "", "", "", ""] for i, text in enumerate(texts))
    (root / "data" / "people.csv").write_bytes(out.getvalue().encode())
    opened = descriptor.open_package(root)
    assert [row["name"] for row in reading.records(opened, described)] == texts
    assert list(reading.frame(opened, described)["name"]) == texts
