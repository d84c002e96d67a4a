"""Tables to search and sort: an overview of each section in columns that people read, and every table whole."""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from html import escape
from typing import Any, NamedTuple

from ..loading import csv
from ..package.descriptor import Table
from . import figures, findings, search, words
from .page import TABLES, Page, page_of
from .record import Record

# A cell: text, or a text and the path that it leads to. A row is its cells by column.
Cell = str | tuple[str, str]
Cells = Mapping[str, Cell]


class _Overview(NamedTuple):
    """A grid in columns that people read, and another that its page links to."""

    title: str
    path: str
    about: str
    section: str
    extra: tuple[str, str] | None
    rows: Callable[[Record], Iterator[Cells]]


# Titles and paths of grids that link to each other.
_PEOPLE, _BODIES = ("People", "people/index.html"), ("Organizations", "organizations/index.html")
_LAWS, _ANSWERED = ("Laws and plans", "laws/index.html"), ("Demands that a later text met", "answered/index.html")
# What the grid of a whole table links to.
_LINKED = {"provision_antecedents": _ANSWERED}
_OVERVIEWS: list[_Overview] = []


def _grid(
    title: str, path: str, about: str, section: str = "", extra: tuple[str, str] | None = None
) -> Callable[[Callable[[Record], Iterator[Cells]]], None]:
    """Make an overview of what gives its rows."""
    return lambda rows: _OVERVIEWS.append(_Overview(title, path, about, section or title, extra, rows))


def pages(record: Record) -> Iterator[Callable[[], Page]]:
    """Give what makes each grid: an overview a section, then every table whole."""
    for one in _OVERVIEWS:
        yield partial(_overview, record, one)
    for name in record.package.names():
        yield partial(_whole, record, record.package.table(name))


def _overview(record: Record, one: _Overview) -> Page:
    held = [*one.rows(record)]
    columns = [*held[0]] if held else ["no rows"]
    return _page(one.path, one.title, one.about, columns, held, one.section, one.extra)


def _whole(record: Record, table: Table) -> Page:
    """Give the cells of a table as text, with the paths to which its keys lead."""
    targets = table.targets | {"id": table.name}
    held: list[Cells] = []
    for _, cells in csv.rows(record.package, table):
        row = dict(zip(table.columns, cells, strict=True))
        leads = targets | {"record_id": row.get("record_table", "")}
        held.append({name: _link(cell, leads.get(name, ""), cell) for name, cell in row.items()})
    path, extra = f"tables/{table.name}.html", _LINKED.get(table.name)
    return _page(path, table.title, table.description, table.columns, held, "Data and method", extra)


def _page(
    path: str,
    title: str,
    about: str,
    columns: Iterable[str],
    held: list[Cells],
    section: str,
    extra: tuple[str, str] | None,
) -> Page:
    rows = [[*row.values()] for row in held]
    name = path.removeprefix("tables/").removesuffix(".html").replace("/index", "-overview")
    context = {"name": name, "columns": [*columns], "rows": rows, "body": body(rows), "extra": extra}
    return Page(path, "grid.html", title, about, section, context=context)


@_grid(*_PEOPLE, "Everybody named in the record, with roles and how often they speak in it.", extra=_BODIES)
def _people(record: Record) -> Iterator[Cells]:
    for row in record.rows("people"):
        said = record.said_by(row["id"])
        key = row["id"]
        kind = Counter(record.kind(one, key) for one in said).most_common(1)
        yield {
            "name": _link(row["name"], "people", row["id"]),
            "Chinese name": row["name_zh"] or "",
            "speaks as": kind[0][0] if kind else "",
            "roles": "; ".join(record.role(role) for role in record.memberships(row["id"])),
            "statements": str(len(said)),
            "propositions": str(len({one.proposition["id"] for one in record.positions_of.get(row["id"], ())})),
            "latest": words.iso_told(said[0]) if said else "",
        }


@_grid(*_BODIES, "Bodies, companies, universities and outlets in the record.", "People", _PEOPLE)
def _organizations(record: Record) -> Iterator[Cells]:
    for row in sorted(record.rows("organizations"), key=lambda row: row["name"].casefold()):
        yield {
            "name": _link(row["name"], "organizations", row["id"]),
            "Chinese name": row["name_zh"] or "",
            "kind": words.spaced(row["kind"]),
            "country": words.place(row["country"] or ""),
            "part of": _named(record, "organizations", row["parent_id"]),
        }


@_grid(*_LAWS, "Every instrument in the record: laws, drafts, plans, motions, standards.", "Laws", _ANSWERED)
def _laws(record: Record) -> Iterator[Cells]:
    for row in sorted(record.rows("laws"), key=lambda row: record.name(row["id"]).casefold()):
        steps = [one for one in record.steps(row) if one["start_date"]]
        latest = max(steps, key=lambda one: one["start_date"], default=None)
        yield {
            "title": _link(record.name(row["id"]), "laws", row["id"]),
            "Chinese title": row["title_zh"] or "",
            "kind": words.spaced(row["kind"]),
            "where": words.place(row["jurisdiction"]),
            "status": findings.status(record, row).lower(),
            "latest step": words.stage(latest["stage"] or "") if latest else "",
            "date": words.iso_told(latest, "start") if latest else "",
            "statements": str(len(record.of("statement_laws", "law_id", row["id"]))),
        }


