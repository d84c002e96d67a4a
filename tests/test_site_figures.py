"""Figures on the site: of which place, which is the latest, and which differ; and who speaks from abroad."""

from __future__ import annotations

import csv
import json
import re
from typing import TYPE_CHECKING

import pytest
from packages import REPOSITORY, changed, good

from china_ai_lawmaking.package import descriptor
from china_ai_lawmaking.site import build, charts, disagreements, figures, findings, overviews, search, words
from china_ai_lawmaking.site.record import FOREIGN, INTERNATIONAL, Record

if TYPE_CHECKING:
    from pathlib import Path

LATER = {"id": "fig-90001", "ref_date": "2025-12-01", "note": ""}


def with_figure(root: Path, **cells: str) -> Record:
    """Give the good package with a figure more: the first one of robot users, in other words."""
    changed(root, "statistics", lambda rows: rows.append({**rows[0], **LATER, **cells}))
    return Record(descriptor.open_package(root))


def every_date_to_its_month(rows: list[dict[str, str]]) -> None:
    for row in rows:
        row["start_precision"] = row["start_date"] and "month"


def overview(folder: Path) -> dict[str, dict[str, str]]:
    """The index of figures of a site, by what is counted."""
    with (folder / "tables/figures-overview.csv").open(encoding="utf-8", newline="") as stream:
        return {row["what is counted"]: row for row in csv.DictReader(stream)}


def test_a_figure_of_another_place_says_so_everywhere(tmp_path: Path) -> None:
    root = good(tmp_path / "package")
    record = with_figure(root, ref_area="US", value="7000", bound="stated")
    build.write(record.package, tmp_path / "out")
    page = (tmp_path / "out/figures/robot-users.html").read_text("utf-8")
    assert '<td data-label="place">United States</td>' in page
    known = next(row for row in record.rows("evidence") if row["record_id"] == "fig-00001")
    changed(root, "evidence", lambda rows: rows.append({**known, "id": "ev-90001", "record_id": "fig-90001"}))
    build.write(descriptor.open_package(root), tmp_path / "again")
    assert "7,000 people (United States), " in (tmp_path / f"again/sources/{known['source_id']}.html").read_text(
        "utf-8"
    )
    entry = next(one for one in search.records(record) if one.path == "figures/robot-users.html")
    assert "united states" in entry.text
    row = overview(tmp_path / "out")["Robot users"]
    assert (row["latest value"], row["place"], row["as of"]) == ("over 30 million people", "China", "2024-12")


def test_the_lede_tells_the_latest_value_of_each_place_that_of_china_first(tmp_path: Path) -> None:
    root = good(tmp_path)
    record = with_figure(root, indicator_id="population", ref_area="UN", value="8e9", bound="about")
    assert findings.latest(record, "population") == (
        "China: about 60 million people, 31 December 2024; World: about 8 billion people, December 2025."
    )


def test_a_chart_joins_no_values_of_two_places(tmp_path: Path) -> None:
    record = with_figure(good(tmp_path), ref_area="US", value="7000")
    drawn = charts.series(record, "robot-users")
    assert drawn is not None
    assert drawn.title == "Robot users rose from 20 million people in December 2023 to over 30 million in December 2024"
    assert [row[1:4] for row in drawn.rows] == [
        ("China", "2023-12", 20000000.0),
        ("China", "2024-12", 30000000.0),
        ("United States", "2025-12", 7000.0),
    ]


@pytest.mark.parametrize(
    ("published", "taken"), [("2025-03-07", "fig-90001"), ("2025-03-05", "fig-00001"), ("", "fig-00001")]
)
def test_of_two_values_of_one_date_that_published_last_is_taken_and_both_are_told(
    tmp_path: Path, published: str, taken: str
) -> None:
    root = good(tmp_path / "package")
    cells = {"published_date": published, "published_precision": "day" if published else ""}
    record = with_figure(root, ref_date="2024-12-01", value="31000000", **cells)
    assert [row["id"] for row in figures.latest(record, "robot-users")] == [taken]
    build.write(record.package, tmp_path / "out")
    first, other = (
        words.measured(record.by_id["statistics"][key]) for key in sorted({"fig-00001", "fig-90001"}, key=taken.__ne__)
    )
    assert overview(tmp_path / "out")["Robot users"]["latest value"] == f"{first}; also {other}"
    page = (tmp_path / "out/figures/robot-users.html").read_text("utf-8")
    assert f"Values differ for December 2024: {first} (" in page
    assert f"to {first.removesuffix(' people')} in December 2024</h1>" in page


def test_a_converted_value_is_the_latest_only_where_there_is_no_other(tmp_path: Path) -> None:
    root = good(tmp_path)
    changed(root, "statistics", lambda rows: rows[3].update(ref_date="2025-01-01"))
    record = Record(descriptor.open_package(root))
    assert [row["id"] for row in figures.latest(record, "robot-users")] == ["fig-00001"]
    assert [row["unit"] for row in figures.latest(record, "tidal-growth")] == ["percent"]


