"""Polarisation (极化) of flows between places: of many years, groups or resamples at once.

The measures are those of ``concentration`` and ``flows``, for arrays whose last axis is the places and
whose other axes are years, technologies or resamples. 极化 is said of four things here, which need
not move together: how few places give, how few take, how much stays within its place, and how much a
few poles take part in.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from clusters.measures._amounts import x_log_x

Floats = NDArray[np.float64]
Codes = NDArray[np.intp]

OF_AMOUNTS = ("cr2", "cr5", "hhi", "effective", "gini", "theil", "theil_between", "theil_within", "primacy")
"""What ``of_amounts`` returns."""
OF_FLOWS = (
    *("intra_share", "intra_lift", "poles_inside", "poles_source", "poles_target", "poles_touching"),
    *("poles_balance", "redistribution"),
)
"""What ``of_flows`` returns."""
NAN = float("nan")


def of_amounts(amounts: ArrayLike, groups: Codes | None = None) -> dict[str, Floats]:
    """Say how concentrated amounts are over places.

    Parameters
    ----------
    amounts
        Non-negative amounts; the last axis is the places, zeros included.
    groups
        Number of the group of each place, such as its region, from 0; ``None`` where it is not known.

    Returns
    -------
    dict
        One array without the last axis for each of ``OF_AMOUNTS``: shares of the 2 and 5 largest,
        Herfindahl-Hirschman index, effective number of places (e to the Shannon entropy), Gini
        coefficient, Theil's T, its parts between and within groups (NaN without groups), and the
        largest over the second. All as in ``measures.concentration``; NaN where there is nothing.

    References
    ----------
    Nankai report 2023, Table 7; Theil 1967; Hill 1973 (effective numbers).

    Examples
    --------
    >>> found = of_amounts([[5, 3, 2], [1, 1, 1]])
    >>> found["cr2"].round(3).tolist(), found["hhi"].round(3).tolist(), found["effective"].round(3).tolist()
    ([0.8, 0.667], [0.38, 0.333], [2.8, 3.0])
    """
    held = _shares(amounts)
    n = held.shape[-1]
    if not n:
        return {name: np.full(held.shape[:-1], NAN) for name in OF_AMOUNTS}
    up = np.sort(held, axis=-1)
    down = np.cumsum(up[..., ::-1], axis=-1)
    entropy = -x_log_x(held, held).sum(axis=-1)
    theil = np.maximum(np.log(n) - entropy, 0.0)
    between = _between(held, groups)
    second = up[..., -2] if n > 1 else np.full(up.shape[:-1], NAN)
    return {
        "cr2": _largest(down, 2),
        "cr5": _largest(down, 5),
        "hhi": (held**2).sum(axis=-1),
        "effective": np.exp(entropy),
        "gini": np.maximum(up @ (2 * np.arange(1, n + 1) - n - 1) / n, 0.0),
        "theil": theil,
        "theil_between": between,
        "theil_within": np.maximum(theil - between, 0.0),
        "primacy": _ratio(up[..., -1], second),
    }


def of_flows(
    given: ArrayLike, taken: ArrayLike, own: ArrayLike, inside: ArrayLike, poles: Sequence[int]
) -> dict[str, Floats]:
    """Say how far flows stay within places and run through a few of them.

    Parameters
    ----------
    given, taken, own
        Row sums, column sums and diagonal of flow matrices; the last axis is the places.
    inside
        Flows from a pole to a pole, without that axis.
    poles
        Positions of the poles on the last axis.

    Returns
    -------
    dict
        One array without the last axis for each of ``OF_FLOWS``: intra share and lift and the pole
        dominance of ``measures.flows``, and ``redistribution``, half the sum of absolute net
        balances: the part of all flows by which giving and taking of places differ, 0 to less than 1.
        NaN where there is no flow; the lift also where independence allows none within a place.

    References
    ----------
    Nankai report 2023, Tables 7 and 8 (poles 北京 and 广东).

    Examples
    --------
    >>> found = of_flows([3, 1, 0], [1, 1, 2], [1, 0, 0], 2, [0, 1])
    >>> [float(found[name]) for name in ("intra_share", "poles_target", "poles_touching", "redistribution")]
    [0.25, 0.5, 1.0, 0.5]
    """
    give, take, stay, among = (np.asarray(x, dtype=np.float64) for x in (given, taken, own, inside))
    total = give.sum(axis=-1)
    if not give.shape[-1]:
        return {name: np.full(total.shape, NAN) for name in OF_FLOWS}
    total = np.where(total > 0, total, NAN)
    r, c, d = give / total[..., None], take / total[..., None], stay / total[..., None]
    expected = (r * c).sum(axis=-1)
    intra, at = d.sum(axis=-1), list(poles)
    if not at:
        among = np.full(total.shape, NAN)
    within = among / total
    source, target = (ends[..., at].sum(axis=-1) + 0 * within for ends in (r, c))
    each = (r + c - d)[..., at]
    most = each.max(axis=-1) if at else np.zeros(total.shape)
    least = each.min(axis=-1) if at else most
    return {
        "intra_share": intra,
        "intra_lift": _ratio(intra, expected),
        "poles_inside": within,
        "poles_source": source,
        "poles_target": target,
        "poles_touching": source + target - within,
        "poles_balance": _ratio(least, most),
        "redistribution": np.abs(r - c).sum(axis=-1) / 2,
    }


def _shares(amounts: ArrayLike) -> Floats:
    values = np.asarray(amounts, dtype=np.float64)
    total = values.sum(axis=-1, keepdims=True)
    found: Floats = values / np.where(total > 0, total, NAN)
    return found


def _largest(down: Floats, m: int) -> Floats:
    found: Floats = down[..., min(m, down.shape[-1]) - 1]
    return found


def _between(held: Floats, groups: Codes | None) -> Floats:
    """Theil's T between groups: sum of s_g ln(s_g n/n_g)."""
    n = held.shape[-1]
    if groups is None:
        return np.full(held.shape[:-1], NAN)
    member = np.eye(int(groups.max()) + 1)[groups]
    share = held @ member
    found: Floats = x_log_x(share, share * n / np.maximum(member.sum(axis=0), 1)).sum(axis=-1)
    return np.maximum(found, 0.0)


def _ratio(above: Floats, below: Floats) -> Floats:
    found: Floats = np.divide(above, below, out=np.full(np.shape(below), NAN), where=below > 0)
    return found
