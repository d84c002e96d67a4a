"""Turn CSV files into typed records and frames, as their Table Schemas say."""

from __future__ import annotations

import re

from ..errors import DataError, UsageError
from ..package import types
from . import csv

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    import pandas as pd

    from ..package.descriptor import Field, Package, Table


def records(package: Package, table: Table) -> Iterator[dict[str, Any]]:
    """Iterate over the rows of a table as typed dicts.

    Yields:
        One dict a row, keyed by column in schema order: str, int, float, bool or datetime.date, None for an empty cell.

    Raises:
        DataError: A cell cannot be read as the schema says, or a row has too few or too many cells.
        PackageError: The file is missing.
    """
    columns = table.columns
    typed = [(i, parse) for i, field in enumerate(table.fields) if (parse := types.parser(field))]
    for line, cells in csv.rows(package, table):
        values: list[Any] = [cell or None for cell in cells]
        for i, parse in typed:
            if cell := cells[i]:
                try:
                    values[i] = parse(cell)
                except (KeyError, ValueError):
                    field = table.fields[i]
                    kind = f"{'an' if field.type == 'integer' else 'a'} {field.type}"
                    expected = f"one of {', '.join(field.categories)}" if field.categories else kind
                    told = f"{table.path}:{line}: {field.name}: {cell!r} is not {expected}"
                    raise DataError(told) from None
        yield dict(zip(columns, values, strict=True))


def identifiers(given: Any) -> list[str]:
    """List identifiers, each once.

    Raises:
        UsageError: One of them is no text, such as a missing value.
    """
    ids = [*given] if hasattr(given, "__iter__") and not isinstance(given, str) else [given]
    if odd := [type(one).__name__ for one in ids if not isinstance(one, str)]:
        raise UsageError(f"an identifier is text, such as 'st-00001'; got {odd[0]}")
    return list(dict.fromkeys(ids))


def became(package: Package, identifier: str) -> str:
    """Say what became of a retired identifier, or nothing of another."""
    retired = {row["id"]: row["replaced_by"] for row in records(package, package.table("retired_ids"))}
    if identifier not in retired:
        return ""
    return f"it was retired, and {retired[identifier] or 'nothing'} stands in its place"


def passages_of(package: Package, identifier: str) -> list[dict[str, Any]]:
    """List the rows of evidence with an identifier, or of the record that has it.

    Raises:
        UsageError: There is none.
    """
    identifiers([identifier])
    rows = list(records(package, package.table("evidence")))
    found = [row for row in rows if identifier in (row["record_id"], row["id"])]
    if not found:
        from difflib import get_close_matches

        known = dict.fromkeys(row[column] for row in rows for column in ("id", "record_id"))
        near = f"near it: {', '.join(get_close_matches(identifier, known)) or 'none'}"
        how = became(package, identifier) or near
        raise UsageError(f"no evidence and no record with evidence has the id {identifier!r}; {how}")
    return found


def frame(package: Package, table: Table) -> pd.DataFrame:
    """Read a table into a frame with the schema's dtypes.

    Returns:
        One row a record and one column a field, in file and schema order, with a default index. Text is `string`,
        integers `Int64`, numbers `Float64`, booleans `boolean`, dates `datetime64[s]`, columns with a list of values
        `category`.

    Raises:
        DataError: A cell cannot be read as the schema says; the message locates it.
        PackageError: The file is missing.
    """
    import pandas as pd

    data = csv.content(package, table)
    result = _text(data, table)
    if result is None:
        cells = [cells for _, cells in csv.strict(data, table)]
        result = pd.DataFrame(cells, columns=table.columns, dtype="string").replace("", pd.NA)
    for field in table.fields:
        typed = _typed(result[field.name], field)
        if typed is None:
            # pandas does not say where: the other way meets the same fault and knows its line.
            for _ in records(package, table):
                pass
            raise AssertionError(f"{table.path}: the cells of {field.name} are read in two ways")
        result[field.name] = typed
    return result


def _text(data: bytes, table: Table) -> pd.DataFrame | None:
    """Read the cells of a file by pandas, as `string`; None where it may have read something else than stands there.

    pandas pads short rows, makes an index of what a longer first row has too much, drops blank rows and mends quotation
    marks without a word.
    """
    import io

    import pandas as pd

    try:
        frame = pd.read_csv(
            io.BytesIO(data),
            dtype=dict.fromkeys(table.columns, "string"),
            keep_default_na=False,
            na_values=[""],
            encoding="utf-8",
        )
    except ValueError:
        return None
    has_index = not isinstance(frame.index, pd.RangeIndex)
    return None if has_index or not csv.adds_up(data, table, len(frame)) else frame


def _typed(column: pd.Series[Any], field: Field) -> pd.Series[Any] | None:
    """Give a column of text the dtype of its field; None where a cell cannot be read."""
    import pandas as pd

    if field.categories:
        found = column.astype("category")
        if not field.categories.keys() >= {*found.cat.categories}:
            return None
        return found.astype(pd.CategoricalDtype([*field.categories], ordered=field.ordered))
    if field.type == "string":
        return column
    if field.type == "date":
        return days(column)
    if not _is_formed(column, field.type):
        return None
    if field.type == "boolean":
        return (column == "true").astype("boolean")
    dtype: Any = types.DTYPES[field.type]
    return column.astype(dtype)


def days(column: pd.Series[Any]) -> pd.Series[Any] | None:
    """Turn a column of text into days, as `datetime64[s]`; None where a cell is no date."""
    import numpy as np
    import pandas as pd

    if not _is_formed(column, "date"):
        return None
    # Not to_datetime, which before pandas 3 counts nanoseconds, and ends in the year 2262.
    return pd.Series(np.array(column.fillna("NaT").tolist(), dtype=types.DTYPES["date"]), column.index)


def _is_formed(column: pd.Series[Any], type: str) -> bool:
    # pandas would take TRUE for true, 1.0 for 1, inf for a number and 2021-6-10 for a date, and has a year 0000. What
    # its own fullmatch takes depends on how it stores text.
    return all(map(re.compile(types.FORMS[type]).fullmatch, column.dropna().tolist()))
