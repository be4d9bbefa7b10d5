"""Sizes and colours."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from clusters.errors import UsageError
from clusters.export.style import BASE, GREY, LARGEST, PALETTE, SMALLEST, node_sizes, node_style
from clusters.networks import ValueNetwork


def _rgb(colour: str) -> list[int]:
    return [int(colour[i : i + 2], 16) for i in (1, 3, 5)]


def test_size_grows_with_the_root_of_the_degree():
    # Degrees 4, 1, 1, 1, 1 and an isolate: the share of the range is 1, 1/2 and 0.
    network = ValueNetwork.from_edges([("h", c) for c in "abcd"], nodes=["h", *"abcd", "i"])
    sizes = node_sizes(network)
    assert sizes[5] == SMALLEST
    assert sizes[1] - SMALLEST == pytest.approx((sizes[0] - SMALLEST) / 2)
    large = ValueNetwork.from_edges([(0, k) for k in range(1, 3000)])
    assert node_sizes(large)[0] == LARGEST


def test_direction_and_parallel_edges_count_in_the_degree():
    # a has 3 edges (two out of the pair), c one: in-degree alone would make b the largest.
    network = ValueNetwork.from_edges([("a", "b"), ("a", "b"), ("c", "a")], parallel="relations")
    assert np.argsort(-node_sizes(network)).tolist() == [0, 1, 2]


def test_roles_have_their_colours(two_years):
    style = node_style(two_years)
    assert style.colour_by == "role"
    assert style.legend == (("sample", BASE[0], 2), ("partner", BASE[1], 3))
    assert style.colours.tolist() == [_rgb(BASE[0])] * 2 + [_rgb(BASE[1])] * 3


def test_a_column_colours_its_groups_and_leaves_the_rest_grey(two_years):
    style = node_style(two_years, colour_by="province")
    assert style.legend == (("北京市", BASE[0], 2), ("上海市", BASE[1], 1), ("广东省", BASE[2], 1))
    assert style.colours[2].tolist() == _rgb(GREY), "no province"


def test_communities_colour_networks_without_roles():
    edges = [(f"{g}{a}", f"{g}{b}") for g in "xy" for a, b in combinations(range(4), 2)]
    style = node_style(ValueNetwork.from_edges([*edges, ("x0", "y0")]))
    assert style.colour_by == "community"
    assert [count for _, _, count in style.legend] == [4, 4]
    assert len({tuple(c) for c in style.colours[:4].tolist()}) == 1


def test_groups_beyond_the_palette_are_grey():
    edges = [(f"{g}{a}", f"{g}{b}") for g in range(30) for a, b in combinations(range(3), 2)]
    style = node_style(ValueNetwork.from_edges(edges), colour_by="community")
    assert len(style.legend) == 30
    assert [colour for _, colour, _ in style.legend[len(PALETTE) :]] == [GREY] * (30 - len(PALETTE))


def test_palette_is_distinct():
    assert len({*PALETTE, GREY}) == len(PALETTE) + 1


def test_unknown_column_names_the_valid_ones(two_years):
    with pytest.raises(UsageError, match="'nothing'") as caught:
        node_style(two_years, colour_by="nothing")
    assert "province" in caught.value.hint


def test_empty_network_has_an_empty_style():
    style = node_style(ValueNetwork.from_edges([]))
    assert style.colours.shape == (0, 3)
    assert style.sizes.size == 0
