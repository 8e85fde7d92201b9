"""The README of the module `harness`: what makes it, what that needs, and what a stack means. No Terraform syntax."""

from __future__ import annotations

from tfgen.catalog.provider_resource import ProviderResource, Template
from tfgen.plan.provisioned import Provisioned
from tfgen.render.markdown import code, markdown


def own(made: Provisioned, found: ProviderResource) -> list[str]:
    """What the module's README says of it."""
    if found.template is not None:
        return [*_stack(made, found, found.template), *_default(found)]
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
    return [*lines, "", *_default(found)]


def _default(found: ProviderResource) -> list[str]:
    return [
        "What stands in it is a default that callers may override in a request, and no boundary; the execution role is",
        "one. Destroying it destroys the memory that it manages.",
        *([markdown(found.note)] if found.note else []),
        "",
        *_first_apply(),
        "",
    ]


def _stack(made: Provisioned, found: ProviderResource, template: Template) -> list[str]:
    """What it means that a stack makes the harness."""
    name = code(f"{template.stack}<harness name>")
    kept = template.on_failure
    lines = [
        f"A CloudFormation stack, {code(found.resource)} of {_needs(made, found)}, with one resource:",
        f"{code(template.type)} ([source]({found.source})).",
        "",
        f"- **Name**: the stack is {name}, with `-` for each `_`, so no two harnesses of a region share a stack.",
        "- **Permissions**: the stack acts with the permissions of whoever applies it. They need those on the stack",
        "  and those on the harness; the persona `deploy` has both.",
        "- **State**: Terraform keeps the template and the stack's outputs. Until the execution role exists, a plan",
        "  shows the template as known after apply. After that, it shows each change of the template.",
        f"- **Failures**: CloudFormation deletes a stack that it cannot create ({code(f'on_failure = {kept}')}), and",
        "  the next apply creates it anew. It rolls an update that fails back to the template before. The error names",
        "  the reason from the stack's events. Terraform waits 30 minutes.",
        "- **Drift**: Terraform compares the template, the parameters and the tags. A change of the harness itself,",
        "  such as by UpdateHarness, shows only in CloudFormation's drift detection. The next change of the template",
        "  overwrites it.",
        "- **Replacement**: CloudFormation replaces the harness when the key of its managed memory changes. It creates",
        "  the new harness first, under the same name: destroy the module before you change the key.",
    ]
    if made.parameters:
        names = ", ".join(code(parameter) for _, parameter in made.parameters)
        lines += [
            f"- **Secrets**: {names} are parameters with `NoEcho`, so CloudFormation shows their values to nobody.",
            "  Terraform's state holds them. CloudFormation shows `****` to the provider too, so every plan lists the",
            "  parameters as changed; an apply sends the values again and CloudFormation finds nothing to update",
            "  ([issue](https://github.com/hashicorp/terraform-provider-aws/issues/29405)). Do not ignore changes of",
            "  `parameters`: the provider would then send `****` as the value.",
        ]
    return [*lines, ""]


def root(made: Provisioned, found: ProviderResource) -> list[str]:
    """What the root's README says of it."""
    return [
        "## The harness",
        "",
        f"It is made by {_what(found)} of {_needs(made, found)}.",
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


def _what(found: ProviderResource) -> str:
    return code(found.resource) if found.template is None else f"a CloudFormation stack, {code(found.resource)}"


def _needs(made: Provisioned, found: ProviderResource) -> str:
    return f"the provider {code(found.provider)}, version {_dotted(made.at_least)} or newer"


def _dotted(version: tuple[int, ...]) -> str:
    return ".".join(map(str, version))
