"""How callers get in: by signed requests or by tokens, whom each lets in, and who decides. Knows no file and no text.

A harness takes one of the two. Where `also` names the other, or another authorizer, each harness of the module has one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from tfgen.catalog.model import Row
from tfgen.catalog.ways import PolicyRow
from tfgen.catalog.ways import ways as facts
from tfgen.diagnostics import Route
from tfgen.iam.text import Text
from tfgen.jwt.authorizer import Condition, Inbound
from tfgen.plan.model import Plan

_NAMES: Final = {"allowed_audience": "audience", "allowed_clients": "client", "allowed_scopes": "scope"}


@dataclass(frozen=True, slots=True)
class Requirement:
    """One thing that a token must hold."""

    name: str
    """`issuer`, `audience`, `client`, `scope` or `claim NAME`."""
    how: str
    """How the token is compared with the values."""
    values: tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class Way:
    """One way in."""

    name: str
    """`signed` or `token`."""
    what: str
    is_open: bool
    sometimes: bool
    """Whether that holds for some harnesses of the module only, since `also` names another way."""
    who: str
    """Whom it lets in, in a sentence; empty where `requirements` say it."""
    requirements: tuple[Requirement, ...]
    """All that a token must hold."""
    because: Row
    """Who decides, and the page that says so."""
    routes: tuple[Route, ...]
    """The places in the posture that decide it."""


@dataclass(frozen=True, slots=True)
class Idle:
    """A policy that does not let its callers in, since the harness takes tokens."""

    caller: str
    may: str
    """The word under `may` that it is there for."""
    row: PolicyRow
    route: Route


def idle(plan: Plan) -> Iterator[Idle]:
    """Find what callers are granted to no avail: each word under `may` once."""
    if plan.inbound is None:
        return
    rows = {row.sheet: row for row in facts().policy}
    for caller in plan.callers:
        for sheet, route in {use.sheet: use.route for use in reversed(caller.uses) if use.sheet in rows}.items():
            place: Route = route if "may" in route else (*route[:2], "may")  # an endpoint stands beside `may`
            yield Idle(caller.key, sheet.removeprefix("caller-"), rows[sheet], place)


def ways(plan: Plan) -> tuple[Way, ...]:
    """Both ways, the signed one first, then one for each authorizer."""
    tokens = tuple(one for one in (plan.inbound, *plan.also_inbound) if one is not None)
    return (_signed(plan, several=bool(plan.also_inbound)), *(_tokens(tokens) or [_no_token()]))


def _signed(plan: Plan, *, several: bool) -> Way:
    is_open = plan.inbound is None
    names = [caller.key for caller in plan.callers if any(use.sheet in _invoking() for use in caller.uses)]
    if not is_open:
        who = f"Nobody talks to the agent this way, whatever IAM policies allow. {facts().undecided.why}"
    elif names:
        who = f"Principals with the policy of {_listed(names)}, and any other whose IAM policies allow it."
    else:
        who = "Any principal whose IAM policies allow it; this posture makes no such policy."
    route: Route = plan.inbound.route if plan.inbound is not None else ("harness",)
    return Way(
        name="signed",
        what="Requests signed with AWS credentials (SigV4)",
        is_open=is_open,
        sometimes=is_open and several,
        who=who,
        requirements=(),
        because=facts().signed if is_open else facts().refused,
        routes=(route,),
    )


def _invoking() -> frozenset[str]:
    return frozenset(row.sheet for row in facts().policy)


def _listed(names: list[str]) -> str:
    return ", ".join(f"'{name}'" for name in names)


def _tokens(found: tuple[Inbound, ...]) -> list[Way]:
    return [
        Way(
            name="token",
            what="A token of the identity provider (JWT) in the header Authorization",
            is_open=True,
            sometimes=len(found) > 1 or one.route[0] == "also",
            who="",
            requirements=tuple(_requirements(one)),
            because=facts().token,
            routes=(one.route,),
        )
        for one in found
    ]


def _no_token() -> Way:
    return Way(
        name="token",
        what="A token of an identity provider (JWT) in the header Authorization",
        is_open=False,
        sometimes=False,
        who="Nobody: the harness has no authorizer, so it takes no tokens.",
        requirements=(),
        because=facts().token,
        routes=(("harness",),),
    )


def _requirements(inbound: Inbound) -> Iterator[Requirement]:
    if inbound.certain and inbound.issuers:
        yield Requirement("issuer", "is", inbound.issuers)
    else:
        yield Requirement("issuer", "is what this document says", (inbound.discovery,))
    for condition in inbound.conditions:
        yield Requirement(_name(condition), _how(condition), condition.values)
    if inbound.workloads is not None:
        yield Requirement("workload", "is allowed by `allowed_workload_configuration`", ())


def _name(condition: Condition) -> str:
    return _NAMES.get(condition.key, f"claim {condition.claim}")


def _how(condition: Condition) -> str:
    holds = condition.key in {"allowed_audience", "allowed_scopes"} or condition.operator.startswith("CONTAINS")
    several = len(condition.values) > 1 or any(value.each() is not None for value in condition.values)
    return f"{'holds' if holds else 'is'}{' one of' if several else ''}"
