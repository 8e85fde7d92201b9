"""The part `harness`: all that the API takes is rendered or refused, in blocks or objects as the provider takes it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import fields, is_dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any, get_origin

import pytest
from asserted import asserted
from coverage_table import leaves as api_leaves
from every import every
from moto_harness import Moto
from mutants import variants
from oldest_provider import of_oldest
from posture_samples import at
from provision_table import ENDS, outcome
from provisioned_samples import (
    BASE,
    IDS,
    INPUTS,
    PLAN,
    REFUSED,
    RICH,
    VPC,
    memory,
    parts_of,
    planned,
    rich,
)
from snapshot_files import TerraformFile
from syrupy.assertion import SnapshotAssertion
from terraform_harness import Applied, Terraform, write_batch

from tfgen.catalog import provider
from tfgen.catalog.provider_resource import CARRIERS, provider_resource
from tfgen.diagnostics import Code, Finding, InternalError, Route, Severity
from tfgen.hcl.printer import print_file
from tfgen.hcl.read import read
from tfgen.hcl.tree import Attribute, Block, Body, Bool, Call, Literal, Null, Number, Object, Unary
from tfgen.plan.build import build
from tfgen.posture import Table, validate
from tfgen.proof import schema
from tfgen.proof.prove import read_back, same
from tfgen.render import files

PROVIDERS = CARRIERS


@cache
def parsed(text: str) -> Body:
    """A file's tree; the files of other parts are the same in most tests."""
    return read(text)


def resource(bodies: dict[str, Body]) -> Block:
    (found,) = (node for node in bodies["modules/harness/main.tf"] if isinstance(node, Block))
    return found


# --- Every key of the model ------------------------------------------------------------------------------------------


def sentence(route: Route, name: str) -> Finding | None:
    """What is said of a place that the provider cannot carry; None where it is carried, which is proven."""
    made, errors = outcome(route, name)
    if errors:
        assert made is None
        (error,) = errors
        assert error.code is Code.NOT_CARRIED
        assert error.route == route[: len(error.route)]
        assert error.message
        assert error.help
        return error
    assert made is not None
    plan = replace(PLAN, provisioned=made, inputs=())
    tree = files.tree(plan)
    bodies = {file.path: parsed(file.text) for file in tree if file.path.endswith(".tf")}
    same(plan, read_back(plan, bodies)[0])
    assert list(of_oldest((*bodies["modules/harness/main.tf"], *bodies["modules/harness/versions.tf"]))) == []
    words = [str(step) for step in route if isinstance(step, str)]
    written = written_in(resource(bodies))
    (tests,) = (file for file in tree if file.path == "modules/harness/tests/grants.tftest.hcl")
    # The properties of a template are compared as a whole.
    assert name == "cloudformation" or unseen(resource(bodies), tests.body or ()) == []
    argument = provider_resource(name).argument(words[-1])
    key = at(route[:-1]).kind if len(route) > 1 else None
    if get_origin(key) is not Table:
        assert any(path.rpartition(".")[2] == argument for path in written), written
    return None


def written_in(block: Block) -> frozenset[str]:
    """The dotted paths of all that a resource sets, those of a template below its argument."""
    bodies = [node.value for node in block.body if isinstance(node, Attribute) and node.name == "template_body"]
    inside = next((body.arguments[0] for body in bodies if isinstance(body, Call)), Object())
    return schema.used(block.body) | schema.used((Attribute("template", inside),))


def unseen(block: Block, tests: Body) -> list[str]:
    """The values of a resource that no test of the module looks at."""
    looked_at, used = asserted(tests, block.labels[0]), schema.used(block.body)
    ends = (path for path in used if not any(other.startswith(f"{path}.") for other in used))
    return sorted(path for path in ends if not any(one.covers(path) for one in looked_at))


