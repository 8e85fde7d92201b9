"""Every feature of the harness, alone and with others, literally and by inputs: its plan is proven."""

from __future__ import annotations

from itertools import chain
from typing import Any

import pytest
from feature_samples import ACCOUNT, COGNITO, JWT, MODELS, PARTS, posture
from hypothesis import given, settings
from hypothesis import strategies as st

from tfgen.diagnostics import Code, Finding, Severity
from tfgen.iam.policy import Effect
from tfgen.plan.build import build
from tfgen.plan.model import Plan
from tfgen.posture import validate
from tfgen.proof.prove import prove
from tfgen.render import files

EACH = [*((name, "foundation") for name in PARTS), *((None, model) for model in MODELS)]


def planned(data: Any) -> tuple[Plan, tuple[Finding, ...]]:
    validation = validate(data)
    assert validation.posture is not None, validation.findings
    return build(validation.posture)


def proven(data: Any) -> Plan:
    plan, found = planned(data)
    assert found == ()
    assert prove(plan, files.tree(plan)) == ()
    return plan


def statements(data: Any) -> dict[str, tuple[set[str], set[str], dict[str, set[str]]]]:
    """Actions, resources and conditions by Sid."""
    return {
        statement.sid: (
            set(statement.actions),
            {str(resource) for resource in statement.resources},
            {f"{line.operator} {line.key}": {str(value) for value in line.values} for line in statement.conditions},
        )
        for grant in planned(data)[0].role.policy.grants
        for statement in (grant.statement,)
    }


def only(data: Any) -> Finding:
    _, found = planned(data)
    assert len(found) == 1, found
    return found[0]


@pytest.mark.parametrize(("name", "model"), EACH, ids=[str(name or model) for name, model in EACH])
def test_a_feature_alone_is_proven(name: str | None, model: str) -> None:
    proven(posture(*([name] if name else []), model=model))


@settings(max_examples=200, derandomize=True, deadline=None)
@given(st.lists(st.sampled_from(sorted(PARTS)), unique=True, max_size=8), st.sampled_from(sorted(MODELS)))
def test_features_together_are_proven(names: list[str], model: str) -> None:
    mounts = [name for name in names if name.startswith(("efs", "s3-"))]
    proven(posture(*(name for name in names if name not in mounts[2:]), model=model))


def test_what_a_posture_does_not_use_is_not_granted() -> None:
    data = posture()
    data["harness"]["memory"] = {"disabled": {}}
    granted = {action for actions, _, _ in statements(data).values() for action in actions}
    absent = ("Browser", "CodeInterpreter", "Gateway", "Memory", "Event", "ApiKey", "Oauth2", "ForJWT")
    own = {action for action in granted if action.startswith("bedrock-agentcore:")}
    assert [action for action in own if any(word in action for word in absent)] == []
    assert not any(action.startswith(("secretsmanager:", "ecr:", "s3:")) for action in granted)


def test_what_a_signed_api_is_granted() -> None:
    _, resources, _ = statements(posture("api"))["McpApi"]
    front = "arn:${partition}:execute-api:eu-central-1:${account}:a1b2c3d4e5"
    assert resources == {f"{front}/prod/*/mcp", f"{front}/$default/*/prod/mcp"}


def test_what_an_agent_in_runtime_is_granted() -> None:
    _, resources, _ = statements(posture("runtime-endpoint"))["McpRuntimeEndpoint"]
    front = "arn:${partition}:bedrock-agentcore:eu-central-1:111122223333:runtime/more-AbCdE12345"
    assert resources == {front, f"{front}/runtime-endpoint/prod"}
    _, resources, _ = statements(posture("runtime"))["McpRuntime"]
    assert resources == {front.replace("more", "tools"), front.replace("more", "tools") + "/runtime-endpoint/DEFAULT"}


def test_a_skill_is_its_directory_and_no_more() -> None:
    found = statements(posture("skill"))
    assert found["SkillFiles"] == ({"s3:GetObject"}, {"arn:${partition}:s3:::skills/orders/*"}, {})
    assert found["SkillListing"] == (
        {"s3:ListBucket"},
        {"arn:${partition}:s3:::skills"},
        {"StringLike s3:prefix": {"orders", "orders/*"}},
    )
    assert statements(posture("skill-bucket"))["SkillBucketListing"][2] == {}


