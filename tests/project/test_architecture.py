"""Holds the house to its plan: the floors, no AWS fact in code, small files and functions, nothing of one machine."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from every import every

ROOT = Path(__file__).parents[2]
MODULES = sorted((ROOT / "tfgen").rglob("*.py"))
MAX_FILE_LINES = 400
MAX_FUNCTION_LINES = 60

# What AWS is called, may do or listens on stands in the TOML sheets, where a security engineer reviews it.
AWS_FACT = re.compile(
    r"""(?<![\w.:-])[a-z][a-z0-9-]*:[A-Z][A-Za-z]*\*?(?![\w:])  # an action: service:Action
    | \barn:aws
    | \bamazonaws\.com
    | \bcom\.amazonaws""",
    re.VERBOSE,
)

# Folders whose text depends on who works where; and package indexes and downloads, which are the installer's business.
MACHINE_FACT = re.compile(
    r"""(?<![\w./}-])/(?:opt|root|work)/
    | \b(?:pypi\.org|pythonhosted\.org|registry\.npmjs\.org|conda\.anaconda\.org|index\.crates\.io|proxy\.golang\.org)
    | https?://\S+\.(?:whl|zip|tgz|tar\.gz)\b""",
    re.VERBOSE,
)
MADE = {"build", "dist", "__pycache__"}
HIDDEN_BUT_OURS = {".ci", ".github", ".gitignore", ".pre-commit-hooks.yaml"}


def test_a_floor_imports_only_the_floors_below_it() -> None:
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            "from importlinter.cli import lint_imports_command as run; run()",
            "--no-cache",
            "--no-logo",
        ],
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
        env=os.environ | {"PYTHONIOENCODING": "utf-8", "PYTHONPATH": str(ROOT)},
        check=False,
    )

    assert done.returncode == 0, done.stdout + done.stderr


def test_code_states_no_fact_about_aws() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{line}: {text!r}"
        for path in MODULES
        for line, text in aws_facts(path.read_text(encoding="utf-8"))
    ]

    assert not found, "\n".join(["facts about AWS belong in a sheet:", *found])


@pytest.mark.parametrize(
    "code",
    [
        'x = "s3:GetObject"',
        'x = ["bedrock-agentcore:Invoke*"]',
        'x = f"arn:aws:s3:::{name}"',
        'x = "sts.amazonaws.com"',
        'x = f"com.amazonaws.{region}.s3"',
    ],
)
def test_a_fact_about_aws_is_found(code: str) -> None:
    assert list(aws_facts(code))


@pytest.mark.parametrize(
    "code",
    ['"""As in s3:GetObject."""', 'def f():\n    """As arn:aws:s3."""', 'x = "error: No such file"', "x = a[b:C]"],
)
def test_prose_and_slices_are_no_facts(code: str) -> None:
    assert not list(aws_facts(code))


@every(("path",), ((path.relative_to(ROOT).as_posix(), (path,)) for path in MODULES))
def test_a_module_is_small_and_says_what_it_is_for(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    tree = ast.parse(source)

    assert ast.get_docstring(tree), "no docstring"
    assert len(source.splitlines()) <= MAX_FILE_LINES
    assert not [f"{name} has {lines} lines" for name, lines in functions(tree) if lines > MAX_FUNCTION_LINES]


def test_no_file_knows_the_machine_it_was_written_on() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()[:120]}"
        for path in project_files()
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if MACHINE_FACT.search(line)
    ]

    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    ("line", "tells"),
    [
        ("cp " + "/".join(["", "opt", "x"]), True),
        ("see https://" + "pypi" + ".org/simple", True),
        ("https://example.com/a" + ".whl", True),
        ("prefix/work/x and ${HOME}/opt/x", False),
        ("https://docs.aws.amazon.com/x.html", False),
    ],
)
def test_what_tells_of_a_machine(line: str, tells: bool) -> None:
    assert bool(MACHINE_FACT.search(line)) == tells


def test_pinned_requirements_name_no_index_and_every_hash() -> None:
    for name in ("requirements.txt", "requirements-dev.txt"):
        lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
        requirements = [number for number, line in enumerate(lines) if re.match(r"[A-Za-z0-9]", line)]

        assert requirements
        assert not [line for line in lines if "://" in line or line.startswith("-")]
        assert all("--hash=sha256:" in lines[number + 1] for number in requirements)


def aws_facts(source: str) -> Iterator[tuple[int, str]]:
    """The string literals, docstrings left out, that state a fact about AWS, with their lines."""
    tree = ast.parse(source)
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    prose = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, documented) and node.body and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        match node:
            case ast.Constant(value=str(text)) if id(node) not in prose and AWS_FACT.search(text):
                yield node.lineno, text
            case _:
                pass


def functions(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """The functions of a module with their numbers of lines."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name, (node.end_lineno or node.lineno) - node.lineno + 1


def project_files() -> Iterator[Path]:
    """The project's text files; what tools have made is left out."""
    folders = [ROOT]
    for folder in folders:
        for path in sorted(folder.iterdir()):
            if path.name in MADE or (path.name.startswith(".") and path.name not in HIDDEN_BUT_OURS):
                continue
            if path.is_dir():
                folders.append(path)
            elif b"\0" not in path.read_bytes()[:1024]:
                yield path
