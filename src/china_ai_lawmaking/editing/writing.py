"""Write several files of a package as one change: after a kill at any step, readers find the old or the new package.

The new files are first written in full into a folder beside the others. Renaming that folder to `PENDING` makes the
change: from then on `files.Folder` reads a file from there if it is there. Then the files are moved to their places
one by one; a later change finishes what an earlier one left. What a power cut leaves is up to the file system.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile

from ..errors import UsageError
from ..package.files import PENDING, Folder

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


@contextlib.contextmanager
def alone(root: str) -> Iterator[None]:
    """Keep every other change of a package folder off, from before its files are read until they are replaced.

    The system ends this with the process, however it dies. Where it has no such locks, as on Windows and some network
    drives, nobody is kept off.

    Raises:
        UsageError: Another change is under way.
    """
    try:
        import fcntl
    except ImportError:
        yield
        return
    folder = os.open(root, os.O_RDONLY)
    try:
        try:
            fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise UsageError(f"another change of {root} is under way") from None
        except OSError:
            # The file system has no locks.
            pass
        yield
    finally:
        os.close(folder)


def replace(root: str, files: Mapping[str, bytes]) -> None:
    """Replace files of a package folder, all or none.

    Args:
        root: The folder, where no change waits.
        files: New bytes by path inside the package, with forward slashes.
    """
    stage = tempfile.mkdtemp(prefix=f"{PENDING}-", dir=root)
    try:
        for path, data in files.items():
            place = os.path.join(stage, *path.split("/"))
            os.makedirs(os.path.dirname(place), exist_ok=True)
            with open(place, "xb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            with contextlib.suppress(FileNotFoundError):
                shutil.copymode(os.path.join(root, *path.split("/")), place)
        os.rename(stage, os.path.join(root, PENDING))
    except BaseException:
        shutil.rmtree(stage, ignore_errors=True)
        raise
    _move(root, list(files))


def finish(root: str) -> list[str]:
    """Move the files of a change that was made, but not finished, to their places; drop what was not made.

    Returns:
        The paths of the files that were moved.

    Raises:
        PackageError: The change holds a link, or leads through one.
        UsageError: A file in its place was edited since.
    """
    with os.scandir(root) as entries:
        stages = [entry.path for entry in entries if entry.name.startswith(f"{PENDING}-")]
    for stage in stages:
        shutil.rmtree(stage, ignore_errors=True)
    files = Folder(root)
    if not files.is_unfinished():
        return []
    paths = waiting(root)
    for path in paths:
        files.check(path)
        new, old = (os.path.join(root, *parts) for parts in ((PENDING, *path.split("/")), path.split("/")))
        if os.path.exists(old) and os.stat(old).st_mtime_ns > os.stat(new).st_mtime_ns:
            raise UsageError(
                f"{path} was edited after an unfinished change wrote {PENDING}/{path}; delete the one that is wrong"
            )
    _move(root, paths)
    return paths


def waiting(root: str) -> list[str]:
    """Give the paths of the files of a change that was made, but not finished."""
    pending = os.path.join(root, PENDING)
    found = []
    for folder, folders, names in os.walk(pending):
        links = [name for name in folders if os.path.islink(os.path.join(folder, name))]
        found += [os.path.relpath(os.path.join(folder, name), pending).replace(os.sep, "/") for name in names + links]
    return sorted(found)


def _move(root: str, paths: list[str]) -> None:
    for path in paths:
        target = os.path.join(root, *path.split("/"))
        os.makedirs(os.path.dirname(target), exist_ok=True)
        os.replace(os.path.join(root, PENDING, *path.split("/")), target)
    shutil.rmtree(os.path.join(root, PENDING))
