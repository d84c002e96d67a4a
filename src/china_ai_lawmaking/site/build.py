"""Write the pages of a package into a folder, with what stands beside each: csv, json, bib, charts."""

from __future__ import annotations

import csv
import html
import io
import itertools
import json
import re
from datetime import date
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jinja2

from ..errors import UsageError
from ..loading import citation, dictionary
from ..package.files import Folder
from . import charts, pages, search, words
from .record import Record, is_address

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from ..package.descriptor import Package
    from .pages import Page

# What a page may load: only what lies beside it.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'self'"
)
SECTIONS = (
    ("Propositions", "propositions/index.html"),
    ("Laws", "laws/index.html"),
    ("People", "people/index.html"),
    ("Events", "events/index.html"),
    ("Figures", "figures/index.html"),
    ("Statements", "statements/index.html"),
    ("Data and method", "data.html"),
)
_MEDIA = {"csv": "text/csv", "json": "application/json", "bib": "application/x-bibtex"}
# Texts of the repository that tell how the record was made, and their titles.
_TEXTS = {
    "coding-rules": "Coding rules",
    "quality": "Quality",
    "gaps": "Known gaps",
    "representativeness": "What the record covers",
    "evidence": "How passages are located and checked",
    "contributing": "How to contribute",
    "versions": "Versions",
    "decisions": "Decisions",
    "use": "How to use the data",
}
_TABULATOR = ("js/tabulator.min.js", "css/tabulator.min.css")


def write(package: Package, out: Path, tabulator: Path | None = None) -> int:
    """Write the site into a new folder.

    Args:
        package: The version of the record.
        out: The folder to make; it must not exist or be empty.
        tabulator: The folder `dist` of the package tabulator-tables; without it grids are plain tables.

    Returns:
        The number of pages.

    Raises:
        UsageError: The folder holds something, or the script is not there.
        DataError: A cell cannot be read as its schema says.
    """
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise UsageError(f"{out} is not empty; name a folder that does not exist yet")
    for name in _TABULATOR if tabulator else ():
        if not (tabulator / name).is_file():  # type: ignore[operator]
            raise UsageError(f"{tabulator} has no {name}; run 'npm ci' first, or leave the option out")
    count = 0
    folders: set[Path] = set()
    for path, content in files(package, tabulator):
        place = out / path
        if place.parent not in folders:
            place.parent.mkdir(parents=True, exist_ok=True)
            folders.add(place.parent)
        place.write_bytes(content)
        count += path.endswith(".html")
    return count


def files(package: Package, tabulator: Path | None = None) -> Iterator[tuple[str, bytes]]:
    """Work out every file of the site, as path and content; see `write`."""
    record = Record(package)
    builder = _Builder(record, has_tabulator=tabulator is not None)
    for page in _all(record, builder.texts, tabulator=tabulator is not None):
        for path, content in builder.page(page):
            yield path, content if isinstance(content, bytes) else content.encode()
    for path, content in builder.assets(tabulator):
        yield path, content if isinstance(content, bytes) else content.encode()


def _all(record: Record, texts: Mapping[str, str], *, tabulator: bool) -> Iterator[Page]:
    yield pages.home(record)
    yield pages.propositions(record)
    yield pages.network(record)
    yield from pages.proposition_pages(record)
    yield from pages.people(record)
    yield from pages.organizations(record)
    yield from pages.laws(record)
    yield from pages.events(record)
    yield from pages.indicators(record)
    yield from pages.sources(record)
    yield from pages.topics(record)
    yield from pages.statements(record)
    yield from pages.moved(record)
    yield pages.chart_page(record)
    yield from pages.overviews(record, tabulator=tabulator)
    for table in record.package.names():
        yield pages.grid(record, table, tabulator=tabulator)
    yield pages.Page("search.html", "search.html", "Search", "Search the record.", "", (), {}, {})
    yield _data(record, texts)
    for name, body in texts.items():
        title = re.search(r"<h1[^>]*>(.*?)</h1>", body)
        trail = (("Data and method", "data.html"),)
        path = "changes.html" if name == "changes" else "correct.html" if name == "correct" else f"method/{name}.html"
        heading = html.unescape(re.sub("<.*?>", "", title[1])) if title else name
        yield pages.Page(
            path, "text.html", heading, heading, "Data and method", trail, {}, {"body": body, "heading": ""}
        )


