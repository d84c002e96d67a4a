"""Imports inside the package point one way: down the list."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import china_ai_lawmaking as cal

HERE = Path(cal.__file__).parent

# Top to bottom. A module may import from lines below its own, never from its own line's neighbours or above.
LAYERS = [
    {"__main__"},
    {"cli"},
    {"__init__"},
    {"dataset", "comparing", "editing"},
    {"release"},
    {"site"},
    {"validating", "passages"},
    {"rules", "loading"},
    {"package", "folders"},
    {"problems", "errors"},
]
LEVEL = {module: -level for level, modules in enumerate(LAYERS) for module in modules}


def imports(path: Path) -> set[str]:
    """Top modules of the package that a file imports, wherever in the file."""
    depth = len(path.relative_to(HERE).parts)
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.level == depth:
            found |= {node.module.split(".")[0]} if node.module else {alias.name for alias in node.names}
    return found


@pytest.mark.parametrize("path", sorted(HERE.rglob("*.py")), ids=lambda path: path.relative_to(HERE).as_posix())
def test_imports_point_down(path: Path) -> None:
    module = path.relative_to(HERE).parts[0].removesuffix(".py")
    assert module in LEVEL
    for imported in imports(path) - {module}:
        assert LEVEL[imported] < LEVEL[module], f"{module} imports {imported}"


def test_no_module_bears_the_name_of_a_verb() -> None:
    assert {path.stem for path in HERE.glob("*.py")} & set(dir(cal)) == set()
