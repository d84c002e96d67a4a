"""Write the pages of a package into a folder, with what stands beside each: csv, json, bib, charts."""

import functools
import gc
import itertools
import json
import multiprocessing
import os
import re
import signal
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import BrokenExecutor, ProcessPoolExecutor
from datetime import date
from importlib import resources
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import escape

from ..errors import UsageError
from ..folders import fill, new_folder
from ..loading import citation, csv
from ..package import types
from ..package.descriptor import Package
from . import debate, disagreements, entries, grids, lawmaking, overviews, search, svg, texts, words
from .page import Page
from .record import Record, Row, is_address

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
_CONSTANT = re.compile(r"\{\{ (root|policy|site\.\w+) \}\}")
_EMPTY_LINES = re.compile(r"\n\s*\n")
# One encoder: json.dumps would make one for each of a hundred thousand rows.
_line = json.JSONEncoder(ensure_ascii=False, default=date.isoformat).encode
# What makes the pages of the records of each table.
_KINDS = {
    "propositions": debate.propositions,
    "people": debate.people,
    "organizations": debate.organizations,
    "laws": lawmaking.laws,
    "events": lawmaking.events,
    "statements": entries.statements,
    "indicators": entries.indicators,
    "sources": entries.sources,
    "topics": entries.topics,
    "retired_ids": entries.retired,
}
# A process takes half a second to start; so many records take a second or two.
WORTH_A_WORKER = 2000
_TABULATOR = ("js/tabulator.min.js", "css/tabulator.min.css")


def write(
    package: Package,
    out: Path,
    tabulator: Path | None = None,
    since: texts.Since | None = None,
    workers: int | None = None,
) -> int:
    """Write the site into a new folder, which appears complete or not at all.

    Args:
        package: The version of the record.
        out: The folder to make; it must not exist or be empty.
        tabulator: The folder `dist` of the package tabulator-tables; without it grids are plain tables.
        since: What changed since an earlier version; without it there is no page of changed rows.
        workers: Processes that write at the same time; without it one a core, where the record is large enough.

    Returns:
        The number of pages.

    Raises:
        UsageError: The folder holds something, or the script is not there.
        DataError: A cell cannot be read as its schema says.
    """
    for name in _TABULATOR if tabulator else ():
        if not (tabulator / name).is_file():  # type: ignore[operator]
            raise UsageError(f"{tabulator} has no {name}; run 'npm ci' first, or leave the option out")
    with new_folder(out) as folder:
        record = Record(package)
        workers = workers or min(
            os.cpu_count() or 1, 1 + sum(len(record.rows(table)) for table in _KINDS) // WORTH_A_WORKER
        )
        return _write_all(record, folder, tabulator, since, workers)


def _write_all(record: Record, folder: Path, tabulator: Path | None, since: texts.Since | None, workers: int) -> int:
    """Write every share of the site, the first here and each other in a process of its own."""
    if workers == 1:
        return fill(_share(record, tabulator, since), folder)
    # Not forked, for threads of DuckDB may run here. An interrupt ends them without a word.
    pool = ProcessPoolExecutor(
        workers - 1, multiprocessing.get_context("spawn"), signal.signal, (signal.SIGINT, signal.SIG_DFL)
    )
    with pool:
        work = functools.partial(_work, record.package, folder, tabulator, since, workers)
        others = {share: pool.submit(work, share) for share in range(1, workers)}
        count = fill(_share(record, tabulator, since, workers), folder)
        for share, other in others.items():
            try:
                count += other.result()
            except BrokenExecutor:
                # The system ended the process, or could not start it.
                count += work(share)
    return count


def _work(
    package: Package, folder: Path, tabulator: Path | None, since: texts.Since | None, workers: int, share: int
) -> int:
    return fill(_share(Record(package), tabulator, since, workers, share), folder)


def files(
    package: Package, tabulator: Path | None = None, since: texts.Since | None = None
) -> Iterator[tuple[str, bytes]]:
    """Work out every file of the site, as path and content; see `write`."""
    return _share(Record(package), tabulator, since)


def _share(
    record: Record, tabulator: Path | None, since: texts.Since | None, shares: int = 1, share: int = 0
) -> Iterator[tuple[str, bytes]]:
    """Work out a share of the pages, with what stands beside each; the first has the files that pages share."""
    # What is read stays to the end: the collector need not look through it again and again.
    gc.freeze()
    found = dict(texts.read(record.package))
    builder = _Builder(record, found, tabulator, since)
    pages = [kind(record, record.rows(table)[share::shares]) for table, kind in _KINDS.items()]
    overall = (make() for make in itertools.islice(_overall(record, found, since), share, None, shares))
    for page in itertools.chain(*pages, overall):
        yield from builder.page(page)
    if share == 0:
        yield from builder.assets()


