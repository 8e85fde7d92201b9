"""Statements and the policies that they make, each with its origin: what a plan's policies are. Knows no whole plan."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tfgen.catalog.model import Basis, Reading
from tfgen.diagnostics import Route
from tfgen.iam.policy import Kind, Policy, Statement
from tfgen.iam.text import Text


@dataclass(frozen=True, slots=True)
class FeatureUse:
    """One place in the posture that uses a feature: which sheet, which variant of it, with which values."""

    sheet: str
    route: Route
    variant: str = ""
    values: tuple[tuple[str, Text], ...] = ()
    tables: tuple[tuple[str, tuple[tuple[str, Text], ...]], ...] = ()
    """Tables by name: keys (empty in a plain list) with values."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a statement comes from: the sheet, its row, and every place in the posture that asks for it."""

    sheet: str
    row: str
    routes: tuple[Route, ...]


@dataclass(frozen=True, slots=True)
class Grant:
    """One statement of a policy and why it is there."""

    statement: Statement
    origin: Origin
    why: str
    source: str
    unscoped: str = ""
    """The reason for `*` as the only resource; empty when there is another."""
    types: tuple[tuple[str, ...], ...] = ()
    """For each resource of the statement, in order, the resource types (`service:type`) that it covers."""
    instead: tuple[tuple[Text, Text], ...] = ()
    """Resources of the statement with those in whose place they may be there: an account has one of each two."""
    basis: Basis | None = None
    """On what the sheet's row rests; None for a statement that the posture spells out."""
    readings: tuple[Reading, ...] = ()


@dataclass(frozen=True, slots=True)
class PolicyPlan:
    """A policy document and how it is attached."""

    kind: Kind
    grants: tuple[Grant, ...]

    @property
    def policy(self) -> Policy:
        """The document alone."""
        return Policy(tuple(grant.statement for grant in self.grants))

    def texts(self) -> Iterator[Text]:
        """Every text in it that may hold unknowns."""
        for grant in self.grants:
            yield from grant.statement.texts()


@dataclass(frozen=True, slots=True)
class NamedPolicy:
    """A policy that stands by itself: a managed policy, or a document that is put out."""

    key: str
    """Unique among those of its kind."""
    name: Text
    description: str
    policy: PolicyPlan

    def texts(self) -> Iterator[Text]:
        """Every text in it that may hold unknowns."""
        yield self.name
        yield from self.policy.texts()
