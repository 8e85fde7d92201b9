"""What surrounds the harness in its VPC: keys `network`. Knows nothing of endpoints' names, ports or permissions."""

from typing import Annotated, Literal

from pydantic import Field

from tfgen.posture.base import Empty, Model, OneOf
from tfgen.posture.environment import SecurityGroupId, SubnetId
from tfgen.posture.harness import PlainTag
from tfgen.posture.values import Given, InputRef, Literally, Table, TagKeys

Cidr = Annotated[str | InputRef, Given("cidr")]
PrefixListId = Annotated[str | InputRef, Given("prefix-list-id")]
Tags = Annotated[Table[PlainTag], TagKeys("tag-key", min=1, max=50)]
PortNumber = Annotated[int, Field(ge=1, le=65_535)]
Why = Annotated[str, Literally("rule-description")]
RuleName = Annotated[str, Literally("access-name")]

_TAGS = "Tags by which Terraform finds it, all of them."
_WHY = "What it is for, in a sentence: it becomes the rule's description."


class Vpc(OneOf):
    """The VPC that is there already."""

    id: Annotated[str | InputRef, Given("vpc-id")] | None = Field(default=None, description="Id of the VPC.")
    tags: Tags | None = Field(default=None, description=_TAGS)


class Subnets(OneOf):
    """Subnets that are there already."""

    ids: tuple[SubnetId, ...] | None = Field(
        default=None, min_length=1, max_length=16, description="Ids of the subnets."
    )
    tags: Tags | None = Field(default=None, description="Tags by which Terraform finds them, all of them.")


class RouteTables(OneOf):
    """Route tables that are there already."""

    ids: tuple[Annotated[str | InputRef, Given("route-table-id")], ...] | None = Field(
        default=None, min_length=1, description="Ids of the route tables."
    )
    tags: Tags | None = Field(default=None, description="Tags by which Terraform finds them, all of them.")


class SharedEndpoints(Model):
    """Endpoints that are there already, in this VPC or in one whose private names this one resolves."""

    services: tuple[Annotated[str, Literally("endpoint-service")], ...] = Field(
        min_length=1, description="Services that have one, as their endpoints' names end: logs, ecr.api."
    )
    security_groups: tuple[SecurityGroupId, ...] | None = Field(
        default=None, min_length=1, description="Security groups of the endpoints, which are given a rule for sessions."
    )
    cidrs: tuple[Cidr, ...] | None = Field(
        default=None,
        min_length=1,
        description="Addresses of the endpoints, where their security groups are out of reach.",
    )


class Endpoints(OneOf):
    """How services of AWS are reached."""

    auto: Empty | None = Field(default=None, description="An endpoint is made for each service that a feature needs.")
    shared: SharedEndpoints | None = Field(
        default=None, description="Some are there already, and are used; the others are made."
    )
    none: Empty | None = Field(default=None, description="None is made or used: everything goes over the internet.")


class Destination(OneOf):
    """Where a rule lets sessions connect to."""

    cidr: Cidr | None = Field(default=None, description="Addresses, IPv4 or IPv6.")
    security_group: SecurityGroupId | None = Field(default=None, description="Whatever is in a security group.")
    prefix_list: PrefixListId | None = Field(default=None, description="A list of addresses that somebody manages.")


class Egress(Model):
    """One more place that sessions may connect to."""

    name: RuleName = Field(description="Name of the rule, unique among those of `egress` and `data_stores`.")
    to: Destination = Field(description="Where to.")
    port: PortNumber = Field(description="The port, or the first of several.")
    to_port: PortNumber | None = Field(default=None, description="The last port, where there are several.")
    protocol: Literal["tcp", "udp"] = Field(default="tcp", description="The protocol.")
    hosts: tuple[Annotated[str, Literally("host-name")], ...] | None = Field(
        default=None, min_length=1, description="Names of what is there: a URL with one needs no way to the internet."
    )
    why: Why = Field(description=_WHY)


class StoreDestination(OneOf):
    """Where a data store is."""

    cidr: Cidr | None = Field(default=None, description="Its addresses.")
    security_group: SecurityGroupId | None = Field(
        default=None, description="Its security group, which is given a rule for sessions."
    )


class DataStore(Model):
    """A data store that sessions connect to."""

    name: RuleName = Field(description="Name of the rule, unique among those of `egress` and `data_stores`.")
    to: StoreDestination = Field(description="Where it is.")
    port: PortNumber = Field(description="The port that it listens on.")
    why: Why = Field(description=_WHY)


class Nat(Model):
    """A way out that the subnets' route tables lead to: a NAT gateway, a firewall, a transit gateway."""

    cidrs: tuple[Cidr, ...] | None = Field(
        default=None, min_length=1, description="Addresses that sessions may connect to; any when left out."
    )


class Proxy(Model):
    """A proxy that sessions are told to use, by their environment variables."""

    to: StoreDestination = Field(description="Where it is.")
    port: PortNumber = Field(description="The port that it listens on.")


class Internet(OneOf):
    """How sessions reach the internet, for features that need it."""

    nat: Nat | None = Field(default=None, description="By the default route of the subnets' route tables.")
    proxy: Proxy | None = Field(default=None, description="Through a proxy, and nowhere else.")


class MountTargets(Model):
    """The mount targets of EFS and S3 Files that sessions mount from."""

    security_groups: tuple[SecurityGroupId, ...] = Field(
        min_length=1, description="Their security groups, which are given a rule for sessions."
    )
    subnets: Subnets = Field(description="The subnets they are in: one in every zone of the sessions' subnets.")


class Dns(Model):
    """The network's own DNS servers, in the place of the VPC's resolver."""

    servers: tuple[Cidr, ...] = Field(min_length=1, description="Their addresses.")


class Network(Model):
    """What surrounds the harness in its VPC."""

    vpc: Vpc = Field(description="The VPC.")
    subnets: Subnets = Field(description="The private subnets that sessions run in.")
    route_tables: RouteTables | None = Field(
        default=None, description="The subnets' route tables, which gateway endpoints are put into."
    )
    endpoints: Endpoints = Field(
        default_factory=lambda: Endpoints(auto=Empty()), description="How services of AWS are reached; auto by default."
    )
    egress: tuple[Egress, ...] = Field(default=(), description="Further places that sessions may connect to.")
    data_stores: tuple[DataStore, ...] = Field(default=(), description="Data stores that sessions connect to.")
    internet: Internet | None = Field(
        default=None, description="How sessions reach the internet, for features that need it; not at all if left out."
    )
    mount_targets: MountTargets | None = Field(
        default=None, description="What sessions mount EFS and S3 Files file systems from."
    )
    dns: Dns | None = Field(default=None, description="Own DNS servers; the VPC's resolver if left out.")
    ip_address_type: Literal["ipv4", "dualstack"] = Field(
        default="ipv4", description="Whether endpoints and the way to the internet have IPv6 addresses too."
    )
    flow_logs: bool = Field(default=False, description="Whether the flow of the sessions' subnets is logged.")
    service_linked_role: bool = Field(
        default=False,
        description="Whether the role is made that AgentCore needs for network interfaces: an account has it once.",
    )
