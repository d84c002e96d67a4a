"""What the record covers, counted: `python quality/representativeness.py` prints every table.

docs/generate.py puts the tables into README.md and pages of docs/. Statements are counted, unless a heading says
otherwise; each falls into one line of a table, so that the lines add up to all.
"""

from __future__ import annotations

import csv
import json
import re
from collections import Counter, defaultdict
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import china_ai_lawmaking as cal
from china_ai_lawmaking.loading.dated import MONTHS
from china_ai_lawmaking.loading.dictionary import grid
from china_ai_lawmaking.package import descriptor
from china_ai_lawmaking.rules.laws import PROPOSALS
from china_ai_lawmaking.site.record import Record

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import date
    from typing import Any

    Row = Mapping[str, Any]

ROOT = Path(__file__).resolve().parent.parent
LEDGER = "quality/search-ledger.csv"
# Sources whose passages had no digest, each looked up once more, and what came of it.
AGAIN = "quality/looked-up-again.csv"
OUTCOMES = {
    "seen": "its own page was seen, whole or from the beginning",
    "beyond": "its own page was seen, but the passages stand beyond the part shown",
    "copy": "only a copy, a translation or a summary by somebody else is stored",
    "absent": "neither the page nor a copy of it came up",
}
# The more of a source was read at its own page, the earlier.
ACCESS = ("archived", "read", "opening", "copy", "cited")
# Bodies and outlets with fewer are counted together.
FEW = 5
# The better, the earlier.
RELIABILITY = ("official", "established", "named", "weak")
# Collections of the ledger that hold web pages; the others hold files of repositories.
PAGES = ("docs", "issues", "pages")
LANGUAGES = {"zh": "Chinese", "en": "English"}
_IN_VAIN = re.compile(r"(?:nothing|none|not found|no )|\Z")
_SESSIONS = re.compile(r"两会|兩會|代表|委员|委員|提案|建议|建議|two sessions|NPC|CPPCC|deput", re.IGNORECASE)
_OTHER_SIDE = re.compile(r"(?:against|dissent|no challenge|no new|no separate|premature|stricter|too)\b")
_YEAR = re.compile(r"\b20(?:1[5-9]|2[0-6])")


