"""Pages of laws and events: steps, provisions, and what was said about them."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any

from ..loading.dated import iso
from . import findings, words
from .page import Page, of_record, thing
from .record import Position, Record, Row

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
# Of an umbrella over every kind of rule, the proposition on which those stand who call for the law itself.
_CALLS = {"ai-legislation-cn": "national-ai-law"}
# What the body that issues an instrument, or would issue it, has done so far.
_ISSUED = {"contemplated": "Would be issued by", "planned": "Planned by", "submitted": "Submitted by"}
_SAID = {
    "calls_for": "Who called for it",
    "elsewhere": "Called for other rules on AI",
    "presents": "What its authors said",
    "judges": "Who judged it",
    "shapes": "What it should contain, and how it should be made",
    "describes": "What was said about it",
}


def laws(record: Record, share: Iterable[Row]) -> Iterator[Page]:
    """Make a page for each instrument."""
    for law in share:
        key = law["id"]
        title, steps = record.name(key), record.steps(law)
        links = record.of("statement_laws", "law_id", key)
        said: dict[str, list[Row]] = defaultdict(list)
        for link in links:
            said[link["relation"]].append(record.by_id["statements"][link["statement_id"]])
        own = record.of("statements", "law_id", key)
        contributors = record.of("law_contributors", "law_id", key)
        finding = findings.law(record, law)
        others = "what belongs to it" if record.of("laws", "family_id", key) else "what it belongs to"
        whose = f", its own and those of {others}" if any(row["law_id"] != key for row in steps) else ""
        call = _CALLS.get(key, "")
        if call in record.by_id["propositions"]:
            held = {one.statement["id"] for one in record.positions_of[call] if one.value != "disagrees"}
            said["elsewhere"] = [row for row in said["calls_for"] if row["id"] not in held]
            said["calls_for"] = [row for row in said["calls_for"] if row["id"] in held]
        groups = [(heading, record.statements_of(said[relation])) for relation, heading in _SAID.items()]
        groups = [(heading, rows) for heading, rows in groups if rows]
        context = {
            "title": title,
            "finding": finding,
            "steps": list(_steps(law, steps)),
            "steps_title": f"{words.capital(words.counted(len(steps), 'step'))} on record{whose}",
            "provisions": _provisions(record, own),
            "said": groups,
            "called": _SAID["calls_for"],
            "other": _SAID["elsewhere"],
            "call": record.by_id["propositions"].get(call),
            "kind": f"{words.capital(words.spaced(law['kind']))}, {words.place(law['jurisdiction'])}",
            "issuers": record.issuers(key),
            "issued": _ISSUED.get(law["status"], "Issued by"),
            "authors": [row for row in contributors if row["role"] != "issuer"],
            "figures": sorted(
                record.of("statistics", "law_id", key), key=lambda row: row["ref_date"] or date.min, reverse=True
            ),
            "relations": sorted(_relations(record, law).items()),
            "sources": record.sources_told([("laws", key), *(("events", row["id"]) for row in steps)]),
        }
        json_ld = {
            "@type": "Legislation",
            "name": title,
            "alternateName": law["title_zh"],
            "legislationJurisdiction": law["jurisdiction"],
            "legislationType": words.spaced(law["kind"]),
            "legislationLegalForce": "InForce" if law["status"] == "in_force" else "NotInForce",
            "legislationPassedBy": record.name(law["issued_by_id"]),
            "legislationDate": next(
                (
                    iso(*words.dated(row, "start")[:2])
                    for row in steps
                    if row["stage"] == "adopted" and row["law_id"] == key
                ),
                None,
            ),
        }
        related = [*record.of("law_relations", "from_id", key), *record.of("law_relations", "to_id", key)]
        rows = {
            "events": steps,
            "statement_laws": links,
            "statements": own,
            "law_contributors": contributors,
            "law_relations": related,
        }
        yield from of_record("laws", law, title, f"{title}: {finding}", rows, context, json_ld).with_all(groups)


def _relations(record: Record, law: Row) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for row in record.of("law_relations", "from_id", law["id"]):
        found[words.capital(words.spaced(row["relation"]))].append(row["to_id"])
    for row in record.of("law_relations", "to_id", law["id"]):
        found[_INVERSE[row["relation"]]].append(row["from_id"])
    if law["family_id"]:
        found["Belongs to"].append(law["family_id"])
    for row in record.of("laws", "family_id", law["id"]):
        found["Holds"].append(row["id"])
    return found


def _steps(law: Row, steps: Sequence[Row]) -> Iterator[tuple[Row, str, str]]:
    """Give each step with how it is marked and the time without a step before it, in words where it is long."""
    # What its umbrella does is a step of the instrument; what belongs to it goes a way of its own.
    ways = [law["id"] if step["law_id"] == law["family_id"] else step["law_id"] for step in steps]
    last = dict(zip(ways, steps, strict=True))
    earlier = None
    for way, step in zip(ways, steps, strict=True):
        # A reading or a time for comment is over where a later step is on record.
        is_over = step["stage"] in findings.DONE or step is not last[way]
        mark = "out" if step["stage"] == "omitted" else "done" if is_over else "open"
        when = step["start_date"]
        is_long = earlier and when and (when - earlier).days > 18 * 30.4
        yield step, mark, words.span(earlier, when) if is_long else ""
        earlier = when


def _provisions(record: Record, own: Iterable[Row]) -> list[tuple[str, list[tuple[Any, ...]]]]:
    """Give provisions by the step at which the text held them, the latest first: what was drafted is not yet law.

    Returns:
        A heading, empty where all are of one step, and each provision with who asked for it, by the step that had
        opened a draft for comment before, and with who held which view before, which stands once: with the provision
        above that has the same.
    """
    of_step: dict[str, list[Row]] = defaultdict(list)
    for row in own:
        of_step[row["event_id"] or ""].append(row)
    first: dict[tuple[str, ...], str] = {}
    found = []
    for key in sorted(of_step, key=lambda key: str(of_step[key][0]["date"] or ""), reverse=True):
        told = []
        for row in of_step[key]:
            earlier = []
            for heading, held in _earlier(record, row):
                view = (heading, *(f"{one.proposition['id']} {one.statement['id']}" for one in held))
                same = first.setdefault(view, row["id"])
                earlier.append((heading, held, same if held and same != row["id"] else ""))
            told.append((row, _asked(record, row), earlier))
        found.append((_held_at(record.by_id["events"].get(key)) if len(of_step) > 1 else "", told))
    return found


def _asked(record: Record, provision: Row) -> Iterable[tuple[Row | None, list[Row]]]:
    """Give who asked for a provision, by the step that had opened a draft for comment before."""
    found: dict[str, tuple[Row | None, list[Row]]] = {}
    for one in record.asked_for(provision["id"]):
        draft = record.draft_before(provision["law_id"], one)
        found.setdefault(draft["id"] if draft else "", (draft, []))[1].append(one)
    return found.values()


def _held_at(step: Row | None) -> str:
    if step is None or not step["stage"]:
        return "At a step that is not on record"
    what = "In the final text" if step["stage"] in findings.DONE else "In a draft"
    return f"{what}: {words.stage(step['stage'])}, {words.told(step, 'start')}"


def _earlier(record: Record, provision: Row) -> list[tuple[str, list[Position]]]:
    """Tell who held which view before a provision, on each of its positions."""
    found: list[tuple[str, list[Position]]] = []
    held = record.positions_of.get(provision["id"], ())
    for own in held:
        others = [
            one
            for one in record.positions_of[own.proposition["id"]]
            if one.speaker != own.speaker
            and one.statement["date"]
            and provision["date"]
            and words.last_day(one.statement["date"], one.statement["date_precision"]) < provision["date"]
        ]
        # With two positions each list says what the view is on.
        on = f" on “{own.proposition['text'].rstrip('.')}”" if len(held) > 1 else ""
        for heading, is_same in ((f"Same view before{on}", True), (f"Opposite view before{on}", False)):
            side = [one for one in others if ((one.value == "disagrees") == (own.value == "disagrees")) == is_same]
            # Of each speaker the first time, and each statement once.
            first = list({one.statement["id"]: one for one in {one.speaker: one for one in side}.values()}.values())
            if first:
                found.append((heading, first))
        if not others:
            found.append((f"No view before on record{on}", []))
    return found


def events(record: Record, share: Iterable[Row]) -> Iterator[Page]:
    """Make a page for each event, with what was said at its parts."""
    for event in share:
        key = event["id"]
        below = record.with_parts("events", key)
        # What was asked of the whole and said at a part stands under the part.
        placed: set[str] = set()
        groups: list[tuple[str, list[Row]]] = []
        for part in reversed(below):
            said = [row for column in ("event_id", "for_event_id") for row in record.of("statements", column, part)]
            rows = record.statements_of({row["id"]: row for row in said if row["id"] not in placed}.values())
            placed |= {row["id"] for row in rows}
            groups.insert(0, (part, rows))
        participants: dict[str, dict[tuple[str, str], None]] = defaultdict(dict)
        taken = [row for part in below for row in record.of("event_participants", "event_id", part)]
        for row in taken:
            who = ("people", row["person_id"]) if row["person_id"] else ("organizations", row["organization_id"])
            participants[words.ROLES.get(row["role"], words.capital(words.spaced(row["role"])))][who] = None
        when = words.told(event, "start")
        if event["end_date"] and event["end_date"] != event["start_date"]:
            when += f" to {words.day(event['end_date'], event['end_precision'])}"
        what = words.capital(words.stage(event["stage"] or event["kind"]))
        lede = f"{', '.join(filter(None, (what, event['place'], when)))}."
        shown = [(part, rows) for part, rows in groups if rows]
        told = f"{words.counted(len(placed), 'statement')} made here or asked of it"
        context = {
            "lede": lede,
            "parts": record.of("events", "parent_id", key),
            "groups": shown,
            "statements_title": words.capital(told),
            "participants": participants.items(),
        }
        json_ld = {
            "@type": "Event",
            "name": event["name"],
            "startDate": words.iso_told(event, "start") if event["date_basis"] != "publication" else None,
            "location": thing("Place", event["place"]),
            "superEvent": thing("Event", record.name(event["parent_id"])),
        }
        held = {
            "events": [record.by_id["events"][part] for part in below],
            "event_participants": taken,
            "statements": [row for _, rows in groups for row in rows],
        }
        about, headed = f"{event['name']}: {lede}", [(record.name(part), rows) for part, rows in shown]
        yield from of_record("events", event, event["name"], about, held, context, json_ld).with_all(headed)
