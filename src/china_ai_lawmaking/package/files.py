"""Where the files of a package are: a folder, a zip, or either with some files changed.

Everything here runs before the first row is read, so it imports only what `csv` imports anyway.
"""

from __future__ import annotations

import os

from ..errors import PackageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    import zipfile
    from collections.abc import Mapping
    from typing import Protocol

    class Files(Protocol):
        """Where the files of a package are: a folder, a zip, a commit."""

        def check(self, path: str) -> None:
            """Refuse a path that must not be followed."""

        def read(self, path: str) -> bytes:
            """Give the bytes of a file, or raise FileNotFoundError."""


DESCRIPTOR = "datapackage.json"

# Limits on a zip, against archives made to exhaust the reader.
MAX_UNPACKED = 1 << 30
MAX_ENTRIES = 10_000
MAX_RATIO = 200


def check_path(path: str, what: str) -> None:
    """Refuse a path that does not lead to a file inside the package; `what` names it in the sentence."""
    if "://" in path:
        raise PackageError(f"{what} is an address ({path!r}); expected a file inside the package")
    if path.startswith(("/", "\\", "~")) or path[1:2] == ":":
        raise PackageError(f"{what} is absolute ({path!r}); expected a path inside the package")
    if not path.isprintable():
        raise PackageError(f"{what} holds a control character ({path!r})")
    if ".." in path.replace("\\", "/").split("/") or "\\" in path or "\0" in path:
        raise PackageError(f"{what} leaves the package ({path!r})")


def fetched(path: str, data: bytes) -> bytes:
    """Give the bytes of a file, or refuse what git keeps in its place while it is not fetched."""
    if data.startswith(b"version https://git-lfs.github.com/spec/"):
        raise PackageError(f"{path} is a pointer of Git LFS; fetch the file with 'git lfs pull'")
    return data


class Folder:
    """Files of a package in a folder."""

    def __init__(self, root: str, *, may_link: bool = False) -> None:
        """Remember the folder; nothing is read yet.

        Args:
            root: An absolute path, so that the package stays the same when its user changes the working folder.
            may_link: Whether files may be links, as those that a package manager installs.
        """
        self.root = root
        self._may_link = may_link

    def path(self, path: str) -> str:
        """Give the path of a file on disk."""
        return os.path.join(self.root, *path.split("/"))

    def check(self, path: str) -> None:
        """Refuse a path that is a link or passes through one."""
        if self._may_link:
            return
        place = self.root
        for part in path.split("/"):
            place = os.path.join(place, part)
            if os.path.islink(place):
                raise PackageError(f"{path} is a link; expected a file inside the package")

    def read(self, path: str) -> bytes:
        """Give the bytes of a file."""
        place = self.path(path)
        if not os.path.isfile(place):
            try:
                os.stat(place)
            except PermissionError:
                # A folder that may not be entered is not an empty one.
                raise
            except OSError:
                pass
            raise FileNotFoundError(path)
        with open(place, "rb") as file:
            return fetched(path, file.read())


class Archive:
    """Files of a package in a zip: at its top, or in the one folder that is a package and lies nearest to the top.

    No file stays open: processes that fork share the position in an open file, an open file cannot be pickled, and on
    Windows it cannot be replaced or deleted.
    """

    def __init__(self, path: str, folder: str | None = None) -> None:
        """Check the limits of the zip before anything is unpacked.

        Args:
            path: The zip.
            folder: Folder inside the zip; without it the package is looked for. What lies outside is left alone.
        """
        self.path = path
        with self._open() as archive:
            entries = archive.infolist()
            self._stamp = _stamp(path)
        # Old tools for Windows separate folders with backslashes, as Python does there.
        named = [(entry.filename.replace("\\", "/"), entry) for entry in entries]
        self._prefix = self._find({name for name, _ in named}) if folder is None else f"{folder}/"
        inside = [(name, entry) for name, entry in named if name.startswith(self._prefix)]
        unpacked = sum(entry.file_size for _, entry in inside)
        packed = sum(entry.compress_size for _, entry in inside)
        if len(inside) > MAX_ENTRIES:
            raise PackageError(f"{path} has {len(inside)} entries; at most {MAX_ENTRIES} are read")
        if unpacked > MAX_UNPACKED:
            raise PackageError(f"{path} unpacks to {unpacked} bytes; at most {MAX_UNPACKED} are read")
        if unpacked > MAX_RATIO * max(packed, 1):
            raise PackageError(f"{path} unpacks to more than {MAX_RATIO} times its size")
        self._entries: dict[str, zipfile.ZipInfo] = {}
        for name, entry in inside:
            check_path(name, f"an entry of {path}")
            if entry.external_attr >> 28 == 0o12:
                raise PackageError(f"{path} holds a link ({name!r})")
            if name in self._entries:
                raise PackageError(f"{path} holds {name!r} twice")
            self._entries[name] = entry

    def check(self, path: str) -> None:
        """Accept every path: the zip was checked when it was opened."""

    def read(self, path: str) -> bytes:
        """Give the bytes of a file."""
        import lzma
        import zipfile
        import zlib

        entry = self._entries.get(self._prefix + path)
        if entry is None:
            raise FileNotFoundError(path)
        with self._open() as archive:
            if _stamp(self.path) != self._stamp:
                raise PackageError(f"{self.path} has changed since it was opened; open it again")
            try:
                with archive.open(entry) as file:
                    # A header can understate the size; what it states is all that is read.
                    return fetched(path, file.read(entry.file_size))
            # bzip2 raises OSError for damage.
            except (zipfile.BadZipFile, zlib.error, lzma.LZMAError, OSError, RuntimeError, EOFError) as error:
                raise PackageError(f"{path} cannot be unpacked: {error}") from None

    def _open(self) -> zipfile.ZipFile:
        import zipfile

        try:
            return zipfile.ZipFile(self.path)
        except OSError as error:
            raise PackageError(f"{self.path} cannot be read: {error.strerror or error}") from None
        except (ValueError, NotImplementedError, zipfile.BadZipFile) as error:
            raise PackageError(f"{self.path} is not a readable zip: {error}") from None

    def _find(self, names: set[str]) -> str:
        if DESCRIPTOR in names:
            return ""
        packages = [name for name in names if name.endswith(f"/{DESCRIPTOR}")]
        # Who unpacks a zip in Explorer and packs the folder again has one folder in another.
        depth = min((name.count("/") for name in packages), default=0)
        found = sorted(name for name in packages if name.count("/") == depth)
        if len(found) > 1:
            raise PackageError(f"{self.path} holds several packages: {', '.join(found)}; expected one")
        return found[0].removesuffix(DESCRIPTOR) if found else ""


def _stamp(path: str) -> tuple[int, int]:
    status = os.stat(path)
    return status.st_size, status.st_mtime_ns


class Overlay:
    """Files of a package with some of them changed, before anything is written."""

    def __init__(self, files: Files, changes: Mapping[str, bytes]) -> None:
        """Lay new bytes, by path, over the files."""
        self._files = files
        self._changes = changes

    def check(self, path: str) -> None:
        """Refuse what the files below refuse."""
        self._files.check(path)

    def read(self, path: str) -> bytes:
        """Give the bytes of a file."""
        return self._changes[path] if path in self._changes else self._files.read(path)
