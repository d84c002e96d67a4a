"""Rule 2: a passage is found by its first and last words, once or not at all."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from china_ai_lawmaking.loading.links import fragment
from china_ai_lawmaking.passages.passage import Text, find, form_fault, units

FERRY = (
    "The harbour council met on Monday to hear how the new ferry line, which cost 4,500 crowns, would be run.\n"
    "Nobody from the islanders’ league spoke, but the council's clerk read their letter aloud.\n"
    "The harbour council met on Friday too."
)
CHINESE = "港口委员会周一开会，讨论新渡轮航线的运营办法和AI票务系统。岛民代表没有发言，只请秘书宣读了一封信。"


def passages(text: str, start: str, end: str) -> list[str]:
    return [text[begin:stop] for begin, stop in find(Text(text), start, end).spans]


@pytest.mark.parametrize(
    ("text", "start", "end", "expected"),
    [
        ("one two three four five six", "one two three", "", ["one two three"]),
        ("one two three four five six", "one two three", "four five six", ["one two three four five six"]),
        ("one two\u00a0 three\tfour", "one two three", "", ["one two\u00a0 three"]),
        (FERRY, "met on Monday to", "would be run", [FERRY[20:103]]),
        (FERRY, "The harbour council", "would be run", [FERRY[:103]]),
        (FERRY, "The harbour council", "", [FERRY[:19], FERRY[-38:-19]]),
        (CHINESE, "讨论新渡轮", "AI票务系统", ["讨论新渡轮航线的运营办法和AI票务系统"]),
        (CHINESE, "岛民代表", "一封信", ["岛民代表没有发言，只请秘书宣读了一封信"]),
        (CHINESE, "票务系统", "", ["票务系统"]),
    ],
    ids=str,
)
def test_a_passage_runs_from_its_start_to_the_first_end_after_it(
    text: str, start: str, end: str, expected: list[str]
) -> None:
    assert passages(text, start, end) == expected


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        pytest.param("one two three\nfour five six", "one two three", "four five six", id="over a line break"),
        pytest.param("one two three\rfour five six", "one two three", "four five six", id="over a carriage return"),
        pytest.param("one two\nthree", "one two three", "", id="words over a line break"),
        pytest.param("four five six one two three", "one two three", "four five six", id="end before the start"),
        pytest.param("one two three four five", "one two three", "three four five", id="end within the start"),
        pytest.param(f"one two three {'x' * 785} end of it", "one two three", "end of it", id="too long"),
        pytest.param("one two threefold", "one two three", "", id="inside a longer word"),
        pytest.param("none two three", "one two three", "", id="end of a longer word"),
        pytest.param("letter to the league's clerk", "letter to the league", "", id="before an apostrophe"),
        pytest.param("letter to the league’s clerk", "letter to the league", "", id="before a curly apostrophe"),
        pytest.param("it cost over 4,500 crowns", "it cost over 4", "", id="inside a number"),
        pytest.param("up to 4,500 crowns", "500 crowns", "", id="from inside a number"),
        pytest.param("at the cafe\u0301", "at the cafe", "", id="before an accent"),
        pytest.param("One two three", "one two three", "", id="another case"),
        pytest.param("one (two) three", "one two three", "", id="without its brackets"),
        pytest.param("one two three", "", "", id="without a start"),
    ],
)
def test_what_is_no_such_passage_is_not_found(text: str, start: str, end: str) -> None:
    assert passages(text, start, end) == []


def test_a_passage_may_have_800_characters() -> None:
    text = f"one two three {'x' * 776} end of it"
    assert len(text) == 800
    assert passages(text, "one two three", "end of it") == [text]


def test_a_start_without_an_end_after_it_does_not_make_a_passage_ambiguous() -> None:
    text = "The band played on the pier.\nThe band played on the quay until the rain set in."
    assert passages(text, "The band played", "until the rain") == [text[29:71]]


def test_two_starts_before_one_end_are_two_passages() -> None:
    text = "On the pier and on the quay the whole band played until dark"
    assert len(passages(text, "n the", "band played until")) == 0
    assert passages(text.lower(), "on the", "band played until") == [text.lower()[:55], text.lower()[16:55]]


@pytest.mark.parametrize(
    ("text", "start", "expected"),
    [
        ("it costs ４，５００ crowns", "costs 4,500 crowns", "costs ４，５００ crowns"),
        ("a co\u00adop of \u200bfishers", "coop of fishers", "co\u00adop of \u200bfishers"),
        ("the cafe\u0301 on deck", "café on deck", "cafe\u0301 on deck"),
        ("the well‑known pilot", "the well-known pilot", "the well‑known pilot"),
        ("and so on⋯ said he", "and so on... said", "and so on⋯ said"),
    ],
)
def test_a_copy_that_differs_in_width_or_marks_is_found_by_normalisation(text: str, start: str, expected: str) -> None:
    found = find(Text(text), start, "")
    assert found.normalised
    assert [text[begin:end] for begin, end in found.spans] == [expected]


def test_what_is_found_word_for_word_needs_no_normalisation() -> None:
    text = "it cost 45 crowns and it cost ４５ crowns"
    found = find(Text(text), "it cost 45 crowns", "")
    assert (found.spans, found.normalised) == (((0, 17),), False)


WORD = st.one_of(st.text(st.sampled_from("abcdeéü"), min_size=1, max_size=6), st.sampled_from("港口渡轮岛民代表秘书"))


@given(st.lists(WORD, min_size=24, max_size=40, unique=True), st.data())
def test_changing_any_word_of_the_ends_is_noticed(words: list[str], data: st.DataObject) -> None:
    text = Text(" ".join(words))
    begin = data.draw(st.integers(0, len(words) - 12))
    end = data.draw(st.integers(begin + 12, len(words)))
    first = len(" ".join([*words[:begin], ""]))
    span = first, first + len(" ".join(words[begin:end]))
    ends = [words[begin : begin + 3], words[end - 3 : end]]
    assert find(text, *map(" ".join, ends)).spans == (span,)
    side, place, other = data.draw(st.integers(0, 1)), data.draw(st.integers(0, 2)), data.draw(WORD)
    assume(other != ends[side][place])
    ends[side][place] = other
    assert span not in find(text, *map(" ".join, ends)).spans


@pytest.mark.parametrize(
    ("start", "end", "passage", "fault"),
    [
        ("one two", "", None, None),
        ("1 2 3 4 5 6 7 8 9", "", None, ("quote_start", "9 words are quoted; expected 1 to 8")),
        ("one two three", "two words", None, ("quote_end", "2 words are quoted; expected 3 to 8")),
        ("新渡轮", "", None, None),
        (
            "一二三四五六七八九十百千万一二三四五六七八九十百千万",
            "",
            None,
            ("quote_start", "26 words are quoted; expected 1 to 24"),
        ),
        ("港口委员AI", "", None, None),
        ("one two three", "ten eleven twelve", "one two three 4 5 6 7 8 9 ten eleven twelve", None),
        (
            "one two three",
            "nine ten eleven",
            "one two three 4 5 6 7 8 nine ten eleven",
            ("quote_end", "6 of the passage's 11 words are quoted; expected at most half"),
        ),
        (
            "one two three",
            "six seven eight",
            "one two three 4 5 six seven eight",
            ("quote_end", "the passage has 8 words; one of at most 8 has quote_start alone"),
        ),
        (
            "港口委员",
            "周一开会",
            "港口委员的周一开会",
            ("quote_end", "the passage has 9 words; one of at most 12 has quote_start alone"),
        ),
    ],
)
def test_the_form_of_a_passage(start: str, end: str, passage: str | None, fault: tuple[str, str] | None) -> None:
    assert form_fault(start, end, passage) == fault


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            "“Yes,” he said -- in a well-run (4,500-ton) ship…",
            ["Yes", "he", "said", "in", "a", "well-run", "4,500-ton", "ship"],
        ),
        ("新的AI法，2025年", ["新", "的", "AI", "法", "2025", "年"]),
        ("… — 。", []),
        ("cafe\u0301!", ["cafe\u0301"]),
    ],
)
def test_the_words_of_a_text(text: str, words: list[str]) -> None:
    assert [text[begin:end] for begin, end in units(text)] == words


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        ("one two three", "", ":~:text=one%20two%20three"),
        ("R&D, then well-run", "and so on", ":~:text=R%26D%2C%20then%20well%2Drun,and%20so%20on"),
        ("讨论新渡轮", "一封信", ":~:text=%E8%AE%A8%E8%AE%BA%E6%96%B0%E6%B8%A1%E8%BD%AE,%E4%B8%80%E5%B0%81%E4%BF%A1"),
    ],
)
def test_a_text_fragment_escapes_what_has_a_meaning_in_it(start: str, end: str, expected: str) -> None:
    assert fragment(start, end) == expected


# At this size a search in quadratic time would take minutes.
LENGTH = 200_000


@pytest.mark.parametrize(
    ("text", "start", "end", "count"),
    [
        pytest.param("the same words " * (LENGTH // 15), "the same words", "same words the", 2, id="repeated words"),
        pytest.param("the same words " * (LENGTH // 15), "the same words", "no such end", 0, id="starts without end"),
        pytest.param("a" * LENGTH, "aaa aaa aaa", "", 0, id="one long word"),
        pytest.param("ab " + "a" * LENGTH, "aaa", "", 0, id="no border anywhere"),
        pytest.param("a" + "\u0301\u0316" * (LENGTH // 2), "one two three", "", 0, id="marks on one letter"),
        pytest.param("\u202eabc\u202c \u05d0\u05d1 " * (LENGTH // 9), "abc אב abc", "", 2, id="mixed directions"),
        pytest.param(" \u00a0" * (LENGTH // 2) + "a b c", "a b c", "", 1, id="white space"),
        pytest.param("，ａ" * (LENGTH // 2), "a,a,a", "", 2, id="full width"),
        pytest.param("\n" * LENGTH + "a b c", "a b c", "", 1, id="empty lines"),
    ],
)
def test_hostile_texts_are_searched_like_others(text: str, start: str, end: str, count: int) -> None:
    assert len(find(Text(text), start, end).spans) == count


@pytest.mark.parametrize("text", ["", "a", "_a_ b-c.", "(4,500) or 'so'", "-- a_b --\tc", "x\ny", "U.S. ...", "don't"])
def test_the_words_of_ascii_are_those_of_any_text(text: str) -> None:
    # A character that is no ASCII, and no word.
    assert units(text) == units(f"{text} \u2013")
