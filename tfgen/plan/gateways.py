"""The policies of gateways: judged, named, and what the gateway's role needs for them. Knows no action and no file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Final

from tfgen.cedar import engine, limits
from tfgen.cedar.decide import Call, Caller
from tfgen.cedar.facts import facts
from tfgen.cedar.policies import Gateway, Place, Policy, gateway_places, id_places, read
from tfgen.cedar.review import review
from tfgen.cedar.rule import RuleFaultError, compiled
from tfgen.cedar.rules import all_rules
from tfgen.cedar.tools import Tool, in_order, manifest
from tfgen.diagnostics import At, Code, Finding, Related, Route, Severity
from tfgen.iam.policy import Kind
from tfgen.iam.text import Text, cut, join, text
from tfgen.plan import gateway_rules
from tfgen.plan.gateway_model import GatewayPlan, GatewayTest, PolicyText
from tfgen.plan.grants import AWS_CONTEXT, grants
from tfgen.plan.siblings import SiblingFiles
from tfgen.plan.statements import FeatureUse, PolicyPlan
from tfgen.plan.values import Values
from tfgen.posture import gateways as said
from tfgen.posture.document import Posture
from tfgen.posture.values import InputRef

SHEET: Final = "gateway-policy"


def gateways(
    posture: Posture, values: Values, harness_name: Text, attached: SiblingFiles
) -> tuple[tuple[GatewayPlan, ...], tuple[Finding, ...]]:
    """Plan the policies of all gateways; findings say what is wrong with them."""
    planned: list[GatewayPlan] = []
    findings: list[Finding] = []
    for key, gateway in posture.gateways.items():
        made = _Gateway(posture, values, harness_name, attached, key, gateway)
        plan = made.plan()
        findings += made.findings
        if plan is not None:
            planned.append(plan)
    return tuple(planned), tuple(findings)


class _Gateway:
    """One gateway on the way to its plan, and what is found wrong with it."""

    def __init__(
        self,
        posture: Posture,
        values: Values,
        harness_name: Text,
        attached: SiblingFiles,
        key: str,
        gateway: said.Gateway,
    ) -> None:
        self.posture = posture
        self.values = values
        self.harness_name = harness_name
        self.attached = attached
        self.key = key
        self.gateway = gateway
        self.route: Route = (said.GATEWAYS, key)
        self.findings: list[Finding] = []

    def plan(self) -> GatewayPlan | None:
        """The plan; None when an error keeps it from being made."""
        principal = facts().principal(self.gateway.authorizer)
        arn = self._arn()
        if principal is None or arn is None:
            return None  # rules of the posture have said so
        judged = Gateway(self.key, principal, self._tools(), arn if isinstance(arn, str) else None)
        if not self._fits(judged):
            return None
        policies = (*self._from_files(judged), *self._typed(judged))
        if not any(finding.severity is Severity.ERROR for finding in self.findings):
            targets = {name: (*self.route, "tools", name) for name in self.gateway.tools}
            self.findings += limits.check(policies, judged, self.route)
            self.findings += all_rules(review(policies, judged, targets, (*self.route, "authorizer")))
        return self._planned(judged, self.values.text(arn), policies)

    def _planned(self, judged: Gateway, arn: Text, policies: tuple[Policy, ...]) -> GatewayPlan:
        engine_name = self._name(self.key)
        use = self._use(
            arn, engine_name, checks=any(one.checks_content for policy in policies for one in policy.extensions)
        )
        key = self.gateway.encryption_key_arn
        return GatewayPlan(
            key=self.key,
            arn=arn,
            mode=self.gateway.mode,
            engine_name=engine_name,
            description=self.gateway.description or f"What the gateway {self.key} lets through.",
            encryption_key=self.values.text(key) if key is not None else None,
            policies=tuple(self._policy(policy, arn, judged) for policy in policies),
            after=tuple(slot for value in self.gateway.after for slot in self.values.text(value).slots()),
            role=self.values.text(self.gateway.role) if self.gateway.role is not None else None,
            policy_name=join(engine_name, "-", AWS_CONTEXT["region"]),
            policy=PolicyPlan(Kind.INLINE, grants((use,), self.harness_name)),
            uses=(use,),
            judged=judged,
            cedar=policies,
            tests=tuple(self._tests(judged)),
        )

    def _arn(self) -> str | InputRef | None:
        if self.gateway.gateway_arn is not None:
            return self.gateway.gateway_arn
        for tool in self.posture.harness.tools or ():
            if tool.name == self.gateway.tool and tool.config is not None and tool.config.agentcore_gateway is not None:
                return tool.config.agentcore_gateway.gateway_arn
        return None

    def _tools(self) -> tuple[Tool, ...]:
        found: list[Tool] = []
        for target, path in self.gateway.tools.items():
            if path in self.attached.data:
                read_ = manifest(self.attached.data[path], target, path)
                found += read_.tools
                self.findings += read_.findings
        return in_order(found)

    def _fits(self, judged: Gateway) -> bool:
        """Whether the tools make a schema that the engine and AgentCore accept."""
        route = (*self.route, "tools")
        try:
            size = len(judged.schema.text)
        except engine.SchemaError as error:
            self.findings.append(Finding(Code.TOOL_REFUSED, f"the tools make no schema: {error}", route))
            return False
        most = facts().most_characters
        if size > most:
            message = f"the schema of the tools has {size:,} characters; allowed: {most:,}"
            self.findings.append(Finding(Code.POLICY_LIMIT, message, route, "give the gateway fewer tools"))
            return False
        return True

    def _from_files(self, judged: Gateway) -> Iterator[Policy]:
        for place, pattern in enumerate(self.gateway.policy_files):
            for path in self.attached.matched.get(pattern, ()):
                stem = path.rpartition("/")[2].partition(".")[0]
                where = Place(path, route=(*self.route, "policy_files", place))
                policies, findings = read(self.attached.texts[path], limits.name(stem), judged, where)
                self.findings += findings
                yield from policies

    def _typed(self, judged: Gateway) -> Iterator[Policy]:
        for place, policy in enumerate(self.gateway.policies):
            route = (*self.route, "policies", place)
            try:
                statement = compiled(gateway_rules.rule(policy), judged)
            except RuleFaultError as fault:
                self.findings.append(Finding(Code.CEDAR_TYPES, fault.message, (*route, *fault.steps), fault.help))
                continue
            policies, findings = read(statement, policy.name, judged, Place(route=route))
            self.findings += findings
            names = tuple(one.name for one in gateway_rules.inputs_in(policy))
            yield from (replace(found, description=policy.description or "", stand_ins=names) for found in policies)

    def _policy(self, policy: Policy, arn: Text, judged: Gateway) -> PolicyText:
        statement = policy.statement.rstrip("\n")
        put = [(place, arn) for place in gateway_places(statement, self.key)]
        for name in policy.stand_ins:
            caller = InputRef(name)
            places = id_places(statement, judged.principal.entity, gateway_rules.stand_in(caller))
            put += [(place, self.values.text(caller)) for place in places]
        pieces: list[str | Text] = []
        at = 0
        for (start, end), value in sorted(put, key=lambda one: one[0]):
            pieces += [statement[at:start], value]
            at = end
        whole = join(*pieces, statement[at:])
        description = policy.description or f"The policy {policy.key} of the gateway {self.key}."
        return PolicyText(policy.key, self._name(self.key, policy.key), whole, description, bool(policy.extensions))

    def _name(self, *own: str) -> Text:
        """A name that is unique in the account: with the posture's name, or where that serves many, the harness's."""
        if self.harness_name.known is not None:
            return text(limits.name(self.posture.name, *own))
        return cut(join(limits.name(*reversed(own)), "_", self.harness_name), facts().longest_name)

    def _use(self, arn: Text, engine_name: Text, *, checks: bool) -> FeatureUse:
        key = self.gateway.encryption_key_arn
        values: tuple[tuple[str, Text], ...] = (("gateway_arn", arn), ("engine_name", engine_name))
        if key is None:
            return FeatureUse(SHEET, self.route, "checks" if checks else "plain", values)
        variant = "key-checks" if checks else "key"
        return FeatureUse(SHEET, self.route, variant, (*values, ("key_arn", self.values.text(key))))

    def _tests(self, judged: Gateway) -> Iterator[GatewayTest]:
        for place, test in enumerate(self.posture.tests):
            if test.gateway != self.key:
                continue
            route: Route = (said.TESTS, place)
            tool = judged.tool(test.tool)
            if tool is None:
                message = f"the gateway {self.key!r} has no tool {test.tool!r}"
                help = f"allowed: {', '.join(found.action for found in judged.tools)}"
                tools = (Related((*self.route, "tools"), "its tools come from these files", At.KEY),)
                self.findings.append(Finding(Code.CONFLICT, message, (*route, "tool"), help, related=tools))
                continue
            by = test.by
            id = gateway_rules.stand_in(by.arn) if by.arn is not None else by.subject or gateway_rules.SOMEBODY
            caller = Caller(id, tuple(by.claims.items()))
            arguments: Mapping[str, object] = test.arguments.value
            yield GatewayTest(
                test.name or f"test {place + 1}", Call(caller, tool, arguments), test.expect == "allow", route
            )
