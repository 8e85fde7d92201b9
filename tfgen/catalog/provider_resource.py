"""The resources that carry a harness, by provider: how they spell the posture's keys, and where they are known to fail.

Knows no posture and no rendered text.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from tfgen.catalog.load import resource_bytes
from tfgen.catalog.provider import Body, Version, applied, body, template_type, tested
from tfgen.diagnostics import InternalError

CARRIERS: Final = ("aws", "cloudformation", "awscc")
"""The values of `provision`, in the order in which messages advise them."""


@dataclass(frozen=True, slots=True)
class Fault:
    """Something with which a provider is known to fail: a mapping of the harness without one of its keys."""

    at: tuple[str, ...]
    without: str
    what: str
    advice: str
    source: str


@dataclass(frozen=True, slots=True)
class Template:
    """A template of CloudFormation with the harness as its one resource."""

    type: str
    logical_id: str
    """The resource's name in the template."""
    format: str
    """The version of the format of templates."""
    stack: str
    """What the stack's name begins with; the harness's name follows."""
    on_failure: str
    """What becomes of a stack that cannot be created."""
    longest: int
    """The most bytes of a template."""
    longest_parameter: int
    """The most bytes of a parameter's value."""
    function: str
    """A pattern of the keys that stand for a function."""
    function_is: str
    """What such a key does, in a sentence with `{key!r}`."""
    reference: str
    """What a reference within a text begins with."""
    reference_is: str
    null_is: str
    """What is wrong with null."""
    number_is: str
    """What becomes of numbers in free JSON."""
    number_advice: str
    number_source: str


@dataclass(frozen=True, slots=True)
class ProviderResource:
    """One resource that can be a harness, or make one."""

    name: str
    """What the posture calls it."""
    title: str
    """Who says what a harness may have, as messages name it."""
    local: str
    """The provider's local name."""
    provider: str
    """Its address."""
    resource: str
    source: str
    names: Mapping[str, str]
    """Arguments by the posture's keys, where the two differ."""
    outputs: Mapping[str, str]
    """By the outputs of the module, the attributes that they are."""
    key: str
    """The argument that holds the key of a table's entry where that becomes a block."""
    faults: tuple[Fault, ...]
    note: str
    """What else it needs, in a sentence; empty when that is nothing."""
    template: Template | None = None
    """The template that the resource sends; None where the resource is the harness itself."""

    @property
    def body(self) -> Body:
        """What a harness may have: the arguments of the resource, or the properties in the template."""
        found = body("resource", self.resource) if self.template is None else template_type(self.template.type)
        if found is None:
            raise InternalError(f"nothing is known of {self.template.type if self.template else self.resource}")
        return found

    def argument(self, key: str) -> str:
        """How the resource spells a key of the posture."""
        if key in self.names or self.template is None:
            return self.names.get(key, key)
        return pascal(key)

    def posture_key(self, argument: str) -> str:
        """How the posture spells an argument."""
        spelled = argument if self.template is None else re.sub(r"(?<!^)(?=[A-Z])", "_", argument).lower()
        return next((key for key, name in self.names.items() if name == argument), spelled)

    def at_least(self, used: frozenset[str]) -> Version:
        """The oldest version of the provider that the resource with these arguments (dotted paths) works with."""
        # Tests run against one release, and speak for those of its series that come after it.
        return max((row.version for row in applied(self.resource, used)), default=tested(self.local)[:2])


def pascal(key: str) -> str:
    """A name in snake case as CloudFormation writes names."""
    return "".join(word.capitalize() for word in key.split("_"))


@cache
def provider_resource(name: str) -> ProviderResource:
    """The carrier of that name."""
    row: dict[str, Any] = tomllib.loads(resource_bytes("provider/harness.toml").decode())[name]
    faults = tuple(
        Fault(tuple(one["at"]), one["without"], one["what"], one["advice"], one["source"]) for one in row["fault"]
    )
    return ProviderResource(
        name=name,
        title=row["title"],
        local=row["local"],
        provider=row["provider"],
        resource=row["resource"],
        source=row["source"],
        names=row["names"],
        outputs=row["outputs"],
        key=row["key"],
        faults=faults,
        note=row["note"],
        template=_template(row["template"]) if "template" in row else None,
    )


def _template(row: Mapping[str, Any]) -> Template:
    return Template(
        type=row["type"],
        logical_id=row["logical_id"],
        format=row["format"],
        stack=row["stack"],
        on_failure=row["on_failure"],
        longest=row["longest"],
        longest_parameter=row["longest_parameter"],
        function=row["function"]["pattern"],
        function_is=row["function"]["what"],
        reference=row["reference"]["pattern"],
        reference_is=row["reference"]["what"],
        null_is=row["null"]["what"],
        number_is=row["number"]["what"],
        number_advice=row["number"]["advice"],
        number_source=row["number"]["source"],
    )
