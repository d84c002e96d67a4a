"""Damage the Python of rules and constraints as mutmut does, and count what the tests do not notice.

mutmut makes the mutants. It would run the tests that call a function, but rules are made when their module is imported:
so each mutant is a file and a process of its own here. Strings, which are texts and SQL, stay as they are:
`mutation.py` damages the SQL. Prints what is not noticed, and fails where that is more than 2 in 100.

    python quality/mutation_python.py [FILE ...]
"""

from __future__ import annotations

import ast
import difflib
import os
import shutil
import signal
import sys
import tempfile
import time
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    # File, text with one damage, names of tests.
    Mutant = tuple[Path, str, tuple[str, ...]]

MOST_UNNOTICED = 0.02
# Seconds after which a mutant counts as noticed: it does not come to an end.
PATIENCE = 600
ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "src" / "china_ai_lawmaking"
# By file, the tests that tell of it, the quickest first.
TESTS = {
    "package/types.py": ("types", "engines"),
    "validating/constraints.py": ("constraints", "engines", "types", "bad_input"),
    "rules/*.py": ("rules", "cases", "engines"),
}
COPIED = ("data", "datapackage.json", "docs", "pyproject.toml", "quality", "schemas", "src", "tests")
# Imported once, before the first mutant: nothing of the package, and nothing that starts threads.
LIBRARIES = ("duckdb", "pandas", "pandera.pandas", "polars", "pytest", "sqlglot.optimizer.qualify")
# Damage that leaves what is done as it is, by part of the line: imports for annotations alone; lengths that were
# compared before; and how a database works, not what it finds.
EQUIVALENT = (
    "TYPE_CHECKING = False  →",
    "code: str = ",
    "fails: ",
    "_TAKEN.add",
    "strict=",
    "own, )",
    "row, )",
    "is_small",
    "is_table",
    "if sourced else together",
)


def mutants(path: Path) -> list[str]:
    """Give the mutants of a file: its text, each time with one damage."""
    from mutmut.mutation import mutators
    from mutmut.mutation.file_mutation import create_mutations

    operators = [(kind, made) for kind, made in mutators.mutation_operators if made is not mutators.operator_string]
    mutators.mutation_operators[:] = operators
    module, found, *_ = create_mutations(str(path), path.read_text(encoding="utf-8"))
    is_rules = path.parent.name == "rules"
    # The texts of rules are module code, and so are the lists of words that they use.
    told = (one for one in found if one.contained_by_top_level_function or not is_rules)
    texts = (module.deep_replace(one.original_node, one.mutated_node).code for one in told)
    # A mutant that is only spelt otherwise, or twice, is none.
    by_meaning = {ast.dump(ast.parse(text)): text for text in texts}
    by_meaning.pop(ast.dump(ast.parse(module.code)), None)
    return list(by_meaning.values())


def difference(path: Path, text: str) -> str:
    """Give the lines of a file that a mutant changes."""
    before, after = path.read_text(encoding="utf-8").splitlines(), text.splitlines()
    lines = list(difflib.unified_diff(before, after, n=0, lineterm=""))[3:]
    return "  →  ".join(line[1:].strip() for line in lines)


def judge(checkout: Path, tests: tuple[str, ...]) -> int:
    """Run the tests in a checkout; give the exit code of pytest."""
    os.chdir(checkout)
    os.environ |= {"PYTHONPATH": f"{checkout / 'src'}", "PYTEST_DEBUG_TEMPROOT": f"{checkout}"}
    sys.path.insert(0, f"{checkout / 'src'}")
    silent = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silent, 1)
    os.dup2(silent, 2)
    # What is imported already is not rewritten, of which pytest warns.
    options = "-x -q --tb=no -p no:cacheprovider -o tmp_path_retention_policy=none"
    files = [f"tests/test_{name}.py" for name in tests]
    options += " -W ignore::pytest.PytestAssertRewriteWarning"
    return int(import_module("pytest").main([*options.split(), "-m", "not slow", *files]))


def unnoticed(made: list[Mutant], checkouts: list[Path]) -> Iterator[Mutant]:
    """Judge mutants, as many at a time as there are checkouts; give those that pass the tests."""
    running: dict[int, tuple[Mutant, Path, float]] = {}
    waiting, free = made[::-1], [*checkouts]
    while waiting or running:
        if waiting and free:
            mutant, checkout = waiting.pop(), free.pop()
            path, text, tests = mutant
            (checkout / path.relative_to(ROOT)).write_text(text, encoding="utf-8")
            if not (process := os.fork()):
                code = 1
                try:
                    code = judge(checkout, tests)
                finally:
                    os._exit(code)
            running[process] = mutant, checkout, time.monotonic()
            continue
        process, status = os.waitpid(-1, os.WNOHANG)
        if process:
            mutant, checkout, _ = running.pop(process)
            shutil.copy(mutant[0], checkout / mutant[0].relative_to(ROOT))
            free.append(checkout)
            if not status:
                yield mutant
        else:
            time.sleep(0.1)
            for process, (_, _, since) in running.items():
                if time.monotonic() - since > PATIENCE:
                    os.kill(process, signal.SIGKILL)


def main(names: list[str]) -> int:
    """Judge the mutants of some files, or of all; give 1 where too much is not noticed."""
    # The mutants of one file can have one size and time, by which Python knows what it compiled.
    sys.dont_write_bytecode = True
    os.environ["PYTHONDONTWRITEBYTECODE"] = "1"
    for library in LIBRARIES:
        import_module(library)
    files = [(path, tests) for pattern, tests in TESTS.items() for path in sorted(PACKAGE.glob(pattern))]
    chosen = [one for one in files if not names or one[0].name in names]
    found = [(path, text, tests) for path, tests in chosen for text in mutants(path)]
    made = [one for one in found if not any(part in difference(*one[:2]) for part in EQUIVALENT)]
    passed = 0
    with tempfile.TemporaryDirectory() as scratch:
        checkouts = [Path(scratch) / f"{number}" for number in range(os.cpu_count() or 1)]
        for checkout in checkouts:
            for name in COPIED:
                copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
                checkout.mkdir(exist_ok=True)
                copy(ROOT / name, checkout / name)
        sound = {tests: (path, path.read_text(encoding="utf-8"), tests) for path, tests in chosen}
        if len(list(unnoticed([*sound.values()], checkouts))) < len(sound):
            print("the tests do not pass on the sound code")
            return 1
        for path, text, _ in unnoticed(made, checkouts):
            passed += 1
            print(f"{path.name}: {difference(path, text)}", flush=True)
    spared = len(found) - len(made)
    print(f"{passed} of {len(made)} mutants not noticed ({passed / len(made):.1%}); {spared} more change nothing")
    return int(passed > MOST_UNNOTICED * len(made))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
