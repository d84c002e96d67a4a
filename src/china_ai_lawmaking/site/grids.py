"""Tables to search and sort: an overview of each section in columns that people read, and every table whole."""

from __future__ import annotations

import json
from collections import Counter
from html import escape
from typing import TYPE_CHECKING

from ..loading import csv
from . import findings, search, words
from .page import FOLDERS, Page, page_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from ..package.descriptor import Table
    from .record import Record

    # A cell: text, or a text and the path that it leads to.
    Cell = str | tuple[str, str]


# Title and path of the grid of what laws answered.
ANSWERED = ("Earlier demands that a law answered", "answered/index.html")


def pages(record: Record) -> Iterator[Page]:
    """Make every grid: an overview a section, then every table whole."""
    people, bodies = ("People", "people/index.html"), ("Organizations", "organizations/index.html")
    yield _grid(
        *people,
        "Everybody named in the record, with roles and how often they speak in it.",
        ("name", "in characters", "speaks as", "roles", "statements", "propositions", "latest"),
        _people(record),
        extra=bodies,
    )
    yield _grid(
        *bodies,
        "Bodies, companies, universities and outlets in the record.",
        ("name", "in characters", "kind", "country", "part of"),
        _organizations(record),
        "People",
        extra=people,
    )
    yield _grid(
        "Laws and plans",
        "laws/index.html",
        "Every instrument in the record: laws, drafts, plans, motions, standards.",
        ("title", "in characters", "kind", "where", "status", "latest step", "date", "statements"),
        _laws(record),
        "Laws",
        extra=ANSWERED,
    )
    yield _grid(
        *ANSWERED,
        "Each row pairs what a law lays down with an earlier statement that asked for it. "
        "It does not say that the law did so because it was asked.",
        ("law", "lays down", "since", "who asked", "asked for", "asked on"),
        _answered(record),
        "Laws",
        extra=("Laws and plans", "laws/index.html"),
    )
    yield _grid(
        "Events",
        "events/index.html",
        "Sessions, meetings and every dated step of a law, the newest first.",
        ("date", "event", "kind or step", "place", "law"),
        _events(record),
    )
    yield _grid(
        "Figures",
        "figures/index.html",
        f"{len(record.rows('statistics')):,} figures on {len(record.rows('indicators')):,} subjects: what is counted, "
        "by whom, and the latest value. Series of two producers must not be joined.",
        ("what is counted", "latest value", "as of", "producer", "values"),
        _figures(record),
    )
    yield _grid(
        "Statements",
        "statements/index.html",
        "One row is one distinct point by one speaker, the newest first.",
        ("date", "speaker", "speaks as", "capacity", "statement", "positions", "topics", "source", "id"),
        _statements(record),
    )
    yield _grid(
        "Sources",
        "sources/index.html",
        "Every page that was read or that others credit, the newest first.",
        (
            "title",
            "publisher",
            "date",
            "kind",
            "language",
            "access",
            "reliability",
            "rows on it",
            "id",
        ),
        _sources(record),
        "Data and method",
    )
    for name in record.package.names():
        table = record.package.table(name)
        path = f"tables/{name}.html"
        yield _grid(
            path=path,
            title=table.title,
            about=table.description,
            columns=table.columns,
            rows=_table(record, table),
            section="Data and method",
            extra=ANSWERED if name == "provision_antecedents" else None,
        )


def _grid(
    title: str,
    path: str,
    about: str,
    columns: Sequence[str],
    rows: Iterable[Sequence[Cell]],
    section: str = "",
    extra: tuple[str, str] | None = None,
) -> Page:
    name = path.removeprefix("tables/").removesuffix(".html").replace("/index", "-overview")
    held = list(rows)
    context = {"name": name, "columns": columns, "rows": held, "body": body(held), "extra": extra}
    return Page(path, "grid.html", title, about, section or title, context=context)


def _people(record: Record) -> Iterator[Sequence[Cell]]:
    for row in record.rows("people"):
        said = record.said_by(row["id"])
        kind = Counter(record.kind(one) for one in said if one["person_id"]).most_common(1)
        yield (
            (row["name"], page_of("people", row["id"])),
            row["name_zh"] or "",
            kind[0][0] if kind else "",
            "; ".join(record.role(role) for role in record.memberships(row["id"])),
            str(len(said)),
            str(len({one.proposition["id"] for one in record.positions_of.get(row["id"], ())})),
            max((words.iso(one["date"], one["date_precision"]) for one in said), default=""),
        )


def _organizations(record: Record) -> Iterator[Sequence[Cell]]:
    for row in sorted(record.rows("organizations"), key=lambda row: row["name"].casefold()):
        yield (
            (row["name"], page_of("organizations", row["id"])),
            row["name_zh"] or "",
            words.spaced(row["kind"]),
            words.place(row["country"] or ""),
            _named(record, "organizations", row["parent_id"]),
        )


def _laws(record: Record) -> Iterator[Sequence[Cell]]:
    for row in sorted(record.rows("laws"), key=lambda row: record.name(row["id"]).casefold()):
        steps = [one for one in record.of("events", "law_id", row["id"]) if one["start_date"]]
        latest = max(steps, key=lambda one: one["start_date"], default=None)
        yield (
            (record.name(row["id"]), page_of("laws", row["id"])),
            row["title_zh"] or "",
            words.spaced(row["kind"]),
            words.place(row["jurisdiction"]),
            words.spaced(row["status"]),
            words.spaced(latest["stage"] or "") if latest else "",
            words.iso_told(latest["start_date"], latest["start_precision"], latest["date_basis"]) if latest else "",
            str(len(record.of("statement_laws", "law_id", row["id"]))),
        )


