"""What a rule is, how one is written, and what it reads of the record."""

import functools
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from string import Template
from typing import Any

from ..package.descriptor import Table
from .prepared import PREPARED, derived, literal

Tables = Mapping[str, Table]
Row = dict[str, Any]
Parts = Mapping[str, str]
Columns = Mapping[str, Mapping[str, tuple[str, ...]]]

# In place of a column: the query names it in `column`, and each cell is judged by itself.
CELL = "*"

_NO_ALIAS = r"(?!(?:on|where|group|join|left|cross|union|anti|semi)\b)"
_SOURCE = re.compile(rf'(?<!distinct )\b(?:from|join)\s+(\w+|"[^"]+")(?:\s+{_NO_ALIAS}(\w+))?(?=[\s)]|\Z)')
_COLUMN = re.compile(r'\b(\w+)\.(\w+|"[^"]+")')
_MADE = re.compile(r"\b(\w+) as \(")
_TEXT = re.compile(r"'(?:[^']|'')*'")


@dataclass(frozen=True)
class Rule:
    """One rule of meaning on one table.

    Attributes:
        code: Stable kebab-case name of the fault.
        table: Table whose rows are judged.
        column: Column that the problem names, `CELL`, or empty for the row.
        asks: What the rule asks, in one sentence.
        says: What is wrong with a row: a template over the columns of the query.
        hint: How to mend it, or empty; a template too.
        sql: Query over the prepared tables that returns the faulty rows: `row`, and what `says` and `hint` name. A
            column `<table>__row` is the record number of another row, `own__row` that of one of the same table; they
            name it by `<table>__line` and `own__line`.
        reads: Columns that the query looks at, by table, without the record number.
        of: The tables that `ids` and `odd_cells` stand for. Copies for several tables can have one query, which names
            in `tbl` the last of these.
        python: Where SQL cannot decide: makes the faulty rows of those that the query returns.
    """

    code: str
    table: str
    column: str
    asks: str
    says: str
    hint: str
    sql: str
    reads: Mapping[str, tuple[str, ...]]
    of: tuple[str, ...]
    python: Callable[[Iterable[Row]], Iterable[Row]] | None

    def told(self, row: Mapping[str, Any]) -> tuple[str, str]:
        """Word the fault of one row: message and hint. An empty cell reads: nothing."""
        words = {name: _NOTHING if value is None else value for name, value in row.items()}
        return self.says.format(**words), self.hint.format(**words)


class _Nothing:
    def __repr__(self) -> str:
        return "nothing"


_NOTHING = _Nothing()


# Each makes the copies of one rule for the tables of a contract, by the rule's code.
_WRITTEN: list[tuple[str, Callable[[Tables, Columns], Iterator[Rule]]]] = []


def rule(
    code: str,
    *,
    at: str,
    asks: str,
    says: str,
    hint: str = "",
    sql: str,
    each: Callable[[Tables], Iterable[Parts]] | None = None,
    python: Callable[[Iterable[Row]], Iterable[Row]] | None = None,
    **parts: str,
) -> None:
    """Write down a rule; `docs/contributing.md` shows how.

    Every column stands behind the alias of its table (`s.kind`): from that is known what the rule reads.

    Args:
        code: Stable kebab-case name of the fault.
        at: Where the problem is: `table.column`, `table` for a row, `table.*` where the query names `column`.
        asks: What the rule asks, in one sentence.
        says: What is wrong with a row: a `str.format` template over the columns of the query.
        hint: How to mend it; a template too.
        sql: Query that returns the faulty rows.
        each: Gives the parts of each copy of a rule on many tables or columns, which stand as `$name` in the texts.
            The part `of` names the tables behind `ids` and `odd_cells`, if they are others than the one in `at`.
        python: Where SQL cannot decide: makes the faulty rows of those that the query returns.
        parts: Further parts, the same for every copy.
    """

    def copies(tables: Tables, columns: Columns) -> Iterator[Rule]:
        for one in each(tables) if each else ({},):
            told = (Template(text).safe_substitute(parts, **one) for text in (at, says, hint, sql))
            (table, _, column), message, mended, query = next(told).partition("."), *told
            of = tuple(one.get("of", table).split())
            reads = read(query, table, columns, of)
            if reads is not None:
                yield Rule(code, table, column, asks, message, mended, query, reads, of, python)

    _WRITTEN.append((code, copies))


