from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from matplotlib.patches import PathPatch, Rectangle

from clusters import figures, networks, relations, tables
from clusters.figures._style import GREY, PALETTE
from clusters.measures import temporal_communities


@pytest.fixture(scope="module")
def known():
    """A community of five that loses two to a new one; another of three goes up in the first."""
    return {
        2021: pd.Series({**dict.fromkeys("abcde", 0), **dict.fromkeys("xyz", 1)}),
        2022: pd.Series({**dict.fromkeys("abcxyz", 0), **dict.fromkeys("defg", 2)}),
    }


def test_blocks_and_bands_by_hand(known):
    ax = figures.alluvial(tables.community_timeline(known), tables.community_flows(known))
    blocks = [p for p in ax.patches if isinstance(p, Rectangle)]
    assert [(b.get_y(), b.get_height()) for b in blocks] == [(0, 5), (5, 3), (0, 6), (6, 4)]
    bands = [p for p in ax.patches if isinstance(p, PathPatch)]
    heights = [float(np.ptp(b.get_path().vertices[[0, -2], 1])) for b in bands]
    assert heights == [3, 2, 3]  # abc stay, de leave, xyz come
    starts = [float(b.get_path().vertices[0, 1]) for b in bands]
    assert starts == [0, 3, 5]


def test_no_band_leaves_its_block(known):
    numbered = temporal_communities.tracked(known)
    timeline, moves = tables.community_timeline(known), tables.community_flows(known)
    sizes = {(y, c): n for y, m in numbered.items() for c, n in m.value_counts().items()}
    for side, year in (("community", "year"), ("next_community", "next_year")):
        for key, total in moves.groupby([year, side])["shared_members"].sum().items():
            assert total <= sizes[key]
    assert figures.alluvial(timeline, moves).get_ylim()[1] >= 10


def test_all_but_the_largest_are_one_grey_block():
    rows = [(2021, c, 10 + c) for c in range(12)]
    ax = figures.alluvial(pd.DataFrame(rows, columns=["year", "community", "members"]))
    blocks = [p for p in ax.patches if isinstance(p, Rectangle)]
    assert len(blocks) == len(PALETTE) + 1
    assert blocks[-1].get_height() == 10 + 11 + 12 + 13
    named = figures.alluvial(pd.DataFrame(rows, columns=["year", "community", "members"]), shown=2).patches
    assert [p.get_height() for p in named] == [20, 21, sum(range(10, 20))]
    grey = tuple(int(GREY[i : i + 2], 16) / 255 for i in (1, 3, 5))
    assert named[-1].get_facecolor()[:3] == pytest.approx(grey)


def test_points_of_the_path_and_their_means():
    columns = ["year", "poles_source", "taking_effective"]
    ax = figures.phases(pd.DataFrame([(2022, 0.6, 9.0), (2021, 0.8, 7.0)], columns=columns))
    assert ax.lines[0].get_xdata().tolist() == [0.8, 0.6]
    dashed = [line for line in ax.lines if line.get_linestyle() not in ("-", "None")]
    assert [line.get_xdata()[0] for line in dashed][:1] == pytest.approx([0.7])
    assert dashed[1].get_ydata()[0] == 8


def test_ellipses_are_drawn_where_they_are_known():
    table = pd.DataFrame({"year": [2021, 2022], "poles_touching": [0.8, 0.7], "taking_effective": [7.0, 9.0]})
    shape = table.assign(dominance_sd=[0.01, np.nan], spread_sd=0.2, phase_correlation=0.0)
    assert (len(figures.phases(table).patches), len(figures.phases(shape).patches)) == (0, 1)


def test_tables_of_a_network_can_be_drawn():
    rows = [(f"a{i}", f"a{j}", 2020) for i in range(5) for j in range(i)]
    rows += [(f"b{i}", f"b{j}", 2021) for i in range(4) for j in range(i)]
    table = relations.from_frame(pd.DataFrame(rows, columns=["source", "target", "year"]))
    built = networks.cumulative(table)
    ax = figures.alluvial(tables.community_timeline(built, seeds=2), tables.community_flows(built, seeds=2))
    assert [p.get_height() for p in ax.patches if isinstance(p, Rectangle)] == [5, 5, 4]
