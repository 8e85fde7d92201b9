"""The endpoints, security groups and rules around a harness, out of Terraform modules. Reads no file itself."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from tfgen.catalog.network import EndpointKind, facts
from tfgen.iam.text import Text, text
from tfgen.imports import words
from tfgen.imports.around import Around, Endpoint, Group, Peer, Rule, Side, Untold
from tfgen.imports.policies import Document, text_of
from tfgen.imports.roles_found import document
from tfgen.imports.terraform.harnesses import Found, Resource, Undecided, body, decided
from tfgen.plan.network.model import Direction
from tfgen.posture.names import snake
from tfgen.terraform.module import Module
from tfgen.terraform.values import Leaf, Listed, Mapped, Node, Symbol, UnknownError, assuming, plain

_GATEWAY: Final = EndpointKind.GATEWAY
"""What an endpoint is that does not say its type."""
_DEEPEST: Final = 16
_ANY_REGION: Final = "?"
_INSTANCE: Final = re.compile(r"\[[^\]]*\]$")
_VPC_KEYS: Final = frozenset({"subnets", "security_groups"})
_LAST_PORT: Final = 65_535

Items = Mapping[str, Node]


@dataclass(frozen=True, slots=True)
class _Made:
    """One instance of a resource."""

    address: str
    type: str
    name: str
    suffix: str
    module: Module
    body: Mapped


@dataclass
class Networks:
    """What a tree of modules has of networks."""

    modules: Sequence[Module]
    not_followed: tuple[str, ...]
    """Calls of modules that were not looked into."""
    made: dict[str, list[_Made]] = field(default_factory=dict)
    """Every instance, by its type."""
    named: dict[tuple[str, str], list[_Made]] = field(default_factory=dict)
    """Every instance, by its type and its name."""
    beside: dict[tuple[str, str], list[_Made]] = field(default_factory=dict)
    """What is said of an endpoint in a resource of its own, by the type of that and the address of the endpoint."""
    untold: list[Untold] = field(default_factory=list)


def networks(found: Found) -> Networks:
    """Read all endpoints, security groups and rules of the modules that a search went through."""
    calls = (address for address, *_ in found.not_followed if address.rpartition(".")[0].endswith("module"))
    tree = Networks(found.modules, tuple(calls))
    known = words.network()
    types = (
        known.endpoint,
        known.endpoint_policy,
        known.endpoint_group,
        known.endpoint_dns,
        known.group,
        known.vpc,
        *known.rules,
    )
    for module in found.modules:
        for block, path in module.resources(*types):
            kind, name = block.labels
            address = f"{module.address}{'.' if module.address else ''}{kind}.{name}"
            instances = decided(module, block, path)
            if isinstance(instances, Undecided):
                why = f"how many there are is decided by `{instances.said}`, which only Terraform knows"
                if kind not in (known.group, known.vpc):  # those are told where they are named
                    tree.untold.append(Untold(address, instances.place, why))
                continue
            for suffix, scope in instances:
                one = _Made(f"{address}{suffix}", kind, name, suffix, module, body(module, block, path, scope))
                tree.made.setdefault(kind, []).append(one)
                tree.named.setdefault((kind, name), []).append(one)
    for kind in (known.endpoint_policy, known.endpoint_group, known.endpoint_dns):
        for one in tree.made.get(kind, ()):
            tree.beside.setdefault((kind, _owner(one, "vpc_endpoint_id", known.endpoint, tree)), []).append(one)
    return tree


def is_in_vpc(harness: Resource) -> bool:
    """Whether a harness says in which subnets and with which security groups sessions run."""
    return _vpc_config(harness.body) is not None


def around(harness: Resource, tree: Networks) -> Around | None:
    """What the tree has around one harness; None when that is in no VPC, or when there is nothing of its network."""
    said = _vpc_config(harness.body)
    if said is None:
        return None
    known = words.network()
    untold = list(tree.untold)
    named = list(_references(said.items.get("security_groups"), known.group, harness.module, tree))
    sessions = tuple(dict.fromkeys(address for _, address in named))
    for node, address in named:
        if not address:
            untold.append(Untold(written(node), node.place, "its rules are not in the source"))
    rules, loose = _rules(tree)
    groups = {
        one.address: Group(one.address, one.body.place, (*_inline(one, tree), *rules.get(one.address, ())))
        for one in tree.made.get(known.group, ())
    }
    vpc = _vpc(sessions, tree)
    endpoints, more = _endpoints(tree, vpc)
    if not endpoints and not any(sessions):
        return None
    return Around(
        place=said.place,
        endpoints=tuple(endpoints),
        groups=groups,
        sessions=sessions,
        untold=(*untold, *more, *loose),
        elsewhere=tuple(_elsewhere(tree, vpc, more)),
        has_loose_rules=bool(loose) or any(set(one.subject.split(".")) & known.rules.keys() for one in tree.untold),
        has_loose_policies=(known.endpoint_policy, "") in tree.beside
        or any(known.endpoint_policy in one.subject.split(".") for one in tree.untold),
    )


def _elsewhere(tree: Networks, vpc: _Vpc, of_endpoints: Sequence[Untold]) -> Iterator[str]:
    """Why there may be more endpoints than the source shows."""
    if not vpc.is_made:
        yield "the VPC is not made here, and its endpoints need not be"
    for address in tree.not_followed:
        yield f"{address} is not looked into"
    kinds = {step for one in tree.untold for step in one.subject.split(".")}
    if of_endpoints or words.network().endpoint in kinds:
        yield "of some here the service, the number or the VPC is not known"


def _vpc_config(node: Node) -> Mapped | None:
    """The mapping that says in which subnets and with which security groups sessions run."""
    match node:
        case Mapped(items):
            if {snake(key) for key in items} >= _VPC_KEYS:
                return Mapped({snake(key): value for key, value in items.items()}, node.place)
            return next((found for value in items.values() if (found := _vpc_config(value)) is not None), None)
        case Listed(elements):
            return next((found for value in elements if (found := _vpc_config(value)) is not None), None)
        case _:
            return None


def written(node: Node) -> str:
    """A value as a message has it."""
    return node.source if isinstance(node, Symbol) else str(node.value) if isinstance(node, Leaf) else "a value"


def _elements(node: Node | None, module: Module, tree: Networks, depth: int = 0) -> Iterator[tuple[Node, Module]]:
    """The elements of a list, or the one value; through defaults and outputs of modules. With each, whose it is."""
    match node:
        case None | Leaf(None):
            return
        case Listed(elements):
            for element in elements:
                yield from _elements(element, module, tree, depth)
        case Symbol(default=default) if default is not None and depth < _DEEPEST:
            for element, owner in _elements(default, module, tree, depth + 1):
                yield assuming(element, (node.source,)), owner
        case Symbol(path=("module", name, output, *_)) if depth < _DEEPEST:
            value, child = _output(name, output, tree) or (None, module)
            if value is None:
                yield node, module
            else:
                yield from _elements(value, child, tree, depth + 1)
        case _:
            yield node, module


def _output(name: str, output: str, tree: Networks) -> tuple[Node, Module] | None:
    ending = f"module.{name}"
    children = [one for one in tree.modules if f".{_INSTANCE.sub('', one.address)}".endswith(f".{ending}")]
    if len(children) != 1:
        return None
    for block, path in children[0].blocks("output", output):
        if "value" in block.attributes:
            return children[0].value(block.attributes["value"], path), children[0]
    return None


def _references(node: Node | None, kind: str, module: Module, tree: Networks) -> Iterator[tuple[Node, str]]:
    """Each resource of a type that a value names, with its address; empty when it is not in the tree."""
    for element, owner in _elements(node, module, tree):
        yield element, _address(element, kind, owner, tree)


def _address(node: Node, kind: str, module: Module, tree: Networks) -> str:
    if not isinstance(node, Symbol) or len(node.path) < 2 or node.path[0] != kind:
        return ""
    found = tree.named.get((kind, node.path[1]), [])
    if len(found) > 1:
        found = [one for one in found if node.source.startswith(f"{kind}.{one.name}{one.suffix}.")]
    if len(found) > 1 and not module.address:
        found = [one for one in found if not one.module.address]
    return found[0].address if len(found) == 1 else ""


def _owner(one: _Made, word: str, kind: str, tree: Networks) -> str:
    return next((address for _, address in _references(one.body.items.get(word), kind, one.module, tree)), "")


@dataclass(frozen=True, slots=True)
class _Vpc:
    """A VPC as a resource names it."""

    said: str
    is_made: bool
    """Whether it is one of the source."""
    is_literal: bool = False

    def differs(self, other: _Vpc) -> bool | None:
        """Whether it is another one; None when that is not known."""
        if self.said == other.said:
            return False
        both_known = (self.is_made and other.is_made) or (self.is_literal and other.is_literal)
        return True if both_known else None


def _vpc_of(one: _Made, tree: Networks) -> _Vpc:
    for node, address in _references(one.body.items.get("vpc_id"), words.network().vpc, one.module, tree):
        return _Vpc(address or written(node), bool(address), isinstance(node, Leaf) and not node.assumed)
    return _Vpc("", False)


def _vpc(sessions: Sequence[str], tree: Networks) -> _Vpc:
    """The VPC of the sessions, by their security groups."""
    found = [_vpc_of(one, tree) for one in tree.made.get(words.network().group, ()) if one.address in sessions]
    return found[0] if found else _Vpc("", False)


def _endpoints(tree: Networks, vpc: _Vpc) -> tuple[list[Endpoint], list[Untold]]:
    """The endpoints in the sessions' VPC, and what is not known of endpoints."""
    known = words.network()
    found: list[Endpoint] = []
    untold: list[Untold] = []
    for one in tree.made.get(known.endpoint, ()):
        kind = _known(one.body.items.get("vpc_endpoint_type")) if "vpc_endpoint_type" in one.body.items else _GATEWAY
        own = _vpc_of(one, tree)
        differs = own.differs(vpc) if vpc.said and own.said else False
        if differs or kind not in (None, *EndpointKind):
            continue
        if differs is None:
            why = f"whether `{own.said}` is the VPC of the sessions, `{vpc.said}`, only Terraform knows"
            untold.append(Untold(one.address, one.body.place, why))
        endpoint = _endpoint(one, kind, tree)
        if endpoint.service is None:
            why = f"which service it is for: `{endpoint.said}` is not known"
            untold.append(Untold(one.address, one.body.place, why))
        found.append(endpoint)
    return found, untold


