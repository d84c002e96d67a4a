"""`add` turns a page file into rows: everything that follows from it is worked out, and nothing is written in vain."""

from __future__ import annotations

import contextlib
import csv
import io
import json
import re
import shutil
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
from packages import REPOSITORY, good, refresh

from china_ai_lawmaking.cli import main
from china_ai_lawmaking.editing import adding, page_file, pages
from china_ai_lawmaking.package import descriptor
from china_ai_lawmaking.passages.passage import digest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    Capture = pytest.CaptureFixture[str]

SOURCE = """\
source:
  url: https://example.org/2025/labels.html
  kind: news
  title: Deputies ask for labels on robots
  publisher: {name: Example Daily, kind: media, country: CN}
  published: 2025-03-07
  accessed: 2025-03-09
  language: en
  reliability: established
passages:
  motion: {start: "Thirty deputies led by", end: "a law that puts labels on robots"}
  name: {start: "陈默代表表示"}
  data: {start: "The Data Act, said", end: "what machines write down at home"}
"""
PEOPLE = """\
people:
  - name: Chen Mo
    name_zh: 陈默
    description: Deputy from Inland City and engineer
    passages: [motion, name]
    roles:
      - {role: deputy, at: Inland Assembly, kind: legislator, passages: [motion]}
      - {role: engineer, at: {name: Heath Works, kind: company, country: CN}, kind: company_expert, passages: [motion]}
"""
LAWS = """\
laws:
  - title: "[Motion for a law on robot labels]"
    kind: motion
    sponsors: [Chen Mo]
    cosponsors: 29
    passages: [motion]
    steps: [{stage: submitted, date: 2025-03-06, parent: assembly-session-2025, passages: [motion]}]
    relations: [{relation: proposes, to: robot-laws, passages: [motion]}]
"""
STATEMENTS = """\
statements:
  - speaker: Chen Mo
    summary: Asks for a law under which every robot carries a label.
    kind: demand
    for_event: assembly-session-2025
    laws: [{law: robot-laws, relation: calls_for, basis: topic}]
    topics: [safety, liability]
    positions: [{robot-labels: agrees}]
    passages: [motion]
    id: labels
  - speaker: 陈默
    capacity: Heath Works
    summary: The Data Act should cover what machines in homes write down.
    kind: demand
    laws: [{law: Data Act, relation: calls_for}]
    topics: [data]
    positions: [{amend-the-data-act: conditional}]
    cospeakers: [Bo Lin]
    passages: [data, name]
"""
TEXT = """\
Thirty deputies led by Chen Mo, engineer at Heath Works, filed on March 6 a motion for a law that puts labels on robots.
陈默代表表示，标签应当清楚。
The Data Act, said Chen with Bo Lin, should also be made to cover what machines write down at home.
"""
PAGE = SOURCE + PEOPLE + LAWS + STATEMENTS


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The good package, not to be changed."""
    return good(tmp_path_factory.mktemp("kept") / "package")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with the page file and the text of its page."""
    folder = tmp_path / "pages"
    folder.mkdir()
    write(folder, PAGE)
    return folder


def write(folder: Path, page: str, name: str = "labels", text: str = TEXT) -> None:
    (folder / f"{name}.yaml").write_text(page, encoding="utf-8")
    (folder / f"{name}.txt").write_text(text, encoding="utf-8")


def add(root: Path, folder: Path, *options: str) -> int:
    return main(["add", *map(str, sorted(folder.glob("*.yaml"))), "--root", str(root), *options])


