"""The evaluator by tables: wildcards, conditions at their edges, what wins, what stays unknown."""

from __future__ import annotations

import pytest

from tfgen.iam.conditions import Context, holds, parse
from tfgen.iam.decide import BOUNDARY, Answer, Request, Unseen, decide
from tfgen.iam.operators import COMPARISONS
from tfgen.iam.policy import Condition, Effect, Policy, Principal, Statement
from tfgen.iam.text import Cut, Either, Presence, Slot, Source, Text, join, text

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


@pytest.mark.parametrize(
    ("pattern", "action", "answer"),
    [
        ("s3:GetObject", "s3:GetObject", ALLOWED),
        ("s3:getobject", "S3:GetObject", ALLOWED),
        ("s3:Get*", "s3:GetObject", ALLOWED),
        ("s3:Get*", "s3:Get", ALLOWED),
        ("s3:*ject", "s3:GetObject", ALLOWED),
        ("s3:*et*ct", "s3:GetObject", ALLOWED),
        ("s3:GetObjec?", "s3:GetObject", ALLOWED),
        ("s3:GetObject?", "s3:GetObject", DENIED),
        ("s3:Get*Acl", "s3:GetObject", DENIED),
        ("*", "s3:GetObject", ALLOWED),
        ("s3:*", "sqs:SendMessage", DENIED),
        ("s3.*", "s3:GetObject", DENIED),
    ],
)
def test_actions(pattern: str, action: str, answer: Answer) -> None:
    assert decide(Request(action, KEY, complete=True), [policy(statement(actions=(pattern,)))]).answer is answer


@pytest.mark.parametrize(
    ("pattern", "resource", "answer"),
    [
        (S3 + "b/k", S3 + "b/k", ALLOWED),
        (S3 + "b/k", S3 + "b/K", DENIED),
        (S3 + "b/*", S3 + "b/", ALLOWED),
        (S3 + "b/*", S3 + "b/a/b:c", ALLOWED),
        (S3 + "b/*", S3 + "b", DENIED),
        (S3 + "?/k", S3 + "b/k", ALLOWED),
        (S3 + "?/k", S3 + "bb/k", DENIED),
        ("*", "*", ALLOWED),
        (S3 + "*", "*", DENIED),
        (S3 + "${*}", S3 + "*", ALLOWED),
        (S3 + "${*}", S3 + "b", DENIED),
        (S3 + "a${b", S3 + "a${b", ALLOWED),
        ("arn:aws:sqs:*:1:q", "arn:aws:sqs:eu:1:q", ALLOWED),
        ("arn:aws:sqs:e*u:1:q", "arn:aws:sqs:e:u:1:q", DENIED),
        ("arn:aws:sqs:?:1:q", "arn:aws:sqs:::1:q", DENIED),
        ("arn:aws:sqs:*", "arn:aws:sqs:eu:1:q", ALLOWED),
        ("arn:aws:sqs:*:q", "arn:aws:sqs:eu:1:q", UNDECIDED),
    ],
)
def test_resources(pattern: str, resource: str, answer: Answer) -> None:
    found = decide(
        Request("s3:GetObject", text(resource), complete=True), [policy(statement(resources=(text(pattern),)))]
    )

    assert found.answer is answer
    assert bool(found.depends_on) == (answer is UNDECIDED)


T, F, U = True, False, None


