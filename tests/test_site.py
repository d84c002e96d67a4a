"""The pages: what they say, what they link to, and that text of the record never runs."""

from __future__ import annotations

import csv
import functools
import json
import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from datetime import date
from html.parser import HTMLParser
from typing import TYPE_CHECKING
from urllib.parse import urldefrag, urljoin

import pytest
from packages import REPOSITORY, changed, good, script

from china_ai_lawmaking.cli import main
from china_ai_lawmaking.loading import network
from china_ai_lawmaking.package import descriptor
from china_ai_lawmaking.site import build, debate, findings, lawmaking, search, texts, words
from china_ai_lawmaking.site.record import FOREIGN, Record

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path


class Page(HTMLParser):
    """Links, ids, scripts and text of one page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.ids: set[str] = set()
        self.scripts: list[dict[str, str | None]] = []
        self.inline: list[str] = []
        self.languages: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        self.links += [value for name in ("href", "src", "action") if (value := named.get(name))]
        self.ids |= {value for value in (named.get("id"),) if value}
        self.inline += [name for name in named if name == "style" or name.startswith("on")]
        if tag == "script":
            self.scripts.append(named)
        if tag == "span" and named.get("lang"):
            self.languages.append(str(named["lang"]))


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site of the good package."""
    folder = tmp_path_factory.mktemp("site")
    build.write(descriptor.open_package(good(folder / "package")), folder / "out")
    return folder / "out"


@pytest.fixture(scope="module")
def parsed(site: Path) -> Mapping[str, Page]:
    """Every page of it."""
    return {path.relative_to(site).as_posix(): Page(path.read_text("utf-8")) for path in sorted(site.rglob("*.html"))}


def test_every_record_has_its_page_with_files_beside_it(site: Path) -> None:
    record = Record(descriptor.open_package(site.parent / "package"))
    folders = {"indicators": "figures"} | {
        table: table
        for table in ("people", "organizations", "laws", "events", "statements", "propositions", "topics", "sources")
    }
    for table, folder in folders.items():
        for row in record.rows(table):
            for kind in ("html", "csv", "json", "bib"):
                assert (site / folder / f"{row['id']}.{kind}").stat().st_size


def test_a_role_that_somebody_has_left_is_no_kind_of_speaker() -> None:
    record = Record(descriptor.open_package(REPOSITORY))
    left = {role["person_id"] for role in record.rows("memberships") if not role["current"]}
    left -= {role["person_id"] for role in record.rows("memberships") if role["current"]}
    kinds = {record.kind(row) for row in record.rows("statements") if row["person_id"] in left}
    assert kinds - {"Speakers from abroad"} == {"Other persons"}


def test_site_and_network_have_the_same_holders_of_every_proposition() -> None:
    package = descriptor.open_package(REPOSITORY)
    listed = network.events(
        package, actor="speaker", include=network.ASIDE, conditional=True, until=None, propositions=()
    )
    record = Record(package)
    held = {
        (key, speaker)
        for key in record.by_id["propositions"]
        for side in record.sides(key).values()
        for speaker in side
    }
    assert held == {*zip(listed["proposition_id"], listed["actor_id"], strict=True)}
    module = script("quality/representativeness.py")
    for name, *counts in re.findall(
        r"`([a-z-]+)` \| (\d+) \| (\d+) \| (\d+) \| (\d+) \| (\d+)", module.contested(module.Counts(REPOSITORY))
    ):
        sides = record.sides(name)
        abroad = [sum(held[0].kind in FOREIGN for held in sides[side].values()) for side in ("agrees", "disagrees")]
        spoken = [len(sides[side]) for side in ("agrees", "disagrees", "conditional")]
        assert [int(count) for count in counts] == spoken + abroad


def test_who_joins_a_statement_is_named_with_it_and_the_statement_stands_once(site: Path) -> None:
    record = Record(descriptor.open_package(site.parent / "package"))
    said = record.by_id["statements"]["st-00001"]
    speaker, other = record.speakers(said)
    assert record.credit(said) == f"{record.name(speaker)} with {record.name(other)}"
    page = (site / "statements/st-00001.html").read_text("utf-8")
    assert f'with <a href="../people/{other}.html">' in page
    page = (site / f"people/{other}.html").read_text("utf-8")
    assert f'with <a href="../people/{speaker}.html">' in page
    assert "Two statements, one position" in page
    page = (site / f"propositions/{record.positions_of['st-00001'][0].proposition['id']}.html").read_text("utf-8")
    assert page.count(said["summary"]) == 1
    assert "2 agree" in page
    assert record.name(other) in (site / "statements/st-00001.bib").read_text("utf-8")


def test_every_internal_link_leads_somewhere(site: Path, parsed: Mapping[str, Page]) -> None:
    lost = []
    for path, page in parsed.items():
        for link in page.links:
            target, anchor = urldefrag(urljoin(f"http://site/{path}", link))
            if not target.startswith("http://site/"):
                assert link.startswith(("http://", "https://")), (path, link)
                continue
            file = target.removeprefix("http://site/").partition("?")[0]
            found = (site / file).is_file()
            if not found or (
                anchor and file in parsed and "correct.html" not in file and anchor not in parsed[file].ids
            ):
                lost.append((path, link))
    assert lost == []


