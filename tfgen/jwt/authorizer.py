"""Who is let in by a token, as plain values. Knows no posture and no provider."""

from __future__ import annotations

from dataclasses import dataclass

from tfgen.diagnostics import Route
from tfgen.iam.text import Text


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition that a token must meet: what a claim must hold. One of `values` is enough."""

    key: str
    """The key of the authorizer that it stands under."""
    claim: str
    kind: str
    """The type of a custom claim; empty for a condition that the authorizer knows how to read."""
    operator: str
    """The operator of a custom claim; empty for the same."""
    values: tuple[Text, ...]
    route: Route


@dataclass(frozen=True, slots=True)
class Inbound:
    """Who is let in by a token. All conditions must hold."""

    provider: str
    """Whose discovery URL it is, by its id in the catalog; empty where that is not known."""
    form: str
    """In which of the provider's forms."""
    discovery: Text
    issuers: tuple[Text, ...]
    """What the issuer of a token can be; empty where only the document at the discovery URL tells."""
    certain: bool
    """Whether no other issuer is possible."""
    conditions: tuple[Condition, ...]
    route: Route
    """Where the authorizer stands in the posture."""
    url_route: Route
    """Where the posture says which provider it is."""
    by_preset: bool
    """Whether tfgen has filled in the conditions."""
    workloads: Route | None
    """Where the posture limits the workloads that may pass tokens on; None where it does not."""
