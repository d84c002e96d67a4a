"""What stands on each page: one function a kind of page, facts in, context of its template out."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from datetime import date
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from ..loading import citation
from . import charts, words
from .record import COLLECTIVE, KINDS, TEXTS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from .charts import Chart
    from .record import Position, Record, Row


# A cell of a grid: text, or a text and the path that it leads to.
Cell = str | tuple[str, str]


class Page(NamedTuple):
    """One page.

    Attributes:
        path: File below the folder of the site.
        template: Name of its template.
        title: Title, as text.
        about: One sentence for search engines.
        section: The section that is marked in the menu.
        trail: The way here, as name and path.
        rows: The rows behind the page, for its csv and json, by table.
        context: What its template needs.
        json_ld: schema.org, as a dict.
        charts: Charts on it, by name.
    """

    path: str
    template: str
    title: str
    about: str
    section: str
    trail: Sequence[tuple[str, str]]
    rows: Mapping[str, Sequence[Row]]
    context: dict[str, Any]
    json_ld: dict[str, Any] | None = None
    charts: Mapping[str, Chart] = MappingProxyType({})

    @property
    def has_record(self) -> bool:
        """Tell whether csv, json and bib stand beside the page."""
        return bool(self.rows)


def home(record: Record) -> Page:
    """Make the first page."""
    contested = [row for row in record.ranked if record.is_contested(row["id"])]
    rows = []
    for proposition in contested[:12]:
        sides = record.sides(proposition["id"])
        latest = min(record.positions_of[proposition["id"]], key=lambda one: record.order(one.statement))
        holds = {"agrees": "agrees", "disagrees": "disagrees", "conditional": "agrees on a condition"}[latest.value]
        told = words.day(
            latest.statement["date"], latest.statement["date_precision"], latest.statement["date_basis"], short=True
        )
        rows.append(
            {
                "proposition": proposition,
                "agree": _marks("agrees", sides["agrees"].values()),
                "disagree": _marks("disagrees", sides["disagrees"].values()),
                "latest": f"{record.name(latest.speaker)} {holds}, {told}",
            }
        )
    total = len(record.rows("propositions"))
    counts = [
        (name, len(record.rows(table)), f"{path}/index.html" if path != "tables" else f"tables/{table}.html")
        for name, table, path in (
            ("statements", "statements", "statements"),
            ("people", "people", "people"),
            ("positions", "positions", "tables"),
            ("laws and plans", "laws", "laws"),
            ("events", "events", "events"),
            ("figures", "statistics", "figures"),
            ("sources", "sources", "tables"),
            ("passages", "evidence", "tables"),
        )
    ]
    title = record.package.descriptor["title"]
    drawn = timeline(record)
    context = {
        "contested": rows,
        "contested_title": f"{_contested(len(contested), total)}",
        "propositions": total,
        "laws": len(record.rows("laws")),
        "counts": counts,
        "timeline": drawn,
        "citation": citation.cite(record.package).text,
    }
    about = "Who said what about which Chinese AI law, when and where, and who disagrees, each with its passage."
    json_ld = {
        "@type": "Dataset",
        "name": title,
        "description": record.package.descriptor["description"],
        "version": record.package.version,
        "license": record.package.descriptor["licenses"][0]["path"],
        "dateModified": record.package.created,
        "creator": {"@type": "Organization", "name": record.package.descriptor["contributors"][0]["title"]},
    }
    return Page("index.html", "home.html", title, about, "", (), {}, context, json_ld, {"timeline": drawn})


def _contested(count: int, total: int) -> str:
    if not count:
        return f"None of {total} propositions is contested"
    return f"{words.capital(words.number(count))} of {total} propositions {'is' if count == 1 else 'are'} contested"


def _marks(value: str, speakers: Iterable[Sequence[Position]]) -> list[tuple[str, bool]]:
    kinds = sorted(positions[0].kind in COLLECTIVE for positions in speakers)
    return [(value, is_open) for is_open in kinds]


def propositions(record: Record) -> Page:
    """Make the matrix of kinds of speaker against propositions."""
    present = [kind for kind in KINDS if any(one.kind == kind for one in record.positions)]
    contested, agreed, other, nobody = [], [], [], []
    for proposition in record.ranked:
        sides = record.sides(proposition["id"])
        cells = Counter(
            (positions[0].kind, value) for value, speakers in sides.items() for positions in speakers.values()
        )
        row = (proposition, cells)
        if record.is_contested(proposition["id"]):
            contested.append(row)
        elif sides["disagrees"]:
            other.append(row)
        elif cells:
            agreed.append(row)
        else:
            nobody.append(row)
    blocks = [
        ("Contested", "one agrees, another disagrees", contested),
        ("Agreed by all on record", "nobody disagrees; not a consensus, see the limits of the record", agreed),
        ("Only disagreement on record", "nobody agrees", other),
        ("Nobody yet", "no speaker on record has taken a side", nobody),
    ]
    speakers = {one.speaker for one in record.positions}
    taken = len(contested) + len(agreed) + len(other)
    lede = (
        f"A proposition is one arguable sentence. {words.capital(words.counted(len(speakers), 'speaker'))} "
        f"take{'s' if len(speakers) == 1 else ''} a side on {words.number(taken)} of them; "
        f"on {words.number(len(nobody)) if nobody else 'none'} nobody has been found yet."
    )
    title = _contested(len(contested), len(record.rows("propositions")))
    context = {"kinds": present, "collective": COLLECTIVE, "blocks": blocks, "lede": lede}
    rows: Mapping[str, Sequence[Row]] = {"propositions": record.ranked, "positions": record.rows("positions")}
    return Page("propositions/index.html", "propositions.html", title, lede, "Propositions", (), rows, context)


def network(record: Record) -> Page:
    """Draw who stands where on what is contested."""
    contested = [row["id"] for row in record.ranked if record.is_contested(row["id"])][:14]
    wanted = [one for one in record.positions if one.proposition["id"] in contested]
    order = {kind: at for at, kind in enumerate(KINDS)}
    links = {(one.speaker, one.proposition["id"], one.value): one for one in reversed(wanted)}
    several = Counter(speaker for speaker, _ in {(one.speaker, one.proposition["id"]) for one in wanted})
    kinds = {one.speaker: one.kind for one in reversed(wanted)}
    speakers = sorted(kinds, key=lambda key: (order[kinds[key]], record.name(key)))
    drawn = None
    lede = ""
    if contested:
        count = sum(number > 1 for number in several.values())
        lede = (
            f"{words.capital(words.counted(len(speakers), 'speaker'))} take a side on "
            f"{words.counted(len(contested), 'contested proposition')}; {words.number(count)} of them "
            f"speak{'s' if count == 1 else ''} on more than one, set in bold."
        )
        note = (
            "Speakers by kind on the left, propositions on the right. An open point is a group or a text; "
            "a dashed line disagrees, a dotted one agrees on a condition."
        )
        drawn = charts.network(
            "Who stands where on what is contested",
            note,
            [(key, record.name(key), kinds[key], kinds[key] in COLLECTIVE) for key in speakers],
            [(key, record.by_id["propositions"][key]["text"], _count(record, key)) for key in contested],
            [charts.Link(speaker, key, value) for speaker, key, value in links],
        )
    trail = (("Propositions", "propositions/index.html"), ("Network", ""))
    return Page(
        "propositions/network.html",
        "network.html",
        "Who stands where on what is contested",
        lede or "The network of speakers and propositions.",
        "Propositions",
        trail,
        {},
        {"drawn": drawn, "lede": lede},
        None,
        {"network": drawn} if drawn else {},
    )


def _count(record: Record, proposition: str) -> str:
    sides = record.sides(proposition)
    agree, disagree, condition = (len(sides[value]) for value in ("agrees", "disagrees", "conditional"))
    told = f"{agree} agree{'s' if agree == 1 else ''}, {disagree} disagree{'s' if disagree == 1 else ''}"
    return f"{told}, {condition} on a condition" if condition else told


def proposition_pages(record: Record) -> Iterator[Page]:
    """Make a page for each proposition."""
    for row in record.rows("propositions"):
        yield _proposition(record, row)


def _proposition(record: Record, proposition: Row) -> Page:
    key = proposition["id"]
    sides = record.sides(key)
    positions = record.positions_of.get(key, [])
    finding = _finding(record, key)
    drawn = None
    held = _all_held(record, positions)
    if held:
        drawn = charts.positions(_kinds_finding(record, sides), held, KINDS)
    absent = [
        kind for kind in KINDS if positions and all(one.kind != kind for one in positions) and kind != "Other persons"
    ]
    values = ["agrees", *(["conditional"] if sides["conditional"] else []), "disagrees"]
    verbs = {
        "agrees": ("agree", "agrees"),
        "disagrees": ("disagree", "disagrees"),
        "conditional": ("agree on a condition", "agrees on a condition"),
    }
    columns = []
    for value in values:
        speakers = sides[value]
        count = len(speakers)
        grouped: dict[str, list[list[Position]]] = defaultdict(list)
        for held_by in speakers.values():
            grouped[held_by[0].kind].append(held_by)
        heading = f"{count} {verbs[value][count == 1]}"
        empty = "" if count else "Nothing was found; silence is no consent. Data and method says where was looked."
        columns.append(
            (value, heading, _who(grouped), empty, [(kind, grouped[kind]) for kind in KINDS if kind in grouped])
        )
    rivals = [
        record.by_id["propositions"][other]
        for row in record.rows("proposition_rivals")
        for one, other in ((row["a_id"], row["b_id"]), (row["b_id"], row["a_id"]))
        if one == key
    ]
    topic = record.by_id["topics"][proposition["topic_id"]]["name"]
    context = {
        "proposition": proposition,
        "finding": finding,
        "drawn": drawn,
        "absent": ", ".join(absent),
        "sides": columns,
        "rivals": rivals,
        "topic": topic,
    }
    rows: Mapping[str, Sequence[Row]] = {
        "propositions": [proposition],
        "positions": [row for row in record.rows("positions") if row["proposition_id"] == key],
        "statements": [one.statement for one in positions],
    }
    trail = (("Propositions", "propositions/index.html"), (topic, f"topics/{proposition['topic_id']}.html"))
    json_ld = {"@type": "Claim", "name": proposition["text"], "text": proposition["text"]}
    return Page(
        f"propositions/{key}.html",
        "proposition.html",
        proposition["text"],
        finding,
        "Propositions",
        trail,
        rows,
        context,
        json_ld,
        {f"proposition-{key}": drawn} if drawn else {},
    )


def _who(grouped: dict[str, list[list[Position]]]) -> str:
    texts, groups = len(grouped.get(TEXTS, ())), len(grouped.get("Groups", ()))
    others = sum(map(len, grouped.values())) - texts - groups
    parts = [
        words.counted(count, one, many)
        for count, one, many in (
            (others, "person or body", "persons and bodies"),
            (groups, "group", ""),
            (texts, "law or plan", "laws and plans"),
        )
        if count
    ]
    return words.capital(words.listed(parts)) or "Nobody on record"


def _finding(record: Record, key: str) -> str:
    sides = record.sides(key)
    agree, disagree, condition = (len(sides[value]) for value in ("agrees", "disagrees", "conditional"))
    if not agree + disagree + condition:
        return "Nobody on record has taken a side."
    told = words.sides(agree, disagree, condition)
    if not record.is_contested(key):
        return f"Not contested in the record: {told}."
    first = max(
        (one for speaker in sides["disagrees"].values() for one in speaker), key=lambda one: record.order(one.statement)
    )
    when = words.day(first.statement["date"], first.statement["date_precision"], first.statement["date_basis"])
    return f"Contested: {told}. First recorded disagreement: {record.name(first.speaker)}, {when}."


def _kinds_finding(record: Record, sides: dict[str, dict[str, list[Position]]]) -> str:
    def named(value: str) -> dict[str, list[str]]:
        found: dict[str, list[str]] = defaultdict(list)
        for speaker, held in sides[value].items():
            found[held[0].kind].append(speaker)
        return found

    agree, disagree = named("agrees"), named("disagrees")
    both = [kind for kind in KINDS if kind in agree and kind in disagree]

    def told(kinds: dict[str, list[str]]) -> tuple[str, bool]:
        names = [
            record.name(kinds[kind][0]) if len(kinds[kind]) == 1 else kind
            for kind in KINDS
            if kind in kinds and kind not in both
        ]
        plural = len(names) != 1 or all(len(found) > 1 for found in kinds.values())
        shown = names if len(names) < 4 else [*names[:2], "others"]
        return words.listed(shown), plural

    parts = []
    if both:
        parts.append(f"{words.listed(both)} {'are' if len(both) > 1 or both[0].endswith('s') else 'is'} on both sides")
    for kinds, many, one in ((agree, "agree", "agrees"), (disagree, "disagree", "disagrees")):
        text, plural = told(kinds)
        if text:
            parts.append(f"{text} {many if plural else one}")
    return words.capital(", ".join(parts)) or "Only conditional agreement is on record"


def _all_held(record: Record, positions: Sequence[Position]) -> list[charts.Held]:
    """Give dated positions as marks, the oldest first; one speaker's same words of one day are one mark."""
    return list(dict.fromkeys(_held(record, one) for one in reversed(positions) if one.statement["date"]))