def _answered(record: Record) -> Iterator[Sequence[Cell]]:
    for link in record.rows("provision_antecedents"):
        provision, asked = (record.by_id["statements"][link[key]] for key in ("provision_id", "asked_by_id"))
        speaker = record.speaker_id(asked)
        yield (
            _named(record, "laws", provision["law_id"]),
            (provision["summary"], page_of("statements", provision["id"])),
            words.iso_told(provision["date"], provision["date_precision"], provision["date_basis"]),
            (record.name(speaker), page_of(record.speaker_table(asked), speaker)),
            (asked["summary"], page_of("statements", asked["id"])),
            words.iso_told(asked["date"], asked["date_precision"], asked["date_basis"]),
        )


def _events(record: Record) -> Iterator[Sequence[Cell]]:
    for row in sorted(record.rows("events"), key=lambda row: (str(row["start_date"] or ""), row["id"]), reverse=True):
        yield (
            words.iso_told(row["start_date"], row["start_precision"], row["date_basis"]),
            (row["name"], page_of("events", row["id"])),
            words.spaced(row["stage"] or row["kind"]),
            row["place"] or "",
            _named(record, "laws", row["law_id"]),
        )


def _figures(record: Record) -> Iterator[Sequence[Cell]]:
    for row in record.rows("indicators"):
        values = record.of("statistics", "indicator_id", row["id"])
        last = max(values, key=lambda one: str(one["ref_date"] or ""), default=None)
        yield (
            (row["name"], page_of("indicators", row["id"])),
            words.figure(last["value"], last["bound"], last["unit"]) if last else "",
            words.iso(last["ref_date"], last["ref_precision"]) if last else "",
            _named(record, "organizations", last["producer_id"]) if last else "",
            str(len(values)),
        )


def _statements(record: Record) -> Iterator[Sequence[Cell]]:
    for row in record.statements_of(record.rows("statements")):
        key, speaker = row["id"], record.speaker_id(row)
        passages = record.passages.get(("statements", key), ())
        yield (
            words.iso_told(row["date"], row["date_precision"], row["date_basis"]),
            (record.name(speaker), page_of(record.speaker_table(row), speaker)),
            record.kind(row),
            record.capacity(row),
            (row["summary"], page_of("statements", key)),
            "; ".join(
                f"{findings.HOLDS[one.value]}: {one.proposition['text'].rstrip('.')}"
                for one in record.positions_of.get(key, ())
            ),
            ", ".join(topic["name"] for topic in record.topics_of(key)),
            passages[0].label if passages else "",
            key,
        )


def _sources(record: Record) -> Iterator[Sequence[Cell]]:
    for row in sorted(record.rows("sources"), key=lambda row: str(row["published_date"] or ""), reverse=True):
        resting = {(one["record_table"], one["record_id"]) for one in record.of("evidence", "source_id", row["id"])}
        yield (
            (row["title"].strip("[]"), page_of("sources", row["id"])),
            _named(record, "organizations", row["publisher_id"]),
            words.iso_told(row["published_date"], row["published_precision"], row["published_basis"]),
            words.spaced(row["kind"]),
            row["language"],
            row["access"],
            row["reliability"],
            str(len(resting)),
            row["id"],
        )


def _named(record: Record, table: str, identifier: str | None) -> Cell:
    return (record.name(identifier), page_of(table, identifier)) if identifier else ""


def _table(record: Record, table: Table) -> Iterator[Sequence[Cell]]:
    """Give the cells of a table as text, with the paths to which its keys lead."""
    targets = {one.fields[0]: one.table or table.name for one in table.references if len(one.fields) == 1}
    of = [targets.get(column, table.name if column == "id" else "") for column in table.columns]
    for _, row in csv.rows(record.package, table):
        named = dict(zip(table.columns, row, strict=True))
        leads = [
            named["record_table"] if column == "record_id" else lead for column, lead in zip(named, of, strict=True)
        ]
        yield [
            (cell, page_of(lead, cell)) if cell and lead in FOLDERS else cell
            for cell, lead in zip(row, leads, strict=True)
        ]


def body(rows: Iterable[Sequence[Cell]]) -> str:
    """Write rows as HTML, for pages one folder below the root."""
    return "".join(f"<tr>{''.join(map(_cell, row))}</tr>\n" for row in rows)


def _cell(cell: Cell) -> str:
    if isinstance(cell, str):
        text = escape(cell, quote=False)
        return f"<td>{text}</td>" if cell.isascii() else f"<td>{search.marked(text)}</td>"
    return f'<td><a href="../{escape(cell[1])}">{escape(cell[0], quote=False)}</a></td>'


def script(page: Page) -> str:
    """Give the rows of a grid page as a classic script, which opens from a file too."""
    data = {"columns": page.context["columns"], "rows": page.context["rows"]}
    return f"window.TABLE = {json.dumps(data, ensure_ascii=False, separators=(',', ':'))};\n"
