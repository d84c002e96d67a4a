"""Rules on dates: precision, basis, and the interval that both make of a date."""

from collections.abc import Iterator

from .prepared import date_columns
from .rule import Tables, recorded, rule

# The column that links a row to the event that its date can be taken from.
LINKS = {"events": "parent_id", "statements": "event_id", "statistics": "event_id"}
# The dates that lie in the past of the record.
REPORTED = (
    ("memberships", "as_of_date"),
    ("sources", "accessed_date"),
    ("sources", "published_date"),
    ("statements", "date"),
    ("statistics", "published_date"),
    ("statistics", "ref_date"),
)


def _dates(tables: Tables) -> Iterator[dict[str, str]]:
    """Give each date column with its precision."""
    return (names for table in tables.values() for names in date_columns(table))


def _based(tables: Tables) -> Iterator[dict[str, str]]:
    """Give each date column that has a basis."""
    return (names for names in _dates(tables) if names["basis"])


def _linked(tables: Tables) -> Iterator[dict[str, str]]:
    """Give each date column that has a basis, in a table that is linked to events."""
    for names in _based(tables):
        if names["table"] in LINKS:
            yield {**names, "link": LINKS[names["table"]]}


def _evidenced(tables: Tables) -> Iterator[dict[str, str]]:
    """Give each date column that has a basis, in a table with evidence."""
    for names in _based(tables):
        if names["table"] in recorded(tables, "evidence"):
            has_own = "published_precision" in tables[names["table"]].columns
            # A figure names the date of its release itself.
            own = (
                f"and coalesce(t.{names['date']} > t.published_last or t.published_date > t.{names['stem']}_last, true)"
            )
            yield {**names, "own": own if has_own else ""}


def _reported(tables: Tables) -> Iterator[dict[str, str]]:
    """Give the dates of what has happened when it is recorded; a step can be told to come, and so can a planned act."""
    for names in _dates(tables):
        if (names["table"], names["date"]) in REPORTED:
            is_planned = names["table"] == "statements" and "planned" in tables["statements"].columns
            yield {**names, "unless": "and t.planned <> 'true'" if is_planned else ""}


# A rule is laid out as a question and its query.
# fmt: off
for _code, _beside, _each in (("date-precision", "precision", _dates), ("date-basis", "basis", _based)):
    rule(_code, at=f"$table.${_beside}",
        each=_each,
        asks=f"A date has a {_beside} exactly when it is known.",
        says="{beside!r} although $date is {date!r}",
        hint=f"fill ${_beside} exactly when $date is filled",
        sql=f"""
        select t.row, t."$date" as date, t."${_beside}" as beside from "$table" t
        where (t."$date" is null) <> (t."${_beside}" is null)""")

rule("date-rounding", at="$table.$date",
    each=_dates,
    asks="A month is stored as its first day, a year as its first of January.",
    says="{date!r} has the precision {precision!r}; expected the first day of the {precision}",
    hint="write that day, or correct $precision",
    sql="""
    select t.row, t."$date" as date, t."$precision" as precision from "$table" t
    where (t."$precision" = 'month' and t."$date" not like '%-01')
      or (t."$precision" = 'year' and t."$date" not like '%-01-01')""")

rule("start-after-end", at="$table.end_date",
    each=lambda tables: ({"table": name} for name in tables),
    asks="Nothing ends before it starts, each date taken as the interval that its precision makes of it.",
    says="ends on {end} but starts on {start}",
    hint="correct one of the two dates",
    sql="""
    select t.row, t.start_shown as start, t.end_shown as end from "$table" t
    where t.start_first > t.end_last""")

rule("end-repeats-start", at="events.end_date",
    asks="An event of one day has no end date.",
    says="{end_date!r} repeats start_date",
    hint="leave end_date and end_precision empty for an event of one day",
    sql="""
    select e.row, e.end_date from events e
    where e.end_date = e.start_date and e.start_precision = 'day' and e.end_precision = 'day'""")

rule("event-date", at="$table.$date",
    each=_linked,
    asks="A date with the basis event is the start of the linked event, to the same precision.",
    says="{date} has the basis 'event', but $link is {event}",
    hint="write the start of the event, or the $basis that the date really has",
    # A start without a precision, or a precision without a start, is a fault of its own.
    sql="""
    select t.row, t.${stem}_shown as date, coalesce(
      '''' || t.$link || ''', which ' || coalesce('starts on ' || e.start_shown, 'has no date'), 'empty') as event
    from $table t left join events e on e.id = t.$link
    where t.$basis = 'event' and t.$date is not null and t.$precision is not null
      and (e.start_date is null) = (e.start_precision is null)
      and (e.start_date is null or t.$date <> e.start_date or t.$precision <> e.start_precision)""")

rule("event-date", at="sources.published_basis",
    asks="A date with the basis event is the start of the linked event, to the same precision.",
    says="'event', but a row of sources is linked to no event",
    hint="write the basis that the date really has",
    sql="select s.row from sources s where s.published_basis = 'event' and s.published_date is not null")

rule("publication-date", at="$table.$date",
    each=_evidenced,
    asks="A date with the basis publication is that of a source of the evidence, or of the release of the figure.",
    says="{date} has the basis 'publication', but no source of its evidence was published then",
    hint="write the date of the source, or the $basis that the date really has",
    sql="""
    with named as (
      select e.record_id, e.source_id from evidence e where e.record_table = '$table'
      union all select e.record_id, e.via_source_id from evidence e where e.record_table = '$table'),
    published as (
      select n.record_id as id, s.published_date as first, s.published_last as last
      from named n join sources s on s.id = n.source_id)
    select t.row, t.${stem}_shown as date from "$table" t
    anti join published p on p.id = t.id and t.$date <= p.last and p.first <= t.${stem}_last
    where t.$basis = 'publication' and t.$date is not null and t.$precision is not null $own""")

rule("after-version", at="$table.$date",
    each=_reported,
    asks="Nothing was said, measured, published or read after the date of the version.",
    says="{day} is after this version of {version}",
    hint="correct the date; what is still to come is a step of an instrument, or a planned statement",
    sql="""
    select t.row, t.${stem}_shown as day, v.created as version from $table t cross join release v
    where t.${stem}_first > v.created $unless""")
