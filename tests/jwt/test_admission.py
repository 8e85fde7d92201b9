"""Tokens against authorizers: a table of decisions, and tokens of any shape, which never end in an error."""

from __future__ import annotations

from typing import Any

import pytest
from authorizer_samples import API, APPLICATION, POOL_URL, PRESETS, TENANT, TOKENS, claim, inbound, preset, written
from hypothesis import given, settings
from hypothesis import strategies as st

from tfgen.jwt.decide import Answer, decide

IN, OUT, OPEN = Answer.LET_IN, Answer.REFUSED, Answer.UNDECIDED
ISS = {"iss": "https://idp.example.com/x"}
INPUTS = {"inputs": {"client": {"description": "A client."}, "clients": {"description": "C.", "type": "list(string)"}}}
NOON = 1_795_521_600.0

AUDIENCE = written(allowed_audience=["agents", "tools"])
CLIENTS = written(allowed_clients=["shop"])
SCOPES = written(allowed_scopes=["orders/read", "orders/write"])
ALL = written(
    allowed_audience=["agents"], allowed_clients=["shop"], allowed_scopes=["read"],
    custom_claims=[claim("groups", "STRING_ARRAY", "CONTAINS", "staff"), claim("tier", "STRING", "EQUALS", "gold")],
)  # fmt: skip
WHOLE = {**ISS, "aud": "agents", "client_id": "shop", "scope": "read", "groups": ["staff"], "tier": "gold"}


def one(kind: str, operator: str, *values: str) -> dict[str, Any]:
    return written(custom_claims=[claim("groups", kind, operator, *values)])


def without(token: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in token.items() if name not in names}


