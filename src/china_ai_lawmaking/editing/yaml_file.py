"""Read a YAML file into plain data that knows its lines: text, lists and mappings, nothing else.

Every scalar stays the text that was typed, so that 2025-03, 1_000 and NO mean what they say. Tags are refused, and so
is a file that is too large, nested too deeply, or grows beyond a limit by its aliases.
"""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Any, NamedTuple

from ..errors import MissingExtraError
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
        self.place = place
        self.message = message
        self.hint = hint


class Text(str):
    """A scalar: its text with single plain spaces, in Unicode form C."""

    place: Place
    plain: bool


class Items(list[Any]):
    """A list of nodes."""

    place: Place


class Mapping(dict[str, Any]):
    """A mapping of text to nodes; a key without a value is left out."""

    place: Place
    keys_at: dict[str, Place]


Node = Text | Items | Mapping
# What refers to something: a name or id, or a body with its own keys.
Reference = Text | Mapping


def read(data: bytes, path: str) -> Mapping:
    """Read one document, a mapping.

    Raises:
        PageError: It is none, or it holds what no page file may hold; the fault says where.
        MissingExtraError: PyYAML is not installed.
    """
    try:
        import yaml
    except ImportError:
        raise MissingExtraError(
            "a page file is read with PyYAML; install it with: pip install 'china-ai-lawmaking[contribute]'"
        ) from None
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
        events = yaml.parse(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
        node = _Builder(path, yaml, events).document()
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
        place = Place(path, mark.line + 1, mark.column + 1) if mark else top
        raise PageError(place, f"not YAML: {getattr(error, 'problem', None) or 'unreadable'}") from None
    if not isinstance(node, Mapping):
        raise PageError(node.place if node is not None else top, "a page file is a mapping that begins with source:")
    return node


class _Builder:
    def __init__(self, path: str, yaml: Any, events: Iterator[Any]) -> None:
        self._path = path
        self._yaml = yaml
        self._events = events
        self._nodes = 0
        # What anchors name, and how many nodes that is.
        self._named: dict[str, tuple[Node | None, int]] = {}

    def document(self) -> Node | None:
        event = next(self._events)
        while isinstance(event, self._yaml.StreamStartEvent | self._yaml.DocumentStartEvent):
            event = next(self._events)
        if isinstance(event, self._yaml.StreamEndEvent):
            return None
        node = self._node(event, 0)
        for event in self._events:
            if isinstance(event, self._yaml.DocumentStartEvent):
                raise PageError(self._place(event), "a second document begins here; a page file has one")
        return node

    def _place(self, event: Any) -> Place:
        return Place(self._path, event.start_mark.line + 1, event.start_mark.column + 1)

    def _node(self, event: Any, depth: int) -> Node | None:
        """Build the node that an event begins; None for an empty scalar without quotation marks."""
        place, before = self._place(event), self._nodes
        if depth > MAX_DEPTH:
            raise PageError(place, f"nested more than {MAX_DEPTH} deep")
        if isinstance(event, self._yaml.AliasEvent):
            if event.anchor not in self._named:
                raise PageError(place, f"the alias *{event.anchor} leads to nothing that is complete above it")
            node, size = self._named[event.anchor]
        else:
            if event.tag is not None:
                raise PageError(place, f"the tag {shown(event.tag)}; leave it out, every value is plain text")
            node, size = self._built(event, place, depth), 1
        self._nodes += size
        if self._nodes > MAX_NODES:
            raise PageError(place, f"more than {MAX_NODES} values, those counted that aliases repeat")
        if event.anchor is not None and not isinstance(event, self._yaml.AliasEvent):
            self._named[event.anchor] = node, self._nodes - before
        return node

    def _built(self, event: Any, place: Place, depth: int) -> Node | None:
        if isinstance(event, self._yaml.ScalarEvent):
            node: Text = Text(unicodedata.normalize("NFC", " ".join(event.value.split())))
            node.place, node.plain = place, not event.style
            return None if node.plain and node in ("", "~", "null") else node
        if isinstance(event, self._yaml.MappingStartEvent):
            return self._mapping(place, depth)
        items = Items()
        items.place = place
        while not isinstance(event := next(self._events), self._yaml.SequenceEndEvent):
            item = self._node(event, depth + 1)
            if item is None:
                raise PageError(self._place(event), "an empty item of a list; write a value or delete the line")
            items.append(item)
        return items

    def _mapping(self, place: Place, depth: int) -> Mapping:
        mapping = Mapping()
        mapping.place, mapping.keys_at = place, {}
        while not isinstance(event := next(self._events), self._yaml.MappingEndEvent):
            key_place = self._place(event)
            key = self._node(event, depth + 1)
            if not isinstance(key, Text):
                raise PageError(key_place, "a key that is no word")
            if key in mapping.keys_at:
                first = mapping.keys_at[key].line
                raise PageError(key_place, f"the key {shown(key)} stands here for the second time, after line {first}")
            mapping.keys_at[str(key)] = key_place
            value = self._node(next(self._events), depth + 1)
            if value is not None:
                mapping[str(key)] = value
        return mapping


def placed(text: str, place: Place) -> Text:
    """Give a text that stands at a place."""
    made = Text(text)
    made.place, made.plain = place, True
    return made
