"""IAM policies as `jsonencode({...})`, each statement under the sentence that says why. Knows no module layout."""

from __future__ import annotations

from collections.abc import Iterable

from tfgen.hcl.tree import (
    Attribute,
    Binary,
    Block,
    Call,
    Comment,
    Expr,
    ForTuple,
    Item,
    Literal,
    Number,
    Object,
    Reference,
    Tuple,
    reference,
)
from tfgen.iam.policy import EVERYBODY, VERSION, Condition, Statement
from tfgen.plan.lengths import Lengths
from tfgen.plan.statements import Grant, PolicyPlan
from tfgen.render.expressions import list_expression
from tfgen.render.layout import block


def document(plan: PolicyPlan, statements_local: str) -> Expr:
    """The policy as an expression that gives its JSON.

    Where a statement's resources are all from list inputs it vanishes when these are empty; the statements are then
    kept in the local value of that name (see `vanishing`).
    """
    found: Expr = statements(plan.grants)
    if vanishing(plan):
        name = Reference(("statement",))
        length = Call("length", (Reference((*name.path, "Resource")),))
        found = ForTuple(name.path, Reference(("local", statements_local)), name, Binary(">", length, Number(0)))
    return Call("jsonencode", (Object((Item("Version", Literal(VERSION)), Item("Statement", found))),))


def guard(plan: PolicyPlan, lengths: Lengths) -> list[Block]:
    """The check of a resource that holds a policy which may be longer than it is counted: its length, by its values."""
    if not lengths.is_open(plan.policy):
        return []
    kept = Call("replace", (reference("self.policy"), Literal(r"/\s/"), Literal("")))
    condition = Binary("<=", Call("length", (kept,)), Number(plan.kind.limit))
    message = (
        f"IAM takes at most {plan.kind.limit} characters for this {plan.kind.value}, and these values make it longer: "
        "give the module fewer or shorter values."
    )
    rows = [Attribute("condition", condition), Attribute("error_message", Literal(message))]
    return [block("lifecycle", body=[block("postcondition", body=rows)])]


def vanishing(plan: PolicyPlan) -> bool:
    """Whether a statement of the policy may have no resource left when Terraform runs."""
    return any(
        grant.statement.resources and all(resource.each() for resource in grant.statement.resources)
        for grant in plan.grants
    )


def statements(grants: Iterable[Grant]) -> Tuple:
    """The statements as a tuple, each with a comment above it."""
    elements: list[Expr | Comment] = []
    for grant in grants:
        elements += [Comment(grant.why), statement(grant.statement)]
    return Tuple(tuple(elements))


def statement(planned: Statement) -> Object:
    """One statement as an object."""
    items = [Item("Sid", Literal(planned.sid)), Item("Effect", Literal(planned.effect.value))]
    if planned.principals == (EVERYBODY,):
        items.append(Item("Principal", Literal(EVERYBODY.kind)))
    elif planned.principals:
        who = tuple(Item(principal.kind, list_expression(principal.values)) for principal in planned.principals)
        items.append(Item("Principal", Object(who)))
    items.append(Item("Action", Tuple(tuple(Literal(action) for action in planned.actions))))
    if planned.resources:
        items.append(Item("Resource", list_expression(planned.resources)))
    if planned.conditions:
        items.append(Item("Condition", _conditions(planned.conditions)))
    return Object(tuple(items))


def _conditions(conditions: Iterable[Condition]) -> Object:
    operators: dict[str, list[Item]] = {}
    for condition in conditions:
        operators.setdefault(condition.operator, []).append(Item(condition.key, list_expression(condition.values)))
    return Object(tuple(Item(operator, Object(tuple(items))) for operator, items in operators.items()))
