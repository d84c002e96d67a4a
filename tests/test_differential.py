"""frictionless and this validation agree on which cells are wrong, for every constraint that both know."""

from __future__ import annotations

import json
import tempfile
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from unittest import mock

import frictionless
import leniencies
import pytest
import towns
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from packages import HERE, breaking

from china_ai_lawmaking.loading import csv
from china_ai_lawmaking.package import descriptor
from china_ai_lawmaking.validating import constraints, validation

if TYPE_CHECKING:
    from china_ai_lawmaking.problems import Problem

KNOWN_TO_BOTH = {*constraints.CODES, "ragged-row", "blank-row"}
# Errors of frictionless whose code here is always the same.
KINDS = {"primary-key": "duplicate-key", "foreign-key": "unknown-reference"}


class Fault(NamedTuple):
    """A faulty row: table, number of the record (from 1), the columns at fault, and the code where both have it."""

    table: str
    record: int
    columns: frozenset[str]
    code: str = ""


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


def listed(rows: st.SearchStrategy[tuple[str | None, ...]], most: int) -> st.SearchStrategy[list[list[str | None]]]:
    """Rows, of which one may have too few or too many cells, none, or only empty ones.

    One, because frictionless looks for the header among the rows where many have another width than the first.
    """
    plain: st.SearchStrategy[list[str | None]] = rows.map(list)
    odd: st.SearchStrategy[list[str | None]] = st.one_of(
        plain.map(lambda row: row[:-1]),
        plain.map(lambda row: [*row, "surplus"]),
        plain.map(lambda row: [None] * len(row)),
        st.just([]),
    )
    return st.builds(lambda some, one: some + one, st.lists(plain, max_size=most), st.lists(odd, max_size=1))


LANDS = st.sampled_from(["north", "south", "west", "Upper", None])
IDS = st.sampled_from([*towns.GOOD_TOWNS, "Upper", "new-1", "new-2", "new-3", "é", ""]).map(lambda cell: cell or None)
KM = st.sampled_from([None, "1", "0.4", "x"])
ADDED = st.fixed_dictionaries(
    {
        "lands": listed(st.tuples(LANDS, st.sampled_from([None, "West", "a\nb"])), 2),
        "roads": listed(st.tuples(IDS, IDS, KM), 5),
        "tolls": listed(st.tuples(IDS, IDS, IDS), 3),
        "towns": listed(st.tuples(IDS, *(cells(name) for name in towns.columns("towns")[1:])), 8),
    }
)


def at_fault(problem: Problem) -> frozenset[str]:
    """The columns of a problem: those of the key or reference that several are, or all."""
    schema = towns.SCHEMAS[Path(problem.path).stem]
    if problem.column:
        return frozenset({problem.column})
    if problem.code == "duplicate-key":
        return frozenset(schema["primaryKey"])
    if problem.code == "unknown-reference":
        (composite,) = (key["fields"] for key in schema["foreignKeys"] if isinstance(key["fields"], list))
        return frozenset(composite)
    return frozenset(towns.columns(Path(problem.path).stem))


def wrong_here(found: list[Problem], lines: dict[str, list[int]]) -> set[Fault]:
    """What this validation finds, without what frictionless does not look at."""
    faults = set()
    for problem in found:
        table = Path(problem.path).stem
        if problem.code in KNOWN_TO_BOTH:
            code = problem.code if problem.code in KINDS.values() else ""
            faults.add(Fault(table, lines[table].index(problem.line) + 1, at_fault(problem), code))
    return faults


def wrong_there(root: Path) -> set[Fault]:
    """What frictionless finds."""
    report = frictionless.validate(str(root / "datapackage.json"), limit_errors=10**9)
    assert not report.errors
    faults = set()
    for task in report.tasks:
        for error in task.errors:
            names = getattr(error, "field_names", None) or [getattr(error, "field_name", None)]
            if error.type == "primary-key":
                key = towns.SCHEMAS[task.name]["primaryKey"]
                names = key if isinstance(key, list) else [key]
            known = frozenset(name for name in names if name) or frozenset(towns.columns(task.name))
            faults.add(Fault(task.name, error.row_number - 1, known, KINDS.get(error.type, "")))
    return faults


def unmatched(some: set[Fault], others: set[Fault], *, exactly: bool) -> set[Fault]:
    """The faults of which no column is at fault in the others, under the same code if it is to be exact."""
    return {
        one
        for one in some
        if not any(
            one[:2] == other[:2] and one.columns & other.columns and (not exactly or one.code in ("", other.code))
            for other in others
        )
    }


def is_lenient(fault: Fault, rows: towns.Rows) -> bool:
    """Tell whether a fault is one that frictionless is documented to accept."""
    (column,) = fault.columns if len(fault.columns) == 1 else ("",)
    fields = {field["name"]: field["type"] for field in towns.SCHEMAS[fault.table]["fields"]}
    if column not in fields:
        return False
    value = rows[fault.table][fault.record - 1][towns.columns(fault.table).index(column)] or ""
    return not fault.code and any(leniencies.lenient(code, fields[column], value) for code in ("wrong-type", "pattern"))


