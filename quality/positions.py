"""How well two codings of positions agree, made without sight of each other.

`python quality/positions.py [FOLDER]` reads `positions-first.csv`, `positions-second.csv`, `topics-first.csv` and
`topics-second.csv` in a folder, by default this one, and prints two figures per topic: the agreement of the sets of
propositions that a statement takes a position on (Krippendorff's alpha with MASI distance), and of the position where
both codings name the same proposition (nominal alpha). A statement stands under each topic of a proposition that either
coding names, or else under its primary topic in the first coding. Topics with fewer than 20 positions are pooled.
"""

from __future__ import annotations

import csv
import sys
from collections import Counter, defaultdict
from itertools import combinations
from pathlib import Path

import krippendorff

import china_ai_lawmaking as cal

HERE = Path(__file__).resolve().parent
FEW = 20
Set = frozenset[str]
Coding = dict[str, dict[str, str]]


def masi(one: Set, other: Set) -> float:
    """Give the MASI distance of two sets: Jaccard, weighted by how one lies in the other; 0 for equal sets."""
    if one == other:
        return 0.0
    common = one & other
    part = 0.0 if not common else 2 / 3 if common in (one, other) else 1 / 3
    return 1 - part * len(common) / len(one | other)


def alpha(units: list[tuple[Set, Set]]) -> float | None:
    """Give Krippendorff's alpha of two codings by MASI distance; None where only one set ever occurs."""
    sets = [each for unit in units for each in unit]
    count = Counter(sets)
    pairs = sum(masi(one, other) * count[one] * count[other] for one, other in combinations(count, 2))
    if not pairs:
        return None
    expected = 2 * pairs / (len(sets) * (len(sets) - 1))
    return 1 - sum(masi(*unit) for unit in units) / len(units) / expected


def nominal(pairs: list[tuple[str, str]]) -> float | None:
    """Give the nominal alpha of two codings; None where only one value ever occurs."""
    codes = {value: code for code, value in enumerate(sorted({value for pair in pairs for value in pair}))}
    if len(codes) < 2:
        return None
    data = [[codes[first] for first, _ in pairs], [codes[second] for _, second in pairs]]
    return float(krippendorff.alpha(data, level_of_measurement="nominal"))


def positions(path: Path) -> Coding:
    """Read the position on each proposition, by statement."""
    coding: Coding = defaultdict(dict)
    for row in rows(path):
        coding[row["statement_id"]][row["proposition_id"]] = row["position"]
    return coding


def rows(path: Path) -> list[dict[str, str]]:
    """Read a CSV file."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def report(folder: Path, topic_of: dict[str, str]) -> str:
    """Give the agreement per topic as a Markdown table, the whole first."""
    first, second = (positions(folder / f"positions-{name}.csv") for name in ("first", "second"))
    topics = {row["statement_id"]: row["topics"].split(";")[0] for row in rows(folder / "topics-first.csv")}
    if unknown := first.keys() - topics.keys() | second.keys() - topics.keys():
        raise SystemExit(f"statements without a topic in topics-first.csv: {', '.join(sorted(unknown))}")
    under: dict[str, list[str]] = defaultdict(list)
    for statement, primary in topics.items():
        named = {topic_of[proposition] for proposition in {**first[statement], **second[statement]}}
        for topic in named or {primary}:
            under[topic].append(statement)
    sizes = {topic: sum(len(first[key].keys() | second[key].keys()) for key in keys) for topic, keys in under.items()}
    groups = {"all": list(topics)} | {topic: under[topic] for topic in sorted(under) if sizes[topic] >= FEW}
    pooled = [key for topic in sorted(under) if sizes[topic] < FEW for key in under[topic]]
    groups["other topics, pooled"] = list(dict.fromkeys(pooled))
    lines = ["| topic | statements | positions | equal sets | alpha of sets | equal values | alpha of values |"]
    lines.append("|---|---|---|---|---|---|---|")
    for name, keys in groups.items():
        units = [(frozenset(first[key]), frozenset(second[key])) for key in keys]
        pairs = [
            (first[key][each], second[key][each]) for key in keys for each in first[key].keys() & second[key].keys()
        ]
        count = sum(len(one | other) for one, other in units)
        equal, same = sum(one == other for one, other in units), sum(one == other for one, other in pairs)
        figures = [len(units), count, equal, shown(alpha(units)), f"{same} of {len(pairs)}", shown(nominal(pairs))]
        lines.append(f"| {name} | {' | '.join(map(str, figures))} |")
    return "\n".join(lines) + "\n"


def shown(figure: float | None) -> str:
    """Give two decimal places, or say that agreement by chance is certain."""
    return "undefined" if figure is None else f"{figure:.2f}"


def main() -> None:
    """Print the agreement."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else HERE
    propositions = cal.open(HERE.parent).rows("propositions")
    print(report(folder, {row["id"]: row["topic_id"] for row in propositions}), end="")


if __name__ == "__main__":
    main()
