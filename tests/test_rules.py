"""What holds for every rule of meaning: it says one thing, reads what its query reads, and draws its line exactly."""

from __future__ import annotations

import calendar
import functools
import graphlib
import re
import unicodedata
from datetime import date
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
import sqlglot
from asking import CREATED, RULES, TABLES, asked, boundaries, database, found
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlglot import exp
from sqlglot.optimizer.pushdown_projections import pushdown_projections
from sqlglot.optimizer.qualify import qualify
from sqlglot.optimizer.scope import traverse_scope

from china_ai_lawmaking.passages.passage import form_fault
from china_ai_lawmaking.rules import CELL, identifiers, laws, rules_of, statements
from china_ai_lawmaking.rules.prepared import PREPARED, derived, is_free_text, literal, text_columns
from china_ai_lawmaking.rules.rule import read
from china_ai_lawmaking.validating.database import Database

if TYPE_CHECKING:
    from china_ai_lawmaking.package.descriptor import Table

BOUNDARIES = boundaries()


def test_a_code_means_one_thing() -> None:
    for code in {rule.code for rule in RULES}:
        [meaning] = {rule.asks for rule in RULES if rule.code == code}
        assert meaning.endswith("."), code


def test_a_rule_is_at_a_place_of_the_contract() -> None:
    for rule in RULES:
        assert rule.column in {*TABLES[rule.table].columns, CELL, ""}, rule.code
        assert rule.table in rule.reads, rule.code


def test_every_rule_has_a_boundary() -> None:
    assert BOUNDARIES.keys() == {rule.code for rule in RULES}


@pytest.mark.parametrize("code", sorted(BOUNDARIES))
def test_a_rule_draws_its_line_exactly(code: str) -> None:
    rows = BOUNDARIES[code]
    faulty = {(name, number) for name, given in rows.items() for number, row in enumerate(given) if row.get("fails")}
    passing = {(name, number) for name, given in rows.items() for number in range(len(given))} - faulty
    assert faulty
    assert passing
    told = asked(database(rows, code), [rule for rule in RULES if rule.code == code])
    assert {(rule.table, row["row"]) for rule, row in told} == faulty
    for rule, row in told:
        lines = {f"{name.removesuffix('__row')}__line": 7 for name in row if name.endswith("__row")}
        assert "None" not in "".join(rule.told(row | lines))


SCHEMA: dict[str, object] = {
    **{
        name: dict.fromkeys(["row", *(one for one in derived(table) if one[:2] != "__")], "text")
        for name, table in TABLES.items()
    },
    "release": {"created": "text"},
    "ids": dict.fromkeys(["tbl", "path", "place", "row", "id"], "text"),
    "facts": dict.fromkeys(["tbl", "row", "id", "hash", "again"], "text"),
    "empty_cells": dict.fromkeys(["tbl", "id", "columns"], "text"),
    "odd_cells": dict.fromkeys(["tbl", "row", "column", "cell"], "text"),
}


@functools.cache
def read_by(sql: str) -> dict[str, set[str]]:
    """Columns of the tables that sqlglot finds needed for what a query returns."""
    query = pushdown_projections(qualify(sqlglot.parse_one(sql, dialect="duckdb"), schema=SCHEMA, dialect="duckdb"))
    needed: dict[str, set[str]] = {}
    for scope in traverse_scope(query):
        for name, source in scope.sources.items():
            if isinstance(source, exp.Table) and source.name in TABLES:
                columns = {column.name for column in scope.columns if column.table == name} - {"row"}
                needed.setdefault(source.name, set()).update(columns)
    return needed


def test_a_rule_reads_what_its_query_reads() -> None:
    for rule in RULES:
        files = {
            name: {one for column in columns for one in derived(TABLES[name])[column]}
            for name, columns in read_by(rule.sql).items()
        }
        for prepared in PREPARED:
            if f" {prepared} " in rule.sql:
                for name in rule.of:
                    files.setdefault(name, set()).update(derived(TABLES[name])[f"__{prepared}"])
        assert {name: {*columns} for name, columns in rule.reads.items()} == files, (rule.code, rule.table)


def without(column: str) -> dict[str, Table]:
    """The tables of the contract, each without a column."""
    return {
        name: table._replace(
            fields=tuple(field for field in table.fields if field.name != column),
            key=() if column in table.key else table.key,
            references=tuple(one for one in table.references if column not in one.fields + one.keys),
        )
        for name, table in TABLES.items()
    }


@pytest.mark.parametrize(
    "column", ["id", "record_table", "source_id", "date", "date_precision", "kind", "name", "fields"]
)
def test_a_rule_is_left_out_where_its_columns_are(column: str) -> None:
    tables = without(column)
    con = Database()
    con.prepare(tables, CREATED)
    left = rules_of(tables)
    assert asked(con, left) == []
    assert len(left) < len(RULES)