def starts(root: Path, table: str) -> list[int]:
    """Physical line at which each record starts."""
    opened = descriptor.open_package(root)
    described = opened.table(table)
    return list(csv.parse(opened.files.read(described.path), described).lines)


def compared(rows: towns.Rows) -> tuple[set[Fault], set[str]]:
    """What this validation finds beyond frictionless, which must find nothing more; and the codes of all it finds."""
    with tempfile.TemporaryDirectory() as folder:
        root = towns.write(Path(folder) / "towns", rows)
        lines = {table: starts(root, table) for table in rows}
        found = validation.validate(descriptor.open_package(root)).problems
        here, there = wrong_here(found, lines), wrong_there(root)
    # Of a cell and its key or reference this validation reports the first.
    assert unmatched(there, here, exactly=False) == set()
    return unmatched(here, there, exactly=True), {problem.code for problem in found}


@pytest.mark.slow
def test_both_find_the_same_cells_wrong_under_every_code() -> None:
    seen: set[str] = set()

    @settings(max_examples=300, phases=(Phase.explicit, Phase.generate))
    @given(ADDED)
    def compare(added: dict[str, list[list[str | None]]]) -> None:
        rows = {table: of_table + added[table] for table, of_table in towns.good().items()}
        alone, codes = compared(rows)
        assert [fault for fault in alone if not is_lenient(fault, rows)] == []
        seen.update(codes)

    compare()
    assert seen >= KNOWN_TO_BOTH


def test_both_find_every_prepared_fault() -> None:
    rows, _ = towns.faulty()
    lenient, _ = compared(rows)
    assert lenient
    assert all(is_lenient(fault, rows) for fault in lenient)


# The documented list of what only one of them sees.


@pytest.mark.parametrize("leniency", leniencies.LENIENCIES, ids=lambda one: f"{one.code} {one.type}")
def test_frictionless_accepts_what_is_documented(leniency: leniencies.Leniency, tmp_path: Path) -> None:
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
    problems = validation.validate(descriptor.open_package(root)).problems
    codes = [(p.column, p.code) for p in problems if p.code in KNOWN_TO_BOTH]
    assert codes == [(column, leniency.code)]


def test_frictionless_accepts_the_faults_that_it_does_not_look_for(root: Path) -> None:
    for place in (*leniencies.UNSEEN, *leniencies.UNSEEN_FORMS):
        cases = sorted((HERE / "cases" / place).glob("**/case.toml"))
        assert cases, place
        for case in cases:
            edits = tomllib.loads(case.read_text(encoding="utf-8"))
            edited = {Path(edit["path"]).stem for kind in ("replace", "write") for edit in edits.get(kind, ())}
            with breaking(root, case):
                package = frictionless.Package(str(root / "datapackage.json"))
                for table in edited:
                    assert package.get_table_resource(table).validate().valid, (place, table)


@pytest.mark.parametrize(("share", "is_judged"), [("1.0000000000000001", False), ("1.000000000000001", True)])
def test_only_frictionless_judges_digits_beyond_the_sixteenth(share: str, is_judged: bool, tmp_path: Path) -> None:
    town = towns.TOWN | {"id": "x", "share": share}
    rows = towns.good()
    rows["towns"].append([town[name] for name in towns.columns("towns")])
    root = towns.write(tmp_path / "towns", rows)
    assert wrong_there(root) == {Fault("towns", len(rows["towns"]), frozenset({"share"}))}
    codes = [p.code for p in validation.validate(descriptor.open_package(root)).problems if p.code in KNOWN_TO_BOTH]
    assert codes == ["too-large"] * is_judged


def test_only_frictionless_judges_references_with_an_empty_cell(tmp_path: Path) -> None:
    schemas = json.loads(json.dumps(towns.SCHEMAS))
    schemas["tolls"]["fields"][2]["constraints"] = {}
    with mock.patch.dict(towns.SCHEMAS, schemas):
        rows = towns.good()
        rows["tolls"].append(["tunnel", "alba", None])
        root = towns.write(tmp_path / "towns", rows)
        there = wrong_there(root)
    assert there == {Fault("tolls", 3, frozenset({"town_id", "other_id"}), "unknown-reference")}
    assert [p for p in validation.validate(descriptor.open_package(root)).problems if p.code in KNOWN_TO_BOTH] == []


def test_only_frictionless_judges_the_metadata(tmp_path: Path) -> None:
    root = towns.write(tmp_path / "towns", towns.good())
    before = validation.validate(descriptor.open_package(root)).problems
    path = root / "datapackage.json"
    described = json.loads(path.read_bytes()) | {"licenses": [{}]}
    path.write_text(json.dumps(described), encoding="utf-8")
    assert [error.type for error in frictionless.validate(str(path)).errors] == ["package-error"]
    assert validation.validate(descriptor.open_package(root)).problems == before
