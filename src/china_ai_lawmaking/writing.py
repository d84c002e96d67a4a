"""Write several files of a package as one change: after a kill at any step, readers find the old or the new package.

The new files are first written in full into a folder beside the others. Renaming that folder to `PENDING` makes the
change: from then on `package.Folder` reads a file from there if it is there. Then the files are moved to their places
one by one; a later change finishes what an earlier one left.
"""

from __future__ import annotations

import os
import shutil
import tempfile

from .package import PENDING

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping


def replace(root: str, files: Mapping[str, bytes]) -> None:
    """Replace files of a package folder, all or none.

    Args:
        root: The folder.
        files: New bytes by path inside the package, with forward slashes.
    """
    finish(root)
    stage = tempfile.mkdtemp(prefix=f"{PENDING}-", dir=root)
    try:
        for path, data in files.items():
            place = os.path.join(stage, *path.split("/"))
            os.makedirs(os.path.dirname(place), exist_ok=True)
            with open(place, "xb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
        os.rename(stage, os.path.join(root, PENDING))
    except BaseException:
        shutil.rmtree(stage, ignore_errors=True)
        raise
    finish(root)


def finish(root: str) -> None:
    """Move the files of a change that was made, but not finished, to their places."""
    pending = os.path.join(root, PENDING)
    if not os.path.isdir(pending):
        return
    for folder, _, names in os.walk(pending):
        target = os.path.join(root, os.path.relpath(folder, pending))
        os.makedirs(target, exist_ok=True)
        for name in names:
            os.replace(os.path.join(folder, name), os.path.join(target, name))
    shutil.rmtree(pending)
