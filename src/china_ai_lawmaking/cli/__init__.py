"""The command line: arguments, printing and exit codes. Nothing else in the package prints or exits.

Each command is a module of this folder with `configure(parser)` and `run(arguments) -> int`; only the one that is
called is imported. Exit codes: 0 clean, 1 problems in the data, 2 wrong use or a package that cannot be used.
"""

from __future__ import annotations

import argparse
import gc
import importlib
import itertools
import keyword
import os
import sys
from typing import NoReturn

from ..errors import ChinaAiLawmakingError, UsageError, missing_extra

COMMANDS = {
    "add": "add what page files say",
    "cite": "cite the record, and the sources behind records",
    "describe": "explain tables, columns and values",
    "diff": "tell what changed between two versions, losses first, and the version step that it calls for",
    "evidence": "find the passages behind the record in the source texts",
    "export": "write the tables into an Excel workbook for editing",
    "fix": "bring the files into canonical form and the hashes up to date",
    "import": "take over the rows of an edited workbook",
    "release": "write the files that are published with a version",
    "site": "write the pages on which the record is read",
    "tables": "list what is in a package",
    "validate": "check a package: structure, constraints, meaning, files",
}


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise UsageError(f"{message}; see '{self.prog} --help'")


def main(argv: list[str] | None = None) -> int:
    """Run one command and give its exit code."""
    is_process = argv is None
    argv = sys.argv[1:] if argv is None else argv
    try:
        for word in argv:
            _check_text(word)
        arguments = _parser(argv).parse_args(argv)
        if is_process:
            # What is imported stays to the end: looking through it for garbage takes 4 % of a validation.
            gc.freeze()
            for stream in (sys.stdout, sys.stderr):
                # Not every terminal can show what the record holds.
                stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
        return int(arguments.run(arguments))
    except ChinaAiLawmakingError as error:
        _refuse(str(error), format=_format(argv))
        return 2
    except ModuleNotFoundError as error:
        _refuse(str(missing_extra(error)), format=_format(argv))
        return 2
    except BrokenPipeError:
        # The reader of a pipe has gone, as with `| head`: nothing is wrong and nothing is left to say.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        _refuse("interrupted", format=_format(argv))
        return 130
    except OSError as error:
        _refuse(f"{error.filename}: {error.strerror}" if error.filename else str(error), format=_format(argv))
        return 2


def _parser(argv: list[str]) -> argparse.ArgumentParser:
    parser = _Parser(prog="china-ai-lawmaking", description=__import__("china_ai_lawmaking").__doc__)
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for name, summary in COMMANDS.items():
        command = commands.add_parser(name, help=summary, description=summary, allow_abbrev=False)
        if name in argv:
            # `import` is a word of Python, and no module can be called that.
            module = importlib.import_module(f".{name}{'_' * keyword.iskeyword(name)}", __name__)
            module.configure(command)
            command.set_defaults(run=module.run)
    return parser


def _check_text(word: str) -> None:
    try:
        word.encode()
    except UnicodeEncodeError:
        raise UsageError(f"{word!a} is not UTF-8") from None


def _format(argv: list[str]) -> str:
    # Not from the parser: what is wrong may be the arguments.
    given = [after for word, after in itertools.pairwise(argv) if word == "--format"]
    given += [word.partition("=")[2] for word in argv if word.startswith("--format=")]
    return given[-1] if given else ""


def _refuse(sentence: str, *, format: str) -> None:
    if format == "json":
        import json

        print(json.dumps({"valid": False, "error": sentence}, ensure_ascii=False))
    else:
        if format == "github":
            from ..validating import report

            print(report.annotation({"title": "china-ai-lawmaking"}, sentence))
        print(f"china-ai-lawmaking: {sentence}", file=sys.stderr)
