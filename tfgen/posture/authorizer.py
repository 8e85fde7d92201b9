"""Who is let in by a token: keys `harness.authorizer_configuration`. Knows no provider and nothing of permissions."""

from typing import Annotated, Final, Literal

from pydantic import Field

from tfgen.iam.text import Text
from tfgen.posture.base import Model, OneOf
from tfgen.posture.environment import SubnetId
from tfgen.posture.values import Given, InputRef, Keys, Literally, Table, TagKeys

Scope = Annotated[str | InputRef, Given("scope")]
TagValue = Annotated[str | InputRef, Given("tag-value")]
ClaimValue = Annotated[str | InputRef, Given("claim-value")]

CONDITIONS: Final = frozenset(
    {
        "allowed_audience", "allowed_clients", "allowed_scopes", "custom_claims",
        "audiences", "clients", "scopes", "roles", "hosted_domains",
    }
)  # fmt: skip
"""Keys that say for whom or for what a token must have been issued: the service's, and those of presets."""


class ClaimMatchValue(OneOf):
    """What a claim is compared with."""

    match_value_string: ClaimValue | None = Field(default=None, description="One value.")
    match_value_string_list: tuple[ClaimValue, ...] | None = Field(
        default=None, min_length=1, description="Several values, of which one must be in the claim."
    )


class ClaimMatch(Model):
    """How a claim is compared, and with what."""

    claim_match_operator: Literal["EQUALS", "CONTAINS", "CONTAINS_ANY"] = Field(
        description="`EQUALS` for a text; `CONTAINS` one value or `CONTAINS_ANY` of several for a list."
    )
    claim_match_value: ClaimMatchValue = Field(description="What the claim is compared with.")


class CustomClaim(Model):
    """A claim that a token must carry."""

    inbound_token_claim_name: Annotated[str, Literally("claim-name")] = Field(description="Name of the claim.")
    inbound_token_claim_value_type: Literal["STRING", "STRING_ARRAY"] = Field(
        description="Whether the claim is one text or a list of texts."
    )
    authorizing_claim_match_value: ClaimMatch = Field(description="What the claim must hold.")


class LatticeResource(OneOf):
    """A VPC Lattice resource that you manage."""

    resource_configuration_identifier: Annotated[str | InputRef, Given("lattice-resource")] | None = Field(
        default=None, description="Id or ARN of the resource configuration."
    )


class ManagedVpcResource(Model):
    """A VPC Lattice resource that AgentCore makes in your VPC."""

    vpc_identifier: Annotated[str | InputRef, Given("vpc-id")] = Field(description="Id of the VPC.")
    subnet_ids: tuple[SubnetId, ...] = Field(min_length=1, description="Subnets of the resource gateway.")
    endpoint_ip_address_type: Literal["IPV4", "IPV6"] = Field(description="Kind of addresses.")
    security_group_ids: tuple[Annotated[str | InputRef, Given("lattice-security-group-id")], ...] | None = Field(
        default=None, max_length=5, description="Security groups; the VPC's default group when left out."
    )
    tags: Annotated[Table[TagValue], TagKeys("tag-key", max=50)] | None = Field(
        default=None, description="Tags of the resource gateway."
    )
    routing_domain: Annotated[str | InputRef, Given("routing-domain")] | None = Field(
        default=None, description="Domain to connect to in place of the target's own."
    )


class PrivateEndpoint(OneOf):
    """How the identity provider is reached without the internet."""

    self_managed_lattice_resource: LatticeResource | None = Field(
        default=None, description="Through a VPC Lattice resource that you manage."
    )
    managed_vpc_resource: ManagedVpcResource | None = Field(
        default=None, description="Through a VPC Lattice resource that AgentCore makes."
    )


class PrivateEndpointOverride(Model):
    """Another way to reach one domain."""

    domain: Annotated[str | InputRef, Given("override-domain")] = Field(description="The domain.")
    private_endpoint: PrivateEndpoint = Field(description="How it is reached; the same kind as the base one.")


class S3Certificate(Model):
    """A certificate in a bucket."""

    uri: Annotated[str | InputRef, Given("certificate-s3-uri")] = Field(
        description="Bucket and key of the certificate."
    )
    bucket_owner_account_id: Annotated[str | InputRef, Given("account-id")] | None = Field(
        default=None, description="Account that must own the bucket."
    )


class SecretCertificate(Model):
    """A certificate in a secret."""

    secret_arn: Annotated[str | InputRef, Given("secret-arn")] = Field(description="ARN of the secret.")


class Certificate(OneOf):
    """The private certificate authority of the identity provider."""

    s3: S3Certificate | None = Field(default=None, description="A certificate in a bucket.")
    secrets_manager: SecretCertificate | None = Field(default=None, description="A certificate in a secret.")


class HostingEnvironment(Model):
    """A workload that may pass its callers' tokens on."""

    arn: Annotated[str | InputRef, Given("hosting-arn")] = Field(description="ARN of the workload.")


class AllowedWorkloads(Model):
    """Which workloads may call, beside what the token says."""

    hosting_environments: tuple[HostingEnvironment, ...] | None = Field(
        default=None, min_length=1, max_length=10, description="Workloads by their ARN."
    )
    workload_identities: tuple[Annotated[str | InputRef, Given("workload-identity")], ...] | None = Field(
        default=None, min_length=1, max_length=10, description="Workloads by the name of their identity."
    )


class Restrictions(Model):
    """What every authorizer may have beside the conditions on audience, client and scope."""

    custom_claims: tuple[CustomClaim, ...] | None = Field(
        default=None, min_length=1, description="Further claims that a token must carry."
    )
    private_endpoint: PrivateEndpoint | None = Field(
        default=None, description="How the identity provider is reached without the internet."
    )
    private_endpoint_overrides: tuple[PrivateEndpointOverride, ...] | None = Field(
        default=None, max_length=5, description="Other ways to reach single domains."
    )
    certificate_configurations: tuple[Certificate, ...] | None = Field(
        default=None, min_length=1, max_length=1, description="The private certificate authority of the provider."
    )
    allowed_workload_configuration: AllowedWorkloads | None = Field(
        default=None, description="Which workloads may call, beside what the token says."
    )

    @classmethod
    def conditions(cls) -> tuple[str, ...]:
        """The keys of which at least one must be there, so that not every token of the provider is let in."""
        return tuple(filter(CONDITIONS.__contains__, cls.keys()))


class JwtAuthorizer(Restrictions):
    """Tokens decide who may call; every kind of condition that is written must hold."""

    discovery_url: Annotated[str | InputRef | Text, Given("discovery-url")] = Field(
        description="Where the identity provider describes itself; whoever controls it decides who may call."
    )
    allowed_audience: tuple[Annotated[str | InputRef, Given("audience")], ...] | None = Field(
        default=None, min_length=1, description="Accepted values of the claim `aud`."
    )
    allowed_clients: tuple[Annotated[str | InputRef, Given("client")], ...] | None = Field(
        default=None, min_length=1, description="Accepted values of the claim `client_id`."
    )
    allowed_scopes: tuple[Scope, ...] | None = Field(
        default=None, min_length=1, description="Scopes of which a token must carry one."
    )
    advertised_scope_mapping: Annotated[Table[Scope], Keys("scope", min=1, max=50)] | None = Field(
        default=None, description="Names under which scopes are advertised to clients."
    )
