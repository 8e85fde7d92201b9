"""Policy documents of others as statements, with their places. Knows the forms that they come in, and no action.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote

from tfgen.iam.policy import Condition, Effect, Principal, Statement
from tfgen.iam.text import Slot, Source, Text, join, text
from tfgen.posture.names import snake
from tfgen.terraform.values import Encoded, Leaf, Listed, Mapped, Node, Place, Symbol, UnknownError, node_of, plain

_ANY: Final = text("*")
LONGEST: Final = 20_480
"""Twice what IAM takes as all inline policies of a role, and as much as an endpoint takes:
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html,
https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-limits-endpoints.html"""
_MOST_WILDCARDS: Final = 20
"""How many wildcards and variables one text of a policy may have: with many, what it matches takes too long to tell."""
_LONGEST_TEXT: Final = 2048
"""How many characters an ARN has at most: https://docs.aws.amazon.com/IAM/latest/APIReference/API_Policy.html"""
_MOST_CONDITIONS: Final = 60
"""How many keys the conditions of one statement may have, for the same reason."""
_STATEMENT_KEYS: Final = frozenset(
    {"sid", "effect", "action", "not_action", "resource", "not_resource", "condition", "principal", "not_principal"}
)
_MORE: Final = frozenset({"source_policy_documents", "override_policy_documents", "source_json", "override_json"})
"""Arguments of Terraform's data source by which statements of other documents are added."""


@dataclass(frozen=True, slots=True)
class Document:
    """A policy document of an execution role or an endpoint as it was found."""

    name: str
    """What it is called in messages."""
    body: Node
    place: Place
    trust: bool = False
    """Whether it says who may be the role, rather than what the role may do."""


@dataclass(frozen=True, slots=True)
class Found:
    """One statement of an existing policy."""

    document: str
    """What its policy is called."""
    place: Place
    statement: Statement
    trust: bool


@dataclass(frozen=True, slots=True)
class Unread:
    """Something of a policy that is not understood, and why."""

    document: str
    place: Place
    why: str
    trust: bool = False
    """Whether it belongs to a trust policy."""


class _FormError(Exception):
    """A policy is not of the form that IAM takes; the message says how."""


def documents_of(root: Mapped) -> tuple[Document, ...]:
    """The policy documents in what the AWS CLI prints of a role or a policy, in a role's own JSON, or in a document."""
    return tuple(_documents(root))


def _documents(root: Mapped) -> Iterator[Document]:
    items = root.items
    if "Statement" in items:
        yield Document("the policy", root, root.place)
        return
    managed = {arn: body for policy in _elements(items.get("Policies")) for arn, body in _managed(policy)}
    roles = [items.get("Role"), *_elements(items.get("RoleDetailList"))]
    if "AssumeRolePolicyDocument" in items or "RolePolicyList" in items or (items.get("Policies") and not managed):
        roles.append(root)
    for role in roles:
        if isinstance(role, Mapped):
            yield from _of_role(role, managed)
    yield from _inline(root)
    version = items.get("PolicyVersion")
    if isinstance(version, Mapped) and "Document" in version.items:
        yield Document("the managed policy", version.items["Document"], version.items["Document"].place)


def _of_role(role: Mapped, managed: Mapping[str, Node]) -> Iterator[Document]:
    trust = role.items.get("AssumeRolePolicyDocument")
    if trust is not None:
        yield Document("the trust policy", trust, trust.place, trust=True)
    for word in ("RolePolicyList", "Policies"):
        for policy in _elements(role.items.get(word)):
            yield from _inline(policy)
    attached = [*_elements(role.items.get("AttachedManagedPolicies")), *_elements(role.items.get("ManagedPolicyArns"))]
    for one in attached:
        arn = one.items.get("PolicyArn") if isinstance(one, Mapped) else one
        name = str(arn.value) if isinstance(arn, Leaf) else "a managed policy"
        yield Document(name, managed.get(name, arn or one), one.place)


def _inline(policy: Node) -> Iterator[Document]:
    if isinstance(policy, Mapped) and "PolicyDocument" in policy.items:
        name, body = policy.items.get("PolicyName"), policy.items["PolicyDocument"]
        yield Document(f"the policy {name.value}" if isinstance(name, Leaf) else "the policy", body, body.place)


