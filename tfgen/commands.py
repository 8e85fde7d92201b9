"""The commands: from flags to use cases, to the disk and the screen. Knows no domain; returns whether all is well."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import typer

from tfgen import disk, terminal
from tfgen.added import findings
from tfgen.app import Explained, Rendered, explained, render_all
from tfgen.app import tools as decided
from tfgen.diagnostics import Code, Diagnostic, Severity, TfgenError
from tfgen.secret import line_without_secrets
from tfgen.visible import visible, visible_json

STREAM: Final = "-"
"""Names standard input or output in the place of a file."""

MODULES_LAYOUT: Final = ("*", "*/tests")
"""Where `--modules-only` has its files: one directory a module, with its tests below."""


@dataclass(frozen=True, slots=True)
class Render:
    """The flags of `tfgen render`."""

    postures: tuple[str, ...]
    out: Path
    check: bool
    diff: bool
    modules_only: bool
    allow_root_files: bool
    format: str
    jobs: int | None


@dataclass(frozen=True, slots=True)
class Tree:
    """One rendered posture and what it changes in its directory."""

    rendered: Rendered
    out: Path
    changes: disk.Changes


def run_render(job: Render) -> bool:
    """Render postures into their directories, or only look; true when nothing was wrong and, to look at, clean."""
    _refuse(job)
    with _progress(len(job.postures)) as done:
        rendered = render_all(
            job.postures, parts_only=job.modules_only, to_write=not job.check, jobs=job.jobs, done=done
        )
    if not all(one.ok for one in rendered):
        return _report(job, rendered, ())
    if str(job.out) == STREAM:
        if job.format == "text":
            _to_stdout(rendered)
        return _report(job, rendered, (), quiet=True)
    layout = MODULES_LAYOUT if job.modules_only else disk.LAYOUT
    trees = tuple(_compared(job, one, layout) for one in rendered)
    foreign = [
        f"{visible(str(tree.out / found.path))} is {found.what}" for tree in trees for found in tree.changes.foreign
    ]
    if foreign and not job.check:
        raise TfgenError("in the way, and not to be touched:\n  " + "\n  ".join(foreign))
    if job.diff and job.format != "json":  # JSON has it inside
        for tree in trees:
            terminal.write(_diff(tree), terminal.beside(job.format))
    if not job.check:
        for tree in trees:
            disk.apply(tree.changes, dict(tree.rendered.files), tree.out, layout)
    return _report(job, rendered, trees)


def _refuse(job: Render) -> None:
    """Refuse flags that contradict each other, before anything is done."""
    if job.postures.count(STREAM) > 1:
        raise TfgenError("standard input can be one posture only")
    if str(job.out) != STREAM:
        return
    if job.check or job.diff:
        flag = "--check" if job.check else "--diff"
        raise TfgenError(f"{flag} compares with a directory, and --out - is standard output: name the directory")
    if job.format not in {"text", "json"}:
        raise TfgenError(
            f"--out - prints the rendered files, and --format {job.format} has no place for them: "
            "write --format json, or name a directory"
        )


def _diff(tree: Tree) -> str:
    return "\n".join(map(line_without_secrets, disk.unified_diff(tree.changes).split("\n")))


def run_schema() -> None:
    """Print the JSON Schema of posture files."""
    from tfgen.posture import schema as made  # only this command needs it

    sys.stdout.write(visible_json(made()))


def run_explain(posture: str, targets: Sequence[str], output: str) -> bool:
    """Print why statements, endpoints and rules are there; true when every target means one."""
    from tfgen import explanations  # only this command needs it

    found = explained(posture, targets)
    refused = isinstance(found, Rendered)
    told: Explained = () if isinstance(found, Rendered) else found
    if output == "text":
        terminal.write_made(explanations.render_text(told, posture), sys.stdout)
    diagnostics = found.diagnostics if isinstance(found, Rendered) else ()
    terminal.show(output, diagnostics, lambda: explanations.data(told, posture))
    return not refused and all(entries for _, entries in told)


def run_tools(posture: str, tools: Sequence[str], output: str) -> bool:
    """Print who may call tools; true when each of them is there."""
    from tfgen import explanations  # only this command needs it

    found = decided(posture, tools)
    refused = isinstance(found, Rendered)
    told = () if isinstance(found, Rendered) else found
    if output == "text":
        terminal.write_made(explanations.decisions_text(told), sys.stdout)
    diagnostics = found.diagnostics if isinstance(found, Rendered) else ()
    terminal.show(output, diagnostics, lambda: explanations.decisions_data(told))
    return not refused and all(tools for _, tools in told)


def _compared(job: Render, rendered: Rendered, layout: Sequence[str]) -> Tree:
    out = job.out if len(job.postures) == 1 else job.out / rendered.name
    return Tree(rendered, out, disk.compare(dict(rendered.files), out, layout))


def _to_stdout(rendered: Sequence[Rendered]) -> None:
    for one in rendered:
        for path, text in one.files:
            terminal.write_exact(f"==> {path} <==\n{text}\n", sys.stdout, os.environ)


def _report(job: Render, rendered: Sequence[Rendered], trees: Sequence[Tree], *, quiet: bool = False) -> bool:
    drift = [_drift(job, tree) for tree in trees if not tree.changes.clean] if job.check else []
    added = [found for tree in trees for found in _added(job, tree)]
    diagnostics = [*(found for one in rendered for found in one.diagnostics), *drift, *added]
    terminal.show(job.format, diagnostics, lambda: _data(job, rendered, trees))
    if job.format == "text" and not quiet and not job.check:
        terminal.write("".join(map(_summary, trees)), sys.stderr)
    return not any(found.severity is Severity.ERROR for found in diagnostics)


def _drift(job: Render, tree: Tree) -> Diagnostic:
    changes = tree.changes
    parts = [(len(changes.created), "missing"), (len(changes.updated), "changed"), (len(changes.deleted), "left over")]
    parts.append((len(changes.foreign), "not tfgen's but in the way"))
    counted = ", ".join(f"{count} {word}" for count, word in parts if count)
    first = next((change.path for change in changes.all), None) or changes.foreign[0].path
    message = f"{tree.out} is not what this posture renders to: {counted}, the first is {first}"
    if changes.half_done:
        message += "; a run of tfgen is replacing its files, or was cut off amid that: old and new files are mixed"
    flags = " --modules-only" if job.modules_only else ""
    mend = f"run tfgen render {' '.join(job.postures)} --out {job.out}{flags}"
    return Diagnostic(Code.DRIFT, Severity.ERROR, message, tree.rendered.source, help=mend)


def _added(job: Render, tree: Tree) -> Iterator[Diagnostic]:
    severity = Severity.ERROR if job.check else Severity.WARNING
    root_is_open = job.allow_root_files and not job.modules_only
    return findings(dict(tree.rendered.files), tree.out, severity, root_is_open=root_is_open)


def _summary(tree: Tree) -> str:
    changes = tree.changes
    if changes.clean:
        return f"{visible(str(tree.out))} is up to date: {len(changes.unchanged)} files\n"
    parts = [(len(changes.created), "created"), (len(changes.updated), "updated"), (len(changes.deleted), "deleted")]
    parts.append((len(changes.unchanged), "unchanged"))
    return f"{visible(str(tree.out))}: {', '.join(f'{count} {word}' for count, word in parts if count)}\n"


def _data(job: Render, rendered: Sequence[Rendered], trees: Sequence[Tree]) -> dict[str, object]:
    """For each tree its directory and what changes there, or its files where they go to standard output."""
    if str(job.out) == STREAM:
        return {"postures": len(rendered), "trees": [_files(one) for one in rendered if one.ok]}
    listed = [
        {
            "posture": tree.rendered.source,
            "name": tree.rendered.name,
            "out": tree.out.as_posix(),
            "clean": tree.changes.clean,
            "changes": [
                *({"path": change.path, "change": _kind(change)} for change in tree.changes.all),
                *({"path": found.path, "change": "foreign"} for found in tree.changes.foreign),
            ],
            **({"diff": _diff(tree)} if job.diff else {}),
        }
        for tree in trees
    ]
    return {"postures": len(rendered), "trees": listed}


def _files(rendered: Rendered) -> dict[str, object]:
    files = [{"path": path, "text": text} for path, text in rendered.files]
    return {"posture": rendered.source, "name": rendered.name, "out": STREAM, "files": files}


def _kind(change: disk.Change) -> str:
    if change.old is None:
        return "created"
    return "deleted" if change.new is None else "updated"


@contextmanager
def _progress(total: int) -> Iterator[Callable[[int], None]]:
    """A bar on the terminal where there is one and there is enough to wait for."""
    if total < 50 or not sys.stderr.isatty():  # fewer are done within a second
        yield lambda _: None
        return
    with typer.progressbar(length=total, label="postures", file=sys.stderr) as bar:
        yield lambda _: bar.update(1)
