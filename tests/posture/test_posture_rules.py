"""How the parts of a posture go together: each rule with what it finds and what it leaves alone."""

from __future__ import annotations

from typing import Any

import pytest
from posture_samples import ARN, GATEWAY_ARN, KEY_ARN, VPC, accepted, findings, gateway, jwt, only, runtime, small

from tfgen.diagnostics import At, Code, Route, Severity
from tfgen.posture import validate

RUNTIME: Route = ("harness", "environment", "agentcore_runtime_environment")
JWT: Route = ("harness", "authorizer_configuration", "custom_jwt_authorizer")
PRESET: Route = ("harness", "authorizer_configuration", "preset")
EFS = {"access_point_arn": "arn:aws:elasticfilesystem:eu-central-1:111122223333:access-point/fsap-0123456789abcdef0"}
S3_FILES = {
    "access_point_arn": "arn:aws:s3files:eu-central-1:111122223333:file-system/fs-0123456789abcdef0"
    "/access-point/fsap-0123456789abcdef0"
}
MANAGED = {
    "managed_vpc_resource": {
        "vpc_identifier": "vpc-0123456789abcdef0",
        "subnet_ids": ["subnet-0123456789abcdef0"],
        "endpoint_ip_address_type": "IPV4",
        "security_group_ids": ["sg-0123456789abcdef0"],
    }
}
OWN = {"self_managed_lattice_resource": {"resource_configuration_identifier": "rcfg-0123456789abcdef0"}}


def with_top(**keys: Any) -> dict[str, Any]:
    return {**small(), **keys}


def mounts(*filesystems: dict[str, Any], network: Any = VPC) -> dict[str, Any]:
    extra = {} if network is None else {"network_configuration": network}
    return runtime(filesystem_configurations=list(filesystems), **extra)


def claim(kind: str, operator: str, value: dict[str, Any]) -> dict[str, Any]:
    match = {"claim_match_operator": operator, "claim_match_value": value}
    return jwt(
        custom_claims=[
            {
                "inbound_token_claim_name": "groups",
                "inbound_token_claim_value_type": kind,
                "authorizing_claim_match_value": match,
            }
        ]
    )


def with_inputs(data: dict[str, Any], *names: str) -> dict[str, Any]:
    return {**data, "inputs": {name: {"description": "A value."} for name in names}}


def own_memory(namespace: str = "/users/{actorId}", **keys: Any) -> dict[str, Any]:
    own = {"arn": f"{ARN}memory/orders-abcdefghij", "retrieval_config": {namespace: {"top_k": 1}}, **keys}
    return small(memory={"agentcore_memory_configuration": own})


def without_groups(endpoint: dict[str, Any]) -> dict[str, Any]:
    managed = endpoint["managed_vpc_resource"]
    return {"managed_vpc_resource": {key: managed[key] for key in managed if key != "security_group_ids"}}


def reserved(name: str) -> dict[str, Any]:
    data = claim("STRING", "EQUALS", STRING)
    authorizer = data["harness"]["authorizer_configuration"]["custom_jwt_authorizer"]
    authorizer["custom_claims"][0]["inbound_token_claim_name"] = name
    return data


def oauth(grant_type: str) -> dict[str, Any]:
    auth = {"provider_arn": ARN + "token-vault/default/oauth2credentialprovider/idp", "scopes": []}
    return small(tools=[gateway(outbound_auth={"oauth": {**auth, "grant_type": grant_type}})])


def mcp(**headers: str) -> dict[str, Any]:
    config = {"remote_mcp": {"url": "https://mcp.example.com", "headers": headers}}
    return small(tools=[{"type": "remote_mcp", "name": "mcp", "config": config}])


SESSION = {"session_storage": {"mount_path": "/mnt/a"}}
STRING = {"match_value_string": "a"}
STRINGS = {"match_value_string_list": ["a"]}
FN = {"description": "Asks.", "input_schema": {}}
HOOK = {"name": "a", "target": {"sns": {"arn": "arn:aws:sns:eu-central-1:111122223333:events"}}}

