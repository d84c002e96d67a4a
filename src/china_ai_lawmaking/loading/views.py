"""Tables joined for reading: names instead of identifiers, with what the link tables and the evidence add."""

from __future__ import annotations

import re
import warnings
from datetime import date
from typing import TYPE_CHECKING, Any

import pandas as pd

from ..errors import UsageError
from . import dated, links, reading

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from ..package.descriptor import Package

Row = dict[str, Any]

# What the columns mean that no table has.
MEANINGS = {
    "speaker": "Who speaks: a person, an organization or an instrument; further speakers follow.",
    "name_zh": "The speaker's name in Chinese characters, where a source attests them.",
    "speaker_kind": "Who speaks, in one word of a list: person, office, organization, group, instrument or outlet.",
    "capacity": "Role in which the person speaks, and the organization where it is held.",
    "role_kind": "Kind of the role in which the person speaks.",
    "organization": "Organization of the role in which the person speaks, or the body that speaks.",
    "employer": "The person's other roles that a source attests by the day of the statement.",
    "top_organization": "The organization at the end of the parents of that organization.",
    "occasion": "The session or event that the point was made for, or else at: the end of its parents.",
    "laws": "Instruments that the statement is about.",
    "relations": "What the statement does with each of the instruments, in their order.",
    "valences": "How the statement judges the instruments that it judges, in their order.",
    "basis": "Whether the passage names each of the instruments or only speaks of law in the field, in their order.",
    "topics": "Topics, the primary one first.",
    "positions": "Propositions that the speaker agrees or disagrees with.",
    "topic": "Topic of the proposition.",
    "participants": "Role and name of everyone who took part.",
    "contributors": "Role and name of everyone who filed, drafted or issued the instrument beside its issuer.",
    "roles": "Roles of the person, each with its organization.",
    "inputs": "Figures that this one is computed from, each with the part that it plays.",
    "adopted": "Date of adoption.",
    "published": "Date of publication or announcement.",
    "in_force": "Date of entry into force.",
    "timeline": "Every recorded step in the making of the instrument, with its date, in order.",
    "days": "Days from the earlier statement to the provision; the fewest that their dates allow.",
    "sources": "Titles of the sources that were read for this row.",
    "addresses": "Addresses of these sources, in their order; 'no address' where there is none.",
    "passages": "Addresses that open the sources at the passages, one a passage.",
    "reported_by": "Outlets whose passages state the point, each with the outlet that it credits after a < sign.",
}
for _stem, _what in {
    "date": "the statement",
    "start": "the beginning",
    "end": "the end",
    "published": "publication",
    "accessed": "reading",
    "as_of": "the day for which the role is attested",
    "ref": "the day for which the figure holds",
    "base": "the day that the figure is compared with",
    "adopted": "adoption",
    "in_force": "entry into force",
}.items():
    MEANINGS[f"{_stem}_from"] = f"First day that the date of {_what} can be; empty where only the last is known."
    MEANINGS[f"{_stem}_to"] = f"Last day that the date of {_what} can be; sort by it."
    MEANINGS[f"{_stem}_text"] = f"The date of {_what} as people write it."
# Tables whose view can end at a day.
BOUNDED = ("events", "positions", "statement_laws", "statements")
# Link tables that are read with what is known of their statement; they keep their identifiers, to join and cite by.
LONG = ("positions", "statement_laws")
NO_ADDRESS = "no address"
_STAGE_DATES = {"adopted": ("adopted",), "published": ("published", "announced"), "in_force": ("in_force",)}
_STAGED = {"laws": _STAGE_DATES}
# What is known of a statement wherever it is read.
SPOKEN = (
    "speaker", "name_zh", "speaker_kind", "capacity", "role_kind", "organization", "employer", "top_organization",
    "date_from", "date_to", "date_text", "occasion",
)  # fmt: skip
_STATEMENT = (
    "id", *SPOKEN[:8], "kind", "attribution", "summary", "date", "date_precision", "date_basis", *SPOKEN[8:11], "event",
    "for_event", "occasion", "planned", "laws", "relations", "valences", "basis", "topics", "positions", "note",
    "sources", "addresses", "passages", "reported_by",
)  # fmt: skip


