"""Policies and requests at random, as JSON-like data, to put the same question to several evaluators."""

from __future__ import annotations

from random import Random
from typing import Any, Final

from tfgen.iam.policy import Condition, Effect, Policy, Statement
from tfgen.iam.text import text

Document = dict[str, Any]

ACTIONS: Final = ("s3:GetObject", "s3:PutObject", "s3:ListBucket", "sqs:SendMessage", "bedrock:InvokeModel")
# IAM takes no wildcard in the name of a service, neither in an action nor in an ARN.
ACTION_PATTERNS: Final = (
    *ACTIONS, "*", "s3:*", "s3:Get*", "s3:*Object", "S3:getobject", "s3:?etObject", "s3:Get*Acl", "sqs:*",
    "bedrock:Invoke*",
    "s3:GetObject?", "bedrock:*model", "sqs:Send*e",
)  # fmt: skip
RESOURCES: Final = (
    "arn:aws:s3:::reports", "arn:aws:s3:::reports/2026/a.txt", "arn:aws:s3:::reports/a:b", "arn:aws:s3:::Reports/x",
    "arn:aws:s3:::reports/team-red/x", "arn:aws-cn:s3:::reports/x", "arn:aws:sqs:eu-west-1:111122223333:jobs",
    "arn:aws:sqs:eu-west-1:111122223333:jobs:dead", "arn:aws:sqs:us-east-1:444455556666:jobs",
    "arn:aws:bedrock:eu-west-1::foundation-model/some.model-v1:0",
    "arn:aws:bedrock:eu-west-1:111122223333:inference-profile/eu.some.model-v1:0",
)  # fmt: skip
RESOURCE_PATTERNS: Final = (
    *RESOURCES, "*", "arn:aws:s3:::reports/*", "arn:aws:s3:::reports*", "arn:aws:s3:::*/x", "arn:aws:s3:::*",
    "arn:*:s3:::reports/x", "arn:aws:s3:::repor?s/*", "arn:aws:s3:::reports/????/*", "arn:aws:s3:::reports/*:b",
    "arn:aws:sqs:*:111122223333:jobs", "arn:aws:sqs:eu-*:*:jobs*", "arn:aws:sqs:*:*:*", "arn:aws:sqs:*:jobs",
    "arn:aws:sqs:eu-west-?:111122223333:j*s", "arn:aws:sqs:eu-west-1:1111*3333:jobs", "arn:aws:sqs:*",
    "arn:aws:sqs:e*1:jobs", "arn:aws:bedrock:*::foundation-model/*", "arn:aws:bedrock:*:*:inference-profile/eu.*",
)  # fmt: skip
VARIABLE_RESOURCES: Final = (
    "arn:aws:s3:::reports/${aws:PrincipalTag/team}/*", "arn:aws:s3:::reports/${aws:principaltag/TEAM, 'team-red'}/x",
    "arn:aws:s3:::${aws:SourceVpc}/x", "arn:aws:s3:::reports/${*}",
)  # fmt: skip

# An evaluator that builds regular expressions of its patterns takes "?" for a quantifier, and raises for "????".
PLAIN_ACTIONS: Final = tuple(pattern for pattern in ACTION_PATTERNS if "?" not in pattern)
PLAIN_RESOURCES: Final = tuple(pattern for pattern in RESOURCE_PATTERNS if "?" not in pattern)

STRINGS: Final = ("red", "Red", "team-red", "blue", "r*", "?ed", "*", "", "${*}", "${aws:SourceVpc}")
ARNS: Final = (
    "arn:aws:sns:eu-west-1:111122223333:orders", "arn:aws:sns:eu-west-1:111122223333:orders:1",
    "arn:aws:sns:us-east-1:111122223333:orders", "arn:aws:iam::111122223333:role/agents/orders",
)  # fmt: skip
ARN_PATTERNS: Final = (
    *ARNS, "arn:aws:sns:*:111122223333:*", "arn:*:sns:eu-*:1*:ord?rs", "arn:aws:iam::*:role/*",
    "arn:aws:sns:*:*:orders",
)  # fmt: skip
NUMBERS: Final = ("0", "1", "10", "10.0", "-3", "2.5", "100")
DATES: Final = (
    "2026-11-24T00:00:00Z", "2026-11-24T01:00:00+01:00", "2026-11-23T23:59:59Z", "1795478400", "2027-01-01T12:30:00Z",
)  # fmt: skip
ADDRESSES: Final = ("203.0.113.7", "203.0.114.7", "10.1.2.3", "2001:db8::7", "2001:db9::1")
RANGES: Final = ("203.0.113.0/24", "203.0.113.7", "203.0.113.7/32", "10.0.0.0/8", "0.0.0.0/0", "2001:db8::/32", "::/0")

