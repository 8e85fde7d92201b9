"""Rules about how AgentCore reaches an identity provider. Knows the keys of private endpoints and of addresses."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from typing import Final

from tfgen.diagnostics import At, Code, Related, Route, Severity
from tfgen.diagnostics.rule import Rule, Violation, rule
from tfgen.posture.authorizer import PrivateEndpoint
from tfgen.posture.partial import Partial
from tfgen.posture.rules.authorizer import inbound_of
from tfgen.posture.rules.repeated import repeated

_NOT_PUBLIC: Final = (".internal", ".local", ".localhost", ".home.arpa", ".test", ".invalid")
"""Ends of names that no public name server knows: RFC 6761, RFC 6762, RFC 8375, and `internal` (ICANN, 2024)."""


@rule(Code.CONFLICT, "a key of the authorizer only makes sense beside a private endpoint")
def without_private_endpoint(partial: Partial) -> Iterator[Violation]:
    inbound = inbound_of(partial)
    if inbound is None:
        return
    authorizer, above = inbound
    if authorizer.private_endpoint is not None or not partial.whole((*above, "private_endpoint")):
        return
    for key in ("private_endpoint_overrides", "certificate_configurations"):
        if getattr(authorizer, key):
            message = f"{key!r} is only accepted together with 'private_endpoint'"
            yield Violation(message, (*above, key), "add private_endpoint, or leave the key out", at=At.KEY)


@rule(Code.CONFLICT, "an override is of another kind than the private endpoint")
def override_kinds(partial: Partial) -> Iterator[Violation]:
    inbound = inbound_of(partial)
    if inbound is None or inbound[0].private_endpoint is None:
        return
    authorizer, above = inbound
    base = inbound[0].private_endpoint.member[0]
    for index, override in enumerate(authorizer.private_endpoint_overrides or ()):
        kind = override.private_endpoint.member[0]
        if kind != base:
            message = f"an override must be of the kind of the base endpoint, {base!r}, not {kind!r}"
            route: Route = (*above, "private_endpoint_overrides", index, "private_endpoint", kind)
            related = (Related((*above, "private_endpoint", base), "the base endpoint", At.KEY),)
            yield Violation(message, route, f"write {base}", related, At.KEY)


@rule(Code.CONFLICT, "two overrides are for one domain")
def repeated_domains(partial: Partial) -> Iterator[Violation]:
    inbound = inbound_of(partial)
    overrides = (inbound[0].private_endpoint_overrides if inbound is not None else None) or ()
    above: Route = (*(inbound[1] if inbound is not None else ()), "private_endpoint_overrides")
    domains = [override.domain for override in overrides]
    named = (
        ((*above, index, "domain"), domain.lower() if isinstance(domain, str) else domain)
        for index, domain in enumerate(domains)
    )
    for route, _, first in repeated(named):
        message = f"the domain {domains[int(route[-2])]!r} is overridden twice"
        yield Violation(message, route, "keep one of them", first)


@rule(Code.CONFLICT, "a private endpoint would get the VPC's default security group", severity=Severity.WARNING)
def default_groups(partial: Partial) -> Iterator[Violation]:
    inbound = inbound_of(partial)
    if inbound is None:
        return
    authorizer, above = inbound
    overrides = authorizer.private_endpoint_overrides or ()
    places: list[tuple[Route, PrivateEndpoint]] = [
        ((*above, "private_endpoint_overrides", index, "private_endpoint"), override.private_endpoint)
        for index, override in enumerate(overrides)
    ]
    if authorizer.private_endpoint is not None:
        places.insert(0, ((*above, "private_endpoint"), authorizer.private_endpoint))
    for place, endpoint in places:
        route: Route = (*place, "managed_vpc_resource")
        managed = endpoint.managed_vpc_resource
        if managed is not None and not managed.security_group_ids and partial.whole((*route, "security_group_ids")):
            message = (
                "without 'security_group_ids' the VPC's default security group decides what the endpoint may reach"
            )
            yield Violation(message, route, "add security_group_ids", at=At.KEY)


@rule(Code.CONFLICT, "the identity provider is not reachable from the internet", severity=Severity.WARNING)
def private_provider(partial: Partial) -> Iterator[Violation]:
    inbound = inbound_of(partial)
    if inbound is None:
        return
    authorizer, above = inbound
    if authorizer.private_endpoint is not None or not partial.whole((*above, "private_endpoint")):
        return
    for key in ("discovery_url", "url", "issuer", "domain"):
        value = getattr(authorizer, key, None)
        host = _host(value) if isinstance(value, str) else ""
        if host and _is_private(host):
            message = (
                f"{host!r} is not reachable from the internet, and AgentCore fetches the provider's keys from there"
            )
            help_ = "add private_endpoint: how it is reached in your VPC"
            yield Violation(message, (*above, key), help_)


def _host(value: str) -> str:
    authority = value.removeprefix("https://").partition("/")[0]
    if authority.startswith("["):
        return authority[1:].partition("]")[0]
    return authority.partition(":")[0].lower()


def _is_private(host: str) -> bool:
    if host == "localhost" or host.endswith(_NOT_PUBLIC):
        return True
    try:
        return not ipaddress.ip_address(host).is_global
    except ValueError:
        return "." not in host


RULES: Final[tuple[Rule[Partial], ...]] = (
    without_private_endpoint,
    override_kinds,
    repeated_domains,
    default_groups,
    private_provider,
)
