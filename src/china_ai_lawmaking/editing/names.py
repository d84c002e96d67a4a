"""From the names that people type, in Latin letters or characters, to identifiers."""

import re
import unicodedata
from collections.abc import Sequence

from ..passages.folding import simplified
from ..problems import shown
from ..validating.explanations import did_you_mean
from .draft import Draft, Row
from .page_file import PageError, Text

# The columns that name a record.
NAMES = ("name", "name_zh", "aliases", "title", "title_zh", "short_title", "url")


def slug(name: str) -> str:
    """Make an identifier of the Latin letters and digits of a name."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return "-".join(re.findall("[a-z0-9]+", plain.replace("'", "")))


def names_of(row: Row) -> list[str]:
    """List the names of a row."""
    cells = ((column, row.get(column, "")) for column in NAMES)
    return [name for column, cell in cells for name in (cell.split(";") if column == "aliases" else [cell]) if name]


class Names:
    """The names in a draft, for looking up."""

    def __init__(self, draft: Draft) -> None:
        """Read the names that stand in the draft."""
        self._draft = draft
        # Identifiers with the name as it is written, by table and folded name.
        self._known: dict[str, dict[str, dict[str, str]]] = {table: {} for table in draft.rows}
        for table, rows in draft.rows.items():
            for row in rows.values() if {*NAMES} & {*draft.tables[table].columns} else ():
                self.learn(table, row)

    def learn(self, table: str, row: Row) -> None:
        """Take up the names of a row that is new or has new names."""
        for name in names_of(row):
            self._known[table].setdefault(_folded(name), {})[row["id"]] = name

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
        known = [name for table in tables for rows in self._known[table].values() for name in rows.values()]
        known += [key[0] for table in tables for key in self._draft.rows[table]]
        hint = did_you_mean(text, known) or "add it, further up in this file"
        if "organizations" in tables:
            hint += "; a new organization is {name: ..., kind: ..., country: ...}"
        raise PageError(text.place, f"{shown(text)} is no row of {' or '.join(tables)}", hint)


def _folded(name: str) -> str:
    words = re.findall(r"[\w+]+", simplified(unicodedata.normalize("NFKC", name)).casefold())
    return " ".join(words[1:] if words[:1] == ["the"] else words)
