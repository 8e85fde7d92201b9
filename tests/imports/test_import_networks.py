"""An existing network beside what a harness needs: endpoints, their policies, the rules of security groups."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tfgen.app.import_ import import_source
from tfgen.cli.main import app
from tfgen.imports.networks import About, NetworkComparison

SOURCES = Path(__file__).parent / "sources"
PRIVATE = (SOURCES / "vpc-private" / "network.tf").read_text()
HARNESS = (SOURCES / "vpc-private" / "main.tf").read_text()
BROWSER = """
  tool {
    type = "agentcore_browser"
    name = "pages"
  }
"""


def compared(tmp_path: Path, network: str, harness: str = HARNESS) -> NetworkComparison | None:
    (tmp_path / "main.tf").write_text(harness)
    (tmp_path / "network.tf").write_text(network)
    outcome = import_source(str(tmp_path))
    assert outcome.ok, outcome.diagnostics
    return outcome.results[0].network


def remarks(tmp_path: Path, network: str, harness: str = HARNESS) -> list[tuple[About, str]]:
    found = compared(tmp_path, network, harness)
    assert found is not None
    assert found.numbers.undecided == sum(one.about is About.UNDECIDED for one in found.remarks)
    return [(one.about, one.subject) for one in found.remarks]


def changed(old: str, new: str, text: str = PRIVATE) -> str:
    assert old in text
    return text.replace(old, new, 1)


SESSIONS = "aws_security_group.sessions"
TO_ENDPOINTS = "aws_vpc_security_group_egress_rule.to_endpoints"
FROM_SESSIONS = "aws_vpc_security_group_ingress_rule.from_sessions"
S3 = "aws_vpc_endpoint.s3"
ONLY_TO_ENDPOINTS = "referenced_security_group_id = aws_security_group.endpoints.id"
ONLY_TO_S3 = "prefix_list_id    = aws_vpc_endpoint.s3.prefix_list_id"
EVERYTHING = 'Resource  = "arn:aws:s3:::prod-eu-central-1-starport-layer-bucket/*"', 'Resource = "*"'
DENIED = "}]\n  })", '}, { Effect = "Deny", Principal = "*", Action = "*", Resource = "*" }]\n  })'
SERVICES = ("bedrock-runtime", "ecr.api", "ecr.dkr", "logs", "monitoring", "xray", "bedrock-agentcore")
INTERFACES = [f'aws_vpc_endpoint.interface["{name}"]' for name in SERVICES]
FROM_WHOM = '"from_sessions" {\n  security_group_id            = aws_security_group.endpoints.id'
IN_VPC = '"s3" {\n  vpc_id            = aws_vpc.agents.id'
RULES = 'description = "Sessions of the ledger clerk"', 'description = "Sessions of the ledger clerk"\n{}'


def test_a_well_kept_network_has_no_remarks(tmp_path: Path) -> None:
    found = compared(tmp_path, PRIVATE)
    assert found is not None
    assert found.remarks == ()
    assert (found.numbers.services, found.numbers.endpoints, found.numbers.rules) == (8, 8, 2)


def rules(inline: str) -> str:
    return changed(RULES[0], RULES[1].format(inline))


WIDE = 'egress {{\n from_port = {0}\n to_port = {0}\n protocol = "tcp"\n cidr_blocks = ["{1}"]\n}}'
CASES: dict[str, tuple[str, list[tuple[About, str]]]] = {
    "an endpoint that is not there": (changed('"xray", ', ""), [(About.NO_ENDPOINT, "xray")]),
    "an endpoint for nothing": (
        changed('"xray"', '"xray", "sqs"'),
        [(About.NOT_NEEDED, 'aws_vpc_endpoint.interface["sqs"]')],
    ),
    "a policy for everybody": (changed(*EVERYTHING), [(About.OPEN_POLICY, S3)]),
    "a policy for everybody, and a denial": (
        changed(*DENIED, changed(*EVERYTHING)),
        [(About.UNDECIDED, S3)],
    ),
    "no policy": (changed("aws_vpc_endpoint_policy", "aws_other"), [(About.OPEN_POLICY, S3)]),
    "a policy of which endpoint nobody knows": (
        changed("vpc_endpoint_id = aws_vpc_endpoint.s3.id", "vpc_endpoint_id = var.endpoint"),
        [(About.UNDECIDED, S3)],
    ),
    "a policy that is not known": (
        changed("policy              = data.aws_iam_policy_document.own_account.json", 'policy = file("policy.json")'),
        [(About.UNDECIDED, one) for one in INTERFACES],
    ),
    "private DNS off": (
        changed("private_dns_enabled = true", "private_dns_enabled = false"),
        [(About.PRIVATE_DNS, one) for one in INTERFACES],
    ),
    "private DNS that is not known": (
        changed("private_dns_enabled = true", "private_dns_enabled = var.dns"),
        [(About.UNDECIDED, one) for one in INTERFACES],
    ),
    "a rule that lets in": (
        rules('ingress {\n from_port = 443\n to_port = 443\n protocol = "6"\n self = true\n}'),
        [(About.LETS_IN, f"{SESSIONS}.ingress[0]")],
    ),
    "a rule that lets nobody in": (
        rules('ingress {\n from_port = 1\n to_port = 2\n protocol = "tcp"\n self = false\n cidr_blocks = []\n}'),
        [],
    ),
    "the internet for nothing": (
        rules(WIDE.format(443, "::/0")),
        [(About.TOO_WIDE, f"{SESSIONS}.egress[0]")],
    ),
    "a port for nothing": (
        rules(WIDE.format(5432, "10.0.0.0/8")),
        [(About.PORTS, f"{SESSIONS}.egress[0]")],
    ),
    "DNS servers": (rules(WIDE.format(53, "10.0.0.2/32")), []),
    "addresses that are not known": (
        rules(WIDE.format(443, "${var.block}")),
        [(About.UNDECIDED, f"{SESSIONS}.egress[0]")],
    ),
    "ports that are not known": (
        changed("from_port                    = 443", "from_port = var.port"),
        [(About.UNDECIDED, TO_ENDPOINTS), *((About.UNDECIDED, one) for one in INTERFACES)],
    ),
    "no way out": (
        changed(ONLY_TO_ENDPOINTS, "referenced_security_group_id = aws_security_group.sessions.id"),
        [(About.NO_WAY, one) for one in INTERFACES],
    ),
    "no way out to a gateway": (changed(ONLY_TO_S3, "cidr_ipv4 = aws_vpc.agents.cidr_block"), [(About.NO_WAY, S3)]),
    "a prefix list of others": (changed(ONLY_TO_S3, "prefix_list_id = var.list"), [(About.UNDECIDED, S3)]),
    "no way in": (
        changed(FROM_WHOM, FROM_WHOM.replace("endpoints", "sessions")),
        [(About.LETS_IN, FROM_SESSIONS), *((About.NO_WAY, one) for one in INTERFACES)],
    ),
    "the whole VPC": (
        changed(ONLY_TO_ENDPOINTS, "cidr_ipv4 = aws_vpc.agents.cidr_block"),
        [],
    ),
    "a group that is made elsewhere": (
        changed(ONLY_TO_ENDPOINTS, "referenced_security_group_id = var.group"),
        [(About.UNDECIDED, one) for one in INTERFACES],
    ),
    "a service that is not known": (
        changed(".region}.s3", ".region}.${var.service}"),
        [(About.MAY_LACK, "s3"), (About.UNDECIDED, "the VPC"), (About.UNDECIDED, S3)],
    ),
    "a rule of nobody knows whom": (
        changed("security_group_id            = aws_security_group.sessions.id", "security_group_id = var.group"),
        [(About.UNDECIDED, TO_ENDPOINTS), *((About.UNDECIDED, one) for one in INTERFACES)],
    ),
    "a module that is not followed": (
        changed('"xray", ', "") + 'module "more" {\n  source = "example/endpoints/aws"\n}\n',
        [(About.MAY_LACK, "xray"), (About.UNDECIDED, "the VPC")],
    ),
    "a group of an association": (
        changed("  security_group_ids  = [aws_security_group.endpoints.id]\n", "")
        + """resource "aws_vpc_endpoint_security_group_association" "one" {
  vpc_endpoint_id   = aws_vpc_endpoint.interface["logs"].id
  security_group_id = aws_security_group.endpoints.id
}
""",
        [(About.NO_WAY, one) for one in INTERFACES if "logs" not in one],
    ),
    "the VPC's own security group": (
        changed("  security_group_ids  = [aws_security_group.endpoints.id]\n", "")
        + 'resource "aws_vpc_security_group_egress_rule" "all" {\n security_group_id = aws_security_group.sessions.id\n'
        + ' cidr_ipv4 = aws_vpc.agents.cidr_block\n ip_protocol = "tcp"\n from_port = 443\n to_port = 443\n}\n',
        [(About.UNDECIDED, one) for one in INTERFACES],
    ),
    "rules that are not known": (
        rules("ingress = var.ingress\n egress = var.egress"),
        [(About.UNDECIDED, f"{SESSIONS}.ingress[0]"), (About.UNDECIDED, f"{SESSIONS}.egress[0]")],
    ),
    "another VPC": (
        changed(IN_VPC, '"s3" {\n  vpc_id = aws_vpc.other.id')
        + 'resource "aws_vpc" "other" {\n  cidr_block = "10.30.0.0/20"\n}\n',
        [(About.NO_ENDPOINT, "s3")],
    ),
    "a VPC that is not known": (
        changed(IN_VPC, '"s3" {\n  vpc_id = var.vpc'),
        [(About.UNDECIDED, S3)],
    ),
    "endpoints that nobody can count": (
        changed("toset(local.services)", "var.services"),
        [
            *((About.MAY_LACK, name) for name in SERVICES),
            (About.UNDECIDED, "the VPC"),
            (About.UNDECIDED, "aws_vpc_endpoint.interface"),
        ],
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_what_is_said_of_a_network(case: str, tmp_path: Path) -> None:
    network, expected = CASES[case]
    assert sorted(remarks(tmp_path, network)) == sorted(expected)


def test_the_internet_is_said_to_be_needed_by_what_needs_it(tmp_path: Path) -> None:
    harness = changed("  memory {", f"{BROWSER}\n  memory {{", HARNESS)
    found = compared(tmp_path, rules(WIDE.format(443, "0.0.0.0/0")), harness)
    assert found is not None
    (internet,) = [one for one in found.remarks if one.about is About.INTERNET]
    assert internet.why == "0.0.0.0/0, which is needed for the pages that the agent opens (harness.tools[0])"
    assert found.numbers.rules_beyond == 0


def test_what_is_open_by_a_default_is_said_to_be_so(tmp_path: Path) -> None:
    variable = 'variable "blocks" {\n  default = ["0.0.0.0/0"]\n}\n'
    found = compared(tmp_path, variable + rules(WIDE.format(443, "x")).replace('["x"]', "var.blocks"))
    assert found is not None
    (wide,) = found.remarks
    assert wide.about is About.TOO_WIDE
    assert wide.why.startswith("0.0.0.0/0 (by default of var.blocks), and nothing")


def test_sessions_in_a_group_that_is_made_elsewhere(tmp_path: Path) -> None:
    harness = changed("[aws_security_group.sessions.id]", '["sg-0a1b2c3d4e5f60718"]', HARNESS)
    found = remarks(tmp_path, PRIVATE, harness)
    assert found == [(About.UNDECIDED, "sg-0a1b2c3d4e5f60718")]


def test_nothing_is_said_of_a_network_that_is_not_there_or_not_used(tmp_path: Path) -> None:
    assert compared(tmp_path, 'data "aws_region" "current" {}') is None
    public = 'network_mode = "PUBLIC"'
    harness = changed('network_mode = "VPC"', public, HARNESS)
    (tmp_path / "main.tf").write_text(harness)
    outcome = import_source(str(tmp_path))
    assert all(result.network is None for result in outcome.results)


def test_for_programs() -> None:
    ran = CliRunner().invoke(app, ["import", str(SOURCES / "vpc-open"), "--format", "json"])
    network = json.loads(ran.stdout)["harnesses"][0]["network"]
    assert {key: value for key, value in network.items() if key != "remarks"} == {
        "services": 8,
        "without_endpoint": 6,
        "endpoints": 3,
        "not_needed": 1,
        "open_policies": 2,
        "rules": 4,
        "rules_beyond": 4,
        "undecided": 3,
    }
    first = network["remarks"][0]
    assert (first["about"], first["subject"], first["line"]) == ("may_lack", "s3", 40)
