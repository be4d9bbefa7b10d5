"""How often the intervals of polarisation hold what is typical of samples from a simulated population."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from clusters.measures._enterprises import Clusters
from clusters.tables._polarised import OF_PLACES, UNCOMPARED, Flows, of_flows

PLACES = 12
COMPARED = tuple(name for name in OF_PLACES if name not in UNCOMPARED)


def sample(
    random: np.random.Generator, *, early: float = 1.0, spreads: bool = True, enterprises: int = 300
) -> Flows:
    """Enterprises of uneven size in uneven places; two years, of which the second may spread.

    A share ``early`` of the enterprises has relations in the first year.
    """
    sizes = 1 + random.lognormal(1.0, 1.1, enterprises).astype(int)
    home = random.choice(PLACES, enterprises, p=_falling(1.3))
    enterprise = np.repeat(np.arange(enterprises), sizes)
    first = (random.random(enterprises) < early)[enterprise] & (random.random(enterprise.size) < 0.4)
    later = random.choice(PLACES, enterprise.size, p=_falling(0.6 if spreads else 1.0))
    partner = np.where(first, random.choice(PLACES, enterprise.size, p=_falling(1.0)), later)
    partner = np.where(random.random(enterprise.size) < 0.2, home[enterprise], partner)
    gives = random.random(enterprise.size) < 0.6
    return Flows(
        places=pd.Index([f"P{i}" for i in range(PLACES)]),
        groups=1,
        years=2,
        cumulative=True,
        relation=np.arange(enterprise.size),
        weight=np.ones(enterprise.size),
        cell=(~first).astype(np.intp),
        origin=np.where(gives, home[enterprise], partner),
        destination=np.where(gives, partner, home[enterprise]),
        clusters=Clusters(pd.RangeIndex(enterprises), enterprise, enterprise),
        poles=(0, 1),
        regions=(np.arange(PLACES) % 3).astype(np.intp),
    )


def _falling(exponent: float) -> np.ndarray:
    chance = 1 / np.arange(1, PLACES + 1) ** exponent
    return chance / chance.sum()


@pytest.mark.slow
def test_intervals_of_years_and_of_their_difference_hold():
    random = np.random.default_rng(11)
    typical = [sample(random).statistics() for _ in range(800)]
    level = {name: np.median([s[name][0, 1] for s in typical]) for name in OF_PLACES}
    change = {name: np.median([s[name][0, 1] - s[name][0, 0] for s in typical]) for name in OF_PLACES}
    runs = 200
    held, moved = dict.fromkeys(OF_PLACES, 0), dict.fromkeys(COMPARED, 0)
    for k in range(runs):
        ends = of_flows(sample(random), 150, k)
        for name in OF_PLACES:
            held[name] += ends.low[name][1] <= level[name] <= ends.high[name][1]
        for name in COMPARED:
            moved[name] += ends.change_low[name][0] <= change[name] <= ends.change_high[name][0]
    low = {name: held[name] / runs for name in OF_PLACES if held[name] / runs < 0.83}
    low |= {f"change of {name}": moved[name] / runs for name in COMPARED if moved[name] / runs < 0.88}
    assert low == {}


@pytest.mark.slow
def test_growth_without_a_change_is_not_called_one():
    # A tenth of the enterprises in the first year: fewer relations look more concentrated.
    random = np.random.default_rng(12)
    runs, held = 200, dict.fromkeys(COMPARED, 0)
    for k in range(runs):
        ends = of_flows(sample(random, early=0.1, spreads=False), 150, k)
        for name in COMPARED:
            held[name] += ends.change_low[name][0] <= 0 <= ends.change_high[name][0]
    told = ("giving_hhi", "taking_hhi", "poles_source", "poles_touching", "intra_share")
    assert {name: held[name] / runs for name in told if held[name] / runs < 0.88} == {}
    assert {name: held[name] / runs for name in COMPARED if held[name] / runs < 0.82} == {}
