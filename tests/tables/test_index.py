"""Tables of an index: columns, words, order, notes."""

from __future__ import annotations

import dataclasses
import json

import numpy as np
import pandas as pd
import pytest

from clusters import labels, tables
from clusters.errors import DataError, UsageError
from clusters.export import tabular
from clusters.export.index import index_sheets, write_index_workbook
from clusters.index.framework import Steps, TierRule
from clusters.index.frameworks import read_framework
from clusters.index.scoring import STAGES, score
from clusters.intake.indicators import IndicatorTable
from clusters.tables._index_words import node_names, worded

NODES = {
    "aggregate": [
        {"id": "rnd", "parent": "total", "name_en": "Research", "name_zh": "研发"},
        {"id": "share", "parent": "total", "name_en": "Score", "name_zh": "得分"},
    ],
    "indicator": [
        {"id": "papers", "parent": "rnd", "name_en": "Papers", "name_zh": "论文"},
        {"id": "density", "parent": "share", "name_en": "Density", "name_zh": "密度"},
    ],
}
RULE = TierRule("sizes", {"sizes": [1, "rest"]}, ("leading", "other"), ("引领", "其他"))


@pytest.fixture
def result():
    index = pd.Index(["a", "b", "c"], name="unit")
    frame = pd.DataFrame({"papers": [1.0, 5, 3], "density": [4.0, 0, np.nan]}, index=index)
    extra = pd.DataFrame({"gdp": [1.0, 2, 3], "label": ["x", "y", "z"]}, index=index)
    names = pd.Series(["甲", "乙", "丙"], index=index, dtype=object)
    framework = dataclasses.replace(read_framework(NODES), tiers=RULE)
    return score(framework, IndicatorTable(frame, extra, names, "cities.csv"))


def test_scores_are_ordered_and_name_units(result):
    table = tables.index_scores(result)
    assert list(table.columns) == ["unit", "name", "rank", "score", "tier", "tier_name", "rnd", "share"]
    # a 0 and 1, b 1 and 0: they tie; c has only its first half.
    assert table["unit"].tolist() == ["a", "b", "c"]
    assert table["rank"].tolist() == [1, 1, 1]
    assert table["tier_name"].tolist() == ["leading"] * 3


def test_nodes_are_headed_by_their_names(result):
    table = tables.index_scores(result)
    assert tabular.render(table, "csv", lang="zh").splitlines()[0] == (
        "评价单元,名称,排名,得分,梯队,梯队名称,研发,得分（share）"
    )
    head = tabular.render(table, "markdown").splitlines()[0]
    assert "Research" in head
    assert "Score (share)" in head  # two columns are not headed alike
    assert "1.000" in tabular.render(table, "markdown")  # a node called share is no share
    assert "引领" in tabular.render(table, "table", lang="zh")
    assert json.loads(tabular.render(table, "json"))["rows"][0]["share"] == 1


def test_a_node_named_like_a_column_of_ours_keeps_its_own_name(result):
    head = tabular.render(tables.index_stage(result, "normalised"), "markdown").splitlines()[0]
    assert head == "| Unit | Name | Papers | Density |"


@pytest.mark.parametrize("stage", STAGES)
def test_stages_are_in_the_order_of_the_table(result, stage):
    table = tables.index_stage(result, stage)
    assert table["unit"].tolist() == ["a", "b", "c"]
    assert table["name"].tolist() == ["甲", "乙", "丙"]
    assert list(table.columns[2:]) == list(result.stages[stage].columns)


def test_unknown_stages_are_refused(result):
    with pytest.raises(UsageError, match="'final' is not known"):
        tables.index_stage(result, "final")


def test_the_log_is_said_in_words(result):
    table = tables.index_log(result)
    text = tabular.render(table, "csv", lang="zh")
    assert "标准化,已标准化,论文" in text
    assert "未" not in text.splitlines()[0]
    untold = {
        f"{column}.{code}"
        for column in ("step", "what")
        for code in table[column].unique()
        if f"{column}.{code}" not in table.attrs["words"]
    }
    assert untold == set()


