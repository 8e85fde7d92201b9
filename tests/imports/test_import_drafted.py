"""An existing network becomes `network:`: what is carried, what is told instead, and that it renders with proofs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tfgen.app import render as app
from tfgen.app.import_ import Result, import_source
from tfgen.cli import main as cli
from tfgen.diagnostics import Severity
from tfgen.imports.report import Handling
from tfgen.posture.write import plain

SOURCES = Path(__file__).parent / "sources"
HARNESS = (SOURCES / "vpc-private" / "main.tf").read_text()
PRIVATE = (SOURCES / "vpc-private" / "network.tf").read_text()
STACK = (SOURCES / "stack-vpc" / "template.yaml").read_text()
BROWSER = '\n  tool {\n    type = "agentcore_browser"\n    name = "pages"\n  }\n\n  memory {'
ENDPOINTS = {"input": "endpoints_security_group_id"}
CONFIG = ("harness", "environment", "agentcore_runtime_environment", "network_configuration")


def changed(old: str, new: str, text: str = PRIVATE) -> str:
    assert old in text
    return text.replace(old, new, 1)


def rule(name: str, **said: str) -> str:
    """One more rule of the sessions' security group."""
    given = {"security_group_id": "aws_security_group.sessions.id", "ip_protocol": '"tcp"', **said}
    body = "".join(f"  {key} = {value}\n" for key, value in given.items())
    kind = "ingress" if name.startswith("from") else "egress"
    return f'resource "aws_vpc_security_group_{kind}_rule" "{name}" {{\n{body}}}\n'


def port(number: int, **said: str) -> dict[str, str]:
    return {"from_port": str(number), "to_port": str(number), **said}


def read(source: str) -> Result:
    outcome = import_source(source)
    assert outcome.ok, (outcome.diagnostics, [one.diagnostics for one in outcome.results])
    (result,) = outcome.results
    return result


def imported(folder: Path, network: str, harness: str = HARNESS) -> Result:
    (folder / "main.tf").write_text(harness)
    (folder / "network.tf").write_text(network)
    return read(str(folder))


def whole(folder: Path, source: str) -> Result:
    """The one result of a source, whose posture renders with all proofs, and is imported as what it is."""
    result = read(source)
    file = folder / "posture" / "posture.yaml"
    file.parent.mkdir(exist_ok=True)
    file.write_text(result.text)
    rendered = app.render(str(file))
    assert rendered.files, rendered.diagnostics
    assert not [one for one in rendered.diagnostics if one.severity is Severity.ERROR]
    assert import_source(str(file)).results[0].posture == result.posture
    return result


def data(result: Result) -> dict[str, Any]:
    assert result.posture is not None
    found: dict[str, Any] = plain(result.posture)
    return found


def network(result: Result) -> dict[str, Any]:
    found: dict[str, Any] = data(result)["network"]
    return found


def config(result: Result) -> dict[str, Any]:
    found: Any = data(result)
    for key in CONFIG:
        found = found[key]
    assert isinstance(found, dict)
    return found


def told(result: Result, subject: str) -> list[tuple[Handling, str]]:
    return [(one.fate, one.why) for one in result.entries if one.key == subject]


SERVICES = ["bedrock-agentcore", "bedrock-runtime", "ecr.api", "ecr.dkr", "logs", "monitoring", "xray", "s3"]


def test_a_plain_network_is_carried_without_a_rest(tmp_path: Path) -> None:
    result = imported(tmp_path, PRIVATE)
    assert network(result).keys() == {"vpc", "subnets", "endpoints"}
    shared = network(result)["endpoints"]["shared"]
    assert sorted(shared["services"]) == sorted(SERVICES)
    assert shared["security_groups"] == [ENDPOINTS]
    assert config(result) == {"network_mode": "VPC"}
    assert not [one for one in result.entries if one.fate in (Handling.LOST, Handling.ASSUMED)]


