"""Write tables into an Excel workbook that people can read and edit: the one in a release and the one for editing."""

from __future__ import annotations

import io
import math
from typing import NamedTuple
from unicodedata import east_asian_width

from ..errors import DataError, MissingExtraError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime
    from typing import Any

    from ..package.descriptor import Field

# Limits of the format.
MAX_ROWS = 1_048_576
LONGEST_NAME = 31

# The sheets that explain the others, and a hidden one for whoever reads the workbook again.
EXPLANATIONS = ABOUT, COLUMNS, VALUES, CHOICES = ("about", "columns", "values", "ids")
STATE = "as exported"

# Widths in characters, heights in points.
WIDEST = 60
LINE = 15
HIGHEST = 409
MAX_LINKS = 65_000
LONGEST_LINK = 2_000
BOOLEANS = ("true", "false")


class Sheet(NamedTuple):
    """One table of a workbook.

    Attributes:
        name: Name of the sheet, at most 31 characters.
        fields: The columns.
        rows: The cells as they stand in the CSV, empty text for an empty cell.
        targets: Tables by the columns that refer to them.
    """

    name: str
    fields: Sequence[Field]
    rows: Iterable[Sequence[str]]
    targets: Mapping[str, str] = {}


def write(
    sheets: Sequence[Sheet],
    about: Mapping[str, str],
    created: datetime,
    state: Iterable[Sequence[str]] = (),
    choices: Mapping[str, Sequence[str]] | None = None,
) -> bytes:
    """Write a workbook.

    The sheet `about` comes first and tells what the workbook is; `columns` and `values`, which explain the columns and
    the listed values, come last. Headers stay in view, on paper too, where a sheet is one page wide, have a filter, and
    a comment that says what the column means; a column with listed values offers them in a drop-down, and addresses can
    be clicked. Every cell is text and never a formula, so that dates and identifiers stay
    as they are; only numbers are numbers, and only those that Excel keeps to the last digit.

    Args:
        sheets: The tables, in order.
        about: What the first sheet says: labels and texts.
        created: Time to write into the file.
        state: Rows of a last sheet, which is hidden, for whoever reads the workbook again.
        choices: What drop-downs offer in columns that refer to a table, by table; other text can be typed there too.

    Returns:
        The same bytes for the same arguments.

    Raises:
        DataError: A cell or a table is larger than the format allows.
        MissingExtraError: XlsxWriter is not installed.
    """
    try:
        import xlsxwriter
        from xlsxwriter.utility import xl_col_to_name
    except ImportError:
        raise MissingExtraError(
            "a workbook needs XlsxWriter; install it with: pip install 'china-ai-lawmaking[spreadsheet]'"
        ) from None
    taken = {*EXPLANATIONS, STATE}
    for sheet in sheets:
        if len(sheet.name) > LONGEST_NAME or sheet.name.lower() in taken:
            raise DataError(
                f"no sheet can be called {sheet.name!r}: a name has at most {LONGEST_NAME} characters and stands once"
            )
        taken.add(sheet.name.lower())
    buffer = io.BytesIO()
    # In memory, because a temporary file would carry its mode and time into the archive.
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        book.set_properties({"title": about.get("title", ""), "created": created})
        text = book.add_format({"num_format": "@", "text_wrap": True, "valign": "top"})
        bold = book.add_format({"num_format": "@", "bold": True})
        _fill(book.add_worksheet(ABOUT), (), [[label, value] for label, value in about.items()], text, bold)
        listed, ranges = _values(sheets)
        offered = {
            name: f"={CHOICES}!${xl_col_to_name(i)}$1:${xl_col_to_name(i)}${len(lines)}"
            for i, (name, lines) in enumerate((choices or {}).items())
            if lines
        }
        for sheet in sheets:
            _table(book.add_worksheet(sheet.name), sheet, ranges, offered, text, bold)
        columns = (
            (sheet.name, field.name, field.title, field.type, _yes(field.required), field.description, field.example)
            for sheet in sheets
            for field in sheet.fields
        )
        header = ("sheet", "column", "title", "type", "required", "meaning", "example")
        _fill(book.add_worksheet(COLUMNS), header, columns, text, bold)
        _fill(book.add_worksheet(VALUES), ("sheet", "column", "value", "meaning"), listed, text, bold)
        if choices:
            place = book.add_worksheet(CHOICES)
            place.hide()
            for i, lines in enumerate(choices.values()):
                for line, choice in enumerate(lines):
                    place.write_string(line, i, choice, text)
        if state:
            place = book.add_worksheet(STATE)
            place.hide()
            _fill(place, (), state, text, bold)
    return buffer.getvalue()


