"""Postures that make the harness itself: their plans and files, and what each provider cannot carry of them."""

from __future__ import annotations

from copy import deepcopy
from typing import Any, Final

from provision_table import ENDS, without_null

from tfgen.diagnostics import Finding, Severity
from tfgen.hcl.read import read
from tfgen.hcl.tree import Body
from tfgen.plan.build import build
from tfgen.plan.model import Plan
from tfgen.posture import validate
from tfgen.proof.prove import prove
from tfgen.render import files

VPC: Final = {
    "network_mode": "VPC",
    "network_mode_config": {"subnets": ["subnet-0123456789abcdef0"], "security_groups": ["sg-0123456789abcdef0"]},
}
BASE: Final[dict[str, Any]] = {
    "tfgen": 1,
    "name": "order-support",
    "harness": {
        "harness_name": "order_support",
        "model": {"bedrock_model_config": {"model_id": "amazon.nova-pro-v1:0"}},
        "system_prompt": [{"text": "You help."}],
    },
}
IDS: Final = [".".join(map(str, route[1:])) for route in ENDS]
"""The keys of the harness, as a person names them."""
FILES: Final = "environment.agentcore_runtime_environment.filesystem_configurations.0"
VOLUME: Final = f"{FILES}.capacity_provider_volume"
MOUNT: Final = f"{FILES}.s3_bucket_mount"
JWT: Final = "authorizer_configuration.custom_jwt_authorizer"
MCP_AUTH: Final = "tools.0.config.remote_mcp.outbound_auth"
CERTIFICATES: Final = f"{JWT}.certificate_configurations"
REFUSED: Final = {
    "aws": (
        "hooks",
        MCP_AUTH,
        "model.openai_model_config.api_base",
        f"{JWT}.advertised_scope_mapping",
        CERTIFICATES,
        VOLUME,
        MOUNT,
    ),
    "awscc": (
        "hooks",
        MCP_AUTH,
        CERTIFICATES,
        VOLUME,
        MOUNT,
        f"{FILES}.efs_access_point",
        f"{FILES}.s3_files_access_point",
        f"{JWT}.advertised_scope_mapping",
        f"{JWT}.allowed_workload_configuration",
        f"{JWT}.private_endpoint",
        f"{JWT}.private_endpoint_overrides",
        "memory.disabled",
        "memory.managed_memory_configuration",
        "model.bedrock_model_config.additional_params",
        "model.bedrock_model_config.api_format",
        "model.gemini_model_config.additional_params",
        "model.litellm_model_config",
        "model.openai_model_config.additional_params",
        "model.openai_model_config.api_base",
        "model.openai_model_config.api_format",
        "skills.0.aws_skills",
        "skills.0.git",
        "skills.0.s3",
    ),
    "cloudformation": (MCP_AUTH, CERTIFICATES, VOLUME, MOUNT, f"{JWT}.allowed_workload_configuration"),
}
"""What each provider cannot carry, with all below it."""
INPUTS: Final = {
    "gateways": {"description": "Gateways.", "type": "list(string)"},
    "urls": {"description": "Servers.", "type": "list(string)"},
    "audiences": {"description": "Audiences.", "type": "list(string)"},
    "token": {"description": "A header."},
    "secret": {"description": "A variable."},
}
RICH: Final[dict[str, Any]] = {
    **BASE,
    "inputs": INPUTS,
    "harness": {
        **BASE["harness"],
        "memory": {"disabled": {}},
        "model": {
            "bedrock_model_config": {
                "model_id": "amazon.nova-pro-v1:0",
                "temperature": 0.5,
                "top_p": 1.0,
                "additional_params": {"a b": [1, -2, 0.25, -1.5, True, None, {}, []], "${x}": "${y}"},
            }
        },
        "tools": [
            {"type": "agentcore_gateway", "config": {"agentcore_gateway": {"gateway_arn": {"input": "gateways"}}}},
            {
                "type": "remote_mcp",
                "name": "search",
                "config": {
                    "remote_mcp": {
                        "url": "https://mcp.example.com",
                        "headers": {"X-Api": {"input": "token"}, "X-B": "b"},
                    }
                },
            },
            {"type": "remote_mcp", "config": {"remote_mcp": {"url": {"input": "urls"}, "headers": {}}}},
            {
                "type": "agentcore_gateway",
                "name": "anonymous",
                "config": {
                    "agentcore_gateway": {
                        "gateway_arn": "arn:aws:bedrock-agentcore:eu-central-1:111122223333:gateway/open-abcdefghij",
                        "outbound_auth": {"none": {}},
                    }
                },
            },
        ],
        "allowed_tools": [],
        "environment": {"agentcore_runtime_environment": {"network_configuration": VPC}},
        "environment_variables": {"STAGE": "test", "OTHER": {"input": "secret"}},
        "authorizer_configuration": {
            "custom_jwt_authorizer": {
                "discovery_url": "https://idp.example.com/.well-known/openid-configuration",
                "allowed_audience": ["a", {"input": "audiences"}],
            }
        },
        "tags": {"only": "the harness"},
    },
    "tags": {"team": "shop"},
}


def memory(**keys: Any) -> dict[str, Any]:
    """The keys of a harness with a memory of its own."""
    arn = "arn:aws:bedrock-agentcore:eu-central-1:111122223333:memory/shop-AbCdE12345"
    return {"memory": {"agentcore_memory_configuration": {"arn": arn, **keys}}}


def rich(name: str) -> dict[str, Any]:
    """A posture with much in it, as far as the provider carries it."""
    data = deepcopy({**(without_null(RICH) if name == "cloudformation" else RICH), "provision": name})
    if name == "awscc":
        del data["harness"]["model"]["bedrock_model_config"]["additional_params"]
        data["harness"] |= memory(retrieval_config={"/facts": {"top_k": 3}, "/likes": {"relevance_score": 0.5}})
    return data


def planned(data: dict[str, Any]) -> tuple[Plan, tuple[Finding, ...]]:
    """The plan of a posture, and all that is found in it."""
    validation = validate(data)
    assert validation.posture is not None, validation.findings
    plan, findings = build(validation.posture)
    return plan, (*validation.findings, *findings)


def parts_of(data: dict[str, Any]) -> tuple[Plan, dict[str, Body]]:
    """The plan and the parsed Terraform files of a posture that renders without a word."""
    plan, findings = planned(data)
    assert [finding for finding in findings if finding.severity is Severity.ERROR] == []
    made = files.tree(plan)
    assert prove(plan, made) == ()
    return plan, {file.path: read(file.text) for file in made if file.path.endswith(".tf")}


PLAN: Final = planned({**BASE, "provision": "aws"})[0]
"""The plan of the smallest posture that makes its harness."""
