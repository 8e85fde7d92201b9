"""Whether other policies allow every request that one statement is for. Knows no service, no action and no Terraform.

"Within" is proven for all requests at once; "beyond" is shown by one request that the statement's own policies allow
and the others deny, whatever the unknowns are. What neither is shown of is undecided.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from tfgen.iam.conditions import Context, Operator, parse
from tfgen.iam.decide import Answer, Query, Request, action_tokens, answer, applies, decide
from tfgen.iam.invent import EXAMPLE, contexts
from tfgen.iam.match import Missing, Tokens, Wild, filled, in_arn, literal, pattern
from tfgen.iam.policy import Condition, Policy, Statement
from tfgen.iam.text import Slot, Source, Text, join, text

EVERYTHING: Final = text("*")
_MOST_CASES: Final = 64
"""How many cases of a statement's conditions are told apart in a proof."""
_MOST_TRIES: Final = 256
"""How many single requests are tried."""
_FILL: Final = (EXAMPLE, "", "*")
_POSITIVE: Final = frozenset({"StringEquals", "StringLike", "ArnEquals", "ArnLike"})
"""Operators that say of which form the value of a request is."""
_EXACT: Final = "StringEquals"

Values = tuple[Text | str, ...]


class Verdict(StrEnum):
    """What becomes of the requests of a statement under other policies."""

    WITHIN = "within"
    BEYOND = "beyond"
    UNDECIDED = "undecided"


@dataclass(frozen=True, slots=True)
class Inclusion:
    """A verdict, with what shows it or what would decide it."""

    verdict: Verdict
    witness: Request | None = None
    """Of BEYOND: a request that the statement's own policies allow and the others deny."""
    depends_on: tuple[str, ...] = ()
    """Of UNDECIDED: what would decide it, in words."""
    asked: int = 0
    """How many requests, single ones or many at once, policies were asked about."""


WITHIN: Final = Inclusion(Verdict.WITHIN)


@dataclass(frozen=True, slots=True)
class Part:
    """The requests of one statement for some actions (a name or a pattern) on one of its resources."""

    statement: Statement
    action: str
    resource: Text = EVERYTHING
    unscoped: bool = False
    """Whether AWS names no resource for the action: its requests are for `*` itself."""


def included(part: Part, own: Sequence[Policy], others: Sequence[Policy]) -> Inclusion:
    """Decide whether `others` allow all that a part of a statement is for, of what its `own` policies allow."""
    reasons: list[str] = []
    shown = True
    asked = 0
    for given in _cases(part.statement):
        asked += 1
        query = _query(part, given)
        if query is None or answer(query, own, None).answer is Answer.DENIED:
            continue  # nothing is allowed there
        decision = answer(query, others, None)
        if decision.answer is not Answer.ALLOWED:
            shown = False
            reasons += decision.depends_on
    if shown:
        return replace(WITHIN, asked=asked)
    found, tried = _beyond(part, own, others)
    if found is not None:
        return Inclusion(Verdict.BEYOND, found, asked=asked + tried)
    return Inclusion(Verdict.UNDECIDED, depends_on=tuple(dict.fromkeys(reasons)), asked=asked + tried)


def denied(part: Part, others: Sequence[Policy]) -> bool:
    """Whether `others` surely deny, or do not allow, every request of a part of a statement."""
    queries = [_query(part, given) for given in _cases(part.statement)]
    return all(query is None or answer(query, others, None).answer is Answer.DENIED for query in queries)


def _query(part: Part, given: Mapping[str, Values]) -> Query | None:
    context = Context(given, complete=False)
    tokens = literal(EVERYTHING) if part.unscoped else pattern(part.resource, context.variable, wild=True)
    if isinstance(tokens, Missing):
        return None  # a resource with a variable that has no value matches nothing
    return Query(action_tokens(part.action), in_arn(tokens, strict=False), part.resource, context)


def _cases(statement: Statement) -> Iterator[Mapping[str, Values]]:
    """What may be known of the requests that the statement's conditions let through; together these are all of them."""
    options: dict[str, list[Values]] = {}
    for place, condition in enumerate(statement.conditions):
        found = _values(condition, place)
        key = condition.key.lower()
        if found is not None and (key not in options or len(found) < len(options[key])):
            options[key] = found
    count = 1
    for key in sorted(options, key=lambda key: len(options[key])):
        count *= len(options[key])
        if count > _MOST_CASES:
            del options[key]
            count = _MOST_CASES + 1
    for chosen in itertools.product(*options.values()):
        yield dict(zip(options, chosen, strict=True))


def _values(condition: Condition, place: int) -> list[Values] | None:
    """The values that a condition leaves to its key, () for a key that is not there; None when it may have any."""
    operator = parse(condition.operator)
    if operator is None or operator.quantifier:
        return None
    if operator == Operator("Null"):
        return [()] if all((value.known or "").lower() == "true" for value in condition.values) else None
    if operator.name not in _POSITIVE:
        return None
    made: list[Values] = [()] if operator.if_exists else []
    for number, value in enumerate(condition.values):
        tokens = pattern(value, Context({}, complete=False).variable, wild=operator.name != _EXACT)
        if isinstance(tokens, Missing):
            continue
        given = _as_text(tokens, f"{condition.key} {place}.{number}")
        if given is None:
            return None
        made.append((given,))
    return made


def _as_text(tokens: Tokens, name: str) -> Text | None:
    """A value of a request that may be any text that a pattern matches: its wildcards are unknowns."""
    parts: list[str | Text] = []
    for index, token in enumerate(tokens):
        if isinstance(token, str):
            parts.append(token)
        elif isinstance(token, Wild):
            parts.append(join(Slot(Source.INPUT, f"what {name}.{index} matches")))
        elif not isinstance(token.of, Slot):
            return None
        else:
            parts.append(join(token.of))
    return join(*parts)


def _beyond(part: Part, own: Sequence[Policy], others: Sequence[Policy]) -> tuple[Request | None, int]:
    """A request that `own` allow and `others` deny, and how many were tried."""
    tried = 0
    for request in itertools.islice(_requests(part, own, others), _MOST_TRIES):
        tried += 1
        if decide(request, others).answer is Answer.DENIED and decide(request, own).answer is Answer.ALLOWED:
            return request, tried
    return None, tried


def _requests(part: Part, own: Sequence[Policy], others: Sequence[Policy]) -> Iterator[Request]:
    """Single requests of a part, those that its conditions name first."""
    query = _query(part, {})
    if query is None:
        return
    every = [statement for policy in (*own, *others) for statement in policy.statements]
    concerned = [one for one in every if one is not part.statement and applies(one, query).value is not False]
    actions = tuple(_fills(action_tokens(part.action)))
    for given in contexts(part.statement, concerned, {}):
        context = Context(given, complete=True)
        tokens = literal(EVERYTHING) if part.unscoped else pattern(part.resource, context.variable, wild=True)
        if isinstance(tokens, Missing):
            continue
        for action in actions:
            if action.known is not None:
                for resource in _fills(tokens):
                    yield Request(action.known, resource, given, complete=True)


def _fills(tokens: Tokens) -> Iterable[Text]:
    found = (filled(tokens, fill) for fill in _FILL)
    return dict.fromkeys(one for one in found if one is not None)
