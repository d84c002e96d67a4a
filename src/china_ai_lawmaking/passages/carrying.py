"""What a passage carries: the columns of a record whose values stand in its words."""

import re
from collections.abc import Callable, Iterable, Mapping

from ..loading.dated import MONTHS
from ..package.descriptor import Table
from .folding import normalise, simplified
from .passage import CHARACTERS, CHINESE, HAN, limits

# Gives the names of a record, in any script, by its table and identifier.
Names = Callable[[str, str], Iterable[str]]

# The column whose words a passage holds when it is about the record, and the lists that are read off the same words.
LEADS = {
    "people": ("name", ()),
    "organizations": ("name", ("kind",)),
    "laws": ("title", ("kind",)),
    "events": ("name", ("kind", "stage")),
    "memberships": ("role", ("role_kind", "current")),
    "statements": ("summary", ("kind", "attribution")),
    "statistics": ("value", ("bound", "unit", "indicator_id")),
    "event_participants": ("role", ("event_id",)),
    "law_relations": ("relation", ()),
    "law_contributors": ("role", ()),
}
# Columns that stand in a Chinese passage in other words than in the record.
_TRANSLATED = {
    "people": ("description",),
    "organizations": ("kind",),
    "memberships": ("role", "role_kind", "current"),
    "events": ("name", "kind", "stage"),
    "laws": ("kind",),
}
# Lead columns that are always in our words: whether the passage holds them no tool can tell.
_JUDGED = ("summary", "relation")
# Decided by the coder, not read off a passage.
_DECIDED = ("id", "note", "wikidata_id", "family_id", "status_event_id", "planned")
# Words by which a status, a country or a jurisdiction stands in a passage.
_CUES = {
    "in_force": "take effect|took effect|taken effect|into effect|into force|effective|施行|生效",
    "adopted": "adopt|approv|pass(?:ed|es)|enact|通过",
    "promulgated": "promulgat|signed|order no|公布",
    "issued": "publish|releas|issu|announc|unveil|发布|印发|公布",
    "planned": "plan|propos|will|agenda|schedul|拟|计划",
    "submitted": "submi|present|hand(?:ed)? in|提交|提请|审议",
    "under_deliberation": "reading|deliberat|review|审议|初审|二审",
    "consultation": "comment|consult|opinion|征求意见",
    "contemplated": "propos|call|suggest|should|建议|应",
    "CN": "china|chinese|beijing|中国|全国|国务院",
    "EU": r"\beu\b|europe|欧盟|欧洲",
    "US": r"\bus\b|u\.s\.|america|united states|美国",
}
_SCALES = {
    "thousand": 1e3, "million": 1e6, "mln": 1e6, "billion": 1e9, "bn": 1e9, "trillion": 1e12,
    "千": 1e3, "万": 1e4, "萬": 1e4, "百万": 1e6, "千万": 1e7, "亿": 1e8, "億": 1e8, "万亿": 1e12,
}  # fmt: skip
_WORDS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_NUMBER = re.compile(rf"(\d[\d,]*(?:\.\d+)?)\s*({'|'.join(sorted(_SCALES, key=len, reverse=True))})?")
_WORD = re.compile(rf"[{HAN}]|[^\W_{HAN}]+")
# Words of a name or title that tell little.
_EMPTY = ("a", "an", "and", "at", "by", "for", "from", "in", "its", "of", "on", "or", "s", "the", "to", "with")


