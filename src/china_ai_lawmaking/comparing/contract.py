"""What differs between the schemas of two versions, and the version step that each change calls for."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from ..package.descriptor import Table
from ..problems import shown

# Kind, place and name of what a schema says, and what it says there.
Facts = dict[tuple[str, str, str], object]

# Semantic Versioning's parts, from the least to the greatest; "" is no change.
STEPS = ("", "patch", "minor", "major")

# What only explains, and the attribute of a table or a field that holds it.
_PROSE = {"title": "title", "description": "description", "term": "rdf_type", "example": "example"}

# The step that a fact calls for when it is added, removed or changed. What made a use of the record right may not make
# it wrong: so more tables, columns and values are MINOR, fewer are MAJOR, and conditions on cells the other way round.
CALLS_FOR = {
    "table": ("minor", "major", ""),
    "column": ("minor", "major", ""),
    "value": ("minor", "major", "major"),
    "list of values": ("major", "minor", ""),
    "constraint": ("major", "minor", "major"),
    "reference to": ("major", "minor", ""),
    "file": ("", "", "major"),
    "key": ("", "", "major"),
    "type": ("", "", "major"),
    "order of values": ("major", "major", "major"),
    "order of columns": ("", "", "minor"),
    **dict.fromkeys(_PROSE, ("patch", "patch", "patch")),
}


class ContractChange(NamedTuple):
    """One change of the schemas or the descriptor: the step that it calls for, table or table.column, what changed."""

    step: str
    place: str
    message: str


def changes(old: Mapping[str, Table], new: Mapping[str, Table]) -> list[ContractChange]:
    """Give the changes between the tables of two versions, the gravest first."""
    before, after = ({key: value for table in side.values() for key, value in _facts(table)} for side in (old, new))
    found = [
        _change(key, before, after)
        for key in before.keys() | after.keys()
        if before.get(key) != after.get(key) and not _follows(key, before, after)
    ]
    return sorted(found, key=lambda change: (-STEPS.index(change.step), change))


def _facts(table: Table) -> Iterator[tuple[tuple[str, str, str], object]]:
    for kind, value in (("table", "there"), ("file", table.path), ("key", ", ".join(table.key) or "none")):
        yield (kind, table.name, ""), value
    yield ("order of columns", table.name, ""), tuple(table.columns)
    holders = {table.name: table} | {f"{table.name}.{field.name}": field for field in table.fields}
    for place, holder in holders.items():
        for kind, attribute in _PROSE.items():
            yield (kind, place, ""), getattr(holder, attribute, "") or None
    for field in table.fields:
        place = f"{table.name}.{field.name}"
        yield ("column", place, ""), "there"
        yield ("type", place, ""), field.type
        yield ("order of values", place, ""), field.ordered or None
        for name, constraint in field.constraints.items():
            if name == "enum":
                yield ("list of values", place, ""), "there"
                for value in constraint:
                    yield ("value", place, str(value)), field.categories.get(value, "there")
            # A bound can be 0, which equals False.
            elif constraint is not None and constraint is not False:
                yield ("constraint", place, name), constraint
    for reference in table.references:
        for name in reference.fields:
            yield ("reference to", f"{table.name}.{name}", reference.table), "there"


def _follows(key: tuple[str, str, str], before: Facts, after: Facts) -> bool:
    """Tell whether a change says no more than that its table, column or list of values came or went."""
    kind, place, _ = key
    wholes = [("table", place.partition(".")[0], "")] if kind != "table" else []
    if "." in place and kind != "column":
        wholes.append(("column", place, ""))
    if kind == "value":
        wholes.append(("list of values", place, ""))
    if kind == "order of columns":
        one, other = (side.get(key, ()) for side in (before, after))
        return sorted(one) != sorted(other)  # type: ignore[call-overload, no-any-return]
    return any(whole not in before or whole not in after for whole in wholes)


def _change(key: tuple[str, str, str], before: Facts, after: Facts) -> ContractChange:
    kind, place, name = key
    old, new = before.get(key), after.get(key)
    what = " ".join(filter(None, (kind, name and shown(name))))
    added, removed, changed = CALLS_FOR[kind]
    if old is None:
        return ContractChange(added, place, f"{what} added")
    if new is None:
        return ContractChange(removed, place, f"{what} removed")
    if kind == "constraint" and _is_looser(name, old, new):
        changed = "minor"
    is_short = kind in ("file", "key", "type", "constraint")
    return ContractChange(changed, place, f"{what} {old!r} became {new!r}" if is_short else f"{what} changed")


def _is_looser(name: str, old: object, new: object) -> bool:
    # Dates are texts, which compare as dates do; of two patterns nobody can tell which is the wider.
    if not name.startswith(("min", "max")) or isinstance(old, str) != isinstance(new, str):
        return False
    return bool(new < old if name.startswith("min") else new > old)  # type: ignore[operator]
