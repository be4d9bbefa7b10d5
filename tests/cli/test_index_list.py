"""The commands index list, show and new, and what every index command says of bad input."""

from __future__ import annotations

import json
import tomllib

import pandas as pd
import pytest
from typer.testing import CliRunner

from clusters.cli import app
from clusters.index.frameworks import read_framework, shipped

TABLE = "city,papers,patents,firms\n北京,12,3,4\n上海,10,5,3\n深圳,4,2,8\n"


def run(*arguments, **options):
    return CliRunner().invoke(app, ["index", *(str(a) for a in arguments)], **options)


def document(*arguments):
    result = run(*arguments, "--format", "json")
    assert result.exit_code == 0, result.stderr
    return json.loads(result.stdout)


@pytest.fixture
def indicators(tmp_path):
    path = tmp_path / "data.csv"
    path.write_text(TABLE, encoding="utf-8")
    return path


@pytest.fixture
def mine(tmp_path):
    path = tmp_path / "mine.toml"
    assert run("new", "mine", "--out", path).exit_code == 0
    return path


# --- list and show ------------------------------------------------------------------------


def test_list_names_what_is_shipped():
    rows = document("list")["rows"]
    assert [row["framework"] for row in rows] == shipped()
    counts = {row["framework"]: (row["indicator_count"], row["aggregate_count"]) for row in rows}
    assert counts["kr36_2020"] == (20, 18)
    assert counts["tmtpost_2024"] == (25, 14)


def test_list_speaks_chinese():
    text = run("list", "--lang", "zh", "--format", "csv").stdout
    assert text.startswith("框架,框架名称,评价单元类型,指标数,上级指标数,来源")
    assert "36氪 2020 城市人工智能发展指数" in text


def test_show_prints_children_below_their_parents_with_what_they_weigh():
    rows = document("show", "tmtpost_2024")["rows"]
    assert [row["node_id"] for row in rows[:4]] == ["total", "factor_reserve", "policy", "policies"]
    assert [row["node_level"] for row in rows[:4]] == [0, 1, 2, 3]
    by_id = {row["node_id"]: row for row in rows}
    assert by_id["firms"]["effective_weight"] == pytest.approx(1 / 60)
    assert by_id["smart_purchases"]["effective_weight"] == pytest.approx(1 / 8)
    assert by_id["firms"]["sibling_weight"] == pytest.approx(1 / 5)
    leaves = [row for row in rows if row["indicator_direction"] is not None]
    assert sum(row["effective_weight"] for row in leaves) == pytest.approx(1)
    assert by_id["firm_growth"]["node_formula"] == "new_firms / (firms - new_firms)"


def test_show_says_what_is_ours_in_the_language_of_the_words():
    english, chinese = run("show", "kr36_2020"), run("show", "kr36_2020", "--lang", "zh")
    assert "recovered from the printed totals" in english.stderr
    assert "由公布的总分反推" in chinese.stderr
    assert "城市发展环境" in chinese.stdout
    assert "Development environment" in english.stdout


def test_show_says_that_weights_from_data_are_not_there_yet(tmp_path):
    path = tmp_path / "own.toml"
    path.write_text('[index]\nweights = "entropy"\n[[indicator]]\nid = "a"\n[[indicator]]\nid = "b"\n')
    result = run("show", path)
    assert "entropy from the data" in result.stderr
    assert "b,b,total,0.5,0.5" in result.stdout


# --- new ----------------------------------------------------------------------------------


def test_a_new_framework_scores_as_it_is(mine, indicators):
    result = run("score", mine, indicators, "--format", "csv")
    assert result.exit_code == 0, result.stderr
    table = pd.read_csv(pd.io.common.StringIO(result.stdout))
    # papers and patents 0.6 together, firms 0.4: 北京 0.6 (100 + 33.3) / 2 + 0.4 * 20.
    assert table.set_index("unit")["score"].to_dict() == pytest.approx(
        {"北京": 48.0, "上海": 52.5, "深圳": 40.0}
    )


def test_a_new_framework_of_a_table_scores_that_table(tmp_path, indicators):
    path = tmp_path / "own.toml"
    assert run("new", "own", "--indicators", indicators, "--out", path).exit_code == 0
    assert [i.id for i in read_framework(path).indicators] == ["papers", "patents", "firms"]
    assert run("score", path, indicators).exit_code == 0


def test_a_shipped_framework_can_be_the_beginning(tmp_path):
    text = run("new", "mine", "--from", "kr36_2020").stdout
    framework = read_framework(tomllib.loads(text))
    assert (framework.name, len(framework.indicators)) == ("mine", 20)
    assert "# Places 1 to 10" in text  # comments stay


def test_new_does_not_overwrite(mine):
    before = mine.read_text(encoding="utf-8")
    result = run("new", "other", "--out", mine)
    assert result.exit_code == 2
    assert "exists already" in result.stderr
    assert mine.read_text(encoding="utf-8") == before
    assert run("new", "other", "--out", mine, "--force").exit_code == 0


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["--from", "kr36"], 3, "no framework 'kr36' is shipped"),
        (["--from", "asem", "--indicators", "x.csv"], 2, "--from and --indicators were named together"),
        (["--indicators", "absent.csv"], 3, "absent.csv does not exist"),
        (["--out", "absent/x.toml"], 3, "the folder absent does not exist"),
    ],
)
def test_new_refuses_what_it_cannot_do(arguments, code, said):
    result = run("new", "mine", *arguments)
    assert result.exit_code == code
    assert said in result.stderr


