"""What holds for every rule of meaning, and the arithmetic that rules rest on."""

from __future__ import annotations

import calendar
import graphlib
import pkgutil
import re
import unicodedata
from datetime import date
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import narwhals as nw
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from packages import good

from china_ai_lawmaking.package import descriptor
from china_ai_lawmaking.rules import old as rules
from china_ai_lawmaking.rules.old import Rule, evidence, identifiers, laws, rules_of, statistics, text
from china_ai_lawmaking.rules.old.rule import OPEN, earliest, is_open, latest

if TYPE_CHECKING:
    from collections.abc import Mapping

TABLES = {name: descriptor.locate().table(name) for name in descriptor.locate().names()}
RULES = rules_of(TABLES, "2026-01-01")


def judged(rule: Rule, rows: Mapping[str, list[dict[str, str | None]]]) -> list[dict[str, Any]]:
    """Rows that a rule finds, from tables given as the cells that are filled and only the columns that it reads."""
    frames = {}
    for table, columns in rule.reads.items():
        cells = {column: [row.get(column) for row in rows.get(table, [])] for column in columns}
        frame = pl.DataFrame(cells, dict.fromkeys(columns, pl.String)).with_row_index("__row")
        frames[table] = nw.from_native(frame.lazy())
    return rule.faults(frames).collect().rows(named=True)


def the(code: str, table: str) -> Rule:
    [rule] = [rule for rule in RULES if (rule.code, rule.table) == (code, table)]
    return rule


@pytest.mark.parametrize("code", sorted({rule.code for rule in RULES}))
def test_a_code_means_one_thing(code: str) -> None:
    [meaning] = {rule.meaning for rule in RULES if rule.code == code}
    assert meaning.endswith(".")


def test_every_rule_applies_to_the_contract() -> None:
    modules = {rule.faults.__module__.rpartition(".")[2] for rule in RULES}
    assert modules == {info.name for info in pkgutil.iter_modules(rules.__path__)} - {"rule"}
    assert [rule for rule in RULES if set(rule.reads[rule.table]) - set(TABLES[rule.table].columns)] == []


LISTED = [
    pytest.param(field.constraints["pattern"], id=f"{name}.{field.name}")
    for name, table in TABLES.items()
    for field in table.fields
    if "pattern" in field.constraints and not is_open(field)
]


@pytest.mark.parametrize("pattern", LISTED)
@pytest.mark.parametrize(
    "cell", ["=a", "@a", " a", "a ", "a  b", "a\u3000b", "a\u200b", "https://a\u200b", "https://e\u0301"]
)
def test_a_pattern_that_lists_its_characters_leaves_the_rules_on_text_nothing(pattern: str, cell: str) -> None:
    assert not re.search(pattern, cell)


def without(column: str) -> dict[str, descriptor.Table]:
    """The tables of the contract, each without a column."""
    return {
        name: table._replace(
            fields=tuple(field for field in table.fields if field.name != column),
            key=() if column in table.key else table.key,
            references=tuple(one for one in table.references if column not in one.fields + one.keys),
        )
        for name, table in TABLES.items()
    }


@pytest.mark.parametrize("column", ["id", "record_table", "source_id", "date", "kind", "name", "fields"])
def test_a_rule_is_left_out_where_its_columns_are(column: str) -> None:
    tables = without(column)
    empty = {
        name: nw.from_native(pl.DataFrame(schema=dict.fromkeys(["__row", *table.columns], pl.String)).lazy())
        for name, table in tables.items()
    }
    found = [rule.code for rule in rules_of(tables, "2026-01-01") if rule.faults(empty).collect().shape[0]]
    assert found == []
    assert len(rules_of(tables, "2026-01-01")) < len(RULES)


def test_a_rule_is_left_out_where_its_tables_are() -> None:
    without = {name: table for name, table in TABLES.items() if name not in {"evidence", "events"}}
    left = rules_of(without)
    assert {name for rule in left for name in rule.reads} <= without.keys()
    assert "one-speaker" in {rule.code for rule in left}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: f"{rule.code}-{rule.table}-{rule.column}")
def test_a_rule_looks_at_the_columns_that_it_declares_and_at_no_others(rule: Rule) -> None:
    assert judged(rule, {}) == []


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[dict[str, str | None]]]:
    opened = descriptor.locate(good(tmp_path_factory.mktemp("clean") / "package"))
    read = {name: pl.read_csv(opened.files.read(table.path), infer_schema=False) for name, table in TABLES.items()}
    return {name: frame.rows(named=True) for name, frame in read.items()}


