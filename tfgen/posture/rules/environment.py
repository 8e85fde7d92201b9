"""Rules about where sessions run. Knows the keys under `harness.environment` and no other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Final

from tfgen.diagnostics import At, Code, Finding, Route
from tfgen.posture.environment import RuntimeEnvironment
from tfgen.posture.partial import Partial

RUNTIME: Final[Route] = ("harness", "environment", "agentcore_runtime_environment")
NETWORK: Final[Route] = (*RUNTIME, "network_configuration")
FILESYSTEMS: Final[Route] = (*RUNTIME, "filesystem_configurations")

_MOST_OF_A_KIND: Final = {"session_storage": 1, "efs_access_point": 2, "s3_files_access_point": 2}
_NEEDS_VPC: Final = frozenset({"efs_access_point", "s3_files_access_point"})


def network_mode(partial: Partial) -> Iterator[Finding]:
    """Find a network mode without its details, or details without their mode."""
    runtime = partial.posture.harness.runtime
    network = runtime.network_configuration if runtime else None
    if network is None:
        return
    if network.network_mode == "PUBLIC" and network.network_mode_config is not None:
        yield Finding(
            Code.CONFLICT,
            "network mode PUBLIC takes no 'network_mode_config'",
            (*NETWORK, "network_mode_config"),
            "write network_mode: VPC, or leave the key out",
            at=At.KEY,
        )
    is_elsewhere = isinstance(partial.data, dict) and "network" in partial.data
    is_told = network.network_mode_config is not None or not partial.whole((*NETWORK, "network_mode_config"))
    if network.network_mode == "VPC" and not is_told and not is_elsewhere:
        yield Finding(
            Code.CONFLICT,
            "network mode VPC needs subnets and security groups, and nothing in this posture gives them",
            (*NETWORK, "network_mode"),
            "add 'network: { vpc: ..., subnets: ... }' at the top, and tfgen renders security groups and endpoints; "
            "or, where the network is there already, add "
            "'network_mode_config: { subnets: [...], security_groups: [...] }' here",
        )


def filesystems(partial: Partial) -> Iterator[Finding]:
    """Find file systems that are too many, share a directory or need the VPC."""
    runtime = partial.posture.harness.runtime
    if runtime is None:
        return
    counts: Counter[str] = Counter()
    mounts: dict[str, int] = {}
    for index, filesystem in enumerate(runtime.filesystem_configurations or ()):
        kind, value = filesystem.member
        route = (*FILESYSTEMS, index, kind)
        counts[kind] += 1
        if counts[kind] == _MOST_OF_A_KIND.get(kind, 5) + 1:
            yield _too_many(kind, route)
        if kind in _NEEDS_VPC and not _is_in_vpc(runtime, partial):
            message = f"{kind!r} needs network mode VPC"
            yield Finding(Code.CONFLICT, message, route, "write network_mode: VPC, or leave it out", at=At.KEY)
        mount = value.mount_path.rstrip("/")
        if mount in mounts:
            yield _same_mount(value.mount_path, mounts[mount], (*route, "mount_path"), partial)
        mounts.setdefault(mount, index)


def _too_many(kind: str, route: Route) -> Finding:
    most = _MOST_OF_A_KIND[kind]
    return Finding(Code.CONFLICT, f"a harness mounts at most {most} {kind!r}", route, "remove this one", at=At.KEY)


def _same_mount(path: str, first: int, route: Route, partial: Partial) -> Finding:
    number = int(partial.original((*FILESYSTEMS, first))[-1]) + 1
    message = f"{path!r} is already where number {number} of the list is mounted"
    return Finding(Code.CONFLICT, message, route, "choose another directory under /mnt")


def _is_in_vpc(runtime: RuntimeEnvironment, partial: Partial) -> bool:
    """Whether the mode is VPC, or cannot be told."""
    network = runtime.network_configuration
    if network is None:
        return not partial.whole(NETWORK)
    return network.network_mode == "VPC"


def lifetimes(partial: Partial) -> Iterator[Finding]:
    """Find sessions that would have to be idle longer than they live."""
    runtime = partial.posture.harness.runtime
    lifecycle = runtime.lifecycle_configuration if runtime else None
    if lifecycle is None:
        return
    idle, most = lifecycle.idle_runtime_session_timeout, lifecycle.max_lifetime
    if idle is not None and most is not None and idle > most:
        yield Finding(
            Code.CONFLICT,
            f"idle_runtime_session_timeout {idle} is longer than max_lifetime {most}",
            (*RUNTIME, "lifecycle_configuration", "idle_runtime_session_timeout"),
            f"write {most} or less",
        )


RULES: Final = (network_mode, filesystems, lifetimes)