def test_ids_that_stand_in_the_source_are_literals(tmp_path: Path) -> None:
    ids = PRIVATE.replace("aws_vpc.agents.id", '"vpc-0a1b2c3d4e5f60718"')
    group = "security_group_ids  = [aws_security_group.endpoints.id]"
    ids = changed(group, 'security_group_ids  = ["sg-0a1b2c3d4e5f60718"]', ids)
    subnets = changed("values(aws_subnet.private)[*].id", '["subnet-0a1b2c3d4e5f60718"]', HARNESS)
    found = network(imported(tmp_path, ids, subnets))
    assert found["vpc"] == {"id": "vpc-0a1b2c3d4e5f60718"}
    assert found["subnets"] == {"ids": ["subnet-0a1b2c3d4e5f60718"]}
    assert found["endpoints"]["shared"]["security_groups"] == ["sg-0a1b2c3d4e5f60718"]


BACK = 'resource "aws_security_group" "store" {\n  vpc_id = aws_vpc.agents.id\n}\n' + rule(
    "from_sessions_to_store",
    security_group_id="aws_security_group.store.id",
    referenced_security_group_id="aws_security_group.sessions.id",
    **port(5432),
)
TO_STORE = rule("to_store", referenced_security_group_id="aws_security_group.store.id", **port(5432))
STORE = {"name": "to-store", "port": 5432, "why": "Imported from aws_vpc_security_group_egress_rule.to_store."}
CARRIED: dict[str, tuple[str, dict[str, Any]]] = {
    "addresses": (
        rule("to_office", cidr_ipv4='"10.1.0.0/16"', description='"The office."', **port(8443)),
        {"egress": [{"name": "to-office", "to": {"cidr": "10.1.0.0/16"}, "port": 8443, "why": "The office."}]},
    ),
    "addresses with bits beyond the prefix, as EC2 keeps them": (
        rule("to_office", cidr_ipv4='"10.1.2.3/16"', description='"The office."', **port(8443)),
        {"egress": [{"name": "to-office", "to": {"cidr": "10.1.0.0/16"}, "port": 8443, "why": "The office."}]},
    ),
    "IPv6 addresses": (
        rule("to_office", cidr_ipv6='"2001:db8::/32"', description='"The office."', **port(8443)),
        {"egress": [{"name": "to-office", "to": {"cidr": "2001:db8::/32"}, "port": 8443, "why": "The office."}]},
    ),
    "several ports of another protocol": (
        rule(
            "syslog",
            cidr_ipv4='"10.1.0.0/16"',
            ip_protocol='"17"',
            from_port="6000",
            to_port="6010",
            description='"Lines."',
        ),
        {
            "egress": [
                {
                    "name": "syslog",
                    "to": {"cidr": "10.1.0.0/16"},
                    "port": 6000,
                    "to_port": 6010,
                    "protocol": "udp",
                    "why": "Lines.",
                }
            ]
        },
    ),
    "a prefix list": (
        rule("to_list", prefix_list_id='"pl-0a1b2c3d"', description='"A list."', **port(443)),
        {"egress": [{"name": "to-list", "to": {"prefix_list": "pl-0a1b2c3d"}, "port": 443, "why": "A list."}]},
    ),
    "a store that lets sessions in": (
        BACK + TO_STORE,
        {"data_stores": [{**STORE, "to": {"security_group": {"input": "store_security_group_id"}}}]},
    ),
    "a group that nothing shows to let sessions in": (
        'resource "aws_security_group" "store" {\n  vpc_id = aws_vpc.agents.id\n}\n' + TO_STORE,
        {"egress": [{**STORE, "to": {"security_group": {"input": "store_security_group_id"}}}]},
    ),
    "another port of a group that endpoints have": (
        rule(
            "to_cache",
            referenced_security_group_id="aws_security_group.endpoints.id",
            description='"Cache."',
            **port(6379),
        ),
        {"egress": [{"name": "to-cache", "to": {"security_group": ENDPOINTS}, "port": 6379, "why": "Cache."}]},
    ),
    "a group of others that lets sessions in": (
        BACK.replace("aws_security_group.store.id", "data.aws_security_group.store.id")
        + TO_STORE.replace("aws_security_group.store.id", "data.aws_security_group.store.id"),
        {"data_stores": [{**STORE, "to": {"security_group": {"input": "store_security_group_id"}}}]},
    ),
    "two rules to one place": (
        rule("one", cidr_ipv4='"10.1.0.0/16"', description='"Twice."', **port(8443))
        + rule("two", cidr_ipv4='"10.1.0.0/16"', **port(8443)),
        {"egress": [{"name": "one", "to": {"cidr": "10.1.0.0/16"}, "port": 8443, "why": "Twice."}]},
    ),
    "DNS servers": (
        rule("dns", cidr_ipv4='"10.9.0.2/32"', ip_protocol='"udp"', **port(53))
        + rule("dns_tcp", cidr_ipv4='"10.9.0.2/32"', **port(53)),
        {"dns": {"servers": ["10.9.0.2/32"]}},
    ),
    "DNS over one protocol alone": (
        rule("dns", cidr_ipv4='"10.9.0.2/32"', ip_protocol='"udp"', description='"Names."', **port(53)),
        {"egress": [{"name": "dns", "to": {"cidr": "10.9.0.2/32"}, "port": 53, "protocol": "udp", "why": "Names."}]},
    ),
    "a variable with a default": (
        (
            'variable "blocks" {\n  type = list(string)\n  default = ["10.1.0.0/16", "10.2.0.0/16"]\n}\n'
            'resource "aws_security_group_rule" "blocks" {\n  type = "egress"\n  description = "Blocks."\n'
            "  security_group_id = aws_security_group.sessions.id\n  cidr_blocks = var.blocks\n"
            '  protocol = "tcp"\n  from_port = 8443\n  to_port = 8443\n}\n'
        ),
        {"egress": [{"name": "blocks", "to": {"cidr": {"input": "blocks"}}, "port": 8443, "why": "Blocks."}]},
    ),
}