def _endpoint(one: _Made, kind: object, tree: Networks) -> Endpoint:
    known, items, switch = words.network(), one.body.items, "private_dns_enabled"

    def beside(kind: str) -> list[_Made]:
        return tree.beside.get((kind, one.address), [])

    groups = [
        *(address for _, address in _references(items.get("security_group_ids"), known.group, one.module, tree)),
        *(_owner(other, "security_group_id", known.group, tree) for other in beside(known.endpoint_group)),
    ]
    switches = [items.get(switch), *(other.body.items.get(switch) for other in beside(known.endpoint_dns))]
    private = [False if node is None else _known(node) for node in switches]
    service, name = _service(items.get("service_name"), one.module)
    policies = [_policy(made) for made in (one, *beside(known.endpoint_policy))]
    return Endpoint(
        address=one.address,
        place=one.body.place,
        service=service,
        said=name,
        is_interface=None if kind is None else kind == EndpointKind.INTERFACE,
        policy=next((found for found in policies if found is not None), None),
        private_dns=True if True in private else None if None in private else False,
        groups=tuple(groups),
    )


def _policy(one: _Made) -> Document | None:
    said = one.body.items.get("policy")
    if said is None or (isinstance(said, Leaf) and said.value in (None, "")):
        return None
    return document(one.module, f"the policy of {one.address}", said)


