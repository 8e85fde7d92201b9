"""Statements with what their source tells: where they run, inputs by their expressions, what it makes itself.

Knows no action and no source.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Final

from tfgen.iam.policy import Condition, Policy, Statement
from tfgen.iam.text import CaptureError, Slot, Source, Text, join, text
from tfgen.imports.policies import Found

_FIELD: Final = {"partition": 1, "region": 3, "account": 4}
"""Where an ARN has what only whoever runs a module knows."""
_MANAGED: Final = re.compile(r"[a-z0-9]+_[a-z0-9_]+\.[^.\[]+")
"""How an expression of Terraform begins that names one resource which it makes."""
ACCOUNT: Final = re.compile(r"\d{12}")


def known_of(found: Iterable[Found]) -> dict[str, str]:
    """The partition, region and account that the existing policies name most often, as they are of one account."""
    seen: dict[str, dict[str, int]] = {name: {} for name in _FIELD}
    for one in found:
        bound = (value for condition in one.statement.conditions for value in condition.values)
        for value in (*one.statement.resources, *one.statement.but_resources, *bound):
            fields = (value.known or "").split(":")
            if ACCOUNT.fullmatch(fields[0]):
                fields = ["arn", "", "", "", fields[0]]
            for name, place in _FIELD.items():
                part = fields[place] if len(fields) > place and fields[0] == "arn" else ""
                is_plain = part.isdigit() if name == "account" else bool(part)
                if is_plain and not set("*?$") & set(part):
                    seen[name][part] = seen[name].get(part, 0) + 1
    return {name: max(counts, key=lambda value: counts[value]) for name, counts in seen.items() if counts}


def policy_of(statements: Iterable[Statement], known: Mapping[str, str], sources: Mapping[str, str]) -> Policy:
    """The statements as one policy, each as `filled` has it."""
    return Policy(tuple(filled(statement, known, sources) for statement in statements))


def filled(statement: Statement, known: Mapping[str, str], sources: Mapping[str, str]) -> Statement:
    """A statement with what is known of who runs it, and with inputs called as the source calls them."""
    return replace(
        statement,
        resources=tuple(filled_text(resource, known, sources) for resource in statement.resources),
        but_resources=tuple(filled_text(resource, known, sources) for resource in statement.but_resources),
        conditions=tuple(
            Condition(
                condition.operator, condition.key, tuple(filled_text(one, known, sources) for one in condition.values)
            )
            for condition in statement.conditions
        ),
    )


def filled_text(one: Text, known: Mapping[str, str], sources: Mapping[str, str]) -> Text:
    """A text with the values of `known`, and with inputs by the expressions of the source that `sources` gives."""

    def value(slot: Slot) -> Text:
        if slot.source is Source.CONTEXT:
            return text(known[slot.name]) if slot.name in known else join(slot)
        return join(Slot(slot.source, sources.get(slot.name, slot.name)))

    try:
        return one.replace(value)
    except CaptureError:
        return one


def apart(policies: Sequence[Policy], resource: Text) -> tuple[Policy, ...]:
    """The policies without the other resources that Terraform makes: an ARN of one is never that of another."""
    name = _made(resource)
    if not name:
        return tuple(policies)

    def is_same(other: Text) -> bool:
        return _made(other) in ("", name)

    kept = []
    for policy in policies:
        statements = []
        for one in policy.statements:
            resources = tuple(filter(is_same, one.resources))
            if resources or not one.resources:
                statements.append(replace(one, resources=resources))
        kept.append(Policy(tuple(statements)))
    return tuple(kept)


def _made(resource: Text) -> str:
    """The resource of a Terraform source that an ARN begins with, by its type and name; empty where it is none."""
    first = resource.parts[0] if resource.parts else ""
    found = _MANAGED.match(first.name) if isinstance(first, Slot) else None
    return found[0] if found is not None else ""
