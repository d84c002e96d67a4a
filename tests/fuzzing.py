"""Fuzz the reader and the validator with atheris: `python tests/fuzzing.py [options of libFuzzer]`.

The first byte chooses what the others stand for: mostly one CSV for the reader, else one file of a small package.
`.ci/nightly.d/fuzz` runs this for a minute, in an environment of its own.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["china_ai_lawmaking"]):
    from china_ai_lawmaking.loading import csv
    from china_ai_lawmaking.package import descriptor
    from china_ai_lawmaking.validating import validation  # noqa: F401

import hostile

FOLDER = tempfile.TemporaryDirectory()
ROOT = hostile.package(Path(FOLDER.name))
TOWNS = descriptor.open_package(ROOT).table("towns")
# Of 16 inputs 12 go to the reader, which is fast.
READER = 12


def try_one(data: bytes) -> None:
    """Read or validate one input; whatever is raised is a fault."""
    if not data:
        return
    which = data[0] % (READER + len(hostile.TARGETS))
    if which >= READER:
        hostile.attempt(ROOT, hostile.TARGETS[which - READER], data[1:])
        return
    parsed = csv.parse(data[1:], TOWNS)
    if not all(hostile.is_located(problem.code, problem.line, data[1:]) for problem in parsed.problems):
        raise AssertionError(parsed.problems)
    if not parsed.has_cells and not parsed.problems:
        raise AssertionError("nothing was read, and nothing is wrong")


def seeds(folder: Path) -> None:
    """Write good inputs to start from."""
    folder.mkdir(exist_ok=True)
    header = ",".join(TOWNS.columns).encode() + b"\n"
    for number, body in enumerate((b"", b'a,"b ""c""",,,,,,,\n', b'a,"b\nc",,,,,,,\r\n', b"a,b\n", b'a,"b\n')):
        (folder / f"reader-{number}").write_bytes(bytes([0]) + header + body)
    for number, target in enumerate(hostile.TARGETS):
        if (ROOT / target).exists():
            (folder / f"file-{number}").write_bytes(bytes([READER + number]) + (ROOT / target).read_bytes())


if __name__ == "__main__":
    corpus = Path(FOLDER.name) / "corpus"
    seeds(corpus)
    atheris.Setup([*sys.argv, str(corpus)], try_one)
    atheris.Fuzz()
