"""Page files into a package: read them, work out the rows, and hold the whole against the rules."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, NamedTuple

from ..errors import UsageError
from ..loading import csv
from ..package.files import DESCRIPTOR
from ..validating import validation
from . import edits, page_form, yaml_file
from .builder import Page
from .pages import assemble
from .yaml_file import PageError, Place

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from ..package.descriptor import Package
    from ..problems import Problem
    from .draft import Draft

MAX_TEXT = 10_000_000


class Addition(NamedTuple):
    """What page files come to.

    Attributes:
        files: New bytes by path inside the package.
        faults: What is wrong, each with its place; with any of them there are no files.
        notes: What was worked out otherwise than somebody may expect.
        counts: New rows, and cells that were filled, by table.
    """

    files: dict[str, bytes]
    faults: list[PageError]
    notes: list[str]
    counts: dict[str, tuple[int, int]]


def page_files(places: Iterable[str]) -> list[str]:
    """List page files, those that are named and those in folders that are named; UsageError where there is none."""
    paths: dict[str, None] = {}
    for place in places:
        if not os.path.exists(place):
            raise UsageError(f"there is no page file or folder {place}")
        found = [os.path.join(top, name) for top, _, names in os.walk(place) for name in names]
        found = sorted(path for path in found if path.endswith((".yaml", ".yml")))
        paths |= dict.fromkeys(found if os.path.isdir(place) else [place])
    if not paths:
        raise UsageError("no page file is named; `china-ai-lawmaking add --blank` prints an empty one")
    return [*paths]


def read(
    paths: Sequence[str], *, text: str | None = None, texts: str | None = None
) -> tuple[list[Page], list[PageError]]:
    """Read page files, with the texts of their pages where they are at hand.

    Args:
        paths: The files.
        text: The text of the only page; without it the file of the same name that ends in .txt, or `text_file`.
        texts: Folder in which `text_file` is looked for; without it that of the page file.

    Returns:
        The pages, and what is wrong in files that are none.

    Raises:
        UsageError: A text that is named is not there.
        ModuleNotFoundError: The libraries of the extra `contribute` are not installed.
    """
    pages, faults = [], []
    for path in paths:
        try:
            with open(path, "rb") as file:
                data = yaml_file.read(file.read(yaml_file.MAX_BYTES + 1), path)
            if of_form := list(page_form.faults(data)):
                faults += of_form
                continue
            stem = os.path.splitext(os.path.abspath(path))[0]
            pages.append(Page(stem.replace(os.sep, "/"), data, _text(f"{stem}.txt", data, text, texts)))
        except PageError as fault:
            faults.append(fault)
    return pages, faults


def add(package: Package, pages: Sequence[Page], *, today: str) -> Addition:
    """Work out what has to be written so that the package holds what the pages say.

    Args:
        package: The package.
        pages: The page files of one call, which may refer to each other.
        today: Day on which pages without a day of their own were read.

    Raises:
        DataError: A table of the package cannot be read.
    """
    draft, faults = assemble(package, pages, today=today)
    if faults:
        return Addition({}, sorted(faults, key=lambda fault: fault.place), draft.notes, {})
    added = draft.files()
    read_last = max((row["accessed_date"] for row in draft.rows["sources"].values()), default="")
    if added and read_last > package.created:
        # Or the rule `after-version` would refuse what was read after the day of the version.
        day, described = rb"\g<1>" + read_last.encode(), package.files.read(DESCRIPTOR)
        added[DESCRIPTOR] = re.sub(rb'("created":\s*")[0-9-]{10}', day, described, count=1)
    files, problems = edits.change(package, added)
    problems = problems or validation.validate(edits.overlaid(package, files)).problems
    if problems:
        lines = _places(draft, files)
        return Addition({}, [_located(problem, lines) for problem in problems], draft.notes, {})
    changed = sorted({*draft.added, *(name for name, cells in draft.filled.items() if cells)})
    return Addition(files, [], draft.notes, {name: (draft.added[name], draft.filled[name]) for name in changed})


def _text(beside: str, data: yaml_file.Mapping, text: str | None, texts: str | None) -> bytes | None:
    place = text or beside
    if text is None and "text_file" in data:
        named = data["text_file"]
        place = os.path.join(texts or os.path.dirname(beside), *named.split("/"))
        if ".." in named.split("/") or not os.path.isfile(place):
            raise PageError(named.place, f"there is no text at {place}", "name its folder with --texts DIR")
    if text is None and not os.path.isfile(place):
        return None
    try:
        with open(place, "rb") as file:
            content = file.read(MAX_TEXT + 1)
        content.decode("utf-8")
    except OSError as error:
        raise UsageError(f"{place} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError as error:
        raise PageError(data.place, f"{place}: byte {error.start} is not UTF-8") from None
    if len(content) > MAX_TEXT:
        raise PageError(data.place, f"{place} has more than {MAX_TEXT} bytes")
    return content


def _places(draft: Draft, files: Mapping[str, bytes]) -> dict[tuple[str, int], Place]:
    """Give where the rows of the new files come from, by path and physical line."""
    return {
        (table.path, line): draft.places[name, key]
        for name, table in draft.tables.items()
        if table.path in files
        for line, cells in csv.strict(files[table.path], table.path, table.columns)
        if (name, key := draft.key(name, dict(zip(table.columns, cells, strict=True)))) in draft.places
    }


def _located(problem: Problem, places: Mapping[tuple[str, int], Place]) -> PageError:
    """Give a problem of the package at the place of a page file that it comes from, else where it is."""
    place = places.get((problem.path, problem.line), Place(problem.path, problem.line, 1))
    table = problem.path.rpartition("/")[2].partition(".")[0]
    where = ".".join(filter(None, (table, problem.column)))
    return PageError(place, f"{where}: {problem.message} [{problem.code}]", problem.hint)