GOOD: dict[str, dict[str, Any]] = {
    "vpc": runtime(network_configuration=VPC),
    "vpc-elsewhere": runtime(network_configuration={"network_mode": "PUBLIC"}),
    "efs-in-vpc": mounts({"efs_access_point": {**EFS, "mount_path": "/mnt/a"}}),
    "all-file-systems": mounts(
        SESSION,
        {"efs_access_point": {**EFS, "mount_path": "/mnt/b"}},
        {"efs_access_point": {**EFS, "mount_path": "/mnt/c"}},
        {"s3_files_access_point": {**S3_FILES, "mount_path": "/mnt/d"}},
        {"s3_files_access_point": {**S3_FILES, "mount_path": "/mnt/e"}},
    ),
    "session-storage-in-public": mounts(SESSION, network=None),
    "volumes": mounts(
        *({"capacity_provider_volume": {"volume_name": "a", "mount_path": f"/mnt/{i}"}} for i in range(5))
    ),
    "lifetimes": runtime(lifecycle_configuration={"idle_runtime_session_timeout": 900, "max_lifetime": 900}),
    "browser-without-config": small(tools=[{"type": "agentcore_browser"}, {"type": "agentcore_code_interpreter"}]),
    "tools-without-names": small(tools=[{"type": "agentcore_browser"}, {"type": "agentcore_browser"}]),
    "allowed-tools": small(
        tools=[gateway()], allowed_tools=["*", "@builtin", "@orders", "@orders/find", "shell", "@*"]
    ),
    "allowed-unnamed": small(tools=[{"type": "agentcore_browser"}], allowed_tools=["@browser"]),
    "claim-string": claim("STRING", "EQUALS", STRING),
    "claim-contains": claim("STRING_ARRAY", "CONTAINS", STRING),
    "claim-contains-any": claim("STRING_ARRAY", "CONTAINS_ANY", STRINGS),
    "overrides": jwt(private_endpoint=OWN, private_endpoint_overrides=[{"domain": "a.b", "private_endpoint": OWN}]),
    "certificate": jwt(private_endpoint=MANAGED, certificate_configurations=[{"s3": {"uri": "s3://trust/ca.pem"}}]),
    "scopes": jwt(allowed_scopes=["a"], advertised_scope_mapping={"a": "b"}),
    "workloads": jwt(allowed_workload_configuration={"hosting_environments": [{"arn": GATEWAY_ARN}]}),
    "workload-input": with_inputs(
        jwt(allowed_workload_configuration={"hosting_environments": [{"arn": {"input": "a"}}]}), "a"
    ),
    "private-provider": jwt(
        discovery_url="https://sso.internal/.well-known/openid-configuration", private_endpoint=OWN
    ),
    "public-address": jwt(discovery_url="https://1.1.1.1/.well-known/openid-configuration"),
    "preset": small(authorizer_configuration={"preset": {"google": {"clients": ["a"]}}}),
    "for-user-with-token": {**jwt(), "access": [{"name": "a", "may": ["invoke-for-user"]}]},
    "memory-of-one-actor": own_memory(actor_id="shop"),
    "memory-of-everybody": own_memory(namespace="/facts"),
    "client-credentials": oauth("CLIENT_CREDENTIALS"),
    "token-exchange": oauth("TOKEN_EXCHANGE"),
    "truncation": small(truncation={"strategy": "summarization", "config": {"summarization": {"summary_ratio": 0.5}}}),
    "header": mcp(Authorization=f"Bearer ${{{KEY_ARN}}}"),
    "variables": small(environment_variables={"MAX_TOKENS": "5", "SECRET_ARN": "x", "TABLE": "y", "TOKENIZER": "z"}),
    "access": with_top(access=[{"name": "a", "may": ["invoke", "read"]}, {"name": "b", "may": ["read"], "as": "json"}]),
    "claims": with_top(
        access=[{"name": "a", "may": ["read"]}], expect=[{"allow": "s3:GetObject", "by": "a"}, {"deny": "s3:*"}]
    ),
    "role-name": with_top(role={"name": "a"}),
    "role-prefix": with_top(role={"name_prefix": "a"}),
    "tags": {**small(tags={f"a{i}": "" for i in range(25)}), "tags": {f"b{i}": "" for i in range(25)}},
    "hooks": small(hooks=[{"before_invocation": HOOK}, {"after_invocation": {**HOOK, "name": "b"}}]),
}


