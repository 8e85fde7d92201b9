"""The files that a posture names, read: what the plan is given beside the posture. Reads none itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class SiblingFile:
    """A file beside the posture, for the tree to carry with it."""

    path: str
    text: str


@dataclass(frozen=True)
class SiblingFiles:
    """Files by their path from the posture's directory, and the paths that each pattern of the posture stands for."""

    texts: Mapping[str, str] = field(default_factory=dict)
    data: Mapping[str, object] = field(default_factory=dict)
    """Of those that hold tools: what JSON they are."""
    matched: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    carried: tuple[SiblingFile, ...] = ()
    """All of them as they were written, by path."""
