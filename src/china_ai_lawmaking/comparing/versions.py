"""The difference of two versions of the record, and the version step that it calls for."""

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from ..errors import PackageError
from ..loading import csv
from ..package.descriptor import Package, Table
from ..package.files import DESCRIPTOR
from ..problems import Problem, shown
from . import contract
from .contract import STEPS, ContractChange

# Rows by key; cells by column, empty text for an empty one.
Cells = Mapping[str, str]
Keyed = dict[tuple[str, ...], Cells]

RETIRED = "retired_ids"

CODES = {
    "lost-id": "an identifier of the earlier version is gone and retired_ids does not say where",
    "low-version": "the version is lower than the changes since the earlier version call for",
}

# Members of the descriptor that follow from the rest of the package or are compared on their own.
_FOLLOWS = ("created", "resources", "version")


class Lost(NamedTuple):
    """An identifier that is gone without a row in retired_ids."""

    table: str
    id: str


class Row(NamedTuple):
    """What changed in a row: its key, and old and new text by column, empty where there was or is none."""

    key: tuple[str, ...]
    cells: Mapping[str, tuple[str, str]]


class Rows(NamedTuple):
    """The rows of one table that are gone, have other cells in columns of both versions, or are new.

    Rows that are gone or new have their filled cells; `key` names the key columns. A table that only one version has is
    gone or new with all its rows.
    """

    table: str
    key: tuple[str, ...]
    removed: tuple[Row, ...]
    changed: tuple[Row, ...]
    added: tuple[Row, ...]


class Unreadable(NamedTuple):
    """A file that could not be compared: whether it is the old or the new one, and the first reason."""

    side: str
    path: str
    message: str


class Difference(NamedTuple):
    """What changed between two versions.

    Attributes:
        old: Version of the old package.
        new: Version of the new package.
        step: Step that the changes call for: major, minor, patch, or empty where nothing changed.
        calls_for: Lowest version that the new package may have.
        unreadable: Files that could not be compared.
        lost: Identifiers that are gone without a row in retired_ids.
        contract: Changes of schemas and descriptor, the gravest first.
        rows: Changed rows by table; tables without any are left out.
    """

    old: str
    new: str
    step: str
    calls_for: str
    unreadable: tuple[Unreadable, ...]
    lost: tuple[Lost, ...]
    contract: tuple[ContractChange, ...]
    rows: tuple[Rows, ...]


def compare(old: Package, new: Package) -> Difference:
    """Compare two packages: rows by primary key, cells as text.

    Raises:
        PackageError: One of them cannot be used as a whole.
    """
    unreadable: dict[str, Unreadable] = {}
    before, after = _tables("old", old, unreadable), _tables("new", new, unreadable)
    both = sorted({*old.names(), *new.names()} - unreadable.keys())
    told = contract.changes(*({name: side[name] for name in both if name in side} for side in (before, after)))
    told += [
        ContractChange("patch", DESCRIPTOR, f"{shown(member)} changed")
        for member in sorted({*old.descriptor, *new.descriptor} - {*_FOLLOWS})
        if old.descriptor.get(member) != new.descriptor.get(member)
    ]
    kept: dict[str, Keyed] = {}
    held: dict[str, Keyed] = {}
    for name in both:
        data = [package.data(name) if name in package.names() else None for package in (old, new)]
        # An unchanged table loses nothing, and an identifier stands in one table only: the changed ones are enough.
        if data[0] == data[1]:
            continue
        for side, tables, content, keyed in (("old", before, data[0], kept), ("new", after, data[1], held)):
            read = _read(tables[name], content) if name in tables else {}
            if isinstance(read, Problem):
                unreadable[name] = Unreadable(side, read.path, read.message)
            else:
                keyed[name] = read
    changed = []
    for name in sorted(kept.keys() & held.keys() - unreadable.keys()):
        earlier, later = before.get(name) or after[name], after.get(name) or before[name]
        rows = _rows(earlier, later, kept[name], held[name])
        if later.key and later.key == earlier.key and any(rows[2:]):
            changed.append(rows)
    steps = [change.step for change in told] + ["minor" if rows.added or rows.removed else "patch" for rows in changed]
    step = max(steps, key=STEPS.index, default="")
    lost = () if RETIRED in unreadable else tuple(_lost(kept, held, unreadable))
    calls_for = next_version(old.version, step)
    return Difference(old.version, new.version, step, calls_for, (*unreadable.values(),), lost, (*told,), (*changed,))


def cells(difference: Difference) -> Iterator[tuple[str, ...]]:
    """Give each changed cell as table, key, "added", "changed" or "removed", column, old text and new text."""
    for rows in difference.rows:
        for kind in ("removed", "changed", "added"):
            for row in getattr(rows, kind):
                key = " ".join(row.key)
                yield from ((rows.table, key, kind, name, *both) for name, both in row.cells.items())


