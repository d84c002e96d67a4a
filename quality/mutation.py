"""Damage the query of every rule of meaning in every small way, and count what `tests/boundaries.toml` does not notice.

Comparisons are turned and shifted by one, conditions, joins and filters dropped, the least taken for the greatest. A
damaged query is noticed when it gives other rows or values than the sound one on the rows of its code. Prints what is
not noticed, and fails where that is more than 2 in 100.

    python quality/mutation.py [CODE ...]
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import sqlglot
from sqlglot import exp

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

from asking import RULES, boundaries, database

if TYPE_CHECKING:
    from collections.abc import Iterator

    from china_ai_lawmaking.rules import Rule
    from china_ai_lawmaking.validating.database import Database

MOST_UNNOTICED = 0.02
TURNED = {
    exp.EQ: (exp.NEQ,),
    exp.NEQ: (exp.EQ,),
    exp.LT: (exp.LTE, exp.GT),
    exp.LTE: (exp.LT, exp.GT),
    exp.GT: (exp.GTE, exp.LT),
    exp.GTE: (exp.GT, exp.LT),
    exp.NullSafeEQ: (exp.NullSafeNEQ,),
    exp.NullSafeNEQ: (exp.NullSafeEQ, exp.NEQ),
    exp.And: (exp.Or,),
    exp.Or: (exp.And,),
    exp.Add: (exp.Sub,),
    exp.Sub: (exp.Add,),
    exp.Mul: (exp.Div,),
    exp.Div: (exp.Mul,),
    exp.Min: (exp.Max,),
    exp.Max: (exp.Min,),
    exp.ArgMin: (exp.ArgMax,),
}
DENIED = (exp.Is, exp.In, exp.Like, exp.Exists, exp.Contains, exp.RegexpLike)
# Damage that leaves the answer as it is: conditions that only spare work, hashes that are never alike, no row earlier
# than itself, and a division by zero that gives the same as what stands for infinity.
SPARED = {
    "compatibility-character": ("REGEXP_MATCHES",),
    "conversion-value": ("c.value_number >= 0", "0 in c.value_number > 0"),
    "cycle": ("IN (SELECT",),
    "not-nfc": ("REGEXP_MATCHES",),
    "quote-length": ("REGEXP_MATCHES(e.",),
    "repeated-item": ("CONTAINS(t.",),
    "ratio-value": ("b.value_low >",),
    "repeated-row": ("hash", "COUNT(*)"),
    "same-page": ("b.id <= a.id",),
}


def damages(query: exp.Expr) -> Iterator[tuple[str, exp.Expr]]:
    """Give what was damaged, and the damaged query."""
    for number, node in enumerate(query.walk()):
        # The lists of the codebook, and what `exists` selects, are no conditions.
        if node.find_ancestor(exp.Values) or (isinstance(node, exp.Literal) and isinstance(node.parent, exp.Select)):
            continue
        for made in replacements(node.copy()):
            damaged = query.copy()
            target = list(damaged.walk())[number]
            if made is None:
                target.pop()
            elif target.parent is None:
                damaged = made
            else:
                target.replace(made)
            told = "dropped" if made is None else made.sql("duckdb")
            place = f" in {node.parent.sql('duckdb')}" if isinstance(node, exp.Literal) else ""
            yield f"{node.sql('duckdb')}{place}  →  {told}", damaged


def replacements(node: exp.Expr) -> Iterator[exp.Expr | None]:
    """Give what can stand in place of a node; None drops it."""
    for kind in TURNED.get(type(node), ()):
        yield kind(**{name: value for name, value in node.args.items() if name in ("this", "expression")})
    if isinstance(node, exp.And | exp.Or):
        yield from (node.left, node.right)
    elif isinstance(node, DENIED):
        yield exp.Not(this=exp.Paren(this=node.copy()))
    elif isinstance(node, exp.Not | exp.Coalesce):
        yield node.this
    elif isinstance(node, exp.Where | exp.Having):
        yield None
    elif isinstance(node, exp.Between):
        low, high = node.args["low"], node.args["high"]
        yield exp.And(this=exp.GT(this=node.this, expression=low), expression=exp.LTE(this=node.this, expression=high))
        yield exp.And(this=exp.GTE(this=node.this, expression=low), expression=exp.LT(this=node.this, expression=high))
    elif isinstance(node, exp.Literal) and node.name.isdecimal():
        yield from (exp.Literal.number(f"({node.name} + 1)"), exp.Literal.number(f"({node.name} - 1)"))
    elif isinstance(node, exp.Ordered):
        yield exp.Ordered(this=node.this, desc=not node.args.get("desc"))
    elif isinstance(node, exp.Join) and node.args.get("on"):
        yield exp.Join(this=node.this, side=node.side, on=exp.true())
        if node.side:
            yield exp.Join(this=node.this, on=node.args["on"])


def answer(con: Database, rule: Rule, sql: str) -> list[str]:
    """Give the rows of a query, in an order of their own."""
    rows = con.rows(sql)
    return sorted(map(repr, rule.python(rows) if rule.python else rows))


def main(codes: list[str]) -> int:
    """Damage the rules of some codes, or of all; give 1 where too much is not noticed."""
    noticed: dict[tuple[object, ...], bool] = {}
    texts: dict[tuple[object, ...], str] = {}
    for code, rows in boundaries().items():
        if codes and code not in codes:
            continue
        con = database(rows, code)
        for rule in (rule for rule in RULES if rule.code == code and rows.get(rule.table)):
            query = sqlglot.parse_one(rule.sql, dialect="duckdb")
            sound, size = answer(con, rule, rule.sql), len(list(query.walk()))
            # The copies of a rule on several tables are damaged alike: one of them has to notice.
            for number, (told, damaged) in enumerate(damages(query) if sound else ()):
                try:
                    given = answer(con, rule, damaged.sql("duckdb"))
                except (duckdb.Error, KeyError):
                    continue
                if not any(spared in told for spared in SPARED.get(code, ())):
                    place = code, size, number
                    noticed[place] = noticed.get(place, False) or given != sound
                    texts[place] = told
    unnoticed = [place for place, is_noticed in noticed.items() if not is_noticed]
    print(*(f"{place[0]}: {texts[place]}" for place in unnoticed), sep="\n")
    print(f"{len(unnoticed)} of {len(noticed)} damaged queries not noticed ({len(unnoticed) / len(noticed):.1%})")
    return int(len(unnoticed) > MOST_UNNOTICED * len(noticed))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
