"""Every key of a harness beside the ways to make one: carried, or refused with a sentence."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

from posture_samples import at, document, example, leaves

from tfgen.catalog.provider_resource import CARRIERS, provider_resource
from tfgen.diagnostics import Finding, Route, Severity
from tfgen.plan.provision import provisioned
from tfgen.plan.provisioned import Provisioned
from tfgen.plan.values import Values
from tfgen.posture import Posture
from tfgen.posture.validate import _prepared

# A preset of an authorizer is none of these: the plan has the authorizer that it stands for.
ALL = [route for route, _ in leaves() if route[0] == "harness" and len(route) > 1 and "preset" not in route]
ENDS = [route for route in ALL if not any(other[: len(route)] == route and other != route for other in ALL)]
"""Every place below `harness` that has none below it, steps of lists as 0."""

Outcome = tuple[str, ...]
"""What each way says of a key: a sentence, or nothing where it carries the key."""


def without_null(value: Any) -> Any:
    """Plain data without null, which no template of CloudFormation takes."""
    if isinstance(value, dict):
        return {key: without_null(part) for key, part in value.items() if part is not None}
    return [without_null(part) for part in value if part is not None] if isinstance(value, list) else value


def smallest(route: Route, name: str) -> Posture:
    """The smallest posture with a value at a route, and what the provider needs besides; not checked as a whole."""
    data = document(route, example(at(route)))
    data = without_null(data) if name == "cloudformation" else data
    data["harness"].setdefault("system_prompt", [{"text": "You help."}])
    found = _prepared({**data, "provision": name}, (), [])
    return Posture.model_validate(found)


def outcome(route: Route, name: str) -> tuple[Provisioned | None, tuple[Finding, ...]]:
    """The harness with a value at a route, and the errors where there is none."""
    posture = smallest(route, name)
    made, findings = provisioned(posture, Values(posture))
    return made, tuple(finding for finding in findings if finding.severity is Severity.ERROR)


def table() -> str:
    """The table in Markdown. Keys side by side of which the same is said share a row, and so does all below a key."""
    titles = [f"`provision: {name}`" for name in CARRIERS]
    lines = [f"| keys of `harness` | {' | '.join(titles)} |", f"| --- |{' --- |' * len(titles)}"]
    for names, said in _rows(("harness",)):
        lines.append(f"| {', '.join(f'`{name}`' for name in names)} | {' | '.join(one or 'yes' for one in said)} |")
    carried = [sum(not _said(route)[index] for route in ENDS) for index in range(len(CARRIERS))]
    lines.append(f"| {len(ENDS)} keys | {' | '.join(f'{count} carried' for count in carried)} |")
    return "\n".join(lines) + "\n"


@cache
def _said(route: Route) -> Outcome:
    found = (outcome(route, name)[1] for name in CARRIERS)
    return tuple(
        "; ".join(_short(finding.message, name) for finding in errors)
        for name, errors in zip(CARRIERS, found, strict=True)
    )


def _short(message: str, name: str) -> str:
    """A sentence without the provider, which the column names."""
    return message.removeprefix(f"{provider_resource(name).title} ")


def _rows(above: Route) -> Iterator[tuple[list[str], Outcome]]:
    together: dict[Outcome, list[str]] = {}
    apart: list[Route] = []
    for route in dict.fromkeys(end[: len(above) + 1] for end in ENDS if end[: len(above)] == above):
        said = {_said(end) for end in ENDS if end[: len(route)] == route}
        if len(said) == 1:
            together.setdefault(said.pop(), []).append(_dotted(route))
        else:
            apart.append(route)
    yield from ((names, said) for said, names in together.items())
    for route in apart:
        yield from _rows(route)


def _dotted(route: Route) -> str:
    return ".".join(str(step) for step in route[1:]).replace(".0", "[]")