def _held(record: Record, one: Position) -> charts.Held:
    when, precision = one.statement["date"], one.statement["date_precision"]
    return charts.Held(
        one.kind,
        record.name(one.speaker),
        one.value,
        when,
        words.last_day(when, precision),
        one.kind in COLLECTIVE,
        one.statement["date_basis"] == "publication",
    )


def _stacks(record: Record, speaker: str) -> list[tuple[Row, list[Position], str]]:
    """Give the propositions on which a speaker stands, the contested first, each with its positions in time."""
    found: dict[str, list[Position]] = defaultdict(list)
    for one in reversed(record.positions_of.get(speaker, [])):
        found[one.proposition["id"]].append(one)
    stacks = []
    for row in record.ranked:
        positions = found.get(row["id"])
        if positions:
            changed = [one for at, one in enumerate(positions) if at == 0 or one.value != positions[at - 1].value]
            stacks.append((row, changed, _count(record, row["id"])))
    return stacks


def people(record: Record) -> Iterator[Page]:
    """Make a page for each person."""
    spoken = record.group("statements", "person_id")
    joint: dict[str, list[Row]] = defaultdict(list)
    for row in record.rows("statement_cospeakers"):
        joint[row["person_id"]].append(record.by_id["statements"][row["statement_id"]])
    authored = record.group("law_contributors", "person_id")
    parts = record.group("event_participants", "person_id")
    for person in record.rows("people"):
        key = person["id"]
        statements = record.statements_of([*spoken.get(key, []), *joint.get(key, [])])
        held = _stacks(record, key)
        changed = sum(len(stack) > 1 for _, stack, _ in held)
        contested = sum(record.is_contested(row["id"]) for row, *_ in held)
        summary = (
            f"{words.capital(words.counted(len(statements), 'statement'))}, {words.counted(len(held), 'position')}; "
            f"{words.number(contested) if contested else 'none'} on what is contested. "
            f"{words.capital(words.counted(changed, 'position has', 'positions have'))} changed."
        )
        roles = []
        for role in record.memberships.get(key, ()):
            extra = [] if role["current"] else ["formerly"]
            extra += filter(None, (role["delegation"], role["sector"], role["term"] and f"term {role['term']}"))
            extra.append(f"as of {words.day(role['as_of_date'], role['as_of_precision'])}")
            roles.append((role, role["organization_id"], ", ".join(extra)))
        events = [(record.by_id["events"][row["event_id"]], words.spaced(row["role"])) for row in parts.get(key, ())]
        occasions: dict[str, list[Row]] = {}
        for statement in statements:
            root = record.root(statement["for_event_id"] or statement["event_id"])
            occasions.setdefault(root["id"] if root else "", []).append(statement)
        context = {
            "person": person,
            "held": held,
            "summary": summary,
            "roles": roles,
            "occasions": [
                ("Occasion not stated", record.by_id["events"].get(event), rows) for event, rows in occasions.items()
            ],
            "authored": [(row["law_id"], words.spaced(row["role"])) for row in authored.get(key, ())],
            "events": sorted(events, key=lambda one: str(one[0]["start_date"]), reverse=True),
            "sources": _sources(record, [("people", key), *(("statements", row["id"]) for row in statements)]),
        }
        about = person["description"] or f"{person['name']} in the record of China's debate about legislating AI."
        rows: Mapping[str, Sequence[Row]] = {
            "people": [person],
            "memberships": record.memberships.get(key, []),
            "statements": statements,
        }
        json_ld = {"@type": "Person", "name": person["name"], "description": about}
        if person["name_zh"]:
            json_ld["alternateName"] = person["name_zh"]
        yield Page(
            f"people/{key}.html",
            "person.html",
            person["name"],
            about,
            "People",
            (("People", "people/index.html"),),
            rows,
            context,
            json_ld,
        )


