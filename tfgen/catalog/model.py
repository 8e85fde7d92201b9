"""The shape of a sheet: rows a security engineer reviews, each with its reason and its source. Knows no posture.

A sheet is TOML and holds no logic. A row may only say `when`, naming variants from the sheet's own closed list;
which variant a posture uses is decided in `tfgen.plan.features`.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Final, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

PLACEHOLDER: Final = re.compile(r"(?<!\$)\{([a-z][a-z0-9_]*)\}")
"""`{name}` in a sheet's text stands for a value; `${aws:...}` is an IAM policy variable and stands for itself."""

CONTEXT: Final = frozenset({"partition", "region", "account", "harness_name"})
"""Values that every sheet may use: where Terraform runs, and which harness it is for."""

STAR: Final = "*"

Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]*$")]
Action = Annotated[str, Field(pattern=r"^[a-z0-9-]+:[A-Za-z0-9]+$")]
Sentence = Annotated[str, Field(min_length=10, pattern=r"^\S(.*\S)?$")]
Service = Annotated[str, Field(pattern=r"^[a-z0-9]+([.-][a-z0-9]+)*$")]
"""A service as the name of its endpoint ends."""
Url = Annotated[str, Field(pattern=r"^https://\S+$")]
Basis = Literal["documented", "observed", "inferred"]
"""On what a row's weakest claim rests.

`documented`: the page at `source` says it; `observed`: a reading shows it; `inferred`: neither does outright.
"""


class Reading(BaseModel):
    """What somebody's live account or API call showed, where a public page tells of it."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    saw: Sentence
    source: Url
    """The public thread, file or commit that tells of it."""
    seen: date
    """The day of the reading, or of the page where it names none."""


class Row(BaseModel):
    """What every row has: why it is there, the page that says so, and on what the fact rests."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=False, defer_build=True)

    why: Sentence
    source: Url
    basis: Basis
    readings: tuple[Reading, ...] = ()
    """What live accounts showed, whether it agrees with the page or not."""

    @model_validator(mode="after")
    def _observed_by_somebody(self) -> Self:
        if self.basis == "observed" and not self.readings:
            raise ValueError("what is observed needs a reading: what was seen, where, and when")
        return self


class Resource(Row):
    """Something an action is granted on."""

    name: Name
    types: tuple[Annotated[str, Field(pattern=r"^[a-z0-9-]+:\S.*$")], ...] = Field(min_length=1)
    """Resource types of the service authorization data that `arn` covers, `service:type`."""
    arn: Annotated[str, Field(min_length=1)]
    """The ARN, with placeholders."""
    broad: str = ""
    """Why the ARN ends in a wildcard or is one, where nothing narrower can be known beforehand."""
    instead_of: str = ""
    """The resource of the sheet in whose place this one may be there: an account has one of the two, never both."""


class Derive(Row):
    """A value made from another: the front of it (`length`), or what a pattern's one group finds in it (`pattern`)."""

    name: Name
    of: Annotated[str, Field(min_length=1)]
    length: Annotated[int, Field(gt=0)] | None = None
    pattern: str | None = None

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if (self.length is None) == (self.pattern is None):
            raise ValueError(f"{self.name}: give length or pattern")
        if self.pattern is not None and re.compile(self.pattern).groups != 1:
            raise ValueError(f"{self.name}: the pattern needs exactly one group")
        return self


class Form(Row):
    """A way to write the value that names something: the first form whose pattern matches says what is meant."""

    variant: Name
    pattern: str
    """Matches the value; its named groups are values of the use."""
    arn: str = ""
    """The ARN when the value is only an id; `{given}` is the value itself."""
    set: dict[Name, str] = Field(default_factory=dict)
    """Further values of the use."""
    input: str = ""
    """What an input must match as a whole to be taken for this form; empty when the form cannot be an input."""
    allowed: str = ""
    """The same in words that follow "must be"."""
    example: str = ""
    """A value that `input` accepts."""
    unsaid: bool = False
    """Whether an input that may have several forms has this one where its declaration names none."""
    found: dict[Name, str] = Field(default_factory=dict)
    """For an input: further values of the use, each what a pattern's one group finds in it."""
    needs: tuple[Action, ...] = ()
    """Actions that only the posture's author can grant, since the value does not tell on what."""

    @model_validator(mode="after")
    def _one_group_each(self) -> Self:
        if any(re.compile(pattern).groups != 1 for pattern in self.found.values()):
            raise ValueError(f"{self.variant}: a pattern of `found` needs exactly one group")
        return self

    def accepts(self, value: str) -> bool:
        """Whether a value has this form."""
        return re.search(self.pattern, value) is not None


class ConditionRow(BaseModel):
    """One line of a condition block."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    operator: Annotated[str, Field(pattern=r"^[A-Za-z:]+$")]
    key: Annotated[str, Field(pattern=r"^[A-Za-z0-9-]+:\S+$")]
    values: tuple[str, ...] = Field(min_length=1)
    each: str = ""
    """A table of the use: the line holds its values, `{value}`, and is not there when it is empty.

    A key with `{key}` gives a line for each key of the table.
    """


class Decision(BaseModel):
    """Where AWS's documentation and its service authorization data disagree: both readings, and what was chosen."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    documented: Sentence
    data: Sentence
    chosen: Sentence
    reason: Sentence