@pytest.mark.parametrize("data", [pytest.param(data, id=name) for name, data in GOOD.items()])
def test_what_goes_together(data: dict[str, Any]) -> None:
    accepted(data)


A = {"description": "A."}
BOUNDARY = "arn:aws:iam::111122223333:policy/agents-boundary"

BAD: dict[str, tuple[dict[str, Any], Code, Route, str]] = {
    "vpc-without-config": (
        runtime(network_configuration={"network_mode": "VPC"}),
        Code.CONFLICT, (*RUNTIME, "network_configuration", "network_mode"), "VPC needs subnets and security groups",
    ),
    "public-with-config": (
        runtime(network_configuration={**VPC, "network_mode": "PUBLIC"}),
        Code.CONFLICT, (*RUNTIME, "network_configuration", "network_mode_config"), "takes no 'network_mode_config'",
    ),
    "efs-in-public": (
        mounts({"efs_access_point": {**EFS, "mount_path": "/mnt/a"}}, network={"network_mode": "PUBLIC"}),
        Code.CONFLICT, (*RUNTIME, "filesystem_configurations", 0, "efs_access_point"), "needs network mode VPC",
    ),
    "s3-files-by-default": (
        mounts(SESSION, {"s3_files_access_point": {**S3_FILES, "mount_path": "/mnt/b"}}, network=None),
        Code.CONFLICT, (*RUNTIME, "filesystem_configurations", 1, "s3_files_access_point"), "needs network mode VPC",
    ),
    "two-session-storages": (
        mounts(SESSION, {"session_storage": {"mount_path": "/mnt/b"}}),
        Code.CONFLICT, (*RUNTIME, "filesystem_configurations", 1, "session_storage"), "at most 1 'session_storage'",
    ),
    "three-efs": (
        mounts(*({"efs_access_point": {**EFS, "mount_path": f"/mnt/{i}"}} for i in range(3))),
        Code.CONFLICT, (*RUNTIME, "filesystem_configurations", 2, "efs_access_point"), "at most 2 'efs_access_point'",
    ),
    "three-s3-files": (
        mounts(*({"s3_files_access_point": {**S3_FILES, "mount_path": f"/mnt/{i}"}} for i in range(3))),
        Code.CONFLICT, (*RUNTIME, "filesystem_configurations", 2, "s3_files_access_point"), "at most 2",
    ),
    "same-mount": (
        mounts(SESSION, {"efs_access_point": {**EFS, "mount_path": "/mnt/a/"}}),
        Code.CONFLICT, (*RUNTIME, "filesystem_configurations", 1, "efs_access_point", "mount_path"),
        "'/mnt/a/' is already where number 1 of the list is mounted",
    ),
    "idle-too-long": (
        runtime(lifecycle_configuration={"idle_runtime_session_timeout": 901, "max_lifetime": 900}),
        Code.CONFLICT, (*RUNTIME, "lifecycle_configuration", "idle_runtime_session_timeout"), "901 is longer than",
    ),
    "type-without-config": (
        small(tools=[{"type": "remote_mcp", "name": "a"}]),
        Code.CONFLICT, ("harness", "tools", 0), "a tool of type remote_mcp needs 'config' with the key 'remote_mcp'",
    ),
    "type-and-config": (
        small(tools=[{**gateway(), "type": "remote_mcp"}]),
        Code.CONFLICT, ("harness", "tools", 0, "config", "agentcore_gateway"),
        "'agentcore_gateway' does not go with the type 'remote_mcp'",
    ),
    "tool-names": (
        small(tools=[gateway(), {"type": "inline_function", "name": "orders", "config": {"inline_function": FN}}]),
        Code.CONFLICT, ("harness", "tools", 1, "name"), "another tool is called 'orders' already",
    ),
    "hook-names": (
        small(hooks=[{"before_invocation": HOOK}, {"after_tool_call": HOOK}]),
        Code.CONFLICT, ("harness", "hooks", 1, "after_tool_call", "name"), "another hook is called 'a' already",
    ),
    "jwt-without-condition": (
        small(authorizer_configuration={"custom_jwt_authorizer": {
            "discovery_url": "https://idp.example.com/.well-known/openid-configuration"}}),
        Code.CONFLICT, JWT, "at least one of allowed_audience, allowed_clients, allowed_scopes, custom_claims",
    ),
    "claim-operator": (
        claim("STRING", "CONTAINS", STRING),
        Code.CONFLICT, (*JWT, "custom_claims", 0, "authorizing_claim_match_value", "claim_match_operator"),
        "a claim of type STRING is compared with EQUALS, not CONTAINS",
    ),
    "claim-operator-of-list": (
        claim("STRING_ARRAY", "EQUALS", STRING),
        Code.CONFLICT, (*JWT, "custom_claims", 0, "authorizing_claim_match_value", "claim_match_operator"),
        "a claim of type STRING_ARRAY is compared with CONTAINS or CONTAINS_ANY, not EQUALS",
    ),
    "claim-value": (
        claim("STRING_ARRAY", "CONTAINS_ANY", STRING),
        Code.CONFLICT,
        (*JWT, "custom_claims", 0, "authorizing_claim_match_value", "claim_match_value", "match_value_string"),
        "the operator CONTAINS_ANY goes with 'match_value_string_list'",
    ),
    "overrides-alone": (
        jwt(private_endpoint_overrides=[{"domain": "a.b", "private_endpoint": OWN}]),
        Code.CONFLICT, (*JWT, "private_endpoint_overrides"), "only accepted together with 'private_endpoint'",
    ),
    "certificate-alone": (
        jwt(certificate_configurations=[{"s3": {"uri": "s3://trust/ca.pem"}}]),
        Code.CONFLICT, (*JWT, "certificate_configurations"), "only accepted together with 'private_endpoint'",
    ),
    "override-of-another-kind": (
        jwt(private_endpoint=OWN, private_endpoint_overrides=[{"domain": "a.b", "private_endpoint": MANAGED}]),
        Code.CONFLICT, (*JWT, "private_endpoint_overrides", 0, "private_endpoint", "managed_vpc_resource"),
        "of the kind of the base endpoint, 'self_managed_lattice_resource'",
    ),
    "domain-twice": (
        jwt(private_endpoint=OWN, private_endpoint_overrides=[
            {"domain": "a.b", "private_endpoint": OWN}, {"domain": "A.b", "private_endpoint": OWN}]),
        Code.CONFLICT, (*JWT, "private_endpoint_overrides", 1, "domain"), "'A.b' is overridden twice",
    ),
    "reserved-claim": (
        reserved("client_id"), Code.CONFLICT, (*JWT, "custom_claims", 0, "inbound_token_claim_name"),
        "the claim 'client_id' is checked by 'allowed_clients', and the service refuses it here",
    ),
    "preset-reserved-claim": (
        small(authorizer_configuration={"preset": {"google": {
            "clients": ["a"], "custom_claims": reserved("client_id")["harness"]["authorizer_configuration"]
            ["custom_jwt_authorizer"]["custom_claims"]}}}),
        Code.CONFLICT, (*PRESET, "google", "custom_claims", 0, "inbound_token_claim_name"), "service refuses it here",
    ),
    "preset-without-conditions": (
        small(authorizer_configuration={"preset": {"keycloak": {"url": "https://a.b", "realm": "c"}}}),
        Code.CONFLICT, (*PRESET, "keycloak"), "at least one of audiences, clients, custom_claims, scopes is needed",
    ),
    "preset-overrides-alone": (
        small(authorizer_configuration={"preset": {"google": {
            "clients": ["a"], "private_endpoint_overrides": [{"domain": "a.b", "private_endpoint": OWN}]}}}),
        Code.CONFLICT, (*PRESET, "google", "private_endpoint_overrides"),
        "only accepted together with 'private_endpoint'",
    ),
    "no-workload": (
        jwt(allowed_workload_configuration={}), Code.CONFLICT, (*JWT, "allowed_workload_configuration"),
        "this names no workload",
    ),
    "workload-is-no-gateway": (
        jwt(allowed_workload_configuration={"hosting_environments": [{"arn": f"{ARN}runtime/orders-abcdefghij"}]}),
        Code.CONFLICT, (*JWT, "allowed_workload_configuration", "hosting_environments", 0, "arn"),
        "the only workloads that can be named by ARN are gateways",
    ),
    "authorization-code": (
        oauth("AUTHORIZATION_CODE"),
        Code.CONFLICT,
        ("harness", "tools", 0, "config", "agentcore_gateway", "outbound_auth", "oauth", "grant_type"),
        "AUTHORIZATION_CODE does not work between a harness and a gateway",
    ),
    "truncation": (
        small(truncation={"strategy": "none", "config": {"sliding_window": {}}}),
        Code.CONFLICT, ("harness", "truncation", "config", "sliding_window"), "do not go with the strategy 'none'",
    ),
    "header": (
        mcp(Authorization=f"${{{GATEWAY_ARN}}}"),
        Code.BAD_VALUE, ("harness", "tools", 0, "config", "remote_mcp", "headers", "Authorization"),
        "which is not the ARN of an API key credential provider",
    ),
    "callers-twice": (
        with_top(access=[{"name": "a", "may": ["read"]}, {"name": "a", "may": ["invoke"]}]),
        Code.CONFLICT, ("access", 1, "name"), "other callers are called 'a' already",
    ),
    "right-twice": (
        with_top(access=[{"name": "a", "may": ["read", "read"]}]),
        Code.CONFLICT, ("access", 0, "may", 1), "'read' stands here twice",
    ),
    "claim-by-nobody": (
        with_top(access=[{"name": "storefront", "may": ["read"]}], expect=[{"deny": "s3:*", "by": "storefrnt"}]),
        Code.CONFLICT, ("expect", 0, "by"), "no callers are called 'storefrnt'; known are storefront",
    ),
    "claim-by-nobody-at-all": (
        with_top(expect=[{"deny": "s3:*", "by": "a"}]), Code.CONFLICT, ("expect", 0, "by"), "no callers are called 'a'",
    ),
    "two-role-names": (
        with_top(role={"name": "a", "name_prefix": "b"}), Code.CONFLICT, ("role", "name_prefix"), "not both",
    ),
    "an-optional-and-a-fixed-name": (
        with_top(role={"name": {"input": "n"}, "name_prefix": "b"}, inputs={"n": {**A, "optional": True}}),
        Code.CONFLICT, ("role", "name_prefix"), "unless both are optional inputs",
    ),
    "two-boundaries": (
        with_top(role={"permissions_boundary": BOUNDARY}, guardrails={"boundary": True}),
        Code.CONFLICT, ("guardrails", "boundary"), "the role has a boundary already",
    ),
    "two-boundaries-with-an-input": (
        with_top(role={"permissions_boundary": {"input": "b"}}, guardrails={"boundary": True}, inputs={"b": A}),
        Code.CONFLICT, ("guardrails", "boundary"), "the role has a boundary already",
    ),
    "control-without-vpc": (
        with_top(guardrails={"service_control": ["vpc"]}),
        Code.CONFLICT, ("guardrails", "service_control", 0), "does not run in a VPC",
    ),
    "control-without-jwt": (
        with_top(guardrails={"service_control": ["jwt"]}),
        Code.CONFLICT, ("guardrails", "service_control", 0), "checks no JWT",
    ),
    "control-twice": (
        {**jwt(), "guardrails": {"service_control": ["jwt", "jwt"]}},
        Code.CONFLICT, ("guardrails", "service_control", 1), "'jwt' stands here twice",
    ),
    "inline-in-no-role": (
        with_top(access=[{"name": "a", "may": ["read"], "as": "inline-policy"}]),
        Code.CONFLICT, ("access", 0, "as"), "'roles' names none",
    ),
    "json-in-a-role": (
        with_top(access=[{"name": "a", "may": ["read"], "as": "json", "roles": ["b"]}]),
        Code.CONFLICT, ("access", 0, "roles"), "JSON alone",
    ),
    "role-twice": (
        with_top(access=[{"name": "a", "may": ["read"], "roles": ["b", "c", "b"]}]),
        Code.CONFLICT, ("access", 0, "roles", 2), "this role stands here twice",
    ),
    "endpoints-of-readers": (
        with_top(access=[{"name": "a", "may": ["read", "audit"], "endpoints": ["prod"]}]),
        Code.CONFLICT, ("access", 0, "endpoints"), "these callers may do none of it",
    ),
    "optional-with-a-default": (
        with_top(role={"name": {"input": "n"}}, inputs={"n": {**A, "optional": True, "default": "x"}}),
        Code.INPUT_CONFLICT, ("inputs", "n", "optional"), "never left out",
    ),
    "optional-where-a-value-is-needed": (
        {**small(harness_name={"input": "n"}), "inputs": {"n": {**A, "optional": True}}},
        Code.INPUT_CONFLICT, ("harness", "harness_name", "input"),
        "allowed: role.name, role.name_prefix, role.permissions_boundary",
    ),
    "too-many-tags": (
        {**small(tags={f"a{i}": "" for i in range(26)}), "tags": {f"b{i}": "" for i in range(25)}},
        Code.CONFLICT, ("harness", "tags"), "these are 51 tags",
    ),
    "claim-of-both-kinds": (
        with_top(expect=[{"allow": "s3:GetObject", "deny": "s3:*"}]), Code.ONE_OF, ("expect", 0), "of allow, deny, not",
    ),
    "claim-of-no-kind": (with_top(expect=[{"on": "*"}]), Code.ONE_OF, ("expect", 0), "exactly one of allow, deny"),
    "tag-of-aws": (with_top(tags={"AWS:x": "y"}), Code.BAD_VALUE, ("tags", "AWS:x"), "which only AWS may set"),
}  # fmt: skip


