from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from clusters import published
from clusters.figures import _fonts, average_degree, distances, network_size, platform_structure, yearly_line


@pytest.fixture
def table_2():
    return published.load("nankai_2023", table=2)


def test_lines_hold_the_printed_numbers(table_2):
    ax = network_size(table_2)
    assert [line.get_ydata().tolist() for line in ax.lines] == [
        table_2[column].tolist() for column in ("edges", "nodes", "sample_nodes")
    ]
    assert ax.lines[0].get_xdata().tolist() == list(range(2014, 2023))


def test_axes_begin_at_zero_and_hold_every_value(table_2):
    for ax in (network_size(table_2), average_degree(table_2), distances(table_2)):
        low, high = ax.get_ylim()
        assert low == 0
        assert high >= max(line.get_ydata().max() for line in ax.lines)


def test_lines_are_named_at_their_end_in_either_language(table_2):
    assert [t.get_text() for t in distances(table_2).texts] == ["Diameter  12", "Average path length  3.982"]
    if _fonts.fonts().chinese:
        assert [t.get_text() for t in distances(table_2, lang="zh").texts] == [
            "网络直径  12",
            "平均路径长度  3.982",
        ]


def test_years_are_whole_and_without_thousands_marks(table_2):
    ax = average_degree(table_2)
    ax.get_figure(root=True).draw_without_rendering()
    ticks = [t.get_text() for t in ax.get_xticklabels()]
    assert {"2014", "2022"} <= set(ticks)
    assert all(len(t) == 4 and t.isdigit() for t in ticks)


def test_years_out_of_order_are_put_in_order(table_2):
    ax = average_degree(table_2.iloc[::-1])
    assert ax.lines[0].get_ydata().tolist() == table_2["average_degree"].tolist()


def test_an_undefined_last_year_leaves_the_label_at_the_last_value(table_2):
    table = table_2.astype({"average_degree": float})
    table.loc[table.index[-1], "average_degree"] = np.nan
    assert average_degree(table).texts[0].get_text() == "Average degree (E/N)  2.572"


def test_an_undated_table_has_nothing_to_draw():
    ax = average_degree(pd.DataFrame({"year": [None], "average_degree": [1.5]}))
    assert [t.get_text() for t in ax.texts] == ["No data"]


def test_any_columns_of_one_unit_can_be_drawn():
    table = pd.DataFrame({"year": [2021, 2022], "top_10_percent": [0.7, 0.72], "gini": [0.8, 0.81]})
    ax = yearly_line(table, ["top_10_percent", "gini"], title="")
    assert [line.get_ydata().tolist() for line in ax.lines] == [[0.7, 0.72], [0.8, 0.81]]
    assert ax.texts[0].get_text() == "Share of the top 10 %  72.0 %"
    assert ax.get_title(loc="left") == ""


def test_platform_panels_hold_table_6():
    table = published.load("nankai_2023", table=6)
    size, paths, degree, clustering = platform_structure(table).child_axes
    assert [line.get_ydata().tolist() for line in size.lines] == [
        table["edges"].tolist(),
        table["nodes"].tolist(),
    ]
    assert paths.lines[1].get_ydata().tolist() == table["average_path_length"].tolist()
    assert degree.lines[0].get_ydata().tolist() == table["average_degree"].tolist()
    assert clustering.texts[0].get_text() == "0.078"


def test_estimated_distances_are_drawn_beside_exact_ones():
    table = pd.DataFrame(
        {
            "year": [2021, 2022],
            "diameter": [9, np.nan],
            "average_path_length": [4.0, np.nan],
            "diameter_at_least": [np.nan, 8],
            "average_path_length_estimate": [np.nan, 3.9],
        }
    )
    drawn = [text.get_text() for text in distances(table).texts]
    assert {"Diameter  9", "Diameter at least  8", "Average path length (estimate)  3.900"} <= set(drawn)