@pytest.mark.parametrize("case", CARRIED)
def test_a_rule_is_carried_as_narrow_as_it_is(case: str, tmp_path: Path) -> None:
    more, expected = CARRIED[case]
    found = network(imported(tmp_path, PRIVATE + more))
    assert {key: found[key] for key in found if key not in ("vpc", "subnets", "endpoints")} == expected


def test_all_that_is_carried_renders_together(tmp_path: Path) -> None:
    told_apart = [name for name in CARRIED if not name.startswith(("a group", "addresses with", "DNS over", "IPv6"))]
    text = PRIVATE + "".join(CARRIED[name][0] for name in told_apart)
    imported(
        tmp_path, text + rule("to_all", cidr_ipv4='"0.0.0.0/0"', **port(443)), changed("\n  memory {", BROWSER, HARNESS)
    )
    found = network(whole(tmp_path, str(tmp_path)))
    assert found.keys() == {"vpc", "subnets", "endpoints", "egress", "data_stores", "dns", "internet"}
    assert len(found["egress"]) == 5  # two of the cases have the same


BLOCKS = st.sampled_from(["10.1.0.0/16", "10.9.0.2/32", "0.0.0.0/0"])
PORTS = st.tuples(st.sampled_from([0, 1, 53, 443, 5432]), st.sampled_from([0, 10, 5000]))
RULES = st.lists(st.tuples(st.sampled_from(["tcp", "udp", "-1", "icmp"]), PORTS, BLOCKS), max_size=6)