@pytest.mark.parametrize(
    ("data", "code", "route", "words"), [pytest.param(*case, id=name) for name, case in BAD.items()]
)
def test_what_contradicts_itself(data: dict[str, Any], code: Code, route: Route, words: str) -> None:
    found = only(data)
    assert (found.code, found.route, found.severity) == (code, route, Severity.ERROR)
    assert words in found.message
    assert found.help or code is Code.BAD_VALUE
    assert validate(data).posture is None


WARNED: dict[str, tuple[dict[str, Any], Code, Route, str]] = {
    "allowed-tools": (
        small(tools=[gateway()], allowed_tools=["@orders", "@oders/x"]),
        Code.CONFLICT, ("harness", "allowed_tools", 1), "'@oders/x' allows nothing: no tool is called 'oders'",
    ),
    "allowed-tools-of-none": (
        small(allowed_tools=["@orders"]), Code.CONFLICT, ("harness", "allowed_tools", 0), "no tool is called 'orders'",
    ),
    "scopes": (
        jwt(allowed_scopes=["a"], advertised_scope_mapping={"b": "c"}),
        Code.CONFLICT, (*JWT, "advertised_scope_mapping", "b"), "advertised but is not in 'allowed_scopes'",
    ),
    "audience-as-claim": (
        reserved("aud"), Code.CONFLICT, (*JWT, "custom_claims", 0, "inbound_token_claim_name"),
        "the claim 'aud' is checked by 'allowed_audience' too",
    ),
    "default-group": (
        jwt(private_endpoint=without_groups(MANAGED)), Code.CONFLICT,
        (*JWT, "private_endpoint", "managed_vpc_resource"), "the VPC's default security group decides",
    ),
    "default-group-of-an-override": (
        jwt(private_endpoint=MANAGED, private_endpoint_overrides=[
            {"domain": "a.b", "private_endpoint": without_groups(MANAGED)}]),
        Code.CONFLICT, (*JWT, "private_endpoint_overrides", 0, "private_endpoint", "managed_vpc_resource"),
        "the VPC's default security group decides",
    ),
    "provider-in-private": (
        jwt(discovery_url="https://sso.corp.internal/x/.well-known/openid-configuration"),
        Code.CONFLICT, (*JWT, "discovery_url"), "'sso.corp.internal' is not reachable from the internet",
    ),
    "provider-at-private-address": (
        jwt(discovery_url="https://10.1.2.3:8443/.well-known/openid-configuration"),
        Code.CONFLICT, (*JWT, "discovery_url"), "'10.1.2.3' is not reachable from the internet",
    ),
    "provider-at-private-address-6": (
        jwt(discovery_url="https://[fd00::1]/.well-known/openid-configuration"),
        Code.CONFLICT, (*JWT, "discovery_url"), "'fd00::1' is not reachable from the internet",
    ),
    "preset-in-private": (
        small(authorizer_configuration={"preset": {"keycloak": {
            "url": "https://sso", "realm": "a", "clients": ["b"]}}}),
        Code.CONFLICT, (*PRESET, "keycloak", "url"), "'sso' is not reachable from the internet",
    ),
    "for-user-signed": (
        with_top(access=[{"name": "a", "may": ["invoke", "invoke-for-user"]}]),
        Code.UNVOUCHED, ("access", 0, "may", 1), "'invoke-for-user': callers sign their requests",
    ),
    "memory-of-actors-signed": (
        own_memory(), Code.UNVOUCHED,
        ("harness", "memory", "agentcore_memory_configuration", "retrieval_config", "/users/{actorId}"),
        "the memories of each actor are kept apart by {actorId}, but callers sign their requests",
    ),
    "partition": (
        small(memory={"agentcore_memory_configuration": {
            "arn": "arn:aws-us-gov:bedrock-agentcore:us-gov-west-1:111122223333:memory/a-abcdefghij"}}),
        Code.BAD_VALUE, ("harness", "memory", "agentcore_memory_configuration", "arn"), "the service may refuse",
    ),
    "gateways": (
        with_top(
            gateways={
                "orders": {
                    "gateway_arn": GATEWAY_ARN, "authorizer": "jwt", "tools": {"A": "a.yaml"}, "mode": "LOG_ONLY",
                }
            }
        ),
        Code.NOT_ENFORCED, ("gateways", "orders", "mode"), "decisions are only logged, and every call goes through",
    ),
}  # fmt: skip


