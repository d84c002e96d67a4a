"""The tables as an Excel workbook for corrections, and back.

A hidden sheet holds a hash of every table as it was exported: a table that has changed since is not overwritten.
"""

from __future__ import annotations

import contextlib
import hashlib
import re
import warnings
from datetime import date, datetime
from functools import cache
from typing import TYPE_CHECKING, Any

from ..errors import PackageError, UsageError
from ..loading import csv
from ..package.files import Archive
from ..problems import shown
from ..release import workbook
from ..validating.explanations import did_you_mean
from .draft import Draft
from .names import Names, names_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from ..package.descriptor import Field, Package, Table

_HOW = (
    "Edit the sheets named after tables: one row is one record, new rows anywhere, without a number where ids are "
    "counted. Leave the headers as they are; the sheets columns and values explain them. When done, save and run: "
    "china-ai-lawmaking import FILE"
)

# The first day that a zip can hold: bytes must not depend on the clock.
_UNDATED = "1980-01-01"
# The reader lays out every cell up to the last one of a sheet, empty ones included.
MAX_CELLS = 2_000_000
# Between an identifier and the name that a drop-down shows beside it.
BESIDE = " | "
# Text in which openpyxl takes letters for signs of the format.
_LOST = re.compile(rb"(?<!_)x005F_|_x005F_x(?:005F|00[01].)_")
# What openpyxl raises for files that are damaged or made to harm.
_UNREADABLE = (ArithmeticError, AttributeError, LookupError, OSError, SyntaxError, TypeError, ValueError)


def export(package: Package) -> bytes:
    """Give a workbook with one sheet a table, for editing.

    Raises:
        DataError: A row has too few or too many cells, or a cell is longer than a workbook allows.
        ModuleNotFoundError: XlsxWriter is not installed.
    """
    sheets, state, choices = [], [], {}
    for name in package.names():
        table = package.table(name)
        rows = [row for _, row in csv.rows(package, table)]
        targets = {reference.fields[0]: reference.table for reference in table.references}
        sheets.append(workbook.Sheet(name, table.fields, rows, targets))
        state.append((name, _hash(rows)))
        if table.key == ("id",):
            named = [dict(zip(table.columns, row, strict=True)) for row in rows]
            choices[name] = [BESIDE.join([row["id"], *names_of(row)[:1]]) for row in named]
    about = {"title": package.descriptor.get("title", ""), "version": package.version, "how to edit": _HOW}
    return workbook.write(sheets, about, datetime.fromisoformat(package.created or _UNDATED), state, choices)


def tables(package: Package, path: str) -> dict[str, bytes]:
    """Read an edited workbook.

    A formula counts as the value that it shows. A sheet that nobody touched, and a table without a sheet, bring
    nothing. A counted identifier that is left empty is the next one that was never used.

    Args:
        package: The package that the workbook was exported from.
        path: The workbook.

    Returns:
        The files of the tables whose rows differ, by path inside the package; not sorted.

    Raises:
        UsageError: The file is no workbook; a sheet is no table, has other columns, or its table has changed since the
            export; a cell shows something else than its column means, or a name where an identifier belongs.
        ModuleNotFoundError: openpyxl is not installed.
    """
    book = _book(path)
    shown_by_formulas = cache(lambda: _book(path, formulas=False))
    state = book[workbook.STATE].iter_rows(values_only=True) if workbook.STATE in book.sheetnames else ()
    exported = {row[0]: row[1] for row in state if len(row) > 1}
    rows_of = {sheet.title: _rows(package, sheet, shown_by_formulas) for sheet in _sheets(book)}
    draft = Draft(package)
    ids = {
        name: {row[0] for row in rows_of.get(name, ())} | {key[0] for key in rows} for name, rows in draft.rows.items()
    }
    names = Names(draft)
    files: dict[str, bytes] = {}
    for name, rows in sorted(rows_of.items()):
        table = draft.tables[name]
        now = [list(row.values()) for row in draft.rows[name].values()]
        if _hash(rows) == exported.get(name) or rows == now:
            continue
        if name in exported and exported[name] != _hash(now):
            raise UsageError(
                f"{table.path} has changed since this workbook was exported, and so has its sheet: export a new "
                "workbook and bring your changes there"
            )
        _resolve(table, rows, ids, names)
        for row in rows:
            if "id" in table.columns and not row[0]:
                row[0] = draft.next_id(name)
        files[table.path] = csv.written([table.columns, *rows])
    return files


def _resolve(table: Table, rows: Sequence[list[str]], ids: Mapping[str, set[str]], names: Names) -> None:
    """Take the names off that drop-downs put beside identifiers, and refuse names where identifiers belong."""
    for reference in table.references:
        i = table.columns.index(reference.fields[0])
        for line, row in enumerate(rows, 2):
            value = row[i].partition(BESIDE)[0] if BESIDE in row[i] else row[i]
            known = ids[reference.table]
            if value and value not in known:
                found = names.matches(reference.table, value)
                hint = f"did you mean {' or '.join(map(repr, found))}?" if found else did_you_mean(value, known)
                if hint:
                    where = f"sheet {table.name!r}, row {line}, {table.columns[i]}"
                    raise UsageError(f"{where}: {shown(value)} is no id of {reference.table}; {hint}")
            row[i] = value


