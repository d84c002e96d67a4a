"""Rules on statements: who speaks, in which capacity, when, on which topics and instruments."""

from .organizations import COLLECTIVE, COLLECTIVES
from .rule import rule, values

# The seat that a proposal needs, by the kind of the proposal.
SEATS = {"motion": "legislator", "suggestion": "legislator", "cppcc_proposal": "political_adviser"}


# A rule is laid out as a question and its query.
# fmt: off
rule("one-speaker", at="statements",
    asks="A statement has exactly one speaker: a person, an organization or an instrument.",
    says="{speakers} speakers; expected exactly one of person_id, organization_id and law_id",
    hint="two voices are two statements, or a row of data/statement_cospeakers.csv",
    sql="""
    with counted as (
      select s.row, cast(s.person_id is not null as int) + cast(s.organization_id is not null as int)
        + cast(s.law_id is not null as int) as speakers
      from statements s)
    select c.row, c.speakers from counted c where c.speakers <> 1""")

rule("speaker-kind", at="statements.speaker_kind",
    asks="The kind of the speaker fits the column that the speaker is in.",
    says="{speaker_kind!r}, but the speaker is in {found}; expected it in {expected}",
    hint="correct speaker_kind, or move the speaker",
    sql="""
    with told as (
      select s.row, s.speaker_kind,
        case s.speaker_kind when 'person' then 'person_id' when 'instrument' then 'law_id'
          else 'organization_id' end as expected,
        case when s.organization_id is null and s.law_id is null then 'person_id'
          when s.person_id is null and s.organization_id is null then 'law_id'
          when s.person_id is null and s.law_id is null then 'organization_id' end as found
      from statements s
      where coalesce(s.person_id, s.organization_id, s.law_id) is not null)
    select t.row, t.speaker_kind, t.found, t.expected from told t where t.found <> t.expected""")

rule("group-speaker", at="statements.speaker_kind",
    asks="A collective, and nothing else, speaks as a group.",
    says="{speaker_kind!r} with the speaker {organization_id!r}",
    hint=f"the collectives speak as 'group', and nothing else does: {', '.join(COLLECTIVES)}",
    sql="""
    select s.row, s.speaker_kind, s.organization_id from statements s
    where (s.speaker_kind = 'group') <> (s.organization_id in $collectives)""",
    collectives=COLLECTIVE)

rule("own-voice", at="statements.attribution",
    asks="An outlet, and nobody else, speaks in its own voice.",
    says="{attribution!r} with the speaker_kind {speaker_kind!r}",
    hint="an outlet, and nobody else, speaks in its 'own_voice'",
    sql="""
    select s.row, s.speaker_kind, s.attribution from statements s
    where (s.speaker_kind = 'outlet') <> (s.attribution = 'own_voice')""")

rule("outlet-publisher", at="statements.organization_id",
    asks="An outlet that speaks in its own voice publishes a source of the statement.",
    says="{organization_id!r} publishes no source of the evidence of {id!r}",
    hint="the speaker of a text's own voice is its publisher in data/sources.csv",
    # A statement without evidence is a fault of its own.
    sql="""
    select s.row, s.id, s.organization_id
    from statements s join evidence e on e.record_id = s.id
      join sources p on p.id = e.source_id left join sources v on v.id = e.via_source_id
    where s.speaker_kind = 'outlet' and s.organization_id is not null and e.record_table = 'statements'
    group by s.row, s.id, s.organization_id
    having not bool_or(coalesce(s.organization_id in (p.publisher_id, v.publisher_id), false))""")

rule("unnamed-speaker", at="statements.id",
    asks="A passage names the speaker, unless an instrument speaks or the body that publishes or hosts the text.",
    says="no passage of {id!r} carries its {speaker_column}",
    hint="cite the passage that names {speaker!r}, too, with {speaker_column} among its fields",
    # A statement without evidence is a fault of its own.
    sql="""
    with spoken as (
      select s.row, s.id, case when s.person_id is null then 'organization_id' else 'person_id' end as speaker_column,
        coalesce(s.person_id, s.organization_id) as speaker
      from statements s)
    select w.row, w.id, w.speaker_column, w.speaker
    from spoken w join evidence e on e.record_id = w.id
      left join sources p on p.id = e.source_id left join sources v on v.id = e.via_source_id
    where w.speaker is not null and e.record_table = 'statements' and e.relation <> 'contradicts'
    group by w.row, w.id, w.speaker_column, w.speaker
    having not bool_or(contains(';' || e.fields || ';', ';' || w.speaker_column || ';')
      or coalesce(w.speaker in (p.publisher_id, p.host_id, v.publisher_id, v.host_id), false))""")

rule("capacity-speaker", at="statements.membership_id",
    asks="A person speaks in one of their own roles.",
    says="{membership_id!r} is a role of {holder!r}; the speaker is {speaker}",
    hint="name a row of data/memberships.csv that belongs to the speaker, or leave the cell empty",
    sql="""
    select s.row, s.membership_id, m.person_id as holder,
      coalesce('''' || s.person_id || '''', 'no person') as speaker
    from statements s join memberships m on m.id = s.membership_id
    where s.person_id is distinct from m.person_id""")

