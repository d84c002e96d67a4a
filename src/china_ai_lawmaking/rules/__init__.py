"""What the record means: each rule is a question, and a query that returns the rows that answer it wrongly."""

from __future__ import annotations

from . import organizations, statements
from .prepared import prepare
from .rule import CELL, Rule, rules_of

# A subject is named here so that its rules are written down.
__all__ = ["CELL", "Rule", "organizations", "prepare", "rules_of", "statements"]
