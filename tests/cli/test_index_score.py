"""The commands that score, as a user types them; every bad input gets one message."""

from __future__ import annotations

import io
import json

import numpy as np
import openpyxl
import pandas as pd
import pytest
from typer.testing import CliRunner

from clusters import published
from clusters.cli import app
from clusters.index.frameworks import read_framework

FRAMEWORK = """
[[aggregate]]
id = "research"
parent = "total"
name_zh = "研发"
name_en = "Research"
weight = 0.75

[[aggregate]]
id = "life"
parent = "total"
name_zh = "民生"
weight = 0.25

[[indicator]]
id = "papers"
parent = "research"
name_zh = "论文"

[[indicator]]
id = "patents"
parent = "research"
name_zh = "专利"

[[indicator]]
id = "dust"
parent = "life"
name_zh = "粉尘"
direction = -1
"""
CITIES = """城市,论文,专利,粉尘,GDP
北京,10,8,30,4
上海,5,,20,5
杭州,0,4,10,2
长沙,2,2,15,1
"""


def run(*arguments, stdin=None):
    return CliRunner().invoke(app, ["index", *(str(a) for a in arguments)], input=stdin)


def document(*arguments):
    result = run(*arguments, "--format", "json")
    assert result.exit_code == 0, result.stderr
    return json.loads(result.stdout)


def frame(*arguments):
    return pd.DataFrame(document(*arguments)["rows"])


@pytest.fixture
def files(tmp_path):
    framework, table = tmp_path / "own.toml", tmp_path / "cities.csv"
    framework.write_text(FRAMEWORK, encoding="utf-8")
    table.write_text(CITIES, encoding="utf-8")
    return framework, table


@pytest.fixture
def panel(tmp_path):
    lines = ["城市,年份,论文,专利,粉尘"]
    for i, city in enumerate(["北京", "上海", "杭州"]):
        lines += [f"{city},{2020 + t},{3 * i + t},{2 * i + t * t},{20 - i * (t + 1)}" for t in range(3)]
    path = tmp_path / "panel.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_the_index_of_36kr_is_as_printed():
    rows = frame("score", "kr36_2020", "kr36_2020")
    printed = published.load("kr36_2020").set_index("city_zh").loc[rows["unit"]]
    assert (rows["score"].to_numpy() - printed["total"].to_numpy()).max() < 0.0065
    assert rows["rank"].tolist() == printed["rank"].tolist()
    assert rows["tier"].tolist() == [1] * 10 + [2] * 10 + [3] * 10
    assert list(rows.columns[5:]) == ["environment", "funding", "rnd", "foundation", "outcome"]


def test_asem_prints_names_beside_codes(shared):
    rows = frame("score", "asem", shared / "oracles" / "asem" / "indicators.csv")
    first = rows[["unit", "name", "score"]].head(6).round(2).values.tolist()
    assert first[0] == ["CHE", "Switzerland", 68.38]
    assert [r[2] for r in first] == [68.38, 64.82, 64.80, 64.47, 63.54, 63.00]


def test_tmtpost_on_made_up_cities(tmp_path):
    framework = read_framework("tmtpost_2024")
    asked = [i.id for i in framework.indicators if i.formula is None]
    from clusters.intake import formula

    asked += [n for i in framework.indicators if i.formula for n in formula.parse(i.formula).names]
    random = np.random.default_rng(2024)
    made_up = pd.DataFrame(random.gamma(2, 10, (40, len(set(asked)))), columns=list(dict.fromkeys(asked)))
    made_up.insert(0, "城市", [f"虚构{i}" for i in range(40)])
    made_up.to_csv(tmp_path / "synthetic.csv", index=False)
    rows = frame("score", "tmtpost_2024", tmp_path / "synthetic.csv")
    assert rows["tier"].tolist() == [1] + [2] * 2 + [3] * 17 + [4] * 20
    assert rows["score"].between(0, 1).all()
    weights = frame("score", "tmtpost_2024", tmp_path / "synthetic.csv", "--stage", "weights")
    leaves = weights[weights["id"].isin([i.id for i in framework.indicators])]
    assert leaves["effective_weight"].sum() == pytest.approx(1, abs=1e-15)


def test_headings_are_the_names_of_the_framework(files):
    result = run("score", *files, "--lang", "zh", "--format", "csv")
    assert result.stdout.splitlines()[0] == "评价单元,排名,得分,研发,民生"
    assert run("score", *files, "--format", "markdown").stdout.startswith(
        "| Unit | Rank | Score | Research |"
    )
    assert document("score", *files)["rows"][0].keys() == {"unit", "rank", "score", "research", "life"}


@pytest.mark.parametrize(
    "stage",
    ["raw", "denominated", "screened", "imputed", "treated", "normalised", "aggregated", "weights", "log"],
)
def test_stages(files, stage):
    rows = frame("score", *files, "--stage", stage)
    assert len(rows)
    if stage == "normalised":
        assert rows.set_index("unit")["dust"].to_dict() == {"北京": 0, "上海": 0.5, "杭州": 1, "长沙": 0.75}


