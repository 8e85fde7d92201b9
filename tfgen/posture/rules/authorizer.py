"""Rules about who is let in by a token, and what needs one. Knows the keys under `harness.authorizer_configuration`."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from typing import Final

from tfgen.diagnostics import At, Code, Finding, Route, Severity
from tfgen.posture.authorizer import CustomClaim, JwtAuthorizer, PrivateEndpoint, Restrictions
from tfgen.posture.partial import Partial
from tfgen.posture.shape import shape

AUTHORIZER: Final[Route] = ("harness", "authorizer_configuration")
JWT: Final[Route] = (*AUTHORIZER, "custom_jwt_authorizer")

_COMPARISONS: Final = {
    "STRING": {"EQUALS": "match_value_string"},
    "STRING_ARRAY": {"CONTAINS": "match_value_string", "CONTAINS_ANY": "match_value_string_list"},
}
"""Which operators a claim of a type takes, and with which key of `claim_match_value`."""

_OTHERWISE: Final = {"client_id": "allowed_clients", "aud": "allowed_audience"}
"""Claims that have a key of their own, which takes several values and any characters."""

_RESERVED: Final = frozenset({"client_id"})
"""Names that the service refuses as custom claims, says the schema of AWS's own command line (@aws/agentcore)."""

_NOT_PUBLIC: Final = (".internal", ".local", ".localhost", ".home.arpa", ".test", ".invalid")
"""Ends of names that no public name server knows: RFC 6761, RFC 6762, RFC 8375, and `internal` (ICANN, 2024)."""


def _inbound(partial: Partial) -> tuple[Restrictions, Route] | None:
    """The authorizer, written out or by a preset, and where it stands."""
    authorizer = partial.posture.harness.authorizer_configuration
    if authorizer is None:
        return None
    if authorizer.custom_jwt_authorizer is not None:
        return authorizer.custom_jwt_authorizer, JWT
    if authorizer.preset is None:
        return None
    key, preset = authorizer.preset.member
    return preset, (*AUTHORIZER, "preset", key)


def _jwt(partial: Partial) -> JwtAuthorizer | None:
    authorizer = partial.posture.harness.authorizer_configuration
    return None if authorizer is None else authorizer.custom_jwt_authorizer


def conditions(partial: Partial) -> Iterator[Finding]:
    """Find an authorizer that takes every token of the provider."""
    inbound = _inbound(partial)
    if inbound is None:
        return
    authorizer, route = inbound
    keys = sorted(authorizer.conditions())
    if any(getattr(authorizer, key) for key in keys) or not partial.whole(*((*route, key) for key in keys)):
        return
    message = f"at least one of {', '.join(keys)} is needed"
    yield Finding(Code.CONFLICT, message, route, "say for whom or for what a token must have been issued", at=At.KEY)


def claims(partial: Partial) -> Iterator[Finding]:
    """Find claims that are compared in a way their type does not allow, and claims that have a key of their own."""
    inbound = _inbound(partial)
    if inbound is None:
        return
    authorizer, above = inbound
    for index, claim in enumerate(authorizer.custom_claims or ()):
        route: Route = (*above, "custom_claims", index)
        yield from _name(claim.inbound_token_claim_name, (*route, "inbound_token_claim_name"))
        yield from _claim(claim, (*route, "authorizing_claim_match_value"))


def _name(name: str, route: Route) -> Iterator[Finding]:
    key = _OTHERWISE.get(name)
    if key is None:
        return
    message = f"the claim {name!r} is checked by {key!r}"
    if name in _RESERVED:
        yield Finding(Code.CONFLICT, f"{message}, and the service refuses it here", route, f"write it as {key}")
    else:
        yield Finding(Code.CONFLICT, f"{message} too", route, f"write it as {key}", Severity.WARNING)


def _claim(claim: CustomClaim, route: Route) -> Iterator[Finding]:
    match = claim.authorizing_claim_match_value
    kind = claim.inbound_token_claim_value_type
    taken = _COMPARISONS[kind]
    if match.claim_match_operator not in taken:
        allowed = " or ".join(taken)
        message = f"a claim of type {kind} is compared with {allowed}, not {match.claim_match_operator}"
        yield Finding(Code.CONFLICT, message, (*route, "claim_match_operator"), f"write {allowed}")
        return
    key, _ = match.claim_match_value.member
    needed = taken[match.claim_match_operator]
    if key != needed:
        message = f"the operator {match.claim_match_operator} goes with {needed!r}, not {key!r}"
        yield Finding(Code.CONFLICT, message, (*route, "claim_match_value", key), f"write {needed}", at=At.KEY)


