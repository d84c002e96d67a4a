"""A workbook for editing: exported, edited, imported."""

from __future__ import annotations

import io
import re
import subprocess
import tempfile
import zipfile
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from packages import Memory

from china_ai_lawmaking.cli import main
from china_ai_lawmaking.editing import spreadsheet
from china_ai_lawmaking.errors import DataError, UsageError
from china_ai_lawmaking.package.descriptor import Package
from china_ai_lawmaking.release import workbook

if TYPE_CHECKING:
    from collections.abc import Callable

# What a spreadsheet likes to take for something else.
AWKWARD = [
    "=1+1",
    "+a",
    "-b",
    "@SUM(A1)",
    "{=1}",
    "#N/A",
    "TRUE",
    "007",
    "1e5",
    "2024-03",
    "2024-03-01",
    "1/2",
    "50%",
    "12:30",
    " lead",
    "trail ",
    "two\nlines",
    "tab\tbed",
    '"quoted"',
    "'apostrophe",
    "_x0041_",
    "https://example.org/?a=b&c#d",
    "mailto:a@example.org",
    "人工智能法",
    "😀",
    "NA",
    "null",
]
FIELDS: list[dict[str, Any]] = [
    {"name": "id"},
    {"name": "text"},
    {"name": "count", "type": "integer"},
    {"name": "value", "type": "number"},
    {"name": "ready", "type": "boolean"},
    {"name": "day", "type": "date"},
    {"name": "kind", "constraints": {"enum": ["a", "b"]}, "categories": [{"value": "a"}, {"value": "b"}]},
]


# Workbooks by the descriptors of their packages, which have the hashes of all that is in them.
EXPORTED: dict[bytes, bytes] = {}


def exported(root: Path) -> Path:
    path, stamp = root.with_suffix(".xlsx"), (root / "datapackage.json").read_bytes()
    if stamp not in EXPORTED:
        assert main(["export", "--xlsx", str(path), "--root", str(root)]) == 0
        EXPORTED[stamp] = path.read_bytes()
    path.write_bytes(EXPORTED[stamp])
    return path


@pytest.fixture
def things(tmp_path: Path) -> tuple[Package, Path]:
    """A small package and its workbook."""
    package = Package(
        "memory", Memory(FIELDS, [("r1", "t", "30000000", "2.75", "true", "2025-03-01", "a"), ("r2",) + ("",) * 6])
    )
    path = tmp_path / "things.xlsx"
    path.write_bytes(spreadsheet.export(package))
    return package, path


def contents(root: Path) -> dict[str, bytes]:
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def edited(path: Path, edit: Callable[[Any], object]) -> str:
    book = openpyxl.load_workbook(path)
    edit(book)
    book.save(path)
    return str(path)


