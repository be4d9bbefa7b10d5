"""CONCOR recovers planted blocks; densities, images and roles by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clusters.measures import blockmodel

PLANTED = np.array([[0.9, 0.7, 0.1, 0.1], [0.7, 0.1, 0.1, 0.0], [0.1, 0.1, 0.8, 0.6], [0.0, 0.1, 0.5, 0.1]])


def frame(cells) -> pd.DataFrame:
    names = [f"p{i}" for i in range(len(cells))]
    return pd.DataFrame(np.asarray(cells), index=names, columns=names)


def same_blocks(found, expected) -> bool:
    return len(set(zip(found, expected, strict=True))) == len(set(found)) == len(set(expected))


def plain_correlation(cells):
    """Correlate each two profiles without the places themselves, their mutual flows exchanged."""
    n = len(cells)
    found = np.eye(n)
    for i in range(n):
        for j in set(range(n)) - {i}:
            third = [k for k in range(n) if k not in (i, j)]
            x = [*cells[i, third], *cells[third, i], cells[i, j], cells[j, i]]
            y = [*cells[j, third], *cells[third, j], cells[j, i], cells[i, j]]
            found[i, j] = np.corrcoef(x, y)[0, 1]
    return found


def plain_concor(cells, splits=2):
    alike = plain_correlation(cells)
    blocks = [np.arange(len(cells))]
    for _ in range(splits):
        halves = []
        for block in blocks:
            found = alike[np.ix_(block, block)]
            for _ in range(100):
                found = np.corrcoef(found) if len(found) > 1 else found
            one = found[0] > 0
            halves += [block[one], block[~one]]
        blocks = [half for half in halves if half.size]
    return blocks


@pytest.mark.parametrize("seed", range(5))
def test_planted_blocks_are_recovered(seed):
    random = np.random.default_rng(seed)
    truth = random.permutation(np.repeat(range(4), [5, 7, 9, 10]))
    rate = PLANTED[np.ix_(truth, truth)]
    assert same_blocks(blockmodel.concor(frame(rate)), truth)  # without noise
    flows = frame(random.poisson(60 * rate))
    found = blockmodel.concor(flows)
    assert same_blocks(found, truth)
    # What stays within places, and how large flows are in all, change nothing.
    other = 7 * flows.to_numpy() + np.diag(random.integers(0, 900, 31))
    assert found.equals(blockmodel.concor(frame(other)))
    assert [set(np.flatnonzero(found == block)) for block in sorted(set(found))] == [
        set(block) for block in plain_concor(flows.to_numpy(float) * (1 - np.eye(31)))
    ]


def test_densities_image_and_fit_by_hand():
    matrix = frame([[50, 4, 1, 0], [2, 50, 1, 2], [0, 0, 50, 0], [0, 0, 0, 50]])
    blocks = pd.Series([1, 1, 2, 2], index=matrix.index)
    found = blockmodel.blockmodel(matrix, blocks=blocks)
    assert found.density.to_numpy().tolist() == [[3, 1], [0, 0]]
    assert found.alpha == pytest.approx(10 / 12)
    assert found.image.to_numpy().tolist() == [[1, 1], [0, 0]]
    cells, ideal = [4, 1, 0, 2, 1, 2, *[0] * 6], [3, 1, 1, 3, 1, 1, *[0] * 6]
    assert found.fit == pytest.approx(np.corrcoef(cells, ideal)[0, 1])


def test_roles_by_hand():
    # Two places each; by chance a third of what a block gives would stay within.
    cells = np.zeros((8, 8))
    cells[0, 1] = 6  # first block: 6 within, 6 out, 1 in: bidirectional
    cells[0, 2:5] = 2
    cells[2, 3] = 5  # second: 5 within, 2 out, 4 in: net beneficiary
    cells[2, 4] = 2
    cells[4, 0], cells[4, 6] = 1, 3  # third: none within, 4 out, 13 in: broker
    cells[6, 5] = 9  # fourth: none within, 9 out, 3 in: net spillover
    blocks = pd.Series(np.repeat([1, 2, 3, 4], 2), index=frame(cells).index)
    found = blockmodel.block_roles(frame(cells), blocks)
    assert found["inner"].to_list() == [6, 5, 0, 0]
    assert found["given"].to_list() == [6, 2, 4, 9]
    assert found["taken"].to_list() == [1, 4, 13, 3]
    assert found["expected_inner_share"].unique() == pytest.approx([1 / 7])
    assert found["inner_share"].to_list() == pytest.approx([0.5, 5 / 7, 0, 0])
    roles = ["bidirectional", "net_beneficiary", "broker", "net_spillover"]
    assert found["block_role"].to_list() == roles


def test_places_without_flows():
    random = np.random.default_rng(3)
    cells = random.poisson(9 * PLANTED[np.ix_([0, 0, 0, 1, 1, 1], [0, 0, 0, 1, 1, 1])]).astype(float)
    cells = np.pad(cells, (0, 2))  # two places that neither give nor take
    found = blockmodel.concor(frame(cells), splits=1)
    assert found.iloc[-1] == found.iloc[-2]
    whole = blockmodel.blockmodel(frame(cells), blocks=pd.Series([1] * 6 + [2] * 2, index=frame(cells).index))
    assert whole.roles["block_role"].to_list()[1] is None
    assert np.isnan(whole.roles["inner_share"].iloc[1])
    only_takes = frame([[0, 1, 1], [0, 0, 0], [0, 0, 0]])
    roles = blockmodel.block_roles(only_takes, pd.Series([1, 2, 2], index=only_takes.index))
    assert roles["block_role"].to_list() == ["bidirectional", "net_beneficiary"]
    assert np.isinf(roles["receiving_ratio"].iloc[1])


@pytest.mark.parametrize("cells", [np.ones((4, 4)), np.zeros((4, 4)), [[3]], np.zeros((0, 0))])
def test_nothing_to_split(cells):
    found = blockmodel.blockmodel(frame(cells))
    assert set(found.membership) <= {1}
    assert np.isnan(found.fit)


def test_two_pairs_that_deal_with_each_other():
    # With plain zeros on the diagonal the partners would look unlike each other.
    pairs = frame([[0, 9, 0, 1], [9, 0, 1, 0], [0, 1, 0, 9], [1, 0, 9, 0]])
    assert blockmodel.concor(pairs, splits=1).to_list() == [1, 1, 2, 2]


def test_cuts():
    matrix = frame([[9, 3, 1], [1, 0, 1], [0, 5, 0]])
    assert blockmodel.dichotomised(matrix, 0).to_numpy().tolist() == [[0, 1, 1], [1, 0, 1], [0, 1, 0]]
    assert blockmodel.dichotomised(matrix, None).to_numpy().tolist() == [[0, 3, 1], [1, 0, 1], [0, 5, 0]]
    ties = blockmodel.blockmodel(matrix, cut=0)
    assert ties.alpha == pytest.approx(5 / 6)
    assert matrix.to_numpy()[0, 0] == 9  # left as it was


def test_wrong_calls():
    with pytest.raises(ValueError, match="square"):
        blockmodel.concor(pd.DataFrame([[1, 2]]))
    with pytest.raises(ValueError, match="lacks 1"):
        blockmodel.blockmodel(frame([[0, 1], [1, 0]]), blocks=pd.Series([1], index=["p0"]))
    with pytest.raises(ValueError, match="splits"):
        blockmodel.concor(frame([[0]]), -1)


@settings(deadline=None, max_examples=60)
@given(st.integers(2, 7), st.data())
def test_every_matrix_has_blocks(n, data):
    cells = data.draw(st.lists(st.integers(0, 9), min_size=n * n, max_size=n * n))
    matrix = frame(np.reshape(cells, (n, n)))
    found = blockmodel.blockmodel(matrix)
    blocks = sorted(set(found.membership))
    assert blocks == list(range(1, len(blocks) + 1))
    assert len(blocks) <= 4
    off = matrix.to_numpy().sum() - np.trace(matrix.to_numpy())
    assert found.roles["inner"].sum() + found.roles["given"].sum() == off
    assert found.roles["given"].sum() == found.roles["taken"].sum()
    turned = blockmodel.concor(matrix.T)  # rows and columns are both in the profile
    assert turned.equals(found.membership)