def test_listings_of_two_skills_in_one_bucket_stay_apart() -> None:
    found = statements(posture("skill", "skill-nested"))
    assert found["SkillListingReturns"][2] == {"StringLike s3:prefix": {"orders/returns", "orders/returns/*"}}


def _memory(name: str) -> set[str]:
    data = posture()
    data["harness"]["harness_name"] = name
    front = "arn:${partition}:bedrock-agentcore:${region}:${account}:memory/"
    found = statements(data)
    return {one.removeprefix(front) for sid in ("ManagedMemory", "ManagedMemoryByOldName") for one in found[sid][1]}


def test_a_managed_memory_is_named_after_its_harness_in_two_ways() -> None:
    assert _memory("MyHarness_ba80d309") == {"MyHarness_ba80d309-*", "harness_MyHarness_ba80d309_????-??????????"}


def test_a_long_name_is_whole_in_the_new_name_of_a_memory_and_cut_in_the_old() -> None:
    assert _memory("a" * 34) == {f"{'a' * 34}-*", f"harness_{'a' * 34}_????-??????????"}
    assert _memory("a" * 40) == {f"{'a' * 40}-*", f"harness_{'a' * 34}_????-??????????"}


def test_what_is_looked_up_when_a_harness_with_mounts_is_created() -> None:
    efs = statements(posture("efs"))["EfsLookUp"]
    front = "elasticfilesystem:eu-central-1:111122223333"
    assert efs == (
        {"elasticfilesystem:DescribeAccessPoints", "elasticfilesystem:DescribeMountTargets"},
        {f"arn:${{partition}}:{front}:file-system/*", f"arn:aws:{front}:access-point/fsap-0123456789abcdef0"},
        {},
    )
    files = "arn:aws:s3files:eu-central-1:111122223333:file-system/fs-0123456789abcdef0"
    assert statements(posture("s3-files"))["S3FilesMountTargets"] == ({"s3files:ListMountTargets"}, {files}, {})


def test_a_geographic_profile_is_also_checked_where_it_is_called() -> None:
    data = posture()
    data["harness"]["model"] = {"bedrock_model_config": {"model_id": "us.anthropic.claude-sonnet-4-6"}}
    found = statements(data)
    profile = "arn:${partition}:bedrock:${region}:${account}:inference-profile/us.anthropic.claude-sonnet-4-6"
    bound = {"StringEquals bedrock:InferenceProfileArn": {profile}}
    model = "::foundation-model/anthropic.claude-sonnet-4-6"
    assert found["BedrockModelBehindProfile"][1:] == ({f"arn:${{partition}}:bedrock:us-*{model}"}, bound)
    assert found["BedrockModelInSourceRegion"][1:] == ({f"arn:${{partition}}:bedrock:${{region}}{model}"}, bound)


def test_a_guardrail_works_in_the_regions_of_its_profile() -> None:
    assert statements(posture(model="guardrail"))["BedrockGuardrail"][1] == {
        "arn:${partition}:bedrock:${region}:${account}:guardrail/a1b2c3d4e5f6",
        "arn:${partition}:bedrock:*:${account}:guardrail-profile/*.guardrail.v*",
    }


def test_a_mounted_bucket_is_granted_as_far_as_it_is_mounted() -> None:
    found = statements(posture("s3-mount-prefix"))
    owner = {"StringEquals aws:ResourceAccount": {"444455556666"}}
    written = {"s3:AbortMultipartUpload", "s3:GetObject", "s3:PutObject"}
    assert found["S3Mount"] == (written, {"arn:${partition}:s3:::orders-data/data/*/*"}, owner)
    assert found["S3MountListing"] == (
        {"s3:ListBucket"},
        {"arn:${partition}:s3:::orders-data"},
        {"StringLike s3:prefix": {"data/*/*"}, **owner},
    )
    own = {"StringEquals aws:ResourceAccount": {"${account}"}}
    assert statements(posture("s3-mount"))["S3MountBucket"] == (written, {"arn:${partition}:s3:::orders-data/*"}, own)


