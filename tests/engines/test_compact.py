"""A compact table gives the networks of the whole one."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from clusters import networks, relations
from clusters.engines.compact import compact
from clusters.engines.large import read_large
from clusters.errors import UsageError

SAMPLE = Path(relations.__file__).parent / "reference" / "sample"
TEXT = """source,target,year,kind,technology,source_city,target_city
a,b,2020,technology,5G,深圳,北京
a,b,2020,technology,物联网,深圳,北京
a,b,2020,technology,物联网,深圳,北京
a,b,2020,talent,,深圳,北京
b,a,2021,technology,5G,北京,
"""


@pytest.fixture
def large(tmp_path):
    (tmp_path / "r.csv").write_text(TEXT, encoding="utf-8")
    with read_large(tmp_path / "r.csv") as table:
        yield table


def test_rows_and_weights_by_hand(large, tmp_path):
    # Two technologies make two relations of one row; the exact double is none.
    assert compact(large, tmp_path / "c.parquet") == 3
    small = relations.read_relations(tmp_path / "c.parquet")
    assert small.frame["weight"].tolist() == [2, 1, 1]
    assert small.frame["source_city"].astype(object).fillna("").tolist() == ["深圳市", "深圳市", "北京市"]
    assert networks.last(networks.cumulative(small)).weights.tolist() == [3, 1]


def test_a_class_that_is_kept_tells_relations_apart(large, tmp_path):
    assert compact(large, tmp_path / "c.parquet", keep=["technology"]) == 4
    small = relations.read_relations(tmp_path / "c.parquet")
    assert small.frame["technology"].astype(object).fillna("").tolist() == ["5G", "物联网", "", "5G"]
    with pytest.raises(UsageError, match="class 'colour'"):
        compact(large, tmp_path / "c.parquet", keep=["colour"])


def test_own_weights_are_summed_and_blank_ones_count_one(tmp_path):
    (tmp_path / "r.csv").write_text("source,target,weight,note\na,b,2.5,x\na,b,,y\n", encoding="utf-8")
    with read_large(tmp_path / "r.csv") as large:
        compact(large, tmp_path / "c.parquet")
    assert pd.read_parquet(tmp_path / "c.parquet")["weight"].tolist() == [3.5]


def same_networks(one, other, names=None):
    """Nodes in the same order, the same edges with the same weights, the same sample."""
    for year, first in networks.cumulative(one).items():
        second = networks.cumulative(other)[year]
        nodes = second.nodes if names is None else second.nodes.map(names)
        assert list(first.nodes) == list(nodes)
        for name in ("sources", "targets", "weights", "first_years", "sample"):
            np.testing.assert_array_equal(getattr(first, name), getattr(second, name), err_msg=name)


def test_networks_of_the_sample_are_the_same(tmp_path):
    files = {"nodes": SAMPLE / "nodes.csv.gz"}
    small = relations.read_relations(SAMPLE / "relations.csv.gz", **files)
    with read_large(SAMPLE / "relations.csv.gz", **files) as large:
        compact(large, tmp_path / "c.parquet")
        compact(large, tmp_path / "n.parquet", nodes=tmp_path / "names.parquet")
    # Listed organisations come first in the whole table, so the order of names is that of the list.
    numbered = relations.read_relations(tmp_path / "n.parquet", nodes=tmp_path / "names.parquet")
    labels = pd.read_parquet(tmp_path / "names.parquet")["label"]
    assert labels.tolist() == small.nodes["label"].tolist()
    ids = dict(zip(numbered.nodes.index, small.nodes.index, strict=True))
    same_networks(small, numbered, ids)
    named = relations.read_relations(tmp_path / "c.parquet")
    assert named.nodes["label"].to_dict() == small.nodes["label"].loc[named.nodes.index].to_dict()
    first, second = (networks.last(networks.cumulative(t)) for t in (small, named))
    assert sorted(first.to_frame().itertuples(index=False)) == sorted(
        second.to_frame().itertuples(index=False)
    )


def test_only_what_is_chosen_is_written(large, tmp_path):
    assert compact(large.of_kinds(["technology"]).in_years(2021, None), tmp_path / "c.parquet") == 1