def _sources(record: Record, keys: Iterable[tuple[str, str]]) -> list[Row]:
    found = dict.fromkeys(passage.source_id for key in keys for passage in record.passages.get(key, ()))
    return [record.by_id["sources"][key] for key in found]


def organizations(record: Record) -> Iterator[Page]:
    """Make a page for each organization."""
    own = record.group("statements", "organization_id")
    roles = record.group("memberships", "organization_id")
    capacity: dict[str, list[Row]] = defaultdict(list)
    for row in record.rows("statements"):
        role = record.by_id["memberships"].get(row["membership_id"] or "")
        if role is not None and role["organization_id"]:
            capacity[role["organization_id"]].append(row)
    published, parts = record.group("sources", "publisher_id"), record.group("organizations", "parent_id")
    issued, events = record.group("laws", "issued_by_id"), record.group("event_participants", "organization_id")
    contributed, produced = (
        record.group("law_contributors", "organization_id"),
        record.group("statistics", "producer_id"),
    )
    for body in record.rows("organizations"):
        key = body["id"]
        members: dict[str, list[str]] = defaultdict(list)
        for role in roles.get(key, ()):
            members[role["person_id"]].append(role["role"])
        laws = {row["id"]: row for row in issued.get(key, ())}
        laws |= {row["law_id"]: record.by_id["laws"][row["law_id"]] for row in contributed.get(key, ())}
        where = f", {body['country']}" if body["country"] else ""
        context = {
            "body": body,
            "lede": f"{words.capital(words.spaced(body['kind']))}{where}.",
            "held": _stacks(record, key),
            "statements": record.statements_of(own.get(key, ())),
            "spoken": record.statements_of(capacity.get(key, ())),
            "people": [
                (record.by_id["people"][person], "; ".join(dict.fromkeys(held))) for person, held in members.items()
            ],
            "published": published.get(key, []),
            "aliases": (body["aliases"] or "").split(";") if body["aliases"] else [],
            "parent": body["parent_id"],
            "parts": parts.get(key, []),
            "issued": list(laws.values()),
            "events": [
                (record.by_id["events"][row["event_id"]], words.spaced(row["role"])) for row in events.get(key, ())
            ],
            "figures": list(
                {
                    row["indicator_id"]: record.by_id["indicators"][row["indicator_id"]]
                    for row in produced.get(key, ())
                }.values()
            ),
        }
        rows: Mapping[str, Sequence[Row]] = {
            "organizations": [body],
            "memberships": roles.get(key, []),
            "statements": record.statements_of(own.get(key, ())),
        }
        json_ld = {"@type": "Organization", "name": body["name"]}
        yield Page(
            f"organizations/{key}.html",
            "organization.html",
            body["name"],
            f"{body['name']} in the record.",
            "People",
            (("Organizations", "organizations/index.html"),),
            rows,
            context,
            json_ld,
        )


