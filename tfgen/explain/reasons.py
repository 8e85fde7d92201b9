"""What an explanation is made of: statements, endpoints, rules and ways in, each with its reasons. Knows no target."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from tfgen.catalog.model import Basis, Decision, EndpointGrant, Reading, StatementRow
from tfgen.catalog.model import Grant as GrantRow
from tfgen.cedar.table import Row as ToolRow
from tfgen.diagnostics import Route, Span
from tfgen.plan.network.model import Reason
from tfgen.plan.statements import Grant
from tfgen.plan.ways import Way

Place = tuple[str, Span | None]
"""A route as text (`harness.tools[0]`) and where it stands in the posture."""


@dataclass(frozen=True, slots=True)
class Fact:
    """A further row of the sheet that a statement rests on."""

    kind: Literal["value", "resource", "call", "carry"]
    name: str
    """Of a value or a resource its name, of a call its action, of what requests carry its condition key."""
    why: str
    source: str
    basis: Basis
    readings: tuple[Reading, ...]


@dataclass(frozen=True, slots=True)
class Explanation:
    """One statement with everything that led to it."""

    policy: str
    grant: Grant
    places: tuple[Place, ...]
    row: StatementRow | EndpointGrant | None
    """The sheet's row; None for a statement that the posture itself spells out."""
    facts: tuple[Fact, ...]
    """The rows that its resources, values and conditions come from, and the calls that it is there for."""
    reviewed: str
    """The day on which the sheet was last reviewed, as ISO 8601 has it."""
    rendered: tuple[str, ...]
    """Where it stands in the rendered tree, `path:line`."""

    @property
    def name(self) -> str:
        """The Sid."""
        return self.grant.statement.sid

    @property
    def routes(self) -> tuple[Route, ...]:
        """The places in the posture that ask for it."""
        return self.grant.origin.routes

    @property
    def decision(self) -> Decision | None:
        """Both readings and the choice, where AWS's documentation and data disagree."""
        return self.row.decision if isinstance(self.row, GrantRow) else None


@dataclass(frozen=True, slots=True)
class Because:
    """One reason for an endpoint or a rule, with the places in the posture that it holds for."""

    reason: Reason
    places: tuple[Place, ...]
    reviewed: str
    """The day on which the sheet was last reviewed; empty where the posture itself gives the reason."""


@dataclass(frozen=True, slots=True)
class Opening:
    """An endpoint or a rule of a security group with everything that led to it."""

    kind: Literal["endpoint", "rule"]
    name: str
    """The endpoint's service, or direction and key of the rule, as the module's README has them."""
    what: str
    """What kind of endpoint it is, or what the rule allows."""
    because: tuple[Because, ...]
    present: tuple[str, ...]
    """It is there while one of these list inputs has an element; always when there are none."""
    sids: tuple[str, ...]
    """The statements of the endpoint's policy."""
    rendered: tuple[str, ...]
    """Where it stands in the rendered tree, `path:line`; empty where it is shared, and so made elsewhere."""

    @property
    def routes(self) -> tuple[Route, ...]:
        """The places in the posture that ask for it."""
        return tuple(route for one in self.because for route in one.reason.routes)

    @property
    def places(self) -> tuple[Place, ...]:
        """The same as text, with where they stand."""
        return tuple(place for one in self.because for place in one.places)


@dataclass(frozen=True, slots=True)
class WayIn:
    """A way in which callers get in, with the places that decide it."""

    way: Way
    places: tuple[Place, ...]
    reviewed: str
    """The day on which the table of ways was last reviewed."""
    rendered: tuple[str, ...] = ()
    """Nothing: no text of Terraform decides who gets in."""

    @property
    def name(self) -> str:
        """`signed` or `token`."""
        return self.way.name

    @property
    def routes(self) -> tuple[Route, ...]:
        """The places in the posture that decide it."""
        return self.way.routes


Entry = Explanation | Opening | WayIn
"""What is explained."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """What one target means."""

    target: str
    """As it was written; empty where all was asked for."""
    entries: tuple[Entry, ...]
    near: tuple[str, ...] = ()
    """Where it means nothing: names, actions and keys that are spelled like it."""


@dataclass(frozen=True, slots=True)
class Decisions:
    """Who may call a tool, by the policies of its gateway."""

    gateway: str
    tool: str
    description: str
    rows: tuple[ToolRow, ...]
