"""A tree under many sets of weights: each draw is what ``aggregate`` gives for its weights."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from clusters.errors import DataError
from clusters.index._many import Tree, scores
from clusters.index.aggregate import MEANS, aggregate

CHILDREN = {"ab": ("a", "b"), "cde": ("c", "d", "e"), "deep": ("ab", "f"), "total": ("deep", "cde", "g")}
OPTIONS = [(name, {}) for name in MEANS if name != "power"] + [
    *(("power", {"p": p}) for p in (-2, 0, 0.5, 1, 3)),
    ("mpi", {"ddof": 1}),
    ("mpi", {"penalty": 1}),
]

# The worst of all has 0 in topsis, which some means do not take.
POSITIVE = ("geometric", "harmonic", "mpi")
MIXED = [
    *((top, below) for top in MEANS for below in ("arithmetic", "geometric")),
    *((top, "topsis") for top in MEANS if top not in POSITIVE),
]


def frame(*, gaps: bool) -> pd.DataFrame:
    random = np.random.default_rng(4)
    values = random.uniform(40, 100, (14, 7))
    if gaps:
        values[random.random(values.shape) < 0.25] = np.nan
        values[3] = np.nan
    return pd.DataFrame(values, columns=list("abcdefg"))


def draws(number: int) -> dict[str, np.ndarray]:
    random = np.random.default_rng(5)
    found = {parent: random.uniform(0.1, 2, (len(parts), number)) for parent, parts in CHILDREN.items()}
    found["cde"][0, 1] = 0.0  # a part without weight is not counted
    found["total"][1, 2] = 0.0
    return found


@pytest.mark.parametrize("gaps", [False, True], ids=["whole", "gaps"])
@pytest.mark.parametrize(("method", "options"), OPTIONS, ids=lambda value: str(value))
def test_each_draw_is_the_aggregate_of_its_weights(method, options, gaps):
    values, weights = frame(gaps=gaps), draws(6)
    means = dict.fromkeys(CHILDREN, method)
    found = scores(values.to_numpy(), Tree(tuple("abcdefg"), CHILDREN, means, options, 0.5), weights)
    for d in range(6):
        named = {
            part: weights[parent][k, d] for parent, parts in CHILDREN.items() for k, part in enumerate(parts)
        }
        expected = aggregate(values, CHILDREN, {**named, "total": 1}, method, options=options).frame["total"]
        np.testing.assert_allclose(found[:, d], expected, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("gaps", [False, True], ids=["whole", "gaps"])
@pytest.mark.parametrize(("top", "below"), MIXED)
def test_means_mixed(top, below, gaps):
    values, weights = frame(gaps=gaps), draws(4)
    means = {parent: top if parent == "total" else below for parent in CHILDREN}
    found = scores(values.to_numpy(), Tree(tuple("abcdefg"), CHILDREN, means, {}, 0.6), weights)
    for d in range(4):
        named = {
            part: weights[parent][k, d] for parent, parts in CHILDREN.items() for k, part in enumerate(parts)
        }
        expected = aggregate(values, CHILDREN, {**named, "total": 1}, means, minimum_share=0.6).frame["total"]
        np.testing.assert_allclose(found[:, d], expected, rtol=1e-12, atol=1e-12)


def test_two_levels_by_hand():
    # a, b within p; p and c on top: 1/2 (3/4 x 2 + 1/4 x 6) + 1/2 x 5 = 4; with b alone 5.5.
    tree = Tree(("a", "b", "c"), {"p": ("a", "b"), "t": ("p", "c")}, {"p": "arithmetic", "t": "arithmetic"})
    weights = {"p": np.array([[3.0, 0.0], [1.0, 7.0]]), "t": np.ones((2, 2))}
    assert scores(np.array([[2.0, 6.0, 5.0]]), tree, weights).tolist() == [[4.0, 5.5]]


def test_a_value_that_the_mean_cannot_take_is_named():
    tree = Tree(("a", "b"), {"t": ("a", "b")}, {"t": "geometric"})
    with pytest.raises(DataError, match="aggregate 't': 0 of 'b' does not go into a geometric mean"):
        scores(np.array([[1.0, 0.0]]), tree, {"t": np.ones((2, 3))})
