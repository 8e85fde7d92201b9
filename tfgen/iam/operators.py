"""How each condition operator of IAM compares one value of a policy with one of a request. Knows no key.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
A value that is not what its operator is for (a number, a date) leaves the answer unknown: AWS does not say what it is.
"""

from __future__ import annotations

import base64
import operator as op
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Any, Final

from tfgen.iam.match import FIELDS, Lookup, Missing, Token, Tokens, cases, covers, literal, lower, meets, pattern
from tfgen.iam.ternary import NO, YES, Ternary, all_of, ternary, unknown
from tfgen.iam.text import Either, Presence, Text

Test = Callable[[Text, Text, Lookup], Ternary | Missing]
"""Of the policy's value, the request's value and the policy variables; `Missing` when a variable has no value."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """One operator: what it tests and whether it asks for the opposite, of all of the policy's values."""

    test: Test
    negated: bool = False


def matched(one: Tokens, other: Tokens, expected: Text, value: Text) -> Ternary:
    """Whether a pattern matches a text, as far as that can be told."""
    if covers(one, other):
        return YES
    if meets(one, other):
        return unknown(f"whether {str(expected)!r} matches {str(value)!r}")
    return NO


def by_case(value: Text, test: Callable[[Text], Ternary]) -> Ternary:
    """The answer for a text of a policy that optional inputs decide: the one of all its cases, or not known.

    In a case in which the text is nothing at all it matches nothing.
    """
    whole = test(value)
    every = cases(value)
    if whole.value or every == (value,):
        return whole
    answers = tuple(NO if case is None else test(case) for case in every)
    if len({answer.value for answer in answers}) == 1:
        return answers[0]
    names = dict.fromkeys(part.name for part in value.parts if isinstance(part, Either))
    return unknown(*(f"whether ${{{name}}} is given" for name in names))


def lists_filled(value: Text, but: str | None = None) -> Ternary:
    """Whether the list inputs that a text is there for have elements; not asked of the list `but`."""
    names = (part.name for part in value.parts if isinstance(part, Presence))
    return all_of(unknown(f"whether the list ${{{name}}} has an element") for name in names if name != but)


def _string(*, wild: bool, fold: bool = False) -> Test:
    def test(expected: Text, value: Text, lookup: Lookup) -> Ternary | Missing:
        wanted = pattern(expected, lookup, wild=wild)
        if isinstance(wanted, Missing):
            return wanted
        there = literal(value)
        return (
            matched(lower(wanted), lower(there), expected, value) if fold else matched(wanted, there, expected, value)
        )

    return test


def _fields(tokens: Tokens) -> list[Tokens]:
    fields: list[list[Token]] = [[]]
    for piece in tokens:
        if piece == ":" and len(fields) <= FIELDS:
            fields.append([])
        else:
            fields[-1].append(piece)
    return [tuple(field) for field in fields]


def _arn(expected: Text, value: Text, lookup: Lookup) -> Ternary | Missing:
    """Each of the six fields of an ARN is held against the other's; what has fewer is no ARN, or not known yet."""
    wanted = pattern(expected, lookup, wild=True)
    if isinstance(wanted, Missing):
        return wanted
    there = literal(value)
    ours, theirs = _fields(wanted), _fields(there)
    if len(ours) == len(theirs) == FIELDS + 1:
        return all_of(matched(one, other, expected, value) for one, other in zip(ours, theirs, strict=True))
    if wanted == there and expected.known is None:
        return YES
    if value.known is not None and len(theirs) <= FIELDS:
        return unknown(f"how IAM takes {str(value)!r}, which is no ARN, as one")
    if expected.known is not None and len(ours) <= FIELDS:
        return unknown(f"how IAM takes {str(expected)!r}, which is no ARN, as one")
    return unknown(f"whether {str(expected)!r} matches {str(value)!r}") if meets(wanted, there) else NO


