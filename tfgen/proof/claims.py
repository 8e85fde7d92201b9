"""Proof 6: what the posture claims under `expect` holds. Reads the plan's policies; must not know why they are so.

A claim that allows must hold whatever is unknown; only of a permissions boundary that comes from outside, and that no
render can read, it may say that it takes it for granted. One that denies must hold for every request that fits it: of
any action of its pattern, on any resource when it names none, with any values of the condition keys that it does not
name.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import islice

from tfgen.catalog.authorization import actions_of, like, like_service
from tfgen.diagnostics import At, Code, Finding, Related, Severity
from tfgen.iam.claim import Claim
from tfgen.iam.decide import BOUNDARY, Answer, Decision, Request, Unseen, decide
from tfgen.iam.policy import Policy
from tfgen.iam.reach import reachable
from tfgen.iam.text import Text, text
from tfgen.plan.model import Plan, Role
from tfgen.plan.statements import Grant

_MOST_ASKED = 3
"""How many places a finding shows that ask for a statement."""
_STAR = "*"
_ANY = text(_STAR)


@dataclass(frozen=True, slots=True)
class _Who:
    """Whose claim it is, and what decides it."""

    name: str
    policy_name: str
    policy: Policy
    grants: tuple[Grant, ...]
    """The same statement by statement, each with what asks for it."""
    outside: Unseen | None = None
    """A permissions boundary of which only the name is known."""
    made: Policy | None = None
    """The boundary that is made here; beside one from outside it stands in where that is null."""

    def boundary(self, *, assumed: bool) -> Policy | Unseen | None:
        """What limits them; without what is outside, when that is assumed to allow what is asked about."""
        return self.made if assumed or self.outside is None else self.outside


def check(plan: Plan, claims: Iterable[Claim]) -> Iterator[Finding]:
    """Findings for the claims that do not hold, and for those of which that is not known: that is no pass."""
    for claim in claims:
        unknown = _unknown(claim)
        if unknown is not None:
            yield unknown
        if unknown is not None and claim.allow:
            continue
        who = _who(plan, claim.by)
        if who is None:
            message = f"{_claimed(claim, f'the callers {claim.by!r}')} cannot be decided: they have no policy here"
            yield _finding(Code.EXPECT_UNDECIDED, claim, message, "name callers whose policy is rendered")
            continue
        decision = _decide(claim, who, assumed=claim.assuming_boundary)
        wanted = Answer.ALLOWED if claim.allow else Answer.DENIED
        if decision.answer is Answer.UNDECIDED:
            yield _undecided(claim, who, decision)
        elif decision.answer is not wanted:
            yield _failed(claim, who, decision)


def _unknown(claim: Claim) -> Finding | None:
    """What is wrong with a claim about an action that AWS does not have; that it is denied would hold and say nothing.

    The data can be behind AWS, so only a claim that the action is allowed cannot stand.
    """
    service, _, local = claim.action.partition(":")
    known = {one.lower() for one in actions_of(service)}
    if claim.action.lower() in known or (local == _STAR and known):
        return None
    message = f"AWS's authorization data has no action {claim.action!r}, so the claim says nothing about any call"
    near = like_service(service) if local == _STAR else like(claim.action)
    hint = f"write {near}" if near else "look it up in the Service Authorization Reference"
    severity = Severity.ERROR if claim.allow else Severity.WARNING
    return Finding(Code.UNKNOWN_ACTION, message, claim.route, hint, severity)


def _who(plan: Plan, by: str | None) -> _Who | None:
    if by is None:
        role = plan.role
        plan_ = role.policy
        return _Who("the execution role", "the execution role's policy", plan_.policy, plan_.grants, *_boundaries(role))
    for caller in plan.callers:
        if caller.key == by:
            name = f"the callers {by!r}"
            return _Who(name, f"the policy of {name}", caller.policy.policy, caller.policy.grants)
    return None


def _boundaries(role: Role) -> tuple[Unseen | None, Policy | None]:
    """What limits the role: a policy of which only the name is known, and one that is made for it."""
    given = role.permissions_boundary
    outside = None if given is None else Unseen(f"the permissions boundary {given}")
    return outside, None if role.boundary is None else role.boundary.policy.policy


def _decide(claim: Claim, who: _Who, *, assumed: bool) -> Decision:
    policies, boundary = (who.policy,), who.boundary(assumed=assumed)
    context: dict[str, tuple[Text | str, ...]] = {key: (value,) for key, value in claim.when}
    if claim.allow and claim.on is not None:
        return decide(Request(claim.action, claim.on, context), policies, boundary)
    on = None if claim.on == _ANY else claim.on
    return reachable(claim.action, policies, boundary, resource=on, context=context, invent=not claim.allow)


def _failed(claim: Claim, who: _Who, decision: Decision) -> Finding:
    if claim.allow:
        denying = f"{_sids(decision, who)} denies it" if decision.explicit else ""
        why = denying or f"no statement of {who.policy_name} allows it{_within(who)}"
        hint = "let the posture use what needs the action, or mend the claim"
    else:
        request = decision.witness
        shown = "it" if request is None else f"{request.action!r} on {str(request.resource)!r}{_with(request)}"
        why = f"{_sids(decision, who)} allows {shown}"
        hint = "take what needs the action out of the posture, or narrow the claim"
    message = f"{_claimed(claim, who.name)} does not hold: {why}"
    return replace(_finding(Code.EXPECT_FAILED, claim, message, hint), related=tuple(_asked(decision, who)))


def _asked(decision: Decision, who: _Who) -> Iterator[Related]:
    """What of the posture asks for the statements that decided."""
    deciding = {sid for place, sid in decision.statements if place != BOUNDARY}
    asked = ((route, one.statement.sid) for one in who.grants for route in one.origin.routes)
    for route, sid in islice((pair for pair in asked if pair[1] in deciding), _MOST_ASKED):
        yield Related(route, f"asks for the statement {sid!r}", At.KEY)


def _undecided(claim: Claim, who: _Who, decision: Decision) -> Finding:
    why = "; ".join(decision.depends_on) or f"what {_sids(decision, who)} allows"
    message = f"{_claimed(claim, who.name)} cannot be decided: it depends on {why}"
    hint = "say in the claim what it depends on, under 'when' or 'on', or narrow it to what can be decided"
    if claim.allow and who.outside and _decide(claim, who, assumed=True).answer is Answer.ALLOWED:
        hint = "write assuming: boundary in the claim, if it is to hold for a boundary that allows the action"
    boundary = who.outside is not None and any(who.outside.name in reason for reason in decision.depends_on)
    related = (Related(("role", "permissions_boundary"), "the boundary is named here"),) if boundary else ()
    return replace(_finding(Code.EXPECT_UNDECIDED, claim, message, hint), related=related)


def _claimed(claim: Claim, who: str) -> str:
    on = "" if claim.on is None else f" on {str(claim.on)!r}"
    when = "".join(f", with {key} = {str(value)!r}" for key, value in claim.when)
    return f"the claim that {who} may {'' if claim.allow else 'not '}do {claim.action!r}{on}{when}"


def _with(request: Request) -> str:
    """The condition keys of a request, for a message."""
    given = [f"{key} = {', '.join(str(value) for value in values)!r}" for key, values in request.context.items()]
    return f" with {', '.join(given)}" if given else ""


def _sids(decision: Decision, who: _Who) -> str:
    """The statements that decided, each with its policy."""
    names = (
        f"the statement {sid!r} of {'the permissions boundary' if place == BOUNDARY else who.policy_name}"
        for place, sid in decision.statements
    )
    return " and ".join(dict.fromkeys(names))


def _within(who: _Who) -> str:
    return " within its permissions boundary" if who.made is not None else ""


def _finding(code: Code, claim: Claim, message: str, hint: str) -> Finding:
    return Finding(code, message, claim.route, help=hint)