@settings(max_examples=20, deadline=None)
@given(rules=RULES, browses=st.booleans())
def test_no_rule_becomes_wider_than_it_was(
    tmp_path_factory: pytest.TempPathFactory, rules: list[tuple[str, tuple[int, int], str]], browses: bool
) -> None:
    text = PRIVATE + "".join(
        rule(
            f"r{index}",
            ip_protocol=f'"{protocol}"',
            from_port=f"{first}",
            to_port=f"{first + more}",
            cidr_ipv4=f'"{to}"',
        )
        for index, (protocol, (first, more), to) in enumerate(rules)
    )
    harness = changed("\n  memory {", BROWSER, HARNESS) if browses else HARNESS
    written = data(imported(tmp_path_factory.mktemp("random"), text, harness)).get("network", {})

    def was(protocol: str, first: int, last: int, to: str) -> bool:
        return any(
            to == block and (kind == "-1" or (kind == protocol and low <= first and last <= low + more))
            for kind, (low, more), block in rules
        )

    for one in written.get("egress", []):
        assert was(one.get("protocol", "tcp"), one["port"], one.get("to_port", one["port"]), one["to"]["cidr"])
    for to in written.get("dns", {}).get("servers", []):
        assert was("udp", 53, 53, to)
        assert was("tcp", 53, 53, to)
    for to in written.get("internet", {}).get("nat", {}).get("cidrs", []):
        assert browses
        assert was("tcp", 443, 443, to)
    assert "data_stores" not in written


WIDE = (
    "it opens {} to {}, and nothing that the harness uses needs the internet: "
    "name what sessions need under network.egress"
)
EGRESS = "aws_vpc_security_group_egress_rule."
NOT_CARRIED: dict[str, tuple[str, str, Handling, str]] = {
    "the internet for nothing": (
        rule("to_all", cidr_ipv4='"0.0.0.0/0"', **port(443)),
        f"{EGRESS}to_all",
        Handling.LEFT_OUT,
        WIDE.format("tcp 443", "0.0.0.0/0"),
    ),
    "everything": (
        rule("to_all", cidr_ipv6='"::/0"', ip_protocol='"-1"'),
        f"{EGRESS}to_all",
        Handling.LEFT_OUT,
        WIDE.format("all ports of all protocols", "::/0"),
    ),
    "all ports of some addresses": (
        rule("to_office", cidr_ipv4='"10.1.0.0/16"', ip_protocol='"-1"'),
        f"{EGRESS}to_office",
        Handling.LEFT_OUT,
        "it opens all ports of all protocols to 10.1.0.0/16, and an entry of network.egress names ports of tcp or udp",
    ),
    "pings": (
        rule("ping", cidr_ipv4='"10.1.0.0/16"', ip_protocol='"icmp"', from_port="8", to_port="0"),
        f"{EGRESS}ping",
        Handling.LEFT_OUT,
        "it opens icmp 8 to 0 to 10.1.0.0/16, and an entry of network.egress names ports of tcp or udp",
    ),
    "IPv6 addresses that are not known": (
        rule("to_office", cidr_ipv6="var.office", **port(8443)),
        f"{EGRESS}to_office",
        Handling.LEFT_OUT,
        "it opens tcp 8443 to var.office: an input takes IPv4 addresses, IPv6 ones are literal",
    ),
    "who may connect to sessions": (
        rule("from_office", cidr_ipv4='"10.1.0.0/16"', **port(22)),
        "aws_vpc_security_group_ingress_rule.from_office",
        Handling.LEFT_OUT,
        "it lets 10.1.0.0/16 connect to sessions, and with 'network' nothing may",
    ),
    "sessions to each other": (
        rule("to_self", referenced_security_group_id="aws_security_group.sessions.id", **port(9000)),
        f"{EGRESS}to_self",
        Handling.LEFT_OUT,
        "it lets sessions connect to each other, and with 'network' nothing connects to them",
    ),
    "ports that are not known": (
        rule("to_office", cidr_ipv4='"10.1.0.0/16"', from_port="var.port", to_port="var.port"),
        f"{EGRESS}to_office",
        Handling.LOST,
        "the ports that it opens to 10.1.0.0/16 are not known",
    ),
    "a number that is not known": (
        rule("to_office", cidr_ipv4='"10.1.0.0/16"', count="var.number", **port(8443)),
        f"{EGRESS}to_office",
        Handling.LOST,
        "how many there are is decided by `count = var.number`, which only Terraform knows",
    ),
    "a number by a default": (
        'variable "on" {\n  default = false\n}\n'
        + rule("to_office", cidr_ipv4='"10.1.0.0/16"', count="var.on ? 1 : 0", **port(8443)),
        f"{EGRESS}to_office",
        Handling.ASSUMED,
        "there are 0 of it as long as var.on is left at the default",
    ),
    "an endpoint for nothing": (
        changed('"xray"', '"xray", "sqs"'),
        'aws_vpc_endpoint.interface["sqs"]',
        Handling.LEFT_OUT,
        "nothing that the harness uses calls sqs",
    ),
    "the whole VPC for endpoints": (
        rule("to_vpc", cidr_ipv4="aws_vpc.agents.cidr_block", from_port="400", to_port="500"),
        f"{EGRESS}to_vpc",
        Handling.LEFT_OUT,
        (
            "it opens tcp 400 to 500 to aws_vpc.agents.cidr_block; with 'network', sessions reach endpoints "
            "by security groups"
        ),
    ),
    "all ports of endpoints": (
        rule("wide", referenced_security_group_id="aws_security_group.endpoints.id", ip_protocol='"-1"'),
        f"{EGRESS}wide",
        Handling.LEFT_OUT,
        "it opens all ports of all protocols to aws_security_group.endpoints, and only tcp 443 to endpoints is written",
    ),
}


