"""What the site costs: `python benchmarks/site.py [RECORDS]`, with chromium and after `npm ci`.

Page sizes are those of the shipped record. Speed is that of a made-up record of RECORDS (20,000) statements and people:
the time to build and write it, a keystroke of the search, and a grid of 5,000 rows from the start of loading until its
first rows are drawn. Of five runs the least counts, for other work only
adds. Run it on an idle machine with the package installed.
"""

from __future__ import annotations

import os
import shutil
import statistics
import sys
import tempfile
import time
import zlib
from pathlib import Path

from generate import REPOSITORY, generate
from playwright.sync_api import sync_playwright

from china_ai_lawmaking.package import descriptor
from china_ai_lawmaking.site import build

TABULATOR = REPOSITORY / "node_modules/tabulator-tables/dist"
# Page, and what it may weigh compressed, in kB.
LIMITS = {"home": 30.0, "record": 15.0}
# Typed letter by letter into a page that was just opened; the last three are in no record.
QUERIES = ("e", "re", "machine decides", "lü", "harm court", "促进法", "zzz qqq", "amber birch courts robots")
KEYSTROKES = """query => {
    const field = document.getElementById("q");
    return Array.from(query, (_, at) => {
        field.value = query.slice(0, at + 1);
        const start = performance.now();
        field.dispatchEvent(new Event("input"));
        return performance.now() - start;
    });
}"""
DRAWN = "() => document.querySelectorAll('.tabulator-row').length && performance.now()"


def sizes() -> None:
    """Print the compressed sizes of the pages of the shipped record."""
    files = dict(build.files(descriptor.open_package(REPOSITORY)))
    weights = {path: len(zlib.compress(content, 6)) / 1000 for path, content in files.items() if path.endswith(".html")}
    records = {path: kb for path, kb in weights.items() if path.removesuffix(".html") + ".bib" in files}
    print(f"home: {weights['index.html']:.1f} kB (at most {LIMITS['home']:.0f})")
    print(
        f"record pages: median {statistics.median(records.values()):.1f} kB (at most {LIMITS['record']:.0f}), "
        f"largest {max(records.values()):.1f} kB"
    )
    heavy = {path: kb for path, kb in weights.items() if kb > LIMITS["record"]}
    print(f"all pages over {LIMITS['record']:.0f} kB:")
    for path in sorted(heavy, key=lambda path: -heavy[path]):
        what = "a record page" if path in records else "a grid" if path.startswith("tables/") else "an overview"
        print(f"  {path} {heavy[path]:.1f} kB, {what}")


def speed(records: int) -> None:
    """Print the times for a large record."""
    with tempfile.TemporaryDirectory() as folder:
        for name, statements in (("large", records * 5 // 6), ("grid", 5000)):
            generate(Path(folder, name), statements)
        start, used = time.perf_counter(), sum(os.times()[:4])
        count = build.write(descriptor.open_package(Path(folder, "large")), Path(folder, "site"))
        took, used = time.perf_counter() - start, sum(os.times()[:4]) - used
        print(f"build: {count:,} pages in {took:.1f} s, at most 15; {used:.1f} s of the processors")
        build.write(descriptor.open_package(Path(folder, "grid")), Path(folder, "grids"), TABULATOR)
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
            page = browser.new_page()
            times: dict[str, float] = {}
            for query in QUERIES:
                typed: list[list[float]] = []
                for _ in range(5):
                    page.goto(Path(folder, "site/search.html").as_uri())
                    typed.append(page.evaluate(KEYSTROKES, query))
                for at, one in enumerate(zip(*typed, strict=True), 1):
                    times[query[:at]] = min(one)
            slowest = max(times, key=times.__getitem__)
            print(f"keystroke: at most {times[slowest]:.1f} ms, the last of {slowest!r} (at most 10)")
            drawn = []
            for _ in range(5):
                page.goto(Path(folder, "grids/tables/statements.html").as_uri(), wait_until="commit")
                drawn.append(page.wait_for_function(DRAWN).json_value())
            print(f"grid of 5,000 rows: {min(drawn):.0f} ms (at most 500)")
            browser.close()


if __name__ == "__main__":
    sizes()
    speed(int(sys.argv[1]) if len(sys.argv) > 1 else 20_000)
