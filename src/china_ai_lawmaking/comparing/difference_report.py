"""The difference of two versions as text, Markdown or JSON: losses first, then the contract, then the rows."""

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby, takewhile

from ..problems import SHOWN as LONG
from ..problems import shown
from .versions import Difference, Row

# More of the same kind in one table teach a reader nothing; JSON has all of them.
SHOWN = 20

# Characters before the first that differs, of two long cells.
_CONTEXT = 30


def as_json(difference: Difference) -> str:
    """Give one object: versions, step, and every change; rows by table."""
    rows = {
        changes.table: {
            "removed": [{name: old for name, (old, _) in row.cells.items()} for row in changes.removed],
            "changed": [
                {
                    "key": dict(zip(changes.key, row.key, strict=True)),
                    "cells": {name: {"old": old, "new": new} for name, (old, new) in row.cells.items()},
                }
                for row in changes.changed
            ],
            "added": [{name: new for name, (_, new) in row.cells.items()} for row in changes.added],
        }
        for changes in difference.rows
    }
    value = difference._asdict() | {
        "step": difference.step or None,
        "calls_for": difference.calls_for or None,
        "unreadable": [one._asdict() for one in difference.unreadable],
        "lost": [lost._asdict() for lost in difference.lost],
        "contract": [change._asdict() for change in difference.contract],
        "rows": rows,
    }
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"


def as_text(difference: Difference) -> str:
    """Give a summary, then one line a change under a heading for each kind and table."""
    lines = [_summary(difference)]
    for heading, changes in _sections(difference):
        lines += ["", f"{heading}: {len(changes)}", *(f"  {change}" for change in changes[:SHOWN])]
        if len(changes) > SHOWN:
            lines.append(f"  and {len(changes) - SHOWN} more")
    return "\n".join(lines) + "\n"


def as_markdown(difference: Difference) -> str:
    """Give the same as one block of code, which nothing that comes from the data can end."""
    text = as_text(difference)
    fence = "`" * max(3, 1 + max(map(len, re.findall("`+", text)), default=0))
    return f"{fence}text\n{text}{fence}\n"


def _summary(difference: Difference) -> str:
    told = "no changes"
    if difference.step:
        told = f"the changes call for a {difference.step.upper()} step"
        if difference.calls_for:
            told += f", to {difference.calls_for} or higher"
    if difference.unreadable:
        count = len(difference.unreadable)
        told = f"{count} file{'s' if count > 1 else ''} cannot be compared; in the others {told}"
    old, new = (_word(version) if version else "no version" for version in (difference.old, difference.new))
    return f"{old} to {new}: {told}"


def _sections(difference: Difference) -> Iterator[tuple[str, Sequence[str]]]:
    """Give heading and lines of each section that has any, in order of weight."""
    unreadable = [f"{side} {_word(path)}: {message}" for side, path, message in difference.unreadable]
    contract = [f"{step.upper()} {_word(place)}: {message}" for step, place, message in difference.contract]
    lost = groupby(difference.lost, key=lambda one: one.table)
    sections = [("Cannot be compared", unreadable)]
    sections += [(f"Lost identifiers in {table}", [_word(one.id) for one in ones]) for table, ones in lost]
    sections += [("Contract", contract)]
    for kind in ("removed", "changed", "added"):
        for rows in difference.rows:
            lines = [_line(kind, row, rows.key) for row in getattr(rows, kind)]
            sections.append((f"{kind.capitalize()} rows in {rows.table}", lines))
    return ((heading, lines) for heading, lines in sections if lines)


def _line(kind: str, row: Row, key: Iterable[str]) -> str:
    cells = []
    for column, (old, new) in row.cells.items():
        if kind == "changed":
            before, after = _excerpts(old, new)
            cells.append(f"{_word(column)} {before} became {after}")
        elif column not in key:
            cells.append(f"{_word(column)} {shown(old or new)}")
    return ": ".join(filter(None, (" ".join(map(_word, row.key)), "; ".join(cells))))


def _excerpts(old: str, new: str) -> tuple[str, str]:
    # Two long cells mostly differ in a few words, which a cut at the end would hide.
    if max(len(old), len(new)) > LONG:
        same = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(old, new, strict=False)))
        if same > _CONTEXT:
            old, new = (f"…{text[same - _CONTEXT :]}" for text in (old, new))
    return shown(old), shown(new)


def _word(text: str) -> str:
    return text if re.fullmatch(r"[\w.+-]+", text) else shown(text)
