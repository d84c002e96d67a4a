"""Pages of what is debated and who debates it: propositions, people, organizations."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING, Any

from markupsafe import Markup, escape

from . import charts, findings, words
from .page import Page, thing
from .record import KINDS, OTHERS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from .record import Position, Record, Row

_HELD = {
    "agrees": ("agree", "agrees"),
    "conditional": ("agree on a condition", "agrees on a condition"),
    "disagrees": ("disagree", "disagrees"),
}
# So few speakers of a side stand whole on any page.
_FEW = 2


def propositions(record: Record, share: Iterable[Row]) -> Iterator[Page]:
    """Make a page for each proposition."""
    for proposition in share:
        key = proposition["id"]
        sides, positions = record.sides(key), record.positions_of.get(key, [])
        finding = findings.proposition(record, key)
        chart = charts.positions(record, findings.kinds(record, sides), positions)
        columns: list[tuple[Any, ...]] = []
        groups = []
        for value, (many, one) in _HELD.items():
            speakers: dict[str, list[list[Position]]] = defaultdict(list)
            for held in sides[value].values():
                speakers[held[0].kind].append(held)
            if sides[value] or value != "conditional":
                heading = f"{len(sides[value])} {one if len(sides[value]) == 1 else many}"
                by_kind = [(kind, speakers[kind]) for kind in KINDS if kind in speakers]
                part = len(columns) + 1 if len(sides[value]) > _FEW else 0
                columns.append((value, heading, findings.who(speakers), by_kind, part))
                said = [one.statement for held in sides[value].values() for one in held]
                groups.append((heading, record.statements_of(said)))
        present = {one.kind for one in positions}
        topic = record.by_id["topics"][proposition["topic_id"]]["name"]
        yield from Page(
            f"propositions/{key}.html",
            "proposition.html",
            proposition["text"],
            finding,
            "Propositions",
            (("Propositions", "propositions/index.html"), (topic, f"topics/{proposition['topic_id']}.html")),
            {
                "propositions": [proposition],
                "positions": record.of("positions", "proposition_id", key),
                "statements": list({one.statement["id"]: one.statement for one in positions}.values()),
            },
            {
                "proposition": proposition,
                "finding": finding,
                "drawn": chart,
                "absent": "; ".join(
                    findings.inside(kind) for kind in KINDS if present and kind not in present and kind != OTHERS
                ),
                # Few conditions stand beneath the disagreement; a column of their own would be empty space.
                "columns": [[one] for one in columns]
                if len(sides["conditional"]) > _FEW
                else [columns[:1], columns[1:][::-1]],
                "note": _note(record, proposition["note"] or ""),
                "against": findings.against(record, key),
                "topic": topic,
            },
            {"@type": "Claim", "name": proposition["text"], "text": proposition["text"], "about": topic},
            {f"proposition-{key}": chart} if chart else {},
        ).with_all(groups)


def _note(record: Record, note: str) -> Markup:
    """Give a note as HTML in which the propositions that it names by id are links."""

    def link(found: re.Match[str]) -> str:
        other = record.by_id["propositions"].get(found[0])
        return f'<a href="{found[0]}.html">“{escape(other["text"].rstrip("."))}”</a>' if other else found[0]

    return Markup(re.sub(r"[a-z]+(?:-[a-z]+)+", link, str(escape(note))))  # noqa: S704


def _stacks(record: Record, speaker: str) -> list[tuple[Row, list[Position], str]]:
    """Give the propositions on which a speaker stands, the contested first, each with its positions in time."""
    found: dict[str, list[Position]] = defaultdict(list)
    for one in reversed(record.positions_of.get(speaker, [])):
        held = found[one.proposition["id"]]
        if not held or held[-1].value != one.value:
            held.append(one)
    return [
        (record.by_id["propositions"][key], found[key], findings.count(record, key))
        for key in sorted(found, key=record.rank.__getitem__)
    ]


def people(record: Record, share: Iterable[Row]) -> Iterator[Page]:
    """Make a page for each person."""
    for person in share:
        key = person["id"]
        statements, held = record.said_by(key), _stacks(record, key)
        changed = sum(len(stack) > 1 for _, stack, _ in held)
        contested = sum(record.is_contested(row["id"]) for row, *_ in held)
        summary = (
            f"{words.capital(words.counted(len(statements), 'statement'))}, {words.counted(len(held), 'position')}; "
            f"{words.number(contested) if contested else 'none'} on contested propositions. "
            f"{words.capital(words.counted(changed, 'position has', 'positions have'))} changed."
        )
        # Newest first; what was said on one occasion stands together where nothing lies between.
        occasions: list[tuple[Row | None, list[Row]]] = []
        for statement in statements:
            root = record.root(statement["for_event_id"] or statement["event_id"])
            if not occasions or occasions[-1][0] is not root:
                occasions.append((root, []))
            occasions[-1][1].append(statement)
        roles = sorted(record.memberships(key), key=lambda role: not role["current"])
        parts = record.of("event_participants", "person_id", key)
        events = [(record.by_id["events"][row["event_id"]], words.spaced(row["role"])) for row in parts]
        about = person["description"] or f"{person['name']} in the record of China's debate about legislating AI."
        yield Page(
            f"people/{key}.html",
            "person.html",
            person["name"],
            about,
            "People",
            (("People", "people/index.html"),),
            {"people": [person], "memberships": roles, "statements": statements},
            {
                "person": person,
                "held": held,
                "summary": summary,
                "roles": _roles(roles),
                "occasions": occasions,
                "authored": [
                    (row["law_id"], words.spaced(row["role"]))
                    for row in record.of("law_contributors", "person_id", key)
                ],
                "events": sorted(events, key=lambda one: str(one[0]["start_date"]), reverse=True),
                "sources": record.sources_of([("people", key), *(("statements", row["id"]) for row in statements)]),
            },
            {
                "@type": "Person",
                "name": person["name"],
                "description": about,
                "alternateName": person["name_zh"],
                "jobTitle": [record.role(role) for role in roles],
                "sameAs": _wikidata(person),
            },
        )


def _roles(roles: Iterable[Row]) -> list[tuple[Row, str | None, str]]:
    """Give each role with its body and what is known of it; of one role at one body, all that is known together."""
    told: dict[tuple[str, str | None], tuple[Row, list[str]]] = {}
    for role in roles:
        what = told.setdefault((role["role"].casefold(), role["organization_id"]), (role, []))[1]
        what.append(_about_role(role))
    return [(role, role["organization_id"], "; ".join(dict.fromkeys(what))) for role, what in told.values()]


def _about_role(role: Row) -> str:
    told = [] if role["current"] else ["formerly"]
    told += filter(None, (role["delegation"], role["sector"], role["term"] and f"term {role['term']}"))
    return ", ".join([*told, f"as of {words.day(role['as_of_date'], role['as_of_precision'])}"])


def organizations(record: Record, share: Iterable[Row]) -> Iterator[Page]:
    """Make a page for each organization."""
    for body in share:
        key = body["id"]
        roles = record.of("memberships", "organization_id", key)
        members: dict[str, list[str]] = defaultdict(list)
        for role in roles:
            members[role["person_id"]].append(role["role"])
        spoken = [row for role in roles for row in record.of("statements", "membership_id", role["id"])]
        said = record.statements_of(record.of("statements", "organization_id", key))
        issued = [row["id"] for row in record.of("laws", "issued_by_id", key)]
        issued += [row["law_id"] for row in record.of("law_contributors", "organization_id", key)]
        figures = dict.fromkeys(row["indicator_id"] for row in record.of("statistics", "producer_id", key))
        where = f", {words.place(body['country'])}" if body["country"] else ""
        spoken = record.statements_of(spoken)
        told = [words.counted(len(said), "statement of its own", "statements of its own")] if said else []
        told += [words.counted(len(members), "person", "people")] if members else []
        told += [f"{words.counted(len(spoken), 'statement')} by them in that capacity"] if spoken else []
        told = [f" On record: {words.listed(told)}."] if told else []
        yield from Page(
            f"organizations/{key}.html",
            "organization.html",
            body["name"],
            f"{body['name']} in the record.",
            "People",
            (("Organizations", "organizations/index.html"),),
            {"organizations": [body], "memberships": roles, "statements": said},
            {
                "body": body,
                "lede": "".join([f"{words.capital(words.spaced(body['kind']))}{where}.", *told]),
                "held": _stacks(record, key),
                "statements": said,
                "spoken": spoken,
                "people": [
                    (record.by_id["people"][person], "; ".join(dict.fromkeys(held))) for person, held in members.items()
                ],
                "published": record.of("sources", "publisher_id", key),
                "aliases": (body["aliases"] or "").split(";") if body["aliases"] else [],
                "parts": record.of("organizations", "parent_id", key),
                "issued": list(dict.fromkeys(issued)),
                "events": [
                    (row["event_id"], words.spaced(row["role"]))
                    for row in record.of("event_participants", "organization_id", key)
                ],
                "figures": [record.by_id["indicators"][figure] for figure in figures],
            },
            {
                "@type": "Organization",
                "name": body["name"],
                "alternateName": body["name_zh"],
                "parentOrganization": thing("Organization", record.name(body["parent_id"])),
                "sameAs": _wikidata(body),
            },
        ).with_all([("What the body said", said), ("What its people said in that capacity", spoken)])


def _wikidata(row: Row) -> str | None:
    return f"https://www.wikidata.org/wiki/{row['wikidata_id']}" if row["wikidata_id"] else None
