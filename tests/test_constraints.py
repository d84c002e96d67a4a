"""What a schema may ask of a cell, at its boundaries: the constraints that compile, and those that are refused."""

from __future__ import annotations

from typing import Any

import pytest

from china_ai_lawmaking import errors
from china_ai_lawmaking.package.descriptor import Field, Table
from china_ai_lawmaking.validating.constraints import compiled


def column(kind: str, name: str = "x", categories: tuple[str, ...] = (), **asked: Any) -> Field:
    return Field(name, "", "", kind, asked, dict.fromkeys(categories, ""), False, "", "")


def table(*fields: Field, key: tuple[str, ...] = ()) -> Table:
    return Table("things", "", "", "data/things.csv", "schemas/things.json", fields, key, (), "", None, None)


MOST = 2**53 - 1
USED: list[tuple[str, dict[str, Any]]] = [
    *(
        (kind, {name: bound})
        for kind in ("integer", "number")
        for name in ("minimum", "maximum")
        for bound in (MOST, -MOST)
    ),
    ("number", {"minimum": 0.5}),
    ("date", {"minimum": "2020-02-29", "maximum": "2020-12-31"}),
    ("string", {"minLength": 0, "maxLength": MOST, "enum": [], "required": False, "unique": False}),
]
REFUSED: list[tuple[str, dict[str, Any]]] = [
    *(
        (kind, {name: bound})
        for kind in ("integer", "number")
        for name in ("minimum", "maximum")
        for bound in (MOST + 1, -MOST - 1, True, "1", "2020-02-29", None)
    ),
    *(("date", {name: bound}) for name in ("minimum", "maximum") for bound in (20200229, "2021-02-29", "2020", None)),
    *((kind, {name: bound}) for kind, bound in (("string", "a"), ("boolean", 1)) for name in ("minimum", "maximum")),
    *(("string", {name: bound}) for name in ("minLength", "maxLength") for bound in (1.0, True, "1", MOST + 1)),
    *(("integer", {name: 1}) for name in ("minLength", "maxLength")),
    *(("string", {name: 1}) for name in ("required", "unique", "enum", "pattern")),
    ("string", {"enum": "ab"}),
    ("string", {"enum": ["a", 1]}),
]


def test_a_bound_that_can_be_judged_is_used() -> None:
    for kind, asked in USED:
        found = compiled(table(column(kind, **asked)))
        assert [one.bound for one in found if one.code != "wrong-type"] == [
            bound for name, bound in asked.items() if name not in {"required", "unique"}
        ]


def test_a_bound_that_cannot_be_judged_is_refused() -> None:
    for kind, asked in REFUSED:
        told = f"x has {next(iter(asked))} .*, by which no {kind} can be judged"
        with pytest.raises(errors.PackageError, match=told):
            compiled(table(column(kind, **asked)))


def test_what_else_cannot_be_compiled_is_said() -> None:
    for fields, told in (
        ((), "the columns are none; expected names, none twice"),
        ((column("string", "a"), column("string", "A")), "the columns are a, A; expected"),
        *(
            ((column("string", name),), f"the columns are {name or 'none'}; expected")
            for name in ("", "Row", "__a", "b__row")
        ),
        ((column("string", categories=("a", "b"), enum=["a"]),), "x has the categories a, b, and another enum"),
        ((column("string", other=1),), "x has constraint 'other'; known: required, unique, enum, pattern, minLength,"),
        ((column("string", pattern="^(?:a()$"),), r"the pattern of x is not of the form"),
        ((column("string", pattern="[a-z]"),), r"the pattern of x is not of the form \^\(\?:…\)\$ or uses"),
    ):
        with pytest.raises(errors.PackageError, match=told):
            compiled(table(*fields))


def test_a_table_has_its_constraints_in_order() -> None:
    fields = (column("integer", "a", required=True, unique=True, minimum=1), column("string", "b", unique=True))
    cells = [("required-cell", ("a",), None), ("wrong-type", ("a",), "integer"), ("too-small", ("a",), 1)]
    assert [one[:3] for one in compiled(table(*fields, key=("a",)))] == [
        *cells,
        ("duplicate-key", ("a",), None),
        ("not-unique", ("b",), None),
    ]
    assert [one[:3] for one in compiled(table(*fields))] == [*cells, *(("not-unique", (name,), None) for name in "ab")]
