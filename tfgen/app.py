"""The use cases, each a straight line over pure stages. Knows no flags and no screen."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

from tfgen import rules, source
from tfgen.diagnostics import Code, Diagnostic, Finding, InternalError, Severity
from tfgen.explain import Explanation, explain
from tfgen.plan.build import build
from tfgen.posture.document import Posture
from tfgen.posture.validate import validate
from tfgen.proof.prove import prove
from tfgen.render import files as render_files

WORTH_A_POOL: Final = 24
"""Postures from which on starting further processes takes less time than it saves."""


Explained = tuple[tuple[str, tuple[Explanation, ...]], ...]
"""For each target, the statements that it means."""


@dataclass(frozen=True, slots=True)
class Rendered:
    """What one posture file came to: all of its files, or none when a diagnostic is an error."""

    source: str
    """The posture file as it was named."""
    name: str
    """The posture's name; empty when it could not be read."""
    files: tuple[tuple[str, str], ...]
    """Path below the output directory and text, sorted by path."""
    diagnostics: tuple[Diagnostic, ...]

    @property
    def ok(self) -> bool:
        """Whether the files may be written."""
        return not any(diagnostic.severity is Severity.ERROR for diagnostic in self.diagnostics)


def render(name: str, *, parts_only: bool = False, to_write: bool = True) -> Rendered:
    """Render and prove one posture file (`-` for standard input); writes nothing itself.

    Where the text is not to be written but compared only (`to_write` is false), it is not parsed back.

    Raises `TfgenError` when it cannot be read and `InternalError` when a proof of our own text fails.
    """
    document = source.read(name)
    if not isinstance(document, source.Document):
        return Rendered(name, "", (), document)
    validation = validate(document.data)
    findings: tuple[Finding, ...] = validation.findings
    if validation.posture is None or _has_error(findings):
        return Rendered(name, "", (), tuple(document.diagnostic(finding) for finding in findings))
    plan, more = build(validation.posture)
    findings += more
    findings += rules.run(plan)
    files = render_files.parts(plan) if parts_only else render_files.tree(plan)
    findings += prove(plan, files, text_too=to_write)
    if to_write:
        _check_posture_text(plan.posture, validation.posture)
    texts = () if _has_error(findings) else tuple((file.path, file.text) for file in files)
    return Rendered(name, plan.name, texts, tuple(document.diagnostic(finding) for finding in findings))


def _check_posture_text(text: str, posture: Posture) -> None:
    """Raise `InternalError` unless the text that the tree carries is read back as the posture."""
    document = source.parse(text.encode(), "posture.yaml")
    if not isinstance(document, source.Document) or validate(document.data).posture != posture:
        raise InternalError("the posture that the tree carries is not read back as the one that it was made of", text)


def explained(name: str, targets: Sequence[str]) -> Explained | Rendered:
    """Explain statements of one posture (see `tfgen.explain.explain`); what is wrong with it when that cannot be done.

    Raises `TfgenError` when the posture cannot be read.
    """
    document = source.read(name)
    if not isinstance(document, source.Document):
        return Rendered(name, "", (), document)
    validation = validate(document.data)
    if validation.posture is None:
        return Rendered(name, "", (), tuple(document.diagnostic(finding) for finding in validation.findings))
    plan, findings = build(validation.posture)
    if _has_error(findings):
        return Rendered(name, plan.name, (), tuple(document.diagnostic(finding) for finding in findings))
    return explain(plan, render_files.tree(plan), targets, document.locate, document.name)


def _has_error(findings: Sequence[Finding]) -> bool:
    return any(finding.severity is Severity.ERROR for finding in findings)


def render_all(
    names: Sequence[str],
    *,
    parts_only: bool = False,
    to_write: bool = True,
    jobs: int | None = None,
    done: Callable[[int], None] = lambda _: None,
) -> tuple[Rendered, ...]:
    """Render many posture files, in several processes when that pays; `done` is told how many are ready.

    Two postures of one name would be written to one directory: the second is given an error.
    """
    one = partial(render, parts_only=parts_only, to_write=to_write)
    workers = min(jobs or os.cpu_count() or 1, len(names))
    found: list[Rendered] = []
    seen: dict[str, str] = {}
    for rendered in _in_processes(one, names, workers) if _pool_pays(names, workers) else map(one, names):
        first = seen.setdefault(rendered.name, rendered.source) if rendered.name else rendered.source
        found.append(rendered if first == rendered.source else _same_name(rendered, first))
        done(len(found))
    return tuple(found)


def _pool_pays(names: Sequence[str], workers: int) -> bool:
    return workers > 1 and len(names) >= WORTH_A_POOL


def _in_processes(one: Callable[[str], Rendered], names: Sequence[str], workers: int) -> Iterator[Rendered]:
    # Loaded here, since one posture alone needs no processes and should not wait for this.
    import multiprocessing
    from concurrent.futures import ProcessPoolExecutor

    # Never forked: HashiCorp's parser brings the Go runtime into this process, and a forked Go runtime hangs.
    with ProcessPoolExecutor(workers, multiprocessing.get_context("spawn")) as pool:
        yield from pool.map(one, names, chunksize=max(1, min(16, len(names) // (workers * 4))))


def _same_name(rendered: Rendered, first: str) -> Rendered:
    message = f"the name {rendered.name!r} is that of {first} too, and both would be written to one directory"
    clash = Diagnostic(Code.CONFLICT, Severity.ERROR, message, rendered.source, help="give each posture its own name")
    return Rendered(rendered.source, rendered.name, (), (*rendered.diagnostics, clash))
