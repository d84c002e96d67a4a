"""Compile a Table Schema into one narwhals plan that finds its violations on any engine's frames.

Patterns are the common ground of the engines: types are judged by an anchored pattern before any cast, the patterns of
a schema are held to what all regular expression engines read alike.
"""

from __future__ import annotations

import re
from typing import NamedTuple

import narwhals as nw

from ..errors import PackageError, UsageError
from ..loading import reading

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from typing import Any

    from ..package.descriptor import Field, Reference, Table

    Frame = nw.LazyFrame[Any]

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

# There is no year 0000.
_DATE = (
    "(?:(?:[0-9]{3}[1-9]|[0-9]{2}[1-9][0-9]|[0-9][1-9][0-9]{2}|[1-9][0-9]{3})-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])"
    "|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)"
    "|02-(?:0[1-9]|1[0-9]|2[0-8]))"
    "|(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:0[48]|[2468][048]|[13579][26])00)-02-29)"
)
_TYPES = {
    "integer": reading.INTEGER,
    "number": reading.NUMBER,
    "boolean": "true|false",
    "date": _DATE,
}
# Python, Rust, RE2 and Java disagree on escaped letters and signs, on what a bare dot matches, on look-around, flags,
# back-references and possessive repeats, on set operations inside brackets, and on braces that are no repeat. RE2
# repeats at most 1000 times.
_ESCAPE_OR_CLASS = re.compile(r"(?s)\\.|\[\^?+(?:\\.|[^\\\]])+\]")
_UNLIKE = re.compile(r"\\[A-Za-mo-z0-9<>]|\\[^\x00-\x7f]|\(\?(?!:)|[*+?}]\+|&&|--|~~|\|\|")
_UNLIKE_OUTSIDE_CLASS = re.compile(r"[.^$[]|\{(?![0-9]{1,3}(?:,(?:[0-9]{1,3})?)?\})")

_MARK = "__faults"
# Column names that plans use themselves, that polars takes for several columns, or narwhals for none.
_RESERVED = re.compile(r"(?s)__.*|\*|\^.*\$|")


class Constraint(NamedTuple):
    """One constraint of a table.

    Attributes:
        code: Code of the problem.
        columns: The columns it judges: one for a cell, more for a composite key or reference.
        bound: What the schema sets: a list, a pattern, a number, a type, a reference; None where the code says all.
        fails: Expression that is true for a failing cell; None for constraints that need other rows.
    """

    code: str
    columns: tuple[str, ...]
    bound: Any
    fails: nw.Expr | None = None


class Violation(NamedTuple):
    """One cell, key or reference that breaks its Table Schema.

    Attributes:
        table: Table name.
        key: Cells of the primary key of the row, as text; None for an empty one.
        column: Column name, empty where several columns are at fault together.
        code: Stable kebab-case name of the kind of fault.
        value: The cell as text, None for an empty one; several cells are joined with ';'.
    """

    table: str
    key: tuple[str | None, ...]
    column: str
    code: str
    value: str | None


