"""Mutations of texts and of data, by a generator: what people, editors and attackers do to files. Knows no format."""

from __future__ import annotations

import re
from collections.abc import Callable
from copy import deepcopy
from random import Random
from typing import Any, Final

ODD: Final = (
    "\0", "\x1b[31m", "\x7f", "\x85", "\xa0", "\ufeff", "\u200b", "\u2028", "\u202e", "\ud7ff", "e\u0301", "😀", "\t",
    "\r", "\r\n", "\f", "\v", '"', "'", "\\", "\\u0041", "\\ud800", "`", "$", "${", "%{", "$${", "}", "{", "[",
    "]", "(",
    ")", "<<E\n", "<<-E\n", "...", "=>", "=", ":", ",", ".", "*", "?", "!", "&", "|", "#", "//", "/*", "*/", "@", "%",
    "::error::x", "- ", "---\n", "&a ", "*a", "!!binary ", "!Ref ", "~", "null", "true", "0x1F", "1e999", "-0",
    "9" * 400,
    "_", "-", "/", "../", "~/",
)  # fmt: skip
COMMENTS: Final = ("# c\n", "// c\n", "/* c */", "/* c\n d */", "#\n", "/**/", "\n", "\n\n", " ", "# \x1b\n")
_TOKEN: Final = re.compile(r"\w+|\s+|.", re.DOTALL)
LARGEST: Final = 100_000
"""How many characters a mutated text has at most."""


def text(random: Random, given: str) -> str:
    """A text, changed in one to a few places."""
    for _ in range(random.choice((1, 1, 1, 2, 3, 6))):
        given = random.choice(_TEXT)(random, given)[:LARGEST]
    return given


def _insert(random: Random, given: str, what: str) -> str:
    at = random.randint(0, len(given))
    return given[:at] + what + given[at:]


def _odd(random: Random, given: str) -> str:
    return _insert(random, given, random.choice(ODD))


def _truncated(random: Random, given: str) -> str:
    at = random.randint(0, len(given))
    return random.choice((given[:at], given[at:]))


def _of_tokens(random: Random, given: str) -> str:
    return "".join(_shuffled(random, _TOKEN.findall(given)))


def _of_lines(random: Random, given: str) -> str:
    return "".join(_shuffled(random, given.splitlines(keepends=True)))


def _shuffled(random: Random, parts: list[str]) -> list[str]:
    """Parts of a text with one run of them dropped, doubled, moved or put in the place of another."""
    if not parts:
        return parts
    start = random.randrange(len(parts))
    end = min(len(parts), start + random.choice((1, 1, 1, 2, 5)))
    other = random.randrange(len(parts))
    match random.randrange(5):
        case 0:
            return parts[:start] + parts[end:]
        case 1:
            return parts[:end] + parts[start:]
        case 2:
            parts[start], parts[other] = parts[other], parts[start]
            return parts
        case 3:
            return parts[:other] + parts[start:end] + parts[other:]
        case _:
            return [*parts[:start], parts[other], *parts[end:]]


def _comment(random: Random, given: str) -> str:
    """A comment between two tokens."""
    parts = _TOKEN.findall(given)
    parts.insert(random.randint(0, len(parts)), random.choice(COMMENTS))
    return "".join(parts)


def _comments(random: Random, given: str) -> str:
    """A comment behind every bracket of a kind."""
    bracket = random.choice("{[(,=\n")
    return given.replace(bracket, bracket + random.choice(COMMENTS))


def _nested(random: Random, given: str) -> str:
    """A part of the text inside brackets, or inside many."""
    start, end = sorted((random.randint(0, len(given)), random.randint(0, len(given))))
    many = random.choice((1, 1, 2, 50, 300))
    open_, close = random.choice(("()", "[]", "{}", ("${", "}"), ("{a=", "}"), ("f(", ")"), ('"${', '}"'), ("!", "")))
    return given[:start] + open_ * many + given[start:end] + close * many + given[end:]


def _repeated(random: Random, given: str) -> str:
    start = random.randint(0, len(given))
    end = min(len(given), start + random.choice((1, 10, 100)))
    return given[:end] + given[start:end] * random.choice((2, 10, 200)) + given[end:]


_TEXT: Final[tuple[Callable[[Random, str], str], ...]] = (
    _odd, _truncated, _of_tokens, _of_tokens, _of_lines, _of_lines, _comment, _comment, _comments, _nested, _repeated,
)  # fmt: skip

SCALARS: Final = (
    None, True, False, 0, 1, -1, 10**30, 1.5, 1e300, float("nan"), float("inf"), "", " ", "x", "*", "a:b",
    "arn:aws:iam::1:role/x", "%7B%7D", "%7B",
    "{}", "[]", "null", '{"Statement": 1}', "${x}", "${", "&{aws:x}", "\0", "\x1b[31m", "\ud800", "é",
    "x" * 5000, "*a" * 200, "-", ".",
)  # fmt: skip


def data(random: Random, given: Any) -> Any:
    """Data, changed in one to a few places: values of other types, keys dropped, doubled, moved or unknown."""
    given = deepcopy(given)
    for _ in range(random.choice((1, 1, 1, 2, 3))):
        holders = list(_holders(given))
        if not holders:
            return value(random)
        _change(random, random.choice(holders), holders)
    return given


def _holders(given: Any) -> list[Any]:
    found: list[Any] = []
    pending = [given]
    while pending and len(found) < 2000:
        here = pending.pop()
        if isinstance(here, dict | list):
            if here:
                found.append(here)
            pending += here.values() if isinstance(here, dict) else here
    return found


def _change(random: Random, holder: Any, holders: list[Any]) -> None:
    keys = list(holder) if isinstance(holder, dict) else list(range(len(holder)))
    key = random.choice(keys)
    match random.randrange(8):
        case 0 | 1:
            holder[key] = value(random)
        case 2:
            del holder[key]
        case 3:
            holder[key] = [holder[key]] if random.random() < 0.7 else {"x": holder[key]}
        case 4 if isinstance(holder[key], list | dict) and holder[key]:
            inner = holder[key]
            holder[key] = next(iter(inner.values() if isinstance(inner, dict) else inner))
        case 5:
            holder[key] = deepcopy(random.choice(holders))
        case 6 if isinstance(holder, dict):
            name = str(key)
            names = (str(value(random)), name.upper(), name.lower(), f"{name} ", f"Not{name}", "")
            holder[random.choice(names)] = holder[key]
        case _:
            if isinstance(holder, list):
                holder.insert(key, value(random))
            else:
                holder[random.choice(keys)] = holder[key]


def value(random: Random, depth: int = 0) -> Any:
    """A value of any type."""
    kind = random.randrange(10) if depth < 3 else 0
    if kind < 7:
        return random.choice(SCALARS)
    if kind < 9:
        return [value(random, depth + 1) for _ in range(random.choice((0, 1, 1, 2, 3)))]
    return {str(random.choice(SCALARS)): value(random, depth + 1) for _ in range(random.choice((0, 1, 1, 2)))}
