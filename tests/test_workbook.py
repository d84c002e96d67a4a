"""The workbook of a release and of the spreadsheet export."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from typing import Any

import openpyxl
import pytest

from china_ai_lawmaking import errors
from china_ai_lawmaking.package.descriptor import Field
from china_ai_lawmaking.release import workbook

CREATED = datetime(2025, 3, 10, tzinfo=UTC)
FIELDS = (
    Field("id", "Identifier", "Names the robot.", "string", {"required": True}, {}, False, "", "robot-1"),
    Field("kind", "Kind", "What it is for.", "string", {}, {"work": "Works.", "play": "Plays."}, False, "", ""),
    Field("ready", "Ready", "Whether it runs.", "boolean", {}, {}, False, "", ""),
    Field("weight", "Weight", "In kilograms.", "number", {}, {}, False, "", ""),
    Field("built_date", "Built", "Day.", "date", {}, {}, False, "", ""),
)


def written(*rows: tuple[str, ...]) -> Any:
    data = workbook.write([workbook.Sheet("robots", FIELDS, rows)], {"title": "Robots"}, CREATED)
    return openpyxl.load_workbook(io.BytesIO(data))


def cells(sheet: Any) -> list[tuple[Any, ...]]:
    return list(sheet.iter_rows(values_only=True))


def test_sheets_stand_in_order_with_explanations_around_the_tables() -> None:
    book = written(("a", "", "", "", ""))
    assert book.sheetnames == ["about", "robots", "columns", "values"]
    assert cells(book["about"]) == [("title", "Robots")]
    assert cells(book["columns"])[:2] == [
        ("sheet", "column", "title", "type", "required", "meaning", "example"),
        ("robots", "id", "Identifier", "string", "yes", "Names the robot.", "robot-1"),
    ]
    assert cells(book["values"]) == [
        ("sheet", "column", "value", "meaning"),
        ("robots", "kind", "work", "Works."),
        ("robots", "kind", "play", "Plays."),
        ("robots", "ready", "true", None),
        ("robots", "ready", "false", None),
    ]


@pytest.mark.parametrize(
    ("column", "cell", "expected"),
    [
        ("id", "=1+1", "=1+1"),
        ("id", "@SUM(A1)", "@SUM(A1)"),
        ("id", "-2", "-2"),
        ("id", "007", "007"),
        ("id", "1e5", "1e5"),
        ("id", "https://example.org/a#b", "https://example.org/a#b"),
        ("id", "机器人", "机器人"),
        ("id", "two\nlines", "two\nlines"),
        ("id", "_x0041_", "_x0041_"),
        ("id", "TRUE", "TRUE"),
        ("ready", "true", "true"),
        ("built_date", "2025-03-05", "2025-03-05"),
        ("weight", "79.7", 79.7),
        ("weight", "230000000", 230000000),
        ("weight", "0.50", "0.50"),
        ("weight", "1e+20", "1e+20"),
        ("weight", "0.1234567890123456", "0.1234567890123456"),
    ],
)
def test_cells_stay_what_they_are(column: str, cell: str, expected: object) -> None:
    names = [field.name for field in FIELDS]
    row = tuple(cell if name == column else "" for name in names)
    found = written(row)["robots"].cell(2, names.index(column) + 1)
    assert (found.value, found.data_type) == (expected, "s" if isinstance(expected, str) else "n")
    assert isinstance(expected, float | int) or found.number_format == "@"


def test_headers_stay_in_view_and_listed_values_are_offered_down_to_the_last_row() -> None:
    sheet = written(("a", "work", "true", "1", "2025-03-05"))["robots"]
    assert sheet.freeze_panes == "B2"
    assert {str(v.sqref): v.formula1 for v in sheet.data_validations.dataValidation} == {
        "B2:B1048576": "values!$C$2:$C$3",
        "C2:C1048576": "values!$C$4:$C$5",
    }
    assert sheet.column_dimensions["E"].width > len("2025-03-05")


def test_long_and_chinese_cells_have_room() -> None:
    sheet = written(("robot", "work", "", "", ""), ("机器人机器人", "play " * 30, "", "", ""))["robots"]
    assert sheet.column_dimensions["A"].width > 12
    assert sheet["B3"].alignment.wrap_text
    assert sheet.row_dimensions[3].height >= 3 * workbook.LINE


def test_a_sheet_is_one_page_wide_with_its_header_on_every_page() -> None:
    sheet = written(("a", "", "", "", ""))["robots"]
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert (sheet.page_setup.fitToWidth or 1, sheet.page_setup.fitToHeight) == (1, 0)
    assert (sheet.page_setup.orientation, sheet.print_title_rows) == ("landscape", "$1:$1")


def test_the_same_tables_give_the_same_bytes() -> None:
    sheets = [workbook.Sheet("robots", FIELDS, [("a", "work", "true", "1", "2025-03-05")])]
    assert workbook.write(sheets, {}, CREATED) == workbook.write(sheets, {}, CREATED)


def test_a_cell_that_excel_cannot_hold_is_refused() -> None:
    with pytest.raises(errors.DataError, match="sheet robots, row 2, column 1: larger than an Excel workbook allows"):
        written(("a" * 32768, "", "", "", ""))