class StatementRow(Row):
    """What becomes one statement of a policy."""

    sid: Annotated[str, Field(pattern=r"^[A-Z][A-Za-z0-9]{2,63}$")]
    when: tuple[Name, ...] = ()
    """The variants of the feature that need it; empty for all."""
    actions: tuple[Action, ...] = Field(min_length=1)
    conditions: tuple[ConditionRow, ...] = ()


class Grant(StatementRow):
    """One statement that a feature adds to a policy."""

    effect: Literal["Allow", "Deny"] = "Allow"
    resources: tuple[str, ...] = Field(min_length=1)
    """Names of the sheet's resources, or `*` alone."""
    unscoped: str = ""
    """Why `*`: required with it, forbidden without it."""
    decision: Decision | None = None
    asked: str = ""
    """Of a denial: the posture's key that asks for it."""

    @model_validator(mode="after")
    def _star_has_a_reason(self) -> Self:
        star = STAR in self.resources
        if star and (len(self.resources) > 1 or len(self.unscoped) < 10):
            raise ValueError(f"{self.sid}: '*' stands alone and needs `unscoped`, the reason")
        if not star and self.unscoped:
            raise ValueError(f"{self.sid}: `unscoped` goes with '*' only")
        return self


class Trust(StatementRow):
    """One statement of a role's trust policy."""

    principal: Annotated[str, Field(pattern=r"^(Service|AWS|Federated)$")]
    identifiers: tuple[str, ...] = Field(min_length=1)


class Limit(Row):
    """How a permissions boundary is made: for each service that the role uses, its actions and no others."""

    sid: Annotated[str, Field(pattern=r"^[A-Z][A-Za-z0-9]{2,31}$")]
    """What the Sids begin with; the service follows. In `why` it stands as `{service}`."""
    unscoped: Sentence


class NetworkRow(Row):
    """What every row about the network carries, for a harness that runs in a VPC."""

    when: tuple[Name, ...] = ()
    """The variants of the feature that need it; empty for all."""


class EndpointRow(NetworkRow):
    """A service that the feature calls from the session's network."""

    service: Service


class EgressRow(NetworkRow):
    """Something else that the feature reaches from the session's network."""

    to: Literal["internet", "mount-targets"]
    what: Annotated[str, Field(min_length=3, pattern=r"^\S(.*\S)?$")]
    """What is reached, in words that follow "reaches"."""
    instead: Service | None = None
    """A service whose endpoint, where somebody shares one, takes the place of the internet."""


class EndpointGrant(NetworkRow):
    """A statement of an endpoint's policy for somebody else than the execution role; its own follow from its grants."""

    service: Service
    sid: Annotated[str, Field(pattern=r"^[A-Z][A-Za-z0-9]{2,63}$")]
    actions: tuple[Action, ...] = Field(min_length=1)
    on: tuple[Annotated[str, Field(pattern=r"^(arn:|\{)")], ...] = Field(min_length=1)
    """ARNs with placeholders."""
    conditions: tuple[ConditionRow, ...] = ()
    anonymous: str = ""
    """Where IAM knows nobody to name: whom the statement lets through, in words that follow "lets through"."""
    broad: str = ""
    """Why an ARN ends in a wildcard, where nothing narrower can be known beforehand."""
    unlisted: tuple[Action, ...] = ()
    """Actions that the service's page names and the service authorization data lacks."""


class Elsewhere(NetworkRow):
    """Calls that are not made through an endpoint of the session's network."""

    actions: tuple[Action, ...] = Field(min_length=1)


class Asked(Row):
    """What every row about requests has."""

    when: tuple[Name, ...] = ()
    """The variants of the feature that make the request; empty for all."""


class Call(Asked):
    """One API call that the feature makes, written from the documentation and not from the grants."""

    action: Action
    on: tuple[str, ...] = Field(min_length=1)
    """Names of the sheet's resources that AWS checks in this one call, all of them; or `*` alone."""
    context: dict[str, str] = Field(default_factory=dict)
    """What is known of the request, by condition key; a grant must be bound by all of it."""
    each: dict[str, Name] = Field(default_factory=dict)
    """Tables of the use whose values the request holds, by condition key; `{key}` in it: a key for each of the table's.

    A grant must be bound to these values and to no others.
    """
    refused: bool = False
    """Whether a statement must deny it, whatever else allows it."""


class Carry(Asked):
    """What the feature adds to requests that other features make."""

    actions: tuple[Action, ...] = Field(min_length=1)
    key: Annotated[str, Field(pattern=r"^[A-Za-z0-9-]+:\S+$")]
    value: str


