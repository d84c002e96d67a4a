"""The difference of two versions as text, Markdown or JSON: losses first, then the contract, then the rows."""

from __future__ import annotations

import json
import re
from itertools import groupby, takewhile
from typing import NamedTuple

from ..problems import SHOWN as LONG
from ..problems import shown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from typing import Any

    from .versions import Changed, ContractChange, Difference, Lost, Retired

# More of the same kind in one table teach a reader nothing; JSON has all of them.
SHOWN = 20

# Characters before the first that differs, of two long cells.
_CONTEXT = 30


class _Section(NamedTuple):
    """Changes of one kind in one table: how many, and the first of them as lines."""

    heading: str
    table: str
    total: int
    lines: Sequence[str]


def as_json(difference: Difference) -> str:
    """Give one object: versions, step, and every change; rows by table."""
    rows = {
        changes.table: {
            "removed": changes.removed,
            "changed": [
                {
                    "key": dict(zip(changes.key, changed.key, strict=True)),
                    "cells": {name: {"old": old, "new": new} for name, (old, new) in changed.cells.items()},
                }
                for changed in changes.changed
            ],
            "added": changes.added,
        }
        for changes in difference.rows
    }
    value = {
        "old": difference.old,
        "new": difference.new,
        "step": difference.step or None,
        "calls_for": difference.calls_for or None,
        "unreadable": [
            {"side": side, "path": problem.path, "message": problem.message} for side, problem in difference.unreadable
        ],
        "lost": [lost._asdict() for lost in difference.lost],
        "contract": [change._asdict() for change in difference.contract],
        "retired": [retired._asdict() for retired in difference.retired],
        "rows": rows,
    }
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"


def as_text(difference: Difference) -> str:
    """Give a summary, then one line a change under a heading for each kind and table."""
    lines = [_summary(difference, str)]
    for section in _sections(difference, str):
        place = f" in {section.table}" if section.table else ""
        lines += ["", f"{section.heading}{place}: {section.total}", *(f"  {line}" for line in section.lines)]
        if section.total > SHOWN:
            lines.append(f"  and {section.total - SHOWN} more")
    return "\n".join(lines) + "\n"


def as_markdown(difference: Difference) -> str:
    """Give the same as lists under headings; whatever comes from the data is code, so that none of it is markup."""
    lines = [_summary(difference, _code)]
    for heading, sections in groupby(_sections(difference, _code), key=lambda section: section.heading):
        lines += ["", f"### {heading}"]
        for section in sections:
            place = f"{_code(section.table)}: " if section.table else ""
            lines += ["", f"{place}{section.total}", "", *(f"- {line}" for line in section.lines)]
            if section.total > SHOWN:
                lines.append(f"- and {section.total - SHOWN} more")
    return "\n".join(lines) + "\n"


def _summary(difference: Difference, mark: Callable[[str], str]) -> str:
    told = "no changes"
    if difference.step:
        told = f"the changes call for a {difference.step.upper()} step"
        if difference.calls_for:
            told += f", to {difference.calls_for} or higher"
    if difference.unreadable:
        count = len(difference.unreadable)
        told = f"{count} file{'s' if count > 1 else ''} cannot be compared; in the others {told}"
    old, new = (
        version if re.fullmatch(r"[\w.+-]+", version) else mark(shown(version)) if version else "no version"
        for version in (difference.old, difference.new)
    )
    return f"{old} to {new}: {told}"


def _sections(difference: Difference, mark: Callable[[str], str]) -> Iterator[_Section]:
    """Give the sections in order of weight; `mark` sets off what comes from the data."""

    def section(heading: str, table: str, changes: Sequence[Any], line: Callable[[Any], str]) -> Iterator[_Section]:
        if changes:
            yield _Section(heading, table, len(changes), [line(change) for change in changes[:SHOWN]])

    def name(text: str) -> str:
        return mark(text if re.fullmatch(r"[\w.-]+", text) else shown(text))

    def key(columns: Iterable[str], cells: Mapping[str, str]) -> str:
        return " ".join(name(cells.get(column, "")) for column in columns)

    def contract(change: ContractChange) -> str:
        place = ".".join(part for part in (change.table, change.column) if part)
        return f"{change.step.upper()} {name(place) + ': ' if place else ''}{mark(change.message)}"

    def changed(change: Changed) -> str:
        cells = (
            f"{name(column)} {mark(old)} became {mark(new)}"
            for column, (old, new) in ((column, _excerpts(*cells)) for column, cells in change.cells.items())
        )
        return f"{' '.join(map(name, change.key))}: {'; '.join(cells)}"

    def row(columns: Sequence[str]) -> Callable[[Mapping[str, str]], str]:
        def line(cells: Mapping[str, str]) -> str:
            others = (f"{name(column)} {mark(shown(cell))}" for column, cell in cells.items() if column not in columns)
            return ": ".join(filter(None, (key(columns, cells), "; ".join(others))))

        return line

    def of_table(change: Lost | Retired) -> str:
        return change.table

    yield from section(
        "Cannot be compared",
        "",
        difference.unreadable,
        lambda one: f"{one.side} {name(one.problem.path)}: {mark(one.problem.message)}",
    )
    for table, lost in groupby(difference.lost, key=of_table):
        yield from section("Lost identifiers", table, list(lost), lambda one: name(one.id))
    yield from section("Contract", "", difference.contract, contract)
    for table, retired in groupby(difference.retired, key=of_table):
        yield from section(
            "Retired identifiers",
            table,
            list(retired),
            lambda one: f"{name(one.id)} {'became ' + name(one.replaced_by) if one.replaced_by else 'without another'}",
        )
    for rows in difference.rows:
        yield from section("Removed rows", rows.table, rows.removed, row(rows.key))
    for rows in difference.rows:
        yield from section("Changed rows", rows.table, rows.changed, changed)
    for rows in difference.rows:
        yield from section("Added rows", rows.table, rows.added, row(rows.key))


def _excerpts(old: str, new: str) -> tuple[str, str]:
    # Two long cells mostly differ in a few words, which a cut at the end would hide.
    if max(len(old), len(new)) > LONG:
        same = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(old, new, strict=False)))
        if same > _CONTEXT:
            old, new = (f"…{text[same - _CONTEXT :]}" for text in (old, new))
    return shown(old), shown(new)


def _code(text: str) -> str:
    """Give a code span that the text cannot end, whatever backticks and line ends it holds."""
    text = re.sub(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]", lambda found: ascii(found[0])[1:-1], text)
    fence = "`" * (1 + max(map(len, re.findall("`+", text)), default=0))
    pad = " " if "`" in text else ""
    return f"{fence}{pad}{text}{pad}{fence}"
