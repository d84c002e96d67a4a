"""Which sentences of the source texts the evidence carries, and which are named residue."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ..loading import reading
from ..problems import Problem, shown
from .evidence import ACCEPTED, rows
from .folding import normalise, squeeze
from .passage import Text, is_border, units
from .sentences import sentences

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from typing import Any

    from ..package.descriptor import Package
    from .evidence import Located, Sources
    from .passage import Span

RESIDUE = "quality/residue.csv"
RESIDUE_SCHEMA = "quality/residue.json"
CODES = {
    "residue-carried": "passages carry the sentence that an entry names",
    "residue-twice": "two entries name the same sentence",
    "residue-unmatched": "there is no such sentence at the place that an entry names",
}
FIRST_WORDS = 5
_FIRST_STEP = "`evidence coverage` prints the place and the first words of each open sentence"


class Sentence(NamedTuple):
    """One sentence of a text."""

    line: int  # physical line of the text, 1-based
    number: int  # number of the sentence in the line, 1-based
    span: Span  # begin and end in the text
    state: str  # carried, residue or open


class Document(NamedTuple):
    """How far the evidence covers the text of a source."""

    source_id: str
    sentences: tuple[Sentence, ...]

    def count(self, state: str) -> int:
        """Count the sentences in a state."""
        return sum(sentence.state == state for sentence in self.sentences)

    @property
    def share(self) -> float:
        """Share of the sentences that are carried or residue, 0 to 1."""
        return 1 - self.count("open") / len(self.sentences) if self.sentences else 1.0


class Coverage(NamedTuple):
    """Coverage of all texts."""

    documents: list[Document]
    problems: list[Problem]  # entries of the residue list that hold no more
    unjudged: int  # number of entries of the residue list whose source has no text here


def coverage(package: Package, sources: Sources, located: Iterable[Located]) -> Coverage:
    """Tell for each text which sentences are carried, which are residue and which are open.

    A sentence is carried when passages cover at least half of its characters.

    Args:
        package: The package; `quality/residue.csv` beside its descriptor names the residue.
        sources: Its sources with their texts.
        located: What `evidence.check` found.

    Raises:
        DataError: The list of residue cannot be read as its schema says.
    """
    spans: dict[str, list[Span]] = {source: [] for source in sources.texts}
    for row in located:
        if row.outcome in ACCEPTED and row.span:
            spans[row.holder].append(row.span)
    places = {source: _places(sources.texts[source], spans[source]) for source in sorted(sources.texts)}
    problems: list[Problem] = []
    unjudged = 0
    for line, entry in _residue(package):
        source = entry["source_id"]
        fault: tuple[str, ...] | None = None
        if source in places:
            fault = _name(entry, sources.texts[source], places[source])
        elif source in sources.rows:
            unjudged += 1
        else:
            fault = "source_id", "unknown-reference", f"{shown(source)} is not an id in {sources.path}"
        if fault:
            problems.append(Problem(RESIDUE, line, *fault))
    documents = [Document(source, tuple(found.values())) for source, found in places.items()]
    return Coverage(documents, sorted(problems), unjudged)


def first_words(sentence: str) -> str:
    """Give the words by which the residue list names a sentence: its first five."""
    spans = units(sentence)[:FIRST_WORDS]
    return squeeze(sentence[spans[0][0] : spans[-1][1]]).text


def _places(text: Text, spans: Iterable[Span]) -> dict[tuple[int, int], Sentence]:
    covered = _merged(spans)
    places = {}
    first = 0
    for line, (line_begin, line_end) in enumerate(text.lines, 1):
        for number, (begin, end) in enumerate(sentences(text.text[line_begin:line_end]), 1):
            span = line_begin + begin, line_begin + end
            while first < len(covered) and covered[first][1] <= span[0]:
                first += 1
            overlap, at = 0, first
            while at < len(covered) and covered[at][0] < span[1]:
                overlap += min(covered[at][1], span[1]) - max(covered[at][0], span[0])
                at += 1
            state = "carried" if 2 * overlap >= span[1] - span[0] else "open"
            places[line, number] = Sentence(line, number, span, state)
    return places


def _merged(spans: Iterable[Span]) -> list[Span]:
    merged: list[Span] = []
    for begin, end in sorted(spans):
        if merged and begin <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(merged[-1][1], end)
        else:
            merged.append((begin, end))
    return merged


def _residue(package: Package) -> Iterator[tuple[int, Mapping[str, Any]]]:
    try:
        package.files.read(RESIDUE)
    except FileNotFoundError:
        # The list is kept beside the package, not in it: an installed or released package has none.
        return
    table = package.table_of_file(RESIDUE, RESIDUE_SCHEMA)
    lines = (line for line, _ in rows(package, table))
    yield from zip(lines, reading.records(package, table), strict=True)


def _name(
    entry: Mapping[str, Any], text: Text, places: dict[tuple[int, int], Sentence]
) -> tuple[str, str, str, str] | None:
    """Mark the sentence that an entry names as residue, or say what is wrong with the entry."""
    place = entry["line"], entry["sentence"]
    sentence = places.get(place)
    if sentence is None:
        count = sum(line == place[0] for line, _ in places)
        message = f"line {place[0]} of the text has {count} sentences; expected sentence {place[1]}"
        return "sentence", "residue-unmatched", message, _FIRST_STEP
    if not _begins(text.text[slice(*sentence.span)], entry["starts_with"]):
        found = first_words(text.text[slice(*sentence.span)])
        message = f"the sentence begins with {found!r}; expected {shown(entry['starts_with'])}"
        return "starts_with", "residue-unmatched", message, _FIRST_STEP
    if sentence.state == "carried":
        return "sentence", "residue-carried", "passages carry this sentence", "remove the entry"
    if sentence.state == "residue":
        return "sentence", "residue-twice", "an entry above names this sentence", "remove one of the two"
    places[place] = sentence._replace(state="residue")
    return None


def _begins(sentence: str, words: str) -> bool:
    sentence, words = (_from_first_word(normalise(part).text) for part in (sentence, words))
    return words != "" and sentence.startswith(words) and is_border(sentence, len(words))


def _from_first_word(text: str) -> str:
    spans = units(text)
    return text[spans[0][0] :] if spans else ""
