"""How far a technology is spread over places: many or few, evenly or not, within or across.

All is said of what places take (the column sums of a flow matrix), for any number of years or
technologies at once. Polarisation falls while reach grows: that is diffusion (扩散). Reach alone is not
- one relation reaches a place as well as a thousand - and neither is evenness among few places.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
NAMES = (
    *("places_reached", "reached_share", "taking_hhi", "taking_entropy", "taking_effective"),
    *("intra_share", "poles_target", "poles_touching", "taking_gini"),
)


@dataclass(frozen=True, slots=True, eq=False)
class Spread:
    """Spread over places; arrays in the shape of what was asked for, NaN where nothing is taken."""

    places_reached: Floats
    """Places that take anything."""
    reached_share: Floats
    """Their share of all places."""
    taking_hhi: Floats
    """Sum of the squared shares taken, 1/n to 1; the least fooled by the number of relations."""
    taking_entropy: Floats
    """Of the shares taken, in nats: 0 for one place, ln n for n equal ones."""
    taking_effective: Floats
    """e to the entropy: how many equal places would be as evenly spread."""
    intra_share: Floats
    """Share of relations within one place."""
    poles_target: Floats
    """Share of what is taken that poles take."""
    poles_touching: Floats
    """Share of relations with a pole at either end."""
    taking_gini: Floats
    """Gini of what places take, those that take nothing included."""

    def stacked(self) -> Floats:
        """Return all as one array, measures in the order of ``NAMES`` first."""
        return np.stack([np.asarray(getattr(self, name)) for name in NAMES])


def spread(matrices: ArrayLike, poles: ArrayLike | None = None) -> Spread:
    """Measure the spread of flow matrices.

    Parameters
    ----------
    matrices
        Origins x destinations, or any number of such squares (years x technologies x ...). All places
        that could take something are in them, also those that do not.
    poles
        Which places are poles: true or false for each; none by default, then their shares are NaN.

    Returns
    -------
    Spread
        Reach in 0 to n, shares in 0 to 1, HHI in 1/n to 1, entropy in 0 to ln n, effective places in
        1 to n, Gini in 0 to 1 - 1/n.

    References
    ----------
    Methods S5 and F3; Shannon 1948; Gini 1912.

    Examples
    --------
    >>> found = spread([[4, 1, 0], [1, 2, 0], [0, 0, 0]], poles=[True, False, False])
    >>> float(found.places_reached), float(found.intra_share), float(found.poles_target)
    (2.0, 0.75, 0.625)
    """
    flows = np.asarray(matrices, dtype=np.float64)
    n = flows.shape[-1]
    if flows.ndim < 2 or flows.shape[-2] != n:
        raise ValueError("flow matrices are square")
    taken = flows.sum(axis=-2)
    within = np.einsum("...pp->...", flows)
    pole = None if poles is None else np.asarray(poles, dtype=bool)
    if pole is None:
        return spread_of(taken, within)
    return spread_of(
        taken, within, pole, flows.sum(axis=(-2, -1)) - flows[..., ~pole, :][..., ~pole].sum((-2, -1))
    )


def spread_of(
    taken: Floats, within: Floats, poles: NDArray[np.bool_] | None = None, touching: Floats | None = None
) -> Spread:
    """Measure the spread where only sums of the matrices are known.

    Parameters
    ----------
    taken
        What each place takes, places last.
    within, touching
        Relations within one place, and those with a pole at either end.
    poles
        Which places are poles.

    Examples
    --------
    >>> float(spread_of(np.array([1.0, 1.0]), np.array(1.0)).taking_effective.round(12))
    2.0
    """
    n = taken.shape[-1]
    with np.errstate(divide="ignore", invalid="ignore"):
        total = taken.sum(axis=-1)
        held = np.where(total > 0, total, np.nan)
        share = taken / held[..., None]
        entropy = -np.where(share > 0, share * np.log(share), np.where(np.isnan(share), np.nan, 0.0)).sum(
            axis=-1
        )
        rank = 2 * np.arange(1, n + 1) - n - 1
        gini = (np.sort(taken, axis=-1) * rank).sum(axis=-1) / (n * held)
        reached = (taken > 0).sum(axis=-1).astype(np.float64)
        nothing = np.full(np.shape(total), np.nan)
        return Spread(
            places_reached=np.where(np.isnan(held), 0.0, reached),
            reached_share=reached / n if n else nothing,
            taking_hhi=(share * share).sum(axis=-1),
            taking_entropy=np.maximum(entropy, 0.0),
            taking_effective=np.exp(np.maximum(entropy, 0.0)),
            intra_share=within / held,
            poles_target=nothing if poles is None else taken[..., poles].sum(axis=-1) / held,
            poles_touching=nothing if touching is None else touching / held,
            taking_gini=gini,
        )
