"""The tables that the queries of the rules read: each date as the days that it can mean, each figure as an interval."""

from collections.abc import Mapping

from ..package.descriptor import Field, Table

# No date of a row is earlier: the lower end of what is only known to be "not later than" a date.
MIN_DATE = "0000-01-01"
# Where the version has no date, nothing is after it.
MAX_DATE = "9999-12-31"
# No figure of the record is near it; it stands for "no upper bound" and keeps sums finite.
LARGE = "1e300"
# What stands beside the tables of the record.
PREPARED = ("release", "ids", "facts", "empty_cells", "odd_cells")
# A note tells about the row, and does not make it another.
BESIDE_FACTS = {"id", "note"}

# Control, format (zero-width, bidirectional, soft hyphen), private use, line separators, and the mark of a lost byte.
HIDDEN = r"[\p{Cc}\p{Cf}\p{Co}\p{Zl}\p{Zp}\x{FFFD}]"
# RE2 has no intersection of classes: these are the space separators of Unicode but the plain space.
STRAY = r"^ | $|  |[\x{A0}\x{1680}\x{2000}-\x{200A}\x{202F}\x{205F}\x{3000}]"
# The full-width forms start a formula in spreadsheets of East Asian locales.
FORMULA = r"^[=+\-@＝＋－＠]"
# No character outside this class is changed by normalization or joins with its neighbour.
UNSETTLED = r"[^\x{00}-\x{2FF}\x{2010}-\x{205E}\x{3001}-\x{3029}\x{4E00}-\x{9FFF}\x{FF01}-\x{FFEF}]"
# Radicals, ligatures, Roman numerals and units in one character, signs of vertical text, letters and digits of full
# width: what PDFs and input methods give in place of the character that is meant. Punctuation of full width is that of
# Chinese, and a bar stands upright in any text.
COMPATIBLE = (
    r"[\x{2103}\x{2109}\x{2116}\x{2121}\x{2122}\x{2160}-\x{217F}\x{2E80}-\x{2FDF}\x{3200}-\x{33FF}\x{F900}-\x{FAFF}"
    r"\x{FB00}-\x{FB06}\x{FE10}-\x{FE19}\x{FE30}\x{FE32}-\x{FE6B}\x{FF10}-\x{FF19}\x{FF21}-\x{FF3A}"
    r"\x{FF41}-\x{FF5A}\x{FF61}-\x{FFDC}\x{2F800}-\x{2FA1F}]"
)
ODD = "|".join((HIDDEN, STRAY, FORMULA, UNSETTLED, COMPATIBLE))


def views(tables: Mapping[str, Table], created: str) -> dict[str, str]:
    """Give the query of each table that the rules query, by its name, on the tables of the schema `raw`.

    Every table has its columns as text and `row`, the record number. A date `x_date` (or `x`) also has `x_first` and
    `x_last`, the first and last day that it can mean, and `x_shown`, as it is written to its precision; the `value` of
    a figure has `value_number`, `value_low` and `value_high`. `release` has the date of the version (`created`), `ids`
    the identifiers of all tables, `facts` what their rows say, as hashes, `empty_cells` the columns that they leave
    empty, and `odd_cells` the text cells with an unusual character.

    Args:
        tables: The tables by name.
        created: ISO date of the version; empty where it is not known.
    """
    made, facts = {}, ['select null as tbl, 0 as "row", null as id, 0 as hash, 0 as again where false']
    ids = ['select null as tbl, null as path, 0 as place, 0 as "row", null as id where false']
    empty = ["select null as tbl, null as id, null as columns where false"]
    odd = ['select null as tbl, 0 as "row", null as "column", null as cell where false']
    for place, (name, table) in enumerate(sorted(tables.items())):
        at = f"raw.{quoted(name)}"
        more = "".join(f", {sql} as {quoted(column)}" for column, (sql, _) in _derivations(table).items())
        made[name] = f"select *{more} from {at}"
        odd += [f"select '{name}', \"row\", '{column}', {quoted(column)} from {at}" for column in text_columns(table)]
        if table.has_ids:
            ids.append(f"select '{name}', {literal(table.path)}, {place}, \"row\", id from {at}")
            cells = [quoted(column) for column in table.columns if column not in BESIDE_FACTS]
            # No two rows that differ have both hashes in common.
            hashes = f"hash({', '.join(cells)}), hash({', '.join(reversed(cells))})" if cells else "null, null"
            facts.append(f"select '{name}', \"row\", id, {hashes} from {at}")
            left = [f"case when {quoted(one)} is null then {literal(one)} end" for one in _optional(table)]
            empty.append(f"select '{name}', id, concat_ws(';', {', '.join(left) or 'null'}) from {at}")
    return {
        **made,
        "release": f"select '{created or MAX_DATE}' as created",
        "ids": " union all ".join(ids),
        "facts": " union all ".join(facts),
        "empty_cells": " union all ".join(empty),
        # One pattern for all columns: to compile it takes longer than to match it.
        "odd_cells": f"select * from ({' union all '.join(odd)}) as c where regexp_matches(cell, '{ODD}')",
    }


