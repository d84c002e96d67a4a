"""A made-up package whose schemas use every type and constraint, and rows that break each of them.

It serves the comparisons of engines and of validators: what is expected of one is expected of all.
"""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING

from packages import refresh

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path
    from typing import Any

SLUG = "^(?:[a-z][a-z0-9-]*)$"
SCHEMAS: dict[str, dict[str, Any]] = {
    "lands": {
        "fields": [
            {"name": "id", "type": "string", "constraints": {"required": True, "pattern": SLUG}},
            {"name": "name", "type": "string"},
        ],
        "primaryKey": "id",
    },
    "roads": {
        "fields": [
            {"name": "town_id", "type": "string", "constraints": {"required": True}},
            {"name": "other_id", "type": "string", "constraints": {"required": True}},
            {"name": "km", "type": "number", "constraints": {"minimum": 0.5}},
        ],
        "primaryKey": ["town_id", "other_id"],
        "foreignKeys": [
            {"fields": "town_id", "reference": {"resource": "towns", "fields": "id"}},
            {"fields": "other_id", "reference": {"resource": "towns", "fields": "id"}},
        ],
    },
    "tolls": {
        "fields": [
            {"name": "id", "type": "string", "constraints": {"required": True}},
            {"name": "town_id", "type": "string", "constraints": {"required": True}},
            {"name": "other_id", "type": "string", "constraints": {"required": True}},
        ],
        "primaryKey": "id",
        "foreignKeys": [
            {
                "fields": ["town_id", "other_id"],
                "reference": {"resource": "roads", "fields": ["town_id", "other_id"]},
            }
        ],
    },
    "towns": {
        "fields": [
            {"name": "id", "type": "string", "constraints": {"required": True, "pattern": SLUG}},
            {"name": "name", "type": "string", "constraints": {"required": True, "minLength": 2, "maxLength": 12}},
            {"name": "founded", "type": "date", "constraints": {"minimum": "1200-01-01", "maximum": "2020-12-31"}},
            {"name": "people", "type": "integer", "constraints": {"minimum": 0, "maximum": 30000000}},
            {"name": "share", "type": "number", "constraints": {"minimum": 0, "maximum": 1}},
            {"name": "port", "type": "boolean"},
            {"name": "size", "type": "string", "constraints": {"enum": ["small", "middle", "large"]}},
            {"name": "post_code", "type": "string", "constraints": {"unique": True, "pattern": "^(?:[0-9]{4})$"}},
            {"name": "land_id", "type": "string"},
        ],
        "primaryKey": "id",
        "foreignKeys": [{"fields": "land_id", "reference": {"resource": "lands", "fields": "id"}}],
    },
}

Rows = dict[str, list[list[str | None]]]

TOWN: dict[str, str | None] = {
    "id": "",
    "name": "Anyville",
    "founded": "1620-02-29",
    "people": "3000",
    "share": "0.25",
    "port": "true",
    "size": "small",
    "post_code": None,
    "land_id": "north",
}
# Towns by id, with the cells in which they differ from TOWN: all of them good.
GOOD_TOWNS: dict[str, dict[str, str | None]] = {
    "alba": {"post_code": "0001"},
    "bell": {"founded": "2000-02-29", "people": "30000000", "share": "1", "port": "false"},
    "cove": {"founded": None, "people": None, "share": None, "port": None, "size": None, "land_id": None},
    "dune": {"name": "海边的城", "share": "1e-9", "people": "7", "founded": "1200-01-01"},
    "eden": {"name": "🏙🏙🏙🏙🏙🏙🏙🏙🏙🏙🏙🏙", "share": ".5", "people": "0", "founded": "2020-12-31"},
}
# Code and column of what a cell breaks.
FAULTY_CELLS: tuple[tuple[str, str | None, str], ...] = (
    ("name", None, "required-cell"),
    ("name", "X", "too-short"),
    ("name", "🏙", "too-short"),
    ("name", "Thirteen char", "too-long"),
    ("name", "海" * 13, "too-long"),
    ("founded", "1900-02-29", "wrong-type"),
    ("founded", "1999-13-01", "wrong-type"),
    ("founded", "1999-04-31", "wrong-type"),
    ("founded", "1999-1-1", "wrong-type"),
    ("founded", "1999-01-01\n", "wrong-type"),
    ("founded", "1999-01-01T00:00:00", "wrong-type"),
    ("founded", "1199-12-31", "too-small"),
    ("founded", "2021-01-01", "too-large"),
    ("people", "3,000", "wrong-type"),
    ("people", "3000.0", "wrong-type"),
    ("people", " 3000", "wrong-type"),
    ("people", "３０００", "wrong-type"),
    ("people", "-1", "too-small"),
    ("people", "30000001", "too-large"),
    ("people", "9" * 18, "too-large"),
    ("people", "9" * 19, "wrong-type"),
    ("people", "+7", "wrong-type"),
    ("people", "007", "wrong-type"),
    ("people", "-0", "wrong-type"),
    ("share", "NaN", "wrong-type"),
    ("share", "inf", "wrong-type"),
    ("share", "1_0", "wrong-type"),
    ("share", "1e999", "wrong-type"),
    ("share", "9" * 400, "wrong-type"),
    ("share", "9" * 40 + "e99", "too-large"),
    ("share", "-0.01", "too-small"),
    ("share", "1.0001", "too-large"),
    ("share", "1e90", "too-large"),
    ("port", "True", "wrong-type"),
    ("port", "1", "wrong-type"),
    ("size", "Small", "not-in-list"),
    ("size", "small ", "not-in-list"),
    ("size", "huge", "not-in-list"),
    ("post_code", "123", "pattern"),
    ("post_code", "1234\n", "pattern"),
    ("post_code", "12\n34", "pattern"),
    ("land_id", "nowhere", "unknown-reference"),
    ("land_id", "North", "unknown-reference"),
)
Expected = tuple[str, tuple[str | None, ...], str, str, str | None]


