"""Pages of what is debated and who debates it: propositions, people, organizations."""

import re
from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Sequence
from datetime import timedelta
from itertools import pairwise
from typing import Any

from markupsafe import Markup, escape

from . import charts, findings, words
from .page import Page, of_record, thing
from .record import KINDS, OTHERS, OUTSIDE, SEATED, Position, Record, Row

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
        columns: list[tuple[Any, ...]] = []
        groups = []
        for value, (many, one) in _HELD.items():
            speakers: dict[str, list[list[Position]]] = defaultdict(list)
            for held in sides[value].values():
                speakers[held[0].kind].append(held)
            if sides[value] or value != "conditional":
                heading = f"{len(sides[value])} {one if len(sides[value]) == 1 else many}"
                by_kind = [(kind, len(speakers[kind]), _entries(speakers[kind])) for kind in KINDS if kind in speakers]
                part = len(columns) + 1 if len(sides[value]) > _FEW else 0
                people, joint = findings.who(speakers), findings.statements(sides[value])
                if joint:
                    people += f": {words.counted(joint, 'statement')} by {words.counted(len(sides[value]), 'speaker')}"
                columns.append((value, heading, people, by_kind, part))
                told = {one.statement["id"]: one.statement for held in sides[value].values() for one in held}
                groups.append((heading, record.statements_of(told.values())))
        said = {one.statement["id"]: one.statement for one in positions}
        present = {one.kind for one in positions}
        absent = [findings.inside(kind) for kind in KINDS if present and kind not in {*present, OTHERS, *OUTSIDE}]
        topic = record.by_id["topics"][proposition["topic_id"]]["name"]
        chart = charts.positions(record, findings.kinds(record, sides), positions)
        context = {
            "finding": findings.proposition(record, key),
            "drawn": chart,
            "absent": "; ".join(absent),
            # Few conditions stand beneath the disagreement; a column of their own would be empty space.
            "columns": [[one] for one in columns]
            if len(sides["conditional"]) > _FEW
            else [columns[:1], columns[1:][::-1]],
            "note": _note(record, proposition["note"] or ""),
            "against": findings.against(record, key),
            "topic": topic,
        }
        yield from of_record(
            "propositions",
            proposition,
            proposition["text"],
            findings.proposition(record, key),
            {
                "positions": record.of("positions", "proposition_id", key),
                "statements": list(said.values()),
                "statement_cospeakers": [
                    row for one in said for row in record.of("statement_cospeakers", "statement_id", one)
                ],
            },
            context,
            {"@type": "Claim", "name": proposition["text"], "text": proposition["text"], "about": topic},
            [(topic, f"topics/{proposition['topic_id']}.html")],
            {f"proposition-{key}": chart} if chart else {},
        ).with_all(groups)


def _entries(speakers: Sequence[list[Position]]) -> list[list[Position]]:
    """Give what each speaker of a kind holds; what several say together stands once, with its speaker if there."""
    shown = {one.statement["id"] for held in speakers for one in held if one.is_first}
    found = []
    for held in speakers:
        own = [one for one in held if one.is_first or one.statement["id"] not in shown]
        shown |= {one.statement["id"] for one in own}
        found += [own] if own else []
    return found


def _note(record: Record, note: str) -> Markup:
    """Give a note as HTML in which the propositions that it names by id are links."""

    def link(found: re.Match[str]) -> str:
        other = record.by_id["propositions"].get(found[0])
        return f'<a href="{found[0]}.html">“{escape(other["text"].rstrip("."))}”</a>' if other else found[0]

    return Markup(re.sub(r"[a-z]+(?:-[a-z]+)+", link, str(escape(note))))  # noqa: S704


def _stacks(record: Record, speaker: str) -> list[tuple[Row, list[Position], str]]:
    """Give the propositions on which a speaker stands, the contested first, each with its positions in time.

    What is said again is left out.
    """
    found: dict[str, list[Position]] = defaultdict(list)
    for one in reversed(record.positions_of.get(speaker, [])):
        held = found[one.proposition["id"]]
        if not held or held[-1].value != one.value:
            held.append(one)
    ordered = sorted(found, key=record.rank.__getitem__)
    return [(record.by_id["propositions"][key], found[key], findings.count(record, key)) for key in ordered]


def _has_changed(held: Sequence[Position]) -> bool:
    """Tell whether one of different positions in time was surely taken after the one before it."""
    said = [one.statement for one in held]
    return any(
        one["date"]
        and two["date_basis"] != "publication"
        and words.last_day(one["date"], one["date_precision"]) < two["date"]
        for one, two in pairwise(said)
    )


