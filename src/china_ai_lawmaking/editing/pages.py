"""From page files to rows: what each section of a file means.

All files of a call are taken together, one kind of record after the other, so that a file may name what another brings.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from ..rules.laws import FORBIDDEN_STATUSES, STATUS_OF_STAGE, STATUS_RANK
from ..rules.statements import SEATS
from .builder import DEFAULTS, Builder, bodies
from .draft import contains
from .yaml_file import Items, PageError, Text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from ..package.descriptor import Package
    from .builder import Page
    from .draft import Draft, Row
    from .yaml_file import Mapping, Place, Reference

SPEAKERS = {"people": "person_id", "organizations": "organization_id", "laws": "law_id"}
_SPEAKER = ("speaker_kind", "membership_id", *SPEAKERS.values())
SESSIONS = ("session", "session_group")


def assemble(package: Package, pages: Iterable[Page], *, today: str) -> tuple[Draft, list[PageError]]:
    """Give the record with the rows that pages bring, and what is wrong in them; with any fault it is not whole."""
    sections = _Sections(package, pages, today=today)
    sections.build()
    return sections.draft, list({(fault.place, fault.message): fault for fault in sections.faults}.values())


class _Sections(Builder):
    def build(self) -> None:
        self.each(lambda page: page.data.get("passages", {}).items(), self.add_passage)
        self.each(lambda page: bodies(page.data), self.declare("organizations"))
        self.each(lambda page: [page.data["source"]], self._source)
        # What rests on a page without a source has no ground.
        self.pages = [page for page in self.pages if page.source]
        for table in ("people", "events", "laws", "indicators"):
            self._section(table, self.declare(table))
        self._section("laws", self._declare_steps)
        self.each(lambda page: [page.data["source"]], lambda _, node: self.link("sources", node))
        self.each(lambda page: bodies(page.data), lambda page, node: self._entity(page, "organizations", node))
        for section, make in (
            ("people", self._person),
            ("events", self._event),
            ("events", self._group),
            ("laws", self._law),
            ("laws", self._relations),
            ("figures", self._figure),
            ("figures", self._inputs),
            ("statements", self._statement),
            ("more", self._more),
            ("antecedents", self._antecedent),
        ):
            self._section(section, make)

    def _section(self, name: str, make: Callable[[Page, Mapping], object]) -> None:
        self.each(lambda page: page.data.get(name, ()), make)

    def _row(self, table: str, place: Place, key: dict[str, str], cells: dict[str, str] | None = None) -> Row:
        """Give the row that has these cells, with further ones filled in; made if need be."""
        row = self.draft.find(table, **key)
        if row is None:
            return self.draft.add(table, place, key | (cells or {}))
        self.draft.merge(table, place, row, cells or {})
        return row

    def _cited_row(self, page: Page, table: str, place: Place, cells: dict[str, str], passages: Iterable[str]) -> None:
        self.cite(page, table, self._row(table, place, cells), passages)

    def _entity(self, page: Page, table: str, node: Mapping) -> Row | None:
        """Fill in what the row of a node refers to, and cite it; None for a node that is wrong."""
        row = self.link(table, node)
        if row is not None:
            self.cite_entity(page, table, node, row)
        return row

    def _source(self, page: Page, node: Mapping) -> None:
        access = node.get("access", "read")
        if access in ("read", "opening", "copy"):
            node.setdefault("accessed", Text(self.today, node.place))
        self.declare("sources")(page, node)
        page.source = self.draft.rows["sources"][self.found(node)["id"],]
        self.as_of = max(self.as_of, page.source["accessed_date"])
        if access == "archived" and page.bytes is not None and "part_of" not in node:
            cells = {"text_sha256": hashlib.sha256(page.bytes).hexdigest()}
            self.draft.merge("sources", node.place, page.source, cells)

    def _actor(
        self, page: Page, node: Reference, passages: Iterable[str], tables: Iterable[str] = SPEAKERS
    ) -> tuple[str, str]:
        """Give table and id of somebody; an organization gets evidence where it has none yet."""
        table, identifier = self.find(tuple(tables), node)
        if table == "organizations":
            self.cite_body(page, identifier, passages)
        return table, identifier

    def _party(self, page: Page, node: Reference, passages: Iterable[str]) -> dict[str, str]:
        table, identifier = self._actor(page, node, passages, ("people", "organizations"))
        return {"person_id": "", "organization_id": ""} | {SPEAKERS[table]: identifier}

    # People and their roles.

    def _person(self, page: Page, node: Mapping) -> None:
        row = self.found(node)
        self._entity(page, "people", node)
        naming = page.naming.setdefault(row["id"], set())
        naming.update(node.get("passages", ()))
        for role in node.get("roles", ()):
            self._role(page, row["id"], role)
            naming.update(role.get("passages", ()))

    def _role(self, page: Page, person: str, node: Mapping) -> None:
        passages = node.get("passages", ())
        if "as_of" not in node:
            if "published" not in page.data["source"]:
                raise PageError(node.place, "the page has no date: say as_of, the day for which it attests the role")
            node["as_of"] = page.data["source"]["published"]
        cells = {"person_id": person, "organization_id": "", **DEFAULTS["memberships"]}
        cells |= self.cells("memberships", node, links=False)
        if "at" in node:
            cells["organization_id"] = self._actor(page, node["at"], passages, ("organizations",))[1]
        row = self._same_role(cells)
        if row is None:
            row = self.draft.add("memberships", node.place, cells)
        else:
            as_known = ("role", "as_of_date", "as_of_precision")
            further = {column: cell for column, cell in cells.items() if column not in as_known}
            self.draft.merge("memberships", node.place, row, further)
        page.roles.setdefault(person, []).append(row)
        self.cite(page, "memberships", row, passages)

    def _same_role(self, cells: dict[str, str]) -> Row | None:
        """Give the row that a role repeats: a seat of the same term, or the same words at an earlier time."""
        for row in self._roles_of(cells["person_id"]):
            same = all(row[column] == cells[column] for column in ("organization_id", "role_kind", "current"))
            if not same or (cells.get("term") and row["term"] not in ("", cells["term"])):
                continue
            if cells["role_kind"] in SEATS.values():
                # Congresses and conferences of five years began in 2013, 2018 and 2023.
                first, second = ((int(one["as_of_date"][:4]) - 2013) // 5 for one in (row, cells))
                if first == second:
                    return row
            elif row["role"].casefold() == cells["role"].casefold() and row["as_of_date"] <= cells["as_of_date"]:
                return row
        return None

    def _roles_of(self, person: str) -> list[Row]:
        return [row for row in self.draft.rows["memberships"].values() if row["person_id"] == person]

    # Events, instruments and their steps.

    def _event(self, page: Page, node: Mapping, passages: Iterable[str] = ()) -> None:
        row = self.link("events", node)
        if row is not None:
            passages = node.get("passages", passages)
            self.cite(page, "events", row, passages)
            for one in (*node.get("participants", ()), *node.get("actors", ())):
                seen = one.get("passages", passages)
                cells = {"event_id": row["id"], **self._party(page, one["who"], seen), "role": str(one["role"])}
                self._cited_row(page, "event_participants", one.place, cells, seen)

    def _group(self, _page: Page, node: Mapping) -> None:
        """Let a new group of sessions last from the first day to the last of the sessions that it holds."""
        row = self.found(node)
        if row["kind"] == "session_group" and row["date_basis"] != "derived":
            held = [one for one in self.draft.rows["events"].values() if one["parent_id"] == row["id"]]
            days = sorted(day for one in (row, *held) for day in (one["start_date"], one["end_date"]) if day)
            if held and all(one["start_precision"] == "day" for one in held) and len(days) > 1:
                cells = {"start_date": days[0], "end_date": days[-1], "end_precision": "day", "date_basis": "derived"}
                self.draft.set("events", node.place, row, {"start_precision": "day", **cells})

    def _declare_steps(self, _page: Page, node: Mapping) -> None:
        law = self.found(node)
        for step in node.get("steps", ()):
            cells = {"law_id": law["id"], "kind": "legislative_step", **self.cells("events", step, links=False)}
            row = self.draft.get("events", step["id"]) if "id" in step else self._same_step(cells)
            if row is None:
                stem = f"{law['id']}-{step['stage'].replace('_', '-')}"
                year = cells.get("start_date", "")[:4]
                identifier = step.get("id") or (f"{stem}-{year}".rstrip("-") if self.draft.table_of(stem) else stem)
                named = f"{law['short_title'] or law['title'].strip('[]')}: {step['stage'].replace('_', ' ')}"
                row = self.draft.add("events", step.place, {"name": named, **cells, "id": str(identifier)})
            else:
                self.draft.merge("events", step.place, row, cells)
            self.keep("events", step, row)

    def _same_step(self, cells: dict[str, str]) -> Row | None:
        """Give the step of the same stage whose date contains this one, or is contained in it."""
        date, precision = cells.get("start_date", ""), cells.get("start_precision", "")
        for row in self.draft.rows["events"].values():
            if (row["law_id"], row["stage"]) == (cells["law_id"], cells["stage"]) and (
                not (date and row["start_date"]) or contains(row["start_date"], row["start_precision"], date, precision)
            ):
                return row
        return None

    def _law(self, page: Page, node: Mapping) -> None:
        if (row := self.link("laws", node)) is None:
            return
        passages = node.get("passages", ())
        listed = node.get("issued_by", ())
        issuers = [
            self._actor(page, one, passages, ("organizations",))[1]
            for one in (listed if isinstance(listed, Items | tuple) else [listed])
        ]
        if issuers and row["issued_by_id"] not in issuers:
            self.draft.merge("laws", node.place, row, {"issued_by_id": issuers[0]})
        parties = [
            (self._party(page, one, passages), role)
            for role in ("sponsor", "drafter")
            for one in node.get(f"{role}s", ())
        ]
        # The first issuer stands in the instrument itself.
        further = [one for one in issuers if one != row["issued_by_id"]]
        parties += [({"person_id": "", "organization_id": one}, "issuer") for one in further]
        for party, role in parties:
            cells = {"law_id": row["id"], **party, "role": role}
            self._cited_row(page, "law_contributors", node.place, cells, passages)
        for step in node.get("steps", ()):
            self._event(page, step, passages)
        self._status(row, node)
        self.cite(page, "laws", row, passages)
        self.cite_characters(page, "laws", node, row)

    def _status(self, law: Row, node: Mapping) -> None:
        """Let the status follow from the furthest step up to the version's date, of equally far ones the latest."""
        barred = FORBIDDEN_STATUSES.get(law["kind"], ())
        steps = [
            (STATUS_RANK[status], row["start_date"], row["id"], status)
            for row in self.draft.rows["events"].values()
            if row["law_id"] == law["id"] and row["start_date"] <= self.as_of
            for status in [STATUS_OF_STAGE.get(row["stage"])]
            if status and status not in barred
        ]
        said = node.get("status", law["status"])
        if steps:
            *_, step, status = max(steps)
            self.draft.set("laws", node.place, law, {"status": status, "status_event_id": step})
        elif said in ("contemplated", "planned"):
            self.draft.set("laws", node.place, law, {"status": str(said)})
        else:
            stages = " or ".join(stage for stage, status in STATUS_OF_STAGE.items() if status == said)
            place = node["status"].place if "status" in node else node.place
            raise PageError(place, f"the status {said} needs a step", f"add under steps one with the stage {stages}")

    def _relations(self, page: Page, node: Mapping) -> None:
        for one in node.get("relations", ()):
            cells = {"from_id": self.found(node)["id"], "relation": str(one["relation"])}
            cells |= self.cells("law_relations", one, links=True)
            passages = one.get("passages", node.get("passages", ()))
            self._cited_row(page, "law_relations", one.place, cells, passages)

    # Figures.

    def _figure(self, page: Page, node: Mapping) -> None:
        passages = node.get("passages", ())
        cells = DEFAULTS["statistics"] | self.cells("statistics", node, links=False)
        cells |= self.cells("statistics", node, links=True)
        if "producer" in node:
            self.cite_body(page, cells["producer_id"], passages)
        key = ("indicator_id", "value", "unit", "bound", "ref_date", "ref_area")
        row = self._row("statistics", node.place, {column: cells.get(column, "") for column in key}, cells)
        self.keep("statistics", node, row)
        self.cite(page, "statistics", row, passages)

    def _inputs(self, _page: Page, node: Mapping) -> None:
        for one in node.get("inputs", ()):
            asked = one["figure"]
            figure = self.figure(asked["indicator"], asked.get("ref"), asked.get("value"))
            key = {"statistic_id": self.found(node)["id"], "input_id": figure}
            self._row("statistic_inputs", one.place, key, {"operand": str(one["operand"])})

    # Statements.

    def _statement(self, page: Page, node: Mapping) -> None:
        passages = node["passages"]
        table, speaker = self._actor(page, node["speaker"], passages)
        cells = DEFAULTS["statements"] | dict.fromkeys(SPEAKERS.values(), "") | {SPEAKERS[table]: speaker}
        kind = {"people": "person", "laws": "instrument"}.get(table, "organization")
        cells["speaker_kind"] = "group" if self.draft.rows[table][speaker,].get("kind") == "group" else kind
        own = {"instrument": "document", "outlet": "own_voice"}
        cells["attribution"] = own.get(str(node.get("speaker_kind", kind)), "indirect")
        cells |= self.cells("statements", node, links=False) | self.cells("statements", node, links=True)
        if cells["attribution"] == "own_voice":
            # An outlet has a voice of its own; what somebody else writes is a document of theirs.
            is_outlet = speaker == page.source["publisher_id"]
            cells |= {"speaker_kind": "outlet"} if is_outlet else {"attribution": "document"}
        cells |= self._said(page, node, cells)
        if table == "people":
            cells["membership_id"] = self._capacity(page, node, speaker, cells)
        elif "capacity" in node:
            raise PageError(node.keys_at["capacity"], "only a person speaks in a capacity")
        key = {column: cells[column] for column in (*SPEAKERS.values(), "summary")}
        row = self._row("statements", node.place, key, cells)
        if "id" in node and page.handles.setdefault(node["id"], row["id"]) != row["id"]:
            raise PageError(node["id"].place, f"another statement of this file has the handle {node['id']}")
        self._topics(node, row["id"])
        naming = page.naming.get(speaker, set())
        relations = {name: page.passages[name].node.get("relation", "") for name in passages if name in page.passages}
        plain = [name for name in passages if not relations.get(name)]
        stating = [name for name in plain if name not in naming] or plain[-1:]
        relations |= {name: Text("identifies", node.place) for name in plain if name not in stating}
        for name in passages:
            if relations.get(name) == "identifies":
                self.cite(page, "statements", row, [name], of=_SPEAKER, relation="identifies")
            else:
                self.cite(page, "statements", row, [name])
        self._tell_unnamed(page, node, row)

    def _tell_unnamed(self, page: Page, node: Mapping, row: Row) -> None:
        """Note a statement for which no passage carries who makes it; a document or outlet speaks for itself."""
        if row["attribution"] in ("document", "own_voice") or page.text is None:
            return
        cited = (one for one in reversed(self.draft.rows["evidence"].values()) if one["record_id"] == row["id"])
        if not any({*SPEAKERS.values()} & {*one["fields"].split(";")} for one in cited):
            what = "no passage of this statement carries who speaks; list the passage that names the speaker, too"
            self._note(node.place, what)

    def _said(self, page: Page, node: Mapping, cells: dict[str, str]) -> dict[str, str]:
        """Give the date where none is typed: of the event if it asks so, else of the page, as upper bound."""
        if "date" in node and node.get("date_basis") != "event":
            return {}
        if node.get("date_basis") == "event" and cells.get("event_id"):
            event, prefix, basis = self.draft.rows["events"][cells["event_id"],], "start", "event"
        else:
            event, prefix, basis = page.source, "published", "publication"
        dated = {"date": event[f"{prefix}_date"], "date_precision": event[f"{prefix}_precision"]}
        return dated | {"date_basis": basis if dated["date"] else ""}

    def _capacity(self, page: Page, node: Mapping, person: str, cells: dict[str, str]) -> str:
        """Give the role in which somebody speaks: as said, else the seat at a session, else the first on the page."""
        here = page.roles.get(person, [])
        known = here + [row for row in self._roles_of(person) if row not in here and row["current"] == "true"]
        if "capacity" in node:
            _, body = self.find(("organizations",), node["capacity"])
            at = [row for row in known if row["organization_id"] == body]
            if not at:
                listed = ", ".join(row["organization_id"] or row["role"] for row in known) or "none"
                hint = f"add it under roles; known: {listed}"
                raise PageError(node.keys_at["capacity"], f"{person} has no role at {body}", hint)
            return at[0]["id"]
        events = [self.draft.rows["events"][cells[key],] for key in ("event_id", "for_event_id") if cells.get(key)]
        if any(event["kind"] in SESSIONS for event in events):
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
                proposition = self.find(("propositions",), Text(name, item.keys_at[name]))[1]
                found = key | {"proposition_id": proposition}
                self._row("positions", position.place, found, {"position": str(position)})
        for one in node.get("laws", ()):
            found = key | self.cells("statement_laws", one, links=True)
            cells = {"basis": "named", **self.cells("statement_laws", one, links=False)}
            if self.draft.rows["laws"][found["law_id"],]["kind"] == "unspecified":
                # The umbrella has no title that a passage could name.
                cells["basis"] = "topic"
            self._row("statement_laws", one.place, found, cells)
        for person in node.get("cospeakers", ()):
            found = key | {"person_id": self.find(("people",), person)[1]}
            self._row("statement_cospeakers", person.place, found)

    def _more(self, page: Page, node: Mapping) -> None:
        table, identifier = self.record(page, node["record"])
        row = self.draft.rows[table][identifier,]
        self.cite(page, table, row, node["passages"], relation=str(node.get("relation", "states")))

    def _antecedent(self, page: Page, node: Mapping) -> None:
        key = {name: self.statement(page, node[name]) for name in ("provision", "asked_by")}
        self._row("provision_antecedents", node.place, {f"{name}_id": found for name, found in key.items()})
