"""Rendered modules edited by hand, and what their `terraform test` files then say."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from terraform_harness import Terraform

from tfgen.app.render import render


def write(posture: Path, folder: Path, *, parts_only: bool = False) -> None:
    """Render a posture file into a folder."""
    rendered = render(str(posture), parts_only=parts_only)
    assert rendered.files, rendered.diagnostics
    write_texts(dict(rendered.files), folder)


def write_texts(texts: Mapping[str, str], folder: Path) -> None:
    """Write each text at its path below a folder."""
    for path, text in texts.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")


def failures(terraform: Terraform, folder: Path, env: Mapping[str, str] | None = None) -> set[str]:
    """What the assertions that fail say, and the summaries of other errors."""
    done = terraform.run("test", "-json", cwd=folder, env=env, check=False)
    messages = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    found = {
        said["detail"] if said["summary"] == "Test assertion failed" else said["summary"]
        for said in (message["diagnostic"] for message in messages if message["type"] == "diagnostic")
        if said["severity"] == "error"
    }
    assert (done.returncode != 0) == bool(found), done.stdout + done.stderr
    return found


@dataclass(frozen=True)
class Edit:
    """One change of a file by hand. Several make a batch, since what the tests say names the place of each."""

    what: str
    after: str
    """The first text `before` after this is replaced."""
    before: str
    by: str
    says: str
    file: str = "main.tf"

    def on(self, text: str) -> str:
        """The text with this change."""
        start = text.index(self.after)
        assert self.before in text[start:], self.what
        return text[:start] + text[start:].replace(self.before, self.by, 1)


def statement(sid: str) -> str:
    """What the tests of a module say of a statement that differs."""
    return f"Statement {sid} differs from the plan."


def resource(address: str) -> str:
    """What the tests of a module say of a resource or data source that differs."""
    return f"{address} differs from the plan."


@contextmanager
def edited(folder: Path, edits: Iterable[Edit]) -> Iterator[None]:
    """The folder with these edits, and as it was afterwards."""
    before = {path: path.read_text("utf-8") for path in folder.iterdir() if path.is_file()}
    try:
        for edit in edits:
            path = folder / edit.file
            path.write_text(edit.on(path.read_text("utf-8") if path in before else ""), encoding="utf-8")
        yield
    finally:
        for path in folder.iterdir():
            if path.is_file() and path not in before:
                path.unlink()
        for path, text in before.items():
            path.write_text(text, encoding="utf-8")


STATEMENTS: Final = "The policy does not have exactly the planned statements."
MADE: Final = "The module's text has other resources or module calls than planned."
