"""Open the package as it was at a revision of a git repository, without touching the work tree."""

from __future__ import annotations

import os

from ..errors import PackageError, UsageError
from ..package.descriptor import Package, locate


class Revision:
    """Files of a package in one commit."""

    def __init__(self, folder: str, name: str) -> None:
        """Resolve the name of a commit in the repository around a folder.

        Raises:
            UsageError: The folder is in no git repository, or the repository has no such commit.
        """
        self._folder = folder
        try:
            # After --end-of-options a name that starts with a dash is still a name.
            found = self._git("rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}")
        except FileNotFoundError:
            found = None
        if found is None:
            raise UsageError(f"there is no folder, zip or git revision {name!r} here")
        self._commit = found.decode().strip()

    def check(self, path: str) -> None:
        """Accept every path: git follows no links inside a commit."""

    def read(self, path: str) -> bytes:
        """Give the bytes of a file."""
        data = self._git("cat-file", "blob", f"{self._commit}:./{path}")
        if data is None:
            raise FileNotFoundError(path)
        return data

    def resolve(self, name: str, *, other: bool = False) -> str:
        """Give the commit of a name in the same repository, or where that and this one parted; empty without one."""
        command = ("merge-base", name, self._commit) if other else ("rev-parse", "--verify", "--quiet", name)
        return (self._git(*command) or b"").decode().strip()

    def _git(self, *arguments: str) -> bytes | None:
        import subprocess

        done = subprocess.run(["git", "-C", self._folder, *arguments], capture_output=True, check=False)  # noqa: S603, S607
        return None if done.returncode else done.stdout


def open_any(location: str, checkout: str) -> Package:
    """Open a folder, a zip, or a git revision of a checkout.

    Args:
        location: Path of a folder or zip, or the name of a revision such as `HEAD~1` or `v1.0.0`.
        checkout: Folder of the package inside the git repository.

    Raises:
        UsageError: It is none of the three, or both a path and a revision.
        PackageError: There is no package there, or it cannot be read safely.
    """
    is_path = os.path.exists(location)
    if is_path and (os.path.isabs(location) or location.startswith(os.curdir)):
        return locate(location)
    try:
        revision = Revision(checkout, location)
    except UsageError:
        if is_path:
            return locate(location)
        raise
    if is_path:
        # A change can bring a folder that is named like the version with which it is compared.
        place = os.path.join(os.curdir, location)
        raise UsageError(f"{location!r} is both a git revision and a path here; write {place!r} for the path")
    try:
        return Package(location, revision)
    except PackageError as error:
        raise PackageError(f"git revision {location}: {error}") from None


def sides(name: str, checkout: str) -> tuple[Package, Package, Package, bool]:
    """Give the two sides of a merge with another branch, and where they parted.

    Args:
        name: A revision of the other branch.
        checkout: Folder of the package inside the git repository.

    Returns:
        The common ancestor; our side, which is our last commit while a merge is under way, else the folder; the other
        side; and whether a merge is under way.

    Raises:
        UsageError: There is no such revision, or the two have no common ancestor.
        PackageError: There is no package in one of them.
    """
    theirs = Revision(checkout, name)
    is_merging = theirs.resolve("MERGE_HEAD") != ""
    base = theirs.resolve("HEAD", other=True)
    if not base:
        raise UsageError(f"your commits and {name!r} have no common ancestor")
    ours = Package("HEAD", Revision(checkout, "HEAD")) if is_merging else locate(checkout)
    return Package(base, Revision(checkout, base)), ours, Package(name, theirs), is_merging
