"""Rule 2 of the data model: a passage is named by its first and last words and found again in a text."""

import hashlib
import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator
from functools import cached_property
from itertools import islice
from typing import NamedTuple

from .folding import Folded, is_plain, normalise, squeeze

Span = tuple[int, int]

MAX_CHARACTERS = 800
WORDS = (3, 8)
CHARACTERS = (4, 24)
# A passage of at most so many words or Chinese characters has no end of its own.
SHORT = {WORDS: 8, CHARACTERS: 12}

HAN = "\u3005\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af"
CHINESE = re.compile(f"[{HAN}]")
_LETTERS = re.compile(r"[^\W_]+")
_UNIT = re.compile(rf"[{HAN}]|[^\s{HAN}]+")
# The same in ASCII, where no mark and no Chinese can be: three times as fast.
_ASCII_UNIT = re.compile(r"[A-Za-z0-9](?:\S*[A-Za-z0-9])?")
# At an offset that is no word border. Apostrophes join letters, stops and commas digits.
_WORD = rf"[^\W{HAN}]"
_INSIDE = re.compile(rf"(?<={_WORD})['’]?{_WORD}|(?<={_WORD}['’]){_WORD}|(?<=\d)[.,]\d|(?<=\d[.,])\d")
LINE_BREAK = re.compile(r"\r\n|\r|\n")


def decoded(content: bytes) -> str:
    """Read a text as UTF-8, with or without a byte order mark.

    Raises:
        UnicodeDecodeError: It is in another encoding. A zero byte is that of UTF-16, in which Windows saves and pipes.
    """
    text = content.decode("utf-8-sig")
    if (zero := content.find(b"\0")) >= 0:
        raise UnicodeDecodeError("utf-8", content, zero, zero + 1, "a zero byte")
    return text


class Text:
    """A source text, ready to be searched.

    Attributes:
        text: The text as it is in the file.
    """

    def __init__(self, text: str) -> None:
        """Keep the text; it is folded when it is first searched."""
        self.text = text

    @cached_property
    def exact(self) -> Folded:
        """The text with any white space between words as one space."""
        return squeeze(self.text)

    @cached_property
    def normalised(self) -> Folded:
        """The text after NFKC and the normalisation table."""
        return self.exact if is_plain(self.text) else normalise(self.text)

    @cached_property
    def lowered(self) -> str:
        """The normalised text in small letters, character by character."""
        text = self.normalised.text
        lowered = text.lower()
        # A letter that becomes two, as the Turkish capital I does, is left.
        return lowered if len(lowered) == len(text) else "".join(c.lower() if len(c.lower()) == 1 else c for c in text)

    @cached_property
    def lines(self) -> list[Span]:
        """Begin and end of each physical line, without its line break (LF, CR LF or CR)."""
        begins, ends = [0], []
        for line_break in LINE_BREAK.finditer(self.text):
            ends.append(line_break.start())
            begins.append(line_break.end())
        return list(zip(begins, [*ends, len(self.text)], strict=True))

    def line(self, offset: int) -> int:
        """Give the physical line (1-based) of an offset."""
        return bisect_right(self.lines, (offset, len(self.text)))


class Place(NamedTuple):
    """Where a passage is in a text."""

    begin: int
    start_end: int  # where its first words end
    end_begin: int  # where its last words begin; `begin` where it has none of its own
    end: int


class Found(NamedTuple):
    """What the search for a passage came to."""

    places: tuple[Place, ...]  # at most two: a second one already makes the first ambiguous
    normalised: bool  # whether they were found only after normalisation

    @property
    def spans(self) -> tuple[Span, ...]:
        """Begin and end of the passages in the text."""
        return tuple((place.begin, place.end) for place in self.places)


def find(text: Text, start: str, end: str) -> Found:
    """Find the passages that run from `start` to the first `end` after it, or that are `start` where `end` is empty.

    Takes time linear in the text, whatever the text.
    """
    places = tuple(islice(_passages(text.exact, start, end), 2))
    if places:
        return Found(places, normalised=False)
    start, end = normalise(start).text, normalise(end).text
    return Found(tuple(islice(_passages(text.normalised, start, end), 2)), normalised=True)


def occurrences(text: Text, words: str) -> Iterator[Span]:
    """Give the spans of a text that are these words after normalisation, on word borders."""
    for span in _occurrences(text.normalised.text, normalise(words).text):
        yield text.normalised.source_span(*span)


def earlier(text: Text, place: Place) -> int | None:
    """Give where the first words of a passage stand first, if that is before it; there a browser opens the page.

    As a browser does, the search makes no difference between capital and small letters.
    """
    words = normalise(text.text[place.begin : place.start_end]).text.lower()
    first = next((text.normalised.begins[begin] for begin, _ in _occurrences(text.lowered, words)), place.begin)
    return first if first < place.begin else None


