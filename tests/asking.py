"""Ask rules about a few rows, in a database in memory."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING, Any

from packages import HERE

from china_ai_lawmaking.package import descriptor
from china_ai_lawmaking.rules import ask, rules_of
from china_ai_lawmaking.rules.prepared import date_columns
from china_ai_lawmaking.validating.database import Database

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from china_ai_lawmaking.rules import Rule

TABLES = {name: descriptor.open_package().table(name) for name in descriptor.open_package().names()}
RULES = rules_of(TABLES)
# Date of the version in which the rows stand.
CREATED = "2025-03-10"

Cells = dict[str, Any]
PERIODS = {4: ("year", "-01-01"), 7: ("month", "-01")}


def boundaries() -> dict[str, dict[str, list[Cells]]]:
    """The rows of `boundaries.toml`: tables by the code of a rule."""
    return tomllib.loads((HERE / "boundaries.toml").read_text(encoding="utf-8"))


def database(rows: Mapping[str, Sequence[Cells]], code: str = "") -> Database:
    """Prepare a database that has some rows, and every table that the rules of a code read.

    Only the cells that are filled are given, dates to their precision.
    """
    made = Database()
    for name, given in rows.items():
        table = TABLES[name]
        texts = []
        for row in given:
            cells = filled(name, row)
            assert cells.keys() <= {*table.columns, "fails"}, f"{name}: {cells.keys() - set(table.columns)}"
            texts.append([cells.get(column) or "" for column in table.columns])
        made.fill(table, texts)
    names = {*rows, *(name for rule in RULES if rule.code == code for name in rule.reads)}
    made.prepare({name: TABLES[name] for name in names}, CREATED)
    return made


def filled(table: str, row: Cells) -> Cells:
    """Write each date of a row as the day that is stored, with its precision."""
    cells = dict(row)
    for names in date_columns(TABLES[table]):
        if date := row.get(names["date"]):
            precision, rest = PERIODS.get(len(date), ("day", ""))
            cells = {names["precision"]: precision, **cells, names["date"]: date + rest}
    return cells


def asked(made: Database, rules: Iterable[Rule]) -> list[tuple[Rule, Cells]]:
    """The faulty rows of rules, each with its rule."""
    return list(ask(made.rows, rules))


def found(code: str, made: Database) -> set[tuple[str, int]]:
    """Tables and rows that the rules of a code find."""
    there = {row["table_name"] for row in made.rows("select table_name from duckdb_tables()")}
    rules = [rule for rule in RULES if rule.code == code and rule.reads.keys() <= there]
    return {(rule.table, row["row"]) for rule, row in asked(made, rules)}
