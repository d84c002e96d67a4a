"""The version of the record: set it, or hold it to the changes since the last one. `make version V=2.1.0` calls this.

version.py set 2.1.0   writes version, day and a section of CHANGELOG.md
version.py check       refuses a version that is too low, and a changelog that is of another day
version.py previous    prints the last tag of a version before this commit, or nothing
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

from china_ai_lawmaking.comparing import difference_report, revisions, versions
from china_ai_lawmaking.package.descriptor import Package, open_package

DESCRIPTOR, CHANGELOG = Path("datapackage.json"), Path("CHANGELOG.md")
FORM = r"(?:0|[1-9][0-9]*)\.(?:0|[1-9][0-9]*)\.(?:0|[1-9][0-9]*)"


def previous() -> str:
    """Give the last tag of a version before this commit; empty where there is none."""
    command = ["git", "describe", "--tags", "--match", "v[0-9]*", "--abbrev=0"]
    tagged = subprocess.run([*command, "--exact-match"], capture_output=True, text=True, check=False)
    at = "HEAD^" if tagged.returncode == 0 else "HEAD"
    return subprocess.run([*command, at], capture_output=True, text=True, check=False).stdout.strip()


def difference(package: Package) -> versions.Difference | None:
    """Compare with the last version; None and a note where there is none."""
    tag = previous()
    if not tag:
        print("no tag of an earlier version: nobody can tell whether this one is high enough", file=sys.stderr)
        return None
    return versions.compare(revisions.open_any(tag, "."), package)


def numbers(version: str) -> list[int]:
    """Give the parts of a version, for comparing."""
    return [int(part) for part in version.split(".")]


def set_version(version: str) -> None:
    """Write a version with the day of today, and begin its section of the changelog."""
    if not re.fullmatch(FORM, version):
        sys.exit(f"{version} is no version; expected three numbers, such as 2.1.0")
    found = difference(open_package("."))
    if found and numbers(version) < numbers(found.calls_for):
        sys.exit(f"{version} is too low: the changes call for a {found.step.upper()} step, to {found.calls_for}")
    day = datetime.now(UTC).date().isoformat()
    text = DESCRIPTOR.read_text("utf-8")
    text = re.sub(rf'"version": "{FORM}"', f'"version": "{version}"', text, count=1)
    text = re.sub(r'"created": "[^"]*"', f'"created": "{day}T00:00:00Z"', text, count=1)
    DESCRIPTOR.write_text(text, "utf-8")
    log = CHANGELOG.read_text("utf-8")
    heading = f"## {version} ({day})\n"
    log, known = re.subn(rf"(?m)^## {re.escape(version)} \(.*\)\n", heading, log)
    if not known:
        changes = difference_report.as_markdown(found) if found else ""
        log = re.sub(
            r"(?m)^(?=## )",
            f"{heading}\n{changes.strip() or 'Say what changed.'}\n\n".replace("\\", r"\\"),
            log,
            count=1,
        )
    CHANGELOG.write_text(log, "utf-8")
    print(f"version {version} of {day}; read CHANGELOG.md and say what changed in your own words")


def check() -> None:
    """Refuse a version that is below the step that the changes call for, and a changelog of another day."""
    described = json.loads(DESCRIPTOR.read_bytes())
    version, day = described["version"], described["created"][:10]
    found = difference(open_package("."))
    if found and numbers(version) < numbers(found.calls_for):
        sys.exit(f"version {version} is too low after {previous()}: the changes call for {found.calls_for} or higher")
    section = re.search(rf"(?m)^## {re.escape(version)} \((.*)\)$", CHANGELOG.read_text("utf-8"))
    if section is None:
        sys.exit(f"CHANGELOG.md has no section of version {version}; run make version V={version}")
    if section[1] != day:
        sys.exit(f"CHANGELOG.md dates version {version} {section[1]}, datapackage.json {day}; make them the same")
    print(f"version {version} of {day} is high enough and has its section of the changelog")


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["set", version]:
            set_version(version)
        case ["check"]:
            check()
        case ["previous"]:
            print(previous())
        case _:
            sys.exit(__doc__)
