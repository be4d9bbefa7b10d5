"""The command index weights."""

from __future__ import annotations

import json
import statistics

import pytest
from typer.testing import CliRunner

from clusters.cli import app

KR36 = [0.15, 0.20, 0.25, 0.20, 0.20]


def run(*arguments):
    return CliRunner().invoke(app, ["index", "weights", *(str(a) for a in arguments)])


def document(*arguments):
    result = run(*arguments, "--format", "json")
    assert result.exit_code == 0, result.stderr
    return json.loads(result.stdout)


def weights(*arguments):
    return {row["id"]: row["weight"] for row in document(*arguments)["rows"]}


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "indicators.csv"
    path.write_text("city,a,b\nx,1,9\ny,2,1\nz,4,5\nw,3,2\n", encoding="utf-8")
    return path


@pytest.fixture
def framework(tmp_path):
    path = tmp_path / "framework.toml"
    path.write_text(
        '[[indicator]]\nid = "a"\nparent = "total"\n'
        '[[indicator]]\nid = "b"\nparent = "total"\ndirection = -1\n',
        encoding="utf-8",
    )
    return path


def test_weights_of_a_framework():
    rows = document("tmtpost_2024")["rows"]
    assert {"id", "parent", "name", "weight", "effective_weight"} <= set(rows[0])
    assert rows[2]["effective_fraction"] == "1/12"
    for spelled in ("equal-effective", "equal_effective"):
        assert weights("tmtpost_2024", "--system", spelled)["factor_reserve"] == pytest.approx(6 / 25)


def test_weights_from_data(framework, table):
    found = weights(framework, table, "--system", "deviation")
    # a: 0, 1/3, 1, 2/3; b reversed: 0, 1, 1/2, 7/8.
    a, b = statistics.stdev([0, 1 / 3, 1, 2 / 3]), statistics.stdev([0, 1, 1 / 2, 7 / 8])
    assert found["a"] == pytest.approx(a / (a + b))
    assert sum(
        weights(framework, table, "--system", "combined", "--of", "cv,entropy").values()
    ) == pytest.approx(1)
    result = run(framework, "--system", "entropy")
    assert result.exit_code == 2
    assert "come from data" in result.stderr


def test_weights_of_a_published_table_by_another_system():
    found = weights("kr36_2020", "kr36_2020", "--system", "critic")
    assert len(found) == 5
    assert sum(found.values()) == pytest.approx(1)


def test_comparisons_from_a_file(framework, tmp_path):
    path = tmp_path / "judged.csv"
    path.write_text(",a,b\na,1,3\nb,,1\n", encoding="utf-8")
    assert weights(framework, "--system", "ahp", "--matrix", path) == pytest.approx({"a": 0.75, "b": 0.25})
    path.write_text(",a,b\na,1,3\nb,3,1\n", encoding="utf-8")
    result = run(framework, "--system", "ahp", "--matrix", path)
    assert result.exit_code == 3
    assert "must be the reciprocal" in result.stderr


def test_a_published_index_read_backwards():
    found = document("--recover", "kr36_2020")
    assert found["command"] == "index weights"
    assert [row["weight"] for row in found["rows"]] == KR36
    assert {"id", "weight", "low", "high"} <= set(found["rows"][0])
    assert "0.554" in " ".join(found["notes"])
    left = document("--recover", "kr36_2020", "--residuals")["rows"]
    assert max(abs(row["residual"]) for row in left) < 0.0065


def test_words_are_chinese_where_asked():
    result = run("--recover", "kr36_2020", "--lang", "zh", "--format", "table")
    assert "研发能力" in result.stdout
    assert "取整权重" in result.stdout
    assert "别无其他组合" in result.stderr


PRINTED = """城市,甲项,乙项,总得分,排名
A,80.50,40.00,68.35,1
B,60.10,50.30,57.16,2
C,50.25,70.75,56.40,3
D,30.00,31.20,30.36,4
"""


def test_a_file_and_its_options(tmp_path):
    path = tmp_path / "printed.csv"
    path.write_text(PRINTED, encoding="utf-8")
    assert weights("--recover", path) == {"甲项": 0.7, "乙项": 0.3}
    assert weights("--recover", path, "--total", "总得分", "--columns", "乙项,甲项") == {
        "甲项": 0.7,
        "乙项": 0.3,
    }
    assert weights("--recover", path, "--grid", "0.1", "--any-sum", "--signed") == {"甲项": 0.7, "乙项": 0.3}
    assert weights("--recover", path, "--grid", "none")["甲项"] == pytest.approx(0.7, abs=1e-3)
    rows = document("--recover", path, "--leave-out", "A,B", "--residuals")["rows"]
    assert [row["unit"] for row in rows] == ["C", "D"]
    assert document("--recover", path, "--last-digit", "1", "--residuals")["rows"][0]["bound"] == 1
    result = run("--recover", path, "--mean", "geometric", "--format", "json")
    assert "no such weights explain" in json.loads(result.stdout)["notes"][0]
    path.write_text(PRINTED.replace("60.10", "6O.10"), encoding="utf-8")
    result = run("--recover", path)
    assert result.exit_code == 3
    assert "column '甲项': '6O.10' of B is not a number" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "name a framework"),
        (("kr36_2020", "--system", "entropie"), "weights 'entropie' are not known"),
        (("kr36_2020", "--total", "x"), "--total needs --recover"),
        (("--recover", "kr36_2020", "--system", "equal"), "--system does not go with --recover"),
        (("kr36_2020", "--recover", "kr36_2020"), "FRAMEWORK does not go with --recover"),
        (("--recover", "kr36_2020", "--grid", "x"), "not a list of steps"),
        (("--recover", "kr36_2020", "--grid", "0.03"), "does not divide 1"),
        (("--recover", "kr36_2020", "--total", "x"), "no column of that name"),
        (("kr36_2020", "kr36_2020", "--system", "combined", "--of", "x,cv"), "at least two of given"),
        (("tmtpost_2024", "--system", "equal", "--upper", "given"), "have no option 'upper'"),
    ],
)
def test_what_does_not_go_together_is_refused(arguments, message):
    result = run(*arguments)
    assert result.exit_code == 2
    assert message in result.stderr


def test_a_unit_to_leave_out_must_be_there():
    result = run("--recover", "kr36_2020", "--leave-out", "火星")
    assert result.exit_code == 3
    assert "'火星' is not among the units" in result.stderr