@pytest.mark.parametrize(
    ("operator", "wanted", "there", "answer"),
    [
        ("StringEquals", ["a"], ["a"], T),
        ("StringEquals", ["a"], ["A"], F),
        ("StringEquals", ["a*"], ["ab"], F),
        ("StringEquals", ["x", "a"], ["a"], T),
        ("StringEquals", ["a"], [], F),
        ("StringEqualsIfExists", ["a"], [], T),
        ("StringEqualsIfExists", ["a"], ["b"], F),
        ("StringNotEquals", ["a", "b"], ["b"], F),
        ("StringNotEquals", ["a", "b"], ["c"], T),
        ("StringNotEquals", ["a"], [], T),
        ("StringEqualsIgnoreCase", ["a"], ["A"], T),
        ("StringNotEqualsIgnoreCase", ["a"], ["A"], F),
        ("StringLike", ["a*c?"], ["abbcd"], T),
        ("StringLike", ["a*"], ["Ab"], F),
        ("StringLike", ["a${*}"], ["ab"], F),
        ("StringLike", ["a${*}"], ["a*"], T),
        ("StringLike", ["*"], [], F),
        ("StringNotLike", ["a*"], ["ab"], F),
        ("StringNotLike", ["a*"], [], T),
        ("StringLike", ["${aws:Other}"], ["o"], T),
        ("StringLike", ["${AWS:other, 'd'}"], ["o"], T),
        ("StringLike", ["${aws:None, 'd'}"], ["d"], T),
        ("StringLike", ["${aws:None}"], ["d"], F),
        ("StringNotLike", ["${aws:None}"], ["d"], U),
        ("StringLike", ["${aws:Star}"], ["ab"], F),
        ("ArnEquals", ["arn:aws:sns:*:1:t"], ["arn:aws:sns:eu:1:t"], T),
        ("ArnLike", ["arn:aws:sns:*:t"], ["arn:aws:sns:eu:1:t"], U),
        ("ArnLike", ["arn:*:sns:eu:1:t*"], ["arn:aws:sns:eu:1:t:u"], T),
        ("ArnLike", ["arn:aws:s*:1:t"], ["arn:aws:sns:eu:1:t"], U),
        ("ArnLike", ["arn:aws:sns:e*u:1:t"], ["arn:aws:sns:e:u:1"], F),
        ("ArnNotLike", ["arn:aws:sns:eu:1:t"], ["arn:aws:sns:eu:2:t"], T),
        ("ArnNotEquals", ["arn:aws:sns:eu:1:t"], [], T),
        ("ArnLike", ["arn:aws:sns:eu:1:t"], ["x"], U),
        ("Bool", ["true"], ["true"], T),
        ("Bool", ["True"], ["true"], T),
        ("Bool", ["false"], ["true"], F),
        ("Bool", ["false"], [], F),
        ("BoolIfExists", ["false"], [], T),
        ("Bool", ["yes"], ["true"], U),
        ("Null", ["true"], [], T),
        ("Null", ["true"], ["a"], F),
        ("Null", ["false"], ["a"], T),
        ("Null", ["true", "false"], ["a"], T),
        ("Null", ["no"], ["a"], U),
        ("NumericEquals", ["10"], ["10.0"], T),
        ("NumericNotEquals", ["10"], ["10.0"], F),
        ("NumericNotEquals", ["10"], [], T),
        ("NumericLessThan", ["10"], ["9.99"], T),
        ("NumericLessThan", ["10"], ["10"], F),
        ("NumericLessThanEquals", ["10"], ["10"], T),
        ("NumericGreaterThan", ["-1"], ["0"], T),
        ("NumericGreaterThanEquals", ["1", "5"], ["3"], T),
        ("NumericEquals", ["1"], ["one"], U),
        ("NumericEquals", ["1"], [], F),
        ("DateEquals", ["2026-11-24"], ["2026-11-24T01:00:00+01:00"], T),
        ("DateEquals", ["1795478400"], ["2026-11-24T00:00:00Z"], T),
        ("DateNotEquals", ["2026-11-24T00:00:00.5Z"], ["2026-11-24T00:00:00.500Z"], F),
        ("DateLessThan", ["2026-11-24T00:00:00Z"], ["2026-11-23T23:59:59Z"], T),
        ("DateLessThanEquals", ["2026-11"], ["2026-11-01T00:00Z"], T),
        ("DateGreaterThan", ["2026-11-24T00:00:00Z"], ["2026-11-24T00:00:00Z"], F),
        ("DateGreaterThanEquals", ["2026-11-24T00:00:00Z"], ["2026-11-24T00:00:00Z"], T),
        ("DateEquals", ["2026"], ["2026-01-01T00:00:00Z"], U),
        ("DateEquals", ["2026-13-01"], ["2026-01-01T00:00:00Z"], U),
        ("IpAddress", ["203.0.113.0/24"], ["203.0.113.255"], T),
        ("IpAddress", ["203.0.113.0/24"], ["203.0.114.0"], F),
        ("IpAddress", ["203.0.113.9/24"], ["203.0.113.1"], T),
        ("IpAddress", ["203.0.113.9"], ["203.0.113.9"], T),
        ("IpAddress", ["0.0.0.0/0"], ["2001:db8::1"], F),
        ("IpAddress", ["2001:DB8::/32"], ["2001:0db8::1"], T),
        ("NotIpAddress", ["203.0.113.0/24"], ["203.0.113.1"], F),
        ("NotIpAddress", ["203.0.113.0/24"], [], T),
        ("IpAddress", ["203.0.113.0/33"], ["203.0.113.1"], U),
        ("IpAddress", ["203.0.113.0/24"], ["here"], U),
        ("BinaryEquals", ["AQID"], ["AQID"], T),
        ("BinaryEquals", ["AQID"], ["AQIE"], F),
        ("BinaryEquals", ["?"], ["AQID"], U),
        ("ForAllValues:StringEquals", ["a", "b"], ["a", "b"], T),
        ("ForAllValues:StringEquals", ["a", "b"], ["a", "c"], F),
        ("ForAllValues:StringEquals", ["a"], [], T),
        ("ForAllValues:StringEquals", ["a"], [""], T),
        ("ForAllValues:StringNotEquals", ["a"], ["b", "a"], F),
        ("ForAllValues:StringNotEquals", ["a"], ["b", "c"], T),
        ("ForAnyValue:StringEquals", ["a", "b"], ["c", "b"], T),
        ("ForAnyValue:StringEquals", ["a"], ["c"], F),
        ("ForAnyValue:StringEquals", ["a"], [], F),
        ("ForAnyValue:StringNotEquals", ["a"], ["a", "b"], T),
        ("ForAnyValue:StringNotEquals", ["a"], ["a"], F),
        ("ForAnyValue:StringNotEquals", ["a"], [], F),
        ("ForAllValues:StringLikeIfExists", ["a*"], [], T),
        ("ForAnyValue:StringLikeIfExists", ["a*"], [], U),
        ("StringEquals", ["a"], ["a", "b"], U),
        ("StringEquals", ["a"], ["b", "c"], F),
        ("StringSounds", ["a"], ["a"], U),
        ("ForAllValues:Null", ["true"], [], U),
        ("NullIfExists", ["true"], [], U),
        ("ForSome:StringEquals", ["a"], ["a"], U),
    ],
)
def test_conditions(operator: str, wanted: list[str], there: list[str], answer: bool | None) -> None:
    given = {"AWS:KEY": tuple(there), "aws:other": ("o",), "aws:star": ("a*",)}

    found = holds(line(operator, *wanted), Context(given, complete=True))

    assert found.value is answer
    assert bool(found.depends_on) == (answer is None)


