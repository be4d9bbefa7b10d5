"""Structure beside random networks: columns, hand counts, threads, interruption, the command."""

from __future__ import annotations

import json
import math

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from clusters import ValueNetwork, labels, networks
from clusters.cli import app
from clusters.errors import UsageError
from clusters.measures import clustering, communities, nulls, paths
from clusters.relations import from_frame
from clusters.tables import _nulls, structure_with_nulls, yearly_structure
from clusters.tables._nulls import OFFERED, STATISTICS, nulls_outlook

ADDED = ("null_mean", "null_sd", "z", "p")


@pytest.fixture
def two_years():
    """A chain, then a ring of thirty that give to the next two, and two edges given back."""
    rows = [(f"n{k}", f"n{k + 1}", 2020) for k in range(5)]
    rows += [(f"n{k}", f"n{(k + step) % 30}", 2021) for k in range(30) for step in (1, 2)]
    rows += [("n1", "n0", 2021), ("n9", "n8", 2021)]
    return networks.cumulative(from_frame(pd.DataFrame(rows, columns=["source", "target", "year"])))


def test_columns_and_their_words(two_years):
    table = yearly_structure(two_years)
    found = structure_with_nulls(table, two_years, 5)
    wanted = [f"{name}_{end}" for name in STATISTICS for end in ADDED]
    assert list(found.columns) == [*table.columns, "null_replicates", "null_swaps_per_edge", *wanted]
    pd.testing.assert_frame_equal(found[table.columns], table)
    for column in found.columns:
        assert labels.label(column, "zh") != labels.label(column, "en")
    assert labels.unit("average_path_length_null_mean") == "edges"
    assert labels.unit("average_path_length_z") == "number"
    assert "seed 0" in found.attrs["notes"][-1]
    assert found.attrs["notes"][:-1] == table.attrs["notes"]


def test_numbers_are_those_of_the_replicates(two_years):
    found = structure_with_nulls(
        yearly_structure(two_years), two_years, 20, seed=3, statistics=OFFERED, swaps_per_edge=5
    ).iloc[1]
    model = nulls.NullModel(two_years[2021], swaps_per_edge=5)
    drawn = [model.draw([3, number]).network for number in range(20)]
    for directed, ending in ((True, ""), (False, "_undirected")):
        lengths = [paths.path_summary(network, directed) for network in drawn]
        for name in ("average_path_length", "diameter"):
            values = [getattr(one, name) for one in lengths]
            assert found[f"{name}{ending}_null_mean"] == pytest.approx(np.mean(values))
        values = [clustering.average_clustering(network, directed=directed) for network in drawn]
        observed = found["average_clustering" + ending]
        assert found[f"average_clustering{ending}_null_sd"] == pytest.approx(np.std(values, ddof=1))
        assert found[f"average_clustering{ending}_z"] == pytest.approx(
            (observed - np.mean(values)) / np.std(values, ddof=1)
        )
        assert found[f"average_clustering{ending}_p"] == nulls.compare(observed, values).p
    # As many searches, with the same seeds, in random networks as in the given one.
    values = [communities.communities(network, 5, 3).modularity for network in drawn]
    assert found["modularity_null_mean"] == pytest.approx(np.mean(values))
    assert (found["null_replicates"], found["average_clustering_p"]) == (20, 1 / 21)
    assert 5 <= found["null_swaps_per_edge"] < 8


def test_sigma_is_that_of_the_largest_component(two_years):
    # The ring, and apart from it a triangle, which has the largest clustering there is.
    ring = two_years[2021]
    pairs = zip(ring.nodes[ring.sources], ring.nodes[ring.targets], strict=True)
    both = {2021: ValueNetwork.from_edges([*pairs, ("x", "y"), ("y", "z"), ("z", "x")])}
    found = structure_with_nulls(
        yearly_structure(both), both, 15, statistics=["small_world_sigma", "reciprocity"], seed=2
    )
    assert list(found.columns[-5:]) == [*(f"reciprocity_{end}" for end in ADDED), "small_world_sigma"]
    drawn = [nulls.rewire(ring, [2, number]) for number in range(15)]
    c, *c_null = (clustering.average_clustering(one, directed=False) for one in (ring, *drawn))
    length, *lengths = (paths.path_summary(one, directed=False).average_path_length for one in (ring, *drawn))
    sigma = c / np.mean(c_null) / (length / np.mean(lengths))
    assert found["small_world_sigma"].item() == pytest.approx(sigma)
    assert sigma > 1.5


def test_sigma_of_a_random_network_is_about_one():
    random = np.random.default_rng(5)
    network = {0: ValueNetwork.from_edges(random.integers(80, size=(600, 2)).tolist())}
    table = yearly_structure(network)
    found = structure_with_nulls(table, network, 30, statistics=["small_world_sigma"])
    assert found["small_world_sigma"].item() == pytest.approx(1, abs=0.1)
    assert found["null_replicates"].item() == 30


def test_sigma_without_a_triangle_in_any_null_is_undefined():
    star = {0: ValueNetwork.from_edges([("hub", leaf) for leaf in "abcd"])}
    found = structure_with_nulls(yearly_structure(star), star, 3, statistics=["small_world_sigma"])
    assert math.isnan(found["small_world_sigma"].item())


