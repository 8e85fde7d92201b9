"""From the bytes of a token's claims to a document: JSON, and no signed token. Knows no claim.

JSON (RFC 8259) is read twice: by Python's own reader, which holds it to the standard, and by the one that knows places,
depths and keys that stand twice.
"""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import Final, NoReturn

from tfgen.diagnostics import Code, Diagnostic, Severity
from tfgen.source.document import Document
from tfgen.source.parse import parse
from tfgen.source.text import Text, decode

LARGEST: Final = 1024 * 1024
"""How many bytes a token's claims may have: a request's headers carry a small part of that."""

_SIGNED: Final = re.compile(r"(?:Bearer)?[\w-]+\.[\w-]+\.[\w.-]*")
"""A token in its compact form, signed (RFC 7515, section 3.1) or encrypted (RFC 7516, section 3.1), without spaces."""
_CREDENTIAL: Final = re.compile(r"ey[JA][\w-]{8}")
"""How every such token begins, wherever it stands."""
_AROUND: Final = re.compile(r"[\s\"'`,;\\]")
"""What may be wrapped around a token, or break it into lines."""


def parse_claims(text: bytes, name: str) -> Document | tuple[Diagnostic, ...]:
    """Read the bytes of a file called `name` that holds a token's claims; raises nothing.

    The data is as `tfgen.source.parse` has it. A signed token is refused: its signature could not be checked without
    a call, and it is a credential that should lie in no file.
    """
    decoded = decode(text, name)
    if not isinstance(decoded, Text):
        return decoded
    if len(text) > LARGEST:
        return (_at(decoded, Code.TOO_LARGE, f"the claims have more than {LARGEST:,} bytes", 0, "", 0),)
    bare = _AROUND.sub("", decoded.text)
    holds_token = _CREDENTIAL.search(bare) is not None
    if _SIGNED.fullmatch(bare) or (holds_token and not bare.startswith("{")):
        message = "this is a token, and its claims are needed as JSON: no signature is checked here"
        advice = "decode the part between its first two dots (base64url) into a file; the token itself is a credential"
        # Without the line, so that the credential ends up in no log.
        return (replace(_at(decoded, Code.NOT_JSON, message, 0, advice, 0), source_line=""),)
    fault = _fault(decoded)
    document = parse(text, name) if fault is None else (fault,)
    if isinstance(document, Document):
        return document
    lines = (replace(found, source_line="") if holds_token else found for found in document)
    return tuple(replace(found, help=found.help.replace("several postures", "less")) for found in lines)


def _fault(text: Text) -> Diagnostic | None:
    """What keeps a text from being an object of JSON."""
    try:
        data = json.loads(text.text, parse_constant=_refuse)
    except json.JSONDecodeError as error:
        said = f"{error.msg[:1].lower()}{error.msg[1:]}"
        return _at(text, Code.NOT_JSON, f"this is not valid JSON: {said}", error.pos)
    except _ConstantError as error:
        position = max(text.text.find(str(error)), 0)
        return _at(text, Code.NOT_JSON, f"{error} is no value of JSON", position, "", len(str(error)))
    except RecursionError:
        return None  # the other reader says where it is too deep
    except ValueError:  # an integer with thousands of digits
        return _at(text, Code.NOT_JSON, "a number has too many digits", 0, "", 0)
    if isinstance(data, dict):
        return None
    message = "the claims of a token are an object of JSON: names with values"
    return _at(text, Code.NOT_JSON, message, 0, 'write {"iss": "...", ...}')


class _ConstantError(Exception):
    """NaN or an infinity, which Python would read and RFC 8259 does not have."""


def _refuse(constant: str) -> NoReturn:
    raise _ConstantError(constant)


def _at(text: Text, code: Code, message: str, start: int, help_: str = "", length: int = 1) -> Diagnostic:
    span = text.span(start, min(start + length, len(text.text)))
    return Diagnostic(code, Severity.ERROR, message, text.name, span, help_, text.line(span.line))
