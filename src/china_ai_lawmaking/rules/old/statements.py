"""Rules on statements: who speaks, in which capacity, when, on which topics and instruments."""

from __future__ import annotations

import narwhals as nw

from .organizations import COLLECTIVES
from .rule import earliest, filled, items, latest, rule, shown, stack

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .rule import Frame, Frames

SPEAKERS = ("person_id", "organization_id", "law_id")
# The codebook's column of the speaker for each kind of speaker; any other kind is a body.
COLUMN_OF_KIND = {"person": "person_id", "instrument": "law_id"}
# The row for what is called for without a title, a drafter, a step or a document.
UMBRELLA = "ai-legislation-cn"
# The seat that a proposal needs, by the kind of the proposal.
SEATS = {"motion": "legislator", "suggestion": "legislator", "cppcc_proposal": "political_adviser"}
DATE = ("date", "date_precision", "date_basis")


@rule(
    "one-speaker",
    "statements",
    "",
    {"statements": SPEAKERS},
    "{speakers} speakers; expected exactly one of person_id, organization_id and law_id",
    "two voices are two statements, or a row of data/statement_cospeakers.csv",
)
def one_speaker(frames: Frames) -> Frame:
    """A statement has exactly one speaker: a person, an organization or an instrument."""
    speakers = nw.sum_horizontal(*[filled(name).cast(nw.Int8) for name in SPEAKERS])
    return frames["statements"].select("__row", speakers=speakers).filter(nw.col("speakers") != 1)


@rule(
    "speaker-kind",
    "statements",
    "speaker_kind",
    {"statements": ("speaker_kind", *SPEAKERS)},
    "{speaker_kind!r}, but the speaker is in {found}; expected it in {expected}",
    "correct speaker_kind, or move the speaker",
)
def speaker_kind(frames: Frames) -> Frame:
    """The kind of the speaker fits the column that the speaker is in."""
    kind, given = nw.col("speaker_kind"), [filled(name) for name in SPEAKERS]
    expected, found = nw.lit("organization_id"), nw.lit("organization_id")
    for name, column in COLUMN_OF_KIND.items():
        expected = nw.when(kind == name).then(nw.lit(column)).otherwise(expected)
        found = nw.when(filled(column)).then(nw.lit(column)).otherwise(found)
    single = frames["statements"].filter(nw.sum_horizontal(*[cell.cast(nw.Int8) for cell in given]) == 1)
    judged = single.filter(filled("speaker_kind")).select("__row", "speaker_kind", found=found, expected=expected)
    return judged.filter(nw.col("found") != nw.col("expected"))


@rule(
    "group-speaker",
    "statements",
    "speaker_kind",
    {"statements": ("speaker_kind", "organization_id")},
    "{speaker_kind!r} with the speaker {organization_id!r}",
    f"the collectives speak as 'group', and nothing else does: {', '.join(COLLECTIVES)}",
)
def group_speaker(frames: Frames) -> Frame:
    """A collective, and nothing else, speaks as a group."""
    unlike = (nw.col("speaker_kind") == "group") != nw.col("organization_id").is_in(list(COLLECTIVES))
    return frames["statements"].filter(unlike).select("__row", "speaker_kind", "organization_id")


@rule(
    "own-voice",
    "statements",
    "attribution",
    {"statements": ("speaker_kind", "attribution")},
    "{attribution!r} with the speaker_kind {speaker_kind!r}",
    "an outlet, and nobody else, speaks in its 'own_voice'",
)
def own_voice(frames: Frames) -> Frame:
    """An outlet, and nobody else, speaks in its own voice."""
    unlike = (nw.col("speaker_kind") == "outlet") != (nw.col("attribution") == "own_voice")
    return frames["statements"].filter(unlike).select("__row", "speaker_kind", "attribution")


