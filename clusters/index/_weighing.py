"""Weights of siblings: the systems by name, their needs, and what must be said beside their numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd

from clusters.errors import DataError
from clusters.index import _systems
from clusters.index._systems import PCA, pca
from clusters.index.ahp import ahp
from clusters.index.importance import optimised
from clusters.sentences import Note

DATA = ("upper", "reference_year")
SYSTEMS: Mapping[str, tuple[str, ...]] = {
    "given": (),
    "equal": (),
    "equal_effective": (),
    "entropy": DATA,
    "critic": DATA,
    "cv": DATA,
    "deviation": DATA,
    "pca": DATA,
    "optimised": DATA,
    "ahp": ("matrices",),
    "combined": ("of", "matrices", *DATA),
}
"""The systems of weights with the options that ``weigh_framework`` takes for each."""
FROM_DATA = ("entropy", "critic", "cv", "deviation", "pca", "optimised")
LEAST_EXPLAINED = 0.5


@dataclass(frozen=True, slots=True)
class Weighting:
    """Weights of siblings, with what they come from."""

    system: str
    weights: pd.Series
    """Sum 1."""
    diagnostics: pd.DataFrame
    """Rows as ``weights``; columns by system: ``indicator_entropy``; ``indicator_deviation``,
    ``conflict`` (CRITIC); ``variation_coefficient``; ``loading``, ``explained_share``;
    ``importance_target``; ``consistency_ratio``."""
    warnings: tuple[Note, ...] = ()


def weigh(
    values: pd.DataFrame,
    system: str = "equal",
    *,
    directions: Mapping[object, int] | None = None,
    given: Mapping[Any, float] | None = None,
    matrix: Any = None,
    of: Sequence[str] = ("entropy", "critic"),
) -> Weighting:
    """Weigh the columns of a table.

    Parameters
    ----------
    values
        Rows units, columns indicators, normalised as far as the system asks for it (``entropy``:
        0 or above; ``critic`` scales by itself).
    system
        A name of ``SYSTEMS``: ``given``, ``equal`` (here the same as ``equal_effective``),
        ``entropy``, ``critic``, ``cv``, ``deviation``, ``pca``, ``optimised``, ``ahp``, ``combined``.
    directions
        For ``critic``: 1 or -1 of each column; all 1 by default.
    given
        For ``given``: weights, rescaled to sum 1. For ``optimised``: the importance that each part
        should have; equal by default.
    matrix
        For ``ahp``: pairwise comparisons, see ``ahp.ahp``; with names they must be those of the columns.
    of
        For ``combined``: the systems whose weights are multiplied and rescaled.

    Returns
    -------
    Weighting
        Weights with sum 1. A single column has weight 1 by any system.

    Raises
    ------
    DataError
        The data do not allow the system, see there.
    ValueError
        An unknown system, or one without what it needs.

    References
    ----------
    Methods 2.5, step 6.

    Examples
    --------
    >>> frame = pd.DataFrame({"a": [0.0, 0.5, 1.0], "b": [0.0, 0.0, 1.0]})
    >>> weigh(frame, "entropy").weights.round(4).to_dict()
    {'a': 0.2961, 'b': 0.7039}
    """
    names = values.columns
    if system not in SYSTEMS:
        raise ValueError(f"weights {system!r} are not known; use {', '.join(SYSTEMS)}")
    if system == "combined":
        return _combined(values, of, directions, given, matrix)
    if system == "given":
        if given is None:
            raise ValueError("given weights are needed: given={...}")
        return Weighting(system, _given(given, names), pd.DataFrame(index=names))
    if system == "ahp":
        if matrix is None:
            raise ValueError("a matrix of pairwise comparisons is needed: matrix=...")
        return _judged(matrix, names)
    if len(names) == 1 or system in ("equal", "equal_effective"):
        return Weighting(system, pd.Series(1 / len(names), index=names), pd.DataFrame(index=names))
    if system == "optimised":
        return _optimised(values, given)
    return _from_data(values, system, directions)


def rescaled(weights: Mapping[str, Any]) -> dict[str, Fraction]:
    """Rescale weights of siblings to sum 1, exactly, with the digits they are written with.

    Examples
    --------
    >>> rescaled({"a": 0.15, "b": 0.45})
    {'a': Fraction(1, 4), 'b': Fraction(3, 4)}
    """
    exact = {node: _fraction(weight) for node, weight in weights.items()}
    total = sum(exact.values())
    if any(w < 0 for w in exact.values()) or not total:
        listed = ", ".join(f"{node} {float(w):g}" for node, w in exact.items())
        raise DataError(f"weights must be 0 or above, and not all 0; they are {listed}")
    return {node: weight / total for node, weight in exact.items()}


def _fraction(weight: Any) -> Fraction:
    if isinstance(weight, Fraction):
        return weight
    if not np.isfinite(weight):
        raise DataError(f"a weight is {weight}, not a number")
    return Fraction(repr(float(weight)))


def _given(given: Mapping[Any, float], names: pd.Index) -> pd.Series:
    lacking = [name for name in names if name not in given]
    if lacking:
        raise DataError(f"there is no given weight of {lacking[0]}")
    shares = rescaled({name: given[name] for name in names})
    return pd.Series([float(shares[name]) for name in names], index=names)


def _judged(matrix: Any, names: pd.Index) -> Weighting:
    found = ahp(matrix)
    weights = found.weights
    if isinstance(matrix, pd.DataFrame) and not isinstance(matrix.index, pd.RangeIndex):
        if set(weights.index) != set(names):
            odd = sorted(map(str, set(weights.index) ^ set(names)))
            raise DataError(f"the comparisons are not those of {', '.join(map(str, names))} (see {odd[0]})")
        weights = weights[names]
    elif len(weights) != len(names):
        raise DataError(f"the comparisons have {len(weights)} rows for {len(names)} parts")
    rows = pd.DataFrame({"consistency_ratio": found.consistency_ratio}, index=names)
    warned = (
        () if found.consistent else (Note("note.ahp_inconsistent", ratio=f"{found.consistency_ratio:.3f}"),)
    )
    return Weighting("ahp", weights.set_axis(names), rows, warned)


def _from_data(values: pd.DataFrame, system: str, directions: Mapping[object, int] | None) -> Weighting:
    names = values.columns
    if system == "pca":
        return _first_component(pca(values))
    if system == "entropy":
        entropies = _systems.entropies(values)
        rows = pd.DataFrame({"indicator_entropy": entropies})
        amounts = 1 - entropies
    elif system == "critic":
        spread, conflict = _systems.critic_parts(values, directions)
        rows = pd.DataFrame({"indicator_deviation": spread, "conflict": conflict})
        amounts = spread * conflict
    elif system == "cv":
        amounts = _systems.variations(values)
        rows = pd.DataFrame({"variation_coefficient": amounts})
    else:
        amounts = _systems.deviations(values)
        rows = pd.DataFrame({"indicator_deviation": amounts})
    still = [str(name) for name in names[amounts.to_numpy() == 0]]
    warned = (Note("note.weights_constant", names=still),) if still else ()
    return Weighting(system, _systems.shares(amounts, system), rows, warned)


def _first_component(found: PCA) -> Weighting:
    rows = pd.DataFrame({"loading": found.loadings, "explained_share": found.explained})
    warned = []
    if found.mixed_signs:
        against = [str(name) for name in found.loadings.index[found.loadings < 0]]
        warned.append(Note("note.pca_signs", names=against))
    if found.explained < LEAST_EXPLAINED:
        warned.append(Note("note.pca_explains", share=found.explained))
    return Weighting("pca", found.weights, rows, tuple(warned))


def _optimised(values: pd.DataFrame, target: Mapping[Any, float] | None) -> Weighting:
    found = optimised(values, target)
    rows = pd.DataFrame({"importance_target": found.target})
    warned = () if found.attained else (Note("note.importance_not_attained"),)
    return Weighting("optimised", found.weights, rows, warned)


def factors(of: Sequence[str]) -> Sequence[str]:
    """Return the systems that combined weights multiply, or say what is wrong with them."""
    wrong = [system for system in of if system not in SYSTEMS or system == "combined"]
    if wrong or len(of) < 2 or isinstance(of, str):
        listed = ", ".join(system for system in SYSTEMS if system != "combined")
        raise ValueError(f"combined weights need at least two of {listed}, not {', '.join(of) or 'none'}")
    return of


def _combined(
    values: pd.DataFrame,
    of: Sequence[str],
    directions: Mapping[object, int] | None,
    given: Mapping[Any, float] | None,
    matrix: Any,
) -> Weighting:
    """Multiply the weights of several systems and rescale (组合赋权)."""
    parts = [weigh(values, s, directions=directions, given=given, matrix=matrix) for s in factors(of)]
    product = parts[0].weights.copy()
    for part in parts[1:]:
        product = product * part.weights
    rows = pd.concat([part.diagnostics for part in parts], axis=1)
    warned = tuple(dict.fromkeys(note for part in parts for note in part.warnings))
    rows = rows.loc[:, ~rows.columns.duplicated()]
    return Weighting("combined", _systems.shares(product, " x ".join(of)), rows, warned)
