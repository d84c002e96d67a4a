"""`release`: write the files that are published with a version."""

import argparse
from pathlib import Path

from . import options

ARGUMENTS = (
    options.OUT,
    options.ROOT,
    options.argument("--since", metavar="VERSION", help="list in CHANGES.md what differs from this one"),
)


def run(arguments: argparse.Namespace) -> int:
    """Write the release."""
    from .. import release
    from ..comparing import difference_report, revisions, versions

    package, differences = options.package(arguments), ""
    if arguments.since is not None:
        earlier = revisions.open_any(arguments.since, options.checkout(package))
        differences = difference_report.as_markdown(versions.compare(earlier, package))
    release.write(package, Path(arguments.out), differences)
    return 0
