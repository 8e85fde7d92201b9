"""MCP servers that are called with SigV4: what they are by service and URL, or by what the author grants.

Knows no action or ARN.
"""

from __future__ import annotations

from tfgen.catalog import authorization, load
from tfgen.catalog.model import Form, Sheet
from tfgen.diagnostics import Code, Finding, Route
from tfgen.plan.features.result import Found, form_of_input, one
from tfgen.plan.statements import FeatureUse
from tfgen.plan.values import Values, possible, recognise
from tfgen.posture.document import Posture
from tfgen.posture.values import InputRef

_VALUES = {"api": "api_url", "gateway": "gateway_url", "runtime": "runtime_url", "runtime-endpoint": "runtime_url"}
"""For each variant of the sheet that an ARN can be made for, the value that it is made of."""


def signed(service: str, url: str | InputRef, place: Route, values: Values, posture: Posture) -> Found:
    """One server whose requests are signed for a service."""
    sheet = load.sheet("signed-mcp")
    route: Route = (*place, "outbound_auth", "aws_iam")
    form: Form | None = None
    if isinstance(url, InputRef):
        among = _forms_of_service(sheet, service, values.wanted(url))
        if among and not _granted(posture, service, ()):
            form, more = form_of_input(among, url, values)
            yield from more
        if form is not None:
            yield _server(form, url, place, values)
            return
    else:
        form = recognise(sheet, f"{service} {url}")
        if form is not None and form.variant in _VALUES:
            yield _server(form, url, place, values)
            return
    needs = form.needs if form is not None else ()
    if not _granted(posture, service, needs):
        yield _unknown(service, needs, route)


def _forms_of_service(sheet: Sheet, service: str, wanted: str) -> tuple[Form, ...]:
    """The forms that an input has for the service; none when its declaration names another."""
    forms = tuple(form for form in possible(sheet) if form.pattern.startswith(f"^{service} "))
    return forms if not wanted or wanted in {form.variant for form in forms} else ()


def _server(form: Form, url: str | InputRef, place: Route, values: Values) -> FeatureUse:
    use = one("signed-mcp", _VALUES[form.variant], url, (*place, "url"), values, form.variant)
    more = (("endpoint_url", values.text(url)),) if form.variant == "runtime-endpoint" else ()
    return FeatureUse(use.sheet, use.route, use.variant, (*use.values, *more))


def _granted(posture: Posture, service: str, needs: tuple[str, ...]) -> bool:
    """Whether the author grants these actions, or any of the service when none are known."""
    granted = {action for extra in posture.extra for action in extra.actions}
    if needs:
        return set(needs) <= granted
    if not authorization.actions_of(service):
        return bool(granted)
    return any(action.partition(":")[0] == service for action in granted)


def _unknown(service: str, needs: tuple[str, ...], route: Route) -> Finding:
    if needs:
        message = f"the URL does not tell which resource of {service!r} is called, so nothing can be granted for it"
        wanted = ", ".join(needs)
    elif authorization.actions_of(service):
        message = f"tfgen does not know what an MCP server signed for {service!r} stands for"
        wanted = f"{service}:..."
    else:
        message = f"{service!r} is no service of IAM by that name, so nothing can be granted for it"
        wanted = "..."
    advice = f"add to the posture: extra: [{{ actions: [{wanted}], on: [its ARN], why: what the agent does with it }}]"
    return Finding(Code.UNCOVERED_RESOURCE, message, route, advice)
