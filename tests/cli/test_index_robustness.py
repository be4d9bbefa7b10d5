"""clusters index robustness: tables, options, refusals."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from clusters.cli import app

KR36 = ["index", "robustness", "kr36_2020", "kr36_2020", "--format", "json"]
FRAMEWORK = """
[index]
mean = "arithmetic"
[normalise]
method = "min-max"
[tiers]
method = "sizes"
sizes = [2, "rest"]
[[indicator]]
id = "a"
parent = "total"
error = 0.1
[[indicator]]
id = "b"
parent = "group"
[[indicator]]
id = "c"
parent = "group"
direction = -1
[[aggregate]]
id = "total"
[[aggregate]]
id = "group"
parent = "total"
"""
TABLE = "city,a,b,c\n甲,1,9,3\n乙,5,2,8\n丙,4,6,1\n丁,9,1,4\n戊,7,,2\n"


@pytest.fixture
def own(tmp_path):
    (tmp_path / "f.toml").write_text(FRAMEWORK, encoding="utf-8")
    (tmp_path / "t.csv").write_text(TABLE, encoding="utf-8")
    return ["index", "robustness", str(tmp_path / "f.toml"), str(tmp_path / "t.csv"), "--format", "json"]


def run(*arguments: str):
    return CliRunner().invoke(app, list(arguments))


def rows(*arguments: str) -> list[dict]:
    done = run(*arguments)
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)["rows"]


def test_published_index():
    done = run(*KR36, "--draws", "50")
    found = json.loads(done.stdout)
    keys = {"unit", "rank", "score", "tier", "rank_mean", "rank_median", "rank_low", "rank_high"}
    assert keys | {"keeps_tier", "spans_border"} <= set(found["rows"][0])
    assert len(found["rows"]) == 30
    assert any("Rests on 5 scores" in note for note in found["notes"])


@pytest.mark.parametrize("table", ["ranks", "acceptability", "dominance", "sobol", "draws"])
def test_every_table_of_draws(own, table):
    some = ("--normalise", "min-max,z-score:100:10", "--mean", "arithmetic,geometric", "--outliers", "both")
    more = ("--impute", "none,mean", "--weights", "given,equal", "--noise", "0.05", "--vary", "total,2")
    first = run(*own, "--table", table, "--draws", "20", *some, *more)
    assert first.exit_code == 0, first.output
    assert run(*own, "--table", table, "--draws", "20", *some, *more).stdout == first.stdout
    assert json.loads(first.stdout)["rows"]


def test_removal_and_compensability(own):
    assert sorted(r["id"] for r in rows(*own, "--table", "removal")) == ["a", "b", "c", "group"]
    assert {r["unit"] for r in rows(*own, "--table", "compensability")} == set("甲乙丙丁戊")


def test_units_of_sobol(own):
    found = rows(*own, "--table", "sobol", "--draws", "20", "--units", "甲，乙", "--blocks", "all")
    assert [(r["explained"], r["drawn_source"]) for r in found] == [
        (what, "weights:total+group") for what in ("mean_shift", "甲", "乙")
    ]


def test_seed_and_dirichlet(own):
    one, two = (rows(*own, "--table", "draws", "--dirichlet", "5", "--seed", s) for s in "12")
    assert one != two
    assert len(one) == 1000


def test_errors_of_the_framework_alone(own):
    found = rows(*own, "--spread", "0", "--noise", "0", "--draws", "200", "--table", "draws")
    assert {row["mean_shift"] for row in found} > {0}


def test_own_tiers(own):
    found = rows(*own, "--tiers", "sizes:1,rest", "--draws", "20")
    assert [row["tier"] for row in found] == [1, 2, 2, 2, 2]


def test_words_in_chinese():
    done = run(
        "index", "robustness", "kr36_2020", "kr36_2020", "--draws", "20", "--lang", "zh", "--format", "csv"
    )
    assert done.stdout.splitlines()[0].startswith("评价单元,排名,得分,梯队,平均排名,排名中位数")
    assert "跨越梯队界线" in done.output


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (("--table", "removal", "--spread", "0.1"), "--spread is not known to --table removal"),
        (("--table", "removal", "--weights", "equal"), "--weights is not known to --table removal"),
        (("--table", "ranks", "--units", "甲"), "--units is not known to --table ranks"),
        (("--outliers", "maybe"), "--outliers 'maybe' is not known"),
        (("--mean", "median"), "the mean 'median' is not known"),
        (("--normalise", "minmax"), "minmax"),
        (("--vary", "nothing"), "the aggregate 'nothing' is not known"),
        (("--spread", "0"), "nothing is uncertain"),
        (("--dirichlet", "0"), "the concentration 0"),
    ],
)
def test_wrong_requests(own, more, said):
    done = run(*own, *more)
    assert done.exit_code == 2
    assert said in done.output


def test_data_that_do_not_fit(own):
    done = run(*own, "--of-year", "2020")
    assert done.exit_code == 3
    assert "no years" in done.output
    done = run(*own, "--weights", "entropy", "--normalise", "z-score")
    assert done.exit_code == 3
    assert "entropy weights need values of 0 or above" in done.output
