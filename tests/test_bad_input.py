"""Bad input: a package that cannot be used is one sentence and exit 2, bad data are located problems and exit 1."""

from __future__ import annotations

import json
import os
import shutil
import struct
import subprocess
import sys
import zipfile
from typing import TYPE_CHECKING, TypeVar

import pytest
import towns
from packages import good, refresh

import china_ai_lawmaking as cal
from china_ai_lawmaking import errors
from china_ai_lawmaking.cli import main
from china_ai_lawmaking.package import descriptor as package
from china_ai_lawmaking.package import files

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

Capture = pytest.CaptureFixture[str]
Fault = TypeVar("Fault")


def content(folder: Path) -> dict[str, bytes | str]:
    """Every file below a folder with its bytes, every link with its target."""
    return {
        path.relative_to(folder).as_posix(): os.readlink(path) if path.is_symlink() else path.read_bytes()
        for path in folder.rglob("*")
        if path.is_symlink() or path.is_file()
    }


def describe(root: Path, **changes: object) -> None:
    """Change keys of the first resource of the descriptor; None drops one."""
    path = root / "datapackage.json"
    descriptor = json.loads(path.read_bytes())
    resource = descriptor["resources"][0] | changes
    descriptor["resources"][0] = {key: value for key, value in resource.items() if value is not None}
    path.write_text(json.dumps(descriptor), encoding="utf-8")


def described(**changes: object) -> Callable[[Path], None]:
    return lambda root: describe(root, **changes)


def descriptor(text: bytes) -> Callable[[Path], object]:
    return lambda root: (root / "datapackage.json").write_bytes(text)


def no_zip(root: Path) -> None:
    shutil.rmtree(root)
    root.write_text("id,name\n", encoding="utf-8")


def pipe(root: Path) -> None:
    shutil.rmtree(root)
    os.mkfifo(root)


def linked_file(root: Path) -> None:
    shutil.copy(root / "data" / "events.csv", root.parent / "events.csv")
    (root / "data" / "events.csv").unlink()
    (root / "data" / "events.csv").symlink_to(root.parent / "events.csv")


def linked_folder(root: Path) -> None:
    (root / "data").rename(root.parent / "data")
    (root / "data").symlink_to(root.parent / "data")


def linked_schema(root: Path) -> None:
    (root / "schemas" / "people.json").unlink()
    (root / "schemas" / "people.json").symlink_to(root / "schemas" / "topics.json")


def linked_descriptor(root: Path) -> None:
    (root / "datapackage.json").rename(root.parent / "elsewhere.json")
    (root / "datapackage.json").symlink_to(root.parent / "elsewhere.json")


def member(**changed: object) -> Callable[[Path], object]:
    def write(root: Path) -> None:
        value = json.loads((root / "datapackage.json").read_bytes())
        (root / "datapackage.json").write_text(json.dumps(value | changed), encoding="utf-8")

    return write