def test_a_rule_is_left_out_where_its_tables_are() -> None:
    without = {name: table for name, table in TABLES.items() if name not in {"evidence", "events"}}
    left = rules_of(without)
    assert {name for rule in left for name in rule.reads} <= without.keys()
    assert "one-speaker" in {rule.code for rule in left}


EACH_WITH_EACH = ("Nested Loop", "Blockwise", "Piecewise", "IE Join")


@pytest.mark.parametrize("words", [10, 1000])
def test_no_rule_compares_each_row_with_each_other(words: int) -> None:
    con = Database()
    for name, table in TABLES.items():
        kinds = {column: 1000 if column in table.key else words for column in table.columns}
        cells = ", ".join(f"'a' || range % {kind} as \"{column}\"" for column, kind in kinds.items())
        con.execute(f'create table raw."{name}" as select range as row, {cells} from range(1000)')
    con.prepare(TABLES, CREATED)
    con.execute("pragma enable_optimizer")

    def is_slow(sql: str) -> bool:
        plan = "".join(text for _, text in con.execute(f"explain {sql}").fetchall())
        return any(one in plan for one in EACH_WITH_EACH)

    assert is_slow("select p.row from people p join people o on o.id < p.id")
    assert [code for sql, code in {rule.sql: rule.code for rule in RULES}.items() if is_slow(sql)] == []


def test_a_rule_may_read_every_table_that_is_there() -> None:
    columns = {"people": derived(TABLES["people"])}
    assert read("select p.row, p.name from people p", "people", columns) == {"people": ("name",)}


def test_an_alias_stands_for_one_table() -> None:
    columns = {name: derived(table) for name, table in TABLES.items()}
    with pytest.raises(ValueError, match="an alias stands for two tables"):
        read("select p.row from people p join laws p on true", "people", columns)


def test_the_columns_of_free_text_are_those_that_people_word() -> None:
    assert text_columns(TABLES["statements"]) == ["summary", "note"]
    assert text_columns(TABLES["statistics"]) == ["note"]
    assert text_columns(TABLES["positions"]) == []


def test_the_columns_that_may_be_empty_are_told_of_each_record() -> None:
    con = database({"topics": [{"id": "a", "name": "A"}]})
    assert con.execute("select id, columns from empty_cells").fetchall() == [("a", "broader_id")]


def test_values_are_written_as_sql_has_them() -> None:
    assert [literal(value) for value in (3, True, False, "3", "it's")] == ["3", "true", "false", "'3'", "'it''s'"]


def test_a_table_of_identifiers_alone_has_no_facts_that_repeat() -> None:
    topics = TABLES["topics"]
    bare = topics._replace(fields=tuple(field for field in topics.fields if field.name == "id"))
    con = Database()
    con.execute("create table raw.topics as select 0 as \"row\", 'a' as id union all select 1, 'b'")
    con.prepare({"topics": bare}, CREATED)
    assert con.execute("select id, hash from facts order by id").fetchall() == [("a", None), ("b", None)]


def test_a_retired_identifier_fits_where_identifiers_have_no_form() -> None:
    def free(table: Table) -> Table:
        fields = [field._replace(constraints={}) if field.name == "id" else field for field in table.fields]
        return table._replace(fields=tuple(fields))

    free_tables = {name: free(table) for name, table in TABLES.items()}
    con = database({"retired_ids": [{"id": "Any Thing", "record_table": "laws"}]}, "retired-id-form")
    forms = {tables is TABLES: rules_of(tables) for tables in (TABLES, free_tables)}
    found = {
        key: len(asked(con, [rule for rule in rules if rule.code == "retired-id-form"])) for key, rules in forms.items()
    }
    assert found == {True: 1, False: 0}


@pytest.mark.parametrize(
    ("names", "faulty"),
    [(("evidence", "organizations", "sources"), ["idle"]), (("evidence", "organizations"), None)],
)
def test_a_body_that_only_publishes_is_known_from_sources_alone(
    names: tuple[str, ...], faulty: list[str] | None
) -> None:
    rows = {"organizations": [{"id": "idle"}, {"id": "outlet"}], "sources": [{"id": "s", "publisher_id": "outlet"}]}
    con = database({name: rows.get(name, []) for name in names})
    rules = [rule for rule in rules_of({name: TABLES[name] for name in names}) if rule.code == "missing-evidence"]
    found = [row["id"] for rule, row in asked(con, rules) if rule.table == "organizations"]
    assert found == (faulty or [])
    assert any(rule.table == "organizations" for rule in rules) == (faulty is not None)


