"""The site of the shipped record in a real browser: Debian's chromium, over http with headers and from files."""

from __future__ import annotations

import contextlib
import functools
import http.server
import itertools
import os
import random
import re
import shutil
import threading
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from packages import REPOSITORY

from china_ai_lawmaking.package import descriptor
from china_ai_lawmaking.release import documents
from china_ai_lawmaking.site import build, search, texts
from china_ai_lawmaking.site.record import Record

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

sync_api = pytest.importorskip("playwright.sync_api")
CHROMIUM = shutil.which("chromium")
TABULATOR = REPOSITORY / "node_modules/tabulator-tables/dist"
pytestmark = [pytest.mark.browser, pytest.mark.skipif(CHROMIUM is None, reason="needs chromium")]
# Without these the browser asks for updates, which is no traffic of the site.
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


class Handler(http.server.SimpleHTTPRequestHandler):
    def end_headers(self) -> None:
        self.send_header("Content-Security-Policy", build.POLICY)
        super().end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("site") / "out"
    cells = [
        ("people", "li-jinghong", "added", "name", "", "Li Jinghong"),
        ("laws", "copyright-law", "changed", "note", "Old.", "New."),
        ("statement_laws", "st-00001 copyright-law", "removed", "relation", "shapes", ""),
    ]
    since = texts.Since("1.1.0", cells)
    build.write(descriptor.open_package(REPOSITORY), out, TABULATOR if TABULATOR.is_dir() else None, since)
    return out


@pytest.fixture(scope="module")
def record() -> Record:
    return Record(descriptor.open_package(REPOSITORY))


@pytest.fixture(scope="module")
def address(site: Path) -> Iterator[str]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Handler, directory=str(site)))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_api.sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield opened
        opened.close()


class Watched:
    """A page that notes what it must not do: messages on the console, requests to elsewhere."""

    def __init__(self, browser: Browser, origin: str, **options: Any) -> None:
        self.context = browser.new_context(**options)
        self.page: Page = self.context.new_page()
        self.faults: list[str] = []
        self.page.on("console", lambda message: self.faults.append(message.text))
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))
        self.page.on(
            "request",
            lambda request: None if request.url.startswith((origin, "data:")) else self.faults.append(request.url),
        )


@contextlib.contextmanager
def watched(browser: Browser, origin: str, **options: Any) -> Iterator[Page]:
    one = Watched(browser, origin, **options)
    yield one.page
    assert one.faults == []
    one.context.close()


KINDS = (
    "index.html",
    "propositions/index.html",
    "propositions/network.html",
    "propositions/light-regulation.html",
    "propositions/state-push.all.html",
    "people/li-jinghong.html",
    "organizations/baidu.html",
    "laws/cybersecurity-law-amendment-2025.html",
    "events/aiia-ai-legislation-seminar-2024.html",
    "figures/cnnic-generative-ai-users.html",
    "statements/st-00004.html",
    "sources/geopolitechs-2024-04-ai-law.html",
    "topics/lawmaking.html",
    "charts.html",
    "data.html",
    "changes.html",
    "since.html",
    "method/data-dictionary.html",
    "search.html",
    "people/index.html",
    "statements/index.html",
    "tables/laws.html",
    "correct.html",
)


def test_every_record_page_is_light(site: Path) -> None:
    pages = (path.with_suffix(".html") for path in site.rglob("*/*.bib"))
    weights = {path.relative_to(site).as_posix(): len(zlib.compress(path.read_bytes(), 6)) for path in pages}
    assert len(weights) > 3000
    assert {path: weight for path, weight in weights.items() if weight > 15_000} == {}
    assert len(zlib.compress((site / "index.html").read_bytes(), 6)) < 30_000


@pytest.mark.parametrize("scheme", ["http", "file"])
def test_every_kind_of_page_opens_without_a_fault(browser: Browser, site: Path, address: str, scheme: str) -> None:
    origin = address if scheme == "http" else site.as_uri() + "/"
    with watched(browser, origin) as page:
        for path in KINDS:
            page.goto(origin + path)
            assert page.locator("h1").count() == 1, path


@pytest.mark.parametrize(("width", "scheme"), [(390, "dark"), (1280, "light")])
def test_axe_finds_nothing_and_nothing_scrolls_sideways(browser: Browser, site: Path, width: int, scheme: Any) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    origin = site.as_uri() + "/"
    found = []
    # axe puts its own script into the page, which the policy of the page would refuse.
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme, bypass_csp=True)
    page = context.new_page()
    for path in KINDS:
        page.goto(origin + path)
        found += [
            (path, violation["id"], [node["target"] for node in violation["nodes"][:3]])
            for violation in axe.run(page).response["violations"]
        ]
        if page.evaluate("document.documentElement.scrollWidth") > width:
            found.append((path, "scrolls sideways", []))
    context.close()
    assert found == []


