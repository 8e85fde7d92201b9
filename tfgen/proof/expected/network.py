"""What must be made of the part `network`. Must not know how text is rendered.

What only Terraform can compute is compared as it stands: it is written here once more, in Terraform's language.
"""

from __future__ import annotations

from itertools import groupby
from typing import Final

from tfgen.catalog.network import EndpointKind, facts
from tfgen.diagnostics import InternalError
from tfgen.iam.text import Text, join, text
from tfgen.plan.grants import AWS_CONTEXT, fill
from tfgen.plan.model import Plan
from tfgen.plan.network.model import (
    Distinct,
    Endpoint,
    FlowLogs,
    Lookup,
    Network,
    Peer,
    PeerKind,
    Present,
    Rule,
    SecurityGroup,
)
from tfgen.proof.evaluate import Blocks, Listed, Many, Mapped, Merge, Scalar, Value
from tfgen.proof.expected.part import Expected, Given, hcl, label, referred
from tfgen.proof.rebuild import Argument, Made

Arguments = dict[str, Argument]

_VPC: Final = "data.aws_vpc.this.id"
_SUBNETS: Final = "local.subnet_ids"


def expected(plan: Plan, given: Given) -> Expected:
    """The endpoints, security groups, rules and logs, and what the part puts out."""
    network = plan.network
    if network is None:
        raise InternalError("a part is expected of a network that was not planned")
    made: Made = {**_lookups(network), **_outputs(network), **_locals(network)}
    for group in network.groups:
        made[f"aws_security_group.{group.key}"] = _group(network, group, given)
    for endpoint in network.endpoints:
        made[f"aws_vpc_endpoint.{_name(endpoint.service)}"] = _endpoint(network, endpoint, given)
    for rule in network.rules:
        made[_address(rule, rule.key)] = _rule(rule, given)
    made |= _moved(network)
    if network.flow_logs is not None:
        made |= _flow_logs(network, network.flow_logs, given)
    if network.linked_role:
        made["aws_iam_service_linked_role.agentcore"] = {"aws_service_name": text(network.linked_role)}
    handed_on = {"session_security_group_id": "security_group_id", "session_subnet_ids": "subnet_ids"}
    if network.endpoints:
        handed_on["vpc_endpoint_ids"] = "endpoint_ids"
    return Expected(made, handed_on)


def _locals(network: Network) -> Made:
    """The local values that stand inside other expressions."""
    zones = Mapped(tuple((region, text(" ".join(zones))) for region, zones in facts().zones.items()))
    made: Made = {
        "local.zone_ids": {"value": zones},
        "local.region": {"value": AWS_CONTEXT["region"]},
        "local.subnet_ids": {"value": _ids(network.subnets, "data.aws_subnets.sessions.ids")},
    }
    if network.mount_subnets is not None:
        ids = _ids(network.mount_subnets, "data.aws_subnets.mount_targets.ids")
        made["local.mount_target_subnet_ids"] = {"value": ids}
    return made


def _name(key: str) -> str:
    return label(key).replace(".", "_")


def _lookups(network: Network) -> Made:
    vpc, in_vpc = network.vpc, Mapped((("name", text("vpc-id")), ("values", Listed((referred(_VPC),)))))
    made: Made = {"data.aws_vpc.this": {"tags": _tags(vpc)} if vpc.tags else {"id": vpc.ids[0]}}
    for kind, name, lookup in (
        ("aws_subnets", "sessions", network.subnets),
        ("aws_route_tables", "sessions", network.route_tables),
        ("aws_subnets", "mount_targets", network.mount_subnets),
    ):
        if lookup is not None and lookup.tags:
            made[f"data.{kind}.{name}"] = {"tags": _tags(lookup), "filter": Blocks((in_vpc,))}
    made["data.aws_subnet.sessions"] = _each(network.subnets, "subnet_ids")
    if network.mount_subnets is not None:
        made["data.aws_subnet.mount_targets"] = _each(network.mount_subnets, "mount_target_subnet_ids")
    for service in network.prefix_lists:
        values = {"region": AWS_CONTEXT["region"], "service": text(service)}
        made[f"data.aws_ec2_managed_prefix_list.{service}"] = {"name": fill(facts().endpoint_name, values)}
    return made


def _tags(lookup: Lookup) -> Mapped:
    return Mapped(tuple((key, text(value)) for key, value in lookup.tags))


def _each(lookup: Lookup, local: str) -> Arguments:
    """One subnet for each id: what is found by tags, or the ids that are given."""
    one: Argument = hcl(f"local.{local}[count.index]")
    if (whole := _whole(lookup)) is not None:
        one = whole
    return {"count": hcl(f"length(local.{local})"), "id": one}


def _whole(lookup: Lookup) -> Text | None:
    """The one list input that the ids are."""
    return lookup.ids[0] if len(lookup.ids) == 1 and lookup.ids[0].each() is not None else None


def _ids(lookup: Lookup, found: str) -> Value:
    """All ids, as a local value gives them."""
    if lookup.tags:
        return referred(found)
    whole = _whole(lookup)
    return Many(whole.each() or "") if whole is not None else Listed(lookup.ids)


