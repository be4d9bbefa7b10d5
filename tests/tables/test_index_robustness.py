"""Tables of the robustness of an index: what they add to the measures, and what their notes say."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pytest

from clusters import tables
from clusters.index._draws import Source
from clusters.index.framework import Aggregate, Framework, Indicator, Normalisation, Steps, TierRule
from clusters.index.frameworks import read_framework
from clusters.index.robustness import Uncertainty, robustness
from clusters.index.scoring import score
from clusters.intake.indicators import IndicatorTable, read_indicators
from clusters.sentences import in_language
from clusters.tables._index_robustness import source_words


@pytest.fixture(scope="module")
def kr36():
    framework = read_framework("kr36_2020")
    return score(framework, read_indicators("kr36_2020", framework))


@pytest.fixture(scope="module")
def close():
    """Twenty units of which many change places; two groups, three tiers, names."""
    values = np.random.default_rng(6).random((20, 4))
    index = pd.Index([f"u{i}" for i in range(20)], name="unit")
    leaves = tuple(
        Indicator(i, p, name_zh=f"指标{i}") for i, p in zip("abcd", ("p", "p", "q", "q"), strict=True)
    )
    tree = (
        Aggregate("total", None, "Index", "总指数"),
        Aggregate("p", "total", "Past", "过去"),
        Aggregate("q", "total"),
    )
    framework = Framework("close", leaves, tree, Steps(), TierRule("sizes", {"sizes": [5, 5, "rest"]}))
    frame = pd.DataFrame(values, index, list("abcd"))
    names = pd.Series([f"City {i}" for i in range(20)], index)
    return score(framework, IndicatorTable(frame, pd.DataFrame(index=index), names, "close.csv"))


def said(table: pd.DataFrame, term: str) -> list:
    return [note for note in table.attrs["notes"] if note.term == term]


def test_published_ranks_and_tiers_are_those_of_the_table(kr36):
    table = tables.index_robustness(kr36, draws=200)
    assert table["unit"].head(3).tolist() == ["北京", "上海", "深圳"]
    assert table["tier"].tolist() == [1] * 10 + [2] * 10 + [3] * 10
    assert table["rank"].tolist() == list(range(1, 31))
    assert ((table["rank_low"] <= table["rank"]) & (table["rank"] <= table["rank_high"])).all()


def test_published_scores_are_said_to_be_all_there_is(kr36):
    (note,) = said(tables.index_robustness(kr36, draws=20), "note.robust_given")
    assert note.values["n"] == 5
    assert "城市发展环境" in in_language(note, "zh")


def test_borders_and_the_top_are_counted(close):
    found = robustness(close, draws=300)
    table = tables.index_robustness(close, draws=300)
    spans = table.loc[table["spans_border"].astype(bool), "unit"]
    assert 0 < len(spans) < 20
    (borders,) = said(table, "note.robust_borders")
    assert (borders.values["n"], borders.values["all"]) == (len(spans), 20)
    (top,) = said(table, "note.robust_top")
    assert top.values["top"] == 5
    assert top.values["stay"] == pytest.approx(found.acceptability.iloc[:5, :5].to_numpy().sum())
    (first,) = said(table, "note.robust_first")
    assert first.values["share"] == found.acceptability.iloc[0, 0] == table["keeps_rank"][0]
    (shift,) = said(table, "note.robust_shift")
    assert shift.values["mean"] == pytest.approx(found.shifts["mean_shift"].mean())


def test_names_stand_beside_identifiers(close):
    for function in (tables.index_robustness, tables.rank_acceptability, tables.rank_dominance):
        table = function(close, draws=20)
        assert table.columns[:2].tolist() == ["unit", "name"]
        assert (table["name"] == "City " + table["unit"].str[1:]).all()
    removed = tables.index_removal(close)
    assert removed["unit"].dropna().str.startswith("City ").all()


def test_acceptability_and_dominance_are_those_of_the_measure(close):
    found = robustness(close, draws=50)
    long = tables.rank_acceptability(close, draws=50)
    wide = long.pivot_table(index="unit", columns="rank", values="share").fillna(0)
    expected = found.acceptability.loc[wide.index, wide.columns]
    assert wide.to_numpy().tolist() == expected.to_numpy().tolist()
    pairs = tables.rank_dominance(close, draws=50)
    assert len(pairs) == 190
    for row in pairs.head(25).itertuples():
        assert row.ranks_better == found.dominance.loc[row.unit, row.other_unit]


def test_sobol_sources_have_names_in_both_languages(close):
    uncertain = Uncertainty(mean=("arithmetic", "geometric"), noise=0.1)
    table = tables.rank_sensitivity(close, uncertain, draws=50, resamples=10, units=["u3"])
    assert set(table["explained"]) == {"mean_shift", "u3"}
    assert set(table["drawn_source"]) == {"weights:total", "weights:p", "weights:q", "mean", "noise"}
    words = table.attrs["words"]
    assert words["drawn_source.weights:p"] == {"en": "weights within Past", "zh": "过去内部的权重"}
    assert words["drawn_source.noise"]["zh"] == "原始数据误差"
    by_total = table.groupby("explained", sort=False)["sobol_total"]
    assert all(group.is_monotonic_decreasing for _, group in by_total)
    both = source_words(Source("weights", ("total", "q")), close.framework)
    assert both == {"en": "weights within Index, q", "zh": "总指数、q 内部的权重"}


def test_what_matters_most_is_said_only_where_it_is_settled(close):
    settled = tables.rank_sensitivity(close, Uncertainty(spread=0.02, noise=0.5), draws=200)
    (note,) = said(settled, "note.robust_matters")
    assert note.values["name"].term == "uncertain.noise"
    open_ = tables.rank_sensitivity(close, Uncertainty(vary=("p", "q")), draws=20)
    assert said(open_, "note.robust_unclear")


def test_removal_says_what_moves_most(close):
    table = tables.index_removal(close)
    assert table["mean_shift"].is_monotonic_decreasing
    (note,) = said(table, "note.robust_removed")
    assert note.values["shift"] == table["mean_shift"][0]


def test_draws_and_their_choices(close):
    uncertain = Uncertainty(normalise=("min-max", Normalisation("z-score")), outliers=(False, True))
    table = tables.rank_draws(close, uncertain, draws=30)
    assert table.columns.tolist() == ["draw", "mean_shift", "drawn_normalise", "drawn_outliers"]
    assert set(table["drawn_normalise"]) == {"min-max", "z-score"}
    (note,) = said(table, "note.robust_drawn")
    assert "处理" in in_language(note, "zh")
    assert "min-max, z-score" in note


def test_without_tiers_there_are_no_borders(close):
    plain = score(dataclasses.replace(close.framework, tiers=None), close.table)
    table = tables.index_robustness(plain, draws=20)
    assert not {"tier", "keeps_tier", "spans_border"} & set(table.columns)
    assert not said(table, "note.robust_borders")
    assert said(table, "note.robust_top")[0].values["top"] == 10


def test_compensability_counts_who_gains(close):
    table = tables.index_compensability(close)
    (note,) = said(table, "note.robust_compensability")
    assert note.values["gains"] == (table["compensability"] > 0).sum()
    assert note.values["loses"] == (table["compensability"] < 0).sum()
