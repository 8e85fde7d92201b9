"""The harness itself as a part of the plan, where the posture says that it is to be made. Knows no Terraform syntax."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from tfgen.catalog import provider
from tfgen.catalog.provider_resource import CARRIERS, ProviderResource, Template, pascal, provider_resource
from tfgen.diagnostics import At, Code, Finding, Route, Severity
from tfgen.iam.text import Slot, Source, Text, join, swap
from tfgen.plan.harness_values import fields
from tfgen.plan.model import EXECUTION_ROLE, SECURITY_GROUP, SUBNETS, Check, Input
from tfgen.plan.provider_support import CHOSEN, Supported, supported
from tfgen.plan.provisioned import Provisioned
from tfgen.plan.settings import Fields, Items, Setting, TextValue
from tfgen.plan.values import Values
from tfgen.posture.document import Posture

HARNESS: Final[Route] = ("harness",)

NETWORK_CONFIGURATION: Final = ("environment", "agentcore_runtime_environment", "network_configuration")
"""Where the harness says in which network sessions run."""

_NETWORK: Final[Route] = ("network",)
_SURROUNDED: Final = (
    "network_mode_config",
    Fields(
        (
            ("subnets", Items((TextValue(join(Slot(Source.EACH, SUBNETS)), _NETWORK),), _NETWORK)),
            ("security_groups", Items((TextValue(join(Slot(Source.INPUT, SECURITY_GROUP)), _NETWORK),), _NETWORK)),
        ),
        _NETWORK,
    ),
)
"""Where in the VPC sessions run, when the network around them is planned too: both are wired from there."""

OWN_KEYS: Final = frozenset({"tags", "preset"})
"""Keys that no argument stands for: tags are merged with others, a preset has become an authorizer."""


def provisioned(posture: Posture, values: Values) -> tuple[Provisioned | None, tuple[Finding, ...]]:
    """The harness that is to be made, and what its provider cannot carry.

    None where it is made elsewhere, or cannot be made.
    """
    if posture.provision is None:
        return None, ()
    settings = _without(fields(posture.harness, values, HARNESS))
    if posture.network is not None:
        settings = _within(settings, NETWORK_CONFIGURATION, _SURROUNDED)
    own = supported(settings, provider_resource(posture.provision))
    tags = tuple((posture.harness.tags or {}).items())
    paths = frozenset(own.paths)
    since = (
        row if row.absent else replace(row, paths=tuple(path for path in row.paths if path in paths))
        for row in provider.applied(own.carrier.resource, paths)
    )
    template = own.carrier.template
    name = None if template is None else stack_name(template, values.text(posture.harness.harness_name))
    role = join(Slot(Source.INPUT, EXECUTION_ROLE))
    version = own.carrier.at_least(paths)
    made = Provisioned(posture.provision, role, settings, tags, version, tuple(since), name)
    # Without an argument that is needed there would be nothing that could be rendered.
    wrong = any(finding.severity is Severity.ERROR for finding in own.findings)
    return None if wrong else made, (*_advised(own, settings), *_faults(settings, own.carrier))


def stack_name(template: Template, harness_name: Text) -> Text:
    """The name of the stack that makes a harness; no two harnesses of a region have one."""
    return join(template.stack, swap(harness_name, "_", "-"))


def with_parameters(made: Provisioned, inputs: tuple[Input, ...]) -> tuple[Provisioned, tuple[Input, ...]]:
    """The harness with a parameter of its stack, if it has one, for each input that may hold a secret.

    A template can be read by many; the value of a parameter with `NoEcho` cannot. The inputs are those that fit one.
    """
    template = provider_resource(made.carrier).template
    if template is None:
        return made, inputs
    used = {slot.name for text in made.texts() for slot in text.slots()}
    found: dict[str, str] = {}
    for item in inputs:
        if item.sensitive and item.name in used:
            name = pascal(item.name)
            while name in {template.logical_id, *found.values()}:
                name += "X"
            found[item.name] = name
    most = template.longest_parameter
    fits = Check(None, 0, most, f"up to {most} characters, as the parameter of a stack")
    checked = (replace(item, checks=(fits, *item.checks)) if item.name in found else item for item in inputs)
    return replace(made, parameters=tuple(sorted(found.items()))), tuple(checked)


def _without(settings: Fields) -> Fields:
    """What is said, without the keys that no argument stands for."""
    items = (
        (key, _without(inner) if isinstance(inner, Fields) else inner)
        for key, inner in settings.items
        if key not in OWN_KEYS or len(settings.route) > 2
    )
    return replace(settings, items=tuple(items))


def _within(settings: Fields, steps: tuple[str, ...], more: tuple[str, Setting]) -> Fields:
    """The same with one key more in the mapping that some steps lead to, if there is one."""
    if not steps:
        return replace(settings, items=(*settings.items, more))
    items = (
        (key, _within(inner, steps[1:], more) if key == steps[0] and isinstance(inner, Fields) else inner)
        for key, inner in settings.items
    )
    return replace(settings, items=tuple(items))


def _advised(own: Supported, settings: Fields) -> Iterator[Finding]:
    """What cannot be carried, with what to do instead."""
    for finding in own.findings:
        if finding.severity is not Severity.ERROR:
            yield finding
            continue
        others = (name for name in CARRIERS if name != own.carrier.name)
        fits = next(
            (name for name in others if finding.route not in supported(settings, provider_resource(name)).refused), None
        )
        if finding.help:
            more = f", or write `provision: {fits}`, whose resource does not need it" if fits is not None else ""
            yield replace(finding, help=finding.help + more)
        elif fits is not None:
            yield replace(finding, help=f"write `provision: {fits}`, whose resource carries it")
        else:
            yield replace(finding, help="leave it out; or leave `provision` out, and make the harness elsewhere")


def _faults(settings: Fields, own: ProviderResource) -> Iterator[Finding]:
    """What the provider takes and is known to fail with."""
    for fault in own.faults:
        there: Setting | None = settings
        for step in fault.at:
            there = dict(there.items).get(step) if isinstance(there, Fields) else None
        if isinstance(there, Fields) and fault.without not in dict(there.items):
            message = f"{own.title} is known to fail without {fault.without!r} here: {fault.what}"
            advice = f"{fault.advice} (see {fault.source})"
            yield Finding(Code.NOT_CARRIED, message, there.route, advice, Severity.WARNING, At.KEY, related=CHOSEN)
