"""One page of the site, and where the pages of records lie."""

from __future__ import annotations

from itertools import groupby
from operator import itemgetter
from types import MappingProxyType
from typing import Any, NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from .record import Row
    from .svg import Chart

# How many statements a page shows before the rest moves to a page of its own.
MOST = 40
# How many a page of all of them lists: more would weigh over 15 kB.
_LISTED = 200


class Kind(NamedTuple):
    """How the pages of a table are made.

    Attributes:
        folder: Where they lie.
        column: What names a row.
        template: The stem of their template, in which the row has the same name.
        section: The section that is marked in the menu.
        home: Title and path of the list that leads to them.
    """

    folder: str
    column: str
    template: str
    section: str
    home: tuple[str, str]


TABLES = {
    "people": Kind("people", "name", "person", "People", ("People", "people/index.html")),
    "organizations": Kind("organizations", "name", "body", "People", ("Organizations", "organizations/index.html")),
    "laws": Kind("laws", "title", "law", "Laws", ("Laws and plans", "laws/index.html")),
    "events": Kind("events", "name", "event", "Events", ("Events", "events/index.html")),
    "statements": Kind("statements", "summary", "statement", "Statements", ("Statements", "statements/index.html")),
    "propositions": Kind(
        "propositions", "text", "proposition", "Propositions", ("Propositions", "propositions/index.html")
    ),
    "topics": Kind("topics", "name", "topic", "Statements", ("Statements", "statements/index.html")),
    "indicators": Kind("figures", "name", "indicator", "Figures", ("Figures", "figures/index.html")),
    "sources": Kind("sources", "title", "source", "Data and method", ("Sources", "sources/index.html")),
}


class Page(NamedTuple):
    """One page.

    Attributes:
        path: File below the folder of the site.
        template: Name of its template.
        title: Title, as text.
        about: One sentence for search engines.
        section: The section that is marked in the menu.
        trail: The way here, as name and path.
        rows: The rows behind the page, for its csv and json, by table.
        context: What its template needs.
        json_ld: schema.org, as a dict; what is empty is left out.
        charts: Charts on it, by name.
    """

    path: str
    template: str
    title: str
    about: str
    section: str = ""
    trail: Sequence[tuple[str, str]] = ()
    rows: Mapping[str, Sequence[Row]] = MappingProxyType({})
    context: Mapping[str, Any] = MappingProxyType({})
    json_ld: Mapping[str, Any] = MappingProxyType({})
    charts: Mapping[str, Chart] = MappingProxyType({})

    def with_all(self, groups: Sequence[tuple[str, Sequence[Row]]]) -> Iterator[Page]:
        """Give the page and, where it has more statements than it can show, the pages that list all of them.

        Args:
            groups: Headings and their statements. The template finds where each group begins, by its number from 1,
                as `all`; nothing where the page shows all.
        """
        said = [(part, heading, row) for part, (heading, rows) in enumerate(groups, 1) for row in rows]
        pages = [said[start : start + _LISTED] for start in range(0, len(said), _LISTED)] if len(said) > MOST else []
        stem = self.path.removesuffix(".html")
        paths = [f"{stem}.all{f'-{number}' if number > 1 else ''}.html" for number in range(1, len(pages) + 1)]
        begins: dict[int, str] = {}
        for path, listed in zip(paths, pages, strict=True):
            for part, _, _ in listed:
                begins.setdefault(part, f"{path}#part-{part}")
        yield self._replace(context={**self.context, "all": begins})
        for number, (path, listed) in enumerate(zip(paths, pages, strict=True), 1):
            which = f", page {number} of {len(pages)}" if len(pages) > 1 else ""
            of = self.title.rstrip(".")
            title, about = f"{of}: all statements{which}", f"All statements in the record: {of}{which}"
            trail = [*self.trail, (self.title, self.path)]
            parts = [(*key, [row for *_, row in rows]) for key, rows in groupby(listed, key=itemgetter(0, 1))]
            context = {"groups": parts, "paths": paths}
            yield Page(path, "all.html", title, about, self.section, trail, context=context)


def of_record(
    table: str,
    row: Row,
    title: str,
    about: str,
    rows: Mapping[str, Sequence[Row]],
    context: Mapping[str, Any],
    json_ld: Mapping[str, Any],
    trail: Sequence[tuple[str, str]] = (),
    charts: Mapping[str, Chart] = MappingProxyType({}),
) -> Page:
    """Make the page of a record."""
    kind = TABLES[table]
    path, template, held = f"{kind.folder}/{row['id']}.html", f"{kind.template}.html", {table: [row], **rows}
    shown = {kind.template: row, **context}
    return Page(path, template, title, about, kind.section, (kind.home, *trail), held, shown, json_ld, charts)


def thing(kind: str, name: str | None) -> dict[str, str] | None:
    """Name a thing in schema.org; None where it has no name."""
    return {"@type": kind, "name": name} if name else None


def page_of(table: str, identifier: str) -> str:
    """Give the path of the page of a record; empty where its table has none."""
    return f"{TABLES[table].folder}/{identifier}.html" if table in TABLES else ""
