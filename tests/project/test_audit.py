"""All commands under an audit hook: what tfgen reads, writes and starts, wherever its input leads.

The hook sees what Python code does. What the parsers in other languages (pygohcl, cedarpy, pydantic) do is not seen;
they are given text, not paths.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples"
SUPPORT = ROOT / "tests" / "support"
SOURCES = ROOT / "tests" / "imports" / "sources"


@dataclass(frozen=True)
class Run:
    """A command, what it may write, and what of the user's it may read, below the directory of the test."""

    command: tuple[str, ...]
    writes: tuple[str, ...] = ()
    reads: tuple[str, ...] = ("posture",)
    code: int = 0


TREE = ("posture", "infra/tree")
STAGED = ("infra/tree", "infra/.tree.tfgen-staging")
POSTURE = "../posture/posture.yaml"
OUT = ("--out", "../infra/tree")

RUNS = (
    Run(("render", POSTURE, *OUT, "--check", "--diff"), code=1, reads=TREE),
    Run(("render", POSTURE, *OUT), writes=STAGED, reads=TREE),
    Run(("render", POSTURE, *OUT), reads=TREE),
    Run(("render", POSTURE, *OUT, "--check"), reads=TREE),
    Run(("render", "../changed/posture.yaml", *OUT, "--diff"), writes=STAGED, reads=("changed", *STAGED)),
    Run(("render", POSTURE, *OUT, "--format", "sarif"), writes=STAGED, reads=(*TREE, *STAGED)),
    Run(("render", POSTURE, "--out", "-")),
    Run(("render", POSTURE, "--out", "../infra/parts", "--modules-only"), reads=("posture", "infra/parts"),
        writes=("infra/parts", "infra/.parts.tfgen-staging")),
    Run(("render", POSTURE, "../changed/posture.yaml", "--out", "../infra/both"), code=1, reads=("posture", "changed")),
    Run(("check", POSTURE)),
    Run(("check", POSTURE, "--format", "github")),
    Run(("check", POSTURE, "--token", "../token.json", "--at", "2026-11-24T12:00:00Z"), code=1,
        reads=("posture", "token.json")),
    Run(("explain", POSTURE)),
    Run(("explain", POSTURE, "--tool", "*")),
    Run(("import", "../infra/tree"), reads=("infra/tree",)),
    Run(("import", "../infra/tree", "--out", "../made/posture.yaml"), writes=("made",), reads=("infra/tree", "made")),
    Run(("import", "../source", "--out", "../made/source.yaml"), writes=("made",), reads=("source", "made")),
    Run(("import", "../source", "--merge", "../made/source.yaml", "--format", "json"), writes=("made",),
        reads=("source", "made")),
    Run(("import", "../linked"), code=2, reads=("linked",)),
    Run(("schema",), reads=()),
    Run(("--help",), reads=()),
    Run(("--version",), reads=()),
)  # fmt: skip


def prepare(base: Path) -> None:
    """A posture with files beside it, its change, sources of imports, and what nobody may read."""
    for name in ("posture", "changed"):
        shutil.copytree(EXAMPLES / "gateway", base / name)
    changed = base / "changed" / "posture.yaml"
    changed.write_text(changed.read_text().replace("harness_name: refunds", "harness_name: refunds_two"))
    (base / "token.json").write_text('{"sub": "a"}')
    shutil.copytree(SOURCES / "support-gateway", base / "source")
    (base / "linked").mkdir()
    (base / "home").mkdir()
    (base / "home" / "nothing.tf").write_text('resource "x" "y" {}\n')  # there to be read, if links were followed
    (base / "linked" / "main.tf").symlink_to(base / "home" / "nothing.tf")
    for path in ("home/.aws/credentials", "cwd/.tfgen.yaml", "cwd/posture.yaml", "infra/terraform.tfvars"):
        (base / path).parent.mkdir(parents=True, exist_ok=True)
        (base / path).write_text("secret")


@dataclass(frozen=True)
class Seen:
    """What a run did."""

    code: int
    read: tuple[Path, ...]
    written: tuple[Path, ...]
    started: tuple[str, ...]


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("audit").resolve()


@pytest.fixture(scope="module")
def seen(base: Path) -> tuple[Seen, ...]:
    prepare(base)
    kept = {key: value for key, value in os.environ.items() if key in {"PATH", "SYSTEMROOT", "LD_LIBRARY_PATH"}}
    done = subprocess.run(
        [sys.executable, "-IB", SUPPORT / "audit_run.py", ROOT, json.dumps([run.command for run in RUNS])],
        cwd=base / "cwd",
        env=kept | {"HOME": str(base / "home"), "XDG_CACHE_HOME": str(base / "cache"),
                    "XDG_STATE_HOME": str(base / "state")},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return tuple(
        Seen(one["code"], tuple(map(Path, one["read"])), tuple(map(Path, one["written"])), tuple(one["started"]))
        for one in json.loads(done.stdout)
    )


def installation() -> Iterator[Path]:
    """Where Python and the packages are, tfgen's own among them."""
    yield ROOT / "tfgen"
    for path in {sys.prefix, sys.base_prefix, *sys.path}:
        if path and Path(path).resolve() not in {ROOT, ROOT / "tests", SUPPORT}:
            yield Path(path)
            yield Path(path).resolve()


def outside(paths: tuple[Path, ...], allowed: list[Path]) -> list[str]:
    return [str(path) for path in paths if not any(path.is_relative_to(above) for above in allowed)]


@pytest.mark.parametrize("number", range(len(RUNS)), ids=[" ".join(run.command) for run in RUNS])
def test_a_command_stays_where_it_was_sent(base: Path, seen: tuple[Seen, ...], number: int) -> None:
    run, done = RUNS[number], seen[number]
    own = [base / "cache" / "tfgen", base / "state" / "tfgen"]

    assert done.code == run.code
    assert done.started == ()
    made = [base / path for path in run.writes] + own
    above = {folder for path in made for folder in path.parents if folder.is_relative_to(base)}
    assert outside(tuple(path for path in done.written if path not in above), made) == []
    readable = [base / path for path in run.reads] + made + list(installation())
    listed = {ROOT, base / "infra"} if run.writes else {ROOT}  # modules are looked for; a directory is flushed
    assert outside(tuple(path for path in done.read if path not in listed), readable) == []


def test_the_hook_sees_what_is_to_be_seen(base: Path, seen: tuple[Seen, ...]) -> None:
    first = seen[1]
    assert base / "posture" / "policies" / "refunds.cedar" in first.read
    assert any(path.is_relative_to(base / "infra" / ".tree.tfgen-staging") for path in first.written)
    assert any(path.is_relative_to(base / "state") for path in first.written)
    assert all(not one.written for one, run in zip(seen, RUNS, strict=True) if run.command[0] in {"explain", "schema"})
