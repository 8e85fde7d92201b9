"""The AgentCore CLI's harness.json: its keys turned into those of the API. Reads no file.

The CLI's own mapping to CloudFormation is what this follows: https://www.npmjs.com/package/@aws/agentcore-cdk
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from tfgen.imports import vocabulary
from tfgen.imports.report import Handling, Record
from tfgen.terraform.values import Leaf, Listed, Mapped, Node, Place, Symbol

_FILESYSTEMS: Final = {"efsAccessPoints": "efs_access_point", "s3AccessPoints": "s3_files_access_point"}
_MEMORIES: Final = {"managed": "managed_memory_configuration", "existing": "agentcore_memory_configuration"}


def translate(spec: Mapped, project: str, prompt: Leaf | None, record: Record) -> Mapped:
    """The harness that a harness.json says, in the keys of the API.

    `project` is the project's name, which the CLI puts before the harness's; `prompt` the text of the
    system-prompt.md beside it. What has no place in a posture is noted in `record`.
    """
    return Mapped(dict(_Spec(spec, project, prompt, record).keys()), spec.place)


class _Spec:
    def __init__(self, spec: Mapped, project: str, prompt: Leaf | None, record: Record) -> None:
        self.items = spec.items
        self.place = spec.place
        self.project = project
        self.prompt = prompt
        self.record = record

    def keys(self) -> dict[str, Node]:
        taken = {
            "name": self.name,
            "model": self.model,
            "systemPrompt": self.system_prompt,
            "skills": self.skills,
            "memory": self.memory,
            "tools": self.tools,
            "containerUri": self.container,
            "dockerfile": self.dockerfile,
            "authorizerType": self.authorizer_type,
            "connections": self.connections,
        }  # fmt: skip
        made: dict[str, Node] = {}
        for key, node in self.items.items():
            if isinstance(node, Leaf) and node.value is None:
                continue
            if key in taken:
                made.update(taken[key](node))
            elif key not in _ENVIRONMENT:
                made[key] = node
        made.update(self.environment())
        if "systemPrompt" not in self.items and self.prompt is not None:
            made.update(self.system_prompt(self.prompt))
        if "memory" not in self.items:
            self.record.note(Handling.ASSUMED, "memory", self.place, "the CLI switches memory off when nothing is said")
            made["memory"] = _mapped(self.place, disabled=_mapped(self.place))
        return made

    def name(self, node: Node) -> dict[str, Node]:
        if isinstance(node, Leaf) and isinstance(node.value, str) and self.project:
            why = f"the CLI puts the project's name before {node.value!r}"
            self.record.note(Handling.ASSUMED, "name", node.place, why)
            return {"harness_name": Leaf(f"{self.project}_{node.value}", node.place)}
        return {"harness_name": node}

    def model(self, node: Node) -> dict[str, Node]:
        if not isinstance(node, Mapped) or "provider" not in node.items:
            return {"model": node}
        provider = node.items["provider"]
        known = vocabulary.agentcore_cli().providers
        rest = Mapped({key: value for key, value in node.items.items() if key != "provider"}, node.place)
        if not isinstance(provider, Leaf) or provider.value not in known:
            self.record.lose("model.provider", provider.place, f"allowed: {', '.join(sorted(known))}", ("harness",))
            return {}
        self.record.note(Handling.CARRIED, "model.provider", provider.place)
        return {"model": _mapped(node.place, **{known[str(provider.value)]: rest})}

    def system_prompt(self, node: Node) -> dict[str, Node]:
        return {"system_prompt": Listed((_mapped(node.place, text=node),), node.place)}

    def skills(self, node: Node) -> dict[str, Node]:
        elements = node.elements if isinstance(node, Listed) else (node,)
        return {"skills": Listed(tuple(self.skill(element) for element in elements), node.place)}

    def skill(self, node: Node) -> Node:
        if not isinstance(node, Mapped):
            return _mapped(node.place, path=node)
        if "s3Uri" in node.items:
            return _mapped(node.place, s3=_renamed(node, {"s3Uri": "uri"}))
        if "gitUrl" in node.items:
            git = _renamed(node, {"gitUrl": "url"})
            auth = git.items.get("auth")
            if isinstance(auth, Mapped) and isinstance(name := auth.items.get("credentialName"), Leaf):
                key = _credential(str(name.value), name.place)
                inner = {**_renamed(auth, {}, without="credentialName").items, "credential_arn": key}
                git = Mapped({**git.items, "auth": Mapped(inner, auth.place)}, git.place)
            return _mapped(node.place, git=git)
        return node

    def memory(self, node: Node) -> dict[str, Node]:
        if not isinstance(node, Mapped):
            return {"memory": node}
        mode = node.items.get("mode")
        kind = mode.value if isinstance(mode, Leaf) else "existing"  # what has no mode is from before there were any
        rest = _renamed(node, {}, without="mode")
        if kind == "disabled":
            return {"memory": _mapped(node.place, disabled=_mapped(node.place))}
        if kind == "existing":
            rest = self.existing(rest)
        return {"memory": _mapped(node.place, **{_MEMORIES.get(str(kind), str(kind)): rest})}

    def existing(self, node: Mapped) -> Mapped:
        items = dict(node.items)
        name = items.pop("name", None)
        if isinstance(name, Leaf) and "arn" not in items:
            said = f"the memory {name.value!r} of the project"
            items["arn"] = Symbol(said, name.place, label=str(name.value), description=f"The ARN of {said}.")
        retrieval = items.pop("retrievalConfig", None)
        if retrieval is not None:
            why = "the CLI applies it to each namespace of the memory, which only the deployed memory tells"
            self.record.lose("memory.retrievalConfig", retrieval.place, why, ("harness", "memory"))
        return Mapped(items, node.place)

    def tools(self, node: Node) -> dict[str, Node]:
        grants = vocabulary.agentcore_cli().grant_types

        def renamed(value: Node) -> Node:
            match value:
                case Mapped(items):
                    made = {
                        key: Leaf(grants[str(part.value)], part.place)
                        if key == "grantType" and isinstance(part, Leaf) and part.value in grants
                        else renamed(part)
                        for key, part in items.items()
                    }
                    return Mapped(made, value.place)
                case Listed(elements):
                    return Listed(tuple(renamed(element) for element in elements), value.place)
                case _:
                    return value

        return {"tools": renamed(node)}

    def container(self, node: Node) -> dict[str, Node]:
        inner = _mapped(node.place, container_uri=node)
        return {"environment_artifact": _mapped(node.place, container_configuration=inner)}

    def dockerfile(self, node: Node) -> dict[str, Node]:
        name = node.value if isinstance(node, Leaf) else ""
        said = f"the image that the CLI builds of {name}"
        image = Symbol(said, node.place, label="", description=f"The URI of {said}.")
        return self.container(image)

    def authorizer_type(self, node: Node) -> dict[str, Node]:
        self.record.note(Handling.LEFT_OUT, "authorizerType", node.place, "the authorizer's configuration says it")
        return {}

    def connections(self, node: Node) -> dict[str, Node]:
        why = "a posture names what the harness uses under `tools` and `memory`"
        self.record.lose("connections", node.place, why, ("harness",))
        return {}

    def environment(self) -> dict[str, Node]:
        found: dict[str, Node] = {}
        mode, config = self.items.get("networkMode"), self.items.get("networkConfig")
        if mode is not None:
            network = {"network_mode": mode}
            if isinstance(config, Mapped):
                vpc = config.items.get("vpcId")
                if vpc is not None:
                    self.record.note(
                        Handling.LEFT_OUT, "networkConfig.vpcId", vpc.place, "its subnets say which VPC it is"
                    )
                network["network_mode_config"] = _renamed(config, {}, without="vpcId")
            found["network_configuration"] = Mapped(network, mode.place)
        if (lifecycle := self.items.get("lifecycleConfig")) is not None:
            found["lifecycle_configuration"] = lifecycle
        if mounts := self.filesystems():
            found["filesystem_configurations"] = Listed(tuple(mounts), mounts[0].place)
        if not found:
            return {}
        place = next(iter(found.values())).place
        return {"environment": _mapped(place, agentcore_runtime_environment=Mapped(found, place))}

    def filesystems(self) -> list[Node]:
        mounts: list[Node] = []
        if (path := self.items.get("sessionStoragePath")) is not None:
            mounts.append(_mapped(path.place, session_storage=_mapped(path.place, mount_path=path)))
        for key, kind in _FILESYSTEMS.items():
            points = self.items.get(key)
            listed = points.elements if isinstance(points, Listed) else ()
            mounts += [_mapped(point.place, **{kind: point}) for point in listed]
        return mounts


_ENVIRONMENT: Final = frozenset(
    {"networkMode", "networkConfig", "lifecycleConfig", "sessionStoragePath", *_FILESYSTEMS}
)


def _mapped(place: Place, **items: Node) -> Mapped:
    return Mapped(items, place)


def _renamed(node: Mapped, names: Mapping[str, str], without: str = "") -> Mapped:
    return Mapped({names.get(key, key): value for key, value in node.items.items() if key != without}, node.place)


def _credential(name: str, place: Place) -> Symbol:
    said = f"the credential {name!r} of the project"
    return Symbol(said, place, label=name, description=f"The ARN of {said}.")
