"""What a passage carries: columns whose values stand in its words."""

from __future__ import annotations

import re
import sys
import unicodedata
from typing import TYPE_CHECKING

import pytest

from china_ai_lawmaking.package import descriptor
from china_ai_lawmaking.passages.carrying import carried
from china_ai_lawmaking.passages.passage import digest

if TYPE_CHECKING:
    import china_ai_lawmaking as cal

NAMES = {
    ("people", "an-wei"): ("An Wei", "安伟"),
    ("organizations", "tide-robotics"): ("Tide Robotics", "Tide"),
    ("laws", "data-act"): ("Data Act", "数据法"),
    ("memberships", "mem-00001"): ("deputy",),
}
CASES = [
    ("people", {"name": "An Wei", "description": "Founder of a robot maker"}, "An Wei spoke.", "name"),
    ("people", {"name": "An Wei", "name_zh": "安伟"}, "会议由安伟主持", "name_zh"),
    (
        "people",
        {"name": "An Wei", "description": "Founder of a robot maker"},
        "the founder of the robot maker, An Wei",
        "name;description",
    ),
    (
        "memberships",
        {"person_id": "an-wei", "organization_id": "tide-robotics", "role": "chair", "role_kind": "executive"},
        "Tide’s chair An Wei said",
        "person_id;organization_id;role;role_kind",
    ),
    (
        "memberships",
        {"person_id": "an-wei", "organization_id": "tide-robotics", "role": "chair", "role_kind": "executive"},
        "An Wei said so",
        "person_id",
    ),
    (
        "statements",
        {"speaker_kind": "person", "person_id": "an-wei", "kind": "demand", "attribution": "run_on",
         "summary": "More."},
        "There should be more.",
        "kind;attribution;summary",
    ),
    (
        "statistics",
        {"value": "515000000", "unit": "people", "bound": "stated", "ref_date": "2025-06-01", "ref_precision": "month"},
        "With 515 million users as of June",
        "value;bound;unit;ref_date",
    ),
    ("statistics", {"value": "249000000", "unit": "people", "bound": "stated"}, "有2.49亿人", "value;bound;unit"),
    (
        "events",
        {"name": "Data Act adopted", "kind": "legislative_step", "stage": "adopted", "law_id": "data-act",
         "start_date": "2021-06-10", "start_precision": "day", "date_basis": "stated"},
        "The Data Act was adopted on June 10",
        "name;kind;stage;law_id;start_date",
    ),
    (
        "events",
        {"name": "Data Act adopted", "kind": "legislative_step", "stage": "adopted", "law_id": "data-act",
         "start_date": "2021-06-10", "start_precision": "day", "date_basis": "derived"},
        "The Data Act was adopted on June 10",
        "name;kind;stage;law_id",
    ),
    ("organizations", {"name": "Tide Robotics", "kind": "company", "country": "CN"}, "Tide Robotics", "name;kind"),
]  # fmt: skip


@pytest.mark.parametrize(("table", "row", "passage", "columns"), CASES, ids=[case[2] for case in CASES])
def test_a_passage_carries_what_stands_in_it(
    table: str, row: dict[str, str], passage: str, columns: str, record: cal.Dataset
) -> None:
    described = descriptor.open_package(str(record.path("people")).rsplit("/data/", 1)[0]).table(table)
    assert carried(described, row, passage, lambda *key: NAMES.get(key, ())) == {*columns.split(";")}


def test_a_passage_that_only_supports_carries_no_point(record: cal.Dataset) -> None:
    described = descriptor.open_package(str(record.path("people")).rsplit("/data/", 1)[0]).table("statements")
    row = {"speaker_kind": "person", "person_id": "an-wei", "kind": "demand", "summary": "More."}
    found = carried(described, row, "said An Wei", lambda *key: NAMES.get(key, ()), relation="supports")
    assert found == {"speaker_kind", "person_id"}


def test_copies_of_a_passage_have_one_digest() -> None:
    assert digest("The “AI law” — not\n yet.") == digest('The "AI law" - not yet.') == digest("ＴｈｅＡＩlawnotyet")
    assert digest("The AI law, not yet") != digest("The AI law, now yet")


def test_a_digest_holds_letters_and_digits_and_nothing_else() -> None:
    kept = {chr(code) for code in range(sys.maxunicode + 1) if unicodedata.category(chr(code))[0] in "LN"}
    # Half a character has no place in a text.
    whole = "".join(chr(code) for code in range(sys.maxunicode + 1) if not 0xD800 <= code < 0xE000)
    assert set(re.findall(r"[^\W_]", whole)) == kept
