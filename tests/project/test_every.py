"""A test over many cases runs all of them, tells each that fails, and is none without cases."""

from __future__ import annotations

import inspect

import pytest
from every import every


def test_each_case_that_fails_is_told_and_the_others_are_run() -> None:
    seen: list[tuple[int, str]] = []

    @every(("number",), ((f"n{number}", (number,)) for number in range(4)))
    def check(number: int, word: str) -> None:
        seen.append((number, word))
        assert number % 2 == 0

    assert list(inspect.signature(check).parameters) == ["word"]
    with pytest.raises(ExceptionGroup, match="2 of 4 cases fail") as caught:
        check(word="x")
    assert [error.__notes__ for error in caught.value.exceptions] == [["of the case n1"], ["of the case n3"]]
    assert seen == [(number, "x") for number in range(4)]


def test_without_a_case_it_fails() -> None:
    @every(("number",), ())
    def check(number: int) -> None:
        raise AssertionError(number)

    with pytest.raises(AssertionError):
        check()
