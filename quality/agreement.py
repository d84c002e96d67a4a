"""How well two codings of the same statements agree.

`python quality/agreement.py draw` draws a stratified sample of statements and writes how the record codes them to
quality/coding-record.csv; the second coder gets only the columns `id`, `source_id`, `quote_start`, `quote_end` and
`summary` and fills quality/coding-second.csv. `python quality/agreement.py` prints the agreement of the two files.
"""

from __future__ import annotations

import csv
import random
import sys
from collections import defaultdict
from pathlib import Path

import krippendorff

import china_ai_lawmaking as cal

HERE = Path(__file__).resolve().parent
SIZE = 72
SEED = 20261124
UNIT = ("id", "source_id", "quote_start", "quote_end", "summary")
CODED = ("speaker_kind", "speaker", "kind", "attribution", "laws", "stances", "topic", "date_basis", "event")


def coded(record: cal.Dataset) -> dict[str, dict[str, str]]:
    """Give every statement with the passage that states it and its coded columns, as text."""
    passages = {e["record_id"]: e for e in reversed(list(record.rows("evidence"))) if e["relation"] == "states"}
    laws: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for link in record.rows("statement_laws"):
        laws[link["statement_id"]].append((link["law_id"], link["relation"]))
    topics = {link["statement_id"]: link["topic_id"] for link in record.rows("statement_topics") if link["rank"] == 1}
    result = {}
    for row in record.rows("statements"):
        key, passage = row["id"], passages[row["id"]]
        result[key] = {
            **{name: passage[name] or "" for name in ("source_id", "quote_start", "quote_end")},
            **{
                name: row[name] or "" for name in ("id", "summary", "speaker_kind", "kind", "attribution", "date_basis")
            },
            "speaker": row["person_id"] or row["organization_id"] or row["law_id"],
            "laws": ";".join(law for law, _ in laws[key]),
            "stances": ";".join(stance for _, stance in laws[key]),
            "topic": topics[key],
            "event": row["event_id"] or "",
        }
    return result


def draw(statements: dict[str, dict[str, str]]) -> list[str]:
    """Draw statements in proportion to source and kind, at least one of each pair."""
    strata: dict[tuple[str, str], list[str]] = defaultdict(list)
    for key, row in statements.items():
        strata[row["source_id"], row["kind"]].append(key)
    chance = random.Random(SEED)
    drawn: list[str] = []
    for keys in strata.values():
        drawn += chance.sample(keys, min(len(keys), max(1, round(len(keys) * SIZE / len(statements)))))
    return sorted(drawn)


def read(name: str) -> dict[str, dict[str, str]]:
    """Read one coding by statement."""
    with (HERE / name).open(encoding="utf-8", newline="") as file:
        return {row["id"]: row for row in csv.DictReader(file)}


def report() -> str:
    """Give the agreement per coded column as a Markdown table."""
    first, second = read("coding-record.csv"), read("coding-second.csv")
    if first.keys() != second.keys():
        raise SystemExit(f"the codings differ in their statements: {sorted(first.keys() ^ second.keys())}")
    lines = [
        f"{len(first)} statements, each coded twice.",
        "",
        "| column | agree | percent | alpha |",
        "|---|---|---|---|",
    ]
    for column in CODED:
        pairs = [(first[key][column], second[key][column]) for key in first]
        agree = sum(a == b for a, b in pairs)
        values = {value: code for code, value in enumerate(sorted({value for pair in pairs for value in pair}))}
        data = [[values[a] for a, _ in pairs], [values[b] for _, b in pairs]]
        # With one value throughout there is nothing to agree on by chance.
        alpha = f"{krippendorff.alpha(data, level_of_measurement='nominal'):.2f}" if len(values) > 1 else "undefined"
        lines.append(f"| `{column}` | {agree} | {100 * agree / len(pairs):.0f} | {alpha} |")
    return "\n".join(lines) + "\n"


def main() -> None:
    """Draw the sample or print the agreement."""
    if sys.argv[1:] == ["draw"]:
        statements = coded(cal.open(HERE.parent))
        with (HERE / "coding-record.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, [*UNIT, *CODED], lineterminator="\n")
            writer.writeheader()
            writer.writerows(statements[key] for key in draw(statements))
    else:
        print(report(), end="")


if __name__ == "__main__":
    main()
