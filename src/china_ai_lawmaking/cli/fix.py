"""`fix`: bring the files of a package into canonical form and its hashes up to date."""

import argparse
import contextlib
import sys

from ..editing import edits
from ..package.descriptor import Package, open_package
from ..package.files import DESCRIPTOR, Folder, Overlay
from . import options

ARGUMENTS = (
    options.checkout_root,
    options.argument("--check", action="store_true", help="only tell what would change; exit 1 if anything would"),
    options.argument(
        "--renumber",
        metavar="REVISION",
        help="bring your commits and those of another branch together row by row, such as origin/main after a merge "
        "that stopped: your new rows get the next numbers that are free there",
    ),
)


def run(arguments: argparse.Namespace) -> int:
    """Rewrite what is not canonical; 1 if a file cannot be mended, or with --check if anything would change."""
    opened, unmarked = _opened(arguments.root)
    files: dict[str, bytes] = {}
    if arguments.renumber is not None:
        from ..comparing import revisions
        from ..editing import merging

        base, ours, theirs, is_merging = revisions.sides(arguments.renumber, arguments.root)
        files, numbers, conflicts = merging.merge(base, ours, theirs if is_merging else base, theirs)
        if conflicts:
            how = f"git merge --abort, write what {arguments.renumber} has, commit, and merge again"
            told = f"nothing was changed; both sides changed these: {how}"
            print(*conflicts, told, sep="\n", file=sys.stderr)
            return 1
        for old, new in numbers.items():
            print(f"{old} is now {new}")
    changes, problems = edits.change(opened, files)
    return options.write(arguments.root, unmarked | changes, problems, only_tell=arguments.check)


def _opened(root: str) -> tuple[Package, dict[str, bytes]]:
    """Open the package of a folder, without the marks of a conflict that git left in its descriptor."""
    files, data = Folder(root), b""
    with contextlib.suppress(FileNotFoundError):
        data = files.read(DESCRIPTOR)
    if b"\n<<<<<<< " not in data:
        opened = open_package(root)
        edits.folder(opened)
        return opened, {}
    from ..editing import merging

    unmarked = {DESCRIPTOR: merging.without_marks(data)}
    return Package(root, Overlay(files, unmarked)), unmarked
