"""What is known of identity providers: the table holds together, and presets become what an author would write."""

from __future__ import annotations

import datetime
from typing import Any, get_args

import pytest
from authorizer_samples import (
    API,
    APPLICATION,
    POOL,
    POOL_URL,
    PRESETS,
    TENANT,
    WELL_KNOWN,
    claim,
    inbound,
    preset,
    with_authorizer,
    written,
)
from pydantic import ValidationError

from tfgen.catalog.providers import GENERIC, Provider, keys_of, providers, recognise, reviewed
from tfgen.diagnostics import Code, Severity
from tfgen.iam.text import text
from tfgen.plan.build import build
from tfgen.plan.inbound import expanded
from tfgen.posture import shape, validate
from tfgen.posture.authorizer import JwtAuthorizer, Restrictions
from tfgen.posture.presets import Preset
from tfgen.posture.walk import Slot, keyed
from tfgen.rules import run

ALL = list(providers().values())
SHARED = set(Restrictions.keys())
FORMS = [(provider, form) for provider in ALL for form in provider.form]


def test_the_table_was_reviewed() -> None:
    assert reviewed() > datetime.date(2026, 1, 1)


def test_every_provider_has_a_preset_and_the_generic_one_is_last() -> None:
    assert list(providers()) == list(Preset.keys())
    assert list(providers())[-1] == GENERIC


@pytest.mark.parametrize("provider", ALL, ids=lambda provider: provider.id)
def test_keys_of_a_preset_are_those_of_the_table(provider: Provider) -> None:
    slot = Slot(Preset).child(provider.id)
    assert slot is not None
    assert slot.model is not None
    assert set(slot.model.keys()) - SHARED == set(keys_of(provider))
    if provider.form_key:
        words = slot.child(provider.form_key)
        assert words is not None
        made = {form.id for form in provider.form if form.discovery and not form.given_by}
        assert set(get_args(words.kind)) == made


def test_every_form_that_presets_make_is_tried() -> None:
    made = {(found.provider, found.form) for found in map(inbound, map(preset, PRESETS))}
    assert made == {(provider.id, form.id) for provider, form in FORMS if form.discovery}


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_is_recognised_by_its_url(name: str) -> None:
    found = inbound(preset(name))
    assert found.discovery.known is not None
    assert shape("discovery-url").accepts(found.discovery.known)
    recognised = recognise(found.discovery.known)
    assert recognised is not None
    provider, form, _ = recognised
    assert provider.id == found.provider
    assert form.id == found.form or form.pattern == provider.form_of(found.form).pattern
    by_hand = inbound(written(found.discovery.known, allowed_audience=["x"]))
    assert (by_hand.issuers, by_hand.certain) == (found.issuers, found.certain)


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_is_what_an_author_would_write(name: str) -> None:
    """The expanded authorizer, written out, is valid and says the same."""
    validation = validate(with_authorizer(preset(name)))
    assert validation.findings == ()
    assert validation.posture is not None
    posture, findings = expanded(validation.posture)
    assert findings == ()
    configuration = posture.harness.authorizer_configuration
    assert configuration is not None
    assert isinstance(configuration.custom_jwt_authorizer, JwtAuthorizer)
    data = configuration.custom_jwt_authorizer.model_dump(exclude_none=True)
    again = validate(with_authorizer({"custom_jwt_authorizer": data}))
    assert again.posture is not None, again.findings
    assert again.posture.harness.authorizer_configuration is not None
    assert again.posture.harness.authorizer_configuration.custom_jwt_authorizer == configuration.custom_jwt_authorizer


