"""Write the generated parts of the documentation: `python docs/generate.py`.

In README.md and docs/*.md, what stands between `<!-- NAME -->` and `<!-- end -->` is written here, and nothing else is
touched. CITATION.cff and docs/data-dictionary.md are written whole.
"""

from __future__ import annotations

import contextlib
import io
import re
from pathlib import Path

import china_ai_lawmaking as cal
from china_ai_lawmaking import dictionary, package
from china_ai_lawmaking.release import metadata

ROOT = Path(__file__).resolve().parent.parent
BLOCK = re.compile(r"(?s)<!-- (?P<name>[a-z-]+) -->\n.*?<!-- end -->")


def quickstart(text: str) -> str:
    """Run the Python example of the README and give what it prints."""
    example = re.search(r"(?s)## Quickstart\n.*?```python\n(.*?)```", text)
    assert example, "README.md has no quickstart"
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(example[1], "README.md", "exec"), {})
    return f"```text\n{printed.getvalue()}```\n"


def texts() -> dict[Path, str]:
    """Give every file that has generated parts, as it should be."""
    record = package.locate(ROOT)
    blocks = {
        "contents": lambda _: dictionary.contents(record),
        "citation": lambda _: f"> {cal.open(ROOT).cite()}\n",
        "quickstart": quickstart,
    }

    def fill(path: Path) -> str:
        text = path.read_text(encoding="utf-8")
        return BLOCK.sub(lambda m: f"<!-- {m['name']} -->\n{blocks[m['name']](text)}<!-- end -->", text)

    head = "# Data dictionary\n\nGenerated from `schemas/` by `make docs`.\n\n"
    return {
        ROOT / "README.md": fill(ROOT / "README.md"),
        ROOT / "CITATION.cff": metadata.citation_cff(record),
        ROOT / "docs" / "data-dictionary.md": head + dictionary.dictionary(record, record.names()),
    }


if __name__ == "__main__":
    for path, text in texts().items():
        path.write_text(text, encoding="utf-8", newline="\n")
