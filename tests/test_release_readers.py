"""Programs and validators that nobody here wrote open the files of a release, offline."""

from __future__ import annotations

import datetime
import importlib.resources
import json
import sqlite3
import subprocess
import sys
from contextlib import closing
from typing import TYPE_CHECKING, Any

import check_jsonschema
import duckdb
import frictionless
import openpyxl
import polars as pl
import pyarrow.parquet as pq
import pytest
import sqlite_utils
from bibtexparser.entrypoint import parse_string
from bibtexparser.middlewares import LatexDecodingMiddleware
from citeproc import Citation, CitationItem, CitationStylesBibliography, CitationStylesStyle, formatter
from citeproc.source.json import CiteProcJSON

import china_ai_lawmaking as cal
from china_ai_lawmaking.loading import views
from china_ai_lawmaking.loading.citation import Citations
from china_ai_lawmaking.loading.views import LONG
from china_ai_lawmaking.package import descriptor
from china_ai_lawmaking.release import database as release_database
from china_ai_lawmaking.release import tables as release_tables

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def records(folder: Path, table: str) -> list[tuple[Any, ...]]:
    return [tuple(row.values()) for row in cal.open(folder).rows(table)]


# Metadata


@pytest.mark.parametrize(
    ("document", "schema"),
    [
        ("datapackage.json", "dplib/profiles/2.0/datapackage.json"),
        ("datacite.json", "datacite/schemas/datacite-v4.5.json"),
        ("CITATION.cff", "vendor.citation-file-format"),
    ],
)
def test_a_document_passes_its_schema(released: Path, document: str, schema: str) -> None:
    option, place = "--builtin-schema", schema
    if "/" in schema:
        library, _, path = schema.partition("/")
        option, place = "--schemafile", str(importlib.resources.files(library) / path)
    with pytest.raises(SystemExit) as left:
        check_jsonschema.main([option, place, str(released / document)])
    assert left.value.code == 0


def test_frictionless_finds_the_package_valid(released: Path) -> None:
    for place in (released / "datapackage.json", next(released.glob("china-ai-lawmaking-*.zip"))):
        found = frictionless.validate(str(place), type="package")
        assert (found.valid, found.errors) == (True, [])
        assert sorted(task.name for task in found.tasks) == cal.tables()


def test_frictionless_reads_the_same_rows(released: Path) -> None:
    package = frictionless.Package(str(released / "datapackage.json"))
    for table in cal.tables():
        found = [tuple(row.to_dict().values()) for row in package.get_table_resource(table).read_rows()]
        assert [tuple(map(plain, row)) for row in found] == records(released, table), table


def plain(value: object) -> object:
    return float(value) if type(value).__name__ == "Decimal" else value  # type: ignore[arg-type]


# Citations

TITLES = ["100% & #1 of $5_6", "A {braced} title \\ with ~ and ^", "数据法", "A “quoted” title: part 1 — and 2"]


@pytest.fixture
def cited(released: Path) -> Citations:
    record = cal.open(released)
    return record.cite(record.load("statements"))


def test_bibtex_is_read_back(cited: Citations) -> None:
    library = parse_string(cited.bibtex, append_middleware=[LatexDecodingMiddleware()])
    assert library.failed_blocks == []
    assert [entry.key for entry in library.entries] == [item["id"] for item in cited]
    for entry, item in zip(library.entries, cited, strict=True):
        assert bare(entry["title"]) == item["title"]
        assert entry.get("year") is None or entry["year"] == str(item["issued"]["date-parts"][0][0])
        assert bare(entry.fields_dict["author"].value if "author" in entry.fields_dict else "") == " and ".join(
            name["literal"] for name in item.get("author", ())
        )


def bare(text: str) -> str:
    return text.removeprefix("{").removesuffix("}").replace("} and {", " and ")


@pytest.mark.parametrize("title", TITLES)
def test_bibtex_keeps_every_character(title: str) -> None:
    item = {"id": "x", "type": "document", "title": title}
    (entry,) = parse_string(
        Citations([item]).bibtex, append_middleware=[LatexDecodingMiddleware(keep_braced_groups=True)]
    ).entries
    # The decoder takes the TeX name of the circumflex for that of the accent.
    assert bare(entry["title"]).replace("ˆ", "^") == title


