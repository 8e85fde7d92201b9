"""What a moto server holds of a VPC's endpoints, security groups and flow logs, in one canonical form."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from moto_harness import Document, Moto, canonical


@dataclass(frozen=True)
class Endpoint:
    """One VPC endpoint."""

    kind: str
    private_dns: bool
    subnets: frozenset[str]
    route_tables: frozenset[str]
    groups: frozenset[str]
    policy: Document
    tags: Mapping[str, str]


@dataclass(frozen=True, order=True)
class Rule:
    """One rule of a security group, by the name of the group."""

    direction: str
    group: str
    protocol: str
    first: int
    last: int
    peer: str
    description: str


@dataclass(frozen=True)
class Network:
    """All that stands in a VPC; endpoints by service name, groups by name with their descriptions."""

    endpoints: Mapping[str, Endpoint]
    groups: Mapping[str, str]
    rules: tuple[Rule, ...]
    flow_logs: Mapping[str, tuple[str, str]]
    """By subnet: what is logged and the log group."""

    @classmethod
    def read(cls, moto: Moto, vpc: str) -> Self:
        """Read everything back through the AWS API."""
        ec2 = moto.client("ec2")
        here = [{"Name": "vpc-id", "Values": [vpc]}]
        groups = {one["GroupId"]: one for one in ec2.describe_security_groups(Filters=here)["SecurityGroups"]}
        names = {key: one["GroupName"] for key, one in groups.items()}
        listed = [
            one
            for page in ec2.get_paginator("describe_security_group_rules").paginate()
            for one in page["SecurityGroupRules"]
        ]
        prefixes = ec2.describe_managed_prefix_lists()["PrefixLists"]
        lists = {one["PrefixListId"]: one["PrefixListName"] for one in prefixes}
        return cls(
            endpoints={
                one["ServiceName"]: _endpoint(one, names)
                for one in ec2.describe_vpc_endpoints(Filters=here)["VpcEndpoints"]
                if one["State"] != "deleted"
            },
            groups={one["GroupName"]: one["Description"] for one in groups.values()},
            rules=tuple(sorted(_rule(one, names, lists) for one in listed if one["GroupId"] in names)),
            flow_logs={
                one["ResourceId"]: (
                    one["TrafficType"],
                    one["LogDestination"].partition(":log-group:")[2].removesuffix(":*"),
                )
                for one in ec2.describe_flow_logs()["FlowLogs"]
            },
        )


def _endpoint(data: Mapping[str, Any], names: Mapping[str, str]) -> Endpoint:
    return Endpoint(
        kind=data["VpcEndpointType"],
        private_dns=bool(data.get("PrivateDnsEnabled")),
        subnets=frozenset(data.get("SubnetIds", ())),
        route_tables=frozenset(data.get("RouteTableIds", ())),
        groups=frozenset(names[one["GroupId"]] for one in data.get("Groups", ())),
        policy=canonical(json.loads(data["PolicyDocument"])),
        tags={tag["Key"]: tag["Value"] for tag in data.get("Tags", ())},
    )


def _rule(data: Mapping[str, Any], names: Mapping[str, str], lists: Mapping[str, str]) -> Rule:
    group = data.get("ReferencedGroupInfo", {}).get("GroupId")
    listed = data.get("PrefixListId")
    return Rule(
        direction="egress" if data["IsEgress"] else "ingress",
        group=names[data["GroupId"]],
        protocol=data["IpProtocol"],
        first=data["FromPort"],
        last=data["ToPort"],
        peer=names[group] if group else lists[listed] if listed else data.get("CidrIpv4") or data["CidrIpv6"],
        description=data.get("Description", ""),
    )
