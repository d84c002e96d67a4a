"""The one reader of CSV files: strict, and with every structural fault at its physical line."""

from __future__ import annotations

import codecs
import csv
import io
from _thread import allocate_lock
from array import array
from collections import namedtuple

from ..errors import DataError, PackageError
from ..problems import Problem, shown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from ..package.descriptor import Package, Table

# The default of csv.field_size_limit, which most readers in Python keep.
LONGEST_CELL = 131_072

CODES = {
    "missing-file": "the descriptor names a file that is not there",
    "empty-file": "a file holds nothing, not even a header",
    "not-utf-8": "a file is not UTF-8",
    "wrong-separator": "the cells are separated by another character than a comma",
    "wrong-header": "the header is not the list of columns of the schema",
    "duplicate-header": "the header names a column twice",
    "ragged-row": "a row has more or fewer cells than the header",
    "blank-row": "a row has no cells, or only empty ones",
    "bad-quoting": "a quotation mark is never closed, or text follows the closing one",
    "lone-carriage-return": "a carriage return stands inside a row",
    "nul-byte": "a row holds a NUL character",
    "long-cell": f"a cell has more than {LONGEST_CELL} characters",
}

# The limit of cells is one for all threads. The module threading would take longer to import than many a table to read.
_LIMIT = allocate_lock()
_UNREADABLE = ("bad-quoting", "lone-carriage-return")


class ParsedFile(
    namedtuple(
        "ParsedFile", "rows lines bad_rows unreadable_keys problems has_cells", defaults=[frozenset(), False, (), True]
    )
):
    """What could be read of one file."""

    __slots__ = ()

    rows: int | None  # number of records; None where they cannot be counted
    lines: Sequence[int]  # physical line (1-based) at which each record starts
    # Numbers (from 0) of the records that already have a problem, padded or cut to the width of the header.
    bad_rows: frozenset[int]
    unreadable_keys: bool  # whether a bad record may hide its key
    problems: Sequence[Problem]  # the faults, in file order
    has_cells: bool  # whether the columns could be told, so that there are cells to judge


def rows(package: Package, table: Table) -> Iterator[tuple[int, list[str]]]:
    """Iterate over the rows of a table as text.

    Yields:
        Physical line (1-based) at which the row starts, and its cells in schema order, empty text for an empty cell.

    Raises:
        PackageError: The file is missing.
        DataError: The file is not UTF-8, the header is not the schema's, or a row is no row of that many cells. Rows
            above the fault are given first.
    """
    return strict(content(package, table), table)


def content(package: Package, table: Table) -> bytes:
    """Give the bytes of the file of a table, or raise PackageError."""
    try:
        return package.files.read(table.path)
    except FileNotFoundError:
        raise PackageError(f"{table.path} is missing") from None


def strict(data: bytes, table: Table) -> Iterator[tuple[int, list[str]]]:
    """Iterate over the rows of the file of a table as `rows` does."""
    if data.startswith(codecs.BOM_UTF8):
        raise DataError(f"{table.path} starts with a byte order mark; run 'china-ai-lawmaking fix'")
    columns, line = table.columns, 1
    width = len(columns)
    try:
        reader = csv.reader(io.StringIO(data.decode(), newline=""), strict=True)
        if next(reader, []) == columns:
            line = reader.line_num + 1
            for cells in reader:
                if len(cells) != width:
                    break
                yield line, cells
                line = reader.line_num + 1
            else:
                return
    except (csv.Error, UnicodeDecodeError):
        pass
    # The careful reader words what stopped this one.
    problems = parse(data, table).problems
    at = next((problem for problem in problems if problem.line in (0, line)), problems[0])
    raise DataError(f"{at.place}: {at.message}")


def adds_up(data: bytes, table: Table, rows: int) -> bool:
    """Tell, faster than `strict` reads it, that a file has so many rows and no fault; False where in doubt.

    Whoever counted the rows has decoded the text, and taken no row that is longer than the header.
    """
    # Every second part stands outside quotation marks; an empty one is a mark that is written twice inside them.
    parts = data.split(b'"')
    outside = [part for part in parts[::2] if part]
    bare = b"".join(outside)
    start = 0
    while start < len(data):
        # No line, and where none ends inside a cell no cell, is longer than this.
        start = data.rfind(b"\n", start, start + LONGEST_CELL + 1) + 1
        if not start:
            return False
    return (
        data.startswith(f"{','.join(table.columns)}\n".encode())
        and len(parts) % 2 == 1
        and all(part[-1:] in b",\n" for part in outside)
        and all(part[:1] in b",\n" for part in outside[1:])
        and data.count(b"\n") == bare.count(b"\n") == rows + 1
        and bare.count(b",") == (rows + 1) * (len(table.columns) - 1)
        and b"\r" not in data
        and b"\0" not in data
    )


def written(rows: Iterable[Iterable[str]]) -> bytes:
    """Write rows as CSV: UTF-8, LF, quotation marks only where they must be."""
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue().encode()


def parse(data: bytes | None, table: Table, take: Callable[[list[str]], object] = lambda _: None) -> ParsedFile:
    """Read one CSV file record by record, and place each fault.

    Args:
        data: The bytes of the file; None where it is missing.
        table: The table whose file it is.
        take: Called with the cells of each record, padded or cut to the width of the header.
    """
    if data is None:
        message = f"missing; it is the file of table {table.name!r}"
        return _unusable(Problem(table.path, 0, "", "missing-file", message))
    data = data.removeprefix(codecs.BOM_UTF8)
    if not data or data.isspace():
        return _unusable(Problem(table.path, 0, "", "empty-file", "the file is empty; expected a header and rows"))
    # Cells of any length can be read here: an error in the middle of one would cost the line ends inside it.
    with _LIMIT:
        limit = csv.field_size_limit((1 << 31) - 1)
        try:
            return _parse(data, table.path, table.columns, take)
        except UnicodeDecodeError:
            return _unusable(_encoding_fault(data, table.path))
        finally:
            csv.field_size_limit(limit)


