"""The contract itself: descriptor and schemas keep to the standards and to the project's own rules."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
from packages import REPOSITORY

import china_ai_lawmaking as cal

SCHEMAS = sorted((REPOSITORY / "schemas").glob("*.json"))
DESCRIPTOR = json.loads((REPOSITORY / "datapackage.json").read_bytes())


def fields() -> list[tuple[str, dict[str, Any]]]:
    return [
        (f"{path.stem}.{field['name']}", field) for path in SCHEMAS for field in json.loads(path.read_bytes())["fields"]
    ]


FIELDS = pytest.mark.parametrize("field", [field for _, field in fields()], ids=[name for name, _ in fields()])


@pytest.mark.parametrize("path", SCHEMAS, ids=lambda path: path.stem)
def test_every_schema_belongs_to_a_resource_and_has_a_key(path: Path) -> None:
    schema = json.loads(path.read_bytes())
    resource = next(r for r in DESCRIPTOR["resources"] if r["schema"] == f"schemas/{path.name}")
    assert resource["name"] == schema["name"] == path.stem
    assert resource["path"] == f"data/{path.stem}.csv"
    assert set(schema["primaryKey"]) <= {field["name"] for field in schema["fields"]}
    assert (resource["title"], resource["description"]) == (schema["title"], schema["description"])


@FIELDS
def test_every_field_is_explained(field: dict[str, Any]) -> None:
    assert field["title"]
    assert field["description"].endswith(".")


@FIELDS
def test_every_listed_value_is_explained_and_allowed(field: dict[str, Any]) -> None:
    categories = field.get("categories", [])
    assert [category["value"] for category in categories] == field.get("constraints", {}).get("enum", [])
    assert all(category["label"].endswith(".") for category in categories)


@FIELDS
def test_patterns_are_anchored_and_mean_the_same_in_every_engine(field: dict[str, Any]) -> None:
    pattern = field.get("constraints", {}).get("pattern", "^(?:)$")
    assert re.fullmatch(r"\^\(\?:.*\)\$", pattern)
    assert not re.search(r"\\[dDwWsSbBAZz1-9pPk]|\(\?[=!<P]", pattern)
    re.compile(pattern)


@FIELDS
def test_fields_use_only_what_every_reader_supports(field: dict[str, Any]) -> None:
    assert field["type"] in {"string", "integer", "number", "boolean", "date"}
    known = {"required", "unique", "pattern", "enum", "minimum", "maximum", "minLength", "maxLength"}
    assert set(field.get("constraints", {})) <= known


def test_every_date_has_its_precision_beside_it() -> None:
    for path in SCHEMAS:
        names = [field["name"] for field in json.loads(path.read_bytes())["fields"]]
        for field in json.loads(path.read_bytes())["fields"]:
            if field["type"] == "date":
                sibling = (
                    field["name"].removesuffix("date") + "precision" if field["name"] != "date" else "date_precision"
                )
                assert names[names.index(field["name"]) + 1] == sibling


def test_every_reference_leads_to_a_key() -> None:
    for table in cal.tables():
        for reference in cal.describe(table).references:
            assert reference.keys == cal.describe(reference.table).key


def test_the_version_of_the_software_is_that_of_the_record() -> None:
    from importlib.metadata import version

    written = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["hatch"]["version"]
    found = re.search(written["pattern"], (REPOSITORY / written["path"]).read_text(encoding="utf-8"))
    assert found
    assert found["version"] == DESCRIPTOR["version"]
    if not Path(cal.__file__).is_relative_to(REPOSITORY / "src"):
        # From the source tree, the installed metadata may be those of any version.
        assert version("china-ai-lawmaking") == DESCRIPTOR["version"]


@pytest.mark.parametrize("name", ["datapackage.json", *(f"schemas/{path.name}" for path in SCHEMAS)])
def test_files_keep_to_the_official_profiles(name: str) -> None:
    import importlib.util

    import jsonschema

    package = importlib.util.find_spec("dplib")
    assert package is not None
    assert package.submodule_search_locations
    profile = "datapackage.json" if name == "datapackage.json" else "tableschema.json"
    from pathlib import Path

    path = Path(package.submodule_search_locations[0]) / "profiles" / "2.0" / profile
    validator = jsonschema.Draft7Validator(json.loads(path.read_bytes()))
    assert [error.message for error in validator.iter_errors(json.loads((REPOSITORY / name).read_bytes()))] == []


def test_frictionless_accepts_the_package() -> None:
    command = [sys.executable, "-m", "frictionless", "validate", "--json", "datapackage.json"]
    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=False)
    report = json.loads(done.stdout)
    assert report["valid"], report
    assert len(report["tasks"]) == len(SCHEMAS)