BACKSLASHES = "data\\..\\events.csv"
ADDRESS = "https://example.org/a.csv"
FIRST = "'event_participants'"
UNUSABLE: dict[str, tuple[Callable[[Path], object], str]] = {
    "root absent": (shutil.rmtree, "there is no folder or zip at {root}"),
    "root a pipe": (pipe, "there is no folder or zip at {root}"),
    "root is no zip": (
        no_zip,
        "{root} is not a readable zip: File is not a zip file",
    ),
    "no descriptor": (lambda root: (root / "datapackage.json").unlink(), "{root} has no datapackage.json"),
    "descriptor empty": (
        descriptor(b""),
        "datapackage.json is not JSON: Expecting value: line 1 column 1 (char 0)",
    ),
    "descriptor not JSON": (
        descriptor(b"{,}"),
        "datapackage.json is not JSON: Expecting property name enclosed in double quotes: line 1 column 2 (char 1)",
    ),
    "descriptor not UTF-8": (
        descriptor(b'{"name": "caf\xe9"}'),
        "datapackage.json is not JSON: 'utf-8' codec can't decode byte 0xe9 in position 13: invalid continuation byte",
    ),
    "title a number": (member(title=1), "title of datapackage.json is 1; expected text"),
    "version null": (member(version=None), "version of datapackage.json is None; expected text"),
    "contributors text": (member(contributors="A"), "contributors of datapackage.json is 'A'; expected a list"),
    "contributor without a title": (member(contributors=[{}]), "datapackage.json has a contributor without a title"),
    "created a word": (
        member(created="soon"),
        "created of datapackage.json is 'soon'; expected a date and time, such as 2026-01-31T00:00:00Z",
    ),
    "title of a resource a number": (
        descriptor(b'{"resources": [{"name": "a", "path": "a.csv", "schema": "a.json", "title": 1}]}'),
        "title of resource 'a' is 1; expected text",
    ),
    "path with a line end": (
        descriptor(b'{"resources": [{"name": "a", "path": "a\\nb.csv", "schema": "a.json"}]}'),
        r"path of resource 'a' holds a control character ('a\nb.csv')",
    ),
    "descriptor too deep": (descriptor(b"[" * 100_000), "datapackage.json is nested too deeply"),
    "descriptor too large": (
        descriptor(b" " * package.MAX_JSON + b"{}"),
        "datapackage.json is too large; descriptor and schemas have at most 16777216 bytes",
    ),
    "half a character in the descriptor": (
        described(path="data/\ud800.csv"),
        "datapackage.json holds half of a surrogate pair, which is no character",
    ),
    "half a character in a name": (
        described(name="\ud800"),
        "datapackage.json holds half of a surrogate pair, which is no character",
    ),
    "descriptor a list": (descriptor(b"[]"), "datapackage.json holds a JSON list, not an object"),
    "descriptor a text": (descriptor(b'"x"'), "datapackage.json holds a JSON str, not an object"),
    "no resources": (descriptor(b"{}"), "datapackage.json lists no resources"),
    "resources not a list": (descriptor(b'{"resources": {"a": 1}}'), "datapackage.json lists no resources"),
    "resource not an object": (
        descriptor(b'{"resources": ["a"]}'),
        "datapackage.json has a resource without a name",
    ),
    "resource without a name": (described(name=None), "datapackage.json has a resource without a name"),
    "resource with an empty name": (
        described(name=""),
        "datapackage.json names a resource ''; expected letters, digits, _ and -",
    ),
    "resource with a dot in its name": (
        described(name="a.b"),
        "datapackage.json names a resource 'a.b'; expected letters, digits, _ and -",
    ),
    "resource listed twice": (described(name="events"), "datapackage.json lists resource 'events' twice"),
    "path leaves the package": (
        described(path="data/../../events.csv"),
        f"path of resource {FIRST} leaves the package ('data/../../events.csv')",
    ),
    "path with backslashes leaves the package": (
        described(path=BACKSLASHES),
        f"path of resource {FIRST} leaves the package ({{backslashes}})",
    ),
    "path absolute": (
        described(path="/etc/passwd"),
        f"path of resource {FIRST} is absolute ('/etc/passwd'); expected a path inside the package",
    ),
    "path on a drive": (
        described(path="C:/data/events.csv"),
        f"path of resource {FIRST} is absolute ('C:/data/events.csv'); expected a path inside the package",
    ),
    "path in a home": (
        described(path="~/events.csv"),
        f"path of resource {FIRST} is absolute ('~/events.csv'); expected a path inside the package",
    ),
    "path an address": (
        described(path=ADDRESS),
        f"path of resource {FIRST} is an address ({{address}}); expected a file inside the package",
    ),
    "path of several files": (
        described(path=["data/a.csv", "data/b.csv"]),
        f"resource {FIRST} has no path; expected the path of one file inside the package",
    ),
    "inline data": (
        described(path=None, data=[{"id": "a"}]),
        f"resource {FIRST} holds inline data; expected the path of a CSV file",
    ),
    "inline schema": (
        described(schema={"fields": []}),
        f"resource {FIRST} has no schema; expected the path of one file inside the package",
    ),
    "schema leaves the package": (
        described(schema="../events.json"),
        f"schema of resource {FIRST} leaves the package ('../events.json')",
    ),
    "schema an address": (
        described(schema=ADDRESS),
        f"schema of resource {FIRST} is an address ({{address}}); expected a file inside the package",
    ),
    "data file a link": (linked_file, "data/events.csv is a link; expected a file inside the package"),
    "folder a link": (linked_folder, "data/event_participants.csv is a link; expected a file inside the package"),
    "schema a link": (linked_schema, "schemas/people.json is a link; expected a file inside the package"),
    "descriptor a link": (linked_descriptor, "datapackage.json is a link; expected a file inside the package"),
}


