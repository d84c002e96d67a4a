"""Rules on instruments: their steps in legal order, the status that a step supports, and their relations."""

from __future__ import annotations

import narwhals as nw

from .rule import Rule, earliest, filled, latest, quoted, rule, shown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from .rule import Frame, Frames

# The codebook's step for each status; 'contemplated' has none, 'planned' may have none.
STEPS = {
    "contemplated": (),
    "planned": ("scheduled",),
    "drafting": ("draft_started",),
    "consultation": ("consultation_opened",),
    "submitted": ("submitted",),
    "under_deliberation": ("first_reading", "second_reading", "third_reading"),
    "issued": ("published", "announced"),
    "adopted": ("adopted", "promulgated"),
    "in_force": ("in_force",),
    "superseded": ("superseded",),
    "repealed": ("repealed",),
    "withdrawn": ("withdrawn",),
}
STATUS_OF_STAGE = {stage: status for status, stages in STEPS.items() for stage in stages}
# How far a status is; between statuses equally far the later step decides, since a draft may return to consultation.
# What never has force is issued in the end, whoever signed or passed it before.
FAR = {
    "contemplated": 0,
    "planned": 1,
    "drafting": 2,
    "consultation": 2,
    "submitted": 2,
    "under_deliberation": 2,
    "adopted": 3,
    "issued": 4,
    "in_force": 5,
    "superseded": 6,
    "repealed": 6,
    "withdrawn": 6,
}
# No stage of a chain comes before an earlier one of the same chain.
LEGAL_ORDER = (
    (
        "draft_started",
        "submitted",
        "first_reading",
        "second_reading",
        "third_reading",
        "adopted",
        "promulgated",
        "in_force",
        "repealed",
    ),
    ("draft_started", "consultation_opened", "consultation_closed", "adopted", "promulgated", "in_force"),
    ("scheduled", "adopted", "promulgated", "published"),
    ("adopted", "amended"),
    ("adopted", "superseded"),
    ("draft_started", "submitted", "withdrawn"),
)
PROPOSALS = ("motion", "suggestion", "cppcc_proposal")
BINDING = ("statute", "amendment", "administrative_regulation", "departmental_rule", "local_regulation", "treaty")
_MADE = ("under_deliberation", "adopted", "in_force", "repealed")
# Statuses that an instrument of a kind cannot have: a motion is not a bill, a scholars' draft and an initiative never
# have force, and what has force when it is made is adopted, not issued.
BARRED = {
    **dict.fromkeys(PROPOSALS, (*_MADE, "consultation", "issued")),
    "scholars_draft": _MADE,
    "initiative": ("in_force", "repealed"),
    **dict.fromkeys(BINDING, ("issued",)),
}
ACTING = ("amends", "implements", "supersedes")
STEP = ("id", "stage", "law_id", "start_date", "start_precision", "date_basis")


def rules(as_of: str) -> Iterator[Rule]:
    """Make the rules for a record as of a date."""
    yield from (status_step, status_law, kind_status, stage_kind, step_order)
    yield from (_outdated(as_of), _future(as_of))
    yield from (
        self_relation,
        amends_amendment,
        amendment_unlinked,
        relation_order,
        plan_relation,
        scheduled_and_omitted,
    )


@rule(
    "status-step",
    "laws",
    "status",
    {"laws": ("status", "status_event_id"), "events": ("id", "stage")},
    "{status!r} rests on {found}; expected {expected}",
    "name the step in status_event_id, or the status that the record supports",
)
def status_step(frames: Frames) -> Frame:
    """A status rests on the step that the codebook asks for."""
    stages = frames["events"].select(status_event_id="id", stage="stage", known=nw.lit(value=True))
    rows = frames["laws"].select("__row", "status", "status_event_id").join(stages, on="status_event_id", how="left")
    expected, fits = nw.lit("no step"), ~filled("status_event_id")
    for status, steps in STEPS.items():
        is_status = nw.col("status") == status
        told = " or ".join(map(repr, steps)) or "no step"
        right = nw.col("stage").is_in(list(steps)).fill_null(value=False) if steps else ~filled("status_event_id")
        if status == "planned":
            right, told = right | ~filled("status_event_id"), f"{told} or no step"
        expected = nw.when(is_status).then(nw.lit(told)).otherwise(expected)
        fits = nw.when(is_status).then(right).otherwise(fits)
    step = nw.concat_str(quoted("status_event_id"), nw.lit(", stage "), quoted("stage"))
    found = nw.when(filled("status_event_id")).then(step).otherwise(nw.lit("no step"))
    # An event that does not exist is a fault of status_event_id.
    known = ~filled("status_event_id") | filled("known")
    return rows.filter(known & ~fits).select("__row", "status", found=found, expected=expected)