def compiled(table: Table) -> list[Constraint]:
    """List the constraints of a table, for each cell in the order in which the first failing one is reported.

    Raises:
        PackageError: The schema holds a constraint, type or pattern that cannot be compiled.
    """
    columns = table.columns
    if not columns or len({*columns}) < len(columns) or any(map(_RESERVED.fullmatch, columns)):
        raise PackageError(
            f"the columns are {_list(columns) or 'none'}; expected names, none twice, empty, with __ in front,"
            " * or of the form ^…$"
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
    cell = nw.col(field.name)
    known = dict(field.constraints)
    for name, bound in known.items():
        if name in _BOUNDS and not _BOUNDS[name](field.type, bound):
            raise PackageError(f"{field.name} has {name} {bound!r}, by which no {field.type} can be judged")
    if field.categories and known.get("enum") != list(field.categories):
        raise PackageError(f"{field.name} has the categories {_list(field.categories)}, and another enum")
    known.pop("unique", None)
    if known.pop("required", False):
        yield Constraint("required-cell", (field.name,), None, cell.is_null())
    if field.type in _TYPES:
        yield Constraint("wrong-type", (field.name,), field.type, ~_matches(cell, _TYPES[field.type]))
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


def _matches(cell: nw.Expr, pattern: str) -> nw.Expr:
    return cell.str.contains(_whole(pattern))


def _whole(pattern: str) -> str:
    # \z and not $: some engines let $ match before a last line feed.
    return rf"^(?:{pattern})\z"


def matched(cells: Sequence[str], pattern: str) -> list[bool]:
    """Match texts with the pattern of a column in polars, whose time grows with the text alone; that of `re` explodes.

    Raises:
        PackageError: polars does not take the pattern.
    """
    import polars as pl

    try:
        return pl.Series(cells, dtype=pl.String).str.contains(_whole(pattern[4:-2])).to_list()
    except pl.exceptions.ComputeError:
        raise PackageError(f"a pattern is too large or too deep to be compiled: {pattern}") from None


def prove(table: Table) -> None:
    """Compile a table's constraints for polars.

    Raises:
        PackageError: The schema holds a constraint, type or pattern that cannot be compiled.
    """
    for constraint in compiled(table):
        if constraint.code == "pattern":
            matched([""], constraint.bound)


def _comparable(cell: nw.Expr, kind: str) -> nw.Expr:
    if kind == "date":
        return cell
    return nw.when(_matches(cell, _TYPES[kind])).then(cell).cast(nw.Float64)


# By constraint: the code of the problem, and the test of a cell by its type and the bound that the schema sets.
_COMPILERS: dict[str, tuple[str, Callable[[nw.Expr, str, Any], nw.Expr]]] = {
    "enum": ("not-in-list", lambda cell, _, bound: ~cell.is_in(bound)),
    "pattern": ("pattern", lambda cell, _, bound: ~_matches(cell, bound[4:-2])),
    "minLength": ("too-short", lambda cell, _, bound: cell.str.len_chars() < bound),
    "maxLength": ("too-long", lambda cell, _, bound: cell.str.len_chars() > bound),
    "minimum": ("too-small", lambda cell, kind, bound: _comparable(cell, kind) < bound),
    "maximum": ("too-large", lambda cell, kind, bound: _comparable(cell, kind) > bound),
}


def _is_number(bound: object) -> bool:
    # Beyond 2^53 the engines round differently.
    return isinstance(bound, int | float) and not isinstance(bound, bool) and -(2**53) < bound < 2**53


def _is_least_or_most(kind: str, bound: object) -> bool:
    if kind == "date":
        return isinstance(bound, str) and bool(re.fullmatch(_DATE, bound))
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


def plans(table: Table, constraints: Sequence[Constraint], frames: Mapping[str, Frame]) -> list[Frame]:
    """Give the failing rows of a table: a plan for the cells, and one for each key and reference.

    Each can be run alone, which bounds what an engine holds at once.

    Args:
        table: The table.
        constraints: What to judge, from `compiled`.
        frames: Frames by table, every column as text, null for an empty cell; those referred to among them.

    Returns:
        Lazy frames with the columns of the table's frame and `__faults`: the places in `constraints` of those that
        failed, separated by spaces.
    """
    frame = frames[table.name]
    fails = {str(number): c.fails for number, c in enumerate(constraints) if c.fails is not None}
    made = []
    if fails:
        marks = [nw.when(fail).then(nw.lit(mark)).otherwise(nw.lit("")) for mark, fail in fails.items()]
        failing = frame.filter(nw.any_horizontal(*fails.values(), ignore_nulls=True))
        made.append(failing.with_columns(nw.concat_str(*marks, separator=" ").alias(_MARK)))
    for number, constraint in enumerate(constraints):
        if constraint.fails is None:
            rows = _unknown(frame, constraint.bound, frames) if constraint.bound else _repeated(frame, constraint)
            made.append(rows.with_columns(nw.lit(str(number)).alias(_MARK)))
    return made


def _unknown(frame: Frame, reference: Reference, frames: Mapping[str, Frame]) -> Frame:
    given = frame.filter(*(~nw.col(name).is_null() for name in reference.fields))
    target = frames[reference.table].select(*reference.keys)
    return given.join(target, left_on=list(reference.fields), right_on=list(reference.keys), how="anti")


def _repeated(frame: Frame, constraint: Constraint) -> Frame:
    columns = list(constraint.columns)
    given = frame.select(*columns).filter(*(~nw.col(name).is_null() for name in columns))
    repeated = given.group_by(*columns).agg(nw.len().alias("__count")).filter(nw.col("__count") > 1)
    return frame.join(repeated.select(*columns), on=columns, how="semi")


def first_faults(
    rows: Iterable[Mapping[str, Any]], constraints: Sequence[Constraint], identity: Sequence[str]
) -> Iterator[tuple[Mapping[str, Any], Constraint]]:
    """Give the failing rows of a collected plan with the first constraint that each cell breaks.

    Args:
        rows: Rows of `plans`, as dicts.
        constraints: Those that were given to `plans`.
        identity: Columns that tell one row from another.
    """
    together: dict[tuple[Any, ...], tuple[Mapping[str, Any], set[int]]] = {}
    for row in rows:
        _, marks = together.setdefault(tuple(row[name] for name in identity), (row, set()))
        marks.update(map(int, row[_MARK].split()))
    for row, marks in together.values():
        reported: set[str] = set()
        for mark in sorted(marks):
            if reported.isdisjoint(constraints[mark].columns):
                reported.update(constraints[mark].columns)
                yield row, constraints[mark]


def violations(tables: Iterable[Table], frames: Mapping[str, Any]) -> list[Violation]:
    """Find what breaks the Table Schemas, on any engine's frames; see `Dataset.violations`."""
    tables = list(tables)
    texts = {table.name: _as_text(nw.from_native(frames[table.name]).lazy(), table) for table in tables}
    found = set()
    for table in tables:
        for reference in table.references:
            if reference.table not in texts:
                raise UsageError(f"{table.name} refers to {reference.table}; give its frame too")
        constraints = compiled(table)
        # One after the other: to judge keys and references at once would hold the keys of several tables in memory.
        parts = (plan.collect() for plan in plans(table, constraints, texts))
        rows = (row for part in parts for row in part.iter_rows(named=True))
        for row, constraint in first_faults(rows, constraints, table.columns):
            cells = [row[column] for column in constraint.columns]
            value = cells[0] if len(cells) == 1 else ";".join(map(str, cells))
            column = constraint.columns[0] if len(cells) == 1 else ""
            found.add(Violation(table.name, tuple(row[name] for name in table.key), column, constraint.code, value))
    return sorted(found, key=lambda violation: tuple(map(str, violation)))


def _as_text(frame: Frame, table: Table) -> Frame:
    missing = set(table.columns) - set(frame.collect_schema().names())
    if missing:
        raise UsageError(f"the frame of {table.name} lacks {_list(sorted(missing))}; columns: {_list(table.columns)}")
    texts = {name: nw.col(name).cast(nw.String) for name in table.columns}
    return frame.select(**{name: nw.when(text != "").then(text) for name, text in texts.items()})


def _list(names: Iterable[str]) -> str:
    return ", ".join(names)
