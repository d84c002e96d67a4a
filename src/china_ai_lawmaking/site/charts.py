"""Charts of the record: who holds what when, how laws are made, how figures go."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from itertools import pairwise
from operator import itemgetter
from statistics import fmean
from typing import NamedTuple

from . import figures, findings, words
from .record import COLLECTIVE, KINDS, Position, Record, Row
from .svg import CHARACTER, Chart, Drawing, Scale, chart, wrapped

# A mark with the lines of its label, its place and its row.
_Placed = tuple["_Held", list[str], float, int]

# Instruments that make rules; plans and motions only lead to them.
_MADE = {
    "statute", "amendment", "administrative_regulation", "departmental_rule", "local_regulation", "standard",
    "scholars_draft",
}  # fmt: skip
_LANES, _YEARS = 12, 6
# So many marks have room for names.
_NAMED = 40
_USERS, _FILED, _REGISTERED = (
    "cnnic-generative-ai-users",
    "cac-generative-ai-services-filed",
    "cac-generative-ai-services-registered",
)


class _Held(NamedTuple):
    """A position as a mark on a time axis: the first and the last day that its date can mean, and the date as told."""

    kind: str
    name: str
    value: str
    first: date
    last: date
    told: str


def positions(record: Record, title: str, held: Iterable[Position]) -> Chart | None:
    """Draw dated positions, agreement above the line of a kind of speaker and disagreement beneath; None without any.

    What one speaker holds within one month is one mark. Up to 40 marks stand at their dates with names; more are
    packed by year, each speaker once a year.
    """
    found: dict[tuple[object, ...], _Held] = {}
    missing: dict[str, None] = {}
    for one in sorted(held, key=lambda one: str(one.statement["date"])):
        when, name = one.statement["date"], record.name(one.speaker)
        if when is None:
            missing[name] = None
            continue
        last = words.last_day(when, one.statement["date_precision"])
        mark = _Held(one.kind, name, one.value, when, last, words.iso_told(one.statement))
        found.setdefault((one.speaker, one.value, last.year, last.month), mark)
    if not found:
        return None
    every, named = list(found.values()), len(found) <= _NAMED
    shown = every if named else list({(one.kind, one.name, one.value, one.last.year): one for one in every}.values())
    first, last = date(min(one.first.year for one in every), 1, 1), date(max(one.last.year for one in every), 12, 31)

    def draw(drawing: Drawing) -> None:
        scale = Scale(first, last, (8 if drawing.is_narrow else 160) + 6, drawing.width - 14)
        y = 8.0
        for kind in KINDS:
            if of_kind := sorted((one for one in shown if one.kind == kind), key=lambda one: (one.first, one.name)):
                y = _kind(drawing, of_kind, scale, y, named=named)
        scale.axis(drawing, 0, y)
        drawing.height = y + 22

    note = _how_to_read(every, named=named)
    if missing:
        note += f" Not drawn, for want of a date: {words.listed([*missing])}."
    rows = ((one.kind, one.name, one.value, one.told) for one in every)
    return chart(title, note, draw, ("kind of speaker", "speaker", "position", "date"), rows)


def _how_to_read(every: Sequence[_Held], *, named: bool) -> str:
    note = f"One mark is one speaker in one {'month' if named else 'year'}."
    note += " Agreement stands above each line, disagreement beneath it."
    if any(one.value == "conditional" for one in every):
        note += " A half disc agrees on a condition."
    if named and any(one.last > one.first for one in every):
        note += " A pale bar spans a month or year that has no day."
    if any(one.kind in COLLECTIVE for one in every):
        note += " An outlined mark is a group or a text."
    return note


def _kind(drawing: Drawing, held: Sequence[_Held], scale: Scale, y: float, *, named: bool) -> float:
    """Draw what speakers of one kind hold from a height on, and give the height beneath."""
    step = 15 if named else 11
    sides = [[one for one in held if (one.value == "disagrees") == below] for below in (False, True)]
    above, below = (_stack(side, scale, drawing.width) if named else _pack(side, scale) for side in sides)
    rows = [max((row + max(len(lines), 1) for _, lines, _, row in side), default=0) for side in (above, below)]
    base = y + (18 if drawing.is_narrow else 0) + step * rows[0] + 6
    drawing.text(0, y + 12 if drawing.is_narrow else base + 4, held[0].kind, "lane")
    drawing.line(scale.left - 6, base, drawing.width, base, "base")
    for side, start, direction in ((above, base - 10, -step), (below, base + 11, step)):
        for one, lines, x, row in side:
            _mark(drawing, one, lines, scale, x, start + direction * row)
    return base + max(step * rows[1], 8) + 14


def _pack(held: Sequence[_Held], scale: Scale) -> list[_Placed]:
    """Give each mark a place and a row after those of its year; conditions first."""
    by_year: dict[int, list[_Held]] = defaultdict(list)
    for one in sorted(held, key=lambda one: (one.value == "agrees", one.kind in COLLECTIVE, one.name)):
        by_year[one.last.year].append(one)
    placed: list[_Placed] = []
    for year, ones in by_year.items():
        left = scale(date(year, 1, 1)) + 8
        room = max(int((scale(date(year, 12, 31)) - left) / 9.5), 1)
        placed += [(one, [], left + at % room * 9.5, at // room) for at, one in enumerate(ones)]
    return placed


def _stack(held: Sequence[_Held], scale: Scale, width: float) -> list[_Placed]:
    """Give each named mark its place and the lowest rows in which nothing is in its way."""
    taken: dict[int, list[tuple[float, float]]] = defaultdict(list)
    placed: list[_Placed] = []
    for one in held:
        lines = wrapped(one.name, int(0.6 * width / CHARACTER))
        low, high, label = scale(one.first) - 7, scale(one.last) + 7, _label(lines)
        low, high = (low, high + label) if high + label < width else (low - label, high)
        row = 0
        while any(high > a and low < b for at in range(len(lines)) for a, b in taken[row + at]):
            row += 1
        for at in range(len(lines)):
            taken[row + at].append((low, high))
        placed.append((one, lines, (scale(one.first) + scale(one.last)) / 2, row))
    return placed


def _label(lines: Sequence[str]) -> float:
    return max(map(len, lines)) * CHARACTER + 12


def _mark(drawing: Drawing, one: _Held, lines: Sequence[str], scale: Scale, x: float, y: float) -> None:
    title = f"{one.name} {findings.HOLDS[one.value]}"
    if lines:
        x1, x2 = scale(one.first), scale(one.last)
        if x2 - x1 > 2:
            kind = "disagrees-span" if one.value == "disagrees" else "agrees-span"
            drawing.bar(x1, y - 2.5, x2 - x1, 5, kind=kind)
        fits = max(x2, x) + 7 + _label(lines) < drawing.width
        at = max(x2, x + 4) + 5 if fits else max(min(x1, x - 4) - 5, _label(lines) - 12)
        # Above the line the last words of a name stand at its mark, beneath it the first.
        top = y + 4 - (0 if one.value == "disagrees" else 13 * (len(lines) - 1))
        for number, line in enumerate(lines):
            drawing.text(at, top + 13 * number, line, anchor="start" if fits else "end")
    drawing.mark(x, y, one.value, is_open=one.kind in COLLECTIVE, title=title)


def timeline(record: Record) -> Chart:
    """Draw the making of China's AI rules: the dozen instruments with the most statements and steps, a lane each."""
    last = record.cut_off
    first = date((last - timedelta(days=1)).year - _YEARS + 1, 1, 1)
    found = _made(record, first, last)
    # The law that everybody waits for stands first, the others in the order of time.
    lanes = sorted(found[:_LANES], key=lambda lane: (lane[0] != findings.AI_LAW, lane[2][0]["start_date"], lane[0]))
    dated = [row["date"] for row in record.rows("statements") if row["date"] and row["date_precision"] != "year"]
    months = Counter(when.replace(day=1) for when in dated)

    def draw(drawing: Drawing) -> None:
        left = 6.0 if drawing.is_narrow else 330.0
        scale = Scale(first, last, left + 8, drawing.width - 8)
        y = 12.0
        for _, law, steps in lanes:
            y = _lane(drawing, record, law, steps, scale, y)
        bottom = y + 92
        scale.axis(drawing, 8, bottom)
        if not drawing.is_narrow:
            drawing.text(0, bottom - 30, "Statements a month", "lane")
            drawing.text(0, bottom - 14, f"{len(dated):,} dated to the month", "tick")
        _months(drawing, {month: count for month, count in sorted(months.items()) if month >= first}, scale, bottom)
        drawing.line(left, bottom, drawing.width, bottom, "base")
        drawing.height = bottom + 22

    note = (
        "A lane is a law, a mark a dated step (filled: done; open: under way; cross: left out), a thick line the time "
        "in force. Beneath: statements in the record a month."
    )
    if len(found) > _LANES:
        note += f" Shown: the {words.number(_LANES)} of {len(found)} with the most statements and steps."
    rows = [
        (_law_name(record, law), words.stage(step["stage"]), words.iso_told(step, "start"), step["name"])
        for _, law, steps in lanes
        for step in steps
    ]
    return chart(findings.timeline(record), note, draw, ("law or plan", "step", "date", "event"), rows)