@pytest.mark.parametrize("name", PROVIDERS)
@every(("route",), ((key, (route,)) for key, route in zip(IDS, ENDS, strict=True)))
def test_every_key_is_rendered_or_refused(route: Route, name: str) -> None:
    said = sentence(route, name)
    key = ".".join(map(str, route[1:]))
    wanted = next((path for path in REFUSED[name] if key == path or key.startswith(f"{path}.")), None)
    assert (said is None) == (wanted is None), said
    if said is not None and wanted is not None:
        others = [other for other in CARRIERS if other != name and wanted not in REFUSED[other]]
        assert ".".join(map(str, said.route[1:])) == wanted
        assert re.findall(r"provision: (\w+)", said.help) == others[:1]


NOT_MODELLED = {
    "client_token",
    "execution_role_arn",
    "memory.managed_memory_configuration.arn",
    "environment.agentcore_runtime_environment.network_configuration.network_mode_config.require_service_s3_endpoint",
}
"""Members of the API that no posture says: see the tests of the posture."""


def test_every_member_of_the_api_is_among_them(capsys: pytest.CaptureFixture[str]) -> None:
    ours = {re.sub(r"\.0(?=\.|$)", "[]", key) for key in IDS}
    ours |= {key.rpartition(".")[0] for key in ours}
    members = [path.removesuffix("[]") for path in api_leaves()]
    missing = [path for path in members if path not in NOT_MODELLED and not _there(path, ours)]
    with capsys.disabled():
        refused = {name: sum(any(k.startswith(p) for p in REFUSED[name]) for k in IDS) for name in PROVIDERS}
        print(f"\nmembers of CreateHarness: {len(members)}; keys: {len(IDS)}, refused {refused}", end="")
    assert missing == []


def _there(path: str, ours: set[str]) -> bool:
    """Whether a member is a key, or a table or free JSON that has no members in the API's model."""
    return path in ours or f"{path}[]" in ours or any(key.startswith(f"{path}.") for key in ours)


# --- Every argument of the resource ----------------------------------------------------------------------------------

NOT_EMITTED = {
    "region": "the provider's own",
    "timeouts": "the provider's own are half an hour, which is enough",
}
"""Arguments that the resource takes and no posture asks for."""

BY_HAND = """
resource "aws_bedrockagentcore_harness" "this" {
  harness_name       = "by_hand"
  execution_role_arn = "arn:aws:iam::123456789012:role/a"
  region             = "eu-central-1"

  model {
    bedrock_model_config {
      model_id = "amazon.nova-pro-v1:0"
    }
  }

  system_prompt {
    text = "You help."
  }

  environment {
    agentcore_runtime_environment {
      network_configuration {
        network_mode = "VPC"

        network_mode_config {
          subnets         = ["subnet-0123456789abcdef0"]
          security_groups = ["sg-0123456789abcdef0"]
        }
      }
    }
  }

  timeouts {
    create = "40m"
    update = "40m"
    delete = "40m"
  }
}
"""


def settable(body: provider.Body, above: str = "") -> Iterator[str]:
    """The dotted paths of all that a resource takes."""
    for name in (*body.attributes, *body.blocks):
        member = body.member(name)
        if member is None or f"{above}{name}" in NOT_EMITTED:
            continue
        yield f"{above}{name}"
        if isinstance(member, provider.Nested):
            yield from settable(member.body, f"{above}{name}.")


def test_every_argument_is_emitted_or_has_a_reason() -> None:
    emitted: set[str] = set()
    for route in ENDS:
        made, _ = outcome(route, "aws")
        if made is not None:
            plan = replace(PLAN, provisioned=made, inputs=())
            (main,) = (file for file in files.parts(plan) if file.path == "harness/main.tf")
            emitted |= {path for node in main.body or () if isinstance(node, Block) for path in schema.used(node.body)}
    body = provider_resource("aws").body
    assert sorted(set(settable(body)) - emitted) == []
    (by_hand,) = read(BY_HAND)
    assert isinstance(by_hand, Block)
    assert list(schema._resource(by_hand)) == []
    assert set(NOT_EMITTED) <= schema.used(by_hand.body)