def test_a_package_that_cannot_be_used_is_one_sentence_or_one_object_of_json(tmp_path: Path, capsys: Capture) -> None:
    for number, (name, (fault, sentence)) in enumerate(UNUSABLE.items()):
        root = good(tmp_path / str(number) / "package")
        fault(root)
        before = content(root.parent)
        expected = sentence.format(root=root, backslashes=repr(BACKSLASHES), address=repr(ADDRESS))
        for command in ("validate", "tables", "fix"):
            assert main([command, "--root", str(root)]) == 2, (name, command)
            assert capsys.readouterr() == ("", f"china-ai-lawmaking: {expected}\n"), (name, command)
        assert main(["validate", "--root", str(root), "--format", "json"]) == 2, name
        out, err = capsys.readouterr()
        assert (json.loads(out), err) == ({"valid": False, "error": expected}, ""), name
        assert content(root.parent) == before, name


@pytest.fixture
def topics(root: Path) -> Path:
    """The table of topics alone, which is judged in a moment."""
    path = root / "datapackage.json"
    descriptor = json.loads(path.read_bytes())
    descriptor["resources"] = [resource for resource in descriptor["resources"] if resource["name"] == "topics"]
    path.write_text(json.dumps(descriptor), encoding="utf-8")
    return root


def test_wrong_use_is_one_sentence(capsys: Capture) -> None:
    for arguments, sentence in (
        (["validate", "--rot", "x"], "unrecognized arguments: --rot x; see 'china-ai-lawmaking --help'"),
        (["validate", "--root"], "argument --root: expected one argument; see 'china-ai-lawmaking validate --help'"),
        ([], "the following arguments are required: COMMAND; see 'china-ai-lawmaking --help'"),
    ):
        assert main(arguments) == 2
        assert capsys.readouterr() == ("", f"china-ai-lawmaking: {sentence}\n")


def test_an_unknown_option_is_one_object_of_json(capsys: Capture) -> None:
    assert main(["validate", "--format=json", "--rot"]) == 2
    error = "unrecognized arguments: --rot; see 'china-ai-lawmaking --help'"
    assert json.loads(capsys.readouterr().out) == {"valid": False, "error": error}


def test_an_argument_that_is_no_text_is_one_sentence(capsys: Capture) -> None:
    assert main(["cite", "caf\udce9"]) == 2
    assert capsys.readouterr().err == r"china-ai-lawmaking: 'caf\udce9' is not UTF-8" + "\n"


def test_a_package_that_says_little_of_itself_is_cited_and_exported(root: Path, capsys: Capture) -> None:
    path = root / "datapackage.json"
    path.write_text(json.dumps({"resources": json.loads(path.read_bytes())["resources"]}), encoding="utf-8")
    assert main(["cite", "st-00001", "--root", str(root)]) == 0
    assert main(["export", "--xlsx", str(root / "some.xlsx"), "--root", str(root)]) == 0
    assert capsys.readouterr().err == ""


