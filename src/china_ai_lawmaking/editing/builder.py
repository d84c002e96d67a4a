"""The parts that every section of a page file needs: cells, entities that are found again or made, and evidence."""

from __future__ import annotations

import re
import string
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from itertools import count
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import quote, urlsplit

from ..passages import carrying, locating
from ..passages.borders import cut_words
from ..passages.passage import CHARACTERS, digest, earlier, find, form_fault, limits
from ..passages.passage import Text as SourceText
from ..problems import shown
from ..rules.organizations import COLLECTIVES
from ..validating.explanations import did_you_mean
from .draft import Draft
from .names import SINGULAR, Names, names_of, same_words, simplified, slug
from .yaml_file import Items, Mapping, PageError, Text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from ..package.descriptor import Package, Table
    from .draft import Row
    from .yaml_file import Place, Reference

# Columns for which a key is another word; any other key is that of a column, perhaps without _id or _date.
_COLUMNS = {
    ("memberships", "at"): "organization_id",
    ("memberships", "kind"): "role_kind",
    ("laws", "cosponsors"): "cosponsor_count",
    ("events", "date"): "start_date",
    ("events", "basis"): "date_basis",
    ("events", "event"): "parent_id",
    ("statistics", "area"): "ref_area",
}
# Columns that stand in a Chinese passage in other words than in the record.
_TRANSLATED = {
    "people": ("description",),
    "organizations": ("kind",),
    "memberships": ("role", "role_kind", "current"),
    "events": ("name", "kind", "stage"),
    "laws": ("kind",),
}
DEFAULTS = {
    "sources": {"access": "read"},
    "laws": {"jurisdiction": "CN", "status": "contemplated"},
    "memberships": {"current": "true"},
    "statistics": {"bound": "stated"},
    "statements": {"planned": "false"},
}
# Tables by the words that name a record.
_RECORDS = {
    "person": "people",
    "organization": "organizations",
    "law": "laws",
    "event": "events",
    "figure": "statistics",
    "statement": "statements",
}
_RECORDS |= {table: table for table in _RECORDS.values()}
# Keys whose value may describe an organization.
_BODIES = {"publisher", "host", "at", "parent", "issued_by", "sponsors", "drafters", "who", "speaker", "producer"}
_BODIES |= {"capacity", "organizations"}
_NAMED = ("people", "organizations")


class Passage(NamedTuple):
    """A passage of a page: what the file says of it, its cells of evidence, its words where the text is at hand."""

    node: Mapping
    cells: dict[str, str]
    words: str


@dataclass
class Page:
    """A page file and what it came to.

    Attributes:
        key: The path without its ending, with forward slashes, by which other files refer to it.
        data: What the file says.
        bytes: The text of the page, or None.
        source: The row of the page.
        passages: The passages that were found, by name.
        handles: Identifiers of statements by their handles.
        roles: Memberships that the page gives a person, by person.
        naming: Passages that introduce a person, by person.
    """

    key: str
    data: Mapping
    bytes: bytes | None
    source: Row = field(default_factory=dict)
    passages: dict[str, Passage] = field(default_factory=dict)
    handles: dict[str, str] = field(default_factory=dict)
    roles: dict[str, list[Row]] = field(default_factory=dict)
    naming: dict[str, set[str]] = field(default_factory=dict)

    @cached_property
    def text(self) -> SourceText | None:
        """The text, ready to be searched."""
        return None if self.bytes is None else SourceText(self.bytes.decode("utf-8"))