@rule(
    "status-law",
    "laws",
    "status_event_id",
    {"laws": ("id", "status_event_id"), "events": ("id", "law_id")},
    "{status_event_id!r} is a step of {found}, not of {id!r}",
    "name a step of this instrument, or correct law_id in data/events.csv",
)
def status_law(frames: Frames) -> Frame:
    """The step that supports a status belongs to the instrument."""
    steps = frames["events"].select(status_event_id="id", law="law_id")
    rows = frames["laws"].select("__row", "id", "status_event_id").join(steps, on="status_event_id", how="inner")
    own = (nw.col("id") == nw.col("law")).fill_null(value=False)
    return rows.filter(~own).select("__row", "id", "status_event_id", found=quoted("law"))


def _outdated(as_of: str) -> Rule:
    @rule(
        "status-outdated",
        "laws",
        "status",
        {"laws": ("id", "kind", "status", "status_event_id"), "events": STEP},
        "{status!r}, but {step!r} ({stage} on {day}) supports {supported!r} later",
        "write the status that the latest step supports, and name the step in status_event_id",
    )
    def outdated(frames: Frames) -> Frame:
        """A status is the furthest, and of equally far ones the latest, that a step in the record supports."""
        stage = nw.col("stage")
        low, high = earliest("start_date", "start_precision"), latest("start_date", "start_precision")
        steps = frames["events"].filter(stage.is_in(list(STATUS_OF_STAGE)) & filled("law_id"))
        steps = steps.select(
            "stage", "law_id", step="id", low=low, high=high, day=shown("start_date", "start_precision")
        )
        steps = steps.filter(nw.col("low") <= as_of).with_columns(
            supported=stage.replace_strict(STATUS_OF_STAGE, default=None, return_dtype=nw.String)
        )
        steps = steps.with_columns(far=_far("supported"))
        named = steps.select("law_id", status_event_id="step", named="supported", named_high="high")
        laws = frames["laws"].select("__row", "kind", "status", "status_event_id", law_id="id", own=_far("status"))
        joined = laws.join(named, on=["law_id", "status_event_id"], how="left").join(steps, on="law_id", how="inner")
        # The publication of a statute makes it no less adopted.
        joined = joined.filter(~_barred("supported"))
        # A status that rests on the wrong step, or on none, is a fault of its own.
        stepless = ~filled("status_event_id") & nw.col("status").is_in(["contemplated", "planned"])
        rested = (nw.col("named") == nw.col("status")).fill_null(value=False) | stepless
        further = nw.col("far") > nw.col("own")
        later = (nw.col("low") > nw.col("named_high")).fill_null(value=False) | stepless
        faulty = joined.filter(rested & (further | ((nw.col("far") == nw.col("own")) & later)))
        rank = nw.concat_str(nw.col("far").cast(nw.String), nw.col("low"), nw.col("step"))
        faulty = faulty.with_columns(rank=rank)
        return faulty.filter(nw.col("rank") == nw.col("rank").max().over("__row"))

    return outdated


def _barred(column: str) -> nw.Expr:
    barred = [(nw.col("kind") == kind) & nw.col(column).is_in(list(statuses)) for kind, statuses in BARRED.items()]
    return nw.any_horizontal(*barred, ignore_nulls=True)


def _far(column: str) -> nw.Expr:
    return nw.col(column).replace_strict(FAR, default=None, return_dtype=nw.Int64)


