"""`validate`: tell what is wrong with a package."""

from __future__ import annotations

from .. import report, validation
from . import options

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse

FORMATS = {"text": report.as_text, "json": report.as_json, "github": report.as_github}


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    options.add_root(parser)
    parser.add_argument("--format", choices=FORMATS, default="text", help="how to tell (default: text)")


def run(arguments: argparse.Namespace) -> int:
    """Print the report; 0 for a clean package, 1 for problems."""
    verdict = validation.judge(options.package(arguments))
    print(FORMATS[arguments.format](verdict), end="")
    return 1 if verdict.problems else 0
