"""Whether policies allow a request, as IAM decides it; where something is unknown, what would decide it.

Knows the rules of https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html and no
Terraform, no service and no action.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache, partial

from tfgen.iam.conditions import Context, holds
from tfgen.iam.match import Missing, Tokens, covers, in_arn, literal, lower, meets, pattern
from tfgen.iam.operators import by_case, lists_filled
from tfgen.iam.policy import EVERYBODY, Effect, Policy, Statement
from tfgen.iam.ternary import NO, YES, Ternary, all_of, any_of, unknown
from tfgen.iam.text import Text


class Answer(StrEnum):
    """What becomes of a request."""

    ALLOWED = "allowed"
    DENIED = "denied"
    UNDECIDED = "undecided"


@dataclass(frozen=True, slots=True)
class Request:
    """A request: one action on one resource, whose unknown parts may have any value.

    A resource with an element of a list input stands for one request for each element of the list.
    Keys of `context` are those of conditions, their case does not matter; a key that is not there is not in the
    request when the context is `complete`, and unknown otherwise.
    """

    action: str
    resource: Text
    context: Mapping[str, tuple[Text | str, ...]] = field(default_factory=dict)
    complete: bool = False


@dataclass(frozen=True, slots=True)
class Unseen:
    """A policy of which only the name is known."""

    name: str


@dataclass(frozen=True, slots=True)
class Decision:
    """What becomes of a request, and why."""

    answer: Answer
    statements: tuple[tuple[int, str], ...] = ()
    """The statements that decided: the policy's place among the given ones (-1 for the boundary) and the Sid."""
    explicit: bool = False
    """Whether a statement denies it, rather than that none allows it."""
    depends_on: tuple[str, ...] = ()
    """Of an undecided request: what would decide it, in words."""
    witness: Request | None = None
    """Of a question about many requests: the one that is allowed."""


@dataclass(frozen=True, slots=True)
class Query:
    """A request in tokens; with wildcards in them it stands for all the requests that they match."""

    action: Tokens
    resource: Tokens
    shown: Text
    """The resource, for messages and for the list inputs that it depends on."""
    context: Context


BOUNDARY = -1
"""The place of the boundary among the policies."""


def decide(request: Request, policies: Sequence[Policy], boundary: Policy | Unseen | None = None) -> Decision:
    """Decide one request by the policies of who makes it and the permissions boundary of who makes it.

    Resource policies, service control policies and session policies are not asked. Raises nothing.
    """
    context = Context(request.context, complete=request.complete)
    query = Query(tuple(request.action), literal(request.resource), request.resource, context)
    return answer(query, policies, boundary)


def answer(query: Query, policies: Sequence[Policy], boundary: Policy | Unseen | None) -> Decision:
    """Decide all requests that a query stands for: an answer other than UNDECIDED is that of each of them."""
    seen = [*enumerate(policies), *([(BOUNDARY, boundary)] if isinstance(boundary, Policy) else [])]
    found = [(place, statement, applies(statement, query)) for place, policy in seen for statement in policy.statements]
    denies = [(place, s, truth) for place, s, truth in found if s.effect is Effect.DENY]
    allows = [(place, s, truth) for place, s, truth in found if s.effect is Effect.ALLOW]
    denied = tuple((place, statement.sid) for place, statement, truth in denies if truth.value)
    if denied:
        return Decision(Answer.DENIED, denied, explicit=True)
    by_identity = any_of(truth for place, _, truth in allows if place != BOUNDARY)
    by_boundary = any_of(truth for place, _, truth in allows if place == BOUNDARY)
    if boundary is None:
        by_boundary = YES
    elif isinstance(boundary, Unseen):
        by_boundary = unknown(f"what {boundary.name} allows")
    overall = all_of((by_identity, by_boundary, ~any_of(truth for _, _, truth in denies)))
    match overall.value:
        case True:
            allowed = tuple((place, statement.sid) for place, statement, truth in allows if truth.value)
            return Decision(Answer.ALLOWED, allowed)
        case False:
            return Decision(Answer.DENIED)
        case None:
            maybe = tuple((place, statement.sid) for place, statement, truth in found if truth.value is not False)
            return Decision(Answer.UNDECIDED, maybe, depends_on=overall.depends_on)


def applies(statement: Statement, query: Query) -> Ternary:
    """Whether a statement speaks of a request. One without resources, as in a trust policy, speaks of any."""
    return all_of(_parts(statement, query))


def _parts(statement: Statement, query: Query) -> Iterator[Ternary]:
    # In the order of what each costs, and so that no sentence is made for a statement of another action.
    if statement.but_actions:
        yield ~any_of(_action(action, query.action) for action in statement.but_actions)
    else:
        yield any_of(_action(action, query.action) for action in statement.actions)
    if statement.but_resources:
        yield ~any_of(by_case(text, partial(_excepted, query)) for text in statement.but_resources)
    elif statement.resources:
        yield any_of(by_case(text, partial(_resource, query)) for text in statement.resources)
    if statement.but_principals or (statement.principals and statement.principals != (EVERYBODY,)):
        yield unknown("who makes the request")
    for condition in statement.conditions:
        yield holds(condition, query.context)


@lru_cache(maxsize=4096)
def action_tokens(action: str) -> Tokens:
    """The tokens of an action of a policy; its case does not matter."""
    found = pattern(Text((action,)), Missing, wild=True)
    return () if isinstance(found, Missing) else lower(found)


def _action(action: str, wanted: Tokens) -> Ternary:
    mine, theirs = action_tokens(action), lower(wanted)
    if covers(mine, theirs):
        return YES
    return unknown(f"whether the action is one of {action}") if meets(mine, theirs) else NO


def _excepted(query: Query, resource: Text) -> Ternary:
    """Whether a resource of `NotResource` is that of a request; AWS does not say what a missing variable is there."""
    tokens = pattern(resource, query.context.variable, wild=True)
    if isinstance(tokens, Missing):
        return unknown(f"how IAM takes the policy variable ${{{tokens.key}}}, which has no value")
    return _resource(query, resource)


def _resource(query: Query, resource: Text) -> Ternary:
    tokens = pattern(resource, query.context.variable, wild=True)
    if isinstance(tokens, Missing):
        return NO
    if not meets(in_arn(tokens, strict=False), query.resource):
        return NO
    if not covers(in_arn(tokens, strict=True), query.resource):
        return unknown(f"whether {str(query.shown)!r} is one of {str(resource)!r}")
    return lists_filled(resource, but=query.shown.each())