def test_the_good_package_gives_every_rule_something_to_judge(
    clean: dict[str, list[dict[str, str | None]]],
) -> None:
    assert [rule for rule in RULES if judged(rule, clean)] == []
    assert {rule.table for rule in RULES if not clean[rule.table]} == set()


PRECISIONS = st.sampled_from(["day", "month", "year"])
DATES = st.dates(date(1900, 1, 1), date(2100, 12, 31))


def stored(day: date, precision: str) -> date:
    return {"day": day, "month": day.replace(day=1), "year": day.replace(month=1, day=1)}[precision]


def last(day: date, precision: str) -> date:
    month_end = calendar.monthrange(day.year, day.month)[1]
    return {"day": day, "month": day.replace(day=month_end), "year": date(day.year, 12, 31)}[precision]


@given(DATES, PRECISIONS, DATES, PRECISIONS)
def test_dates_compare_as_the_intervals_that_their_precisions_make(
    one: date, its_precision: str, other: date, others_precision: str
) -> None:
    frame = nw.from_native(
        pl.DataFrame(
            {
                "a": [stored(one, its_precision).isoformat()],
                "p": [its_precision],
                "b": [stored(other, others_precision).isoformat()],
                "q": [others_precision],
            }
        )
    )
    before = frame.select(before=latest("a", "p") < earliest("b", "q")).item()
    assert before == (last(one, its_precision) < stored(other, others_precision))


def test_a_date_of_publication_has_no_first_day() -> None:
    frame = nw.from_native(
        pl.DataFrame({"d": ["2025-03-06", None], "p": ["day", None], "b": ["publication", "publication"]})
    )
    assert frame.select(low=earliest("d", "p", "b"))["low"].to_list() == [OPEN, None]


NODES = st.sampled_from("abcdefg")


@given(st.dictionaries(NODES, st.dictionaries(NODES, st.integers(0, 9), min_size=1, max_size=3)))
def test_a_cycle_is_found_exactly_when_there_is_one(graph: dict[str, dict[str, int]]) -> None:
    found = list(identifiers._cycles(graph))
    for nodes in found:
        assert nodes[0] == nodes[-1] == min(nodes)
        assert all(target in graph[node] for node, target in pairwise(nodes))
    try:
        graphlib.TopologicalSorter(graph).prepare()
        assert found == []
    except graphlib.CycleError:
        assert found


def test_a_participation_many_times_over_does_not_meet_itself_squared() -> None:
    part: dict[str, str | None] = {"event_id": "part", "person_id": "an-wei", "role": "speaker"}
    rows: dict[str, list[dict[str, str | None]]] = {
        "event_participants": [{"event_id": "whole", "person_id": "an-wei", "role": "speaker"}, *[part] * 100_000] * 2,
        "events": [{"id": "whole"}, {"id": "part", "parent_id": "whole"}],
    }
    found = judged(the("participation-repeated-above", "event_participants"), rows)
    assert sorted((row["__row"], row["event_participants__row"]) for row in found) == [(0, 1), (100_001, 1)]


def test_a_long_chain_is_walked_without_recursion() -> None:
    graph = {f"{n:06}": {f"{n + 1:06}": n} for n in range(100_000)}
    assert list(identifiers._cycles(graph)) == []


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"])))
def test_text_is_in_form_c_exactly_when_python_says_so(cell: str) -> None:
    faulty = judged(the("not-nfc", "indicators"), {"indicators": [{"name": cell or None}]})
    assert bool(faulty) == (not unicodedata.is_normalized("NFC", cell))


@given(st.characters(codec="utf-8"))
def test_a_character_that_cannot_be_seen_is_found(character: str) -> None:
    faulty = judged(the("hidden-character", "indicators"), {"indicators": [{"name": f"a{character}b"}]})
    hidden = unicodedata.category(character) in {"Cc", "Cf", "Co", "Zl", "Zp"} or character == "\ufffd"
    # The tables of characters of two libraries can be of two versions of Unicode.
    if unicodedata.category(character) != "Cn":
        assert bool(faulty) == hidden


def test_the_classes_of_characters_overlap_in_nothing() -> None:
    for cell in ("a\u200bb", "a\u00a0b", " a", "=a"):
        codes = [
            code for code in (*text.FAULTS, "stray-space") if judged(the(code, "topics"), {"topics": [{"name": cell}]})
        ]
        assert len(codes) == 1, (cell, codes)


