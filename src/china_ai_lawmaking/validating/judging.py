"""Judge the tables of a database: the constraints of each, then the rules; no fault is told twice."""

from __future__ import annotations

from typing import NamedTuple

from ..problems import Problem
from ..rules import CELL, ask, rules_of
from ..rules.prepared import quoted
from . import constraints, explanations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping
    from typing import Any

    from ..loading.csv import ParsedFile
    from ..package.descriptor import Field, Table
    from ..rules import Rule
    from .constraints import Constraint
    from .database import Database
    from .spark import SparkDatabase

# A suggestion compares a value with every key or listed value: rows that are wrong in the thousands have one cause, not
# a typing error.
_SUGGESTIONS = 100


class _Checked(NamedTuple):
    """A table whose cells could be read: its description, what was read, and the cells already reported."""

    table: Table
    parsed: ParsedFile
    is_rising: bool
    reported: set[tuple[int, str]]


class Judge:
    """What is known of the tables of one database while their problems are looked for.

    Attributes:
        not_run: Codes of the rules that are left out.
    """

    def __init__(
        self, database: Database | SparkDatabase, tables: Mapping[str, Table], created: str, *, sql_only: bool = False
    ) -> None:
        """Begin with no table.

        Args:
            database: Where `raw.<table>` is, or will be, for each table that is added.
            tables: All tables that the rules may ask about.
            created: ISO date of the version, after which no step has happened yet; empty where it is not known.
            sql_only: Whether to leave out the rules that need Python.
        """
        self._database = database
        self._tables = tables
        self._created = created
        self._checked: dict[str, _Checked] = {}
        rules = rules_of(tables)
        self._rules = [rule for rule in rules if not (sql_only and rule.python)]
        self.not_run = sorted({rule.code for rule in rules if sql_only and rule.python})

    def add(self, table: Table, parsed: ParsedFile, *, is_rising: bool = False) -> None:
        """Add a table, or give it anew, whose cells are in the database.

        Args:
            table: The table.
            parsed: What was read of it.
            is_rising: Whether it is known that no key is there twice.
        """
        self._checked[table.name] = _Checked(table, parsed, is_rising, set())

    def constraint_faults(self, name: str) -> Iterator[tuple[Mapping[str, Any], Constraint, int]]:
        """Judge the constraints of a table that was added; every table that it refers to was too.

        Yields:
            A row at fault with its `row`; the first constraint that a cell of it breaks; and the number of the first
            row that has the same value, where only one may have it, which is the row itself for that one.
        """
        table, _, is_rising, reported = self._checked[name]
        reported.clear()
        judged = [c for c in constraints.compiled(table) if c.code != "unknown-reference" or self._is_whole(c)]
        if is_rising:
            judged = [c for c in judged if c.code != "duplicate-key"]
        places = {name: f"raw.{quoted(name)}" for name in self._checked}
        found = [
            row
            for marked in self._database.united(constraints.queries(table, judged, places, "t.row"))
            for row in self._database.rows(
                f"select t.*, m.{constraints.MARKS} from {places[name]} as t join ({marked}) as m on m.row = t.row"
            )
        ]
        found.sort(key=lambda row: row["row"])
        first: dict[tuple[Any, ...], int] = {}
        for row, constraint in constraints.first_faults(found, judged, ["row"]):
            above = -1
            if constraint.code in ("duplicate-key", "not-unique"):
                above = first.setdefault((constraint.columns, *(row[one] for one in constraint.columns)), row["row"])
            if above != row["row"]:
                reported.update((row["row"], column) for column in constraint.columns)
            yield row, constraint, above

    def constraint_problems(self, name: str, database: Database) -> Iterator[Problem]:
        """Word what `constraint_faults` finds; of rows with the same value the first is not at fault."""
        table, parsed = self._checked[name][:2]
        suggested: dict[tuple[str, str], dict[str | None, str]] = {}
        for row, constraint, above in self.constraint_faults(name):
            number = row["row"]
            if above == number or number in parsed.bad_rows:
                continue
            cells = [row[column] for column in constraint.columns]
            column = constraint.columns[0] if len(cells) == 1 else ""
            target = str(parsed.lines[above]) if above >= 0 else ""
            if constraint.code == "unknown-reference":
                target = self._tables[constraint.bound.table].path
            hints = suggested.setdefault((constraint.code, column), {})
            if column and cells[0] not in hints and len(hints) < _SUGGESTIONS:
                hints[cells[0]] = _hint(constraint, table.field(column), cells[0] or "", database)
            message = explanations.message(constraint, cells, target)
            yield Problem(table.path, parsed.lines[number], column, constraint.code, message, hints.get(cells[0], ""))

    def rule_faults(self, names: Collection[str]) -> Iterator[tuple[Rule, Mapping[str, Any], str]]:
        """Judge the rules of some of the tables, after the constraints of all.

        Yields:
            The rule; the row of its query; the column at fault, empty for the whole row.
        """
        self._database.prepare(self._tables, self._created)
        ready = [rule for rule in self._rules if rule.table in names and self._is_ready(rule)]
        for rule, row in ask(self._database, ready):
            reported = self._checked[rule.table].reported
            column = row["column"] if rule.column == CELL else rule.column
            seen = (column,) if rule.column == CELL else rule.reads[rule.table]
            if not any((row["row"], name) in reported for name in seen):
                yield rule, row, column

    def rule_problems(self, names: Collection[str]) -> Iterator[Problem]:
        """Word what `rule_faults` finds."""
        for rule, row, column in self.rule_faults(names):
            one = self._checked[rule.table]
            message, hint = rule.told({**row, **self._lines(rule, row)})
            yield Problem(one.table.path, one.parsed.lines[row["row"]], column, rule.code, message, hint)

    @property
    def tables(self) -> list[str]:
        """The tables that were added."""
        return [*self._checked]

    def asked(self, name: str) -> dict[str, str]:
        """Give the codes of what a table is asked, each with what it means."""
        codes = {constraint.code for constraint in constraints.compiled(self._tables[name])}
        of_cells = {code: meaning for code, meaning in constraints.CODES.items() if code in codes}
        return of_cells | {rule.code: rule.asks for rule in self._rules if rule.table == name}

    def looked_at(self, name: str) -> set[str]:
        """Give the tables that the rules and references of a table look at."""
        read = {other for rule in self._rules if rule.table == name for other in rule.reads}
        return (read | {reference.table for reference in self._tables[name].references}) - {name}

    def _is_whole(self, constraint: Constraint) -> bool:
        target = self._checked.get(constraint.bound.table)
        return target is not None and not target.parsed.unreadable_keys

    def _is_ready(self, rule: Rule) -> bool:
        """Tell whether a rule can find a fault, and what it reads of other tables is whole: no fault is told twice."""
        if not (rule.table in self._checked and self._checked[rule.table].parsed.rows):
            return False
        for name, columns in rule.reads.items():
            if name not in self._checked or self._checked[name].parsed.bad_rows:
                return False
            if name != rule.table and any(column in columns for _, column in self._checked[name].reported):
                return False
        return True

    def _lines(self, rule: Rule, row: Mapping[str, Any]) -> dict[str, int]:
        others = {name.removesuffix("__row"): number for name, number in row.items() if name.endswith("__row")}
        return {
            f"{name}__line": self._checked[rule.table if name == "own" else name].parsed.lines[number]
            for name, number in others.items()
            if number is not None
        }


def _hint(constraint: Constraint, field: Field, value: str, database: Database) -> str:
    if constraint.code == "unknown-reference":
        return explanations.did_you_mean(value, _keys_like(value, constraint, database))
    return explanations.hint(constraint, field, value, database)


def _keys_like(value: str, constraint: Constraint, database: Database) -> list[str]:
    key = quoted(constraint.bound.keys[0])
    near = f"abs(length({key}) - {len(value)}) <= 3"
    ends = f"(starts_with({key}, $1) or ends_with({key}, $2))"
    query = (
        f"select {key} as key from raw.{quoted(constraint.bound.table)} where {near} and {ends} order by row limit 1000"
    )
    return [row["key"] for row in database.rows(query, [value[:3], value[-3:]])]
