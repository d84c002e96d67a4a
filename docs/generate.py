"""Write the generated parts of the documentation: `python docs/generate.py`.

In README.md and docs/*.md, what stands between `<!-- NAME -->` and `<!-- end -->` is written here, and nothing else is
touched. CITATION.cff and docs/data-dictionary.md are written whole.
"""

from __future__ import annotations

import contextlib
import csv
import io
import os
import re
import sqlite3
import sys
import tempfile
import warnings
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import china_ai_lawmaking as cal
from china_ai_lawmaking.cli import main
from china_ai_lawmaking.comparing import versions
from china_ai_lawmaking.loading import dictionary
from china_ai_lawmaking.package import descriptor
from china_ai_lawmaking.passages import evidence, folding
from china_ai_lawmaking.release import database, metadata, tables, workbook
from china_ai_lawmaking.rules import rules_of
from china_ai_lawmaking.validating import validation

# The tests hold both validators to these lists.
sys.path.append(str(Path(__file__).resolve().parent.parent / "tests"))
import leniencies
from packages import script

if TYPE_CHECKING:
    from collections.abc import Mapping

    from china_ai_lawmaking.package.descriptor import Package

ROOT = Path(__file__).resolve().parent.parent
FILLED = (
    "README.md",
    "quality/reconciliation.md",
    "docs/evidence.md",
    "docs/gaps.md",
    "docs/problem-codes.md",
    "docs/quality.md",
    "docs/representativeness.md",
    "docs/use.md",
)
# Folder of the source texts, which are not in the repository; without it what rests on them stays as it is.
TEXTS = os.environ.get("CHINA_AI_LAWMAKING_TEXTS", "")
# What a page shows of the output of an example: lines, and characters of each.
MOST, LONGEST = 16, 200
BLOCK = re.compile(r"(?s)<!-- (?P<name>[a-z-]+) -->\n(?P<inside>.*?)<!-- end -->")


class Place(NamedTuple):
    """Where a generated part stands: the text of the page before it, and what is in it now."""

    before: str
    inside: str


def output(place: Place, database: str, version: str) -> str:
    """Run the example that stands before the part, and give what it prints.

    Examples are Python, or SQL on the database of the release. They run in the folder of a release; `VERSION` in them
    stands for its version.
    """
    language, code = re.findall(r"(?s)```(python|sql)\n(.*?)```", place.before)[-1]
    code = code.replace("VERSION", version)
    printed = io.StringIO()
    # What an example warns of, such as positions without a date, goes to the standard error of whoever runs it.
    with contextlib.redirect_stdout(printed), warnings.catch_warnings(action="ignore", category=UserWarning):
        if language == "python":
            exec(compile(code, "example", "exec"), {})
        else:
            with contextlib.closing(sqlite3.connect(database)) as connection:
                for row in connection.execute(code):
                    print("|".join("" if cell is None else str(cell) for cell in row))
    lines = [f"{line[:LONGEST]}…" if len(line) > LONGEST else line for line in printed.getvalue().rstrip().split("\n")]
    if len(lines) > MOST:
        lines[MOST - 1 :] = [f"… and {len(lines) - MOST + 1} more lines"]
    return "```text\n" + "\n".join(lines) + "\n```\n"


def checked(place: Place) -> str:
    """Give what `evidence check` tells of the record and its texts."""
    if not TEXTS:
        return place.inside
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        main(["evidence", "check", "--root", str(ROOT), "--texts", TEXTS])
    return f"```text\n{printed.getvalue()}```\n"


def coded(meanings: Mapping[str, str], header: tuple[str, str]) -> str:
    """Give a Markdown table of names and what they mean."""
    return dictionary.grid(header, ((f"`{name}`", meaning) for name, meaning in meanings.items()))


def lenient() -> str:
    """Give the values that frictionless accepts and this validation refuses."""
    header = ("code", "type", "for example", "why it is refused")
    rows = ((f"`{one.code}`", one.type, f"`{one.example!r}`", one.reason) for one in leniencies.LENIENCIES)
    return dictionary.grid(header, rows)


def normalisation() -> str:
    """Give the normalisation table, by code point."""
    rows = (
        (f"`{becomes}`" if becomes else "nothing", " ".join(f"U+{ord(one):04X}" for one in characters), name)
        for name, becomes, characters in folding.NORMALISATION
    )
    return dictionary.grid(("becomes", "characters", "what they are"), rows)


def abbreviations(sentences: Any) -> str:
    """Give the words that end no sentence."""
    return "".join(
        f"- {label}: {', '.join(words)}\n"
        for label, words in (
            ("never at the end", sentences.BEFORE_NAMES),
            ("not before a number", sentences.BEFORE_NUMBERS),
        )
    )


