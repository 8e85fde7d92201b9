"""The use case of an explanation: from a posture file and targets to reasons. Knows no flags and no screen."""

from __future__ import annotations

from collections.abc import Sequence

from tfgen.app.stages import Refused, planned_of
from tfgen.explain.reasons import Decisions, Meaning
from tfgen.explain.targets import decisions, explain
from tfgen.render import files as render_files

Explained = tuple[Meaning, ...]
"""For each target, what it means."""


def explained(name: str, targets: Sequence[str]) -> Explained | Refused:
    """Explain one posture (see `tfgen.explain.explain`); what is wrong with it when that cannot be done.

    Raises `TfgenError` when the posture cannot be read.
    """
    planned = planned_of(name)
    if isinstance(planned, Refused):
        return planned
    document = planned.document
    return explain(planned.plan, render_files.tree(planned.plan), targets, document.locate, document.name)


def tools(name: str, wanted: Sequence[str]) -> tuple[tuple[str, tuple[Decisions, ...]], ...] | Refused:
    """Say who may call each tool by its gateway's policies; what is wrong with the posture when that cannot be done.

    Raises `TfgenError` when the posture cannot be read.
    """
    planned = planned_of(name)
    return planned if isinstance(planned, Refused) else decisions(planned.plan, wanted)
