"""Citations of the dataset and of the sources behind rows, all from `datapackage.json` and the tables."""

from collections.abc import Iterable, Mapping
from typing import Any

from ..errors import DataError, PackageError, UsageError
from ..package.descriptor import Package
from ..package.files import Folder
from . import reading
from .dated import MONTHS

Item = dict[str, Any]

# What each kind of source is in CSL, and what that is in BibTeX and RIS.
_CSL_TYPES = {
    "official_text": "document",
    "official_news": "article-newspaper",
    "news": "article-newspaper",
    "press_release": "document",
    "report": "report",
    "transcript": "speech",
    "analysis": "post-weblog",
    "academic": "article-journal",
    "dataset": "dataset",
}
_FORMS = {
    "document": ("misc", "GEN"),
    "article-newspaper": ("article", "NEWS"),
    "report": ("techreport", "RPRT"),
    "speech": ("misc", "GEN"),
    "post-weblog": ("misc", "BLOG"),
    "article-journal": ("article", "JOUR"),
    "dataset": ("misc", "DATA"),
}
_CONTAINED = ("article-newspaper", "article-journal", "post-weblog")
_PARTS = {"year": 1, "month": 2, "day": 3}


class Citations(tuple):  # type: ignore[type-arg]
    """Citations as CSL-JSON items, the dataset first; `str()` gives them as text.

    The properties `text` (APA), `bibtex`, `ris` and `csl` give the same items in the four forms.
    """

    __slots__ = ()

    def __str__(self) -> str:
        """Give the text form."""
        return self.text

    @property
    def text(self) -> str:
        """APA, one citation a line."""
        return "\n".join(map(_apa, self))

    @property
    def bibtex(self) -> str:
        """BibTeX entries."""
        return "\n".join(map(_bibtex, self))

    @property
    def ris(self) -> str:
        """RIS records."""
        return "\n".join(map(_ris, self))

    @property
    def csl(self) -> str:
        """CSL-JSON."""
        import json

        return json.dumps(list(self), ensure_ascii=False, indent=2)


def dataset(package: Package) -> Item:
    """Describe the dataset as a CSL item.

    Raises:
        PackageError: The folder holds another version by now, as after a git checkout.
    """
    descriptor = package.descriptor
    if (
        isinstance(package.files, Folder)
        and (now := Package(package.location, package.files).version) != package.version
    ):
        raise PackageError(f"{package.location} was opened as {package.version} and holds {now} now; open it again")
    name = descriptor.get("name", "")
    contributors = descriptor.get("contributors", ())
    item: Item = {
        "id": f"{name}-{package.version}",
        "type": "dataset",
        "title": descriptor.get("title", name),
        "author": [{"literal": c["title"]} for c in contributors if "creator" in c.get("roles", ())],
    }
    if package.created:
        item["issued"] = {"date-parts": [[int(part) for part in package.created.split("-")]]}
    item["version"] = package.version
    if package.homepage:
        item["URL"] = package.homepage
    return item


def cite(package: Package, ids: Iterable[str] = (), table: str | None = None) -> Citations:
    """Cite the dataset, and the sources behind records.

    Args:
        package: The package.
        ids: Identifiers of the records; for a link table, of the statements or figures that they belong to.
        table: Table of the records; without it every table is looked through.

    Returns:
        The dataset, then each source that was read for these records, once, in their order.

    Raises:
        UsageError: Neither the table nor, if none is named, any other has such an identifier.
        DataError: The evidence names a source that is not there.
    """
    wanted = reading.identifiers(ids)
    if not wanted:
        return Citations([dataset(package)])
    rows = {name: list(reading.records(package, package.table(name))) for name in ("evidence", "sources")}
    if table is not None and package.table(table).key != ("id",):
        # A link has the evidence of the record that its first key column names.
        described = package.table(table)
        table = next(r.table for r in described.references if r.fields == (described.key[0],))
    behind: dict[str, list[str]] = {}
    for row in rows["evidence"]:
        if table in (None, row["record_table"]):
            behind.setdefault(row["record_id"], []).append(row["source_id"])
        if table in (None, "evidence"):
            behind[row["id"]] = [row["source_id"]]
    sources = {row["id"]: row for row in rows["sources"]}
    if table in (None, "sources"):
        behind |= {key: [key] for key in sources}
    tables = map(package.table, [table] if table else package.names())
    known = {row["id"] for one in tables if table or one.has_ids for row in reading.records(package, one)}
    if unknown := [key for key in wanted if key not in known]:
        how = reading.became(package, unknown[0]) or "ids stand in the first column of each table"
        raise UsageError(f"no {f'row of {table}' if table else 'record'} has the id {unknown[0]!r}; {how}")
    names = {row["id"]: row["name"] for row in reading.records(package, package.table("organizations"))}
    read = dict.fromkeys(source for key in wanted for source in behind.get(key, ()))
    if lost := next((key for key in read if key not in sources), None):
        raise DataError(f"{package.table('evidence').path} names the source {lost!r}, which the record does not have")
    return Citations([dataset(package), *(_source(sources[key], names) for key in read)])


