"""Bring two people's changes of the record together, row by row, and give new rows of one the next free numbers."""

import re
from collections.abc import Mapping

from ..errors import DataError
from ..package.descriptor import Package, Table
from ..problems import shown
from .draft import Draft, Key, Row, counted, numbered

Rows = Mapping[Key, Row]

_HUNK = re.compile(
    r"<<<<<<< [^\n]*\n(?P<ours>.*?)(?:\|\|\|\|\|\|\| [^\n]*\n.*?)?=======\n(?P<theirs>.*?)>>>>>>> [^\n]*\n", re.DOTALL
)
_STATED = re.compile(r'"(?:bytes": [0-9]+|(?:hash|created)": "[^"]*")')


def without_marks(descriptor: bytes) -> bytes:
    """Take the conflict marks of git out of a descriptor whose two sides differ in sizes, hashes and the day alone.

    Raises:
        DataError: They differ in more.
    """
    text = descriptor.decode("utf-8", "replace")
    for hunk in _HUNK.finditer(text):
        if _STATED.sub("", hunk["ours"]) != _STATED.sub("", hunk["theirs"]):
            line = text.count("\n", 0, hunk.start()) + 1
            told = "the two sides differ in more than sizes and hashes; edit it by hand"
            raise DataError(f"datapackage.json:{line}: {told}")
    # Of two days of the version the later one stands; hashes are worked out again.
    return _HUNK.sub(lambda hunk: max(hunk["ours"], hunk["theirs"]), text).encode()


def merge(
    base: Package, ours: Package, onto: Package, taken: Package
) -> tuple[dict[str, bytes], dict[str, str], list[str]]:
    """Lay our changes since a common ancestor over another version; our new rows get numbers that are free elsewhere.

    Args:
        base: The common ancestor.
        ours: Our version.
        onto: The version over which ours is laid, with the same tables.
        taken: The version whose numbers are taken.

    Returns:
        All tables, by path and not sorted; new identifiers by old ones; and the cells and rows that both changed, each
        to something else.

    Raises:
        DataError: A table of one of them cannot be read.
    """
    draft = Draft(onto)
    before, mine, others = (Draft(package).rows for package in (base, ours, taken))
    numbers: dict[str, str] = {}
    for name, table in draft.tables.items():
        prefix, digits = counted(table)
        if prefix:
            known, written, theirs = ({key[0] for key in rows.get(name, ())} for rows in (before, mine, others))
            new = sorted(written - known, key=lambda identifier: numbered(prefix, [identifier]))
            free = numbered(prefix, known | theirs) + 1
            numbers |= {old: f"{prefix}{number:0{digits}}" for number, old in enumerate(new, free)}
    numbers = {old: new for old, new in numbers.items() if old != new}
    files: dict[str, bytes] = {}
    conflicts: list[str] = []
    for name, table in draft.tables.items():
        known_rows = before.get(name, {})
        our_rows = _renumbered(table, known_rows, mine.get(name, {}), numbers)
        conflicts += _lay(table, known_rows, our_rows, draft.rows[name])
        files[table.path] = draft.file(name)
    return files, numbers, conflicts


def _renumbered(table: Table, base: Rows, ours: Rows, numbers: Mapping[str, str]) -> Rows:
    """Give our rows with the new numbers, in identifiers and in what refers to them, where we wrote the cell."""
    columns = {"id", "record_id", "replaced_by"} | table.targets.keys()
    rows = {}
    for key, row in ours.items():
        written = {column for column in columns & row.keys() if row[column] != base.get(key, {}).get(column)}
        new = row | {column: numbers.get(row[column], row[column]) for column in written}
        rows[tuple(new[column] for column in table.key)] = new
    return rows


def _lay(table: Table, base: Rows, ours: Rows, result: dict[Key, Row]) -> list[str]:
    """Lay our changes of the rows of a table over another version; give what both changed."""
    conflicts = []
    for key in {**base, **ours}:
        old, mine, there = (rows.get(key) for rows in (base, ours, result))
        name = f"{table.path}: {';'.join(key)}"
        if mine in (old, there):
            continue
        if there == old:
            result.pop(key, None)
            result |= {key: mine} if mine else {}
        elif mine is None or there is None:
            conflicts.append(f"{name}: deleted on one side, changed on the other")
        else:
            for column, theirs in there.items():
                before = old[column] if old else ""
                if theirs == before:
                    there[column] = mine[column]
                elif mine[column] not in (before, theirs):
                    conflicts.append(f"{name}: {column}: {shown(mine[column])} here, {shown(theirs)} there")
    return conflicts
