"""Which sentences of a text carry rows, which are named residue, which are open."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st
from packages import examples

from china_ai_lawmaking.errors import DataError, PackageError
from china_ai_lawmaking.passages import coverage, evidence

if TYPE_CHECKING:
    from texts import Sourced

PAPER = """\
Ferry news

(Photo: Osk) The council met on Monday to hear about the ferry. It will sail at dawn! “Nobody asked us,” wrote one.
委员会周一开会，讨论新渡轮航线的运营办法。岛民没有发言。
"""
ROWS = (
    ("paper", "The council met on", "about the ferry"),
    ("paper", "讨论新渡轮航线的运营办法", ""),
)


@pytest.fixture
def island(sourced: Sourced) -> Sourced:
    return sourced.sources({"paper": PAPER}, {"id": "wire"}).evidence(*ROWS)


def covered(island: Sourced) -> coverage.Coverage:
    opened, sources = island.open()
    return coverage.coverage(opened, sources, evidence.check(opened, sources).located)


def states(island: Sourced) -> list[tuple[int, int, str]]:
    (document,) = covered(island).documents
    return [(sentence.line, sentence.number, sentence.state) for sentence in document.sentences]


def problems(island: Sourced) -> list[tuple[str, int, str, str, str]]:
    return [problem[:5] for problem in covered(island).problems]


def test_sentences_are_carried_by_passages_and_named_as_residue_by_place(island: Sourced) -> None:
    island.residue(("paper", 1, 1, "Ferry news", "heading"), ("paper", 3, 3, "“Nobody asked", "background"))
    assert states(island) == [
        (1, 1, "residue"),
        (3, 1, "carried"),
        (3, 2, "open"),
        (3, 3, "residue"),
        (4, 1, "carried"),
        (4, 2, "open"),
    ]
    (document,) = covered(island).documents
    assert (document.count("carried"), document.count("residue"), document.count("open")) == (2, 2, 2)
    assert document.share == pytest.approx(4 / 6)
    assert problems(island) == []


@pytest.mark.parametrize(
    ("passages", "state"),
    [
        ([("bb bb bb", "")], "open"),
        ([("bb bb bb", ""), ("ccc ccc c", "")], "carried"),
        ([("aa aa aa", ""), ("aa aa aa", "")], "open"),
        ([("aa aa aa bb", ""), ("aa bb bb bb", "ccc ccc c")], "carried"),
    ],
    ids=["less than half", "half by two passages", "less than half twice", "half by passages that overlap"],
)
def test_a_sentence_is_carried_when_passages_cover_half_of_it(
    sourced: Sourced, passages: list[tuple[str, str]], state: str
) -> None:
    sentence = "aa aa aa bb bb bb ccc ccc c ddd"
    assert len(sentence) == 31
    sourced.sources({"paper": sentence}).evidence(*(("paper", *passage) for passage in passages))
    assert states(sourced) == [(1, 1, state)]


def test_a_passage_over_several_sentences_carries_those_that_it_covers(sourced: Sourced) -> None:
    text = "One goes far out. Two is short. Three goes on and on to the end."
    sourced.sources({"paper": text}).evidence(("paper", "far out. Two", "short. Three goes"))
    assert states(sourced) == [(1, 1, "open"), (1, 2, "carried"), (1, 3, "open")]


def test_a_row_that_is_not_accepted_carries_nothing(island: Sourced) -> None:
    island.evidence(("paper", "The council met on", "about the whale"), ("wire", "讨论新渡轮航线的运营办法", ""))
    assert {state for _, _, state in states(island)} == {"open"}


@pytest.mark.parametrize(
    ("entry", "problem"),
    [
        (
            ("paper", 2, 1, "Ferry news", "heading"),
            ("sentence", "residue-unmatched", "line 2 of the text has 0 sentences; expected sentence 1"),
        ),
        (
            ("paper", 3, 9, "It will sail", "background"),
            ("sentence", "residue-unmatched", "line 3 of the text has 3 sentences; expected sentence 9"),
        ),
        (
            ("paper", 3, 2, "It will sai", "background"),
            (
                "starts_with",
                "residue-unmatched",
                "the sentence begins with 'It will sail at dawn'; expected 'It will sai'",
            ),
        ),
        (
            ("paper", 4, 2, "岛民发言", "background"),
            ("starts_with", "residue-unmatched", "the sentence begins with '岛民没有发'; expected '岛民发言'"),
        ),
        (
            ("paper", 3, 2, "…", "background"),
            ("starts_with", "residue-unmatched", "the sentence begins with 'It will sail at dawn'; expected '…'"),
        ),
        (
            ("paper", 3, 1, "Photo: Osk) The council", "caption"),
            ("sentence", "residue-carried", "passages carry this sentence"),
        ),
        (
            ("wine", 1, 1, "Ferry", "caption"),
            ("source_id", "unknown-reference", "'wine' is not an id in data/sources.csv"),
        ),
    ],
)
def test_an_entry_that_holds_no_more_is_a_problem(
    island: Sourced, entry: tuple[str, int, int, str, str], problem: tuple[str, str, str]
) -> None:
    island.residue(("paper", 1, 1, "Ferry news", "heading"), entry)
    assert problems(island) == [("quality/residue.csv", 3, *problem)]


def test_a_sentence_named_twice_is_a_problem(island: Sourced) -> None:
    entry = ("paper", 1, 1, "Ferry", "heading")
    island.residue(entry, entry)
    assert problems(island) == [
        ("quality/residue.csv", 3, "sentence", "residue-twice", "an entry above names this sentence")
    ]


def test_an_entry_about_a_source_without_a_text_is_counted(island: Sourced) -> None:
    island.residue(("wire", 1, 1, "Ferry", "heading"))
    assert (covered(island).unjudged, problems(island)) == (1, [])


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        (("paper", 1, 1, "Ferry", "boring"), r"residue.csv:2: reason: 'boring' is not one of navigation, heading,"),
        (("paper", "one", 1, "Ferry", "heading"), r"residue.csv:2: line: 'one' is not an integer"),
    ],
)
def test_an_entry_that_breaks_the_schema_is_refused(
    island: Sourced, entry: tuple[str, int, int, str, str], message: str
) -> None:
    island.residue(entry)
    with pytest.raises(DataError, match=message):
        covered(island)


def test_a_list_without_its_schema_is_refused(island: Sourced) -> None:
    island.residue()
    (island.root / "quality" / "residue.json").unlink()
    with pytest.raises(PackageError, match=r"quality/residue.json, the schema of table residue, is missing"):
        covered(island)


@examples(50, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.lists(st.sampled_from(["sea", "Sky.", "fog!", "“rain?”", "渡轮。", "港口"])), max_size=6), st.data())
def test_offsets_lie_in_the_text_and_words_are_counted_once(
    sourced: Sourced, lines: list[list[str]], data: st.DataObject
) -> None:
    text = "The sea.\n" + "\n".join(map(" ".join, lines))
    opened, sources = sourced.sources({"paper": text}).open()
    edges = st.integers(0, len(text))
    spans = data.draw(st.lists(st.tuples(edges, edges).map(lambda pair: (min(pair), max(pair)))))
    located = [evidence.Located(2, {}, "found", "paper", span) for span in spans]
    (document,) = coverage.coverage(opened, sources, located).documents
    covered_places = {place for span in spans for place in range(*span)}
    for sentence in document.sentences:
        begin, end = sentence.span
        assert 0 <= begin < end <= len(text)
        assert sources.texts["paper"].line(begin) == sources.texts["paper"].line(end - 1) == sentence.line
        inside = sum(place in covered_places for place in range(begin, end))
        assert sentence.state == ("carried" if 2 * inside >= end - begin else "open")
