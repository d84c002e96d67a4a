"""What breaks the Table Schemas, and the rules where it is asked for, in the frames of any engine."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from ..errors import UsageError
from ..loading.csv import ParsedFile
from ..package.descriptor import Table
from ..rules.prepared import quoted
from . import constraints, frames
from .database import Database
from .judging import Judge
from .spark import SparkDatabase


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
        not_run: Codes of rules that the engine cannot run, or that read a table which was not given.
    """

    def __init__(self, found: Iterable[Violation], not_run: Iterable[str] = ()) -> None:
        """Sort what was found; what several queries find is there once."""
        super().__init__(sorted({*found}, key=lambda violation: tuple(map(str, violation))))
        self.not_run = tuple(not_run)


def violations(tables: Sequence[Table], given: Mapping[str, Any], created: str, *, rules: bool) -> Violations:
    """Find what breaks the Table Schemas; see `Dataset.violations`."""
    for table in tables:
        for reference in table.references:
            if reference.table not in given:
                raise UsageError(f"{table.name} refers to {reference.table}; give its frame too")
    engine = frames.engine(given)
    if engine == "duckdb" and not rules:
        with frames.relations(tables, given) as (ask, places):
            return Violations(_of_constraints(tables, ask, places))
    if engine == "pyspark":
        with SparkDatabase(tables, given, with_rows=rules) as spark:
            if rules:
                return _judged(tables, spark, created, rules=True)
            return Violations(_of_constraints(tables, spark.rows, {name: f"raw.{quoted(name)}" for name in given}))
    with Database() as database:
        for table in tables:
            frames.read(database, table, given[table.name])
        return _judged(tables, database, created, rules=rules)


def _of_constraints(tables: Sequence[Table], ask: frames.Ask, places: Mapping[str, str]) -> Iterator[Violation]:
    """Judge frames where they are, whose rows have no number."""
    for table in tables:
        judged = constraints.compiled(table)
        # One after the other: to judge keys and references at once would hold the keys of several tables in memory.
        rows = (row for query in constraints.queries(table, judged, places) for row in ask(query))
        for row, constraint in constraints.first_faults(rows, judged, table.columns):
            yield _violation(table, row, constraint.columns, constraint.code)


def _judged(tables: Sequence[Table], database: Database | SparkDatabase, created: str, *, rules: bool) -> Violations:
    judge = Judge(database, {table.name: table for table in tables}, created)
    for table in tables:
        judge.add(table.name, ParsedFile(1, ()))
    found = [
        _violation(table, row, constraint.columns, constraint.code)
        for table in tables
        for row, constraint, _ in judge.constraint_faults(table.name)
    ]
    if not rules:
        return Violations(found)
    faults = list(judge.rule_faults(judge.parsed))
    for table in tables:
        own = [(rule.code, row["row"], column) for rule, row, column in faults if rule.table == table.name]
        numbers = ", ".join({str(number) for _, number, _ in own}) or "null"
        asked = database.rows(f"select * from raw.{quoted(table.name)} where row in ({numbers})")
        rows = {row["row"]: row for row in asked}
        found += [_violation(table, rows[number], [column] if column else [], code) for code, number, column in own]
    return Violations(found, judge.not_run)


def _violation(table: Table, row: Mapping[str, Any], columns: Sequence[str], code: str) -> Violation:
    """Give one record; no columns stand for the whole row, which its key tells."""
    cells = [row[column] for column in columns or table.key]
    value = cells[0] if len(cells) == 1 else ";".join(map(str, cells))
    key = tuple(row[name] for name in table.key)
    return Violation(table.name, key, columns[0] if len(columns) == 1 else "", code, value)
