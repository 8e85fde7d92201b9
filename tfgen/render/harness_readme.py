"""The README of the module `harness`: what makes it, and which provider that needs. Knows no Terraform syntax."""

from __future__ import annotations

from tfgen.catalog.carrier import Carrier
from tfgen.plan.provisioned import Provisioned
from tfgen.render.markdown import code, markdown


def own(made: Provisioned, found: Carrier) -> list[str]:
    """What the module's README says of it."""
    lines = [
        f"The resource {code(found.resource)} ([source]({found.source})) of {_needs(made, found)}:",
        "",
        "| From | Because | |",
        "| --- | --- | --- |",
    ]
    for row in made.since:
        paths = ", ".join(code(path) for path in row.paths)
        what = f"{paths}{' left out' if row.absent else ''}: " if paths else ""
        lines.append(f"| {_dotted(row.version)} | {what}{markdown(row.why)} | [source]({row.source}) |")
    return [
        *lines,
        "",
        "What stands in it is a default that callers may override in a request, and no boundary; the execution role is",
        "one. Destroying it destroys the memory that it manages.",
        *([markdown(found.note)] if found.note else []),
        "",
        *_first_apply(),
        "",
    ]


def root(made: Provisioned, found: Carrier) -> list[str]:
    """What the root's README says of it."""
    return [
        "## The harness",
        "",
        f"It is made by {code(found.resource)} of {_needs(made, found)}.",
        "",
        *_first_apply(),
        "",
    ]


def _first_apply() -> list[str]:
    """What to do while IAM does not know the role everywhere yet; no provider in use here can wait."""
    return [
        "The harness is made after its role and all of the role's policies: the output `role_arn` waits for them.",
        "IAM can still take some seconds until every service sees a new role. The first apply may then fail with a",
        "missing permission of the role: apply again. Terraform replaces a harness that was made only in part.",
    ]


def _needs(made: Provisioned, found: Carrier) -> str:
    return f"the provider {code(found.provider)}, version {_dotted(made.at_least)} or newer"


def _dotted(version: tuple[int, ...]) -> str:
    return ".".join(map(str, version))
