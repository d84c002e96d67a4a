"""Kill a change at every step that it takes on the disk."""

from __future__ import annotations

import itertools
import os
import shutil
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    import pytest


class KilledError(Exception):
    """The process has ended: no call that follows changes the disk."""


def killed_at(step: int, monkeypatch: pytest.MonkeyPatch, run: Callable[[], object]) -> str:
    """Run until the given call that changes the disk and give that call's name, empty if there are fewer."""
    calls = itertools.count(1)
    last = ""

    def dying(name: str, original: Callable[..., object]) -> Callable[..., object]:
        def call(*arguments: object, **options: object) -> object:
            nonlocal last
            if next(calls) >= step:
                last = last or name
                raise KilledError
            return original(*arguments, **options)

        return call

    with monkeypatch.context() as patch:
        for name in ("mkdir", "fsync", "rename", "replace", "rmdir", "unlink"):
            patch.setattr(os, name, dying(name, getattr(os, name)))
        try:
            run()
        except KilledError:
            return last
    return ""


def kills(root: Path, monkeypatch: pytest.MonkeyPatch, run: Callable[[], object]) -> Iterator[str]:
    """Kill at one step after the other, each time in the same package."""
    kept = root.with_name("kept")
    shutil.copytree(root, kept)
    for step in itertools.count(1):
        name = killed_at(step, monkeypatch, run)
        yield name
        if not name:
            return
        shutil.rmtree(root)
        shutil.copytree(kept, root)
