"""Turn CSV files into typed records and frames, as their Table Schemas say."""

from __future__ import annotations

import csv
import io
import re
from datetime import date

from ..errors import DataError, PackageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

    import pandas as pd

    from ..package.descriptor import Field, Package, Table

# Forms of cells, which the constraints judge by too.
INTEGER = "[+-]?[0-9]+"
NUMBER = r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?"
DTYPES = {"string": "string", "integer": "Int64", "number": "Float64", "boolean": "boolean"}


def text(package: Package, table: Table) -> str:
    """Give the decoded CSV of a table.

    Raises:
        PackageError: The file is missing.
        DataError: It is not UTF-8, or starts with a byte order mark.
    """
    try:
        data = package.files.read(table.path)
        content = data.decode("utf-8")
    except FileNotFoundError:
        raise PackageError(f"{table.path} is missing") from None
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise DataError(f"{table.path}:{line}: byte 0x{data[error.start]:02x} is not UTF-8") from None
    if content.startswith("\ufeff"):
        raise DataError(f"{table.path} starts with a byte order mark; run 'china-ai-lawmaking fix'")
    return content


def cells(package: Package, table: Table) -> Iterator[list[str]]:
    """Iterate over the rows of a table as text.

    Yields:
        One list a row, in schema order, with empty text for an empty cell.

    Raises:
        DataError: The header is not the schema's, or a row has too few or too many cells.
        PackageError: The file is missing.
    """
    for _, row in _rows(table, text(package, table)):
        yield row


def records(package: Package, table: Table) -> Iterator[dict[str, Any]]:
    """Iterate over the rows of a table as typed dicts.

    Yields:
        One dict a row, keyed by column in schema order: str, int, float, bool or datetime.date, None for an empty cell.

    Raises:
        DataError: A cell cannot be read as the schema says, or a row has too few or too many cells.
        PackageError: The file is missing.
    """
    columns = table.columns
    converters = [(i, field, _converter(field)) for i, field in enumerate(table.fields) if _is_converted(field)]
    for line, cells in _rows(table, text(package, table)):
        values: list[Any] = [cell or None for cell in cells]
        for i, field, convert in converters:
            if values[i] is not None:
                try:
                    values[i] = convert(cells[i])
                except (KeyError, ValueError):
                    raise DataError(_fault(table, line, field, cells[i])) from None
        yield dict(zip(columns, values, strict=True))


def frame(package: Package, table: Table) -> pd.DataFrame:
    """Read a table into a frame with the schema's dtypes.

    Returns:
        One row a record and one column a field, in file and schema order, with a default index. Text is `string`,
        integers `Int64`, numbers `Float64`, booleans `boolean`, dates `datetime64`, columns with a list of values
        `category`.

    Raises:
        DataError: A cell cannot be read as the schema says; the message locates it.
        PackageError: The file is missing.
    """
    import pandas as pd

    dtypes: dict[str, Any] = {}
    for field in table.fields:
        # pandas would take TRUE for true, 1.0 for 1 and inf for a number.
        as_text = field.categories or field.type in ("boolean", "integer", "number")
        dtypes[field.name] = "string" if as_text else DTYPES.get(field.type, "string")
    content = text(package, table)
    _check_rows(table, content)
    try:
        result = pd.read_csv(
            io.StringIO(content, newline=""),
            dtype=dtypes,
            keep_default_na=False,
            na_values=[""],
            encoding="utf-8",
        )
        for field in table.fields:
            column = result[field.name]
            if field.categories:
                categories = list(field.categories)
                if not (column.isin(categories) | column.isna()).all():
                    raise ValueError
                result[field.name] = column.astype(pd.CategoricalDtype(categories, ordered=field.ordered))
            elif field.type == "boolean":
                if not (column.isin(["true", "false"]) | column.isna()).all():
                    raise ValueError
                result[field.name] = (column == "true").astype("boolean")
            elif field.type == "integer":
                if not (column.str.fullmatch(INTEGER) | column.isna()).all():
                    raise ValueError
                result[field.name] = column.astype("Int64")
            elif field.type == "number":
                if not (column.str.fullmatch(NUMBER) | column.isna()).all():
                    raise ValueError
                result[field.name] = column.astype("Float64")
            elif field.type == "date":
                # pandas would take 2021-6-10 and other digits, and has a year 0000.
                if not (column.str.fullmatch("(?!0000)[0-9]{4}-[0-9]{2}-[0-9]{2}") | column.isna()).all():
                    raise ValueError
                # The unit that pandas chooses depends on its version and on whether there is any date.
                result[field.name] = pd.to_datetime(column, format="%Y-%m-%d").astype("datetime64[s]")
    except (ValueError, TypeError, OverflowError, pd.errors.ParserError) as error:
        # pandas does not say where: the slow reader meets the same fault and knows its line.
        for _ in records(package, table):
            pass
        raise DataError(f"{table.path}: {error}") from error
    return result


def _rows(table: Table, content: str) -> Iterator[tuple[int, list[str]]]:
    """Give the cells of each row with its last physical line, or raise at the first that does not fit the header."""
    reader = csv.reader(io.StringIO(content, newline=""), strict=True)
    columns = table.columns
    try:
        header = next(reader, [])
        if header != columns:
            raise DataError(f"{table.path}:1: the header is {','.join(header)}, the schema says {','.join(columns)}")
        width = len(columns)
        for cells in reader:
            if len(cells) != width:
                raise DataError(f"{table.path}:{reader.line_num}: {len(cells)} cells, the header has {width}")
            yield reader.line_num, cells
    except csv.Error as error:
        raise DataError(f"{table.path}:{reader.line_num}: {error}") from None


def _check_rows(table: Table, content: str) -> None:
    # pandas pads short rows, skips blank ones and mends quotes without a word.
    for _ in _rows(table, content):
        pass


def _is_converted(field: Field) -> bool:
    return bool(field.categories) or field.type != "string"


def _converter(field: Field) -> Callable[[str], Any]:
    if field.categories:
        # A value of the list is itself; any other is a KeyError.
        return {value: value for value in field.categories}.__getitem__
    return {"integer": _integer, "number": _number, "boolean": _boolean, "date": _date}[field.type]


def _integer(cell: str) -> int:
    # int() would accept ' 12', '1_000' and other digits.
    if not cell.lstrip("+-").isascii() or not cell.lstrip("+-").isdigit():
        raise ValueError(cell)
    return int(cell)


def _number(cell: str) -> float:
    # float() would accept 'nan', 'inf', ' 1' and '1_0'.
    if not re.fullmatch(NUMBER, cell):
        raise ValueError(cell)
    return float(cell)


def _boolean(cell: str) -> bool:
    return {"true": True, "false": False}[cell]


def _date(cell: str) -> date:
    # fromisoformat() also accepts 20250308 and 2025-W10-6.
    if len(cell) != 10 or cell[4] != "-" or cell[7] != "-":
        raise ValueError(cell)
    return date.fromisoformat(cell)


def _fault(table: Table, line: int, field: Field, cell: str) -> str:
    expected = f"one of {', '.join(field.categories)}" if field.categories else f"a {field.type}"
    return f"{table.path}:{line}: {field.name}: {cell!r} is not {expected}"