def test_a_mounted_directory_bucket_is_granted_whole() -> None:
    zone = "arn:${partition}:s3express:${region}:${account}:bucket/scratch--euc1-az1--x-s3"
    assert statements(posture("s3-mount-directory"))["S3MountDirectoryBucket"] == (
        {"s3express:CreateSession"},
        {zone},
        {},
    )


def test_the_key_of_the_token_vault_works_for_the_vault_alone() -> None:
    _, resources, conditions = statements(posture("vault-key"))["TokenVaultKey"]
    context = "kms:EncryptionContext:aws-crypto-ec:aws:bedrock-agentcore-identity:token-vault-arn"
    assert resources == {"arn:aws:kms:eu-central-1:111122223333:key/01234567-89ab-cdef-0123-456789abcdef"}
    assert conditions == {
        "StringEquals kms:ViaService": {"bedrock-agentcore-identity.${region}.amazonaws.com"},
        f"ArnLike {context}": {"arn:${partition}:bedrock-agentcore:${region}:${account}:token-vault/default"},
    }


def test_a_key_of_the_token_vault_without_a_credential_has_no_effect() -> None:
    key = "arn:aws:kms:eu-central-1:111122223333:key/01234567-89ab-cdef-0123-456789abcdef"
    found = only({**posture("browser"), "token_vault": {"encryption_key_arn": key}})
    assert (found.code, found.route) == (Code.CONFLICT, ("token_vault",))


def test_an_access_point_binds_its_mount() -> None:
    _, resources, conditions = statements(posture("efs"))["EfsMount"]
    assert resources == {"arn:${partition}:elasticfilesystem:eu-central-1:111122223333:file-system/*"}
    assert list(conditions) == ["ArnEquals elasticfilesystem:AccessPointArn"]
    _, resources, _ = statements(posture("s3-files"))["S3FilesMount"]
    assert resources == {"arn:aws:s3files:eu-central-1:111122223333:file-system/fs-0123456789abcdef0"}


def test_a_hook_is_its_target() -> None:
    assert statements(posture("lambda-alias"))["HookFunction"][1] == {
        "arn:aws:lambda:eu-central-1:111122223333:function:gate:live"
    }
    assert statements(posture("events"))["HookEvents"][2] == {
        "StringEquals events:source": {"bedrock-agentcore.harness"},
        "StringEquals events:detail-type": {"Harness Lifecycle Hook"},
    }


def test_a_forced_guardrail_denies_what_goes_without() -> None:
    plan = proven(posture(model="forced-version"))
    denied = [g.statement for g in plan.role.policy.grants if g.statement.effect is Effect.DENY]
    assert [statement.sid for statement in denied if "Guardrail" in statement.sid] == ["DenyWithoutGuardrailVersion"]
    conditions = statements(posture(model="forced-version"))["DenyWithoutGuardrailVersion"][2]
    assert conditions == {
        "StringNotEquals bedrock:GuardrailIdentifier": {
            "arn:${partition}:bedrock:${region}:${account}:guardrail/a1b2c3d4e5f6:3"
        }
    }


@pytest.mark.parametrize("name", ["*", "a1b2*", "a?b", "${aws:username}", "arn:aws:bedrock:*:111122223333:guardrail/*"])
def test_a_guardrail_with_a_wildcard_is_refused(name: str) -> None:
    data = posture(model="guardrail")
    params = data["harness"]["model"]["bedrock_model_config"]["additional_params"]
    params["guardrailConfig"]["guardrailIdentifier"] = name
    assert (only(data).code, only(data).route[-1]) == (Code.BAD_VALUE, "guardrailIdentifier")


@pytest.mark.parametrize("model", ["foundation", "mantle", "openai"])
def test_a_guardrail_that_cannot_be_forced(model: str) -> None:
    found = only({**posture(model=model), "role": {"force_guardrail": True}})
    assert (found.code, found.route, found.severity) == (Code.CONFLICT, ("role", "force_guardrail"), Severity.ERROR)