def readings() -> str:
    """Give the agreement of the two readings of each document, per table."""
    with (ROOT / "quality" / "readings.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["first"] != "0"]
    return dictionary.grid(
        ("documents", "table", "first reading", "second reading", "same"), (row.values() for row in rows)
    )


def audit(name: str) -> str:
    """Give what an audit found, per table and in all."""
    with (ROOT / "quality" / name).open(encoding="utf-8", newline="") as file:
        rows = [(row.pop("table"), *map(int, row.values())) for row in csv.DictReader(file)]
    rows.append(("all", *(sum(row[i] for row in rows) for i in range(1, 5))))
    counts = ((name, *map(str, cells), f"{100 * cells[2] / max(cells[1], 1):.2f}") for name, *cells in rows if cells[0])
    return dictionary.grid(("table", "rows", "filled cells", "wrong cells", "wrong rows", "percent of cells"), counts)


def positions(folder: str = "") -> str:
    """Give the agreement of two codings of positions, as quality/positions.py prints it."""
    topics = {row["id"]: row["topic_id"] for row in cal.open(ROOT).rows("propositions")}
    return str(script("quality/positions.py").report(ROOT / "quality" / folder, topics))


def countries() -> str:
    """Name the organizations whose country no page shows."""
    bodies = [row for row in cal.open(ROOT).rows("organizations") if row["kind"] != "group" and not row["country"]]
    count = sum(row["kind"] != "group" for row in cal.open(ROOT).rows("organizations"))
    return f"{len(bodies)} of {count} organizations: {', '.join(row['name'] for row in bodies)}.\n"


def write_release(record: Package) -> None:
    """Write what the examples name of a release into the current folder: all of it would take half a minute."""
    examples = "".join((ROOT / name).read_text(encoding="utf-8") for name in FILLED)
    views = tables.views(record, [name for name in record.names() if f"view_{name}" in examples])
    Path("parquet").mkdir()
    for name in record.names():
        if f"parquet/{name}.parquet" in examples:
            Path("parquet", f"{name}.parquet").write_bytes(tables.parquet(record, record.table(name)))
    stem = f"{record.descriptor['name']}-{record.version}"
    Path(f"{stem}.sqlite").write_bytes(database.write(record, views, {}))
    sheets = [
        workbook.Sheet(f"view_{view.name}", view.fields, view.cells) for view in views if view.name == "statements"
    ]
    created = datetime.fromisoformat(record.descriptor["created"])
    Path(f"{stem}.xlsx").write_bytes(workbook.write(sheets, {}, created))


def texts() -> dict[Path, str]:
    """Give every file that has generated parts, as it should be."""
    with tempfile.TemporaryDirectory() as place, contextlib.chdir(place):
        write_release(descriptor.open_package(ROOT))
        return _texts()


def _texts() -> dict[Path, str]:
    record = descriptor.open_package(ROOT)
    rules = {rule.code: rule.asks for rule in rules_of({name: record.table(name) for name in record.names()})}
    faults = {code: meaning for code, meaning in validation.codes().items() if code not in rules}
    (database,) = Path().glob("*.sqlite")

    counting, carried = script("quality/representativeness.py"), script("quality/coverage.py")
    counts = counting.Counts(ROOT)

    def run(place: Place) -> str:
        return output(place, str(database), record.version)

    blocks = {
        **{name: lambda _, count=count: count(counts) for name, count in counting.BLOCKS.items()},
        "audit": lambda _: audit("audit.csv"),
        "audit-sample": lambda _: audit("audit-sample.csv"),
        "agreement": lambda _: str(script("quality/agreement.py").report()),
        "positions-agreement": lambda _: positions(),
        "fresh": lambda _: str(script("quality/fresh.py").report()),
        "fresh-positions": lambda _: positions("fresh"),
        "fresh-two-positions": lambda _: positions("fresh-2"),
        "fresh-three-positions": lambda _: positions("fresh-3"),
        "fresh-four-positions": lambda _: positions("fresh-4"),
        "fresh-five-positions": lambda _: positions("fresh-5"),
        "countries": lambda _: countries(),
        "readings": lambda _: readings(),
        "contents": lambda _: dictionary.contents(record),
        "citation": lambda _: f"> {cal.open(ROOT).cite()}\n",
        "output": run,
        "evidence-check": checked,
        "evidence-coverage": lambda place: f"```text\n{carried.report(ROOT, TEXTS)[0]}```\n" if TEXTS else place.inside,
        "outcomes": lambda _: coded(evidence.OUTCOMES, ("outcome", "the passage is")),
        "problem-codes": lambda _: coded(faults, ("code", "what is wrong")),
        "rule-codes": lambda _: coded(rules, ("code", "the rule that is broken")),
        "unseen": lambda _: coded({code: faults[code] for code in leniencies.UNSEEN}, ("code", "what is wrong")),
        "unseen-forms": lambda _: coded(leniencies.UNSEEN_FORMS, ("case", "why frictionless accepts it")),
        "lenient": lambda _: lenient(),
        "unseen-here": lambda _: coded(leniencies.UNSEEN_HERE, ("what", "meaning")),
        "since-codes": lambda _: coded(versions.CODES, ("code", "what is wrong")),
        "evidence-codes": lambda _: coded(evidence.CODES, ("problem", "meaning")),
        "normalisation": lambda _: normalisation(),
        "abbreviations": lambda _: abbreviations(carried),
        "residue-reasons": lambda _: coded(carried.REASONS, ("reason", "meaning")),
    }

    def fill(path: Path) -> str:
        text = path.read_text(encoding="utf-8")

        def filled(block: re.Match[str]) -> str:
            place = Place(text[: block.start()], block["inside"])
            return f"<!-- {block['name']} -->\n{blocks[block['name']](place)}<!-- end -->"

        return BLOCK.sub(filled, text)

    head = "# Data dictionary\n\nGenerated from `schemas/` by `make docs`.\n\n"
    return {
        **{path: fill(path) for path in (ROOT / name for name in FILLED)},
        ROOT / "CITATION.cff": metadata.citation_cff(record),
        ROOT / "docs" / "data-dictionary.md": head + dictionary.dictionary(record, record.names()),
    }


if __name__ == "__main__":
    for path, text in texts().items():
        path.write_text(text, encoding="utf-8", newline="\n")
