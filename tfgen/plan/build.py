"""From a posture to the plan. Knows how a posture is laid out, and no Terraform."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Final

from tfgen.diagnostics import Finding
from tfgen.iam.claim import Claim
from tfgen.iam.text import Text, text
from tfgen.jwt.authorizer import Inbound
from tfgen.plan.callers import callers, controls
from tfgen.plan.defaults import refused_defaults
from tfgen.plan.features import Narrowed, features
from tfgen.plan.gateway_model import GatewayPlan
from tfgen.plan.inbound import expanded, inbound
from tfgen.plan.lengths import Lengths
from tfgen.plan.model import Check, Input, PartName, Plan
from tfgen.plan.network.build import network
from tfgen.plan.provision import provisioned, with_parameters
from tfgen.plan.roles import Naming, role
from tfgen.plan.siblings import SiblingFiles
from tfgen.plan.statements import FeatureUse
from tfgen.plan.values import Values
from tfgen.posture.document import Posture
from tfgen.posture.walk import input_uses
from tfgen.posture.write import write

NOTHING_ATTACHED: Final = SiblingFiles()


def build(posture: Posture, attached: SiblingFiles = NOTHING_ATTACHED) -> tuple[Plan, tuple[Finding, ...]]:
    """Plan all that a valid posture asks for with the files that it names; findings say what it does not cover."""
    written = write(posture)
    posture, unfit = expanded(posture)
    values = Values(posture)
    harness_name = values.text(posture.harness.harness_name)
    letting_in = inbound(posture, posture.harness)
    found = features(posture, letting_in)
    uses = tuple(item for item in found if isinstance(item, FeatureUse))
    naming = Naming.of(posture, values, _base(posture, harness_name))
    inputs = _inputs(posture, (item for item in found if isinstance(item, Narrowed)))
    guarded, wrong = _gateways(posture, values, harness_name, attached)
    execution = role(posture, values, naming, harness_name, uses, Lengths(inputs))
    around, more = network(posture, values, naming, execution, harness_name)
    made, uncarried = provisioned(posture, values)
    plan = Plan(
        name=posture.name,
        description=posture.description or "",
        harness_name=harness_name,
        inputs=inputs,
        tags=tuple(posture.tags.items()),
        role=execution,
        callers=callers(posture, values, naming, harness_name),
        posture=written,
        carried=attached.carried,
        controls=controls(posture, values, harness_name),
        claims=tuple(_claims(posture, values)),
        inbound=letting_in,
        also_inbound=tuple(_also_inbound(posture)),
        gateways=guarded,
        network=around,
        provisioned=made,
    )
    found_wrong = tuple(dict.fromkeys(item for item in found if isinstance(item, Finding)))
    refused = refused_defaults(inputs, found_wrong)
    return _discreet(plan, posture), (*unfit, *found_wrong, *refused, *more, *wrong, *uncarried)


def _discreet(plan: Plan, posture: Posture) -> Plan:
    """The plan with what may be a secret marked: inputs of the harness alone, as a policy can be read by many.

    A list is not marked, since Terraform repeats nothing over a list that it may not show.
    """
    said = {use.name for use in input_uses(posture) if use.shape.secret}
    shown = {
        slot.name
        for part in plan.parts
        if part is not PartName.HARNESS
        for text in plan.texts(part)
        for slot in text.slots()
    }
    hidden = said - shown
    inputs = tuple(replace(item, sensitive=item.name in hidden and not item.many) for item in plan.inputs)
    if plan.provisioned is None:
        return replace(plan, inputs=inputs)
    made, inputs = with_parameters(plan.provisioned, inputs)
    return replace(plan, inputs=inputs, provisioned=made)


def _base(posture: Posture, harness_name: Text) -> Text:
    """What the names of policies, and of a role without a name of its own, begin with."""
    return text(posture.name) if harness_name.known is not None else harness_name


def _gateways(
    posture: Posture, values: Values, harness_name: Text, attached: SiblingFiles
) -> tuple[tuple[GatewayPlan, ...], tuple[Finding, ...]]:
    if not posture.gateways:
        return (), ()
    from tfgen.plan.gateways import gateways  # most postures have none, and need no Cedar

    return gateways(posture, values, harness_name, attached)


def _inputs(posture: Posture, narrowed: Iterable[Narrowed]) -> tuple[Input, ...]:
    checks: dict[str, dict[Check, None]] = {}
    for use in input_uses(posture):
        shape = use.shape
        check = Check(shape.pattern, shape.min, shape.max, shape.sentence, shape.example, shape.usual)
        checks.setdefault(use.name, {})[check] = None
    for item in narrowed:
        checks.setdefault(item.name, {})[item.check] = None
    return tuple(
        Input(
            name=name,
            description=item.description,
            many=item.many,
            default=item.default,
            checks=tuple(checks.get(name, ())),
            optional=item.optional,
        )
        for name, item in posture.inputs.items()
    )


def _also_inbound(posture: Posture) -> Iterator[Inbound]:
    for index, entry in enumerate(posture.also):
        if (one := inbound(posture, entry, ("also", index))) is not None:
            yield one


def _claims(posture: Posture, values: Values) -> Iterator[Claim]:
    for index, claim in enumerate(posture.expect):
        yield Claim(
            allow=claim.allow is not None,
            action=claim.action,
            on=values.placed(claim.on) if claim.on is not None else None,
            by=claim.by,
            when=tuple((key, values.placed(value)) for key, value in (claim.when or {}).items()),
            route=("expect", index),
            assuming_boundary=claim.assuming == "boundary",
        )
