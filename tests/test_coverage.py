"""Which sentences of a text carry rows, which are named residue, which are open."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packages import script

from china_ai_lawmaking.passages.passage import Text

if TYPE_CHECKING:
    from texts import Sourced

coverage = script("quality/coverage.py")

PAPER = """\
Ferry news

(Photo: Osk) The council met on Monday to hear about the ferry. It will sail at dawn! “Nobody asked us,” wrote one.
委员会周一开会，讨论新渡轮航线的运营办法。岛民没有发言。
"""
ROWS = (("paper", "The council met on", "about the ferry"), ("paper", "讨论新渡轮航线的运营办法", ""))


def told(island: Sourced, *entries: str) -> list[str]:
    """Give the lines of the report with these lines of the list of residue."""
    (island.root / "quality").mkdir()
    (island.root / "quality" / "residue.csv").write_text(
        "\n".join(["source_id,line,sentence,starts_with,reason", *entries, ""]), encoding="utf-8"
    )
    report: str
    report, is_whole = coverage.report(island.root, str(island.texts))
    assert is_whole == (len(report.splitlines()) == 1)
    return report.splitlines()


def test_open_sentences_are_told_by_their_place(sourced: Sourced) -> None:
    sourced.sources({"paper": PAPER}, {"id": "wire"}).evidence(*ROWS)
    entries = ("paper,1,1,Ferry news,heading", "paper,3,3,“Nobody asked,background", "wire,1,1,A,heading")
    assert told(sourced, *entries) == [
        "paper: 6 sentences, 2 carried, 2 residue, 2 open",
        "  line 3, sentence 2: It will sail at dawn",
        "  line 4, sentence 2: 岛民没有发",
    ]


def test_a_row_that_is_not_accepted_carries_nothing(sourced: Sourced) -> None:
    sourced.sources({"paper": PAPER}, {"id": "wire"})
    sourced.evidence(("paper", "The council met on", "about the whale"), ("wire", "讨论新渡轮航线的运营办法", ""))
    assert told(sourced)[0] == "paper: 6 sentences, 0 carried, 0 residue, 6 open"


@pytest.mark.parametrize(
    ("entry", "fault"),
    [
        ("paper,2,1,Ferry news,heading", "line 2 of the text has no sentence 1"),
        ("paper,3,9,It will sail,background", "line 3 of the text has no sentence 9"),
        ("paper,3,2,It will sai,background", "the sentence begins with 'It will sail at dawn', not 'It will sai'"),
        ("paper,4,2,岛民发言,background", "the sentence begins with '岛民没有发', not '岛民发言'"),
        ("paper,3,2,…,background", "the sentence begins with 'It will sail at dawn', not '…'"),
        ("paper,3,1,Photo: Osk) The council,caption", "passages carry this sentence"),
        ("paper,1,1,Ferry,heading", "an entry above names this sentence"),
        ("paper,3,2,It will sail,dull", "'dull' is no reason; reasons: navigation, heading, caption, byline,"),
    ],
)
def test_an_entry_that_holds_no_more_is_told(sourced: Sourced, entry: str, fault: str) -> None:
    sourced.sources({"paper": PAPER}).evidence(*ROWS)
    assert told(sourced, "paper,1,1,Ferry news,heading", entry)[0].startswith(f"quality/residue.csv:3: {fault}")


def test_a_sentence_is_carried_when_passages_cover_half_of_its_characters() -> None:
    text = Text("aa aa bb bb. Two.\nThree goes on.")
    assert [state for _, state in coverage.places(text, [(0, 5), (2, 4)]).values()] == ["open"] * 3
    assert [state for _, state in coverage.places(text, [(0, 5), (4, 6)]).values()] == ["carried", "open", "open"]
    assert [state for _, state in coverage.places(text, [(8, 17)]).values()] == ["open", "carried", "open"]


# A bar shows where a sentence ends and the next begins.
LINES = """\
One sentence without a stop
One here.| Two there!| Three?| Four…| Five
He stayed.  |  She left.
“Come in.”| She did.
She said, "Come in."| He did.
(It rained all day.)| Then it stopped.
He asked “Why?” and left.| Nobody knew.
Stop! he cried.
It cost 4.50 crowns at example.org.| It was worth it.
Dr. Osk met Prof. Lind.| They talked.
J. R. Osk of the U.S. Navy spoke.| He left.
On Feb. 17 the ice broke.| It melted in Feb.| The ferry came.
See No. 18 of Art. 3.| No.| Not that one.
Boats, nets, etc. were sold.| Ropes etc.| Nobody bought them.
It opens at 9 a.m. on weekdays.| It shuts at 5 p.m.| Nobody stays.
1. Open the hatch.| Close it.
A pause... and on it went.| A pause...| Then on.
Rights reserved.Terms of use
港口开会。|岛民没有发言！|为什么？
他说：“船来了。”|大家都笑了。
他问（为什么？）|没人回答。
AI法于2025年通过。|It passed.| 之后生效。
Well?!| No!!!| Fine.
The end.’”| Next
"""


def test_sentences_end_where_the_rule_says() -> None:
    for line in LINES.splitlines():
        plain = line.replace("|", "")
        cut = [plain[begin:end] for begin, end in coverage.sentences(plain)]
        assert cut == [part.strip() for part in line.split("|")]


def test_words_of_the_lists_end_no_sentence() -> None:
    def count(line: str) -> int:
        return len(list(coverage.sentences(line)))

    assert {count(f"They met {word}. Osk there.") for word in coverage.BEFORE_NAMES} == {1}
    assert {count(f"They saw {word}. 12 there.") for word in coverage.BEFORE_NUMBERS} == {1}
    assert {count(f"They saw {word}. Osk there.") for word in coverage.BEFORE_NUMBERS} == {2}


@given(st.text(st.one_of(st.sampled_from('.!?…。！？ ”")(“abAB1人'), st.characters(exclude_categories=["Cs"]))))
def test_sentences_follow_each_other_and_leave_no_word_out(line: str) -> None:
    spans = list(coverage.sentences(line))
    edges = [edge for span in spans for edge in span]
    assert edges == sorted(edges)
    inside = {i for begin, end in spans for i in range(begin, end)}
    assert all(i in inside for i, character in enumerate(line) if character.isalnum())
