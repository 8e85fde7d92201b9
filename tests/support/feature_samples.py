"""Postures that use one feature each, literally, by an input and by a list input, for tests of the execution role."""

from __future__ import annotations

from copy import deepcopy
from typing import Any, Final

ACCOUNT: Final = "arn:aws:bedrock-agentcore:eu-central-1:111122223333:"
JWT: Final = {"discovery_url": "https://idp.example.com/.well-known/openid-configuration", "allowed_clients": ["shop"]}
COGNITO: Final = {
    **JWT,
    "discovery_url": "https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_AbC/.well-known/openid-configuration",
}
VPC: Final = {
    "network_mode": "VPC",
    "network_mode_config": {"subnets": ["subnet-0123456789abcdef0"], "security_groups": ["sg-0123456789abcdef0"]},
}
GUARDED: Final = {"guardrailConfig": {"guardrailIdentifier": "a1b2c3d4e5f6", "guardrailVersion": "3"}}
RUNTIME_URL: Final = (
    "https://bedrock-agentcore.eu-central-1.amazonaws.com/runtimes/"
    "arn%3Aaws%3Abedrock-agentcore%3Aeu-central-1%3A111122223333%3Aruntime%2Ftools-AbCdE12345/invocations"
)

Part = dict[str, Any]
"""What a feature adds to a posture: keys of the harness, `role`, `extra`, or `environment` parts."""


def _bedrock(model_id: Any, **more: Any) -> Part:
    return {"model": {"bedrock_model_config": {"model_id": model_id, **more}}}


def _litellm(model_id: Any, **more: Any) -> Part:
    return {"model": {"litellm_model_config": {"model_id": model_id, **more}}}


def _tool(kind: str, **config: Any) -> Part:
    return {"tools": [{"type": kind, "config": {kind: config}}]}


def _signed(service: str, url: Any) -> Part:
    return _tool("remote_mcp", url=url, outbound_auth={"aws_iam": {"service": service}})


def _gateway(oauth: dict[str, Any]) -> Part:
    return _tool("agentcore_gateway", gateway_arn=ACCOUNT + "gateway/orders-abcdefghij", outbound_auth={"oauth": oauth})


def _mounted(kind: str, arn: Any, name: str = "data") -> Part:
    return {"mounted": [{kind: {"access_point_arn": arn, "mount_path": f"/mnt/{name}"}}]}


def _also(**entry: Any) -> Part:
    return {"also": [entry]}


def _in_vpc(subnet: Any, *mounted: dict[str, Any]) -> Part:
    network = {
        "network_mode": "VPC",
        "network_mode_config": {"subnets": [subnet], "security_groups": ["sg-0123456789abcdef0"]},
    }
    runtime = {"network_configuration": network, "filesystem_configurations": list(mounted)}
    return _also(environment={"agentcore_runtime_environment": runtime})


def _hook(target: Part) -> Part:
    return {"hooks": [{"before_tool_call": {"target": target}}]}


def _bucket(name: Any, mount: str = "bucket", **more: str) -> Part:
    return {"mounted": [{"s3_bucket_mount": {"bucket": name, "mount_path": f"/mnt/{mount}", **more}}]}


KEY: Final = ACCOUNT + "token-vault/default/apikeycredentialprovider/key"
OAUTH: Final = ACCOUNT + "token-vault/default/oauth2credentialprovider/idp"
VAULT_KEY: Final = "arn:aws:kms:eu-central-1:111122223333:key/01234567-89ab-cdef-0123-456789abcdef"
EFS: Final = "arn:aws:elasticfilesystem:eu-central-1:111122223333:access-point/fsap-0123456789abcdef0"
S3_FILES: Final = (
    "arn:aws:s3files:eu-central-1:111122223333:file-system/fs-0123456789abcdef0/access-point/fsap-0123456789abcdef0"
)
IMAGE: Final = {"environment_artifact": {"container_configuration": {"container_uri": {"input": "images"}}}}
BEDROCK: Final = "arn:aws:bedrock:eu-central-1:111122223333:"