KINDS: Final[dict[str, tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...], tuple[str, ...]]]] = {
    # keys, operators, values of policies, values of requests
    "string": (
        ("aws:SourceVpc", "aws:PrincipalTag/team", "aws:RequestedRegion"),
        ("StringEquals", "StringNotEquals", "StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase", "StringLike",
         "StringNotLike"),
        STRINGS,
        ("red", "Red", "team-red", "blue", "r", "*"),
    ),
    "arn": (("aws:SourceArn",), ("ArnEquals", "ArnLike", "ArnNotEquals", "ArnNotLike"), ARN_PATTERNS, ARNS),
    "bool": (("aws:SecureTransport", "aws:ViaAWSService"), ("Bool",), ("true", "false"), ("true", "false")),
    "number": (
        ("s3:max-keys", "aws:MultiFactorAuthAge"),
        ("NumericEquals", "NumericNotEquals", "NumericLessThan", "NumericLessThanEquals", "NumericGreaterThan",
         "NumericGreaterThanEquals"),
        NUMBERS,
        NUMBERS,
    ),
    "date": (
        ("aws:CurrentTime", "aws:TokenIssueTime"),
        ("DateEquals", "DateNotEquals", "DateLessThan", "DateLessThanEquals", "DateGreaterThan",
         "DateGreaterThanEquals"),
        DATES,
        DATES,
    ),
    "ip": (("aws:SourceIp", "aws:VpcSourceIp"), ("IpAddress", "NotIpAddress"), RANGES, ADDRESSES),
    "binary": (("sample:Blob",), ("BinaryEquals",), ("AQID", "AQIE"), ("AQID", "AQIE")),
}  # fmt: skip
LISTED: Final = ("aws:TagKeys", "aws:PrincipalOrgPaths")
LISTED_OPERATORS: Final = ("StringEquals", "StringNotEquals", "StringLike", "StringNotLike", "StringEqualsIgnoreCase")
LISTED_VALUES: Final = ("red", "Red", "blue", "green", "team-red")


def policy_document(random: Random, *, conditions: bool) -> Document:
    """A policy of one to four statements."""
    return {
        "Version": "2012-10-17",
        "Statement": [statement(random, f"S{place}", conditions=conditions) for place in range(random.randint(1, 4))],
    }


def statement(random: Random, sid: str, *, conditions: bool) -> Document:
    resources = (*RESOURCE_PATTERNS, *VARIABLE_RESOURCES) if conditions else PLAIN_RESOURCES
    actions = ACTION_PATTERNS if conditions else PLAIN_ACTIONS
    made: Document = {
        "Sid": sid,
        "Effect": "Deny" if random.random() < 0.2 else "Allow",
        "Action": ["*"] if random.random() < 0.3 else _some(random, actions, 4),
        "Resource": ["*"] if random.random() < 0.3 else _some(random, resources, 6),
    }
    if conditions and random.random() < 0.7:
        block: dict[str, dict[str, list[str]]] = {}
        made["Condition"] = block
        for _ in range(random.choice((1, 1, 2))):
            operator, key, values = condition(random)
            block.setdefault(operator, {})[key] = values
    return made


def condition(random: Random) -> tuple[str, str, list[str]]:
    """One line of a condition block, of any operator."""
    choice = random.random()
    if choice < 0.1:
        key = random.choice((*LISTED, "aws:SourceVpc", "aws:SourceIp"))
        return "Null", key, [random.choice(("true", "false"))]
    suffix = "IfExists" if random.random() < 0.2 else ""
    if choice < 0.35:
        operator = f"{random.choice(('ForAllValues', 'ForAnyValue'))}:{random.choice(LISTED_OPERATORS)}{suffix}"
        return operator, random.choice(LISTED), _some(random, (*LISTED_VALUES, "r*"), 3)
    keys, operators, values, _ = KINDS[random.choice(("string", *KINDS))]
    return random.choice(operators) + suffix, random.choice(keys), _some(random, values, 2)


def context(random: Random) -> dict[str, list[str]]:
    """Condition keys of a request; about a third of all keys are not there."""
    made: dict[str, list[str]] = {}
    for keys, _, _, values in KINDS.values():
        made.update({key: [random.choice(values)] for key in keys if random.random() < 0.65})
    made.update({key: _some(random, LISTED_VALUES, 3) for key in LISTED if random.random() < 0.65})
    return made


def policy(document: Document) -> Policy:
    """The policy that a document says."""
    return Policy(
        tuple(
            Statement(
                sid=entry["Sid"],
                effect=Effect(entry["Effect"]),
                actions=tuple(entry["Action"]),
                resources=tuple(text(value) for value in entry["Resource"]),
                conditions=tuple(
                    Condition(operator, key, tuple(text(value) for value in values))
                    for operator, lines in entry.get("Condition", {}).items()
                    for key, values in lines.items()
                ),
            )
            for entry in document["Statement"]
        )
    )


def _some(random: Random, values: tuple[str, ...], most: int) -> list[str]:
    return random.sample(values, random.randint(1, most))
