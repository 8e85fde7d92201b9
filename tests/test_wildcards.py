"""How narrow the execution role is: each action exists, `*` stands only where AWS offers no resource; the counts."""

from __future__ import annotations

from collections import Counter

import pytest

from tfgen.catalog import authorization
from tfgen.iam.policy import Effect
from tfgen.plan.build import build
from tfgen.plan.model import Plan
from tfgen.posture import validate

# The resources of the sample execution role in AWS's harness documentation (preview), statement by statement.
SAMPLE = (
    ("BedrockModelInvocation", "arn:aws:bedrock:*::foundation-model/*"),
    ("BedrockModelInvocation", "arn:aws:bedrock:REGION:ACCOUNT:*"),
    ("EcrPublicTokenAccess", "*"),
    ("StsForEcrPublicPull", "*"),
    ("XRayTracingAccess", "*"),
    ("CloudWatchLogsGroup", "arn:aws:logs:REGION:ACCOUNT:log-group:/aws/bedrock-agentcore/runtimes/*"),
    ("CloudWatchLogsDescribeGroups", "arn:aws:logs:REGION:ACCOUNT:log-group:*"),
    ("CloudWatchLogsStream", "arn:aws:logs:REGION:ACCOUNT:log-group:/aws/bedrock-agentcore/runtimes/*:log-stream:*"),
    ("CloudWatchMetricsPublish", "*"),
    ("AgentCoreWorkloadIdentity", "*"),
    ("AgentCoreBrowserDefault", "arn:aws:bedrock-agentcore:REGION:aws:browser/*"),
    ("AgentCoreCodeInterpreterDefault", "arn:aws:bedrock-agentcore:REGION:aws:code-interpreter/*"),
)


def plan_of(**harness: object) -> Plan:
    base = {"harness_name": "agent", "model": {"bedrock_model_config": {"model_id": "amazon.nova-pro-v1:0"}}}
    validation = validate({"tfgen": 1, "name": "agent", "harness": {**base, "memory": {"disabled": {}}, **harness}})
    assert validation.posture is not None, validation.findings
    return build(validation.posture)[0]


def kinds(resources: list[str]) -> Counter[str]:
    return Counter(
        "bare" if resource == "*" else "pattern" if "*" in resource or "?" in resource else "exact"
        for resource in resources
    )


SAME_FEATURES = plan_of(tools=[{"type": "agentcore_browser"}, {"type": "agentcore_code_interpreter"}])
ALLOWED = [grant for grant in SAME_FEATURES.role.policy.grants if grant.statement.effect is Effect.ALLOW]


def test_counts_beside_the_sample_of_the_documentation(capsys: pytest.CaptureFixture[str]) -> None:
    sample = kinds([resource for _, resource in SAMPLE])
    own = kinds([str(resource) for grant in ALLOWED for resource in grant.statement.resources])
    with capsys.disabled():
        for name, count in (("sample of the documentation", sample), ("tfgen, same features", own)):
            print(f"\n{name}: {count['bare']} bare *, {count['pattern']} patterns, {count['exact']} exact", end="")
    assert sample == {"bare": 5, "pattern": 7}
    assert own == {"bare": 7, "pattern": 3, "exact": 4}


def test_every_rendered_action_exists_and_a_bare_star_has_no_resource_type_to_name() -> None:
    for grant in ALLOWED:
        for action in grant.statement.actions:
            facts = authorization.action(action)
            assert facts is not None, action
            if [str(resource) for resource in grant.statement.resources] == ["*"]:
                assert not facts.required, action
                assert grant.unscoped, action


def test_what_a_posture_does_not_use_is_not_granted() -> None:
    granted = {
        action
        for grant in plan_of().role.policy.grants
        if grant.statement.effect is Effect.ALLOW
        for action in grant.statement.actions
    }
    absent = ("Browser", "CodeInterpreter", "Gateway", "Memory", "Event", "ApiKey", "Oauth2", "ForJWT")
    own = {action for action in granted if action.startswith("bedrock-agentcore:")}
    assert [action for action in own if any(word in action for word in absent)] == []
    assert not any(action.startswith(("secretsmanager:", "ecr:", "s3:")) for action in granted)
