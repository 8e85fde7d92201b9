"""What names and numbers of a network mean in any source: services, protocols, ports. Knows no source."""

from __future__ import annotations

import re
from typing import Final

from tfgen.catalog.network import facts
from tfgen.iam.text import Text, text
from tfgen.imports import vocabulary
from tfgen.imports.policies import text_of
from tfgen.terraform.values import Leaf, Node, Symbol, UnknownError, plain

LAST_PORT: Final = 65_535
_ANY_REGION: Final = "?"


def service_of(node: Node | None) -> str | None:
    """The service that the name of an endpoint or of a prefix list ends in; None when that is not known."""
    if not isinstance(node, Leaf | Symbol) or (isinstance(node, Leaf) and not isinstance(node.value, str)):
        return None
    # Whatever stands where the region does: the endpoints of a VPC are those of its region.
    known = _filled(text_of(node)).known or ""
    shape = re.escape(facts().endpoint_name).replace(r"\{region\}", r"[^.]+").replace(r"\{service\}", "(.+)")
    match = re.fullmatch(shape, known)
    return match[1] if match is not None and _ANY_REGION not in match[1] else None


def _filled(one: Text) -> Text:
    return one.replace(lambda _: text(_ANY_REGION))


def protocol_of(node: Node | None) -> str | None:
    """A protocol by its name; None when it is not known."""
    value = known(node)
    return None if value is None else vocabulary.network().protocols.get(str(value).lower(), str(value).lower())


def ports_of(protocol: str | None, first: Node | None, last: Node | None) -> tuple[int | None, int | None]:
    """The first and the last port of a rule; None for one that is not known."""
    if protocol == vocabulary.network().every_protocol:
        return 0, LAST_PORT
    return _port(known(first)), _port(known(last))


def _port(value: object) -> int | None:
    return int(str(value)) if str(value).isdigit() else None


def known(node: Node | None) -> object:
    """A value as plain data; None when it is not known."""
    try:
        return None if node is None else plain(node)
    except UnknownError:
        return None


def written(node: Node) -> str:
    """A value as a message has it."""
    return node.source if isinstance(node, Symbol) else str(node.value) if isinstance(node, Leaf) else "a value"