def ask(query: Callable[[str], Iterable[Row]], rules: Iterable[Rule]) -> Iterator[tuple[Rule, Row]]:
    """Give the faulty rows of rules, in no order; copies that have one query are asked once.

    Args:
        query: What runs a query in a database with the tables of `views`, and gives its rows.
        rules: The rules.
    """
    copies: dict[tuple[str, str], list[Rule]] = {}
    for rule in rules:
        copies.setdefault((rule.code, rule.sql), []).append(rule)
    for (_, sql), same in copies.items():
        by_table = {rule.of[-1]: rule for rule in same}
        for row in same[0].python(query(sql)) if same[0].python else query(sql):
            table = row.get("tbl", same[0].of[-1])
            if table in by_table:
                yield by_table[table], row


def rules_of(tables: Tables) -> tuple[Rule, ...]:
    """Make the rules for the tables of a contract.

    A rule that needs a table or a column that is not there is left out, so that the rest of a broken package can be
    judged.
    """
    columns = {name: derived(table) for name, table in tables.items()}
    return tuple(rule for _, copies in _WRITTEN for rule in copies(tables, columns))


def not_among(rules: Iterable[Rule]) -> list[str]:
    """Give the codes of the rules of which no copy is among some, sorted."""
    return sorted({code for code, _ in _WRITTEN} - {rule.code for rule in rules})


def read(sql: str, table: str, columns: Columns, of: Iterable[str] = ()) -> dict[str, tuple[str, ...]] | None:
    """Tell what a query reads, by the aliases before its columns; None where that is not there."""
    named, sources, used = _named(sql)
    if not {table, *sources.values()} <= columns.keys():
        return None
    read: dict[str, set[str]] = {name: set() for name in sources.values()}
    for name, column in used:
        if column != "row":
            if column not in columns[name]:
                return None
            read[name].update(columns[name][column])
    for prepared in named.intersection(PREPARED):
        for name in of:
            read.setdefault(name, set()).update(columns[name][f"__{prepared}"])
    return {name: tuple(sorted(names)) for name, names in read.items()}


@functools.lru_cache(maxsize=1000)
def _named(sql: str) -> tuple[frozenset[str], Mapping[str, str], frozenset[tuple[str, str]]]:
    """Give what a query names: tables, those of the record by their alias, and the columns of these."""
    bare = _TEXT.sub("''", sql)
    made = {*PREPARED, *_MADE.findall(bare)}
    named = {(alias or name, name.strip('"')) for name, alias in _SOURCE.findall(bare)}
    sources = {alias: name for alias, name in named if name not in made}
    if any(sources.get(alias, name) != name for alias, name in named):
        raise ValueError(f"an alias stands for two tables in: {sql}")
    columns = {(sources[alias], column.strip('"')) for alias, column in _COLUMN.findall(bare) if alias in sources}
    return frozenset(name for _, name in named), sources, frozenset(columns)


def values(*rows: tuple[object, ...]) -> str:
    """Write a small table, for `join $name as n(column, ...)`."""
    return "(values " + ", ".join("(" + ", ".join(map(literal, row)) + ")" for row in rows) + ")"


def recorded(tables: Tables, table: str) -> list[str]:
    """Give the tables that `record_table` of a table can name; none where there is no such column."""
    fields = tables[table].fields if table in tables else ()
    return [value for field in fields if field.name == "record_table" for value in field.categories]
