"""Rules about callers, claims, the role and what is not rendered yet. Knows the top-level keys and no permission."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from tfgen.diagnostics import At, Code, Finding, Severity
from tfgen.posture.access import PERSONAS_RENDERED
from tfgen.posture.names import nearest
from tfgen.posture.partial import Partial

_LATER: Final = ("network", "gateways")
_MOST_TAGS: Final = 50


def callers(partial: Partial) -> Iterator[Finding]:
    """Find callers with one name, rights that stand twice, and rights that are not rendered yet."""
    seen: set[str] = set()
    for index, entry in enumerate(partial.posture.access):
        if entry.name in seen:
            message = f"other callers are called {entry.name!r} already"
            yield Finding(Code.CONFLICT, message, ("access", index, "name"), "choose another name")
        seen.add(entry.name)
        for position, persona in enumerate(entry.may):
            route = ("access", index, "may", position)
            if persona in entry.may[:position]:
                yield Finding(Code.CONFLICT, f"{persona!r} stands here twice", route, "remove one of them")
            elif persona not in PERSONAS_RENDERED:
                message = f"{persona!r} is accepted, but not rendered yet: these callers are not given it"
                yield Finding(Code.NOT_COVERED, message, route, severity=Severity.WARNING)


def claims(partial: Partial) -> Iterator[Finding]:
    """Find claims about callers that are not there."""
    data = partial.data
    given = data.get("access") if isinstance(data, Mapping) else None
    entries = given if isinstance(given, tuple) else ()
    names = {str(entry["name"]) for entry in entries if isinstance(entry, Mapping) and "name" in entry}
    for index, claim in enumerate(partial.posture.expect):
        if claim.by is not None and claim.by not in names:
            near = nearest(claim.by, names)
            known = f"; known are {', '.join(sorted(names))}" if names else ""
            yield Finding(
                Code.CONFLICT,
                f"no callers are called {claim.by!r}{known}",
                ("expect", index, "by"),
                f"write {near}" if near else "add them under `access`, or leave the key out for the execution role",
            )


def role_name(partial: Partial) -> Iterator[Finding]:
    """Find a role with a name and the beginning of one."""
    role = partial.posture.role
    if role.name is not None and role.name_prefix is not None:
        message = "a role takes 'name' or 'name_prefix', not both"
        yield Finding(Code.CONFLICT, message, ("role", "name_prefix"), "keep one of them", at=At.KEY)


def tag_count(partial: Partial) -> Iterator[Finding]:
    """Find a harness that would get too many tags: its own and those of the posture."""
    own = frozenset(partial.posture.harness.tags or ())
    count = len(own | set(partial.posture.tags))
    if own and count > _MOST_TAGS:
        message = f"together with those of the posture these are {count} tags, and a harness takes {_MOST_TAGS}"
        yield Finding(Code.CONFLICT, message, ("harness", "tags"), "remove some", at=At.KEY)


def not_covered(partial: Partial) -> Iterator[Finding]:
    """Find whole parts that are accepted and not rendered yet."""
    for key in _LATER:
        if getattr(partial.posture, key) is not None:
            message = f"{key!r} is accepted, but not rendered yet"
            yield Finding(Code.NOT_COVERED, message, (key,), severity=Severity.WARNING, at=At.KEY)


RULES: Final = (callers, claims, role_name, tag_count, not_covered)
