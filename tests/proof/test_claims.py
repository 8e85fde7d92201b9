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
from tfgen.plan.model import Plan
from tfgen.plan.statements import Grant, NamedPolicy, Origin
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


def claim(
    allow: str = "",
    deny: str = "",
    on: Text | None = None,
    by: str | None = None,
    assuming_boundary: bool = False,
    **when: str,
) -> Claim:
    given = tuple((key.replace("_", ":"), text(value)) for key, value in when.items())
    return Claim(bool(allow), allow or deny, on, by, given, ("expect", 0), assuming_boundary)


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


@pytest.mark.parametrize("on", [OBJECT, None])
def test_a_boundary_from_outside_can_be_taken_for_granted(on: Text | None) -> None:
    bounded = plan(READ, boundary=join(BUCKET))

    assert check(bounded, claim(allow="s3:GetObject", on=on, assuming_boundary=True)) is None
    found = check(bounded, claim(allow="s3:GetObject", on=on))
    assert found is not None
    assert found.code is Code.EXPECT_UNDECIDED
    assert "assuming: boundary" in found.help


def test_what_is_taken_for_granted_is_no_more_than_the_boundary() -> None:
    bounded = plan(FROM_VPC, boundary=join(BUCKET))

    nothing = check(bounded, claim(allow="s3:PutObject", on=OBJECT, assuming_boundary=True))
    assert nothing is not None
    assert nothing.code is Code.EXPECT_FAILED
    unknown = check(bounded, claim(allow="s3:GetObject", on=OBJECT, assuming_boundary=True))
    assert unknown is not None
    assert (unknown.code, "aws:SourceVpc" in unknown.message) == (Code.EXPECT_UNDECIDED, True)
    open_ = check(bounded, claim(allow="s3:GetObject", on=OBJECT))
    assert open_ is not None
    assert "assuming" not in open_.help


def test_a_boundary_that_is_made_is_not_taken_for_granted() -> None:
    """Where the one from outside may be null, the one that is made stands in for it."""
    bounded = plan(READ, boundary=join(BUCKET))
    nothing = NamedPolicy("limit", text("limit"), "", replace(bounded.role.policy, grants=()))
    both = replace(bounded, role=replace(bounded.role, boundary=nothing))

    found = check(both, claim(allow="s3:GetObject", on=OBJECT, assuming_boundary=True))
    assert found is not None
    assert found.code is Code.EXPECT_FAILED


def _expecting(*claims_: dict[str, Any], **role: Any) -> dict[str, Any]:
    return {**POSTURE, "expect": list(claims_), **({"role": role} if role else {})}


BOUNDARY = "arn:aws:iam::123456789012:policy/agents"


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (_expecting({"deny": "s3:*", "assuming": "boundary"}, permissions_boundary=BOUNDARY), "denies"),
        (
            _expecting(
                {"allow": "s3:GetObject", "by": "callers", "assuming": "boundary"}, permissions_boundary=BOUNDARY
            ),
            "the callers 'callers'",
        ),
        (_expecting({"allow": "s3:GetObject", "assuming": "boundary"}), "names none"),
    ],
)
def test_nothing_is_assumed_in_vain(data: dict[str, Any], said: str) -> None:
    (found,) = validate(data).findings
    assert (found.code, found.route) == (Code.CONFLICT, ("expect", 0, "assuming"))
    assert said in found.message


PROFILE = "inference-profile/global.anthropic.claude-haiku-4-5-20251001-v1:0"
CALLED = {"allow": "bedrock:InvokeModel", "on": f"arn:${{partition}}:bedrock:${{region}}:${{account}}:{PROFILE}"}
DECRYPTING = {"allow": "kms:Decrypt", "on": "arn:aws:kms:eu-west-1:123456789012:key/" + "a" * 36}
VIA = "bedrock-agentcore.{}.amazonaws.com"


@pytest.mark.parametrize(
    ("made", "holds"),
    [
        (CALLED, True),
        ({**CALLED, "on": f"arn:aws:bedrock:us-east-1:123456789012:{PROFILE}"}, False),
        ({**CALLED, "on": CALLED["on"].replace("${region}", "us-east-1")}, False),
        ({**DECRYPTING, "when": {"kms:ViaService": VIA.format("${region}")}}, True),
        ({**DECRYPTING, "when": {"kms:ViaService": VIA.format("us-east-1")}}, False),
    ],
)
def test_a_claim_names_where_terraform_runs(made: dict[str, Any], holds: bool) -> None:
    data = _expecting({**made, "assuming": "boundary"}, permissions_boundary=BOUNDARY)
    key = {"managed_memory_configuration": {"encryption_key_arn": DECRYPTING["on"]}}
    validation = validate({**data, "harness": {**data["harness"], "memory": key}})
    assert validation.posture is not None, validation.findings
    built, _ = build(validation.posture)
    found = check(built, built.claims[0])
    assert (found is None) == holds
    assert found is None or found.code is Code.EXPECT_UNDECIDED


MEMORY = "arn:${partition}:bedrock-agentcore:${region}:${account}:memory/"


@pytest.mark.parametrize(
    ("harness", "memory", "reached"),
    [
        ("NightDesk", "NightDesk-rSM4MW27qM", True),
        ("NightDesk", "harness_NightDesk_8d3d-vtE3DJC9ia", True),
        ("NightDesk", "NightDesks-rSM4MW27qM", False),
        ("NightDesk", "NightDesk_eu-rSM4MW27qM", False),
        ("NightDesk", "harness_NightDeskers_x-0123456789", False),
        ("NightDesk", "harness_NightDesk_eu_8d3d-0123456789", False),
        ("MyHarness_ba80d309", "MyHarness_ba80d309-rSM4MW27qM", True),
        ("a" * 40, f"{'a' * 40}-rSM4MW27qM", True),
        ("a" * 40, f"harness_{'a' * 34}_c02d-rSM4MW27qM", True),
        ("a" * 40, f"harness_{'a' * 33}_c02d-rSM4MW27qM", False),
    ],
)
@pytest.mark.parametrize("by", [None, "operators"])
def test_a_harness_and_its_operators_reach_its_own_managed_memory(
    harness: str, memory: str, *, reached: bool, by: str | None
) -> None:
    action = "bedrock-agentcore:ListEvents" if by is None else "bedrock-agentcore:UpdateMemory"
    made = {"allow" if reached else "deny": action, "on": MEMORY + memory, **({"by": by} if by else {})}
    data = {**_expecting(made), "access": [{"name": "operators", "may": ["operate"]}]}
    validation = validate({**data, "harness": {**POSTURE["harness"], "harness_name": harness}})
    assert validation.posture is not None, validation.findings
    built, _ = build(validation.posture)
    assert check(built, built.claims[0]) is None


@pytest.mark.parametrize("name", ["${other}", "${aws:username}", "${ region }", "{region}", "$${x}"])
def test_a_claim_names_nothing_else(name: str) -> None:
    for made in ({"allow": "s3:GetObject", "on": f"arn:aws:s3:::{name}"}, {"deny": "s3:*", "when": {"aws:a": name}}):
        found = {finding.code for finding in validate(_expecting(made)).findings}
        assert found == ({Code.BAD_VALUE} if "when" not in made or "${" in name else set()), made


def test_claims_about_a_plan_as_it_is_built() -> None:
    validation = validate(POSTURE)
    assert validation.posture is not None
    built, _ = build(validation.posture)

    assert check(built, claim(deny="s3:*")) is None
    failed = check(built, claim(deny="bedrock:*"))
    assert failed is not None
    assert failed.code is Code.EXPECT_FAILED
