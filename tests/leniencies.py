"""What frictionless, the reference implementation of the standard, is known to judge otherwise than `validate`.

`docs/problem-codes.md` shows these lists; `test_differential.py` holds both validators to them.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

# Codes of this validation, apart from the meaning rules, of faults that frictionless accepts.
UNSEEN = ("byte-order-mark", "line-ends", "long-cell", "nul-byte", "unsorted", "wrong-separator")

# Faults of other codes in the forms that frictionless accepts, by their folder in `tests/cases`.
UNSEEN_FORMS = {
    "bad-quoting/text-after": "it takes text after a closing quotation mark for a part of the cell",
    "bad-schema/categories": "it does not know the word",
    "bad-schema/half-a-character": "it writes no text of a schema",
    "bad-schema/missing-values": "it empties these cells too; other readers would not",
    "bad-schema/pattern": "it runs on one engine, Python; the constraints of this validation run on several",
    "bad-schema/unique-keys": "it does not know the word",
    "blank-row/in-place-of-the-header": "it takes the first line that is not blank for the header",
}

# What only frictionless judges.
UNSEEN_HERE = {
    "digits": "a number that passes a bound in its 17th digit or later; what all engines compare has no more",
    "empty cells": "a reference of several columns of which some are empty; as in SQL, such a row refers to nothing",
    "metadata": "what the descriptor says beside names, files, schemas, sizes, hashes and how files are read",
}


class Leniency(NamedTuple):
    """Values that frictionless accepts and this validation refuses.

    Attributes:
        code: Code of this validation.
        type: Type of the column.
        example: Such a cell.
        reason: Why it is refused.
        accepts: Whether frictionless accepts a cell.
    """

    code: str
    type: str
    example: str
    reason: str
    accepts: Callable[[str], bool]


# What the standard lets stand for true and false beside these two words, where the schema does not list them.
_SPELLINGS = frozenset({"True", "TRUE", "1", "False", "FALSE", "0"})

LENIENCIES = (
    Leniency("wrong-type", "integer", "1_000", "other readers see text", lambda cell: _is_read(int, cell)),
    Leniency("wrong-type", "integer", "+7", "a number has one spelling", lambda cell: _is_read(int, cell)),
    Leniency("wrong-type", "number", "0.2_5", "other readers see text", lambda cell: _is_read(Decimal, cell.strip())),
    Leniency("wrong-type", "boolean", "True", "the record writes true and false", _SPELLINGS.__contains__),
    Leniency("wrong-type", "date", "2015-3-8", "ISO 8601 writes two digits", lambda cell: _is_read(_date, cell)),
    Leniency("pattern", "string", "1234\n", "a pattern is for the whole cell", lambda cell: cell.endswith("\n")),
)


class _Error(NamedTuple):
    """One error of frictionless: its table, physical line (0 for a file), columns (none for a row), type and note."""

    table: str
    line: int
    columns: frozenset[str]
    type: str
    note: str


def lenient(code: str, kind: str, value: str) -> bool:
    """Tell whether frictionless is known to accept a value of a column of some type that this validation refuses."""
    return any(value and one.accepts(value) for one in LENIENCIES if (one.code, one.type) == (code, kind))


def _date(value: str) -> datetime:
    return datetime.strptime(value, "%Y-%m-%d")


def _is_read(read: Callable[[str], object], value: str) -> bool:
    try:
        read(value)
    except (ValueError, InvalidOperation):
        return False
    return True
