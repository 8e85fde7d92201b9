"""Rules about where sessions run. Knows the keys under `harness.environment` and no other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Final

from tfgen.diagnostics import At, Code, Related, Route
from tfgen.diagnostics.rule import Rule, Violation, rule
from tfgen.posture.environment import Filesystem, RuntimeEnvironment
from tfgen.posture.partial import Partial

RUNTIME: Final[Route] = ("harness", "environment", "agentcore_runtime_environment")
NETWORK: Final[Route] = (*RUNTIME, "network_configuration")
FILESYSTEMS: Final[Route] = (*RUNTIME, "filesystem_configurations")
MODE: Final[Route] = (*NETWORK, "network_mode")

_MOST_OF_A_KIND: Final = {"session_storage": 1, "efs_access_point": 2, "s3_files_access_point": 2}
_NEEDS_VPC: Final = frozenset({"efs_access_point", "s3_files_access_point"})


@rule(Code.CONFLICT, "network mode PUBLIC is given the subnets and security groups of a VPC")
def details_without_vpc(partial: Partial) -> Iterator[Violation]:
    runtime = partial.posture.harness.runtime
    network = runtime.network_configuration if runtime else None
    if network is not None and network.network_mode == "PUBLIC" and network.network_mode_config is not None:
        yield Violation(
            "network mode PUBLIC takes no 'network_mode_config'",
            (*NETWORK, "network_mode_config"),
            "write network_mode: VPC, or leave the key out",
            (Related(MODE, "the mode is set here"),),
            At.KEY,
        )


@rule(Code.CONFLICT, "network mode VPC has no subnets and no security groups")
def vpc_without_details(partial: Partial) -> Iterator[Violation]:
    runtime = partial.posture.harness.runtime
    network = runtime.network_configuration if runtime else None
    if network is None or network.network_mode != "VPC":
        return
    is_elsewhere = isinstance(partial.data, dict) and "network" in partial.data
    is_told = network.network_mode_config is not None or not partial.whole((*NETWORK, "network_mode_config"))
    if not is_told and not is_elsewhere:
        yield Violation(
            "network mode VPC needs subnets and security groups, and nothing in this posture gives them",
            MODE,
            "add 'network: { vpc: ..., subnets: ... }' at the top, and tfgen renders security groups and endpoints; "
            "or, where the network is there already, add "
            "'network_mode_config: { subnets: [...], security_groups: [...] }' here",
        )


@rule(Code.CONFLICT, "a harness mounts more file systems of a kind than AgentCore takes")
def too_many_filesystems(partial: Partial) -> Iterator[Violation]:
    counts: Counter[str] = Counter()
    for route, filesystem in _filesystems(partial):
        kind = filesystem.member[0]
        counts[kind] += 1
        most = _MOST_OF_A_KIND.get(kind)
        if most is not None and counts[kind] == most + 1:
            yield Violation(f"a harness mounts at most {most} {kind!r}", route, "remove this one", at=At.KEY)


@rule(Code.CONFLICT, "a file system that is only reachable in a VPC is mounted outside of one")
def filesystems_outside_vpc(partial: Partial) -> Iterator[Violation]:
    runtime = partial.posture.harness.runtime
    for route, filesystem in _filesystems(partial):
        kind = filesystem.member[0]
        if runtime is not None and kind in _NEEDS_VPC and not _is_in_vpc(runtime, partial):
            message = f"{kind!r} needs network mode VPC"
            mode = (Related(MODE, "the mode is set here"),)
            yield Violation(message, route, "write network_mode: VPC, or leave it out", mode, At.KEY)


@rule(Code.CONFLICT, "two file systems are mounted at one directory")
def shared_mounts(partial: Partial) -> Iterator[Violation]:
    mounts: dict[str, Route] = {}
    for above, filesystem in _filesystems(partial):
        path, route = filesystem.member[1].mount_path, (*above, "mount_path")
        first = mounts.setdefault(path.rstrip("/"), route)
        if first != route:
            number = int(partial.original(first)[len(FILESYSTEMS)]) + 1
            message = f"{path!r} is already where number {number} of the list is mounted"
            related = (Related(first, "the first is mounted here"),)
            yield Violation(message, route, "choose another directory under /mnt", related)


def _filesystems(partial: Partial) -> Iterator[tuple[Route, Filesystem]]:
    runtime = partial.posture.harness.runtime
    for index, filesystem in enumerate((runtime.filesystem_configurations if runtime is not None else None) or ()):
        yield (*FILESYSTEMS, index, filesystem.member[0]), filesystem


def _is_in_vpc(runtime: RuntimeEnvironment, partial: Partial) -> bool:
    """Whether the mode is VPC, or cannot be told."""
    network = runtime.network_configuration
    if network is None:
        return not partial.whole(NETWORK)
    return network.network_mode == "VPC"


@rule(Code.CONFLICT, "sessions would have to be idle longer than they live")
def lifetimes(partial: Partial) -> Iterator[Violation]:
    runtime = partial.posture.harness.runtime
    lifecycle = runtime.lifecycle_configuration if runtime else None
    if lifecycle is None:
        return
    idle, most = lifecycle.idle_runtime_session_timeout, lifecycle.max_lifetime
    if idle is not None and most is not None and idle > most:
        route: Route = (*RUNTIME, "lifecycle_configuration")
        yield Violation(
            f"idle_runtime_session_timeout {idle} is longer than max_lifetime {most}",
            (*route, "idle_runtime_session_timeout"),
            f"write {most} or less",
            (Related((*route, "max_lifetime"), "sessions end after this"),),
        )


RULES: Final[tuple[Rule[Partial], ...]] = (
    details_without_vpc,
    vpc_without_details,
    too_many_filesystems,
    filesystems_outside_vpc,
    shared_mounts,
    lifetimes,
)
