"""Rules about callers, claims and tags. Knows the top-level keys and no permission."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from tfgen.diagnostics import At, Code, Finding, Route
from tfgen.posture.access import LIMITED
from tfgen.posture.names import nearest
from tfgen.posture.partial import Partial

_MOST_TAGS: Final = 50
_BOUNDARY: Final[Route] = ("role", "permissions_boundary")


def callers(partial: Partial) -> Iterator[Finding]:
    """Find callers with one name, and rights that stand twice."""
    seen: set[str] = set()
    for index, entry in enumerate(partial.posture.access):
        if entry.name in seen:
            message = f"other callers are called {entry.name!r} already"
            yield Finding(Code.CONFLICT, message, ("access", index, "name"), "choose another name")
        seen.add(entry.name)
        for position, persona in enumerate(entry.may):
            if persona in entry.may[:position]:
                route = ("access", index, "may", position)
                yield Finding(Code.CONFLICT, f"{persona!r} stands here twice", route, "remove one of them")


def attachments(partial: Partial) -> Iterator[Finding]:
    """Find policies that are to be put into no role, or nowhere and into roles; and roles that stand twice."""
    for index, entry in enumerate(partial.posture.access):
        route = ("access", index)
        if entry.as_ == "inline-policy" and entry.roles is None and partial.whole((*route, "roles")):
            message = "an inline policy stands inside a role, and 'roles' names none"
            yield Finding(Code.CONFLICT, message, (*route, "as"), "add `roles`, or write managed-policy or json")
        if entry.as_ == "json" and entry.roles is not None:
            message = "JSON alone is put out for these callers, so no role is given it"
            yield Finding(
                Code.CONFLICT, message, (*route, "roles"), "write as: managed-policy or as: inline-policy", at=At.KEY
            )
        for position, role in enumerate(entry.roles or ()):
            if role in (entry.roles or ())[:position]:
                place = (*route, "roles", position)
                yield Finding(Code.CONFLICT, "this role stands here twice", place, "remove one of them")


def endpoint_limits(partial: Partial) -> Iterator[Finding]:
    """Find limits to endpoints that limit nothing."""
    for index, entry in enumerate(partial.posture.access):
        if entry.endpoints is not None and not LIMITED & set(entry.may) and partial.whole(("access", index, "may")):
            message = f"'endpoints' limits {', '.join(sorted(LIMITED))}, and these callers may do none of it"
            yield Finding(Code.CONFLICT, message, ("access", index, "endpoints"), "leave it out", at=At.KEY)


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


def assumptions(partial: Partial) -> Iterator[Finding]:
    """Find claims that assume something of a boundary which they do not hang on."""
    outside = partial.posture.role.permissions_boundary is not None or not partial.whole(_BOUNDARY)
    for index, claim in enumerate(partial.posture.expect):
        if claim.assuming is None:
            continue
        if claim.allow is None:
            message = "a claim that denies holds by what is rendered: a boundary can only take more away"
        elif claim.by is not None:
            message = f"the callers {claim.by!r} have no permissions boundary in this posture"
        elif not outside:
            message = "the role has no permissions boundary from outside: 'role.permissions_boundary' names none"
        else:
            continue
        yield Finding(Code.CONFLICT, message, ("expect", index, "assuming"), "leave it out", at=At.KEY)


def tag_count(partial: Partial) -> Iterator[Finding]:
    """Find a harness that would get too many tags: its own and those of the posture."""
    own = frozenset(partial.posture.harness.tags or ())
    count = len(own | set(partial.posture.tags))
    if own and count > _MOST_TAGS:
        message = f"together with those of the posture these are {count} tags, and a harness takes {_MOST_TAGS}"
        yield Finding(Code.CONFLICT, message, ("harness", "tags"), "remove some", at=At.KEY)


RULES: Final = (callers, attachments, endpoint_limits, claims, assumptions, tag_count)
