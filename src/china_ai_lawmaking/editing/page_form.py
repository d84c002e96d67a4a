"""The form of a page file: its JSON Schema, which editors use too, and what breaks it, by line and column."""

from __future__ import annotations

import json
import re
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

from ..problems import shown
from ..validating.explanations import did_you_mean
from .yaml_file import Mapping, PageError, Text

if TYPE_CHECKING:
    from collections.abc import Iterator

SCHEMA = "page-file.schema.json"
BLANK = "page-file.blank.yaml"
# Every scalar is a text here: what is a number or a truth value is seen from how it is written.
_WRITTEN = {"boolean": "true|false", "integer": "[0-9]+", "number": r"-?[0-9]+(?:\.[0-9]+)?"}
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
    """Tell what in a page file is not as the schema asks."""
    told = [_told(page, error) for error in _validator().iter_errors(page)]
    yield from {str(fault): fault for fault in told}.values()


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
    if isinstance(node, Text):
        place = node.place
    where = f"{key}: " if isinstance(key, str) and key else ""
    known, about = error.validator_value, error.schema.get("description", "")
    match error.validator:
        case "additionalProperties" if isinstance(node, Mapping):
            unknown = next(name for name in node if name not in error.schema["properties"])
            hint = did_you_mean(unknown, error.schema["properties"]) or f"keys: {', '.join(error.schema['properties'])}"
            return PageError(node.keys_at[unknown], f"{where}there is no key {shown(unknown)} here", hint)
        case "required":
            lacking = " and ".join(name for name in known if name not in node)
            return PageError(node.place, f"{where}{lacking} missing")
        case "enum":
            hint = did_you_mean(node.lower(), known)
            return PageError(place, f"{where}{shown(node)} is not one of {', '.join(known)}", hint)
        case "type":
            expected = " or ".join(_EXPECTED[kind] for kind in ([known] if isinstance(known, str) else known))
            found = (
                shown(node) if isinstance(node, Text) else "keys with values" if isinstance(node, Mapping) else "a list"
            )
            return PageError(place, f"{where}expected {expected}, found {found}", about)
        case "pattern":
            return PageError(place, f"{where}{shown(node)} has not the right form", about)
        case "minLength" | "maxLength":
            bounds = f"{error.schema.get('minLength', 0)} to {error.schema.get('maxLength')}"
            return PageError(place, f"{where}{len(node)} characters; expected {bounds}")
        case "minItems" | "minProperties":
            return PageError(place, f"{where}an empty list; expected at least {known}")
        case "maxItems":
            return PageError(place, f"{where}{len(node)} items; at most {known} are allowed")
        case _:
            return PageError(place, f"{where}{error.message}")