def test_csl_is_read_back(cited: Citations) -> None:
    source = CiteProcJSON(json.loads(cited.csl))
    style = CitationStylesStyle("harvard-cite-them-right", validate=False)
    bibliography = CitationStylesBibliography(style, source, formatter.plain)
    for item in cited:
        bibliography.register(Citation([CitationItem(item["id"].lower())]))
    printed = [str(entry) for entry in bibliography.bibliography()]
    assert sorted(source) == sorted(item["id"] for item in cited)
    for item in cited:
        assert any(item["title"] in entry for entry in printed)


@pytest.mark.parametrize("name", ["citation.bib", "citation.csl.json", "citation.ris"])
def test_the_citation_files_name_the_dataset_and_its_version(released: Path, name: str) -> None:
    text = (released / name).read_text("utf-8")
    assert "China's debate about legislating artificial intelligence" in text
    assert cal.open(released).version in text


# Parquet


def test_pyarrow_reads_types_and_rows(released: Path) -> None:
    types = {"string": "string", "integer": "int64", "number": "double", "boolean": "bool", "date": "date32[day]"}
    for table in cal.tables():
        found = pq.read_table(released / "parquet" / f"{table}.parquet")
        described = cal.describe(table).fields
        assert [(f.name, f.nullable, f.metadata[b"description"].decode()) for f in found.schema] == [
            (f.name, not f.required, f.description) for f in described
        ]
        for field, column in zip(described, found.schema, strict=True):
            if field.categories:
                assert (str(column.type.value_type), column.type.ordered) == ("string", field.ordered)
            else:
                assert str(column.type) == types[field.type]
        assert [tuple(row.values()) for row in found.to_pylist()] == records(released, table), table


def test_polars_and_duckdb_read_the_rows(released: Path) -> None:
    for table in cal.tables():
        path, expected = released / "parquet" / f"{table}.parquet", records(released, table)
        assert pl.read_parquet(path).rows() == expected, table
        assert duckdb.read_parquet(str(path)).fetchall() == expected, table


# SQLite


@pytest.fixture
def database(released: Path) -> Iterator[sqlite3.Connection]:
    (path,) = released.glob("*.sqlite")
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
        yield connection


def stored(value: object) -> object:
    return value.isoformat() if isinstance(value, datetime.date) else value


def test_sqlite_utils_reads_the_rows(database: sqlite3.Connection, released: Path) -> None:
    for table in cal.tables():
        found = [tuple(row.values()) for row in sqlite_utils.Database(database)[table].rows]
        assert found == [tuple(map(stored, row)) for row in records(released, table)], table


def test_datasette_opens_the_database_finds_words_and_follows_keys(released: Path) -> None:
    (path,) = released.glob("*.sqlite")

    def asked(query: str) -> Any:
        place = f"/{path.stem.replace('.', '~2E')}/{query}"
        command = [sys.executable, "-m", "datasette", str(path), "--get", place]
        return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)

    found = asked("search.json?_search=%E6%95%B0%E6%8D%AE%E6%B3%95&_shape=array")
    assert ("laws", "data-act") in [(row["record_table"], row["record_id"]) for row in found]
    row = asked("laws/data-act.json?_extras=foreign_key_tables")
    linked = {(key["other_table"], key["other_column"]): key["count"] for key in row["foreign_key_tables"]}
    assert linked["statements", "law_id"] == 1


def test_the_database_keeps_the_keys_of_the_schema(database: sqlite3.Connection) -> None:
    for table in cal.tables():
        columns = database.execute(f"PRAGMA table_info({table})").fetchall()
        described = cal.describe(table)
        assert [(name, bool(required)) for _, name, _, required, _, _ in columns] == [
            (field.name, field.required) for field in described.fields
        ]
        assert tuple(c[1] for c in sorted((c for c in columns if c[5]), key=lambda c: c[5])) == described.key
        keys = database.execute(f"PRAGMA foreign_key_list({table})")
        foreign = {(start, end, to) for _, _, end, start, to, *_ in keys}
        assert foreign == {(r.fields[0], r.table, r.keys[0]) for r in described.references}, table
    assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