def _future(as_of: str) -> Rule:
    @rule(
        "status-future",
        "laws",
        "status_event_id",
        {"laws": ("status", "status_event_id"), "events": ("id", "start_date", "start_precision")},
        f"{{status!r}} rests on {{status_event_id!r}} on {{day}}, after this version of {as_of}",
        "the record is as of its release: write the status that the latest past step supports",
    )
    def future(frames: Frames) -> Frame:
        """No status rests on a step after the date of the version."""
        day, low = shown("start_date", "start_precision"), earliest("start_date", "start_precision")
        steps = frames["events"].select(status_event_id="id", day=day, low=low)
        laws = frames["laws"].select("__row", "status", "status_event_id")
        return laws.join(steps, on="status_event_id", how="inner").filter(nw.col("low") > as_of)

    return future


@rule(
    "kind-status",
    "laws",
    "status",
    {"laws": ("kind", "status")},
    "{status!r} is no status of a {kind}",
    "a proposal is no bill, a scholars' draft or initiative never has force, what has force is adopted, not issued",
)
def kind_status(frames: Frames) -> Frame:
    """An instrument has a status that its kind can have."""
    return frames["laws"].filter(_barred("status")).select("__row", "kind", "status")


@rule(
    "kind-stage",
    "events",
    "stage",
    {"events": ("law_id", "stage"), "laws": ("id", "kind")},
    "{stage!r} is no step of {law_id!r}, a {kind} in data/laws.csv",
    "the readings and the adoption belong to a bill, which has a row of its own",
)
def stage_kind(frames: Frames) -> Frame:
    """An instrument has steps that its kind can have; any text can be published."""
    barred = []
    for kind, statuses in BARRED.items():
        stages = [stage for status in statuses if status != "issued" for stage in STEPS[status]]
        barred.append((nw.col("kind") == kind) & nw.col("stage").is_in(stages))
    kinds = frames["laws"].select("kind", law_id="id")
    steps = frames["events"].filter(filled("stage")).select("__row", "law_id", "stage")
    return steps.join(kinds, on="law_id", how="inner").filter(nw.any_horizontal(*barred, ignore_nulls=True))


@rule(
    "step-order",
    "events",
    "start_date",
    {"events": STEP},
    "{stage} on {day} comes before {before} on {other_day} ({other!r})",
    "correct the date or the stage of one of the two steps",
)
def step_order(frames: Frames) -> Frame:
    """The steps of an instrument come in legal order, dates taken as the intervals that their precisions make."""
    steps = (
        frames["events"]
        .filter(filled("stage") & filled("law_id"))
        .select(
            "__row",
            "id",
            "stage",
            "law_id",
            low=earliest("start_date", "start_precision", "date_basis"),
            high=latest("start_date", "start_precision"),
            day=shown("start_date", "start_precision"),
        )
    )
    # A stage can come again, as a second consultation does; the first time counts.
    firsts = steps.filter(filled("low")).filter(nw.col("low") == nw.col("low").min().over("law_id", "stage"))
    firsts = firsts.select("law_id", before="stage", other="id", other_low="low", other_day="day")
    pairs = steps.join(firsts, on="law_id", how="inner").filter(nw.col("high") < nw.col("other_low"))
    ordered = [
        (nw.col("before") == stage) & nw.col("stage").is_in(list(chain[place + 1 :]))
        for chain in LEGAL_ORDER
        for place, stage in enumerate(chain[:-1])
    ]
    # One cause, one problem: of several steps that should come first, the latest.
    faulty = pairs.filter(nw.any_horizontal(*ordered, ignore_nulls=True))
    faulty = faulty.filter(nw.col("other_low") == nw.col("other_low").max().over("__row"))
    return faulty.filter(nw.col("other") == nw.col("other").min().over("__row"))


@rule(
    "self-relation",
    "law_relations",
    "to_id",
    {"law_relations": ("from_id", "to_id")},
    "{to_id!r} is related to itself",
    "a relation leads from one instrument to another",
)
def self_relation(frames: Frames) -> Frame:
    """A relation leads from one instrument to another."""
    return frames["law_relations"].filter(nw.col("from_id") == nw.col("to_id")).select("__row", "to_id")


RELATION = ("from_id", "relation", "to_id")


@rule(
    "amends-direction",
    "law_relations",
    "relation",
    {"law_relations": RELATION, "laws": ("id", "kind")},
    "{from_id!r}, a {from_kind}, amends {to_id!r}, an amendment",
    "the amending text comes first: exchange from_id and to_id",
)
def amends_amendment(frames: Frames) -> Frame:
    """The amending text comes first: nothing but an amendment amends an amendment."""
    rows = _with_kinds(frames).filter(nw.col("relation") == "amends")
    return rows.filter((nw.col("to_kind") == "amendment") & (nw.col("from_kind") != "amendment"))


