"""How long validation takes, and how much memory: `python benchmarks/validating.py [shipped] [sizes] [faulty]`.

shipped: the shipped package against `frictionless validate datapackage.json`, in alternation.
sizes: generated packages of 1k, 10k, 100k and 1M statements, against frictionless in alternation; peak memory.
faulty: 150,000 statements with a fault in every row, against frictionless, one run.

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

import generate

from china_ai_lawmaking.package import descriptor

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


def run(command: list[str], expected: int = 0) -> tuple[float, float]:
    """Run a command that must leave with a code; give its seconds and its peak memory in MiB."""
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    seconds = time.perf_counter() - start
    if process.returncode != expected:
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
    root = Path(descriptor.open_package().location)
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


def faulty() -> None:
    """Compare both where every row of a large table is wrong."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "package"
        generate.generate(root, 150_000)
        path = root / "data" / "statements.csv"
        path.write_bytes(
            path.read_bytes()
            .replace(b",direct,", b",loud,")
            .replace(b",indirect,", b",loud,")
            .replace(b",run_on,", b",loud,")
        )
        (here, memory), (there, _) = (run(command(root), expected=1) for command in (ours, theirs))
    print("150,000 statements with a fault in every row, one run:")
    print(f"  validate {here:.1f} s, {memory:.0f} MiB; frictionless {there:.1f} s; {there / here:.1f} times faster\n")


# In this order: what a process held at most counts in the peak of what it starts afterwards.
PARTS = {"shipped": shipped, "sizes": sizes, "faulty": faulty}

if __name__ == "__main__":
    for part in sys.argv[1:] or PARTS:
        PARTS[part]()
