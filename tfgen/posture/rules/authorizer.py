"""Rules about the conditions that a token must meet. Knows the keys under `harness.authorizer_configuration`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tfgen.diagnostics import At, Code, Related, Route, Severity
from tfgen.diagnostics.rule import Rule, Violation, rule
from tfgen.posture.authorizer import AllowedWorkloads, CustomClaim, JwtAuthorizer, Restrictions
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


def inbound_of(partial: Partial) -> tuple[Restrictions, Route] | None:
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


@rule(Code.CONFLICT, "an authorizer accepts every token of its provider")
def conditions(partial: Partial) -> Iterator[Violation]:
    inbound = inbound_of(partial)
    if inbound is None:
        return
    authorizer, route = inbound
    keys = sorted(authorizer.conditions())
    if any(getattr(authorizer, key) for key in keys) or not partial.whole(*((*route, key) for key in keys)):
        return
    message = f"at least one of {', '.join(keys)} is needed"
    yield Violation(message, route, "say for whom or for what a token must have been issued", at=At.KEY)


@rule(Code.CONFLICT, "a custom claim has a name that the service refuses")
def reserved_claims(partial: Partial) -> Iterator[Violation]:
    for claim, route in _claims(partial):
        name = claim.inbound_token_claim_name
        if name in _RESERVED:
            message = f"the claim {name!r} is checked by {_OTHERWISE[name]!r}, and the service refuses it here"
            yield Violation(message, (*route, "inbound_token_claim_name"), f"write it as {_OTHERWISE[name]}")


@rule(Code.CONFLICT, "a custom claim has a key of its own", severity=Severity.WARNING)
def claims_with_a_key(partial: Partial) -> Iterator[Violation]:
    for claim, route in _claims(partial):
        name = claim.inbound_token_claim_name
        key = _OTHERWISE.get(name)
        if key is not None and name not in _RESERVED:
            message = f"the claim {name!r} is checked by {key!r} too"
            related = (Related((*route[:-2], key), "by this", At.KEY),)
            yield Violation(message, (*route, "inbound_token_claim_name"), f"write it as {key}", related)


@rule(Code.CONFLICT, "a claim is compared in a way that its type does not allow")
def comparisons(partial: Partial) -> Iterator[Violation]:
    for claim, above in _claims(partial):
        route: Route = (*above, "authorizing_claim_match_value")
        match, kind = claim.authorizing_claim_match_value, claim.inbound_token_claim_value_type
        taken = _COMPARISONS[kind]
        if match.claim_match_operator not in taken:
            allowed = " or ".join(taken)
            message = f"a claim of type {kind} is compared with {allowed}, not {match.claim_match_operator}"
            related = (Related((*above, "inbound_token_claim_value_type"), "the type is set here"),)
            yield Violation(message, (*route, "claim_match_operator"), f"write {allowed}", related)
            continue
        key, _ = match.claim_match_value.member
        needed = taken[match.claim_match_operator]
        if key != needed:
            message = f"the operator {match.claim_match_operator} goes with {needed!r}, not {key!r}"
            related = (Related((*route, "claim_match_operator"), "the operator is set here"),)
            yield Violation(message, (*route, "claim_match_value", key), f"write {needed}", related, At.KEY)


def _claims(partial: Partial) -> Iterator[tuple[CustomClaim, Route]]:
    inbound = inbound_of(partial)
    if inbound is not None:
        authorizer, above = inbound
        for index, claim in enumerate(authorizer.custom_claims or ()):
            yield claim, (*above, "custom_claims", index)


@rule(Code.CONFLICT, "a list of workloads names none")
def no_workloads(partial: Partial) -> Iterator[Violation]:
    found = _workloads(partial)
    if found is None:
        return
    allowed, route = found
    if allowed.hosting_environments is None and allowed.workload_identities is None and partial.whole(route):
        message = "this names no workload: 'hosting_environments' or 'workload_identities' is needed"
        yield Violation(message, route, "name the gateways whose calls are let in", at=At.KEY)


@rule(Code.CONFLICT, "a workload is named that cannot be named by its ARN")
def unnamable_workloads(partial: Partial) -> Iterator[Violation]:
    found = _workloads(partial)
    if found is None:
        return
    allowed, route = found
    for index, environment in enumerate(allowed.hosting_environments or ()):
        arn = environment.arn
        if isinstance(arn, str) and not shape("gateway-arn").accepts(arn):
            message = "the only workloads that can be named by ARN are gateways, and this is the ARN of none"
            yield Violation(message, (*route, "hosting_environments", index, "arn"), "name a gateway")


def _workloads(partial: Partial) -> tuple[AllowedWorkloads, Route] | None:
    inbound = inbound_of(partial)
    allowed = inbound[0].allowed_workload_configuration if inbound is not None else None
    if inbound is None or allowed is None:
        return None
    return allowed, (*inbound[1], "allowed_workload_configuration")


@rule(Code.CONFLICT, "a scope is advertised and not accepted", severity=Severity.WARNING)
def advertised_scopes(partial: Partial) -> Iterator[Violation]:
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
            accepted = (Related((*JWT, "allowed_scopes"), "these are accepted", At.KEY),)
            yield Violation(message, route, "add it to allowed_scopes", accepted, At.KEY)


RULES: Final[tuple[Rule[Partial], ...]] = (
    conditions,
    reserved_claims,
    claims_with_a_key,
    comparisons,
    no_workloads,
    unnamable_workloads,
    advertised_scopes,
)
