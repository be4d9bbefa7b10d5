"""When places adopt a technology: years, survival, S-curves, Bass's curve and what drives the hazard."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Literal, Unpack

import numpy as np
import pandas as pd

from clusters import places
from clusters.errors import UsageError
from clusters.measures import _distance, bass, specialisation
from clusters.measures import adoption as measures
from clusters.measures import s_curves as shapes
from clusters.relations import Relations
from clusters.sentences import Note
from clusters.tables._diffused import Choice, Study, finished, study

Criterion = Literal["relations", "location_quotient"]
Unit = Literal["places", "relations"]
NAN = float("nan")


def adoption(
    relations: Relations, *, least: float = 1, criterion: Criterion = "relations", **choice: Unpack[Choice]
) -> pd.DataFrame:
    """Tabulate when each place adopted, in which order and how long after the first.

    Parameters
    ----------
    relations
        Checked relations with years.
    least
        Relations received, or location quotient, from which on a place has adopted.
    criterion
        ``relations``, or ``location_quotient`` of the class in what the place takes (with ``by``).
    choice
        As in ``diffusion``. ``cumulative`` counts relations up to each year, else those of the year alone.

    Returns
    -------
    DataFrame
        ``class`` (with ``by``), ``place``, ``adoption_year``, ``censoring`` (``none``; ``left``: in the
        first year or before; ``right``: not yet at the end), ``rank`` and ``lag`` in years; by rank, then
        place code. A note always says how many are censored.

    References
    ----------
    Methods S1 and S2.

    Examples
    --------
    >>> from clusters.relations import from_frame
    >>> frame = pd.DataFrame({"source": list("aab"), "target": list("bca"), "year": [2020, 2021, 2021]})
    >>> frame = frame.assign(source_city=["深圳市"] * 2 + ["北京市"], target_city=["北京市"] * 2 + ["深圳市"])
    >>> adoption(from_frame(frame), level="city")[["place", "adoption_year", "censoring"]].values.tolist()
    [['北京市', 2020, 'left'], ['深圳市', 2021, 'none']]
    """
    found = study(relations, **choice)
    parts = []
    for group, dates in _adopted(found, least, criterion):
        part = dates.rename_axis("place").reset_index()
        part = part.astype(dict.fromkeys(("adoption_year", "rank", "lag"), "Int64"))
        part["code"] = [places.sort_key(str(name)) for name in part["place"]]
        part = part.sort_values(["rank", "code"], kind="stable").drop(columns="code")
        parts.append(found.named(part, group))
    table = pd.concat(parts, ignore_index=True)
    return finished(table, _said(found, table, least, criterion))


def adoption_survival(
    relations: Relations,
    *,
    group: Literal["region", "all"] = "region",
    least: float = 1,
    criterion: Criterion = "relations",
    **choice: Unpack[Choice],
) -> pd.DataFrame:
    """Tabulate the share of places that has not adopted yet, by region (Kaplan-Meier).

    Parameters
    ----------
    relations, least, criterion, choice
        As in ``adoption``.
    group
        ``region``: a curve for each of the four regions and one for all other places, at the levels province
        and city; ``all``: one curve.

    Returns
    -------
    DataFrame
        ``class`` (with ``by``), ``region`` (where asked for), ``year``, ``at_risk``, ``adoptions``,
        ``not_adopted`` (share after the year) with its 95 % interval and ``standard_error``.

    References
    ----------
    Kaplan, Meier 1958; methods S2.

    Examples
    --------
    >>> from clusters.relations import from_frame
    >>> frame = pd.DataFrame({"source": list("aab"), "target": list("bca"), "year": [2020, 2021, 2021]})
    >>> frame = frame.assign(source_city=["深圳市"] * 2 + ["北京市"], target_city=["北京市"] * 2 + ["深圳市"])
    >>> found = adoption_survival(from_frame(frame), level="city", group="all")
    >>> found[["year", "not_adopted"]].values.tolist()
    [[2020.0, 0.5], [2021.0, 0.0]]
    """
    found = study(relations, **choice)
    regions = _regions(found) if group == "region" else None
    parts, dates = [], []
    for name, each in _adopted(found, least, criterion):
        observed = each["censoring"] != "right"
        time = each["adoption_year"].fillna(found.years[-1])
        part = measures.kaplan_meier(time, observed, regions)
        part = part.rename(
            columns={
                "group": "region",
                "time": "year",
                "survival": "not_adopted",
                "events": "adoptions",
                "low": "not_adopted_low",
                "high": "not_adopted_high",
            }
        )
        ends = ["not_adopted", "not_adopted_low", "not_adopted_high", "standard_error"]
        part = part[[*(c for c in part.columns if c not in ends), *ends]]
        parts.append(found.named(part.astype({"year": np.int64}), name))
        dates.append(each)
    notes = _said(found, pd.concat(dates), least, criterion)
    notes.append(Note("note.survival_left", first=found.years[0]))
    return finished(pd.concat(parts, ignore_index=True), notes)


def adoption_curve(
    relations: Relations,
    *,
    shape: shapes.Shape = "logistic",
    ceiling: float = 1.0,
    least: float = 1,
    criterion: Criterion = "relations",
    **choice: Unpack[Choice],
) -> pd.DataFrame:
    """Tabulate the share of places that has adopted by each year, beside a fitted S-curve.

    Parameters
    ----------
    relations, least, criterion, choice
        As in ``adoption``.
    shape, ceiling
        As in ``s_curves``.

    Returns
    -------
    DataFrame
        ``class`` (with ``by``), ``year``, ``adopted`` places, ``adopted_share`` with its 95 % interval (as in
        ``adoption_survival``) and ``fitted_share``.

    References
    ----------
    Methods S3.

    Examples
    --------
    >>> from clusters.relations import from_frame
    >>> frame = pd.DataFrame({"source": list("aab"), "target": list("bca"), "year": [2020, 2021, 2021]})
    >>> frame = frame.assign(source_city=["深圳市"] * 2 + ["北京市"], target_city=["北京市"] * 2 + ["深圳市"])
    >>> adoption_curve(from_frame(frame), level="city")[["year", "adopted_share"]].values.tolist()
    [[2020.0, 0.5], [2021.0, 1.0]]
    """
    found = study(relations, **choice)
    parts, dates = [], []
    for group, each in _adopted(found, least, criterion):
        share = _shares(found, each)
        survival = measures.kaplan_meier(
            each["adoption_year"].fillna(found.years[-1]),
            each["censoring"] != "right",
        ).set_index("time")
        # The interval stays as it was in a year without an adoption.
        ends = survival[["high", "low"]].reindex(found.years, method="ffill") if len(survival) else None
        fitted = shapes.curve(shapes.fit(found.years, share, shape, ceiling=ceiling), found.years)
        part = pd.DataFrame({"year": found.years, "adopted": np.round(share * len(each)).astype(np.int64)})
        part["adopted_share"] = share
        part["adopted_share_low"] = NAN if ends is None else 1 - ends["high"].to_numpy()
        part["adopted_share_high"] = NAN if ends is None else 1 - ends["low"].to_numpy()
        part["fitted_share"] = fitted
        parts.append(found.named(part, group))
        dates.append(each)
    return finished(pd.concat(parts, ignore_index=True), _said(found, pd.concat(dates), least, criterion))


def s_curves(
    relations: Relations,
    *,
    curves: Sequence[shapes.Shape] = shapes.SHAPES,
    ceiling: float = 1.0,
    least: float = 1,
    criterion: Criterion = "relations",
    replicates: int | None = None,
    seed: int = 0,
    **choice: Unpack[Choice],
) -> pd.DataFrame:
    """Tabulate when adoption passes a tenth, half and nine tenths, by curves in the shape of an S.

    Parameters
    ----------
    relations, least, criterion, choice
        As in ``adoption``.
    curves
        ``logistic``, ``gompertz``, ``bass``.
    ceiling
        Share of the places that adopts in the end.
    replicates, seed
        Samples of places for the interval of ``t50``; ``None`` for none.

    Returns
    -------
    DataFrame
        ``class`` (with ``by``), ``curve``, ``adopted_share`` in the last year, ``t10``, ``t50``, ``t90``
        (years with a fraction), ``rise`` in years, ``r_squared``. NaN where the shares do not tell.

    References
    ----------
    Griliches 1957; methods S3.

    Examples
    --------
    >>> from clusters import sample
    >>> found = s_curves(sample(), by="technology", curves=["logistic"], least=20)
    >>> bool((found["t10"] < found["t90"]).all())
    True
    """
    found = study(relations, **choice)
    rows, dates = [], []
    for group, each in _adopted(found, least, criterion):
        share = _shares(found, each)
        for curve in curves:
            fit = shapes.fit(found.years, share, curve, ceiling=ceiling)
            row: dict[str, Any] = {"class": group, "curve": curve}
            row |= {"adopted_share": share[-1], "t10": fit.t10, "t50": fit.t50}
            if replicates:
                half = shapes.half_saturation(
                    each["adoption_year"],
                    found.years,
                    curve,
                    ceiling=ceiling,
                    replicates=replicates,
                    seed=seed,
                )
                row |= {"t50_low": half.low, "t50_high": half.high}
            rows.append(row | {"t90": fit.t90, "rise": fit.width, "r_squared": fit.r_squared})
        dates.append(each)
    table = pd.DataFrame(rows)
    notes = _said(found, pd.concat(dates), least, criterion)
    notes.append(Note("note.curves_times", first=found.years[0], last=found.years[-1], ceiling=ceiling))
    undefined = int(table["t50"].isna().sum())
    if undefined:
        notes.append(Note("note.curves_undefined", n=undefined, of=len(table)))
    if replicates:
        notes.append(Note("note.curves_interval", replicates=replicates, seed=seed))
    return finished(_without_class(table, found), notes)


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
        _adopted(found, least, criterion), found.taken_by_place(), strict=True
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
            *_said(found, pd.concat(dates), least, criterion),
            Note("note.bass_places", m=len(found.universe)),
        ]
    else:
        notes = [*found.notes, Note("note.bass_relations")]
    notes.append(Note("note.bass_launch", year=int(span[0]) - 1, method=method))
    early = int((table["innovation"].notna() & table["forecast"].isna()).sum())
    if early:
        notes.append(Note("note.bass_no_forecast", n=early, of=len(table)))
    return finished(_without_class(table, found), notes)


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
    for _, each in _adopted(found, least, criterion):
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
    notes = _said(found, pd.concat(dates), least, criterion)
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


def _adopted(found: Study, least: float, criterion: Criterion) -> Iterator[tuple[str | None, pd.DataFrame]]:
    """Yield for each class when places adopted it."""
    if criterion not in ("relations", "location_quotient"):
        raise ValueError(f"criterion {criterion!r} is not known; use relations or location_quotient")
    if criterion == "relations":
        for group, amounts in found.taken_by_place():
            yield group, measures.adoption(amounts, least=least)
        return
    if found.groups == [None]:
        raise UsageError(Note("note.adoption_needs_classes"), hint="name a class, such as by technology")
    taken = found.taken()
    quotients = [
        specialisation.location_quotient(pd.DataFrame(taken[:, y].T, index=found.universe)).to_numpy()
        for y in range(len(found.years))
    ]
    for g, group in enumerate(found.groups):
        amounts = pd.DataFrame({y: q[:, g] for y, q in zip(found.years, quotients, strict=True)})
        yield group, measures.adoption(amounts.set_axis(found.universe), least=least)


def _shares(found: Study, dates: pd.DataFrame) -> np.ndarray:
    when = dates["adoption_year"].to_numpy(dtype=np.float64)
    return np.asarray((when[:, None] <= np.asarray(found.years, dtype=np.float64)).mean(axis=0))


def _regions(found: Study) -> pd.Series:
    if found.level not in (places.PROVINCE, "city"):
        raise UsageError(
            Note("note.regions_unknown", level=found.level), hint="ask for one curve of all places"
        )
    known = [places.place(str(name)) for name in found.universe]
    provinces = [
        str(name) if place is None else place.province_zh
        for name, place in zip(found.universe, known, strict=True)
    ]
    return pd.Series([places.region(name, prd="province") or "other" for name in provinces])


def _without_class(table: pd.DataFrame, found: Study) -> pd.DataFrame:
    return table.drop(columns="class") if found.groups == [None] else table


def _said(found: Study, dates: pd.DataFrame, least: float, criterion: Criterion) -> list[Note]:
    """Say what adopting means, and what is not known of it."""
    how = Note("note.adoption_up_to" if found.cumulative else "note.adoption_each")
    if criterion == "relations":
        notes = [*found.notes, Note("note.adoption_least", least=least, how=how)]
    else:
        notes = [*found.notes, Note("note.adoption_lq", least=least, how=how)]
    censored = dates["censoring"].value_counts()
    about = {"left": int(censored.get("left", 0)), "right": int(censored.get("right", 0))}
    ends = {"first": found.years[0], "last": found.years[-1]}
    return [*notes, Note("note.adoption_censored", n=len(found.universe), all=len(dates), **about, **ends)]
