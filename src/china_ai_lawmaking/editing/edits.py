"""Turn changed files into one change of a package, in canonical form with current hashes, and write it."""

import os
import shutil
import tempfile
from collections.abc import Mapping

from ..errors import UsageError
from ..package.descriptor import Package
from ..package.files import DESCRIPTOR, Folder, Overlay
from ..problems import Problem
from ..validating import canonical


def folder(package: Package) -> str:
    """Give the folder of a package that can be changed, or raise UsageError for a zip."""
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


def write(root: str, files: Mapping[str, bytes]) -> None:
    """Replace files of a package folder, each whole or not at all, the descriptor last.

    Between two of them `validate` tells of a stale hash, which `fix` or `git restore` mends.
    """
    for path in sorted(files, key=lambda path: (path == DESCRIPTOR, path)):
        replace(os.path.join(root, *path.split("/")), files[path])


def replace(place: str, data: bytes) -> None:
    """Write a file, new or in place of another with its permissions, whole or not at all.

    Raises:
        UsageError: It cannot be written, perhaps because another program has it open, as Windows allows only one.
    """
    try:
        # In the same folder, because only there a file takes another's place at once.
        with tempfile.TemporaryDirectory(dir=os.path.dirname(place), prefix=".") as stage:
            whole = os.path.join(stage, "whole")
            with open(whole, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            if os.path.exists(place):
                shutil.copymode(place, whole)
            os.replace(whole, place)
    except OSError as error:
        # Its own name of the file is one that nobody knows.
        how = "; close it in the program that has it open" if isinstance(error, PermissionError) else ""
        raise UsageError(f"{place} cannot be written: {error.strerror}{how}") from None
