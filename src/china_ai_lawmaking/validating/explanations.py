"""Say what a broken constraint asks for, what it found, and how the cell can be mended."""

from __future__ import annotations

import difflib
import re
from datetime import date

from ..problems import SHOWN, shown
from .constraints import matched

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..package.descriptor import Field
    from .constraints import Constraint
    from .database import Database

_HINTS = {
    "integer": "write digits only",
    "number": "write digits with a dot before decimals",
    "boolean": "write true or false",
}


def message(constraint: Constraint, cells: list[str | None], target: str = "") -> str:
    """Word the fault of one cell, key or reference.

    Args:
        constraint: The constraint that failed.
        cells: The cells it judged.
        target: File of the table that a reference leads to; line of the first row that has the same value.
    """
    value = " and ".join(shown(cell or "") for cell in cells)
    columns = " and ".join(constraint.columns)
    bound = constraint.bound
    match constraint.code:
        case "required-cell":
            return "empty; every row needs a value here"
        case "wrong-type":
            return f"{value} is not {'an' if bound == 'integer' else 'a'} {bound}"
        case "not-in-list":
            return f"{value} is not one of {', '.join(bound)}"
        case "pattern":
            # Nobody reads a long one: the hint says what it asks.
            return f"{value} does not match {bound if len(bound) <= SHOWN else 'the pattern of its column'}"
        case "too-short":
            return f"{value} is shorter than {bound} characters"
        case "too-long":
            return f"{len(cells[0] or '')} characters; at most {bound} are allowed"
        case "too-small":
            return f"{value} is below the minimum {bound}"
        case "too-large":
            return f"{value} is above the maximum {bound}"
        case "duplicate-key":
            return f"{value} is already the {columns} of line {target}"
        case "not-unique":
            return f"{value} already stands in line {target}; only one row may have it"
        case _:
            keys = " and ".join(bound.keys)
            return f"{value} is not {'an' if keys[0] in 'aeiou' else 'a'} {keys} in {target}"


def hint(constraint: Constraint, field: Field, value: str, database: Database) -> str:
    """Suggest how to mend one cell, or nothing."""
    if constraint.code == "wrong-type":
        return _date_hint(value) if constraint.bound == "date" else _HINTS[constraint.bound]
    if constraint.code == "not-in-list":
        return did_you_mean(value.strip().lower(), constraint.bound)
    if constraint.code == "pattern":
        spaced, slug = " ".join(value.split()), re.sub(r"[\s_]+", "-", value.strip().lower())
        fits_spaced, fits_slug, has_words = matched(database, [spaced, slug, "two words"], constraint.bound)
        if fits_spaced and spaced != value:
            return f"did you mean {spaced!r}?"
        # What may be words is no identifier.
        if fits_slug and slug != value and not has_words:
            return f"did you mean {slug!r}?"
        if field.example:
            return f"for example {field.example!r}"
        return field.description if len(constraint.bound) > SHOWN else ""
    return ""


def _date_hint(value: str) -> str:
    parts = re.fullmatch(r"\s*([0-9]{4})(?:\D([0-9]{1,2}))?(?:\D([0-9]{1,2}))?\D?", value)
    if not parts:
        return "write YYYY-MM-DD"
    year, month, day = parts.groups()
    try:
        found = date(int(year), int(month or 1), int(day or 1))
    except ValueError:
        return "the calendar has no such day"
    if day:
        return f"did you mean '{found}'?"
    precision = "month" if month else "year"
    return f"write '{found}' and the precision '{precision}'"


def did_you_mean(value: str, known: Iterable[str]) -> str:
    """Suggest the known value that is most like this one, or nothing.

    Values that differ in digits only, such as numbered identifiers, are not like each other.
    """
    if len(value) > SHOWN:
        # No typing error, and dear to compare.
        return ""
    masked = re.sub("[0-9]", "0", value)
    candidates = [other for other in known if other == value or re.sub("[0-9]", "0", other) != masked]
    like = difflib.get_close_matches(value, candidates, n=1, cutoff=0.75)
    return f"did you mean {like[0]!r}?" if like else ""
