"""Patterns with wildcards on both sides, against a plain search for a common string."""

from __future__ import annotations

import itertools

from hypothesis import given, settings
from hypothesis import strategies as st

from tfgen.iam.text import Slot, Source, join, text
from tfgen.proof.overlap import overlaps


def matches(pattern: str, value: str) -> bool:
    """Plain recursive matching, to judge by."""
    if not pattern:
        return not value
    if pattern[0] == "*":
        return matches(pattern[1:], value) or (bool(value) and matches(pattern, value[1:]))
    return bool(value) and pattern[0] in {"?", value[0]} and matches(pattern[1:], value[1:])


SHORT = ["".join(letters) for length in range(9) for letters in itertools.product("ab", repeat=length)]


@given(st.text("ab*?", max_size=4), st.text("ab*", max_size=4))
@settings(derandomize=True, deadline=None, max_examples=400)
def test_two_patterns_meet_when_some_string_matches_both(one: str, other: str) -> None:
    common = any(matches(one, value) and matches(other, value) for value in SHORT)
    pattern = other.replace("*", "${Any}")
    assert overlaps(text(one), pattern) == common


def test_arns() -> None:
    harness = "arn:${Partition}:bedrock-agentcore:${Region}:${Account}:harness/${HarnessId}"
    endpoint = harness + "/harness-endpoint/${Name}"
    unknown = join(Slot(Source.INPUT, "arn"))
    start = join("arn:", Slot(Source.CONTEXT, "partition"), ":bedrock-agentcore:eu-west-1:123456789012:harness/a-")
    assert overlaps(unknown, harness)
    assert overlaps(join(start, "*"), harness)
    assert overlaps(join(start, "*"), endpoint)
    assert overlaps(join(start, "??????????"), harness)
    assert not overlaps(join(start, "??????????"), endpoint)
    assert not overlaps(
        join(start, "*"), "arn:${Partition}:bedrock-agentcore:${Region}:${Account}:runtime/${RuntimeId}"
    )
    assert not overlaps(text("arn:aws:s3:::bucket/key"), "arn:${Partition}:s3:::${BucketName}x")
