"""The use case of a render: from the names of posture files to proven files, which others write. Knows no flags."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

from tfgen.app.stages import Refused, has_error, planned_of, proven
from tfgen.diagnostics import Code, Diagnostic, Severity, TfgenError

WORTH_A_POOL: Final = 24
"""Postures from which on starting further processes takes less time than it saves."""


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
    planned = planned_of(name)
    if isinstance(planned, Refused):
        return Rendered(name, planned.name, (), planned.diagnostics)
    files, findings = proven(planned, parts_only=parts_only, text_too=to_write)
    plan = planned.plan
    texts = () if has_error(findings) else tuple((file.path, file.text) for file in files)
    return Rendered(name, plan.name, texts, planned.placed(findings))


def render_all(
    names: Sequence[str],
    *,
    parts_only: bool = False,
    to_write: bool = True,
    jobs: int | None = None,
    done: Callable[[int], None] = lambda _: None,
) -> tuple[Rendered, ...]:
    """Render many posture files, in several processes when that pays; `done` is told how many are ready.

    Two postures of one name would be written to one directory: both are given an error. Of several, one that
    cannot be read is given an error too; of one alone that is raised.
    """
    one = partial(render if len(names) == 1 else _render_any, parts_only=parts_only, to_write=to_write)
    workers = min(jobs or os.cpu_count() or 1, len(names))
    made: dict[int, Rendered] = {}
    for position, rendered in _in_processes(one, names, workers) if _pool_pays(names, workers) else _here(one, names):
        made[position] = rendered
        done(len(made))
    return tuple(_names_apart([made[position] for position in sorted(made)]))


def _names_apart(made: Sequence[Rendered]) -> Iterator[Rendered]:
    """Give an error to each posture whose name another one has: neither is the right one."""
    of_name: dict[str, list[str]] = {}
    for one in made:
        of_name.setdefault(one.name, []).append(one.source)
    for one in made:
        sources = of_name[one.name]
        others = [source for source in sources[:2] if source != one.source]
        yield _same_name(one, others[0]) if one.name and others else one


def _render_any(name: str, *, parts_only: bool, to_write: bool) -> Rendered:
    """Render one of several; that it cannot be read is a finding about it, and no reason to leave the others."""
    try:
        return render(name, parts_only=parts_only, to_write=to_write)
    except TfgenError as error:
        return Rendered(name, "", (), (Diagnostic(Code.UNREADABLE, Severity.ERROR, str(error), name),))


def _here(one: Callable[[str], Rendered], names: Sequence[str]) -> Iterator[tuple[int, Rendered]]:
    return enumerate(map(one, names))


def _pool_pays(names: Sequence[str], workers: int) -> bool:
    return workers > 1 and len(names) >= WORTH_A_POOL


def _in_processes(one: Callable[[str], Rendered], names: Sequence[str], workers: int) -> Iterator[tuple[int, Rendered]]:
    from tfgen.process.workers import spread  # one posture alone needs no processes and should not wait for this

    return spread(one, names, workers)


def _same_name(rendered: Rendered, first: str) -> Rendered:
    message = f"the name {rendered.name!r} is that of {first} too, and both would be written to one directory"
    clash = Diagnostic(Code.CONFLICT, Severity.ERROR, message, rendered.source, help="give each posture its own name")
    return Rendered(rendered.source, rendered.name, (), (*rendered.diagnostics, clash))