EXPANDED: dict[str, dict[str, Any]] = {
    "cognito": {
        "discovery_url": POOL_URL + WELL_KNOWN,
        "allowed_clients": ("shop", "kiosk"),
        "allowed_scopes": ("orders/read",),
    },
    "entra_id": {
        "discovery_url": f"https://login.microsoftonline.com/{TENANT}/v2.0{WELL_KNOWN}",
        "allowed_audience": (API,),
        "custom_claims": [
            ("azp", "STRING", "EQUALS", APPLICATION),
            ("roles", "STRING_ARRAY", "CONTAINS_ANY", "Invoke"),
        ],
    },
    "entra_id-external": {
        "discovery_url": f"https://contoso.ciamlogin.com/{TENANT}/v2.0{WELL_KNOWN}",
        "allowed_audience": (API,),
        "custom_claims": [("azp", "STRING", "EQUALS", APPLICATION)],
    },
    "entra_id-v1": {
        "discovery_url": f"https://login.microsoftonline.com/{TENANT}{WELL_KNOWN}",
        "allowed_audience": (API, f"api://{API}"),
        "custom_claims": [("appid", "STRING", "EQUALS", APPLICATION)],
    },
    "okta": {
        "discovery_url": f"https://shop.okta.com/oauth2/aus1{WELL_KNOWN}",
        "allowed_audience": ("api://agents",),
        "custom_claims": [
            ("cid", "STRING", "EQUALS", "0oa1"),
            ("scp", "STRING_ARRAY", "CONTAINS_ANY", "agents.invoke", "agents.all"),
        ],
    },
    "auth0": {
        "discovery_url": f"https://shop.eu.auth0.com{WELL_KNOWN}",
        "allowed_audience": ("https://agents.example.com",),
        "allowed_scopes": ("invoke:agent",),
        "custom_claims": [("azp", "STRING", "EQUALS", "shop1")],
    },
    "auth0-rfc9068": {
        "discovery_url": f"https://shop.eu.auth0.com{WELL_KNOWN}",
        "allowed_audience": ("https://agents.example.com",),
        "allowed_clients": ("shop1", "shop2"),
    },
    "keycloak": {
        "discovery_url": f"https://sso.example.com/auth/realms/shop{WELL_KNOWN}",
        "allowed_audience": ("agents",),
        "allowed_scopes": ("invoke",),
        "custom_claims": [("azp", "STRING", "EQUALS", "storefront")],
    },
    "google": {
        "discovery_url": f"https://accounts.google.com{WELL_KNOWN}",
        "allowed_audience": ("1.apps.googleusercontent.com",),
        "custom_claims": [("hd", "STRING", "EQUALS", "example.com")],
    },
    "oidc": {
        "discovery_url": f"https://idp.example.com/x{WELL_KNOWN}",
        "allowed_audience": ("agents",),
        "allowed_clients": ("shop",),
    },
}


@pytest.mark.parametrize("name", PRESETS)
def test_what_a_preset_becomes(name: str) -> None:
    posture = validate(with_authorizer(preset(name))).posture
    assert posture is not None
    configuration = expanded(posture)[0].harness.authorizer_configuration
    assert configuration is not None
    assert configuration.custom_jwt_authorizer is not None
    made = configuration.custom_jwt_authorizer.model_dump(exclude_none=True)
    wanted = dict(EXPANDED[name])
    if "custom_claims" in wanted:
        wanted["custom_claims"] = tuple(claim(*row) for row in wanted["custom_claims"])
    assert _plain(made) == _plain(wanted)


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(part) for key, part in value.items()}
    return [_plain(part) for part in value] if isinstance(value, list | tuple) else value


def test_what_a_preset_shares_stays() -> None:
    own = {"self_managed_lattice_resource": {"resource_configuration_identifier": "rcfg-0123456789abcdef0"}}
    configuration = preset("keycloak", private_endpoint=own, custom_claims=[claim("tier", "STRING", "EQUALS", "gold")])
    posture = validate(with_authorizer(configuration)).posture
    assert posture is not None
    plan, findings = build(posture)
    assert findings == ()
    assert plan.inbound is not None
    assert [condition.claim for condition in plan.inbound.conditions] == ["aud", "scope", "tier", "azp"]
    route = ("harness", "authorizer_configuration", "preset", "keycloak")
    assert [condition.route for condition in plan.inbound.conditions] == [
        (*route, "audiences"),
        (*route, "scopes"),
        (*route, "custom_claims", 0),
        (*route, "clients"),
    ]


def test_a_preset_of_inputs_gives_a_url_of_inputs() -> None:
    inputs = {"realm": {"description": "The realm."}, "url": {"description": "The server."}}
    found = inbound(preset("keycloak", realm={"input": "realm"}, url={"input": "url"}), inputs=inputs)
    assert str(found.discovery) == "${url}/realms/${realm}" + WELL_KNOWN


def test_the_role_is_bound_to_a_pool_that_is_an_input() -> None:
    posture = validate(
        with_authorizer(preset("cognito", user_pool_id={"input": "pool"}), inputs={"pool": {"description": "A."}})
    ).posture
    assert posture is not None
    plan, _ = build(posture)
    (use,) = (use for use in plan.role.uses if use.sheet == "identity")
    assert use.variant == "jwt-of-issuer"
    (item,) = plan.inputs
    assert [check.example for check in item.checks] == ["eu-central-1_AbCdEfGhI"]