@pytest.mark.parametrize(
    ("data", "code", "route", "words"), [pytest.param(*case, id=name) for name, case in WARNED.items()]
)
def test_what_is_doubtful_is_still_accepted(data: dict[str, Any], code: Code, route: Route, words: str) -> None:
    found = only(data)
    assert (found.code, found.route, found.severity) == (code, route, Severity.WARNING)
    assert words in found.message
    assert validate(data).posture is not None


@pytest.mark.parametrize("key", ["DB_PASSWORD", "API_KEY", "apikey", "github-token", "SECRET", "MY_PRIVATE_KEY"])
def test_variables_that_look_like_secrets(key: str) -> None:
    found = only(small(environment_variables={key: "hunter2"}))
    assert (found.code, found.route, found.at) == (Code.CONFLICT, ("harness", "environment_variables", key), At.KEY)
    assert found.severity is Severity.WARNING
    assert "hunter2" not in found.message + found.help


def test_rules_judge_what_is_right_beside_what_is_wrong() -> None:
    data = runtime(
        network_configuration={"network_mode": "VPC", "network_mode_config": {"subnets": ["nonsense"]}},
        filesystem_configurations=[
            {"session_storage": {"mount_path": "/nonsense"}},
            {"efs_access_point": {**EFS, "mount_path": "/mnt/a"}},
            {"session_storage": {"mount_path": "/mnt/a"}},
        ],
    )
    data["harness"]["max_tokens"] = 0
    del data["name"]
    data["tags"] = {"a": 1}
    network = (*RUNTIME, "network_configuration", "network_mode_config")
    assert sorted(findings(data), key=str) == sorted(
        [
            ("MISSING_KEY", ()),
            ("BAD_VALUE", ("harness", "max_tokens")),
            ("WRONG_TYPE", ("tags", "a")),
            ("BAD_VALUE", (*network, "subnets", 0)),
            ("MISSING_KEY", network),
            ("BAD_VALUE", (*RUNTIME, "filesystem_configurations", 0, "session_storage", "mount_path")),
            ("CONFLICT", (*RUNTIME, "filesystem_configurations", 2, "session_storage", "mount_path")),
        ],
        key=str,
    )
    (conflict,) = [finding for finding in validate(data).findings if finding.code is Code.CONFLICT]
    assert "number 2 of the list" in conflict.message


