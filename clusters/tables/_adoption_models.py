"""What drives adoption: Bass's curve of innovation and imitation, and the hazard of places."""

from __future__ import annotations

from typing import Any, Literal, Unpack

import numpy as np
import pandas as pd

from clusters import places
from clusters.measures import _distance, bass
from clusters.measures import adoption as measures
from clusters.relations import Relations
from clusters.sentences import Note
from clusters.tables._adoption import Criterion, adopted, said
from clusters.tables._diffused import Choice, Study, finished, study, without_class

Unit = Literal["places", "relations"]
NAN = float("nan")


def bass_curves(
    relations: Relations,
    *,
    unit: Unit = "places",
    method: bass.Method = "covariance",
    force: bool = False,
    least: float = 1,
    criterion: Criterion = "relations",
    replicates: int = 200,
    seed: int = 0,
    **choice: Unpack[Choice],
) -> pd.DataFrame:
    """Tabulate innovation and imitation by Bass's curve, with intervals and the time of the peak.

    Parameters
    ----------
    relations, least, criterion, choice
        As in ``adoption``.
    unit
        What adopts: ``places``, with the market fixed at their number, or ``relations`` received, with
        the market estimated.
    method
        Of the 95 % intervals: ``covariance``, ``profile`` or ``bootstrap`` (parametric).
    force
        Forecast the next year although the series ends before the inflection.
    replicates, seed
        Of the bootstrap.

    Returns
    -------
    DataFrame
        ``class`` (with ``by``), ``innovation`` (p), ``imitation`` (q) and ``market`` (m) with intervals,
        ``peak_year``, ``past_peak`` (whether the years reach beyond it), ``forecast`` (what the curve
        says of the year after the last; NaN before the peak), ``r_squared``. NaN where nothing can be fitted.

    References
    ----------
    Bass 1969; Srinivasan, Mason 1986; methods S4.

    Examples
    --------
    >>> from clusters import sample
    >>> found = bass_curves(sample(), unit="relations")
    >>> found[["past_peak", "forecast"]].round({"forecast": -2}).values.tolist()
    [[True, 11500.0]]
    """
    if unit not in ("places", "relations"):
        raise ValueError(f"unit {unit!r} is not known; use places or relations")
    options: Choice = {**choice}
    options["cumulative"] = unit == "places" and choice.get("cumulative", True)
    found = study(relations, **options)
    market = float(len(found.universe)) if unit == "places" else None
    span = np.arange(found.years[0], found.years[-1] + 1)
    rows, dates = [], []
    for (group, each), (_, taken) in zip(
        adopted(found, least, criterion), found.taken_by_place(), strict=True
    ):
        if unit == "places":
            when = each["adoption_year"].dropna().to_numpy(dtype=np.int64)
            new = np.bincount(when - span[0], minlength=span.size)
        else:
            new = taken.sum(axis=0).reindex(span, fill_value=0).to_numpy()
        rows.append({"class": group} | _bass_row(new, span, market, method, force, replicates, seed))
        dates.append(each)
    table = pd.DataFrame(rows)
    if unit == "places":
        notes = [
            *said(found, pd.concat(dates), least, criterion),
            Note("note.bass_places", m=len(found.universe)),
        ]
    else:
        notes = [*found.notes, Note("note.bass_relations")]
    notes.append(Note("note.bass_launch", year=int(span[0]) - 1, method=method))
    early = int((table["innovation"].notna() & table["forecast"].isna()).sum())
    if early:
        notes.append(Note("note.bass_no_forecast", n=early, of=len(table)))
    return finished(without_class(table, found), notes)


def _bass_row(
    new: Any, span: Any, market: float | None, method: bass.Method, force: bool, replicates: int, seed: int
) -> dict[str, Any]:
    fit = bass.fit(new, m=market)
    ends = bass.intervals(fit, method, replicates=replicates, seed=seed)
    row: dict[str, Any] = {}
    for i, (name, value) in enumerate((("innovation", fit.p), ("imitation", fit.q), ("market", fit.m))):
        row |= {name: value, f"{name}_low": ends.low[i], f"{name}_high": ends.high[i]}
    fitted = not np.isnan(fit.p)
    forecast = fitted and (fit.past_inflection or force)
    row["peak_year"] = span[0] - 1 + fit.peak.time if fitted else NAN
    row["past_peak"] = bool(fit.past_inflection) if fitted else None
    row["forecast"] = float(bass.forecast(fit, 1, force=force)[0]) if forecast else NAN
    return row | {"r_squared": fit.r_squared}