def test_the_issuer_is_bound_where_it_is_known() -> None:
    def of(jwt: dict[str, Any]) -> set[str]:
        data = posture()
        data["harness"]["authorizer_configuration"] = {"custom_jwt_authorizer": jwt}
        found = statements(data)
        return {f"{sid} {sorted(found[sid][2])}" for sid in found if sid.startswith("WorkloadIdentityFor")}

    key = "StringEquals bedrock-agentcore:InboundJwtClaim/iss"
    assert of(COGNITO) == {f"WorkloadIdentityForUserOfIssuer ['{key}']"}
    assert of(JWT) == {"WorkloadIdentityForUser []"}


def test_a_token_is_exchanged_only_where_there_is_one() -> None:
    data = posture("exchange")
    del data["harness"]["authorizer_configuration"]
    found = only(data)
    assert (found.code, found.route[-1]) == (Code.CONFLICT, "grant_type")


def test_logs_alone() -> None:
    services = {
        action.partition(":")[0] for actions, _, _ in statements(posture("logs-only")).values() for action in actions
    }
    assert not services & {"xray", "cloudwatch"}
    assert "LogResourcePolicy" not in statements(posture("logs-only"))


def test_a_volume_says_why_nothing_is_rendered() -> None:
    data = posture("vpc")
    runtime = data["harness"]["environment"]["agentcore_runtime_environment"]
    runtime["filesystem_configurations"] = [{"capacity_provider_volume": {"volume_name": "a", "mount_path": "/mnt/a"}}]
    found = only(data)
    assert (found.code, found.severity) == (Code.NOT_COVERED, Severity.WARNING)
    assert "capacity provider" in found.message


@pytest.mark.parametrize(
    ("service", "url", "said"),
    [
        (
            "lambda",
            "https://abcdefgh.lambda-url.eu-central-1.on.aws/",
            "lambda:InvokeFunctionUrl, lambda:InvokeFunction",
        ),
        ("execute-api", "https://api.example.com/mcp", "execute-api:..."),
        ("aoss", "https://x.eu-central-1.aoss.amazonaws.com", "aoss:..."),
        ("nosuchservice", "https://mcp.example.com", "extra"),
        ("bedrock-agentcore", "https://mcp.example.com", "bedrock-agentcore:..."),
        ("lambda", {"input": "url"}, "lambda:..."),
    ],
)
def test_a_signed_server_of_unknown_kind_says_what_to_write(service: str, url: Any, said: str) -> None:
    data = posture("browser")
    data["harness"]["tools"] = [
        {
            "type": "remote_mcp",
            "name": "signed",
            "config": {"remote_mcp": {"url": url, "outbound_auth": {"aws_iam": {"service": service}}}},
        }
    ]
    if isinstance(url, dict):
        data["inputs"] = {"url": {"description": "The server."}}
    found = only(data)
    assert (found.code, found.severity) == (Code.UNCOVERED_RESOURCE, Severity.ERROR)
    assert said in found.help
    granted = {
        "lambda": ["lambda:InvokeFunctionUrl", "lambda:InvokeFunction"],
        "execute-api": ["execute-api:Invoke"],
        "aoss": ["aoss:APIAccessAll"],
        "bedrock-agentcore": ["bedrock-agentcore:InvokeGateway"],
    }.get(service, ["sqs:SendMessage"])
    arn = {
        "lambda": "arn:aws:lambda:eu-central-1:111122223333:function:mcp",
        "execute-api": "arn:aws:execute-api:eu-central-1:111122223333:a1b2c3/prod/POST/mcp",
        "aoss": "arn:aws:aoss:eu-central-1:111122223333:collection/abc",
        "bedrock-agentcore": ACCOUNT + "gateway/orders-abcdefghij",
    }.get(service, "arn:aws:sqs:eu-central-1:111122223333:orders")
    data["extra"] = [{"actions": granted, "on": [arn], "why": "The agent calls this server."}]
    proven(data)


