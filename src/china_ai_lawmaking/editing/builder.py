"""The parts that every section of a page file needs: cells, records that are found again or made, and evidence."""

from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import date
from typing import Any, NamedTuple

from ..package.descriptor import Table
from ..passages import evidence, locating
from ..passages.carrying import carried
from ..passages.passage import CHARACTERS, digest, limits
from ..passages.passage import Text as SourceText
from ..problems import shown
from ..validating.explanations import did_you_mean
from .draft import Draft, Row
from .names import NAMES, Names, names_of, slug
from .page_file import Mapping, PageError, Text

# Columns for which a key is another word; any other key is that of a column, perhaps without _id or _date.
_COLUMNS = {
    ("memberships", "at"): "organization_id",
    ("memberships", "kind"): "role_kind",
    ("laws", "cosponsors"): "cosponsor_count",
    ("events", "date"): "start_date",
    ("events", "basis"): "date_basis",
    ("statistics", "area"): "ref_area",
}
_DEFAULTS = {"sources": {"access": "read"}, "laws": {"jurisdiction": "CN", "status": "contemplated"}}
# What stands of a record that is known: how a page was first read, and what follows from the steps.
_STANDS = {"sources": {"access", "accessed_date", "accessed_precision"}, "laws": {"status"}}


class Page(NamedTuple):
    """A page file: its name without the ending, what it says, and the text of the page, or None."""

    name: str
    data: Mapping
    text: str | None


