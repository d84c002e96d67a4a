"""Run the layers of checks over a package: structure, constraints, meaning, files."""

from __future__ import annotations

import io
from typing import NamedTuple

from .problems import Problem
from .rules import RULES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from .package import Package


class Verdict(NamedTuple):
    """What a validation found.

    Attributes:
        problems: Every problem, sorted.
        rows: Rows by table; None for a table that cannot be read.
        files: The data files that were looked at.
    """

    problems: list[Problem]
    rows: Mapping[str, int | None]
    files: tuple[str, ...]


def judge(package: Package) -> Verdict:
    """Check a package.

    Raises:
        PackageError: The package as a whole cannot be used.
    """
    import narwhals as nw
    import polars as pl

    frames = {}
    rows: dict[str, int | None] = {}
    for name in package.names():
        data = package.files.read(package.resource_path(name))
        frame = pl.read_csv(io.BytesIO(data), infer_schema=False).with_row_index("__row")
        rows[name] = frame.height
        frames[name] = nw.from_native(frame).lazy()
    problems = []
    for rule in RULES:
        path = package.resource_path(rule.table)
        for fault in rule.faults(frames).collect().rows(named=True):
            message, hint = rule.message.format(**fault), rule.hint.format(**fault)
            problems.append(Problem(path, fault["__row"] + 2, rule.column, rule.code, message, hint))
    paths = tuple(package.resource_path(name) for name in package.names())
    return Verdict(sorted(problems), rows, paths)


def codes() -> dict[str, str]:
    """List the codes of all problems with what each means, sorted."""
    return {rule.code: rule.message for rule in RULES}
