"""Poisson regression of a square of flows, with or without an effect of every row and column.

Flows F_pq with E F_pq = exp(x_pq b + a_p + c_q). The effects a and c are never columns of a
design: in each step of the iteration they are taken out by the normal equations of the two
margins, an n x n system, so that hundreds of places need squares of n x n and nothing larger.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from clusters.measures._collinear import independent

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

ROUNDS = 200
CONVERGED = 1e-10
"""Part of the deviance by which two steps differ at the end; the error of the last is of its square."""
HALVINGS = 30
LARGEST = 300.0
"""Logarithm of the largest fit: squares of it must not overflow."""
TINY = 1e-30
"""Smallest fit, as a part of the mean, with which a cell still has a weight."""
PINNED = 1e-13
"""Weight added to each column, as a part of its own; fits do not change by it."""
VANISHING = 1e-6
"""An empty cell whose fit falls below this part of the mean may be separated; it is then looked at."""


class Poisson(NamedTuple):
    """Fit of a square of flows."""

    coefficients: Floats
    """One for each regressor; NaN where it adds nothing to the others."""
    fitted: Floats
    """n x n; 0 in cells that are predicted to be empty whatever the size of the coefficients."""
    inside: Mask
    """Cells that the coefficients come from."""
    separated: int
    """Empty cells left out since the likelihood only rises as their fit falls to 0."""
    hc1: Floats
    """Variances of the coefficients, robust to any variance of the cells."""
    clustered: Floats
    """The same where cells of one row and cells of one column may vary together."""
    careful: Floats
    """The larger of the two, with the residual of every cell divided by the root of 1 less its leverage."""
    parameters: int
    """Coefficients, with those of rows and columns."""
    groups: int
    """The smaller number of origins or of destinations."""


def poisson(flows: Floats, regressors: Floats, used: Mask, *, effects: bool = False) -> Poisson:
    """Fit by maximum likelihood (iteratively reweighted least squares).

    Parameters
    ----------
    flows
        n x n, 0 or above, not all 0 in the cells used.
    regressors
        k x n x n; with a constant among them unless ``effects``.
    used
        Cells to fit.
    effects
        One effect for each row and for each column.
    """
    inside = used.copy()
    if effects:  # the effect of a row without any flow has no finite best value
        inside &= (np.where(used, flows, 0).sum(axis=1) > 0)[:, None]
        inside &= (np.where(used, flows, 0).sum(axis=0) > 0)[None, :]
    kept = _independent(regressors, inside, effects)
    fitted = _iterate(flows, regressors[kept], inside, effects)
    if (inside & (flows == 0) & (fitted < VANISHING * flows[inside].mean())).any():
        inside &= ~_separated(flows, regressors[kept], inside, effects)
        kept = kept[_independent(regressors[kept], inside, effects)]
        fitted = _iterate(flows, regressors[kept], inside, effects)
    return _described(flows, regressors, kept, fitted, used, inside, effects)


def deviance(flows: Floats, fitted: Floats) -> float:
    """Twice the gain in log-likelihood of a perfect fit; 0 for equal flows, cells given one by one."""
    ratio = np.divide(flows, fitted, out=np.ones_like(fitted), where=flows > 0)
    return float(2 * (flows * np.log(ratio) - (flows - fitted)).sum())


def _iterate(flows: Floats, regressors: Floats, inside: Mask, effects: bool) -> Floats:
    mean = flows[inside].mean()
    weight = np.where(inside, (flows + mean) / 2, 0.0)
    log_fit = np.log(np.where(inside, weight, 1.0))
    last = np.inf
    for _ in range(ROUNDS):
        safe = np.where(inside, np.maximum(weight, TINY * mean), 1.0)
        working = np.where(inside, log_fit + (flows - safe) / safe, 0.0)
        target = _least_squares(working, regressors, np.where(inside, safe, 0.0), effects)
        step = target
        for _ in range(HALVINGS):  # a step too far makes the fit worse, or overflow
            weight = np.where(inside, np.exp(np.clip(step, -LARGEST, LARGEST)), 0.0)
            now = deviance(flows[inside], np.maximum(weight[inside], TINY * mean))
            if now <= last + CONVERGED * (last + mean):
                break
            step = (step + log_fit) / 2
        log_fit = step
        if abs(last - now) <= CONVERGED * (now + mean):
            break
        last = now
    return weight


def _least_squares(working: Floats, regressors: Floats, weight: Floats, effects: bool) -> Floats:
    """Weighted least-squares fit of the working response."""
    left, *parts = _without_effects([working, *regressors], weight, effects)
    if not parts:
        return working - left
    root = np.sqrt(weight).ravel()
    design = np.stack([part.ravel() for part in parts], axis=1) * root[:, None]
    found = np.linalg.lstsq(design, left.ravel() * root, rcond=None)[0]
    residual = left - np.tensordot(found, np.stack(parts), axes=1)
    result: Floats = working - residual
    return result


def _without_effects(squares: list[Floats], weight: Floats, effects: bool) -> list[Floats]:
    """Take the weighted means of rows and columns out of each square."""
    if not effects or not squares:
        return squares
    rows, columns = weight.sum(axis=1), weight.sum(axis=0)
    per_row = np.divide(weight, rows[:, None], out=np.zeros_like(weight), where=rows[:, None] > 0)
    # Rows and columns know their effects only up to a constant, which the little weight added fixes.
    held = np.where(columns > 0, columns, 1.0)
    normal = np.diag(held * (1 + PINNED)) - weight.T @ per_row
    sums = [(weight * square).sum(axis=0) - per_row.T @ (weight * square).sum(axis=1) for square in squares]
    effects_down = np.linalg.solve(normal, np.stack(sums, axis=1)).T
    result = []
    for square, down in zip(squares, effects_down, strict=True):
        across = (per_row * (square - down)).sum(axis=1)
        result.append(square - across[:, None] - down)
    return result


def _independent(regressors: Floats, inside: Mask, effects: bool) -> NDArray[np.intp]:
    """Return which regressors add something to those before them (and to the effects)."""
    weight = inside.astype(np.float64)
    free = _without_effects(list(regressors), weight, effects)
    sizes = [max(float(np.linalg.norm(square[inside])), 1e-300) for square in regressors]
    return independent([square[inside] for square in free], sizes)


def _separated(flows: Floats, regressors: Floats, inside: Mask, effects: bool) -> Mask:
    """Find the empty cells whose fit can fall to 0 while no other cell changes for the worse.

    They are those where some x_pq b + a_p + c_q is below 0, while it is 0 in every cell with a
    flow and nowhere above 0: a linear programme.
    """
    from scipy.optimize import linprog
    from scipy.sparse import csr_matrix, hstack, identity

    cells = np.argwhere(inside)
    empty = flows[inside] == 0
    n = len(flows)
    at = np.arange(len(cells))
    blocks = [csr_matrix(np.stack([x[inside] / max(np.abs(x[inside]).max(), 1e-300) for x in regressors], 1))]
    if effects:
        ones = np.ones(len(cells))
        blocks += [csr_matrix((ones, (at, cells[:, axis])), shape=(len(cells), n)) for axis in (0, 1)]
    design = hstack(blocks, format="csr")
    # Fits may fall as far as they like, but each counts once: else one that can fall far hides others.
    number = int(empty.sum())
    width = design.shape[1]
    found = linprog(
        np.r_[np.zeros(width), -np.ones(number)],
        A_ub=hstack([design[empty], identity(number)], format="csr"),
        b_ub=np.zeros(number),
        A_eq=hstack([design[~empty], csr_matrix((len(cells) - number, number))], format="csr"),
        b_eq=np.zeros(len(cells) - number),
        bounds=[(None, None)] * width + [(0, 1)] * number,
        method="highs",
    )
    lost = np.zeros_like(inside)
    if found.x is not None:
        lost[tuple(cells[empty][found.x[width:] > 0.5].T)] = True
    return lost


def _described(
    flows: Floats,
    regressors: Floats,
    kept: NDArray[np.intp],
    fitted: Floats,
    used: Mask,
    inside: Mask,
    effects: bool,
) -> Poisson:
    k, cells = len(regressors), int(inside.sum())
    parts = _without_effects(list(regressors[kept]), fitted, effects)
    rows, columns = inside.any(axis=1), inside.any(axis=0)
    parameters = len(kept) + (int(rows.sum() + columns.sum()) - 1 if effects else 0)
    coefficients = np.full(k, np.nan)
    hc1, clustered, careful = (np.full(k, np.nan) for _ in range(3))
    if len(kept):
        free = np.stack(parts)
        design = free[:, inside]
        bread = np.asarray(np.linalg.inv((design * fitted[inside]) @ design.T), np.float64)
        log_fit = np.log(np.where(inside & (fitted > 0), fitted, 1.0))
        coefficients[kept] = bread @ ((design * fitted[inside]) @ log_fit[inside])
        residual = np.where(inside, flows - fitted, 0.0)
        small = (cells - 1) / max(cells - parameters, 1)
        hc1[kept], clustered[kept] = small * _variances(free * residual, inside, bread)
        leverage = fitted * np.einsum("ipq,ij,jpq->pq", free, bread, free)
        if effects:
            leverage = leverage + _leverage_of_effects(fitted)
        far = residual / np.sqrt(np.maximum(1 - leverage, 1 / cells))
        careful[kept] = _variances(free * far, inside, bread).max(axis=0)
    return Poisson(
        coefficients=coefficients,
        fitted=np.where(inside, fitted, 0.0),
        inside=inside,
        separated=int((used & ~inside).sum()),
        hc1=hc1,
        clustered=clustered,
        careful=careful,
        parameters=parameters,
        groups=int(min(rows.sum(), columns.sum())),
    )


def _variances(scores: Floats, inside: Mask, bread: Floats) -> Floats:
    """Variances of the coefficients from independent cells, and clustered by row and by column (2 x k)."""
    cells = int(inside.sum())
    single = scores[:, inside]
    alone = _sandwich(single, bread) * cells / max(cells - 1, 1)
    one_way = []
    for axis in (1, 2):
        groups = int(inside.any(axis=2 - axis).sum())
        one_way.append(_sandwich(scores.sum(axis=3 - axis), bread) * groups / max(groups - 1, 1))
    both = one_way[0] + one_way[1] - alone
    # A difference of estimates can be negative in small samples.
    return np.stack([alone, np.where(both > 0, both, np.maximum(*one_way))])


def _sandwich(scores: Floats, bread: Floats) -> Floats:
    result: Floats = ((bread @ scores) ** 2).sum(axis=1)
    return result


def _leverage_of_effects(weight: Floats) -> Floats:
    """Part of each cell's fit that comes from the cell itself through the effects of its row and column."""
    n = len(weight)
    normal = np.block([[np.diag(weight.sum(axis=1)), weight], [weight.T, np.diag(weight.sum(axis=0))]])
    inverse = np.linalg.pinv(normal, rcond=1e-13, hermitian=True)
    own = np.diag(inverse)
    result: Floats = weight * (own[:n, None] + own[n:] + 2 * inverse[:n, n:])
    return result
