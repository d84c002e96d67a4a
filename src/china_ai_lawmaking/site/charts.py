"""Drawings as SVG: classes for the page, the same drawing with plain colours for the file to download.

Every chart is drawn twice, for wide and for narrow pages, never scaled down. Coordinates have one decimal, so that two
builds give the same bytes.
"""

from __future__ import annotations

import re
from collections import defaultdict
from datetime import date, timedelta
from html import escape
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from . import words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

WIDE, NARROW = 1072, 358
# About the width of a character of a label of 12 px.
_CHARACTER = 6.3
# What the classes of the style sheet mean in a file that stands alone, on light paper.
_PLAIN = {
    "label": 'font-family="sans-serif" font-size="12" fill="#1b1d21"',
    "tick": 'font-family="sans-serif" font-size="12" fill="#50555d"',
    "strong": 'font-family="sans-serif" font-size="12" font-weight="700" fill="#1b1d21"',
    "agrees-span": 'fill="#1b5e9f" opacity="0.4"',
    "disagrees-span": 'fill="#ad4705" opacity="0.4"',
    "lane": 'font-family="sans-serif" font-size="13" font-weight="600" fill="#1b1d21"',
    "grid": 'stroke="#ddd9d0"',
    "base": 'stroke="#85878b"',
    "bar": 'fill="#50555d"',
    "ink": 'fill="#1b1d21" stroke="#1b1d21"',
    "open": 'fill="#fdfcf9" stroke="#1b1d21" stroke-width="1.5"',
    "way": 'stroke="#1b1d21"',
    "force": 'stroke="#1b1d21" stroke-width="4"',
    "plan": 'stroke="#1b1d21" stroke-dasharray="2 3"',
    "agrees": 'fill="#1b5e9f" stroke="#1b5e9f"',
    "agrees-open": 'fill="#fdfcf9" stroke="#1b5e9f" stroke-width="1.5"',
    "disagrees": 'fill="#ad4705" stroke="#ad4705"',
    "disagrees-open": 'fill="#fdfcf9" stroke="#ad4705" stroke-width="1.5"',
    "agrees-line": 'fill="none" stroke="#1b5e9f"',
    "disagrees-line": 'fill="none" stroke="#ad4705" stroke-dasharray="5 4"',
    "conditional-line": 'fill="none" stroke="#1b5e9f" stroke-dasharray="1 3"',
}


