"""Problems as text, JSON, or commands that GitHub turns into annotations."""

import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from itertools import groupby
from typing import NamedTuple

from ..problems import Problem

# More of the same kind in one file teach a reader nothing; JSON has all of them.
SHOWN = 20


class Report(NamedTuple):
    """What a validation found.

    Attributes:
        problems: Every problem, sorted.
        rows: Rows by table; None for a table that cannot be read.
        files: The data files that were looked at.
        not_run: Codes of the rules that read a table or column which the package does not have.
    """

    problems: list[Problem]
    rows: Mapping[str, int | None]
    files: tuple[str, ...]
    not_run: Sequence[str] = ()


def as_text(found: Report) -> str:
    """Give one line a problem, its hint below it, and a closing count."""

    def told(problem: Problem) -> str:
        hint = f"\n    hint: {problem.hint}" if problem.hint else ""
        return f"{problem.place}: {_sentence(problem)} [{problem.code}]{hint}"

    return _listed(found, told)


def as_json(found: Report, more: Mapping[str, object]) -> str:
    """Give one object: `valid`, every problem, rows by table or null, the rules that were not run, and what is more."""
    problems = [
        problem._asdict() | {"column": problem.column or None, "hint": problem.hint or None}
        for problem in found.problems
    ]
    value = {"valid": not problems, "problems": problems, "tables": dict(found.rows), "not_run": list(found.not_run)}
    return json.dumps({**value, **more}, ensure_ascii=False, indent=2) + "\n"


def as_github(found: Report) -> str:
    """Give one workflow command a problem and a closing count."""

    def told(problem: Problem) -> str:
        line = {"line": str(problem.line)} if problem.line else {}
        hint = f"\nhint: {problem.hint}" if problem.hint else ""
        return annotation({"file": problem.path, **line, "title": problem.code}, f"{_sentence(problem)}{hint}")

    return _listed(found, told, _escape)


def _sentence(problem: Problem) -> str:
    return f"{problem.column}: {problem.message}" if problem.column else problem.message


def _listed(found: Report, told: Callable[[Problem], str], escape: Callable[[str], str] = str) -> str:
    lines = []
    for path, of_file in groupby(found.problems, key=lambda problem: problem.path):
        counts: Counter[str] = Counter()
        for problem in of_file:
            counts[problem.code] += 1
            if counts[problem.code] <= SHOWN:
                lines.append(told(problem))
        more = ((code, count - SHOWN) for code, count in sorted(counts.items()) if count > SHOWN)
        lines += [escape(f"{path}: {count} more [{code}]") for code, count in more]
    count, faulty = len(found.problems), {problem.path for problem in found.problems}
    count_of_files = len(faulty.union(found.files))
    told_count = f"{count} problem{'s' if count > 1 else ''} in {len(faulty)} of" if count else "no problems in"
    lines.append(f"{told_count} {count_of_files} file{'s' if count_of_files > 1 else ''}")
    if found.not_run and not count:
        # Nobody shall take what was not asked for what was answered well.
        lines.append(escape(f"not asked, for want of what they read: {', '.join(found.not_run)}"))
    return "\n".join(lines) + "\n"


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
