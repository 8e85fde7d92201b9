"""Terraform's expressions as the import evaluates them, held against terraform itself."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from terraform_harness import Terraform

from tfgen.diagnostics import TfgenError
from tfgen.terraform.module import Directory, Module
from tfgen.terraform.values import Leaf, Symbol, UnknownError, plain

LOCALS = """
locals {
  names = ["b", "a", "b"]
  desks = { back = { size = 2, open = false }, front = { size = 5, open = true } }
  text  = "Grüße, \\"${upper("x")}\\""
  ready = true
}
variable "given" {
  type    = string
  default = "set"
}
variable "sizes" {
  type    = map(number)
  default = { s = 1, l = 3 }
}
"""

KNOWN: tuple[str, ...] = (
    "local.text",
    '"${local.names[1]}-${local.desks.front.size}-${local.ready}"',
    "local.desks[\"back\"].open ? 1 : -2",
    "[for n in local.names : upper(n)]",
    "[for i, n in local.names : \"${i}${n}\" if n != \"a\"]",
    "{ for k, v in local.desks : k => v.size }",
    "{ for n in local.names : n => length(n)... }",
    "[for k, v in local.desks : v.size + 1]",
    "toset(local.names)",
    "distinct(local.names)",
    "concat(local.names, [\"z\"], [])",
    "flatten([[1, [2]], [[3]], 4])",
    "merge({ a = 1, b = 2 }, { b = 3 })",
    "lookup({ a = 1 }, \"b\", 9)",
    "keys(local.desks)",
    "values({ b = 1, a = 2 })",
    "element(local.names, 4)",
    "length(local.desks) + length(local.names) + length(\"abc\")",
    "coalesce(\"\", var.given, \"z\")",
    "compact([\"a\", \"\", \"b\"])",
    "join(\"/\", local.names)",
    "split(\",\", \"a,b,,c\")",
    "format(\"%s has %d\", var.given, 3)",
    "replace(\"a-b-c\", \"-\", \"_\")",
    "trimprefix(trimsuffix(\"xaybz\", \"z\"), \"x\")",
    "trimspace(\"  a b \\n\")",
    "title(\"two words\")",
    "contains(local.names, \"a\") && !contains(local.names, \"q\")",
    "startswith(\"abc\", \"ab\") || endswith(\"abc\", \"x\")",
    "jsondecode(jsonencode({ a = [1, true, null, \"x\"] }))",
    "jsonencode({ b = local.ready, a = [1.5, \"ü\"] })",
    'jsonencode("<a & b>")',
    "tostring(5)",
    "tonumber(\"7\") * 2",
    "local.desks[*]",
    "[[[1, 2], [3]], [[4]]][*][0][*]",
    "[{ a = [{ b = 1 }, { b = 2 }] }][*].a[*].b",
    "[{ a = [[5, 6]] }].*.a.0",
    "[{ a = [5, 6] }].*.a[0]",
    "true == 1 || \"1\" == 1 || [true] == [1]",
    "alltrue([true, 2 > 1]) && !anytrue([])",
    "substr(\"abcdef\", 1, 2)",
    "can(local.desks.front.size)",
    "[local.desks.front, local.desks.back][*].size",
    "one([\"only\"])",
    "var.sizes[\"l\"] > var.sizes.s",
    "3 >= 3 && 2 < 3 && 2 != 3",
    "try(local.desks.front.size, 0)",
    "(5 - 2) * -1",
    "{ (local.names[0]) = 1, \"c d\" = 2 }",
    "nonsensitive(sensitive(\"s\"))",
    "tolist(toset([\"y\", \"x\"]))",
    "\"%%{literal} $${literal}\"",
    "<<-EOT\n    one\n      two ${var.given}\n  EOT\n",
)  # fmt: skip

SYMBOLIC = {
    'file("x.txt")': 'file("x.txt")',
    'templatefile("x.tftpl", { a = 1 })': 'templatefile("x.tftpl", { a = 1 })',
    "aws_thing.x.arn": "aws_thing.x.arn",
    '"${aws_thing.x.arn}/y"': '"${aws_thing.x.arn}/y"',
    "[for t in aws_thing.all : t.arn]": "[for t in aws_thing.all : t.arn]",
    "aws_thing.all[*].arn": "aws_thing.all[*].arn",
    "local.nowhere": "local.nowhere",
    "var.nowhere ? 1 : 2": "var.nowhere ? 1 : 2",
    'regex("a", "b")': 'regex("a", "b")',
    "f({\n# why\n a = 1\n})": "f({ a = 1 })",
    "{\n# why\n (aws_thing.x.arn) = [\n# more\n 1]\n}": "{ (aws_thing.x.arn) = [1] }",
    'file("none.txt")': 'file("none.txt")',
    "file(var.nowhere)": "file(var.nowhere)",
    "each.key": "each.key",
    "5 / 0": "5 / 0",
    'replace("a", "/./", "b")': 'replace("a", "/./", "b")',
}


def module_of(expression: str, more: str = "") -> Module:
    text = f'{LOCALS}{more}\noutput "x" {{\n  value = {expression}\n}}\n'
    return Module(Directory(".", {"main.tf": text}), _no_module, _no_file)


def _no_module(base: str, source: str) -> str:
    return "there are none"


def _no_file(path: str) -> str:
    raise TfgenError(f"there is no file {path!r}")


def evaluated(expression: str, more: str = "") -> Any:
    module = module_of(expression, more)
    ((block, path),) = module.blocks("output", "x")
    found = module.value(block.attributes["value"], path)
    assert not module.problems
    return found


def values(expressions: tuple[str, ...]) -> list[Any]:
    found = []
    for expression in expressions:
        try:
            found.append(plain(evaluated(expression)))
        except UnknownError as missing:
            found.append(missing)
    return found


@pytest.mark.terraform
def test_what_is_evaluated_is_what_terraform_says(terraform: Terraform, tmp_path: Path) -> None:
    outputs = "".join(f'output "o{number}" {{\n  value = {one}\n}}\n' for number, one in enumerate(KNOWN))
    (tmp_path / "main.tf").write_text(LOCALS + outputs)
    terraform.init(tmp_path)
    terraform.run("apply", "-auto-approve", cwd=tmp_path)
    said = json.loads(terraform.run("output", "-json", cwd=tmp_path).stdout)
    theirs = {one: said[f"o{number}"]["value"] for number, one in enumerate(KNOWN)}
    assert dict(zip(KNOWN, values(KNOWN), strict=True)) == theirs


def test_every_known_expression_is_evaluated() -> None:
    assert [one for one, value in zip(KNOWN, values(KNOWN), strict=True) if isinstance(value, UnknownError)] == []


@pytest.mark.parametrize("expression", SYMBOLIC)
def test_what_only_terraform_knows_stays_as_it_is_written(expression: str) -> None:
    found = evaluated(expression)
    assert isinstance(found, Symbol)
    assert found.source == SYMBOLIC[expression]


def test_what_a_default_decides_is_told() -> None:
    assert evaluated('"${var.given}!"').assumed == ("var.given",)
    assert evaluated("var.given").source == "var.given"
    assert evaluated("local.derived", 'locals {\n  derived = "${var.given}?"\n}\n').assumed == ("var.given",)
    assert evaluated('"plain"') == Leaf("plain", evaluated('"plain"').place)