class Counts:
    """The rows of a record and of its ledger, as the tables below need them."""

    def __init__(self, root: Path) -> None:
        """Read a package and the ledger."""
        self.record = cal.open(root)
        self.rows = {table: list(self.record.rows(table)) for table in self.record.tables()}
        self.statements = self.rows["statements"]
        self.by_id = {table: {row["id"]: row for row in rows if "id" in row} for table, rows in self.rows.items()}
        self.sources: dict[str, set[str]] = defaultdict(set)
        for row in self.rows["evidence"]:
            # A source that only names the speaker or the day of a statement does not carry it.
            carries = row["record_table"] != "statements" or "summary" in row["fields"].split(";")
            if row["relation"] != "contradicts" and carries:
                self.sources[row["record_id"]].add(row["source_id"])
        self.topics = {
            row["statement_id"]: row["topic_id"] for row in self.rows["statement_topics"] if row["rank"] == 1
        }
        self.until = json.loads((root / "datapackage.json").read_text(encoding="utf-8"))["temporal"]["end"]
        self._root = root

    @cached_property
    def searches(self) -> list[dict[str, str]]:
        """Give the lines of the search ledger."""
        return self._listed(LEDGER)

    @cached_property
    def site(self) -> Record:
        """Give the record as the site reads it, which tells who speaks, on which side, and from abroad."""
        return Record(descriptor.open_package(self._root))

    @cached_property
    def again(self) -> list[dict[str, str]]:
        """Give the sources that were looked up again for their digests."""
        return self._listed(AGAIN)

    def _listed(self, name: str) -> list[dict[str, str]]:
        with (self._root / name).open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    def table(self, heading: str, key: Callable[[Row], str], order: Iterable[str] = (), few: int = 0) -> str:
        """Count the statements by a key; keys with few statements together, the given order first."""
        counts = Counter(key(row) for row in self.statements)
        rare = [name for name, count in counts.items() if count < few]
        rest = sum(counts.pop(name) for name in rare)
        places = {name: place for place, name in enumerate(order)}
        listed = sorted(counts.items(), key=lambda item: (places.get(item[0], len(places)), -item[1], item[0]))
        if rare:
            listed.append((f"{len(rare)} others with fewer than {few}", rest))
        lines = ((name, f"{count:,}", _percent(count, len(self.statements))) for name, count in listed)
        return grid((heading, "statements", "percent"), lines)

    def seen(self, row: Row) -> list[Row]:
        """Give the sources that carry a row."""
        return [self.by_id["sources"][key] for key in sorted(self.sources[row["id"]])]

    def originals(self, row: Row) -> int:
        """Count the originals that carry a row: copies of one count once."""
        return len({self.original(source) for source in self.seen(row)})

    def people(self, statements: Iterable[Row]) -> set[str]:
        """Give the identifiers of the people who make some statements."""
        return {key for row in statements for key in self.site.speakers(row) if key in self.by_id["people"]}

    def body(self, statement: Row) -> str:
        """Give the highest body that a speaker speaks for."""
        role = self.by_id["memberships"].get(statement["membership_id"])
        organization = role["organization_id"] if role else statement["organization_id"]
        if organization is None:
            return "an instrument" if statement["law_id"] else "no body named"
        row = self.by_id["organizations"][organization]
        while row["parent_id"]:
            row = self.by_id["organizations"][row["parent_id"]]
        return str(row["name"])

    def role(self, statement: Row) -> str:
        """Give the kind of role in which a person speaks, or the kind of speaker."""
        role = self.by_id["memberships"].get(statement["membership_id"])
        kind = statement["speaker_kind"]
        if kind != "person":
            return f"no person: {kind}"
        return str(role["role_kind"]).replace("_", " ") if role else "person, no role named"

    def original(self, source: Row) -> str:
        """Give the source that a source copies, or itself."""
        return str(source["original_id"] or source["id"])


def _percent(part: int, whole: int) -> str:
    return f"{100 * part / whole:.0f}" if 200 * part >= whole else "under 1"


def scope(counts: Counts) -> str:
    """Tell in one sentence how much there is."""
    people = counts.people(counts.statements)
    dated = sum(row["start_date"] is not None for row in counts.rows["events"])
    years = sorted(row["date"].year for row in counts.statements if row["date"])
    return (
        f"This version holds {len(counts.statements):,} statements from {years[0]} to {years[-1]}, by "
        f"{len(people):,} people and by bodies, groups and instruments; {len(counts.rows['positions']):,} positions on "
        f"{len(counts.rows['propositions']):,} propositions; {len(counts.rows['laws']):,} laws, plans, motions and "
        f"other instruments with {dated:,} dated events; and {len(counts.rows['statistics']):,} figures. Each rests on "
        f"passages in {len(counts.rows['sources']):,} sources. {_until(counts)}\n"
    )


def cut_off(counts: Counts) -> str:
    """Tell until when sources were searched."""
    return f"- {_until(counts)} What was published later is not in it.\n"


def _until(counts: Counts) -> str:
    year, month = counts.until.split("-")[:2]
    return f"Sources were searched until {MONTHS[int(month) - 1]} {year}."


def years(counts: Counts) -> str:
    """Count statements, speakers and positions by year."""
    said: dict[str, list[Row]] = defaultdict(list)
    held: dict[str, Counter[str]] = defaultdict(Counter)
    for row in counts.statements:
        said[_year(row)].append(row)
    for row in counts.rows["positions"]:
        held[_year(counts.by_id["statements"][row["statement_id"]])][row["position"]] += 1
    sides = ("agrees", "disagrees", "conditional")
    lines = (
        (
            year,
            f"{len(rows):,}",
            f"{len(counts.people(rows)):,}",
            *(f"{held[year][side]:,}" for side in sides),
        )
        for year, rows in sorted(said.items())
    )
    return grid(("year", "statements", "people speaking", *sides), lines)


