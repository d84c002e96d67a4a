"""What breaks the Table Schemas, and the rules where it is asked for, in the frames of any engine."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from ..errors import UsageError
from ..loading.csv import ParsedFile
from ..rules.prepared import quoted
from . import constraints, frames
from .database import Database
from .judging import Judge
from .spark import SparkDatabase

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from ..package.descriptor import Table


class Violation(NamedTuple):
    """One cell, key or reference that breaks its Table Schema, or a rule.

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


class Violations(list[Violation]):
    """Violations, sorted.

    Attributes:
        not_run: Codes of rules that the engine cannot run, or that need a table which was not given.
    """

    not_run: tuple[str, ...] = ()


def violations(tables: Sequence[Table], given: Mapping[str, Any], created: str, *, rules: bool) -> Violations:
    """Find what breaks the Table Schemas; see `Dataset.violations`."""
    for table in tables:
        for reference in table.references:
            if reference.table not in given:
                raise UsageError(f"{table.name} refers to {reference.table}; give its frame too")
    engine = frames.engine(given)
    if rules:
        return _with_rules(tables, given, created, engine)
    places = {table.name: f"raw.{quoted(table.name)}" for table in tables}
    if engine == "duckdb":
        with frames.relations(tables, given) as (ask, places):
            found = [*_of_constraints(tables, ask, places)]
    elif engine == "pyspark":
        with SparkDatabase(tables, given, with_rows=False) as spark:
            found = [*_of_constraints(tables, spark.rows, places)]
    else:
        with Database() as database:
            for table in tables:
                frames.read(database, table, given[table.name])
            found = [*_of_constraints(tables, database.rows, places)]
    return Violations(_sorted(found))


def _with_rules(tables: Sequence[Table], given: Mapping[str, Any], created: str, engine: str) -> Violations:
    """Number the rows, so that the constraints and the rules agree which cells are told already."""
    with Database() if engine != "pyspark" else SparkDatabase(tables, given, with_rows=True) as database:
        judge = Judge(database, {table.name: table for table in tables}, created, sql_only=engine == "pyspark")
        for table in tables:
            if isinstance(database, Database):
                frames.read(database, table, given[table.name])
            judge.add(table, ParsedFile(1, (), frozenset(), False, []))
        found = [
            _violation(table, row, constraint.columns, constraint.code)
            for table in tables
            for row, constraint, _ in judge.constraint_faults(table.name)
        ]
        at_fault: dict[str, list[tuple[int, str, str]]] = {table.name: [] for table in tables}
        for rule, row, column in judge.rule_faults(at_fault):
            at_fault[rule.table].append((row["row"], column, rule.code))
        for table in tables:
            faults = at_fault[table.name]
            numbers = ", ".join(str(number) for number in sorted({number for number, _, _ in faults}))
            query = f"select * from raw.{quoted(table.name)} where row in ({numbers})"
            rows = {row["row"]: row for row in database.rows(query)} if faults else {}
            for number, column, code in faults:
                one = _violation(table, rows[number], (column,) if column else table.key, code)
                found.append(one if column else one._replace(column=""))
        result = Violations(_sorted(found))
        result.not_run = tuple(judge.not_run)
        return result


def _violation(table: Table, row: Mapping[str, Any], columns: Sequence[str], code: str) -> Violation:
    cells = [row[column] for column in columns]
    value = cells[0] if len(cells) == 1 else ";".join(map(str, cells))
    key = tuple(row[name] for name in table.key)
    return Violation(table.name, key, columns[0] if len(cells) == 1 else "", code, value)


def _of_constraints(tables: Sequence[Table], ask: frames.Ask, places: Mapping[str, str]) -> Iterator[Violation]:
    for table in tables:
        judged = constraints.compiled(table)
        # One after the other: to judge keys and references at once would hold the keys of several tables in memory.
        rows = (row for query in constraints.queries(table, judged, places) for row in ask(query))
        for row, constraint in constraints.first_faults(rows, judged, table.columns):
            yield _violation(table, row, constraint.columns, constraint.code)


def _sorted(found: Iterator[Violation] | list[Violation]) -> list[Violation]:
    return sorted({*found}, key=lambda violation: tuple(map(str, violation)))
