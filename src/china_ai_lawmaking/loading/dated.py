"""Dates as the intervals that their precision and basis make, and as people write them."""

from __future__ import annotations

from datetime import date, timedelta
from typing import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from ..package.descriptor import Table

# Not calendar.month_name, which follows the locale.
MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


class Span(NamedTuple):
    """A date: the first and the last day that it can be, and how people write it.

    Attributes:
        first: Empty where only an upper bound is known.
        last: Empty for an unknown date.
        text: `5 March 2025`, `March 2025`, `2025`, `by April 2024`; empty for an unknown date.
    """

    first: date | None
    last: date | None
    text: str


UNKNOWN = Span(None, None, "")


def stems(table: Table) -> Iterator[str]:
    """Give the stem of each date column of a table: `start` for `start_date`, `date` for `date`."""
    for field in table.fields:
        if field.type == "date":
            yield field.name.removesuffix("_date")


def span(row: Mapping[str, Any], stem: str) -> Span:
    """Give the interval of a date.

    Args:
        row: The cells of its row by column, typed.
        stem: `start` for the columns `start_date` and `start_precision`.
    """
    column = "date" if stem == "date" else f"{stem}_date"
    day, precision = row[column], row.get(f"{stem}_precision") or "day"
    if day is None:
        return UNKNOWN
    # The one basis of an event is that of its first day.
    basis = row.get(f"{stem}_basis") or (row.get("date_basis") if stem == "start" else None)
    last = day
    if precision == "month":
        last = (day.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
    elif precision == "year":
        last = day.replace(month=12, day=31)
    text = {"year": "", "month": f"{MONTHS[day.month - 1]} ", "day": f"{day.day} {MONTHS[day.month - 1]} "}[precision]
    bound = basis == "publication"
    return Span(None if bound else day, last, f"{'by ' if bound else ''}{text}{day.year}")


def printed(row: Mapping[str, Any], stem: str) -> str:
    """Print a date to its precision: 2025, 2025-03, 2025-03-05, or 'undated'."""
    day, precision = row[f"{stem}_date"], row[f"{stem}_precision"]
    return day.isoformat()[: {"year": 4, "month": 7, "day": 10}[precision]] if day else "undated"
