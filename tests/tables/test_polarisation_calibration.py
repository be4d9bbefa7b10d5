"""How often the intervals of polarisation hold what is typical of samples from a simulated population."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from clusters.measures._enterprises import Clusters
from clusters.tables._polarised import OF_PLACES, Flows, of_flows

PLACES = 12
HELD = tuple(name for name in OF_PLACES if name not in ("poles_inside",))


def sample(random: np.random.Generator, enterprises: int = 300) -> Flows:
    """Enterprises of uneven size in uneven places; two years, the second of which spreads."""
    sizes = 1 + random.lognormal(1.0, 1.1, enterprises).astype(int)
    chance = 1 / np.arange(1, PLACES + 1) ** 1.3
    home = random.choice(PLACES, enterprises, p=chance / chance.sum())
    enterprise = np.repeat(np.arange(enterprises), sizes)
    year = (random.random(enterprise.size) < 0.6).astype(int)
    flat = np.where(year == 1, 0.6, 1.3)
    draws = random.random(enterprise.size)
    by_year = [np.cumsum(w / w.sum()) for w in (1 / np.arange(1, PLACES + 1) ** a for a in (1.3, 0.6))]
    partner = np.where(flat > 1, *(np.searchsorted(c, draws).clip(0, PLACES - 1) for c in by_year))
    partner = np.where(random.random(enterprise.size) < 0.2, home[enterprise], partner)
    gives = random.random(enterprise.size) < 0.6
    return Flows(
        places=pd.Index([f"P{i}" for i in range(PLACES)]),
        groups=1,
        years=2,
        cumulative=True,
        relation=np.arange(enterprise.size),
        weight=np.ones(enterprise.size),
        cell=year.astype(np.intp),
        origin=np.where(gives, home[enterprise], partner),
        destination=np.where(gives, partner, home[enterprise]),
        clusters=Clusters(pd.RangeIndex(enterprises), enterprise, enterprise),
        poles=(0, 1),
        regions=(np.arange(PLACES) % 3).astype(np.intp),
    )


@pytest.mark.slow
def test_intervals_of_years_and_of_their_difference_hold():
    random = np.random.default_rng(11)
    typical = [sample(random).statistics() for _ in range(800)]
    level = {name: np.median([s[name][0] for s in typical], axis=0) for name in OF_PLACES}
    change = {name: np.median([s[name][0, 1] - s[name][0, 0] for s in typical]) for name in OF_PLACES}
    runs = 150
    held, moved = dict.fromkeys(OF_PLACES, 0), dict.fromkeys(OF_PLACES, 0)
    for k in range(runs):
        ends = of_flows(sample(random), 100, k)
        for name in OF_PLACES:
            held[name] += ends.low[name][1] <= level[name][1] <= ends.high[name][1]
            moved[name] += ends.change_low[name][0] <= change[name] <= ends.change_high[name][0]
    rates = {name: (held[name] / runs, moved[name] / runs) for name in OF_PLACES}
    low = {name: pair for name, pair in rates.items() if min(pair) < 0.86}
    assert low == {}, rates
