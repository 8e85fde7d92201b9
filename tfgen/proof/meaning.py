"""Proof 2: what the parsed text makes is what the plan says, thing by thing. Must not know how text is rendered."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from tfgen.diagnostics import InternalError
from tfgen.hcl.tree import Body
from tfgen.iam.text import Slot, Source, join, text
from tfgen.plan.model import Input, PartName, Plan
from tfgen.proof.evaluate import Many, Mapped, Merge, Value
from tfgen.proof.expected import access, gateway_policy, harness, network, role, variables
from tfgen.proof.expected.part import Expected, Given, label, referred
from tfgen.proof.rebuild import Argument, Made, rebuild

PARTS: Final[Mapping[PartName, Callable[[Plan, Given], Expected]]] = {
    PartName.EXECUTION_ROLE: role.expected,
    PartName.ACCESS: access.expected,
    PartName.NETWORK: network.expected,
    PartName.GATEWAY_POLICY: gateway_policy.expected,
    PartName.HARNESS: harness.expected,
}
"""What must be made of each part."""


def check(plan: Plan, bodies: Mapping[str, Body]) -> Made:
    """Rebuild what the files (path -> parsed body) make, hold it against the plan, and give it.

    Raises `InternalError` with the first difference: tfgen has rendered something that it did not plan.
    """
    found = rebuild(bodies)
    wanted = expected(plan, with_root="main.tf" in bodies)
    for address in sorted(found.keys() | wanted.keys()):
        if address not in wanted:
            raise InternalError(f"the rendered text makes {address}, which was not planned")
        if address not in found:
            raise InternalError(f"the rendered text does not make {address}, which was planned")
        for name in sorted(found[address].keys() | wanted[address].keys()):
            there, planned = found[address].get(name), wanted[address].get(name)
            if there != planned:
                raise InternalError(f"{name} of {address} is rendered as {there!r} and planned as {planned!r}")
    return found


def expected(plan: Plan, *, with_root: bool) -> Made:
    """What the plan says must be made, as a whole tree or as parts alone."""
    tags = _tags(plan) if with_root else referred("var.tags")
    made: Made = {}
    providers: dict[str, tuple[str, str]] = {}
    for name in plan.parts:
        inputs = plan.part_inputs(name)
        part = PARTS[name](plan, Given(tags, _wired(inputs, with_root=with_root)))
        made |= _of(name, part.made, inputs, part.providers)
        if with_root:
            made[f"root/module.{label(name)}"] = {"source": text(f"./modules/{name}")}
            for outer, inner in part.handed_on.items():
                made[f"root/output.{outer}"] = {"value": referred(f"module.{label(name)}.{inner}")}
        for provider, (source, version) in part.providers.items():
            providers[provider] = (source, max(version, providers.get(provider, ("", ""))[1], key=_numbers))
    if with_root:
        made |= _of("root", {}, plan.used_inputs(), providers)
    return made


def _of(module: str, made: Made, inputs: tuple[Input, ...], providers: Mapping[str, tuple[str, str]]) -> Made:
    """What is made in a module, with its variables and versions, by address below that module."""
    whole: Made = {**made, **variables.expected(inputs), "terraform": _versions(providers)}
    return {f"{module}/{address}": arguments for address, arguments in whole.items()}


def _wired(inputs: tuple[Input, ...], *, with_root: bool) -> dict[str, Value]:
    """What the inputs that come from other parts are: their outputs, or, without a root, what somebody gives."""
    found: dict[str, Value] = {}
    for item in inputs:
        if item.wire is None:
            continue
        if with_root:
            found[item.name] = referred(f"module.{label(item.wire.part)}.{item.wire.output}")
        else:
            found[item.name] = Many(item.name) if item.many else join(Slot(Source.INPUT, item.name))
    return found


def _versions(providers: Mapping[str, tuple[str, str]]) -> dict[str, Argument]:
    """The versions of Terraform and of the providers that a module takes."""
    required = (
        (name, Mapped((("source", text(source)), ("version", text(version)))))
        for name, (source, version) in sorted(providers.items())
    )
    return {"required_version": text(">= 1.8"), "required_providers": Mapped(tuple(required))}


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.removeprefix(">= ").split(".") if part)


def _tags(plan: Plan) -> Value:
    given = referred("var.tags")
    if not plan.tags:
        return given
    return Merge((Mapped(tuple((key, text(value)) for key, value in plan.tags)), given))
