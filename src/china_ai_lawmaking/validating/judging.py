"""Judge the tables of a database: the constraints of each, then the rules; no fault is told twice."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from ..loading.csv import ParsedFile
from ..package.descriptor import Table
from ..problems import Problem
from ..rules import CELL, Rule, ask, not_among, rules_of
from ..rules.prepared import quoted
from . import constraints, explanations
from .constraints import Constraint
from .database import Database
from .spark import SparkDatabase

# A suggestion compares a value with every key or listed value: rows that are wrong in the thousands have one cause, not
# a typing error.
_SUGGESTIONS = 100


class Judge:
    """What is known of the tables of one database while their problems are looked for.

    Attributes:
        parsed: What was read of each table that was added.
        not_run: Codes of the rules that the engine cannot run, or that read what is not among the tables.
    """

    def __init__(self, database: Database | SparkDatabase, tables: Mapping[str, Table], created: str) -> None:
        """Begin with no table.

        Args:
            database: Where `raw.<table>` is, or will be, for each table that is added; problems are worded of files.
            tables: All tables that the rules may ask about.
            created: ISO date of the version, after which no step has happened yet; empty where it is not known.
        """
        self._database: Any = database
        self._tables = tables
        self._created = created
        self.parsed: dict[str, ParsedFile] = {}
        self._rising: dict[str, bool] = {}
        # The columns of the cells that have a fault already, by table and record number.
        self._reported: dict[str, dict[int, tuple[str, ...]]] = {}
        self._rules = [rule for rule in rules_of(tables) if not (database.sql_only and rule.python)]
        self.not_run = not_among(self._rules)

    def add(self, name: str, parsed: ParsedFile, *, is_rising: bool = False) -> None:
        """Add a table, or give it anew, whose cells are in the database, with what was read of it.

        Args:
            name: The table.
            parsed: What was read.
            is_rising: Whether it is known that no key is there twice.
        """
        self.parsed[name], self._reported[name] = parsed, {}
        self._rising[name] = is_rising

    def constraint_faults(self, name: str) -> Iterator[tuple[Mapping[str, Any], Constraint, int]]:
        """Judge the constraints of a table that was added; every table that it refers to was too.

        Yields:
            A row at fault with its `row`; the first constraint that a cell of it breaks; and the number of the first
            row that has the same value, where only one may have it, which is the row itself for that one.
        """
        table, reported = self._tables[name], self._reported[name]
        reported.clear()
        judged = [one for one in constraints.compiled(table) if self._is_open(name, one)]
        places = {name: f"raw.{quoted(name)}" for name in self.parsed}
        asked = self._database.united(constraints.queries(table, judged, places))
        found = [row for query in asked for row in self._database.rows(query)]
        found.sort(key=lambda row: row["row"])
        first: dict[tuple[Any, ...], int] = {}
        for row, constraint in constraints.first_faults(found, judged, ["row"]):
            above = -1
            if constraint.code in ("duplicate-key", "not-unique"):
                above = first.setdefault((constraint.columns, *(row[one] for one in constraint.columns)), row["row"])
            if above != row["row"]:
                reported[row["row"]] = reported.get(row["row"], ()) + constraint.columns
            yield row, constraint, above

    def constraint_problems(self, name: str) -> Iterator[Problem]:
        """Word what `constraint_faults` finds; of rows with the same value the first is not at fault."""
        table, parsed = self._tables[name], self.parsed[name]
        # One value is often wrong in many rows: by constraint, what is told of each.
        told: dict[int, dict[tuple[str | None, ...], tuple[str, str]]] = {}
        for row, constraint, above in self.constraint_faults(name):
            number, cells = row["row"], tuple([row[column] for column in constraint.columns])
            if above == number or number in parsed.bad_rows:
                continue
            known = told.setdefault(id(constraint), {})
            if above >= 0 or cells not in known:
                known[cells] = self._worded(table, constraint, cells, above, with_hint=len(known) < _SUGGESTIONS)
            column = constraint.columns[0] if len(cells) == 1 else ""
            yield Problem(table.path, parsed.lines[number], column, constraint.code, *known[cells])

    def _worded(
        self, table: Table, constraint: Constraint, cells: tuple[str | None, ...], above: int, *, with_hint: bool
    ) -> tuple[str, str]:
        """Give message and hint of one fault."""
        target = str(self.parsed[table.name].lines[above]) if above >= 0 else ""
        if constraint.code == "unknown-reference":
            target = self._tables[constraint.bound.table].path
        hint = ""
        if with_hint and len(cells) == 1:
            field = table.field(constraint.columns[0])
            hint = explanations.hint(constraint, field, cells[0] or "", self._database)
        return explanations.message(constraint, cells, target), hint

    def rule_faults(self, names: Collection[str]) -> Iterator[tuple[Rule, Mapping[str, Any], str]]:
        """Judge the rules of some of the tables, after the constraints of all.

        Yields:
            The rule; the row of its query; the column at fault, empty for the whole row.
        """
        self._database.prepare(self._tables, self._created)
        ready = [rule for rule in self._rules if rule.table in names and self._is_ready(rule)]
        for rule, row in ask(self._database.rows, ready):
            column = row["column"] if rule.column == CELL else rule.column
            seen = (column,) if rule.column == CELL else rule.reads[rule.table]
            if not any(name in seen for name in self._reported[rule.table].get(row["row"], ())):
                yield rule, row, column

    def rule_problems(self, names: Collection[str]) -> Iterator[Problem]:
        """Word what `rule_faults` finds."""
        for rule, row, column in self.rule_faults(names):
            lines = self.parsed[rule.table].lines
            told = dict(row)
            for name, number in row.items():
                if name.endswith("__row") and number is not None:
                    other = name.removesuffix("__row")
                    told[f"{other}__line"] = (lines if other == "own" else self.parsed[other].lines)[number]
            message, hint = rule.told(told)
            yield Problem(self._tables[rule.table].path, lines[row["row"]], column, rule.code, message, hint)

    def asked(self, name: str) -> dict[str, str]:
        """Give the codes of what a table is asked, each with what it means."""
        codes = {constraint.code for constraint in constraints.compiled(self._tables[name])}
        of_cells = {code: meaning for code, meaning in constraints.CODES.items() if code in codes}
        return of_cells | {rule.code: rule.asks for rule in self._rules if rule.table == name}

    def looked_at(self, name: str) -> set[str]:
        """Give the tables that the rules and references of a table look at."""
        read = {other for rule in self._rules if rule.table == name for other in rule.reads}
        return (read | {reference.table for reference in self._tables[name].references}) - {name}

    def _is_open(self, name: str, constraint: Constraint) -> bool:
        """Tell whether a constraint can find a fault, and the keys that it refers to are whole."""
        if constraint.code == "unknown-reference":
            target = self.parsed.get(constraint.bound.table)
            return target is not None and not target.unreadable_keys
        return constraint.code != "duplicate-key" or not self._rising[name]

    def _is_ready(self, rule: Rule) -> bool:
        """Tell whether a rule can find a fault, and what it reads of other tables is whole: no fault is told twice."""
        if rule.table not in self.parsed or not self.parsed[rule.table].rows:
            return False
        for name, columns in rule.reads.items():
            if name not in self.parsed or self.parsed[name].bad_rows:
                return False
            if name != rule.table and not all(map({*columns}.isdisjoint, self._reported[name].values())):
                return False
        return True
