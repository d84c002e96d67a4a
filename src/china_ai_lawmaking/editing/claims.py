"""Which cells of a row a passage can carry: what the words do not rule out."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from typing import TYPE_CHECKING

from .names import simplified

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

# Columns that a passage states, by table; dates and characters only where the passage holds them.
STATED = {
    "people": ("name", "name_zh", "description"),
    "organizations": ("name", "name_zh", "aliases", "kind", "parent_id"),
    "memberships": (
        *("person_id", "organization_id", "role", "role_kind", "term", "delegation", "sector", "current"),
        *("start_date", "end_date"),
    ),
    "laws": ("title", "title_zh", "short_title", "kind", "issued_by_id", "cosponsor_count"),
    "law_contributors": ("law_id", "person_id", "organization_id", "role"),
    "law_relations": ("from_id", "relation", "to_id"),
    "events": ("name", "kind", "stage", "law_id", "start_date", "end_date", "place", "parent_id"),
    "event_participants": ("event_id", "person_id", "organization_id", "role"),
    "statistics": (
        *("indicator_id", "value", "bound", "unit", "ref_date", "base_date", "ref_area", "producer_id"),
        *("published_date", "event_id", "law_id"),
    ),
    "statements": ("kind", "attribution", "summary", "date"),
}
SPEAKER = ("speaker_kind", "person_id", "membership_id", "organization_id", "law_id")
_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()


def carried(row: Mapping[str, str], columns: Iterable[str], words: str) -> list[str]:
    """Give those of the columns that are filled and that the words of a passage do not rule out.

    Args:
        row: The cells of the record.
        columns: The columns to choose from.
        words: The passage; empty where nobody has its text, which rules nothing out.
    """
    plain = unicodedata.normalize("NFKC", words).casefold()
    return [column for column in columns if row.get(column) and (not plain or _can_hold(plain, row, column))]


def _can_hold(plain: str, row: Mapping[str, str], column: str) -> bool:
    cell = unicodedata.normalize("NFKC", row[column]).casefold()
    if column.endswith("_zh"):
        return simplified(cell) in simplified(plain)
    if column == "aliases":
        return any(alias in plain for alias in cell.split(";"))
    if column.endswith("date"):
        year, month, day = cell.split("-")
        base = column.removesuffix("_date")
        match row.get(f"{base}_precision"):
            case "day":
                return bool(re.search(rf"(?<!\d)0?{int(day)}(?!\d)", plain))
            case "month":
                return _MONTHS[int(month) - 1] in plain or bool(
                    re.search(rf"(?<!\d)0?{int(month)}\s*(?:月|[./-])", plain)
                )
            case _:
                return year in plain or bool(re.search(rf"(?<!\d){year[2:]}年", plain))
    return True


def digest(passage: str) -> str:
    """Give the SHA-256 over the letters and digits of a passage, after NFKC."""
    plain = unicodedata.normalize("NFKC", passage)
    kept = "".join(character for character in plain if unicodedata.category(character)[0] in "LN")
    return hashlib.sha256(kept.encode()).hexdigest()
