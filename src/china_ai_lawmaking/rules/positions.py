"""Rules on propositions and the positions on them, and on what statements do with instruments."""

from .rule import rule

# A rule is laid out as a question and its query.
# fmt: off
rule("third-position", at="positions.proposition_id",
    asks="A statement takes at most two positions.",
    says="{statement_id!r} has two positions before this one",
    hint="split the statement, or keep the two narrowest propositions",
    sql="""
    select p.row, p.statement_id from positions p
    qualify row_number() over (partition by p.statement_id order by p.row) > 2""")

rule("rival-positions", at="positions.proposition_id",
    asks="No statement agrees with two rival propositions.",
    says="{statement_id!r} agrees with {proposition_id!r} and with its rival {other!r}",
    hint="keep the position that the passage supports, or split the statement",
    sql="""
    select greatest(p.row, q.row) as row, p.statement_id, r.b_id as proposition_id, r.a_id as other
    from proposition_rivals r
    join positions p on p.proposition_id = r.a_id
    join positions q on q.proposition_id = r.b_id
    where p.statement_id = q.statement_id and p.position = 'agrees' and q.position = 'agrees'""")

rule("rival-order", at="proposition_rivals.b_id",
    asks="Two rivals are two propositions, the first in the alphabet in a_id.",
    says="{b_id!r} does not come after {a_id!r}",
    hint="exchange a_id and b_id, or name another proposition",
    sql="select r.row, r.a_id, r.b_id from proposition_rivals r where r.a_id >= r.b_id")

rule("reported-position", at="positions.statement_id",
    asks="A statement that only reports takes no position; a drafter who reports the own draft does.",
    says="{statement_id!r} only reports",
    hint="drop the row, or correct the kind of the statement or its relation to the instrument",
    sql="""
    select p.row, p.statement_id
    from positions p join statements s on s.id = p.statement_id
    where s.kind = 'report' and not exists (
      select 1 from statement_laws k where k.statement_id = s.id and k.relation = 'presents')""")

rule("umbrella-position", at="statement_laws.relation",
    asks="Who calls for AI legislation agrees with some proposition, with or without a condition.",
    says="{statement_id!r} calls for legislation without a position that agrees",
    hint="add a position, such as 'new-rules-needed' (positions.csv, 'positions' of a page file), or mend the relation",
    sql="""
    select k.row, k.statement_id from statement_laws k
    where k.relation = 'calls_for' and k.law_id = 'ai-legislation-cn' and not exists (
      select 1 from positions p where p.statement_id = k.statement_id and p.position in ('agrees', 'conditional'))""")

rule("valence-relation", at="statement_laws.valence",
    asks="A statement that judges an instrument says how, and no other does.",
    says="{found} with the relation {relation!r}",
    hint="'judges' needs a valence; every other relation has none",
    sql="""
    select k.row, k.relation, coalesce('''' || k.valence || '''', 'empty') as found from statement_laws k
    where (k.relation = 'judges') <> (k.valence is not null)""")

rule("planned-late", at="statements.planned",
    asks="What a source reports as still to come was not said after the event that it was planned for.",
    says="said on {said}, after the last day of {for_event_id!r} ({last})",
    hint="correct the date or for_event_id, or write 'false' for what was done",
    sql="""
    select s.row, s.date_shown as said, s.for_event_id, coalesce(e.end_shown, e.start_shown) as last
    from statements s join events e on e.id = s.for_event_id
    where s.planned = 'true' and s.date_first > coalesce(e.end_last, e.start_last)""")

rule("for-event-repeats", at="statements.for_event_id",
    asks="The event that a point was made for is another than the one where it was made.",
    says="{for_event_id!r} is already in event_id",
    hint="leave for_event_id empty",
    sql="select s.row, s.for_event_id from statements s where s.for_event_id = s.event_id")

