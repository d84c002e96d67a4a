"""How a query of DuckDB's is written for another engine."""

from __future__ import annotations

import re
from types import MappingProxyType

from ..errors import missing_extra

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

# By engine, in what its patterns differ from those of RE2, which DuckDB has: what stands there, and what is written
# instead. Java puts Is before the names of scripts, and lets $ match before a last line feed.
PATTERNS = {
    "spark": ((re.compile(r"(\\[pP]\{)(?=[A-Z][a-z]{2})"), r"\1Is"), (re.compile(r"(?<!\\)\$(?=$|\|)"), r"\\z"))
}
# By engine, what it calls functions of DuckDB that sqlglot does not translate.
FUNCTIONS = {"spark": {"STRLEN": "OCTET_LENGTH"}}


def dialect(query: str, engine: str, names: Mapping[str, str] = MappingProxyType({})) -> str:
    """Write a query of DuckDB's for another engine.

    Args:
        query: The query.
        engine: A name of `PATTERNS`.
        names: What tables are called there.

    Raises:
        MissingExtraError: sqlglot is not installed.
    """
    try:
        import sqlglot
        from sqlglot import exp
    except ModuleNotFoundError as error:
        raise missing_extra(error) from None

    def written(pattern: str) -> str:
        for found, instead in PATTERNS[engine]:
            pattern = found.sub(instead, pattern)
        return pattern

    def translated(node: exp.Expression) -> exp.Expression:
        if isinstance(node, exp.RegexpFullMatch):
            node = exp.RegexpLike(this=node.this, expression=exp.Literal.string(f"^(?:{node.expression.this})$"))
        if isinstance(node, exp.RegexpLike | exp.RegexpReplace) and isinstance(node.expression, exp.Literal):
            node.expression.replace(exp.Literal.string(written(node.expression.this)))
        if isinstance(node, exp.Table) and (name := f"{node.db}.{node.name}".lstrip(".")) in names:
            node.set("db", None)
            node.set("this", exp.to_identifier(names[name]))
            if not node.alias:
                node.set("alias", exp.TableAlias(this=exp.to_identifier(name.rpartition(".")[2], quoted=True)))
        if isinstance(node, exp.Anonymous):
            node.set("this", FUNCTIONS[engine].get(node.name.upper(), node.name))
        return node

    return sqlglot.parse_one(query, read="duckdb").transform(translated).sql(engine)
