"""How much the best connected organisations hold: by year, and as a curve (Figure 15)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Literal

import numpy as np
import pandas as pd

from clusters.measures import concentration as measures
from clusters.measures import degree as degrees
from clusters.networks import ValueNetwork
from clusters.sentences import Note

Degree = Literal["in", "out", "total"]
TOPS = {"top_10_percent": 0.1, "top_1_percent": 0.01, "top_0_1_percent": 0.001}
OTHERS: dict[str, Callable[[np.ndarray], float]] = {
    "gini": measures.gini,
    "hhi": measures.hhi,
    "effective_number": measures.effective_number,
    "theil": measures.theil_t,
    "hoover": measures.hoover,
}
CONCENTRATION = (*TOPS, *OTHERS)
POINTS = 200  # of the curve between the largest and the smallest holder


def concentration(
    networks: Mapping[int | None, ValueNetwork], *, degree: Degree = "out", weighted: bool = False
) -> pd.DataFrame:
    """Tabulate the concentration of degrees, one row per year.

    Parameters
    ----------
    networks
        Networks by year, as ``networks.cumulative`` gives them.
    degree
        ``out`` (what organisations give, as in the report), ``in`` or ``total``.
    weighted
        Count relations instead of distinct edges.

    Returns
    -------
    DataFrame
        ``year`` (NaN when undated), ``nodes``, ``top_10_percent``, ``top_1_percent``, ``top_0_1_percent``
        (shares, decision D9), ``gini``, ``hhi``, ``effective_number`` (1/HHI), ``theil`` (T, in nats) and
        ``hoover``. All nodes count, those of degree 0 too. NaN in a year without an edge.

    References
    ----------
    Nankai report 2023, Figure 15.

    Examples
    --------
    >>> star = ValueNetwork.from_edges([("hub", leaf) for leaf in "abcd"])
    >>> concentration({2022: star})[["nodes", "top_10_percent", "gini"]].values.tolist()
    [[5.0, 1.0, 0.8]]
    """
    rows = []
    for year, network in networks.items():
        values = degree_values(network, degree, weighted=weighted)
        rows.append(
            {
                "year": np.nan if year is None else year,
                "nodes": network.n_nodes,
                **degree_concentration(values),
            }
        )
    table = pd.DataFrame(rows, columns=["year", "nodes", *CONCENTRATION])
    table.attrs["notes"] = [degree_note(degree, weighted)]
    return table


def concentration_curve_table(
    network: ValueNetwork, *, degree: Degree = "out", weighted: bool = False
) -> pd.DataFrame:
    """Tabulate what the best connected organisations hold together, from the first to all (Figure 15).

    Parameters
    ----------
    network
        One network, usually that of the last year.
    degree, weighted
        As in ``concentration``.

    Returns
    -------
    DataFrame
        ``nodes`` (how many of the best connected), ``nodes_share`` and ``total_share``, both
        cumulative from (0, 0) to (1, 1). Rows between corners of the curve, where many
        organisations have the same degree, are thinned: straight lines join what is left exactly.

    References
    ----------
    Nankai report 2023, Figure 15.

    Examples
    --------
    >>> star = ValueNetwork.from_edges([("hub", leaf) for leaf in "abcd"])
    >>> concentration_curve_table(star)["total_share"].tolist()
    [0.0, 1.0, 1.0, 1.0, 1.0, 1.0]
    """
    values = degree_values(network, degree, weighted=weighted)
    curve = measures.concentration_curve(values)
    curve.insert(0, "nodes", np.arange(len(curve)))
    held = np.sort(values)[::-1]
    corners = np.flatnonzero(np.diff(held)) + 1 if held.size else np.empty(0, dtype=int)
    between = np.geomspace(1, max(held.size, 1), POINTS).astype(int)
    marks = [max(1, int(held.size * top + 0.5)) for top in TOPS.values()]
    keep = np.unique(np.r_[0, corners, between, marks, len(curve) - 1])
    table = curve.iloc[keep[keep < len(curve)]].reset_index(drop=True)
    table.attrs["notes"] = [degree_note(degree, weighted)]
    return table


def degree_concentration(values: np.ndarray, names: Sequence[str] = CONCENTRATION) -> dict[str, float]:
    """Return the columns of ``concentration``, or some of them, for the degrees of one network."""
    return {
        name: measures.top_share(values, TOPS[name]) if name in TOPS else OTHERS[name](values)
        for name in names
    }


def degree_values(network: ValueNetwork, degree: Degree, *, weighted: bool = False) -> np.ndarray:
    """Return one kind of degree of all nodes, in node order."""
    functions = {"in": degrees.in_degree, "out": degrees.out_degree, "total": degrees.degree}
    if degree not in functions:
        raise ValueError(f"degree {degree!r} is not known; use in, out or total")
    return functions[degree](network, weighted=weighted).to_numpy()


def degree_note(degree: Degree, weighted: bool) -> Note:
    """Say whose degrees are counted, and how."""
    return Note("note.concentration_relations" if weighted else "note.concentration_edges", degree=degree)
