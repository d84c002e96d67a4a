"""The pandera schema of a table accepts what a clean package holds, and gives the verdict of `validate` on the rest."""

from __future__ import annotations

import itertools
import pickle
import subprocess
import sys
import tomllib
from typing import TYPE_CHECKING

import pandas as pd
import pandera.pandas as pa
import polars
import pytest
import towns
from packages import REPOSITORY, breaking
from test_cases import CASES, named

import china_ai_lawmaking as cal
from china_ai_lawmaking.errors import DataError, UnknownTableError, UsageError
from china_ai_lawmaking.loading import csv
from china_ai_lawmaking.package import descriptor
from china_ai_lawmaking.rules import rules_of
from china_ai_lawmaking.validating import constraints, validation

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Any

SHIPPED = descriptor.open_package()
MEANING = {rule.code for rule in rules_of({name: SHIPPED.table(name) for name in SHIPPED.names()})}


def code(case: Path) -> str:
    return named(case).split("/")[0]


def faults(schema: pa.DataFrameSchema, frame: pd.DataFrame) -> list[tuple[object, str, str, str]]:
    """What a contract refuses in a frame: row, column, code, message and hint."""
    try:
        schema.validate(frame, lazy=True)
    except pa.errors.SchemaErrors as errors:
        cases = errors.failure_cases
        codes = cases["check"].str.partition(":")[0]
        columns = cases["column"].fillna("")
        return list(zip(cases["index"], columns, codes, cases["failure_case"], strict=True))
    return []


def accepts(record: cal.Dataset, table: str) -> None:
    schema, frame = record.contract(table), record.load(table)
    assert faults(schema, frame) == [], table
    assert faults(schema, frame.iloc[::-2]) == [], table


def test_a_contract_accepts_what_is_loaded_and_any_part_of_it(record: cal.Dataset) -> None:
    for table in ("events", "evidence", "statements"):
        accepts(record, table)


@pytest.mark.slow
def test_every_contract_accepts_what_is_loaded_and_any_part_of_it(record: cal.Dataset) -> None:
    for table in record.tables():
        accepts(record, table)


def agree(root: Path, case: Path) -> int:
    """Hold contract and `validate` against each other in every table that a case edits or that has a problem."""
    opened = descriptor.open_package(root)
    names = {opened.resource_path(name): name for name in opened.names()}
    edited = {edit["path"] for edit in tomllib.loads(case.read_text(encoding="utf-8")).get("replace", ())}
    problems = validation.validate(opened).problems
    if any(problem.code not in MEANING | {*constraints.CODES} for problem in problems):
        return 0
    count = 0
    for path in (edited | {problem.path for problem in problems}) & names.keys():
        table = opened.table(names[path])
        record = cal.Dataset(opened)
        try:
            frame = record.load(table.name)
        except DataError:
            # What no cell of a frame can hold.
            assert any(problem.path == path for problem in problems)
            continue
        lines = csv.parse(opened.files.read(path), table).lines
        refused = {
            (lines[int(str(row))], column, one) for row, column, one, _ in faults(record.contract(table.name), frame)
        }
        told = {(problem.line, problem.column, problem.code) for problem in problems if problem.path == path}
        assert refused == told, (named(case), path)
        count += 1
    return count


def test_a_contract_gives_the_verdict_of_validate(root: Path) -> None:
    some = ("capacity-speaker", "nothing-states", "unknown-reference", "duplicate-key", "required-cell", "stray-space")
    for case in CASES:
        if named(case) in some:
            with breaking(root, case):
                assert agree(root, case), named(case)


@pytest.mark.slow
def test_a_contract_gives_the_verdict_of_validate_on_every_case_that_a_frame_can_hold(root: Path) -> None:
    seen = set()
    for case in CASES:
        if code(case) in MEANING | {*constraints.CODES}:
            with breaking(root, case):
                if agree(root, case):
                    seen.add(code(case))
    assert seen >= MEANING


