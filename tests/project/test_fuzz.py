"""A short run of each fuzzer, by a seed, and what a run says of a fault. `make fuzz` runs them for longer."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest
from fuzz.campaign import attempt, campaign, smaller
from fuzz.target import Files, Target, targets

SEED = 20_261_125
INPUTS = {"sources": 60, "policies": 150, "tokens": 40}
"""How many inputs are tried here, in a few seconds; postures have a test of their own."""


def test_every_fuzzer_is_run() -> None:
    assert set(targets()) == {*INPUTS, "postures"}


@pytest.mark.parametrize("name", INPUTS)
def test_nothing_odd_ends_in_a_crash(name: str) -> None:
    found = campaign(name, SEED, inputs=INPUTS[name])
    assert len(found.outcomes) == INPUTS[name]
    assert not found.problems, found.problems


@pytest.mark.parametrize("name", [*INPUTS, "postures"])
def test_a_seed_and_a_number_make_one_input(name: str) -> None:
    target = targets()[name]
    assert dict(target.input(SEED, 7)) == dict(target.input(SEED, 7))
    assert any(dict(target.input(SEED, 7)) != dict(target.input(SEED, number)) for number in range(8, 12))


def test_a_crash_is_told_with_its_place_and_made_small() -> None:
    def make(random: Random) -> Files:
        return {"a.txt": b"one\ntwo\nbad\nfour\n", "b.txt": b"x\n"}

    def judge(files: Files, scratch: Path) -> str:
        if b"bad" in files["a.txt"]:
            raise KeyError("bad")
        return ""

    target = Target("made", make, judge)
    found = attempt(target, make(Random(0)))
    assert found.problem == "KeyError: 'bad'"
    assert found.place.startswith("KeyError in ")
    assert smaller(target, make(Random(0)), found.place)["a.txt"] == b"bad\n"
