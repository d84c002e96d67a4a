"""Fixtures shared by the tests."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from packages import good

import china_ai_lawmaking as cal

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A folder with the good package, free to be changed."""
    return good(tmp_path / "package")


@pytest.fixture
def record(root: Path) -> cal.Dataset:
    """The good package, opened."""
    return cal.open(root)
