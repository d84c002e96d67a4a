"""Pages of single rows: statements, figures, sources, topics, and what retired ids lead to."""

from collections.abc import Iterable, Iterator

from ..loading import citation
from ..loading.dated import iso
from . import charts, figures, findings, words
from .page import TABLES, Page, of_record, page_of, thing
from .record import Record, Row

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
        key, name = row["id"], record.credit(row)
        laws = record.of("statement_laws", "statement_id", key)
        facts = [
            (column, words.spaced(row[column]), record.meaning("statements", column, row[column]))
            for column in ("kind", "attribution")
        ]
        facts += [("planned", "yes", "The source reports the act as still to come")] if row["planned"] else []
        links = [passage.link for passage in record.passages.get(("statements", key), ()) if passage.link]
        context = {
            "occasion": record.root(row["for_event_id"] or row["event_id"]),
            "facts": facts,
            "laws": [(link, record.meaning("statement_laws", "relation", link["relation"])) for link in laws],
            "topics": record.topics_of(key),
            "antecedents": [
                ("earlier statements that asked for it", record.asked_for(key)),
                ("later texts that lay it down", record.met_by(key)),
            ],
            "citation": f"{cited}: {key}.",
        }
        json_ld = {
            "@type": "Claim",
            "text": row["summary"],
            "author": [
                thing("Person" if row["person_id"] else "Organization", record.name(one))
                for one in record.speakers(row)
            ],
            "appearance": [{"@type": "CreativeWork", "url": link} for link in links],
        }
        rows = {
            "positions": record.of("positions", "statement_id", key),
            "statement_laws": laws,
            "statement_topics": record.of("statement_topics", "statement_id", key),
            "statement_cospeakers": record.of("statement_cospeakers", "statement_id", key),
            "provision_antecedents": [
                *record.of("provision_antecedents", "provision_id", key),
                *record.of("provision_antecedents", "asked_by_id", key),
            ],
        }
        about = f"{name}, {words.told(row)}: {row['summary']}"
        yield of_record("statements", row, f"{name}: {row['summary']}", about, rows, context, json_ld)


def indicators(record: Record, share: Iterable[Row]) -> Iterator[Page]:
    """Make a page for each indicator."""
    for indicator in share:
        key, name = indicator["id"], indicator["name"]
        rows = figures.ordered(record, key)
        chart = charts.series(record, key)
        finding = chart.title if chart else findings.latest(record, key)
        context = {
            "rows": rows,
            "drawn": chart,
            "finding": finding,
            "traps": findings.traps(record, key),
            "differing": any(figures.conflicts(record, key)),
        }
        json_ld = {"@type": "StatisticalVariable", "name": name, "description": indicator["definition"]}
        drawn = {f"figures-{key}": chart} if chart else {}
        held = {"statistics": rows}
        yield of_record("indicators", indicator, name, finding, held, context, json_ld, charts=drawn)


def sources(record: Record, share: Iterable[Row]) -> Iterator[Page]:
    """Make a page for each source, with all that rests on it."""
    for source in share:
        key, title = source["id"], record.label("sources", source["id"])
        evidence = record.of("evidence", "source_id", key)
        resting: dict[str, dict[str, None]] = {}
        for row in evidence:
            resting.setdefault(row["record_table"], {})[row["record_id"]] = None
        rests = [
            (words.capital(words.counted(len(keys), *_RESTING[table])), table, [*_resting(record, table, keys, key)])
            for table, keys in sorted(resting.items(), key=lambda one: (one[0] != "statements", one[0]))
        ]
        context = {
            "rests": rests,
            "finding": _rests(resting),
            "read": words.ACCESS[source["access"]],
            "told": record.meaning("sources", "reliability", source["reliability"]),
            "language": words.LANGUAGES.get(source["language"], source["language"]),
            "copies": record.of("sources", "original_id", key),
        }
        json_ld = {
            "@type": "CreativeWork",
            "name": title,
            "inLanguage": source["language"],
            "publisher": thing("Organization", record.name(source["publisher_id"])),
            "datePublished": iso(source["published_date"], source["published_precision"]),
        }
        about = f"What rests on {record.source_label(source)}."
        yield of_record("sources", source, title, about, {"evidence": evidence}, context, json_ld)


def _rests(resting: dict[str, dict[str, None]]) -> str:
    if not resting:
        return "Nothing rests on this page; other pages credit it."
    said = len(resting.get("statements", ()))
    told = words.counted(sum(map(len, resting.values())), "row rests", "rows rest")
    return f"{words.capital(told)} on it{f', {words.number(said)} of them statements' if said else ''}."


def _resting(record: Record, table: str, keys: Iterable[str], source: str) -> Iterator[tuple[str, str, str, str, str]]:
    """Give id, page, speaker, words and passage link of the rows that rest on a source, those of a speaker together."""
    found = []
    for key in keys:
        row = record.by_id[table][key]
        passages = record.passages.get((table, key), ())
        link = next((passage.link for passage in passages if passage.source_id == source and passage.link), "")
        name = record.credit(row) if table == "statements" else ""
        found.append((name, key, *shown(record, table, row), link))
    for name, key, path, text, link in sorted(found):
        yield key, path, name, text, link


def shown(record: Record, table: str, row: Row) -> tuple[str, str]:
    """Give page and words of a row that rests on a source."""
    if table in TABLES:
        return page_of(table, row["id"]), record.label(table, row["id"])
    if table == "statistics":
        name = record.by_id["indicators"][row["indicator_id"]]["name"]
        told = f"{name}: {words.measured(row)}, {words.told(row, 'ref')}"
        return f"{page_of('indicators', row['indicator_id'])}#{row['id']}", told
    if table == "law_relations":
        text = f"{record.name(row['from_id'])} {words.spaced(row['relation'])} {record.name(row['to_id'])}"
        return page_of("laws", row["from_id"]), text
    tables = {"person": "people", "organization": "organizations", "event": "events", "law": "laws"}
    pairs = [(table, row[f"{column}_id"]) for column, table in tables.items() if row.get(f"{column}_id")]
    text = f"{', '.join(record.name(one) for _, one in pairs)}: {words.spaced(row['role'])}"
    return page_of(*pairs[0]), text


def topics(record: Record, share: Iterable[Row]) -> Iterator[Page]:
    """Make a page for each topic."""
    for topic in share:
        key, name = topic["id"], topic["name"]
        links = record.of("statement_topics", "topic_id", key)
        said = record.statements_of(record.by_id["statements"][row["statement_id"]] for row in links)
        propositions = sorted(record.of("propositions", "topic_id", key), key=lambda row: record.rank[row["id"]])
        context = {
            "statements": said,
            "statements_title": words.capital(words.counted(len(said), "statement")),
            "propositions": [(row, findings.count(record, row["id"])) for row in propositions],
            "narrower": record.of("topics", "broader_id", key),
        }
        page = of_record("topics", topic, name, topic["description"], {"statements": said}, context, {})
        yield from page.with_all([("Statements", said)])


def retired(_: Record, share: Iterable[Row]) -> Iterator[Page]:
    """Lead on from retired identifiers."""
    for row in share:
        path = page_of(row["record_table"], row["id"])
        if path:
            target = page_of(row["record_table"], row["replaced_by"]) if row["replaced_by"] else ""
            title = f"{row['id']} is retired"
            yield Page(path, "moved.html", title, row["reason"], context={"row": row, "target": target})
