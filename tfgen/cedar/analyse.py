"""What is odd about the policies of a gateway that the engine accepts. Reads no posture.

What a policy does is never guessed: a finding rests on a call that the engine has decided, or on the policy's form.
Where no call was found the finding says so, since there may be one that was not tried.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from tfgen.cedar.decide import Call, Caller
from tfgen.cedar.form import ArgumentOf, Form, asks_claims, can_fail, covers, substrings
from tfgen.cedar.invent import EXAMPLE, applied, argument_type, call, choices, shown
from tfgen.cedar.policies import Gateway, Policy
from tfgen.cedar.tools import Tool
from tfgen.diagnostics import Code, Finding, Route, Severity

_ANYBODY = Caller(EXAMPLE)


@dataclass(frozen=True)
class _Read:
    """A policy with its form, read once."""

    policy: Policy

    @cached_property
    def form(self) -> Mapping[str, Any]:
        return self.policy.form

    @property
    def permits(self) -> bool:
        return self.policy.permits


def analyse(policies: Sequence[Policy], gateway: Gateway, targets: dict[str, Route]) -> Iterator[Finding]:
    """Yield what is odd; `targets` says where each target stands in the posture."""
    held = [_Read(policy) for policy in policies]
    for read in held:
        yield from _policy(read, gateway)
    for tool in gateway.tools:
        yield from _tool(tool, held, gateway, targets.get(tool.target, ()))


def _policy(read: _Read, gateway: Gateway) -> Iterator[Finding]:
    where = read.policy.place
    if asks_claims(read.form) and not gateway.principal.claims:
        message = f"the policy {read.policy.key!r} asks for a claim, and callers of {gateway.name!r} have none"
        yield where.finding(Code.NO_CLAIMS, message, "tell callers apart by principal.id, which is their ARN")
        return
    for claim in sorted(set(substrings(read.form))):
        message = f"the claim {claim!r} is compared by a part of its text, which longer words contain too"
        help = f"compare whole words, as {{ claims: {{ {claim}: {{ has_word: ... }} }} }} does"
        yield where.finding(Code.SUBSTRING, message, help, severity=Severity.WARNING)
    if can_fail(read.form):
        effect = "permits" if read.permits else "forbids"
        help = f"compare the argument itself with a bound; a policy that fails {effect} nothing"
        message = f"the policy {read.policy.key!r} calculates with arguments, and fails on a result that is too large"
        severity = Severity.WARNING if read.permits else Severity.ERROR
        yield where.finding(Code.CAN_FAIL, message, help, severity=severity)
    tools = [tool for tool in gateway.tools if covers(read.form, tool)]
    found = {tool.action: next(_applying(read, tool, [read.form], gateway), None) for tool in tools}
    if not any(found.values()):
        message = f"no call was found to which the policy {read.policy.key!r} applies"
        help = "look whether its conditions contradict each other; that there is none cannot be told"
        yield where.finding(Code.POLICY_IDLE, message, help, severity=Severity.WARNING)
    if read.permits:
        calls = [call for call in found.values() if call is not None]
        yield from _escapes(read, calls, gateway)


def _applying(
    read: _Read, tool: Tool, forms: Sequence[Form], gateway: Gateway, fixed: Caller | None = None
) -> Iterator[Call]:
    """Yield calls to which a policy applies, among those that some policies look at."""
    calls = (call(choice, tool, fixed) for choice in choices(tool, forms, fixed))
    return (found for found, verdict in applied(calls, [read.policy], gateway) if verdict.reasons)


def _escapes(read: _Read, found: Sequence[Call], gateway: Gateway) -> Iterator[Finding]:
    """Yield the arguments that may be left out and then pass a condition that some value of them does not pass."""
    paths = dict.fromkeys(path for one in found for path in _escaping(read, one.tool, one.caller, gateway))
    for path in paths:
        missing = ".".join(path)
        message = f"a call that leaves {missing!r} out passes the condition on it in the policy {read.policy.key!r}"
        help = "ask for it with `has`, and say what it must be in `when`; in the typed form under `when`"
        yield read.policy.place.finding(Code.OMITTED_ARGUMENT, message, help, severity=Severity.WARNING)


def _escaping(read: _Read, tool: Tool, caller: Caller, gateway: Gateway) -> Iterator[tuple[str, ...]]:
    """Yield such arguments of one tool, for a caller to whom the policy applies."""
    tried = list(choices(tool, [read.form], caller))
    spots = [spot for spot, _ in tried[0]] if tried else []
    optional = [at for at, spot in enumerate(spots) if isinstance(spot, ArgumentOf) and _optional(tool, spot.path)]
    if not optional:
        return
    calls = [call(choice, tool, caller) for choice in tried]
    answers = {id(found): bool(verdict.reasons) for found, verdict in applied(calls, [read.policy], gateway)}
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


def _tool(tool: Tool, held: Sequence[_Read], gateway: Gateway, route: Route) -> Iterator[Finding]:
    covering = [read for read in held if covers(read.form, tool)]
    if not any(read.permits for read in covering):
        message = f"nobody may call {tool.action!r}: no policy permits it"
        yield Finding(Code.TOOL_UNREACHABLE, message, route, "write a policy that permits it", Severity.WARNING)
        return
    anybody = _allowed(tool, covering, gateway, _ANYBODY)
    if anybody is not None:
        found, by = anybody
        message = f"everybody whom {gateway.name!r} lets in may call {tool.action!r}, as with {shown(found)}"
        if any(read.policy.extensions for read in covering):
            message += ", unless what only AgentCore can evaluate keeps them from it"
        help = "name callers, or ask for a claim"
        yield by.place.finding(Code.TOOL_OPEN, message, help, severity=Severity.WARNING)
    elif _allowed(tool, covering, gateway) is None:
        message = f"no call of {tool.action!r} was found that the policies allow"
        help = "look whether the policies contradict each other; that there is none cannot be told"
        yield Finding(Code.TOOL_UNREACHABLE, message, route, help, Severity.WARNING)


def _allowed(
    tool: Tool, covering: Sequence[_Read], gateway: Gateway, fixed: Caller | None = None
) -> tuple[Call, Policy] | None:
    """A call that the policies allow together, and one that permits it: looked for among those that one permits.

    What only AgentCore can evaluate is taken to permit it.
    """
    policies = [read.policy for read in covering if read.permits or not read.policy.extensions]
    forbidding = [policy.form for policy in policies if not policy.permits]
    for read in covering:
        if read.permits:
            calls = _applying(read, tool, [read.form, *forbidding], gateway, fixed)
            for found, verdict in applied(calls, policies, gateway):
                if verdict.allowed:
                    return found, policies[verdict.reasons[0]]
    return None
