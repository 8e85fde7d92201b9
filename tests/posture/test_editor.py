"""What editors make of the JSON Schema: judged by the YAML language server, which `make test` puts into `build/editor`.

The places are found in the schema itself: every union, every mapping, every text.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml
from editor_places import ITEM, Place, Question, places

from tfgen.posture import schema
from tfgen.posture.base import OneOf

ROOT = Path(__file__).parents[2]
SERVER = ROOT / "build" / "editor"
SCHEMA = schema()
PLACES = places(SCHEMA)
CHOICES = [place for place in PLACES if place.is_choice]
TEXTS = [place for place in PLACES if place.steps and any("pattern" in part for part in place.alternatives)]
POSTURES = [
    *ROOT.glob("examples/*/posture.yaml"),
    *ROOT.glob("modules/**/posture.yaml"),
    *ROOT.glob("tests/cases/ok/*.yaml"),
]


@dataclass(frozen=True)
class Answer:
    """What an editor shows for one question."""

    completions: Mapping[str, str]
    """What is inserted, by label."""
    documentation: Mapping[str, str]
    hover: str
    diagnostics: tuple[tuple[int, str], ...]
    """Lines and messages."""

    def at(self, line: int) -> list[str]:
        """The messages about one line."""
        return [message for place, message in self.diagnostics if place == line]


Ask = Callable[[Sequence[Question]], list[Answer]]


@pytest.fixture(scope="module")
def ask() -> Ask:
    """The language server with the schema of postures, where Node and the server are there."""
    node = shutil.which("node")
    if node is None or not (SERVER / "node_modules").is_dir():
        reason = "no node, or no language server in build/editor: `make test` installs it where npm is"
        # Whoever wants nothing skipped has Node, or is told; a machine without any Node cannot judge.
        if node is not None and os.environ.get("TFGEN_REQUIRE_TERRAFORM") == "1":
            pytest.fail(reason, pytrace=False)
        pytest.skip(reason)

    def asked(questions: Sequence[Question], about: Mapping[str, Any] = SCHEMA) -> list[Answer]:
        done = subprocess.run(
            [node, "ask.mjs"],
            cwd=SERVER,
            input=json.dumps({"schema": about, "questions": [asdict(question) for question in questions]}),
            capture_output=True,
            encoding="utf-8",
            timeout=300,
            check=True,
        )
        answers = [_answer(row) for row in json.loads(done.stdout)]
        assert len(answers) == len(questions) > 0
        return answers

    return asked


def _answer(row: Mapping[str, Any]) -> Answer:
    offered = row["completions"]
    return Answer(
        {one["label"]: one["text"] for one in offered},
        {one["label"]: one["documentation"] for one in offered},
        row["hover"],
        tuple((one["line"], one["message"]) for one in row["diagnostics"]),
    )


def chosen(snippet: str) -> str:
    """What a snippet leaves in the text when each of its fields is left as it is proposed."""
    first = re.sub(r"\$\{\d+\|([^,|]*)[^|]*\|\}", r"\1", snippet)
    filled = re.sub(r"\$\{\d+(?::((?:\\.|[^}\\])*))?\}|\$\d+", lambda field: field[1] or "", first)
    return re.sub(r"\\([$}\\])", r"\1", filled)


def plain(markdown: str) -> str:
    """Markdown without what only protects its characters and breaks its lines."""
    return " ".join(markdown.replace("\\", "").split())


def subclasses(kind: type[OneOf]) -> Iterator[type[OneOf]]:
    """Every union of the model."""
    for below in kind.__subclasses__():
        yield below
        yield from subclasses(below)


def test_every_union_of_the_model_is_found_in_the_schema() -> None:
    assert {place.keys for place in CHOICES} == {frozenset(union.keys()) for union in subclasses(OneOf)}
    assert len(CHOICES) > 100
    assert {place.steps[-1] == ITEM for place in CHOICES} == {True, False}  # in a list, and under a key


@pytest.mark.parametrize("after", ["", "\nname: order-support\n"], ids=["last", "amid"])
def test_an_empty_line_offers_every_key_that_may_stand_there(ask: Ask, after: str) -> None:
    mappings = [place for place in PLACES if place.keys and (place.steps or not after.strip())]
    assert {place.steps for place in CHOICES} <= {place.steps for place in mappings}
    for place, answer in zip(mappings, ask([place.beneath(after) for place in mappings]), strict=True):
        assert place.keys <= set(answer.completions), place.steps
        assert all(answer.documentation[key].endswith(".") for key in place.keys), place.steps


def test_a_member_that_is_chosen_is_the_whole_union(ask: Ask) -> None:
    """What is inserted for it reads as this key and no other, and the editor no longer asks for one of the keys."""
    questions = [place.beneath("\n") for place in CHOICES]
    edited: list[tuple[Place, str, Question]] = []
    for place, question, answer in zip(CHOICES, questions, ask(questions), strict=True):
        for key in sorted(place.keys):
            text = question.inserted(chosen(answer.completions[key]))
            assert set(_at(yaml.safe_load(text), place)) == {key}, text
            edited.append((place, key, Question(text, question.line, 0)))
    for (place, key, question), answer in zip(edited, ask([question for *_, question in edited]), strict=True):
        assert needed(place) not in answer.at(question.line), (place.steps, key)


def needed(place: Place) -> str:
    """What is told where a union has not exactly one of its keys."""
    return f"needed: exactly one of {', '.join(sorted(place.keys))}"


def _at(document: Any, place: Place) -> Any:
    for step in place.steps:
        document = document[step]
    return document


def test_beside_a_member_no_other_is_offered(ask: Ask) -> None:
    cases = [(place, key) for place in CHOICES for key in sorted(place.keys) if len(place.keys) > 1]
    questions = []
    for place, key in cases:
        question = place.beneath()
        begin = " " * question.character
        questions.append(Question.at_end(f"{question.text}{key}: {{}}\n{begin}", "\n"))
    for (place, key), answer in zip(cases, ask(questions), strict=True):
        assert place.keys & set(answer.completions) == frozenset(), (place.steps, key)


def test_two_members_and_none_are_told_what_is_needed(ask: Ask) -> None:
    questions = []
    several = [place for place in CHOICES if len(place.keys) > 1]
    for place in several:
        first, second = sorted(place.keys)[:2]
        question = place.beneath()
        begin = " " * question.character
        questions.append(Question(f"{question.text}{first}: {{}}\n{begin}{second}: {{}}\n", question.line + 1, 0))
    for place, question, answer in zip(several, questions, ask(questions), strict=True):
        both = [*answer.at(question.line - 1), *answer.at(question.line)]  # which of the two is wrong nobody knows
        assert needed(place) in both, (place.steps, both)
    for place, answer in zip(several, ask([place.beside("text") for place in several]), strict=True):
        assert needed(place) in answer.at(place.beside().line), place.steps


def test_a_mapping_without_keys_is_written_as_such(ask: Ask) -> None:
    empty = [place for place in PLACES if place.schema.get("type") == "object" and is_closed(place) and not place.keys]
    assert len(empty) > 5
    above = [Place(place.steps[:-1], SCHEMA).beneath("\n") for place in empty]
    for place, answer in zip(empty, ask(above), strict=True):
        assert answer.completions[str(place.steps[-1])] == f"{place.steps[-1]}: {{}}"
    for place, answer in zip(empty, ask([place.beside() for place in empty]), strict=True):
        assert list(answer.completions) == ["{}"], place.steps


def is_closed(place: Place) -> bool:
    """Whether no other key may stand here than those that the schema names."""
    return any(part.get("additionalProperties") is False for part in place.alternatives)


def test_every_named_value_and_every_example_is_offered(ask: Ask) -> None:
    named = [place for place in PLACES if place.steps and place.values]
    for place, answer in zip(named, ask([place.beside() for place in named]), strict=True):
        offered = [yaml.safe_load(chosen(text)) for text in answer.completions.values()]
        assert [value for value in place.values if value not in offered] == [], place.steps


def test_an_example_fits_and_what_breaks_a_pattern_is_told_our_sentence(ask: Ask) -> None:
    good, bad = [], []
    for place in TEXTS:
        for part in place.alternatives:
            if "pattern" in part:
                good.append((place, place.beside(json.dumps(part["examples"][0]))))
                bad.append((place, part, place.beside(json.dumps(misfit(part)))))
    for (place, question), answer in zip(good, ask([question for _, question in good]), strict=True):
        of_others = ("Missing property", "needed: exactly one of allow, deny")
        told = [message for message in answer.at(question.line) if not message.startswith(of_others)]
        assert told == [], place.steps
    for (place, part, question), answer in zip(bad, ask([question for *_, question in bad]), strict=True):
        told = answer.at(question.line)
        assert part["patternErrorMessage"] in told, (place.steps, told)
        assert not any(part["pattern"] in message for message in told), place.steps


def misfit(part: Mapping[str, Any]) -> str:
    """A text that breaks the pattern and, where one does, nothing else."""
    candidates = ["*?{}", "a b", " ", "\t", "é", "\u0001", "", "[", "${x}", "x" * 5000]
    long_enough = [text for text in candidates if len(text) >= part.get("minLength", 0)]
    return next(text for text in [*long_enough, *candidates] if not re.search(part["pattern"], text))


def test_what_goes_wrong_together_is_told_in_a_sentence(ask: Ask) -> None:
    cases = {
        "inputs:\n  count: {description: A.}": "needed: a name that the module does not use itself, so none of count, ",
        "inputs:\n  Count: {description: A.}": "needed: a lower-case letter followed by ",
        "tags:\n  AWS:team: a": "needed: a key that does not begin with aws:",
        "role:\n  {name: a, name_prefix: b}": "needed: one of name and name_prefix, or both as optional inputs",
        "expect:\n  - {allow: 's3:GetObject', deny: 's3:*'}": "needed: exactly one of allow, deny",
        "expect:\n  - {on: '*'}": "needed: exactly one of allow, deny",
    }
    questions = [Question.at_end(text, "\n") for text in cases]
    for question, told, answer in zip(questions, cases.values(), ask(questions), strict=True):
        messages = answer.at(question.line)
        assert [message for message in messages if message.startswith(told)], messages
        assert [message for message in messages if not message.startswith("needed: ")] == []


def test_an_unknown_key_is_marked(ask: Ask) -> None:
    closed = [place for place in PLACES if is_closed(place)]
    questions = []
    for place in closed:
        question = place.beneath()
        questions.append(Question.at_end(question.text + "nosuch: 1", "\n"))
    for place, question, answer in zip(closed, questions, ask(questions), strict=True):
        told = answer.at(question.line)
        is_text = any(part.get("type") == "string" for part in place.alternatives)  # which the engine then asks for
        marked = [message for message in told if is_text or "nosuch" in message or message == needed(place)]
        assert marked, (place.steps, told)


def test_hovering_over_a_key_shows_its_description(ask: Ask) -> None:
    described = [
        place for place in PLACES if place.steps and place.steps[-1] != ITEM and place.schema.get("description")
    ]
    for place, answer in zip(described, ask([place.on_key() for place in described]), strict=True):
        assert plain(place.schema["description"]) in plain(answer.hover), (place.steps, answer.hover)
        assert not re.search(r"\\`", answer.hover), place.steps


def test_good_postures_are_left_alone(ask: Ask) -> None:
    assert len(POSTURES) > 20
    answers = ask([Question(path.read_text("utf-8"), 0, 0) for path in POSTURES])
    assert {path: one.diagnostics for path, one in zip(POSTURES, answers, strict=True) if one.diagnostics} == {}


def test_the_judge_sees_a_union_that_cannot_be_completed(ask: Ask) -> None:
    """The form of schema for which the language server offers nothing, so that the tests above can fail."""
    keys = {"a": {"type": "string"}, "b": {"type": "string"}}
    union = {"type": "object", "properties": keys, "additionalProperties": False, "minProperties": 1}
    about = {"type": "object", "properties": {"good": union, "bad": {**union, "maxProperties": 1}}}
    asked: Any = ask
    good, bad = asked([Question.at_end(f"{key}:\n  ") for key in ("good", "bad")], about)
    assert set(good.completions) == {"a", "b"}
    assert bad.completions == {}
