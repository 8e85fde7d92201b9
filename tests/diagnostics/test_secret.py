"""No secret of a posture or a token is printed, in any format; and it is asked to be given in another way."""

from __future__ import annotations

import base64
import json
import textwrap
from pathlib import Path

import pytest

from tfgen.cli import main as cli
from tfgen.diagnostics.secret import HIDDEN, line_without_secrets, looks_secret, names_secret, without_secrets


def _part(data: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(data).encode()).decode().rstrip("=")


HEADER = _part({"alg": "RS256", "kid": "1"})
PAYLOAD = _part({"iss": "https://idp.example.com", "sub": "ada-the-customer", "aud": "agents"})
SIGNATURE = "c2lnbmF0dXJlLW9mLXRoZS10b2tlbi10aGF0LWlzLWxvbmc"
SIGNED = f"{HEADER}.{PAYLOAD}.{SIGNATURE}"
ENCRYPTED = f"{_part({'alg': 'RSA-OAEP', 'enc': 'A256GCM'})}.{SIGNATURE}.aXYtaXYtaXY.{PAYLOAD}.dGFnLXRhZw"

SECRETS = {
    "bearer": "Bearer sk-abcdefghijklmnop1234567890",
    "basic": "Basic dXNlcjpodW50ZXIy",
    "key": "sk-proj-abcdefghijklmnop1234567890",
    "stripe": "sk_live_abcdefghijklmnop",
    "github": "ghp_abcdefghijklmnopqrstuvwxyz0123456789",
    "gitlab": "glpat-abcdefghijklmnopqrst",
    "slack": "xoxb-123456789012-abcdefghij",
    "aws": "AKIAIOSFODNN7EXAMPLE",
    "url": "https://user:hunter2@example.com/mcp",
    "url-token": "https://x-access-tokenABC@example.com/r.git",
    "query": "https://example.com/mcp?api_key=hunter2hunter2",
    "signed": SIGNED,
    "encrypted": ENCRYPTED,
    "pem": "-----BEGIN RSA PRIVATE KEY-----\nMIIE",
}
PLAIN = (
    "https://example.com/a@b/c?page=2", "arn:aws:secretsmanager:eu-central-1:111122223333:secret:api-AbCdEf",
    "You are a bearer of good news, a basic helper.", "the token of appreciation", "sk", "mailto:a@b.example",
    "global.anthropic.claude-haiku-4-5-20251001-v1:0", "ssh://example.com/x", "tokens/min: 5",
    "${arn:aws:bedrock-agentcore:eu-central-1:111122223333:token-vault/default/apikeycredentialprovider/search}",
    f"sha256:{'0123456789abcdef' * 4}",
)  # fmt: skip


@pytest.mark.parametrize("secret", SECRETS.values(), ids=SECRETS)
def test_a_secret_is_known_by_its_form(secret: str) -> None:
    assert looks_secret(secret)
    shown = without_secrets(f"x is {secret!r}")
    assert HIDDEN in shown
    for part in ("hunter2", "abcdefghij", SIGNATURE, PAYLOAD, "MIIE", "AKIA", "dXNl", "tokenABC"):
        assert part not in shown
    line = f"    a: {secret}".replace("\n", " ")
    assert len(line_without_secrets(line)) == len(line)


@pytest.mark.parametrize("text", PLAIN)
def test_what_is_no_secret_stays(text: str) -> None:
    assert not looks_secret(text)
    assert without_secrets(text) == text


def test_a_name_tells_a_secret_from_what_is_about_one() -> None:
    for name in ("DB_PASSWORD", "apiKey", "X-Api-Key", "Authorization", "SESSION_TOKEN", "client.secret", "accessKey"):
        assert names_secret(name), name
    for name in ("SECRET_ARN", "TOKEN_URL", "max_tokens", "token_version", "authorization_server", "KEYBOARD", "a"):
        assert not names_secret(name), name