def quoted(name: str) -> str:
    """Write the name of a table or column as SQL."""
    return '"' + name.replace('"', '""') + '"'


def literal(value: object) -> str:
    """Write a value as SQL."""
    return str(value).lower() if isinstance(value, bool | int) else "'" + str(value).replace("'", "''") + "'"


def derived(table: Table) -> dict[str, tuple[str, ...]]:
    """Give each column of a prepared table, and `__name` for each of `PREPARED`, with the columns that it needs."""
    made = {name: columns for name, (_, columns) in _derivations(table).items()}
    made |= dict.fromkeys((f"__{name}" for name in PREPARED), ()) | {"__odd_cells": tuple(text_columns(table))}
    if table.has_ids:
        facts = tuple({*table.columns} - {"note"})
        made |= {"__ids": ("id",), "__facts": facts, "__empty_cells": ("id", *_optional(table))}
    return {column: (column,) for column in table.columns} | made


def is_list(field: Field) -> bool:
    """Tell whether the cells of a column are lists: their pattern repeats after a semicolon."""
    return "(?:;" in field.constraints.get("pattern", "")


def is_free_text(field: Field) -> bool:
    """Tell whether the cells of a text column can hold any character: no pattern, or one with a negated class."""
    pattern = field.constraints.get("pattern")
    return not pattern or "[^" in pattern


def text_columns(table: Table) -> list[str]:
    """Give the columns of free text: no key, no list of values, no pattern that lists its characters."""
    keys = {"id"} | {name for reference in table.references for name in reference.fields}
    return [
        field.name
        for field in table.fields
        if field.type == "string" and "enum" not in field.constraints and field.name not in keys and is_free_text(field)
    ]


def _optional(table: Table) -> list[str]:
    return [field.name for field in table.fields if not field.constraints.get("required")]


def date_columns(table: Table) -> list[dict[str, str]]:
    """Give each date column with its `table`, `stem`, `precision` and `basis`, which is empty where it has none."""
    found = []
    for date in [field.name for field in table.fields if field.type == "date"]:
        stem = date.removesuffix("_date")
        # The dates of an event have one basis, that of its start.
        basis = "date_basis" if stem == "start" else f"{stem}_basis"
        basis = basis if basis in table.columns else ""
        names = {"table": table.name, "date": date, "stem": stem, "precision": f"{stem}_precision", "basis": basis}
        found.append(names)
    return found


def _derivations(table: Table) -> dict[str, tuple[str, tuple[str, ...]]]:
    """Give the columns that a prepared table has beside its own: expression, and the columns that it looks at."""
    made: dict[str, tuple[str, tuple[str, ...]]] = {}
    for one in date_columns(table):
        read = one["date"], one["precision"]
        date, precision, basis = (quoted(one[part]) for part in ("date", "precision", "basis"))
        if one["precision"] in table.columns:
            first = f"case when {precision} is not null then {date} end"
            if one["basis"]:
                first = f"case when {basis} = 'publication' and {date} is not null then '{MIN_DATE}' else {first} end"
            month = f"strftime(last_day(try_cast({date} as date)), '%Y-%m-%d')"
            last = f"when 'day' then {date} when 'month' then {month} when 'year' then left({date}, 4) || '-12-31'"
            shown = f"when 'month' then left({date}, 7) when 'year' then left({date}, 4) else {date}"
            made[f"{one['stem']}_first"] = first, (*read, *filter(None, [one["basis"]]))
            made[f"{one['stem']}_last"] = f"case {precision} {last} end", read
            made[f"{one['stem']}_shown"] = f"case {precision} {shown} end", read
    if {"value", "bound"}.issubset(table.columns):
        made |= _interval()
    return made


def _interval() -> dict[str, tuple[str, tuple[str, ...]]]:
    """Give the interval that the printed digits and the bound make of a figure."""
    number = r"case when regexp_matches(value, '^[+-]?[0-9]+(?:\.[0-9]+)?$') then cast(value as double) end"
    zeros = "length(value) - length(regexp_replace(value, '0+$', ''))"
    decimals = r"length(regexp_replace(regexp_replace(value, '^[^.]*\.?', ''), '0+$', ''))"
    # Below a thousand every digit is printed; above, '230 million' has lost its zeros in value.
    power = f"case when not contains(value, '.') and abs({number}) >= 1000 then {zeros} else -{decimals} end"
    margin = f"pow(10.0, {power}) / case when bound = 'about' then 1 else 2 end"
    low = f"when bound in ('under', 'at_most') then -{LARGE} when bound in ('over', 'at_least') then {number}"
    high = f"when bound in ('over', 'at_least') then {LARGE} when bound in ('under', 'at_most') then {number}"
    return {
        "value_number": (number, ("value",)),
        "value_low": (f"case {low} else {number} - {margin} end", ("value", "bound")),
        "value_high": (f"case {high} else {number} + {margin} end", ("value", "bound")),
    }
