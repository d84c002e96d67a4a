"""`validate`: tell what is wrong with a package."""

import argparse
import sys

from . import options

ARGUMENTS = (
    options.ROOT,
    options.FORMAT,
    options.argument(
        "--since",
        metavar="VERSION",
        help="an earlier version, as a folder, a zip, or a git revision of the checkout that you stand in: "
        "identifiers lost since, and a version lower than the changes call for, are problems too",
    ),
    options.argument(
        "--unreleased", action="store_true", help="with --since: a version that is still too low is a note, no problem"
    ),
)


def run(arguments: argparse.Namespace) -> int:
    """Print the report; 0 for a clean package, 1 for problems."""
    from ..validating import validation

    package = options.package(arguments)
    if options.is_elsewhere(arguments):
        # Whoever wants to know about files of their own must not take this for the answer.
        print(f"judging {package.location}, version {package.version}; name another with --root", file=sys.stderr)
    found = validation.validate(package)
    if arguments.since is not None:
        from ..comparing import revisions, versions

        late = versions.problems(revisions.open_any(arguments.since, options.checkout(package)), package)
        for note in [problem for problem in late if arguments.unreleased and problem.code == "low-version"]:
            late.remove(note)
            print(f"note: version {note.message}; before the release {note.hint}", file=sys.stderr)
        found = found._replace(problems=sorted(found.problems + late))
    return options.tell(arguments.format, package, found)
