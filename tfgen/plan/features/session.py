"""What every session needs, where it runs and what it remembers, as features. Knows no action or ARN."""

from __future__ import annotations

from tfgen.catalog import load
from tfgen.catalog.model import STAR
from tfgen.catalog.providers import providers
from tfgen.diagnostics import Route
from tfgen.iam.text import text
from tfgen.jwt.authorizer import Inbound
from tfgen.plan.features.result import HARNESS, Found, form_of, not_covered, one
from tfgen.plan.grants import AWS_CONTEXT
from tfgen.plan.inbound import inbound as inbound_of
from tfgen.plan.statements import FeatureUse
from tfgen.plan.values import Values
from tfgen.posture.document import Posture
from tfgen.posture.environment import (
    SESSION_ID,
    EnvironmentArtifact,
    NetworkConfiguration,
    RuntimeEnvironment,
    S3BucketMount,
)
from tfgen.posture.memory import MemoryChoice

_NO_VOLUME = (
    "a volume belongs to a capacity provider, which has a role of its own and which CreateHarness cannot name: no "
    "permission of the execution role is documented for it, so none is rendered"
)


def always(posture: Posture) -> Found:
    """Logs, traces and metrics as far as the posture wants them."""
    wanted = posture.role.observability
    route: Route = ("role", "observability") if "observability" in posture.role.model_fields_set else HARNESS
    yield FeatureUse("logs", route, wanted)
    if wanted == "full":
        yield FeatureUse("traces", route)
        yield FeatureUse("metrics", route)


def identities(posture: Posture, inbound: Inbound | None) -> tuple[FeatureUse, ...]:
    """The workload identity, for each way in which callers prove themselves.

    Where one takes tokens of an issuer that is not known, tokens of any issuer are; so a known one binds nothing there.
    """
    also = ((inbound_of(posture, entry, ("also", index)), index) for index, entry in enumerate(posture.also))
    found = (
        _identity(inbound, HARNESS),
        *(_identity(further, ("also", index)) for further, index in also if further is not None),
    )
    if any(use.variant == "jwt" and not use.values for use in found):
        return tuple(FeatureUse(use.sheet, use.route, use.variant.removesuffix("-of-issuer")) for use in found)
    return found


def _identity(inbound: Inbound | None, above: Route) -> FeatureUse:
    if inbound is None:
        return FeatureUse("identity", above, "iam")
    route: Route = (*above, "authorizer_configuration")
    if inbound.provider and providers()[inbound.provider].form_of(inbound.form).binds:
        return FeatureUse("identity", route, "jwt-of-issuer", (("issuer", inbound.issuers[0]),))
    each = inbound.discovery if inbound.discovery.each() is not None else None
    return FeatureUse("identity", route, "jwt", (("while", each),) if each is not None else ())


def own_image(artifact: EnvironmentArtifact | None, above: Route, values: Values) -> Found:
    """A container image that the posture names."""
    container = artifact.container_configuration if artifact is not None else None
    if container is None:
        return
    route: Route = (*above, "environment_artifact", "container_configuration", "container_uri")
    form, more = form_of(load.sheet("image"), container.container_uri, values)
    yield from more
    variant = form.variant if form is not None else "private"
    if variant == "private":
        yield one("image", "container_uri", container.container_uri, route, values, variant)
    else:
        yield FeatureUse("image", route, variant)


def managed_image(runtime: RuntimeEnvironment | None, above: Route) -> FeatureUse:
    """The image that AgentCore keeps: in a VPC it is pulled from another registry than elsewhere."""
    network = runtime.network_configuration if runtime is not None else None
    return FeatureUse("image", above, "managed-in-vpc" if in_vpc(network) else "public")


def in_vpc(network: NetworkConfiguration | None) -> bool:
    """Whether sessions run in a VPC."""
    return network is not None and network.network_mode == "VPC"


def memory(choice: MemoryChoice, above: Route, values: Values) -> Found:
    """What the agent remembers, and the key of a memory that AgentCore makes."""
    route: Route = (*above, "memory")
    managed, own = choice.managed_memory_configuration, choice.agentcore_memory_configuration
    if managed is not None:
        place: Route = (*route, "managed_memory_configuration")
        yield FeatureUse("memory", place, "managed")
        if managed.encryption_key_arn is not None:
            key: Route = (*place, "encryption_key_arn")
            yield one("memory-key", "key_arn", managed.encryption_key_arn, key, values)
    if own is not None:
        yield one("memory", "memory_arn", own.arn, (*route, "agentcore_memory_configuration", "arn"), values, "own")


def filesystems(runtime: RuntimeEnvironment | None, above: Route, values: Values) -> Found:
    """What is mounted into sessions."""
    mounted = runtime.filesystem_configurations if runtime is not None else None
    for index, filesystem in enumerate(mounted or ()):
        place: Route = (
            *above, "environment", "agentcore_runtime_environment", "filesystem_configurations", index
        )  # fmt: skip
        if filesystem.efs_access_point is not None:
            arn = filesystem.efs_access_point.access_point_arn
            route: Route = (*place, "efs_access_point", "access_point_arn")
            yield one("efs", "access_point_arn", arn, route, values)
        if filesystem.s3_files_access_point is not None:
            arn = filesystem.s3_files_access_point.access_point_arn
            route = (*place, "s3_files_access_point", "access_point_arn")
            yield one("s3-files", "access_point_arn", arn, route, values)
        if filesystem.s3_bucket_mount is not None:
            yield from _mounted_bucket(filesystem.s3_bucket_mount, (*place, "s3_bucket_mount"), values)
        if filesystem.capacity_provider_volume is not None:
            yield not_covered((*place, "capacity_provider_volume"), _NO_VOLUME)


def _mounted_bucket(mount: S3BucketMount, place: Route, values: Values) -> Found:
    """A bucket, or the part of it that is mounted; a directory bucket can only be granted whole."""
    form, more = form_of(load.sheet("s3-mount"), mount.bucket, values)
    yield from more
    if form is None:
        return
    named = [
        ("bucket", values.text(mount.bucket)),
        (
            "bucket_account",
            text(mount.s3_bucket_owner) if mount.s3_bucket_owner is not None else AWS_CONTEXT["account"],
        ),
        ("bucket_region", text(mount.s3_bucket_region) if mount.s3_bucket_region else AWS_CONTEXT["region"]),
    ]
    variant = form.variant
    if variant == "bucket" and mount.prefix is not None:
        variant = "prefix"
        named.append(("prefix", text(mount.prefix.replace(SESSION_ID, STAR).rstrip("/"))))
    yield FeatureUse("s3-mount", (*place, "bucket"), variant, tuple(named))
    if mount.s3_bucket_region is not None:
        yield FeatureUse("s3-mount", (*place, "s3_bucket_region"), "other-region")