def adoption_hazard(
    relations: Relations,
    *,
    link: measures.Link = "cloglog",
    coordinates: pd.DataFrame | None = None,
    least: float = 1,
    criterion: Criterion = "relations",
    **choice: Unpack[Choice],
) -> pd.DataFrame:
    """Tabulate what makes places adopt sooner: their size, near adopters, flows from adopters.

    Parameters
    ----------
    relations, least, criterion, choice
        As in ``adoption``. With ``by`` all classes are fitted together.
    link
        ``cloglog`` or ``logit``.
    coordinates
        ``latitude`` and ``longitude`` by place; at the level province those of the capitals. Where there are
        none, distance is left out.

    Returns
    -------
    DataFrame
        ``driver`` (``constant``, ``log_size``: logarithm of 1 + relations given and taken in all classes;
        ``log_distance`` in km to the nearest adopter; ``exposure``: share of all flows that comes to the
        place from adopters; ``trend``, years), ``hazard_coefficient`` with its 95 % interval,
        ``standard_error``, ``hazard_error``, ``hazard_ratio``. A driver that never differs is left out.

    References
    ----------
    Allison 1982; methods S2.

    Examples
    --------
    >>> from clusters import sample
    >>> found = adoption_hazard(sample(), by="technology", least=5)
    >>> found["driver"].tolist()
    ['constant', 'log_size', 'log_distance', 'exposure', 'trend']
    """
    found = study(relations, **choice)
    matrices = found.matrices()
    size = pd.DataFrame(
        {y: np.log1p(m.sum(axis=0) + m.sum(axis=1)) for y, m in matrices.items()}, index=found.universe
    ).fillna(0.0)
    shares = {y: m / max(float(m.to_numpy().sum()), 1.0) for y, m in matrices.items()}
    apart = _apart(found, coordinates)
    parts, left, groups, dates = [], 0, 0, []
    for _, each in adopted(found, least, criterion):
        parts.append(measures.at_risk(each, found.years, size=size, distances=apart, flows=shares))
        left, groups = left + int((each["censoring"] == "left").sum()), groups + 1
        dates.append(each)
    rows = pd.concat(parts, ignore_index=True)
    fit = measures.hazard(rows["event"].astype(bool), _drivers(rows), link=link, clusters=rows["place"])
    table = pd.DataFrame(
        {"driver": list(fit.coefficients.index), "hazard_coefficient": fit.coefficients.to_numpy()}
    )
    half = 1.959963984540054 * fit.clustered_errors.to_numpy()
    table["hazard_coefficient_low"], table["hazard_coefficient_high"] = (
        table["hazard_coefficient"] + s * half for s in (-1, 1)
    )
    table["standard_error"] = fit.standard_errors.to_numpy()
    table["hazard_error"] = fit.clustered_errors.to_numpy()
    table["hazard_ratio"] = np.exp(table["hazard_coefficient"])
    notes = said(found, pd.concat(dates), least, criterion)
    notes.append(Note("note.hazard_model", link=link, periods=fit.periods, events=fit.events))
    notes.append(Note("note.hazard_left", left=left))
    notes += [Note("note.hazard_overlap", n=groups)] if groups > 1 else []
    notes += [] if fit.converged else [Note("note.hazard_none")]
    return finished(table, notes)


def _drivers(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the drivers that differ, in units of their standard deviations."""
    drivers = pd.DataFrame(index=rows.index)
    if "size" in rows.columns:
        drivers["log_size"] = rows["size"]
    if "distance" in rows.columns:
        drivers["log_distance"] = np.log(rows["distance"].astype(np.float64).clip(lower=1.0))
    if "exposure" in rows.columns:
        drivers["exposure"] = rows["exposure"]
    drivers["trend"] = rows["year"]
    drivers = drivers.astype(np.float64)
    scatter = drivers.std(ddof=0)
    differ = [c for c in drivers.columns if scatter[c] > 1e-12]
    return (drivers[differ] - drivers[differ].mean()) / scatter[differ]


def _apart(found: Study, coordinates: pd.DataFrame | None) -> pd.DataFrame | None:
    """Return distances between the places in km; ``None`` where nothing is known of them."""
    if coordinates is None:
        if found.level != places.PROVINCE:
            return None
        coordinates = places.capitals()
    known = coordinates.loc[coordinates.index.isin(found.universe), ["latitude", "longitude"]]
    return _distance.distances(known) if len(known) else None
