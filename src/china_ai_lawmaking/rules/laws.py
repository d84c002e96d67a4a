"""Rules on instruments: their steps in legal order, the status that a step supports, and their relations."""

from .prepared import literal
from .rule import rule, values

# How far each status is, and the codebook's steps for it; 'contemplated' has none, 'planned' may have none. Between
# statuses equally far the later step decides, since a draft may return to consultation. What never has force is issued
# in the end, whoever signed or passed it before.
_STATUSES = {
    "contemplated": (0, ()),
    "planned": (1, ("scheduled",)),
    "drafting": (2, ("draft_started",)),
    "consultation": (2, ("consultation_opened",)),
    "submitted": (2, ("submitted",)),
    "under_deliberation": (2, ("first_reading", "second_reading", "third_reading")),
    "adopted": (3, ("adopted", "promulgated")),
    "issued": (4, ("published", "announced")),
    "in_force": (5, ("in_force",)),
    "superseded": (6, ("superseded",)),
    "repealed": (6, ("repealed",)),
    "withdrawn": (6, ("withdrawn",)),
}
STATUS_RANK = {status: rank for status, (rank, _) in _STATUSES.items()}
STEPS = {status: steps for status, (_, steps) in _STATUSES.items()}
STATUS_OF_STAGE = {stage: status for status, stages in STEPS.items() for stage in stages}
# No stage of a chain comes before an earlier one of the same chain.
_READINGS = STEPS["under_deliberation"]
LEGAL_ORDER = (
    ("draft_started", "submitted", *_READINGS, "adopted", "promulgated", "in_force", "repealed"),
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
FORBIDDEN_STATUSES = {
    **dict.fromkeys(PROPOSALS, (*_MADE, "consultation", "issued")),
    "scholars_draft": _MADE,
    "initiative": ("in_force", "repealed"),
    **dict.fromkeys(BINDING, ("issued",)),
}


def _step(status: str, stages: tuple[str, ...]) -> tuple[str, str, str, bool]:
    """Give a status, its steps in words and between semicolons, and whether it can rest on none."""
    can_be_none = status == "planned" or not stages
    expected = [*map(repr, stages), *["no step"] * can_be_none]
    return status, " or ".join(expected), f";{';'.join(stages)};", can_be_none


_STEPS = values(*(_step(*item) for item in STEPS.items()))
_FORBIDDEN = values(*((kind, status) for kind, statuses in FORBIDDEN_STATUSES.items() for status in statuses))
# Any text can be published.
_FORBIDDEN_STAGES = values(
    *(
        (kind, stage)
        for kind, statuses in FORBIDDEN_STATUSES.items()
        for stage in STATUS_OF_STAGE
        if STATUS_OF_STAGE[stage] in statuses and STATUS_OF_STAGE[stage] != "issued"
    )
)
_BEFORE = values(
    *sorted({(one, two) for chain in LEGAL_ORDER for place, one in enumerate(chain) for two in chain[place + 1 :]})
)


# A rule is laid out as a question and its query.
# fmt: off
rule("status-step", at="laws.status",
    asks="A status rests on the step that the codebook asks for.",
    says="{status!r} rests on {found}; expected {expected}",
    hint="name the step in status_event_id, or the status that the record supports",
    # An event that does not exist is a fault of status_event_id.
    sql="""
    select l.row, l.status, n.expected,
      coalesce('''' || e.id || ''', stage ' || coalesce('''' || e.stage || '''', 'nothing'), 'no step') as found
    from laws l
    join $steps as n(status, expected, stages, can_be_none) on n.status = l.status
    left join events e on e.id = l.status_event_id
    where (l.status_event_id is null and not n.can_be_none)
      or (e.id is not null and not contains(n.stages, ';' || coalesce(e.stage, 'none') || ';'))""",
    steps=_STEPS)

rule("status-law", at="laws.status_event_id",
    asks="The step that supports a status belongs to the instrument.",
    says="{status_event_id!r} is a step of {found!r}, not of {id!r}",
    hint="name a step of this instrument, or correct law_id in data/events.csv",
    sql="""
    select l.row, l.id, l.status_event_id, e.law_id as found
    from laws l join events e on e.id = l.status_event_id
    where e.law_id is distinct from l.id""")

rule("kind-status", at="laws.status",
    asks="An instrument has a status that its kind can have.",
    says="{status!r} is no status of a {kind}",
    hint="a proposal is no bill, a scholars' draft or initiative never has force, "
    "what has force is adopted, not issued",
    sql="""
    select l.row, l.kind, l.status from laws l
    join $forbidden as n(kind, status) on n.kind = l.kind and n.status = l.status""",
    forbidden=_FORBIDDEN)

rule("kind-stage", at="events.stage",
    asks="An instrument has steps that its kind can have; any text can be published.",
    says="{stage!r} is no step of {law_id!r}, a {kind} in data/laws.csv",
    hint="the readings and the adoption belong to a bill, which has a row of its own",
    sql="""
    select e.row, e.law_id, e.stage, l.kind from events e join laws l on l.id = e.law_id
    join $forbidden as n(kind, stage) on n.kind = l.kind and n.stage = e.stage""",
    forbidden=_FORBIDDEN_STAGES)

rule("step-order", at="events.start_date",
    asks="The steps of an instrument come in legal order, dates taken as the intervals that their precisions make.",
    says="{stage} on {day} comes before {before} on {other_day} ({other!r})",
    hint="correct the date or the stage of one of the two steps",
    # A stage can come again, as a second consultation does; the first time counts. One cause, one problem: of several
    # steps that should come first, the latest.
    sql="""
    with firsts as (
      select e.id, e.law_id, e.stage, e.start_first as low, e.start_shown as day,
        rank() over (partition by e.law_id, e.stage order by e.start_first) as place
      from events e)
    select e.row, e.stage, e.start_shown as day, f.stage as before, f.id as other, f.day as other_day
    from events e
    join firsts f on f.law_id = e.law_id and f.place = 1
    join $order as n(before, stage) on n.before = f.stage and n.stage = e.stage
    where e.start_last < f.low
    qualify row_number() over (partition by e.row order by f.low desc, f.id) = 1""",
    order=_BEFORE)

rule("effect-without-adoption", at="events.stage",
    asks="What takes effect was adopted: a draft has no effect.",
    says="{law_id!r} takes effect on {day}, but no step adopts it",
    hint="add the step of its adoption or promulgation, or correct the stage",
    # What binds is adopted or promulgated; a standard or another text may only be published or announced.
    sql="""
    select e.row, e.law_id, e.start_shown as day from events e join laws l on l.id = e.law_id
    where e.stage = 'in_force' and not exists (
      select 1 from events a where a.law_id = e.law_id and (
        a.stage in ('adopted', 'promulgated')
        or (a.stage in ('published', 'announced') and l.kind not in $binding)))""",
    binding=f"({', '.join(map(literal, BINDING))})")

rule("status-outdated", at="laws.status",
    asks="Status is the most advanced one that the recorded steps support; ties go to the latest step.",
    says="{status!r}, but {step!r} ({stage} on {day}) supports {supported!r} later",
    hint="write the status that the latest step supports, and name the step in status_event_id",
    # The publication of a statute makes it no less adopted: a status that the kind cannot have is not supported. A
    # status that rests on the wrong step, or on none, is a fault of its own.
    sql="""
    with steps as (
      select e.id, e.law_id, e.stage, n.status as supported, n.rank, e.start_date as low, e.start_last as high,
        e.start_shown as day
      from events e join $stages as n(stage, status, rank) on n.stage = e.stage cross join release v
      where e.start_date <= v.created and e.start_precision is not null)
    select l.row, l.status, p.id as step, p.stage, p.day, p.supported
    from laws l
    join $ranks as n(status, rank) on n.status = l.status
    join steps p on p.law_id = l.id
    left join steps o on o.law_id = l.id and o.id = l.status_event_id and o.supported = l.status
    where (o.id is not null or (l.status_event_id is null and l.status in ('contemplated', 'planned')))
      and (p.rank > n.rank or (p.rank = n.rank and (o.id is null or p.low > o.high)))
      and not exists (select 1 from $forbidden as f(kind, status) where f.kind = l.kind and f.status = p.supported)
    qualify row_number() over (partition by l.row order by p.rank desc, p.low desc, p.id desc) = 1""",
    stages=values(*((stage, status, STATUS_RANK[status]) for stage, status in STATUS_OF_STAGE.items())),
    ranks=values(*STATUS_RANK.items()),
    forbidden=_FORBIDDEN)

rule("status-future", at="laws.status_event_id",
    asks="No status rests on a step after the date of the version.",
    says="{status!r} rests on {status_event_id!r} on {day}, after this version of {version}",
    hint="the record is as of its release: write the status that the latest past step supports",
    sql="""
    select l.row, l.status, l.status_event_id, e.start_shown as day, v.created as version
    from laws l join events e on e.id = l.status_event_id cross join release v
    where e.start_date > v.created and e.start_precision is not null""")

rule("self-relation", at="law_relations.to_id",
    asks="A relation leads from one instrument to another.",
    says="{to_id!r} is related to itself",
    hint="a relation leads from one instrument to another",
    sql="select r.row, r.to_id from law_relations r where r.from_id = r.to_id")

rule("amends-direction", at="law_relations.relation",
    asks="The amending text comes first: nothing but an amendment amends an amendment.",
    says="{from_id!r}, a {from_kind}, amends {to_id!r}, an amendment",
    hint="the amending text comes first: exchange from_id and to_id",
    sql="""
    select r.row, r.from_id, r.to_id, f.kind as from_kind
    from law_relations r join laws f on f.id = r.from_id join laws t on t.id = r.to_id
    where r.relation = 'amends' and t.kind = 'amendment' and f.kind <> 'amendment'""")

rule("amendment-unlinked", at="laws.kind",
    asks="An amendment amends something in the record.",
    says="{kind!r}, but no relation says what {id!r} amends",
    hint="add a row with from_id {id!r} and relation 'amends' to data/law_relations.csv",
    # A relation in the wrong direction is a fault of its own.
    sql="""
    select l.row, l.id, l.kind from laws l
    where l.kind = 'amendment'
      and not exists (select 1 from law_relations r where r.relation = 'amends' and r.from_id = l.id)
      and not exists (
        select 1 from law_relations r join laws f on f.id = r.from_id
        where r.relation = 'amends' and r.to_id = l.id and f.kind <> 'amendment')""")

rule("relation-order", at="law_relations.relation",
    asks="A text that amends, implements or supersedes another is not older.",
    says="{from_id!r}, made on {from_day}, {relation} {to_id!r}, made on {to_day}",
    hint="the acting text comes first: exchange from_id and to_id, or correct a date in data/events.csv",
    # A relation in the wrong direction is a fault of its own.
    sql="""
    with made as (
      select e.law_id, min(e.start_first) as day, min(e.start_last) as last from events e
      where e.stage in ('adopted', 'promulgated', 'published', 'announced')
      group by e.law_id)
    select r.row, r.from_id, r.relation, r.to_id, a.day as from_day, b.day as to_day
    from law_relations r
    join laws f on f.id = r.from_id join laws t on t.id = r.to_id
    join made a on a.law_id = r.from_id join made b on b.law_id = r.to_id
    where r.relation in ('amends', 'implements', 'supersedes') and a.last < b.day
      and not (r.relation = 'amends' and t.kind = 'amendment' and f.kind <> 'amendment')""")

rule("plan-relation", at="law_relations.relation",
    asks="Only a plan schedules or omits an instrument.",
    says="{from_id!r} {relation} {to_id!r}, but is of kind {from_kind!r} in data/laws.csv",
    hint="only a legislative_plan or a policy lists an instrument or leaves it out",
    sql="""
    select r.row, r.from_id, r.relation, r.to_id, f.kind as from_kind
    from law_relations r join laws f on f.id = r.from_id
    where r.relation in ('schedules', 'omits') and f.kind not in ('legislative_plan', 'policy')""")

rule("scheduled-and-omitted", at="law_relations.relation",
    asks="A plan does not both schedule and omit an instrument.",
    says="{from_id!r} omits {to_id!r} and schedules it in line {law_relations__line}",
    hint="keep the relation that the plan bears out",
    sql="""
    select r.row, r.from_id, r.to_id, o.row as law_relations__row
    from law_relations r join law_relations o on o.from_id = r.from_id and o.to_id = r.to_id
    where r.relation = 'omits' and o.relation = 'schedules'""")