@pytest.mark.parametrize(
    ("url", "variant"),
    [(POOL_URL + WELL_KNOWN, "jwt-of-issuer"), (f"https://idp.example.com{WELL_KNOWN}", "jwt")],
)
def test_the_role_is_bound_to_the_issuer_where_it_is_certain(url: str, variant: str) -> None:
    posture = validate(with_authorizer(written(url, allowed_clients=["a"]))).posture
    assert posture is not None
    (use,) = (use for use in build(posture)[0].role.uses if use.sheet == "identity")
    assert (use.variant, dict(use.values)) == (variant, {"issuer": text(POOL_URL)} if variant != "jwt" else {})


@pytest.mark.parametrize("name", ["entra_id", "okta", "auth0", "keycloak"])
@pytest.mark.parametrize("clients", [["a", "b"], [{"input": "list"}]])
def test_one_text_cannot_be_one_of_several(name: str, clients: list[Any]) -> None:
    inputs = {"list": {"description": "A.", "type": "list(string)"}} if isinstance(clients[0], dict) else {}
    posture = validate(with_authorizer(preset(name, clients=clients), inputs=inputs)).posture
    assert posture is not None
    (finding,) = build(posture)[1]
    route = ("harness", "authorizer_configuration", "preset", name, "clients")
    assert (finding.code, finding.route) == (Code.CONFLICT, route)


# Discovery URL, keys, and what is said about them: the place and the beginning of the message.
ENTRA = f"https://login.microsoftonline.com/{TENANT}/v2.0{WELL_KNOWN}"
SAID: dict[str, tuple[str, dict[str, Any], list[tuple[str, str]]]] = {
    "cognito-audience": (
        POOL_URL + WELL_KNOWN,
        {"allowed_audience": ["a"]},
        [("allowed_audience", "access tokens of a Cognito ")],
    ),
    "cognito-client": (POOL_URL + WELL_KNOWN, {"allowed_clients": ["a"], "allowed_scopes": ["b"]}, []),
    "cognito-groups": (
        POOL_URL + WELL_KNOWN,
        {"custom_claims": [claim("cognito:groups", "STRING", "EQUALS", "a")]},
        [("0", "tokens of Amazon Cognito carry 'cognito:groups' as a list, not as one text")],
    ),
    "entra-client": (ENTRA, {"allowed_clients": ["a"]}, [("allowed_clients", "tokens of Microsoft Entra")]),
    "entra-scope": (
        ENTRA,
        {"allowed_audience": ["a"], "allowed_scopes": ["b"]},
        [("allowed_scopes", "tokens of M")],
    ),
    "entra-audience": (ENTRA, {"allowed_audience": ["a"]}, []),
    "entra-v1-client": (ENTRA.replace("/v2.0", ""), {"allowed_clients": ["a"]}, [("allowed_clients", "tokens of Mic")]),
    "entra-common": (
        ENTRA.replace(TENANT, "common"),
        {"allowed_audience": ["a"]},
        [("discovery_url", "Microsoft Entra ID: this ")],
    ),
    "entra-external": (
        f"https://contoso.ciamlogin.com/{TENANT}/v2.0{WELL_KNOWN}",
        {"allowed_clients": ["a"]},
        [("allowed_clients", "tokens of Microsoft Entra")],
    ),
    "entra-external-by-name": (
        f"https://contoso.ciamlogin.com/contoso.onmicrosoft.com/v2.0{WELL_KNOWN}",
        {"allowed_scopes": ["a"]},
        [("allowed_scopes", "tokens of Microsoft Entra")],
    ),
    "entra-roles": (
        ENTRA,
        {"custom_claims": [claim("roles", "STRING", "EQUALS", "a")]},
        [("0", "tokens of Microsoft Entra")],
    ),
    "okta-client": (
        f"https://a.okta.com/oauth2/default{WELL_KNOWN}",
        {"allowed_clients": ["a"]},
        [("allowed_clients", "access")],
    ),
    "okta-organization": (
        f"https://a.okta.com{WELL_KNOWN}",
        {"allowed_audience": ["a"]},
        [("discovery_url", "Okta: access tokens")],
    ),
    "auth0-client": (
        f"https://a.eu.auth0.com{WELL_KNOWN}",
        {"allowed_clients": ["a"]},
        [("allowed_clients", "access")],
    ),
    "keycloak-client": (
        f"https://a.example.com/realms/b{WELL_KNOWN}",
        {"allowed_clients": ["a"]},
        [("allowed_clients", "access")],
    ),
    "google": (
        f"https://accounts.google.com{WELL_KNOWN}",
        {"allowed_clients": ["a"], "allowed_scopes": ["b"]},
        [("allowed_clients", "ID tokens of Google"), ("allowed_scopes", "ID tokens of Google carry no scopes")],
    ),
    "unknown": (f"https://idp.example.com{WELL_KNOWN}", {"allowed_clients": ["a"], "allowed_audience": ["b"]}, []),
}


