"""Word borders of Chinese, by the dictionary of ICU: browsers open a text fragment only on them."""

from __future__ import annotations

import re
from itertools import accumulate
from typing import TYPE_CHECKING

from ..errors import missing_extra
from .passage import HAN

if TYPE_CHECKING:
    from .passage import Place, Text

_CHINESE = re.compile(f"[{HAN}]")


def word_borders(text: str) -> frozenset[int]:
    """Give the offsets in a text at which ICU has a word border, the begin and end of the text included.

    Raises:
        MissingExtraError: The libraries of the extra `validate` are not installed.
    """
    try:
        from icu4py.breakers import WordBreaker
    except ModuleNotFoundError as error:
        raise missing_extra(error) from None

    borders = {0, *(end for _, end in WordBreaker(text, "zh").segments())}
    if text.isascii() or max(text, default="") <= "\uffff":
        return frozenset(borders)
    # ICU counts in UTF-16.
    places = accumulate((2 if character > "\uffff" else 1 for character in text), initial=0)
    return frozenset(place for place, offset in enumerate(places) if offset in borders)


def cut_words(text: Text, place: Place) -> list[str]:
    """Tell which ends of a passage stand inside a Chinese word.

    Args:
        text: The text.
        place: Where the passage and its first and last words are.

    Returns:
        The words that are cut, with a bar at the cut, in the order of the text; none where every border is one of ICU
        or beside no Chinese character.
    """
    begin, end = text.lines[text.line(place.begin) - 1]
    offsets = sorted({place.begin, place.start_end, place.end_begin, place.end} - {begin, end})
    inside = [offset for offset in offsets if _CHINESE.search(text.text, offset - 1, offset + 1)]
    borders = text.borders(begin, end) if inside else frozenset()
    cut = []
    for offset in inside:
        if offset - begin not in borders:
            before = begin + max(border for border in borders if border < offset - begin)
            after = begin + min(border for border in borders if border > offset - begin)
            cut.append(f"{text.text[before:offset]}|{text.text[offset:after]}")
    return cut
