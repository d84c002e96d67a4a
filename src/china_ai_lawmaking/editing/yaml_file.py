"""Read a YAML file into plain data that knows its lines: text, lists and mappings, nothing else.

Every scalar stays the text that was typed, so that 2025-03, 1_000 and NO mean what they say. Tags are refused, and so
is a file that is too large, nested too deeply, or grows beyond a limit by its aliases.
"""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Any, NamedTuple, Self

from ..problems import shown

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_BYTES = 1_000_000
MAX_DEPTH = 12
# Values of a file, with what its aliases repeat.
MAX_NODES = 20_000
# Characters that no reader sees: control, format, surrogate, private and unassigned ones.
_HIDDEN = ("Cc", "Cf", "Cs", "Co", "Cn")


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
        node = _Builder(path, yaml, yaml.parse(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))).document()
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
        place = Place(path, mark.line + 1, mark.column + 1) if mark else top
        raise PageError(place, f"not YAML: {getattr(error, 'problem', None) or 'unreadable'}") from None
    if not isinstance(node, Mapping):
        raise PageError(node.place if node is not None else top, "a page file is a mapping that begins with source:")
    return node


class _Builder:
    def __init__(self, path: str, yaml: Any, events: Iterator[Any]) -> None:
        self._path, self._yaml, self._events = path, yaml, events
        self._nodes = 0
        # What anchors name, and how many nodes that is.
        self._named: dict[str, tuple[Node | None, int]] = {}

    def document(self) -> Node | None:
        node = None
        for count, event in enumerate(event for event in self._events if not self._is(event, "Stream", "DocumentEnd")):
            if count > 1:
                raise PageError(self._place(event), "a second document begins here; a page file has one")
            if count:
                node = self._node(event, 0)
        return node

    def _is(self, event: Any, *kinds: str) -> bool:
        return type(event).__name__.startswith(kinds)

    def _place(self, event: Any) -> Place:
        return Place(self._path, event.start_mark.line + 1, event.start_mark.column + 1)

    def _node(self, event: Any, depth: int) -> Node | None:
        """Build the node that an event begins; None for an empty scalar without quotation marks."""
        place, before = self._place(event), self._nodes
        if depth > MAX_DEPTH:
            raise PageError(place, f"nested more than {MAX_DEPTH} deep")
        if self._is(event, "Alias"):
            if event.anchor not in self._named:
                raise PageError(place, f"the alias *{event.anchor} leads to nothing that is complete above it")
            node, size = self._named[event.anchor]
        elif event.tag is not None:
            raise PageError(place, f"the tag {shown(event.tag)}; leave it out, every value is plain text")
        else:
            node, size = self._built(event, place, depth + 1), 1
        self._nodes += size
        if self._nodes > MAX_NODES:
            raise PageError(place, f"more than {MAX_NODES} values, those counted that aliases repeat")
        if event.anchor is not None and not self._is(event, "Alias"):
            self._named[event.anchor] = node, self._nodes - before
        return node

    def _built(self, event: Any, place: Place, depth: int) -> Node | None:
        if self._is(event, "Scalar"):
            text = unicodedata.normalize("NFC", " ".join(event.value.split()))
            return None if not event.style and text in ("", "~", "null") else Text(text, place)
        if self._is(event, "Sequence"):
            items = Items(place)
            while not self._is(event := next(self._events), "SequenceEnd"):
                if (item := self._node(event, depth)) is None:
                    raise PageError(self._place(event), "an empty item of a list; write a value or delete the line")
                items.append(item)
            return items
        mapping = Mapping(place)
        while not self._is(event := next(self._events), "MappingEnd"):
            key, at = self._node(event, depth), self._place(event)
            if not isinstance(key, Text):
                raise PageError(at, "a key that is no word")
            if key in mapping.keys_at:
                first = mapping.keys_at[key].line
                raise PageError(at, f"the key {shown(key)} stands here for the second time, after line {first}")
            mapping.keys_at[str(key)] = at
            if (value := self._node(next(self._events), depth)) is not None:
                mapping[str(key)] = value
        return mapping