def _year(statement: Row) -> str:
    day: date | None = statement["date"]
    return str(day.year) if day else "undated"


def bodies(counts: Counts) -> str:
    """Count by the highest body that the speaker speaks for."""
    return counts.table("speaks for", counts.body, few=FEW)


def roles(counts: Counts) -> str:
    """Count by kind of role."""
    return counts.table("speaks as", counts.role)


def topics(counts: Counts) -> str:
    """Count by primary topic."""
    return counts.table("primary topic", lambda row: f"`{counts.topics[row['id']]}`")


def languages(counts: Counts) -> str:
    """Count by the languages of the sources in which a statement was read."""

    def key(statement: Row) -> str:
        tags = {source["language"].partition("-")[0] for source in counts.seen(statement)}
        found = {LANGUAGES.get(tag, "another language") for tag in tags}
        return " and ".join(sorted(found)) + ("" if len(found) > 1 else " only")

    return counts.table("read in", key)


def kinds(counts: Counts) -> str:
    """Count by the kind of the most reliable source."""
    return counts.table("kind of the best source", lambda row: f"`{_best(counts, row)['kind']}`")


def reliability(counts: Counts) -> str:
    """Count by the reliability of the most reliable source."""
    order = [f"`{name}`" for name in RELIABILITY]
    return counts.table("best source", lambda row: f"`{_best(counts, row)['reliability']}`", order)


def _best(counts: Counts, statement: Row) -> Row:
    return min(counts.seen(statement), key=lambda source: (RELIABILITY.index(source["reliability"]), source["id"]))


def independence(counts: Counts) -> str:
    """Count by the number of originals: copies of one original count once."""
    names = ("one original", "two originals", "three or more originals")
    return counts.table(
        "rests on",
        lambda row: names[min(counts.originals(row), 3) - 1],
        names,
    )


def attested(counts: Counts) -> str:
    """Count instruments, steps and statements that an official source or two originals carry."""
    laws, new = counts.rows["laws"], [row for row in counts.statements if not _is_founding(counts, row)]
    groups = {
        "instruments": laws,
        "instruments without motions, suggestions and CPPCC proposals": [r for r in laws if r["kind"] not in PROPOSALS],
        "steps of instruments": [row for row in counts.rows["events"] if row["kind"] == "legislative_step"],
        "statements": counts.statements,
        "statements that no founding text carries": new,
        "these without provisions of instruments": [row for row in new if row["kind"] != "provision"],
    }
    lines = []
    for name, rows in groups.items():
        official = {row["id"] for row in rows if any(s["reliability"] == "official" for s in counts.seen(row))}
        two = {row["id"] for row in rows if counts.originals(row) > 1}
        shares = (_percent(len(part), len(rows)) for part in (official, two, official | two))
        lines.append((name, f"{len(rows):,}", *shares))
    return grid(("rows", "all", "official source, percent", "two originals, percent", "either, percent"), lines)


def _is_founding(counts: Counts, statement: Row) -> bool:
    """Tell whether a text that the project keeps, or a part of one, carries a statement."""
    return any(source["text_sha256"] or source["part_of_id"] for source in counts.seen(statement))


def outlets(counts: Counts) -> str:
    """Count statements by the publisher of the originals; one with two publishers counts twice."""
    found = Counter(
        publisher
        for row in counts.statements
        for publisher in {
            counts.by_id["organizations"][source["publisher_id"]]["name"]
            for source in (counts.by_id["sources"][counts.original(source)] for source in counts.seen(row))
            if source["publisher_id"]
        }
    )
    often = [(name, count) for name, count in found.items() if count >= 2 * FEW]
    lines = ((name, f"{count:,}") for name, count in sorted(often, key=lambda item: (-item[1], item[0])))
    rest = f"{len(found) - len(often):,} further publishers with fewer than {2 * FEW} each.\n"
    return f"{grid(('publisher', 'statements'), lines)}\n{rest}"


