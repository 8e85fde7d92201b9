"""Proof 5: claims that hold, that fail with a witness, and that cannot be decided."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tfgen.diagnostics import Code, Finding
from tfgen.iam.claim import Claim
from tfgen.iam.policy import Condition, Effect, Statement
from tfgen.iam.text import Slot, Source, Text, join, text
from tfgen.plan.build import build
from tfgen.plan.model import Grant, NamedPolicy, Origin, Plan
from tfgen.posture import validate
from tfgen.proof import claims

POSTURE: dict[str, Any] = {
    "tfgen": 1,
    "name": "claims",
    "harness": {
        "harness_name": "claims",
        "model": {"bedrock_model_config": {"model_id": "global.anthropic.claude-haiku-4-5-20251001-v1:0"}},
    },
    "access": [{"name": "callers", "may": ["invoke"]}],
}
BUCKET = Slot(Source.INPUT, "bucket")
OBJECTS = text("arn:aws:s3:::reports/*")
OBJECT = text("arn:aws:s3:::reports/a.txt")


def grant(sid: str, effect: Effect, action: str, resource: Text, *conditions: Condition) -> Grant:
    return Grant(Statement(sid, effect, (action,), (resource,), conditions), Origin("sheet", sid, ()), "why", "source")


def plan(*grants: Grant, boundary: Text | None = None) -> Plan:
    """A small plan whose role has these grants alone, and whose callers may list one bucket."""
    validation = validate(POSTURE)
    assert validation.posture is not None, validation.findings
    built, _ = build(validation.posture)
    caller = built.callers[0]
    listing = grant("List", Effect.ALLOW, "s3:ListBucket", text("arn:aws:s3:::reports"))
    return replace(
        built,
        role=replace(built.role, policy=replace(built.role.policy, grants=grants), permissions_boundary=boundary),
        callers=(replace(caller, policy=replace(caller.policy, grants=(listing,))),),
    )


def claim(allow: str = "", deny: str = "", on: Text | None = None, by: str | None = None, **when: str) -> Claim:
    given = tuple((key.replace("_", ":"), text(value)) for key, value in when.items())
    return Claim(bool(allow), allow or deny, on, by, given, ("expect", 0))


def check(built: Plan, made: Claim) -> Finding | None:
    found = tuple(claims.check(built, (made,)))
    assert all(finding.route == made.route and finding.help for finding in found)
    assert len(found) <= 1
    return found[0] if found else None


READ = grant("Read", Effect.ALLOW, "s3:GetObject", OBJECTS)
NO_READ = grant("NoRead", Effect.DENY, "s3:GetObject", text("*"))
FROM_VPC = grant("Vpc", Effect.ALLOW, "s3:GetObject", OBJECTS, Condition("StringEquals", "aws:SourceVpc", (text("v"),)))
OF_INPUT = grant("Input", Effect.ALLOW, "s3:GetObject", join(BUCKET, "/*"))


@pytest.mark.parametrize(
    ("grants", "made"),
    [
        ((READ,), claim(allow="s3:GetObject", on=OBJECT)),
        ((READ,), claim(allow="s3:GetObject")),
        ((READ,), claim(deny="s3:PutObject")),
        ((READ,), claim(deny="sqs:*")),
        ((READ,), claim(deny="s3:*", on=text("arn:aws:s3:::other/a"))),
        ((READ, NO_READ), claim(deny="s3:*")),
        ((FROM_VPC,), claim(allow="s3:GetObject", on=OBJECT, aws_SourceVpc="v")),
        ((FROM_VPC,), claim(deny="s3:*", aws_SourceVpc="other")),
        ((OF_INPUT,), claim(allow="s3:GetObject", on=join(BUCKET, "/a"))),
        ((), claim(allow="s3:ListBucket", by="callers")),
        ((READ,), claim(deny="s3:GetObject", by="callers")),
    ],
)
def test_a_claim_that_holds(grants: tuple[Grant, ...], made: Claim) -> None:
    assert check(plan(*grants), made) is None


@pytest.mark.parametrize(
    ("grants", "made", "said"),
    [
        ((READ,), claim(allow="s3:PutObject", on=OBJECT), "no statement of the execution role's policy allows it"),
        ((READ,), claim(allow="s3:PutObject"), "no statement of the execution role's policy allows it"),
        ((READ,), claim(allow="s3:GetObject", on=text("*")), "no statement"),
        ((READ, NO_READ), claim(allow="s3:GetObject", on=OBJECT), "the statement 'NoRead' of the execution role's"),
        (
            (READ,),
            claim(deny="s3:*"),
            "role's policy allows 's3:GetObject' on 'arn:aws:s3:::reports/example'",
        ),
        ((READ,), claim(deny="s3:*", on=text("*")), "allows 's3:GetObject'"),
        ((READ,), claim(deny="s3:*", on=OBJECT), "allows 's3:GetObject' on 'arn:aws:s3:::reports/a.txt'"),
        ((FROM_VPC,), claim(deny="s3:GetObject"), "with aws:sourcevpc = 'v'"),
        ((OF_INPUT,), claim(deny="s3:*"), "on '${bucket}/example'"),
        ((), claim(deny="s3:*", by="callers"), "the statement 'List' of the policy of the callers 'callers' allows"),
    ],
)
def test_a_claim_that_fails(grants: tuple[Grant, ...], made: Claim, said: str) -> None:
    found = check(plan(*grants), made)

    assert found is not None
    assert found.code is Code.EXPECT_FAILED
    assert said in found.message


@pytest.mark.parametrize(
    ("grants", "made", "boundary", "said"),
    [
        ((FROM_VPC,), claim(allow="s3:GetObject", on=OBJECT), None, "aws:SourceVpc"),
        ((FROM_VPC,), claim(allow="s3:GetObject"), None, "aws:SourceVpc"),
        ((OF_INPUT,), claim(allow="s3:GetObject", on=OBJECT), None, "'${bucket}/*'"),
        ((OF_INPUT,), claim(deny="s3:GetObject", on=OBJECT), None, "'${bucket}/*'"),
        ((READ,), claim(allow="s3:GetObject", on=OBJECT), join(BUCKET), "the permissions boundary ${bucket}"),
        ((READ,), claim(deny="s3:GetObject"), join(BUCKET), "the permissions boundary ${bucket}"),
        ((READ,), claim(deny="s3:GetObject", by="nobody"), None, "they have no policy here"),
    ],
)
def test_unknown_is_never_a_pass(grants: tuple[Grant, ...], made: Claim, boundary: Text | None, said: str) -> None:
    found = check(plan(*grants, boundary=boundary), made)

    assert found is not None
    assert found.code is Code.EXPECT_UNDECIDED
    assert said in found.message


def test_a_boundary_takes_nothing_from_a_claim_that_denies() -> None:
    assert check(plan(READ, boundary=join(BUCKET)), claim(deny="sqs:*")) is None


def test_a_boundary_that_is_made_for_the_role_is_read() -> None:
    open_ = plan(READ)
    limit = replace(open_.role.policy, grants=(grant("Limit", Effect.ALLOW, "s3:GetObject", text("*")),))
    limited = replace(open_, role=replace(open_.role, boundary=NamedPolicy("limit", text("limit"), "", limit)))
    nothing = replace(
        open_, role=replace(open_.role, boundary=NamedPolicy("l", text("l"), "", replace(limit, grants=())))
    )

    assert check(limited, claim(allow="s3:GetObject", on=OBJECT)) is None
    assert check(nothing, claim(deny="s3:*")) is None
    found = check(nothing, claim(allow="s3:GetObject", on=OBJECT))
    assert found is not None
    assert found.message.endswith(
        "no statement of the execution role's policy allows it within its permissions boundary"
    )


def test_claims_about_a_plan_as_it_is_built() -> None:
    validation = validate(POSTURE)
    assert validation.posture is not None
    built, _ = build(validation.posture)

    assert check(built, claim(deny="s3:*")) is None
    failed = check(built, claim(deny="bedrock:*"))
    assert failed is not None
    assert failed.code is Code.EXPECT_FAILED
