"""Charts drawn from the record."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from . import charts, findings, words
from .record import COLLECTIVE, KINDS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from .charts import Chart
    from .record import Position, Record, Row

# Instruments that make rules; plans and motions only lead to them.
_MADE = {
    "statute",
    "amendment",
    "administrative_regulation",
    "departmental_rule",
    "local_regulation",
    "standard",
    "scholars_draft",
}
_LANES, _YEARS = 12, 6
_USERS, _FILED, _REGISTERED = (
    "cnnic-generative-ai-users",
    "cac-generative-ai-services-filed",
    "cac-generative-ai-services-registered",
)


def timeline(record: Record) -> Chart:
    """Draw the making of China's AI rules: the dozen instruments with the most statements and steps, a lane each."""
    last = record.cut_off
    first = charts.before(last, _YEARS)
    lanes = []
    for law in record.rows("laws"):
        steps = [row for row in record.steps(law) if row["start_date"] and row["stage"]]
        within = sum(first <= row["start_date"] <= last for row in steps)
        if within and law["jurisdiction"].startswith("CN") and law["kind"] in _MADE:
            weight = within + len(record.of("statement_laws", "law_id", law["id"]))
            lanes.append((weight, law, steps))
    lanes.sort(key=lambda lane: (-lane[0], lane[1]["id"]))
    # The law that everybody waits for stands first, the others in the order of time.
    chosen = sorted(
        lanes[:_LANES], key=lambda lane: (lane[1]["id"] != findings.AI_LAW, lane[2][0]["start_date"], lane[1]["id"])
    )
    months = Counter(
        row["date"].replace(day=1)
        for row in record.rows("statements")
        if row["date"] and row["date_precision"] != "year"
    )
    note = (
        "A lane is a law, a mark a dated step (filled: done; open: under way; cross: left out), a thick line the time "
        "in force. Beneath: statements in the record a month."
    )
    if len(lanes) > _LANES:
        note += f" Shown: the {words.number(_LANES)} of {len(lanes)} with the most statements and steps."
    drawn = [_lane(record, law, steps) for _, law, steps in chosen]
    return charts.timeline(findings.timeline(record), note, drawn, months, first, last)


def _lane(record: Record, law: Row, steps: Sequence[Row]) -> charts.Lane:
    ends = {row["stage"]: row["start_date"] for row in steps}
    name = record.name(law["id"]).removesuffix(" of the People's Republic of China")
    state = findings.STATUS[law["status"]].split(",")[0].lower()
    marks = [charts.Step(row["stage"], row["start_date"], row["name"]) for row in steps]
    end = ends.get("repealed") or ends.get("superseded")
    return charts.Lane(name, state, marks, ends.get("in_force"), end, law["status"] == "planned")


def positions(record: Record, title: str, held: Sequence[Position]) -> Chart | None:
    """Draw dated positions, the oldest first; what one speaker holds within one month is one mark."""
    marks: dict[tuple[object, ...], charts.Held] = {}
    for one in sorted((one for one in held if one.statement["date"]), key=lambda one: one.statement["date"]):
        drawn = _held(record, one)
        marks.setdefault((one.speaker, one.value, drawn.last.year, drawn.last.month), drawn)
    if not marks:
        return None
    chart = charts.positions(title, list(marks.values()), KINDS)
    missing = {record.name(one.speaker): None for one in held if not one.statement["date"]}
    return (
        chart._replace(note=f"{chart.note} Not drawn, for want of a date: {words.listed([*missing])}.")
        if missing
        else chart
    )


def _held(record: Record, one: Position) -> charts.Held:
    when = one.statement["date"]
    last = words.last_day(when, one.statement["date_precision"])
    return charts.Held(one.kind, record.name(one.speaker), one.value, when, last, one.kind in COLLECTIVE)


def network(record: Record, propositions: Sequence[Row], most: int = 40) -> Chart:
    """Draw who holds what: all speakers, or those who speak on most where there are more than can be read."""
    keys = {row["id"] for row in propositions}
    wanted = [one for one in reversed(record.positions) if one.proposition["id"] in keys]
    links = list(dict.fromkeys((one.speaker, one.proposition["id"], one.value) for one in wanted))
    several = Counter(speaker for speaker, _ in {(speaker, key) for speaker, key, _ in links})
    kinds = {one.speaker: one.kind for one in wanted}
    chosen = sorted(several, key=lambda key: (-several[key], record.name(key), key))[:most]
    note = (
        "Speakers by kind on the left, propositions on the right. An open point is a group or a text; a dashed line "
        "disagrees, a dotted one agrees on a condition. Who speaks on more than one is set in bold."
    )
    if len(propositions) < len(record.contested):
        note += f" Of {len(record.contested)} contested propositions, those with the largest smaller side."
    if len(several) > most:
        note += f" Drawn: the {most} who speak on most; the table holds all."
    return charts.network(
        findings.network(len(propositions), several),
        note,
        [
            charts.Speaker(key, record.name(key), kinds[key], kinds[key] in COLLECTIVE, several[key] > 1)
            for key in chosen
        ],
        [(row["id"], row["text"], findings.count(record, row["id"])) for row in propositions],
        links,
        {key: record.name(key) for key in several},
    )