def people(record: Record, share: Iterable[Row]) -> Iterator[Page]:
    """Make a page for each person."""
    for person in share:
        key = person["id"]
        statements, held = record.said_by(key), _stacks(record, key)
        several = [_has_changed(stack) for _, stack, _ in held if len(stack) > 1]
        changed, unclear = several.count(True), several.count(False)
        contested = sum(record.is_contested(row["id"]) for row, *_ in held)
        summary = (
            f"{words.capital(words.counted(len(statements), 'statement'))}, {words.counted(len(held), 'position')}; "
            f"{words.number(contested) if contested else 'none'} on contested propositions. "
            f"{words.capital(words.counted(changed, 'position has', 'positions have'))} changed."
        )
        if unclear:
            summary += (
                f" On {words.counted(unclear, 'proposition')} statements differ, but none is surely the later one."
            )
        roles = sorted(record.memberships(key), key=lambda role: not role["current"])
        parts = record.of("event_participants", "person_id", key)
        events = [(record.by_id["events"][row["event_id"]], words.spaced(row["role"])) for row in parts]
        about = person["description"] or f"{person['name']} in the record of China's debate about legislating AI."
        last = statements[0] if statements and statements[0]["date"] else None
        if last and words.last_day(last["date"], last["date_precision"]) >= record.cut_off - timedelta(365):
            last = None
        context = {
            "held": held,
            "last": record.told(last) if last else "",
            "summary": summary,
            "roles": _roles(roles),
            "occasions": _occasions(record, statements),
            "authored": record.of("law_contributors", "person_id", key),
            "events": sorted(events, key=lambda one: str(one[0]["start_date"]), reverse=True),
            "sources": record.sources_told([("people", key), *(("statements", row["id"]) for row in statements)]),
        }
        json_ld = {
            "@type": "Person",
            "name": person["name"],
            "description": about,
            "alternateName": person["name_zh"],
            "jobTitle": [record.role(role) for role in roles],
            "sameAs": _wikidata(person),
        }
        told = [row for one in statements for row in record.of("positions", "statement_id", one["id"])]
        rows = {"memberships": roles, "statements": statements, "positions": told}
        yield of_record("people", person, person["name"], about, rows, context, json_ld)


def _occasions(record: Record, statements: Iterable[Row]) -> list[tuple[Row | None, str, list[Row]]]:
    """Put statements under the occasion on which they were made, the newest first; others under their years."""
    found: dict[str, tuple[Row | None, str, list[Row]]] = {}
    for row in statements:
        root = record.root(row["for_event_id"] or row["event_id"])
        year = str(row["date"].year) if row["date"] else "undated"
        found.setdefault(root["id"] if root else year, (root, year, []))[2].append(row)
    return list(found.values())


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
    return ", ".join([*told, f"as of {words.told(role, 'as_of')}"])


def organizations(record: Record, share: Iterable[Row]) -> Iterator[Page]:
    """Make a page for each organization."""
    for body in share:
        key = body["id"]
        # What is below a body belongs to it, under the name of the unit.
        units = record.with_parts("organizations", key)
        roles = [row for unit in units for row in record.of("memberships", "organization_id", unit)]
        members: dict[str, list[str]] = defaultdict(list)
        for role in roles:
            is_own = role["organization_id"] == key
            members[role["person_id"]].append(role["role"] if is_own else record.role(role))
        said = record.statements_of(row for unit in units for row in record.of("statements", "organization_id", unit))
        own = [row for row in said if row["organization_id"] == key]
        spoken = [row for role in roles for row in record.of("statements", "membership_id", role["id"])]
        spoken = record.statements_of(spoken)
        seated = _seated(record, members, {row["id"] for row in (*said, *spoken)})
        issued = [row["id"] for row in record.of("laws", "issued_by_id", key)]
        issued += [row["law_id"] for row in record.of("law_contributors", "organization_id", key)]
        figures = dict.fromkeys(row["indicator_id"] for row in record.of("statistics", "producer_id", key))
        where = f", {words.place(body['country'])}" if body["country"] else ""
        told = [words.counted(len(own), "statement of its own", "statements of its own")] if own else []
        if len(said) > len(own):
            told.append(words.counted(len(said) - len(own), "statement of its units", "statements of its units"))
        told += [words.counted(len(members), "person", "people")] if members else []
        told += [f"{words.counted(len(spoken), 'statement')} by them in that capacity"] if spoken else []
        told = [f" On record: {words.listed(told)}."] if told else []
        context = {
            "lede": "".join([f"{words.capital(words.spaced(body['kind']))}{where}.", *told]),
            "held": [(unit, stacks) for unit in units if (stacks := _stacks(record, unit))],
            "statements": said,
            "own": own,
            "spoken": spoken,
            "seated": seated,
            "seated_count": len({row["id"] for rows in seated.values() for row in rows}),
            "people": [(record.by_id["people"][one], "; ".join(dict.fromkeys(held))) for one, held in members.items()],
            "published": sorted(
                record.of("sources", "publisher_id", key),
                key=lambda row: str(row["published_date"] or ""),
                reverse=True,
            ),
            "issued": list(dict.fromkeys(issued)),
            "under_way": findings.UNDER_WAY,
            "figures": [record.by_id["indicators"][figure] for figure in figures],
        }
        json_ld = {
            "@type": "Organization",
            "name": body["name"],
            "alternateName": body["name_zh"],
            "parentOrganization": thing("Organization", record.name(body["parent_id"])),
            "sameAs": _wikidata(body),
        }
        about, rows = f"{body['name']} in the record.", {"memberships": roles, "statements": said}
        heading = "What the body said" if own == said else "What the body and its units said"
        groups = [(heading, said), ("What its people said in that capacity", spoken)]
        page = of_record("organizations", body, body["name"], about, rows, context, json_ld)
        yield from page.with_all(groups)


def _seated(record: Record, people: Iterable[str], others: Container[str]) -> dict[str, list[Row]]:
    """Give what each of some people said as deputy or CPPCC member, without other statements."""
    found: dict[str, list[Row]] = {}
    for person in people:
        held = [row for row in record.said_by(person) if row["id"] not in others]
        rows = [row for row in held if record.kind(row, person) in SEATED]
        found |= {person: rows} if rows else {}
    return found


def _wikidata(row: Row) -> str | None:
    return f"https://www.wikidata.org/wiki/{row['wikidata_id']}" if row["wikidata_id"] else None
