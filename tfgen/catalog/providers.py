"""What is known of identity providers, from `providers.toml`: discovery URLs, issuers and claims. Knows no posture."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from datetime import date
from functools import cache
from typing import Annotated, Final, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from tfgen.catalog.load import resource_bytes
from tfgen.catalog.model import PLACEHOLDER, Derive, Name, Row
from tfgen.diagnostics import InternalError

Condition = Literal["allowed_audience", "allowed_clients", "allowed_scopes", "custom_claims"]
ClaimType = Literal["STRING", "STRING_ARRAY"]
Operator = Literal["EQUALS", "CONTAINS", "CONTAINS_ANY"]
Clause = Annotated[str, Field(min_length=10, pattern=r"^\S(.*[^.\s])$")]
"""What a message says: no final stop."""

GENERIC: Final = "oidc"
"""The provider of a discovery URL that is no other's."""


class ProviderForm(Row):
    """One way to write a provider's discovery URL, and what it tells of the tokens."""

    id: Name
    pattern: str
    """Matches the URL; its named groups are the values of `issuers`."""
    discovery: str = ""
    """The URL, with the keys of a preset as placeholders; empty where no preset makes this form."""
    given_by: str = ""
    """The key of a preset that means this form where it is given."""
    issuers: tuple[str, ...] = ()
    """What `iss` of a token can be; empty where the URL does not tell."""
    certain: bool = True
    """Whether no other issuer is possible."""
    binds: bool = False
    """Whether the execution role may be limited to tokens of the first issuer."""
    warning: Clause | Literal[""] = ""
    """What is wrong with using this form at all."""
    help: str = ""


class When(Row):
    """A row that holds for some forms of its provider, or for all."""

    when: tuple[Name, ...] = ()

    def holds(self, form: str) -> bool:
        """Whether the row holds for a form."""
        return not self.when or form in self.when


class PresetKey(When):
    """What a preset's key becomes in the authorizer."""

    key: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
    becomes: Condition
    claim: str = ""
    type: ClaimType | None = None
    operator: Operator | None = None

    @model_validator(mode="after")
    def _claim_has_it_all(self) -> Self:
        wanted = self.becomes == "custom_claims"
        if any(bool(part) != wanted for part in (self.claim, self.type, self.operator)):
            raise ValueError(f"{self.key}: claim, type and operator go with custom_claims, all of them")
        return self


class Lack(When):
    """A condition that the provider's tokens do not meet, or only in cases that `why` tells."""

    condition: Condition
    why: Clause
    help: Clause


class KnownClaim(When):
    """Of which type a claim is in the provider's tokens."""

    name: Annotated[str, Field(min_length=1)]
    type: ClaimType


class Provider(Row):
    """One identity provider."""

    id: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
    name: str
    supply: Clause
    """What an author must know and say."""
    form_key: str = ""
    """The key of a preset whose value names the form, unless one is `given_by` a key of its own; empty where the first
    form is meant."""
    derive: tuple[Derive, ...] = ()
    form: tuple[ProviderForm, ...] = Field(min_length=1)
    key: tuple[PresetKey, ...] = Field(min_length=1)
    lack: tuple[Lack, ...] = ()
    claim: tuple[KnownClaim, ...] = ()

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        forms = [form.id for form in self.form]
        rows: tuple[When, ...] = (*self.key, *self.lack, *self.claim)
        if unknown := {name for row in rows for name in row.when} - set(forms):
            raise ValueError(f"{self.id}: rows name forms that the provider lacks: {sorted(unknown)}")
        if len(set(forms)) < len(forms):
            raise ValueError(f"{self.id}: a form stands twice")
        for form in self.form:
            groups = set(re.compile(form.pattern).groupindex)
            if unknown := {name for text in form.issuers for name in PLACEHOLDER.findall(text)} - groups:
                raise ValueError(f"{self.id}: issuers use what the pattern does not find: {sorted(unknown)}")
        return self

    def form_of(self, name: str) -> ProviderForm:
        """The form of that id; raises `InternalError` when there is none."""
        found = next((form for form in self.form if form.id == name), None)
        if found is None:
            raise InternalError(f"the provider {self.id} has no form {name!r}")
        return found


class _Table(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    reviewed: date
    provider: tuple[Provider, ...]


@cache
def _table() -> _Table:
    try:
        return _Table.model_validate(tomllib.loads(resource_bytes("providers.toml").decode()))
    except (tomllib.TOMLDecodeError, ValidationError) as error:
        raise InternalError(f"the table of identity providers is not well formed: {error}") from error


def reviewed() -> date:
    """The day on which the table was last held against its sources."""
    return _table().reviewed


def providers() -> Mapping[str, Provider]:
    """Every provider by its id, the generic one last."""
    return {row.id: row for row in _table().provider}


def recognise(url: str) -> tuple[Provider, ProviderForm, Mapping[str, str]] | None:
    """Whose discovery URL this is, in which form, and what the form finds in it; None for a URL of no form."""
    for provider in _table().provider:
        for form in provider.form:
            match = re.search(form.pattern, url)
            if match is not None:
                return provider, form, match.groupdict("")
    return None


def keys_of(provider: Provider) -> Iterable[str]:
    """Every key that a preset of this provider needs or may have, beside the ones that all presets share."""
    placeholders = [name for form in provider.form for name in PLACEHOLDER.findall(form.discovery)]
    derived = {row.name for row in provider.derive}
    named = [row.key for row in provider.key]
    wanted = [*placeholders, *([provider.form_key] if provider.form_key else []), *named]
    return dict.fromkeys(name for name in wanted if name not in derived)
