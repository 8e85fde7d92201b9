"""Security groups and their rules as resources. Knows no endpoint."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import groupby
from typing import Final, assert_never

from tfgen.catalog.network import facts
from tfgen.hcl.tree import (
    Attribute,
    Binary,
    Block,
    Call,
    Comment,
    Expr,
    ForTuple,
    Index,
    Literal,
    Number,
    Reference,
    Tuple,
    reference,
)
from tfgen.iam.text import Source, Text
from tfgen.plan.network.model import Distinct, Network, Peer, PeerKind, Present, Rule, SecurityGroup
from tfgen.plan.network.rules import SESSIONS
from tfgen.render.addresses import label
from tfgen.render.expressions import text_expression
from tfgen.render.layout import block
from tfgen.render.network_endpoints import comments, named, while_any
from tfgen.render.network_lookups import VPC

_SUBNETS: Final = reference("data.aws_subnet.sessions")
_MOUNTS: Final = reference("data.aws_subnet.mount_targets")
_ZONE: Final = reference("subnet.availability_zone_id")


def group_block(network: Network, group: SecurityGroup) -> Block:
    """A security group; on that of sessions stands what must hold of the VPC."""
    body = [
        Attribute("name", text_expression(group.name)),
        Attribute("description", Literal(group.description)),
        Attribute("vpc_id", VPC),
    ]
    nested: list[Block] = []
    if group.key == SESSIONS:
        linger = facts().linger
        nested.append(block("timeouts", body=[Comment(linger.why), Attribute("delete", Literal(linger.timeout))]))
        nested.append(block("lifecycle", body=_preconditions(network)))
    return block("resource", "aws_security_group", group.key, groups=[body, [named(group.name)], nested])


def _preconditions(network: Network) -> list[Block]:
    zones = Call("lookup", (reference("local.zone_ids"), reference("local.region"), Literal("")))
    supported = Call("contains", (Call("split", (Literal(" "), zones)), _ZONE))
    there = Binary("==", reference("subnet.vpc_id"), VPC)
    dns = Binary(
        "&&", reference("data.aws_vpc.this.enable_dns_support"), reference("data.aws_vpc.this.enable_dns_hostnames")
    )
    found = [
        _precondition(
            Call("alltrue", (ForTuple(("subnet",), _SUBNETS, supported),)),
            "A subnet is in an availability zone in which AgentCore runs no sessions; local.zone_ids lists the others.",
        ),
        _precondition(
            Call("alltrue", (ForTuple(("subnet",), _SUBNETS, there),)), "A subnet of the sessions is in another VPC."
        ),
        _precondition(dns, "The VPC must have enableDnsSupport and enableDnsHostnames, or no private name resolves."),
    ]
    if network.subnets.tags:
        any_found = Binary(">", Call("length", (reference("local.subnet_ids"),)), Number(0))
        found.append(_precondition(any_found, "No subnet of the VPC has the tags of the sessions' subnets."))
    if network.mount_subnets is not None:
        found.append(_precondition(_mounted(network), "A zone of the sessions' subnets has no mount target."))
    found += (_precondition(_all_differ(one), sentence(one)) for one in network.distinct)
    return found


def _mounted(network: Network) -> Expr:
    """Each zone of the sessions has a mount target, unless nothing is mounted."""
    zones = [ForTuple(("subnet",), subnets, _ZONE) for subnets in (_SUBNETS, _MOUNTS)]
    missing = Binary("==", Call("length", (Call("setsubtract", tuple(zones)),)), Number(0))
    return _while_there(network.mount_present, missing)


def _while_there(present: Present, condition: Expr) -> Expr:
    """A condition on something that is there while one of some lists has an element."""
    if not present:
        return condition
    lists = tuple(Reference(("var", name)) for name in present)
    listed: Expr = lists[0] if len(lists) == 1 else Call("concat", lists)
    return Binary("||", Binary("==", Call("length", (listed,)), Number(0)), condition)


def sentence(same: Distinct) -> str:
    """What is wrong when two of some rules turn out to be the same."""
    names = ", ".join(dict.fromkeys(_told(rule.peer) for rule in same.rules))
    rule = same.rules[0]
    ports = f"{rule.first}" if rule.first == rule.last else f"{rule.first}-{rule.last}"
    return (
        f"EC2 refuses two rules with the same peer, protocol and ports ({rule.protocol} {ports}). "
        f"These must differ: {names}."
    )


def _told(peer: Peer) -> str:
    """A peer in a sentence, which no template may stand in."""
    if peer.kind is PeerKind.SERVICE:
        return f"the prefix list of {peer.value}"
    for slot in peer.value.slots():
        return f"{'the elements of ' if slot.source is Source.EACH else ''}var.{slot.name}"
    return str(peer.value)


def _all_differ(same: Distinct) -> Expr:
    """Whether no peer is there twice."""
    runs = [(present, _peers(list(run))) for present, run in groupby(same.rules, key=lambda rule: rule.present)]
    if len(runs) == 1:
        ((present, peers),) = runs
        return _while_there(present, _distinct(peers))
    pieces = (while_any(present, peers, Tuple()) if present else peers for present, peers in runs)
    return _distinct(Call("concat", tuple(pieces)))


def _distinct(listed: Expr) -> Expr:
    return Binary("==", Call("length", (Call("distinct", (listed,)),)), Call("length", (listed,)))


def _peers(rules: list[Rule]) -> Expr:
    """The peers of rules that are there together."""
    pieces: list[Expr] = []
    for name, run in groupby(rules, key=lambda rule: rule.peer.value.each()):
        if name is None:
            pieces.append(Tuple(tuple(_peer(rule.peer) for rule in run)))
        else:
            pieces += (Reference(("var", name)) for _ in run)
    return pieces[0] if len(pieces) == 1 else Call("concat", tuple(pieces))


def _precondition(condition: Expr, message: str) -> Block:
    rows = [Attribute("condition", condition), Attribute("error_message", Literal(message))]
    return block("precondition", body=rows)


def rule_address(rule: Rule) -> tuple[str, str]:
    """The type and the name of a rule's resource."""
    return f"aws_vpc_security_group_{rule.direction}_rule", label(rule.key)


