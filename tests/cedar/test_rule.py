"""The typed form of a policy: what it compiles to is accepted by the engine, and decides as it reads."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tfgen.cedar import engine
from tfgen.cedar.decide import Call, Caller, decide
from tfgen.cedar.facts import facts
from tfgen.cedar.policies import Gateway, Place, read
from tfgen.cedar.rule import Argument, Claim, Comparison, Effect, Operator, Rule, RuleFaultError, compiled, literal
from tfgen.cedar.tools import manifest

TYPES: dict[str, Any] = {
    "text": {"type": "string"},
    "count": {"type": "integer"},
    "rate": {"type": "number"},
    "yes": {"type": "boolean"},
    "words": {"type": "array", "items": {"type": "string"}},
    "channel": {"enum": ["web"]},
}
SCHEMA = {
    "type": "object",
    "properties": {
        **TYPES,
        **{f"needed {name}": schema for name, schema in TYPES.items() if name != "channel"},
        "inside": {"type": "object", "properties": {**TYPES, "in": TYPES["text"]}, "required": ["count"]},
    },
    "required": [f"needed {name}" for name in TYPES if name != "channel"],
}
NEEDED = {"needed text": "a", "needed count": 1, "needed rate": 1.5, "needed yes": True, "needed words": ["a"]}
JWT, _, IAM = facts().principals
ACTION = "Shop___look"


def gateway(principal: Any = JWT) -> Gateway:
    tools = manifest({"tools": [{"name": "look", "inputSchema": SCHEMA}]}, "Shop")
    assert tools.findings == ()
    return Gateway("shop", principal, tools.tools)


def rule(
    *when: Claim | Argument, effect: Effect = Effect.PERMIT, unless: tuple[Any, ...] = (), who: tuple[str, ...] = ()
) -> Rule:
    return Rule(effect, who, (ACTION,), when, unless)


def allowed(made: Rule, arguments: dict[str, object], claims: dict[str, str] | None = None, by: str = "u") -> bool:
    of = gateway()
    policies, findings = read(compiled(made, of), "one", of, Place())
    assert findings == ()
    decision = decide(
        Call(Caller(by, tuple((claims or {}).items())), of.tools[0], {**NEEDED, **arguments}), policies, of
    )
    assert decision.errors == ()
    assert decision.allowed is not None
    return decision.allowed


@settings(max_examples=300, derandomize=True, deadline=None, database=None)
@given(st.text(st.characters(codec="utf-8")))
def test_a_literal_is_read_back_as_itself(value: str) -> None:
    text = f"permit(principal, action, resource) when {{ principal.id == {literal(value)} }};"
    assert engine.as_json(text)["conditions"][0]["body"]["=="]["right"] == {"Value": value}


CASES: list[tuple[Operator, tuple[Any, ...], str, Any, bool]] = [
    (Operator.EQUALS, ("a",), "text", "a", True),
    (Operator.EQUALS, ("a",), "text", "b", False),
    (Operator.ONE_OF, ("a", "b"), "text", "b", True),
    (Operator.ONE_OF, ("a", "b"), "text", "c", False),
    (Operator.STARTS_WITH, ("a*",), "text", "a*b", True),
    (Operator.STARTS_WITH, ("a*",), "text", "ab", False),
    (Operator.ENDS_WITH, ('"\\',), "text", 'x"\\', True),
    (Operator.ENDS_WITH, ("b",), "text", "ba", False),
    (Operator.HAS_WORD, ("b",), "text", "a b c", True),
    (Operator.HAS_WORD, ("b",), "text", "b c", True),
    (Operator.HAS_WORD, ("b",), "text", "a b", True),
    (Operator.HAS_WORD, ("b",), "text", "b", True),
    (Operator.HAS_WORD, ("b",), "text", "ab bc", False),
    (Operator.EQUALS, (5,), "count", 5, True),
    (Operator.AT_MOST, (5,), "count", 5, True),
    (Operator.AT_MOST, (5,), "count", 6, False),
    (Operator.AT_LEAST, (-5,), "count", -5, True),
    (Operator.LESS_THAN, (5,), "count", 5, False),
    (Operator.MORE_THAN, (5,), "count", 6, True),
    (Operator.ONE_OF, (5, 7), "count", 7, True),
    (Operator.EQUALS, (1.5,), "rate", 1.5, True),
    (Operator.AT_MOST, (1,), "rate", 1.0001, False),
    (Operator.AT_MOST, (1.25,), "rate", 1.25, True),
    (Operator.MORE_THAN, (-1.5,), "rate", -1.4, True),
    (Operator.ONE_OF, (1.5, 2), "rate", 2, True),
    (Operator.EQUALS, (True,), "yes", True, True),
    (Operator.EQUALS, (False,), "yes", True, False),
    (Operator.CONTAINS, ("a",), "words", ["b", "a"], True),
    (Operator.CONTAINS, ("a",), "words", [], False),
    (Operator.CONTAINS_ANY, ("a", "b"), "words", ["b"], True),
    (Operator.CONTAINS_ALL, ("a", "b"), "words", ["b"], False),
    (Operator.CONTAINS_ALL, ("a", "b"), "words", ["b", "a", "c"], True),
]


@pytest.mark.parametrize(("operator", "values", "name", "value", "expected"), CASES)
def test_an_operator_decides_as_it_reads(
    operator: Operator, values: tuple[Any, ...], name: str, value: Any, expected: bool
) -> None:
    test = Comparison(operator, values)
    assert allowed(rule(Argument((name,), test)), {name: value}) == expected
    assert allowed(rule(Argument((f"needed {name}",), test)), {f"needed {name}": value}) == expected
    assert allowed(rule(Argument(("inside", name), test)), {"inside": {"count": 0, name: value}}) == expected
    assert not allowed(rule(Argument((name,), test)), {})
    assert allowed(rule(unless=(Argument((name,), test),)), {name: value}) != expected
    assert allowed(rule(unless=(Argument((name,), test),)), {})


def test_presence() -> None:
    for wanted, given_ in itertools.product((True, False), repeat=2):
        test = Comparison(Operator.PRESENT, (wanted,))
        there: dict[str, object] = {"channel": "web"} if given_ else {}
        assert allowed(rule(Argument(("channel",), test)), there) == (wanted == given_)
        assert allowed(rule(Argument(("inside", "channel"), test)), {"inside": {"count": 1, **there}}) == (
            wanted == given_
        )
        assert allowed(rule(Argument(("inside", "channel"), test)), {}) == (not wanted)
        assert allowed(rule(Claim("role", test)), {}, {"role": "x"} if given_ else {}) == (wanted == given_)


def test_claims_and_callers() -> None:
    lead = rule(Claim('ro"le', Comparison(Operator.ONE_OF, ("lead", "boss"))))
    assert allowed(lead, {}, {'ro"le': "boss"})
    assert not allowed(lead, {}, {'ro"le': "agent"})
    assert not allowed(lead, {})
    assert allowed(rule(who=("u",)), {})
    assert not allowed(rule(who=("v",)), {})
    assert allowed(rule(who=("v", "u")), {})
    assert not allowed(rule(who=("v", "w")), {})


@pytest.mark.parametrize(
    ("made", "message"),
    [
        (Rule(Effect.PERMIT, (), ("Shop___see",)), "'Shop___see' is no tool and no target of this gateway"),
        (
            rule(Argument(("nothing",), Comparison(Operator.EQUALS, (1,)))),
            "the tool 'Shop___look' has no argument 'nothing'",
        ),
        (
            rule(Argument(("text", "x"), Comparison(Operator.EQUALS, (1,)))),
            "the tool 'Shop___look' has no argument 'text.x'",
        ),
        (rule(Argument(("text",), Comparison(Operator.AT_MOST, (1,)))), "'at_most' cannot be asked of string"),
        (rule(Argument(("text",), Comparison(Operator.EQUALS, (1,)))), "1 is not a string"),
        (rule(Argument(("count",), Comparison(Operator.EQUALS, (True,)))), "True is not an integer"),
        (
            rule(Argument(("count",), Comparison(Operator.EQUALS, (2**63,)))),
            f"{2**63} is larger than Cedar's whole numbers",
        ),
        (rule(Argument(("rate",), Comparison(Operator.EQUALS, (1e300,)))), "1e+300 is larger than Cedar's decimals"),
        (rule(Argument(("rate",), Comparison(Operator.AT_MOST, (1.00001,)))), "has more than four decimal places"),
        (
            rule(Argument(("channel",), Comparison(Operator.EQUALS, ("web",)))),
            "'equals' cannot be asked of one of a fixed list",
        ),
        (rule(Argument(("inside",), Comparison(Operator.EQUALS, ("web",)))), "'equals' cannot be asked of an object"),
    ],
)
def test_what_does_not_fit_the_tools_is_said(made: Rule, message: str) -> None:
    with pytest.raises(RuleFaultError) as raised:
        compiled(made, gateway())
    assert message in raised.value.message


def test_a_principal_of_iam_has_no_claims() -> None:
    with pytest.raises(RuleFaultError, match="a principal of IAM has no claims"):
        compiled(rule(Claim("role", Comparison(Operator.EQUALS, ("x",)))), gateway(IAM))


TESTS = st.one_of(
    st.builds(
        lambda value: ("text", Comparison(Operator.EQUALS, (value,))), st.text(st.characters(codec="utf-8"), max_size=9)
    ),
    st.builds(
        lambda value: ("text", Comparison(Operator.HAS_WORD, (value,))),
        st.text(st.characters(codec="utf-8"), max_size=9),
    ),
    st.builds(
        lambda value: ("text", Comparison(Operator.ENDS_WITH, (value,))),
        st.text(st.characters(codec="utf-8"), max_size=9),
    ),
    st.builds(lambda value: ("count", Comparison(Operator.AT_MOST, (value,))), st.integers(-(2**63), 2**63 - 1)),
    st.builds(lambda value: ("rate", Comparison(Operator.MORE_THAN, (value / 100,))), st.integers(-(10**6), 10**6)),
    st.builds(
        lambda values: ("words", Comparison(Operator.CONTAINS_ALL, tuple(values))),
        st.lists(st.text(max_size=3), min_size=1),
    ),
)


@settings(max_examples=200, derandomize=True, deadline=None, database=None)
@given(st.lists(TESTS, max_size=3), st.lists(TESTS, max_size=2), st.sampled_from(Effect), st.booleans())
def test_whatever_is_compiled_the_engine_accepts(
    when: list[tuple[str, Comparison]], unless: list[tuple[str, Comparison]], effect: Effect, nested: bool
) -> None:
    def arguments(tests: list[tuple[str, Comparison]]) -> tuple[Argument, ...]:
        return tuple(Argument(("inside", name) if nested else (name,), test) for name, test in tests)

    of = gateway()
    made = compiled(rule(*arguments(when), unless=arguments(unless), effect=effect), of)
    policies, findings = read(made, "one", of, Place())
    assert findings == ()
    assert len(policies) == 1
    assert engine.formatted(policies[0].statement) == policies[0].statement
