"""The passages of a package's evidence, held against the source texts."""

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from ..errors import DataError, UsageError
from ..loading import csv, links
from ..package.descriptor import Package, Table
from ..problems import Problem, shown
from .borders import cut_words
from .folding import normalise
from .passage import MAX_CHARACTERS, Found, Span, Text, decoded, digest, earlier, find, form_fault, occurrences

# Column, code, message and hint.
Fault = tuple[str, str, str, str]

OUTCOMES = {
    "found": "found once, word for word",
    "found-normalised": "found once after normalisation",
    "changed": "found once, but its words are not those that were digested",
    "ambiguous": "found more than once",
    "not-found": "in none of the texts",
    "in-another-source": "in the text of another source",
    "outside-part": "outside the contained document that the row credits, or inside one that it does not credit",
    "no-text": "not looked for: the folder has no text of the source",
}
CODES = {
    "part-bounds": "part_start or part_end is not exactly once in the text of the containing document",
    "passage-ambiguous": "the passage is more than once in the text",
    "passage-border": "an end of the passage stands inside a Chinese word, where no browser opens it",
    "passage-changed": "the words of the passage are not those that were digested",
    "passage-elsewhere": "the first words stand earlier in the text, where a browser opens the page",
    "passage-form": "too many or too few words are quoted",
    "passage-in-another-source": "the passage is in the text of another source only",
    "passage-not-found": "the passage is in no text",
    "passage-outside-part": "the passage is not in the document that the row credits",
    "unknown-reference": "there is no source of that identifier",
}
ACCEPTED = ("found", "found-normalised")
_CHANGED = "say what the page says now, or restore its text; `evidence digest` writes the digest of what stands there"
_LOCATE = "`evidence locate` proposes first and last words for a passage"


class Located(NamedTuple):
    """One row of evidence and where its passage is."""

    line: int  # physical line of data/evidence.csv where the row starts
    row: Mapping[str, str]  # the cells by column; empty cells are empty strings
    outcome: str  # a key of OUTCOMES
    holder: str  # the source whose text was searched, or empty
    span: Span | None  # begin and end of the passage in that text where exactly one was found there
    digest: str = ""  # digest of that passage, or empty


class Checked(NamedTuple):
    """What a check came to: every row of evidence in file order, and the faults, sorted."""

    located: list[Located]
    problems: list[Problem]

    @property
    def outcomes(self) -> dict[str, int]:
        """How many rows had each outcome, in the order of `OUTCOMES`."""
        counts = Counter(located.outcome for located in self.located)
        return {outcome: counts[outcome] for outcome in OUTCOMES}

    @property
    def digests(self) -> dict[str, int]:
        """How many rows have a digest, and of how many the text at hand has the passage with that digest."""
        digested = [located for located in self.located if located.row["passage_sha256"]]
        rechecked = sum(located.digest == located.row["passage_sha256"] for located in digested)
        return {"digested": len(digested), "digested and rechecked": rechecked}


class Part(NamedTuple):
    """Where a contained document begins and ends in the text of `holder`."""

    holder: str
    begin: int
    end: int


