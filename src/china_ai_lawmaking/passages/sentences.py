"""Where sentences begin and end: one documented rule for English and Chinese news text."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    Span = tuple[int, int]

# Never the last word of a sentence.
BEFORE_NAMES = (
    *("Mr", "Mrs", "Ms", "Messrs", "Dr", "Prof", "Gov", "Gen", "Sen", "Rep", "Col", "Lt", "Capt", "Hon", "Rev", "St"),
    *("Co", "e.g", "i.e", "cf", "vs", "viz", "ca", "approx"),
)
# Not the last word of a sentence where a number follows.
BEFORE_NUMBERS = (
    *("Jan", "Feb", "Mar", "Apr", "Jun", "Jul", "Aug", "Sep", "Sept", "Oct", "Nov", "Dec"),
    *("No", "Nos", "Art", "Arts", "Sec", "Ch", "Para", "Vol", "Fig", "Figs", "p", "pp"),
)

_OPENING = "\"'“‘(\\[«「『（《【"
_CLOSING = "\"'”’)\\]»」』）》】"
# The look-behinds and the possessive repeats keep a run of stops from being tried again at each of its characters.
_STOP = re.compile(
    rf"(?<![.!?…])[.!?…]++[{_CLOSING}]*+(?=\s|\Z)"  # a space must follow a Western stop
    rf"|(?<![。！？])[。！？]++[{_CLOSING}]*+"
)
_NEXT = re.compile(rf"\s*+[{_OPENING}]*+")
_INITIALS = re.compile(r"(?:[A-Z]\.)*[A-Z]")
# Longer than any abbreviation: what bounds the look back.
_LONGEST_WORD = 24


def sentences(line: str) -> Iterator[Span]:
    """Give the spans of the sentences of one physical line, without the white space around them.

    A piece with no letter or digit is no sentence.
    """
    begin = 0
    for stop in _STOP.finditer(line):
        if _ends(line, stop):
            yield from _trimmed(line, begin, stop.end())
            begin = stop.end()
    yield from _trimmed(line, begin, len(line))


def _ends(line: str, stop: re.Match[str]) -> bool:
    if stop[0][0] in "。！？":
        return True
    skipped = _NEXT.match(line, stop.end())
    following = line[skipped.end() : skipped.end() + 1] if skipped else ""
    if following.islower():
        return False
    if stop[0] != "." or not following:
        return True
    window = line[max(0, stop.start() - _LONGEST_WORD) : stop.start()]
    word = (window.split() or [""])[-1].lstrip(_OPENING)
    if word in BEFORE_NUMBERS:
        return not following.isdigit()
    is_item_number = word.isdigit() and stop.start() <= _LONGEST_WORD and window.strip() == word
    return not (word in BEFORE_NAMES or _INITIALS.fullmatch(word) or is_item_number)


def _trimmed(line: str, begin: int, end: int) -> Iterator[Span]:
    piece = line[begin:end]
    if any(map(str.isalnum, piece)):
        yield begin + len(piece) - len(piece.lstrip()), begin + len(piece.rstrip())
