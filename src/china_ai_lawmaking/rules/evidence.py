"""Rules on evidence: every row has some, and each passage points at what it carries."""

from collections.abc import Iterator

from .prepared import literal, quoted
from .rule import Tables, recorded, rule, values

HAN = r"\x{3005}\x{3007}\x{3400}-\x{4DBF}\x{4E00}-\x{9FFF}\x{F900}-\x{FAFF}\x{20000}-\x{323AF}"


def _evidenced(tables: Tables) -> Iterator[dict[str, str]]:
    """Give each table whose rows need evidence, with the texts on its columns."""
    there = [tables[name] for name in recorded(tables, "evidence") if name in tables]
    known = values(*((table.name, column) for table in there for column in table.columns))
    for table in there:
        yield {
            "table": table.name,
            "of": table.name,
            "path": table.path,
            "columns": ", ".join(table.columns),
            "known": known,
        }


def _users(tables: Tables, table: str, *, of_sources: bool) -> str:
    """Write a query for the ids of a table that others refer to."""
    prefix = "s" if of_sources else "o"
    columns = [
        (quoted(name), quoted(column))
        for name, other in tables.items()
        if (name == "sources") == of_sources
        for reference in other.references
        if reference.table == table
        for column in reference.fields
    ]
    return " union all ".join(
        f"select {prefix}{i}.{column} as id from {name} {prefix}{i}" for i, (name, column) in enumerate(columns)
    )


def _known(tables: Tables) -> Iterator[dict[str, str]]:
    """Give each table whose rows need evidence, and for what only sources name, how that is known."""
    # Without the schema of sources nobody knows what only they name.
    evidenced = [*_evidenced(tables)] if "sources" in tables else []
    together = ", ".join(literal(names["table"]) for names in evidenced)
    for names in evidenced:
        sourced, used = (_users(tables, names["table"], of_sources=one) for one in (True, False))
        idle = f"select u.id from ({sourced}) u anti join ({used}) k on k.id = u.id"
        unless = f"anti join ({idle}) o on o.id = i.id" if sourced else ""
        yield {**names, "unless": unless, "among": literal(names["table"]) if sourced else together}


def _chinese(tables: Tables) -> Iterator[dict[str, str]]:
    for names in _evidenced(tables):
        for column in tables[names["table"]].columns:
            if column.endswith("_zh"):
                yield {"table": names["table"], "column": column}


# A rule is laid out as a question and its query.
# fmt: off
rule("missing-evidence", at="$table.id",
    each=_known,
    asks="Every row of a table with evidence has some, except an organization that only publishes or hosts sources.",
    says="{id!r} has no evidence",
    hint="add a row to data/evidence.csv with record_table '$table' and record_id {id!r}",
    sql="""
    select i.tbl, i.row, i.id from ids i
    anti join evidence e on e.record_table = i.tbl and e.record_id = i.id $unless
    where i.tbl in ($among)""")

rule("unknown-record", at="evidence.record_id",
    each=_evidenced,
    asks="A passage carries a row that exists.",
    says="{record_id!r} is not an id in $path",
    hint="correct record_table or record_id",
    sql="""
    select e.record_table as tbl, e.row, e.record_id from evidence e
    anti join ids i on i.tbl = e.record_table and i.id = e.record_id""")

rule("unknown-field", at="evidence.fields",
    each=_evidenced,
    asks="A passage carries columns that the table of its record has.",
    says="{item!r} is not a column of $path",
    hint="columns: $columns",
    sql="""
    with named as (
      select e.row, e.record_table as tbl, i.item
      from evidence e cross join unnest(string_split(e.fields, ';')) as i(item))
    select n.tbl, n.row, n.item from named n anti join $known as k(tbl, item) on k.tbl = n.tbl and k.item = n.item""")

rule("empty-field", at="evidence.fields",
    each=_evidenced,
    asks="A passage carries no empty cell, except where it contradicts the record.",
    says="the passage carries {item!r}, which is empty for {record_id!r} in $path",
    hint="fill that cell, or take the column out of fields",
    sql="""
    with carried as (
      select e.row, e.record_table as tbl, e.record_id, i.item
      from evidence e cross join unnest(string_split(e.fields, ';')) as i(item) where e.relation <> 'contradicts')
    select c.tbl, c.row, c.record_id, min(c.item) as item
    from carried c join empty_cells m on m.tbl = c.tbl and m.id = c.record_id
    where contains(';' || m.columns || ';', ';' || c.item || ';')
    group by c.tbl, c.row, c.record_id""")

