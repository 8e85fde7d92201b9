"""From a posture to the plan. Knows how a posture is laid out, and no Terraform."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from tfgen.diagnostics import Code, Finding, Route, Severity
from tfgen.iam.policy import Kind
from tfgen.iam.text import Text, join, text
from tfgen.plan.features import Narrowed, features
from tfgen.plan.grants import grants, trust
from tfgen.plan.model import CallerPolicy, Check, Input, Plan, PolicyPlan, Role, Use
from tfgen.plan.values import Values
from tfgen.posture.access import Access
from tfgen.posture.document import Posture
from tfgen.posture.walk import input_uses


def build(posture: Posture) -> tuple[Plan, tuple[Finding, ...]]:
    """Plan all that a valid posture asks for; findings say what it does not cover."""
    values = Values(posture)
    harness_name = values.text(posture.harness.harness_name)
    found = features(posture)
    uses = tuple(item for item in found if isinstance(item, Use))
    base = text(posture.name) if harness_name.known is not None else harness_name
    callers = tuple(_caller(posture, index, base, harness_name) for index in range(len(posture.access)))
    plan = Plan(
        name=posture.name,
        description=posture.description or "",
        harness_name=harness_name,
        inputs=_inputs(posture, (item for item in found if isinstance(item, Narrowed))),
        tags=tuple(posture.tags.items()),
        role=_role(posture, values, base, harness_name, uses),
        callers=tuple(caller for caller in callers if caller.uses),
    )
    return plan, (*(item for item in found if isinstance(item, Finding)), *_expect(posture))


def _role(posture: Posture, values: Values, base: Text, harness_name: Text, uses: tuple[Use, ...]) -> Role:
    wanted = posture.role
    shape = Use("trust", ("role", "trust") if "trust" in wanted.model_fields_set else (), wanted.trust)
    name = values.text(wanted.name) if wanted.name is not None else None
    prefix = values.text(wanted.name_prefix) if wanted.name_prefix is not None else None
    if name is None and prefix is None:
        name = join(base, "-execution")
    boundary = wanted.permissions_boundary
    return Role(
        name=name,
        name_prefix=prefix,
        path=wanted.path,
        description=wanted.description or f"What the AgentCore harness {posture.name} may do.",
        permissions_boundary=values.text(boundary) if boundary is not None else None,
        max_session_duration=wanted.max_session_duration,
        trust=PolicyPlan(Kind.TRUST, trust(shape, harness_name)),
        policy_name="execution",
        policy=PolicyPlan(Kind.INLINE, grants(uses, harness_name)),
        uses=(shape, *uses),
    )


def _caller(posture: Posture, index: int, base: Text, harness_name: Text) -> CallerPolicy:
    access = posture.access[index]
    uses = tuple(_caller_uses(access, ("access", index)))
    return CallerPolicy(
        key=access.name,
        attached=access.as_ == "managed-policy",
        name=join(base, f"-{access.name}"),
        path=posture.role.path,
        description=access.description or f"What callers of the kind {access.name} may do with the harness.",
        policy=PolicyPlan(Kind.MANAGED, grants(uses, harness_name)),
        uses=uses,
    )


def _caller_uses(access: Access, route: Route) -> Iterator[Use]:
    for position, persona in enumerate(access.may):
        place: Route = (*route, "may", position)
        if persona == "read":
            yield Use("caller-read", place)
        elif persona == "invoke" and not access.endpoints:
            yield Use("caller-invoke", place, "any-endpoint")
        elif persona == "invoke":
            for number, endpoint in enumerate(access.endpoints or ()):
                values = (("endpoint", text(endpoint)),)
                yield Use("caller-invoke", (*route, "endpoints", number), "named-endpoints", values)


def _inputs(posture: Posture, narrowed: Iterable[Narrowed]) -> tuple[Input, ...]:
    checks: dict[str, dict[Check, None]] = {}
    for use in input_uses(posture):
        shape = use.shape
        checks.setdefault(use.name, {})[Check(shape.pattern, shape.min, shape.max, shape.sentence)] = None
    for item in narrowed:
        checks.setdefault(item.name, {})[item.check] = None
    return tuple(
        Input(
            name=name,
            description=item.description,
            many=item.many,
            default=item.default,
            checks=tuple(checks.get(name, ())),
        )
        for name, item in posture.inputs.items()
    )


def _expect(posture: Posture) -> Iterator[Finding]:
    for index in range(len(posture.expect)):
        message = "a claim is accepted and checked for its form, but not evaluated yet"
        yield Finding(Code.NOT_COVERED, message, ("expect", index), severity=Severity.WARNING)
