"""When places adopt a technology: years, survival, S-curves, Bass's curve and what drives the hazard."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Literal, Unpack

import numpy as np
import pandas as pd

from clusters import places
from clusters.errors import UsageError
from clusters.measures import adoption as measures
from clusters.measures import s_curves as shapes
from clusters.measures import specialisation
from clusters.relations import Relations
from clusters.sentences import Note
from clusters.tables._diffused import Choice, Study, finished, study, without_class

Criterion = Literal["relations", "location_quotient"]
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
    for group, dates in adopted(found, least, criterion):
        part = dates.rename_axis("place").reset_index()
        part = part.astype(dict.fromkeys(("adoption_year", "rank", "lag"), "Int64"))
        part["code"] = [places.sort_key(str(name)) for name in part["place"]]
        part = part.sort_values(["rank", "code"], kind="stable").drop(columns="code")
        parts.append(found.named(part, group))
    table = pd.concat(parts, ignore_index=True)
    return finished(table, said(found, table, least, criterion))


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
    for name, each in adopted(found, least, criterion):
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
    notes = said(found, pd.concat(dates), least, criterion)
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
    for group, each in adopted(found, least, criterion):
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
    return finished(pd.concat(parts, ignore_index=True), said(found, pd.concat(dates), least, criterion))


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
    for group, each in adopted(found, least, criterion):
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
    notes = said(found, pd.concat(dates), least, criterion)
    notes.append(Note("note.curves_times", first=found.years[0], last=found.years[-1], ceiling=ceiling))
    undefined = int(table["t50"].isna().sum())
    if undefined:
        notes.append(Note("note.curves_undefined", n=undefined, of=len(table)))
    if replicates:
        notes.append(Note("note.curves_interval", replicates=replicates, seed=seed))
    return finished(without_class(table, found), notes)


def adopted(found: Study, least: float, criterion: Criterion) -> Iterator[tuple[str | None, pd.DataFrame]]:
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


def said(found: Study, dates: pd.DataFrame, least: float, criterion: Criterion) -> list[Note]:
    """Say what adopting means, and what is not known of it."""
    how = Note("note.adoption_up_to" if found.cumulative else "note.adoption_each")
    if criterion == "relations":
        notes = [*found.notes, Note("note.adoption_least", least=least, how=how)]
    else:
        notes = [*found.notes, Note("note.adoption_lq", least=least, how=how)]
    censored = dates["censoring"].value_counts()
    about = {"left": int(censored.get("left", 0)), "right": int(censored.get("right", 0))}
    ends = {"first": found.years[0], "last": found.years[-1]}
    if not found.complete:
        notes.append(Note("note.adoption_seen"))
    return [*notes, Note("note.adoption_censored", n=len(found.universe), all=len(dates), **about, **ends)]
