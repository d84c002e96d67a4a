"""Agreement of two codings of positions: MASI distance, and alpha against an independent library."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

import krippendorff
import pytest
from packages import script

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def positions() -> Any:
    """The script of the folder quality."""
    return script("quality/positions.py")


@pytest.mark.parametrize(
    ("one", "other", "distance"),
    [
        ("", "", 0),
        ("a", "a", 0),
        ("a", "b", 1),
        ("", "a", 1),
        ("ab", "a", 1 - 2 / 6),
        ("ab", "bc", 1 - 1 / 9),
        ("ab", "cd", 1),
    ],
)
def test_masi_weighs_how_one_set_lies_in_the_other(positions: Any, one: str, other: str, distance: float) -> None:
    assert positions.masi(frozenset(one), frozenset(other)) == pytest.approx(distance)
    assert positions.masi(frozenset(other), frozenset(one)) == pytest.approx(distance)


@pytest.mark.parametrize("seed", range(5))
def test_alpha_of_single_propositions_is_the_nominal_one(positions: Any, seed: int) -> None:
    chance = random.Random(seed)
    codes = [(chance.randrange(4), chance.randrange(4)) for _ in range(40)]
    units = [(frozenset([one]), frozenset([other])) for one, other in codes]
    expected = krippendorff.alpha([list(row) for row in zip(*codes, strict=True)], level_of_measurement="nominal")
    assert positions.alpha(units) == pytest.approx(expected)


def test_topics_with_few_positions_are_pooled(positions: Any, tmp_path: Path) -> None:
    header = "statement_id,proposition_id,position\n"
    first = "".join(f"st-{number},p,agrees\n" for number in range(20)) + "st-20,q,agrees\nst-21,r,agrees\n"
    (tmp_path / "positions-first.csv").write_text(header + first, "utf-8")
    second = first.replace("st-0,p,agrees", "st-0,p,disagrees").replace("st-20,q,agrees\n", "")
    (tmp_path / "positions-second.csv").write_text(header + second, "utf-8")
    topics = "statement_id,topics\n" + "".join(f"st-{number},x;y\n" for number in range(23))
    (tmp_path / "topics-first.csv").write_text(topics, "utf-8")
    lines = positions.report(tmp_path, {"p": "large", "q": "small", "r": "tiny"}).splitlines()[2:]
    assert [line.split(" | ")[:4] for line in lines] == [
        ["| all", "23", "22", "22"],
        ["| large", "20", "20", "20"],
        ["| other topics, pooled", "3", "2", "2"],
    ]
    assert [line.split(" | ")[5] for line in lines] == ["20 of 21", "19 of 20", "1 of 1"]
