"""What is in a package, as Markdown: its tables with rows and span, and the meaning of every column and value."""

from collections.abc import Iterable, Iterator
from operator import itemgetter

from ..package.descriptor import Package, Table
from . import reading
from .dated import iso


def contents(package: Package, *, is_plain: bool = False) -> str:
    """Give one line a table, as Markdown or in columns: what a row is, how many there are, the dates that they span."""
    header = ("table", "holds", "rows", "span")
    tables = [package.table(name) for name in package.names()]
    rows = [(table.name, table.title, *_extent(package, table)) for table in tables]
    if not is_plain:
        linked = (f"[`{table.name}`]({table.path})" for table in tables)
        return grid(header, ((link, *row[1:]) for link, row in zip(linked, rows, strict=True)))
    widths = [max(map(len, column)) for column in zip(header, *rows, strict=True)]
    return "".join("  ".join(map(str.ljust, row, widths)).rstrip() + "\n" for row in (header, *rows))


def dictionary(package: Package, names: Iterable[str]) -> str:
    """Describe tables: what a row is, the key, the references, each column and the meaning of each listed value."""
    return "\n".join(line for name in names for line in _describe(package.table(name)))


def _extent(package: Package, table: Table) -> tuple[str, str]:
    dated = next((field.name for field in table.fields if field.type == "date"), "")
    rows = list(reading.records(package, table))
    known = sorted((row for row in rows if row.get(dated)), key=itemgetter(dated))
    ends = [iso(row[dated], row.get(f"{dated.removesuffix('_date')}_precision")) for row in known]
    return str(len(rows)), f"{ends[0]} to {ends[-1]}" if ends else ""


def _describe(table: Table) -> Iterator[str]:
    yield f"## {table.name}\n"
    yield f"{table.title}. {table.description}"
    yield f"File `{table.path}`; key {_code(table.key)}." + (f" Term <{table.rdf_type}>." if table.rdf_type else "")
    yield ""
    columns = []
    for field in table.fields:
        kind = "one of a list" if field.categories else field.type
        if target := table.targets.get(field.name):
            kind = f"id in [{target}](#{target})"
        meaning = field.description + (f" Example: `{field.example}`." if field.example else "")
        meaning += f" Term <{field.rdf_type}>." if field.rdf_type else ""
        columns.append((_code([field.name]), kind + (", required" if field.required else ""), meaning))
    yield grid(("column", "type", "meaning"), columns)
    for field in table.fields:
        if field.categories:
            yield f"Values of `{field.name}`:\n"
            yield grid(("value", "meaning"), ((_code([value]), meaning) for value, meaning in field.categories.items()))


def _code(words: Iterable[str]) -> str:
    return ", ".join(f"`{word}`" for word in words)


def grid(header: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """Give a Markdown table."""
    lines = [f"| {' | '.join(cells)} |" for cells in (header, *rows)]
    width = lines[0].count("|") - 1
    return "\n".join([lines[0], "|" + "---|" * width, *lines[1:], ""])
