"""What every session needs, where it runs and what it remembers, as features. Knows no action or ARN."""

from __future__ import annotations

from tfgen.catalog import load
from tfgen.catalog.providers import providers
from tfgen.diagnostics import Route
from tfgen.plan.features.found import HARNESS, RUNTIME, Found, form_of, not_covered, one
from tfgen.plan.model import Inbound, Use
from tfgen.plan.values import Values
from tfgen.posture.document import Posture
from tfgen.posture.harness import Harness

_NO_VOLUME = (
    "a volume belongs to a capacity provider, which CreateHarness cannot name: no permission of the execution role is "
    "documented for it, so none is rendered"
)


def always(posture: Posture, inbound: Inbound | None) -> Found:
    """Logs, traces and metrics as far as the posture wants them, and the workload identity."""
    wanted = posture.role.observability
    route: Route = ("role", "observability") if "observability" in posture.role.model_fields_set else HARNESS
    yield Use("logs", route, wanted)
    if wanted == "full":
        yield Use("traces", route)
        yield Use("metrics", route)
    yield _identity(inbound)


def _identity(inbound: Inbound | None) -> Use:
    if inbound is None:
        return Use("identity", HARNESS, "iam")
    route: Route = (*HARNESS, "authorizer_configuration")
    if inbound.provider and providers()[inbound.provider].form_of(inbound.form).binds:
        return Use("identity", route, "jwt-of-issuer", (("issuer", inbound.issuers[0]),))
    return Use("identity", route, "jwt")


def image(harness: Harness, values: Values) -> Found:
    """The image that sessions run."""
    artifact = harness.environment_artifact
    container = artifact.container_configuration if artifact is not None else None
    if container is None:
        network = harness.runtime.network_configuration if harness.runtime is not None else None
        vpc = network is not None and network.network_mode == "VPC"
        yield Use("image", HARNESS, "managed-in-vpc" if vpc else "public")
        return
    route: Route = (*HARNESS, "environment_artifact", "container_configuration", "container_uri")
    form, more = form_of(load.sheet("image"), container.container_uri)
    yield from more
    variant = form.variant if form is not None else "private"
    if variant == "private":
        yield one("image", "container_uri", container.container_uri, route, values, variant)
    else:
        yield Use("image", route, variant)


def memory(harness: Harness, values: Values) -> Found:
    """What the agent remembers, and the key of a memory that AgentCore makes."""
    if harness.memory is None:
        yield Use("memory", HARNESS, "managed")
        return
    route: Route = (*HARNESS, "memory")
    managed, own = harness.memory.managed_memory_configuration, harness.memory.agentcore_memory_configuration
    if managed is not None:
        place: Route = (*route, "managed_memory_configuration")
        yield Use("memory", place, "managed")
        if managed.encryption_key_arn is not None:
            key: Route = (*place, "encryption_key_arn")
            yield one("memory-key", "key_arn", managed.encryption_key_arn, key, values)
    if own is not None:
        yield one("memory", "memory_arn", own.arn, (*route, "agentcore_memory_configuration", "arn"), values, "own")


def filesystems(harness: Harness, values: Values) -> Found:
    """What is mounted into sessions."""
    mounted = harness.runtime.filesystem_configurations if harness.runtime is not None else None
    for index, filesystem in enumerate(mounted or ()):
        place: Route = (*RUNTIME, "filesystem_configurations", index)
        if filesystem.efs_access_point is not None:
            arn = filesystem.efs_access_point.access_point_arn
            route: Route = (*place, "efs_access_point", "access_point_arn")
            yield one("efs", "access_point_arn", arn, route, values)
        if filesystem.s3_files_access_point is not None:
            arn = filesystem.s3_files_access_point.access_point_arn
            route = (*place, "s3_files_access_point", "access_point_arn")
            yield one("s3-files", "access_point_arn", arn, route, values)
        if filesystem.capacity_provider_volume is not None:
            yield not_covered((*place, "capacity_provider_volume"), _NO_VOLUME)