def test_choices_override_the_framework(files):
    rows = frame("score", *files, "--normalise", "efficacy:50:100", "--impute", "mean", "--weights", "equal")
    found = rows.set_index("unit")
    # papers 50 + 50 (5/10) = 75; patents (mean 14/3 of 2 ... 8) 50 + 50 (8/3)/6; dust 75; all halves.
    assert found.loc["上海", "score"] == pytest.approx(((75 + 50 + 50 * (8 / 3) / 6) / 2 + 75) / 2)
    geometric = frame("score", *files, "--normalise", "min-max:1:100", "--mean", "geometric")
    assert geometric.set_index("unit").loc["北京", "score"] == pytest.approx(100**0.75)
    tiers = frame("score", *files, "--tiers", "sizes:1,rest")["tier"].tolist()
    assert tiers == [1, 2, 2, 2]
    assert frame("score", *files, "--mean", "power:2").shape == frame("score", *files).shape


def test_a_panel_is_reported_by_year(files, panel):
    rows = frame("score", files[0], panel)
    assert rows.groupby("year")["rank"].apply(list).to_dict() == {y: [1, 2, 3] for y in (2020, 2021, 2022)}
    assert frame("score", files[0], panel, "--years", "2021:")["year"].unique().tolist() == [2021, 2022]
    # Each year by itself: then the last of every year is where the scale begins.
    alone = frame("score", files[0], panel, "--by-year")
    assert alone.groupby("year")["score"].min().tolist() == [0, 0, 0]
    assert rows.groupby("year")["score"].min().nunique() == 3
    changed = frame("compare", files[0], panel, "--years", "2020:2022")
    assert list(changed.columns) == ["unit", "rank_a", "rank_b", "change", "score_a", "score_b"]
    assert (changed["score_b"] > changed["score_a"]).any()
    assert run("score", *files, "--years", "2020").exit_code == 2


def test_parts_sum_to_the_score(files):
    scores = frame("score", *files).set_index("unit")["score"]
    parts = frame("decompose", *files)
    assert parts.groupby("unit")["contribution"].sum().to_dict() == pytest.approx(scores.to_dict())
    two = frame("decompose", *files, "--units", "北京，长沙", "--against", "best", "--by", "dimension")
    assert two["unit"].tolist() == ["北京", "北京", "长沙", "长沙"]
    difference = two.groupby("unit")["contribution_difference"].sum()
    assert difference.to_dict() == pytest.approx({"北京": 0, "长沙": scores["长沙"] - scores.max()})


def test_other_means_are_said_not_to_be_sums(files):
    found = document("decompose", *files, "--normalise", "min-max:1:100", "--mean", "harmonic")
    assert "not to the score" in found["notes"][0]
    assert (
        "logarithms"
        in document("decompose", *files, "--normalise", "min-max:1:100", "--mean", "geometric")["notes"][0]
    )


def test_types_and_the_gap_to_the_economy(files):
    rows = frame("types", *files, "--top", "1", "--gap", "GDP").set_index("unit")
    assert rows.loc["北京", "benchmark_type"] == "research"
    assert rows.loc["杭州", "benchmark_type"] == "life"
    assert pd.isna(rows.loc["上海", "benchmark_type"])
    assert rows["rank_gap"].sum() == 0
    zh = run("types", *files, "--lang", "zh", "--format", "csv").stdout
    assert "研发引领型" in zh
    assert run("types", *files, "--gap", "GPD").exit_code == 3


def test_types_of_the_2025_index_have_its_names(tmp_path):
    framework = read_framework("city_ai_2025")
    given = framework.children[framework.root]
    columns = ["城市", *(framework.name_of(node, "zh") for node in given)]
    lines = [",".join(columns)]
    lines += [
        ",".join([f"城{i}", *(str(1 + (i == j)) for j in range(len(given)))]) for i in range(len(given))
    ]
    path = tmp_path / "dimensions.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    result = run("types", "city_ai_2025", path, "--top", "1", "--lang", "zh", "--format", "csv")
    assert result.exit_code == 0, result.stderr
    for name in ("产业引领型", "科技创新引领型", "民生服务型", "治理环境标杆"):
        assert name in result.stdout


def test_two_ways_to_score_beside_each_other(files, tmp_path):
    rows = frame("compare", *files, "--weights", "equal")
    assert rows["unit"].tolist() == frame("score", *files)["unit"].tolist()
    # research counts half instead of three quarters: Beijing, best only there, ties and falls behind.
    assert rows.set_index("unit")["change"].to_dict() == {"北京": -1, "上海": 0, "杭州": 2, "长沙": 0}
    more = tmp_path / "more.csv"
    more.write_text(CITIES + "苏州,1,1,12,3\n", encoding="utf-8")
    found = document("compare", *files, "--to-indicators", more)
    assert any("second only" in note for note in found["notes"])
    assert run("compare", *files).exit_code == 2
    piped = run("compare", files[0], "-", "--mean", "topsis", stdin=CITIES)
    assert piped.exit_code == 0, piped.stderr