@pytest.mark.parametrize(
    "cell", ["=a", "@a", " a", "a ", "a  b", "a\u3000b", "a\u200b", "https://a\u200b", "https://e\u0301"]
)
def test_a_pattern_that_lists_its_characters_leaves_the_rules_on_text_nothing(cell: str) -> None:
    for name, table in TABLES.items():
        for field in table.fields:
            if "pattern" in field.constraints and not is_free_text(field):
                assert not re.search(field.constraints["pattern"], cell), f"{name}.{field.name}"


PRECISIONS = st.sampled_from(["day", "month", "year"])
DATES = st.dates(date(1900, 1, 1), date(2100, 12, 31))


def stored(day: date, precision: str) -> date:
    return {"day": day, "month": day.replace(day=1), "year": day.replace(month=1, day=1)}[precision]


def last(day: date, precision: str) -> date:
    month_end = calendar.monthrange(day.year, day.month)[1]
    return {"day": day, "month": day.replace(day=month_end), "year": date(day.year, 12, 31)}[precision]


@settings(max_examples=20)
@given(st.lists(st.tuples(DATES, PRECISIONS), min_size=1, max_size=20))
def test_a_date_is_the_interval_that_its_precision_makes(dates: list[tuple[date, str]]) -> None:
    rows = [{"date": f"{stored(day, precision)}", "date_precision": precision} for day, precision in dates]
    con = database({"statements": rows})
    made = con.execute("select s.date_first, s.date_last, s.date_shown from statements s order by s.row").fetchall()
    length = {"day": 10, "month": 7, "year": 4}
    assert made == [(f"{stored(*one)}", f"{last(*one)}", f"{one[0]}"[: length[one[1]]]) for one in dates]


def test_a_date_of_publication_has_no_first_day() -> None:
    rows = [{"date": "2025-03-06", "date_basis": "publication"}, {"date_basis": "publication"}]
    con = database({"statements": rows})
    assert con.execute("select s.date_first from statements s order by s.row").fetchall() == [("0000-01-01",), (None,)]


NODES = st.sampled_from("abcdefg")


@given(st.dictionaries(NODES, st.dictionaries(NODES, st.integers(0, 9), min_size=1, max_size=3)))
def test_a_cycle_is_found_exactly_when_there_is_one(graph: dict[str, dict[str, int]]) -> None:
    ways = list(identifiers.cycles(graph))
    assert len({*map(tuple, ways)}) == len(ways)
    for nodes in ways:
        assert nodes[0] == nodes[-1] == min(nodes)
        assert all(target in graph[node] for node, target in pairwise(nodes))
    try:
        graphlib.TopologicalSorter(graph).prepare()
        assert ways == []
    except graphlib.CycleError:
        assert ways


def test_a_long_chain_is_walked_without_recursion() -> None:
    graph = {f"{n:06}": {f"{n + 1:06}": n} for n in range(100_000)}
    assert list(identifiers.cycles(graph)) == []


def test_every_column_that_leads_to_its_own_table_is_a_chain() -> None:
    links = {
        (name, reference.fields[0])
        for name, table in TABLES.items()
        for reference in table.references
        if reference.table == name
    }
    assert links <= {(table, target) for table, _, target, _ in identifiers.CHAINS}


def test_a_participation_many_times_over_does_not_meet_itself_squared() -> None:
    rows = {"events": [{"id": "whole"}, {"id": "part", "parent_id": "whole"}]}
    con = database(rows, "participation-repeated-above")
    con.execute("drop table event_participants")
    con.execute(
        """create table event_participants as select n as row, 'an-wei' as person_id, null as organization_id,
        'speaker' as role, case when n % 100001 = 0 then 'whole' else 'part' end as event_id from range(200002) r(n)"""
    )
    [rule] = [rule for rule in RULES if rule.code == "participation-repeated-above"]
    assert sorted((row["row"], row["event_participants__row"]) for _, row in asked(con, [rule])) == [
        (0, 1),
        (100_001, 1),
    ]


