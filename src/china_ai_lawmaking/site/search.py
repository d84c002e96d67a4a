"""The text by which records are found: Latin letters without marks, pinyin, Simplified characters."""

import json
import re
import unicodedata
from collections.abc import Iterator
from typing import NamedTuple

from pypinyin import Style, pinyin

from ..passages.folding import simplified
from . import words
from .page import page_of
from .record import Record, Row

_MARKS, _CHINESE = re.compile("[\u0300-\u036f]"), re.compile("[\u3000-\U0010ffff]")


def is_traditional(text: str) -> bool:
    """Tell whether Chinese text is in Traditional characters."""
    return simplified(text) != text


def marked(html: str) -> str:
    """Mark text that holds Chinese as Chinese, for fonts and screen readers."""
    return (
        f'<span lang="{"zh-Hant" if is_traditional(html) else "zh"}">{html}</span>' if _CHINESE.search(html) else html
    )


def fold(text: str) -> str:
    """Fold text for searching: no marks, lower case, Simplified characters; what the page does to a query."""
    if text.isascii():
        return text.lower()
    bare = _MARKS.sub("", unicodedata.normalize("NFKD", text)).lower()
    return simplified(bare)


def spellings(name_zh: str) -> str:
    """Give the pinyin of a name: joined and by syllable, without tones, with tone numbers, ü also as v and yu."""
    if not name_zh:
        return ""
    plain = [syllables[0] for syllables in pinyin(name_zh, style=Style.NORMAL, v_to_u=True, errors="ignore")]
    toned = [syllables[0] for syllables in pinyin(name_zh, style=Style.TONE3, v_to_u=True, errors="ignore")]
    forms = []
    for syllables in (plain, toned):
        forms += [" ".join(syllables), "".join(syllables)]
        if len(syllables) > 2:
            forms.append(f"{syllables[0]} {''.join(syllables[1:])}")
    # Keyboards have no ü: people type v, passports print yu.
    forms += [form.replace("ü", instead) for form in forms if "ü" in form for instead in ("v", "yu")]
    return " ".join(dict.fromkeys(forms))


class Entry(NamedTuple):
    """A record as the search page scans it: `text` finds it, of which the first `named` characters are its label."""

    path: str
    kind: str
    label: str
    note: str
    text: str
    named: int


def records(record: Record) -> Iterator[Entry]:
    """Give each record that has a page."""
    for table, kind in _KINDS.items():
        for row in record.rows(table):
            label, note, texts = _told(record, table, row)
            named = fold(label)
            # The columns that name or describe a record, in no matter which table, and its names as people type them.
            texts += [row.get(column) for column in _TEXTS] + [
                spellings(row.get("name_zh") or row.get("title_zh") or "")
            ]
            text = fold(" ".join(dict.fromkeys(filter(None, (label, *texts, row["id"])))))
            text = " ".join([text, *_respelled(text)])
            yield Entry(page_of(table, row["id"]), kind or words.spaced(row["kind"]), label, note, text, len(named))


# British and American spellings that occur in the record, by what differs.
_SPELLINGS = (
    ("labelling", "labeling"), ("labelled", "labeled"), ("modelling", "modeling"),
    ("isation", "ization"), ("ognis", "ogniz"), ("alise", "alize"),
    ("programme", "program"), ("centre", "center"), ("behaviour", "behavior"), ("favour", "favor"),
    ("labour", "labor"), ("adviser", "advisor"), ("licence", "license"), ("defence", "defense"),
    ("offence", "offense"), ("catalogue", "catalog"), ("neighbour", "neighbor"), ("authoris", "authoriz"),
)  # fmt: skip
_RESPELLED = [(re.compile(rf"\b\w*{one}\w*"), one, other) for pair in _SPELLINGS for one, other in (pair, pair[::-1])]


def _respelled(text: str) -> list[str]:
    """Give the words of a text that have another spelling, in that spelling."""
    found = (
        word[0].replace(one, other)
        for pattern, one, other in _RESPELLED
        if one in text
        for word in pattern.finditer(text)
        # A programme is no programmeme.
        if not (one in other and other in word[0])
    )
    return list(dict.fromkeys(found))


# Words of a question that tell nothing of its subject. Not "an", which is a name, and stands inside most texts anyway.
SKIPPED = (
    "a", "about", "and", "are", "at", "by", "did", "do", "does", "for", "from", "had", "has", "have", "how", "in", "is",
    "it", "of", "on", "or", "the", "there", "to", "was", "were", "what", "when", "where", "which", "who", "whom",
    "whose", "why", "with",
)  # fmt: skip
# What a record of each table is called, in the order in which they are found; its own kind where the name is empty.
_KINDS = {
    "propositions": "proposition",
    "laws": "",
    "people": "person",
    "organizations": "",
    "events": "event",
    "topics": "topic",
    "indicators": "figure",
    "statements": "statement",
    "sources": "source",
}
_TEXTS = (
    "name", "name_zh", "title", "title_zh", "short_title", "aliases", "text", "summary", "definition", "description",
    "authors", "place", "note",
)  # fmt: skip


def _told(record: Record, table: str, row: Row) -> tuple[str, str, list[str | None]]:
    """Give label, note and further texts of a record."""
    if table == "statements":
        names: list[str | None] = []
        for key in record.speakers(row):
            names += [record.name(key), record.name_zh(key), spellings(record.name_zh(key))]
        return row["summary"], f"{record.credit(row)}, {record.told(row)}", [*names, record.capacity(row)]
    if table == "people":
        roles: list[str | None] = [record.role(role) for role in record.memberships(row["id"])]
        return _named(row), (roles or [""])[0] or "", roles
    if table == "events":
        return row["name"], words.told(row, "start"), []
    if table == "laws":
        return record.label(table, row["id"]), row["title_zh"] or "", []
    if table == "sources":
        label = record.source_label(row)
        return record.label(table, row["id"]), label, [label]
    if table == "indicators":
        return (
            row["name"],
            "",
            [words.area(one["ref_area"]) for one in record.of("statistics", "indicator_id", row["id"])],
        )
    return row["text"] if table == "propositions" else _named(row), "", []


def index(record: Record) -> str:
    """Give the script that holds what the search page scans."""
    found = list(records(record))
    # Queries in Traditional characters meet Simplified text: only characters that the text holds matter.
    held = {character for entry in found for character in entry[4] if character > "\u2fff"}
    pairs = [
        (character, simplified(character))
        for character in map(chr, range(0x3400, 0xA000))
        if simplified(character) != character and simplified(character) in held
    ]
    data = {"characters": pairs, "skipped": SKIPPED, "records": found}
    return f"window.SEARCH = {json.dumps(data, ensure_ascii=False, separators=(',', ':'))};\n"


def _named(row: Row) -> str:
    return f"{row['name']} {row.get('name_zh') or ''}".strip()