rule("antecedent-provision", at="provision_antecedents.provision_id",
    asks="What goes back to an earlier statement is a provision, and the earlier one asks for something.",
    says="{provision_id!r} is a {kind}, {asked_by_id!r} a {asked}",
    hint="provision_id names a 'provision'; asked_by_id a 'demand', 'pledge', 'concern', 'assessment' or 'forecast'",
    sql="""
    select a.row, a.provision_id, s.kind, a.asked_by_id, b.kind as asked
    from provision_antecedents a
    join statements s on s.id = a.provision_id join statements b on b.id = a.asked_by_id
    where s.kind <> 'provision' or b.kind in ('provision', 'report')""")

rule("antecedent-later", at="provision_antecedents.asked_by_id",
    asks="What a provision goes back to was said before it.",
    says="said on {asked}, after the provision of {laid}",
    hint="correct a date, or drop the row",
    sql="""
    select a.row, b.date_shown as asked, s.date_shown as laid
    from provision_antecedents a
    join statements s on s.id = a.provision_id join statements b on b.id = a.asked_by_id
    where b.date_first > s.date_last""")

rule("antecedent-after-draft", at="provision_antecedents.asked_by_id",
    asks="What a provision goes back to was said before a draft of the same instrument said as much.",
    says="said on {asked}, after {draft!r} of the same instrument ({shown}) had taken the same position",
    hint="drop the row, or let the draft's provision go back to what was said before it",
    sql="""
    select a.row, b.date_shown as asked,
      arg_min(d.id, d.date_last || d.id) as draft, arg_min(d.date_shown, d.date_last || d.id) as shown
    from provision_antecedents a
    join statements s on s.id = a.provision_id join statements b on b.id = a.asked_by_id
    join statements d on d.law_id = s.law_id
    join positions p on p.statement_id = s.id
    join positions q on q.statement_id = d.id and q.proposition_id = p.proposition_id and q.position = p.position
    where d.date_last < b.date_last and d.date_last < s.date_first
    group by a.row, b.date_shown""")

rule("antecedent-own", at="provision_antecedents.asked_by_id",
    asks="Who asked for a provision is not the body that laid it down, nor its official.",
    says="{issued_by_id!r}, who laid it down, had asked for it itself",
    hint="drop the row: a body that announces its text has not been answered",
    sql="""
    select a.row, l.issued_by_id from provision_antecedents a
    join statements s on s.id = a.provision_id join laws l on l.id = s.law_id
    join statements b on b.id = a.asked_by_id left join memberships m on m.id = b.membership_id
    where l.issued_by_id = coalesce(m.organization_id, b.organization_id)
      and (b.person_id is null or m.role_kind = 'official')""")

rule("one-contributor", at="law_contributors",
    asks="A contribution is that of one person or of one organization.",
    says="{found}; expected person_id or organization_id",
    hint="two contributors are two rows",
    sql="""
    select c.row, case when c.person_id is null then 'nobody' else 'a person and an organization' end as found
    from law_contributors c where (c.person_id is null) = (c.organization_id is null)""")

rule("issuer-repeats", at="law_contributors.organization_id",
    asks="An issuer beside the one in laws.issued_by_id is another body.",
    says="{organization_id!r} is already in issued_by_id of {law_id!r}",
    hint="drop the row",
    sql="""
    select c.row, c.law_id, c.organization_id from law_contributors c join laws l on l.id = c.law_id
    where c.role = 'issuer' and c.organization_id = l.issued_by_id""")

rule("seat-detail", at="memberships.*",
    asks="A delegation belongs to a deputy, a sector to a political adviser.",
    says="{cell!r} for a {role_kind}",
    hint="delegation is filled for the role_kind 'legislator' alone, sector for 'political_adviser' alone",
    sql="""
    select m.row, 'delegation' as "column", m.delegation as cell, m.role_kind from memberships m
    where m.delegation is not null and m.role_kind <> 'legislator'
    union all select m.row, 'sector', m.sector, m.role_kind from memberships m
    where m.sector is not null and m.role_kind <> 'political_adviser'""")

rule("original-of-copy", at="sources.original_id",
    asks="A copy names the first source of its text, not another copy.",
    says="{original_id!r} is itself a copy, of {first!r}",
    hint="write {first!r}",
    sql="""
    select s.row, s.original_id, o.original_id as first
    from sources s join sources o on o.id = s.original_id
    where o.original_id <> s.id""")
