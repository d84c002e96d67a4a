"""The release folder: complete, the same everywhere, and right."""

from __future__ import annotations

import hashlib
import itertools
import json
import os
import subprocess
import sys
import zipfile
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest
import yaml
from packages import REPOSITORY, refresh, releasable

import china_ai_lawmaking as cal
from china_ai_lawmaking import release
from china_ai_lawmaking.cli import main
from china_ai_lawmaking.loading import citation, views
from china_ai_lawmaking.package import descriptor
from china_ai_lawmaking.release import metadata

if TYPE_CHECKING:
    from pathlib import Path


def contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def edit(root: Path, **changes: Any) -> None:
    descriptor = json.loads((root / "datapackage.json").read_bytes()) | changes
    descriptor = {key: value for key, value in descriptor.items() if value is not None}
    (root / "datapackage.json").write_text(json.dumps(descriptor), "utf-8")


def test_a_release_is_built_again_from_its_own_zip_whatever_the_machine_is_set_to(
    released: Path, tmp_path: Path
) -> None:
    (archive,) = released.glob("china-ai-lawmaking-*.zip")
    # An empty folder is filled.
    (tmp_path / "another place").mkdir()
    command = [sys.executable, "-m", "china_ai_lawmaking", "release", "another place", "--root", str(archive)]
    settings = {"TZ": "Pacific/Chatham", "LC_ALL": "zh_CN.UTF-8", "PYTHONHASHSEED": "4242", "PYTHONUTF8": "0"}
    subprocess.run(command, cwd=tmp_path, env=os.environ | settings, umask=0o077, check=True)
    first, second = contents(released), contents(tmp_path / "another place")
    assert sorted(first) == sorted(second)
    assert [path for path in first if first[path] != second[path]] == []


def test_the_folder_holds_every_file(released: Path) -> None:
    version, names = cal.open(released).version, cal.open(released).tables()
    assert sorted(contents(released)) == sorted(
        [
            "CHANGELOG.md",
            "CHANGES.md",
            "CITATION.cff",
            "LICENSES/CC-BY-4.0.txt",
            "SHA256SUMS",
            "START-HERE.html",
        ]
        + [
            "citation.bib",
            "citation.csl.json",
            "citation.ris",
            "croissant.json",
            "data-dictionary.html",
            "data-dictionary.md",
        ]
        + ["datacite.json", "datapackage.json", "docs/quality.md", "schema-org.jsonld"]
        + [f"china-ai-lawmaking-{version}.{suffix}" for suffix in ("sqlite", "xlsx", "zip")]
        # Its name comes after the data's: who writes *.zip opens the data.
        + [f"site-china-ai-lawmaking-{version}.zip"]
        + [f"data/{name}.csv" for name in names]
        + [f"parquet/{name}.parquet" for name in names]
        + [f"schemas/{name}.json" for name in names]
        + [f"views/{name}.csv" for name in names]
    )


def test_windows_can_unpack_the_site_in_a_folder_of_120_characters(released: Path) -> None:
    with zipfile.ZipFile(next(released.glob("site-*.zip"))) as archive:
        assert {name.partition("/")[0] for name in archive.namelist()} == {"site"}
    # Windows knows no path of more than 260 characters.
    longest = max((row["id"] for row in cal.open(REPOSITORY).rows("sources")), key=len)
    assert len(f"/site/sources/{longest}.html") <= 140


def test_the_sums_list_every_other_file(released: Path) -> None:
    listed = [line.split("  ") for line in (released / "SHA256SUMS").read_text("utf-8").splitlines()]
    found = {path: hashlib.sha256(data).hexdigest() for path, data in contents(released).items()}
    assert listed == [[found[path], path] for path in sorted(found) if path != "SHA256SUMS"]


def test_the_record_is_released_as_it_is(released: Path, tmp_path: Path) -> None:
    source = contents(releasable(tmp_path / "source"))
    for path in ("datapackage.json", *(path for path in source if path.startswith(("data/", "schemas/")))):
        assert (released / path).read_bytes() == source[path]


