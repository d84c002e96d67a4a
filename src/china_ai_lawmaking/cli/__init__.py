"""The command line: arguments, printing and exit codes. Nothing else in the package prints or exits.

Each command is a module of this folder with `ARGUMENTS` and `run(arguments) -> int`; only the one that is
called is imported. Exit codes: 0 clean, 1 problems in the data, 2 wrong use or a package that cannot be used.
"""

from __future__ import annotations

import argparse
import gc
import importlib
import itertools
import keyword
import sys
import warnings
from typing import NoReturn

from ..errors import GONE, ChinaAiLawmakingError, NeedsExtra, UsageError
from . import streams

COMMANDS = {
    "add": "add what page files say",
    "cite": "cite the record, and the sources behind records",
    "describe": "explain tables, columns and values",
    "diff": "tell what changed between two versions, losses first, and the version step that it calls for",
    "evidence": "find the passages behind the record in the source texts",
    "export": "write the tables into an Excel workbook for editing",
    "fix": "bring the files into canonical form and the hashes up to date",
    "import": "take over the rows of an edited workbook",
    "network": "write who agrees with whom as a network",
    "release": "write the files that are published with a version",
    "site": "write the pages on which the record is read",
    "tables": "list what is in a package",
    "validate": "check a package: structure, constraints, meaning, files",
}


# Not the docstring of the package, which `python -OO` leaves out.
SUMMARY = "China's debate about legislating artificial intelligence, as tables that you can load, check and cite."


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise UsageError(f"{message}; see '{self.prog} --help'")


class _Version(argparse.Action):
    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> NoReturn:
        from ..package import descriptor

        print(f"{parser.prog} {descriptor.installed_package().version}")
        sys.stdout.flush()
        parser.exit()


def main(argv: list[str] | None = None) -> int:
    """Run one command and give its exit code."""
    is_process = argv is None
    argv = sys.argv[1:] if argv is None else argv
    if is_process:
        streams.prepare(_format(argv))
    try:
        for word in argv:
            if any("\ud800" <= letter <= "\udfff" for letter in word):
                raise UsageError(f"{word!a} is not UTF-8")
        with NeedsExtra():
            arguments = _parser(argv).parse_args(argv)
            if is_process:
                # What is imported stays to the end: looking through it for garbage takes 4 % of a validation.
                gc.freeze()
                # Not where in the code it is: a warning is about the data.
                warnings.formatwarning = lambda message, *_: f"note: {message}\n"
            code = int(arguments.run(arguments))
        # What cannot be written shall be known here, not when Python ends.
        sys.stdout.flush()
        return code
    except ChinaAiLawmakingError as error:
        _refuse(str(error), format=_format(argv))
        return 2
    except BrokenPipeError:
        # The reader of a pipe has gone, as with `| head`: nothing is wrong and nothing is left to say.
        streams.abandon(sys.stdout)
        return 0
    except KeyboardInterrupt:
        _refuse("interrupted", format=_format(argv))
        return 130
    except OSError as error:
        if error.filename is None:
            # The disk behind the output is full, or whatever else keeps it from being written: it is told on stderr.
            streams.abandon(sys.stdout)
        told = ": ".join(map(str, filter(None, (error.filename, error.strerror or error))))
        if isinstance(error, FileNotFoundError) and not error.filename:
            told = GONE
        _refuse(told, format=_format(argv) if error.filename else "")
        return 2


def _parser(argv: list[str]) -> argparse.ArgumentParser:
    parser = _Parser(prog="china-ai-lawmaking", description=SUMMARY)
    parser.add_argument("--version", action=_Version, nargs=0, help="print the version and stop")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for name, summary in COMMANDS.items():
        command = commands.add_parser(name, help=summary, description=summary, allow_abbrev=False)
        if name in argv:
            # `import` is a word of Python, and no module can be called that.
            module = importlib.import_module(f".{name}{'_' * keyword.iskeyword(name)}", __name__)
            for add in module.ARGUMENTS:
                add(command)
            command.set_defaults(run=module.run)
    return parser


def _format(argv: list[str]) -> str:
    # Not from the parser: what is wrong may be the arguments.
    given = [after for word, after in itertools.pairwise(argv) if word == "--format"]
    given += [word.partition("=")[2] for word in argv if word.startswith("--format=")]
    # The one command that writes for programs unless it is told otherwise.
    return given[-1] if given else "graphml" if argv[:1] == ["network"] else ""


def _refuse(sentence: str, *, format: str) -> None:
    try:
        if format == "json":
            import json

            print(json.dumps({"valid": False, "error": sentence}, ensure_ascii=False))
        else:
            if format == "github":
                from ..validating import report

                print(report.annotation({"title": "china-ai-lawmaking"}, sentence))
            print(f"china-ai-lawmaking: {sentence}", file=sys.stderr)
        sys.stdout.flush()
    except OSError:
        # Nobody can be told.
        streams.abandon(sys.stdout, sys.stderr)
