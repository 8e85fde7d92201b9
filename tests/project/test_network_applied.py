"""The private examples, applied to a real AWS API (moto's) in a VPC that was there before: what stands is the plan.

Where moto falls short of AWS, the plan's JSON is read instead: it stores no `ip_address_type` and no `dns_options`
of an endpoint, and no description of a rule unless its other side is a block of addresses; and it knows no service of
AgentCore, so it does not refuse a name that AWS would refuse.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from example_postures import PRIVATE, plan_of, write
from expected import Given, given_or_default, iam_of
from moto_harness import ACCOUNT, Iam, Moto, aws_env, running_moto
from moto_network import Network
from network_expected import is_there, network_of
from network_samples import PLACE_BEYOND, STORE, planned, sample
from terraform_harness import Applied, Terraform, TerraformError, write_batch

from tfgen.plan.model import SECURITY_GROUP, Plan
from tfgen.plan.network.model import PeerKind
from tfgen.render.addresses import label

FIXTURE = Path(__file__).parents[1] / "fixtures" / "vpc"


PUBLISHED = "../modules/vpc"
"""The posture of the published modules, whose lists decide what is there."""


@dataclass(frozen=True)
class Place:
    """The VPC that the examples are applied in."""

    moto: Moto
    outputs: Mapping[str, Any]

    def given(self, name: str) -> dict[str, Any]:
        """The values of an example's variables."""
        groups = self.outputs["security_group_ids"]
        place = {
            "vpc_id": self.outputs["vpc_id"],
            "subnet_ids": self.outputs["subnet_ids"],
            "route_table_ids": [self.outputs["route_table_id"]],
        }
        own: Mapping[str, Mapping[str, Any]] = {
            "private-agent": {**place, "claims_database_group": groups["database"]},
            "complete": {
                **place,
                "key_arn": f"arn:aws:kms:us-east-1:{ACCOUNT}:key/{'0' * 8}-1111-2222-3333-{'4' * 12}",
            },
            "private-openai": {"vpc_id": place["vpc_id"], "openai_cidrs": ["203.0.113.0/24", "198.51.100.0/24"]},
            "hub-endpoints": {**place, "hub_cidrs": ["10.1.0.0/24", "10.1.1.0/24"]},
            PUBLISHED: {
                **place,
                "harness_name": "published",
                "model_id": "amazon.nova-pro-v1:0",
                "role_name": "published-role",
                "hook_topic_arns": [f"arn:aws:sns:us-east-1:{ACCOUNT}:steps"],
                "efs_access_point_arns": [
                    f"arn:aws:elasticfilesystem:us-east-1:{ACCOUNT}:access-point/fsap-0123456789abcdef0"
                ],
                "mount_target_group_ids": [groups["mount-targets"], groups["database"]],
                "mount_target_subnet_ids": place["subnet_ids"],
            },
            "shared-files": {
                **place,
                "mount_target_group": groups["mount-targets"],
                "mount_target_subnet_ids": place["subnet_ids"],
            },
        }
        return dict(own[name])

    def network(self) -> Network:
        """What stands in the VPC now."""
        return Network.read(self.moto, self.outputs["vpc_id"])


