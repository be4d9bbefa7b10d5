"""Whether degrees follow a power law, and how they are distributed (Figure 10)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from clusters.measures import powerlaw as measures
from clusters.networks import ValueNetwork
from clusters.sentences import Note
from clusters.tables._concentration import Degree, degree_values

DEGREES: tuple[Degree, ...] = ("in", "out", "total")
FIT = ("n", "xmin", "alpha", "sigma", "ks", "n_tail", "tail_share", "degree_share")
COLUMNS = ("row", "degree", *FIT, "p_value", "replicates", "verdict", "alternative", "R", "p")


def powerlaw(
    network: ValueNetwork,
    *,
    degrees: Sequence[Degree] = DEGREES,
    replicates: int = 100,
    seed: int = 0,
    alternatives: Sequence[str] = measures.DEFAULT_ALTERNATIVES,
    discrete: bool = True,
    weighted: bool = False,
) -> pd.DataFrame:
    """Tabulate power-law fits of the degrees of a network, their tests and comparisons.

    Parameters
    ----------
    network
        One network, usually that of the last year.
    degrees
        Any of ``in``, ``out`` and ``total``.
    replicates
        Bootstrap replicates of the goodness of fit; 0 for none, 2,500 for p to 0.01.
    seed
        Seed of the bootstrap.
    alternatives
        Distributions to compare with; ``truncated_power_law`` takes many seconds.
    discrete
        Fit whole numbers exactly; otherwise the continuous form.
    weighted
        Count relations instead of distinct edges.

    Returns
    -------
    DataFrame
        Per degree one row ``row`` = ``fit`` with ``degree``, ``n``, ``xmin``, ``alpha``, ``sigma``, ``ks``,
        ``n_tail``, ``tail_share``, ``degree_share``, ``p_value``, ``replicates`` and ``verdict``, then one
        row ``comparison`` per alternative with ``degree``, ``alternative``, ``R`` and ``p``. What a row
        does not have is missing.

    References
    ----------
    Clauset, Shalizi, Newman 2009; Broido, Clauset 2019; Nankai report 2023, Figure 10.

    Examples
    --------
    >>> star = ValueNetwork.from_edges([("hub", leaf) for leaf in "abcd"])
    >>> table = powerlaw(star, degrees=["total"], replicates=0, alternatives=[])
    >>> table[["degree", "n", "verdict"]].values.tolist()
    [['total', 5, 'not_tested']]
    """
    rows: list[dict[str, Any]] = []
    notes: list[Note] = []
    for degree in degrees:
        values = degree_values(network, degree, weighted=weighted)
        fit = measures.fit(values, discrete=discrete)
        p_value = measures.goodness_of_fit(values, fit, replicates=replicates, seed=seed)
        comparisons = measures.compare(values, fit, alternatives)
        rows.append(
            {
                "row": "fit",
                "degree": degree,
                **{name: getattr(fit, name) for name in FIT},
                "p_value": p_value,
                "replicates": replicates,
                "verdict": measures.verdict(fit, p_value, comparisons),
            }
        )
        rows += [
            {"row": "comparison", "degree": degree, "alternative": c.alternative, "R": c.R, "p": c.p}
            for c in comparisons
        ]
        notes += _notes(degree, fit)
    table = pd.DataFrame(rows, columns=list(COLUMNS))
    whole = ["n", "n_tail", "replicates"]
    table[whole] = table[whole].astype("Int64")
    if replicates:
        error = 0.5 / np.sqrt(replicates)
        notes.append(Note("note.replicates", n=replicates, error=error))
    table.attrs["notes"] = notes
    return table


def degree_distribution(
    network: ValueNetwork, *, degrees: Sequence[Degree] = DEGREES, weighted: bool = False
) -> pd.DataFrame:
    """Tabulate how many organisations have each degree, and how many at least that (Figure 10).

    Parameters
    ----------
    network
        One network, usually that of the last year.
    degrees, weighted
        As in ``powerlaw``.

    Returns
    -------
    DataFrame
        ``degree`` (``in``, ``out``, ``total``), ``k``, ``nodes`` with that degree, their ``share`` and
        ``ccdf``, the share with at least that degree. Degree 0 is in it where it occurs.

    References
    ----------
    Nankai report 2023, Figure 10.

    Examples
    --------
    >>> star = ValueNetwork.from_edges([("hub", leaf) for leaf in "abcd"])
    >>> degree_distribution(star, degrees=["out"])[["k", "nodes", "ccdf"]].values.tolist()
    [[0.0, 4.0, 1.0], [4.0, 1.0, 0.2]]
    """
    parts = []
    for degree in degrees:
        found = measures.ccdf(degree_values(network, degree, weighted=weighted))
        found = found.rename(columns={"value": "k", "count": "nodes"}).astype({"k": np.int64})
        found.insert(0, "degree", degree)
        parts.append(found)
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=["degree", "k", "nodes"])


def _notes(degree: str, fit: measures.PowerLawFit) -> list[Note]:
    notes = []
    if fit.dropped:
        notes.append(Note("note.degree_zero", degree=degree, n=fit.dropped))
    if 0 < fit.n_tail < measures.THIN:
        notes.append(Note("note.thin_tail", degree=degree, n=fit.n_tail))
    return notes
