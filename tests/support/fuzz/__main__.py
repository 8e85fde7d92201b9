"""The command behind `make fuzz`: runs every fuzzer for its share of the time and prints what it came to."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from fuzz.campaign import attempt, campaign, save
from fuzz.target import targets

BUILD = Path(__file__).parents[3] / "build" / "fuzz"


def main() -> int:
    """Run the fuzzers; 1 when something is wrong."""
    known = targets()
    parser = argparse.ArgumentParser(prog="fuzz", description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=60.0, help="for all fuzzers together")
    parser.add_argument("--only", choices=[*known], help="run this fuzzer alone")
    parser.add_argument("--input", type=int, help="run this input of --only alone, without limits")
    given = parser.parse_args()
    names = [given.only] if given.only else [*known]
    if given.input is not None and given.only:
        print(attempt(known[given.only], known[given.only].input(given.seed, given.input), given.input))
        return 0
    wrong = False
    for name in names:
        found = campaign(name, given.seed, seconds=given.seconds / len(names))
        print(found, flush=True)
        for outcome in found.problems:
            wrong = True
            print(f"  number {outcome.number}: {outcome.problem}\n    {outcome.place}")
            print(f"    saved in {save(outcome, known[name], given.seed, BUILD)}", flush=True)
    return int(wrong)


if __name__ == "__main__":
    sys.exit(main())
