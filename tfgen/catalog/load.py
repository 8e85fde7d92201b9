"""The packaged sheets, read when first needed. Knows no posture; a sheet that does not fit is a bug of ours."""

from __future__ import annotations

import pkgutil
import tomllib
from functools import cache
from typing import Final

from pydantic import ValidationError

from tfgen.catalog.model import Sheet
from tfgen.diagnostics import InternalError

SHEETS: Final = (
    "trust",
    "models",
    "mantle",
    "guardrail",
    "image",
    "logs",
    "traces",
    "metrics",
    "identity",
    "memory",
    "browser",
    "code-interpreter",
    "gateway",
    "gateway-oauth",
    "api-key",
    "skill-s3",
    "signed-mcp",
    "efs",
    "s3-files",
    "hooks",
    "memory-key",
    "litellm",
    "extra",
    "deny-role",
    "caller-invoke",
    "caller-invoke-command",
    "caller-shell",
    "caller-invoke-for-user",
    "caller-read",
    "caller-operate",
    "caller-deploy",
    "caller-pass-role",
    "caller-audit",
    "deny-caller",
    "boundary",
    "scp-network",
    "scp-authorizer",
    "gateway-policy",
    "session-storage",
    "gateway-open",
    "outside",
    "flow-logs",
)
"""Every sheet, in the order in which its statements stand in a policy."""


def resource_bytes(name: str) -> bytes:
    """Read a file that is packaged beside this module, such as `sheets/trust.toml`."""
    data = pkgutil.get_data(__package__, name)
    if data is None:
        raise InternalError(f"the packaged file {name} is missing")
    return data


@cache
def sheet(name: str) -> Sheet:
    """Give the sheet of that id; raises `InternalError` when there is none or it is not well formed."""
    if name not in SHEETS:
        raise InternalError(f"there is no sheet {name!r}")
    try:
        loaded = Sheet.model_validate(tomllib.loads(resource_bytes(f"sheets/{name}.toml").decode()))
    except (tomllib.TOMLDecodeError, ValidationError) as error:
        raise InternalError(f"the sheet {name} is not well formed: {error}") from error
    if loaded.id != name:
        raise InternalError(f"the sheet {name} calls itself {loaded.id}")
    return loaded


def position(name: str) -> int:
    """The place of a sheet in `SHEETS`."""
    return SHEETS.index(name)
