"""Turn the bytes of one CSV file into records, and place every structural fault at its physical line.

A regular file is one whose every line is one well-formed record of the expected number of cells; polars proves and
reads it in one go. Any other file is read record by record, and each faulty record becomes one problem.
"""

from __future__ import annotations

import codecs
import contextlib
import csv
import io
import threading
from array import array
from typing import NamedTuple

from ..problems import Problem, shown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import polars as pl

    from ..package.descriptor import Table

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

# The limit of cells is one for all threads.
_LIMIT = threading.Lock()

_SLICE = 1 << 24
# A column whose first rows repeat few values is kept as categories, which take a fifth of the memory, if these are long
# or most cells are empty. Up to 12 bytes stand in the column itself: the way back to them costs more than they take.
_SAMPLE, _FEW, _SHORT = 10_000, 1_000, 12
_UNREADABLE = ("bad-quoting", "lone-carriage-return")


class Records(NamedTuple):
    """What could be read of one file.

    Attributes:
        frame: One row a record, every column as text, or as categories where few values recur, null for an empty cell,
            and `__row`, the 0-based record number. None where the columns cannot be told.
        rows: Number of records; None where they cannot be counted.
        lines: Physical line (1-based) at which each record starts.
        broken: Numbers of the records that already have a problem; they are padded or cut to the header's width.
        lost: Whether a broken record may hide its key.
        problems: The faults, in file order.
    """

    frame: pl.DataFrame | None
    rows: int | None
    lines: Sequence[int]
    broken: frozenset[int]
    lost: bool
    problems: list[Problem]

    def texts(self) -> pl.LazyFrame:
        """Give the frame, empty if there is none, with every column as text.

        A plan turns into text what it looks at and no more.
        """
        import polars as pl

        frame = pl.DataFrame() if self.frame is None else self.frame
        return frame.lazy().with_columns(pl.col(pl.Categorical, pl.Null).cast(pl.String))


def read(data: bytes, path: str, columns: Sequence[str]) -> Records:
    """Read one CSV file.

    Args:
        data: The bytes of the file.
        path: The file inside the package, for the problems.
        columns: The columns that the schema names.

    Returns:
        Records and problems. Takes at most about three times the memory of the bytes.
    """
    data = data.removeprefix(codecs.BOM_UTF8)
    if not data or data.isspace():
        return unusable(Problem(path, 0, "", "empty-file", "the file is empty; expected a header and rows"))
    try:
        return _without_odd_cells(_read(data, path, columns), path)
    except UnicodeDecodeError:
        return unusable(_encoding_fault(data, path))


def _read(data: bytes, path: str, columns: Sequence[str]) -> Records:
    with _any_length():
        line, header, code, message = next(_records(data, [len(columns)]))
    if code in ("blank-row", *_UNREADABLE):
        return unusable(Problem(path, line, "", code, f"{message} in place of the header"))
    separator = next((mark for mark in ";\t|" if mark in header[0]), "") if len(header) == 1 < len(columns) else ""
    if separator:
        message = f"the cells are separated by {separator!r}; expected commas"
        return unusable(Problem(path, line, "", "wrong-separator", message, "save the file as 'CSV UTF-8' with commas"))
    faults = _header_faults(header, columns, path)
    frame = _regular(data, header)
    if frame is None:
        # Rows that fit the schema are not at fault where the header does not.
        widths = [len(header), len(columns)] if faults else [len(header)]
        with _any_length():
            return _read_slowly(data, path, header, widths, faults)
    lines = range(2, frame.height + 2)
    return Records(None if faults else frame, frame.height, lines, frozenset(), False, faults)


@contextlib.contextmanager
def _any_length() -> Iterator[None]:
    """Let cells of any length be read: an error in the middle of one would cost the line ends inside it."""
    with _LIMIT:
        limit = csv.field_size_limit((1 << 31) - 1)
        try:
            yield
        finally:
            csv.field_size_limit(limit)


def unusable(problem: Problem) -> Records:
    """Give the records of a file that cannot be read at all."""
    return Records(None, None, (), frozenset(), True, [problem])


