"""Compile a Table Schema into SQL that finds the rows which break it.

The SQL is DuckDB's. Its patterns are the common ground of the engines: types are judged by the form of the whole cell
before any cast, and the patterns of a schema are held to what all regular expression engines read alike.
"""

from __future__ import annotations

import re
from typing import NamedTuple

import duckdb

from ..errors import PackageError
from ..package.types import FORMS
from ..rules.prepared import literal, quoted

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from typing import Any

    from ..package.descriptor import Field, Table
    from .database import Database

CODES = {
    "required-cell": "a cell that every row needs is empty",
    "wrong-type": "a cell is not an integer, number, boolean or date as its column asks",
    "not-in-list": "a value is not in the list of its column",
    "pattern": "a value has not the form of its column",
    "too-short": "a text is shorter than its column asks",
    "too-long": "a text is longer than its column allows",
    "too-small": "a number or date is below the least that its column allows",
    "too-large": "a number or date is above the most that its column allows",
    "duplicate-key": "two rows have the same key",
    "not-unique": "two rows share a value that only one may have",
    "unknown-reference": "a value is not the key of any row of the table it refers to",
}

# Python, Rust, RE2 and Java disagree on escaped letters and signs, on what a bare dot matches, on look-around, flags,
# back-references and possessive repeats, on set operations inside brackets, and on braces that are no repeat. RE2
# repeats at most 1000 times.
_ESCAPE_OR_CLASS = re.compile(r"(?s)\\.|\[\^?+(?:\\.|[^\\\]])+\]")
_UNLIKE = re.compile(r"\\[A-Za-mo-z0-9<>]|\\[^\x00-\x7f]|\(\?(?!:)|[*+?}]\+|&&|--|~~|\|\|")
_UNLIKE_OUTSIDE_CLASS = re.compile(r"[.^$[]|\{(?![0-9]{1,3}(?:,(?:[0-9]{1,3})?)?\})")

MARKS = "__faults"
# Patterns that DuckDB has taken: those of identifiers recur in many tables.
_TAKEN: set[str] = set()
# Column names that queries use themselves.
_RESERVED = re.compile(r"(?si)__.*|row|.*__row|")


class Constraint(NamedTuple):
    """One constraint of a table.

    Attributes:
        code: Code of the problem.
        columns: The columns it judges: one for a cell, more for a composite key or reference.
        bound: What the schema sets: a list, a pattern, a number, a type, a reference; None where the code says all.
        fails: SQL that is true for a failing cell; empty for constraints that need other rows.
    """

    code: str
    columns: tuple[str, ...]
    bound: Any
    fails: str = ""


def compiled(table: Table) -> list[Constraint]:
    """List the constraints of a table, for each cell in the order in which the first failing one is reported.

    Raises:
        PackageError: The schema holds a constraint, type or pattern that cannot be compiled.
    """
    columns = table.columns
    # SQL takes names that differ in case only for one.
    if not columns or len({*map(str.lower, columns)}) < len(columns) or any(map(_RESERVED.fullmatch, columns)):
        raise PackageError(
            f"the columns are {_list(columns) or 'none'}; expected names, none twice, empty, 'row', or with __ in front"
        )
    found = [constraint for field in table.fields for constraint in _of_cell(field)]
    # Before keys: of rows with the same key the first is not at fault, but its reference can be.
    found += [Constraint("unknown-reference", reference.fields, reference) for reference in table.references]
    if table.key:
        found.append(Constraint("duplicate-key", table.key, None))
    unique = [field.name for field in table.fields if field.constraints.get("unique")]
    found += [Constraint("not-unique", (name,), None) for name in unique if table.key != (name,)]
    return found


