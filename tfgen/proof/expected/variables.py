"""What must be declared of a module's inputs. Must not know how text is rendered."""

from __future__ import annotations

from collections.abc import Iterable

from tfgen.hcl.tree import Call, Expr, Reference
from tfgen.iam.text import join, text
from tfgen.plan.model import Check, Input
from tfgen.proof.evaluate import Listed, Mapped, Opaque, Scalar
from tfgen.proof.rebuild import Argument, Made

_STRING: Expr = Reference(("string",))


def expected(inputs: Iterable[Input]) -> Made:
    """The variables of a module with their types, defaults and checks."""
    made: Made = {
        "variable.tags": {
            "type": Opaque(Call("map", (_STRING,))),
            "default": Mapped(()),
            "nullable": Scalar(False),
            "checks": Listed(()),
        }
    }
    for item in inputs:
        facts: dict[str, Argument] = {
            "type": Opaque(Call("list", (_STRING,)) if item.many else _STRING),
            "checks": Listed(tuple(_check(item, check) for check in item.checks if _tests(check))),
        }
        facts |= {"default": Scalar(None)} if item.optional else {"nullable": Scalar(False)}
        if item.sensitive:
            facts["sensitive"] = Scalar(True)
        if isinstance(item.default, str):
            facts["default"] = text(item.default)
        elif item.default is not None:
            facts["default"] = Listed(tuple(text(element) for element in item.default))
        made[f"variable.{item.name}"] = facts
    return made


def _tests(check: Check) -> bool:
    """Whether a check refuses any text at all."""
    return check.pattern is not None or check.shortest > 0 or check.longest is not None


def _check(item: Input, check: Check) -> Mapped:
    """What the condition of one validation must test, and on what."""
    patterns = [f"^(?:{check.pattern})$"] if check.pattern is not None else []
    bounds = [f"<= {check.longest}"] if check.longest is not None else []
    if check.shortest > len(patterns):  # a pattern is never written that an empty text matches
        bounds.append(f">= {check.shortest}")
    whole = f"var.{item.name}"
    names = ["value" if item.many else whole] * (len(patterns) + len(bounds)) + [whole] * (item.many or item.optional)
    names += ["for value"] * item.many
    facts = {"patterns": patterns, "bounds": sorted(bounds), "names": sorted(names)}
    listed = tuple((key, Listed(tuple(join(value) for value in values))) for key, values in facts.items())
    return Mapped((*listed, ("null", Scalar(item.optional))))
