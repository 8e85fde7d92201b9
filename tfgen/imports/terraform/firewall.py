"""Security groups and their rules, out of Terraform modules. Knows no harness and no endpoint's policy."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from tfgen.imports import vocabulary
from tfgen.imports.existing_network import Group, Peer, Rule, Side, Untold
from tfgen.imports.network_vocabulary import known, ports_of, protocol_of, service_of, written
from tfgen.imports.terraform.made import (
    DATA,
    Element,
    Made,
    Networks,
    address_of,
    elements,
    id_of,
    owner_of,
    qualified,
    resolved,
)
from tfgen.plan.network.model import Direction
from tfgen.terraform.values import Mapped, Node, Symbol

Items = Mapping[str, Node]


def groups(tree: Networks) -> tuple[Mapping[str, Group], list[Untold]]:
    """The security groups by their addresses, each with its rules; and the rules of no known group."""
    rules, foreign, loose = _rules(tree)
    found = {
        one.address: Group(one.address, one.body.place, (*_inline(one, tree), *rules.get(one.address, ())), id_of(one))
        for one in tree.made.get(vocabulary.network().group, ())
    }
    for group in foreign:
        found[group.address] = found.get(group.address, group).with_rules(group.rules)
    return found, loose


def _rules(tree: Networks) -> tuple[Mapping[str, Sequence[Rule]], list[Group], list[Untold]]:
    """The rules that are resources of their own, by the address of their group; and those of no group of the tree."""
    found: dict[str, list[Rule]] = {}
    foreign: list[Group] = []
    loose: list[Untold] = []
    for kind, direction in vocabulary.network().rules.items():
        for one in tree.made.get(kind, ()):
            group = owner_of(one, "security_group_id", vocabulary.network().group, tree)
            way = direction or known(one.body.items.get("type"))
            node = resolved(one.body.items.get("security_group_id"), one.module, tree)
            said = written(node) if node is not None else ""
            if way in list(Direction):
                rule = _rule(one, one.address, Direction(str(way)), one.body, group, tree, one.name)
                if group:
                    found.setdefault(group, []).append(rule)
                    continue
                if node is not None:
                    foreign.append(Group(said, node.place, (rule,), node))
            why = f"whether it is a rule of the sessions: `{said}` is no security group of the source"
            loose.append(Untold(one.address, one.body.place, why, is_inwards=way == Direction.INGRESS))
    return found, foreign, loose


def _inline(one: Made, tree: Networks) -> Iterator[Rule]:
    """The rules that stand in the security group itself."""
    for direction in Direction:
        for index, element in enumerate(elements(one.body.items.get(direction), one.module, tree)):
            node = element.node
            name = f"{one.address}.{direction}[{index}]"
            if not isinstance(node, Mapped):
                yield Rule(name, node.place, direction, None, None, None, (Peer(Side.ADDRESS, node),), is_unread=True)
            else:
                yield _rule(one, name, direction, node, one.address, tree)


def _rule(
    one: Made, name: str, direction: Direction, said: Mapped, group: str, tree: Networks, called: str = ""
) -> Rule:
    protocol = protocol_of(said.items.get("ip_protocol", said.items.get("protocol")))
    first, last = ports_of(protocol, said.items.get("from_port"), said.items.get("to_port"))
    peers = tuple(_peers(one, said.items, group, tree))
    description = known(said.items.get("description"))
    says = description if isinstance(description, str) else ""
    return Rule(name, said.place, direction, protocol, first, last, peers, name=called, description=says)


def _peers(one: Made, items: Items, group: str, tree: Networks) -> Iterator[Peer]:
    for word, kind in vocabulary.network().peers.items():
        for element in elements(items.get(word), one.module, tree):
            if (found := _peer(Side(kind), element, group, tree)) is not None:
                yield replace(found, is_ipv6=word in vocabulary.network().ipv6)


def _peer(side: Side, element: Element, group: str, tree: Networks) -> Peer | None:
    words_, node, module = vocabulary.network(), element.node, element.module
    said = qualified(node, module, tree) if isinstance(node, Symbol) else node
    match side:
        case Side.ITSELF:
            return None if known(node) is False else Peer(side, said, group)
        case Side.GROUP:
            return Peer(side, said, address_of(node, words_.group, module, tree), origin=element.origin)
        case Side.PREFIX_LIST:
            kinds = (words_.endpoint, f"{DATA}.{words_.endpoint}")
            address = next(filter(None, (address_of(node, kind, module, tree) for kind in kinds)), "")
            return Peer(side, said, address, origin=element.origin, service=_listed_service(element))
        case Side.ADDRESS:
            path = [step for step in node.path if step != DATA] if isinstance(node, Symbol) else []
            in_vpc, in_subnet = path[:1] == [words_.vpc], path[:1] == [words_.subnet]
            return Peer(side, said, "", in_vpc, in_subnet, origin=element.origin)


def _listed_service(element: Element) -> str:
    """The service of a prefix list of AWS that a data source looks up by its name."""
    match element.node:
        case Symbol(path=("data", kind, name, *_)) if kind in vocabulary.network().prefix_lists:
            for block, path in element.module.blocks(DATA, kind, name):
                if "name" in block.attributes:
                    return service_of(element.module.value(block.attributes["name"], path)) or ""
    return ""
