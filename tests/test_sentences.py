"""The rule that says where sentences begin and end."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from china_ai_lawmaking.passages.sentences import BEFORE_NAMES, BEFORE_NUMBERS, sentences


# A bar shows where a sentence ends and the next begins.
@pytest.mark.parametrize(
    "line",
    [
        "One sentence without a stop",
        "One here.| Two there!| Three?| Four…| Five",
        "He stayed.  |  She left.",
        "“Come in.”| She did.",
        'She said, "Come in."| He did.',
        "(It rained all day.)| Then it stopped.",
        "He asked “Why?” and left.| Nobody knew.",
        "Stop! he cried.",
        "It cost 4.50 crowns at example.org.| It was worth it.",
        "Dr. Osk met Prof. Lind.| They talked.",
        "J. R. Osk of the U.S. Navy spoke.| He left.",
        "On Feb. 17 the ice broke.| It melted in Feb.| The ferry came.",
        "See No. 18 of Art. 3.| No.| Not that one.",
        "Boats, nets, etc. were sold.| Ropes etc.| Nobody bought them.",
        "It opens at 9 a.m. on weekdays.| It shuts at 5 p.m.| Nobody stays.",
        "1. Open the hatch.| Close it.",
        "A pause... and on it went.| A pause...| Then on.",
        "Rights reserved.Terms of use",
        "港口开会。|岛民没有发言！|为什么？",
        "他说：“船来了。”|大家都笑了。",
        "他问（为什么？）|没人回答。",
        "AI法于2025年通过。|It passed.| 之后生效。",
        "Well?!| No!!!| Fine.",
        "The end.’”| Next",
    ],
)
def test_sentences_end_where_the_rule_says(line: str) -> None:
    plain = line.replace("|", "")
    assert [plain[begin:end] for begin, end in sentences(plain)] == [part.strip() for part in line.split("|")]


@pytest.mark.parametrize("word", BEFORE_NAMES)
def test_no_sentence_ends_after_a_word_of_the_first_list(word: str) -> None:
    assert len(list(sentences(f"They met {word}. Osk there."))) == 1


@pytest.mark.parametrize("word", BEFORE_NUMBERS)
def test_no_sentence_ends_between_a_word_of_the_second_list_and_a_number(word: str) -> None:
    assert [len(list(sentences(f"They saw {word}. {after} there."))) for after in ("12", "Osk")] == [1, 2]


@pytest.mark.parametrize("line", ["", "   ", "---", "……", "* * *", "。。。"])
def test_a_line_without_words_has_no_sentence(line: str) -> None:
    assert list(sentences(line)) == []


@given(st.text(st.one_of(st.sampled_from('.!?…。！？ ”")(“abAB1人'), st.characters(exclude_categories=["Cs"]))))
def test_sentences_follow_each_other_and_leave_no_word_out(line: str) -> None:
    spans = list(sentences(line))
    edges = [edge for span in spans for edge in span]
    assert edges == sorted(edges)
    assert all(0 <= begin < end <= len(line) for begin, end in spans)
    inside = {i for begin, end in spans for i in range(begin, end)}
    assert all(i in inside for i, character in enumerate(line) if character.isalnum())


@pytest.mark.parametrize("piece", [". ", "1. ", '."', ".", "?! ", "。", "Mr. "])
def test_hostile_lines_are_cut_like_others(piece: str) -> None:
    line = f"Start {piece * 50_000}end"
    assert next(sentences(line))[0] == 0
