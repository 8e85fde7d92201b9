"""Rules about callers, claims and tags. Knows the top-level keys and no permission."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from tfgen.diagnostics import At, Code, Related, Route
from tfgen.diagnostics.rule import Rule, Violation, rule
from tfgen.posture.access import LIMITED
from tfgen.posture.names import nearest
from tfgen.posture.partial import Partial
from tfgen.posture.rules.repeated import repeated

_MOST_TAGS: Final = 50
_BOUNDARY: Final[Route] = ("role", "permissions_boundary")


@rule(Code.CONFLICT, "two entries of access have one name")
def caller_names(partial: Partial) -> Iterator[Violation]:
    names = ((("access", index, "name"), entry.name) for index, entry in enumerate(partial.posture.access))
    for route, name, first in repeated(names):
        yield Violation(f"other callers are called {name!r} already", route, "choose another name", first)


@rule(Code.CONFLICT, "callers are given one right twice")
def repeated_rights(partial: Partial) -> Iterator[Violation]:
    for index, entry in enumerate(partial.posture.access):
        listed = ((("access", index, "may", position), persona) for position, persona in enumerate(entry.may))
        for route, persona, first in repeated(listed):
            yield Violation(f"{persona!r} stands here twice", route, "remove one of them", first)


@rule(Code.CONFLICT, "an inline policy has no role to be put into")
def inline_without_roles(partial: Partial) -> Iterator[Violation]:
    for index, entry in enumerate(partial.posture.access):
        route: Route = ("access", index)
        if entry.as_ == "inline-policy" and entry.roles is None and partial.whole((*route, "roles")):
            message = "an inline policy stands inside a role, and 'roles' names none"
            yield Violation(message, (*route, "as"), "add `roles`, or write managed-policy or json")


@rule(Code.CONFLICT, "a policy that is only output is given roles")
def json_with_roles(partial: Partial) -> Iterator[Violation]:
    for index, entry in enumerate(partial.posture.access):
        route: Route = ("access", index)
        if entry.as_ == "json" and entry.roles is not None:
            message = "JSON alone is put out for these callers, so no role is given it"
            form = (Related((*route, "as"), "the form is set here"),)
            help_ = "write as: managed-policy or as: inline-policy"
            yield Violation(message, (*route, "roles"), help_, form, At.KEY)


@rule(Code.CONFLICT, "a role is listed twice")
def repeated_roles(partial: Partial) -> Iterator[Violation]:
    for index, entry in enumerate(partial.posture.access):
        listed = ((("access", index, "roles", position), role) for position, role in enumerate(entry.roles or ()))
        for place, _, first in repeated(listed):
            yield Violation("this role stands here twice", place, "remove one of them", first)


@rule(Code.CONFLICT, "a limit to endpoints limits nothing")
def endpoint_limits(partial: Partial) -> Iterator[Violation]:
    for index, entry in enumerate(partial.posture.access):
        may: Route = ("access", index, "may")
        if entry.endpoints is not None and not LIMITED & set(entry.may) and partial.whole(may):
            message = f"'endpoints' limits {', '.join(sorted(LIMITED))}, and these callers may do none of it"
            related = (Related(may, "they may do this"),)
            yield Violation(message, ("access", index, "endpoints"), "leave it out", related, At.KEY)


@rule(Code.CONFLICT, "a claim is about callers that are not there")
def claimed_callers(partial: Partial) -> Iterator[Violation]:
    data = partial.data
    given = data.get("access") if isinstance(data, Mapping) else None
    entries = given if isinstance(given, tuple) else ()
    names = {str(entry["name"]) for entry in entries if isinstance(entry, Mapping) and "name" in entry}
    for index, claim in enumerate(partial.posture.expect):
        if claim.by is not None and claim.by not in names:
            near = nearest(claim.by, names)
            known = f"; known are {', '.join(sorted(names))}" if names else ""
            yield Violation(
                f"no callers are called {claim.by!r}{known}",
                ("expect", index, "by"),
                f"write {near}" if near else "add them under `access`, or leave the key out for the execution role",
                (Related(("access",), "the callers are these", At.KEY),),
            )


@rule(Code.CONFLICT, "a claim assumes something of a boundary that does not limit it")
def assumptions(partial: Partial) -> Iterator[Violation]:
    outside = partial.posture.role.permissions_boundary is not None or not partial.whole(_BOUNDARY)
    for index, claim in enumerate(partial.posture.expect):
        route: Route = ("expect", index)
        if claim.assuming is None:
            continue
        if claim.allow is None:
            message = "a claim that denies holds by what is rendered: a boundary can only take more away"
            related = (Related((*route, "deny"), "it denies here", At.KEY),)
        elif claim.by is not None:
            message = f"the callers {claim.by!r} have no permissions boundary in this posture"
            related = (Related((*route, "by"), "it is about these callers"),)
        elif not outside:
            message = "the role has no permissions boundary from outside: 'role.permissions_boundary' names none"
            related = (Related(("role",), "the role is described here", At.KEY),)
        else:
            continue
        yield Violation(message, (*route, "assuming"), "leave it out", related, At.KEY)


@rule(Code.CONFLICT, "a harness would have more tags than AgentCore takes")
def tag_count(partial: Partial) -> Iterator[Violation]:
    own = frozenset(partial.posture.harness.tags or ())
    count = len(own | set(partial.posture.tags))
    if own and count > _MOST_TAGS:
        message = f"together with those of the posture these are {count} tags, and a harness takes {_MOST_TAGS}"
        related = (Related(("tags",), "those of the posture", At.KEY),)
        yield Violation(message, ("harness", "tags"), "remove some", related, At.KEY)


RULES: Final[tuple[Rule[Partial], ...]] = (
    caller_names,
    repeated_rights,
    inline_without_roles,
    json_with_roles,
    repeated_roles,
    endpoint_limits,
    claimed_callers,
    assumptions,
    tag_count,
)
