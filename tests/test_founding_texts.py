"""The record against the texts that it was coded from, where they are at hand."""

from __future__ import annotations

import os

import pytest
from packages import REPOSITORY

from china_ai_lawmaking.cli import main

VARIABLE = "CHINA_AI_LAWMAKING_TEXTS"
TEXTS = os.environ.get(VARIABLE, "")

pytestmark = pytest.mark.skipif(
    not TEXTS, reason=f"the source texts are not in the repository; {VARIABLE} names no folder"
)


@pytest.mark.parametrize("verb", ["check", "coverage"])
def test_the_record_holds_against_its_texts(verb: str, capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["evidence", verb, "--root", str(REPOSITORY), "--texts", TEXTS])
    assert code == 0, capsys.readouterr().out