@pytest.mark.parametrize("case", [pytest.param(case, id=name) for name, case in SAID.items()])
def test_conditions_that_tokens_do_not_meet(case: tuple[str, dict[str, Any], list[tuple[str, str]]]) -> None:
    url, keys, said = case
    posture = validate(with_authorizer(written(url, **keys))).posture
    assert posture is not None
    findings = [finding for finding in run(build(posture)[0]) if finding.code is Code.UNMET]
    assert [finding.severity for finding in findings] == [Severity.WARNING] * len(said)
    for finding, (place, beginning) in zip(findings, said, strict=True):
        assert str(finding.route[-1]) == place
        assert finding.message.startswith(beginning)
        assert finding.help


@pytest.mark.parametrize("name", PRESETS)
def test_nothing_is_said_about_presets(name: str) -> None:
    posture = validate(with_authorizer(preset(name))).posture
    assert posture is not None
    assert run(build(posture)[0]) == ()


def test_a_preset_without_conditions_takes_every_token() -> None:
    (finding,) = validate(with_authorizer({"preset": {"cognito": {"user_pool_id": POOL}}})).findings
    assert finding.code is Code.CONFLICT
    assert finding.message == "at least one of clients, custom_claims, scopes is needed"
    assert finding.route == ("harness", "authorizer_configuration", "preset", "cognito")


ROW = {"why": "A reason that is long enough.", "source": "https://example.com/x", "basis": "documented"}
FORM = {**ROW, "id": "a", "pattern": "^x$"}
KEY = {**ROW, "key": "clients", "becomes": "allowed_clients"}
WRONG: dict[str, dict[str, Any]] = {
    "unknown-form": {"key": [{**KEY, "when": ["b"]}]},
    "form-twice": {"form": [FORM, FORM]},
    "issuer-of-nothing": {"form": [{**FORM, "issuers": ["{tenant}"]}]},
    "claim-without-type": {"key": [{**KEY, "becomes": "custom_claims", "claim": "a"}]},
    "type-without-claim": {"key": [{**KEY, "type": "STRING"}]},
    "no-source": {"key": [{"key": "clients", "becomes": "allowed_clients", "why": ROW["why"]}]},
    "no-key": {"key": []},
    "full-stop": {"lack": [{**ROW, "condition": "allowed_clients", "help": "write something else"}]},
}


@pytest.mark.parametrize("change", [pytest.param(change, id=name) for name, change in WRONG.items()])
def test_a_provider_that_does_not_hold_together_is_refused(change: dict[str, Any]) -> None:
    good = {**ROW, "id": "x", "name": "X", "supply": "what an author says", "form": [FORM], "key": [KEY]}
    assert Provider.model_validate(good).id == "x"
    with pytest.raises(ValidationError):
        Provider.model_validate({**good, **change})


def test_every_key_of_the_shared_mapping_is_one_of_the_service() -> None:
    assert {key for key, _ in keyed(Restrictions)} < {key for key, _ in keyed(JwtAuthorizer)}


def test_a_version_of_tokens_beside_the_subdomain_of_an_external_tenant_is_a_conflict() -> None:
    posture = validate(with_authorizer(preset("entra_id-external", token_version="v1"))).posture
    assert posture is not None
    (finding,) = build(posture)[1]
    route = ("harness", "authorizer_configuration", "preset", "entra_id", "token_version")
    assert (finding.code, finding.route) == (Code.CONFLICT, route)


def test_an_issuer_of_an_external_tenant_that_is_not_listed_is_undecided() -> None:
    """The documentation and discovery documents name different hosts, so neither is the only one."""
    found = inbound(preset("entra_id-external"))
    assert not found.certain
    assert len(found.issuers) == 2
