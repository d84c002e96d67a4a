"""Rules on identifiers: unique in the whole package, retired for good, no fact twice, no chain back to itself."""

from collections.abc import Iterable, Iterator

from ..package.descriptor import Table
from .rule import Row, Tables, recorded, rule, values

# The columns that lead from one id to another, by table, and the column that keeps chains apart.
CHAINS = (
    ("events", "id", "parent_id", ""),
    ("law_relations", "from_id", "to_id", "relation"),
    ("laws", "id", "family_id", ""),
    ("organizations", "id", "parent_id", ""),
    ("provision_antecedents", "provision_id", "asked_by_id", ""),
    ("retired_ids", "id", "replaced_by", ""),
    ("sources", "id", "original_id", ""),
    ("sources", "id", "part_of_id", ""),
    ("statistic_inputs", "statistic_id", "input_id", ""),
    ("topics", "id", "broader_id", ""),
)


def _named(tables: Tables) -> list[Table]:
    return [table for _, table in sorted(tables.items()) if table.has_ids]


def _shared(tables: Tables) -> Iterator[dict[str, str]]:
    """Give each table with those before it, which can have its ids."""
    names = [table.name for table in _named(tables)]
    for i, name in enumerate(names[1:], 2):
        yield {"table": name, "of": " ".join(names[:i])}


def _repeated(tables: Tables) -> Iterator[dict[str, str]]:
    # Figures have a stricter rule of their own.
    return ({"table": table.name} for table in _named(tables) if table.name != "statistics")


def _retired(tables: Tables) -> Iterator[dict[str, str]]:
    """Give all tables whose ids can be retired, if they are there."""
    named = _named(tables)
    if {table.name for table in named} >= {*recorded(tables, "retired_ids")}:
        forms = ((table.name, table.field("id").constraints.get("pattern", "")) for table in named)
        yield {"of": " ".join(table.name for table in named), "forms": values(*forms)}


def _chains(_: Tables) -> Iterator[dict[str, str]]:
    for table, source, target, kind in CHAINS:
        # A relation of a row to itself is a fault of its own.
        apart = f"and t.{source} <> t.{target}" if kind else ""
        kinds = f"t.{kind}" if kind else "''"
        yield {"table": table, "source": source, "target": target, "kind": kinds, "apart": apart}


def _cyclic(rows: Iterable[Row]) -> Iterator[Row]:
    graphs: dict[str, dict[str, dict[str, int]]] = {}
    for row in rows:
        graphs.setdefault(row["kind"], {}).setdefault(row["source"], {})[row["target"]] = row["row"]
    for graph in graphs.values():
        for nodes in cycles(graph):
            yield {"row": graph[nodes[0]][nodes[1]], "chain": " > ".join(map(repr, nodes))}


def cycles(graph: dict[str, dict[str, int]]) -> Iterator[list[str]]:
    """Walk a graph depth first; give each way back that is met, from its smallest node to the same."""
    done: set[str] = set()
    for root in sorted(graph):
        path: dict[str, Iterator[str]] = {} if root in done else {root: iter(sorted(graph[root]))}
        while path:
            target = next(next(reversed(path.values())), None)
            if target is None:
                done.add(path.popitem()[0])
            elif target in path:
                nodes = list(path)
                nodes = nodes[nodes.index(target) :]
                turn = nodes.index(min(nodes))
                yield [*nodes[turn:], *nodes[: turn + 1]]
            elif target not in done and target in graph:
                path[target] = iter(sorted(graph[target]))


# A rule is laid out as a question and its query.
# fmt: off
rule("shared-id", at="$table.id",
    each=_shared,
    asks="An identifier stands in one table only.",
    says="{id!r} is an id in {other} too",
    hint="rename the one that was not released yet, and what refers to it",
    sql="""
    select t.tbl, t.row, t.id, min(o.path) as other from ids t join ids o on o.id = t.id
    where o.place < t.place
    group by t.tbl, t.row, t.id""")

rule("repeated-row", at="$table.id",
    each=_repeated,
    asks="No two rows of a table differ in their id alone.",
    says="{id!r} repeats every cell of line {own__line}",
    hint="keep one; rows for two different things need a cell that tells them apart",
    sql="""
    with repeated as (
      select f.tbl, f.hash, f.again, min(f.row) as first from facts f where f.hash is not null
      group by f.tbl, f.hash, f.again having count(*) > 1)
    select f.tbl, f.row, f.id, r.first as own__row
    from facts f join repeated r on r.tbl = f.tbl and r.hash = f.hash and r.again = f.again
    where f.row <> r.first""")

rule("retired-id-in-use", at="retired_ids.id",
    each=_retired,
    asks="A retired identifier is not in use.",
    says="{id!r} is retired and still an id in {other}",
    hint="a retired id is never used again: remove this row, or give the other a new id",
    sql="select r.row, r.id, o.path as other from retired_ids r join ids o on o.id = r.id")

rule("retired-replacement", at="retired_ids.replaced_by",
    each=_retired,
    asks="A retired identifier is replaced by one that is in use or itself retired.",
    says="{replaced_by!r} is neither an id in use nor a retired one",
    hint="name the id that stands in place of {id!r}, or leave the cell empty",
    sql="""
    select r.row, r.id, r.replaced_by from retired_ids r
    anti join ids o on o.id = r.replaced_by
    anti join retired_ids n on n.id = r.replaced_by
    where r.replaced_by is not null""")

rule("retired-id-form", at="retired_ids.id",
    each=_retired,
    asks="A retired identifier has the form of its table.",
    says="{id!r} is not of the form of an id in {record_table!r}",
    hint="correct the id or record_table",
    sql="""
    select r.row, r.id, r.record_table from retired_ids r join $forms as f(tbl, form) on f.tbl = r.record_table
    where not regexp_matches(r.id, f.form)""")

rule("cycle", at="$table.$target",
    each=_chains,
    asks="No chain of parents, wholes, broader topics, relations, inputs or replacements leads back to itself.",
    says="{chain} leads back to itself",
    hint="empty or correct the one link that is wrong",
    # What leads to an end of a chain is in no cycle; most links are gone here.
    sql="""
    select t.row, t.$source as source, t.$target as target, $kind as kind from $table t
    where t.$target in (select o.$source from $table o) $apart""",
    python=_cyclic)

rule("same-person", at="people.name",
    asks="A person stands once: two with the same characters, or the same name without them, are said to be two.",
    says="{name!r} may be {other!r}, who has the same {what}",
    hint="join the two with a row in data/retired_ids.csv, or say in note that this is not {other}",
    # Letters alone, the words of a name in any order. Each other person is named by id in the note of one of the two:
    # that is a reviewed exception.
    sql=r"""
    with known as (
      select p.row, p.id, p.name, p.note, regexp_replace(p.name_zh, '[^\p{L}]', '', 'g') as characters,
        array_to_string(list_sort(string_split(regexp_replace(lower(p.name), '[^\p{L} ]', '', 'g'), ' ')), ' ') as words
      from people p),
    alike as (
      select k.row, k.id, k.name, k.note, o.id as other, o.note as other_note, 'characters' as what
      from known k join known o on o.characters = k.characters
      union all select k.row, k.id, k.name, k.note, o.id, o.note, 'name'
      from known k join known o on o.words = k.words
      where k.characters is null or o.characters is null)
    select a.row, a.name, a.other, a.what from alike a
    where a.other < a.id and not contains(coalesce(a.note, ''), a.other)
      and not contains(coalesce(a.other_note, ''), a.id)""")
