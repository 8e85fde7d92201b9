"""The use case of an import: from the name of a source to postures and what became of everything. Knows no flags."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path, PurePath
from typing import Final

from tfgen import disk, source
from tfgen.app import added, stages
from tfgen.app.render import render
from tfgen.diagnostics import Code, Diagnostic, Route, Severity, TfgenError
from tfgen.imports import vocabulary
from tfgen.imports.compare import Comparison, compare
from tfgen.imports.discovered import DiscoveredHarness
from tfgen.imports.document import tree_of
from tfgen.imports.networks import NetworkComparison, compare_network
from tfgen.imports.policies import Document as PolicyDocument
from tfgen.imports.policies import documents_of, read
from tfgen.imports.posture import Imported, diagnostic, to_surrounded_posture
from tfgen.imports.report import Entry
from tfgen.imports.roles_found import all_policies
from tfgen.imports.sources import (
    Harnesses,
    Kind,
    kind_of,
    looks_like_terraform,
    not_too_many,
    of_api,
    of_cli,
    of_directory,
    of_template,
)
from tfgen.plan.build import build
from tfgen.plan.model import Plan
from tfgen.posture.document import Posture
from tfgen.posture.validate import validate
from tfgen.posture.write import write
from tfgen.render.layout import POSTURE, header_length, posture_of
from tfgen.source import files
from tfgen.terraform.module import Directory, Module
from tfgen.terraform.values import Leaf, Listed, Mapped, Place

_PROJECTS: Final = ("agentcore.json", "agentcore/agentcore.json")
_FOLDER: Final = "agentcore"
"""Where a project keeps its settings."""
_SPEC: Final = "harness.json"
_PROMPT: Final = "system-prompt.md"
_ALLOWED: Final = (
    "a get-harness response, a request of the API, a project of the AgentCore CLI, Terraform, a CloudFormation "
    "template, or what tfgen rendered"
)


@dataclass(frozen=True)
class Result:
    """What one harness of a source came to."""

    address: str
    """How the source calls it."""
    kind: str
    place: Place
    name: str
    """The posture's name."""
    posture: Posture | None
    """None when an error is among the diagnostics."""
    text: str
    """The posture file; empty without a posture."""
    entries: tuple[Entry, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()
    beside: tuple[tuple[str, str], ...] = ()
    """Files that the posture names, by their path from where it stands."""
    lost: frozenset[Route] = frozenset()
    """Where in the posture something is missing that the source has."""
    comparison: Comparison | None = None
    """The existing role beside the derived one, when there is an existing one to compare."""
    network: NetworkComparison | None = None
    """The existing network beside what the harness needs, when it is in a VPC and its source has any of it."""


@dataclass(frozen=True)
class Outcome:
    """What a source came to."""

    results: tuple[Result, ...]
    diagnostics: tuple[Diagnostic, ...] = ()
    """What is wrong with the source as a whole."""

    @property
    def ok(self) -> bool:
        """Whether the postures may be written."""
        found = [*self.diagnostics, *(one for result in self.results for one in result.diagnostics)]
        return bool(self.results) and not any(one.severity is Severity.ERROR for one in found)


def import_source(name: str, *, select: str = "", roles: Sequence[str] = (), into: str | None = None) -> Outcome:
    """Import every harness of a source (`-` for standard input), or the selected one; compare roles where there are.

    `into` names the posture file that it will be merged into: an update, which names only what changes, keeps the rest
    of it. Raises `TfgenError` when something cannot be read at all.
    """
    existing, problems = _existing(roles)
    if problems:
        return Outcome((), problems)
    if files.is_directory(name):
        below = files.Below(name)
        if below.is_file(own := str(PurePath(name) / POSTURE)) and _is_ours(below, own):
            return _own_tree(name, own)
        found = _directory(name, below)
    else:
        found = _file(name, files.text_of(name), _beside(name))
    if isinstance(found, Outcome):
        return found
    if any(one.severity is Severity.ERROR for one in found.diagnostics):
        return Outcome((), found.diagnostics)
    before = _before(into) if into is not None else None
    made = [to_surrounded_posture(candidate, before) for candidate in found.candidates]
    taken = [_Taken(one.candidate, one, existing) for one in made]
    results = tuple(_result(one, taken) for one in taken)
    chosen = tuple(one for one in results if not select or select in _names(one))
    if not chosen:
        said = ", ".join(sorted({one.address for one in results})) or "none"
        what = f"no harness called {select!r}; there are: {said}" if results else "no harness"
        return Outcome((), (*found.diagnostics, _whole(Code.NO_HARNESS, f"the source holds {what}", name)))
    return Outcome(chosen, found.diagnostics)


def _names(result: Result) -> set[str]:
    posture = result.posture
    harness = posture.harness.harness_name if posture is not None else ""
    return {result.address, result.name, str(harness)}


@dataclass(frozen=True)
class _Taken:
    """A harness of the source with its posture and the policies of its existing role."""

    candidate: DiscoveredHarness
    imported: Imported
    named: tuple[PolicyDocument, ...]
    """The policies that the user names as the role's."""

    @property
    def role(self) -> tuple[PolicyDocument, ...]:
        return self.named or self.candidate.role

    @cached_property
    def plan(self) -> Plan | None:
        return None if self.imported.posture is None else build(self.imported.posture)[0]

    def shares(self, other: _Taken) -> bool:
        """Whether two harnesses run as one role."""
        mine, theirs = ([(one.name, one.place) for one in taken.role] for taken in (self, other))
        return self is not other and mine == theirs


def _before(name: str) -> Mapping[str, object] | None:
    document = source.read(name)
    return document.data if isinstance(document, source.Document) else None


def _result(one: _Taken, all_: Sequence[_Taken]) -> Result:
    candidate, imported = one.candidate, one.imported
    posture = imported.posture
    return Result(
        address=candidate.address,
        kind=candidate.kind,
        place=candidate.place,
        name=imported.name,
        posture=posture,
        text=imported.text() if posture is not None else "",
        entries=tuple(candidate.record.entries),
        diagnostics=imported.diagnostics,
        lost=frozenset(candidate.record.comments),
        comparison=_compared(one, [other for other in all_ if one.shares(other)]),
        network=None if posture is None or candidate.around is None else compare_network(candidate.around, posture),
    )


def _compared(one: _Taken, sharing: Sequence[_Taken]) -> Comparison | None:
    if one.plan is None or not any(not document.trust for document in one.role):
        return None
    statements = [found for document in one.role for found in read(document)]
    also = [other.plan for other in sharing if other.plan is not None]
    return compare(statements, one.plan, {made.name: made.source for made in one.imported.inputs}, also)


def _beside(name: str) -> files.Below:
    """What may be read beside a file that the user names."""
    return files.Below("." if name == "-" else str(PurePath(name).parent))


def _file(name: str, text: source.Text | tuple[Diagnostic, ...], below: files.Below) -> Harnesses | Outcome:
    if isinstance(text, tuple):
        return Outcome((), text)
    if PurePath(name).suffix in files.ENDINGS or looks_like_terraform(text.text):
        module = _module(below, Directory(below.name, {text.name: text.text}))
        module.parse_all()  # what a user names is looked through, whatever it holds
        return of_directory(module)
    document = source.parse(text.text.encode(), text.name, tags=True)
    if not isinstance(document, source.Document):
        return Outcome((), document)
    root = tree_of(document)
    match kind_of(root):
        case Kind.POSTURE:
            return _own_posture(document, name)
        case Kind.RESPONSE | Kind.REQUEST as kind:
            return Harnesses((of_api(root, kind),))
        case Kind.CLI_SPEC:
            return Harnesses((of_cli(root, "", None, None),))
        case Kind.CLI_PROJECT:
            return _project(root, str(PurePath(name).parent), below)
        case Kind.TEMPLATE:
            return of_template(root)
        case _:
            return Outcome((), (_whole(Code.NO_HARNESS, "nothing in it can be imported", text.name, _ALLOWED),))


def _directory(name: str, below: files.Below) -> Harnesses | Outcome:
    for project in _PROJECTS:
        path = str(PurePath(name) / project)
        if below.is_file(path):
            return _file(path, below.text_of(path), below)
    folder = below.folder(name)
    if isinstance(folder, tuple):
        return Outcome((), folder)
    if not folder.texts:
        also = f"; it holds {', '.join(folder.not_read)}, and Terraform in JSON is not read" if folder.not_read else ""
        raise TfgenError(f"the directory {name!r} holds nothing that can be imported{also}: name {_ALLOWED}")
    return of_directory(_module(below, Directory(name, folder.texts)))


def _module(below: files.Below, directory: Directory) -> Module:
    """The root module of a source, which opens directories and files of the source alone."""

    def open_(base: str, relative: str) -> Directory | str:
        try:
            path = below.path(base, relative)
            if not below.is_directory(path):
                return f"there is no directory {path!r}"
            folder = below.folder(path)
        except TfgenError as error:
            return str(error)
        return folder[0].message if isinstance(folder, tuple) else Directory(path, folder.texts)

    def read(path: str) -> str:
        """The text of a file; raises `TfgenError`."""
        text = below.text_of(path)
        if isinstance(text, tuple):
            raise TfgenError(f"{path!r} is no text that can be read")
        return text.text

    return Module(directory, open_, read, context=vocabulary.terraform().context)


def _project(root: Mapped, base: str, below: files.Below) -> Harnesses | Outcome:
    """The harnesses of a CLI project: each in a directory of its own, seen from the project or from its settings."""
    listed, named = root.items["harnesses"], root.items.get("name")
    assert isinstance(listed, Listed)  # noqa: S101  # `kind_of` has seen it
    project = str(named.value) if isinstance(named, Leaf) else ""
    below = below.with_parent_of(_FOLDER)  # the settings are in a folder of their own, and the harnesses beside it
    found: list[DiscoveredHarness] = []
    for entry in listed.elements:
        not_too_many(len(found))
        path = entry.items.get("path") if isinstance(entry, Mapped) else None
        if not isinstance(path, Leaf):
            return Outcome((), (diagnostic(Code.NOT_READ, "a harness of the project has no path", entry.place),))
        spec = _spec_file(base, str(path.value), below)
        if spec is None:
            message = f"there is no {_SPEC} at {path.value!r}"
            return Outcome((), (diagnostic(Code.NOT_READ, message, path.place, "run the import in the whole project"),))
        text = below.text_of(spec)
        document = text if isinstance(text, tuple) else source.parse(text.text.encode(), spec)
        if isinstance(document, tuple):
            return Outcome((), document)
        prompt = _prompt(str(PurePath(spec).parent / _PROMPT), below)
        found.append(of_cli(tree_of(document), project, root.items.get("tags"), prompt))
    return Harnesses(tuple(found))


def _spec_file(base: str, path: str, below: files.Below) -> str | None:
    outside: TfgenError | None = None
    for above in (base, str(PurePath(base) / "..")):
        for ending in ("", _SPEC) if PurePath(path).suffix == PurePath(_SPEC).suffix else (_SPEC,):
            spec = below.path(above, str(PurePath(path) / ending))
            try:
                if below.is_file(spec):
                    return spec
            except TfgenError as error:
                outside = error
    if outside is not None:
        raise outside
    return None


def _prompt(path: str, below: files.Below) -> Leaf | None:
    text = below.text_of(path) if below.is_file(path) else ()
    return None if isinstance(text, tuple) else Leaf(text.text, Place(path, 1, 1))


def _is_ours(below: files.Below, path: str) -> bool:
    return posture_of(path, below.bytes_of(path)) is not None


def _own_posture(document: source.Document, name: str) -> Outcome:
    """A posture file: the same posture as its one text, and the files that it names."""
    validation = validate(document.data)
    findings = validation.findings
    place = Place(document.name)
    if validation.posture is None:
        diagnostics = tuple(document.diagnostic(finding) for finding in findings)
        return Outcome((Result("", Kind.POSTURE, place, "", None, "", diagnostics=diagnostics),))
    beside = stages.siblings_of(name, validation.posture)
    diagnostics = tuple(document.diagnostic(finding) for finding in (*findings, *beside.findings))
    result = Result(
        address=validation.posture.name,
        kind=Kind.POSTURE,
        place=place,
        name=validation.posture.name,
        posture=validation.posture,
        text=write(validation.posture),
        diagnostics=(*diagnostics, *beside.diagnostics),
        beside=tuple((one.path, one.text[header_length(one.path, one.text) :]) for one in stages.sibling_files(beside)),
    )
    return Outcome((result,))


def _own_tree(name: str, own: str) -> Outcome:
    """A tree that tfgen rendered: its posture, when the tree is what that renders to."""
    rendered = render(own, to_write=False)
    document = source.read(own)
    if not rendered.ok or not isinstance(document, source.Document):
        return Outcome((), rendered.diagnostics)
    changes = disk.compare(dict(rendered.files), Path(name))
    different = [*((one.path, _said(one)) for one in changes.all), *((one.path, one.what) for one in changes.foreign)]
    if different:
        problems = (
            _whole(Code.DRIFT, f"{path} {said}", name, "render the posture again, or import what was changed by hand")
            for path, said in different
        )
        return Outcome((), tuple(problems))
    outcome = _own_posture(document, own)
    (result,) = outcome.results
    others = added.findings(dict(rendered.files), Path(name), Severity.WARNING, root_is_open=True)
    diagnostics = (*result.diagnostics, *others)
    return Outcome((replace(result, kind="a tree that tfgen rendered", diagnostics=diagnostics),))


def _said(change: disk.Change) -> str:
    if change.old is None:
        return "is missing"
    return "is no part of it" if change.new is None else "is not what the posture renders to"


def _existing(roles: Sequence[str]) -> tuple[tuple[PolicyDocument, ...], tuple[Diagnostic, ...]]:
    """The policies of the files that are named as the existing role's."""
    found: list[PolicyDocument] = []
    for name in roles:
        if files.is_directory(name):
            below = files.Below(name)
            folder = below.folder(name)
            if isinstance(folder, tuple):
                return (), folder
            texts: Mapping[str, str] = folder.texts
        else:
            below = _beside(name)
            text = files.text_of(name)
            if isinstance(text, tuple):
                return (), text
            if PurePath(name).suffix not in files.ENDINGS and not looks_like_terraform(text.text):
                document = source.parse(text.text.encode(), text.name)
                if isinstance(document, tuple):
                    return (), document
                here = documents_of(tree_of(document))
                if not here:
                    return (), (_no_policy(name),)
                found += here
                continue
            texts = {text.name: text.text}
        module = _module(below, Directory(below.name, texts))
        here = all_policies(module)
        if module.problems:
            return (), tuple(module.problems)
        if not here:
            return (), (_no_policy(name),)
        found += here
    return tuple(found), ()


def _no_policy(name: str) -> Diagnostic:
    return _whole(
        Code.NOT_READ, "there is no policy in it", name, "name what get-role or get-role-policy prints, or Terraform"
    )


def _whole(code: Code, message: str, name: str, help: str = "") -> Diagnostic:
    return Diagnostic(code, Severity.ERROR, message, files.STDIN if name == "-" else name, help=help)
