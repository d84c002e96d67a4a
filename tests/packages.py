"""Small packages for tests: the good one of `tests/good`, and edits on it."""

from __future__ import annotations

import csv
import hashlib
import importlib.util
import io
import json
import shutil
import sys
import tomllib
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hypothesis import settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

HERE = Path(__file__).parent
REPOSITORY = HERE.parent


def examples(number: int, **others: Any) -> settings:
    """Settings of hypothesis: so many examples at night, a quarter of them for each change."""
    return settings(max_examples=number * settings().max_examples // 100, **others)


def script(path: str) -> Any:
    """Import a script of the repository, such as quality/coverage.py, as a module."""
    name = path.replace("/", "_").removesuffix(".py")
    spec = importlib.util.spec_from_file_location(name, REPOSITORY / path)
    assert spec
    assert spec.loader
    # A dataclass looks for its module there.
    module = sys.modules[name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def good(root: Path) -> Path:
    """Build the good package in a folder: its own data, the contract of the repository."""
    shutil.copytree(HERE / "good" / "data", root / "data")
    shutil.copytree(REPOSITORY / "schemas", root / "schemas")
    descriptor = json.loads((REPOSITORY / "datapackage.json").read_bytes())
    # Not those of the day: tests compare with them.
    descriptor |= {"version": "1.0.0", "created": "2026-11-24T00:00:00Z"}
    (root / "datapackage.json").write_text(json.dumps(descriptor), "utf-8")
    refresh(root)
    return root


def releasable(root: Path) -> Path:
    """Build the good package with what a release needs beside it, and a place held for its address."""
    good(root)
    descriptor = json.loads((root / "datapackage.json").read_bytes()) | {"homepage": "https://record.invalid/"}
    (root / "datapackage.json").write_text(json.dumps(descriptor), "utf-8")
    version = descriptor["version"]
    (root / "CHANGELOG.md").write_text(
        f"# Changelog\n\n## {version} (2025-03-10)\n\nThe present.\n\n## 0.0.1 (2025-01-01)\n\nThe past.\n", "utf-8"
    )
    (root / "LICENSES").mkdir()
    (root / "LICENSES" / "CC-BY-4.0.txt").write_text("Terms.\n", "utf-8")
    (root / "docs").mkdir()
    (root / "docs" / "quality.md").write_text("Figures.\n", "utf-8")
    return root


def broken(root: Path, case: Path) -> Path:
    """Build the good package with the edits of one `case.toml` in a folder."""
    edit(good(root), case)
    return root


@contextmanager
def breaking(root: Path, case: Path) -> Iterator[Path]:
    """Give a good package the edits of one `case.toml` for a while, without copying it."""
    edits = tomllib.loads(case.read_text(encoding="utf-8"))
    touched = [root / one["path"] for kind in ("replace", "write", "remove") for one in edits.get(kind, ())]
    before = {path: path.read_bytes() if path.exists() else None for path in (*touched, root / "datapackage.json")}
    folders = {folder for path in touched for folder in path.parents if not folder.exists()}
    try:
        yield edit(root, case)
    finally:
        for path, data in before.items():
            if data is None:
                path.unlink(missing_ok=True)
            else:
                path.write_bytes(data)
        for folder in folders:
            shutil.rmtree(folder, ignore_errors=True)


def edit(root: Path, case: Path) -> Path:
    """Make the edits of one `case.toml` in a good package.

    A case holds any number of `[[replace]]` (path, old, new), `[[write]]` (path, text) and `[[remove]]` (path) tables,
    applied in that order. `old` must stand exactly once in the file. `encoding` and `repeat` say how `new` or `text`
    becomes bytes. Hashes are made current afterwards unless the case says `stale = true`. With `since = true` the
    package is judged as the successor of the good one; `options` are further options of the command.
    """
    edits = tomllib.loads(case.read_text(encoding="utf-8"))
    for one in edits.pop("replace", ()):
        path = root / one.pop("path")
        old = one.pop("old").encode()
        data = path.read_bytes()
        assert data.count(old) == 1, f"{case}: {old!r} stands {data.count(old)} times in {path.name}"
        path.write_bytes(data.replace(old, _bytes(one.pop("new"), one)))
    for one in edits.pop("write", ()):
        path = root / one.pop("path")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(_bytes(one.pop("text"), one))
    for one in edits.pop("remove", ()):
        (root / one.pop("path")).unlink()
    if not edits.pop("stale", False):
        refresh(root)
    edits.pop("since", None)
    edits.pop("options", None)
    assert not edits, f"{case}: unknown keys {edits}"
    return root


class Memory:
    """Files of a package of one table, `things`, whose key is its first column, kept in memory."""

    def __init__(self, fields: Sequence[Mapping[str, Any]], rows: Iterable[Sequence[str]]) -> None:
        names = [field["name"] for field in fields]
        text = io.StringIO(newline="")
        csv.writer(text, lineterminator="\n").writerows([names, *rows])
        resource = {"name": "things", "path": "data/things.csv", "schema": "schemas/things.json"}
        descriptor = {"version": "1.0.0", "created": "2025-03-10T00:00:00Z", "resources": [resource]}
        self._files = {
            "data/things.csv": text.getvalue().encode(),
            "schemas/things.json": json.dumps({"fields": fields, "primaryKey": names[0]}).encode(),
            "datapackage.json": json.dumps(descriptor).encode(),
        }

    def check(self, path: str) -> None:
        """Accept every path."""

    def read(self, path: str) -> bytes:
        """Give the bytes of a file."""
        return self._files[path]


def changed(root: Path, table: str, change: Callable[[list[dict[str, str]]], None]) -> None:
    """Change the rows of a table in place."""
    path = root / "data" / f"{table}.csv"
    with path.open(encoding="utf-8", newline="") as stream:
        reader = csv.DictReader(stream)
        rows, header = list(reader), reader.fieldnames or ()
    change(rows)
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, header, lineterminator="\n", restval="")
        writer.writeheader()
        writer.writerows(rows)
    refresh(root)


def refresh(root: Path) -> None:
    """Make the hashes and sizes of the descriptor current."""
    descriptor = json.loads((root / "datapackage.json").read_bytes())
    for resource in descriptor["resources"]:
        path = root / resource["path"]
        if path.is_file():
            data = path.read_bytes()
            resource |= {"bytes": len(data), "hash": f"sha256:{hashlib.sha256(data).hexdigest()}"}
    (root / "datapackage.json").write_text(json.dumps(descriptor, ensure_ascii=False, indent=2) + "\n", "utf-8")


def _bytes(text: str, edit: dict[str, Any]) -> bytes:
    repeat: int = edit.pop("repeat", 1)
    encoding: str = edit.pop("encoding", "utf-8")
    assert not edit, f"unknown keys {edit}"
    return (text * repeat).encode(encoding)
