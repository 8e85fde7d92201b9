"""One test over very many small cases, since each test of its own costs more than what such a case asks."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable
from functools import wraps


def every(
    names: tuple[str, ...], cases: Iterable[tuple[str, tuple[object, ...]]]
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Make one test of a check: it is made for all cases, and each that fails is told with its name and its place.

    A case is a name and values for the parameters `names` of the check; pytest gives the others.
    """
    cases = tuple(cases)

    def made(check: Callable[..., None]) -> Callable[..., None]:
        @wraps(check)
        def test(**given: object) -> None:
            __tracebackhide__ = True
            failed: list[Exception] = []
            for name, values in cases:
                try:
                    check(**dict(zip(names, values, strict=True)), **given)
                except Exception as error:  # noqa: BLE001 (whatever it is, it is told, and the others go on)
                    error.add_note(f"of the case {name}")
                    failed.append(error)
            assert cases
            if failed:
                raise ExceptionGroup(f"{check.__name__}: {len(failed)} of {len(cases)} cases fail", failed)

        signature = inspect.signature(check)
        kept = [one for name, one in signature.parameters.items() if name not in names]
        test.__signature__ = signature.replace(parameters=kept)  # type: ignore[attr-defined]
        return test

    return made