rule("capacity-date", at="statements.membership_id",
    asks="Nobody speaks in a role that has not begun.",
    says="the role {membership_id!r} starts on {start}, after the statement on {said}",
    hint="name the role that the speaker had then, or correct a date",
    sql="""
    select s.row, s.membership_id, m.start_shown as start, s.date_shown as said
    from statements s join memberships m on m.id = s.membership_id
    where s.date_last < m.start_first""")

rule("capacity-former", at="statements.membership_id",
    asks="Nobody speaks in a role that they have left.",
    says="the role {membership_id!r} had ended by {ended}, before the statement on {said}",
    hint="name the role that the speaker had then, or leave the cell empty",
    # When a former role ended is often not known, but it had when it was told.
    sql="""
    select s.row, s.membership_id, s.date_shown as said, coalesce(m.end_shown, m.as_of_shown) as ended
    from statements s join memberships m on m.id = s.membership_id
    where m.current = 'false' and coalesce(m.end_last < s.date_last, m.as_of_first <= s.date_last)""")

rule("session-seat", at="statements.membership_id",
    asks="At a session, a seat holder's statement must name the seat as capacity.",
    says="{membership_id!r}; at the session {event_id!r} the seat {seat!r} speaks",
    hint="name the seat, or the event beside the session at which the point was made",
    sql="""
    with seats as (
      select m.id, m.person_id from memberships m
      where m.role_kind in ('legislator', 'political_adviser') and m.current = 'true')
    select s.row, s.membership_id, s.event_id, min(h.id) as seat
    from statements s join events e on e.id = s.event_id join seats h on h.person_id = s.person_id
    where e.kind = 'session' and not exists (select 1 from seats o where o.id = s.membership_id)
    group by s.row, s.membership_id, s.event_id""")

rule("provision-speaker", at="statements.kind",
    asks="What an instrument says, and nothing else, is a provision.",
    says="{kind!r} with the speaker_kind {speaker_kind!r}",
    hint="what an instrument says, and nothing else, is a 'provision'",
    sql="""
    select s.row, s.speaker_kind, s.kind from statements s
    where (s.speaker_kind = 'instrument') <> (s.kind = 'provision')""")

rule("summary-names-speaker", at="statements.summary",
    asks="A summary does not hold the name of its speaker; the name of a collective is a common noun.",
    says="holds the speaker's name {name!r}",
    hint="a summary says the point alone; the speaker stands in person_id, organization_id or law_id",
    # A name within another word is no name: 'An Wei' is not in 'Jan Weimar'. Borders are looked at last, on few.
    sql=r"""
    with names as (
      select p.id, p.name from people p
      union all select p.id, p.name_zh from people p
      union all select o.id, o.name from organizations o where o.kind <> 'group'
      union all select o.id, o.name_zh from organizations o where o.kind <> 'group'
      union all select o.id, i.item from organizations o cross join unnest(string_split(o.aliases, ';')) as i(item)
        where o.kind <> 'group'
      union all select l.id, l.title from laws l
      union all select l.id, l.title_zh from laws l
      union all select l.id, l.short_title from laws l)
    select s.row, min(n.name) as name
    from statements s join names n on n.id = coalesce(s.person_id, s.organization_id, s.law_id)
    where case when contains(s.summary, n.name) then regexp_matches(n.name, '\p{Han}') or contains(
      ' ' || regexp_replace(s.summary, '[^\p{L}\p{N}]+', ' ', 'g') || ' ',
      ' ' || regexp_replace(n.name, '[^\p{L}\p{N}]+', ' ', 'g') || ' ') end
    group by s.row""")

rule("statement-outside-event", at="statements.date",
    asks="A statement made at an event is dated inside it.",
    says="said on {said}, outside {event_id!r} ({span})",
    hint="correct the date, or the dates of the event in data/events.csv",
    # A date taken from the event is equal to it, or that is its fault.
    sql="""
    select s.row, s.event_id, s.date_shown as said,
      coalesce(e.start_shown || ' to ' || e.end_shown, e.start_shown) as span
    from statements s join events e on e.id = s.event_id
    where s.date_basis is distinct from 'event'
      and (s.date_last < e.start_first or s.date_first > coalesce(e.end_last, e.start_last))""")

rule("said-after-published", at="statements.date",
    asks="No source reports a statement more than a day, the width of time zones, before it was made.",
    says="said on {said}, but {source!r} published it on {published}",
    hint="correct the date here, or the one in data/sources.csv",
    sql="""
    select s.row, s.date_shown as said, min(p.id) as source, min(p.published_shown) as published
    from statements s
    join evidence e on e.record_table = 'statements' and e.record_id = s.id
    join sources p on p.id = e.source_id
    where date_diff('day', try_cast(p.published_last as date), try_cast(s.date_first as date)) > 1
    group by s.row, s.date_shown""")