def test_every_code_of_a_log_has_words():
    index = pd.MultiIndex.from_product([list("abcdefgh"), [2020, 2021]], names=["unit", "year"])
    random = np.random.default_rng(1)
    frame = pd.DataFrame(random.lognormal(0, 2, (16, 4)), index, ["p", "q", "r", "s"])
    frame.iloc[3, 0], frame.iloc[0], frame.iloc[5, 2] = np.nan, np.nan, 0
    frame["area"] = [0.0, *range(1, 16)]
    frame["q"] = 1.05 * frame["p"] + 0.001 * frame["q"]
    leaves = [{"id": i, "parent": "g"} for i in "pq"]
    leaves += [{"id": "r", "parent": "h", "denominator": "area"}, {"id": "s", "parent": "h"}]
    leaves += [{"id": "ratio", "parent": "total", "formula": "p / s"}]
    framework = read_framework(
        {"indicator": leaves, "aggregate": [{"id": "g", "parent": "total"}, {"id": "h", "parent": "total"}]}
    )
    steps = Steps(screen={}, impute="mean", impute_options={"limit": 1}, outliers={}, weights="entropy")
    found = score(dataclasses.replace(framework, tiers=RULE), frame, steps=steps, allow_constant=True)
    table = tables.index_log(found)
    codes = {code for column in ("step", "what") for code in table[column].unique()}
    assert {code for code in codes if f"index.{code}" not in labels.terms()} == set()
    assert len(codes) > 12


def test_parts_tell_against_whom(result):
    table = tables.index_decomposition(result, ["乙"], against="甲")
    assert table["unit"].tolist() == ["b", "b"]
    assert table["reference"].tolist() == ["a", "a"]
    assert table["contribution_difference"].tolist() == [0.5, -0.5]
    assert "均值" in tabular.render(tables.index_decomposition(result, against="mean"), "csv", lang="zh")


def test_types_and_gaps(result):
    table = tables.index_types(result, top=1, gap="gdp").set_index("unit")
    assert table["benchmark_type"].where(table["benchmark_type"].notna(), "").to_dict() == {
        "a": "share",
        "b": "rnd",
        "c": "",
    }
    assert table["rank_gap"].to_dict() == {"a": 2, "b": 1, "c": 0}  # all three share the first rank
    gaps = tables.rank_gap(result, "gdp")
    assert gaps["reference_value"].tolist() == [1, 2, 3]
    with pytest.raises(DataError, match="no column 'gpd'") as caught:
        tables.rank_gap(result, "gpd")
    assert "'gdp'" in caught.value.hint
    with pytest.raises(DataError, match="'label' has no number"):
        tables.rank_gap(result, "label")


def test_one_dimension_has_no_types():
    found = score(
        read_framework({"indicator": [{"id": "x", "parent": "total"}]}),
        pd.DataFrame({"x": [1.0, 2]}, list("ab")),
    )
    with pytest.raises(DataError, match=r"there is only one \(x\)"):
        tables.index_types(found)


def test_changes_name_units_and_say_how_alike_the_orders_are(result):
    other = score(
        dataclasses.replace(result.framework, steps=Steps(weights="equal", minimum_share=1)), result.table
    )
    table = tables.index_changes(result, other)
    assert table["name"].tolist() == ["甲", "乙"]
    assert [note.term for note in table.attrs["notes"]] == ["note.index_compared", "note.index_only_a"]


def test_equal_names_tell_the_identifier():
    leaves = [{"id": i, "parent": "total", "name_zh": "指标"} for i in "ab"]
    names = node_names(read_framework({"indicator": leaves}))
    assert (names["a"]["zh"], names["b"]["zh"]) == ("指标（a）", "指标（b）")


def test_words_do_not_change_the_table(result):
    table = pd.DataFrame({"id": ["rnd", "papers"], "weight": [0.5, 1.0]})
    before = table.copy()
    worded(table, result.framework)
    pd.testing.assert_frame_equal(table, before)
    assert "研发,0.5" in tabular.render(table, "csv", lang="zh")


def test_a_workbook_holds_what_the_commands_print(result, tmp_path):
    import openpyxl

    sheets = index_sheets(result)
    write_index_workbook(result, tmp_path / "a.xlsx", lang="en")
    write_index_workbook(result, tmp_path / "b.xlsx", lang="en")
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    assert len(book.sheetnames) == len(sheets) + 1
    found = [row[3].value for row in book["Scores"].iter_rows(min_row=2)]
    assert found == tables.index_scores(result)["score"].tolist()
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()
    with pytest.raises(UsageError, match="exists already"):
        write_index_workbook(result, tmp_path / "a.xlsx")
