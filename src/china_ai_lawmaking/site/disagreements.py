"""The page of what sources tell differently, with what the record takes and why."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from . import entries, figures, words
from .page import Page, page_of
from .record import Passage, Record, Row


class _Disagreement(NamedTuple):
    """What sources disagree on: its name and page, the value taken and the others, each with where it is read."""

    anchor: str
    name: str
    path: str
    taken: tuple[str, list[Passage]]
    others: list[tuple[str, list[Passage]]]
    note: str


def page(record: Record) -> Page:
    """Make the page of contradicted rows and of figures that differ for one date."""
    contradicted, differing = sorted(_contradicted(record)), sorted(_differing(record))
    counts = f"{words.counted(len(contradicted), 'entry', 'entries')} and {words.counted(len(differing), 'figure')}"
    lede = (
        f"Sources disagree on {counts}. Of figures of one date the record takes the one known to be published "
        "last; elsewhere the note says why."
        if contradicted or differing
        else "No two sources are known to disagree in this version."
    )
    context = {"lede": lede, "found": [*contradicted, *differing]}
    trail = (("Data and method", "data.html"),)
    path, title = "disagreements.html", "Where sources disagree"
    return Page(path, path, title, lede, "Data and method", trail, context=context)


def _contradicted(record: Record) -> Iterator[_Disagreement]:
    for (table, key), passages in record.passages.items():
        against = [one for one in passages if one.relation == "contradicts"]
        if not against:
            continue
        row = record.by_id[table][key]
        path, name = entries.shown(record, table, row)
        fields = list(dict.fromkeys(field for one in against for field in one.fields))
        told = "; ".join(value for field in fields if (value := _told(row, field)) != name)
        stating = [one for one in passages if one.relation != "contradicts" and {*one.fields} & {*fields}]
        yield _Disagreement(key, name, path, (told, _once(stating)), [("", _once(against))], row.get("note") or "")


def _told(row: Row, field: str) -> str:
    return words.told(row, field.removesuffix("_date")) if field.endswith("date") else str(row[field])


def _differing(record: Record) -> Iterator[_Disagreement]:
    for indicator in record.rows("indicators"):
        for rows in figures.conflicts(record, indicator["id"]):
            read = [(words.measured(row), _once(record.passages.get(("statistics", row["id"]), ()))) for row in rows]
            name = f"{indicator['name']}, {words.told(rows[0], 'ref')}"
            path = f"{page_of('indicators', indicator['id'])}#{rows[0]['id']}"
            yield _Disagreement("", name, path, read[0], read[1:], " ".join(row["note"] for row in rows if row["note"]))


def _once(passages: Iterable[Passage]) -> list[Passage]:
    """Keep one passage a source."""
    return list({one.source_id: one for one in passages}.values())
