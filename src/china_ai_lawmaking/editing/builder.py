"""The parts that every section of a page file needs: cells, entities that are found again or made, and evidence."""

from __future__ import annotations

import re
import string
from datetime import date
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
from .yaml_file import Items, Mapping, PageError, Text, placed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from ..package.descriptor import Package
    from .draft import Row
    from .yaml_file import Reference

# Columns by the keys that stand for them, where the two differ.
KEYS = {
    "sources": {
        "publisher": "publisher_id",
        "host": "host_id",
        "published": "published_date",
        "accessed": "accessed_date",
        "original": "original_id",
        "part_of": "part_of_id",
    },
    "organizations": {"parent": "parent_id"},
    "memberships": {
        "at": "organization_id",
        "kind": "role_kind",
        "as_of": "as_of_date",
        "start": "start_date",
        "end": "end_date",
    },
    "laws": {"family": "family_id", "cosponsors": "cosponsor_count"},
    "events": {
        "start": "start_date",
        "date": "start_date",
        "end": "end_date",
        "basis": "date_basis",
        "parent": "parent_id",
        "event": "parent_id",
    },
    "statistics": {
        "indicator": "indicator_id",
        "ref": "ref_date",
        "base": "base_date",
        "area": "ref_area",
        "producer": "producer_id",
        "published": "published_date",
        "event": "event_id",
        "law": "law_id",
    },
    "statements": {"event": "event_id", "for_event": "for_event_id"},
    "law_relations": {"to": "to_id"},
    "statement_laws": {"law": "law_id"},
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
RECORDS = {
    "person": "people",
    "organization": "organizations",
    "law": "laws",
    "event": "events",
    "figure": "statistics",
    "statement": "statements",
}
RECORDS |= {table: table for table in RECORDS.values()}
# Keys whose value may describe an organization.
_BODIES = {"publisher", "host", "at", "parent", "issued_by", "sponsors", "drafters", "who", "speaker", "producer"}
_BODIES |= {"capacity", "organizations"}


class Passage(NamedTuple):
    """A passage of a page: what the file says of it, its cells of evidence, its words where the text is at hand."""

    node: Mapping
    cells: dict[str, str]
    words: str


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

    def __init__(self, key: str, data: Mapping, text: bytes | None) -> None:
        """Keep the three; nothing is worked out yet."""
        self.key = key
        self.data = data
        self.bytes = text
        self.text = None if text is None else SourceText(text.decode("utf-8"))
        self.source: Row = {}
        self.passages: dict[str, Passage] = {}
        self.handles: dict[str, str] = {}
        self.roles: dict[str, list[Row]] = {}
        self.naming: dict[str, set[str]] = {}


class Builder:
    """The record with what pages bring, and what is wrong in them.

    Attributes:
        draft: The record.
        pages: The pages, the oldest first.
        today: Day on which pages without a day of their own were read.
        as_of: Day of the version, which a status may not pass.
        faults: What is wrong, in the order in which it was found.
    """

    def __init__(self, package: Package, pages: Iterable[Page], *, today: str) -> None:
        """Read the record; nothing is worked out yet."""
        self.draft = Draft(package)
        self.pages = sorted(pages, key=lambda page: (page.data["source"].get("published", "9"), page.key))
        self.faults: list[PageError] = []
        self._package = package
        self._names = Names(self.draft)
        self.today = today
        self.as_of = package.created
        # What nodes came to, by their Python id: the row, or what is wrong.
        self._rows: dict[int, Row] = {}
        self._failed: dict[int, PageError] = {}
        # The passage that holds a name in characters, by the node of that name.
        self._holders: dict[int, str] = {}

    def each(self, nodes: Callable[[Page], Iterable[Any]], make: Callable[[Page, Any], None]) -> None:
        """Work out the nodes of all pages, those that bring a name first: others may refer to it by the id alone."""
        todo = [(page, node) for page in self.pages for node in nodes(page)]
        for page, node in sorted(todo, key=lambda pair: not _has_name(pair[1])):
            try:
                make(page, node)
            except PageError as fault:
                self._failed[id(node)] = fault
                self.faults.append(fault)

    def found(self, node: Mapping) -> Row:
        """Give the row that a node came to.

        Raises:
            PageError: It came to none; the fault is the one of then.
        """
        if id(node) in self._failed:
            raise self._failed[id(node)]
        return self._rows[id(node)]

    def find(self, tables: Sequence[str], node: Reference) -> tuple[str, str]:
        """Give the table and id of what a node refers to: a name, an id, or an organization with its own keys.

        Raises:
            PageError: There is none, or there are several.
        """
        if isinstance(node, Mapping):
            return "organizations", self.found(node)["id"]
        if "organizations" in tables and node in COLLECTIVES and not self.draft.get("organizations", node):
            words = " ".join(word.upper() if word in ("npc", "cppcc", "ai") else word for word in node.split("-"))
            cells = {"id": str(node), "name": words[0].upper() + words[1:], "kind": "group"}
            self._names.learn("organizations", self.draft.add("organizations", node.place, cells))
        return self._names.find(tables, node)

    def cells(self, table: str, node: Mapping, *, links: bool) -> dict[str, str]:
        """Give the cells of a row that the keys of a node say: the references, or all the others.

        Raises:
            PageError: A reference leads nowhere, or a date is none.
        """
        described = self._package.table(table)
        targets = {reference.fields[0]: reference.table for reference in described.references}
        cells: dict[str, str] = {}
        for key, value in node.items():
            column = KEYS.get(table, {}).get(key, key)
            if key == "note" and column not in described.columns:
                self.draft.notes.append(f"{value.place}: {table} has no notes; this one is left out")
            if column == "id" or column not in described.columns or (column in targets) != links:
                continue
            if links:
                cells[column] = self.find((targets[column],), value)[1]
            elif described.field(column).type == "date":
                cells = dated(column, value, described.columns) | cells
            elif column == "url" and not urlsplit(value).path.strip("/"):
                # Many documents have it, and none of them is found there.
                self.draft.notes.append(f"{value.place}: url is left out: the front page of a site is no document")
            elif column == "url":
                # Browsers show characters where an address has their bytes.
                cells[column] = quote(value, safe=string.punctuation)
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

    # Entities.

    def declare(self, table: str) -> Callable[[Page, Mapping], None]:
        """Give what finds or makes the row of a node, without what it refers to."""
        return lambda page, node: self._declare(page, table, node)

    def link(self, table: str, node: Mapping) -> Row | None:
        """Fill in what the row of a node refers to; None for a node that is wrong."""
        row = self._rows.get(id(node))
        if row is not None:
            self.draft.merge(table, node.place, row, self.cells(table, node, links=True))
        return row

    def keep(self, table: str, node: Mapping, row: Row) -> None:
        """Remember the row that a node came to, with its names."""
        self._rows[id(node)] = row
        self._names.learn(table, row)

    def _declare(self, page: Page, table: str, node: Mapping) -> None:
        cells = self.cells(table, node, links=False)
        for column in [column for column in cells if column.endswith("_zh")]:
            self._attest_characters(page, table, node[column], cells)
        known = self._known_source(node) if table == "sources" else self._known(table, node, cells)
        row = self.draft.get(table, known) if known else None
        if row is None:
            self._refuse_lacking(table, node)
            identifier = str(node.get("id", "")) or self._new_id(page, table, node, cells)
            row = self.draft.add(table, node.place, DEFAULTS.get(table, {}) | cells | {"id": identifier})
        else:
            self._refuse_other_name(table, node, row)
            # The status of a law follows from its steps.
            cells.pop("status", None)
            if table == "sources":
                # How and when it was first read stands.
                cells = {column: cell for column, cell in cells.items() if not column.startswith("access")}
            same = simplified(row.get("name_zh", "")) == simplified(cells.get("name_zh", ""))
            if same or (table == "organizations" and row["name_zh"]):
                # The other script is no contradiction, and neither is a short form of a body's name.
                cells.pop("name_zh", None)
            self.draft.merge(table, node.place, row, {**cells, "name": ""} if table in _NAMED else cells)
        self.keep(table, node, row)

    def _attest_characters(self, page: Page, table: str, text: Text, cells: dict[str, str]) -> None:
        """Find the passage that holds a name in characters; without one the name is left out."""
        name = simplified(text)
        holder = next((key for key, one in page.passages.items() if name in simplified(one.words)), "")
        if not holder and page.text is not None:
            whole = simplified(page.text.text)
            begin = whole.find(name)
            printed = page.text.text[begin : begin + len(name)]
            if begin >= 0 and len(find(page.text, printed, "").spans) == 1:
                holder, node = f"={text}", Mapping()
                node.place, node["start"] = text.place, placed(printed, text.place)
                self.add_passage(page, (holder, node))
        if holder:
            self._holders[id(text)] = holder
        elif page.text is not None:
            what = "no passage holds it as it is typed here"
            if table == "people":
                hint = "name a passage that does, or leave name_zh out"
                raise PageError(text.place, f"name_zh: {what}", hint)
            self.draft.notes.append(f"{text.place}: {text} is left out: {what}")
            del cells["title_zh" if table == "laws" else "name_zh"]

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
            alike = [one for one in found if not given.startswith(f"{one}-")]
            if alike:
                hint = f"write that id; for another {SINGULAR[table]} of this name write the id {alike[0]}-2"
                raise PageError(node["id"].place, f"{name or characters} has the id {alike[0]!r}", hint)
            return ""
        if len(found) > 1:
            raise PageError(node.place, f"{name or characters} may be {', '.join(found)}", "write the id")
        return found[0] if found else ""

    def _known_source(self, node: Mapping) -> str:
        found = self.draft.get("sources", node.get("id", ""))
        if not found and "url" in node and urlsplit(node["url"]).path.strip("/"):
            found = self.draft.find("sources", url=quote(node["url"], safe=string.punctuation))
        if not found and "title" in node and "publisher" in node and "id" not in node:
            publisher = self.find(("organizations",), node["publisher"])[1]
            day = dated("published_date", node.get("published"), ()).get("published_date", "")
            found = self.draft.find("sources", title=node["title"], publisher_id=publisher, published_date=day)
        if found and "id" in node:
            self._names.also("sources", node["id"], found["id"])
        return found["id"] if found else ""

    def _refuse_lacking(self, table: str, node: Mapping) -> None:
        keys = {column: key for key, column in KEYS.get(table, {}).items()}
        needed = [field.name for field in self._package.table(table).fields if field.required and field.name != "id"]
        needed = [keys.get(column, column) for column in needed if column not in DEFAULTS.get(table, {})]
        lacking = " and ".join(key for key in needed if key not in node)
        if lacking:
            hint = f"a new {SINGULAR[table]} needs {lacking} too"
            named = node.get("id") or node.get("name") or node.get("name_zh")
            if isinstance(named, Text):
                try:
                    self._names.find((table,), named)
                except PageError as fault:
                    raise PageError(node.place, fault.message, f"{fault.hint}; {hint}") from None
            raise PageError(node.place, hint)

    def _refuse_other_name(self, table: str, node: Mapping, row: Row) -> None:
        if table not in _NAMED or "name" not in node or row["id"] in self._names.matches(table, node["name"]):
            return
        if not any(same_words(node["name"], name) for name in names_of(table, row)):
            hint = "leave name out, give another id" + (", or write it under aliases" * (table == "organizations"))
            raise PageError(node["name"].place, f"{row['id']} is called {row['name']!r} in the record", hint)

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
        start, end = str(node["start"]), str(node.get("end", ""))
        cells = {"quote_start": start, "quote_end": end}
        words = ""
        if page.text is not None:
            found = find(page.text, start, end).spans
            if not found:
                missing = next((text for text in (start, end) if text and not find(page.text, text, "").spans), "")
                what = f"{shown(missing)} is not in the text" if missing else f"no stretch from {start!r} to {end!r}"
                raise PageError(node.place, f"passage {name}: {what}", "copy the words from the text, within one line")
            if len(found) > 1:
                raise PageError(node.place, f"passage {name} is in the text more than once", "take more or other words")
            span = found[0]
            fault = self._address_fault(start, end, page.text.text[slice(*span)])
            place = find(page.text, start, end).places[0]
            if fault or cut_words(page.text, place) or earlier(page.text, place) is not None:
                proposal = locating.shortest(self._package, page.text, span)
                if proposal.reason and fault:
                    raise PageError(node.place, f"passage {name}: {fault}; {proposal.reason}")
                if not proposal.reason:
                    start, end = proposal.quote_start, proposal.quote_end
                    self.draft.notes.append(f"{node.place}: passage {name} is named by {start!r} and {end!r}")
                    cells = {"quote_start": start, "quote_end": end}
                    span = find(page.text, start, end).spans[0]
            words = page.text.text[slice(*span)]
            if page.data["source"].get("access") != "copy":
                cells["passage_sha256"] = digest(words)
        elif odd := form_fault(start, end, None):
            raise PageError(node.place, f"passage {name}: {odd[1]}")
        page.passages[name] = Passage(node, cells, words)

    def _address_fault(self, start: str, end: str, words: str) -> str:
        """Tell why a passage cannot be named by these words, though they stand at its ends."""
        pattern = self._package.table("evidence").field("quote_start").constraints["pattern"]
        if any(quoted and not re.search(pattern, quoted) for quoted in (start, end)):
            return "first and last words hold no quotation marks and dashes"
        fault = form_fault(start, end, words)
        return fault[1] if fault else ""

    def cite(
        self, page: Page, table: str, row: Row, names: Iterable[str], of: Sequence[str] = (), relation: str = "states"
    ) -> None:
        """Add the evidence of a row: the columns that each passage carries, or those of a few.

        Raises:
            PageError: The page has no passage of that name.
        """
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
            carried = {*self._carried(table, row, passage.words, states=relation == "states")}
            if of:
                carried = carried & {*of} or {column for column in of if row[column]}
            for record, listed in passage.node.get("carries", {}).items():
                place = passage.node["carries"].keys_at[record]
                if self.record(page, placed(record, place)) == (table, row["id"]):
                    carried = {*listed}
            self._add_evidence(page, passage, table, row, carried, relation)

    def _carried(self, table: str, row: Row, words: str, *, states: bool) -> list[str]:
        """Propose the columns that a passage carries; in Chinese also those that are translated in the record."""
        simple = {column: simplified(cell) for column, cell in row.items()}
        found = carrying.carried(self._package.table(table), simple, simplified(words), self._names_of, states=states)
        if not words:
            # Nobody can look: characters are believed.
            found += [column for column in row if column.endswith("_zh") and row[column]]
        elif states and limits(words) == CHARACTERS:
            found += [column for column in _TRANSLATED.get(table, ()) if row[column]]
        return found

    def _names_of(self, table: str, identifier: str) -> list[str]:
        row = self.draft.rows[table][identifier,]
        if table == "memberships":
            return (
                [row["role"], *self._names_of("organizations", row["organization_id"])]
                if row["organization_id"]
                else []
            )
        return [simplified(name) for name in names_of(table, row)]

    def _add_evidence(
        self, page: Page, passage: Passage, table: str, row: Row, carried: set[str], relation: str
    ) -> None:
        cells = {"record_table": table, "record_id": row["id"], "source_id": page.source["id"], **passage.cells}
        if "via" in passage.node:
            cells["via_source_id"] = self.find(("sources",), passage.node["via"])[1]
        same = {
            column: cells[column] for column in ("record_table", "record_id", "source_id", "quote_start", "quote_end")
        }
        found = self.draft.find("evidence", **same)
        known = found["fields"].split(";") if found else []
        fields = ";".join(column for column in row if column in carried or column in known)
        place = passage.node.place
        if found:
            self.draft.set("evidence", place, found, {"fields": fields})
        else:
            relation = str(passage.node.get("relation", relation))
            self.draft.add("evidence", place, cells | {"fields": fields, "relation": relation})

    def cite_characters(self, page: Page, table: str, node: Mapping, row: Row) -> None:
        """Add the passage that holds the characters of a name, where no other one of the row does."""
        for column in ("name_zh", "title_zh"):
            if id(node.get(column)) in self._holders and row[column] == node[column]:
                self.cite(page, table, row, [self._holders[id(node[column])]], [column])

    def cite_body(self, page: Page, identifier: str, passages: Iterable[str]) -> None:
        """Give an organization that has no evidence yet that of the row that names it."""
        if not self.draft.find("evidence", record_table="organizations", record_id=identifier):
            row = self.draft.rows["organizations"][identifier,]
            self.cite(page, "organizations", row, list(passages)[:1])

    # Records by the words of `more`, `carries` and `antecedents`.

    def record(self, page: Page, text: Text) -> tuple[str, str]:
        """Give table and id of KIND/ID, of figure/INDICATOR@DATE, or of a statement by its handle.

        Raises:
            PageError: There is no such record.
        """
        kind, _, rest = ("statement", "", text) if text.startswith("#") else text.partition("/")
        table = RECORDS.get(kind, "")
        if not table:
            raise PageError(
                text.place, f"{shown(text)} names no record", f"begin with {', '.join(RECORDS)}, and a slash"
            )
        if table == "statements":
            return table, self.statement(page, placed(rest, text.place))
        if table == "statistics":
            indicator, _, day = rest.partition("@")
            return table, self.figure(placed(indicator, text.place), placed(day, text.place))
        return self.find((table,), placed(rest, text.place))

    def statement(self, page: Page, text: Text) -> str:
        """Give the id of a statement that is named by it, or as FOLDER/FILE#HANDLE, or as #HANDLE of the same file.

        Raises:
            PageError: There is none, or no such file in this call.
        """
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

    def figure(self, indicator: Text, day: Text | None) -> str:
        """Give the id of the one figure of an indicator, on a date if one is given.

        Raises:
            PageError: There is none, or there are several.
        """
        _, identifier = self.find(("indicators",), indicator)
        rows = [row for row in self.draft.rows["statistics"].values() if row["indicator_id"] == identifier]
        if day:
            first = dated("ref_date", day, ())["ref_date"]
            rows = [row for row in rows if row["ref_date"] == first]
        if len(rows) != 1:
            raise PageError(
                indicator.place, f"{len(rows)} figures of {identifier} for {day or 'any date'}; expected one"
            )
        return rows[0]["id"]


_NAMED = ("people", "organizations")


def bodies(node: Any) -> Iterator[Mapping]:
    """Give the organizations that are described in a file, wherever they stand."""
    children = node.items() if isinstance(node, Mapping) else [("", one) for one in node]
    for key, value in children:
        if key == "passages" or isinstance(value, Text):
            continue
        for one in value if isinstance(value, Items) else [value]:
            if isinstance(one, Mapping) and key in _BODIES:
                yield one
        yield from bodies(value)


def dated(column: str, text: Text | None, columns: Iterable[str]) -> dict[str, str]:
    """Give the cells of a date that is typed as day, month or year; its basis is `stated` unless it is said.

    Raises:
        PageError: The calendar has no such day.
    """
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


def _has_name(node: Any) -> bool:
    return not isinstance(node, Mapping) or bool(node.keys() & {"name", "title"})
