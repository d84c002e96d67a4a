"""Whatever a page file holds, its reader is told in located sentences what is wrong, and nothing is written."""

from __future__ import annotations

import contextlib
import re
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st
from packages import examples, good
from test_add import PAGE, SOURCE, TEXT, contents, write

from china_ai_lawmaking.cli import main
from china_ai_lawmaking.editing import adding, page_file, pages
from china_ai_lawmaking.package import descriptor

Capture = pytest.CaptureFixture[str]

BOMB = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{chr(98 + i)}: &{chr(98 + i)} [{', '.join([f'*{chr(97 + i)}'] * 9)}]\n" for i in range(8)
)
# What is in the file, where it is told, and how.
HOSTILE: dict[str, tuple[bytes, str]] = {
    "nothing": (b"", "1:1: a page file is a mapping that begins with source:"),
    "a list": (b"- source\n", "1:1: a page file is a mapping"),
    "a word": (b"source\n", "1:1: a page file is a mapping"),
    "aliases that grow": (BOMB.encode(), "1:20: more than 20000 values, those counted that aliases repeat"),
    "an alias of itself": (b"source: &a\n  kind: *a\n", "2:3: nested more than 12 deep"),
    "deep": (b"source: " + b"[" * 20 + b"]" * 20, "1:21: nested more than 12 deep"),
    "very deep": (b"source: " + b"[" * 100_000, "1:"),
    "megabytes": (b"source:\n  title: " + b"x" * 2_000_000, "1:1: 2000017 bytes; a page file has at most 1000000"),
    "no UTF-8": (b"source:\n  title: \xd6\xd0\n", "2:1: byte 0xd6 is not UTF-8"),
    "a tag": (b"source: !!python/object/apply:os.system [ls]\n", "1:9: the tag "),
    "a tab": (b"source:\n\tkind: news\n", "2:1: not YAML"),
    "a NUL": (b"source:\n  title: a\0b\n", "1:1: not YAML"),
    "a key twice": (
        b"source: {}\nlaws: []\nlaws: []\n",
        "3:1: the key 'laws' stands here for the second time, after line 2",
    ),
    "a key that is a list": (b"source: {}\n? [a]\n: b\n", "2:3: a key that is no word"),
    "two documents": (
        b"source: {}\n---\nsource: {}\n",
        "2:1: not YAML: expected a single document in the stream, but found another",
    ),
    "a bracket that is open": (b"source: {kind: news\n", "2:1: not YAML"),
    "a quotation mark that is open": (b'source:\n  title: "open\n', "3:1: not YAML"),
    "an empty item": (b"source: {kind: news}\nlaws:\n  -\n", "3:4: an empty item of a list"),
    "no source": (b"laws: []\n", "1:1: source missing"),
    "text for a mapping": (b"source: NO\n", "1:9: source: expected keys with values, found 'NO'"),
    "a list for a text": (b"source: {title: [a, b]}\n", "1:10: title: expected one text, found a list"),
    "a date in words": (b"source: {published: yesterday}\n", "1:21: published: 'yesterday' has not the right form"),
    "digits with underlines": (
        b"source: {}\nlaws: [{cosponsors: 1_000}]\n",
        "2:21: cosponsors: expected a whole number",
    ),
    "a truth in words": (
        b"source: {}\nstatements: [{speaker: a, summary: aaaaaaaaaa, kind: report, planned: yes, topics: []}]",
        "2:71: planned: expected true or false, found 'yes'",
    ),
    "a script as address": (b"source: {url: 'javascript:alert(1)'}\n", "1:15: url: 'javascript:alert(1)' has not the"),
    "a file as address": (b"source: {url: 'file:///etc/passwd'}\n", "1:15: url: 'file:///etc/passwd' has not the"),
    "an id with slashes": (b"source: {id: ../../x}\n", "1:14: id: '../../x' has not the right form"),
    "no known source": (
        b"source: {id: nowhere}\n",
        "1:9: sources.kind: empty; every row needs a value here [required-cell]",
    ),
}


