"""Whether a condition of a statement holds in a request. Knows the operators of IAM, no key and no service.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html and, for keys
with several values, https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from tfgen.iam.match import Missing
from tfgen.iam.operators import COMPARISONS, Comparison, by_case, lists_filled
from tfgen.iam.policy import Condition
from tfgen.iam.ternary import NO, Ternary, all_of, any_of, ternary, unknown
from tfgen.iam.text import Text, text

_NULL: Final = "Null"
_IF_EXISTS: Final = "IfExists"
_ALL: Final = "ForAllValues"
_ANY: Final = "ForAnyValue"


class Context:
    """The condition keys of a request. Their case does not matter.

    A key that is not `given` is not in the request when it is `complete`; otherwise nothing is known of it.
    A key without values counts as one that is not in the request.
    """

    def __init__(self, given: Mapping[str, tuple[Text | str, ...]], *, complete: bool) -> None:
        """Keep the keys in lower case."""
        self._given = {
            key.lower(): tuple(text(value) if isinstance(value, str) else value for value in values)
            for key, values in given.items()
        }
        self.complete = complete

    def values(self, key: str) -> tuple[Text, ...] | None:
        """The values of a key, none when the request does not have it; None when that is not known."""
        found = self._given.get(key.lower())
        return () if found is None and self.complete else found

    def variable(self, key: str) -> Text | Missing | None:
        """The value of a policy variable; None where it is not known.

        A variable takes one value. What IAM puts in the place of a key with several, or whether it takes the default
        then, it does not say: the value is not known.
        """
        found = self.values(key)
        if found is None or len(found) > 1:
            return None
        return found[0] if found else Missing(key)


@dataclass(frozen=True, slots=True)
class Operator:
    """A condition operator taken apart: `ForAnyValue:StringNotLikeIfExists`."""

    name: str
    quantifier: str = ""
    if_exists: bool = False


def parse(operator: str) -> Operator | None:
    """Take a condition operator apart; None when IAM has no such operator."""
    quantifier, _, rest = operator.rpartition(":")
    name = rest.removesuffix(_IF_EXISTS)
    if quantifier not in {"", _ALL, _ANY}:
        return None
    if rest == _NULL:
        return None if quantifier else Operator(_NULL)
    return Operator(name, quantifier, name != rest) if name in COMPARISONS else None


def holds(condition: Condition, context: Context) -> Ternary:
    """Whether one line of a condition block holds in a request."""
    operator = parse(condition.operator)
    if operator is None:
        return unknown(f"what {condition.operator!r} means, which is no condition operator of IAM")
    values = context.values(condition.key)
    if values is None:
        return unknown(f"the condition key {condition.key}, which the request does not state")
    if operator.name == _NULL:
        return any_of(_null(expected, present=bool(values)) for expected in condition.values)
    comparison = COMPARISONS[operator.name]
    if not values or (operator.quantifier == _ALL and values == (text(""),)):
        return _absent(condition, operator, comparison)
    each = tuple(_value_holds(comparison, condition.values, value, context) for value in values)
    if operator.quantifier == _ALL:
        return all_of(each)
    if operator.quantifier == _ANY or len(each) == 1 or len({answer.value for answer in each}) == 1:
        return any_of(each)
    return unknown(f"how IAM takes several values of {condition.key} without ForAllValues or ForAnyValue")


def _absent(condition: Condition, operator: Operator, comparison: Comparison) -> Ternary:
    """The answer for a key that the request does not have."""
    if operator.quantifier == _ANY:
        # `ForAnyValue` is false then, `...IfExists` is true; which of them wins AWS does not say.
        return unknown(f"how IAM takes {condition.operator} without {condition.key}") if operator.if_exists else NO
    return ternary(operator.if_exists or operator.quantifier == _ALL or comparison.negated)


def _value_holds(comparison: Comparison, wanted: tuple[Text, ...], value: Text, context: Context) -> Ternary:
    def compared(expected: Text) -> Ternary:
        return _compared(comparison, expected, value, context)

    found = any_of(by_case(expected, compared) for expected in wanted)
    return ~found if comparison.negated else found


def _compared(comparison: Comparison, expected: Text, value: Text, context: Context) -> Ternary:
    answer = comparison.test(expected, value, context.variable)
    if not isinstance(answer, Missing):
        return all_of((answer, lists_filled(expected)))
    if comparison.negated:
        return unknown(f"how IAM takes the policy variable ${{{answer.key}}}, which has no value")
    return NO


def _null(expected: Text, *, present: bool) -> Ternary:
    """`true` asks for a key that is not there, `false` for one that is."""
    match expected.known:
        case None:
            return unknown(f"the value of {expected}")
        case known if known.lower() in {"true", "false"}:
            return ternary((known.lower() == "false") == present)
        case known:
            return unknown(f"how IAM takes {known!r}, which is neither true nor false")
