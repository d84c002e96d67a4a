"""The command `evidence`, as its users meet it: complete outputs and exit codes."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING

import pytest

from china_ai_lawmaking.cli import main

if TYPE_CHECKING:
    from texts import Sourced

PASSAGE = "The council met on Monday to hear how the new ferry line, with its four boats, would be run"
PAPER = f"Ferry news\n{PASSAGE}. It will sail at dawn!\n"
WIRE = {"id": "wire", "title": "A wire that nobody opened"}
FOUND = ("paper", "The council met on", "would be run", "wire")
MADE_UP = ("paper", "The council sailed", "")

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def island(sourced: Sourced) -> Sourced:
    return sourced.sources({"paper": PAPER}, WIRE).evidence(FOUND)


def run(island: Sourced, verb: str, *arguments: str) -> int:
    return main(["evidence", verb, *arguments, "--root", str(island.root), "--texts", str(island.texts)])


def test_check_counts_every_outcome_of_clean_evidence(island: Sourced, capsys: Capture) -> None:
    (island.texts / "stray.txt").write_text("The text of no source.", encoding="utf-8")
    assert run(island, "check") == 0
    assert capsys.readouterr().out == (
        "no problems in 2 files\n"
        "1 found, 0 found-normalised, 0 changed, 0 ambiguous, 0 not-found, 0 in-another-source, 0 outside-part, "
        "0 no-text\n"
        "0 digested, 0 digested and rechecked\n"
        "1 text; 1 of no source: stray.txt\n"
    )


def test_check_names_three_of_many_files_of_no_source(island: Sourced, capsys: Capture) -> None:
    for number in range(5):
        (island.texts / f"stray-{number}.txt").write_text(f"Text {number} of no source.", encoding="utf-8")
    assert run(island, "check") == 0
    last = capsys.readouterr().out.splitlines()[-1]
    assert last == "1 text; 5 of no source: stray-0.txt, stray-1.txt, stray-2.txt, …"


def test_check_says_what_is_wrong_where_and_how_to_mend_it(island: Sourced, capsys: Capture) -> None:
    island.evidence(FOUND, MADE_UP)
    assert run(island, "check") == 1
    assert capsys.readouterr().out == (
        "data/evidence.csv:3: quote_start: 'The council sailed' is not in the text of 'paper' [passage-not-found]\n"
        "    hint: copy the words from the text; `evidence locate` proposes first and last words for a passage\n"
        "1 problem in 1 of 2 files\n"
        "1 found, 0 found-normalised, 0 changed, 0 ambiguous, 1 not-found, 0 in-another-source, 0 outside-part, "
        "0 no-text\n"
        "0 digested, 0 digested and rechecked\n"
        "1 text\n"
    )


def test_check_tells_machines_the_same(island: Sourced, capsys: Capture) -> None:
    island.evidence(FOUND, MADE_UP)
    assert run(island, "check", "--format", "json") == 1
    told = json.loads(capsys.readouterr().out)
    assert (told["valid"], told["tables"]) == (False, {"evidence": 2, "sources": 2})
    assert [(p["line"], p["column"], p["code"]) for p in told["problems"]] == [(3, "quote_start", "passage-not-found")]
    assert {outcome: count for outcome, count in told["outcomes"].items() if count} == {"found": 1, "not-found": 1}
    assert told["texts"] == {"searched": ["paper"], "of_no_source": []}


def test_check_annotates_the_lines_on_github(island: Sourced, capsys: Capture) -> None:
    island.evidence(MADE_UP)
    assert run(island, "check", "--format", "github") == 1
    assert capsys.readouterr().out.startswith(
        "::error file=data/evidence.csv,line=2,title=passage-not-found::quote_start: 'The council sailed' is not in"
    )


RECORD = """\
people bo-lin
  id: bo-lin
  name: Bo Lin
  description: Professor of law
  note: Named once without a given name.
