"""The tables as an Excel workbook for corrections, and back.

A hidden sheet holds a hash of every table as it was exported: a table that has changed since is not overwritten.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import re
import string
import zipfile
from datetime import date, datetime
from typing import TYPE_CHECKING, NamedTuple
from xml.etree import ElementTree

from ..errors import MissingExtraError, PackageError, UsageError
from ..loading import csv
from ..package.files import Archive
from ..problems import shown
from ..release import workbook
from ..validating.explanations import did_you_mean
from .draft import Draft
from .names import NAMES, Names, names_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from ..package.descriptor import Field, Package, Table

_HOW = (
    "Edit the sheets named after tables: one row is one record, new rows anywhere, without a number where ids are "
    "counted. Leave the headers as they are; the sheets columns and values explain them. When done, save and run: "
    "china-ai-lawmaking import FILE"
)

# The first day that a zip can hold: bytes must not depend on the clock.
_UNDATED = "1980-01-01"
# The reader lays out every cell up to the last one of a sheet, empty ones included.
MAX_CELLS = 20_000_000
# Between an identifier and the name that a drop-down shows beside it.
BESIDE = " | "
_PLACE = re.compile("[A-Z]{0,3}[0-9]{1,7}")
# Formats of numbers that have a number of their own, where they show anything else than the digits.
_BUILT_IN = {
    **dict.fromkeys((9, 10), "0%"),
    **dict.fromkeys((12, 13), "?/?"),
    **dict.fromkeys((14, 15, 22), "yyyy-mm-dd"),
    **dict.fromkeys((16, 17), "d-mmm"),
    **dict.fromkeys((18, 19, 20, 21, 45, 46, 47), "h:mm:ss"),
    **dict.fromkeys((5, 6, 7, 8, 42, 44), "$"),
    **dict.fromkeys((1, 3, 37, 38), "0"),
    **dict.fromkeys((2, 4, 39, 40), "0.00"),
}


class _Cell(NamedTuple):
    """A cell of a sheet: its text, and what keeps what it shows from being that."""

    text: str
    odd: str


def export(package: Package) -> bytes:
    """Give a workbook with one sheet a table, for editing.

    Raises:
        DataError: A row has too few or too many cells, or a cell is longer than a workbook allows.
        MissingExtraError: XlsxWriter is not installed.
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
            choices[name] = [BESIDE.join([row["id"], *names_of(name, row)[:1]]) for row in named]
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
        MissingExtraError: python-calamine is not installed.
    """
    sheets = _sheets(package, path)
    exported = {row[0].text: row[1].text for row in sheets.pop(workbook.STATE, ()) if len(row) > 1}
    draft = Draft(package)
    names = Names(draft)
    rows_of = {name: _rows(package, name, rows) for name, rows in sheets.items()}
    ids = {
        name: {row[0] for row in rows_of.get(name, ())} | {key[0] for key in draft.rows[name]} for name in draft.rows
    }
    files: dict[str, bytes] = {}
    for name, rows in sorted(rows_of.items()):
        table = package.table(name)
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
                found = names.matches(reference.table, value) if reference.table in NAMES else []
                hint = f"did you mean {' or '.join(map(repr, found))}?" if found else did_you_mean(value, known)
                if hint:
                    where = f"sheet {table.name!r}, row {line}, {table.columns[i]}"
                    raise UsageError(f"{where}: {shown(value)} is no id of {reference.table}; {hint}")
            row[i] = value


def _check_kind(path: str) -> None:
    """Refuse what is no Excel workbook by its first bytes, and say what to do."""
    try:
        with open(path, "rb") as file:
            first = file.read(8)
    except FileNotFoundError:
        raise UsageError(f"there is no file {path}") from None
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}") from None
    if first.startswith(b"\xd0\xcf\x11\xe0"):
        # Both an encrypted .xlsx and the format before it are of this kind.
        raise UsageError(f"{path} has a password or is an old .xls; save it as .xlsx, without a password")
    is_workbook = False
    if first.startswith(b"PK"):
        with contextlib.suppress(zipfile.BadZipFile, OSError), zipfile.ZipFile(path) as archive:
            is_workbook = "[Content_Types].xml" in archive.namelist()
    if not is_workbook:
        raise UsageError(f"{path} is no Excel workbook; save it as .xlsx, as Excel, LibreOffice and WPS can")


def _sheets(package: Package, path: str) -> dict[str, list[list[_Cell]]]:
    try:
        from python_calamine import CalamineError, CalamineWorkbook
    except ImportError:
        raise MissingExtraError(
            "a workbook is read with python-calamine; install it with: pip install 'china-ai-lawmaking[spreadsheet]'"
        ) from None
    _check_kind(path)
    try:
        formats = _check(path)
        book = CalamineWorkbook.from_path(path)
        sheets = {}
        for name in book.sheet_names:
            if name not in workbook.EXPLANATIONS:
                values = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
                fields = package.table(name).fields if name in package.names() else ()
                sheets[name] = [
                    [
                        _cell(
                            value, formats.get((name, line, i), ""), fields[i] if line > 1 and i < len(fields) else None
                        )
                        for i, value in enumerate(row)
                    ]
                    for line, row in enumerate(values, 1)
                ]
        return sheets
    except (CalamineError, PackageError, OSError, ElementTree.ParseError, LookupError, ValueError) as error:
        if isinstance(error, UsageError):
            raise
        raise UsageError(f"{path} is no workbook that can be read: {error}") from None


def _check(path: str) -> dict[tuple[str, int, int], str]:
    """Refuse a file that is made to exhaust the reader, and cells that it would give back as empty.

    Returns:
        Formats of numbers by sheet, row and column (from 0), where there is one.
    """
    archive = Archive(path)
    styles = _styles(archive)
    formats = {}
    for name, part in _parts(archive):
        width = height = 1
        for _, element in ElementTree.iterparse(io.BytesIO(archive.read(part))):  # noqa: S314
            tag = element.tag.rpartition("}")[2]
            place = element.get("r", "")
            if tag == "mergeCell":
                raise UsageError(f"sheet {name!r} has merged cells, {element.get('ref')}; take them apart")
            if tag == "c":
                parts = {child.tag.rpartition("}")[2]: child.text for child in element}
                if element.get("t") == "e":
                    raise UsageError(f"sheet {name!r}, cell {place} holds the error {parts.get('v')}; type its value")
                if "f" in parts and not parts.get("v") and element.get("t") != "str":
                    raise UsageError(f"sheet {name!r}, cell {place} holds a formula without a value; type its value")
            if tag in ("c", "row"):
                if not _PLACE.fullmatch(place):
                    raise UsageError(f"sheet {name!r} has a {tag} without a place; save it in a spreadsheet program")
                letters = place.rstrip(string.digits)
                line, column = int(place[len(letters) :]), _number(letters)
                height, width = max(height, line), max(width, column)
                style = int(element.get("s", "0"))
                if tag == "c" and element.get("t", "n") == "n" and style < len(styles) and styles[style]:
                    formats[name, line, column - 1] = styles[style]
                element.clear()
        if width * height > MAX_CELLS:
            raise UsageError(
                f"sheet {name!r} reaches to row {height}, column {width}, more than {MAX_CELLS} cells; delete what "
                "stands beyond the table"
            )
    return formats


def _styles(archive: Archive) -> list[str]:
    """Give the format of numbers of each style, empty for one that shows the digits."""
    root = ElementTree.fromstring(archive.read("xl/styles.xml"))  # noqa: S314
    named = dict(_BUILT_IN)
    styles = []
    for element in root.iter():
        tag = element.tag.rpartition("}")[2]
        if tag == "numFmt":
            named[int(element.get("numFmtId", "0"))] = element.get("formatCode", "")
        if tag == "cellXfs":
            styles = [int(one.get("numFmtId", "0")) for one in element]
    return [named.get(number, "") for number in styles]


def _parts(archive: Archive) -> Iterator[tuple[str, str]]:
    """Give the names of the sheets that are read, and the parts of the archive that hold them."""
    targets = {}
    for relation in ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels")):  # noqa: S314
        target = relation.get("Target", "")
        targets[relation.get("Id", "")] = target[1:] if target.startswith("/") else f"xl/{target}"
    for element in ElementTree.fromstring(archive.read("xl/workbook.xml")).iter():  # noqa: S314
        if element.tag.rpartition("}")[2] == "sheet" and element.get("name") not in workbook.EXPLANATIONS:
            ids = [value for key, value in element.items() if key.rpartition("}")[2] == "id"]
            yield element.get("name", ""), targets.get("".join(ids), "")


def _number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = 26 * number + ord(letter) - ord("A") + 1
    return number


def _hash(rows: Sequence[Sequence[str]]) -> str:
    text = "\x1e".join("\x1f".join(row) for row in rows)
    return hashlib.sha256(text.encode()).hexdigest()


def _rows(package: Package, name: str, sheet: Sequence[list[_Cell]]) -> list[list[str]]:
    if name not in package.names():
        raise UsageError(f"sheet {name!r} is no table; tables: {', '.join(package.names())}")
    columns = package.table(name).columns
    header, *rows = sheet or [[]]
    width = len(columns)
    if [cell.text for cell in header[:width]] != columns or any(cell.text for row in sheet for cell in row[width:]):
        raise UsageError(f"sheet {name} has other columns; expected {', '.join(columns)}")
    for line, row in enumerate(rows, 2):
        for i, cell in enumerate(row[:width]):
            if cell.odd:
                raise UsageError(f"sheet {name!r}, cell {chr(ord('A') + i)}{line} {cell.odd}")
    return [[cell.text for cell in row[:width]] for row in rows if any(cell.text for cell in row)]


def _cell(value: object, format: str, field: Field | None) -> _Cell:
    """Give what a cell holds. Cells are exported as text; other formats are what people type or paste."""
    kind = field.type if field else "string"
    if isinstance(value, bool):
        return _Cell("true" if value else "false", "")
    if isinstance(value, datetime) and value.time() == datetime.min.time():
        value = value.date()
    if isinstance(value, date | datetime):
        whole = all(letter in format.lower() for letter in "ymd") and not isinstance(value, datetime)
        odd = "shows a date" if kind != "date" else "" if whole else "shows a date in part or with a time"
        return _Cell(value.isoformat(), odd and f"{odd}; type the text, such as '{value.isoformat()[:10]}'")
    if not isinstance(value, float | int):
        odd = "" if isinstance(value, str) else f"shows {value}; type it as text"
        # Word and macros leave it in what is pasted; as an end of line it would end the row in the CSV.
        odd = "holds a carriage return, which cannot be seen; type the cell again" if "\r" in str(value) else odd
        return _Cell(str(value), odd)
    text = f"{value:.15g}"
    # What stands in quotation marks or brackets, or after a backslash, is shown as it is.
    plain = re.sub(r'"[^"]*"|\[[^$\]][^\]]*\]|\\.', "", format.partition(";")[0])
    decimals = len(re.sub("[^0#?]", "", plain.partition(".")[2]))
    odd = ""
    if "%" in plain:
        odd = "shows a percentage"
    elif re.search(r"[€£¥]|\$(?!-)", format):
        odd = "shows an amount of money"
    elif "/" in plain:
        odd = "shows a fraction"
    elif re.search("[0#?],+(?![0#?])", plain):
        odd = "shows thousands"
    elif kind == "date":
        odd = "holds a number, not a date"
    elif plain not in ("", "General", "@") and "e" not in plain.lower() and round(value, decimals) != value:
        odd = "shows fewer digits than it holds"
    return _Cell(text, odd and f"{odd}; it holds {text}: format it as text and type what the column means")
