"""The contract itself: descriptor and schemas keep to the standards and to the project's own rules."""

from __future__ import annotations

import importlib.resources
import json
import re
import tomllib
from pathlib import Path

import frictionless
import jsonschema
from packages import REPOSITORY

import china_ai_lawmaking as cal

SCHEMAS = sorted((REPOSITORY / "schemas").glob("*.json"))
DESCRIPTOR = json.loads((REPOSITORY / "datapackage.json").read_bytes())


FIELDS = {
    f"{path.stem}.{field['name']}": field for path in SCHEMAS for field in json.loads(path.read_bytes())["fields"]
}


def test_every_schema_belongs_to_a_resource_and_has_a_key() -> None:
    resources = {resource["schema"]: resource for resource in DESCRIPTOR["resources"]}
    for path in SCHEMAS:
        schema, resource = json.loads(path.read_bytes()), resources[f"schemas/{path.name}"]
        assert resource["name"] == schema["name"] == path.stem
        assert resource["path"] == f"data/{path.stem}.csv"
        assert set(schema["primaryKey"]) <= {field["name"] for field in schema["fields"]}
        assert (resource["title"], resource["description"]) == (schema["title"], schema["description"])


def test_every_field_and_listed_value_is_explained() -> None:
    for name, field in FIELDS.items():
        assert field["title"], name
        assert field["description"].endswith("."), name
        categories = field.get("categories", [])
        assert [category["value"] for category in categories] == field.get("constraints", {}).get("enum", []), name
        assert all(category["label"].endswith(".") for category in categories), name


def test_fields_use_only_what_every_reader_supports_and_patterns_mean_the_same_in_every_engine() -> None:
    known = {"required", "unique", "pattern", "enum", "minimum", "maximum", "minLength", "maxLength"}
    for name, field in FIELDS.items():
        assert field["type"] in {"string", "integer", "number", "boolean", "date"}, name
        assert set(field.get("constraints", {})) <= known, name
        pattern = field.get("constraints", {}).get("pattern", "^(?:)$")
        assert re.fullmatch(r"\^\(\?:.*\)\$", pattern), name
        assert not re.search(r"\\[dDwWsSbBAZz1-9pPk]|\(\?[=!<P]", pattern), name
        re.compile(pattern)


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


def test_files_keep_to_the_official_profiles() -> None:
    profiles = importlib.resources.files("dplib") / "profiles" / "2.0"
    for profile, paths in (("datapackage", [REPOSITORY / "datapackage.json"]), ("tableschema", SCHEMAS)):
        validator = jsonschema.Draft7Validator(json.loads((profiles / f"{profile}.json").read_bytes()))
        for path in paths:
            errors = validator.iter_errors(json.loads(path.read_bytes()))
            assert [error.message for error in errors] == [], path.name


def test_frictionless_accepts_the_package() -> None:
    report = frictionless.validate(str(REPOSITORY / "datapackage.json"))
    assert report.valid, report
    assert len(report.tasks) == len(SCHEMAS)


def test_the_records_that_the_code_names_are_there() -> None:
    # Rules and charts on one record would judge and draw nothing under another identifier.
    named = {
        "indicators": (
            "cac-generative-ai-services-filed",
            "cac-generative-ai-services-registered",
            "cnnic-generative-ai-users",
        ),
        "laws": ("ai-law-state-council", "ai-legislation-cn"),
        "organizations": ("ai-companies", "cppcc-members", "lawmakers-and-advisers", "npc-deputies"),
        "propositions": ("legislate-without-delay", "light-regulation", "national-ai-law", "new-rules-needed"),
    }
    source = "".join(path.read_text(encoding="utf-8") for path in Path(cal.__file__).parent.rglob("*.py"))
    for table, keys in named.items():
        assert {*keys} <= {row["id"] for row in cal.rows(table)}, table
        assert all(key in source for key in keys), table