def looked_for(counts: Counts) -> dict[str, Row]:
    """Give the lines of the ledger that sum up what was looked for on one proposition."""
    result = {}
    for row in counts.searches:
        name, colon, _ = row["looked_for"].partition(":")
        if not row["query"] and colon and name in counts.by_id["propositions"]:
            result[name] = row
    return result


def unopposed(counts: Counts) -> list[str]:
    """Give the propositions on which nobody disagrees and on which somebody holds a position."""
    return [name for name in sorted(counts.by_id["propositions"]) if not counts.site.sides(name)["disagrees"]]


def contested(counts: Counts) -> str:
    """Count the speakers on each side of the propositions on which somebody disagrees, the most contested first."""
    sides = {name: counts.site.sides(name) for name in counts.by_id["propositions"]}
    both = [name for name in counts.by_id["propositions"] if sides[name]["disagrees"]]
    both.sort(key=lambda name: (-min(len(sides[name]["agrees"]), len(sides[name]["disagrees"])), name))
    names = ("agrees", "disagrees", "conditional")
    lines = []
    for name in both:
        shown = sides[name]
        foreign = (str(len(shown[side]) - len(counts.site.at_home(shown[side]))) for side in names[:2])
        lines.append((f"`{name}`", *(str(len(shown[side])) for side in names), *foreign))
    heads = (*(f"{side}, speakers" for side in names), *(f"{side}, from abroad" for side in names[:2]))
    return grid(("proposition", *heads), lines)


def without_dissent(counts: Counts) -> str:
    """Tell for each proposition on which nobody disagrees what was looked for."""
    ledger = looked_for(counts)
    lines = []
    for name in unopposed(counts):
        row = ledger.get(name)
        told = row["looked_for"].partition(":")[2].strip() if row else "no line in the ledger"
        result = (row["dismissed"] or row["found"]) if row else ""
        agreed, conditional = (str(len(counts.site.sides(name)[side])) for side in ("agrees", "conditional"))
        lines.append((f"`{name}`", agreed, conditional, told, result))
    return grid(("proposition", "agree", "on a condition", "looked for", "result"), lines)


def searched_sessions(counts: Counts) -> str:
    """Count the searches for the two sessions by year."""
    return _searched(
        counts,
        "sessions of",
        lambda row: sorted(set(_YEAR.findall(row["query"]))) if _SESSIONS.search(row["query"]) else [],
    )


def searched_outlets(counts: Counts) -> str:
    """Count the searches that name an outlet of the record."""
    forms = [
        (row["name"], form.strip())
        for row in counts.rows["organizations"]
        if row["kind"] == "media"
        for form in (row["name"], row["name_zh"], *(row["aliases"] or "").split(";"))
        if form
    ]

    def named(row: Row) -> Iterable[str]:
        query = row["query"]
        return dict.fromkeys(name for name, form in forms if form in query and _mentions(query, form))

    return _searched(counts, "outlet named", named)


def _mentions(query: str, name: str) -> bool:
    return not name.isascii() or (len(name) > 2 and re.search(rf"\b{re.escape(name)}\b", query) is not None)


def searched_kinds(counts: Counts) -> str:
    """Count all searches by what was asked."""

    def place(row: Row) -> list[str]:
        return (["web pages"] if row["corpus"] in PAGES else ["files of public repositories"]) if row["query"] else []

    return _searched(counts, "searched in", place)


def searched_sides(counts: Counts) -> str:
    """Count the searches for the less heard side of a question."""

    def asked(row: Row) -> list[str]:
        return [row["looked_for"]] if _OTHER_SIDE.match(row["looked_for"]) else []

    return _searched(counts, "looked for", asked)


