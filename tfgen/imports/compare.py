"""An existing execution role beside the one that a posture derives: what it grants beyond need, and what it lacks.

Statement by statement, decided by the IAM evaluator; what cannot be decided is never called needed. Knows no action:
it has the policies and AWS's authorization data.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Final

from tfgen.catalog import authorization
from tfgen.iam.conditions import Context
from tfgen.iam.decide import Answer, Query, action_tokens, answer
from tfgen.iam.match import Missing, Tokens, in_arn, literal, pattern
from tfgen.iam.policy import Effect, Policy, Statement
from tfgen.iam.text import CaptureError, Slot, Source, Text, join, text
from tfgen.imports.policies import Found, Unread
from tfgen.plan.model import Grant, Plan

_EXACT: Final = frozenset({"StringEquals", "ArnEquals", "ArnLike", "StringLike"})
"""Operators whose values, where they hold no wildcard, are those of the request."""
_EVERYTHING: Final = "*"
_ANY: Final = text("*")
_FIELD: Final = {"partition": 1, "region": 3, "account": 4}
"""Where an ARN has what only whoever runs a module knows."""


@dataclass(frozen=True, slots=True)
class Beyond:
    """One statement of the existing role that grants more than is needed."""

    found: Found
    not_needed: tuple[str, ...]
    """Actions that nothing in the posture needs; a wildcard of a whole service, or of all, is told as it stands."""
    wider: tuple[str, ...]
    """Resources that reach beyond what is needed for the actions that are."""
    unbound: tuple[str, ...]
    """Condition keys that bind what is needed, and that the statement lacks."""


@dataclass(frozen=True, slots=True)
class Lack:
    """One statement of the derived role that the existing one does not grant."""

    grant: Grant
    missing: tuple[tuple[str, str], ...]
    """Actions and resources."""
    sure: bool
    """Whether they are denied; otherwise it depends on what is not known."""


@dataclass(frozen=True, slots=True)
class Numbers:
    """What is counted, of Allow statements: actions with wildcards expanded, each once; resources of each statement."""

    statements: int
    actions: int
    actions_beyond: int
    resources: int
    resources_beyond: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """An existing role beside a derived one."""

    beyond: tuple[Beyond, ...]
    lacks: tuple[Lack, ...]
    unread: tuple[Unread, ...]
    unknown_actions: tuple[str, ...]
    """Actions that AWS does not have."""
    open_trust: tuple[str, ...]
    """Condition keys by which the derived trust policy says for whom, and which the existing one lacks."""
    numbers: Numbers


def compare(existing: Sequence[Found | Unread], plan: Plan, sources: Mapping[str, str]) -> Comparison:
    """Compare; `sources` says for each input of the plan which expression of the source it stands for."""
    found = [one for one in existing if isinstance(one, Found)]
    known = _known(found)
    policies = [_filled(one.statement, known, {}) for one in found if not one.trust]
    ours = _policy((grant.statement for grant in plan.role.policy.grants), known, sources)
    trust = _policy((grant.statement for grant in plan.role.trust.grants), known, sources)
    theirs = Policy(tuple(policies))
    side = _Side(ours)
    beyond, counted = [], _Counted()
    for one in found:
        if not one.trust and one.statement.effect is Effect.ALLOW:
            judged = _judge(_replaced(one, known), side, counted)
            if judged is not None:
                beyond.append(judged)
    return Comparison(
        beyond=tuple(beyond),
        lacks=tuple(_lacks(plan, known, sources, theirs)),
        unread=tuple(one for one in existing if isinstance(one, Unread)),
        unknown_actions=tuple(sorted(counted.unknown)),
        open_trust=tuple(_open_trust([one for one in found if one.trust], trust)),
        numbers=counted.numbers(),
    )


class _Counted:
    def __init__(self) -> None:
        self.statements = 0
        self.resources = 0
        self.resources_beyond = 0
        self.actions: set[str] = set()
        self.needed: set[str] = set()
        self.unknown: set[str] = set()

    def numbers(self) -> Numbers:
        beyond = len(self.actions - self.needed)
        return Numbers(self.statements, len(self.actions), beyond, self.resources, self.resources_beyond)


class _Side:
    """The derived policy, asked about single actions."""

    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        self.actions = {
            action.lower()
            for statement in policy.statements
            if statement.effect is Effect.ALLOW
            for action in statement.actions
        }

    def needs(self, action: str) -> bool:
        """Whether the posture needs an action at all."""
        return action.lower() in self.actions

    def keys_of(self, action: str) -> frozenset[str]:
        """Condition keys without which the action is never granted."""
        bound = [
            {condition.key for condition in statement.conditions}
            for statement in self.policy.statements
            if statement.effect is Effect.ALLOW and action.lower() in {one.lower() for one in statement.actions}
        ]
        return frozenset.intersection(*map(frozenset, bound)) if bound else frozenset()


def _judge(found: Found, side: _Side, counted: _Counted) -> Beyond | None:
    """What of one statement is beyond need; None when all of it is needed."""
    statement = found.statement
    actions = [one for pattern_ in statement.actions for one in expanded(pattern_)]
    counted.statements += 1
    counted.actions |= set(actions)
    counted.unknown |= {one for one in actions if "*" not in one and authorization.action(one) is None}
    needed = [one for one in actions if side.needs(one)]
    counted.needed |= set(needed)
    wider: dict[str, None] = {}
    unbound: dict[str, None] = {}
    beyond = 0
    for resource in statement.resources:
        verdicts = [_answer(side.policy, one, resource, statement) for one in needed]
        is_beyond = not needed or any(verdict is not Answer.ALLOWED for verdict in verdicts)
        beyond += is_beyond
        if needed and is_beyond:
            lacking = _lacking(side, needed, resource, statement)
            unbound.update(dict.fromkeys(lacking))
            if not lacking:
                wider[str(resource)] = None
    counted.resources += len(statement.resources)
    counted.resources_beyond += beyond
    # Of a statement that is not needed at all, the actions as it writes them say enough.
    not_needed = [one for one in dict.fromkeys(actions) if not side.needs(one)] if needed else statement.actions
    if not beyond and not not_needed:
        return None
    return Beyond(found, tuple(not_needed), tuple(wider), tuple(unbound))


def _lacking(side: _Side, actions: Sequence[str], resource: Text, statement: Statement) -> list[str]:
    """The condition keys that would make the difference: with them the statement were within need."""
    own = {condition.key.lower() for condition in statement.conditions}
    keys = sorted({key for action in actions for key in side.keys_of(action) if key.lower() not in own})
    if not keys:
        return []
    free = _without_conditions(side.policy)
    within = all(_answer(free, action, resource, statement) is Answer.ALLOWED for action in actions)
    return keys if within else []


def _without_conditions(policy: Policy) -> Policy:
    return Policy(
        tuple(
            Statement(one.sid, one.effect, one.actions, one.resources)
            for one in policy.statements
            if one.effect is Effect.ALLOW
        )
    )


def expanded(action: str) -> tuple[str, ...]:
    """The actions that a pattern of a policy matches; a pattern over services, or of an unknown one, is itself."""
    service, _, local = action.partition(":")
    if not local or set("*?") & set(service):
        return (_EVERYTHING,) if action.strip("*:") == "" else (action,)
    if not set("*?") & set(local):
        known = {one.lower(): one for one in authorization.actions_of(service.lower())}
        return (known.get(action.lower(), action),)
    wanted = action.lower()
    found = tuple(one for one in authorization.actions_of(service.lower()) if fnmatchcase(one.lower(), wanted))
    return found or (action,)


def _answer(policy: Policy, action: str, resource: Text, statement: Statement) -> Answer:
    """Whether a policy allows an action on all that a resource of a statement matches, under its conditions."""
    context = Context(_given(statement), complete=False)
    facts = authorization.action(action)
    if facts is not None and not facts.scopable and resource == _ANY:
        tokens: Tokens | Missing = literal(_ANY)  # what AWS names when there is no resource
    else:
        tokens = pattern(resource, context.variable, wild=True)
    if isinstance(tokens, Missing):
        return Answer.UNDECIDED
    query = Query(action_tokens(action), in_arn(tokens, strict=False), resource, context)
    return answer(query, (policy,), None).answer


def _given(statement: Statement) -> dict[str, tuple[Text | str, ...]]:
    """What the conditions of a statement say of every request that it is for."""
    return {
        condition.key: condition.values
        for condition in statement.conditions
        if condition.operator in _EXACT
        and len(condition.values) == 1
        and not set("*?") & set(condition.values[0].known or "")
    }


def _lacks(plan: Plan, known: Mapping[str, str], sources: Mapping[str, str], theirs: Policy) -> Iterator[Lack]:
    pairs = {
        _filled_text(former, known, sources): _filled_text(new, known, sources)
        for grant in plan.role.policy.grants
        for former, new in grant.instead
    }
    for grant in plan.role.policy.grants:
        if grant.statement.effect is not Effect.ALLOW:
            continue
        statement = _filled(grant.statement, known, sources)
        verdicts = {
            (action, resource): _either(theirs, action, resource, statement, pairs)
            for action in statement.actions
            for resource in statement.resources
        }
        missing = [asked for asked, verdict in verdicts.items() if verdict is not Answer.ALLOWED]
        if missing:
            sure = all(verdicts[asked] is Answer.DENIED for asked in missing)
            yield Lack(grant, tuple((action, str(resource)) for action, resource in missing), sure)


def _either(theirs: Policy, action: str, resource: Text, statement: Statement, pairs: Mapping[Text, Text]) -> Answer:
    """Whether a role grants what is needed of a resource, which may have two names: `pairs` has the new by the former.

    A role that grants the new name alone grants enough; one that grants the former alone does if the resource is old.
    """
    said = _answer(theirs, action, resource, statement)
    if said is Answer.ALLOWED:
        return said
    if resource in pairs and _answer(theirs, action, pairs[resource], statement) is Answer.ALLOWED:
        return Answer.ALLOWED
    formers = (former for former, new in pairs.items() if new == resource)
    if any(_answer(theirs, action, former, statement) is Answer.ALLOWED for former in formers):
        return Answer.UNDECIDED
    return said


def _open_trust(found: Sequence[Found], derived: Policy) -> Iterator[str]:
    """Condition keys that the derived trust policy has and an existing one, if there is any, has not."""
    wanted = {condition.key for statement in derived.statements for condition in statement.conditions}
    for one in found:
        if one.statement.effect is Effect.ALLOW:
            own = {condition.key.lower() for condition in one.statement.conditions}
            yield from sorted(key for key in wanted if key.lower() not in own)
            return


def _known(found: Iterable[Found]) -> dict[str, str]:
    """The partition, region and account that the existing policies name most often, as they are of one account."""
    seen: dict[str, dict[str, int]] = {name: {} for name in _FIELD}
    for one in found:
        for resource in one.statement.resources:
            fields = (resource.known or "").split(":")
            for name, place in _FIELD.items():
                value = fields[place] if len(fields) > place and fields[0] == "arn" else ""
                is_plain = value.isdigit() if name == "account" else bool(value)
                if is_plain and not set("*?$") & set(value):
                    seen[name][value] = seen[name].get(value, 0) + 1
    return {name: max(counts, key=lambda value: counts[value]) for name, counts in seen.items() if counts}


def _policy(statements: Iterable[Statement], known: Mapping[str, str], sources: Mapping[str, str]) -> Policy:
    return Policy(tuple(_filled(statement, known, sources) for statement in statements))


def _replaced(found: Found, known: Mapping[str, str]) -> Found:
    statement = _filled(found.statement, known, {})
    return Found(found.document, found.place, statement, found.trust, found.excepted)


def _filled(statement: Statement, known: Mapping[str, str], sources: Mapping[str, str]) -> Statement:
    """A statement with what is known of who runs it, and with inputs called as the source calls them."""

    def filled(one: Text) -> Text:
        return _filled_text(one, known, sources)

    return Statement(
        statement.sid,
        statement.effect,
        statement.actions,
        tuple(filled(resource) for resource in statement.resources),
        tuple(
            type(condition)(condition.operator, condition.key, tuple(filled(one) for one in condition.values))
            for condition in statement.conditions
        ),
        statement.principals,
    )


def _filled_text(one: Text, known: Mapping[str, str], sources: Mapping[str, str]) -> Text:
    def value(slot: Slot) -> Text:
        if slot.source is Source.CONTEXT:
            return text(known[slot.name]) if slot.name in known else join(slot)
        return join(Slot(slot.source, sources.get(slot.name, slot.name)))

    try:
        return one.replace(value)
    except CaptureError:
        return one
