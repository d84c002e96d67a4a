"""Figures as series: of one date, unit and area one value, which is the latest, and which values of a date differ."""

from collections.abc import Iterator
from datetime import date
from operator import itemgetter

from . import words
from .record import Record, Row

_dated = itemgetter("ref_area", "unit", "ref_date", "ref_precision")
_valued = itemgetter("value", "bound")
_RELIABILITY = [*words.RELIABILITY]


def ordered(record: Record, indicator: str) -> list[Row]:
    """Give all values of an indicator, China's first, the newest of an area first, of one date the one to take first.

    That is the one published last, then the one of the more reliable source.
    """

    def newest(row: Row) -> tuple[date, date, int]:
        sources = record.sources_of([("statistics", row["id"])])
        doubt = min((_RELIABILITY.index(source["reliability"]) for source in sources), default=len(_RELIABILITY))
        until = words.last_day(row["ref_date"], row["ref_precision"]) if row["ref_date"] else date.min
        return until, row["published_date"] or date.min, -doubt

    rows = sorted(record.of("statistics", "indicator_id", indicator), key=newest, reverse=True)
    return sorted(rows, key=lambda row: (row["ref_area"] != words.HOME, row["ref_area"] or ""))


def series(record: Record, indicator: str) -> dict[str | None, list[Row]]:
    """Give one value a date by area, China's first, in time, in the unit of the latest; what has no date is left out.

    What is worked out from other figures, such as a conversion, is left out where there is anything else.
    """
    dated = [row for row in ordered(record, indicator) if row["ref_date"]]
    stated = [row for row in dated if not record.of("statistic_inputs", "statistic_id", row["id"])] or dated
    found: dict[str | None, dict[tuple[object, ...], Row]] = {}
    for row in stated:
        if row["unit"] == stated[0]["unit"]:
            found.setdefault(row["ref_area"], {}).setdefault(_dated(row), row)
    return {area: [*reversed(values.values())] for area, values in found.items()}


def latest(record: Record, indicator: str) -> list[Row]:
    """Give the latest value of each area, China's first; without any date, the value to take first."""
    return [values[-1] for values in series(record, indicator).values()] or ordered(record, indicator)[:1]


def differing(record: Record, row: Row) -> list[Row]:
    """Give the values of the same indicator, area, unit and date that differ from one."""
    return _differing(ordered(record, row["indicator_id"]), row) if row["ref_date"] else []


def _differing(rows: list[Row], row: Row) -> list[Row]:
    return [one for one in rows if _dated(one) == _dated(row) and _valued(one) != _valued(row)]


def conflicts(record: Record, indicator: str) -> Iterator[list[Row]]:
    """Give the values of an indicator that differ for one date, first the one that its series takes."""
    rows = ordered(record, indicator)
    for values in series(record, indicator).values():
        yield from ([row, *others] for row in values if (others := _differing(rows, row)))
