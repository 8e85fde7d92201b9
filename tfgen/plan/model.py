"""The plan: roles, policies and inputs as plain values, each with its origin. Knows no Terraform and reads nothing.

Everything that renders, proves, reports or explains reads the plan, so nothing that a user asked for can be in one of
them and not in another.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, assert_never

from tfgen.iam.claim import Claim
from tfgen.iam.text import Source, Text
from tfgen.jwt.authorizer import Inbound
from tfgen.plan.gateway_model import GatewayPlan
from tfgen.plan.network.model import Network
from tfgen.plan.provisioned import Provisioned
from tfgen.plan.siblings import SiblingFile
from tfgen.plan.statements import FeatureUse, NamedPolicy, PolicyPlan


class PartName(StrEnum):
    """The parts that a posture may render to, by their directories, in the order in which the root calls them."""

    EXECUTION_ROLE = "execution-role"
    ACCESS = "access"
    NETWORK = "network"
    GATEWAY_POLICY = "gateway-policy"
    HARNESS = "harness"


@dataclass(frozen=True, slots=True)
class Wire:
    """An output of another part: what the root gives to a variable of a part, where a user of the part alone must."""

    part: PartName
    output: str


@dataclass(frozen=True, slots=True)
class Check:
    """What each value of an input must be, for one of the places that it is used in."""

    pattern: str | None
    """What it must match as a whole, in the common subset of Python's `re` and RE2; None for any text."""
    shortest: int
    longest: int | None
    allowed: str
    """What is allowed, in words that follow "must be"."""
    example: str = ""
    """A value that is accepted."""

    usual: int | None = None
    """The length to count a value with, where `longest` is the limit of a field and not of the thing itself."""

    def accepts(self, value: str) -> bool:
        """Whether the rendered validation accepts a value."""
        if len(value) < self.shortest or (self.longest is not None and len(value) > self.longest):
            return False
        return self.pattern is None or re.fullmatch(self.pattern, value, re.ASCII) is not None


@dataclass(frozen=True, slots=True)
class Input:
    """A variable of the rendered module."""

    name: str
    description: str
    many: bool = False
    default: str | tuple[str, ...] | None = None
    """None when the module's user must give it, or may leave it out."""
    checks: tuple[Check, ...] = ()
    optional: bool = False
    """Whether it may be null: what it stands for is then left out."""
    wire: Wire | None = None
    """What the root gives it; None for an input that the posture declares, and so the root's user gives."""
    sensitive: bool = False
    """Whether plans must not show it."""

    @property
    def required(self) -> bool:
        """Whether the module's user must give it."""
        return self.default is None and not self.optional


EXECUTION_ROLE: Final = "execution_role_arn"
SECURITY_GROUP: Final = "session_security_group_id"
SUBNETS: Final = "session_subnet_ids"

WIRED: Final[tuple[Input, ...]] = (
    Input(
        EXECUTION_ROLE,
        "The ARN of the execution role, with its permissions attached.",
        wire=Wire(PartName.EXECUTION_ROLE, "role_arn"),
    ),
    Input(
        SECURITY_GROUP,
        "The id of the sessions' security group, which the module `network` makes.",
        wire=Wire(PartName.NETWORK, "security_group_id"),
    ),
    Input(
        SUBNETS,
        "The ids of the sessions' subnets, as the module `network` finds them.",
        many=True,
        wire=Wire(PartName.NETWORK, "subnet_ids"),
    ),
)
"""What parts take from other parts, each where a text of theirs uses it."""


@dataclass(frozen=True, slots=True)
class Role:
    """The execution role. At most one of `name` and `name_prefix` is there, unless optional inputs decide which."""

    name: Text | None
    name_prefix: Text | None
    path: str
    description: str
    permissions_boundary: Text | None
    """The boundary that the posture names; where that is an optional input, `boundary` stands in when it is null."""
    max_session_duration: int
    trust: PolicyPlan
    policy_name: str
    policy: PolicyPlan
    """All that the role may do, as one."""
    uses: tuple[FeatureUse, ...]
    """The features that the posture uses, for which the statements are there."""
    parts: tuple[NamedPolicy, ...] = ()
    """The managed policies that `policy` is split into where it is too long for one inline policy; empty otherwise."""
    boundary: NamedPolicy | None = None
    """A permissions boundary made for this role."""

    def texts(self) -> Iterator[Text]:
        """Every text in it that may hold unknowns."""
        yield from (text for text in (self.name, self.name_prefix, self.permissions_boundary) if text is not None)
        yield from self.trust.texts()
        yield from self.policy.texts()
        for named in (*self.parts, *([self.boundary] if self.boundary is not None else [])):
            yield from named.texts()


