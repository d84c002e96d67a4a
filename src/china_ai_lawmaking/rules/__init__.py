"""What the record means: each rule is a question, and a query that returns the rows that answer it wrongly."""

# A subject that is named here has its rules written down, in this order.
# isort: off
from . import text, identifiers, dates, evidence, sources  # noqa: F401
from . import statements, positions, laws, events, organizations, statistics  # noqa: F401

# isort: on
from .rule import CELL, Rule, ask, not_among, rules_of

__all__ = ["CELL", "Rule", "ask", "not_among", "rules_of"]
