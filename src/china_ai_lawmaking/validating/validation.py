"""Run the layers of checks over a package: structure, constraints, meaning, files; each on what the one below left."""

import gc
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from ..errors import PackageError
from ..loading import csv
from ..package.descriptor import Package, Table, open_package
from ..package.files import DESCRIPTOR
from ..problems import Problem
from ..rules import rules_of
from . import canonical, constraints
from .database import Database
from .judging import Judge
from .report import Report

CODES = {
    "bad-schema": "a file of `schemas/` is no Table Schema, or it or the descriptor asks for what cannot be checked",
}


def validate(package: Package) -> Report:
    """Check a package.

    Raises:
        PackageError: The package as a whole cannot be used.
    """
    with _uncollected(), Database() as database, ThreadPoolExecutor(1) as other:
        tables, problems = _described(package, database)
        rows: dict[str, int | None] = dict.fromkeys(package.names())
        judge = Judge(database, tables, package.created)
        # The largest first, while the database is small: the bytes of a file are held beside it.
        for table in sorted(tables.values(), key=lambda table: table.bytes or 0, reverse=True):
            data = package.data(table.name)
            # Hashing of much needs a core for itself.
            hashing = other.submit(canonical.digest, data or b"")
            parsed = database.load(table, data, package.path(table.name))
            rows[table.name] = parsed.rows
            problems += parsed.problems
            if data is not None:
                problems += canonical.problems(data, table, parsed, hashing.result())
            low, is_rising = canonical.order(database, table, parsed)
            problems += low
            if parsed.has_cells:
                judge.add(table.name, parsed, is_rising=is_rising)
        for name in judge.parsed:
            problems += judge.constraint_problems(name)
        problems += judge.rule_problems(judge.parsed)
    paths = tuple(package.resource_path(name) for name in package.names())
    return Report(sorted(problems), rows, paths, judge.not_run)


def codes() -> dict[str, str]:
    """List the codes of all problems with what each means."""
    layers = csv.CODES | canonical.CODES | CODES | constraints.CODES
    shipped = open_package()
    made = rules_of({name: shipped.table(name) for name in shipped.names()})
    return layers | {rule.code: rule.asks for rule in made}


@contextmanager
def _uncollected() -> Iterator[None]:
    """Look for no garbage: what is found lives to the end, and to go through it again takes a sixth of the time."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _described(package: Package, database: Database) -> tuple[dict[str, Table], list[Problem]]:
    """Give the tables whose schema can be used, and what is wrong with the other schemas."""
    tables: dict[str, Table] = {}
    problems: list[Problem] = []
    for name in package.names():
        path = package.schema_path(name)
        try:
            package.files.read(path)
            tables[name] = package.table(name)
            constraints.check_compiles(database, tables[name])
        except FileNotFoundError:
            problems.append(Problem(path, 0, "", "missing-file", f"missing; it is the schema of table {name!r}"))
        except PackageError as error:
            at = DESCRIPTOR if str(error).startswith(f"{DESCRIPTOR} ") else path
            problems.append(Problem(at, 0, "", "bad-schema", str(error).removeprefix(f"{at} ")))
    for table in tables.values():
        fault = _key_fault(table, tables, package.names())
        if fault:
            problems.append(Problem(table.schema_path, 0, "", "bad-schema", fault))
    faulty = {problem.path for problem in problems}
    return {name: table for name, table in tables.items() if table.schema_path not in faulty}, problems


def _quoted(names: Iterable[str]) -> str:
    return ", ".join(map(repr, names)) or "nothing"


def _key_fault(table: Table, tables: Mapping[str, Table], names: Sequence[str]) -> str:
    keys = (table.key, *(reference.fields for reference in table.references))
    unknown = {name for key in keys for name in key} - {*table.columns}
    if unknown:
        return f"a key names {_quoted(sorted(unknown))}, which is no column"
    for key in keys:
        if len({*key}) < len(key):
            return f"a key names {_quoted(key)}; expected none twice"
    for reference in table.references:
        if not reference.fields or len(reference.fields) != len({*reference.keys}):
            return f"a reference leads from {_quoted(reference.fields)} to {_quoted(reference.keys)}"
        if reference.table not in names:
            return f"a reference leads to table {reference.table!r}, which the package does not have"
        if reference.table in tables and not set(reference.keys) <= set(tables[reference.table].columns):
            return f"a reference leads to {_quoted(reference.keys)} of table {reference.table!r}"
    return ""
