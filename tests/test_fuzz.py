"""Whatever the bytes, the reader and the validator neither crash nor lose a fault; `.ci/nightly.d/fuzz` runs longer."""

from __future__ import annotations

import csv
import io
import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import hostile
import pytest
import towns
from hypothesis import example, given
from hypothesis import strategies as st
from packages import examples
from test_csv import COLUMNS, THINGS

from china_ai_lawmaking.loading import csv as csv_reader

if TYPE_CHECKING:
    from collections.abc import Iterator

HEADER = b"id,name,note\n"
# Bytes that have a meaning in CSV, and a few that have none.
PIECES = st.sampled_from([b"a", b"bc", b",", b",,", b'"', b'""', b"\n", b" ", b"\xc3\xa9", b"\xe6\xb5\xb7", b"a,b,c\n"])
ODD_PIECES = PIECES | st.sampled_from([b"\r", b"\r\n", b"\0", b"\x01", b"\xff", b"\xef\xbb\xbf", b"\xe6"])
MEANINGFUL = st.lists(PIECES, max_size=40).map(b"".join)
REGULAR = st.lists(st.sampled_from([b"a,bc,\n", b"a,,\n", b"d,bc,e\n", b'd,"b,c",\n']), max_size=40).map(b"".join)
ODD = st.lists(ODD_PIECES, max_size=40).map(b"".join)


def rows_of_python(data: bytes) -> list[list[str]] | None:
    """The rows as the strict reader of Python gives them; None if they are not all well formed and filled."""
    try:
        rows = list(csv.reader(io.StringIO(data.decode(), newline=""), strict=True))
    except csv.Error:
        return None
    return rows if all(len(row) == len(COLUMNS) and any(row) for row in rows) else None


@examples(400)
@given(MEANINGFUL)
@example(b'a,b,"c\n"\n')
@example(b'a,b,"c"d\n')
@example(b'"a,b,c\n')
def test_a_file_without_a_problem_is_read_as_python_reads_it(body: bytes) -> None:
    cells: list[list[str]] = []
    parsed = csv_reader.parse(HEADER + body, THINGS, cells.append)
    expected = rows_of_python(HEADER + body)
    assert (not parsed.problems) == (expected is not None)
    if expected is not None:
        assert cells == expected[1:]


@examples(400)
@given(ODD | st.binary(max_size=200))
@example(b'a"\n\xff')
def test_any_bytes_give_records_and_located_problems(data: bytes) -> None:
    cells: list[list[str]] = []
    parsed = csv_reader.parse(data, THINGS, cells.append)
    assert all(hostile.is_located(problem.code, problem.line, data) for problem in parsed.problems)
    assert parsed.has_cells or parsed.problems
    if parsed.has_cells:
        assert len(cells) == parsed.rows == len(parsed.lines)


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A package that each attempt breaks and leaves as it was."""
    folder = tmp_path_factory.mktemp("hostile")
    yield hostile.package(folder)
    shutil.rmtree(folder)


# What has a meaning in a regular expression, in one engine or in all.
PIECES_OF_PATTERNS = [
    *"a中0{}[]()\\\n^$.*+?|<>- ",
    *("{2}", "{,5}", "{500}", "[^", "(?:", "&&", "--", "~~", "||", "[a-z]{500}", "(?:" * 300, ")" * 300),
]
REGULAR_EXPRESSIONS = st.lists(st.sampled_from(PIECES_OF_PATTERNS), max_size=10).map("".join)
PATTERNS = REGULAR_EXPRESSIONS.map(lambda inside: f"^(?:{inside})$")
# Names that SQL or the queries take for something else.
NAMES = st.sampled_from(["*", "^*$", "^.*$", "^$", "", "row", "__faults", "ID", "id", "select", 'a"b', "town_id"])
HALVES = st.text(st.characters(categories=["Cs", "Ll"]), max_size=3)
TEXTS = st.text(max_size=8) | PATTERNS | NAMES | HALVES
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXTS,
    lambda value: st.lists(value, max_size=3) | st.dictionaries(TEXTS, value, max_size=3),
    max_leaves=5,
)


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place inside a JSON value."""
    yield path
    if isinstance(value, dict | list):
        for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from places(inner, (*path, key))


def changed(value: Any, path: tuple[Any, ...], new: Any) -> Any:
    """The JSON value with another one at a place."""
    if not path:
        return new
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[path[0]] = changed(value[path[0]], path[1:], new)
    return copy


