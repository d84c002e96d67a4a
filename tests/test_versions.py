"""What a difference tells, and the version step that it calls for."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packages import Memory, good, refresh

from china_ai_lawmaking.cli import main
from china_ai_lawmaking.comparing import revisions, versions
from china_ai_lawmaking.comparing.contract import ContractChange
from china_ai_lawmaking.errors import PackageError, UsageError
from china_ai_lawmaking.package.descriptor import Package, open_package

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    Edit = Callable[[dict[str, Any]], object]


def replace(root: Path, path: str, old: str, new: str) -> None:
    text = (root / path).read_text(encoding="utf-8")
    assert text.count(old) == 1
    (root / path).write_text(text.replace(old, new), encoding="utf-8")
    refresh(root)


def cut(root: Path, path: str, start: str) -> None:
    line = next(line for line in (root / path).read_text(encoding="utf-8").splitlines(True) if line.startswith(start))
    replace(root, path, line, "")


def edit(root: Path, path: str, change: Edit) -> None:
    value = json.loads((root / path).read_bytes())
    change(value)
    (root / path).write_text(json.dumps(value, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


def field(table: dict[str, Any], name: str) -> dict[str, Any]:
    found: dict[str, Any] = next(field for field in table["fields"] if field["name"] == name)
    return found


def category(table: dict[str, Any], name: str) -> dict[str, Any]:
    first: dict[str, Any] = field(table, name)["categories"][0]
    return first


def constraints(table: dict[str, Any], name: str) -> dict[str, Any]:
    found: dict[str, Any] = field(table, name)["constraints"]
    return found


def _topics(root: Path) -> int:
    return (root / "data/topics.csv").read_text(encoding="utf-8").count("\n") - 1


def remove_value(table: dict[str, Any]) -> None:
    category_removed = field(table, "kind")["categories"].pop()
    constraints(table, "kind")["enum"].remove(category_removed["value"])


def add_value(table: dict[str, Any]) -> None:
    field(table, "kind")["categories"].append({"value": "rumour", "label": "Heard."})
    constraints(table, "kind")["enum"].append("rumour")


PERSON = {"fields": ["note"], "reference": {"resource": "people", "fields": ["id"]}}
STATEMENTS = "schemas/statements.json"
CONTRACT: list[tuple[str, str, Edit, str, str]] = [
    ("a removed column", STATEMENTS, lambda t: t["fields"].remove(field(t, "note")),
     "major", "column removed"),
    ("a renamed column", STATEMENTS, lambda t: field(t, "note").update(name="remark"),
     "major", "column removed"),
    ("an added column", STATEMENTS, lambda t: t["fields"].append({"name": "mood", "type": "string"}),
     "minor", "column added"),
    ("another order of columns", STATEMENTS, lambda t: t["fields"].reverse(),
     "minor", "order of columns changed"),
    ("a changed type", "schemas/statistics.json", lambda t: field(t, "value").update(type="string"),
     "major", "type 'number' became 'string'"),
    ("an order of values", STATEMENTS, lambda t: field(t, "kind").update(categoriesOrdered=True),
     "major", "order of values added"),
    ("a changed key", "schemas/statement_topics.json", lambda t: t["primaryKey"].append("rank"),
     "major", "key 'statement_id, topic_id' became 'statement_id, topic_id, rank'"),
    ("a new reference", STATEMENTS, lambda t: t["foreignKeys"].append(PERSON),
     "major", "reference to 'people' added"),
    ("a dropped reference", STATEMENTS, lambda t: t["foreignKeys"].clear(),
     "minor", "reference to 'events' removed"),
    ("a cell that must be filled", STATEMENTS, lambda t: field(t, "note").update(constraints={"required": True}),
     "major", "constraint 'required' added"),
    ("a cell that may be empty", STATEMENTS, lambda t: constraints(t, "summary").update(required=False),
     "minor", "constraint 'required' removed"),
    ("a greater least length", STATEMENTS, lambda t: constraints(t, "summary").update(minLength=20),
     "major", "constraint 'minLength' 10 became 20"),
    ("a smaller least length", STATEMENTS, lambda t: constraints(t, "summary").update(minLength=5),
     "minor", "constraint 'minLength' 10 became 5"),
    ("a smaller greatest length", STATEMENTS, lambda t: constraints(t, "summary").update(maxLength=200),
     "major", "constraint 'maxLength' 280 became 200"),
    ("a greater greatest length", STATEMENTS, lambda t: constraints(t, "summary").update(maxLength=300),
     "minor", "constraint 'maxLength' 280 became 300"),
    ("a dropped bound", STATEMENTS, lambda t: constraints(t, "summary").pop("maxLength"),
     "minor", "constraint 'maxLength' removed"),
    ("a bound of zero", "schemas/statistics.json", lambda t: field(t, "value").update(constraints={"minimum": 0}),
     "major", "constraint 'minimum' added"),
    ("no key any more", STATEMENTS, lambda t: t.pop("primaryKey"),
     "major", "key 'id' became 'none'"),
    ("another pattern", STATEMENTS, lambda t: constraints(t, "id").update(pattern="^(?:[a-z]+)$"),
     "major", "constraint 'pattern' '^(?:st-[0-9]{5,})$' became '^(?:[a-z]+)$'"),
    ("a removed value", STATEMENTS, remove_value, "major", "value 'report' removed"),
    ("an added value", STATEMENTS, add_value, "minor", "value 'rumour' added"),
    ("another meaning of a value", STATEMENTS, lambda t: category(t, "kind").update(label="Other."),
     "major", "value 'provision' changed"),
    ("another description of a column", STATEMENTS, lambda t: field(t, "kind").update(description="Sort."),
     "patch", "description changed"),
    ("another description of the package", "datapackage.json", lambda d: d.update(description="Talk."),
     "patch", "'description' changed"),
    ("another description of a table", "datapackage.json", lambda d: d["resources"][0].update(description="Talk."),
     "patch", "description changed"),
    ("another file", "datapackage.json", lambda d: d["resources"][-1].update(path="data/themes.csv"),
     "major", "file 'data/topics.csv' became 'data/themes.csv'"),
    ("a removed table", "datapackage.json", lambda d: d["resources"].pop(),
     "major", "table removed"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("path", "change", "step", "message"), [row[1:] for row in CONTRACT], ids=[row[0] for row in CONTRACT]
)
def test_a_change_of_the_contract_calls_for_its_step(
    root: Path, tmp_path: Path, path: str, change: Edit, step: str, message: str
) -> None:
    old = open_package(good(tmp_path / "old"))
    edit(root, path, change)
    first = versions.compare(old, open_package(root)).contract[0]
    assert (first.step, first.message) == (step, message)


BOUNDS = [
    ("minimum", "2020-01-01", "2019-01-01", "minor"),
    ("minimum", "2020-01-01", "2021-01-01", "major"),
    ("maximum", "2020-01-01", "2021-01-01", "minor"),
    ("maximum", "2020-01-01", "2019-01-01", "major"),
]


@pytest.mark.parametrize(("name", "before", "after", "step"), BOUNDS)
def test_a_bound_of_dates_is_loosened_or_tightened(name: str, before: str, after: str, step: str) -> None:
    old, new = (
        Package(side, Memory([{"name": "id"}, {"name": "day", "type": "date", "constraints": {name: bound}}], []))
        for side, bound in (("old", before), ("new", after))
    )
    assert versions.compare(old, new).step == step


def test_an_identifier_is_lost_with_the_key_of_its_table_too(root: Path, tmp_path: Path) -> None:
    old = open_package(good(tmp_path / "old"))
    edit(root, "schemas/people.json", lambda t: t.pop("primaryKey"))
    cut(root, "data/people.csv", "bo-lin,")
    assert versions.compare(old, open_package(root)).lost == (versions.Lost("people", "bo-lin"),)


def test_an_earlier_version_that_cannot_be_read_is_no_clean_slate(root: Path, tmp_path: Path) -> None:
    old = good(tmp_path / "old")
    replace(old, "data/people.csv", "id,name,", "name,")
    with pytest.raises(PackageError, match=r"old cannot be compared with: data/people\.csv: the header lacks 'id'"):
        versions.problems(open_package(old), open_package(root))


def test_an_added_table_calls_for_a_minor_step(root: Path, tmp_path: Path) -> None:
    old = good(tmp_path / "old")
    edit(old, "datapackage.json", lambda d: d["resources"].pop())
    difference = versions.compare(open_package(old), open_package(root))
    assert difference.step == "minor"
    assert difference.contract == (ContractChange("minor", "topics", "table added"),)
    (rows,) = difference.rows
    assert (rows.table, len(rows.added), rows.removed, rows.changed) == ("topics", _topics(root), (), ())


def test_the_rows_of_a_table_that_is_gone_are_removed(root: Path, tmp_path: Path) -> None:
    old = open_package(good(tmp_path / "old"))
    edit(root, "datapackage.json", lambda d: d["resources"].pop())
    (rows,) = versions.compare(old, open_package(root)).rows
    assert (rows.table, len(rows.removed), rows.added) == ("topics", _topics(root), ())


def test_every_changed_cell_is_told_with_its_row(root: Path, tmp_path: Path) -> None:
    old = open_package(good(tmp_path / "old"))
    replace(root, "data/people.csv", "an-wei,An Wei", "an-wei,Ann Wei")
    replace(root, "data/statement_cospeakers.csv", "st-00001,bo-lin\n", "")
    replace(root, "data/topics.csv", "misuse,", "lost-jobs,Lost jobs,,economy\nmisuse,")
    assert [*versions.cells(versions.compare(old, open_package(root)))] == [
        ("people", "an-wei", "changed", "name", "An Wei", "Ann Wei"),
        ("statement_cospeakers", "st-00001 bo-lin", "removed", "statement_id", "st-00001", ""),
        ("statement_cospeakers", "st-00001 bo-lin", "removed", "person_id", "bo-lin", ""),
        ("topics", "lost-jobs", "added", "id", "", "lost-jobs"),
        ("topics", "lost-jobs", "added", "name", "", "Lost jobs"),
        ("topics", "lost-jobs", "added", "broader_id", "", "economy"),
    ]


ROWS = [
    ("nothing", "data/people.csv", "an-wei,An Wei", "an-wei,An Wei", ""),
    ("a corrected cell", "data/people.csv", "an-wei,An Wei", "an-wei,Ann Wei", "patch"),
    ("an added row", "data/people.csv", "bo-lin,", "bo-li,Bo Li,,,,\nbo-lin,", "minor"),
    ("a removed link", "data/statement_cospeakers.csv", "st-00001,bo-lin\n", "", "minor"),
]


@pytest.mark.parametrize(("path", "old", "new", "step"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS])
def test_a_change_of_rows_calls_for_its_step(
    root: Path, tmp_path: Path, path: str, old: str, new: str, step: str
) -> None:
    before = open_package(good(tmp_path / "old"))
    replace(root, path, old, new)
    assert versions.compare(before, open_package(root)).step == step


@pytest.mark.parametrize(
    ("version", "step", "next_version"),
    [
        ("1.2.3", "major", "2.0.0"),
        ("1.2.3", "minor", "1.3.0"),
        ("1.2.3", "patch", "1.2.4"),
        ("1.2.3", "", "1.2.3"),
        ("0.1.0", "major", "1.0.0"),
        ("first", "major", ""),
        ("first", "", ""),
    ],
)
def test_a_step_raises_its_part_and_clears_those_below(version: str, step: str, next_version: str) -> None:
    assert versions.next_version(version, step) == next_version


def lose(root: Path) -> None:
    """One identifier lost, one retired, one tombstone lost, a link gone, cells changed, a column gone, a row added."""
    cut(root, "data/statements.csv", "st-00004,")
    cut(root, "data/people.csv", "bo-lin,")
    replace(root, "data/retired_ids.csv", "an-wey,people,an-wei,A second row for", "bo-lin,people,an-wei,Both are")
    replace(root, "data/statement_cospeakers.csv", "st-00001,bo-lin\n", "")
    replace(root, "data/statements.csv", "label that", "label\tthat")
    replace(root, "data/topics.csv", "misuse,", "lost-jobs,Lost jobs,,economy\nmisuse,")
    edit(root, STATEMENTS, remove_value)


TEXT = """1.0.0 to 1.0.0: the changes call for a MAJOR step, to 2.0.0 or higher