def _data(record: Record, texts: Mapping[str, str]) -> Page:
    package = record.package
    listed = [
        ("Data dictionary", "method/data-dictionary.html"),
        ("Changes", "changes.html"),
        ("Charts", "charts.html"),
    ]
    listed += [(title, f"method/{name}.html") for name, title in _TEXTS.items() if name in texts]
    context = {
        "tables": [(name, package.table(name).title, len(record.rows(name))) for name in package.names()],
        "texts": listed,
        "topics": record.rows("topics"),
        "citation": citation.cite(package).text,
    }
    return pages.Page(
        "data.html",
        "data.html",
        "Data and method",
        "Download the tables and read how the record was made.",
        "Data and method",
        (),
        {},
        context,
    )


class _Builder:
    """What renders pages, and what stands beside them."""

    def __init__(self, record: Record, *, has_tabulator: bool) -> None:
        self.record = record
        self.has_tabulator = has_tabulator
        self.texts = dict(_texts(record.package))
        package = record.package
        created = date.fromisoformat(package.created[:10])
        self.site = {
            "name": "China’s AI law debate",
            "title": package.descriptor["title"],
            "version": package.version,
            "created": package.created[:10],
            "created_words": words.day(created),
            "read_until": _read_until(package),
            "creator": package.descriptor["contributors"][0]["title"],
        }
        loader = jinja2.PackageLoader("china_ai_lawmaking.site", "templates")
        self.environment = jinja2.Environment(
            loader=loader, autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=jinja2.StrictUndefined
        )
        self.environment.filters.update(
            capital=words.capital,
            spaced=words.spaced,
            script=lambda text: "zh-Hant" if search.is_traditional(text) else "zh",
            unbracket=lambda text: text[1:-1] if text.startswith("[") and text.endswith("]") else text,
        )
        self.environment.tests["address"] = is_address
        self.environment.tests["chinese"] = lambda text: any(character > "\u2fff" for character in text)
        self.environment.globals.update(
            r=record,
            day=words.day,
            number=words.number,
            figure=words.figure,
            marks=charts.marks,
            site=self.site,
            policy=POLICY,
            sections=SECTIONS,
            media=_MEDIA,
            zh_name=self._zh_name,
            representative="representativeness" in self.texts,
        )
        self._sources = {
            item["id"]: citation.Citations([item]).bibtex
            for item in citation.cite(package, "sources", [row["id"] for row in record.rows("sources")])[1:]
        }
        self._dataset = citation.cite(package).bibtex
        self._issues = package.homepage

    def _zh_name(self, identifier: str) -> str:
        for table in ("people", "organizations"):
            row = self.record.by_id[table].get(identifier)
            if row is not None:
                return row["name_zh"] or ""
        return ""

    def page(self, page: Page) -> Iterator[tuple[str, str | bytes]]:
        """Give a page and its files, as path and content."""
        depth = page.path.count("/")
        root = "../" * depth
        stem = page.path.removesuffix(".html")
        files = [(kind, f"{stem}.{kind}") for kind in _MEDIA] if page.has_record else []
        shown = page._asdict() | {
            "files": files,
            "section": page.section,
            "json_ld": _json_ld(page.json_ld) if page.json_ld else "",
        }
        correct = f"{root}correct.html"

        def correction(identifier: str) -> str:
            if not self._issues:
                return f"{correct}#{identifier}"
            return f"{self._issues.rstrip('/')}/issues/new?title=Correct%20{identifier}&labels=correction"

        template = self.environment.get_template(page.template, globals={"root": root})
        rendered = template.render(page.context, page=shown, root=root, correction=correction)
        yield page.path, re.sub(r"\n\s*\n+", "\n", rendered)
        if page.template == "grid.html":
            yield from self._grid(page)
        if page.has_record:
            yield f"{stem}.csv", _csv_of(page.rows)
            yield f"{stem}.json", _json(page.rows)
            yield f"{stem}.bib", self._bib(page)
        for name, drawn in page.charts.items():
            yield f"charts/{name}.svg", drawn.file
            yield f"charts/{name}.csv", _table_csv(drawn.header, drawn.rows)

    def _grid(self, page: Page) -> Iterator[tuple[str, str | bytes]]:
        name, columns, cells = page.context["name"], page.context["columns"], page.context["rows"]
        if name in self.record.tables:
            yield f"tables/{name}.csv", self.record.package.files.read(self.record.package.table(name).path)
            yield f"tables/{name}.json", _json(self.record.rows(name))
        else:
            rows = [tuple(cell if isinstance(cell, str) else cell[0] for cell in row) for row in cells]
            yield f"tables/{name}.csv", _table_csv(columns, rows)
            yield f"tables/{name}.json", _json([dict(zip(columns, row, strict=True)) for row in rows])
        if self.has_tabulator:
            yield f"tables/{name}.js", pages.grid_script(page)

    def _bib(self, page: Page) -> str:
        keys = dict.fromkeys(
            passage.source_id
            for table, rows in page.rows.items()
            for row in rows
            for passage in self.record.passages.get((table, row.get("id", "")), ())
        )
        return "\n".join([self._dataset, *(self._sources[key] for key in keys)]) + "\n"

    def assets(self, tabulator: Path | None) -> Iterator[tuple[str, str | bytes]]:
        """Give the files that pages share."""
        for item in sorted(
            resources.files("china_ai_lawmaking.site").joinpath("static").iterdir(), key=lambda item: item.name
        ):
            if self.has_tabulator or not item.name.startswith("grid"):
                yield f"assets/{item.name}", item.read_bytes()
        yield "assets/search-index.js", search.index(self.record)
        for name in _TABULATOR if tabulator else ():
            yield f"assets/{Path(name).name}", (tabulator / name).read_bytes()  # type: ignore[operator]
        yield "china-ai-lawmaking.bib", self._dataset + "\n"
        yield "changes.xml", _feed(self.record.package, self.texts.get("changes", ""), self.site)
        # For hosts that send headers from a file of this name.
        yield "_headers", f"/*\n  Content-Security-Policy: {POLICY}\n  X-Content-Type-Options: nosniff\n"


