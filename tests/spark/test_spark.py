"""`violations` finds on Spark what it finds in DuckDB: the constraints, and every rule that is SQL.

pyspark needs Java and narrows the choice of pandas: `.ci/steps/spark` runs this in an environment of its own, and
the other tests do without.
"""

from __future__ import annotations

import csv
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from pyspark.sql import SparkSession
from pyspark.sql.types import StringType, StructField, StructType

import china_ai_lawmaking as cal
from china_ai_lawmaking.rules import rules_of

sys.path.append(str(Path(__file__).parent.parent))
import towns
from packages import HERE, edit, good

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from typing import Any

# What Spark and its bridges warn about is theirs to mend.
pytestmark = pytest.mark.filterwarnings("default")

TABLES = {name: cal.describe(name) for name in cal.tables()}
IN_PYTHON = {rule.code for rule in rules_of(TABLES) if rule.python}
IN_SQL = {rule.code for rule in rules_of(TABLES)} - IN_PYTHON


@pytest.fixture(scope="module")
def spark() -> Iterator[Any]:
    """A session on this machine."""
    # Without an address Spark looks up the name of the host, which a closed network does not know.
    os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
    settings = {"spark.ui.enabled": "false", "spark.sql.shuffle.partitions": "1", "spark.driver.memory": "2g"}
    session = SparkSession.builder.master("local[2]").config(map=settings).getOrCreate()
    yield session
    session.stop()


def frame(spark: Any, columns: Sequence[str], rows: Sequence[Sequence[str | None]]) -> Any:
    schema = StructType([StructField(name, StringType()) for name in columns])
    return spark.createDataFrame([tuple(row) for row in rows], schema).coalesce(1)


def frames(spark: Any, record: cal.Dataset) -> dict[str, Any]:
    found = {}
    for table in record.tables():
        header, *rows = csv.reader(record.path(table).read_text("utf-8").splitlines(keepends=True))
        found[table] = frame(spark, header, [[cell or None for cell in row] for row in rows])
    return found


def test_every_fault_is_found(spark: Any, tmp_path: Path) -> None:
    rows, expected = towns.faulty()
    record = cal.open(towns.write(tmp_path / "towns", rows))
    found = record.violations({table: frame(spark, towns.columns(table), rows[table]) for table in rows})
    assert [tuple(violation) for violation in found] == expected


def test_the_shipped_record_is_clean_and_what_did_not_run_is_named(spark: Any) -> None:
    options = {"header": "true", "multiLine": "true", "escape": '"', "inferSchema": "false"}
    given = {table: spark.read.options(**options).csv(str(cal.path(table))) for table in cal.tables()}
    found = cal.violations(given, rules=True)
    assert found == []
    assert set(found.not_run) == IN_PYTHON


def broken(codes: Iterable[str], folder: Path) -> list[Path]:
    """Break as many cases together as can be, so that Spark plans each rule a few times only."""
    packages: list[Path] = []
    for code in sorted(codes):
        case = min((HERE / "cases" / code).glob("**/case.toml"))
        for root in packages:
            before = {path: path.read_bytes() for path in root.rglob("*.*")}
            try:
                edit(root, case)
                break
            except (AssertionError, FileNotFoundError):
                # Another case has already changed what this one changes.
                for path, data in before.items():
                    path.write_bytes(data)
        else:
            packages.append(edit(good(folder / f"package-{len(packages)}"), case))
    return packages


def test_spark_and_duckdb_find_the_same_faults_of_every_rule(spark: Any, tmp_path: Path) -> None:
    missing = IN_SQL
    # A fault can hide another one in the same package: what is missing is broken once more, without the others.
    while missing:
        before = missing
        for root in broken(missing, tmp_path / f"{len(missing)}"):
            record = cal.open(root)
            given = frames(spark, record)
            pandas = {table: record_frame.toPandas() for table, record_frame in given.items()}
            here = {tuple(one) for one in record.violations(pandas, rules=True) if one.code not in IN_PYTHON}
            there = {tuple(one) for one in record.violations(given, rules=True)}
            assert there == here
            missing = missing - {one[3] for one in here}
        assert missing != before, missing