# How a relation reads from the other side.
_INVERSE = {
    "amends": "Amended by",
    "implements": "Implemented by",
    "supersedes": "Replaced by",
    "schedules": "Scheduled by",
    "omits": "Left out by",
    "proposes": "Proposed by",
    "variant_of": "Variants",
    "aligns_with": "Aligned with by",
    "alternative_to": "Alternatives",
    "influences": "Influenced by",
    "part_of": "Parts",
}
_DONE = {"adopted", "promulgated", "published", "announced", "in_force", "amended"}
_STATUS = {
    "contemplated": "Called for only",
    "planned": "Planned, no draft public",
    "drafting": "Being drafted",
    "consultation": "Draft open for comment",
    "submitted": "Submitted",
    "under_deliberation": "Under deliberation",
    "issued": "Issued, without legal force",
    "adopted": "Adopted, not yet in force",
    "in_force": "In force",
    "superseded": "Replaced",
    "repealed": "Repealed",
    "withdrawn": "Withdrawn",
}


def laws(record: Record) -> Iterator[Page]:
    """Make a page for each instrument."""
    steps = record.group("events", "law_id")
    links = record.group("statement_laws", "law_id")
    contributors = record.group("law_contributors", "law_id")
    figures = record.group("statistics", "law_id")
    relations: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for row in record.rows("law_relations"):
        relations[row["from_id"]][words.capital(words.spaced(row["relation"]))].append(row["to_id"])
        relations[row["to_id"]][_INVERSE[row["relation"]]].append(row["from_id"])
    for law in record.rows("laws"):
        if law["family_id"]:
            relations[law["id"]]["Belongs to"].append(law["family_id"])
            relations[law["family_id"]]["Holds"].append(law["id"])
    for law in record.rows("laws"):
        yield _law(
            record,
            law,
            steps.get(law["id"], []),
            links.get(law["id"], []),
            contributors.get(law["id"], []),
            figures.get(law["id"], []),
            relations[law["id"]],
        )


def _law(
    record: Record,
    law: Row,
    events: list[Row],
    links: list[Row],
    contributors: list[Row],
    figures: list[Row],
    relations: dict[str, list[str]],
) -> Page:
    key = law["id"]
    title = law["short_title"] or law["title"].strip("[]")
    dated = sorted(events, key=lambda row: (row["start_date"] or date.max, row["id"]))
    steps = []
    for at, event in enumerate(dated):
        mark = "out" if event["stage"] == "omitted" else "done" if event["stage"] in _DONE else "open"
        earlier = dated[at - 1] if at else None
        gap = ""
        if earlier and earlier["start_date"] and event["start_date"]:
            months = (event["start_date"] - earlier["start_date"]).days / 30.4
            gap = words.span(earlier["start_date"], event["start_date"]) if months > 18 else ""
        steps.append(({"event": event, "mark": mark}, gap))
    by_relation: dict[str, list[Row]] = defaultdict(list)
    for link in links:
        by_relation[link["relation"]].append(record.by_id["statements"][link["statement_id"]])
    own = [row for row in record.rows("statements") if row["law_id"] == key]
    provisions = [(row, _earlier(record, row)) for row in own]
    said = [
        (heading, record.statements_of(by_relation.get(relation, ())))
        for relation, heading in (
            ("calls_for", "Who called for it"),
            ("presents", "What its authors said"),
            ("judges", "Who judged it"),
            ("shapes", "What it should contain, and how it should be made"),
            ("describes", "What was said about it"),
        )
    ]
    authors = [
        (
            "people" if row["person_id"] else "organizations",
            row["person_id"] or row["organization_id"],
            words.spaced(row["role"]),
        )
        for row in contributors
        if row["role"] != "issuer"
    ]
    issuers = dict.fromkeys(
        filter(
            None, (law["issued_by_id"], *(row["organization_id"] for row in contributors if row["role"] == "issuer"))
        )
    )
    told = [(row["indicator_id"], words.figure(row["value"], row["bound"], row["unit"])) for row in figures]
    finding = _law_finding(law, dated)
    context = {
        "law": law,
        "title": title,
        "finding": finding,
        "steps": steps,
        "steps_title": f"{words.capital(words.counted(len(steps), 'step'))} on record",
        "provisions": provisions,
        "said": said,
        "kind": f"{words.capital(words.spaced(law['kind']))}, {law['jurisdiction']}",
        "issuers": list(issuers),
        "authors": authors,
        "relations": sorted(relations.items()),
        "figures": told,
        "sources": _sources(record, [("laws", key), *(("events", row["id"]) for row in events)]),
    }
    rows: Mapping[str, Sequence[Row]] = {"laws": [law], "events": dated, "statement_laws": links, "statements": own}
    json_ld: dict[str, Any] = {"@type": "Legislation", "name": title, "legislationJurisdiction": law["jurisdiction"]}
    if law["title_zh"]:
        json_ld["alternateName"] = law["title_zh"]
    return Page(
        f"laws/{key}.html",
        "law.html",
        title,
        f"{title}: {finding}",
        "Laws",
        (("Laws and plans", "laws/index.html"),),
        rows,
        context,
        json_ld,
    )


def _law_finding(law: Row, dated: Sequence[Row]) -> str:
    known = [row for row in dated if row["start_date"]]
    force = next((row for row in known if row["stage"] == "in_force"), None)
    if law["status"] == "in_force" and force:
        told = f"In force since {words.day(force['start_date'], force['start_precision'], force['date_basis'])}"
        first = known[0]
        if first["id"] != force["id"]:
            told += f", {words.span(first['start_date'], force['start_date'])} after the first recorded step"
        return f"{told}."
    told = _STATUS[law["status"]]
    if known:
        last = known[-1]
        when = words.day(last["start_date"], last["start_precision"], last["date_basis"])
        told += f". Latest step: {last['name']}, {when}"
    return f"{told}."