def _unusable(problem: Problem) -> ParsedFile:
    """Give what is left of a file that cannot be read at all."""
    return ParsedFile(None, (), unreadable_keys=True, problems=(problem,), has_cells=False)


def _parse(data: bytes, path: str, columns: Sequence[str], take: Callable[[list[str]], object]) -> ParsedFile:
    records = _records(data)
    line, header, code, message = next(records)
    if not header:
        code, message = "blank-row", "a blank line"
    if code:
        return _unusable(Problem(path, line, "", code, f"{message} in place of the header"))
    separator = next((mark for mark in ";\t|" if mark in header[0]), "") if len(header) == 1 < len(columns) else ""
    if separator:
        message = f"the cells are separated by {separator!r}; expected commas"
        return _unusable(
            Problem(path, line, "", "wrong-separator", message, "save the file as 'CSV UTF-8' with commas")
        )
    problems = _header_faults(header, columns, path)
    has_cells = not problems
    width = len(header)
    # Rows that fit the schema are not at fault where the header does not.
    widths = [width] if has_cells else [width, len(columns)]
    has_nul = b"\0" in data
    lines, bad_rows, unreadable_keys = array("Q"), set(), False
    for number, (line, cells, code, message) in enumerate(records):
        lines.append(line)
        column = ""
        if not code:
            code, message, column = _shape_fault(cells, widths, header if has_cells else (), has_nul=has_nul)
        if code:
            problems.append(Problem(path, line, column, code, message))
            bad_rows.add(number)
            unreadable_keys = unreadable_keys or code in _UNREADABLE
        take(cells if len(cells) == width else (cells + [""] * width)[:width])
    return ParsedFile(len(lines), lines, frozenset(bad_rows), unreadable_keys, tuple(sorted(problems)), has_cells)


def _encoding_fault(data: bytes, path: str) -> Problem:
    start, reason = 0, ""
    try:
        data.decode()
    except UnicodeDecodeError as error:
        start, reason = error.start, error.reason
    line = data.count(b"\n", 0, start) + 1
    message = f"byte 0x{data[start]:02x} is not UTF-8 ({reason})"
    return Problem(path, line, "", "not-utf-8", message, "save the file as 'CSV UTF-8'")


def _header_faults(header: Sequence[str], columns: Sequence[str], path: str) -> list[Problem]:
    twice = sorted({name for name in header if header.count(name) > 1})
    if twice:
        message = f"the header names {', '.join(map(shown, twice))} more than once"
        return [Problem(path, 1, "", "duplicate-header", message)]
    if list(header) == list(columns):
        return []
    faults = []
    if missing := [name for name in columns if name not in header]:
        faults.append(f"lacks {', '.join(map(shown, missing))}")
    if surplus := [name for name in header if name not in columns]:
        faults.append(f"has {', '.join(map(shown, surplus))}, which the schema does not know")
    message = f"the header {' and '.join(faults) or 'has the columns in another order'}"
    return [Problem(path, 1, "", "wrong-header", message, f"expected {','.join(columns)}")]


def _records(data: bytes) -> Iterator[tuple[int, list[str], str, str]]:
    """Give line, cells, code and message of each record, code and message empty for one that can be read."""
    stream = io.BytesIO(data)
    has_twice = b"\r\r" in data
    start = 0
    while True:
        above = start
        reader = csv.reader(map(bytes.decode, stream), strict=True)
        try:
            while True:
                start = above + reader.line_num + 1
                offset = stream.tell()
                cells = next(reader)
                if has_twice and data[offset : stream.tell()].rstrip(b"\n").endswith(b"\r\r"):
                    # The reader takes them all for one line end.
                    yield start, cells, "lone-carriage-return", "a carriage return before the line end"
                    continue
                yield start, cells, "", ""
        except StopIteration:
            return
        except csv.Error:
            # A quotation mark that is not closed swallows the lines below it: read on after its own line.
            stream.seek(offset)
            line = stream.readline().decode()
            yield start, line.rstrip("\r\n").split(",", 1)[:1], *_quoting_fault(line)


def _shape_fault(
    cells: Sequence[str], widths: Sequence[int], names: Sequence[str], *, has_nul: bool
) -> tuple[str, str, str]:
    """Give code, message and column of what is wrong with the cells of a record; names are empty if nobody has any."""
    if not cells:
        return "blank-row", "a blank line", ""
    if len(cells) not in widths:
        message = f"{len(cells)} cell{'s' if len(cells) > 1 else ''}, the header has {widths[0]}"
        return "ragged-row", message, ""
    if has_nul and "\0" in "".join(cells):
        return "nul-byte", "a NUL character", ""
    if names and not any(cells):
        return "blank-row", "a row of empty cells", ""
    if names and sum(map(len, cells)) > LONGEST_CELL < len(longest := max(cells, key=len)):
        message = f"{len(longest)} characters; a cell holds at most {LONGEST_CELL}"
        return "long-cell", message, names[cells.index(longest)]
    return "", "", ""


def _quoting_fault(line: str) -> tuple[str, str]:
    if "\r" in line.removesuffix("\n").removesuffix("\r"):
        return "lone-carriage-return", "a carriage return inside the row"
    if line.count('"') % 2:
        return "bad-quoting", "a quotation mark is not closed"
    return "bad-quoting", "text follows a closing quotation mark; write a quotation mark inside a cell twice"
