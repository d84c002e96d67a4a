"""The steps of the workflow for pull requests and the commands of the page for contributors, run here."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from packages import REPOSITORY, refresh

import china_ai_lawmaking as cal

WORKFLOW = yaml.safe_load((REPOSITORY / ".github/workflows/validate.yml").read_text(encoding="utf-8"))
STEPS = WORKFLOW["jobs"]["validate"]["steps"]


class Contribution:
    """A clone of the good package in which a change is the last commit."""

    def __init__(self, root: Path, tmp_path: Path) -> None:
        self.root = root
        self.summary = tmp_path / "summary.md"
        # The installed command under another name of the interpreter that runs the tests.
        command = tmp_path / "bin" / "china-ai-lawmaking"
        command.parent.mkdir()
        command.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m china_ai_lawmaking "$@"\n')
        command.chmod(0o755)
        self.git("init", "--quiet")
        self.commit("Released")

    def git(self, *arguments: str) -> None:
        identity = ("-c", "user.name=A", "-c", "user.email=a@example.org")
        subprocess.run(["git", *identity, *arguments], cwd=self.root, check=True)

    def commit(self, message: str) -> None:
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message", message)

    def replace(self, path: str, old: str, new: str) -> None:
        text = (self.root / path).read_text(encoding="utf-8")
        assert text.count(old) == 1
        (self.root / path).write_text(text.replace(old, new), encoding="utf-8")

    def run(self, script: str) -> tuple[int, str]:
        """Run a script as the runner of the workflow does, giving exit code and log."""
        bin_path = self.summary.parent / "bin"
        source = Path(cal.__file__).parent.parent
        environment = os.environ | {
            "GITHUB_STEP_SUMMARY": str(self.summary),
            "PATH": f"{bin_path}{os.pathsep}{os.environ['PATH']}",
            "PYTHONPATH": str(source),
        }
        command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script]
        done = subprocess.run(
            command, cwd=self.root, env=environment, capture_output=True, text=True, check=False, timeout=120
        )
        return done.returncode, done.stdout + done.stderr

    def steps(self) -> list[tuple[int, str]]:
        """Run the steps behind the installation, whatever the ones before them gave."""
        return [self.run(step["run"]) for step in STEPS if "run" in step and step["name"] != "Install"]


@pytest.fixture
def contribution(root: Path, tmp_path: Path) -> Contribution:
    return Contribution(root, tmp_path)


def test_a_good_contribution_passes_and_its_changes_are_shown(contribution: Contribution) -> None:
    contribution.replace("data/people.csv", "An Wei,安伟", "An Wei,安维")
    refresh(contribution.root)
    contribution.commit("Correct the name")
    assert contribution.steps() == [(0, "no problems in 24 files\n"), (0, "")]
    assert contribution.summary.read_text(encoding="utf-8") == (
        "## Validation\n\n    no problems in 24 files\n\n"
        "## What changes\n\n```text\n1.0.0 to 1.0.0: the changes call for a PATCH step, to 1.0.1 or higher\n\n"
        "Changed rows in people: 1\n  an-wei: name_zh '安伟' became '安维'\n```\n"
    )


def test_a_bad_contribution_fails_at_its_line_and_everything_is_in_the_summary(contribution: Contribution) -> None:
    contribution.replace("data/statements.csv", "st-00002,person,bo-lin", "st-00002,person,bo-ling")
    refresh(contribution.root)
    contribution.commit("Change the speaker")
    (annotated, log), (told, _) = contribution.steps()
    assert (annotated, told) == (1, 0)
    assert log == (
        "::error file=data/statements.csv,line=3,title=unknown-reference::person_id: 'bo-ling' is not an id in "
        "data/people.csv%0Ahint: did you mean 'bo-lin'?\n1 problem in 1 of 24 files\n"
    )
    assert contribution.summary.read_text(encoding="utf-8") == (
        "## Validation\n\n"
        "    data/statements.csv:3: person_id: 'bo-ling' is not an id in data/people.csv [unknown-reference]\n"
        "        hint: did you mean 'bo-lin'?\n"
        "    1 problem in 1 of 24 files\n\n"
        "## What changes\n\n```text\n1.0.0 to 1.0.0: the changes call for a PATCH step, to 1.0.1 or higher\n\n"
        "Changed rows in statements: 1\n  st-00002: person_id 'bo-lin' became 'bo-ling'\n```\n"
    )


def test_after_a_release_a_lost_identifier_fails_however_many_changes_ago_it_was_lost(
    contribution: Contribution,
) -> None:
    contribution.git("tag", "v1.0.0")
    contribution.replace("datapackage.json", '"version": "1.0.0"', '"version": "1.1.0"')
    contribution.replace("data/law_relations.csv", "rel-00002,robot-safety-law,aligns_with,data-act\n", "")
    evidence = contribution.root / "data/evidence.csv"
    text = evidence.read_text(encoding="utf-8")
    text, count = re.subn(",law_relations,rel-00002,relation,", ",laws,data-act,title,", text)
    assert count == 1
    evidence.write_text(text, encoding="utf-8")
    refresh(contribution.root)
    contribution.commit("Lose a relation")
    contribution.replace("data/people.csv", "An Wei,安伟", "An Wei,安维")
    refresh(contribution.root)
    contribution.commit("Correct a name")
    (code, log), _ = contribution.steps()
    assert code == 1
    assert log.splitlines()[0].startswith(
        "::error file=data/law_relations.csv,title=lost-id::'rel-00002' of law_relations is gone, without a row in "
    )


def test_a_version_that_is_not_raised_yet_is_a_note(contribution: Contribution) -> None:
    contribution.git("tag", "v1.0.0")
    contribution.replace("data/people.csv", "An Wei,安伟", "An Wei,安维")
    refresh(contribution.root)
    contribution.commit("Correct a name")
    (code, log), _ = contribution.steps()
    note = "note: version '1.0.0' is too low after 1.0.0: the changes since call for a PATCH step"
    assert (code, log) == (0, f"no problems in 24 files\n{note}; before the release set it to 1.0.1 or higher\n")


def test_the_workflow_can_read_and_nothing_else() -> None:
    assert WORKFLOW["permissions"] == {}
    assert WORKFLOW["jobs"]["validate"]["permissions"] == {"contents": "read"}
    # YAML 1.1 reads the key `on` as true.
    assert set(WORKFLOW[True]) == {"pull_request", "push"}
    assert "secrets" not in (REPOSITORY / ".github/workflows/validate.yml").read_text(encoding="utf-8")


def test_actions_are_pinned_by_commit() -> None:
    used = [step["uses"] for step in STEPS if "uses" in step]
    assert used
    assert [action for action in used if len(action.partition("@")[2]) != 40] == []


def test_the_commands_of_the_page_for_contributors_run_in_order(contribution: Contribution) -> None:
    page = (REPOSITORY / "docs/contributing.md").read_text(encoding="utf-8")
    scripts = [script for script in re.findall(r"(?s)```sh\n(.*?)```", page) if script.startswith("china-ai-lawmaking")]
    results = [contribution.run(script) for script in scripts]
    assert [code for code, _ in results] == [0] * 4, results
    # Whoever only exports and imports has changed nothing.
    verdict, step = results[-1][1].splitlines()
    assert verdict == "no problems in 24 files"
    assert step.endswith(": no changes")