def _merged(name: Text, given: Given) -> Merge:
    return Merge((Mapped((("Name", name),)), given.tags))


def _group(network: Network, group: SecurityGroup, given: Given) -> Arguments:
    arguments: Arguments = {
        "name": group.name,
        "description": text(group.description),
        "vpc_id": referred(_VPC),
        "tags": _merged(group.name, given),
    }
    if group.key == "sessions":
        arguments["timeouts"] = Blocks((Mapped((("delete", text(facts().linger.timeout)),)),))
        conditions = Blocks(tuple(_precondition(one, message) for one, message in _preconditions(network)))
        arguments["lifecycle"] = Blocks((Mapped((("precondition", conditions),)),))
    return arguments


def _precondition(condition: str, message: str) -> Mapped:
    return Mapped((("condition", hcl(condition)), ("error_message", text(message))))


def _preconditions(network: Network) -> list[tuple[str, str]]:
    zones = 'split(" ", lookup(local.zone_ids, local.region, ""))'
    found = [
        (
            f"alltrue([for subnet in data.aws_subnet.sessions : contains({zones}, subnet.availability_zone_id)])",
            "A subnet is in an availability zone in which AgentCore runs no sessions; local.zone_ids lists the others.",
        ),
        (
            "alltrue([for subnet in data.aws_subnet.sessions : subnet.vpc_id == data.aws_vpc.this.id])",
            "A subnet of the sessions is in another VPC.",
        ),
        (
            "data.aws_vpc.this.enable_dns_support && data.aws_vpc.this.enable_dns_hostnames",
            "The VPC must have enableDnsSupport and enableDnsHostnames, or no private name resolves.",
        ),
    ]
    if network.subnets.tags:
        found.append(("length(local.subnet_ids) > 0", "No subnet of the VPC has the tags of the sessions' subnets."))
    if network.mount_subnets is not None:
        of = "[for subnet in data.aws_subnet.{} : subnet.availability_zone_id]"
        missing = f"length(setsubtract({of.format('sessions')}, {of.format('mount_targets')})) == 0"
        found.append((_unless(network.mount_present) + missing, "A zone of the sessions' subnets has no mount target."))
    found += (_differ(one) for one in network.distinct)
    return found


def _differ(same: Distinct) -> tuple[str, str]:
    """No two of the rules have the same peer while both are there."""
    pieces: list[str] = []
    told: list[str] = []
    presences = {rule.present for rule in same.rules}
    for present, rules in groupby(same.rules, key=lambda rule: rule.present):
        inner: list[str] = []
        for many, run in groupby(rules, key=lambda rule: rule.peer.value.each()):
            peers = [_written(rule.peer) for rule in run]
            told += (name for _, name in peers)
            inner += [f"var.{many}"] * len(peers) if many is not None else [f"[{', '.join(one for one, _ in peers)}]"]
        listed = _concatenated(inner)
        pieces.append(f"{_length(present)} > 0 ? {listed} : []" if present and len(presences) > 1 else listed)
    listed = _concatenated(pieces)
    first = same.rules[0]
    ports = f"{first.first}-{first.last}" if first.last != first.first else f"{first.first}"
    message = (
        f"EC2 refuses two rules with the same peer, protocol and ports ({first.protocol} {ports}). "
        f"These must differ: {', '.join(dict.fromkeys(told))}."
    )
    unless = _unless(first.present) if len(presences) == 1 else ""
    return f"{unless}length(distinct({listed})) == length({listed})", message


def _unless(present: Present) -> str:
    """What a condition begins with that need not hold while nothing is there."""
    return f"{_length(present)} == 0 || " if present else ""


def _concatenated(listed: list[str]) -> str:
    return listed[0] if len(listed) == 1 else f"concat({', '.join(listed)})"


def _written(peer: Peer) -> tuple[str, str]:
    """A peer in Terraform's language, and in a sentence."""
    if peer.kind is PeerKind.SERVICE:
        return f"data.aws_ec2_managed_prefix_list.{peer.value}.id", f"the prefix list of {peer.value}"
    if (many := peer.value.each()) is not None:
        return "", f"the elements of var.{many}"
    names = [f"var.{slot.name}" for slot in peer.value.slots()]
    return (names[0], names[0]) if names else (f'"{peer.value}"', str(peer.value))


def _length(names: tuple[str, ...]) -> str:
    lists = ", ".join(f"var.{name}" for name in names)
    return f"length({lists})" if len(names) == 1 else f"length(concat({lists}))"


def _count(present: tuple[str, ...], many: str | None = None) -> Arguments:
    number = f"length(var.{many})" if many is not None else "1"
    if present:
        return {"count": hcl(f"{_length(present)} > 0 ? {number} : 0")}
    return {"count": hcl(number)} if many is not None else {}


