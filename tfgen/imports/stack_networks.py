"""The network around a harness, out of a CloudFormation template: endpoints, groups, VPC, subnets. Reads no file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final

from tfgen.catalog.network import EndpointKind, facts
from tfgen.imports import vocabulary
from tfgen.imports.cloudformation import Resource, Template
from tfgen.imports.existing_network import UNCOUNTED, Around, Endpoint, Group, Peer, Rule, Side, Untold, Vpc, vpc_config
from tfgen.imports.network_vocabulary import known, ports_of, protocol_of, service_of, written
from tfgen.imports.policies import Document
from tfgen.plan.network.model import Direction
from tfgen.terraform.values import Leaf, Listed, Mapped, Node, Symbol, assuming

_GATEWAY: Final = EndpointKind.GATEWAY
"""What an endpoint is that does not say its type."""
_DEEPEST: Final = 16


@dataclass(frozen=True)
class Stack:
    """What a template has of networks."""

    template: Template

    @cached_property
    def made(self) -> Mapping[str, tuple[Resource, ...]]:
        """Every resource that is made in any case, by its type."""
        found: dict[str, tuple[Resource, ...]] = {}
        for one in self._all:
            if one.stands:
                found[one.type] = (*found.get(one.type, ()), one)
        return found

    @cached_property
    def untold(self) -> tuple[Untold, ...]:
        """The resources of which it is not known whether they are made."""
        told = vocabulary.stack_network().told_where_named
        why = "whether it is made is decided by the condition `{}`, which only CloudFormation knows"
        return tuple(
            Untold(one.name, one.place, why.format(one.condition))
            for one in self._all
            if one.stands is None and one.type not in told
        )

    @cached_property
    def assumed(self) -> tuple[Untold, ...]:
        """The resources that are made, or are not, as long as a parameter is left at its default."""
        why = "whether it is made is decided by the condition `{}`, as long as {} is left at the default"
        return tuple(
            Untold(one.name, one.place, why.format(one.condition, " and ".join(one.assumed)))
            for one in self._all
            if one.stands is not None and one.assumed
        )

    @cached_property
    def uncounted(self) -> tuple[str, ...]:
        """The endpoints of which it is not known whether they are made."""
        endpoint = vocabulary.stack_network().endpoint
        return tuple(one.name for one in self._all if one.stands is None and one.type == endpoint)

    @cached_property
    def uncounted_rules(self) -> bool:
        """Whether there are rules of which it is not known whether they are made."""
        return any(one.stands is None and one.type in vocabulary.stack_network().rules for one in self._all)

    @cached_property
    def _all(self) -> tuple[Resource, ...]:
        terms = vocabulary.stack_network()
        return tuple(self.template.resources(terms.endpoint, terms.group, terms.route_association, *terms.rules))

    @cached_property
    def groups(self) -> tuple[Mapping[str, Group], tuple[Untold, ...]]:
        """The security groups by their names, each with its rules; and the rules of no known group."""
        terms = vocabulary.stack_network()
        rules: dict[str, list[Rule]] = {}
        foreign: list[Group] = []
        loose: list[Untold] = []
        for kind, direction in terms.rules.items():
            for one in self.made.get(kind, ()):
                node = one.properties.items.get(terms.rule_group)
                group, way = self.named(node, terms.group), Direction(direction)
                rule = self._rule(one.name, way, one.properties)
                if group:
                    rules.setdefault(group, []).append(rule)
                    continue
                said = "" if node is None else written(node)
                if node is not None:
                    foreign.append(Group(said, node.place, (rule,), node))
                why = f"whether it is a rule of the sessions: `{said}` is no security group of the source"
                loose.append(Untold(one.name, one.place, why, is_inwards=way is Direction.INGRESS))
        found = {
            one.name: Group(
                one.name, one.place, (*self._inline(one), *rules.get(one.name, ())), _attribute(one, terms.group_id)
            )
            for one in self.made.get(terms.group, ())
        }
        for own in foreign:
            found[own.address] = found.get(own.address, own).with_rules(own.rules)
        return found, tuple(loose)

    def _inline(self, one: Resource) -> Iterator[Rule]:
        for direction, word in vocabulary.stack_network().inline.items():
            way = Direction(direction)
            listed = list(elements(one.properties.items.get(word)))
            for index, (node, _) in enumerate(listed):
                name = f"{one.name}.{word}[{index}]"
                if isinstance(node, Mapped):
                    yield replace(self._rule(name, way, node), name="")
                else:
                    yield Rule(name, node.place, way, None, None, None, (Peer(Side.ADDRESS, node),), is_unread=True)
            if not listed and way is Direction.EGRESS:
                yield _everything(one, word)

    def _rule(self, name: str, direction: Direction, said: Mapped) -> Rule:
        terms = vocabulary.stack_network()
        protocol = protocol_of(said.items.get(terms.protocol))
        first, last = ports_of(protocol, said.items.get(terms.first), said.items.get(terms.last))
        description = known(said.items.get(terms.description))
        says = description if isinstance(description, str) else ""
        peers = tuple(self._peers(said))
        return Rule(name, said.place, direction, protocol, first, last, peers, name=name, description=says)

    def _peers(self, said: Mapped) -> Iterator[Peer]:
        terms = vocabulary.stack_network()
        for word, kind in terms.peers.items():
            for node, origin in elements(said.items.get(word)):
                match side := Side(kind):
                    case Side.GROUP:
                        yield Peer(side, node, self.named(node, terms.group), origin=origin)
                    case Side.ADDRESS:
                        in_vpc, in_subnet = self._is_of(node, terms.vpc), self._is_of(node, terms.subnet)
                        yield Peer(side, node, "", in_vpc, in_subnet, origin, is_ipv6=word in terms.ipv6)
                    case Side.PREFIX_LIST | Side.ITSELF:
                        yield Peer(side, node, origin=origin)

    def named(self, node: Node | None, kind: str) -> str:
        """The name of the resource of a type that a value is, or is an attribute of; empty when it is not made."""
        for one, _ in elements(node):
            if isinstance(one, Symbol) and self._is_of(one, kind):
                return next((made.name for made in self.made.get(kind, ()) if made.name == one.path[0]), "")
        return ""

    @staticmethod
    def _is_of(node: Node, kind: str) -> bool:
        return isinstance(node, Symbol) and bool(node.path) and node.kind.partition(".")[0] == kind


def _everything(one: Resource, word: str) -> Rule:
    """What a security group has outwards that says nothing of it."""
    anywhere = facts().anywhere
    peers = (Peer(Side.ADDRESS, Leaf(block, one.place)) for block in (anywhere.ipv4, anywhere.ipv6))
    every = vocabulary.network().every_protocol
    first, last = ports_of(every, None, None)
    return Rule(f"the default {word} of {one.name}", one.place, Direction.EGRESS, every, first, last, tuple(peers))


def _attribute(one: Resource, attribute: str) -> Symbol:
    path = (one.name, attribute)
    return Symbol(f"!GetAtt {'.'.join(path)}", one.place, label=one.name, path=path, kind=f"{one.type}.{attribute}")


def elements(node: Node | None, origin: Symbol | None = None, depth: int = 0) -> Iterator[tuple[Node, Symbol | None]]:
    """The elements of a list, or the one value; through defaults, each with the parameter that has it."""
    match node:
        case None | Leaf(None):
            return
        case Listed(inner):
            for element in inner:
                yield from elements(element, origin, depth)
        case Symbol(default=default) if default is not None and depth < _DEEPEST:
            for element, named in elements(default, origin or node, depth + 1):
                yield assuming(element, (node.source,)), named
        case _:
            yield node, origin


def around(harness: Resource, stack: Stack) -> Around | None:
    """What a template has around one harness; None when that is in no VPC, or there is nothing of its network."""
    said = vpc_config(harness.properties)
    if said is None:
        return None
    terms = vocabulary.stack_network()
    named = [(node, stack.named(node, terms.group)) for node, _ in elements(said.items.get("security_groups"))]
    sessions = tuple(dict.fromkeys(name for _, name in named))
    foreign = [Untold(written(node), node.place, "its rules are not in the source") for node, name in named if not name]
    groups, loose = stack.groups
    own = [one for one in stack.made.get(terms.group, ()) if one.name in sessions]
    vpc_id = own[0].properties.items.get(terms.vpc_id) if own else None
    vpc = _vpc(vpc_id)
    endpoints, more = _endpoints(stack, vpc)
    if not endpoints and not any(sessions):
        return None
    elsewhere = [] if vpc.is_made else ["the VPC is not made here, and its endpoints need not be"]
    if more or stack.uncounted:
        elsewhere.append(UNCOUNTED)
    return Around(
        place=said.place,
        endpoints=tuple(endpoints),
        groups=groups,
        sessions=sessions,
        untold=(*stack.untold, *foreign, *more, *loose),
        elsewhere=tuple(elsewhere),
        has_loose_rules=bool(loose) or stack.uncounted_rules,
        has_loose_policies=False,
        vpc=vpc_id,
        subnets=said.items.get("subnets"),
        route_tables=tuple(_route_tables(said.items.get("subnets"), stack)),
        assumed=stack.assumed,
        uncounted=(*stack.uncounted, *(one.subject for one in more)),
    )


def _vpc(node: Node | None) -> Vpc:
    for one, _ in elements(node):
        is_made = isinstance(one, Symbol) and one.kind.partition(".")[0] == vocabulary.stack_network().vpc
        name = one.path[0] if is_made and isinstance(one, Symbol) else written(one)
        return Vpc(name, is_made, isinstance(one, Leaf) and not one.assumed)
    return Vpc("", is_made=False)


def _endpoints(stack: Stack, vpc: Vpc) -> tuple[list[Endpoint], list[Untold]]:
    """The endpoints in the sessions' VPC, and what is not known of endpoints."""
    terms = vocabulary.stack_network()
    found: list[Endpoint] = []
    untold: list[Untold] = []
    for one in stack.made.get(terms.endpoint, ()):
        items = one.properties.items
        kind = known(items.get(terms.endpoint_type)) if terms.endpoint_type in items else _GATEWAY
        own = _vpc(items.get(terms.vpc_id))
        differs = own.differs(vpc) if vpc.said and own.said else False
        if differs or kind not in (None, *EndpointKind):
            continue
        if differs is None:
            why = f"whether `{own.said}` is the VPC of the sessions, `{vpc.said}`, only CloudFormation knows"
            untold.append(Untold(one.name, one.place, why))
        endpoint = _endpoint(one, kind, stack)
        if endpoint.service is None:
            untold.append(Untold(one.name, one.place, f"which service it is for: `{endpoint.said}` is not known"))
        found.append(endpoint)
    return found, untold