class Sources:
    """The sources of a package, and the texts of those that a folder holds.

    Attributes:
        path: The file of the table `sources`.
        rows: Its rows by identifier.
        texts: Text of each source that has one of its own in the folder, by identifier.
        unknown_files: Names of the files that are the text of no source, sorted.
        parts: The contained documents whose bounds are known, by identifier.
        problems: Contained documents whose bounds are not in that text.
    """

    def __init__(self, package: Package, *folders: str) -> None:
        """Read the table, and match the texts in the folders by the hash of their bytes.

        A source without a hash, such as a page that somebody has just read, has the text named after it, ID.txt.

        Raises:
            UsageError: There is no such folder, or no text of a source in it.
            DataError: The text of a source is not UTF-8.
        """
        self.path = package.table("sources").path
        numbered = list(rows(package, package.table("sources")))
        self.rows = {row["id"]: row for _, row in numbered}
        self.texts: dict[str, Text] = {}
        self.unknown_files: list[str] = []
        self.parts: dict[str, Part] = {}
        self.problems: list[Problem] = []
        for folder in folders:
            self._read(folder)
        if folders and not self.texts:
            raise UsageError(
                f"no file in {' or '.join(folders)} is the text of a source: text_sha256 in {self.path} names them, "
                "or ID.txt is that of a source without a hash"
            )
        for line, row in numbered:
            if row["part_of_id"] != row["id"]:
                self._bound(line, row)

    def holder(self, source_id: str) -> str:
        """Give the source whose text holds a source's: itself or the nearest that contains it; empty without one."""
        return next((ancestor for ancestor in links.chain(self.rows, source_id) if ancestor in self.texts), "")

    def voice(self, holder: str, span: Span) -> str:
        """Give the innermost contained document around a span of a text, or the holder of the text."""
        around = [
            (part.end - part.begin, source)
            for source, part in self.parts.items()
            if part.holder == holder and part.begin <= span[0] and span[1] <= part.end
        ]
        return min(around)[1] if around else holder

    def inside(self, source_id: str) -> list[str]:
        """List the bounded documents that a source contains, directly or not."""
        return [part for part in self.parts if source_id in [*links.chain(self.rows, part)][1:]]

    def _read(self, folder: str) -> None:
        if not Path(folder).is_dir():
            raise UsageError(f"there is no folder of texts at {folder}")
        by_hash = {row["text_sha256"]: row["id"] for row in self.rows.values() if row["text_sha256"]}
        by_name = {f"{row['id']}.txt": row["id"] for row in self.rows.values() if not row["text_sha256"]}
        for path in sorted(Path(folder).iterdir()):
            if not path.is_file():
                continue
            content = path.read_bytes()
            owner = by_hash.get(hashlib.sha256(content).hexdigest(), by_name.get(path.name))
            if owner is None:
                self.unknown_files.append(path.name)
                continue
            try:
                self.texts[owner] = Text(decoded(content))
            except UnicodeDecodeError as error:
                raise DataError(f"{path}: byte {error.start + 1} is not UTF-8; save the text as UTF-8") from None

    def _bound(self, line: int, row: Mapping[str, str]) -> None:
        holder = self.holder(row["part_of_id"])
        if not holder:
            return
        spans: list[Span] = []
        for column in ("part_start", "part_end"):
            if not row[column] and row["id"] in self.texts:
                # Its passages are looked for in its own text.
                return
            found = list(occurrences(self.texts[holder], row[column]))
            if len(found) != 1:
                message = f"{shown(row[column])} is {len(found)} times in the text of {holder!r}; expected once"
                hint = "copy words of the contained text that are nowhere else in the text"
                self.problems.append(Problem(self.path, line, column, "part-bounds", message, hint))
                return
            spans += found
        self.parts[row["id"]] = Part(holder, spans[0][0], spans[1][1])


def rows(package: Package, table: Table) -> Iterator[tuple[int, dict[str, str]]]:
    """Iterate over the rows of a table as text, with the physical line where each starts, as `csv.rows` does."""
    columns = table.columns
    return ((line, dict(zip(columns, cells, strict=True))) for line, cells in csv.rows(package, table))


def check(package: Package, sources: Sources) -> Checked:
    """Find the passage of every row of evidence in the texts of the sources; DataError for rows that cannot be read."""
    table = package.table("evidence")
    located, problems = [], list(sources.problems)
    for line, row in rows(package, table):
        holder = sources.holder(row["source_id"])
        outcome, span, faults = _locate(row, holder, sources)
        digested = digest(sources.texts[holder].text[slice(*span)]) if span else ""
        if outcome in ACCEPTED and row["passage_sha256"] not in ("", digested):
            outcome = "changed"
            faults.append(("passage_sha256", "passage-changed", f"the text of {holder!r} has other words", _CHANGED))
        located.append(Located(line, row, outcome, holder, span, digested))
        problems += [Problem(table.path, line, *fault) for fault in faults]
    return Checked(located, sorted(problems))


