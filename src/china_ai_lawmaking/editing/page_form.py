"""The form of a page file: its JSON Schema, which editors use too, and what breaks it, by line and column."""

from __future__ import annotations

import json
import re
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

from ..errors import MissingExtraError
from ..problems import shown
from ..validating.explanations import did_you_mean
from .yaml_file import Items, Mapping, PageError, Text

if TYPE_CHECKING:
    from collections.abc import Iterator

SCHEMA = "page-file.schema.json"
BLANK = "page-file.blank.yaml"
_NUMBER = re.compile(r"-?[0-9]+(?:\.[0-9]+)?")
_EXPECTED = {
    "array": "a list",
    "boolean": "true or false",
    "integer": "a whole number in digits",
    "number": "a number in digits",
    "object": "keys with values",
    "string": "one text",
}


def shipped(name: str) -> str:
    """Give the schema or the blank page file as text."""
    return resources.files(__package__).joinpath(name).read_text(encoding="utf-8")


def faults(page: Mapping) -> Iterator[PageError]:
    """Tell what in a page file is not as the schema asks.

    Raises:
        MissingExtraError: jsonschema is not installed.
    """
    told = [_told(page, error) for error in _validator().iter_errors(page)]
    yield from {str(fault): fault for fault in told}.values()


@cache
def _validator() -> Any:
    try:
        from jsonschema import Draft202012Validator, validators
    except ImportError:
        raise MissingExtraError(
            "a page file is checked with jsonschema; install it with: pip install 'china-ai-lawmaking[contribute]'"
        ) from None
    checker = Draft202012Validator.TYPE_CHECKER
    # Every scalar is a text here: what is a number or a truth value is seen from how it is written.
    for name, pattern in (("boolean", r"true|false"), ("integer", r"[0-9]+"), ("number", _NUMBER.pattern)):
        checker = checker.redefine(
            name, lambda _, node, form=re.compile(pattern): isinstance(node, Text) and bool(form.fullmatch(node))
        )
    extend: Any = validators.extend
    return extend(Draft202012Validator, type_checker=checker)(json.loads(shipped(SCHEMA)))


def _told(page: Mapping, error: Any) -> PageError:
    node: Any = page
    key: Any = ""
    place = page.place
    for key in error.absolute_path:
        if isinstance(node, Mapping):
            place = node.keys_at[key]
        node = node[key]
    where = f"{key}: " if key and isinstance(key, str) else ""
    if isinstance(node, Text):
        place = node.place
    known = error.validator_value
    match error.validator:
        case "additionalProperties" if isinstance(node, Mapping):
            unknown = next(name for name in node if name not in error.schema["properties"])
            names = list(error.schema["properties"])
            hint = did_you_mean(unknown, names) or f"keys: {', '.join(names)}"
            return PageError(node.keys_at[unknown], f"{where}there is no key {shown(unknown)} here", hint)
        case "required":
            lacking = [name for name in known if name not in node]
            return PageError(node.place, f"{where}{' and '.join(lacking)} missing", "")
        case "enum":
            hint = did_you_mean(node.lower(), known)
            return PageError(place, f"{where}{shown(node)} is not one of {', '.join(known)}", hint)
        case "type":
            kinds = [known] if isinstance(known, str) else known
            expected = " or ".join(_EXPECTED[kind] for kind in kinds)
            return PageError(place, f"{where}expected {expected}{_found(node)}", error.schema.get("description", ""))
        case "pattern":
            return PageError(place, f"{where}{shown(node)} has not the right form", error.schema.get("description", ""))
        case "minLength" | "maxLength":
            bounds = f"{error.schema.get('minLength', 0)} to {error.schema.get('maxLength')}"
            return PageError(place, f"{where}{len(node)} characters; expected {bounds}")
        case "minItems" | "minProperties":
            return PageError(place, f"{where}an empty list; expected at least {known}")
        case "maxItems":
            return PageError(place, f"{where}{len(node)} items; at most {known} are allowed")
        case _:
            return PageError(place, f"{where}{error.message}")


def _found(node: Any) -> str:
    if isinstance(node, Text):
        return f", found {shown(node)}"
    return ", found a list" if isinstance(node, Items) else ", found keys with values"
