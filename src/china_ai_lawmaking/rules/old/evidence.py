"""Rules on evidence: every row has some, and each passage points at what it carries."""

from __future__ import annotations

import narwhals as nw

from .rule import Rule, filled, has_item, items, listed, rule, stack

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...package.descriptor import Table
    from .rule import Frame, Frames, Tables

RECORD = ("record_table", "record_id")
CARRIES = (*RECORD, "relation")
# Characters of Chinese and words of other languages that locate the end of a passage.
CHINESE, WORDS = (4, 24), (3, 8)
# Most quotations: counting characters is dear, and these need no counting.
PLAIN = rf"^[!-~]+(?: [!-~]+){{{WORDS[0] - 1},{WORDS[1] - 1}}}$"


def rules(tables: Tables) -> Iterator[Rule]:
    """Make the rules on evidence for every table whose rows need some."""
    if "evidence" not in tables:
        return
    evidenced = [tables[name] for name in listed(tables, "evidence", "record_table") if name in tables]
    for table in evidenced:
        yield _missing(table, tables)
        yield _record(table)
        yield _fields(table)
        yield _empty(table)
        if "note" in table.columns:
            yield _conflict(table)
        for column in table.columns:
            if column.endswith("_zh"):
                yield _attested(table, column)
    yield from (_length("quote_start"), _length("quote_end"), stating, weak, opened, credited)


def _of(frames: Frames, table: Table) -> Frame:
    return frames["evidence"].filter(nw.col("record_table") == table.name)


def _missing(table: Table, tables: Tables) -> Rule:
    uses = {
        name: tuple(one for reference in other.references if reference.table == table.name for one in reference.fields)
        for name, other in tables.items()
    }
    # What only publishes or hosts sources is known by them.
    known = {name: columns for name, columns in uses.items() if name == "sources" and columns}
    others = {name: columns for name, columns in uses.items() if name != "sources" and columns} if known else {}
    # Without the sources nobody can tell what is known by them.
    reads = {"evidence": ("record_table", "record_id"), "sources": (), **known, **others}
    reads[table.name] = ("id", *reads.get(table.name, ()))

    @rule(
        "missing-evidence",
        table.name,
        "id",
        reads,
        "{id!r} has no evidence",
        f"add a row to data/evidence.csv with record_table '{table.name}' and record_id {{id!r}}",
    )
    def missing(frames: Frames) -> Frame:
        """Every row of a table with evidence has some, except an organization that only publishes or hosts sources."""
        carried = _of(frames, table).select(id="record_id")
        bare = frames[table.name].select("__row", "id").join(carried, on="id", how="anti")
        if not known:
            return bare
        sourced, used = (
            stack(frames[name].select(id=column) for name, columns in group.items() for column in columns)
            for group in (known, others)
        )
        return bare.join(sourced.join(used, on="id", how="anti"), on="id", how="anti")

    return missing


def _fields(table: Table) -> Rule:
    @rule(
        "unknown-field",
        "evidence",
        "fields",
        {"evidence": ("record_table", "fields")},
        "{item!r} is not a column of " + table.path,
        f"columns: {', '.join(table.columns)}",
    )
    def fields(frames: Frames) -> Frame:
        """A passage carries columns that the table of its record has."""
        named = items(_of(frames, table).select("__row", "fields"), "fields")
        return named.filter(~nw.col("item").is_in(table.columns)).select("__row", "item")

    return fields


def _empty(table: Table) -> Rule:
    @rule(
        "empty-field",
        "evidence",
        "fields",
        {"evidence": (*CARRIES, "fields"), table.name: tuple(dict.fromkeys(["id", *table.columns]))},
        f"the passage carries {{item!r}}, which is empty for {{record_id!r}} in {table.path}",
        "fill that cell, or take the column out of fields",
    )
    def empty(frames: Frames) -> Frame:
        """A passage carries no empty cell, except where it contradicts the record."""
        carried = _of(frames, table).filter(nw.col("relation") != "contradicts")
        carried = items(carried.select("__row", "record_id", "fields"), "fields")
        # A name apart from those of the passage.
        marks = {f"is_{name}_empty": ~filled(name) for name in table.columns}
        joined = carried.join(frames[table.name].select(record_id="id", **marks), on="record_id", how="inner")
        empties = [(nw.col("item") == name) & nw.col(f"is_{name}_empty") for name in table.columns]
        faulty = joined.filter(nw.any_horizontal(*empties, ignore_nulls=True))
        return faulty.group_by("__row", "record_id").agg(nw.col("item").min())

    return empty


def _conflict(table: Table) -> Rule:
    @rule(
        "conflict-without-note",
        table.name,
        "note",
        {table.name: ("id", "note"), "evidence": CARRIES},
        "empty, but a passage contradicts {id!r}",
        "say in note what the sources disagree on, and why this reading was taken",
    )
    def conflict(frames: Frames) -> Frame:
        """A row that a passage contradicts has a note on it."""
        against = _of(frames, table).filter(nw.col("relation") == "contradicts").select(id="record_id")
        silent = frames[table.name].filter(~filled("note")).select("__row", "id")
        return silent.join(against, on="id", how="semi")

    return conflict


def _attested(table: Table, column: str) -> Rule:
    @rule(
        "unattested-chinese",
        table.name,
        column,
        {
            table.name: ("id", column),
            "evidence": (*CARRIES, "fields", "source_id"),
            "sources": ("id", "language"),
        },
        "no passage attests {text!r}",
        f"add a row to data/evidence.csv that has {column} in fields, or one on the whole row in a source in Chinese",
    )
    def attested(frames: Frames) -> Frame:
        """Chinese characters stand only where a passage attests them."""
        sources = frames["sources"].select("language", source_id="id")
        passages = _of(frames, table).filter(nw.col("relation") != "contradicts")
        passages = passages.join(sources, on="source_id", how="inner")
        whole = ~filled("fields") & nw.col("language").str.starts_with("zh")
        carrying = passages.filter(whole | has_item("fields", column)).select(id="record_id")
        named = frames[table.name].filter(filled(column)).select("__row", "id", text=column)
        return named.join(carrying, on="id", how="anti")

    return attested


