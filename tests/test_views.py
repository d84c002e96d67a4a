"""Views: tables joined for reading keep the rows of the table and name what identifiers point to."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest

import china_ai_lawmaking as cal
from china_ai_lawmaking.errors import UsageError
from china_ai_lawmaking.loading import views

if TYPE_CHECKING:
    from pathlib import Path


def row(record: cal.Dataset, table: str, key: str) -> dict[str, Any]:
    view = record.view(table).set_index("id")
    return {
        str(name): None if pd.isna(value) else value for name, value in view.loc[[key]].to_dict("records")[0].items()
    }


def test_a_view_keeps_the_rows_and_their_order_and_names_what_identifiers_point_to(record: cal.Dataset) -> None:
    for table in record.tables():
        view, frame, described = record.view(table), record.load(table), record.describe(table)
        assert len(view) == len(frame)
        for name in set(view.columns) & set(frame.columns):
            pd.testing.assert_series_equal(view[name], frame[name])
        references = {reference.fields[0] for reference in described.references}
        names = {reference.removesuffix("_id") for reference in references}
        # Links keep the identifiers that they join, to join and to cite by, and steps that of their instrument.
        kept = {*described.key} if described.key != ("id",) else {name for of, name in views.KEPT if of == table}
        assert references & {*view.columns} == kept
        assert table == "statements" or names <= {*view.columns}
        # Every other column has a meaning.
        assert {*view.columns} <= {*described.columns, *names, *views.MEANINGS}


def test_a_statement_is_read_with_all_that_is_known_of_it(record: cal.Dataset) -> None:
    statement = row(record, "statements", "st-00001")
    expected = {
        "speaker": "An Wei; Bo Lin",
        "name_zh": "安伟",
        "capacity": "deputy, Inland Assembly",
        "role_kind": "legislator",
        "organization": "Inland Assembly",
        "speaker_ids": "an-wei; bo-lin",
        "other_roles": "chair, Tide Robotics",
        "top_organization": "Inland Assembly",
        "country": "CN",
        "originals": 2,
        "date_text": "6 March 2025",
        "date_from": pd.Timestamp("2025-03-06"),
        "date_to": pd.Timestamp("2025-03-06"),
        "event": "Forum on robots",
        "occasion": "Session of the Inland Assembly 2025",
        "planned": False,
        "laws": "Robot law",
        "relations": "shapes",
        "valences": None,
        "basis": "named",
        "topics": "Safety",
        "positions": "agrees: Robots should have to carry a label.",
        "sources": "Robots at the session; Blog on robots",
        "addresses": "https://example.org/robots; https://example.org/blog",
        "passages": "https://example.org/robots#:~:text=birch%20delta%20fjord%2031,grove%20inlet%20knoll%2031; "
        "https://example.org/blog#:~:text=cedar%20heath%20marsh%2062,north%20upland%20delta%2062",
        "reported_by": "Harbour News; Tide Robotics",
    }
    assert {name: statement[name] for name in expected} == expected


def test_reported_by_tells_what_was_read_and_what_that_credits(record: cal.Dataset) -> None:
    assert row(record, "statements", "st-00002")["reported_by"] == "Harbour News < Inland Wire"


def test_reported_by_follows_only_passages_that_state_the_point(root: Path) -> None:
    path = root / "data" / "evidence.csv"
    text = path.read_text("utf-8")
    path.write_text(
        text.replace("ev-00062,statements,st-00001,summary", "ev-00062,statements,st-00001,person_id"), "utf-8"
    )
    statement = row(cal.open(root), "statements", "st-00001")
    assert (statement["reported_by"], statement["sources"]) == ("Harbour News", "Robots at the session; Blog on robots")


def test_a_source_without_an_address_keeps_its_place(root: Path) -> None:
    path = root / "data" / "sources.csv"
    path.write_text(
        path.read_text("utf-8").replace("https://example.org/robots,2025-03-10,day,,,", ",,,,,", 1), "utf-8"
    )
    statement = row(cal.open(root), "statements", "st-00001")
    assert statement["addresses"] == "no address; https://example.org/blog"
    assert statement["passages"].startswith("https://example.org/blog#")


def test_the_occasion_is_what_the_point_was_made_for(root: Path) -> None:
    path = root / "data" / "statements.csv"
    old = "publication,,,false,\nst-00005"
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, "publication,,robot-forum-2025,false,\nst-00005"), "utf-8")
    statement = row(cal.open(root), "statements", "st-00004")
    assert (statement["event"], statement["for_event"]) == (None, "Forum on robots")
    assert statement["occasion"] == "Session of the Inland Assembly 2025"


@pytest.mark.parametrize(
    ("old", "new", "first", "last", "text"),
    [
        ("2025-03-06,day,event", "2025-03-06,day,stated", "2025-03-06", "2025-03-06", "6 March 2025"),
        ("2025-03-06,day,event", "2024-02-01,month,stated", "2024-02-01", "2024-02-29", "February 2024"),
        ("2025-03-06,day,event", "2024-01-01,year,derived", "2024-01-01", "2024-12-31", "2024"),
        ("2025-03-06,day,event", "2024-12-01,month,publication", None, "2024-12-31", "by December 2024"),
        ("2025-03-06,day,event", ",,", None, None, None),
    ],
)
def test_a_date_is_read_as_interval_and_text(
    root: Path, old: str, new: str, first: str | None, last: str | None, text: str | None
) -> None:
    path = root / "data" / "statements.csv"
    path.write_text(
        path.read_text("utf-8").replace(f"label that people can read.,{old}", f"label that people can read.,{new}"),
        "utf-8",
    )
    statement = row(cal.open(root), "statements", "st-00001")
    assert statement["date_text"] == text
    assert statement["date_from"] == (first and pd.Timestamp(first))
    assert statement["date_to"] == (last and pd.Timestamp(last))


def test_a_position_is_read_with_who_holds_it_and_where_that_can_be_read(record: cal.Dataset) -> None:
    position = record.view("positions").iloc[0]
    expected = {
        "statement_id": "st-00001",
        "proposition_id": "robot-labels",
        "proposition": "Robots should have to carry a label.",
        "topic": "Safety",
        "position": "agrees",
        "speaker": "An Wei; Bo Lin",
        "role_kind": "legislator",
        "organization": "Inland Assembly",
        "date_text": "6 March 2025",
        "reported_by": "Harbour News; Tide Robotics",
    }
    assert {name: position[name] for name in expected} == expected
    assert position["passages"].startswith("https://example.org/robots#:~:text=")


def test_views_end_at_a_day_and_say_what_is_undated(record: cal.Dataset) -> None:
    with pytest.warns(UserWarning, match="1 undated row was left out"):
        view = record.view("statements", until="2025-03-05")
    # St-00004 is dated to its month, which ends later.
    assert (list(view["id"]), view.attrs["undated"]) == (["st-00003", "st-00008"], 1)
    assert list(record.view("positions", until="2025-03-05")["statement_id"]) == ["st-00008"]
    # A session has ended by its last day.
    assert "assembly-session-2025" not in set(record.view("events", until="2025-03-10")["id"])
    assert "assembly-session-2025" in set(record.view("events", until="2025-03-11")["id"])


@pytest.mark.filterwarnings("ignore:1 undated row")
def test_a_view_ends_at_a_date_of_python_or_pandas(record: cal.Dataset) -> None:
    days: Any = (datetime.date(2025, 3, 5), datetime.datetime(2025, 3, 5), pd.Timestamp("2025-03-05"))
    for day in days:
        assert len(record.view("statements", until=day)) == 2
    odd: Any = (pd.Timestamp("2025-03-05 05:00"), 20250305, pd.NaT)
    for day in odd:
        with pytest.raises(UsageError, match=r"^until=.* is no day; write it as 2025-03-31$"):
            record.view("statements", until=day)


@pytest.mark.parametrize(
    ("table", "until", "sentence"),
    [
        ("people", "2025-03-05", "a view of people has no last day; until= is for events, positions, statement_laws, "),
        ("statements", "5 March", "until='5 March' is no day; write it as 2025-03-31"),
        ("statements", "2025-02-30", "until='2025-02-30' is no day"),
    ],
)
def test_a_view_that_cannot_end_there_is_refused(record: cal.Dataset, table: str, until: str, sentence: str) -> None:
    with pytest.raises(UsageError, match=sentence):
        record.view(table, until=until)


def test_the_passages_of_a_record_are_given(record: cal.Dataset) -> None:
    passages = record.evidence("st-00001")
    assert passages[["id", "relation", "fields", "publisher", "published"]].to_numpy().tolist() == [
        ["ev-00031", "states", "person_id;summary", "Harbour News", "6 March 2025"],
        ["ev-00062", "states", "summary", "Tide Robotics", "7 March 2025"],
    ]
    assert (
        passages["passage"][0]
        == "https://example.org/robots#:~:text=birch%20delta%20fjord%2031,grove%20inlet%20knoll%2031"
    )
    assert list(record.evidence("ev-00062")["record_id"]) == ["st-00001"]
    with pytest.raises(UsageError, match="no evidence and no record with evidence has the id 'st-1'; near it: st-0000"):
        record.evidence("st-1")


def test_what_a_provision_goes_back_to_is_read_with_who_asked_when_and_can_be_cited(record: cal.Dataset) -> None:
    frame = record.view("provision_antecedents")
    [antecedent] = frame.astype("object").to_dict("records")
    expected = {
        "provision_id": "st-00003",
        "speaker": "Data Act",
        "date_text": "10 June 2021",
        "asked_by_id": "st-00004",
        "asker": "Legislators",
        "asked_text": "by March 2025",
        "days": 0,
    }
    assert {name: antecedent[name] for name in expected} == expected
    assert record.cite(frame) == record.cite(["st-00003"])


def test_an_umbrella_is_read_with_the_steps_of_its_instruments_in_order(record: cal.Dataset) -> None:
    assert row(record, "laws", "robot-laws")["timeline"] == (
        "2024 draft_started: Robot law; 2025-02 consultation_opened: Robot law; "
        "2025-02-20 published: Scholars' draft of a robot law"
    )


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
    step = row(record, "events", "an-wei-suggestion-submitted")
    assert step["participants"] == "submitter: An Wei"
    # Steps and instruments are joined by the identifier: titles repeat.
    assert (step["law_id"], step["law"]) == ("an-wei-suggestion-2025", row(record, "laws", step["law_id"])["title"])
    assert row(record, "people", "an-wei")["roles"] == "deputy, Inland Assembly; chair, Tide Robotics"
    assert (
        row(record, "statistics", "fig-00003")["inputs"]
        == "numerator: Robot users, 2024-12; denominator: Population, 2024-12-31"
    )


def test_an_unknown_identifier_is_shown_as_it_is(root: Path) -> None:
    path = root / "data" / "events.csv"
    path.write_text(path.read_text("utf-8").replace(",assembly-session-2025,", ",gone,"), "utf-8")
    assert "gone" in set(cal.open(root).view("events")["parent"])


def test_the_country_is_that_of_the_body_or_of_what_it_is_part_of(root: Path) -> None:
    path = root / "data" / "organizations.csv"
    text = path.read_text("utf-8")
    path.write_text(text.replace(",legislature,CN,,", ",legislature,,inland-assembly-committee,", 1), "utf-8")
    assert row(cal.open(root), "statements", "st-00001")["country"] == "CN"
    # A circle of parents is a problem that `validate` tells, and no view hangs on it.
    circle = path.read_text("utf-8").replace(",legislature,CN,inland-assembly,", ",legislature,,inland-assembly,")
    path.write_text(circle, "utf-8")
    assert row(cal.open(root), "statements", "st-00001")["country"] is None