@pytest.mark.parametrize("case", NOT_CARRIED)
def test_what_is_not_carried_is_told_with_the_reason(case: str, tmp_path: Path) -> None:
    text, subject, fate, why = NOT_CARRIED[case]
    result = imported(tmp_path, text if 'aws_vpc_endpoint" "s3' in text else PRIVATE + text)
    assert network(result).keys() == {"vpc", "subnets", "endpoints"}
    assert told(result, subject) == [(fate, why)]
    if fate is not Handling.LEFT_OUT:
        assert why in result.text  # who reads the posture alone learns it too


def test_the_internet_is_carried_for_what_needs_it_and_no_wider(tmp_path: Path) -> None:
    harness = changed("\n  memory {", BROWSER, HARNESS)
    open_ = rule("to_all", cidr_ipv4='"0.0.0.0/0"', ip_protocol='"-1"')
    result = imported(tmp_path, PRIVATE + open_, harness)
    assert network(result)["internet"] == {"nat": {"cidrs": ["0.0.0.0/0"]}}
    why = "it opens all ports of all protocols to 0.0.0.0/0, and only tcp 443 is written"
    assert told(result, f"{EGRESS}to_all") == [(Handling.LEFT_OUT, why)]


def test_the_internet_by_the_default_of_a_variable_stays_that_variable(tmp_path: Path) -> None:
    variable = 'variable "blocks" {\n  type = list(string)\n  default = ["0.0.0.0/0"]\n}\n'
    inline = 'egress {\n  protocol = "tcp"\n  from_port = 443\n  to_port = 443\n  cidr_blocks = var.blocks\n}\n}'
    named = 'description = "Sessions of the ledger clerk"\n  vpc_id      = aws_vpc.agents.id\n'
    text = variable + changed(f"{named}}}", f"{named}{inline}")
    imported(tmp_path, text, changed("\n  memory {", BROWSER, HARNESS))
    result = whole(tmp_path, str(tmp_path))
    assert network(result)["internet"] == {"nat": {"cidrs": [{"input": "blocks"}]}}
    assert data(result)["inputs"]["blocks"]["default"] == ["0.0.0.0/0"]


