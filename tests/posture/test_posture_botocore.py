"""The model next to AWS's own of CreateHarness: each member and constraint is there, or a row says why not."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, get_args, get_origin

import botocore
from every import every
from posture_samples import bounds

from tfgen.posture import Json, Posture, Shape, Table, shape
from tfgen.posture.base import OneOf
from tfgen.posture.harness import Harness
from tfgen.posture.names import snake
from tfgen.posture.values import Keys
from tfgen.posture.walk import Slot, keyed

NOT_MODELLED = {
    "clientToken": "belongs to one call of the API, not to a posture",
    "executionRoleArn": "the execution role is what tfgen makes",
    "memory.managedMemoryConfiguration.arn": "read-only: ignored on create, says the service's documentation",
    "environment.agentCoreRuntimeEnvironment.networkConfiguration.networkModeConfig.requireServiceS3Endpoint": (
        "only for runtimes made before May 2026; refused when one is created"
    ),
}
"""Members that the posture has no key for, by their path."""

NOT_THE_SERVICES = {
    "authorizer_configuration.preset": "becomes a custom_jwt_authorizer before anything is planned",
}
"""Keys of ours, with all below them, that the service does not have, and why."""

MORE_REQUIRED = {
    "model": "Terraform and CloudFormation require it, and the role is scoped to the model that is named",
}
"""Keys that are required here and not by the service."""

SUBNETS = "a required list of nothing connects to nothing"
JWT = "authorizerConfiguration.customJWTAuthorizer"
LISTS = {
    f"{JWT}.privateEndpoint.managedVpcResource.subnetIds": ((None, None), (1, None), SUBNETS),
    f"{JWT}.privateEndpointOverrides[].privateEndpoint.managedVpcResource.subnetIds": (
        (None, None),
        (1, None),
        SUBNETS,
    ),
}
"""Lengths of lists that differ: the service's, ours, and why."""

WILD = "no wildcard and no brace: the value becomes the resource of a policy"
SAME = "the same texts in the common language of Python and RE2"
BUCKET = "the naming rules of buckets, because the value becomes the resource of a policy"
OTHER_PATTERNS = {
    "BedrockAgentcoreResourceArn": WILD,
    "CertificateS3Uri": BUCKET,
    "CertificateSecretArn": WILD,
    "DiscoveryUrl": "CloudFormation, Terraform and the documentation take only https and openid-configuration",
    "EfsAccessPointArn": SAME,
    "HarnessEventBridgeBusArn": WILD,
    "HarnessLambdaFunctionArn": WILD,
    "HarnessSkillS3Uri": BUCKET,
    "HarnessSnsTopicArn": WILD,
    "InboundTokenClaimNameType": SAME + ": `.-:` is a range there",
    "ModelId": WILD,
    "OAuthCredentialProviderArn": WILD,
    "OAuthDefaultReturnUrl": SAME,
    "ResourceConfigurationIdentifier": SAME,
    "S3BucketMountConfigurationBucketString": BUCKET,
    "S3BucketMountConfigurationPrefixString": WILD + ", but for `{runtimeSessionId}`",
    "S3BucketMountConfigurationS3BucketRegionString": SAME + ": `\\d` is more than ten digits there",
    "S3FilesAccessPointArn": SAME,
    "TagKey": "of white space only the space, as IAM has it, and not empty as `min` says",
    "TagValue": "of white space only the space, as IAM has it",
}
"""Shapes of the service whose pattern is written otherwise here, and why."""

COUNT = "a count of nothing makes no sense, and the service's integers have 32 bits"
SHARE = "a share of a whole"
NUMBERS = {
    "maxIterations": COUNT, "maxTokens": COUNT, "timeoutSeconds": COUNT,
    "messagesCount": COUNT, "preserveRecentMessages": "the service's integers have 32 bits",
    "relevanceScore": SHARE, "summaryRatio": SHARE, "topK": COUNT,
    "idleRuntimeSessionTimeout": "28800 for a harness, says the service's documentation; the shape is a runtime's",
    "maxLifetime": "28800 for a harness, says the service's documentation; the shape is a runtime's",
}  # fmt: skip
"""Members whose bounds are narrower here, and why."""

