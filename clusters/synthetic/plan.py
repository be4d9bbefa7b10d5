"""What is decided before the first relation grows: degrees to reach, entries, groups.

Enterprises are numbered by planned rank, those of Table 3 first; partners by entry, those
of Table 4 first. The plan does not look at the yearly shares of the recipe, so that
changing the recipe of one year leaves the years before it alone.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clusters.synthetic.draws import Draws
from clusters.synthetic.recipe import Recipe
from clusters.synthetic.rounding import IntVector, half_up
from clusters.synthetic.targets import Targets

STAGE = 1
_ENTERPRISES, _PARTNERS = 100, 101
_LARGEST_SHARE = 0.35
"""No enterprise of a scaled sample is tied to a larger share of the partners."""
FloatVector = NDArray[np.float64]


@dataclass(frozen=True)
class PlannedPartner:
    """A partner with a planned degree: those of Table 4 and some just below."""

    into: float
    out: float
    entry: int
    """Position of the year."""


@dataclass(frozen=True)
class Plan:
    """Degrees to reach and groups of all organisations."""

    hubs: int
    """The first enterprises, whose degrees are met exactly."""
    out: FloatVector
    into: FloatVector
    """Degrees that the enterprises approach."""
    entry: IntVector
    """Position of the year in which each enterprise enters."""
    platform: NDArray[np.bool_]
    leavers: frozenset[int]
    leaving: int
    """Position of the first year without the leavers (the number of years if nobody leaves)."""
    circle: list[int]
    """Group of each enterprise."""
    first_partner: list[int]
    """Number of the first new partner of each year, and the number of all."""
    stars: int
    partners: dict[int, PlannedPartner]

    @property
    def n_sample(self) -> int:
        """Number of enterprises that are ever in the sample."""
        return self.entry.size

    @property
    def n_partner(self) -> int:
        """Number of partners, former sample enterprises not counted."""
        return self.first_partner[-1]


def make_plan(targets: Targets, recipe: Recipe, seed: int) -> Plan:
    """Draw the plan."""
    draws = Draws(seed, STAGE, _ENTERPRISES)
    n, n_partner = int(targets.new_sample.sum()), int(targets.new_partners.sum())
    hubs = len(targets.hub_out) if targets.pinned else 0
    out, into = _profile(targets, recipe, draws)
    if not targets.pinned:
        largest = _LARGEST_SHARE * n_partner
        out, into = (np.minimum(_resampled(profile, n), largest) for profile in (out, into))
    entry = _entries(targets, recipe, hubs, n, draws)
    platform = np.arange(n) < targets.platforms
    leaving = int(np.flatnonzero(targets.leaving)[0]) if targets.leaving.any() else targets.n_years
    leavers = _leavers(targets, entry, platform, leaving, draws)
    circle = _circles(recipe, out, draws)
    first_partner = [0, *np.cumsum(targets.new_partners).tolist()]
    stars = min(half_up(len(targets.star_in) * targets.scale), first_partner[1] // 2)
    partners = _partners(targets, recipe, n, first_partner, stars, Draws(seed, STAGE, _PARTNERS))
    return Plan(
        hubs=hubs,
        out=out,
        into=into,
        entry=entry,
        platform=platform,
        leavers=leavers,
        leaving=leaving,
        circle=circle,
        first_partner=first_partner,
        stars=stars,
        partners=partners,
    )


def _profile(targets: Targets, recipe: Recipe, draws: Draws) -> tuple[FloatVector, FloatVector]:
    """Return out- and in-degrees by rank at scale 1: Table 3, then three stretches fitted to Figure 15."""
    ends = targets.full_edges * (1 + recipe.links_planned)
    rank = np.arange(len(targets.hub_out) + 1, targets.full_sample + 1)
    upper, lower = rank <= 31, rank > 292
    middle = ~upper & ~lower
    first, last = recipe.top
    out = np.empty(rank.size)
    out[upper] = first + (last - first) * (rank[upper] - 21) / 10
    out[middle] = last * (32 / rank[middle]) ** recipe.middle
    tail = (292 / rank[lower]) ** recipe.tail
    out[lower] = tail * (recipe.giving * ends - targets.hub_out.sum() - out[~lower].sum()) / tail.sum()
    into = (out + 1.5) ** 0.95 * np.exp(recipe.spread * draws.bell(rank.size))
    room = np.maximum(targets.sample_cap - out, 1.0)
    for _ in range(30):
        into = np.minimum(into * ((1 - recipe.giving) * ends - targets.hub_in.sum()) / into.sum(), room)
    return np.concatenate([targets.hub_out, out]), np.concatenate([targets.hub_in, into])


def _resampled(profile: FloatVector, n: int) -> FloatVector:
    """Return degrees of n ranks with the same mean: each rank averages its part of the profile.

    Examples
    --------
    >>> _resampled(np.array([8.0, 4.0, 2.0, 2.0]), 2).tolist()
    [6.0, 2.0]
    """
    total = np.concatenate([[0.0], np.cumsum(profile)])
    at = np.linspace(0.0, profile.size, n + 1)
    sums: FloatVector = np.diff(np.interp(at, np.arange(profile.size + 1), total))
    return sums * (n / profile.size)


def _entries(targets: Targets, recipe: Recipe, hubs: int, n: int, draws: Draws) -> IntVector:
    """Let enterprises enter roughly by rank, the pinned ones in the first year."""
    rank = np.arange(hubs + 1, n + 1)
    key = np.concatenate([np.arange(hubs) - 1e9, np.log(rank) + recipe.lateness * draws.bell(rank.size)])
    entry = np.empty(n, np.int64)
    entry[np.argsort(key, kind="stable")] = np.repeat(np.arange(targets.n_years), targets.new_sample)
    return entry


def _leavers(
    targets: Targets, entry: IntVector, platform: NDArray[np.bool_], leaving: int, draws: Draws
) -> frozenset[int]:
    """Choose who leaves among enterprises of low rank that have been in the sample for two years."""
    low = np.arange(entry.size) > 0.55 * entry.size
    candidates = np.flatnonzero((entry < leaving - 1) & low & ~platform)
    return frozenset(draws.shuffled(candidates.tolist())[: int(targets.leaving.sum())])


def _circles(recipe: Recipe, out: FloatVector, draws: Draws) -> list[int]:
    """Group the enterprises around the largest ones, in proportion to their size."""
    centres = min(recipe.circles, out.size)
    weights = out[:centres].tolist()
    return [*range(centres), *(draws.weighted(weights) for _ in range(out.size - centres))]


def _partners(
    targets: Targets, recipe: Recipe, n_sample: int, first_partner: list[int], stars: int, draws: Draws
) -> dict[int, PlannedPartner]:
    """Plan the degrees of the partners of Table 4 and of some below them, so that no gap opens."""
    most = n_sample if targets.pinned else n_sample // 3
    into, out = targets.star_in.astype(float), targets.star_out.astype(float)
    if not targets.pinned:
        into, out = _resampled(into, stars), _resampled(out, stars)
    planned = {j: PlannedPartner(min(into[j], most), min(out[j], most), 0) for j in range(stars)}
    share = np.cumsum(targets.new_partners) / max(first_partner[-1], 1)
    count = half_up(recipe.minor_stars * targets.scale)
    entries = np.searchsorted(share, 0.75 * draws.many(count), side="right")
    taken = {0: stars}
    for k, year in enumerate(entries.tolist()):
        offset = taken.get(year, 0)
        if offset >= 0.5 * targets.new_partners[year]:
            continue
        taken[year] = offset + 1
        total = min((targets.partner_cap - 2) * ((k / targets.scale + 4) / 4) ** -0.35, most)
        gives = total * (0.25 + 0.45 * draws.one())
        planned[first_partner[year] + offset] = PlannedPartner(half_up(total - gives), half_up(gives), year)
    return planned
