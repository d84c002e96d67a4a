"""The tables as an Excel workbook for corrections, and back.

A hidden sheet holds a hash of every table as it was exported: a table that has changed since is not overwritten.
"""

import contextlib
import hashlib
import re
import warnings
import zipfile
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from ..errors import PackageError, UsageError
from ..loading import csv
from ..package.descriptor import Field, Package, Table
from ..package.files import Archive
from ..problems import shown
from ..release import workbook
from ..validating.explanations import did_you_mean
from .draft import Draft
from .names import Names, names_of

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
# Characters that no column holds; of the lines in a cell the ends are LF.
_UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f]")
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
        sheets.append(workbook.Sheet(name, table.fields, rows, table.targets))
        state.append((name, _hash(rows)))
        if table.key == ("id",):
            named = [dict(zip(table.columns, row, strict=True)) for row in rows]
            choices[name] = [BESIDE.join([row["id"], *names_of(row)[:1]]) for row in named]
    about = {"title": package.descriptor.get("title", ""), "version": package.version, "how to edit": _HOW}
    return workbook.write(sheets, about, datetime.fromisoformat(package.created or _UNDATED), state, choices)


def tables(package: Package, path: str) -> dict[str, bytes]:
    """Read an edited workbook that was exported from a package.

    A sheet that nobody touched, and a table without a sheet, bring nothing. A counted identifier that is left empty is
    the next one that was never used.

    Returns:
        The files of the tables whose rows differ, by path inside the package; not sorted.

    Raises:
        UsageError: The file is no workbook; a sheet is no table, has other columns, or its table has changed since the
            export; a cell shows something else than its column means, or a name where an identifier belongs.
        ModuleNotFoundError: openpyxl is not installed.
    """
    book = _book(path)
    state = book[workbook.STATE].iter_rows(values_only=True) if workbook.STATE in book.sheetnames else ()
    exported = {row[0]: row[1] for row in state if len(row) > 1}
    ours = (*workbook.EXPLANATIONS, workbook.STATE)
    rows_of = {sheet.title: _rows(package, sheet) for sheet in book.worksheets if sheet.title not in ours}
    draft = Draft(package)
    names = Names(draft)
    ids = {name: {row[0] for row in (*map(list, keys), *rows_of.get(name, ()))} for name, keys in draft.rows.items()}
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
    for column, target in table.targets.items():
        i, known = table.columns.index(column), ids[target]
        for line, row in enumerate(rows, 2):
            value = row[i] = row[i].partition(BESIDE)[0]
            if value and value not in known:
                found = names.matches(target, value)
                hint = f"did you mean {' or '.join(map(repr, found))}?" if found else did_you_mean(value, known)
                if hint:
                    where = f"sheet {table.name!r}, row {line}, {column}"
                    raise UsageError(f"{where}: {shown(value)} is no id of {target}; {hint}")


def _book(path: str) -> Any:
    import openpyxl

    told = f"{path} is no Excel workbook; save it as .xlsx, as Excel, LibreOffice and WPS can"
    try:
        with open(path, "rb") as file, warnings.catch_warnings(action="ignore"):
            if file.read(4) == b"\xd0\xcf\x11\xe0":
                # Both an encrypted .xlsx and the format before it are of this kind.
                raise UsageError(f"{path} has a password or is an old .xls; save it as .xlsx, without a password")
            if not zipfile.is_zipfile(file):
                raise UsageError(told)
            # Against archives that are made to exhaust the reader.
            archive = Archive(path)
            with contextlib.suppress(FileNotFoundError):
                if re.search(_LOST, archive.read("xl/sharedStrings.xml")):
                    raise UsageError(f"{path} holds text with a sign such as x005F_, which would be lost; edit its CSV")
            book = openpyxl.load_workbook(file)
    except FileNotFoundError:
        raise UsageError(f"there is no file {path}") from None
    except PermissionError:
        # As for a workbook that Excel has open on Windows.
        raise UsageError(f"{path} cannot be read; close it in the program that has it open") from None
    except PackageError as error:
        raise UsageError(str(error)) from None
    except _UNREADABLE as error:
        raise error if isinstance(error, UsageError) else UsageError(told) from None
    if not book.worksheets:
        # The reader passes over the sheets of the strict variant of the format.
        raise UsageError(f"{path} has no sheet that can be read; save it as plain .xlsx, not as Strict Open XML")
    return book