POSTURE = """\
tfgen: 1
name: leaky
harness:
  harness_name: leaky
  model: {{ bedrock_model_config: {{ model_id: amazon.nova-pro-v1:0 }} }}
  memory: {{ disabled: {{}} }}
  environment_variables:
    DB_PASSWORD: hunter2hunter2
    SETTINGS: {setting}
  tools:
    - name: search
      type: remote_mcp
      config:
        remote_mcp:
          url: "{url}"
          headers: {{ Authorization: "{header}", X-Api-Key: hunter3hunter3 }}
  unknown_key: {wrong}
"""


@pytest.mark.parametrize("form", ["text", "json", "github", "sarif"])
def test_no_format_shows_a_secret_of_a_posture(form: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    url, header = SECRETS["url"], SECRETS["bearer"]
    wrong = json.dumps(SECRETS["github"])
    text = POSTURE.format(url=url, header=header, setting=json.dumps(SECRETS["aws"]), wrong=wrong)
    (tmp_path / "p.yaml").write_text(text, "utf-8")
    assert cli.run(["check", str(tmp_path / "p.yaml"), "--format", form]) == 1
    shown = "".join(capsys.readouterr())
    for secret in ("hunter2", "hunter3", "abcdefghij", "AKIA"):
        assert secret not in shown
    if form == "json":
        warned = {(one["line"], one["severity"]) for one in json.loads(shown)["diagnostics"]}
        assert warned == {(8, "warning"), (9, "warning"), (15, "warning"), (16, "warning"), (17, "error")}


def test_a_diff_shows_no_secret(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    posture = str(Path(__file__).parents[2] / "examples" / "minimal" / "posture.yaml")
    assert cli.run(["render", posture, "--out", str(tmp_path)]) == 0
    main = tmp_path / "main.tf"
    main.write_text(main.read_text("utf-8") + f'# {SIGNED}\n# db_password = "hunter2hunter2"\n', "utf-8")
    capsys.readouterr()
    assert cli.run(["render", posture, "--out", str(tmp_path), "--check", "--diff"]) == 1
    shown = "".join(capsys.readouterr())
    assert "hunter2" not in shown
    assert PAYLOAD not in shown


WRAPPED = {
    "bare": SIGNED,
    "bearer": f"Authorization: Bearer {SIGNED}",
    "quoted": json.dumps(SIGNED),
    "single": f"'{SIGNED}'",
    "wrapped": textwrap.fill(SIGNED, 40),
    "wrapped-quoted": f'"{textwrap.fill(SIGNED, 30)}"',
    "encrypted": ENCRYPTED,
    "encrypted-wrapped": textwrap.fill(ENCRYPTED, 25),
    "listed": json.dumps([SIGNED]),
    "in-an-object": json.dumps({"access_token": SIGNED, "iss": 5}),
    "in-a-torn-object": f'{{"access_token": "{SIGNED}", \n',
    "twice": f'{{"a": "{SIGNED}",\n "a": "{SIGNED}"}}',
    "as-a-key": json.dumps({SIGNED: 1, "iss": "x"}),
    "as-an-issuer": json.dumps({"iss": SIGNED, "aud": SIGNED, "client_id": SIGNED}),
    "cut": SIGNED[: len(HEADER) + 40],
}


@pytest.mark.parametrize("form", ["text", "json", "github", "sarif"])
@pytest.mark.parametrize("given", WRAPPED.values(), ids=WRAPPED)
def test_no_part_of_a_token_is_printed(
    given: str, form: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "token").write_text(given, "utf-8")
    posture = str(Path(__file__).parents[2] / "examples" / "support-agent" / "posture.yaml")
    assert cli.run(["check", posture, "--token", str(tmp_path / "token"), "--format", form]) == 1
    shown = "".join(capsys.readouterr())
    token = SIGNED if "encrypted" not in given else ENCRYPTED
    pieces = {part[at : at + 12] for part in token.split(".") for at in range(max(1, len(part) - 12))}
    assert not any(piece in shown for piece in pieces)
