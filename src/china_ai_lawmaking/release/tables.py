"""The tables of a release: reading views as rows and as CSV, tables as Parquet."""

import codecs
from collections.abc import Iterable
from typing import Any, NamedTuple

import pandas as pd

from ..loading import csv, reading
from ..loading.views import MEANINGS, Record, view
from ..package import types
from ..package.descriptor import Field, Package, Table

# Types of the columns that a view adds, by the kind of their dtype.
_KINDS = {"M": "date", "i": "integer", "f": "number", "b": "boolean"}
# What types are called in Parquet.
_PARQUET = {"string": "string", "integer": "int64", "number": "float64", "boolean": "bool", "date": "date32"}


class View(NamedTuple):
    """A table joined for reading: its columns, and its rows of str, int, float, bool, datetime.date or None."""

    name: str
    fields: list[Field]
    rows: list[tuple[Any, ...]]

    @property
    def cells(self) -> list[list[str]]:
        """The rows as text, as they stand in CSV."""
        return [[*map(types.write, row)] for row in self.rows]


def views(package: Package, names: Iterable[str]) -> list[View]:
    """Join tables for reading."""
    record = Record(package)
    return [_view(package.table(name), view(package, name, record=record)) for name in names]


def _view(table: Table, frame: pd.DataFrame) -> View:
    known = {field.name: field for field in table.fields}
    for column in table.targets:
        name = column.removesuffix("_id")
        # A name stands where the identifier stood, and is not always there.
        known[name] = known[column]._replace(name=name, constraints={}, rdf_type="", example="")

    def plain(value: Any) -> Any:
        return None if pd.isna(value) else value.date() if isinstance(value, pd.Timestamp) else value

    fields, columns = [], []
    for name in frame.columns:
        kind = _KINDS.get(frame[name].dtype.kind, "string")
        fields.append(known.get(name) or Field(name, "", MEANINGS[name], kind, {}, {}, False, "", ""))
        # tolist gives Python's own numbers, not NumPy's.
        columns.append(map(plain, frame[name].tolist()))
    return View(table.name, fields, list(zip(*columns, strict=True)))


def as_csv(view: View) -> bytes:
    """Write a view as CSV: UTF-8 with a byte order mark, LF, one header row.

    Views are what people open in a spreadsheet program, and Excel takes a file without the mark for another encoding.
    """
    return codecs.BOM_UTF8 + csv.written([[field.name for field in view.fields], *view.cells])


def parquet(package: Package, table: Table) -> bytes:
    """Write a table as Parquet with the schema's types.

    Text is string, columns with listed values are dictionaries, integers int64, numbers float64, booleans boolean,
    dates date32. Descriptions go along as metadata of the fields. Bytes are the same for the same writer version only.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    fields = [
        pa.field(
            field.name,
            pa.dictionary(pa.int32(), pa.string(), field.ordered) if field.categories else _PARQUET[field.type],
            nullable=not field.required,
            metadata={"description": field.description},
        )
        for field in table.fields
    ]
    about = {"title": table.title, "description": table.description, "version": package.version}
    rows = pa.Table.from_pandas(reading.frame(package, table), pa.schema(fields), preserve_index=False)
    buffer = pa.BufferOutputStream()
    pq.write_table(rows.replace_schema_metadata(about), buffer, compression="zstd")
    return bytes(buffer.getvalue().to_pybytes())
