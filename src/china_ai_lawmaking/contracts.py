"""Compile a table into a pandera schema: its Table Schema column by column, its rules of meaning as checks."""

from __future__ import annotations

import narwhals as nw
import numpy as np
import pandas as pd
import pandera.pandas as pa
import polars as pl

from . import reading, validation
from .rules import rules_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from .package import Field, Package, Reference, Table
    from .rules import Rule
    from .rules.rule import Frames


def contract(package: Package, name: str) -> pa.DataFrameSchema:
    """Compile one table; see `Dataset.contract`."""
    table = package.table(name)
    tables, _, checked, _ = validation.check(package)
    frames = {other: nw.from_native(one.frame.lazy()) for other, one in checked.items()}
    rules = rules_of(tables | {name: table}, package.created)
    checks = [
        _of_rule(rule, table, frames) for rule in rules if rule.table == name and validation.is_ready(rule, checked)
    ]
    for reference in table.references:
        if reference.table == name:
            checks.append(_of_reference(reference, None))
        elif reference.table in checked and not checked[reference.table].records.lost:
            keys = checked[reference.table].frame.select(reference.keys).rows()
            checks.append(_of_reference(reference, set(keys)))
    columns = {field.name: _column(field) for field in table.fields}
    return pa.DataFrameSchema(
        columns, checks, unique=list(table.key), name=name, title=table.title, description=table.description
    )


def _column(field: Field) -> pa.Column:
    # Values of a list are a type of their own; a null never repeats another.
    unique = pa.Check(lambda cells: ~cells.duplicated(keep=False) | cells.isna(), name="unique", error="unique")
    checks = [*_checks(field), *([unique] if field.constraints.get("unique") else [])]
    return pa.Column(
        _dtype(field), checks, nullable=not field.required, title=field.title, description=field.description
    )


def _dtype(field: Field) -> Any:
    if field.categories:
        return pd.CategoricalDtype(list(field.categories), ordered=field.ordered)
    return "datetime64[s]" if field.type == "date" else reading.DTYPES[field.type]


def _checks(field: Field) -> Iterator[pa.Check]:
    bounds = dict(field.constraints)
    if field.type == "date":
        bounds |= {name: pd.Timestamp(bounds[name]) for name in ("minimum", "maximum") if name in bounds}
    if "enum" in bounds and not field.categories:
        yield pa.Check.isin(bounds["enum"])
    if "pattern" in bounds:
        # A dollar sign would match before a last line feed too.
        yield pa.Check.str_matches(bounds["pattern"][:-1] + r"\Z")
    if "minLength" in bounds or "maxLength" in bounds:
        yield pa.Check.str_length(bounds.get("minLength"), bounds.get("maxLength"))
    if "minimum" in bounds:
        yield pa.Check.ge(bounds["minimum"])
    if "maximum" in bounds:
        yield pa.Check.le(bounds["maximum"])


def _of_reference(reference: Reference, keys: set[tuple[Any, ...]] | None) -> pa.Check:
    def known(frame: pd.DataFrame) -> pd.Series[bool]:
        present = keys if keys is not None else set(_text(frame, reference.keys).rows())
        cells = _text(frame, reference.fields).rows()
        return pd.Series([None in cell or cell in present for cell in cells], frame.index)

    error = f"{', '.join(reference.fields)} refers to {', '.join(reference.keys)} of {reference.table}"
    return pa.Check(known, name="unknown-reference", error=error, ignore_na=False)


def _of_rule(rule: Rule, table: Table, frames: Frames) -> pa.Check:
    def holds(frame: pd.DataFrame) -> pd.Series[bool]:
        own = _text(frame, rule.reads[table.name]).with_row_index("__row")
        faulty = rule.faults({**frames, table.name: nw.from_native(own.lazy())}).select("__row").collect()
        return pd.Series(~pd.RangeIndex(len(frame)).isin(faulty["__row"].to_list()), frame.index)

    return pa.Check(holds, name=rule.code, error=f"{rule.code}: {rule.meaning}", ignore_na=False)


def _text(frame: pd.DataFrame, columns: tuple[str, ...]) -> pl.DataFrame:
    """Write columns of a loaded frame as they stand in the file, null for an empty cell."""
    texts = {
        name: [None if empty else _written(cell) for cell, empty in zip(frame[name], frame[name].isna(), strict=True)]
        for name in columns
    }
    return pl.DataFrame(texts, dict.fromkeys(columns, pl.String))


def _written(cell: Any) -> str:
    if isinstance(cell, pd.Timestamp):
        return cell.date().isoformat()
    if isinstance(cell, bool | np.bool_):
        return str(cell).lower()
    if isinstance(cell, float):
        return np.format_float_positional(cell, trim="-")
    return str(cell)
