"""Nodes and edges as two CSV or Parquet files."""

from __future__ import annotations

import pandas as pd
import pytest

from clusters.errors import UsageError
from clusters.export.edges import write_csv_pair, write_parquet_pair
from clusters.networks import ValueNetwork


def test_csv_by_hand(two_years, tmp_path):
    report = write_csv_pair(two_years, tmp_path / "x.csv")
    assert [file.name for file in report.files] == ["x_nodes.csv", "x_edges.csv"]
    assert (tmp_path / "x_edges.csv").read_text(encoding="utf-8").splitlines() == [
        "source,target,kind,weight,relations,first_year",
        "a,b,talent,1.0,1,2015",
        "a,b,technology,2.0,2,2014",
        "a,c,investment,1.0,1,2015",
        "b,a,technology,1.0,1,2014",
        "d,a,technology,1.0,1,2015",
    ]
    assert (tmp_path / "x_nodes.csv").read_text(encoding="utf-8").splitlines()[:4] == [
        "id,label,role,first_year,province,platform,founded,staff,type",
        "a,甲公司,sample,2014,广东省,True,1998,12.5,HES",
        "b,B & Co <Ltd>,sample,2014,北京市,False,,,PRC",
        "c,c,partner,2015,,,2010,,",
    ]


def test_chinese_csv_opens_in_excel_and_in_gephi(two_years, tmp_path):
    write_csv_pair(two_years, tmp_path / "x.csv", lang="zh")
    content = (tmp_path / "x_edges.csv").read_bytes()
    assert content.startswith("\ufeffsource,target,kind,weight,关系条数,首次年份\n".encode())
    assert "a,b,人力资本,1.0,1,2015" in content.decode("utf-8")


def test_parquet_keeps_types(two_years, tmp_path):
    write_parquet_pair(two_years, tmp_path / "x.parquet", lang="zh")
    nodes = pd.read_parquet(tmp_path / "x_nodes.parquet")
    edges = pd.read_parquet(tmp_path / "x_edges.parquet")
    assert nodes["founded"].tolist() == [1998, pd.NA, 2010, pd.NA, pd.NA]
    assert nodes["role"].tolist()[:3] == ["sample", "sample", "partner"], "identifiers in every language"
    assert edges["relations"].sum() == two_years.n_relations
    assert edges.columns.tolist() == ["source", "target", "kind", "weight", "relations", "first_year"]


def test_text_that_would_run_as_a_formula(tmp_path):
    network = ValueNetwork.from_edges([("=1+1", "b")])
    report = write_csv_pair(network, tmp_path / "x.csv")
    nodes = pd.read_csv(tmp_path / "x_nodes.csv")
    edges = pd.read_csv(tmp_path / "x_edges.csv")
    assert nodes["id"].tolist() == ["'=1+1", "b"]
    assert edges["source"].tolist() == ["'=1+1"], "the tables still join"
    assert any("formula" in note for note in report.notes)


@pytest.mark.parametrize("write", [write_csv_pair, write_parquet_pair])
def test_both_files_or_none(write, two_years, tmp_path):
    name = "x.csv" if write is write_csv_pair else "x.parquet"
    second = tmp_path / name.replace(".", "_edges.")
    second.write_text("mine")
    with pytest.raises(UsageError, match="exists"):
        write(two_years, tmp_path / name)
    assert [file.name for file in tmp_path.iterdir()] == [second.name]


def test_empty_network(tmp_path):
    write_csv_pair(ValueNetwork.from_edges([]), tmp_path / "x.csv")
    assert (tmp_path / "x_nodes.csv").read_text() == "id,label\n"
    assert (tmp_path / "x_edges.csv").read_text() == "source,target,weight,relations\n"
    write_parquet_pair(ValueNetwork.from_edges([]), tmp_path / "x.parquet")
    assert len(pd.read_parquet(tmp_path / "x_edges.parquet")) == 0