class Drawing:
    """An SVG in the making, in units of one CSS pixel."""

    def __init__(self, width: float, label: str) -> None:
        """Start a drawing of a width; its height grows with what is drawn."""
        self.width, self.height, self.label = width, 0.0, label
        self._parts: list[str] = []

    def add(self, tag: str, *, kind: str, text: str = "", title: str = "", **attributes: object) -> None:
        """Draw one shape or text."""
        given = "".join(f' {name.replace("_", "-")}="{_attribute(value)}"' for name, value in attributes.items())
        inside = f"<title>{escape(title)}</title>" if title else ""
        # Lines of the grid lie beneath everything.
        at = 0 if kind == "grid" else len(self._parts)
        self._parts.insert(at, f'<{tag} class="{kind}"{given}>{inside}{escape(text)}</{tag}>')

    def line(self, x1: float, y1: float, x2: float, y2: float, kind: str) -> None:
        """Draw a straight line."""
        self.add("line", kind=kind, x1=x1, y1=y1, x2=x2, y2=y2)

    def text(self, x: float, y: float, text: str, kind: str = "label", anchor: str = "start") -> None:
        """Write a label."""
        self.add("text", kind=kind, text=text, x=x, y=y, text_anchor=anchor)

    def mark(self, x: float, y: float, value: str, *, is_open: bool = False, title: str = "", size: float = 1) -> None:
        """Draw a position: a disc agrees, a diamond disagrees, a half disc agrees on a condition."""
        kind = ("disagrees" if value == "disagrees" else "agrees") + ("-open" if is_open else "")
        r, d = 4.2 * size, _n(5 * size)
        if value == "disagrees":
            self.add("path", kind=kind, title=title, d=f"M{_n(x)} {_n(y - 5 * size)}l{d} {d}l-{d} {d}l-{d} -{d}z")
        elif value == "conditional":
            self.add("circle", kind="agrees-open", title=title, cx=x, cy=y, r=r)
            self.add("path", kind="agrees", d=f"M{_n(x)} {_n(y - r)}a{_n(r)} {_n(r)} 0 0 0 0 {_n(2 * r)}z")
        else:
            self.add("circle", kind=kind, title=title, cx=x, cy=y, r=r)

    def svg(self, variant: str = "") -> str:
        """Give the drawing for a page; `variant` is the class that shows it on wide or narrow pages."""
        size = f'viewBox="0 0 {_n(self.width)} {_n(self.height)}" width="{_n(self.width)}" height="{_n(self.height)}"'
        return (
            f'<svg class="chart {variant}" role="img" aria-label="{escape(self.label)}" {size}>'
            f"{''.join(self._parts)}</svg>"
        )

    def file(self) -> str:
        """Give the drawing as a file that stands alone."""

        def plain(found: re.Match[str]) -> str:
            return _PLAIN.get(found[1], "")

        inside = re.sub(r'class="([a-z-]+)"', plain, "".join(self._parts))
        box = f'viewBox="0 0 {_n(self.width)} {_n(self.height)}"'
        return (
            f'<?xml version="1.0" encoding="UTF-8"?>\n<svg xmlns="http://www.w3.org/2000/svg" {box}>'
            f'<title>{escape(self.label)}</title><rect width="100%" height="100%" fill="#fdfcf9"/>{inside}</svg>\n'
        )


