"""Rules about the network around the harness. Knows the keys `network` and where sessions run, and no permission."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import ip_network
from typing import Final

from tfgen.diagnostics import At, Code, Finding, Route
from tfgen.posture.document import Posture
from tfgen.posture.environment import RuntimeEnvironment
from tfgen.posture.partial import Partial
from tfgen.posture.rules.environment import NETWORK, RUNTIME
from tfgen.posture.walk import texts

_FILESYSTEMS: Final = "filesystem_configurations"
_MOUNTED: Final = frozenset({"efs_access_point", "s3_files_access_point"})


def mode(partial: Partial) -> Iterator[Finding]:
    """Find a network around sessions that run outside of it, or whose subnets are said twice."""
    if partial.posture.network is None:
        return
    runtime = partial.posture.harness.runtime
    said = runtime.network_configuration if runtime is not None else None
    if (said is None and partial.whole(NETWORK)) or (said is not None and said.network_mode != "VPC"):
        message = "sessions run in the public network, which reaches nothing of a VPC, no data store and no endpoint"
        advice = "write network_mode: VPC under harness.environment.agentcore_runtime_environment.network_configuration"
        yield Finding(Code.CONFLICT, message, ("network",), advice, at=At.KEY)
    elif said is not None and said.network_mode_config is not None:
        message = "the subnets and the security group of sessions follow from 'network', and stand here once more"
        route = (*NETWORK, "network_mode_config")
        yield Finding(Code.CONFLICT, message, route, "leave this out, or leave `network` out", at=At.KEY)


def names(partial: Partial) -> Iterator[Finding]:
    """Find two rules of one name."""
    network = partial.posture.network
    if network is None:
        return
    listed: list[tuple[Route, str]] = []
    listed += [(("network", "data_stores", i, "name"), one.name) for i, one in enumerate(network.data_stores)]
    listed += [(("network", "egress", i, "name"), one.name) for i, one in enumerate(network.egress)]
    seen: set[str] = set()
    for route, name in listed:
        if name in seen:
            yield Finding(Code.CONFLICT, f"another rule is called {name!r} already", route, "choose another name")
        seen.add(name)


def ports(partial: Partial) -> Iterator[Finding]:
    """Find ranges of ports that end before they begin."""
    for index, one in enumerate(partial.posture.network.egress if partial.posture.network is not None else ()):
        if one.to_port is not None and one.to_port < one.port:
            message = f"the last port, {one.to_port}, is before the first, {one.port}"
            yield Finding(Code.CONFLICT, message, ("network", "egress", index, "to_port"), "give them in order")


def blocks(partial: Partial) -> Iterator[Finding]:
    """Find blocks of addresses that no network has, such as one with bits beyond its prefix."""
    for text in texts(partial.posture):
        if text.route[:1] == ("network",) and text.shape.name == "cidr" and isinstance(text.value, str):
            try:
                ip_network(text.value)
            except ValueError as error:
                yield Finding(Code.BAD_VALUE, f"no network is {text.value!r}: {error}", text.route)


def shared(partial: Partial) -> Iterator[Finding]:
    """Find shared endpoints that stand twice."""
    network = partial.posture.network
    said = network.endpoints.shared if network is not None else None
    for index, name in enumerate(said.services if said is not None else ()):
        if said is not None and name in said.services[:index]:
            place = ("network", "endpoints", "shared", "services", index)
            yield Finding(Code.CONFLICT, f"{name!r} stands here twice", place, "remove one of them")


def mount_targets(partial: Partial) -> Iterator[Finding]:
    """Find file systems without mount targets to mount them from, and mount targets for nothing."""
    network = partial.posture.network
    if network is None or not partial.whole(("network", "mount_targets"), (*RUNTIME, _FILESYSTEMS), ("also",)):
        return
    needing = list(_mounted(partial.posture))
    if needing and network.mount_targets is None:
        message = "this is mounted from a mount target in every zone of the subnets, and 'network' names none"
        yield Finding(Code.CONFLICT, message, needing[0], "add network.mount_targets: { security_groups, subnets }")
    elif not needing and network.mount_targets is not None:
        message = "no file system is mounted from these mount targets"
        yield Finding(Code.CONFLICT, message, ("network", "mount_targets"), "leave it out", at=At.KEY)


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


RULES: Final = (mode, names, ports, blocks, shared, mount_targets)
