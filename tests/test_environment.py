"""Whatever the package is started with and wherever it stands: streams, encodings, folders, links, zips, processes."""

from __future__ import annotations

import builtins
import copy
import io
import json
import multiprocessing
import os
import pickle
import subprocess
import sys
import zipfile
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

import pytest
import towns
from packages import REPOSITORY, good

import china_ai_lawmaking as cal
from china_ai_lawmaking import errors
from china_ai_lawmaking.cli import main, streams
from china_ai_lawmaking.package import fetching
from china_ai_lawmaking.validating import database

if TYPE_CHECKING:
    from collections.abc import Callable

SOURCE = str(Path(cal.__file__).parents[1])
COMMAND = f"{sys.executable} -m china_ai_lawmaking"


def shell(line: str, cwd: Path, data: bytes = b"", **environment: str) -> subprocess.CompletedProcess[bytes]:
    """Run a line of a shell in which `cal` is the command line."""
    known = {key: value for key, value in os.environ.items() if key != "CHINA_AI_LAWMAKING_DATA"}
    return subprocess.run(
        ["bash", "-c", f'cal() {{ {COMMAND} "$@"; }}; {line}'],
        cwd=cwd,
        input=data,
        env=known | {"PYTHONPATH": SOURCE} | environment,
        capture_output=True,
        check=False,
    )


def python(code: str, cwd: Path, *options: str, path: str = SOURCE) -> str:
    """Run Python code and give what it prints."""
    done = subprocess.run(
        [sys.executable, *options, "-c", code],
        cwd=cwd,
        env=os.environ | {"PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stderr == ""
    return done.stdout


# Standard streams.


@pytest.mark.parametrize("closed", [">&-", "2>&-", "<&-", ">&- 2>&- <&-"])
def test_a_closed_stream_changes_nothing_else(closed: str, root: Path) -> None:
    done = shell(f"cal tables {closed}", root)
    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.parametrize("closed", ["2>&-", ">&- 2>&-"])
def test_a_refusal_that_nobody_hears_keeps_its_code(closed: str, tmp_path: Path) -> None:
    assert shell(f"cal tables --root nowhere {closed}", tmp_path).returncode == 2


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="only Linux has a device that is always full")
def test_output_that_cannot_be_written_is_one_sentence(root: Path) -> None:
    done = shell("cal tables > /dev/full", root)
    assert (done.returncode, done.stderr) == (2, b"china-ai-lawmaking: No space left on device\n")
    assert shell("cal tables > /dev/full 2> /dev/full", root).returncode == 2
    done = shell("cal diff . . --format json > /dev/full", root)
    assert (done.returncode, done.stderr) == (2, b"china-ai-lawmaking: No space left on device\n")


def test_a_reader_that_goes_away_is_no_fault(root: Path) -> None:
    done = shell("cal describe | true; echo ${PIPESTATUS[0]}", root)
    assert (done.stdout, done.stderr) == (b"0\n", b"")


def test_formats_for_programs_are_utf_8_whatever_the_terminal(root: Path) -> None:
    descriptor = root / "datapackage.json"
    descriptor.write_text(
        descriptor.read_text(encoding="utf-8").replace('"title": "', '"title": "立法 ', 1), encoding="utf-8"
    )
    topics = good(root.parent / "other") / "data" / "topics.csv"
    topics.write_text(topics.read_text(encoding="utf-8").replace("data,Data", "data,立法"), encoding="utf-8")
    people = root / "data" / "people.csv"
    people.write_text(people.read_text(encoding="utf-8").replace(",An Wei,", ",An 立法,"), encoding="utf-8")
    for command, read, encoding in (
        ("cite --format csl", json.loads, "utf-16"),
        ("cite --format bibtex", str, "ascii:strict"),
        ("cite --format ris", str, "cp1252"),
        ("diff --format json . ../other", json.loads, "gbk"),
        ("diff --format markdown . ../other", str, "utf-16"),
        ("tables --root ../missing --format json", json.loads, "ascii:strict"),
        ("network", ElementTree.fromstring, "cp1252"),
        ("network --format events", str, "gbk"),
    ):
        done = shell(f"cal {command}", root, PYTHONIOENCODING=encoding)
        assert read(done.stdout.decode("utf-8"))
        assert "立法".encode() in done.stdout or "--root" in command
        assert b"\\u" not in done.stdout
        assert b"\r" not in done.stdout


def test_what_goes_into_a_file_is_utf_8_whatever_the_locale(root: Path) -> None:
    topics = root / "data" / "topics.csv"
    topics.write_text(topics.read_text(encoding="utf-8").replace("data,Data", "data,数据\u200b"), encoding="utf-8")
    done = shell("cal validate", root, LC_ALL="C", PYTHONUTF8="0", PYTHONCOERCECLOCALE="0")
    assert "数据" in done.stdout.decode("utf-8")


def piped(data: bytes, encoding: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """What is read of bytes on a standard input that has an encoding."""
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data), encoding))
    return streams.piped_text()