def _overall(record: Record, found: Mapping[str, str], since: texts.Since | None) -> Iterator[Callable[[], Page]]:
    """Give what makes each page that is not of one record, so that each process makes only its own."""
    for make in (overviews.home, overviews.propositions, overviews.network, overviews.charts, disagreements.page):
        yield functools.partial(make, record)
    yield functools.partial(overviews.data, record, found, since)
    yield functools.partial(Page, "search.html", "search.html", "Search", "Search the record.")
    yield from grids.pages(record)
    yield from texts.pages(found)
    if since is not None:
        yield functools.partial(texts.since, since)


class _Environment(jinja2.Environment):
    """What compiles templates; most of what these name are columns of rows."""

    def getattr(self, obj: Any, attribute: str) -> Any:
        return obj[attribute] if type(obj) is dict and attribute in obj else super().getattr(obj, attribute)


class _Builder:
    """What renders pages, and what stands beside them."""

    def __init__(
        self, record: Record, found: Mapping[str, str], tabulator: Path | None, since: texts.Since | None
    ) -> None:
        self._record, self._tabulator, self._since, self._texts = record, tabulator, since, found
        package = record.package
        forge = "https://github.com/"
        home = package.homepage.rstrip("/")
        site = {
            "name": "China’s AI law debate",
            "title": package.descriptor["title"],
            "version": package.version,
            "published": package.created[:10].replace("-", "/"),
            "created_words": words.day(record.cut_off),
            "read_until": _read_until(package),
            "creator": package.descriptor["contributors"][0]["title"],
            "issues": f"{home}/issues/new?template=correction.yml" if home.startswith(forge) else "",
        }
        self._site = site
        # An environment a depth: so macros know the way to the root and are compiled and bound once.
        self._environments = [self._environment(root, site) for root in ("", "../")]
        listed = citation.cite(package, [row["id"] for row in record.rows("sources")], "sources")
        self._sources = {item["id"]: citation.Citations([item]).bibtex for item in listed[1:]}
        self._dataset = citation.cite(package).bibtex

    def _environment(self, root: str, site: Mapping[str, str]) -> jinja2.Environment:
        constants = {"root": root, "policy": POLICY} | {f"site.{name}": text for name, text in site.items()}
        templates = resources.files("china_ai_lawmaking.site").joinpath("templates")

        def source(name: str) -> str:
            # What stands on every page becomes text of the templates, which costs nothing.
            return _CONSTANT.sub(
                lambda found: str(escape(constants[found[1]])).replace("{", "&#123;"),
                templates.joinpath(name).read_text("utf-8"),
            )

        environment = _Environment(
            loader=jinja2.FunctionLoader(source),
            autoescape=True,
            auto_reload=False,
            trim_blocks=True,
            lstrip_blocks=True,
            undefined=jinja2.StrictUndefined,
        )

        @functools.cache
        def top(section: str, has_search: bool) -> str:
            return environment.get_template("top.html").render(section=section, has_search=has_search)

        environment.filters.update(
            capital=words.capital,
            spaced=words.spaced,
            script=lambda text: "zh-Hant" if search.is_traditional(text) else "zh",
            unbracket=lambda text: text[1:-1] if text.startswith("[") and text.endswith("]") else text,
        )
        environment.tests["address"] = is_address
        environment.globals.update(
            root=root,
            r=self._record,
            top=top,
            told=words.told,
            number=words.number,
            measured=words.measured,
            figure=words.figure,
            area=words.area,
            marks=svg.marks,
            site=site,
            sections=SECTIONS,
            media=_MEDIA,
            tabulator=self._tabulator is not None,
            since=self._since,
            representative="representativeness" in self._texts,
        )
        environment.globals["m"] = environment.get_template("macros.html").module
        return environment

    def page(self, page: Page) -> Iterator[tuple[str, bytes]]:
        """Give a page and its files, as path and content."""
        stem = page.path.removesuffix(".html")
        files = [(kind, f"{stem}.{kind}") for kind in _MEDIA] if page.rows else []
        shown = page._asdict() | {"files": files, "json_ld": _json_ld(page.json_ld) if page.json_ld else ""}
        template = self._environments[page.path.count("/")].get_template(page.template)
        yield page.path, _EMPTY_LINES.sub("\n", template.render(page.context, page=shown)).encode()
        if page.template == "grid.html":
            yield from self._grid(page)
        if page.rows:
            # The rows of the first table; the others stand in the json, with what the first row rests on.
            rows = next(iter(page.rows.values()))
            evidence = self._record.of("evidence", "record_id", rows[0]["id"]) if rows else []
            yield f"{stem}.csv", _csv(rows[0], [row.values() for row in rows]) if rows else b""
            yield f"{stem}.json", _json({**page.rows, **({"evidence": evidence} if evidence else {})})
            yield f"{stem}.bib", self._bib(page)
        for name, drawn in page.charts.items():
            yield f"charts/{name}.svg", drawn.file.encode()
            yield f"charts/{name}.csv", _csv(drawn.header, drawn.rows)

    def _grid(self, page: Page) -> Iterator[tuple[str, bytes]]:
        name, columns, cells = page.context["name"], page.context["columns"], page.context["rows"]
        if name in self._record.tables:
            yield f"tables/{name}.csv", self._record.package.files.read(self._record.package.table(name).path)
            yield f"tables/{name}.json", _rows(self._record.rows(name)).encode() + b"\n"
        else:
            shown = [[cell if isinstance(cell, str) else cell[0] for cell in row] for row in cells]
            yield f"tables/{name}.csv", csv.written([columns, *shown])
            rows = (dict(zip(columns, row, strict=True)) for row in shown)
            yield f"tables/{name}.json", _rows(rows).encode() + b"\n"
        if self._tabulator:
            yield f"tables/{name}.js", grids.script(page.context).encode()

    def _bib(self, page: Page) -> bytes:
        keys = ((table, row.get("id", "")) for table, rows in page.rows.items() for row in rows)
        sources = [self._sources[source["id"]] for source in self._record.sources_of(keys)]
        own = [self._cited(page.rows["statements"][0])] if page.template == "statement.html" else []
        return ("\n".join([*own, self._dataset, *sources]) + "\n").encode()

    def _cited(self, statement: Row) -> str:
        """Give a statement as a BibTeX entry: its speaker, and this dataset as the place."""
        site = self._site
        item: dict[str, Any] = {
            "id": statement["id"],
            "type": "document",
            "title": statement["summary"],
            "author": [{"literal": self._record.name(one)} for one in self._record.speakers(statement)],
            "publisher": f"{site['title']}, version {site['version']}, {statement['id']}",
        }
        if statement["date"]:
            known = {"year": 1, "month": 2}.get(statement["date_precision"], 3)
            when = statement["date"]
            item["issued"] = {"date-parts": [[when.year, when.month, when.day][:known]]}
        return citation.Citations([item]).bibtex

    def assets(self) -> Iterator[tuple[str, bytes]]:
        """Give the files that pages share."""
        static = resources.files("china_ai_lawmaking.site").joinpath("static")
        for item in sorted(static.iterdir(), key=lambda item: item.name):
            if self._tabulator or not item.name.startswith("grid"):
                yield f"assets/{item.name}", item.read_bytes()
        yield "assets/search-index.js", search.index(self._record).encode()
        for name in _TABULATOR if self._tabulator else ():
            yield f"assets/{Path(name).name}", (self._tabulator / name).read_bytes()  # type: ignore[operator]
        if self._since:
            yield "since.csv", _csv(("table", "id", "change", "column", "old", "new"), self._since.cells)
        yield "china-ai-lawmaking.bib", f"{self._dataset}\n".encode()
        yield "changes.xml", self._feed().encode()
        # For hosts that send headers from a file of this name.
        yield "_headers", f"/*\n  Content-Security-Policy: {POLICY}\n  X-Content-Type-Options: nosniff\n".encode()

    def _feed(self) -> str:
        """Give the versions as an Atom feed, the newest first, with what changed in each."""
        package = self._record.package
        home = package.homepage.rstrip("/")
        return (
            self._environments[0]
            .get_template("changes.xml")
            .render(
                identity=home or f"urn:data-package:{package.descriptor['name']}",
                home=f"{home}/" if home else "",
                created=package.created[:10],
                versions=texts.versions(package, self._texts["changes"]),
            )
        )


def _read_until(package: Package) -> str:
    until = (
        package.descriptor.get("temporal", {}).get("end", "")
        if isinstance(package.descriptor.get("temporal"), dict)
        else ""
    )
    if re.fullmatch(r"\d{4}-\d\d", until):
        return words.day(date.fromisoformat(f"{until}-01"), "month")
    return words.day(date.fromisoformat((until or package.created)[:10]))


def _json_ld(document: Mapping[str, Any]) -> str:
    held = {name: value for name, value in document.items() if value not in (None, "", [])}
    text = _line({"@context": "https://schema.org", **held})
    # Text of the record must not end the script.
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _json(tables: Mapping[str, Sequence[Any]]) -> bytes:
    """Give the rows of tables as JSON with a row a line."""
    return "{{{}}}\n".format(",\n".join(f"{_line(name)}: {_rows(rows)}" for name, rows in tables.items())).encode()


def _rows(rows: Iterable[Any]) -> str:
    return "[{}]".format(",\n".join(map(_line, rows)))


def _csv(header: Iterable[str], rows: Iterable[Iterable[object]]) -> bytes:
    return csv.written([list(header), *([types.write(cell) for cell in row] for row in rows)])
