"""Tables joined for reading: names instead of identifiers, with what the link tables and the evidence add."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from . import reading

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ..package.descriptor import Package

Row = dict[str, Any]
# Rows of a table by identifier; read once a view.
Tables = dict[str, dict[str, Row]]

_LABELS: dict[str, Callable[[Row, Tables], str]] = {
    "laws": lambda row, _: row["short_title"] or row["title"],
    "memberships": lambda row, tables: _join(
        ", ", row["role"], _label("organizations", row["organization_id"], tables)
    ),
    "propositions": lambda row, _: row["text"],
    "sources": lambda row, _: row["title"],
    "statements": lambda row, _: row["summary"],
    "statistics": lambda row, tables: _join(
        ", ", _label("indicators", row["indicator_id"], tables), row["ref_date"] and printed_date(row, "ref")
    ),
}
# What the columns mean that no table has.
MEANINGS = {
    "speaker": "Who speaks: a person, an organization or an instrument; further speakers follow.",
    "capacity": "Role in which the person speaks, and the organization where it is held.",
    "laws": "Instruments that the statement is about.",
    "relations": "What the statement does with each of the instruments, in their order.",
    "topics": "Topics, the primary one first.",
    "participants": "Role and name of everyone who took part.",
    "roles": "Roles of the person, each with its organization.",
    "inputs": "Figures that this one is computed from, each with the part that it plays.",
    "adopted": "Date of adoption.",
    "published": "Date of publication or announcement.",
    "in_force": "Date of entry into force.",
    "timeline": "Every recorded step in the making of the instrument, with its date, in order.",
    "sources": "Titles of the sources that were read for this row.",
    "addresses": "Addresses of these sources.",
    "chain": "Outlets that were read, each with the outlet that it credits after a < sign.",
}
_STAGE_DATES = {"adopted": ("adopted",), "published": ("published", "announced"), "in_force": ("in_force",)}


def view(package: Package, table: str) -> pd.DataFrame:
    """Join one table for reading.

    Each `x_id` column gives way to `x`, the name of what it points to. Statements gain speaker, capacity, laws,
    relations and topics; laws their dates and timeline; events their participants; people their roles; figures their
    inputs. Tables with evidence gain `sources`, `addresses` and `chain`. Several values in one cell are separated by
    a semicolon and a space.

    Returns:
        A fresh frame with the rows and the order of `reading.frame`.

    Raises:
        UnknownTableError: The package has no such table.
        DataError: A cell cannot be read as its schema says.
    """
    described = package.table(table)
    result = reading.frame(package, described)
    tables = _read(package)
    for reference in described.references:
        (column,) = reference.fields
        names = [_label(reference.table, key, tables) for key in _cells(result[column])]
        result[column] = _text(names)
        result = result.rename(columns={column: column.removesuffix("_id")})
    rows = list(tables[table].values())
    for name, value_of in _EXTRAS.get(table, {}).items():
        values = pd.Series([value_of(row, tables) for row in rows], dtype="object")
        result[name] = values.astype("datetime64[s]" if name in _STAGE_DATES else "string")
    if table in package.table("evidence").field("record_table").categories:
        passages = _passages(tables, table)
        for name, read_chain in _EVIDENCE.items():
            result[name] = _text([read_chain(passages.get(row["id"], []), tables) for row in rows])
    if table == "statements":
        # One speaker column stands for the three that hold its identifier.
        speaker = result.pop("speaker")
        result = result.drop(columns=["person", "organization", "law"]).rename(columns={"membership": "capacity"})
        result.insert(1, "speaker", speaker)
    return result


def _read(package: Package) -> Tables:
    tables: Tables = {}
    for name in package.names():
        described = package.table(name)
        rows = reading.records(package, described)
        # Links have no identifier of their own; a number keeps them in order.
        tables[name] = {row["id"] if described.key == ("id",) else str(i): row for i, row in enumerate(rows)}
    return tables


def _cells(column: pd.Series[Any]) -> list[str | None]:
    return [None if pd.isna(cell) else str(cell) for cell in column]


def _text(values: list[str | None]) -> pd.Series[Any]:
    return pd.Series(values, dtype="string")


def _label(table: str, key: str | None, tables: Tables) -> str | None:
    row = tables[table].get(key) if key else None
    if row is None:
        return key
    return _LABELS[table](row, tables) if table in _LABELS else str(row["name"])


def _join(separator: str, *parts: str | None) -> str:
    return separator.join(part for part in parts if part)


def _links(table: str, column: str, row: Row, tables: Tables) -> list[Row]:
    return _index(table, column, tables).get(row["id"], [])


def _index(table: str, column: str, tables: Tables) -> dict[str, list[Row]]:
    # The index of a link table is kept among the tables, so that it is made once a view.
    name = f"{table} by {column}"
    if name not in tables:
        index: dict[str, Any] = {}
        for row in tables[table].values():
            index.setdefault(row[column], []).append(row)
        tables[name] = index
    return tables[name]  # type: ignore[return-value]


def _speaker(row: Row, tables: Tables) -> str | None:
    for column, table in (("person_id", "people"), ("organization_id", "organizations"), ("law_id", "laws")):
        if row[column]:
            speaker = _label(table, row[column], tables)
            others = [
                _label("people", link["person_id"], tables)
                for link in _links("statement_cospeakers", "statement_id", row, tables)
            ]
            return _join("; ", speaker, *others)
    return None


def _laws(row: Row, tables: Tables) -> str | None:
    links = _links("statement_laws", "statement_id", row, tables)
    return _join("; ", *(_label("laws", link["law_id"], tables) for link in links)) or None


def _relations(row: Row, tables: Tables) -> str | None:
    return _join("; ", *(link["relation"] for link in _links("statement_laws", "statement_id", row, tables))) or None


def _topics(row: Row, tables: Tables) -> str | None:
    links = sorted(_links("statement_topics", "statement_id", row, tables), key=lambda link: link["rank"])
    return _join("; ", *(_label("topics", link["topic_id"], tables) for link in links)) or None


def _steps(row: Row, tables: Tables) -> list[Row]:
    steps = [step for step in _links("events", "law_id", row, tables) if step["stage"]]
    return sorted(steps, key=lambda step: (step["start_date"] is None, str(step["start_date"]), step["id"]))


def _timeline(row: Row, tables: Tables) -> str | None:
    return _join("; ", *(f"{printed_date(step, 'start')} {step['stage']}" for step in _steps(row, tables))) or None


def _date_of(stages: tuple[str, ...]) -> Callable[[Row, Tables], Any]:
    def first(row: Row, tables: Tables) -> Any:
        return next((step["start_date"] for step in _steps(row, tables) if step["stage"] in stages), None)

    return first


def printed_date(row: Mapping[str, Any], stem: str) -> str:
    """Print a date to its precision: 2025, 2025-03, 2025-03-05, or 'undated'."""
    date, precision = row[f"{stem}_date"], row[f"{stem}_precision"]
    return date.isoformat()[: {"year": 4, "month": 7, "day": 10}[precision]] if date else "undated"


def _participants(row: Row, tables: Tables) -> str | None:
    parts = []
    for link in _links("event_participants", "event_id", row, tables):
        who = _label("people", link["person_id"], tables) or _label("organizations", link["organization_id"], tables)
        parts.append(f"{link['role']}: {who}")
    return _join("; ", *parts) or None


def _roles(row: Row, tables: Tables) -> str | None:
    links = _links("memberships", "person_id", row, tables)
    return _join("; ", *(_LABELS["memberships"](link, tables) for link in links)) or None


def _inputs(row: Row, tables: Tables) -> str | None:
    links = _links("statistic_inputs", "statistic_id", row, tables)
    return (
        _join("; ", *(f"{link['operand']}: {_label('statistics', link['input_id'], tables)}" for link in links)) or None
    )


def _passages(tables: Tables, table: str) -> dict[str, list[Row]]:
    passages: dict[str, list[Row]] = {}
    for row in tables["evidence"].values():
        if row["record_table"] == table:
            passages.setdefault(row["record_id"], []).append(row)
    return passages


def _titles(passages: list[Row], tables: Tables) -> str | None:
    return _join("; ", *dict.fromkeys(_label("sources", passage["source_id"], tables) for passage in passages)) or None


def _addresses(passages: list[Row], tables: Tables) -> str | None:
    urls = (tables["sources"][passage["source_id"]]["url"] for passage in passages)
    return _join("; ", *dict.fromkeys(urls)) or None


def _chain(passages: list[Row], tables: Tables) -> str | None:
    """Tell how the words came here: the outlet that was read, and the one that it credits."""
    chains = []
    for passage in passages:
        read, via = (tables["sources"].get(passage[column] or "") for column in ("source_id", "via_source_id"))
        links = [_label("organizations", source["publisher_id"], tables) for source in (read, via) if source]
        chains.append(" < ".join(dict.fromkeys(link for link in links if link)))
    return _join("; ", *dict.fromkeys(chains)) or None


_EXTRAS: dict[str, dict[str, Callable[[Row, Tables], Any]]] = {
    "events": {"participants": _participants},
    "laws": {**{name: _date_of(stages) for name, stages in _STAGE_DATES.items()}, "timeline": _timeline},
    "people": {"roles": _roles},
    "statements": {"speaker": _speaker, "laws": _laws, "relations": _relations, "topics": _topics},
    "statistics": {"inputs": _inputs},
}
_EVIDENCE: dict[str, Callable[[list[Row], Tables], str | None]] = {
    "sources": _titles,
    "addresses": _addresses,
    "chain": _chain,
}
