"""Hostile input for the validator: one file of a small package is replaced by any bytes, and the report must hold."""

from __future__ import annotations

import contextlib
import io
import json
from typing import TYPE_CHECKING

import towns

from china_ai_lawmaking.cli import main

if TYPE_CHECKING:
    from pathlib import Path

# The files that an attempt can replace; `package.zip` stands for the package as a whole.
TARGETS = ("data/towns.csv", "schemas/towns.json", "datapackage.json", "package.zip")

# Codes of faults of a file as a whole, which have no line.
OF_FILES = {"bad-schema", "byte-order-mark", "empty-file", "line-ends", "missing-file", "stale-hash"}


def is_located(code: str, line: int, data: bytes) -> bool:
    """Tell whether a problem names a line that the bytes have, or none and is one of the file as a whole."""
    return line == 0 if code in OF_FILES else 0 < line <= data.count(b"\n") + 1


def attempt(root: Path, target: str, data: bytes) -> int:
    """Validate the package with one file replaced; give the exit code.

    Whatever the bytes are, there is one JSON report: a sentence with exit code 2, or problems that each name a file of
    the package and a line that the file has, or are about a whole file. It can be written as UTF-8.
    """
    replaced = root / target
    before = replaced.read_bytes() if replaced.exists() else None
    try:
        replaced.write_bytes(data)
        place = replaced if target.endswith(".zip") else root
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            code = main(["validate", "--root", str(place), "--format", "json"])
    finally:
        if before is None:
            replaced.unlink()
        else:
            replaced.write_bytes(before)
    report = json.loads(printed.getvalue().encode("utf-8", "strict"))
    if code == 2:
        assert set(report) == {"valid", "error"}, report
        assert report["error"].strip(), report
        return code
    assert report["valid"] == (code == 0) == (not report["problems"]), report
    for problem in report["problems"]:
        assert problem["message"], problem
        named = root / problem["path"]
        of_file = data if problem["path"] == target else named.read_bytes() if named.is_file() else b""
        assert is_located(problem["code"], problem["line"], of_file), problem
    return code


def package(folder: Path) -> Path:
    """Make the package that the attempts break."""
    return towns.write(folder / "towns", towns.good())
