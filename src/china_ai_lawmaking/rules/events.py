"""Rules on events and who took part in them."""

from .rule import rule

# A rule is laid out as a question and its query.
# fmt: off
rule("step-incomplete", at="events",
    asks="A legislative step names its instrument and its stage.",
    says="a legislative_step without {missing}",
    hint="say which step of which instrument it is, or choose another kind",
    sql="""
    select e.row, case when e.stage is not null then 'law_id' when e.law_id is not null then 'stage'
      else 'stage and law_id' end as missing
    from events e where e.kind = 'legislative_step' and (e.stage is null or e.law_id is null)""")

rule("stage-misplaced", at="events.stage",
    asks="Only a legislative step has a stage.",
    says="{stage!r} for an event of kind {kind!r}",
    hint="only a legislative_step has a stage",
    sql="select e.row, e.kind, e.stage from events e where e.kind <> 'legislative_step' and e.stage is not null")

rule("child-outside-parent", at="events.parent_id",
    asks="An event overlaps its parent in time, dates taken as the intervals that their precisions make of them.",
    says="{span} is outside the parent {parent_id!r} ({parent_span})",
    hint="correct the dates of one of the two, or parent_id",
    # A date taken from the parent is equal to it, or that is its fault.
    sql="""
    with spans as (
      select e.row, e.id, e.parent_id, e.date_basis, e.start_first as first, coalesce(e.end_last, e.start_last) as last,
        coalesce(e.start_shown || ' to ' || e.end_shown, e.start_shown) as span
      from events e)
    select c.row, c.span, c.parent_id, p.span as parent_span from spans c join spans p on p.id = c.parent_id
    where c.date_basis is distinct from 'event' and (c.last < p.first or c.first > p.last)""")

rule("panel-parent", at="events.parent_id",
    asks="A panel is part of an event.",
    says="empty for a panel",
    hint="a panel is part of an event: name it, or choose another kind",
    sql="select e.row from events e where e.kind = 'panel' and e.parent_id is null")

rule("panel-participants", at="events.kind",
    asks="A panel has participants of its own.",
    says="{id!r} is a panel without participants",
    hint="add those who took part to data/event_participants.csv, or choose another kind",
    sql="""
    select e.row, e.id from events e
    where e.kind = 'panel' and not exists (select 1 from event_participants p where p.event_id = e.id)""")

rule("one-participant", at="event_participants",
    asks="A participant is either a person or an organization.",
    says="{filled} of person_id and organization_id are filled; expected exactly one",
    hint="a person and the organization that sent them are two rows",
    sql="""
    select p.row, case when p.person_id is null then 0 else 2 end as filled from event_participants p
    where (p.person_id is null) = (p.organization_id is null)""")

rule("invited-and-present", at="event_participants.role",
    asks="`invited` excludes any other role at the same event.",
    says="'invited', but {participant!r} is {other!r} in line {event_participants__line}",
    hint="'invited' says that no source reports the presence: drop the row",
    sql="""
    with parts as (
      select p.row, p.event_id, coalesce(p.person_id, p.organization_id) as participant, p.role
      from event_participants p),
    present as (
      select o.event_id, o.participant, arg_min(o.role, o.row) as other, min(o.row) as first from parts o
      where o.role <> 'invited' group by o.event_id, o.participant)
    select i.row, i.participant, n.other, n.first as event_participants__row
    from parts i join present n on n.event_id = i.event_id and n.participant = i.participant
    where i.role = 'invited'""")

rule("participation-repeated-above", at="event_participants.event_id",
    asks="A participation stands at the most specific event only.",
    says="{participant!r} is {role!r} of {part!r} (line {event_participants__line}), which is part of {event_id!r}",
    hint="a participation stands at the most specific event only",
    # Two doublings reach four events up; an event in an event in an event is as deep as the debate goes. The first row
    # of each is enough: the same participation many times would meet itself squared.
    sql="""
    with one as (
      select e.id as part, e.parent_id as above from events e),
    two as (
      select i.part, i.above from one i union select i.part, j.above from one i join one j on j.part = i.above),
    four as (
      select k.part, k.above from two k union select k.part, l.above from two k join two l on l.part = k.above),
    parts as (
      select p.row, p.event_id, p.role, coalesce(p.person_id, p.organization_id) as participant
      from event_participants p),
    firsts as (
      select min(a.row) as row, a.event_id, a.role, a.participant from parts a
      group by a.event_id, a.role, a.participant)
    select a.row, a.event_id, a.role, a.participant, arg_min(b.event_id, b.row) as part,
      min(b.row) as event_participants__row
    from parts a
    join four f on f.above = a.event_id
    join firsts b on b.event_id = f.part and b.role = a.role and b.participant = a.participant
    where a.row <> b.row
    group by a.row, a.event_id, a.role, a.participant""")
