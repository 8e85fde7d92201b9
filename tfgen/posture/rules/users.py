"""Rules about whom the agent acts for, and who says so. Knows the keys of callers, memory and the authorizer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tfgen.diagnostics import At, Code, Route
from tfgen.diagnostics.rule import Rule, Violation, rule
from tfgen.posture.partial import Partial
from tfgen.posture.rules.authorizer import AUTHORIZER

_ACTOR: Final = "{actorId}"
"""Stands for the actor in the namespace of a memory."""
_AS_WRITTEN: Final = (
    "callers sign their requests, so AgentCore takes the user's name as they write it and checks it against nothing"
)
_VOUCHED: Final = (
    "let callers come with a token: authorizer_configuration; or give this to a backend alone that knows its users"
)


@rule(Code.UNVOUCHED, "callers who sign their requests may name the user that they act for")
def signed_callers(partial: Partial) -> Iterator[Violation]:
    if _comes_with_a_token(partial):
        return
    for index, access in enumerate(partial.posture.access):
        for position, persona in enumerate(access.may):
            if persona == "invoke-for-user":
                route: Route = ("access", index, "may", position)
                yield Violation(f"{persona!r}: {_AS_WRITTEN}", route, _VOUCHED)


@rule(Code.UNVOUCHED, "memories are kept apart by a user's name that nothing checks")
def signed_actors(partial: Partial) -> Iterator[Violation]:
    memory = partial.posture.harness.memory
    own = memory.agentcore_memory_configuration if memory is not None else None
    if own is None or own.actor_id is not None or _comes_with_a_token(partial):
        return
    for namespace in own.retrieval_config or ():
        if _ACTOR in namespace:
            route = ("harness", "memory", "agentcore_memory_configuration", "retrieval_config", namespace)
            message = f"the memories of each actor are kept apart by {_ACTOR}, but {_AS_WRITTEN}"
            yield Violation(message, route, _VOUCHED, at=At.KEY)


def _comes_with_a_token(partial: Partial) -> bool:
    """Whether users come with a token, at the harness itself or at an alternative; or that cannot be told."""
    posture = partial.posture
    if posture.harness.authorizer_configuration is not None or not partial.whole(AUTHORIZER, ("also",)):
        return True
    return any(entry.authorizer_configuration is not None for entry in posture.also)


RULES: Final[tuple[Rule[Partial], ...]] = (signed_callers, signed_actors)
