"""The structure of flows between places: by year, by pair, by origin, and the flows that stand out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from clusters import places
from clusters.errors import UsageError
from clusters.measures import backbone as backbones
from clusters.measures import flow_structure as measures
from clusters.measures import flows, inequality
from clusters.relations import Relations
from clusters.sentences import Note
from clusters.tables._flows import _counted, _notes, _picked

NAN = float("nan")
POLES = 2


def flow_structure(
    relations: Relations,
    *,
    level: str = "province",
    poles: Sequence[str] | None = None,
    cumulative: bool = True,
    years: Sequence[int] | None = None,
    kinds: Sequence[str] | None = None,
    foreign: flows.Foreign = "leave",
    distinct: bool = False,
) -> pd.DataFrame:
    """Tabulate how flows between places are built, one row per year.

    Parameters
    ----------
    relations, level, kinds, foreign, distinct
        As in ``flows``.
    poles
        Places whose weight is followed; by default the two with the most flows in the last year.
    cumulative
        Relations up to each year; else those of the single year.
    years
        Years to report; by default all that occur. A table without years has one row.

    Returns
    -------
    DataFrame
        ``year``, ``places`` that take part, ``relations`` that count, ``intra_share``, ``intra_lift``,
        ``flow_reciprocity``; ``poles_inside``, ``poles_source``, ``poles_target``, ``poles_touching`` and
        ``poles_balance``; ``polycentricity`` of what places receive from others;
        ``rank_size_empowerment`` and ``rank_size_input``, slopes of the rank-size rule;
        ``destination_entropy``, mean over origins by what they give, and ``effective_destinations``.

    References
    ----------
    Nankai report 2023, Tables 7 and 8; Green 2007; Gabaix, Ibragimov 2011.

    Examples
    --------
    >>> from clusters.relations import from_frame
    >>> frame = pd.DataFrame({"source": list("aab"), "target": list("abb"), "year": [2020, 2020, 2021]})
    >>> frame["source_city"] = frame["source"].map({"a": "深圳市", "b": "北京市"})
    >>> frame["target_city"] = frame["target"].map({"a": "深圳市", "b": "北京市"})
    >>> found = flow_structure(from_frame(frame), level="city")
    >>> found[["year", "places", "relations", "intra_share", "poles_touching"]].round(3).values.tolist()
    [[2020.0, 2.0, 2.0, 0.5, 1.0], [2021.0, 2.0, 3.0, 0.667, 1.0]]
    """
    used = _picked(relations, level, kinds, distinct)
    matrices = _matrices(used, level, cumulative, years, foreign, distinct)
    named = _poles(matrices, poles)
    rows = [({"year": year} if used.dated else {}) | _structure(m, named) for year, m in matrices.items()]
    columns = [*(["year"] if used.dated else []), *_structure(pd.DataFrame(), [])]
    table = pd.DataFrame(rows, columns=columns)
    said = [Note("note.flow_poles", poles=named)] if named else []
    table.attrs["notes"] = [*_notes(_counted(used, level, distinct), level, foreign, distinct), *said]
    return table


def _structure(matrix: pd.DataFrame, poles: Sequence[str]) -> dict[str, float]:
    """Return one row of ``flow_structure``."""
    given, taken = matrix.to_numpy().sum(axis=1), matrix.to_numpy().sum(axis=0)
    entropy = measures.destination_entropy(matrix).to_numpy()[given > 0]
    weights = given[given > 0]
    mean = float(entropy @ weights / weights.sum()) if weights.size else NAN
    whole = flows.pole_dominance(matrix, poles) if poles else None
    return {
        "places": int(((given + taken) > 0).sum()),
        "relations": int(given.sum()),
        "intra_share": flows.intra_share(matrix),
        "intra_lift": flows.intra_lift(matrix),
        "flow_reciprocity": flows.flow_reciprocity(matrix),
        **{
            f"poles_{name}": getattr(whole, name) if whole else NAN
            for name in ("inside", "source", "target", "touching", "balance")
        },
        "polycentricity": measures.functional_polycentricity(matrix),
        "rank_size_empowerment": inequality.rank_size(given).slope,
        "rank_size_input": inequality.rank_size(taken).slope,
        "destination_entropy": mean,
        "effective_destinations": float(np.exp(mean)),
    }


def _matrices(
    used: Relations,
    level: str,
    cumulative: bool,
    years: Sequence[int] | None,
    foreign: flows.Foreign,
    distinct: bool,
) -> dict[int, pd.DataFrame]:
    """Return the flow matrix of each year, or one under the key 0 where there are no years."""
    options: dict[str, Any] = {"level": level, "foreign": foreign, "distinct": distinct}
    if used.dated:
        return flows.yearly_flow_matrices(used, cumulative=cumulative, years=years, **options)
    counts = None if distinct else used.frame["relations"].to_numpy()
    return {0: flows.flow_matrix(used, counts=counts, **options)}


def _poles(matrices: Mapping[int, pd.DataFrame], poles: Sequence[str] | None) -> list[str]:
    """Return the poles asked for, or the places with the most flows in the last year."""
    if not matrices:
        return []
    last = matrices[max(matrices)]
    if poles is None:
        size = last.sum(axis=1) + last.sum(axis=0) - np.diag(last)
        return [str(p) for p in size.sort_values(ascending=False, kind="stable").index[:POLES]]
    poles = [places.named(pole, last.index) for pole in poles]
    unknown = [p for p in poles if p not in last.index]
    if unknown:
        raise UsageError(Note("note.pole_unknown", name=unknown[0], known=last.index.tolist()))
    return list(poles)


def flow_pairs(
    relations: Relations,
    *,
    level: str = "province",
    top: int | None = 20,
    kinds: Sequence[str] | None = None,
    foreign: flows.Foreign = "leave",
    distinct: bool = False,
) -> pd.DataFrame:
    """Tabulate pairs of places with their flows in both directions.

    Parameters
    ----------
    relations, level, kinds, foreign, distinct
        As in ``flows``.
    top
        Number of pairs; ``None`` for all with a flow.

    Returns
    -------
    DataFrame
        By falling sum of both: ``rank``, ``origin``, ``destination``, ``relations`` that way, ``return_flow``
        the other way, ``asymmetry`` (difference over sum, at least 0: the origin is the one that gives more).

    References
    ----------
    Methods F4.

    Examples
    --------
    >>> from clusters.relations import from_frame
    >>> frame = pd.DataFrame({"source": list("aaab"), "target": list("bbba")})
    >>> for end in ("source", "target"):
    ...     frame[f"{end}_city"] = frame[end].map({"a": "深圳市", "b": "北京市"})
    >>> flow_pairs(from_frame(frame), level="city").values.tolist()
    [[1, '深圳市', '北京市', 3, 1, 0.5]]
    """
    matrix, notes = _matrix(relations, level, kinds, foreign, distinct)
    pairs = measures.pair_asymmetry(matrix)
    turned = (pairs["asymmetry"] < 0).to_numpy()
    there, back = pairs["forward"].to_numpy(), pairs["backward"].to_numpy()
    first, second = pairs["origin"].to_numpy(), pairs["destination"].to_numpy()
    table = pd.DataFrame(
        {
            "rank": np.arange(1, len(pairs) + 1),
            "origin": np.where(turned, second, first),
            "destination": np.where(turned, first, second),
            "relations": np.where(turned, back, there).astype(np.int64),
            "return_flow": np.where(turned, there, back).astype(np.int64),
            "asymmetry": pairs["asymmetry"].abs().to_numpy(),
        }
    )
    table = table.head(top) if top is not None else table
    table.attrs["notes"] = notes
    return table


def flow_destinations(
    relations: Relations,
    *,
    level: str = "province",
    top: int | None = None,
    kinds: Sequence[str] | None = None,
    foreign: flows.Foreign = "leave",
    distinct: bool = False,
) -> pd.DataFrame:
    """Tabulate for each place how widely spread is what it gives.

    Parameters
    ----------
    relations, level, kinds, foreign, distinct
        As in ``flows``.
    top
        Number of places; ``None`` for all that give.

    Returns
    -------
    DataFrame
        By falling number given: ``place``, ``empowerment``, ``own_share`` (part that stays in the place),
        ``main_destination`` (other place that gets most) and ``main_share``, ``destination_entropy`` in
        nats and ``effective_destinations``, e to its power.

    References
    ----------
    Shannon 1948; methods F13.

    Examples
    --------
    >>> from clusters.relations import from_frame
    >>> frame = pd.DataFrame({"source": list("aa"), "target": list("ab")})
    >>> for end in ("source", "target"):
    ...     frame[f"{end}_city"] = frame[end].map({"a": "深圳市", "b": "北京市"})
    >>> flow_destinations(from_frame(frame), level="city").round(3).values.tolist()
    [['深圳市', 2, 0.5, '北京市', 0.5, 0.693, 2.0]]
    """
    matrix, notes = _matrix(relations, level, kinds, foreign, distinct)
    cells = matrix.to_numpy()
    given = cells.sum(axis=1)
    shares = cells / np.maximum(given, 1)[:, None]
    others = np.where(np.eye(len(cells), dtype=bool), -1.0, shares)
    best = others.argmax(axis=1) if len(cells) else np.empty(0, np.intp)
    most = others[np.arange(len(cells)), best]
    names = matrix.columns.take(best).to_numpy()
    entropy = measures.destination_entropy(matrix).to_numpy()
    table = pd.DataFrame(
        {
            "place": matrix.index.to_numpy(),
            "empowerment": given,
            "own_share": np.diag(shares),
            "main_destination": [name if m > 0 else None for name, m in zip(names, most, strict=True)],
            "main_share": np.where(most > 0, most, 0.0),
            "destination_entropy": entropy,
            "effective_destinations": np.exp(entropy),
        }
    )
    table = table[table["empowerment"] > 0]
    table = table.sort_values("empowerment", ascending=False, kind="stable", ignore_index=True)
    table = table.head(top) if top is not None else table
    table.attrs["notes"] = notes
    return table


def backbone(
    relations: Relations,
    *,
    level: str = "province",
    alpha: float = 0.05,
    kinds: Sequence[str] | None = None,
    foreign: flows.Foreign = "leave",
    distinct: bool = False,
) -> pd.DataFrame:
    """Tabulate the flows between places that chance would not make so large.

    Parameters
    ----------
    relations, level, kinds, foreign, distinct
        As in ``flows``. Flows within a place take no part.
    alpha
        Level of both filters, between 0 and 1.

    Returns
    -------
    DataFrame
        Flows that either filter keeps, largest first: ``rank``, ``origin``, ``destination``, ``relations``,
        ``alpha_origin`` and ``alpha_destination`` of the disparity filter, ``noise_score`` and ``noise_sd``
        of the noise-corrected one, and ``kept``: ``both``, ``disparity`` or ``noise``.

    References
    ----------
    Serrano, Boguna, Vespignani 2009; Coscia, Neffke 2017.

    Examples
    --------
    >>> from clusters.relations import from_frame
    >>> pairs = [*["ab"] * 80, *["ac"] * 10, *["ad"] * 10, *["bc", "cd", "db", "dc", "ca"] * 5]
    >>> frame = pd.DataFrame({"source": [p[0] for p in pairs], "target": [p[1] for p in pairs]})
    >>> frame = from_frame(frame.assign(source_x=frame["source"], target_x=frame["target"]))
    >>> backbone(frame, level="x")[["origin", "destination", "relations", "kept"]].values.tolist()[0]
    ['a', 'b', 80, 'both']
    """
    if not 0 < alpha < 1:
        raise UsageError(f"alpha must lie between 0 and 1, not {alpha}")
    matrix, notes = _matrix(relations, level, kinds, foreign, distinct)
    every = backbones.backbone(matrix, alpha)
    one, other = every.pop("disparity_kept").to_numpy(), every.pop("noise_kept").to_numpy()
    every["kept"] = np.select([one & other, one, other], ["both", "disparity", "noise"], "")
    table: pd.DataFrame = every[one | other].reset_index(drop=True)
    table.insert(0, "rank", np.arange(1, len(table) + 1))
    sizes = every["relations"].to_numpy()
    whole = max(int(sizes.sum()), 1)
    notes = [
        *notes,
        Note(
            "note.backbone",
            n=len(table),
            of=len(every),
            alpha=alpha,
            share=float(sizes[one | other].sum() / whole),
            disparity=int(one.sum()),
            noise=int(other.sum()),
        ),
        Note("note.backbone_meaning"),
    ]
    table.attrs["notes"] = notes
    return table


def _matrix(
    relations: Relations, level: str, kinds: Sequence[str] | None, foreign: flows.Foreign, distinct: bool
) -> tuple[pd.DataFrame, list[Note]]:
    """Return the flow matrix of all years, and what is said of it."""
    used = _counted(_picked(relations, level, kinds, distinct), level, distinct)
    matrix = flows.flow_matrix(used.rows, level=level, foreign=foreign, **used.counted)
    return matrix, _notes(used, level, foreign, distinct)