@rule(
    "outlet-publisher",
    "statements",
    "organization_id",
    {
        "statements": ("id", "speaker_kind", "organization_id"),
        "evidence": ("record_table", "record_id", "source_id", "via_source_id"),
        "sources": ("id", "publisher_id"),
    },
    "{organization_id!r} publishes no source of the evidence of {id!r}",
    "the speaker of a text's own voice is its publisher in data/sources.csv",
)
def outlet_publisher(frames: Frames) -> Frame:
    """An outlet that speaks in its own voice publishes a source of the statement."""
    spoken = frames["statements"].filter((nw.col("speaker_kind") == "outlet") & filled("organization_id"))
    spoken = spoken.select("__row", "id", "organization_id")
    passages = frames["evidence"].filter(nw.col("record_table") == "statements")
    read = stack(passages.select(id="record_id", source=name) for name in ("source_id", "via_source_id"))
    publishers = frames["sources"].select(source="id", organization_id="publisher_id")
    published = read.join(publishers, on="source", how="inner")
    # A statement without evidence is a fault of its own.
    evidenced = spoken.join(read, on="id", how="semi")
    return evidenced.join(published, on=["id", "organization_id"], how="anti")


@rule(
    "capacity-speaker",
    "statements",
    "membership_id",
    {"statements": ("person_id", "membership_id"), "memberships": ("id", "person_id")},
    "{membership_id!r} is a role of {holder!r}; the speaker is {speaker}",
    "name a row of data/memberships.csv that belongs to the speaker, or leave the cell empty",
)
def capacity_speaker(frames: Frames) -> Frame:
    """The capacity in which a person spoke is a role of that person."""
    holders = frames["memberships"].select(membership_id="id", holder="person_id")
    spoken = frames["statements"].select("__row", "person_id", "membership_id")
    joined = spoken.join(holders, on="membership_id", how="inner")
    told = nw.concat_str(nw.lit("'"), nw.col("person_id"), nw.lit("'"))
    speaker = nw.when(filled("person_id")).then(told).otherwise(nw.lit("no person"))
    own = (nw.col("person_id") == nw.col("holder")).fill_null(value=False)
    return joined.filter(~own).select("__row", "membership_id", "holder", speaker=speaker)


@rule(
    "capacity-date",
    "statements",
    "membership_id",
    {
        "statements": ("membership_id", "date", "date_precision"),
        "memberships": ("id", "start_date", "start_precision"),
    },
    "the role {membership_id!r} starts on {start}, after the statement on {said}",
    "name the role that the speaker had then, or correct a date",
)
def capacity_date(frames: Frames) -> Frame:
    """Nobody speaks in a role that has not begun."""
    roles = frames["memberships"].select(
        membership_id="id",
        first=earliest("start_date", "start_precision"),
        start=shown("start_date", "start_precision"),
    )
    spoken = frames["statements"].select(
        "__row", "membership_id", last=latest("date", "date_precision"), said=shown("date", "date_precision")
    )
    return spoken.join(roles, on="membership_id", how="inner").filter(nw.col("last") < nw.col("first"))


@rule(
    "session-seat",
    "statements",
    "membership_id",
    {
        "statements": ("person_id", "membership_id", "event_id"),
        "memberships": ("id", "person_id", "role_kind", "current"),
        "events": ("id", "kind"),
    },
    "{capacity}; at the session {event_id!r} the seat {seat!r} speaks",
    "name the seat, or the event beside the session at which the point was made",
)
def session_seat(frames: Frames) -> Frame:
    """Who has a seat and speaks at a session speaks from the seat."""
    has_seat = nw.col("role_kind").is_in(sorted(set(SEATS.values())))
    seats = frames["memberships"].filter(has_seat & (nw.col("current") == "true"))
    sessions = frames["events"].filter(nw.col("kind") == "session").select(event_id="id")
    spoken = frames["statements"].select("__row", "person_id", "membership_id", "event_id")
    spoken = spoken.join(sessions, on="event_id", how="semi")
    elsewhere = spoken.join(seats.select(membership_id="id"), on="membership_id", how="anti")
    held = seats.group_by("person_id").agg(seat=nw.col("id").min())
    told = nw.concat_str(nw.lit("'"), nw.col("membership_id"), nw.lit("'"))
    capacity = nw.when(filled("membership_id")).then(told).otherwise(nw.lit("empty"))
    return elsewhere.join(held, on="person_id", how="inner").select("__row", "event_id", "seat", capacity=capacity)


