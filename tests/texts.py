"""Packages with source texts of their own, for tests of evidence."""

from __future__ import annotations

import csv
import hashlib
from typing import TYPE_CHECKING, Any

from packages import good

from china_ai_lawmaking.package import descriptor
from china_ai_lawmaking.passages.evidence import Sources

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path


class Sourced:
    """The good package with other sources and evidence, and a folder of texts."""

    def __init__(self, root: Path) -> None:
        self.root = good(root / "package")
        self.texts = root / "texts"
        self.texts.mkdir()

    def sources(self, texts: Mapping[str, str], *others: Mapping[str, str]) -> Sourced:
        """Give each source a text; `others` are rows of sources without one."""
        rows: list[Mapping[str, str]] = []
        for source, text in texts.items():
            content = text.encode()
            (self.texts / f"{source}.txt").write_bytes(content)
            address = f"https://example.org/{source}"
            digest = hashlib.sha256(content).hexdigest()
            rows.append({"id": source, "title": f"Title of {source}", "url": address, "text_sha256": digest})
        self._write("data/sources.csv", _columns(self.root / "data" / "sources.csv"), [*rows, *others])
        return self

    def evidence(self, *rows: tuple[str, ...]) -> Sourced:
        """Make evidence of tuples: source, first words, last words and, at times, the source credited and a digest."""
        columns = ("source_id", "quote_start", "quote_end", "via_source_id", "passage_sha256")
        full = [
            {"id": f"ev-{n:05}", "record_table": "people", "record_id": "bo-lin", "relation": "states"}
            | dict(zip(columns, row, strict=False))
            for n, row in enumerate(rows, 1)
        ]
        self._write("data/evidence.csv", _columns(self.root / "data" / "evidence.csv"), full)
        return self

    def open(self) -> tuple[descriptor.Package, Sources]:
        """Open the package and its sources."""
        opened = descriptor.open_package(self.root)
        return opened, Sources(opened, str(self.texts))

    def _write(self, path: str, columns: list[str], rows: Iterable[Mapping[str, Any]]) -> None:
        with (self.root / path).open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, columns, restval="", lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)


def _columns(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").splitlines()[0].split(",")