# --- Blocks and objects ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", PROVIDERS)
def test_a_rich_one(name: str, snapshot: SnapshotAssertion) -> None:
    _, bodies = parts_of(rich(name))
    for file in ("main", "variables", "versions"):
        text = print_file(bodies[f"modules/harness/{file}.tf"])
        assert text.encode() == snapshot(name=f"{name}-{file}", extension_class=TerraformFile)


@pytest.mark.terraform
def test_it_is_formatted(terraform: Terraform, tmp_path: Path) -> None:
    for name in PROVIDERS:
        for path, body in parts_of(rich(name))[1].items():
            (tmp_path / name / path).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name / path).write_text(print_file(body), encoding="utf-8")
    terraform.assert_formatted(tmp_path)


def test_an_input_that_may_hold_a_secret_is_not_shown() -> None:
    plan, bodies = parts_of({**RICH, "provision": "aws"})
    assert {item.name for item in plan.inputs if item.sensitive} == {"token", "secret"}
    for path in ("variables.tf", "modules/harness/variables.tf"):
        assert print_file(bodies[path]).count("sensitive   = true") == 2


def test_an_input_that_stands_in_a_policy_is_no_secret() -> None:
    data = deepcopy(RICH)
    signed = {"url": {"input": "token"}, "outbound_auth": {"aws_iam": {"service": "execute-api"}}}
    data["harness"]["tools"] = [{"type": "remote_mcp", "config": {"remote_mcp": signed}}]
    data["inputs"] = {name: INPUTS[name] for name in ("token", "secret", "audiences")}
    plan, _ = planned(data)
    assert {item.name for item in plan.inputs if item.sensitive} == {"secret"}


def test_the_other_parts_are_the_same() -> None:
    for name in PROVIDERS:
        data = rich(name)
        found = dict(_texts(data))
        del data["provision"]
        without = dict(_texts(data))
        assert {path for path in found if path not in without} == {
            "harness/tests/grants.tftest.hcl",
            *(f"harness/{file}" for file in ("README.md", "main.tf", "outputs.tf", "variables.tf", "versions.tf")),
        }
        assert {path: text for path, text in found.items() if path in without} == without


def _texts(data: dict[str, Any]) -> Iterator[tuple[str, str]]:
    plan, _ = planned(data)
    return ((file.path, file.text) for file in files.parts(plan))


@pytest.mark.terraform
def test_what_an_older_provider_knows_applies(terraform: Terraform, empty_moto: Moto, tmp_path: Path) -> None:
    """The tree without the part `harness`, which no provider of the tests has."""
    plan, _ = planned({**RICH, "provision": "aws"})
    for file in files.parts(plan):
        if not file.path.startswith("harness/"):
            (tmp_path / file.path).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / file.path).write_text(file.text, encoding="utf-8")
    given = {"gateways": ["arn:aws:bedrock-agentcore:us-east-1:123456789012:gateway/shop-abcdefghij"]}
    root = write_batch(tmp_path / "root", {"role": tmp_path / "execution-role"}, {"role": given})
    with Applied(terraform, empty_moto, root) as applied:
        assert applied.addresses() == (
            "module.role.aws_iam_role.execution",
            "module.role.aws_iam_role_policy.execution",
        )


