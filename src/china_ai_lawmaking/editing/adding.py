"""Page files into a package: read them, work out the rows, and hold the whole against the rules."""

import os
import re
from collections.abc import Iterable, Mapping, Sequence

from ..errors import UsageError
from ..loading import csv
from ..package.descriptor import Package
from ..package.files import DESCRIPTOR
from ..passages.passage import decoded
from ..problems import Problem
from ..validating import validation
from . import edits, page_file
from .builder import Page
from .draft import Draft, Row
from .page_file import PageError, Place
from .pages import assemble


def read(paths: Iterable[str], *, text: str | None = None) -> tuple[list[Page], list[PageError]]:
    """Read page files, with the text of each where it is at hand: the file of the same name in .txt, or `text`.

    Returns:
        The pages, and what is wrong in files that are none.

    Raises:
        UsageError: A file that is named cannot be read.
        ModuleNotFoundError: The libraries of the extra `contribute` are not installed.
    """
    pages, faults = [], []
    for path in paths:
        place = text or text_beside(path)
        try:
            data = page_file.read(_bytes(path), path)
            words = decoded(_bytes(place)) if text or os.path.isfile(place) else None
            if of_form := page_file.faults(data):
                faults += of_form
            else:
                pages.append(Page(os.path.splitext(os.path.basename(path))[0], data, words))
        except PageError as fault:
            faults.append(fault)
        except UnicodeDecodeError as error:
            faults.append(PageError(Place(place, 1, 1), f"byte {error.start + 1} is not UTF-8", "save it as UTF-8"))
    return pages, faults


def text_beside(path: str) -> str:
    """Give the file in which the text of a page is looked for."""
    return f"{os.path.splitext(path)[0]}.txt"


def add(package: Package, pages: Sequence[Page], *, today: str) -> tuple[dict[str, bytes], list[PageError], Draft]:
    """Work out what has to be written so that the package holds what the pages say, read today unless they say when.

    Returns:
        New bytes by path inside the package; what is wrong, each with its place, and then there are no files; and the
        record as it would be.

    Raises:
        DataError: A table of the package cannot be read.
    """
    draft, faults = assemble(package, pages, today=today)
    added = draft.files()
    if faults or not added:
        return {}, sorted(faults, key=lambda fault: fault.place), draft
    read_last = max(row["accessed_date"] for row in draft.rows["sources"].values())
    if read_last > package.created:
        # Or the rule `after-version` would refuse what was read after the day of the version.
        day, described = rb"\g<1>" + read_last.encode(), package.files.read(DESCRIPTOR)
        added[DESCRIPTOR] = re.sub(rb'("created":\s*")[0-9-]{10}', day, described, count=1)
    files, problems = edits.change(package, added)
    problems = problems or validation.validate(edits.overlaid(package, files)).problems
    rows = _rows(draft, files) if problems else {}
    return {} if problems else files, [_located(problem, rows) for problem in problems], draft


def _bytes(path: str) -> bytes:
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}") from None


def _rows(draft: Draft, files: Mapping[str, bytes]) -> dict[tuple[str, int], tuple[Place, Row]]:
    """Give where the new and changed rows come from, and the rows, by path and physical line of the new files."""
    return {
        (table.path, line): (draft.places[name, key], draft.rows[name][key])
        for name, table in draft.tables.items()
        if table.path in files
        for line, cells in csv.strict(files[table.path], table)
        if (name, key := draft.key(name, dict(zip(table.columns, cells, strict=True)))) in draft.places
    }


def _located(problem: Problem, rows: Mapping[tuple[str, int], tuple[Place, Row]]) -> PageError:
    """Give a problem of the package at the cell or row of a page file that it comes from, else where it is."""
    place, row = rows.get((problem.path, problem.line), (Place(problem.path, problem.line, 1), {}))
    cell = row.get(problem.column, "")
    table = problem.path.rpartition("/")[2].partition(".")[0]
    where = ".".join(filter(None, (table, problem.column)))
    told = f"{where}: {problem.message} [{problem.code}]"
    return PageError(cell.place if isinstance(cell, page_file.Text) else place, told, problem.hint)
