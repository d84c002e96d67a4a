"""The package inside a git repository: found from everywhere in it, and git's own reason where git cannot answer."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
import yaml
from packages import REPOSITORY, good

from china_ai_lawmaking.cli import main

if TYPE_CHECKING:
    from pathlib import Path

Command = Callable[..., tuple[int, str, str]]
IDENTITY = ("-c", "user.name=A", "-c", "user.email=a@example.org")


def git(folder: Path, *command: str) -> str:
    return subprocess.run(["git", *IDENTITY, *command], cwd=folder, check=True, capture_output=True, text=True).stdout


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Command:
    """Give what runs a command of the command line in a folder: exit code, standard output, standard error."""

    def run(folder: Path, *words: str, **environment: str) -> tuple[int, str, str]:
        with monkeypatch.context() as patch:
            patch.chdir(folder)
            patch.delenv("CHINA_AI_LAWMAKING_DATA", raising=False)
            for name, value in environment.items():
                patch.setenv(name, value)
            code = main([*words])
        return code, *capfd.readouterr()

    return run


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """The good package two folders down in a repository with one commit."""
    root = good(tmp_path / "repository" / "packages" / "cal")
    git(tmp_path / "repository", "init", "--quiet")
    git(tmp_path / "repository", "add", ".")
    git(tmp_path / "repository", "commit", "--quiet", "--message", "First")
    return root


NO_CHANGES = "1.0.0 to 1.0.0: no changes\n"


@pytest.mark.parametrize("place", [".", "data", "schemas"])
def test_every_command_finds_the_package_from_a_subfolder(place: str, package: Path, command: Command) -> None:
    folder = package / place
    clean = "no problems in 24 files\n"
    assert command(folder, "validate") == (0, clean, "")
    assert command(folder, "validate", "--since", "HEAD") == (0, clean, "")
    assert command(folder, "diff", "HEAD", os.path.relpath(package, folder)) == (0, NO_CHANGES, "")
    assert command(folder, "fix", "--check") == (0, "", "")


@pytest.mark.parametrize("since", ["HEAD", "main~0^{commit}"])
def test_a_revision_belongs_to_the_package_that_root_names(
    since: str, package: Path, tmp_path: Path, command: Command
) -> None:
    git(package, "branch", "--force", "main")
    assert command(tmp_path, "validate", "--root", str(package), "--since", since)[::2] == (0, "")


@pytest.mark.parametrize("verb", ["release", "site"])
def test_what_is_written_is_compared_with_a_revision_of_its_own_repository(
    verb: str, package: Path, tmp_path: Path, command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = []

    def write(*given: object) -> int:
        written.append(given)
        return len(written)

    monkeypatch.setattr("china_ai_lawmaking.release.write", write)
    monkeypatch.setattr("china_ai_lawmaking.site.build.write", write)
    assert command(tmp_path, verb, "out", "--root", str(package), "--since", "HEAD")[::2] == (0, "")
    assert command(package / "data", verb, "out", "--since", "HEAD")[::2] == (0, "")
    assert len(written) == 2


def test_inside_a_hook_the_folder_decides_which_repository_is_asked(
    package: Path, tmp_path: Path, command: Command
) -> None:
    other = tmp_path / "other"
    other.mkdir()
    git(other, "init", "--quiet")
    hook = {"GIT_DIR": str(other / ".git"), "GIT_INDEX_FILE": "index", "GIT_PREFIX": "packages/"}
    assert command(package, "diff", "HEAD", ".", **hook) == (0, NO_CHANGES, "")


def breaks(package: Path) -> None:
    topics = package / "data" / "topics.csv"
    topics.write_text(topics.read_text(encoding="utf-8").replace("data,Data", "data,Da  ta"), encoding="utf-8")


def test_annotations_name_files_from_the_top_of_the_repository(package: Path, command: Command) -> None:
    breaks(package)
    for folder in (package, package.parents[1]):
        shown = command(folder, "validate", "--root", str(package), "--format", "github")[1]
        assert "file=packages/cal/data/topics.csv," in shown
    # What a person reads is as the package has it.
    assert "data/topics.csv:" in command(package, "validate")[1].splitlines()[0].split("packages")[0]


def test_annotations_name_files_in_utf_8_whatever_the_locale(tmp_path: Path) -> None:
    root = good(tmp_path / "repository" / "包 [x]" / "记录")
    git(tmp_path / "repository", "init", "--quiet")
    breaks(root)
    environment = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    command = [sys.executable, "-m", "china_ai_lawmaking", "validate", "--format", "github"]
    done = subprocess.run(command, cwd=root, env=os.environ | environment, capture_output=True, check=False)
    assert "file=包 [x]/记录/data/topics.csv," in done.stdout.decode("utf-8")


def test_annotations_of_a_package_at_the_top_or_outside_git_name_its_own_files(
    tmp_path: Path, command: Command
) -> None:
    root = good(tmp_path / "alone")
    breaks(root)
    assert "file=data/topics.csv," in command(root, "validate", "--format", "github")[1]
    git(root, "init", "--quiet")
    assert "file=data/topics.csv," in command(root, "validate", "--format", "github")[1]


# Git's own reason.


def test_the_clone_of_another_owner(package: Path, command: Command) -> None:
    code, out, said = command(package, "diff", "HEAD", ".", GIT_TEST_ASSUME_DIFFERENT_OWNER="1")
    assert (code, out) == (2, "")
    assert said.startswith("china-ai-lawmaking: 'HEAD' is no folder or zip, and git says: detected dubious ownership")
    assert said.count("\n") == 1


def test_no_git(package: Path, tmp_path: Path, command: Command) -> None:
    (tmp_path / "bin").mkdir()
    said = command(package, "validate", "--since", "HEAD", PATH=str(tmp_path / "bin"))[2]
    assert said == "china-ai-lawmaking: 'HEAD' is no folder or zip, and git is not installed, which revisions need\n"


def test_no_repository(tmp_path: Path, command: Command) -> None:
    root = good(tmp_path / "alone")
    said = command(root, "diff", "HEAD", ".", GIT_CEILING_DIRECTORIES=str(tmp_path))[2]
    assert said.startswith("china-ai-lawmaking: 'HEAD' is no folder or zip, and git says: not a git repository")


def test_no_such_revision(package: Path, command: Command) -> None:
    said = command(package, "diff", "v9", ".")[2]
    assert said == "china-ai-lawmaking: there is no folder, zip or git revision 'v9' here\n"


@pytest.mark.parametrize("name", ["HEAD~1", "v1.0.0"])
def test_a_shallow_clone_is_said_to_lack_history(name: str, package: Path, tmp_path: Path, command: Command) -> None:
    breaks(package)
    git(package, "commit", "--all", "--quiet", "--message", "Second")
    git(tmp_path, "clone", "--quiet", "--depth", "1", f"file://{package.parents[1]}", "shallow")
    root = tmp_path / "shallow" / "packages" / "cal"
    told = f"there is no folder, zip or git revision {name!r} here; this clone has only a part of the history: "
    for arguments in (("diff", name, "."), ("validate", "--since", name)):
        code, _, said = command(root, *arguments)
        assert (code, said) == (2, f"china-ai-lawmaking: {told}git fetch --unshallow --tags\n")


def test_a_range_is_no_revision(package: Path, command: Command) -> None:
    said = command(package, "diff", "HEAD..HEAD", ".")[2]
    assert said == "china-ai-lawmaking: there is no folder, zip or git revision 'HEAD..HEAD' here\n"


def test_at_the_top_of_a_repository_revisions_belong_to_the_package_that_is_named(
    package: Path, command: Command
) -> None:
    assert command(package.parents[1], "diff", "HEAD", "packages/cal") == (0, "1.0.0 to 1.0.0: no changes\n", "")


def test_a_partial_clone_whose_server_is_gone(package: Path, tmp_path: Path, command: Command) -> None:
    breaks(package)
    git(package, "commit", "--all", "--quiet", "--message", "Second")
    git(tmp_path, "clone", "--quiet", "--bare", "repository", "server")
    git(tmp_path / "server", "config", "uploadpack.allowFilter", "true")
    git(tmp_path, "clone", "--quiet", "--filter=blob:none", f"file://{tmp_path / 'server'}", "clone")
    shutil.rmtree(tmp_path / "server")
    code, _, said = command(tmp_path / "clone" / "packages" / "cal", "diff", "HEAD~1", ".")
    assert code == 2
    assert said.startswith("china-ai-lawmaking: ")
    assert ".csv of git revision HEAD~1: git says: " in said
    assert "has no datapackage.json" not in said


def test_a_damaged_object(package: Path, command: Command) -> None:
    blob = git(package, "rev-parse", "HEAD:./datapackage.json").strip()
    (package.parents[1] / ".git" / "objects" / blob[:2] / blob[2:]).unlink()
    said = command(package, "diff", "HEAD", ".")[2]
    assert "datapackage.json of git revision HEAD: git says: " in said


# Hooks.


def test_a_commit_that_only_deletes_runs_the_hooks() -> None:
    hooks = yaml.safe_load((REPOSITORY / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    assert {hook["id"]: hook.get("always_run") for hook in hooks} == {
        "china-ai-lawmaking-fix": True,
        "china-ai-lawmaking-validate": True,
    }
    assert not any("files" in hook for hook in hooks)
