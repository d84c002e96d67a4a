"""The pandera schema of a table accepts what a clean package holds, and gives the verdict of `validate` on the rest."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from contextlib import suppress
from typing import TYPE_CHECKING

import pandas as pd
import pandera.pandas as pa
import pytest
from packages import broken
from test_cases import CASES, named

import china_ai_lawmaking as cal
from china_ai_lawmaking.errors import DataError, UnknownTableError
from china_ai_lawmaking.package import descriptor
from china_ai_lawmaking.rules.old import rules_of
from china_ai_lawmaking.validating import constraints, structure, validation
from china_ai_lawmaking.validating.contracts import _text

if TYPE_CHECKING:
    from pathlib import Path

SHIPPED = descriptor.locate()
MEANING = {rule.code for rule in rules_of({name: SHIPPED.table(name) for name in SHIPPED.names()}, SHIPPED.created)}


def code(case: Path) -> str:
    return named(case).split("/")[0]


def faults(record: cal.Dataset, table: str) -> set[tuple[int, str]]:
    """Rows of a table that its contract refuses, with the code of the check."""
    try:
        record.contract(table).validate(record.load(table), lazy=True)
    except pa.errors.SchemaErrors as errors:
        cases = errors.failure_cases
        return {(int(row), check.split(":")[0]) for row, check in zip(cases["index"], cases["check"], strict=True)}
    return set()


def test_a_contract_accepts_what_is_loaded(record: cal.Dataset) -> None:
    assert {table: faults(record, table) for table in record.tables()} == {table: set() for table in record.tables()}


@pytest.mark.slow
@pytest.mark.parametrize("case", [case for case in CASES if code(case) in MEANING], ids=named)
def test_a_rule_gives_the_same_verdict_in_a_contract(case: Path, tmp_path: Path) -> None:
    opened = descriptor.locate(broken(tmp_path / "package", case))
    names = {opened.resource_path(name): name for name in opened.names()}
    edited = {edit["path"] for edit in tomllib.loads(case.read_text(encoding="utf-8"))["replace"]}
    problems = validation.validate(opened)
    for path in edited | {problem.path for problem in problems}:
        table = opened.table(names[path])
        lines = structure.read(opened.files.read(path), path, table.columns).lines
        refused = {(lines[row], check) for row, check in faults(cal.Dataset(opened), table.name)}
        assert refused == {(problem.line, problem.code) for problem in problems if problem.path == path}


@pytest.mark.slow
@pytest.mark.parametrize("case", [case for case in CASES if code(case) in constraints.CODES], ids=named)
def test_what_breaks_a_constraint_cannot_be_loaded_or_is_refused(case: Path, tmp_path: Path) -> None:
    opened = descriptor.locate(broken(tmp_path / "package", case))
    names = {opened.resource_path(name): name for name in opened.names()}
    for path in {problem.path for problem in validation.validate(opened)}:
        with suppress(DataError):
            assert faults(cal.Dataset(opened), names[path])


def test_a_refused_row_is_named_with_the_rule(record: cal.Dataset) -> None:
    statements = record.load("statements")
    statements.loc[3, "law_id"] = "data-act"
    with pytest.raises(pa.errors.SchemaErrors) as caught:
        record.contract("statements").validate(statements, lazy=True)
    cases = caught.value.failure_cases
    assert set(cases["index"]) == {3}
    assert set(cases["check"]) == {
        "one-speaker: A statement has exactly one speaker: a person, an organization or an instrument."
    }
    assert set(cases["column"]) == set(statements.columns)


def test_rows_of_ones_own_are_judged_against_the_tables_of_the_package(record: cal.Dataset) -> None:
    statements = record.load("statements")
    statements.loc[0, "membership_id"] = "mem-00003"
    with pytest.raises(pa.errors.SchemaErrors) as caught:
        record.contract("statements").validate(statements.iloc[[0]].set_axis(["mine"]), lazy=True)
    cases = caught.value.failure_cases
    assert set(zip(cases["index"], cases["check"].str.partition(":")[0], strict=True)) == {("mine", "capacity-speaker")}


def test_a_frame_that_lacks_a_column_is_refused_for_that_alone(record: cal.Dataset) -> None:
    with pytest.raises(pa.errors.SchemaErrors) as caught:
        record.contract("topics").validate(record.load("topics").drop(columns="broader_id"), lazy=True)
    assert list(caught.value.failure_cases["check"]) == ["column_in_dataframe"]


def test_a_broken_file_beside_the_table_is_named(root: Path) -> None:
    (root / "data" / "sources.csv").write_text("id\nlone\n", encoding="utf-8")
    record = cal.open(root)
    with pytest.raises(DataError, match=r"data/sources\.csv:1: "):
        record.contract("evidence")


def test_without_pandera_one_sentence_says_what_to_install() -> None:
    code = (
        "import sys; sys.modules['pandera'] = None\n"
        "import china_ai_lawmaking as cal\n"
        "from china_ai_lawmaking.errors import MissingExtraError\n"
        "try:\n    cal.contract('laws')\n"
        "except MissingExtraError as error:\n    print(error)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "pandera is not installed; run: pip install 'china-ai-lawmaking[validate]'\n"


def test_an_unknown_table_is_refused_with_those_that_are_there(record: cal.Dataset) -> None:
    with pytest.raises(UnknownTableError, match="no table named 'people_'; tables: event_participants, events"):
        record.contract("people_")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (230000000.0, "230000000"),
        (0.5, "0.5"),
        (-3.25, "-3.25"),
        (1e22, "10000000000000000000000"),
        (1e-7, "0.0000001"),
        (7, "7"),
        (True, "true"),
        (False, "false"),
        (pd.Timestamp("2025-03-06"), "2025-03-06"),
        (pd.NaT, None),
        (pd.NA, None),
        ("", None),
        ("NA", "NA"),
    ],
)
def test_a_typed_cell_is_judged_as_the_text_of_its_file(value: object, text: str | None) -> None:
    assert _text(value) == text