def missing(table: Table) -> Problem:
    """Word the problem of a file that is not there."""
    return Problem(table.path, 0, "", "missing-file", f"missing; it is the file of table {table.name!r}")


def _encoding_fault(data: bytes, path: str) -> Problem:
    start, reason = 0, ""
    try:
        data.decode("utf-8")
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
    missing = [name for name in columns if name not in header]
    surplus = [name for name in header if name not in columns]
    faults = []
    if missing:
        faults.append(f"lacks {', '.join(map(shown, missing))}")
    if surplus:
        faults.append(f"has {', '.join(map(shown, surplus))}, which the schema does not know")
    message = f"the header {' and '.join(faults) or 'has the columns in another order'}"
    return [Problem(path, 1, "", "wrong-header", message, f"expected {','.join(columns)}")]


def _regular(data: bytes, header: Sequence[str]) -> pl.DataFrame | None:
    """Read a file whose every line is one well-formed record; give None for any other."""
    import polars as pl

    if b"\0" in data or b"\x01" in data or _has_lone_carriage_return(data):
        return None
    parts: list[pl.DataFrame] = []
    start = 0
    # In slices, so that neither the lines nor the cells are ever there as text all at once.
    while start < len(data):
        end = data.find(b"\n", start + _SLICE) + 1 or len(data)
        part = data[start:end]
        try:
            cells = _parse(part, header, skipped=0 if parts else 1)
            if not _is_regular(part, len(header) - 1):
                return None
        except (pl.exceptions.ComputeError, pl.exceptions.SchemaError):
            # Bytes that are not UTF-8, or a row with more cells than the header: the slow way says which.
            return None
        recurring = [name for name, kind in parts[0].schema.items() if kind == pl.Categorical] if parts else _few(cells)
        is_small = not parts and cells.height <= _SAMPLE
        parts.append(cells if is_small else _compact(cells, recurring))
        start = end
    return pl.concat(parts, how="vertical_relaxed").with_row_index("__row")


def _is_regular(part: bytes, commas: int) -> bool:
    """Tell whether every line is a record, given that none is one with too many cells."""
    import polars as pl

    if commas and b'"' not in part:
        # Enough commas in all leave too few in no line.
        count = part.count(b"\n") + (not part.endswith(b"\n"))
        return part.count(b",") == count * commas
    cell = '(?:[^",]*|"(?:[^"]|"")*")'
    record = f"^{cell}(?:,{cell}){{{commas}}}$"
    lines = pl.read_csv(part, has_header=False, separator="\x01", quote_char=None, schema={"line": pl.String})
    line = pl.col("line")
    quoted = line.str.contains('"', literal=True)
    # Counting is cheaper than matching, and most lines have no quotation mark.
    plain = line.str.count_matches(",", literal=True) == commas
    odd = lines.lazy().filter((~plain | quoted).fill_null(value=True))
    matching = odd.select(line.str.contains(record).all(ignore_nulls=False))
    return bool(matching.collect(engine="in-memory" if lines.height <= _SAMPLE else "streaming").item())


def _has_lone_carriage_return(data: bytes) -> bool:
    return b"\r" in data and data.count(b"\r") != data.count(b"\r\n")


def _parse(source: bytes | io.BytesIO, header: Sequence[str], *, skipped: int) -> pl.DataFrame:
    import polars as pl

    # A header that names a column twice is no names for a frame.
    names = header if len(set(header)) == len(header) else [str(number) for number in range(len(header))]
    frame = pl.read_csv(
        source, has_header=False, skip_rows=skipped, schema=dict.fromkeys(names, pl.String), raise_if_empty=False
    )
    # An empty cell in quotes is an empty cell.
    if frame.select(pl.any_horizontal((pl.all() == "").any())).item():
        frame = frame.with_columns(pl.all().replace("", None))
    return frame


def _few(frame: pl.DataFrame) -> list[str]:
    import polars as pl

    if frame.height <= _SAMPLE:
        return []
    sample = frame.head(_SAMPLE)
    is_long = (pl.all().str.len_bytes().mean() > _SHORT).fill_null(value=False)
    is_bare = pl.all().null_count() * 2 > sample.height
    worth = sample.select(is_long | is_bare).row(0)
    return [text.name for text, is_worth in zip(sample, worth, strict=True) if is_worth and text.n_unique() < _FEW]


