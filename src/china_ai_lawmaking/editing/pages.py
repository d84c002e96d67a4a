"""From page files to rows: what each section of a file means.

Pages are taken one after the other, the oldest first, and the sections of a page in one order: a section can name what
stands above it in that order, in the same section or on an older page.
"""

from collections.abc import Iterable, Sequence

from ..package.descriptor import Package
from ..problems import shown
from ..rules.laws import FORBIDDEN_STATUSES, STATUS_OF_STAGE, STATUS_RANK
from ..rules.statements import SEATS
from .builder import Builder, Page
from .draft import Draft, Row, contains, meant
from .names import Names
from .page_file import Mapping, PageError, Place, Text

SPEAKERS = {"people": "person_id", "organizations": "organization_id", "laws": "law_id"}
_SPEAKER = ("speaker_kind", "membership_id", *SPEAKERS.values())


def assemble(package: Package, pages: Iterable[Page], *, today: str) -> tuple[Draft, list[PageError]]:
    """Give the record with the rows that pages bring, and what is wrong in them; with any fault it is not whole.

    Pages without a day of their own were read today. DataError for a table of the package that cannot be read.
    """
    draft = Draft(package)
    names = Names(draft)
    faults: list[PageError] = []
    for page in sorted(pages, key=lambda page: (page.data["source"].get("published", "9"), page.name)):
        sections = _Sections(draft, names, page)
        sections.build(package.created, today)
        faults += sections.faults
    return draft, faults


