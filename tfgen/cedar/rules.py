"""Rules about the policies of a gateway that the engine accepts. Knows no posture.

A finding rests on a call that the engine has decided, or on the policy's form. Where no call was found the finding says
so, since there may be one that was not tried.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tfgen.cedar.form import can_fail, substrings
from tfgen.cedar.invent import shown
from tfgen.cedar.review import Review, ReviewedPolicy
from tfgen.diagnostics import Code, Finding, Related, Severity
from tfgen.diagnostics.rule import Rule, Violation, rule


def _judged(review: Review) -> Iterator[ReviewedPolicy]:
    """The policies of which there is more to say than that they ask in vain."""
    return (read for read in review.policies if not read.asks_in_vain)


@rule(Code.NO_CLAIMS, "a policy asks IAM principals for a claim")
def claims_of_iam(review: Review) -> Iterator[Violation]:
    authorizer = (Related(review.authorizer, "its authorizer is set here"),) if review.authorizer else ()
    for read in review.policies:
        if read.asks_in_vain:
            message = (
                f"the policy {read.policy.key!r} asks for a claim, and callers of {review.gateway.name!r} have none"
            )
            help_ = "tell callers apart by principal.id, which is their ARN"
            yield read.policy.place.violation(message, help_, authorizer)


@rule(Code.SUBSTRING, "a claim is compared by a part of its text, which longer words contain too")
def parts_of_claims(review: Review) -> Iterator[Violation]:
    for read in _judged(review):
        for claim in sorted(set(substrings(read.form))):
            message = f"the claim {claim!r} is compared by a part of its text, which longer words contain too"
            help_ = f"compare whole words, as {{ claims: {{ {claim}: {{ has_word: ... }} }} }} does"
            yield read.policy.place.violation(message, help_)


@rule(Code.CAN_FAIL, "a policy that forbids can fail, and then forbids nothing")
def failing_forbids(review: Review) -> Iterator[Violation]:
    return (_fails(read, "forbids") for read in _judged(review) if can_fail(read.form) and not read.permits)


@rule(Code.CAN_FAIL, "a policy that permits can fail, and then permits nothing", severity=Severity.WARNING)
def failing_permits(review: Review) -> Iterator[Violation]:
    return (_fails(read, "permits") for read in _judged(review) if can_fail(read.form) and read.permits)


def _fails(read: ReviewedPolicy, effect: str) -> Violation:
    message = f"the policy {read.policy.key!r} calculates with arguments, and fails on a result that is too large"
    help_ = f"compare the argument itself with a bound; a policy that fails {effect} nothing"
    return read.policy.place.violation(message, help_)


@rule(Code.POLICY_IDLE, "no call was found to which a policy applies", severity=Severity.WARNING)
def idle_policies(review: Review) -> Iterator[Violation]:
    for read in _judged(review):
        if not read.calls:
            message = f"no call was found to which the policy {read.policy.key!r} applies"
            help_ = "look whether its conditions contradict each other; that there is none cannot be told"
            yield read.policy.place.violation(message, help_)


@rule(Code.OMITTED_ARGUMENT, "a call that leaves an argument out passes the condition on it")
def omitted_arguments(review: Review) -> Iterator[Violation]:
    for read in _judged(review):
        calls = read.calls if read.permits else ()
        for path in dict.fromkeys(path for one in calls for path in read.escaping(one.tool, one.caller)):
            missing = ".".join(path)
            message = f"a call that leaves {missing!r} out passes the condition on it in the policy {read.policy.key!r}"
            help_ = "ask for it with `has`, and say what it must be in `when`; in the typed form under `when`"
            yield read.policy.place.violation(message, help_)


@rule(Code.TOOL_UNREACHABLE, "no policy permits a tool")
def unpermitted_tools(review: Review) -> Iterator[Violation]:
    for read in review.tools:
        if not read.is_permitted:
            message = f"nobody may call {read.tool.action!r}: no policy permits it"
            yield Violation(message, read.route, "write a policy that permits it")


@rule(Code.TOOL_OPEN, "everybody whom a gateway lets in may call a tool")
def open_tools(review: Review) -> Iterator[Violation]:
    for read in review.tools:
        if read.open_call is not None:
            found, by = read.open_call
            message = (
                f"everybody whom {review.gateway.name!r} lets in may call {read.tool.action!r}, as with {shown(found)}"
            )
            if any(one.policy.extensions for one in read.covering):
                message += ", unless what only AgentCore can evaluate keeps them from it"
            target = (Related(read.route, "the tool is in this file"),) if read.route else ()
            yield by.place.violation(message, "name callers, or ask for a claim", target)


@rule(Code.TOOL_UNREACHABLE, "no call of a tool was found that the policies allow together")
def contradicting_policies(review: Review) -> Iterator[Violation]:
    for read in review.tools:
        if read.is_permitted and read.open_call is None and read.call is None:
            message = f"no call of {read.tool.action!r} was found that the policies allow"
            help_ = "look whether the policies contradict each other; that there is none cannot be told"
            related = tuple(one.policy.place.related(f"the policy {one.policy.key!r}") for one in read.covering)
            yield Violation(message, read.route, help_, related)


RULES: Final[tuple[Rule[Review], ...]] = (
    claims_of_iam,
    parts_of_claims,
    failing_forbids,
    failing_permits,
    idle_policies,
    omitted_arguments,
    unpermitted_tools,
    open_tools,
    contradicting_policies,
)


def all_rules(review: Review) -> Iterator[Finding]:
    """Give every finding of every rule."""
    return (finding for rule in RULES for finding in rule.findings(review))