def private_endpoints(partial: Partial) -> Iterator[Finding]:
    """Find overrides and certificates that do not go with the private endpoint."""
    inbound = _inbound(partial)
    if inbound is None:
        return
    authorizer, above = inbound
    has_base = authorizer.private_endpoint is not None or not partial.whole((*above, "private_endpoint"))
    for key in ("private_endpoint_overrides", "certificate_configurations"):
        if getattr(authorizer, key) and not has_base:
            message = f"{key!r} is only accepted together with 'private_endpoint'"
            route: Route = (*above, key)
            yield Finding(Code.CONFLICT, message, route, "add private_endpoint, or leave the key out", at=At.KEY)
    base = authorizer.private_endpoint.member[0] if authorizer.private_endpoint else None
    domains: set[object] = set()
    for index, override in enumerate(authorizer.private_endpoint_overrides or ()):
        route = (*above, "private_endpoint_overrides", index)
        kind = override.private_endpoint.member[0]
        if base is not None and kind != base:
            message = f"an override must be of the kind of the base endpoint, {base!r}, not {kind!r}"
            yield Finding(Code.CONFLICT, message, (*route, "private_endpoint", kind), f"write {base}", at=At.KEY)
        domain = override.domain.lower() if isinstance(override.domain, str) else override.domain
        if domain in domains:
            message = f"the domain {override.domain!r} is overridden twice"
            yield Finding(Code.CONFLICT, message, (*route, "domain"), "keep one of them")
        domains.add(domain)


def default_groups(partial: Partial) -> Iterator[Finding]:
    """Find private endpoints that would be given the VPC's default security group without anybody saying so."""
    inbound = _inbound(partial)
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
            yield Finding(Code.CONFLICT, message, route, "add security_group_ids", Severity.WARNING, At.KEY)


def private_provider(partial: Partial) -> Iterator[Finding]:
    """Find an identity provider that is not reachable from the internet and to which no private endpoint leads."""
    inbound = _inbound(partial)
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
            yield Finding(Code.CONFLICT, message, (*above, key), help_, Severity.WARNING)


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


def workloads(partial: Partial) -> Iterator[Finding]:
    """Find a list of workloads that names none, and workloads that cannot be listed."""
    inbound = _inbound(partial)
    allowed = inbound[0].allowed_workload_configuration if inbound is not None else None
    if inbound is None or allowed is None:
        return
    route: Route = (*inbound[1], "allowed_workload_configuration")
    if allowed.hosting_environments is None and allowed.workload_identities is None and partial.whole(route):
        message = "this names no workload: 'hosting_environments' or 'workload_identities' is needed"
        yield Finding(Code.CONFLICT, message, route, "name the gateways whose calls are let in", at=At.KEY)
    for index, environment in enumerate(allowed.hosting_environments or ()):
        arn = environment.arn
        if isinstance(arn, str) and not shape("gateway-arn").accepts(arn):
            message = "the only workloads that can be named by ARN are gateways, and this is the ARN of none"
            yield Finding(Code.CONFLICT, message, (*route, "hosting_environments", index, "arn"), "name a gateway")


def advertised_scopes(partial: Partial) -> Iterator[Finding]:
    """Find scopes that are advertised and not accepted."""
    jwt = _jwt(partial)
    if jwt is None or not jwt.advertised_scope_mapping or not partial.whole((*JWT, "allowed_scopes")):
        return
    scopes = jwt.allowed_scopes or ()
    if not all(isinstance(scope, str) for scope in scopes):
        return
    for scope in jwt.advertised_scope_mapping:
        if scope not in scopes:
            message = f"the scope {scope!r} is advertised but is not in 'allowed_scopes'"
            route = (*JWT, "advertised_scope_mapping", scope)
            yield Finding(Code.CONFLICT, message, route, "add it to allowed_scopes", Severity.WARNING, At.KEY)


def signed_callers(partial: Partial) -> Iterator[Finding]:
    """Find what acts for a user where callers sign their requests, so that nobody vouches for that user.

    Source: https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/runtime-oauth.html (the user id that comes
    with a signed request is not validated against an authenticated end user; a JWT's issuer and signature are).
    """
    posture = partial.posture
    if posture.harness.authorizer_configuration is not None or not partial.whole(AUTHORIZER, ("also",)):
        return
    if any(entry.authorizer_configuration is not None for entry in posture.also):
        return  # where that one is taken, users come with a token
    why = (
        "callers sign their requests, so AgentCore takes the user's name as they write it and checks it against nothing"
    )
    help_ = (
        "let callers come with a token: authorizer_configuration; or give this to a backend alone that knows its users"
    )
    for index, access in enumerate(posture.access):
        for position, persona in enumerate(access.may):
            if persona == "invoke-for-user":
                route: Route = ("access", index, "may", position)
                yield Finding(Code.UNVOUCHED, f"{persona!r}: {why}", route, help_, Severity.WARNING)
    memory = posture.harness.memory
    own = memory.agentcore_memory_configuration if memory is not None else None
    if own is None or own.actor_id is not None:
        return
    for namespace in own.retrieval_config or ():
        if _ACTOR in namespace:
            route = ("harness", "memory", "agentcore_memory_configuration", "retrieval_config", namespace)
            message = f"the memories of each actor are kept apart by {_ACTOR}, but {why}"
            yield Finding(Code.UNVOUCHED, message, route, help_, Severity.WARNING, At.KEY)


_ACTOR: Final = "{actorId}"
"""Stands for the actor in the namespace of a memory."""

RULES: Final = (
    conditions,
    claims,
    private_endpoints,
    default_groups,
    private_provider,
    workloads,
    advertised_scopes,
    signed_callers,
)
