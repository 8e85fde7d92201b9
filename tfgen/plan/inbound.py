"""Who is let in by a token: a preset becomes the authorizer that it stands for, and that becomes a part of the plan.

Knows the keys of authorizers, and no provider: what a preset becomes stands in the catalog.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final, TypeVar

from tfgen.catalog.model import PLACEHOLDER
from tfgen.catalog.providers import PresetKey, Provider, ProviderForm, providers, recognise
from tfgen.diagnostics import At, Code, Finding, InternalError, Related, Route
from tfgen.iam.text import Text, capture, text
from tfgen.jwt.authorizer import Condition, Inbound
from tfgen.plan.grants import fill
from tfgen.plan.values import Values
from tfgen.posture.alternatives import Also
from tfgen.posture.authorizer import ClaimMatch, ClaimMatchValue, CustomClaim, JwtAuthorizer, Restrictions
from tfgen.posture.document import Posture
from tfgen.posture.harness import Harness
from tfgen.posture.presets import Authorizer
from tfgen.posture.values import InputRef

_KEY: Final = "authorizer_configuration"
_JWT: Final = "custom_jwt_authorizer"
HARNESS: Final[Route] = ("harness",)

H = TypeVar("H", Harness, Also)

READ: Final = {"allowed_audience": "aud", "allowed_clients": "client_id", "allowed_scopes": "scope"}
"""Which claim the authorizer reads for each of its keys.

