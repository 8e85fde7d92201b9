"""The commands: from flags to use cases, to the disk and the screen. Knows no domain; returns whether all is well."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tfgen import disk, source, terminal
from tfgen.app import placement
from tfgen.app.added import findings
from tfgen.app.render import Rendered, render_all
from tfgen.diagnostics import Code, Diagnostic, Severity, TfgenError
from tfgen.diagnostics.secret import line_without_secrets
from tfgen.diagnostics.visible import visible
from tfgen.process import interrupts

STREAM: Final = "-"
"""Names standard input or output in the place of a file."""

MODULES_LAYOUT: Final = ("*", "*/tests")
"""Where `--modules-only` has its files: one directory a module, with its tests below."""


@dataclass(frozen=True, slots=True)
class Render:
    """The flags of `tfgen render`."""

    postures: tuple[str, ...]
    out: Path
    check: bool = False
    diff: bool = False
    modules_only: bool = False
    allow_root_files: bool = False
    fleet: bool | None = None
    part: bool = False
    all_or_nothing: bool = False
    quiet: bool = False
    verbose: bool = False
    format: str = "text"
    jobs: int | None = None

    @property
    def layout(self) -> Sequence[str]:
        """The directories in which a tree has files."""
        return MODULES_LAYOUT if self.modules_only else disk.LAYOUT


@dataclass(frozen=True, slots=True)
class Tree:
    """One rendered posture and what it changes in its directory."""

    rendered: Rendered
    out: Path
    files: dict[str, str]
    """What is to be there: all that was rendered but what the user keeps there."""
    changes: disk.Changes


def run_render(job: Render) -> bool:
    """Render postures into their directories, or only look; true when nothing was wrong and, to look at, clean."""
    _refuse(job)
    named = source.named(job.postures)
    progress = _progress(job, len(named.files))
    progress.begin("rendering", len(named.files))
    rendered = render_all(
        named.files, parts_only=job.modules_only, to_write=not job.check, jobs=job.jobs, done=progress.done
    )
    progress.end()
    good = [one for one in rendered if one.ok]
    if not good or (len(good) < len(rendered) and (job.all_or_nothing or str(job.out) == STREAM)):
        return _report(job, rendered, ())
    if str(job.out) == STREAM:
        if job.format == "text":
            _to_stdout(rendered)
        return _report(job, rendered, (), quiet=True)
    names = [one.name for one in rendered]
    each = placement.each_in_its_own(
        job.out, names, several=named.several, fleet=job.fleet, modules_only=job.modules_only
    )
    trees, failed = _compared(job, good, each=each)
    if failed and job.all_or_nothing and not job.check:
        return _report(job, rendered, (), failed)
    if job.diff and job.format != "json":  # JSON has it inside
        for tree in trees:
            terminal.write(_diff(tree), terminal.beside(job.format))
    if not job.check:
        trees, more = _applied(job, trees, progress, alone=not each)
        failed = (*failed, *more)
    behind = _left_behind(job, rendered) if each and not job.part else ()
    return _report(job, rendered, trees, (*failed, *behind))


def _compared(job: Render, good: Sequence[Rendered], *, each: bool) -> tuple[tuple[Tree, ...], tuple[Diagnostic, ...]]:
    """The trees of postures, and what keeps some of several from being written. Raises that for one alone."""
    trees: list[Tree] = []
    failed: list[Diagnostic] = []
    for one in good:
        out = job.out / one.name if each else job.out
        try:
            files = placement.without_sources(dict(one.files), out, one.source)
            tree = Tree(one, out, files, disk.compare(files, out, job.layout))
            if not job.check:
                _refuse_foreign(tree)
            trees.append(tree)
        except TfgenError as error:
            if not each:
                raise
            failed.append(_not_written(one, error))
    return tuple(trees), tuple(failed)


def _refuse_foreign(tree: Tree) -> None:
    ways = [f"{visible(str(tree.out / found.path))} is {found.what}" for found in tree.changes.foreign]
    if ways:
        raise TfgenError("in the way, and not to be touched:\n  " + "\n  ".join(ways))


def _applied(
    job: Render, trees: Sequence[Tree], progress: terminal.Progress, *, alone: bool
) -> tuple[tuple[Tree, ...], tuple[Diagnostic, ...]]:
    """Write trees, each whole; give those written, and what keeps others of several from it."""
    written: list[Tree] = []
    failed: list[Diagnostic] = []
    progress.begin("writing", len(trees))
    for number, tree in enumerate(trees):
        try:
            with interrupts.held():
                disk.apply(tree.changes, tree.files, tree.out, job.layout)
            written.append(tree)
        except TfgenError as error:
            if alone:
                progress.end()
                raise
            failed.append(_not_written(tree.rendered, error))
        progress.done(number + 1)
    progress.end()
    return tuple(written), tuple(failed)


def _not_written(rendered: Rendered, error: TfgenError) -> Diagnostic:
    return Diagnostic(Code.NOT_WRITTEN, Severity.ERROR, str(error), rendered.source)


def _left_behind(job: Render, rendered: Sequence[Rendered]) -> tuple[Diagnostic, ...]:
    severity = Severity.ERROR if job.check else Severity.WARNING
    pairs = [(one.source, one.name) for one in rendered]
    return tuple(placement.left_behind(job.out, pairs, severity, modules_only=job.modules_only))


def _refuse(job: Render) -> None:
    """Refuse flags that contradict each other, before anything is done."""
    if job.postures.count(STREAM) > 1:
        raise TfgenError("standard input can be one posture only")
    if job.quiet and job.verbose:
        raise TfgenError("--quiet and --verbose contradict each other")
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


def _to_stdout(rendered: Sequence[Rendered]) -> None:
    for one in rendered:
        for path, text in one.files:
            terminal.write_exact(f"==> {path} <==\n{text}\n", sys.stdout, os.environ)


def _report(
    job: Render,
    rendered: Sequence[Rendered],
    trees: Sequence[Tree],
    more: Sequence[Diagnostic] = (),
    *,
    quiet: bool = False,
) -> bool:
    drift = [_drift(job, tree) for tree in trees if not tree.changes.clean] if job.check else []
    added = [found for tree in trees for found in _added(job, tree)]
    diagnostics = [*(found for one in rendered for found in one.diagnostics), *drift, *added, *more]
    terminal.show(job.format, diagnostics, lambda: _data(job, rendered, trees))
    if job.format == "text" and not quiet and not job.quiet:
        terminal.write(_summary(job, rendered, trees), sys.stderr)
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
    mend = f"run tfgen render {tree.rendered.source} --out {tree.out}{flags}"
    return Diagnostic(Code.DRIFT, Severity.ERROR, message, tree.rendered.source, help=mend)


def _added(job: Render, tree: Tree) -> Iterator[Diagnostic]:
    severity = Severity.ERROR if job.check else Severity.WARNING
    root_is_open = job.allow_root_files and not job.modules_only
    return findings(tree.files, tree.out, severity, root_is_open=root_is_open)


def _summary(job: Render, rendered: Sequence[Rendered], trees: Sequence[Tree]) -> str:
    """A line for one tree, a line for all of several; of several a line for each too, if that is wanted."""
    if len(rendered) == 1 or job.verbose:
        lines = "" if job.check else "".join(map(_line, trees))
        if len(rendered) == 1:
            return lines
    else:
        lines = ""
    clean = sum(tree.changes.clean for tree in trees)
    parts = [(len(trees) - clean, "differ" if job.check else "written"), (clean, "up to date")]
    parts.append((len(rendered) - len(trees), "not compared" if job.check else "not written"))
    counted = ", ".join(f"{count} {word}" for count, word in parts if count)
    return f"{lines}{visible(str(job.out))}: {len(rendered)} postures: {counted}\n"


def _line(tree: Tree) -> str:
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


def _progress(job: Render, total: int) -> terminal.Progress:
    """A line on the terminal where there is one, and more than one posture."""
    shown = total > 1 and not job.quiet and os.environ.get("TERM") != "dumb" and sys.stderr.isatty()
    return terminal.Progress(sys.stderr, shown=shown)
