from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from clusters import labels
from clusters.figures import degree_distribution, powerlaw_comparison, to_bytes


@pytest.fixture
def by_hand():
    # 10 nodes: out-degrees 0 x 4, 1 x 3, 2 x 2, 10 x 1.
    return pd.DataFrame(
        {"degree": "out", "k": [0, 1, 2, 10], "nodes": [4, 3, 2, 1], "ccdf": [1.0, 0.6, 0.3, 0.1]}
    )


@pytest.fixture
def fit():
    return pd.DataFrame(
        {
            "degree": ["in", "out", "out"],
            "xmin": [5.0, 2.0, np.nan],
            "alpha": [9.0, 2.5, np.nan],
            "sigma": [1.0, 0.25, np.nan],
            "n_tail": [7, 3, np.nan],
            "p_value": [0.0, 0.424, np.nan],
            "verdict": ["rejected", "undecided", None],
            "alternative": [None, None, "lognormal"],
        }
    )


def words_of(ax):
    return [t.get_text() for t in ax.texts]


def test_points_are_shares_of_all_nodes_and_degree_zero_is_left_out(by_hand):
    cumulative, single = degree_distribution(by_hand).child_axes
    assert single.lines[0].get_xdata().tolist() == [1, 2, 10]
    assert single.lines[0].get_ydata().tolist() == pytest.approx([0.3, 0.2, 0.1])
    assert cumulative.lines[0].get_ydata().tolist() == [0.6, 0.3, 0.1]
    assert [a.get_xscale() + a.get_yscale() for a in (cumulative, single)] == ["loglog", "loglog"]


def test_bins_average_over_the_degrees_that_no_node_has(by_hand):
    # Bins begin at 1, 2, 3, 4, 6 and 10: the last holds the whole numbers from 10 to 15.
    _, single = degree_distribution(by_hand).child_axes
    middle, mean = single.lines[1].get_data()
    assert middle.tolist() == pytest.approx([1, 2, np.sqrt(10 * 15)])
    assert mean.tolist() == pytest.approx([0.3, 0.2, 0.1 / 6])


def test_every_kind_of_degree_has_its_own_column_with_the_same_axes(by_hand):
    both = pd.concat([by_hand, by_hand.assign(degree="total", k=[0, 2, 7, 900])])
    axes = degree_distribution(both).child_axes
    assert [words_of(ax)[0] for ax in axes[:2]] == ["Out-degree", "Total degree"]
    for pair in (axes[:2], axes[2:]):
        assert pair[0].get_xlim() == pair[1].get_xlim()
        assert pair[0].get_ylim() == pair[1].get_ylim()
    assert [ax.get_ylabel() for ax in axes] == [
        "Share of nodes with degree k or more",
        "",
        "P(k): share of nodes with degree k",
        "",
    ]


def test_a_fitted_tail_starts_at_xmin_on_the_distribution_and_falls_with_alpha(by_hand, fit):
    cumulative, _ = degree_distribution(by_hand, fit).child_axes
    line = next(line for line in cumulative.lines if line.get_label() == "power_law")
    k, height = line.get_data()
    assert (k[0], height[0]) == (2.0, 0.3)
    slope = np.polyfit(np.log(k - 0.5), np.log(height), 1)[0]
    assert slope == pytest.approx(-1.5)  # the cumulative distribution falls with alpha - 1
    marker = next(line for line in cumulative.lines if line.get_linestyle() == ":")
    assert set(marker.get_xdata()) == {2.0}


def test_curves_are_drawn_as_they_are_tabulated(by_hand, fit):
    curves = pd.DataFrame(
        {
            "degree": ["out"] * 4 + ["in"],
            "distribution": ["power_law", "power_law", "exponential", "exponential", "lognormal"],
            "k": [2, 10, 2, 10, 3],
            "ccdf": [0.3, 0.05, 0.3, 0.0, 0.2],
        }
    )
    ax = degree_distribution(by_hand, fit, curves)
    drawn = {line.get_label(): line for line in ax.child_axes[0].lines if line.get_label()[0] != "_"}
    assert list(drawn) == ["power_law", "exponential"]
    assert drawn["power_law"].get_ydata().tolist() == [0.3, 0.05]
    assert drawn["exponential"].get_xdata().tolist() == [2]  # zero has no place on the axis
    assert [t.get_text() for t in ax.get_legend().get_texts()] == ["Power law", "Exponential"]
    assert len({(line.get_color(), line.get_linestyle()) for line in drawn.values()}) == 2


