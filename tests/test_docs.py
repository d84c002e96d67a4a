"""The documentation says what the software does: generated parts are current, examples run, lists are complete."""

from __future__ import annotations

import importlib.util
import re
import sys

from packages import REPOSITORY

import china_ai_lawmaking as cal
from china_ai_lawmaking.cli import COMMANDS

README = (REPOSITORY / "README.md").read_text(encoding="utf-8")


def test_generated_parts_are_current() -> None:
    spec = importlib.util.spec_from_file_location("generate", REPOSITORY / "docs" / "generate.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["generate"] = module
    spec.loader.exec_module(module)
    stale = [path.name for path, text in module.texts().items() if path.read_text(encoding="utf-8") != text]
    assert stale == []


def test_the_readme_lists_every_verb() -> None:
    verbs = [name for name in dir(cal) if name[0].islower() and name != "version"]
    assert [verb for verb in verbs if f"cal.{verb}(" not in README] == []


def test_the_readme_names_no_verb_that_is_not_there() -> None:
    assert set(re.findall(r"cal\.([a-z_]+)\(", README)) <= set(dir(cal))


def test_the_readme_names_every_command() -> None:
    documented = "\n".join(
        path.read_text(encoding="utf-8") for path in [REPOSITORY / "README.md", *(REPOSITORY / "docs").glob("*.md")]
    )
    assert [command for command in COMMANDS if f"china-ai-lawmaking {command}" not in documented] == []


def test_links_inside_the_repository_lead_somewhere() -> None:
    for path in [REPOSITORY / "README.md", *(REPOSITORY / "docs").glob("*.md")]:
        links = re.findall(r"\]\((?!https?:|#)([^)#]+)", path.read_text(encoding="utf-8"))
        assert [link for link in links if not (path.parent / link).exists()] == [], path.name


def test_no_file_names_a_place_on_one_machine() -> None:
    import subprocess

    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=REPOSITORY, capture_output=True, text=True, check=True
    ).stdout
    for name in filter(None, listed.split("\0")):
        text = (REPOSITORY / name).read_bytes().decode("utf-8", "replace")
        assert not re.search(r"(?<![\w.])/(?:work|root|home)/", text), name