def test_a_refused_cell_is_named_with_message_and_hint(record: cal.Dataset) -> None:
    statements = record.load("statements")
    statements.loc[3, "law_id"] = "data-akt"
    found = faults(record.contract("statements"), statements)
    message = "'data-akt' is not an id in data/laws.csv (did you mean 'data-act'?)"
    assert found == [(3, "law_id", "unknown-reference", message)]
    statements.loc[3, ["law_id", "summary"]] = [pd.NA, pd.NA]
    assert faults(record.contract("statements"), statements) == [
        (3, "summary", "required-cell", "empty; every row needs a value here")
    ]
    with pytest.raises(pa.errors.SchemaError, match=r"required-cell: .* failure cases: empty; every row needs"):
        record.contract("statements").validate(statements)


def test_rows_of_ones_own_are_judged_against_the_tables_of_the_package(record: cal.Dataset) -> None:
    statements = record.load("statements")
    statements.loc[0, "membership_id"] = "mem-00003"
    mine = statements.iloc[[0]].set_axis(["mine"])
    assert [one[:3] for one in faults(record.contract("statements"), mine)] == [
        ("mine", "membership_id", "capacity-speaker")
    ]


def test_neighbours_are_taken_from_the_frames_that_are_given(record: cal.Dataset) -> None:
    statements, memberships = record.load("statements"), record.load("memberships")
    held = statements[statements["membership_id"].notna()]
    others = memberships[~memberships["id"].isin(held["membership_id"])]
    found = faults(record.contract("statements", {"memberships": others}), statements)
    assert {(row, column, code) for row, column, code, _ in found} == {
        (row, "membership_id", "unknown-reference") for row in held.index
    }
    with pytest.raises(UsageError, match="the frame of memberships lacks id; columns: id, person_id, "):
        record.contract("statements", {"memberships": others.drop(columns="id")})
    with pytest.raises(UnknownTableError, match="no table named 'peeple'; tables: "):
        record.contract("statements", {"peeple": others})
    other: Any = polars.from_pandas(others)
    with pytest.raises(UsageError, match="the frame of memberships is a polars DataFrame; give one of pandas"):
        record.contract("statements", {"memberships": other})


def test_a_frame_of_the_table_itself_that_is_given_beside_stands_for_the_file(record: cal.Dataset) -> None:
    laws = record.load("laws")
    known, copy = laws.iloc[[1]].set_axis(["known"]), laws.iloc[[1]].assign(id="another-law")
    [found] = [one for one in faults(record.contract("laws", {"laws": known}), copy) if one[2] == "repeated-row"]
    assert "repeats every cell of line known of the frame given beside" in found[3]
    first = laws.iloc[[0]].assign(id="another-law")
    assert "repeated-row" not in {one[2] for one in faults(record.contract("laws", {"laws": known}), first)}


def test_a_value_that_another_row_of_the_package_has_is_told_with_its_line(record: cal.Dataset) -> None:
    laws = record.load("laws")
    copy = laws.iloc[[0]].assign(id="another-law")
    [found] = [one for one in faults(record.contract("laws"), copy) if one[2] == "repeated-row"]
    assert "repeats every cell of line 2 of data/laws.csv" in found[3]


def test_surplus_columns_pass_on_request_and_missing_ones_never(record: cal.Dataset) -> None:
    topics = record.load("topics")
    found = faults(record.contract("topics"), topics.assign(mine=1))
    assert [one[2] for one in found] == ["column_in_schema"]
    assert faults(record.contract("topics", strict=False), topics.assign(mine=1)) == []
    found = faults(record.contract("topics", strict=False), topics.drop(columns="broader_id"))
    assert [one[2] for one in found] == ["column_in_dataframe"]


