"""The texts of a release: the data dictionary, the change list and the page to start from."""

import html
import re
from importlib import resources
from string import Template

from ..errors import UsageError
from ..loading import dictionary
from ..package.descriptor import Package


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


def start_here(package: Package, name: str, cited: str) -> str:
    """Give the page that says which file of a release is for whom."""
    descriptor = package.descriptor
    texts = {key: descriptor[key] for key in ("title", "description", "version")} | {"name": name, "cited": cited}
    body = _template("start-here.html").substitute({key: html.escape(text) for key, text in texts.items()})
    return _page(f"Start here: {descriptor['title']}", body)


def _page(title: str, body: str) -> str:
    # What scrolls by itself can be reached by keyboard.
    body = body.replace("<table>", '<div role="group" aria-label="Table" tabindex="0"><table>')
    return _template("page.html").substitute(title=html.escape(title), body=body.replace("</table>", "</table></div>"))


def _template(name: str) -> Template:
    return Template(resources.files(__package__).joinpath(name).read_text("utf-8"))


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