MODELS: Final[dict[str, Part]] = {
    "foundation": _bedrock("amazon.nova-pro-v1:0"),
    "profile": _bedrock("eu.anthropic.claude-haiku-4-5-20251001-v1:0"),
    "global": _bedrock("global.anthropic.claude-haiku-4-5-20251001-v1:0"),
    "application": _bedrock(BEDROCK + "application-inference-profile/abcdefghijkl"),
    "provisioned": _bedrock(BEDROCK + "provisioned-model/abcdefghijkl"),
    "imported": _bedrock(BEDROCK + "imported-model/abcdefghijkl"),
    "custom": _bedrock(BEDROCK + "custom-model-deployment/abcdefghijkl"),
    "router": _bedrock(BEDROCK + "prompt-router/abcdefghijkl"),
    "default-router": _bedrock(BEDROCK + "default-prompt-router/anthropic.claude:1"),
    "marketplace": _bedrock("arn:aws:sagemaker:eu-central-1:111122223333:endpoint/orders"),
    "mantle": _bedrock("openai.gpt-oss-120b-1:0", api_format="responses"),
    "model-input": _bedrock({"input": "model"}),
    "guardrail": _bedrock("amazon.nova-pro-v1:0", additional_params=GUARDED),
    "forced": {
        **_bedrock("eu.amazon.nova-pro-v1:0", additional_params={"guardrail_id": "a1b2c3d4e5f6"}),
        "role": {"force_guardrail": True},
    },
    "forced-version": {
        **_bedrock("global.amazon.nova-2-v1:0", additional_params=GUARDED),
        "role": {"force_guardrail": True},
    },
    "openai": {"model": {"openai_model_config": {"model_id": "gpt-5", "api_key_arn": KEY}}},
    "gemini-input": {"model": {"gemini_model_config": {"model_id": "gemini-3", "api_key_arn": {"input": "key"}}}},
    "litellm-bedrock": _litellm("bedrock/converse/eu.amazon.nova-pro-v1:0"),
    "litellm-arn": _litellm("bedrock/" + BEDROCK + "imported-model/abcdefghijkl"),
    "litellm-input": _litellm({"input": "litellm_model"}),
    "litellm-key": _litellm("anthropic/claude", api_key_arn=KEY),
    "litellm-open": _litellm("ollama/llama", api_base="https://llm.example.com"),
}
"""Of these a posture has one."""