def look_up(text: Text, start: str, end: str, where: str) -> tuple[Found, list[Fault]]:
    """Look up the passage from its first to its last words, if it has any, in a text that messages call `where`.

    Returns:
        Where it is, and what is wrong with these words.
    """
    found = find(text, start, end)
    if len(found.spans) > 1:
        first, second = (text.line(begin) for begin, _ in found.spans)
        lines = f"line {first}, twice" if first == second else f"lines {first} and {second}"
        message = f"the passage is more than once in {where}: {lines}"
        return found, [("quote_start", "passage-ambiguous", message, f"quote more words; {_LOCATE}")]
    if not found.spans:
        column, message = _absence(text, where, start, end)
        return found, [(column, "passage-not-found", message, f"copy the words from the text; {_LOCATE}")]
    ((begin, finish),) = found.spans
    faults = _form_faults(start, end, text.text[begin:finish])
    if (above := earlier(text, found.places[0])) is not None:
        message = f"its first words stand earlier in the text, on line {text.line(above)}, where a browser opens it"
        faults.append(("quote_start", "passage-elsewhere", message, f"begin with other words, or with more; {_LOCATE}"))
    if words := cut_words(text, found.places[0]):
        message = f"the passage begins or ends inside a word: {', '.join(words)}"
        faults.append(("quote_start", "passage-border", message, f"end on word borders; {_LOCATE}"))
    return found, faults


def _locate(row: Mapping[str, str], holder: str, sources: Sources) -> tuple[str, Span | None, list[Fault]]:
    """Give the outcome of a row, its passage where exactly one was found, and its faults."""
    source, start, end = row["source_id"], row["quote_start"], row["quote_end"]
    if source not in sources.rows:
        message = f"{shown(source)} is not an id in {sources.path}"
        return "no-text", None, [("source_id", "unknown-reference", message, "")]
    if not holder:
        return "no-text", None, _form_faults(start, end, None)
    found, faults = look_up(sources.texts[holder], start, end, f"the text of {holder!r}")
    if len(found.spans) > 1:
        return "ambiguous", None, faults
    if not found.spans:
        fault = _fault_of_source(row, holder, sources)
        return ("in-another-source", None, [fault]) if fault else ("not-found", None, faults)
    (span,) = found.spans
    if fault := _part_fault(row, holder, span, sources):
        return "outside-part", span, [fault]
    return "found-normalised" if found.normalised else "found", span, faults


def _form_faults(start: str, end: str, passage: str | None) -> list[Fault]:
    fault = form_fault(start, end, passage)
    return [(fault[0], "passage-form", fault[1], _LOCATE)] if fault else []


def _fault_of_source(row: Mapping[str, str], holder: str, sources: Sources) -> Fault | None:
    start, end = row["quote_start"], row["quote_end"]
    words = normalise(start).text.strip()
    for other, text in sources.texts.items():
        if other != holder and words in text.normalised.text and (spans := find(text, start, end).spans):
            voice, line = sources.voice(other, spans[0]), text.line(spans[0][0])
            message = f"the passage is not in the text of {holder!r} but in that of {voice!r}, line {line}"
            hint = f"credit it to {voice!r}, or quote the passage of {row['source_id']!r}"
            return "source_id", "passage-in-another-source", message, hint
    return None


def _absence(text: Text, where: str, start: str, end: str) -> tuple[str, str]:
    for column, quoted in (("quote_start", start), ("quote_end", end)):
        if quoted and next(occurrences(text, quoted), None) is None:
            if normalise(quoted).text in text.normalised.text:
                return column, f"{shown(quoted)} begins or ends inside a word of {where}"
            return column, f"{shown(quoted)} is not in {where}"
    line = text.line(next(occurrences(text, start))[0]) if start else 0
    message = (
        f"{shown(end)} does not follow {shown(start)} (line {line}) in its paragraph within {MAX_CHARACTERS} characters"
    )
    return "quote_end", message


def _part_fault(row: Mapping[str, str], holder: str, span: Span, sources: Sources) -> Fault | None:
    """Hold the document that a row credits against the one in which its passage stands."""
    via = row["via_source_id"]
    # A row reads a contained document either directly or via itself in the page that contains it.
    column = "via_source_id" if via in sources.inside(row["source_id"]) else "source_id"
    credited = row[column]
    line = sources.texts[holder].line(span[0])
    own = sources.parts.get(credited)
    if own and own.holder == holder and not (own.begin <= span[0] and span[1] <= own.end):
        message = f"line {line} of the text is outside {credited!r}, which part_start and part_end bound"
        return column, "passage-outside-part", message, f"the passage is in {sources.voice(holder, span)!r}"
    for contained in sources.inside(credited):
        part = sources.parts[contained]
        if part.holder == holder and span[0] < part.end and part.begin < span[1]:
            message = f"line {line} of the text belongs to {contained!r}, which {credited!r} contains"
            return column, "passage-outside-part", message, f"say {contained!r} in via_source_id"
    return None
