from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from clusters import labels
from clusters.figures import null_comparison, sensitivity


@pytest.fixture
def nulls():
    return pd.DataFrame(
        {
            "year": [2022, 2021],
            "reciprocity": [0.04, 0.03],
            "reciprocity_null_mean": [0.02, 0.01],
            "reciprocity_null_sd": [0.001, 0.002],
            "reciprocity_z": [20.0, 10.0],
            "reciprocity_p": [0.005, 0.02],
            "diameter": [12, 13],
            "diameter_null_mean": [12.0, 12.0],
            "diameter_null_sd": [np.nan, np.nan],
            "edges": [9, 8],
        }
    )


@pytest.fixture
def dropped():
    return pd.DataFrame(
        {
            "statistic": ["density", "density", "average_clustering", "average_clustering"],
            "share": [0.5, 0.1, 0.1, 0.5],
            "low": [0.10, 0.11, 0.02, np.nan],
            "median": [0.14, 0.12, 0.03, np.nan],
            "high": [0.2, 0.13, 0.04, np.nan],
            "observed": [0.12, 0.12, 0.05, 0.05],
        }
    )


def test_a_bar_is_the_mean_and_two_standard_deviations_a_point_is_observed(nulls):
    (panel,) = [ax for ax in null_comparison(nulls).child_axes if ax.get_visible()]  # no spread, no bar
    bars = [line for line in panel.lines if line.get_linewidth() == 7]
    assert [bar.get_xdata()[0] for bar in bars] == [2021, 2022]
    assert bars[1].get_ydata().tolist() == pytest.approx([0.02 - 0.00196, 0.02 + 0.00196])
    assert [line.get_ydata()[0] for line in panel.lines if line.get_marker() == "_"] == [0.01, 0.02]
    assert panel.lines[-1].get_data()[0].tolist() == [2021, 2022]
    assert panel.lines[-1].get_data()[1].tolist() == [0.03, 0.04]


@pytest.mark.parametrize(("lang", "name"), [("en", "Reciprocity"), ("zh", "互惠性")])
def test_z_and_p_are_those_of_the_last_year(nulls, lang, name):
    panel = null_comparison(nulls, lang=lang).child_axes[0]
    assert panel.get_title(loc="left") == name
    assert [t.get_text() for t in panel.texts] == ["z = 20.0, p = 0.005"]


def test_an_undated_network_has_no_years_on_its_axis(nulls):
    panel = null_comparison(nulls.tail(1).assign(year=np.nan)).child_axes[0]
    assert panel.lines[-1].get_ydata().tolist() == [0.03]
    assert panel.get_xticks().tolist() == []


def test_what_is_unknown_of_z_and_p_is_not_written(nulls):
    panel = null_comparison(nulls.assign(reciprocity_z=np.nan, reciprocity_p=0.0001)).child_axes[0]
    assert [t.get_text() for t in panel.texts] == ["p < 0.001"]
    panel = null_comparison(nulls.drop(columns=["reciprocity_z", "reciprocity_p"])).child_axes[0]
    assert [t.get_text() for t in panel.texts] == []


def test_medians_begin_at_the_observed_value(dropped):
    names = ("density", "average_clustering")
    first, second = (ax for ax in sensitivity(dropped, statistics=names).child_axes if ax.get_visible())
    assert first.lines[0].get_ydata() == [0.12, 0.12]
    assert first.lines[1].get_xdata().tolist() == [0, 0.1, 0.5]
    assert first.lines[1].get_ydata().tolist() == [0.12, 0.12, 0.14]
    band = first.collections[0].get_paths()[0].vertices
    assert (band[:, 1].min(), band[:, 1].max()) == (0.10, 0.2)
    assert second.lines[1].get_xdata().tolist() == [0, 0.1]  # undefined without half of them


@pytest.mark.parametrize("lang", labels.LANGUAGES)
def test_panels_are_named_in_words(dropped, lang):
    ax = sensitivity(dropped, statistics=("average_clustering", "density", "gini"), lang=lang)
    shown = [panel for panel in ax.child_axes if panel.get_visible()]
    assert [p.get_title(loc="left") for p in shown] == [
        labels.label(name, lang) for name in ("average_clustering", "density")
    ]
    assert {p.get_xlabel() for p in shown} == {labels.label("dropped_share", lang)}
    assert len(ax.get_legend().get_texts()) == 2


def test_of_many_statistics_those_are_drawn_that_do_not_count_what_is_left(dropped):
    (panel,) = [ax for ax in sensitivity(dropped).child_axes if ax.get_visible()]
    assert panel.get_title(loc="left") == "Average clustering"
    others = dropped.assign(statistic=["edges", "edges", "nodes", "nodes"])
    assert len([ax for ax in sensitivity(others).child_axes if ax.get_visible()]) == 2


@pytest.mark.parametrize("figure", [null_comparison, sensitivity])
def test_without_a_statistic_nothing_is_drawn(figure):
    for table in (pd.DataFrame(), pd.DataFrame({"year": [2022], "edges": [3]})):
        ax = figure(table)
        assert [t.get_text() for t in ax.texts] == ["No data"]
        assert ax.child_axes == []
