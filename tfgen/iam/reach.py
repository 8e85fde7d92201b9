"""Whether policies allow any of many requests, and which one. Must not list services or actions: it has the policies.

What is answered "denied" is proven for all requests at once, with wildcards in the place of what differs between
them; what is answered "allowed" is shown by one request, which `decide` allows whatever the unknowns are.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from tfgen.iam.conditions import Context
from tfgen.iam.decide import Answer, Decision, Query, Request, Unseen, action_tokens, answer, applies, decide
from tfgen.iam.invent import EXAMPLE, Given, contexts
from tfgen.iam.match import (
    Missing,
    Tokens,
    Wild,
    cases,
    common,
    covers,
    filled,
    in_arn,
    literal,
    lower,
    meets,
    pattern,
)
from tfgen.iam.policy import Effect, Policy, Statement
from tfgen.iam.text import Text, text

_FILL: Final = (EXAMPLE, "*", "")
"""What is tried in the place of a wildcard."""
_ANYTHING: Final = text("*")


@dataclass(frozen=True, slots=True)
class Question:
    """Which requests are asked about. `resource` is None for all of them."""

    action: str
    resource: Text | None
    context: Given
    complete: bool
    invent: bool


@dataclass(frozen=True, slots=True)
class _Path:
    """One way to be allowed: a statement, one of its actions, one of its resources."""

    statement: Statement
    action: str
    resource: Text


def reachable(
    action: str,
    policies: Sequence[Policy],
    boundary: Policy | Unseen | None = None,
    *,
    resource: Text | None = None,
    context: Mapping[str, tuple[Text | str, ...]] | None = None,
    complete: bool = False,
    invent: bool = True,
) -> Decision:
    """Decide whether some request is allowed: of the actions of a pattern, on a resource or, with None, on any.

    Keys that `context` lacks are chosen so that the request is allowed when `invent` is set, not in the request
    when it is `complete`, and else unknown. ALLOWED comes with a witness; DENIED means that there is no such
    request; UNDECIDED says what would decide it. A list input that may be empty leaves it undecided whether
    there is a request for one of its elements. Raises nothing.
    """
    question = Question(action, resource, context or {}, complete, invent and not complete)
    reasons: list[str] = []
    maybe: dict[tuple[int, str], None] = {}
    for path in _paths(question, policies):
        general = answer(_query(question, path), policies, boundary)
        if general.answer is Answer.DENIED:
            continue
        found = _try(question, path, policies, boundary)
        if found.answer is Answer.ALLOWED:
            return found
        reasons += found.depends_on or general.depends_on
        maybe.update((statement, None) for statement in (found.statements or general.statements))
    if not maybe and not reasons:
        return Decision(Answer.DENIED)
    return Decision(Answer.UNDECIDED, tuple(maybe), depends_on=tuple(dict.fromkeys(reasons)))


def _paths(question: Question, policies: Sequence[Policy]) -> Iterator[_Path]:
    """All ways to be allowed by the policies, the boundary left aside."""
    wanted = action_tokens(question.action)
    for policy in policies:
        for statement in policy.statements:
            if statement.effect is not Effect.ALLOW:
                continue
            for action in statement.actions:
                if meets(action_tokens(action), wanted):
                    yield from (_Path(statement, action, found) for found in _resources(question, statement))


def _resources(question: Question, statement: Statement) -> tuple[Text, ...]:
    if question.resource is not None:
        return (question.resource,)
    found = (case for resource in statement.resources or (_ANYTHING,) for case in cases(resource))
    return tuple(resource for resource in found if resource is not None)


def _query(question: Question, path: _Path) -> Query:
    """All requests of a path: no fewer than there are, as patterns that overlap are taken as one of them."""
    context = Context(question.context, complete=question.complete)
    wanted, mine = action_tokens(question.action), action_tokens(path.action)
    action = mine if covers(wanted, mine) else wanted
    if question.resource is not None:
        return Query(action, literal(question.resource), question.resource, context)
    tokens = pattern(path.resource, context.variable, wild=True)
    resource: Tokens = () if isinstance(tokens, Missing) else in_arn(tokens, strict=False)
    return Query(action, resource, path.resource, context)


def _try(question: Question, path: _Path, policies: Sequence[Policy], boundary: Policy | Unseen | None) -> Decision:
    """Look for one request of a path that is allowed; the last undecided one when there is none."""
    last = Decision(Answer.UNDECIDED, depends_on=())
    for request in _requests(question, path, policies, boundary):
        found = replace(decide(request, policies, boundary), witness=request)
        each = request.resource.each() if question.resource is None else None
        if found.answer is Answer.ALLOWED and each is None:
            return found
        if found.answer is Answer.ALLOWED:
            why = (f"whether the list ${{{each}}} has an element",)
            last = replace(found, answer=Answer.UNDECIDED, depends_on=why)
        elif found.answer is Answer.UNDECIDED and not last.depends_on:
            last = found
    return last


def _requests(
    question: Question, path: _Path, policies: Sequence[Policy], boundary: Policy | Unseen | None
) -> Iterator[Request]:
    """Single requests of a path, the likeliest to be allowed first."""
    query = _query(question, path)
    every = (*policies, *([boundary] if isinstance(boundary, Policy) else []))
    concerned = [s for p in every for s in p.statements if s is path.statement or applies(s, query).value is not False]
    guesses = contexts(path.statement, concerned, question.context) if question.invent else iter((question.context,))
    for context in guesses:
        complete = question.complete or question.invent
        for action in _actions(question, path):
            for resource in _concrete(question, path, Context(context, complete=complete)):
                yield Request(action, resource, context, complete)


def _actions(question: Question, path: _Path) -> Iterator[str]:
    """Actions that the question and the path have in common, written as whoever is exact writes it."""
    for wanted, other in ((question.action, path.action), (path.action, question.action)):
        if not any(isinstance(token, Wild) for token in action_tokens(wanted)):
            yield wanted
            return
        if covers(action_tokens(other), action_tokens(wanted)):
            yield from (wanted.replace("*", fill).replace("?", "x") for fill in ("", EXAMPLE))
    both = common(lower(action_tokens(question.action)), lower(action_tokens(path.action)))
    found = None if both is None else filled(both, "")
    yield from () if found is None or found.known is None else (found.known,)


def _concrete(question: Question, path: _Path, context: Context) -> Iterator[Text]:
    if question.resource is not None:
        yield question.resource
        return
    tokens = pattern(path.resource, context.variable, wild=True)
    if isinstance(tokens, Missing):
        return
    if path.resource == _ANYTHING:
        # The resource of a request whose action AWS offers no resource for.
        yield path.resource
    found = dict.fromkeys(filled(tokens, fill) for fill in _FILL)
    yield from (resource for resource in found if resource is not None)
