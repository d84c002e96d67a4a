"""`contract` judges a loaded table as `validate` judges its file."""

from __future__ import annotations

import re
import subprocess
import sys
from typing import TYPE_CHECKING

import pandas as pd
import pandera.errors
import pytest
from packages import HERE, broken

import china_ai_lawmaking as cal
from china_ai_lawmaking import constraints, package
from china_ai_lawmaking.errors import DataError
from china_ai_lawmaking.rules import rules_of

if TYPE_CHECKING:
    from pathlib import Path

SHIPPED = package.locate()
CODES = {rule.code for rule in rules_of({name: SHIPPED.table(name) for name in SHIPPED.names()})} | set(
    constraints.CODES
)
CASES = [
    case for case in sorted((HERE / "cases").glob("**/case.toml")) if case.relative_to(HERE / "cases").parts[0] in CODES
]


def broken_codes(record: cal.Dataset, table: str, frame: pd.DataFrame) -> set[str]:
    """Names of the checks of the contract that a frame breaks."""
    try:
        record.contract(table).validate(frame, lazy=True)
    except pandera.errors.SchemaErrors as error:
        return {str(check) for check in error.failure_cases["check"]}
    return set()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.parent.relative_to(HERE / "cases").as_posix())
def test_a_contract_gives_the_verdict_of_validate(case: Path, tmp_path: Path) -> None:
    record = cal.open(broken(tmp_path / "package", case))
    report = (case.parent / "expected.txt").read_text(encoding="utf-8")
    faulty = set(re.findall(r"(?m)^data/([a-z_]+)\.csv:", report))
    edited = set(re.findall(r'"data/([a-z_]+)\.csv"', case.read_text(encoding="utf-8")))
    verdicts = {}
    for table in faulty | edited:
        try:
            # What pandas reads beyond the schema, as 'True' for true, is gone from the frame.
            list(record.rows(table))
            frame = record.load(table)
        except DataError:
            continue
        verdicts[table] = bool(broken_codes(record, table, frame))
    assert verdicts == {table: table in faulty for table in verdicts}


def test_the_good_package_keeps_every_contract(record: cal.Dataset) -> None:
    assert {table: broken_codes(record, table, record.load(table)) for table in record.tables()} == {
        table: set() for table in record.tables()
    }


def test_a_broken_rule_is_named_by_its_code_and_row(record: cal.Dataset) -> None:
    statements = record.load("statements")
    statements.loc[1, "organization_id"] = "tide-robotics"
    with pytest.raises(pandera.errors.SchemaErrors) as caught:
        record.contract("statements").validate(statements, lazy=True)
    cases = caught.value.failure_cases
    assert {(row["check"].split(":")[0], row["index"]) for _, row in cases.iterrows()} == {("one-speaker", 1)}


def test_a_contract_judges_filtered_frames_with_their_own_index(record: cal.Dataset) -> None:
    statements = record.load("statements").iloc[::-1]
    statements.loc[1, "organization_id"] = "tide-robotics"
    with pytest.raises(pandera.errors.SchemaErrors) as caught:
        record.contract("statements").validate(statements, lazy=True)
    assert set(caught.value.failure_cases["index"]) == {1}


def test_a_frame_without_the_dtypes_of_load_breaks_the_contract(record: cal.Dataset) -> None:
    frame = pd.read_csv(record.path("statements"))
    assert any(code.startswith("dtype(") for code in broken_codes(record, "statements", frame))


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