FOREIGN = (
    "with 'network', tfgen makes the sessions' security group, and the rules of an existing one are not in the source"
)
LEFT = "tfgen writes no network here, and leaves the subnets and security groups as they are: "
AS_IT_IS: dict[str, tuple[str, str, str]] = {
    "a group that is made elsewhere": (
        PRIVATE,
        changed("[aws_security_group.sessions.id]", '["sg-0a1b2c3d4e5f60718"]', HARNESS),
        FOREIGN,
    ),
    "a group of which nobody knows whether there is any": (
        changed('"sessions" {', '"sessions" {\n  count = var.number'),
        HARNESS,
        FOREIGN,
    ),
    "endpoints that nobody can count": (
        changed("toset(local.services)", "var.services"),
        HARNESS,
        "the number, the VPC or the service of aws_vpc_endpoint.interface is not known",
    ),
    "an endpoint of an unknown VPC": (
        changed('"s3" {\n  vpc_id            = aws_vpc.agents.id', '"s3" {\n  vpc_id = var.vpc'),
        HARNESS,
        "the number, the VPC or the service of aws_vpc_endpoint.s3 is not known",
    ),
    "the default VPC": (
        changed('  description = "Sessions of the ledger clerk"\n  vpc_id      = aws_vpc.agents.id\n', ""),
        HARNESS,
        "the VPC of the sessions is not known",
    ),
    "no way to the internet that is needed": (
        PRIVATE,
        changed("\n  memory {", BROWSER, HARNESS),
        (
            "the harness needs the internet for the pages that the agent opens, and no rule that tfgen can write leads "
            "there"
        ),
    ),
}


@pytest.mark.parametrize("case", AS_IT_IS)
def test_a_network_that_cannot_be_written_stays_as_the_harness_has_it(case: str, tmp_path: Path) -> None:
    text, harness, why = AS_IT_IS[case]
    result = imported(tmp_path, text, harness)
    assert "network" not in data(result)
    assert config(result)["network_mode_config"].keys() == {"subnets", "security_groups"}
    assert told(result, "network") == [(Handling.LEFT_OUT, LEFT + why)]


def test_an_endpoint_that_sessions_cannot_use_by_name_is_not_shared(tmp_path: Path) -> None:
    result = imported(tmp_path, changed("private_dns_enabled = true", "private_dns_enabled = false"))
    assert network(result)["endpoints"] == {"shared": {"services": ["s3"]}}
    ((fate, why),) = told(result, 'aws_vpc_endpoint.interface["logs"]')
    assert (fate, why.partition(",")[0]) == (Handling.LEFT_OUT, "private DNS is off")


def test_sessions_are_given_a_rule_of_one_group_of_an_endpoint(tmp_path: Path) -> None:
    """The one that lets them in already: the other may be on more than endpoints."""
    both = "[aws_security_group.other.id, aws_security_group.endpoints.id]"
    other = 'resource "aws_security_group" "other" {\n  vpc_id = aws_vpc.agents.id\n}\n'
    result = imported(tmp_path, changed("= [aws_security_group.endpoints.id]", f"= {both}") + other)
    assert network(result)["endpoints"]["shared"]["security_groups"] == [ENDPOINTS]


def test_a_rule_to_a_further_group_of_endpoints_is_not_lost(tmp_path: Path) -> None:
    text = changed("= [aws_security_group.endpoints.id]", "= [var.one, var.two]")
    for name in ("one", "two"):
        text += f'variable "{name}" {{\n  type = string\n}}\n'
        text += rule(f"to_{name}", referenced_security_group_id=f"var.{name}", description=f'"{name}"', **port(443))
    found = network(imported(tmp_path, text))
    assert found["endpoints"]["shared"]["security_groups"] == [{"input": "one"}]
    assert [(one["name"], one["to"]) for one in found["egress"]][-1] == ("to-two", {"security_group": {"input": "two"}})
    assert ("to-one", {"security_group": {"input": "one"}}) not in [(one["name"], one["to"]) for one in found["egress"]]


