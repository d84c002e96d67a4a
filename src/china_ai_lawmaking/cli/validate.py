"""`validate`: tell what is wrong with a package."""

from __future__ import annotations

import os

from .. import package, report, validation

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse

FORMATS = {"text": report.as_text, "json": report.as_json, "github": report.as_github}


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument(
        "--root",
        metavar="DIR|ZIP",
        help="package to check (default: the checkout you stand in, else the installed package)",
    )
    parser.add_argument("--format", choices=FORMATS, default="text", help="how to tell (default: text)")


def run(arguments: argparse.Namespace) -> int:
    """Print the report; 0 for a clean package, 1 for problems."""
    root = arguments.root
    if root is None and package.is_checkout(os.curdir):
        root = os.curdir
    verdict = validation.judge(package.locate(root))
    print(FORMATS[arguments.format](verdict), end="")
    return 1 if verdict.problems else 0
