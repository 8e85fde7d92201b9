"""What VPC mode needs whatever the features are: services, ports, zones, from `network.toml`. Knows no posture."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from tfgen.catalog.load import resource_bytes
from tfgen.catalog.model import Action, Name, Row, Service
from tfgen.diagnostics import InternalError


class EndpointKind(StrEnum):
    """How a service is reached from a VPC; the value is Terraform's."""

    GATEWAY = "Gateway"
    INTERFACE = "Interface"


class ServiceRow(Row):
    """A service that a VPC can have an endpoint for, and which actions are calls of it."""

    name: Service
    type: EndpointKind
    prefixes: tuple[Name, ...] = ()
    """Prefixes of actions: all of these that no service names one by one are calls of it."""
    actions: tuple[Action, ...] = ()
    """Actions one by one."""


class Port(Row):
    """A port that something listens on."""

    protocol: Annotated[str, Field(pattern=r"^(tcp|udp)$")]
    port: Annotated[int, Field(gt=0, lt=65_536)]


class Described(Row):
    """What a security group or a rule says of itself, in the characters that EC2 takes."""

    text: Annotated[str, Field(pattern=r"^[a-zA-Z0-9 ._:/()#,@\[\]+=&;{}!$*-]{1,255}$")]


class Anywhere(Row):
    """All addresses there are."""

    ipv4: str
    ipv6: str


class LinkedRole(Row):
    """The service that makes network interfaces as a role linked to it."""

    service: str


class Linger(Row):
    """How long Terraform waits for a security group to be let go."""

    timeout: Annotated[str, Field(pattern=r"^[0-9]+h$")]


class FlowLogRow(Row):
    """How flow logs are kept."""

    group: Annotated[str, Field(pattern=r"^/aws/vpc/\S*\{name\}\S*$")]
    traffic: Annotated[str, Field(pattern=r"^(ALL|ACCEPT|REJECT)$")]
    retention_days: Annotated[int, Field(gt=0)]


class NetworkFacts(BaseModel):
    """The whole table."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    reviewed: object
    source: str
    endpoint_name: Annotated[str, Field(pattern=r"\{region\}.*\{service\}$")]
    role_arn: Annotated[str, Field(pattern=r"\{role_path\}\{role_name\}$")]
    role_key: str
    anywhere: Anywhere
    service_linked_role: LinkedRole
    linger: Linger
    port: Mapping[str, Port]
    group: Mapping[str, Described]
    rule: Mapping[str, Described]
    flow_logs: FlowLogRow
    zones: Mapping[str, tuple[Annotated[str, Field(pattern=r"^[a-z]+[0-9]-az[0-9]$")], ...]]
    service: tuple[ServiceRow, ...]

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        names = [row.name for row in self.service]
        if len(names) != len(set(names)):
            raise ValueError("a service stands twice")
        return self


@cache
def facts() -> NetworkFacts:
    """Read the packaged table; raises `InternalError` when it is not well formed."""
    try:
        return NetworkFacts.model_validate(tomllib.loads(resource_bytes("network.toml").decode()))
    except (tomllib.TOMLDecodeError, ValidationError) as error:
        raise InternalError(f"network.toml is not well formed: {error}") from error


@cache
def service(name: str) -> ServiceRow:
    """Give the service of that name; raises `InternalError` when there is none."""
    for row in facts().service:
        if row.name == name:
            return row
    raise InternalError(f"there is no service {name!r}")


@cache
def services_of(action: str) -> tuple[ServiceRow, ...]:
    """The services whose endpoints a call of an action goes through; empty when the table has none."""
    named = tuple(row for row in facts().service if action in row.actions)
    prefix = action.partition(":")[0]
    return named or tuple(row for row in facts().service if prefix in row.prefixes)
