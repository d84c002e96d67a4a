"""Make a clean package of any size: `python benchmarks/generate.py FOLDER STATEMENTS`.

There are as many evidence rows, law links and topic links as statements, and a fifth as many people, each person with
an evidence row. The other tables are those of the good package of the tests.
"""

from __future__ import annotations

import csv
import hashlib
import json
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

REPOSITORY = Path(__file__).parent.parent
GOOD = REPOSITORY / "tests" / "good"

SUBJECTS = ("Makers", "Owners", "Courts", "Ministries", "Schools", "Hospitals", "Platforms", "Carriers")
VERBS = ("should explain", "should record", "should publish", "should limit", "should test", "should insure")
OBJECTS = ("what a machine decides", "who trained a model", "which data were used", "how harm is made good")
ENDS = ("before it is sold", "once a year", "in plain words", "at their own cost", "when asked", "within ten days")
WORDS = ("amber", "birch", "cedar", "delta", "ember", "fjord", "grove", "heath", "inlet", "jetty", "knoll", "ledge")


def generate(root: Path, statements: int, passages: int = 1) -> None:
    """Write the package into a new folder, with as many passages a statement."""
    shutil.copytree(GOOD, root)
    shutil.copytree(REPOSITORY / "schemas", root / "schemas")
    people = statements // 5
    _extend(root, "people", _people(people))
    _extend(root, "statements", _statements(statements, people))
    _extend(
        root, "statement_laws", ((_statement(n), "robot-safety-law", "shapes", "", "named") for n in range(statements))
    )
    _extend(root, "statement_topics", ((_statement(n), "safety", "1") for n in range(statements)))
    _extend(root, "evidence", _evidence(statements, people, passages))
    descriptor = json.loads((REPOSITORY / "datapackage.json").read_bytes())
    for resource in descriptor["resources"]:
        path = root / resource["path"]
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        resource |= {"bytes": path.stat().st_size, "hash": f"sha256:{digest}"}
    (root / "datapackage.json").write_text(json.dumps(descriptor, ensure_ascii=False, indent=2) + "\n", "utf-8")


def _extend(root: Path, table: str, rows: Iterable[Sequence[str]]) -> None:
    with (root / "data" / f"{table}.csv").open("a", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)


def _statement(number: int) -> str:
    return f"st-1{number:08}"


def _person(number: int) -> str:
    return f"person-{number:07}"


def _words(number: int) -> str:
    return f"{WORDS[number % 12]} {WORDS[number // 12 % 12]} {WORDS[number // 144 % 12]} {number}"


def _people(count: int) -> Iterator[Sequence[str]]:
    # No two have one name: what tells names apart are their letters.
    letters = str.maketrans("0123456789", "abcdefghij")
    for number in range(count):
        yield _person(number), f"Person {str(number).translate(letters)}", "", "Speaks on robots", "", ""


def _statements(count: int, people: int) -> Iterator[Sequence[str]]:
    for number in range(count):
        comma = "," if number % 4 == 0 else ""
        summary = f"{SUBJECTS[number % 8]} {VERBS[number // 8 % 6]}{comma} {OBJECTS[number // 48 % 4]}{comma}"
        summary += f" {ENDS[number % 6]} and {ENDS[number // 6 % 6]}, say {_words(number)}."
        person = _person(number % people)
        kind, attribution = ("demand", "report")[number % 2], ("direct", "indirect", "run_on")[number % 3]
        event = ("2025-03-06", "day", "event", "robot-forum-2025")
        yield (_statement(number), "person", person, "", "", "", kind, attribution, summary, *event, "", "false", "")


def _evidence(statements: int, people: int, passages: int) -> Iterator[Sequence[str]]:
    source = "harbour-news-2025-03-06"
    for number in range(statements * passages):
        passage = (_words(number), _words(number * 7 + 1))
        record = ("statements", _statement(number // passages), "person_id;summary")
        yield (f"ev-1{number:08}", *record, source, "", *passage, "", "states")
    for number in range(people):
        passage = (_words(number * 5), "")
        yield (f"ev-2{number:08}", "people", _person(number), "name", source, "", *passage, "", "identifies")


if __name__ == "__main__":
    generate(Path(sys.argv[1]), int(sys.argv[2]))
