"""Fixtures shared by the tests."""

from __future__ import annotations

import contextlib
import os
import time
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings
from packages import good, releasable
from texts import Sourced

import china_ai_lawmaking as cal
from china_ai_lawmaking import release
from china_ai_lawmaking.package import descriptor

if TYPE_CHECKING:
    from pathlib import Path

# A slow machine is no fault: no test asserts on time. `.ci/nightly.d/fuzz` asks for four times as many examples.
settings.register_profile("nightly", deadline=None)
settings.register_profile("quick", deadline=None, max_examples=25)
settings.load_profile("quick")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A folder with the good package, free to be changed."""
    return good(tmp_path / "package")


@pytest.fixture(scope="session")
def record(tmp_path_factory: pytest.TempPathFactory) -> cal.Dataset:
    """The good package, opened, not to be changed."""
    return cal.open(good(tmp_path_factory.mktemp("good") / "package"))


@pytest.fixture(scope="session")
def released(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A release of the good package, not to be changed."""
    folder = tmp_path_factory.getbasetemp()
    # The folder of all processes of the tests: the first one builds, the others wait.
    folder = (folder.parent if "PYTEST_XDIST_WORKER" in os.environ else folder) / "release"
    with contextlib.suppress(FileExistsError):
        folder.mkdir()
        release.write(descriptor.open_package(releasable(folder / "package")), folder / "out")
    deadline = time.monotonic() + 300
    while not (folder / "out").exists():
        assert time.monotonic() < deadline, "the release was not built"
        time.sleep(0.1)
    return folder / "out"


@pytest.fixture
def sourced(tmp_path: Path) -> Sourced:
    """The good package with a folder of texts; sources and evidence are still to be given."""
    return Sourced(tmp_path)
