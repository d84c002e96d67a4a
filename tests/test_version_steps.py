"""`make version` and the workflow of a release hold a version to what has changed since the last tag."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from packages import REPOSITORY, refresh, releasable

import china_ai_lawmaking as cal

SCRIPT = REPOSITORY / ".ci/version.py"
ROW = "zoo,Zoo,Animals.,economy\n"


class Checkout:
    """A git repository of a package that can be released."""

    def __init__(self, root: Path) -> None:
        self.root = releasable(root)
        text = json.dumps(json.loads((root / "datapackage.json").read_bytes()), indent=2)
        (root / "datapackage.json").write_text(text, "utf-8")
        self.git("init", "--quiet")
        self.commit()

    def git(self, *arguments: str) -> None:
        identity = ("-c", "user.name=A", "-c", "user.email=a@example.org")
        subprocess.run(["git", *identity, *arguments], cwd=self.root, check=True, capture_output=True)

    def commit(self) -> None:
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message", "Change")

    def add_a_row(self) -> None:
        topics = self.root / "data/topics.csv"
        topics.write_text(topics.read_text("utf-8") + ROW, "utf-8")
        refresh(self.root)
        self.commit()

    def run(self, *arguments: str) -> tuple[int, str]:
        environment = os.environ | {"PYTHONPATH": str(Path(cal.__file__).parent.parent)}
        command = [sys.executable, str(SCRIPT), *arguments]
        done = subprocess.run(command, cwd=self.root, env=environment, capture_output=True, text=True, check=False)
        return done.returncode, done.stdout + done.stderr

    @property
    def described(self) -> tuple[str, str]:
        descriptor = json.loads((self.root / "datapackage.json").read_bytes())
        return descriptor["version"], descriptor["created"]


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    return Checkout(tmp_path / "checkout")


def test_a_version_is_written_with_its_day_and_its_section(checkout: Checkout) -> None:
    checkout.git("tag", "v1.0.0")
    checkout.add_a_row()
    code, _ = checkout.run("set", "1.1.0")
    assert code == 0
    day = datetime.now(UTC).date().isoformat()
    assert checkout.described == ("1.1.0", f"{day}T00:00:00Z")
    log = (checkout.root / "CHANGELOG.md").read_text("utf-8")
    first, second, *_ = re.split(r"(?m)^(?=## )", log)[1:]
    assert first.startswith(f"## 1.1.0 ({day})\n")
    assert "Added rows in topics: 1" in first
    assert second.startswith("## 1.0.0 (2025-03-10)\n")
    checkout.commit()
    assert checkout.run("check") == (0, f"version 1.1.0 of {day} is high enough and has its section of the changelog\n")


@pytest.mark.parametrize(
    ("version", "told"), [("1.0.1", "a MINOR step, to 1.1.0"), ("1.0.0", "1.1.0"), ("two", "no version")]
)
def test_a_version_that_is_too_low_or_none_is_refused(version: str, told: str, checkout: Checkout) -> None:
    checkout.git("tag", "v1.0.0")
    checkout.add_a_row()
    before = checkout.described
    code, said = checkout.run("set", version)
    assert code == 1
    assert told in said
    assert checkout.described == before


def test_the_check_of_a_release_refuses_what_make_version_would_not_write(checkout: Checkout) -> None:
    checkout.git("tag", "v1.0.0")
    checkout.add_a_row()
    assert checkout.run("check") == (
        1,
        "version 1.0.0 is too low after v1.0.0: the changes call for 1.1.0 or higher\n",
    )
    descriptor = checkout.root / "datapackage.json"
    descriptor.write_text(descriptor.read_text("utf-8").replace('"version": "1.0.0"', '"version": "1.1.0"'), "utf-8")
    assert checkout.run("check")[1] == "CHANGELOG.md has no section of version 1.1.0; run make version V=1.1.0\n"
    log = checkout.root / "CHANGELOG.md"
    log.write_text("# Changelog\n\n## 1.1.0 (2025-03-11)\n\nMore.\n", "utf-8")
    assert checkout.run("check")[1] == (
        "CHANGELOG.md dates version 1.1.0 2025-03-11, datapackage.json 2026-11-24; make them the same\n"
    )


def test_the_tag_of_the_version_itself_is_not_the_one_before(checkout: Checkout) -> None:
    checkout.git("tag", "v0.9.0")
    checkout.commit()
    checkout.git("tag", "v1.0.0")
    assert checkout.run("previous") == (0, "v0.9.0\n")


def test_where_there_is_no_tag_it_says_so(checkout: Checkout) -> None:
    code, said = checkout.run("set", "2.0.0")
    assert code == 0
    assert said.startswith("version 2.0.0 of ")
    assert "no tag of an earlier version: nobody can tell whether this one is high enough\n" in said
