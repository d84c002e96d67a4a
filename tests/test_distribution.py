"""The wheel and the sdist: complete, nothing else, and the same whichever way they are built."""

from __future__ import annotations

import re
import subprocess
import sys
import tarfile
import zipfile
from typing import TYPE_CHECKING, NamedTuple

import pytest
from packages import REPOSITORY

from china_ai_lawmaking.package import descriptor

if TYPE_CHECKING:
    from pathlib import Path

VERSION = descriptor.open_package(REPOSITORY).version
STEM = f"china_ai_lawmaking-{VERSION}"
LICENCES = {"LICENSE", "LICENSES/CC-BY-4.0.txt", "LICENSES/MIT.txt"}


class Built(NamedTuple):
    """The sdist, and the wheel made from the checkout."""

    sdist: Path
    wheel: Path


def build(source: Path, out: Path, *targets: str) -> None:
    options = [option for target in targets for option in ("--target", target)]
    command = [sys.executable, "-m", "hatchling", "build", "--directory", str(out), *options]
    subprocess.run(command, cwd=source, check=True, capture_output=True)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    out = tmp_path_factory.mktemp("dist")
    build(REPOSITORY, out, "sdist", "wheel")
    return Built(out / f"{STEM}.tar.gz", out / f"{STEM}-py3-none-any.whl")


def record() -> set[str]:
    """The files of the record that the descriptor and its tables name."""
    located = descriptor.open_package(REPOSITORY)
    tables = [located.table(name) for name in located.names()]
    return {"datapackage.json", *(table.path for table in tables), *(table.schema_path for table in tables)}


def modules() -> set[str]:
    """Modules, and the templates, styles and scripts that they read."""
    source = REPOSITORY / "src"
    files = (path.relative_to(source) for path in source.rglob("*") if path.is_file() and path.suffix != ".pyc")
    return {path.as_posix() for path in files}


def test_the_wheel_holds_the_software_the_record_and_the_licences_and_nothing_else(built: Built) -> None:
    with zipfile.ZipFile(built.wheel) as wheel:
        names = wheel.namelist()
    about = {"METADATA", "RECORD", "WHEEL", "entry_points.txt", *(f"licenses/{path}" for path in LICENCES)}
    assert sorted(names) == sorted(
        modules()
        | {f"china_ai_lawmaking/_package/{path}" for path in record()}
        | {f"{STEM}.dist-info/{path}" for path in about}
    )


def test_the_sdist_holds_what_the_wheel_is_made_from_and_nothing_else(built: Built) -> None:
    with tarfile.open(built.sdist) as sdist:
        names = sdist.getnames()
    # The build backend adds .gitignore and PKG-INFO of its own accord.
    beside = {".gitignore", "CHANGELOG.md", "CITATION.cff", "PKG-INFO", "README.md", "pyproject.toml"}
    expected = record() | LICENCES | beside | {f"src/{path}" for path in modules()}
    assert sorted(names) == sorted(f"{STEM}/{path}" for path in expected)


def test_every_file_in_the_wheel_is_that_of_the_checkout(built: Built) -> None:
    with zipfile.ZipFile(built.wheel) as wheel:
        for path in record():
            assert wheel.read(f"china_ai_lawmaking/_package/{path}") == (REPOSITORY / path).read_bytes(), path
        for path in modules():
            assert wheel.read(path) == (REPOSITORY / "src" / path).read_bytes(), path


def test_the_sdist_builds_the_same_wheel(built: Built, tmp_path: Path) -> None:
    with tarfile.open(built.sdist) as sdist:
        sdist.extractall(tmp_path, filter="data")
    build(tmp_path / STEM, tmp_path / "again", "wheel")
    assert (tmp_path / "again" / built.wheel.name).read_bytes() == built.wheel.read_bytes()


def test_a_second_build_is_the_same_byte_for_byte(built: Built, tmp_path: Path) -> None:
    build(REPOSITORY, tmp_path, "sdist", "wheel")
    assert [(tmp_path / path.name).read_bytes() == path.read_bytes() for path in built] == [True, True]


def test_the_description_on_an_index_page_is_the_readme(built: Built) -> None:
    with zipfile.ZipFile(built.wheel) as wheel:
        metadata = wheel.read(f"{STEM}.dist-info/METADATA").decode()
    head, _, description = metadata.partition("\n\n")
    assert description == (REPOSITORY / "README.md").read_text(encoding="utf-8")
    assert re.search(r"(?m)^License-Expression: MIT AND CC-BY-4\.0$", head)
    assert {line.removeprefix("License-File: ") for line in head.splitlines() if line.startswith("License-File")} == (
        LICENCES
    )
