"""Labels of nodes as numbers, dealt anew at random, and what the deals say of an observed number."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from clusters.networks import ValueNetwork

Labels = Mapping[Hashable, Any] | pd.Series | ArrayLike
Ints = NDArray[np.int64]
NAN = float("nan")


@dataclass(frozen=True, slots=True)
class Dealt:
    """An observed number beside the same number of labels dealt anew."""

    expected: float
    """Mean over the deals; NaN without any."""
    sd: float
    """Standard deviation over the deals (n - 1)."""
    z: float
    """Observed less expected, in standard deviations; NaN where these are 0."""
    p: float
    """Share of deals at least as far from their mean, on either side, the observed number counted in."""


def coded(network: ValueNetwork, labels: Labels) -> tuple[Ints, pd.Index]:
    """Number the label of each node, -1 where it has none, and return the labels in order."""
    if isinstance(labels, pd.Series | Mapping):
        values = pd.Series(labels)
        if not values.index.is_unique:
            raise ValueError("labels has more than one value for a node")
        values = values.reindex(network.nodes)
    else:
        values = pd.Series(np.asarray(labels))
        if len(values) != network.n_nodes:
            raise ValueError(f"labels has {len(values)} values for {network.n_nodes} nodes")
    values = values.astype(object)
    blank = np.array([isinstance(value, str) and not value.strip() for value in values], dtype=bool)
    codes, names = pd.factorize(values.mask(blank))
    order = sorted(range(len(names)), key=lambda i: (not isinstance(names[i], str), str(names[i])))
    if all(isinstance(name, int | float | np.number) for name in names):
        order = sorted(range(len(names)), key=lambda i: names[i])
    number = np.append(np.argsort(np.array(order, np.int64)), -1)
    return number[codes], pd.Index(names.take(order), dtype=object, tupleize_cols=False)


def deals(codes: Ints, number: int, seed: int, within: ArrayLike | None) -> Iterator[Ints]:
    """Deal the labels that there are anew, ``number`` times; nodes without one stay without.

    Deal k is drawn with the seed ``[seed, k]``, so more deals begin with the same ones.
    """
    group = grouped(within, codes.size)
    if group.size != codes.size:
        raise ValueError(f"within has {group.size} values for {codes.size} nodes")
    among = np.flatnonzero(codes >= 0)
    group = group[among]
    places = among[np.argsort(group, kind="stable")]
    for k in range(number):
        result = codes.copy()
        result[places] = codes[among[mixed(group, [seed, k])]]
        yield result


def grouped(within: ArrayLike | None, number: int) -> Ints:
    """Number the group of each node; without groups all are one."""
    return np.zeros(number, np.int64) if within is None else pd.factorize(np.asarray(within))[0]


def mixed(group: Ints, seed: int | list[int]) -> NDArray[np.intp]:
    """Return positions in random order, group after group: for the places of each group in their order."""
    order = np.random.default_rng(seed).permutation(group.size)
    return np.asarray(order[np.argsort(group[order], kind="stable")])


def compared(observed: float, dealt: ArrayLike) -> Dealt:
    """Say how far an observed number lies from those of the deals."""
    values = np.asarray(dealt, dtype=np.float64)
    values = values[~np.isnan(values)]
    if not values.size or np.isnan(observed):
        return Dealt(NAN, NAN, NAN, NAN)
    mean, sd = mean_and_sd(values)
    far = np.abs(values - mean) >= abs(observed - mean) * (1 - 1e-12)
    z = (observed - mean) / sd if sd > 0 else NAN
    return Dealt(mean, sd, z, (1 + int(far.sum())) / (1 + values.size))


def mean_and_sd(values: NDArray[np.float64]) -> tuple[float, float]:
    """Return mean and standard deviation (n - 1) of at least one draw; the latter NaN of a single one."""
    same = values.min() == values.max()  # then rounding would leave a tiny deviation
    mean = float(values[0] if same else values.mean())
    return mean, NAN if values.size < 2 else 0.0 if same else float(values.std(ddof=1))
