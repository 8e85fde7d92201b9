"""The stages that use cases share: a posture file is read, planned with the files that it names, rendered and proven.

Knows no flags, no screen, and writes nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tfgen import rules, source
from tfgen.diagnostics import Code, Diagnostic, Finding, InternalError, Severity
from tfgen.plan.build import build
from tfgen.plan.model import Plan
from tfgen.plan.siblings import SiblingFile, SiblingFiles
from tfgen.posture.document import Posture
from tfgen.posture.gateways import files as gateway_files
from tfgen.posture.validate import validate
from tfgen.proof.prove import prove
from tfgen.render import files as render_files
from tfgen.render.layout import File, header_length


@dataclass(frozen=True, slots=True)
class Refused:
    """A posture that is not valid, with all that is wrong with it."""

    source: str
    """The posture file as it was named."""
    name: str
    """The posture's name; empty when it could not be read."""
    diagnostics: tuple[Diagnostic, ...]


@dataclass(frozen=True)
class Planned:
    """A posture that was read and planned, with what was found on the way; no finding is an error."""

    document: source.Document
    posture: Posture
    beside: source.Siblings
    plan: Plan
    findings: tuple[Finding, ...]

    def placed(self, findings: Sequence[Finding]) -> tuple[Diagnostic, ...]:
        """The findings with their places in the posture, or in the files that it names."""
        return _placed(self.document, self.beside, findings)


def planned_of(name: str) -> Planned | Refused:
    """Read and plan one posture with the files that it names; what is wrong with it when that cannot be done."""
    document = source.read(name)
    if not isinstance(document, source.Document):
        return Refused(name, "", document)
    validation = validate(document.data)
    findings: tuple[Finding, ...] = validation.findings
    if validation.posture is None or has_error(findings):
        return Refused(name, _name_of(document), tuple(document.diagnostic(finding) for finding in findings))
    beside = siblings_of(name, validation.posture)
    findings += beside.findings
    if beside.diagnostics or has_error(findings):
        return Refused(name, validation.posture.name, (*_placed(document, beside, findings), *beside.diagnostics))
    plan, more = build(validation.posture, _attached(beside))
    findings += more
    planned = Planned(document, validation.posture, beside, plan, findings)
    if has_error(more):
        return Refused(name, plan.name, planned.placed(findings))
    return planned


def proven(planned: Planned, *, parts_only: bool, text_too: bool) -> tuple[tuple[File, ...], tuple[Finding, ...]]:
    """The files of a plan, and all that is found of them and on the way to them."""
    plan = planned.plan
    files = tuple(render_files.parts(plan) if parts_only else render_files.tree(plan))
    findings = (*planned.findings, *rules.run(plan), *_in_the_way(planned, () if parts_only else files))
    findings += prove(plan, files, text_too=text_too)
    if text_too:
        _check_posture_text(plan.posture, planned.posture)
    return files, findings


def _in_the_way(planned: Planned, tree: Sequence[File] = ()) -> Iterator[Finding]:
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


def _name_of(document: source.Document) -> str:
    """The name in a posture that is not valid otherwise; empty when it has none."""
    name = document.data.get("name")
    return name if isinstance(name, str) else ""


def siblings_of(name: str, posture: Posture) -> source.Siblings:
    """The files that the posture in a file names."""
    return source.read_siblings(name, (source.WantedSibling(*one) for one in gateway_files(posture.gateways)))


def _attached(beside: source.Siblings) -> SiblingFiles:
    """The files that a posture names, for its plan; a header of ours in one is no part of it."""
    texts = {path: _without_header(path, text.text) for path, text in beside.texts.items()}
    data = {path: found.data for path, found in beside.documents.items()}
    return SiblingFiles(texts, data, beside.matched, sibling_files(beside))


def sibling_files(beside: source.Siblings) -> tuple[SiblingFile, ...]:
    """The files that a posture names, as they were written."""
    files = [SiblingFile(path, text.text) for path, text in beside.texts.items()]
    files += [SiblingFile(path, found.text) for path, found in beside.documents.items()]
    return tuple(sorted(files, key=lambda file: file.path))


def _without_header(path: str, text: str) -> str:
    """The text with blanks in the place of our header, so that all else stays where it is."""
    length = header_length(path, text)
    return re.sub(r"[^\n]", " ", text[:length]) + text[length:]


def _placed(document: source.Document, beside: source.Siblings, findings: Sequence[Finding]) -> tuple[Diagnostic, ...]:
    return tuple(beside.diagnostic(one, document) for one in findings)


def has_error(findings: Sequence[Finding]) -> bool:
    """Whether one of the findings is an error."""
    return any(finding.severity is Severity.ERROR for finding in findings)
