"""What `view("statements")` costs over `load` of the same tables: 20,000 statements with 60,000 rows of evidence.

Run as `python benchmarks/views.py [STATEMENTS]`. In one process, processor time, the best of three; the tables that the
view reads are loaded as frames for comparison.
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from generate import generate

import china_ai_lawmaking as cal

if TYPE_CHECKING:
    from collections.abc import Callable

STATEMENTS = 20_000
PASSAGES = 3
RUNS = 3
READ = (
    "events", "evidence", "laws", "memberships", "organizations", "people", "positions", "propositions", "sources",
    "statement_cospeakers", "statement_laws", "statement_topics", "statements", "topics",
)  # fmt: skip


def best(call: Callable[[], object]) -> float:
    """Give the shortest of some runs, in seconds of the processor."""
    times = []
    for _ in range(RUNS):
        begin = time.process_time()
        call()
        times.append(time.process_time() - begin)
    return min(times)


def main() -> None:
    """Print the figures."""
    statements = int(sys.argv[1]) if len(sys.argv) > 1 else STATEMENTS
    with tempfile.TemporaryDirectory() as folder:
        generate(Path(folder) / "package", statements, PASSAGES)
        record = cal.open(Path(folder) / "package")
        loaded = best(lambda: [record.load(table) for table in READ])
        viewed = best(lambda: record.view("statements"))
    print(f"{statements:,} statements, {statements * PASSAGES:,} rows of evidence")
    print(f"load {loaded:.2f} s, view {viewed:.2f} s, over load {viewed - loaded:.2f} s")


if __name__ == "__main__":
    main()
