"""frictionless and this validation agree about every case, but for the differences that are listed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from packages import HERE, broken
from test_cases import CASES, named

from china_ai_lawmaking import package, validation

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.slow
@pytest.mark.parametrize("case", [case for case in CASES if named(case) != "cross-check"], ids=named)
def test_frictionless_agrees_about_a_case(case: Path, tmp_path: Path) -> None:
    opened = package.locate(broken(tmp_path / "package", case))
    alone = validation.judge(opened)
    assert validation.judge(opened, cross_check=True) == alone


def test_frictionless_agrees_about_a_zip(root: Path, tmp_path: Path) -> None:
    import shutil

    archive = shutil.make_archive(str(tmp_path / "packed"), "zip", root)
    assert validation.judge(package.locate(archive), cross_check=True).problems == []


@pytest.mark.parametrize(
    "name",
    [
        "byte-order-mark",
        "line-ends/crlf",
        "long-cell",
        "nul-byte",
        "pattern/line-end-at-the-end",
        "unsorted/one-column",
        "wrong-type/date-without-zeros",
        "wrong-type/not-a-number",
    ],
)
def test_what_frictionless_does_not_see(name: str, tmp_path: Path) -> None:
    import frictionless

    root = broken(tmp_path / "package", HERE / "cases" / name / "case.toml")
    assert frictionless.validate(str(root / "datapackage.json")).valid
