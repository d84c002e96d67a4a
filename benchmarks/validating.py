"""How long validation takes, and how much memory: `python benchmarks/validating.py [shipped] [sizes] [plan]`.

shipped: the shipped package against `frictionless validate datapackage.json`, in alternation.
sizes: generated packages of 1k, 10k, 100k and 1M statements, against frictionless in alternation; peak memory.
plan: the constraints of one table as compiled from its schema, against polars expressions written by hand.

Without a name all three run. Run it with the package installed from its wheel, with its extra `validate`.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import generate
import narwhals as nw
import polars as pl

from china_ai_lawmaking.package import descriptor
from china_ai_lawmaking.validating import constraints, structure

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from china_ai_lawmaking.package.descriptor import Table

BIN = Path(sys.executable).parent
RUNS = 9
# Statements, and how often each validation of them is run. One run of frictionless on the largest takes minutes.
SIZES = {1_000: 5, 10_000: 5, 100_000: 3, 1_000_000: 1}
MIB = 1 << 20


def ours(root: Path) -> list[str]:
    """Give the command that validates a package here."""
    return [sys.executable, "-m", "china_ai_lawmaking", "validate", "--root", str(root)]


def theirs(root: Path) -> list[str]:
    """Give the command that validates a package with frictionless."""
    return [str(BIN / "frictionless"), "validate", str(root / "datapackage.json")]


def run(command: list[str]) -> tuple[float, float]:
    """Run a command that must find nothing wrong; give its seconds and its peak memory in MiB."""
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    seconds = time.perf_counter() - start
    if process.returncode:
        raise SystemExit(f"{' '.join(command)} left with {process.returncode}")
    # macOS counts bytes, Linux kibibytes.
    return seconds, used.ru_maxrss / (MIB if sys.platform == "darwin" else 1024)


def alternated(root: Path, runs: int) -> tuple[tuple[float, float], tuple[float, float]]:
    """Run both validations in turn; give the medians of seconds and MiB, ours first."""
    results = [(run(ours(root)), run(theirs(root))) for _ in range(runs)]
    here, there = (
        (statistics.median(pair[which][0] for pair in results), statistics.median(pair[which][1] for pair in results))
        for which in (0, 1)
    )
    return here, there


def shipped() -> None:
    """Compare both on the shipped package."""
    root = Path(descriptor.locate().location)
    alternated(root, 1)
    (here, _), (there, _) = alternated(root, RUNS)
    print(f"shipped package, medians of {RUNS} alternated runs:")
    print(f"  validate {here:.2f} s, frictionless {there:.2f} s, ratio {here / there:.2f}\n")


def sizes() -> None:
    """Compare both on packages of growing size."""
    print("generated packages, whole processes, alternated:")
    print(
        f"{'statements':>11} {'rows':>9} {'CSV MiB':>8} {'runs':>4} {'validate s':>10} {'frictionless s':>14}", end=""
    )
    print(f" {'times faster':>12} {'peak MiB':>8} {'times CSV':>9} {'frictionless MiB':>16}")
    for count, runs in SIZES.items():
        with tempfile.TemporaryDirectory() as folder:
            root = Path(folder) / "package"
            generate.generate(root, count)
            # Else the files are still on their way to the disk while the first run is timed.
            os.sync()
            files = list((root / "data").iterdir())
            size = sum(file.stat().st_size for file in files) / MIB
            rows = sum(file.read_bytes().count(b"\n") - 1 for file in files)
            (here, memory), (there, their_memory) = alternated(root, runs)
        print(f"{count:>11,} {rows:>9,} {size:>8.1f} {runs:>4} {here:>10.2f} {there:>14.2f}", end="")
        print(f" {there / here:>12.1f} {memory:>8.0f} {memory / size:>9.2f} {their_memory:>16.0f}", flush=True)
    print()


def plan() -> None:
    """Compare the compiled plan with expressions written by hand, on the same frames in one process."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "package"
        generate.generate(root, 1_000_000)
        opened = descriptor.locate(root)
        table = opened.table("statements")
        tables = [table, *(opened.table(reference.table) for reference in table.references)]
        frames = {one.name: _frame(opened, one) for one in tables}
    given = {name: nw.from_native(frame.lazy()) for name, frame in frames.items()}
    ways: dict[str, Callable[[], int]] = {
        "compiled": lambda: nw.concat(constraints.plans(table, constraints.compiled(table), given)).collect().shape[0],
        "by hand": lambda: by_hand(table, frames),
    }
    times: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(RUNS + 1):
        for name, judge in ways.items():
            start = time.perf_counter()
            found = judge()
            times[name].append(time.perf_counter() - start)
            if found:
                raise SystemExit(f"{name} finds {found} faults in clean rows")
    here, there = (statistics.median(of_way[1:]) for of_way in times.values())
    print(f"constraints of 1,000,000 statements in memory, medians of {RUNS} alternated runs:")
    print(f"  compiled {here:.2f} s, by hand {there:.2f} s, ratio {here / there:.2f}\n")


def _frame(opened: descriptor.Package, table: Table) -> pl.DataFrame:
    return structure.read(opened.files.read(table.path), table.path, table.columns).texts().collect()


def by_hand(table: Table, frames: Mapping[str, pl.DataFrame]) -> int:
    """Count the faults in statements as one would write it in polars; lists and patterns come from the schema."""
    frame = frames["statements"].lazy()
    cell = pl.col
    bad_cells = [
        cell("id").is_null(),
        ~cell("id").str.contains(table.field("id").constraints["pattern"]),
        cell("summary").is_null(),
        cell("summary").str.len_chars() < table.field("summary").constraints["minLength"],
        cell("summary").str.len_chars() > table.field("summary").constraints["maxLength"],
        cell("date").is_not_null() & cell("date").str.to_date("%Y-%m-%d", strict=False).is_null(),
    ]
    for name in ("speaker_kind", "kind", "attribution"):
        bad_cells += [cell(name).is_null(), ~cell(name).is_in(list(table.field(name).categories))]
    for name in ("date_precision", "date_basis"):
        bad_cells += [~cell(name).is_in(list(table.field(name).categories))]
    faults = [frame.filter(pl.any_horizontal(bad_cells)), frame.filter(cell("id").is_duplicated())]
    parents = {
        "person_id": "people",
        "membership_id": "memberships",
        "organization_id": "organizations",
        "law_id": "laws",
        "event_id": "events",
    }
    for column, parent in parents.items():
        keys = frames[parent].lazy().select(pl.col("id").alias(column))
        faults.append(frame.filter(cell(column).is_not_null()).join(keys, on=column, how="anti"))
    return pl.concat(faults).collect().height


# In this order: what a process held at most counts in the peak of what it starts afterwards.
PARTS = {"shipped": shipped, "sizes": sizes, "plan": plan}

if __name__ == "__main__":
    for part in sys.argv[1:] or PARTS:
        PARTS[part]()
