"""Folding of texts: what becomes equal, and where each folded character came from."""

from __future__ import annotations

import re
import sys
import unicodedata
from typing import TYPE_CHECKING

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st
from packages import REPOSITORY

from china_ai_lawmaking.passages.folding import Folded, normalise, squeeze

if TYPE_CHECKING:
    from collections.abc import Callable

TEXTS = st.text(
    st.one_of(
        st.characters(exclude_categories=["Cs"]),
        st.sampled_from(" \t\n\r\u00a0\u3000\u200b\u00ad’“”—…⋯，。Ａﬁ½éü\u0301\u0316ｶﾞ가\u1100\u1161\u11a8人工智能"),
    )
)


def documented_table() -> dict[int, str]:
    """The table as docs/evidence.md prints it, read independently of the code."""
    page = (REPOSITORY / "docs" / "evidence.md").read_text(encoding="utf-8")
    block = page.split("<!-- normalisation -->")[1].split("<!-- end -->")[0]
    table = {}
    for becomes, points in re.findall(r"\| (nothing|`[^`]+`) \| ((?:U\+[0-9A-F]{4,6} ?)+)\|", block):
        for point in re.findall("[0-9A-F]{4,}", points):
            table[int(point, 16)] = "" if becomes == "nothing" else becomes.strip("`")
    return table


TABLE = documented_table()


def documented(text: str) -> str:
    """What docs/evidence.md says a text becomes."""
    return re.sub(r"[^\S\r\n]+", " ", unicodedata.normalize("NFKC", text).translate(TABLE))


@given(TEXTS)
@example("a\u0316\u0300")
@example("a\uff9e\u0300")
@example("か\u3099")
@example("\u1100\u1161\u11a8")
def test_two_texts_become_equal_only_by_nfkc_and_the_documented_table(text: str) -> None:
    assume(not re.search(r"[\u0300-\u036f]{30}", unicodedata.normalize("NFKD", text)))
    assert normalise(text).text == documented(text)


def test_every_single_character_becomes_what_the_documentation_says() -> None:
    for point in range(sys.maxunicode + 1):
        character = chr(point)
        if unicodedata.category(character)[0] in "PSZ":
            assert normalise(f"a{character}b").text == documented(f"a{character}b")


@pytest.mark.parametrize("kept", ["()", "[]", "{}", "<>", "%", "$", "&", "*", "10,000", "1.5", "A a", "Lu Lü", "人 八"])
def test_signs_that_carry_meaning_are_kept(kept: str) -> None:
    assert normalise(kept).text == kept


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("two \t\u00a0 words", "two words"),
        ("one\u3000two\nthree", "one two\nthree"),
        ("“He’s — here…”", '"He\'s - here..."'),
        ("ＡＩ，２０２５", "AI,2025"),
        ("co\u00adop\u200b", "coop"),
        ("Lu\u0308", "Lü"),
    ],
)
def test_copies_of_the_same_words_become_equal(text: str, folded: str) -> None:
    assert normalise(text).text == folded


def test_squeezing_changes_nothing_but_white_space() -> None:
    assert squeeze("“ﬁve”  \t… é\n\n x").text == "“ﬁve” … é\n\n x"


@pytest.mark.parametrize("fold", [squeeze, normalise])
@given(text=TEXTS, data=st.data())
def test_spans_lead_back_into_the_text_they_came_from(
    fold: Callable[[str], Folded], text: str, data: st.DataObject
) -> None:
    folded = fold(text)
    assume(folded.text)
    begin = data.draw(st.integers(0, len(folded.text) - 1))
    end = data.draw(st.integers(begin + 1, len(folded.text)))
    first, last = folded.source_span(begin, end)
    assert 0 <= first < last <= len(text)
    assert folded.text[begin:end] in fold(text[first:last]).text


@given(TEXTS)
def test_each_character_of_a_text_is_led_back_to_in_order(text: str) -> None:
    folded = normalise(text)
    spans = [folded.source_span(i, i + 1) for i in range(len(folded.text))]
    assert spans == sorted(spans)


def test_a_long_run_of_marks_is_folded_piece_by_piece() -> None:
    # As Stream-Safe Text Format (UAX #15) does; the whole run at once would take quadratic time.
    text = "a" + "\u0301\u0316" * 5_000
    assert unicodedata.normalize("NFD", normalise(text).text).count("\u0316") == 5_000