class Builder:
    """The record with what pages bring, and what is wrong in them.

    Attributes:
        draft: The record.
        pages: The pages, the oldest first.
        today: Day on which pages without a day of their own were read.
        as_of: Day of the version or of the last reading, which a status may not pass.
        faults: What is wrong, in the order in which it was found.
    """

    def __init__(self, package: Package, pages: Iterable[Page], *, today: str) -> None:
        """Read the record; nothing is worked out yet."""
        self.draft = Draft(package)
        self.pages = sorted(pages, key=lambda page: (page.data["source"].get("published", "9"), page.key))
        self.today, self.as_of = today, package.created
        self.faults: list[PageError] = []
        self._package = package
        self._names = Names(self.draft)
        # What nodes came to, by their Python id: the row, or what is wrong.
        self._rows: dict[int, Row | PageError] = {}
        # The columns that pages give of people and organizations that were known, by the Python id of the node.
        self._given: dict[int, set[str]] = {}
        # The passage that holds a name in characters, by the node of that name.
        self._holders: dict[int, str] = {}

    def each(self, nodes: Callable[[Page], Iterable[Any]], make: Callable[[Page, Any], object]) -> None:
        """Work out the nodes of all pages, those that bring a name first: others may refer to it by the id alone."""
        todo = [(page, node) for page in self.pages for node in nodes(page)]
        for page, node in sorted(todo, key=lambda pair: _is_nameless(pair[1])):
            try:
                make(page, node)
            except PageError as fault:
                self._rows[id(node)] = fault
                self.faults.append(fault)

    def found(self, node: Mapping) -> Row:
        """Give the row that a node came to, or raise the fault for which it came to none."""
        row = self._rows[id(node)]
        if isinstance(row, PageError):
            raise row
        return row

    def find(self, tables: Sequence[str], node: Reference) -> tuple[str, str]:
        """Give the table and id of a name, an id, or a described organization; PageError for none and for several."""
        if isinstance(node, Mapping):
            return "organizations", self.found(node)["id"]
        if "organizations" in tables and node in COLLECTIVES and not self.draft.get("organizations", node):
            words = " ".join(word.upper() if word in ("npc", "cppcc", "ai") else word for word in node.split("-"))
            cells = {"id": str(node), "name": words[0].upper() + words[1:], "kind": "group"}
            self._names.learn("organizations", self.draft.add("organizations", node.place, cells))
        return self._names.find(tables, node)

    def cells(self, table: str, node: Mapping, *, links: bool) -> dict[str, str]:
        """Give the cells of a row that the keys of a node say: the references, or all the others."""
        described = self.draft.tables[table]
        targets = {reference.fields[0]: reference.table for reference in described.references}
        cells: dict[str, str] = {}
        for key, value in node.items():
            column = _column(described, key)
            if key == "note" and not column:
                self._note(value.place, f"{table} has no notes; this one is left out")
            if column in ("", "id", "issued_by_id") or (column in targets) != links:
                continue
            if links:
                cells[column] = self.find((targets[column],), value)[1]
            elif described.field(column).type == "date":
                cells = dated(column, value, described.columns) | cells
            elif column == "url":
                if urlsplit(value).path.strip("/"):
                    cells[column] = _address(value)
                else:
                    # Many documents have it, and none of them is found there.
                    self._note(value.place, "url is left out: the front page of a site is no document")
            elif column == "unit":
                cells[column] = value if re.fullmatch("[A-Z]{3}", value) else value.lower().replace(" ", "_")
            else:
                cells[column] = ";".join(value) if isinstance(value, Items) else str(value)
        if cells.get("end_date") and cells["end_date"] == cells.get("start_date"):
            # What ends on the day on which it starts has one day.
            del cells["end_date"], cells["end_precision"]
        if not any(column.endswith("date") for column in cells):
            cells = {column: cell for column, cell in cells.items() if not column.endswith("_basis")}
        return cells

    def _note(self, place: Place, told: str) -> None:
        self.draft.notes.append(f"{place}: {told}")

    # Entities.

    def declare(self, table: str) -> Callable[[Page, Mapping], None]:
        """Give what finds or makes the row of a node, without what it refers to."""
        return lambda page, node: self._declare(page, table, node)

    def link(self, table: str, node: Mapping) -> Row | None:
        """Fill in what the row of a node refers to; None for a node that is wrong."""
        row = self._rows.get(id(node))
        if row is None or isinstance(row, PageError):
            return None
        self.draft.merge(table, node.place, row, self.cells(table, node, links=True))
        return row

    def keep(self, table: str, node: Mapping, row: Row) -> None:
        """Remember the row that a node came to, with its names."""
        self._rows[id(node)] = row
        self._names.learn(table, row)

    def _declare(self, page: Page, table: str, node: Mapping) -> None:
        cells = self.cells(table, node, links=False)
        for column in [column for column in cells if column.endswith("_zh")]:
            if not self._is_attested(page, table, node[column]):
                del cells[column]
        known = self._known_source(node) if table == "sources" else self._known(table, node, cells)
        row = self.draft.get(table, known) if known else None
        if row is None:
            self._refuse_lacking(table, node)
            identifier = str(node.get("id", "")) or self._new_id(page, table, node, cells)
            row = self.draft.add(table, node.place, DEFAULTS.get(table, {}) | cells | {"id": identifier})
        else:
            stands = {"status"} if table == "laws" else set()
            if table in _NAMED:
                self._refuse_other_name(table, node, row)
                stands.add("name")
                # Whoever writes one name means all of them.
                named = {"name", "name_zh", "aliases"}
                self._given[id(node)] = named | {_column(self.draft.tables[table], key) for key in node}
            if table == "sources":
                # How and when it was first read stands.
                stands |= {column for column in cells if column.startswith("access")}
            same = simplified(row.get("name_zh", "")) == simplified(cells.get("name_zh", ""))
            if same or (table == "organizations" and row["name_zh"]):
                # The other script is no contradiction, and neither is a short form of a body's name.
                stands.add("name_zh")
            self.draft.merge(table, node.place, row, {name: cell for name, cell in cells.items() if name not in stands})
        self.keep(table, node, row)

    def _is_attested(self, page: Page, table: str, text: Text) -> bool:
        """Find the passage that holds a name in characters; without one the name of a person is wrong."""
        name = simplified(text)
        holder = next((key for key, one in page.passages.items() if name in simplified(one.words)), "")
        if not holder and page.text is not None:
            begin = simplified(page.text.text).find(name)
            printed = page.text.text[begin : begin + len(name)]
            if begin >= 0 and len(find(page.text, printed, "").spans) == 1:
                holder = f"={text}"
                self.add_passage(page, (holder, Mapping(text.place, start=Text(printed, text.place))))
        if holder:
            self._holders[id(text)] = holder
        elif page.text is not None:
            what = "no passage holds it as it is typed here"
            if table == "people":
                raise PageError(text.place, f"name_zh: {what}", "name a passage that does, or leave name_zh out")
            self._note(text.place, f"{text} is left out: {what}")
        return bool(holder) or page.text is None

    def _known(self, table: str, node: Mapping, cells: dict[str, str]) -> str:
        given, name = str(node.get("id", "")), cells.get("name") or cells.get("title", "")
        if given and self.draft.get(table, given):
            return given
        if table in ("laws", "events") and (given or name.startswith("[")):
            # Several motions, sessions or plans have one title: the same one has the id that is made of it.
            row = self.draft.get(table, slug(name))
            return row["id"] if row and not given and name in (row.get("title"), row.get("name")) else ""
        characters = cells.get("name_zh") or cells.get("title_zh", "")
        found = self._names.matches(table, characters) or self._names.matches(table, name)
        if table == "people" and characters:
            # The same letters can be other characters, and then another person.
            same = ("", simplified(characters))
            found = [one for one in found if simplified(self.draft.rows[table][one,]["name_zh"]) in same]
        if given:
            if alike := next((one for one in found if not given.startswith(f"{one}-")), ""):
                hint = f"write that id; for another {SINGULAR[table]} of this name write the id {alike}-2"
                raise PageError(node["id"].place, f"{name or characters} has the id {alike!r}", hint)
            return ""
        if len(found) > 1:
            raise PageError(node.place, f"{name or characters} may be {', '.join(found)}", "write the id")
        return found[0] if found else ""

    def _known_source(self, node: Mapping) -> str:
        found = self.draft.get("sources", node.get("id", ""))
        if not found and "url" in node and urlsplit(node["url"]).path.strip("/"):
            found = self.draft.find("sources", url=_address(node["url"]))
        if not found and "title" in node and "publisher" in node and "id" not in node:
            publisher = self.find(("organizations",), node["publisher"])[1]
            day = dated("published_date", node.get("published"), ()).get("published_date", "")
            found = self.draft.find("sources", title=node["title"], publisher_id=publisher, published_date=day)
        if found and "id" in node:
            self._names.also("sources", node["id"], found["id"])
        return found["id"] if found else ""

    def _refuse_lacking(self, table: str, node: Mapping) -> None:
        described = self.draft.tables[table]
        said = {"id", *DEFAULTS.get(table, {}), *(_column(described, key) for key in node)}
        needed = [field.name for field in described.fields if field.required and field.name not in said]
        lacking = " and ".join(column.removesuffix("_id") for column in needed if column)
        if not lacking:
            return
        hint = f"a new {SINGULAR[table]} needs {lacking} too"
        named = node.get("id") or node.get("name") or node.get("name_zh")
        if isinstance(named, Text):
            try:
                self._names.find((table,), named)
            except PageError as fault:
                raise PageError(node.place, fault.message, f"{fault.hint}; {hint}") from None
        raise PageError(node.place, hint)

    def _refuse_other_name(self, table: str, node: Mapping, row: Row) -> None:
        name = node.get("name")
        if name is None or row["id"] in self._names.matches(table, name):
            return
        if not any(same_words(name, known) for known in names_of(row)):
            hint = "leave name out, give another id" + (", or write it under aliases" * (table == "organizations"))
            raise PageError(name.place, f"{row['id']} is called {row['name']!r} in the record", hint)

    def _new_id(self, page: Page, table: str, node: Mapping, cells: dict[str, str]) -> str:
        if table != "sources":
            identifier = slug(cells.get("name") or cells.get("title", ""))
            if not identifier:
                raise PageError(node.place, "no id can be made of these characters", "add an id in Latin letters")
            return identifier
        publisher = self.find(("organizations",), node["publisher"])[1]
        is_latin = not re.search(r"[^\W\d_a-zA-Z]", cells["title"])
        words = slug(cells["title"]).split("-")[:5] if is_latin else []
        words = words or re.sub(r"^[0-9]+-", "", slug(page.key.rpartition("/")[2])).split("-")
        stem = "-".join(filter(None, [publisher, str(node.get("published", "")), *words]))
        return next(one for n in count(1) if not self.draft.table_of(one := stem if n == 1 else f"{stem}-{n}"))

    # Evidence.

    def add_passage(self, page: Page, item: tuple[str, Mapping]) -> None:
        """Look a passage of a page up in its text, and work out its digest."""
        name, node = item
        where = f"passage {name}"
        start, end = str(node["start"]), str(node.get("end", ""))
        words, proof = "", ""
        if page.text is None:
            if odd := form_fault(start, end, None):
                raise PageError(node.place, f"{where}: {odd[1]}")
        else:
            found = find(page.text, start, end)
            if not found.spans:
                missing = next((text for text in (start, end) if text and not find(page.text, text, "").spans), "")
                what = f"{shown(missing)} is not in the text" if missing else f"no stretch from {start!r} to {end!r}"
                raise PageError(node.place, f"{where}: {what}", "copy the words from the text, within one line")
            if len(found.spans) > 1:
                raise PageError(node.place, f"{where} is in the text more than once", "take more or other words")
            (span,), place = found.spans, found.places[0]
            fault = self._address_fault(start, end, page.text.text[slice(*span)])
            if fault or cut_words(page.text, place) or earlier(page.text, place) is not None:
                proposal = locating.shortest(self._package, page.text, span)
                if proposal.reason and fault:
                    raise PageError(node.place, f"{where}: {fault}; {proposal.reason}")
                if not proposal.reason:
                    start, end = proposal.quote_start, proposal.quote_end
                    self._note(node.place, f"{where} is named by {start!r}" + (f" and {end!r}" if end else " alone"))
                    span = find(page.text, start, end).spans[0]
            words = page.text.text[slice(*span)]
            proof = "" if page.data["source"].get("access") == "copy" else digest(words)
        page.passages[name] = Passage(node, {"quote_start": start, "quote_end": end, "passage_sha256": proof}, words)

    def _address_fault(self, start: str, end: str, words: str) -> str:
        """Tell why a passage cannot be named by these words, though they stand at its ends."""
        pattern = self.draft.tables["evidence"].field("quote_start").constraints["pattern"]
        if any(quoted and not re.search(pattern, quoted) for quoted in (start, end)):
            return "first and last words hold no quotation marks and dashes"
        fault = form_fault(start, end, words)
        return fault[1] if fault else ""

    def cite(
        self,
        page: Page,
        table: str,
        row: Row,
        names: Iterable[str],
        *,
        of: Sequence[str] = (),
        relation: str = "states",
        given: Row | None = None,
    ) -> None:
        """Add the evidence of a row: the columns that each passage carries, those of a few, or of what a page gives."""
        defined = page.data.get("passages", {})
        for name in dict.fromkeys(names):
            if name not in page.passages:
                if name in defined:
                    # It is wrong, and that was told.
                    continue
                place = name.place if isinstance(name, Text) else page.data.place
                hint = did_you_mean(name, defined) or "define it under passages"
                raise PageError(place, f"no passage is called {shown(name)}", hint)
            passage = page.passages[name]
            related = str(passage.node.get("relation", relation))
            carried = {*self._carried(table, row, passage.words, related, given)}
            if of:
                carried = carried & {*of} or {column for column in of if row[column]}
            for record, listed in passage.node.get("carries", {}).items():
                if self.record(page, Text(record, passage.node["carries"].keys_at[record])) == (table, row["id"]):
                    carried = {*listed}
            cells = {"record_table": table, "record_id": row["id"], "source_id": page.source["id"], **passage.cells}
            place = passage.node.place
            same = {name: cell for name, cell in cells.items() if name != "passage_sha256"}
            if found := self.draft.find("evidence", **same):
                carried |= {*found["fields"].split(";")}
            cells["fields"] = ";".join(column for column in row if column in carried)
            if found:
                self.draft.set("evidence", place, found, {"fields": cells["fields"]})
                continue
            if not carried:
                what = "it holds nothing that is said of it here; if it does, write what under carries"
                self._note(place, f"passage {name} is no evidence of {row['id']}: {what}")
                continue
            if "via" in passage.node:
                cells["via_source_id"] = self.find(("sources",), passage.node["via"])[1]
            self.draft.add("evidence", place, cells | {"relation": related})

    def _carried(self, table: str, row: Row, words: str, relation: str, given: Row | None) -> list[str]:
        """Propose the columns that a passage carries; in Chinese also those that are translated in the record."""
        simple = {column: simplified(cell) for column, cell in (row if given is None else given).items()}
        # Only the reader of a translated name, or of a page that is not at hand, can tell that it is there.
        readable = given is None or limits(words) == CHARACTERS
        lead = not words or (relation != "supports" and readable)
        described, states = self.draft.tables[table], relation == "states"
        found = carrying.carried(described, simple, simplified(words), self._names_of, states=states, lead=lead)
        if not words:
            # Nobody can look: characters are believed.
            found += [column for column in simple if column.endswith("_zh") and simple[column]]
        elif states and limits(words) == CHARACTERS:
            found += [column for column in _TRANSLATED.get(table, ()) if simple.get(column)]
        return found

    def _names_of(self, table: str, identifier: str) -> list[str]:
        row = self.draft.rows[table][identifier,]
        if table == "memberships":
            body = row["organization_id"]
            return [row["role"], *self._names_of("organizations", body)] if body else []
        return [simplified(name) for name in names_of(row)]

    def cite_entity(self, page: Page, table: str, node: Mapping, row: Row) -> None:
        """Add the evidence of a person or organization: of one that was known, no more than the page gives."""
        known = self._given.get(id(node))
        given = None if known is None else {column: cell if column in known else "" for column, cell in row.items()}
        self.cite(page, table, row, node.get("passages", ()), given=given)
        self.cite_characters(page, table, node, row)

    def cite_characters(self, page: Page, table: str, node: Mapping, row: Row) -> None:
        """Add the passage that holds the characters of a name, where no other one of the row does."""
        for column in ("name_zh", "title_zh"):
            if id(node.get(column)) in self._holders and row[column] == node[column]:
                self.cite(page, table, row, [self._holders[id(node[column])]], of=[column])

    def cite_body(self, page: Page, identifier: str, passages: Iterable[str]) -> None:
        """Give an organization that has no evidence yet that of the row that names it."""
        if not self.draft.find("evidence", record_table="organizations", record_id=identifier):
            self.cite(page, "organizations", self.draft.rows["organizations"][identifier,], list(passages)[:1])

    # Records by the words of `more`, `carries` and `antecedents`.

    def record(self, page: Page, text: Text) -> tuple[str, str]:
        """Give table and id of KIND/ID, of figure/INDICATOR@DATE=VALUE, or of a statement by its handle."""
        kind, _, rest = ("statement", "", text) if text.startswith("#") else text.partition("/")
        table = _RECORDS.get(kind, "")
        if not table:
            hint = f"begin with {', '.join(_RECORDS)}, and a slash"
            raise PageError(text.place, f"{shown(text)} names no record", hint)
        if table == "statements":
            return table, self.statement(page, Text(rest, text.place))
        if table == "statistics" and not self.draft.get(table, rest):
            indicator, _, said = rest.partition("@")
            day, _, value = said.partition("=")
            return table, self.figure(*(Text(part, text.place) for part in (indicator, day, value)))
        return self.find((table,), Text(rest, text.place)) if table != "statistics" else (table, rest)

    def statement(self, page: Page, text: Text) -> str:
        """Give the id of a statement that is named by it, or as FOLDER/FILE#HANDLE, or as #HANDLE of the same file."""
        path, mark, handle = text.removeprefix("statement/").rpartition("#")
        if not mark:
            if self.draft.get("statements", handle):
                return handle
            hint = "an id is like st-00001; a statement of a file is FOLDER/FILE#HANDLE"
            raise PageError(text.place, f"no statement has the id {shown(handle)}", hint)
        pages = [one for one in self.pages if f"/{one.key}".endswith(f"/{path}")] if path else [page]
        if len(pages) != 1:
            raise PageError(text.place, f"{len(pages) or 'none'} of the files added together is {shown(path)}")
        if handle not in pages[0].handles:
            known = ", ".join(pages[0].handles) or "none"
            raise PageError(text.place, f"no statement of that file has the handle {shown(handle)}", f"it has: {known}")
        return pages[0].handles[handle]

    def figure(self, indicator: Text, day: Text | None = None, value: Text | None = None) -> str:
        """Give the id of the one figure of an indicator, on a date and of a value if they are given."""
        _, identifier = self.find(("indicators",), indicator)
        rows = [row for row in self.draft.rows["statistics"].values() if row["indicator_id"] == identifier]
        if day:
            first = dated("ref_date", day, ())["ref_date"]
            rows = [row for row in rows if row["ref_date"] == first]
        if value:
            rows = [row for row in rows if row["value"] == value]
        if len(rows) != 1:
            asked = f"{len(rows) or 'no'} figures of {identifier} for {day or 'any date'}"
            asked += f" of {value}" if value else ""
            choices = "; ".join(
                f"{row['id']} is {row['value']} {row['unit']}, {row['ref_date']}, {row['ref_area'] or 'no area'}"
                for row in rows
            )
            hint = f"write figure/ID or figure/{identifier}@DATE=VALUE" if rows else ""
            raise PageError(indicator.place, f"{asked}; expected one" + (choices and f": {choices}"), hint)
        return rows[0]["id"]


