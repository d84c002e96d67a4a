"""The meaning rules: what the data model and the codebook ask beyond the Table Schemas. Frames in, failing rows out."""

from __future__ import annotations

from typing import NamedTuple

import narwhals as nw

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    Frame = nw.LazyFrame[Any]
    Frames = Mapping[str, Frame]


class Rule(NamedTuple):
    """One rule of meaning.

    Attributes:
        code: Stable kebab-case name of the fault.
        table: Table whose rows are judged.
        column: Column that the problem names, or empty for the row.
        reads: Columns that the rule looks at, by table. A row of `table` with an already reported cell among them is
            not reported again, and the rule rests while a file among them is structurally broken.
        message: `str.format` template over the columns of the fault frame. For a column `<table>__row`, the record
            number of another row, the template can use `<table>__line`, its physical line.
        hint: How to mend it, or empty; a template too.
        faults: Failing rows of `table`, from one frame a table with every column as text, null for an empty cell, and
            `__row`: at least `__row`, and the columns that the message needs.
    """

    code: str
    table: str
    column: str
    reads: Mapping[str, tuple[str, ...]]
    message: str
    hint: str
    faults: Callable[[Frames], Frame]


def _one_speaker(frames: Frames) -> Frame:
    speakers = nw.sum_horizontal((~nw.col(name).is_null()).cast(nw.Int8) for name in _SPEAKERS)
    return frames["statements"].select("__row", speakers=speakers).filter(nw.col("speakers") != 1)


_SPEAKERS = ("person_id", "organization_id", "law_id")

RULES: tuple[Rule, ...] = (
    Rule(
        "one-speaker",
        "statements",
        "",
        {"statements": _SPEAKERS},
        "{speakers} speakers; expected exactly one of person_id, organization_id and law_id",
        "",
        _one_speaker,
    ),
)