Source: https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/inbound-jwt-authorizer.html
"""


def expanded(posture: Posture) -> tuple[Posture, tuple[Finding, ...]]:
    """The same posture with `custom_jwt_authorizer` in it wherever it names a preset, which stays beside it.

    Findings say which values of a preset cannot become conditions. A discovery URL that is made of inputs is a
    `Text`; everything else is as an author would have written it.
    """
    harness, findings = _expanded(posture.harness, HARNESS, posture)
    entries = [_expanded(entry, ("also", index), posture) for index, entry in enumerate(posture.also)]
    update = {"harness": harness, "also": tuple(entry for entry, _ in entries)}
    return posture.model_copy(update=update), (*findings, *(finding for _, more in entries for finding in more))


def _expanded(holder: H, above: Route, posture: Posture) -> tuple[H, tuple[Finding, ...]]:
    authorizer = holder.authorizer_configuration
    if authorizer is None or authorizer.preset is None:
        return holder, ()
    found = _Preset(authorizer, above, posture)
    written = Authorizer.model_construct(custom_jwt_authorizer=found.authorizer(), preset=authorizer.preset)
    return holder.model_copy(update={_KEY: written}), tuple(found.findings)


def inbound(posture: Posture, holder: Harness | Also, above: Route = HARNESS) -> Inbound | None:
    """The authorizer in the harness of an expanded posture, or in an entry of `also`, as a part of the plan.

    None where callers sign their requests.
    """
    authorizer = holder.authorizer_configuration
    jwt = authorizer.custom_jwt_authorizer if authorizer is not None else None
    if authorizer is None or jwt is None:
        return None
    values = Values(posture)
    discovery = values.text(jwt.discovery_url)
    preset = _Preset(authorizer, above, posture) if authorizer.preset is not None else None
    provider, form, issuers = preset.identity() if preset is not None else _recognised(discovery)
    route: Route = preset.route if preset is not None else (*above, _KEY, _JWT)
    return Inbound(
        provider=provider.id if provider is not None else "",
        form=form.id if form is not None else "",
        discovery=discovery,
        issuers=issuers,
        certain=form is not None and form.certain,
        conditions=tuple(_conditions(jwt, values, preset, route)),
        route=route,
        url_route=route if preset is not None else (*route, "discovery_url"),
        by_preset=preset is not None,
        workloads=(*route, "allowed_workload_configuration") if jwt.allowed_workload_configuration else None,
    )


def _recognised(discovery: Text) -> tuple[Provider | None, ProviderForm | None, tuple[Text, ...]]:
    found = recognise(discovery.known) if discovery.known is not None else None
    if found is None:
        return None, None, ()
    provider, form, groups = found
    named = {name: text(value) for name, value in groups.items()}
    return provider, form, tuple(fill(issuer, named) for issuer in form.issuers)


def _conditions(jwt: JwtAuthorizer, values: Values, preset: _Preset | None, above: Route) -> Iterator[Condition]:
    for key, claim in READ.items():
        given = getattr(jwt, key)
        if given:
            place: Route = preset.place_of(key) if preset is not None else (*above, key)
            yield Condition(key, claim, "", "", tuple(map(values.text, given)), place)
    own = len(preset.given.custom_claims or ()) if preset is not None else len(jwt.custom_claims or ())
    for index, custom in enumerate(jwt.custom_claims or ()):
        match = custom.authorizing_claim_match_value
        _, wanted = match.claim_match_value.member
        listed = wanted if isinstance(wanted, tuple) else (wanted,)
        name = custom.inbound_token_claim_name
        route: Route = (*above, "custom_claims", index)
        if preset is not None and index >= own:
            route = preset.place_of("custom_claims", name)
        texts = tuple(map(values.text, listed))
        kind = custom.inbound_token_claim_value_type
        yield Condition("custom_claims", name, kind, match.claim_match_operator, texts, route)


class _Preset:
    """What one preset of a posture becomes."""

    def __init__(self, authorizer: Authorizer, above: Route, posture: Posture) -> None:
        assert authorizer.preset is not None  # noqa: S101  # only made where there is one
        self.key, given = authorizer.preset.member
        self.given: Restrictions = given
        self.route: Route = (*above, _KEY, "preset", self.key)
        self.provider = providers()[self.key]
        self.findings: list[Finding] = []
        self._posture = posture
        self._values = Values(posture)
        self.form = self._form()

    def _form(self) -> ProviderForm:
        """The form that is meant; a finding where another key says otherwise."""
        key = self.provider.form_key
        for form in self.provider.form:
            if form.given_by and getattr(self.given, form.given_by) is not None:
                if key and key in self.given.model_fields_set:
                    message = f"{key!r} has no effect beside {form.given_by!r}"
                    other = (Related((*self.route, form.given_by), "this decides", At.KEY),)
                    self.findings.append(
                        Finding(Code.CONFLICT, message, (*self.route, key), "leave it out", related=other)
                    )
                return form
        return self.provider.form_of(getattr(self.given, key) if key else self.provider.form[0].id)

    def authorizer(self) -> JwtAuthorizer:
        """The authorizer that an author would have to write."""
        found: dict[str, Any] = {"custom_claims": self.given.custom_claims}
        for row in self._rows():
            wanted = getattr(self.given, row.key)
            if row.becomes == "custom_claims":
                found["custom_claims"] = (*(found["custom_claims"] or ()), *self._claim(row, wanted))
            else:
                found[row.becomes] = wanted
        shared = {key: getattr(self.given, key) for key in Restrictions.model_fields if key != "custom_claims"}
        discovery = fill(self.form.discovery, self._named())
        url = discovery.known if discovery.known is not None else discovery
        return JwtAuthorizer.model_construct(discovery_url=url, **shared, **found)

    def identity(self) -> tuple[Provider, ProviderForm, tuple[Text, ...]]:
        """Whose tokens they are, and what their issuer can be."""
        named = self._named()
        return self.provider, self.form, tuple(fill(issuer, named) for issuer in self.form.issuers)

    def place_of(self, becomes: str, claim: str = "") -> Route:
        """Where the posture says what has become a condition."""
        row = next(row for row in self._rows() if row.becomes == becomes and row.claim == claim)
        return (*self.route, row.key)

    def _rows(self) -> Iterator[PresetKey]:
        """The rows of the keys that the posture gives."""
        return (row for row in self.provider.key if row.holds(self.form.id) and getattr(self.given, row.key))

    def _named(self) -> Mapping[str, Text]:
        """What the placeholders of the form stand for."""
        names = {name for text in (self.form.discovery, *(row.of for row in self.provider.derive))
                 for name in PLACEHOLDER.findall(text)}  # fmt: skip
        derived = {row.name for row in self.provider.derive}
        named = {name: self._values.text(getattr(self.given, name)) for name in names - derived}
        for row in self.provider.derive:
            named[row.name] = capture(fill(row.of, named), row.pattern or "")
        return named

    def _claim(self, row: PresetKey, wanted: tuple[str | InputRef, ...]) -> Iterator[CustomClaim]:
        """The custom claim that a key becomes; a finding instead where it takes one value and there may be more."""
        if row.type is None or row.operator is None:
            raise InternalError(f"{self.key}: the row of {row.key} does not say how its claim is compared")
        many = row.operator == "CONTAINS_ANY"
        if not many and (len(wanted) > 1 or self._is_list(wanted[0])):
            message = f"tokens of {self.provider.name} carry one text as {row.claim!r}, and EQUALS compares it with one"
            advice = "name one; where several must be let in, tell them apart by another condition"
            self.findings.append(Finding(Code.CONFLICT, message, (*self.route, row.key), advice))
            return
        value = {"match_value_string_list": wanted} if many else {"match_value_string": wanted[0]}
        match = ClaimMatch.model_construct(
            claim_match_operator=row.operator,
            claim_match_value=ClaimMatchValue.model_construct(_fields_set=set(value), **value),
        )
        yield CustomClaim.model_construct(
            inbound_token_claim_name=row.claim,
            inbound_token_claim_value_type=row.type,
            authorizing_claim_match_value=match,
        )

    def _is_list(self, value: str | InputRef) -> bool:
        declared = self._posture.inputs.get(value.name) if isinstance(value, InputRef) else None
        return declared is not None and declared.many
