"""Two people add at the same time: git stops, two commands bring both sides together, and no row is lost."""

from __future__ import annotations

import copy
import csv
import shutil
import subprocess
from collections import Counter
from typing import TYPE_CHECKING

import pytest
from packages import good
from test_add import PAGE, TEXT, write

from china_ai_lawmaking.cli import main

if TYPE_CHECKING:
    from pathlib import Path

    Capture = pytest.CaptureFixture[str]

OTHER = (
    PAGE.replace("labels.html", "weights.html")
    .replace("Deputies ask for labels", "Deputies ask for limits")
    .replace("Chen Mo", "Du Fei")
    .replace("陈默", "杜飞")
    .replace("Heath Works", "Marsh Works")
    .replace("robot labels", "robot weights")
    .replace("carries a label", "stays light")
)
OTHER_TEXT = TEXT.replace("Chen Mo", "Du Fei").replace("Heath", "Marsh").replace("陈默", "杜飞")
# Columns that hold counted identifiers.
COUNTED = ("id", "record_id", "statement_id", "membership_id", "status_event_id", "provision_id", "asked_by_id")


class Clone:
    """A git repository of the good package, in which two branches add a page each."""

    def __init__(self, root: Path, pages: Path) -> None:
        self.root = root
        self.git("init", "--quiet", "--initial-branch=main")
        self.commit("Released")
        for branch, page, text in (("ours", PAGE, TEXT), ("theirs", OTHER, OTHER_TEXT)):
            folder = pages / branch
            folder.mkdir(parents=True)
            write(folder, page, text=text)
            self.git("switch", "--quiet", "--create", branch, "main")
            assert main(["add", str(folder / "labels.yaml"), "--root", str(root)]) == 0
            self.commit(f"Add a page on {branch}")

    def git(self, *arguments: str, check: bool = True) -> int:
        identity = ("-c", "user.name=A", "-c", "user.email=a@example.org")
        done = subprocess.run(["git", *identity, *arguments], cwd=self.root, check=check, capture_output=True)
        return done.returncode

    def commit(self, message: str) -> None:
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message", message)

    def rows(self, revision: str) -> Counter[tuple[str, ...]]:
        """Every row of every table, without the numbers that are counted."""
        found: Counter[tuple[str, ...]] = Counter()
        for path in sorted((self.root / "data").glob("*.csv")):
            shown = ["git", "show", f"{revision}:data/{path.name}"]
            data = subprocess.run(shown, cwd=self.root, check=True, capture_output=True).stdout
            for row in csv.DictReader(data.decode().splitlines()):
                kept = (cell for column, cell in row.items() if column not in COUNTED)
                found[path.stem, *kept] += 1
        return found


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Clone:
    """The repository with its two branches, not to be changed."""
    folder = tmp_path_factory.mktemp("original")
    return Clone(good(folder / "package"), folder / "pages")


@pytest.fixture
def clone(original: Clone, tmp_path: Path) -> Clone:
    clone = copy.copy(original)
    clone.root = shutil.copytree(original.root, tmp_path / "package")
    return clone


@pytest.mark.parametrize(("mine", "other"), [("ours", "theirs"), ("theirs", "ours")])
def test_two_contributions_come_together_and_nothing_is_lost(
    mine: str, other: str, clone: Clone, capsys: Capture
) -> None:
    base, one, two = (clone.rows(revision) for revision in ("main", mine, other))
    clone.git("switch", "--quiet", mine)
    assert clone.git("merge", other, check=False) == 1
    assert b"<<<<<<<" in (clone.root / "datapackage.json").read_bytes()
    capsys.readouterr()
    assert main(["validate", "--root", str(clone.root)]) == 2
    assert capsys.readouterr().err == (
        "china-ai-lawmaking: datapackage.json holds the conflict marks of git; after a merge, "
        "'china-ai-lawmaking fix --renumber BRANCH' brings both sides together\n"
    )
    assert main(["fix", "--renumber", other, "--root", str(clone.root)]) == 0
    assert "st-00009 is now st-00011\n" in capsys.readouterr().out
    assert main(["validate", "--root", str(clone.root)]) == 0
    clone.commit("Merge")
    # The outlet that both brought has one identifier, and is there once.
    outlet: Counter[tuple[str, ...]] = Counter({("organizations", "Example Daily", "", "", "media", "CN", "", ""): 1})
    assert outlet <= one
    assert clone.rows("HEAD") == base + (one - base) + (two - base) - outlet
    # Theirs keep their numbers, and what refers to ours follows.
    with (clone.root / "data/statements.csv").open(encoding="utf-8", newline="") as file:
        said = {row["id"]: row["person_id"] for row in csv.DictReader(file)}
    names = {"ours": "chen-mo", "theirs": "du-fei"}
    assert [said[f"st-{number:05}"] for number in range(9, 13)] == [names[other]] * 2 + [names[mine]] * 2
    with (clone.root / "data/positions.csv").open(encoding="utf-8", newline="") as file:
        held = {
            row["proposition_id"]: row["statement_id"]
            for row in csv.DictReader(file)
            if row["statement_id"] > "st-00010"
        }
    assert held == {"robot-labels": "st-00011", "amend-the-data-act": "st-00012"}


