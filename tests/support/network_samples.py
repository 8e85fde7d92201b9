"""Postures in a VPC: any features of `feature_samples`, surrounded by a network."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from typing import Any, Final

from feature_samples import posture

from tfgen.plan.build import build
from tfgen.plan.model import Plan
from tfgen.plan.network.model import Network
from tfgen.posture import validate
from tfgen.proof.prove import prove
from tfgen.render import files

PLACE: Final[Mapping[str, Any]] = {
    "vpc": {"id": "vpc-0123456789abcdef0"},
    "subnets": {"ids": ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"]},
    "route_tables": {"ids": ["rtb-0123456789abcdef0"]},
}
MOUNTS: Final = {
    "security_groups": ["sg-0123456789abcdef0"],
    "subnets": {"ids": ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"]},
}
STORE: Final = {
    "name": "orders",
    "to": {"security_group": "sg-0123456789abcdef1"},
    "port": 5432,
    "why": "The orders database.",
}
PLACE_BEYOND: Final = {
    "name": "metrics",
    "to": {"cidr": "10.9.0.0/16"},
    "port": 8125,
    "to_port": 8126,
    "protocol": "udp",
    "why": "The metrics collectors.",
}
NAT: Final = {"nat": {"cidrs": ["203.0.113.0/24"]}}
NEEDS_INTERNET: Final = frozenset(
    {
        "browser", "own-browser", "browser-inputs", "header", "api", "api-input", "function-url", "git", "image-public",
        "s3-mount-prefix", "vault-key",
    }
)  # fmt: skip
"""Features that reach something that no endpoint covers."""
MODELS_OUTSIDE: Final = frozenset({"openai", "gemini-input", "litellm-key", "litellm-open"})


def sample(*names: str, model: str = "foundation", **network: Any) -> dict[str, Any]:
    """Features by their names in `feature_samples`, in a VPC with these keys of `network`."""
    data = posture(*names, model=model)
    runtime = data["harness"].setdefault("environment", {}).setdefault("agentcore_runtime_environment", {})
    runtime["network_configuration"] = {"network_mode": "VPC"}
    data["network"] = {**deepcopy(dict(PLACE)), **deepcopy(network)}
    also = (entry.get("environment", {}).get("agentcore_runtime_environment", {}) for entry in data.get("also", ()))
    mounted = [one for place in (runtime, *also) for one in place.get("filesystem_configurations", ())]
    if any("efs_access_point" in one or "s3_files_access_point" in one for one in mounted):
        data["network"].setdefault("mount_targets", deepcopy(MOUNTS))
    if NEEDS_INTERNET & set(names) or model in MODELS_OUTSIDE:
        data["network"].setdefault("internet", deepcopy(NAT))
    return data


def planned(data: Any) -> tuple[Plan, Network]:
    """The plan of a posture that has nothing to find fault with, and its network."""
    validation = validate(data)
    assert validation.posture is not None, validation.findings
    plan, found = build(validation.posture)
    assert found == ()
    assert plan.network is not None
    return plan, plan.network


def proven(data: Any) -> Network:
    """The network of a posture whose rendered tree is proven."""
    plan, around = planned(data)
    assert prove(plan, files.tree(plan)) == ()
    return around