rule("primary-topic", at="statements.id",
    asks="A statement has a primary topic.",
    says="{id!r} has no primary topic",
    hint="add a row with rank 1 to data/statement_topics.csv",
    sql="""
    select s.row, s.id from statements s
    where not exists (select 1 from statement_topics t where t.statement_id = s.id and t.rank = '1')""")

rule("topic-rank", at="statement_topics.rank",
    asks="A statement has at most one topic of each rank.",
    says="rank {rank} of {statement_id!r} is taken by line {statement_topics__line}",
    hint="a statement has one primary topic and at most one more",
    sql="""
    with firsts as (
      select t.statement_id, t.rank, min(t.row) as first from statement_topics t
      group by t.statement_id, t.rank)
    select t.row, t.statement_id, t.rank, f.first as statement_topics__row
    from statement_topics t join firsts f on f.statement_id = t.statement_id and f.rank = t.rank
    where t.row <> f.first""")

rule("contains-relation", at="statement_laws.relation",
    asks="The relation contains links a provision to its own instrument, and only that.",
    says="{relation!r}, but {statement_id!r} is {found}",
    hint="the link of a provision to the instrument that it stands in, and no other link, has the relation 'contains'",
    sql="""
    select k.row, k.statement_id, k.relation,
      case k.relation when 'contains' then 'no provision of this instrument' else 'its provision' end as found
    from statement_laws k left join statements s on s.id = k.statement_id and s.law_id = k.law_id
    where (k.relation = 'contains') <> (s.id is not null)""")

rule("provision-unlinked", at="statements.law_id",
    asks="A provision is linked to the instrument that it stands in.",
    says="{law_id!r} speaks, but the statement is not linked to it",
    hint="add a row with statement_id {id!r}, law_id {law_id!r} and relation 'contains' to data/statement_laws.csv",
    sql="""
    select s.row, s.id, s.law_id from statements s
    where s.speaker_kind = 'instrument' and s.law_id is not null
      and not exists (select 1 from statement_laws k where k.statement_id = s.id and k.law_id = s.law_id)""")

rule("umbrella-basis", at="statement_laws.basis",
    asks="A statement is linked to the umbrella by its topic, never by a name.",
    says="{basis!r}, but the umbrella {law_id!r} has no title that a passage could name",
    hint="link the instrument that is named, or write 'topic'",
    # The umbrella is the row for what is called for without a title, a drafter, a step or a document.
    sql="""
    select k.row, k.law_id, k.basis from statement_laws k
    where k.law_id = 'ai-legislation-cn' and k.basis <> 'topic'""")

rule("judged-before-step", at="statement_laws.law_id",
    asks="Nobody judges or describes by name an instrument before the first step of it that is recorded.",
    says="said by {said}, but the first step of {law_id!r} is {step!r} of {begun}",
    hint="add the step by which it became known to data/events.csv, correct a date, or write the basis 'topic'",
    sql="""
    select k.row, k.law_id, s.date_shown as said, e.id as step, e.start_shown as begun
    from statement_laws k
    join statements s on s.id = k.statement_id
    join events e on e.law_id = k.law_id
    where k.relation in ('judges', 'describes') and k.basis = 'named' and e.stage is not null
      and s.date_last < e.start_first and not exists (
        select 1 from events o where o.law_id = e.law_id and o.stage is not null
          and (coalesce(o.start_first, ''), o.row) < (e.start_first, e.row))""")

rule("proposal-seat", at="statement_laws.law_id",
    asks="A proposal is of the kind that the seat of its author files.",
    says="a {role_kind} presents {law_id!r}, which is of kind {kind!r} in data/laws.csv",
    hint="a deputy files a motion or suggestion, a political adviser a cppcc_proposal",
    sql="""
    select k.row, k.law_id, m.role_kind, l.kind
    from statement_laws k
    join statements s on s.id = k.statement_id
    join memberships m on m.id = s.membership_id
    join laws l on l.id = k.law_id
    join $seats as n(kind, seat) on n.kind = l.kind
    where k.relation = 'presents' and m.role_kind in ('legislator', 'political_adviser') and m.role_kind <> n.seat""",
    seats=values(*SEATS.items()))

rule("cospeaker-repeats-speaker", at="statement_cospeakers.person_id",
    asks="A co-speaker is another person than the speaker.",
    says="{person_id!r} is the speaker of {statement_id!r}",
    hint="drop the row",
    sql="""
    select c.row, c.statement_id, c.person_id
    from statement_cospeakers c join statements s on s.id = c.statement_id
    where c.person_id = s.person_id""")

rule("cospeaker-of-body", at="statement_cospeakers.statement_id",
    asks="A co-speaker joins a speaker who is a person.",
    says="the speaker of {statement_id!r} is no person",
    hint="make one of the persons the speaker in data/statements.csv, or drop the row",
    sql="""
    select c.row, c.statement_id
    from statement_cospeakers c join statements s on s.id = c.statement_id
    where s.person_id is null""")