def test_an_interruption_is_one_sentence(monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("china_ai_lawmaking.loading.citation.cite", interrupted)
    assert main(["cite"]) == 130
    assert capsys.readouterr().err == "china-ai-lawmaking: interrupted\n"


def test_what_a_terminal_cannot_show_is_escaped(topics: Path) -> None:
    path = topics / "data" / "topics.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("data,Data", "data,数据\u200b"), encoding="utf-8")
    command = [sys.executable, "-m", "china_ai_lawmaking", "validate", "--root", str(topics)]
    done = subprocess.run(command, env=os.environ | {"PYTHONIOENCODING": "cp1252"}, capture_output=True, check=False)
    assert done.returncode == 1
    assert rb"'\u6570\u636e\u200b'" in done.stdout.replace(rb"\\u200b", rb"\u200b")
    assert done.stderr == b""


def test_the_process_leaves_with_the_code_and_without_a_traceback(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "china_ai_lawmaking", "validate", "--root", str(tmp_path)]
    process = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (process.returncode, process.stdout) == (2, "")
    assert process.stderr == f"china-ai-lawmaking: {tmp_path} has no datapackage.json\n"


# Zips.


def packed(root: Path) -> Path:
    """The good package as a zip."""
    shutil.make_archive(str(root.parent / "packed"), "zip", root)
    return root.parent / "packed.zip"


def linked_entry(path: Path) -> None:
    entry = zipfile.ZipInfo("data/link.csv")
    entry.external_attr = 0o120777 << 16
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(entry, "people.csv")


def added(name: str, data: bytes) -> Callable[[Path], None]:
    def add(path: Path) -> None:
        with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(name, data)

    return add


def many(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(files.MAX_ENTRIES + 1):
            archive.writestr(str(number), b"")


def two(path: Path) -> None:
    path.unlink()
    for name in "ab":
        added(f"{name}/datapackage.json", b"{}")(path)


def claims(size: int) -> Callable[[Path], None]:
    """Let the directory of the zip state another size for its last entry."""

    def change(path: Path) -> None:
        data = bytearray(path.read_bytes())
        struct.pack_into("<L", data, data.rfind(b"PK\x01\x02") + 24, size)
        path.write_bytes(data)

    return change


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-100])


def damaged(path: Path) -> None:
    """Spoil the packed bytes of a data file."""
    with zipfile.ZipFile(path) as archive:
        entry = archive.getinfo("data/towns.csv")
    data = bytearray(path.read_bytes())
    start = entry.header_offset + 30 + len(entry.filename)
    data[start : start + 40] = bytes(40)
    path.write_bytes(data)


ZIPS: dict[str, tuple[Callable[[Path], None], str]] = {
    "too many entries": (many, "{path} has 10001 entries; at most 10000 are read"),
    "unpacks to too much": (claims(0xFFFFFFF0), "{path} unpacks to {size} bytes; at most 1073741824 are read"),
    "unpacks to far more than its size": (
        added("data/zeros.csv", bytes(1 << 25)),
        "{path} unpacks to more than 200 times its size",
    ),
    "an entry leaves": (added("../outside.csv", b""), "an entry of {path} leaves the package ('../outside.csv')"),
    "an entry is absolute": (
        added("/etc/outside.csv", b""),
        "an entry of {path} is absolute ('/etc/outside.csv'); expected a path inside the package",
    ),
    "a link": (linked_entry, "{path} holds a link ('data/link.csv')"),
    "two packages": (
        two,
        "{path} holds several packages: a/datapackage.json, b/datapackage.json; expected one",
    ),
    "no descriptor": (lambda path: zipfile.ZipFile(path, "w").close(), "{path} has no datapackage.json"),
    "cut short": (cut, "{path} is not a readable zip: File is not a zip file"),
}


def test_a_zip_that_cannot_be_used_is_one_sentence(root: Path, capsys: Capture) -> None:
    sound = packed(root).read_bytes()
    for name, (fault, sentence) in ZIPS.items():
        path = root.parent / "packed.zip"
        path.write_bytes(sound)
        fault(path)
        before = content(root.parent)
        size = "?"
        if "{size}" in sentence:
            with zipfile.ZipFile(path) as archive:
                size = str(sum(entry.file_size for entry in archive.infolist()))
        expected = sentence.format(path=path, size=size)
        assert main(["validate", "--root", str(path)]) == 2, name
        assert capsys.readouterr() == ("", f"china-ai-lawmaking: {expected}\n"), name
        assert main(["validate", "--root", str(path), "--format", "json"]) == 2, name
        assert json.loads(capsys.readouterr().out) == {"valid": False, "error": expected}, name
        assert content(root.parent) == before, name


def test_a_damaged_entry_is_one_sentence_however_it_is_packed(tmp_path: Path, capsys: Capture) -> None:
    root, path = towns.write(tmp_path / "towns", towns.good()), tmp_path / "packed.zip"
    for compression in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA):
        with zipfile.ZipFile(path, "w", compression) as archive:
            for file in sorted(root.rglob("*.*")):
                archive.write(file, file.relative_to(root).as_posix())
        assert main(["validate", "--root", str(path)]) == 0
        assert capsys.readouterr().out.startswith("no problems")
        damaged(path)
        assert main(["validate", "--root", str(path)]) == 2
        out, err = capsys.readouterr()
        assert out == ""
        assert err.startswith("china-ai-lawmaking: data/towns.csv cannot be unpacked: ")
        assert err.count("\n") == 1