def _made(record: Record, first: date, last: date) -> list[tuple[str, Row, list[Row]]]:
    """Give the instruments of China with a step between two days: id, row and steps, first where most is told."""
    found = []
    for law in record.rows("laws"):
        steps = [row for row in record.steps(law) if row["start_date"] and row["stage"]]
        within = sum(first <= row["start_date"] <= last for row in steps)
        if within and law["jurisdiction"].startswith(words.HOME) and law["kind"] in _MADE:
            told = within + len(record.of("statement_laws", "law_id", law["id"]))
            found.append((-told, law["id"], law, steps))
    return [lane[1:] for lane in sorted(found, key=lambda lane: lane[:2])]


def _law_name(record: Record, law: Row) -> str:
    return record.name(law["id"]).removesuffix(" of the People's Republic of China")


def _months(drawing: Drawing, bars: Mapping[date, int], scale: Scale, bottom: float) -> None:
    most = max(bars.values(), default=1)
    told = {month: f"{count} in {words.day(month, 'month', short=True)}" for month, count in bars.items()}
    places = {month: (scale(month), 56 * count / most) for month, count in bars.items()}
    for month, (x, height) in places.items():
        width = max(scale(words.last_day(month, "month")) - x, 1.5)
        drawing.bar(x, bottom - height, width, height, told[month])
    # The peaks are named, above their bars, where no other bar or label is in the way.
    ends: list[float] = []
    for month in sorted(bars, key=lambda month: (-bars[month], month))[: 3 if drawing.is_narrow else 6]:
        x, height = places[month]
        at = min(max(x + 4, scale.left + 36), drawing.width - 44)
        if all(abs(at - end) > 88 for end in ends) and all(
            abs(other - at) > 48 or tall <= height for other, tall in places.values()
        ):
            ends.append(at)
            drawing.text(at, bottom - height - 5, told[month], "tick", "middle")


