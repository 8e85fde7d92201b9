"""Policy documents in evaluated Terraform, as policies. Knows no plan and no module layout.

It reads what tfgen writes and raises `InternalError` at anything else.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from tfgen.diagnostics import InternalError
from tfgen.iam.policy import EVERYBODY, VERSION, Condition, Effect, Policy, Principal, Statement
from tfgen.iam.text import Text, text
from tfgen.terraform.text import text_of, texts_of
from tfgen.terraform.values import Leaf, Listed, Made, Mapped, Node, Symbol

_KEYS: Final = {"Sid", "Effect", "Principal", "Action", "Resource", "Condition"}


def policy_of(document: Node) -> Policy:
    """A policy document as a policy."""
    if not isinstance(document, Mapped) or list(document.items) != ["Version", "Statement"]:
        raise InternalError(f"not a policy document: {document!r:.300}")
    if (version := _known(document.items["Version"])) != VERSION:
        raise InternalError(f"not the version of the policy language that tfgen writes: {version!r:.300}")
    return Policy(tuple(map(_statement, _statements(document.items["Statement"]))))


def _statements(node: Node) -> tuple[Node, ...]:
    """The statements of a list, which those without resources may be kept out of."""
    match node:
        case Listed(elements):
            return elements
        case Symbol(made=Made("if", (Listed(elements), Listed(conditions)))) if all(
            map(_has_resources, elements, conditions)
        ):
            return elements
        case _:
            raise InternalError(f"not a list of statements: {node!r:.300}")


def _has_resources(statement: Node, condition: Node) -> bool:
    """Whether a condition asks if a statement has resources: the one filter whose meaning a plan shares.

    A statement whose resources are all from list inputs vanishes where these are empty.
    """
    match statement, condition:
        case _, Leaf(True):
            return True
        case Mapped({"Resource": of}), Symbol(made=Made(">", (Symbol(made=Made("length", (measured,))), Leaf(0)))):
            return _texts(of) == texts_of(measured)
        case _:
            return False


def _statement(node: Node) -> Statement:
    items = _items(node)
    if not {"Sid", "Effect", "Action"} <= items.keys() <= _KEYS:
        raise InternalError(f"not a statement: {node!r:.300}")
    return Statement(
        sid=_known(items["Sid"]),
        effect=Effect(_known(items["Effect"])),
        actions=tuple(map(_whole, _texts(items["Action"]))),
        resources=_texts(items["Resource"]) if "Resource" in items else (),
        conditions=tuple(_conditions(items["Condition"])) if "Condition" in items else (),
        principals=tuple(_principals(items["Principal"])) if "Principal" in items else (),
    )


def _principals(node: Node) -> Iterator[Principal]:
    if text_of(node) == text("*"):
        yield EVERYBODY
        return
    for kind, values in _items(node).items():
        yield Principal(kind, _texts(values))


def _conditions(node: Node) -> Iterator[Condition]:
    for operator, block in _items(node).items():
        for key, values in _items(block).items():
            yield Condition(operator, key, _texts(values))


def _items(node: Node) -> Mapping[str, Node]:
    if not isinstance(node, Mapped):
        raise InternalError(f"not an object: {node!r:.300}")
    return node.items


def _texts(node: Node) -> tuple[Text, ...]:
    found = texts_of(node)
    if found is None:
        raise InternalError(f"not a list of strings: {node!r:.300}")
    return found


def _known(node: Node) -> str:
    return _whole(text_of(node))


def _whole(found: Text | None) -> str:
    if found is None or found.known is None:
        raise InternalError(f"not a string that is known beforehand: {found!r:.300}")
    return found.known