def _searched(counts: Counts, heading: str, keys: Callable[[Row], Iterable[str]]) -> str:
    asked: Counter[str] = Counter()
    vain: Counter[str] = Counter()
    for row in counts.searches:
        for key in keys(row):
            asked[key] += 1
            vain[key] += bool(_IN_VAIN.match(row["found"]))
    lines = ((key, str(count), str(count - vain[key]), str(vain[key])) for key, count in sorted(asked.items()))
    return grid((heading, "searches", "led to a page", "in vain"), lines)


def names(counts: Counts) -> str:
    """Tell how many people have no characters."""
    chinese = {row["id"] for row in counts.rows["organizations"] if row["country"] == "CN"}
    there = {row["person_id"] for row in counts.rows["memberships"] if row["organization_id"] in chinese}
    without = sorted(row["id"] for row in counts.rows["people"] if row["id"] in there and not row["name_zh"])
    return (
        f"- {len(without)} of {len(there)} people with a role in an organization of China have no Chinese characters: "
        "no page with the characters beside the matching institution and role was read.\n"
    )


def access(counts: Counts) -> str:
    """Tell how many sources were not read whole at their own page."""
    found = Counter(row["access"] for row in counts.rows["sources"])
    return (
        f"- Of {len(counts.rows['sources']):,} sources, {found['opening']:,} were read only as far as their opening "
        f"and {found['copy']:,} at a copy.\n"
    )


def digests(counts: Counts) -> str:
    """Tell how many passages have no digest."""
    rows = counts.rows["evidence"]
    without = sum(not row["passage_sha256"] for row in rows)
    return (
        f"- {without:,} of {len(rows):,} passages have no digest: the text of their page was not at hand when the "
        "tools looked for it. Nobody has tried whether a browser opens them, and Chinese ones may end inside a word.\n"
    )


def digests_by_access(counts: Counts) -> str:
    """Count the passages with and without a digest by how their source was read."""
    all_, digested = Counter[str](), Counter[str]()
    for row in counts.rows["evidence"]:
        access = counts.by_id["sources"][row["source_id"]]["access"]
        all_[access] += 1
        digested[access] += bool(row["passage_sha256"])
    lines = (
        (f"`{name}`", *(f"{count:,}" for count in (all_[name], digested[name], all_[name] - digested[name])))
        for name in ACCESS
        if all_[name]
    )
    return grid(("source", "passages", "with digest", "without"), lines)


def looked_up_again(counts: Counts) -> str:
    """Count the sources that were looked up again, and the passages that still have no digest, by what came of it."""
    open_ = Counter(row["source_id"] for row in counts.rows["evidence"] if not row["passage_sha256"])
    lines = []
    for name, meaning in OUTCOMES.items():
        rows = [row for row in counts.again if row["outcome"] == name]
        before = sum(int(row["passages"]) for row in rows)
        after = sum(open_[row["source_id"]] for row in rows)
        lines.append((meaning, *(f"{count:,}" for count in (len(rows), before, after))))
    return grid(("looked up again", "sources", "passages without digest before", "without digest now"), lines)


# The blocks by the names that they have in the pages.
BLOCKS = {
    "scope": scope,
    "cut-off": cut_off,
    "by-year": years,
    "by-body": bodies,
    "by-role": roles,
    "by-topic": topics,
    "by-language": languages,
    "by-kind": kinds,
    "by-reliability": reliability,
    "by-independence": independence,
    "attested": attested,
    "by-publisher": outlets,
    "contested": contested,
    "without-dissent": without_dissent,
    "searched": searched_kinds,
    "searched-sides": searched_sides,
    "searched-sessions": searched_sessions,
    "searched-outlets": searched_outlets,
    "names": names,
    "access": access,
    "digests": digests,
    "digests-by-access": digests_by_access,
    "looked-up-again": looked_up_again,
}


if __name__ == "__main__":
    counted = Counts(ROOT)
    for name, block in BLOCKS.items():
        print(f"{name}\n\n{block(counted)}")
