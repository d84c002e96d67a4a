"""The one grammar of cells: by type of the Table Schema, which text a cell can be, how it is read and how written.

Everything that reads a cell reads it by this: `load`, `rows`, the constraints, the rules, workbooks, releases. A value
that a reader could not hold is no value of its type, and an integer has one spelling, so that equal numbers are equal
text: what validates can be loaded, and means the same everywhere.
"""

from __future__ import annotations

import re
from datetime import date, datetime

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from .descriptor import Field

# By type, the form of a whole cell, in what all engines of regular expressions read alike. At most 18 digits fit into
# 64 bits; at most 40 digits and two of the exponent never become infinite; there is no year 0000.
FORMS = {
    "string": "",
    "integer": "0|-?[1-9][0-9]{0,17}",
    "number": r"[+-]?(?:[0-9]{1,40}(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,2})?",
    "boolean": "true|false",
    "date": (
        "(?:(?:[0-9]{3}[1-9]|[0-9]{2}[1-9][0-9]|[0-9][1-9][0-9]{2}|[1-9][0-9]{3})-"
        "(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|02-(?:0[1-9]|1[0-9]|2[0-8]))"
        "|(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:0[48]|[2468][048]|[13579][26])00)-02-29)"
    ),
}

# By type, the pandas dtype of a column without categories.
DTYPES = {
    "string": "string",
    "integer": "Int64",
    "number": "Float64",
    "boolean": "boolean",
    "date": "datetime64[s]",
}

# From here on a number has more digits than its form allows before the point.
_LONG = 1e40

_READ: dict[str, Callable[[str], Any]] = {
    "integer": int,
    "number": float,
    "boolean": {"true": True, "false": False}.__getitem__,
    "date": date.fromisoformat,
}


def parser(field: Field) -> Callable[[str], Any] | None:
    """Give the function that turns a filled cell of a column into its value; None where the value is the text itself.

    It raises KeyError or ValueError for a cell that is no value of the column.
    """
    if field.categories:
        return {value: value for value in field.categories}.__getitem__
    if field.type == "string":
        return None
    matches, read = re.compile(FORMS[field.type]).fullmatch, _READ[field.type]

    def parse(cell: str) -> Any:
        # Python alone would accept ' 12', '1_000', 'nan', other digits, and dates of other forms.
        if not matches(cell):
            raise ValueError(cell)
        return read(cell)

    return parse


def write(value: Any) -> str:
    """Write a value as the text of its cell: str, int, float, bool, date, datetime, or None for an empty one."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return f"{value:.0f}" if value.is_integer() and abs(value) < _LONG else _decimal(value)
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == datetime.min.time() else value.isoformat()
    return str(value)


def _decimal(value: float) -> str:
    text = repr(value)
    if "e" not in text:
        return text
    from decimal import Decimal

    # Neither so many digits nor three of an exponent are in the form.
    return f"{Decimal(text):f}" if abs(value) < _LONG else f"{Decimal(text).scaleb(-99):f}e99"
