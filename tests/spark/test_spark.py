"""`violations` finds on Spark what it finds on polars and DuckDB.

pyspark needs Java and narrows the choice of pandas: `.ci/steps/spark` runs this in an environment of its own, and
the other tests do without.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
import towns
from pyspark.sql import SparkSession
from pyspark.sql.types import StringType, StructField, StructType

import china_ai_lawmaking as cal

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path
    from typing import Any

# What Spark and its bridges warn about is theirs to mend.
pytestmark = pytest.mark.filterwarnings("default")


@pytest.fixture(scope="module")
def spark() -> Iterator[Any]:
    """A session on this machine."""
    # Without an address Spark looks up the name of the host, which a closed network does not know.
    os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
    settings = {"spark.ui.enabled": "false", "spark.sql.shuffle.partitions": "2", "spark.driver.memory": "1g"}
    session = SparkSession.builder.master("local[2]").config(map=settings).getOrCreate()
    yield session
    session.stop()


def frame(spark: Any, columns: Sequence[str], rows: Sequence[Sequence[str | None]]) -> Any:
    schema = StructType([StructField(name, StringType()) for name in columns])
    return spark.createDataFrame([tuple(row) for row in rows], schema)


def test_every_fault_is_found(spark: Any, tmp_path: Path) -> None:
    rows, expected = towns.faulty()
    frames = {table: frame(spark, towns.columns(table), rows[table]) for table in rows}
    found = cal.open(towns.write(tmp_path / "towns", rows)).violations(frames)
    assert [tuple(violation) for violation in found] == expected


def test_the_shipped_record_is_clean(spark: Any) -> None:
    options = {"header": "true", "multiLine": "true", "escape": '"', "inferSchema": "false"}
    frames = {table: spark.read.options(**options).csv(str(cal.path(table))) for table in cal.tables()}
    assert cal.violations(frames) == []
