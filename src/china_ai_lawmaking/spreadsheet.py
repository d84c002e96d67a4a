"""The tables as an Excel workbook for editing, and back."""

from __future__ import annotations

import csv
import io
from datetime import date, datetime

from . import reading, workbook
from .errors import MissingExtraError, PackageError, UsageError
from .package import Archive

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from .package import Package, Table

_HOW = (
    "Edit the sheets named after tables: one row is one record, new rows anywhere. Leave the headers as they are; the "
    "sheets columns and values explain them. When done, save and run: china-ai-lawmaking import FILE"
)


def export(package: Package) -> bytes:
    """Give a workbook with one sheet a table, for editing.

    Raises:
        DataError: A row has too few or too many cells, or a cell is longer than a workbook allows.
        MissingExtraError: XlsxWriter is not installed.
    """
    sheets = []
    for name in package.names():
        table = package.table(name)
        sheets.append(workbook.Sheet(name, table.fields, reading.cells(package, table)))
    about = {"title": package.descriptor.get("title", ""), "version": package.version, "how to edit": _HOW}
    return workbook.write(sheets, about, datetime.fromisoformat(package.descriptor["created"]))


def tables(package: Package, path: str) -> dict[str, bytes]:
    """Read an edited workbook.

    A formula counts as the value that it shows. Tables without a sheet stay as they are.

    Args:
        package: The package that the workbook was exported from.
        path: The workbook.

    Returns:
        The files of the tables whose rows differ, by path inside the package; not sorted.

    Raises:
        UsageError: The file is no workbook, or a sheet is no table or has other columns.
        MissingExtraError: python-calamine is not installed.
    """
    try:
        from python_calamine import CalamineError, CalamineWorkbook
    except ImportError:
        raise MissingExtraError(
            "a workbook is read with python-calamine; install it with: pip install 'china-ai-lawmaking[spreadsheet]'"
        ) from None
    try:
        # Refuses an archive that is made to exhaust the reader.
        Archive(path)
        book = CalamineWorkbook.from_path(path)
        sheets = {name: book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in book.sheet_names}
    except (CalamineError, PackageError, OSError) as error:
        raise UsageError(f"{path} is no workbook that can be read: {error}") from None
    changed = {}
    for name in sheets.keys() - set(workbook.EXPLANATIONS):
        if name not in package.names():
            raise UsageError(f"sheet {name!r} is no table; tables: {', '.join(package.names())}")
        table = package.table(name)
        rows = _rows(table, sheets[name])
        if rows != list(reading.cells(package, table)):
            changed[table.path] = _csv(table, rows)
    return changed


def _rows(table: Table, sheet: Sequence[Sequence[object]]) -> list[list[str]]:
    header, *rows = [[_text(value) for value in row] for row in sheet] or [[]]
    width = len(table.columns)
    if header[:width] != table.columns or any(any(row[width:]) for row in (header, *rows)):
        raise UsageError(f"sheet {table.name} has other columns; expected {', '.join(table.columns)}")
    return [row[:width] for row in rows if any(row)]


def _text(value: object) -> str:
    # Cells are exported as text; these are what people type into cells of another format.
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return f"{value:.15g}"
    if isinstance(value, datetime) and value.time() == datetime.min.time():
        value = value.date()
    return value.isoformat() if isinstance(value, date) else str(value)


def _csv(table: Table, rows: Sequence[Sequence[str]]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows([table.columns, *rows])
    return text.getvalue().encode()