def forgetful(path: Path) -> str:
    """Take the sheet away that tells what was exported: what the others hold is all there is then."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts["xl/workbook.xml"], count = re.subn(rb'<sheet name="as exported"[^>]*/>', b"", parts["xl/workbook.xml"])
    assert count == 1
    forgetful = path.with_stem("forgetful")
    with zipfile.ZipFile(forgetful, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return str(forgetful)


def test_what_nobody_changed_comes_back_to_the_same_bytes(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = contents(root)
    assert main(["import", str(exported(root)), "--root", str(root)]) == 0
    assert contents(root) == before
    assert capsys.readouterr().out == ""


def test_a_workbook_brings_back_what_it_was_exported_from(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = contents(root)
    book_path = forgetful(exported(root))
    for path in sorted((root / "data").glob("*.csv")):
        header, *rows = path.read_text(encoding="utf-8").splitlines(keepends=True)
        path.write_text("".join([header, *rows[1:]]), encoding="utf-8")
    assert main(["import", book_path, "--root", str(root)]) == 0
    assert contents(root) == before
    assert len(capsys.readouterr().out.splitlines()) == 24


# What a workbook may not bring.
CONTROLS = "".join(map(chr, {*range(32)} - {9, 10}))
TEXT = st.one_of(
    st.sampled_from(AWKWARD), st.text(st.characters(codec="utf-8", exclude_characters=CONTROLS + "\ufffe\uffff"))
)
NUMBER = st.one_of(st.decimals(allow_nan=False, allow_infinity=False).map(str), st.floats().map(str), TEXT)
ROW = st.tuples(TEXT, TEXT, st.one_of(st.integers().map(str), TEXT), NUMBER, TEXT, TEXT, TEXT).filter(any)


@given(st.lists(ROW, max_size=4))
def test_any_text_comes_back_from_a_column_of_any_type(rows: list[tuple[str, ...]]) -> None:
    package = Package("memory", Memory(FIELDS, rows))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "things.xlsx")
        path.write_bytes(spreadsheet.export(package))
        assert spreadsheet.tables(package, str(path)) == {}


@pytest.mark.parametrize("text", ["ax005F_b", "_x005F_", "_x000A_"])
def test_text_that_the_reader_would_lose_is_refused(text: str, tmp_path: Path) -> None:
    package = Package("memory", Memory(FIELDS, [(text,) * len(FIELDS)]))
    path = tmp_path / "things.xlsx"
    path.write_bytes(spreadsheet.export(package))
    with pytest.raises(UsageError, match="holds text with a sign such as x005F_, which would be lost; edit its CSV"):
        spreadsheet.tables(package, str(path))


def test_nothing_is_a_formula(tmp_path: Path) -> None:
    rows = [(text,) * len(FIELDS) for text in AWKWARD]
    path = tmp_path / "things.xlsx"
    path.write_bytes(spreadsheet.export(Package("memory", Memory(FIELDS, rows))))
    with zipfile.ZipFile(path) as archive:
        sheets = [name for name in archive.namelist() if name.startswith("xl/worksheets/sheet")]
        assert len(sheets) == 6
        assert [name for name in sheets if re.search(rb"<f\b", archive.read(name))] == []
    cells = [cell for row in openpyxl.load_workbook(path)["things"].iter_rows(min_row=2) for cell in row]
    assert {(cell.data_type, cell.number_format) for cell in cells} == {("s", "@")}


def add_a_row(book: Any) -> None:
    book["topics"].append(["art", "Art", "Pictures made by machines.", "economy"])


def edit_many(book: Any) -> None:
    """Type what people type: a row, blank rows, days with and without a time, numbers, a truth, characters."""
    add_a_row(book)
    book["topics"].insert_rows(3, 2)
    book["statements"]["J2"], book["statements"]["J3"] = date(2025, 3, 7), datetime(2025, 3, 8)
    book["statistics"]["C2"], book["statistics"]["C3"] = 31000000, "61000000"
    book["memberships"]["I5"] = True
    book["people"]["C3"] = "林博"
    book["statement_cospeakers"].delete_rows(2)


EDITED = [
    ("topics", "data,Data", "art,Art,Pictures made by machines.,economy\ndata,Data"),
    ("statements", "read.,2025-03-06", "read.,2025-03-07"),
    ("statements", 'does harm.",2025-03-06', 'does harm.",2025-03-08'),
    ("statistics", "30000000,over,people", "31000000,over,people"),
    ("statistics", "60000000,about,people", "61000000,about,people"),
    ("memberships", "scholar,,,,false", "scholar,,,,true"),
    ("people", "Bo Lin,,", "Bo Lin,林博,"),
    ("statement_cospeakers", "st-00001,bo-lin\n", ""),
]


def test_edits_change_their_cells_only(root: Path) -> None:
    before = contents(root)
    book_path = edited(exported(root), edit_many)
    assert main(["import", book_path, "--root", str(root)]) == 0
    expected = dict(before)
    for table, old, new in EDITED:
        expected[f"data/{table}.csv"] = expected[f"data/{table}.csv"].replace(old.encode(), new.encode())
    after = contents(root)
    assert {path: after[path] for path in before if path != "datapackage.json"} == {
        path: data for path, data in expected.items() if path != "datapackage.json"
    }
    assert main(["fix", "--check", "--root", str(root)]) == 0


def mistake(book: Any) -> None:
    book["things"]["B3"].value, book["things"]["B3"].data_type = "#REF!", "e"


CHANGED = (
    "has changed since this workbook was exported, and so has its sheet: export a new workbook and bring your changes "
    "there"
)


def test_a_sheet_whose_table_changed_after_the_export_is_refused(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    book_path = edited(exported(root), add_a_row)
    topics = root / "data/topics.csv"
    topics.write_bytes(topics.read_bytes().replace(b"data,Data", b"data,Figures"))
    assert main(["fix", "--root", str(root)]) == 0
    before = contents(root)
    capsys.readouterr()
    assert main(["import", book_path, "--root", str(root)]) == 2
    assert capsys.readouterr() == (
        "",
        f"china-ai-lawmaking: data/topics.csv {CHANGED}\n",
    )
    assert contents(root) == before


def test_the_statement_of_another_is_not_replaced_by_one_of_the_sheet(root: Path) -> None:
    row = "st-00009,group,,,legislators,,report,indirect,{},2025-03-01,month,publication,,{}"
    statements = root / "data/statements.csv"
    columns = statements.read_text("utf-8").splitlines()[0].split(",")
    mine = row.format("Another point that the sheet makes.", "false," * ("planned" in columns) + "," * 1)
    book_path = edited(
        exported(root), lambda book: book["statements"].append((mine.split(",") + [""] * 20)[: len(columns)])
    )
    theirs = row.format("A point that somebody else merged.", "")
    statements.write_bytes(statements.read_bytes() + theirs.encode() + b"\n")
    before = contents(root)
    assert main(["import", book_path, "--root", str(root)]) == 2
    assert contents(root) == before


def test_a_sheet_that_nobody_touched_brings_nothing_back(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    book_path = exported(root)
    topics = root / "data/topics.csv"
    topics.write_bytes(topics.read_bytes().replace(b"data,Data", b"data,Figures").replace(b"misuse,", b"abuse,"))
    assert main(["fix", "--root", str(root)]) == 0
    before = contents(root)
    capsys.readouterr()
    assert main(["import", str(book_path), "--root", str(root)]) == 0
    assert capsys.readouterr().out == ""
    assert contents(root) == before


def test_a_counted_identifier_that_is_left_empty_is_the_next_one(root: Path) -> None:
    def add(book: Any) -> None:
        for topic in ("safety", "economy"):
            book["law_relations"].append(
                ["", "data-act", "influences", "robot-safety-law" if topic == "safety" else "robot-laws"]
            )

    before = contents(root)["data/law_relations.csv"]
    assert main(["import", edited(exported(root), add), "--root", str(root)]) == 0
    last = max(line.partition(",")[0] for line in before.decode().splitlines()[1:])
    number = int(last.removeprefix("rel-"))
    assert (
        contents(root)["data/law_relations.csv"]
        == before
        + (
            f"rel-{number + 1:05},data-act,influences,robot-safety-law\n"
            f"rel-{number + 2:05},data-act,influences,robot-laws\n"
        ).encode()
    )


def test_what_a_drop_down_puts_into_a_cell_is_the_identifier(root: Path) -> None:
    book_path = edited(exported(root), lambda book: book["statements"].__setitem__("C3", "an-wei | An Wei"))
    offered = openpyxl.load_workbook(exported(root.rename(root.with_name("same"))))["ids"]
    assert "an-wei | An Wei" in {cell.value for row in offered.iter_rows() for cell in row}
    root = root.with_name("same")
    before = contents(root)["data/statements.csv"]
    assert main(["import", book_path, "--root", str(root)]) == 0
    assert contents(root)["data/statements.csv"] == before.replace(b"st-00002,person,bo-lin", b"st-00002,person,an-wei")


@pytest.mark.parametrize(("typed", "meant"), [("An Wei", "an-wei"), ("安伟", "an-wei"), ("bo-lim", "bo-lin")])
def test_a_name_where_an_identifier_belongs_is_refused_with_what_was_meant(
    typed: str, meant: str, root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = contents(root)
    book_path = edited(exported(root), lambda book: book["statements"].__setitem__("C3", typed))
    assert main(["import", book_path, "--root", str(root)]) == 2
    told = f"sheet 'statements', row 3, person_id: {typed!r} is no id of people; did you mean {meant!r}?"
    assert capsys.readouterr().err == f"china-ai-lawmaking: {told}\n"
    assert contents(root) == before


def typed(place: str, value: object, format: str) -> Callable[[Any], None]:
    """Type a value into a cell that shows it in a format."""

    def edit(book: Any) -> None:
        book["things"][place].value = value
        book["things"][place].number_format = format

    return edit


# Shares, money, fractions, thousands, units, hidden values, signs that only a colour shows.
ODD_FORMATS = [
    "0%", '#,##0.00 "€"', "#,##0.00 [$€-407]", "$#,##0", "# ?/?", "#,##0,", "0.00E+00", '0" million"', '0.0"亿"', ";;;",
    "0;;", '"n/a"', '"5"0', "00000", r"0.0\%", '0 "‰"', '[>1000]0;0.0,"K"', '#,##0.00 "kr"_-', "?0", "0.##",
]  # fmt: skip
ODD_DAYS = ["mmm yy", "[Red]mmm yyyy", "[$-40D]mmm yyyy", 'mmm yyyy" (dated)"', "ddd, mmm yyyy", "dd mmm", "yyyy"]


@pytest.mark.parametrize(
    ("edit", "told"),
    [
        *((typed("D2", 25, format), "D2 holds 25, shown as") for format in ODD_FORMATS),
        (typed("D2", -25, "0.00;[Red]0.00"), "D2 holds -25, shown as"),
        (typed("D2", 2.75, "0.0"), "D2 holds 2.75, shown as"),
        (typed("D2", 1234567890123456, "0"), "D2 holds 1234567890123456, shown as"),
        *((typed("B2", 7, format), "B2 holds 7, shown as") for format in ("000", "0.00", "#,##0")),
        *((typed("B2", number, "General"), f"B2 holds {number}, shown as") for number in (123456789012, 0.5)),
        *((typed(place, True, "General"), f"{place} holds True, shown as") for place in ("B2", "C2", "D2", "F2")),
        (typed("D2", date(2025, 3, 1), "yyyy-mm-dd"), "D2 holds 2025-03-01 00:00:00, shown as"),
        *((typed("F2", date(2025, 3, 1), format), "F2 holds 2025-03-01 00:00:00, shown as") for format in ODD_DAYS),
        (typed("F2", datetime(2025, 3, 1, 14, 30), "yyyy-mm-dd hh:mm"), "F2 holds 2025-03-01 14:30:00, shown as"),
        (typed("F2", 2025, "General"), "F2 holds 2025, shown as"),
        (typed("C2", 30000000, "#,##0"), ""),
        (typed("C2", 30000000, "General"), ""),
        (typed("D2", 2.75, "0.00"), ""),
        (typed("D2", 2.75, "@"), ""),
        (typed("E2", True, "General"), ""),
        (typed("F2", date(2025, 3, 1), "dd.mm.yyyy"), ""),
        (typed("F2", date(2025, 3, 1), '[DBNum1][$-804]yyyy"年"m"月"d"日";@'), ""),
        (typed("F2", date(2025, 3, 1), "[$-F800]dddd, mmmm dd, yyyy"), ""),
    ],
)
def test_a_cell_means_what_it_shows_or_is_refused(
    edit: Callable[[Any], None], told: str, things: tuple[Package, Path]
) -> None:
    package, path = things
    edited(path, edit)
    if told:
        with pytest.raises(UsageError, match=f"^sheet 'things', cell {re.escape(told)}"):
            spreadsheet.tables(package, str(path))
    else:
        assert spreadsheet.tables(package, str(path)) == {}


def test_headers_are_explained_and_filtered_and_addresses_can_be_clicked(root: Path) -> None:
    book = openpyxl.load_workbook(exported(root))
    assert book["sources"]["B1"].comment.text == "What sort of document it is."
    assert book["sources"].auto_filter.ref.startswith("A1:")
    links = [cell.hyperlink.target for row in book["sources"].iter_rows(min_row=2) for cell in row if cell.hyperlink]
    assert "https://example.org/robots" in links


@pytest.mark.parametrize("name", ["about", "About", "as exported", "t" * 32])
def test_a_table_that_no_sheet_can_be_called_after_is_refused(name: str) -> None:
    with pytest.raises(DataError, match=r"no sheet can be called"):
        workbook.write([workbook.Sheet(name, (), ())], {}, datetime(2025, 3, 10))


@pytest.mark.parametrize(
    ("part", "old", "new", "code"),
    [
        (
            "sheet1",
            "</sheetData>",
            '<row r="1048576"><c r="XFD1048576" t="inlineStr"><is><t>x</t></is></c></row></sheetData>',
            0,
        ),
        # Spreadsheet programs count on where no place stands.
        ("sheet2", '<row r="2"', "<row", 0),
        ("sheet2", '<c r="A2"', "<c", 0),
        ("sheet2", '<c r="A2"', f'<c r="A{9 * 10**4000}"', 2),
        ("sheet2", "UTF-8", "foo-9", 2),
    ],
    ids=["far cell of a sheet that explains", "row without a place", "cell without a place", "number", "encoding"],
)
def test_a_sheet_made_to_exhaust_the_reader_is_refused_or_not_read(
    part: str, old: str, new: str, code: int, root: Path
) -> None:
    path = exported(root)
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    name = f"xl/worksheets/{part}.xml"
    assert parts[name].count(old.encode()) == 1
    parts[name] = parts[name].replace(old.encode(), new.encode())
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    assert main(["import", str(path), "--root", str(root)]) == (2 if code else 0)


REFUSED = [
    (
        lambda book: book["things"].__setitem__("B2", "Founder_x000D_of a robot maker"),
        "sheet 'things', cell B2 holds a control character, which cannot be seen; type the cell again",
    ),
    *(
        (
            lambda book, code=code: book["things"].__setitem__("B3", f"_x00{code}_"),
            "sheet 'things', cell B3 holds a control",
        )
        for code in ("00", "07", "0B", "1F")
    ),
    (mistake, "sheet 'things', cell B3 holds #REF!, shown as 'General'; format it as text"),
    (
        lambda book: book["things"].cell(3, 2, "=1+1"),
        "sheet 'things', cell B3 holds =1+1, shown as 'General'; format it as text",
    ),
    (lambda book: book["things"].merge_cells("B2:B3"), "sheet 'things' has merged cells, B2:B3; take them apart"),
    (lambda book: book["things"].cell(1_048_576, 16_384, " "), "sheet 'things' reaches to row 1048576, column 16384"),
    (lambda book: book.create_sheet("Sheet1"), "sheet 'Sheet1' is no table; tables: things"),
    (lambda book: book["things"].delete_cols(2), "sheet things has other columns; expected id, text, count"),
    (lambda book: book["things"].move_range("A1:F9", rows=1), "sheet things has other columns; expected id, text"),
    (lambda book: book["things"].cell(3, 9, "aside"), "sheet things has other columns; expected id, text"),
]


@pytest.mark.parametrize(("edit", "sentence"), REFUSED)
def test_a_sheet_that_is_not_its_table_is_refused(
    edit: Callable[[Any], object], sentence: str, things: tuple[Package, Path]
) -> None:
    package, path = things
    edited(path, edit)
    with pytest.raises(UsageError, match=f"^{re.escape(sentence)}"):
        spreadsheet.tables(package, str(path))


def test_a_table_without_a_sheet_stays_as_it_is(root: Path) -> None:
    before = contents(root)
    book_path = edited(exported(root), lambda book: book.remove(book["people"]))
    assert main(["import", book_path, "--root", str(root)]) == 0
    assert contents(root) == before


def opendocument() -> bytes:
    """What a spreadsheet program writes as .ods, as far as its kind is told."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", "<x/>")
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        *(
            (data, "{path} is no Excel workbook; save it as .xlsx, as Excel, LibreOffice and WPS can\n")
            for data in (b"", b"id,name\n", b"PK\x03\x04", opendocument())
        ),
        (bytes.fromhex("D0CF11E0A1B11AE1") + bytes(4096), "{path} has a password or is an old .xls; save it "),
        (None, "there is no file {path}"),
    ],
    ids=["empty", "CSV", "cut off", "ods", "password", "missing"],
)
def test_what_is_no_workbook_is_refused(
    root: Path, tmp_path: Path, data: bytes | None, sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "some.xlsx"
    if data is not None:
        path.write_bytes(data)
    assert main(["import", str(path), "--root", str(root)]) == 2
    assert capsys.readouterr().err.startswith(f"china-ai-lawmaking: {sentence.format(path=path)}")


def test_a_workbook_that_is_open_elsewhere_is_told(
    root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(path: object) -> None:
        raise PermissionError(13, "Permission denied", path)

    path = exported(root)
    monkeypatch.setattr(openpyxl, "load_workbook", refuse)
    assert main(["import", str(path), "--root", str(root)]) == 2
    told = f"china-ai-lawmaking: {path} cannot be read; close it in the program that has it open\n"
    assert capsys.readouterr().err == told


def test_a_strict_workbook_whose_sheets_cannot_be_read_is_refused(things: tuple[Package, Path]) -> None:
    package, path = things
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    transitional, strict = b"http://schemas.openxmlformats.org/", b"http://purl.oclc.org/ooxml/"
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in parts.items():
            data = data.replace(transitional + b"spreadsheetml/2006/main", strict + b"spreadsheetml/main")
            part = b"officeDocument/2006/relationships", b"officeDocument/relationships"
            archive.writestr(name, data.replace(transitional + part[0], strict + part[1]))
    with pytest.raises(UsageError, match="has no sheet that can be read; save it as plain"):
        spreadsheet.tables(package, str(path))


def test_a_workbook_made_to_exhaust_the_reader_is_refused(record: Any, tmp_path: Path) -> None:
    path = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "")
        archive.writestr("xl/worksheets/sheet1.xml", b" " * 30_000_000)
    with pytest.raises(UsageError, match=r"unpacks to more than 200 times its size"):
        spreadsheet.tables(record._package, str(path))


def test_an_export_never_overwrites_a_file(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = exported(root)
    path.write_bytes(b"edited")
    assert main(["export", "--xlsx", str(path), "--root", str(root)]) == 2
    assert capsys.readouterr().err == (
        f"china-ai-lawmaking: {path} exists already, perhaps with edits; name a new file\n"
    )
    assert path.read_bytes() == b"edited"
    assert sorted(path.parent.iterdir()) == sorted([path, root])


@pytest.mark.libreoffice
def test_libreoffice_gives_back_the_same_bytes(root: Path, tmp_path: Path) -> None:
    topics = root / "data/topics.csv"
    lines = topics.read_text(encoding="utf-8")
    # Text at the borders of a cell is not canonical and quotation marks would need doubling here.
    for number, text in enumerate(text for text in AWKWARD if text == text.strip() and '"' not in text):
        lines += f'topic-{number:02},"{text}","{text}",\n'
    topics.write_text(lines, encoding="utf-8")
    assert main(["fix", "--root", str(root)]) == 0
    before = contents(root)
    book_path = exported(root)
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    convert = ["soffice", profile, "--headless", "--convert-to", "xlsx:Calc MS Excel 2007 XML"]
    subprocess.run([*convert, "--outdir", str(tmp_path / "saved"), str(book_path)], check=True, timeout=120)
    saved = tmp_path / "saved" / book_path.name
    assert saved.read_bytes() != book_path.read_bytes()
    assert main(["import", str(saved), "--root", str(root)]) == 0
    assert contents(root) == before
    topics.write_text("id,name,description,broader_id\n", encoding="utf-8")
    assert main(["import", forgetful(saved), "--root", str(root)]) == 0
    assert contents(root) == before
