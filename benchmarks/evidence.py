"""How long `evidence check` takes: 10,000 rows of evidence against 200 generated texts of 20 kB.

Run as `python benchmarks/evidence.py`; it prints processor time, which depends less on what else the machine does. The
texts are random words; every tenth has accents and typographic marks throughout. Of the rows 96 in 100 name a passage
of their text, one a passage after normalisation, one a passage of another text, and two no passage at all.
"""

from __future__ import annotations

import csv
import hashlib
import random
import resource
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from china_ai_lawmaking.package import descriptor
from china_ai_lawmaking.passages import evidence
from china_ai_lawmaking.passages.passage import digest

REPOSITORY = Path(__file__).parent.parent
ROWS = 10_000
TEXTS = 200
CHARACTERS = 20_000
RUNS = 3


def build(root: Path) -> None:
    """Write the package and its texts."""
    shuffled = random.Random(3)
    for part in ("data", "schemas"):
        shutil.copytree(REPOSITORY / part, root / part)
    shutil.copy(REPOSITORY / "datapackage.json", root)
    (root / "texts").mkdir()
    texts = [_text(shuffled, accented=number % 10 == 0) for number in range(TEXTS)]
    sources = []
    for number, text in enumerate(texts):
        content = "\n".join(" ".join(paragraph) for paragraph in text).encode()
        (root / "texts" / f"{number}.txt").write_bytes(content)
        digest = hashlib.sha256(content).hexdigest()
        sources.append({"id": f"source-{number}", "text_sha256": digest})
    _write(root, "sources", sources)
    _write(root, "evidence", [_evidence(number, texts, shuffled) for number in range(ROWS)])


def _text(shuffled: random.Random, *, accented: bool) -> list[list[str]]:
    letters = "abcdefghijklmnopqrstuvwxyz" + ("éüñ" if accented else "")
    vocabulary = ["".join(shuffled.choices(letters, k=shuffled.randint(2, 10))) for _ in range(2_000)]
    paragraphs: list[list[str]] = [[]]
    size = 0
    while size < CHARACTERS:
        word = shuffled.choice(vocabulary) + shuffled.choice(["", "", "", ",", "."] + ["”", "…"] * accented)
        size += len(word.encode()) + 1
        paragraphs[-1].append(word)
        if len(paragraphs[-1]) == 90:
            paragraphs.append([])
    return paragraphs[:-1]


def _evidence(number: int, texts: list[list[list[str]]], shuffled: random.Random) -> dict[str, str]:
    kind = number % 100
    source = number % TEXTS
    paragraph = shuffled.choice(texts[(source + 1) % TEXTS if kind == 1 else source])
    begin = shuffled.randrange(0, len(paragraph) - 30)
    length = shuffled.randint(16, 30)
    passage = digest(" ".join(paragraph[begin : begin + length]))
    start = " ".join(paragraph[begin : begin + 4]).strip(",.”…")
    end = " ".join(paragraph[begin + length - 4 : begin + length]).strip(",.”…")
    if kind == 0:
        start = start.replace("a", "ａ")
    elif kind in (2, 3):
        end = f"{end} {shuffled.choice(paragraph)}x"
    where = {"id": f"ev-{number:05}", "source_id": f"source-{source}", "quote_start": start, "quote_end": end}
    return where | {"passage_sha256": passage}


def _write(root: Path, table: str, rows: list[dict[str, str]]) -> None:
    path = root / "data" / f"{table}.csv"
    columns = path.read_text("utf-8").splitlines()[0].split(",")
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def _measure(root: Path) -> None:
    command = ["evidence", "check", "--root", str(root), "--texts", str(root / "texts"), "--format", "json"]
    for _ in range(RUNS):
        begin = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run([sys.executable, "-m", "china_ai_lawmaking", *command], stdout=subprocess.DEVNULL, check=False)
        end = resource.getrusage(resource.RUSAGE_CHILDREN)
        print(f"evidence check, {ROWS:,} rows, {TEXTS} texts of {CHARACTERS // 1000} kB, whole process: ", end="")
        print(f"{end.ru_utime - begin.ru_utime + end.ru_stime - begin.ru_stime:.2f} s of the processor")
    opened = descriptor.open_package(root)
    checked = evidence.check(opened, evidence.Sources(opened, str(root / "texts")))
    for counted in (checked.outcomes, checked.digests):
        print(", ".join(f"{count} {name}" for name, count in counted.items()))


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        build(Path(folder) / "package")
        _measure(Path(folder) / "package")
