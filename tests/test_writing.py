"""What waits after a kill is finished first and overwrites no edit; one change of a package is made at a time."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from packages import refresh
from test_new import STATEMENT, WHOLE

import china_ai_lawmaking as cal
from china_ai_lawmaking.cli import main
from china_ai_lawmaking.editing import writing
from china_ai_lawmaking.package import descriptor, files
from china_ai_lawmaking.validating import validation

PATH = "data/topics.csv"
CHANGED = [PATH, files.DESCRIPTOR]
FINISHED = f"finished an earlier change of {', '.join(CHANGED)}\n"


def contents(root: Path) -> dict[str, bytes]:
    return {p.relative_to(root).as_posix(): p.read_bytes() for p in sorted(root.rglob("*")) if p.is_file()}


def waiting(root: Path) -> dict[str, bytes]:
    """Leave a change of a table and the descriptor as a kill does; give the files as they are after it."""
    old = {path: (root / path).read_bytes() for path in CHANGED}
    (root / PATH).write_bytes(old[PATH].replace(b"Markets", b"Trade"))
    refresh(root)
    after = contents(root)
    for path, data in old.items():
        place = root / files.PENDING / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(after[path])
        (root / path).write_bytes(data)
        os.utime(root / path, (0, 0))
    assert after[PATH] != old[PATH]
    return after


@pytest.fixture
def book(root: Path, tmp_path: Path) -> Path:
    """A workbook of the package, as it is after the change that waits."""
    waiting(root)
    main(["export", "--xlsx", str(tmp_path / "record.xlsx"), "--root", str(root)])
    return tmp_path / "record.xlsx"


def commands(book: Path) -> dict[str, list[str]]:
    """A call of each command that changes a package, with which it has nothing to write."""
    return {"fix": ["fix"], "import": ["import", str(book)], "new": ["new", *STATEMENT, "--with", "evidence"]}


@pytest.mark.parametrize("command", ["fix", "import", "new"])
def test_a_change_that_waits_is_finished_first_and_named(
    command: str, root: Path, book: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    expected = {path: data for path, data in contents(root).items() if not path.startswith(files.PENDING)}
    expected |= {path: files.Folder(str(root)).read(path) for path in CHANGED}
    capsys.readouterr()
    main([*commands(book)[command], "--root", str(root)])
    assert capsys.readouterr().err.startswith(FINISHED)
    assert contents(root) == expected
    assert not (root / files.PENDING).exists()
    assert main(["validate", "--root", str(root)]) == 0


def test_a_change_is_made_after_the_one_that_waits(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    after = waiting(root)
    assert main(["new", *WHOLE, "--root", str(root)]) == 0
    assert capsys.readouterr().err == FINISHED
    assert (root / PATH).read_bytes() == after[PATH]
    assert b"st-00009" in (root / "data/statements.csv").read_bytes()
    assert main(["validate", "--root", str(root)]) == 0


@pytest.mark.parametrize("command", ["fix", "import", "new"])
def test_an_edit_made_while_a_change_waits_is_not_overwritten(
    command: str, root: Path, book: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (root / PATH).write_bytes((root / PATH).read_bytes().replace(b"Safety", b"Security"))
    later = (root / files.PENDING / PATH).stat().st_mtime + 1
    os.utime(root / PATH, (later, later))
    before = contents(root)
    capsys.readouterr()
    assert main([*commands(book)[command], "--root", str(root)]) == 2
    both = f"{PATH} was edited after an unfinished change wrote {files.PENDING}/{PATH}"
    assert capsys.readouterr() == ("", f"china-ai-lawmaking: {both}; delete the one that is wrong\n")
    assert contents(root) == before


def test_check_tells_of_a_change_that_waits_and_leaves_it(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    waiting(root)
    before = contents(root)
    assert main(["fix", "--check", "--root", str(root)]) == 1
    assert capsys.readouterr() == (f"{PATH} would change\n{files.DESCRIPTOR} would change\n", "")
    assert contents(root) == before


@pytest.mark.parametrize("path", ["Makefile", ".git/config", "schemas/topics.json"])
def test_what_no_change_writes_is_not_moved(path: str, root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    place = root / files.PENDING / path
    place.parent.mkdir(parents=True)
    place.write_text("all:\n", encoding="utf-8")
    before = contents(root)
    assert main(["fix", "--root", str(root)]) == 2
    sentence = f"{files.PENDING}/{path} is no part of a change of the package; delete it"
    assert capsys.readouterr().err == f"china-ai-lawmaking: {sentence}\n"
    assert contents(root) == before


def test_a_change_that_was_not_made_is_dropped(root: Path) -> None:
    before = contents(root)
    stage = root / f"{files.PENDING}-abc" / "data"
    stage.mkdir(parents=True)
    (stage / "topics.csv").write_bytes(b"half")
    assert main(["fix", "--root", str(root)]) == 0
    assert contents(root) == before
    assert not stage.parent.exists()


@pytest.mark.parametrize("path", ["notes", "data/notes"])
def test_a_link_in_a_change_that_waits_is_not_moved(
    path: str, root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    waiting(root)
    (tmp_path / "elsewhere").mkdir()
    (root / files.PENDING / path).symlink_to(tmp_path / "elsewhere")
    before = contents(root)
    assert main(["fix", "--root", str(root)]) == 2
    sentence = f"{files.PENDING}/{path} is no part of a change of the package; delete it"
    assert capsys.readouterr() == ("", f"china-ai-lawmaking: {sentence}\n")
    assert contents(root) == before


def test_a_file_that_is_moved_meanwhile_is_read_in_its_place(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    after = waiting(root)
    isfile = os.path.isfile

    def finished_then(path: str) -> bool:
        found = isfile(path)
        monkeypatch.undo()
        writing.finish(str(root))
        return found

    monkeypatch.setattr(os.path, "isfile", finished_then)
    assert files.Folder(str(root)).read(PATH) == after[PATH]


def test_frictionless_reads_the_change_that_waits(root: Path) -> None:
    waiting(root)
    (root / PATH).write_bytes(b"id,name\n")
    problems = validation.judge(descriptor.locate(root), cross_check=True).problems
    assert [(problem.path, problem.code) for problem in problems] == [(files.PENDING, "unfinished-change")]


# One change at a time.

UNDER_WAY = "china-ai-lawmaking: another change of {root} is under way\n"
HOLD = "import sys; from china_ai_lawmaking import writing\nwith writing.alone(sys.argv[1]): print(flush=True), input()"


@pytest.mark.parametrize("command", ["fix", "import", "new"])
def test_a_second_change_is_refused(command: str, root: Path, book: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = contents(root)
    capsys.readouterr()
    with writing.alone(str(root)):
        assert main([*commands(book)[command], "--root", str(root)]) == 2
    assert capsys.readouterr() == ("", UNDER_WAY.format(root=root))
    assert contents(root) == before


def test_a_process_keeps_others_off_until_it_dies(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    environment = os.environ | {"PYTHONPATH": str(Path(cal.__file__).parent.parent)}
    arguments = [sys.executable, "-c", HOLD, str(root)]
    with subprocess.Popen(arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment) as process:
        assert process.stdout
        assert process.stdout.readline() == b"\n"
        assert main(["new", *WHOLE, "--root", str(root)]) == 2
        assert capsys.readouterr().err == UNDER_WAY.format(root=root)
        process.kill()
        process.wait()
    assert main(["new", *WHOLE, "--root", str(root)]) == 0


def test_readers_are_not_kept_off(root: Path) -> None:
    with writing.alone(str(root)):
        assert main(["validate", "--root", str(root)]) == 0
        assert main(["fix", "--check", "--root", str(root)]) == 0


def test_a_file_keeps_its_permissions(root: Path) -> None:
    topics = root / "data" / "topics.csv"
    topics.write_bytes(topics.read_bytes() + b"zoo,Zoo,Animals.,economy\n")
    topics.chmod(0o640)
    topics.write_bytes(topics.read_bytes().replace(b"\n", b"\r\n"))
    assert main(["fix", "--root", str(root)]) == 0
    assert topics.stat().st_mode & 0o777 == 0o640


def test_a_system_without_locks_keeps_nobody_off(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "fcntl", None)
    with writing.alone(str(root)):
        assert main(["new", *WHOLE, "--root", str(root)]) == 0


def test_a_file_system_without_locks_keeps_nobody_off(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def flock(*_: object) -> None:
        raise OSError(37, "No locks available")

    monkeypatch.setattr("fcntl.flock", flock)
    assert main(["new", *WHOLE, "--root", str(root)]) == 0