def test_record_pages_have_no_script_and_no_page_has_an_inline_one(parsed: Mapping[str, Page]) -> None:
    for path, page in parsed.items():
        scripts = [script for script in page.scripts if script.get("type") != "application/ld+json"]
        assert all(script.get("src") for script in scripts)
        assert not scripts or path in ("search.html", "correct.html")
        assert page.inline == [], path


def saved_by_zotero(html: str) -> dict[str, str]:
    """What the translator Embedded Metadata takes from the head of a page, by its rules of types, names and dates."""
    tags = dict(re.findall(r'<meta (?:name|property)="([^"]+)" content="([^"]*)"', html))
    # Without z:itemType a page with citation_title is saved as an article of a journal; so is DC.type "Dataset".
    kind = tags.get("z:itemType") or "journalArticle"
    author = tags["citation_author"]
    # The last word of a name without a comma is taken for the family name.
    parts = author.strip(" ,").split(", ") if "," in author else author.rsplit(" ", 1)[::-1]
    return {
        "itemType": kind,
        "title": tags["citation_title"],
        "lastName": parts[0],
        "firstName": "".join(parts[1:]),
        "date": tags["citation_publication_date"],
        "site": tags["og:site_name"],
        "publisher": tags["citation_publisher"],
        "language": tags["citation_language"],
    }


def test_zotero_saves_the_dataset_and_each_page_as_what_they_are(site: Path) -> None:
    package = descriptor.open_package(site.parent / "package")
    title, creator = package.descriptor["title"], package.descriptor["contributors"][0]["title"]
    for path in sorted(site.rglob("*.html")):
        html = path.read_text("utf-8")
        shown = re.search(r"<title>(.*?)(?: · [^<]*)?</title>", html)
        assert shown is not None
        assert saved_by_zotero(html) == {
            "itemType": "dataset" if path == site / "index.html" else "webpage",
            "title": shown[1],
            "lastName": creator,
            "firstName": "",
            "date": package.created[:10].replace("-", "/"),
            "site": f"{title}, version {package.version}".replace("'", "&#39;"),
            "publisher": creator,
            "language": "en",
        }
        assert "DC.type" not in html


def test_every_page_states_the_policy(site: Path) -> None:
    for path in site.rglob("*.html"):
        assert build.POLICY in path.read_text("utf-8").replace("&#39;", "'")