Row = tuple[dict[str, Any], dict[str, Any], Answer, set[str]]
# Authorizer, claims, answer, and the checks that make it so.
TABLE: dict[str, Row] = {
    # What the authorizer does with each kind of condition.
    "audience-one-text": (AUDIENCE, {**ISS, "aud": "agents"}, IN, set()),
    "audience-list": (AUDIENCE, {**ISS, "aud": ["other", "tools"]}, IN, set()),
    "audience-wrong": (AUDIENCE, {**ISS, "aud": "Agents"}, OUT, {"audience"}),
    "audience-wrong-list": (AUDIENCE, {**ISS, "aud": ["a", "b"]}, OUT, {"audience"}),
    "audience-empty-list": (AUDIENCE, {**ISS, "aud": []}, OUT, {"audience"}),
    "audience-missing": (AUDIENCE, {**ISS, "client_id": "agents"}, OUT, {"audience"}),
    "audience-null": (AUDIENCE, {**ISS, "aud": None}, OUT, {"audience"}),
    "audience-number": (AUDIENCE, {**ISS, "aud": 1}, OUT, {"audience"}),
    "audience-mixed-list": (AUDIENCE, {**ISS, "aud": ["agents", 1]}, OUT, {"audience"}),
    "audience-object": (AUDIENCE, {**ISS, "aud": {"agents": True}}, OUT, {"audience"}),
    "client": (CLIENTS, {**ISS, "client_id": "shop"}, IN, set()),
    "client-wrong": (CLIENTS, {**ISS, "client_id": "shopx"}, OUT, {"client"}),
    "client-as-azp": (CLIENTS, {**ISS, "azp": "shop"}, OUT, {"client"}),
    "client-as-audience": (CLIENTS, {**ISS, "aud": "shop"}, OUT, {"client"}),
    "client-list": (CLIENTS, {**ISS, "client_id": ["shop"]}, OUT, {"client"}),
    "client-true": (CLIENTS, {**ISS, "client_id": True}, OUT, {"client"}),
    "scope-among-others": (SCOPES, {**ISS, "scope": "openid orders/write"}, IN, set()),
    "scope-list": (SCOPES, {**ISS, "scope": ["orders/read"]}, IN, set()),
    "scope-spaces": (SCOPES, {**ISS, "scope": "  orders/read  "}, IN, set()),
    "scope-part-of-a-word": (SCOPES, {**ISS, "scope": "orders/readall"}, OUT, {"scope"}),
    "scope-missing": (SCOPES, ISS, OUT, {"scope"}),
    "scope-empty": (SCOPES, {**ISS, "scope": ""}, OUT, {"scope"}),
    "scope-comma": (SCOPES, {**ISS, "scope": "orders/read,orders/write"}, OUT, {"scope"}),
    "scope-number-in-list": (SCOPES, {**ISS, "scope": ["orders/read", 5]}, OUT, {"scope"}),
    "scope-as-scp": (SCOPES, {**ISS, "scp": ["orders/read"]}, OPEN, {"scope"}),
    "scope-as-scp-wrong": (SCOPES, {**ISS, "scp": "openid"}, OUT, {"scope"}),
    "scope-wins-over-scp": (SCOPES, {**ISS, "scope": "openid", "scp": "orders/read"}, OUT, {"scope"}),
    "equals": (one("STRING", "EQUALS", "staff"), {**ISS, "groups": "staff"}, IN, set()),
    "equals-other": (one("STRING", "EQUALS", "staff"), {**ISS, "groups": "staffing"}, OUT, {"claim groups"}),
    "equals-list": (one("STRING", "EQUALS", "staff"), {**ISS, "groups": ["staff"]}, OUT, {"claim groups"}),
    "equals-number": (one("STRING", "EQUALS", "5"), {**ISS, "groups": 5}, OUT, {"claim groups"}),
    "equals-boolean": (one("STRING", "EQUALS", "true"), {**ISS, "groups": True}, OUT, {"claim groups"}),
    "equals-missing": (one("STRING", "EQUALS", "staff"), ISS, OUT, {"claim groups"}),
    "contains": (one("STRING_ARRAY", "CONTAINS", "staff"), {**ISS, "groups": ["a", "staff"]}, IN, set()),
    "contains-not": (one("STRING_ARRAY", "CONTAINS", "staff"), {**ISS, "groups": ["a"]}, OUT, {"claim groups"}),
    "contains-one-text": (one("STRING_ARRAY", "CONTAINS", "staff"), {**ISS, "groups": "staff"}, OPEN, {"claim groups"}),
    "contains-other-text": (one("STRING_ARRAY", "CONTAINS", "staff"), {**ISS, "groups": "x"}, OUT, {"claim groups"}),
    "contains-mixed": (one("STRING_ARRAY", "CONTAINS", "a"), {**ISS, "groups": ["a", {}]}, OPEN, {"claim groups"}),
    "contains-mixed-not": (one("STRING_ARRAY", "CONTAINS", "a"), {**ISS, "groups": [None]}, OUT, {"claim groups"}),
    "contains-object": (one("STRING_ARRAY", "CONTAINS", "a"), {**ISS, "groups": {"a": 1}}, OUT, {"claim groups"}),
    "contains-any": (one("STRING_ARRAY", "CONTAINS_ANY", "a", "b"), {**ISS, "groups": ["b", "c"]}, IN, set()),
    "contains-any-not": (one("STRING_ARRAY", "CONTAINS_ANY", "a"), {**ISS, "groups": ["b"]}, OUT, {"claim groups"}),
    "claim-is-not-nested": (
        written(custom_claims=[claim("a.b", "STRING", "EQUALS", "c")]),
        {**ISS, "a": {"b": "c"}}, OUT, {"claim a.b"},
    ),
    # All kinds must hold.
    "all": (ALL, WHOLE, IN, set()),
    "all-but-audience": (ALL, {**WHOLE, "aud": "x"}, OUT, {"audience"}),
    "all-but-two": (ALL, {**WHOLE, "tier": "iron", "scope": "x"}, OUT, {"scope", "claim tier"}),
    "refused-whatever-is-open": (ALL, {**WHOLE, "iss": "https://x", "aud": "x"}, OUT, {"audience"}),
    "nothing": (ALL, {}, OUT, {"issuer", "audience", "client", "scope", "claim groups", "claim tier"}),
    # Who issued it.
    "issuer-with-slash": (CLIENTS, {"iss": ISS["iss"] + "/", "client_id": "shop"}, IN, set()),
    "issuer-unknown-provider": (CLIENTS, {"iss": "https://other.example.com", "client_id": "shop"}, OPEN, {"issuer"}),
    "issuer-missing": (CLIENTS, {"client_id": "shop"}, OUT, {"issuer"}),
    "issuer-list": (CLIENTS, {"iss": [ISS["iss"]], "client_id": "shop"}, OUT, {"issuer"}),
    # Values that are inputs.
    "input": (written(allowed_clients=[{"input": "client"}]), {**ISS, "client_id": "shop"}, OPEN, {"client"}),
    "input-beside-the-value": (
        written(allowed_clients=[{"input": "clients"}, "shop"]), {**ISS, "client_id": "shop"}, IN, set(),
    ),
    "input-and-missing": (written(allowed_clients=[{"input": "clients"}]), ISS, OUT, {"client"}),
    "input-url": (
        written({"input": "client"}, allowed_clients=["shop"]), {**ISS, "client_id": "shop"}, OPEN, {"issuer"},
    ),
    # Workloads.
    "workload": (
        written(allowed_clients=["shop"], allowed_workload_configuration={"workload_identities": ["storefront"]}),
        {**ISS, "client_id": "shop"}, OPEN, {"workload"},
    ),
    # Each provider's token against its preset, and what goes wrong with each.
    **{f"preset-{name}": (preset(name), TOKENS[name], IN, set()) for name in PRESETS},
    "cognito-other-pool": (preset("cognito"), {**TOKENS["cognito"], "iss": f"{POOL_URL}x"}, OUT, {"issuer"}),
    "cognito-id-token": (
        preset("cognito", scopes=None), {"iss": POOL_URL, "aud": "shop", "token_use": "id"}, OUT, {"client"},
    ),
    "cognito-audience": (
        written(POOL_URL + "/.well-known/openid-configuration", allowed_audience=["shop"]), TOKENS["cognito"],
        OUT, {"audience"},
    ),
    "cognito-pool-is-an-input": (
        preset("cognito", user_pool_id={"input": "client"}), TOKENS["cognito"], OPEN, {"issuer"},
    ),
    "cognito-pool-is-an-input-and-other": (
        preset("cognito", user_pool_id={"input": "client"}), {**TOKENS["cognito"], "iss": "https://x"}, OUT, {"issuer"},
    ),
    "entra-other-tenant": (
        preset("entra_id"), {**TOKENS["entra_id"], "iss": f"https://login.microsoftonline.com/{API}/v2.0"},
        OUT, {"issuer"},
    ),
    "entra-v1-token-at-v2": (
        preset("entra_id"), TOKENS["entra_id-v1"], OUT, {"issuer", "audience", "claim azp", "claim roles"},
    ),
    "entra-other-application": (preset("entra_id"), {**TOKENS["entra_id"], "azp": API}, OUT, {"claim azp"}),
    "entra-client-id": (
        written(f"https://login.microsoftonline.com/{TENANT}/v2.0/.well-known/openid-configuration",
                allowed_clients=[APPLICATION]), TOKENS["entra_id"], OUT, {"client"},
    ),
    "entra-delegated-scope": (
        written(f"https://login.microsoftonline.com/{TENANT}/v2.0/.well-known/openid-configuration",
                allowed_scopes=["invoke"]), {**TOKENS["entra_id"], "scp": "invoke"}, OPEN, {"scope"},
    ),
    "okta-scope": (preset("okta"), {**TOKENS["okta"], "scp": ["openid"]}, OUT, {"claim scp"}),
    "okta-organization-server": (preset("okta"), {**TOKENS["okta"], "iss": "https://shop.okta.com"}, OUT, {"issuer"}),
    "auth0-other-api": (
        preset("auth0"), {**TOKENS["auth0"], "aud": "https://shop.eu.auth0.com/userinfo"}, OUT, {"audience"},
    ),
    "auth0-profile": (preset("auth0-rfc9068"), TOKENS["auth0"], OUT, {"client"}),
    "keycloak-no-audience": (preset("keycloak"), without(TOKENS["keycloak"], "aud"), OUT, {"audience"}),
    "keycloak-other-hostname": (
        preset("keycloak"), {**TOKENS["keycloak"], "iss": "https://login.example.com/realms/shop"}, OPEN, {"issuer"},
    ),
    "google-https": (preset("google"), {**TOKENS["google"], "iss": "https://accounts.google.com"}, IN, set()),
    "google-private-account": (preset("google"), without(TOKENS["google"], "hd"), OUT, {"claim hd"}),
}  # fmt: skip