def series(record: Record, indicator: Row, name: str = "") -> Chart | None:
    """Draw the values of an indicator in its most frequent unit; None for fewer than two dates."""
    shown = _values(record, indicator["id"])
    if len(shown) < 2:
        return None
    return _lines(findings.series(name or indicator["name"], shown), [("", shown)])


def _values(record: Record, indicator: str) -> list[Row]:
    dated = [row for row in record.of("statistics", "indicator_id", indicator) if row["ref_date"]]
    units = Counter(row["unit"] for row in dated)
    unit = max(units, key=lambda one: (units[one], one), default="")
    of_date = {row["ref_date"]: row for row in dated if row["unit"] == unit}
    return [of_date[when] for when in sorted(of_date)]


def _lines(title: str, lines: Sequence[tuple[str, Sequence[Row]]]) -> Chart:
    drawn = [(name, [_point(row) for row in rows]) for name, rows in lines]
    rough = any(row["bound"] != "stated" for _, rows in lines for row in rows)
    note = "The scale begins at zero."
    note += " An open mark is a value that the source gives only roughly." if rough else ""
    table = [
        (row["indicator_id"], row["ref_date"], row["ref_precision"], row["value"], row["bound"], row["unit"], row["id"])
        for _, rows in lines
        for row in rows
    ]
    return charts.series(title, note, drawn, table, ("series", "as of", "precision", "value", "bound", "unit", "id"))


def _point(row: Row) -> charts.Point:
    last = words.last_day(row["ref_date"], row["ref_precision"])
    label = words.BOUNDS.get(row["bound"], "") + words.amount(row["value"])
    return charts.Point(row["ref_date"], last, row["value"], row["bound"], label)


def of_the_whole(record: Record) -> Iterator[tuple[str, Chart | None]]:
    """Draw the charts of the page of charts, under their names; None where the record has too little."""
    yield "statements-by-year", _by_year(record)
    for key in ("legislate-without-delay", "national-ai-law", "light-regulation"):
        if key in record.by_id["propositions"]:
            text = record.by_id["propositions"][key]["text"].rstrip(".")
            yield (
                f"positions-{key}",
                positions(
                    record,
                    "; ".join(
                        filter(None, (f"{text}: {findings.count(record, key)}", findings.otherwise(record, key)))
                    ),
                    record.positions_of[key],
                ),
            )
    yield _USERS, _named(record, _USERS, "Users of generative AI in China")
    yield _FILED, _services(record) or _named(record, _FILED, "Generative AI services filed")
    yield "who-speaks", _who_speaks(record)


def _named(record: Record, key: str, name: str) -> Chart | None:
    indicator = record.by_id["indicators"].get(key)
    return series(record, indicator, name) if indicator else None


def _services(record: Record) -> Chart | None:
    """Draw services filed with the national regulator and those registered locally in one picture, never added up."""
    filed, registered = _values(record, _FILED), _values(record, _REGISTERED)
    if not filed or not registered:
        return None
    ends = [f"{words.figure(rows[-1]['value'], rows[-1]['bound'], '').strip()}" for rows in (filed, registered)]
    when = words.day(filed[-1]["ref_date"], filed[-1]["ref_precision"])
    return _lines(
        f"By {when} {ends[0]} generative AI services were filed; {ends[1]} applications were registered",
        [("filed", filed), ("registered", registered)],
    )


def _by_year(record: Record) -> Chart | None:
    dated = [(row["date"].year, record.kind(row)) for row in record.rows("statements") if row["date"]]
    if not dated:
        return None
    total = Counter(year for year, _ in dated)
    years = range(min(total), max(total) + 1)
    counts = Counter(dated)
    lanes = [(kind, [counts[year, kind] for year in years]) for kind in KINDS]
    most = max(years, key=lambda year: (total[year], year))
    return charts.bars(
        f"{total[most]:,} of {len(dated):,} dated statements are of {most}",
        "Statements on record by year and kind of speaker; they count what was read, not attention.",
        [str(year) for year in years],
        [(kind, counted) for kind, counted in lanes if any(counted)],
        "kind of speaker",
    )


def _who_speaks(record: Record) -> Chart | None:
    speakers: dict[str, set[str]] = defaultdict(set)
    count: Counter[str] = Counter()
    for row in record.rows("statements"):
        speakers[record.kind(row)].add(record.speaker_id(row))
        count[record.kind(row)] += 1
    if not count:
        return None
    most = max(KINDS, key=lambda kind: len(speakers[kind]))
    return charts.bars(
        f"{most}: {len(speakers[most])} of {sum(map(len, speakers.values()))} speakers on record",
        "How many speakers of each kind are on record, and how many statements they made.",
        ["speakers", "statements"],
        [(kind, [len(speakers[kind]), count[kind]]) for kind in KINDS if count[kind]],
        "kind of speaker",
    )
