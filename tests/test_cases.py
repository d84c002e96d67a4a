"""Every folder `cases/<code>` or `cases/<code>/<fault>` breaks one thing and holds the complete output."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING

import pytest
from packages import HERE, broken, good

from china_ai_lawmaking.cli import main
from china_ai_lawmaking.comparing import versions
from china_ai_lawmaking.validating import validation

if TYPE_CHECKING:
    from pathlib import Path

CASES = sorted((HERE / "cases").glob("**/case.toml"))


def named(case: Path) -> str:
    return case.parent.relative_to(HERE / "cases").as_posix()


def command(case: Path, tmp_path: Path) -> list[str]:
    """Validate the broken package; where the case says so, as the successor of the good one."""
    arguments = ["validate", "--root", str(broken(tmp_path / "package", case))]
    edits = tomllib.loads(case.read_text(encoding="utf-8"))
    if edits.get("since"):
        arguments += ["--since", str(good(tmp_path / "earlier"))]
    options: list[str] = edits.get("options", [])
    return arguments + options


# The first case of each code; the others run in CI.
FIRST = {named(case).split("/")[0]: case for case in reversed(CASES)}.values()
JUDGED = [case if case in FIRST else pytest.param(case, marks=pytest.mark.slow) for case in CASES]


@pytest.mark.parametrize("case", JUDGED, ids=named)
def test_a_fault_is_reported_as_expected(case: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(command(case, tmp_path)) == 1
    assert capsys.readouterr().out == (case.parent / "expected.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("case", CASES, ids=named)
def test_a_case_shows_only_the_code_of_its_folder(case: Path) -> None:
    lines = (case.parent / "expected.txt").read_text(encoding="utf-8").splitlines()[:-1]
    faults = [line for line in lines if not line.startswith("    hint: ")]
    assert faults
    assert all(line.endswith(f" [{named(case).split('/')[0]}]") for line in faults)


def test_codes_and_cases_match_both_ways() -> None:
    assert {named(case).split("/")[0] for case in CASES} == validation.codes().keys() | versions.CODES.keys()


def test_the_good_package_is_clean(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["validate", "--root", str(good(tmp_path / "package"))]) == 0
    assert capsys.readouterr().out == "no problems in 23 files\n"