def _is_kept(cell: str) -> bool:
    """Tell whether a number in Excel leads back to the same text."""
    try:
        number = float(cell)
    except ValueError:
        return False
    # Adding 0 takes the sign from -0, which Excel does not know.
    return math.isfinite(number) and f"{number + 0:.15g}" == cell


def _yes(value: bool) -> str:
    return "yes" if value else ""


def _values(sheets: Iterable[Sheet]) -> tuple[list[list[str]], dict[tuple[str, str], str]]:
    # A drop-down refers to cells: as text of its own a list could hold only 255 characters.
    listed: list[list[str]] = []
    ranges = {}
    for sheet in sheets:
        for field in sheet.fields:
            values = field.categories or (dict.fromkeys(BOOLEANS, "") if field.type == "boolean" else {})
            if values:
                first = len(listed) + 2
                ranges[sheet.name, field.name] = f"={VALUES}!$C${first}:$C${first + len(values) - 1}"
                listed += [[sheet.name, field.name, value, meaning] for value, meaning in values.items()]
    return listed, ranges


def _table(
    place: Any,
    sheet: Sheet,
    ranges: Mapping[tuple[str, str], str],
    offered: Mapping[str, str],
    text: Any,
    bold: Any,
) -> None:
    numbers = {i for i, field in enumerate(sheet.fields) if field.type in ("integer", "number")}
    rows = list(sheet.rows)
    _fill(place, [field.name for field in sheet.fields], rows, text, bold, numbers)
    if sheet.fields:
        place.autofilter(0, 0, max(len(rows), 1), len(sheet.fields) - 1)
    for i, field in enumerate(sheet.fields):
        if field.description:
            place.write_comment(0, i, field.description, {"x_scale": 2})
        if source := ranges.get((sheet.name, field.name)):
            place.data_validation(1, i, MAX_ROWS - 1, i, {"validate": "list", "source": source})
        elif source := offered.get(sheet.targets.get(field.name, "")):
            options = {"validate": "list", "source": source, "show_error": False}
            place.data_validation(1, i, MAX_ROWS - 1, i, options)
        if field.name == "url":
            # The format holds so many links of a sheet, of so many characters.
            for line, row in enumerate(rows[:MAX_LINKS], 1):
                if row[i].startswith(("http://", "https://")) and len(row[i]) <= LONGEST_LINK:
                    place.write_url(line, i, row[i], text, row[i])


def _width(text: str) -> int:
    return len(text) if text.isascii() else sum(2 if east_asian_width(c) in "WF" else 1 for c in text)


def _fill(
    place: Any,
    header: Sequence[str],
    rows: Iterable[Sequence[str]],
    text: Any,
    bold: Any,
    numbers: Iterable[int] = (),
) -> None:
    widths: dict[int, int] = {}
    start = 1 if header else 0
    for i, name in enumerate(header):
        place.write_string(0, i, name, bold)
        widths[i] = len(name)
    for line, cells in enumerate(rows, start):
        lines = 1
        for i, cell in enumerate(cells):
            if cell == "":
                continue
            if i in numbers and _is_kept(cell):
                written = place.write_number(line, i, float(cell))
            else:
                written = place.write_string(line, i, cell, text)
            if written:
                raise DataError(
                    f"sheet {place.name}, row {line + 1}, column {i + 1}: larger than an Excel workbook allows; "
                    f"it holds {MAX_ROWS} rows and 32767 characters a cell"
                )
            parts = [_width(part) for part in cell.split("\n")]
            widths[i] = max(widths.get(i, 0), *parts)
            # A line breaks between words, so it is seldom full.
            lines = max(lines, sum(1 + max(part - 1, 0) // (WIDEST - 6) for part in parts))
        # LibreOffice gives wrapped text no room of its own accord.
        place.set_row(line, min(lines * LINE, HIGHEST))
    for i, width in widths.items():
        place.set_column(i, i, min(width, WIDEST) + 2, None if i in numbers else text)
    place.freeze_panes(start, 0 if not start else 1)
    place.set_landscape()
    place.fit_to_pages(1, 0)
    if start:
        place.repeat_rows(0)
