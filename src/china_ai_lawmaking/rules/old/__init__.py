"""The meaning rules: what the data model and the codebook ask beyond the Table Schemas. Frames in, failing rows out."""

from __future__ import annotations

from . import dates, events, evidence, identifiers, laws, organizations, sources, statements, statistics, text
from .rule import CELL, Rule

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .rule import Tables

__all__ = ["CELL", "Rule", "rules_of"]


def rules_of(tables: Tables, as_of: str = "") -> tuple[Rule, ...]:
    """Make the rules for the tables of a contract.

    A rule that needs a table or a column that is not there is left out, so that the rest of a broken package can be
    judged.

    Args:
        tables: The tables by name.
        as_of: ISO date of the version, after which no step has happened yet; empty where it is not known.
    """
    made = (
        *text.rules(tables),
        *identifiers.rules(tables),
        *dates.rules(tables),
        *evidence.rules(tables),
        *sources.RULES,
        *statements.RULES,
        *laws.rules(as_of or "9999-12-31"),
        *events.RULES,
        *organizations.RULES,
        *statistics.RULES,
    )
    columns = {name: set(table.columns) for name, table in tables.items()}
    return tuple(
        rule
        for rule in made
        if all(table in columns and columns[table].issuperset(names) for table, names in rule.reads.items())
    )
