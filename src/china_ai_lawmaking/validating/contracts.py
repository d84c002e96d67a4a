"""The schema and rules of a table as a pandera schema, for frames in people's own pipelines."""

from __future__ import annotations

import threading
import weakref
from typing import TYPE_CHECKING, Any, Self

import pandas as pd
import pandera.pandas as pa
from pandera import dtypes
from pandera.api.base.checks import CheckResult
from pandera.engines import pandas_engine

from ..errors import DataError, PackageError
from ..loading import csv, reading
from ..loading.csv import ParsedFile
from ..package.types import DTYPES
from . import constraints, frames
from .database import Database
from .judging import Judge

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from ..package.descriptor import Field, Package, Table
    from ..problems import Problem


def contract(
    package: Package, table: Table, neighbours: Mapping[str, pd.DataFrame], *, strict: bool, coerce: bool
) -> pa.DataFrameSchema:
    """Make the schema of one table; see `Dataset.contract`."""
    judge = _FrameJudge(package, table, neighbours)
    return pa.DataFrameSchema(
        {field.name: _column(field, coerce=coerce) for field in table.fields},
        checks=[_Check(judge, code, asks, is_first=not number) for number, (code, asks) in enumerate(judge.asked)],
        strict=strict,
        name=table.name,
        title=table.title,
        description=table.description,
    )


@dtypes.immutable
class _Boolean(pandas_engine.BOOL):
    """Booleans that can be turned from the words of a CSV cell, which pandas itself does not know."""

    def coerce(self, data_container: Any) -> Any:
        words = {"true": True, "false": False}
        spelled = data_container.astype(object).map(lambda cell: words.get(cell, cell), na_action="ignore")
        return super().coerce(spelled)


class _Day(pandas_engine.DateTime):
    """Days as `load` gives them, where pandera counts nanoseconds, which end in the year 2262."""

    def coerce(self, data_container: Any) -> Any:
        texts = [text or None for text in frames.cells(data_container)]
        found = reading.days(pd.Series(texts, data_container.index, dtype="string"))
        if found is None:
            raise ValueError("a cell is no date such as 2025-03-01")
        return found


def _column(field: Field, *, coerce: bool) -> pa.Column:
    day: Any = _Day
    dtype: Any = {"boolean": _Boolean, "date": day()}.get(field.type, DTYPES[field.type])
    if field.categories:
        dtype = pd.CategoricalDtype(list(field.categories), ordered=field.ordered)
    # Which cells must be filled the checks say, with the words of `validate`.
    return pa.Column(dtype, nullable=True, coerce=coerce, title=field.title, description=field.description)


