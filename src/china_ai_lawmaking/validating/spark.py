"""Frames of Spark as the tables that a judge asks: every query is translated, and only faulty rows come back."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Self

from ..package.descriptor import Table
from ..rules import prepared
from . import frames

# In what patterns of Java differ from those of RE2, which DuckDB has: Is stands before the names of scripts, and $
# matches before a last line feed.
_PATTERNS = ((re.compile(r"(\\[pP]\{)(?=[A-Z][a-z]{2})"), r"\1Is"), (re.compile(r"(?<!\\)\$(?=$|\|)"), r"\\z"))
# What Spark calls functions of DuckDB that sqlglot does not translate.
_FUNCTIONS = {"STRLEN": "OCTET_LENGTH"}


class SparkDatabase:
    """What `Database` is for files: `raw.<table>` of each frame, and what the rules ask; a context manager."""

    sql_only = True

    def __init__(self, tables: Sequence[Table], given: Mapping[str, Any], *, with_rows: bool) -> None:
        """Make a view of each frame, until the end.

        Args:
            tables: The tables.
            given: A frame of each.
            with_rows: Whether to number the rows, for which each frame is kept in the cluster until the end.
        """
        self._session = next(iter(given.values())).sparkSession
        self._kept: list[Any] = []
        # What a query calls a table, and the view that it is in the session.
        self._views: dict[str, str] = {}
        for table in tables:
            place = f"{frames.PREFIX}given"
            given[table.name].createOrReplaceTempView(place)
            texts = self._asked(frames.as_text(table, given[table.name].columns, place))
            if with_rows:
                texts = texts.selectExpr("monotonically_increasing_id() as row", "*").persist()
                self._kept.append(texts)
            self._view(f"raw.{table.name}", texts)
            self._session.catalog.dropTempView(place)

    def __enter__(self) -> Self:
        """Give this."""
        return self

    def __exit__(self, *_: object) -> None:
        """Drop the views, and let the frames go."""
        for view in self._views.values():
            self._session.catalog.dropTempView(view)
        for frame in self._kept:
            frame.unpersist()

    def prepare(self, tables: Mapping[str, Table], created: str) -> None:
        """Make what the rules ask."""
        for name, query in prepared.views(tables, created).items():
            self._view(name, self._asked(query))

    def rows(self, query: str) -> list[dict[str, Any]]:
        """Run a query; give its rows as dicts."""
        return [row.asDict() for row in self._asked(query).collect()]

    def united(self, queries: Sequence[str]) -> Sequence[str]:
        """Give the queries as they are, to be run one after the other."""
        return queries

    def _asked(self, query: str) -> Any:
        return self._session.sql(_translated(query, self._views))

    def _view(self, name: str, frame: Any) -> None:
        view = self._views[name] = f"{frames.PREFIX}{len(self._views)}"
        frame.createOrReplaceTempView(view)


def _translated(query: str, names: Mapping[str, str]) -> str:
    """Write a query of DuckDB's for Spark, where tables have other names."""
    import sqlglot
    from sqlglot import exp

    def translated(node: exp.Expression) -> exp.Expression:
        if isinstance(node, exp.RegexpFullMatch):
            node = exp.RegexpLike(this=node.this, expression=exp.Literal.string(f"^(?:{node.expression.this})$"))
        if isinstance(node, exp.RegexpLike | exp.RegexpReplace) and isinstance(node.expression, exp.Literal):
            pattern = node.expression.this
            for found, instead in _PATTERNS:
                pattern = found.sub(instead, pattern)
            node.expression.replace(exp.Literal.string(pattern))
        if isinstance(node, exp.Table) and (name := f"{node.db}.{node.name}".lstrip(".")) in names:
            node.set("db", None)
            node.set("this", exp.to_identifier(names[name]))
            if not node.alias:
                node.set("alias", exp.TableAlias(this=exp.to_identifier(name.rpartition(".")[2], quoted=True)))
        if isinstance(node, exp.Anonymous):
            node.set("this", _FUNCTIONS.get(node.name.upper(), node.name))
        return node

    return sqlglot.parse_one(query, read="duckdb").transform(translated).sql("spark")
