"""Where the files of a package are: a folder, a zip, or either with some files changed.

Everything here runs before the first row is read, so it imports only what `csv` imports anyway.
"""

from __future__ import annotations

import os

from ..errors import PackageError

TYPE_CHECKING = False
if TYPE_CHECKING:
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


class Folder:
    """Files of a package in a folder."""

    def __init__(self, root: str) -> None:
        """Remember the folder; nothing is read yet."""
        self.root = root

    def path(self, path: str) -> str:
        """Give the path of a file on disk."""
        return os.path.join(self.root, *path.split("/"))

    def check(self, path: str) -> None:
        """Refuse a path that is a link or passes through one."""
        place = self.root
        for part in path.split("/"):
            place = os.path.join(place, part)
            if os.path.islink(place):
                raise PackageError(f"{path} is a link; expected a file inside the package")

    def read(self, path: str) -> bytes:
        """Give the bytes of a file."""
        place = self.path(path)
        if not os.path.isfile(place):
            raise FileNotFoundError(path)
        with open(place, "rb") as file:
            return file.read()


class Archive:
    """Files of a package in a zip, at its top or in its only top folder."""

    def __init__(self, path: str) -> None:
        """Open the zip and check its limits before anything is unpacked."""
        import zipfile

        try:
            self._zip = zipfile.ZipFile(path)
        except (OSError, ValueError, NotImplementedError, zipfile.BadZipFile) as error:
            raise PackageError(f"{path} is not a readable zip: {error}") from None
        entries = self._zip.infolist()
        unpacked = sum(entry.file_size for entry in entries)
        packed = sum(entry.compress_size for entry in entries)
        if len(entries) > MAX_ENTRIES:
            raise PackageError(f"{path} has {len(entries)} entries; at most {MAX_ENTRIES} are read")
        if unpacked > MAX_UNPACKED:
            raise PackageError(f"{path} unpacks to {unpacked} bytes; at most {MAX_UNPACKED} are read")
        if unpacked > MAX_RATIO * max(packed, 1):
            raise PackageError(f"{path} unpacks to more than {MAX_RATIO} times its size")
        for entry in entries:
            check_path(entry.filename, f"an entry of {path}")
            if entry.external_attr >> 28 == 0o12:
                raise PackageError(f"{path} holds a link ({entry.filename!r})")
        # macOS adds a folder of its own.
        tops = {entry.filename.split("/")[0] for entry in entries} - {"__MACOSX"}
        self._sizes = {entry.filename: entry.file_size for entry in entries}
        self._prefix = "" if DESCRIPTOR in self._sizes or len(tops) != 1 else f"{tops.pop()}/"

    def check(self, path: str) -> None:
        """Accept every path: the zip was checked when it was opened."""

    def read(self, path: str) -> bytes:
        """Give the bytes of a file."""
        import lzma
        import zipfile
        import zlib

        name = self._prefix + path
        if name not in self._sizes:
            raise FileNotFoundError(path)
        try:
            with self._zip.open(name) as file:
                # A header can understate the size; what it states is all that is read.
                return file.read(self._sizes[name])
        # bzip2 raises OSError for damage.
        except (zipfile.BadZipFile, zlib.error, lzma.LZMAError, OSError, RuntimeError, EOFError) as error:
            raise PackageError(f"{path} cannot be unpacked: {error}") from None


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
