"""EC2 refuses a rule that a group has already: asks for the same rule share it, and inputs that may be equal differ."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from ipaddress import ip_network
from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from network_samples import MOUNTS, planned, proven, sample

from tfgen.plan.network.model import Direction, Network, Rule
from tfgen.posture.shape import shape
from tfgen.render import files

GROUP: Final = "sg-0123456789abcdef1"
OTHER: Final = "sg-0123456789abcdef2"


def store(name: str, to: Mapping[str, Any], port: int = 5432, why: str = "") -> dict[str, Any]:
    return {"name": name, "to": dict(to), "port": port, "why": why or f"For {name}."}


def rules(around: Network, *keys: str) -> list[Rule]:
    return [one for one in around.rules if one.key in keys]


def text_of(data: Any) -> str:
    plan, _ = planned(data)
    return next(file.text for file in files.tree(plan) if file.path == "modules/network/main.tf")


def test_two_stores_of_one_group_and_port_share_their_rules() -> None:
    stores = [store("scans", {"security_group": GROUP}), store("reports", {"security_group": GROUP})]
    around = proven(sample(data_stores=stores))
    found = rules(around, "scans", "reports")
    assert [(one.direction, one.key) for one in found] == [(Direction.EGRESS, "scans"), (Direction.INGRESS, "scans")]
    for one in found:
        assert one.description == "For scans. For reports."
        assert [reason.routes for reason in one.reasons] == [
            (("network", "data_stores", 0),),
            (("network", "data_stores", 1),),
        ]


SAME: Mapping[str, tuple[dict[str, Any], str, str]] = {
    "a CIDR that stands twice": (
        {"data_stores": [store("one", {"cidr": "10.0.0.0/8"}), store("two", {"cidr": "10.0.0.0/8"})]},
        "one",
        "For one. For two.",
    ),
    "a CIDR in two spellings": (
        {"data_stores": [store("one", {"cidr": "2001:DB8:0::/32"}), store("two", {"cidr": "2001:db8::/32"})]},
        "one",
        "For one. For two.",
    ),
    "the other place of egress": (
        {
            "data_stores": [store("one", {"cidr": "10.0.0.0/8"})],
            "egress": [store("two", {"cidr": "10.0.0.0/8"})],
        },
        "one",
        "For one. For two.",
    ),
    "a prefix list": (
        {"egress": [store(name, {"prefix_list": "pl-0123456789abcdef0"}) for name in ("one", "two")]},
        "one",
        "For one. For two.",
    ),
    "DNS servers": ({"dns": {"servers": ["10.0.0.2/32", "10.0.0.2/32"]}}, "dns", "DNS servers of the network."),
    "shared endpoints and a store": (
        {
            "endpoints": {"shared": {"services": ["logs"], "security_groups": [GROUP, GROUP]}},
            "data_stores": [store("one", {"security_group": GROUP}, 443)],
        },
        "shared-endpoints",
        "AWS services through their VPC endpoints. For one.",
    ),
    "shared endpoints by address": (
        {"endpoints": {"shared": {"services": ["logs"], "cidrs": ["10.1.0.0/24", "10.1.0.0/24"]}}},
        "shared-endpoints",
        "AWS services through their VPC endpoints.",
    ),
}


@pytest.mark.parametrize("name", SAME)
def test_one_rule_is_left_of_two_that_are_the_same(name: str) -> None:
    change, key, said = SAME[name]
    around = proven(sample(**change))
    (egress,) = (
        one
        for one in around.rules
        if one.direction is Direction.EGRESS and one.key.partition("-2")[0] in {key, "one", "two"}
    )
    assert (egress.key, egress.description) == (key, said)


def test_a_store_beside_the_internet_shares_its_rule_under_the_name_of_the_feature() -> None:
    data = sample("browser", internet={"nat": {}}, data_stores=[store("lake", {"cidr": "0.0.0.0/0"}, 443)])
    (rule,) = rules(proven(data), "lake", "internet")
    assert (rule.key, rule.replaces) == ("internet", ("lake",))
    assert rule.description == "The internet, for features that need it. For lake."
    assert {reason.sheet for reason in rule.reasons} == {"browser", "posture"}


def test_a_store_behind_the_group_of_the_mount_targets_keeps_the_rule_there_in_any_case() -> None:
    data = sample(
        "efs-inputs",
        mount_targets=MOUNTS,
        data_stores=[store("nfs", {"security_group": "sg-0123456789abcdef0"}, 2049)],
    )
    around = proven(data)
    assert {(one.key, one.present) for one in rules(around, "mount-targets", "nfs")} == {("mount-targets", ())}


def test_a_proxy_of_the_same_group_and_port_shares_its_rules() -> None:
    proxy = {"proxy": {"to": {"security_group": GROUP}, "port": 3128}}
    around = proven(sample("browser", internet=proxy, data_stores=[store("cache", {"security_group": GROUP}, 3128)]))
    assert [one.key for one in rules(around, "proxy", "cache")] == ["proxy", "proxy"]


@pytest.mark.parametrize(
    "other",
    [
        store("two", {"cidr": "10.1.0.0/16"}),
        store("two", {"cidr": "10.0.0.0/8"}, 5433),
        {**store("two", {"cidr": "10.0.0.0/8"}), "protocol": "udp"},
        {**store("two", {"cidr": "10.0.0.0/8"}), "to_port": 5433},
        store("two", {"security_group": GROUP}),
    ],
)
def test_what_differs_in_anything_but_its_words_is_another_rule(other: dict[str, Any]) -> None:
    around = proven(sample(egress=[store("one", {"cidr": "10.0.0.0/8"}), other]))
    assert [one.key for one in rules(around, "one", "two")] == ["one", "two"]
    assert around.distinct == ()


def test_a_description_holds_as_many_reasons_as_ec2_takes_and_comments_hold_all() -> None:
    most = shape("rule-description").max or 0
    stores = [store(f"s{n}", {"security_group": GROUP}, why=f"{n} {'x' * 96}.") for n in range(4)]
    data = sample(data_stores=stores)
    egress, ingress = rules(proven(data), "s0")
    assert egress.description == f"{stores[0]['why']} {stores[1]['why']} (and 2 more)"
    assert shape("rule-description").accepts(egress.description)
    assert ingress.description == egress.description
    assert all(text_of(data).count(f"# {one['why']}") == 2 for one in stores)
    longest = [store(f"s{n}", {"security_group": GROUP}, why=f"{n}{'x' * (most - 1)}") for n in range(2)]
    assert rules(proven(sample(data_stores=longest)), "s0")[0].description == longest[0]["why"]


def test_sharing_moves_a_rule_and_does_not_replace_it() -> None:
    first, second = store("scans", {"security_group": GROUP}), store("reports", {"security_group": GROUP})
    text = text_of(sample(data_stores=[second, first]))
    for direction in Direction:
        kind = f"aws_vpc_security_group_{direction}_rule"
        assert f"moved {{\n  from = {kind}.scans\n  to   = {kind}.reports\n}}" in text
    assert "moved {" not in text_of(sample(data_stores=[first]))


def test_a_name_that_another_rule_has_now_is_moved_from_nowhere() -> None:
    stores = [store("a-b", {"cidr": "10.0.0.0/8"}), store("dns", {"cidr": "10.0.0.0/8"})]
    data = sample(data_stores=stores, dns={"servers": ["10.0.0.2/32"]})
    assert [one.key for one in rules(proven(data), "a-b", "dns", "dns-2")] == ["a-b", "dns"]
    assert "moved {" not in text_of(data)


def with_inputs(*names: str, many: bool = False, **network: Any) -> dict[str, Any]:
    data = sample(**network)
    data["inputs"] = {name: {"description": "A group.", **({"type": "list(string)"} if many else {})} for name in names}
    return data


DIFFER: Mapping[str, tuple[dict[str, Any], str]] = {
    "two inputs": (
        with_inputs(
            "first",
            "second",
            data_stores=[store(name, {"security_group": {"input": name}}) for name in ("first", "second")],
        ),
        "[var.first, var.second]",
    ),
    "an input and a literal": (
        with_inputs(
            "first",
            data_stores=[store("one", {"cidr": {"input": "first"}}), store("two", {"cidr": "10.0.0.0/8"})],
        ),
        '[var.first, "10.0.0.0/8"]',
    ),
    "a list by itself": (
        with_inputs("first", many=True, data_stores=[store("one", {"security_group": {"input": "first"}})]),
        "var.first",
    ),
    "a list and a literal": (
        with_inputs(
            "first",
            many=True,
            data_stores=[store("one", {"security_group": {"input": "first"}}), store("two", {"security_group": GROUP})],
        ),
        f'concat(var.first, ["{GROUP}"])',
    ),
    "the prefix list of a service": (
        sample(egress=[store("one", {"prefix_list": "pl-0123456789abcdef0"}, 443)]),
        '[data.aws_ec2_managed_prefix_list.s3.id, "pl-0123456789abcdef0"]',
    ),
}


@pytest.mark.parametrize("name", DIFFER)
def test_peers_that_only_terraform_knows_must_differ(name: str) -> None:
    data, listed = DIFFER[name]
    assert len(proven(data).distinct) == 1
    flat = " ".join(text_of(data).split())  # a list may have a line for each element
    text = flat.replace("[ ", "[").replace(", ]", "]").replace(" ]", "]")
    assert f" = length(distinct({listed})) == length({listed})" in text


def test_a_list_of_peers_need_not_differ_while_nothing_is_there() -> None:
    data = sample("efs-inputs")
    data["inputs"]["mounts"] = {"description": "The groups.", "type": "list(string)"}
    data["network"]["mount_targets"]["security_groups"] = [{"input": "mounts"}]
    assert len(proven(data).distinct) == 1
    text = text_of(data)
    assert "length(var.efs) == 0 || length(distinct(var.mounts)) == length(var.mounts)" in text
    assert "(tcp 2049). These must differ: the elements of var.mounts." in text


def test_peers_of_rules_that_are_not_there_need_not_differ() -> None:
    data = sample("efs-inputs", data_stores=[store("nfs", {"security_group": OTHER}, 2049)])
    data["inputs"]["mounts"] = {"description": "The groups.", "type": "list(string)"}
    data["network"]["mount_targets"]["security_groups"] = [{"input": "mounts"}]
    assert len(proven(data).distinct) == 1
    listed = f'concat(length(var.efs) > 0 ? var.mounts : [], ["{OTHER}"])'
    assert f"length(distinct({listed})) == length({listed})" in text_of(data)


def test_the_modules_own_tests_give_values_that_differ() -> None:
    stores = [store(name, {"security_group": {"input": name}}) for name in ("first", "second", "third")]
    literal = store("fourth", {"security_group": shape("security-group-id").example})
    plan, _ = planned(with_inputs("first", "second", "third", data_stores=[*stores, literal]))
    text = next(file.text for file in files.tree(plan) if file.path.startswith("modules/network/tests/"))
    given = re.findall(r'^  (?:first|second|third) += "(.+)"$', text, re.MULTILINE)
    assert len({*given, shape("security-group-id").example}) == 4
    assert all(shape("security-group-id").accepts(one) for one in given)


@pytest.mark.parametrize(
    "data",
    [
        with_inputs(
            "first",
            data_stores=[
                store("one", {"security_group": {"input": "first"}}),
                store("two", {"security_group": {"input": "first"}}),
            ],
        ),
        with_inputs(
            "first",
            data_stores=[
                store("one", {"security_group": {"input": "first"}}),
                store("two", {"security_group": GROUP}, 5433),
                store("three", {"cidr": "10.0.0.0/8"}),
            ],
        ),
        sample("extra-input"),
    ],
    ids=["the same input", "other ports and kinds", "prefix lists of two services"],
)
def test_what_cannot_be_the_same_is_not_asked_to_differ(data: dict[str, Any]) -> None:
    assert proven(data).distinct == ()


BLOCKS: Final = ("10.0.0.0/8", "10.0.0.0/16", "2001:DB8::/32", "2001:db8:0::/32", "0.0.0.0/0", "::/0")
PLACES: Final = st.one_of(
    st.sampled_from(BLOCKS).map(lambda block: {"cidr": block}),
    st.sampled_from((GROUP, OTHER)).map(lambda group: {"security_group": group}),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(PLACES, st.sampled_from((443, 5432)), st.booleans()), max_size=8))
def test_no_two_rules_are_the_same_to_ec2_and_every_ask_has_its_rule(
    asks: list[tuple[dict[str, str], int, bool]],
) -> None:
    listed = [(store(f"ask{n}", to, port), is_store) for n, (to, port, is_store) in enumerate(asks)]
    _, around = planned(
        sample(
            "browser",
            internet={"nat": {}},
            ip_address_type="dualstack",
            data_stores=[one for one, is_store in listed if is_store],
            egress=[one for one, is_store in listed if not is_store],
        )
    )
    seen = Counter((one.direction, one.group, one.peer, one.protocol, one.first, one.last) for one in around.rules)
    assert set(seen.values()) == {1}
    assert len({(one.direction, one.key) for one in around.rules}) == len(around.rules)
    for one, _ in listed:
        (kind, value), port = next(iter(one["to"].items())), one["port"]
        wanted = str(ip_network(value)) if kind == "cidr" else value
        (rule,) = (
            rule
            for rule in around.rules
            if rule.direction is Direction.EGRESS and str(rule.peer.value) == wanted and rule.first == port
        )
        assert one["name"] in {rule.key, *rule.replaces}
        assert any(one["why"] == reason.why for reason in rule.reasons)
