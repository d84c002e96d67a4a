"""How good the rows added in version 2.0.0 are: second readings by people who had not coded them.

`python quality/fresh.py` prints four things from the folder `fresh`: how often a reader who saw only the passages
picked the row's summary among four (`matching.csv`; items whose summary or passage the reader had met before are left
out, but for the rows of `fresh-4` and `fresh-5`, whose passages he had coded without sight of a summary), how well two
codings agree (`kinds.csv` and `topics-*.csv`, those of `fresh-4` and `fresh-5` too; the positions by
`quality/positions.py`), and how many cells of rows drawn by a recorded seed were wrong when they were read again
(`reread.csv`, before the mends that followed each draw), with the upper end of a 95 percent interval
(Clopper-Pearson). Each draw leaves out what the ones before it read; the sixth holds all statements added after the
fifth, the seventh 50 of those left when the sixth had been mended. The eighth is no draw: every statement, instrument
and step was read again whose page could be seen. The ninth drew 60 of these statements after they had been mended, and
the tenth compared summary and kind of every statement whose text is at hand with the whole passage
(`fresh-6/wrong.csv` names what was wrong in the last three). It also counts what a reader found who read the most
contested propositions through (`contested.csv`), and what was done about it (`contested-mended.csv`).
"""

from __future__ import annotations

import csv
import math
from collections import Counter, defaultdict
from pathlib import Path

import krippendorff

HERE = Path(__file__).resolve().parent / "fresh"


def rows(name: str, folder: Path = HERE) -> list[dict[str, str]]:
    """Read a file of a folder."""
    with (folder / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def alpha(pairs: list[tuple[str, str]]) -> str:
    """Give Krippendorff's alpha of two nominal codings."""
    codes = {value: code for code, value in enumerate(sorted({value for pair in pairs for value in pair}))}
    data = [[codes[pair[side]] for pair in pairs] for side in (0, 1)]
    return f"{krippendorff.alpha(data, level_of_measurement='nominal'):.2f}"


def upper(wrong: int, cells: int) -> float:
    """Give the upper end of the exact 95 percent interval of a share, by bisection of the binomial tail."""
    low, high = wrong / cells, 1.0
    for _ in range(60):
        share = (low + high) / 2
        tail = sum(
            math.exp(
                math.lgamma(cells + 1) - math.lgamma(k + 1) - math.lgamma(cells - k + 1)
                + k * math.log(share) + (cells - k) * math.log1p(-share)
            )
            for k in range(wrong + 1)
        )  # fmt: skip
        low, high = (share, high) if tail > 0.025 else (low, share)
    return high


def report() -> str:
    """Give the measurements as Markdown."""
    picks = [row for row in rows("matching.csv") if row["seen_before"] == "false"]
    right = sum(row["right"] == row["picked"] for row in picks)
    kinds = rows("kinds.csv")
    fits = sum(row["summary_fits"] == "yes" for row in kinds)
    matched = f"{right} of {len(picks)} summaries picked among four from the passage alone"
    fitting = f"{fits} of {len(kinds)} summaries say nothing that the passage shown does not"
    lines = [
        f"Blind matching: {matched}. In a second coding {fitting}.",
        "",
        "| column | statements | agree | alpha |",
        "|---|---|---|---|",
    ]
    for folder, which in (
        (HERE, ""),
        (HERE.with_name("fresh-4"), ", fourth coding"),
        (HERE.with_name("fresh-5"), ", fifth coding"),
    ):
        first, second = (
            {row["statement_id"]: row["topics"].split(";")[0] for row in rows(f"topics-{name}.csv", folder)}
            for name in ("first", "second")
        )
        for name, pairs in (
            ("`kind`", [(row["first"], row["second"]) for row in rows("kinds.csv", folder)]),
            ("primary topic", [(first[key], second[key]) for key in sorted(first)]),
        ):
            lines.append(f"| {name}{which} | {len(pairs)} | {sum(a == b for a, b in pairs)} | {alpha(pairs)} |")
    lines += ["", "| rows read again | rows | filled cells | wrong | percent | at most (95 %) |"]
    lines.append("|---|---|---|---|---|---|")
    names = {
        "1": "", "2": ", second draw", "3": ", third draw", "4": ", fourth draw", "5": ", fifth draw",
        "6": ", all new ones", "7": ", those that were left", "8": ", all that could be seen again",
        "9": ", sixty of these, after mending", "10": ", summary and kind of all with a text at hand",
    }  # fmt: skip
    found: dict[tuple[str, str], list[tuple[int, int]]] = defaultdict(list)
    for row in rows("reread.csv"):
        found[row["table"], row["draw"]].append((int(row["cells"]), int(row["wrong"])))
    for (table, draw), counts in sorted(found.items(), key=lambda item: (item[0][0], int(item[0][1]))):
        cells, wrong = sum(cell for cell, _ in counts), sum(bad for _, bad in counts)
        share, most = 100 * wrong / cells, 100 * upper(wrong, cells)
        lines.append(f"| {table}{names[draw]} | {len(counts)} | {cells} | {wrong} | {share:.1f} | {most:.1f} |")
    contested, mended = rows("contested.csv"), rows("contested-mended.csv")
    verdicts = Counter(row["verdict"] for row in contested)
    dropped = sum(bool(row["old"]) and not row["new"] for row in mended)
    added = sum(bool(row["new"]) and not row["old"] for row in mended)
    kept = sum(row["old"] == row["new"] for row in mended)
    several = len({row["proposition_id"] for row in contested})
    coded = len(contested) - verdicts["missing"]
    lines.append("")
    lines.append(
        f"The {several} most contested propositions read through: of {coded} positions {verdicts['right']} right, "
        f"{verdicts['wrong']} wrong, {verdicts['doubtful']} doubtful; {verdicts['missing']} missing. "
        f"Then {dropped} positions dropped, {added} added, {kept} weighed and left."
    )
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    print(report(), end="")
