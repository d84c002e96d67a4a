"""Every folder `cases/<code>` or `cases/<code>/<fault>` breaks one thing and holds the complete output."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING

import pytest
from packages import HERE, breaking, good

from china_ai_lawmaking.cli import main
from china_ai_lawmaking.comparing import versions
from china_ai_lawmaking.package.descriptor import open_package
from china_ai_lawmaking.rules import rules_of
from china_ai_lawmaking.validating import validation

if TYPE_CHECKING:
    from pathlib import Path

CASES = sorted((HERE / "cases").glob("**/case.toml"))


def named(case: Path) -> str:
    return case.parent.relative_to(HERE / "cases").as_posix()


RULES = {rule.code for rule in rules_of({name: open_package().table(name) for name in open_package().names()})}
FIRST = {named(case).split("/")[0]: case for case in reversed(CASES)}
# Of the codes below the rules, one case each; the rules have their rows that just fail in boundaries.toml. CI has all.
QUICK = [case for code, case in FIRST.items() if code not in RULES]
SHARES = 6


def told(cases: list[Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> dict[str, str]:
    """Give what differs from the expected output, by case, of cases judged on one package one after the other."""
    root, earlier = good(tmp_path / "package"), good(tmp_path / "earlier")
    wrong = {}
    for case in cases:
        edits = tomllib.loads(case.read_text(encoding="utf-8"))
        # Where the case says so, the broken package is judged as the successor of the good one.
        since = ["--since", str(earlier)] if edits.get("since") else []
        with breaking(root, case):
            code = main(["validate", "--root", str(root), *since, *edits.get("options", ())])
        expected = (case.parent / "expected.txt").read_text(encoding="utf-8")
        if (found := capsys.readouterr().out) != expected or code != 1:
            wrong[named(case)] = f"left with {code}; expected:\n{expected}\nfound:\n{found}"
    assert main(["validate", "--root", str(root)]) == 0, "the good package is not clean"
    assert capsys.readouterr().out == "no problems in 23 files\n"
    return wrong


def test_a_fault_is_reported_as_expected(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    wrong = told(QUICK, tmp_path, capsys)
    assert not wrong, "\n".join(f"== {case}: {what}" for case, what in wrong.items())


@pytest.mark.slow
@pytest.mark.parametrize("share", range(SHARES))
def test_every_fault_is_reported_as_expected(share: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    wrong = told(CASES[share::SHARES], tmp_path, capsys)
    assert not wrong, "\n".join(f"== {case}: {what}" for case, what in wrong.items())


def test_a_case_shows_only_the_code_of_its_folder() -> None:
    for case in CASES:
        lines = (case.parent / "expected.txt").read_text(encoding="utf-8").splitlines()[:-1]
        faults = [line for line in lines if not line.startswith("    hint: ")]
        assert faults, named(case)
        assert all(line.endswith(f" [{named(case).split('/')[0]}]") for line in faults), named(case)


def test_codes_and_cases_match_both_ways() -> None:
    assert {named(case).split("/")[0] for case in CASES} == validation.codes().keys() | versions.CODES.keys()