PARTS: Final[dict[str, Part]] = {
    "browser": {"tools": [{"type": "agentcore_browser"}]},
    "own-browser": _tool("agentcore_browser", browser_arn=ACCOUNT + "browser-custom/web-AbCdE12345"),
    "browser-inputs": _tool("agentcore_browser", browser_arn={"input": "browsers"}),
    "interpreter": {"tools": [{"type": "agentcore_code_interpreter"}]},
    "own-interpreter": _tool(
        "agentcore_code_interpreter", code_interpreter_arn=ACCOUNT + "code-interpreter-custom/sums-AbCdE12345"
    ),
    "gateway": _tool("agentcore_gateway", gateway_arn=ACCOUNT + "gateway/stock-abcdefghij"),
    "gateway-inputs": _tool("agentcore_gateway", gateway_arn={"input": "gateways"}),
    "oauth": _gateway({"provider_arn": OAUTH, "scopes": ["a"]}),
    "oauth-input": _gateway({"provider_arn": {"input": "idp"}, "scopes": ["a"]}),
    "exchange": {
        **_gateway({"provider_arn": OAUTH, "scopes": ["a"], "grant_type": "TOKEN_EXCHANGE"}),
        "authorizer_configuration": {"custom_jwt_authorizer": COGNITO},
    },
    "jwt": {"authorizer_configuration": {"custom_jwt_authorizer": JWT}},
    "header": _tool("remote_mcp", url="https://mcp.example.com", headers={"x": f"Bearer ${{{KEY}x}}"}),
    "vault-key": {
        **_tool("remote_mcp", url="https://mcp.example.com", headers={"x": f"Bearer ${{{KEY}v}}"}),
        "token_vault": {"encryption_key_arn": VAULT_KEY},
    },
    "vault-key-input": {
        **_gateway({"provider_arn": OAUTH, "scopes": ["b"]}),
        "token_vault": {"encryption_key_arn": {"input": "vault_key"}},
    },
    "api": _signed("execute-api", "https://a1b2c3d4e5.execute-api.eu-central-1.amazonaws.com/prod/mcp"),
    "api-input": _signed("execute-api", {"input": "api_url"}),
    "gateway-url": _signed(
        "bedrock-agentcore", "https://orders-abcdefghij.gateway.bedrock-agentcore.eu-central-1.amazonaws.com/mcp"
    ),
    "gateway-url-input": _signed("bedrock-agentcore", {"input": "gateway_url"}),
    "runtime": _signed("bedrock-agentcore", RUNTIME_URL),
    "runtime-endpoint": _signed("bedrock-agentcore", RUNTIME_URL.replace("tools", "more") + "?qualifier=prod"),
    "runtime-inputs": _signed("bedrock-agentcore", {"input": "runtimes"}),
    "runtime-endpoint-inputs": _signed("bedrock-agentcore", {"input": "runtime_endpoints"}),
    "function-url": {
        **_signed("lambda", "https://abcdefgh.lambda-url.eu-central-1.on.aws/mcp"),
        "extra": [
            {
                "actions": ["lambda:InvokeFunctionUrl", "lambda:InvokeFunction"],
                "on": ["arn:aws:lambda:eu-central-1:111122223333:function:mcp"],
                "why": "The agent calls the MCP server behind this function.",
            }
        ],
    },
    "extra-input": {
        "extra": [{"actions": ["dynamodb:GetItem"], "on": [{"input": "table"}], "why": "The shell reads prices."}]
    },
    "extra-star": {"extra": [{"actions": ["pricing:GetProducts"], "on": ["*"], "why": "The shell reads list prices."}]},
    "skill": {"skills": [{"s3": {"uri": "s3://skills/orders/"}}]},
    "skill-nested": {"skills": [{"s3": {"uri": "s3://skills/orders/returns"}}]},
    "skill-bucket": {"skills": [{"s3": {"uri": "s3://one-skill"}}]},
    "skill-inputs": {"skills": [{"s3": {"uri": {"input": "skills"}}}]},
    "skill-bucket-inputs": {"skills": [{"s3": {"uri": {"input": "skill_buckets"}}}]},
    "git": {"skills": [{"git": {"url": "https://git.example.com/a.git", "auth": {"credential_arn": KEY + "git"}}}]},
    "memory-key": {
        "memory": {
            "managed_memory_configuration": {
                "encryption_key_arn": "arn:aws:kms:eu-central-1:111122223333:key/01234567-89ab-cdef-0123-456789abcdef"
            }
        }
    },
    "memory-key-input": {"memory": {"managed_memory_configuration": {"encryption_key_arn": {"input": "memory_key"}}}},
    "own-memory": {"memory": {"agentcore_memory_configuration": {"arn": ACCOUNT + "memory/shared-AbCdE12345"}}},
    "no-memory": {"memory": {"disabled": {}}},
    "efs": _mounted("efs_access_point", EFS),
    "efs-inputs": _mounted("efs_access_point", {"input": "efs"}, "efs"),
    "s3-files": _mounted("s3_files_access_point", S3_FILES, "files"),
    "s3-mount": _bucket("orders-data"),
    "s3-mount-prefix": _bucket(
        "orders-data",
        "prefix",
        prefix="data/{runtimeSessionId}/",
        s3_bucket_owner="444455556666",
        s3_bucket_region="eu-west-1",
    ),
    "s3-mount-directory": _bucket("scratch--euc1-az1--x-s3", "zone"),
    "s3-mount-inputs": _bucket({"input": "buckets"}, "given"),
    "s3-files-inputs": _mounted("s3_files_access_point", {"input": "s3_files"}, "more-files"),
    "lambda": _hook({"lambda": {"arn": "arn:aws:lambda:eu-central-1:111122223333:function:gate"}}),
    "lambda-alias": _hook({"lambda": {"arn": "arn:aws:lambda:eu-central-1:111122223333:function:gate:live"}}),
    "lambda-inputs": _hook({"lambda": {"arn": {"input": "functions"}}}),
    "sns": _hook({"sns": {"arn": "arn:aws:sns:eu-central-1:111122223333:steps"}}),
    "events": _hook({"event_bridge": {"arn": "arn:aws:events:eu-central-1:111122223333:event-bus/steps"}}),
    "events-input": _hook({"event_bridge": {"arn": {"input": "bus"}}}),
    "image": {
        "environment_artifact": {
            "container_configuration": {"container_uri": "111122223333.dkr.ecr.eu-central-1.amazonaws.com/agents/a:1"}
        }
    },
    "image-public": {
        "environment_artifact": {"container_configuration": {"container_uri": "public.ecr.aws/agents/a:1"}}
    },
    "image-input": {"environment_artifact": {"container_configuration": {"container_uri": {"input": "image"}}}},
    "vpc": {"mounted": []},
    "logs-only": {"role": {"observability": "logs-only"}},
    "also-model": _also(**_bedrock("us.amazon.nova-lite-v1:0", additional_params=GUARDED)),
    "also-models": _also(**_bedrock({"input": "foundations"})),
    "also-profiles": _also(**_bedrock({"input": "profiles"})),
    "also-applications": _also(**_bedrock({"input": "applications"})),
    "also-provisioned": _also(**_bedrock({"input": "provisioned"})),
    "also-imported": _also(**_bedrock({"input": "imported"})),
    "also-custom": _also(**_bedrock({"input": "customs"})),
    "also-routers": _also(**_bedrock({"input": "routers"})),
    "also-marketplace": _also(**_bedrock({"input": "marketplace"})),
    "also-mantle": _also(**_bedrock({"input": "mantles"}, api_format="chat_completions")),
    "also-keys": _also(model={"openai_model_config": {"model_id": "gpt-5", "api_key_arn": {"input": "keys"}}}),
    "also-guardrails": _also(guardrail={"input": "guardrails"}),
    "also-memory": _also(memory={"agentcore_memory_configuration": {"arn": {"input": "memories"}}}),
    "also-memory-keys": _also(memory={"managed_memory_configuration": {"encryption_key_arn": {"input": "kms_keys"}}}),
    "also-images": _also(**IMAGE),
    "also-vpc": _in_vpc("subnet-0123456789abcdef0"),
    "also-vpc-inputs": _in_vpc(
        {"input": "subnets"}, {"efs_access_point": {"access_point_arn": {"input": "efs"}, "mount_path": "/mnt/also"}}
    ),
    "also-jwt": _also(authorizer_configuration={"custom_jwt_authorizer": COGNITO}),
    "also-jwt-inputs": _also(
        authorizer_configuration={"custom_jwt_authorizer": {**JWT, "discovery_url": {"input": "issuers"}}}
    ),
}
"""Of these a posture has any number; of several that say the same key, the last one holds."""