def _endpoint(network: Network, endpoint: Endpoint, given: Given) -> Arguments:
    arguments: Arguments = {
        **_count(endpoint.present),
        "vpc_id": referred(_VPC),
        "service_name": endpoint.name,
        "vpc_endpoint_type": text(endpoint.kind.value),
        "policy": endpoint.policy.policy,
        "tags": _merged(join(network.base, f"-{endpoint.service}"), given),
    }
    if endpoint.routed:
        if network.route_tables is None:
            raise InternalError("a gateway endpoint is planned for no route table")
        arguments["route_table_ids"] = _ids(network.route_tables, "data.aws_route_tables.sessions.ids")
    if endpoint.kind is EndpointKind.GATEWAY:
        return arguments
    one_a_zone = (
        "[for ids in values({ for subnet in data.aws_subnet.sessions : "
        "subnet.availability_zone_id => subnet.id... }) : sort(ids)[0]]"
    )
    arguments |= {
        "subnet_ids": hcl(one_a_zone),
        "security_group_ids": Listed((referred(f"aws_security_group.{endpoint.group}.id"),)),
        "private_dns_enabled": Scalar(endpoint.private_dns),
    }
    if network.dualstack:
        arguments["ip_address_type"] = text("dualstack")
        arguments["dns_options"] = Blocks((Mapped((("dns_record_ip_type", text("dualstack")),)),))
    return arguments


def _rule(rule: Rule, given: Given) -> Arguments:
    names = {
        PeerKind.MADE: "referenced_security_group_id",
        PeerKind.GROUP: "referenced_security_group_id",
        PeerKind.IPV4: "cidr_ipv4",
        PeerKind.IPV6: "cidr_ipv6",
        PeerKind.PREFIX_LIST: "prefix_list_id",
        PeerKind.SERVICE: "prefix_list_id",
    }
    return {
        **_count(rule.present, rule.peer.value.each() or rule.group.value.each()),
        "security_group_id": _peer(rule.group),
        "description": text(rule.description),
        names[rule.peer.kind]: _peer(rule.peer),
        "ip_protocol": text(rule.protocol),
        "from_port": Scalar(rule.first),
        "to_port": Scalar(rule.last),
        "tags": given.tags,
    }


def _address(rule: Rule, key: str) -> str:
    return f"aws_vpc_security_group_{rule.direction}_rule.{_name(key)}"


def _moved(network: Network) -> Made:
    """What rules were called by whoever shares them now, unless another rule is called that."""
    taken = {_address(rule, rule.key) for rule in network.rules}
    pairs = ((_address(rule, key), _address(rule, rule.key)) for rule in network.rules for key in rule.replaces)
    found: dict[str, str] = {}
    for before, now in pairs:
        if before not in taken:
            found.setdefault(before, now)
    return {f"moved.{before}": {"from": referred(before), "to": referred(now)} for before, now in found.items()}


def _peer(peer: Peer) -> Value:
    if peer.kind is PeerKind.MADE:
        return referred(f"aws_security_group.{peer.value}.id")
    if peer.kind is PeerKind.SERVICE:
        return referred(f"data.aws_ec2_managed_prefix_list.{peer.value}.id")
    return peer.value


def _flow_logs(network: Network, logs: FlowLogs, given: Given) -> Made:
    whole = _whole(network.subnets)
    subnet: Argument = hcl(f"{_SUBNETS}[count.index]") if whole is None else whole
    return {
        "aws_cloudwatch_log_group.flow_logs": {
            "name": logs.group,
            "retention_in_days": Scalar(logs.retention_days),
            "tags": given.tags,
        },
        "aws_iam_role.flow_logs": {
            "name": logs.role_name,
            "assume_role_policy": logs.trust.policy,
            "tags": given.tags,
        },
        "aws_iam_role_policy.flow_logs": {
            "name": text("delivery"),
            "role": referred("aws_iam_role.flow_logs.id"),
            "policy": logs.policy.policy,
        },
        "aws_flow_log.sessions": {
            "count": hcl(f"length({_SUBNETS})"),
            "subnet_id": subnet,
            "traffic_type": text(logs.traffic),
            "log_destination": referred("aws_cloudwatch_log_group.flow_logs.arn"),
            "iam_role_arn": referred("aws_iam_role.flow_logs.arn"),
            "tags": given.tags,
        },
    }


def _outputs(network: Network) -> Made:
    made: Made = {
        "output.security_group_id": {"value": referred("aws_security_group.sessions.id")},
        "output.subnet_ids": {"value": _ids(network.subnets, "data.aws_subnets.sessions.ids")},
    }
    if network.endpoints:
        made["output.endpoint_ids"] = {one.service: _id(one) for one in network.endpoints}
        made["output.endpoint_policies"] = {one.service: one.policy.policy for one in network.endpoints}
    if network.flow_logs is not None:
        name = referred("aws_cloudwatch_log_group.flow_logs.name")
        made["output.flow_log_group_name"] = {"value": name}
    return made


def _id(endpoint: Endpoint) -> Value:
    name = f"aws_vpc_endpoint.{_name(endpoint.service)}"
    return hcl(f"one({name}[*].id)") if endpoint.present else referred(f"{name}.id")
