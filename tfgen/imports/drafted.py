"""What an existing network becomes under the key `network` of a posture, and what of it does not. Knows no source.

Nothing is written that the source does not have: what it leaves open, what is wider than a posture can say, and what
the harness does not need is told, each with its reason.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Final

from tfgen.catalog.network import EndpointKind, facts
from tfgen.diagnostics import Route
from tfgen.imports.drafted_rules import Written, given, one_rule, resolver
from tfgen.imports.existing_network import Around, Endpoint, Peer, Rule
from tfgen.imports.network_vocabulary import written
from tfgen.imports.networks import needs_of
from tfgen.imports.reach import covers, enters_for_calls, is_anywhere, ports_said, says
from tfgen.imports.report import Handling
from tfgen.plan.network.model import Direction
from tfgen.plan.network.needs import Needs
from tfgen.posture.document import Posture
from tfgen.posture.names import snake
from tfgen.terraform.values import Leaf, Listed, Mapped, Node, Place, Symbol

NETWORK: Final[Route] = ("network",)
_CONFIG: Final = "network_mode_config"


@dataclass(frozen=True, slots=True)
class Told:
    """Something of the existing network that the posture has not."""

    fate: Handling
    key: str
    place: Place
    why: str
    route: Route = ()
    """Where the posture says it in a comment; nowhere when empty."""


@dataclass
class Draft:
    """The key `network` as nodes, and what is told of the rest; no keys when it cannot be written."""

    keys: Mapped | None
    told: list[Told] = field(default_factory=list)


def is_in_vpc(posture: Posture) -> bool:
    """Whether sessions run in a VPC, in subnets and security groups that the posture names."""
    runtime = posture.harness.runtime
    said = runtime.network_configuration if runtime is not None else None
    return said is not None and said.network_mode == "VPC" and said.network_mode_config is not None


def without_config(body: Mapped) -> Mapped:
    """A harness without its subnets and security groups, which follow from `network`."""
    kept = {key: _without_config(part) for key, part in body.items.items() if snake(key) != _CONFIG}
    return Mapped(kept, body.place)


def _without_config(node: Node) -> Node:
    match node:
        case Mapped():
            return without_config(node)
        case Listed(elements):
            return replace(node, elements=tuple(map(_without_config, elements)))
        case _:
            return node


def draft(around: Around, posture: Posture) -> Draft:
    """Draft `network` for a harness out of what is around it."""
    wanted = needs_of(posture, around)
    whys = tuple(_obstacles(around, wanted))
    if whys:
        why = f"tfgen writes no network here, and leaves the subnets and security groups as they are: {'; '.join(whys)}"
        return Draft(None, [Told(Handling.LEFT_OUT, "network", around.place, why)])
    assert around.vpc is not None and around.subnets is not None  # noqa: S101  # an obstacle otherwise
    found = Draft(None)
    place = around.place
    shared = tuple(_shared(around, wanted, found))
    chosen = _chosen(around, shared)
    keys: dict[str, Node] = {"vpc": _mapped(place, id=around.vpc), "subnets": _mapped(place, ids=around.subnets)}
    gateways = {row.name for row in facts().service if row.type is EndpointKind.GATEWAY}
    if gateways & (wanted.services.keys() - {one.service for one in shared}):
        keys["route_tables"] = _mapped(place, ids=_route_tables(around, found))
    if shared:
        keys["endpoints"] = _mapped(place, shared=_shared_keys(place, shared, chosen, around))
    keys |= _rules(around, wanted, (*chosen, *_foreign(shared)), found)
    for one in around.untold:
        if not one.is_inwards:  # what lets in, no posture has
            found.told.append(Told(Handling.LOST, one.subject, one.place, one.why, NETWORK))
    for one in around.assumed:
        found.told.append(Told(Handling.ASSUMED, one.subject, one.place, one.why, NETWORK))
    if around.elsewhere:
        missing = [name for name in sorted(wanted.services) if name not in {one.service for one in shared}]
        if missing:
            why = (
                f"whether the VPC already has endpoints for {', '.join(missing)} is not known, and tfgen makes them; "
                f"list those that exist under network.endpoints.shared ({'; '.join(around.elsewhere)})"
            )
            found.told.append(Told(Handling.ASSUMED, "network.endpoints", place, why, (*NETWORK, "endpoints")))
    found.keys = Mapped(keys, place)
    return found


def _obstacles(around: Around, wanted: Needs) -> Iterator[str]:
    """Why `network` cannot be written at all."""
    if "" in around.sessions or not around.sessions:
        yield (
            "with 'network', tfgen makes the sessions' security group, and the rules of an existing one are not in the "
            "source"
        )
    elif around.vpc is None:
        yield "the VPC of the sessions is not known"
    if around.subnets is None:
        yield "the subnets of the sessions are not known"
    if around.uncounted:
        yield f"the number, the VPC or the service of {', '.join(around.uncounted)} is not known"
    for one in around.endpoints:
        if one.service in wanted.services and one.is_interface is None:
            yield f"whether {one.address} is an interface or a gateway endpoint is not known"
    if wanted.mounts:
        yield "the harness mounts file systems: add 'network' with 'mount_targets', which the source does not tell"
    if wanted.internet and not list(_open(around)):
        what = " and ".join(dict.fromkeys(need.what for need in wanted.internet))
        yield f"the harness needs the internet for {what}, and no rule that tfgen can write leads there"


def _open(around: Around) -> Iterator[tuple[Rule, Peer]]:
    """The rules that lead to every address over HTTPS, each with these addresses."""
    for rule in _outwards(around):
        for peer in rule.peers:
            if is_anywhere(peer) and covers(rule):
                yield rule, peer


def _outwards(around: Around) -> Iterator[Rule]:
    for group in around.sessions:
        for rule in around.groups[group].rules if group else ():
            if rule.direction is Direction.EGRESS:
                yield rule


def _shared(around: Around, wanted: Needs, found: Draft) -> Iterator[Endpoint]:
    """The existing endpoints that the harness needs and can use, one for each service."""
    kinds = {row.name: row.type for row in facts().service}
    done: set[str] = set()
    for one in around.endpoints:
        if one.service is None or one.service not in wanted.services:
            why = f"nothing that the harness uses calls {one.service}"
        elif one.is_interface is not (kinds[one.service] is EndpointKind.INTERFACE):
            why = f"sessions reach {one.service} by a {kinds[one.service].lower()} endpoint, and this is another kind"
        elif one.is_interface and one.private_dns is False:
            why = f"private DNS is off, so calls of {one.service} do not go through it; tfgen makes another endpoint"
        elif one.is_interface and not (one.groups or _addresses(around)):
            why = "its security group is the VPC's default one, whose rules are not in the source; tfgen makes another"
        elif one.service in done:
            why = f"another endpoint for {one.service} is used"
        else:
            done.add(one.service)
            yield one
            continue
        found.told.append(Told(Handling.LEFT_OUT, one.address, one.place, why))


def _addresses(around: Around) -> tuple[Node, ...]:
    """The addresses inside the VPC to which rules of the sessions lead over HTTPS."""
    return tuple(
        peer.said
        for rule in _outwards(around)
        for peer in rule.peers
        if (peer.in_vpc or peer.in_subnet) and covers(rule)
    )


def _chosen(around: Around, shared: tuple[Endpoint, ...]) -> dict[str, None]:
    """One security group of each shared endpoint: where it can be, one that lets sessions in already."""
    found: dict[str, None] = {}
    for one in shared:
        groups = [group for group in one.groups if group]
        entered = [group for group in groups if enters_for_calls(around, group)]
        if groups and not found.keys() & set(entered or groups):
            found[(entered or groups)[0]] = None
    return found


def _foreign(shared: tuple[Endpoint, ...]) -> dict[str, Node]:
    """One group of each shared endpoint that has none in the source, by its id as messages have it."""
    firsts = (one.foreign_groups[0] for one in shared if one.foreign_groups and not any(one.groups))
    return {written(one): one for one in firsts}


def _shared_keys(place: Place, shared: tuple[Endpoint, ...], chosen: dict[str, None], around: Around) -> Mapped:
    services = Listed(tuple(Leaf(one.service, one.place) for one in shared), place)
    ids = {**{group: around.groups[group].id for group in chosen}, **_foreign(shared)}
    keys: dict[str, Node] = {"services": services}
    if ids:
        keys["security_groups"] = Listed(tuple(ids.values()), place)
    if any(one.is_interface and not one.groups for one in shared):
        keys["cidrs"] = Listed(_addresses(around), place)
    return Mapped(keys, place)


def _route_tables(around: Around, found: Draft) -> Node:
    if around.route_tables:
        return Listed(around.route_tables, around.place)
    why = "the source does not tell the subnets' route tables, which gateway endpoints need: an input asks for them"
    found.told.append(Told(Handling.ASSUMED, "network.route_tables", around.place, why, (*NETWORK, "route_tables")))
    return Symbol("the route tables of the sessions' subnets", around.place, name="route_table_ids", many=True)


def _rules(around: Around, wanted: Needs, chosen: tuple[str, ...], found: Draft) -> dict[str, Node]:
    """What the rules of the sessions become, each as narrow as it is."""
    resolve = resolver(around, wanted, frozenset(chosen))
    entries: dict[tuple[object, ...], Written] = {}
    for group in around.sessions:
        for rule in around.groups[group].rules:
            if rule.direction is Direction.INGRESS:
                if rule.peers:
                    who = ", ".join(dict.fromkeys(says(peer) for peer in rule.peers))
                    why = f"it lets {who} connect to sessions, and with 'network' nothing may"
                    found.told.append(Told(Handling.LEFT_OUT, rule.address, rule.place, why))
                continue
            for one in one_rule(rule, resolve):
                if isinstance(one, Written):
                    entries.setdefault(one.identity, one)
                else:
                    route: Route = (*NETWORK, "egress") if one.fate is Handling.LOST else ()
                    found.told.append(Told(one.fate, rule.address, rule.place, one.why, route))
    keys = _entries(tuple(entries.values()), found)
    if wanted.internet:
        keys["internet"] = _internet(around, found)
    return keys


def _entries(entries: tuple[Written, ...], found: Draft) -> dict[str, Node]:
    """The entries under their keys, each named once, and what is still to be done for them."""
    keys: dict[str, Node] = {}
    names: set[str] = set()
    for key in ("egress", "data_stores"):
        listed = [one for one in entries if one.key == key]
        if listed:
            keys[key] = Listed(tuple(one.node(names) for one in listed), listed[0].rule.place)
        for index, one in enumerate(listed):
            if one.advice:
                told = Told(Handling.ASSUMED, one.rule.address, one.rule.place, one.advice, (*NETWORK, key, index))
                found.told.append(told)
    servers = [one for one in entries if one.key == "dns"]
    if servers:
        place = servers[0].rule.place
        keys["dns"] = _mapped(place, servers=Listed(tuple(one.to for one in servers), place))
    return keys


def _internet(around: Around, found: Draft) -> Node:
    blocks: dict[str, Node] = {}
    for rule, peer in _open(around):
        node = given(peer)
        blocks[written(node)] = node
        port = facts().port["https"]
        if (rule.protocol, rule.first, rule.last) != (port.protocol, port.port, port.port):
            why = f"it opens {ports_said(rule)} to {says(peer)}, and only {port.protocol} {port.port} is written"
            found.told.append(Told(Handling.LEFT_OUT, rule.address, rule.place, why))
    place = around.place
    return _mapped(place, nat=_mapped(place, cidrs=Listed(tuple(blocks.values()), place)))


def _mapped(place: Place, **items: Node) -> Mapped:
    return Mapped(items, place)