class Attached(StrEnum):
    """How the policy of some callers is made."""

    MANAGED = "managed-policy"
    INLINE = "inline-policy"
    JSON = "json"


@dataclass(frozen=True, slots=True)
class CallerPolicy:
    """What one kind of caller may do, and which existing roles are given it."""

    key: str
    """The entry's name in the posture, unique among them."""
    attached: Attached
    name: Text
    path: str
    description: str
    policy: PolicyPlan
    uses: tuple[FeatureUse, ...]
    roles: tuple[Text, ...] = ()
    """Names of existing roles."""

    def texts(self) -> Iterator[Text]:
        """Every text in it that may hold unknowns."""
        yield self.name
        yield from self.roles
        yield from self.policy.texts()


@dataclass(frozen=True, slots=True)
class ControlPolicy:
    """A service control policy, as a document to put into an organization: what no principal of an account may do."""

    key: str
    policy: PolicyPlan
    uses: tuple[FeatureUse, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """All that one posture renders to."""

    name: str
    description: str
    harness_name: Text
    inputs: tuple[Input, ...]
    tags: tuple[tuple[str, str], ...]
    role: Role
    callers: tuple[CallerPolicy, ...]
    posture: str
    """The text of the posture, as `tfgen.posture.write` has it: the tree carries it, so that it says what it is of."""
    carried: tuple[SiblingFile, ...] = ()
    """The files that the posture names: the tree carries them too."""
    controls: tuple[ControlPolicy, ...] = ()
    claims: tuple[Claim, ...] = ()
    """What the posture expects of the policies."""
    inbound: Inbound | None = None
    """Who is let in by a token; None where callers sign their requests and their policies decide."""
    also_inbound: tuple[Inbound, ...] = ()
    """Who is let in by a token where a harness has an authorizer of `also` in place of its own."""
    gateways: tuple[GatewayPlan, ...] = ()
    network: Network | None = None
    """What surrounds the harness in its VPC; None when the posture leaves that to somebody else."""
    provisioned: Provisioned | None = None
    """The harness itself; None where it is made elsewhere."""

    @property
    def parts(self) -> tuple[PartName, ...]:
        """The parts that there is anything to say in."""
        there = {
            PartName.ACCESS: bool(self.callers or self.controls),
            PartName.GATEWAY_POLICY: bool(self.gateways),
            PartName.NETWORK: self.network is not None,
            PartName.HARNESS: self.provisioned is not None,
        }
        return tuple(part for part in PartName if there.get(part, True))

    def texts(self, part: PartName) -> Iterator[Text]:
        """Every text of a part that may hold unknowns."""
        match part:
            case PartName.EXECUTION_ROLE:
                yield from self.role.texts()
            case PartName.ACCESS:
                for caller in self.callers:
                    yield from caller.texts()
                for control in self.controls:
                    yield from control.policy.texts()
            case PartName.GATEWAY_POLICY:
                for gateway in self.gateways:
                    yield from gateway.texts()
            case PartName.NETWORK:
                yield from self.network.texts() if self.network is not None else ()
            case PartName.HARNESS:
                yield from self.provisioned.texts() if self.provisioned is not None else ()
            case _ as never:
                assert_never(never)

    def part_inputs(self, part: PartName) -> tuple[Input, ...]:
        """All inputs of a part: the posture's that it uses, in the order of `inputs`, then those wired to it."""
        used = {slot.name for text in self.texts(part) for slot in text.slots() if slot.source is not Source.CONTEXT}
        return tuple(item for item in (*self.inputs, *WIRED) if item.name in used)

    def used_inputs(self) -> tuple[Input, ...]:
        """The inputs that any part uses, in their order: the root's own."""
        used = {item.name for part in self.parts for item in self.part_inputs(part)}
        return tuple(item for item in self.inputs if item.name in used)


def context_of(texts: Iterator[Text]) -> frozenset[str]:
    """Names of the context values (account, region, partition) that some texts use."""
    return frozenset(slot.name for text in texts for slot in text.slots() if slot.source is Source.CONTEXT)
