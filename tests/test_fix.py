"""`fix` brings a package into canonical form, each file whole or not at all, and touches nothing else."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from killing import kills
from packages import REPOSITORY

from china_ai_lawmaking.cli import main
from china_ai_lawmaking.editing import edits
from china_ai_lawmaking.package import descriptor
from china_ai_lawmaking.validating import canonical

if TYPE_CHECKING:
    from pathlib import Path

TOPICS = (
    "id,name,description,broader_id\n"
    "data,Data,What may be collected and kept.,\n"
    "economy,Economy,Markets and growth.,\n"
    "liability,Liability,Who answers for harm.,\n"
    "misuse,Misuse,Harm done on purpose.,safety\n"
    "safety,Safety,Harm and how to avoid it.,\n"
)
DATA_LAST = TOPICS.splitlines()[0] + "\n" + "\n".join([*TOPICS.splitlines()[2:], TOPICS.splitlines()[1]]) + "\n"


def contents(root: Path) -> dict[str, bytes]:
    return {p.relative_to(root).as_posix(): p.read_bytes() for p in sorted(root.rglob("*")) if p.is_file()}


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("\ufeff" + TOPICS, id="byte order mark"),
        pytest.param(TOPICS.replace("\n", "\r\n"), id="CR LF"),
        pytest.param(TOPICS.removesuffix("\n"), id="no last line end"),
        pytest.param(DATA_LAST, id="order"),
        pytest.param(TOPICS.replace("Markets and growth.", '"Markets and growth."'), id="needless quotes"),
        pytest.param(TOPICS.replace("Economy,", '"Economy",'), id="needless quotes in the middle"),
        pytest.param(TOPICS.replace("Markets and", " Markets\u00a0 and"), id="stray spaces"),
    ],
)
def test_every_departure_is_mended(root: Path, text: str) -> None:
    before = contents(root)
    (root / "data/topics.csv").write_bytes(text.encode())
    assert main(["fix", "--root", str(root)]) == 0
    assert contents(root) == before


def test_line_ends_inside_cells_are_mended_too(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = root / "data/topics.csv"
    path.write_bytes(TOPICS.replace("Markets and growth.", '"Markets\r\nand growth."').encode())
    main(["fix", "--root", str(root)])
    assert path.read_bytes().decode() == TOPICS.replace("Markets and growth.", '"Markets\nand growth."')
    capsys.readouterr()
    main(["validate", "--root", str(root)])
    first, *_, count = capsys.readouterr().out.splitlines()
    assert first.endswith("[hidden-character]")
    assert count == "1 problem in 1 of 24 files"


def test_text_is_brought_into_nfc(root: Path) -> None:
    path = root / "data/topics.csv"
    path.write_bytes(TOPICS.replace("Markets", "Cafe\u0301s").encode())
    assert main(["fix", "--root", str(root)]) == 0
    assert path.read_text("utf-8") == TOPICS.replace("Markets", "Caf\u00e9s")


def test_a_cell_that_needs_quotes_keeps_them(root: Path) -> None:
    text = TOPICS.replace("Markets and growth.", '"Markets, ""free"" ones"')
    (root / "data/topics.csv").write_bytes(text.encode())
    assert main(["fix", "--root", str(root)]) == 0
    assert (root / "data/topics.csv").read_text("utf-8") == text


def test_a_carriage_return_in_a_cell_becomes_a_line_end_once_for_all(root: Path) -> None:
    path = root / "data/topics.csv"
    before = path.read_bytes()
    path.write_bytes(before.replace(b"Markets and growth.", b'"Markets\rand\r\r\ngrowth."'))
    assert main(["fix", "--root", str(root)]) == 0
    assert path.read_bytes() == before.replace(b"Markets and growth.", b'"Markets\nand\ngrowth."')
    assert main(["fix", "--check", "--root", str(root)]) == 0


def test_a_row_of_spaces_is_no_row(root: Path) -> None:
    path = root / "data/topics.csv"
    before = path.read_bytes()
    path.write_bytes(before + b" ,  , ,\n")
    assert main(["fix", "--root", str(root)]) == 0
    assert path.read_bytes() == before
    assert main(["fix", "--check", "--root", str(root)]) == 0


def test_a_canonical_package_is_left_alone(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    times = {path: path.stat().st_mtime_ns for path in root.rglob("*")}
    assert main(["fix", "--root", str(root)]) == 0
    assert capsys.readouterr().out == ""
    assert {path: path.stat().st_mtime_ns for path in root.rglob("*")} == times


def test_check_tells_and_writes_nothing(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (root / "data/topics.csv").write_bytes(TOPICS.replace("\n", "\r\n").encode())
    before = contents(root)
    assert main(["fix", "--check", "--root", str(root)]) == 1
    assert capsys.readouterr().out == "data/topics.csv would change\n"
    assert contents(root) == before


def test_a_changed_cell_changes_the_descriptor_only(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (root / "data/topics.csv").write_bytes(TOPICS.replace("Markets", "Trade").encode())
    assert main(["fix", "--root", str(root)]) == 0
    assert capsys.readouterr().out == "datapackage.json changed\n"
    assert main(["validate", "--root", str(root)]) == 0


def test_a_structural_fault_stops_it_before_anything_is_written(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (root / "data/indicators.csv").write_bytes(b"id,name,definition\r\nshort\r\n")
    (root / "data/topics.csv").write_bytes(TOPICS.replace("\n", "\r\n").encode())
    before = contents(root)
    assert main(["fix", "--root", str(root)]) == 1
    assert capsys.readouterr().err == (
        "data/indicators.csv:2: 1 cell, the header has 3 [ragged-row]\nnothing was changed: mend these first\n"
    )
    assert contents(root) == before


def test_a_zip_is_refused(root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    import shutil

    archive = shutil.make_archive(str(tmp_path / "packed"), "zip", root)
    assert main(["fix", "--root", archive]) == 2
    assert capsys.readouterr().err == f"china-ai-lawmaking: {archive} is a zip; only a folder can be changed\n"


def test_the_files_of_the_repository_are_canonical() -> None:
    assert canonical.changes(descriptor.open_package(REPOSITORY)) == ({}, [])


NEW = {"datapackage.json": b"new descriptor\n", "data/topics.csv": b"new topics\n", "data/laws.csv": b"new laws\n"}


def test_a_file_is_old_or_new_at_whatever_step_a_change_is_killed_and_the_descriptor_comes_last(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = {path: (root / path).read_bytes() for path in NEW}
    count, names = len(contents(root)), []
    for name in kills(root, monkeypatch, lambda: edits.write(str(root), NEW)):
        after = {path: (root / path).read_bytes() for path in NEW}
        done = [path for path in NEW if after[path] == NEW[path]]
        assert {path: data for path, data in after.items() if path not in done} == {
            path: data for path, data in old.items() if path not in done
        }, name
        assert done == [*NEW] if "datapackage.json" in done or not name else True, name
        names.append(name)
    assert names.count("replace") == len(NEW)
    assert len(contents(root)) == count


def test_a_file_keeps_its_permissions(root: Path) -> None:
    topics = root / "data" / "topics.csv"
    topics.write_bytes(topics.read_bytes().replace(b"\n", b"\r\n"))
    topics.chmod(0o640)
    assert main(["fix", "--root", str(root)]) == 0
    assert topics.stat().st_mode & 0o777 == 0o640


@pytest.mark.parametrize(
    ("kind", "number", "told"),
    [
        # A file that Excel has open on Windows; a disk that is full.
        (PermissionError, 13, "Permission denied; close it in the program that has it open"),
        (OSError, 28, "No space left on device"),
    ],
)
def test_a_file_that_cannot_be_replaced_is_named(
    kind: type[OSError],
    number: int,
    told: str,
    root: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    topics = root / "data" / "topics.csv"
    topics.write_bytes(topics.read_bytes().replace(b"\n", b"\r\n"))
    before = contents(root)

    def refuse(whole: str, place: str) -> None:
        raise kind(number, os.strerror(number), whole, None, place)

    monkeypatch.setattr(os, "replace", refuse)
    assert main(["fix", "--root", str(root)]) == 2
    assert capsys.readouterr().err == f"china-ai-lawmaking: {topics} cannot be written: {told}\n"
    assert contents(root) == before
