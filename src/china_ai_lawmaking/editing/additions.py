"""Rows to be added in one change: their identifiers, what they refer to, and the files that hold them afterwards."""

from __future__ import annotations

import csv
import io
import re
from typing import NamedTuple

from ..errors import UsageError
from ..loading import reading

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from ..package.descriptor import Field, Package, Table

EVIDENCE = "evidence"
RETIRED = "retired_ids"

# The pattern of identifiers that are counted: a prefix and at least so many digits.
_COUNTED = re.compile(r"\^\(\?:(?P<prefix>[a-z]+-)\[0-9\]\{(?P<digits>[0-9]+),\}\)\$")


class Row(NamedTuple):
    """A row to be added: its table and the text of its cells by column; a column that is left out is empty."""

    table: str
    cells: Mapping[str, str]


def check(package: Package, row: Row) -> None:
    """Refuse a row of a table or a column that the package does not have.

    Raises:
        UnknownTableError: There is no such table.
        UsageError: The table has no such column.
    """
    table = package.table(row.table)
    for column in row.cells:
        if column not in table.columns:
            raise UsageError(f"{row.table} has no column {column!r}; columns: {', '.join(table.columns)}")


def complete(package: Package, row: Row, earlier: Sequence[Row]) -> Row:
    """Fill in what follows from the package and from the earlier rows of the change.

    A counted identifier is the next one that was never used, retired ones included. A row of evidence belongs to the
    nearest earlier row that can have evidence, any other row to the first, if it can refer to it. What the row says
    itself stands.

    Raises:
        DataError: A file cannot be read to its end.
    """
    table = package.table(row.table)
    cells = dict(row.cells)
    if "id" in table.columns and "id" not in cells:
        counted = _COUNTED.fullmatch(str(table.field("id").constraints.get("pattern", "")))
        if counted:
            cells["id"] = _next(package, table, earlier, counted["prefix"], int(counted["digits"]))
    if earlier:
        cells = _link(package, table, cells, earlier) | cells
    return Row(row.table, cells)


def missing(package: Package, row: Row) -> list[Field]:
    """Give the columns that every row must fill and this one does not."""
    return [field for field in package.table(row.table).fields if field.required and not row.cells.get(field.name)]


def referring(package: Package, name: str) -> list[str]:
    """Give the tables whose rows can belong to a row of this one, the evidence first."""
    tables = (package.table(other) for other in package.names() if other != name)
    return [EVIDENCE] * (name in _carried(package)) + [table.name for table in tables if _references(table, name)]


def files(package: Package, rows: Iterable[Row]) -> dict[str, bytes]:
    """Give the files that change, by path: as they are, with the rows at the end.

    Raises:
        PackageError: A file is missing.
    """
    added: dict[str, list[Row]] = {}
    for row in rows:
        added.setdefault(row.table, []).append(row)
    return {package.resource_path(name): _file(package, package.table(name), added[name]) for name in added}


def _file(package: Package, table: Table, rows: Sequence[Row]) -> bytes:
    before = reading.text(package, table)
    text = io.StringIO(newline="")
    csv.DictWriter(text, table.columns, restval="", lineterminator="\n").writerows(row.cells for row in rows)
    return f"{before}{'' if before.endswith(chr(10)) else chr(10)}{text.getvalue()}".encode()


def _next(package: Package, table: Table, earlier: Iterable[Row], prefix: str, digits: int) -> str:
    used = [row.cells.get("id", "") for row in earlier]
    for name in (table.name, RETIRED):
        place = package.table(name).columns.index("id")
        used += (cells[place] for cells in reading.cells(package, package.table(name)))
    counts = (identifier.removeprefix(prefix) for identifier in used if identifier.startswith(prefix))
    # Longer ones are no counts, and Python refuses to read very long ones.
    last = max((int(count) for count in counts if re.fullmatch("[0-9]{1,18}", count)), default=0)
    return f"{prefix}{last + 1:0{digits}}"


def _link(package: Package, table: Table, cells: Mapping[str, str], earlier: Sequence[Row]) -> dict[str, str]:
    if table.name == EVIDENCE:
        carried = _carried(package)
        for row in reversed(earlier):
            if row.table in carried:
                return {"record_table": row.table, "record_id": row.cells.get("id", "")}
        return {}
    first = earlier[0]
    free = [column for column in _references(table, first.table) if column not in cells]
    return {column: first.cells.get("id", "") for column in free[:1]}


def _carried(package: Package) -> Mapping[str, str]:
    return package.table(EVIDENCE).field("record_table").categories


def _references(table: Table, name: str) -> list[str]:
    return [reference.fields[0] for reference in table.references if reference.table == name]