@pytest.mark.parametrize("scheme", ["http", "file"])
def test_search_finds_a_person_and_leads_to_a_passage(browser: Browser, site: Path, address: str, scheme: str) -> None:
    origin = address if scheme == "http" else site.as_uri() + "/"
    with watched(browser, origin) as page:
        page.goto(origin + "index.html")
        page.get_by_role("searchbox").fill("li jinghong")
        page.get_by_role("button", name="Search").click()
        page.get_by_role("link", name="Li Jinghong").first.click()
        assert page.locator("h1").inner_text().startswith("Li Jinghong")
        page.goto(origin + "statements/st-00084.html")
        link = page.locator("a[rel=external]").first.get_attribute("href")
        assert link is not None
        assert "#:~:text=" in link


def test_search_equals_a_plain_scan(browser: Browser, site: Path, record: Record) -> None:
    origin = site.as_uri() + "/"
    entries = list(search.records(record))
    words = sorted({word for entry in entries for word in entry[4].split() if len(word) > 1})
    drawn = random.Random(20261128).sample(words, 190)
    drawn += ["李景虹", "Lü Hongbing", "lv hongbing", "促進法", "AI", "立法", "deepfake", "C++", "100%", "no such word"]
    with watched(browser, origin) as page:
        page.goto(origin + "search.html")
        for query in drawn:
            wanted = [search.fold(word) for word in query.split()]
            plain = {entry[0] for entry in entries if all(word in entry[4] for word in wanted)}
            found = set(page.evaluate("query => window.SEARCH.find(query).map(record => record[0])", query))
            assert found == plain, query
        # A word in the making is looked for from where its beginning was.
        for query in drawn[:40]:
            for end in range(1, len(query) + 1):
                wanted = [search.fold(word) for word in query[:end].split()]
                plain = {entry[0] for entry in entries if all(word in entry[4] for word in wanted)}
                assert plain == set(page.evaluate("q => window.SEARCH.find(q).map(one => one[0])", query[:end]))


def test_words_that_only_ask_do_not_count(browser: Browser, site: Path) -> None:
    with watched(browser, site.as_uri() + "/") as page:
        page.goto(f"{site.as_uri()}/search.html")

        def found(query: str) -> list[list[Any]]:
            return page.evaluate("query => window.SEARCH.find(query)", query)  # type: ignore[no-any-return]

        assert found("Who is the author of a model law?") == found("author model law")
        assert found("who") != []


def test_the_menu_stands_in_one_line(browser: Browser, site: Path) -> None:
    for width in (1280, 1440, 1920):
        with watched(browser, site.as_uri() + "/", viewport={"width": width, "height": 900}) as page:
            page.goto(f"{site.as_uri()}/laws/index.html")
            links = page.locator(".top a:not(.skip), .top button").all()
            boxes = [box for link in links if (box := link.bounding_box())]
            assert len(boxes) == len(build.SECTIONS) + 2
            assert max(box["y"] for box in boxes) < min(box["y"] + box["height"] for box in boxes), width


def test_search_offers_what_holds_most_words_where_no_record_holds_all(
    browser: Browser, site: Path, record: Record
) -> None:
    entries = list(search.records(record))

    def offers(query: str) -> set[str]:
        """What the page may say: the most words that a record holds; of as many, those that fewest records hold."""
        words = [word for word in map(search.fold, query.split()) if word not in search.SKIPPED]
        for number in range(len(words) - 1, 0, -1):
            sets = {
                kept: sum(all(word in entry[4] for word in kept) for entry in entries)
                for kept in itertools.combinations(words, number)
            }
            fewest = min(filter(None, sets.values()), default=0)
            if fewest:
                told = "One record" if fewest == 1 else f"{fewest:,} records"
                said = "No record holds all of these words. With “{}”: {}"
                return {said.format(" ".join(kept), told) for kept, count in sets.items() if count == fewest}
        return {"No record holds these words."}

    with watched(browser, site.as_uri() + "/") as page:
        page.goto(f"{site.as_uri()}/search.html")
        for query in (
            "who opposes a national AI law",
            "cybersecurity qqqq amendment",
            "deepfake 促進法 copyright elevator",
            "qqqq",
            "qqqq xxxx",
        ):
            page.get_by_role("searchbox").fill(query)
            assert page.locator("#count").inner_text().split(", the first")[0] in offers(query), query
            assert bool(page.locator("#hits > li").count()) == (query[0] != "q"), query