class Sheet(BaseModel):
    """What one feature needs."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    id: Name
    title: Sentence
    part: Literal["execution-role", "access", "guardrails", "gateway-policy", "network"]
    reviewed: date
    source: Url
    variants: tuple[Name, ...] = ()
    values: tuple[Name, ...] = ()
    """Names of the values that a use of the feature brings."""
    tables: tuple[Name, ...] = ()
    """Names of the tables that a use brings: keys with values, or values alone."""
    keys: tuple[str, ...] = ()
    """Keys by which the feature shows in free JSON, such as a model's additional parameters."""
    version_keys: tuple[str, ...] = ()
    """Keys beside those, which name a version."""
    resource: tuple[Resource, ...] = ()
    derive: tuple[Derive, ...] = ()
    form: tuple[Form, ...] = ()
    grant: tuple[Grant, ...] = ()
    trust: tuple[Trust, ...] = ()
    limit: Limit | None = None
    call: tuple[Call, ...] = ()
    carry: tuple[Carry, ...] = ()
    endpoint: tuple[EndpointRow, ...] = ()
    egress: tuple[EgressRow, ...] = ()
    passage: tuple[EndpointGrant, ...] = ()
    elsewhere: tuple[Elsewhere, ...] = ()

    @property
    def rows(self) -> tuple[StatementRow, ...]:
        """All that becomes statements."""
        return (*self.grant, *self.trust)

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        names = [row.name for row in self.resource] + [row.name for row in self.derive] + list(self.values)
        sids = [row.sid for row in self.rows]
        for kind, listed in (("name", names), ("sid", sids)):
            if twice := {item for item in listed if listed.count(item) > 1}:
                raise ValueError(f"{self.id}: {kind} stands twice: {sorted(twice)}")
        known = CONTEXT | set(self.values)
        for derive in self.derive:
            self._check_text(derive.of, known)
            known |= {derive.name}
        for text in self._texts():
            self._check_text(text, known)
        self._check_conditions(known)
        used = {name for grant in self.grant for name in grant.resources if name != STAR}
        declared = {row.name for row in self.resource}
        if used != declared:
            raise ValueError(f"{self.id}: resources used and declared differ: {sorted(used ^ declared)}")
        if unknown := {row.instead_of for row in self.resource if row.instead_of} - declared:
            raise ValueError(f"{self.id}: a resource takes the place of what the sheet lacks: {sorted(unknown)}")
        for form in self.form:
            brings = {*form.set, *form.found, *re.compile(form.pattern).groupindex}
            if form.variant not in self.variants or brings - set(self.values):
                raise ValueError(f"{self.id}: the form {form.pattern!r} gives what the sheet does not take")
            self._check_text(form.arn, known | {"given"})
        for row in self.rows:
            if unknown := set(row.when) - set(self.variants):
                raise ValueError(f"{self.id}: {row.sid} names variants that the sheet lacks: {sorted(unknown)}")
        self._check_calls(declared, known)
        self._check_network(known)
        return self

    def _check_conditions(self, known: set[str] | frozenset[str]) -> None:
        for line in (line for row in self.rows for line in row.conditions):
            inside = {"key", "value"} if line.each else set()
            if line.each and line.each not in self.tables:
                raise ValueError(f"{self.id}: {line.key!r} repeats over {line.each!r}, which the sheet does not take")
            for text in (line.key, *line.values):
                self._check_text(text, known | inside)

    def _check_calls(self, declared: set[str], known: set[str] | frozenset[str]) -> None:
        for asked in (*self.call, *self.carry):
            if unknown := set(asked.when) - set(self.variants):
                raise ValueError(f"{self.id}: a call names variants that the sheet lacks: {sorted(unknown)}")
        for call in self.call:
            if call.on != (STAR,) and (unknown := set(call.on) - declared):
                raise ValueError(f"{self.id}: {call.action} is called on what the sheet lacks: {sorted(unknown)}")
            if unknown := set(call.each.values()) - set(self.tables):
                raise ValueError(f"{self.id}: {call.action} holds tables that the sheet lacks: {sorted(unknown)}")
        for text in (*(value for call in self.call for value in call.context.values()), *(c.value for c in self.carry)):
            self._check_text(text, known)

    def _check_network(self, known: set[str] | frozenset[str]) -> None:
        rows: tuple[NetworkRow, ...] = (*self.endpoint, *self.egress, *self.passage, *self.elsewhere)
        for row in rows:
            if unknown := set(row.when) - set(self.variants):
                raise ValueError(f"{self.id}: a row about the network names variants that lack: {sorted(unknown)}")
        for passage in self.passage:
            for text in (*passage.on, *(value for line in passage.conditions for value in line.values)):
                self._check_text(text, known)

    def _texts(self) -> list[str]:
        return [
            *(row.arn for row in self.resource),
            *(value for row in self.trust for value in row.identifiers),
        ]

    def _check_text(self, text: str, known: set[str] | frozenset[str]) -> None:
        if unknown := set(PLACEHOLDER.findall(text)) - set(known):
            raise ValueError(f"{self.id}: {text!r} uses {sorted(unknown)}, which the sheet does not have")