@pytest.mark.parametrize(
    ("start", "end", "fault"),
    [
        ("one", None, None),
        ("one two three four five six seven eight", None, None),
        ("one two three four five six seven eight nine", None, (9, "words")),
        ("one two three", "seven eight nine", None),
        ("one two", "seven eight nine", (2, "words")),
        ("2025年3月28日", "并向社会公开征求意见", None),
        ("审议法", "并向社会公开征求意见", (3, "Chinese characters")),
        ("审议法", None, None),
        ("Wang Zhiqin 王志勤 said that", "the law will come", None),
    ],
)
def test_the_ends_of_a_passage_are_measured_in_words_or_characters(
    start: str, end: str | None, fault: tuple[int, str] | None
) -> None:
    [rule] = [rule for rule in RULES if (rule.code, rule.column) == ("quote-length", "quote_start")]
    found = judged(rule, {"evidence": [{"quote_start": start, "quote_end": end}]})
    assert [(row["count"], row["unit"]) for row in found] == ([fault] if fault else [])


@pytest.mark.parametrize(
    ("value", "bound", "top", "below", "is_wrong"),
    [
        # value and bound of a percentage, then value and bound of its numerator and its denominator
        ("50", "stated", ("30", "stated"), ("60", "stated"), False),
        ("53", "stated", ("30", "stated"), ("60", "stated"), True),
        ("33.3", "stated", ("1000", "stated"), ("3001", "stated"), False),
        ("33.33", "stated", ("1111", "stated"), ("3001", "stated"), True),
        ("36", "about", ("121", "stated"), ("347", "stated"), False),
        ("33", "about", ("121", "stated"), ("347", "stated"), True),
        ("50", "over", ("301", "stated"), ("599", "stated"), False),
        ("50", "over", ("200", "stated"), ("599", "stated"), True),
        ("50", "under", ("200", "stated"), ("599", "stated"), False),
        ("50", "at_most", ("400", "stated"), ("599", "stated"), True),
        # 230 million of 1.4 billion: the zeros of round numbers are not digits
        ("16", "stated", ("230000000", "stated"), ("1400000000", "stated"), False),
        # an open end of an input leaves the quotient open
        ("90", "stated", ("400", "over"), ("599", "stated"), False),
        ("40", "stated", ("400", "over"), ("599", "stated"), True),
        ("90", "stated", ("400", "stated"), ("599", "under"), False),
    ],
)
def test_a_ratio_recomputes_within_digits_and_bounds(
    value: str, bound: str, top: tuple[str, str], below: tuple[str, str], is_wrong: bool
) -> None:
    figures = [("fig-3", value, bound, "percent"), ("fig-1", *top, "people"), ("fig-2", *below, "people")]
    rows: dict[str, list[dict[str, str | None]]] = {
        "statistics": [dict(zip(("id", "value", "bound", "unit"), figure, strict=True)) for figure in figures],
        "statistic_inputs": [
            {"statistic_id": "fig-3", "input_id": "fig-1", "operand": "numerator"},
            {"statistic_id": "fig-3", "input_id": "fig-2", "operand": "denominator"},
        ],
    }
    assert bool(judged(the("ratio-value", "statistics"), rows)) == is_wrong


def test_the_statuses_and_stages_of_the_codebook_are_those_of_the_schemas() -> None:
    statuses = set(TABLES["laws"].field("status").categories)
    stages = set(TABLES["events"].field("stage").categories)
    kinds = set(TABLES["laws"].field("kind").categories)
    assert set(laws.STEPS) == set(laws.FAR) == statuses
    assert {stage for steps in laws.STEPS.values() for stage in steps} <= stages
    assert {stage for chain in laws.LEGAL_ORDER for stage in chain} <= stages
    assert laws.BARRED.keys() <= kinds
    assert {status for barred in laws.BARRED.values() for status in barred} <= statuses
    assert set(laws.ACTING) <= set(TABLES["law_relations"].field("relation").categories)


def test_the_legal_order_does_not_contradict_itself() -> None:
    before: dict[str, set[str]] = {}
    for chain in laws.LEGAL_ORDER:
        for one, two in pairwise(chain):
            before.setdefault(two, set()).add(one)
    graphlib.TopologicalSorter(before).prepare()


def test_the_lists_of_the_rules_are_words_of_the_schemas() -> None:
    from china_ai_lawmaking.rules.old import organizations, statements

    roles = set(TABLES["memberships"].field("role_kind").categories)
    bodies = set(TABLES["organizations"].field("kind").categories)
    assert set(statements.SEATS) <= set(TABLES["laws"].field("kind").categories)
    assert set(statements.SEATS.values()) | set(organizations.SEATS_IN) <= roles
    assert {kind for kinds in organizations.SEATS_IN.values() for kind in kinds} <= bodies
    assert set(statements.COLUMN_OF_KIND) <= set(TABLES["statements"].field("speaker_kind").categories)
    assert set(evidence.CARRIES) <= set(TABLES["evidence"].columns)
    assert set(statistics.OBSERVATION) <= set(TABLES["statistics"].columns)
