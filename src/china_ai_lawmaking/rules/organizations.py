"""Rules on organizations and the roles in them."""

from .prepared import literal
from .rule import rule

# The codebook's fixed few, reused everywhere: a new collective is a change of the codebook.
COLLECTIVES = (
    "ai-companies",
    "cppcc-members",
    "lawmakers-and-advisers",
    "legislators",
    "npc-deputies",
    "observers",
    "public",
    "scholars",
)
COLLECTIVE = "(" + ", ".join(map(literal, COLLECTIVES)) + ")"


# A rule is laid out as a question and its query.
# fmt: off
rule("unknown-collective", at="organizations.kind",
    asks="The collectives are a fixed few, and of the kind group.",
    says="{id!r} is of kind {kind!r}",
    hint=f"collectives are {', '.join(COLLECTIVES)}; these, and no others, are of kind 'group'",
    sql="select o.row, o.id, o.kind from organizations o where (o.id in $collectives) <> (o.kind = 'group')",
    collectives=COLLECTIVE)

rule("government-country", at="organizations.country",
    asks="A government is one of China, a foreign government is not.",
    says="{country!r} for the kind {kind!r}",
    hint="'government' is one of China, 'foreign_government' one of another country or the European Union",
    sql="""
    select o.row, o.kind, o.country from organizations o
    where (o.kind = 'government' and o.country not in ('CN', 'HK', 'MO'))
      or (o.kind = 'foreign_government' and o.country in ('CN', 'HK', 'MO'))""")

rule("same-body", at="organizations.name",
    asks="No two bodies of one country have the same characters, or the same name but for capitals and spaces.",
    says="{name!r} has the same {what} as {other!r}",
    hint="join the two with a row in data/retired_ids.csv",
    sql="""
    with known as (
      select b.row, b.id, b.name, b.name_zh, b.country, replace(lower(b.name), ' ', '') as letters from organizations b)
    select k.row, k.name, o.id as other, 'characters' as what from known k join known o on o.name_zh = k.name_zh
    where o.id < k.id and o.country is not distinct from k.country
    union all
    select k.row, k.name, o.id, 'name' from known k join known o on o.letters = k.letters
    where o.id < k.id and o.country is not distinct from k.country""")

rule("alias-repeats-name", at="organizations.aliases",
    asks="An alias is another name than the name.",
    says="{item!r} is the {which}",
    hint="aliases are other names",
    sql="""
    select o.row, i.item, case i.item when o.name then 'name' else 'name_zh' end as which
    from organizations o cross join unnest(string_split(o.aliases, ';')) as i(item)
    where i.item in (o.name, o.name_zh)""")

rule("seat-body", at="memberships.organization_id",
    asks="A seat is held in a body of its kind.",
    says="a {role_kind} in {organization_id!r}, which is of kind {kind!r} in data/organizations.csv",
    hint="a legislator sits in a legislature, a political_adviser in an advisory_body",
    # An assembly abroad is a foreign government.
    sql="""
    select m.row, m.organization_id, m.role_kind, o.kind
    from memberships m join organizations o on o.id = m.organization_id
    where (m.role_kind = 'legislator' and o.kind not in ('legislature', 'foreign_government'))
      or (m.role_kind = 'political_adviser' and o.kind <> 'advisory_body')""")

rule("current-role", at="memberships.current",
    asks="A role is current while it lasts: not before its start, not after its end, and not former before its start.",
    says="{current!r} as of {as_of}, but the role {found}",
    hint="correct current or the date",
    sql="""
    with told as (
      select m.row, m.current, m.as_of_shown as as_of,
        case when m.as_of_last < m.start_first then 'starts on ' || m.start_shown
          when m.current = 'true' and m.end_last < m.as_of_first then 'ends on ' || m.end_shown
          when m.current <> 'true' and m.as_of_last < m.end_first then 'ends on ' || m.end_shown end as found
      from memberships m)
    select t.row, t.current, t.as_of, t.found from told t where t.found is not null""")

rule("role-both-ways", at="memberships.current",
    asks="Nobody holds and no longer holds a role in the same month, unless the former one has its end.",
    says="{current!r} as of {as_of}, but {other!r} has the same role as {opposite!r} in that month",
    hint="join the two rows, correct current, or fill end_date of the role that has ended",
    # Of a seat the words may differ: nobody has two in one body.
    sql="""
    select m.row, m.current, m.as_of_shown as as_of, o.id as other, o.current as opposite
    from memberships m join memberships o
      on o.person_id = m.person_id and o.organization_id = m.organization_id and o.role_kind = m.role_kind
    where m.current = 'false' and o.current = 'true' and m.end_date is null
      and left(m.as_of_date, 7) = left(o.as_of_date, 7)
      and coalesce(m.term, '') = coalesce(o.term, '')
      and (m.role = o.role or m.role_kind in ('legislator', 'political_adviser'))""")
