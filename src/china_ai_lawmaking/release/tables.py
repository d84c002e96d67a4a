"""The tables of a release: cells as text, reading views as CSV, tables as Parquet."""

from __future__ import annotations

import codecs
from typing import NamedTuple

from ..loading import csv, reading
from ..package import types
from ..package.descriptor import Field

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    import pandas as pd

    from ..package.descriptor import Package, Table


class View(NamedTuple):
    """A table joined for reading: its columns, and its rows of str, int, float, bool, datetime.date or None."""

    name: str
    fields: tuple[Field, ...]
    rows: list[tuple[Any, ...]]


def views(package: Package, names: Iterable[str]) -> list[View]:
    """Join tables for reading."""
    from ..loading.views import Record, view

    record = Record(package)
    return [_made(package, name, view(package, name, record=record)) for name in names]


def _made(package: Package, name: str, frame: pd.DataFrame) -> View:
    import pandas as pd

    from ..loading.views import MEANINGS

    known = {field.name: field for field in package.table(name).fields}
    for reference in package.table(name).references:
        column = reference.fields[0]
        # A name stands where the identifier stood, and is not always there.
        known[column.removesuffix("_id")] = known[column]._replace(
            name=column.removesuffix("_id"), constraints={}, rdf_type="", example=""
        )

    kinds = {"M": "date", "i": "integer", "f": "number", "b": "boolean"}

    def derived(column: str) -> Field:
        type = kinds.get(frame[column].dtype.kind, "string")
        return Field(column, "", MEANINGS[column], type, {}, {}, False, "", "")

    def plain(value: Any) -> Any:
        if pd.isna(value):
            return None
        return value.date() if isinstance(value, pd.Timestamp) else value

    fields = tuple(known.get(column) or derived(column) for column in frame.columns)
    # tolist gives Python's own numbers, not NumPy's.
    columns = (map(plain, frame[column].tolist()) for column in frame.columns)
    return View(name, fields, list(zip(*columns, strict=True)))


def as_csv(view: View) -> bytes:
    """Write a view as CSV: UTF-8 with a byte order mark, LF, one header row.

    Views are what people open in a spreadsheet program, and Excel takes a file without the mark for another encoding.
    """
    rows = csv.written(
        [[field.name for field in view.fields], *([types.write(cell) for cell in row] for row in view.rows)]
    )
    return codecs.BOM_UTF8 + rows


def parquet(package: Package, table: Table) -> bytes:
    """Write a table as Parquet with the schema's types.

    Text is string, columns with listed values are dictionaries, integers int64, numbers float64, booleans boolean,
    dates date32. Descriptions go along as metadata of the fields. Bytes are the same for the same writer version only.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    types = {
        "string": pa.string(),
        "integer": pa.int64(),
        "number": pa.float64(),
        "boolean": pa.bool_(),
        "date": pa.date32(),
    }
    fields = [
        pa.field(
            field.name,
            pa.dictionary(pa.int32(), pa.string(), field.ordered) if field.categories else types[field.type],
            nullable=not field.required,
            metadata={"description": field.description},
        )
        for field in table.fields
    ]
    about = {"title": table.title, "description": table.description, "version": package.version}
    frame = reading.frame(package, table)
    rows = pa.Table.from_pandas(frame, schema=pa.schema(fields), preserve_index=False).replace_schema_metadata(about)
    buffer = pa.BufferOutputStream()
    pq.write_table(rows, buffer, compression="zstd")
    return bytes(buffer.getvalue().to_pybytes())
