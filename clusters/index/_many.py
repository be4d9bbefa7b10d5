"""The score of a tree under many sets of weights at once.

Means of leaves are matrix products (``aggregate.mean_many``). Above them the values of the parts differ
from draw to draw, so their means are sums over the parts of arrays units x draws: the same formulas, one
part after another. Means that compare units with each other go draw by draw there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from clusters.errors import DataError
from clusters.index._means import OPTIONS, RELATIVE, misfit
from clusters.index.aggregate import ENOUGH, mean_many

Floats = NDArray[np.float64]
Weights = Mapping[str, Floats]
"""Weights of the children of each parent, parts x draws."""
NAN = float("nan")


@dataclass(frozen=True)
class Tree:
    """What is computed of what, and how."""

    leaves: tuple[str, ...]
    """Columns of the values: indicators, and aggregates whose scores are given."""
    children: Mapping[str, tuple[str, ...]]
    """Children of every aggregate that is computed; the root last, children before parents."""
    means: Mapping[str, str]
    options: Mapping[str, Any] = field(default_factory=dict)
    minimum_share: float = 0.5

    @property
    def root(self) -> str:
        """The aggregate that is the score."""
        return list(self.children)[-1]

    @property
    def compares(self) -> bool:
        """Whether a mean compares units with each other."""
        return any(mean in RELATIVE for mean in self.means.values())

    def of_mean(self, mean: str) -> Tree:
        """The same tree with another mean everywhere."""
        means = dict.fromkeys(self.means, mean)
        return Tree(self.leaves, self.children, means, self.options, self.minimum_share)


def scores(values: Floats, tree: Tree, weights: Weights) -> Floats:
    """Compute the root of a tree for many sets of weights.

    Parameters
    ----------
    values
        Units x leaves, normalised, or leaves x units x draws where they differ from draw to draw; NaN is
        missing.
    tree
        What is computed of what.
    weights
        Weights of the children of each parent, parts x draws; the number of draws is the same for all.

    Returns
    -------
    ndarray
        Units x draws; column d is what ``aggregate`` gives with the weights of draw d.

    Raises
    ------
    DataError
        A value that its mean cannot take.
    """
    place = {leaf: position for position, leaf in enumerate(tree.leaves)}
    known: dict[str, Floats] = {}
    for parent, parts in tree.children.items():
        method = tree.means[parent]
        options = {name: tree.options[name] for name in OPTIONS[method] if name in tree.options}
        if values.ndim == 2 and all(part in place for part in parts):
            matrix = values[:, [place[part] for part in parts]]
            _fits(matrix, parent, parts, method, options)
            found = mean_many(matrix, weights[parent], method, minimum_share=tree.minimum_share, **options)
        else:
            arrays = [known.pop(p) if p not in place else _leaf(values, place[p]) for p in parts]
            for part, array in zip(parts, arrays, strict=True):
                _fits(array, parent, [part] * array.shape[1], method, options)
            found = _deep(arrays, weights[parent], method, tree.minimum_share, options)
        if method == "mpi" and np.isinf(found).any():
            raise DataError(
                f"aggregate {parent!r}: the Mazziotta-Pareto index needs means above 0",
                hint="normalise with z-scores of mean 100 and standard deviation 10",
            )
        known[parent] = found
    return known[tree.root]


def _leaf(values: Floats, place: int) -> Floats:
    return values[:, place, None] if values.ndim == 2 else np.asarray(values[place])


def _fits(values: Floats, parent: str, parts: Sequence[str], method: str, options: Mapping[str, Any]) -> None:
    """Refuse values that a mean cannot take."""
    at = misfit(values, method, **options)
    if at is not None:
        raise DataError(
            f"aggregate {parent!r}: {values[at]:g} of {parts[at[1]]!r} does not go into a {method} mean",
            hint="normalise to a range above 0, such as min-max to [1, 100], or take another mean",
        )


def _deep(
    parts: Sequence[Floats], weights: Floats, method: str, minimum_share: float, options: Mapping[str, Any]
) -> Floats:
    """Average parts whose values differ from draw to draw: each units x draws, or units x 1."""
    if method in RELATIVE:
        return _one_by_one(parts, weights, method, minimum_share, options)
    shares = weights / weights.sum(axis=0)
    gaps = [np.isnan(part) for part in parts]
    whole = not any(gap.any() for gap in gaps)
    mean = _Mean(shares, None if whole else gaps)
    with np.errstate(invalid="ignore", divide="ignore"):
        found = DEEP[method](list(parts), mean, **options)
    if whole:
        return found
    counted = shares > 0
    there = _sum((~gap) * counted[k] for k, gap in enumerate(gaps))
    enough = there / counted.sum(axis=0) >= max(minimum_share, ENOUGH) - ENOUGH
    return np.where(enough & (there > 0), found, NAN)


class _Mean:
    """Weighted arithmetic means over parts that exist."""

    def __init__(self, shares: Floats, gaps: Sequence[NDArray[np.bool_]] | None) -> None:
        self.shares, self.gaps = shares, gaps
        self.total = None if gaps is None else _sum(shares[k] * ~gap for k, gap in enumerate(gaps))

    def __call__(self, parts: Sequence[Floats]) -> Floats:
        if self.gaps is None or self.total is None:
            return _sum(self.shares[k] * part for k, part in enumerate(parts))
        filled = (np.where(gap, 0.0, part) for gap, part in zip(self.gaps, parts, strict=True))
        return np.asarray(_sum(self.shares[k] * part for k, part in enumerate(filled)) / self.total)


def _sum(arrays: Any) -> Floats:
    """Add up arrays of units x draws in their order; the first is not changed."""
    total: Floats | None = None
    for array in arrays:
        if total is None:
            total = np.array(array, np.float64)
        else:
            total += array
    assert total is not None, "an aggregate has parts"
    return total


def _arithmetic(parts: list[Floats], mean: _Mean) -> Floats:
    return mean(parts)


def _geometric(parts: list[Floats], mean: _Mean) -> Floats:
    return np.asarray(np.exp(mean([np.log(part) for part in parts])))


def _harmonic(parts: list[Floats], mean: _Mean) -> Floats:
    return 1 / mean([1 / part for part in parts])


def _power(parts: list[Floats], mean: _Mean, p: float = 1.0) -> Floats:
    if p in (0, 1):
        return _geometric(parts, mean) if p == 0 else mean(parts)
    scale = _extreme(parts, np.fmax if p > 0 else np.fmin)
    scale = np.where(scale > 0, scale, 1.0)
    return np.asarray(scale * mean([(part / scale) ** p for part in parts]) ** (1 / p))


def _mpi(parts: list[Floats], mean: _Mean, penalty: int = -1, ddof: int = 0) -> Floats:
    centre = np.nan_to_num((_extreme(parts, np.fmax) + _extreme(parts, np.fmin)) / 2)
    first = mean([part - centre for part in parts])
    variance = np.maximum(mean([(part - centre) ** 2 for part in parts]) - first**2, 0.0)
    if ddof:
        counted = mean.shares > 0
        k = _sum(~np.isnan(part) * counted[i] for i, part in enumerate(parts))
        variance = variance * np.where(k > 1, k / (k - 1), NAN)
    centred = first + centre
    part = np.where(centred > 0, variance / centred, np.inf)
    part = np.where(np.isnan(centred), NAN, part)
    return np.asarray(centred + penalty * part)


def _extreme(parts: Sequence[Floats], least_or_most: np.ufunc) -> Floats:
    found = parts[0]
    for part in parts[1:]:
        found = least_or_most(found, part)
    return found


DEEP: Mapping[str, Callable[..., Floats]] = {
    "arithmetic": _arithmetic,
    "geometric": _geometric,
    "harmonic": _harmonic,
    "power": _power,
    "mpi": _mpi,
}


def _one_by_one(
    parts: Sequence[Floats], weights: Floats, method: str, minimum_share: float, options: Mapping[str, Any]
) -> Floats:
    draws = weights.shape[1]
    found = np.empty((len(parts[0]), draws))
    for d in range(draws):
        matrix = np.column_stack([part[:, d if part.shape[1] > 1 else 0] for part in parts])
        one = mean_many(matrix, weights[:, d, None], method, minimum_share=minimum_share, **options)
        found[:, d] = one[:, 0]
    return found
