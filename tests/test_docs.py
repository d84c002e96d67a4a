"""The documentation says what the software does: generated parts are current, examples run, lists are complete."""

from __future__ import annotations

import json
import re
import tomllib
from typing import Any

import pytest
from packages import REPOSITORY, script

import china_ai_lawmaking as cal
from china_ai_lawmaking.cli import COMMANDS, main

README = (REPOSITORY / "README.md").read_text(encoding="utf-8")
PAGES = {
    path: path.read_text(encoding="utf-8")
    for path in [REPOSITORY / "README.md", *(REPOSITORY / "docs").glob("*.md"), *(REPOSITORY / "quality").glob("*.md")]
}
GENERATED = re.compile(r"(?s)<!-- (?P<name>[a-z-]+) -->.*?<!-- end -->")


@pytest.fixture(scope="module")
def coverage() -> Any:
    return script("quality/representativeness.py")


def test_generated_parts_are_current() -> None:
    module = script("docs/generate.py")
    stale = [path.name for path, text in module.texts().items() if path.read_text(encoding="utf-8") != text]
    assert stale == []


def test_the_readme_lists_every_verb() -> None:
    verbs = [name for name in dir(cal) if name[0].islower() and name != "version"]
    assert [verb for verb in verbs if f"cal.{verb}(" not in README] == []


def test_the_readme_names_no_verb_that_is_not_there() -> None:
    assert set(re.findall(r"cal\.([a-z_]+)\(", README)) <= set(dir(cal))


def test_the_documentation_names_every_command() -> None:
    documented = "\n".join(PAGES.values())
    assert [command for command in COMMANDS if f"china-ai-lawmaking {command}" not in documented] == []


def test_links_inside_the_repository_lead_somewhere() -> None:
    for path, text in PAGES.items():
        links = re.findall(r"\]\((?!https?:|#)([^)#]+)", text)
        assert [link for link in links if not (path.parent / link).exists()] == [], path.name


def test_the_readme_leads_to_every_page() -> None:
    pages = {path.relative_to(REPOSITORY).as_posix() for path in PAGES if path.parent.name == "docs"}
    assert pages <= set(re.findall(r"\]\(([^)#]+)", README))


def test_options_in_the_documentation_are_options_of_their_commands(capsys: pytest.CaptureFixture[str]) -> None:
    named: set[tuple[str, str]] = set()
    for text in PAGES.values():
        for command, rest in re.findall(r"china-ai-lawmaking ((?:evidence )?[a-z]+)\b([^\n`|#]*)", text):
            named |= {(command, option) for option in re.findall(r"(?<!\S)--[a-z]+", rest)}
    assert len(named) > 5
    for command, option in sorted(named):
        with pytest.raises(SystemExit):
            main([*command.split(), "--help"])
        assert option in re.findall(r"--[a-z]+", capsys.readouterr().out), command


def test_the_readme_counts_nothing_by_hand() -> None:
    by_hand = GENERATED.sub("", README)
    counted = "rows|statements|people|positions|laws|events|sources"
    assert re.findall(rf"\b[0-9][0-9,]*\s+(?:[a-z]+\s+)?(?:{counted})\b", by_hand) == []


def test_sources_were_searched_until_a_day_that_no_source_is_after() -> None:
    until = json.loads((REPOSITORY / "datapackage.json").read_text(encoding="utf-8"))["temporal"]["end"]
    published = [row["published_date"] for row in cal.open(REPOSITORY).rows("sources") if row["published_date"]]
    assert max(published).isoformat()[: len(until)] <= until


def test_decisions_give_a_reason_for_each_dependency_and_for_no_other() -> None:
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))
    lists = [
        project["build-system"]["requires"],
        project["project"]["dependencies"],
        *project["project"]["optional-dependencies"].values(),
        *project["dependency-groups"].values(),
    ]
    used = {re.split(r"[\[<>=~! ]", one)[0] for names in lists for one in names} - {project["project"]["name"]}
    decisions = (REPOSITORY / "docs" / "decisions.md").read_text(encoding="utf-8")
    table = decisions.split("| library | where | why |")[1].split("\n\n")[0]
    told = {name for line in table.splitlines()[2:] for name in line.split("|")[1].strip().split(", ")}
    assert told == used


def test_each_table_on_coverage_counts_every_statement_once(coverage: Any) -> None:
    counts = coverage.Counts(REPOSITORY)
    single = [name for name in coverage.BLOCKS if name.startswith("by-") and name != "by-publisher"]
    assert len(single) == 8
    for name in single:
        lines = coverage.BLOCKS[name](counts).splitlines()[2:]
        assert sum(int(line.split("|")[2].replace(",", "")) for line in lines) == len(counts.statements), name


def test_neither_a_copy_nor_a_contradiction_is_a_second_original(coverage: Any) -> None:
    counts = coverage.Counts(REPOSITORY)
    for row in counts.rows["laws"]:
        pages = [e for e in counts.rows["evidence"] if e["record_id"] == row["id"] and e["relation"] != "contradicts"]
        sources = [counts.by_id["sources"][key] for key in sorted({page["source_id"] for page in pages})]
        assert counts.seen(row) == sources, row["id"]
        copies = [source for source in sources if source["original_id"] in {other["id"] for other in sources}]
        assert counts.originals(row) <= len(sources) - len(copies), row["id"]


def test_a_source_that_only_names_the_speaker_does_not_carry_a_statement(coverage: Any) -> None:
    counts = coverage.Counts(REPOSITORY)
    rows = [e for e in counts.rows["evidence"] if e["record_table"] == "statements"]
    told = {(e["record_id"], e["source_id"]) for e in rows if "summary" in e["fields"].split(";")}
    assert any((e["record_id"], e["source_id"]) not in told for e in rows)
    carried = {(row["id"], source["id"]) for row in counts.statements for source in counts.seen(row)}
    assert carried <= told


def test_every_count_of_coverage_stands_on_a_page(coverage: Any) -> None:
    assert set(coverage.BLOCKS) <= {block["name"] for text in PAGES.values() for block in GENERATED.finditer(text)}


def test_the_ledger_says_for_each_proposition_without_dissent_what_was_looked_for(coverage: Any) -> None:
    counts = coverage.Counts(REPOSITORY)
    assert [name for name in coverage.unopposed(counts) if name not in coverage.looked_for(counts)] == []


def test_no_file_names_a_place_on_one_machine() -> None:
    import subprocess

    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=REPOSITORY, capture_output=True, text=True, check=True
    ).stdout
    for name in filter(None, listed.split("\0")):
        text = (REPOSITORY / name).read_bytes().decode("utf-8", "replace")
        assert not re.search(r"(?<![\w.])/(?:work|root|home)/", text), name