def _compact(frame: pl.DataFrame, recurring: Sequence[str]) -> pl.DataFrame:
    import polars as pl

    unused = [column.name for column in frame if column.null_count() == frame.height]
    kinds = dict.fromkeys(recurring, pl.Categorical()) | dict.fromkeys(unused, pl.Null())
    return frame.with_columns(pl.col(name).cast(kind) for name, kind in kinds.items())


def _read_slowly(
    data: bytes, path: str, header: Sequence[str], widths: Sequence[int], faults: list[Problem]
) -> Records:
    problems = list(faults)
    lines = array("Q")
    broken = set()
    lost = False
    regular = io.BytesIO()
    text = io.TextIOWrapper(regular, encoding="utf-8", newline="")
    write = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\n").writerow
    records = _records(data, widths)
    next(records)
    for number, (line, cells, code, message) in enumerate(records):
        lines.append(line)
        if code:
            problems.append(Problem(path, line, "", code, message))
            broken.add(number)
            lost = lost or code in _UNREADABLE
            cells = (cells + [""] * widths[0])[: widths[0]]
        write(cells)
    text.flush()
    regular.seek(0)
    frame = None
    if not faults:
        frame = _parse(regular, header, skipped=0)
        frame = _compact(frame, _few(frame)).with_row_index("__row")
    return Records(frame, len(lines), lines, frozenset(broken), lost, problems)


def _records(data: bytes, widths: Sequence[int]) -> Iterator[tuple[int, list[str], str, str]]:
    """Give line, cells, code and message of each record, code and message empty for a good one."""
    stream = io.BytesIO(data)
    has_nul = b"\0" in data
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
                yield start, cells, *_shape_fault(cells, widths, has_nul=has_nul)
        except StopIteration:
            return
        except csv.Error:
            # A quotation mark that is not closed swallows the lines below it: read on after its own line.
            stream.seek(offset)
            line = stream.readline().decode()
            yield start, line.rstrip("\r\n").split(",", 1)[:1], *_quoting_fault(line)


def _shape_fault(cells: Sequence[str], widths: Sequence[int], *, has_nul: bool) -> tuple[str, str]:
    if not cells:
        return "blank-row", "a blank line"
    if len(cells) not in widths:
        return "ragged-row", f"{len(cells)} cell{'s' if len(cells) > 1 else ''}, the header has {widths[0]}"
    if has_nul and "\0" in "".join(cells):
        return "nul-byte", "a NUL character"
    return "", ""


def _quoting_fault(line: str) -> tuple[str, str]:
    if "\r" in line.removesuffix("\n").removesuffix("\r"):
        return "lone-carriage-return", "a carriage return inside the row"
    if line.count('"') % 2:
        return "bad-quoting", "a quotation mark is not closed"
    return "bad-quoting", "text follows a closing quotation mark; write a quotation mark inside a cell twice"


def _without_odd_cells(records: Records, path: str) -> Records:
    """Report rows of empty cells only, and cells that are too long."""
    import polars as pl

    frame = records.frame
    if frame is None:
        return records
    problems = list(records.problems)
    broken = set(records.broken)
    blank = pl.all_horizontal(pl.exclude("__row").is_null())
    sizes = (pl.col(pl.String).str.len_bytes(), pl.col(pl.Categorical).cat.len_bytes())
    long = pl.any_horizontal(*(size > LONGEST_CELL for size in sizes))
    for cells in frame.filter(blank | long).iter_rows(named=True):
        row = cells.pop("__row")
        if row in broken:
            continue
        name, count = max(((name, len(cell or "")) for name, cell in cells.items()), key=lambda item: item[1])
        if not count:
            problems.append(Problem(path, records.lines[row], "", "blank-row", "a row of empty cells"))
            broken.add(row)
        elif count > LONGEST_CELL:
            message = f"{count} characters; a cell holds at most {LONGEST_CELL}"
            problems.append(Problem(path, records.lines[row], name, "long-cell", message))
            broken.add(row)
    return records._replace(frame=frame, broken=frozenset(broken), problems=sorted(problems))