@pytest.mark.parametrize("suffix", ["", ".zip"])
def test_a_release_opens_as_a_package(released: Path, suffix: str) -> None:
    place = next(released.glob("china-ai-lawmaking-*.zip")) if suffix else released
    assert list(cal.open(place).rows("laws")) == list(cal.open(released).rows("laws"))
    assert cal.open(place).load("laws").shape == (7, 13)


def test_view_files_say_what_view_says(released: Path) -> None:
    package = descriptor.open_package(released)
    record = views.Record(package)
    for table in package.names():
        frame = views.view(package, table, record=record)
        dates = [str(name) for name in frame if frame[name].dtype.kind == "M"]
        found = pd.read_csv(
            released / "views" / f"{table}.csv",
            dtype={str(name): frame[name].dtype for name in frame if name not in dates},
            parse_dates=dates,
            keep_default_na=False,
            na_values=[""],
        )
        pd.testing.assert_frame_equal(found.astype({name: frame[name].dtype for name in dates}), frame)


def test_only_what_changed_in_this_version_is_listed(released: Path) -> None:
    version = cal.open(released).version
    expected = f"# Changes in {version} (2025-03-10)\n\nThe present.\n"
    assert (released / "CHANGES.md").read_text("utf-8") == expected


class Page(HTMLParser):
    """Collects what a page says and where its links lead."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.outside: list[str] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if identifier := given.get("id"):
            self.ids.append(identifier)
        if tag == "a" and (link := given.get("href")):
            self.links.append(link)
        if tag != "a":
            self.outside += [value for name, value in attrs if name in ("href", "src") and value]

    def handle_data(self, data: str) -> None:
        self.text += data


def test_the_dictionary_explains_every_column_and_value_and_its_links_lead_somewhere(released: Path) -> None:
    page = Page((released / "data-dictionary.html").read_text("utf-8"))
    markdown = (released / "data-dictionary.md").read_text("utf-8")
    assert page.ids == cal.tables()
    assert {link for link in page.links if not link.startswith("http")} <= {f"#{name}" for name in page.ids}
    assert page.outside == []
    for table in cal.tables():
        for field in cal.describe(table).fields:
            assert field.description in page.text
            for meaning in (field.description, *field.categories.values()):
                assert meaning in markdown


def test_the_repository_has_the_citation_file_of_its_descriptor() -> None:
    text = metadata.citation_cff(descriptor.open_package(REPOSITORY))
    assert (REPOSITORY / "CITATION.cff").read_text("utf-8") == text, "run make docs"


def test_people_identifiers_and_addresses_of_the_descriptor_reach_every_document(tmp_path: Path) -> None:
    orcid = "https://orcid.org/0000-0002-1825-0097"
    person = {"title": "Chen Mo", "givenName": "Mo", "familyName": "Chen", "path": orcid, "roles": ["creator"]}
    project = {"title": "Robot project", "roles": ["publisher", "editor"]}
    root = releasable(tmp_path / "package")
    edit(root, contributors=[person, project], id="https://doi.org/10.5555/12345678", homepage="https://example.org/r")
    package = descriptor.open_package(root)
    datacite = json.loads(metadata.datacite(package))
    schema_org = json.loads(metadata.schema_org(package, []))
    croissant = json.loads(metadata.croissant(package, ""))
    assert datacite["creators"] == [
        {
            "name": "Chen Mo",
            "nameType": "Personal",
            "givenName": "Mo",
            "familyName": "Chen",
            "nameIdentifiers": [
                {"nameIdentifier": orcid, "nameIdentifierScheme": "ORCID", "schemeUri": "https://orcid.org"}
            ],
        }
    ]
    assert (datacite["doi"], datacite["url"]) == ("10.5555/12345678", "https://example.org/r")
    for document in (schema_org, croissant):
        assert document["creator"] == [{"@type": "Person", "name": "Chen Mo", "sameAs": orcid}]
        assert document["publisher"] == {"@type": "Organization", "name": "Robot project"}
        assert document["url"] == "https://example.org/r"
    assert schema_org["identifier"] == "https://doi.org/10.5555/12345678"
    cff = yaml.safe_load(metadata.citation_cff(package))
    assert cff["authors"] == [{"family-names": "Chen", "given-names": "Mo", "orcid": orcid}]
    assert cff["doi"] == "10.5555/12345678"
    assert "example.org/r" in citation.cite(package).bibtex


def test_the_place_held_for_a_homepage_reaches_no_document(released: Path) -> None:
    held = {path for path, content in contents(released).items() if b"record.invalid" in content}
    (archive,) = released.glob("china-ai-lawmaking-*.zip")
    assert held == {"datapackage.json", archive.name}


def test_only_the_views_have_a_byte_order_mark(released: Path) -> None:
    marked = {path.relative_to(released).parts[0] for path in released.rglob("*") if path.is_file()
              and path.read_bytes().startswith(b"\xef\xbb\xbf")}  # fmt: skip
    assert marked == {"views"}
    assert all(path.read_bytes().startswith(b"\xef\xbb\xbf") for path in (released / "views").iterdir())


# Refusals


def stale(root: Path) -> None:
    (root / "data" / "people.csv").write_bytes((root / "data" / "people.csv").read_bytes() + b"x,X,,,,\n")


def dangling(root: Path) -> None:
    path = root / "data" / "people.csv"
    path.write_bytes(path.read_bytes().replace(b"an-wei,", b"an-hei,"))
    refresh(root)


def bad_cell(root: Path) -> None:
    path = root / "data" / "laws.csv"
    path.write_bytes(path.read_bytes().replace(b",statute,", b",poem,"))
    refresh(root)


REFUSED = [
    (lambda root: (root / "CHANGELOG.md").write_text("# Changelog\n"), "CHANGELOG.md has no section '## "),
    (lambda root: (root / "CHANGELOG.md").unlink(), "CHANGELOG.md is missing in "),
    (lambda root: (root / "LICENSES" / "CC-BY-4.0.txt").unlink(), "LICENSES/CC-BY-4.0.txt is missing in "),
    (lambda root: (root / "data" / "people.csv").unlink(), "data/people.csv is missing in "),
    (stale, "hash or size of data/people.csv in datapackage.json is not current; run china-ai-lawmaking fix"),
    (bad_cell, "data/laws.csv:3: kind: 'poem' is not one of "),
    (dangling, "no row of people has the identifier that it names"),
    (
        lambda root: edit(root, created=None, licenses=[]),
        "datapackage.json lacks created, licenses, which a release needs",
    ),
    (lambda root: edit(root, created="2025-03-10"), "created in datapackage.json is '2025-03-10'"),
    (lambda root: edit(root, contributors=[{"title": "X"}]), "names no contributor with the role 'creator'"),
]


@pytest.mark.parametrize(("break_", "sentence"), REFUSED, ids=[sentence for _, sentence in REFUSED])
def test_what_cannot_be_released_is_refused_with_one_sentence(
    break_: Any, sentence: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = releasable(tmp_path / "package")
    break_(root)
    assert main(["release", str(tmp_path / "out"), "--root", str(root)]) == 2
    printed = capsys.readouterr()
    assert (printed.out, printed.err.count("\n")) == ("", 1)
    assert sentence in printed.err
    assert [path.name for path in tmp_path.iterdir()] == ["package"]


@pytest.mark.parametrize("there", ["file", "folder with a file", "folder in a file"])
def test_a_folder_in_use_or_out_of_reach_is_refused_and_left_alone(
    there: str, released: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    if there == "file":
        out.write_text("kept")
    elif there == "folder with a file":
        out.mkdir()
        (out / "kept").write_text("kept")
    else:
        out.write_text("kept")
        out = out / "below"
    before = contents(tmp_path)
    assert main(["release", str(out), "--root", str(released)]) == 2
    expected = "cannot be written" if there == "folder in a file" else "exists already; name a new or an empty folder"
    assert expected in capsys.readouterr().err
    assert contents(tmp_path) == before


@pytest.mark.parametrize("step", [1, 2, 40])
def test_a_build_that_is_interrupted_leaves_nothing(
    step: int, released: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Interrupted(dict[str, bytes]):
        def items(self) -> Any:
            yield from itertools.islice(super().items(), step)
            raise KeyboardInterrupt

    monkeypatch.setattr(release, "files", lambda *_: Interrupted(contents(released)))
    with pytest.raises(KeyboardInterrupt):
        release.write(descriptor.open_package(released), tmp_path / "out")
    assert list(tmp_path.iterdir()) == []
