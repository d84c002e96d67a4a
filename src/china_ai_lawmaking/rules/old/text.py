"""Rules on the text of single cells: canonical characters, lists, Chinese names."""

from __future__ import annotations

import unicodedata

import narwhals as nw

from .rule import CELL, Rule, is_list, is_open, items, rule

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from .rule import Frame, Frames, Tables

# Control, format (zero-width, bidirectional, soft hyphen), private use, line separators, and the mark of a lost byte.
HIDDEN = r"[\p{Cc}\p{Cf}\p{Co}\p{Zl}\p{Zp}\x{FFFD}]"
STRAY = r"^ | $|  |[\p{Zs}&&[^ ]]"
# The full-width forms start a formula in spreadsheets of East Asian locales.
FORMULA = r"^[=+\-@＝＋－＠]"
# No character outside this class is changed by normalization or joins with its neighbour.
UNSETTLED = r"[^\x{00}-\x{2FF}\x{2010}-\x{205E}\x{3001}-\x{3029}\x{4E00}-\x{9FFF}\x{FF01}-\x{FFEF}]"
# One search in place of four.
SUSPECT = "|".join((HIDDEN, STRAY, FORMULA, UNSETTLED))


# The codes whose fault is a pattern in one cell: pattern, message, hint, meaning.
FAULTS = {
    "hidden-character": (
        HIDDEN,
        "{cell!r} holds a control, zero-width, bidirectional, private or replacement character",
        "delete it, or type the character that was meant",
        "No text cell holds a control, zero-width, bidirectional, private or replacement character.",
    ),
    "spreadsheet-formula": (
        FORMULA,
        "{cell!r} starts with a character that makes a spreadsheet run the cell",
        "start with a letter, a digit, a bracket or a quotation mark",
        "No text cell starts with = + - or @, plain or full-width.",
    ),
}


def rules(tables: Tables) -> Iterator[Rule]:
    """Make the rules on the text columns of every table of the contract."""
    for table in tables.values():
        referring = {name for reference in table.references for name in reference.fields}
        # A cell that must be one of a list, or an id, has no other text to judge.
        texts = [
            field
            for field in table.fields
            if field.type == "string"
            and "enum" not in field.constraints
            and field.name not in referring
            and field.name != "id"
        ]
        # Nor has one whose pattern lists all its characters.
        columns = [field.name for field in texts if is_open(field)]
        if columns:
            suspects = _matching(columns, SUSPECT)
            patterns = (_pattern(code, table.name, columns) for code in FAULTS)
            for made in (*patterns, _normal(table.name, columns), _spaces(table.name, columns)):
                yield made._replace(suspects=suspects)
        lists = [field.name for field in texts if is_list(field)]
        if lists:
            yield _repeated(table.name, lists)
        chinese = [name for name in columns if name.endswith("_zh")]
        if chinese:
            yield _chinese(table.name, chinese)


def _matching(columns: Sequence[str], pattern: str) -> nw.Expr:
    return nw.any_horizontal(*(nw.col(name).str.contains(pattern) for name in columns), ignore_nulls=True)


def _cells(frames: Frames, table: str, columns: Sequence[str], pattern: str) -> Frame:
    """Give one row a cell that matches a pattern: its record, `column` and `cell`."""
    # Few rows have one; to turn all of them into cells first would take as long as the search.
    rows = frames[table].filter(_matching(columns, pattern))
    cells = rows.unpivot(list(columns), index="__row", variable_name="column", value_name="cell")
    return cells.filter(nw.col("cell").str.contains(pattern))


def _pattern(code: str, table: str, columns: Sequence[str]) -> Rule:
    pattern, message, hint, meaning = FAULTS[code]

    def faulty(frames: Frames) -> Frame:
        return _cells(frames, table, columns, pattern)

    faulty.__doc__ = meaning
    return Rule(code, table, CELL, {table: tuple(columns)}, message, hint, faulty)


def _normal(table: str, columns: Sequence[str]) -> Rule:
    @rule(
        "not-nfc",
        table,
        CELL,
        {table: tuple(columns)},
        "{cell!a} is not in Unicode normalization form C",
        "write {normal!a}",
    )
    def normal(frames: Frames) -> Frame:
        """Text is in Unicode normalization form C."""
        # Few cells hold such a character, so that these few can leave the plan for Python's tables.
        cells = _cells(frames, table, columns, UNSETTLED).collect()
        normals = [unicodedata.normalize("NFC", cell) for cell in cells["cell"]]
        series = nw.new_series("normal", normals, nw.String, backend=cells.implementation)
        return cells.with_columns(series).filter(nw.col("cell") != nw.col("normal")).lazy()

    return normal


def _spaces(table: str, columns: Sequence[str]) -> Rule:
    @rule(
        "stray-space",
        table,
        CELL,
        {table: tuple(columns)},
        "{cell!r} starts or ends with a space, or holds two in a row or one that is not U+0020",
        "write {mended!r}",
    )
    def spaces(frames: Frames) -> Frame:
        """Text has single plain spaces, and none at either end."""
        cell = nw.col("cell")
        faulty = _cells(frames, table, columns, STRAY).filter(~cell.str.contains(HIDDEN))
        return faulty.with_columns(mended=cell.str.replace_all(r"\p{Zs}+", " ").str.strip_chars(" "))

    return spaces


def _repeated(table: str, columns: Sequence[str]) -> Rule:
    @rule(
        "repeated-item", table, CELL, {table: tuple(columns)}, "{item!r} stands {count} times in the list", "keep one"
    )
    def repeated(frames: Frames) -> Frame:
        """A list in a cell names each item once."""
        cells = _cells(frames, table, columns, ";")
        counts = items(cells, "cell").group_by("__row", "column", "item").agg(count=nw.len())
        return counts.filter(nw.col("count") > 1)

    return repeated


def _chinese(table: str, columns: Sequence[str]) -> Rule:
    @rule(
        "not-chinese",
        table,
        CELL,
        {table: tuple(columns)},
        "{cell!r} has no Chinese character",
        "leave {column} empty where no source attests the characters",
    )
    def chinese(frames: Frames) -> Frame:
        """A Chinese name or title has a Chinese character."""
        return _cells(frames, table, columns, r"^\P{Han}+$")

    return chinese
