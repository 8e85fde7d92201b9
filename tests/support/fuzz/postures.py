"""Postures with something odd in them, the same ones for a seed: check and render agree about each, and neither fails.

    python tests/support/fuzz/postures.py [SEED [SECONDS]]

prints how many were tried and the worst of them; what fails is printed as JSON, which is a posture.
"""

from __future__ import annotations

import json
import resource
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

HERE = Path(__file__).parent
if __name__ == "__main__":
    sys.path[:0] = [str(HERE.parent), str(HERE.parents[2])]

from foreign import foreign  # noqa: E402
from posture_samples import ARN, GATEWAY_ARN, KEY_ARN, document, example, leaves, small  # noqa: E402
from random_postures import some_posture  # noqa: E402

from tfgen.app import render as app  # noqa: E402
from tfgen.app.check import check  # noqa: E402
from tfgen.diagnostics import Severity, TfgenError  # noqa: E402
from tfgen.posture import validate  # noqa: E402

ODD: tuple[Any, ...] = (
    *(
        "",
        " ",
        "a ",
        " a",
        "a\x85b",
        "a\u200bb",
        "a\u202eb",
        "\u2003a",
        "\ufeffa",
        "e\u0301",
        "\U0001f469\u200d\U0001f4bb",
    ),
    *(
        "a\nb",
        "a\tb",
        "a\rb",
        "\x1b[31m",
        "\x00",
        "\x7f",
        "\ud800",
        "${x}",
        "$${x",
        "%{ if }",
        "${",
        '"',
        "\\",
        "#",
        "<<-E",
    ),
    *(
        "*",
        "?",
        "a*",
        "-",
        "--",
        ".",
        "..",
        "a/..",
        "/",
        "0",
        "00",
        "1e9",
        "yes",
        "null",
        "~",
        "@",
        "@builtin",
        "a" * 300,
    ),
    *(ARN, f"{ARN}x", GATEWAY_ARN, KEY_ARN, KEY_ARN.replace("apikey", "oauth2"), "arn:aws:s3:::b", "arn:aws:s3:::b/*"),
    *(
        "arn:aws-cn:iam::111122223333:role/a",
        "arn:aws:iam::aws:policy/a",
        "https://a",
        "https://u:p@a/b?c=d#e",
        "s3://a/b",
    ),
    *(None, True, False, 0, -1, 1, 2**31, 2**64, 0.5, -0.0, 1e308, [], {}, [[]], [{}], {"": ""}, [""], {"a": None}),
    *({"input": "x"}, {"input": ""}, {"input": ["x"]}, [{"input": "x"}], {"input": "x", "a": 1}, {"input": "list"}),
)
"""Values that have broken something somewhere, or that nobody thinks of."""

_PLACES = list(leaves())
_INPUTS = {
    "x": {"description": "One."},
    "list": {"description": "Many.", "type": "list(string)"},
}
_EXTRA = {"actions": ["s3:GetObject"], "on": ["arn:aws:s3:::b/k"], "why": "The agent reads it."}


@dataclass
class Report:
    """What a run came to."""

    tried: int = 0
    valid: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    failures: list[tuple[str, str]] = field(default_factory=list)
    """What went wrong, and the posture as JSON."""
    worst: tuple[float, str] = (0.0, "")
    """The longest time in seconds of processor, and its posture."""


def postures(seed: int) -> Iterator[dict[str, Any]]:
    """Postures without an end: most of them valid in form, since only these are rendered; others with odd values."""
    random = Random(seed)
    while True:
        data = deepcopy(some_posture(random)) if random.random() < 0.5 else small()
        for _ in range(random.randint(0, 4)):
            route, slot = random.choice(_PLACES)
            data = _if_valid(_merged(data, document(route, example(slot))), data)
        if random.random() < 0.3:
            data["provision"] = random.choice(["aws", "awscc"])
        for change in random.sample([_speak, _spoil, _spoil, _spoil], random.randint(0, 4)):
            changed = deepcopy(data)
            change(random, changed)
            data = changed if random.random() < 0.1 else _if_valid(changed, data)
        yield _declared(data)


def _if_valid(changed: dict[str, Any], data: dict[str, Any]) -> dict[str, Any]:
    return data if validate(_declared(deepcopy(changed))).posture is None else changed


def _declared(data: dict[str, Any]) -> dict[str, Any]:
    """The posture with the inputs that it uses."""
    text = json.dumps(data)
    for name, declared in _INPUTS.items():
        if f'{{"input": "{name}"}}' in text and isinstance(data.setdefault("inputs", {}), dict):
            data["inputs"].setdefault(name, dict(declared))
    return data


def _merged(data: Any, other: Any) -> Any:
    """Both, with what the second says where they differ."""
    if not (isinstance(data, dict) and isinstance(other, dict)):
        return other
    return {**data, **{key: _merged(data[key], value) if key in data else value for key, value in other.items()}}


