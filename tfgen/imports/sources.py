"""Which kind of source a document is, by what it holds, and the harnesses in it. Reads no file; knows no YAML."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from tfgen.diagnostics import Code, Diagnostic, TfgenError
from tfgen.imports import agentcore_cli, stack_networks, vocabulary
from tfgen.imports.cloudformation import Template
from tfgen.imports.discovered import DiscoveredHarness
from tfgen.imports.posture import diagnostic
from tfgen.imports.report import Handling, Record
from tfgen.imports.roles_found import of_stack, of_terraform
from tfgen.imports.terraform.harnesses import search
from tfgen.imports.terraform.made import networks
from tfgen.imports.terraform.networks import around, is_in_vpc
from tfgen.posture.names import snake
from tfgen.terraform.module import Module
from tfgen.terraform.values import Leaf, Listed, Mapped, Node

_HCL: Final = re.compile(
    r"^[^\S\n]*(?:resource|data|module|variable|locals|output|provider|terraform|moved|import)\b[^\n]*\{", re.MULTILINE
)
_HARNESS_ID: Final = re.compile(r"([a-zA-Z][a-zA-Z0-9_]{0,39})-[a-zA-Z0-9]{10}")
"""API_UpdateHarness, harnessId: the harness's name and what the service puts behind it."""


MOST_HARNESSES: Final = 250
"""How many harnesses one source may hold: a few characters of Terraform can make thousands."""


class Kind(StrEnum):
    """What a document is; the value follows "imported from"."""

    POSTURE = "a posture file"
    RESPONSE = "a get-harness response"
    REQUEST = "a request of the API"
    CLI_SPEC = "a harness of the AgentCore CLI"
    CLI_PROJECT = "a project of the AgentCore CLI"
    TEMPLATE = "a CloudFormation template"
    TERRAFORM = "Terraform"


@dataclass(frozen=True, slots=True)
class Harnesses:
    """The harnesses of a source, and what is wrong with it."""

    candidates: tuple[DiscoveredHarness, ...]
    diagnostics: tuple[Diagnostic, ...] = ()


def not_too_many(count: int) -> None:
    """Raise `TfgenError` when a source holds so many harnesses that another one is too many."""
    if count >= MOST_HARNESSES:
        raise TfgenError(f"the source holds more than {MOST_HARNESSES} harnesses: import its parts one by one")


def looks_like_terraform(text: str) -> bool:
    """Whether a text is HCL rather than JSON or YAML."""
    return not text.lstrip().startswith(("{", "[")) and _HCL.search(text) is not None


def kind_of(root: Mapped) -> Kind | None:
    """What a document is; None when it is nothing that can be imported."""
    items = root.items
    keys = {snake(key) for key in items}
    if "tfgen" in items:
        return Kind.POSTURE
    if isinstance(items.get("Resources"), Mapped):
        return Kind.TEMPLATE
    if isinstance(items.get("harness"), Mapped):
        return Kind.RESPONSE
    if isinstance(items.get("harnesses"), Listed):
        return Kind.CLI_PROJECT
    model = items.get("model")
    if "name" in items and isinstance(model, Mapped) and "provider" in model.items:
        return Kind.CLI_SPEC
    if keys & {"harness_name", "harness_id"}:
        return Kind.REQUEST
    return None


def of_api(root: Mapped, kind: Kind) -> DiscoveredHarness:
    """The harness of a response or a request."""
    inner = root.items.get("harness") if kind is Kind.RESPONSE else root
    assert isinstance(inner, Mapped)  # noqa: S101  # `kind_of` has seen it
    record = Record()
    items = dict(inner.items)
    by_word = {snake(key): key for key in items}
    identity = items.get(by_word.get("harness_id", ""))
    if "harness_name" not in by_word and isinstance(identity, Leaf):
        match = _HARNESS_ID.fullmatch(str(identity.value))
        if match is not None:
            items["harnessName"] = Leaf(match[1], identity.place)
            record.note(Handling.ASSUMED, "harnessName", identity.place, "it begins the harness's id")
    body = Mapped(items, inner.place)
    name = items.get(by_word.get("harness_name", "harnessName"))
    address = str(name.value) if isinstance(name, Leaf) else "harness"
    partial = kind is Kind.REQUEST and "harness_id" in by_word and "harness_name" not in by_word
    return DiscoveredHarness(address, kind, body, inner.place, record, partial=partial)


def of_cli(spec: Mapped, project: str, tags: Node | None, prompt: Leaf | None) -> DiscoveredHarness:
    """The harness of a harness.json; `tags` are those of its project, `prompt` the text of its system-prompt.md."""
    record = Record()
    body = agentcore_cli.translate(spec, project, prompt, record)
    if isinstance(tags, Mapped) and tags.items:
        own = body.items.get("tags")
        merged = {**tags.items, **(own.items if isinstance(own, Mapped) else {})}
        body = Mapped({**body.items, "tags": Mapped(merged, tags.place)}, body.place)
    name = body.items.get("harness_name")
    return DiscoveredHarness(
        str(name.value) if isinstance(name, Leaf) else "harness", Kind.CLI_SPEC, body, spec.place, record
    )


def of_template(root: Mapped) -> Harnesses:
    """The harnesses of a CloudFormation template, each with the role that it names if it stands there too."""
    template = Template(root)
    stack = stack_networks.Stack(template)
    found: list[DiscoveredHarness] = []
    for resource in template.resources(*vocabulary.cloudformation().harness):
        not_too_many(len(found))
        candidate = DiscoveredHarness(resource.name, Kind.TEMPLATE, resource.properties, resource.place)
        candidate.role, candidate.role_keys = of_stack(template, resource)
        candidate.around = stack_networks.around(resource, stack)
        found.append(candidate)
    return Harnesses(tuple(found))


def of_directory(root: Module) -> Harnesses:
    """The harnesses of a Terraform module and the local modules that it calls."""
    found = search(root)
    not_too_many(len(found.resources) - 1)
    tree = networks(found) if any(is_in_vpc(one) for one in found.resources) else None
    candidates = []
    for resource in found.resources:
        candidate = DiscoveredHarness(resource.address, Kind.TERRAFORM, resource.body, resource.body.place)
        candidate.role, candidate.role_keys = of_terraform(resource)
        candidate.around = around(resource, tree) if tree is not None else None
        candidates.append(candidate)
    problems = list(root.problems)
    if not candidates and not problems:
        problems += [
            diagnostic(Code.NO_HARNESS, f"{address} is not imported: {why}", place, "name the directory of the harness")
            for address, place, why in found.not_followed
        ]
    return Harnesses(tuple(candidates), tuple(problems))