def _earlier(record: Record, provision: Row) -> list[tuple[str, list[Position]]]:
    """Tell who held which view before a provision: on each of its positions, and what asked for it."""
    found = []
    for own in record.positions_of.get(provision["id"], ()):
        others = [
            one
            for one in record.positions_of[own.proposition["id"]]
            if one.speaker != own.speaker
            and one.statement["date"]
            and provision["date"]
            and words.last_day(one.statement["date"], one.statement["date_precision"]) < provision["date"]
        ]
        same = [one for one in others if (one.value == "disagrees") == (own.value == "disagrees")]
        opposite = [one for one in others if one not in same]
        same, opposite = ([*{one.speaker: one for one in reversed(side)}.values()][::-1] for side in (same, opposite))
        found += [
            (heading, rows)
            for heading, rows in (("Same view before", same), ("Opposite view before", opposite))
            if rows
        ]
        if not others:
            found.append(("No view before on record", []))
    return found


def events(record: Record) -> Iterator[Page]:
    """Make a page for each event."""
    children = record.group("events", "parent_id")
    said, asked = record.group("statements", "event_id"), record.group("statements", "for_event_id")
    taken = record.group("event_participants", "event_id")
    for event in record.rows("events"):
        below, queue = [event["id"]], [event["id"]]
        while queue:
            for child in children.get(queue.pop(), ()):
                if child["id"] not in below:
                    below.append(child["id"])
                    queue.append(child["id"])
        statements = {row["id"]: row for key in below for row in (*said.get(key, ()), *asked.get(key, ()))}
        participants: dict[str, dict[tuple[str, str], None]] = defaultdict(dict)
        for key in below:
            for row in taken.get(key, ()):
                who = ("people", row["person_id"]) if row["person_id"] else ("organizations", row["organization_id"])
                participants[words.capital(words.spaced(row["role"]))][who] = None
        when = words.day(event["start_date"], event["start_precision"], event["date_basis"])
        if event["end_date"] and event["end_date"] != event["start_date"]:
            when += f" to {words.day(event['end_date'], event['end_precision'])}"
        lede = ", ".join(
            filter(None, (words.capital(words.spaced(event["stage"] or event["kind"])), event["place"], when))
        )
        rows: Mapping[str, Sequence[Row]] = {
            "events": [event],
            "event_participants": taken.get(event["id"], []),
            "statements": list(statements.values()),
        }
        context = {
            "event": event,
            "lede": f"{lede}.",
            "law": event["law_id"],
            "parts": children.get(event["id"], []),
            "statements": record.statements_of(statements.values()),
            "statements_title": words.capital(
                f"{words.counted(len(statements), 'statement')} made here or asked of it"
            ),
            "participants": [(role, list(names)) for role, names in participants.items()],
        }
        json_ld: dict[str, Any] = {"@type": "Event", "name": event["name"]}
        if event["start_date"] and event["date_basis"] != "publication":
            json_ld["startDate"] = event["start_date"].isoformat()
        yield Page(
            f"events/{event['id']}.html",
            "event.html",
            event["name"],
            f"{event['name']}: {lede}.",
            "Events",
            (("Events", "events/index.html"),),
            rows,
            context,
            json_ld,
        )


def indicators(record: Record) -> Iterator[Page]:
    """Make a page for each indicator."""
    values = record.group("statistics", "indicator_id")
    for indicator in record.rows("indicators"):
        rows = sorted(values.get(indicator["id"], ()), key=lambda row: (row["ref_date"] or date.min, row["id"]))
        drawn = indicator_chart(indicator, rows)
        finding = drawn.title if drawn else _single(rows)
        yield Page(
            f"figures/{indicator['id']}.html",
            "indicator.html",
            indicator["name"],
            finding,
            "Figures",
            (("Figures", "figures/index.html"),),
            {"indicators": [indicator], "statistics": rows},
            {"indicator": indicator, "rows": rows, "drawn": drawn, "finding": finding},
            None,
            {f"figures-{indicator['id']}": drawn} if drawn else {},
        )


def _single(rows: Sequence[Row]) -> str:
    if not rows:
        return "No value is on record."
    row = rows[-1]
    when = words.day(row["ref_date"], row["ref_precision"], row["ref_basis"])
    return f"{words.capital(words.figure(row['value'], row['bound'], row['unit']))}, {when}."


def indicator_chart(indicator: Row, rows: Sequence[Row], name: str = "") -> Chart | None:
    """Draw a series of one unit with two dates or more."""
    dated = [row for row in rows if row["ref_date"]]
    units = Counter(row["unit"] for row in dated)
    if not units:
        return None
    unit = max(units, key=lambda one: (units[one], one))
    of_unit = {row["ref_date"]: row for row in dated if row["unit"] == unit}
    shown = [of_unit[when] for when in sorted(of_unit)]
    if len(shown) < 2:
        return None
    first, last = shown[0], shown[-1]
    verb = "rose" if last["value"] > first["value"] else "fell" if last["value"] < first["value"] else "stayed the same"
    ends = [
        (words.figure(row["value"], row["bound"], row["unit"]), words.day(row["ref_date"], row["ref_precision"]))
        for row in (first, last)
    ]
    title = f"{name or indicator['name']} {verb} from {ends[0][0]} in {ends[0][1]} to {ends[1][0]} in {ends[1][1]}"
    points = [
        charts.Point(
            row["ref_date"],
            words.last_day(row["ref_date"], row["ref_precision"]),
            row["value"],
            row["bound"],
            words.BOUNDS.get(row["bound"], "") + words.amount(row["value"]),
        )
        for row in shown
    ]
    note = (
        "From zero. An open mark is a value that the source gives only roughly."
        if any(p.bound != "stated" for p in points)
        else "From zero."
    )
    table = [
        (row["ref_date"].isoformat(), row["ref_precision"], row["value"], row["bound"], row["unit"], row["id"])
        for row in shown
    ]
    return charts.series(title, note, points, table, ("as of", "precision", "value", "bound", "unit", "id"))


# How the pages of a table are called, and what names its rows.
_PATHS = {
    "people": ("people", "name"),
    "organizations": ("organizations", "name"),
    "laws": ("laws", "title"),
    "events": ("events", "name"),
    "statements": ("statements", "summary"),
    "propositions": ("propositions", "text"),
    "topics": ("topics", "name"),
    "indicators": ("figures", "name"),
    "sources": ("sources", "title"),
}


def page_of(table: str, identifier: str) -> str:
    """Give the path of the page of a record; empty where its table has none."""
    return f"{_PATHS[table][0]}/{identifier}.html" if table in _PATHS else ""