def _speak(random: Random, data: dict[str, Any]) -> None:
    """Put an odd text where any text may be."""
    odd = random.choice([one for one in ODD if isinstance(one, str)])
    harness = data["harness"]
    match random.randrange(8):
        case 0:
            data["description"] = odd
        case 1:
            data["tags"] = {random.choice(["team", odd]): odd}
        case 2:
            data["extra"] = [{**_EXTRA, "why": odd}]
        case 3:
            harness["system_prompt"] = random.choice([[{"text": odd}], []])
        case 4:
            harness["environment_variables"] = {"A": odd}
        case 5:
            data["access"] = [{"name": random.choice(["callers", odd]), "may": ["invoke"], "why": odd}]
            if random.random() < 0.8:
                del data["access"][0]["why"]
        case 6:
            schema = {"type": "object", "properties": {odd: {"description": odd}}}
            tool = {"description": odd, "input_schema": schema}
            harness["tools"] = [{"type": "inline_function", "name": "f", "config": {"inline_function": tool}}]
        case _:
            data["inputs"] = {"x": {"description": odd, "default": random.choice([odd, GATEWAY_ARN])}}
            config = {"agentcore_gateway": {"gateway_arn": {"input": "x"}}}
            harness["tools"] = [{"type": "agentcore_gateway", "name": "g", "config": config}]


def _spoil(random: Random, data: dict[str, Any]) -> None:
    """Change one thing: a value becomes odd, goes, comes twice, or takes the place of another."""
    places = list(_containers(data))
    holder = random.choice(places)
    keys = list(holder) if isinstance(holder, dict) else list(range(len(holder)))
    if not keys:
        return
    key = random.choice(keys)
    match random.randrange(6):
        case 0:
            del holder[key]
        case 1 if isinstance(holder, list):
            holder.append(deepcopy(holder[key]))
        case 2:
            other = random.choice(places)
            values = list(other.values()) if isinstance(other, dict) else list(other)
            if values:
                holder[key] = deepcopy(random.choice(values))
        case 3 if isinstance(holder, dict):
            odd = random.choice([one for one in ODD if isinstance(one, str)])
            holder[odd] = holder.pop(key)
        case _:
            holder[key] = deepcopy(random.choice(ODD))


def _containers(data: Any) -> Iterator[Any]:
    if isinstance(data, dict | list):
        yield data
        for inner in data.values() if isinstance(data, dict) else data:
            yield from _containers(inner)


def outcome(data: dict[str, Any], folder: Path) -> tuple[str, str]:
    """What becomes of a posture, in a word, and what is wrong with that; nothing is where all is well."""
    path = folder / "posture.yaml"
    path.write_text(json.dumps(data), "utf-8")  # JSON is YAML
    try:
        checked = check(str(path))
        rendered = app.render(str(path))
    except TfgenError:
        return "unreadable", ""
    except Exception as error:  # noqa: BLE001 - that is what is looked for
        return "crash", f"{type(error).__name__}: {error}"
    told = "\n".join(f"{one.message}\n{one.help}" for one in checked.diagnostics)
    if foreign(told):
        return "foreign", told
    refused = any(found.severity is Severity.ERROR for found in checked.diagnostics)
    if refused == rendered.ok or checked.diagnostics != rendered.diagnostics:
        return "differ", f"check: {[one.code.value for one in checked.diagnostics]}, render: {rendered.ok}"
    return ("refused" if refused else "rendered"), ""


def run(seed: int, *, count: int | None = None, seconds: float | None = None) -> Report:
    """Try postures until so many are tried, or so many seconds have passed."""
    report = Report()
    ends = None if seconds is None else time.monotonic() + seconds
    with tempfile.TemporaryDirectory() as folder:
        for data in postures(seed):
            if (count is not None and report.tried >= count) or (ends is not None and time.monotonic() >= ends):
                return report
            began = time.process_time()
            word, wrong = outcome(data, Path(folder))
            report.tried += 1
            report.outcomes[word] += 1
            report.worst = max(report.worst, (time.process_time() - began, json.dumps(data)))
            if wrong:
                report.failures.append((wrong, json.dumps(data)))
    return report


def main() -> int:
    """Run for a seed and some seconds."""
    seed = int(sys.argv[1]) if len(sys.argv) > 1 else 1
    seconds = float(sys.argv[2]) if len(sys.argv) > 2 else 60.0
    report = run(seed, seconds=seconds)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"postures: seed {seed}, {report.tried} tried, {dict(report.outcomes)}, {len(report.failures)} failures")
    print(f"worst: {report.worst[0]:.2f} s of processor; {memory} MB at most; {report.worst[1][:400]}")
    for wrong, data in report.failures:
        print(f"{wrong}\n  {data}")
    return 1 if report.failures else 0


if __name__ == "__main__":
    sys.exit(main())
