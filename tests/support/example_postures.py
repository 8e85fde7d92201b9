"""The examples: their plans, where nothing is found fault with, and roles that must be there before them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from moto_harness import Iam, Moto

from tfgen import source
from tfgen.app.check import check
from tfgen.plan.build import build
from tfgen.plan.model import Plan
from tfgen.posture import validate
from tfgen.render import files

EXAMPLES: Final = Path(__file__).parents[2] / "examples"
PRIVATE: Final = ("complete", "hub-endpoints", "private-agent", "private-openai", "shared-files")
"""Examples that need a VPC to be there: they are applied in `test_network_applied`."""


def make_existing(moto: Moto, names: Sequence[str]) -> Iam:
    """Make roles that no module of ours makes, and read back what then stands in the account."""
    iam = moto.client("iam")
    for name in names:
        iam.create_role(RoleName=name, AssumeRolePolicyDocument='{"Version": "2012-10-17", "Statement": []}')
    return Iam.read(moto)


def known(plan: Plan) -> Plan:
    """The plan without the parts whose resources the local provider does not know."""
    return replace(plan, gateways=(), provisioned=None)


def plan_of(name: str) -> Plan:
    """The plan of an example, without what the local provider does not know."""
    if name == "complete":
        checked = check(str(EXAMPLES / name / "posture.yaml"))
        assert checked.plan is not None, checked.diagnostics
        return known(checked.plan)
    document = source.read(str(EXAMPLES / name / "posture.yaml"))
    assert isinstance(document, source.Document)
    validation = validate(document.data)
    assert validation.posture is not None, validation.findings
    plan, findings = build(validation.posture)
    assert (*validation.findings, *findings) == ()
    return plan


def write(plan: Plan, folder: Path) -> Path:
    """Write the whole tree of a plan into a folder, and give the folder."""
    for file in files.tree(plan):
        path = folder / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(file.text, encoding="utf-8")
    return folder
