"""Intervals of structure and concentration: columns, hand cases, what gets none, what comes again."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from clusters import labels
from clusters.networks import ValueNetwork, cumulative
from clusters.relations import from_frame
from clusters.tables import concentration, yearly_structure
from clusters.tables._intervals import (
    EXTREMES,
    FIXED,
    UNHELD,
    concentration_intervals,
    structure_intervals,
)
from clusters.tables._structure import STRUCTURE


@pytest.fixture(scope="module")
def networks():
    """2020: eight enterprises, too few. 2021: thirty, of unequal size, with common partners."""
    random = np.random.default_rng(1)
    rows = [
        (f"e{i}", f"p{random.integers(120)}", 2020 if i < 8 else 2021)
        for i in range(30)
        for _ in range(1 + i % 9)
    ]
    rows += [(f"p{i % 40}", f"e{i % 30}", 2021) for i in range(60)]
    rows += [(f"e{i}", f"e{(i + step) % 30}", 2021) for i in range(30) for step in (1, 2)]  # triangles
    rows += [(f"p{7 * i}", f"e{i}", 2021) for i in range(8)] + [
        (f"e{i}", f"p{7 * i}", 2021) for i in range(8)
    ]
    frame = pd.DataFrame(rows, columns=["source", "target", "year"])
    names = sorted(set(frame["source"]) | set(frame["target"]))
    roles = pd.DataFrame({"role": ["sample" if n[0] == "e" else "partner" for n in names]}, index=names)
    return cumulative(from_frame(frame, roles))


@pytest.fixture(scope="module")
def found(networks):
    return structure_intervals(yearly_structure(networks), networks, replicates=30)


def test_every_number_has_its_two_ends_behind_it(found, networks):
    columns = list(found.columns)
    for name in STRUCTURE:
        at = columns.index(name)
        ends = [f"{name}_low", f"{name}_high"]
        assert (columns[at + 1 : at + 3] == ends) == (name not in FIXED)
    assert found[list(STRUCTURE)].equals(yearly_structure(networks))
    assert all(labels.label(column, lang) for column in columns for lang in ("en", "zh"))


def test_intervals_hold_their_number_and_keep_its_bounds(found):
    row = found.iloc[1]
    for name in STRUCTURE:
        if name in FIXED or name in EXTREMES:
            continue
        low, high = row[f"{name}_low"], row[f"{name}_high"]
        assert 0 <= low <= high, name
        if name not in ("modularity", "communities"):  # searched for once more
            assert low <= row[name] <= high, name
    for name in ("density", "reciprocity", "average_clustering", "modularity"):
        assert row[f"{name}_high"] <= 1, name
    assert row["edges_low"] < row["edges"] < row["edges_high"]


def test_too_few_enterprises_and_extremes_have_none(found):
    ends = [c for c in found.columns if c.endswith(("_low", "_high"))]
    assert found.loc[0, ends].isna().all()
    assert found[[f"{name}_{end}" for name in EXTREMES for end in ("low", "high")]].isna().all(axis=None)
    assert any("No interval for Diameter" in str(note) for note in found.attrs["notes"])
    assert any("relations among partners" in str(note) for note in found.attrs["notes"])


def test_equal_enterprises_have_no_width():
    stars = {None: ValueNetwork.from_edges([(hub, (hub, leaf)) for hub in range(20) for leaf in range(3)])}
    row = structure_intervals(yearly_structure(stars), stars, replicates=10).iloc[0]
    for name in ("nodes", "edges", "average_degree", "density", "weak_components", "average_path_length"):
        if name != "density":
            assert (row[f"{name}_low"], row[f"{name}_high"]) == (row[name], row[name])


def test_the_same_seed_gives_the_same_bytes(networks):
    def text(seed):
        table = yearly_structure(networks)
        return structure_intervals(table, networks, replicates=5, seed=seed).to_csv()

    assert text(3) == text(3)
    assert len({text(seed) for seed in range(4)}) > 1


def test_distances_of_large_networks_are_left_out(networks, monkeypatch):
    monkeypatch.setattr("clusters.tables._intervals.SEARCHED_UP_TO", 10)
    row = structure_intervals(yearly_structure(networks), networks, replicates=5).iloc[1]
    assert np.isnan(row["average_path_length_low"])
    assert np.isnan(row["reachable_pairs_undirected_high"])
    assert row["edges_low"] < row["edges"]


def test_concentration_by_hand(networks):
    # Enterprises of one size and no common partners: nobody's removal changes any share of nodes.
    stars = {None: ValueNetwork.from_edges([(hub, (hub, leaf)) for hub in range(20) for leaf in range(3)])}
    row = concentration_intervals(concentration(stars), stars, replicates=10).iloc[0]
    assert (row["gini_low"], row["gini"], row["gini_high"]) == (0.75, 0.75, 0.75)
    table = concentration_intervals(concentration(networks), networks, replicates=10)
    assert table[["top_1_percent_low", "top_0_1_percent_high"]].isna().all(axis=None)  # one or two nodes
    for name in ("top_10_percent", "gini", "theil", "hoover"):
        low, high = table[f"{name}_low"].iloc[1], table[f"{name}_high"].iloc[1]
        assert 0 < low < table[name].iloc[1] < high
    assert not {f"{name}_low" for name in UNHELD} & set(table.columns)
    assert table.drop(columns=[c for c in table if c.endswith(("_low", "_high"))]).equals(
        concentration(networks)
    )


def test_interrupted_work_keeps_the_years_that_are_done(networks, monkeypatch):
    from clusters.tables import _intervals

    def drop(*args, **options):
        raise KeyboardInterrupt

    monkeypatch.setattr(_intervals, "drop_enterprises", drop)
    table = structure_intervals(yearly_structure(networks), networks, replicates=2, keep_partial=True)
    assert table.attrs["interrupted"]
    assert table["edges_low"].isna().all()
    with pytest.raises(KeyboardInterrupt):
        structure_intervals(yearly_structure(networks), networks, replicates=2)