def test_without_a_group_endpoints_are_shared_by_the_addresses_that_sessions_reach(tmp_path: Path) -> None:
    text = changed("  security_group_ids  = [aws_security_group.endpoints.id]\n", "")
    text += rule("to_vpc", cidr_ipv4="aws_vpc.agents.cidr_block", **port(443))
    imported(tmp_path, text)
    shared = network(whole(tmp_path, str(tmp_path)))["endpoints"]["shared"]
    assert shared.keys() == {"services", "cidrs"}
    assert shared["cidrs"] == [{"input": "agents_cidr"}]


def test_a_network_behind_variables_becomes_inputs_by_their_names() -> None:
    result = read(str(SOURCES / "vpc-variables"))
    found = network(result)
    assert found["vpc"] == {"id": {"input": "vpc_id"}}
    assert found["subnets"] == {"ids": [{"input": "subnet_ids"}]}
    assert found["endpoints"]["shared"]["services"] == ["bedrock-runtime", "logs"]
    assert found["endpoints"]["shared"]["security_groups"][0] == {"input": "endpoints_group_id"}
    inputs = data(result)["inputs"]
    assert inputs["vpc_id"] == {"description": "The VPC of the platform team."}
    assert inputs["office_blocks"]["default"] == ["10.40.0.0/16", "10.41.0.0/16"]
    assert told(result, "aws_security_group_rule.to_endpoints") == []  # that is the rule to the shared endpoints
    ((fate, why),) = told(result, "network.endpoints")
    assert fate is Handling.ASSUMED
    assert "already has endpoints for bedrock-agentcore, ecr.api, ecr.dkr, monitoring, s3, xray is not known" in why


def test_modules_of_a_tree_do_not_share_the_names_of_their_resources(tmp_path: Path) -> None:
    """Two modules have an `aws_security_group.this` each."""
    found = network(read(str(SOURCES / "vpc-modules")))
    assert found["route_tables"] == {"ids": [{"input": "private_route_table_id"}]}
    assert [one["name"] for one in found["data_stores"]] == ["to-database"]
    tree = tmp_path / "tree"
    for name in ("one", "two"):
        (tree / name).mkdir(parents=True)
        (tree / name / "main.tf").write_text(
            'variable "vpc_id" {\n  type = string\n}\n'
            'resource "aws_security_group" "this" {\n  vpc_id = var.vpc_id\n}\n'
            'output "id" {\n  value = aws_security_group.this.id\n}\n'
        )
    text = PRIVATE + TO_STORE.replace("aws_security_group.store.id", "module.one.id")
    text += TO_STORE.replace("to_store", "to_other").replace("aws_security_group.store.id", "module.two.id")
    for name in ("one", "two"):
        text += f'module "{name}" {{\n  source = "./{name}"\n  vpc_id = aws_vpc.agents.id\n}}\n'
    groups = [one["to"]["security_group"]["input"] for one in network(imported(tree, text))["egress"]]
    assert len(set(groups)) == 2


# CloudFormation


def stack(folder: Path, text: str) -> Result:
    (folder / "template.yaml").write_text(text)
    return read(str(folder / "template.yaml"))


def test_a_network_of_a_template_is_carried(tmp_path: Path) -> None:
    result = stack(tmp_path, STACK)
    found = network(result)
    assert found["endpoints"] == {"shared": {"services": ["bedrock-runtime"], "security_groups": [ENDPOINTS]}}
    assert [(one["name"], one["to"]) for one in found["egress"]] == [
        ("services-of-the-office", {"cidr": {"input": "office_block"}})
    ]
    ((fate, _),) = told(result, "Sessions.SecurityGroupEgress[1]")
    assert fate is Handling.LEFT_OUT
    assert result.network is not None
    assert result.network.numbers.endpoints == 1


def test_a_group_of_a_template_without_egress_opens_everything(tmp_path: Path) -> None:
    start, end = STACK.index("      SecurityGroupEgress:"), STACK.index("  Endpoints:\n")
    result = stack(tmp_path, STACK[:start] + STACK[end:])
    why = WIDE.format("all ports of all protocols", "0.0.0.0/0 and ::/0")
    assert told(result, "the default SecurityGroupEgress of Sessions") == [(Handling.LEFT_OUT, why)]


