"""The rows of a package with what joins them, read once for all pages."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import cached_property
from typing import Any, NamedTuple

from ..loading import reading
from ..loading.links import fragment
from ..package.descriptor import Package
from . import words
from .page import TABLES

Row = Mapping[str, Any]

# Kinds of speaker, in the order in which every page lists them: persons and bodies, groups and texts, then what is of
# no country or from abroad.
STATE, DEPUTIES, MEMBERS, SCHOLARS = "State bodies", "NPC deputies", "CPPCC members", "Scholars"
COMPANIES, INDUSTRY, PROFESSIONS = "Companies", "Associations", "Professionals"
SEATED = (DEPUTIES, MEMBERS)
PRESS, OTHERS, GROUPS, TEXTS = "Press, analysts", "Other persons", "Groups", "Laws, plans"
INTERNATIONAL, ABROAD, TEXTS_ABROAD = "UN, similar bodies", "Speakers from abroad", "Texts from abroad"
FOREIGN = (ABROAD, TEXTS_ABROAD)
OUTSIDE = (INTERNATIONAL, *FOREIGN)
KINDS = (STATE, DEPUTIES, MEMBERS, SCHOLARS, COMPANIES, INDUSTRY, PROFESSIONS, PRESS, OTHERS, GROUPS, TEXTS, *OUTSIDE)
# These are no persons or bodies.
COLLECTIVE = (GROUPS, TEXTS, TEXTS_ABROAD)
# Places whose speakers and texts are of China, and what is no place.
_HOME, _UN = ("CN", "HK", "MO"), "UN"
_BY_ROLE = {
    "legislator": DEPUTIES,
    "political_adviser": MEMBERS,
    "official": STATE,
    "spokesperson": STATE,
    "executive": COMPANIES,
    "company_expert": COMPANIES,
    "association_officer": INDUSTRY,
    "scholar": SCHOLARS,
    "professional": PROFESSIONS,
    "international": INTERNATIONAL,
}
_BODIES = {
    STATE: ("legislature", "advisory_body", "government", "court", "party", "public_institution"),
    COMPANIES: ("company",),
    INDUSTRY: ("association",),
    SCHOLARS: ("university", "research_institute"),
    PRESS: ("media",),
    INTERNATIONAL: ("international",),
    ABROAD: ("foreign_government",),
    GROUPS: ("group",),
}
_BY_BODY = {body: kind for kind, bodies in _BODIES.items() for body in bodies}


class Passage(NamedTuple):
    """A passage that a row rests on, ready to be shown.

    Attributes:
        source_id: The page that was read.
        label: Its publisher and date.
        link: Its address with the text fragment that opens the passage; empty where no address is known.
        words: The first and last words, for sources without an address.
        relation: What the passage does for the row.
        fields: The columns whose values it holds, or contradicts.
    """

    source_id: str
    label: str
    link: str
    words: str
    relation: str
    fields: Sequence[str]


class Position(NamedTuple):
    """One position of one who holds it, the speaker of a statement or a co-speaker, on one proposition."""

    proposition: Row
    statement: Row
    value: str
    speaker: str
    kind: str

    @property
    def is_first(self) -> bool:
        """Whether the holder is the speaker of the statement and no co-speaker."""
        return self.speaker in (
            self.statement["person_id"],
            self.statement["organization_id"],
            self.statement["law_id"],
        )


def is_address(url: str | None) -> bool:
    """Tell whether a page may link to an address: text from the data can never run."""
    return url is not None and url.startswith(("https://", "http://"))


class Record:
    """Every table of a package by key, and the joins that pages need."""

    def __init__(self, package: Package) -> None:
        """Read all tables."""
        self.package = package
        self.tables: dict[str, list[dict[str, Any]]] = {
            name: list(reading.records(package, package.table(name))) for name in package.names()
        }
        self.by_id: dict[str, dict[str, Row]] = {
            name: {row["id"]: row for row in rows}
            for name, rows in self.tables.items()
            if package.table(name).key == ("id",)
        }
        self._groups: dict[tuple[str, str], dict[str, list[Row]]] = {}

    def rows(self, table: str) -> list[dict[str, Any]]:
        """Give the rows of a table; none where the package has no such table."""
        return self.tables.get(table, [])

    def of(self, table: str, column: str, value: str) -> list[Row]:
        """Give the rows of a table that hold a value in a column, in the order of the table."""
        if (table, column) not in self._groups:
            groups: dict[str, list[Row]] = defaultdict(list)
            for row in self.rows(table):
                if row[column] is not None:
                    groups[row[column]].append(row)
            self._groups[table, column] = groups
        return self._groups[table, column].get(value, [])

    @cached_property
    def passages(self) -> dict[tuple[str, str], list[Passage]]:
        """The passages of each record, by table and id, those that state the point first."""
        found: dict[tuple[str, str], list[Passage]] = defaultdict(list)
        for row in self.rows("evidence"):
            source = self.by_id["sources"][row["source_id"]]
            start, end = row["quote_start"], row["quote_end"] or ""
            link = f"{source['url']}#{fragment(start, end)}" if is_address(source["url"]) else ""
            told = " … ".join(filter(None, (start, end)))
            found[row["record_table"], row["record_id"]].append(
                Passage(source["id"], self.source_label(source), link, told, row["relation"], row["fields"].split(";"))
            )
        order = {"states": 0, "supports": 1, "identifies": 2, "contradicts": 3}
        for passages in found.values():
            passages.sort(key=lambda passage: order[passage.relation])
            # Two pages of one publisher and day have a number.
            named: dict[str, list[str]] = defaultdict(list)
            for at, one in enumerate(passages):
                same = named[one.label]
                same += [] if one.source_id in same else [one.source_id]
                number = same.index(one.source_id)
                passages[at] = one._replace(label=f"{one.label} ({number + 1})") if number else one
        return found

    def passages_told(self, table: str, identifier: str) -> list[Passage]:
        """Give the passages of a record, each once; of one source those after the first with a number."""
        found: dict[tuple[str, str, bool], Passage] = {}
        count: Counter[str] = Counter()
        for one in self.passages.get((table, identifier), ()):
            key = (one.source_id, one.words, one.relation == "contradicts")
            if key not in found:
                count[one.source_id] += 1
                number = count[one.source_id]
                label = f"{one.label}, passage {number}" if number > 1 else one.label
                found[key] = one._replace(label=label)
        return [*found.values()]

    def source_label(self, source: Row) -> str:
        """Name a source by publisher and date."""
        publisher = self.by_id["organizations"][source["publisher_id"]]["name"]
        if source["published_date"] is None:
            return f"{publisher}, undated"
        return f"{publisher}, {words.told(source, 'published')}"

    def memberships(self, person: str) -> list[Row]:
        """Give the roles of a person."""
        return self.of("memberships", "person_id", person)

    def speaker_id(self, statement: Row) -> str:
        """Give the id of the person, body or instrument that speaks."""
        return str(statement["person_id"] or statement["organization_id"] or statement["law_id"])

    def speakers(self, statement: Row) -> list[str]:
        """Give the ids of all who make a statement: its speaker, then the co-speakers."""
        others = self.of("statement_cospeakers", "statement_id", statement["id"])
        return [self.speaker_id(statement), *(row["person_id"] for row in others)]

    def credit(self, statement: Row) -> str:
        """Name who makes a statement in few words: A; A with B; A and two others."""
        name, *others = map(self.name, self.speakers(statement))
        if len(others) > 1:
            return f"{name} and {words.counted(len(others), 'other')}"
        return " with ".join([name, *others])

    def speaker_table(self, statement: Row) -> str:
        """Tell in which table the speaker of a statement stands."""
        return "people" if statement["person_id"] else "organizations" if statement["organization_id"] else "laws"

    def name(self, identifier: str | None) -> str:
        """Give the name of a person, body or event, or the short title of a law."""
        for table, column in (("people", "name"), ("organizations", "name"), ("laws", "title"), ("events", "name")):
            row = self.by_id[table].get(identifier or "")
            if row is not None:
                return str(row.get("short_title") or row[column]).strip("[]")
        return identifier or ""

    def label(self, table: str, identifier: str) -> str:
        """Name a record that has a page."""
        row = self.by_id[table][identifier]
        return str(row.get("short_title") or row[TABLES[table].column]).strip("[]")

    def meaning(self, table: str, column: str, value: str) -> str:
        """Tell what a value of a closed list means, up to the first semicolon; else give the value as words."""
        told = self.package.table(table).field(column).categories.get(value, "")
        return told.partition(";")[0].rstrip(".") or words.spaced(value)

    def name_zh(self, identifier: str) -> str:
        """Give the name of a person or body in characters; empty where none is on record."""
        row = self.by_id["people"].get(identifier) or self.by_id["organizations"].get(identifier)
        return row["name_zh"] or "" if row else ""

    def capacity(self, statement: Row) -> str:
        """Word the capacity in which a person spoke: role and organization."""
        role = self.by_id["memberships"].get(statement["membership_id"] or "")
        return self.role(role) if role else ""

    def role(self, membership: Row) -> str:
        """Word a role: what and where."""
        body = self.by_id["organizations"].get(membership["organization_id"] or "")
        return f"{membership['role']}, {body['name']}" if body else str(membership["role"])

    def kind(self, statement: Row, speaker: str = "") -> str:
        """Tell of which kind one of those who make a statement is, the first unless another is given.

        Where a country says that they are from abroad they are that, whatever else they are.
        """
        cospeaker = self._cospeaker(statement, speaker)
        if self.abroad(statement, speaker):
            return TEXTS_ABROAD if statement["law_id"] else ABROAD
        if statement["law_id"]:
            return INTERNATIONAL if self.by_id["laws"][statement["law_id"]]["jurisdiction"] == _UN else TEXTS
        if not cospeaker and statement["speaker_kind"] in ("outlet", "group"):
            return PRESS if statement["speaker_kind"] == "outlet" else GROUPS
        role, body = self._spoken_for(statement, cospeaker)
        kind = _BY_ROLE[role["role_kind"]] if role else OTHERS
        is_person = cospeaker or statement["person_id"]
        known = _BY_BODY[body["kind"]] if body else ""
        return known if known and (not is_person or known == INTERNATIONAL or kind == STATE) else kind

    def abroad(self, statement: Row, speaker: str = "") -> str:
        """Name the place from which a text or one who makes a statement comes; empty for those of China."""
        cospeaker = self._cospeaker(statement, speaker)
        law, (_, body) = self.by_id["laws"].get(statement["law_id"] or ""), self._spoken_for(statement, cospeaker)
        place = law["jurisdiction"] if law else body["country"] if body else None
        return words.place(place) if place and place.partition("-")[0] not in (*_HOME, _UN) else ""

    def _cospeaker(self, statement: Row, speaker: str) -> str:
        return "" if speaker == self.speaker_id(statement) else speaker

    def _spoken_for(self, statement: Row, cospeaker: str) -> tuple[Row | None, Row | None]:
        """Give the role in which a person spoke, else the first that is held, and its body; or the body that spoke.

        Of a person who holds no role it is the body of one that was left: it tells at least the country.
        """
        spoken_in = None if cospeaker else self.by_id["memberships"].get(statement["membership_id"] or "")
        person = cospeaker or statement["person_id"]
        roles = self.memberships(person or "")
        role = spoken_in or next((one for one in roles if one["current"]), None)
        known = role or next(iter(roles), {} if person else statement)
        body = known.get("organization_id")
        return role, self.by_id["organizations"].get(body or "")

    @cached_property
    def positions(self) -> list[Position]:
        """Every position of everybody who holds it, the newest first; of one statement that of its speaker first."""
        found = []
        for row in self.rows("positions"):
            statement, proposition = (self.by_id[f"{of}s"][row[f"{of}_id"]] for of in ("statement", "proposition"))
            found += [
                Position(proposition, statement, row["position"], one, self.kind(statement, one))
                for one in self.speakers(statement)
            ]
        return sorted(found, key=lambda position: (self.order(position.statement), position.statement["id"]))

    def order(self, statement: Row) -> int:
        """Give the sort key that puts the newest first, what is of a month or year after its days, the undated last."""
        return -statement["date"].toordinal() if statement["date"] else 1

    @cached_property
    def positions_of(self) -> dict[str, list[Position]]:
        """Positions by proposition and by holder, and by statement those of its speaker, each under its id."""
        found: dict[str, list[Position]] = defaultdict(list)
        for position in self.positions:
            found[position.proposition["id"]].append(position)
            found[position.speaker].append(position)
            if position.is_first:
                found[position.statement["id"]].append(position)
        return found

    @cached_property
    def _sides(self) -> dict[str, dict[str, dict[str, list[Position]]]]:
        found: dict[str, dict[str, dict[str, list[Position]]]] = {
            row["id"]: {"agrees": {}, "conditional": {}, "disagrees": {}} for row in self.rows("propositions")
        }
        for position in self.positions:
            found[position.proposition["id"]][position.value].setdefault(position.speaker, []).append(position)
        return found

    def sides(self, proposition_id: str) -> dict[str, dict[str, list[Position]]]:
        """Give who holds what: positions by value and speaker, the latest speaker first."""
        return self._sides[proposition_id]

    def is_contested(self, proposition_id: str) -> bool:
        """Tell whether one speaker agrees and another disagrees, both not from abroad."""
        return proposition_id in self._contested

    @cached_property
    def _contested(self) -> set[str]:
        found = set()
        for key, sides in self._sides.items():
            agree, disagree = (self.at_home(sides[value]) for value in ("agrees", "disagrees"))
            if agree and disagree and len(agree | disagree) > 1:
                found.add(key)
        return found

    def at_home(self, side: Mapping[str, Sequence[Position]]) -> set[str]:
        """Give the speakers of a side who are not from abroad."""
        return {speaker for speaker, held in side.items() if held[0].kind not in FOREIGN}

    @cached_property
    def contested(self) -> list[Row]:
        """The contested propositions, those with the largest smaller side first."""
        return [row for row in self.ranked if row["id"] in self._contested]

    @cached_property
    def rank(self) -> dict[str, int]:
        """The place of each proposition in `ranked`."""
        return {row["id"]: at for at, row in enumerate(self.ranked)}

    @cached_property
    def ranked(self) -> list[Row]:
        """Propositions: the contested first, by the size of the smaller side, then by the number of speakers."""

        def rank(proposition: Row) -> tuple[int, int, int, str]:
            sides = self.sides(proposition["id"])
            agree, disagree = len(sides["agrees"]), len(sides["disagrees"])
            smaller = min(agree, disagree) if self.is_contested(proposition["id"]) else -1
            return -smaller, -agree - disagree, -len(sides["conditional"]), proposition["id"]

        return sorted(self.rows("propositions"), key=rank)

    @cached_property
    def cut_off(self) -> date:
        """The date of the version."""
        return date.fromisoformat(self.package.created[:10])

    def said_by(self, person: str) -> list[Row]:
        """Give the statements of a person, alone or with others, the newest first."""
        joint = self.of("statement_cospeakers", "person_id", person)
        return self.statements_of(
            [
                *self.of("statements", "person_id", person),
                *(self.by_id["statements"][row["statement_id"]] for row in joint),
            ]
        )

    def steps(self, law: Row) -> list[Row]:
        """Give the steps of an instrument and of those that belong to it, in time.

        Of one that is only planned, also those of its umbrella, which name no draft.
        """
        held = [law["id"], *(row["id"] for row in self.of("laws", "family_id", law["id"]))]
        held += [law["family_id"]] if law["status"] == "planned" and law["family_id"] else []
        found = [row for key in held for row in self.of("events", "law_id", key)]
        return sorted(found, key=lambda row: (row["start_date"] or date.max, row["id"]))

    def topics_of(self, statement_id: str) -> list[Row]:
        """Give the topics of a statement, the main one first."""
        links = sorted(self.of("statement_topics", "statement_id", statement_id), key=lambda link: link["rank"])
        return [self.by_id["topics"][link["topic_id"]] for link in links]

    def sources_of(self, keys: Iterable[tuple[str, str]]) -> list[Row]:
        """Give the pages that some records rest on, each once."""
        found = dict.fromkeys(passage.source_id for key in keys for passage in self.passages.get(key, ()))
        return [self.by_id["sources"][key] for key in found]

    def sources_told(self, keys: Iterable[tuple[str, str]]) -> list[tuple[Row, str, str]]:
        """Give the pages that some records rest on, each with its label, and its title where labels are the same."""
        told = [(source, self.source_label(source)) for source in self.sources_of(keys)]
        count = Counter(label for _, label in told)
        titled = [self.label("sources", source["id"]) if count[label] > 1 else "" for source, label in told]
        return [(*one, title) for one, title in zip(told, titled, strict=True)]

    @property
    def met(self) -> Iterator[tuple[Row, Row]]:
        """Give each provision with each earlier statement that asked for it."""
        for row in self.rows("provision_antecedents"):
            yield self.by_id["statements"][row["provision_id"]], self.by_id["statements"][row["asked_by_id"]]

    def asked_for(self, provision_id: str) -> list[Row]:
        """Give the earlier statements that asked for what a provision says."""
        links = self.of("provision_antecedents", "provision_id", provision_id)
        return self.statements_of(self.by_id["statements"][row["asked_by_id"]] for row in links)

    def met_by(self, statement_id: str) -> list[Row]:
        """Give the later provisions that say what a statement asked for."""
        links = self.of("provision_antecedents", "asked_by_id", statement_id)
        return self.statements_of(self.by_id["statements"][row["provision_id"]] for row in links)

    def issuers(self, law_id: str) -> list[str]:
        """Give the bodies that issue an instrument, the first named first."""
        others = (
            row["organization_id"] for row in self.of("law_contributors", "law_id", law_id) if row["role"] == "issuer"
        )
        return list(dict.fromkeys(filter(None, (self.by_id["laws"][law_id]["issued_by_id"], *others))))

    def draft_before(self, law_id: str, asked: Row) -> Row | None:
        """Give the step that opened a draft of an instrument for comment before somebody asked; None without one."""
        opened = [row for row in self.of("events", "law_id", law_id) if row["stage"] == "consultation_opened"]
        dated = [row for row in opened if row["start_date"] and asked["date"] and row["start_date"] < asked["date"]]
        return min(dated, key=lambda row: row["start_date"], default=None)

    def with_parts(self, table: str, identifier: str) -> list[str]:
        """Give an event or organization and all its parts, each after what it is part of."""
        found = [identifier]
        for whole in found:
            found += [row["id"] for row in self.of(table, "parent_id", whole) if row["id"] not in found]
        return found

    def told(self, statement: Row, by: str = "by") -> str:
        """Word the date of a statement; `by` stands before a last day."""
        return words.told(statement, by=by)

    def statements_of(self, rows: Iterable[Row]) -> list[Row]:
        """Sort statements, the newest first."""
        return sorted(rows, key=lambda row: (self.order(row), row["id"]))

    def root(self, event_id: str | None) -> Row | None:
        """Give the event that an event is part of, at the top."""
        event = self.by_id["events"].get(event_id or "")
        seen = set()
        while event is not None and event["parent_id"] and event["id"] not in seen:
            seen.add(event["id"])
            event = self.by_id["events"][event["parent_id"]]
        return event