@pytest.mark.parametrize(("data", "told"), HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_file_is_one_located_sentence(
    data: bytes, told: str, root: Path, tmp_path: Path, capsys: Capture
) -> None:
    path = tmp_path / "page.yaml"
    path.write_bytes(data)
    before = contents(root)
    assert main(["add", str(path), "--root", str(root)]) == 1
    first, *_, last = capsys.readouterr().err.splitlines()
    assert first.startswith(f"{path}:{told}"), first
    assert last.endswith("nothing was written")
    assert contents(root) == before


@pytest.mark.parametrize(
    "typed", ["  - name: Ｃｈｅｎ Ｍｏ\n", "  - name: =Chen Mo\n", "  - id: chen-mo-2\n    name: 陈默\n"]
)
def test_a_name_in_odd_letters_ends_in_no_fault_of_ours(
    typed: str, root: Path, tmp_path: Path, capsys: Capture
) -> None:
    folder = tmp_path / "pages"
    folder.mkdir()
    write(folder, SOURCE + PAGE.removeprefix(SOURCE).replace("  - name: Chen Mo\n", typed, 1))
    before = contents(root)
    code = main(["add", str(folder / "labels.yaml"), "--root", str(root)])
    error = capsys.readouterr().err
    assert "Traceback" not in error
    if code:
        assert re.search(rf"{re.escape(str(folder))}/labels\.yaml:[0-9]+:[0-9]+: ", error)
        assert contents(root) == before


@pytest.mark.parametrize(
    ("names", "told"), [(["nowhere.yaml"], "nowhere.yaml cannot be read: No such file"), ([], "no page file is named")]
)
def test_a_file_that_is_not_there_is_one_sentence(names: list[str], told: str, root: Path, capsys: Capture) -> None:
    assert main(["add", *names, "--root", str(root)]) == 2
    assert capsys.readouterr().err.startswith(f"china-ai-lawmaking: {told}")


def test_a_text_that_is_no_text_is_told(root: Path, tmp_path: Path, capsys: Capture) -> None:
    write(tmp_path, PAGE)
    for number, data in ((1, b"\xff\xfe"), (2, "Robots".encode("utf-16-le"))):
        (tmp_path / "labels.txt").write_bytes(data)
        assert main(["add", str(tmp_path / "labels.yaml"), "--root", str(root)]) == 1
        told = f"labels.txt:1:1: byte {number} is not UTF-8\n    hint: save it as UTF-8\n"
        assert told in capsys.readouterr().err


LINES = PAGE.splitlines(keepends=True)
PIECES = st.sampled_from(
    [
        *re.findall(r"[\w-]+|[^\w\s]|\s+", PAGE),
        *"&*!|>%@`{}[]:,#?-'\"",
        "\n  ",
        "null",
        "~",
        "1_000",
        "2025-13-45",
        "NO",
    ]
)
EDITS = st.lists(
    st.tuples(st.integers(0, len(PAGE)), st.integers(0, 40), st.one_of(PIECES, st.text(max_size=5))),
    min_size=1,
    max_size=4,
)
PACKAGE = descriptor.open_package(good(Path(tempfile.mkdtemp()) / "package"))


@examples(150, suppress_health_check=[HealthCheck.too_slow])
@given(EDITS)
def test_no_edit_of_a_page_file_ends_in_a_traceback(edits: list[tuple[int, int, str]]) -> None:
    page = PAGE
    for begin, length, text in edits:
        page = page[:begin] + text + page[begin + length :]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "labels.yaml")
        path.write_bytes(page.encode("utf-8", "surrogatepass"))
        path.with_suffix(".txt").write_text(TEXT, encoding="utf-8")
        read, faults = adding.read([str(path)])
    if not faults:
        _, faults = pages.assemble(PACKAGE, read, today="2025-03-09")
    for fault in faults:
        assert fault.place.line >= 1
        assert fault.place.column >= 1
        assert fault.message


@examples(200)
@given(st.binary(max_size=200))
def test_no_bytes_end_in_a_traceback(data: bytes) -> None:
    with contextlib.suppress(page_file.PageError):
        assert isinstance(page_file.read(data, "page.yaml"), page_file.Mapping)
