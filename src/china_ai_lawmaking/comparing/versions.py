"""The difference of two versions of the record, and the version step that it calls for."""

from __future__ import annotations

import re
from typing import NamedTuple

from ..errors import PackageError
from ..loading import csv
from ..package.files import DESCRIPTOR
from ..problems import Problem, shown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from ..package.descriptor import Field, Package, Table

    # Rows by key; cells by column, empty text for an empty one.
    Cells = Mapping[str, str]
    Keyed = dict[tuple[str, ...], Cells]

# Semantic Versioning's parts, from the least to the greatest; "" is no change.
STEPS = ("", "patch", "minor", "major")
RETIRED = "retired_ids"

CODES = {
    "lost-id": "an identifier of the earlier version is gone and retired_ids does not say where",
    "low-version": "the version is lower than the changes since the earlier version call for",
}

# What only helps a reader; everything else of a column is compared on its own.
_PROSE = ("title", "description", "rdf_type", "example")
# Members of the descriptor that follow from the rest of the package or are compared on their own.
_FOLLOWS = ("created", "resources", "version")


class Lost(NamedTuple):
    """An identifier that is gone without a row in retired_ids."""

    table: str
    id: str


class Retired(NamedTuple):
    """An identifier that got a row in retired_ids."""

    table: str
    id: str
    replaced_by: str


class ContractChange(NamedTuple):
    """One change of the schemas or the descriptor.

    Attributes:
        step: The version step that it calls for.
        table: The table, or empty for the package.
        column: The column, or empty for the table.
        message: What changed.
    """

    step: str
    table: str
    column: str
    message: str


class Changed(NamedTuple):
    """A row of which some cells changed: its key, and old and new text by column."""

    key: tuple[str, ...]
    cells: Mapping[str, tuple[str, str]]


class Rows(NamedTuple):
    """The rows of one table that changed.

    Attributes:
        table: The table.
        key: Names of the key columns.
        removed: Rows that are gone: filled cells by column.
        changed: Rows of the same key with other cells, in columns that both versions have.
        added: Rows that are new: filled cells by column.
    """

    table: str
    key: tuple[str, ...]
    removed: tuple[Mapping[str, str], ...]
    changed: tuple[Changed, ...]
    added: tuple[Mapping[str, str], ...]


