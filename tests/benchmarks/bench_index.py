"""Robustness of a composite index: 10,000 draws of 300 cities and 25 indicators on four levels.

    python tests/benchmarks/bench_index.py [--full]

The tree has the four dimensions and nine groups of TMTPost's index. The loop is what one would write
with pandas: for each draw new weights, a weighted mean per group and level, ``rank``; then counts of
ranks and of pairs. Without ``--full`` it does 200 draws and is multiplied up; its chances of one
unit ranking better than another must be those of ours, but for the error of so many draws.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from _harness import NUMPY, Case, Session, main

from clusters.index._uncertainty import Uncertainty
from clusters.index.frameworks import read_framework
from clusters.index.removal import leave_out
from clusters.index.robustness import Robustness, robustness, sensitivity
from clusters.index.scoring import IndexResult, score

DRAWS = 10_000
LOOPED = 200
UNITS = 300
SIZES = ((1, 3), (2, 5), (4, 3, 3), (2, 2))
"""Indicators in each group of each dimension: 25 in all."""
SIZE = f"{DRAWS:,} draws, {UNITS} x 25"


def made(*, gaps: bool = False) -> IndexResult:
    """Score a made-up index; with ``gaps`` a twentieth of the values is missing."""
    indicators, aggregates, k = [], [{"id": "total"}], 0
    for d, groups in enumerate(SIZES):
        aggregates.append({"id": f"d{d}", "parent": "total"})
        for g, size in enumerate(groups):
            aggregates.append({"id": f"d{d}g{g}", "parent": f"d{d}"})
            for _ in range(size):
                indicators.append({"id": f"x{k}", "parent": f"d{d}g{g}"})
                k += 1
    random = np.random.default_rng(2023)
    values = random.lognormal(size=(UNITS, k))
    if gaps:
        values[random.random(values.shape) < 0.05] = np.nan
    frame = pd.DataFrame(values, [f"c{i}" for i in range(UNITS)], [i["id"] for i in indicators])
    return score(read_framework({"indicator": indicators, "aggregate": aggregates}), frame)


def looped(result: IndexResult, draws: int) -> tuple[pd.DataFrame, np.ndarray, np.ndarray]:
    """Do it with a loop of pandas: ranks of all draws, acceptability, dominance."""
    framework, random = result.framework, np.random.default_rng(1)
    values = result.stages["normalised"]
    ranks = {}
    for draw in range(draws):
        known = values.copy()
        for parent in framework.bottom_up():
            parts = list(framework.children[parent])
            weight = pd.Series(random.uniform(0.75, 1.25, len(parts)), index=parts)
            known[parent] = (known[parts] * weight).sum(axis=1) / weight.sum()
        ranks[draw] = known["total"].rank(ascending=False, method="min")
    table = pd.DataFrame(ranks)
    acceptability = np.stack([(table == r).mean(axis=1) for r in range(1, UNITS + 1)], axis=1)
    each = table.to_numpy()
    dominance = np.stack(
        [(each[i] < each).mean(axis=1) + (each[i] == each).mean(axis=1) / 2 for i in range(UNITS)]
    )
    return table, acceptability, dominance


def run(session: Session) -> None:
    """Compare all that is drawn, and what the draws are compared with."""
    session.nodes, session.edges = UNITS, 25
    whole, lacking = made(), made(gaps=True)
    draws = DRAWS if session.full else LOOPED
    scale = {} if session.full else {"times": DRAWS / LOOPED, "sample": f"{LOOPED} draws"}
    session.compare(
        f"robustness of an index: weights, {SIZE}",
        [
            Case(NUMPY, lambda: robustness(whole, draws=DRAWS)),
            Case("pandas, a loop", lambda: looped(whole, draws), rounds=1, **scale),
        ],
    )
    methods = Uncertainty(
        normalise=("min-max", "z-score", "rank"),
        mean=("arithmetic", "geometric"),
        outliers=(False, True),
        system=("given", "equal", "critic"),
    )
    own: dict[str, tuple[IndexResult, Uncertainty]] = {
        "weights, a twentieth missing": (lacking, Uncertainty()),
        "weights and 36 combinations of methods": (whole, methods),
        "weights and noise on raw values": (whole, Uncertainty(noise=0.05)),
    }
    for words, (result, drawn) in own.items():
        session.compare(
            f"robustness of an index: {words}, {SIZE}",
            [Case(NUMPY, lambda result=result, drawn=drawn: robustness(result, drawn, draws=DRAWS))],
        )
    session.compare(
        "robustness of an index: Sobol indices, 16,000 runs, 300 x 25",
        [Case(NUMPY, lambda: sensitivity(whole, Uncertainty(mean=("arithmetic", "geometric")), draws=1000))],
    )
    session.compare("robustness of an index: 38 elements left out", [Case(NUMPY, lambda: leave_out(whole))])
    agreed(session, robustness(whole, draws=DRAWS), whole)


def agreed(session: Session, found: Robustness, result: IndexResult) -> None:
    """How far the chances are from those of the loop, which draws other weights."""
    _, acceptability, dominance = looped(result, LOOPED)
    order = result.stages["normalised"].index
    ours_ = found.dominance.loc[order, order].to_numpy()
    within = np.abs(ours_ - dominance) <= 4 * np.sqrt(np.maximum(ours_ * (1 - ours_), 1e-4) / LOOPED)
    note = f"pairs within 4 standard errors of {LOOPED} draws of the loop"
    session.figure("robustness of an index: dominance as in the loop", 100 * within.mean(), "%", note)
    rows = np.abs(acceptability.sum(axis=1) - 1).max() + np.abs(found.acceptability.sum(axis=1) - 1).max()
    assert rows < 1e-9


if __name__ == "__main__":
    main("index", run)
