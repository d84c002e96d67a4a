"""Rules on the text of single cells: canonical characters, lists, Chinese names."""

import functools
import unicodedata
from collections.abc import Iterable, Iterator

from .prepared import COMPATIBLE, FORMULA, HIDDEN, STRAY, UNSETTLED, is_list, text_columns
from .rule import Row, Tables, rule


def _texts(tables: Tables) -> Iterator[dict[str, str]]:
    """Give each table that has columns of free text."""
    for name, table in tables.items():
        if text_columns(table):
            yield {"table": name}


def _lists(tables: Tables) -> Iterator[dict[str, str]]:
    """Give each column whose cells are lists."""
    for name, table in tables.items():
        for field in table.fields:
            if is_list(field):
                yield {"table": name, "column": field.name}


def _chinese(tables: Tables) -> Iterator[dict[str, str]]:
    """Give each column of Chinese text."""
    for name, table in tables.items():
        for column in text_columns(table):
            if column.endswith("_zh"):
                yield {"table": name, "column": column}


def _not_normal(rows: Iterable[Row]) -> Iterator[Row]:
    for row in rows:
        normal = unicodedata.normalize("NFC", row["cell"])
        if normal != row["cell"]:
            yield {**row, "normal": normal}


def _compatible(rows: Iterable[Row]) -> Iterator[Row]:
    import re

    odd = re.compile(re.sub(r"\\x\{(\w+)\}", lambda found: chr(int(found[1], 16)), COMPATIBLE))
    for row in rows:
        first = odd.search(row["cell"])
        if first and unicodedata.is_normalized("NFC", row["cell"]):
            usual = odd.sub(lambda found: unicodedata.normalize("NFKC", found[0]), row["cell"])
            # Some radicals stand for no one character.
            usual = usual if usual != row["cell"] else "the character that is meant"
            yield {**row, "odd": first[0], "number": f"U+{ord(first[0]):04X}", "usual": usual}


# A rule is laid out as a question and its query; one on odd characters as a question and the pattern of them.
# fmt: off
odd = functools.partial(rule, at="$table.*", each=_texts, sql="""
    select o.tbl, o.row, o.column, o.cell from odd_cells o where regexp_matches(o.cell, '$pattern')""")

odd("hidden-character",
    asks="No text cell holds a control, zero-width, bidirectional, private or replacement character.",
    says="{cell!r} holds a control, zero-width, bidirectional, private or replacement character",
    hint="delete it, or type the character that was meant",
    pattern=HIDDEN)

odd("spreadsheet-formula",
    asks="No text cell starts with = + - or @, plain or full-width.",
    says="{cell!r} starts with a character that makes a spreadsheet run the cell",
    hint="start with a letter, a digit, a bracket or a quotation mark",
    pattern=FORMULA)

odd("not-nfc",
    asks="Text is in Unicode normalization form C.",
    says="{cell!a} is not in Unicode normalization form C",
    hint="write {normal!a}",
    pattern=UNSETTLED,
    python=_not_normal)

odd("compatibility-character",
    asks="Text has the characters that are meant, not look-alikes from PDFs and input methods.",
    says="{cell!r} holds {odd!r} ({number}), which looks like another character and is not found in its place",
    hint="write {usual!r}",
    pattern=COMPATIBLE,
    python=_compatible)

rule("stray-space", at="$table.*",
    each=_texts,
    asks="Text has single plain spaces, and none at either end.",
    says="{cell!r} starts or ends with a space, or holds two in a row or one that is not U+0020",
    hint="write {mended!r}",
    sql=r"""
    select o.tbl, o.row, o.column, o.cell, trim(regexp_replace(o.cell, '\p{Zs}+', ' ', 'g'), ' ') as mended
    from odd_cells o
    where regexp_matches(o.cell, '$stray') and not regexp_matches(o.cell, '$hidden')""",
    stray=STRAY,
    hidden=HIDDEN)

rule("repeated-item", at="$table.$column",
    each=_lists,
    asks="A list in a cell names each item once.",
    says="{item!r} stands {count} times in the list",
    hint="keep one",
    sql="""
    select t.row, i.item, count(*) as count
    from "$table" t cross join unnest(string_split(t."$column", ';')) as i(item)
    where contains(t."$column", ';')
    group by t.row, i.item having count(*) > 1""")

rule("not-chinese", at="$table.$column",
    each=_chinese,
    asks="A Chinese name or title has a Chinese character.",
    says="{cell!r} has no Chinese character",
    hint="leave $column empty where no source attests the characters",
    sql=r"""
    select t.row, t."$column" as cell from "$table" t where not regexp_matches(t."$column", '\p{Han}')""")
