"""What can be reached at all: with which witness, under which condition keys, and what cannot."""

from __future__ import annotations

import pytest

from tfgen.iam.decide import Answer, Unseen
from tfgen.iam.policy import Condition, Effect, Policy, Statement
from tfgen.iam.reach import reachable
from tfgen.iam.text import Slot, Source, Text, join, text

PARTITION, ACCOUNT = Slot(Source.CONTEXT, "partition"), Slot(Source.CONTEXT, "account")
BUCKET, OTHER, EACH = Slot(Source.INPUT, "bucket"), Slot(Source.INPUT, "other"), Slot(Source.EACH, "buckets")
S3 = "arn:aws:s3:::"
KEY = text("arn:aws:s3:::b/k")
ALLOWED, DENIED, UNDECIDED = Answer.ALLOWED, Answer.DENIED, Answer.UNDECIDED


def statement(
    sid: str = "A",
    effect: Effect = Effect.ALLOW,
    actions: tuple[str, ...] = ("s3:GetObject",),
    resources: tuple[Text, ...] = (text("*"),),
    conditions: tuple[Condition, ...] = (),
) -> Statement:
    return Statement(sid, effect, actions, resources, conditions)


def policy(*statements: Statement) -> Policy:
    return Policy(statements)


def line(operator: str, *values: str | Text, key: str = "aws:Key") -> Condition:
    return Condition(operator, key, tuple(text(value) if isinstance(value, str) else value for value in values))


ALLOW = statement()
NEVER = statement("N", actions=("sqs:*",))
VPC = line("StringEquals", "v", key="aws:SourceVpc")
MAYBE = statement("M", conditions=(VPC,))
OBJECTS = statement("O", actions=("s3:GetObject", "s3:PutObject"), resources=(text(S3 + "b/*"),))


@pytest.mark.parametrize(
    ("action", "policies", "boundary", "answer", "witness"),
    [
        ("s3:*", [policy(OBJECTS)], None, ALLOWED, ("s3:GetObject", S3 + "b/example")),
        ("s3:Put*", [policy(OBJECTS)], None, ALLOWED, ("s3:PutObject", S3 + "b/example")),
        ("s3:PutObject", [policy(statement(actions=("*",)))], None, ALLOWED, ("s3:PutObject", "*")),
        ("s3:*", [policy(statement(actions=("s3:Get*",)))], None, ALLOWED, ("s3:Get", "*")),
        ("s3:*Acl", [policy(statement(actions=("s3:get*",)))], None, ALLOWED, ("s3:getacl", "*")),
        ("sqs:*", [policy(OBJECTS)], None, DENIED, None),
        ("s3:*", [policy(OBJECTS, statement("D", Effect.DENY, ("s3:*",)))], None, DENIED, None),
        ("s3:*", [policy(OBJECTS, statement("D", Effect.DENY, ("s3:?et*", "s3:Put*")))], None, DENIED, None),
        (
            "s3:*",
            [policy(OBJECTS, statement("D", Effect.DENY, ("s3:*",), (text(S3 + "b/ex*"),)))],
            None,
            ALLOWED,
            ("s3:GetObject", S3 + "b/*"),
        ),
        ("s3:*", [policy(OBJECTS, statement("D", Effect.DENY, ("s3:*",), (text(S3 + "*"),)))], None, DENIED, None),
        ("s3:*", [policy(OBJECTS)], policy(NEVER), DENIED, None),
        ("s3:*", [policy(OBJECTS)], Unseen("the boundary"), UNDECIDED, None),
        (
            "s3:*",
            [policy(statement(resources=(join(BUCKET, "/*"),)))],
            None,
            ALLOWED,
            ("s3:GetObject", "${bucket}/example"),
        ),
        ("s3:*", [policy(statement(resources=(join(EACH, "/*"),)))], None, UNDECIDED, None),
    ],
)
def test_reachable(
    action: str,
    policies: list[Policy],
    boundary: Policy | Unseen | None,
    answer: Answer,
    witness: tuple[str, str] | None,
) -> None:
    found = reachable(action, policies, boundary)

    assert found.answer is answer
    shown = found.witness and (found.witness.action, str(found.witness.resource))
    assert shown == witness
    assert bool(found.depends_on) == (answer is UNDECIDED)


@pytest.mark.parametrize(
    ("conditions", "context", "answer"),
    [
        ((VPC,), {}, ALLOWED),
        ((VPC,), {"aws:SourceVpc": ("other",)}, DENIED),
        ((line("NumericGreaterThan", "5"), line("NumericLessThan", "7")), {}, ALLOWED),
        ((line("DateGreaterThan", "2026-01-01T00:00:00Z"),), {}, ALLOWED),
        ((line("NotIpAddress", "10.0.0.0/8"),), {}, ALLOWED),
        ((line("Null", "true"),), {}, ALLOWED),
        ((line("StringLike", "a*"), line("StringNotLike", "*b")), {}, ALLOWED),
        ((line("StringEquals", join(ACCOUNT)),), {}, ALLOWED),
        ((line("StringEquals", "${aws:PrincipalTag/team}"),), {}, ALLOWED),
    ],
)
def test_condition_keys_are_invented(
    conditions: tuple[Condition, ...], context: dict[str, tuple[str, ...]], answer: Answer
) -> None:
    found = reachable("s3:*", [policy(statement(conditions=conditions))], context=context)

    assert found.answer is answer


def test_a_deny_under_a_condition_is_got_around() -> None:
    insecure = statement("D", Effect.DENY, ("*",), conditions=(line("Bool", "false", key="aws:SecureTransport"),))

    found = reachable("s3:GetObject", [policy(ALLOW, insecure)])

    assert found.answer is ALLOWED
    assert found.witness is not None


def test_nothing_is_invented_when_asked_not_to() -> None:
    assert reachable("s3:*", [policy(MAYBE)], invent=False).answer is UNDECIDED
    assert reachable("s3:*", [policy(MAYBE)], complete=True).answer is DENIED
