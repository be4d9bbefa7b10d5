"""Whether flows go with distance, region and size, tested by permuting places (QAP)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from clusters import places
from clusters.errors import DataError, UsageError
from clusters.measures import qap as permuted
from clusters.relations import Relations
from clusters.sentences import Note
from clusters.tables._apart import Square, about, squares, years_note

AGAINST = ("log_distance", "same_region", "size_product")
"""What flows are related to."""


def qap(
    relations: Relations,
    *,
    level: str = "province",
    coordinates: pd.DataFrame | None = None,
    kinds: Sequence[str] | None = None,
    against: Sequence[str] = AGAINST,
    permutations: int = permuted.PERMUTATIONS,
    seed: int = 0,
    by_year: bool = False,
    cumulative: bool = True,
    years: Sequence[int] | None = None,
) -> pd.DataFrame:
    """Tabulate how flows between places go with distance, region and size, tested by QAP (F12).

    Flows enter as ln(1 + relations), without those within a place.

    Parameters
    ----------
    relations, level, coordinates, kinds, by_year, cumulative, years
        As in ``gravity``.
    against
        Some of ``log_distance`` (ln km), ``same_region`` (1 where both lie in one of the four regions
        of the Nankai report, or have the same ``region`` in ``coordinates``; else 0) and
        ``size_product`` (sum of the logarithms of 1 + size, of what the origin gives and the destination
        takes).
    permutations, seed
        Random permutations of the places.

    Returns
    -------
    DataFrame
        One row per regressor: ``year`` where asked for, ``statistic``, ``correlation`` with
        ``correlation_p`` alone; ``coefficient``, ``standardised`` and ``t`` beside the others (MRQAP) with
        ``mrqap_p`` from double semi-partialling, both two-sided; ``r_squared`` of the
        regression, ``pairs`` and ``permutations``. NaN where a regressor is the same for all pairs.

    References
    ----------
    Methods F12; Krackhardt 1988; Dekker, Krackhardt, Snijders 2007.

    Examples
    --------
    >>> from clusters.relations import sample
    >>> table = qap(sample(), permutations=99)
    >>> table["statistic"].tolist(), table["pairs"].tolist()
    (['log_distance', 'same_region', 'size_product'], [930, 930, 930])
    """
    unknown = [name for name in against if name not in AGAINST]
    if unknown or not against:
        raise UsageError(
            f"flows can be related to {', '.join(AGAINST)}, not to {', '.join(unknown) or 'nothing'}"
        )
    parts = []
    used = squares(relations, level, coordinates, kinds, by_year, cumulative, years)
    for year, square in used:
        part = _tested(square, against, level, permutations, seed)
        if by_year:
            part.insert(0, "year", year)
        parts.append(part)
    table = pd.concat(parts, ignore_index=True)
    table.attrs["notes"] = [
        *years_note(used),
        about(square, coordinates is None),
        Note("note.qap", n=permutations, seed=seed),
    ]
    return table


def _tested(square: Square, against: Sequence[str], level: str, permutations: int, seed: int) -> pd.DataFrame:
    outcome = square.flows.apply(np.log1p)
    regressors = {name: _regressor(name, square, level) for name in against}
    drawn: dict[str, Any] = {"permutations": permutations, "seed": seed}
    try:
        found = permuted.qap_regression(outcome, regressors, **drawn)
    except ValueError as error:
        raise DataError(f"QAP: {error}") from None
    alone = {name: permuted.qap_correlation(outcome, one, **drawn) for name, one in regressors.items()}
    beside = found.coefficients.loc[list(against)]
    return pd.DataFrame(
        {
            "statistic": list(against),
            "correlation": [alone[name].correlation for name in against],
            "correlation_p": [alone[name].p for name in against],
            **{name: beside[name].to_numpy() for name in ("coefficient", "standardised", "t")},
            "mrqap_p": beside["p"].to_numpy(),
            "r_squared": found.r2,
            "pairs": found.cells,
            "permutations": permutations,
        }
    )


def _regressor(name: str, square: Square, level: str) -> pd.DataFrame:
    if name == "log_distance":
        values = square.distance.to_numpy(copy=True)
        np.fill_diagonal(values, 1.0)
        cells = np.log(values)
    elif name == "size_product":
        given, taken = (np.log1p(square.flows.sum(axis=axis).to_numpy(float)) for axis in (1, 0))
        cells = given[:, None] + taken
    else:
        regions = pd.Series(_regions(square.where, level), dtype=object)
        codes = pd.factorize(regions)[0]
        cells = ((codes[:, None] == codes) & (codes >= 0)[:, None]).astype(float)
    return pd.DataFrame(cells, index=square.flows.index, columns=square.flows.index)


def _regions(where: pd.DataFrame, level: str) -> list[str | None]:
    if "region" in where.columns:
        return [name if isinstance(name, str) else None for name in where["region"]]
    if level == places.PROVINCE:
        return [places.region(str(name), prd="province") for name in where.index]
    known = [places.place(str(name)) for name in where.index]
    return [places.region(one.province_zh, one.name_zh) if one else None for one in known]
