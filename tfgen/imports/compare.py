"""An existing execution role beside the one that a posture derives: what it grants beyond need, and what it lacks.

Statement by statement, decided by the IAM evaluator. What cannot be decided is neither needed nor beyond need, and
where a policy could not be read there is no verdict. Knows no action: it has the policies and AWS's authorization data.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from typing import Final

from tfgen.catalog import authorization, load
from tfgen.catalog.model import Grant as Row
from tfgen.iam import inclusion
from tfgen.iam.decide import Answer
from tfgen.iam.inclusion import EVERYTHING, Part, Verdict
from tfgen.iam.policy import Effect, Policy, Statement
from tfgen.iam.text import Text
from tfgen.imports.placed import apart, filled, filled_text, known_of, policy_of
from tfgen.imports.policies import Found, Unread
from tfgen.imports.trust import Trust, compare_trust
from tfgen.imports.work import TooMuchError, Work
from tfgen.plan.model import Plan
from tfgen.plan.statements import Grant

_EVERY_ACTION: Final = "*"
_ANYTHING: Final = Statement("", Effect.ALLOW, (_EVERY_ACTION,), (EVERYTHING,))


@dataclass(frozen=True, slots=True)
class Beyond:
    """One statement of the existing role that grants more than is needed."""

    found: Found
    not_needed: tuple[str, ...] = ()
    """Actions that nothing in the posture needs; a wildcard of a whole service, or of all, is told as it stands."""
    wider: tuple[str, ...] = ()
    """Resources that reach beyond what is needed for the actions that are."""
    unbound: tuple[str, ...] = ()
    """Condition keys that bind what is needed, and to which the statement is not bound."""
    undecided: tuple[str, ...] = ()
    """Resources of which it cannot be told, with what would decide it."""


@dataclass(frozen=True, slots=True)
class Lack:
    """One statement of the derived role that the existing one does not grant."""

    grant: Grant
    missing: tuple[tuple[str, str], ...]
    """Actions and resources."""
    sure: bool
    """Whether they are denied; otherwise it depends on what is not known."""


@dataclass(frozen=True, slots=True)
class Denial:
    """One Deny of the existing role whose requests the derived role allows."""

    found: Found
    actions: tuple[str, ...]
    """The actions of the derived role that it denies somewhere."""
    sure: bool
    """Whether there is such a request; otherwise it depends on what is not known."""
    key: str
    """The posture's key that brings such a denial; empty when none does."""


