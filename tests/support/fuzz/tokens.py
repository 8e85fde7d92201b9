"""Fuzzer of `check --token`: claims mutated as text and as data: exit 0, 1 or 2, and none let in by an error.

A token whose issuer or client is another one is never let in, whatever else is in it.
"""

from __future__ import annotations

import io
import json
from pathlib import Path
from random import Random
from typing import Any, Final

from authorizer_samples import claim, written
from fuzz import mutate
from fuzz.sources import run
from fuzz.target import Files, Target, write
from posture_samples import small

_ISSUER: Final = "https://idp.example.com/x"
_TOKEN: Final[dict[str, Any]] = {
    "iss": _ISSUER, "aud": "agents", "client_id": "shop", "scope": "read", "groups": ["staff"], "tier": "gold",
    "exp": 1_900_000_000, "nbf": 0, "iat": 0,
}  # fmt: skip


def _posture() -> dict[str, Any]:
    authorizer = written(
        allowed_audience=["agents"], allowed_clients=["shop"], allowed_scopes=["read"],
        custom_claims=[claim("groups", "STRING_ARRAY", "CONTAINS", "staff"), claim("tier", "STRING", "EQUALS", "gold")],
    )  # fmt: skip
    return small(authorizer_configuration=authorizer)


def make(random: Random) -> Files:
    """The claims of a token that is right but for what is changed in it."""
    claims = mutate.data(random, _TOKEN)
    said = json.dumps(claims)
    if random.random() < 0.3:
        said = mutate.text(random, said)
    return {"token.json": said.encode(errors="surrogatepass")}


def judge(files: Files, scratch: Path) -> str:
    """Check the token; let in may only be one that Python's own reader finds everything in."""
    write({**files, "posture.yaml": json.dumps(_posture()).encode()}, scratch)
    out = io.StringIO()
    arguments = ["check", str(scratch / "posture.yaml"), "--token", str(scratch / "token.json")]
    wrong = run([*arguments, "--at", "2026-11-24T12:00:00Z"], out)
    if wrong or "let in by" not in out.getvalue():
        return wrong
    try:
        claims = json.loads(files["token.json"])
    except ValueError:
        return "let in, and it is no JSON"
    needed = {key: value for key, value in _TOKEN.items() if key in ("iss", "client_id", "scope", "tier")}
    missing = [key for key, value in needed.items() if not _has(claims.get(key), value)]
    return f"let in without {missing}" if missing else ""


def _has(given: object, wanted: object) -> bool:
    if isinstance(given, str) and isinstance(wanted, str):
        return wanted in given.split()
    return isinstance(given, list) and wanted in given


TARGET: Final = Target("tokens", make, judge)
