"""Citations of the record and of the sources behind rows."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pandas as pd
import pytest

import china_ai_lawmaking as cal
from china_ai_lawmaking import errors
from china_ai_lawmaking.cli import main

if TYPE_CHECKING:
    from pathlib import Path


def sources(citations: object) -> list[str]:
    return [item["id"] for item in json.loads(citations.csl)][1:]  # type: ignore[attr-defined]


def evidence_of(record: cal.Dataset, table: str, ids: list[str]) -> list[str]:
    found = {
        key: [e["source_id"] for e in record.rows("evidence") if (e["record_table"], e["record_id"]) == (table, key)]
        for key in ids
    }
    return list(dict.fromkeys(source for key in ids for source in found[key]))


def test_the_record_is_cited_with_its_version(record: cal.Dataset) -> None:
    assert str(record.cite()) == (
        "The china-ai-lawmaking project. (2026, November 24). China's debate about legislating artificial intelligence "
        f"(Version {record.version}) [Data set]."
    )


def test_rows_are_cited_with_exactly_their_sources_in_their_order(record: cal.Dataset) -> None:
    frame = record.load("statements").iloc[::-1]
    assert sources(record.cite(frame)) == evidence_of(record, "statements", list(frame["id"]))
    assert sources(record.cite(frame.head(0))) == []


def test_links_are_cited_with_the_sources_of_their_record(record: cal.Dataset) -> None:
    frame = record.load("statement_laws")
    assert sources(record.cite(frame)) == evidence_of(record, "statements", list(frame["statement_id"]))


def test_rows_that_lost_their_table_are_cited_when_it_is_named(record: cal.Dataset) -> None:
    merged = pd.DataFrame({"id": ["st-00001"]})
    with pytest.raises(errors.UsageError, match=r"do not say their table; pass table=, one of event_participants, "):
        record.cite(merged)
    assert sources(record.cite(merged, table="statements")) == evidence_of(record, "statements", ["st-00001"])


def test_rows_without_their_key_are_refused(record: cal.Dataset) -> None:
    with pytest.raises(errors.UsageError, match=r"no column 'id', which leads to the sources of statements"):
        record.cite(record.load("statements")[["summary"]])


@pytest.mark.parametrize(("form", "start"), [("bibtex", "@misc{"), ("ris", "TY  - DATA"), ("text", "The china")])
def test_the_command_prints_every_form(
    record: cal.Dataset, root: object, capsys: pytest.CaptureFixture[str], form: str, start: str
) -> None:
    assert main(["cite", "st-00001", "--root", str(root), "--format", form]) == 0
    printed = capsys.readouterr().out
    assert printed.startswith(start)
    assert printed == getattr(record.cite(record.load("statements").head(1)), form) + "\n"


def test_an_unknown_record_is_refused(root: object, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["cite", "st-99999", "--root", str(root)]) == 2
    assert capsys.readouterr().err == (
        "china-ai-lawmaking: no record has the id 'st-99999'; ids stand in the first column of each table\n"
    )


def test_a_retired_identifier_leads_to_what_stands_in_its_place(record: cal.Dataset) -> None:
    assert record.resolve("an-wey") == "an-wei"
    assert record.resolve("an-wei") == "an-wei"
    assert record.resolve("st-00006") is None
    with pytest.raises(errors.UsageError, match=r"no record has or had the id 'nobody'"):
        record.resolve("nobody")


def test_retired_identifiers_that_lead_to_one_another_lead_nowhere(root: Path) -> None:
    (root / "data" / "retired_ids.csv").write_text(
        "id,record_table,replaced_by,reason,version\nan-wey,people,an-way,merged,0.1.0\nan-way,people,an-wey,merged,0.1.0\n"
    )
    with pytest.raises(errors.UsageError, match=r"no record has or had the id 'an-wey'"):
        cal.open(root).resolve("an-wey")


def test_records_are_cited_by_their_identifiers(record: cal.Dataset) -> None:
    assert [item["id"] for item in record.cite(["st-00001", "st-00003"])][1:] == [
        "harbour-news-2025-03-06",
        "tide-blog-2025",
        "data-act-text",
    ]
    assert record.cite("st-00003") == record.cite(["st-00003"])
    with pytest.raises(errors.UsageError, match="no record has the id 'st-9'"):
        record.cite("st-9")