@_grid(
    *_ANSWERED,
    "Each row pairs what a law, rule or policy lays down with an earlier statement that asked for it. It does not say "
    "that one led to the other. Where a draft of the text, with or without this provision, was out for comment before "
    "somebody asked, the last column says since when. What an issuer asked of itself is left out.",
    "Laws",
    _LAWS,
)
def _answered(record: Record) -> Iterator[Cells]:
    for provision, asked in record.met:
        law = record.by_id["laws"][provision["law_id"]]
        draft = record.draft_before(law["id"], asked)
        until = asked["date"] and words.last_day(asked["date"], asked["date_precision"])
        days = max((provision["date"] - until).days, 0) if until and provision["date"] else ""
        yield {
            "text": _named(record, "laws", law["id"]),
            "kind of text": words.spaced(law["kind"]),
            "lays down": _link(provision["summary"], "statements", provision["id"]),
            "since": words.iso_told(provision),
            "who asked": _link(record.credit(asked), record.speaker_table(asked), record.speaker_id(asked)),
            "asked as": record.capacity(asked) or findings.inside(record.kind(asked)),
            "asked for": _link(asked["summary"], "statements", asked["id"]),
            "asked on": words.iso_told(asked),
            "days between": str(days),
            "draft public since": words.iso_told(draft, "start") if draft else "",
        }


@_grid("Events", "events/index.html", "Sessions, meetings and every dated step of a law, the newest first.")
def _events(record: Record) -> Iterator[Cells]:
    for row in sorted(record.rows("events"), key=lambda row: (str(row["start_date"] or ""), row["id"]), reverse=True):
        yield {
            "date": words.iso_told(row, "start"),
            "event": _link(row["name"], "events", row["id"]),
            "kind or step": words.stage(row["stage"] or row["kind"]),
            "place": row["place"] or "",
            "law": _named(record, "laws", row["law_id"]),
        }


@_grid(
    "Figures",
    "figures/index.html",
    "What is counted, by whom, and the latest value. Series of two producers must not be joined.",
)
def _figures(record: Record) -> Iterator[Cells]:
    for row in record.rows("indicators"):
        last = next(iter(figures.latest(record, row["id"])), None)
        differing = [last, *figures.differing(record, last)] if last else []
        yield {
            "what is counted": _link(row["name"], "indicators", row["id"]),
            "latest value": "; also ".join(words.figure(one["value"], one["bound"], one["unit"]) for one in differing),
            "place": words.area(last["ref_area"]) if last else "",
            "as of": words.iso_told(last, "ref") if last else "",
            "producer": _named(record, "organizations", last["producer_id"]) if last else "",
            "values": str(len(record.of("statistics", "indicator_id", row["id"]))),
        }


@_grid(
    "Statements",
    "statements/index.html",
    "One row is one distinct point, by one speaker or by several together, the newest first.",
)
def _statements(record: Record) -> Iterator[Cells]:
    for row in record.statements_of(record.rows("statements")):
        key = row["id"]
        held = [(findings.HOLDS[one.value], one.proposition["text"]) for one in record.positions_of.get(key, ())]
        yield {
            "date": words.iso_told(row),
            "speaker": _link(
                ", ".join(map(record.name, record.speakers(row))), record.speaker_table(row), record.speaker_id(row)
            ),
            "speaks as": record.kind(row),
            "capacity": record.capacity(row),
            "statement": _link(row["summary"], "statements", key),
            "positions": "; ".join(f"{value}: {text.rstrip('.')}" for value, text in held),
            "topics": ", ".join(topic["name"] for topic in record.topics_of(key)),
            "source": next((one.label for one in record.passages.get(("statements", key), ())), ""),
            "id": key,
        }


@_grid("Sources", "sources/index.html", "Every page read or credited, the newest first.", "Data and method")
def _sources(record: Record) -> Iterator[Cells]:
    for row in sorted(record.rows("sources"), key=lambda row: str(row["published_date"] or ""), reverse=True):
        resting = {(one["record_table"], one["record_id"]) for one in record.of("evidence", "source_id", row["id"])}
        yield {
            "title": _link(record.label("sources", row["id"]), "sources", row["id"]),
            "publisher": _named(record, "organizations", row["publisher_id"]),
            "date": words.iso_told(row, "published"),
            "kind": words.spaced(row["kind"]),
            "language": words.LANGUAGES.get(row["language"], row["language"]),
            "read": words.ACCESS[row["access"]],
            "reliability": words.RELIABILITY[row["reliability"]],
            "rows on it": str(len(resting)),
            "id": row["id"],
        }


def _link(text: str, table: str, identifier: str) -> Cell:
    """Give a cell that leads to a record, where its table has pages."""
    return (text, page_of(table, identifier)) if identifier and table in TABLES else text


def _named(record: Record, table: str, identifier: str | None) -> Cell:
    return _link(record.name(identifier), table, identifier) if identifier else ""


def body(rows: Iterable[Iterable[Cell]]) -> str:
    """Write rows as HTML, for pages one folder below the root."""
    return "".join(f"<tr>{''.join(map(_cell, row))}</tr>\n" for row in rows)


def _cell(cell: Cell) -> str:
    if isinstance(cell, str):
        # Dates and short ids do not break.
        short = " class=date" if cell[-2:].isdigit() and 6 < len(cell) < 14 else ""
        return f"<td{short}>{search.marked(escape(cell, quote=False))}</td>"
    return f'<td><a href="../{escape(cell[1])}">{search.marked(escape(cell[0], quote=False))}</a></td>'


def script(context: Mapping[str, Any]) -> str:
    """Give the rows of a grid page as a classic script, which opens from a file too."""
    data = {"columns": context["columns"], "rows": context["rows"]}
    return f"window.TABLE = {json.dumps(data, ensure_ascii=False, separators=(',', ':'))};\n"
