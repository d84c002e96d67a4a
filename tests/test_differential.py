"""frictionless and this validation agree on which cells are wrong, for every constraint that both know."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import frictionless
import pytest
import towns
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from packages import HERE, broken

from china_ai_lawmaking import constraints, crosscheck, package, structure, validation

if TYPE_CHECKING:
    from china_ai_lawmaking.problems import Problem

KNOWN_TO_BOTH = {*constraints.CODES, "ragged-row", "blank-row"}


class Fault(NamedTuple):
    """A faulty row: table, number of the record (from 1), and the columns at fault, none for the whole row."""

    table: str
    record: int
    columns: frozenset[str]


def near(value: str) -> st.SearchStrategy[str]:
    """A value with one character put in, taken out or replaced."""
    character = st.sampled_from(" \t\n\"',;.-+_0129aeEZ海é\u3000\u0660１")
    place = st.integers(0, len(value))
    added = st.builds(lambda at, new: value[:at] + new + value[at:], place, character)
    replaced = st.builds(lambda at, new: value[:at] + new + value[at + 1 :], place, character)
    return added | replaced | st.builds(lambda at: value[:at] + value[at + 1 :], place)


def cells(column: str) -> st.SearchStrategy[str | None]:
    """Cells of a column of towns: mostly good, some nearly good, some anything."""
    good = [towns.TOWN[column] or "", *(changes.get(column) or "" for changes in towns.GOOD_TOWNS.values())]
    faulty = [value or "" for name, value, _ in towns.FAULTY_CELLS if name == column]
    known = st.sampled_from(sorted({*good, *faulty}))
    text = st.text(st.characters(codec="utf-8", exclude_characters="\0\r"), max_size=15)
    return st.one_of(st.sampled_from(good), known, known.flatmap(near), text).map(lambda value: value or None)


IDS = st.sampled_from([*towns.GOOD_TOWNS, "Upper", "new-1", "new-2", "new-3", "é", ""]).map(lambda cell: cell or None)
TOWNS = st.lists(
    st.tuples(IDS, *(cells(name) for name in towns.columns("towns")[1:])).map(list), min_size=1, max_size=8
)
ROADS = st.lists(st.tuples(IDS, IDS, st.sampled_from([None, "1", "0.4", "x"])).map(list), max_size=5)


def wrong_here(found: list[Problem], lines: dict[str, list[int]]) -> set[Fault]:
    """What this validation finds, without what frictionless does not look at."""
    faults = set()
    for problem in found:
        table = Path(problem.path).stem
        columns = problem.column.split() or towns.columns(table)
        if problem.code in KNOWN_TO_BOTH:
            faults.add(Fault(table, lines[table].index(problem.line) + 1, frozenset(columns)))
    return faults


def wrong_there(root: Path) -> set[Fault]:
    """What frictionless finds."""
    report = frictionless.validate(str(root / "datapackage.json"), limit_errors=10**9)
    assert not report.errors
    faults = set()
    for task in report.tasks:
        for error in task.errors:
            names = getattr(error, "field_names", None) or [getattr(error, "field_name", None)]
            known = frozenset(name for name in names if name) or frozenset(towns.columns(task.name))
            faults.add(Fault(task.name, error.row_number - 1, known))
    return faults


def unmatched(some: set[Fault], others: set[Fault]) -> set[Fault]:
    """The faults of which no column is at fault in the others."""
    return {one for one in some if not any(one[:2] == other[:2] and one.columns & other.columns for other in others)}


def is_lenient(fault: Fault, rows: towns.Rows) -> bool:
    """Tell whether a fault is one that frictionless is documented to accept."""
    (column,) = fault.columns if len(fault.columns) == 1 else ("",)
    fields = {field["name"]: field["type"] for field in towns.SCHEMAS[fault.table]["fields"]}
    if column not in fields:
        return False
    value = rows[fault.table][fault.record - 1][towns.columns(fault.table).index(column)] or ""
    return any(crosscheck.lenient(code, fields[column], value) for code in ("wrong-type", "pattern"))


def starts(root: Path, table: str) -> list[int]:
    """Physical line at which each record starts."""
    opened = package.locate(root)
    described = opened.table(table)
    return list(structure.read(opened.files.read(described.path), described.path, described.columns).lines)


def found_here_alone(rows: towns.Rows) -> set[Fault]:
    """What this validation finds beyond frictionless, which must find nothing more."""
    with tempfile.TemporaryDirectory() as folder:
        root = towns.write(Path(folder) / "towns", rows)
        lines = {table: starts(root, table) for table in rows}
        here = wrong_here(validation.validate(package.locate(root)), lines)
        there = wrong_there(root)
    assert unmatched(there, here) == set()
    return unmatched(here, there)


@pytest.mark.slow
@settings(max_examples=300, phases=(Phase.explicit, Phase.generate))
@given(TOWNS, ROADS)
def test_both_find_the_same_cells_wrong(some: list[list[str | None]], roads: list[list[str | None]]) -> None:
    rows = towns.good()
    rows["towns"] += some
    rows["roads"] += roads
    assert [fault for fault in found_here_alone(rows) if not is_lenient(fault, rows)] == []


def test_both_find_every_prepared_fault() -> None:
    rows, _ = towns.faulty()
    lenient = found_here_alone(rows)
    assert lenient
    assert all(is_lenient(fault, rows) for fault in lenient)


# The documented list of what only one of them sees.


@pytest.mark.parametrize("leniency", crosscheck.LENIENCIES, ids=lambda one: f"{one.code} {one.type}")
def test_frictionless_accepts_what_is_documented(leniency: crosscheck.Leniency, tmp_path: Path) -> None:
    column = next(
        field["name"]
        for field in towns.SCHEMAS["towns"]["fields"]
        if field["type"] == leniency.type and (leniency.code == "wrong-type" or field["name"] == "post_code")
    )
    town = towns.TOWN | {"id": "x", column: leniency.example}
    rows = towns.good()
    rows["towns"].append([town[name] for name in towns.columns("towns")])
    root = towns.write(tmp_path / "towns", rows)
    assert leniency.accepts(leniency.example)
    assert wrong_there(root) == set()
    codes = [(p.column, p.code) for p in validation.validate(package.locate(root)) if p.code in KNOWN_TO_BOTH]
    assert codes == [(column, leniency.code)]


UNSEEN_CASES = [path for code in crosscheck.UNSEEN for path in sorted((HERE / "cases" / code).glob("**/case.toml"))]


@pytest.mark.parametrize("case", UNSEEN_CASES, ids=lambda case: case.parent.relative_to(HERE / "cases").as_posix())
def test_frictionless_accepts_a_fault_that_it_does_not_look_for(case: Path, tmp_path: Path) -> None:
    root = broken(tmp_path / "package", case)
    assert frictionless.validate(str(root / "datapackage.json")).valid


def test_every_code_that_only_this_validation_knows_has_a_case() -> None:
    assert {case.relative_to(HERE / "cases").parts[0] for case in UNSEEN_CASES} == set(crosscheck.UNSEEN)


@pytest.mark.parametrize(("share", "is_judged"), [("1.0000000000000001", False), ("1.000000000000001", True)])
def test_only_frictionless_judges_digits_beyond_the_sixteenth(share: str, is_judged: bool, tmp_path: Path) -> None:
    town = towns.TOWN | {"id": "x", "share": share}
    rows = towns.good()
    rows["towns"].append([town[name] for name in towns.columns("towns")])
    root = towns.write(tmp_path / "towns", rows)
    assert wrong_there(root) == {Fault("towns", len(rows["towns"]), frozenset({"share"}))}
    assert [p.code for p in validation.validate(package.locate(root))] == ["too-large"] * is_judged


def test_only_frictionless_judges_the_metadata(tmp_path: Path) -> None:
    root = towns.write(tmp_path / "towns", towns.good())
    before = validation.validate(package.locate(root))
    path = root / "datapackage.json"
    descriptor = json.loads(path.read_bytes()) | {"created": "yesterday"}
    path.write_text(json.dumps(descriptor), encoding="utf-8")
    assert [error.type for error in frictionless.validate(str(path)).errors] == ["package-error"]
    assert validation.validate(package.locate(root)) == before