class Builder:
    """What one page brings to the record.

    Attributes:
        draft: The record.
        page: The page.
        source: Its row; empty as long as it has none.
        passages: What the file says of its passages, by name.
        handles: Table and identifier of its statements and figures, by the word that the file has for them.
        faults: What is wrong, in the order in which it was found.
    """

    def __init__(self, draft: Draft, names: Names, page: Page) -> None:
        """Begin with nothing."""
        self.draft, self.page = draft, page
        self.source: Row = {}
        self.passages: dict[str, Mapping] = page.data.get("passages", {})
        self.handles: dict[str, tuple[str, str]] = {}
        self.faults: list[PageError] = []
        self._names = names
        self._text = None if page.text is None else SourceText(page.text)
        # The words of the passages that were found in it.
        self._words: dict[str, str] = {}
        # Passages with the records under `carries` that were met.
        self._carriers: set[tuple[str, str]] = set()

    def each(self, nodes: Iterable[Any], make: Callable[..., object], *more: Any) -> None:
        """Work out nodes, and keep what is wrong in each."""
        for node in nodes:
            try:
                make(node, *more)
            except PageError as fault:
                self.faults.append(fault)

    def find(self, tables: Sequence[str], node: Text | Mapping, passages: Sequence[Text] = ()) -> tuple[str, str]:
        """Give the table and id of a name, an id, a handle of this file, or a body that is described here.

        A body without evidence gets that of the row that names it.
        """
        if isinstance(node, Mapping):
            return "organizations", self.introduce(node, "organizations", passages)["id"]
        if node in self.handles and self.handles[node][0] in tables:
            return self.handles[node]
        table, identifier = self._names.find(tables, node)
        key = {"record_table": table, "record_id": identifier}
        if table == "organizations" and not self.draft.find("evidence", key):
            self.cite(table, self.draft.rows[table][identifier,], passages[:1])
        return table, identifier

    def cells(self, table: str, node: Mapping, passages: Sequence[Text] = ()) -> Row:
        """Give the cells that the keys of a node say; the passages are for bodies that have none of their own."""
        described = self.draft.tables[table]
        targets = described.targets
        cells: Row = {}
        for key, value in node.items():
            column = _column(described, key)
            if column in targets:
                cells[column] = self.find((targets[column],), value, passages)[1]
            elif column and described.field(column).type == "date":
                cells = _dated(column, value, described.columns) | cells
            elif column not in ("", "id"):
                cells[column] = ";".join(value) if isinstance(value, list) else value
        return cells

    # Records.

    def introduce(self, node: Mapping, table: str, passages: Sequence[Text] = ()) -> Row:
        """Find a person or body, or make it, with its evidence: a passage carries no more than the page gives."""
        row = self.entity(node, table, passages)
        # Whoever writes one name means all of them.
        given = {"name", "name_zh", "aliases", *(_column(self.draft.tables[table], key) for key in node)}
        self.cite(table, row, node.get("passages", passages), among=given)
        return row

    def entity(self, node: Mapping, table: str, passages: Sequence[Text] = ()) -> Row:
        """Find the record of a node again and fill it in, or make it."""
        cells = self.cells(table, node, node.get("passages", passages))
        row = self._known(table, node, cells)
        if row is None:
            cells = _DEFAULTS.get(table, {}) | cells
            row = self.draft.add(table, node.place, cells | {"id": self._new_id(table, node, cells)})
        else:
            stands = {one for one in NAMES if one in cells and row["id"] in self._names.matches(table, cells[one])}
            stands |= _STANDS.get(table, set())
            self.draft.merge(table, node.place, row, {one: cell for one, cell in cells.items() if one not in stands})
        self._names.learn(table, row)
        return row

    def _known(self, table: str, node: Mapping, cells: Row) -> Row | None:
        given, name = node.get("id", ""), cells.get("name") or cells.get("title", "")
        if row := self.draft.get(table, given):
            return row
        if table == "sources":
            # A document inside another has the address of that one.
            has_own = "url" in cells and "part_of_id" not in cells
            columns = ("url",) if has_own else ("title", "publisher_id", "published_date")
            row = self.draft.find(table, {column: cells.get(column, "") for column in columns})
            found = [row["id"]] if row else []
        else:
            characters = cells.get("name_zh") or cells.get("title_zh", "")
            found = self._names.matches(table, characters) or self._names.matches(table, name)
            name = name or characters
        # Motions and meetings can have one title, and people one name: then the id has a number more.
        if given and table not in ("laws", "events") and not all(given.startswith(f"{one}-") for one in found):
            hint = f"write that id; another one of this name has the id {found[0]}-2"
            raise PageError(given.place, f"{name} has the id {found[0]!r}", hint)
        if len(found) > 1 and not given:
            raise PageError(node.place, f"{name} may be {', '.join(found)}", "write the id")
        return self.draft.get(table, found[0]) if found and not given else None

    def _new_id(self, table: str, node: Mapping, cells: Row) -> str:
        name = cells.get("name") or cells.get("title", "")
        made = slug(name)
        if table == "sources":
            words = made.split("-")[:5] if limits(name) != CHARACTERS else [slug(self.page.name)]
            made = "-".join(filter(None, [cells.get("publisher_id"), node.get("published"), *words]))
        if not made and "id" not in node:
            raise PageError(node.place, "no id can be made of this name", "add an id in Latin letters")
        return str(node.get("id", made))

    # Evidence.

    def look_up(self, name: str) -> None:
        """Look a passage of the page up in its text."""
        if self._text is None:
            return
        node = self.passages[name]
        found, faults = evidence.look_up(self._text, node["start"], node.get("end", ""), "the text")
        for column, _, message, hint in faults:
            if len(found.spans) == 1:
                quote = self.draft.tables["evidence"].field("quote_start")
                proposal = locating.shortest(quote, self._text, found.spans[0])
                ends = {"start": proposal.quote_start, "end": proposal.quote_end}
                better = ", ".join(f'{key}: "{words}"' for key, words in ends.items() if words)
                hint = proposal.reason or f"write {{{better}}}"
            place = node.get(column.removeprefix("quote_"), node).place
            raise PageError(place, f"passage {name}: {message}", hint)
        self._words[name] = self._text.text[slice(*found.spans[0])]

    def cite(
        self, table: str, row: Row, names: Iterable[Text], *, relation: str = "states", among: Collection[str] = ()
    ) -> None:
        """Add the evidence of a row: the columns, or those among a few, that each passage carries."""
        # The bodies that a source names get their evidence when it has its row.
        for name in dict.fromkeys(names) if self.source else ():
            if name not in self.passages:
                hint = did_you_mean(name, self.passages) or "define it under passages"
                raise PageError(name.place, f"no passage is called {shown(name)}", hint)
            node, words = self.passages[name], self._words.get(name, "")
            related = node.get("relation", relation)
            fields = self._carried(table, row, name, words, related, among)
            key = {"record_table": table, "record_id": row["id"], "source_id": self.source["id"]}
            key |= {"quote_start": node["start"], "quote_end": node.get("end", "")}
            found = self.draft.find("evidence", key)
            fields |= {*found["fields"].split(";")} if found else set()
            cells = {"fields": ";".join(column for column in row if column in fields)}
            if found:
                self.draft.set("evidence", node.place, found, cells)
            elif fields:
                via = self.find(("sources",), node["via"])[1] if "via" in node else ""
                proof = digest(words) if words and self.source["access"] != "copy" else ""
                cells |= {"via_source_id": via, "passage_sha256": proof, "relation": related}
                self.draft.add("evidence", node.place, key | cells)
            else:
                told = f"passage {name} is no evidence of {row['id']}: it holds nothing that is said of it here"
                self.draft.notes.append(f"{node.place}: {told}; if it does, write what under carries")

    def refuse_useless_carries(self) -> None:
        """Refuse a record under `carries` that does not list the passage."""
        for name, node in self.passages.items():
            for record, place in node["carries"].keys_at.items() if "carries" in node else ():
                if (name, record) not in self._carriers:
                    told = f"no record that lists passage {name} is called {shown(record)}"
                    self.faults.append(PageError(place, told, "write TABLE/NAME or TABLE/ID, as in people/An Wei"))

    def _carried(self, table: str, row: Row, name: str, words: str, relation: str, among: Collection[str]) -> set[str]:
        """Give the columns that the file says, or propose those that stand in the passage."""
        for record, columns in self.passages[name].get("carries", {}).items():
            kind, _, called = record.partition("/")
            ids = (called, self.handles.get(called, ("", ""))[1], *self._names.matches(table, called))
            if kind == table and row["id"] in ids:
                self._carriers.add((name, record))
                return {*columns}
        cells = {column: cell if not among or column in among else "" for column, cell in row.items()}
        described = self.draft.tables[table]
        found = carried(described, cells, words, self._names_of, relation=relation, is_whole=not among)
        if relation == "identifies" and table == "statements":
            # Whoever lists it says that it tells who speaks.
            return found or {column for column in among if row[column]}
        return found

    def _names_of(self, table: str, identifier: str) -> list[str]:
        row = self.draft.rows[table][identifier,]
        if table == "memberships":
            body = row["organization_id"]
            return [row["role"], *self._names_of("organizations", body)] if body else []
        return names_of(row)


def _dated(column: str, text: Text, columns: Collection[str]) -> Row:
    """Give the cells of a date that is typed as day, month or year; its basis is `stated` unless it is said."""
    whole = f"{text}-01-01"[:10]
    try:
        date.fromisoformat(whole)
    except ValueError:
        raise PageError(text.place, f"the calendar has no {text}") from None
    stem = column.removesuffix("_date")
    precision = {4: "year", 7: "month"}.get(len(text), "day")
    basis = next((name for name in (f"{stem}_basis", "date_basis") if name in columns and stem != "end"), "")
    return {column: Text(whole, text.place), f"{stem}_precision": precision} | ({basis: "stated"} if basis else {})


def _column(table: Table, key: str) -> str:
    names = (_COLUMNS.get((table.name, key), key), f"{key}_id", f"{key}_date")
    return next((name for name in names if name in table.columns), "")
