"""Polarisation by year and Lorenz curves."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from clusters.figures import lorenz_curve, polarisation
from clusters.measures.concentration import gini
from clusters.measures.concentration import lorenz_curve as curve


def test_bands_are_the_intervals_and_panels_without_a_column_are_left_out():
    table = pd.DataFrame({"year": [2022, 2021], "giving_hhi": [0.3, 0.2], "intra_share": [0.25, 0.5]})
    table["giving_hhi_low"], table["giving_hhi_high"] = [0.2, 0.1], [0.5, 0.3]
    concentration, shares = [panel for panel in polarisation(table).child_axes if panel.get_visible()]
    assert concentration.lines[0].get_data()[0].tolist() == [2021, 2022]
    assert concentration.lines[0].get_data()[1].tolist() == [0.2, 0.3]
    (band,) = concentration.collections
    assert {0.1, 0.2, 0.3, 0.5} == set(band.get_paths()[0].vertices[:, 1].round(9))
    assert concentration.get_ylim() == (0, pytest.approx(0.54))
    assert not shares.collections
    assert shares.texts[0].get_text() == "Within a place  25.0 %"


def test_of_several_classes_the_first_is_drawn():
    table = pd.DataFrame({"class": list("aab"), "year": [2021, 2022, 2021], "gini": [0.1, 0.2, 0.9]})
    (panel,) = polarisation(table).child_axes
    assert panel.lines[0].get_ydata().tolist() == [0.1, 0.2]


def test_the_gini_coefficient_beside_a_curve_is_that_of_the_amounts():
    values = np.random.default_rng(2).pareto(1.5, 31)
    ax = lorenz_curve(curve(values))
    assert ax.get_legend().get_texts()[0].get_text() == f"Gini coefficient {gini(values):.3f}"
    assert ax.lines[1].get_xydata()[0].tolist() == [0, 0]
    assert ax.lines[1].get_xydata()[-1].tolist() == pytest.approx([1, 1])


def test_equal_amounts_lie_on_the_diagonal():
    table = pd.DataFrame({"flow": "giving", "places_share": [0.5, 1.0], "cumulative_share": [0.5, 1.0]})
    ax = lorenz_curve(table, lang="zh")
    assert ax.lines[1].get_xdata().tolist() == ax.lines[1].get_ydata().tolist()
    assert ax.get_legend().get_texts()[0].get_text().endswith("0.000")
