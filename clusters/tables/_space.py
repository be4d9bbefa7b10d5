"""Whether places become alike, where the centre moves, and who follows whom, by year and class."""

from __future__ import annotations

from typing import Any, Unpack

import numpy as np
import pandas as pd

from clusters import places
from clusters.errors import UsageError
from clusters.measures import _distance
from clusters.measures import adoption as adopting
from clusters.measures import convergence as measures
from clusters.measures import lead_lag as leading
from clusters.measures import space as located
from clusters.relations import Relations
from clusters.sentences import Note
from clusters.tables._diffused import Choice, Floats, Study, finished, study, without_class

NAN = float("nan")


def convergence(relations: Relations, **choice: Unpack[Choice]) -> pd.DataFrame:
    """Tabulate whether places become more alike in what they take: scatter, and growth of those behind.

    Parameters
    ----------
    relations
        Checked relations with years.
    choice
        As in ``diffusion``.

    Returns
    -------
    DataFrame
        ``class`` (with ``by``), ``year``, ``variation`` (coefficient of variation of the shares taken) and,
        since the first year, ``beta`` with its 95 % interval and ``standard_error`` (HC1), ``speed`` and
        ``half_life`` in years, ``regressed`` and ``left_out`` places. NaN in the first year.

    References
    ----------
    Barro, Sala-i-Martin 1992; methods S6.

    Examples
    --------
    >>> from clusters import sample
    >>> found = convergence(sample(), years=[2014, 2022])
    >>> bool((found["variation"].diff() < 0).iloc[1]), bool(found["beta_high"].iloc[1] < 0)
    (True, True)
    """
    found = study(relations, **choice)
    rows: list[dict[str, Any]] = []
    for group, amounts in found.taken_by_place():
        shares = _shares(amounts.to_numpy())
        variation = measures.sigma(shares)
        for i, year in enumerate(found.years):
            row: dict[str, Any] = {"class": group, "year": year, "variation": variation[i]}
            rows.append(row | _beta(shares[:, 0], shares[:, i], year - found.years[0]))
    columns = [
        *("class", "year", "variation", "beta", "beta_low", "beta_high", "standard_error"),
        *("speed", "half_life", "regressed", "left_out"),
    ]
    table = without_class(pd.DataFrame(rows, columns=columns), found)
    return finished(table, [*found.notes, Note("note.convergence")])


def _beta(initial: Floats, final: Floats, years: int) -> dict[str, float]:
    if not years:
        return {}
    fit = measures.beta(initial, final, years)
    return {
        "beta": fit.beta,
        "beta_low": fit.low,
        "beta_high": fit.high,
        "standard_error": fit.standard_error,
        "speed": fit.speed,
        "half_life": fit.half_life,
        "regressed": fit.places,
        "left_out": fit.left_out,
    }


def spatial_transitions(
    relations: Relations,
    *,
    classes: int = 4,
    coordinates: pd.DataFrame | None = None,
    **choice: Unpack[Choice],
) -> pd.DataFrame:
    """Tabulate moves of places between classes of what they take, by the class of their neighbours.

    Parameters
    ----------
    relations, choice
        As in ``diffusion``.
    classes
        Number of classes, from 1 for places that take least, relative to the mean of the year.
    coordinates
        As in ``diffusion_space``; neighbours weigh 1 over their distance.

    Returns
    -------
    DataFrame
        ``class`` (with ``by``), ``neighbour_class``, ``class_before``, ``class_after`` (numbers),
        ``transitions`` and ``transition_probability`` of the class after, given the
        other two; NaN where no place began so. The notes test whether moves depend on the neighbours.

    References
    ----------
    Rey 2001; methods S6.

    Examples
    --------
    >>> from clusters import sample
    >>> found = spatial_transitions(sample(), classes=2)
    >>> int(found["transitions"].sum()) == 31 * 8
    True
    """
    found = study(relations, **choice)
    at = _coordinates(found, coordinates)
    weights = located.inverse_distances(_distance.distances(at))
    parts, notes = [], [*found.notes, Note("note.markov", classes=classes)]
    for group, amounts in found.taken_by_place():
        moved = measures.spatial_markov(amounts.loc[at.index], weights, classes)
        index = np.indices(moved.counts.shape).reshape(3, -1) + 1
        part = pd.DataFrame(dict(zip(("neighbour_class", "class_before", "class_after"), index, strict=True)))
        part["transitions"], part["transition_probability"] = (
            moved.counts.ravel(),
            moved.probabilities.ravel(),
        )
        parts.append(found.named(part, group))
        if not np.isnan(moved.p):
            tested = {"statistic": moved.statistic, "degrees": moved.degrees, "p": moved.p}
            test = Note("note.markov_test", **tested)
            notes.append(test if group is None else Note("note.reading_of", group=group, text=test))
    return finished(pd.concat(parts, ignore_index=True), notes)


