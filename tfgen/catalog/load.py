"""The packaged sheets, read when first needed. Knows no posture; a sheet that does not fit is a bug of ours."""

from __future__ import annotations

import pkgutil
import tomllib
from functools import cache
from typing import Any, Final, get_args

from pydantic import BaseModel

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
    "s3-mount",
    "hooks",
    "memory-key",
    "token-vault-key",
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
    """Give the sheet of that id; raises `InternalError` when there is none or it has not the form of one.

    The packaged sheets are taken at their word, since making pydantic's validator costs more than all else here: the
    tests hold each of them, as this function gives it, against what `Sheet.model_validate` makes of the same text.
    """
    if name not in SHEETS:
        raise InternalError(f"there is no sheet {name!r}")
    try:
        loaded: Sheet = _taken(Sheet, tomllib.loads(resource_bytes(f"sheets/{name}.toml").decode()))
    except (tomllib.TOMLDecodeError, LookupError) as error:
        raise InternalError(f"the sheet {name} is not well formed: {error}") from error
    if loaded.id != name:
        raise InternalError(f"the sheet {name} calls itself {loaded.id}")
    return loaded


def _taken(kind: Any, value: Any) -> Any:  # noqa: ANN401 - an annotation and plain data
    """Put plain data into the form that an annotation says: tables into models, lists into tuples."""
    if isinstance(value, list):
        element = get_args(kind)[0]
        return tuple(_taken(element, part) for part in value)
    model = next((one for one in (kind, *get_args(kind)) if isinstance(one, type) and issubclass(one, BaseModel)), None)
    if model is None:
        return value
    fields = model.model_fields
    return model.model_construct(**{key: _taken(fields[key].annotation, part) for key, part in value.items()})


def position(name: str) -> int:
    """The place of a sheet in `SHEETS`."""
    return SHEETS.index(name)