def _lane(drawing: Drawing, record: Record, law: Row, steps: Sequence[Row], scale: Scale, y: float) -> float:
    """Draw the steps of a law from a height on, and give the height beneath."""
    before = [step for step in steps if step["start_date"] < scale.first]
    within = [step for step in steps if scale.first <= step["start_date"] <= scale.last]
    name = wrapped(_law_name(record, law), 44 if drawing.is_narrow else 27 if before else 40)
    base = y + (25 + 15 * len(name) if drawing.is_narrow else 24)
    for row, line in enumerate(name):
        drawing.text(0, (y + 14 if drawing.is_narrow else base) + 15 * row, line, "lane")
    if not drawing.is_narrow:
        drawing.text(0, base + 15 * len(name), re.split("[,;]", findings.status(record, law))[0].lower(), "tick")
        for row, step in enumerate(before[-2:]):
            told = f"{words.stage(step['stage'])} {words.day(step['start_date'], 'month', short=True)}"
            drawing.text(scale.left - 12, base + 4 + (row * 14 - 5 if len(before) > 1 else 0), told, "tick", "end")
    ends = {row["stage"]: row["start_date"] for row in steps}
    force, end = ends.get("in_force"), ends.get("repealed") or ends.get("superseded") or scale.last
    until = scale(force or steps[-1]["start_date"])
    drawing.line(scale(steps[0]["start_date"]), base, until, base, "way")
    if force and force <= scale.last:
        drawing.line(until, base, scale(end), base, "force")
    elif law["status"] == "planned":
        drawing.line(until, base, scale.right, base, "plan")
    for step in within:
        x = scale(step["start_date"])
        if step["stage"] == "omitted":
            drawing.add("path", "way", d=f"M{x - 4:.1f} {base - 4:.1f}l8 8m0 -8l-8 8", title=step["name"])
        else:
            is_open = step["stage"] not in findings.DONE and step is steps[-1]
            drawing.dot(x, base, "open" if is_open else "step", step["name"], 4.4)
    taken: dict[int, list[tuple[float, float]]] = {-10: [], 19: []}
    order = {stage: at for at, stage in enumerate(words.STAGES)}
    for step in sorted(within, key=lambda step: (order.get(step["stage"], 99), step["start_date"])):
        told = words.stage(step["stage"])
        half = len(told) * CHARACTER / 2 + 3
        x = min(max(scale(step["start_date"]), scale.left + half - 8), scale.right - half + 8)
        tier = next((tier for tier in taken if all(x + half < a or x - half > b for a, b in taken[tier])), None)
        if tier is not None:
            taken[tier].append((x - half, x + half))
            drawing.text(x, base + tier, told, "tick", "middle")
    return base + (30 if drawing.is_narrow else 13 + 15 * len(name))


