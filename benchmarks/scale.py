"""How `violations` copes with 10M statements on DuckDB: `python benchmarks/scale.py [STATEMENTS] [LIMIT]`.

DuckDB writes the tables as Parquet, in about the proportions of `generate.py`, and may hold LIMIT (2GB) of memory;
what does not fit goes to a folder beside the tables. One cell is wrong, and must be found. Run it with the package
installed with its extra `validate`.
"""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from pathlib import Path

import duckdb
from generate import GOOD

import china_ai_lawmaking as cal

SOURCE = "'harbour-news-2025-03-06'"
WORDS = "'amber birch cedar ' || n"
STATEMENT = "'st-1' || lpad(n::VARCHAR, 8, '0')"
PERSON = "'person-' || lpad({}::VARCHAR, 7, '0')"


def tables(statements: int) -> dict[str, tuple[int, dict[str, str]]]:
    """Give the rows and the SQL of the filled columns of every table that grows."""
    people = statements // 5
    passage = {"source_id": SOURCE, "quote_start": WORDS, "relation": "'states'"}
    return {
        "people": (people, {"id": PERSON.format("n"), "name": "'Person ' || n", "description": "'Speaks on robots'"}),
        "statements": (
            statements,
            {
                "id": STATEMENT,
                "speaker_kind": "'person'",
                "person_id": PERSON.format(f"(n % {people})"),
                "kind": "CASE n % 2 WHEN 0 THEN 'demand' ELSE 'report' END",
                "attribution": "CASE n % 3 WHEN 0 THEN 'direct' WHEN 1 THEN 'indirect' ELSE 'run_on' END",
                "summary": "'Makers should explain what a machine decides before it is sold, case ' || n || '.'",
                "date": "'2025-03-06'",
                "date_precision": "'day'",
                "date_basis": "'event'",
                "event_id": "'robot-forum-2025'",
                "planned": "'false'",
            },
        ),
        "statement_laws": (
            statements,
            {"statement_id": STATEMENT, "law_id": "'robot-safety-law'", "relation": "'shapes'", "basis": "'named'"},
        ),
        "statement_topics": (statements, {"statement_id": STATEMENT, "topic_id": "'safety'", "rank": "'1'"}),
        "evidence": (
            statements,
            {
                "id": "'ev-1' || lpad(n::VARCHAR, 8, '0')",
                "record_table": "'statements'",
                "record_id": STATEMENT,
                "fields": "'person_id;summary'",
                **passage,
            },
        ),
    }


def write(connection: duckdb.DuckDBPyConnection, folder: Path, statements: int) -> int:
    """Write every table as Parquet; give the number of rows."""
    growing = tables(statements)
    total = 0
    for table in cal.tables():
        kept = f"SELECT * FROM read_csv('{GOOD / 'data' / table}.csv', all_varchar=true, header=true)"
        if table in growing:
            count, filled = growing[table]
            cells = ", ".join(
                f"({filled.get(name, 'NULL')})::VARCHAR AS {name}" for name in cal.describe(table).columns
            )
            kept += f" UNION ALL SELECT {cells} FROM range({count}) AS rows(n)"
        path = folder / f"{table}.parquet"
        connection.execute(f"COPY ({kept}) TO '{path}' (FORMAT parquet)")
        total += int(str(connection.sql(f"SELECT count(*) FROM '{path}'").fetchall()[0][0]))
    return total


def main(statements: int, limit: str) -> None:
    """Write the tables, judge them, and break one cell to see that it is found."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        connection = duckdb.connect()
        connection.execute(f"SET memory_limit = '{limit}'")
        connection.execute(f"SET temp_directory = '{folder / 'spilled'}'")
        connection.execute("SET preserve_insertion_order = false")
        start = time.perf_counter()
        rows = write(connection, folder, statements)
        written = time.perf_counter() - start
        frames = {table: connection.read_parquet(str(folder / f"{table}.parquet")) for table in cal.tables()}
        last = f"st-1{statements - 1:08}"
        frames["statement_topics"] = frames["statement_topics"].project(
            f"statement_id, topic_id, CASE statement_id WHEN '{last}' THEN '9' ELSE rank END AS rank"
        )
        start = time.perf_counter()
        found = cal.violations(frames)
        seconds = time.perf_counter() - start
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(f"{statements:,} statements, {rows:,} rows in {len(frames)} tables, written in {written:.0f} s")
        print(f"violations on DuckDB {duckdb.__version__}, memory_limit {limit}: {seconds:.0f} s, peak {peak:,.0f} MiB")
        print(f"{len(found):,} found, such as:", *found[:10], sep="\n  ")
        frames.clear()
    if [(one.key, one.column, one.code) for one in found] != [((last, "safety"), "rank", "too-large")]:
        raise SystemExit("expected the one cell that is wrong, and nothing else")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000_000, sys.argv[2] if len(sys.argv) > 2 else "2GB")
