"""Fixtures that every test may ask for: the real terraform binary and a real moto server. One holds for all tests."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from functools import lru_cache

import pytest
from moto_harness import Moto, running_moto
from terraform_harness import Terraform, TerraformMissingError

from tfgen.hcl import alike
from tfgen.hcl.read import read

# Dozens of tests start tfgen as a process of its own, and each would compile all of it anew.
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)


@pytest.fixture(scope="session", autouse=True)
def read_once() -> Iterator[None]:
    """Let proof 1 keep more trees: the suite proves the same files hundreds of times, and a tree cannot change."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(alike, "parsed", lru_cache(maxsize=512)(read))
        yield


@pytest.fixture(scope="session")
def terraform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Terraform]:
    """The terraform binary with a local mirror; tests that ask for it are skipped, or fail, where there is none."""
    try:
        found = Terraform.find(tmp_path_factory.mktemp("terraform"))
    except TerraformMissingError as missing:
        reason = str(missing)
    else:
        with found:
            yield found
        return
    if os.environ.get("TFGEN_REQUIRE_TERRAFORM") == "1":
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def moto() -> Iterator[Moto]:
    """A moto server for this worker alone; what an earlier test left in it is still there."""
    with running_moto() as server:
        yield server


@pytest.fixture
def empty_moto(moto: Moto) -> Moto:
    """The worker's moto server, emptied first."""
    moto.reset()
    return moto