@pytest.mark.parametrize(
    ("entry", "code"),
    [
        ({"actions": ["s3:GetObjects"], "on": ["arn:aws:s3:::a/b"]}, Code.UNKNOWN_ACTION),
        ({"actions": ["s3:GetObject"], "on": ["*"]}, Code.BARE_STAR),
        ({"actions": ["pricing:GetProducts"], "on": ["arn:aws:s3:::a"]}, Code.UNCOVERED_RESOURCE),
    ],
)
def test_an_extra_that_does_not_fit(entry: dict[str, Any], code: Code) -> None:
    found = only({**posture(), "extra": [{**entry, "why": "The agent needs it."}]})
    assert (found.code, found.severity) == (code, Severity.ERROR)


def test_an_extra_that_reaches_nothing_or_says_it_again() -> None:
    def codes(*entries: dict[str, Any]) -> set[Code]:
        extra = [{**entry, "why": f"The agent needs it for task {number}."} for number, entry in enumerate(entries)]
        plan, found = planned({**posture("gateway"), "extra": extra})
        assert found == ()
        return {finding.code for finding in prove(plan, files.tree(plan))}

    assert codes({"actions": ["sqs:SendMessage"], "on": ["arn:aws:s3:::a"]}) == {Code.UNCOVERED_RESOURCE}
    assert codes({"actions": ["s3:GetObject"], "on": ["arn:aws:sqs:eu-central-1:111122223333:a"]}) == {
        Code.UNCOVERED_RESOURCE
    }
    gateway = {"actions": ["bedrock-agentcore:InvokeGateway"], "on": [ACCOUNT + "gateway/stock-abcdefghij"]}
    assert codes(gateway) == {Code.NOT_NEEDED}
    table = {"actions": ["dynamodb:GetItem"], "on": ["arn:aws:dynamodb:eu-central-1:111122223333:table/a"]}
    assert codes(table, table) == {Code.NOT_NEEDED}


def test_a_wildcard_in_an_extra_is_refused() -> None:
    for action, resource in (("s3:*", "arn:aws:s3:::a"), ("s3:GetObject", "arn:aws:s3:::a/*")):
        data = {**posture(), "extra": [{"actions": [action], "on": [resource], "why": "The agent needs it."}]}
        assert validate(data).posture is None


@pytest.mark.parametrize("model", ["sagemaker/orders", "bedrock/agent/x/y", "bedrock/eu-west-1/amazon.nova-pro-v1:0"])
def test_litellm_in_aws_in_unknown_ways_is_refused(model: str) -> None:
    data = posture()
    data["harness"]["model"] = {"litellm_model_config": {"model_id": model}}
    assert only(data).code is Code.BAD_VALUE


def test_litellm_through_bedrock_is_that_model() -> None:
    assert statements(posture(model="litellm-bedrock"))["BedrockInferenceProfile"][1] == {
        "arn:${partition}:bedrock:${region}:${account}:inference-profile/eu.amazon.nova-pro-v1:0"
    }
    for model in ("litellm-key", "litellm-open"):
        services = {a.partition(":")[0] for actions, _, _ in statements(posture(model=model)).values() for a in actions}
        assert "bedrock" not in services


def test_a_list_of_profiles_is_bound_by_the_profiles() -> None:
    found = statements(posture("also-profiles"))
    front = "arn:${partition}:bedrock:${region}:${account}:inference-profile/${profiles}"
    assert found["BedrockInferenceProfile"][1] == {front}
    assert found["BedrockModelBehindProfile"][1:] == (
        {"arn:${partition}:bedrock:*::foundation-model/${^[a-z-]+\\.(.+)$ in ${profiles}}"},
        {"StringEquals bedrock:InferenceProfileArn": {front}},
    )


def test_a_profile_of_an_unknown_geography_is_bound_by_itself() -> None:
    data = posture()
    data["harness"]["model"] = {"bedrock_model_config": {"model_id": "mx.anthropic.claude-haiku-4-5-20251001-v1:0"}}
    assert statements(data)["BedrockModelBehindProfile"][1] == {
        "arn:${partition}:bedrock:*::foundation-model/anthropic.claude-haiku-4-5-20251001-v1:0"
    }


