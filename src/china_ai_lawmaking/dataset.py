"""The verbs of the public interface, on one data package."""

from __future__ import annotations

import functools
import os

from .errors import NeedsExtra, UsageError
from .package import descriptor as _package
from .problems import Problems

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import date
    from pathlib import Path
    from typing import Any

    import networkx as nx
    import pandas as pd
    import pandera.pandas as pa

    from .loading.citation import Citations
    from .validating.violations import Violations


class Dataset:
    """One version of the record: the installed one, a folder, or a zip.

    `table` is everywhere a name that `tables()` lists; another one raises UnknownTableError. A cell that cannot be read
    as its schema says raises DataError, whose message locates it.
    """

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

        Returns:
            A fresh frame with one row a record, columns in schema order and a default index. Text is `string`,
            integers `Int64`, numbers `Float64`, booleans `boolean`, dates `datetime64`, columns with a list of
            values `category`. `attrs` carries version, table, licence and citation.
        """
        from .loading import reading

        return self._stamped(reading.frame(self._package, self._package.table(table)), table)

    def view(self, table: str, *, until: str | date | None = None) -> pd.DataFrame:
        """Load one table joined for reading: names instead of identifiers.

        Args:
            table: A name that `tables()` lists.
            until: Keep the statements, positions, links to laws or events that are certainly not after this day, as
                `2025-03-31` or a date. A warning, and `attrs["undated"]`, say how many rows without a date were left
                out.

        Returns:
            A fresh frame with the rows and the order of `load(table)`. Each `x_id` column gives way to `x`; each date
            gains `x_from`, `x_to` and `x_text`; statements gain speaker, capacity, occasion, laws, topics, positions;
            laws their dates, contributors and timeline; events their participants; people their roles; figures their
            inputs; tables with evidence their sources, addresses and passages. Several values in one cell are separated
            by a semicolon and a space.

        Raises:
            UsageError: `until` is no day, or the rows of the table have none.
        """
        from .loading import views

        return self._stamped(views.view(self._package, table, until), table)

    def evidence(self, identifier: str) -> pd.DataFrame:
        """Give the passages that carry a record, each with the address that opens it.

        Args:
            identifier: Identifier of a record, or of one row of evidence.

        Returns:
            A fresh frame, one row a passage: `id`, `record_table`, `record_id`, `relation`, `fields`, `source`,
            `publisher`, `via`, `published`, `passage` (the address, empty where the source has none), `quote_start`,
            `quote_end`, `passage_sha256`. All text.

        Raises:
            UsageError: No record with evidence has that identifier.
        """
        from .loading import views

        return self._stamped(views.evidence(self._package, identifier), "evidence")

    def network(
        self,
        kind: str = "one-mode",
        *,
        actor: str = "speaker",
        agreement: str = "congruence",
        duplicates: str = "once",
        normalization: str = "none",
        include: Sequence[str] = (),
        conditional: bool = False,
        until: str | date | None = None,
        propositions: Sequence[str] = (),
    ) -> nx.Graph[str]:
        """Make the network of who agrees with whom, from the positions in the record.

        Args:
            kind: `one-mode` among actors, `two-mode` between actors and propositions.
            actor: `speaker`, the `organization` of the capacity, or the `role_kind`.
            agreement: `congruence` (same position), `conflict` (opposite ones) or `subtract` (the one less the other);
                in a two-mode network agrees, disagrees, or the one less the other.
            duplicates: Whether a position that an actor takes again counts `once` or in `all` statements.
            normalization: `none`; one-mode `average`, `jaccard`, `cosine`; two-mode `activity`, `prominence`.
            include: Kinds of speakers that are left out otherwise: `group`, `outlet`, `instrument`.
            conditional: Whether a conditional position counts as agreement; otherwise it is left out.
            until: Keep what was certainly said by this day, as `2025-03-31`.
            propositions: Identifiers of the propositions to keep; without any all are kept.

        Returns:
            An undirected networkx graph; `networkx.write_graphml` writes it for Gephi, visone and igraph. Nodes have
            `label`, `kind` (the kind of speaker, or `proposition`) and `role_kind`, the kinds of roles that an actor
            spoke in. Edges have a `weight` that is not 0.

        Raises:
            UsageError: A value is none of those that are listed.
            MissingExtraError: networkx is not installed.
        """
        from .loading import network

        listed = network.events(
            self._package,
            actor=actor,
            include=include,
            conditional=conditional,
            until=until,
            propositions=propositions,
        )
        with NeedsExtra():
            return network.graph(
                listed, kind=kind, agreement=agreement, duplicates=duplicates, normalization=normalization
            )

    def rows(self, table: str) -> Iterator[dict[str, Any]]:
        """Iterate over one table without any third-party library.

        Returns:
            An iterator of dicts keyed by column: str, int, float, bool or datetime.date, None for an empty cell.
        """
        from .loading import reading

        return reading.records(self._package, self._package.table(table))

    def path(self, table: str) -> Path:
        """Give the path of one table's CSV file.

        Returns:
            An existing file: UTF-8 without BOM, LF, one header row, sorted by key.

        Raises:
            UsageError: The package is a zip, whose tables are not files.
        """
        from pathlib import Path

        self._package.table(table)
        path = self._package.path(table)
        if not path:
            raise UsageError(f"{self._package.location} is a zip, whose tables have no path; unzip it or use load")
        return Path(path)

    def cite(self, rows: pd.DataFrame | str | Iterable[str] | None = None, *, table: str | None = None) -> Citations:
        """Cite the record, and the sources behind rows of it.

        Args:
            rows: A frame from `load` or `view`, filtered as you like, or identifiers of records; without it the record
                alone is cited.
            table: Table of the rows, for identifiers, or a frame that has lost `attrs` on the way, as by a merge.

        Returns:
            Citations: the record, then each source that was read for these rows, once, in the order of the rows.
            `str()` gives APA text; the properties `text`, `bibtex`, `ris` and `csl` the four forms.

        Raises:
            UsageError: The frame does not say its table, lacks the table's key column, or is of another version; an
                identifier is no text, or no record has it.
        """
        from .loading import citation

        frame: Any = () if rows is None else rows
        # A column of a frame has attributes too.
        attrs = getattr(frame, "attrs", {})
        if attrs.get("version", self.version) != self.version:
            raise UsageError(
                f"these rows are of version {attrs['version']} and this dataset is {self.version}; "
                "cite them with the dataset that they were loaded from"
            )
        if not hasattr(frame, "columns"):
            return citation.cite(self._package, frame, table)
        name = table or attrs.get("table")
        if name is None:
            raise UsageError(f"these rows do not say their table; pass table=, one of {', '.join(self.tables())}")
        key = self._package.table(name).key[0]
        if key not in frame.columns and key.removesuffix("_id") in frame.columns:
            raise UsageError(f"a view of {name} names its records; cite rows from load({name!r})")
        if key not in frame.columns:
            raise UsageError(f"these rows have no column {key!r}, which leads to the sources of {name}")
        return citation.cite(self._package, frame[key], name)

    def resolve(self, identifier: str) -> str | None:
        """Follow a retired identifier to the one that stands in its place.

        Args:
            identifier: An identifier of this or an earlier version.

        Returns:
            The current identifier, which is the same one if it was never retired; None if nothing replaces it.

        Raises:
            UsageError: No version of the record had such an identifier.
        """
        from .loading import reading

        current: str | None
        (current,) = reading.identifiers([identifier])
        retired = {row["id"]: row["replaced_by"] for row in self.rows("retired_ids")}
        while current in retired:
            # Taken out, so that tombstones that lead to one another come to an end.
            current = retired.pop(current)
        tables = (name for name in self.tables() if self.describe(name).has_ids)
        if current is not None and not any(row["id"] == current for name in tables for row in self.rows(name)):
            raise UsageError(f"no record has or had the id {current!r}")
        return current

    def describe(self, table: str) -> _package.Table:
        """Describe one table: title, what a row is, fields, key and references.

        Returns:
            A frozen record, read from the table's schema.
        """
        return self._package.table(table)

    def _stamped(self, frame: pd.DataFrame, table: str) -> pd.DataFrame:
        from .loading import citation

        licence = " AND ".join(licence["name"] for licence in self._package.descriptor.get("licenses", ()))
        cited = citation.cite(self._package).text
        frame.attrs.update(version=self.version, table=table, licence=licence, citation=cited)
        return frame

    def validate(self) -> Problems:
        """Check the package as it is now: structure, constraints, meaning, canonical files.

        Returns:
            A list of every problem, sorted by file, line and column, empty for a clean package; a notebook shows it as
            a table. Faults in the data never raise.

        Raises:
            PackageError: The package cannot be read safely any more.
            MissingExtraError: The libraries of the extra `validate` are not installed.
        """
        with NeedsExtra():
            from .validating import validation

        return Problems(validation.validate(_package.Package(self._package.location, self._package.files)).problems)

    def contract(
        self,
        table: str,
        frames: Mapping[str, pd.DataFrame] | None = None,
        *,
        strict: bool = True,
        coerce: bool = False,
    ) -> pa.DataFrameSchema:
        """Give a table's schema and rules of meaning as a pandera schema, for frames in your own pipeline.

        Args:
            table: A name that `tables()` lists.
            frames: Tables to look at in place of those of this package, by name. Rows of the table itself that a frame
                does not have are taken from here, so that a filtered frame is judged as what it is.
            strict: Whether columns that the table does not have are refused.
            coerce: Whether cells are turned into the schema's dtypes first, as for a frame that was read as text.

        Returns:
            A schema that accepts what `load(table)` gives from a clean package, and any part of it. It can be pickled.
            Its checks have the names of `docs/problem-codes.md`; each failure case names row and column, and says what
            is wrong and how to mend it as `validate` does.

        Raises:
            UsageError: A frame lacks a column.
            DataError: The file of another table that is looked at is structurally broken.
            MissingExtraError: The libraries of the extra `validate` are not installed.
        """
        described = self._package.table(table)
        given = {name: frame for name, frame in (frames or {}).items() if self._package.table(name)}
        with NeedsExtra():
            from .validating import contracts

        return contracts.contract(self._package, described, given, strict=strict, coerce=coerce)

    def violations(self, frames: Mapping[str, Any], *, rules: bool = False) -> Violations:
        """Check frames of any engine against the Table Schemas: pandas, polars, Arrow, DuckDB, Spark.

        Args:
            frames: Frames by table, as text or as the engine's own types, with the columns of the schema; a missing
                value or an empty text is an empty cell. Every table that one of them refers to is among them. Lazy
                ones are collected, which polars cannot do in a process that was forked: collect them before.
            rules: Whether to judge the rules of meaning too, as far as the tables that they ask are given. Relations of
                DuckDB are copied for that.

        Returns:
            A list of what breaks a constraint or a rule, sorted, one record a cell, key or reference. Of rows that
            share a key or a unique value each is listed. `not_run` names the rules that Spark cannot
            run, or that read a table which is not given.

        Raises:
            UnknownTableError: A name is not one of `tables()`.
            UsageError: A frame lacks a column or is of no known engine, or a table that one of them refers to is not
                given.
            MissingExtraError: The libraries of the extra `validate` are not installed, or pyarrow for frames of polars,
                or sqlglot for those of Spark.
        """
        tables = [self._package.table(name) for name in frames]
        with NeedsExtra():
            from .validating import violations

            return violations.violations(tables, frames, self._package.created, rules=rules)


def open(location: str | os.PathLike[str], *, sha256: str | None = None) -> Dataset:
    """Open another version of the record.

    Args:
        location: A folder or a zip that holds a `datapackage.json`, or the https address of a released zip. What is at
            an address is fetched once and kept in the cache folder of the platform.
        sha256: The SHA-256 of the zip, checked before it is used; an address needs it. `SHA256SUMS` of each release
            states it.

    Returns:
        A dataset with the same verbs as the module.

    Raises:
        PackageError: There is no package there, it cannot be read safely, or its hash is another.
        UsageError: The address has no hash with it, or one of the two is malformed.
    """
    place = os.fsdecode(location)
    if sha256 is not None:
        from .package import fetching

        place = fetching.verified(place, sha256)
    elif "://" in place:
        raise UsageError(f"{place} is an address; pass sha256=, which SHA256SUMS of the release states for it")
    return Dataset(_package.open_package(place))


@functools.cache
def installed() -> Dataset:
    """Open the record behind the verbs of the module: always the same one, found when this is first called."""
    return Dataset(_package.open_package())


def validate(root: str | os.PathLike[str] | None = None) -> Problems:
    """Check a package: structure, constraints, meaning, canonical files.

    Args:
        root: A folder or a zip; without it the record behind the other verbs of the module.

    Returns:
        Every problem, sorted by file, line and column; an empty list for a clean package. Faults in the data never
        raise.

    Raises:
        PackageError: There is no package there, or it cannot be read safely.
        MissingExtraError: The libraries of the extra `validate` are not installed.
    """
    return (installed() if root is None else Dataset(_package.open_package(root))).validate()
