"""`diff`: what changed between two versions, and the version step that it calls for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..comparing import difference_report, revisions, versions
from . import options

if TYPE_CHECKING:
    import argparse

FORMATS = {
    "text": difference_report.as_text,
    "json": difference_report.as_json,
    "markdown": difference_report.as_markdown,
}


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    for name in ("old", "new"):
        parser.add_argument(
            name,
            metavar=name.upper(),
            help="a folder, a zip, or a git revision of the checkout that you stand in, such as HEAD~1 or v1.0.0",
        )
    parser.add_argument("--format", choices=FORMATS, default="text", help="how to tell (default: text)")


def run(arguments: argparse.Namespace) -> int:
    """Print the difference; a difference is no fault."""
    checkout = options.checkout()
    old, new = (revisions.open_any(location, checkout) for location in (arguments.old, arguments.new))
    print(FORMATS[arguments.format](versions.compare(old, new)), end="")
    return 0
