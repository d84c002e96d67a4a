"""Rules on dates: precision, basis, and the interval that both make of a date."""

from __future__ import annotations

import narwhals as nw

from .rule import Rule, date_columns, earliest, filled, latest, listed, quoted, rule, shown, stack

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...package.descriptor import Table
    from .rule import Frame, Frames, Tables

# The column that links a row to the event that its date can be taken from.
LINKS = {"events": "parent_id", "statements": "event_id", "statistics": "event_id"}
EVENT_START = ("id", "start_date", "start_precision")


def rules(tables: Tables) -> Iterator[Rule]:
    """Make the rules of every date column of the contract."""
    evidenced = listed(tables, "evidence", "record_table")
    for name, table in tables.items():
        for date, precision, basis in date_columns(table):
            yield _pair("date-precision", name, date, precision)
            yield _rounding(name, date, precision)
            if not basis:
                continue
            yield _pair("date-basis", name, date, basis)
            yield _event(name, date, precision, basis) if name in LINKS else _no_event(name, date, basis)
            if name in evidenced:
                yield _publication(table, date, precision, basis)
        if {"start_date", "end_date"} <= set(table.columns):
            yield _order(table)
    yield one_day


def _pair(code: str, table: str, date: str, sibling: str) -> Rule:
    def pair(frames: Frames) -> Frame:
        found = nw.concat_str(quoted(sibling), nw.lit(f" although {date} is "), quoted(date))
        faulty = frames[table].filter(filled(date) != filled(sibling))
        return faulty.select("__row", found=found)

    word = sibling.rpartition("_")[2]
    pair.__doc__ = f"A date has a {word} exactly when it is known."
    return Rule(
        code,
        table,
        sibling,
        {table: (date, sibling)},
        "{found}",
        f"fill {sibling} exactly when {date} is filled",
        pair,
    )


def _rounding(table: str, date: str, precision: str) -> Rule:
    @rule(
        "date-rounding",
        table,
        date,
        {table: (date, precision)},
        "{date!r} has the precision {precision!r}; expected the first day of the {precision}",
        f"write that day, or correct {precision}",
    )
    def rounding(frames: Frames) -> Frame:
        """A month is stored as its first day, a year as its first of January."""
        dates = frames[table].select("__row", date=date, precision=precision)
        day, period = nw.col("date"), nw.col("precision")
        inside = (period == "month") & ~day.str.ends_with("-01") | (period == "year") & ~day.str.ends_with("-01-01")
        return dates.filter(inside)

    return rounding


def _order(table: Table) -> Rule:
    basis = ("date_basis",) if "date_basis" in table.columns else ()

    @rule(
        "start-after-end",
        table.name,
        "end_date",
        {table.name: ("start_date", "start_precision", "end_date", "end_precision", *basis)},
        "ends on {end} but starts on {start}",
        "correct one of the two dates",
    )
    def order(frames: Frames) -> Frame:
        """Nothing ends before it starts, each date taken as the interval that its precision makes of it."""
        dated = frames[table.name].filter(
            earliest("start_date", "start_precision", *basis) > latest("end_date", "end_precision")
        )
        start, end = shown("start_date", "start_precision"), shown("end_date", "end_precision")
        return dated.select("__row", start=start, end=end)

    return order


@rule(
    "end-repeats-start",
    "events",
    "end_date",
    {"events": ("start_date", "start_precision", "end_date", "end_precision")},
    "{end_date!r} repeats start_date",
    "leave end_date and end_precision empty for an event of one day",
)
def one_day(frames: Frames) -> Frame:
    """An event of one day has no end date."""
    same = (nw.col("start_date") == nw.col("end_date")) & (nw.col("start_precision") == "day")
    return frames["events"].filter(same & (nw.col("end_precision") == "day")).select("__row", "end_date")


def _event(table: str, date: str, precision: str, basis: str) -> Rule:
    link = LINKS[table]
    reads = {table: (date, precision, basis, link)}

    @rule(
        "event-date",
        table,
        date,
        reads | {"events": tuple(dict.fromkeys([*EVENT_START, *reads.get("events", ())]))},
        f"{{date}} has the basis 'event', but {link} is {{event}}",
        f"write the start of the event, or the {basis} that the date really has",
    )
    def event(frames: Frames) -> Frame:
        """A date with the basis event is the start of the linked event, to the same precision."""
        dated = frames[table].filter((nw.col(basis) == "event") & filled(date) & filled(precision))
        dated = dated.select(
            "__row",
            day=date,
            link=link,
            precision=precision,
            date=shown(date, precision),
        )
        starts = frames["events"].select(
            link="id",
            start="start_date",
            start_precision="start_precision",
            shown=shown("start_date", "start_precision"),
        )
        # A start without a precision, or a precision without a start, is a fault of its own.
        joined = dated.join(starts, on="link", how="left").filter(filled("start") == filled("start_precision"))
        same = (nw.col("day") == nw.col("start")) & (nw.col("precision") == nw.col("start_precision"))
        told = nw.concat_str(quoted("link"), nw.lit(", which starts on "), nw.col("shown"))
        undated = nw.concat_str(quoted("link"), nw.lit(", which has no date"))
        named = nw.when(filled("link")).then(nw.coalesce(told, undated)).otherwise(nw.lit("empty"))
        return joined.filter(~same.fill_null(value=False)).select("__row", "date", event=named)

    return event


def _no_event(table: str, date: str, basis: str) -> Rule:
    @rule(
        "event-date",
        table,
        basis,
        {table: (date, basis)},
        f"'event', but a row of {table} is linked to no event",
        "write the basis that the date really has",
    )
    def event(frames: Frames) -> Frame:
        """A date with the basis event is the start of the linked event, to the same precision."""
        return frames[table].filter((nw.col(basis) == "event") & filled(date)).select("__row")

    return event


def _publication(table: Table, date: str, precision: str, basis: str) -> Rule:
    name = table.name
    published = ("published_date", "published_precision")
    # A figure names the date of its release itself.
    own = published if set(published) <= set(table.columns) else ()

    @rule(
        "publication-date",
        name,
        date,
        {
            name: ("id", date, precision, basis, *own),
            "evidence": ("record_table", "record_id", "source_id", "via_source_id"),
            "sources": ("id", *published),
        },
        "{date} has the basis 'publication', but no source of its evidence was published then",
        f"write the date of the source, or the {basis} that the date really has",
    )
    def publication(frames: Frames) -> Frame:
        """A date with the basis publication is that of a source of the evidence, or of the release of the figure."""
        first, last = earliest(*published), latest(*published)
        rows = frames[name].filter((nw.col(basis) == "publication") & filled(date))
        dated = rows.select(
            "__row", "id", date=shown(date, precision), low=earliest(date, precision), high=latest(date, precision)
        )
        evidence = frames["evidence"].filter(nw.col("record_table") == name)
        named = stack(evidence.select(id="record_id", source=column) for column in ("source_id", "via_source_id"))
        sources = frames["sources"].select(source="id", first=first, last=last)
        dates = named.join(sources, on="source", how="inner").select("id", "first", "last")
        if own:
            dates = stack([dates, rows.select("id", first=first, last=last)])
        met = dated.join(dates, on="id", how="inner").filter(
            (nw.col("low") <= nw.col("last")) & (nw.col("first") <= nw.col("high"))
        )
        return dated.filter(filled("low")).join(met.select("__row").unique(), on="__row", how="anti")

    return publication