def _of_cell(field: Field) -> Iterator[Constraint]:
    cell = quoted(field.name)
    known = dict(field.constraints)
    for name, bound in known.items():
        if name in _BOUNDS and not _BOUNDS[name](field.type, bound):
            raise PackageError(f"{field.name} has {name} {bound!r}, by which no {field.type} can be judged")
    if field.categories and known.get("enum") != list(field.categories):
        raise PackageError(f"{field.name} has the categories {_list(field.categories)}, and another enum")
    known.pop("unique", None)
    if known.pop("required", None):
        yield Constraint("required-cell", (field.name,), None, f"{cell} is null")
    if FORMS[field.type]:
        yield Constraint("wrong-type", (field.name,), field.type, f"not {_matches(cell, FORMS[field.type])}")
    for name, bound in known.items():
        if name not in _COMPILERS:
            known_names = _list(["required", "unique", *_COMPILERS])
            raise PackageError(f"{field.name} has constraint {name!r}; known: {known_names}")
        if name == "pattern" and not _is_portable(bound):
            raise PackageError(
                f"the pattern of {field.name} is not of the form ^(?:…)$ or uses what engines read differently: {bound}"
            )
        code, fails = _COMPILERS[name]
        yield Constraint(code, (field.name,), bound, fails(cell, field.type, bound))


def _is_portable(pattern: str) -> bool:
    inside = pattern[4:-2]
    if pattern != f"^(?:{inside})$" or _UNLIKE.search(inside):
        return False
    if any("[" in found[1:] for found in _ESCAPE_OR_CLASS.findall(inside) if found[0] == "["):
        return False
    if _UNLIKE_OUTSIDE_CLASS.search(_ESCAPE_OR_CLASS.sub("", inside)):
        return False
    try:
        re.compile(inside)
    except (re.error, OverflowError, RecursionError):
        return False
    return True


def _matches(cell: str, pattern: str) -> str:
    return f"regexp_full_match({cell}, {literal(pattern)})"


def matched(database: Database, cells: Sequence[str], pattern: str) -> list[bool]:
    """Match texts with the pattern of a column in DuckDB, whose time grows with the text alone; that of `re` explodes.

    Raises:
        PackageError: DuckDB does not take the pattern.
    """
    query = f"select {_matches('unnest($1)', pattern[4:-2])}"
    try:
        return [row[0] for row in database.con.execute(query, [list(cells)]).fetchall()]
    except duckdb.Error:
        raise PackageError(f"a pattern is too large or too deep to be compiled: {pattern}") from None


def check_compiles(database: Database, table: Table) -> None:
    """Compile the constraints of a table for DuckDB.

    Raises:
        PackageError: The schema holds a constraint, type or pattern that cannot be compiled.
    """
    patterns = {constraint.bound for constraint in compiled(table) if constraint.code == "pattern"} - _TAKEN
    try:
        # All at once, and one by one to tell which.
        if patterns:
            database.con.execute(f"select {', '.join(_matches('$1', pattern[4:-2]) for pattern in patterns)}", [""])
    except duckdb.Error:
        for pattern in patterns:
            matched(database, [""], pattern)
        raise
    _TAKEN.update(patterns)


def _number(cell: str, kind: str) -> str:
    return cell if kind == "date" else f"case when {_matches(cell, FORMS[kind])} then cast({cell} as double) end"


def _bound(kind: str, bound: Any) -> str:
    return literal(bound) if kind == "date" else repr(float(bound))


# By constraint: the code of the problem, and the test of a cell by its type and the bound that the schema sets.
_COMPILERS: dict[str, tuple[str, Callable[[str, str, Any], str]]] = {
    "enum": ("not-in-list", lambda cell, _, bound: f"{cell} not in ({', '.join(map(literal, bound)) or 'null'})"),
    "pattern": ("pattern", lambda cell, _, bound: f"not {_matches(cell, bound[4:-2])}"),
    "minLength": ("too-short", lambda cell, _, bound: f"length({cell}) < {bound}"),
    "maxLength": ("too-long", lambda cell, _, bound: f"length({cell}) > {bound}"),
    "minimum": ("too-small", lambda cell, kind, bound: f"{_number(cell, kind)} < {_bound(kind, bound)}"),
    "maximum": ("too-large", lambda cell, kind, bound: f"{_number(cell, kind)} > {_bound(kind, bound)}"),
}


