"""A part: one rendered module below the root, and all that the root and the READMEs need to know of it.

Knows no policy; what is in a part is decided by the module of its name.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from tfgen.hcl.tree import Block, Expr
from tfgen.plan.model import Input, PartName, Plan
from tfgen.render.layout import AWS, FILES, TEST, File, Provider, output, terraform_file, versions_file
from tfgen.render.variables import variables

TESTS: Final = f"tests/grants{TEST}"
"""The file with a part's tests, below its directory."""
DEFAULT_TESTS: Final = f"tests/defaults{TEST}"
"""The test of defaults: a file of its own, since a file gives its variables to all its runs."""


@dataclass(frozen=True, slots=True)
class Output:
    """An output of a part."""

    name: str
    description: str
    value: Expr
    after: tuple[str, ...] = ()
    """Resources that must exist before anyone uses the value."""
    root_name: str = ""
    """What the root calls it when it hands it on; empty when it keeps it to itself."""
    root_description: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """One module below the root."""

    name: PartName
    summary: str
    """What it is, in a sentence."""
    inputs: tuple[Input, ...]
    main: tuple[Block, ...]
    outputs: tuple[Output, ...]
    readme: tuple[str, ...]
    """The lines of its README between the summary and the inputs."""
    root_readme: tuple[str, ...]
    """The lines about it in the root's README."""
    tests: tuple[Block, ...] = ()
    """The blocks of its `terraform test` file; without any there is no such file."""
    default_tests: tuple[Block, ...] = ()
    """The blocks of a second such file, in which inputs with defaults are not given."""
    providers: tuple[Provider, ...] = (AWS,)


def terraform_files(plan: Plan, part: Part, folder: str) -> list[File]:
    """The Terraform files of a part, below `folder` (which ends in a slash)."""
    main, outputs, declared, versions = (f"{folder}{name}" for name in FILES)
    files = [
        terraform_file(main, plan.name, part.main),
        terraform_file(outputs, plan.name, _outputs(part.outputs)),
        terraform_file(declared, plan.name, variables(part.inputs)),
        versions_file(versions, plan.name, part.providers),
    ]
    if part.tests:
        files.append(terraform_file(f"{folder}{TESTS}", plan.name, part.tests))
    if part.default_tests:
        files.append(terraform_file(f"{folder}{DEFAULT_TESTS}", plan.name, part.default_tests))
    return files


def _outputs(outputs: Iterable[Output]) -> list[Block]:
    ordered = sorted(outputs, key=lambda one: one.name)
    return [output(one.name, one.description, one.value, *one.after) for one in ordered]
