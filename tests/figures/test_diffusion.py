"""Figures of diffusion: what is drawn is what the tables say."""

from __future__ import annotations

import numpy as np
import pandas as pd

from clusters import figures


def test_bands_are_the_intervals():
    table = pd.DataFrame({"year": [2021, 2022], "taking_effective": [9.0, 11.0]})
    table = table.assign(taking_effective_low=[8.0, 10.0], taking_effective_high=[10.0, 12.0])
    (panel,) = figures.diffusion(table).child_axes
    (band,) = panel.collections
    corners = band.get_paths()[0].vertices
    assert (corners[:, 1].min(), corners[:, 1].max()) == (8, 12)


def test_each_class_has_a_panel_in_the_order_of_the_table():
    parts = [
        pd.DataFrame({"class": name, "year": [2020, 2021, 2022], "adopted_share": share})
        for name, share in (("物联网", [0.1, 0.5, 0.9]), ("5G", [0.0, 0.1, 0.2]))
    ]
    panels = figures.s_curves(pd.concat(parts)).child_axes
    assert [p.get_title(loc="left") for p in panels] == ["Internet of Things", "5G"]
    assert panels[1].lines[0].get_ydata().tolist() == [0.0, 0.1, 0.2]


def test_the_year_of_half_saturation_has_its_interval():
    table = pd.DataFrame({"year": [2020, 2021, 2022], "adopted_share": [0.1, 0.5, 0.9]})
    curves = pd.DataFrame({"curve": ["gompertz", "logistic"], "t50": [2020.5, 2021.0]})
    curves = curves.assign(t50_low=[2019.0, 2020.8], t50_high=[2023.0, 2021.3])
    (panel,) = figures.s_curves(table, curves).child_axes
    bar, mark = panel.lines[-2:]
    assert bar.get_xdata().tolist() == [2020.8, 2021.3]
    assert mark.get_xdata() == [2021.0]


def test_a_half_beyond_the_years_is_not_drawn():
    table = pd.DataFrame({"year": [2020, 2021, 2022], "adopted_share": [0.1, 0.2, 0.3]})
    (panel,) = figures.s_curves(table, pd.DataFrame({"curve": ["logistic"], "t50": [2029.0]})).child_axes
    assert max(max(line.get_xdata()) for line in panel.lines) == 2022


def test_what_is_not_known_of_an_adoption_has_its_own_sign():
    dates = {"adoption_year": [2020, 2021, np.nan], "censoring": ["left", "none", "right"]}
    ax = figures.adoption_order(pd.DataFrame({"place": ["北京市", "上海市", "甘肃省"], **dates}))
    drawn = {line.get_marker(): line.get_xdata().tolist() for line in ax.lines}
    assert drawn == {"<": [2020], "o": [2021], ">": [2022]}
    assert [text.get_text() for text in ax.get_legend().get_texts()] == [
        *("that year or before", "that year", "not yet")
    ]