def view(package: Package, table: str, until: str | None = None) -> pd.DataFrame:
    """Join one table for reading.

    Each `x_id` column gives way to `x`, the name of what it points to. Each date gains `x_from`, `x_to` and `x_text`.
    Several values in one cell are separated by a semicolon and a space.

    Args:
        package: The package.
        table: The table.
        until: Keep the rows that are certainly not after this day, as YYYY-MM-DD.

    Returns:
        A fresh frame with the rows and the order of `reading.frame`, or those of them that are left; then
        `attrs["undated"]` counts the rows that were left out because nothing says when they were.

    Raises:
        UnknownTableError: The package has no such table.
        UsageError: `until` is no day, or the rows of the table have none.
        DataError: A cell cannot be read as its schema says.
    """
    described = package.table(table)
    if until is not None and table not in BOUNDED:
        raise UsageError(f"a view of {table} has no last day; until= is for {', '.join(BOUNDED)}")
    last_day = None if until is None else pd.Timestamp(day_of(until))
    result = reading.frame(package, described)
    record = Record(package)
    rows = record.rows(table)
    for reference in described.references:
        (column,) = reference.fields
        names = _text([record.label(reference.table, row[column]) for row in rows])
        if table in LONG:
            result.insert(list(result.columns).index(column) + 1, column.removesuffix("_id"), names)
        else:
            result[column] = names
            result = result.rename(columns={column: column.removesuffix("_id")})
    for stem in dated.stems(described):
        spans = [dated.span(row, stem) for row in rows]
        date_column = "date" if stem == "date" else f"{stem}_date"
        after = next(name for name in (f"{stem}_basis", f"{stem}_precision", date_column) if name in result)
        for place, (name, values) in enumerate(_spans(stem, spans), list(result.columns).index(after) + 1):
            result.insert(place, name, values)
    if table in ("statements", *LONG):
        spoken = [record.spoken(row["id"] if table == "statements" else row["statement_id"]) for row in rows]
        for name in SPOKEN:
            if name not in result or name == "organization":
                result[name] = _column(name, [cells.get(name) for cells in spoken])
    for name, value_of in _EXTRAS.get(table, {}).items():
        result[name] = _column(name, [value_of(record, row) for row in rows])
    if table in _STAGED:
        for stem, stages in _STAGED[table].items():
            steps = [record.first_step(row["id"], stages) for row in rows]
            result[stem] = _column(stem, [step and step["start_date"] for step in steps])
            spans = [dated.span(step, "start") if step else dated.UNKNOWN for step in steps]
            for name, values in _spans(stem, spans):
                result[name] = values
    about = "statements" if table in LONG else table
    if about in package.table("evidence").field("record_table").categories:
        shown = [record.shown(about, row["statement_id" if table in LONG else "id"]) for row in rows]
        for name in ("sources", "addresses", "passages", "reported_by"):
            result[name] = _text([cells[name] or None for cells in shown])
    if table == "statements":
        result = result[[name for name in _STATEMENT if name in result]]
    return result if last_day is None else _bounded(result, last_day)


def evidence(package: Package, identifier: str) -> pd.DataFrame:
    """Give the passages that carry a record, or one row of evidence.

    Raises:
        UsageError: No record with evidence has that identifier.
    """
    record = Record(package)
    found = record.links("evidence", "record_id", identifier) or record.links("evidence", "id", identifier)
    if not found:
        from difflib import get_close_matches

        known = [row[column] for row in record.rows("evidence") for column in ("id", "record_id")]
        near = ", ".join(get_close_matches(identifier, dict.fromkeys(known)))
        raise UsageError(
            f"no evidence and no record with evidence has the id {identifier!r}; near it: {near or 'none'}"
        )
    sources = record.by_id("sources")
    rows = []
    for row in found:
        source = sources[row["source_id"]]
        opened = links.opening(record.source(row["source_id"])[1], row["quote_start"], row["quote_end"])
        rows.append(
            {name: row[name] for name in ("id", "record_table", "record_id", "relation", "fields")}
            | {
                "source": source["title"],
                "publisher": record.label("organizations", source["publisher_id"]),
                "via": record.label("sources", row["via_source_id"]),
                "published": dated.span(source, "published").text or None,
                "passage": opened or None,
            }
            | {name: row[name] for name in ("quote_start", "quote_end", "passage_sha256")}
        )
    return pd.DataFrame(rows, dtype="string")