# Bad data.

# Half of the tables are broken at once, by a bit of their numbers: of any two tables one is broken and the other whole
# in some half. CI has all halves.
HALVES = pytest.mark.parametrize(
    "half",
    [
        pytest.param((bit, side), id=f"bit {bit} {side}", marks=pytest.mark.slow if bit else ())
        for bit in range(5)
        for side in (0, 1)
    ],
)


def spoilt(half: tuple[int, int], faults: Sequence[Fault]) -> dict[str, Fault]:
    """Give the tables of a half, each with a fault, which is another one in every half."""
    bit, side = half
    tables = [(number, name) for number, name in enumerate(cal.tables()) if number >> bit & 1 == side]
    return {name: faults[(bit + number) % len(faults)] for number, name in tables}


def located(root: Path, capsys: Capture) -> list[tuple[str, int, str | None, str]]:
    """Validate as JSON, exit 1; path, line, column and code of each problem."""
    before = content(root)
    assert main(["validate", "--root", str(root), "--format", "json"]) == 1
    report = json.loads(capsys.readouterr().out)
    assert content(root) == before
    assert report["valid"] is False
    assert set(report) == {"valid", "problems", "tables", "not_run"}
    assert all(set(p) == {"path", "line", "column", "code", "message", "hint"} for p in report["problems"])
    return [(p["path"], p["line"], p["column"], p["code"]) for p in report["problems"]]


FILES: list[tuple[str, Callable[[bytes], bytes | None], int]] = [
    ("missing-file", lambda _: None, 0),
    ("empty-file", lambda _: b"", 0),
    ("not-utf-8", lambda data: b"\xff" + data, 1),
    ("wrong-header", lambda data: data.replace(b"\n", b",\n", 1), 1),
]
ROWS: list[tuple[str, Callable[[int], str]]] = [
    ("ragged-row", lambda width: "zz" + "," * width),
    ("nul-byte", lambda width: "zz,\0" + "," * (width - 2)),
    ("bad-quoting", lambda width: 'zz,"' + "," * (width - 2)),
    ("long-cell", lambda width: "zz," + "a" * 131_073 + "," * (width - 2)),
]
BAD_SCHEMAS = (None, b"", b"\xff", b"\0", b"[]", b'{"fields": 1}')


def replace(path: Path, data: bytes | None) -> None:
    """Give a file other bytes, or take it away."""
    path.unlink()
    if data is not None:
        path.write_bytes(data)


@HALVES
def test_a_file_that_cannot_be_read_is_one_problem(half: tuple[int, int], root: Path, capsys: Capture) -> None:
    expected = []
    for table, (code, fault, line) in spoilt(half, FILES).items():
        path = root / "data" / f"{table}.csv"
        replace(path, fault(path.read_bytes()))
        expected.append((f"data/{table}.csv", line, None, code))
    refresh(root)
    assert located(root, capsys) == expected


@HALVES
def test_a_row_that_cannot_be_read_is_one_problem(half: tuple[int, int], root: Path, capsys: Capture) -> None:
    expected = []
    for table, (code, row) in spoilt(half, ROWS).items():
        path, columns = root / "data" / f"{table}.csv", cal.describe(table).columns
        text = path.read_text(encoding="utf-8") + row(len(columns)) + "\n"
        path.write_text(text, encoding="utf-8", newline="")
        column = columns[1] if code == "long-cell" else None
        expected.append((f"data/{table}.csv", text.count("\n"), column, code))
    refresh(root)
    assert located(root, capsys) == expected


@HALVES
def test_a_schema_that_cannot_be_read_is_one_problem(half: tuple[int, int], root: Path, capsys: Capture) -> None:
    schemas = spoilt(half, BAD_SCHEMAS)
    for table, schema in schemas.items():
        replace(root / "schemas" / f"{table}.json", schema)
    codes = {table: "missing-file" if schema is None else "bad-schema" for table, schema in schemas.items()}
    assert located(root, capsys) == [(f"schemas/{table}.json", 0, None, code) for table, code in codes.items()]


