"""Power laws of the degrees: fit, and goodness of fit by replicates.

python tests/benchmarks/bench_powerlaw.py --size w2
"""

from __future__ import annotations

import warnings

import numpy as np
from _harness import Case, Session, main, ours
from _workloads import Workload, load

from clusters.measures import powerlaw

REPLICATES = 1000


def run(session: Session) -> None:
    """Compare fits of degrees and tests of the fits; at W1 of all years."""
    workload = load(session.size)
    session.nodes, session.edges = workload.n, workload.edges
    inside, outside, total = degrees(workload)
    session.compare("power law, one fit", fits([outside]))
    session.compare(f"power law, {REPLICATES:,} replicates, out-degrees", tests([outside], few=50), same=list)
    if session.size != "w1":
        return
    # The fit of the total degrees cannot be rejected: then every xmin of most replicates counts.
    session.compare(f"power law, {REPLICATES:,} replicates, total degrees", tests([total], few=50), same=list)
    session.compare("power law, one fit, in-degrees", fits([inside]))
    session.compare("power law, one fit, total degrees", fits([total]))
    years = [d for year in np.unique(workload.year) for d in degrees(workload, int(year))]
    session.compare(f"power law, {len(years)} fits", fits(years))
    session.compare(
        f"power law, {len(years)} tests of {REPLICATES:,} replicates", tests(years, few=20), same=list
    )


def degrees(workload: Workload, year: int = 9999) -> list[np.ndarray]:
    """Return in-, out- and total degrees above 0 up to a year."""
    rows = workload.year <= year
    inside = np.bincount(workload.target[rows], minlength=workload.n)
    outside = np.bincount(workload.source[rows], minlength=workload.n)
    return [values[values > 0] for values in (inside, outside, inside + outside)]


def fits(sequences: list[np.ndarray]) -> list[Case]:
    import igraph
    import powerlaw as reference

    plain = [values.tolist() for values in sequences]

    def by_powerlaw() -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            for values in sequences:
                reference.Fit(values, discrete=True, estimate_discrete=False, verbose=0)

    return [
        *ours(lambda: [powerlaw.fit(values) for values in sequences]),
        Case(
            "igraph power_law_fit",
            # One replicate is the least that it draws.
            lambda: [igraph.power_law_fit(v, method="discrete", p_precision=0.5) for v in plain],
        ),
        # It does not look beyond alpha 3: not the same everywhere.
        Case("powerlaw", by_powerlaw, rounds=2),
    ]


def tests(sequences: list[np.ndarray], few: int) -> list[Case]:
    import igraph
    import powerlaw as reference

    fitted = [powerlaw.fit(values) for values in sequences]
    plain = [values.tolist() for values in sequences]
    few = few if sequences[0].size < 100_000 else 5

    def by_us() -> list[float]:
        return [
            powerlaw.goodness_of_fit(values, fit, replicates=REPLICATES)
            for values, fit in zip(sequences, fitted, strict=True)
        ]

    def by_igraph() -> None:
        for values in plain:
            # It draws 0.25 / precision^2 replicates.
            igraph.power_law_fit(values, method="discrete", p_precision=0.5 / few**0.5)

    def by_powerlaw() -> None:
        # It has no such test; this is one replicate of a loop around it, of the last sequence.
        values, fit = sequences[-1], fitted[-1]
        random = np.random.default_rng(1)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            law = reference.Fit(values, discrete=True, estimate_discrete=False, verbose=0, xmin=fit.xmin)
            tail = law.power_law.generate_random(fit.n_tail)
            both = np.asarray(tail)
            if fit.n_tail < fit.n:
                body = random.choice(values[values < fit.xmin], fit.n - fit.n_tail)
                both = np.concatenate([body, both])
            reference.Fit(both, discrete=True, estimate_discrete=False, verbose=0)

    cases = [
        *ours(by_us),
        Case(
            "igraph power_law_fit",
            by_igraph,
            times=REPLICATES / few,
            sample=f"{few} of {REPLICATES:,} replicates",
        ),
    ]
    if len(sequences) == 1:
        sample = f"1 of {REPLICATES:,} replicates"
        cases.append(Case("loop around powerlaw", by_powerlaw, times=REPLICATES, sample=sample, rounds=1))
    return cases


if __name__ == "__main__":
    main("powerlaw", run, sizes=("w1", "w2", "w3"))