def test_every_operator_is_known_and_false_or_unknown_without_its_key() -> None:
    for name, comparison in COMPARISONS.items():
        assert parse(name)
        assert holds(line(name, "1"), Context({}, complete=True)).value is comparison.negated
        assert holds(line(f"{name}IfExists", "1"), Context({}, complete=True)).value is True
        assert holds(line(name, "1"), Context({}, complete=False)).value is None


ALLOW, DENY = statement(), statement("D", Effect.DENY)
NEVER = statement("N", actions=("sqs:*",))
VPC = line("StringEquals", "v", key="aws:SourceVpc")
MAYBE = statement("M", conditions=(VPC,))
MAYBE_DENY = statement("MD", Effect.DENY, conditions=(VPC,))


@pytest.mark.parametrize(
    ("policies", "boundary", "answer", "decided", "explicit"),
    [
        ([], None, DENIED, (), F),
        ([policy(NEVER)], None, DENIED, (), F),
        ([policy(ALLOW)], None, ALLOWED, ((0, "A"),), F),
        ([policy(ALLOW), policy(DENY)], None, DENIED, ((1, "D"),), T),
        ([policy(ALLOW)], policy(NEVER), DENIED, (), F),
        ([policy(ALLOW)], policy(ALLOW), ALLOWED, ((0, "A"), (BOUNDARY, "A")), F),
        ([policy(ALLOW)], policy(ALLOW, DENY), DENIED, ((BOUNDARY, "D"),), T),
        ([policy(NEVER)], policy(ALLOW), DENIED, (), F),
        ([policy(ALLOW)], Unseen("the boundary"), UNDECIDED, ((0, "A"),), F),
        ([policy(NEVER)], Unseen("the boundary"), DENIED, (), F),
        ([policy(MAYBE)], None, UNDECIDED, ((0, "M"),), F),
        ([policy(MAYBE, ALLOW)], None, ALLOWED, ((0, "A"),), F),
        ([policy(MAYBE, DENY)], None, DENIED, ((0, "D"),), T),
        ([policy(ALLOW, MAYBE_DENY)], None, UNDECIDED, ((0, "A"), (0, "MD")), F),
        ([policy(NEVER, MAYBE_DENY)], None, DENIED, (), F),
        ([policy(MAYBE)], policy(NEVER), DENIED, (), F),
    ],
)
def test_what_wins(
    policies: list[Policy],
    boundary: Policy | Unseen | None,
    answer: Answer,
    decided: tuple[tuple[int, str], ...],
    explicit: bool,
) -> None:
    found = decide(Request("s3:GetObject", KEY), policies, boundary)

    assert (found.answer, found.statements, found.explicit) == (answer, decided, explicit)
    assert bool(found.depends_on) == (answer is UNDECIDED)


