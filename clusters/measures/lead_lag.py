"""Which place leads and which follows: one year's share here against next year's there.

Shares that all rise for nine years correlate whoever leads, in both directions. So beside the correlation
stands the *lead*: that of p before q minus that of q before p. Permuting years destroys common trends as
well as leads; the p-value of a correlation is therefore small for any two trends, that of a lead is not.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Floats = NDArray[np.float64]
FEWEST = 4
"""Years below which nothing is said: three pairs of years always lie close to a line."""


def lead_lag(
    shares: pd.DataFrame, *, differences: bool = False, permutations: int = 999, seed: int = 0
) -> pd.DataFrame:
    """Correlate the share in each place with the share in each other place one year later.

    Parameters
    ----------
    shares
        Places x years, ascending and without gaps: the share a technology has in what each place takes.
        Places with a missing value are left out.
    differences
        Correlate changes from year to year instead of the shares themselves, which takes out trends.
    permutations, seed
        Of the null: the years of each place in random order, each place by itself.

    Returns
    -------
    DataFrame
        One row per ordered pair of different places: ``leader``, ``follower``, ``correlation`` of the
        leader's share in a year with the follower's in the next (-1 to 1), its two-sided ``p``, ``lead``
        (-2 to 2) with ``lead_p``. NaN for fewer than four years, or a share that never changes.

    References
    ----------
    Methods S8; Davison, Hinkley 1997, 4.2 (permutation p).

    Examples
    --------
    B does what A did a year before:

    >>> shares = pd.DataFrame([[0.1, 0.5, 0.2, 0.4, 0.3], [0.3, 0.1, 0.5, 0.2, 0.4]], index=["A", "B"])
    >>> lead_lag(shares)[["leader", "correlation"]].round(2).values.tolist()
    [['A', 1.0], ['B', 0.68]]
    """
    if permutations < 1:
        raise ValueError(f"at least one permutation is needed, not {permutations}")
    used = shares.dropna()
    x = used.to_numpy(dtype=np.float64)
    n, years = x.shape
    pairs = ~np.eye(n, dtype=bool)
    observed = _lagged(np.diff(x, axis=1) if differences else x)
    far, lead_far = np.zeros((2, n, n))
    lead = observed - observed.T
    random = np.random.default_rng(seed)
    if years - differences >= FEWEST:
        for _ in range(permutations):
            drawn = random.permuted(x, axis=1)
            null = _lagged(np.diff(drawn, axis=1) if differences else drawn)
            # What a permutation leaves undefined counts against the finding.
            far += ~(np.abs(null) < np.abs(observed) - 1e-12)
            lead_far += ~(np.abs(null - null.T) < np.abs(lead) - 1e-12)
    else:
        observed, lead = np.full((2, n, n), np.nan)
    p, lead_p = ((1 + times) / (1 + permutations) for times in (far, lead_far))
    undefined = np.isnan(observed) | np.isnan(lead)
    p, lead_p = (np.where(undefined, np.nan, values) for values in (p, lead_p))
    at, to = np.nonzero(pairs)
    return pd.DataFrame(
        {
            "leader": used.index.to_numpy()[at],
            "follower": used.index.to_numpy()[to],
            "correlation": observed[pairs],
            "p": p[pairs],
            "lead": lead[pairs],
            "lead_p": lead_p[pairs],
        }
    )


def _lagged(x: Floats) -> Floats:
    """Correlate all but the last year of each row with all but the first of each other."""
    if x.shape[1] < 3:
        return np.full((len(x), len(x)), np.nan)
    before, after = (_standard(part) for part in (x[:, :-1], x[:, 1:]))
    return np.asarray(np.clip(before @ after.T, -1, 1))


def _standard(part: Floats) -> Floats:
    centred = part - part.mean(axis=1, keepdims=True)
    length = np.sqrt((centred**2).sum(axis=1, keepdims=True))
    steady = length <= 1e-12 * np.maximum(np.abs(part).max(axis=1, keepdims=True), 1e-300)
    return np.asarray(np.divide(centred, length, out=np.full(part.shape, np.nan), where=~steady))
