"""The network as far as packets and requests are concerned, read from parsed text. Must not know what was planned."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from tfgen.catalog.network import EndpointKind, facts
from tfgen.diagnostics import InternalError
from tfgen.iam.policy import Policy
from tfgen.iam.text import Text, text
from tfgen.plan.grants import AWS_CONTEXT, fill
from tfgen.plan.network.model import Direction, Peer, PeerKind, Present, made
from tfgen.proof.reach.view import EndpointView, NetworkView, OpenRule
from tfgen.proof.rebuild import Argument, Rebuilt, referred, text_in
from tfgen.terraform.text import texts_of
from tfgen.terraform.values import Leaf, Listed, Made, Node, Symbol

_PEERS: Final = {"cidr_ipv4": PeerKind.IPV4, "cidr_ipv6": PeerKind.IPV6, "prefix_list_id": PeerKind.PREFIX_LIST}
_GROUP: Final = "referenced_security_group_id"
_PREFIX_LIST: Final = ("data", "aws_ec2_managed_prefix_list")
_PART: Final = "network/"


def parsed(found: Rebuilt) -> NetworkView:
    """The network that text describes; raises `InternalError` where that cannot be told."""
    endpoints: list[EndpointView] = []
    rules: list[OpenRule] = []
    for address, arguments in found.items():
        kind, _, label = address.removeprefix(_PART).partition(".")
        if not address.startswith(_PART):
            continue
        if kind == "aws_vpc_endpoint":
            endpoints.append(_endpoint(arguments))
        direction = next((one for one in Direction if kind == f"aws_vpc_security_group_{one}_rule"), None)
        if direction is not None:
            rules.append(_rule(label, direction, arguments))
    return NetworkView(tuple(endpoints), tuple(rules))


def _endpoint(arguments: Mapping[str, Argument]) -> EndpointView:
    kind = EndpointKind(_known(arguments.get("vpc_endpoint_type")))
    is_gateway = kind is EndpointKind.GATEWAY
    policy, groups = arguments.get("policy"), arguments.get("security_group_ids")
    routes = arguments.get("route_table_ids" if is_gateway else "subnet_ids")
    return EndpointView(
        service=_service(arguments.get("service_name")),
        kind=kind,
        named=is_gateway or _is_true(arguments.get("private_dns_enabled")),
        routed=routes is not None and not (isinstance(routes, Listed) and not routes.elements),
        groups=frozenset(_group(one) for one in groups.elements) if isinstance(groups, Listed) else frozenset(),
        policy=policy if isinstance(policy, Policy) else Policy(()),
        present=_present(arguments.get("count")),
    )


def _service(name: Argument | None) -> str:
    for row in facts().service:
        if text_in(name) == fill(facts().endpoint_name, {"region": AWS_CONTEXT["region"], "service": text(row.name)}):
            return row.name
    raise InternalError(f"not the name of a service's endpoint: {name!r}")


def _rule(label: str, direction: Direction, arguments: Mapping[str, Argument]) -> OpenRule:
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
    if (path := referred(value))[:2] == _PREFIX_LIST:
        return Peer(PeerKind.SERVICE, text(path[2]))
    return Peer(_PEERS[named[0]], _text(value))


def _group(value: Argument | None) -> Peer:
    """A security group: one that the module makes, or one by its id."""
    if (path := referred(value))[:1] == ("aws_security_group",):
        return made(path[1])
    return Peer(PeerKind.GROUP, _text(value))


def _present(count: Argument | None) -> Present:
    """The list inputs that decide whether anything is there: those in the condition of a count.

    What is there for each element of a list has the list in itself.
    """
    match count:
        case None | Leaf(1) | Symbol(made=Made("length")):
            return ()
        case Symbol(made=Made("?:", (Symbol(made=Made(">", (size, Leaf(0)))), some, Leaf(0)))) if _is_some(some):
            names = [one.each() for one in _measured(size)]
            if names and None not in names:
                return tuple(name for name in names if name is not None)
        case _:
            pass
    raise InternalError(f"not a count that tfgen makes: {count!r}")


def _is_some(count: Node) -> bool:
    """Whether a count is 1, or has one for each element of a list."""
    return _number(count) == 1 if isinstance(count, Leaf) else bool(_measured(count))


def _measured(size: Node) -> tuple[Text, ...]:
    """The texts in the list whose length is taken."""
    match size:
        case Symbol(made=Made("length", (of,))):
            return texts_of(of) or ()
        case _:
            return ()


def _text(value: Argument | None) -> Text:
    found = text_in(value)
    if found is None:
        raise InternalError(f"not a text: {value!r}")
    return found


def _known(value: Argument | None) -> str:
    known = _text(value).known
    if known is None:
        raise InternalError(f"not a string that is known beforehand: {value!r}")
    return known


def _is_true(value: Argument | None) -> bool:
    return isinstance(value, Leaf) and value.value is True


def _number(value: Argument | None) -> int:
    if isinstance(value, Leaf) and isinstance(value.value, int | float) and value.value is not True:
        return int(value.value)
    raise InternalError(f"not a number: {value!r}")
