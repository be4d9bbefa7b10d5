"""What an index consists of: indicators in groups, their directions and weights, the steps to take.

A framework is a tree. Its leaves are indicators, its inner nodes aggregates, its root is the
score. Weights are relative to the node's siblings; ``Framework.effective_weights`` says what each
indicator weighs in the score.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

Direction = Literal[1, -1]


@dataclass(frozen=True, slots=True)
class Normalisation:
    """How one indicator is brought to the common scale (``normalise.METHODS``)."""

    method: str = "min-max"
    options: Mapping[str, Any] = field(default_factory=dict)
    """Parameters of the method: ``range``, ``lower``, ``upper``, ``target``, ``base`` ..."""


@dataclass(frozen=True, slots=True)
class Indicator:
    """A leaf: one measured quantity."""

    id: str
    parent: str
    name_en: str = ""
    name_zh: str = ""
    direction: Direction = 1
    weight: float = 1.0
    unit: str = ""
    denominator: str | None = None
    """Column of the indicator table to divide by."""
    formula: str | None = None
    """Arithmetic of columns of the indicator table, instead of a column of its own."""
    normalise: Normalisation | None = None
    """Overrides the framework's choice."""
    error: float | None = None
    """Relative standard error of the raw value, for noise in ``robustness``."""


@dataclass(frozen=True, slots=True)
class Aggregate:
    """An inner node: a mean of its children."""

    id: str
    parent: str | None
    """``None`` for the root."""
    name_en: str = ""
    name_zh: str = ""
    weight: float = 1.0
    mean: str | None = None
    """Overrides the framework's choice (``aggregate.MEANS``)."""


@dataclass(frozen=True, slots=True)
class Steps:
    """The choices of the engine; each step can be left out."""

    screen: Mapping[str, Any] | None = None
    """Options of ``screen``; ``None`` keeps every unit."""
    impute: str = "none"
    """A method of ``impute.METHODS``."""
    impute_options: Mapping[str, Any] = field(default_factory=dict)
    outliers: Mapping[str, Any] | None = None
    """Options of ``treat_outliers`` (``{}`` for its defaults); ``None`` leaves outliers alone."""
    normalise: Normalisation = field(default_factory=Normalisation)
    by_year: bool = False
    """Normalise every year of a panel by itself instead of all years together."""
    weights: str = "given"
    """A system of ``weights.SYSTEMS`` for weights within each parent."""
    weights_options: Mapping[str, Any] = field(default_factory=dict)
    mean: str = "arithmetic"
    mean_options: Mapping[str, Any] = field(default_factory=dict)
    minimum_share: float = 0.5
    """Least share of a parent's parts that must have data, else NaN."""


@dataclass(frozen=True, slots=True)
class TierRule:
    """How scores become tiers (``tiers.METHODS``)."""

    method: str
    options: Mapping[str, Any] = field(default_factory=dict)
    """``sizes``, ``thresholds``, ``k`` ..."""
    names_en: tuple[str, ...] = ()
    names_zh: tuple[str, ...] = ()


@dataclass(frozen=True)
class Framework:
    """An index: its tree, its steps and its tiers. Made by ``read_framework``, which checks it."""

    name: str
    indicators: tuple[Indicator, ...]
    aggregates: tuple[Aggregate, ...]
    """The root first, parents before children."""
    steps: Steps = field(default_factory=Steps)
    tiers: TierRule | None = None
    title_en: str = ""
    title_zh: str = ""
    source: str = ""
    note_en: str = ""
    note_zh: str = ""
    unit_en: str = ""
    unit_zh: str = ""
    """What is ranked: cities, countries ..."""
    unit_column: str | None = None
    """Column of the indicator table that names the units, where it is not recognised by itself."""
    published: str | None = None
    """Name of the published table in ``published`` that this framework describes."""

    @cached_property
    def root(self) -> str:
        """Identifier of the aggregate that is the score."""
        return self.aggregates[0].id

    @cached_property
    def indicator(self) -> Mapping[str, Indicator]:
        """Indicators by identifier."""
        return {node.id: node for node in self.indicators}

    @cached_property
    def aggregate(self) -> Mapping[str, Aggregate]:
        """Aggregates by identifier."""
        return {node.id: node for node in self.aggregates}

    @cached_property
    def nodes(self) -> tuple[Aggregate | Indicator, ...]:
        """All nodes: aggregates, then indicators."""
        return (*self.aggregates, *self.indicators)

    @cached_property
    def children(self) -> Mapping[str, tuple[str, ...]]:
        """Identifiers of the children of every aggregate, in the framework's order."""
        found: dict[str, list[str]] = {node.id: [] for node in self.aggregates}
        for node in self.nodes:
            if node.parent is not None:
                found[node.parent].append(node.id)
        return {parent: tuple(ids) for parent, ids in found.items()}

    @cached_property
    def weight(self) -> Mapping[str, float]:
        """Weight of every node as given, before it is rescaled among its siblings."""
        return {node.id: node.weight for node in self.nodes}

    @cached_property
    def parent(self) -> Mapping[str, str | None]:
        """Parent of every node; ``None`` for the root."""
        return {node.id: node.parent for node in self.nodes}

    @property
    def groups(self) -> tuple[str, ...]:
        """Columns of the indicator table that its steps need beside numbers: groups of units."""
        named = self.steps.impute_options.get("groups", ())
        return (named,) if isinstance(named, str) else tuple(name for name in named if isinstance(name, str))

    def leaves(self, node: str) -> tuple[str, ...]:
        """Identifiers of the indicators below a node, in the framework's order."""
        below = {node}
        for aggregate in self.aggregates:  # parents come before children
            if aggregate.parent in below:
                below.add(aggregate.id)
        return tuple(i.id for i in self.indicators if i.parent in below or i.id == node)

    def bottom_up(self) -> tuple[str, ...]:
        """Identifiers of the aggregates, children before parents, the root last."""
        return tuple(node.id for node in reversed(self.aggregates))

    def name_of(self, node: str, lang: str = "en") -> str:
        """Printed name of a node: its own in that language, else in the other, else its identifier."""
        found = self.indicator.get(node) or self.aggregate[node]
        own, other = (found.name_en, found.name_zh)[:: 1 if lang == "en" else -1]
        return own or other or node
