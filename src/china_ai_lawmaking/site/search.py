"""The text by which records are found: Latin letters without marks, pinyin, Simplified characters."""

from __future__ import annotations

import json
import re
import unicodedata
from functools import cache
from typing import TYPE_CHECKING

from opencc import OpenCC
from pypinyin import Style, pinyin

from . import words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from .record import Record, Row


_MARKS, _CHINESE = re.compile("[\u0300-\u036f]"), re.compile("[\u3000-\U0010ffff]")


@cache
def _simplify(character: str) -> str:
    return str(_converter().convert(character))


@cache
def _converter() -> OpenCC:
    return OpenCC("t2s")


def is_traditional(text: str) -> bool:
    """Tell whether Chinese text is in Traditional characters."""
    return any(_simplify(character) != character for character in _CHINESE.findall(text))


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
    return _CHINESE.sub(lambda found: _simplify(found[0]), bare)


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


def records(record: Record) -> Iterator[tuple[str, str, str, str, str, int]]:
    """Give each record as path, kind, label, note, the text that finds it, and how much of that is its label."""

    def entry(
        path: str, kind: str, label: str, note: str, texts: Iterable[str | None]
    ) -> tuple[str, str, str, str, str, int]:
        named = fold(label)
        return path, kind, label, note, fold(" ".join(filter(None, (named, *texts)))), len(named)

    for row in record.rows("people"):
        roles = [record.role(role) for role in record.memberships(row["id"])]
        texts = (row["name"], row["name_zh"], spellings(row["name_zh"] or ""), row["description"], *roles, row["id"])
        yield entry(f"people/{row['id']}.html", "person", _named(row), roles[0] if roles else "", texts)
    for row in record.rows("laws"):
        texts = (
            row["title"],
            row["title_zh"],
            spellings(row["title_zh"] or ""),
            row["short_title"],
            row["note"],
            row["id"],
        )
        label = row["short_title"] or row["title"]
        yield entry(f"laws/{row['id']}.html", words.spaced(row["kind"]), label, row["title_zh"] or "", texts)
    for row in record.rows("propositions"):
        yield entry(
            f"propositions/{row['id']}.html", "proposition", row["text"], "", (row["text"], row["note"], row["id"])
        )
    for row in record.rows("organizations"):
        texts = (row["name"], row["name_zh"], spellings(row["name_zh"] or ""), row["aliases"], row["id"])
        yield entry(f"organizations/{row['id']}.html", words.spaced(row["kind"]), _named(row), "", texts)
    for row in record.rows("events"):
        note = words.day(row["start_date"], row["start_precision"], row["date_basis"])
        yield entry(
            f"events/{row['id']}.html", "event", row["name"], note, (row["name"], row["place"], row["note"], row["id"])
        )
    for row in record.rows("statements"):
        name = record.name(record.speaker_id(row))
        speaker = record.by_id[record.speaker_table(row)][record.speaker_id(row)]
        in_characters = speaker.get("name_zh") or ""
        note = f"{name}, {words.day(row['date'], row['date_precision'], row['date_basis'])}"
        texts = (
            row["summary"],
            name,
            in_characters,
            spellings(in_characters),
            record.capacity(row),
            row["note"],
            row["id"],
        )
        yield entry(f"statements/{row['id']}.html", "statement", row["summary"], note, texts)
    for row in record.rows("indicators"):
        yield entry(f"figures/{row['id']}.html", "figure", row["name"], "", (row["name"], row["definition"], row["id"]))
    for row in record.rows("topics"):
        yield entry(f"topics/{row['id']}.html", "topic", row["name"], "", (row["name"], row["description"], row["id"]))
    for row in record.rows("sources"):
        texts = (row["title"], row["authors"], record.source_label(row), row["id"])
        yield entry(f"sources/{row['id']}.html", "source", row["title"].strip("[]"), record.source_label(row), texts)


def index(record: Record) -> str:
    """Give the script that holds what the search page scans."""
    found = list(records(record))
    # Queries in Traditional characters meet Simplified text: only characters that the text holds matter.
    held = {character for entry in found for character in entry[4] if character > "\u2fff"}
    pairs = [
        (character, _simplify(character))
        for character in map(chr, range(0x3400, 0xA000))
        if _simplify(character) != character and _simplify(character) in held
    ]
    data = {"characters": pairs, "records": found}
    return f"window.SEARCH = {json.dumps(data, ensure_ascii=False, separators=(',', ':'))};\n"


def _named(row: Row) -> str:
    return f"{row['name']} {row['name_zh']}" if row["name_zh"] else str(row["name"])
