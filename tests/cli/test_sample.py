"""``clusters sample``: embedded or drawn, to the screen or to files."""

from __future__ import annotations

import gzip

import pytest
from typer.testing import CliRunner

from clusters import synthetic
from clusters.cli import app
from clusters.synthetic.bulk import of_scale

runner = CliRunner()


def test_embedded_sample_without_options():
    result = runner.invoke(app, ["sample"])
    assert result.exit_code == 0
    assert result.stdout == synthetic.packaged().self_contained_csv
    assert "83,815 relations of 30,765 organisations" in result.stderr
    assert "合成数据" in result.stderr


def test_seed_and_scale_draw_another_table(tmp_path):
    out, nodes = tmp_path / "s.csv.gz", tmp_path / "n.csv"
    arguments = ["sample", "--scale", "0.02", "--seed", "9", "--out", str(out), "--nodes-out", str(nodes)]
    assert runner.invoke(app, arguments).exit_code == 0
    made = synthetic.make(9, 0.02)
    assert gzip.decompress(out.read_bytes()).decode() == made.self_contained_csv
    assert nodes.read_text(encoding="utf-8") == made.marked_nodes_csv


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--scale", "0"], "--scale 0"),
        (["--scale", "500.5"], "up to 500"),
        (["--scale", "nan"], "--scale nan"),
        (["--out", "sample.xlsx"], "sample.xlsx"),
        (["--seed", "-1"], "--seed"),
    ],
)
def test_wrong_requests_end_with_usage(arguments, said):
    result = runner.invoke(app, ["sample", *arguments])
    assert result.exit_code == 2
    assert said in result.stderr
    assert result.stdout == ""


def test_large_tables_keep_the_shape_only(tmp_path):
    out, nodes = tmp_path / "large.csv.gz", tmp_path / "organisations.csv"
    arguments = ["sample", "--scale", "2.1", "--seed", "9", "--out", str(out), "--nodes-out", str(nodes)]
    result = runner.invoke(app, arguments)
    assert result.exit_code == 0, result.stderr
    table = of_scale(9, 2.1)
    assert gzip.decompress(out.read_bytes()) == b"".join(table.csv_chunks())
    assert nodes.read_bytes() == b"".join(table.nodes_csv_chunks())
    assert "合成数据" in result.stderr
    assert f"{len(table):,} relations" in result.stderr


def test_nothing_is_overwritten_unless_told(tmp_path):
    out = tmp_path / "s.csv"
    out.write_text("mine", encoding="utf-8")
    assert runner.invoke(app, ["sample", "--scale", "0.01", "--out", str(out)]).exit_code == 2
    assert out.read_text(encoding="utf-8") == "mine"
    assert runner.invoke(app, ["sample", "--scale", "0.01", "--out", str(out), "--force"]).exit_code == 0
    assert out.read_text(encoding="utf-8").startswith("合成数据")