def sources(record: Record) -> Iterator[Page]:
    """Make a page for each source, with all that rests on it."""
    resting: dict[str, dict[str, dict[str, Row]]] = defaultdict(lambda: defaultdict(dict))
    for row in record.rows("evidence"):
        resting[row["source_id"]][row["record_table"]].setdefault(row["record_id"], row)
    copies = (
        record.group("sources", "original_id")
        if any("original_id" in row for row in record.rows("sources")[:1])
        else {}
    )
    access = {
        "archived": "Read whole; a copy of the text is kept",
        "read": "Read",
        "opening": "Only the opening could be read",
        "copy": "Read at a copy; the original is cited",
        "cited": "Not read; other pages credit it",
    }
    for source in record.rows("sources"):
        rests = []
        for table, rows in sorted(resting[source["id"]].items(), key=lambda one: (one[0] != "statements", one[0])):
            heading = f"{words.capital(words.counted(len(rows), 'row'))} of {words.spaced(table)}"
            if table == "statements":
                shown: list[Any] = record.statements_of(record.by_id["statements"][key] for key in rows)
                heading = words.capital(words.counted(len(rows), "statement"))
            else:
                shown = [_resting(record, table, key) for key in rows]
            rests.append((table, heading, shown))
        title = source["title"].strip("[]")
        context = {
            "source": source,
            "rests": rests,
            "access": access[source["access"]],
            "copies": copies.get(source["id"], []),
        }
        yield Page(
            f"sources/{source['id']}.html",
            "source.html",
            title,
            f"What rests on {record.source_label(source)}.",
            "Data and method",
            (("Sources", "tables/sources.html"),),
            {
                "sources": [source],
                "evidence": [row for row in record.rows("evidence") if row["source_id"] == source["id"]],
            },
            context,
        )


def _resting(record: Record, table: str, key: str) -> tuple[str, str, str, str]:
    row = record.by_id[table][key]
    link = next((passage.link for passage in record.passages.get((table, key), ()) if passage.link), "")
    if table in _PATHS:
        return key, page_of(table, key), str(row[_PATHS[table][1]]), link
    person = row.get("person_id")
    path = f"people/{person}.html" if person else page_of("laws", row["law_id"]) if row.get("law_id") else ""
    if table == "statistics":
        path = f"figures/{row['indicator_id']}.html"
        return key, path, record.by_id["indicators"][row["indicator_id"]]["name"], link
    if table == "law_relations":
        text = f"{record.name(row['from_id'])} {words.spaced(row['relation'])} {record.name(row['to_id'])}"
        return key, page_of("laws", row["from_id"]), text, link
    names = [
        record.name(row[column]) for column in ("person_id", "organization_id", "event_id", "law_id") if row.get(column)
    ]
    return key, path, f"{', '.join(names)}: {words.spaced(row['role'])}", link


def topics(record: Record) -> Iterator[Page]:
    """Make a page for each topic."""
    links, of_topic = record.group("statement_topics", "topic_id"), record.group("propositions", "topic_id")
    for topic in record.rows("topics"):
        statements = [record.by_id["statements"][row["statement_id"]] for row in links.get(topic["id"], ())]
        keys = {row["id"] for row in of_topic.get(topic["id"], ())}
        context = {
            "topic": topic,
            "statements": record.statements_of(statements),
            "statements_title": words.capital(words.counted(len(statements), "statement")),
            "propositions": [(row, _count(record, row["id"])) for row in record.ranked if row["id"] in keys],
            "narrower": [row for row in record.rows("topics") if row["broader_id"] == topic["id"]],
        }
        yield Page(
            f"topics/{topic['id']}.html",
            "topic.html",
            topic["name"],
            topic["description"],
            "Statements",
            (("Data and method", "data.html"), ("Topics", "")),
            {"topics": [topic], "statements": statements},
            context,
        )


def statements(record: Record) -> Iterator[Page]:
    """Make a page for each statement."""
    topics_of, laws_of = (
        record.group("statement_topics", "statement_id"),
        record.group("statement_laws", "statement_id"),
    )
    positions_of = record.group("positions", "statement_id")
    asked, answered = _antecedents(record)
    first = citation.cite(record.package).text
    for row in record.rows("statements"):
        key = row["id"]
        name = record.name(record.speaker_id(row))
        occasion = record.root(row["for_event_id"] or row["event_id"])
        antecedents = [
            (heading, [record.by_id["statements"][other] for other in others])
            for heading, others in (
                ("earlier statements that asked for it", asked.get(key)),
                ("provisions that answer it", answered.get(key)),
            )
            if others
        ]
        context = {
            "statement": row,
            "occasion": occasion["id"] if occasion else None,
            "facts": [
                ("kind", words.spaced(row["kind"])),
                ("attribution", words.spaced(row["attribution"])),
                *((("planned", "yes: the source reports the act as still to come"),) if row["planned"] else ()),
                ("id", key),
            ],
            "laws": laws_of.get(key, []),
            "topics": [
                record.by_id["topics"][link["topic_id"]]
                for link in sorted(topics_of.get(key, ()), key=lambda link: link["rank"])
            ],
            "antecedents": antecedents,
            "citations": [f"{first.rstrip('.')}: {key}."],
        }
        when = words.day(row["date"], row["date_precision"], row["date_basis"])
        json_ld: dict[str, Any] = {
            "@type": "Claim",
            "text": row["summary"],
            "author": {"@type": "Person" if row["person_id"] else "Organization", "name": name},
        }
        rows: Mapping[str, Sequence[Row]] = {"statements": [row], "positions": positions_of.get(key, [])}
        yield Page(
            f"statements/{key}.html",
            "statement.html",
            f"{name}: {row['summary']}",
            f"{name}, {when}: {row['summary']}",
            "Statements",
            (("Statements", "statements/index.html"),),
            rows,
            context,
            json_ld,
        )


def _antecedents(record: Record) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    asked: dict[str, list[str]] = defaultdict(list)
    answered: dict[str, list[str]] = defaultdict(list)
    for row in record.rows("provision_antecedents"):
        provision, antecedent = row["provision_id"], row["asked_by_id"]
        asked[provision].append(antecedent)
        answered[antecedent].append(provision)
    return asked, answered


