"""Texts folded for comparison, with every offset leading back to the text as it was."""

import re
import unicodedata
from array import array
from collections.abc import Sequence
from functools import cache
from typing import Any, NamedTuple

# The normalisation table: what is folded, what each of its characters becomes after NFKC, and these characters.
NORMALISATION = (
    ("double quotation marks", '"', "“”„‟«»「」〝〞〟❝❞"),
    ("single quotation marks and apostrophes", "'", "‘’‚‛‹›『』`ʼ"),
    ("dashes and hyphens", "-", "‐‒–—―−⸺⸻"),
    ("ellipsis in the middle of the line", "...", "⋯"),
    (
        "soft hyphen, zero-width space, word joiner, byte order mark, direction marks",
        "",
        "\u00ad\u200b\u2060\ufeff\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069",
    ),
)

_TABLE = {ord(character): becomes for _, becomes, characters in NORMALISATION for character in characters}
# Runs of white space within a line that are not one plain space already.
_WHITE = re.compile(r"[^\S\r\n ][^\S\r\n]*| [^\S\r\n]+")
# Characters that NFKC and the table leave alone and that never combine with what stands before them: ASCII but the
# grave accent, Latin letters with accents, the ideographic comma and stop, and the two large blocks of Chinese
# characters. The last one of a run may combine with what follows, so it is left out.
_ALONE = r"[\0-_a-\x7f\xc0-\u0131\u0134-\u013e\u0141-\u0148\u014a-\u017e\u3001\u3002\u3400-\u4dbf\u4e00-\u9fff]"
_PLAIN = re.compile(rf"{_ALONE}+(?={_ALONE}|\Z)")
# Stream-Safe Text Format (UAX #15): canonical ordering is quadratic in the length of a run of combining marks.
_MAX_MARKS = 30


@cache
def _converter() -> Any:
    from opencc import OpenCC

    return OpenCC("t2s")


@cache
def _simple(character: str) -> str:
    return character if character < "\u3400" else str(_converter().convert(character))


def simplified(text: str) -> str:
    """Give a text in Simplified characters, one for one: the same name in two scripts is the same."""
    return text if text.isascii() else "".join(map(_simple, text))


class Folded(NamedTuple):
    """A text after replacements, and where each of its characters begins and ends in the text as it was."""

    text: str
    begins: Sequence[int]
    ends: Sequence[int]

    def source_span(self, begin: int, end: int) -> tuple[int, int]:
        """Give the span of the original text that folded to `text[begin:end]`, which must not be empty.

        A character of the original that is only partly inside is taken whole.
        """
        return self.begins[begin], self.ends[end - 1]


def squeeze(text: str) -> Folded:
    """Fold each run of white space within a line into one space; line breaks stay."""
    return _squeezed(Folded(text, range(len(text)), range(1, len(text) + 1)))


def is_plain(text: str) -> bool:
    """Tell whether only white space can change in a text."""
    return text.isascii() and "`" not in text


def normalise(text: str) -> Folded:
    """Fold by NFKC, then by the table, then squeeze white space."""
    if is_plain(text):
        return squeeze(text)
    parts: list[str] = []
    begins, ends = array("I"), array("I")
    begin = 0
    while begin < len(text):
        if plain := _PLAIN.match(text, begin):
            end, new = plain.end(), plain[0]
        else:
            end = begin + 1
            while end < len(text) and not _is_apart(text[begin:end], text[end]):
                end += 1
            new = unicodedata.normalize("NFKC", text[begin:end]).translate(_TABLE)
        parts.append(new)
        # What changes as a whole leads back to the whole.
        same = new == text[begin:end]
        begins.extend(range(begin, end) if same else [begin] * len(new))
        ends.extend(range(begin + 1, end + 1) if same else [end] * len(new))
        begin = end
    return _squeezed(Folded("".join(parts), begins, ends))


def _squeezed(folded: Folded) -> Folded:
    text, begins, ends = folded
    runs = [run.span() for run in _WHITE.finditer(text)]
    if not runs:
        return folded
    first, last = array("I"), array("I")
    done = 0
    for begin, end in runs:
        # The space begins where the run does.
        first.extend(begins[done : begin + 1])
        last.extend(ends[done:begin])
        last.append(ends[end - 1])
        done = end
    first.extend(begins[done:])
    last.extend(ends[done:])
    return Folded(_WHITE.sub(" ", text), first, last)


def _is_apart(cluster: str, character: str) -> bool:
    """Tell whether NFKC treats a character alone as it does after this cluster."""
    if _PLAIN.match(character) or len(cluster) > _MAX_MARKS:
        return True
    alone = unicodedata.normalize("NFKC", character)
    if unicodedata.combining(alone[0]):
        return False
    return unicodedata.normalize("NFKC", cluster + character) == unicodedata.normalize("NFKC", cluster) + alone
