"""What is drawn at random for the robustness of an index, source by source.

A source is one thing that could have been otherwise: the weights within a group, the normalisation, the
mean, an imputation, a treatment of outliers, a system of weights, the measured values. Each has random
numbers of its own, one row for each draw, so that a source added leaves the others as they were; and a
run names for each source the row that it takes. Plain draws take row d of all; Sobol indices exchange
the rows of one source.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Rows = NDArray[np.int64]

KINDS = ("weights", "normalise", "mean", "impute", "outliers", "system", "noise")
"""Kinds of sources, in the order of their random numbers; new ones go to the end."""
CELLS = 1 << 17
"""Scores in a block of draws: few enough for the cache of the processor."""
DRAWN = 1 << 21
"""Values with noise in a block of draws (16 MB, of which some copies are needed)."""


@dataclass(frozen=True)
class Source:
    """One uncertain thing."""

    kind: str
    """One of ``KINDS``."""
    parents: tuple[str, ...] = ()
    """Of ``weights``: the aggregates whose parts are weighed anew."""
    options: tuple[Any, ...] = ()
    """Of a choice: what is chosen from, each as often as the others."""

    @property
    def name(self) -> str:
        """``weights:total``, ``normalise`` ..."""
        return f"{self.kind}:{'+'.join(self.parents)}" if self.parents else self.kind

    @property
    def varies(self) -> bool:
        """Whether there is anything to draw; a single option is only set."""
        return len(self.options) != 1


class Draws:
    """Random numbers of all sources, for a number of rows."""

    def __init__(self, sources: Sequence[Source], parts: Mapping[str, int], rows: int, seed: int) -> None:
        """Draw; ``parts`` says how many parts every aggregate has, in the order of the framework."""
        self.sources = tuple(sources)
        self.rows, self.seed = rows, seed
        self.uniform: dict[str, Floats] = {}
        self.codes: dict[str, Rows] = {}
        place = {parent: number for number, parent in enumerate(parts)}
        self.column: dict[str, int] = {}
        for column, source in enumerate(self.sources):
            for parent in source.parents:
                random = self._random("weights", place[parent])
                self.uniform[parent] = random.random((rows, parts[parent]))
                self.column[parent] = column
            if source.options:
                self.codes[source.kind] = self._random(source.kind).integers(len(source.options), size=rows)
            if not source.parents:
                self.column[source.kind] = column

    def _random(self, kind: str, *more: int) -> np.random.Generator:
        key = (KINDS.index(kind), *more)
        return np.random.default_rng(np.random.SeedSequence(self.seed, spawn_key=key))

    def noise(self, row: int, shape: tuple[int, ...]) -> Floats:
        """Standard normal numbers of one row."""
        return self._random("noise", row).standard_normal(shape)

    def plain(self, draws: int) -> Rows:
        """Runs in which draw d takes row d of every source."""
        return np.repeat(np.arange(draws)[:, None], len(self.sources), axis=1)

    def exchanged(self, draws: int) -> list[Rows]:
        """Runs of two independent samples A and B, then of A with each varying source of B in turn."""
        a = self.plain(draws)
        mixed = []
        for column, source in enumerate(self.sources):
            if source.varies:
                runs = a.copy()
                runs[:, column] += draws
                mixed.append(runs)
        return [a, a + draws, *mixed]

    def choices(self, runs: Rows) -> dict[str, Rows]:
        """Return for each choice which option each run takes."""
        return {kind: codes[runs[:, self.column[kind]]] for kind, codes in self.codes.items()}

    def noise_rows(self, runs: Rows) -> Rows | None:
        """Return which row of noise each run takes, ``None`` without noise."""
        return runs[:, self.column["noise"]] if "noise" in self.column else None


def spread_weights(base: Floats, uniform: Floats, spread: float) -> Floats:
    """Multiply weights by U(1 - a, 1 + a) and rescale them to sum 1.

    ``base`` has k weights, or k x draws, ``uniform`` draws x k numbers in [0, 1); the result is k x draws.
    Of n equal weights each lies between (1 - a) / (1 - a + (n - 1)(1 + a)) and the same with -a.

    Examples
    --------
    >>> spread_weights(np.array([1.0, 1.0]), np.array([[0.5, 0.5], [0.0, 1.0]]), 0.25).round(3).tolist()
    [[0.5, 0.375], [0.5, 0.625]]
    """
    drawn = (base[:, None] if base.ndim == 1 else base) * (1 + spread * (2 * uniform.T - 1))
    return np.asarray(drawn / drawn.sum(axis=0))


def dirichlet_weights(base: Floats, uniform: Floats, kappa: float) -> Floats:
    """Draw weights from a Dirichlet distribution with mean ``base`` (rescaled) and concentration ``kappa``.

    A weight w has variance w (1 - w) / (kappa + 1). As ``spread_weights``; the gamma variates are those of
    the given chances, so that another mean moves the same draws.
    """
    from scipy.special import gammaincinv

    mean = base[:, None] if base.ndim == 1 else base
    shape = np.broadcast_to(kappa * mean / mean.sum(axis=0), uniform.T.shape)
    used = shape > 0
    drawn = np.zeros(shape.shape)
    drawn[used] = gammaincinv(shape[used], uniform.T[used])
    lost = ~(drawn.sum(axis=0) > 0)
    if lost.any():
        # All too small for a float: in the limit one of them has everything, with chance w.
        with np.errstate(divide="ignore"):
            size = np.where(used, np.log(uniform.T) / np.where(used, shape, 1.0), -np.inf)
        drawn[size[:, lost].argmax(axis=0), np.flatnonzero(lost)] = 1.0
    return np.asarray(drawn / drawn.sum(axis=0))


def groups(runs: Rows, keys: Mapping[str, Rows]) -> Iterator[tuple[dict[str, int], Rows]]:
    """Yield each combination of keys that occurs, and the numbers of the runs that have it."""
    if not keys:
        yield {}, np.arange(len(runs))
        return
    table = np.stack(list(keys.values()), axis=1)
    distinct, which = np.unique(table, axis=0, return_inverse=True)
    order = np.argsort(which.ravel(), kind="stable")
    ends = np.cumsum(np.bincount(which.ravel(), minlength=len(distinct)))
    for combination, members in zip(distinct, np.split(order, ends[:-1]), strict=True):
        yield dict(zip(keys, map(int, combination), strict=True)), members


def blocks(members: Rows, units: int, drawn: int = 0) -> Iterator[Rows]:
    """Cut runs into blocks whose scores stay in the cache of the processor.

    ``drawn`` is how many values each run draws itself, with noise; those of a block are held at once.
    """
    size = max(1, CELLS // max(units, 1))
    if drawn:
        size = max(1, min(size, DRAWN // drawn))
    for begin in range(0, len(members), size):
        yield members[begin : begin + size]
