"""The command `import`: from flags to the use case, to the disk and the screen. Knows no source and no policy."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tfgen import disk, terminal
from tfgen.app.import_ import Outcome, Result, import_source
from tfgen.app.merge import merge_into
from tfgen.diagnostics import Diagnostic, Severity, TfgenError
from tfgen.diagnostics.visible import told
from tfgen.process import interrupts
from tfgen.report import imports as reports

STREAM = "-"
"""Names standard output in the place of a file."""


@dataclass(frozen=True, slots=True)
class Import:
    """The flags of `tfgen import`."""

    source: str
    out: str | None
    merge: str | None
    roles: tuple[str, ...]
    select: str
    format: str


@dataclass(frozen=True, slots=True)
class _Written:
    """A posture and where it goes; None is standard output."""

    result: Result
    text: str
    path: Path | None


def run_import(job: Import) -> bool:
    """Import, write the postures and print the report; true when nothing was wrong."""
    outcome = import_source(job.source, select=job.select, roles=job.roles, into=job.merge)
    diagnostics = [*outcome.diagnostics, *(one for result in outcome.results for one in result.diagnostics)]
    written: tuple[_Written, ...] = ()
    if outcome.ok:
        if job.merge is None:
            written = _targets(job, outcome)
        else:
            written, problems = _merged(job, job.merge, outcome)
            diagnostics += problems
    _write(job, written)
    terminal.show(job.format, diagnostics, lambda: _data(outcome, written))
    if job.format == "text":
        _report(outcome, written)
    return bool(written) and not any(one.severity is Severity.ERROR for one in diagnostics)


def _targets(job: Import, outcome: Outcome) -> tuple[_Written, ...]:
    several = len(outcome.results) > 1
    if job.out is None or job.out == STREAM:
        if several:
            raise _several(job, outcome)
        return (_Written(outcome.results[0], outcome.results[0].text, None),)
    if job.out.endswith(("/", os.sep)) or Path(job.out).is_dir():
        folder = Path(job.out)
        paths = [folder / f"{result.name}.yaml" for result in outcome.results]
        if len(set(paths)) < len(paths):
            raise TfgenError("several of the harnesses would be written to one file; choose one with --select")
        return tuple(_Written(one, one.text, path) for one, path in zip(outcome.results, paths, strict=True))
    if several:
        raise _several(job, outcome)
    return (_Written(outcome.results[0], outcome.results[0].text, Path(job.out)),)


def _merged(job: Import, file: str, outcome: Outcome) -> tuple[tuple[_Written, ...], tuple[Diagnostic, ...]]:
    if len(outcome.results) > 1:
        raise _several(job, outcome)
    (result,) = outcome.results
    merged = merge_into(file, result)
    if not isinstance(merged, str):
        return (), merged
    out = job.out or file
    return (_Written(result, merged, None if out == STREAM else Path(out)),), ()


def _several(job: Import, outcome: Outcome) -> TfgenError:
    names = ", ".join(result.address for result in outcome.results)
    return TfgenError(
        f"{job.source!r} holds {len(outcome.results)} harnesses ({names}): choose one with --select, or name a "
        "directory with --out, which ends with /"
    )


def _write(job: Import, written: Sequence[_Written]) -> None:
    """Write the postures with the files that they name; nothing, when something is in the way of one of them."""
    beside: dict[Path, str] = {}
    for one in written:
        if one.path is None:
            continue
        if job.merge is None:
            disk.check_new(one.path)
        missing = disk.missing_below(one.path.parent, dict(one.result.beside))
        beside |= {one.path.parent / relative: text for relative, text in missing.items()}
    with interrupts.held():
        for path, text in beside.items():
            disk.write_new(path, text)
        for one in written:
            if one.path is not None:
                (disk.write_new if job.merge is None else disk.write_over)(one.path, one.text)
    for one in written:
        if one.path is None and job.format != "json":
            terminal.write_exact(one.text, sys.stdout, os.environ)


def _report(outcome: Outcome, written: Sequence[_Written]) -> None:
    lines: list[str] = []
    for result in outcome.results:
        if result.posture is not None:
            lines += _lines(result)
    for one in written:
        if one.path is not None:
            lines.append(f"{one.path} is written")
        lines += [f"  the posture names {path}" for path, _ in one.result.beside]
    terminal.write("".join(f"{told(line)}\n" for line in lines), sys.stderr)


def _lines(result: Result) -> Iterator[str]:
    yield from reports.entries_text(f"{result.address or result.name}, from {result.kind}", result.entries)
    if result.comparison is not None:
        yield from reports.comparison_text(result.comparison)
    if result.network is not None:
        yield from reports.network_text(result.network)


def _data(outcome: Outcome, written: Sequence[_Written]) -> dict[str, object]:
    to = {id(one.result): one for one in written}
    harnesses = [
        {
            "address": result.address,
            "source": result.kind,
            "file": result.place.file,
            "line": result.place.line,
            "name": result.name,
            "out": str(to[id(result)].path) if id(result) in to and to[id(result)].path is not None else None,
            "posture": to[id(result)].text if id(result) in to else None,
            "report": reports.entries_data(result.entries),
            "role": reports.comparison_data(result.comparison) if result.comparison is not None else None,
            "network": reports.network_data(result.network) if result.network is not None else None,
        }
        for result in outcome.results
    ]
    return {"harnesses": harnesses}