def bodies(node: Any) -> Iterator[Mapping]:
    """Give the organizations that are described in a file, wherever they stand."""
    for key, value in node.items() if isinstance(node, Mapping) else [("", one) for one in node]:
        if key != "passages" and not isinstance(value, Text):
            if key in _BODIES:
                yield from (one for one in (value if isinstance(value, Items) else [value]) if isinstance(one, Mapping))
            yield from bodies(value)


def dated(column: str, text: Text | None, columns: Iterable[str]) -> dict[str, str]:
    """Give the cells of a date that is typed as day, month or year; its basis is `stated` unless it is said."""
    if not text:
        return {}
    whole = f"{text}-01-01"[:10]
    try:
        date.fromisoformat(whole)
    except ValueError:
        raise PageError(text.place, f"the calendar has no {text}") from None
    stem = column.removesuffix("_date")
    cells = {column: whole, f"{stem}_precision": {4: "year", 7: "month"}.get(len(text), "day")}
    basis = next((name for name in (f"{stem}_basis", "date_basis") if name in columns and stem != "end"), "")
    return cells | ({basis: "stated"} if basis else {})


def _column(table: Table, key: str) -> str:
    names = (_COLUMNS.get((table.name, key), key), f"{key}_id", f"{key}_date")
    return next((name for name in names if name in table.columns), "")


def _address(url: str) -> str:
    # Browsers show characters where an address has their bytes.
    return quote(url, safe=string.punctuation)


def _is_nameless(node: Any) -> bool:
    return isinstance(node, Mapping) and not {"name", "title"} & node.keys()