@settings(max_examples=20)
@given(st.lists(st.text(alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\0")), max_size=20))
def test_text_is_in_form_c_exactly_when_python_says_so(cells: list[str]) -> None:
    faulty = found("not-nfc", database({"topics": [{"name": cell} for cell in cells]}))
    assert {row for _, row in faulty} == {
        n for n, cell in enumerate(cells) if not unicodedata.is_normalized("NFC", cell)
    }


@settings(max_examples=20)
@given(st.lists(st.characters(codec="utf-8", exclude_characters="\0"), max_size=50))
def test_a_character_that_cannot_be_seen_is_found(characters: list[str]) -> None:
    # The tables of characters of two libraries can be of two versions of Unicode.
    known = [one for one in characters if unicodedata.category(one) != "Cn"]
    faulty = found("hidden-character", database({"topics": [{"name": f"a{one}b"} for one in known]}))
    hidden = {"Cc", "Cf", "Co", "Zl", "Zp"}
    assert {row for _, row in faulty} == {
        n for n, one in enumerate(known) if unicodedata.category(one) in hidden or one == "\ufffd"
    }


QUOTED = st.lists(st.text("ab1中文国，&é", min_size=1, max_size=9), min_size=1, max_size=10).map(" ".join)


@settings(max_examples=20)
@given(st.lists(st.tuples(QUOTED, st.none() | QUOTED), max_size=20))
def test_a_quote_has_the_length_that_passages_count(quotes: list[tuple[str, str | None]]) -> None:
    con = database({"evidence": [{"quote_start": start, "quote_end": end} for start, end in quotes]})
    assert {row for _, row in found("quote-length", con)} == {
        number for number, (start, end) in enumerate(quotes) if form_fault(start, end or "", None)
    }


def test_the_classes_of_characters_overlap_in_nothing() -> None:
    con = database({"topics": [{"name": cell} for cell in ("a\u200bb", "a\u00a0b", " a", "=a")]})
    codes = ("hidden-character", "spreadsheet-formula", "stray-space")
    assert sorted(row for code in codes for _, row in found(code, con)) == [0, 1, 2, 3]


def test_the_statuses_and_stages_of_the_codebook_are_those_of_the_schemas() -> None:
    statuses = set(TABLES["laws"].field("status").categories)
    stages = set(TABLES["events"].field("stage").categories)
    kinds = set(TABLES["laws"].field("kind").categories)
    assert set(laws.STEPS) == set(laws.STATUS_RANK) == statuses
    assert {stage for steps in laws.STEPS.values() for stage in steps} <= stages
    assert {stage for chain in laws.LEGAL_ORDER for stage in chain} <= stages
    assert laws.FORBIDDEN_STATUSES.keys() <= kinds
    assert {status for forbidden in laws.FORBIDDEN_STATUSES.values() for status in forbidden} <= statuses


def test_the_legal_order_does_not_contradict_itself() -> None:
    before: dict[str, set[str]] = {}
    for chain in laws.LEGAL_ORDER:
        for one, two in pairwise(chain):
            before.setdefault(two, set()).add(one)
    graphlib.TopologicalSorter(before).prepare()


def test_a_word_that_a_query_compares_with_a_column_of_listed_values_is_one_of_them() -> None:
    compared = 0
    for rule in RULES:
        for scope in traverse_scope(sqlglot.parse_one(rule.sql, dialect="duckdb")):
            names = {alias: one.name for alias, one in scope.sources.items() if isinstance(one, exp.Table)}
            for comparison in scope.find_all(exp.EQ, exp.NEQ, exp.NullSafeNEQ, exp.In, exp.Case):
                column, table = comparison.this, names.get(getattr(comparison.this, "table", ""))
                fields = {one.name: one for one in TABLES[table].fields} if table in TABLES else {}
                if isinstance(column, exp.Column) and (field := fields.get(column.name)) and field.categories:
                    others = comparison.args.get("expressions") or [comparison.args.get("expression")]
                    if isinstance(comparison, exp.Case):
                        others = [branch.this for branch in comparison.args["ifs"]]
                    words = {one.name for one in others if isinstance(one, exp.Literal)}
                    assert words <= {*field.categories}, (rule.code, column.sql(), words)
                    compared += len(words)
    assert compared > 100


def test_the_lists_of_the_rules_are_words_of_the_schemas() -> None:
    roles = set(TABLES["memberships"].field("role_kind").categories)
    assert set(statements.SEATS) <= set(TABLES["laws"].field("kind").categories)
    assert set(statements.SEATS.values()) <= roles


@pytest.mark.parametrize(
    ("cell", "hint"), [("⼈工", "write '人工'"), ("ﬁt", "write 'fit'"), ("⺮", "write 'the character that is meant'")]
)
def test_the_usual_form_of_a_compatibility_character_is_told(cell: str, hint: str) -> None:
    con = database({"topics": [{"id": "a", "name": cell}]}, "compatibility-character")
    [rule] = [rule for rule in RULES if (rule.code, rule.table) == ("compatibility-character", "topics")]
    [(_, row)] = asked(con, [rule])
    message, mended = rule.told(row)
    assert mended == hint
    assert message.startswith(f"{cell!r} holds {cell[0]!r} (U+{ord(cell[0]):04X})")


def test_an_empty_cell_is_told_as_nothing() -> None:
    [rule] = [rule for rule in RULES if (rule.code, rule.table) == ("date-basis", "events")]
    assert rule.told({"beside": None, "date": "2025"})[0] == "nothing although start_date is '2025'"