@dataclass(frozen=True, slots=True)
class Numbers:
    """What is counted, of Allow statements: actions with wildcards expanded, each once; resources of each statement."""

    statements: int
    actions: int
    actions_beyond: int
    resources: int
    resources_beyond: int
    undecided: int = 0
    """Resources that may be beyond need."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """An existing role beside a derived one."""

    beyond: tuple[Beyond, ...]
    lacks: tuple[Lack, ...]
    denials: tuple[Denial, ...]
    unread: tuple[Unread, ...]
    unknown_actions: tuple[str, ...]
    """Actions that AWS does not have."""
    trust: Trust
    numbers: Numbers | None
    """None where a policy could not be read: then nothing is counted, and nothing is called needed or lacking."""


def compare(
    existing: Sequence[Found | Unread], plan: Plan, sources: Mapping[str, str], also: Sequence[Plan] = ()
) -> Comparison:
    """Compare with the role of a plan; what the plans of `also` need on the same role is not beyond need.

    `sources` says for each input of the plan which expression of the source it stands for.
    """
    found = [one for one in existing if isinstance(one, Found)]
    unread = tuple(one for one in existing if isinstance(one, Unread))
    known = known_of(found)
    trust = Trust() if any(one.trust for one in unread) else compare_trust(found, plan, known, sources)
    if any(not one.trust for one in unread):
        return Comparison((), (), (), unread, (), trust, None)
    try:
        return replace(_compared(found, plan, known, sources, also, trust), unread=unread)
    except TooMuchError:
        first = next(one for one in found if not one.trust)
        why = "with all its wildcards, resources and conditions the role is too large to be compared"
        return Comparison((), (), (), (Unread(first.document, first.place, why),), (), trust, None)


def _compared(
    found: Sequence[Found],
    plan: Plan,
    known: Mapping[str, str],
    sources: Mapping[str, str],
    also: Sequence[Plan],
    trust: Trust,
) -> Comparison:
    theirs = Policy(tuple(filled(one.statement, known, {}) for one in found if not one.trust))
    ours = policy_of((grant.statement for grant in plan.role.policy.grants), known, sources)
    needed = [ours, *(policy_of((grant.statement for grant in one.role.policy.grants), known, sources) for one in also)]
    work = Work()
    side, counted = _Side(needed), _Counted()
    held = [replace(one, statement=filled(one.statement, known, {})) for one in found if not one.trust]
    judged = [_judge(one, theirs, side, counted, work) for one in held if one.statement.effect is Effect.ALLOW]
    return Comparison(
        beyond=tuple(one for one in judged if one is not None),
        lacks=tuple(_lacks(plan, known, sources, _Existing(theirs, work))),
        denials=tuple(_denials(held, ours, work)),
        unread=(),
        unknown_actions=tuple(sorted(counted.unknown)),
        trust=trust,
        numbers=counted.numbers(),
    )


class _Counted:
    def __init__(self) -> None:
        self.statements = 0
        self.resources = 0
        self.resources_beyond = 0
        self.undecided = 0
        self.actions: set[str] = set()
        self.beyond: set[str] = set()
        self.needed: set[str] = set()
        self.unknown: set[str] = set()

    def numbers(self) -> Numbers:
        return Numbers(
            self.statements,
            len(self.actions),
            len(self.beyond - self.needed),
            self.resources,
            self.resources_beyond,
            self.undecided,
        )


class _Side:
    """What is needed, asked about single actions."""

    def __init__(self, policies: Sequence[Policy]) -> None:
        self.policies = policies
        self._allows = [s for policy in policies for s in policy.statements if s.effect is Effect.ALLOW]
        self.actions = {action.lower(): action for statement in self._allows for action in statement.actions}

    def needs(self, action: str) -> bool:
        """Whether the posture needs an action at all."""
        return action.lower() in self.actions

    def keys_of(self, action: str) -> frozenset[str]:
        """Condition keys without which the action is never granted."""
        bound = [frozenset(condition.key for condition in one.conditions) for one in self._of(action)]
        return frozenset.intersection(*bound) if bound else frozenset()

    def bound_by(self, action: str, keys: frozenset[str]) -> tuple[Policy, ...]:
        """The grants of an action, with the conditions on some keys alone."""
        return (
            Policy(
                tuple(
                    replace(one, conditions=tuple(line for line in one.conditions if line.key in keys))
                    for one in self._of(action)
                )
            ),
        )

    def _of(self, action: str) -> list[Statement]:
        return [one for one in self._allows if action.lower() in {name.lower() for name in one.actions}]


def _judge(found: Found, theirs: Policy, side: _Side, counted: _Counted, work: Work) -> Beyond | None:
    """What of one statement is beyond need; None when all of it is needed."""
    statement = found.statement
    actions = _actions(statement)
    counted.statements += 1
    counted.actions |= set(actions)
    counted.unknown |= {one for one in actions if not set("*?") & set(one) and authorization.action(one) is None}
    resources = statement.resources or (EVERYTHING,)
    counted.resources += len(resources)
    needed = [one for one in actions if side.needs(one)]
    others = [one for one in actions if not side.needs(one)]
    wider: dict[str, None] = {}
    unbound: dict[str, None] = {}
    undecided: dict[str, None] = {}
    extra: dict[str, None] = {}
    for resource in resources:
        others_there = apart(side.policies, resource)
        verdicts = {one: work.inclusion(_part(statement, one, resource), (theirs,), others_there) for one in actions}
        extra.update((one, None) for one in others if verdicts[one].verdict is Verdict.BEYOND)
        over = [one for one in needed if verdicts[one].verdict is Verdict.BEYOND]
        maybe = [one for one, verdict in verdicts.items() if verdict.verdict is Verdict.UNDECIDED]
        counted.resources_beyond += (is_beyond := bool(over) or (not needed and bool(extra)))
        counted.undecided += not is_beyond and bool(maybe)
        if over:
            lacking = _unbound(_Of(statement, resource, theirs), over, side, work)
            unbound.update(dict.fromkeys(lacking))
            if not lacking:
                wider[str(resource)] = None
        elif maybe:
            why = next(iter(verdicts[maybe[0]].depends_on), "no request could be found that shows it")
            undecided[f"{', '.join(maybe)} on {resource}: {why}"] = None
    counted.needed |= set(needed)
    counted.beyond |= extra.keys()
    # Of a statement that is not needed at all, the actions as it writes them say enough.
    is_whole = not needed and len(extra) == len(others)
    not_needed = (statement.actions or (_EVERY_ACTION,)) if is_whole and extra else tuple(extra)
    if not (not_needed or wider or unbound or undecided):
        return None
    return Beyond(found, not_needed, tuple(wider), tuple(unbound), tuple(undecided))


def _actions(statement: Statement) -> tuple[str, ...]:
    """The actions of a statement, each once; all but some are told as all of them."""
    if statement.but_actions:
        return (_EVERY_ACTION,)
    return tuple(dict.fromkeys(one for pattern in statement.actions for one in expanded(pattern)))


@dataclass(frozen=True, slots=True)
class _Of:
    """One resource of a statement, among all that the existing role has."""

    statement: Statement
    resource: Text
    theirs: Policy


def _unbound(of: _Of, actions: Sequence[str], side: _Side, work: Work) -> list[str]:
    """The condition keys that make the difference: bound to them, the statement were within need."""
    found: dict[str, None] = {}
    for action in actions:
        part, keys = _part(of.statement, action, of.resource), side.keys_of(action)
        free = apart(side.bound_by(action, frozenset()), of.resource)
        if not keys or work.included(part, (of.theirs,), free) is not Verdict.WITHIN:
            return []
        for key in sorted(keys):
            bound = apart(side.bound_by(action, frozenset({key})), of.resource)
            if work.included(part, (of.theirs,), bound) is not Verdict.WITHIN:
                found[key] = None
    return list(found)


def _part(statement: Statement, action: str, resource: Text) -> Part:
    facts = authorization.action(action)
    unscoped = facts is not None and not facts.scopable and resource == EVERYTHING
    return Part(statement, action, resource, unscoped)


def expanded(action: str) -> tuple[str, ...]:
    """The actions that a pattern of a policy matches; a pattern over services, or of an unknown one, is itself."""
    service, _, local = action.partition(":")
    if not local or set("*?") & set(service):
        return (_EVERY_ACTION,) if action.strip("*:") == "" else (action,)
    if not set("*?") & set(local):
        known = {one.lower(): one for one in authorization.actions_of(service.lower())}
        return (known.get(action.lower(), action),)
    wanted = action.lower()
    found = tuple(one for one in authorization.actions_of(service.lower()) if fnmatchcase(one.lower(), wanted))
    return found or (action,)


def _lacks(plan: Plan, known: Mapping[str, str], sources: Mapping[str, str], existing: _Existing) -> Iterator[Lack]:
    pairs = {
        filled_text(former, known, sources): filled_text(new, known, sources)
        for grant in plan.role.policy.grants
        for former, new in grant.instead
    }
    for grant in plan.role.policy.grants:
        if grant.statement.effect is not Effect.ALLOW:
            continue
        statement = filled(grant.statement, known, sources)
        verdicts = {
            (action, resource): existing.grants_either(statement, action, resource, pairs)
            for action in statement.actions
            for resource in statement.resources
        }
        missing = [asked for asked, verdict in verdicts.items() if verdict is not Answer.ALLOWED]
        if missing:
            sure = all(verdicts[asked] is Answer.DENIED for asked in missing)
            yield Lack(grant, tuple((action, str(resource)) for action, resource in missing), sure)


@dataclass(frozen=True, slots=True)
class _Existing:
    """The existing role, asked what it grants."""

    policy: Policy
    work: Work

    def grants_either(self, statement: Statement, action: str, resource: Text, pairs: Mapping[Text, Text]) -> Answer:
        """Whether it grants what is needed of a resource, which may have two names: `pairs` has the new by the former.

        With the new name alone it grants enough; with the former alone it does if the resource is old.
        """
        said = self.grants(statement, action, resource)
        if said is Answer.ALLOWED:
            return said
        if resource in pairs and self.grants(statement, action, pairs[resource]) is Answer.ALLOWED:
            return Answer.ALLOWED
        formers = (former for former, new in pairs.items() if new == resource)
        if any(self.grants(statement, action, former) is Answer.ALLOWED for former in formers):
            return Answer.UNDECIDED
        return said

    def grants(self, statement: Statement, action: str, resource: Text) -> Answer:
        """Whether it allows every request of a derived statement on one resource, or none of them."""
        asked = replace(statement, resources=(resource,))
        part, others = _part(asked, action, resource), apart((self.policy,), resource)
        if self.work.included(part, (Policy((asked,)),), others) is Verdict.WITHIN:
            return Answer.ALLOWED
        return Answer.DENIED if inclusion.denied(part, others) else Answer.UNDECIDED


def _denials(found: Iterable[Found], ours: Policy, work: Work) -> Iterator[Denial]:
    """The Deny statements that would take something away from the derived role."""
    for one in found:
        if one.statement.effect is not Effect.DENY:
            continue
        there = (Policy((_ANYTHING, one.statement)),)
        verdicts = {
            action: work.included(_part(statement, action, resource), (ours,), apart(there, resource))
            for statement in ours.statements
            if statement.effect is Effect.ALLOW
            for action in statement.actions
            for resource in statement.resources
        }
        sure = tuple(action for action, verdict in verdicts.items() if verdict is Verdict.BEYOND)
        maybe = tuple(action for action, verdict in verdicts.items() if verdict is Verdict.UNDECIDED)
        if sure or maybe:
            yield Denial(one, sure or maybe, bool(sure), _key(one.statement, sure or maybe))


def _key(statement: Statement, actions: Sequence[str]) -> str:
    """The posture's key for a denial of these actions under conditions on the same keys."""
    keys = {condition.key.lower() for condition in statement.conditions}
    wanted = {action.lower() for action in actions}
    for row in _rows():
        if wanted & {action.lower() for action in row.actions} and keys == {
            line.key.lower() for line in row.conditions
        }:
            return row.asked
    return ""


def _rows() -> Iterator[Row]:
    return (row for name in load.SHEETS for row in load.sheet(name).grant if row.asked)
