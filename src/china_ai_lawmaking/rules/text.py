"""Rules on the text of single cells: canonical characters, lists, Chinese names."""

from __future__ import annotations

import unicodedata

import narwhals as nw

from .rule import Rule, filled, is_list, items, rule

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..package import Field, Table
    from .rule import Frame, Frames, Tables

# Control, format (zero-width, bidirectional, soft hyphen), private use, line separators, and the mark of a lost byte.
HIDDEN = r"[\p{Cc}\p{Cf}\p{Co}\p{Zl}\p{Zp}\x{FFFD}]"
STRAY = r"^ | $|  |[\p{Zs}&&[^ ]]"
# The full-width forms start a formula in spreadsheets of East Asian locales.
FORMULA = r"^[=+\-@＝＋－＠]"
# No character outside this class is changed by normalization or joins with its neighbour.
UNSETTLED = r"[^\x{00}-\x{2FF}\x{2010}-\x{205E}\x{3001}-\x{3029}\x{4E00}-\x{9FFF}\x{FF01}-\x{FFEF}]"


def rules(tables: Tables) -> Iterator[Rule]:
    """Make the rules of every text column of the contract."""
    for table in tables.values():
        referring = {name for reference in table.references for name in reference.fields}
        for field in table.fields:
            # A cell that must be one of a list, or an id somewhere, has no other text to judge.
            if field.type != "string" or "enum" in field.constraints or field.name in referring:
                continue
            yield _hidden(table, field)
            yield _normal(table, field)
            yield _spaces(table, field)
            yield _formula(table, field)
            if is_list(field):
                yield _repeated(table, field)
            if field.name.endswith("_zh"):
                yield _chinese(table, field)


def _cells(frames: Frames, table: Table, field: Field) -> Frame:
    return frames[table.name].select("__row", cell=field.name)


def _hidden(table: Table, field: Field) -> Rule:
    @rule(
        "hidden-character",
        table.name,
        field.name,
        {table.name: (field.name,)},
        "{cell!r} holds a control, zero-width, bidirectional, private or replacement character",
        "delete it, or type the character that was meant",
    )
    def hidden(frames: Frames) -> Frame:
        """No text cell holds a control, zero-width, bidirectional, private or replacement character."""
        return _cells(frames, table, field).filter(nw.col("cell").str.contains(HIDDEN))

    return hidden


def _normal(table: Table, field: Field) -> Rule:
    @rule(
        "not-nfc",
        table.name,
        field.name,
        {table.name: (field.name,)},
        "{cell!a} is not in Unicode normalization form C",
        "write {normal!a}",
    )
    def normal(frames: Frames) -> Frame:
        """Text is in Unicode normalization form C."""
        # Few cells hold such a character, so that these few can leave the plan for Python's tables.
        cells = _cells(frames, table, field).filter(nw.col("cell").str.contains(UNSETTLED)).collect()
        normals = [unicodedata.normalize("NFC", cell) for cell in cells["cell"]]
        series = nw.new_series("normal", normals, nw.String, backend=cells.implementation)
        return cells.with_columns(series).filter(nw.col("cell") != nw.col("normal")).lazy()

    return normal


def _spaces(table: Table, field: Field) -> Rule:
    @rule(
        "stray-space",
        table.name,
        field.name,
        {table.name: (field.name,)},
        "{cell!r} starts or ends with a space, or holds two in a row or one that is not U+0020",
        "write {mended!r}",
    )
    def spaces(frames: Frames) -> Frame:
        """Text has single plain spaces, and none at either end."""
        cell = nw.col("cell")
        faulty = _cells(frames, table, field).filter(cell.str.contains(STRAY) & ~cell.str.contains(HIDDEN))
        return faulty.with_columns(mended=cell.str.replace_all(r"\p{Zs}+", " ").str.strip_chars(" "))

    return spaces


def _formula(table: Table, field: Field) -> Rule:
    @rule(
        "spreadsheet-formula",
        table.name,
        field.name,
        {table.name: (field.name,)},
        "{cell!r} starts with a character that makes a spreadsheet run the cell",
        "start with a letter, a digit, a bracket or a quotation mark",
    )
    def formula(frames: Frames) -> Frame:
        """No text cell starts with = + - or @, plain or full-width."""
        return _cells(frames, table, field).filter(nw.col("cell").str.contains(FORMULA))

    return formula


def _repeated(table: Table, field: Field) -> Rule:
    @rule(
        "repeated-item",
        table.name,
        field.name,
        {table.name: (field.name,)},
        "{item!r} stands {count} times in the list",
        "keep one",
    )
    def repeated(frames: Frames) -> Frame:
        """A list in a cell names each item once."""
        listed = items(_cells(frames, table, field).filter(nw.col("cell").str.contains(";", literal=True)), "cell")
        return listed.group_by("__row", "item").agg(count=nw.len()).filter(nw.col("count") > 1)

    return repeated


def _chinese(table: Table, field: Field) -> Rule:
    @rule(
        "not-chinese",
        table.name,
        field.name,
        {table.name: (field.name,)},
        "{cell!r} has no Chinese character",
        f"leave {field.name} empty where no source attests the characters",
    )
    def chinese(frames: Frames) -> Frame:
        """A Chinese name or title has a Chinese character."""
        return _cells(frames, table, field).filter(filled("cell") & ~nw.col("cell").str.contains(r"\p{Han}"))

    return chinese
