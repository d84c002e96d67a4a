"""Problems as text, JSON, or commands that GitHub turns into annotations."""

from __future__ import annotations

import json
from itertools import groupby

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from ..problems import Problem
    from .validation import Report

# More of the same kind in one file teach a reader nothing; JSON has all of them.
SHOWN = 20


def as_text(found: Report) -> str:
    """Give one line a problem, its hint below it, and a closing count."""
    lines: list[str] = []
    for problem in _capped(found.problems):
        if isinstance(problem, str):
            lines.append(problem)
            continue
        line = f":{problem.line}" if problem.line else ""
        lines.append(f"{problem.path}{line}: {_sentence(problem)} [{problem.code}]")
        if problem.hint:
            lines.append(f"    hint: {problem.hint}")
    return "\n".join([*lines, _count(found)]) + "\n"


def as_json(found: Report) -> str:
    """Give one object: `valid`, every problem, and the rows of every table; null where there is none."""
    problems = [
        {
            "path": problem.path,
            "line": problem.line,
            "column": problem.column or None,
            "code": problem.code,
            "message": problem.message,
            "hint": problem.hint or None,
        }
        for problem in found.problems
    ]
    value = {"valid": not problems, "problems": problems, "tables": dict(found.rows)}
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"


def as_github(found: Report) -> str:
    """Give one workflow command a problem and a closing count."""
    lines: list[str] = []
    for problem in _capped(found.problems):
        if isinstance(problem, str):
            lines.append(_escape(problem))
            continue
        line = {"line": str(problem.line)} if problem.line else {}
        hint = f"\nhint: {problem.hint}" if problem.hint else ""
        lines.append(
            annotation({"file": problem.path, **line, "title": problem.code}, f"{_sentence(problem)}{hint}"),
        )
    return "\n".join([*lines, _count(found)]) + "\n"


def _sentence(problem: Problem) -> str:
    return f"{problem.column}: {problem.message}" if problem.column else problem.message


def _capped(problems: Iterable[Problem]) -> Iterator[Problem | str]:
    for path, of_file in groupby(problems, key=lambda problem: problem.path):
        counts: dict[str, int] = {}
        for problem in of_file:
            counts[problem.code] = counts.get(problem.code, 0) + 1
            if counts[problem.code] <= SHOWN:
                yield problem
        for code, count in sorted(counts.items()):
            if count > SHOWN:
                yield f"{path}: {count - SHOWN} more [{code}]"


def _count(found: Report) -> str:
    count = len(found.problems)
    faulty = {problem.path for problem in found.problems}
    count_of_files = len(faulty.union(found.files))
    files = f"{count_of_files} file{'s' if count_of_files > 1 else ''}"
    if not count:
        return f"no problems in {files}"
    return f"{count} problem{'s' if count > 1 else ''} in {len(faulty)} of {files}"


def annotation(properties: Mapping[str, str], message: str) -> str:
    """Give the workflow command that shows an error on a pull request.

    Args:
        properties: Where and under which title: file, line, title.
        message: What it says; line ends are kept.
    """
    named = ",".join(
        f"{name}={_escape(value).replace(':', '%3A').replace(',', '%2C')}" for name, value in properties.items()
    )
    return f"::error {named}::{_escape(message)}"


def _escape(text: str) -> str:
    # https://docs.github.com/actions/reference/workflow-commands: data escapes three characters, properties five.
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