@rule(
    "provision-speaker",
    "statements",
    "kind",
    {"statements": ("speaker_kind", "kind")},
    "{kind!r} with the speaker_kind {speaker_kind!r}",
    "what an instrument says, and nothing else, is a 'provision'",
)
def provision_speaker(frames: Frames) -> Frame:
    """What an instrument says, and nothing else, is a provision."""
    unlike = (nw.col("speaker_kind") == "instrument") != (nw.col("kind") == "provision")
    return frames["statements"].filter(unlike).select("__row", "speaker_kind", "kind")


@rule(
    "summary-names-speaker",
    "statements",
    "summary",
    {
        "statements": ("summary", *SPEAKERS),
        "people": ("id", "name", "name_zh"),
        "organizations": ("id", "kind", "name", "name_zh", "aliases"),
        "laws": ("id", "title", "title_zh", "short_title"),
    },
    "holds the speaker's name {name!r}",
    "a summary says the point alone; the speaker stands in person_id, organization_id or law_id",
)
def summary_names(frames: Frames) -> Frame:
    """A summary does not hold the name of its speaker; the name of a collective is a common noun."""
    people, laws = frames["people"], frames["laws"]
    bodies = frames["organizations"].filter(nw.col("kind") != "group")
    names = {
        "person_id": [people.select("id", name=column) for column in ("name", "name_zh")],
        "organization_id": [
            *[bodies.select("id", name=column) for column in ("name", "name_zh")],
            items(bodies, "aliases").select("id", name="item"),
        ],
        "law_id": [laws.select("id", name=column) for column in ("title", "title_zh", "short_title")],
    }
    found = []
    for column, named in names.items():
        speakers = stack(named).filter(filled("name")).rename({"id": "speaker"})
        spoken = frames["statements"].select("__row", "summary", speaker=column)
        joined = spoken.join(speakers, on="speaker", how="inner")
        found.append(joined.filter(nw.col("summary").str.contains(nw.col("name"), literal=True)))
    # Few are left, for which word borders can be looked at: 'An Wei' is not in 'Jan Weimar'. The count keeps the engine
    # from doing that first, on all.
    few = stack(found).with_columns(count=nw.len().over("__row"))
    bounded = [
        nw.concat_str(nw.lit(" "), nw.col(column).str.replace_all(r"[^\p{L}\p{N}]+", " "), nw.lit(" "))
        for column in ("summary", "name")
    ]
    whole = bounded[0].str.contains(bounded[1], literal=True) | nw.col("name").str.contains(r"\p{Han}")
    return few.filter(whole).group_by("__row").agg(nw.col("name").min())


@rule(
    "statement-outside-event",
    "statements",
    "date",
    {
        "statements": (*DATE, "event_id"),
        "events": ("id", "start_date", "start_precision", "end_date", "end_precision", "date_basis"),
    },
    "said on {said}, outside {event_id!r} ({span})",
    "correct the date, or the dates of the event in data/events.csv",
)
def outside_event(frames: Frames) -> Frame:
    """A statement made at an event is dated inside it."""
    start, end = ("start_date", "start_precision"), ("end_date", "end_precision")
    events = frames["events"].select(
        event_id="id",
        first=earliest(*start, "date_basis"),
        last=nw.coalesce(latest(*end), latest(*start)),
        span=nw.coalesce(nw.concat_str(shown(*start), nw.lit(" to "), shown(*end)), shown(*start)),
    )
    # A date taken from the event is equal to it, or that is its fault.
    spoken = frames["statements"].filter(~(nw.col("date_basis") == "event").fill_null(value=False))
    spoken = spoken.select("__row", "event_id", low=earliest(*DATE), high=latest(*DATE[:2]), said=shown(*DATE[:2]))
    joined = spoken.join(events, on="event_id", how="inner")
    return joined.filter((nw.col("high") < nw.col("first")) | (nw.col("low") > nw.col("last")))