def network(record: Record, propositions: Sequence[Row], most: int = 40) -> Chart:
    """Draw speakers by kind at the left, propositions at the right and a line a position; those who speak on most."""
    texts = {row["id"]: row["text"] for row in propositions}
    wanted = [one for one in reversed(record.positions) if one.proposition["id"] in texts]
    links = list(dict.fromkeys((one.speaker, one.proposition["id"], one.value) for one in wanted))
    several = Counter(speaker for speaker, _ in {(speaker, key) for speaker, key, _ in links})
    kinds, names = {one.speaker: one.kind for one in wanted}, {key: record.name(key) for key in several}
    left = sorted(several, key=lambda key: (-several[key], names[key], key))[:most]
    shown = [link for link in links if link[0] in left]
    left, right = _untangled(sorted(left, key=names.__getitem__), list(texts), shown, kinds)

    def draw(drawing: Drawing) -> None:
        start, end = 430.0, 672.0
        places: dict[str, float] = {}
        y, last = 0.0, ""
        for one in left:
            if kinds[one] != last:
                y += 31
                drawing.text(start - 14, y + 2, kinds[one], "tick", "end")
                last = kinds[one]
            y += 18
            places[one] = y
            drawing.text(start - 14, y + 4, names[one], "strong" if several[one] > 1 else "label", "end")
            drawing.dot(start, y, "open" if kinds[one] in COLLECTIVE else "ink", r=3)
        room = max((y - 20) / max(len(right), 1), 50.0)
        for number, key in enumerate(right):
            places[key] = 30 + room * (number + 0.5)
            lines = wrapped(texts[key], 60)
            top = places[key] + 4 - (len(lines) - 1) * 7.5
            for row, line in enumerate(lines):
                drawing.text(end + 14, top + row * 15, line)
            drawing.text(end + 14, top + len(lines) * 15, findings.count(record, key), "tick")
            drawing.dot(end, places[key], "ink", r=3)
        half = (start + end) / 2
        for speaker, key, value in shown:
            y1, y2 = f"{places[speaker]:.1f}", f"{places[key]:.1f}"
            d = f"M{start + 3} {y1}C{half} {y1} {half} {y2} {end - 3} {y2}"
            drawing.add("path", f"{value}-line", d=d)
        drawing.height = max(y, 30 + room * len(right)) + 16

    note = (
        "Speakers by kind on the left, propositions on the right. An open point is a group or a text; a dashed line "
        "disagrees, a dotted one agrees on a condition. Who speaks on more than one is set in bold."
    )
    if len(propositions) < len(record.contested):
        note += f" Of {len(record.contested)} contested propositions, those with the largest smaller side."
    if len(several) > most:
        note += f" Drawn: the {most} who speak on most; the table holds all."
    rows = [(names[speaker], texts[key], value) for speaker, key, value in links]
    title = findings.network(len(propositions), several)
    return chart(title, note, draw, ("speaker", "proposition", "position"), rows, has_narrow=False)


