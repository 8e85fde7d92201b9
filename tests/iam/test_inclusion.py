"""One statement inside other policies: each verdict is held against single requests of a finite world."""

from __future__ import annotations

import itertools
from collections import Counter
from dataclasses import replace
from random import Random

import pytest
from decide_samples import ACTIONS, RESOURCES, context, policy, policy_document

from tfgen.iam.decide import Answer, Request, decide
from tfgen.iam.inclusion import Part, Verdict, denied, included
from tfgen.iam.policy import Condition, Effect, Policy, Statement
from tfgen.iam.text import Slot, Source, join, text

SEED = 20_261_125
ALL = text("*")


def allow(*actions: str, on: str = "*", **more: tuple[Condition, ...]) -> Statement:
    return Statement("A", Effect.ALLOW, actions, (text(on),), **more)  # type: ignore[arg-type]


def verdict(statement: Statement, *others: Statement) -> Verdict:
    part = Part(statement, statement.actions[0], statement.resources[0])
    return included(part, (Policy((statement,)),), (Policy(others),)).verdict


def condition(operator: str, *values: str, key: str = "aws:SourceAccount") -> tuple[Condition, ...]:
    return (Condition(operator, key, tuple(map(text, values))),)


def some_policy(random: Random) -> Policy:
    """A policy at random; some of its statements are for all but what they name."""
    found = policy(policy_document(random, conditions=True))
    return Policy(tuple(turned(one, random) for one in found.statements))


def turned(one: Statement, random: Random) -> Statement:
    if random.random() < 0.15:
        one = replace(one, actions=(), but_actions=one.actions)
    if random.random() < 0.15:
        one = replace(one, resources=(), but_resources=one.resources)
    return one


def test_random_policies_against_single_requests() -> None:
    random, counts = Random(SEED), Counter[Verdict]()
    for _ in range(40):
        own, others = some_policy(random), some_policy(random)
        requests = [
            Request(action, text(on), given, complete=True)
            for given in [{key: tuple(values) for key, values in context(random).items()} for _ in range(2)]
            for action in ACTIONS
            for on in RESOURCES
        ]
        granted = [
            (request, decide(request, (others,)).answer)
            for request in requests
            if decide(request, (own,)).answer is Answer.ALLOWED
        ]
        for statement in (one for one in own.statements if one.effect is Effect.ALLOW):
            for action, resource in itertools.product(statement.actions or ("*",), statement.resources or (ALL,)):
                part = Part(statement, action, resource)
                found = included(part, (own,), (others,))
                counts[found.verdict] += 1
                single = replace(statement, actions=(action,), resources=(resource,), but_actions=(), but_resources=())
                verdicts = {
                    answer
                    for request, answer in granted
                    if decide(request, (Policy((single,)),)).answer is Answer.ALLOWED
                    and decide(request, (Policy((statement,)),)).answer is Answer.ALLOWED
                }
                if found.verdict is Verdict.WITHIN:
                    assert verdicts <= {Answer.ALLOWED}, (part, others)
                if found.verdict is Verdict.BEYOND:
                    assert found.witness is not None
                    assert decide(found.witness, (own,)).answer is Answer.ALLOWED
                    assert decide(found.witness, (others,)).answer is Answer.DENIED
                if denied(part, (others,)):
                    assert Answer.ALLOWED not in verdicts
    print(counts)
    assert counts[Verdict.WITHIN] > 20
    assert counts[Verdict.BEYOND] > 100
    assert counts[Verdict.UNDECIDED] < counts.total() / 4


def test_a_narrower_statement_is_within() -> None:
    wide = allow("s3:*", on="arn:aws:s3:::reports/*")
    assert verdict(allow("s3:Get*", on="arn:aws:s3:::reports/2026/*"), wide) is Verdict.WITHIN
    assert verdict(allow("s3:Get*", on="arn:aws:s3:::reports*"), wide) is Verdict.BEYOND


@pytest.mark.parametrize(
    ("own", "expected"),
    [
        (condition("StringEquals", "1", "2"), Verdict.WITHIN),
        (condition("StringLike", "1"), Verdict.WITHIN),
        (condition("StringEquals", "1", "3"), Verdict.BEYOND),
        (condition("StringLike", "*"), Verdict.BEYOND),
        (condition("StringEqualsIfExists", "1"), Verdict.BEYOND),
        (condition("StringNotEquals", "3"), Verdict.BEYOND),
        (condition("Null", "true"), Verdict.BEYOND),
        ((), Verdict.BEYOND),
    ],
)
def test_conditions_are_compared_by_what_they_let_through(own: tuple[Condition, ...], expected: Verdict) -> None:
    bound = allow("s3:GetObject", conditions=condition("StringLike", "1*", "2"))
    assert verdict(allow("s3:GetObject", conditions=own), bound) is expected


def test_a_pattern_of_a_condition_inside_a_wider_one() -> None:
    own = allow("s3:GetObject", conditions=condition("StringLike", "team-red-*"))
    wide = allow("s3:GetObject", conditions=condition("StringLike", "team-*"))
    assert verdict(own, wide) is Verdict.WITHIN
    assert verdict(wide, own) is Verdict.BEYOND


def test_all_but_some() -> None:
    but = Statement("B", Effect.ALLOW, (), (ALL,), but_actions=("iam:*",))
    assert verdict(allow("s3:GetObject"), but) is Verdict.WITHIN
    assert verdict(allow("iam:PassRole"), but) is Verdict.BEYOND
    elsewhere = Statement("C", Effect.ALLOW, ("s3:*",), but_resources=(text("arn:aws:s3:::secret*"),))
    assert verdict(allow("s3:GetObject", on="arn:aws:s3:::reports/*"), elsewhere) is Verdict.WITHIN
    assert verdict(allow("s3:GetObject", on="arn:aws:s3:::secret/*"), elsewhere) is Verdict.BEYOND
    assert elsewhere.document() == {
        "Sid": "C", "Effect": "Allow", "Action": ["s3:*"], "NotResource": ["arn:aws:s3:::secret*"],
    }  # fmt: skip


def test_what_is_not_known_is_undecided() -> None:
    bucket = Statement("A", Effect.ALLOW, ("s3:GetObject",), (join(Slot(Source.INPUT, "bucket"), "/*"),))
    assert verdict(bucket, allow("s3:GetObject", on="arn:aws:s3:::reports/*")) is Verdict.UNDECIDED
    assert verdict(bucket, bucket) is Verdict.WITHIN
