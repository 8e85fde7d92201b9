"""From the bytes of a posture file to a document. Knows no posture."""

from __future__ import annotations

from tfgen.diagnostics import Diagnostic
from tfgen.source.builder import build
from tfgen.source.document import Document
from tfgen.source.text import Text, decode


def parse(text: bytes, name: str, *, tags: bool = False) -> Document | tuple[Diagnostic, ...]:
    """Read the bytes of a file called `name`: a document, or everything that is wrong with it; raises nothing.

    The data is `dict` with `str` keys, `list`, `str`, `int`, `float` (never NaN or infinite), `bool` and `None`, as
    `tfgen.source.scalars` has it; the top is a mapping. The diagnostics are all that the text allows to find, but 100
    at most; a syntax error ends the search. With `tags`, tags of the file's own are accepted, and what has one is a
    mapping with the tag as its only key.
    """
    decoded = decode(text, name)
    if not isinstance(decoded, Text):
        return decoded
    built = build(decoded, tags=tags)
    if isinstance(built, tuple):
        return built
    return Document(built.data, decoded, built.root)