def diffusion_space(
    relations: Relations,
    *,
    coordinates: pd.DataFrame | None = None,
    least: float = 1,
    permutations: int = 999,
    seed: int = 0,
    **choice: Unpack[Choice],
) -> pd.DataFrame:
    """Tabulate where what is taken lies: likeness of neighbours, gravity centre and deviational ellipse.

    Parameters
    ----------
    relations, choice
        As in ``diffusion``.
    coordinates
        ``longitude`` and ``latitude`` in degrees, indexed by place; at the level province those of the
        capitals. Places without are left out and named.
    least
        Relations from which on a place has adopted, for the row of adoption years.
    permutations, seed
        Of the test of Moran's I; neighbours weigh 1 over their distance.

    Returns
    -------
    DataFrame
        ``class`` (with ``by``); ``mapped``: ``share`` (of what is taken, by ``year``) or ``adoption_year``
        (places that adopted; one row, the year is the last); ``moran``, ``moran_expected``, ``moran_p``; for
        shares ``longitude`` and ``latitude`` of the gravity centre, ``shift`` (km since the year before),
        ``long_axis``, ``short_axis`` (km) and ``angle`` (degrees clockwise from north) of the ellipse.

    Raises
    ------
    UsageError
        Nothing is known of where the places lie.

    References
    ----------
    Moran 1950; Lefever 1926; methods S7.

    Examples
    --------
    >>> from clusters import sample
    >>> found = diffusion_space(sample(), years=[2014, 2022])
    >>> found[["mapped", "longitude", "latitude"]].round(0).values.tolist()
    [['share', 116.0, 33.0], ['share', 116.0, 32.0], ['adoption_year', nan, nan]]
    """
    found = study(relations, **choice)
    at = _coordinates(found, coordinates)
    weights = located.inverse_distances(_distance.distances(at))
    rows: list[dict[str, Any]] = []
    for group, amounts in found.taken_by_place():
        shares = _shares(amounts.loc[at.index].to_numpy())
        before: pd.DataFrame | None = None
        for i, year in enumerate(found.years):
            row = _moran(shares[:, i], weights, permutations, seed)
            ellipse = located.ellipse(np.nan_to_num(shares[:, i]), at["longitude"], at["latitude"])
            centre = pd.DataFrame({"longitude": [ellipse.longitude], "latitude": [ellipse.latitude]})
            shift = NAN
            if before is not None:
                shift = float(_distance.distances(pd.concat([before, centre])).to_numpy()[0, 1])
            rows.append(
                {"class": group, "mapped": "share", "year": year}
                | row
                | {"longitude": ellipse.longitude, "latitude": ellipse.latitude, "shift": shift}
                | {"long_axis": ellipse.long_axis, "short_axis": ellipse.short_axis, "angle": ellipse.angle}
            )
            before = centre
        dates = adopting.adoption(amounts.loc[at.index], least=least)["adoption_year"].to_numpy()
        there = np.isfinite(dates)
        row = _moran(dates[there], weights[np.ix_(there, there)], permutations, seed)
        rows.append({"class": group, "mapped": "adoption_year", "year": found.years[-1]} | row)
    notes = [*found.notes, Note("note.space", permutations=permutations, seed=seed)]
    missing = [str(name) for name in found.universe if name not in at.index]
    notes += [Note("note.space_missing", n=len(missing), names=missing[:10])] if missing else []
    return finished(without_class(pd.DataFrame(rows), found), notes)