def rows(root: Path, table: str) -> list[dict[str, str]]:
    with (root / f"data/{table}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def everything(root: Path) -> dict[str, list[dict[str, str]]]:
    return {path.stem: rows(root, path.stem) for path in (root / "data").glob("*.csv")}


def contents(root: Path) -> dict[str, bytes]:
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def cells(rows: list[dict[str, str]]) -> list[str]:
    """Give the cells of rows that are filled, in the order of the columns."""
    return [" ".join(row.values()) for row in rows]


class Added(NamedTuple):
    """The rows by table that were not there before, without what is empty, and what was noted or printed."""

    rows: dict[str, list[dict[str, str]]]
    told: list[str]

    def of(self, table: str, column: str, cell: str) -> dict[str, str]:
        """Give the one new row with a cell."""
        (row,) = (row for row in self.rows[table] if row.get(column) == cell)
        return row


def difference(before: dict[str, list[dict[str, str]]], after: dict[str, list[dict[str, str]]]) -> Any:
    return {
        table: [
            {column: cell for column, cell in row.items() if cell} for row in after[table] if row not in before[table]
        ]
        for table in before
    }


def bring(root: Path, folder: Path) -> Added:
    """Work the rows of page files out, and write and validate nothing."""
    read, faults = adding.read(map(str, folder.glob("*.yaml")))
    assert faults == []
    draft, faults = pages.assemble(descriptor.open_package(root), read, today="2025-03-09")
    assert faults == []
    return Added(
        difference(everything(root), {table: [*found.values()] for table, found in draft.rows.items()}), draft.notes
    )


@pytest.fixture(scope="module")
def added(tmp_path_factory: pytest.TempPathFactory) -> Added:
    """What the page brings to the good package, written and valid."""
    place = tmp_path_factory.mktemp("added")
    root = good(place / "package")
    before = everything(root)
    (place / "pages").mkdir()
    write(place / "pages", PAGE)
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        assert add(root, place / "pages") == 0
    assert main(["validate", "--root", str(root)]) == 0
    return Added(difference(before, everything(root)), printed.getvalue().splitlines())


def test_a_page_becomes_rows_and_the_record_stays_valid(added: Added) -> None:
    new = added.rows
    assert {line.split()[0]: int(line.split()[1]) for line in added.told} == {
        table: len(found) for table, found in new.items() if found
    }
    (source,) = cells(new["sources"])
    assert source == (
        "example-daily-2025-03-07-deputies-ask-for-labels-on news read Deputies ask for labels on robots "
        "example-daily 2025-03-07 day stated en https://example.org/2025/labels.html 2025-03-09 day established"
    )
    assert {row["id"]: row["kind"] for row in new["organizations"]} == {
        "example-daily": "media",
        "heath-works": "company",
    }
    assert cells(new["people"]) == ["chen-mo Chen Mo 陈默 Deputy from Inland City and engineer"]
    assert [row.partition(" ")[2] for row in cells(new["memberships"])] == [
        "chen-mo inland-assembly deputy legislator true 2025-03-07 day",
        "chen-mo heath-works engineer company_expert true 2025-03-07 day",
    ]
    law = "motion-for-a-law-on-robot-labels"
    assert cells(new["laws"]) == [f"{law} [Motion for a law on robot labels] CN motion submitted {law}-submitted 29"]
    (step,) = cells(new["events"])
    assert step == (
        f"{law}-submitted Motion for a law on robot labels: submitted legislative_step submitted {law} "
        "2025-03-06 day stated assembly-session-2025"
    )
    assert cells(new["law_contributors"])[0].endswith(f" {law} chen-mo sponsor")
    assert cells(new["law_relations"])[0].endswith(f" {law} proposes robot-laws")


def test_statements_get_speaker_capacity_date_and_links(added: Added) -> None:
    new = added.rows
    one, two = (row["id"] for row in new["statements"])
    seat, job = (row["id"] for row in new["memberships"])
    # At a session from the seat, elsewhere in the capacity that is said; no later than the page.
    said = f"{one} person chen-mo {seat} demand indirect Asks for a law under which every robot carries a label."
    more = f"{two} person chen-mo {job} demand indirect The Data Act should cover what machines in homes write down."
    assert cells(new["statements"]) == [
        f"{said} 2025-03-07 day publication assembly-session-2025 false",
        f"{more} 2025-03-07 day publication false",
    ]
    assert cells(new["statement_topics"]) == [f"{one} liability 2", f"{one} safety 1", f"{two} data 1"]
    assert cells(new["positions"]) == [f"{one} robot-labels agrees", f"{two} amend-the-data-act conditional"]
    assert cells(new["statement_laws"]) == [f"{one} robot-laws calls_for topic", f"{two} data-act calls_for named"]
    assert cells(new["statement_cospeakers"]) == [f"{two} bo-lin"]


def test_evidence_says_which_columns_a_passage_carries_and_proves_its_words(added: Added) -> None:
    found = added.rows["evidence"]
    assert {row["source_id"] for row in found} == {"example-daily-2025-03-07-deputies-ask-for-labels-on"}
    lines = TEXT.splitlines()
    digests = {
        "Thirty deputies led by": digest(lines[0].removesuffix(".")),
        "陈默代表表示": digest("陈默代表表示"),
        "The Data Act, said": digest(lines[2].removesuffix(".")),
    }
    assert {row["quote_start"]: row["passage_sha256"] for row in found} == digests
    fields = {(row["record_table"], row["record_id"], row["quote_start"]): row["fields"] for row in found}
    # The characters stand in one passage only, the day in another.
    assert fields["people", "chen-mo", "陈默代表表示"] == "name_zh;description"
    assert fields["people", "chen-mo", "Thirty deputies led by"] == "name"
    step = fields["events", "motion-for-a-law-on-robot-labels-submitted", "Thirty deputies led by"]
    assert step == "name;kind;stage;start_date"
    first, second = added.rows["statements"]
    said = fields["statements", second["id"], "The Data Act, said"]
    who = fields["statements", second["id"], "陈默代表表示"]
    assert (said, who) == ("kind;attribution;summary", "speaker_kind;person_id")
    relations = {row["quote_start"]: row["relation"] for row in found if row["record_id"] == second["id"]}
    assert relations == {"The Data Act, said": "states", "陈默代表表示": "identifies"}
    assert ("organizations", "heath-works", "Thirty deputies led by") in fields
    # Whose name only stands on a source needs no passage.
    assert not [key for key in fields if key[1] == "example-daily"]
    assert fields["statements", first["id"], "Thirty deputies led by"].endswith("person_id;kind;attribution;summary")


def test_what_a_passage_carries_can_be_said(kept: Path, folder: Path, capsys: Capture) -> None:
    page = PAGE.replace('"陈默代表表示"}', '"陈默代表表示", carries: {people/Chen Mo: [name_zh]}}')
    write(folder, page)
    carried = [row["fields"] for row in bring(kept, folder).rows["evidence"] if row["record_table"] == "people"]
    assert sorted(carried) == ["name", "name_zh"]
    write(folder, page.replace("people/Chen Mo", "people/Bo Lin"))
    assert add(kept, folder, "--check") == 1
    assert "12:37: no record that lists passage name is called 'people/Bo Lin'" in capsys.readouterr().err


def test_pages_that_come_again_on_another_day_change_nothing(root: Path, folder: Path, capsys: Capture) -> None:
    # The same page twice in one call, once without a day of its own and without its text.
    write(folder, PAGE.replace("  accessed: 2025-03-09\n", ""), "again")
    (folder / "again.txt").unlink()
    assert add(root, folder) == 0
    before = contents(root)
    capsys.readouterr()
    write(folder, PAGE.replace("accessed: 2025-03-09", "accessed: 2027-01-05"))
    assert add(root, folder) == 0
    assert capsys.readouterr().out == "nothing to add: the record has it all\n"
    assert contents(root) == before


def test_the_day_of_the_version_moves_where_a_page_was_read_after_it(root: Path, folder: Path) -> None:
    write(folder, PAGE.replace("accessed: 2025-03-09", "accessed: 2027-01-05"))
    assert add(root, folder) == 0
    assert json.loads((root / "datapackage.json").read_bytes())["created"] == "2027-01-05T00:00:00Z"


def test_a_passage_on_somebody_known_carries_no_more_than_the_file_gives(kept: Path, folder: Path) -> None:
    text = f"{TEXT}Bo Lin, a professor of law at River University, agreed with them.\nHe, a professor of law, spoke.\n"
    passages = '  bo: {start: "Bo Lin, a", end: "agreed with them"}\n  he: {start: "He, a professor of law"}\n'
    page = SOURCE + passages + "people:\n  - {name: Bo Lin, passages: [bo, he]}\n"
    page += "organizations:\n  - {name: River University, passages: [bo]}\n"
    write(folder, page, text=text)
    found = bring(kept, folder)
    carried = {(row["record_id"], row["fields"]) for row in found.rows["evidence"]}
    assert carried == {("bo-lin", "name"), ("river-university", "name")}
    assert "passage he is no evidence of bo-lin: it holds nothing that is said of it here" in found.told[-1]
    write(folder, page.replace("Bo Lin, passages", "Bo Lin, description: Professor of law, passages"), text=text)
    carried = {(row["quote_start"], row["fields"]) for row in bring(kept, folder).rows["evidence"]}
    assert carried >= {("Bo Lin, a", "name;description"), ("He, a professor of law", "description")}


def test_a_passage_states_a_point_or_supports_it_or_tells_who_spoke(kept: Path, folder: Path) -> None:
    related = SOURCE.replace(
        'robots"}',
        'robots"}\n  place: {start: "On the Harbour Island", end: "thirty deputies gathered", relation: supports}',
    )
    text = TEXT + "On the Harbour Island, before noon on that day of March 6, all of the thirty deputies gathered.\n"
    said = STATEMENTS.replace("    passages: [motion]\n", "    passages: [motion, place]\n    date: 2025-03-06\n")
    write(folder, related + PEOPLE + said, text=text)
    new = bring(kept, folder).rows
    found = [row for row in new["evidence"] if row["record_id"] == new["statements"][0]["id"]]
    assert {(row["relation"], row["fields"]) for row in found} == {
        ("states", "speaker_kind;person_id;kind;attribution;summary;date"),
        ("supports", "date"),
    }


def test_a_statement_whose_speaker_no_passage_names_is_refused(kept: Path, folder: Path, capsys: Capture) -> None:
    page = PAGE.replace("    passages: [data, name]\n", "    passages: [data]\n")
    page = page.replace("The Data Act, said", "The Data Act, he")
    write(folder, page, text=TEXT.replace("said Chen with", "he said with"))
    assert add(kept, folder, "--check") == 1
    line = 1 + page.splitlines().index("  - speaker: 陈默")
    told = f"{folder}/labels.yaml:{line}:5: statements.id: no passage of 'st-00010' carries its person_id"
    assert f"{told} [unnamed-speaker]" in capsys.readouterr().err.splitlines()


def test_check_tells_the_same_and_writes_nothing(kept: Path, folder: Path, added: Added, capsys: Capture) -> None:
    before = contents(kept)
    assert add(kept, folder, "--check") == 0
    assert capsys.readouterr().out.splitlines() == added.told
    assert contents(kept) == before


def test_what_is_known_gets_what_is_new_and_keeps_what_is_known(kept: Path, folder: Path) -> None:
    page = """\
organizations:
  - {name: Tide, parent: River University, passages: [motion]}
people:
  - name: Bo Lin
    description: Somebody else's words
    passages: [data]
    roles: [{role: dean, at: River University, kind: scholar, passages: [data]}]
  - id: an-wei
    passages: [motion]
    roles: [{role: member, at: inland-assembly, kind: legislator, term: 14th, passages: [motion]}]
laws:
  - {title: Data Act, status: planned, passages: [data], steps: [{stage: adopted, date: 2021-06, passages: [data]}]}
"""
    write(folder, SOURCE + page)
    new, told = bring(kept, folder)
    assert any("description of bo-lin stays 'Professor of law'" in note for note in told)
    assert new["people"] == []
    (role,) = new["memberships"]
    assert (role["person_id"], role["role"], role["organization_id"]) == ("bo-lin", "dean", "river-university")
    # The seat of the same term is the one that is known: it gets a passage.
    assert len([row for row in new["evidence"] if row["record_id"] == "mem-00001"]) == 1
    (tide,) = (row for row in new["organizations"] if row["id"] == "tide-robotics")
    assert tide["parent_id"] == "river-university"
    # The step of that month is the one that is known, and the status follows from the steps, not from the page.
    assert (new["laws"], new["events"]) == ([], [])


MISTAKES = [
    # What is typed instead of what, with a bar before the place at which the fault is told, and how.
    (
        "speaker: Chen Mo",
        "speaker: |Chen Moo",
        "'Chen Moo' is no row of people or organizations or laws\n    hint: did you",
    ),
    ("at: Inland Assembly", "at: |Inland Asembly", "did you mean 'Inland Assembly'?"),
    ("at: Inland Assembly", "at: |内地议院", "did you mean '内地议会'?"),
    ("at: Inland Assembly", "at: |{name: Inland Asembly}", "organizations.kind: empty; every row needs a value"),
    ("at: Inland Assembly", "at: {id: inland-assembly, kind: government}", "kind is 'government', but 'legislature'"),
    ("  - name: Chen Mo\n", "  - id: |wei-an\n    name: An Wei\n", "An Wei has the id 'an-wei'\n    hint: write that"),
    ("  - name: Chen Mo\n", "  - |id: an-wei\n    name: Chen Mo\n", "name is 'Chen Mo', but 'An Wei' for an-wei"),
    ("kind: demand", "kind: |demmand", "kind: 'demmand' is not one of provision, demand, pledge"),
    ("    kind: motion", "    |kinds: motion", "there is no key 'kinds' here\n    hint: did you mean 'kind'?"),
    ("topics: [data]", "topics: [|dada]", "'dada' is no row of topics\n    hint: did you mean 'data'?"),
    ("{robot-labels: agrees}", "{|robot-label: agrees}", "did you mean 'robot-labels'?"),
    ("[data, name]", "[|dat, name]", "no passage is called 'dat'\n    hint: did you mean 'data'?"),
    ("capacity: Heath Works", "|capacity: River University", "chen-mo has no role at river-university\n    hint: add"),
    ('start: "陈默代表', 'start: |"陈漠代表', "passage name: '陈漠代表表示' is not in the text"),
    ('"a law that puts labels on robots"', '|"write down at home"', "does not follow 'Thirty deputies led by'"),
    ('"a law that puts labels on', '|"on', 'hint: write {start: "Thirty deputies led", end: "labels on robots"}'),
    ("published: 2025-03-07", "published: |2025-02-30", "the calendar has no 2025-02-30"),
    ("published: 2025-03-07", "published: |7 March 2025", "published: '7 March 2025' has not the right form"),
    ("cosponsors: 29", "cosponsors: |many", "cosponsors: expected a whole number in digits, found 'many'"),
    ("[motion, name]\n    roles", "[motion]\n    roles", "people.name_zh: no passage attests '陈默'"),
    ("[motion, name]", '[|"\u200bmotion", name]', "no passage is called '\\u200bmotion'"),
    ("description: Deputy", "description: |\u200bDeputy", "[hidden-character]"),
    ("Asks for a law under which every robot carries a label.", "|Asks.", "summary: 'Asks.' is too short"),
    ("[safety, liability]", "[safety, liability, data]", "topics: ['safety', 'liability', 'data'] is too long"),
    ("    capacity: Heath Works\n", "    id: labels\n", "something else in this file has the id labels"),
    ("summary: Asks for", "summary: |Chen Mo asks for", "statements.summary: "),
]


@pytest.mark.parametrize(("old", "new", "told"), MISTAKES)
def test_a_mistake_is_told_at_its_place_and_nothing_is_written(
    old: str, new: str, told: str, kept: Path, folder: Path, capsys: Capture
) -> None:
    page = PAGE.replace(old, new, 1)
    write(folder, page.replace("|", ""))
    before = contents(kept)
    assert add(kept, folder) == 1
    error = capsys.readouterr().err
    assert told in error
    above, mark, _ = page.partition("|")
    line, column = above.count("\n") + 1, len(above) - above.rfind("\n")
    assert not mark or re.search(rf"(?m)^{re.escape(str(folder))}/labels.yaml:{line}:{column}: ", error), error
    assert error.endswith("nothing was written\n")
    assert contents(kept) == before


def test_every_mistake_of_a_page_is_told_at_once(kept: Path, folder: Path, capsys: Capture) -> None:
    wrong = PAGE.replace("topics: [data]", "topics: [dada]").replace("at: Inland Assembly", "at: Nowhere")
    write(folder, wrong.replace("to: robot-laws", "to: robot-lows"))
    assert add(kept, folder) == 1
    error = capsys.readouterr().err
    assert [word in error for word in ("'dada'", "'Nowhere'", "'robot-lows'")] == [True] * 3
    assert error.endswith("3 problems; nothing was written\n")


def test_a_page_can_name_what_an_older_one_of_the_same_call_brings(kept: Path, folder: Path) -> None:
    newer = SOURCE.replace("labels.html", "more.html").replace("Deputies ask", "More deputies ask")
    newer = newer.replace("published: 2025-03-07", "published: 2025-03-08") + (
        "statements:\n  - {speaker: Chen Mo, summary: Labels should be easy to read., kind: demand, "
        "topics: [safety], passages: [name]}\n"
        "more:\n  - {record: statements/st-00001, passages: [motion]}\n"
        "  - {record: laws/Data Act, passages: [data], relation: supports}\n"
    )
    write(folder, newer, "a-newer")
    found = bring(kept, folder)
    assert found.of("statements", "summary", "Labels should be easy to read.")["person_id"] == "chen-mo"
    assert found.of("evidence", "record_id", "st-00001")["relation"] == "states"
    assert found.of("evidence", "record_id", "data-act")["relation"] == "supports"


def test_figures_and_provisions_are_named_by_words_of_the_file(kept: Path, folder: Path) -> None:
    figures = """\
indicators:
  - {id: robot-homes, name: Homes with robots, definition: Homes with at least one robot; no method given.}
figures:
  - {id: homes, indicator: robot-homes, value: 1250000, bound: about, unit: homes, ref: 2025-03-06, area: CN,
     producer: Heath Works, passages: [motion]}
  - {indicator: robot-homes, value: 5, unit: percent, ref: 2025-03-06, passages: [motion],
     inputs: [{figure: homes, operand: numerator}, {figure: fig-00002, operand: denominator}]}
"""
    later = "antecedents:\n  - {provision: st-00003, asked_by: labels}\n"
    write(folder, PAGE.replace("statements:\n", figures + "statements:\n") + later)
    new = bring(kept, folder).rows
    homes, share = new["statistics"]
    assert cells([homes])[0].partition(" ")[2] == (
        "robot-homes 1250000 about homes 2025-03-06 day stated CN heath-works"
    )
    inputs = {(row["statistic_id"], row["input_id"]) for row in new["statistic_inputs"]}
    assert inputs == {(share["id"], homes["id"]), (share["id"], "fig-00002")}
    assert new["provision_antecedents"] == [{"provision_id": "st-00003", "asked_by_id": new["statements"][0]["id"]}]


def test_a_text_elsewhere_and_none_and_a_copy(kept: Path, folder: Path, tmp_path: Path) -> None:
    (folder / "labels.txt").rename(tmp_path / "page.txt")
    (there,), _ = adding.read([str(folder / "labels.yaml")], text=str(tmp_path / "page.txt"))
    assert there.text == TEXT
    copied = PAGE.replace("  kind: news\n", "  kind: news\n  access: copy\n").replace("labels.html", "copy.html")
    write(folder, copied.replace("Deputies ask", "The deputies ask"), "copy")
    # Without its text and from a copy a page proves no words.
    found = bring(kept, folder).rows["evidence"]
    assert {row.get("passage_sha256") for row in found} == {None}
    assert len({row["source_id"] for row in found}) == 2


def test_the_blank_file_names_every_key_in_its_section_and_reads(capsys: Capture) -> None:
    assert main(["add", "--blank"]) == 0
    blank = capsys.readouterr().out
    schema = json.loads(page_file.shipped(page_file.SCHEMA))
    everywhere, *sections = re.split(r"(?m)^(?=[a-z_]+:)", blank)
    described = {section.partition(":")[0]: everywhere + section for section in sections}
    assert described.keys() == schema["properties"].keys()
    for section, form in schema["properties"].items():
        missing = {key for key in keys(form) if not re.search(rf"\b{key}\b", described[section])}
        assert missing == set(), section


def keys(schema: Any) -> Iterator[str]:
    if isinstance(schema, dict):
        for name, value in schema.items():
            if name == "properties":
                yield from value
            yield from keys(value)
    elif isinstance(schema, list):
        for value in schema:
            yield from keys(value)


def test_the_schema_lists_the_values_of_the_contract() -> None:
    def listed(node: Any) -> Iterator[tuple[str, list[str]]]:
        if isinstance(node, dict):
            if "x-column" in node:
                yield node["x-column"], node["enum"]
            for value in node.values():
                yield from listed(value)

    found = list(listed(json.loads(page_file.shipped(page_file.SCHEMA))))
    assert len(found) > 20
    for column, values in found:
        table, _, name = column.partition(".")
        fields = json.loads((REPOSITORY / f"schemas/{table}.json").read_bytes())["fields"]
        (field,) = (field for field in fields if field["name"] == name)
        assert values == [category["value"] for category in field["categories"]], column


def test_the_example_of_the_page_for_contributors_adds_its_rows(tmp_path: Path, capsys: Capture) -> None:
    root = tmp_path / "clone"
    for folder in ("data", "schemas"):
        shutil.copytree(REPOSITORY / folder, root / folder)
    shutil.copy(REPOSITORY / "datapackage.json", root)
    refresh(root)
    page = (REPOSITORY / "docs/contributing.md").read_text(encoding="utf-8")
    (example,) = (one for one in re.findall(r"(?s)```yaml\n(.*?)```", page) if one.startswith("source:"))
    assert len(example.splitlines()) <= 45
    (tmp_path / "page.yaml").write_text(example, encoding="utf-8")
    assert main(["add", str(tmp_path / "page.yaml"), "--root", str(root)]) == 1
    assert f"note: {tmp_path / 'page.txt'} is not there" in capsys.readouterr().err
    (text,) = (one for one in re.findall(r"(?s)```text\n(.*?)```", page) if one.startswith("Thirty deputies"))
    (tmp_path / "page.txt").write_text(text, encoding="utf-8")
    assert main(["add", str(tmp_path / "page.yaml"), "--root", str(root)]) == 0
    counts = dict(re.findall(r"(?m)^([a-z_]+) +([0-9]+) added", capsys.readouterr().out))
    assert counts["statements"] == counts["people"] == counts["laws"] == counts["sources"] == "1"
