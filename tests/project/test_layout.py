"""Tests are found where they belong: in the folder of the package that they test, apart from what they share."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

TESTS = Path(__file__).parents[1]
PACKAGES = {path.parent.name for path in (TESTS.parent / "tfgen").glob("*/__init__.py")}
SUPPORT = TESTS / "support"
MODULES = [path for path in sorted(TESTS.rglob("*.py")) if not path.is_relative_to(SUPPORT)]


def imports(path: Path) -> Iterator[tuple[str, str]]:
    """Each module that a file imports, with the name that it takes from it."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((alias.name, "") for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from ((node.module or "", alias.name) for alias in node.names)


def test_a_folder_has_the_tests_of_the_package_of_its_name() -> None:
    assert {path.parent for path in MODULES} - {TESTS} <= {TESTS / name for name in (*PACKAGES, "project")}
    assert [path.name for path in MODULES if path.parent == TESTS] == ["conftest.py"]


def test_only_tests_are_outside_of_support() -> None:
    assert [path for path in MODULES if not path.name.startswith("test_") and path.name != "conftest.py"] == []
    assert list(SUPPORT.rglob("test_*.py")) == []


def test_no_test_takes_anything_from_another_module_of_tests_or_what_is_private_in_support() -> None:
    shared = {path.stem for path in SUPPORT.rglob("*.py")} | {path.name for path in SUPPORT.iterdir()}
    for path in sorted(TESTS.rglob("*.py")):
        for module, name in imports(path):
            steps = module.split(".")
            assert not any(step.startswith("test_") or step == "conftest" for step in (*steps, name)), (path, module)
            assert not (steps[0] in shared and name.startswith("_")), (path, module, name)