def written(folder: Path) -> dict[str, bytes]:
    """Every file of a site."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("workers", [1, 2, 3])
def test_builds_give_the_same_bytes_however_many_processes_write(site: Path, tmp_path: Path, workers: int) -> None:
    package = descriptor.open_package(site.parent / "package")
    count = build.write(package, tmp_path / "again", workers=workers)
    again = written(tmp_path / "again")
    assert again == written(site)
    assert count == sum(path.endswith(".html") for path in again)


def test_what_a_process_leaves_undone_is_written_all_the_same(site: Path, tmp_path: Path) -> None:
    script = (
        "from pathlib import Path\n"
        "from china_ai_lawmaking.package import descriptor\n"
        "from china_ai_lawmaking.site import build\n"
        f"package = descriptor.open_package(Path({str(site.parent / 'package')!r}))\n"
        f"build.write(package, Path({str(tmp_path / 'again')!r}), workers=2)\n"
    )
    # A process that starts afresh reads the script again, which stands in no file: it ends before its work.
    ran = subprocess.run([sys.executable, "-"], input=script, text=True, capture_output=True, check=True)
    assert "<stdin>" in ran.stderr
    assert written(tmp_path / "again") == written(site)


@pytest.mark.parametrize("turn", [0, 1])
def test_a_page_that_cannot_be_written_leaves_no_site(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, turn: int
) -> None:
    root = good(tmp_path / "package")
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    monkeypatch.setattr(build, "WORTH_A_WORKER", 1)
    named = {
        "id": "topic-" + "x" * 300,
        "name": "Long",
        "broader_id": "",
        "description": "A name that no folder holds.",
    }
    changed(root, "topics", lambda rows: rows.insert(turn, {**rows[0], **named}))
    assert main(["site", str(tmp_path / "out"), "--root", str(root)]) == 2
    assert "name too long" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["package"]


def test_a_folder_that_holds_something_is_left_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    root = good(tmp_path.parent / f"{tmp_path.name}-package")
    assert main(["site", str(tmp_path), "--root", str(root)]) == 2
    assert "exists already" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_a_missing_grid_script_is_one_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    root = good(tmp_path / "package")
    assert main(["site", str(tmp_path / "out"), "--root", str(root), "--tabulator", str(tmp_path)]) == 2
    assert "npm ci" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_changed_rows_since_an_earlier_version_stand_on_a_page_and_in_the_feed(tmp_path: Path) -> None:
    earlier, later = good(tmp_path / "earlier"), good(tmp_path / "later")
    changed(later, "statements", lambda rows: rows[0].update(summary="Says <b>otherwise</b>."))
    assert main(["site", str(tmp_path / "out"), "--root", str(later), "--since", str(earlier)]) == 0
    page = (tmp_path / "out/since.html").read_text("utf-8")
    assert "One row changed." in page
    assert "<ins>Says &lt;b&gt;otherwise&lt;/b&gt;.</ins>" in page
    with (tmp_path / "out/since.csv").open(encoding="utf-8", newline="") as stream:
        assert [(row["table"], row["column"], row["new"]) for row in csv.DictReader(stream)] == [
            ("statements", "summary", "Says <b>otherwise</b>.")
        ]
    feed = ET.fromstring((tmp_path / "out/changes.xml").read_text("utf-8"))
    content = feed.find("{*}entry/{*}content")
    assert content is not None
    assert "One row changed." in str(content.text)


def test_rows_of_a_table_that_an_earlier_version_lacks_are_added(tmp_path: Path) -> None:
    earlier, later = good(tmp_path / "earlier"), good(tmp_path / "later")
    described = json.loads((earlier / "datapackage.json").read_text("utf-8"))
    described["resources"] = [one for one in described["resources"] if one["name"] != "positions"]
    (earlier / "datapackage.json").write_text(json.dumps(described), "utf-8")
    rows = Record(descriptor.open_package(later)).rows("positions")
    assert main(["site", str(tmp_path / "out"), "--root", str(later), "--since", str(earlier)]) == 0
    page = (tmp_path / "out/since.html").read_text("utf-8")
    assert f"{words.capital(words.counted(len(rows), 'row'))} added." in page
    with (tmp_path / "out/since.csv").open(encoding="utf-8", newline="") as stream:
        cells = [row for row in csv.DictReader(stream) if row["table"] == "positions"]
    assert {row["change"] for row in cells} == {"added"}
    assert {row["id"] for row in cells} == {f"{row['statement_id']} {row['proposition_id']}" for row in rows}


def test_without_an_earlier_version_there_is_no_page_of_changed_rows(site: Path) -> None:
    assert not (site / "since.html").exists()
    ET.fromstring((site / "changes.xml").read_text("utf-8"))


def test_what_a_page_cannot_show_stands_on_a_page_of_all_statements(tmp_path: Path) -> None:
    root = good(tmp_path / "package")
    record = Record(descriptor.open_package(root))
    topic = record.rows("statement_topics")[0]["topic_id"]
    new = [f"st-9{number:04}" for number in range(60)]
    changed(root, "statements", lambda rows: rows.extend({**rows[0], "id": key} for key in new))
    changed(root, "statement_topics", lambda rows: rows.extend({**rows[0], "statement_id": key} for key in new))
    build.write(descriptor.open_package(root), tmp_path / "out")
    page = (tmp_path / f"out/topics/{topic}.html").read_text("utf-8")
    assert f"../topics/{topic}.all.html#part-1" in Page(page).links
    shown = (tmp_path / f"out/topics/{topic}.all.html").read_text("utf-8")
    assert all(f"../statements/{key}.html" in Page(shown).links for key in new)
    assert sum(key in page for key in new) < len(new)


def test_a_long_list_of_statements_goes_on_to_further_pages(tmp_path: Path) -> None:
    root = good(tmp_path / "package")
    topic = Record(descriptor.open_package(root)).rows("statement_topics")[0]["topic_id"]
    new = [f"st-9{number:04}" for number in range(450)]
    changed(root, "statements", lambda rows: rows.extend({**rows[0], "id": key} for key in new))
    changed(root, "statement_topics", lambda rows: rows.extend({**rows[0], "statement_id": key} for key in new))
    build.write(descriptor.open_package(root), tmp_path / "out")
    names = [f"{topic}.all.html", f"{topic}.all-2.html", f"{topic}.all-3.html"]
    pages = [Page((tmp_path / "out/topics" / name).read_text("utf-8")) for name in names]
    shown = [{link for link in page.links if "statements/st-" in link} for page in pages]
    assert {f"../statements/{key}.html" for key in new} <= set.union(*shown)
    assert sum(map(len, shown)) == len(set.union(*shown))
    assert max(map(len, shown)) == 200
    for own, page in zip(names, pages, strict=True):
        assert {f"../topics/{name}" for name in names if name != own} <= {*page.links}


def test_every_place_language_and_step_of_the_shipped_record_has_a_name() -> None:
    record = Record(descriptor.open_package(REPOSITORY))
    places = {row["jurisdiction"] for row in record.rows("laws")}
    places |= {row["country"] for row in record.rows("organizations") if row["country"]}
    assert places - words.PLACES.keys() == set()
    assert {row["language"] for row in record.rows("sources")} - words.LANGUAGES.keys() == set()
    for table, column, told in (
        ("events", "stage", words.STAGES),
        ("laws", "status", findings.STATUS),
        ("sources", "access", words.ACCESS),
        ("sources", "reliability", words.RELIABILITY),
    ):
        assert {*record.package.table(table).field(column).categories} == {*told}


def test_long_cells_of_a_text_say_their_column_and_links_lead_to_pages_or_nowhere() -> None:
    text = texts.rendered(
        f"# A `b`\n\n## Part one\n\n| x | y |\n|---|---|\n| [c](docs/use.md#z) | {'d ' * 40} |\n\n[e](data/f.csv)\n"
    )
    assert (text.title, text.parts) == ("A b", [("part-one", "Part one")])
    assert '<td data-label="x"><a href="use.html#z">c</a></td>' in text.body
    assert "<p>e</p>" in text.body


def test_a_date_in_a_table_is_as_long_as_it_is_known(tmp_path: Path) -> None:
    root = good(tmp_path / "package")
    changed(root, "statements", lambda rows: rows[0].update(date="2025-01-01", date_precision="year"))
    build.write(descriptor.open_package(root), tmp_path / "out")
    key = Record(descriptor.open_package(root)).rows("statements")[0]["id"]
    with (tmp_path / "out/tables/statements-overview.csv").open(encoding="utf-8", newline="") as stream:
        assert {row["id"]: row["date"] for row in csv.DictReader(stream)}[key] == "2025"


def test_csv_beside_a_page_writes_cells_as_the_table_does(site: Path) -> None:
    for table in ("people", "statements"):
        with (site / f"tables/{table}.csv").open(encoding="utf-8", newline="") as stream:
            for row in csv.DictReader(stream):
                with (site / table / f"{row['id']}.csv").open(encoding="utf-8", newline="") as beside:
                    assert next(iter(csv.DictReader(beside))) == row


def test_json_beside_the_page_of_a_statement_has_all_that_is_coded_of_it(site: Path) -> None:
    record = Record(descriptor.open_package(site.parent / "package"))
    beside = json.loads((site / "statements/st-00001.json").read_text("utf-8"))
    assert [row["person_id"] for row in beside["statement_cospeakers"]] == record.speakers(beside["statements"][0])[1:]
    assert [row["id"] for row in beside["evidence"]] == [
        row["id"] for row in record.rows("evidence") if row["record_id"] == "st-00001"
    ]
    beside = json.loads((site / "statements/st-00004.json").read_text("utf-8"))
    assert beside["provision_antecedents"] == record.rows("provision_antecedents")
    # Who holds a position can be worked out from what stands beside the page of a proposition.
    beside = json.loads((site / "propositions/robot-labels.json").read_text("utf-8"))
    assert beside["statement_cospeakers"] == record.rows("statement_cospeakers")


def test_an_umbrella_shows_the_steps_of_what_belongs_to_it_each_with_its_instrument(site: Path) -> None:
    record = Record(descriptor.open_package(site.parent / "package"))
    assert [row["id"] for row in record.steps(record.by_id["laws"]["robot-laws"])] == [
        "robot-safety-law-draft",
        "robot-safety-law-consultation",
        "scholars-robot-draft-published",
    ]
    page = (site / "laws/robot-laws.html").read_text("utf-8")
    steps = re.findall(r'<li class="(\w+)" id="([a-z-]+)">.*?<a href="../laws/([a-z-]+).html">', page, re.DOTALL)
    assert steps == [
        ("done", "robot-safety-law-draft", "robot-safety-law"),
        # Under way, though another instrument moved later.
        ("open", "robot-safety-law-consultation", "robot-safety-law"),
        ("done", "scholars-robot-draft-published", "scholars-robot-draft"),
    ]


def test_whose_steps_a_page_shows_is_said() -> None:
    record = Record(descriptor.open_package(REPOSITORY))
    wanted = {
        "ai-legislation-cn": ", its own and those of what belongs to it",
        "ai-law-state-council": ", its own and those of what it belongs to",
        "copyright-law": "",
    }
    for key, whose in wanted.items():
        page = next(lawmaking.laws(record, [record.by_id["laws"][key]]))
        assert page.context["steps_title"].partition("on record")[2] == whose, key


def test_who_called_for_the_law_and_who_for_other_rules_stand_apart() -> None:
    record = Record(descriptor.open_package(REPOSITORY))
    page = next(lawmaking.laws(record, [record.by_id["laws"]["ai-legislation-cn"]]))
    said = {heading: {row["id"] for row in rows} for heading, rows in page.context["said"]}
    held = {row["statement_id"] for row in record.of("positions", "proposition_id", "national-ai-law")}
    assert said["Who called for it"] <= held
    assert not said["Called for other rules on AI"] & held
    called = record.of("statement_laws", "law_id", "ai-legislation-cn")
    assert {row["statement_id"] for row in called if row["relation"] == "calls_for"} == (
        said["Who called for it"] | said["Called for other rules on AI"]
    )


def test_a_demand_after_a_draft_was_public_says_so(tmp_path: Path) -> None:
    root = good(tmp_path / "package")
    opened = {"id": "data-act-opened", "stage": "consultation_opened", "start_date": "2020-10-21"}
    changed(root, "events", lambda rows: rows.append(rows[2] | opened))
    build.write(descriptor.open_package(root), tmp_path / "out")
    page = (tmp_path / "out/laws/data-act.html").read_text("utf-8")
    assert "Asked for once a draft was public (21 October 2020): " in page
    with (tmp_path / "out/tables/answered-overview.csv").open(encoding="utf-8", newline="") as stream:
        (row,) = csv.DictReader(stream)
    assert row["draft public since"] == "2020-10-21"
    changed(root, "events", lambda rows: rows[-1].update(start_date="2025-04-01"))
    record = Record(descriptor.open_package(root))
    assert record.draft_before("data-act", record.by_id["statements"]["st-00004"]) is None


def test_provisions_of_a_draft_and_of_the_final_text_stand_under_headings_of_their_own(tmp_path: Path) -> None:
    root = good(tmp_path / "package")
    # The draft was shown at another step.
    other = {"id": "st-90001", "event_id": "tidal-data-amendment-first-reading", "date": "2020-09-08"}
    changed(root, "statements", lambda rows: rows.append(rows[2] | other))
    record = Record(descriptor.open_package(root))
    page = next(lawmaking.laws(record, [record.by_id["laws"]["data-act"]]))
    assert [(heading, [row["id"] for row, *_ in rows]) for heading, rows in page.context["provisions"]] == [
        ("In the final text: adopted, 10 June 2021", ["st-00003"]),
        ("In a draft: first reading, 8 September 2024", ["st-90001"]),
    ]


def test_a_retired_id_leads_on(tmp_path: Path) -> None:
    root = good(tmp_path / "package")
    new = Record(descriptor.open_package(root)).rows("statements")[0]["id"]
    retired = {
        "id": "st-99999",
        "record_table": "statements",
        "replaced_by": new,
        "reason": "Twice.",
        "version": "9.0.0",
    }
    changed(root, "retired_ids", lambda rows: rows.append(retired))
    build.write(descriptor.open_package(root), tmp_path / "out")
    page = (tmp_path / "out/statements/st-99999.html").read_text("utf-8")
    assert f'http-equiv="refresh" content="0; url=../statements/{new}.html"' in page


@pytest.mark.parametrize(
    ("homepage", "target"),
    [
        ("", "correct.html?id=st-"),
        ("https://github.com/a/b", "https://github.com/a/b/issues/new?template=correction.yml"),
    ],
)
def test_a_record_page_links_to_a_form_that_knows_the_record(tmp_path: Path, homepage: str, target: str) -> None:
    root = good(tmp_path / "package")
    described = json.loads((root / "datapackage.json").read_text("utf-8"))
    if homepage:
        described["homepage"] = homepage
    (root / "datapackage.json").write_text(json.dumps(described), "utf-8")
    build.write(descriptor.open_package(root), tmp_path / "out")
    page = next(iter(sorted((tmp_path / "out/statements").glob("st-*.html")))).read_text("utf-8")
    links = [link for link in Page(page).links if target in link]
    assert len(links) == 1
    assert re.search(r"(id|record)=st-\d+", links[0])


HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>{{ 7*7 }}"


def _spoil(rows: list[dict[str, str]], column: str) -> None:
    for row in rows:
        row[column] = "javascript:alert(1)" if column == "url" else f"{HOSTILE} {row[column]}"


def test_marks_of_generated_parts_are_not_shown(tmp_path: Path) -> None:
    root = good(tmp_path / "package")
    (root / "docs").mkdir()
    (root / "docs/gaps.md").write_text("# Known gaps\n\n<!-- names -->\n| a |\n|---|\n| b |\n<!-- end -->\n", "utf-8")
    build.write(descriptor.open_package(root), tmp_path / "out")
    page = (tmp_path / "out/method/gaps.html").read_text("utf-8")
    assert "<td>b</td>" in page
    assert "&lt;!--" not in page


def test_text_of_the_record_never_runs(tmp_path: Path) -> None:
    root = good(tmp_path / "package")
    for table, column in (
        ("people", "name"),
        ("statements", "summary"),
        ("laws", "title"),
        ("sources", "url"),
        ("propositions", "text"),
    ):
        changed(root, table, functools.partial(_spoil, column=column))
    build.write(descriptor.open_package(root), tmp_path / "out")
    for path in (tmp_path / "out").rglob("*.html"):
        html = path.read_text("utf-8")
        assert "<script>alert" not in html
        assert "<img" not in html
        page = Page(html)
        assert page.inline == []
        assert not [link for link in page.links if link.startswith("javascript:")]
        for found in re.findall(r'<script type="application/ld\+json">(.*?)</script>', html, re.DOTALL):
            json.loads(found)
    for path in (tmp_path / "out").rglob("*.svg"):
        ET.fromstring(path.read_text("utf-8"))
    index = (tmp_path / "out/assets/search-index.js").read_text("utf-8")
    json.loads(index.removeprefix("window.SEARCH = ").removesuffix(";\n"))


def test_chinese_is_marked_as_chinese(parsed: Mapping[str, Page]) -> None:
    assert {language for page in parsed.values() for language in page.languages} <= {"zh", "zh-Hant"}
    assert any(page.languages for page in parsed.values())


def test_charts_stand_alone_and_have_their_numbers_beside_them(site: Path) -> None:
    drawings = sorted((site / "charts").glob("*.svg"))
    assert drawings
    for drawing in drawings:
        ET.fromstring(drawing.read_text("utf-8"))
        assert "class=" not in drawing.read_text("utf-8").replace("<title>", "")
        assert drawing.with_suffix(".csv").read_text("utf-8").count("\n") > 1


def test_a_chart_names_whom_it_cannot_draw_for_want_of_a_date(tmp_path: Path) -> None:
    root = good(tmp_path / "package")
    record = Record(descriptor.open_package(root))
    held = record.positions_of[next(key for key in record.by_id["propositions"] if len(record.positions_of[key]) > 1)]
    lost = held[0].statement["id"]

    def undate(rows: list[dict[str, str]]) -> None:
        for row in rows:
            if row["id"] == lost:
                row.update(date="", date_precision="", date_basis="")

    changed(root, "statements", undate)
    build.write(descriptor.open_package(root), tmp_path / "out")
    page = (tmp_path / f"out/propositions/{held[0].proposition['id']}.html").read_text("utf-8")
    names = [record.name(one) for one in record.speakers(held[0].statement)]
    assert f"Not drawn, for want of a date: {words.listed(names)}." in page


def queries(record: Record) -> Iterator[tuple[str, str]]:
    """Words that people type, each with the plain text that must be found by it."""
    for row in record.rows("people"):
        yield row["name"].split()[-1], row["name"]
        if row["name_zh"]:
            yield row["name_zh"], row["name_zh"]
    for table, column in (("statements", "summary"), ("laws", "title"), ("organizations", "name"), ("events", "name")):
        for row in record.rows(table):
            yield max(row[column].split(), key=len), row[column]


def test_search_finds_what_a_plain_scan_finds(site: Path) -> None:
    record = Record(descriptor.open_package(site.parent / "package"))
    entries = list(search.records(record))
    for query, text in queries(record):
        folded = search.fold(query)
        assert folded in search.fold(text)
        assert [entry for entry in entries if folded in entry[4]]


@pytest.mark.parametrize(
    ("query", "name_zh"),
    [
        ("lü hongbing", "吕红兵"),
        ("lv hongbing", "吕红兵"),
        ("lü3 hong2 bing1", "吕红兵"),
        ("hongbing", "吕红兵"),
        ("吕红兵", "呂紅兵"),
        ("zhangyi", "张毅"),
    ],
)
def test_a_name_is_found_as_people_type_it(query: str, name_zh: str) -> None:
    assert search.fold(query) in search.fold(f"{name_zh} {search.spellings(name_zh)}")


def test_words_that_only_ask_do_not_count_in_a_query_and_are_no_names() -> None:
    record = Record(descriptor.open_package(REPOSITORY))
    asked = search.fold("who opposes a national AI law").split()
    assert [word for word in asked if word not in search.SKIPPED] == ["opposes", "national", "ai", "law"]
    for row in record.rows("people"):
        assert not {*search.fold(f"{row['name']} {search.spellings(row['name_zh'] or '')}").split()} & {*search.SKIPPED}
    # The page takes them from the index.
    assert f'"skipped":{json.dumps(search.SKIPPED, separators=(",", ":"))}' in search.index(record)


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("labelling of content", "labeling"),
        ("labeling of content", "labelling"),
        ("the programme", "program"),
        ("organisation", "organization"),
        ("political adviser", "advisor"),
    ],
)
def test_british_and_american_spellings_find_each_other(tmp_path: Path, text: str, query: str) -> None:
    root = good(tmp_path)
    changed(root, "statements", lambda rows: rows[0].update(summary=text))
    entries = search.records(Record(descriptor.open_package(root)))
    assert any(query in entry.text for entry in entries if entry.label == text)


def test_a_statement_is_cited_by_its_id_and_speaker(site: Path, parsed: Mapping[str, Page]) -> None:
    record = Record(descriptor.open_package(site.parent / "package"))
    for row in record.rows("statements"):
        entry = (site / f"statements/{row['id']}.bib").read_text("utf-8").split("\n@")[0]
        assert entry.startswith(f"@misc{{{row['id']},")
        assert record.name(record.speaker_id(row)) in entry
        assert "cite" in parsed[f"statements/{row['id']}.html"].ids
    cited = [link for page in parsed.values() for link in page.links if ".bib" in link and "statements/" in link]
    # Only what stands beside the page of the statement itself.
    assert len(cited) == 2 * len(record.rows("statements"))


def test_who_holds_a_rival_proposition_is_told_with_the_count(tmp_path: Path) -> None:
    root = good(tmp_path)
    record = Record(descriptor.open_package(root))
    one, other = (row["id"] for row in record.rows("propositions")[:2])
    said = [row["id"] for row in record.rows("statements")]
    for table, rows in (
        ("proposition_rivals", [{"a_id": one, "b_id": other}]),
        (
            "positions",
            [
                {"statement_id": said[1], "proposition_id": one, "position": "agrees"},
                {"statement_id": said[3], "proposition_id": other, "position": "agrees"},
            ],
        ),
    ):
        changed(root, table, functools.partial(_replace, new=rows))
    changed(
        root,
        "proposition_deferrals",
        functools.partial(_replace, new=[{"proposition_id": other, "other_id": one, "position": "agrees"}]),
    )
    record = Record(descriptor.open_package(root))
    assert "But one holds a rival proposition." in findings.proposition(record, one)
    assert "and one wants something else first." in findings.proposition(record, other)
    assert [(row["id"], value, len(who)) for row, value, who, _ in findings.against(record, one)] == [
        (other, "agrees", 1)
    ]


def _put(rows: list[dict[str, str]], **cells: str) -> None:
    for row in rows:
        row.update(cells)


def _replace(rows: list[dict[str, str]], new: list[dict[str, str]]) -> None:
    rows[:] = new


@pytest.mark.parametrize(
    ("when", "told"),
    [
        ({}, "One position has changed."),
        ({"date": "2025-03-05"}, "No positions have changed. On one proposition statements differ"),
        ({"date": "2025-03-01", "date_precision": "month"}, "No positions have changed. On one proposition"),
        ({"date_basis": "publication"}, "No positions have changed. On one proposition"),
    ],
)
def test_a_position_has_changed_where_the_other_statement_is_surely_later(
    tmp_path: Path, when: dict[str, str], told: str
) -> None:
    root = good(tmp_path)
    # An Wei: a condition on 5 March 2025, agreement on the 6th.
    changed(root, "statements", lambda rows: next(row for row in rows if row["id"] == "st-00001").update(when))
    record = Record(descriptor.open_package(root))
    page = next(debate.people(record, [record.by_id["people"]["an-wei"]]))
    assert told in page.context["summary"]


def test_a_person_has_each_occasion_once_and_what_has_none_under_its_year(tmp_path: Path) -> None:
    root = good(tmp_path)
    record = Record(descriptor.open_package(root))
    said = next(row for row in record.rows("statements") if row["person_id"] and row["event_id"])
    between = {"id": "st-90001", "event_id": "", "for_event_id": "", "date_basis": "stated"}

    def add(rows: list[dict[str, str]]) -> None:
        first = next(row for row in rows if row["id"] == said["id"])
        rows += [{**first, **between}, {**first, "id": "st-90002"}]

    changed(root, "statements", add)
    build.write(descriptor.open_package(root), tmp_path / "out")
    page = (tmp_path / f"out/people/{said['person_id']}.html").read_text("utf-8")
    headings = re.findall(r"<h3>(.*?)</h3>", page)
    assert len(headings) == len(set(headings))
    assert f"{said['date'].year}, no occasion recorded" in headings


@pytest.mark.parametrize(
    ("status", "steps", "told"),
    [
        ("adopted", {"adopted": "2021-06-10"}, "Adopted; entry into force not on record. Latest step: "),
        ("adopted", {"adopted": "2021-06-10", "in_force": "2099-01-01"}, "Adopted, not yet in force. "),
        ("in_force", {"in_force": "2021-09-01"}, "In force since 1 September 2021."),
        ("in_force", {"adopted": "2021-06-10", "in_force": "2021-09-01"}, "In force since 1 September 2021, two m"),
        (
            "in_force",
            {"adopted": "1990-09-07", "amended": "2020-11-11", "in_force": "2021-06-01"},
            "Present version in force since 1 June 2021.",
        ),
        (
            "in_force",
            {"adopted": "2007-08-30", "in_force": "2008-08-01", "amended": "2022-06-24"},
            "In force since 1 August 2008, last amended 24 June 2022.",
        ),
    ],
)
def test_a_law_is_in_force_since_the_day_of_its_version_as_far_as_that_is_on_record(
    tmp_path: Path, status: str, steps: dict[str, str], told: str
) -> None:
    root = good(tmp_path)
    changed(root, "laws", lambda rows: rows[1].update(status=status))

    def replace(rows: list[dict[str, str]]) -> None:
        one = next(row for row in rows if row["law_id"] == "data-act")
        others = [row for row in rows if row["law_id"] != "data-act"]
        new = [{**one, "id": f"step-{stage}", "stage": stage, "start_date": when} for stage, when in steps.items()]
        rows[:] = [*others, *new]

    changed(root, "events", replace)
    record = Record(descriptor.open_package(root))
    assert findings.law(record, record.by_id["laws"]["data-act"]).startswith(told)


def test_what_became_of_a_suggestion_is_told_where_it_is_on_record(tmp_path: Path) -> None:
    root = good(tmp_path)
    key = "an-wei-suggestion-2025"
    record = Record(descriptor.open_package(root))
    told = findings.law(record, record.by_id["laws"][key])
    assert told.startswith("Submitted. Latest step: ")
    assert told.endswith("2025. What became of it is not on record.")
    changed(root, "laws", lambda rows: rows[0].update(status="planned"))
    changed(root, "events", lambda rows: rows.remove(next(row for row in rows if row["law_id"] == key)))
    record = Record(descriptor.open_package(root))
    law = record.by_id["laws"][key]
    assert findings.law(record, law) == "Announced; whether it was filed is not on record."


@pytest.mark.parametrize(
    ("status", "heading"), [("planned", "Planned by"), ("submitted", "Submitted by"), ("in_force", "Issued by")]
)
def test_what_is_only_planned_or_submitted_is_not_issued(tmp_path: Path, status: str, heading: str) -> None:
    root = good(tmp_path / "package")
    changed(root, "laws", lambda rows: rows[1].update(status=status))
    build.write(descriptor.open_package(root), tmp_path / "out")
    assert f"<h2>{heading}</h2>" in (tmp_path / "out/laws/data-act.html").read_text("utf-8")
    body = (tmp_path / "out/organizations/inland-assembly.html").read_text("utf-8")
    assert (f'Data Act</a> <span class="note">{status}</span>' in body) == (status != "in_force")


def test_what_was_held_before_several_provisions_stands_once_and_the_text_holds_more(tmp_path: Path) -> None:
    root = good(tmp_path / "package")
    new = [{"id": f"st-9000{number}", "date": "2025-06-01"} for number in (1, 2)]
    changed(root, "statements", lambda rows: rows.extend(rows[2] | one for one in new))
    held = {"proposition_id": "robot-labels", "position": "agrees"}
    changed(root, "positions", lambda rows: rows.extend(held | {"statement_id": one["id"]} for one in new))
    build.write(descriptor.open_package(root), tmp_path / "out")
    page = (tmp_path / "out/laws/data-act.html").read_text("utf-8")
    assert page.count("Same view before: <a") == 2
    assert page.count('Same view before: <a href="#st-90001">as above</a>') == 1
    assert "Three provisions are coded here; the text holds more." in page


def test_figures_on_a_law_have_dates_the_newest_first_and_at_most_five_stand_there(tmp_path: Path) -> None:
    root = good(tmp_path / "package")
    changed(root, "statistics", functools.partial(_put, law_id="data-act"))
    build.write(descriptor.open_package(root), tmp_path / "out")
    page = (tmp_path / "out/laws/data-act.html").read_text("utf-8")
    assert re.findall(r'figures/[a-z-]+.html">[^<]+</a> <span class="note">[^<]*, ([^<,]+)</span>', page) == [
        "31 December 2024",
        *["December 2024"] * 4,
    ]
    assert "tables/statistics.html#f.law_id=data-act" in page


def test_a_passage_stands_once_and_links_of_one_name_have_a_number(tmp_path: Path) -> None:
    root = good(tmp_path / "package")
    other = {"id": "harbour-news-2025-03-06-more", "url": "https://example.org/more"}
    changed(root, "sources", lambda rows: rows.append(rows[1] | other))

    def add(rows: list[dict[str, str]]) -> None:
        first = next(row for row in rows if row["record_id"] == "st-00001")
        rows.append(first | {"id": "ev-90001", "fields": "date", "relation": "supports"})
        rows.append(first | {"id": "ev-90002", "quote_start": "another passage"})
        rows.append(first | {"id": "ev-90003", "source_id": other["id"]})

    changed(root, "evidence", add)
    build.write(descriptor.open_package(root), tmp_path / "out")
    label = "Read it in Harbour News, 6 March 2025"
    page = (tmp_path / "out/statements/st-00001.html").read_text("utf-8")
    assert re.findall(rf">({label}[^<]*)<", page) == [label, f"{label}, passage 2", f"{label} (2)"]


def test_what_people_of_a_company_say_under_a_seat_is_told_on_its_page(site: Path) -> None:
    page = (site / "organizations/tide-robotics.html").read_text("utf-8")
    told = (
        'Its people also said, as deputies or CPPCC members: two statements. <a href="../people/an-wei.html">An Wei</a>'
    )
    assert told in page
    assert "as deputies or CPPCC members" not in (site / "organizations/river-university.html").read_text("utf-8")


def test_a_last_statement_that_is_more_than_a_year_old_has_its_date(site: Path, tmp_path: Path) -> None:
    # The version is of 24 November 2026.
    told = "Last statement on record: 6 March 2025. Roles hold for the dates beside them, not for today."
    assert told in (site / "people/an-wei.html").read_text("utf-8")
    root = good(tmp_path / "package")
    changed(root, "statements", lambda rows: rows[0].update(date="2025-11-24"))
    page = next(debate.people(record := Record(descriptor.open_package(root)), [record.by_id["people"]["an-wei"]]))
    assert page.context["last"] == ""


@pytest.mark.parametrize(
    ("parent", "told"),
    [("", "left out of a plan in August 2026"), ("session", "not on the agenda of August 2026")],
)
def test_what_left_a_law_out_is_called_what_it_is(parent: str, told: str) -> None:
    step = {"stage": "omitted", "start_date": date(2026, 8, 18), "parent_id": parent or None}
    assert findings.step(step) == told


@pytest.mark.parametrize(
    ("when", "precision", "basis", "told"),
    [
        (date(2024, 4, 19), "day", "stated", "19 April 2024"),
        (date(2025, 3, 1), "month", "stated", "March 2025"),
        (date(2025, 1, 1), "year", "derived", "2025"),
        (date(2025, 3, 1), "month", "publication", "by March 2025"),
        (None, None, None, "date unknown"),
    ],
)
def test_a_date_is_told_to_its_precision(
    when: date | None, precision: str | None, basis: str | None, told: str
) -> None:
    assert words.day(when, precision, basis) == told


def test_sides_and_counts_are_told_as_people_say_them() -> None:
    assert words.sides(0, 1) == "none agree, one disagrees"
    assert words.sides(13, 0, 1) == "13 agree, none disagree, 1 agrees on a condition"
    assert words.sides(2, 0, 1) == "two agree, none disagree, one agrees on a condition"
    assert [words.counted(count, "law") for count in (0, 1, 2, 24)] == ["no laws", "one law", "two laws", "24 laws"]
    assert words.span(date(2022, 9, 14), date(2026, 1, 1)) == "three years and three months"
    assert words.span(date(2025, 1, 1), date(2025, 1, 5)) == "four days"
    assert words.figure(4500, "over", "companies") == "over 4,500 companies"
    assert words.figure(1e13, "over", "CNY") == "over 10 trillion yuan"
    assert words.figure(79.7, "stated", "percent") == "79.7%"
    assert words.figure(1_123_000_000, "stated", "people") == "1.123 billion people"