def timeline(record: Record) -> Chart:
    """Draw the making of China's AI rules: the instruments with the most steps, a lane each."""
    last = record.cut_off
    first = charts.before(last, 6)
    steps = record.group("events", "law_id")
    lanes = []
    for law in record.rows("laws"):
        dated = [row for row in steps.get(law["id"], ()) if row["start_date"] and row["stage"]]
        within = [row for row in dated if row["start_date"] >= first]
        if within and law["jurisdiction"].startswith("CN") and law["kind"] in _MADE:
            lanes.append((law, sorted(dated, key=lambda row: (row["start_date"], row["id"])), len(within)))
    lanes.sort(key=lambda lane: (-lane[2], lane[0]["id"]))
    chosen = sorted(lanes[:14], key=lambda lane: (lane[1][0]["start_date"], lane[0]["id"]))
    months: Counter[date] = Counter(
        charts.month_of(row["date"])
        for row in record.rows("statements")
        if row["date"] and row["date_precision"] != "year"
    )
    drawn = []
    for law, dated, _ in chosen:
        ends = {row["stage"]: row["start_date"] for row in dated}
        name = (law["short_title"] or law["title"].strip("[]")).removesuffix(" of the People's Republic of China")
        state = _STATUS[law["status"]].split(",")[0].lower()
        end = ends.get("repealed") or ends.get("superseded")
        marks = [charts.Step(row["stage"], row["start_date"], row["name"]) for row in dated]
        drawn.append(charts.Lane(_short(name, 44), state, marks, ends.get("in_force"), end, law["status"] == "planned"))
    return charts.timeline(
        _timeline_finding(record, steps),
        "A lane is a law, a mark a dated step (filled: done; open: under way; cross: left out), a thick line the time "
        "in force. Beneath: statements in the record a month.",
        drawn,
        months,
        first,
        last,
    )


_MADE = {
    "statute",
    "amendment",
    "administrative_regulation",
    "departmental_rule",
    "local_regulation",
    "standard",
    "scholars_draft",
}


def _timeline_finding(record: Record, steps: dict[str, list[Row]]) -> str:
    law = record.by_id["laws"].get("ai-law-state-council")
    rows = sorted(
        (row for row in steps.get("ai-law-state-council", ()) if row["start_date"]), key=lambda row: row["start_date"]
    )
    if law is None or not rows:
        return "How China's AI rules were made"
    told = {
        "scheduled": "a plan announced it",
        "omitted": "a plan left it out",
        "draft_started": "drafting was reported",
    }
    last = rows[-1]
    what = told.get(last["stage"], words.spaced(last["stage"]))
    when = words.day(last["start_date"], "month")
    return f"{_STATUS[law['status']]}: on the national AI law, the latest step is of {when}, when {what}"