def test_a_stale_hash_is_one_problem(root: Path, capsys: Capture) -> None:
    path = root / "datapackage.json"
    description = json.loads(path.read_bytes())
    for resource in description["resources"]:
        resource["hash"] = f"sha256:{'0' * 64}"
    path.write_text(json.dumps(description), encoding="utf-8")
    assert located(root, capsys) == [(f"data/{table}.csv", 0, None, "stale-hash") for table in cal.tables()]


def change_field(root: Path, **changes: object) -> None:
    """Change keys of the first column of the topics, their `id`."""
    path = root / "schemas" / "topics.json"
    schema = json.loads(path.read_bytes())
    schema["fields"][0] |= changes
    path.write_text(json.dumps(schema), encoding="utf-8")


def change_pattern(root: Path, inside: str) -> None:
    """Change the pattern of the identifiers of topics."""
    change_field(root, constraints={"required": True, "pattern": f"^(?:{inside})$"})


REFUSED_PATTERNS = [
    "a{",
    "a{,5}",
    "a{ 5}",
    "a{٣}",
    "a{1001}",
    "[{]a{",
    r"\[{]",
    r"\中",
    r"\<a",
    r"a\>",
    r"\[.]",
    r"\\.",
    "[a||b]",
    "[[",
    "[[a]",
    "[]a]",
    "[^]a]",
    "a{99999999999999999999999}",
    "(?:(?:[a-z]{500}){500}){9}",
    "(?:" * 500 + "a" + ")" * 500,
]


def test_a_pattern_that_an_engine_does_not_take_is_one_problem(topics: Path, capsys: Capture) -> None:
    for inside in REFUSED_PATTERNS:
        change_pattern(topics, inside)
        assert located(topics, capsys) == [("schemas/topics.json", 0, None, "bad-schema")], inside
        with pytest.raises(errors.PackageError):
            cal.open(topics).contract("topics")
    change_pattern(topics, "(?:(?:[a-z]{500}){500}){9}")
    with pytest.raises(errors.PackageError, match="a pattern is too large or too deep to be compiled: "):
        cal.open(topics).contract("topics")


def test_a_pattern_that_all_engines_take_is_used(topics: Path) -> None:
    for inside in ("[a-z{.]{2,}", r"[a-z\]]{1,20}", r"\{?[a-z]*", r"\[?[a-z]{1,999}", r"\\?[a-z]+"):
        change_pattern(topics, inside)
        assert cal.validate(topics) == [], inside


def test_a_column_with_a_name_that_plans_cannot_use_is_one_problem(topics: Path, capsys: Capture) -> None:
    path = topics / "schemas" / "topics.json"
    schema = json.loads(path.read_bytes())
    for name in ("__a", "", "id"):
        schema["fields"][2]["name"] = name
        path.write_text(json.dumps(schema), encoding="utf-8")
        assert located(topics, capsys) == [("schemas/topics.json", 0, None, "bad-schema")], name


def test_a_pattern_that_backtracks_takes_no_longer_than_another(topics: Path) -> None:
    change_pattern(topics, "(?:[a-z]+)+0")
    path = topics / "data" / "topics.csv"
    header = path.read_text(encoding="utf-8").partition("\n")[0]
    row = "A" + "a" * 40 + ",Aaa,Aaa" + "," * (header.count(",") - 2)
    path.write_text(f"{header}\n{row}\n", encoding="utf-8")
    program = (
        f"import china_ai_lawmaking as cal, pandera\ntopics = cal.open({str(topics)!r})\n"
        "print(*[p.code for p in topics.validate() if p.column == 'id'])\n"
        "try:\n    topics.contract('topics').validate(topics.load('topics'))\n"
        "except pandera.errors.SchemaError as error:\n    print(error.check.name)"
    )
    process = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60)
    assert process.stdout == "pattern\npattern\n"


