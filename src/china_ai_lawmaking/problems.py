"""The record of one thing that is wrong with a package."""

from __future__ import annotations

from collections import namedtuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

# Characters of a cell that a message shows.
SHOWN = 100


class Problem(namedtuple("Problem", "path line column code message hint", defaults=[""])):
    """One located fault in a package; problems sort in reading order."""

    __slots__ = ()

    path: str  # file inside the package, with forward slashes
    line: int  # physical line (1-based) where the record starts; 0 for a whole file
    column: str  # column name, or empty where no single column is at fault
    code: str  # stable kebab-case name of the kind of fault
    message: str  # what was expected and what was found
    hint: str  # how to mend it, or empty

    @property
    def place(self) -> str:
        """File and line, or the file alone."""
        return f"{self.path}:{self.line}" if self.line else self.path


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
