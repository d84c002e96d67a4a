"""Write tables into an Excel workbook that people can read and edit: the one in a release and the one for editing."""

import io
import math
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from itertools import zip_longest
from typing import Any, NamedTuple
from unicodedata import east_asian_width

from ..errors import DataError
from ..package.descriptor import Field

# Limits of the format; the last two are of the links of a sheet.
MAX_ROWS = 1_048_576
LONGEST_NAME = 31
MAX_LINKS = 65_000
LONGEST_LINK = 2_000

# The sheets that explain the others, and a hidden one for whoever reads the workbook again.
EXPLANATIONS = ABOUT, COLUMNS, VALUES, CHOICES = ("about", "columns", "values", "ids")
STATE = "as exported"

# Widths in characters, heights in points.
WIDEST = 60
LINE = 15
HIGHEST = 409


class Sheet(NamedTuple):
    """One table of a workbook."""

    name: str  # at most 31 characters
    fields: Sequence[Field]  # the columns
    rows: Iterable[Sequence[str]]  # the cells as they stand in the CSV, empty text for an empty cell
    targets: Mapping[str, str] = {}  # tables by the columns that refer to them


def write(
    sheets: Sequence[Sheet],
    about: Mapping[str, str],
    created: datetime,
    state: Iterable[Sequence[str]] = (),
    choices: Mapping[str, Sequence[str]] | None = None,
) -> bytes:
    """Write a workbook.

    Every cell is text and never a formula, so that dates and identifiers stay as they are; only numbers are numbers,
    and only those that Excel keeps to the last digit.

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
    """
    import xlsxwriter
    from xlsxwriter.utility import xl_col_to_name

    _check_names(sheets)
    buffer = io.BytesIO()
    # In memory, because a temporary file would carry its mode and time into the archive.
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        book.set_properties({"title": about.get("title", ""), "created": created})
        text = book.add_format({"num_format": "@", "text_wrap": True, "valign": "top"})
        bold = book.add_format({"num_format": "@", "bold": True})
        _fill(book.add_worksheet(ABOUT), about.items(), text)
        # A drop-down refers to cells: as text of its own a list could hold only 255 characters.
        offered = {
            name: f"={CHOICES}!${letters}$1:${letters}${len(lines)}"
            for i, (name, lines) in enumerate((choices or {}).items())
            if lines and (letters := xl_col_to_name(i))
        }
        columns = [("sheet", "column", "title", "type", "required", "meaning", "example")]
        listed = [("sheet", "column", "value", "meaning")]
        for sheet in sheets:
            place, rows = book.add_worksheet(sheet.name), list(sheet.rows)
            numbers = {i for i, field in enumerate(sheet.fields) if field.type in ("integer", "number")}
            _fill(place, [[field.name for field in sheet.fields], *rows], text, bold, numbers)
            place.autofilter(0, 0, max(len(rows), 1), len(sheet.fields) - 1)
            for i, field in enumerate(sheet.fields):
                is_required = "yes" if field.required else ""
                about_field = (field.title, field.type, is_required, field.description, field.example)
                columns.append((sheet.name, field.name, *about_field))
                values = field.categories or ({"true": "", "false": ""} if field.type == "boolean" else {})
                strict = f"={VALUES}!$C${len(listed) + 1}:$C${len(listed) + len(values)}" if values else ""
                listed += [(sheet.name, field.name, value, meaning) for value, meaning in values.items()]
                if source := strict or offered.get(sheet.targets.get(field.name, "")):
                    options = {"validate": "list", "source": source, "show_error": bool(strict)}
                    place.data_validation(1, i, MAX_ROWS - 1, i, options)
                if field.description:
                    place.write_comment(0, i, field.description, {"x_scale": 2})
                if field.name == "url":
                    _link(place, i, rows, text)
        _fill(book.add_worksheet(COLUMNS), columns, text, bold)
        _fill(book.add_worksheet(VALUES), listed, text, bold)
        for name, hidden in ((CHOICES, [*zip_longest(*(choices or {}).values(), fillvalue="")]), (STATE, state)):
            if hidden:
                place = book.add_worksheet(name)
                place.hide()
                _fill(place, hidden, text)
    return buffer.getvalue()


def _check_names(sheets: Iterable[Sheet]) -> None:
    taken = {*EXPLANATIONS, STATE}
    for sheet in sheets:
        if len(sheet.name) > LONGEST_NAME or sheet.name.lower() in taken:
            raise DataError(
                f"no sheet can be called {sheet.name!r}: a name has at most {LONGEST_NAME} characters and stands once"
            )
        taken.add(sheet.name.lower())


def _link(place: Any, column: int, rows: Sequence[Sequence[str]], text: Any) -> None:
    """Turn the addresses of a column into links, as far as the format allows."""
    for line, row in enumerate(rows[:MAX_LINKS], 1):
        if row[column].startswith(("http://", "https://")) and len(row[column]) <= LONGEST_LINK:
            place.write_url(line, column, row[column], text, row[column])


def _fill(place: Any, rows: Iterable[Sequence[str]], text: Any, bold: Any = None, numbers: Iterable[int] = ()) -> None:
    """Fill a sheet; with a format for it the first row is a header."""
    rows, start = iter(rows), 1 if bold else 0
    widths: dict[int, int] = {}
    for i, name in enumerate(next(rows) if bold else ()):
        place.write_string(0, i, name, bold)
        widths[i] = len(name)
    for line, cells in enumerate(rows, start):
        lines = 1
        for i, cell in enumerate(cells):
            if cell == "":
                continue
            is_number = i in numbers and _is_kept(cell)
            if place.write_number(line, i, float(cell)) if is_number else place.write_string(line, i, cell, text):
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
    place.freeze_panes(start, start)
    place.set_landscape()
    place.fit_to_pages(1, 0)
    if start:
        place.repeat_rows(0)


def _is_kept(cell: str) -> bool:
    """Tell whether a number in Excel leads back to the same text."""
    try:
        number = float(cell)
    except ValueError:
        return False
    # Adding 0 takes the sign from -0, which Excel does not know; from 1e15 on it shows digits that it does not hold.
    return math.isfinite(number) and "e" not in cell and f"{number + 0:.15g}" == cell


def _width(text: str) -> int:
    return len(text) if text.isascii() else sum(2 if east_asian_width(c) in "WF" else 1 for c in text)