def lead_lag(
    relations: Relations,
    *,
    top: int | None = 10,
    differences: bool = False,
    permutations: int = 999,
    seed: int = 0,
    **choice: Unpack[Choice],
) -> pd.DataFrame:
    """Tabulate in which places a class takes a share that others follow a year later.

    Parameters
    ----------
    relations, choice
        As in ``diffusion``; relations of each year alone count, whatever ``cumulative`` says, and ``by``,
        the class whose share in what each place takes is followed, is technology where it is not named.
    top
        Pairs shown of each class, those with the least p of the lead first; ``None`` for all.
    differences
        Correlate changes of shares, which takes out trends.
    permutations, seed
        Of the test.

    Returns
    -------
    DataFrame
        ``class``, ``leader``, ``follower``, ``lagged_correlation`` of the share in a year with the
        follower's in the next, its ``lagged_p``; ``lead`` (that less the correlation the other way
        round) and ``lead_p``.

    References
    ----------
    Methods S8.

    Examples
    --------
    >>> from clusters import sample
    >>> found = lead_lag(sample(), top=1, permutations=9)
    >>> list(found.columns)
    ['class', 'leader', 'follower', 'lagged_correlation', 'lagged_p', 'lead', 'lead_p']
    """
    options: Choice = {**choice}
    options["cumulative"], options["by"] = False, choice.get("by") or "technology"
    found = study(relations, **options)
    taken = found.taken()
    total = taken.sum(axis=0)
    parts, pairs = [], 0
    for group, amounts in zip(found.groups, taken, strict=True):
        with np.errstate(invalid="ignore", divide="ignore"):
            shares = pd.DataFrame((amounts / total).T, index=found.universe, columns=found.years)
        part = leading.lead_lag(shares, differences=differences, permutations=permutations, seed=seed)
        part = part.rename(columns={"p": "lagged_p", "correlation": "lagged_correlation"})
        pairs += int(part["lead_p"].notna().sum()) // 2
        part = part[part["lead"].isna() | (part["lead"] > 0)]
        order = part.assign(size=-part["lead"].abs()).sort_values(["lead_p", "size"], kind="stable").index
        parts.append(found.named(part.loc[order if top is None else order[:top]].copy(), group))
    notes = [*found.notes, Note("note.lead_lag", pairs=pairs, chance=0.05 * pairs)]
    return finished(pd.concat(parts, ignore_index=True), notes)


def _moran(values: Floats, weights: Floats, permutations: int, seed: int) -> dict[str, float]:
    if not np.isfinite(values).all():
        return {"moran": NAN, "moran_expected": NAN, "moran_p": NAN}
    found = located.moran(values, weights, permutations=permutations, seed=seed)
    return {"moran": found.statistic, "moran_expected": found.expected, "moran_p": found.p}


def _shares(amounts: Floats) -> Floats:
    """Divide what places take in each year by its sum; 0 in a year without anything."""
    total = amounts.sum(axis=0)
    return np.asarray(np.divide(amounts, total, out=np.zeros(amounts.shape), where=total > 0))


def _coordinates(found: Study, given: pd.DataFrame | None) -> pd.DataFrame:
    """Return where the places lie, as far as it is known."""
    if given is None:
        if found.level != places.PROVINCE:
            raise UsageError(
                Note("note.no_coordinates", level=found.level),
                hint="give longitude and latitude of each place with --coordinates FILE.csv",
            )
        given = places.capitals()
    absent = [c for c in ("longitude", "latitude") if c not in given.columns]
    if absent:
        raise UsageError(Note("note.coordinates_column", name=absent[0]))
    known = [name for name in found.universe if name in given.index]
    if not known:
        raise UsageError(Note("note.no_coordinates", level=found.level))
    return given.loc[known, ["longitude", "latitude"]].astype(np.float64)
