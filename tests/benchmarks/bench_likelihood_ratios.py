"""Likelihood ratios of the power law against four alternatives, for nine years of degrees.

    python tests/benchmarks/bench_likelihood_ratios.py [--full]

The fits are given; what is timed is the search for the largest likelihood of each alternative.
Without ``--full`` powerlaw compares the three sequences of the last year only.
"""

from __future__ import annotations

import warnings

import numpy as np
from _harness import Case, Session, main, ours

import clusters
from clusters import networks
from clusters.measures import degree, powerlaw

Tail = tuple[np.ndarray, powerlaw.PowerLawFit]


def run(session: Session) -> None:
    """Compare the ratios of 27 degree sequences, and how far each search for a maximum comes."""
    yearly = networks.cumulative(clusters.sample())
    last = networks.last(yearly)
    session.nodes, session.edges = last.n_nodes, last.n_edges
    tails: list[Tail] = []
    for network in yearly.values():
        for values in (degree.in_degree(network), degree.out_degree(network), degree.degree(network)):
            tails.append((values.to_numpy(), powerlaw.fit(values)))
    few = tails if session.full else tails[-3:]
    theirs: dict[tuple[int, str], float] = {}

    def by_powerlaw() -> None:
        for place, (values, fit) in enumerate(few):
            theirs.update({(place, name): value for name, value in searched(values, fit).items()})

    measure = f"likelihood ratios, {len(tails)} tails"
    scale = {} if session.full else {"times": len(tails) / 3, "sample": f"3 of {len(tails)} tails"}
    session.compare(
        measure,
        [
            *ours(lambda: [powerlaw.compare(values, fit) for values, fit in tails]),
            Case("powerlaw", by_powerlaw, rounds=1, **scale),
        ],
    )
    if theirs:
        higher(session, few, theirs)


def searched(values: np.ndarray, fit: powerlaw.PowerLawFit) -> dict[str, float]:
    """Log-likelihood of each alternative where the search of powerlaw ends."""
    import powerlaw as reference

    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        given = reference.Fit(values[values > 0], discrete=True, xmin=fit.xmin, verbose=0)
        found = {}
        for name in powerlaw.ALTERNATIVES:
            given.distribution_compare("power_law", name, normalized_ratio=True)
            found[name] = float(getattr(given, name).loglikelihoods(given.data).sum())
    return found


def higher(session: Session, tails: list[Tail], theirs: dict[tuple[int, str], float]) -> None:
    """Keep how many nats the searches of powerlaw leave.

    The other way its numbers say little: it counts a likelihood that underflows as 1e-307, and where
    that happens to the normalising chance of a lognormal, likelihoods come to more than one.
    """
    gaps: dict[str, list[float]] = {name: [] for name in powerlaw.ALTERNATIVES}
    for place, (values, fit) in enumerate(tails):
        for found in powerlaw.compare(values, fit):
            gaps[found.alternative].append(found.loglikelihood - theirs[place, found.alternative])
    for name, gap in gaps.items():
        session.figure(f"{name}: log-likelihood above that of powerlaw, at most", max(gap), "nats")
        session.figure(f"{name}: tails with 1 nat more, of {len(tails)}", sum(g > 1 for g in gap))


if __name__ == "__main__":
    main("likelihood_ratios", run)
