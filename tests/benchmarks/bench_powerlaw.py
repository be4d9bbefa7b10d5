"""Power laws of the degrees: fit, and goodness of fit by replicates.

python tests/benchmarks/bench_powerlaw.py --size w2
"""

from __future__ import annotations

import warnings

import numpy as np
from _harness import Case, Session, main, ours
from _workloads import load

from clusters.measures import powerlaw

REPLICATES = 1000


def run(session: Session) -> None:
    """Compare fits to the out-degrees and, at W1, the test of the fit."""
    workload = load(session.size)
    session.nodes, session.edges = workload.n, workload.edges
    values = np.bincount(workload.source, minlength=workload.n)
    values = values[values > 0]
    session.compare("power law, one fit", fits(values))
    if session.size == "w1":
        session.compare(f"power law, {REPLICATES:,} replicates", tests(values))


def fits(values: np.ndarray) -> list[Case]:
    import igraph
    import powerlaw as reference

    plain = values.tolist()

    def by_powerlaw() -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            reference.Fit(values, discrete=True, estimate_discrete=False, verbose=0)

    return [
        *ours(lambda: powerlaw.fit(values)),
        Case("igraph power_law_fit", lambda: igraph.power_law_fit(plain, method="auto", p_precision=0.5)),
        Case("powerlaw", by_powerlaw),
    ]


def tests(values: np.ndarray) -> list[Case]:
    import igraph
    import powerlaw as reference

    fitted = powerlaw.fit(values)
    plain = values.tolist()
    few = 100

    def by_powerlaw() -> None:
        # It has no such test; this is one replicate of a loop around it.
        random = np.random.default_rng(1)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            fit = reference.Fit(values, discrete=True, estimate_discrete=False, verbose=0, xmin=fitted.xmin)
            tail = fit.power_law.generate_random(fitted.n_tail)
            body = random.choice(values[values < fitted.xmin], values.size - fitted.n_tail)
            both = np.concatenate([body, np.asarray(tail)])
            reference.Fit(both, discrete=True, estimate_discrete=False, verbose=0)

    return [
        *ours(lambda: powerlaw.goodness_of_fit(values, fitted, replicates=REPLICATES), rounds=1),
        Case(
            "igraph power_law_fit",
            # It draws 0.25 / precision^2 replicates.
            lambda: igraph.power_law_fit(plain, method="auto", p_precision=0.5 / few**0.5),
            times=REPLICATES / few,
            sample=f"{few} of {REPLICATES:,} replicates",
            rounds=1,
        ),
        Case(
            "loop around powerlaw",
            by_powerlaw,
            times=REPLICATES,
            sample=f"1 of {REPLICATES:,} replicates",
        ),
    ]


if __name__ == "__main__":
    main("powerlaw", run, sizes=("w1", "w2", "w3"))
