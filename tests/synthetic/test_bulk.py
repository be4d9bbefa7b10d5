"""Large drawn tables: exact sizes, the shape of the sample, the same bytes for the same seed."""

from __future__ import annotations

import csv
import hashlib
import io

import numpy as np
import pytest

import clusters
from clusters import networks
from clusters.measures import clustering
from clusters.synthetic.bulk import YEARS, bulk, of_scale


@pytest.fixture(scope="module")
def like_the_sample():
    return bulk(4, 30_765, 83_815)


@pytest.fixture(scope="module")
def written():
    return b"".join(bulk(4, 1_000, 3_000).csv_chunks(rows=700))


def degrees(table):
    return tuple(np.bincount(end, minlength=table.n_nodes) for end in (table.source, table.target))


@pytest.mark.parametrize("sizes", [(1_000, 5_000), (1_500, 4_000), (5_000, 100_000)])
def test_sizes_are_exact_and_pairs_differ(sizes):
    nodes, relations = sizes
    table = bulk(1, nodes, relations)
    pairs = set(zip(table.source.tolist(), table.target.tolist(), strict=True))
    assert len(table) == len(pairs) == relations
    assert table.n_nodes == nodes == np.unique(np.concatenate([table.source, table.target])).size
    assert all(giver != receiver for giver, receiver in pairs)


def test_partners_have_no_relations_among_each_other(like_the_sample):
    table = like_the_sample
    assert (table.sample[table.source] | table.sample[table.target]).all()
    assert (table.sample[table.source] & table.sample[table.target]).mean() == pytest.approx(0.0056, abs=1e-4)


def test_degrees_are_spread_as_in_the_sample(like_the_sample):
    # Counted in the sample: 27.8 % give nothing, 21.2 % receive nothing, 37.9 % have one
    # relation, 18.7 % only receive one; its largest out-degree is 4,882.
    gives, receives = degrees(like_the_sample)
    assert (gives == 0).mean() == pytest.approx(0.278, abs=0.005)
    assert (receives == 0).mean() == pytest.approx(0.212, abs=0.005)
    assert (gives + receives == 1).mean() == pytest.approx(0.379, abs=0.005)
    assert ((receives == 1) & (gives == 0)).mean() == pytest.approx(0.187, abs=0.005)
    assert 3_500 < gives.max() < 5_500
    assert gives.argmax() == np.flatnonzero(like_the_sample.sample & (like_the_sample.number == 1))[0]


def test_there_are_triangles_but_not_many(like_the_sample):
    # 0.0585 in the sample; 0 without enterprises tied to each other.
    pairs = zip(like_the_sample.source.tolist(), like_the_sample.target.tolist(), strict=True)
    network = networks.ValueNetwork.from_edges(pairs)
    assert 0.02 < clustering.average_clustering(network, convention="textbook", directed=False) < 0.1


def test_years_grow_by_half(like_the_sample):
    upto = np.searchsorted(np.sort(like_the_sample.year), list(YEARS), side="right")
    assert upto[-1] == 83_815
    assert upto[1:] / upto[:-1] == pytest.approx(1.543, abs=0.001)


def test_organisations_are_numbered_as_they_come(like_the_sample):
    ends = np.column_stack([like_the_sample.source, like_the_sample.target]).ravel().tolist()
    assert list(dict.fromkeys(ends)) == list(range(30_765))


def test_only_technology_relations_have_a_technology(like_the_sample):
    table = like_the_sample
    of_technology = table.kind == table.kinds.index("technology")
    assert ((table.technology > 0) == of_technology).all()
    assert of_technology.mean() == pytest.approx(0.8897, abs=0.005)


def test_same_seed_same_bytes(written):
    again = b"".join(bulk(4, 1_000, 3_000).csv_chunks(rows=1_000_000))
    assert again == written
    assert b"".join(bulk(5, 1_000, 3_000).csv_chunks()) != written
    # Change this only together with VERSION: other people's measurements name the seed.
    assert hashlib.sha256(written).hexdigest().startswith("e44e99b47a822b52")


def test_text_says_what_the_codes_say(written):
    table = bulk(4, 1_000, 3_000)
    rows = list(csv.DictReader(io.StringIO(written.decode("utf-8"))))
    assert [row["source"] for row in rows] == table.names[table.source].tolist()
    assert [row["target_province"] for row in rows] == [
        table.provinces[p] for p in table.province[table.target]
    ]
    assert rows[0]["合成数据 (synthetic data)"] == "R00000001"
    assert {row["source_role"] == "sample" for row in rows if row["source"].startswith("样本")} == {True}


def test_read_back_without_loss(written, tmp_path):
    path = tmp_path / "large.csv"
    path.write_bytes(written)
    relations = clusters.read_relations(path)
    table = bulk(4, 1_000, 3_000)
    assert relations.synthetic
    assert (len(relations), relations.account.rejected) == (3_000, 0)
    assert relations.years == list(YEARS)
    assert relations.frame["source"].cat.codes.tolist() == table.source.tolist()
    assert (relations.nodes["role"] == "sample").tolist() == table.sample.tolist()


def test_table_of_organisations():
    table = bulk(4, 1_000, 3_000)
    rows = list(csv.DictReader(io.StringIO(b"".join(table.nodes_csv_chunks(rows=300)).decode("utf-8"))))
    assert [row["node"] for row in rows] == table.names.tolist()
    assert [row["role"] for row in rows] == ["sample" if s else "partner" for s in table.sample]
    assert [row["province"] for row in rows] == [table.provinces[p] for p in table.province]


def test_scale_multiplies_the_sample():
    table = of_scale(1, 0.5)
    assert (table.n_nodes, len(table)) == (15_382, 41_908)


@pytest.mark.parametrize("sizes", [(999, 3_000), (1_000, 1_999), (1_000, 20_001)])
def test_other_shapes_are_refused(sizes):
    with pytest.raises(ValueError, match="shape"):
        bulk(1, *sizes)