@pytest.mark.parametrize(
    "model", ["amazon.nova-pro-v1:0", "meta.llama3.1-8b", "anthropic.claude-3.5-sonnet", "openai.gpt-oss-120b-1:0"]
)
def test_a_foundation_model_is_no_profile(model: str) -> None:
    data = posture()
    data["harness"]["model"] = {"bedrock_model_config": {"model_id": model}}
    assert "BedrockModel" in statements(data)


@pytest.mark.parametrize("name", [name for name in PARTS if name.startswith("also-")])
def test_what_a_list_stands_for_goes_with_it(name: str) -> None:
    """With `also` alone, every statement that the plain posture lacks is there only while a list has elements."""
    plan, plain = proven(posture(name)), statements(posture())
    inputs = {item.name for item in plan.inputs if item.many}
    for grant in plan.role.policy.grants:
        if grant.statement.sid not in plain and inputs and not grant.statement.sid.startswith("EcrToken"):
            assert all(resource.each() in inputs for resource in grant.statement.resources), grant.statement.sid


def test_a_second_model_is_granted_beside_the_first() -> None:
    found = statements(posture("also-model", "no-memory"))
    assert {"BedrockModel", "BedrockInferenceProfile", "BedrockGuardrail"} <= set(found)
    assert "ManagedMemory" not in found


def test_what_two_lists_bring_comes_out_once() -> None:
    (main,) = (
        file.text
        for file in files.tree(planned(posture("also-images", "also-vpc-inputs"))[0])
        if file.path.endswith("execution-role/main.tf")
    )
    assert "Resource = distinct(concat(" in main


def _with_form(name: str, form: str) -> dict[str, Any]:
    data = posture(name)
    for declared in data["inputs"].values():
        declared["form"] = form
    return data


@pytest.mark.parametrize(
    ("name", "form", "said"),
    [
        ("also-profiles", "global-profile", "allowed: inference-profile, application-profile"),
        ("also-images", "public", "allowed: private"),
        ("gateway-inputs", "gateway", "all values have one form"),
        ("also-mantle", "foundation-model", "all values have one form"),
    ],
)
def test_a_form_that_an_input_cannot_have(name: str, form: str, said: str) -> None:
    found = only(_with_form(name, form))
    assert (found.code, found.severity, found.route[-1]) == (Code.INPUT_CONFLICT, Severity.ERROR, "form")
    assert said in found.message


def test_an_issuer_binds_nothing_where_any_other_will_do() -> None:
    known, unknown = "WorkloadIdentityForUserOfIssuer", "WorkloadIdentityForUser"
    assert {unknown} == {known, unknown} & set(statements(posture("jwt", "also-jwt")))
    assert {known} == {known, unknown} & set(statements(posture("also-jwt")))
    assert {known, unknown} == {known, unknown} & set(statements(posture("also-jwt", "also-jwt-inputs")))
    for names in (("jwt", "also-jwt"), ("also-jwt", "also-jwt-inputs"), ("jwt", "also-jwt-inputs")):
        proven(posture(*names))


def test_no_other_guardrail_beside_one_that_is_forced() -> None:
    for name in ("also-guardrails", "also-model"):
        found = only(posture(name, model="forced-version"))
        assert (found.code, found.route[:2]) == (Code.CONFLICT, ("also", 0))


def test_a_list_stands_for_models_alone() -> None:
    """Elsewhere outside a list one text is needed: a harness has one memory."""
    data = posture("also-models")
    data["harness"]["model"] = data["also"].pop()["model"]
    proven(data)
    data["harness"]["memory"] = {"agentcore_memory_configuration": {"arn": {"input": "foundations"}}}
    assert Code.INPUT_CONFLICT in {finding.code for finding in validate(data).findings}


def test_every_sheet_of_the_role_is_used_by_some_sample() -> None:
    from tfgen.catalog import load

    samples = chain((posture(name) for name in PARTS), (posture(model=model) for model in MODELS))
    used = {use.sheet for data in samples for use in planned(data)[0].role.uses}
    wanted = {name for name in load.SHEETS if load.sheet(name).part == "execution-role"}
    assert wanted - used == set()
