"""`new` adds a row and what belongs to it as one valid change, or nothing."""

from __future__ import annotations

import shlex
import shutil
import sys
from typing import TYPE_CHECKING

import pytest
from killing import kills

from china_ai_lawmaking.cli import main
from china_ai_lawmaking.editing import writing
from china_ai_lawmaking.package import descriptor, files
from china_ai_lawmaking.validating import validation

if TYPE_CHECKING:
    from pathlib import Path

STATEMENT = [
    "statements",
    "--set",
    "speaker_kind=person",
    "--set",
    "person_id=an-wei",
    "--set",
    "membership_id=mem-00001",
]
STATEMENT += ["--set", "kind=demand", "--set", "attribution=direct", "--set", "event_id=robot-forum-2025"]
STATEMENT += ["--set", "summary=People should be told, always, when a robot decides."]
STATEMENT += ["--set", "date=2025-03-06", "--set", "date_precision=day", "--set", "date_basis=event"]
STATEMENT += ["--set", "planned=false"]
EVIDENCE = ["--with", "evidence", "--set", "source_id=harbour-news-2025-03-06", "--set", "relation=states"]
EVIDENCE += ["--set", "quote_start=people should be told", "--set", "quote_end=a robot decides"]
TOPIC = ["--with", "statement_topics", "--set", "topic_id=safety", "--set", "rank=1"]
LAW = ["--with", "statement_laws", "--set", "law_id=robot-laws", "--set", "relation=shapes", "--set", "basis=topic"]
WHOLE = [*STATEMENT, *TOPIC, *LAW, *EVIDENCE, "--set", "fields=summary"]


def contents(root: Path) -> dict[str, bytes]:
    """Every file of the package as its readers see it."""
    opened = descriptor.locate(root)
    names = opened.names()
    paths = [files.DESCRIPTOR, *map(opened.resource_path, names), *map(opened.schema_path, names)]
    return {path: opened.files.read(path) for path in paths}


def added(before: dict[str, bytes], after: dict[str, bytes]) -> list[str]:
    """The lines that are new, without the descriptor's; nothing else may have changed."""
    lines = []
    for path in sorted(before.keys() - {files.DESCRIPTOR}):
        old, new = before[path].decode().splitlines(), after[path].decode().splitlines()
        assert [line for line in new if line in old] == old
        lines += [f"{path}: {line}" for line in new if line not in old]
    return lines