rule("conflict-without-note", at="$table.note",
    each=_evidenced,
    asks="A row that a passage contradicts has a note on it.",
    says="empty, but a passage contradicts {id!r}",
    hint="say in note what the sources disagree on, and why this reading was taken",
    sql="""
    select t.row, t.id from $table t
    semi join evidence e on e.record_table = '$table' and e.record_id = t.id and e.relation = 'contradicts'
    where t.note is null""")

rule("unattested-chinese", at="$table.$column",
    each=_chinese,
    asks="Chinese characters stand only where a passage attests them.",
    says="no passage attests {text!r}",
    hint="name a passage that holds it: in data/evidence.csv a row that has $column in fields",
    sql="""
    with attested as (
      select e.record_id from evidence e join sources s on s.id = e.source_id
      where e.record_table = '$table' and e.relation <> 'contradicts'
        and (contains(';' || e.fields || ';', ';$column;') or (e.fields is null and s.language like 'zh%')))
    select t.row, t.$column as text from $table t anti join attested a on a.record_id = t.id
    where t.$column is not null""")

rule("quote-length", at="evidence.$column",
    each=lambda _: ({"column": "quote_start"}, {"column": "quote_end"}),
    asks="A passage is located by 3 to 8 words or 4 to 24 Chinese characters at each end; a short one by its start.",
    says="{count} {unit}; expected {low} to {high}",
    hint="a passage is located by its first and last words; a short one stands in quote_start alone",
    # A Chinese character is a word, and so is what stands between spaces with a letter or digit. Punctuation is none,
    # but what is quoted has to stay short. Most quotations are plain words, which need no counting.
    sql=r"""
    with counted as (
      select e.row, e.quote_end is null as is_lone, length(replace(e.$column, ' ', '')) as solid,
        length(regexp_replace(e.$column, '[^$han]', '', 'g')) as han,
        length(regexp_replace(regexp_replace(regexp_replace(
          e.$column, '[$han]', ' ', 'g'), '[^ ]*[\p{L}\p{N}][^ ]*', 'x', 'g'), '[^x]', '', 'g')) as others
      from evidence e
      where e.$column is not null and not regexp_matches(e.$column, '^$plain(?: $plain){2,7}$$')),
    measured as (
      select c.row, 'Chinese characters' as unit, case when c.is_lone then 1 else 4 end as low,
        24 as high, c.han + c.others as words, c.solid as longest
      from counted c where c.han > c.others
      union all select c.row, 'words', case when c.is_lone then 1 else 3 end, 8,
        c.han + c.others, c.han + c.others
      from counted c where c.han <= c.others)
    select m.row, case when m.words < m.low then m.words else m.longest end as count, m.unit, m.low, m.high
    from measured m where m.words < m.low or m.longest > m.high""",
    han=HAN,
    plain="[!-~]*[A-Za-z0-9][!-~]*")

rule("nothing-states", at="evidence.relation",
    asks="Some passage states or identifies a row, or two support it; to contradict is not enough.",
    says="{relation!r}, but no passage states {record_id!r}",
    hint="add a passage that states it, or a second one that supports it",
    sql="""
    select min(e.row) as row, e.record_id, arg_min(e.relation, e.row) as relation from evidence e
    group by e.record_table, e.record_id
    having count(*) filter (where e.relation in ('states', 'identifies')) = 0
      and count(*) filter (where e.relation = 'supports') < 2""")

rule("weak-evidence", at="evidence.source_id",
    asks="No row rests on weak sources alone.",
    says="{source_id!r} is weak, and {record_id!r} rests on weak sources alone",
    hint="add a passage of a source of another reliability, or drop the record",
    sql="""
    select min(e.row) as row, e.record_id, arg_min(e.source_id, e.row) as source_id
    from evidence e join sources s on s.id = e.source_id
    where e.relation <> 'contradicts'
    group by e.record_table, e.record_id having bool_and(s.reliability = 'weak')""")

rule("cited-as-source", at="evidence.source_id",
    asks="A source that nobody opened stands only in via_source_id.",
    says="nobody opened {source_id!r}: its access is 'cited'",
    hint="name the document that was opened here, and this one in via_source_id",
    sql="""
    select e.row, e.source_id from evidence e join sources s on s.id = e.source_id where s.access = 'cited'""")

rule("credits-itself", at="evidence.via_source_id",
    asks="A source credits another one, not itself.",
    says="{via_source_id!r} is the source itself",
    hint="name the document that the source reproduces or credits, or leave the cell empty",
    sql="select e.row, e.via_source_id from evidence e where e.source_id = e.via_source_id")