ev-00001: states the whole row
  source: Title of paper (paper)
  address: https://example.org/paper#:~:text=The%20council%20met%20on,would%20be%20run
  via: A wire that nobody opened (wire)
  quote_start: The council met on
  quote_end: would be run
"""
CONTEXT = f"  line 2: [{PASSAGE}]. It will sail at dawn!\n"


@pytest.mark.parametrize("key", ["ev-00001", "bo-lin"])
def test_show_prints_the_record_its_sources_and_the_passage(island: Sourced, capsys: Capture, key: str) -> None:
    assert main(["evidence", "show", key, "--root", str(island.root)]) == 0
    assert capsys.readouterr().out == RECORD
    assert run(island, "show", key) == 0
    assert capsys.readouterr().out == RECORD + CONTEXT


@pytest.mark.parametrize(
    ("row", "context"),
    [
        (("wire", *FOUND[1:3]), "no text of this source"),
        (MADE_UP, "the passage is not in the text; `evidence check` says more"),
    ],
)
def test_show_says_when_there_is_no_passage_to_show(
    island: Sourced, capsys: Capture, row: tuple[str, str, str], context: str
) -> None:
    island.evidence(row)
    assert run(island, "show", "ev-00001") == 0
    assert capsys.readouterr().out.splitlines()[-1] == f"  {context}"


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("https://example.org/a#part", "https://example.org/a#part:~:text=The%20council%20met%20on,would%20be%20run"),
        ("", None),
    ],
)
def test_show_makes_an_address_that_opens_at_the_passage(
    island: Sourced, capsys: Capture, url: str, address: str | None
) -> None:
    sheet = island.root / "data" / "sources.csv"
    sheet.write_text(sheet.read_text(encoding="utf-8").replace("https://example.org/paper", url), encoding="utf-8")
    assert run(island, "show", "ev-00001") == 0
    lines = [line.split(": ", 1)[1] for line in capsys.readouterr().out.splitlines() if line.startswith("  address: ")]
    assert lines == ([address] if address else [])


def test_show_refuses_an_id_that_nothing_has(island: Sourced, capsys: Capture) -> None:
    assert run(island, "show", "bo-lim") == 2
    assert capsys.readouterr().err == (
        "china-ai-lawmaking: no evidence and no record with evidence has the id 'bo-lim'; near it: bo-lin\n"
    )


def test_locate_prints_the_columns_of_evidence(
    island: Sourced, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(PASSAGE.encode())))
    assert run(island, "locate") == 0
    assert capsys.readouterr().out == (
        "  source_id: paper\n  quote_start: The council met\n  quote_end: would be run\n"
    )


def test_locate_says_why_it_has_nothing_to_propose(
    island: Sourced, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"The council sailed away")))
    assert run(island, "locate") == 1
    assert capsys.readouterr().out == (
        "  reason: no text holds the passage; that of 'paper' holds its first 2 words, up to 'council'\n"
    )


@pytest.mark.parametrize("verb", ["check", "locate"])
def test_a_folder_of_texts_is_needed(island: Sourced, capsys: Capture, verb: str) -> None:
    assert main(["evidence", verb, "--root", str(island.root)]) == 2
    assert "the following arguments are required: --texts" in capsys.readouterr().err


def test_digest_writes_what_check_holds_the_texts_against(sourced: Sourced, capsys: pytest.CaptureFixture[str]) -> None:
    sourced.sources({"paper": "The harbour council met on Monday to hear how the new ferry line would be run."})
    sourced.evidence(("paper", "The harbour council met", "would be run"), ("paper", "no such words here", ""))
    folders = ["--texts", str(sourced.texts), "--root", str(sourced.root)]
    assert main(["evidence", "digest", *folders]) == 0
    assert capsys.readouterr().out.startswith("1 passage was at hand\ndata/evidence.csv changed\n")
    main(["evidence", "check", *folders])
    assert "\n1 digested, 1 digested and rechecked\n" in capsys.readouterr().out