def _rows(package: Package, sheet: Any) -> list[list[str]]:
    """Read the rows of a sheet that is a table, and has no merged cells and is not too large to be laid out."""
    if sheet.title not in package.names():
        raise UsageError(f"sheet {sheet.title!r} is no table; tables: {', '.join(package.names())}")
    for merged in sheet.merged_cells.ranges:
        raise UsageError(f"sheet {sheet.title!r} has merged cells, {merged}; take them apart")
    if sheet.max_row * sheet.max_column > MAX_CELLS:
        reach = f"reaches to row {sheet.max_row}, column {sheet.max_column}, more than {MAX_CELLS} cells"
        raise UsageError(f"sheet {sheet.title!r} {reach}; delete what stands beyond the table")
    table = package.table(sheet.title)
    columns, width = table.columns, len(table.columns)
    header, *rows = map(list, sheet.iter_rows())
    beyond = [cell.value for row in (header, *rows) for cell in row[width:]]
    if [cell.value for cell in header[:width]] != columns or any(value not in (None, "") for value in beyond):
        raise UsageError(f"sheet {sheet.title} has other columns; expected {', '.join(columns)}")
    read = [[_text(cell, field) for cell, field in zip(row, table.fields, strict=False)] for row in rows]
    return [row for row in read if any(row)]


def _hash(rows: Sequence[Sequence[str]]) -> str:
    text = "\x1e".join("\x1f".join(row) for row in rows)
    return hashlib.sha256(text.encode()).hexdigest()


def _text(cell: Any, field: Field) -> str:
    """Give what a cell holds, or refuse one that shows something else than its column means.

    Cells are exported as text; other formats are what people type or paste.
    """
    value, format = cell.value, cell.number_format
    told = f"holds {value}, shown as {format!r}; format it as text and type what the column means"
    if value is None:
        return ""
    if cell.data_type == "s":
        # The format writes so what XML cannot hold.
        text = re.sub("_x(00[01][0-9A-Fa-f])_", lambda code: chr(int(code[1], 16)), value)
        if not _UNSEEN.search(text):
            return text
        # Word and macros leave them in what is pasted; one as an end of line would end the row in the CSV.
        told = "holds a control character, which cannot be seen; type the cell again"
    elif isinstance(value, bool):
        if field.type == "boolean":
            return str(value).lower()
    elif isinstance(value, datetime) and field.type == "date":
        if value.time() == datetime.min.time() and _shows_day(format):
            return str(value.date())
    elif isinstance(value, float | int) and field.type != "date":
        text = f"{value:.15g}"
        if _shows_number(value, format) if field.type in ("integer", "number") else _shows_digits(text, format):
            return text
    raise UsageError(f"sheet {cell.parent.title!r}, cell {cell.coordinate} {told}")


def _shows_day(format: str) -> bool:
    # What stands in quotation marks or brackets, or after a backslash, is shown as it is; ddd is the day of the week.
    plain = re.sub(r'"[^"]*"|\[[^]]*\]|\\.', "", format.partition(";")[0].lower())
    return all(re.search(part, plain) for part in ("y", "m", "(?<!d)dd?(?!d)"))


def _shows_number(value: float, format: str) -> bool:
    # In any other format it may be a share, a sum in thousands, or hidden; from 1e15 on programs lose digits.
    plain = re.fullmatch(r"General|@|(?:#,##)?0(?:\.(0+))?", format)
    if plain is None or abs(value) >= 1e15:
        return False
    return format in ("General", "@") or round(value, len(plain[1] or "")) == value


def _shows_digits(text: str, format: str) -> bool:
    # Longer numbers are shown in another form.
    return format in ("General", "@", "0") and text.lstrip("-").isdigit() and len(text) <= 11
