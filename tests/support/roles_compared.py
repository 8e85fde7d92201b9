"""Execution roles that others give for some features, beside ours for the same features: what is counted, and how."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tfgen.catalog import authorization
from tfgen.iam.policy import Effect
from tfgen.plan.build import build
from tfgen.posture import validate

FOLDER = Path(__file__).parents[1] / "fixtures" / "roles"
_AC = "arn:aws:bedrock-agentcore:us-west-2:111122223333"
_KEY = f"{_AC}:token-vault/default/apikeycredentialprovider"
_NOVA = {"bedrock_model_config": {"model_id": "amazon.nova-pro-v1:0"}}
_IMAGE = {"container_configuration": {"container_uri": "111122223333.dkr.ecr.us-west-2.amazonaws.com/agents/bot:1"}}
_FSAP = "fsap-0123456789abcdef0"
_EFS = "arn:aws:elasticfilesystem:us-west-2:111122223333:access-point"


def _tool(kind: str, config: Mapping[str, Any] | None = None) -> dict[str, Any]:
    return {"type": f"agentcore_{kind}", "name": kind, **({"config": {f"agentcore_{kind}": config}} if config else {})}


# The same features, told as a posture's `harness:`.
SAME: Mapping[str, Mapping[str, Any]] = {
    "documentation": {
        "model": _NOVA,
        "memory": {"disabled": {}},
        "tools": [_tool("browser"), _tool("code_interpreter")],
        "authorizer_configuration": {
            "custom_jwt_authorizer": {
                "discovery_url": "https://idp.example.com/.well-known/openid-configuration",
                "allowed_clients": ["client"],
            }
        },
    },
    "cdk-minimal": {"model": _NOVA},
    "cdk-full": {
        "model": {"bedrock_model_config": {"model_id": "openai.gpt-oss-120b-1:0", "api_format": "responses"}},
        "tools": [
            _tool("browser"),
            _tool("code_interpreter"),
            _tool("gateway", {"gateway_arn": f"{_AC}:gateway/orders-abcde12345"}),
            {
                **_tool(
                    "gateway",
                    {
                        "gateway_arn": f"{_AC}:gateway/stock-abcde12345",
                        "outbound_auth": {
                            "oauth": {
                                "provider_arn": f"{_AC}:token-vault/default/oauth2credentialprovider/idp",
                                "scopes": ["read"],
                            }
                        },
                    },
                ),
                "name": "stock",
            },
            {
                "type": "remote_mcp",
                "name": "search",
                "config": {
                    "remote_mcp": {
                        "url": "https://mcp.example.com/",
                        "headers": {"Authorization": f"Bearer ${{{_KEY}/k1}}"},
                    }
                },
            },
        ],
        "skills": [
            {"s3": {"uri": "s3://bkt/skills/"}},
            {"git": {"url": "https://git.example.com/s.git", "auth": {"credential_arn": f"{_KEY}/gitpat"}}},
        ],
        "environment_artifact": _IMAGE,
        "environment": {
            "agentcore_runtime_environment": {
                "network_configuration": {
                    "network_mode": "VPC",
                    "network_mode_config": {
                        "subnets": ["subnet-0123456789abcdef0"],
                        "security_groups": ["sg-0123456789abcdef0"],
                    },
                },
                "filesystem_configurations": [
                    {
                        "efs_access_point": {
                            "access_point_arn": f"{_EFS}/{_FSAP}",
                            "mount_path": "/mnt/efs",
                        }
                    },
                    {
                        "s3_files_access_point": {
                            "access_point_arn": "arn:aws:s3files:us-west-2:111122223333:"
                            f"file-system/fs-0123456789abcdef0/access-point/{_FSAP}",
                            "mount_path": "/mnt/s3",
                        }
                    },
                ],
            }
        },
    },
    "aws-ia": {"model": _NOVA, "memory": {"disabled": {}}, "environment_artifact": _IMAGE},
}


@dataclass(frozen=True)
class Counts:
    """What is counted of one role's Allow statements."""

    statements: int
    actions: int
    bare: int
    patterns: int
    exact: int
    unknown: int

    @classmethod
    def of(cls, statements: Iterable[tuple[Iterable[str], Iterable[str]]]) -> Counts:
        """Count statements given as actions and resources."""
        listed = [(tuple(actions), tuple(resources)) for actions, resources in statements]
        resources = [resource for _, found in listed for resource in found]
        actions = [action for found, _ in listed for action in found]
        bare = sum(resource == "*" for resource in resources)
        wild = sum(("*" in resource or "?" in resource) and resource != "*" for resource in resources)
        unknown = sum(authorization.action(action) is None for action in actions)
        return cls(len(listed), len(actions), bare, wild, len(resources) - bare - wild, unknown)

    def cells(self) -> str:
        """The counts as cells of a table."""
        values = (self.statements, self.actions, self.bare, self.patterns, self.exact, self.unknown)
        return " | ".join(str(value) for value in values)


def theirs(name: str) -> tuple[str, Counts]:
    """The title of a compared role, with its source, and its counts."""
    data = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    counts = Counts.of((statement["actions"], statement["resources"]) for statement in data["statements"])
    return f"[{data['title']}]({data['source']})", counts


def ours(name: str) -> Counts:
    """The counts of tfgen's role for the same features."""
    validation = validate({"tfgen": 1, "name": "bot", "harness": {"harness_name": "proj_bot", **SAME[name]}})
    assert validation.posture is not None, validation.findings
    plan, findings = build(validation.posture)
    assert findings == ()
    allowed = [grant.statement for grant in plan.role.policy.grants if grant.statement.effect is Effect.ALLOW]
    return Counts.of((statement.actions, map(str, statement.resources)) for statement in allowed)


def table() -> str:
    """The table for the documentation."""
    lines = [
        "| role | statements | actions | bare `*` | patterns | exact | actions that do not exist |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    for name in SAME:
        title, counts = theirs(name)
        lines += [f"| {title} | {counts.cells()} |", f"| tfgen, same features | {ours(name).cells()} |"]
    return "\n".join(lines) + "\n"
