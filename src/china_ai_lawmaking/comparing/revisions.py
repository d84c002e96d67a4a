"""Open the package as it was at a revision of a git repository, without touching the work tree."""

import io
import os
import posixpath

from ..errors import PackageError, UsageError
from ..package.descriptor import Package, open_package
from ..package.files import fetched

# Of a hook these name the repository of the commit; the folder alone decides here.
_AMBIENT = ("GIT_DIR", "GIT_WORK_TREE", "GIT_PREFIX", "GIT_INDEX_FILE")


class Revision:
    """Files of a package in one commit."""

    def __init__(self, folder: str, name: str) -> None:
        """Resolve the name of a commit in the repository around a folder.

        Raises:
            UsageError: The repository has no such commit.
            PackageError: Git cannot answer, perhaps because there is no repository; the message gives its reason.
        """
        self._folder, self._name = folder, name
        # After --end-of-options a name that starts with a dash is still a name.
        found = _git(folder, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}")
        self.commit = found.decode().strip()
        if not self.commit:
            is_shallow = _git(folder, "rev-parse", "--is-shallow-repository").strip() == b"true"
            how = "; this clone has only a part of the history: git fetch --unshallow --tags" if is_shallow else ""
            raise UsageError(f"there is no folder, zip or git revision {name!r} here{how}")
        self._blobs: dict[str, str] = {}
        self._read: dict[str, bytes] = {}

    def check(self, path: str) -> None:
        """Accept every path: git follows no links inside a commit."""

    def read(self, path: str) -> bytes:
        """Give the bytes of a file."""
        try:
            if not self._blobs:
                listed = _git(self._folder, "ls-tree", "-r", "-z", self.commit).decode("utf-8", "surrogateescape")
                entries = (entry.partition("\t") for entry in listed.split("\0") if entry)
                self._blobs = {path: about.split()[2] for about, _, path in entries}
            if path not in self._blobs:
                raise FileNotFoundError(path)
            if path not in self._read:
                self._read |= self._beside(path)
            if path not in self._read:
                # Alone, so that git gives its reason.
                self._read[path] = _git(self._folder, "cat-file", "blob", self._blobs[path])
        except PackageError as error:
            raise PackageError(f"{path} of git revision {self._name}: {error}") from None
        return fetched(path, self._read[path])

    def _beside(self, path: str) -> dict[str, bytes]:
        """Read the files of the folder in which a file is; a process for each file would take most of the time."""
        folder = posixpath.dirname(path)
        paths = [one for one in self._blobs if posixpath.dirname(one) == folder]
        blobs = "".join(f"{self._blobs[one]}\n" for one in paths).encode()
        answer, found = io.BytesIO(_git(self._folder, "cat-file", "--batch", data=blobs)), {}
        for one in paths:
            about = answer.readline().split()
            if len(about) < 3:
                # Git has no such blob.
                break
            found[one] = answer.read(int(about[2]))
            answer.read(1)
        return found


def open_any(location: str, checkout: str) -> Package:
    """Open a folder, a zip, or a revision such as `HEAD~1` or `v1.0.0` of the folder of a package in a git repository.

    Raises:
        UsageError: It is none of the three, or both a path and a revision.
        PackageError: There is no package there, or it cannot be read safely.
    """
    is_path = os.path.exists(location)
    if is_path and (os.path.isabs(location) or location.startswith(os.curdir)):
        return open_package(location)
    try:
        revision = Revision(checkout, location)
    except (PackageError, UsageError) as error:
        if is_path:
            return open_package(location)
        if isinstance(error, UsageError):
            raise
        raise PackageError(f"{location!r} is no folder or zip, and {error}") from None
    if is_path:
        # A change can bring a folder that is named like the version with which it is compared.
        place = os.path.join(os.curdir, location)
        how = f"write {place!r} for the path, or {f'{location}^0'!r} for the revision"
        raise UsageError(f"{location!r} is both a git revision and a path here; {how}")
    try:
        return Package(location, revision)
    except PackageError as error:
        raise PackageError(f"git revision {location}: {error}") from None


def sides(name: str, checkout: str) -> tuple[Package, Package, Package, bool]:
    """Give the two sides of a merge with another branch, named by a revision of it, and where they parted.

    Returns:
        The common ancestor; our side, which is our last commit while a merge is under way, else the folder; the other
        side; and whether a merge is under way.

    Raises:
        UsageError: There is no such revision, or the two have no common ancestor.
        PackageError: There is no package in one of them.
    """
    theirs = Revision(checkout, name)
    is_merging = bool(_git(checkout, "rev-parse", "--verify", "--quiet", "MERGE_HEAD"))
    base = _git(checkout, "merge-base", "HEAD", theirs.commit).decode().strip()
    if not base:
        raise UsageError(f"your commits and {name!r} have no common ancestor")
    ours = Package("HEAD", Revision(checkout, "HEAD")) if is_merging else open_package(checkout)
    return Package(base, Revision(checkout, base)), ours, Package(name, theirs), is_merging


def _git(folder: str, *arguments: str, data: bytes = b"") -> bytes:
    """Give what git prints; nothing where it fails without a word, as for a name that is no commit.

    Raises:
        PackageError: Git cannot answer; the message has its reason on one line, without its hints.
    """
    import subprocess

    environment = {name: value for name, value in os.environ.items() if name not in _AMBIENT}
    try:
        done = subprocess.run(  # noqa: S603  no shell, and the name of a revision is never an option
            ["git", "-C", folder, *arguments],  # noqa: S607  git is where its user has it
            input=data,
            capture_output=True,
            check=False,
            env=environment,
        )
    except FileNotFoundError:
        raise PackageError("git is not installed, which revisions need") from None
    lines = done.stderr.decode(errors="backslashreplace").strip().splitlines()
    if done.returncode and lines:
        said = next((line for line in lines if line.startswith("fatal: ")), lines[0])
        raise PackageError(f"git says: {said.removeprefix('fatal: ').removeprefix('error: ')}")
    # Of a range git prints both ends, and fails.
    return b"" if done.returncode else done.stdout
