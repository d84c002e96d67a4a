"""Read a YAML file into plain data that knows its lines: text, lists and mappings, nothing else.

Every scalar stays the text that was typed, so that 2025-03, 1_000 and NO mean what they say. Tags are refused, and so
is a file that is too large, nested too deeply, or grows beyond a limit by its aliases.
"""

from __future__ import annotations

import unicodedata
from typing import Any, NamedTuple, Self

from ..problems import shown

MAX_BYTES = 1_000_000
MAX_DEPTH = 12
# Values of a file, with what its aliases repeat.
MAX_NODES = 20_000
# Characters that no reader sees: control, format, surrogate, private and unassigned ones.
_HIDDEN = ("Cc", "Cf", "Cs", "Co", "Cn")
_TAGS = tuple(f"tag:yaml.org,2002:{kind}" for kind in ("str", "seq", "map"))


class Place(NamedTuple):
    """Where something stands: file, line and column, both 1-based."""

    path: str
    line: int
    column: int

    def __str__(self) -> str:
        """Give it as editors read it."""
        return f"{self.path}:{self.line}:{self.column}"


class PageError(Exception):
    """What is wrong at one place of a page file, and how to mend it."""

    def __init__(self, place: Place, message: str, hint: str = "") -> None:
        """Keep the place, the sentence and the hint."""
        super().__init__(f"{place}: {message}" + (f"\n    hint: {hint}" if hint else ""))
        self.place, self.message, self.hint = place, message, hint


class Text(str):
    """A scalar and its place."""

    place: Place

    def __new__(cls, text: str, place: Place) -> Self:
        """Put a text at a place."""
        made = super().__new__(cls, text)
        made.place = place
        return made


class Items(list[Any]):
    """A list of nodes and its place."""

    def __init__(self, place: Place) -> None:
        """Begin an empty list."""
        super().__init__()
        self.place = place


class Mapping(dict[str, Any]):
    """A mapping of text to nodes, with the places of its keys; a key without a value is left out."""

    def __init__(self, place: Place, **nodes: Any) -> None:
        """Begin a mapping."""
        super().__init__(nodes)
        self.place = place
        self.keys_at: dict[str, Place] = {}


Node = Text | Items | Mapping
# What refers to something: a name or id, or a body with its own keys.
Reference = Text | Mapping


def read(data: bytes, path: str) -> Mapping:
    """Read one document, a mapping.

    Raises:
        PageError: It is none, or it holds what no page file may hold; the fault says where.
        ModuleNotFoundError: PyYAML is not installed.
    """
    import yaml

    top = Place(path, 1, 1)
    if len(data) > MAX_BYTES:
        raise PageError(top, f"{len(data)} bytes; a page file has at most {MAX_BYTES}")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise PageError(Place(path, line, 1), f"byte 0x{data[error.start]:02x} is not UTF-8") from None
    for number, row in enumerate(text.split("\n"), 1):
        for column, character in enumerate(row.removesuffix("\r"), 1):
            if not " " <= character <= "~" and unicodedata.category(character) in _HIDDEN:
                name = unicodedata.name(character, f"U+{ord(character):04X}")
                what = "a tab" if character == "\t" else f"the hidden character {name}"
                raise PageError(Place(path, number, column), f"holds {what}", "delete it, or type spaces instead")
    try:
        # No value is anything else than text, and nothing is made of a tag.
        root = yaml.compose(text, Loader=getattr(yaml, "CBaseLoader", yaml.BaseLoader))
    except (yaml.YAMLError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
        place = Place(path, mark.line + 1, mark.column + 1) if mark else top
        said = ", ".join(filter(None, (getattr(error, name, None) for name in ("context", "problem"))))
        raise PageError(place, f"not YAML: {said or 'unreadable'}") from None
    node = _Builder(path).node(root) if root else None
    if not isinstance(node, Mapping):
        raise PageError(node.place if node is not None else top, "a page file is a mapping that begins with source:")
    return node


class _Builder:
    def __init__(self, path: str) -> None:
        self._path = path
        self._nodes = 0

    def node(self, made: Any, depth: int = 0) -> Node | None:
        """Build a node; None for an empty scalar without quotation marks."""
        place = Place(self._path, made.start_mark.line + 1, made.start_mark.column + 1)
        self._nodes += 1
        if depth > MAX_DEPTH:
            raise PageError(place, f"nested more than {MAX_DEPTH} deep")
        if self._nodes > MAX_NODES:
            raise PageError(place, f"more than {MAX_NODES} values, those counted that aliases repeat")
        if made.tag not in _TAGS:
            raise PageError(place, f"the tag {shown(made.tag)}; leave it out, every value is plain text")
        if isinstance(made.value, str):
            text = unicodedata.normalize("NFC", " ".join(made.value.split()))
            return None if not made.style and text in ("", "~", "null") else Text(text, place)
        if made.tag == _TAGS[1]:
            items = Items(place)
            for one in made.value:
                if (item := self.node(one, depth + 1)) is None:
                    at = Place(self._path, one.start_mark.line + 1, one.start_mark.column + 1)
                    raise PageError(at, "an empty item of a list; write a value or delete the line")
                items.append(item)
            return items
        mapping = Mapping(place)
        for one, other in made.value:
            key = self.node(one, depth + 1)
            if not isinstance(key, Text):
                at = Place(self._path, one.start_mark.line + 1, one.start_mark.column + 1)
                raise PageError(at, "a key that is no word")
            if key in mapping.keys_at:
                first = mapping.keys_at[key].line
                raise PageError(key.place, f"the key {shown(key)} stands here for the second time, after line {first}")
            mapping.keys_at[str(key)] = key.place
            if (value := self.node(other, depth + 1)) is not None:
                mapping[str(key)] = value
        return mapping