def _untangled(
    left: list[str], right: list[str], links: Sequence[tuple[str, str, str]], kinds: Mapping[str, str]
) -> tuple[list[str], list[str]]:
    """Order speakers by kind and propositions, each at the middle of what it is linked to: fewer lines cross."""
    right = [key for key in right if any(link[1] == key for link in links)]
    for _ in range(4):
        at = {key: place for place, key in enumerate(right)}
        middle = {one: fmean(at[key] for speaker, key, _ in links if speaker == one) for one in left}
        of_kind = {kinds[one]: fmean(middle[other] for other in left if kinds[other] == kinds[one]) for one in left}
        left = sorted(left, key=lambda one: (of_kind[kinds[one]], kinds[one], middle[one]))
        at = {one: place for place, one in enumerate(left)}
        right = sorted(right, key=lambda key: (fmean(at[speaker] for speaker, other, _ in links if other == key), key))
    return left, right


def series(record: Record, indicator: str, name: str = "") -> Chart | None:
    """Draw the values of an indicator, a line an area; None where the first has fewer than two dates."""
    lines = figures.series(record, indicator)
    first = next(iter(lines.values()), [])
    if len(first) < 2:
        return None
    title = findings.series(name or record.label("indicators", indicator), first)
    return _lines(title, {words.area(area) if len(lines) > 1 else "": values for area, values in lines.items()})


def _lines(title: str, lines: Mapping[str, Sequence[Row]]) -> Chart:
    """Draw series of one unit from zero, values at the marks and names at the ends of their lines."""
    rows = [row for values in lines.values() for row in values]
    last = max(words.last_day(row["ref_date"], row["ref_precision"]) for row in rows)
    top_value = max(row["value"] for row in rows) or 1

    def draw(drawing: Drawing) -> None:
        bottom, top = (210.0, 34.0) if drawing.is_narrow else (270.0, 34.0)
        first = min(row["ref_date"].year for row in rows)
        scale = Scale(date(first, 1, 1), date(last.year + 1, 1, 1), 40, drawing.width - 60)
        scale.axis(drawing, top - 10, bottom)
        drawing.line(8, bottom, drawing.width, bottom, "base")

        def point(row: Row) -> _Point:
            left, right = scale(row["ref_date"]), scale(words.last_day(row["ref_date"], row["ref_precision"]))
            y = bottom - (bottom - top) * row["value"] / top_value
            return _Point(row, (left + right) / 2, y, (right - left) / 2)

        points = {name: [*map(point, values)] for name, values in lines.items()}
        # Middle, half width and foot of what labels must not meet: marks, then labels too.
        taken = [(one.x, 4.0, one.y + 4) for line in points.values() for one in line]
        for name, line in points.items():
            _line(drawing, name, line, taken)
        drawing.height = bottom + 22

    note = "The scale begins at zero."
    if any(row["bound"] != "stated" for row in rows):
        note += " An open mark is a value that the source gives only roughly."
    header = ("series", "place", "as of", "value", "bound", "unit", "id")
    told = ((words.area(row["ref_area"]), words.iso_told(row, "ref")) for row in rows)
    columns = itemgetter("value", "bound", "unit", "id")
    return chart(
        title,
        note,
        draw,
        header,
        [(row["indicator_id"], *of, *columns(row)) for row, of in zip(rows, told, strict=True)],
    )


class _Point(NamedTuple):
    """A value at its place, and half the length of the time that its date can mean."""

    row: Row
    x: float
    y: float
    reach: float


def _line(drawing: Drawing, name: str, points: Sequence[_Point], taken: list[tuple[float, float, float]]) -> None:
    """Draw a series with its name; the last value is told first, one that would meet another label is not."""
    for one, other in pairwise(points):
        drawing.line(one.x, one.y, other.x, other.y, "way")
    if name and points:
        drawing.text(points[-1].x + 8, points[-1].y + 4, name, "strong")
    for row, x, y, reach in reversed(points):
        if reach > 1.5:
            drawing.line(x - reach, y, x + reach, y, "base")
        label = words.BOUNDS.get(row["bound"], "") + words.amount(row["value"])
        drawing.dot(x, y, "ink" if row["bound"] == "stated" else "open", label)
        half = len(label) * CHARACTER / 2
        # Where the line rises from a mark, its label stands to the left, out of the way of the line.
        at = x - half + 4 if any(y - 12 > later.y for later in points if later.x > x) else x
        at = min(max(at, half), drawing.width - half)
        if all(abs(at - a) > half + b + 2 or abs(y - 10 - c) > 12 for a, b, c in taken):
            taken.append((at, half, y - 10))
            drawing.text(at, y - 10, label, "label", "middle")