class Record:
    """The tables of a package as typed rows, each read once, with what the others say about a row."""

    def __init__(self, package: Package) -> None:
        """Keep the package; a table is read when it is first asked for."""
        self._package = package
        self._rows: dict[str, list[Row]] = {}
        self._keyed: dict[str, dict[str, Row]] = {}
        self._linked: dict[tuple[str, str], dict[str, list[Row]]] = {}
        self._labels: dict[tuple[str, str], str] = {}
        self._spoken: dict[str, dict[str, Any]] = {}
        self._sources: dict[str, tuple[str, str]] = {}

    def rows(self, table: str) -> list[Row]:
        """Give the rows of a table."""
        if table not in self._rows:
            self._rows[table] = list(reading.records(self._package, self._package.table(table)))
        return self._rows[table]

    def by_id(self, table: str) -> dict[str, Row]:
        """Give the rows of a table by identifier."""
        if table not in self._keyed:
            self._keyed[table] = {row["id"]: row for row in self.rows(table)}
        return self._keyed[table]

    def links(self, table: str, column: str, key: str) -> list[Row]:
        """Give the rows of a table that name an identifier in a column."""
        if (table, column) not in self._linked:
            index: dict[str, list[Row]] = {}
            for row in self.rows(table):
                index.setdefault(row[column], []).append(row)
            self._linked[table, column] = index
        return self._linked[table, column].get(key, [])

    def label(self, table: str, key: str | None) -> str | None:
        """Give the name that a record is read by; an unknown identifier is shown as it is."""
        if key is None:
            return None
        if (table, key) not in self._labels:
            row = self.by_id(table).get(key)
            self._labels[table, key] = key if row is None else _label(self, table, row)
        return self._labels[table, key]

    def root(self, table: str, key: str | None) -> str | None:
        """Give the end of the parents of a record."""
        seen: set[str] = set()
        rows = self.by_id(table)
        while key in rows and key not in seen:
            seen.add(key)
            if rows[key]["parent_id"] is None:
                break
            key = rows[key]["parent_id"]
        return key

    def spoken(self, key: str) -> dict[str, Any]:
        """Give who made a statement, as what, when and for which occasion, by the names in `SPOKEN`."""
        if key not in self._spoken:
            row = self.by_id("statements").get(key)
            self._spoken[key] = _spoken(self, row) if row else {}
        return self._spoken[key]

    def steps(self, law: str) -> list[Row]:
        """Give the recorded steps of an instrument in the order of their dates."""
        steps = [step for step in self.links("events", "law_id", law) if step["stage"]]
        return sorted(steps, key=lambda step: (step["start_date"] is None, str(step["start_date"]), step["id"]))

    def first_step(self, law: str, stages: Iterable[str]) -> Row | None:
        """Give the first step of an instrument at one of these stages."""
        return next((step for step in self.steps(law) if step["stage"] in stages), None)

    def evidence(self, table: str, key: str) -> list[Row]:
        """Give the passages of a record."""
        return [row for row in self.links("evidence", "record_id", key) if row["record_table"] == table]

    def source(self, key: str) -> tuple[str, str]:
        """Give the title of a source and the address where it is read; the address may be empty."""
        if key not in self._sources:
            self._sources[key] = self.label("sources", key) or key, links.address(self.by_id("sources"), key)
        return self._sources[key]

    def shown(self, table: str, key: str) -> dict[str, str]:
        """Give the sources, addresses, passages and reporters of a record, each as one cell."""
        passages = self.evidence(table, key)
        read = [self.source(source) for source in dict.fromkeys(row["source_id"] for row in passages)]
        opened = [
            links.opening(self.source(row["source_id"])[1], row["quote_start"], row["quote_end"]) for row in passages
        ]
        point = "summary" if table == "statements" else ""
        reporters = [
            self.reporter(row)
            for row in passages
            if row["relation"] == "states" and (not point or point in row["fields"].split(";"))
        ]
        return {
            "sources": "; ".join(title for title, _ in read),
            "addresses": "; ".join(url or NO_ADDRESS for _, url in read),
            "passages": "; ".join(dict.fromkeys(filter(None, opened))),
            "reported_by": "; ".join(dict.fromkeys(reporters)),
        }

    def reporter(self, passage: Row) -> str:
        """Tell how a passage came here: the outlet that was read, and the one that it credits."""
        sources = self.by_id("sources")
        names = [
            self.label("organizations", sources[passage[column]]["publisher_id"])
            for column in ("source_id", "via_source_id")
            if passage[column] in sources
        ]
        return " < ".join(dict.fromkeys(name for name in names if name))


