"""Fuzzer of imports: the sources and roles of the tests, mutated as text and as data, and Terraform made at random.

Every import ends with 0, 1 or 2: never with an exception, and never with a result that tfgen itself refuses.
"""

from __future__ import annotations

import io
import json
from contextlib import redirect_stderr, redirect_stdout
from functools import cache
from pathlib import Path
from random import Random
from typing import Final
from unittest import mock

from foreign import foreign
from fuzz import mutate
from fuzz.target import Files, Target, write

from tfgen.cli import main as cli

_TESTS: Final = Path(__file__).parents[2]
_POSTURE: Final = _TESTS.parent / "examples" / "support-agent" / "posture.yaml"


@cache
def seeds() -> tuple[Files, ...]:
    """The sources of the tests, each as a file or a directory below `source/`."""
    found = []
    for path in sorted((_TESTS / "imports" / "sources").iterdir()):
        files = sorted(one for one in path.rglob("*") if one.is_file()) if path.is_dir() else [path]
        base = path if path.is_dir() else path.parent
        found.append({f"source/{one.relative_to(base)}": one.read_bytes() for one in files})
    return tuple(found)


@cache
def roles() -> tuple[bytes, ...]:
    """The roles of the tests, as JSON."""
    return tuple(path.read_bytes() for path in sorted((_TESTS / "fixtures" / "roles").iterdir()))


def make(random: Random) -> Files:
    """A source, mostly mutated; at times with a role, or with a posture to bring up to date, mutated too."""
    files = dict(random.choice(seeds()))
    what = random.random()
    if what < 0.2:
        files = {"source/main.tf": _expressions(random).encode()}
    elif what < 0.9:
        name = random.choice(sorted(files))
        files[name] = _mutated(random, name, files[name])
    extra = random.random()
    if extra < 0.2 or what >= 0.9:
        files["role/role.json"] = _mutated(random, "role.json", random.choice(roles()))
    elif extra < 0.3:
        own = _POSTURE.read_bytes()
        files["posture.yaml"] = (
            own if random.random() < 0.5 else mutate.text(random, own.decode()).encode(errors="replace")
        )
    return files


def _mutated(random: Random, name: str, given: bytes) -> bytes:
    if name.endswith(".json") and random.random() < 0.7:
        return json.dumps(mutate.data(random, json.loads(given))).encode()
    if random.random() < 0.02:
        return given[: random.randint(0, len(given))] + random.randbytes(3) + given
    return mutate.text(random, given.decode()).encode(errors="surrogatepass")


_HARNESS: Final = """
variable "v" {{ default = {0} }}
variable "w" {{}}
locals {{
  a = {1}
  b = {2}
}}
resource "aws_bedrockagentcore_harness" "desk" {{
  harness_name       = "desk"
  execution_role_arn = {3}
  model {{
    bedrock_model_config {{
      model_id = {4}
    }}
  }}
  {5} = {6}
  dynamic "system_prompt" {{
    for_each = {7}
    content {{
      text = {8}
    }}
  }}
  tags = {9}
}}
"""
_ATTRIBUTES: Final = (
    "allowed_tools",
    "max_iterations",
    "environment_variables",
    "count",
    "for_each",
    "memory",
    "tools",
)


def _expressions(random: Random) -> str:
    made = [_expression(random, random.randint(0, 5)) for _ in range(10)]
    made[5] = random.choice(_ATTRIBUTES)
    whole = _HARNESS.format(*made)
    return mutate.text(random, whole) if random.random() < 0.3 else whole


_NAMES: Final = (
    "var.v", "var.w", "local.a", "local.b", "each.value", "each.key", "count.index", "x", "k", "path.module",
    "var.none",
    "data.aws_region.current.region", "aws_iam_role.desk.arn", "module.m.out", "self", "null", "true",
    "terraform.workspace",
)  # fmt: skip
_LITERALS: Final = (
    '"a"', '""', "0", "1", "-1", "1.5", "1e400", "1e-400", '"${var.v}"', '"a${local.a}b"', '"$${x}"',
    '"%%{x}"', "[]", "{}", '"é"', "null",
    "<<E\nx ${var.v}\nE\n", "<<-E\n  x\n    y\n  E\n", '"a\\nb"', "99999999999999999999999999",
    '"%{ if true }a%{ endif }"',
)  # fmt: skip
_FUNCTIONS: Final = (
    "concat", "merge", "jsonencode", "jsondecode", "format", "join", "split", "length", "keys", "values",
    "lookup", "element",
    "toset", "tolist", "tomap", "coalesce", "compact", "flatten", "distinct", "try", "can", "file",
    "templatefile", "replace",
    "lower", "upper", "trimspace", "tostring", "tonumber", "tobool", "range", "zipmap", "setproduct",
    "contains", "one", "sum",
    "max", "min", "slice", "substr", "yamlencode", "yamldecode", "base64encode", "regex", "formatlist", "nope",
    "toset", "abs",
    "chunklist", "reverse", "sort", "title", "trimprefix", "coalescelist", "cidrsubnet", "index", "startswith",
    "alltrue",
)  # fmt: skip
_OPERATORS: Final = ("+", "-", "*", "/", "%", "==", "!=", "<", ">", "<=", ">=", "&&", "||")


