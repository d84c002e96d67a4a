"""Which sentences of the founding texts the record carries, and which are named residue.

`python quality/coverage.py DIR` takes the folder of the texts and prints, for each, how many sentences passages carry,
how many `quality/residue.csv` names with a reason, and each open one by its place. It exits 1 while one is open, or an
entry of the list holds no more. `docs/evidence.md` tells where a sentence ends.
"""

from __future__ import annotations

import csv
import re
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from china_ai_lawmaking.package.descriptor import open_package
from china_ai_lawmaking.passages import evidence
from china_ai_lawmaking.passages.folding import normalise, squeeze
from china_ai_lawmaking.passages.passage import Text, is_border, units

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    Span = tuple[int, int]
    # By line and number in the line, from 1: the sentence, and whether it is carried, residue or open.
    Places = dict[tuple[int, int], tuple[str, str]]

ROOT = Path(__file__).resolve().parent.parent
RESIDUE = "quality/residue.csv"
REASONS = {
    "navigation": "Belongs to the page around the document: menus, tags, related titles, rights, remains of markup.",
    "heading": "A title or a heading within the document.",
    "caption": "The caption or the text in place of a picture.",
    "byline": "Authors, outlet, date line.",
    "repetition": "Says again what another sentence carries.",
    "background": "The outlet's or author's own words, which do not judge or interpret AI or its regulation.",
}
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
FIRST_WORDS = 5

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
    """Give the spans of the sentences of one physical line; a piece with no letter or digit is none."""
    begin = 0
    for end in [*(stop.end() for stop in _STOP.finditer(line) if _ends(line, stop)), len(line)]:
        piece = line[begin:end]
        if any(map(str.isalnum, piece)):
            yield begin + len(piece) - len(piece.lstrip()), begin + len(piece.rstrip())
        begin = end


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


def places(text: Text, passages: Iterable[Span]) -> Places:
    """Give each sentence of a text; one is carried when passages cover at least half of its characters."""
    covered = bytearray(len(text.text))
    for begin, end in passages:
        covered[begin:end] = b"\1" * (end - begin)
    found: Places = {}
    for line, (first, last) in enumerate(text.lines, 1):
        for number, (begin, end) in enumerate(sentences(text.text[first:last]), 1):
            is_carried = 2 * covered.count(1, first + begin, first + end) >= end - begin
            found[line, number] = text.text[first + begin : first + end], "carried" if is_carried else "open"
    return found


def name(entry: dict[str, str], found: Places) -> str:
    """Mark the sentence that an entry of the list names as residue, or tell what is wrong with the entry."""
    place = int(entry["line"]), int(entry["sentence"])
    if entry["reason"] not in REASONS:
        return f"{entry['reason']!r} is no reason; reasons: {', '.join(REASONS)}"
    if place not in found:
        return f"line {place[0]} of the text has no sentence {place[1]}"
    sentence, state = found[place]
    if not _begins(sentence, entry["starts_with"]):
        return f"the sentence begins with {first_words(sentence)!r}, not {entry['starts_with']!r}"
    if state != "open":
        return "passages carry this sentence" if state == "carried" else "an entry above names this sentence"
    found[place] = sentence, "residue"
    return ""


def first_words(sentence: str) -> str:
    """Give the words by which the list names a sentence: its first five."""
    spans = units(sentence)[:FIRST_WORDS]
    return squeeze(sentence[spans[0][0] : spans[-1][1]]).text


def _begins(sentence: str, words: str) -> bool:
    texts = (normalise(part).text for part in (sentence, words))
    sentence, words = (text[spans[0][0] :] if (spans := units(text)) else "" for text in texts)
    return words != "" and sentence.startswith(words) and is_border(sentence, len(words))


def report(root: Path, folder: str) -> tuple[str, bool]:
    """Tell how far the record carries the texts of a folder, and whether nothing is open and every entry holds."""
    package = open_package(root)
    sources = evidence.Sources(package, folder)
    spans: dict[str, list[Span]] = {source: [] for source in sorted(sources.texts)}
    for row in evidence.check(package, sources).located:
        if row.outcome in evidence.ACCEPTED and row.span:
            spans[row.holder].append(row.span)
    texts = {source: places(sources.texts[source], passages) for source, passages in spans.items()}
    lines = []
    with (root / RESIDUE).open(encoding="utf-8", newline="") as file:
        for line, entry in enumerate(csv.DictReader(file), 2):
            if entry["source_id"] in texts and (fault := name(entry, texts[entry["source_id"]])):
                lines.append(f"{RESIDUE}:{line}: {fault}")
    for source, found in texts.items():
        counts = Counter(state for _, state in found.values())
        told = ", ".join(f"{counts[state]} {state}" for state in ("carried", "residue", "open"))
        lines.append(f"{source}: {len(found)} sentences, {told}")
        lines += [
            f"  line {line}, sentence {number}: {first_words(sentence)}"
            for (line, number), (sentence, state) in found.items()
            if state == "open"
        ]
    return "\n".join(lines) + "\n", len(lines) == len(texts)


if __name__ == "__main__":
    told, is_whole = report(ROOT, sys.argv[1])
    print(told, end="")
    sys.exit(not is_whole)
