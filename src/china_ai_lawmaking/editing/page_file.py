"""Read a page file: YAML that knows its lines, in the form of a JSON Schema, which editors use too.

Every scalar stays the text that was typed, so that 2025-03, 1_000 and NO mean what they say. Tags are refused, and so
is a file that is too large, nested too deeply, or grows beyond a limit by its aliases.
"""

from __future__ import annotations

import json
import re
import unicodedata
from functools import cache
from importlib import resources
from typing import Any, NamedTuple, Self

from ..problems import shown
from ..validating.explanations import did_you_mean

SCHEMA = "page-file.schema.json"
BLANK = "page-file.blank.yaml"
MAX_BYTES = 1_000_000
MAX_DEPTH = 12
# Values of a file, with what its aliases repeat.
MAX_NODES = 20_000
_TEXT, _LIST, _MAPPING = (f"tag:yaml.org,2002:{kind}" for kind in ("str", "seq", "map"))
# What is a number or a truth value is seen from how it is written.
_WRITTEN = {"boolean": "true|false", "integer": "[0-9]+", "number": r"-?[0-9]+(?:\.[0-9]+)?"}
_EXPECTED = {
    "array": "a list",
    "boolean": "true or false",
    "integer": "a whole number in digits",
    "number": "a number in digits",
    "object": "keys with values",
    "string": "one text",
}


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
        self.place, self.message = place, message


class Text(str):
    """A scalar and its place."""

    place: Place

    def __new__(cls, text: str, place: Place) -> Self:
        """Put a text at a place."""
        made = super().__new__(cls, text)
        made.place = place
        return made


class Mapping(dict[str, Any]):
    """A mapping of text to nodes, with the places of its keys; a key without a value is left out."""

    place: Place
    keys_at: dict[str, Place]


Node = Text | list[Any] | Mapping


def shipped(name: str) -> str:
    """Give the schema or the blank page file as text."""
    return resources.files(__package__).joinpath(name).read_text(encoding="utf-8")


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
    try:
        # No value is anything else than text, and nothing is made of a tag.
        root = yaml.compose(text, Loader=getattr(yaml, "CBaseLoader", yaml.BaseLoader))
    except (yaml.YAMLError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
        said = ", ".join(filter(None, (getattr(error, name, None) for name in ("context", "problem"))))
        raise PageError(_at(path, mark) if mark else top, f"not YAML: {said or 'unreadable'}") from None
    node = _Reader(path).node(root) if root else None
    if not isinstance(node, Mapping):
        raise PageError(top, "a page file is a mapping that begins with source:")
    return node


def _at(path: str, mark: Any) -> Place:
    return Place(path, mark.line + 1, mark.column + 1)


class _Reader:
    """Turns the nodes of PyYAML into ours, and counts them."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._count = 0

    def node(self, made: Any, depth: int = 0) -> Node | None:
        """Build a node; None for an empty scalar without quotation marks."""
        place = _at(self._path, made.start_mark)
        self._count += 1
        if depth > MAX_DEPTH:
            raise PageError(place, f"nested more than {MAX_DEPTH} deep")
        if self._count > MAX_NODES:
            raise PageError(place, f"more than {MAX_NODES} values, those counted that aliases repeat")
        if made.tag == _LIST:
            items = [self.node(one, depth + 1) for one in made.value]
            if None in items:
                empty = _at(self._path, made.value[items.index(None)].start_mark)
                raise PageError(empty, "an empty item of a list; write a value or delete the line")
            return items
        if made.tag == _MAPPING:
            mapping = Mapping()
            mapping.place, mapping.keys_at = place, {}
            for one, other in made.value:
                key = self.node(one, depth + 1)
                if not isinstance(key, Text):
                    raise PageError(_at(self._path, one.start_mark), "a key that is no word")
                if first := mapping.keys_at.get(key):
                    told = f"the key {shown(key)} stands here for the second time, after line {first.line}"
                    raise PageError(key.place, told)
                mapping.keys_at[str(key)] = key.place
                if (value := self.node(other, depth + 1)) is not None:
                    mapping[str(key)] = value
            return mapping
        if made.tag != _TEXT:
            raise PageError(place, f"the tag {shown(made.tag)}; leave it out, every value is plain text")
        text = unicodedata.normalize("NFC", " ".join(made.value.split()))
        return None if not made.style and text in ("", "~", "null") else Text(text, place)


def faults(page: Mapping) -> list[PageError]:
    """Tell what in a page file is not as the schema asks."""
    return [_told(page, error) for error in _validator().iter_errors(page)]


@cache
def _validator() -> Any:
    from jsonschema import Draft202012Validator, validators

    def written(form: str) -> Any:
        return lambda _, node: isinstance(node, Text) and bool(re.fullmatch(form, node))

    checker = Draft202012Validator.TYPE_CHECKER.redefine_many({name: written(form) for name, form in _WRITTEN.items()})
    extend: Any = validators.extend
    return extend(Draft202012Validator, type_checker=checker)(json.loads(shipped(SCHEMA)))


def _told(page: Mapping, error: Any) -> PageError:
    node: Any = page
    key: Any = ""
    place = page.place
    for key in error.absolute_path:
        place = node.keys_at[key] if isinstance(node, Mapping) else place
        node = node[key]
    place = node.place if isinstance(node, Text) else place
    known, schema = error.validator_value, error.schema
    hint = schema.get("description", "")
    match error.validator:
        case "additionalProperties" if isinstance(node, Mapping):
            unknown = next(name for name in node if name not in schema["properties"])
            place, told = node.keys_at[unknown], f"there is no key {shown(unknown)} here"
            hint = did_you_mean(unknown, schema["properties"]) or f"keys: {', '.join(schema['properties'])}"
        case "required":
            place, told = node.place, f"{' and '.join(name for name in known if name not in node)} missing"
        case "enum":
            told, hint = f"{shown(node)} is not one of {', '.join(known)}", did_you_mean(node.lower(), known)
        case "type":
            expected = " or ".join(_EXPECTED[kind] for kind in ([known] if isinstance(known, str) else known))
            kind = "object" if isinstance(node, dict) else "array"
            told = f"expected {expected}, found {shown(node) if isinstance(node, Text) else _EXPECTED[kind]}"
        case "pattern":
            told = f"{shown(node)} has not the right form"
        case _:
            told = error.message
    return PageError(place, f"{key}: {told}" if isinstance(key, str) and key else told, hint)