def test_what_is_undefined_is_not_compared(two_years):
    # A chain has no mutual edge ever: all replicates agree, so z is undefined and p is 1.
    none = structure_with_nulls(yearly_structure(two_years, sources=3), two_years, 4).iloc[0]
    assert math.isnan(none["average_path_length_z"])
    assert math.isnan(none["average_path_length_null_mean"])
    assert (none["reciprocity_p"] == 1) == (none["reciprocity_null_sd"] == 0)
    empty = {2020: ValueNetwork.from_edges([], nodes=["a"])}
    row = structure_with_nulls(yearly_structure(empty), empty, 4).iloc[0]
    assert math.isnan(row["null_swaps_per_edge"])
    assert math.isnan(row["reciprocity_p"])


def test_stars_are_named_as_stuck():
    star = {2020: ValueNetwork.from_edges([("hub", leaf) for leaf in "abcd"])}
    found = structure_with_nulls(yearly_structure(star), star, 3)
    assert any("up to 4 edges could be swapped less often" in note for note in found.attrs["notes"])
    assert found["null_swaps_per_edge"].item() == 0


def test_ctrl_c_keeps_what_is_done(two_years, monkeypatch):
    table, calls = yearly_structure(two_years), []
    original = _nulls._measure

    def measure(*arguments):
        calls.append(arguments)
        return original(*arguments)

    def interrupted(*arguments, **options):
        found = original_replicate(*arguments, **options)
        yield next(found)
        yield next(found)
        found.close()
        raise KeyboardInterrupt

    original_replicate = nulls.replicate
    monkeypatch.setattr(nulls, "replicate", interrupted)
    with pytest.raises(KeyboardInterrupt):
        structure_with_nulls(table, two_years, 50)
    found = structure_with_nulls(table, two_years, 50, keep_partial=True)
    assert found["null_replicates"].to_list() == [2, 0]
    assert found.attrs["interrupted"]
    assert not math.isnan(found["average_path_length_null_sd"][0])
    assert found.loc[1, [f"reciprocity_{end}" for end in ADDED]].isna().all()
    assert "2 random networks" in found.attrs["notes"][-1]


def test_what_cannot_be_compared(two_years):
    with pytest.raises(UsageError, match="density"):
        structure_with_nulls(yearly_structure(two_years), two_years, 5, statistics=["density"])
    with pytest.raises(UsageError, match="kinds"):
        nulls_outlook(two_years, 5, within=["kind"])
    with pytest.raises(ValueError, match="at least 1"):
        structure_with_nulls(yearly_structure(two_years), two_years, 0)


def test_long_work_is_announced_in_time():
    random = np.random.default_rng(1)
    network = ValueNetwork.from_edges(random.integers(20_000, size=(40_000, 2)).tolist())
    (note,) = nulls_outlook({2022: network}, 20_000)
    assert "20,000 random networks" in note
    assert nulls_outlook({2022: network}, 10) == []
    assert nulls_outlook({}, 10) == []


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    path = tmp_path_factory.mktemp("relations") / "relations.csv"
    rows = [f"{k},{(k + step) % 12},{2020 + step},{'xy'[k % 2]}" for k in range(12) for step in (1, 2)]
    path.write_text("source,target,year,kind\n" + "\n".join(rows) + "\n", encoding="utf-8")
    return path


def run(*arguments):
    return CliRunner().invoke(app, ["structure", *(str(a) for a in arguments)])


def test_command_adds_columns_and_records_the_seed(path):
    result = run(path, "--null", 19, "--seed", 4, "--null-within", "roles,year", "--format", "json")
    assert result.exit_code == 0, result.stderr
    document = json.loads(result.stdout)
    row = document["rows"][-1]
    assert {f"{name}_{end}" for name in STATISTICS for end in ADDED} <= set(row)
    assert row["null_replicates"] == 19
    assert 0.05 <= row["average_clustering_p"] <= 1
    assert any("seed 4" in note and "first year" in note for note in document["notes"])
    assert run(path, "--null", 19, "--seed", 4, "--null-within", "roles,year", "--format", "json").stdout == (
        result.stdout
    )


def test_command_takes_other_models_and_columns(path):
    options = ("--null", 5, "--null-model", "random", "--null-of", "reciprocity,modularity")
    rows = json.loads(run(path, *options, "--format", "json").stdout)["rows"]
    assert "average_clustering_z" not in rows[-1]
    assert rows[-1]["modularity_null_mean"] > 0
    assert rows[-1]["null_swaps_per_edge"] is None
    kinds = run(path, "--null", 5, "--parallel", "kinds", "--null-within", "roles,kind", "--format", "json")
    assert kinds.exit_code == 0, kinds.stderr
    assert run(path, "--null", 5, "--null-within", "none").exit_code == 0


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--null-within", "roles"), "--null 200"),
        (("--null", 5, "--null-within", "place"), "place"),
        (("--null", 5, "--null-within", "kind"), "--parallel kinds"),
        (("--null", 5, "--null-of", "density"), "density"),
        (("--null", 0), "--null"),
        (("--null", 5, "--engine", "duckdb"), "in memory only"),
    ],
)
def test_command_refuses(path, options, said):
    result = run(path, *options)
    assert result.exit_code == 2
    assert said in result.stderr
