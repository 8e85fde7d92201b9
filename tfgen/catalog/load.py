"""The packaged sheets, read when first needed. Knows no posture; a sheet that does not fit is a bug of ours."""

from __future__ import annotations

import pkgutil
import tomllib
from collections.abc import Iterator, Mapping
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


def _taken(model: type[BaseModel], table: Mapping[str, Any]) -> Any:  # noqa: ANN401 - what the model makes
    """Put a table into the form of a model: its tables into models, its lists into tuples."""
    inside = _inside(model)
    values: dict[str, Any] = {}
    for key, part in table.items():
        kind = inside[key]
        if isinstance(part, list):
            values[key] = tuple(part) if kind is None else tuple([_taken(kind, one) for one in part])
        else:
            values[key] = part if kind is None else _taken(kind, part)
    return model.model_construct(**values)


@cache
def _inside(model: type[BaseModel]) -> Mapping[str, type[BaseModel] | None]:
    """For each field of a model, the model of the tables in it."""
    return {name: next(_models(field.annotation), None) for name, field in model.model_fields.items()}


def _models(annotation: Any) -> Iterator[type[BaseModel]]:  # noqa: ANN401 - an annotation
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in get_args(annotation):
        yield from _models(part)


def position(name: str) -> int:
    """The place of a sheet in `SHEETS`."""
    return SHEETS.index(name)