def _managed(policy: Node) -> Iterator[tuple[str, Node]]:
    """The ARN of a managed policy with the document that counts, as get-account-authorization-details prints it."""
    arn = policy.items.get("Arn") if isinstance(policy, Mapped) else None
    if not isinstance(policy, Mapped) or not isinstance(arn, Leaf):
        return
    for version in _elements(policy.items.get("PolicyVersionList")):
        said = version.items if isinstance(version, Mapped) else {}
        default = said.get("IsDefaultVersion")
        if "Document" in said and isinstance(default, Leaf) and default.value is True:
            yield str(arn.value), said["Document"]


def read(document: Document) -> tuple[Found | Unread, ...]:
    """The statements of a document, and what in it is not understood."""

    def unread(place: Place, why: str) -> Unread:
        return Unread(document.name, place, why, document.trust)

    body = _decoded(document.body)
    if isinstance(body, Symbol):
        return (unread(document.place, _unknown(body)),)
    if not isinstance(body, Mapped):
        return (unread(document.place, "its policy document is not in the source"),)
    if _length(body) > LONGEST:
        return (unread(document.place, f"it has more than {LONGEST:,} characters, which IAM does not take"),)
    statements = body.items.get("Statement", body.items.get("statement"))
    found: list[Found | Unread] = []
    if isinstance(statements, Symbol):
        return (unread(statements.place, _unknown(statements)),)
    if statements is None and not body.items.keys() & _MORE:
        return (unread(document.place, "it has no statements"),)
    for node in [statements] if isinstance(statements, Mapped) else _elements(statements):
        try:
            found.append(_statement(node, document))
        except UnknownError as missing:
            found.append(unread(node.place, _unknown(missing.symbol)))
        except _FormError as wrong:
            found.append(unread(node.place, str(wrong)))
    for word in sorted(_MORE & body.items.keys()):
        why = f"`{word}` adds statements that are not looked into"
        found += [unread(node.place, why) for node in _one_or_more(body.items[word])]
    return tuple(found)


def _unknown(symbol: Symbol) -> str:
    return symbol.why or f"`{symbol.source}` is not known"


def _length(node: Node) -> int:
    """How many characters of a document are known at least: what no quotes, brackets and blanks are counted of."""
    match node:
        case Mapped(items):
            return sum(len(key) + _length(part) for key, part in items.items())
        case Listed(elements):
            return len(elements) + sum(map(_length, elements))
        case Leaf(str() as value):
            return len(value)
        case _:
            return 1


def _decoded(node: Node) -> Node:
    if isinstance(node, Encoded):
        return node.of
    if isinstance(node, Leaf) and isinstance(node.value, str):
        written = unquote(node.value) if node.value.startswith("%7B") else node.value
        try:
            return node_of(json.loads(written), node.place)
        except (ValueError, RecursionError):
            return node
    return node


def _statement(node: Node, document: Document) -> Found:
    if not isinstance(node, Mapped):
        raise _FormError("a statement is a mapping")
    said: dict[str, Node] = {}
    for key, value in node.items.items():
        word = snake(key)
        said[word if word in _STATEMENT_KEYS else word.removesuffix("s")] = value
    effect = plain(said["effect"]) if "effect" in said else Effect.ALLOW.value
    if not isinstance(effect, str) or effect not in {found.value for found in Effect}:
        raise _FormError(f"{json.dumps(effect)} is no effect")
    for word in ("action", "resource", "principal"):
        if f"not_{word}" in said and word in said:
            raise _FormError(f"a statement has {word.title()} or Not{word.title()}, not both")
    if not {"action", "not_action"} & said.keys():
        raise _FormError("a statement has Action or NotAction")
    but_resources = _texts(said.get("not_resource"))
    resources = _texts(said.get("resource"))
    statement = Statement(
        sid=str(plain(said["sid"])) if "sid" in said else "",
        effect=Effect(effect),
        actions=_strings(said.get("action")),
        resources=resources if resources or but_resources or document.trust else (_ANY,),
        conditions=tuple(_conditions(said.get("condition"))),
        principals=tuple(_principals(said.get("principal"))),
        but_actions=_strings(said.get("not_action")),
        but_resources=but_resources,
        but_principals=tuple(_principals(said.get("not_principal"))),
    )
    _bounded(statement)
    return Found(document.name, node.place, statement, document.trust)


