"""Dates as the intervals that their precision and basis make, and as people write them."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from datetime import date
    from typing import Any

    import pandas as pd

# Not calendar.month_name, which follows the locale.
MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


def iso(when: date | None, precision: str | None = "day") -> str:
    """Give a date as far as it is known: 2024-04-19, 2025-03, 2025; empty text for none."""
    return when.isoformat()[: {"year": 4, "month": 7}.get(precision or "day", 10)] if when else ""


def spans(frame: pd.DataFrame, column: str) -> pd.DataFrame:
    """Give the first and the last day that each date of a column can be, and how people write it.

    Args:
        frame: A table as `reading.frame` gives it.
        column: A date column, such as `start_date`, whose stem is then `start`; that of `date` is `date`.

    Returns:
        `STEM_from` and `STEM_to` as dates, the first empty where only an upper bound is known; `STEM_text` as text:
        `5 March 2025`, `March 2025`, `2025`, `by April 2024`. All three are empty for an unknown date.
    """
    import pandas as pd

    stem = column.removesuffix("_date")
    day, precision = frame[column], frame.get(f"{stem}_precision")
    # The one basis of an event is that of its first day.
    basis = frame.get(f"{stem}_basis", frame.get("date_basis") if stem == "start" else None)
    year = day.dt.year.astype("Int64").astype("string")
    month = day.dt.month.map(dict(enumerate(MONTHS, 1))).astype("string") + " " + year
    text, last = day.dt.day.astype("Int64").astype("string") + " " + month, day
    if precision is not None:
        is_month, is_year = precision == "month", precision == "year"
        text = text.mask(is_month, month).mask(is_year, year)
        last = day.mask(is_month, day + pd.offsets.MonthEnd(0)).mask(is_year, day + pd.offsets.YearEnd(0))
    first = day
    if basis is not None:
        first, text = day.mask(basis == "publication"), text.mask(basis == "publication", "by " + text)
    return pd.DataFrame({f"{stem}_from": first, f"{stem}_to": last, f"{stem}_text": text})


def printed(frame: pd.DataFrame, column: str) -> pd.Series[Any]:
    """Print each date of a column to its precision, as text: 2025, 2025-03, 2025-03-05; empty for an unknown date."""
    text: pd.Series[Any] = frame[column].dt.strftime("%Y-%m-%d").astype("string")
    precision = frame[f"{column.removesuffix('_date')}_precision"]
    text = text.mask(precision == "year", text.str[:4])
    return text.mask(precision == "month", text.str[:7])
