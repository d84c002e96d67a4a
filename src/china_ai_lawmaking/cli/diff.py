"""`diff`: what changed between two versions, and the version step that it calls for."""

import argparse

from ..comparing import difference_report, revisions, versions
from .options import VERSION, argument, checkout

ARGUMENTS = (
    argument("old", metavar="OLD", help=VERSION),
    argument("new", metavar="NEW", help=VERSION),
    argument("--format", choices=("text", "json", "markdown"), default="text", help="how to tell (default: text)"),
)


def run(arguments: argparse.Namespace) -> int:
    """Print the difference; a difference is no fault."""
    given = (arguments.old, arguments.new)
    old, new = (revisions.open_any(location, checkout(named=given)) for location in given)
    print(getattr(difference_report, f"as_{arguments.format}")(versions.compare(old, new)), end="")
    return 0