def carried(
    table: Table, row: Mapping[str, str], passage: str, names: Names, *, relation: str = "states", is_whole: bool = True
) -> set[str]:
    """Propose the columns of a record whose values stand in a passage.

    Names, titles, roles, dates and numbers are looked for; what comes from a closed list goes with the column that
    it is read off. A proposal: whoever codes the passage confirms it.

    Args:
        table: The table of the record.
        row: The record's cells by column; empty cells are empty strings.
        passage: The passage's text; empty where nobody can look, and characters of names are believed.
        names: Gives the names of a record that this one refers to.
        relation: What the passage does with the record.
        is_whole: Whether these cells are all that is known of the record, so that the passage must hold one of them.
    """
    text = simplified(normalise(passage).text).casefold()
    first, followers = LEADS[table.name]
    is_chinese, states = limits(passage) == CHARACTERS, relation == "states"
    targets = table.targets
    found = set()
    for field in table.fields:
        column, value = field.name, row.get(field.name, "")
        if not value or column in followers or column in _DECIDED or column.endswith(("_precision", "_basis")):
            continue
        if column in targets:
            # An indicator or event has a name of our own; a person or body that of the sources.
            called = names(targets[column], value)
            is_held = any(_holds(text, name, whole=targets[column] != "events") for name in called)
        elif column in _JUDGED:
            is_held = states
        elif column in ("status", "country", "jurisdiction"):
            is_held = value in _CUES and bool(re.search(_CUES[value], text))
        elif field.type == "date":
            is_held = _is_dated(text, row, column)
        elif field.type in ("number", "integer"):
            is_held = float(value) in _numbers(text)
        elif column == "aliases":
            is_held = any(_holds(text, alias, whole=True) for alias in value.split(";"))
        elif field.categories:
            # A closed list that nothing leads: the part in an event.
            is_held = column == first
        else:
            is_held = _holds(text, value, whole=column.startswith("name") and table.name != "events")
        if is_held:
            found.add(column)
    # Only the reader of a translated name, or of a page that is not at hand, can tell that it is there.
    if not found and (not passage or (relation != "supports" and (is_chinese or is_whole))):
        found.add(first)
    if first in found:
        found.update(followers)
    if not passage:
        found.update(column for column in table.columns if column.endswith("_zh"))
    elif states and is_chinese:
        found.update(_TRANSLATED.get(table.name, ()))
    if found & {"person_id", "organization_id", "law_id"}:
        found.add("speaker_kind")
    return {column for column in found if row.get(column)}


def _holds(text: str, value: str, *, whole: bool) -> bool:
    """Tell whether a text holds a name: each word of it, or of a description more than half of the words that tell."""
    value = simplified(normalise(value.strip("[]")).text).casefold()
    if CHINESE.search(value):
        return value.strip("《》") in text
    if re.search(rf"(?<!\w){re.escape(value)}(?!\w)", text):
        return True
    words = [word for word in _WORD.findall(value) if word not in _EMPTY]
    held = set(_WORD.findall(text))
    found = sum(word in held for word in words)
    return bool(words) and (found == len(words) if whole else 2 * found > len(words))


def _numbers(text: str) -> set[float]:
    found = {float(places) for places, word in enumerate(_WORDS) if re.search(rf"\b{word}\b", text)}
    for digits, scale in _NUMBER.findall(text):
        found.add(round(float(digits.replace(",", "")) * _SCALES.get(scale, 1), 6))
    return found | ({2.0} if re.search("doubl|twice|翻番|两倍", text) else set())


def _is_dated(text: str, row: Mapping[str, str], column: str) -> bool:
    """Tell whether a text holds a date that its source states."""
    stem = column.removesuffix("date")
    precision = row.get(f"{stem}precision") or row.get("date_precision") or "day"
    count = {"year": 1, "month": 2, "day": 3}[precision]
    if (row.get(f"{stem}basis") or row.get("date_basis", "")) not in ("", "stated"):
        return False
    parts = row[column].split("-")[:count]
    year, month, day = map(int, row[column].split("-"))
    shown = (
        rf"(?<!\d){year:04}(?!\d)",
        rf"\b{MONTHS[month - 1][:3].lower()}|(?<!\d){month}月",
        rf"(?<!\d){day}(?:st|nd|rd|th)?(?!\d)",
    )
    # The year is often left to the date of the page.
    needed = shown[:1] if precision == "year" else shown[1:count]
    return "-".join(parts) in text or all(re.search(pattern, text) for pattern in needed)
