"""Rules over a plan: what is named where there is no harness, or in two partitions."""

from __future__ import annotations

import importlib
import pkgutil
from typing import Any

import pytest
from feature_samples import ACCOUNT, posture

import tfgen.cedar.rules
import tfgen.posture.rules
import tfgen.rules
from tfgen.catalog.regions import regions
from tfgen.diagnostics import Code, Severity
from tfgen.diagnostics.rule import Rule
from tfgen.plan.build import build
from tfgen.posture import validate
from tfgen.rules import OF_PLANS, run
from tfgen.rules.registry import RULES

GATEWAY = ACCOUNT + "gateway/stock-abcdefghij"
LAMBDA = "arn:aws:lambda:eu-central-1:111122223333:function:gate"


def found(data: Any) -> list[tuple[Severity, str]]:
    validation = validate(data)
    assert validation.posture is not None, validation.findings
    findings = run(build(validation.posture)[0])
    assert {finding.code for finding in findings} <= {Code.REGION}
    return [(finding.severity, finding.message) for finding in findings]


def at(*arns: tuple[str, str]) -> dict[str, Any]:
    """A posture with a gateway and a hook, with parts of their ARNs replaced."""
    data = posture("gateway", "lambda")
    gateway, function = GATEWAY, LAMBDA
    for old, new in arns:
        gateway, function = gateway.replace(old, new), function.replace(old, new)
    data["harness"]["tools"][0]["config"]["agentcore_gateway"]["gateway_arn"] = gateway
    data["harness"]["hooks"][0]["before_tool_call"]["target"]["lambda"]["arn"] = function
    return data


def test_nothing_is_said_where_there_is_a_harness() -> None:
    assert OF_PLANS
    for region in regions().regions:
        partition = "arn:aws-us-gov:" if region.startswith("us-gov") else "arn:aws:"
        assert found(at(("arn:aws:", partition), ("eu-central-1", region))) == []


@pytest.mark.parametrize("region", ["us-west-1", "ap-south-2", "eu-south-1"])
def test_a_region_without_a_harness(region: str) -> None:
    assert found(at(("eu-central-1", region))) == [
        (Severity.WARNING, f"there is no harness in '{region}', where this is")
    ]


def test_a_partition_without_a_harness() -> None:
    message = "there is no harness in the partition 'aws-cn', where this is"
    assert found(at(("arn:aws:", "arn:aws-cn:"), ("eu-central-1", "cn-north-1"))) == [(Severity.ERROR, message)] * 2


def test_two_partitions() -> None:
    data = at()
    data["harness"]["hooks"][0]["before_tool_call"]["target"]["lambda"]["arn"] = LAMBDA.replace(
        "arn:aws:lambda:eu-central-1", "arn:aws-us-gov:lambda:us-gov-west-1"
    )
    assert found(data) == [
        (Severity.ERROR, "this is in the partition 'aws-us-gov', and something else in 'aws'"),
    ]


def test_endpoints_in_govcloud() -> None:
    data = at(("arn:aws:", "arn:aws-us-gov:"), ("eu-central-1", "us-gov-west-1"))
    data["access"] = [{"name": "callers", "may": ["invoke"], "endpoints": ["nightly"]}]
    assert found(data) == [
        (Severity.WARNING, "us-gov-west-1 does not have endpoints of a harness beside its default one")
    ]


def test_a_rule_says_what_it_finds_once() -> None:
    titles = [rule.title for rule in RULES]
    assert len(set(titles)) == len(titles) > 70
    for rule in RULES:
        assert rule.title[0] == rule.title[0].lower() or rule.title.startswith(("AWS", "IAM"))
        assert not rule.title.endswith(".")
        assert rule.own_severity is not rule.code.about.severity  # a fact that the code states is not stated again
        assert rule.own_why != rule.code.about.why
        assert rule.own_source != rule.code.about.source or not rule.own_source


def test_every_rule_of_a_folder_is_listed() -> None:
    """A check that no list names would never run."""
    listed = {id(rule) for rule in RULES}
    modules = [tfgen.cedar.rules]
    for folder in (tfgen.posture.rules, tfgen.rules):
        names = (f"{folder.__name__}.{found.name}" for found in pkgutil.iter_modules(folder.__path__))
        modules += map(importlib.import_module, names)
    for module in modules:
        rules = {name: value for name, value in vars(module).items() if isinstance(value, Rule)}
        assert [name for name, value in rules.items() if id(value) not in listed] == []
