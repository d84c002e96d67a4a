"""How the commands that change a package open it."""

from __future__ import annotations

import contextlib
import sys

from ..editing import edits, writing
from ..errors import UsageError
from ..package import descriptor
from ..package.files import DESCRIPTOR, PENDING

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..package.descriptor import Package


@contextlib.contextmanager
def alone(location: str) -> Iterator[Package]:
    """Open the package of a folder with every other change kept off, after one that waits is finished.

    Raises:
        PackageError: There is no package there, or it cannot be read safely.
        UsageError: It is a zip, another change is under way, or one that waits cannot be finished.
    """
    opened = descriptor.locate(location)
    root = edits.folder(opened)
    own = {DESCRIPTOR, *map(opened.resource_path, opened.names())}
    with writing.alone(root):
        for path in writing.waiting(root):
            if path not in own:
                raise UsageError(f"{PENDING}/{path} is no part of a change of the package; delete it")
        finished = writing.finish(root)
        if finished:
            print(f"finished an earlier change of {', '.join(finished)}", file=sys.stderr)
        # What was read before may have been changed by another process.
        yield descriptor.locate(location)