def of_the_whole(record: Record) -> Iterator[tuple[str, Chart | None]]:
    """Draw the charts of the page of charts, under their names; None where the record has too little."""
    yield "statements-by-year", _by_year(record)
    for key in ("legislate-without-delay", "national-ai-law", "light-regulation"):
        if key in record.by_id["propositions"]:
            text = record.by_id["propositions"][key]["text"].rstrip(".")
            told = [f"{text}: {findings.count(record, key)}", findings.otherwise(record, key, str)]
            yield f"positions-{key}", positions(record, "; ".join(filter(None, told)), record.positions_of[key])
    yield _USERS, series(record, _USERS, "Users of generative AI in China")
    yield _FILED, _services(record) or series(record, _FILED, "Generative AI services filed")
    yield "who-speaks", _who_speaks(record)


def _services(record: Record) -> Chart | None:
    """Draw services filed with the national regulator and those registered locally in one picture, never added up."""
    filed, registered = (next(iter(figures.series(record, key).values()), []) for key in (_FILED, _REGISTERED))
    if not filed or not registered:
        return None
    ends = [words.figure(rows[-1]["value"], rows[-1]["bound"], "").strip() for rows in (filed, registered)]
    title = (
        f"By {words.told(filed[-1], 'ref').removeprefix('by ')} {ends[0]} generative AI services were "
        f"filed; {ends[1]} applications were registered"
    )
    return _lines(title, {"filed": filed, "registered": registered})


def _by_year(record: Record) -> Chart | None:
    counts = Counter((row["date"].year, record.kind(row)) for row in record.rows("statements") if row["date"])
    if not counts:
        return None
    years = range(min(counts)[0], max(counts)[0] + 1)
    total = {year: sum(counts[year, kind] for kind in KINDS) for year in years}
    most = max(years, key=lambda year: (total[year], year))
    return _bars(
        f"{total[most]:,} of {counts.total():,} dated statements are of {most}",
        "Statements on record by year and kind of speaker; they count what was read, not attention.",
        [str(year) for year in years],
        [(kind, [counts[year, kind] for year in years]) for kind in KINDS],
    )


def _who_speaks(record: Record) -> Chart | None:
    rows = record.rows("statements")
    if not rows:
        return None
    said = Counter(map(record.kind, rows))
    every = {(record.kind(row, one), one) for row in rows for one in record.speakers(row)}
    speakers = Counter(kind for kind, _ in every)
    most = max(KINDS, key=speakers.__getitem__)
    return _bars(
        f"{most}: {speakers[most]} of {len(every)} speakers on record",
        f"How many speakers of each kind are on record, and how many statements they made. {findings.seats(record)}",
        ["speakers", "statements"],
        [(kind, [speakers[kind], said[kind]]) for kind in KINDS],
    )


def _bars(title: str, note: str, columns: Sequence[str], lanes: Sequence[tuple[str, Sequence[int]]]) -> Chart:
    """Draw bars in rows with their numbers, all to one scale: lying where there are few columns, else standing."""
    lanes = [(kind, counts) for kind, counts in lanes if any(counts)]
    most = max((count for _, counts in lanes for count in counts), default=1)
    is_lying = len(columns) < 4

    def draw(drawing: Drawing) -> None:
        left = 0.0 if drawing.is_narrow else 170.0
        step = (drawing.width - left) / max(len(columns), 1)
        is_close = step < 44
        y = 22.0
        for at, column in enumerate(columns):
            drawing.text(left + at * step, 12, column[-2:] if is_close else column, "tick")
        for name, counts in lanes:
            base = y + (50 if is_close else 44 if drawing.is_narrow else 26)
            drawing.text(0, y + 12 if drawing.is_narrow else base - 4, name, "lane")
            drawing.line(left, base, drawing.width, base, "grid")
            for at, count in enumerate(counts):
                x, share = left + at * step, count / most
                width, height = (
                    (step - 44) * share if is_lying else min(step * 0.36, 26),
                    12 if is_lying else 24 * share,
                )
                if count:
                    drawing.bar(x, base - max(height, 1) - 4 * is_lying, max(width, 1), max(height, 1))
                    beside = (x, base - max(height, 1) - 3) if is_close else (x + width + 4, base - 3 - 3 * is_lying)
                    drawing.text(*beside, str(count), "tick")
            y = base + 6
        drawing.height = y + 4

    return chart(title, note, draw, ("kind of speaker", *columns), [(name, *counts) for name, counts in lanes])