def _parsed(parse: Callable[[str], Any], compare: Callable[[Any, Any], bool], kind: str) -> Test:
    """Make the test of an operator that reads its values as something: the request's value comes first."""

    def test(expected: Text, value: Text, _: Lookup) -> Ternary:
        read: list[Any] = []
        for side in (value, expected):
            if side.known is None:
                return unknown(f"the value of {side}")
            found = parse(side.known)
            if found is None:
                return unknown(f"how IAM takes {side.known!r} as {kind}")
            read.append(found)
        return ternary(compare(*read))

    return test


_NUMBER: Final = re.compile(r"[+-]?\d+(?:\.\d+)?", re.ASCII)


def _number(value: str) -> Decimal | None:
    return Decimal(value) if _NUMBER.fullmatch(value) else None


_DATE: Final = re.compile(
    r"(\d{4})-(\d\d)(?:-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d)(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d))?)?", re.ASCII
)
_EPOCH: Final = re.compile(r"\d{5,11}", re.ASCII)


def _date(value: str) -> datetime | None:
    """A date of the W3C's profile of ISO 8601, or seconds since 1970; four digits could be both and are neither."""
    if _EPOCH.fullmatch(value):
        return datetime.fromtimestamp(int(value), UTC)
    found = _DATE.fullmatch(value)
    if found is None:
        return None
    year, month, day, hour, minute, second, fraction, zone = found.groups()
    micro = f"{(fraction or '.')[1:7]:0<6}"
    offset = "+00:00" if zone in {None, "Z"} else zone
    try:
        return datetime.fromisoformat(
            f"{year}-{month}-{day or '01'}T{hour or '00'}:{minute or '00'}:{second or '00'}.{micro}{offset}"
        )
    except ValueError:
        return None


def _bool(value: str) -> bool | None:
    return {"true": True, "false": False}.get(value.lower())


def _bytes(value: str) -> bytes | None:
    try:
        return base64.b64decode(value, validate=True)
    except ValueError:  # no base64, or not even ASCII
        return None


def _network(value: str) -> IPv4Network | IPv6Network | None:
    try:
        return ip_network(value, strict=False)
    except ValueError:
        return None


def _ip(expected: Text, value: Text, _: Lookup) -> Ternary:
    if value.known is None or expected.known is None:
        return unknown(f"the value of {value if value.known is None else expected}")
    network = _network(expected.known)
    try:
        address: IPv4Address | IPv6Address = ip_address(value.known)
    except ValueError:
        return unknown(f"how IAM takes {value.known!r} as an address")
    if network is None:
        return unknown(f"how IAM takes {expected.known!r} as a range of addresses")
    return ternary(address in network)


_ORDERS: Final[dict[str, tuple[Callable[[Any, Any], bool], bool]]] = {
    "Equals": (op.eq, False),
    "NotEquals": (op.eq, True),
    "LessThan": (op.lt, False),
    "LessThanEquals": (op.le, False),
    "GreaterThan": (op.gt, False),
    "GreaterThanEquals": (op.ge, False),
}

COMPARISONS: Final[dict[str, Comparison]] = {
    "StringEquals": Comparison(_string(wild=False)),
    "StringNotEquals": Comparison(_string(wild=False), negated=True),
    "StringEqualsIgnoreCase": Comparison(_string(wild=False, fold=True)),
    "StringNotEqualsIgnoreCase": Comparison(_string(wild=False, fold=True), negated=True),
    "StringLike": Comparison(_string(wild=True)),
    "StringNotLike": Comparison(_string(wild=True), negated=True),
    "ArnEquals": Comparison(_arn),
    "ArnLike": Comparison(_arn),
    "ArnNotEquals": Comparison(_arn, negated=True),
    "ArnNotLike": Comparison(_arn, negated=True),
    "Bool": Comparison(_parsed(_bool, op.eq, "true or false")),
    "BinaryEquals": Comparison(_parsed(_bytes, op.eq, "base64")),
    "IpAddress": Comparison(_ip),
    "NotIpAddress": Comparison(_ip, negated=True),
    **{
        f"{kind}{name}": Comparison(_parsed(parse, compare, words), negated)
        for kind, parse, words in (("Numeric", _number, "a number"), ("Date", _date, "a date"))
        for name, (compare, negated) in _ORDERS.items()
    },
}
"""Every operator but `Null`, which compares nothing."""
