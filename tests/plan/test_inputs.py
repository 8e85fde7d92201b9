"""Inputs hold what they promise: a default passes its validations, a form follows from it, and lengths are counted."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from terraform_harness import Terraform

from tfgen.app.check import check
from tfgen.app.render import render
from tfgen.catalog import load
from tfgen.diagnostics import Code, Finding, InternalError
from tfgen.hcl.read import read
from tfgen.iam.policy import Kind
from tfgen.iam.text import Source
from tfgen.plan.build import build
from tfgen.plan.lengths import Lengths
from tfgen.plan.model import Plan
from tfgen.posture.shape import shapes
from tfgen.posture.validate import validate
from tfgen.proof import limits, validations
from tfgen.proof.prove import prove
from tfgen.render import files

PROFILE, MODEL = "us.amazon.nova-pro-v1:0", "amazon.nova-pro-v1:0"
BASE: dict[str, Any] = {"harness_name": "desk", "model": {"bedrock_model_config": {"model_id": MODEL}}}
GATEWAY = "arn:aws:bedrock-agentcore:us-east-1:123456789012:gateway/orders-abcdefghij"


def built(inputs: dict[str, Any], harness: dict[str, Any], **top: Any) -> tuple[Plan, tuple[Finding, ...]]:
    given = {name: {"description": "An input.", **entry} for name, entry in inputs.items()}
    data = {"tfgen": 1, "name": "desk", "inputs": given, "harness": {**BASE, **harness}, **top}
    validation = validate(data)
    assert validation.posture is not None, validation.findings
    return build(validation.posture)


def model(**declared: Any) -> tuple[Plan, tuple[Finding, ...]]:
    return built({"agent_model": declared}, {"model": {"bedrock_model_config": {"model_id": {"input": "agent_model"}}}})


def sids(plan: Plan) -> set[str]:
    return {grant.statement.sid for grant in plan.role.policy.grants}


# --- Forms ---------------------------------------------------------------------------------------------------------


def test_an_input_takes_the_form_of_its_default() -> None:
    plan, findings = model(default=PROFILE)
    assert findings == ()
    assert {"BedrockInferenceProfile", "BedrockModelBehindProfile"} <= sids(plan)
    assert prove(plan, files.tree(plan)) == ()
    assert sids(model(default=PROFILE, form="inference-profile")[0]) == sids(plan)


@pytest.mark.parametrize("form", [one.variant for one in load.sheet("models").form if one.input])
def test_each_form_is_told_by_a_default(form: str) -> None:
    example = next(one.example for one in load.sheet("models").form if one.input and one.variant == form)
    stated, findings = model(form=form)
    told, more = model(default=example)
    assert (findings, more) == ((), ())
    assert told.role.policy == stated.role.policy
    assert told.inputs[0].checks == stated.inputs[0].checks


def test_without_a_default_and_a_form_it_is_the_usual_form() -> None:
    assert "BedrockModel" in sids(model()[0])
    assert "BedrockModel" in sids(model(type="list(string)", default=[])[0])


def test_a_form_that_the_default_has_not_is_an_error_at_its_line(tmp_path: Path) -> None:
    posture = tmp_path / "posture.yaml"
    posture.write_text(
        "tfgen: 1\nname: desk\ninputs:\n  agent_model:\n    description: The model.\n"
        f"    default: {PROFILE}\n    form: foundation-model\nharness:\n  harness_name: desk\n"
        "  model: { bedrock_model_config: { model_id: { input: agent_model } } }\n",
        encoding="utf-8",
    )
    (found,) = check(str(posture)).diagnostics
    assert found.code.value == "TFG209"
    assert found.span is not None
    assert found.span.line == 7
    assert "'us.amazon.nova-pro-v1:0' has the form inference-profile" in found.message
    assert "write form: inference-profile" in found.help
    assert not render(str(posture)).files


@pytest.mark.parametrize(
    ("declared", "route", "said"),
    [
        ({"default": MODEL, "form": "application-profile"}, "form", "has the form foundation-model"),
        ({"default": [PROFILE, MODEL]}, "default", f"{PROFILE!r} is inference-profile, {MODEL!r} is foundation-model"),
        ({"default": [PROFILE, MODEL], "form": "inference-profile"}, 1, f"refuses its default {MODEL!r}"),
        ({"default": [PROFILE, PROFILE], "form": "foundation-model"}, "form", "has the form inference-profile"),
        ({"default": "arn:aws:bedrock:us-east-1::foundation-model/a.b"}, "default", "no form that an input can have"),
        ({"default": ["a/b", PROFILE]}, 0, "refuses its default 'a/b'"),
        ({"default": "a/b", "form": "foundation-model"}, "default", "refuses its default 'a/b'"),
    ],
)
def test_a_default_of_another_form_is_refused(declared: dict[str, Any], route: str | int, said: str) -> None:
    kind = {"type": "list(string)"} if isinstance(declared["default"], list) else {}
    _, (found,) = model(**kind, **declared)
    assert found.code is Code.INPUT_CONFLICT
    assert found.route[:2] == ("inputs", "agent_model")
    assert found.route[-1] == route
    assert said in found.message
    assert found.help


def test_a_default_elsewhere_is_held_against_what_is_granted() -> None:
    image = {"environment_artifact": {"container_configuration": {"container_uri": {"input": "image"}}}}
    _, (found,) = built({"image": {"default": "public.ecr.aws/agents/orders:1"}}, image)
    assert (found.code, found.route) == (Code.INPUT_CONFLICT, ("inputs", "image", "default"))
    assert "the URI of an image in a private ECR registry" in found.message
    litellm = {"model": {"litellm_model_config": {"model_id": {"input": "m"}}}}
    _, (found,) = built({"m": {"default": "bedrock/us.amazon.nova-pro-v1:0"}}, litellm)
    assert (found.code, found.route) == (Code.INPUT_CONFLICT, ("inputs", "m", "default"))
    bucket, none = built({"s": {"default": "s3://orders-skills"}}, {"skills": [{"s3": {"uri": {"input": "s"}}}]})
    assert none == ()
    assert "SkillBucketFiles" in sids(bucket)


def test_a_signed_server_takes_the_form_of_its_default() -> None:
    def signed(default: str) -> tuple[Plan, tuple[Finding, ...]]:
        auth = {"aws_iam": {"service": "bedrock-agentcore"}}
        config = {"remote_mcp": {"url": {"input": "url"}, "outbound_auth": auth}}
        return built({"url": {"default": default}}, {"tools": [{"type": "remote_mcp", "name": "t", "config": config}]})

    forms = {one.variant: one for one in load.sheet("signed-mcp").form if one.input}
    for variant in ("gateway", "runtime", "runtime-endpoint"):
        plan, findings = signed(forms[variant].example)
        assert findings == ()
        assert variant in {use.variant for use in plan.role.uses if use.sheet == "signed-mcp"}
    _, (found,) = signed(forms["api"].example)
    assert found.code is Code.INPUT_CONFLICT


def test_the_validations_of_forms_are_distinct() -> None:
    """Else a default would have two forms, and the first would be taken without a word."""
    for sheet in map(load.sheet, load.SHEETS):
        forms = [form for form in sheet.form if form.input]
        for form in forms:
            accepting = [one.variant for one in forms if re.fullmatch(one.input, form.example, re.ASCII)]
            assert accepting == [form.variant], (sheet.id, form.variant)


# --- Defaults and the rendered validations -------------------------------------------------------------------------

VARIABLE = """
variable "x" {
  type    = %s
  default = %s
  nullable = false

  validation {
    condition     = %s
    error_message = "No."
  }
}
"""


@pytest.mark.parametrize(
    ("kind", "default", "condition", "accepted"),
    [
        ("string", '"ab"', 'can(regex("^(?:[a-z]+)$", var.x)) && length(var.x) <= 2', True),
        ("string", '"abc"', 'can(regex("^(?:[a-z]+)$", var.x)) && length(var.x) <= 2', False),
        ("string", '"a\\n"', 'can(regex("^(?:[a-z]+)$", var.x))', False),
        ("string", '""', "length(var.x) >= 1", False),
        ("string", "null", 'var.x == null ? true : can(regex("^(?:[a-z]+)$", var.x))', True),
        ("list(string)", '["a", "b"]', 'alltrue([for value in var.x : can(regex("^(?:a|b)$", value))])', True),
        ("list(string)", '["a", "c"]', 'alltrue([for value in var.x : can(regex("^(?:a|b)$", value))])', False),
        ("list(string)", "[]", 'alltrue([for value in var.x : can(regex("^(?:a|b)$", value))])', True),
    ],
)
def test_a_default_is_held_against_the_rendered_validation(
    kind: str, default: str, condition: str, accepted: bool
) -> None:
    body = {"modules/access/variables.tf": read(VARIABLE % (kind, default, condition))}
    if accepted:
        validations.check(body)
    else:
        with pytest.raises(InternalError, match="its validation refuses"):
            validations.check(body)


def test_a_value_in_a_call_is_held_against_the_validation_of_the_module() -> None:
    variables = read(VARIABLE.replace("  default = %s\n", "") % ("string", 'can(regex("^(?:[a-z]+)$", var.x))'))
    for value, accepted in (('"a"', True), ('"A"', False), ("var.y", True)):
        root = read(f'module "access" {{\n  source = "./modules/access"\n  x      = {value}\n}}\n')
        bodies = {"main.tf": root, "modules/access/variables.tf": variables}
        if accepted:
            validations.check(bodies)
        else:
            with pytest.raises(InternalError, match="gives modules/access a value for 'x'"):
                validations.check(bodies)


def test_a_condition_that_is_not_understood_is_no_pass() -> None:
    with pytest.raises(InternalError, match="cannot be evaluated"):
        validations.check({"variables.tf": read(VARIABLE % ("string", '"a"', 'base64encode(var.x) == "YQ=="'))})


def test_a_module_is_tested_with_its_defaults_alone() -> None:
    plan, _ = built(
        {"m": {"default": PROFILE}, "gateways": {"type": "list(string)", "default": []}, "key": {}},
        {
            "model": {"bedrock_model_config": {"model_id": {"input": "m"}}},
            "tools": [
                {
                    "type": "agentcore_gateway",
                    "name": "g",
                    "config": {"agentcore_gateway": {"gateway_arn": {"input": "gateways"}}},
                }
            ],
            "memory": {"agentcore_memory_configuration": {"arn": {"input": "key"}}},
        },
    )
    texts = {file.path: file.text for file in files.tree(plan)}
    found = texts["modules/execution-role/tests/defaults.tftest.hcl"]
    assert 'run "plans_with_its_defaults"' in found
    assert "memory/" in found  # an input without a default is given
    assert "nova" not in found
    assert '"BedrockModelBehindProfile"' in found
    assert '"Gateway"' not in found
    assert '"Gateway"' in texts["modules/execution-role/tests/grants.tftest.hcl"]
    assert not any(path.endswith("defaults.tftest.hcl") for path in _texts(built({"k": {}}, _memory("k"))[0]))


def _memory(name: str) -> dict[str, Any]:
    return {"memory": {"agentcore_memory_configuration": {"arn": {"input": name}}}}


def _texts(plan: Plan) -> dict[str, str]:
    return {file.path: file.text for file in files.tree(plan)}


# --- Lengths -------------------------------------------------------------------------------------------------------


def _gateways(count: int, **declared: Any) -> Plan:
    tools = [
        {
            "type": "agentcore_gateway",
            "name": f"g{number}",
            "config": {"agentcore_gateway": {"gateway_arn": {"input": f"gateway_{number}"}}},
        }
        for number in range(count)
    ]
    return built({f"gateway_{number}": declared for number in range(count)}, {"tools": tools})[0]


def test_what_a_validation_bounds_is_counted_with_that_bound() -> None:
    plan, _ = built({"name": {}}, {"harness_name": {"input": "name"}})
    lengths, policy = Lengths(plan.inputs), plan.role.policy.policy
    most = shapes()["harness-name"].max
    assert lengths.assumptions(policy) == f"name with {most} (at most)"
    assert not lengths.is_open(policy)
    times = sum(1 for statement in policy.statements for text in statement.texts() for slot in text.filled()
                if slot.source is Source.INPUT)  # fmt: skip
    assert times > 1
    known = {"partition": 10, "region": 14, "account": 12}
    counted = policy.size(lambda one: one.size(lambda slot: known.get(slot.name, most or 0)))
    assert lengths.size(policy) == counted
    assert "postcondition" not in _texts(plan)["modules/execution-role/main.tf"]


def test_what_is_not_bounded_is_estimated_and_counted_again_by_the_module() -> None:
    plan = _gateways(1)
    usual = shapes()["gateway-arn"].usual
    lengths, policy = Lengths(plan.inputs), plan.role.policy.policy
    assert lengths.assumptions(policy) == f"gateway_0 with {usual} (an estimate)"
    assert lengths.is_open(policy)
    main = _texts(plan)["modules/execution-role/main.tf"]
    assert f'condition     = length(replace(self.policy, "/\\\\s/", "")) <= {Kind.INLINE.limit}' in main


def test_a_list_counts_with_the_elements_of_its_default() -> None:
    one, three = (_gateways(1, type="list(string)", default=[GATEWAY] * count) for count in (0, 3))
    sizes = [Lengths(plan.inputs).size(plan.role.policy.policy) for plan in (one, three)]
    usual = shapes()["gateway-arn"].usual or 0
    assert sizes[1] - sizes[0] == 2 * (usual + len('"",'))
    assert "3 x " in Lengths(three.inputs).assumptions(three.role.policy.policy)


def test_a_policy_is_divided_by_what_its_inputs_can_hold() -> None:
    assert _gateways(20).role.parts == ()
    plan = _gateways(60)
    assert len(plan.role.parts) > 1
    assert prove(plan, files.tree(plan)) == ()
    assert "postcondition" in _texts(plan)["modules/execution-role/main.tf"]


def test_a_policy_that_is_too_long_says_what_was_counted() -> None:
    endpoints = [{"input": f"e{number}"} for number in range(60)]
    on = [{"actions": ["sqs:SendMessage"], "on": endpoints, "why": "The agent sends to these."}]
    plan, _ = built({f"e{number}": {} for number in range(60)}, {}, extra=on)
    long = [finding for finding in limits.check(_whole(plan)) if finding.code is Code.TOO_LONG]
    assert long
    assert "(counted: e0 with 256 (an estimate), e1 with" in long[0].message


def _whole(plan: Plan) -> Plan:
    return replace(plan, role=replace(plan.role, parts=()))


def test_pieces_of_one_text_are_no_longer_than_it_is() -> None:
    """What is captured from one value in one text are different pieces of it, which is what lengths rest on."""
    for sheet in map(load.sheet, load.SHEETS):
        for row in sheet.resource:
            sources: dict[str, list[str]] = {}
            for derive in sheet.derive:
                if derive.pattern is not None and f"{{{derive.name}}}" in row.arn:
                    sources.setdefault(derive.of, []).append(derive.pattern)
            for of, patterns in sources.items():
                for form in sheet.form:
                    spans = [m.span(1) for p in patterns if (m := re.search(p, form.example)) is not None]
                    assert not any(a < d and c < b for i, (a, b) in enumerate(spans) for c, d in spans[i + 1 :]), (
                        sheet.id,
                        of,
                    )


@pytest.mark.terraform
def test_a_list_that_makes_a_policy_too_long_is_refused_when_it_is_planned(
    terraform: Terraform, tmp_path: Path
) -> None:
    plan = _gateways(1, type="list(string)", default=[])
    for file in files.parts(plan):
        (tmp_path / file.path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / file.path).write_text(file.text, encoding="utf-8")
    role = tmp_path / "execution-role"
    (role / "tests" / "long.tftest.hcl").write_text(
        'mock_provider "aws" {}\nrun "long" {\n  command = plan\n  variables {\n'
        f'    gateway_0 = [for number in range(200) : "{GATEWAY}"]\n  }}\n'
        "  expect_failures = [aws_iam_role_policy.execution]\n}\n",
        encoding="utf-8",
    )
    terraform.init(role)
    done = terraform.run("test", "-no-color", cwd=role)
    assert "Success!" in done.stdout
