"""What the names of one parsed module stand for: its inputs, its local values, what others give it. Knows no file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from tfgen.diagnostics import TfgenError
from tfgen.hcl.tree import Expr
from tfgen.terraform.evaluate import evaluate
from tfgen.terraform.scope import Scope
from tfgen.terraform.values import Node, Place, Symbol

NOWHERE: Final = Place("")
"""The place of values in text that tfgen itself has printed."""


def declared_input(name: str, *, many: bool = False) -> Symbol:
    """An input of a module, which whoever calls it gives."""
    return Symbol(f"var.{name}", NOWHERE, name=name, many=many, path=("var", name))


@dataclass(frozen=True, slots=True)
class Declared:
    """The names of one module; what is not among them is known to Terraform alone."""

    inputs: Mapping[str, Node] = field(default_factory=dict)
    local: Mapping[str, Expr] = field(default_factory=dict)
    outside: Mapping[tuple[str, ...], Node] = field(default_factory=dict)
    """What data sources and other modules give, by their whole dotted names."""
    known: dict[str, Node] = field(default_factory=dict, compare=False)
    """The local values that have been evaluated: most are referred to many times."""

    def scope(self, loop: Mapping[str, Node] | None = None) -> Scope:
        """The scope of an attribute of the module, inside a loop if one is given."""
        return Scope(self, NOWHERE, loop or {}, trusted=True)

    def look_up(self, path: tuple[str, ...], scope: Scope) -> tuple[Node, int] | None:
        """What the first steps of a dotted name stand for, and how many these are."""
        match path:
            case ("var", name, *_):
                return (self.inputs[name], 2) if name in self.inputs else None
            case ("local", name, *_):
                # Local values that refer to each other in a ring have no value.
                is_known = name in self.local and name not in scope.within
                return (self._local(name, scope), 2) if is_known else None
            case _:
                known = next((size for size in (3, 4) if path[:size] in self.outside), None)
                return None if known is None else (self.outside[path[:known]], known)

    def _local(self, name: str, scope: Scope) -> Node:
        if name not in self.known:
            inner = Scope(self, NOWHERE, {}, scope.depth, (*scope.within, name), scope.trusted)
            self.known[name] = evaluate(self.local[name], inner)
        return self.known[name]

    def text(self, path: str) -> str:
        """Refuse to read: what tfgen prints names no file."""
        raise TfgenError(f"the file {path!r} is not read")