def test_lists_and_pages_of_the_shipped_record_tell_one_latest_value() -> None:
    record = Record(descriptor.open_package(REPOSITORY))
    for row in record.rows("indicators"):
        first = figures.latest(record, row["id"])[0]
        drawn = charts.series(record, row["id"])
        told = words.figure(first["value"], first["bound"], "percent" if first["unit"] == "percent" else "").strip()
        assert told in (drawn.title if drawn else findings.latest(record, row["id"]).lower()), row["id"]
        of_china = [one for one in record.of("statistics", "indicator_id", row["id"]) if one["ref_area"] == "CN"]
        assert first in of_china or not of_china


def test_dates_in_the_numbers_of_a_chart_are_as_long_as_they_are_known(tmp_path: Path) -> None:
    root = good(tmp_path)
    changed(root, "events", every_date_to_its_month)
    record = Record(descriptor.open_package(root))
    assert {len(str(row[2]).removeprefix("by ")) for row in charts.timeline(record).rows} == {7}
    held = charts.positions(record, "", record.positions)
    assert held is not None
    assert {row[-1] for row in held.rows} == {words.iso_told(one.statement) for one in record.positions}


def test_who_speaks_from_abroad_or_for_a_body_or_law_of_abroad_is_of_that_kind() -> None:
    record = Record(descriptor.open_package(REPOSITORY))
    home = ("CN", "HK", "MO", None)
    for row in record.rows("statements"):
        role = record.by_id["memberships"].get(row["membership_id"] or "")
        body = record.by_id["organizations"].get((role or row)["organization_id"] or "")
        law = record.by_id["laws"].get(row["law_id"] or "")
        country = law["jurisdiction"].partition("-")[0] if law else body["country"] if body else None
        if country == "UN":
            assert record.kind(row) == INTERNATIONAL
        elif country not in home:
            assert record.kind(row) in FOREIGN
            assert record.abroad(row) == words.place(law["jurisdiction"] if law else country)
        assert (record.kind(row) in FOREIGN) == bool(record.abroad(row))


def test_a_law_of_abroad_stands_apart_from_laws_of_china_and_bears_its_place(tmp_path: Path) -> None:
    root = good(tmp_path / "package")
    changed(root, "laws", lambda rows: rows[1].update(jurisdiction="KR"))
    row = {"statement_id": "st-00003", "proposition_id": "robot-labels", "position": "agrees"}
    changed(root, "positions", lambda rows: rows.append(row))
    record = Record(descriptor.open_package(root))
    told = findings.holds(record, record.positions_of["st-00003"][0])
    assert told == f"{record.name('data-act')} (South Korea) agrees"
    build.write(record.package, tmp_path / "out")
    page = (tmp_path / "out/propositions/robot-labels.html").read_text("utf-8")
    assert "(from abroad: one agrees)" in page
    assert "one text from abroad" in page
    heading, _, card = page.partition("<h3>Texts from abroad")[2].partition("</h3>")
    assert not heading
    assert '<span class="place">South Korea</span>' in card.partition("</p>")[0]


@pytest.mark.parametrize(
    ("jurisdiction", "told"),
    [
        ("KR", "Not contested within China: two agree in one statement, one disagrees, one agrees on a condition"),
        ("UN", "Contested: two agree in one statement, one disagrees, one agrees on a condition."),
        ("CN", "Contested: two agree in one statement, one disagrees, one agrees on a condition."),
    ],
)
def test_a_proposition_is_contested_where_both_sides_have_a_voice_not_from_abroad(
    tmp_path: Path, jurisdiction: str, told: str
) -> None:
    root = good(tmp_path)
    changed(root, "laws", lambda rows: rows[1].update(jurisdiction=jurisdiction))
    row = {"statement_id": "st-00003", "proposition_id": "robot-labels", "position": "disagrees"}
    changed(root, "positions", lambda rows: rows.append(row))
    record = Record(descriptor.open_package(root))
    found = findings.proposition(record, "robot-labels")
    assert found.startswith(told)
    assert found.endswith("The only disagreement is from abroad.") == (jurisdiction == "KR")
    assert [row["id"] for row in record.contested] == ([] if jurisdiction == "KR" else ["robot-labels"])
    blocks = {
        heading: [row["id"] for row, *_ in rows]
        for heading, _, rows in overviews.propositions(record).context["blocks"]
    }
    assert ("robot-labels" in blocks["Contested only from abroad"]) == (jurisdiction == "KR")
    assert bool(record.abroad(record.by_id["statements"]["st-00003"])) == (jurisdiction == "KR")


def test_a_side_with_fewer_statements_than_speakers_says_so(tmp_path: Path) -> None:
    record = Record(descriptor.open_package(good(tmp_path / "package")))
    assert findings.count(record, "robot-labels") == "2 agree in 1 statement, 0 disagree, 1 on a condition"
    build.write(record.package, tmp_path / "out")
    page = (tmp_path / "out/propositions/robot-labels.html").read_text("utf-8")
    assert "Two persons and bodies: one statement by two speakers" in page
    assert page.count(" by two speakers") == 1


