"""The command groups."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from clusters.cli import app


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    lines = ["source,target,year,source_province,target_province"]
    places = {"a": "北京市", "b": "广东省", "c": "北京市", "d": "上海市", "e": "浙江省"}
    pairs = ["ab0", "ac0", "bd0", "da1", "cb1", "ad2", "ea2", "be2", "de2"]
    lines += [f"{s},{t},202{y},{places[s]},{places[t]}" for s, t, y in pairs]
    path = tmp_path_factory.mktemp("relations") / "relations.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def run(*arguments):
    return CliRunner().invoke(app, ["groups", *map(str, arguments)])


def document(*arguments):
    result = run(*arguments, "--format", "json")
    assert result.exit_code == 0, result.stderr
    return json.loads(result.stdout)


@pytest.mark.parametrize(
    ("table", "rows", "keys"),
    [
        ("mixing", 3, {"year", "ei_index", "ei_p", "attribute_assortativity", "assortativity_out_in"}),
        ("matrix", 4, {"origin", "北京市"}),
        ("brokerage", 25, {"node_group", "broker_role", "open_paths", "paths_z"}),
        ("brokers", 5, {"node", "constraint", "effective_size", "liaison"}),
        ("communities", 3, {"consensus_modularity", "stability", "nmi", "ari"}),
        ("blocks", None, {"block", "inner_share", "block_role"}),
        ("places", 4, {"place", "block", "block_role"}),
        ("density", None, {"origin_block", "destination_block", "block_density", "image"}),
        ("gtd", 3, {"connectedness", "krackhardt_hierarchy", "least_upper_bound"}),
        ("gtd-places", 3, {"connectedness", "krackhardt_efficiency"}),
    ],
)
def test_every_table(path, table, rows, keys):
    found = document(path, "--table", table)
    assert found["command"] == "groups"
    assert keys <= set(found["rows"][0])
    assert rows is None or len(found["rows"]) == rows
    assert found["notes"]


def test_options(path):
    assert "ei_p" not in document(path, "--permutations", 0)["rows"][0]
    assert len(document(path, "--table", "brokers", "--top", 2)["rows"]) == 2
    assert len(document(path, "--table", "brokers", "--top", 0)["rows"]) == 5
    louvain = document(path, "--table", "communities", "--seeds", 3, "--method", "louvain")
    assert "3 searches by Louvain" in louvain["notes"][0]
    years = document(path, "--table", "gtd-places", "--cut", 0, "--years", "2021:2022")["rows"]
    whole = document(path, "--table", "gtd-places", "--cut", 0)["rows"]
    assert years == whole[1:]  # earlier relations are part of later years
    assert len(document(path, "--table", "blocks", "--splits", 1, "--cut", "row-mean")["rows"]) == 2


def test_communities_need_no_places(tmp_path):
    bare = tmp_path / "bare.csv"
    bare.write_text("source,target\na,b\nb,c\n", encoding="utf-8")
    (row,) = document(bare, "--table", "communities", "--seeds", 2)["rows"]
    assert "nmi" not in row
    assert "no column 'province'" in run(bare).stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--table", "gtd", "--cut", "0"], "--cut is not known to --table gtd"),
        (["--table", "blocks", "--seeds", "5"], "it goes with --table communities"),
        (["--table", "blocks", "--cut", "half"], "not none, row-mean or a number"),
        (["--table", "gtd-places", "--mode", "yearly"], "--mode cumulative"),
        (["--by", "role"], "cannot be grouped by role"),
        (["--by", "colour"], "no column 'colour'"),
    ],
)
def test_what_cannot_be_done_is_said(path, arguments, said):
    result = run(path, *arguments)
    assert result.exit_code != 0
    assert said in result.stderr


def test_chinese(path):
    result = run(path, "--table", "blocks", "--lang", "zh", "--format", "csv")
    assert "块的角色" in result.stdout
    assert any(word in result.stdout for word in ("净溢出", "净受益", "双向溢出", "经纪人"))
