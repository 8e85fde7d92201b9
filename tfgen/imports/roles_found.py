"""The execution role of a harness where it stands in the same source: its policies, and how it is made."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from tfgen.imports import vocabulary
from tfgen.imports.cloudformation import Resource as StackResource
from tfgen.imports.cloudformation import Template
from tfgen.imports.policies import Document
from tfgen.imports.terraform.harnesses import Resource, body
from tfgen.terraform.module import Module
from tfgen.terraform.values import Leaf, Listed, Mapped, Node, Place, Symbol

Keys = Mapping[str, Node]

_MADE_WITH: Final = {"path": "path", "permissions_boundary": "permissions_boundary"}
_STACK_MADE_WITH: Final = {"Path": "path", "PermissionsBoundary": "permissions_boundary"}


def of_terraform(harness: Resource) -> tuple[tuple[Document, ...], Keys]:
    """The policies of the role that a harness of a Terraform module names, and the role's own keys."""
    named = harness.body.items.get("execution_role_arn")
    name = _named(named, vocabulary.terraform().role)
    if name is None:
        return (), {}
    role = next((found for found in _bodies(harness.module, vocabulary.terraform().role) if found[0] == name), None)
    if role is None:
        return (), {}
    found = [*_own(harness.module, *role), *_inline(harness.module, name), *_attached(harness.module, name)]
    keys = {key: role[1].items[word] for word, key in _MADE_WITH.items() if word in role[1].items}
    return tuple(found), keys


def all_policies(module: Module) -> tuple[Document, ...]:
    """Every policy of a module, whomever it is for: of files that are named as a role's."""
    known = vocabulary.terraform()
    found: list[Document] = []
    for name, said in _bodies(module, known.role):
        found += _own(module, name, said)
    for kind in (known.inline, known.policy):
        for name, said in _bodies(module, kind):
            if "policy" in said.items:
                found.append(document(module, f"{kind}.{name}", said.items["policy"]))
    seen = {document.name for document in found}
    for block, path in module.blocks("data", known.document):
        name = f"data.{known.document}.{block.labels[1]}" if len(block.labels) > 1 else ""
        if name and name not in seen and not found:
            made = body(module, block, path, module.scope(module.place(path, block)))
            found.append(Document(name, made, made.place))
    return tuple(found)


def _bodies(module: Module, *types: str) -> Iterator[tuple[str, Mapped]]:
    """Every resource of some types: its name, and all that it says."""
    for block, path in module.resources(*types):
        yield block.labels[1], body(module, block, path, module.scope(module.place(path, block)))


def _named(node: Node | None, kind: str) -> str | None:
    """The name of the resource of a type that a value is an attribute of."""
    if isinstance(node, Symbol) and len(node.path) >= 2 and node.path[0] == kind:
        return node.path[1]
    return None


def _own(module: Module, name: str, role: Mapped) -> Iterator[Document]:
    trust = role.items.get("assume_role_policy")
    if trust is not None:
        yield document(module, f"the trust policy of {name}", trust, trust=True)
    inline = role.items.get("inline_policy")
    for block in inline.elements if isinstance(inline, Listed) else ():
        if isinstance(block, Mapped) and "policy" in block.items:
            yield document(module, f"an inline policy of {name}", block.items["policy"])


def _inline(module: Module, name: str) -> Iterator[Document]:
    known = vocabulary.terraform()
    for own, said in _bodies(module, known.inline):
        if _named(said.items.get("role"), known.role) == name and "policy" in said.items:
            yield document(module, f"{known.inline}.{own}", said.items["policy"])


def _attached(module: Module, name: str) -> Iterator[Document]:
    known = vocabulary.terraform()
    policies = dict(_bodies(module, known.policy))
    for _, said in _bodies(module, *sorted(known.attachment)):
        roles = said.items.get("roles")
        listed = list(roles.elements) if isinstance(roles, Listed) else []
        if all(_named(role, known.role) != name for role in [said.items.get("role"), *listed]):
            continue
        arn = said.items.get("policy_arn")
        own = _named(arn, known.policy)
        if own is not None and own in policies and "policy" in policies[own].items:
            yield document(module, f"{known.policy}.{own}", policies[own].items["policy"])
        elif arn is not None:
            yield Document(arn.source if isinstance(arn, Symbol) else _text(arn), arn, arn.place)


def _text(node: Node) -> str:
    return str(node.value) if isinstance(node, Leaf) else "a policy"


def document(module: Module, name: str, node: Node, *, trust: bool = False) -> Document:
    """A policy document; one that a data source makes is looked up there."""
    kind = vocabulary.terraform().document
    if isinstance(node, Symbol) and len(node.path) >= 3 and node.path[:2] == ("data", kind):
        for block, path in module.blocks("data", kind, node.path[2]):
            made = body(module, block, path, module.scope(module.place(path, block)))
            return Document(f"data.{kind}.{node.path[2]}", made, made.place, trust)
    return Document(name, node, node.place, trust)


def of_stack(template: Template, harness: StackResource) -> tuple[tuple[Document, ...], Keys]:
    """The policies of the role that a harness of a CloudFormation template names, and the role's own keys."""
    known = vocabulary.cloudformation()
    named = harness.properties.items.get("ExecutionRoleArn")
    if not isinstance(named, Symbol) or not named.path:
        return (), {}
    role = next((found for found in template.resources(known.role) if found.name == named.path[0]), None)
    if role is None:
        return (), {}
    said = role.properties.items
    found: list[Document] = []
    if "AssumeRolePolicyDocument" in said:
        trust = said["AssumeRolePolicyDocument"]
        found.append(Document(f"the trust policy of {role.name}", trust, trust.place, trust=True))
    for one in _listed(said.get("Policies")):
        found += _stack_policy(one, f"a policy of {role.name}", one.place)
    for arn in _listed(said.get("ManagedPolicyArns")):
        found.append(Document(_text(arn) if isinstance(arn, Leaf) else "a managed policy", arn, arn.place))
    for resource in template.resources(*known.inline, known.managed):
        names = [*_listed(resource.properties.items.get("Roles")), resource.properties.items.get("RoleName")]
        if any(isinstance(one, Symbol) and one.path[:1] == (role.name,) for one in names):
            found += _stack_policy(resource.properties, resource.name, resource.place)
    return tuple(found), {key: said[word] for word, key in _STACK_MADE_WITH.items() if word in said}


def _listed(node: Node | None) -> tuple[Node, ...]:
    return node.elements if isinstance(node, Listed) else ()


def _stack_policy(node: Node, name: str, place: Place) -> list[Document]:
    if isinstance(node, Mapped) and "PolicyDocument" in node.items:
        return [Document(name, node.items["PolicyDocument"], place)]
    return []
