"""Say what a broken constraint asks for, what it found, and how the cell can be mended."""

import difflib
import re
from collections.abc import Iterable, Sequence
from datetime import date

from ..package.descriptor import Field
from ..problems import SHOWN, shown
from ..rules.prepared import quoted
from .constraints import Constraint, matched
from .database import Database

_HINTS = {
    "integer": "write digits only",
    "number": "write digits with a dot before decimals",
    "boolean": "write true or false",
}
_MESSAGES = {
    "required-cell": "empty; every row needs a value here",
    "wrong-type": "{value} is not {article} {bound}",
    "not-in-list": "{value} is not one of {bound}",
    "pattern": "{value} does not match {bound}",
    "too-short": "{value} is shorter than {bound} characters",
    "too-long": "{length} characters; at most {bound} are allowed",
    "too-small": "{value} is below the minimum {bound}",
    "too-large": "{value} is above the maximum {bound}",
    "duplicate-key": "{value} is already the {columns} of line {target}",
    "not-unique": "{value} already stands in line {target}; only one row may have it",
    "unknown-reference": "{value} is not {article} {bound} in {target}",
}


def message(constraint: Constraint, cells: Sequence[str | None], target: str) -> str:
    """Word the fault of one cell, key or reference.

    Args:
        constraint: The constraint that failed.
        cells: The cells it judged.
        target: File of the table that a reference leads to; line of the first row that has the same value.
    """
    bound = constraint.bound
    if constraint.code == "unknown-reference":
        bound = " and ".join(bound.keys)
    elif constraint.code == "pattern" and len(bound) > SHOWN:
        # Nobody reads a long one: the hint says what it asks.
        bound = "the pattern of its column"
    return _MESSAGES[constraint.code].format(
        value=" and ".join(shown(cell or "") for cell in cells),
        columns=" and ".join(constraint.columns),
        length=len(cells[0] or ""),
        bound=", ".join(bound) if isinstance(bound, list) else bound,
        article="an" if str(bound)[:1] in "aeiou" else "a",
        target=target,
    )


def hint(constraint: Constraint, field: Field, value: str, database: Database) -> str:
    """Suggest how to mend one cell, or nothing."""
    bound = constraint.bound
    match constraint.code:
        case "wrong-type":
            return _date_hint(value) if bound == "date" else _HINTS[bound]
        case "not-in-list":
            return did_you_mean(value.strip().lower(), bound)
        case "pattern":
            return _pattern_hint(bound, field, value, database)
        case "unknown-reference":
            key = quoted(bound.keys[0])
            like = database.rows(
                f"""select {key} as key from raw.{quoted(bound.table)} where abs(length({key}) - {len(value)}) <= 3
                and (starts_with({key}, $1) or ends_with({key}, $2)) order by row limit 1000""",
                [value[:3], value[-3:]],
            )
            return did_you_mean(value, [row["key"] for row in like])
    return ""


def _pattern_hint(pattern: str, field: Field, value: str, database: Database) -> str:
    spaced, slug = " ".join(value.split()), re.sub(r"[\s_]+", "-", value.strip().lower())
    fits_spaced, fits_slug, has_words = matched(database, [spaced, slug, "two words"], pattern)
    if fits_spaced and spaced != value:
        return f"did you mean {spaced!r}?"
    # What may be words is no identifier.
    if fits_slug and slug != value and not has_words:
        return f"did you mean {slug!r}?"
    if field.example:
        return f"for example {field.example!r}"
    return field.description if len(pattern) > SHOWN else ""


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