def _bounded(statement: Statement) -> None:
    """Refuse what would take very long to decide, and nobody writes."""
    if len(statement.conditions) > _MOST_CONDITIONS:
        raise _FormError(f"a statement with more than {_MOST_CONDITIONS} conditions is not looked into")
    texts = [
        *map(text, (*statement.actions, *statement.but_actions)),
        *statement.resources,
        *statement.but_resources,
        *(value for condition in statement.conditions for value in condition.values),
    ]
    for one in texts:
        known = "".join(part for part in one.parts if isinstance(part, str))
        if len(known) > _LONGEST_TEXT:
            raise _FormError(f"a text of more than {_LONGEST_TEXT:,} characters is not looked into")
        if known.count("*") + known.count("?") + known.count("${") > _MOST_WILDCARDS:
            raise _FormError(f"a text with more than {_MOST_WILDCARDS} wildcards is not looked into")


def _strings(node: Node | None) -> tuple[str, ...]:
    found = [plain(element) for element in _one_or_more(node)]
    if not all(isinstance(one, str) for one in found):
        raise _FormError("an action is text")
    return tuple(found)


def _texts(node: Node | None) -> tuple[Text, ...]:
    return tuple(text_of(element) for element in _one_or_more(node))


def _one_or_more(node: Node | None) -> tuple[Node, ...]:
    if node is None:
        return ()
    return node.elements if isinstance(node, Listed) else (node,)


def _elements(node: Node | None) -> tuple[Node, ...]:
    return node.elements if isinstance(node, Listed) else ()


def text_of(node: Node) -> Text:
    """A value as text with unknowns: who runs it, or an expression that only its own tool knows."""
    match node:
        case Leaf(str() as value):
            # In Terraform's own documents `&{...}` is a variable of the policy language.
            return text(value.replace("&{", "${"))
        case Symbol(context=str(context)) if context:
            return join(Slot(Source.CONTEXT, context))
        case Symbol(parts=parts) if parts:
            return join(*(part.replace("&{", "${") if isinstance(part, str) else text_of(part) for part in parts))
        case Symbol(default=Leaf(str() as value)):
            return text(value)
        case Symbol(source=source, many=many):
            return join(Slot(Source.EACH if many else Source.INPUT, source))
        case _:
            raise _FormError("text is needed here")


def _conditions(node: Node | None) -> Iterator[Condition]:
    if isinstance(node, Mapped) and not {"test", "variable"} <= set(node.items):
        for operator, keys in node.items.items():
            if not isinstance(keys, Mapped):
                raise _FormError(f"the condition {operator} has no keys")
            for key, values in keys.items.items():
                yield Condition(operator, key, _condition_values(values))
        return
    for element in _one_or_more(node):
        said = element.items if isinstance(element, Mapped) else {}
        if not {"test", "variable"} <= set(said):
            raise _FormError("a condition has a test, a variable and values")
        operator, key = (str(plain(said[word])) for word in ("test", "variable"))
        yield Condition(operator, key, _condition_values(said.get("values")))


def _condition_values(node: Node | None) -> tuple[Text, ...]:
    found = []
    for element in _one_or_more(node):
        if isinstance(element, Leaf) and not isinstance(element.value, str):
            found.append(text(json.dumps(element.value)))
        else:
            found.append(text_of(element))
    return tuple(found)


def _principals(node: Node | None) -> Iterator[Principal]:
    if isinstance(node, Leaf):
        yield Principal("*", (text_of(node),))
        return
    if isinstance(node, Mapped) and "type" not in node.items:
        for kind, values in node.items.items():
            yield Principal(kind, _texts(values))
        return
    for element in _one_or_more(node):
        if isinstance(element, Mapped) and "type" in element.items:
            yield Principal(str(plain(element.items["type"])), _texts(element.items.get("identifiers")))
