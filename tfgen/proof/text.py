"""Proof 1: the text, parsed back, is the tree that was printed. Knows no plan.

Two parsers judge it: python-hcl2 (structure, every literal as written) and HashiCorp's own, through pygohcl (validity
and the value of every literal). Each sees faults that the other does not.
"""

from __future__ import annotations

from collections.abc import Collection

from tfgen.diagnostics import InternalError
from tfgen.hcl.alike import parsed, reads_as
from tfgen.hcl.oracle import check as oracle_check
from tfgen.hcl.read import ReadError
from tfgen.hcl.tree import Body


def check(path: str, text: str, body: Body, names: Collection[str] = ()) -> Body:
    """Parse the text and give the body that python-hcl2 sees, which equals `body`.

    The names are what tells the text from that of other postures, so that it need not be parsed when theirs was.
    Raises `InternalError` with the text when a parser refuses it or reads something else.
    """
    if not reads_as(text, body, names):
        try:
            found = parsed(text)
        except ReadError as error:
            raise InternalError(f"{path} does not parse: {error}", text) from error
        if found != body:
            raise InternalError(f"{path} reads back differently: {_difference(found, body)}", text)
    if fault := oracle_check(text, body):
        raise InternalError(f"{path} is not what HashiCorp's parser reads: {fault}", text)
    return body


def _difference(found: Body, body: Body) -> str:
    for there, printed in zip(found, body, strict=False):
        if there != printed:
            return f"{there!r} in the place of {printed!r}"
    return f"{len(found)} items in the place of {len(body)}"