def test_what_an_answer_depends_on_is_said() -> None:
    vague = decide(Request("s3:GetObject", KEY), [policy(MAYBE)], Unseen("the permissions boundary"))

    assert vague.depends_on == (
        "the condition key aws:SourceVpc, which the request does not state",
        "what the permissions boundary allows",
    )


def optional(present: str | None, otherwise: str | None) -> Text:
    return join(Either("name", text(present) if present else None, text(otherwise) if otherwise else None))


@pytest.mark.parametrize(
    ("resource", "asked", "answer"),
    [
        (join("arn:", PARTITION, ":s3:::b/*"), join("arn:", PARTITION, ":s3:::b/k"), ALLOWED),
        (join("arn:", PARTITION, ":s3:::b/*"), join("arn:", PARTITION, ":s3:::c/k"), DENIED),
        (join("arn:", PARTITION, ":s3:::b/*"), text(S3 + "b/k"), UNDECIDED),
        (join("arn:", PARTITION, ":s3:::b/*"), text("arn::s3:::b/k"), DENIED),
        (join("arn:", PARTITION, ":s3:::b/*"), text("arn:a:b:s3:::b/k"), DENIED),
        (text("arn:*:s3:::b/*"), join("arn:", PARTITION, ":s3:::b/k"), ALLOWED),
        (text("arn:*:s3:::b/*"), join("arn:", BUCKET, ":s3:::b/k"), UNDECIDED),
        (text("arn:aws:s3:::?/*"), join(S3, BUCKET, "/k"), UNDECIDED),
        (text("arn:aws:s3:::*/k"), join(S3, BUCKET, "/k"), ALLOWED),
        (text("*"), join(BUCKET), ALLOWED),
        (join(BUCKET, "/*"), join(BUCKET, "/k"), ALLOWED),
        (join(BUCKET, "/*"), join(OTHER, "/k"), UNDECIDED),
        (join(BUCKET, "/x"), join(OTHER, "/k"), DENIED),
        (join(BUCKET), text(S3 + "b"), UNDECIDED),
        (join(EACH, "/*"), join(EACH, "/k"), ALLOWED),
        (join(EACH, "/*"), text(S3 + "b/k"), UNDECIDED),
        (join(Presence("buckets"), S3 + "b"), text(S3 + "b"), UNDECIDED),
        (join(Presence("buckets"), S3 + "*"), join(S3, EACH), ALLOWED),
        (join(Presence("buckets"), S3 + "b"), text(S3 + "c"), DENIED),
        (join(S3, Cut(join("ab", BUCKET), 4)), join(S3, Cut(join("ab", BUCKET), 4)), ALLOWED),
        (join(S3, "a*"), join(S3, Cut(join("ab", BUCKET), 4)), ALLOWED),
        (join(S3, Cut(join("ab", BUCKET), 2)), text(S3 + "ab"), ALLOWED),
        (join(S3, Cut(join("ab", BUCKET), 4)), text(S3 + "ac"), DENIED),
        (optional(S3 + "b", S3 + "*"), text(S3 + "b"), ALLOWED),
        (optional(S3 + "b", None), text(S3 + "b"), UNDECIDED),
        (optional(S3 + "b", None), text(S3 + "c"), DENIED),
        (text(S3 + "${aws:PrincipalTag/team}/*"), text(S3 + "red/k"), UNDECIDED),
        (text(S3 + "${aws:PrincipalTag/team}/x"), text(S3 + "red/k"), DENIED),
    ],
)
def test_unknown_text(resource: Text, asked: Text, answer: Answer) -> None:
    found = decide(Request("s3:GetObject", asked), [policy(statement(resources=(resource,)))])

    assert found.answer is answer


