"""Time two commands as whole processes, in alternation, and compare their medians."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time


def python(code: str) -> list[str]:
    """Give the command that runs code with this interpreter."""
    return [sys.executable, "-c", code]


def compare(name: str, measured: list[str], floor: list[str], pairs: int) -> tuple[float, float]:
    """Run both commands in turn after one warm-up and print their medians.

    Returns:
        The medians in seconds: of the measured command and of its floor.
    """
    times: dict[int, list[float]] = {0: [], 1: []}
    for _ in range(pairs + 1):
        for which, command in enumerate((measured, floor)):
            start = time.perf_counter()
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
            times[which].append(time.perf_counter() - start)
    ours, theirs = (statistics.median(times[which][1:]) for which in (0, 1))
    difference = (ours - theirs) * 1000
    print(f"{name}: {ours:.3f} s against {theirs:.3f} s, ratio {ours / theirs:.2f}, difference {difference:.1f} ms")
    return ours, theirs