CONDITION = 'Conditions:\n  Wanted: !Equals [!Ref Wanted, "yes"]\nParameters:\n  Wanted:\n    Type: String\n{}'


@pytest.mark.parametrize("default", ["", "    Default: 'yes'\n", "    Default: 'no'\n"], ids=["open", "yes", "no"])
def test_a_condition_decides_whether_an_endpoint_is_there(default: str, tmp_path: Path) -> None:
    text = changed("Parameters:\n", CONDITION.format(default), STACK)
    result = stack(tmp_path, changed("  Models:\n", "  Models:\n    Condition: Wanted\n", text))
    if not default:
        assert "network" not in data(result)
        assert told(result, "network") == [
            (Handling.LEFT_OUT, f"{LEFT}the number, the VPC or the service of Models is not known")
        ]
        return
    assert ("endpoints" in network(result)) is ("yes" in default)
    why = "whether it is made is decided by the condition `Wanted`, as long as !Ref Wanted is left at the default"
    assert told(result, "Models") == [(Handling.ASSUMED, why)]


# A posture that has a network already


def test_a_posture_that_is_brought_up_to_date_keeps_its_own_network(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    result = imported(tmp_path, PRIVATE)
    monkeypatch.chdir(tmp_path)
    before = result.text.replace("You keep the ledger.", "You kept the ledger.")
    (tmp_path / "own.yaml").write_text(before)
    configuration = {"networkMode": "VPC", "networkModeConfig": {"subnets": ["subnet-0a1b2c3d4e5f60718"]}}
    configuration["networkModeConfig"]["securityGroups"] = ["sg-0a1b2c3d4e5f60718"]  # type: ignore[index]
    harness = {
        "harnessName": "ledger",
        "model": {"bedrockModelConfig": {"modelId": "amazon.nova-lite-v1:0"}},
        "systemPrompt": [{"text": "You keep the ledger."}],
        "memory": {"disabled": {}},
        "environment": {"agentCoreRuntimeEnvironment": {"networkConfiguration": configuration}},
        "environmentArtifact": {
            "containerConfiguration": {"containerUri": "111122223333.dkr.ecr.eu-central-1.amazonaws.com/ledger:1"}
        },
    }
    (tmp_path / "response.json").write_text(json.dumps({"harness": harness}))
    assert cli.run(["import", "response.json", "--merge", "own.yaml"]) == 0
    after = (tmp_path / "own.yaml").read_text()
    assert "You keep the ledger." in after
    assert after[after.index("\nnetwork:") :] == before[before.index("\nnetwork:") :]
    assert "network_mode_config" not in after
    update = {"harnessId": "ledger-Ab1Cd2Ef3G", "maxIterations": 7}
    (tmp_path / "update.json").write_text(json.dumps(update))
    assert cli.run(["import", "update.json", "--merge", "own.yaml"]) == 0
    assert "max_iterations: 7" in (tmp_path / "own.yaml").read_text()


def test_a_posture_without_a_network_is_given_none_by_a_merge(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A merge changes the harness alone."""
    (tmp_path / "main.tf").write_text(HARNESS)
    (tmp_path / "network.tf").write_text(PRIVATE)
    monkeypatch.chdir(tmp_path)
    own = (
        "tfgen: 1\nname: ledger\nharness:\n  harness_name: ledger\n  model: { bedrock_model_config: { model_id: m } }\n"
    )
    (tmp_path / "own.yaml").write_text(own.replace("model_id: m", "model_id: amazon.nova-pro-v1:0"))
    assert cli.run(["import", ".", "--merge", "own.yaml"]) == 0
    after = (tmp_path / "own.yaml").read_text()
    assert "network_mode_config" in after
    assert "\nnetwork:" not in after
