"""Compile a table's schema and its rules of meaning into a pandera schema, for frames in people's own pipelines."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import narwhals as nw
import pandas as pd
import pandera.pandas as pa
import polars as pl

from ..errors import DataError, PackageError
from ..loading import reading
from ..rules.old import rules_of
from . import constraints, structure

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    from ..package.descriptor import Field, Package, Reference, Table
    from ..rules.old import Rule

    Others = Mapping[str, pl.DataFrame]


def compiled(package: Package, table: Table) -> pa.DataFrameSchema:
    """Make the schema of one table; the other tables that its keys and rules look at are those of the package.

    Raises:
        DataError: The file of another table that is looked at is structurally broken.
        PackageError: Such a file is missing, or a schema of the package is not a Table Schema that can be compiled.
    """
    constraints.prove(table)
    tables = {name: package.table(name) for name in package.names()}
    rules = [rule for rule in rules_of(tables, package.created) if rule.table == table.name]
    looked_at = {name for rule in rules for name in rule.reads} | {reference.table for reference in table.references}
    others = {name: _read(package, tables[name]) for name in sorted(looked_at - {table.name})}
    checks = [_reference(reference, table, others) for reference in table.references]
    checks += [_rule(rule, others) for rule in rules]
    return pa.DataFrameSchema(
        {field.name: _column(field) for field in table.fields},
        checks=checks,
        unique=list(table.key) or None,
        report_duplicates="exclude_first",
        strict=True,
        name=table.name,
        title=table.title,
        description=table.description,
    )


def _column(field: Field) -> pa.Column:
    checks = []
    bounds = field.constraints
    if "pattern" in bounds:
        pattern = bounds["pattern"]

        def matches(cells: pd.Series[str]) -> pd.Series[bool]:
            return pd.Series(constraints.matched(cells.tolist(), pattern), cells.index, dtype=bool)

        checks.append(pa.Check(matches, name="pattern", error=f"pattern: {pattern}"))
    if "minLength" in bounds or "maxLength" in bounds:
        checks.append(pa.Check.str_length(bounds.get("minLength"), bounds.get("maxLength")))
    if "minimum" in bounds:
        checks.append(pa.Check.ge(bounds["minimum"]))
    if "maximum" in bounds:
        checks.append(pa.Check.le(bounds["maximum"]))
    if bounds.get("unique"):
        # Empty cells are not alike.
        checks.append(pa.Check(lambda cells: ~cells.duplicated(), name="not-unique", error="not-unique"))
    return pa.Column(
        _dtype(field),
        checks=checks,
        nullable=not field.required,
        title=field.title,
        description=field.description,
    )


def _dtype(field: Field) -> Any:
    if field.categories:
        return pd.CategoricalDtype(list(field.categories), ordered=field.ordered)
    return reading.DTYPES.get(field.type, "datetime64[s]" if field.type == "date" else "string")


def _reference(reference: Reference, table: Table, others: Others) -> pa.Check:
    own, keys = list(reference.fields), list(reference.keys)

    def unknown(frame: pd.DataFrame) -> list[int]:
        ids = _as_text(frame, keys) if reference.table == table.name else others[reference.table]
        given = _as_text(frame, own).drop_nulls(own)
        return given.join(ids.select(keys), left_on=own, right_on=keys, how="anti")["__row"].to_list()

    return _check(unknown, own, "unknown-reference", f"{', '.join(own)} in {reference.table}")


def _rule(rule: Rule, others: Others) -> pa.Check:
    own = list(rule.reads[rule.table])

    def faults(frame: pd.DataFrame) -> list[int]:
        native = {name: others[name] for name in rule.reads if name != rule.table}
        native[rule.table] = _as_text(frame, own)
        frames = {name: nw.from_native(one.lazy()) for name, one in native.items()}
        return rule.faults(frames).collect()["__row"].to_list()

    return _check(faults, own, rule.code, rule.meaning)


def _check(faults: Callable[[pd.DataFrame], list[int]], columns: list[str], code: str, meaning: str) -> pa.Check:
    def judge(frame: pd.DataFrame) -> pd.Series[bool]:
        verdict = pd.Series(data=True, index=frame.index)
        # A frame that lacks a column is refused for that.
        if set(columns) <= set(frame.columns):
            verdict.iloc[faults(frame)] = False
        return verdict

    # Empty cells are judged too: many rules are about them.
    return pa.Check(judge, name=code, error=f"{code}: {meaning}", ignore_na=False)


def _read(package: Package, table: Table) -> pl.DataFrame:
    """Read another table of the package as text."""
    try:
        data = package.files.read(table.path)
    except FileNotFoundError:
        raise PackageError(f"{table.path} is missing") from None
    records = structure.read(data, table.path, table.columns)
    if records.problems or records.frame is None:
        problem = records.problems[0]
        raise DataError(f"{problem.path}:{problem.line}: {problem.message}")
    return records.frame


def _as_text(frame: pd.DataFrame, columns: list[str]) -> pl.DataFrame:
    """Give typed columns as the text that stands in the file, with the position of each row."""
    cells = {column: [_text(value) for value in frame[column].tolist()] for column in columns}
    return pl.DataFrame(cells, dict.fromkeys(columns, pl.String)).with_row_index("__row")


def _text(value: Any) -> str | None:
    if pd.isna(value) or value == "":
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else format(Decimal(repr(value)), "f")
    if isinstance(value, pd.Timestamp):
        return f"{value:%Y-%m-%d}"
    return str(value)
