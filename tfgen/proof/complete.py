"""Proof 2, of what is made at all: nothing that no other proof reads. Must not know any plan.

A policy, an attachment or a rule can be given in more ways than tfgen uses: by another type of resource, or by an
argument of one that tfgen makes. These are refused, so what the proofs read is all that is granted and opened.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from tfgen.catalog.provider_resource import CARRIERS, provider_resource
from tfgen.diagnostics import InternalError
from tfgen.proof.rebuild import Rebuilt
from tfgen.render.addresses import CEDAR, ENGINE, EXTENDED_CEDAR

_NOTHING: Final[frozenset[str]] = frozenset()
_BESIDE: Final[Mapping[str, frozenset[str]]] = {
    "aws_cloudwatch_log_group": _NOTHING,
    "aws_flow_log": _NOTHING,
    "aws_iam_policy": _NOTHING,
    "aws_iam_role": frozenset({"inline_policy", "managed_policy_arns"}),
    "aws_iam_role_policy": _NOTHING,
    "aws_iam_role_policy_attachment": _NOTHING,
    "aws_iam_service_linked_role": _NOTHING,
    "aws_security_group": frozenset({"egress", "ingress"}),
    "aws_vpc_endpoint": _NOTHING,
    "aws_vpc_security_group_egress_rule": _NOTHING,
    "aws_vpc_security_group_ingress_rule": _NOTHING,
    CEDAR: _NOTHING,
    ENGINE: _NOTHING,
    EXTENDED_CEDAR: _NOTHING,
}
"""The types of resources that tfgen makes beside the harness, with the arguments that grant or open something more."""
_NO_RESOURCES: Final = frozenset({"data", "output", "module"})


def check(made: Rebuilt) -> None:
    """Raise `InternalError` with the first thing in the rendered text that may grant in a way that no proof reads."""
    for address, arguments in made.items():
        kind = address.partition("/")[2].partition(".")[0]
        if more := sorted(_BESIDE.get(kind, _NOTHING) & arguments.keys()):
            raise InternalError(f"the rendered text sets {more[0]} of {address}, which tfgen never sets")
        if kind not in _BESIDE and kind not in _NO_RESOURCES and kind not in _harnesses():
            raise InternalError(f"the rendered text makes {address}, which tfgen never makes")


def _harnesses() -> frozenset[str]:
    """The types that a harness is made as."""
    return frozenset(provider_resource(name).resource for name in CARRIERS)
