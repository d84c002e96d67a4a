"""Options that several commands share, and what they do."""

import argparse
import os
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from ..package.descriptor import OVERRIDE, Package, open_package
from ..package.files import DESCRIPTOR, Folder
from ..problems import Problem
from ..validating import report
from ..validating.report import Report

# What adds one argument to a command.
Adder = Callable[[argparse.ArgumentParser], object]

FORMATS = ("text", "json", "github")
VERSION = "a folder, a zip, or a git revision of the checkout that you stand in, such as HEAD~1 or v1.0.0"


def argument(*names: str, **settings: Any) -> Adder:
    """Give what adds one argument, declared as argparse has it."""
    return lambda parser: parser.add_argument(*names, **settings)


ROOT = argument(
    "--root",
    metavar="DIR|ZIP",
    help=f"the package; default: the one that {OVERRIDE} names, else the one that you stand in, else the installed one",
)
OUT = argument("out", metavar="OUT", help="folder to make; it must not exist or be empty")
FORMAT = argument("--format", choices=FORMATS, default="text", help="how to tell (default: text)")


def checkout_root(parser: argparse.ArgumentParser) -> None:
    """Add `--root` to a command that changes files: never the installed package, nor one that the environment names."""
    around, told = _around() or os.curdir, "package to change (default: the one that you stand in)"
    parser.add_argument("--root", metavar="DIR", default=around, help=told)


def package(arguments: argparse.Namespace) -> Package:
    """Open the package that `--root` names, or its default."""
    if arguments.root is None and not os.environ.get(OVERRIDE):
        return open_package(_around())
    return open_package(arguments.root)


def is_elsewhere(arguments: argparse.Namespace) -> bool:
    """Tell whether the package is another one than its user named or stands in."""
    return arguments.root is None and (bool(os.environ.get(OVERRIDE)) or _around() is None)


def checkout(package: Package | None = None, named: Iterable[str] = ()) -> str:
    """Give the folder that revisions belong to: that of a package, else that of the one that its user stands in.

    At the top of a repository that holds the package in a folder, it is the first package that is named.
    """
    if package and isinstance(package.files, Folder):
        return package.files.root
    packages = (folder for folder in named if os.path.isfile(os.path.join(folder, DESCRIPTOR)))
    return _around() or next(packages, os.curdir)


def tell(
    format: str, package: Package, found: Report, more: Mapping[str, Any] | None = None, summary: Iterable[str] = ()
) -> int:
    """Print a report, with more members in JSON and more lines elsewhere; 1 for problems."""
    if format == "github":
        found = found._replace(problems=_from_top(package, found.problems))
    if format == "json":
        told = report.as_json(found, more or {})
    else:
        told = getattr(report, f"as_{format}")(found) + "".join(f"{line}\n" for line in summary)
    print(told, end="")
    return int(bool(found.problems))


def write(root: str, changes: Mapping[str, bytes], problems: Sequence[Problem], *, only_tell: bool = False) -> int:
    """Write files of a package and name them, or tell why not; 1 for a problem, or a change that is only told."""
    from ..editing import edits

    for problem in problems:
        print(f"{problem.place}: {problem.message} [{problem.code}]", file=sys.stderr)
    if problems:
        print("nothing was changed: mend these first", file=sys.stderr)
        return 1
    if not only_tell:
        edits.write(root, changes)
    for path in sorted(changes):
        print(f"{path} {'would change' if only_tell else 'changed'}")
    return int(only_tell and bool(changes))


def _from_top(package: Package, problems: list[Problem]) -> list[Problem]:
    """Name the files of problems from the top of the git repository of a package, where GitHub starts its paths."""
    folder = os.path.realpath(package.files.root) if isinstance(package.files, Folder) else ""
    # Asking git would need git; a file of that name is that of a submodule or of a second work tree.
    top = _nearest(folder, ".git") if folder else None
    if top is None or top == folder:
        return problems
    # Where the locale has no name for its letters, Python keeps the bytes of a path, which are UTF-8 to git.
    before = os.fsencode(os.path.relpath(folder, top)).decode("utf-8", "backslashreplace").replace(os.sep, "/")
    return [problem._replace(path=f"{before}/{problem.path}") for problem in problems]


def _around() -> str | None:
    """Give the nearest folder, from the working one up, that is a package, even one that cannot be used."""
    try:
        return _nearest(os.getcwd(), DESCRIPTOR)
    except FileNotFoundError:
        # It was deleted under its user's feet.
        return None


def _nearest(folder: str, name: str) -> str | None:
    """Give the nearest folder, from one up, in which something has this name."""
    while not os.path.exists(os.path.join(folder, name)):
        folder, below = os.path.dirname(folder), folder
        if folder == below:
            return None
    return folder
