"""Write many files into a new folder, which is there whole or not at all."""

import contextlib
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from .errors import UsageError


@contextlib.contextmanager
def new_folder(out: Path) -> Iterator[Path]:
    """Give a folder to fill, which takes the place of `out` in the end; if something fails before, nothing is left.

    Raises:
        UsageError: There is something at `out` already, or nothing can be written there.
    """
    out = out.resolve()
    try:
        if out.exists() and (not out.is_dir() or any(out.iterdir())):
            raise UsageError(f"{out} exists already; name a new or an empty folder")
        out.parent.mkdir(parents=True, exist_ok=True)
        place = tempfile.TemporaryDirectory(prefix=f".{out.name}-", dir=out.parent)
    except OSError as error:
        raise UsageError(f"{out} cannot be written: {error.strerror}") from None
    with place:
        # A folder of its own inside, because the temporary one lets nobody else in.
        folder = Path(place.name, "whole")
        yield folder
        if out.exists():
            out.rmdir()
        folder.rename(out)


def fill(files: Iterable[tuple[str, bytes]], out: Path) -> int:
    """Write files, as path and content, into a folder, and count the pages among them."""
    count = 0
    folders: set[str] = set()
    for path, content in files:
        folder = path.rpartition("/")[0]
        if folder not in folders:
            (out / folder).mkdir(parents=True, exist_ok=True)
            folders.add(folder)
        # Four files a record: buffers and path objects would cost more than the writing.
        with open(f"{out}/{path}", "wb", buffering=0) as file:
            file.write(content)
        count += path.endswith(".html")
    return count
