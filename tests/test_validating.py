"""The verbs `validate` and `violations`, and the command `validate`."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import polars as pl
import pytest
import towns

import china_ai_lawmaking as cal
from china_ai_lawmaking import errors
from china_ai_lawmaking.cli import main
from china_ai_lawmaking.validating import report

if TYPE_CHECKING:
    from pathlib import Path

UNKNOWN_TOWN = cal.Problem(
    "data/roads.csv",
    5,
    "other_id",
    "unknown-reference",
    "'albo' is not an id in data/towns.csv",
    "did you mean 'alba'?",
)


def frames(root: Path) -> dict[str, pl.DataFrame]:
    return {path.stem: pl.read_csv(path, infer_schema=False) for path in sorted((root / "data").glob("*.csv"))}


@pytest.fixture
def faulty(tmp_path: Path) -> Path:
    """A small package with a road to a town whose id is misspelt."""
    rows = towns.good()
    rows["roads"].append(["cove", "albo", "1"])
    return towns.write(tmp_path / "package", rows)


def test_validate_gives_the_problems_of_a_folder(faulty: Path) -> None:
    assert cal.validate(faulty) == cal.open(faulty).validate() == [UNKNOWN_TOWN]


def test_validate_raises_where_there_is_no_package(tmp_path: Path) -> None:
    with pytest.raises(errors.PackageError, match=r"has no datapackage\.json"):
        cal.validate(tmp_path)


def test_validate_without_its_libraries_says_what_to_install() -> None:
    code = (
        "import sys; sys.modules['duckdb'] = None\n"
        "import china_ai_lawmaking as cal\n"
        "for verb in (cal.validate, lambda: cal.violations({}), lambda: cal.contract('laws')):\n"
        "    try: verb()\n"
        "    except cal.errors.MissingExtraError as error: print(error)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "duckdb is not installed; run: pip install 'china-ai-lawmaking[validate]'\n" * 3


def test_violations_are_keyed_by_the_key_of_the_row(root: Path) -> None:
    given = frames(root)
    given["memberships"] = given["memberships"].with_columns(person_id=pl.lit("an-wej"))
    found = cal.open(root).violations(given)
    assert {(v.table, v.column, v.code, v.value) for v in found} == {
        ("memberships", "person_id", "unknown-reference", "an-wej")
    }
    assert [v.key for v in found] == [(id,) for id in given["memberships"]["id"]]


def test_violations_judge_the_tables_that_are_given(root: Path) -> None:
    topics = frames(root)["topics"].with_columns(name=pl.lit(None, pl.String))
    found = cal.open(root).violations({"topics": topics})
    assert [(v.key, v.code) for v in found] == [((id,), "required-cell") for id in topics["id"]]


def test_violations_accept_typed_frames(record: cal.Dataset) -> None:
    typed = {name: pl.from_pandas(record.load(name)) for name in record.tables()}
    dates = {name: [f.name for f in record.describe(name).fields if f.type == "date"] for name in typed}
    assert record.violations({n: frame.with_columns(pl.col(dates[n]).dt.date()) for n, frame in typed.items()}) == []


def test_violations_refuse_a_table_that_is_not_there(record: cal.Dataset) -> None:
    with pytest.raises(errors.UnknownTableError, match="no table named 'peeple'; tables: event_participants, events,"):
        record.violations({"peeple": pl.DataFrame()})


def test_violations_refuse_a_frame_without_its_columns(root: Path) -> None:
    topics = frames(root)["topics"].drop("name")
    with pytest.raises(errors.UsageError, match="the frame of topics lacks name; columns: id, name,"):
        cal.open(root).violations({"topics": topics})


def test_violations_ask_for_the_table_that_is_referred_to(root: Path) -> None:
    with pytest.raises(errors.UsageError, match="memberships refers to people; give its frame too"):
        cal.open(root).violations({"memberships": frames(root)["memberships"]})


@pytest.mark.parametrize("where", ["", "docs", "data/notes"])
def test_the_command_judges_the_package_that_one_stands_in(
    where: str, faulty: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (faulty / where).mkdir(parents=True, exist_ok=True)
    monkeypatch.chdir(faulty / where)
    assert main(["validate"]) == 1
    assert capsys.readouterr().out.startswith("data/roads.csv:5: other_id: 'albo' is not an id")


@pytest.mark.parametrize(
    ("descriptor", "code", "told"),
    [("{", 2, "datapackage.json is not JSON"), ('{"name": "mine"}', 2, "datapackage.json lists no resources")],
)
def test_a_package_that_cannot_be_used_is_not_passed_over(
    descriptor: str,
    code: int,
    told: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (tmp_path / "datapackage.json").write_text(descriptor, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert main(["validate"]) == code
    assert told in capsys.readouterr().err


def test_rules_that_want_a_table_are_named_where_no_problem_is(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    descriptor = json.loads((root / "datapackage.json").read_bytes())
    lost = ("positions", "proposition_deferrals", "proposition_rivals")
    descriptor["resources"] = [one for one in descriptor["resources"] if one["name"] not in lost]
    (root / "datapackage.json").write_text(json.dumps(descriptor), "utf-8")
    assert main(["validate", "--root", str(root), "--format", "json"]) == 0
    left_out = json.loads(capsys.readouterr().out)["not_run"]
    assert {"rival-order", "reported-position"} <= {*left_out}
    assert main(["validate", "--root", str(root)]) == 0
    assert capsys.readouterr().out == (
        f"no problems in 21 files\nnot asked, for want of what they read: {', '.join(left_out)}\n"
    )


def test_the_command_says_that_it_judges_the_installed_record(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["validate"]) == 0
    told = capsys.readouterr()
    assert told.out == "no problems in 24 files\n"
    assert told.err.startswith("judging ")
    assert told.err.endswith("; name another with --root\n")


def test_what_stops_the_command_is_an_annotation_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["validate", "--root", str(tmp_path / "100%"), "--format", "github"]) == 2
    sentence = f"there is no folder or zip at {tmp_path}/100"
    assert capsys.readouterr() == (
        f"::error title=china-ai-lawmaking::{sentence}%25\n",
        f"china-ai-lawmaking: {sentence}%\n",
    )


def test_an_annotation_escapes_what_would_end_it() -> None:
    problem = cal.Problem("data/a:b,c%\r\n::error::x.csv", 3, "name", "pattern", "50%\r\n::error::y", "write 'z'")
    found = report.Report([problem], {}, ())
    assert report.as_github(found).splitlines()[0] == (
        "::error file=data/a%3Ab%2Cc%25%0D%0A%3A%3Aerror%3A%3Ax.csv,line=3,title=pattern::"
        "name: 50%25%0D%0A::error::y%0Ahint: write 'z'"
    )


def test_a_file_name_starts_no_command_where_problems_are_counted() -> None:
    problems = [cal.Problem("data/a\n::error::x.csv", line, "", "blank-row", "a blank line") for line in range(2, 24)]
    printed = report.as_github(report.Report(problems, {}, ()))
    assert printed.splitlines()[-2:] == ["data/a%0A::error::x.csv: 2 more [blank-row]", "22 problems in 1 of 1 file"]
