"""What could have been otherwise in an index, and the sources of randomness that come of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from clusters.errors import UsageError
from clusters.index import aggregate, impute, normalise, weights
from clusters.index._draws import Source
from clusters.index.framework import Framework, Normalisation

Floats = NDArray[np.float64]
SPREAD = 0.25
BLOCKS = ("parent", "level", "all")
"""What a source of drawn weights is: the parts of one aggregate, of all of a level, of all."""


@dataclass(frozen=True)
class Uncertainty:
    """What could have been otherwise."""

    spread: float = SPREAD
    """Weights are multiplied by U(1 - a, 1 + a), 0 <= a <= 1, and rescaled among siblings."""
    dirichlet: float | None = None
    """Instead: weights of siblings from a Dirichlet distribution with this concentration around them."""
    vary: tuple[str | int, ...] | None = None
    """Aggregates (or levels, 1 for the children of the root) whose parts' weights vary; default all."""
    blocks: str = "parent"
    """One of ``BLOCKS``; matters for Sobol indices only."""
    normalise: tuple[str | Normalisation, ...] = ()
    """Normalisations to choose from, for indicators without one of their own; empty: as it is."""
    mean: tuple[str, ...] = ()
    """Means to choose from, for aggregates without one of their own. Where one needs values above 0 and
    others are there, all are taken to [1, 100] by one common linear map."""
    impute: tuple[str, ...] = ()
    outliers: tuple[bool, ...] = ()
    """Whether outliers are treated; both to choose from: ``(False, True)``."""
    system: tuple[str, ...] = ()
    """Systems of weights to choose from."""
    noise: float | Mapping[str, float] | None = None
    """Relative standard error of raw values: of all, or by indicator. The framework's own ``error`` of an
    indicator comes first where a number is given for all; 0 adds only these."""

    def __post_init__(self) -> None:
        """Refuse what means nothing."""
        for field in fields(self):
            value = getattr(self, field.name)
            if isinstance(value, list):
                object.__setattr__(self, field.name, tuple(value))
        if not 0 <= self.spread <= 1:
            raise UsageError(f"spread {self.spread} is not from 0 to 1", hint="0.25 is plus or minus 25 %")
        if self.dirichlet is not None and not 0 < self.dirichlet < np.inf:
            raise UsageError(f"the concentration {self.dirichlet} is not above 0", hint="for example 50")
        if self.blocks not in BLOCKS:
            raise UsageError(f"blocks {self.blocks!r} are not known; use {', '.join(BLOCKS)}")
        methods = [n.method if isinstance(n, Normalisation) else n for n in self.normalise]
        _known("normalisation", methods, normalise.METHODS)
        _known("mean", self.mean, aggregate.MEANS)
        _known("imputation", self.impute, impute.METHODS)
        _known("system of weights", self.system, weights.SYSTEMS)
        for size in self.noise.values() if isinstance(self.noise, Mapping) else [self.noise or 0.0]:
            if not 0 <= size < np.inf:
                raise UsageError(f"noise {size} is not 0 or above", hint="0.05 is a standard error of 5 %")


def sources_of(
    framework: Framework, uncertainty: Uncertainty, weight: Mapping[str, float] | None = None
) -> tuple[Source, ...]:
    """List what is drawn.

    Raises ``UsageError`` where nothing is, or where weights of something unknown are to vary.
    """
    used = framework.weight if weight is None else weight
    found = []
    if uncertainty.spread > 0 or uncertainty.dirichlet is not None:
        several = [p for p, parts in framework.children.items() if sum(used[part] > 0 for part in parts) > 1]
        chosen = _chosen(framework, uncertainty.vary)
        found += _blocks(framework, [p for p in several if p in chosen], uncertainty.blocks)
    for kind in ("normalise", "mean", "impute", "outliers", "system"):
        options = getattr(uncertainty, kind)
        if options:
            found.append(Source(kind, options=tuple(options)))
    if uncertainty.noise is not None and errors_of(framework, uncertainty.noise) is not None:
        found.append(Source("noise"))
    if not any(source.varies for source in found):
        raise UsageError(
            "nothing is uncertain: no weights to vary, no choice between two methods, no noise",
            hint="give a spread above 0, or two means, two normalisations ...",
        )
    return tuple(found)


def errors_of(framework: Framework, noise: float | Mapping[str, float] | None) -> Floats | None:
    """Relative standard error of every leaf; ``None`` where all are 0 or no noise is asked for."""
    if noise is None:
        return None
    if isinstance(noise, Mapping):
        _known("indicator", noise, framework.indicator)
        found = [noise.get(leaf.id, leaf.error or 0.0) for leaf in framework.indicators]
    else:
        found = [noise if leaf.error is None else leaf.error for leaf in framework.indicators]
    errors = np.array(found, np.float64)
    return errors if errors.any() else None


def _chosen(framework: Framework, vary: Sequence[str | int] | None) -> set[str]:
    """Aggregates whose parts' weights vary."""
    levels = _levels(framework)
    if vary is None:
        return set(framework.aggregate)
    chosen: set[str] = set()
    for item in vary:
        if isinstance(item, int):
            _known("level", [item], levels)
            chosen.update(levels[item])
        else:
            _known("aggregate", [item], framework.aggregate)
            chosen.add(item)
    return chosen


def _levels(framework: Framework) -> dict[int, list[str]]:
    """Aggregates by the level of their parts: 1 for the root."""
    level: dict[str, int] = {}
    found: dict[int, list[str]] = {}
    for node in framework.aggregates:  # parents come before children
        level[node.id] = 1 if node.parent is None else level[node.parent] + 1
        found.setdefault(level[node.id], []).append(node.id)
    return found


def _blocks(framework: Framework, parents: Sequence[str], blocks: str) -> list[Source]:
    """Group the weights that are drawn into sources."""
    if blocks == "parent":
        return [Source("weights", (parent,)) for parent in parents]
    if blocks == "all":
        return [Source("weights", tuple(parents))] if parents else []
    levels = [[p for p in ids if p in parents] for ids in _levels(framework).values()]
    return [Source("weights", tuple(ids)) for ids in levels if ids]


def _known(what: str, asked: Any, known: Any) -> None:
    """Refuse a name that means nothing."""
    for name in asked:
        if name not in known:
            listed = ", ".join(map(str, known))
            raise UsageError(f"the {what} {name!r} is not known", hint=f"use one of {listed}")