def _expression(random: Random, depth: int) -> str:  # noqa: C901 - one case for each kind
    """An expression of HCL, most of them wrong in type."""

    def inner() -> str:
        return _expression(random, depth - 1)

    def several() -> list[str]:
        return [inner() for _ in range(random.choice((0, 1, 1, 2, 3)))]

    gap = random.choice(("", "", "", "", " ", "/* c */", "\n", " # c\n"))
    if depth <= 0:
        return random.choice(_LITERALS if random.random() < 0.5 else _NAMES)
    match random.randrange(12):
        case 0:
            return f"{random.choice(_FUNCTIONS)}({', '.join(several())}{random.choice(('', '', '', '...', ','))})"
        case 1:
            return f"[{gap}{f',{gap}'.join(several())}{gap}]"
        case 2 | 3:
            keys = ("a", '"b c"', f"({inner()})", "local.a", '"${var.v}"', "1", "null", "true", "for")
            items = (f"{gap}{random.choice(keys)}{gap} {random.choice('=:')} {one}" for one in several())
            return f"{{{random.choice((', ', chr(10))).join(items)}{gap}}}"
        case 4:
            return f"{inner()} {random.choice(_OPERATORS)} {inner()}"
        case 5:
            return f"({gap}{inner()}{gap})"
        case 6:
            return f"{inner()} ? {inner()} : {inner()}"
        case 7:
            names = random.choice(("x", "k, x"))
            condition = random.choice(("", f" if {inner()}"))
            return f"[for {names} in {inner()} : {inner()}{condition}]"
        case 8:
            return f"{{for k, x in {inner()} : {inner()} => {inner()}{random.choice(('', '', '...'))}}}"
        case 9:
            step = random.choice(("[0]", "[*]", "[*].a", ".*.a", ".a", ".0", f"[{inner()}]", "[*][0]", ".a.b"))
            return f"{inner()}{step}"
        case 10:
            return f"{random.choice('-!')}{inner()}"
        case _:
            return f'"a{random.choice("$%")}{{{inner()}}}b"'


def judge(files: Files, scratch: Path) -> str:
    """Import an input; say what is wrong with the exit code or with what was printed."""
    write(files, scratch)
    sources = [name for name in files if name.startswith("source/")]
    arguments = ["import", str(scratch / (sources[0] if len(sources) == 1 else "source"))]
    if "role/role.json" in files:
        arguments += ["--role", str(scratch / "role" / "role.json")]
    if "posture.yaml" in files:
        arguments += ["--merge", str(scratch / "posture.yaml"), "--out", "-"]
    if sum(map(len, files.values())) % 2:
        arguments += ["--format", "json"]
    return run(arguments)


def run(arguments: list[str], out: io.StringIO | None = None) -> str:
    """Run tfgen in this process; a bug that it would report is raised, and any other exit than 0, 1 and 2 is said."""
    bugs: list[BaseException] = []
    out, err = out or io.StringIO(), io.StringIO()

    def report(error: BaseException, artifact: str) -> str:
        bugs.append(error)
        return artifact

    with redirect_stdout(out), redirect_stderr(err), mock.patch("tfgen.cli.crash.report", report):
        code = cli.run(arguments)
    if bugs:
        raise bugs[0]
    if code not in (0, 1, 2):
        return f"exit code {code}"
    if code and not err.getvalue().strip() and not out.getvalue().strip():
        return f"exit code {code} without a word"
    words = foreign(err.getvalue())
    return f"words of a library are printed: {words}" if words else ""


TARGET: Final = Target("sources", make, judge)