@pytest.mark.parametrize("lang", labels.LANGUAGES)
@pytest.mark.parametrize(
    "verdict",
    [
        "undefined",
        "not_tested",
        "rejected",
        "heavy_tail_rejected",
        "alternative_better",
        "undecided",
        "consistent",
    ],
)
def test_the_verdict_stands_above_and_alpha_only_where_a_power_law_may_stand(by_hand, fit, verdict, lang):
    ax = degree_distribution(by_hand, fit.assign(verdict=verdict), lang=lang)
    said = words_of(ax.child_axes[0])[-1]
    assert said.replace("\n", "" if lang == "zh" else " ").startswith(labels.value("verdict", verdict, lang))
    assert ("α = 2.50 ± 0.25" in said) == (verdict in ("undecided", "consistent"))
    assert ("尾部 3 个节点，p = 0.42" if lang == "zh" else "3 nodes in the tail, p = 0.42") in said
    assert "xmin = 2" in words_of(ax.child_axes[0])


def test_no_line_is_drawn_where_nothing_is_fitted(by_hand):
    fit = pd.DataFrame({"degree": ["out"], "xmin": [np.nan], "alpha": [np.nan]})
    for table in (fit, fit.iloc[:0], pd.DataFrame()):
        ax = degree_distribution(by_hand, table, pd.DataFrame())
        assert len(ax.child_axes[0].lines) == 1
        assert words_of(ax.child_axes[0]) == ["Out-degree", ""]
        assert ax.get_legend() is None
    undefined = fit.assign(verdict="undefined", n_tail=0)
    assert words_of(degree_distribution(by_hand, undefined).child_axes[0]) == ["Out-degree", "No fit"]


@pytest.mark.parametrize("lang", labels.LANGUAGES)
def test_the_straight_line_is_drawn_only_on_request_and_said_to_be_a_picture(by_hand, lang):
    ax = degree_distribution(by_hand, style="report", lang=lang)
    slope, height = np.polyfit(np.log10([1, 2, 10]), np.log10([0.3, 0.2, 0.1]), 1)
    assert np.log10(ax.lines[1].get_ydata()) == pytest.approx(height + slope * np.log10([1, 10]))
    assert words_of(ax) == ["示意图，并非检验" if lang == "zh" else "A picture, not a test"]
    written = to_bytes(ax, "svg").decode()
    assert "R²" not in written
    assert "α" not in written


def test_the_straight_line_is_that_of_the_total_degree_where_it_is_known(by_hand):
    both = pd.concat([by_hand, by_hand.assign(degree="total", k=[0, 2, 7, 900])])
    ax = degree_distribution(both, style="report")
    assert ax.get_xlabel() == "Total degree"
    assert ax.lines[0].get_xdata().tolist() == [2, 7, 900]


def test_ratios_lie_on_their_side_and_undecided_ones_are_hollow():
    table = pd.DataFrame(
        {
            "degree": ["out", "out", "out", "out"],
            "alternative": [None, "lognormal", "exponential", "stretched_exponential"],
            "R": [np.nan, -2.4, 5.0, 4.0],
            "p": [np.nan, 0.02, 0.3, 0.001],
            "loglikelihood_ratio": [np.nan, -0.9, 70.0, 0.1],
        }
    )
    ax = powerlaw_comparison(table)
    points = [line for line in ax.lines if line.get_marker() == "o"]
    assert [(p.get_xdata()[0], p.get_markerfacecolor() == "white") for p in points] == [
        (-2.4, False),
        (5.0, True),
        (4.0, True),  # next to nothing, and a spread of even less
    ]
    names = ["Lognormal", "Exponential", "Stretched exponential"]
    assert [t.get_text() for t in ax.get_yticklabels()] == names
    assert ax.get_xlim()[0] == -ax.get_xlim()[1]
