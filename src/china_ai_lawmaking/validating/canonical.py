"""The canonical form of the files: how far a package is from it, and how to bring it there."""

from __future__ import annotations

import codecs
import hashlib
import json
import re
import unicodedata

from ..loading import csv
from ..package.files import DESCRIPTOR
from ..problems import Problem, shown
from ..rules.prepared import quoted

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from ..loading.csv import ParsedFile
    from ..package.descriptor import Package, Table
    from .database import Database

CODES = {
    "byte-order-mark": "a file starts with a byte order mark",
    "line-ends": "a file has other line ends than LF, or none after its last line",
    "unsorted": "the rows are not sorted by key, compared as UTF-8 bytes",
    "stale-hash": "the descriptor has another hash or size than the file",
}

# The space separators of Unicode.
_SPACES = re.compile("[ \u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]+")

_FIX = "run 'china-ai-lawmaking fix'"


def problems(data: bytes, table: Table, parsed: ParsedFile, digest: str) -> list[Problem]:
    """Tell what keeps the bytes of one file from their canonical form.

    Args:
        data: The bytes of the file.
        table: Its table, with the hash and size that the descriptor states.
        parsed: What could be read of them.
        digest: Their hash, as `digest` gives it.
    """
    found = []
    if data.startswith(codecs.BOM_UTF8):
        found.append(("byte-order-mark", "starts with a byte order mark", _FIX))
    # A single byte is found many times faster than two. Where a line ends in more than CR LF, that is the fault.
    has_lone = any(problem.code == "lone-carriage-return" for problem in parsed.problems)
    if b"\r" in data and b"\r\n" in data and not has_lone:
        found.append(("line-ends", "lines end in CR LF; expected LF", _FIX))
    elif data and not data.endswith(b"\n") and parsed.rows is not None:
        found.append(("line-ends", "no line end after the last line", _FIX))
    if (table.bytes, table.hash) != (len(data), digest):
        message = f"{DESCRIPTOR} has another hash or size for this file"
        found.append(("stale-hash", message, f"if the change is meant, {_FIX}"))
    return [Problem(table.path, 0, "", *one) for one in found]


def order(database: Database, table: Table, parsed: ParsedFile) -> tuple[list[Problem], bool]:
    """Compare each key with the one above it.

    Returns:
        The problem of the first row that stands too low; and whether every key is above the one before it, so that none
        can be there twice.
    """
    if not parsed.has_cells or not table.key:
        return [], False
    keys = [quoted(name) for name in table.key]
    key, place, values = keys[0], f"raw.{quoted(table.name)}", []
    if len(keys) > 1:
        # The first column that differs decides. An empty cell has a problem of its own.
        key = f"case when {' and '.join(f'{name} is not null' for name in keys)} then [{', '.join(keys)}] end"
    if parsed.bad_rows:
        # What has another problem may hold no key, or another one.
        place = f"(from {place} where row not in (select unnest($1::bigint[])) order by row)"
        values.append([*parsed.bad_rows])
    found = database.rows(
        f"""select row, key, above, coalesce(key < above, false) as is_low
        from (select row, {key} as key, lag({key}) over () as above from {place})
        where not coalesce(key > above, false) order by is_low desc, row limit 2""",
        values,
    )
    if not found or not found[0]["is_low"]:
        # The first key has none before it.
        return [], len(found) <= 1 and not parsed.bad_rows
    cells = (found[0][name] for name in ("key", "above"))
    low, above = (shown(cell if isinstance(cell, str) else ";".join(cell)) for cell in cells)
    column = table.key[0] if len(keys) == 1 else ""
    message = f"{low} comes after {above}; rows are sorted by key, compared as UTF-8 bytes"
    return [Problem(table.path, parsed.lines[found[0]["row"]], column, "unsorted", message, _FIX)], False


def changes(package: Package) -> tuple[dict[str, bytes], list[Problem]]:
    """Give what has to be written to bring a package into canonical form.

    Canonical files are UTF-8 without byte order mark, end lines with LF, have quotation marks only where they must be,
    rows sorted by key, and text in NFC with single plain spaces and none at either end of a cell; the descriptor has
    their hashes and sizes.

    Returns:
        New bytes by path, empty when nothing has to change; and the structural faults, with which nothing can be.
    """
    new: dict[str, bytes] = {}
    stated: dict[str, dict[str, Any]] = {}
    problems: list[Problem] = []
    for table in map(package.table, package.names()):
        data = package.data(table.name)
        rows: list[list[str]] = []
        problems += csv.parse(data, table, rows.append).problems
        if not problems:
            form = _form(rows, table)
            stated[table.path] = {"bytes": len(form), "hash": digest(form)}
            if form != data:
                new[table.path] = form
    if problems:
        return {}, problems
    descriptor = json.loads(package.files.read(DESCRIPTOR))
    before = [dict(resource) for resource in descriptor["resources"]]
    for resource in descriptor["resources"]:
        resource |= stated[resource["path"]]
    if descriptor["resources"] != before:
        new[DESCRIPTOR] = (json.dumps(descriptor, ensure_ascii=False, indent=2) + "\n").encode()
    return new, []


def digest(data: bytes) -> str:
    """Give the hash of a file as the descriptor states it."""
    return f"sha256:{hashlib.sha256(data).hexdigest()}"


def _form(rows: Sequence[Sequence[str]], table: Table) -> bytes:
    # Rows of spaces only would be left without any cell.
    mended = [row for row in ([_text(cell) for cell in row] for row in rows) if any(row)]
    key = [table.columns.index(name) for name in table.key if name in table.columns]
    mended.sort(key=lambda row: [row[i].encode() for i in key])
    return csv.written([table.columns, *mended])


def _text(cell: str) -> str:
    # Nothing else can be amiss in ASCII, as most cells are.
    if cell.isascii() and "  " not in cell and "\r" not in cell:
        return cell.strip(" ")
    # A carriage return alone would be written without quotation marks, and end the row.
    lines = re.sub("\r+\n?", "\n", cell)
    return _SPACES.sub(" ", unicodedata.normalize("NFC", lines)).strip(" ")