class Unreadable(NamedTuple):
    """A file that could not be compared: whether it is the old or the new one, and the first reason."""

    side: str
    problem: Problem


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
        retired: Identifiers that were retired.
        rows: Changed rows by table; tables without any are left out.
    """

    old: str
    new: str
    step: str
    calls_for: str
    unreadable: tuple[Unreadable, ...]
    lost: tuple[Lost, ...]
    contract: tuple[ContractChange, ...]
    retired: tuple[Retired, ...]
    rows: tuple[Rows, ...]


def compare(old: Package, new: Package) -> Difference:
    """Compare two packages.

    Rows are matched by primary key and cells compared as text.

    Raises:
        PackageError: One of them cannot be used as a whole.
    """
    unreadable: dict[str, Unreadable] = {}
    tables = [_tables("old", old, unreadable), _tables("new", new, unreadable)]
    contract = [*_contract(tables[0], tables[1], unreadable), *_members(old, new)]
    contract.sort(key=lambda change: (-STEPS.index(change.step), *change[1:]))
    before: dict[str, Keyed] = {}
    after: dict[str, Keyed] = {}
    for name in sorted({*old.names(), *new.names()} - unreadable.keys()):
        data = [_bytes(package, name) for package in (old, new)]
        if data[0] == data[1]:
            continue
        for side, described, content, frames in zip(("old", "new"), tables, data, (before, after), strict=True):
            if name in described:
                read = _read(described[name], content)
                if isinstance(read, Problem):
                    unreadable[name] = Unreadable(side, read)
                else:
                    frames[name] = read
    rows = [
        _rows(new.table(name), old.table(name), before[name], after[name])
        for name in sorted(before.keys() & after.keys())
        if new.table(name).key and new.table(name).key == old.table(name).key
    ]
    rows = [changes for changes in rows if changes.removed or changes.changed or changes.added]
    step = max((*(change.step for change in contract), *map(_step, rows)), key=STEPS.index, default="")
    lost = [] if RETIRED in unreadable else _lost(before, after, unreadable)
    return Difference(
        old.version,
        new.version,
        step,
        next_version(old.version, step),
        tuple(unreadable.values()),
        tuple(lost),
        tuple(contract),
        tuple(_retired(rows)),
        tuple(rows),
    )


def problems(old: Package, new: Package) -> list[Problem]:
    """Tell what is wrong with a package as the successor of an earlier version.

    Returns:
        Sorted problems: identifiers that are lost, and a version lower than the changes call for.

    Raises:
        PackageError: One of them cannot be used as a whole, or a file of the earlier version cannot be compared.
    """
    difference = compare(old, new)
    for side, problem in difference.unreadable:
        # What is wrong with the new files is a problem already.
        if side == "old":
            raise PackageError(f"{old.location} cannot be compared with: {problem.path}: {problem.message}")
    found = [_lost_id(lost, new) for lost in difference.lost]
    if _parts(new.version) < _parts(difference.calls_for):
        reason = (
            f"the changes since call for a {difference.step.upper()} step"
            if difference.step
            else "nothing else changed"
        )
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
    return tuple(map(int, version.split("."))) if re.fullmatch(r"[0-9]{1,9}\.[0-9]{1,9}\.[0-9]{1,9}", version) else ()


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
    from ..validating import constraints

    tables = {}
    for name in package.names():
        try:
            table = package.table(name)
            constraints.compiled(table)
            if len({*table.key}) < len(table.key) or not {*table.key} <= {*table.columns}:
                raise PackageError(f"the key is {_list(table.key)}; expected columns, none twice")
            tables[name] = table
        except PackageError as error:
            problem = Problem(package.schema_path(name), 0, "", "bad-schema", str(error))
            unreadable[name] = Unreadable(side, problem)
    return tables


def _bytes(package: Package, name: str) -> bytes | None:
    try:
        return package.files.read(package.resource_path(name)) if name in package.names() else None
    except FileNotFoundError:
        return None


def _read(table: Table, data: bytes | None) -> Keyed | Problem:
    """Give the rows of a table, the first of each key; or the first fault, if they cannot be told."""
    if data is None:
        return csv.missing(table).problems[0]
    rows: Keyed = {}
    places = [table.columns.index(name) for name in table.key]

    def take(cells: list[str]) -> None:
        # Without a key each row is one of its own.
        key = tuple(cells[place] for place in places) if places else (str(len(rows)),)
        if len(cells) == len(table.columns):
            rows.setdefault(key, dict(zip(table.columns, cells, strict=True)))

    parsed = csv.parse(data, table.path, table.columns, take)
    return parsed.problems[0] if not parsed.has_cells or parsed.unreadable_keys else rows


def _rows(table: Table, earlier: Table, before: Keyed, after: Keyed) -> Rows:
    common = [name for name in table.columns if name in earlier.columns and name not in table.key]
    removed = (row for key, row in before.items() if key not in after)
    added = (row for key, row in after.items() if key not in before)
    pairs = ((key, before[key], row) for key, row in after.items() if key in before)
    changed = (
        Changed(key, {name: (old[name], new[name]) for name in common if old[name] != new[name]})
        for key, old, new in pairs
    )
    return Rows(
        table.name, table.key, _filled(removed), tuple(change for change in changed if change.cells), _filled(added)
    )


def _filled(rows: Iterator[Cells]) -> tuple[Mapping[str, str], ...]:
    return tuple({name: cell for name, cell in row.items() if cell} for row in rows)


def _step(rows: Rows) -> str:
    return "minor" if rows.added or rows.removed else "patch"


def _lost(
    before: Mapping[str, Keyed], after: Mapping[str, Keyed], unreadable: Mapping[str, Unreadable]
) -> list[Lost]:
    # An unchanged table loses nothing, and an identifier stands in one table only: the changed ones are enough.
    tombstones = {row["id"] for row in after.get(RETIRED, {}).values() if "id" in row}
    held = {row["id"] for rows in after.values() for row in rows.values() if "id" in row}
    return sorted(
        Lost(name, row["id"])
        for name, rows in before.items()
        if name not in unreadable
        for row in rows.values()
        # A retired identifier must stay retired; any other may be in any table.
        if "id" in row and row["id"] not in (tombstones if name == RETIRED else held)
    )


def _retired(rows: list[Rows]) -> Iterator[Retired]:
    for changes in rows:
        if changes.table == RETIRED:
            for row in changes.added:
                yield Retired(row.get("record_table", ""), row.get("id", ""), row.get("replaced_by", ""))


def _contract(
    old: Mapping[str, Table], new: Mapping[str, Table], unreadable: Mapping[str, Unreadable]
) -> Iterator[ContractChange]:
    for name in sorted({*old, *new} - unreadable.keys()):
        if name not in new:
            yield ContractChange("major", name, "", "table removed")
        elif name not in old:
            yield ContractChange("minor", name, "", "table added")
        else:
            yield from _table(old[name], new[name])


def _members(old: Package, new: Package) -> Iterator[ContractChange]:
    for member in sorted({*old.descriptor, *new.descriptor} - {*_FOLLOWS}):
        if old.descriptor.get(member) != new.descriptor.get(member):
            told = member if member.isidentifier() else shown(member)
            yield ContractChange("patch", "", "", f"{told} of {DESCRIPTOR} changed")


def _table(old: Table, new: Table) -> Iterator[ContractChange]:
    name = new.name
    if old.path != new.path:
        yield ContractChange("major", name, "", f"file {old.path} became {new.path}")
    if old.key != new.key:
        yield ContractChange("major", name, "", f"key {_list(old.key)} became {_list(new.key)}")
    common = [column for column in new.columns if column in old.columns]
    if common != [column for column in old.columns if column in new.columns]:
        yield ContractChange("minor", name, "", "columns in another order")
    yield from (ContractChange("patch", name, "", f"{part} changed") for part in _prose(old, new))
    for column in old.columns:
        if column not in new.columns:
            yield ContractChange("major", name, column, "column removed")
    for field in new.fields:
        if field.name not in common:
            yield ContractChange("minor", name, field.name, "column added")
        else:
            for step, message in _field(old.field(field.name), field):
                yield ContractChange(step, name, field.name, message)
    # A reference of a column that came or went is no news.
    shared = set(common)
    for reference in old.references:
        if reference not in new.references and shared.issuperset(reference.fields):
            yield ContractChange("minor", name, _list(reference.fields), f"need not be in {reference.table} any more")
    for reference in new.references:
        if reference not in old.references and shared.issuperset(reference.fields):
            yield ContractChange("major", name, _list(reference.fields), f"must be in {reference.table} now")


def _field(old: Field, new: Field) -> Iterator[tuple[str, str]]:
    if old.type != new.type:
        yield "major", f"type {old.type} became {new.type}"
    if old.ordered != new.ordered:
        yield "major", "its values have an order now" if new.ordered else "its values have no order any more"
    yield from _values(old, new)
    for name in sorted({*old.constraints, *new.constraints} - {"enum"}):
        before, after = old.constraints.get(name), new.constraints.get(name)
        if before != after and not (_is_unset(before) and _is_unset(after)):
            step = "major" if _tightened(name, before, after) else "minor"
            yield step, f"{name} {_say(before)} became {_say(after)}"
    yield from (("patch", f"{part} changed") for part in _prose(old, new))


def _values(old: Field, new: Field) -> Iterator[tuple[str, str]]:
    before, after = old.constraints.get("enum"), new.constraints.get("enum")
    if before is None or after is None:
        if before != after:
            yield ("major", "only listed values now") if before is None else ("minor", "any value now")
        return
    yield from (("major", f"value {shown(value)} removed") for value in before if value not in after)
    yield from (("minor", f"value {shown(value)} added") for value in after if value not in before)
    for value, meaning in new.categories.items():
        if old.categories.get(value, meaning) != meaning:
            yield "major", f"meaning of {shown(value)} changed"
    if [value for value in before if value in after] != [value for value in after if value in before]:
        yield "major" if new.ordered else "patch", "values in another order"


def _is_unset(constraint: Any) -> bool:
    # A bound can be 0, which equals False.
    return constraint is None or constraint is False


def _tightened(name: str, before: Any, after: Any) -> bool:
    if _is_unset(after):
        return False
    are_numbers = isinstance(before, int | float) and isinstance(after, int | float)
    # Dates compare as text.
    if are_numbers or (isinstance(before, str) and isinstance(after, str)):
        if "min" in name.lower():
            return bool(after > before)
        if "max" in name.lower():
            return bool(after < before)
    # Of two patterns nobody can tell which is the narrower.
    return True


def _prose(old: Table | Field, new: Table | Field) -> Iterator[str]:
    return (part for part in _PROSE if getattr(old, part, "") != getattr(new, part, ""))


def _say(constraint: Any) -> str:
    return "none" if constraint is None else shown(str(constraint))


def _list(names: tuple[str, ...]) -> str:
    return ", ".join(names) or "none"