class _FrameJudge:
    """Judges frames of one table among the other tables; pickles, and opens its database anew where it arrives."""

    def __init__(self, package: Package, table: Table, neighbours: Mapping[str, pd.DataFrame]) -> None:
        self._package, self._table, self._neighbours = package, table, neighbours
        self._lock = threading.Lock()
        # Weakly: pandera keeps the schema for as long as a frame that it judged is there.
        self._last: tuple[weakref.ref[pd.DataFrame], list[Problem]] | None = None
        self._open()

    def __getstate__(self) -> dict[str, Any]:
        return {"package": self._package, "table": self._table, "neighbours": self._neighbours}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__init__(**state)  # type: ignore[misc]

    def _open(self) -> None:
        tables = {name: self._package.table(name) for name in self._package.names()}
        self._database = Database()
        constraints.check_compiles(self._database, self._table)
        self._judge = Judge(self._database, tables, self._package.created)
        self.asked = [*self._judge.asked(self._table.name).items()]
        self.columns = self._table.columns
        needed = self._judge.looked_at(self._table.name)
        self._known: dict[tuple[str, ...], tuple[str, tuple[str, ...]]] = {}
        for name, table in tables.items():
            if name in self._neighbours:
                rows = frames.texts(self._neighbours[name], table)
                if name == self._table.name:
                    index = self._neighbours[name].index
                    self._keep(
                        (f"{label} of the frame given beside", row) for label, row in zip(index, rows, strict=True)
                    )
                else:
                    self._database.fill(name, table.columns, rows)
                    self._judge.add(table, ParsedFile(len(rows), range(len(rows)), frozenset(), False, []))
            elif name == self._table.name:
                self._keep_file()
            else:
                parsed, _ = self._database.read(self._package, table)
                if parsed.problems and name in needed:
                    problem = parsed.problems[0]
                    error = PackageError if problem.code == "missing-file" else DataError
                    raise error(f"{problem.path}:{problem.line}: {problem.message}")
                if parsed.has_cells:
                    self._judge.add(table, parsed)

        self._unjudged = [name for name in self._judge.tables if name != self._table.name]

    def _keep(self, rows: Iterable[tuple[str, tuple[str, ...]]]) -> None:
        """Keep the rows of the table itself, which stand beside those of a frame that has not all of them."""
        places = [self._table.columns.index(name) for name in self._table.key]
        self._known = {tuple(row[place] for place in places): (told, row) for told, row in rows}

    def _keep_file(self) -> None:
        path = self._table.path
        try:
            self._keep([(f"{line} of {path}", tuple(cells)) for line, cells in csv.rows(self._package, self._table)])
        except (DataError, PackageError):
            # Nothing is beside the frame where the file cannot be read.
            self._keep([])

    def problems(self, frame: pd.DataFrame, *, is_new: bool) -> list[Problem]:
        """Judge a frame; the line of a problem is the position of its row.

        Args:
            frame: The frame, with every column of the table.
            is_new: Whether it may have changed since it was given last.
        """
        with self._lock:
            if is_new or self._last is None or self._last[0]() is not frame:
                self._last = weakref.ref(frame), self._judged(frame)
            return self._last[1]

    def _judged(self, frame: pd.DataFrame) -> list[Problem]:
        table = self._table
        rows = frames.texts(frame, table)
        places = [table.columns.index(name) for name in table.key]
        given = {tuple(row[place] for place in places) for row in rows}
        beside = [known for key, known in self._known.items() if key not in given]
        lines = [_Line(place - len(beside), told) for place, (told, _) in enumerate(beside)]
        lines += [_Line(place, str(label)) for place, label in enumerate(frame.index)]
        self._database.fill(table.name, table.columns, [*(row for _, row in beside), *rows])
        self._judge.add(table, ParsedFile(len(lines), lines, frozenset(), False, []))
        for name in self._unjudged:
            for _ in self._judge.constraint_faults(name):
                pass
        # From now on only those that refer to this table can be judged otherwise.
        self._unjudged = [name for name in self._unjudged if self._table.name in self._judge.looked_at(name)]
        found = [*self._judge.constraint_problems(table.name, self._database), *self._judge.rule_problems([table.name])]
        return sorted(problem for problem in found if problem.line >= 0)


class _Line(int):
    """The position of a row in a frame, below zero for one that stands beside; a message names it in its own words."""

    _told: str

    def __new__(cls, position: int, told: str) -> Self:
        line = super().__new__(cls, position)
        line._told = told
        return line

    def __str__(self) -> str:
        return self._told

    def __format__(self, _: str) -> str:
        return self._told


class _Check(pa.Check):
    """The problems of one code, each at its cell, with message and hint as its failure case."""

    def __init__(self, judge: _FrameJudge, code: str, asks: str, *, is_first: bool) -> None:
        # Empty cells are judged too: many rules are about them.
        super().__init__(judge.problems, name=code, error=f"{code}: {asks}", ignore_na=False)
        self._judge, self._is_first = judge, is_first

    def __call__(self, check_obj: pd.DataFrame, column: str | None = None) -> CheckResult:  # noqa: ARG002
        """Judge a frame as `pa.Check` does."""
        # pandera asks all checks about the same frame, the first one first.
        columns = [str(name) for name in check_obj.columns]
        output = pd.DataFrame(True, check_obj.index, columns)
        names = self._judge.columns
        # A frame that lacks a column is refused for that.
        found = (
            [one for one in self._judge.problems(check_obj, is_new=self._is_first) if one.code == self.name]
            if {*names} <= {*columns}
            else []
        )
        cases = []
        for problem in found:
            at = [columns.index(problem.column)] if problem.column else [columns.index(name) for name in names]
            output.iloc[problem.line, at] = False
            index = check_obj.index[problem.line]
            hint = f" ({problem.hint})" if problem.hint else ""
            cases.append(
                {
                    "column": problem.column or None,
                    "index": str(index) if isinstance(index, tuple) else index,
                    "failure_case": f"{problem.message}{hint}",
                }
            )
        failed = pd.DataFrame(cases, columns=["column", "index", "failure_case"])
        return CheckResult(output, not found, check_obj, failed)
