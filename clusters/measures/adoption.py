"""When places take up a technology, in which order, and what makes them do it sooner.

A place has adopted from the first year on in which an amount of it - relations received, a location
quotient - reaches a threshold. Two things cannot be known and are always said:

- in the first observed year it may have adopted in that year or any time before (``left``-censored);
- without an adoption at the end it may adopt any time later or never (``right``-censored).

The survival curve and the hazard use what is known: a left-censored place is counted as having adopted
by the first year, but says nothing of what made it do so.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import NormalDist
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Link = Literal["cloglog", "logit"]
NAN = float("nan")
STEPS = 50
RUNAWAY = 30.0
"""A coefficient per unit beyond which chances are 0 or 1 to the computer: the data separate."""


@dataclass(frozen=True, slots=True, eq=False)
class HazardFit:
    """Chance to adopt in a year, given not before, fitted by maximum likelihood."""

    coefficients: pd.Series
    standard_errors: pd.Series
    """From the information matrix."""
    clustered_errors: pd.Series
    """Robust to dependence within the clusters; NaN where none were given."""
    link: Link
    periods: int
    """Places times years at risk."""
    events: int
    log_likelihood: float
    converged: bool


def adoption(amounts: pd.DataFrame, *, least: float = 1) -> pd.DataFrame:
    """Say when each place adopted, after how long, and what is not known of it.

    Parameters
    ----------
    amounts
        One row per place, one column per year in ascending order, without a gap in what was observed: for
        example relations received in or up to the year.
    least
        Amount from which on a place has adopted: 1 relation, 5, or 1 of a location quotient. A missing
        amount is below it.

    Returns
    -------
    DataFrame
        Indexed by place: ``adoption_year`` (NaN without), ``censoring`` (``none``, ``left``: in the
        first year or before, ``right``: not yet at the end), ``rank`` (places of the same year share the
        better one) and ``lag``, years behind the first. Of the left-censored the year is the latest
        possible, and where there are any the lags are the least possible.

    References
    ----------
    Rogers 2003 (adoption over time); Klein, Moeschberger 2003, chapter 3 (censoring).

    Examples
    --------
    >>> years = [2020, 2021, 2022]
    >>> amounts = pd.DataFrame([[2, 2, 3], [0, 1, 1], [0, 0, 0]], index=["A", "B", "C"], columns=years)
    >>> adoption(amounts).values.tolist()
    [[2020.0, 'left', 1.0, 0.0], [2021.0, 'none', 2.0, 1.0], [nan, 'right', nan, nan]]
    """
    years = np.asarray(amounts.columns, dtype=np.float64)
    if (np.diff(years) <= 0).any():
        raise ValueError("years must ascend")
    reached = amounts.to_numpy(dtype=np.float64, na_value=NAN) >= least
    any_, first = (
        reached.any(axis=1),
        reached.argmax(axis=1) if years.size else np.zeros(len(amounts), dtype=np.intp),
    )
    year = np.where(any_, years[first] if years.size else NAN, NAN)
    censoring = np.where(any_, np.where(first == 0, "left", "none"), "right").astype(object)
    found = pd.DataFrame({"adoption_year": year, "censoring": censoring}, index=amounts.index)
    found["rank"] = found["adoption_year"].rank(method="min")
    found["lag"] = found["adoption_year"] - found["adoption_year"].min()
    return found


def kaplan_meier(
    times: ArrayLike,
    observed: ArrayLike,
    groups: Sequence[Hashable] | pd.Series | None = None,
    *,
    level: float = 0.95,
) -> pd.DataFrame:
    """Estimate the share that has not adopted yet after each time (product-limit estimator).

    Parameters
    ----------
    times
        Time of adoption, or the last time at which there was none yet.
    observed
        Whether it is the former. A left-censored place counts as adopting at the first year observed:
        the curve then holds from that year on and says nothing of the time before.
    groups
        Estimate a curve for each group, such as a region.
    level
        Of the intervals, between 0 and 1.

    Returns
    -------
    DataFrame
        For each group (column ``group`` where asked for) and time of an adoption: ``time``, ``at_risk``,
        ``events``, ``survival``, ``standard_error`` (Greenwood), ``low`` and ``high`` on the scale
        ln(-ln S). Error and interval are NaN once all have adopted.

    References
    ----------
    Kaplan, Meier 1958; Greenwood 1926; Kalbfleisch, Prentice 2002, 1.4.

    Examples
    --------
    >>> kaplan_meier([1, 2, 2, 3], [True, True, False, True])[["time", "survival"]].values.tolist()
    [[1.0, 0.75], [2.0, 0.5], [3.0, 0.0]]
    """
    time, event = np.asarray(times, dtype=np.float64), np.asarray(observed, dtype=bool)
    if time.shape != event.shape or not np.isfinite(time).all():
        raise ValueError("times must be known, and there must be as many as are observed or not")
    if groups is None:
        return _survival(time, event, level)
    group = pd.Series(list(groups), dtype=object)
    parts = []
    for name in dict.fromkeys(group.dropna()):
        rows = (group == name).to_numpy()
        part = _survival(time[rows], event[rows], level)
        part.insert(0, "group", name)
        parts.append(part)
    return pd.concat(parts, ignore_index=True) if parts else _survival(time[:0], event[:0], level)


def _survival(time: Floats, event: NDArray[np.bool_], level: float) -> pd.DataFrame:
    at = np.unique(time[event])
    risk = np.array([(time >= t).sum() for t in at], dtype=np.float64)
    events = np.array([(event & (time == t)).sum() for t in at], dtype=np.float64)
    survival = np.cumprod(1 - events / risk)
    with np.errstate(divide="ignore", invalid="ignore"):
        summed = np.cumsum(events / (risk * (risk - events)))
        error = np.where(survival > 0, survival * np.sqrt(summed), NAN)
        half = NormalDist().inv_cdf((1 + level) / 2) * np.sqrt(summed) / np.abs(np.log(survival))
        low, high = (np.where(survival > 0, survival ** np.exp(sign * half), NAN) for sign in (1, -1))
    return pd.DataFrame(
        {
            "time": at,
            "at_risk": risk.astype(np.int64),
            "events": events.astype(np.int64),
            "survival": survival,
            "standard_error": error,
            "low": low,
            "high": high,
        }
    )


def exposure(flows: ArrayLike, adopted: ArrayLike) -> Floats:
    """Return how much flows to each place from places that have adopted: sum over q of F_qp Y_q.

    Parameters
    ----------
    flows
        Square, origins down and destinations across. What flows within a place counts for nothing as
        long as it has not adopted itself.
    adopted
        Whether each place has adopted before.

    Returns
    -------
    ndarray
        One number per place, in units of the flows.

    References
    ----------
    Methods S2; Valente 1996 (exposure in networks).

    Examples
    --------
    >>> exposure([[5, 2], [1, 9]], [True, False]).tolist()
    [5.0, 2.0]
    """
    matrix, there = np.asarray(flows, dtype=np.float64), np.asarray(adopted, dtype=np.float64)
    if matrix.shape != (there.size, there.size):
        raise ValueError(f"{there.size} places need {there.size} x {there.size} flows, not {matrix.shape}")
    return np.asarray(matrix.T @ there)


def nearest_adopter(distances: ArrayLike, adopted: ArrayLike) -> Floats:
    """Return how far each place is from the nearest other place that has adopted.

    Returns
    -------
    ndarray
        In units of the distances; NaN where no other place has adopted.

    Examples
    --------
    >>> nearest_adopter([[0, 3, 7], [3, 0, 4], [7, 4, 0]], [True, False, False]).tolist()
    [nan, 3.0, 7.0]
    """
    matrix = np.array(distances, dtype=np.float64)
    np.fill_diagonal(matrix, np.inf)
    matrix[:, ~np.asarray(adopted, dtype=bool)] = np.inf
    nearest = matrix.min(axis=1, initial=np.inf)
    return np.where(np.isfinite(nearest), nearest, NAN)


def at_risk(
    found: pd.DataFrame,
    years: Sequence[int],
    *,
    size: pd.DataFrame | None = None,
    distances: pd.DataFrame | None = None,
    flows: Mapping[int, pd.DataFrame] | None = None,
) -> pd.DataFrame:
    """List each place and year in which it could still adopt, with what might have made it do so.

    Left-censored places are not among them, but are adopters for the others from the first year on.

    Parameters
    ----------
    found
        As ``adoption`` gives it.
    years
        Years observed; the first one only says who had adopted before.
    size
        A size of each place by year; that of the year before is taken.
    distances
        Between places; gives ``distance`` to the nearest place that had adopted by the year before.
    flows
        Flow matrix by year; that of the year before gives ``exposure``.

    Returns
    -------
    DataFrame
        ``place``, ``year``, ``event`` (adopted in the year) and ``size``, ``distance``, ``exposure`` as
        far as asked for.

    Examples
    --------
    >>> years = [2020, 2021, 2022]
    >>> amounts = pd.DataFrame([[2, 2, 3], [0, 1, 1], [0, 0, 0]], index=["A", "B", "C"], columns=years)
    >>> at_risk(adoption(amounts), years).values.tolist()
    [['B', 2021, True], ['C', 2021, False], ['C', 2022, False]]
    """
    ordered = sorted(years)
    when = found["adoption_year"].to_numpy(dtype=np.float64)
    parts = []
    for before, year in pairwise(ordered):
        adopted = when <= before
        rows = ~adopted
        part = pd.DataFrame({"place": found.index[rows], "year": year, "event": when[rows] == year})
        if size is not None:
            part["size"] = size[before].reindex(found.index).to_numpy(dtype=np.float64)[rows]
        if distances is not None:
            square = distances.reindex(index=found.index, columns=found.index)
            part["distance"] = nearest_adopter(square.fillna(np.inf), adopted)[rows]
        if flows is not None:
            square = flows[before].reindex(index=found.index, columns=found.index, fill_value=0)
            part["exposure"] = exposure(square, adopted)[rows]
        parts.append(part)
    if not parts:
        return pd.DataFrame({"place": [], "year": [], "event": []})
    return pd.concat(parts, ignore_index=True)


def hazard(
    event: ArrayLike,
    design: pd.DataFrame,
    *,
    link: Link = "cloglog",
    clusters: Sequence[Hashable] | pd.Series | None = None,
) -> HazardFit:
    """Fit the chance to adopt in a year by what might drive it (discrete-time hazard).

    ln(-ln(1 - h)) or ln(h/(1 - h)) is a constant plus the sum of coefficients times drivers; iteratively
    reweighted least squares. With ``cloglog`` e^coefficient is the factor on the hazard of a process in
    continuous time that is seen once a year.

    Parameters
    ----------
    event
        For each place and year at risk whether it adopted.
    design
        Drivers, without a constant; rows with a missing value are left out.
    link
        ``cloglog`` or ``logit``.
    clusters
        What rows depend on one another within, such as their place.

    Returns
    -------
    HazardFit
        Coefficients by driver, ``constant`` first. All NaN and not converged where there are no events
        or only events, where drivers determine one another, or where they tell events and others apart
        without fail (no finite estimate exists).

    References
    ----------
    Prentice, Gloeckler 1978; Allison 1982; Liang, Zeger 1986 (clustered errors).

    Examples
    --------
    Half of those at risk without the driver adopt, three quarters with it: odds of 1 and 3.

    >>> design = pd.DataFrame({"near": [0, 0, 0, 0, 1, 1, 1, 1]})
    >>> found = hazard([0, 0, 1, 1, 0, 1, 1, 1], design, link="logit")
    >>> float(found.coefficients["near"].round(4)), round(float(np.log(3)), 4)
    (1.0986, 1.0986)
    """
    if link not in ("cloglog", "logit"):
        raise ValueError(f"link {link!r} is not known; use cloglog or logit")
    names = ["constant", *(str(c) for c in design.columns)]
    x = np.column_stack([np.ones(len(design)), design.to_numpy(dtype=np.float64)])
    y = np.asarray(event, dtype=np.float64)
    if y.size != len(x):
        raise ValueError(f"{y.size} events but {len(x)} rows of drivers")
    kept = np.isfinite(x).all(axis=1)
    x, y = x[kept], y[kept]
    unidentified = not 0 < y.sum() < y.size or np.linalg.matrix_rank(x) < x.shape[1]
    found = None if unidentified else _irls(x, y, link)
    if found is None:
        nothing = pd.Series(NAN, index=names)
        return HazardFit(nothing, nothing, nothing, link, y.size, int(y.sum()), NAN, converged=False)
    at, covariance, scores = found
    errors = np.sqrt(np.diagonal(covariance))
    robust = np.full(len(names), NAN)
    if clusters is not None:
        group = pd.factorize(np.asarray(pd.Series(list(clusters), dtype=object))[kept])[0]
        robust = _clustered(covariance, scores, group)
    likelihood = _likelihood(_chance(x @ at, link)[0], y)
    told, sure, clustered = (pd.Series(values, index=names) for values in (at, errors, robust))
    return HazardFit(told, sure, clustered, link, y.size, int(y.sum()), likelihood, converged=True)


def _irls(x: Floats, y: Floats, link: Link) -> tuple[Floats, Floats, Floats] | None:
    """Return coefficients, their covariance and the score of each row; None where there is no maximum."""
    scale = np.maximum(np.abs(x).max(axis=0), 1e-300)
    z = x / scale
    at = np.zeros(x.shape[1])
    at[0] = _linked(float(y.mean()), link)
    before = _likelihood(_chance(z @ at, link)[0], y)
    for _ in range(STEPS):
        chance, slope = _chance(z @ at, link)
        weight = slope**2 / (chance * (1 - chance))
        information = (z * weight[:, None]).T @ z
        score = z.T @ (slope * (y - chance) / (chance * (1 - chance)))
        try:
            step = np.linalg.solve(information, score)
        except np.linalg.LinAlgError:
            return None
        size, now = 1.0, -np.inf
        while size > 1e-6:
            now = _likelihood(_chance(z @ (at + size * step), link)[0], y)
            if now >= before - 1e-12:
                break
            size /= 2
        at = at + size * step
        if abs(z @ at).max() > RUNAWAY:
            return None
        if abs(now - before) < 1e-11 * (1 + abs(now)) and np.abs(size * step).max() < 1e-7:
            break
        before = now
    else:
        return None
    chance, slope = _chance(z @ at, link)
    each = slope / (chance * (1 - chance))
    covariance = np.linalg.inv((z * (slope * each)[:, None]).T @ z) / np.outer(scale, scale)
    return at / scale, covariance, x * (each * (y - chance))[:, None]


def _linked(chance: float, link: Link) -> float:
    return float(np.log(-np.log1p(-chance))) if link == "cloglog" else float(np.log(chance / (1 - chance)))


def _chance(eta: Floats, link: Link) -> tuple[Floats, Floats]:
    """Return the chance and its derivative by what the link is linear in."""
    bounded = np.clip(eta, -RUNAWAY, RUNAWAY)
    if link == "cloglog":
        rate = np.exp(bounded)
        chance, slope = -np.expm1(-rate), rate * np.exp(-rate)
    else:
        chance = 1 / (1 + np.exp(-bounded))
        slope = chance * (1 - chance)
    return np.clip(chance, 1e-15, 1 - 1e-15), np.maximum(slope, 1e-300)


def _likelihood(chance: Floats, y: Floats) -> float:
    return float((y * np.log(chance) + (1 - y) * np.log1p(-chance)).sum())


def _clustered(covariance: Floats, scores: Floats, group: NDArray[np.intp]) -> Floats:
    groups = int(group.max()) + 1
    if groups < 2:
        return np.full(len(covariance), NAN)
    summed = np.zeros((groups, scores.shape[1]))
    np.add.at(summed, group, scores)
    middle = summed.T @ summed * groups / (groups - 1)
    return np.asarray(np.sqrt(np.diagonal(covariance @ middle @ covariance)))