@pytest.mark.parametrize(
    ("condition", "given", "answer"),
    [
        (line("StringEquals", join(ACCOUNT)), join(ACCOUNT), T),
        (line("StringEquals", join(ACCOUNT)), text("1"), U),
        (line("StringNotEquals", join(ACCOUNT)), join(ACCOUNT), F),
        (line("ArnLike", join("arn:", PARTITION, ":sns:*:", ACCOUNT, ":t")), join("arn:aws:sns:eu:", ACCOUNT, ":t"), U),
        (line("ArnLike", join("arn:*:sns:*:", ACCOUNT, ":t")), join("arn:aws:sns:eu:", ACCOUNT, ":t"), T),
        (line("ArnLike", join("arn:*:sns:*:", ACCOUNT, ":t")), join("arn:aws:sns:eu:", ACCOUNT, ":u"), F),
        (line("ArnEquals", join(BUCKET)), join(BUCKET), T),
        (line("ArnEquals", join(BUCKET)), join(OTHER), U),
        (line("NumericLessThan", join(BUCKET)), text("1"), U),
        (line("IpAddress", "10.0.0.0/8"), join(BUCKET), U),
        (line("Null", join(BUCKET)), text("1"), U),
        (line("StringEquals", join(Presence("l"), "a")), text("a"), U),
        (line("StringEquals", join(Either("n", text("a"), None))), text("a"), U),
        (line("StringEquals", join(Either("n", text("a"), None))), text("b"), F),
    ],
)
def test_unknown_values(condition: Condition, given: Text, answer: bool | None) -> None:
    assert holds(condition, Context({"aws:key": (given,)}, complete=True)).value is answer


def test_who_a_trust_policy_trusts_is_not_known_to_a_request() -> None:
    trust = Statement("T", Effect.ALLOW, ("sts:AssumeRole",), principals=(Principal("Service", (text("x"),)),))

    found = decide(Request("sts:AssumeRole", text("*"), complete=True), [policy(trust)])

    assert (found.answer, found.depends_on) == (UNDECIDED, ("who makes the request",))


@pytest.mark.parametrize(
    ("values", "answer"),
    [
        (("a",), Answer.ALLOWED),
        (("b",), Answer.DENIED),
        ((), Answer.DENIED),
        (("a", "b"), Answer.UNDECIDED),
        (("b", "c"), Answer.UNDECIDED),
    ],
)
@pytest.mark.parametrize("default", ["", ", 'x'"], ids=["alone", "with-a-default"])
def test_a_variable_of_a_key_with_several_values_is_not_known(
    default: str, values: tuple[str, ...], answer: Answer
) -> None:
    """IAM does not say what it puts there, nor whether it takes the default then."""
    resource = f"arn:aws:s3:::b/${{aws:PrincipalTag/team{default}}}/o"
    policy = Policy((Statement("S", Effect.ALLOW, ("s3:GetObject",), (text(resource),)),))
    for key, expected in (("a", answer), ("x", Answer.ALLOWED if default and not values else None)):
        request = Request("s3:GetObject", text(f"arn:aws:s3:::b/{key}/o"), {"aws:PrincipalTag/team": values}, True)
        assert expected is None or decide(request, [policy]).answer is expected
    request = Request("s3:GetObject", text("arn:aws:s3:::other/a/o"), {"aws:PrincipalTag/team": values}, True)
    assert decide(request, [policy]).answer is Answer.DENIED
