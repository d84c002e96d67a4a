"""One page of the site, and where the pages of records lie."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from .charts import Chart
    from .record import Row

# How many statements a page shows before the rest moves to a page of its own.
MOST = 40
# How the folder of a table's pages is called, and the column that names its rows.
FOLDERS = {
    "people": ("people", "name"),
    "organizations": ("organizations", "name"),
    "laws": ("laws", "title"),
    "events": ("events", "name"),
    "statements": ("statements", "summary"),
    "propositions": ("propositions", "text"),
    "topics": ("topics", "name"),
    "indicators": ("figures", "name"),
    "sources": ("sources", "title"),
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
        """Give the page and, where it has more statements than it can show, the page that lists all of them.

        Args:
            groups: Headings and their statements. The template finds the path of that page, or "", as `all`.
        """
        path = self.path.replace(".html", ".all.html") if sum(len(rows) for _, rows in groups) > MOST else ""
        yield self._replace(context={**self.context, "all": path})
        if path:
            title, about = f"{self.title}: all statements", f"All statements in the record: {self.title}"
            trail = [*self.trail, (self.title, self.path)]
            yield Page(path, "all.html", title, about, self.section, trail, context={"groups": groups})


def thing(kind: str, name: str | None) -> dict[str, str] | None:
    """Name a thing in schema.org; None where it has no name."""
    return {"@type": kind, "name": name} if name else None


def page_of(table: str, identifier: str) -> str:
    """Give the path of the page of a record; empty where its table has none."""
    return f"{FOLDERS[table][0]}/{identifier}.html" if table in FOLDERS else ""
