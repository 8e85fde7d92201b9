"""Where errors stand, and that no text brings the engine down: it recurses, and would take the process with it."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tfgen.cedar import engine
from tfgen.cedar.bounds import DEEPEST, LONGEST_CHAIN, LONGEST_PATH
from tfgen.cedar.facts import facts
from tfgen.cedar.policies import Gateway, Place, read
from tfgen.cedar.review import review
from tfgen.cedar.rules import all_rules
from tfgen.cedar.tokens import leaves, pieces, tokens
from tfgen.cedar.tools import manifest
from tfgen.diagnostics import Code

SCHEMA = {
    "type": "object",
    "properties": {"amount": {"type": "integer"}, "reason": {"type": "string"}},
    "required": ["amount"],
}
TOOLS = manifest({"tools": [{"name": "pay", "inputSchema": SCHEMA}]}, "Shop").tools
GATEWAY = Gateway("shop", facts().principals[0], TOOLS)
SCOPE = 'permit(principal, action == AgentCore::Action::"Shop___pay", resource == AgentCore::Gateway::"shop")'


def found(text: str) -> list[tuple[Code, str]]:
    """The findings about a text, each with the characters that it points at."""
    _, findings = read(text, "policy", GATEWAY, Place("p.cedar"))
    return [(finding.code, text[slice(*finding.extent)]) for finding in findings if finding.extent]


@pytest.mark.parametrize(
    ("condition", "place"),
    [
        ("context.input.reason == 'x'", "'"),
        ('context.input has reason && context.input.reason == "a" || context.input.reason == "b"', "input.reason"),
        ('!(context.input.amount == "5")', 'context.input.amount == "5"'),
        ('(true && (false || context.input.amount < "5"))', 'context.input.amount < "5"'),
        ("if true then context.input.amount else 5", "if true then context.input.amount else 5"),
        ("true && (if context.input.foo then true && true else false)", "input.foo"),
        ("principal.name == 5 && principal.id == 5", "name"),
        ("foo(1)", "foo"),
        ("bar == 5", "bar == 5"),
        ('principal in Group::"x"', "Group"),
        ("context.input.amount.x", "context.input.amount.x"),
        ("[1, 2].contains(context.input.reason)", "input.reason"),
    ],
)
def test_an_error_stands_where_it_is(condition: str, place: str) -> None:
    text = f'// first\n{SCOPE}\nwhen {{ principal.id != "" }}\nunless {{ {condition} }};\n{SCOPE};\n'
    assert place in [where for _, where in found(text)]


def test_equal_errors_have_places_of_their_own() -> None:
    text = f'{SCOPE} when {{ context.input.reason == "a" || context.input.reason == "b" }};'
    _, findings = read(text, "policy", GATEWAY, Place("p.cedar"))
    assert len({finding.extent for finding in findings}) == len(findings) == 2


@pytest.mark.parametrize(
    "condition",
    [
        "(" * 5000 + "true" + ")" * 5000,
        "!(" * 5000 + "true" + ")" * 5000,
        "[" * 5000,
        "{a:" * 5000,
        "if true then " * 5000 + "true else true",
        "$" + "(" * 5000,
        '"' + "(" * 5000,
    ],
)
def test_what_is_too_deep_does_not_reach_the_engine(condition: str) -> None:
    ((code, _),) = found(f"{SCOPE} when {{ {condition} }};")
    assert code is Code.CEDAR_SYNTAX


def test_as_deep_as_is_allowed_the_engine_goes() -> None:
    depth = DEEPEST - 1  # the braces are one more
    assert found(f'{SCOPE} when {{ {"(" * depth}principal.id == ""{")" * depth} }};') == []


@pytest.mark.parametrize(
    ("condition", "message"),
    [
        (f"context has a{'.a' * 360}", "attributes"),  # 744 characters: 24 s
        (f"context has a{'.a' * 4500}", "attributes"),  # 9 KB: the engine ends the process
        (" && ".join([f"context has a{'.a' * 31}"] * 120), "long paths"),  # 19 s
        (" && ".join(["true"] * 501), "chained"),  # Python could not walk the engine's JSON
        (" + ".join(["1"] * 501) + " == 1", "chained"),
        ("context" + ".a" * 900 + " == 1", "chained"),
        ("context" + '["a"]' * 900 + " == 1", "chained"),
        (f"[{' && '.join(['(true && true)'] * 249)}].contains({' + '.join(['1'] * 252)})", "chained"),
        (")" * 500 + "(" * 500, "nested"),
    ],
)
def test_what_would_take_the_engine_long_or_end_it_is_refused_with_a_sentence(condition: str, message: str) -> None:
    _, (finding,) = read(f"{SCOPE} when {{ {condition} }};", "policy", GATEWAY, Place("p.cedar"))
    assert (finding.code, finding.help) == (Code.CEDAR_SYNTAX, "write several policies")
    assert message in finding.message


@pytest.mark.parametrize(
    "condition",
    [
        " && ".join(["context.input.amount == 1"] * (LONGEST_CHAIN - 8)),
        " || ".join(f'principal.id == "{number}"' for number in range(LONGEST_CHAIN - 8)),
        "[" + ", ".join(["context.input.amount"] * 400) + "].contains(5)",
        f"context has a{'.a' * (LONGEST_PATH - 1)}",
        "context.input has reason",
    ],
)
def test_what_is_within_the_bounds_is_judged_to_its_end(condition: str) -> None:
    policies, findings = read(f"{SCOPE} when {{ {condition} }};", "policy", GATEWAY, Place("p.cedar"))
    assert findings == ()
    assert list(all_rules(review(policies, GATEWAY, {}))) is not None


def test_more_policies_than_an_engine_takes_are_not_judged_one_by_one() -> None:
    policies, (finding,) = read(f"{SCOPE};\n" * 1_001, "policy", GATEWAY, Place("p.cedar"))
    assert (policies, finding.code) == ((), Code.POLICY_LIMIT)
    assert finding.extent is not None


def test_letters_that_terraform_would_change_are_refused() -> None:
    ((code, _),) = found(f'{SCOPE} when {{ principal.id == "e\u0301" }};')
    assert code is Code.CEDAR_SYNTAX
    assert found(f'{SCOPE} when {{ principal.id == "\u00e9" }};') == []


PUNCTUATION = ["(", ")", "{", "}", "[", "]", ",", ";", "==", "&&", "||", "!", ".", "::", "@", "-", "+", "*", "<", "//"]
NAMES = ["permit", "forbid", "id", "when", "unless", "if", "then", "else", "principal", "action", "resource", "context"]
MORE = [
    "input",
    "has",
    "like",
    "is",
    "in",
    "?principal",
    "AgentCore",
    "true",
    "decimal",
    '"x"',
    '"',
    "5",
    "\n",
    "ä",
    "'",
]
WORDS = st.sampled_from([*PUNCTUATION, *NAMES, *MORE])


@settings(max_examples=400, derandomize=True, deadline=None, database=None)
@given(st.lists(WORDS, max_size=25))
def test_no_text_is_too_odd(words: list[str]) -> None:
    text = " ".join(words)
    policies, findings = read(text, "policy", GATEWAY, Place("p.cedar"))
    assert len(policies) <= len(pieces(text))
    for finding in findings:
        assert finding.extent is not None
        start, end = finding.extent
        assert 0 <= start < end <= len(text)
    broken = engine.parse_error(text) is not None
    assert not broken or findings


@settings(max_examples=300, derandomize=True, deadline=None, database=None)
@given(st.integers(0, 40), st.lists(WORDS, max_size=3))
def test_a_policy_with_something_put_into_it_is_never_misread(at: int, words: list[str]) -> None:
    """What the engine refuses is found, and what it accepts is not."""
    own = f'{SCOPE} when {{ principal.hasTag("role") && principal.getTag("role") == "agent" }};'
    parts = [token.text for token in tokens(own)]
    text = " ".join([*parts[:at], *words, *parts[at:]])
    codes = {code for code, _ in found(text)}
    whole = [text[piece.start : piece.end] for piece in pieces(text)]
    refused = any(engine.parse_error(piece) is not None for piece in whole)
    assert refused == (Code.CEDAR_SYNTAX in codes) or "?" in text


def test_the_parts_of_a_condition() -> None:
    text = "a == 1 && (b || !(c.d(e && f) < 2)) && if g && h then i else j"
    listed = list(tokens(text))
    parts = [text[listed[first].start : listed[last - 1].end] for first, last in leaves(listed, 0, len(listed))]
    assert parts == ["a == 1", "b", "c.d(e && f) < 2", "if g && h then i else j"]