def problems(old: Package, new: Package) -> list[Problem]:
    """Tell what is wrong with a package as the successor of an earlier version.

    Returns:
        Sorted problems: identifiers that are lost, and a version lower than the changes call for.

    Raises:
        PackageError: One of them cannot be used as a whole, or a file of the earlier version cannot be compared.
    """
    difference = compare(old, new)
    for side, path, message in difference.unreadable:
        # What is wrong with the new files is a problem already.
        if side == "old":
            raise PackageError(f"{old.location} cannot be compared with: {path}: {message}")
    found = [_lost_id(lost, new) for lost in difference.lost]
    if _parts(new.version) < _parts(difference.calls_for):
        step = difference.step.upper()
        reason = f"the changes since call for a {step} step" if step else "nothing else changed"
        message = f"{shown(new.version)} is too low after {old.version}: {reason}"
        hint = f"set it to {difference.calls_for} or higher"
        found.append(Problem(DESCRIPTOR, _version_line(new), "version", "low-version", message, hint))
    return sorted(found)


def next_version(version: str, step: str) -> str:
    """Give the lowest version that is a step above another; empty if that one is not of the form 1.2.3."""
    numbers = _parts(version)
    if not numbers or not step:
        return version if numbers else ""
    place = len(numbers) - STEPS.index(step)
    return ".".join(map(str, (*numbers[:place], numbers[place] + 1, *[0] * (len(numbers) - place - 1))))


def _parts(version: str) -> tuple[int, ...]:
    return tuple(map(int, version.split("."))) if re.fullmatch(r"[0-9]{1,9}(?:\.[0-9]{1,9}){2}", version) else ()


def _version_line(package: Package) -> int:
    data = package.files.read(DESCRIPTOR)
    # The outermost of that name: parts of a package have versions too.
    found = min(re.finditer(rb'^( *)"version" *:', data, re.MULTILINE), key=lambda one: len(one[1]), default=None)
    return data.count(b"\n", 0, found.start()) + 1 if found else 0


def _lost_id(lost: Lost, new: Package) -> Problem:
    tombstones = new.resource_path(RETIRED) if RETIRED in new.names() else RETIRED
    if lost.table == RETIRED:
        return Problem(tombstones, 0, "", "lost-id", f"the row of {shown(lost.id)} is gone", "put it back")
    path = new.resource_path(lost.table) if lost.table in new.names() else tombstones
    message = f"{shown(lost.id)} of {lost.table} is gone, without a row in {tombstones}"
    hint = f"put it back, or say in {tombstones} why it is gone and what stands in its place"
    return Problem(path, 0, "", "lost-id", message, hint)


def _tables(side: str, package: Package, unreadable: dict[str, Unreadable]) -> dict[str, Table]:
    tables = {}
    for name in package.names():
        try:
            table = package.table(name)
            if len({*table.key}) < len(table.key) or not {*table.key} <= {*table.columns}:
                raise PackageError(f"the key is {', '.join(table.key)}; expected columns, none twice")
            tables[name] = table
        except PackageError as error:
            unreadable[name] = Unreadable(side, package.schema_path(name), str(error))
    return tables


def _read(table: Table, data: bytes | None) -> Keyed | Problem:
    """Give the rows of a table, the first of each key; or the first fault, if they cannot be told."""
    read: list[list[str]] = []
    parsed = csv.parse(data, table, read.append)
    if not parsed.has_cells or parsed.unreadable_keys:
        return parsed.problems[0]
    rows: Keyed = {}
    for number, cells in enumerate(read):
        row = dict(zip(table.columns, cells, strict=True))
        # Without a key each row is one of its own.
        rows.setdefault(tuple(row[name] for name in table.key) or (str(number),), row)
    return rows


def _rows(old: Table, new: Table, before: Keyed, after: Keyed) -> Rows:
    common = [name for name in new.columns if name in old.columns and name not in new.key]
    found: dict[str, list[Row]] = {"removed": [], "changed": [], "added": []}
    for key in {**after, **before}:
        was, now = before.get(key, {}), after.get(key, {})
        kind, columns = ("changed", common) if was and now else ("removed", was) if was else ("added", now)
        both = ((name, was.get(name, ""), now.get(name, "")) for name in columns)
        if cells := {name: (one, other) for name, one, other in both if one != other}:
            found[kind].append(Row(key, cells))
    return Rows(new.name, new.key, *map(tuple, found.values()))


def _lost(kept: Mapping[str, Keyed], held: Mapping[str, Keyed], unreadable: Mapping[str, Unreadable]) -> list[Lost]:
    ids = {name: {row["id"] for row in rows.values() if "id" in row} for name, rows in held.items()}
    anywhere = set().union(*ids.values())
    return sorted(
        Lost(name, row["id"])
        for name, rows in kept.items()
        if name not in unreadable
        for row in rows.values()
        # A retired identifier must stay retired; any other may be in any table.
        if "id" in row and row["id"] not in (ids.get(RETIRED, set()) if name == RETIRED else anywhere)
    )