def _is_number(bound: object) -> bool:
    # Beyond 2^53 the engines round differently.
    return isinstance(bound, int | float) and not isinstance(bound, bool) and -(2**53) < bound < 2**53


def _is_least_or_most(kind: str, bound: object) -> bool:
    if kind == "date":
        return isinstance(bound, str) and bool(re.fullmatch(FORMS["date"], bound))
    return kind in ("integer", "number") and _is_number(bound)


# By constraint: whether cells of a type can be judged by what the schema sets.
_BOUNDS: dict[str, Callable[[str, Any], bool]] = {
    "required": lambda _, bound: isinstance(bound, bool),
    "unique": lambda _, bound: isinstance(bound, bool),
    "enum": lambda _, bound: isinstance(bound, list) and all(isinstance(value, str) for value in bound),
    "pattern": lambda _, bound: isinstance(bound, str),
    "minLength": lambda kind, bound: kind == "string" and isinstance(bound, int) and _is_number(bound),
    "maxLength": lambda kind, bound: kind == "string" and isinstance(bound, int) and _is_number(bound),
    "minimum": _is_least_or_most,
    "maximum": _is_least_or_most,
}


def queries(
    table: Table, constraints: Sequence[Constraint], places: Mapping[str, str], columns: str = "t.*"
) -> list[str]:
    """Give the queries for the failing rows of a table: one for the cells, and one for each key and reference.

    Each can be run alone, which bounds what an engine holds at once.

    Args:
        table: The table.
        constraints: What to judge, from `compiled`.
        places: Where the tables are in SQL, by name, those referred to among them; every column is text.
        columns: What to give of the rows of the table, `t`.

    Returns:
        Queries for these columns and `__faults`: the places in `constraints` of those that failed, separated by spaces.
    """
    place = places[table.name]
    fails = {number: c.fails for number, c in enumerate(constraints) if c.fails}
    made = []
    if fails:
        marks = ", ".join(f"case when {fail} then '{number}' end" for number, fail in fails.items())
        marked = f"select {columns}, concat_ws(' ', {marks}) as {MARKS} from {place} as t"
        made.append(f"select * from ({marked}) as t where {MARKS} <> ''")
    for number, constraint in enumerate(constraints):
        own = [f"t.{quoted(name)}" for name in constraint.columns]
        filled = " and ".join(f"{name} is not null" for name in own)
        if constraint.code == "unknown-reference":
            keys, other = [quoted(key) for key in constraint.bound.keys], places[constraint.bound.table]
            same = " and ".join(f"k.{key} = {name}" for key, name in zip(keys, own, strict=True))
            join = f"anti join (select {', '.join(dict.fromkeys(keys))} from {other}) as k on {same}"
        elif not constraint.fails:
            names = ", ".join(map(quoted, constraint.columns))
            same = " and ".join(f"k.{quoted(name)} = t.{quoted(name)}" for name in constraint.columns)
            repeated = f"select {names} from {place} group by {names} having count(*) > 1"
            join = f"semi join ({repeated}) as k on {same}"
        else:
            continue
        made.append(f"select {columns}, '{number}' as {MARKS} from {place} as t {join} where {filled}")
    return made


def first_faults(
    rows: Iterable[Mapping[str, Any]], constraints: Sequence[Constraint], identity: Sequence[str]
) -> Iterator[tuple[Mapping[str, Any], Constraint]]:
    """Give the failing rows of `queries` with the first constraint that each cell breaks.

    Args:
        rows: Rows of `queries`, as dicts.
        constraints: Those that were given to `queries`.
        identity: Columns that tell one row from another.
    """
    together: dict[tuple[Any, ...], tuple[Mapping[str, Any], set[int]]] = {}
    for row in rows:
        _, marks = together.setdefault(tuple(row[name] for name in identity), (row, set()))
        marks.update(map(int, row[MARKS].split()))
    for row, marks in together.values():
        reported: set[str] = set()
        for mark in sorted(marks):
            if reported.isdisjoint(constraints[mark].columns):
                reported.update(constraints[mark].columns)
                yield row, constraints[mark]


def _list(names: Iterable[str]) -> str:
    return ", ".join(names)
