"""Texts that tell how the record was made, as pages; changes since an earlier version, as a page."""

import itertools
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

from markdown_it.token import Token

from ..loading import dictionary
from ..package.descriptor import Package
from ..package.files import Folder
from . import words
from .page import TABLES, Page

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
# Every page links to these, so they say so where they are missing.
_LINKED = ("coding-rules", "gaps")
# Cells so long are read as lines of text on narrow pages.
_LONG = 60


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


class Text(NamedTuple):
    """A text as HTML: its title, its parts with their anchors, and what stands beneath the title."""

    title: str
    parts: Sequence[tuple[str, str]]
    body: str


def pages(found: Mapping[str, str]) -> Iterator[Callable[[], Page]]:
    """Give what makes a page of each text, and the page that tells how to correct the record."""
    for name, text in found.items():
        yield partial(_page, f"{name}.html" if name == "changes" else f"method/{name}.html", text)
    about = "How to report a fault."
    yield partial(Page, "correct.html", "correct.html", "Correct the record", about, "Data and method", _METHOD)


def _page(path: str, markdown: str) -> Page:
    text = rendered(markdown, "" if "/" in path else "method/")
    return Page(path, "text.html", text.title, text.title, "Data and method", _METHOD, context={"text": text})


def since(changes: Since) -> Page:
    """Make the page that lists changed rows by table: those with a page of their own by name, of others a few."""
    about, title = changes.counted(), f"Changes since version {changes.version}"
    trail = (*_METHOD, ("Changes", "changes.html"))
    context = {"tables": changes.rows(), "kinds": TABLES, "most": _MOST}
    return Page("since.html", "since.html", title, about, "Data and method", trail, context=context)


def read(package: Package) -> Iterator[tuple[str, str]]:
    """Give the texts on how the record was made, as Markdown: those that stand beside the package."""
    yield (
        "data-dictionary",
        f"# Data dictionary\n\nVersion {package.version}.\n\n{dictionary.dictionary(package, package.names())}",
    )
    for name in TITLES:
        text = _read(package, f"docs/{name}.md")
        if not text and name in _LINKED:
            text = f"# {TITLES[name]}\n\nThis site was built without this text; it stands in the repository.\n"
        if text:
            yield name, text
    changelog = _read(package, "CHANGELOG.md") or f"# Changes\n\n## {package.version} ({package.created[:10]})\n"
    yield "changes", re.sub(r"\A# Changelog", "# Changes", changelog)


def _read(package: Package, path: str) -> str:
    """Read a text that may stand beside the package, as in a checkout or a release."""
    if isinstance(package.files, Folder):
        place = Path(package.files.path(path))
        return place.read_text("utf-8") if place.is_file() else ""
    try:
        return package.files.read(path).decode()
    except FileNotFoundError:
        return ""


def rendered(text: str, folder: str = "") -> Text:
    """Write Markdown as HTML whose links lead to pages below a folder, or nowhere where the site has no page."""
    from markdown_it import MarkdownIt

    markdown = MarkdownIt("commonmark", {"html": False}).enable("table")
    # Marks of the generated parts are for docs/generate.py.
    _, title, _, *tokens = markdown.parse(re.sub(r"(?m)^<!-- [a-z-]+ -->\n", "", text))
    parts: list[tuple[str, str]] = []
    heads: list[str] = []
    is_long = False
    for at, token in enumerate(tokens):
        # What an opening token holds comes after it.
        inner = tokens[at + 1].content if at + 1 < len(tokens) else ""
        if token.type == "heading_open" and token.tag == "h2":
            parts.append((re.sub(r"[^\w-]", "", inner.lower().replace(" ", "-")), inner.replace("`", "")))
            token.attrSet("id", parts[-1][0])
        elif token.type == "table_open":
            heads = []
            cells = itertools.takewhile(lambda one: one.type != "table_close", tokens[at:])
            if is_long := any(len(one.content) > _LONG for one in cells):
                token.attrSet("class", "stack-rows")
        elif token.type == "th_open":
            heads.append(inner.replace("`", ""))
        elif token.type == "tr_open":
            columns = iter(heads)
        elif token.type == "td_open" and is_long:
            token.attrSet("data-label", next(columns, ""))
        if token.children:
            token.children = [*_linked(token.children, folder)]
    body = str(markdown.renderer.render(tokens, markdown.options, {}))
    number = itertools.count(1)
    body = re.sub("<table", lambda _: _SCROLLED.format(next(number)), body).replace("</table>", "</table></div>")
    return Text(title.content.replace("`", ""), parts, body)


_SCROLLED = '<div class="scroll" tabindex="0" role="region" aria-label="Table {}"><table'


def _linked(tokens: Iterable[Token], folder: str) -> Iterator[Token]:
    """Lead links to files of the repository to their pages; drop those that have none."""
    known = {**TITLES, "data-dictionary": "Data dictionary"}
    is_kept = True
    for token in tokens:
        if token.type == "link_open":
            href = str(token.attrs["href"])
            file = re.fullmatch(r"(?:docs/|\.\./docs/|\.\./quality/)?([a-z-]+)\.md(#.*)?", href)
            if file and file[1] in known:
                token.attrSet("href", f"{folder}{file[1]}.html{file[2] or ''}")
            is_kept = bool(file and file[1] in known) or href.startswith(("https:", "http:", "#"))
        elif token.type == "text" and (named := re.fullmatch(r"(?:docs/)?([a-z-]+)\.md", token.content)):
            token.content = known.get(named[1], token.content)
        if is_kept or not token.type.startswith("link_"):
            yield token


def versions(package: Package, changelog: str) -> list[tuple[str, str, str]]:
    """Give the versions that a changelog tells of and that of the package, the newest first: number, day and HTML."""
    body = rendered(changelog, "method/").body
    found = re.findall(r"(?s)<h2[^>]*>(\d+\.\d+\.\d+) \((\d{4}-\d\d-\d\d)\)</h2>(.*?)(?=<h2|\Z)", body)
    told = [(version, day, content.strip()) for version, day, content in found]
    is_told = any(version == package.version for version, *_ in told)
    return told if is_told else [(package.version, package.created[:10], ""), *told]
