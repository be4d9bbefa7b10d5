"""What becomes of a cluster over the years: its communities, and its way from polarisation to diffusion."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from itertools import combinations, pairwise
from typing import Any, Literal, cast

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from clusters import progress
from clusters.errors import UsageError
from clusters.measures import consensus, polarisation
from clusters.measures import phases as measures
from clusters.measures import temporal_communities as temporal
from clusters.measures.flows import Foreign
from clusters.measures.intervals import REPLICATES, cluster_bootstrap
from clusters.networks import ValueNetwork
from clusters.relations import Relations
from clusters.sentences import Note
from clusters.tables import _polarisation, _polarised
from clusters.tables._equal_sizes import moves
from clusters.tables._intervals import who
from clusters.tables._polarised import Floats, Flows
from clusters.tables._relations import chosen

Dominance = Literal["touching", "source", "target", "inside"]
DOMINANCES: tuple[Dominance, ...] = ("touching", "source", "target", "inside")
Communities = Mapping[int | None, ValueNetwork] | Mapping[int, pd.Series]
"""Networks by year, or the community of each organisation by year."""
SEEDS = 20
"""Searches of each year; with 50 the agreement of two years is about .01 higher."""
NAN = float("nan")


def community_timeline(
    networks: Communities,
    *,
    seeds: int = SEEDS,
    seed: int = 0,
    resolution: float = 1.0,
    threshold: float = temporal.THRESHOLD,
) -> pd.DataFrame:
    """Tabulate what happened to communities, one row per year and community.

    Parameters
    ----------
    networks
        Networks by year, whose communities are those that many searches agree on; or the community
        of each organisation (a Series by its id) by year, where they are known.
    seeds, seed
        Searches of each year, and the seed of the first one.
    resolution
        Gephi's resolution; below 1 gives more communities.
    threshold
        Least Jaccard index of a match, and least share of a community's own members for a split or a
        merger.

    Returns
    -------
    DataFrame
        ``year``, ``community`` (a number that it keeps through the years), ``members``, ``matched_to``,
        ``shared_members``, ``jaccard``, ``event``: see ``measures.temporal_communities.timeline``.

    Raises
    ------
    UsageError
        The networks are undated.

    References
    ----------
    Greene, Doyle, Cunningham 2010; Palla, Barabasi, Vicsek 2007; methods S9.

    Examples
    --------
    >>> before, after = pd.Series({"a": 0, "b": 0, "c": 1}), pd.Series({"a": 0, "b": 0, "c": 0})
    >>> community_timeline({2021: before, 2022: after})["event"].tolist()[2:]
    ['growth', 'merge']
    """
    found, notes = _communities(networks, seeds, seed, resolution)
    table = temporal.timeline(found, threshold=threshold)
    happened = table["event"].value_counts()
    named = {event: int(happened.get(event, 0)) for event in ("birth", "death", "split", "merge")}
    table.attrs["notes"] = [Note("note.community_events", threshold=threshold, **named), *notes]
    return table


def community_similarity(
    networks: Communities, *, seeds: int = SEEDS, seed: int = 0, resolution: float = 1.0
) -> pd.DataFrame:
    """Tabulate how far the communities of each two years agree.

    Parameters
    ----------
    networks, seeds, seed, resolution
        As in ``community_timeline``.

    Returns
    -------
    DataFrame
        ``earlier_year``, ``year``, ``organisations`` there in both, ``nmi_years`` and ``ari_years``; NaN
        without any in common.

    References
    ----------
    Danon et al. 2005; Hubert, Arabie 1985; methods S9.

    Examples
    --------
    >>> before, after = pd.Series({"a": 0, "b": 0, "c": 1}), pd.Series({"a": 5, "b": 5, "c": 7})
    >>> community_similarity({2021: before, 2022: after}).values.tolist()
    [[2021.0, 2022.0, 3.0, 1.0, 1.0]]
    """
    found, notes = _communities(networks, seeds, seed, resolution)
    rows = []
    for earlier, year in combinations(found, 2):
        both = temporal.agreement(found[earlier], found[year])
        rows.append((earlier, year, both.organisations, both.nmi, both.ari))
    rows.sort(key=lambda row: (row[1], row[0]))
    table = pd.DataFrame(rows, columns=["earlier_year", "year", "organisations", "nmi_years", "ari_years"])
    table.attrs["notes"] = [Note("note.community_similarity"), *notes]
    return table


def community_flows(
    networks: Communities,
    *,
    seeds: int = SEEDS,
    seed: int = 0,
    resolution: float = 1.0,
    threshold: float = temporal.THRESHOLD,
) -> pd.DataFrame:
    """Tabulate how many organisations go from each community to each of the next year, for a picture.

    Parameters
    ----------
    networks, seeds, seed, resolution, threshold
        As in ``community_timeline``.

    Returns
    -------
    DataFrame
        ``year``, ``community``, ``next_year``, ``next_community``, ``shared_members``; the numbers are those
        of ``community_timeline``.

    Examples
    --------
    >>> before, after = pd.Series({"a": 0, "b": 0, "c": 1}), pd.Series({"a": 0, "b": 0, "c": 0})
    >>> community_flows({2021: before, 2022: after}).values.tolist()
    [[2021, 0, 2022, 0, 2], [2021, 1, 2022, 0, 1]]
    """
    found, notes = _communities(networks, seeds, seed, resolution)
    numbered = temporal.tracked(found, threshold=threshold)
    parts = []
    for year, following in pairwise(numbered):
        part = temporal.moves(numbered[year], numbered[following])
        part.insert(0, "year", year)
        part.insert(2, "next_year", following)
        parts.append(part)
    columns = ["year", "community", "next_year", "next_community", "shared_members"]
    table = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=columns, dtype=np.int64)
    table.attrs["notes"] = notes
    return table


def _communities(
    networks: Communities, seeds: int, seed: int, resolution: float
) -> tuple[dict[int, pd.Series], list[Note]]:
    """Find the communities of each year, and say how."""
    if None in networks:
        raise UsageError(Note("note.years_unknown"), hint="name the column of years with --map year=COLUMN")
    found: dict[int, pd.Series] = {}
    stable: list[float] = []
    given = cast("Mapping[int, ValueNetwork | pd.Series]", networks)
    with progress.task(Note("note.progress_communities"), total=len(given), unit="years") as done:
        for k, (year, network) in enumerate(given.items(), 1):
            if isinstance(network, pd.Series):
                found[year] = network
                continue
            agreed = consensus.consensus_communities(network, seeds=seeds, seed=seed, resolution=resolution)
            found[year] = agreed.membership
            stable.append(agreed.stability)
            done(k)
    if not stable:
        return found, []
    note = Note(
        "note.community_consensus",
        seeds=seeds,
        seed=seed,
        low=min(stable),
        high=max(stable),
        resolution=resolution,
    )
    return found, [note, Note("note.sampling_caution")]


def phases(
    relations: Relations,
    *,
    level: str | None = None,
    poles: Sequence[str] | None = None,
    dominance: Dominance = "touching",
    kinds: Sequence[str] | None = None,
    cumulative: bool = True,
    years: Sequence[int] | None = None,
    foreign: Foreign = "leave",
    replicates: int = REPLICATES,
    seed: int = 0,
) -> pd.DataFrame:
    """Tabulate the way of a cluster between polarisation (极化) and diffusion (扩散), one row per year.

    Parameters
    ----------
    relations, level, poles, kinds, cumulative, years, foreign
        As in ``polarisation``: the poles are by default the two places that most flows of the last
        year touch.
    dominance
        Which share of the flows says how far the poles dominate: those ``touching`` one, those from them
        (``source``), to them (``target``) or among them (``inside``).
    replicates, seed
        Samples of enterprises drawn with replacement, the same for all years, and the seed of the draw.

    Returns
    -------
    DataFrame
        ``year``; ``poles_touching`` (or the one chosen) and ``taking_effective``, the effective number of
        places that take (e to the Shannon entropy), each with its 95 % interval ``X_low`` and
        ``X_high``; ``dominance_sd``, ``spread_sd`` and ``phase_correlation``, the ellipse of both over the
        samples; ``quadrant``, seen from the mean of the years; ``diffusion_support`` and
        ``polarisation_support``, the share of the samples in which the point moved so since the first
        year, its effective places compared between as many enterprises with as many relations; ``phase``,
        the move on which at least 97.5 % of them agree, else ``unclear``. Null in the first year and
        where that has fewer than ten enterprises.

    References
    ----------
    Nankai report 2023, chapter 6; methods F3, P7, S10.

    Examples
    --------
    Ten enterprises of one city give to it in 2020; a year later to another one as well.

    >>> from clusters.relations import from_frame
    >>> frame = pd.DataFrame({"source": [f"s{i}" for i in range(10)] * 2, "year": [2020] * 10 + [2021] * 10})
    >>> frame["target"] = [f"{city}{i}" for city in "pq" for i in range(10)]
    >>> frame = frame.assign(source_city="深圳市", target_city=["深圳市"] * 10 + ["北京市"] * 10)
    >>> found = phases(from_frame(frame), level="city", poles=["深圳市"], dominance="target")
    >>> found[["year", "poles_target", "taking_effective", "phase"]].values.tolist()
    [[2020, 1.0, 1.0, None], [2021, 0.5, 2.0, 'diffusion']]
    """
    if not relations.dated:
        raise UsageError(Note("note.years_unknown"), hint="name the column of years with --map year=COLUMN")
    used = chosen(relations, kinds)
    at = _polarisation._level(relations, level)
    if at is None:
        raise UsageError(Note("note.no_level", level=level or "province", known=Note("note.none")))
    shown = sorted(set(used.years if years is None else years))
    found = _polarised.flows_of(
        used, at, None, [], shown, cumulative=cumulative, foreign=foreign, poles=poles
    )
    x, y, clusters = f"poles_{dominance}", "taking_effective", found.clusters
    draws: list[Floats] = []

    def statistic(weights: Floats) -> Floats:
        draws.append(_points(found, weights, dominance))
        return draws[-1].ravel()

    ends = cluster_bootstrap(statistic, clusters, replicates=replicates, seed=seed)
    (across, up), drawn = draws[0], np.reshape(draws[1:], (-1, 2, len(shown)))
    low, high = (end.reshape(2, -1) for end in (ends.low, ends.high))
    table = pd.DataFrame({"year": shown, x: across})
    table[f"{x}_low"], table[f"{x}_high"] = low[0], high[0]
    table[y], table[f"{y}_low"], table[f"{y}_high"] = up, low[1], high[1]
    spread = moves(found, partial(_spread, found), replicates=replicates, seed=seed)
    moved = np.stack([drawn[: len(spread), 0] - drawn[: len(spread), 0, :1], spread[: len(drawn)]], axis=1)
    rows = [_row(k, across, up, drawn, moved[:, :, k]) for k in range(len(shown))]
    for name, values in zip(ROW, zip(*rows, strict=True), strict=False):
        table[name] = pd.Series(values, dtype=object if name in ("quadrant", "phase") else np.float64)
    table.attrs["notes"] = [
        *_polarisation._about(found, at, poles)[:1],
        *([] if poles is not None else [Note("note.phases_poles")]),
        Note("note.phases"),
        Note(
            "note.interval_bootstrap",
            n=len(clusters),
            who=who(clusters.of_sample),
            replicates=replicates,
            seed=seed,
        ),
        *_read(table, x),
    ]
    return table


ROW = (
    *("dominance_sd", "spread_sd", "phase_correlation", "quadrant"),
    *("diffusion_support", "polarisation_support", "phase"),
)


def _points(found: Flows, weights: Floats, dominance: Dominance) -> Floats:
    """Return the dominance of the poles and the effective places of taking, by year."""
    given, taken, own, inside = found.margins(weights)
    flows = polarisation.of_flows(given, taken, own, inside, found.poles)
    spread = polarisation.of_amounts(taken)["effective"]
    return np.stack([flows[f"poles_{dominance}"].ravel(), spread.ravel()])


def _spread(found: Flows, rows: NDArray[np.intp], each: Floats) -> float:
    """Return the effective places of taking of some relations with weights."""
    taken = np.bincount(found.destination[rows], each, len(found.places))
    return float(polarisation.of_amounts(taken)["effective"])


def _row(k: int, across: Floats, up: Floats, drawn: Floats, moved: Floats) -> tuple[Any, ...]:
    """Describe the point of a year over the resamples, and its way since the first year."""
    shape = measures.ellipse(across[k], up[k], drawn[:, 0, k], drawn[:, 1, k])
    middle = (float(np.nanmean(across)), float(np.nanmean(up))) if np.isfinite(across).any() else (NAN, NAN)
    where = measures.quadrant(across[k], up[k], middle)
    if not k:
        return shape.x_sd, shape.y_sd, shape.correlation, where, NAN, NAN, None
    held = measures.support(moved[:, 0], moved[:, 1])
    name = measures.decided(moved[:, 0], moved[:, 1]) if len(moved) else None
    return (
        *(shape.x_sd, shape.y_sd, shape.correlation, where),
        *(held["diffusion"], held["polarisation"], name),
    )


def _read(table: pd.DataFrame, x: str) -> list[Note]:
    """Say in a sentence where the way led, or that the data cannot tell."""
    if len(table) < 2 or table["phase"].iloc[-1] is None:
        return []
    first, last = table.iloc[0], table.iloc[-1]
    said = {
        "first_year": int(first["year"]),
        "last_year": int(last["year"]),
        "x0": first[x],
        "x1": last[x],
        "y0": first["taking_effective"],
        "y1": last["taking_effective"],
        "diffusion": last["diffusion_support"],
        "polarisation": last["polarisation_support"],
    }
    return [Note("note.phases_moved", statistic=x, phase=last["phase"], **said)]
