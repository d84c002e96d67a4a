"""The schema and rules of a table as a pandera schema, for frames in people's own pipelines."""

import threading
import weakref
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Self

import pandas as pd
import pandera.pandas as pa
from pandera import dtypes
from pandera.api.base.checks import CheckResult
from pandera.engines import pandas_engine

from ..errors import DataError, PackageError
from ..loading import csv, reading
from ..loading.csv import ParsedFile
from ..package.descriptor import Field, Package, Table
from ..package.types import DTYPES
from ..problems import Problem
from . import constraints, frames
from .database import Database
from .judging import Judge


def contract(
    package: Package, table: Table, neighbours: Mapping[str, pd.DataFrame], *, strict: bool, coerce: bool
) -> pa.DataFrameSchema:
    """Make the schema of one table; see `Dataset.contract`."""
    judge = _FrameJudge(package, table, neighbours)
    return pa.DataFrameSchema(
        {field.name: _column(field, coerce=coerce) for field in table.fields},
        parsers=pa.Parser(_filled) if coerce else None,
        checks=[
            _Check(judge, code, asks, is_first=not number) for number, (code, asks) in enumerate(judge.asked.items())
        ],
        strict=strict,
        name=table.name,
        title=table.title,
        description=table.description,
    )


def _filled(frame: pd.DataFrame) -> pd.DataFrame:
    """Take an empty text for an empty cell, as a file does."""
    filled: pd.DataFrame = frame.apply(lambda column: column.mask(column.astype("string").eq("").fillna(False)))
    return filled


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


class _Text(pandas_engine.STRING):
    """Text as `load` gives it, however pandas stores it."""

    def check(self, pandera_dtype: Any, data_container: Any = None) -> Any:
        return isinstance(pandera_dtype.type, pd.StringDtype) or super().check(pandera_dtype, data_container)

    def coerce(self, data_container: Any) -> Any:
        return data_container.astype("string")


def _column(field: Field, *, coerce: bool) -> pa.Column:
    own: Any = {"boolean": _Boolean, "date": _Day, "string": _Text}
    dtype: Any = own[field.type]() if field.type in own else DTYPES[field.type]
    if field.categories:
        dtype = pd.CategoricalDtype(list(field.categories), ordered=field.ordered)
    # Which cells must be filled the checks say, with the words of `validate`.
    return pa.Column(dtype, nullable=True, coerce=coerce, title=field.title, description=field.description)


class _FrameJudge:
    """Judges frames of one table among the other tables; pickles, and opens its database anew where it arrives."""

    def __init__(self, package: Package, table: Table, neighbours: Mapping[str, pd.DataFrame]) -> None:
        self._package, self.table, self._neighbours = package, table, neighbours
        self._places = [table.columns.index(name) for name in table.key]
        self._lock = threading.Lock()
        # Weakly: pandera keeps the schema for as long as a frame that it judged is there.
        self._last: tuple[weakref.ref[pd.DataFrame], list[Problem]] | None = None
        self._database = Database()
        constraints.check_compiles(self._database, table)
        tables = {name: package.table(name) for name in package.names()}
        self._judge = Judge(self._database, tables, package.created)
        self.asked = self._judge.asked(table.name)
        for other in tables.values():
            if other.name != table.name:
                self._add(other)
        self._unjudged = list(self._judge.parsed)
        # Rows of the table itself by key, with the place that a message names: they stand beside those of a frame that
        # has not all of them.
        self._known = {self._key(row): (place, row) for place, row in self._own()}

    def __reduce__(self) -> tuple[Any, ...]:
        return _FrameJudge, (self._package, self.table, self._neighbours)

    def _add(self, table: Table) -> None:
        if table.name in self._neighbours:
            rows = frames.texts(self._neighbours[table.name], table)
            self._database.fill(table, rows)
            self._judge.add(table.name, ParsedFile(len(rows), range(len(rows))))
            return
        parsed = self._database.load(table, self._package.data(table.name), self._package.path(table.name))
        if parsed.problems and table.name in self._judge.looked_at(self.table.name):
            problem = parsed.problems[0]
            error = PackageError if problem.code == "missing-file" else DataError
            raise error(f"{problem.place}: {problem.message}")
        if parsed.has_cells:
            self._judge.add(table.name, parsed)

    def _own(self) -> Iterable[tuple[str, tuple[str, ...]]]:
        table = self.table
        if table.name in self._neighbours:
            frame = self._neighbours[table.name]
            places = (f"{label} of the frame given beside" for label in frame.index)
            return zip(places, frames.texts(frame, table), strict=True)
        try:
            return [(f"{line} of {table.path}", tuple(cells)) for line, cells in csv.rows(self._package, table)]
        except (DataError, PackageError):
            # Nothing is beside the frame where the file cannot be read.
            return []

    def _key(self, row: Sequence[str]) -> tuple[str, ...]:
        return tuple(row[place] for place in self._places)

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
        table, judge = self.table, self._judge
        rows = frames.texts(frame, table)
        given = set(map(self._key, rows))
        beside = [known for key, known in self._known.items() if key not in given]
        lines = [_Line(place - len(beside), told) for place, (told, _) in enumerate(beside)]
        lines += [_Line(place, str(label)) for place, label in enumerate(frame.index)]
        self._database.fill(table, [*(row for _, row in beside), *rows])
        judge.add(table.name, ParsedFile(len(lines), lines))
        for name in self._unjudged:
            for _ in judge.constraint_faults(name):
                pass
        # From now on only those that refer to this table can be judged otherwise.
        self._unjudged = [name for name in self._unjudged if table.name in judge.looked_at(name)]
        found = [*judge.constraint_problems(table.name), *judge.rule_problems([table.name])]
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


class _Check(pa.Check):
    """The problems of one code, each at its cell, with message and hint as its failure case."""

    def __init__(self, judge: _FrameJudge, code: str, asks: str, *, is_first: bool) -> None:
        # Empty cells are judged too: many rules are about them.
        super().__init__(judge.problems, name=code, error=f"{code}: {asks}", ignore_na=False)
        self._judge, self._is_first = judge, is_first

    def __call__(self, check_obj: pd.DataFrame, column: str | None = None) -> CheckResult:  # noqa: ARG002
        """Judge a frame as `pa.Check` does."""
        columns, names = [str(name) for name in check_obj.columns], self._judge.table.columns
        output = pd.DataFrame(True, check_obj.index, columns)
        cases = []
        # A frame that lacks a column is refused for that. pandera asks all checks about one frame, the first one first.
        found = self._judge.problems(check_obj, is_new=self._is_first) if {*names} <= {*columns} else []
        for problem in found:
            if problem.code != self.name:
                continue
            at = [columns.index(name) for name in ([problem.column] if problem.column else names)]
            output.iloc[problem.line, at] = False
            index = check_obj.index[problem.line]
            hint = f" ({problem.hint})" if problem.hint else ""
            cases.append(
                (problem.column or None, str(index) if isinstance(index, tuple) else index, problem.message + hint)
            )
        failed = pd.DataFrame(cases, columns=["column", "index", "failure_case"])
        return CheckResult(output, not cases, check_obj, failed)