def test_a_body_shows_what_its_units_hold_under_their_names(tmp_path: Path) -> None:
    root = good(tmp_path / "package")
    unit = {"id": "tide-institute", "name": "Tide Institute", "name_zh": "", "parent_id": "tide-robotics"}
    changed(root, "organizations", lambda rows: rows.append({**rows[6], **unit}))
    role = {"id": "mem-90001", "organization_id": "tide-institute", "role": "head of research"}
    changed(root, "memberships", lambda rows: rows.append({**rows[1], **role}))
    body, person = {"organization_id": "tide-institute"}, {"membership_id": "mem-90001"}
    changed(root, "statements", lambda rows: rows.extend([{**rows[4], **body, "id": "st-90001"}]))
    changed(root, "statements", lambda rows: rows.extend([{**rows[0], **person, "id": "st-90002"}]))
    position = {"statement_id": "st-90001", "proposition_id": "robot-labels", "position": "agrees"}
    changed(root, "positions", lambda rows: rows.append(position))
    build.write(descriptor.open_package(root), tmp_path / "out")
    page = (tmp_path / "out/organizations/tide-robotics.html").read_text("utf-8")
    assert "one statement of its own, one statement of its units, one person and one statement by them" in page
    assert 'Positions of <a href="../organizations/tide-institute.html">Tide Institute</a>' in page
    assert "head of research, Tide Institute" in page
    said = page.partition("What the body and its units said")[2]
    assert 'id="st-90001"' in said
    assert '<span class="name"><a href="../organizations/tide-institute.html">' in said
    assert 'id="st-90002"' in said.partition("What its people said")[2]


def test_where_sources_disagree_stands_on_one_page_with_what_is_taken(tmp_path: Path) -> None:
    root = good(tmp_path / "package")
    record = with_figure(root, ref_date="2024-12-01", value="31000000", note="The maker said so in May.")
    build.write(record.package, tmp_path / "out")
    page = (tmp_path / "out/disagreements.html").read_text("utf-8")
    against = [row for row in record.rows("evidence") if row["relation"] == "contradicts"]
    assert len(against) == 1
    assert "Sources disagree on one entry and one figure." in page
    row = page.partition(f'<tr id="{against[0]["record_id"]}">')[2].partition("</tr>")[0]
    disputed = record.by_id[against[0]["record_table"]][against[0]["record_id"]]
    assert disputed["note"] in row
    figure = page.partition("Robot users, December 2024")[2].partition("</tr>")[0]
    assert figure.index("over 30 million people") < figure.index("over 31 million people")
    assert "The maker said so in May." in figure
    assert "disagreements.html" in (tmp_path / "out/data.html").read_text("utf-8")
    assert "disagreements.html" in (tmp_path / "out/figures/robot-users.html").read_text("utf-8")
    assert "No two sources" in disagreements.page(without_disagreement(tmp_path / "other")).about


def without_disagreement(root: Path) -> Record:
    """Give the good package without what contradicts."""
    changed(
        good(root),
        "evidence",
        lambda rows: rows.remove(next(row for row in rows if row["relation"] == "contradicts")),
    )
    return Record(descriptor.open_package(root))


def test_how_much_people_of_companies_say_under_their_seats_is_counted(tmp_path: Path) -> None:
    # One person of the good package leads a company and speaks as a deputy; the company speaks once.
    record = Record(descriptor.open_package(good(tmp_path)))
    assert findings.seats(record) == (
        "People of companies mostly speak as deputies or CPPCC members: 1 statement and 0 positions stand in a "
        "company's name, 2 statements and 2 positions of people who also hold a role in a company under their seats."
    )
    chart = dict(charts.of_the_whole(record))["who-speaks"]
    assert chart is not None
    assert chart.note.endswith(findings.seats(record))


def test_dates_for_machines_are_as_long_as_they_are_known(tmp_path: Path) -> None:
    root = good(tmp_path / "package")
    changed(root, "events", every_date_to_its_month)
    changed(root, "sources", lambda rows: rows[0].update(published_date="2025-03-01", published_precision="month"))
    record = Record(descriptor.open_package(root))
    build.write(record.package, tmp_path / "out")
    for path in (tmp_path / "out").rglob("*.html"):
        for text in re.findall(r'<script type="application/ld\+json">(.*?)</script>', path.read_text("utf-8")):
            told = json.loads(text)
            assert {len(told[name]) for name in ("startDate", "legislationDate") if name in told} <= {7}
    source = (tmp_path / f"out/sources/{record.rows('sources')[0]['id']}.html").read_text("utf-8")
    assert '"datePublished": "2025-03"' in source


@pytest.mark.parametrize(("country", "kind"), [("US", "Speakers from abroad"), ("CN", "Other persons")])
def test_who_has_left_a_body_abroad_and_holds_no_role_speaks_from_there(
    tmp_path: Path, country: str, kind: str
) -> None:
    root = good(tmp_path)
    changed(root, "organizations", lambda rows: rows[5].update(country=country))
    changed(root, "statements", lambda rows: rows[1].update(membership_id=""))

    def leave(rows: list[dict[str, str]]) -> None:
        for row in rows:
            row["current"] = "false"

    changed(root, "memberships", leave)
    record = Record(descriptor.open_package(root))
    assert record.kind(record.by_id["statements"]["st-00002"]) == kind