def rule_block(rule: Rule) -> Block:
    """One rule, or one for each element of a list input that names its other side.

    These are counted and not keyed by their ids: ids of things made in the same run are known too late to be keys.
    """
    head = [Attribute("count", count)] if (count := _count(rule)) is not None else []
    body = [
        Attribute("security_group_id", _peer(rule.group)),
        Attribute("description", Literal(rule.description)),
        Attribute(peer_argument(rule.peer), _peer(rule.peer)),
        Attribute("ip_protocol", Literal(rule.protocol)),
        Attribute("from_port", Number(rule.first)),
        Attribute("to_port", Number(rule.last)),
    ]
    tags = Attribute("tags", reference("var.tags"))
    first, *rest = [group for group in (head, body, [tags]) if group]
    why = comments(rule.reasons) if rule.replaces else []
    return block("resource", *rule_address(rule), groups=[[*why, *first], *rest])


def moved_blocks(network: Network) -> Iterator[Block]:
    """Where rules come from that were named after what now shares them, so that sharing does not replace them."""
    taken = {rule_address(rule) for rule in network.rules}
    for rule in network.rules:
        for key in rule.replaces:
            before = rule_address(replace(rule, key=key))
            if before not in taken:
                taken.add(before)
                body = [Attribute("from", Reference(before)), Attribute("to", Reference(rule_address(rule)))]
                yield block("moved", body=body)


def _count(rule: Rule) -> Expr | None:
    """How many there are; None for exactly one."""
    many = rule.peer.value.each() or rule.group.value.each()
    number: Expr = Number(1) if many is None else Call("length", (Reference(("var", many)),))
    if rule.present:
        return while_any(rule.present, number)
    return None if many is None else number


def peer_argument(peer: Peer) -> str:
    """The argument of a rule that names its other side."""
    match peer.kind:
        case PeerKind.MADE | PeerKind.GROUP:
            return "referenced_security_group_id"
        case PeerKind.IPV4:
            return "cidr_ipv4"
        case PeerKind.IPV6:
            return "cidr_ipv6"
        case PeerKind.PREFIX_LIST | PeerKind.SERVICE:
            return "prefix_list_id"
        case _ as never:
            assert_never(never)


def _peer(peer: Peer) -> Expr:
    if peer.kind is PeerKind.MADE:
        return Reference(("aws_security_group", str(peer.value), "id"))
    if peer.kind is PeerKind.SERVICE:
        return Reference(("data", "aws_ec2_managed_prefix_list", str(peer.value), "id"))
    return _element(peer.value)


def _element(value: Text) -> Expr:
    for slot in value.slots():
        if slot.source is Source.EACH:
            return Index(Reference(("var", slot.name)), reference("count.index"))
    return text_expression(value)