def _label(record: Record, table: str, row: Row) -> str:
    if table == "laws":
        return str(row["short_title"] or row["title"])
    if table == "memberships":
        return _join(", ", row["role"], record.label("organizations", row["organization_id"]))
    if table == "statistics":
        day = dated.printed(row, "ref") if row["ref_date"] else ""
        return _join(", ", record.label("indicators", row["indicator_id"]), day)
    column = {"propositions": "text", "sources": "title", "statements": "summary"}.get(table, "name")
    return str(row[column])


def _spoken(record: Record, row: Row) -> dict[str, Any]:
    person, speaker = row["person_id"], None
    columns = (("person_id", "people"), ("organization_id", "organizations"), ("law_id", "laws"))
    for column, table in columns:
        if row[column]:
            others = record.links("statement_cospeakers", "statement_id", row["id"])
            names = [record.label(table, row[column]), *(record.label("people", link["person_id"]) for link in others)]
            speaker = table, row[column], _join("; ", *names)
            break
    role = record.by_id("memberships").get(row["membership_id"]) if row["membership_id"] else None
    body = role["organization_id"] if role else row["organization_id"]
    said = dated.span(row, "date")
    others = record.links("memberships", "person_id", person) if person else []
    held = [
        link
        for link in others
        if link is not role and link["current"] and (said.last is None or link["as_of_date"] <= said.last)
    ]
    named = record.by_id(speaker[0]).get(speaker[1], {}) if speaker else {}
    return {
        "speaker": speaker and speaker[2],
        "name_zh": named.get("title_zh" if speaker and speaker[0] == "laws" else "name_zh"),
        "speaker_kind": row["speaker_kind"],
        "capacity": record.label("memberships", row["membership_id"]),
        "role_kind": role and role["role_kind"],
        "organization": record.label("organizations", body),
        "employer": _join("; ", *(_label(record, "memberships", link) for link in held)) or None,
        "top_organization": record.label("organizations", record.root("organizations", body)),
        "date_from": said.first,
        "date_to": said.last,
        "date_text": said.text or None,
        "occasion": record.label("events", record.root("events", row["for_event_id"] or row["event_id"])),
    }


def day_of(until: str) -> date:
    """Read a day.

    Raises:
        UsageError: It is none.
    """
    try:
        if re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}", until):
            return date.fromisoformat(until)
    except ValueError:
        pass
    raise UsageError(f"until={until!r} is no day; write it as 2025-03-31")


def _bounded(frame: pd.DataFrame, last_day: pd.Timestamp) -> pd.DataFrame:
    last = frame["date_to"] if "date_to" in frame else frame["end_to"].fillna(frame["start_to"])
    undated = int(last.isna().sum())
    if undated:
        message = f"{undated} undated row{'s were' if undated > 1 else ' was'} left out"
        warnings.warn(message, UserWarning, stacklevel=4)
    kept = frame[last <= last_day].reset_index(drop=True)
    kept.attrs["undated"] = undated
    return kept


