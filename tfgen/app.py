"""The use cases, each a straight line over pure stages. Knows no flags and no screen."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final

from tfgen import rules, source
from tfgen.admission import Answer, Decision, decide
from tfgen.diagnostics import Code, Diagnostic, Finding, InternalError, Severity, TfgenError
from tfgen.plan.attached import Attached, Carried
from tfgen.plan.build import build
from tfgen.plan.model import Plan
from tfgen.posture.document import Posture
from tfgen.posture.gateways import files as gateway_files
from tfgen.posture.validate import validate
from tfgen.proof.prove import prove
from tfgen.render import files as render_files
from tfgen.render.layout import File, header_length

if TYPE_CHECKING:
    from tfgen.explained import Decisions, Meaning

WORTH_A_POOL: Final = 24
"""Postures from which on starting further processes takes less time than it saves."""

Explained = tuple["Meaning", ...]
"""For each target, what it means."""


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


@dataclass(frozen=True, slots=True)
class Checked:
    """What one posture file came to when it was only checked."""

    source: str
    """The posture file as it was named."""
    plan: Plan | None
    """What it asks for; None when it is not valid."""
    diagnostics: tuple[Diagnostic, ...]

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


def render(name: str, *, parts_only: bool = False, to_write: bool = True) -> Rendered:
    """Render and prove one posture file (`-` for standard input); writes nothing itself.

    Where the text is not to be written but compared only (`to_write` is false), it is not parsed back.

    Raises `TfgenError` when it cannot be read and `InternalError` when a proof of our own text fails.
    """
    planned = _planned(name)
    if isinstance(planned, Rendered):
        return planned
    files, findings = _proven(planned, parts_only=parts_only, text_too=to_write)
    plan = planned.plan
    texts = () if _has_error(findings) else tuple((file.path, file.text) for file in files)
    return Rendered(name, plan.name, texts, planned.placed(findings))


def check(name: str) -> Checked:
    """Check one posture file (`-` for standard input) by all that a render asks of it; gives no text.

    Raises as `render` does.
    """
    planned = _planned(name)
    if isinstance(planned, Rendered):
        return Checked(name, None, planned.diagnostics)
    _, findings = _proven(planned, parts_only=False, text_too=True)
    return Checked(name, planned.plan, planned.placed(findings))


def _proven(planned: _Planned, *, parts_only: bool, text_too: bool) -> tuple[tuple[File, ...], tuple[Finding, ...]]:
    """The files of a plan, and all that is found of them and on the way to them."""
    plan = planned.plan
    files = tuple(render_files.parts(plan) if parts_only else render_files.tree(plan))
    findings = (*planned.findings, *rules.run(plan), *_in_the_way(planned, () if parts_only else files))
    findings += prove(plan, files, text_too=text_too)
    if text_too:
        _check_posture_text(plan.posture, planned.posture)
    return files, findings


def admit(checked: Sequence[Checked], token: str, at: float | None) -> Admitted | tuple[Diagnostic, ...]:
    """Decide for each checked posture about the token whose claims stand in a file (`-` for standard input).

    `at` is the instant, in seconds since 1970, for which the token's times are judged; None judges none. Gives what is
    wrong with the file when it holds no claims. Raises `TfgenError` when it cannot be read.
    """
    document = source.read_claims(token)
    if not isinstance(document, source.Document):
        return document
    plans = tuple(one for one in checked if one.plan is not None)
    decisions = tuple((one, decide(one.plan.inbound, document.data, at)) for one in plans if one.plan is not None)
    return Admitted(token, decisions, tuple(_refusals(document, decisions)))


def _refusals(document: source.Document, decisions: Iterable[tuple[Checked, Decision]]) -> Iterator[Diagnostic]:
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
            yield document.diagnostic(Finding(code, message, route))


def _in_the_way(planned: _Planned, tree: Sequence[File] = ()) -> Iterator[Finding]:
    """Files named by the posture that cannot be in the rendered tree, which is made when it is not given."""
    if not planned.plan.carried:
        return
    from tfgen.disk import faults as faults_of  # few postures name files

    faults = faults_of(file.path for file in tree or render_files.tree(planned.plan))
    for route, pattern, _ in gateway_files(planned.posture.gateways):
        for path in planned.beside.matched[pattern]:
            if path in faults:
                message = f"the rendered tree cannot hold the file {path!r}: {faults[path]}"
                yield Finding(Code.BESIDE, message, route, "give the file or its directory another name")


def _check_posture_text(text: str, posture: Posture) -> None:
    """Raise `InternalError` unless the text that the tree carries is read back as the posture."""
    document = source.parse(text.encode(), "posture.yaml")
    if not isinstance(document, source.Document) or validate(document.data).posture != posture:
        raise InternalError("the posture that the tree carries is not read back as the one that it was made of", text)


def explained(name: str, targets: Sequence[str]) -> Explained | Rendered:
    """Explain one posture (see `tfgen.explain.explain`); what is wrong with it when that cannot be done.

    Raises `TfgenError` when the posture cannot be read.
    """
    from tfgen.explain import explain  # only this use case needs it

    planned = _planned(name)
    if isinstance(planned, Rendered):
        return planned
    document = planned.document
    return explain(planned.plan, render_files.tree(planned.plan), targets, document.locate, document.name)


def tools(name: str, wanted: Sequence[str]) -> tuple[tuple[str, tuple[Decisions, ...]], ...] | Rendered:
    """Say who may call each tool by its gateway's policies; what is wrong with the posture when that cannot be done.

    Raises `TfgenError` when the posture cannot be read.
    """
    from tfgen.explain import decisions  # see above

    planned = _planned(name)
    return planned if isinstance(planned, Rendered) else decisions(planned.plan, wanted)


@dataclass(frozen=True)
class _Planned:
    """A posture that was read and planned, with what was found on the way; no finding is an error."""

    document: source.Document
    posture: Posture
    beside: source.Beside
    plan: Plan
    findings: tuple[Finding, ...]

    def placed(self, findings: Sequence[Finding]) -> tuple[Diagnostic, ...]:
        return _placed(self.document, self.beside, findings)


def _planned(name: str) -> _Planned | Rendered:
    """Read and plan one posture with the files that it names; what is wrong with it when that cannot be done."""
    document = source.read(name)
    if not isinstance(document, source.Document):
        return Rendered(name, "", (), document)
    validation = validate(document.data)
    findings: tuple[Finding, ...] = validation.findings
    if validation.posture is None or _has_error(findings):
        return Rendered(name, _name_of(document), (), tuple(document.diagnostic(finding) for finding in findings))
    beside = beside_of(name, validation.posture)
    findings += beside.findings
    if beside.diagnostics or _has_error(findings):
        return Rendered(name, validation.posture.name, (), (*_placed(document, beside, findings), *beside.diagnostics))
    plan, more = build(validation.posture, _attached(beside))
    findings += more
    planned = _Planned(document, validation.posture, beside, plan, findings)
    if _has_error(more):
        return Rendered(name, plan.name, (), planned.placed(findings))
    return planned


def _name_of(document: source.Document) -> str:
    """The name in a posture that is not valid otherwise; empty when it has none."""
    name = document.data.get("name")
    return name if isinstance(name, str) else ""


def beside_of(name: str, posture: Posture) -> source.Beside:
    """The files that the posture in a file names."""
    return source.read_beside(name, (source.Wanted(*one) for one in gateway_files(posture.gateways)))


def _attached(beside: source.Beside) -> Attached:
    """The files that a posture names, for its plan; a header of ours in one is no part of it."""
    texts = {path: _without_header(path, text.text) for path, text in beside.texts.items()}
    data = {path: found.data for path, found in beside.documents.items()}
    return Attached(texts, data, beside.matched, carried(beside))


def carried(beside: source.Beside) -> tuple[Carried, ...]:
    """The files that a posture names, as they were written."""
    files = [Carried(path, text.text) for path, text in beside.texts.items()]
    files += [Carried(path, found.text) for path, found in beside.documents.items()]
    return tuple(sorted(files, key=lambda file: file.path))


def _without_header(path: str, text: str) -> str:
    """The text with blanks in the place of our header, so that all else stays where it is."""
    length = header_length(path, text)
    return re.sub(r"[^\n]", " ", text[:length]) + text[length:]


def _placed(document: source.Document, beside: source.Beside, findings: Sequence[Finding]) -> tuple[Diagnostic, ...]:
    return tuple(beside.diagnostic(one) if one.file else document.diagnostic(one) for one in findings)


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
    from tfgen.workers import spread  # one posture alone needs no processes and should not wait for this

    return spread(one, names, workers)


def _same_name(rendered: Rendered, first: str) -> Rendered:
    message = f"the name {rendered.name!r} is that of {first} too, and both would be written to one directory"
    clash = Diagnostic(Code.CONFLICT, Severity.ERROR, message, rendered.source, help="give each posture its own name")
    return Rendered(rendered.source, rendered.name, (), (*rendered.diagnostics, clash))