def _book(path: str, *, formulas: bool = True) -> Any:
    """Read a workbook, with formulas or with the values that they show."""
    import openpyxl

    try:
        with open(path, "rb") as file, warnings.catch_warnings(action="ignore"):
            if file.read(4) == b"\xd0\xcf\x11\xe0":
                # Both an encrypted .xlsx and the format before it are of this kind.
                raise UsageError(f"{path} has a password or is an old .xls; save it as .xlsx, without a password")
            # Against archives that are made to exhaust the reader.
            archive = Archive(path)
            with contextlib.suppress(FileNotFoundError):
                if re.search(_LOST, archive.read("xl/sharedStrings.xml")):
                    told = "holds text with a sign such as x005F_, which would be lost; edit its CSV"
                    raise UsageError(f"{path} {told}")
            return openpyxl.load_workbook(file, data_only=not formulas)
    except FileNotFoundError:
        raise UsageError(f"there is no file {path}") from None
    except (PackageError, *_UNREADABLE) as error:
        if isinstance(error, UsageError):
            raise
        told = f"{path} is no Excel workbook; save it as .xlsx, as Excel, LibreOffice and WPS can ({error})"
        raise UsageError(told) from None


def _sheets(book: Any) -> Iterator[Any]:
    """Give the sheets that are edited, none with merged cells or too large to be laid out."""
    for sheet in book.worksheets:
        if sheet.title in (*workbook.EXPLANATIONS, workbook.STATE):
            continue
        for merged in sheet.merged_cells.ranges:
            raise UsageError(f"sheet {sheet.title!r} has merged cells, {merged}; take them apart")
        height, width = sheet.max_row, sheet.max_column
        if height * width > MAX_CELLS:
            raise UsageError(
                f"sheet {sheet.title!r} reaches to row {height}, column {width}, more than {MAX_CELLS} cells; delete "
                "what stands beyond the table"
            )
        yield sheet


def _rows(package: Package, sheet: Any, shown_by_formulas: Callable[[], Any]) -> list[list[str]]:
    if sheet.title not in package.names():
        raise UsageError(f"sheet {sheet.title!r} is no table; tables: {', '.join(package.names())}")
    table = package.table(sheet.title)
    columns, width = table.columns, len(table.columns)
    header, *rows = map(list, sheet.iter_rows())
    beyond = [cell.value for row in (header, *rows) for cell in row[width:]]
    if [cell.value for cell in header[:width]] != columns or any(value not in (None, "") for value in beyond):
        raise UsageError(f"sheet {sheet.title} has other columns; expected {', '.join(columns)}")
    read = []
    for row in rows:
        for i, cell in enumerate(row):
            if cell.data_type == "f":
                row[i] = shown_by_formulas()[sheet.title][cell.coordinate]
                if row[i].value is None:
                    raise _refusal(cell, "holds a formula without a value; type its value")
        read.append([_text(cell, field) for cell, field in zip(row, table.fields, strict=False)])
    return [row for row in read if any(row)]


def _hash(rows: Sequence[Sequence[str]]) -> str:
    text = "\x1e".join("\x1f".join(row) for row in rows)
    return hashlib.sha256(text.encode()).hexdigest()


def _refusal(cell: Any, told: str) -> UsageError:
    return UsageError(f"sheet {cell.parent.title!r}, cell {cell.coordinate} {told}")


def _text(cell: Any, field: Field) -> str:
    """Give what a cell holds, or refuse one that shows something else than its column means.

    Cells are exported as text; other formats are what people type or paste.
    """
    value = cell.value
    if cell.data_type == "e":
        raise _refusal(cell, f"holds the error {value}; type its value")
    if value is None or isinstance(value, bool):
        return "" if value is None else str(value).lower()
    if isinstance(value, str):
        # The format writes so what XML cannot hold.
        text = re.sub("_x(00[01][0-9A-Fa-f])_", lambda code: chr(int(code[1], 16)), value) if "_x00" in value else value
        if "\r" in text:
            # Word and macros leave it in what is pasted; as an end of line it would end the row in the CSV.
            raise _refusal(cell, "holds a carriage return, which cannot be seen; type the cell again")
        return text
    format = cell.number_format
    if isinstance(value, datetime) and value.time() == datetime.min.time():
        value = value.date()
    if isinstance(value, date):
        whole = all(letter in format.lower() for letter in "ymd") and not isinstance(value, datetime)
        odd = "shows a date" if field.type != "date" else "" if whole else "shows a date in part or with a time"
        if odd:
            raise _refusal(cell, f"{odd}; type the text, such as '{value.isoformat()[:10]}'")
        return value.isoformat()
    if not isinstance(value, float | int):
        raise _refusal(cell, f"shows {value}; type it as text")
    text = f"{value:.15g}"
    if odd := _odd(value, format, field):
        raise _refusal(cell, f"{odd}; it holds {text}: format it as text and type what the column means")
    return text


def _odd(value: float, format: str, field: Field) -> str:
    """Tell what keeps what a number shows from being what it is."""
    # What stands in quotation marks or brackets, or after a backslash, is shown as it is.
    plain = re.sub(r'"[^"]*"|\[[^$\]][^\]]*\]|\\.', "", format.partition(";")[0])
    decimals = len(re.sub("[^0#?]", "", plain.partition(".")[2]))
    if "%" in plain:
        return "shows a percentage"
    if re.search(r"[€£¥]|\$(?!-)", format):
        return "shows an amount of money"
    if "/" in plain:
        return "shows a fraction"
    if re.search("[0#?],+(?![0#?])", plain):
        return "shows thousands"
    if field.type == "date":
        return "holds a number, not a date"
    is_cut = plain not in ("", "General", "@") and "e" not in plain.lower() and round(value, decimals) != value
    return "shows fewer digits than it holds" if is_cut else ""
