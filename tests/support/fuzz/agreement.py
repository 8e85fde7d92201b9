"""Fuzzer of postures: check and render agree about each, and neither fails. The postures are those of `postures`."""

from __future__ import annotations

import json
from pathlib import Path
from random import Random
from typing import Final

from fuzz import postures
from fuzz.target import Files, Target


def make(random: Random) -> Files:
    """A posture with something odd in it."""
    return {"posture.json": json.dumps(next(postures.postures(random.randrange(2**32)))).encode()}


def judge(files: Files, scratch: Path) -> str:
    """Check and render the posture."""
    return postures.outcome(json.loads(files["posture.json"]), scratch)[1]


TARGET: Final = Target("postures", make, judge)