@rule(
    "said-after-published",
    "statements",
    "date",
    {
        "statements": ("id", *DATE),
        "evidence": ("record_table", "record_id", "source_id"),
        "sources": ("id", "published_date", "published_precision"),
    },
    "said on {said}, but {source!r} published it on {published}",
    "correct the date here, or the one in data/sources.csv",
)
def said_late(frames: Frames) -> Frame:
    """No source reports a statement more than a day, the width of time zones, before it was made."""
    passages = frames["evidence"].filter(nw.col("record_table") == "statements")
    published = ("published_date", "published_precision")
    sources = frames["sources"].select(source_id="id", last=latest(*published), published=shown(*published))
    dates = passages.select("source_id", id="record_id").join(sources, on="source_id", how="inner")
    spoken = frames["statements"].select("__row", "id", first=earliest(*DATE), said=shown(*DATE[:2]))
    late = spoken.join(dates, on="id", how="inner").filter(nw.col("last") < nw.col("first"))
    # Months counted as 31 days keep the order of days; the last of a month is at most 4 before the next first.
    gap = _ordinal("first") - _ordinal("last")
    near = (gap <= 1) | (nw.col("first").str.ends_with("-01") & (gap <= 4))
    return (
        late.filter(~near)
        .group_by("__row", "said")
        .agg(source=nw.col("source_id").min(), published=nw.col("published").min())
    )


def _ordinal(column: str) -> nw.Expr:
    day = nw.when(nw.col(column).str.contains("^[0-9]{4}-[0-9]{2}-[0-9]{2}$")).then(nw.col(column))
    year, month, rest = (day.str.slice(start, length).cast(nw.Int64) for start, length in ((0, 4), (5, 2), (8, 2)))
    return (year * 12 + month) * 31 + rest


@rule(
    "primary-topic",
    "statements",
    "id",
    {"statements": ("id",), "statement_topics": ("statement_id", "rank")},
    "{id!r} has no primary topic",
    "add a row with rank 1 to data/statement_topics.csv",
)
def primary_topic(frames: Frames) -> Frame:
    """A statement has a primary topic."""
    primary = frames["statement_topics"].filter(nw.col("rank") == "1").select(id="statement_id")
    return frames["statements"].select("__row", "id").join(primary, on="id", how="anti")


@rule(
    "topic-rank",
    "statement_topics",
    "rank",
    {"statement_topics": ("statement_id", "rank")},
    "rank {rank} of {statement_id!r} is taken by line {statement_topics__line}",
    "a statement has one primary topic and at most one more",
)
def topic_rank(frames: Frames) -> Frame:
    """A statement has at most one topic of each rank."""
    ranks = frames["statement_topics"].select("__row", "statement_id", "rank")
    # Few ranks are there twice: to count them all costs half of finding the first of each.
    counts = ranks.group_by("statement_id", "rank").agg(nw.len().alias("__count")).filter(nw.col("__count") > 1)
    twice = ranks.join(counts, on=["statement_id", "rank"], how="semi")
    first = nw.col("__row").min().over("statement_id", "rank")
    ranked = twice.with_columns(statement_topics__row=first)
    return ranked.filter(nw.col("__row") != first).select("__row", "statement_id", "rank", "statement_topics__row")


@rule(
    "contains-relation",
    "statement_laws",
    "relation",
    {"statement_laws": ("statement_id", "law_id", "relation"), "statements": ("id", "law_id")},
    "{relation!r}, but {statement_id!r} is {found}",
    "the link of a provision to the instrument that it stands in, and no other link, has the relation 'contains'",
)
def contains_relation(frames: Frames) -> Frame:
    """The relation contains links a provision to its own instrument, and only that."""
    # Few statements are provisions, and few links say so: no need to join all with all.
    pair = ["statement_id", "law_id"]
    provisions = frames["statements"].filter(filled("law_id")).select("law_id", statement_id="id")
    links = frames["statement_laws"].select("__row", *pair, "relation")
    contains = nw.col("relation") == "contains"
    unsaid = links.filter(~contains).join(provisions, on=pair, how="semi")
    wrong = links.filter(contains).join(provisions, on=pair, how="anti")
    return stack(
        rows.select("__row", "statement_id", "relation", found=nw.lit(told))
        for rows, told in ((unsaid, "its provision"), (wrong, "no provision of this instrument"))
    )