def _text(values: Iterable[str | None]) -> pd.Series[Any]:
    return pd.Series(list(values), dtype="string")


def _column(name: str, values: list[Any]) -> pd.Series[Any]:
    if name in _STAGE_DATES or name.endswith(("_from", "_to")):
        return pd.to_datetime(pd.Series(values, dtype="object")).astype("datetime64[s]")
    return pd.Series(values, dtype="Int64" if name == "days" else "string")


def _spans(stem: str, spans: list[dated.Span]) -> list[tuple[str, pd.Series[Any]]]:
    columns: dict[str, list[Any]] = {
        "from": [span.first for span in spans],
        "to": [span.last for span in spans],
        "text": [span.text or None for span in spans],
    }
    return [(f"{stem}_{end}", _column(f"{stem}_{end}", values)) for end, values in columns.items()]


def _join(separator: str, *parts: str | None) -> str:
    return separator.join(part for part in parts if part)


def _on_laws(column: str) -> Callable[[Record, Row], str | None]:
    def values(record: Record, row: Row) -> str | None:
        found = record.links("statement_laws", "statement_id", row["id"])
        cells = (record.label("laws", link[column]) if column == "law_id" else link[column] for link in found)
        return _join("; ", *cells) or None

    return values


def _topics(record: Record, row: Row) -> str | None:
    found = sorted(record.links("statement_topics", "statement_id", row["id"]), key=lambda link: link["rank"])
    return _join("; ", *(record.label("topics", link["topic_id"]) for link in found)) or None


def _positions(record: Record, row: Row) -> str | None:
    found = record.links("positions", "statement_id", row["id"])
    told = (f"{link['position']}: {record.label('propositions', link['proposition_id'])}" for link in found)
    return _join("; ", *told) or None


def _timeline(record: Record, row: Row) -> str | None:
    return _join("; ", *(f"{dated.printed(step, 'start')} {step['stage']}" for step in record.steps(row["id"]))) or None


def _parts(table: str, column: str) -> Callable[[Record, Row], str | None]:
    def parts(record: Record, row: Row) -> str | None:
        found = []
        for link in record.links(table, column, row["id"]):
            who = record.label("people", link["person_id"]) or record.label("organizations", link["organization_id"])
            found.append(f"{link['role']}: {who}")
        return _join("; ", *found) or None

    return parts


def _roles(record: Record, row: Row) -> str | None:
    return (
        _join("; ", *(_label(record, "memberships", r) for r in record.links("memberships", "person_id", row["id"])))
        or None
    )


def _inputs(record: Record, row: Row) -> str | None:
    found = record.links("statistic_inputs", "statistic_id", row["id"])
    return _join("; ", *(f"{r['operand']}: {record.label('statistics', r['input_id'])}" for r in found)) or None


def _topic(record: Record, row: Row) -> str | None:
    proposition = record.by_id("propositions").get(row["proposition_id"])
    return record.label("topics", proposition["topic_id"]) if proposition else None


def _days(record: Record, row: Row) -> int | None:
    """Count the days that certainly lie between two statements; none if one has no day at that end."""
    asked, laid = (record.spoken(row[column]) for column in ("asked_by_id", "provision_id"))
    if not asked.get("date_to") or not laid.get("date_from"):
        return None
    days: int = (laid["date_from"] - asked["date_to"]).days
    return days


_EXTRAS: dict[str, dict[str, Callable[[Record, Row], Any]]] = {
    "events": {"participants": _parts("event_participants", "event_id")},
    "laws": {"contributors": _parts("law_contributors", "law_id"), "timeline": _timeline},
    "people": {"roles": _roles},
    "positions": {"topic": _topic},
    "provision_antecedents": {"days": _days},
    "statements": {
        "laws": _on_laws("law_id"),
        "relations": _on_laws("relation"),
        "valences": _on_laws("valence"),
        "basis": _on_laws("basis"),
        "topics": _topics,
        "positions": _positions,
    },
    "statistics": {"inputs": _inputs},
}
