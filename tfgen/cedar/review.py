"""The policies of a gateway read once, and what the engine answers about them. Reads no posture, and judges nothing.

What a policy does is never guessed: an answer is a call that the engine has decided. Where no call was found there may
be one that was not tried.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from tfgen.cedar.decide import Call, Caller
from tfgen.cedar.form import ArgumentOf, Form, asks_claims, covers
from tfgen.cedar.invent import EXAMPLE, applied, argument_type, call, choices
from tfgen.cedar.policies import Gateway, Policy
from tfgen.cedar.tools import Tool
from tfgen.diagnostics import Route

_ANYBODY = Caller(EXAMPLE)


@dataclass(frozen=True)
class ReviewedPolicy:
    """A policy with its form and the calls to which it applies."""

    policy: Policy
    gateway: Gateway

    @cached_property
    def form(self) -> Mapping[str, Any]:
        """The policy as the engine's JSON has it."""
        return self.policy.form

    @property
    def permits(self) -> bool:
        """Whether it permits, rather than forbids."""
        return self.policy.permits

    @cached_property
    def asks_in_vain(self) -> bool:
        """Whether it asks for a claim, and the gateway's callers have none."""
        return asks_claims(self.form) and not self.gateway.principal.claims

    @cached_property
    def calls(self) -> tuple[Call, ...]:
        """For each tool that it is about, a call to which it applies, where one was found."""
        tools = (tool for tool in self.gateway.tools if covers(self.form, tool))
        found = (next(self.applying(tool, [self.form]), None) for tool in tools)
        return tuple(call for call in found if call is not None)

    def applying(self, tool: Tool, forms: Sequence[Form], fixed: Caller | None = None) -> Iterator[Call]:
        """Yield calls to which it applies, among those that some policies look at."""
        calls = (call(choice, tool, fixed) for choice in choices(tool, forms, fixed))
        return (found for found, verdict in applied(calls, [self.policy], self.gateway) if verdict.reasons)

    def escaping(self, tool: Tool, caller: Caller) -> Iterator[tuple[str, ...]]:
        """Yield the arguments of a tool that may be left out and then pass a condition that some values do not pass.

        The caller is one to whom the policy applies.
        """
        tried = list(choices(tool, [self.form], caller))
        spots = [spot for spot, _ in tried[0]] if tried else []
        optional = [at for at, spot in enumerate(spots) if isinstance(spot, ArgumentOf) and _optional(tool, spot.path)]
        if not optional:
            return
        calls = [call(choice, tool, caller) for choice in tried]
        answers = {id(found): bool(verdict.reasons) for found, verdict in applied(calls, [self.policy], self.gateway)}
        for at in optional:
            spot = spots[at]
            assert isinstance(spot, ArgumentOf)  # noqa: S101  # as chosen above
            # For calls that differ in this argument alone: the answers without it, and with it.
            groups: dict[str, tuple[set[bool], set[bool]]] = {}
            for choice, made in zip(tried, calls, strict=True):
                others = repr([value for step, (_, value) in enumerate(choice) if step != at])
                groups.setdefault(others, (set(), set()))[_has(made.arguments, spot.path)].add(answers[id(made)])
            if any(True in without and len(given) > 1 for without, given in groups.values()):
                yield spot.path


def _optional(tool: Tool, path: Sequence[str]) -> bool:
    found = argument_type(tool, path)
    return found is not None and found[1]


def _has(arguments: object, path: Sequence[str]) -> bool:
    for name in path:
        if not isinstance(arguments, dict) or name not in arguments:
            return False
        arguments = arguments[name]
    return True


@dataclass(frozen=True)
class ReviewedTool:
    """A tool with the policies that are about it."""

    tool: Tool
    covering: tuple[ReviewedPolicy, ...]
    gateway: Gateway
    route: Route
    """Where its target stands in the posture."""

    @cached_property
    def is_permitted(self) -> bool:
        """Whether any policy permits it at all."""
        return any(read.permits for read in self.covering)

    @cached_property
    def open_call(self) -> tuple[Call, Policy] | None:
        """A call by anybody that the policies allow together, and one that permits it."""
        return self._allowed(_ANYBODY)

    @cached_property
    def call(self) -> tuple[Call, Policy] | None:
        """A call by some caller that they allow."""
        return self._allowed()

    def _allowed(self, fixed: Caller | None = None) -> tuple[Call, Policy] | None:
        """An allowed call, looked for among those that a policy permits.

        What only AgentCore can evaluate is taken to permit it.
        """
        policies = [read.policy for read in self.covering if read.permits or not read.policy.extensions]
        forbidding = [policy.form for policy in policies if not policy.permits]
        for read in self.covering:
            if read.permits:
                calls = read.applying(self.tool, [read.form, *forbidding], fixed)
                for found, verdict in applied(calls, policies, self.gateway):
                    if verdict.allowed:
                        return found, policies[verdict.reasons[0]]
        return None


@dataclass(frozen=True)
class Review:
    """What the rules about a gateway's policies read."""

    gateway: Gateway
    policies: tuple[ReviewedPolicy, ...]
    tools: tuple[ReviewedTool, ...]
    authorizer: Route
    """Where the posture says how the gateway knows its callers; empty where no posture does."""


def review(
    policies: Sequence[Policy], gateway: Gateway, targets: Mapping[str, Route], authorizer: Route = ()
) -> Review:
    """Read policies for the rules; `targets` says where each target stands in the posture."""
    read = tuple(ReviewedPolicy(policy, gateway) for policy in policies)
    tools = (
        ReviewedTool(tool, tuple(one for one in read if covers(one.form, tool)), gateway, targets.get(tool.target, ()))
        for tool in gateway.tools
    )
    return Review(gateway, read, tuple(tools), authorizer)
