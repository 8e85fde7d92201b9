"""A real moto server in a process of its own, and what it holds of IAM, read back in one canonical form."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import boto3

Document = dict[str, Any]  # a policy document, as json.loads gives it

REGION = "us-east-1"
ACCOUNT = "123456789012"  # moto's only account
_KEYS = {"AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing", "AWS_REGION": REGION}

# The server binds port 0 itself and tells the port, so no other process can take it in between and nobody polls; it
# ends when its standard input does, so it cannot outlive the tests, however they end.
_SERVER = """
import sys
from moto.server import ThreadedMotoServer

server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
server.start()
print(server.get_host_and_port()[1], flush=True)
sys.stdin.read()
server.stop()
"""


@dataclass(frozen=True)
class Moto:
    """A running moto server."""

    endpoint: str

    def reset(self) -> None:
        """Forget everything."""
        request = urllib.request.Request(f"{self.endpoint}/moto-api/reset", method="POST")
        with urllib.request.urlopen(request, timeout=60) as response:
            response.read()

    def client(self, service: str) -> Any:
        """A boto3 client for `service`."""
        return boto3.client(
            service,
            endpoint_url=self.endpoint,
            region_name=REGION,
            aws_access_key_id="testing",
            aws_secret_access_key="testing",
        )


@contextmanager
def running_moto(python: Path = Path(sys.executable), first: str = "") -> Iterator[Moto]:
    """Start a server, wait until it answers, stop it at the end. It runs `first`, which may add to what moto knows."""
    # AWS's managed policies are there too, or none could be attached; the server itself must see no real AWS settings.
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "MOTO_"))}
    environment |= _KEYS | {"MOTO_IAM_LOAD_MANAGED_POLICIES": "true"}
    with subprocess.Popen(
        [str(python), "-c", first + _SERVER],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env=environment,
    ) as server:
        assert server.stdin is not None
        assert server.stdout is not None
        port = server.stdout.readline().strip()  # blocks until the server listens, or has died
        try:
            if not port.isdigit():
                raise RuntimeError(f"the moto server did not start (exit code {server.poll()})")
            yield Moto(f"http://127.0.0.1:{port}")
        finally:
            server.stdin.close()
            try:
                server.wait(timeout=10)
            except subprocess.TimeoutExpired:
                server.kill()


def aws_env(moto: Moto) -> dict[str, str]:
    """The environment in which terraform, with no provider block at all, talks to `moto`."""
    return _KEYS | {"AWS_ENDPOINT_URL": moto.endpoint, "AWS_EC2_METADATA_DISABLED": "true"}


@dataclass(frozen=True)
class ManagedPolicy:
    """A customer managed policy with the document of its default version."""

    name: str
    arn: str
    path: str
    description: str
    document: Document
    tags: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Role:
    """A role with everything that decides what it may do."""

    name: str
    arn: str
    path: str
    description: str
    max_session_duration: int
    trust: Document
    permissions_boundary: str | None = None
    tags: Mapping[str, str] = field(default_factory=dict)
    inline: Mapping[str, Document] = field(default_factory=dict)  # by policy name
    attached: Mapping[str, Document] = field(default_factory=dict)  # by policy ARN, default version


@dataclass(frozen=True)
class Iam:
    """All roles and customer managed policies of the account, by name; documents are canonical."""

    roles: Mapping[str, Role]
    policies: Mapping[str, ManagedPolicy]

    @classmethod
    def read(cls, moto: Moto) -> Self:
        """Read everything back through the AWS API."""
        iam = moto.client("iam")
        roles = [role for page in iam.get_paginator("list_roles").paginate() for role in page["Roles"]]
        policies = [p for page in iam.get_paginator("list_policies").paginate(Scope="Local") for p in page["Policies"]]
        return cls(
            {name: _role(iam, name) for name in sorted(role["RoleName"] for role in roles)},
            {name: _policy(iam, arn) for name, arn in sorted((p["PolicyName"], p["Arn"]) for p in policies)},
        )


def canonical(document: Document) -> Document:
    """The document with lists where IAM takes one or many, sorted and without repetition, which mean nothing to IAM."""
    return {**document, "Statement": [_statement(one) for one in _many(document["Statement"])]}


def _role(iam: Any, name: str) -> Role:
    role = iam.get_role(RoleName=name)["Role"]
    inline = iam.list_role_policies(RoleName=name)["PolicyNames"]
    attached = iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"]
    return Role(
        name=name,
        arn=role["Arn"],
        path=role["Path"],
        description=role.get("Description", ""),
        max_session_duration=role["MaxSessionDuration"],
        trust=canonical(role["AssumeRolePolicyDocument"]),
        permissions_boundary=role.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn"),
        tags=_tags(role),
        inline={
            one: canonical(iam.get_role_policy(RoleName=name, PolicyName=one)["PolicyDocument"])
            for one in sorted(inline)
        },
        attached={arn: _default_version(iam, arn) for arn in sorted(one["PolicyArn"] for one in attached)},
    )


def _policy(iam: Any, arn: str) -> ManagedPolicy:
    policy = iam.get_policy(PolicyArn=arn)["Policy"]
    return ManagedPolicy(
        name=policy["PolicyName"],
        arn=arn,
        path=policy["Path"],
        description=policy.get("Description", ""),
        document=_default_version(iam, arn),
        tags=_tags(policy),
    )


def _default_version(iam: Any, arn: str) -> Document:
    version = iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
    document = iam.get_policy_version(PolicyArn=arn, VersionId=version)["PolicyVersion"]["Document"]
    return canonical(json.loads(document) if isinstance(document, str) else dict(document))


def _tags(item: Mapping[str, Any]) -> dict[str, str]:
    return dict(sorted((tag["Key"], tag["Value"]) for tag in item.get("Tags", ())))


def _statement(statement: Document) -> Document:
    result = dict(statement)
    for key in ("Action", "NotAction", "Resource", "NotResource"):
        if key in result:
            result[key] = sorted(set(_many(result[key])))
    for key in ("Principal", "NotPrincipal"):
        if isinstance(result.get(key), dict):
            result[key] = {kind: sorted(_many(value)) for kind, value in result[key].items()}
    if "Condition" in result:
        result["Condition"] = {
            operator: {name: sorted(set(map(str, _many(value)))) for name, value in tests.items()}
            for operator, tests in result["Condition"].items()
        }
    return result


def _many(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
