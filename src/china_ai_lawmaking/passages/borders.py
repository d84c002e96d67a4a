"""Word borders of Chinese, by the dictionary of ICU: browsers open a text fragment only on them."""

from functools import lru_cache
from itertools import accumulate

from .passage import CHINESE, Place, Text


@lru_cache(maxsize=64)
def _word_borders(line: str) -> list[int]:
    """Give the offsets in a line at which ICU has a word border, its begin and end included, in order."""
    from icu4py.breakers import WordBreaker

    borders = {0, *(end for _, end in WordBreaker(line, "zh").segments())}
    # ICU counts in UTF-16.
    places = accumulate((1 + (character > "\uffff") for character in line), initial=0)
    return [place for place, offset in enumerate(places) if offset in borders]


def cut_words(text: Text, place: Place) -> list[str]:
    """Tell which ends of a passage, and of its first and last words, stand inside a Chinese word.

    Returns:
        The words that are cut, with a bar at the cut, in the order of the text; none where every border is one of ICU
        or beside no Chinese character.

    Raises:
        ModuleNotFoundError: The libraries of the extra `validate` are not installed.
    """
    begin, end = text.lines[text.line(place.begin) - 1]
    cut = []
    for offset in sorted({*place} - {begin, end}):
        if CHINESE.search(text.text, offset - 1, offset + 1):
            borders = _word_borders(text.text[begin:end])
            if offset - begin not in borders:
                before = begin + max(border for border in borders if border < offset - begin)
                after = begin + min(border for border in borders if border > offset - begin)
                cut.append(f"{text.text[before:offset]}|{text.text[offset:after]}")
    return cut
