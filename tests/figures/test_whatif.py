"""Figures of scenarios: titles, what is drawn, and the tables that they are made for."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from clusters import figures, tables
from clusters.networks import ValueNetwork

STAR = ValueNetwork.from_edges([("hub", leaf) for leaf in "abcde"])


@pytest.mark.parametrize(("lang", "word"), [("en", "Scenario"), ("zh", "情景模拟")])
def test_every_title_says_that_it_is_a_scenario(lang, word):
    titles = [s.title(lang) for s in figures.catalogue() if s.id in ("cascade", "attack_curve", "exposure")]
    assert len(titles) == 3
    assert all(title.startswith(word) for title in titles)


def test_a_cascade_is_its_median_and_band():
    table = tables.cascade(STAR, ["hub"], p=0.5, replicates=640)
    ax = figures.cascade(table)
    assert ax.lines[0].get_ydata().tolist() == table["reach"].tolist()
    corners = ax.collections[0].get_paths()[0].vertices[:, 1]
    assert (corners.min(), corners.max()) == (1.0, table["reach_high"].max())
    sure = figures.cascade(tables.cascade(STAR, ["hub"], p=1.0, replicates=2))
    assert [text.get_text() for text in sure.texts] == ["6 (100.0 %)"]


def test_many_steps_are_not_marked_one_by_one():
    reach = np.arange(1.0, 61.0)
    table = pd.DataFrame({"step": range(60), "reach": reach, "reach_low": reach, "reach_high": reach})
    assert figures.cascade(table).lines[0].get_marker() in ("", "None")
    assert figures.cascade(table.head(10)).lines[0].get_marker() == "o"


def test_attack_curves_name_their_robustness():
    ax = figures.attack_curve(tables.attack_curve(STAR, strategies=["degree", "betweenness"]))
    assert [text.get_text() for text in ax.get_legend().get_texts()] == [
        "Largest betweenness first (R = 0.139)",
        "Largest degree first (R = 0.139)",
    ]
    assert len(ax.lines) == 2
    assert ax.get_xscale() == "log"


def test_exposure_is_drawn_by_place_too():
    table = pd.DataFrame({"place": ["上海市", "北京市"], "mean_exposure": [0.1, 0.4]})
    ax = figures.exposure(table)
    assert [text.get_text() for text in ax.texts] == ["40.00 %", "10.00 %"]
    assert [tick.get_text() for tick in ax.get_yticklabels()] == ["Beijing", "Shanghai"]