def _source(row: Mapping[str, Any], names: Mapping[str, str]) -> Item:
    item: Item = {"id": row["id"], "type": _CSL_TYPES[row["kind"]], "title": row["title"]}
    publisher = names.get(row["publisher_id"], row["publisher_id"])
    if row["authors"]:
        item["author"] = [{"literal": name} for name in row["authors"].split(";")]
    if item["type"] in _CONTAINED:
        item["container-title"] = publisher
    else:
        item["publisher"] = publisher
    if row["published_date"]:
        date = row["published_date"]
        item["issued"] = {"date-parts": [[date.year, date.month, date.day][: _PARTS.get(row["published_precision"])]]}
    if row["url"]:
        item["URL"] = row["url"]
    item["language"] = row["language"]
    return item


def _authors(item: Item) -> list[str]:
    return [name["literal"] for name in item.get("author", ())]


def _date_parts(item: Item) -> list[int]:
    parts: list[int] = item.get("issued", {}).get("date-parts", [[]])[0]
    return parts


def _outlet(item: Item) -> str:
    return str(item.get("container-title") or item.get("publisher") or "")


def _apa(item: Item) -> str:
    names, outlet = _authors(item), _outlet(item)
    if not names:
        names, outlet = [outlet], ""
    if len(names) > 1:
        names = [", ".join(names[:-1]) + f", & {names[-1]}"]
    year, *rest = [str(part) for part in _date_parts(item)] or ["n.d."]
    if rest:
        year += f", {MONTHS[int(rest[0]) - 1]}" + (f" {rest[1]}" if len(rest) > 1 else "")
    title = item["title"]
    if "version" in item:
        title += f" (Version {item['version']}) [Data set]"
    parts = [_sentence(names[0]), f"({year}).", _sentence(title), outlet and _sentence(outlet), item.get("URL", "")]
    return " ".join(part for part in parts if part)


def _sentence(text: str) -> str:
    return text if text.endswith((".", "?", "!")) else f"{text}."


def _bibtex(item: Item) -> str:
    kind = _FORMS[item["type"]][0]
    parts = _date_parts(item)
    outlet = {"article": "journal", "techreport": "institution"}.get(kind, "publisher")
    fields = {
        "author": " and ".join(f"{{{_tex(name)}}}" for name in _authors(item)),
        "title": f"{{{_tex(item['title'])}}}",
        outlet: _tex(_outlet(item)),
        "year": str(parts[0]) if parts else "",
        "month": str(parts[1]) if len(parts) > 1 else "",
        "version": item.get("version", ""),
        "url": item.get("URL", ""),
    }
    lines = [f"  {name} = {{{value}}}," for name, value in fields.items() if value]
    return "\n".join([f"@{kind}{{{item['id']},", *lines, "}"])


def _tex(text: str) -> str:
    special: dict[str, str | int | None] = {char: f"\\{char}" for char in "&%$#_{}"}
    special |= {"~": "\\textasciitilde{}", "^": "\\textasciicircum{}", "\\": "\\textbackslash{}"}
    return text.translate(str.maketrans(special))


def _ris(item: Item) -> str:
    parts = _date_parts(item)
    outlet = "T2" if "container-title" in item else "PB"
    fields = [
        ("TY", _FORMS[item["type"]][1]),
        ("ID", item["id"]),
        *(("AU", name) for name in _authors(item)),
        ("TI", item["title"]),
        (outlet, _outlet(item)),
        ("PY", str(parts[0]) if parts else ""),
        ("DA", "/".join(f"{part:02}" for part in parts) if len(parts) > 1 else ""),
        ("ET", item.get("version", "")),
        ("LA", item.get("language", "")),
        ("UR", item.get("URL", "")),
    ]
    return "\n".join([f"{tag}  - {value}" for tag, value in fields if value] + ["ER  - "])
