"""Texts folded for comparison, with every offset leading back to the text as it was."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


class Fold(NamedTuple):
    """One line of the normalisation table: each of `characters` becomes `becomes`, after NFKC."""

    name: str
    becomes: str
    characters: str


NORMALISATION = (
    Fold("double quotation marks", '"', "“”„‟«»「」〝〞〟❝❞"),
    Fold("single quotation marks and apostrophes", "'", "‘’‚‛‹›『』`ʼ"),
    Fold("dashes and hyphens", "-", "‐‒–—―−⸺⸻"),
    Fold("ellipsis in the middle of the line", "...", "⋯"),
    Fold(
        "soft hyphen, zero-width space, word joiner, byte order mark, direction marks",
        "",
        "\u00ad\u200b\u2060\ufeff\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069",
    ),
)

_TABLE = {ord(character): fold.becomes for fold in NORMALISATION for character in fold.characters}
# Runs of white space within a line that are not one plain space already.
_WHITE = re.compile(r"[^\S\r\n]{2,}|[^\S\r\n ]")
# Characters that NFKC and the table leave alone and that never combine with what stands before them: ASCII but the
# grave accent, the ideographic comma and stop, and the two large blocks of Chinese characters. The last one of a run
# may combine with what follows, so it is left out.
_ALONE = r"[\0-_a-\x7f\u3001\u3002\u3400-\u4dbf\u4e00-\u9fff]"
_PLAIN = re.compile(rf"{_ALONE}+(?={_ALONE}|\Z)")
# Stream-Safe Text Format (UAX #15): canonical ordering is quadratic in the length of a run of combining marks.
_MAX_MARKS = 30


class Folded:
    """A text after replacements, which knows where each of its characters came from.

    Attributes:
        text: The text after the replacements.
    """

    def __init__(self, source: str, replacements: Iterable[tuple[int, int, str]], below: Folded | None = None) -> None:
        """Replace parts of a text.

        Args:
            source: The text to fold; the folded text of `below` where there is one.
            replacements: Begin, end and new text of each replaced part, in order, without overlap.
            below: The folding that gave `source`.
        """
        self._below = below
        self._begins: list[int] = []
        self._ends: list[int] = []
        self._sources: list[tuple[int, int]] = []
        parts: list[str] = []
        done = length = 0
        for begin, end, new in replacements:
            parts += (source[done:begin], new)
            length += begin - done
            self._begins.append(length)
            length += len(new)
            self._ends.append(length)
            self._sources.append((begin, end))
            done = end
        parts.append(source[done:])
        self.text = "".join(parts)

    def source_span(self, begin: int, end: int) -> tuple[int, int]:
        """Give the span of the original text that folded to `text[begin:end]`, which must not be empty.

        A character of the original that is only partly inside is taken whole.
        """
        span = self._source(begin)[0], self._source(end - 1)[1]
        return self._below.source_span(*span) if self._below else span

    def _source(self, offset: int) -> tuple[int, int]:
        k = bisect_right(self._begins, offset) - 1
        if k < 0:
            return offset, offset + 1
        if offset < self._ends[k]:
            return self._sources[k]
        begin = self._sources[k][1] + offset - self._ends[k]
        return begin, begin + 1


def squeeze(text: str, below: Folded | None = None) -> Folded:
    """Fold each run of white space within a line into one space; line breaks stay."""
    return Folded(text, ((run.start(), run.end(), " ") for run in _WHITE.finditer(text)), below)


def normalise(text: str) -> Folded:
    """Fold by NFKC, then by the table, then squeeze white space."""
    folded = Folded(text, _normalised(text))
    return squeeze(folded.text, folded)


def _normalised(text: str) -> Iterator[tuple[int, int, str]]:
    begin = 0
    while begin < len(text):
        if plain := _PLAIN.match(text, begin):
            begin = plain.end()
            continue
        end = begin + 1
        while end < len(text) and not _is_apart(text[begin:end], text[end]):
            end += 1
        new = unicodedata.normalize("NFKC", text[begin:end]).translate(_TABLE)
        if new != text[begin:end]:
            yield begin, end, new
        begin = end


def _is_apart(cluster: str, character: str) -> bool:
    """Tell whether NFKC treats a character alone as it does after this cluster."""
    if character < "\x80" or len(cluster) > _MAX_MARKS:
        return True
    alone = unicodedata.normalize("NFKC", character)
    if unicodedata.combining(alone[0]):
        return False
    return unicodedata.normalize("NFKC", cluster + character) == unicodedata.normalize("NFKC", cluster) + alone