def test_a_framework_has_a_name():
    result = run("new", " ")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "the name of the index is blank" in result.stderr


# --- bad frameworks and tables ------------------------------------------------------------

LEAF = '[[indicator]]\nid = "papers"\nparent = "total"\n'
FRAMEWORKS = {
    "cycle": (
        '[[aggregate]]\nid = "a"\nparent = "b"\n[[aggregate]]\nid = "b"\nparent = "a"\n' + LEAF,
        "a -> b -> a",
    ),
    "unknown parent": (LEAF.replace("total", "totals"), "unknown parent 'totals'"),
    "duplicate": (LEAF + LEAF, "'papers' stands twice"),
    "weights": (
        LEAF + "weight = 0.5\n" + LEAF.replace("papers", "firms") + "weight = 0.6\n",
        "children of 'total' sum to 1.1, not 1 (papers 0.5, firms 0.6)",
    ),
    "method": ('normalise = "minmaxx"\n' + LEAF, "unknown method 'minmaxx'"),
    "equal fractions": (
        LEAF + "weight = 0.6\n" + LEAF.replace("papers", "firms") + "weight = 0.6\n",
        "children of 'total' sum to 1.2, not 1 (papers 0.6, firms 0.6)",
    ),
    "long formula": (
        LEAF + f'formula = "{"+".join("a" * 2000)}"\n',
        "it has 3999 characters, more than 2000",
    ),
    "ahp": ('[index]\nweights = "ahp"\n' + LEAF + LEAF.replace("papers", "firms"), "there are none"),
    "kind of a range": (
        '[normalise]\nmethod = "min-max"\nrange = ["a", "b"]\n' + LEAF,
        "[normalise] (min-max): an option is of the wrong kind",
    ),
    "kind": ('[screen]\nminimum = "x"\n' + LEAF, "[screen]: an option is of the wrong kind"),
    "key": (LEAF + "wieght = 1\n", "unknown key 'wieght'"),
    "formula": (LEAF + 'formula = "firms.T"\n', "'firms.T' is no arithmetic of columns"),
    "toml": ('[[indicator]\nid = "x"\n', "is not TOML"),
}
TABLES = {
    "text": ("city,papers\n北京,1\n上海,many\n", "line 3, column 'papers': 'many' of 上海 is not a number"),
    "blank city": ("city,papers\n北京,1\n,2\n", "line 3: column 'city' is blank"),
    "repeated city": ("city,papers\n北京,1\n上海,2\n北京,3\n", "'北京' stands twice, in line 2 and line 4"),
    "no column": ("city,paper\n北京,1\n上海,2\n", "1 indicator of the framework has no column: papers"),
    "empty": ("", "data.csv is empty"),
}


def one_message(result, said):
    assert result.exit_code == 3, result.output
    assert result.stdout == ""
    lines = result.stderr.strip().splitlines()
    assert [line for line in lines if line.startswith("error: ")] == lines[:1]
    assert said in lines[0]
    assert "Traceback" not in result.stderr
    assert len(lines) <= 2


@pytest.mark.parametrize("case", FRAMEWORKS)
@pytest.mark.parametrize("command", ["show", "score"])
def test_a_bad_framework_ends_with_one_message(tmp_path, indicators, command, case):
    text, said = FRAMEWORKS[case]
    path = tmp_path / "bad.toml"
    path.write_text(text, encoding="utf-8")
    one_message(run(command, path, *([indicators] if command == "score" else [])), said)


@pytest.mark.parametrize("case", TABLES)
def test_a_bad_table_ends_with_one_message(tmp_path, case):
    text, said = TABLES[case]
    framework, table = tmp_path / "own.toml", tmp_path / "data.csv"
    framework.write_text(LEAF, encoding="utf-8")
    table.write_text(text, encoding="utf-8")
    one_message(run("score", framework, table), said)


def test_absent_files_end_with_one_message(indicators):
    one_message(run("show", "kr36_2021"), "neither a shipped framework nor a file")
    one_message(run("score", "kr36_2020", "absent.csv"), "absent.csv does not exist")


def test_options_of_reading_reach_the_reader(tmp_path):
    framework, table = tmp_path / "own.toml", tmp_path / "data.csv"
    framework.write_text(LEAF, encoding="utf-8")
    table.write_bytes("ort;jahr;p;q\n北京;2020;1;5\n上海;2020;2;6\n北京;2021;3;7\n".encode("gb18030"))
    options = [
        "--unit",
        "ort",
        "--year",
        "jahr",
        "--map",
        "papers=q",
        "--encoding",
        "gb18030",
        "--separator",
        ";",
    ]
    result = run("score", framework, table, *options, "--format", "csv")
    assert result.exit_code == 0, result.stderr
    assert "北京,2021" in result.stdout
    wrong = run("score", framework, table, *options[:-4], "--map", "papers")
    assert wrong.exit_code == 2
    assert "--map 'papers' is not NAME=COLUMN" in wrong.stderr
