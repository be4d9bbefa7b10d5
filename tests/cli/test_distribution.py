"""The commands concentration and powerlaw."""

from __future__ import annotations

import json

import numpy as np
import pytest
from typer.testing import CliRunner

from clusters.cli import app


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    """Two years; out-degrees of the second follow a zipf law."""
    random = np.random.default_rng(1)
    lines = ["source,target,year", "a,b,2020", "a,c,2020"]
    for i, degree in enumerate(np.minimum(random.zipf(2.2, 150), 100)):
        lines += [f"s{i},t{t},2021" for t in random.choice(200, degree, replace=False)]
    path = tmp_path_factory.mktemp("relations") / "relations.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def run(*arguments):
    return CliRunner().invoke(app, [str(a) for a in arguments])


def document(*arguments):
    result = run(*arguments, "--format", "json")
    assert result.exit_code == 0, result.stderr
    return json.loads(result.stdout)


class TestConcentration:
    def test_one_row_per_year(self, path):
        rows = document("concentration", path)["rows"]
        assert [row["year"] for row in rows] == [2020, 2021]
        assert rows[0]["top_10_percent"] == 1.0
        assert rows[0]["gini"] == pytest.approx(2 / 3)
        assert {"top_1_percent", "top_0_1_percent", "hhi"} <= set(rows[0])

    def test_degree(self, path):
        rows = document("concentration", path, "--degree", "in", "--years", "2020")["rows"]
        assert [row["top_10_percent"] for row in rows] == [0.5]

    def test_curve(self, path):
        rows = document("concentration", path, "--curve")["rows"]
        assert rows[0]["total_share"] == 0
        assert rows[-1]["total_share"] == 1

    def test_undated_table(self, tmp_path):
        path = tmp_path / "undated.csv"
        path.write_text("source,target\na,b\n", encoding="utf-8")
        assert [row["year"] for row in document("concentration", path)["rows"]] == [None]

    def test_unknown_degree(self, path):
        assert run("concentration", path, "--degree", "both").exit_code == 2


class TestPowerLaw:
    def test_rows(self, path):
        rows = document("powerlaw", path, "--degree", "out", "--replicates", "10")["rows"]
        fit, *comparisons = rows
        assert (fit["row"], fit["degree"], fit["replicates"]) == ("fit", "out", 10)
        assert fit["alpha"] > 1
        assert fit["n_tail"] <= fit["n"]
        assert 0 <= fit["p_value"] <= 1
        assert fit["alternative"] is None
        assert [c["alternative"] for c in comparisons] == [
            "lognormal",
            "exponential",
            "stretched_exponential",
            "truncated_power_law",
        ]
        assert all(c["verdict"] is None and c["R"] is not None for c in comparisons)

    def test_all_degrees_by_default(self, path):
        rows = document("powerlaw", path, "--replicates", "0", "--alternatives", "none")["rows"]
        assert [(row["degree"], row["verdict"]) for row in rows] == [
            ("in", "not_tested"),
            ("out", "not_tested"),
            ("total", "not_tested"),
        ]

    def test_notes_say_what_may_be_claimed(self, path):
        found = document("powerlaw", path, "--replicates", "10")
        assert sum("power law" in note or "tail can be fitted" in note for note in found["notes"]) == 3
        assert any(note.startswith("Category of Broido and Clauset") for note in found["notes"])
        zh = document("powerlaw", path, "--replicates", "10", "--lang", "zh")
        assert any("幂律" in note for note in zh["notes"])

    def test_by_year(self, path):
        found = document("powerlaw", path, "--by-year", "--replicates", "5", "--alternatives", "none")
        fits = [(row["year"], row["degree"], row["verdict"]) for row in found["rows"]]
        assert [fit[:2] for fit in fits] == [(y, d) for y in (2020, 2021) for d in ("in", "out", "total")]
        assert {fit[2] for fit in fits if fit[0] == 2020 and fit[1] == "in"} == {"undefined"}

    def test_interval(self, path):
        options = ["powerlaw", path, "--degree", "out", "--alternatives", "none", "--replicates", "50"]
        row = document(*options, "--interval")["rows"][0]
        assert row["alpha_low"] < row["alpha"] < row["alpha_high"]
        assert "alpha_low" not in document(*options)["rows"][0]

    def test_interval_needs_replicates(self, path):
        result = run("powerlaw", path, "--interval", "--replicates", "0")
        assert result.exit_code == 2
        assert "--replicates" in result.stderr

    def test_tail_index(self, path):
        found = document("powerlaw", path, "--tail-index", "--degree", "out")
        assert [row["estimator"] for row in found["rows"]] == ["hill", "moments", "kernel"]
        assert {"degree", "estimator", "k", "xi", "alpha"} <= set(found["rows"][0])
        assert found["notes"][0].startswith(("The tail of the out-degrees", "Not every estimator"))

    def test_one_table_at_a_time(self, path):
        result = run("powerlaw", path, "--tail-index", "--by-year")
        assert result.exit_code == 2
        assert "--by-year and --tail-index" in result.stderr

    def test_same_seed_same_bytes(self, path):
        options = [
            "powerlaw",
            path,
            "--degree",
            "out",
            "--replicates",
            "20",
            "--format",
            "csv",
            "--seed",
            "7",
        ]
        assert run(*options).stdout == run(*options).stdout

    def test_chinese_words(self, path):
        text = run(
            "powerlaw", path, "--degree", "out", "--replicates", "0", "--lang", "zh", "--format", "csv"
        ).stdout
        assert "未检验" in text
        assert "对数正态分布" in text

    def test_distribution(self, path):
        rows = document("powerlaw", path, "--distribution", "--degree", "out")["rows"]
        assert rows[0]["k"] == 0
        assert rows[0]["ccdf"] == 1

    def test_curves(self, path):
        rows = document("powerlaw", path, "--curves", "--degree", "out")["rows"]
        fits = document("powerlaw", path, "--degree", "out", "--replicates", 0)["rows"]
        assert {row["distribution"] for row in rows} == {
            "power_law",
            *(row["alternative"] for row in fits if row["parameter_1"] is not None),
        }
        assert min(row["k"] for row in rows) == fits[0]["xmin"]
        assert run("powerlaw", path, "--curves", "--by-year").exit_code == 2

    def test_unknown_alternative(self, path):
        result = run("powerlaw", path, "--alternatives", "weibull")
        assert result.exit_code == 2
        assert "lognormal" in result.stderr
