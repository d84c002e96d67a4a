"""The record of one thing that is wrong with a package."""

from typing import NamedTuple

# Characters of a cell that a message shows.
SHOWN = 100


class Problem(NamedTuple):
    """One located fault in a package; problems sort in reading order.

    Attributes:
        path: File inside the package, with forward slashes.
        line: Physical line (1-based) where the record starts; 0 for a whole file.
        column: Column name, or empty where no single column is at fault.
        code: Stable kebab-case name of the kind of fault.
        message: What was expected and what was found.
        hint: How to mend it, or empty.
    """

    path: str
    line: int
    column: str
    code: str
    message: str
    hint: str = ""


def shown(value: str) -> str:
    """Quote a cell for a message, cut where it would drown the sentence."""
    return repr(value) if len(value) <= SHOWN else f"{value[:SHOWN]!r}… ({len(value)} characters)"