@pytest.fixture(scope="module")
def place(terraform: Terraform, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """The VPC, made by a module of its own."""
    root = tmp_path_factory.mktemp("vpc")
    for file in FIXTURE.glob("*.tf"):
        (root / file.name).write_text(file.read_text(encoding="utf-8"), encoding="utf-8")
    terraform.assert_formatted(root)
    with running_moto() as moto, Applied(terraform, moto, root) as applied:
        yield Place(moto, applied.outputs())


def beside(found: Network, before: Network) -> Network:
    """What was added to what was there before."""
    groups = {name: said for name, said in found.groups.items() if name not in before.groups}
    rules = tuple(rule for rule in found.rules if rule not in before.rules)
    return Network(found.endpoints, groups, rules, found.flow_logs)


def forgotten(plan: Plan, own: Given) -> tuple[str, ...]:
    """What a second plan changes on moto and not on AWS.

    moto keeps no description of a rule unless its other side is a block of addresses, and it calls the linked role
    `..._Network`, which Terraform takes for a suffix of the role's name.
    """
    assert plan.network is not None
    given = given_or_default(plan, own)
    kept = (PeerKind.IPV4, PeerKind.IPV6)
    names: list[str] = []
    for one in plan.network.rules:
        if one.peer.kind not in kept and is_there(one.present, given):
            each = one.peer.value.each() or one.group.value.each()
            counted = range(len(given[each] or ())) if each is not None else None
            places = [""] if counted is None and not one.present else [f"[{number}]" for number in counted or range(1)]
            names += [f"{one.direction}_rule.{label(one.key)}{place}" for place in places]
    changes = [f"update module.network.aws_vpc_security_group_{name}" for name in names]
    changes += ["replace module.network.aws_iam_service_linked_role.agentcore"] if plan.network.linked_role else []
    return tuple(sorted(changes))


@pytest.mark.terraform
@pytest.mark.parametrize("name", [*PRIVATE, PUBLISHED])
def test_what_stands_is_what_was_planned(name: str, terraform: Terraform, place: Place, tmp_path: Path) -> None:
    plan, given = plan_of(name), place.given(name)
    root = write(plan, tmp_path)
    terraform.assert_formatted(root)
    before = place.network()
    names = {value: key for key, value in place.outputs["security_group_ids"].items()}
    subnets = frozenset(place.outputs["subnet_ids"])
    where = {"subnets": subnets, "route_tables": frozenset({place.outputs["route_table_id"]})}
    with Applied(terraform, place.moto, root, given, forgotten(plan, given)) as applied:
        assert beside(place.network(), before) == network_of(plan, given, where, names)
        linked = {role for role in Iam.read(place.moto).roles if role.startswith("AWSServiceRole")}
        assert bool(linked) == bool(plan.network and plan.network.linked_role)
        found, outputs = Iam.read(place.moto), applied.outputs()
        wired = {SECURITY_GROUP: outputs[SECURITY_GROUP]}
        assert {k: v for k, v in found.roles.items() if k not in linked} == iam_of([(plan, {**given, **wired})]).roles
        assert found.policies == iam_of([(plan, {**given, **wired})]).policies
        _assert_outputs(plan, outputs, given_or_default(plan, given))
    assert place.network() == before


def _assert_outputs(plan: Plan, outputs: Mapping[str, Any], given: Given) -> None:
    assert outputs["session_security_group_id"].startswith("sg-")
    assert plan.network is not None
    assert {name: value is not None and value[:5] for name, value in outputs["vpc_endpoint_ids"].items()} == {
        one.service: is_there(one.present, given) and "vpce-" for one in plan.network.endpoints
    }


@pytest.mark.terraform
def test_what_does_not_hold_of_a_vpc_is_said_before_anything_is_made(
    terraform: Terraform, place: Place, tmp_path: Path
) -> None:
    root = write(plan_of("shared-files"), tmp_path)
    terraform.init(root)
    given = place.given("shared-files")
    for change, said in (
        ({"subnet_ids": [place.outputs["unsupported_subnet_id"]]}, "AgentCore runs no sessions"),
        ({"mount_target_subnet_ids": given["subnet_ids"][:1]}, "has no mount target"),
    ):
        with pytest.raises(TerraformError) as caught:
            Applied(terraform, place.moto, root, {**given, **change}).plan()
        assert said in str(caught.value)


def stores(*named: str) -> dict[str, Any]:
    """A network whose data stores have these names and, each, the input of its name as security group."""
    data = sample(
        vpc={"id": {"input": "vpc_id"}},
        subnets={"ids": [{"input": "subnet_ids"}]},
        route_tables={"ids": [{"input": "route_table_ids"}]},
        data_stores=[
            {**STORE, "name": name, "to": {"security_group": {"input": group}}, "why": f"For {name}."}
            for name, group in (one.split("@") for one in named)
        ],
    )
    groups = dict.fromkeys((one.partition("@")[2] for one in named), "string")
    lists = dict.fromkeys(("subnet_ids", "route_table_ids"), "list(string)")
    inputs = {"vpc_id": "string", **lists, **groups}
    data["inputs"] = {name: {"description": "Given.", "type": kind} for name, kind in inputs.items()}
    return data


@pytest.mark.terraform
def test_two_asks_for_one_rule_end_as_one_rule(terraform: Terraform, place: Place, tmp_path: Path) -> None:
    groups = place.outputs["security_group_ids"]
    given = {
        "vpc_id": place.outputs["vpc_id"],
        "subnet_ids": place.outputs["subnet_ids"],
        "route_table_ids": [place.outputs["route_table_id"]],
        "first": groups["database"],
    }
    alone, _ = planned(stores("scans@first"))
    both, _ = planned(stores("reports@first", "scans@first"))
    before, root = place.network(), write(alone, tmp_path)
    with Applied(terraform, place.moto, root, given, forgotten(alone, given)) as applied:
        write(both, root)
        changes = applied.plan().changes
        applied.apply()
        found = [one for one in beside(place.network(), before).rules if one.first == STORE["port"]]
        assert [(one.direction, one.peer, one.group) for one in found] == [
            ("egress", "database", "sample-sessions"),
            ("ingress", "sample-sessions", "database"),
        ]
    # The second reason changes what the rule says of itself, and moves it; it does not replace it.
    moved = {one for one in changes if "scans" in one or "reports" in one}
    assert moved == {
        f"update module.network.aws_vpc_security_group_{one}_rule.reports" for one in ("egress", "ingress")
    }
    two, _ = planned(stores("scans@first", "reports@second"))
    with pytest.raises(TerraformError) as caught:
        apart = write(two, tmp_path / "two")
        terraform.init(apart)
        Applied(terraform, place.moto, apart, {**given, "second": groups["database"]}).plan()
    assert "These must differ: var.first, var.second." in " ".join(str(caught.value).replace("\\n", " ").split())


@pytest.mark.terraform
def test_every_rule_says_what_it_is_for(terraform: Terraform, place: Place, tmp_path: Path) -> None:
    plan = plan_of("shared-files")
    root = write(plan, tmp_path)
    terraform.init(root)
    assert plan.network is not None
    planned = json_plan(terraform, place, root, place.given("shared-files"))
    said = {
        one["address"].rpartition("_security_group_")[2]: one["values"]["description"]
        for one in planned
        if one["type"].endswith("gress_rule")
    }
    assert said == {f"{one.direction}_rule.{label(one.key)}": one.description for one in plan.network.rules}


@pytest.mark.terraform
def test_an_endpoint_takes_one_subnet_of_a_zone(terraform: Terraform, place: Place, tmp_path: Path) -> None:
    root = write(plan_of("shared-files"), tmp_path)
    terraform.init(root)
    given = place.given("shared-files")
    given["subnet_ids"] = [*given["subnet_ids"], place.outputs["second_subnet_id"]]
    planned = json_plan(terraform, place, root, given)
    endpoints = [one for one in planned if one["type"] == "aws_vpc_endpoint" and "logs" in one["address"]]
    (subnets,) = (set(one["values"]["subnet_ids"]) for one in endpoints)
    assert len(subnets) == 2
    assert subnets <= set(given["subnet_ids"])


def json_plan(terraform: Terraform, place: Place, root: Path, given: Given) -> list[dict[str, Any]]:
    """The resources of the network that a plan would make."""
    env = aws_env(place.moto) | {
        f"TF_VAR_{key}": value if isinstance(value, str) else json.dumps(value) for key, value in given.items()
    }
    terraform.run("plan", "-out=plan", "-no-color", cwd=root, env=env)
    shown = json.loads(terraform.run("show", "-json", "plan", cwd=root, env=env).stdout)
    modules = shown["planned_values"]["root_module"]["child_modules"]
    (resources,) = (one["resources"] for one in modules if one["address"] == "module.network")
    return list(resources)


VALIDATED: Mapping[str, Mapping[str, Any]] = {
    "everything": sample("gateway", "lambda", "efs", "jwt", "oauth", data_stores=[STORE], egress=[PLACE_BEYOND]),
    "dualstack": sample("browser", internet={"nat": {}}, ip_address_type="dualstack"),
    "proxy": sample("browser", internet={"proxy": {"to": {"cidr": "10.2.0.0/24"}, "port": 3128}}),
    "none": sample(endpoints={"none": {}}, internet={"nat": {}}),
    "prefix-list": sample(
        egress=[{"name": "peers", "to": {"prefix_list": "pl-0123456789abcdef0"}, "port": 443, "why": "The peers."}]
    ),
    "shared-s3": sample(endpoints={"shared": {"services": ["s3"]}}),
    "extra": sample("extra-input", service_linked_role=True, flow_logs=True),
}
"""Networks of every kind of endpoint, rule and way out, which moto need not know: Terraform takes them."""


@pytest.mark.terraform
def test_every_kind_of_network_is_valid(terraform: Terraform, tmp_path: Path) -> None:
    trees = {name: write(planned(data)[0], tmp_path / "trees" / name) for name, data in VALIDATED.items()}
    terraform.assert_formatted(tmp_path / "trees")
    given = {"extra": {"table": f"arn:aws:dynamodb:us-east-1:{ACCOUNT}:table/prices"}}
    root = write_batch(tmp_path / "root", trees, given)
    terraform.init(root)
    terraform.validate(root)
    dual = (trees["dualstack"] / "modules" / "network" / "main.tf").read_text("utf-8")
    assert dual.count('ip_address_type     = "dualstack"') == dual.count("dns_options {") > 0
