"""Passages open in a real browser, Debian's chromium: all of the founding texts, and Chinese ones drawn by chance."""

from __future__ import annotations

import functools
import html
import http.server
import os
import random
import re
import shutil
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from packages import REPOSITORY

from china_ai_lawmaking.loading.links import fragment
from china_ai_lawmaking.package import descriptor
from china_ai_lawmaking.passages import evidence, locating
from china_ai_lawmaking.passages.passage import HAN

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Page
    from texts import Sourced

sync_api = pytest.importorskip("playwright.sync_api")
CHROMIUM = shutil.which("chromium")
TEXTS = os.environ.get("CHINA_AI_LAWMAKING_TEXTS", "")
PAGES = Path(TEXTS).parent / "pages"
pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="needs chromium"),
    pytest.mark.skipif(not TEXTS, reason="CHINA_AI_LAWMAKING_TEXTS names no folder"),
]
SEED = 20261128
DRAWN = 100
# What somebody copies: so many characters, cut anywhere.
SHORTEST, LONGEST = 24, 160


class Handler(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("pages")


@pytest.fixture(scope="module")
def address(folder: Path) -> Iterator[str]:
    serve = functools.partial(Handler, directory=str(folder))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), serve)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        yield browser.new_page()
        browser.close()


def publish(folder: Path, name: str, text: str) -> None:
    """Write a text as a page: one paragraph a line, each further down than a window is high."""
    paragraphs = "".join(
        f'<p id="line-{number}" style="margin-top: 1500px">{html.escape(line)}</p>'
        for number, line in enumerate(re.split(r"\r\n|\r|\n", text), 1)
    )
    page = f'<!doctype html><meta charset="utf-8"><title>{name}</title><body>{paragraphs}'
    (folder / f"{name}.html").write_text(page, encoding="utf-8")


def is_open(page: Page, address: str, line: int) -> bool:
    """Tell whether the browser shows the line when it opens an address."""
    page.goto(address)
    return bool(
        page.evaluate(
            """line => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => {
                const box = document.getElementById(line).getBoundingClientRect()
                done(window.scrollY > 0 && box.top < window.innerHeight && box.bottom > 0)
            })))""",
            f"line-{line}",
        )
    )


def test_every_passage_of_the_founding_texts_opens(folder: Path, address: str, page: Page) -> None:
    package = descriptor.open_package(str(REPOSITORY))
    sources = evidence.Sources(package, TEXTS)
    for name, text in sources.texts.items():
        publish(folder, name, text.text)
    located = [one for one in evidence.check(package, sources).located if one.span]
    assert len(located) > 600
    places = dict.fromkeys(
        (one.holder, one.row["quote_start"], one.row["quote_end"], sources.texts[one.holder].line(one.span[0]))
        for one in located
        if one.span
    )
    closed = [
        (name, start, end)
        for number, (name, start, end, line) in enumerate(places)
        if not is_open(page, f"{address}/{name}.html?{number}#{fragment(start, end)}", line)
    ]
    assert closed == []


@pytest.mark.skipif(not PAGES.is_dir(), reason="there is no folder of pages beside the texts")
def test_chinese_passages_cut_anywhere_open_as_they_are_proposed(
    sourced: Sourced, folder: Path, address: str, page: Page
) -> None:
    chance = random.Random(SEED)
    drawn: list[tuple[str, str]] = []
    texts = {path.stem: path.read_bytes().decode() for path in sorted(PAGES.glob("*.txt"))}
    while len(drawn) < DRAWN:
        name = chance.choice(list(texts))
        line = chance.choice(texts[name].splitlines())
        begin, length = chance.randrange(max(1, len(line))), chance.randint(SHORTEST, LONGEST)
        passage = line[begin : begin + length]
        if len(re.findall(f"[{HAN}]", passage)) >= SHORTEST:
            drawn.append((name, passage))
    used = {name: texts[name] for name in sorted({name for name, _ in drawn})}
    opened, sources = sourced.sources(used).open()
    for name, text in used.items():
        publish(folder, name, text)
    proposed = closed = 0
    for number, (name, passage) in enumerate(drawn):
        place = sources.texts[name]
        found = [one for one in locating.propose(opened, sources, passage) if one.source_id == name and not one.reason]
        for one in found[:1]:
            proposed += 1
            begin = place.text.index(passage)
            url = f"{address}/{name}.html?{number}#{fragment(one.quote_start, one.quote_end)}"
            closed += not is_open(page, url, place.line(begin))
    # What stands twice in a text, or in many, has no proposal.
    assert proposed >= 0.8 * DRAWN
    assert closed == 0
