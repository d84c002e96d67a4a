"""Every folder `cases/<code>` or `cases/<code>/<fault>` breaks one thing and holds the complete output."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from packages import HERE, breaking, good

from china_ai_lawmaking.cli import main
from china_ai_lawmaking.comparing import versions
from china_ai_lawmaking.package.descriptor import open_package
from china_ai_lawmaking.package.files import DESCRIPTOR
from china_ai_lawmaking.rules import rules_of
from china_ai_lawmaking.validating import validation

if TYPE_CHECKING:
    from collections.abc import Iterator

    Capture = pytest.CaptureFixture[str]

CASES = sorted((HERE / "cases").glob("**/case.toml"))


def named(case: Path) -> str:
    return case.parent.relative_to(HERE / "cases").as_posix()


RULES = {rule.code for rule in rules_of({name: open_package().table(name) for name in open_package().names()})}
FIRST = {named(case).split("/")[0]: case for case in reversed(CASES)}
# Of the codes below the rules, one case each; the rules have their rows that just fail in boundaries.toml. CI has all.
QUICK = [case for code, case in FIRST.items() if code not in RULES]


@pytest.fixture(scope="module")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Path]]:
    """The good package, which one case after the other breaks and mends, and the same as its earlier version."""
    folder = tmp_path_factory.mktemp("cases")
    root = good(folder / "package")
    yield root, good(folder / "earlier")
    assert main(["validate", "--root", str(root)]) == 0, "the good package is not clean"


def judged(case: Path, root: Path, earlier: Path, capsys: Capture) -> str:
    """Break the package as a case says, and give what `validate` prints."""
    edits = tomllib.loads(case.read_text(encoding="utf-8"))
    # Where the case says so, the broken package is judged as the successor of the good one.
    since = ["--since", str(earlier)] if edits.get("since") else []
    with breaking(root, case):
        assert main(["validate", "--root", str(root), *since, *edits.get("options", ())]) == 1
    return capsys.readouterr().out


# The name of a case is that of its test: `pytest tests/test_cases.py -m slow -k umbrella-basis`.
@pytest.mark.slow
@pytest.mark.parametrize("case", CASES, ids=named)
def test_a_fault_is_reported_as_expected(case: Path, packages: tuple[Path, Path], capsys: Capture) -> None:
    assert judged(case, *packages, capsys) == (case.parent / "expected.txt").read_text(encoding="utf-8")


def touched(case: Path) -> set[str]:
    """The tables that a case edits, and those that they lead to."""
    edits = tomllib.loads(case.read_text(encoding="utf-8"))
    paths = {edit["path"] for kind in ("replace", "write", "remove") for edit in edits.get(kind, ())}
    found = {Path(path).stem for path in paths - {DESCRIPTOR}} | {"retired_ids"}
    while more := {reference.table for name in found for reference in open_package().table(name).references} - found:
        found |= more
    return found


@pytest.mark.parametrize("case", QUICK, ids=named)
def test_a_fault_is_reported_in_a_package_of_the_tables_that_it_touches(
    case: Path, packages: tuple[Path, Path], capsys: Capture
) -> None:
    tables, whole = touched(case), [(root / DESCRIPTOR).read_bytes() for root in packages]
    try:
        for root in packages:
            descriptor = json.loads((root / DESCRIPTOR).read_bytes())
            descriptor["resources"] = [one for one in descriptor["resources"] if one["name"] in tables]
            (root / DESCRIPTOR).write_text(json.dumps(descriptor, ensure_ascii=False, indent=2) + "\n", "utf-8")
        told = judged(case, *packages, capsys)
    finally:
        for root, data in zip(packages, whole, strict=True):
            (root / DESCRIPTOR).write_bytes(data)
    # The last line counts the files.
    assert told.splitlines()[:-1] == (case.parent / "expected.txt").read_text(encoding="utf-8").splitlines()[:-1]


def test_a_case_shows_only_the_code_of_its_folder() -> None:
    for case in CASES:
        lines = (case.parent / "expected.txt").read_text(encoding="utf-8").splitlines()[:-1]
        faults = [line for line in lines if not line.startswith("    hint: ")]
        assert faults, named(case)
        assert all(line.endswith(f" [{named(case).split('/')[0]}]") for line in faults), named(case)


def test_codes_and_cases_match_both_ways() -> None:
    assert {named(case).split("/")[0] for case in CASES} == validation.codes().keys() | versions.CODES.keys()
