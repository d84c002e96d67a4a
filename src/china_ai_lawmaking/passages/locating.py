"""From a passage to the words that name it: the inverse of finding it."""

import re
import unicodedata
from bisect import bisect_left
from itertools import islice
from typing import NamedTuple

from ..package.descriptor import Field, Package
from .borders import cut_words
from .evidence import Sources
from .folding import NORMALISATION, squeeze
from .passage import (
    CHARACTERS,
    LINE_BREAK,
    MAX_CHARACTERS,
    WORDS,
    Span,
    Text,
    earlier,
    find,
    form_fault,
    limits,
    occurrences,
    units,
)

_INVISIBLE = dict.fromkeys(map(ord, next(characters for _, becomes, characters in NORMALISATION if not becomes)))


class Proposal(NamedTuple):
    """How a passage of one source can be named."""

    source_id: str  # the contained document around the passage, or the source whose text it is
    quote_start: str = ""  # shortest first words that the rule allows
    quote_end: str = ""  # shortest last words, or empty
    before: str = ""  # first words of the passage that had to be left out, or empty
    after: str = ""  # last words of the passage that had to be left out, or empty
    reason: str = ""  # why nothing can be proposed; empty where something is


def propose(package: Package, sources: Sources, passage: str) -> list[Proposal]:
    """Propose first and last words for a passage, one proposal a text that holds it.

    Words that the schema of the package allows in no quote, such as those in quotation marks, are left out at the ends.
    Chinese ends stand on word borders.

    Returns:
        At least one proposal or reason.
    """
    passage = passage.strip()
    words = units(passage)
    if not words:
        return [Proposal("", reason="there is no passage: no word was given")]
    passage = passage[words[0][0] : words[-1][1]]
    if len(passage) > MAX_CHARACTERS:
        reason = f"the passage has {len(passage)} characters; at most {MAX_CHARACTERS} are allowed"
        return [Proposal("", reason=reason)]
    if LINE_BREAK.search(passage):
        return [Proposal("", reason="the passage runs over a line break; one paragraph, on one line, is allowed")]
    proposals = []
    quote = package.table("evidence").field("quote_start")
    for holder, text in sources.texts.items():
        found = list(islice(occurrences(text, passage), 2))
        if len(found) > 1:
            lines = " and ".join(str(text.line(begin)) for begin, _ in found)
            reason = f"the passage is more than once in this text, on lines {lines}"
            proposals.append(Proposal(holder, reason=reason))
        elif found:
            proposals.append(shortest(quote, text, found[0], sources.voice(holder, found[0])))
    return proposals or [Proposal("", reason=_absence(sources, passage))]


def shortest(quote: Field, text: Text, span: Span, source_id: str = "") -> Proposal:
    """Propose first and last words for a passage of a source by its place in a text.

    The constraints of `quote`, the column of first words, say what a quote may hold.
    """
    pattern, longest = re.compile(quote.constraints["pattern"]), quote.constraints["maxLength"]
    passage = text.text[slice(*span)]
    words = units(passage)
    fewest, most = limits(passage)
    if len(words) < fewest:
        return Proposal(source_id, reason=f"the passage has {len(words)} words; at least {fewest} are needed")
    # Few words are left out first, and never more than half.
    few = range(min(WORDS[1], len(words) // 2) + 1)
    for before, after in ((before, dropped - before) for dropped in few for before in range(dropped + 1)):
        kept = words[before : len(words) - after]
        begin, end = kept[0][0], kept[-1][1]
        for first, last in _lengths(len(kept)):
            start = _quoted(passage[begin : kept[first - 1][1]])
            finish = _quoted(passage[kept[-last][0] : end]) if last else ""
            if not all(len(quoted) <= longest and pattern.search(quoted) for quoted in (start, finish) if quoted):
                continue
            if form_fault(start, finish, passage[begin:end]):
                continue
            found = find(text, start, finish)
            if found.spans != ((span[0] + begin, span[0] + end),):
                continue
            # A browser opens the page there only on word borders, and where its first words stand nowhere before.
            if earlier(text, found.places[0]) is None and not cut_words(text, found.places[0]):
                return Proposal(source_id, start, finish, passage[:begin].strip(), passage[end:].strip())
    reason = (
        f"no {fewest} to {most} words at each end, without quotation marks and dashes, at most half of the passage,"
        " make it unique; take a longer passage or one that begins and ends with other words"
    )
    return Proposal(source_id, reason=reason)


def _lengths(length: int) -> list[tuple[int, int]]:
    """List how many words to quote at the start and end of a passage, fewest in all first."""
    sizes = range(WORDS[0], CHARACTERS[1] + 1)
    both = [(first, last) for first in sizes for last in sizes if 2 * (first + last) <= length]
    return [(length, 0)] * (length in sizes) + sorted(both, key=lambda pair: (sum(pair), pair))


def _quoted(words: str) -> str:
    return unicodedata.normalize("NFC", squeeze(words.translate(_INVISIBLE)).text)


def _absence(sources: Sources, passage: str) -> str:
    """Say how far a passage that no text holds agrees with one."""
    words = units(passage)
    best, where = 0, ""
    for source, text in sources.texts.items():

        def is_missing(word: Span, text: Text = text) -> bool:
            return next(occurrences(text, passage[: word[1]]), None) is None

        held = bisect_left(words, True, key=is_missing)
        if held > best:
            best, where = held, source
    if not best:
        return "no text holds the passage, not even its first word"
    last = passage[slice(*words[best - 1])]
    return f"no text holds the passage; that of {where!r} holds its first {best} words, up to {last!r}"