OTHER_VALUES: dict[str, dict[str, object]] = {
    "resource": {
        "compression": "gz",
        "dialect": "dialect.json",
        "encoding": "latin-1",
        "format": "tsv",
        "missingValues": ["", "-"],
    },
    "dialect": {
        "commentChar": "#",
        "commentRows": [2],
        "delimiter": ";",
        "doubleQuote": False,
        "escapeChar": "!",
        "header": False,
        "headerRows": [1, 2],
        "lineTerminator": ";",
        "nullSequence": "-",
        "quoteChar": "'",
        "skipInitialSpace": True,
    },
    "schema": {"fieldsMatch": "subset", "missingValues": ["", "-"], "uniqueKeys": [["name"]]},
    "field": {
        "bareNumber": False,
        "decimalChar": ",",
        "falseValues": ["no"],
        "format": "email",
        "groupChar": ",",
        "missingValues": ["-"],
        "trueValues": ["yes"],
    },
}


def use_word(root: Path, kind: str, word: str, value: object) -> str:
    """Use a word of the standard in what describes the topics; give the file that then holds it."""
    if kind == "field":
        change_field(root, **{word: value})
        return "schemas/topics.json"
    path = root / ("schemas/topics.json" if kind == "schema" else "datapackage.json")
    described = json.loads(path.read_bytes())
    holder = described
    if kind != "schema":
        holder = next(resource for resource in described["resources"] if resource["name"] == "topics")
    (holder.setdefault("dialect", {}) if kind == "dialect" else holder)[word] = value
    path.write_text(json.dumps(described), encoding="utf-8")
    return path.relative_to(root).as_posix()


def test_a_word_that_asks_for_another_reading_is_one_problem(topics: Path, capsys: Capture) -> None:
    described = [topics / "datapackage.json", topics / "schemas" / "topics.json"]
    before = [path.read_bytes() for path in described]
    for kind, words in OTHER_VALUES.items():
        for word, value in words.items():
            path = use_word(topics, kind, word, value)
            assert located(topics, capsys) == [(path, 0, None, "bad-schema")], (kind, word)
            with pytest.raises(errors.PackageError, match=rf"^{path} has .*{word} "):
                cal.open(topics).load("topics")
            for file, data in zip(described, before, strict=True):
                file.write_bytes(data)


def test_every_word_is_tried() -> None:
    assert {kind: {*words} for kind, words in OTHER_VALUES.items()} == {
        kind: {*words} for kind, words in package._KNOWN.items()
    }


def test_a_word_that_changes_nothing_is_accepted(topics: Path) -> None:
    for kind, words in package._KNOWN.items():
        for word, values in words.items():
            for value in values:
                use_word(topics, kind, word, value)
                assert cal.validate(topics) == [], (kind, word, value)
    use_word(topics, "resource", "encoding", "UTF-8")
    assert cal.validate(topics) == []


HALF_CONSTRAINTS: tuple[dict[str, object], ...] = ({"pattern": "^(?:HALF)$"}, {"enum": ["HALF"]})


def test_half_a_character_in_a_schema_is_one_problem(topics: Path, capsys: Capture) -> None:
    path = topics / "schemas" / "topics.json"
    before = path.read_bytes()
    places: list[dict[str, object]] = [{"title": "HALF"}, {"name": "HALF"}]
    for place in places + [{"constraints": one} for one in HALF_CONSTRAINTS]:
        for text in (rb"\ud800", rb"\uDfFf", rb"\udc00\ud800", b"\xed\xa0\x80"):
            change_field(topics, **place)
            path.write_bytes(path.read_bytes().replace(b"HALF", text))
            assert located(topics, capsys) == [("schemas/topics.json", 0, None, "bad-schema")], (place, text)
            path.write_bytes(before)


def test_a_whole_pair_of_escapes_is_a_character(topics: Path) -> None:
    change_field(topics, title="\U0001f3d9")
    assert rb"\ud83c\udfd9" in (topics / "schemas" / "topics.json").read_bytes()
    assert cal.validate(topics) == []


def test_schemas_are_parsed_up_to_a_limit(topics: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> None:
    size = sum((topics / name).stat().st_size for name in ("datapackage.json", "schemas/topics.json"))
    monkeypatch.setattr(package, "MAX_JSON", size)
    assert cal.validate(topics) == []
    monkeypatch.setattr(package, "MAX_JSON", size - 1)
    assert located(topics, capsys) == [("schemas/topics.json", 0, None, "bad-schema")]
