"""The figure of flows and distance: what is drawn where, and what is left out."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from clusters import figures
from clusters.figures import catalogue
from clusters.figures.gravity import COLUMNS


@pytest.fixture
def table() -> pd.DataFrame:
    """Pairs whose flows fall with the first power of distance, 200 km being typical."""
    far = np.array([100.0, 200, 400, 100, 200, 400])
    rows = pd.DataFrame({"origin": list("abcabc"), "destination": list("bcadef"), "distance": far})
    rows["size_relations"] = 10.0
    rows["fitted_relations"] = 10 * 200 / far
    rows["relations"] = [20, 10, 5, 20, 10, 0]
    own = pd.DataFrame([("a", "a", 20.0, 300, 250.0, 10.0)], columns=COLUMNS)
    return pd.concat([rows[COLUMNS], own], ignore_index=True)


@pytest.fixture
def fit() -> pd.DataFrame:
    rows = [("constant", 3.0, 2.0, 4.0), ("distance_decay", 1.0, 0.5, 1.5), ("same_place", 1.0, 0.0, 2.0)]
    return pd.DataFrame(rows, columns=["statistic", "coefficient", "coefficient_low", "coefficient_high"])


def texts(ax) -> list[str]:
    return [text.get_text() for text in ax.get_legend().get_texts()]


def test_points_are_observed_over_expected_by_size(table):
    ax = figures.distance_decay(table)
    pairs, within = ax.collections
    assert pairs.get_offsets().tolist() == [[100, 2], [200, 1], [400, 0.5], [100, 2], [200, 1]]
    assert within.get_offsets().tolist() == [[20, 30]]
    assert (ax.get_xscale(), ax.get_yscale()) == ("log", "log")


def test_classes_count_pairs_without_relations(table):
    # Six pairs in five classes: the two nearest together, then one each; the last pair of all is empty.
    ax = figures.distance_decay(table)
    bars = [line for line in ax.lines if line.get_linewidth() == 3.0]
    assert [bar.get_ydata().tolist() for bar in bars] == [[2, 2], [1, 1], [1, 1], [0.5, 0.5]]


def test_the_line_is_that_of_the_fit_and_the_interval_is_shaded(table, fit):
    ax = figures.distance_decay(table, fit)
    line = next(line for line in ax.lines if line.get_label().startswith("Gravity equation"))
    assert line.get_xydata().tolist() == [[100, 2], [400, 0.5]]
    assert "Gravity equation: g = 1.00 (0.50 – 1.50)" in texts(ax)
    assert len(ax.collections) == 3
    assert len(figures.distance_decay(table, fit.assign(coefficient_low=np.nan)).collections) == 2


def test_of_several_years_the_last_is_drawn(table, fit):
    years = pd.concat([fit.assign(year=2021, coefficient=0.1), fit.assign(year=2022)])
    assert "Gravity equation: g = 1.00 (0.50 – 1.50)" in texts(figures.distance_decay(table, years))


@pytest.mark.parametrize("change", ["empty", "other", "own", "zero"])
def test_without_flows_between_places_the_picture_says_so(table, change):
    odd = {
        "empty": table.head(0),
        "other": table.drop(columns="distance"),
        "own": table.tail(1),
        "zero": table.assign(relations=0),
    }[change]
    ax = figures.distance_decay(odd)
    assert [text.get_text() for text in ax.texts] == ["No data"]


def test_the_catalogue_draws_it_where_its_table_is(every_table):
    (spec,) = [spec for spec in catalogue() if spec.id == "distance_decay"]
    assert spec.skipped(every_table) is None
    assert spec.draw(every_table, lang="zh") is not None
    assert "is not there" in spec.skipped({})