def units(text: str) -> list[Span]:
    """Give the spans of the words of a text: a Chinese character, or what stands between white space and such.

    A word has a letter or digit; punctuation around it is no part of its span.
    """
    if text.isascii():
        return [unit.span() for unit in _ASCII_UNIT.finditer(text)]
    spans = []
    for unit in _UNIT.finditer(text):
        begin, end = unit.span()
        while begin < end and not text[begin].isalnum():
            begin += 1
        while begin < end and not (text[end - 1].isalnum() or _is_mark(text[end - 1])):
            end -= 1
        if begin < end:
            spans.append((begin, end))
    return spans


def measure(text: str) -> tuple[int, bool]:
    """Count the words of a text, and tell whether most of them are Chinese characters."""
    words = len(units(text))
    return words, 2 * len(CHINESE.findall(text)) > words


def limits(text: str) -> tuple[int, int]:
    """Give the fewest and most words that may be quoted of such a text; other numbers hold if most are Chinese."""
    return CHARACTERS if measure(text)[1] else WORDS


def form_fault(start: str, end: str, passage: str | None) -> tuple[str, str] | None:
    """Say how a passage breaks the rule on how much is quoted.

    Args:
        start: First words.
        end: Last words, or empty.
        passage: The passage where it was found.

    Returns:
        The column at fault and what is wrong with it; None if the form is right.
    """
    quoted = 0
    for column, text in (("quote_start", start), ("quote_end", end)):
        count, is_chinese = measure(text)
        fewest, most = CHARACTERS if is_chinese else WORDS
        # A name can stand alone.
        fewest = fewest if end else 1
        if text and not fewest <= count <= most:
            return column, f"{count} words are quoted; expected {fewest} to {most}"
        # Punctuation is no word, but what is quoted has to stay short.
        if is_chinese and (length := len(text.replace(" ", ""))) > most:
            return column, f"{length} characters are quoted; expected at most {most}"
        quoted += count
    if passage is None or not end:
        return None
    length, is_chinese = measure(passage)
    short = SHORT[CHARACTERS if is_chinese else WORDS]
    if length <= short:
        return "quote_end", f"the passage has {length} words; one of at most {short} has quote_start alone"
    if 2 * quoted > length:
        return "quote_end", f"{quoted} of the passage's {length} words are quoted; expected at most half"
    return None


def digest(passage: str) -> str:
    """Give the SHA-256 of a passage's letters and digits: NFKC, Unicode categories L and N, in order, as UTF-8.

    White space, punctuation and quotation marks differ between copies of a page; the words do not.
    """
    # In a pattern \w is these categories and the underscore; a test holds Python to it.
    words = _LETTERS.findall(unicodedata.normalize("NFKC", passage))
    return hashlib.sha256("".join(words).encode()).hexdigest()


def is_border(text: str, offset: int) -> bool:
    """Tell whether no word runs across an offset.

    A word is a run of letters, digits, marks and underscores. An apostrophe between two of them, and a stop or comma
    between two digits, belong to it. A Chinese character has a border on either side.
    """
    first = max(0, offset - 2)
    around = text[first : offset + 2]
    if not around.isascii():
        if offset and _is_mark(text[offset : offset + 1]):
            return False
        # To the pattern a mark is no word, here it is a part of one.
        around = "".join("_" if _is_mark(character) else character for character in around)
    return not _INSIDE.match(around, offset - first)


def _is_mark(character: str) -> bool:
    return character > "\u02ff" and unicodedata.category(character)[0] == "M"


def _passages(view: Folded, start: str, end: str) -> Iterator[Place]:
    # Both run forward through the text once: the first end after a later start is never an earlier one.
    ends = _occurrences(view.text, end)
    following = next(ends, None)
    for begin, after in _occurrences(view.text, start):
        low, start_end = view.source_span(begin, after)
        if not end:
            yield Place(low, start_end, low, start_end)
            continue
        while following is not None and following[0] < after:
            following = next(ends, None)
        if following is None:
            return
        end_begin, high = view.source_span(*following)
        # The length first: it bounds the search for a line break.
        if high - low <= MAX_CHARACTERS and not LINE_BREAK.search(view.text, begin, following[0]):
            yield Place(low, start_end, end_begin, high)


def _occurrences(text: str, words: str) -> Iterator[Span]:
    words = " ".join(words.split())
    begin = text.find(words) if words else -1
    while begin >= 0:
        end = begin + len(words)
        if is_border(text, begin) and is_border(text, end):
            yield begin, end
        begin = text.find(words, begin + 1)
