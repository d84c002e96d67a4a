"""Citations of the record and of the sources behind rows."""

from __future__ import annotations

import csv
import json
import re
from typing import TYPE_CHECKING

import pandas as pd
import pytest

import china_ai_lawmaking as cal
from china_ai_lawmaking import errors
from china_ai_lawmaking.cli import main

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Any


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


def test_what_the_record_does_not_have_is_refused_in_one_sentence(record: cal.Dataset) -> None:
    where = "ids stand in the first column of each table"
    rows = record.load("statements").head(2)
    unknown, empty = rows.assign(id=["st-00001", "st-99999"]), rows.assign(id=pd.array(["st-00001", None], "string"))
    links = record.load("statement_laws").head(1).assign(statement_id="st-99999")
    for cited, told in (
        (unknown, f"no row of statements has the id 'st-99999'; {where}"),
        (links, f"no row of statements has the id 'st-99999'; {where}"),
        (unknown["id"], f"no record has the id 'st-99999'; {where}"),
        ("", f"no record has the id ''; {where}"),
        ("an-wey", "no record has the id 'an-wey'; it was retired, and an-wei stands in its place"),
        ("st-00006", "no record has the id 'st-00006'; it was retired, and nothing stands in its place"),
        (empty, "an identifier is text, such as 'st-00001'; got NAType"),
        (5, "an identifier is text, such as 'st-00001'; got int"),
        ([{"id": "st-00001"}], "an identifier is text, such as 'st-00001'; got dict"),
    ):
        with pytest.raises(errors.UsageError, match=f"^{re.escape(told)}$"):
            record.cite(cited)  # type: ignore[arg-type]
    with pytest.raises(errors.UsageError, match=r"^no row of laws has the id 'st-00001'; "):
        record.cite("st-00001", table="laws")
    with pytest.raises(errors.UsageError, match=r"the id 'an-wey'; it was retired, and an-wei stands in its place$"):
        record.evidence("an-wey")
    odd_ones: Any = (None, 5, ["st-00001"], rows["id"])
    for verb in (record.evidence, record.resolve):
        for odd in odd_ones:
            with pytest.raises(errors.UsageError, match=r"^an identifier is text, such as 'st-00001'; got "):
                verb(odd)
    for table in (None, 5, ["laws"]):
        with pytest.raises(errors.UnknownTableError, match=r"^no table named "):
            record.load(table)  # type: ignore[arg-type]


def test_columns_of_identifiers_are_cited_as_the_records_that_they_name(record: cal.Dataset) -> None:
    evidence = record.load("evidence")
    columns: Any = (
        evidence["record_id"],
        evidence["record_id"].astype("category"),
        pd.Index(evidence["record_id"]),
    )
    for column in columns:
        assert record.cite(column) == record.cite([*evidence["record_id"]])
    for table, name in (("positions", "statement_id"), ("statements", "id")):
        assert record.cite(record.load(table)[name]) == record.cite(record.load(table))


def test_rows_that_lead_nowhere_are_told(root: Path) -> None:
    sources = root / "data" / "sources.csv"
    rows = [*csv.reader(sources.read_text("utf-8").splitlines(keepends=True))]
    place = rows[0].index("publisher_id")
    for row in rows[1:]:
        row[place] = "nowhere"
    sources.write_text("".join(",".join(f'"{cell}"' for cell in row) + "\n" for row in rows), "utf-8")
    assert "nowhere" in cal.open(root).cite("st-00001").text
    sources.write_text(sources.read_text("utf-8").partition("\n")[0] + "\n", "utf-8")
    with pytest.raises(errors.DataError, match=r"^data/evidence\.csv names the source '.*', which the record "):
        cal.open(root).cite("st-00001")


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


def test_a_kind_of_source_is_the_same_in_every_form(record: cal.Dataset) -> None:
    kinds = {row["kind"]: row["id"] for row in record.rows("sources")}
    assert record.cite([kinds["official_text"]]).ris.count("TY  - GEN") == 1
