"""The record against the texts that it was coded from, where they are at hand."""

from __future__ import annotations

import os

import pytest
from packages import REPOSITORY, script

from china_ai_lawmaking.cli import main

VARIABLE = "CHINA_AI_LAWMAKING_TEXTS"
TEXTS = os.environ.get(VARIABLE, "")

pytestmark = pytest.mark.skipif(
    not TEXTS, reason=f"the source texts are not in the repository; {VARIABLE} names no folder"
)


def test_every_passage_is_where_its_row_says(capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["evidence", "check", "--root", str(REPOSITORY), "--texts", TEXTS])
    assert code == 0, capsys.readouterr().out


def test_every_sentence_is_carried_or_named_as_residue() -> None:
    told, is_whole = script("quality/coverage.py").report(REPOSITORY, TEXTS)
    assert is_whole, told
