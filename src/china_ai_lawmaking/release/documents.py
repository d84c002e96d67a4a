"""The texts of a release: the data dictionary and the change list."""

from __future__ import annotations

import html
import re

from ..errors import UsageError
from ..loading import dictionary

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..package.descriptor import Package

_STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 70rem; padding: 0 1rem;
       overflow-wrap: anywhere; }
table { border-collapse: collapse; margin: 1rem 0; width: 100%; }
th, td { border: 1px solid #ccc; padding: .3rem .6rem; text-align: left; vertical-align: top; }
td:first-child { white-space: nowrap; }
td:last-child { min-width: 12rem; overflow-wrap: anywhere; }
div { overflow-x: auto; }
"""


def dictionary_markdown(package: Package) -> str:
    """Give the data dictionary as Markdown."""
    tables = ", ".join(f"[{name}](#{name})" for name in package.names())
    head = f"# {package.descriptor['title']}: data dictionary\n\nVersion {package.version}. Tables: {tables}.\n\n"
    return head + dictionary.dictionary(package, package.names())


def dictionary_html(package: Package) -> str:
    """Give the data dictionary as one HTML page that needs nothing else."""
    from markdown_it import MarkdownIt

    body = MarkdownIt("commonmark", {"html": False}).enable("table").render(dictionary_markdown(package))
    # The references link to the headings of the tables.
    body = re.sub(r"<h2>([a-z_]+)</h2>", r'<h2 id="\1">\1</h2>', body)
    return _page(f"{package.descriptor['title']}: data dictionary", body)


# Which file of a release is for whom.
_FOR_WHOM = (
    (
        "You want to read",
        "site-{name}.zip",
        "Unzip it and open index.html: pages, charts and search, without a server.",
    ),
    ("You work in a spreadsheet", "{name}.xlsx", "One workbook: the joined tables first, then each table as it is."),
    ("You open CSV files by hand", "views/", "Tables joined for reading, with names instead of ids."),
    ("You write Python or R", "{name}.zip", "The whole package with schemas; pin it by its hash in SHA256SUMS."),
    ("You query with SQL", "{name}.sqlite", "One database, with search; parquet/ is for DuckDB and others."),
    ("You cite", "citation.bib", "Also as citation.ris, citation.csl.json and CITATION.cff."),
    ("You want to know what a column means", "data-dictionary.html", "Every table, column and value."),
    ("You used an earlier version", "CHANGES.md", "What changed."),
)


def start_here(package: Package, name: str, cited: str) -> str:
    """Give the page that says which file of a release is for whom."""
    row = '<tr><th scope="row">{0}</th><td><a href="{1}">{1}</a></td><td>{2}</td></tr>\n'
    rows = "".join(row.format(whom, path.format(name=name), what) for whom, path, what in _FOR_WHOM)
    title, description = (html.escape(package.descriptor[name]) for name in ("title", "description"))
    body = (
        f"<h1>{title}</h1>\n<p>Version {package.version}. {description}</p>\n<table>\n{rows}</table>\n"
        f"<p>Cite it: {html.escape(cited)}</p>\n"
    )
    return _page(f"Start here: {package.descriptor['title']}", body)


def _page(title: str, body: str) -> str:
    # What scrolls by itself can be reached by keyboard.
    body = body.replace("<table>", '<div role="group" aria-label="Table" tabindex="0"><table>')
    body = body.replace("</table>", "</table></div>")
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width">\n'
        f"<title>{html.escape(title)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n<main>\n{body}</main>\n</body>\n</html>\n"
    )


def changes(package: Package, changelog: str) -> str:
    """Give what changed since the previous version: the section of this version in the changelog.

    Raises:
        UsageError: The changelog has no section of this version.
    """
    section = re.search(rf"(?ms)^## {re.escape(package.version)} .*?(?=^## |\Z)", changelog)
    if not section:
        raise UsageError(
            f"CHANGELOG.md has no section '## {package.version} (DATE)' for the version of datapackage.json"
        )
    return f"# Changes in {section[0].removeprefix('## ').strip()}\n"
