"""Rules on identifiers: unique in the whole package, retired for good, no fact twice, no chain back to itself."""

from __future__ import annotations

import re

import narwhals as nw

from .rule import Rule, filled, listed, rule, stack

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ...package.descriptor import Table
    from .rule import Frame, Frames, Tables

RETIRED = "retired_ids"


def rules(tables: Tables) -> Iterator[Rule]:
    """Make the rules on the identifiers of every table."""
    named = [table for name, table in sorted(tables.items()) if table.key == ("id",) and name != RETIRED]
    for i, table in enumerate(named):
        if i:
            yield _shared(table, named[:i])
        # Figures have a stricter rule of their own.
        if table.name != "statistics" and len(table.fields) > 1:
            yield _repeated(table)
    recorded = {*listed(tables, RETIRED, "record_table")}
    if recorded and {table.name for table in named} >= recorded:
        yield _in_use(named)
        yield _replacement(named)
        yield _form(named)
    for name, table in sorted(tables.items()):
        for start, end, kind in _chains(table):
            yield _cycle(name, start, end, kind)


def _ids(frames: Frames, tables: Sequence[Table]) -> Frame:
    return stack(frames[table.name].select(nw.col("id"), other=nw.lit(table.path)) for table in tables)


def _form_of(table: Table) -> str:
    return str(table.field("id").constraints.get("pattern", ""))


def _reads(tables: Sequence[Table]) -> dict[str, tuple[str, ...]]:
    return {table.name: ("id",) for table in tables}


def _shared(table: Table, earlier: Sequence[Table]) -> Rule:
    form = _form_of(table)
    # Where their own form tells the ids of another table apart, few are left to look at.
    unlike = {other.name for other in earlier if not re.search(form, other.field("id").example)}

    @rule(
        "shared-id",
        table.name,
        "id",
        _reads([*earlier, table]),
        "{id!r} is an id in {other} too",
        "rename the one that was not released yet, and what refers to it",
    )
    def shared(frames: Frames) -> Frame:
        """An identifier stands in one table only."""
        own = frames[table.name].select("__row", "id")
        shared = []
        for other in earlier:
            ids = frames[other.name].select("id")
            if other.name in unlike:
                ids = ids.filter(nw.col("id").str.contains(form))
            shared.append(ids.join(own.select("id"), on="id", how="semi").with_columns(other=nw.lit(other.path)))
        both = own.join(stack(shared), on="id", how="inner")
        return both.group_by("__row", "id").agg(nw.col("other").min())

    return shared


def _repeated(table: Table) -> Rule:
    # A note tells about the row, and does not make it another fact.
    fields = [field for field in table.fields if field.name not in {"id", "note"}]
    columns = tuple(field.name for field in fields)
    # The first open column that every row fills: where even this differs, the rest need not be looked at.
    telling = [field.name for field in fields if field.required and not field.categories][:1]

    @rule(
        "repeated-row",
        table.name,
        "id",
        {table.name: ("id", *columns)},
        "{id!r} repeats every cell of line {" + table.name + "__line}",
        "keep one; rows for two different things need a cell that tells them apart",
    )
    def repeated(frames: Frames) -> Frame:
        """No two rows of a table differ in their id alone."""
        # One text a row: a window over all the columns would take half as much memory again.
        texts = nw.concat_str(nw.col(*columns).fill_null(""), separator="\x1f")
        rows = frames[table.name]
        if telling:
            counts = rows.group_by(*telling).agg(nw.len().alias("__count"))
            rows = rows.join(counts.filter(nw.col("__count") > 1), on=telling, how="semi")
        rows = rows.select("__row", "id", cells=texts)
        found = rows.with_columns(nw.col("__row").min().over("cells").alias(f"{table.name}__row"))
        return found.filter(nw.col("__row") != nw.col(f"{table.name}__row")).select("__row", "id", f"{table.name}__row")

    return repeated


