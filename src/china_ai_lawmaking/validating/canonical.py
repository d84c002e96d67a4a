"""The canonical form of the files: how far a package is from it, and how to bring it there."""

from __future__ import annotations

import codecs
import csv
import hashlib
import io
import json
import re
import unicodedata

from ..package.files import DESCRIPTOR
from ..problems import Problem, shown
from . import structure

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import polars as pl

    from ..package.descriptor import Package, Table
    from .structure import Records

CODES = {
    "byte-order-mark": "a file starts with a byte order mark",
    "line-ends": "a file has other line ends than LF, or none after its last line",
    "unsorted": "the rows are not sorted by key, compared as UTF-8 bytes",
    "stale-hash": "the descriptor has another hash or size than the file",
}

# The space separators of Unicode.
_SPACES = re.compile("[ \u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]+")

_FIX = "run 'china-ai-lawmaking fix'"


def problems(data: bytes, table: Table, records: Records) -> list[Problem]:
    """Tell what keeps one file from its canonical form.

    Args:
        data: The bytes of the file.
        table: Its table, with the hash and size that the descriptor states.
        records: What `structure.read` made of the bytes.
    """
    found = []
    if data.startswith(codecs.BOM_UTF8):
        found.append(Problem(table.path, 0, "", "byte-order-mark", "starts with a byte order mark", _FIX))
    # A single byte is found many times faster than two. Where a line ends in more than CR LF, that is the fault.
    has_lone = any(problem.code == "lone-carriage-return" for problem in records.problems)
    if b"\r" in data and b"\r\n" in data and not has_lone:
        found.append(Problem(table.path, 0, "", "line-ends", "lines end in CR LF; expected LF", _FIX))
    elif data and not data.endswith(b"\n") and records.rows is not None:
        found.append(Problem(table.path, 0, "", "line-ends", "no line end after the last line", _FIX))
    found += _order(table, records)
    if (table.bytes, table.hash) != (len(data), _digest(data)):
        message = f"{DESCRIPTOR} has another hash or size for this file"
        found.append(Problem(table.path, 0, "", "stale-hash", message, f"if the change is meant, {_FIX}"))
    return found


def is_rising(table: Table, records: Records) -> bool:
    """Tell whether each key is known to be above the one before it, so that none can be there twice."""
    if records.frame is None or not table.key:
        return False
    # The first key has none before it.
    rises = ~_falls(table.key, or_stays=True).slice(1)
    return bool(records.texts().select(rises.all(ignore_nulls=False)).collect(engine="in-memory").item())


def _falls(key: Sequence[str], *, or_stays: bool) -> pl.Expr:
    import polars as pl

    # Short of equal cells, the first column that differs decides.
    falls = pl.lit(or_stays)
    for name in reversed(key):
        here, above = pl.col(name), pl.col(name).shift(1)
        falls = (here < above) | ((here == above) & falls)
    return falls


def _order(table: Table, records: Records) -> list[Problem]:
    import polars as pl

    if records.frame is None or not table.key:
        return []
    keyed = records.texts().select("__row", *table.key)
    if records.broken:
        # What has another problem may hold no key, or another one.
        keyed = keyed.filter(~pl.col("__row").is_in(list(records.broken)))
    falls = _falls(table.key, or_stays=False).fill_null(value=False)
    above = [pl.col(name).shift(1).alias(f"{name}\0above") for name in table.key]
    for row, *keys in keyed.with_columns(above).filter(falls).head(1).collect(engine="in-memory").rows():
        half = len(table.key)
        second, first = (shown(";".join(cell or "" for cell in key)) for key in (keys[:half], keys[half:]))
        column = table.key[0] if len(table.key) == 1 else ""
        message = f"{second} comes after {first}; rows are sorted by key, compared as UTF-8 bytes"
        return [Problem(table.path, records.lines[row], column, "unsorted", message, _FIX)]
    return []


def changes(package: Package) -> tuple[dict[str, bytes], list[Problem]]:
    """Give what has to be written to bring a package into canonical form.

    Canonical files are UTF-8 without byte order mark, end lines with LF, have quotation marks only where they must be,
    rows sorted by key, and text in NFC with single plain spaces and none at either end of a cell; the descriptor has
    their hashes and sizes.

    Returns:
        New bytes by path, empty when nothing has to change; and the structural faults, with which nothing can be.
    """
    files: dict[str, bytes] = {}
    problems: list[Problem] = []
    new: dict[str, bytes] = {}
    for table in map(package.table, package.names()):
        try:
            data = package.files.read(table.path)
        except FileNotFoundError:
            problems.append(structure.missing(table))
            continue
        problems += structure.read(data, table.path, table.columns).problems
        if not problems:
            files[table.path] = _form(data, table)
            if files[table.path] != data:
                new[table.path] = files[table.path]
    if problems:
        return {}, problems
    descriptor = package.files.read(DESCRIPTOR)
    current = _current(descriptor, files)
    return new if current == descriptor else new | {DESCRIPTOR: current}, []


def _form(data: bytes, table: Table) -> bytes:
    lines = io.StringIO(data.decode("utf-8-sig"), newline="")
    header, *rows = csv.reader(lines, strict=True)
    # Rows of spaces only would be left without any cell.
    rows = [row for row in ([_text(cell) for cell in row] for row in rows) if any(row)]
    key = [header.index(name) for name in table.key if name in header]
    rows.sort(key=lambda row: [row[i].encode() for i in key])
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows([header, *rows])
    return text.getvalue().encode()


def _text(cell: str) -> str:
    # A carriage return alone would be written without quotation marks, and end the row.
    lines = re.sub("\r+\n?", "\n", cell)
    return _SPACES.sub(" ", unicodedata.normalize("NFC", lines)).strip(" ")


def _current(descriptor: bytes, files: Mapping[str, bytes]) -> bytes:
    value = json.loads(descriptor)
    stale = False
    for resource in value["resources"]:
        data = files[resource["path"]]
        current = {"bytes": len(data), "hash": _digest(data)}
        stale |= not current.items() <= resource.items()
        resource |= current
    return (json.dumps(value, ensure_ascii=False, indent=2) + "\n").encode() if stale else descriptor


def _digest(data: bytes) -> str:
    return f"sha256:{hashlib.sha256(data).hexdigest()}"