class _Sections(Builder):
    def build(self, created: str, today: str) -> None:
        """Add the rows of the page to a version of some day."""
        # Memberships that the page gives, and people with the passages that introduce them.
        self._roles: list[Row] = []
        self._introducing: set[tuple[str, Text]] = set()
        data = self.page.data
        self.each(self.passages, self.look_up)
        self.each([data["source"]], self._source, today)
        if not self.source:
            # What rests on a page without a source has no ground.
            return
        self._as_of = max(created, self.source["accessed_date"])
        self.each(data.get("organizations", ()), self.introduce, "organizations")
        self.each(data.get("people", ()), self._person)
        self.each(data.get("events", ()), self._event)
        self.each(data.get("laws", ()), self._law)
        self.each(data.get("indicators", ()), self.entity, "indicators")
        self.each(data.get("figures", ()), self._figure)
        self.each(data.get("statements", ()), self._statement)
        self.each(data.get("more", ()), self._more)
        self.each(data.get("antecedents", ()), self._antecedent)
        self.refuse_useless_carries()

    def _row(self, table: str, place: Place, key: Row, cells: Row | None = None, passages: Iterable[Text] = ()) -> Row:
        """Give the row that has these cells, with further ones filled in; made if need be, and cited."""
        row = self.draft.find(table, key)
        if row is None:
            row = self.draft.add(table, place, key | (cells or {}))
        else:
            self.draft.merge(table, place, row, cells or {})
        self.cite(table, row, passages)
        return row

    def _party(self, node: Text | Mapping, passages: Sequence[Text]) -> Row:
        table, identifier = self.find(("people", "organizations"), node, passages)
        return {"person_id": "", "organization_id": "", SPEAKERS[table]: identifier}

    def _handle(self, node: Mapping, table: str, row: Row) -> None:
        """Let the file refer to a row by a word of its own."""
        if "id" in node and self.handles.setdefault(node["id"], (table, row["id"])) != (table, row["id"]):
            raise PageError(node["id"].place, f"something else in this file has the id {node['id']}")

    def _source(self, node: Mapping, today: str) -> None:
        if node.get("access") != "cited":
            node.setdefault("accessed", Text(today, node.place))
        self.source = self.entity(node, "sources")
        bodies = (node[name] for name in ("publisher", "host") if isinstance(node.get(name), Mapping))
        self.each(bodies, self.introduce, "organizations")

    # People and their roles.

    def _person(self, node: Mapping) -> None:
        row = self.introduce(node, "people")
        self._introducing.update((row["id"], name) for name in node.get("passages", ()))
        self.each(node.get("roles", ()), self._role, row["id"])

    def _role(self, node: Mapping, person: str) -> None:
        passages = node.get("passages", ())
        cells = {"person_id": person, "organization_id": "", "current": "true"}
        cells |= {f"as_of_{part}": self.source[f"published_{part}"] for part in ("date", "precision")}
        cells |= self.cells("memberships", node, passages)
        row = self._same_role(cells)
        if row is None:
            row = self.draft.add("memberships", node.place, cells)
        else:
            further = {column: cell for column, cell in cells.items() if column not in ("role", "as_of_date")}
            self.draft.merge("memberships", node.place, row, further)
        self._roles.append(row)
        self._introducing.update((person, name) for name in passages)
        self.cite("memberships", row, passages)

    def _same_role(self, cells: Row) -> Row | None:
        """Give the row that a role repeats: of a seat that of the term, of others the one in the same words."""
        same = ("organization_id", "role_kind", "current")
        for row in self._roles_of(cells["person_id"]):
            is_said_so = cells["role_kind"] in SEATS.values() or row["role"].casefold() == cells["role"].casefold()
            has_term = len({row["term"], cells.get("term", "")} - {""}) < 2
            if is_said_so and has_term and all(row[column] == cells[column] for column in same):
                return row
        return None

    def _roles_of(self, person: str) -> list[Row]:
        return [row for row in self.draft.rows["memberships"].values() if row["person_id"] == person]

    # Events, instruments and their steps.

    def _event(self, node: Mapping, passages: Sequence[Text] = ()) -> None:
        row, passages = self.entity(node, "events", passages), node.get("passages", passages)
        self.cite("events", row, passages)
        for one in node.get("participants", ()):
            seen = one.get("passages", passages)
            cells = {"event_id": row["id"], **self._party(one["who"], seen), "role": one["role"]}
            self._row("event_participants", one.place, cells, passages=seen)

    def _step(self, node: Mapping, law: Row, passages: Sequence[Text]) -> None:
        """Work out a step as an event: the one of the same stage whose date contains this one, or a new one."""
        stage, day = node["stage"], node.get("date", "")
        steps = (row for row in self.draft.rows["events"].values() if row["law_id"] == law["id"])
        same = (row for row in steps if row["stage"] == stage and contains(meant(row, "start_date"), day))
        known = self.draft.get("events", node.get("id", "")) or next(same, None)
        made = {"law": law["id"], "kind": "legislative_step"}
        if known:
            made["id"] = known["id"]
        else:
            made["id"] = f"{law['id']}-{stage.replace('_', '-')}"
            made["name"] = f"{law['short_title'] or law['title'].strip('[]')}: {stage.replace('_', ' ')}"
        for key, text in made.items():
            node.setdefault(key, Text(text, node.place))
        self._event(node, passages)

    def _law(self, node: Mapping) -> None:
        row, passages = self.entity(node, "laws"), node.get("passages", ())
        for role in ("issuer", "sponsor", "drafter"):
            for one in node.get(f"{role}s", ()):
                cells = {"law_id": row["id"], **self._party(one, passages), "role": role}
                self._row("law_contributors", one.place, cells, passages=passages)
        self.each(node.get("steps", ()), self._step, row, passages)
        self._status(row, node)
        self.cite("laws", row, passages)
        for one in node.get("relations", ()):
            cells = {"from_id": row["id"], **self.cells("law_relations", one)}
            self._row("law_relations", one.place, cells, passages=one.get("passages", passages))

    def _status(self, law: Row, node: Mapping) -> None:
        """Let the status follow from the furthest step up to the version's date, of equally far ones the latest."""
        barred = ("", *FORBIDDEN_STATUSES.get(law["kind"], ()))
        steps = [
            (STATUS_RANK[status], row["start_date"], row["id"], status)
            for row in self.draft.rows["events"].values()
            if row["law_id"] == law["id"] and row["start_date"] <= self._as_of
            if (status := STATUS_OF_STAGE.get(row["stage"], "")) not in barred
        ]
        if steps:
            *_, step, status = max(steps)
            self.draft.set("laws", node.place, law, {"status": status, "status_event_id": step})
        elif "status" in node:
            self.draft.set("laws", node.place, law, {"status": node["status"]})

    # Figures and statements.

    def _figure(self, node: Mapping) -> None:
        passages = node.get("passages", ())
        cells = {"bound": "stated"} | self.cells("statistics", node, passages)
        columns = ("indicator_id", "value", "unit", "bound", "ref_date", "ref_area")
        key = {column: cells.get(column, "") for column in columns}
        row = self._row("statistics", node.place, key, cells, passages)
        self._handle(node, "statistics", row)
        for one in node.get("inputs", ()):
            of = {"statistic_id": row["id"], "input_id": self.find(("statistics",), one["figure"])[1]}
            self._row("statistic_inputs", one.place, of, {"operand": one["operand"]})

    def _statement(self, node: Mapping) -> None:
        passages = node["passages"]
        table, speaker = self.find(tuple(SPEAKERS), node["speaker"], passages)
        kind = {"people": "person", "laws": "instrument"}.get(table, "organization")
        kind = "group" if self.draft.rows[table][speaker,].get("kind") == "group" else kind
        own = {"instrument": "document", "outlet": "own_voice"}.get(node.get("speaker_kind", kind), "indirect")
        cells = dict.fromkeys(SPEAKERS.values(), "") | {SPEAKERS[table]: speaker, "speaker_kind": kind}
        cells |= {"attribution": own, "planned": "false"} | self.cells("statements", node, passages)
        if "date" not in cells:
            cells |= self._said(cells)
        cells["membership_id"] = self._capacity(node, speaker, cells)
        key = {column: cells[column] for column in (*SPEAKERS.values(), "summary")}
        row = self._row("statements", node.place, key, cells)
        self._handle(node, "statements", row)
        self._topics(node, row["id"])
        self._cite_statement(row, passages, speaker)

    def _said(self, cells: Row) -> Row:
        """Give the date where none is typed: of the event if it asks so, else of the page, as upper bound."""
        row, prefix, basis = self.source, "published", "publication"
        if cells.get("date_basis") == "event" and cells.get("event_id"):
            row, prefix, basis = self.draft.rows["events"][cells["event_id"],], "start", "event"
        found = {"date": row[f"{prefix}_date"], "date_precision": row[f"{prefix}_precision"]}
        return found | {"date_basis": basis if found["date"] else ""}

    def _capacity(self, node: Mapping, person: str, cells: Row) -> str:
        """Give the role in which somebody speaks: as said, else the seat at a session, else the first on the page."""
        here = [row for row in self._roles if row["person_id"] == person and row["current"] == "true"]
        known = here + [row for row in self._roles_of(person) if row not in here and row["current"] == "true"]
        events = [self.draft.rows["events"][cells[key],] for key in ("event_id", "for_event_id") if cells.get(key)]
        if "capacity" in node:
            _, body = self.find(("organizations",), node["capacity"])
            here = [row for row in known if row["organization_id"] == body]
            if not here:
                listed = ", ".join(row["organization_id"] or row["role"] for row in known) or "none"
                told = f"{person} has no role at {body}"
                raise PageError(node.keys_at["capacity"], told, f"add it under roles; known: {listed}")
        elif any(event["kind"] in ("session", "session_group") for event in events):
            here = [row for row in known if row["role_kind"] in SEATS.values()] + here
        return here[0]["id"] if here else ""

    def _topics(self, node: Mapping, statement: str) -> None:
        """Link a statement to its topics, propositions, instruments and co-speakers."""
        key = {"statement_id": statement}
        for rank, topic in enumerate(node["topics"], 1):
            found = key | {"topic_id": self.find(("topics",), topic)[1]}
            self._row("statement_topics", topic.place, found, {"rank": str(rank)})
        for item in node.get("positions", ()):
            for name, position in item.items():
                found = key | {"proposition_id": self.find(("propositions",), Text(name, item.keys_at[name]))[1]}
                self._row("positions", position.place, found, {"position": position})
        for one in node.get("laws", ()):
            cells = {"basis": "named"} | self.cells("statement_laws", one)
            self._row("statement_laws", one.place, key | {"law_id": cells.pop("law_id")}, cells)
        for person in node.get("cospeakers", ()):
            self._row("statement_cospeakers", person.place, key | {"person_id": self.find(("people",), person)[1]})

    def _cite_statement(self, row: Row, passages: Iterable[Text], speaker: str) -> None:
        """Add the evidence of a statement: what introduces the speaker, beside another passage, only identifies."""
        plain = [name for name in passages if "relation" not in self.passages.get(name, ())]
        stating = [name for name in plain if (speaker, name) not in self._introducing] or plain[-1:]
        for name in passages:
            only_names = name not in stating if name in plain else self.passages[name]["relation"] == "identifies"
            relation, among = ("identifies", _SPEAKER) if only_names else ("states", ())
            self.cite("statements", row, [name], relation=relation, among=among)

    def _more(self, node: Mapping) -> None:
        text = node["record"]
        table, _, name = text.partition("/")
        if table not in self.draft.tables["evidence"].field("record_table").categories:
            raise PageError(text.place, f"{shown(text)} names no record", "write TABLE/ID, as in statements/st-00001")
        _, identifier = self.find((table,), Text(name, text.place))
        self.cite(table, self.draft.rows[table][identifier,], node["passages"], relation=node.get("relation", "states"))

    def _antecedent(self, node: Mapping) -> None:
        key = {f"{name}_id": self.find(("statements",), node[name])[1] for name in ("provision", "asked_by")}
        self._row("provision_antecedents", node.place, key)
