"""Run the layers of checks over a package: structure, constraints, meaning, files; each on what the one below left."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import NamedTuple

import narwhals as nw
import polars as pl

from ..errors import PackageError
from ..package.descriptor import locate
from ..package.files import DESCRIPTOR
from ..problems import Problem
from ..rules.old import CELL, rules_of
from . import canonical, constraints, crosscheck, explanations, structure

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from typing import Any

    from ..package.descriptor import Field, Package, Table
    from ..rules.old import Rule
    from ..rules.old.rule import Frame, Frames
    from .constraints import Constraint
    from .structure import Records

CODES = {
    "bad-schema": "a file of `schemas/` is no Table Schema, or it or the descriptor asks for what cannot be checked",
}

# A suggestion compares a value with every key or listed value: rows that are wrong in the thousands have one cause, not
# a typing error.
_SUGGESTIONS = 100

# Files and rules at a time: while one waits for a single core, another computes. More would hold more at once.
_THREADS = 2

# Below so many rows a plan that streams costs more to start than to run.
_FEW_ROWS = 100_000


class Verdict(NamedTuple):
    """What a validation found.

    Attributes:
        problems: Every problem, sorted.
        rows: Rows by table; None for a table that cannot be read.
        files: The data files that were looked at.
    """

    problems: list[Problem]
    rows: Mapping[str, int | None]
    files: tuple[str, ...]


class _Checked(NamedTuple):
    """A table whose file could be read: its description, records, and the cells already reported."""

    table: Table
    records: Records
    reported: set[tuple[int, str]]


def judge(package: Package, *, cross_check: bool = False) -> Verdict:
    """Check a package.

    Args:
        package: The package.
        cross_check: Whether to run frictionless too, and make a problem of every difference.

    Raises:
        PackageError: The package as a whole cannot be used.
    """
    tables, problems = _described(package)
    rows: dict[str, int | None] = dict.fromkeys(package.names())
    records: dict[str, Records] = {}
    checked: dict[str, _Checked] = {}
    # The largest first: its bytes are gone before the frames of the others are there.
    largest = sorted(tables.values(), key=lambda table: table.bytes or 0, reverse=True)
    with ThreadPoolExecutor(_THREADS) as threads:
        for table, (of_table, found) in zip(largest, threads.map(partial(_read, package), largest), strict=True):
            records[table.name] = of_table
            problems += found
            rows[table.name] = of_table.rows
            if of_table.frame is not None:
                checked[table.name] = _Checked(table, of_table, set())
    frames = {name: nw.from_native(one.records.texts()) for name, one in checked.items()}
    with pl.Config() as settings:
        settings.set_engine_affinity("in-memory" if sum(filter(None, rows.values())) < _FEW_ROWS else "streaming")
        for one in checked.values():
            problems += _constraint_problems(one, checked, frames)
        rules = rules_of(tables, package.created)
        problems += _rule_problems([rule for rule in rules if _is_ready(rule, checked)], checked, frames)
    if cross_check:
        problems += crosscheck.disagreements(package, tables, records, tuple(problems))
    paths = tuple(package.resource_path(name) for name in package.names())
    return Verdict(sorted(problems), rows, paths)


def validate(package: Package) -> list[Problem]:
    """Give what is wrong with a package; see `Dataset.validate`."""
    return judge(package).problems


def codes() -> dict[str, str]:
    """List the codes of all problems with what each means."""
    layers = structure.CODES | canonical.CODES | CODES | constraints.CODES | crosscheck.CODES
    shipped = locate()
    made = rules_of({name: shipped.table(name) for name in shipped.names()}, shipped.created)
    return layers | {rule.code: rule.meaning for rule in made}


def _described(package: Package) -> tuple[dict[str, Table], list[Problem]]:
    """Give the tables whose schema can be used, and what is wrong with the other schemas."""
    tables: dict[str, Table] = {}
    problems: list[Problem] = []
    for name in package.names():
        path = package.schema_path(name)
        try:
            package.files.read(path)
            tables[name] = package.table(name)
            constraints.prove(tables[name])
        except FileNotFoundError:
            problems.append(Problem(path, 0, "", "missing-file", f"missing; it is the schema of table {name!r}"))
        except PackageError as error:
            at = DESCRIPTOR if str(error).startswith(f"{DESCRIPTOR} ") else path
            problems.append(Problem(at, 0, "", "bad-schema", str(error).removeprefix(f"{at} ")))
    for table in tables.values():
        fault = _key_fault(table, tables, package.names())
        if fault:
            problems.append(Problem(table.schema_path, 0, "", "bad-schema", fault))
    faulty = {problem.path for problem in problems}
    return {name: table for name, table in tables.items() if table.schema_path not in faulty}, problems


def _quoted(names: Iterable[str]) -> str:
    return ", ".join(map(repr, names)) or "nothing"


def _key_fault(table: Table, tables: Mapping[str, Table], names: Sequence[str]) -> str:
    used = {*table.key, *(name for reference in table.references for name in reference.fields)} - set(table.columns)
    if used:
        return f"a key names {_quoted(sorted(used))}, which is no column"
    for names_of_key in (table.key, *(reference.fields for reference in table.references)):
        if len({*names_of_key}) < len(names_of_key):
            return f"a key names {_quoted(names_of_key)}; expected none twice"
    for reference in table.references:
        if not reference.fields or len(reference.fields) != len({*reference.keys}):
            return f"a reference leads from {_quoted(reference.fields)} to {_quoted(reference.keys)}"
        if reference.table not in names:
            return f"a reference leads to table {reference.table!r}, which the package does not have"
        if reference.table in tables and not set(reference.keys) <= set(tables[reference.table].columns):
            return f"a reference leads to {_quoted(reference.keys)} of table {reference.table!r}"
    return ""


def _read(package: Package, table: Table) -> tuple[Records, list[Problem]]:
    try:
        data = package.files.read(table.path)
    except FileNotFoundError:
        problem = structure.missing(table)
        return structure.unusable(problem), [problem]
    records = structure.read(data, table.path, table.columns)
    return records, records.problems + canonical.problems(data, table, records)


def _constraint_problems(one: _Checked, checked: Mapping[str, _Checked], frames: Frames) -> Iterator[Problem]:
    table, records, reported = one
    judged = [c for c in constraints.compiled(table) if c.code != "unknown-reference" or _is_whole(c, checked)]
    if canonical.is_rising(table, records):
        judged = [c for c in judged if c.code != "duplicate-key"]
    if not judged:
        return
    rows = sorted(
        _collected(nw.concat(constraints.plans(table, judged, frames))).iter_rows(named=True),
        key=lambda row: int(row["__row"]),
    )
    first: dict[tuple[Any, ...], int] = {}
    suggested: dict[tuple[str, str], dict[str | None, str]] = {}
    for row, constraint in constraints.first_faults(rows, judged, ["__row"]):
        number = row["__row"]
        cells = [row[column] for column in constraint.columns]
        target = ""
        if constraint.code in ("duplicate-key", "not-unique"):
            above = first.setdefault((constraint.columns, *cells), number)
            if above == number:
                continue
            target = str(records.lines[above])
        reported.update((number, column) for column in constraint.columns)
        if number in records.broken:
            continue
        column = constraint.columns[0] if len(cells) == 1 else ""
        if constraint.code == "unknown-reference":
            target = checked[constraint.bound.table].table.path
        hints = suggested.setdefault((constraint.code, column), {})
        if column and cells[0] not in hints and len(hints) < _SUGGESTIONS:
            hints[cells[0]] = _hint(constraint, table.field(column), cells[0] or "", checked)
        message = explanations.message(constraint, cells, target)
        yield Problem(table.path, records.lines[number], column, constraint.code, message, hints.get(cells[0], ""))


def _hint(constraint: Constraint, field: Field, value: str, checked: Mapping[str, _Checked]) -> str:
    if constraint.code == "unknown-reference":
        return explanations.did_you_mean(value, _keys_like(value, constraint, checked[constraint.bound.table]))
    return explanations.hint(constraint, field, value)


def _is_whole(constraint: Constraint, checked: Mapping[str, _Checked]) -> bool:
    target = checked.get(constraint.bound.table)
    return target is not None and not target.records.lost


def _keys_like(value: str, constraint: Constraint, target: _Checked) -> list[str]:
    key = pl.col(constraint.bound.keys[0])
    near = (key.str.len_chars().cast(pl.Int64) - len(value)).abs() <= 3
    same_start, same_end = key.str.starts_with(value[:3]), key.str.ends_with(value[-3:])
    keys = target.records.texts().filter(near & (same_start | same_end)).select(key).head(1000)
    return keys.collect().to_series().to_list()


def _is_ready(rule: Rule, checked: Mapping[str, _Checked]) -> bool:
    """Tell whether a rule can find a fault, and what it reads of other tables is whole: no fault has two problems."""
    if rule.table not in checked or not checked[rule.table].records.rows:
        return False
    for name, columns in rule.reads.items():
        if name not in checked or checked[name].records.broken:
            return False
        if name != rule.table and any(column in columns for _, column in checked[name].reported):
            return False
    return True


def _rule_problems(
    rules: Sequence[Rule], checked: Mapping[str, _Checked], frames: dict[str, Frame]
) -> Iterator[Problem]:
    with ThreadPoolExecutor(_THREADS) as threads:
        screens = {rule.table: rule.suspects for rule in rules if rule.suspects is not None}
        screened = threads.map(lambda table: _collected(frames[table].filter(screens[table])), screens)
        suspects = {
            table: frames | {table: nw.from_native(rows.lazy())}
            for table, rows in zip(screens, screened, strict=True)
            if rows.height
        }
        rules = [rule for rule in rules if rule.suspects is None or rule.table in suspects]
        given = [frames if rule.suspects is None else suspects[rule.table] for rule in rules]
        judged = threads.map(lambda rule, frames: _collected(rule.faults(frames)), rules, given)
        for rule, faulty in zip(rules, judged, strict=True):
            yield from _problems_of(rule, faulty, checked)


def _problems_of(rule: Rule, faulty: pl.DataFrame, checked: Mapping[str, _Checked]) -> Iterator[Problem]:
    one = checked[rule.table]
    for row in faulty.iter_rows(named=True):
        number, column = row["__row"], rule.column.format(**row)
        seen = (column,) if rule.column == CELL else rule.reads[rule.table]
        if not any((number, name) in one.reported for name in seen):
            values = row | _lines(row, checked)
            message, hint = rule.message.format(**values), rule.hint.format(**values)
            yield Problem(one.table.path, one.records.lines[number], column, rule.code, message, hint)


def _collected(plan: nw.LazyFrame[Any]) -> pl.DataFrame:
    # The frames are in memory: what a plan reads twice needs no copy.
    flags = pl.QueryOptFlags(comm_subplan_elim=False)
    frame: pl.DataFrame = plan.collect("polars", optimizations=flags).to_native()
    return frame


def _lines(row: Mapping[str, Any], checked: Mapping[str, _Checked]) -> dict[str, int]:
    others = {
        name.removesuffix("__row"): number for name, number in row.items() if name.endswith("__row") and name != "__row"
    }
    return {
        f"{name}__line": checked[name].records.lines[number] for name, number in others.items() if number is not None
    }
