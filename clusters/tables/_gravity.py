"""How flows between places depend on sizes and distance: gravity, and the index of Chinese practice."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from clusters.errors import DataError
from clusters.measures import gravity as measures
from clusters.relations import Relations
from clusters.sentences import Note
from clusters.tables._apart import Square, about, squares, years_note

FIT = ("pairs", "empty_pairs", "separated_pairs", "pseudo_r2", "correlation_r2", "dispersion")


def gravity(
    relations: Relations,
    *,
    level: str = "province",
    coordinates: pd.DataFrame | None = None,
    kinds: Sequence[str] | None = None,
    fixed_effects: bool = False,
    own: bool = True,
    by_year: bool = False,
    cumulative: bool = True,
    years: Sequence[int] | None = None,
) -> pd.DataFrame:
    """Tabulate the coefficients of a gravity equation of the flows between places (F7).

    Parameters
    ----------
    relations
        Checked relations.
    level
        Place level; capitals are known for the 31 mainland provinces.
    coordinates
        Where the places lie, see ``places.capitals``; needed at other levels. With a column
        ``size`` it is the size of the places, else what they give and take in all.
    kinds
        As in ``flows``.
    fixed_effects
        Effects of origins and destinations instead of sizes.
    own
        Count flows within a place.
    by_year
        One fit per year that has three places; ``cumulative`` with all relations up to it, else its own.
    years
        Years to report; by default all that occur.

    Returns
    -------
    DataFrame
        One row per coefficient: ``year`` where asked for, ``statistic`` (``constant``,
        ``origin_size``, ``destination_size``, ``distance_decay``, ``same_place``), ``coefficient``
        with ``coefficient_low`` and ``coefficient_high`` (95 %), ``standard_error`` (HC1),
        ``clustered_error``; then of the whole fit ``pairs`` of places, ``empty_pairs`` without a
        relation, ``separated_pairs`` left out, ``pseudo_r2``, ``correlation_r2``, ``dispersion``.

    References
    ----------
    Methods F7; Santos Silva, Tenreyro 2006.

    Examples
    --------
    >>> from clusters.relations import sample
    >>> table = gravity(sample(), fixed_effects=True)
    >>> table["statistic"].tolist(), table["pairs"].tolist()
    (['distance_decay', 'same_place'], [961, 961])
    """
    parts = []
    used = squares(relations, level, coordinates, kinds, by_year, cumulative, years)
    for year, square in used:
        found = _fit(square, fixed_effects, own)
        part = found.coefficients.reset_index()
        counts = (found.cells, found.empty_cells, found.separated)
        quality = (found.pseudo_r2, found.correlation_r2, found.dispersion)
        part = part.assign(**dict(zip(FIT, (*counts, *quality), strict=True)))
        if by_year:
            part.insert(0, "year", year)
        parts.append(part)
    table = pd.concat(parts, ignore_index=True)
    table.attrs["notes"] = [
        *years_note(used),
        about(square, coordinates is None),
        Note("note.gravity_effects" if fixed_effects else "note.gravity_sizes"),
        *([] if fixed_effects or "size" in square.where.columns else [Note("note.gravity_own_sizes")]),
        *([Note("note.gravity_separated", n=found.separated)] if found.separated else []),
        *_decay(found),
    ]
    return table


def gravity_flows(
    relations: Relations,
    *,
    level: str = "province",
    coordinates: pd.DataFrame | None = None,
    kinds: Sequence[str] | None = None,
    fixed_effects: bool = False,
    own: bool = True,
    top: int | None = None,
) -> pd.DataFrame:
    """Tabulate flows beside what the gravity equation expects of them.

    Parameters
    ----------
    relations, level, coordinates, kinds, fixed_effects, own
        As in ``gravity``.
    top
        Number of rows; ``None`` for all pairs of places, also those without a relation.

    Returns
    -------
    DataFrame
        By falling number of relations: ``origin``, ``destination``, ``distance`` in km,
        ``relations``, ``fitted_relations`` and ``size_relations``, what would be expected if all
        places lay at the same, geometric mean, distance (and none were the same).

    Examples
    --------
    >>> from clusters.relations import sample
    >>> table = gravity_flows(sample(), top=1)
    >>> table[["origin", "destination", "distance"]].round().values.tolist()
    [['北京市', '北京市', 48.0]]
    """
    ((_, square),) = squares(relations, level, coordinates, kinds)
    found = _fit(square, fixed_effects, own)
    values = found.coefficients["coefficient"].fillna(0.0)
    apart = ~np.eye(len(square.flows), dtype=bool)
    typical = np.exp(np.log(square.distance.to_numpy()[apart]).mean())
    effect = -values["distance_decay"] * np.log(square.distance / typical)
    effect = effect + values.get("same_place", 0.0) * np.eye(len(square.flows))
    columns = {
        "distance": square.distance,
        "relations": square.flows,
        "fitted_relations": found.fitted,
        "size_relations": found.fitted / np.exp(effect),
    }
    table = _listed(columns)
    table = table[table["fitted_relations"].notna()]
    table = table.sort_values("relations", ascending=False, kind="stable", ignore_index=True)
    table = table.head(top) if top is not None else table
    table.attrs["notes"] = [about(square, coordinates is None), Note("note.gravity_flows", far=typical)]
    return table


def gravity_index(
    relations: Relations,
    *,
    level: str = "province",
    coordinates: pd.DataFrame | None = None,
    kinds: Sequence[str] | None = None,
    exponent: float = 2.0,
    top: int | None = 20,
) -> pd.DataFrame:
    """Tabulate the index of the modified gravity model (修正引力模型) beside the flows.

    Parameters
    ----------
    relations, level, coordinates, kinds
        As in ``gravity``; the mass of a place is its ``size``, else the relations it gives and takes.
    exponent
        Power of the distance.
    top
        Number of rows; ``None`` for all ordered pairs of different places.

    Returns
    -------
    DataFrame
        By falling index: ``origin``, ``destination``, ``distance`` in km, ``gravity_index``,
        ``gravity_share`` of the sum over all pairs, ``relations`` and their ``share`` of those between
        different places.

    Examples
    --------
    >>> from clusters.relations import sample
    >>> gravity_index(sample(), top=1)[["origin", "destination"]].values.tolist()
    [['北京市', '天津市']]
    """
    ((_, square),) = squares(relations, level, coordinates, kinds)
    if "size" in square.where.columns:
        mass = square.where["size"]
    else:
        mass = square.flows.sum(axis=1) + square.flows.sum(axis=0)
    index = measures.modified_gravity(mass, square.distance, exponent=exponent)
    table = _listed({"distance": square.distance, "gravity_index": index, "relations": square.flows})
    table = table[table["origin"] != table["destination"]]
    table.insert(4, "gravity_share", table["gravity_index"] / (table["gravity_index"].sum() or np.nan))
    table["share"] = table["relations"] / max(int(table["relations"].sum()), 1)
    table = table.sort_values("gravity_index", ascending=False, kind="stable", ignore_index=True)
    related = float(np.corrcoef(table["gravity_share"].rank(), table["share"].rank())[0, 1])
    table = table.head(top) if top is not None else table
    table.attrs["notes"] = [
        about(square, coordinates is None),
        Note("note.gravity_index", b=exponent, r=related),
    ]
    return table


def _fit(square: Square, fixed_effects: bool, own: bool) -> measures.Gravity:
    size: dict[str, Any] = {}
    if "size" in square.where.columns and not fixed_effects:
        if square.where["size"].isna().any():
            missing = square.where.index[square.where["size"].isna()]
            raise DataError(f"{len(missing)} places have no size (first: {missing[0]})")
        size = {"origin_size": square.where["size"], "destination_size": square.where["size"]}
    try:
        return measures.gravity(square.flows, square.distance, fixed_effects=fixed_effects, own=own, **size)
    except ValueError as error:
        raise DataError(f"gravity: {error}") from None


def _listed(columns: dict[str, pd.DataFrame]) -> pd.DataFrame:
    first, *_ = columns.values()
    n = len(first)
    ends = {"origin": np.repeat(first.index.to_numpy(object), n), "destination": np.tile(first.index, n)}
    return pd.DataFrame({**ends, **{name: square.to_numpy().ravel() for name, square in columns.items()}})


def _decay(found: measures.Gravity) -> list[Note]:
    """Say in words what the fit tells of distance, and what it does not."""
    columns = ["coefficient", "coefficient_low", "coefficient_high"]
    g, low, high = found.coefficients.loc[["distance_decay"], columns].to_numpy(float)[0].tolist()
    if not np.isfinite([low, high]).all():
        return [Note("note.decay_untold")]
    values = {"g": g, "low": low, "high": high}
    if low > 0:
        return [Note("note.decay_falls", less=1 - 2.0**-g, **values)]
    if high < 0:
        return [Note("note.decay_rises", **values)]
    return [Note("note.decay_open", **values)]