@pytest.mark.parametrize("row", [pytest.param(row, id=name) for name, row in TABLE.items()])
def test_what_becomes_of_a_token(row: Row) -> None:
    authorizer, claims, answer, by = row
    used = repr(authorizer)
    inputs = {name: said for name, said in INPUTS["inputs"].items() if f"'input': '{name}'" in used}
    decision = decide(inbound(authorizer, inputs=inputs), claims)
    assert decision.answer is answer, decision
    if answer is not Answer.LET_IN:
        assert {check.name for check in decision.checks if check.answer is answer} == by
        assert all(check.truth.depends_on for check in decision.checks if check.answer is Answer.UNDECIDED)


def test_the_table_is_long_enough() -> None:
    assert len(TABLE) >= 40
    assert {row[2] for row in TABLE.values()} == set(Answer)


TIMES: dict[str, tuple[dict[str, Any], float | None, Answer]] = {
    "no-instant": ({"exp": 1}, None, IN),
    "before": ({"exp": NOON + 1}, NOON, IN),
    "at-the-second": ({"exp": NOON}, NOON, OUT),
    "after": ({"exp": 1}, NOON, OUT),
    "fraction": ({"exp": NOON + 0.5}, NOON, IN),
    "no-exp": ({}, NOON, OPEN),
    "not-yet": ({"exp": NOON + 9, "nbf": NOON + 1}, NOON, OUT),
    "from-now": ({"exp": NOON + 9, "nbf": NOON}, NOON, IN),
    "exp-text": ({"exp": str(NOON + 9)}, None, OUT),
    "exp-true": ({"exp": True}, None, OUT),
    "exp-null": ({"exp": None}, NOON, OUT),
    "exp-huge": ({"exp": 10**5000}, NOON, OUT),
    "exp-infinite": ({"exp": float("inf")}, NOON, OUT),
    "exp-nan": ({"exp": float("nan")}, NOON, OUT),
    "exp-beyond-dates": ({"exp": 10**14}, NOON, IN),
    "nbf-list": ({"exp": NOON + 9, "nbf": []}, None, OUT),
}