MANY: Final = {
    "browsers", "gateways", "skills", "skill_buckets", "efs", "s3_files", "functions", "runtimes", "runtime_endpoints",
    "foundations", "profiles", "applications", "provisioned", "imported", "customs", "routers", "marketplace",
    "mantles", "keys", "guardrails", "memories", "kms_keys", "images", "subnets", "issuers", "buckets",
}  # fmt: skip
FORMS: Final = {
    "runtimes": "runtime",
    "runtime_endpoints": "runtime-endpoint",
    "skill_buckets": "bucket",
    "profiles": "inference-profile",
    "applications": "application-profile",
    "provisioned": "provisioned-model",
    "imported": "imported-model",
    "customs": "custom-deployment",
    "routers": "prompt-router",
    "marketplace": "marketplace-endpoint",
}
"""The inputs whose values have another form than the usual one."""


def posture(*names: str, model: str = "foundation") -> dict[str, Any]:
    """A posture with some of the features."""
    data: dict[str, Any] = {
        "tfgen": 1,
        "name": "sample",
        "harness": {"harness_name": "sample"},
        "role": {},
        "extra": [],
        "also": [],
    }
    harness = data["harness"]
    for part in (deepcopy(MODELS[model]), *(deepcopy(PARTS[name]) for name in names)):
        data["role"] |= part.pop("role", {})
        data["extra"] += part.pop("extra", [])
        data["also"] += part.pop("also", [])
        if "token_vault" in part:
            data["token_vault"] = part.pop("token_vault")
        mounted = part.pop("mounted", None)
        if mounted is not None:
            runtime = harness.setdefault("environment", {}).setdefault("agentcore_runtime_environment", {})
            runtime["network_configuration"] = deepcopy(VPC)
            if mounted:
                runtime.setdefault("filesystem_configurations", []).extend(mounted)
        for key, value in part.items():
            if isinstance(value, list):
                harness.setdefault(key, []).extend(value)
            else:
                harness[key] = value
    _name(harness)
    inputs = _inputs(data)
    if inputs:
        data["inputs"] = {
            name: {
                "description": "An input.",
                **({"type": "list(string)"} if name in MANY else {}),
                **({"form": FORMS[name]} if name in FORMS else {}),
            }
            for name in inputs
        }
    return data


def _name(harness: dict[str, Any]) -> None:
    for number, tool in enumerate(harness.get("tools", [])):
        tool["name"] = f"tool{number}"
    for number, hook in enumerate(harness.get("hooks", [])):
        hook["before_tool_call"]["name"] = f"hook{number}"


def _inputs(value: Any) -> list[str]:
    if isinstance(value, dict):
        if value.keys() == {"input"}:
            return [value["input"]]
        return list(dict.fromkeys(name for entry in value.values() for name in _inputs(entry)))
    if isinstance(value, list):
        return list(dict.fromkeys(name for entry in value for name in _inputs(entry)))
    return []
