"""Authorizers of known identity providers: keys `harness.authorizer_configuration.preset`. Knows no URL and no claim.

What a preset becomes stands in the catalog: each key here is one there.
"""

from typing import Annotated, Literal

from pydantic import Field

from tfgen.posture.authorizer import ClaimValue, JwtAuthorizer, Restrictions, Scope
from tfgen.posture.base import OneOf
from tfgen.posture.values import Given, InputRef

Audience = Annotated[str | InputRef, Given("audience")]
Client = Annotated[str | InputRef, Given("client")]
Domain = Annotated[str | InputRef, Given("idp-domain")]
ServerUrl = Annotated[str | InputRef, Given("idp-url")]


class Cognito(Restrictions):
    """Access tokens of an Amazon Cognito user pool."""

    user_pool_id: Annotated[str | InputRef, Given("user-pool-id")] = Field(description="Id of the user pool.")
    clients: tuple[Client, ...] | None = Field(
        default=None, min_length=1, description="Ids of the app clients whose tokens may call."
    )
    scopes: tuple[Scope, ...] | None = Field(
        default=None, min_length=1, description="Scopes of which a token must carry one."
    )


class EntraId(Restrictions):
    """Access tokens of a Microsoft Entra ID tenant."""

    tenant_id: Annotated[str | InputRef, Given("entra-tenant-id")] = Field(description="Id of the tenant.")
    tenant_subdomain: Annotated[str | InputRef, Given("entra-subdomain")] | None = Field(
        default=None, description="Subdomain of ciamlogin.com, for an external tenant (Microsoft Entra External ID)."
    )
    token_version: Literal["v1", "v2"] = Field(
        default="v2", description="Version of access tokens that the API's manifest asks for."
    )
    audiences: tuple[Audience, ...] = Field(
        min_length=1, description="Application id of the API that tokens must be for."
    )
    clients: tuple[ClaimValue, ...] | None = Field(
        default=None, min_length=1, description="Id of the application that tokens must have been issued to."
    )
    roles: tuple[ClaimValue, ...] | None = Field(
        default=None, min_length=1, description="Application roles of which a token must carry one."
    )


class Okta(Restrictions):
    """Access tokens of a custom authorization server of Okta."""

    domain: Domain = Field(description="Domain of the Okta organization.")
    authorization_server: Annotated[str | InputRef, Given("okta-server-id")] = Field(
        default="default", description="Id of the custom authorization server."
    )
    audiences: tuple[Audience, ...] = Field(
        min_length=1, description="Audience that the authorization server is set up with."
    )
    clients: tuple[ClaimValue, ...] | None = Field(
        default=None, min_length=1, description="Id of the application that tokens must have been issued to."
    )
    scopes: tuple[ClaimValue, ...] | None = Field(
        default=None, min_length=1, description="Scopes of which a token must carry one."
    )


class Auth0(Restrictions):
    """Access tokens of an Auth0 tenant."""

    domain: Domain = Field(description="Domain of the tenant, or its custom domain.")
    token_profile: Literal["auth0", "rfc9068"] = Field(default="auth0", description="Token profile of the API.")
    audiences: tuple[Audience, ...] = Field(min_length=1, description="Identifier of the API that tokens must be for.")
    clients: tuple[ClaimValue, ...] | None = Field(
        default=None, min_length=1, description="Id of the application that tokens must have been issued to."
    )
    scopes: tuple[Scope, ...] | None = Field(
        default=None, min_length=1, description="Scopes of which a token must carry one."
    )


class Keycloak(Restrictions):
    """Access tokens of a Keycloak realm."""

    url: ServerUrl = Field(description="URL of the server, without the realm.")
    realm: Annotated[str | InputRef, Given("realm")] = Field(description="Name of the realm.")
    audiences: tuple[Audience, ...] | None = Field(
        default=None, min_length=1, description="What an audience mapper puts into tokens."
    )
    clients: tuple[ClaimValue, ...] | None = Field(
        default=None, min_length=1, description="Id of the client that tokens must have been issued to."
    )
    scopes: tuple[Scope, ...] | None = Field(
        default=None, min_length=1, description="Scopes of which a token must carry one."
    )


class Google(Restrictions):
    """ID tokens of Google."""

    clients: tuple[Audience, ...] = Field(min_length=1, description="Ids of the OAuth clients that users sign in to.")
    hosted_domains: tuple[ClaimValue, ...] | None = Field(
        default=None, min_length=1, description="Domain of the organization that users must belong to."
    )


class Oidc(Restrictions):
    """Access tokens of any other provider of OpenID Connect."""

    issuer: ServerUrl = Field(description="The issuer: the discovery URL without /.well-known.")
    audiences: tuple[Audience, ...] | None = Field(
        default=None, min_length=1, description="Accepted values of the claim `aud`."
    )
    clients: tuple[Client, ...] | None = Field(
        default=None, min_length=1, description="Accepted values of the claim `client_id`."
    )
    scopes: tuple[Scope, ...] | None = Field(
        default=None, min_length=1, description="Scopes of which a token must carry one."
    )


class Preset(OneOf):
    """A known identity provider, whose discovery URL and claims tfgen fills in."""

    cognito: Cognito | None = Field(default=None, description="An Amazon Cognito user pool.")
    entra_id: EntraId | None = Field(default=None, description="A Microsoft Entra ID tenant.")
    okta: Okta | None = Field(default=None, description="A custom authorization server of Okta.")
    auth0: Auth0 | None = Field(default=None, description="An Auth0 tenant.")
    keycloak: Keycloak | None = Field(default=None, description="A Keycloak realm.")
    google: Google | None = Field(default=None, description="Google, for ID tokens.")
    oidc: Oidc | None = Field(default=None, description="Any other provider of OpenID Connect.")


class Authorizer(OneOf):
    """How callers prove themselves; signed requests and IAM policies decide when it is left out."""

    custom_jwt_authorizer: JwtAuthorizer | None = Field(default=None, description="By a token.")
    preset: Preset | None = Field(default=None, description="By a token of a known identity provider.")