def _read_until(package: Package) -> str:
    until = (
        package.descriptor.get("temporal", {}).get("end", "")
        if isinstance(package.descriptor.get("temporal"), dict)
        else ""
    )
    if re.fullmatch(r"\d{4}-\d\d", until):
        return words.day(date.fromisoformat(f"{until}-01"), "month")
    return words.day(date.fromisoformat((until or package.created)[:10]))


def _texts(package: Package) -> Iterator[tuple[str, str]]:
    """Give the texts on how the record was made, as HTML: from the package, where it has them."""
    from markdown_it import MarkdownIt

    markdown = MarkdownIt("commonmark", {"html": False}).enable("table")

    def rendered(text: str) -> str:
        number = itertools.count(1)
        body = re.sub("<table>", lambda _: _SCROLLED.format(next(number)), str(markdown.render(text)))
        body = body.replace("</table>", "</table></div>")
        body = re.sub(r"<h2>([a-z_]+)</h2>", r'<h2 id="\1">\1</h2>', body)
        # Links to files of the repository lead to their pages, or nowhere.
        body = re.sub(r'href="(?:docs/|\.\./docs/)?([a-z-]+)\.md(#[^"]*)?"', _page_link, body)
        return re.sub(r'<a href="(?!https?:|#|[a-z-]+\.html|\.\./)[^"]*">(.*?)</a>', r"\1", body)

    head = f"# Data dictionary\n\nVersion {package.version}.\n\n"
    yield "data-dictionary", rendered(head + dictionary.dictionary(package, package.names()))
    for name in _TEXTS:
        text = _read(package, f"docs/{name}.md")
        if text:
            yield name, rendered(text)
    if not _read(package, "docs/gaps.md"):
        yield (
            "gaps",
            rendered("# Known gaps\n\nThis version was built without its texts; they stand in the repository.\n"),
        )
    if not _read(package, "docs/coding-rules.md"):
        yield (
            "coding-rules",
            rendered("# Coding rules\n\nThis version was built without its texts; they stand in the repository.\n"),
        )
    changelog = _read(package, "CHANGELOG.md") or f"# Changes\n\n## {package.version} ({package.created[:10]})\n"
    yield (
        "changes",
        rendered(changelog)
        .replace("<h1>Changelog</h1>", "<h1>Changes</h1>")
        .replace('href="', 'href="method/')
        .replace('href="method/http', 'href="http')
        .replace('href="method/#', 'href="#'),
    )
    yield "correct", rendered(_CORRECT)


