"""Rules about the network around the harness. Knows the keys `network` and where sessions run, and no permission."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import ip_network
from typing import Final

from tfgen.diagnostics import At, Code, Related, Route
from tfgen.diagnostics.rule import Rule, Violation, rule
from tfgen.posture.document import Posture
from tfgen.posture.environment import RuntimeEnvironment
from tfgen.posture.partial import Partial
from tfgen.posture.rules.environment import MODE, NETWORK, RUNTIME
from tfgen.posture.rules.repeated import repeated
from tfgen.posture.walk import texts

_FILESYSTEMS: Final = "filesystem_configurations"
_MOUNTED: Final = frozenset({"efs_access_point", "s3_files_access_point"})
_AROUND: Final[Route] = ("network",)


@rule(Code.CONFLICT, "a network is described for sessions that run outside of it")
def network_without_vpc(partial: Partial) -> Iterator[Violation]:
    if partial.posture.network is None:
        return
    runtime = partial.posture.harness.runtime
    own = runtime.network_configuration if runtime is not None else None
    if (own is None and partial.whole(NETWORK)) or (own is not None and own.network_mode != "VPC"):
        message = "sessions run in the public network, which reaches nothing of a VPC, no data store and no endpoint"
        advice = "write network_mode: VPC under harness.environment.agentcore_runtime_environment.network_configuration"
        yield Violation(message, _AROUND, advice, (Related(MODE, "the mode is set here"),), At.KEY)


@rule(Code.CONFLICT, "the subnets of sessions are named twice")
def subnets_named_twice(partial: Partial) -> Iterator[Violation]:
    runtime = partial.posture.harness.runtime
    own = runtime.network_configuration if runtime is not None else None
    if partial.posture.network is None or own is None or own.network_mode != "VPC":
        return
    if own.network_mode_config is not None:
        message = "the subnets and the security group of sessions follow from 'network', and stand here once more"
        route = (*NETWORK, "network_mode_config")
        related = (Related(_AROUND, "they follow from this", At.KEY),)
        yield Violation(message, route, "leave this out, or leave `network` out", related, At.KEY)


@rule(Code.CONFLICT, "two rules of the network have one name")
def names(partial: Partial) -> Iterator[Violation]:
    network = partial.posture.network
    if network is None:
        return
    listed: list[tuple[Route, str]] = []
    listed += [(("network", "data_stores", i, "name"), one.name) for i, one in enumerate(network.data_stores)]
    listed += [(("network", "egress", i, "name"), one.name) for i, one in enumerate(network.egress)]
    for route, name, first in repeated(listed):
        yield Violation(f"another rule is called {name!r} already", route, "choose another name", first)


@rule(Code.CONFLICT, "a range of ports ends before it begins")
def ports(partial: Partial) -> Iterator[Violation]:
    for index, one in enumerate(partial.posture.network.egress if partial.posture.network is not None else ()):
        if one.to_port is not None and one.to_port < one.port:
            message = f"the last port, {one.to_port}, is before the first, {one.port}"
            route: Route = ("network", "egress", index)
            first = (Related((*route, "port"), "the first port"),)
            yield Violation(message, (*route, "to_port"), "give them in order", first)


@rule(Code.BAD_VALUE, "a block of addresses has bits beyond its prefix")
def blocks(partial: Partial) -> Iterator[Violation]:
    for text in texts(partial.posture):
        if text.route[:1] == ("network",) and text.shape.name == "cidr" and isinstance(text.value, str):
            try:
                ip_network(text.value)
            except ValueError as error:
                yield Violation(f"no network is {text.value!r}: {error}", text.route)


@rule(Code.CONFLICT, "a shared endpoint is listed twice")
def shared(partial: Partial) -> Iterator[Violation]:
    network = partial.posture.network
    given = network.endpoints.shared if network is not None else None
    route: Route = ("network", "endpoints", "shared", "services")
    listed = (((*route, index), name) for index, name in enumerate(given.services if given is not None else ()))
    for place, name, first in repeated(listed):
        yield Violation(f"{name!r} stands here twice", place, "remove one of them", first)


@rule(Code.CONFLICT, "a file system has no mount targets to be mounted from")
def missing_mount_targets(partial: Partial) -> Iterator[Violation]:
    network = partial.posture.network
    if network is None or network.mount_targets is not None or not _mounts_are_whole(partial):
        return
    for place in list(_mounted(partial.posture))[:1]:
        message = "this is mounted from a mount target in every zone of the subnets, and 'network' names none"
        related = (Related(_AROUND, "mount targets are named in here", At.KEY),)
        yield Violation(message, place, "add network.mount_targets: { security_groups, subnets }", related)


@rule(Code.CONFLICT, "mount targets are named, and no file system is mounted from them")
def idle_mount_targets(partial: Partial) -> Iterator[Violation]:
    network = partial.posture.network
    if network is None or network.mount_targets is None or not _mounts_are_whole(partial):
        return
    if not list(_mounted(partial.posture)):
        message = "no file system is mounted from these mount targets"
        yield Violation(message, ("network", "mount_targets"), "leave it out", at=At.KEY)


def _mounts_are_whole(partial: Partial) -> bool:
    return partial.whole(("network", "mount_targets"), (*RUNTIME, _FILESYSTEMS), ("also",))


def _mounted(posture: Posture) -> Iterator[Route]:
    """Where file systems are named that are mounted from mount targets."""
    places: list[tuple[RuntimeEnvironment | None, Route]] = [(posture.harness.runtime, RUNTIME)]
    for index, entry in enumerate(posture.also):
        environment = entry.environment.agentcore_runtime_environment if entry.environment is not None else None
        places.append((environment, ("also", index, "environment", "agentcore_runtime_environment")))
    for runtime, above in places:
        for index, one in enumerate((runtime.filesystem_configurations if runtime is not None else None) or ()):
            if one.member[0] in _MOUNTED:
                yield (*above, _FILESYSTEMS, index)


RULES: Final[tuple[Rule[Partial], ...]] = (
    network_without_vpc,
    subnets_named_twice,
    names,
    ports,
    blocks,
    shared,
    missing_mount_targets,
    idle_mount_targets,
)
