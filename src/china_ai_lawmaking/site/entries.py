"""Pages of single rows: statements, figures, sources, topics, and what retired ids lead to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..loading import citation
from . import charts, findings, words
from .page import FOLDERS, Page, page_of, thing

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from .record import Record, Row

_ACCESS = {
    "archived": "Read whole; a copy of the text is kept",
    "read": "Read",
    "opening": "Only the opening could be read",
    "copy": "Read at a copy; the original is cited",
    "cited": "Not read; other pages credit it",
}

# What rests on a source, one and many, by table.
_RESTING = {
    "statements": ("statement", "statements"),
    "people": ("person", "people"),
    "organizations": ("organization", "organizations"),
    "memberships": ("role of a person", "roles of persons"),
    "laws": ("law or plan", "laws and plans"),
    "law_contributors": ("author or issuer of a law", "authors and issuers of laws"),
    "law_relations": ("link between laws", "links between laws"),
    "events": ("event", "events"),
    "event_participants": ("participant of an event", "participants of events"),
    "statistics": ("figure", "figures"),
    "indicators": ("kind of figure", "kinds of figures"),
}


def statements(record: Record, share: Iterable[Row]) -> Iterator[Page]:
    """Make a page for each statement."""
    cited = citation.cite(record.package).text.rstrip(".")
    for row in share:
        key = row["id"]
        name = record.name(record.speaker_id(row))
        occasion = record.root(row["for_event_id"] or row["event_id"])
        laws, topics = record.of("statement_laws", "statement_id", key), record.topics_of(key)
        antecedents = [
            (heading, found)
            for heading, found in (
                ("earlier statements that asked for it", record.asked_for(key)),
                ("provisions that answer it", record.answered_by(key)),
            )
            if found
        ]
        facts = [("kind", words.spaced(row["kind"])), ("attribution", words.spaced(row["attribution"]))]
        facts += [("planned", "yes: the source reports the act as still to come")] if row["planned"] else []
        links = [passage.link for passage in record.passages.get(("statements", key), ()) if passage.link]
        yield Page(
            f"statements/{key}.html",
            "statement.html",
            f"{name}: {row['summary']}",
            f"{name}, {record.told(row)}: {row['summary']}",
            "Statements",
            (("Statements", "statements/index.html"),),
            {
                "statements": [row],
                "positions": record.of("positions", "statement_id", key),
                "statement_laws": laws,
                "statement_topics": record.of("statement_topics", "statement_id", key),
            },
            {
                "statement": row,
                "occasion": occasion,
                "facts": facts,
                "laws": laws,
                "topics": topics,
                "antecedents": antecedents,
                "citation": f"{cited}: {key}.",
            },
            {
                "@type": "Claim",
                "text": row["summary"],
                "author": thing("Person" if row["person_id"] else "Organization", name),
                "appearance": [{"@type": "CreativeWork", "url": link} for link in links],
            },
        )


def indicators(record: Record, share: Iterable[Row]) -> Iterator[Page]:
    """Make a page for each indicator."""
    for indicator in share:
        key = indicator["id"]
        rows = sorted(record.of("statistics", "indicator_id", key), key=lambda row: (str(row["ref_date"]), row["id"]))
        chart = charts.series(record, indicator)
        finding = chart.title if chart else findings.value(rows[-1]) if rows else "No value is on record."
        yield Page(
            f"figures/{key}.html",
            "indicator.html",
            indicator["name"],
            finding,
            "Figures",
            (("Figures", "figures/index.html"),),
            {"indicators": [indicator], "statistics": rows},
            {
                "indicator": indicator,
                "rows": rows[::-1],
                "drawn": chart,
                "finding": finding,
                "traps": findings.traps(record, rows),
            },
            {"@type": "StatisticalVariable", "name": indicator["name"], "description": indicator["definition"]},
            {f"figures-{key}": chart} if chart else {},
        )


def sources(record: Record, share: Iterable[Row]) -> Iterator[Page]:
    """Make a page for each source, with all that rests on it."""
    for source in share:
        key = source["id"]
        evidence = record.of("evidence", "source_id", key)
        resting: dict[str, dict[str, None]] = {}
        for row in evidence:
            resting.setdefault(row["record_table"], {})[row["record_id"]] = None
        rests = []
        for table, keys in sorted(resting.items(), key=lambda one: (one[0] != "statements", one[0])):
            heading = words.capital(words.counted(len(keys), *_RESTING[table]))
            rests.append((heading, [_resting(record, table, one, key) for one in sorted(keys)]))
        title = source["title"].strip("[]")
        yield Page(
            f"sources/{key}.html",
            "source.html",
            title,
            f"What rests on {record.source_label(source)}.",
            "Data and method",
            (("Sources", "sources/index.html"),),
            {"sources": [source], "evidence": evidence},
            {
                "source": source,
                "rests": rests,
                "finding": _rests(resting),
                "access": _ACCESS[source["access"]],
                "copies": record.of("sources", "original_id", key),
            },
            {
                "@type": "CreativeWork",
                "name": title,
                "inLanguage": source["language"],
                "publisher": thing("Organization", record.name(source["publisher_id"])),
                "datePublished": source["published_date"],
            },
        )


def _rests(resting: dict[str, dict[str, None]]) -> str:
    if not resting:
        return "Nothing rests on this page; other pages credit it."
    said = len(resting.get("statements", ()))
    rows = sum(map(len, resting.values()))
    told = words.counted(rows, "row rests", "rows rest")
    return f"{words.capital(told)} on it{f', {words.number(said)} of them statements' if said else ''}."


def _resting(record: Record, table: str, key: str, source: str) -> tuple[str, str, str, str]:
    """Give id, page, words and passage link of a row that rests on a source."""
    row = record.by_id[table][key]
    passages = record.passages.get((table, key), ())
    link = next((passage.link for passage in passages if passage.source_id == source and passage.link), "")
    if table in FOLDERS:
        text = str(row[FOLDERS[table][1]])
        if table == "statements":
            text = f"{record.name(record.speaker_id(row))}: {text}"
        return key, page_of(table, key), text, link
    if table == "statistics":
        name = record.by_id["indicators"][row["indicator_id"]]["name"]
        return key, f"{page_of('indicators', row['indicator_id'])}#{key}", name, link
    if table == "law_relations":
        text = f"{record.name(row['from_id'])} {words.spaced(row['relation'])} {record.name(row['to_id'])}"
        return key, page_of("laws", row["from_id"]), text, link
    pairs = [
        (column, row[f"{column}_id"])
        for column in ("person", "organization", "event", "law")
        if row.get(f"{column}_id")
    ]
    tables = {"person": "people", "organization": "organizations", "event": "events", "law": "laws"}
    text = f"{', '.join(record.name(one) for _, one in pairs)}: {words.spaced(row['role'])}"
    return key, page_of(tables[pairs[0][0]], pairs[0][1]), text, link


def topics(record: Record, share: Iterable[Row]) -> Iterator[Page]:
    """Make a page for each topic."""
    for topic in share:
        key = topic["id"]
        links = record.of("statement_topics", "topic_id", key)
        said = record.statements_of(record.by_id["statements"][row["statement_id"]] for row in links)
        propositions = sorted(record.of("propositions", "topic_id", key), key=lambda row: record.rank[row["id"]])
        yield from Page(
            f"topics/{key}.html",
            "topic.html",
            topic["name"],
            topic["description"],
            "Statements",
            (("Data and method", "data.html"),),
            {"topics": [topic], "statements": said},
            {
                "topic": topic,
                "statements": said,
                "statements_title": words.capital(words.counted(len(said), "statement")),
                "propositions": [(row, findings.count(record, row["id"])) for row in propositions],
                "narrower": record.of("topics", "broader_id", key),
            },
        ).with_all([("Statements", said)])


def retired(_: Record, share: Iterable[Row]) -> Iterator[Page]:
    """Lead on from retired identifiers."""
    for row in share:
        path = page_of(row["record_table"], row["id"])
        if path:
            target = page_of(row["record_table"], row["replaced_by"]) if row["replaced_by"] else ""
            title = f"{row['id']} is retired"
            yield Page(path, "moved.html", title, row["reason"], context={"row": row, "target": target})