def _short(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"


def chart_page(record: Record) -> Page:
    """Make the page of charts."""
    found: dict[str, Chart] = {}
    statements_by_year = _by_year(record)
    if statements_by_year:
        found["statements-by-year"] = statements_by_year
    for key in ("legislate-without-delay", "national-ai-law", "light-regulation"):
        if record.positions_of.get(key) and key in record.by_id.get("propositions", {}):
            held = _all_held(record, record.positions_of[key])
            if held:
                title = f"{record.by_id['propositions'][key]['text'].rstrip('.')}: {_count(record, key)}"
                found[f"positions-{key}"] = charts.positions(title, held, KINDS)
    values = record.group("statistics", "indicator_id")
    for key, name in (
        ("cnnic-generative-ai-users", "Users of generative AI"),
        ("cac-generative-ai-services-filed", "Generative AI services filed"),
        ("cac-generative-ai-services-registered", "Generative AI services registered"),
    ):
        indicator = record.by_id["indicators"].get(key)
        drawn = indicator_chart(indicator, values.get(key, []), name) if indicator else None
        if drawn:
            found[key] = drawn
    speakers = _who_speaks(record)
    if speakers:
        found["who-speaks"] = speakers
    return Page(
        "charts.html",
        "charts.html",
        "Charts",
        "Charts of the record, each with its numbers.",
        "Data and method",
        (),
        {},
        {"charts": list(found.items())},
        None,
        found,
    )


def _by_year(record: Record) -> Chart | None:
    dated = [row for row in record.rows("statements") if row["date"]]
    if not dated:
        return None
    years = [
        str(year) for year in range(min(row["date"].year for row in dated), max(row["date"].year for row in dated) + 1)
    ]
    counts = Counter((record.kind(row), str(row["date"].year)) for row in dated)
    lanes = [
        (kind, [counts[kind, year] for year in years]) for kind in KINDS if any(counts[kind, year] for year in years)
    ]
    total = Counter(str(row["date"].year) for row in dated)
    most = max(years, key=lambda year: (total[year], year))
    title = f"{total[most]} of {len(dated)} dated statements are of {most}"
    return charts.bars(
        title,
        "Statements on record by year and kind of speaker; they count what was read, not attention.",
        years,
        lanes,
        "kind of speaker",
    )


def _who_speaks(record: Record) -> Chart | None:
    speakers: dict[str, set[str]] = defaultdict(set)
    count: Counter[str] = Counter()
    for row in record.rows("statements"):
        kind = record.kind(row)
        speakers[kind].add(record.speaker_id(row))
        count[kind] += 1
    if not count:
        return None
    most = max(KINDS, key=lambda kind: len(speakers[kind]))
    title = f"{most}: {len(speakers[most])} of {sum(map(len, speakers.values()))} speakers on record"
    lanes = [(kind, [len(speakers[kind]), count[kind]]) for kind in KINDS if count[kind]]
    return charts.bars(
        title,
        "How many speakers of each kind are on record, and how many statements they made.",
        ["speakers", "statements"],
        lanes,
        "kind of speaker",
    )


def link_of(record: Record, table: str) -> dict[str, str]:
    """Tell which columns of a table lead to the pages of which other table."""
    described = record.package.table(table)
    return {
        reference.fields[0]: reference.table or table
        for reference in described.references
        if len(reference.fields) == 1
    }


def grid(record: Record, table: str, *, tabulator: bool) -> Page:
    """Make the page that shows one table whole."""
    described = record.package.table(table)
    links = link_of(record, table)
    columns = [field.name for field in described.fields]
    rows = []
    for row in record.rows(table):
        cells: list[Cell] = []
        for column in columns:
            value = row[column]
            target = {"id": table, "record_id": row.get("record_table", "")}.get(column) or links.get(column, "")
            if value is not None and target in _PATHS:
                cells.append((str(value), page_of(target, value)))
            else:
                cells.append(_plain(value))
        rows.append(cells)
    return _grid(
        f"tables/{table}.html",
        table,
        described.title,
        described.description,
        "Data and method",
        columns,
        rows,
        tabulator=tabulator,
    )


def _plain(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None else f"{value:.10g}" if isinstance(value, float) else str(value)


def _grid(
    path: str,
    name: str,
    title: str,
    about: str,
    section: str,
    columns: Sequence[str],
    rows: Sequence[Sequence[Cell]],
    *,
    tabulator: bool,
    extra: Sequence[tuple[str, str]] = (),
) -> Page:
    context = {"name": name, "columns": columns, "rows": rows, "tabulator": tabulator, "extra": extra}
    return Page(path, "grid.html", title, about, section, (), {}, context)


def overviews(record: Record, *, tabulator: bool) -> Iterator[Page]:
    """Make the overview of each section: its records in columns that people read."""
    spoken, joint = record.group("statements", "person_id"), record.group("statement_cospeakers", "person_id")
    rows: list[list[Cell]] = []
    for row in record.rows("people"):
        said = [
            *spoken.get(row["id"], ()),
            *(record.by_id["statements"][one["statement_id"]] for one in joint.get(row["id"], ())),
        ]
        roles = "; ".join(record.role(role) for role in record.memberships.get(row["id"], ()))
        latest = max((one["date"] for one in said if one["date"]), default=None)
        kind = Counter(record.kind(one) for one in said if one["person_id"]).most_common(1)
        rows.append(
            [
                (row["name"], page_of("people", row["id"])),
                row["name_zh"] or "",
                kind[0][0] if kind else "",
                roles,
                str(len(said)),
                str(len({one.proposition["id"] for one in record.positions_of.get(row["id"], ())})),
                _plain(latest),
            ]
        )
    about = "Everybody named in the record, with roles and how often they speak in it."
    yield _grid(
        "people/index.html",
        "view-people",
        "People",
        about,
        "People",
        ("name", "in characters", "speaks as", "roles", "statements", "propositions", "latest"),
        rows,
        tabulator=tabulator,
        extra=[("Organizations", "organizations/index.html")],
    )
    rows = [
        [
            (row["name"], page_of("organizations", row["id"])),
            row["name_zh"] or "",
            words.spaced(row["kind"]),
            row["country"] or "",
            (record.name(row["parent_id"]), page_of("organizations", row["parent_id"])) if row["parent_id"] else "",
        ]
        for row in record.rows("organizations")
    ]
    yield _grid(
        "organizations/index.html",
        "view-organizations",
        "Organizations",
        "Bodies, companies, universities and outlets in the record.",
        "People",
        ("name", "in characters", "kind", "country", "part of"),
        rows,
        tabulator=tabulator,
        extra=[("People", "people/index.html")],
    )
    steps = record.group("events", "law_id")
    rows = []
    for row in record.rows("laws"):
        dated = sorted(
            (one for one in steps.get(row["id"], ()) if one["start_date"]), key=lambda one: one["start_date"]
        )
        latest = dated[-1] if dated else None
        rows.append(
            [
                ((row["short_title"] or row["title"]).strip("[]"), page_of("laws", row["id"])),
                row["title_zh"] or "",
                words.spaced(row["kind"]),
                row["jurisdiction"],
                words.spaced(row["status"]),
                words.spaced(latest["stage"] or "") if latest else "",
                _plain(latest["start_date"]) if latest else "",
            ]
        )
    yield _grid(
        "laws/index.html",
        "view-laws",
        "Laws and plans",
        "Every instrument in the record: laws, drafts, plans, motions, standards.",
        "Laws",
        ("title", "in characters", "kind", "where", "status", "latest step", "date"),
        rows,
        tabulator=tabulator,
    )
    rows = [
        [
            _plain(row["start_date"]),
            (row["name"], page_of("events", row["id"])),
            words.spaced(row["stage"] or row["kind"]),
            row["place"] or "",
            (record.name(row["law_id"]), page_of("laws", row["law_id"])) if row["law_id"] else "",
        ]
        for row in sorted(
            record.rows("events"), key=lambda row: (str(row["start_date"] or ""), row["id"]), reverse=True
        )
    ]
    yield _grid(
        "events/index.html",
        "view-events",
        "Events",
        "Sessions, meetings and every dated step of a law, the newest first.",
        "Events",
        ("date", "event", "kind or step", "place", "law"),
        rows,
        tabulator=tabulator,
    )
    values = record.group("statistics", "indicator_id")
    rows = []
    for row in record.rows("indicators"):
        of_row = sorted(values.get(row["id"], ()), key=lambda one: str(one["ref_date"] or ""))
        last = of_row[-1] if of_row else None
        rows.append(
            [
                (row["name"], page_of("indicators", row["id"])),
                words.figure(last["value"], last["bound"], last["unit"]) if last else "",
                _plain(last["ref_date"]) if last else "",
                (record.name(last["producer_id"]), page_of("organizations", last["producer_id"]))
                if last and last["producer_id"]
                else "",
                str(len(of_row)),
            ]
        )
    yield _grid(
        "figures/index.html",
        "view-figures",
        "Figures",
        "What is counted, by whom, and the latest value. Series of two producers must not be joined.",
        "Figures",
        ("what is counted", "latest value", "as of", "producer", "values"),
        rows,
        tabulator=tabulator,
    )
    topics_of = record.group("statement_topics", "statement_id")
    rows = []
    for statement in record.statements_of(record.rows("statements")):
        held = "; ".join(f"{one.value} {one.proposition['id']}" for one in record.positions_of.get(statement["id"], ()))
        passages = record.passages.get(("statements", statement["id"]), ())
        rows.append(
            [
                _plain(statement["date"]),
                (
                    record.name(record.speaker_id(statement)),
                    page_of(record.speaker_table(statement), record.speaker_id(statement)),
                ),
                record.kind(statement),
                record.capacity(statement),
                (statement["summary"], page_of("statements", statement["id"])),
                held,
                ", ".join(
                    link["topic_id"]
                    for link in sorted(topics_of.get(statement["id"], ()), key=lambda link: link["rank"])
                ),
                passages[0].label if passages else "",
            ]
        )
    yield _grid(
        "statements/index.html",
        "view-statements",
        "Statements",
        "One row is one distinct point by one speaker, the newest first.",
        "Statements",
        ("date", "speaker", "kind of speaker", "capacity", "statement", "positions", "topics", "source"),
        rows,
        tabulator=tabulator,
    )


def grid_script(page: Page) -> str:
    """Give the rows of a grid page as a classic script, which opens from a file too."""
    rows = [[cell if isinstance(cell, str) else list(cell) for cell in row] for row in page.context["rows"]]
    data = json.dumps({"columns": page.context["columns"], "rows": rows}, ensure_ascii=False, separators=(",", ":"))
    return f"window.TABLE = {data};\n"


def moved(record: Record) -> Iterator[Page]:
    """Lead on from retired identifiers."""
    for row in record.rows("retired_ids"):
        path = page_of(row["record_table"], row["id"])
        if path:
            target = page_of(row["record_table"], row["replaced_by"]) if row["replaced_by"] else ""
            yield Page(
                path, "moved.html", f"{row['id']} is retired", row["reason"], "", (), {}, {"row": row, "target": target}
            )