class Chart(NamedTuple):
    """A chart for a page: both drawings, the file to download, and its rows.

    Attributes:
        title: The finding in words.
        note: One sentence on how to read it.
        wide: SVG for wide pages.
        narrow: SVG for narrow pages.
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
) -> Chart:
    """Make a chart from what draws it at either width."""
    drawings = [Drawing(width, title) for width in (WIDE, NARROW)]
    for drawing in drawings:
        draw(drawing)
    wide, narrow = drawings
    return Chart(title, note, wide.svg("wide"), narrow.svg("narrow"), wide.file(), header, list(rows))


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

    def years(self) -> list[date]:
        """Give the first days of the years on the axis, so few that their labels do not meet."""
        years = range(self.first.year + (self.first > date(self.first.year, 1, 1)), self.last.year + 1)
        room = max(int((self.right - self.left) / 44), 1)
        step = -(-len(years) // room) or 1
        return [date(year, 1, 1) for year in years if (self.last.year - year) % step == 0]


def _axis(drawing: Drawing, scale: Scale, top: float, bottom: float) -> None:
    for year in scale.years():
        drawing.line(scale(year), top, scale(year), bottom, "grid")
        if scale(year) < scale.right - 20:
            drawing.text(scale(year) + 3, bottom + 16, str(year.year), "tick")


class Held(NamedTuple):
    """A position as a mark on a time axis."""

    kind: str
    name: str
    value: str
    first: date
    last: date
    is_open: bool


def positions(title: str, held: Sequence[Held], kinds: Sequence[str]) -> Chart:
    """Draw who held what when: agreement above the line of a kind of speaker, disagreement beneath.

    Up to 40 marks stand at their dates with names; more are packed by year, each speaker once a year.
    """
    named = len(held) <= 40
    marks = held if named else list({(one.kind, one.name, one.value, one.last.year): one for one in held}.values())
    first, last = date(min(one.first.year for one in held), 1, 1), date(max(one.last.year for one in held), 12, 31)
    present = [kind for kind in kinds if any(one.kind == kind for one in held)]

    def draw(drawing: Drawing) -> None:
        narrow = drawing.width < WIDE
        left = 8.0 if narrow else 160.0
        scale = Scale(first, last, left + 6, drawing.width - 14)
        step = 15 if named else 11
        y = 8.0
        for kind in present:
            most = int(0.6 * drawing.width / _CHARACTER)
            of_kind = sorted(
                (one._replace(name=_short(one.name, most)) for one in marks if one.kind == kind),
                key=lambda one: (one.first, one.name),
            )
            sides = [[one for one in of_kind if (one.value == "disagrees") == below] for below in (False, True)]
            above, below = (_stack(side, scale, drawing.width) if named else _pack(side, scale) for side in sides)
            top = y + (18 if narrow else 0)
            if narrow:
                drawing.text(0, y + 12, kind, "lane")
            base = top + step * (1 + max((row for _, _, row in above), default=-1)) + 6
            drawing.line(left, base, drawing.width, base, "base")
            if not narrow:
                drawing.text(0, base + 4, kind, "lane")
            for side, start, direction in ((above, base - 10, -step), (below, base + 11, step)):
                for one, x, row in side:
                    _held(drawing, one, scale, x, start + direction * row, named=named)
            y = base + max(step * (1 + max((row for _, _, row in below), default=-1)), 8) + 14
        _axis(drawing, scale, 0, y)
        drawing.height = y + 22

    note = f"One mark is one speaker in one {'month' if named else 'year'}."
    note += " Agreement stands above each line, disagreement beneath it."
    if any(one.value == "conditional" for one in held):
        note += " A half disc agrees on a condition."
    if named and any((one.last - one.first).days > 0 for one in held):
        note += " A pale bar spans a month or year that has no day."
    if any(one.is_open for one in held):
        note += " An outlined mark is a group or a text."
    rows = ((one.kind, one.name, one.value, one.first.isoformat(), one.last.isoformat()) for one in held)
    return chart(title, note, draw, ("kind of speaker", "speaker", "position", "first day", "last day"), rows)


def _pack(held: Sequence[Held], scale: Scale) -> list[tuple[Held, float, int]]:
    """Give each mark a place and a row after those of its year; conditions first."""
    placed = []
    by_year: dict[int, list[Held]] = defaultdict(list)
    for one in held:
        by_year[one.last.year].append(one)
    for year, ones in by_year.items():
        left = scale(date(year, 1, 1)) + 8
        room = max(int((scale(date(year, 12, 31)) - left) / 9.5), 1)
        ones.sort(key=lambda one: (one.value == "agrees", one.is_open, one.name))
        placed += [(one, left + at % room * 9.5, at // room) for at, one in enumerate(ones)]
    return placed


def _stack(held: Sequence[Held], scale: Scale, width: float) -> list[tuple[Held, float, int]]:
    """Give each named mark its place and the lowest row in which nothing is in its way."""
    ends: list[list[tuple[float, float]]] = []
    placed = []
    for one in held:
        low, high = scale(one.first) - 7, scale(one.last) + 7
        label = len(one.name) * _CHARACTER + 12
        low, high = (low, high + label) if high + label < width else (low - label, high)
        row = next((at for at, taken in enumerate(ends) if all(high < a or low > b for a, b in taken)), len(ends))
        if row == len(ends):
            ends.append([])
        ends[row].append((low, high))
        placed.append((one, (scale(one.first) + scale(one.last)) / 2, row))
    return placed


def _held(drawing: Drawing, one: Held, scale: Scale, x: float, y: float, *, named: bool) -> None:
    told = {"agrees": "agrees", "disagrees": "disagrees", "conditional": "agrees on a condition"}[one.value]
    title = f"{one.name} {told}"
    if not named:
        drawing.mark(x, y, one.value, is_open=one.is_open, title=title)
        return
    x1, x2 = scale(one.first), scale(one.last)
    value = "disagrees" if one.value == "disagrees" else "agrees"
    if x2 - x1 > 2:
        drawing.add("rect", kind=f"{value}-span", x=x1, y=y - 2.5, width=x2 - x1, height=5)
    drawing.mark(x, y, one.value, is_open=one.is_open, title=title)
    label = len(one.name) * _CHARACTER + 12
    if max(x2, x) + 7 + label < drawing.width:
        drawing.text(max(x2, x + 4) + 5, y + 4, one.name)
    else:
        drawing.text(max(min(x1, x - 4) - 5, label - 12), y + 4, one.name, anchor="end")


class Step(NamedTuple):
    """A dated step of an instrument on a lane."""

    stage: str
    when: date
    title: str


class Lane(NamedTuple):
    """An instrument on the timeline."""

    name: str
    state: str
    steps: Sequence[Step]
    in_force: date | None
    end: date | None
    is_planned: bool


# Which labels are written first where two meet, and their words.
STAGES = {
    "in_force": "in force",
    "omitted": "left out",
    "adopted": "adopted",
    "scheduled": "listed",
    "published": "published",
    "repealed": "repealed",
    "superseded": "replaced",
    "withdrawn": "withdrawn",
    "announced": "announced",
    "promulgated": "decree",
    "first_reading": "first reading",
    "second_reading": "second reading",
    "third_reading": "third reading",
    "consultation_opened": "comment opens",
    "submitted": "submitted",
    "draft_started": "drafting",
    "consultation_closed": "comment closes",
    "amended": "amended",
}
DONE = {"in_force", "adopted", "published", "promulgated", "announced", "amended"}


def timeline(
    title: str, note: str, lanes: Sequence[Lane], months: Mapping[date, int], first: date, last: date
) -> Chart:
    """Draw a lane a law and a mark a step, with the statements of each month beneath."""

    def draw(drawing: Drawing) -> None:
        narrow = drawing.width < WIDE
        left = 6.0 if narrow else 330.0
        scale = Scale(first, last, left + 8, drawing.width - 8)
        y = 12.0
        for lane in lanes:
            y = _lane(drawing, lane, scale, y, narrow=narrow)
        bottom = y + 92
        _axis(drawing, scale, 8, bottom)
        if not narrow:
            drawing.text(0, bottom - 30, "Statements a month", "lane")
            drawing.text(0, bottom - 14, f"{sum(months.values()):,} dated to the month", "tick")
        bars = {month: count for month, count in sorted(months.items()) if month >= first}
        most = max(bars.values(), default=1)
        places = {month: (scale(month), 56 * count / most) for month, count in bars.items()}
        for month, (x, height) in places.items():
            width = max(scale(words.last_day(month, "month")) - x, 1.5)
            title = _month(month, bars[month])
            drawing.add("rect", kind="bar", x=x, y=bottom - height, width=width, height=height, title=title)
        # The peaks are named, above their bars, where no other bar or label is in the way.
        ends: list[float] = []
        for month in sorted(bars, key=lambda month: (-bars[month], month))[: 3 if narrow else 6]:
            x, height = places[month]
            at = min(max(x + 4, left + 44), drawing.width - 44)
            if all(abs(at - end) > 88 for end in ends) and all(
                abs(other - at) > 48 or tall <= height for other, tall in places.values()
            ):
                ends.append(at)
                drawing.text(at, bottom - height - 5, _month(month, bars[month]), "tick", "middle")
        drawing.line(left, bottom, drawing.width, bottom, "base")
        drawing.height = bottom + 22

    rows = [
        (lane.name, words.spaced(step.stage), step.when.isoformat(), step.title)
        for lane in lanes
        for step in lane.steps
    ]
    return chart(title, note, draw, ("law or plan", "step", "date", "event"), rows)


def _month(month: date, count: int) -> str:
    return f"{count} in {words.day(month, 'month', short=True)}"


def _lane(drawing: Drawing, lane: Lane, scale: Scale, y: float, *, narrow: bool) -> float:
    before = [step for step in lane.steps if step.when < scale.first]
    name = _wrapped(lane.name, 44 if narrow else 27 if before else 40)
    name = [*name[:1], f"{name[1]}…" if len(name) > 2 else name[1]] if len(name) > 1 else name
    base = y + (25 + 15 * len(name) if narrow else 24)
    for row, line in enumerate(name):
        drawing.text(0, (y + 14 if narrow else base) + 15 * row, line, "lane")
    if not narrow:
        drawing.text(0, base + 15 * len(name), lane.state, "tick")
    shown = [step for step in lane.steps if scale.first <= step.when <= scale.last]
    if before and not narrow:
        told = [
            f"{STAGES.get(step.stage, words.spaced(step.stage))} {words.day(step.when, 'month', short=True)}"
            for step in before[-2:]
        ]
        for offset, text in zip((-1, 13) if len(told) == 2 else (4,), told, strict=False):
            drawing.text(scale.left - 12, base + offset, text, "tick", "end")
    if lane.steps:
        start = scale(min(step.when for step in lane.steps))
        force = lane.in_force
        until = scale(force) if force else scale(max(step.when for step in lane.steps))
        drawing.line(start, base, until, base, "way")
        if force and force <= scale.last:
            drawing.line(scale(force), base, scale(lane.end or scale.last), base, "force")
        elif lane.is_planned:
            drawing.line(until, base, scale.right, base, "plan")
    taken: dict[int, list[tuple[float, float]]] = {-10: [], 19: []}
    order = {stage: at for at, stage in enumerate(STAGES)}
    for step in shown:
        x = scale(step.when)
        if step.stage == "omitted":
            drawing.add("path", kind="way", d=f"M{_n(x - 4)} {_n(base - 4)}l8 8m0 -8l-8 8", title=step.title)
        else:
            kind = "ink" if step.stage in DONE or step is not lane.steps[-1] else "open"
            drawing.add("circle", kind=kind, cx=x, cy=base, r=3.6, title=step.title)
    for step in sorted(shown, key=lambda step: (order.get(step.stage, 99), step.when)):
        text = STAGES.get(step.stage, words.spaced(step.stage))
        half = len(text) * _CHARACTER / 2 + 3
        x = min(max(scale(step.when), scale.left + half - 8), scale.right - half + 8)
        for tier, spans in taken.items():
            if all(x + half < low or x - half > high for low, high in spans):
                spans.append((x - half, x + half))
                drawing.text(x, base + tier, text, "tick", "middle")
                break
    return base + (30 if narrow else 13 + 15 * len(name))


class Point(NamedTuple):
    """A value of a series, at a day or over a period."""

    first: date
    last: date
    value: float
    bound: str
    label: str


def series(
    title: str,
    note: str,
    lines: Sequence[tuple[str, Sequence[Point]]],
    rows: Iterable[tuple[object, ...]],
    header: tuple[str, ...],
) -> Chart:
    """Draw series from zero, values at the marks and names at the ends of their lines."""
    every = [point for _, points in lines for point in points]
    first = date(min(point.first.year for point in every), 1, 1)
    last = date(max(point.last.year for point in every) + 1, 1, 1)
    top_value = max(point.value for point in every) or 1

    def draw(drawing: Drawing) -> None:
        narrow = drawing.width < WIDE
        bottom, top = (210.0, 34.0) if narrow else (270.0, 34.0)
        scale = Scale(first, last, 40, drawing.width - 60)
        _axis(drawing, scale, top - 10, bottom)
        drawing.line(8, bottom, drawing.width, bottom, "base")
        taken: list[tuple[float, float, float]] = []
        for name, points in lines:
            places = [
                ((scale(point.first) + scale(point.last)) / 2, bottom - (bottom - top) * point.value / top_value)
                for point in points
            ]
            for (x1, y1), (x2, y2) in pairwise(places):
                drawing.line(x1, y1, x2, y2, "way")
            for point, (x, y) in zip(points, places, strict=True):
                if scale(point.last) - scale(point.first) > 3:
                    drawing.line(scale(point.first), y, scale(point.last), y, "base")
                kind = "ink" if point.bound == "stated" else "open"
                drawing.add("circle", kind=kind, cx=x, cy=y, r=3.8, title=point.label)
            if name and places:
                drawing.text(places[-1][0] + 8, places[-1][1] + 4, name, "strong")
            # The last value is told first; one that would meet another label stands in the table only.
            for point, (x, y) in reversed(list(zip(points, places, strict=True))):
                half = len(point.label) * _CHARACTER / 2
                # Where the line rises from a mark, its label stands to the left, out of the way of the line.
                at = x - half + 4 if any(y - 12 > other for left, other in places if left > x) else x
                at = min(max(at, half), drawing.width - half)
                if all(abs(at - other) > half + width + 4 or abs(y - height) > 15 for other, height, width in taken):
                    taken.append((at, y, half))
                    drawing.text(at, y - 10, point.label, "label", "middle")
        drawing.height = bottom + 22

    return chart(title, note, draw, header, rows)


def bars(
    title: str, note: str, columns: Sequence[str], lanes: Sequence[tuple[str, Sequence[int]]], first_header: str
) -> Chart:
    """Draw small bars in rows, a number beside each; every row has its own line, all one scale."""
    most = max((count for _, counts in lanes for count in counts), default=1) or 1

    def draw(drawing: Drawing) -> None:
        narrow = drawing.width < WIDE
        left = 0.0 if narrow else 170.0
        step = (drawing.width - left) / max(len(columns), 1)
        y = 22.0
        for at, column in enumerate(columns):
            drawing.text(left + at * step, 12, column[-2:] if narrow and len(columns) > 7 else column, "tick")
        for name, counts in lanes:
            if narrow:
                drawing.text(0, y + 12, name, "lane")
                y += 18
            base = y + 26
            drawing.line(left, base, drawing.width, base, "grid")
            if not narrow:
                drawing.text(0, base - 4, name, "lane")
            for at, count in enumerate(counts):
                if not count:
                    continue
                height = max(24 * count / most, 1)
                x, width = left + at * step, min(step * 0.36, 26)
                drawing.add("rect", kind="bar", x=x, y=base - height, width=width, height=height)
                drawing.text(x + width + 3, base - 3, str(count), "tick")
            y = base + 6
        drawing.height = y + 4

    rows = [(name, *counts) for name, counts in lanes]
    return chart(title, note, draw, (first_header, *columns), rows)


class Speaker(NamedTuple):
    """A speaker of the network: key, name, kind, whether it is a group or a text, whether its name is bold."""

    key: str
    name: str
    kind: str
    is_open: bool
    is_bold: bool


def network(
    title: str,
    note: str,
    speakers: Sequence[Speaker],
    propositions: Sequence[tuple[str, str, str]],
    links: Sequence[tuple[str, str, str]],
    names: Mapping[str, str],
) -> Chart:
    """Draw speakers by kind at the left, propositions at the right, a line a position; on narrow pages nothing.

    Args:
        title: The finding.
        note: How to read it.
        speakers: Those who are drawn.
        propositions: Key, text and count of the sides; those that no drawn speaker takes a side on are left out.
        links: Speaker, proposition and position, of all speakers.
        names: Names of all speakers, for the table.
    """
    keys = {speaker.key for speaker in speakers}
    shown = [link for link in links if link[0] in keys]
    # Kinds, speakers and propositions stand at the middle of what they are linked to, so that lines cross less.
    right = [key for key, *_ in propositions if any(link[1] == key for link in shown)]
    left: list[Speaker] = list(speakers)
    for _ in range(4):
        at = {key: float(place) for place, key in enumerate(right)}
        middle = {one.key: _mean(at[key] for speaker, key, _ in shown if speaker == one.key) for one in left}
        kinds = {one.kind: _mean(middle[other.key] for other in left if other.kind == one.kind) for one in left}
        left.sort(key=lambda one: (kinds[one.kind], one.kind, middle[one.key], one.name))
        at = {one.key: float(place) for place, one in enumerate(left)}
        right.sort(key=lambda key: (_mean(at[speaker] for speaker, other, _ in shown if other == key), key))
    told = {key: (text, counted) for key, text, counted in propositions}

    def draw(drawing: Drawing) -> None:
        start, end = 330.0, 640.0
        places: dict[str, float] = {}
        y, last = 8.0, ""
        for one in left:
            if one.kind != last:
                y += 24
                drawing.text(start - 14, y, one.kind, "tick", "end")
                last = one.kind
            y += 18
            places[one.key] = y
            drawing.text(start - 14, y + 4, _short(one.name, 45), "strong" if one.is_bold else "label", "end")
        room = max((y - 20) / max(len(right), 1), 50.0)
        for number, key in enumerate(right):
            places[key] = 30 + room * (number + 0.5)
            lines = _wrapped(told[key][0], 60)[:3]
            for row, line in enumerate(lines):
                drawing.text(end + 14, places[key] + 4 + (row - (len(lines) - 1) / 2) * 15, line)
            drawing.text(end + 14, places[key] + 4 + ((len(lines) + 1) / 2) * 15, told[key][1], "tick")
        half = (start + end) / 2
        for speaker, key, value in shown:
            y1, y2 = _n(places[speaker]), _n(places[key])
            d = f"M{_n(start + 3)} {y1}C{_n(half)} {y1} {_n(half)} {y2} {_n(end - 3)} {y2}"
            drawing.add("path", kind=f"{value}-line", d=d)
        for one in left:
            drawing.add("circle", kind="open" if one.is_open else "ink", cx=start, cy=places[one.key], r=3)
        for key in right:
            drawing.add("circle", kind="ink", cx=end, cy=places[key], r=3)
        drawing.height = max(y, 30 + room * len(right)) + 16

    wide = Drawing(WIDE, title)
    draw(wide)
    rows: list[tuple[object, ...]] = [(names[speaker], told[key][0], value) for speaker, key, value in links]
    return Chart(title, note, wide.svg("wide"), "", wide.file(), ("speaker", "proposition", "position"), rows)


def _mean(values: Iterable[float]) -> float:
    every = list(values)
    return sum(every) / len(every) if every else 0.0


def marks(held: Sequence[tuple[str, bool]], *, pitch: float = 13, from_right: bool = False) -> str:
    """Draw a small row of marks, one a speaker: its value, and whether it is a group or a text.

    Marks closer than 13 units are drawn smaller, so that rows of one pitch compare by length.
    """
    width = len(held) * pitch
    size = min(pitch / 10, 1)
    drawing = Drawing(width or 1, "")
    for at, (value, is_open) in enumerate(held):
        x = (at + 0.5) * pitch
        drawing.mark(width - x if from_right else x, 6.5, value, is_open=is_open, size=size)
    drawing.height = 13
    return drawing.svg("marks").replace(' role="img" aria-label=""', ' aria-hidden="true"')


def _wrapped(text: str, width: int) -> list[str]:
    lines = [""]
    for word in text.split():
        if lines[-1] and len(lines[-1]) + len(word) + 1 > width:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return lines


def _short(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"


def _n(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")


def _attribute(value: object) -> str:
    return _n(value) if isinstance(value, float | int) else escape(str(value))


def before(when: date, years: int) -> date:
    """Give the first of January some years before a day."""
    return date((when - timedelta(days=1)).year - years + 1, 1, 1)