def _record(table: Table) -> Rule:
    @rule(
        "unknown-record",
        "evidence",
        "record_id",
        {"evidence": ("record_table", "record_id"), table.name: ("id",)},
        "{record_id!r} is not an id in " + table.path,
        "correct record_table or record_id",
    )
    def record(frames: Frames) -> Frame:
        """A passage carries a row that exists."""
        ids = frames[table.name].select(record_id="id")
        return _of(frames, table).select("__row", "record_id").join(ids, on="record_id", how="anti")

    return record


def _length(column: str) -> Rule:
    @rule(
        "quote-length",
        "evidence",
        column,
        {"evidence": ("quote_start", "quote_end")},
        "{count} {unit}; expected {low} to {high}",
        "a passage is located by its first and last words; a short one stands in quote_start alone",
    )
    def length(frames: Frames) -> Frame:
        """A passage is located by 3 to 8 words or 4 to 24 Chinese characters at each end; a short one by its start."""
        text = nw.col(column)
        # The pattern of the column allows single spaces between words only.
        solid = text.str.replace_all(" ", "", literal=True).str.len_chars()
        words = text.str.len_chars() - solid + 1
        # Chinese has no spaces; a name in characters within an English passage does not make it Chinese.
        chinese = text.str.len_chars() - text.str.replace_all(r"\p{Han}", "").str.len_chars() >= words
        lone = ~filled("quote_end")
        measured = (
            frames["evidence"]
            .filter(filled(column) & ~text.str.contains(PLAIN))
            .select(
                "__row",
                count=nw.when(chinese).then(solid).otherwise(words).cast(nw.Int64),
                unit=nw.when(chinese).then(nw.lit("Chinese characters")).otherwise(nw.lit("words")),
                low=nw.when(lone).then(nw.lit(1)).when(chinese).then(nw.lit(CHINESE[0])).otherwise(nw.lit(WORDS[0])),
                high=nw.when(chinese).then(nw.lit(CHINESE[1])).otherwise(nw.lit(WORDS[1])),
            )
        )
        return measured.filter((nw.col("count") < nw.col("low")) | (nw.col("count") > nw.col("high")))

    return length


def _first(passages: Frame) -> Frame:
    """Keep the first passage of each record."""
    return passages.filter(nw.col("__row") == nw.col("__row").min().over(*RECORD))


@rule(
    "nothing-states",
    "evidence",
    "relation",
    {"evidence": CARRIES},
    "{relation!r}, but no passage states {record_id!r}",
    "add a passage that states it, or a second one that supports it",
)
def stating(frames: Frames) -> Frame:
    """Some passage states or identifies a row, or two support it; to contradict is not enough."""
    passages = frames["evidence"].select("__row", *CARRIES)
    alone = nw.col("relation").is_in(["states", "identifies"])
    # Few passages do not state alone: to look for others beside these few is far less than to weigh all.
    beside = passages.filter(~alone)
    stated = passages.filter(alone).select(*RECORD).join(beside, on=list(RECORD), how="semi")
    rest = beside.join(stated, on=list(RECORD), how="anti")
    supports = (nw.col("relation") == "supports").cast(nw.Int64)
    return _first(rest.filter(supports.sum().over(*RECORD) < 2))


@rule(
    "weak-evidence",
    "evidence",
    "source_id",
    {"evidence": (*CARRIES, "source_id"), "sources": ("id", "reliability")},
    "{source_id!r} is weak, and {record_id!r} rests on weak sources alone",
    "add a passage of a source of another reliability, or drop the record",
)
def weak(frames: Frames) -> Frame:
    """No row rests on weak sources alone."""
    passages = frames["evidence"].filter(nw.col("relation") != "contradicts").select("__row", *CARRIES, "source_id")
    sources = {
        is_weak: frames["sources"].filter((nw.col("reliability") == "weak") == is_weak).select(source_id="id")
        for is_weak in (True, False)
    }
    doubted = passages.join(sources[True], on="source_id", how="semi")
    # Few passages are weak: only what they carry needs a look at the others.
    beside = passages.join(doubted, on=list(RECORD), how="semi")
    sound = beside.join(sources[False], on="source_id", how="semi")
    return _first(doubted.join(sound, on=list(RECORD), how="anti"))


@rule(
    "cited-as-source",
    "evidence",
    "source_id",
    {"evidence": ("source_id",), "sources": ("id", "access")},
    "nobody opened {source_id!r}: its access is 'cited'",
    "name the document that was opened here, and this one in via_source_id",
)
def opened(frames: Frames) -> Frame:
    """A source that nobody opened stands only in via_source_id."""
    cited = frames["sources"].filter(nw.col("access") == "cited").select(source_id="id")
    return frames["evidence"].select("__row", "source_id").join(cited, on="source_id", how="semi")


@rule(
    "credits-itself",
    "evidence",
    "via_source_id",
    {"evidence": ("source_id", "via_source_id")},
    "{via_source_id!r} is the source itself",
    "name the document that the source reproduces or credits, or leave the cell empty",
)
def credited(frames: Frames) -> Frame:
    """A source credits another one, not itself."""
    return frames["evidence"].filter(nw.col("source_id") == nw.col("via_source_id")).select("__row", "via_source_id")
