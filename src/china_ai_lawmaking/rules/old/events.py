"""Rules on events and who took part in them."""

from __future__ import annotations

import narwhals as nw

from .rule import earliest, filled, latest, rule, shown, stack

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .rule import Frame, Frames

START, END = ("start_date", "start_precision"), ("end_date", "end_precision")
PARTICIPANTS = ("person_id", "organization_id")
# Two doublings reach four events up; an event in an event in an event is as deep as the debate goes.
DOUBLINGS = 2


@rule(
    "step-incomplete",
    "events",
    "",
    {"events": ("kind", "stage", "law_id")},
    "a legislative_step without {missing}",
    "say which step of which instrument it is, or choose another kind",
)
def step_incomplete(frames: Frames) -> Frame:
    """A legislative step names its instrument and its stage."""
    missing = (
        nw.when(~filled("stage") & ~filled("law_id"))
        .then(nw.lit("stage and law_id"))
        .when(~filled("stage"))
        .then(nw.lit("stage"))
        .when(~filled("law_id"))
        .then(nw.lit("law_id"))
    )
    steps = frames["events"].filter(nw.col("kind") == "legislative_step")
    return steps.select("__row", missing=missing).filter(filled("missing"))


@rule(
    "stage-misplaced",
    "events",
    "stage",
    {"events": ("kind", "stage")},
    "{stage!r} for an event of kind {kind!r}",
    "only a legislative_step has a stage",
)
def stage_misplaced(frames: Frames) -> Frame:
    """Only a legislative step has a stage."""
    return frames["events"].filter((nw.col("kind") != "legislative_step") & filled("stage"))


@rule(
    "child-outside-parent",
    "events",
    "parent_id",
    {"events": ("id", *START, *END, "date_basis", "parent_id")},
    "{span} is outside the parent {parent_id!r} ({parent_span})",
    "correct the dates of one of the two, or parent_id",
)
def child_outside_parent(frames: Frames) -> Frame:
    """An event overlaps its parent in time, dates taken as the intervals that their precisions make of them."""
    span = nw.coalesce(nw.concat_str(shown(*START), nw.lit(" to "), shown(*END)), shown(*START))
    spans = {
        "first": earliest(*START, "date_basis"),
        "last": nw.coalesce(latest(*END), latest(*START)),
        "span": span,
    }
    parents = frames["events"].select(parent_id="id", **{f"parent_{name}": span for name, span in spans.items()})
    children = frames["events"].select("__row", "parent_id", "date_basis", **spans)
    # A date taken from the parent is equal to it, or that is its fault.
    children = children.filter(~(nw.col("date_basis") == "event").fill_null(value=False))
    joined = children.join(parents, on="parent_id", how="inner")
    return joined.filter((nw.col("last") < nw.col("parent_first")) | (nw.col("first") > nw.col("parent_last")))


@rule(
    "panel-parent",
    "events",
    "parent_id",
    {"events": ("kind", "parent_id")},
    "empty for a panel",
    "a panel is part of an event: name it, or choose another kind",
)
def panel_parent(frames: Frames) -> Frame:
    """A panel is part of an event."""
    return frames["events"].filter((nw.col("kind") == "panel") & ~filled("parent_id")).select("__row")


@rule(
    "panel-participants",
    "events",
    "kind",
    {"events": ("id", "kind"), "event_participants": ("event_id",)},
    "{id!r} is a panel without participants",
    "add those who took part to data/event_participants.csv, or choose another kind",
)
def panel_participants(frames: Frames) -> Frame:
    """A panel has participants of its own."""
    present = frames["event_participants"].select(id="event_id")
    panels = frames["events"].filter(nw.col("kind") == "panel").select("__row", "id")
    return panels.join(present, on="id", how="anti")


@rule(
    "one-participant",
    "event_participants",
    "",
    {"event_participants": PARTICIPANTS},
    "{filled} of person_id and organization_id are filled; expected exactly one",
    "a person and the organization that sent them are two rows",
)
def one_participant(frames: Frames) -> Frame:
    """A participant is either a person or an organization."""
    count = nw.sum_horizontal(*[filled(name).cast(nw.Int8) for name in PARTICIPANTS])
    return frames["event_participants"].select("__row", filled=count).filter(nw.col("filled") != 1)


@rule(
    "invited-and-present",
    "event_participants",
    "role",
    {"event_participants": ("event_id", *PARTICIPANTS, "role")},
    "'invited', but {participant!r} is {other!r} in line {event_participants__line}",
    "'invited' says that no source reports the presence: drop the row",
)
def invited_and_present(frames: Frames) -> Frame:
    """Who is only invited has no other part in the event."""
    rows = frames["event_participants"].select("__row", "event_id", "role", participant=nw.coalesce(*PARTICIPANTS))
    present = rows.filter(nw.col("role") != "invited")
    present = present.select("event_id", "participant", other="role", event_participants__row="__row")
    first = nw.col("event_participants__row").min().over("event_id", "participant")
    present = present.filter(nw.col("event_participants__row") == first)
    return rows.filter(nw.col("role") == "invited").join(present, on=["event_id", "participant"], how="inner")


@rule(
    "participation-repeated-above",
    "event_participants",
    "event_id",
    {"event_participants": ("event_id", *PARTICIPANTS, "role"), "events": ("id", "parent_id")},
    "{participant!r} is {role!r} of {part!r} (line {event_participants__line}), which is part of {event_id!r}",
    "a participation stands at the most specific event only",
)
def repeated_above(frames: Frames) -> Frame:
    """A participation stands at the most specific event only."""
    rows = frames["event_participants"].select("__row", "event_id", "role", participant=nw.coalesce(*PARTICIPANTS))
    parents = frames["events"].filter(filled("parent_id")).select(part="id", above="parent_id")
    for _ in range(DOUBLINGS):
        parents = stack(
            [
                parents,
                parents.join(parents.rename({"part": "above", "above": "top"}), on="above", how="inner").select(
                    "part", above="top"
                ),
            ]
        )
    # The first row of each is enough: the same participation many times would meet itself squared.
    first = nw.col("__row").min()
    parts = rows.rename({"event_id": "part"}).group_by("role", "participant", "part").agg(event_participants__row=first)
    above = parts.join(parents.unique(), on="part", how="inner").rename({"above": "event_id"})
    faulty = rows.join(above, on=["event_id", "role", "participant"], how="inner")
    faulty = faulty.filter(nw.col("__row") != nw.col("event_participants__row"))
    first = nw.col("event_participants__row").min().over("__row")
    return faulty.filter(nw.col("event_participants__row") == first)


RULES = (
    step_incomplete,
    stage_misplaced,
    child_outside_parent,
    panel_parent,
    panel_participants,
    one_participant,
    invited_and_present,
    repeated_above,
)