def test_a_part_that_is_wrong_is_not_taken_for_missing() -> None:
    assert findings(jwt(allowed_clients=[""])) == [("BAD_VALUE", (*JWT, "allowed_clients", 0))]
    wrong = mounts({"efs_access_point": {**EFS, "mount_path": "/mnt/a"}}, network={"network_mode": "vpc"})
    assert findings(wrong) == [("BAD_VALUE", (*RUNTIME, "network_configuration", "network_mode"))]
    wrong = jwt(private_endpoint={}, certificate_configurations=[{"s3": {"uri": "s3://trust/ca.pem"}}])
    assert findings(wrong) == [("ONE_OF", (*JWT, "private_endpoint"))]
    wrong = with_top(access=[{"name": "a", "may": ["fly"]}], expect=[{"deny": "s3:*", "by": "a"}])
    assert findings(wrong) == [("BAD_VALUE", ("access", 0, "may", 0))]
    wrong = small(tools=[{**gateway(), "name": "orders", "type": "nonsense"}], allowed_tools=["@orders"])
    assert findings(wrong) == [("BAD_VALUE", ("harness", "tools", 0, "type"))]


def test_an_optional_list_is_empty_instead() -> None:
    inputs = {"n": {**A, "optional": True, "type": "list(string)"}}
    found = validate(with_top(inputs=inputs, access=[{"name": "a", "may": ["read"], "roles": [{"input": "n"}]}]))
    assert [finding.route for finding in found.findings] == [
        ("inputs", "n", "optional"), ("access", 0, "roles", 0, "input"),
    ]  # fmt: skip


@pytest.mark.parametrize("role", [
    {"name": {"input": "n"}}, {"name_prefix": {"input": "n"}}, {"permissions_boundary": {"input": "n"}},
    {"name": {"input": "n"}, "name_prefix": {"input": "m"}},
])  # fmt: skip
def test_what_an_optional_input_may_stand_for(role: dict[str, Any]) -> None:
    inputs = {name: {**A, "optional": True} for name in ("n", "m")[: len(role)]}
    guardrails = {"boundary": True} if "permissions_boundary" in role else {}
    assert validate(with_top(role=role, inputs=inputs, guardrails=guardrails)).findings == ()