@pytest.mark.parametrize(
    ("harness", "version"),
    [
        ({}, "6.60.0"),
        ({"memory": {"disabled": {}}}, "6.60.0"),
        ({"environment": {"agentcore_runtime_environment": {"network_configuration": VPC}}}, "6.61.0"),
        ({"skills": [{"path": "/skills/a"}]}, "6.60.0"),
        ({"skills": [{"aws_skills": {}}]}, "6.64.0"),
        (
            {
                "memory": {
                    "agentcore_memory_configuration": {
                        "arn": "arn:aws:bedrock-agentcore:eu-central-1:111122223333:memory/shop-AbCdE12345",
                        "retrieval_config": {"/facts": {"top_k": 3}},
                    }
                }
            },
            "6.46.0",
        ),
    ],
)
def test_the_provider_is_as_old_as_it_can_be(harness: dict[str, Any], version: str) -> None:
    data = {**BASE, "provision": "aws", "harness": {**BASE["harness"], **harness}}
    data["harness"] = {key: value for key, value in data["harness"].items() if value is not None}
    _, bodies = parts_of(data)
    for path in ("versions.tf", "modules/harness/versions.tf"):
        assert f'version = ">= {version}"' in print_file(bodies[path])
    assert 'version = ">= 5.100"' in print_file(bodies["modules/execution-role/versions.tf"])


def test_nothing_is_made_without_the_key() -> None:
    _, bodies = parts_of(RICH)
    assert not [path for path in bodies if "harness" in path]
    assert 'version = ">= 5.100"' in print_file(bodies["versions.tf"])


# --- Changes of what is rendered -------------------------------------------------------------------------------------


def renamed(node: Any) -> Iterator[Any]:
    """A node with one block or argument in it called otherwise, or one number or bool another."""
    match node:
        case Block() if not node.labels:
            yield replace(node, type=f"{node.type}_x")
        case Attribute():
            yield replace(node, name=f"{node.name}_x")
        case Number():
            yield replace(node, value=node.value + 1)
        case Bool():
            yield replace(node, value=not node.value)
            yield Number(int(node.value))
        case Null():
            yield Literal("")
        case Unary():
            yield node.operand
        case _:
            pass
    if isinstance(node, tuple):
        for index, part in enumerate(node):
            yield from ((*node[:index], one, *node[index + 1 :]) for one in renamed(part))
    elif is_dataclass(node) and not isinstance(node, type):
        for one in fields(node):
            yield from (replace(node, **{one.name: changed}) for changed in renamed(getattr(node, one.name)))


