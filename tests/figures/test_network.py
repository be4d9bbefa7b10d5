from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_hex

from clusters.figures import network_map, to_bytes
from clusters.figures._style import PALETTE, PARTNER, SAMPLE
from clusters.figures.network import MANY


@pytest.fixture
def star():
    return pd.DataFrame(
        {
            "node": ["hub", "a", "b"],
            "label": ["The hub", "The first", None],
            "x": [0.0, 3.0, -3.0],
            "y": [0.0, 1.0, 1.0],
            "degree": [2, 1, 1],
            "role": ["sample", "partner", "partner"],
        }
    )


@pytest.fixture
def spokes():
    return pd.DataFrame({"source": ["hub", "b"], "target": ["a", "hub"]})


def test_lines_join_the_positions_of_their_ends(star, spokes):
    lines = network_map(star, spokes).collections[0].get_segments()
    assert [line.tolist() for line in lines] == [[[0, 0], [3, 1]], [[-3, 1], [0, 0]]]


def test_edges_of_nodes_without_a_place_are_left_out(star, spokes):
    more = pd.concat([spokes, pd.DataFrame({"source": ["hub"], "target": ["elsewhere"]})])
    assert len(network_map(star, more).collections[0].get_segments()) == 2
    lost = star.assign(x=[0.0, np.nan, -3.0])
    assert len(network_map(lost, spokes).collections[0].get_segments()) == 1


def test_dots_have_the_colour_of_their_role_and_the_hub_is_largest(star, spokes):
    dots = network_map(star, spokes).collections[1]
    colors = [to_hex(c).upper() for c in dots.get_facecolors()]
    assert colors == [PARTNER, PARTNER, SAMPLE]  # the largest is drawn last, on top
    assert dots.get_sizes().argmax() == 2


def test_colours_may_be_given_or_stand_for_communities(star, spokes):
    given = network_map(star.assign(color=["#111111", "#222222", "#333333"]), spokes).collections[1]
    assert to_hex(given.get_facecolors()[-1]) == "#111111"
    grouped = star.drop(columns="role").assign(community=[0, 1, 1])
    dots = network_map(grouped, spokes).collections[1]
    assert to_hex(dots.get_facecolors()[0]).upper() == PALETTE[0]  # the larger community


def test_names_are_those_of_the_largest(star, spokes):
    assert [t.get_text() for t in network_map(star, spokes).texts] == ["The hub", "The first", "b"]
    assert [t.get_text() for t in network_map(star, spokes, labels=1).texts] == ["The hub"]


def test_a_name_that_would_cover_another_is_left_out():
    crowd = pd.DataFrame({"node": [f"Organisation {n}" for n in range(30)], "x": 0.0, "y": 0.0, "degree": 1})
    crowd.loc[0, "x"] = 1.0
    assert 0 < len(network_map(crowd, pd.DataFrame(), labels=30).texts) < 12


def test_many_lines_are_one_image_in_the_svg():
    count = MANY + 10
    nodes = pd.DataFrame({"node": range(count + 1), "x": np.arange(count + 1.0), "y": 0.0})
    edges = pd.DataFrame({"source": range(count), "target": range(1, count + 1)})
    svg = to_bytes(network_map(nodes, edges, labels=0), "svg")
    assert svg.count(b"<image") == 1
    assert len(svg) < 300_000
