from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.colors import to_rgba
from matplotlib.patches import PathPatch, Wedge

from clusters import published
from clusters.figures import _fonts, flow_bands, flow_chord, flow_heatmap, flow_margins, top_flows
from clusters.figures.flows import INTER, INTRA, OTHER, _largest, flow_shares

chinese_font = pytest.mark.skipif(not _fonts.fonts().chinese, reason="no Chinese font on this system")


@pytest.fixture
def one_way():
    """Guangdong gives Beijing three relations, itself one; Beijing gives nothing."""
    return pd.DataFrame(
        [[0, 0], [3, 1]], index=pd.Index(["北京市", "广东省"], name="origin"), columns=["北京市", "广东省"]
    )


def ticks(axis):
    return [t.get_text() for t in axis.get_ticklabels()]


def test_rows_give_and_columns_receive(one_way):
    ax = flow_heatmap(one_way)
    cells = ax.images[0].get_array()
    names = ticks(ax.yaxis)
    assert names == ticks(ax.xaxis) == ["Guangdong", "Beijing"]
    assert cells[names.index("Guangdong"), names.index("Beijing")] == 0.75
    assert cells[names.index("Beijing"), names.index("Guangdong")] == 0
    assert sorted(t.get_text() for t in ax.texts) == ["25.0", "75.0"]
    assert ax.get_ylabel() == "Origin (gives)"


@chinese_font
def test_chinese_names_are_short(one_way):
    assert ticks(flow_heatmap(one_way, lang="zh").yaxis) == ["广东", "北京"]


def test_a_matrix_may_carry_its_origins_in_a_column(one_way):
    assert flow_shares(one_way.reset_index()).equals(flow_shares(one_way))


def test_shares_of_a_partial_table_stay_shares():
    partial = pd.DataFrame([[0.1, 0.2], [0.0, 0.3]], index=["a", "b"], columns=["a", "b"])
    assert flow_shares(partial).to_numpy().tolist() == partial.to_numpy().tolist()


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 12), st.integers(1, 12), st.integers(0, 2**32 - 1))
def test_no_flow_is_lost_in_other(size, top, seed):
    cells = np.random.default_rng(seed).integers(0, 5, (size, size))
    cells[0, 0] = 1
    shares = flow_shares(
        pd.DataFrame(cells, index=[f"p{i}" for i in range(size)], columns=[f"p{i}" for i in range(size)])
    )
    kept = _largest(shares, top)
    assert kept.to_numpy().sum() == pytest.approx(1)
    assert len(kept) <= top + 1
    listed = [name for name in kept.index if name != OTHER]
    assert kept.loc[listed, listed].equals(shares.loc[listed, listed])
    assert np.allclose(kept.sum(axis=1)[listed], shares.sum(axis=1)[listed])


def test_forty_countries_become_twenty_and_the_others():
    names = [f"C{i:02d}" for i in range(40)]
    matrix = pd.DataFrame(np.full((40, 40), 7), index=names, columns=names)
    ax = flow_heatmap(matrix)
    assert len(ticks(ax.yaxis)) == 21
    assert ticks(ax.yaxis)[-1] == "Other"
    assert ax.images[0].get_array().sum() == pytest.approx(1)


def test_bands_are_as_wide_as_their_flows(one_way):
    ax = flow_bands(one_way)
    bands = [p for p in ax.patches if isinstance(p, PathPatch)]
    heights = sorted(abs(p.get_path().vertices[0, 1] - p.get_path().vertices[7, 1]) for p in bands)
    assert heights == pytest.approx([0.25, 0.75])
    said = [t.get_text() for t in ax.texts]
    assert said[:2] == ["Guangdong  100.0 %", "Beijing  0.0 %"]
    assert said[2:4] == ["Guangdong  25.0 %", "Beijing  75.0 %"]


def test_chords_have_one_bundle_for_each_direction():
    matrix = pd.DataFrame([[0, 3], [1, 0]], index=["a", "b"], columns=["a", "b"])
    ax = flow_chord(matrix)
    assert len([p for p in ax.patches if isinstance(p, PathPatch)]) == 2
    arcs = [p for p in ax.patches if isinstance(p, Wedge)]
    lengths = [p.theta2 - p.theta1 for p in arcs]
    assert lengths[0] / lengths[1] == pytest.approx(3)  # a gives three and takes one
    assert lengths[2] / lengths[3] == pytest.approx(1 / 3)
    assert sum(lengths) == pytest.approx(360 - 2 * np.degrees(0.035))


def test_table_8_as_bars():
    printed = published.load("nankai_2023", table=8)
    columns = {"source_province_zh": "origin", "target_province_zh": "destination"}
    table = printed.rename(columns=columns).assign(share=printed["share_percent"] / 100)
    ax = top_flows(table)
    assert [bar.get_width() for bar in ax.patches] == pytest.approx(table["share"].tolist())
    assert ticks(ax.yaxis)[:3] == ["Beijing → Beijing", "Guangdong → Guangdong", "Guangdong → Beijing"]
    assert [t.get_text() for t in ax.texts][2] == "6.91 %"
    colors = [bar.get_facecolor() for bar in ax.patches[:3]]
    assert colors == [to_rgba(INTRA), to_rgba(INTRA), to_rgba(INTER)]


def test_giving_and_taking_are_told_apart():
    table = pd.DataFrame(
        {"place": ["广东省", "上海市"], "empowerment_share": [0.3005, 0.0974], "input_share": [0.2293, 0.102]}
    )
    ax = flow_margins(table)
    gives, takes = ax.lines[:2]
    assert gives.get_xdata().tolist() == [0.3005, 0.0974]
    assert takes.get_xdata().tolist() == [0.2293, 0.102]
    assert [t.get_text() for t in ax.get_legend().get_texts()] == ["Empowerment share", "Input share"]
    assert ticks(ax.yaxis) == ["Guangdong", "Shanghai"]


def test_margins_may_be_indexed_by_place_and_lack_one_side():
    table = pd.DataFrame(
        {"empowerment_share": [0.2, np.nan], "input_share": [0.1, 0.3]},
        index=pd.Index(["a", "b"], name="place"),
    )
    ax = flow_margins(table)
    assert ticks(ax.yaxis) == ["b", "a"]
    assert [t.get_text() for t in ax.texts] == ["30.0 %", "20.0 %", "10.0 %"]
