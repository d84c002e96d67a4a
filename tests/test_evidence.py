"""Evidence held against texts: every row has one outcome, and what is wrong is located."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from packages import HERE

from china_ai_lawmaking.errors import DataError, UsageError
from china_ai_lawmaking.package import descriptor
from china_ai_lawmaking.passages import evidence
from china_ai_lawmaking.passages.passage import digest

if TYPE_CHECKING:
    from pathlib import Path

    from texts import Sourced

PAPER = """\
The island paper, spring issue
The harbour council met on Monday to hear how the new ferry line, which cost 4,500 crowns, would be run.
Here follows the letter that the islanders sent to the council after the meeting was over and done.
We the islanders ask for a boat on Sundays, as our parents had in their time.
The boat on Sundays mattered to all of us, and the harbour council met us once before about it.
So ends the letter of the islanders and so ends this page.
"""
RADIO = "On the evening news a speaker said that the ｆｅｒｒｙ would cost far more than the town had ever spent."
SONG = "row row row the boat and row row row the boat"
MEASURES = "会议指出，将从实际出发推进人工智能健康发展等立法工作。"
LETTER = {
    "id": "letter",
    "url": "https://example.org/letter",
    "part_of_id": "paper",
    "part_start": "Here follows the letter",
    "part_end": "the letter of the islanders",
}
WIRE = {"id": "wire", "title": "A wire that nobody opened"}
COUNCIL = ("The harbour council met", "would be run")
ISLANDERS = ("We the islanders ask", "in their time")

# A row of evidence (source, first words, last words, source credited), its outcome, and the problem if it has one.
CASES: dict[str, tuple[tuple[str, ...], str, tuple[str, str, str] | None]] = {
    "word for word": (("paper", *COUNCIL), "found", None),
    "credited to a source without a text": (("paper", *COUNCIL, "wire"), "found", None),
    "in the contained document": (("letter", *ISLANDERS), "found", None),
    "via the contained document": (("paper", *ISLANDERS, "letter"), "found", None),
    "in other widths": (("radio", "said that the ferry", "had ever spent"), "found-normalised", None),
    "too much quoted": (
        ("paper", "The harbour council met on Monday to hear", "cost 4,500 crowns, would be run"),
        "found",
        ("quote_end", "passage-form", "14 of the passage's 20 words are quoted; expected at most half"),
    ),
    "with the digest of its words": (
        ("song", "boat and row", "", "", digest("boat, and row")),
        "found",
        None,
    ),
    "with the digest of other words": (
        ("paper", *COUNCIL, "", digest("The harbour council met on Tuesday")),
        "changed",
        ("passage_sha256", "passage-changed", "the text of 'paper' has other words"),
    ),
    "cut inside a Chinese word": (
        ("measures", "际出发推进人", ""),
        "found",
        ("quote_start", "passage-border", "the passage begins or ends inside a word: 实|际, 人|工"),
    ),
    "where a browser opens another place": (
        ("paper", "boat on Sundays", "once before about it", "letter"),
        "found",
        (
            "quote_start",
            "passage-elsewhere",
            "its first words stand earlier in the text, on line 4, where a browser opens it",
        ),
    ),
    "on Chinese word borders": (("measures", "实际出发推进人工智能", ""), "found", None),
    "on two lines": (
        ("paper", "harbour council met", ""),
        "ambiguous",
        ("quote_start", "passage-ambiguous", "the passage is more than once in the text of 'paper': lines 2 and 5"),
    ),
    "twice on a line": (
        ("song", "row row row", ""),
        "ambiguous",
        ("quote_start", "passage-ambiguous", "the passage is more than once in the text of 'song': line 1, twice"),
    ),
    "made up": (
        ("paper", "The lighthouse keeper met", "would be run"),
        "not-found",
        ("quote_start", "passage-not-found", "'The lighthouse keeper met' is not in the text of 'paper'"),
    ),
    "with an end that is made up": (
        ("paper", "The harbour council met", "would be sunk"),
        "not-found",
        ("quote_end", "passage-not-found", "'would be sunk' is not in the text of 'paper'"),
    ),
    "with an end of another paragraph": (
        ("paper", "The harbour council met", "in their time"),
        "not-found",
        (
            "quote_end",
            "passage-not-found",
            "'in their time' does not follow 'The harbour council met' (line 2) in its paragraph within 800 characters",
        ),
    ),
    "cut inside a word": (
        ("song", "row the boa", ""),
        "not-found",
        ("quote_start", "passage-not-found", "'row the boa' begins or ends inside a word of the text of 'song'"),
    ),
    "of another text": (
        ("radio", *COUNCIL),
        "in-another-source",
        (
            "source_id",
            "passage-in-another-source",
            "the passage is not in the text of 'radio' but in that of 'paper', line 2",
        ),
    ),
    "of a document contained in another text": (
        ("radio", *ISLANDERS),
        "in-another-source",
        (
            "source_id",
            "passage-in-another-source",
            "the passage is not in the text of 'radio' but in that of 'letter', line 4",
        ),
    ),
    "of the contained document, not credited": (
        ("paper", *ISLANDERS),
        "outside-part",
        (
            "source_id",
            "passage-outside-part",
            "line 4 of the text belongs to 'letter', which 'paper' contains",
        ),
    ),
    "of the page around the document credited": (
        ("paper", *COUNCIL, "letter"),
        "outside-part",
        (
            "via_source_id",
            "passage-outside-part",
            "line 2 of the text is outside 'letter', which part_start and part_end bound",
        ),
    ),
    "of the page around the document read": (
        ("letter", *COUNCIL),
        "outside-part",
        (
            "source_id",
            "passage-outside-part",
            "line 2 of the text is outside 'letter', which part_start and part_end bound",
        ),
    ),
    "of a source without a text": (("wire", *COUNCIL), "no-text", None),
    "too long, of a source without a text": (
        ("wire", "one two three four five six seven eight nine", ""),
        "no-text",
        ("quote_start", "passage-form", "9 words are quoted; expected 1 to 8"),
    ),
    "of no source": (
        ("wine", *COUNCIL),
        "no-text",
        ("source_id", "unknown-reference", "'wine' is not an id in data/sources.csv"),
    ),
}


@pytest.fixture
def island(sourced: Sourced) -> Sourced:
    """Four texts, a document contained in one, a source without a text."""
    return sourced.sources(
        {"paper": PAPER, "radio": RADIO, "song": SONG, "measures": MEASURES}, LETTER, WIRE
    ).evidence()


@pytest.mark.parametrize(("row", "outcome", "problem"), CASES.values(), ids=CASES)
def test_every_row_has_one_outcome_and_a_located_problem(
    island: Sourced, row: tuple[str, str, str], outcome: str, problem: tuple[str, str, str] | None
) -> None:
    # A row before it, so that the line is not that of the header's neighbour by chance.
    checked = evidence.check(*island.evidence(("wire", "one two three", ""), row).open())
    assert [located.outcome for located in checked.located] == ["no-text", outcome]
    found = [(p.path, p.line, p.column, p.code, p.message) for p in checked.problems]
    assert found == ([("data/evidence.csv", 3, *problem)] if problem else [])


def test_the_cases_show_every_outcome_and_code() -> None:
    assert {outcome for _, outcome, _ in CASES.values()} == set(evidence.OUTCOMES)
    assert {problem[1] for _, _, problem in CASES.values() if problem} | {"part-bounds"} == set(evidence.CODES)


def test_every_outcome_is_counted(island: Sourced) -> None:
    island.evidence(*(row for row, _, _ in CASES.values()))
    checked = evidence.check(*island.open())
    outcomes = [outcome for _, outcome, _ in CASES.values()]
    assert checked.outcomes == {outcome: outcomes.count(outcome) for outcome in evidence.OUTCOMES}
    assert list(checked.problems) == sorted(checked.problems)


@pytest.mark.parametrize("outcome", [case for case in CASES if CASES[case][1].startswith("found")])
def test_the_span_of_a_found_passage_begins_and_ends_with_its_words(island: Sourced, outcome: str) -> None:
    _, start, end, *_ = CASES[outcome][0]
    opened, sources = island.evidence(CASES[outcome][0]).open()
    (located,) = evidence.check(opened, sources).located
    assert located.span is not None
    passage = sources.texts[located.holder].text[slice(*located.span)].replace("ｆｅｒｒｙ", "ferry")
    assert passage.startswith(start)
    assert passage.endswith(end)


@pytest.mark.parametrize(
    ("changes", "column", "message"),
    [
        ({"part_start": "Here begins it"}, "part_start", "'Here begins it' is 0 times in the text of 'paper'"),
        ({"part_end": "harbour council met"}, "part_end", "'harbour council met' is 2 times in the text of 'paper'"),
        ({"part_end": ""}, "part_end", "'' is 0 times in the text of 'paper'"),
    ],
)
def test_bounds_that_are_not_in_the_text_once_are_a_problem(
    sourced: Sourced, changes: dict[str, str], column: str, message: str
) -> None:
    sourced.sources({"paper": PAPER}, LETTER | changes).evidence(("letter", *COUNCIL))
    checked = evidence.check(*sourced.open())
    assert [(p.path, p.line, p.column, p.code, p.message) for p in checked.problems] == [
        ("data/sources.csv", 3, column, "part-bounds", f"{message}; expected once")
    ]


def test_a_contained_document_with_a_text_of_its_own_is_looked_for_there(sourced: Sourced) -> None:
    sourced.sources({"paper": PAPER, "song": SONG}).evidence(("song", "the boat and", ""))
    sheet = sourced.root / "data" / "sources.csv"
    header = sheet.read_text(encoding="utf-8").splitlines()[0].split(",")
    lines = sheet.read_text(encoding="utf-8").splitlines()
    cells = lines[2].split(",")
    cells[header.index("part_of_id")] = "paper"
    sheet.write_text("\n".join([*lines[:2], ",".join(cells), ""]), encoding="utf-8")
    checked = evidence.check(*sourced.open())
    assert ([row.outcome for row in checked.located], checked.problems) == (["found"], [])


def test_documents_that_contain_each_other_hold_no_text(sourced: Sourced) -> None:
    circle = [{"id": "one", "part_of_id": "two"}, {"id": "two", "part_of_id": "one"}]
    sourced.sources({"paper": PAPER}, *circle).evidence(("one", *COUNCIL))
    assert [row.outcome for row in evidence.check(*sourced.open()).located] == ["no-text"]


def test_a_contained_document_inside_another_has_bounds_of_its_own(sourced: Sourced) -> None:
    inner = {"id": "verse", "part_of_id": "letter", "part_start": "The boat on Sundays", "part_end": "once before"}
    sourced.sources({"paper": PAPER}, LETTER, inner)
    passage = "mattered to all of", "met us once"
    sourced.evidence(("letter", *passage), ("verse", *passage), ("paper", *passage, "verse"), ("paper", *passage))
    checked = evidence.check(*sourced.open())
    assert [row.outcome for row in checked.located] == ["outside-part", "found", "found", "outside-part"]
    assert checked.problems[0].message == "line 5 of the text belongs to 'verse', which 'letter' contains"


def test_a_text_that_changed_by_one_byte_is_the_text_of_no_source(island: Sourced) -> None:
    with (island.texts / "song.txt").open("a", encoding="utf-8") as file:
        file.write("\n")
    _, sources = island.open()
    assert (sorted(sources.texts), sources.unknown_files) == (["measures", "paper", "radio"], ["song.txt"])


def test_the_text_of_a_source_without_a_hash_is_named_after_it(island: Sourced) -> None:
    (island.texts / "wire.txt").write_text(f"{PAPER}Read today.", encoding="utf-8")
    island.evidence(("wire", *COUNCIL))
    checked = evidence.check(*island.open())
    assert [row.outcome for row in checked.located] == ["found"]


def test_texts_that_prove_nothing_are_refused(island: Sourced, tmp_path: Path) -> None:
    opened = descriptor.open_package(island.root)
    with pytest.raises(UsageError, match=r"^there is no folder of texts at "):
        evidence.Sources(opened, str(tmp_path / "nowhere"))
    with pytest.raises(UsageError, match=r"^no file in .* is the text of a source: text_sha256 in data/sources.csv"):
        evidence.Sources(opened, str(HERE))


def test_a_text_that_is_not_utf8_is_named(sourced: Sourced) -> None:
    sourced.sources({"paper": PAPER})
    content = b"caf\xe9"
    (sourced.texts / "paper.txt").write_bytes(content)
    sheet = sourced.root / "data" / "sources.csv"
    import hashlib

    digest = hashlib.sha256(content).hexdigest()
    sheet.write_text(re.sub("[0-9a-f]{64}", digest, sheet.read_text(encoding="utf-8")), encoding="utf-8")
    with pytest.raises(DataError, match=r"paper.txt: byte 4 is not UTF-8; save the text as UTF-8$"):
        sourced.open()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("id,record\n", r"data/evidence.csv:1: the header lacks 'record_table', "),
        ("{header}ev-00001,people\n", r"data/evidence.csv:2: 2 cells, the header has 10"),
        ('{header}"ev-00001\n', r"data/evidence.csv:2: a quotation mark is not closed"),
    ],
)
def test_a_table_that_is_no_table_is_refused(island: Sourced, content: str, message: str) -> None:
    sheet = island.root / "data" / "evidence.csv"
    sheet.write_text(content.format(header=sheet.read_text(encoding="utf-8")), encoding="utf-8")
    with pytest.raises(DataError, match=f"^{message}"):
        evidence.check(*island.open())


def test_rows_are_located_by_the_line_where_they_start(island: Sourced) -> None:
    island.evidence(("paper", "two\nlines", ""), ("wine", *COUNCIL))
    checked = evidence.check(*island.open())
    assert [row.line for row in checked.located] == [2, 4]