@pytest.mark.parametrize("name", PROVIDERS)
def test_every_change_of_meaning_is_caught(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    plan, bodies = parts_of(rich(name))
    path = "modules/harness/main.tf"
    others = {file: body for file, body in bodies.items() if file != path}
    missed: list[str] = []
    count = 0
    for changed in (*variants(resource(bodies)), *renamed(resource(bodies))):
        count += 1
        try:
            same(plan, read_back(plan, {**others, path: (changed,)})[0])
        except (InternalError, ValueError):
            continue
        missed.append(print_file((changed,)))
    with capsys.disabled():
        print(f"\nchanges of the harness ({name}) caught: {count - len(missed)} of {count}", end="")
    assert missed == []
    assert count > 150


# --- What is said ----------------------------------------------------------------------------------------------------


def said(name: str, **harness: Any) -> list[tuple[Code, Route, Severity, str]]:
    data = {**deepcopy(BASE), "provision": name}
    data["harness"] |= harness
    _, findings = planned(data)
    return [(one.code, one.route, one.severity, f"{one.message}; {one.help}") for one in findings]


def test_a_value_that_the_provider_does_not_take() -> None:
    auth = {
        "provider_arn": "arn:aws:bedrock-agentcore:eu-central-1:111122223333:token-vault/default/"
        "oauth2credentialprovider/idp",
        "scopes": ["a"],
        "grant_type": "TOKEN_EXCHANGE",
    }
    gateway = {
        "gateway_arn": "arn:aws:bedrock-agentcore:eu-central-1:111122223333:gateway/open-abcdefghij",
        "outbound_auth": {"oauth": auth},
    }
    harness = {
        "tools": [{"type": "agentcore_gateway", "config": {"agentcore_gateway": gateway}}],
        "authorizer_configuration": {
            "custom_jwt_authorizer": {
                "discovery_url": "https://idp.example.com/.well-known/openid-configuration",
                "allowed_clients": ["a"],
            }
        },
    }
    assert said("aws", **harness) == []
    ((code, route, severity, sentence),) = said("awscc", **harness)
    assert (code, route[-1], severity) == (Code.NOT_CARRIED, "grant_type", Severity.ERROR)
    assert "does not take 'TOKEN_EXCHANGE', but AUTHORIZATION_CODE, CLIENT_CREDENTIALS" in sentence
    assert "write `provision: aws`" in sentence


def test_more_than_the_provider_takes() -> None:
    two = memory(retrieval_config={"/facts": {"top_k": 3}, "/likes": {"top_k": 3}})
    assert said("awscc", **two) == []
    ((code, route, severity, sentence),) = said("aws", **two)
    assert (code, route[-1], severity) == (Code.NOT_CARRIED, "retrieval_config", Severity.ERROR)
    assert "takes 1 under 'retrieval_config', and these are 2" in sentence


def test_what_the_provider_is_known_to_fail_with() -> None:
    ((code, route, severity, sentence),) = said("aws", **memory())
    assert (code, route[-1], severity) == (Code.NOT_CARRIED, "agentcore_memory_configuration", Severity.WARNING)
    assert "issues/49594" in sentence
    assert said("awscc", **memory()) == []
    lifecycle = {"idle_runtime_session_timeout": 600}
    ((_, route, severity, sentence),) = said(
        "aws", environment={"agentcore_runtime_environment": {"lifecycle_configuration": lifecycle}}
    )
    assert (route[-1], severity) == ("lifecycle_configuration", Severity.WARNING)
    assert "known to fail without 'max_lifetime'" in sentence


def test_a_prompt_is_needed_by_one_of_them() -> None:
    data = {**deepcopy(BASE), "provision": "aws"}
    del data["harness"]["system_prompt"]
    (finding,) = planned(data)[1]
    assert (finding.route, finding.severity) == (("harness",), Severity.ERROR)
    assert finding.help == "add system_prompt, or write `provision: cloudformation`, whose resource does not need it"
    assert planned({**data, "provision": "awscc"})[1] == ()
    assert planned({**data, "provision": "cloudformation"})[1] == ()


def test_two_lists_in_one_element() -> None:
    data = deepcopy(RICH)
    tool = data["harness"]["tools"][2]["config"]["remote_mcp"]
    tool["headers"] = {"X-A": {"input": "audiences"}}
    (finding,) = planned({**data, "provision": "aws"})[1]
    assert (finding.code, finding.route) == (Code.INPUT_CONFLICT, ("harness", "tools", 2))
    assert "'urls' and 'audiences' are lists" in finding.message


def test_the_readme_says_why_the_provider_must_be_so_new() -> None:
    plan, _ = planned({**RICH, "provision": "aws"})
    (readme,) = (file for file in files.parts(plan) if file.path == "harness/README.md")
    assert (
        "| 6.64.0 | `model.bedrock_model_config.additional_params`: the first version whose schema has it"
        in readme.text
    )
    assert "skill.git" not in readme.text


def test_a_list_where_one_value_stands_is_refused_at_its_line() -> None:
    data = {
        "tfgen": 1,
        "name": "several",
        "inputs": {"model_ids": {"description": "The models.", "type": "list(string)"}},
        "provision": "aws",
        "harness": {
            "harness_name": "several",
            "system_prompt": [{"text": "You help."}],
            "model": {"bedrock_model_config": {"model_id": {"input": "model_ids"}}},
        },
    }
    validation = validate(data)
    assert validation.posture is not None
    plan, (finding,) = build(validation.posture)
    assert plan.provisioned is None
    assert (finding.code, finding.route[-1]) == (Code.INPUT_CONFLICT, "model_id")
    assert finding.message == "'model_ids' is a list, and one harness has one value here"