LENGTHS = {
    "ApiKeyArn": "ARNs have at most 2048 characters",
    "MemoryArn": "ARNs have at most 2048 characters",
    "GatewayArn": "ARNs have at most 2048 characters",
    "HarnessBrowserArn": "ARNs have at most 2048 characters",
    "HarnessCodeInterpreterArn": "ARNs have at most 2048 characters",
    "OAuthCredentialProviderArn": "ARNs have at most 2048 characters",
    "CertificateSecretArn": "ARNs have at most 2048 characters",
    "EfsAccessPointArn": "an empty text is no ARN",
    "S3FilesAccessPointArn": "an empty text is no ARN",
    "ModelId": "2048 in the calls of the model itself; an empty text is no model",
    "DiscoveryUrl": "a URL has an end; an empty text is none",
    "AllowedAudience": "an empty text is no audience",
    "AllowedClient": "an empty text is no client",
    "SubnetId": "what the pattern says",
    "SecurityGroupId": "what the pattern says",
    "SecurityGroupIdentifier": "what the pattern says",
    "VpcIdentifier": "what the pattern says",
    "CertificateBucketOwnerAccountId": "what the pattern says",
    "CertificateS3Uri": "what the pattern says",
    "S3BucketMountConfigurationS3BucketOwnerString": "what the pattern says",
    "HarnessSkillS3Uri": "a bucket's name has at least three characters",
    "HarnessSkillGitUrl": "the pattern needs a character after https://",
    "String": "no constraint there; a namespace is not empty",
}
"""Shapes of the service whose lengths differ here, and why."""


@dataclass(frozen=True)
class Member:
    """A member of the request, with our place for it."""

    path: str
    name: str
    shape: str
    model: dict[str, Any]
    slot: Slot


@cache
def service() -> dict[str, Any]:
    folder = Path(botocore.__file__).parent / "data" / "bedrock-agentcore-control"
    (newest, *_) = sorted(folder.glob("*/service-2.json.gz"), reverse=True)
    loaded: dict[str, Any] = json.loads(gzip.decompress(newest.read_bytes()))["shapes"]
    return loaded


def _members(name: str, slot: Slot, path: str = "") -> Iterator[Member | str]:
    """Every member below a shape; the path alone when the posture has no place for it."""
    described = service()[name]
    match described["type"]:
        case "structure" if not described.get("document"):
            for key, member in described["members"].items():
                below = f"{path}.{key}" if path else key
                child = slot.child(snake(key))
                if child is None:
                    yield below
                    continue
                yield Member(below, key, member["shape"], service()[member["shape"]], child)
                yield from _members(member["shape"], child, below)
        case "list":
            child = slot.child(0)
            assert child is not None, path
            inner = described["member"]["shape"]
            yield Member(f"{path}[]", "[]", inner, service()[inner], child)
            yield from _members(inner, child, f"{path}[]")
        case "map":
            child = slot.child("x")
            assert child is not None, path
            inner = described["value"]["shape"]
            yield Member(f"{path}{{}}", "{}", inner, service()[inner], child)
            yield from _members(inner, child, f"{path}{{}}")
        case _:
            return


def members() -> list[Member | str]:
    return list(_members("CreateHarnessRequest", Slot(Harness)))


MEMBERS = [member for member in members() if isinstance(member, Member)]


def cases(*kinds: str) -> list[tuple[str, tuple[Member]]]:
    """The members of some kinds, as cases of a test."""
    return [(member.path, (member,)) for member in MEMBERS if not kinds or member.model["type"] in kinds]


def test_every_member_has_a_key_or_a_reason() -> None:
    assert {path for path in members() if isinstance(path, str)} == set(NOT_MODELLED)


def test_the_walk_reaches_far() -> None:
    assert len(MEMBERS) > 150
    assert any(member.path.endswith("customParameters{}") for member in MEMBERS)


def test_no_key_of_ours_is_unknown_to_the_service() -> None:
    known = {_route(member.path) for member in MEMBERS}
    ours = set(_ours(Slot(Harness), ""))
    assert set(NOT_THE_SERVICES) <= ours
    assert {path for path in ours if not path.startswith(tuple(NOT_THE_SERVICES))} == known


def _route(path: str) -> str:
    return ".".join(snake(step) if not step.startswith("[") else step for step in path.split("."))


def _ours(slot: Slot, path: str) -> Iterator[str]:
    if slot.model is not None:
        for key, _ in keyed(slot.model):
            child = slot.child(key)
            assert child is not None
            below = f"{path}.{key}" if path else key
            yield below
            yield from _ours(child, below)
    elif slot.is_list or get_origin(slot.kind) is Table:
        child = slot.child(0)
        assert child is not None
        mark = "[]" if slot.is_list else "{}"
        yield f"{path}{mark}"
        yield from _ours(child, f"{path}{mark}")


@every(("member",), cases())
def test_the_kind_of_value(member: Member) -> None:
    kind = member.model["type"]
    if kind == "structure" and member.model.get("document"):
        assert member.slot.kind is Json
    elif kind == "structure":
        assert member.slot.model is not None
        assert issubclass(member.slot.model, OneOf) == (bool(member.model.get("union")))
    elif kind == "string":
        assert member.slot.shape is not None or "enum" in member.model
    else:
        assert {
            "list": lambda: member.slot.is_list,
            "map": lambda: get_origin(member.slot.kind) is Table,
            "integer": lambda: member.slot.kind is int,
            "float": lambda: member.slot.kind is float,
            "boolean": lambda: member.slot.kind is bool,
        }[kind]()


