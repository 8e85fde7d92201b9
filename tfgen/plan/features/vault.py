"""The key of the token vault, for harnesses that fetch credentials from it. Knows no action or ARN."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from tfgen.diagnostics import At, Code, Finding, Route
from tfgen.plan.features.result import Found, Narrowed, one
from tfgen.plan.statements import FeatureUse
from tfgen.plan.values import Values
from tfgen.posture.document import Posture

_KEPT_IN_IT: Final = frozenset({"api-key", "gateway-oauth"})
"""The sheets of what is fetched from the vault."""


def vault(posture: Posture, found: Sequence[FeatureUse | Finding | Narrowed]) -> Found:
    """The vault's key, or that nothing the posture uses is kept in the vault."""
    if posture.token_vault is None:
        return
    if any(isinstance(use, FeatureUse) and use.sheet in _KEPT_IN_IT for use in found):
        route: Route = ("token_vault", "encryption_key_arn")
        yield one("token-vault-key", "key_arn", posture.token_vault.encryption_key_arn, route, Values(posture))
    else:
        message = "this harness fetches no credential from the token vault, so its key has no effect"
        yield Finding(Code.CONFLICT, message, ("token_vault",), "leave it out", at=At.KEY)
