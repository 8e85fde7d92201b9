"""Rules about who is let in by a token. Knows the keys under `harness.authorizer_configuration` and no other."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tfgen.diagnostics import At, Code, Finding, Route, Severity
from tfgen.posture.authorizer import CustomClaim, JwtAuthorizer
from tfgen.posture.partial import Partial

JWT: Final[Route] = ("harness", "authorizer_configuration", "custom_jwt_authorizer")
_CONDITIONS: Final = ("allowed_audience", "allowed_clients", "allowed_scopes", "custom_claims")

_COMPARISONS: Final = {
    "STRING": {"EQUALS": "match_value_string"},
    "STRING_ARRAY": {"CONTAINS": "match_value_string", "CONTAINS_ANY": "match_value_string_list"},
}
"""Which operators a claim of a type takes, and with which key of `claim_match_value`."""


def _jwt(partial: Partial) -> JwtAuthorizer | None:
    authorizer = partial.posture.harness.authorizer_configuration
    return None if authorizer is None else authorizer.custom_jwt_authorizer


def conditions(partial: Partial) -> Iterator[Finding]:
    """Find an authorizer that takes every token of the provider."""
    jwt = _jwt(partial)
    if jwt is None or any(getattr(jwt, key) for key in _CONDITIONS):
        return
    if partial.whole(*((*JWT, key) for key in _CONDITIONS)):
        message = f"at least one of {', '.join(_CONDITIONS)} is needed"
        yield Finding(Code.CONFLICT, message, JWT, "say for whom or for what a token must have been issued", at=At.KEY)


def claims(partial: Partial) -> Iterator[Finding]:
    """Find claims that are compared in a way their type does not allow."""
    jwt = _jwt(partial)
    for index, claim in enumerate((jwt.custom_claims if jwt else None) or ()):
        yield from _claim(claim, (*JWT, "custom_claims", index, "authorizing_claim_match_value"))


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
    jwt = _jwt(partial)
    if jwt is None:
        return
    has_base = jwt.private_endpoint is not None or not partial.whole((*JWT, "private_endpoint"))
    for key in ("private_endpoint_overrides", "certificate_configurations"):
        if getattr(jwt, key) and not has_base:
            message = f"{key!r} is only accepted together with 'private_endpoint'"
            yield Finding(Code.CONFLICT, message, (*JWT, key), "add private_endpoint, or leave the key out", at=At.KEY)
    base = jwt.private_endpoint.member[0] if jwt.private_endpoint else None
    domains: set[object] = set()
    for index, override in enumerate(jwt.private_endpoint_overrides or ()):
        route = (*JWT, "private_endpoint_overrides", index)
        kind = override.private_endpoint.member[0]
        if base is not None and kind != base:
            message = f"an override must be of the kind of the base endpoint, {base!r}, not {kind!r}"
            yield Finding(Code.CONFLICT, message, (*route, "private_endpoint", kind), f"write {base}", at=At.KEY)
        domain = override.domain.lower() if isinstance(override.domain, str) else override.domain
        if domain in domains:
            message = f"the domain {override.domain!r} is overridden twice"
            yield Finding(Code.CONFLICT, message, (*route, "domain"), "keep one of them")
        domains.add(domain)


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


RULES: Final = (conditions, claims, private_endpoints, advertised_scopes)