def test_cells_are_turned_into_the_dtypes_on_request(record: cal.Dataset) -> None:
    for table, empty in itertools.product(("memberships", "statistics"), ([""], [])):
        text = pd.read_csv(record.path(table), dtype=str, keep_default_na=False, na_values=empty)
        assert faults(record.contract(table), text) != [], table
        coerced, loaded = record.contract(table, coerce=True).validate(text, lazy=True), record.load(table)
        pd.testing.assert_frame_equal(coerced, loaded, check_flags=False)


@pytest.mark.filterwarnings("ignore:The 'future.infer_string' option")
def test_frames_of_any_kind_of_text_are_judged_alike(record: cal.Dataset) -> None:
    for storage, infer in itertools.product(("python", "pyarrow"), (True, False)):
        with pd.option_context("mode.string_storage", storage, "future.infer_string", infer):
            for table in ("laws", "memberships", "statistics"):
                loaded = record.load(table)
                frames = (loaded, loaded.convert_dtypes(), loaded.astype(object), pd.read_csv(record.path(table)))
                for frame in frames:
                    assert faults(record.contract(table, coerce=True), frame) == [], (storage, infer, table)
                for frame in frames[:2]:
                    assert faults(record.contract(table), frame) == [], (storage, infer, table)


def test_days_of_any_century_are_turned_and_other_text_is_no_day(record: cal.Dataset) -> None:
    text = pd.read_csv(record.path("memberships"), dtype=str, keep_default_na=False, na_values=[""])
    text.loc[0, ["start_date", "start_precision", "end_date", "end_precision"]] = (
        "1644-01-01",
        "day",
        "9999-12-31",
        "day",
    )
    contract = record.contract("memberships", coerce=True)
    coerced = contract.validate(text, lazy=True)
    assert coerced["end_date"].dtype == record.load("memberships")["end_date"].dtype
    assert coerced[["start_date", "end_date"]].astype(str).iloc[0].tolist() == ["1644-01-01", "9999-12-31"]
    for odd in ("2025", "2025-6-1", "1 June 2025", "20250601"):
        text.loc[0, "end_date"] = odd
        assert (0, "end_date", "wrong-type") in [fault[:3] for fault in faults(contract, text)], odd


def test_a_contract_can_be_pickled(record: cal.Dataset) -> None:
    topics = record.load("topics")
    topics.loc[0, "name"] = pd.NA
    schema = record.contract("topics", {"evidence": record.load("evidence")})
    again = pickle.loads(pickle.dumps(schema))
    assert faults(again, topics) == faults(schema, topics) != []


def test_a_frame_that_is_changed_in_place_is_judged_anew(record: cal.Dataset) -> None:
    topics, schema = record.load("topics"), record.contract("topics")
    assert faults(schema, topics) == []
    topics.loc[0, "name"] = pd.NA
    with pytest.raises(pa.errors.SchemaErrors):
        schema.validate(topics, lazy=True, inplace=True)


def test_a_list_of_values_without_labels_is_judged(tmp_path: Path) -> None:
    rows = towns.good()
    record = cal.open(towns.write(tmp_path / "towns", rows))
    frame = record.load("towns")
    assert faults(record.contract("towns"), frame) == []
    frame.loc[0, "size"] = "huge"
    message = "'huge' is not one of small, middle, large"
    assert faults(record.contract("towns"), frame) == [(0, "size", "not-in-list", message)]


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
    with pytest.raises(UnknownTableError, match="no table named 'people_'; tables: "):
        record.contract("people_")


@pytest.mark.slow
def test_a_large_frame_is_judged_like_a_small_one(tmp_path: Path) -> None:
    sys.path.append(str(REPOSITORY / "benchmarks"))
    import generate

    # Columns of long values that recur were once read in another way from the 10,000th row on.
    generate.generate(tmp_path / "package", 10_001)
    record = cal.open(tmp_path / "package")
    for table in ("people", "statements"):
        assert faults(record.contract(table), record.load(table)) == []