Lost identifiers in retired_ids: 1
  an-wey

Lost identifiers in statements: 1
  st-00004

Contract: 1
  MAJOR statements.kind: value 'report' removed

Removed rows in people: 1
  bo-lin: name 'Bo Lin'; description 'Professor of law'; note 'Named once without a given name.'

Removed rows in retired_ids: 1
  an-wey: record_table 'people'; replaced_by 'an-wei'; reason 'A second row for the same person.'; version '0.1.0'

Removed rows in statement_cospeakers: 1
  st-00001 bo-lin

Removed rows in statements: 1
  st-00004: speaker_kind 'group'; organization_id 'legislators'; kind 'assessment'; attribution 'indirect'; \
summary 'A law on robots matters for trust in machines.'; date '2025-03-01'; date_precision 'month'; \
date_basis 'publication'; planned 'false'

Changed rows in statements: 1
  st-00001: summary 'Robots should carry a label that people can read.' became \
'Robots should carry a label\\tthat people can read.'

Added rows in retired_ids: 1
  bo-lin: record_table 'people'; replaced_by 'an-wei'; reason 'Both are the same person.'; version '0.1.0'

Added rows in topics: 1
  lost-jobs: name 'Lost jobs'; broader_id 'economy'
"""


def test_losses_come_first(root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    old = good(tmp_path / "old")
    lose(root)
    assert main(["diff", str(old), str(root)]) == 0
    assert capsys.readouterr().out == TEXT


def test_nothing_of_the_data_is_markup_in_markdown(
    root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    old = good(tmp_path / "old")
    replace(root, "data/statements.csv", "label that people can read", "``label`` <img src=x> | @people")
    assert main(["diff", str(old), str(root), "--format", "markdown"]) == 0
    assert capsys.readouterr().out == (
        "```text\n1.0.0 to 1.0.0: the changes call for a PATCH step, to 1.0.1 or higher\n\n"
        "Changed rows in statements: 1\n"
        "  st-00001: summary 'Robots should carry a label that people can read.' became "
        "'Robots should carry a ``label`` <img src=x> | @people.'\n```\n"
    )


def test_no_line_of_the_descriptor_is_markup_in_markdown(
    root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    old = good(tmp_path / "old")
    edit(root, "datapackage.json", lambda d: d.update({"x\n\n# Approved\u2028": ""}))
    assert main(["diff", str(old), str(root), "--format", "markdown"]) == 0
    assert capsys.readouterr().out.splitlines()[-2:] == [
        r"  PATCH datapackage.json: 'x\n\n# Approved\u2028' changed",
        "```",
    ]


def test_no_version_is_markup_in_markdown(root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    old = good(tmp_path / "old")
    edit(root, "datapackage.json", lambda d: d.update(version="2\n\n# Approved <img src=x>"))
    assert main(["diff", str(old), str(root), "--format", "markdown"]) == 0
    assert capsys.readouterr().out == "```text\n" + r"1.0.0 to '2\n\n# Approved <img src=x>': no changes" + "\n```\n"


def test_a_block_of_code_is_ended_by_nothing_in_it(
    root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    old = good(tmp_path / "old")
    replace(root, "data/statements.csv", "label that", "````` that")
    assert main(["diff", str(old), str(root), "--format", "markdown"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert (lines[0], lines[-1]) == ("``````text", "``````")


def test_a_package_without_a_version_is_told(capsys: pytest.CaptureFixture[str], root: Path, tmp_path: Path) -> None:
    old = good(tmp_path / "old")
    edit(old, "datapackage.json", lambda d: d.pop("version"))
    assert main(["diff", str(old), str(root)]) == 0
    assert capsys.readouterr().out == "no version to 1.0.0: no changes\n"


def test_long_lists_are_cut_and_counted_except_in_json(
    root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    old = good(tmp_path / "old")
    names = [f"topic-{number:02}" for number in range(23)]
    with (root / "data/topics.csv").open("a", encoding="utf-8") as file:
        file.writelines(f"{name},{name},,\n" for name in names)
    assert main(["diff", str(old), str(root)]) == 0
    assert capsys.readouterr().out.splitlines()[-3:] == [
        "  topic-18: name 'topic-18'",
        "  topic-19: name 'topic-19'",
        "  and 3 more",
    ]
    assert main(["diff", str(old), str(root), "--format", "markdown"]) == 0
    assert capsys.readouterr().out.splitlines()[-2:] == ["  and 3 more", "```"]
    assert main(["diff", str(old), str(root), "--format", "json"]) == 0
    added = json.loads(capsys.readouterr().out)["rows"]["topics"]["added"]
    assert [row["id"] for row in added] == names


def test_the_changed_words_of_a_long_cell_are_shown(
    root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    old = good(tmp_path / "old")
    words = "The same words again and again. " * 10
    replace(old, "data/people.csv", "Professor of law", f"{words}Here.")
    replace(root, "data/people.csv", "Professor of law", f"{words}There.")
    main(["diff", str(old), str(root)])
    assert capsys.readouterr().out.splitlines()[-1] == (
        "  bo-lin: description '…e same words again and again. Here.' became '…e same words again and again. There.'"
    )


def test_a_broken_file_is_named_and_the_rest_compared(
    root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    old = good(tmp_path / "old")
    replace(root, "data/people.csv", "id,name,", "name,")
    replace(root, "data/topics.csv", "misuse,Misuse", "misuse,Abuse")
    main(["diff", str(old), str(root)])
    assert capsys.readouterr().out == (
        "1.0.0 to 1.0.0: 1 file cannot be compared; in the others the changes call for a PATCH step, to 1.0.1 or "
        "higher\n\nCannot be compared: 1\n  new 'data/people.csv': the header lacks 'id'\n\n"
        "Changed rows in topics: 1\n  misuse: name 'Misuse' became 'Abuse'\n"
    )


def memory(rows: Mapping[str, tuple[str, str]]) -> Memory:
    """A table of things with columns id, a and b."""
    fields = [{"name": name} for name in ("id", "a", "b")]
    return Memory(fields, [(key, *cells) for key, cells in rows.items()])


CELLS = st.text(st.characters(codec="utf-8", exclude_characters="\0\r"), max_size=5)
TABLES = st.dictionaries(st.sampled_from("pqrst"), st.tuples(CELLS, CELLS))


@given(TABLES, TABLES)
def test_the_changes_turn_the_old_rows_into_the_new(
    before: Mapping[str, tuple[str, str]], after: Mapping[str, tuple[str, str]]
) -> None:
    difference = versions.compare(Package("old", memory(before)), Package("new", memory(after)))
    rows = {key: dict(zip("ab", cells, strict=True)) for key, cells in before.items()}
    for changes in difference.rows:
        for removed in changes.removed:
            cells = {column: old for column, (old, _) in removed.cells.items() if column != "id"}
            assert rows.pop(removed.key[0]) == {"a": "", "b": ""} | cells
        for changed in changes.changed:
            for column, (old, new) in changed.cells.items():
                assert rows[changed.key[0]][column] == old != new
                rows[changed.key[0]][column] = new
        for added in changes.added:
            assert added.key[0] not in rows
            cells = {column: new for column, (_, new) in added.cells.items() if column != "id"}
            rows[added.key[0]] = {"a": "", "b": ""} | cells
    assert rows == {key: dict(zip("ab", cells, strict=True)) for key, cells in after.items()}
    assert {lost.id for lost in difference.lost} == before.keys() - after.keys()


@pytest.fixture
def repository(root: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The good package committed to a git repository, tagged v0.1.0, with one cell changed since; stood in."""
    monkeypatch.chdir(root)
    for command in (
        ("init", "--quiet"),
        ("add", "."),
        ("-c", "user.name=A", "-c", "user.email=a@example.org", "commit", "--quiet", "--message", "First"),
        ("tag", "v0.1.0"),
    ):
        subprocess.run(["git", *command], check=True)
    replace(root, "data/people.csv", "an-wei,An Wei", "an-wei,Ann Wei")
    return root


