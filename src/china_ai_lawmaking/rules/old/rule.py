"""What a rule of meaning is, and the few expressions that many rules share."""

from __future__ import annotations

from typing import NamedTuple

import narwhals as nw

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from typing import Any

    from ...package.descriptor import Field, Table

    Frame = nw.LazyFrame[Any]
    Frames = Mapping[str, Frame]
    Tables = Mapping[str, Table]
    Reads = Mapping[str, tuple[str, ...]]

# No date of a row is earlier: the lower end of what is only known to be "not later than" a date.
OPEN = "0000-01-01"


# In place of a column: the fault frame has a column `column` that names it, and each cell is judged by itself.
CELL = "{column}"


class Rule(NamedTuple):
    """One rule of meaning on one table.

    Attributes:
        code: Stable kebab-case name of the fault.
        table: Table whose rows are judged.
        column: Column that the problem names, `CELL`, or empty for the row.
        reads: Columns that the rule looks at, by table. A row of `table` with an already reported cell among them (or,
            for `CELL`, in the column at fault) is not reported again; the rule rests while a file among them is
            structurally broken, or while a cell of them in another table is already reported.
        message: `str.format` template over the columns of the fault frame. For a column `<table>__row`, the record
            number of another row, the template can use `<table>__line`, its physical line.
        hint: How to mend it, or empty; a template too.
        faults: Failing rows of `table`, from one frame a table with every column as text, null for an empty cell, and
            `__row`: at least `__row`, and the columns that the message needs. Its docstring is the rule in one line.
        suspects: The rows of `table` that alone can fail, where that is cheap to tell and the same for several rules;
            they can be given to `faults` in place of the whole table.
    """

    code: str
    table: str
    column: str
    reads: Reads
    message: str
    hint: str
    faults: Callable[[Frames], Frame]
    suspects: nw.Expr | None = None

    @property
    def meaning(self) -> str:
        """What the rule asks, in one line."""
        return (self.faults.__doc__ or "").partition("\n")[0]


def rule(
    code: str, table: str, column: str, reads: Reads, message: str, hint: str = ""
) -> Callable[[Callable[[Frames], Frame]], Rule]:
    """Make a rule of the decorated function."""
    return lambda faults: Rule(code, table, column, reads, message, hint, faults)


def shown(date: str, precision: str) -> nw.Expr:
    """Write a date to its precision: 2025-03-08, 2025-03 or 2025."""
    return (
        nw.when(nw.col(precision) == "month")
        .then(nw.col(date).str.slice(0, 7))
        .when(nw.col(precision) == "year")
        .then(nw.col(date).str.slice(0, 4))
        .otherwise(nw.col(date))
    )


def earliest(date: str, precision: str, basis: str = "") -> nw.Expr:
    """Give the first day that a date can mean, which is the day that is stored; null where the precision is empty."""
    day = nw.when(filled(precision)).then(nw.col(date))
    if not basis:
        return day
    return nw.when((nw.col(basis) == "publication") & filled(date)).then(nw.lit(OPEN)).otherwise(day)


def latest(date: str, precision: str) -> nw.Expr:
    """Give the last day that a date can mean, as text that sorts; null where date or precision is empty."""
    return (
        nw.when(nw.col(precision) == "day")
        .then(nw.col(date))
        .when(nw.col(precision) == "month")
        .then(nw.concat_str(nw.col(date).str.slice(0, 7), nw.lit("-31")))
        .when(nw.col(precision) == "year")
        .then(nw.concat_str(nw.col(date).str.slice(0, 4), nw.lit("-12-31")))
    )


def filled(column: str) -> nw.Expr:
    """Tell whether a cell is filled."""
    return ~nw.col(column).is_null()


def quoted(column: str) -> nw.Expr:
    """Write a cell between quotation marks, and an empty one as 'nothing'."""
    text = nw.concat_str(nw.lit("'"), nw.col(column), nw.lit("'"))
    return nw.when(nw.col(column).is_null()).then(nw.lit("nothing")).otherwise(text)


def items(frame: Frame, column: str) -> Frame:
    """Give one row an item of a list in a cell, as column `item`."""
    return frame.filter(filled(column)).with_columns(item=nw.col(column).str.split(";")).explode("item")


def has_item(column: str, item: str) -> nw.Expr:
    """Tell whether a list in a cell has an item."""
    return nw.concat_str(nw.lit(";"), nw.col(column), nw.lit(";")).str.contains(f";{item};", literal=True)


def stack(frames: Iterable[Frame]) -> Frame:
    """Put frames of the same columns below one another."""
    return nw.concat(list(frames), how="vertical")


def listed(tables: Tables, table: str, column: str) -> tuple[str, ...]:
    """Give the values that a column allows; none where there is no such column."""
    fields = tables[table].fields if table in tables else ()
    return tuple(value for field in fields if field.name == column for value in field.categories)


def is_list(field: Field) -> bool:
    """Tell whether the cells of a column are lists: their pattern repeats after a semicolon."""
    return "(?:;" in field.constraints.get("pattern", "")


def is_open(field: Field) -> bool:
    """Tell whether the cells of a text column can hold any character: no pattern, or one with a negated class."""
    pattern = field.constraints.get("pattern", "")
    return not pattern or "[^" in pattern


def date_columns(table: Table) -> list[tuple[str, str, str]]:
    """Give each date column of a table with its precision and its basis, empty where it has none."""
    columns = set(table.columns)
    found = []
    for field in table.fields:
        if field.type == "date":
            stem = field.name.removesuffix("_date")
            # The dates of an event have one basis, that of its start.
            basis = "date_basis" if stem == "start" else f"{stem}_basis"
            found.append((field.name, f"{stem}_precision", basis if basis in columns else ""))
    return found
