"""frictionless and this validation agree about every case, but for the differences that are listed."""

from __future__ import annotations

import json
import shutil
import tempfile
from pathlib import Path

import frictionless
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from packages import HERE, broken, good, refresh
from test_cases import CASES, named

from china_ai_lawmaking.package import descriptor
from china_ai_lawmaking.validating import canonical, constraints, crosscheck, structure, validation

# Codes that frictionless has no counterpart of: of the rules of meaning, of the comparison with an earlier version, and
# the listed ones.
JUDGED = {*structure.CODES, *canonical.CODES, *constraints.CODES, *validation.CODES, *crosscheck.CODES}
UNSEEN = {named(case).partition("/")[0] for case in CASES} - JUDGED | {*crosscheck.UNSEEN}


@pytest.mark.slow
@pytest.mark.parametrize("case", [case for case in CASES if named(case) != "cross-check"], ids=named)
def test_frictionless_agrees_about_a_case(case: Path, tmp_path: Path) -> None:
    problems = validation.judge(descriptor.locate(broken(tmp_path / "package", case)), cross_check=True).problems
    assert [problem for problem in problems if problem.code == "cross-check"] == []


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES, ids=named)
def test_frictionless_accepts_exactly_the_cases_that_are_documented(case: Path, tmp_path: Path) -> None:
    root = broken(tmp_path / "package", case)
    opened = descriptor.locate(root)
    assert frictionless.validate(str(root / "datapackage.json")).valid == is_accepted(case, opened)


def is_accepted(case: Path, opened: descriptor.Package) -> bool:
    """Tell whether frictionless is documented to find no fault of a case."""
    if named(case).partition("/")[0] in UNSEEN or named(case) in crosscheck.UNSEEN_FORMS:
        return True
    tables = {opened.resource_path(name): name for name in opened.names()}
    problems = [problem for problem in validation.validate(opened) if problem.column]
    for problem in problems:
        table = opened.table(tables[problem.path])
        records = structure.read(opened.files.read(table.path), table.path, table.columns)
        value = dict(zip(records.lines, records.texts().collect()[problem.column], strict=True))[problem.line]
        fields = json.loads(opened.files.read(table.schema_path))["fields"]
        is_told = any("trueValues" in field for field in fields if field["name"] == problem.column)
        if is_told or not crosscheck.lenient(problem.code, table.field(problem.column).type, value or ""):
            return False
    return bool(problems)


def test_every_form_that_frictionless_accepts_is_a_case() -> None:
    assert crosscheck.UNSEEN_FORMS.keys() <= {named(case) for case in CASES}


def test_frictionless_agrees_about_a_zip(root: Path, tmp_path: Path) -> None:
    archive = shutil.make_archive(str(tmp_path / "packed"), "zip", root)
    assert validation.judge(descriptor.locate(archive), cross_check=True).problems == []


@pytest.mark.parametrize(
    "name", ["pattern/line-end-at-the-end", "wrong-type/date-without-zeros", "wrong-type/not-a-number"]
)
def test_frictionless_accepts_what_it_converts(name: str, tmp_path: Path) -> None:
    root = broken(tmp_path / "package", HERE / "cases" / name / "case.toml")
    assert frictionless.validate(str(root / "datapackage.json")).valid


LINES = {path.stem: path.read_text("utf-8").splitlines() for path in sorted((HERE / "good/data").glob("*.csv"))}


@st.composite
def broken_lines(draw: st.DrawFn) -> dict[str, list[str]]:
    """The lines of some files with cells and lines added, dropped and repeated."""
    found = {}
    for table in draw(st.lists(st.sampled_from(sorted(LINES)), min_size=1, max_size=4, unique=True)):
        lines = list(LINES[table])
        for _ in range(draw(st.integers(1, 3))):
            place = draw(st.integers(1, len(lines) - 1))
            match draw(st.sampled_from(["surplus", "short", "one cell", "blank", "commas", "repeated", "dropped"])):
                case "surplus":
                    lines[place] += ",surplus"
                case "short":
                    lines[place] = lines[place].rpartition(",")[0]
                case "one cell":
                    lines[place] = lines[place].partition(",")[0]
                case "blank":
                    lines.insert(place, "")
                case "commas":
                    lines.insert(place, "," * lines[0].count(","))
                case "repeated":
                    lines.insert(place, lines[place])
                case "dropped" if len(lines) > 2:
                    del lines[place]
        found[table] = lines
    return found


@pytest.mark.slow
@settings(max_examples=40)
@given(broken_lines())
# frictionless takes the third line for the header.
@example({"laws": [LINES["laws"][0], "data-act", *(line.rpartition(",")[0] for line in LINES["laws"][3:])]})
def test_frictionless_agrees_about_broken_lines(lines: dict[str, list[str]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        root = good(Path(folder) / "package")
        for table, of_table in lines.items():
            (root / "data" / f"{table}.csv").write_text("\n".join(of_table) + "\n", "utf-8")
        refresh(root)
        opened = descriptor.locate(root)
        assert validation.judge(opened, cross_check=True) == validation.judge(opened)