@pytest.mark.usefixtures("repository")
@pytest.mark.parametrize("revision", ["HEAD", "v0.1.0"])
def test_a_revision_is_read_without_touching_the_work_tree(revision: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["diff", revision, "."]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "  an-wei: name 'An Wei' became 'Ann Wei'"
    status = subprocess.run(["git", "status", "--porcelain"], check=True, capture_output=True, text=True)
    assert status.stdout == " M data/people.csv\n M datapackage.json\n"


@pytest.mark.usefixtures("repository")
@pytest.mark.parametrize("name", ["v9.9.9", "--all", "-h", "HEAD:data", ""])
def test_what_is_no_revision_is_refused_in_one_sentence(name: str) -> None:
    with pytest.raises(UsageError, match="there is no folder, zip or git revision"):
        revisions.open_any(name, ".")


def test_a_folder_named_like_a_revision_is_not_taken_for_it(repository: Path) -> None:
    good(repository / "v0.1.0")
    with pytest.raises(UsageError, match=r"both a git revision and a path here; write '\./v0\.1\.0' for the path, or"):
        revisions.open_any("v0.1.0", ".")
    assert revisions.open_any("v0.1.0^0", ".").version
    assert revisions.open_any("./v0.1.0", ".").location == "./v0.1.0"


def test_a_folder_outside_git_has_no_revisions(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(root.parent))
    with pytest.raises(PackageError, match="'HEAD' is no folder or zip, and git says: not a git repository"):
        revisions.open_any("HEAD", str(root))


@pytest.mark.usefixtures("repository")
def test_a_revision_without_a_package_is_named() -> None:
    subprocess.run(["git", "rm", "--quiet", "--cached", "datapackage.json"], check=True)
    identity = ("-c", "user.name=A", "-c", "user.email=a@example.org")
    subprocess.run(["git", *identity, "commit", "--quiet", "--message", "Second"], check=True)
    with pytest.raises(PackageError, match=r"revision HEAD: HEAD has no datapackage\.json"):
        revisions.open_any("HEAD", ".")
