"""Blocks of places with the same partners: CONCOR, densities of blocks, and what role each plays.

Takes a square flow matrix, rows giving and columns receiving, counts or shares. The diagonal (flows
within a place) never counts: places are compared by their flows with others, and the inner share
that chance gives a block, (g_k - 1)/(g - 1), leaves the place itself out.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Cut = Literal["row_mean"] | float | None
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
NAN = float("nan")
ROUNDS = 200
"""Correlations of correlations taken before a split is read off; a few usually do."""


@dataclass(frozen=True, slots=True)
class BlockModel:
    """Blocks of one flow matrix."""

    membership: pd.Series = field(repr=False)
    """Block of each place, from 1, named ``block``."""
    density: pd.DataFrame = field(repr=False)
    """Mean cell from block to block, the diagonal left out; NaN within a block of one place."""
    image: pd.DataFrame = field(repr=False)
    """1 where the density exceeds ``alpha``, else 0; 0 where it is undefined."""
    roles: pd.DataFrame = field(repr=False)
    """One row per block; see ``block_roles``."""
    alpha: float
    """Density of the whole matrix."""
    fit: float
    """Correlation of the cells with the densities of their blocks; its square is R squared."""


def dichotomised(matrix: pd.DataFrame, cut: Cut = "row_mean") -> pd.DataFrame:
    """Turn flows into ties: 1 where a cell exceeds the cut, else 0; the diagonal is 0.

    Parameters
    ----------
    matrix
        Square flow matrix.
    cut
        ``"row_mean"``, the mean of the other cells of the row, as is usual for flows between Chinese
        provinces; a number; or ``None`` to leave flows as they are, with a diagonal of 0.

    Examples
    --------
    >>> dichotomised(pd.DataFrame([[9, 3, 1], [1, 0, 1], [0, 5, 0]])).to_numpy().tolist()
    [[0, 1, 0], [0, 0, 0], [0, 1, 0]]
    """
    cells = _cells(matrix)
    if cut is None:
        return pd.DataFrame(cells, index=matrix.index, columns=matrix.columns)
    limit = cells.sum(axis=1, keepdims=True) / max(len(cells) - 1, 1) if cut == "row_mean" else float(cut)
    ties = (cells > limit) & ~np.eye(len(cells), dtype=bool)
    return pd.DataFrame(ties.astype(np.int64), index=matrix.index, columns=matrix.columns)


def concor(matrix: pd.DataFrame, splits: int = 2) -> pd.Series:
    """Split places by the convergence of iterated correlations, CONCOR (H12).

    The profile of a place is its row and its column, one above the other. Two profiles are compared
    over all third places and in what the two give to each other (x_ij beside x_ji); so places that
    only deal with each other are alike though the diagonal does not count. Correlations between
    profiles are correlated again until all are 1 or -1, which makes two blocks; each is split in
    the same way, ``splits`` times in all.

    Parameters
    ----------
    matrix
        Square flow matrix; the diagonal does not count.
    splits
        Levels of splitting: up to 2^splits blocks. A block of one place, or whose places do not
        differ, stays whole.

    Returns
    -------
    Series
        Block of each place, from 1, by place, named ``block``. A place whose profile does not vary,
        for example without any flow, correlates 0 with the others (1 with those like it).

    References
    ----------
    Breiger, Boorman, Arabie 1975.

    Examples
    --------
    >>> two_pairs = [[0, 9, 0, 1], [9, 0, 1, 0], [0, 1, 0, 9], [1, 0, 9, 0]]
    >>> concor(pd.DataFrame(two_pairs), splits=1).to_list()
    [1, 1, 2, 2]
    """
    if splits < 0:
        raise ValueError(f"splits must be at least 0, not {splits}")
    cells = _cells(matrix)
    alike = _profile_correlations(cells)
    blocks = [np.arange(len(cells))] if len(cells) else []
    for _ in range(splits):
        blocks = [part for block in blocks for part in _split(alike, block)]
    block_of = np.zeros(len(cells), np.int64)
    for number, block in enumerate(blocks, start=1):
        block_of[block] = number
    return pd.Series(block_of, index=matrix.index, name="block")


def blockmodel(
    matrix: pd.DataFrame, *, splits: int = 2, cut: Cut = None, blocks: pd.Series | None = None
) -> BlockModel:
    """Blocks of a flow matrix with densities, image matrix and roles (块模型, H12).

    Parameters
    ----------
    matrix, splits
        As in ``concor``.
    cut
        Turn flows into ties first, see ``dichotomised``; by default flows count as they are.
    blocks
        Block of each place, where it is known; else CONCOR's.

    Returns
    -------
    BlockModel
        Densities are mean cells (shares of ties where dichotomised). NaN where nothing is counted.

    References
    ----------
    Breiger, Boorman, Arabie 1975; White, Boorman, Breiger 1976; Wasserman, Faust 1994, chapter 10.

    Examples
    --------
    >>> two_pairs = [[0, 9, 0, 1], [9, 0, 1, 0], [0, 1, 0, 9], [1, 0, 9, 0]]
    >>> found = blockmodel(pd.DataFrame(two_pairs), splits=1)
    >>> found.density.to_numpy().tolist(), found.image.to_numpy().tolist()
    ([[9.0, 0.5], [0.5, 9.0]], [[1, 0], [0, 1]])
    """
    ties = dichotomised(matrix, cut)
    cells = _cells(ties)
    member = concor(ties, splits) if blocks is None else blocks.reindex(matrix.index).rename("block")
    if member.isna().any():
        raise ValueError(f"blocks lacks {int(member.isna().sum())} places of the matrix")
    codes, names = pd.factorize(member, sort=True)
    inside = np.eye(len(names))[codes]
    size = inside.sum(axis=0)
    sums, room = inside.T @ cells @ inside, np.outer(size, size) - np.diag(size)
    density = np.divide(sums, room, out=np.full(sums.shape, NAN), where=room > 0)
    n = len(cells)
    alpha = float(cells.sum() / (n * (n - 1))) if n > 1 else NAN
    axes = {"index": pd.Index(names, name="origin"), "columns": pd.Index(names, name="destination")}
    return BlockModel(
        membership=member,
        density=pd.DataFrame(density, **axes),
        image=pd.DataFrame((np.nan_to_num(density, nan=-1.0) > alpha).astype(np.int64), **axes),
        roles=block_roles(ties, member),
        alpha=alpha,
        fit=_fit(cells, density[np.ix_(codes, codes)]),
    )


def block_roles(matrix: pd.DataFrame, blocks: pd.Series) -> pd.DataFrame:
    """What each block is to the others: gives, takes, both, or passes on (H12).

    The *inner share* of a block is the part of what its places give that stays within; chance gives
    (g_k - 1)/(g - 1) for g_k of g places. The *receiving ratio* is what it takes from other blocks
    over what it gives to them. Role by both:

    =============================  ==========================  ===========================
    ..                             receiving ratio below 1     receiving ratio 1 and above
    =============================  ==========================  ===========================
    inner share expected or more   ``bidirectional`` 双向溢出  ``net_beneficiary`` 净受益
    inner share below              ``net_spillover`` 净溢出    ``broker`` 经纪人
    =============================  ==========================  ===========================

    Parameters
    ----------
    matrix
        Square flow matrix; the diagonal does not count.
    blocks
        Block of each place.

    Returns
    -------
    DataFrame
        By block: ``places``, ``inner`` (flows within), ``given`` and ``taken`` (to and from other
        blocks), ``inner_share``, ``expected_inner_share``, ``receiving_ratio`` (infinite where only
        taken) and ``block_role``. A block that gives nothing at all has no inner share (NaN), and
        is a ``net_beneficiary`` where it takes; without any flow its role is ``None``.

    References
    ----------
    Wasserman, Faust 1994, section 10.3 (after Burt 1976); usual in studies of spatial association
    networks of Chinese provinces.

    Examples
    --------
    >>> matrix = pd.DataFrame([[0, 9, 3, 3], [9, 0, 3, 3], [1, 1, 0, 0], [1, 1, 0, 0]])
    >>> block_roles(matrix, pd.Series([1, 1, 2, 2]))["block_role"].to_list()
    ['bidirectional', 'broker']
    """
    cells = _cells(matrix)
    codes, names = pd.factorize(blocks.reindex(matrix.index), sort=True)
    inside = np.eye(len(names))[codes]
    sums, size = inside.T @ cells @ inside, inside.sum(axis=0)
    inner = np.diag(sums)
    given, taken = sums.sum(axis=1) - inner, sums.sum(axis=0) - inner
    with np.errstate(divide="ignore", invalid="ignore"):
        share, ratio = inner / (inner + given), taken / given
        expected = (size - 1) / (len(cells) - 1)
    table = pd.DataFrame(
        {
            "places": size.astype(np.int64),
            "inner": inner,
            "given": given,
            "taken": taken,
            "inner_share": share,
            "expected_inner_share": expected,
            "receiving_ratio": ratio,
        },
        index=pd.Index(names, name="block"),
    )
    table["block_role"] = pd.Series(
        [_block_role(*row) for row in zip(share, expected, given, taken, strict=True)],
        index=table.index,
        dtype=object,
    )
    return table


def _block_role(share: float, expected: float, given: float, taken: float) -> str | None:
    if np.isnan(share):
        return "net_beneficiary" if taken > 0 else None
    takes = taken >= given
    if share >= expected:
        return "net_beneficiary" if takes else "bidirectional"
    return "broker" if takes else "net_spillover"


def _split(alike: Floats, block: Ints) -> list[Ints]:
    """Split a block in two, the half with its first place first."""
    if block.size < 2:
        return [block]
    found = alike[np.ix_(block, block)]
    for _ in range(ROUNDS):
        if (np.abs(found) > 1 - 1e-9).all():
            break
        found = _correlated(found.T @ found, found.sum(axis=0), len(found))
    first = found[0] > 0
    return [block[first], block[~first]] if not first.all() else [block]


def _profile_correlations(cells: Floats) -> Floats:
    """Correlate rows and columns of each two places, without what either has on the diagonal.

    Leaving out the places themselves and adding x_ij beside x_ji and x_ji beside x_ij leaves sums and
    squares of a profile as they are; the products gain 2 x_ij x_ji.
    """
    products = cells @ cells.T + cells.T @ cells
    products += 2 * cells * cells.T * ~np.eye(len(cells), dtype=bool)
    return _correlated(products, cells.sum(axis=0) + cells.sum(axis=1), 2 * max(len(cells) - 1, 1))


def _correlated(products: Floats, sums: Floats, count: int) -> Floats:
    """Correlate columns by their products and sums; one that does not vary correlates 1 with its like."""
    spread = np.diag(products) - sums**2 / count
    flat = spread <= 1e-12 * np.diag(products)
    norm = np.sqrt(np.where(flat, 1.0, spread))
    found: Floats = np.clip((products - np.outer(sums, sums) / count) / np.outer(norm, norm), -1, 1)
    found[flat] = found[:, flat] = 0.0
    found[np.ix_(flat, flat)] = np.isclose(sums[flat][:, None], sums[flat][None, :], rtol=1e-12)
    np.fill_diagonal(found, 1.0)
    return found


def _fit(cells: Floats, ideal: Floats) -> float:
    off = ~np.eye(len(cells), dtype=bool)
    x, y = cells[off], ideal[off]
    if x.size < 2 or x.std() == 0 or y.std() <= 1e-12 * max(abs(float(y.mean())), 1e-300):
        return NAN
    return float(np.corrcoef(x, y)[0, 1])


def _cells(matrix: pd.DataFrame) -> Floats:
    if matrix.shape[0] != matrix.shape[1]:
        raise ValueError(f"a flow matrix is square, not {matrix.shape[0]} x {matrix.shape[1]}")
    cells = matrix.to_numpy(dtype=np.float64, copy=True)
    np.fill_diagonal(cells, 0.0)
    return cells
