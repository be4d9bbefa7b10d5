"""How often intervals hold what is typical of samples, in a made-up population of enterprises.

Sizes are lognormal (the largest of 300 has about 20 times the median), partners are shared, popular
ones by many; half of the relations stay near. A sample is some enterprises with all their relations.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd
import pytest

from clusters.measures.intervals import relation_bootstrap
from clusters.networks import cumulative
from clusters.relations import Relations, from_frame
from clusters.tables import concentration, flow_margins, yearly_structure
from clusters.tables._intervals import EXTREMES, HELD, concentration_intervals, structure_intervals
from clusters.tables._resampled import flow_intervals

CITIES = np.array(["北京市", "深圳市", "上海市", "杭州市", "苏州市", "成都市"])
ENTERPRISES = 2500
pytestmark = pytest.mark.slow


@cache
def population() -> pd.DataFrame:
    """Every relation of every enterprise; enterprises are below ``ENTERPRISES``, partners above."""
    random = np.random.default_rng(1)
    size = np.maximum(1, np.exp(random.normal(np.log(5), 1.0, ENTERPRISES)).astype(int))
    owner = np.repeat(np.arange(ENTERPRISES), size)
    partners = int(owner.size * 0.6)
    popular = random.pareto(1.5, partners) + 0.2
    near = np.arange(len(CITIES), 0, -1) / np.arange(1, len(CITIES) + 1).sum()
    city = random.choice(len(CITIES), ENTERPRISES + partners, p=near)
    other = ENTERPRISES + random.choice(partners, owner.size, p=popular / popular.sum())
    for place in range(len(CITIES)):
        rows = np.flatnonzero((city[owner] == place) & (random.random(owner.size) < 0.4))
        there = np.flatnonzero(city[ENTERPRISES:] == place)
        chance = popular[there] / popular[there].sum()
        other[rows] = ENTERPRISES + random.choice(there, rows.size, p=chance)
    mates = random.random(owner.size) < 0.3
    other[mates] = random.choice(ENTERPRISES, mates.sum(), p=size / size.sum())
    gives = random.random(owner.size) < random.beta(2, 1.5, ENTERPRISES)[owner]
    frame = pd.DataFrame({"source": np.where(gives, owner, other), "target": np.where(gives, other, owner)})
    frame = frame[frame["source"] != frame["target"]].drop_duplicates(ignore_index=True)
    for end in ("source", "target"):
        frame[f"{end}_city"] = CITIES[city[frame[end]]]
    return frame


def sampled(number: int, random: np.random.Generator) -> Relations:
    chosen = np.zeros(len(population()) + ENTERPRISES, dtype=bool)
    chosen[random.choice(ENTERPRISES, number, replace=False)] = True
    frame = population()
    frame = frame[chosen[frame["source"]] | chosen[frame["target"]]]
    names = pd.unique(frame[["source", "target"]].to_numpy().ravel())
    roles = np.where(chosen[names], "sample", "partner")
    return from_frame(frame, pd.DataFrame({"role": roles}, index=names))


def held(found: pd.DataFrame, typical: pd.Series, names: list[str]) -> list[float]:
    """Tell whether each interval holds its typical value; NaN where there is none."""
    return [
        float(low <= typical[name] <= high) if low <= high else float("nan")
        for name in names
        for low, high in [(found[f"{name}_low"].iloc[0], found[f"{name}_high"].iloc[0])]
    ]


def test_shares_of_flows_hold_and_relations_as_units_do_not():
    random = np.random.default_rng(2)

    columns = ["empowerment_share", "input_share", "net_balance"]

    def by_city(table: pd.DataFrame, ending: str = "") -> np.ndarray:
        return table.set_index("place").loc[CITIES, [c + ending for c in columns]].to_numpy()

    def shares(relations: Relations) -> np.ndarray:
        return by_city(flow_margins(relations, level="city"))

    typical = np.median([shares(sampled(300, random)) for _ in range(300)], axis=0)
    cluster, single = [], []
    for _ in range(150):
        relations = sampled(300, random)
        found = flow_intervals(flow_margins(relations, level="city"), relations, level="city")
        cluster.append((by_city(found, "_low") <= typical) & (typical <= by_city(found, "_high")))
        from_first = (relations.frame["source_city"] == CITIES[0]).to_numpy(float)

        def share(weights: np.ndarray, mine: np.ndarray = from_first) -> float:
            return float(mine @ weights / weights.sum())

        of_rows = relation_bootstrap(share, len(relations), replicates=100)[0]
        single.append(of_rows.low <= typical[0, 0] <= of_rows.high)
    each = np.mean(cluster, axis=0)
    print("flows", each.round(2).tolist(), "relations as units", np.mean(single))
    assert 0.90 <= each.mean() <= 0.98
    assert each.min() >= 0.85
    assert np.mean(single) < 0.6


def test_structure_and_concentration_hold():
    random = np.random.default_rng(3)
    structure = [
        name
        for name in yearly_structure(cumulative(sampled(50, random)), seeds=1).columns
        if name not in ("year", "sample_nodes", *EXTREMES)
    ]

    def of(relations: Relations) -> tuple[pd.DataFrame, pd.DataFrame]:
        networks = cumulative(relations)
        return yearly_structure(networks, seeds=1), concentration(networks)

    typical = pd.concat([pd.concat(of(sampled(250, random)), axis=1).iloc[0] for _ in range(200)], axis=1)
    middle = typical.T.loc[:, ~typical.index.duplicated()].astype(float).median()
    found = []
    for _ in range(80):
        relations = sampled(250, random)
        networks = cumulative(relations)
        first, second = of(relations)
        first = structure_intervals(first, networks, replicates=40)
        second = concentration_intervals(second, networks, replicates=40)
        found.append(held(first, middle, structure) + held(second, middle, list(HELD)))
    answers = pd.DataFrame(found, columns=[*structure, *HELD])
    each = answers.mean()
    print(pd.DataFrame({"held": each.round(2), "there": answers.notna().mean()}).to_string())
    assert 0.90 <= each.mean() <= 0.99
    assert each.min() >= 0.85
