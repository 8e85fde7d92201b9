"""The network as far as packets and requests are concerned, read from parsed text. Must not know any plan."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Final

from tfgen.catalog.network import EndpointKind, facts
from tfgen.diagnostics import InternalError
from tfgen.hcl.tree import Binary, Call, Conditional, Expr, Number, Reference
from tfgen.iam.policy import Policy
from tfgen.iam.text import Text, text
from tfgen.plan.grants import AWS_CONTEXT, fill
from tfgen.plan.network.model import Direction, Peer, PeerKind, Present, made
from tfgen.proof.evaluate import Listed, Opaque, Scalar, Value
from tfgen.proof.reach.view import EndpointView, NetworkView, OpenRule
from tfgen.proof.rebuild import Argument, Made

_PEERS: Final = {"cidr_ipv4": PeerKind.IPV4, "cidr_ipv6": PeerKind.IPV6, "prefix_list_id": PeerKind.PREFIX_LIST}
_GROUP: Final = "referenced_security_group_id"
_PART: Final = "network/"


def parsed(found: Made) -> NetworkView:
    """The network that text describes; raises `InternalError` where that cannot be told."""
    gates: list[EndpointView] = []
    openings: list[OpenRule] = []
    for address, arguments in found.items():
        kind, _, label = address.removeprefix(_PART).partition(".")
        if not address.startswith(_PART):
            continue
        if kind == "aws_vpc_endpoint":
            gates.append(_gate(arguments))
        direction = next((one for one in Direction if kind == f"aws_vpc_security_group_{one}_rule"), None)
        if direction is not None:
            openings.append(_opening(label, direction, arguments))
    return NetworkView(tuple(gates), tuple(openings))


def _gate(arguments: Mapping[str, Argument]) -> EndpointView:
    kind = EndpointKind(_known(arguments.get("vpc_endpoint_type")))
    is_gateway = kind is EndpointKind.GATEWAY
    policy, groups = arguments.get("policy"), arguments.get("security_group_ids")
    routes = arguments.get("route_table_ids" if is_gateway else "subnet_ids")
    return EndpointView(
        service=_service(arguments.get("service_name")),
        kind=kind,
        named=is_gateway or arguments.get("private_dns_enabled") == Scalar(True),
        routed=routes is not None and routes != Listed(()),
        groups=frozenset(_group(one) for one in groups.elements) if isinstance(groups, Listed) else frozenset(),
        policy=policy if isinstance(policy, Policy) else Policy(()),
        present=_present(arguments.get("count")),
    )


def _service(name: Argument | None) -> str:
    for row in facts().service:
        if name == fill(facts().endpoint_name, {"region": AWS_CONTEXT["region"], "service": text(row.name)}):
            return row.name
    raise InternalError(f"not the name of a service's endpoint: {name!r}")


def _opening(label: str, direction: Direction, arguments: Mapping[str, Argument]) -> OpenRule:
    return OpenRule(
        key=label,
        direction=direction,
        group=_group(arguments.get("security_group_id")),
        peer=_peer(arguments),
        protocol=_known(arguments.get("ip_protocol")),
        first=_number(arguments.get("from_port")),
        last=_number(arguments.get("to_port")),
        present=_present(arguments.get("count")),
    )


def _peer(arguments: Mapping[str, Argument]) -> Peer:
    named = [name for name in (_GROUP, *_PEERS) if name in arguments]
    if len(named) != 1:
        raise InternalError(f"a rule has not one other side but {named}")
    value = arguments[named[0]]
    if named[0] == _GROUP:
        return _group(value)
    if isinstance(value, Opaque) and isinstance(value.expression, Reference):
        return Peer(PeerKind.SERVICE, text(value.expression.path[2]))
    return Peer(_PEERS[named[0]], _text(value))


def _group(value: Argument | None) -> Peer:
    """A security group: one that the module makes, or one by its id."""
    if isinstance(value, Opaque) and isinstance(value.expression, Reference):
        return made(value.expression.path[1])
    return Peer(PeerKind.GROUP, _text(value))


def _present(count: Argument | None) -> Present:
    """The list inputs that decide whether anything is there: those in the condition of a count."""
    if isinstance(count, Opaque) and isinstance(count.expression, Conditional):
        match count.expression.condition:
            case Binary(">", Call("length", (listed,)), Number(0)):
                return tuple(_lists(listed))
            case _:
                raise InternalError(f"not a count that tfgen makes: {count!r}")
    return ()


def _lists(listed: Expr) -> Iterator[str]:
    for one in listed.arguments if isinstance(listed, Call) else (listed,):
        match one:
            case Reference(("var", name)):
                yield name
            case _:
                raise InternalError(f"not a list input: {one!r}")


def _text(value: Argument | None) -> Text:
    if not isinstance(value, Text):
        raise InternalError(f"not a text: {value!r}")
    return value


def _known(value: Argument | Value | None) -> str:
    known = value.known if isinstance(value, Text) else None
    if known is None:
        raise InternalError(f"not a string that is known beforehand: {value!r}")
    return known


def _number(value: Argument | None) -> int:
    if isinstance(value, Scalar) and isinstance(value.value, (int, Decimal)):
        return int(value.value)
    raise InternalError(f"not a number: {value!r}")
