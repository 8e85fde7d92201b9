"""The use case of a check: what is found of postures, and what becomes of tokens. Renders nothing, knows no flags."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from tfgen import source
from tfgen.app.stages import Refused, planned_of, proven
from tfgen.diagnostics import At, Code, Diagnostic, Finding, Related, RelatedPlace
from tfgen.jwt.decide import Answer, Check, Decision, decide
from tfgen.plan.model import Plan
from tfgen.source import Document


@dataclass(frozen=True, slots=True)
class Checked:
    """What one posture file came to when it was only checked."""

    source: str
    """The posture file as it was named."""
    plan: Plan | None
    """What it asks for; None when it is not valid."""
    diagnostics: tuple[Diagnostic, ...]
    document: Document | None = None
    """The posture file as it was read; None when it is not valid."""

    @property
    def name(self) -> str:
        """The posture's name; empty when it is not valid."""
        return self.plan.name if self.plan is not None else ""


@dataclass(frozen=True, slots=True)
class Admitted:
    """What becomes of one token."""

    source: str
    """The file with its claims as it was named."""
    decisions: tuple[tuple[Checked, Decision], ...]
    """For each valid posture, in their order."""
    diagnostics: tuple[Diagnostic, ...]
    """What refuses it or leaves it undecided, placed in its file."""


def check(name: str) -> Checked:
    """Check one posture file (`-` for standard input) by all that a render asks of it; gives no text.

    Raises as `render` does.
    """
    planned = planned_of(name)
    if isinstance(planned, Refused):
        return Checked(name, None, planned.diagnostics)
    _, findings = proven(planned, parts_only=False, text_too=True)
    return Checked(name, planned.plan, planned.placed(findings), planned.document)


def admit(checked: Sequence[Checked], token: str, at: float | None) -> Admitted | tuple[Diagnostic, ...]:
    """Decide for each checked posture about the token whose claims stand in a file (`-` for standard input).

    `at` is the instant, in seconds since 1970, for which the token's times are judged; None judges none. Gives what is
    wrong with the file when it holds no claims. Raises `TfgenError` when it cannot be read.
    """
    document = source.read_claims(token)
    if not isinstance(document, Document):
        return document
    plans = tuple(one for one in checked if one.plan is not None)
    decisions = tuple((one, decide(one.plan.inbound, document.data, at)) for one in plans if one.plan is not None)
    return Admitted(token, decisions, tuple(_refusals(document, decisions)))


def _refusals(document: Document, decisions: Iterable[tuple[Checked, Decision]]) -> Iterator[Diagnostic]:
    """What keeps a token from being let in, at the claim in its file; an undecided check only where none refuses."""
    for checked, decision in decisions:
        for one in decision.checks:
            if decision.answer is Answer.LET_IN or one.answer is not decision.answer:
                continue
            refused = one.answer is Answer.REFUSED
            code = Code.TOKEN_REFUSED if refused else Code.TOKEN_UNDECIDED
            verb = "refuses this token" if refused else "may refuse this token"
            route = one.claim if one.claim and one.claim[0] in document.data else ()
            message = f"{checked.name} {verb}, by its {one.name}: {one.reason}"
            found = document.diagnostic(Finding(code, message, route))
            yield replace(found, related=tuple(_asked(checked, one)))


def _asked(checked: Checked, check: Check) -> Iterator[RelatedPlace]:
    """Where the posture asks for what a token lacks."""
    if checked.document is not None and check.asked:
        yield from checked.document.related(Related(check.asked, "the posture asks for it here", At.KEY))
