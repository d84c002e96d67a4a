"""Ask rules about a few rows, in a database in memory."""

from __future__ import annotations

import itertools
import tomllib
from typing import TYPE_CHECKING, Any

import duckdb
from packages import HERE

from china_ai_lawmaking.package import descriptor
from china_ai_lawmaking.rules import ask, prepare, rules_of
from china_ai_lawmaking.rules.prepared import date_columns

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from china_ai_lawmaking.rules import Rule

TABLES = {name: descriptor.open_package().table(name) for name in descriptor.open_package().names()}
RULES = rules_of(TABLES)
SHARED, NUMBERS = duckdb.connect(config={"threads": 1}), itertools.count()
# Date of the version in which the rows stand.
CREATED = "2025-03-10"

Cells = dict[str, Any]
PERIODS = {4: ("year", "-01-01"), 7: ("month", "-01")}


def boundaries() -> dict[str, dict[str, list[Cells]]]:
    """The rows of `boundaries.toml`: tables by the code of a rule."""
    return tomllib.loads((HERE / "boundaries.toml").read_text(encoding="utf-8"))


def empty() -> duckdb.DuckDBPyConnection:
    """Give a new database with an empty schema `raw`: one more in that of this process, which is soon there."""
    con = SHARED.cursor()
    name = f"number_{next(NUMBERS)}"
    con.execute(f"attach ':memory:' as {name}; use {name}; create schema raw")
    return con


def database(rows: Mapping[str, Sequence[Mapping[str, Any]]], code: str = "") -> duckdb.DuckDBPyConnection:
    """Prepare a database that has some rows, and every table that the rules of a code read.

    Only the cells that are filled are given, dates to their precision.
    """
    con = empty()
    for name, given in rows.items():
        columns = TABLES[name].columns
        con.execute(f'create table raw."{name}" ("row" bigint, {", ".join(f"{column} varchar" for column in columns)})')
        values: list[Any] = []
        for number, row in enumerate(given):
            cells = filled(name, row)
            assert cells.keys() <= {*columns, "fails"}, f"{name}: {cells.keys() - set(columns)}"
            values += [number, *(cells.get(column) or None for column in columns)]
        if given:
            places = ", ".join([f"({', '.join('?' * (len(columns) + 1))})"] * len(given))
            con.execute(f'insert into raw."{name}" values {places}', values)
    names = {*rows, *(name for rule in RULES if rule.code == code for name in rule.reads)}
    prepare(con, {name: TABLES[name] for name in names}, CREATED)
    return con


def filled(table: str, row: Mapping[str, Any]) -> Cells:
    """Write each date of a row as the day that is stored, with its precision."""
    cells = dict(row)
    for names in date_columns(TABLES[table]):
        if date := row.get(names["date"]):
            precision, rest = PERIODS.get(len(date), ("day", ""))
            cells = {names["precision"]: precision, **cells, names["date"]: date + rest}
    return cells


def asked(con: duckdb.DuckDBPyConnection, rules: Iterable[Rule]) -> list[tuple[Rule, Cells]]:
    """The faulty rows of rules, each with its rule."""

    def query(sql: str) -> list[Cells]:
        done = con.execute(sql)
        names = [column[0] for column in done.description]
        return [dict(zip(names, row, strict=True)) for row in done.fetchall()]

    return list(ask(query, rules))


def found(code: str, con: duckdb.DuckDBPyConnection) -> set[tuple[str, int]]:
    """Tables and rows that the rules of a code find."""
    query = "select table_name from duckdb_tables() where database_name = current_database()"
    there = {name for (name,) in con.execute(query).fetchall()}
    rules = [rule for rule in RULES if rule.code == code and rule.reads.keys() <= there]
    return {(rule.table, row["row"]) for rule, row in asked(con, rules)}
