"""The verbs of the public interface, on one data package."""

from __future__ import annotations

from . import package as _package

TYPE_CHECKING = False
if TYPE_CHECKING:
    import os
    from collections.abc import Iterator
    from typing import Any

    import pandas as pd


class Dataset:
    """One version of the record: the installed one, a folder, or a zip."""

    def __init__(self, package: _package.Package) -> None:
        """Wrap a package; `open` is the usual way here."""
        self._package = package

    def __repr__(self) -> str:
        """Name the version and where it is."""
        return f"<china-ai-lawmaking {self._package.version} at {self._package.location}>"

    @property
    def version(self) -> str:
        """Version of the record."""
        return self._package.version

    def tables(self) -> list[str]:
        """List the tables, sorted by name."""
        return self._package.names()

    def load(self, table: str) -> pd.DataFrame:
        """Load one table.

        Args:
            table: A name that `tables()` lists.

        Returns:
            A fresh frame with one row a record, columns in schema order and a default index. Text is `string`,
            integers `Int64`, numbers `Float64`, booleans `boolean`, dates `datetime64`, columns with a list of
            values `category`. `attrs` carries version, table, licence and citation.

        Raises:
            UnknownTableError: The package has no such table.
            DataError: A cell cannot be read as its schema says; the message locates it.
        """
        from . import reading

        return reading.frame(self._package, self._package.table(table))

    def rows(self, table: str) -> Iterator[dict[str, Any]]:
        """Iterate over one table without any third-party library.

        Args:
            table: A name that `tables()` lists.

        Returns:
            An iterator of dicts keyed by column: str, int, float, bool or datetime.date, None for an empty cell.

        Raises:
            UnknownTableError: The package has no such table.
            DataError: A cell cannot be read as its schema says; the message locates it.
        """
        from . import reading

        return reading.records(self._package, self._package.table(table))

    def describe(self, table: str) -> _package.Table:
        """Describe one table: title, what a row is, fields, key and references.

        Args:
            table: A name that `tables()` lists.

        Returns:
            A frozen record, read from the table's schema.

        Raises:
            UnknownTableError: The package has no such table.
        """
        return self._package.table(table)


def open(location: str | os.PathLike[str]) -> Dataset:
    """Open another version of the record.

    Args:
        location: A folder or a zip that holds a `datapackage.json`.

    Returns:
        A dataset with the same verbs as the module.

    Raises:
        PackageError: There is no package there, or it cannot be read safely.
    """
    return Dataset(_package.locate(location))


def installed() -> Dataset:
    """Open the record that is installed with this module."""
    return Dataset(_package.locate())
