"""Postures with authorizers, written out and by presets, and tokens as the providers' documentation shows them."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from tfgen.jwt.authorizer import Inbound
from tfgen.plan.build import build
from tfgen.posture import validate

TENANT = "01234567-89ab-cdef-0123-456789abcdef"
API = "aaaaaaaa-89ab-cdef-0123-456789abcdef"
APPLICATION = "bbbbbbbb-89ab-cdef-0123-456789abcdef"
POOL = "eu-central-1_AbCdEfGhI"
POOL_URL = f"https://cognito-idp.eu-central-1.amazonaws.com/{POOL}"
WELL_KNOWN = "/.well-known/openid-configuration"

PRESETS: dict[str, dict[str, Any]] = {
    "cognito": {"cognito": {"user_pool_id": POOL, "clients": ["shop", "kiosk"], "scopes": ["orders/read"]}},
    "entra_id": {"entra_id": {"tenant_id": TENANT, "audiences": [API], "clients": [APPLICATION], "roles": ["Invoke"]}},
    "entra_id-external": {
        "entra_id": {
            "tenant_id": TENANT, "tenant_subdomain": "contoso", "audiences": [API], "clients": [APPLICATION],
        }
    },
    "entra_id-v1": {
        "entra_id": {
            "tenant_id": TENANT, "token_version": "v1", "audiences": [API, f"api://{API}"], "clients": [APPLICATION],
        }
    },
    "okta": {
        "okta": {
            "domain": "shop.okta.com", "authorization_server": "aus1", "audiences": ["api://agents"],
            "clients": ["0oa1"], "scopes": ["agents.invoke", "agents.all"],
        }
    },
    "auth0": {
        "auth0": {
            "domain": "shop.eu.auth0.com", "audiences": ["https://agents.example.com"], "clients": ["shop1"],
            "scopes": ["invoke:agent"],
        }
    },
    "auth0-rfc9068": {
        "auth0": {
            "domain": "shop.eu.auth0.com", "token_profile": "rfc9068", "audiences": ["https://agents.example.com"],
            "clients": ["shop1", "shop2"],
        }
    },
    "keycloak": {
        "keycloak": {
            "url": "https://sso.example.com/auth", "realm": "shop", "audiences": ["agents"], "clients": ["storefront"],
            "scopes": ["invoke"],
        }
    },
    "google": {"google": {"clients": ["1.apps.googleusercontent.com"], "hosted_domains": ["example.com"]}},
    "oidc": {"oidc": {"issuer": "https://idp.example.com/x", "audiences": ["agents"], "clients": ["shop"]}},
}  # fmt: skip
"""A preset of each provider, and of each of its variants."""

TOKENS: dict[str, dict[str, Any]] = {
    "cognito": {"iss": POOL_URL, "client_id": "shop", "scope": "openid orders/read", "token_use": "access"},
    "entra_id": {
        "iss": f"https://login.microsoftonline.com/{TENANT}/v2.0", "aud": API, "azp": APPLICATION, "roles": ["Invoke"],
        "tid": TENANT, "ver": "2.0",
    },
    "entra_id-external": {
        "iss": f"https://{TENANT}.ciamlogin.com/{TENANT}/v2.0", "aud": API, "azp": APPLICATION, "ver": "2.0",
    },
    "entra_id-v1": {
        "iss": f"https://sts.windows.net/{TENANT}/", "aud": f"api://{API}", "appid": APPLICATION, "ver": "1.0",
    },
    "okta": {
        "iss": "https://shop.okta.com/oauth2/aus1", "aud": "api://agents", "cid": "0oa1",
        "scp": ["openid", "agents.invoke"],
    },
    "auth0": {
        "iss": "https://shop.eu.auth0.com/",
        "aud": ["https://agents.example.com", "https://shop.eu.auth0.com/userinfo"], "azp": "shop1",
        "scope": "openid invoke:agent",
    },
    "auth0-rfc9068": {
        "iss": "https://shop.eu.auth0.com/", "aud": "https://agents.example.com", "client_id": "shop2", "scope": "x",
    },
    "keycloak": {
        "iss": "https://sso.example.com/auth/realms/shop", "aud": ["account", "agents"], "azp": "storefront",
        "scope": "profile invoke",
    },
    "google": {
        "iss": "accounts.google.com", "aud": "1.apps.googleusercontent.com", "azp": "1.apps.googleusercontent.com",
        "hd": "example.com",
    },
    "oidc": {"iss": "https://idp.example.com/x", "aud": ["agents"], "client_id": "shop", "scope": "a b"},
}  # fmt: skip
"""For each preset above a token that it lets in."""


def with_authorizer(configuration: dict[str, Any], **top: Any) -> dict[str, Any]:
    """The smallest posture with an authorizer, with keys at the top added."""
    model = {"bedrock_model_config": {"model_id": "global.anthropic.claude-haiku-4-5-20251001-v1:0"}}
    return {
        "tfgen": 1,
        "name": "order-support",
        "harness": {
            "harness_name": "order_support",
            "model": model,
            "memory": {"disabled": {}},
            "authorizer_configuration": deepcopy(configuration),
        },
        **top,
    }


def preset(name: str, **keys: Any) -> dict[str, Any]:
    """The configuration of a preset, with keys of it added, replaced, or taken away with None."""
    ((provider, given),) = PRESETS[name].items()
    changed = {key: value for key, value in {**given, **keys}.items() if value is not None}
    return {"preset": {provider: changed}}


def written(url: Any = f"https://idp.example.com/x{WELL_KNOWN}", **keys: Any) -> dict[str, Any]:
    """The configuration of an authorizer that is written out."""
    return {"custom_jwt_authorizer": {"discovery_url": url, **keys}}


def claim(name: str, kind: str, operator: str, *values: str) -> dict[str, Any]:
    """A custom claim; `CONTAINS_ANY` takes the values as a list."""
    key = "match_value_string_list" if operator == "CONTAINS_ANY" else "match_value_string"
    wanted: Any = list(values) if operator == "CONTAINS_ANY" else values[0]
    return {
        "inbound_token_claim_name": name,
        "inbound_token_claim_value_type": kind,
        "authorizing_claim_match_value": {"claim_match_operator": operator, "claim_match_value": {key: wanted}},
    }


def inbound(configuration: dict[str, Any], **top: Any) -> Inbound:
    """The plan of a configuration that has nothing wrong with it but warnings."""
    validation = validate(with_authorizer(configuration, **top))
    assert validation.posture is not None, validation.findings
    plan, findings = build(validation.posture)
    assert findings == ()
    assert plan.inbound is not None
    return plan.inbound
