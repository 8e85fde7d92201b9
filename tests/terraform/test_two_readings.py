"""Rendered policies, read as the import reads a stranger's files, are what the proofs read."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tfgen.app.check import check
from tfgen.diagnostics import TfgenError
from tfgen.hcl.tree import Attribute, Block, Body, Reference
from tfgen.iam.policy import Policy
from tfgen.imports import vocabulary
from tfgen.plan.model import Plan
from tfgen.proof.policy import policy_of
from tfgen.proof.rebuild import rebuild
from tfgen.render import files
from tfgen.terraform.declared import declared_input
from tfgen.terraform.module import Directory, Module
from tfgen.terraform.values import Encoded, Mapped, Node

ROOT = Path(__file__).parent.parent.parent
POSTURES = sorted((*ROOT.glob("examples/*/posture.yaml"), *ROOT.glob("tests/cases/ok/*.yaml")))


def _proven(bodies: dict[str, Body]) -> dict[str, Policy]:
    """Each policy of a module as the proofs read it, by its resource and argument."""
    return {
        f"{address.partition('/')[2]}.{name}": value
        for address, arguments in rebuild(bodies).items()
        for name, value in arguments.items()
        if isinstance(value, Policy) and not address.partition("/")[2].startswith("output.")
    }


def _no_module(base: str, source: str) -> str:
    return "there are none"


def _no_file(path: str) -> str:
    raise TfgenError(f"there is no file {path!r}")


def _inputs(bodies: dict[str, Body]) -> Iterator[tuple[str, Node]]:
    """The variables of a module, each as something that its user gives: no default decides."""
    for node in (node for body in bodies.values() for node in body):
        if isinstance(node, Block) and node.type == "variable":
            kind = next(one.value for one in node.body if isinstance(one, Attribute) and one.name == "type")
            yield node.labels[0], declared_input(node.labels[0], many=kind != Reference(("string",)))


def _imported(folder: str, texts: dict[str, str], bodies: dict[str, Body]) -> dict[str, Policy]:
    """The same, read as the import reads a directory."""
    module = Module(
        Directory(folder, texts),
        _no_module,
        _no_file,
        arguments=dict(_inputs(bodies)),
        context=vocabulary.terraform().context,
    )
    found: dict[str, Policy] = {}
    for path in texts:
        for block in (block for block, where in module.blocks("resource") if where == path):
            for name, attribute in block.attributes.items():
                value = module.value(attribute, path)
                if isinstance(value, Encoded) and isinstance(value.of, Mapped) and "Statement" in value.of.items:
                    found[f"{'.'.join(block.labels)}.{name}"] = policy_of(value.of)
    assert not module.problems
    return found


def _plan(path: Path) -> Plan:
    plan = check(str(path)).plan
    assert plan is not None
    return plan


@pytest.mark.parametrize("path", POSTURES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_import_and_proof_read_the_same_policies(path: Path) -> None:
    modules: dict[str, tuple[dict[str, str], dict[str, Body]]] = {}
    for file in files.parts(_plan(path)):
        if file.body is not None and file.path.endswith(".tf"):
            texts, bodies = modules.setdefault(file.path.rpartition("/")[0], ({}, {}))
            texts[file.path], bodies[file.path] = file.text, file.body
    policies = 0
    for folder, (texts, bodies) in modules.items():
        proven = _proven(bodies)
        assert _imported(folder, texts, bodies) == proven
        policies += len(proven)
    assert policies
