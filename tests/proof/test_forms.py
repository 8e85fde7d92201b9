"""What values come to where they are compared: the same thing only where Terraform makes the same of them."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tfgen.hcl.read import read
from tfgen.hcl.tree import Attribute, Reference
from tfgen.iam.text import Slot, Source, join
from tfgen.proof.forms import Form, Table, exact, form_of
from tfgen.terraform.declared import Declared, declared_input
from tfgen.terraform.evaluate import evaluate

NAMES = Declared({"x": declared_input("x"), "many": declared_input("many", many=True)})


def form(source: str) -> Form:
    (attribute,) = read(f"v = {source}\n")
    assert isinstance(attribute, Attribute)
    return form_of(evaluate(attribute.value, NAMES.scope()))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("true", "1"),
        ("true", '"true"'),
        ("1", '"1"'),
        ("null", '""'),
        ("{}", "[]"),
        ("{ a = 1, b = 2 }", "{ b = 2, a = 1 }"),
        ('["a"]', 'toset(["a"])'),
        ('["a"]', '"a"'),
        ("var.many", "var.x"),
        ("var.many", "[var.x]"),
        ("var.many", "toset(var.many)"),
        ("var.tags", "toset(var.tags)"),
        ("var.tags", "merge(var.tags, { a = 1 })"),
        ("merge(var.tags, { a = 1 })", "merge({ a = 1 }, var.tags)"),
        ("[for k, v in var.tags : { Key = k, Value = v }]", "[for k, v in var.tags : { Key = v, Value = k }]"),
        ('jsonencode({ a = "b" })', '{ a = "b" }'),
        ("var.unknown", "var.other"),
        ('"${var.unknown}a"', '"${var.other}a"'),
        ("[for s in var.many : s if length(s) > 0]", "var.many"),
    ],
)
def test_what_differs_has_two_forms(one: str, other: str) -> None:
    assert form(one) != form(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("1.50", "1.5"),
        ('"a${"b"}"', '"ab"'),
        ("concat([var.x], var.many)", "concat([var.x], [for s in var.many : s])"),
        ('concat(["a"], ["b"])', '["a", "b"]'),
    ],
)
def test_what_is_the_same_has_one_form(one: str, other: str) -> None:
    assert form(one) == form(other)


def test_a_form_says_what_is_known() -> None:
    each = join(Slot(Source.EACH, "many"))
    assert form("var.many") == (each,)
    assert form("[for s in var.many : { arn = s }]") == (Table((("arn", each),)),)
    assert form("aws_iam_role.it.arn") == Reference(("aws_iam_role", "it", "arn"))
    assert form("0.5") == exact(Decimal("0.50"))
    assert form("-1") == exact(-1) != exact(1)
