"""The generator at other sizes and seeds, its files, and the packed sample as its product."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from pathlib import Path

import pytest

import clusters
from clusters import networks, published, synthetic
from clusters.synthetic import files
from clusters.synthetic.targets import targets


@pytest.fixture(scope="module")
def small():
    return synthetic.make(seed=5, scale=0.05)


def counts(tables, scale):
    """Sample, partners and edges of every year, counted from the rows alone."""
    role = {row[0]: row[2] for row in tables.nodes}
    until = {row[0]: int(row[9]) for row in tables.nodes if row[9]}
    found = []
    for year in targets(scale).years:
        edges = {row[:2] for row in tables.relations if int(row[2]) <= year}
        ends = {end for edge in edges for end in edge}
        sample = sum(role[e] == "sample" and until.get(e, year) >= year for e in ends)
        found.append((sample, len(ends) - sample, len(edges)))
    return found


@pytest.mark.parametrize("seed", [5, 11])
def test_scaled_table_has_scaled_counts_in_every_year(seed):
    scale = 0.05
    aim = targets(scale)
    expected = list(
        zip(aim.sample_nodes.tolist(), aim.partner_nodes.tolist(), aim.edges.tolist(), strict=True)
    )
    assert counts(synthetic.make(seed, scale), scale) == expected
    # 5 % of 83,815 edges and of 2,200 sample enterprises, by hand.
    assert (expected[-1][0], expected[-1][2]) == (110, 4191)


def test_same_seed_same_bytes_other_seed_other_bytes(small):
    again = synthetic.make(seed=5, scale=0.05)
    assert again.self_contained_csv == small.self_contained_csv
    assert synthetic.make(seed=6, scale=0.05).self_contained_csv != small.self_contained_csv


def test_relations_are_distinct_and_have_a_sample_enterprise(small):
    role = {row[0]: row[2] for row in small.nodes}
    pairs = [row[:2] for row in small.relations]
    assert len(set(pairs)) == len(pairs)
    assert all(a != b for a, b in pairs)
    assert all("sample" in (role[a], role[b]) for a, b in pairs)


def test_labels_of_a_relation_fit_together(small):
    types = {row[0]: row[3] for row in small.nodes}
    for source, _, _, kind, technology, field, sector, industry, division in small.relations:
        assert bool(technology) == bool(field) == bool(sector) == bool(industry) == (kind == "technology")
        assert bool(division) == (industry == "制造业")
        if types[source] == "investor":
            assert kind == "investment"


@pytest.mark.parametrize("scale", [0.0004, 0.003, 0.01, 0.2])
def test_any_scale_gives_a_readable_table(scale):
    relations = synthetic.generate(seed=2, scale=scale)
    assert relations.synthetic
    assert relations.account.rejected == relations.account.self_loops == relations.account.duplicates == 0
    assert len(networks.last(networks.cumulative(relations)).nodes) == len(relations.nodes)


def test_self_contained_table_says_synthetic_first_and_is_plain_csv(small):
    text = small.self_contained_csv
    assert text.startswith("合成数据 (synthetic data),source,target,year,kind,")
    assert "\r" not in text
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [row[files.MARK] for row in rows[:2]] == ["R000001", "R000002"]
    assert len(rows) == len(small.relations)
    city = {node[0]: node[6] for node in small.nodes}
    assert all(row["target_city"] == city[row["target"]] for row in rows)
    assert all(row["source_city"] == city[row["source"]] for row in rows)


def test_one_file_or_two_give_the_same_networks(small, tmp_path):
    path = tmp_path / "sample.csv"
    path.write_text(small.self_contained_csv, encoding="utf-8")
    one = networks.cumulative(clusters.read_relations(path))
    two = networks.cumulative(synthetic.generate(seed=5, scale=0.05))
    assert list(one) == list(two)
    for year, network in one.items():
        other = two[year]
        assert list(network.nodes) == list(other.nodes)
        assert network.sources.tolist() == other.sources.tolist()
        assert network.targets.tolist() == other.targets.tolist()
        assert network.sample.tolist() == other.sample.tolist()


def test_reading_sees_that_it_is_synthetic(small, tmp_path):
    table, nodes = tmp_path / "sample.csv", tmp_path / "nodes.csv"
    table.write_text(small.self_contained_csv, encoding="utf-8")
    nodes.write_text(small.marked_nodes_csv, encoding="utf-8")
    relations = clusters.read_relations(table, nodes=nodes)
    assert relations.synthetic
    # The running number is neither a class of relations nor an attribute of organisations.
    assert relations.classes == list(files.RELATION_COLUMNS[4:])
    assert not any("合成数据" in column for column in relations.nodes.columns)
    assert relations.nodes["sample_from"].notna().any()


def test_written_and_read_again(small, tmp_path):
    files.write_package(small, tmp_path)
    assert files.read_package(tmp_path) == small
    first = {f.name: f.read_bytes() for f in tmp_path.iterdir()}
    files.write_package(small, tmp_path)
    assert {f.name: f.read_bytes() for f in tmp_path.iterdir()} == first
    assert first["nodes.csv.gz"][4:8] == bytes(4)  # no time in the gzip header


def test_names_are_neutral(small):
    report = [
        *published.load("nankai_2023", table=3)["name_zh"],
        *published.load("nankai_2023", table=4)["name_zh"],
    ]
    labels = {row[1] for row in small.nodes}
    assert labels.isdisjoint(report)
    assert all(label.startswith(("样本企业", "关系节点")) for label in labels)
    packed = synthetic.packaged()
    assert not any(name in packed.nodes_csv or name in packed.relations_csv for name in report)


def test_the_sample_in_the_package_is_what_the_generator_makes():
    made, packed = synthetic.make(synthetic.SEED), synthetic.packaged()
    assert made.nodes_csv == packed.nodes_csv
    assert made.relations_csv == packed.relations_csv
    said = json.loads((synthetic.PACKAGED / files.MANIFEST_FILE).read_text("utf-8"))
    assert json.loads(json.dumps(files.manifest(made))) == said


def test_manifest_of_the_sample_holds():
    made = json.loads((synthetic.PACKAGED / files.MANIFEST_FILE).read_text("utf-8"))
    packed = synthetic.packaged()
    assert made["synthetic"] is True
    assert "合成数据" in made["statement"]
    texts = {files.RELATIONS_FILE: packed.relations_csv, files.NODES_FILE: packed.nodes_csv}
    for name, text in texts.items():
        listed = made["files"][name]
        assert listed["sha256_of_the_unpacked_text"] == hashlib.sha256(text.encode()).hexdigest()
        assert listed["rows"] == text.count("\n") - 1
    size = sum(f.stat().st_size for f in synthetic.PACKAGED.iterdir())
    assert size < 2_000_000


def test_the_small_example_beside_the_package_is_what_the_generator_makes():
    path = Path(__file__).parents[2] / "data" / "sample" / "synthetic_relations.csv"
    if not path.exists():
        pytest.skip("data/ is not beside the tests")
    assert path.read_text(encoding="utf-8") == synthetic.make(synthetic.SEED, 0.01).self_contained_csv
    assert path.stat().st_size < 300_000


def test_embedded_sample_is_read_as_it_is_made():
    relations = clusters.sample()
    packed = synthetic.packaged()
    assert relations.synthetic
    assert len(relations) == len(packed.relations) == 83_815
    assert list(relations.nodes.index) == [row[0] for row in packed.nodes]
    for position, column in enumerate(files.RELATION_COLUMNS):
        own = relations.frame[column].astype(str).where(relations.frame[column].notna(), "")
        assert own.tolist() == [row[position] for row in packed.relations]