def test_a_statement_comes_with_its_evidence_and_links(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = contents(root)
    assert main(["new", *WHOLE, "--root", str(root)]) == 0
    assert capsys.readouterr().out == (
        "data/statements.csv: st-00009\n"
        "data/statement_topics.csv: st-00009, safety\n"
        "data/statement_laws.csv: st-00009, robot-laws\n"
        "data/evidence.csv: ev-00071\n"
    )
    passage = "people should be told,a robot decides,,states"
    occasion = "2025-03-06,day,event,robot-forum-2025,,false"
    summary = '"People should be told, always, when a robot decides."'
    assert added(before, contents(root)) == [
        f"data/evidence.csv: ev-00071,statements,st-00009,summary,harbour-news-2025-03-06,,{passage}",
        "data/statement_laws.csv: st-00009,robot-laws,shapes,,topic",
        "data/statement_topics.csv: st-00009,safety,1",
        f"data/statements.csv: st-00009,person,an-wei,mem-00001,,,demand,direct,{summary},{occasion},",
    ]
    assert validation.judge(descriptor.locate(root)).problems == []


def test_a_retired_identifier_is_not_given_again(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert b"st-00006," in (root / "data/retired_ids.csv").read_bytes()
    assert b"st-00006," not in (root / "data/statements.csv").read_bytes()
    main(["new", *WHOLE, "--root", str(root)])
    assert capsys.readouterr().out.splitlines()[0] == "data/statements.csv: st-00009"


def test_evidence_belongs_to_the_row_before_it(root: Path) -> None:
    before = contents(root)
    person = ["people", "--set", "id=chen-mo", "--set", "name=Chen Mo", *EVIDENCE, "--set", "fields=name"]
    member = [
        "--with",
        "memberships",
        "--set",
        "role=editor",
        "--set",
        "role_kind=professional",
        "--set",
        "current=true",
    ]
    member += ["--set", "as_of_date=2025-03-06", "--set", "as_of_precision=day", *EVIDENCE, "--set", "fields=role"]
    assert main(["new", *person, *member, "--root", str(root)]) == 0
    assert [line.split(",harbour")[0] for line in added(before, contents(root))] == [
        "data/evidence.csv: ev-00071,people,chen-mo,name",
        "data/evidence.csv: ev-00072,memberships,mem-00005,role",
        "data/memberships.csv: mem-00005,chen-mo,,editor,professional,,,,true,2025-03-06,day,,,,",
        "data/people.csv: chen-mo,Chen Mo,,,,",
    ]


REFUSED = [
    (["persons"], "no table named 'persons'; tables: event_participants, events,"),
    (
        ["people", "--set", "nam=X"],
        "people has no column 'nam'; columns: id, name, name_zh, description, wikidata_id, note",
    ),
    (["people", "--set", "name"], "--set name has no '='; expected COLUMN=VALUE"),
    (["people", "--set", "id=a", "--set", "id=b"], "id is given twice; begin another row with --with TABLE"),
    (["people", "--set", "note=X"], "a row of people needs id, name too; give them with --set COLUMN=VALUE"),
    (
        [*STATEMENT, "--with", "evidence"],
        "a row of evidence needs fields, source_id, quote_start, relation too; give them",
    ),
]


@pytest.mark.parametrize(("arguments", "sentence"), REFUSED, ids=[row[1][:30] for row in REFUSED])
def test_wrong_use_is_refused_in_one_sentence(
    root: Path, arguments: list[str], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    before = contents(root)
    assert main(["new", *arguments, "--root", str(root)]) == 2
    assert capsys.readouterr().err.startswith(f"china-ai-lawmaking: {sentence}")
    assert contents(root) == before


def test_nothing_is_written_when_the_package_would_have_problems(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = contents(root)
    arguments = [argument.replace("an-wei", "an-wie") for argument in WHOLE]
    assert main(["new", *arguments, "--root", str(root)]) == 1
    printed = capsys.readouterr()
    assert printed.out == (
        "data/statements.csv:9: person_id: 'an-wie' is not an id in data/people.csv [unknown-reference]\n"
        "    hint: did you mean 'an-wei'?\n"
        "1 problem in 1 of 23 files\n"
    )
    assert printed.err == "nothing was written; these are the problems that the package would have\n"
    assert contents(root) == before


def test_a_structural_fault_elsewhere_stops_it(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (root / "data/topics.csv").write_bytes(b"id,name,description,broader_id\nshort\n")
    before = contents(root)
    assert main(["new", *WHOLE, "--root", str(root)]) == 1
    assert capsys.readouterr() == (
        "data/topics.csv:2: 1 cell, the header has 4 [ragged-row]\n1 problem in 1 of 1 file\n",
        "nothing was written: mend these first\n",
    )
    assert contents(root) == before


class Terminal:
    """Standard input of somebody who types these lines."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, answers: list[str]) -> None:
        self.questions: list[str] = []
        self._answers = iter(answers)
        monkeypatch.setattr(sys, "stdin", self)
        monkeypatch.setattr("builtins.input", self._answer)

    def isatty(self) -> bool:
        return True

    def _answer(self, question: str) -> str:
        self.questions.append(question)
        try:
            return next(self._answers)
        except StopIteration:
            raise EOFError from None


def test_every_column_that_is_not_filled_in_is_asked_for(
    root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    before = contents(root)
    passage = ["name", "harbour-news-2025-03-06", "", "one of our editors", "", "", "claims", "states"]
    answers = ["", "chen-mo", "", "", "", "", "evidenze", "evidence", *passage, ""]
    terminal = Terminal(monkeypatch, answers)
    assert main(["new", "people", "--set", "name=Chen Mo", "--root", str(root)]) == 0
    tables = "evidence, event_participants, law_contributors, memberships, statement_cospeakers, statements"
    more = f"a row in another table? ({tables}; empty: no): "
    columns = ["id", "id", "name_zh", "description", "wikidata_id", "note"]
    of_passage = [
        "fields",
        "source_id",
        "via_source_id",
        "quote_start",
        "quote_end",
        "passage_sha256",
        "relation",
        "relation",
    ]
    assert terminal.questions == [
        *(f"people.{column}: " for column in columns),
        more,
        more,
        *(f"evidence.{column}: " for column in of_passage),
        more,
    ]
    told = capsys.readouterr().err.splitlines()
    assert [told[0], told[2]] == ["an empty answer leaves a cell empty", "every row needs a value here"]
    assert told[-2:] == [
        "What the passage does for the row. One of states, supports, identifies, contradicts.",
        "'claims' is not one of states, supports, identifies, contradicts",
    ]
    assert any(line.startswith("'evidenze' is not one of event_participants, events,") for line in told)
    assert added(before, contents(root)) == [
        "data/evidence.csv: ev-00071,people,chen-mo,name,harbour-news-2025-03-06,,one of our editors,,,states",
        "data/people.csv: chen-mo,Chen Mo,,,,",
    ]


SUMMARY = "People should be told, always, when a robot decides."
TYPED = ["person", "an-wei", "mem-00001", "", "", "demand", "direct", SUMMARY]
TYPED += ["2025-03-06", "day", "event", "robot-forum-2025", "", "false", ""]
TYPED += ["statement_topics", "safety", "1", "statement_laws", "robot-laws", "shapes", "", "topic"]
TYPED += [
    "evidence",
    "summary",
    "harbour-news-2025-03-06",
    "",
    "people should be told",
    "a robot decides",
    "",
    "states",
    "",
]


def test_a_statement_typed_on_a_terminal_is_the_one_that_is_given(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = contents(root)
    Terminal(monkeypatch, TYPED)
    assert main(["new", "statements", "--root", str(root)]) == 0
    typed = added(before, contents(root))
    for path, data in before.items():
        (root / path).write_bytes(data)
    monkeypatch.undo()
    assert main(["new", *WHOLE, "--root", str(root)]) == 0
    assert typed == added(before, contents(root))
    assert len(typed) == 4


def test_what_is_refused_is_given_back_as_a_command(
    root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    before = contents(root)
    Terminal(monkeypatch, ["person", "an-wie", *TYPED[2:]])
    assert main(["new", "statements", "--root", str(root)]) == 1
    assert contents(root) == before
    *_, refused, label, command = capsys.readouterr().err.splitlines()
    assert refused == "nothing was written; these are the problems that the package would have"
    assert label == "what you said, as a command:"
    monkeypatch.undo()
    program, *arguments = shlex.split(command.replace("an-wie", "an-wei"))
    assert program == "china-ai-lawmaking"
    assert main(arguments) == 0
    after = contents(root)
    for path, data in before.items():
        (root / path).write_bytes(data)
    assert main(["new", *WHOLE, "--root", str(root)]) == 0
    assert after == contents(root)


def test_whoever_stops_answering_leaves_nothing(
    root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    before = contents(root)
    Terminal(monkeypatch, ["chen-mo", "Chen Mo"])
    further = ["--with", "memberships", "--set", "role=chief editor"]
    assert main(["new", "people", *further, "--root", str(root)]) == 2
    command = (
        f"new people --root {root} --set id=chen-mo --set 'name=Chen Mo' --with memberships --set 'role=chief editor'"
    )
    assert capsys.readouterr().err.splitlines()[-3:] == [
        "what you said, as a command:",
        f"china-ai-lawmaking {command}",
        "china-ai-lawmaking: no answer; nothing was written",
    ]
    assert contents(root) == before


@pytest.mark.slow
def test_a_kill_at_any_step_leaves_the_old_or_the_new_package(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old = contents(root)
    main(["new", *WHOLE, "--root", str(root)])
    new = contents(root)
    shutil.rmtree(root)
    for path, data in old.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(data)
    seen = []
    for name in kills(root, monkeypatch, lambda: main(["new", *WHOLE, "--root", str(root)])):
        after = contents(root)
        assert after in (old, new), name
        writing.finish(str(root))
        assert contents(root) == after, name
        seen.append((name, after == new))
    # Five files are replaced one by one, and the change is made before the first of them.
    assert [is_new for name, is_new in seen if name == "replace"] == [True] * 5
    assert seen[0] == ("mkdir", False)
    assert seen[-1] == ("", True)
    assert [is_new for _, is_new in seen] == sorted(is_new for _, is_new in seen)