@pytest.mark.parametrize(
    ("statement", "fault"),
    [
        ("INSERT INTO people (id, name) VALUES ('an-wei', 'X')", "UNIQUE"),
        ("INSERT INTO people (id) VALUES ('x')", "NOT NULL"),
        ("UPDATE laws SET kind = 'poem'", "CHECK"),
        ("UPDATE statements SET person_id = 'nobody'", "FOREIGN KEY"),
    ],
)
def test_the_database_refuses_what_the_schema_refuses(released: Path, statement: str, fault: str) -> None:
    with closing(sqlite3.connect(":memory:")) as database:
        database.deserialize(next(released.glob("*.sqlite")).read_bytes())
        database.execute("PRAGMA foreign_keys = ON")
        with pytest.raises(sqlite3.IntegrityError, match=fault):
            database.execute(statement)


def test_the_database_holds_the_views(database: sqlite3.Connection, released: Path) -> None:
    package = descriptor.open_package(released)
    record = views.Record(package)
    for table in package.names():
        frame = views.view(package, table, record=record)
        found = database.execute(f"SELECT * FROM view_{table}")
        assert [column[0] for column in found.description] == list(frame.columns)
        shown = frame.astype(object).where(frame.notna(), None)
        expected = [tuple(v.date().isoformat() if hasattr(v, "date") else v for v in row) for row in shown.to_numpy()]
        assert found.fetchall() == expected, table


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("label", {"st-00001"}),
        ("labels", {"an-wei-suggestion-2025"}),
        ("数据法", {"data-act"}),
        ("安伟", {"an-wei", "st-00001", "mem-00001"}),
        ("An Wei", {"an-wei", "st-00001", "mem-00001"}),
        ("Bo Lin", {"bo-lin", "st-00001", "st-00002"}),
        ("st-00002", {"st-00002"}),
        ("Tide Robotics", {"tide-robotics", "st-00005", "mem-00002"}),
        ("AN-WEI", {"an-wei"}),
        ("法", {"data-act"}),
        ("no such words", set()),
    ],
)
def test_words_are_found_in_either_script(database: sqlite3.Connection, words: str, expected: set[str]) -> None:
    query = f'"{words}"'
    found = {row[0] for row in database.execute("SELECT record_id FROM search WHERE search MATCH ?", [query])}
    assert found >= expected
    assert bool(found) == bool(expected)


def test_terms_of_any_length_and_with_signs_are_found_as_words(root: Path) -> None:
    laws = root / "data" / "laws.csv"
    remark = "C++, AI+ and 人工智能+行动 said: AI-law; China's 人工智能立法2025年AI立法规划纲要草案说明; Zhāng said it"
    laws.write_text(laws.read_text(encoding="utf-8").replace("Umbrella for what is only called for.", f'"{remark}"'))
    opened = descriptor.open_package(root)
    found = {"AI", "ai", "AI+", "C++", "C", "AI-law", "China's", "Zhang", "said it", "法", "立法", "智能立", "AI立法"}
    found |= {"人工智能", "人工智能+", "人工智能+行动", "立法2025年", "人工智能立法2025年AI立法规划纲要草案说明"}
    query = "SELECT record_id FROM search WHERE record_table = 'laws' AND search MATCH ?"
    with closing(sqlite3.connect(":memory:")) as searched:
        searched.deserialize(release_database.write(opened, release_tables.views(opened, ["laws"]), {}))
        for words in (*found, "Zha", "sai", "法立", "D++", "智能+人", "AI++", "2025AI"):
            ids = [row[0] for row in searched.execute(query, [f'"{words}"'])]
            assert ("robot-laws" in ids) == (words in found), words


# Excel


def test_openpyxl_reads_the_workbook(released: Path) -> None:
    (path,) = released.glob("*.xlsx")
    book = openpyxl.load_workbook(path)
    assert ("version", cal.open(released).version) in book["about"].values
    for table in cal.tables():
        header, *rows = book[table].values
        assert list(header) == [field.name for field in cal.describe(table).fields]
        expected = [tuple(map(in_excel, row)) for row in records(released, table)]
        assert rows == expected
    assert [name for name in book.sheetnames if name.startswith("view_")] == [
        f"view_{name}" for name in sorted({*cal.describe("evidence").field("record_table").categories, *LONG})
    ]


def in_excel(value: object) -> object:
    return str(value).lower() if isinstance(value, bool) else stored(value)
