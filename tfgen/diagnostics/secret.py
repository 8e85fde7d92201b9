"""What looks like a secret, by its form or by the name beside it, and text without it. Knows no file and no format.

Found by form: credentials of requests, tokens, keys of services that mark theirs, passwords in URLs. A text may hold a
secret in another form; where a name says so it is found by the name.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Final

HIDDEN: Final = "..."

_FORMS: Final = re.compile(
    r"""
    (?<=://)[^/\s?\#@"'{}<>$]+(?=@)                                           # what a URL signs in with
    | (?<=[?&;])(?i:access_token|id_token|token|api_?key|key|password|passwd|pwd|secret|client_secret|sig|signature
        |x-amz-signature|x-amz-security-token|code)=[^&;\s\#"']+              # a credential in its query
    | \b(?i:bearer|basic|digest|token|apikey)[ ]+(?=[^\s"']*[0-9+/=_-])[A-Za-z0-9._~+/=-]{8,}  # RFC 9110, section 11.4
    | \bey[JA][A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]*)*                          # a token: RFC 7515 and RFC 7516
    | \b(?:sk|pk|rk)[-_][A-Za-z0-9][A-Za-z0-9_-]{14,} | \bgh[opsur]_[A-Za-z0-9]{16,} | \bgithub_pat_[A-Za-z0-9_]{16,}
    | \bgl(?:pat|dt|rt|cbt)-[A-Za-z0-9_-]{16,} | \bxox[a-z]-[A-Za-z0-9-]{10,} | \b(?:AKIA|ASIA)[A-Z0-9]{16}\b
    | \bAIza[A-Za-z0-9_-]{30,} | \bhf_[A-Za-z0-9]{20,} | \bnpm_[A-Za-z0-9]{20,} | \bpypi-[A-Za-z0-9_-]{20,}
    | \bSG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,} | \bdop_v1_[a-f0-9]{32,}
    | -----BEGIN[ ][A-Z ]*PRIVATE[ ]KEY-----.*
    """,
    re.VERBOSE | re.ASCII | re.DOTALL,
)
_RANDOM: Final = re.compile(
    r"(?<![A-Za-z0-9+/=_:.-])(?=[A-Z0-9+/=_]{0,39}[a-z])(?=[a-z0-9+/=_]{0,39}[A-Z])(?=[A-Za-z+/=_]{0,39}[0-9])"
    r"[A-Za-z0-9+/=_]{40,}"
)
"""Forty characters of base64 in a row, of all kinds: words and paths have none, and digests no capitals."""
_NAMED: Final = re.compile(r"""(?P<name>[A-Za-z_][A-Za-z0-9_.-]*)["']?\s*[:=]\s*(?P<value>[^\s{[#].*)""")
_WORDS: Final = frozenset({"SECRET", "TOKEN", "PASSWORD", "PASSWD", "PASSPHRASE", "PWD", "APIKEY"})
_PAIRS: Final = frozenset({("API", "KEY"), ("PRIVATE", "KEY"), ("ACCESS", "KEY"), ("SIGNING", "KEY")})
_ABOUT: Final = frozenset({"ARN", "NAME", "ID", "URL", "PATH", "VERSION", "TYPE", "PROFILE", "FILE", "TTL", "LENGTH"})
_LAST: Final = frozenset({"AUTHORIZATION", "COOKIE", "CREDENTIAL", "CREDENTIALS"})
"""Words that make a secret of a name only where it ends with them."""
_CAMEL: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


def names_secret(name: str) -> bool:
    """Whether what has this name is likely a secret itself, and no more than something about one."""
    words = _CAMEL.sub("_", name).upper().replace("-", "_").replace(".", "_").split("_")
    if words[-1] in _ABOUT:
        return False
    return words[-1] in _LAST or bool(_WORDS & set(words)) or any(pair in _PAIRS for pair in pairwise(words))


def looks_secret(value: str) -> bool:
    """Whether a text holds what has the form of a secret."""
    return _FORMS.search(value) is not None


def without_secrets(text: str) -> str:
    """Give a text to be shown, with what has the form of a secret left out."""
    return _RANDOM.sub(HIDDEN, _FORMS.sub(HIDDEN, text))


def line_without_secrets(line: str) -> str:
    """Give a line of a file, as long as before: what has the form of a secret, or stands under its name, is starred."""
    found = next((found for found in _NAMED.finditer(line) if names_secret(found["name"])), None)
    if found is not None and not found["value"].startswith(("arn:", "'arn:", '"arn:')):
        line = line[: found.start("value")] + "*" * (len(line) - found.start("value"))
    for form in (_FORMS, _RANDOM):
        line = form.sub(lambda match: "*" * len(match[0]), line)
    return line
