"""The record of one thing that is wrong with a package."""

from __future__ import annotations

from typing import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

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


class Problems(list[Problem]):
    """Problems as a list, which a notebook shows as a table."""

    __slots__ = ()

    def _repr_html_(self) -> str:
        return html_table(Problem._fields, self) if self else "<p>no problems</p>"


def html_table(header: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    """Write rows as a table of HTML in which no cell is markup."""
    from html import escape

    lines = ["<table>", "<tr>", *(f"<th>{escape(name)}</th>" for name in header), "</tr>"]
    for row in rows:
        lines += ["<tr>", *(f'<td style="text-align: left">{escape(str(cell))}</td>' for cell in row), "</tr>"]
    return "".join([*lines, "</table>"])


def shown(value: str) -> str:
    """Quote a cell for a message, cut where it would drown the sentence."""
    return repr(value) if len(value) <= SHOWN else f"{value[:SHOWN]!r}… ({len(value)} characters)"
