"""``clusters convert`` from the command line."""

from __future__ import annotations

import json

import pandas as pd
import pytest
from typer.testing import CliRunner

import clusters
from clusters.cli import app
from clusters.errors import UsageError
from clusters.intake.public import LAYOUTS

runner = CliRunner()
EVENTS = (
    "投资方,融资方,融资时间,轮次,金额\n"
    '"甲资本,乙基金",丙科技,2019-05-01,A轮,1.35亿美元\n'
    "投资方未透露,丁科技,2019-06-01,A轮,未透露\n"
    "=甲资本,戊科技,0002-12-02,A轮,未透露\n"
    "甲资本,己科技\n"
)


@pytest.fixture
def events(tmp_path):
    path = tmp_path / "events.csv"
    path.write_bytes(EVENTS.encode("gb18030"))
    return path


def run(*words):
    return runner.invoke(app, ["convert", *map(str, words)])


def test_relations_account_rejects_and_nodes_are_written(events, tmp_path):
    out, account, rejects, nodes = (tmp_path / name for name in ("r.csv", "a.csv", "x.csv", "n.csv"))
    done = run(
        *("investment-events-cn", events, "--out", out, "--account", account),
        *("--rejects", rejects, "--nodes-out", nodes),
    )
    assert (done.exit_code, done.stdout) == (0, "")
    assert "events.csv: 4 rows: 1 accepted, 2 rejected, 1 set aside" in done.stderr
    assert pd.read_csv(out)[["source", "target", "year"]].values.tolist() == [
        ["甲资本", "丙科技", 2019],
        ["乙基金", "丙科技", 2019],
    ]
    counted = pd.read_csv(account)
    assert list(counted) == ["file", "stage", "outcome", "reason", "rows", "line", "example"]
    read = counted[counted["stage"] == "read"].set_index("outcome")["rows"]
    assert read["rows"] == read[["accepted", "rejected", "set_aside"]].sum() == 4
    lost = pd.read_csv(rejects, dtype=str).set_index("line")
    assert lost["reason"].to_dict() == {"3": "placeholder_source", "4": "bad_year", "5": "ragged_row"}
    assert lost["投资方"]["4"] == "'=甲资本"
    assert sorted(pd.read_csv(nodes)["node"]) == sorted(["甲资本", "乙基金", "丙科技"])
    checked = runner.invoke(app, ["check", str(out), "--nodes", str(nodes), "--format", "json"])
    row = json.loads(checked.stdout)["rows"][0]
    assert (row["rows"], row["accepted"], row["relations"]) == (2, 2, 2)


def test_the_account_can_be_printed_in_chinese(events, tmp_path):
    done = run("investment-events-cn", events, "--out", tmp_path / "r.csv", "--account", "-", "--lang", "zh")
    assert done.stdout.splitlines()[0] == "文件,步骤,处理结果,原因,数据行数,行号,示例"
    assert "拒绝,年份有误,1,4" in done.stdout
    # The relations keep their English names whatever the language: other commands read them.
    assert (tmp_path / "r.csv").read_text(encoding="utf-8").startswith("source,target")


def test_relations_go_to_standard_output_by_default(events):
    done = run("investment-events-cn", events, "--format", "json")
    document = json.loads(done.stdout)
    assert (document["command"], len(document["rows"])) == ("convert", 2)


def test_wrong_requests_are_refused(events, tmp_path):
    for words, code, said in (
        (("cordis-2021", events), 2, "no layout 'cordis-2021'"),
        (("investment-events-cn", events, "--expand", "clique"), 2, "--expand means nothing to"),
        (("cordis", events, "--keep-placeholders"), 2, "--keep-placeholders means nothing to cordis"),
        (("investment-events-cn", events, "--account", "-"), 2, "--account -"),
        (("investment-events-cn", events, "--year-range", "x"), 2, "--year-range"),
        (("cordis", events), 3, "no column project_id, organisation_id, name, role"),
        (("investment-events-cn", tmp_path / "none.csv"), 3, "does not exist"),
        (("investment-events-cn", tmp_path), 3, "no row makes a relation"),
    ):
        if said.startswith("no row"):
            events.write_text("投资方,融资方\n投资方未透露,甲\n", encoding="utf-8")
        done = run(*words)
        assert done.exit_code == code, done.output
        assert said in done.stderr
        assert done.stderr.count("error:") == 1
    assert "investment-events-cn" in run("cordis", events).stderr


def test_the_account_is_written_even_where_no_row_makes_a_relation(events, tmp_path):
    events.write_text("投资方,融资方\n投资方未透露,甲\n", encoding="utf-8")
    done = run("investment-events-cn", events, "--account", tmp_path / "a.csv", "--out", tmp_path / "r.csv")
    assert done.exit_code == 3
    assert pd.read_csv(tmp_path / "a.csv")["rows"].tolist()[0] == 1
    assert not (tmp_path / "r.csv").exists()


def test_files_that_are_there_are_not_overwritten(events, tmp_path):
    (tmp_path / "r.csv").write_text("mine", encoding="utf-8")
    assert run("investment-events-cn", events, "--out", tmp_path / "r.csv").exit_code == 2
    assert (tmp_path / "r.csv").read_text(encoding="utf-8") == "mine"


def test_files_that_are_no_tables_of_the_layout_are_named(events, tmp_path):
    (tmp_path / "topics.csv").write_text("topic,title\n1,x\n", encoding="utf-8")
    done = run("investment-events-cn", tmp_path)
    assert done.exit_code == 0
    assert "1 file is none of the tables of the layout and not used: topics.csv" in done.stderr


@pytest.mark.parametrize("name", LAYOUTS)
def test_every_layout_has_a_name_and_says_what_it_is(name):
    layout = LAYOUTS[name]
    assert layout.name == name
    assert layout.about
    assert name in " ".join(run("--help").output.split())


def test_the_same_from_python(events):
    found = clusters.convert("investment-events-cn", events)
    assert found.relations["source"].tolist() == ["甲资本", "乙基金"]
    with pytest.raises(UsageError, match="means nothing"):
        clusters.convert("investment-events-cn", [events], expand="star")
