"""Values of condition keys under which a statement may apply: guesses, to be tried. Must not decide anything itself."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from ipaddress import ip_network
from typing import Final

from tfgen.iam.conditions import Context, holds, parse
from tfgen.iam.match import Missing, Tokens, Unknown, Variable, filled, pattern
from tfgen.iam.policy import Condition, Statement
from tfgen.iam.text import Text, text

Given = Mapping[str, tuple[Text | str, ...]]
"""Condition keys with their values."""

EXAMPLE: Final = "example"
"""What stands in a guess where any text would do."""
_MOST: Final = 256
"""How many combinations of values are tried: enough for four or five keys, few enough to be quick."""
_DATES: Final = ("1970-01-02T00:00:00Z", "2100-01-01T00:00:00Z")
_ADDRESSES: Final = ("192.0.2.1", "2001:db8::1")


def contexts(wanted: Statement, others: Iterable[Statement], given: Given) -> Iterator[Given]:
    """Contexts to try, with what is given in each of them, in which no line of `wanted` fails for its own key.

    The values that a policy names come first. What `others` name is tried too, as they may deny.
    """
    known = {key.lower() for key in given}
    options: dict[str, dict[tuple[Text, ...], None]] = {}
    for statement in (wanted, *others):
        for condition in statement.conditions:
            options.setdefault(condition.key.lower(), {}).update((guess, None) for guess in _guesses(condition))
        for variable in _variables(statement):
            options.setdefault(variable, {})[(text(EXAMPLE),)] = None
    free = [key for key in options if key not in known]
    every = (
        [values for values in {**options[key], (): None, (text(EXAMPLE),): None} if _fits(wanted, key, values)]
        for key in free
    )
    for chosen in itertools.islice(itertools.product(*every), _MOST):
        yield {**given, **{key: values for key, values in zip(free, chosen, strict=True) if values}}


def _fits(statement: Statement, key: str, values: tuple[Text, ...]) -> bool:
    context = Context({key: values}, complete=False)
    lines = (condition for condition in statement.conditions if condition.key.lower() == key)
    return all(holds(condition, context).value is not False for condition in lines)


def _guesses(condition: Condition) -> Iterator[tuple[Text, ...]]:
    operator = parse(condition.operator)
    if operator is None:
        return
    for value in condition.values:
        if operator.name.startswith(("String", "Arn")):
            tokens = pattern(value, Context({}, complete=False).variable, wild="Equals" not in operator.name)
            found = None if isinstance(tokens, Missing) else filled(tokens, EXAMPLE)
            yield from () if found is None else ((found,),)
        elif value.known is not None:
            yield from ((text(guess),) for guess in _typed(operator.name, value.known))
        else:
            yield (value,)


def _typed(name: str, value: str) -> Iterator[str]:
    if name == "Bool":
        yield from ("true", "false")
    elif name.startswith("Numeric"):
        yield value
        if value.lstrip("-").replace(".", "", 1).isdecimal():
            yield from (str(Decimal(value) + 1), str(Decimal(value) - 1))
    elif name.startswith("Date"):
        yield from (value, *_DATES)
    elif name.endswith("IpAddress"):
        try:
            yield str(ip_network(value, strict=False).network_address)
        except ValueError:
            return
        yield from _ADDRESSES
    elif name == "BinaryEquals":
        yield value


def _variables(statement: Statement) -> Iterator[str]:
    nothing = Context({}, complete=False)
    values = (value for condition in statement.conditions for value in condition.values)
    for value in (*statement.resources, *values):
        tokens = pattern(value, nothing.variable, wild=True)
        yield from () if isinstance(tokens, Missing) else _keys(tokens)


def _keys(tokens: Tokens) -> Iterator[str]:
    for token in tokens:
        if isinstance(token, Unknown) and isinstance(token.of, Variable):
            yield token.of.key