_SCROLLED = '<div class="scroll" tabindex="0" role="region" aria-label="Table {}"><table>'
_CORRECT = """# Correct the record

Found a wrong name, date, figure, position or link? Tell us three things:

1. the id of the row (it stands on its page, like `st-00001`),
2. what is wrong and what should be there,
3. the page that shows it, with its address and the first and last words of the passage.

Rows are corrected in the CSV files of the repository; every changed fact needs a passage. A correction keeps its id.
"""


def _page_link(found: re.Match[str]) -> str:
    name = found[1]
    if name in _TEXTS or name == "data-dictionary":
        return f'href="{name}.html{found[2] or ""}"'
    return 'href=""'


def _read(package: Package, path: str) -> str:
    """Read a text that may stand beside the package, as in a checkout or a release."""
    if isinstance(package.files, Folder):
        place = Path(package.files.path(path))
        return place.read_text("utf-8") if place.is_file() else ""
    try:
        return package.files.read(path).decode()
    except FileNotFoundError:
        return ""


def _feed(package: Package, changes: str, site: Mapping[str, str]) -> str:
    """Give the versions as an Atom feed."""
    address = package.homepage or f"urn:data-package:{package.descriptor['name']}"
    entries = []
    for version, day, body in re.findall(
        r"(?s)<h2>(\d+\.\d+\.\d+) \((\d{4}-\d\d-\d\d)\)</h2>(.*?)(?=<h2>|\Z)", changes
    ):
        entries.append(
            f"<entry><title>Version {version}</title><id>{html.escape(address)}:{version}</id>"
            f'<updated>{day}T00:00:00Z</updated><link href="changes.html"/>'
            f'<content type="html">{html.escape(body.strip())}</content></entry>'
        )
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom">'
        f"<title>{html.escape(site['title'])}</title><id>{html.escape(address)}</id>"
        f"<updated>{site['created']}T00:00:00Z</updated><author><name>{html.escape(site['creator'])}</name></author>"
        f"{''.join(entries)}</feed>\n"
    )


def _json_ld(document: Mapping[str, Any]) -> str:
    text = json.dumps({"@context": "https://schema.org", **document}, ensure_ascii=False, separators=(",", ":"))
    # Text of the record must not end the script.
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _json(rows: Any) -> str:
    return json.dumps(rows, ensure_ascii=False, indent=1, default=date.isoformat) + "\n"


def _csv_of(tables: Mapping[str, Iterable[Mapping[str, Any]]]) -> str:
    """Give the rows of the first table behind a page; the others stand in its json."""
    rows = list(next(iter(tables.values())))
    return _table_csv(tuple(rows[0]), [tuple(row.values()) for row in rows]) if rows else ""


def _table_csv(header: Iterable[str], rows: Iterable[tuple[object, ...]]) -> str:
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(header)
    writer.writerows([["" if cell is None else cell for cell in row] for row in rows])
    return stream.getvalue()
