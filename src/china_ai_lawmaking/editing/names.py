"""From the names that people type, in Latin letters or characters, to identifiers."""

from __future__ import annotations

import difflib
import re
import unicodedata
from functools import cache
from typing import TYPE_CHECKING, Any

from ..problems import shown
from .yaml_file import PageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .draft import Draft, Row
    from .yaml_file import Text

# What one record of a table is called, and the columns that name it.
SINGULAR = {
    "people": "person",
    "organizations": "organization",
    "laws": "instrument",
    "events": "event",
    "indicators": "indicator",
    "sources": "source",
    "topics": "topic",
    "propositions": "proposition",
}
_NAMES = ("name", "name_zh", "aliases", "title", "title_zh", "short_title", "url")
_SMALL = {"the", "of", "and", "at", "for"}
# Longer ones are no typing error, and dear to compare.
_LONGEST = 100


class _Simple(dict[int, str]):
    """Simplified characters by the code points of traditional ones, worked out when they are met."""

    def __missing__(self, point: int) -> str:
        self[point] = chr(point) if point < 0x3400 else _converter().convert(chr(point))
        return self[point]


@cache
def _converter() -> Any:
    from opencc import OpenCC

    return OpenCC("t2s")


_SIMPLE = _Simple()


def simplified(text: str) -> str:
    """Give a text in simplified characters, one for one: the same name in two scripts is the same."""
    return text.translate(_SIMPLE)


def slug(name: str) -> str:
    """Make an identifier of the Latin letters and digits of a name."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return "-".join(re.findall("[a-z0-9]+", plain.replace("'", "")))


def same_words(one: str, other: str) -> bool:
    """Tell whether two names have the same words, whatever their order: School of Law, A and A School of Law."""
    return {*_folded(one).split()} - _SMALL == {*_folded(other).split()} - _SMALL


def names_of(row: Row) -> list[str]:
    """List the names of a row."""
    cells = ((column, row.get(column, "")) for column in _NAMES)
    return [name for column, cell in cells for name in (cell.split(";") if column == "aliases" else [cell]) if name]


class Names:
    """The names in a draft, for looking up."""

    def __init__(self, draft: Draft) -> None:
        """Read the names that stand in the draft."""
        self._draft = draft
        # Identifiers with the name as it is written, by table and folded name.
        self._known: dict[str, dict[str, dict[str, str]]] = {table: {} for table in SINGULAR}
        for table in SINGULAR.keys() & draft.rows.keys():
            for row in draft.rows[table].values():
                self.learn(table, row)

    def learn(self, table: str, row: Row) -> None:
        """Take up the names of a row that is new or has new names."""
        for name in names_of(row):
            self.also(table, name, row["id"])

    def also(self, table: str, name: str, identifier: str) -> None:
        """Take up a further name of a row."""
        self._known[table].setdefault(_folded(name), {})[identifier] = name

    def matches(self, table: str, name: str) -> list[str]:
        """List the identifiers of a table that have a name."""
        return list(self._known.get(table, {}).get(_folded(name), ()))

    def find(self, tables: Sequence[str], text: Text) -> tuple[str, str]:
        """Give the table and the identifier that a name or an identifier stands for.

        Raises:
            PageError: None does, or several do; the hint says which are like it.
        """
        for table in tables:
            if self._draft.get(table, text):
                return table, str(text)
        found = [(table, identifier) for table in tables for identifier in self.matches(table, text)]
        if len(found) == 1:
            return found[0]
        if found:
            listed = ", ".join(identifier for _, identifier in found)
            raise PageError(text.place, f"{shown(text)} may be {listed}", "write the id")
        kinds = " or ".join(SINGULAR[table] for table in tables)
        raise PageError(text.place, f"no {kinds} is called {shown(text)}", self._near(tables, text))

    def _near(self, tables: Sequence[str], text: str) -> str:
        known: dict[str, str] = {}
        for table in tables:
            for name, rows in self._known[table].items():
                known.setdefault(name, f"{next(iter(rows.values()))!r} ({next(iter(rows))})")
            known |= {key: repr(key) for (key,) in self._draft.rows[table] if key.replace("-", " ") not in known}
        like = difflib.get_close_matches(_folded(text), known, n=3, cutoff=0.7) if len(text) <= _LONGEST else []
        like = like or (difflib.get_close_matches(text, known, n=1, cutoff=0.75) if len(text) <= _LONGEST else [])
        if like:
            return f"did you mean {' or '.join(dict.fromkeys(known[name] for name in like))}?"
        if "organizations" in tables:
            return "for a new organization write {name: ..., kind: ..., country: ...}"
        return "add it in this file, or in another one of the same call"


def _folded(name: str) -> str:
    words = re.findall(r"[\w+]+", simplified(unicodedata.normalize("NFKC", name)).casefold())
    return " ".join(words[1:] if words[:1] == ["the"] else words)
