"""The tables as an Excel workbook for editing, and back.

A hidden sheet holds the key and a hash of every row as it was exported, so that what changed in the files meanwhile is
not undone by the sheets, and the other way round.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
import string
from datetime import date, datetime
from typing import NamedTuple
from xml.etree import ElementTree

from ..errors import MissingExtraError, PackageError, UsageError
from ..loading import reading
from ..package.files import Archive
from ..release import workbook

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from ..package.descriptor import Package, Table

_HOW = (
    "Edit the sheets named after tables: one row is one record, new rows anywhere. Leave the headers as they are; the "
    "sheets columns and values explain them. When done, save and run: china-ai-lawmaking import FILE"
)

# The first day that a zip can hold: bytes must not depend on the clock.
_UNDATED = "1980-01-01"
# The reader lays out every cell up to the last one of a sheet, empty ones included.
MAX_CELLS = 20_000_000
_PLACE = re.compile("[A-Z]{0,3}[0-9]{1,7}")
# Keys that a note names.
SHOWN = 20


class Import(NamedTuple):
    """What a workbook brings.

    Attributes:
        files: The files of the tables whose rows differ, by path inside the package; not sorted.
        notes: What to know about rows that changed in the files after the export.
    """

    files: dict[str, bytes]
    notes: list[str]


def export(package: Package) -> bytes:
    """Give a workbook with one sheet a table, for editing.

    Raises:
        DataError: A row has too few or too many cells, or a cell is longer than a workbook allows.
        MissingExtraError: XlsxWriter is not installed.
    """
    sheets, state = [], []
    for name in package.names():
        table = package.table(name)
        rows = list(reading.cells(package, table))
        sheets.append(workbook.Sheet(name, table.fields, rows))
        state += [(name, _key(table, row), _hash(row)) for row in rows]
    about = {"title": package.descriptor.get("title", ""), "version": package.version, "how to edit": _HOW}
    return workbook.write(sheets, about, datetime.fromisoformat(package.created or _UNDATED), state)


def tables(package: Package, path: str) -> Import:
    """Read an edited workbook.

    A formula counts as the value that it shows. Tables without a sheet stay as they are, and so do rows that nobody
    touched in the sheet.

    Args:
        package: The package that the workbook was exported from.
        path: The workbook.

    Raises:
        UsageError: The file is no workbook, or a sheet is no table or has other columns.
        MissingExtraError: python-calamine is not installed.
    """
    sheets = _sheets(path)
    exported: dict[str, dict[str, str]] = {}
    for row in sheets.pop(workbook.STATE, ()):
        if len(row) == len(("table", "key", "hash")):
            exported.setdefault(row[0], {})[row[1]] = row[2]
    files: dict[str, bytes] = {}
    notes: list[str] = []
    for name in sorted(sheets):
        if name not in package.names():
            raise UsageError(f"sheet {name!r} is no table; tables: {', '.join(package.names())}")
        table = package.table(name)
        now = list(reading.cells(package, table))
        rows = _rows(table, sheets[name])
        if name in exported and table.key:
            rows, more = _merged(table, exported[name], rows, now)
            notes += more
        if rows != now:
            files[table.path] = _csv(table, rows)
    return Import(files, notes)


def _sheets(path: str) -> dict[str, list[list[str]]]:
    try:
        from python_calamine import CalamineError, CalamineWorkbook
    except ImportError:
        raise MissingExtraError(
            "a workbook is read with python-calamine; install it with: pip install 'china-ai-lawmaking[spreadsheet]'"
        ) from None
    try:
        _check(path)
        book = CalamineWorkbook.from_path(path)
        return {
            name: [
                [_text(value) for value in row] for row in book.get_sheet_by_name(name).to_python(skip_empty_area=False)
            ]
            for name in book.sheet_names
            if name not in workbook.EXPLANATIONS
        }
    except (CalamineError, PackageError, OSError, ElementTree.ParseError, LookupError, ValueError) as error:
        if isinstance(error, UsageError):
            raise
        raise UsageError(f"{path} is no workbook that can be read: {error}") from None


def _check(path: str) -> None:
    """Refuse a file that is made to exhaust the reader, and cells that it would give back as empty."""
    archive = Archive(path)
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
                height = max(height, int(place[len(letters) :]))
                width = max(width, _number(letters))
                element.clear()
        if width * height > MAX_CELLS:
            raise UsageError(
                f"sheet {name!r} reaches to row {height}, column {width}, more than {MAX_CELLS} cells; delete what "
                "stands beyond the table"
            )


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


def _merged(
    table: Table, exported: Mapping[str, str], sheet: Sequence[list[str]], now: Sequence[list[str]]
) -> tuple[list[list[str]], list[str]]:
    """Bring the rows of a sheet and what has changed in the file since the export together; say where they meet."""
    here = {_key(table, row): row for row in now}
    rows, replaced, kept = [], [], []
    for row in sheet:
        key = _key(table, row)
        if exported.get(key) != _hash(row):
            rows.append(row)
            before = here.get(key)
            if before != row and (key in exported if before is None else exported.get(key) != _hash(before)):
                replaced.append(key)
            continue
        rows += [here[key]] if key in here else []
        if here.get(key) != row:
            kept.append(key)
    left = here.keys() - {_key(table, row) for row in sheet}
    replaced += [key for key in left & exported.keys() if exported[key] != _hash(here[key])]
    new = left - exported.keys()
    rows += [here[key] for key in sorted(new)]
    told = {
        "the sheet's rows stand now": replaced,
        "the file's rows stand where the sheet has them as exported": kept,
        "new rows stay": new,
    }
    return rows, [
        f"{table.path} has changed since the export; {what}: {_listed(sorted(keys))}"
        for what, keys in told.items()
        if keys
    ]


def _listed(keys: Sequence[str]) -> str:
    more = f" and {len(keys) - SHOWN} more" if len(keys) > SHOWN else ""
    return ", ".join(keys[:SHOWN]) + more


def _key(table: Table, row: Sequence[str]) -> str:
    cells = [row[table.columns.index(name)] for name in table.key if name in table.columns]
    return cells[0] if len(cells) == 1 else json.dumps(cells, ensure_ascii=False)


def _hash(row: Sequence[str]) -> str:
    return hashlib.sha256("\x1f".join(row).encode()).hexdigest()[:16]


def _rows(table: Table, sheet: Sequence[list[str]]) -> list[list[str]]:
    header, *rows = sheet or [[]]
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