def _service(node: Node | None, module: Module) -> tuple[str | None, str]:
    """The service of an endpoint by the name that it is given, and that name."""
    kind = words.network().endpoint_service
    if isinstance(node, Symbol) and node.path[:2] == ("data", kind) and len(node.path) > 2:
        for block, path in module.blocks("data", kind, node.path[2]):
            attribute = block.attributes.get("service")
            value = _known(module.value(attribute, path)) if attribute is not None else None
            if isinstance(value, str):
                return value, node.source
    if not isinstance(node, Leaf | Symbol) or (isinstance(node, Leaf) and not isinstance(node.value, str)):
        return None, "" if node is None else written(node)
    # Whatever stands where the region does: the endpoints of a VPC are those of its region.
    known = _filled(text_of(node)).known or ""
    shape = re.escape(facts().endpoint_name).replace(r"\{region\}", r"[^.]+").replace(r"\{service\}", "(.+)")
    match = re.fullmatch(shape, known)
    service = match[1] if match is not None and _ANY_REGION not in match[1] else None
    return service, written(node)


def _filled(one: Text) -> Text:
    return one.replace(lambda _: text(_ANY_REGION))


def _known(node: Node | None) -> object:
    """A value as plain data; None when it is not known."""
    try:
        return None if node is None else plain(node)
    except UnknownError:
        return None


