"""Views: tables joined for reading keep the rows of the table and name what identifiers point to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest

import china_ai_lawmaking as cal

if TYPE_CHECKING:
    from pathlib import Path


def row(record: cal.Dataset, table: str, key: str) -> dict[str, Any]:
    view = record.view(table).set_index("id")
    return {
        str(name): None if pd.isna(value) else value for name, value in view.loc[[key]].to_dict("records")[0].items()
    }


@pytest.mark.parametrize("table", cal.tables())
def test_a_view_keeps_the_rows_and_their_order(record: cal.Dataset, table: str) -> None:
    view, frame = record.view(table), record.load(table)
    assert len(view) == len(frame)
    for name in set(view.columns) & set(frame.columns):
        pd.testing.assert_series_equal(view[name], frame[name])


@pytest.mark.parametrize("table", cal.tables())
def test_a_view_names_what_identifiers_point_to(record: cal.Dataset, table: str) -> None:
    references = {reference.fields[0] for reference in record.describe(table).references}
    assert references & set(record.view(table).columns) == set()


def test_a_statement_is_read_with_speaker_capacity_laws_topics_and_chain(record: cal.Dataset) -> None:
    statement = row(record, "statements", "st-00001")
    expected = {
        "speaker": "An Wei; Bo Lin",
        "capacity": "deputy, Inland Assembly",
        "event": "Forum on robots",
        "laws": "Robot law",
        "relations": "shapes",
        "topics": "Safety",
        "sources": "Robots at the session; Blog on robots",
        "addresses": "https://example.org/robots; https://example.org/blog",
        "chain": "Harbour News; Tide Robotics",
    }
    assert {name: statement[name] for name in expected} == expected


def test_the_chain_tells_what_was_read_and_what_that_credits(record: cal.Dataset) -> None:
    assert row(record, "statements", "st-00002")["chain"] == "Harbour News < Inland Wire"


def test_the_primary_topic_comes_first(record: cal.Dataset) -> None:
    assert row(record, "statements", "st-00002")["topics"] == "Liability; Misuse"


def test_a_law_is_read_with_its_dates_and_timeline(record: cal.Dataset) -> None:
    law = row(record, "laws", "data-act")
    assert (law["adopted"], law["in_force"]) == (pd.Timestamp("2021-06-10"), pd.Timestamp("2021-09-01"))
    assert law["published"] is None
    assert law["timeline"] == "2021-06-10 adopted; 2021-09-01 in_force"


def test_dates_in_a_timeline_are_printed_to_their_precision(root: Path) -> None:
    path = root / "data" / "events.csv"
    path.write_text(path.read_text("utf-8").replace("2021-06-10,day", "2021-06-01,month"), "utf-8")
    assert row(cal.open(root), "laws", "data-act")["timeline"] == "2021-06 adopted; 2021-09-01 in_force"


def test_events_people_and_figures_are_read_with_their_links(record: cal.Dataset) -> None:
    assert row(record, "events", "an-wei-suggestion-submitted")["participants"] == "submitter: An Wei"
    assert row(record, "people", "an-wei")["roles"] == "deputy, Inland Assembly; chair, Tide Robotics"
    assert (
        row(record, "statistics", "fig-00003")["inputs"]
        == "numerator: Robot users, 2024-12; denominator: Population, 2024-12-31"
    )


def test_an_unknown_identifier_is_shown_as_it_is(root: Path) -> None:
    path = root / "data" / "events.csv"
    path.write_text(path.read_text("utf-8").replace(",assembly-session-2025,", ",gone,"), "utf-8")
    assert "gone" in set(cal.open(root).view("events")["parent"])