@pytest.mark.parametrize("row", [pytest.param(row, id=name) for name, row in TIMES.items()])
def test_when_a_token_counts(row: tuple[dict[str, Any], float | None, Answer]) -> None:
    claims, at, answer = row
    decision = decide(inbound(CLIENTS), {**ISS, "client_id": "shop", **claims}, at)
    assert decision.answer is answer, decision


def test_signed_requests_let_no_token_in() -> None:
    decision = decide(None, WHOLE)
    assert (decision.answer, decision.checks[0].name) == (Answer.REFUSED, "authorizer")


def test_reasons_name_the_claim_and_what_is_needed() -> None:
    decision = decide(inbound(ALL), {**WHOLE, "aud": "x", "groups": [f"g{n}" for n in range(9)]})
    reasons = {check.name: check.reason for check in decision.checks}
    assert reasons["audience"] == "'aud' is 'x', and 'agents' is needed"
    few = decide(inbound(ALL), without({**WHOLE, "aud": 5, "groups": list("abcde")}, "client_id"))
    reasons |= {f"{check.name}, otherwise": check.reason for check in few.checks}
    assert reasons["audience, otherwise"] == "'aud' is 5, and one text or a list of texts is needed"
    assert reasons["client, otherwise"] == "the token has no 'client_id', and 'shop' is needed"
    assert reasons["claim groups, otherwise"] == "'groups' is 'a', 'b', 'c', 'd', 'e', and 'staff' is needed"
    other = decide(inbound(ALL), {**WHOLE, "iss": "https://x"}).checks[0].reason
    assert other.endswith("is, usually 'https://idp.example.com/x' or 'https://idp.example.com/x/'")
    assert reasons["claim groups"] == "'groups' is 'g0', 'g1', 'g2', 'g3', 'g4' and 4 more, and 'staff' is needed"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)
NAMES = ["iss", "aud", "client_id", "scope", "scp", "groups", "tier", "exp", "nbf"]
AUTHORIZERS = [inbound(configuration) for configuration in (AUDIENCE, CLIENTS, SCOPES, ALL, preset("cognito"))]


@settings(max_examples=500, derandomize=True, deadline=None)
@given(
    st.dictionaries(st.sampled_from(NAMES), JSON | st.sampled_from(list(WHOLE.values()))),
    st.sampled_from(AUTHORIZERS),
    st.none() | st.floats(0, 1e12),
)
def test_a_token_of_any_shape_has_an_answer(claims: dict[str, Any], authorizer: Any, at: float | None) -> None:
    decision = decide(authorizer, claims, at)
    assert decision.answer in Answer
    for check in decision.checks:
        assert check.reason
        assert "\n" not in check.reason
    if decision.answer is Answer.LET_IN:
        wanted = {condition.claim for condition in authorizer.conditions} | {"iss"}
        assert wanted <= claims.keys()