# A relation that this rule reports is not judged again by others.
_reversed = amends_amendment.faults


def _with_kinds(frames: Frames) -> Frame:
    rows = frames["law_relations"].select("__row", *RELATION)
    for side in ("from", "to"):
        kinds = frames["laws"].select(nw.col("id").alias(f"{side}_id"), nw.col("kind").alias(f"{side}_kind"))
        rows = rows.join(kinds, on=f"{side}_id", how="inner")
    return rows


@rule(
    "amendment-unlinked",
    "laws",
    "kind",
    {"laws": ("id", "kind"), "law_relations": RELATION},
    "{kind!r}, but no relation says what {id!r} amends",
    "add a row with from_id {id!r} and relation 'amends' to data/law_relations.csv",
)
def amendment_unlinked(frames: Frames) -> Frame:
    """An amendment amends something in the record."""
    amending = frames["law_relations"].filter(nw.col("relation") == "amends").select(id="from_id")
    laws = frames["laws"].filter(nw.col("kind") == "amendment").select("__row", "id", "kind")
    reversed_ = _reversed(frames).select(id="to_id")
    return laws.join(amending, on="id", how="anti").join(reversed_, on="id", how="anti")


@rule(
    "relation-order",
    "law_relations",
    "relation",
    {"law_relations": RELATION, "events": STEP, "laws": ("id", "kind")},
    "{from_id!r}, made on {from_day}, {relation} {to_id!r}, made on {to_day}",
    "the acting text comes first: exchange from_id and to_id, or correct a date in data/events.csv",
)
def relation_order(frames: Frames) -> Frame:
    """A text that amends, implements or supersedes another is not older."""
    made = nw.col("stage").is_in(["adopted", "promulgated", "published", "announced"])
    steps = (
        frames["events"]
        .filter(made & filled("start_date") & filled("law_id"))
        .select(
            "law_id",
            low=earliest("start_date", "start_precision", "date_basis"),
            high=latest("start_date", "start_precision"),
        )
    )
    spans = steps.group_by("law_id").agg(low=nw.col("low").min(), high=nw.col("high").min())
    rows = frames["law_relations"].filter(nw.col("relation").is_in(list(ACTING))).select("__row", *RELATION)
    for side in ("from", "to"):
        columns = {"law_id": f"{side}_id", "low": f"{side}_day", "high": f"{side}_high"}
        rows = rows.join(spans.rename(columns), on=f"{side}_id", how="inner")
    rows = rows.filter((nw.col("from_high") < nw.col("to_day")) & (nw.col("from_id") != nw.col("to_id")))
    return rows.join(_reversed(frames).select("__row"), on="__row", how="anti")


@rule(
    "plan-relation",
    "law_relations",
    "relation",
    {"law_relations": RELATION, "laws": ("id", "kind")},
    "{from_id!r} {relation} {to_id!r}, but is of kind {from_kind!r} in data/laws.csv",
    "only a legislative_plan or a policy lists an instrument or leaves it out",
)
def plan_relation(frames: Frames) -> Frame:
    """Only a plan schedules or omits an instrument."""
    rows = _with_kinds(frames).filter(nw.col("relation").is_in(["schedules", "omits"]))
    return rows.filter(~nw.col("from_kind").is_in(["legislative_plan", "policy"]))


@rule(
    "scheduled-and-omitted",
    "law_relations",
    "relation",
    {"law_relations": RELATION},
    "{from_id!r} omits {to_id!r} and schedules it in line {law_relations__line}",
    "keep the relation that the plan bears out",
)
def scheduled_and_omitted(frames: Frames) -> Frame:
    """A plan does not both schedule and omit an instrument."""
    rows = frames["law_relations"].select("__row", *RELATION)
    scheduled = rows.filter(nw.col("relation") == "schedules")
    scheduled = scheduled.select("from_id", "to_id", law_relations__row="__row")
    return rows.filter(nw.col("relation") == "omits").join(scheduled, on=["from_id", "to_id"], how="inner")
