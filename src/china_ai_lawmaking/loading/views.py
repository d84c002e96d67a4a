"""Tables joined for reading: names instead of identifiers, with what the link tables and the evidence add."""

from __future__ import annotations

import functools
import re
import warnings
from typing import Any

import pandas as pd

from ..errors import UsageError
from ..package import types
from . import dated, links, reading

TYPE_CHECKING = False
if TYPE_CHECKING:
    from datetime import date

    from ..package.descriptor import Package

    Column = pd.Series[Any]

# What the columns mean that no table has.
MEANINGS = {
    "speaker": "Who speaks: a person, an organization or an instrument; further speakers follow.",
    "speaker_ids": "Identifiers of the speaker and of the further speakers, in their order.",
    "name_zh": "The speaker's name in Chinese characters, where a source attests them.",
    "speaker_kind": "Who speaks, in one word of a list: person, office, organization, group, instrument or outlet.",
    "capacity": "Role in which the person speaks, and the organization where it is held.",
    "role_kind": "Kind of the role in which the person speaks.",
    "organization": "Organization of the role in which the person speaks, or the body that speaks.",
    "other_roles": "The person's other roles that a source attests by the day of the statement.",
    "top_organization": "The organization at the end of the parents of that organization.",
    "country": "Country of that organization, or jurisdiction of the instrument; empty where neither is known.",
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
    "timeline": "Every recorded step in the making of the instrument, with its date, in order; of an umbrella also the "
    "steps of its instruments, each with its name.",
    "asker": "Who asked for it earlier: a person, an organization or an instrument; further speakers follow.",
    "asker_capacity": "Role in which that person spoke, and the organization where it is held.",
    "days": "Days from the earlier statement to the provision; the fewest that their dates allow.",
    "sources": "Titles of the sources that were read for this row.",
    "addresses": "Addresses of these sources, in their order; 'no address' where there is none.",
    "passages": "Addresses that open the sources at the passages, one a passage.",
    "originals": "Number of sources that state the point, copies of one original counted once.",
    "reported_by": "Outlets whose passages state the point, each with the outlet that it credits after a < sign.",
}
for _stem, _what in {
    "date": "the statement",
    "start": "the beginning",
    "end": "the end",
    "published": "publication",
    "accessed": "reading",
    "asked": "the earlier statement",
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
# Link tables that are read with what is known of the statement that stands first in them.
LONG = ("positions", "provision_antecedents", "statement_laws")
# Other identifiers that stay in a view, to join by.
KEPT = (("events", "law_id"),)
NO_ADDRESS = "no address"
# Stages of the events that date an instrument.
_STAGES = {"adopted": ("adopted",), "published": ("published", "announced"), "in_force": ("in_force",)}
# The column by which a record is read, where that is not its name.
_NAMES = {"propositions": "text", "sources": "title", "statements": "summary"}
# Lists that links add to a view: the table of the links, its column that leads back, and what is told of each link;
# the name of the person, or else of the body, stands for "who".
_LISTS: dict[str, dict[str, tuple[str, ...]]] = {
    "events": {"participants": ("event_participants", "event_id", "role", "who")},
    "laws": {"contributors": ("law_contributors", "law_id", "role", "who")},
    "people": {"roles": ("memberships", "person_id", "id")},
    "statements": {
        "laws": ("statement_laws", "statement_id", "law_id"),
        "relations": ("statement_laws", "statement_id", "relation"),
        "valences": ("statement_laws", "statement_id", "valence"),
        "basis": ("statement_laws", "statement_id", "basis"),
        "topics": ("statement_topics", "statement_id", "topic_id"),
        "positions": ("positions", "statement_id", "position", "proposition_id"),
    },
    "statistics": {"inputs": ("statistic_inputs", "statistic_id", "operand", "input_id")},
}
# What is known of a statement wherever it is read.
SPOKEN = (
    "speaker", "speaker_ids", "name_zh", "speaker_kind", "capacity", "role_kind", "organization", "other_roles",
    "top_organization", "country", "date_from", "date_to", "date_text", "occasion",
)  # fmt: skip
_STATEMENT = (
    "id", *SPOKEN[:10], "kind", "attribution", "summary", "date", "date_precision", "date_basis",
    *SPOKEN[10:13], "event", "for_event", "occasion", "planned", "laws", "relations", "valences", "basis", "topics",
    "positions", "note", "sources", "addresses", "passages", "originals", "reported_by",
)  # fmt: skip

# What is known of an earlier statement beside the provision that goes back to it.
_ASKED = {
    "asker": "speaker",
    "asker_capacity": "capacity",
    "asked_from": "date_from",
    "asked_to": "date_to",
    "asked_text": "date_text",
}
_EVIDENCE = (
    "id", "record_table", "record_id", "relation", "fields", "source", "publisher", "via", "published", "passage",
    "quote_start", "quote_end", "passage_sha256",
)  # fmt: skip


def view(package: Package, table: str, until: str | date | None = None, record: Record | None = None) -> pd.DataFrame:
    """Join one table for reading, as `Dataset.view` tells; who joins several gives one record of the package."""
    described = package.table(table)
    if until is not None and table not in BOUNDED:
        raise UsageError(f"a view of {table} has no last day; until= is for {', '.join(BOUNDED)}")
    record = record or Record(package)
    result = record[table].copy()
    # A link has no identifier of its own: those that it joins stay, to join and to cite by.
    is_link = described.key != ("id",)
    for column in described.targets:
        place = list(result.columns).index(column)
        result.insert(place + 1, column.removesuffix("_id"), record.cells(table, column))
        if not is_link and (table, column) not in KEPT:
            del result[column]
    for column in (field.name for field in described.fields if field.type == "date"):
        stem = column.removesuffix("_date")
        after = [name for name in (column, f"{stem}_precision", f"{stem}_basis") if name in result][-1]
        place = list(result.columns).index(after)
        for number, (name, values) in enumerate(dated.spans(record[table], column).items(), place + 1):
            result.insert(number, str(name), values)
    key = record[table][described.key[0]]
    if table in ("statements", *LONG):
        spoken = record.spoken.reindex(key)
        for name in SPOKEN:
            if name not in result or name == "organization":
                result[name] = spoken[name].array
    for name, link in _LISTS.get(table, {}).items():
        result[name] = key.map(record.listed(*link))
    if table == "positions":
        topics = result["proposition_id"].map(record.column("propositions", "topic_id"))
        result["topic"] = record.named("topics", topics)
    elif table == "laws":
        result = result.join(record.steps(), on="id")
    elif table == "provision_antecedents":
        asked = record.spoken.reindex(result["asked_by_id"])
        for name, column in _ASKED.items():
            result[name] = asked[column].array
        result["days"] = (result["date_from"] - result["asked_to"]).dt.days.clip(lower=0).astype("Int64")
    about = described.targets[described.key[0]] if is_link else table
    if about in package.table("evidence").field("record_table").categories:
        result = result.join(record.passages(about), on=str(key.name))
    if table == "statements":
        result = result[[name for name in _STATEMENT if name in result]]
    return result if until is None else bounded(result, until, "row")


def evidence(package: Package, identifier: str) -> pd.DataFrame:
    """Give the passages that carry a record, as `Dataset.evidence` tells."""
    record = Record(package)
    rows, found = record["evidence"], [row["id"] for row in reading.passages_of(package, identifier)]
    return record.opened(rows[rows["id"].isin(found)])[list(_EVIDENCE)].astype("string").reset_index(drop=True)


class Record:
    """The tables of a package as frames, each read once, and what they say together."""

    def __init__(self, package: Package) -> None:
        """Keep the package; a table is read when it is first asked for."""
        self._package = package
        self._frames: dict[str, pd.DataFrame] = {}
        self._names: dict[str, Column] = {}

    def __getitem__(self, table: str) -> pd.DataFrame:
        """Give a table as `reading.frame` does."""
        if table not in self._frames:
            self._frames[table] = reading.frame(self._package, self._package.table(table))
        return self._frames[table]

    def column(self, table: str, name: str) -> Column:
        """Give a column by the identifiers of its rows."""
        return self[table][name].set_axis(self[table]["id"])

    def named(self, table: str, keys: Column) -> Column:
        """Give the names that records are read by; an unknown identifier is shown as it is."""
        if table not in self._names:
            rows = self[table]
            if table == "laws":
                names = rows["short_title"].fillna(rows["title"])
            elif table == "memberships":
                names = _joined(rows["role"], ", ", self.cells(table, "organization_id"))
            elif table == "statistics":
                names = _joined(self.cells(table, "indicator_id"), ", ", dated.printed(rows, "ref_date"))
            else:
                names = rows[_NAMES.get(table, "name")]
            self._names[table] = names.set_axis(rows["id"])
        return keys.map(self._names[table]).astype("string").fillna(keys)

    def cells(self, table: str, column: str) -> Column:
        """Give a column as it is read, as text: names for identifiers. "who" is the person, or else the body."""
        if column == "who":
            return self.cells(table, "person_id").fillna(self.cells(table, "organization_id"))
        if column == "id":
            return self.named(table, self[table]["id"])
        targets = self._package.table(table).targets
        cells = self[table][column].astype("string")
        return self.named(targets[column], cells) if column in targets else cells

    def listed(self, table: str, key: str, *columns: str) -> Column:
        """Give what the rows of a table tell of each record that they name in the column `key`, by its identifier."""
        told = self.cells(table, columns[0])
        for column in columns[1:]:
            told = _joined(told, ": ", self.cells(table, column))
        order = self[table].sort_values("rank", kind="stable").index if "rank" in self[table] else told.index
        return _listed(self[table][key][order], told[order])

    def top(self, table: str, keys: Column) -> Column:
        """Give the names of the ends of the parents of records."""
        parents = self.column(table, "parent_id").dropna().to_dict()

        def end(key: str) -> str:
            seen: set[str] = set()
            while key in parents and key not in seen:
                seen.add(key)
                key = parents[key]
            return key

        return self.named(table, keys.map({key: end(key) for key in keys.dropna().unique()}).astype("string"))

    def country(self, keys: Column) -> Column:
        """Give the countries of organizations, or else of the nearest that they are part of that has one."""
        parents, countries = self.column("organizations", "parent_id"), self.column("organizations", "country")
        found = keys.map(countries)
        # At most as many steps up as there are parents, where a mistake leads in a circle.
        for _ in range(parents.count()):
            keys = keys.where(found.isna()).map(parents)
            if keys.isna().all():
                break
            found = found.fillna(keys.map(countries))
        return found.astype("string")

    @functools.cached_property
    def spoken(self) -> pd.DataFrame:
        """Give who made each statement, as what, when and for which occasion: the columns `SPOKEN`, by identifier."""
        rows, roles = self["statements"], self["memberships"]
        speaker_id, speaker, name_zh = [pd.Series(pd.NA, rows.index, dtype="string")] * 3
        for column, table in (("person_id", "people"), ("organization_id", "organizations"), ("law_id", "laws")):
            speaker_id = speaker_id.fillna(rows[column])
            speaker = speaker.fillna(self.cells("statements", column))
            in_characters = self.column(table, "title_zh" if table == "laws" else "name_zh")
            name_zh = name_zh.fillna(rows[column].map(in_characters))
        others = rows["id"].map(self.listed("statement_cospeakers", "statement_id", "person_id"))
        cospeakers = self["statement_cospeakers"]
        other_ids = rows["id"].map(_listed(cospeakers["statement_id"], cospeakers["person_id"]))
        body = rows["membership_id"].map(self.column("memberships", "organization_id")).fillna(rows["organization_id"])
        dates = dated.spans(rows, "date")
        held = rows.join(dates)[["id", "person_id", "membership_id", "date_to"]].dropna(subset="person_id")
        held = held.merge(roles, on="person_id", suffixes=("", "_held"))
        attested = held["date_to"].isna() | (held["as_of_date"] <= held["date_to"])
        held = held[(held["id_held"] != held["membership_id"]).fillna(True) & held["current"].fillna(False) & attested]
        # Somebody can have one role on several days.
        other_roles = (
            self.named("memberships", held["id_held"]).to_frame("role").assign(id=held["id"]).drop_duplicates()
        )
        columns = {
            "speaker_id": speaker_id,
            "first_speaker": speaker,
            "speaker": _joined(speaker, "; ", others.mask(speaker.isna())),
            "speaker_ids": _joined(speaker_id, "; ", other_ids.mask(speaker_id.isna())),
            "name_zh": name_zh,
            "speaker_kind": rows["speaker_kind"].astype("string"),
            "capacity": self.cells("statements", "membership_id"),
            "role_kind": rows["membership_id"].map(self.column("memberships", "role_kind")),
            "body_id": body,
            "organization": self.named("organizations", body),
            "other_roles": rows["id"].map(_listed(other_roles["id"], other_roles["role"])),
            "top_organization": self.top("organizations", body),
            "country": self.country(body).fillna(rows["law_id"].map(self.column("laws", "jurisdiction"))),
            "occasion": self.top("events", rows["for_event_id"].fillna(rows["event_id"])),
        }
        text = pd.DataFrame(columns).astype("string")
        return text.join(dates).set_axis(rows["id"])

    def steps(self) -> pd.DataFrame:
        """Give the dates at which instruments reached a stage, and the timeline of all their steps, by identifier."""
        events = self["events"].dropna(subset=["law_id", "stage"]).sort_values(["start_date", "id"])
        steps = events.join(dated.spans(events, "start_date")).reset_index(drop=True)
        told = dated.printed(steps, "start_date").fillna("undated") + " " + steps["stage"].astype("string")
        umbrellas = steps["law_id"].map(self.column("laws", "family_id"))
        keys = pd.concat([steps["law_id"], umbrellas]).sort_index(kind="stable")
        named = pd.concat([told, _joined(told, ": ", self.named("laws", steps["law_id"]))]).sort_index(kind="stable")
        frames = [_listed(keys, named).rename("timeline").to_frame()]
        for stem, stages in _STAGES.items():
            first = steps[steps["stage"].isin(stages)].drop_duplicates("law_id").set_index("law_id")
            columns = {"start_date": stem} | {f"start_{end}": f"{stem}_{end}" for end in ("from", "to", "text")}
            frames.append(first[list(columns)].rename(columns=columns))
        return pd.concat(frames, axis=1)

    def opened(self, rows: pd.DataFrame) -> pd.DataFrame:
        """Add to rows of evidence their `source`, `address`, `passage`, `publisher`, `via`, `published`, as text."""
        sources = self["sources"].set_index("id")
        chained: Any = sources[["url", "part_of_id"]].fillna("").to_dict("index")
        addresses = {key: links.address(chained, key) for key in rows["source_id"].unique()}
        publishers = self.cells("sources", "publisher_id").set_axis(sources.index)
        published = dated.spans(sources, "published_date")["published_text"]
        ends = zip(rows["source_id"], rows["quote_start"], rows["quote_end"].fillna(""), strict=True)
        opened = [links.opening(addresses[source], start, end) or None for source, start, end in ends]
        return rows.assign(
            source=self.named("sources", rows["source_id"]),
            address=rows["source_id"].map(addresses),
            passage=pd.Series(opened, rows.index, dtype="string"),
            publisher=rows["source_id"].map(publishers),
            via=self.named("sources", rows["via_source_id"]),
            via_publisher=rows["via_source_id"].map(publishers),
            published=rows["source_id"].map(published),
        )

    def passages(self, table: str) -> pd.DataFrame:
        """Give the sources, addresses, passages and reporters of the records of a table, by identifier."""
        rows = self.opened(self["evidence"][self["evidence"]["record_table"] == table])
        read = rows.drop_duplicates(["record_id", "source_id"])
        credited = rows["via_publisher"].mask(rows["via_publisher"] == rows["publisher"])
        rows["reporter"] = _joined(rows["publisher"], " < ", credited)
        states = rows["relation"] == "states"
        if table == "statements":
            states &= (";" + rows["fields"].fillna("") + ";").str.contains(";summary;", regex=False)
        reporters = rows[states].drop_duplicates(["record_id", "reporter"])
        original = rows["source_id"].map(self.column("sources", "original_id")).fillna(rows["source_id"])
        originals = original[states].groupby(rows["record_id"][states].astype("string")).nunique()
        opened = rows.drop_duplicates(["record_id", "passage"])
        told = {
            "sources": _listed(read["record_id"], read["source"]),
            "addresses": _listed(read["record_id"], read["address"].replace("", NO_ADDRESS)),
            "passages": _listed(opened["record_id"], opened["passage"]),
            "originals": originals,
            "reported_by": _listed(reporters["record_id"], reporters["reporter"]),
        }
        return pd.DataFrame(told).astype({name: "Int64" if name == "originals" else "string" for name in told})


def bounded(frame: pd.DataFrame, until: str | date, what: str) -> pd.DataFrame:
    """Keep the rows that are certainly not after a day, and warn of those without a date; UsageError for no day."""
    try:
        # A date of Python or pandas is a day, too, if it has no time.
        day = types.write(until)
        last_day = pd.Timestamp(day) if re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}", day) else None
    except ValueError:
        last_day = None
    if last_day is None:
        raise UsageError(f"until={until!r} is no day; write it as 2025-03-31")
    last = frame["date_to"] if "date_to" in frame else frame["end_to"].fillna(frame["start_to"])
    if undated := int(last.isna().sum()):
        message = f"{undated} undated {what}{'s were' if undated > 1 else ' was'} left out"
        warnings.warn(message, UserWarning, stacklevel=4)
    kept = frame[last <= last_day].reset_index(drop=True)
    kept.attrs["undated"] = undated
    return kept


def _joined(first: Column, separator: str, second: Column) -> Column:
    """Join two texts, or give the one that there is."""
    return (first + separator + second).fillna(first).fillna(second)


def _listed(keys: Column, values: Column) -> Column:
    """Join the values of each key; faster than a group by for many small groups."""
    found: dict[str, list[str]] = {}
    known = keys.notna() & values.notna()
    for key, value in zip(keys[known].tolist(), values[known].tolist(), strict=True):
        found.setdefault(key, []).append(value)
    return pd.Series(list(map("; ".join, found.values())), pd.Index(list(found), dtype="string"), dtype="string")
