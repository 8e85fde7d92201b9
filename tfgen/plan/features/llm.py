"""Which model the harness calls, and with which guardrail, as features. Knows no action or ARN."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from tfgen.catalog import load
from tfgen.catalog.model import Form
from tfgen.diagnostics import At, Code, Finding, Related, Route
from tfgen.iam.text import Text, text
from tfgen.plan.features.result import Found, form_of, narrowed, one
from tfgen.plan.grants import values_of
from tfgen.plan.statements import FeatureUse
from tfgen.plan.values import Values, arn_of, arn_of_id, form_unsaid, groups, groups_of_input, possible, recognise
from tfgen.posture.llm import BedrockModel, LiteLlmModel, ModelChoice
from tfgen.posture.values import InputRef, Json

_THROUGH_RUNTIME: Final = frozenset({None, "converse_stream"})
"""API formats that go through bedrock-runtime; the others go through bedrock-mantle."""
_FORCE: Final[Route] = ("role", "force_guardrail")


def llm(choice: ModelChoice, above: Route, values: Values, *, force: bool) -> Found:
    """A model that stands at a route, its key and its guardrail, which `force` binds all calls of models to."""
    name, model = choice.member
    route: Route = (*above, name)
    through_runtime = False
    if isinstance(model, BedrockModel):
        through_runtime = model.api_format in _THROUGH_RUNTIME
        place: Route = (*route, "model_id")
        if through_runtime:
            yield from _bedrock(model.model_id, place, values)
        else:
            yield one("mantle", "model_id", model.model_id, place, values)
    elif model.api_key_arn is not None:
        yield one("api-key", "provider_arn", model.api_key_arn, (*route, "api_key_arn"), values)
    elif isinstance(model, LiteLlmModel):
        kind = _litellm_kind(model)
        through_runtime = kind == "bedrock"
        yield from _litellm(model, kind, (*route, "model_id"), values)
    params = model.additional_params if isinstance(model, BedrockModel) or through_runtime else None
    yield from _guardrails(params, (*route, "additional_params"), through_runtime=through_runtime, force=force)


def _bedrock(model_id: str | InputRef, route: Route, values: Values) -> Found:
    form, more = form_of(load.sheet("models"), model_id, values)
    yield from more
    if isinstance(model_id, InputRef):
        if form is not None:
            yield _of_input(form, values.text(model_id), route)
    elif form is None:
        forms = "the id of a foundation model or an inference profile, or the ARN of a Bedrock model"
        yield Finding(
            Code.BAD_VALUE, f"{model_id!r} is no model that tfgen can scope a policy to; allowed: {forms}", route
        )
    else:
        arn = ("model_arn", arn_of(model_id, form.arn))
        yield FeatureUse("models", route, form.variant, (*groups(form, model_id), arn))


def _of_input(form: Form, model_id: Text, route: Route) -> FeatureUse:
    """The use for a model that only Terraform knows."""
    arn = ("model_arn", arn_of_id(model_id, form.arn))
    return FeatureUse("models", route, form.variant, (*groups_of_input(form, model_id), arn))


def _litellm_kind(model: LiteLlmModel) -> str:
    """The variant of LiteLLM's sheet; a model without a key can only be an input where it is called in AWS."""
    sheet = load.sheet("litellm")
    if isinstance(model.model_id, InputRef):
        variant = possible(sheet)[0].variant
        return variant if model.api_base is None else sheet.variants[-1]
    form = recognise(sheet, model.model_id)
    return form.variant if form is not None else sheet.variants[-1]


def _litellm(model: LiteLlmModel, kind: str, route: Route, values: Values) -> Found:
    sheet = load.sheet("litellm")
    needs = next((form.needs for form in sheet.form if form.variant == kind), ())
    if needs:
        message = f"{model.model_id!r} is called in AWS in a way that tfgen cannot scope a policy to"
        example = next(form.allowed for form in sheet.form if form.allowed)
        advice = f"use {example}; or another kind of model"
        yield Finding(Code.BAD_VALUE, message, route, advice)
    if kind != "bedrock":
        return
    given = FeatureUse("litellm", route, kind, (("model", values.text(model.model_id)),))
    yield given
    model_id = values_of(given, sheet, text(""))["bedrock_model"]
    if model_id.known is not None:
        yield from _bedrock(model_id.known, route, values)
    elif isinstance(model.model_id, InputRef):
        yield narrowed(model.model_id.name, possible(sheet)[0])
        yield _of_input(form_unsaid(possible(load.sheet("models"))), model_id, route)


def _guardrails(params: Json | None, route: Route, *, through_runtime: bool, force: bool) -> Found:
    form = load.sheet("guardrail").form[0]
    found = list(_named(params.value, route)) if params is not None else []
    named = [(place, arn_of(name, form.arn), version) for place, name, version in found if form.accepts(name)]
    for place, name, _ in found:
        if not form.accepts(name):
            yield Finding(Code.BAD_VALUE, f"{name!r} is not {form.allowed}", place, "for example a1b2c3d4e5f6")
    for place, arn, version in named:
        if not force:
            yield FeatureUse("guardrail", place, "named", (("guardrail_arn", arn),))
        elif version.isascii() and version.isdecimal():
            values = (("guardrail_arn", arn), ("guardrail_version", text(version)))
            yield FeatureUse("guardrail", place, "forced-version", values)
        else:
            yield FeatureUse("guardrail", place, "forced", (("guardrail_arn", arn),))
    if not force:
        return
    if not through_runtime:
        message = "a guardrail can only be forced on a model that is called through bedrock-runtime"
        api = (Related((*route[:-1], "api_format"), "the model is called through this"),)
        yield Finding(Code.CONFLICT, message, _FORCE, "leave it out, or let api_format be converse_stream", related=api)
    elif len({arn for _, arn, _ in named}) != 1:
        message = f"exactly one guardrail is needed to force it, and the model's additional_params name {len(named)}"
        help_ = "name the guardrail under additional_params, or leave this out"
        places = [place for place, name, _ in found if form.accepts(name)] or [route]
        related = tuple(Related(place, "guardrails are named here", At.KEY) for place in places)
        yield Finding(Code.CONFLICT, message, _FORCE, help_, related=related)


def _named(params: object, route: Route) -> Iterator[tuple[Route, str, str]]:
    """Guardrails named anywhere in free JSON: where, which, and the version beside the name ("" when there is none)."""
    sheet = load.sheet("guardrail")
    stack: list[tuple[Route, object]] = [(route, params)]
    while stack:
        place, value = stack.pop()
        if isinstance(value, Mapping):
            version = next((str(value[key]) for key in sheet.version_keys if key in value), "")
            for key, entry in value.items():
                if key in sheet.keys and isinstance(entry, str):
                    yield (*place, key), entry, version
                stack.append(((*place, key), entry))
        elif isinstance(value, list):
            stack.extend(((*place, index), entry) for index, entry in enumerate(value))
