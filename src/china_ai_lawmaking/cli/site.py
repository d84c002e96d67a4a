"""`site`: write the pages on which the record is read."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from . import options

if TYPE_CHECKING:
    import argparse

    from ..package.descriptor import Package
    from ..site.texts import Since


ARGUMENTS = (
    options.OUT,
    options.argument(
        "--tabulator",
        metavar="DIR",
        type=Path,
        help="folder dist of the npm package tabulator-tables; without it grids are plain tables",
    ),
    options.argument(
        "--since",
        metavar="PLACE",
        help="an earlier version, as a folder, a zip or a git revision such as v1.0.0: what changed since, row by row",
    ),
    options.ROOT,
)


def run(arguments: argparse.Namespace) -> int:
    """Write the site."""
    from ..site import build

    package = options.package(arguments)
    since = None
    if arguments.since is not None:
        from ..comparing import revisions

        since = _since(revisions.open_any(arguments.since, os.curdir), package)
    count = build.write(package, Path(arguments.out), arguments.tabulator, since)
    print(f"{count} pages in {arguments.out}; open {arguments.out}/index.html")
    return 0


def _since(old: Package, new: Package) -> Since:
    """Put the rows that two versions do not share as the site shows them."""
    from ..comparing import versions
    from ..loading import csv
    from ..site.texts import Change, Since

    difference = versions.compare(old, new)
    changes = []
    for rows in difference.rows:
        for what, found in (("added", rows.added), ("removed", rows.removed)):
            for row in found:
                cells = [(name, "", text) if what == "added" else (name, text, "") for name, text in row.items()]
                key = " ".join(row[name] for name in rows.key)
                changes.append(Change(rows.table, key, what, cells))
        for changed in rows.changed:
            cells = [(name, old, new) for name, (old, new) in changed.cells.items()]
            changes.append(Change(rows.table, " ".join(changed.key), "changed", cells))
    # The comparison tells of a new table as one change of the contract.
    for table in (new.table(name) for name in new.names() if name not in old.names()):
        for number, texts in csv.rows(new, table):
            filled = {name: text for name, text in zip(table.columns, texts, strict=True) if text}
            key = " ".join(filled[name] for name in table.key) or str(number)
            changes.append(Change(table.name, key, "added", [(name, "", text) for name, text in filled.items()]))
    return Since(difference.old, changes)