def _in_use(named: Sequence[Table]) -> Rule:
    @rule(
        "retired-id-in-use",
        RETIRED,
        "id",
        {RETIRED: ("id",), **_reads(named)},
        "{id!r} is retired and still an id in {other}",
        "a retired id is never used again: remove this row, or give the other a new id",
    )
    def in_use(frames: Frames) -> Frame:
        """A retired identifier is not in use."""
        return frames[RETIRED].select("__row", "id").join(_ids(frames, named), on="id", how="inner")

    return in_use


def _replacement(named: Sequence[Table]) -> Rule:
    @rule(
        "retired-replacement",
        RETIRED,
        "replaced_by",
        {RETIRED: ("id", "replaced_by"), **_reads(named)},
        "{replaced_by!r} is neither an id in use nor a retired one",
        "name the id that stands in place of {id!r}, or leave the cell empty",
    )
    def replacement(frames: Frames) -> Frame:
        """A retired identifier is replaced by one that is in use or itself retired."""
        known = stack([_ids(frames, named).select("id"), frames[RETIRED].select("id")])
        replaced = frames[RETIRED].select("__row", "id", "replaced_by").filter(filled("replaced_by"))
        return replaced.join(known, left_on="replaced_by", right_on="id", how="anti")

    return replacement


def _form(named: Sequence[Table]) -> Rule:
    patterns = {table.name: _form_of(table) for table in named}

    @rule(
        "retired-id-form",
        RETIRED,
        "id",
        {RETIRED: ("id", "record_table")},
        "{id!r} is not of the form of an id in {record_table!r}",
        "correct the id or record_table",
    )
    def form(frames: Frames) -> Frame:
        """A retired identifier has the form of its table."""
        retired = frames[RETIRED].select("__row", "id", "record_table")
        return stack(
            retired.filter((nw.col("record_table") == name) & ~nw.col("id").str.contains(pattern))
            for name, pattern in patterns.items()
        )

    return form


def _chains(table: Table) -> Iterator[tuple[str, str, str]]:
    """Give the pairs of columns whose rows lead from one id to another, and the column that keeps chains apart."""
    if table.name == RETIRED:
        yield "id", "replaced_by", ""
    single = [reference for reference in table.references if len(reference.fields) == 1]
    for reference in single:
        if reference.table == table.name:
            yield "id", reference.fields[0], ""
    # Two required references into one table make each row an edge of a graph there.
    required = [reference for reference in single if table.field(reference.fields[0]).required]
    for i, one in enumerate(required):
        for two in required[i + 1 :]:
            if one.table == two.table:
                yield one.fields[0], two.fields[0], "relation" if "relation" in table.columns else ""


def _cycle(table: str, start: str, end: str, kind: str) -> Rule:
    columns = (start, end, kind) if kind else (start, end)

    @rule(
        "cycle",
        table,
        end,
        {table: columns},
        "{chain} leads back to itself",
        "empty or correct the one link that is wrong",
    )
    def cycle(frames: Frames) -> Frame:
        """No chain of parents, wholes, broader topics, relations, inputs or replacements leads back to itself."""
        edges = frames[table].select("__row", start=start, end=end, kind=kind or nw.lit(""))
        edges = edges.filter(filled("start") & filled("end"))
        if kind:
            # A relation of a row to itself is a fault of its own.
            edges = edges.filter(nw.col("start") != nw.col("end"))
        # What leads to an end of a chain is in no cycle; most links are gone here.
        edges = edges.join(edges.select("kind", end="start").unique(), on=["kind", "end"], how="semi")
        links = edges.collect()
        graphs: dict[str, dict[str, dict[str, int]]] = {}
        for row, source, target, name in links.select("__row", "start", "end", "kind").iter_rows():
            graphs.setdefault(name, {}).setdefault(source, {})[target] = row
        found: dict[str, list[object]] = {"__row": [], "chain": []}
        for graph in graphs.values():
            for nodes in _cycles(graph):
                found["__row"].append(graph[nodes[0]][nodes[1]])
                found["chain"].append(" > ".join(map(repr, nodes)))
        schema = nw.Schema({"__row": links.schema["__row"], "chain": nw.String()})
        return nw.from_dict(found, schema, backend=links.implementation).lazy()

    return cycle


def _cycles(graph: dict[str, dict[str, int]]) -> Iterator[list[str]]:
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
