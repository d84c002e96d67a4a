"""From a passage to the words that name it: the inverse of finding it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packages import REPOSITORY

from china_ai_lawmaking.package import descriptor
from china_ai_lawmaking.passages.locating import Proposal, propose
from china_ai_lawmaking.passages.passage import Text, find, form_fault, units

if TYPE_CHECKING:
    from texts import Sourced

PAPER = """\
At nine the harbour council met in the old hall to hear how the new ferry line, which cost 4,500 crowns, would be run.
Here follows what the islanders wrote to the council when the meeting was over and done with for good.
The islanders’ boat sails on no Sunday but the council's own boat sails on every Sunday of the year, they wrote.
The council met.
The council met.
港口委员会周一开会，讨论新渡轮航线的运营办法和票务系统，岛民代表没有发言。
The crew, all “old hands” – and proud – waved.
"""
LETTER = {"id": "letter", "part_of_id": "paper", "part_start": "Here follows what", "part_end": "they wrote"}
NOTHING = (
    "no 3 to 8 words at each end, without quotation marks and dashes, at most half of the passage, make it unique; "
    "take a longer passage or one that begins and ends with other words"
)
CONTRACT = descriptor.open_package(REPOSITORY)


@pytest.mark.parametrize(
    ("passage", "expected"),
    [
        pytest.param(
            "At nine the harbour council met in the old hall to hear",
            Proposal("paper", "At nine the", "hall to hear", "", "", ""),
            id="three words at each end",
        ),
        pytest.param(
            "  hear how the new ferry line, which cost\u00a04,500 crowns, would be run.\n",
            Proposal("paper", "hear how the", "would be run", "", "", ""),
            id="white space and the last stop do not count",
        ),
        pytest.param(
            "to hear how the new ferry line",
            Proposal("paper", "to hear how the new ferry line", "", "", "", ""),
            id="at most eight words whole",
        ),
        pytest.param(
            "how the new ferry line, which cost 4,500 crowns, would",
            Proposal("paper", "how the new ferry line, which cost 4,500", "", "", "crowns, would", ""),
            id="nine to eleven words shortened",
        ),
        pytest.param(
            "The islanders' boat sails on no Sunday but the council's own boat sails on every Sunday",
            Proposal("paper", "boat sails on", "on every Sunday", "The islanders’", "", ""),
            id="words with an apostrophe left out at the end of the passage",
        ),
        pytest.param(
            "讨论新渡轮航线的运营办法和票务系统，岛民代表没有发言",
            Proposal("paper", "讨论新渡轮", "没有发言", "", "", ""),
            id="Chinese ends on word borders",
        ),
    ],
)
def test_the_shortest_allowed_words_are_proposed(sourced: Sourced, passage: str, expected: Proposal) -> None:
    assert propose(*sourced.sources({"paper": PAPER}).open(), passage) == [expected]


def test_the_contained_document_around_the_passage_is_named(sourced: Sourced) -> None:
    opened, sources = sourced.sources({"paper": PAPER}, LETTER).open()
    (proposal,) = propose(
        opened, sources, "Here follows what the islanders wrote to the council when the meeting was over"
    )
    assert proposal == Proposal("letter", "Here follows what", "meeting was over", "", "", "")


def test_every_text_that_holds_the_passage_gets_a_proposal(sourced: Sourced) -> None:
    opened, sources = sourced.sources({"paper": PAPER, "copy": f"A copy.\n{PAPER}"}).open()
    assert [proposal.source_id for proposal in propose(opened, sources, "the new ferry line")] == ["copy", "paper"]


@pytest.mark.parametrize(
    ("passage", "reason"),
    [
        (" \n", "there is no passage: no word was given"),
        ("one " * 300, "the passage has 1199 characters; at most 800 are allowed"),
        ("harbour council\nmet", "the passage runs over a line break; one paragraph, on one line, is allowed"),
        ("The council met", "the passage is more than once in this text, on lines 4 and 5"),
        ("council met", "the passage is more than once in this text, on lines 1 and 4"),
        ("ferry line", "the passage has 2 words; at least 3 are needed"),
        (
            "At nine the harbour master met",
            "no text holds the passage; that of 'paper' holds its first 4 words, up to 'harbour'",
        ),
        ("Submarines rose", "no text holds the passage, not even its first word"),
        (
            "all “old hands” – and",
            NOTHING,
        ),
    ],
)
def test_it_is_said_why_nothing_can_be_proposed(sourced: Sourced, passage: str, reason: str) -> None:
    (proposal,) = propose(*sourced.sources({"paper": PAPER}).open(), passage)
    assert (proposal.quote_start, proposal.reason) == ("", reason)


class Folder(NamedTuple):
    """Sources with one text and nothing else."""

    texts: dict[str, Text]

    def voice(self, holder: str, span: tuple[int, int]) -> str:
        assert 0 <= span[0] < span[1] <= len(self.texts[holder].text)
        return holder


# Few words, so that passages repeat each other; some may stand in no quote.
WORD = st.sampled_from(
    ["sea", "sky", "Tide", "well-run", "council's", "“wave”", "–", "4,500", "fog,", "rain.", "渡轮", "港口"]
)
LINE = st.lists(WORD, min_size=1, max_size=30).map(" ".join)


@given(st.lists(LINE, min_size=1, max_size=4), st.data())
def test_locate_and_check_are_inverse(lines: list[str], data: st.DataObject) -> None:
    text = Text("\n".join(lines))
    words = data.draw(st.sampled_from(lines)).split(" ")
    begin = data.draw(st.integers(0, len(words) - 1))
    passage = " ".join(words[begin : data.draw(st.integers(begin + 1, len(words)))])
    (proposal,) = propose(CONTRACT, Folder({"text": text}), passage)  # type: ignore[arg-type]
    if proposal.reason:
        assert proposal[1:5] == ("", "", "", "")
        return
    ((first, last),) = find(text, proposal.quote_start, proposal.quote_end).spans
    found = text.text[first:last]
    whole = f"{proposal.before} {found} {proposal.after}"
    assert [whole[slice(*span)] for span in units(whole)] == [passage[slice(*span)] for span in units(passage)]
    assert form_fault(proposal.quote_start, proposal.quote_end, found) is None


@given(st.permutations([f"word{n}" for n in range(60)]), st.integers(0, 30), st.integers(12, 30))
def test_a_passage_of_distinct_words_is_named_by_three_at_each_end(words: list[str], begin: int, length: int) -> None:
    text = Text(" ".join(words))
    kept = words[begin : begin + length]
    (proposal,) = propose(CONTRACT, Folder({"text": text}), " ".join(kept))  # type: ignore[arg-type]
    assert proposal == Proposal("text", " ".join(kept[:3]), " ".join(kept[-3:]), "", "", "")
