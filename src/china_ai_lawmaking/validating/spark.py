"""Frames of Spark as the tables that a judge asks: every query is translated, and only faulty rows come back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from ..rules import prepared
from . import frames
from .sql import dialect

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ..package.descriptor import Table


class SparkDatabase:
    """What `Database` is for files: `raw.<table>` of each frame, and what the rules ask; a context manager.

    Attributes:
        description: Columns of what was run last.
    """

    def __init__(self, tables: Sequence[Table], given: Mapping[str, Any], *, with_rows: bool) -> None:
        """Make a view of each frame, until the end.

        Args:
            tables: The tables.
            given: A frame of each.
            with_rows: Whether to number the rows, for which each frame is kept in the cluster until the end.
        """
        self.description: list[tuple[str]] = []
        self._session = next(iter(given.values())).sparkSession
        self._views: list[str] = []
        self._kept: list[Any] = []
        self._found: list[tuple[Any, ...]] = []
        # What a query calls a table, and what it is called in the session.
        self._names: dict[str, str] = {}
        for table in tables:
            place = f"{frames.PREFIX}given"
            given[table.name].createOrReplaceTempView(place)
            texts = self._session.sql(dialect(frames.as_text(table, given[table.name].columns, place), "spark"))
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
        for view in self._views:
            self._session.catalog.dropTempView(view)
        for frame in self._kept:
            frame.unpersist()

    def prepare(self, tables: Mapping[str, Table], created: str) -> None:
        """Make what the rules ask."""
        for name, query in prepared.views(tables, created).items():
            self._view(name, self._session.sql(self._translated(query)))

    def rows(self, query: str) -> list[dict[str, Any]]:
        """Run a query; give its rows as dicts."""
        return [row.asDict() for row in self._session.sql(self._translated(query)).collect()]

    def united(self, queries: Sequence[str]) -> Sequence[str]:
        """Give the queries as they are, to be run one after the other."""
        return queries

    def execute(self, query: str) -> SparkDatabase:
        """Run a query as a connection of DuckDB does."""
        done = self._session.sql(self._translated(query))
        self.description = [(name,) for name in done.columns]
        self._found = [tuple(row) for row in done.collect()]
        return self

    def fetchall(self) -> list[tuple[Any, ...]]:
        """Give the rows of what was run last."""
        return self._found

    def _translated(self, query: str) -> str:
        return dialect(query, "spark", self._names)

    def _view(self, name: str, frame: Any) -> None:
        view = f"{frames.PREFIX}{len(self._names)}"
        frame.createOrReplaceTempView(view)
        self._names[name] = view
        self._views.append(view)
