"""The callers: for each persona the sheets that say what it needs, and service control policies. Knows no action."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from tfgen.catalog.provider_resource import provider_resource
from tfgen.diagnostics import Route
from tfgen.iam.policy import Kind
from tfgen.iam.text import Slot, Source, Text, join, text
from tfgen.plan.grants import grants
from tfgen.plan.model import SECURITY_GROUP, SUBNETS, Attached, CallerPolicy, ControlPolicy
from tfgen.plan.provision import stack_name
from tfgen.plan.roles import Naming, no_delegation, of_region, optional_input
from tfgen.plan.statements import FeatureUse, PolicyPlan
from tfgen.plan.values import Values
from tfgen.posture.access import LIMITED, Access
from tfgen.posture.document import Posture
from tfgen.posture.values import InputRef

Tables = tuple[tuple[str, tuple[tuple[str, Text], ...]], ...]


def callers(posture: Posture, values: Values, naming: Naming, harness_name: Text) -> tuple[CallerPolicy, ...]:
    """The policies of all callers of a posture."""
    found = _Callers(posture, values, naming, harness_name)
    return tuple(_caller(found, index, access, harness_name) for index, access in enumerate(posture.access))


def _caller(found: _Callers, index: int, access: Access, harness_name: Text) -> CallerPolicy:
    uses = tuple(found.uses(access, ("access", index)))
    attached = Attached(access.as_)
    kind = Kind.INLINE if attached is Attached.INLINE else Kind.MANAGED
    return CallerPolicy(
        key=access.name,
        attached=attached,
        name=of_region(found.naming.base, access.name),
        path=found.posture.role.path,
        description=access.description or f"What callers of the kind {access.name} may do with the harness.",
        policy=PolicyPlan(kind, grants(uses, harness_name)),
        uses=uses,
        roles=tuple(found.values.text(role) for role in access.roles or ()),
    )


class _Callers:
    """What every persona draws on."""

    def __init__(self, posture: Posture, values: Values, naming: Naming, harness_name: Text) -> None:
        self.harness_name = harness_name
        self.posture = posture
        self.values = values
        self.naming = naming
        self.network = network(posture, values)

    def uses(self, access: Access, route: Route) -> Iterator[FeatureUse]:
        """The sheets that the personas of an entry need, and what it is denied."""
        for position, persona in enumerate(access.may):
            place: Route = (*route, "may", position)
            if persona in LIMITED:
                yield from self._limited(f"caller-{persona}", access, route, place)
            elif persona == "operate":
                yield from self._operate(place)
            elif persona == "deploy":
                yield from self._deploy(place)
            elif persona == "audit":
                yield from self._audit(place)
            else:
                yield FeatureUse(f"caller-{persona}", place)
        if "invoke-for-user" not in access.may:
            yield from no_delegation("deny-caller", self.posture, self.values)

    def _limited(self, sheet: str, access: Access, route: Route, place: Route) -> Iterator[FeatureUse]:
        if not access.endpoints:
            yield FeatureUse(sheet, place, "any-endpoint")
        for number, endpoint in enumerate(access.endpoints or ()):
            yield FeatureUse(sheet, (*route, "endpoints", number), "named-endpoints", (("endpoint", text(endpoint)),))

    def _operate(self, place: Route) -> Iterator[FeatureUse]:
        yield FeatureUse("caller-operate", place, "harness", tables=self.network)
        if self._managed_memory():
            yield FeatureUse("caller-operate", place, "managed-memory")
        yield self._pass_role(place)

    def _deploy(self, place: Route) -> Iterator[FeatureUse]:
        tags = {**self.posture.tags, **(self.posture.harness.tags or {})}
        tagged = tuple((key, text(value)) for key, value in tags.items())
        keys = self._memory_keys()
        yield FeatureUse("caller-deploy", place, "harness", tables=(*self.network, ("tags", tagged)))
        if self._managed_memory():
            yield FeatureUse(
                "caller-deploy", place, "managed-memory", tables=(("keys", tuple(("", key) for key in keys)),)
            )
        for key in keys:
            yield FeatureUse("caller-deploy", place, "memory-key", (("key_arn", key),))
        if self.network:
            yield FeatureUse("caller-deploy", place, "vpc")
        if (stack := self._stack()) is not None:
            yield FeatureUse("caller-deploy", place, "stack", (("stack_name", stack),))
        yield self._pass_role(place)

    def _stack(self) -> Text | None:
        """The name of the stack that makes the harness; None where none does."""
        template = provider_resource(self.posture.provision).template if self.posture.provision is not None else None
        return None if template is None else stack_name(template, self.harness_name)

    def _audit(self, place: Route) -> Iterator[FeatureUse]:
        base = (("policy_base", self.naming.base),)
        yield FeatureUse("caller-audit", place, self._role_variant(), (*self._role(), *base))
        boundary = self.posture.role.permissions_boundary
        if boundary is not None and optional_input(self.posture, boundary) is None:
            yield FeatureUse("caller-audit", place, "boundary", (("boundary_arn", self.values.text(boundary)),))

    def _pass_role(self, place: Route) -> FeatureUse:
        return FeatureUse("caller-pass-role", place, self._role_variant(), self._role())

    def _role_variant(self) -> str:
        return "prefix" if self.naming.by_prefix else "name"

    def _role(self) -> tuple[tuple[str, Text], ...]:
        return ("role_path", text(self.posture.role.path)), ("role_name", self.naming.known)

    def _managed_memory(self) -> bool:
        memory = self.posture.harness.memory
        return memory is None or memory.managed_memory_configuration is not None

    def _memory_keys(self) -> tuple[Text, ...]:
        memory = self.posture.harness.memory
        managed = memory.managed_memory_configuration if memory is not None else None
        key = managed.encryption_key_arn if managed is not None else None
        return (self.values.text(key),) if key is not None else ()


def network(posture: Posture, values: Values) -> Tables:
    """The subnets and security groups of the harness's sessions; nothing when they run in no VPC of the posture's.

    Where the network is planned too, what only Terraform knows of it is wired from there.
    """
    if posture.network is not None:
        ids = posture.network.subnets.ids
        subnets = tuple(("", values.text(one)) for one in ids or ()) or (("", join(Slot(Source.EACH, SUBNETS))),)
        return ("subnets", subnets), ("security_groups", (("", join(Slot(Source.INPUT, SECURITY_GROUP))),))
    runtime = posture.harness.runtime
    configuration = runtime.network_configuration if runtime is not None else None
    mode = configuration.network_mode_config if configuration is not None else None
    if configuration is None or configuration.network_mode != "VPC" or mode is None:
        return ()

    def table(given: Iterable[str | InputRef]) -> tuple[tuple[str, Text], ...]:
        return tuple(("", values.text(value)) for value in given)

    return ("subnets", table(mode.subnets)), ("security_groups", table(mode.security_groups))


def controls(posture: Posture, values: Values, harness_name: Text) -> tuple[ControlPolicy, ...]:
    """The service control policies that the posture asks for."""
    sheets: Mapping[str, str] = {"vpc": "scp-network", "jwt": "scp-authorizer"}
    tables: Mapping[str, Tables] = {"vpc": network(posture, values), "jwt": ()}
    found: list[ControlPolicy] = []
    for position, kind in enumerate(posture.guardrails.service_control):
        use = FeatureUse(sheets[kind], ("guardrails", "service_control", position), tables=tables[kind])
        found.append(ControlPolicy(kind, PolicyPlan(Kind.SERVICE_CONTROL, grants((use,), harness_name)), (use,)))
    return tuple(found)