@rule(
    "provision-unlinked",
    "statements",
    "law_id",
    {"statements": ("id", "speaker_kind", "law_id"), "statement_laws": ("statement_id", "law_id")},
    "{law_id!r} speaks, but the statement is not linked to it",
    "add a row with statement_id {id!r}, law_id {law_id!r} and relation 'contains' to data/statement_laws.csv",
)
def provision_unlinked(frames: Frames) -> Frame:
    """A provision is linked to the instrument that it stands in."""
    links = frames["statement_laws"].select("law_id", id="statement_id")
    spoken = frames["statements"].filter((nw.col("speaker_kind") == "instrument") & filled("law_id"))
    spoken = spoken.select("__row", "id", "law_id")
    return spoken.join(links, on=["id", "law_id"], how="anti")


@rule(
    "umbrella-basis",
    "statement_laws",
    "basis",
    {"statement_laws": ("law_id", "basis")},
    "{basis!r}, but the umbrella {law_id!r} has no title that a passage could name",
    "link the instrument that is named, or write 'topic'",
)
def umbrella_basis(frames: Frames) -> Frame:
    """A statement is linked to the umbrella by its topic, never by a name."""
    links = frames["statement_laws"].filter((nw.col("law_id") == UMBRELLA) & (nw.col("basis") != "topic"))
    return links.select("__row", "law_id", "basis")


@rule(
    "proposal-seat",
    "statement_laws",
    "law_id",
    {
        "statement_laws": ("statement_id", "law_id", "relation"),
        "statements": ("id", "membership_id"),
        "memberships": ("id", "role_kind"),
        "laws": ("id", "kind"),
    },
    "a {role_kind} presents {law_id!r}, which is of kind {kind!r} in data/laws.csv",
    "a deputy files a motion or suggestion, a political adviser a cppcc_proposal",
)
def proposal_seat(frames: Frames) -> Frame:
    """A proposal is of the kind that the seat of its author files."""
    links = frames["statement_laws"].filter(nw.col("relation") == "presents").select("__row", "statement_id", "law_id")
    spoken = frames["statements"].select("membership_id", statement_id="id")
    roles = frames["memberships"].select("role_kind", membership_id="id")
    joined = links.join(spoken, on="statement_id", how="inner").join(roles, on="membership_id", how="inner")
    kinds = frames["laws"].filter(nw.col("kind").is_in(list(SEATS))).select("kind", law_id="id")
    joined = joined.join(kinds, on="law_id", how="inner").filter(nw.col("role_kind").is_in(list(SEATS.values())))
    return joined.filter(
        nw.col("kind").replace_strict(SEATS, default=None, return_dtype=nw.String) != nw.col("role_kind")
    )


@rule(
    "cospeaker-repeats-speaker",
    "statement_cospeakers",
    "person_id",
    {"statement_cospeakers": ("statement_id", "person_id"), "statements": ("id", "person_id")},
    "{person_id!r} is the speaker of {statement_id!r}",
    "drop the row",
)
def cospeaker_repeats(frames: Frames) -> Frame:
    """A co-speaker is another person than the speaker."""
    speakers = frames["statements"].select("person_id", statement_id="id")
    return frames["statement_cospeakers"].join(speakers, on=["statement_id", "person_id"], how="semi")


@rule(
    "cospeaker-of-body",
    "statement_cospeakers",
    "statement_id",
    {"statement_cospeakers": ("statement_id",), "statements": ("id", "person_id")},
    "the speaker of {statement_id!r} is no person",
    "make one of the persons the speaker in data/statements.csv, or drop the row",
)
def cospeaker_of_body(frames: Frames) -> Frame:
    """A co-speaker joins a speaker who is a person."""
    bodies = frames["statements"].filter(~filled("person_id")).select(statement_id="id")
    return frames["statement_cospeakers"].select("__row", "statement_id").join(bodies, on="statement_id", how="semi")


RULES = (
    one_speaker,
    speaker_kind,
    group_speaker,
    own_voice,
    outlet_publisher,
    capacity_speaker,
    capacity_date,
    session_seat,
    provision_speaker,
    summary_names,
    outside_event,
    said_late,
    primary_topic,
    topic_rank,
    contains_relation,
    provision_unlinked,
    umbrella_basis,
    proposal_seat,
    cospeaker_repeats,
    cospeaker_of_body,
)
