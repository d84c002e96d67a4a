"""Addresses that open a page at a passage."""

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote

Sources = Mapping[str, Mapping[str, Any]]

# quote() byte for byte, for most quotations; it is called for every passage of a view.
_ESCAPED = {code: quote(chr(code), safe="") for code in range(128)} | {ord("-"): "%2D"}


def fragment(start: str, end: str | None) -> str:
    """Give the text fragment that opens a page at the passage, to be put after its address."""
    return ":~:text=" + ",".join(map(_escaped, filter(None, (start, end))))


def _escaped(words: str) -> str:
    # The syntax of text directives gives a meaning to comma, ampersand and dash; quote() leaves the dash alone.
    return words.translate(_ESCAPED) if words.isascii() else quote(words, safe="").replace("-", "%2D")


def chain(sources: Sources, source_id: str) -> Iterator[str]:
    """Give a source, then each one that contains the one before it."""
    seen: set[str] = set()
    while source_id in sources and source_id not in seen:
        yield source_id
        seen.add(source_id)
        source_id = sources[source_id]["part_of_id"] or ""


def address(sources: Sources, source_id: str) -> str:
    """Give the address of a source, or of the nearest one that contains it; empty without one."""
    return next((url for one in chain(sources, source_id) if (url := sources[one]["url"])), "")


def opening(address: str, start: str, end: str | None) -> str:
    """Give the address that opens at a passage; empty without an address."""
    # A directive follows a fragment without a second number sign.
    return f"{address}{'' if '#' in address else '#'}{fragment(start, end)}" if address else ""
