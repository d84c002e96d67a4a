"""`site`: write the pages on which the record is read."""

import argparse
from pathlib import Path

from . import options

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
        from ..comparing import revisions, versions
        from ..site.texts import Since

        difference = versions.compare(revisions.open_any(arguments.since, options.checkout(package)), package)
        since = Since(difference.old, [*versions.cells(difference)])
    count = build.write(package, Path(arguments.out), arguments.tabulator, since)
    print(f"{count} pages in {arguments.out}; open {arguments.out}/index.html")
    return 0
