"""Whether the defaults of inputs pass the validations that the module ships with. Knows no posture key but `inputs`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from tfgen.diagnostics import Code, Finding
from tfgen.diagnostics.values import shown
from tfgen.plan.model import Input


def refused_defaults(inputs: Iterable[Input], findings: Iterable[Finding]) -> Iterator[Finding]:
    """Find defaults that a validation refuses, where the findings say nothing about the input yet."""
    told = {finding.route[1] for finding in findings if finding.route[:1] == ("inputs",) and len(finding.route) > 1}
    for item in inputs:
        default = item.default if isinstance(item.default, tuple) else () if item.default is None else (item.default,)
        for index, value in enumerate(default if item.name not in told else ()):
            refusing = next((check for check in item.checks if not check.accepts(value)), None)
            if refusing is not None:
                route = ("inputs", item.name, "default", *((index,) if item.many else ()))
                message = (
                    f"the validation of {item.name!r} refuses its default {shown(value)}: it must be {refusing.allowed}"
                )
                advice = f"for example {refusing.example}" if refusing.example else "change or remove the default"
                yield Finding(Code.INPUT_CONFLICT, message, route, advice)
