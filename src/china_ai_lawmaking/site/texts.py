"""Texts that tell how the record was made, as pages; changes since an earlier version, as a page and a feed."""

from __future__ import annotations

import html
import itertools
import re
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from ..loading import dictionary
from ..package.files import Folder
from . import words
from .page import FOLDERS, Page

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from ..package.descriptor import Package

# Texts of the repository, in the order in which the site lists them.
TITLES = {
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
# How many changed rows of a kind the page shows, of tables whose rows have pages and of others; a new model changes
# ten thousand.
_MOST = (25, 5)
_METHOD = (("Data and method", "data.html"),)


class Since(NamedTuple):
    """All changes of rows since an earlier version.

    Attributes:
        version: The earlier version.
        cells: Each changed cell as table, key, "added", "changed" or "removed", column, old text and new text.
    """

    version: str
    cells: Sequence[tuple[str, ...]]

    def rows(self) -> dict[str, dict[str, dict[str, list[tuple[str, ...]]]]]:
        """Give the changed cells, as column, old and new text, by table, by what happened and by row."""
        found: dict[str, dict[str, dict[str, list[tuple[str, ...]]]]] = {}
        for table, key, what, *cell in self.cells:
            found.setdefault(table, {}).setdefault(what, {}).setdefault(key, []).append(tuple(cell))
        return found

    def counted(self) -> str:
        """Count the changed rows in words."""
        kinds = Counter(what for _, _, what in {cell[:3] for cell in self.cells})
        told = [(kinds[what], what) for what in ("added", "changed", "removed") if kinds[what]]
        parts = [f"{words.counted(count, 'row')} {what}" for count, what in told[:1]]
        parts += [f"{words.number(count)} {what}" for count, what in told[1:]]
        return words.capital(f"{words.listed(parts) or 'no row changed'}.")


def pages(texts: Mapping[str, str]) -> Iterator[Page]:
    """Make a page for each text."""
    for name, body in texts.items():
        title = re.search(r"<h1[^>]*>(.*?)</h1>", body)
        heading = html.unescape(re.sub("<.*?>", "", title[1])) if title else name
        path = f"{name}.html" if name == "changes" else f"method/{name}.html"
        yield Page(path, "text.html", heading, heading, "Data and method", _METHOD, context={"body": body})
    yield Page(
        "correct.html", "correct.html", "Correct the record", "How to report a fault.", "Data and method", _METHOD
    )


def since(changes: Since) -> Page:
    """Make the page that lists changed rows by table: those with a page of their own by name, of others a few."""
    about, title = changes.counted(), f"Changes since version {changes.version}"
    trail = (*_METHOD, ("Changes", "changes.html"))
    context = {"tables": changes.rows(), "folders": FOLDERS, "most": _MOST}
    return Page("since.html", "since.html", title, about, "Data and method", trail, context=context)


def read(package: Package) -> Iterator[tuple[str, str]]:
    """Give the texts on how the record was made, as HTML: those that stand beside the package."""
    from markdown_it import MarkdownIt

    markdown = MarkdownIt("commonmark", {"html": False}).enable("table")

    def rendered(text: str) -> str:
        number = itertools.count(1)
        # Marks of the generated parts are for docs/generate.py.
        shown = str(markdown.render(re.sub(r"(?m)^<!-- [a-z-]+ -->\n", "", text)))
        body = re.sub("<table>", lambda _: _SCROLLED.format(next(number)), shown)
        body = body.replace("</table>", "</table></div>")
        body = re.sub(r"<h2>([a-z_]+)</h2>", r'<h2 id="\1">\1</h2>', body)
        # Links to files of the repository lead to their pages, or nowhere.
        body = re.sub(r'href="(?:docs/|\.\./docs/|\.\./quality/)?([a-z-]+)\.md(#[^"]*)?"', _page_link, body)
        body = re.sub(r">(?:docs/)?([a-z-]+)\.md</a>", lambda found: f">{TITLES.get(found[1], found[1])}</a>", body)
        return re.sub(r'<a href="(?!https?:|#|[a-z-]+\.html|\.\./)[^"]*">(.*?)</a>', r"\1", body)

    head = f"# Data dictionary\n\nVersion {package.version}.\n\n"
    yield "data-dictionary", rendered(head + dictionary.dictionary(package, package.names()))
    for name in TITLES:
        text = _read(package, f"docs/{name}.md")
        if not text and name in _LINKED:
            text = f"# {TITLES[name]}\n\nThis site was built without this text; it stands in the repository.\n"
        if text:
            yield name, rendered(text)
    changelog = _read(package, "CHANGELOG.md") or f"# Changes\n\n## {package.version} ({package.created[:10]})\n"
    yield (
        "changes",
        rendered(changelog)
        .replace("<h1>Changelog</h1>", "<h1>Changes</h1>")
        .replace('href="', 'href="method/')
        .replace('href="method/http', 'href="http')
        .replace('href="method/#', 'href="#'),
    )


# Every page links to these, so they say so where they are missing.
_LINKED = ("coding-rules", "gaps")
_SCROLLED = '<div class="scroll" tabindex="0" role="region" aria-label="Table {}"><table>'


def _page_link(found: re.Match[str]) -> str:
    name = found[1]
    if name in TITLES or name == "data-dictionary":
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


def feed(package: Package, changes: str, since: Since | None) -> str:
    """Give the versions as an Atom feed, the newest first, with what changed in each."""
    home = package.homepage.rstrip("/")
    identity = home or f"urn:data-package:{package.descriptor['name']}"
    created = package.created[:10]
    found = re.findall(r"(?s)<h2>(\d+\.\d+\.\d+) \((\d{4}-\d\d-\d\d)\)</h2>(.*?)(?=<h2>|\Z)", changes)
    if package.version not in [version for version, _, _ in found]:
        found.insert(0, (package.version, created, ""))
    entries = []
    for version, day, body in found:
        link = "changes.html"
        if since is not None and version == package.version:
            body, link = f"<p>Since {since.version}: {html.escape(since.counted())}</p>{body}", "since.html"
        entries.append(
            f"<entry><title>Version {version}</title><id>{html.escape(identity)}:{version}</id>"
            f'<updated>{day}T00:00:00Z</updated><link href="{html.escape(f"{home}/{link}" if home else link)}"/>'
            f'<content type="html">{html.escape(body.strip())}</content></entry>'
        )
    creator = html.escape(package.descriptor["contributors"][0]["title"])
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom">'
        f"<title>{html.escape(package.descriptor['title'])}</title><id>{html.escape(identity)}</id>"
        f"<updated>{created}T00:00:00Z</updated><author><name>{creator}</name></author>{''.join(entries)}</feed>\n"
    )
