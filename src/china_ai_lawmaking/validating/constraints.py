"""Compile a Table Schema into SQL that finds the rows which break it.

The SQL is DuckDB's. Its patterns are the common ground of the engines: types are judged by the form of the whole cell
before any cast, and the patterns of a schema are held to what all regular expression engines read alike.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import duckdb

from ..errors import PackageError
from ..package.descriptor import Field, Table
from ..package.types import FORMS
from ..rules.prepared import literal, quoted
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
        told = ", ".join(columns) or "none"
        raise PackageError(f"the columns are {told}; expected names, none twice, empty, 'row', or with __ in front")
    found = [constraint for field in table.fields for constraint in _of_cell(field)]
    # Before keys: of rows with the same key the first is not at fault, but its reference can be.
    found += [Constraint("unknown-reference", reference.fields, reference) for reference in table.references]
    if table.key:
        found.append(Constraint("duplicate-key", table.key, None))
    unique = [field.name for field in table.fields if field.constraints.get("unique")]
    return found + [Constraint("not-unique", (name,), None) for name in unique if table.key != (name,)]


def _of_cell(field: Field) -> Iterator[Constraint]:
    cell, kind = quoted(field.name), field.type
    for name, bound in field.constraints.items():
        if name not in _KNOWN:
            raise PackageError(f"{field.name} has constraint {name!r}; known: {', '.join(_KNOWN)}")
        if not _KNOWN[name].accepts(kind, bound):
            raise PackageError(f"{field.name} has {name} {bound!r}, by which no {kind} can be judged")
        if name == "pattern" and not _is_portable(bound):
            raise PackageError(
                f"the pattern of {field.name} is not of the form ^(?:…)$ or uses what engines read differently: {bound}"
            )
    if field.categories and field.constraints.get("enum") != list(field.categories):
        raise PackageError(f"{field.name} has the categories {', '.join(field.categories)}, and another enum")
    if field.required:
        yield Constraint("required-cell", (field.name,), None, f"{cell} is null")
    if FORMS[kind]:
        yield Constraint("wrong-type", (field.name,), kind, f"not {_matches(cell, FORMS[kind])}")
    for name, bound in field.constraints.items():
        if _KNOWN[name].code:
            yield Constraint(_KNOWN[name].code, (field.name,), bound, _KNOWN[name].fails(cell, kind, bound))


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
    try:
        found = database.rows(f"select {_matches('unnest($1)', pattern[4:-2])} as is_match", [[*cells]])
    except duckdb.Error:
        raise PackageError(f"a pattern is too large or too deep to be compiled: {pattern}") from None
    return [row["is_match"] for row in found]


def check_compiles(database: Database, table: Table) -> None:
    """Compile the constraints of a table for DuckDB.

    Raises:
        PackageError: The schema holds a constraint, type or pattern that cannot be compiled.
    """
    for pattern in [constraint.bound for constraint in compiled(table) if constraint.code == "pattern"]:
        if pattern not in _TAKEN:
            matched(database, [""], pattern)
            _TAKEN.add(pattern)


class _Known(NamedTuple):
    """A constraint of the standard: whether cells of a type can be judged by what the schema sets; code and test."""

    accepts: Callable[[str, Any], bool]
    code: str = ""
    fails: Callable[[str, str, Any], str] = lambda *_: ""


def _is_number(bound: object) -> bool:
    # Beyond 2^53 the engines round differently.
    return isinstance(bound, int | float) and not isinstance(bound, bool) and -(2**53) < bound < 2**53


def _is_length(kind: str, bound: object) -> bool:
    return kind == "string" and isinstance(bound, int) and _is_number(bound)


def _is_least_or_most(kind: str, bound: object) -> bool:
    if kind == "date":
        return isinstance(bound, str) and bool(re.fullmatch(FORMS["date"], bound))
    return kind in ("integer", "number") and _is_number(bound)


def _compared(cell: str, sign: str, kind: str, bound: Any) -> str:
    if kind == "date":
        return f"{cell} {sign} {literal(bound)}"
    return f"case when {_matches(cell, FORMS[kind])} then cast({cell} as double) end {sign} {float(bound)!r}"


_KNOWN = {
    "required": _Known(lambda _, bound: isinstance(bound, bool)),
    "unique": _Known(lambda _, bound: isinstance(bound, bool)),
    "enum": _Known(
        lambda _, bound: isinstance(bound, list) and all(isinstance(value, str) for value in bound),
        "not-in-list",
        lambda cell, _, bound: f"{cell} not in ({', '.join(map(literal, bound)) or 'null'})",
    ),
    "pattern": _Known(
        lambda _, bound: isinstance(bound, str),
        "pattern",
        lambda cell, _, bound: f"not {_matches(cell, bound[4:-2])}",
    ),
    "minLength": _Known(_is_length, "too-short", lambda cell, _, bound: f"length({cell}) < {bound}"),
    "maxLength": _Known(_is_length, "too-long", lambda cell, _, bound: f"length({cell}) > {bound}"),
    "minimum": _Known(_is_least_or_most, "too-small", lambda cell, kind, bound: _compared(cell, "<", kind, bound)),
    "maximum": _Known(_is_least_or_most, "too-large", lambda cell, kind, bound: _compared(cell, ">", kind, bound)),
}


def queries(table: Table, constraints: Sequence[Constraint], places: Mapping[str, str]) -> list[str]:
    """Give the queries for the failing rows of a table: one for the cells, and one for each key and reference.

    Each can be run alone, which bounds what an engine holds at once.

    Args:
        table: The table.
        constraints: What to judge, from `compiled`.
        places: Where the tables are in SQL, by name, those referred to among them; every column is text.

    Returns:
        Queries for the rows, with `__faults`: the places in `constraints` of those that failed, separated by spaces.
    """
    place, made = places[table.name], []
    fails = [f"case when {one.fails} then '{number}' end" for number, one in enumerate(constraints) if one.fails]
    if fails:
        marked = f"select t.*, concat_ws(' ', {', '.join(fails)}) as {MARKS} from {place} as t"
        made.append(f"select * from ({marked}) as t where {MARKS} <> ''")
    for number, constraint in enumerate(constraints):
        if constraint.fails:
            continue
        is_reference = constraint.code == "unknown-reference"
        keys = constraint.bound.keys if is_reference else constraint.columns
        names = ", ".join(quoted(name) for name in dict.fromkeys(keys))
        if is_reference:
            join, beside = "anti", f"select {names} from {places[constraint.bound.table]}"
        else:
            join, beside = "semi", f"select {names} from {place} group by {names} having count(*) > 1"
        pairs = zip(keys, constraint.columns, strict=True)
        same = " and ".join(f"k.{quoted(key)} = t.{quoted(name)}" for key, name in pairs)
        filled = " and ".join(f"t.{quoted(name)} is not null" for name in constraint.columns)
        made.append(
            f"select t.*, '{number}' as {MARKS} from {place} as t {join} join ({beside}) as k on {same} where {filled}"
        )
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
    together: dict[tuple[Any, ...], tuple[Mapping[str, Any], str]] = {}
    for row in rows:
        key = tuple([row[name] for name in identity])
        first, marks = together.get(key, (row, ""))
        together[key] = first, f"{marks} {row[MARKS]}"
    # Many rows break the same constraints.
    of_marks: dict[str, list[Constraint]] = {}
    for row, marks in together.values():
        if marks not in of_marks:
            reported: set[str] = set()
            of_marks[marks] = []
            for mark in sorted({*map(int, marks.split())}):
                if reported.isdisjoint(constraints[mark].columns):
                    reported.update(constraints[mark].columns)
                    of_marks[marks].append(constraints[mark])
        for constraint in of_marks[marks]:
            yield row, constraint
