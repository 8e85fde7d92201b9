"""Documents for tests of the posture: a whole one, and the smallest one in which a given route exists."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from typing import Any, Literal, get_args, get_origin

from tfgen.diagnostics import Code, Finding, Route, Severity
from tfgen.posture import Json, Posture, Table, validate
from tfgen.posture.base import OneOf
from tfgen.posture.inputs import InputDeclaration
from tfgen.posture.values import Keys
from tfgen.posture.walk import Slot, keyed, slot_at

ARN = "arn:aws:bedrock-agentcore:eu-central-1:111122223333:"
GATEWAY_ARN = ARN + "gateway/orders-abcdefghij"
KEY_ARN = ARN + "token-vault/default/apikeycredentialprovider/openai"
MODEL = {"bedrock_model_config": {"model_id": "global.anthropic.claude-haiku-4-5-20251001-v1:0"}}
JWT = {
    "discovery_url": "https://idp.example.com/.well-known/openid-configuration",
    "allowed_clients": ["storefront"],
}
VPC = {
    "network_mode": "VPC",
    "network_mode_config": {"subnets": ["subnet-0123456789abcdef0"], "security_groups": ["sg-0123456789abcdef0"]},
}


def small(**harness: Any) -> dict[str, Any]:
    """The smallest posture, with keys of the harness added or replaced."""
    return {
        "tfgen": 1,
        "name": "order-support",
        "harness": {"harness_name": "order_support", "model": deepcopy(MODEL), **harness},
    }


def runtime(**keys: Any) -> dict[str, Any]:
    """The smallest posture that says something about its sessions."""
    return small(environment={"agentcore_runtime_environment": keys})


def jwt(**keys: Any) -> dict[str, Any]:
    """The smallest posture with an authorizer, with keys added or replaced."""
    return small(authorizer_configuration={"custom_jwt_authorizer": {**deepcopy(JWT), **keys}})


def gateway(**keys: Any) -> dict[str, Any]:
    """A gateway as a tool, with keys of its configuration added or replaced."""
    config = {"agentcore_gateway": {"gateway_arn": GATEWAY_ARN, **keys}}
    return {"type": "agentcore_gateway", "name": "orders", "config": config}


def findings(data: object) -> list[tuple[str, Route]]:
    """Name and route of every finding."""
    return [(finding.code.name, finding.route) for finding in validate(data).findings]


def only(data: object) -> Finding:
    """The one finding that there is."""
    found = validate(data).findings
    assert len(found) == 1, found
    return found[0]


def accepted(data: object) -> Posture:
    """The posture, which has no finding at all."""
    result = validate(data)
    assert result.findings == ()
    assert result.posture is not None
    return result.posture


def errors_of_form(data: object) -> list[tuple[Code, Route]]:
    """Errors that single values give, leaving out how they go together."""
    return [
        (finding.code, finding.route)
        for finding in validate(data).findings
        if finding.severity is Severity.ERROR and finding.code is not Code.CONFLICT
    ]


def leaves(slot: Slot | None = None, route: Route = ()) -> Iterator[tuple[Route, Slot]]:
    """Every place in the model, whatever it holds: lists have the step 0, tables a key that fits."""
    slot = slot or Slot(Posture)
    if route:
        yield route, slot
    if slot.model is not None:
        for key, _ in keyed(slot.model):
            child = slot.child(key)
            assert child is not None
            yield from leaves(child, (*route, key))
    elif slot.is_list or get_origin(slot.kind) is Table:
        step: str | int = 0 if slot.is_list else _key(slot)
        child = slot.child(step)
        assert child is not None
        yield from leaves(child, (*route, step))


def edges() -> Iterator[tuple[Route, Slot]]:
    """The first place of each key of each class, list and table: others of the same are told apart by their route only.

    A class that stands in many places, as a private endpoint does, is looked into in the first.
    """
    seen: set[object] = set()
    for route, slot in leaves():
        above = at(route[:-1])
        key = above, route[-1], slot
        if key not in seen:
            seen.add(key)
            yield route, slot


def document(route: Route, value: object) -> dict[str, Any]:
    """The smallest document in which `value` stands at `route`."""
    made = _embedded(Slot(Posture), route, value)
    assert isinstance(made, dict)
    return made


def example(slot: Slot) -> Any:
    """A value that is right for a place."""
    if slot.literal is not None:
        return slot.literal.example
    if slot.model is not None:
        keys = [key for key, field in keyed(slot.model) if field.is_required()]
        if issubclass(slot.model, OneOf) or slot.model.__name__ == "Expect":
            keys = [next(key for key, _ in keyed(slot.model))]
        return {key: example(child) for key in keys if (child := slot.child(key))}
    if slot.is_list:
        (element, _) = get_args(slot.kind)
        child = slot.child(0)
        assert child is not None, element
        return [example(child)]
    if get_origin(slot.kind) is Table:
        child = slot.child("x")
        assert child is not None
        return {_key(slot): example(child)}
    if get_origin(slot.kind) is Literal:
        return get_args(slot.kind)[0]
    if slot.kind is Json:
        return {"any": ["thing", None, 1]}
    if slot.kind is bool:
        return True
    if slot.kind in (int, float, int | float):
        return least(slot)
    return "text"


def bounds(slot: Slot) -> dict[str, Any]:
    """The bounds of a number or of a list's length: ge, le, min_length, max_length."""
    found: dict[str, Any] = {}
    for mark in slot.marks:
        for part in (mark, *getattr(mark, "metadata", ())):
            found |= {
                name: getattr(part, name) for name in ("ge", "le", "min_length", "max_length") if hasattr(part, name)
            }
    return {name: value for name, value in found.items() if value is not None}


def least(slot: Slot) -> int:
    """The least number that a place takes."""
    return int(bounds(slot).get("ge", 1))


def _key(slot: Slot) -> str:
    if slot.kind == Table[InputDeclaration]:
        return "orders_gateway_arn"
    mark = next(mark for mark in slot.marks if isinstance(mark, Keys))
    from tfgen.posture import shape

    return shape(mark.shape_name).example


def _embedded(slot: Slot, route: Route, value: object) -> Any:
    if not route:
        return value
    step, *rest = route
    child = slot.child(step)
    assert child is not None, route
    inner = _embedded(child, tuple(rest), value)
    if slot.is_list:
        return [inner]
    if slot.model is None:
        return {step: inner}
    if issubclass(slot.model, OneOf):
        return {step: inner}
    made = example(slot)
    if slot.model.__name__ == "Expect" and step in ("allow", "deny"):
        made = {}
    return {**made, step: inner}


def at(route: Route) -> Slot:
    """What the model says about a route that it reaches."""
    slot = slot_at(route)
    assert slot is not None
    return slot
