"""The fitted tails of degree distributions as curves (Figure 10)."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from clusters.measures import powerlaw as measures
from clusters.networks import ValueNetwork
from clusters.tables._concentration import degree_values

COLUMNS = ("degree", "distribution", "k", "ccdf")
PARAMETERS = ("parameter_1", "parameter_2")
POINTS = 60
"""Points of a curve from xmin to the largest degree."""


def tail_curves(
    network: ValueNetwork, fits: pd.DataFrame, *, discrete: bool = True, weighted: bool = False
) -> pd.DataFrame:
    """Tabulate the fitted power laws and their alternatives as cumulative distributions (Figure 10).

    Parameters
    ----------
    network
        The network that the tails were fitted to.
    fits
        What was fitted, as ``powerlaw`` tabulates it. Alternatives without parameters have no curve.
    discrete, weighted
        As they were for ``powerlaw``.

    Returns
    -------
    DataFrame
        ``degree`` (``in``, ``out``, ``total``), ``distribution`` (``power_law`` or an alternative), ``k``
        from xmin to the largest degree, and ``ccdf``, the share of all organisations that would have
        at least that degree: 0 to 1, at xmin the share that lies in the tail. No rows without a fit.

    References
    ----------
    Clauset, Shalizi, Newman 2009, section 5; Nankai report 2023, Figure 10.

    Examples
    --------
    >>> from clusters.tables import powerlaw
    >>> edges = [(giver, f"{giver}{taker}") for giver in range(1, 9) for taker in range(16 // giver)]
    >>> network = ValueNetwork.from_edges(edges)
    >>> fits = powerlaw(network, degrees=["out"], replicates=0, alternatives=[])
    >>> curve = tail_curves(network, fits)
    >>> curve["distribution"].unique().tolist(), bool(curve["k"].iloc[0] == fits["xmin"].iloc[0])
    (['power_law'], True)
    """
    parts = []
    for row in fits[fits["row"] == "fit"].to_dict("records"):
        degree, xmin, alpha = row["degree"], float(row["xmin"]), float(row["alpha"])
        if not np.isfinite(alpha):
            continue
        values = degree_values(network, degree, weighted=weighted)
        k = _grid(xmin, float(values.max()), discrete=discrete)
        in_tail = float((values >= xmin).mean())
        for name, parameters in {"power_law": (alpha,), **_alternatives(fits, degree)}.items():
            ccdf = in_tail * measures.tail_ccdf(k, name, parameters, xmin, discrete)
            parts.append(pd.DataFrame({"degree": degree, "distribution": name, "k": k, "ccdf": ccdf}))
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=list(COLUMNS))


def _grid(xmin: float, top: float, *, discrete: bool) -> NDArray[np.float64]:
    """Return degrees at equal distances on a logarithmic axis, whole ones where degrees are."""
    k = np.geomspace(xmin, max(top, xmin), POINTS)
    return np.unique(np.round(k)) if discrete else k


def _alternatives(fits: pd.DataFrame, degree: str) -> dict[str, tuple[float, ...]]:
    """Return the parameters of the alternatives fitted to one kind of degree."""
    columns = [c for c in PARAMETERS if c in fits.columns]
    rows = fits[(fits["row"] == "comparison") & (fits["degree"] == degree)]
    found = {}
    for row in rows.to_dict("records"):
        known = tuple(float(row[c]) for c in columns if pd.notna(row[c]))
        if len(known) == len(measures.PARAMETERS[row["alternative"]]):
            found[str(row["alternative"])] = known
    return found