def test_before_a_merge_our_new_rows_alone_get_free_numbers(clone: Clone) -> None:
    clone.git("switch", "--quiet", "ours")
    before = clone.rows("ours")
    assert main(["fix", "--renumber", "theirs", "--root", str(clone.root)]) == 0
    clone.commit("Renumber")
    assert clone.rows("HEAD") == before
    assert b"\nst-00009," not in (clone.root / "data/statements.csv").read_bytes()
    assert b"\nst-00011," in (clone.root / "data/statements.csv").read_bytes()
    assert main(["validate", "--root", str(clone.root)]) == 0


def edited(clone: Clone, branch: str, new: str) -> None:
    clone.git("switch", "--quiet", branch)
    people = clone.root / "data/people.csv"
    people.write_text(people.read_text("utf-8").replace("Professor of law", new), encoding="utf-8")
    assert main(["fix", "--root", str(clone.root)]) == 0
    clone.commit(f"Say {new}")


def test_a_cell_that_both_changed_is_named_and_nothing_is_written(clone: Clone, capsys: Capture) -> None:
    edited(clone, "theirs", "Dean of law")
    edited(clone, "ours", "Teacher of law")
    clone.git("merge", "theirs", check=False)
    before = {path: path.read_bytes() for path in (clone.root / "data").iterdir()}
    capsys.readouterr()
    assert main(["fix", "--renumber", "theirs", "--root", str(clone.root)]) == 1
    told = "data/people.csv: bo-lin: description: 'Teacher of law' here, 'Dean of law' there\n"
    assert capsys.readouterr().err.startswith(told)
    assert {path: path.read_bytes() for path in (clone.root / "data").iterdir()} == before


def test_cells_that_one_side_changed_come_from_that_side(clone: Clone) -> None:
    edited(clone, "theirs", "Dean of law")
    clone.git("switch", "--quiet", "ours")
    clone.git("merge", "theirs", check=False)
    assert main(["fix", "--renumber", "theirs", "--root", str(clone.root)]) == 0
    people = (clone.root / "data/people.csv").read_text("utf-8")
    assert "Dean of law" in people
    assert "chen-mo" in people
    assert "du-fei" in people


def test_marks_in_the_descriptor_alone_need_no_more_than_fix(clone: Clone, capsys: Capture) -> None:
    descriptor = clone.root / "datapackage.json"
    text = descriptor.read_text("utf-8")
    (line,) = (
        line
        for line in text.splitlines(keepends=True)
        if f'"bytes": {(clone.root / "data/topics.csv").stat().st_size},' in line
    )
    marked = text.replace(
        line, f"<<<<<<< HEAD\n{line}=======\n{line.replace('1', '2').replace('3', '4')}>>>>>>> theirs\n"
    )
    descriptor.write_text(marked, encoding="utf-8")
    assert main(["fix", "--check", "--root", str(clone.root)]) == 1
    assert main(["fix", "--root", str(clone.root)]) == 0
    assert descriptor.read_text("utf-8") == text
    capsys.readouterr()
    version = '  "version": "1.0.0",\n'
    marked = text.replace(version, f"<<<<<<< HEAD\n{version}=======\n{version.replace('1', '2')}>>>>>>> theirs\n")
    descriptor.write_text(marked, encoding="utf-8")
    assert main(["fix", "--root", str(clone.root)]) == 2
    told = "the two sides differ in more than sizes and hashes; edit it by hand\n"
    assert capsys.readouterr().err.endswith(told)
    assert descriptor.read_text("utf-8") == marked


def test_a_revision_that_is_none_is_one_sentence(clone: Clone, capsys: Capture) -> None:
    assert main(["fix", "--renumber", "nowhere", "--root", str(clone.root)]) == 2
    assert capsys.readouterr().err == "china-ai-lawmaking: there is no folder, zip or git revision 'nowhere' here\n"