def test_a_workbook_has_every_stage(files, tmp_path):
    path = tmp_path / "index.xlsx"
    assert run("score", *files, "--workbook", path, "--lang", "zh").exit_code == 0
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == [
        *("得分", "指标体系", "权重", "原始值", "相除后", "筛选后", "插补后", "离群值处理后"),
        *("标准化后", "合成结果", "得分分解", "处理日志", "说明"),
    ]
    assert [cell.value for cell in book["标准化后"][1]] == ["评价单元", "论文", "专利", "粉尘"]
    first = path.read_bytes()
    again = run("score", *files, "--workbook", path, "--lang", "zh")
    assert again.exit_code == 2
    assert "--force" in again.stderr
    assert run("score", *files, "--workbook", path, "--lang", "zh", "--force").exit_code == 0
    assert path.read_bytes() == first
    assert run("score", *files, "--workbook", tmp_path / "index.csv").exit_code == 2


def test_two_runs_print_the_same(files):
    for command in ("score", "decompose", "types"):
        assert run(command, *files).stdout == run(command, *files).stdout


BAD_TABLES = {
    "constant": (
        CITIES.replace(",30,", ",20,").replace(",10,", ",20,").replace(",15,", ",20,"),
        "'dust'.*constant.*20",
    ),
    "text": (CITIES.replace("北京,10", "北京,many"), "line 2.*'论文'.*'many'"),
    "blank city": (CITIES.replace("上海,5", ",5"), "line 3"),
    "city twice": (CITIES.replace("杭州", "北京"), "北京"),
    "one city": ("\n".join(CITIES.splitlines()[:2]), "'papers'.*one unit only"),
    "no column": (CITIES.replace("专利", "专著"), "patents"),
}


@pytest.mark.parametrize("case", list(BAD_TABLES))
def test_bad_tables_get_one_clear_message(files, case):
    text, said = BAD_TABLES[case]
    files[1].write_text(text, encoding="utf-8")
    result = run("score", *files)
    assert result.exit_code == 3, result.stderr
    errors = [line for line in result.stderr.splitlines() if line.startswith("error: ")]
    assert len(errors) == 1
    assert pd.Series(errors).str.contains(said, regex=True).all(), errors
    assert result.stdout == ""


BAD_FRAMEWORKS = {
    "cycle": (
        FRAMEWORK.replace('parent = "total"', 'parent = "life"', 1).replace(
            'parent = "total"', 'parent = "research"'
        ),
        "circle",
    ),
    "unknown parent": (FRAMEWORK.replace('parent = "research"', 'parent = "reserch"', 1), "'reserch'"),
    "id twice": (FRAMEWORK.replace('id = "patents"', 'id = "papers"'), "'papers'"),
    "weights": (FRAMEWORK.replace("0.75", "0.65"), "0.9"),
}


@pytest.mark.parametrize("case", list(BAD_FRAMEWORKS))
def test_bad_frameworks_get_one_clear_message(files, case):
    text, said = BAD_FRAMEWORKS[case]
    files[0].write_text(text, encoding="utf-8")
    result = run("score", *files)
    assert result.exit_code == 3, result.stderr
    errors = [line for line in result.stderr.splitlines() if line.startswith("error: ")]
    assert len(errors) == 1
    assert said in errors[0]


def test_values_below_0_have_no_geometric_mean(files):
    result = run("score", *files, "--mean", "geometric")
    assert result.exit_code == 3
    assert "the geometric mean needs values above 0" in result.stderr
    assert "min-max to [1, 100]" in result.stderr


@pytest.mark.parametrize("option", ["--units", "--against"])
def test_an_unknown_city_is_told_the_nearest(files, option):
    result = run("decompose", *files, option, "杭洲")
    assert result.exit_code == 3
    assert "'杭洲' is not among the units" in result.stderr
    assert "is '杭州' meant?" in result.stderr


@pytest.mark.parametrize(
    "options",
    [
        ["--normalise", "minmax"],
        ["--normalise", "goalposts"],
        ["--normalise", "rank:1:2"],
        ["--normalise", "min-max:100:1"],
        ["--mean", "geometrik"],
        ["--mean", "geometric:2"],
        ["--mean", "power"],
        ["--by-year"],
        ["--reference-year", "2020"],
        ["--weights", "entropie"],
        ["--impute", "group_mean"],
        ["--impute", "mean:GDP"],
        ["--tiers", "sizes"],
        ["--tiers", "pyramid"],
        ["--tiers", "jenks:many"],
    ],
)
def test_wrong_choices_are_wrong_calls(files, options):
    result = run("score", *files, *options)
    assert result.exit_code == 2, result.stderr
    assert len([line for line in result.stderr.splitlines() if line.startswith("error: ")]) == 1


def test_csv_reads_back(files):
    text = run("score", *files, "--format", "csv").stdout
    back = pd.read_csv(io.StringIO(text))
    assert back["score"].tolist() == frame("score", *files)["score"].tolist()