def columns(table: str) -> list[str]:
    """Column names of one table."""
    return [field["name"] for field in SCHEMAS[table]["fields"]]


def good() -> Rows:
    """Rows that break nothing."""
    return {
        "lands": [["north", "North"], ["south", None]],
        "roads": [["alba", "bell", "12.5"], ["alba", "cove", "0.5"], ["bell", "alba", None]],
        "tolls": [["bridge", "alba", "cove"], ["gate", "bell", "alba"]],
        "towns": [_town(id, changes) for id, changes in GOOD_TOWNS.items()],
    }


def faulty() -> tuple[Rows, list[Expected]]:
    """Rows that break every constraint, and what is expected to be found: table, key, column, code, value."""
    rows = good()
    expected: list[Expected] = []
    for number, (column, value, code) in enumerate(FAULTY_CELLS):
        id = f"town-{number:02}"
        rows["towns"].append(_town(id, {column: value}))
        expected.append(("towns", (id,), column, code, value))
    rows["towns"] += [_town(id, {}) for id in ("Upper", "twice", "twice")]
    expected += [("towns", ("Upper",), "id", "pattern", "Upper"), ("towns", ("twice",), "id", "duplicate-key", "twice")]
    rows["towns"] += [_town(id, {"post_code": "7777"}) for id in ("one-code", "two-code")]
    expected += [("towns", (id,), "post_code", "not-unique", "7777") for id in ("one-code", "two-code")]
    rows["roads"] += [["alba", "bell", "13"], ["bell", "dust", "0.4"], [None, "bell", "1"]]
    expected += [
        ("roads", ("alba", "bell"), "", "duplicate-key", "alba;bell"),
        ("roads", ("bell", "dust"), "other_id", "unknown-reference", "dust"),
        ("roads", ("bell", "dust"), "km", "too-small", "0.4"),
        ("roads", (None, "bell"), "town_id", "required-cell", None),
    ]
    rows["tolls"].append(["tunnel", "cove", "alba"])
    expected.append(("tolls", ("tunnel",), "", "unknown-reference", "cove;alba"))
    return rows, sorted(expected, key=lambda one: tuple(map(str, one)))


def write(root: Path, rows: Mapping[str, Sequence[Sequence[str | None]]]) -> Path:
    """Write the package with these rows into a new folder; every file is sorted as it is given."""
    (root / "data").mkdir(parents=True)
    (root / "schemas").mkdir()
    resources = []
    for table, schema in SCHEMAS.items():
        resources.append({"name": table, "path": f"data/{table}.csv", "schema": f"schemas/{table}.json"})
        (root / "schemas" / f"{table}.json").write_text(json.dumps(schema), encoding="utf-8")
        text = io.StringIO(newline="")
        csv.writer(text, lineterminator="\n").writerows([columns(table), *rows[table]])
        (root / "data" / f"{table}.csv").write_text(text.getvalue(), encoding="utf-8", newline="")
    descriptor = {"$schema": "https://datapackage.org/profiles/2.0/datapackage.json", "resources": resources}
    (root / "datapackage.json").write_text(json.dumps(descriptor), encoding="utf-8")
    refresh(root)
    return root


def _town(id: str, changes: Mapping[str, str | None]) -> list[str | None]:
    return list((TOWN | {"id": id} | dict(changes)).values())