def test_piped_text_is_utf_8_whatever_the_locale(monkeypatch: pytest.MonkeyPatch) -> None:
    for encoding in ("utf-8", "cp1252", "gbk", "ascii"):
        for data in ("立法".encode(), "立法".encode("utf-8-sig")):
            assert piped(data, encoding, monkeypatch) == "立法"
    for encoding in ("gbk", "utf-16", "big5", "utf-32"):
        with pytest.raises(errors.UsageError, match=r"^standard input is not UTF-8 \(byte 1\)"):
            piped("人工智能立法".encode(encoding), "utf-8", monkeypatch)


def test_piped_text_and_text_files_in_utf_16_are_refused_though_all_letters_are_english(
    tmp_path: Path, root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    data = "Robots need a law of their own".encode("utf-16-le")
    with pytest.raises(errors.UsageError, match=r"^standard input is not UTF-8 \(byte 2\)"):
        piped(data, "utf-8", monkeypatch)
    (tmp_path / "texts").mkdir()
    (tmp_path / "texts" / "data-act-text.txt").write_bytes(data)
    assert main(["evidence", "check", "--texts", str(tmp_path / "texts"), "--root", str(root)]) == 2
    assert capsys.readouterr().err.endswith("data-act-text.txt: byte 2 is not UTF-8; save the text as UTF-8\n")


INTERRUPTED = """
import os, signal, threading
from china_ai_lawmaking.validating.database import Database
# A shell lets what runs in its background ignore the signal.
signal.signal(signal.SIGINT, signal.default_int_handler)
threading.Timer(1, os.kill, (os.getpid(), signal.SIGINT)).start()
try:
    with Database() as database:
        database.rows("select count(*) from range(100000000) a, range(100000) b")
except KeyboardInterrupt:
    print("interrupted")
"""


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such signal")
def test_an_interruption_of_a_query_is_one_of_python(tmp_path: Path) -> None:
    assert python(INTERRUPTED, tmp_path) == "interrupted\n"


# The module.


def test_a_star_import_takes_no_builtin_away() -> None:
    assert {*cal.__all__} & {*dir(builtins)} == set()
    assert "open" in dir(cal)


def test_the_module_and_the_command_line_say_their_version(tmp_path: Path) -> None:
    version = json.loads((REPOSITORY / "datapackage.json").read_bytes())["version"]
    assert python("import china_ai_lawmaking as cal; print(cal.__version__)", tmp_path) == f"{version}\n"
    assert shell("cal --version", tmp_path).stdout.decode() == f"china-ai-lawmaking {version}\n"


def test_all_verbs_of_the_module_act_on_one_dataset(root: Path) -> None:
    code = (
        "import os, china_ai_lawmaking as cal; os.environ['CHINA_AI_LAWMAKING_DATA'] = 'package'; cal.tables();"
        "del os.environ['CHINA_AI_LAWMAKING_DATA']; os.chdir('/');"
        "print(cal.version, len(list(cal.rows('people'))), len(cal.validate()), cal.path('people'))"
    )
    people = len(list(cal.open(root).rows("people")))
    assert python(code, root.parent) == f"1.0.0 {people} 0 {root / 'data' / 'people.csv'}\n"


def test_rows_of_another_version_are_not_cited(root: Path) -> None:
    with pytest.raises(errors.UsageError, match=r"^these rows are of version 1\.0\.0 and this dataset is "):
        cal.cite(cal.open(root).load("laws"))


@pytest.mark.parametrize(
    "use",
    [
        lambda opened: opened.load("laws"),
        lambda opened: opened.view("laws"),
        lambda opened: opened.evidence("data-act"),
        lambda opened: opened.cite(),
        lambda opened: opened.cite("data-act"),
    ],
)
def test_rows_of_a_folder_that_holds_another_version_by_now_are_refused(
    use: Callable[[cal.Dataset], object], root: Path
) -> None:
    opened = cal.open(root)
    descriptor = root / "datapackage.json"
    descriptor.write_text(descriptor.read_text("utf-8").replace('"version": "1.0.0"', '"version": "1.1.0"'), "utf-8")
    with pytest.raises(errors.PackageError, match=r"was opened as 1\.0\.0 and holds 1\.1\.0 now; open it again$"):
        use(opened)
    assert cal.open(root).load("laws").attrs["version"] == "1.1.0"


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A package of four tables, which is judged in a moment."""
    return towns.write(tmp_path / "package", towns.good())


def test_a_dataset_is_validated_as_it_is_now(small: Path) -> None:
    opened = cal.open(small)
    assert opened.validate() == []
    (small / "datapackage.json").write_text("{", encoding="utf-8")
    with pytest.raises(errors.PackageError, match="is not JSON"):
        opened.validate()


def test_problems_and_tables_are_tables_in_a_notebook(small: Path) -> None:
    assert cal.open(small).validate()._repr_html_() == "<p>no problems</p>"
    lands = small / "data" / "lands.csv"
    lands.write_text(lands.read_text(encoding="utf-8").replace("north,North", "north,<b>\u200b"), encoding="utf-8")
    shown = cal.open(small).validate()._repr_html_()
    assert shown.startswith("<table>")
    assert "<b>" not in shown
    described = cal.open(small).describe("lands")
    assert all(field.name in described._repr_html_() for field in described.fields)


def test_help_and_meanings_stand_without_docstrings(tmp_path: Path) -> None:
    code = "from china_ai_lawmaking.cli import main; main(['--help'])"
    assert "tables that you" in python(code, tmp_path, "-OO")


# Places.


def test_no_sign_in_a_path_means_anything(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # DuckDB reads large files by their path.
    monkeypatch.setattr(database, "FEW_BYTES", 0)
    for name in ("a[1]", "b*?", "c d", "立法", "e%20f", "#g", "~h", "-i"):
        root = towns.write(tmp_path / name, towns.good())
        assert cal.open(root).validate() == [], name
        monkeypatch.chdir(root)
        assert main(["validate"]) == 0, name
        place: Any = os.fsencode(root)
        assert cal.open(place).path("towns") == root / "data" / "towns.csv"


def test_a_relative_folder_or_zip_stays_the_same_when_its_user_goes_elsewhere(
    small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pack(small, tmp_path / "package.zip")
    monkeypatch.chdir(tmp_path)
    opened = [cal.open("package"), cal.open("package.zip")]
    monkeypatch.chdir("/")
    for dataset in opened:
        assert len(dataset.load("towns"))
        assert dataset.validate() == []
    assert opened[0].path("towns").is_file()


def test_a_folder_that_is_gone_is_one_sentence(tmp_path: Path) -> None:
    for command in ("validate --root .", "release out", "export --xlsx out.xlsx", "site out"):
        done = shell(f"mkdir gone; cd gone; rmdir ../gone; cal {command}", tmp_path)
        assert done.stderr == b"china-ai-lawmaking: the folder that you stand in was deleted; go to another one\n", (
            command
        )
    assert shell("mkdir gone; cd gone; rmdir ../gone; cal tables", tmp_path).returncode == 0


def test_a_folder_that_may_not_be_entered_is_not_taken_for_an_empty_one(
    root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    found, stat = str(root / "datapackage.json"), os.stat

    def refused(path: Any, *given: Any, **named: Any) -> os.stat_result:
        if path == found:
            # As for everybody but root, who may run these tests.
            raise PermissionError(13, "Permission denied", found)
        return stat(path, *given, **named)

    monkeypatch.setattr(os, "stat", refused)
    assert main(["validate", "--root", str(root)]) == 2
    assert capsys.readouterr().err == f"china-ai-lawmaking: {found}: Permission denied\n"


HOMES: dict[str, dict[str, str | None]] = {
    "no home": {"HOME": None},
    "an empty home": {"HOME": ""},
    "a relative home": {"HOME": "here"},
    "a relative cache": {"HOME": "here", "XDG_CACHE_HOME": "there"},
}


@pytest.mark.parametrize("environment", HOMES.values(), ids=HOMES)
def test_no_cache_is_made_where_one_happens_to_stand(
    environment: dict[str, str | None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    for name, value in environment.items():
        if value is None:
            monkeypatch.delenv(name, raising=False)
            # As for a user without an entry in the list of users.
            monkeypatch.setattr(os.path, "expanduser", lambda path: path)
        else:
            monkeypatch.setenv(name, value)
    with pytest.raises(errors.PackageError, match=r"^there is no home folder .* fetch the zip yourself"):
        fetching.cache_folder()


def test_a_cache_that_cannot_be_made_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    with pytest.raises(errors.PackageError, match=r"cannot be made: .*; fetch the zip yourself"):
        cal.open("https://example.org/record.zip", sha256="0" * 64)


def installed(place: Path, link: Callable[[str, Path], None]) -> Path:
    """An installation of the module with the record, each file put there by `link`."""
    files = [(path, Path("china_ai_lawmaking") / path.relative_to(Path(cal.__file__).parent))
             for path in Path(cal.__file__).parent.rglob("*.py")]  # fmt: skip
    for name in ("datapackage.json", "data", "schemas"):
        found = REPOSITORY / name
        paths = [found] if found.is_file() else found.iterdir()
        files += [(path, Path("china_ai_lawmaking/_package") / path.relative_to(REPOSITORY)) for path in paths]
    for path, target in files:
        (place / target).parent.mkdir(parents=True, exist_ok=True)
        link(str(path), place / target)
    return place


def people(place: Path) -> str:
    """Read the record with the module that is at a place."""
    code = "import china_ai_lawmaking as cal; print([row['id'] for row in cal.rows('people')])"
    return python(code, place.parent, path=str(place))


EVERYBODY = f"{[row['id'] for row in cal.rows('people')]}\n"


def test_a_package_manager_may_install_links(tmp_path: Path) -> None:
    assert people(installed(tmp_path / "site", os.symlink)) == EVERYBODY
    (tmp_path / "linked").mkdir()
    (tmp_path / "linked" / "china_ai_lawmaking").symlink_to(Path(cal.__file__).parent)
    assert people(tmp_path / "linked") == EVERYBODY


def test_the_module_can_be_imported_from_a_zip(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
        installed(tmp_path, lambda path, target: archive.write(path, target.relative_to(tmp_path)))
        # What else is there is no concern of ours.
        archive.writestr("other/../name", b"")
    assert people(tmp_path / "all.zip") == EVERYBODY


def test_what_git_keeps_in_the_place_of_a_large_file_is_told(root: Path, tmp_path: Path) -> None:
    for name in ("data/people.csv", "datapackage.json"):
        (root / name).write_text(
            f"version https://git-lfs.github.com/spec/v1\noid sha256:{'0' * 64}\nsize 9\n", "utf-8"
        )
        told = f"{name} is a pointer of Git LFS; fetch the file with 'git lfs pull'"
        for place in (root, pack(root, tmp_path / f"{name[:4]}.zip")):
            for use in (cal.validate, lambda place: cal.open(place).load("people")):
                with pytest.raises(errors.PackageError, match=f"^{told}$"):
                    use(place)


# Zips.


def pack(root: Path, path: Path, top: str = "", separator: str = "/") -> Path:
    """The good package as a zip, perhaps in a folder of it."""
    with zipfile.ZipFile(path, "w") as archive:
        for file in sorted(root.rglob("*")):
            if file.is_file():
                entry = zipfile.ZipInfo("x")
                # The constructor would put in the separator of this platform.
                entry.filename = (top + file.relative_to(root).as_posix()).replace("/", separator)
                archive.writestr(entry, file.read_bytes())
    return path


STRAY = [".DS_Store", "README.txt", "__MACOSX/rec/._data", "other/data/people.csv", "Thumbs.db"]


@pytest.mark.parametrize("separator", ["/", "\\"])
@pytest.mark.parametrize("top", ["rec/", "rec/rec/", "记录/"])
def test_what_lies_beside_the_folder_of_the_package_is_left_alone(
    top: str, separator: str, small: Path, tmp_path: Path
) -> None:
    path = pack(small, tmp_path / "package.zip", top, separator)
    with zipfile.ZipFile(path, "a") as archive:
        for name in STRAY:
            archive.writestr(name, b"x")
    assert cal.open(path).validate() == []


def test_a_zip_that_changes_under_an_open_dataset_is_refused(root: Path, tmp_path: Path) -> None:
    path = pack(root, tmp_path / "package.zip")
    opened = cal.open(path)
    (root / "more").write_bytes(b"more")
    pack(root, path)
    with pytest.raises(errors.PackageError, match="has changed since it was opened; open it again"):
        opened.load("laws")
    path.unlink()
    with pytest.raises(errors.PackageError, match="cannot be read: No such file"):
        opened.load("laws")


@pytest.mark.parametrize("start", ["fork", "spawn"])
def test_a_dataset_goes_into_other_processes(start: str, root: Path, tmp_path: Path) -> None:
    for dataset in (cal.open(root), cal.open(pack(root, tmp_path / "package.zip"))):
        laws = [row["id"] for row in dataset.rows("laws")]
        assert [row["id"] for row in pickle.loads(pickle.dumps(dataset)).rows("laws")] == laws
        assert [row["id"] for row in copy.deepcopy(dataset).rows("laws")] == laws
        # A verb of the dataset: a function of this module would bring all that it imports into each process.
        with ProcessPoolExecutor(2, multiprocessing.get_context(start)) as pool:
            assert list(pool.map(cal.Dataset.resolve, [dataset] * 10 * len(laws), laws * 10)) == laws * 10


FORKED = """
import multiprocessing, os, duckdb, polars, china_ai_lawmaking as cal
record = cal.open(".")
topics = record.load("topics")
frames = {"pandas": topics, "polars": polars.from_pandas(topics), "duckdb": duckdb.from_df(topics)}
frames["polars"].lazy().filter(polars.col("id") > "").collect()
contract = record.contract("topics")
def judge(name):
    if name == "validate":
        return len(record.validate())
    return len(contract.validate(topics) if name == "contract" else record.violations({"topics": frames[name]}))
names = ["validate", "contract", *frames]
before = [judge(name) for name in names]
context = multiprocessing.get_context("fork")
for name, expected in zip(names, before):
    child = context.Process(target=lambda: os._exit(0 if judge(name) == expected else 1))
    child.start()
    child.join(120)
    print(name, "hangs" if child.is_alive() else child.exitcode)
    child.kill()
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="Windows does not fork")
def test_what_judges_ends_in_a_process_that_was_forked_after_it_was_used(root: Path) -> None:
    said = python(FORKED, root, "-W", "ignore")
    assert said == "validate 0\ncontract 0\npandas 0\npolars 0\nduckdb 0\n"