@every(("member",), cases("structure"))
def test_what_is_required(member: Member) -> None:
    model = member.slot.model
    if model is not None:
        ours = {key for key, field in keyed(model) if field.is_required()}
        assert ours == {snake(key) for key in member.model.get("required", ())}


def test_what_is_required_at_the_top() -> None:
    theirs = {snake(key) for key in service()["CreateHarnessRequest"]["required"] if key not in NOT_MODELLED}
    assert {key for key, field in keyed(Harness) if field.is_required()} == theirs | set(MORE_REQUIRED)


@every(("member",), ((member.path, (member,)) for member in MEMBERS if "enum" in member.model))
def test_words(member: Member) -> None:
    assert set(get_args(member.slot.kind)) == set(member.model["enum"])


@every(("member",), cases("list", "map"))
def test_how_many(member: Member) -> None:
    theirs = (member.model.get("min") or None, member.model.get("max"))
    found = bounds(member.slot)
    ours = (found.get("min_length") or None, found.get("max_length"))
    keys = next((mark for mark in member.slot.marks if isinstance(mark, Keys)), None)
    if keys is not None:
        ours = (keys.min or None, keys.max)
    if member.path in LISTS:
        assert (theirs, ours) == LISTS[member.path][:2]
    else:
        assert ours == theirs


@every(("member",), cases("integer", "float"))
def test_numbers(member: Member) -> None:
    found = bounds(member.slot)
    ours = (found.get("ge"), found.get("le"))
    theirs = (member.model.get("min"), member.model.get("max"))
    if ours != theirs:
        assert member.name in NUMBERS
        assert ours[0] is not None
        assert ours[1] is not None
        assert theirs[0] is None or ours[0] >= theirs[0]
        assert theirs[1] is None or ours[1] <= theirs[1]


@every(("member",), cases("string"))
def test_texts(member: Member) -> None:
    if "enum" not in member.model:
        assert member.slot.shape is not None
        _same(member.shape, member.slot.shape)


def test_keys_of_tables() -> None:
    tables = [member for member in MEMBERS if member.model["type"] == "map"]
    assert tables
    for member in tables:
        keys = next(mark for mark in member.slot.marks if isinstance(mark, Keys))
        _same(member.model["key"]["shape"], shape(keys.shape_name))


def _same(name: str, ours: Shape) -> None:
    theirs = service()[name]
    least, most = theirs.get("min", 0), theirs.get("max")
    pattern_differs, lengths_differ = _differences(name, ours)
    assert not pattern_differs or name in OTHER_PATTERNS, (theirs.get("pattern"), ours.pattern)
    assert not lengths_differ or name in LENGTHS, (least, most, ours.min, ours.max)
    assert ours.min >= least
    assert most is None or (ours.max is not None and ours.max <= most)
    assert ours.secret or not theirs.get("sensitive")


def _differences(name: str, ours: Shape) -> tuple[bool, bool]:
    """Whether the pattern and the lengths are others than the service's."""
    theirs = service()[name]
    patterns = {_plain(ours.pattern), _plain(ours.api or ours.pattern)}
    lengths = {(theirs.get("min", 0), theirs.get("max")), _implied(theirs)}
    return _plain(theirs.get("pattern")) not in patterns, (ours.min, ours.max) not in lengths


def _implied(theirs: dict[str, Any]) -> tuple[int, int | None] | None:
    """The lengths that a pattern such as `[a-z][a-z]{0,39}` says."""
    found = re.fullmatch(r"\[[^\]]+\]\[[^\]]+\]\{0,(\d+)\}", theirs.get("pattern", ""))
    return (1, int(found[1]) + 1) if found else None


def _plain(pattern: str | None) -> str | None:
    """A pattern without spellings that make no difference."""
    if pattern is None:
        return None
    ours = pattern.replace(r"[^:*?{} \t\n\f\r]", "[^:]").replace(r"\/", "/").replace("[-]", "-")
    return ours.replace("[a-zA-Z0-9-.]", "[a-zA-Z0-9.-]").replace("[a-zA-Z0-9-_]", "[a-zA-Z0-9_-]")


def test_the_rows_of_reasons_are_all_needed() -> None:
    pairs = {(member.shape, member.slot.shape) for member in MEMBERS if member.slot.shape is not None}
    for member in MEMBERS:
        for mark in member.slot.marks:
            if isinstance(mark, Keys):
                pairs.add((member.model["key"]["shape"], shape(mark.shape_name)))
    assert {name for name, ours in pairs if _differences(name, ours)[0]} == set(OTHER_PATTERNS)
    assert {name for name, ours in pairs if _differences(name, ours)[1]} == set(LENGTHS)
    assert set(NUMBERS) <= {member.name for member in MEMBERS}


def test_the_posture_has_the_harness() -> None:
    child = Slot(Posture).child("harness")
    assert child is not None
    assert child.model is Harness
