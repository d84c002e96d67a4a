"""Turn changed files into one change of a package: in canonical form, with current hashes."""

from __future__ import annotations

from ..errors import UsageError
from ..package.descriptor import Package
from ..package.files import Folder, Overlay
from ..validating import canonical

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..problems import Problem


def folder(package: Package) -> str:
    """Give the folder of a package that can be changed.

    Raises:
        UsageError: The package is a zip.
    """
    if not isinstance(package.files, Folder):
        raise UsageError(f"{package.location} is a zip; only a folder can be changed")
    return package.files.root


def overlaid(package: Package, files: Mapping[str, bytes]) -> Package:
    """Give the package as it would be with these files, by path."""
    return Package(package.location, Overlay(package.files, files))


def change(package: Package, files: Mapping[str, bytes]) -> tuple[dict[str, bytes], list[Problem]]:
    """Give what has to be written so that these files, by path, become part of a canonical package.

    Returns:
        New bytes by path, empty when nothing has to change; and the structural faults, with which nothing can be.
    """
    changes, faults = canonical.changes(overlaid(package, files))
    wanted = {} if faults else {**files, **changes}
    return {path: data for path, data in wanted.items() if package.files.read(path) != data}, faults