SCHEMA = towns.SCHEMAS["towns"]
DESCRIPTOR = {
    "name": "towns",
    "version": "1.0.0",
    "created": "2025-03-10T00:00:00Z",
    "licenses": [{"name": "CC-BY-4.0"}],
    "resources": [
        {"name": name, "path": f"data/{name}.csv", "schema": f"schemas/{name}.json", "bytes": 1, "hash": "sha256:0"}
        for name in towns.SCHEMAS
    ],
}


@examples(60)
@given(st.sampled_from(list(places(SCHEMA))), JSON)
def test_a_schema_with_anything_at_any_place_is_judged(root: Path, place: tuple[Any, ...], value: Any) -> None:
    hostile.attempt(root, "schemas/towns.json", json.dumps(changed(SCHEMA, place, value)).encode())


@examples(100)
@given(PATTERNS)
@example("^(?:a{)$")
@example("^(?:a{,5})$")
@example("^(?:\\中)$")
@example("^(?:(?:(?:[a-z]{500}){500}){9})$")
@example(f"^(?:{'(?:' * 500}a{')' * 500})$")
def test_a_schema_with_any_pattern_is_judged(root: Path, pattern: str) -> None:
    assert SCHEMA["fields"][0]["constraints"]["pattern"]
    place = ("fields", 0, "constraints", "pattern")
    hostile.attempt(root, "schemas/towns.json", json.dumps(changed(SCHEMA, place, pattern)).encode())


@examples(60)
@given(st.sampled_from([place for place in places(SCHEMA) if place[-1:] == ("name",)]), NAMES | REGULAR_EXPRESSIONS)
@example(("fields", 1, "name"), "*")
@example(("fields", 1, "name"), "^.*$")
def test_a_schema_with_any_name_of_a_column_is_judged(root: Path, place: tuple[Any, ...], name: str) -> None:
    schema = json.dumps(changed(SCHEMA, place, name)).encode()
    hostile.attempt(root, "schemas/towns.json", schema)
    before = (root / "data" / "towns.csv").read_bytes()
    columns = [field["name"] for field in json.loads(schema)["fields"]]
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([columns, *csv.reader(before.decode().splitlines()[1:])])
    try:
        (root / "data" / "towns.csv").write_text(text.getvalue(), "utf-8")
        hostile.attempt(root, "schemas/towns.json", schema)
    finally:
        (root / "data" / "towns.csv").write_bytes(before)


@examples(60)
@given(NAMES | REGULAR_EXPRESSIONS)
@example("{")
@example("a.b")
def test_a_package_with_any_name_of_a_table_is_judged(root: Path, name: str) -> None:
    place = ("resources", list(towns.SCHEMAS).index("towns"), "name")
    hostile.attempt(root, "datapackage.json", json.dumps(changed(DESCRIPTOR, place, name)).encode())


@examples(60)
@given(st.sampled_from(list(places(DESCRIPTOR))), st.characters(categories=["Cs"]))
@example(("resources", 0, "path"), "\ud800")
def test_a_descriptor_with_half_a_character_is_refused(root: Path, place: tuple[Any, ...], half: str) -> None:
    data = json.dumps(changed(DESCRIPTOR, place, f"data/{half}.csv")).encode()
    assert hostile.attempt(root, "datapackage.json", data) == 2


@examples(60)
@given(st.sampled_from(list(places(DESCRIPTOR))), JSON)
def test_a_descriptor_with_anything_at_any_place_is_judged(root: Path, place: tuple[Any, ...], value: Any) -> None:
    hostile.attempt(root, "datapackage.json", json.dumps(changed(DESCRIPTOR, place, value)).encode())


@examples(40)
@given(ODD | st.binary(max_size=100), st.booleans())
def test_a_file_of_any_bytes_is_judged(root: Path, data: bytes, below: bool) -> None:
    header = (root / "data" / "towns.csv").read_bytes().split(b"\n")[0] + b"\n" if below else b""
    assert hostile.attempt(root, "data/towns.csv", header + data) == 1


@examples(60)
@given(st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255)), min_size=1, max_size=6))
def test_a_zip_with_changed_bytes_is_judged(root: Path, changes: list[tuple[float, int]]) -> None:
    data = bytearray(Path(shutil.make_archive(str(root.parent / "packed"), "zip", root)).read_bytes())
    for place, byte in changes:
        data[int(place * len(data))] = byte
    hostile.attempt(root, "package.zip", bytes(data))


@examples(20)
@given(st.binary(max_size=100))
def test_any_bytes_in_place_of_a_zip_are_refused(root: Path, data: bytes) -> None:
    assert hostile.attempt(root, "package.zip", data) == 2