def test_a_grid_filters_sorts_links_and_downloads(browser: Browser, site: Path) -> None:
    if not TABULATOR.is_dir():
        pytest.skip("needs the grid script: npm ci")
    origin = site.as_uri() + "/"
    with watched(browser, origin) as page:
        page.goto(origin + "laws/index.html")
        bar = page.get_by_role("status")
        bar.wait_for()
        total = bar.inner_text().split(" of ")[1]
        page.get_by_label("Search all columns").fill("cybersecurity")
        page.wait_for_function(
            "total => !document.querySelector('[role=status]').textContent.startsWith(total + ' ')", arg=total
        )
        assert "q=cybersecurity" in page.url
        with page.expect_download() as download:
            page.get_by_role("button", name="Download what is shown").click()
        rows = Path(download.value.path()).read_text("utf-8-sig").splitlines()
        assert 2 <= len(rows) - 1 < int(total.replace(",", ""))
        page.reload()
        page.wait_for_function(
            "total => !document.querySelector('[role=status]').textContent.startsWith(total + ' ')", arg=total
        )
        page.locator(".tabulator-cell a").first.click()
        assert "/laws/" in page.url


def test_a_grid_sorts_by_keyboard(browser: Browser, site: Path, record: Record) -> None:
    if not TABULATOR.is_dir():
        pytest.skip("needs the grid script: npm ci")
    with watched(browser, site.as_uri() + "/", viewport={"width": 1280, "height": 900}) as page:
        page.goto(f"{site.as_uri()}/figures/index.html")
        page.get_by_role("status").wait_for()
        # From the last thing before the grid, the heads and their filters in turn.
        page.get_by_role("button", name="Download what is shown").focus()
        reached = []
        for _ in range(11):
            page.keyboard.press("Tab")
            reached.append(
                page.evaluate(
                    "() => document.activeElement.getAttribute('tabulator-field') || document.activeElement.ariaLabel"
                )
            )
        assert reached[:4] == ["what is counted", "Filter what is counted", "latest value", "Filter latest value"]
        assert reached[10] == "values"
        counts = page.locator(".tabulator-cell[tabulator-field=values]")
        every = [len(record.of("statistics", "indicator_id", row["id"])) for row in record.rows("indicators")]
        for key, direction in (("Enter", "asc"), (" ", "desc"), ("Enter", "asc")):
            page.keyboard.press(key)
            page.wait_for_function(f"() => location.hash.endsWith('sort=values&dir={direction}')")
            shown = [int(text) for text in counts.all_inner_texts()]
            assert shown == sorted(every, reverse=direction == "desc")[: len(shown)]
            assert page.evaluate("document.activeElement.ariaSort") == f"{direction}ending"


def test_without_scripts_pages_tables_and_charts_remain(browser: Browser, site: Path) -> None:
    origin = site.as_uri() + "/"
    with watched(browser, origin, java_script_enabled=False) as page:
        page.goto(origin + "laws/index.html")
        assert page.locator("tbody tr").count() > 20
        page.goto(origin + "charts.html")
        assert page.locator("svg.chart.wide").first.is_visible()
        page.goto(origin + "search.html")
        assert "Search needs JavaScript" in page.locator("noscript").inner_text()


def test_a_keyboard_reaches_the_text_first(browser: Browser, site: Path) -> None:
    origin = site.as_uri() + "/"
    with watched(browser, origin) as page:
        page.goto(origin + "propositions/index.html")
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.textContent") == "Skip to the text"


def test_pages_print_on_white_without_the_menu(browser: Browser, site: Path) -> None:
    origin = site.as_uri() + "/"
    with watched(browser, origin, color_scheme="dark") as page:
        page.goto(origin + "people/li-jinghong.html")
        page.emulate_media(media="print")
        assert not page.locator("nav").first.is_visible()
        assert (
            re.sub(r"\s", "", page.evaluate("getComputedStyle(document.documentElement).backgroundColor"))
            == "rgb(255,255,255)"
        )


def test_the_skipped_part_of_ci_says_so() -> None:
    assert CHROMIUM or not os.environ.get("CI"), "CI must have chromium"


def test_axe_finds_nothing_in_the_pages_of_a_release_and_they_fit_a_phone(browser: Browser, tmp_path: Path) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    package = descriptor.open_package(REPOSITORY)
    pages = {"start": documents.start_here(package, "name", "Cited."), "dictionary": documents.dictionary_html(package)}
    for name, text in pages.items():
        (tmp_path / f"{name}.html").write_text(text, "utf-8")
        with watched(browser, "file:", viewport={"width": 320, "height": 700}) as page:
            page.goto((tmp_path / f"{name}.html").as_uri())
            assert axe.run(page).response["violations"] == []
            assert page.evaluate("document.documentElement.scrollWidth") == 320
