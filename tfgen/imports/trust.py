"""The trust policies of an existing role beside the derived one: all of their statements together. Knows no source."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from tfgen.iam.decide import Answer, Request, decide
from tfgen.iam.inclusion import EVERYTHING
from tfgen.iam.invent import EXAMPLE, Given, contexts
from tfgen.iam.policy import EVERYBODY, Effect, Policy, Principal, Statement
from tfgen.iam.text import Text
from tfgen.imports.placed import ACCOUNT, filled, policy_of
from tfgen.imports.policies import Found
from tfgen.plan.model import Plan

_ANOTHER: Final = "999999999999"
"""An account that is nobody's here."""
_STAND_IN: Final = {"partition": EXAMPLE, "region": EXAMPLE, "account": "000000000000"}
"""Where a role is, as far as its policies do not say: whichever it is, it is the same on both sides."""


@dataclass(frozen=True, slots=True)
class Trust:
    """The existing trust policies beside the derived one."""

    open: tuple[str, ...] = ()
    """Condition keys by which the derived trust policy says for whom, and to which an existing one is not bound."""
    undecided: tuple[str, ...] = ()
    """Keys of which that cannot be told, with what would decide it."""
    others: tuple[str, ...] = ()
    """Who else may assume the role, as the statements name them."""
    missing: tuple[str, ...] = ()
    """Principals of the derived trust policy that no existing statement allows."""


def compare_trust(found: Sequence[Found], plan: Plan, known: Mapping[str, str], sources: Mapping[str, str]) -> Trust:
    """The trust policies of a role, all of their statements together; nothing where there are none."""
    known = {**_STAND_IN, **known}
    existing = [filled(one.statement, known, {}) for one in found if one.trust]
    if not existing:
        return Trust()
    open_: dict[str, None] = {}
    undecided: dict[str, None] = {}
    missing: dict[str, None] = {}
    ours = policy_of((grant.statement for grant in plan.role.trust.grants), known, sources)
    own = {
        (one.kind, str(value)) for statement in ours.statements for one in statement.principals for value in one.values
    }
    for statement in ours.statements:
        for kind, name in sorted(own):
            concerned = tuple(_nameless(one) for one in existing if _speaks_of(one, kind, name))
            if not any(one.effect is Effect.ALLOW for one in concerned):
                missing[name] = None
                continue
            for key, is_open, why in _bindings(statement, Policy(concerned)):
                if is_open:
                    open_[key] = None
                elif why:
                    undecided[f"{key}: {why}"] = None
    others = (
        name
        for statement in existing
        if statement.effect is Effect.ALLOW
        for name in _named(statement)
        if name not in {value for _, value in own}
    )
    return Trust(tuple(open_), tuple(undecided), tuple(dict.fromkeys(others)), tuple(missing))


def _named(statement: Statement) -> Iterator[str]:
    """Whom a statement of a trust policy names."""
    if statement.but_principals:
        excepted = ", ".join(str(value) for one in statement.but_principals for value in one.values)
        yield f"everybody but {excepted}"
    for principal in statement.principals:
        yield from ("*",) if principal == EVERYBODY else map(str, principal.values)


def _speaks_of(statement: Statement, kind: str, name: str) -> bool:
    """Whether a statement of a trust policy is for a principal."""

    def names(principals: Iterable[Principal]) -> bool:
        return any(
            principal.kind == EVERYBODY.kind or (principal.kind == kind and name in map(str, principal.values))
            for principal in principals
        )

    return not names(statement.but_principals) if statement.but_principals else names(statement.principals)


def _nameless(statement: Statement) -> Statement:
    return replace(statement, principals=(), but_principals=())


def _bindings(statement: Statement, existing: Policy) -> Iterator[tuple[str, bool, str]]:
    """For each condition key of a derived trust statement: whether other values pass, or what would decide it."""
    own = Policy((_nameless(statement),))
    for given in contexts(_nameless(statement), (), {}):
        request = _assume(statement, given)
        if decide(request, (own,)).answer is Answer.ALLOWED:
            break
    else:
        return
    for key in dict.fromkeys(condition.key for condition in statement.conditions):
        rest = {name: values for name, values in given.items() if name.lower() != key.lower()}
        values = next(values for name, values in given.items() if name.lower() == key.lower())
        tried = [decide(_assume(statement, one), (existing,)) for one in ({**rest, key: _another(values)}, rest)]
        is_open = any(one.answer is Answer.ALLOWED for one in tried)
        why = next((reason for one in tried for reason in one.depends_on), "")
        yield key, is_open, "" if is_open else why


def _assume(statement: Statement, given: Given) -> Request:
    return Request(statement.actions[0], EVERYTHING, given, complete=True)


def _another(values: Sequence[Text | str]) -> tuple[str, ...]:
    """A value that is not the one given: of another account where it names one."""
    value = str(values[0])
    return (ACCOUNT.sub(_ANOTHER, value) if ACCOUNT.search(value) else EXAMPLE,)
