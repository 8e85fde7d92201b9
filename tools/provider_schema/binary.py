"""What the local provider says of its own resources: `terraform providers schema -json`."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from shape import COMPUTED, OPTIONAL, REQUIRED, Block

_ROOT = """terraform {{
  required_providers {{
    aws = {{
      source  = "hashicorp/aws"
      version = "{version}"
    }}
  }}
}}
"""


def read(source: Mapping[str, Any], wanted: Mapping[str, Any]) -> dict[str, dict[str, Block]]:
    """The wanted resources and data sources of the provider's version that `sources.toml` names."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "versions.tf").write_text(_ROOT.format(version=source["version"]), encoding="utf-8")
        mirror = os.environ.get("TFGEN_TERRAFORM_MIRROR")
        _terraform(folder, "init", "-backend=false", *([f"-plugin-dir={mirror}"] if mirror else []))
        schemas = json.loads(_terraform(folder, "providers", "schema", "-json"))["provider_schemas"]
    (provider,) = schemas.values()
    return {
        "resource": {name: _block(provider["resource_schemas"][name]["block"]) for name in wanted["resources"]},
        "data": {name: _block(provider["data_source_schemas"][name]["block"]) for name in wanted["data"]},
    }


def _terraform(folder: str, *args: str) -> str:
    command = ["terraform", *args]
    env = os.environ | {"CHECKPOINT_DISABLE": "1", "TF_IN_AUTOMATION": "1"}
    done = subprocess.run(command, cwd=folder, env=env, capture_output=True, encoding="utf-8", check=False)
    if done.returncode:
        raise SystemExit(f"{' '.join(command)} failed:\n{done.stderr}")
    return done.stdout


def _block(found: Mapping[str, Any]) -> Block:
    return {
        "attributes": {name: _attribute(one) for name, one in found.get("attributes", {}).items()},
        "blocks": {name: _nested(one) for name, one in found.get("block_types", {}).items()},
    }


def _nested(found: Mapping[str, Any]) -> Block:
    bounds = {key: found[f"{key}_items"] for key in ("min", "max") if found.get(f"{key}_items")}
    return {"nesting": found["nesting_mode"], **bounds, **_block(found["block"])}


def _attribute(found: Mapping[str, Any]) -> dict[str, Any]:
    mode = REQUIRED if found.get("required") else OPTIONAL if found.get("optional") else COMPUTED
    return {"type": _type(found["type"]), "mode": mode}


def _type(found: Any) -> Any:
    """A type, an object as a mapping."""
    if isinstance(found, str):
        return found
    kind, inner = found
    return {name: _type(part) for name, part in inner.items()} if kind == "object" else [kind, _type(inner)]
