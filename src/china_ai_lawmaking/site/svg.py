"""Drawings as SVG: classes for the page, the same drawing with plain colours for the file to download.

Every chart is drawn twice, for wide and for narrow pages, never scaled down. Coordinates have one decimal, so that two
builds give the same bytes.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from functools import cache
from html import escape
from importlib import resources
from typing import NamedTuple

WIDE, NARROW = 1072, 358
# About the width of a character of a label of 12 px.
CHARACTER = 6.3


class Drawing:
    """An SVG in the making, in units of one CSS pixel."""

    def __init__(self, width: float, label: str) -> None:
        """Start a drawing of a width; its height grows with what is drawn."""
        self.width, self.height, self.label = width, 0.0, label
        self.is_narrow = width < WIDE
        self._parts: list[str] = []

    def add(self, tag: str, kind: str, *, text: str = "", title: str = "", **attributes: object) -> None:
        """Draw one shape or text of a class of the style sheet."""
        given = "".join(f' {name.replace("_", "-")}="{_attribute(value)}"' for name, value in attributes.items())
        inside = f"<title>{escape(title)}</title>" if title else ""
        # Lines of the grid lie beneath everything.
        at = 0 if kind == "grid" else len(self._parts)
        self._parts.insert(at, f'<{tag} class="{kind}"{given}>{inside}{escape(text)}</{tag}>')

    def line(self, x1: float, y1: float, x2: float, y2: float, kind: str) -> None:
        """Draw a straight line."""
        self.add("line", kind, x1=x1, y1=y1, x2=x2, y2=y2)

    def text(self, x: float, y: float, text: str, kind: str = "label", anchor: str = "start") -> None:
        """Write a label."""
        self.add("text", kind, text=text, x=x, y=y, text_anchor=anchor)

    def dot(self, x: float, y: float, kind: str, title: str = "", r: float = 3.8) -> None:
        """Draw a disc."""
        self.add("circle", kind, title=title, cx=x, cy=y, r=r)

    def bar(self, x: float, y: float, width: float, height: float, title: str = "", kind: str = "bar") -> None:
        """Draw a bar from its upper left corner."""
        self.add("rect", kind, title=title, x=x, y=y, width=width, height=height)

    def mark(self, x: float, y: float, value: str, *, is_open: bool = False, title: str = "") -> None:
        """Draw a position: a disc agrees, a diamond disagrees, a half disc agrees on a condition."""
        kind = ("disagrees" if value == "disagrees" else "agrees") + ("-open" if is_open else "")
        if value == "disagrees":
            self.add("path", kind, title=title, d=f"M{_n(x)} {_n(y - 5)}l5 5l-5 5l-5 -5z")
        else:
            self.dot(x, y, "agrees-open" if value == "conditional" else kind, title, 4.2)
        if value == "conditional":
            self.add("path", "agrees", d=f"M{_n(x)} {_n(y - 4.2)}a4.2 4.2 0 0 0 0 8.4z")

    def svg(self, variant: str = "") -> str:
        """Give the drawing for a page; `variant` is the class that shows it on wide or narrow pages."""
        box, size = f"0 0 {_n(self.width)} {_n(self.height)}", f'width="{_n(self.width)}" height="{_n(self.height)}"'
        role = f'role="img" aria-label="{escape(self.label)}"' if self.label else 'aria-hidden="true"'
        return f'<svg class="chart {variant}" {role} viewBox="{box}" {size}>{"".join(self._parts)}</svg>'

    def file(self) -> str:
        """Give the drawing as a file that stands alone."""
        plain, parts = _plain(), "".join(self._parts)
        inside = re.sub(r'(?<=<)(\w+) class="([a-z-]+)"', lambda found: f"{found[1]} {plain[found[2]]}", parts)
        return (
            '<?xml version="1.0" encoding="UTF-8"?>\n<svg xmlns="http://www.w3.org/2000/svg" font-family="sans-serif" '
            f'viewBox="0 0 {_n(self.width)} {_n(self.height)}"><title>{escape(self.label)}</title>'
            f'<rect width="100%" height="100%" {plain["paper"]}/>{inside}</svg>\n'
        )


@cache
def _plain() -> dict[str, str]:
    """Give what the style sheet says of each class of drawings, on light paper, as attributes."""
    css = resources.files("china_ai_lawmaking.site").joinpath("static/style.css").read_text("utf-8")
    # The first value of each is that of light paper.
    tokens = dict(reversed(re.findall(r"(--[a-z0-9]+): ([^;]+);", css)))
    found: dict[str, dict[str, str]] = defaultdict(dict)
    for selectors, rules in re.findall(r"([^{}]+){([^}]*)}", css.partition("/* Drawings */")[2].partition("/*")[0]):
        told = re.sub(r"var\((.*?)\)", lambda name: tokens[name[1]], rules)
        for kind in re.findall(r"\.([a-z-]+)", selectors):
            found[kind] |= re.findall(r"([a-z-]+): ([^;]+);", told)
    return {kind: " ".join(f'{name}="{value}"' for name, value in given.items()) for kind, given in found.items()}


class Chart(NamedTuple):
    """A chart for a page: both drawings, the file to download, and its rows.

    Attributes:
        title: The finding in words.
        note: One sentence on how to read it.
        wide: SVG for wide pages.
        narrow: SVG for narrow pages; empty where it can only be drawn wide.
        file: SVG that stands alone.
        header: Names of the columns of the data beneath.
        rows: The data beneath.
    """

    title: str
    note: str
    wide: str
    narrow: str
    file: str
    header: tuple[str, ...]
    rows: list[tuple[object, ...]]


def chart(
    title: str,
    note: str,
    draw: Callable[[Drawing], None],
    header: tuple[str, ...],
    rows: Iterable[tuple[object, ...]],
    *,
    has_narrow: bool = True,
) -> Chart:
    """Make a chart from what draws it at either width."""
    wide, narrow = (Drawing(width, title) for width in (WIDE, NARROW))
    draw(wide)
    if has_narrow:
        draw(narrow)
    drawn = (wide.svg("wide"), narrow.svg("narrow")) if has_narrow else (wide.svg(), "")
    return Chart(title, note, *drawn, wide.file(), header, list(rows))


class Scale:
    """Places on a time axis."""

    def __init__(self, first: date, last: date, left: float, right: float) -> None:
        """Spread the days from `first` to `last` between two places."""
        self.first, self.last, self.left, self.right = first, last, left, right

    def __call__(self, when: date) -> float:
        """Give the place of a day, at most at the ends."""
        days = max((self.last - self.first).days, 1)
        share = min(max((when - self.first).days / days, 0), 1)
        return self.left + share * (self.right - self.left)

    def axis(self, drawing: Drawing, top: float, bottom: float) -> None:
        """Draw the years, so few that their labels do not meet."""
        years = range(self.first.year + (self.first > date(self.first.year, 1, 1)), self.last.year + 1)
        step = -(-len(years) // max(int((self.right - self.left) / 44), 1)) or 1
        for year in years:
            x = self(date(year, 1, 1))
            if (self.last.year - year) % step == 0:
                drawing.line(x, top, x, bottom, "grid")
                if x < self.right - 20:
                    drawing.text(x + 3, bottom + 16, str(year), "tick")


def marks(held: Sequence[tuple[str, bool]], *, most: int = 12, pitch: int = 11, from_right: bool = False) -> str:
    """Draw small marks in rows of at most `most`, one a speaker: its value, and whether it is a group or a text."""
    width = max(min(len(held), most), 1) * pitch + 2
    drawing = Drawing(width, "")
    for at, (value, is_open) in enumerate(held):
        x = (at % most + 0.5) * pitch + 1
        drawing.mark(width - x if from_right else x, at // most * pitch + 6.5, value, is_open=is_open)
    drawing.height = (max(len(held) - 1, 0) // most) * pitch + 13
    return drawing.svg("marks")


def wrapped(text: str, width: int) -> list[str]:
    """Break a text between words into lines of at most so many characters."""
    lines = [""]
    for word in text.split():
        if lines[-1] and len(lines[-1]) + len(word) + 1 > width:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return lines


def _n(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")


def _attribute(value: object) -> str:
    return _n(value) if isinstance(value, float | int) else escape(str(value))