def _rules(tree: Networks) -> tuple[Mapping[str, Sequence[Rule]], list[Untold]]:
    """The rules that are resources of their own, by the address of their group; and those of no known group."""
    known = words.network()
    found: dict[str, list[Rule]] = {}
    loose: list[Untold] = []
    for kind, direction in known.rules.items():
        for one in tree.made.get(kind, ()):
            group = _owner(one, "security_group_id", known.group, tree)
            way = direction or _known(one.body.items.get("type"))
            if not group or way not in list(Direction):
                said = written(one.body.items["security_group_id"]) if "security_group_id" in one.body.items else ""
                why = f"whether it is a rule of the sessions: `{said}` is no security group of the source"
                loose.append(Untold(one.address, one.body.place, why))
                continue
            found.setdefault(group, []).append(_rule(one, one.address, Direction(str(way)), one.body, group, tree))
    return found, loose


def _inline(one: _Made, tree: Networks) -> Iterator[Rule]:
    """The rules that stand in the security group itself."""
    for direction in Direction:
        for index, (node, _) in enumerate(_elements(one.body.items.get(direction), one.module, tree)):
            said = node if isinstance(node, Mapped) else None
            name = f"{one.address}.{direction}[{index}]"
            if said is None:
                yield Rule(name, node.place, direction, None, None, None, (Peer(Side.ADDRESS, node),), is_unread=True)
            else:
                yield _rule(one, name, direction, said, one.address, tree)


def _rule(one: _Made, name: str, direction: Direction, said: Mapped, group: str, tree: Networks) -> Rule:
    known = words.network()
    protocol = _known(said.items.get("ip_protocol", said.items.get("protocol")))
    protocol = None if protocol is None else known.protocols.get(str(protocol).lower(), str(protocol).lower())
    first, last = (_port(_known(said.items.get(word))) for word in ("from_port", "to_port"))
    if protocol == known.every_protocol:
        first, last = 0, _LAST_PORT
    peers = tuple(_peers(one, said.items, group, tree))
    return Rule(name, said.place, direction, protocol, first, last, peers)


def _port(value: object) -> int | None:
    return int(str(value)) if str(value).isdigit() else None


def _peers(one: _Made, items: Items, group: str, tree: Networks) -> Iterator[Peer]:
    known = words.network()
    for word, kind in known.peers.items():
        for node, owner in _elements(items.get(word), one.module, tree):
            match side := Side(kind):
                case Side.ITSELF:
                    if _known(node) is not False:
                        yield Peer(side, node, group)
                case Side.GROUP:
                    yield Peer(side, node, _address(node, known.group, owner, tree))
                case Side.PREFIX_LIST:
                    yield Peer(side, node, _address(node, known.endpoint, owner, tree))
                case Side.ADDRESS:
                    path = [step for step in node.path if step != "data"] if isinstance(node, Symbol) else []
                    yield Peer(side, node, "", path[:1] == [known.vpc], path[:1] == [known.subnet])
