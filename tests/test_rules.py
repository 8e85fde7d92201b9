"""Rules over a plan: what is named where there is no harness, or in two partitions."""

from __future__ import annotations

from typing import Any

import pytest
from feature_samples import ACCOUNT, posture

from tfgen.catalog.regions import regions
from tfgen.diagnostics import Code, Severity
from tfgen.plan.build import build
from tfgen.posture import validate
from tfgen.rules import RULES, run

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
    assert RULES
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