def _endpoint(one: Resource, kind: object, stack: Stack) -> Endpoint:
    terms, items = vocabulary.stack_network(), one.properties.items
    name, policy = items.get(terms.endpoint_service), items.get(terms.endpoint_policy)
    groups = [
        (node, origin, stack.named(node, terms.group)) for node, origin in elements(items.get(terms.endpoint_groups))
    ]
    foreign = {written(origin or node): origin or node for node, origin, group in groups if not group}
    switch = known(items.get(terms.endpoint_dns))
    return Endpoint(
        address=one.name,
        place=one.place,
        service=service_of(name),
        said="" if name is None else written(name),
        is_interface=None if kind is None else kind == EndpointKind.INTERFACE,
        policy=None if policy is None else Document(f"the policy of {one.name}", policy, policy.place),
        private_dns={"true": True, "false": False}.get(str(switch).lower()),
        groups=tuple(group for _, _, group in groups),
        foreign_groups=tuple(foreign.values()),
    )


def _route_tables(subnets: Node | None, stack: Stack) -> Iterator[Node]:
    """The route tables of all subnets, each once; none when that of one subnet is not known."""
    terms = vocabulary.stack_network()
    tables: dict[str, Node] = {}
    for one in stack.made.get(terms.route_association, ()):
        items = one.properties.items
        if terms.subnet_id in items and terms.route_table_id in items:
            tables[written(items[terms.subnet_id])] = items[terms.route_table_id]
    asked = [written(node) for node, _ in elements(subnets)]
    if asked and all(name in tables for name in asked):
        yield from {written(tables[name]): tables[name] for name in asked}.values()
