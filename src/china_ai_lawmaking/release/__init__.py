"""A release: every file that is published with a version, worked out from the package alone.

No clock, no network and no setting of the machine goes in, so that anyone can build the same bytes again.
"""

import contextlib
import hashlib
import io
import re
import zipfile
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from ..errors import PackageError, UsageError
from ..folders import fill, new_folder
from ..loading import citation, csv
from ..loading.views import LONG
from ..package.descriptor import Package
from ..package.files import DESCRIPTOR
from . import database, documents, metadata, tables
from .tables import View
from .workbook import Sheet
from .workbook import write as write_workbook

CHANGELOG = "CHANGELOG.md"
QUALITY = "docs/quality.md"


def files(package: Package, differences: str = "") -> dict[str, bytes]:
    """Work out every file of a release.

    Args:
        package: The package with `CHANGELOG.md` and `LICENSES/` beside it, as a checkout or the zip of a release has
            them; `docs/quality.md` goes along when it is there.
        differences: What differs from an earlier version, in Markdown, for the end of `CHANGES.md`.

    Returns:
        Content by path, sorted.

    Raises:
        PackageError: A file is missing, or the descriptor lacks what the metadata need.
        UsageError: The changelog has no section of this version, or a hash in the descriptor is not current.
        DataError: A cell cannot be read as its schema says.
        ModuleNotFoundError: A library of the extra `release` is not installed.
    """
    from ..site import build as site

    _check(package)
    descriptor = package.descriptor
    name = f"{descriptor['name']}-{package.version}"
    raw = _raw(package)
    changed = [documents.changes(package, raw[CHANGELOG].decode()), *filter(None, [differences])]
    cited = citation.cite(package)
    views = tables.views(package, package.names())
    about = {
        "title": descriptor["title"],
        "description": descriptor["description"],
        "version": package.version,
        "released": package.created,
        "licence": "; ".join(f"{licence['title']} <{licence['path']}>" for licence in descriptor["licenses"]),
        "cite as": cited.text,
    }
    texts = {
        "CHANGES.md": "\n".join(changed),
        "citation.bib": f"{cited.bibtex}\n",
        "citation.csl.json": f"{cited.csl}\n",
        "citation.ris": f"{cited.ris}\n",
        "croissant.json": metadata.croissant(package, cited.text),
        "data-dictionary.html": documents.dictionary_html(package),
        "data-dictionary.md": documents.dictionary_markdown(package),
        "datacite.json": metadata.datacite(package),
        "START-HERE.html": documents.start_here(package, name, cited.text),
    }
    result = raw | {path: text.encode() for path, text in texts.items()}
    # First, because it refuses rows that refer to none, which pages cannot be made of.
    result[f"{name}.sqlite"] = database.write(package, views, about)
    # A short folder: Windows knows no path of over 260 characters, and ids of sources are long.
    pages = {f"site/{path}": content for path, content in sorted(site.files(package))}
    result |= {
        f"{name}.xlsx": _workbook(package, views, about),
        f"{name}.zip": _zip(raw),
        f"site-{name}.zip": _zip(pages),
    }
    result |= {f"parquet/{table}.parquet": tables.parquet(package, package.table(table)) for table in package.names()}
    result |= {f"views/{view.name}.csv": tables.as_csv(view) for view in views}
    result["schema-org.jsonld"] = metadata.schema_org(package, sorted(result)).encode()
    result = dict(sorted(result.items()))
    result["SHA256SUMS"] = "".join(f"{_sha256(content)}  {path}\n" for path, content in result.items()).encode()
    return result


def write(package: Package, out: Path, differences: str = "") -> None:
    """Write a release into a new folder, which appears complete or not at all.

    Raises:
        UsageError: There is something at `out` already, or nothing can be written there.
        ChinaAiLawmakingError: As `files`.
    """
    with new_folder(out) as folder:
        fill(files(package, differences).items(), folder)


def _check(package: Package) -> None:
    descriptor = package.descriptor
    wanted = ("name", "title", "description", "version", "created", "licenses", "contributors")
    if missing := [key for key in wanted if not descriptor.get(key)]:
        raise PackageError(f"{DESCRIPTOR} lacks {', '.join(missing)}, which a release needs")
    if not re.match(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T", descriptor["created"]):
        raise PackageError(f"created in {DESCRIPTOR} is {descriptor['created']!r}; expected a date with a time")
    for licence in descriptor["licenses"]:
        if not {"name", "title", "path"} <= licence.keys():
            raise PackageError(f"a licence in {DESCRIPTOR} lacks name, title or path")


def _raw(package: Package) -> dict[str, bytes]:
    """Give the files that the raw package consists of, as they are."""
    tables = [package.table(name) for name in package.names()]
    licences = [f"LICENSES/{licence['name']}.txt" for licence in package.descriptor["licenses"]]
    paths = [path for table in tables for path in (table.path, table.schema_path)]
    content = {}
    for path in (DESCRIPTOR, CHANGELOG, *licences, *paths):
        try:
            content[path] = package.files.read(path)
        except FileNotFoundError:
            told = f"{path} is missing in {package.location}; a release is made from a checkout"
            raise PackageError(told) from None
    for table in tables:
        if table.hash != f"sha256:{_sha256(content[table.path])}" or table.bytes != len(content[table.path]):
            raise UsageError(f"hash or size of {table.path} in {DESCRIPTOR} is not current; run china-ai-lawmaking fix")
    content["CITATION.cff"] = metadata.citation_cff(package).encode()
    with contextlib.suppress(FileNotFoundError):
        content[QUALITY] = package.files.read(QUALITY)
    return dict(sorted(content.items()))


def _workbook(package: Package, views: list[View], about: Mapping[str, str]) -> bytes:
    """Give the tables as they are, and before them the views of those that a reader starts from."""
    carried = {*package.table("evidence").field("record_table").categories, *LONG}
    sheets = [Sheet(f"view_{view.name}", view.fields, view.cells) for view in views if view.name in carried]
    for name in package.names():
        table = package.table(name)
        sheets.append(Sheet(name, table.fields, (cells for _, cells in csv.rows(package, table))))
    return write_workbook(sheets, about, datetime.fromisoformat(package.descriptor["created"]))


def _zip(content: Mapping[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    # Not compressed: compressed bytes differ between versions of zlib, and the hash of this file is what people pin.
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for path, data in content.items():
            entry = zipfile.ZipInfo(path, (1980, 1, 1, 0, 0, 0))
            entry.create_system = 3
            entry.external_attr = 0o100644 << 16
            archive.writestr(entry, data)
    return buffer.getvalue()


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
