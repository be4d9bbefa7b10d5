"""Whether degrees follow a power law, and how they are distributed (Figure 10)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from clusters.measures import powerlaw as measures
from clusters.measures import tail_index as tails
from clusters.networks import ValueNetwork
from clusters.sentences import Note
from clusters.tables._claims import claims
from clusters.tables._concentration import Degree, degree_values

DEGREES: tuple[Degree, ...] = ("in", "out", "total")
FIT = ("n", "xmin", "alpha", "sigma", "ks", "n_tail", "tail_share", "degree_share")
INTERVAL = ("alpha_low", "alpha_high")
TEST = ("p_value", "p_error", "replicates", "verdict", "degree_category", "network_category")
COMPARISON = ("alternative", "R", "p", "loglikelihood_ratio", "parameter_1", "parameter_2")
WHOLE = ["n", "n_tail", "replicates"]
TAIL_INDEX = ("degree", "estimator", "n", "k", "xi", "xi_error", "alpha", "opinion")


class Settings(NamedTuple):
    """How fits are tested."""

    replicates: int
    seed: int
    alternatives: Sequence[str]
    interval: bool


def powerlaw(
    network: ValueNetwork,
    *,
    degrees: Sequence[Degree] = DEGREES,
    replicates: int = 100,
    seed: int = 0,
    alternatives: Sequence[str] = measures.DEFAULT_ALTERNATIVES,
    discrete: bool = True,
    weighted: bool = False,
    interval: bool = False,
) -> pd.DataFrame:
    """Tabulate power-law fits of the degrees of a network, their tests and comparisons.

    Parameters
    ----------
    network
        One network, usually that of the last year.
    degrees
        Any of ``in``, ``out`` and ``total``.
    replicates
        Bootstrap replicates of the goodness of fit; 0 for none, 2,500 for p to 0.01.
    seed
        Seed of the bootstrap.
    alternatives
        Distributions to compare with. A category needs all four.
    discrete
        Fit whole numbers exactly; otherwise the continuous form.
    weighted
        Count relations instead of distinct edges.
    interval
        Also bootstrap a 95 % interval of alpha.

    Returns
    -------
    DataFrame
        Per degree one row ``row`` = ``fit`` with ``degree``, ``n``, ``xmin``, ``alpha``, ``sigma``, ``ks``,
        ``n_tail``, ``tail_share``, ``degree_share``, ``p_value``, ``p_error``, ``replicates``, ``verdict``,
        the ``degree_category`` of Broido and Clauset of that degree and, with all three,
        ``network_category`` (with ``interval`` also ``alpha_low`` and ``alpha_high``), then one row
        ``comparison`` per alternative with ``degree``, ``alternative``, ``R``, ``p``,
        ``loglikelihood_ratio``, ``parameter_1`` and ``parameter_2``. What a row does not have is
        missing; without a fit nothing is tested or compared. The notes say in words what may be claimed.

    References
    ----------
    Clauset, Shalizi, Newman 2009; Broido, Clauset 2019; Nankai report 2023, Figure 10.

    Examples
    --------
    >>> star = ValueNetwork.from_edges([("hub", leaf) for leaf in "abcd"])
    >>> table = powerlaw(star, degrees=["total"], replicates=0, alternatives=[])
    >>> table[["degree", "n", "verdict"]].values.tolist()
    [['total', 5, 'not_tested']]
    """
    tests = Settings(replicates, seed, alternatives, interval)
    sequences = {degree: degree_values(network, degree, weighted=weighted) for degree in degrees}
    fits = {degree: measures.fit(values, discrete=discrete) for degree, values in sequences.items()}
    rows, _ = _network_rows(sequences, fits, tests)
    table = _table(rows, interval=interval)
    notes = [note for degree, fit in fits.items() for note in _limits(degree, fit)]
    table.attrs["notes"] = [*claims(table), *notes, *_precision(table)]
    return table


def powerlaw_yearly(
    networks: Mapping[int | None, ValueNetwork],
    *,
    degrees: Sequence[Degree] = DEGREES,
    replicates: int = 100,
    seed: int = 0,
    alternatives: Sequence[str] = measures.DEFAULT_ALTERNATIVES,
    discrete: bool = True,
    weighted: bool = False,
    interval: bool = False,
) -> pd.DataFrame:
    """Tabulate power-law fits of the degrees of each year's network.

    Parameters
    ----------
    networks
        Networks by year, as ``networks.cumulative`` gives them.
    degrees, replicates, seed, alternatives, discrete, weighted, interval
        As in ``powerlaw``.

    Returns
    -------
    DataFrame
        ``year`` (NaN when undated) and the columns of ``powerlaw``. The three degrees of one year are one
        data set; the notes say in how many years each condition of Broido and Clauset holds.

    References
    ----------
    Clauset, Shalizi, Newman 2009; Broido, Clauset 2019.

    Examples
    --------
    >>> star = ValueNetwork.from_edges([("hub", leaf) for leaf in "abcd"])
    >>> table = powerlaw_yearly({2021: star, 2022: star}, degrees=["out"], replicates=0)
    >>> table[["year", "degree", "verdict"]].values.tolist()
    [[2021, 'out', 'undefined'], [2022, 'out', 'undefined']]
    """
    tests = Settings(replicates, seed, alternatives, interval)
    rows: list[dict[str, Any]] = []
    held: list[measures.ScaleFree] = []
    for year, network in networks.items():
        sequences = {degree: degree_values(network, degree, weighted=weighted) for degree in degrees}
        fits = {degree: measures.fit(values, discrete=discrete) for degree, values in sequences.items()}
        found, category = _network_rows(sequences, fits, tests)
        rows += [{"year": np.nan if year is None else year} | row for row in found]
        held += [category] if category is not None else []
    table = _table(rows, interval=interval, year=True)
    table.attrs["notes"] = [*_years(held), *_precision(table)]
    return table


def tail_index(
    network: ValueNetwork,
    *,
    degrees: Sequence[Degree] = DEGREES,
    resamples: int = 500,
    seed: int = 0,
    weighted: bool = False,
) -> pd.DataFrame:
    """Tabulate the tail index of the degrees by three estimators: a second opinion on the exponent.

    Parameters
    ----------
    network
        One network, usually that of the last year.
    degrees, weighted
        As in ``powerlaw``.
    resamples
        Resamples of either size in the double bootstrap that chooses k.
    seed
        Seed of the bootstrap.

    Returns
    -------
    DataFrame
        Per degree one row for each ``estimator`` (``hill``, ``moments``, ``kernel``) with ``n``, the
        number ``k`` of largest degrees used, ``xi``, ``xi_error``, ``alpha`` = 1 + 1/xi (NaN where xi
        is not positive) and ``opinion``, what the three say together.

    References
    ----------
    Voitalov et al. 2019, Physical Review Research 1:033034.

    Examples
    --------
    >>> star = ValueNetwork.from_edges([("hub", leaf) for leaf in "abcd"])
    >>> tail_index(star, degrees=["total"])[["estimator", "k", "opinion"]].values.tolist()[0]
    ['hill', 0, 'undefined']
    """
    rows: list[dict[str, Any]] = []
    notes = []
    for degree in degrees:
        values = degree_values(network, degree, weighted=weighted)
        found = tails.tail_index(values, resamples=resamples, seed=seed)
        opinion = tails.opinion(found)
        rows += [
            {
                "degree": degree,
                "estimator": one.estimator,
                "n": one.n,
                "k": one.k,
                "xi": one.xi,
                "xi_error": one.error,
                "alpha": one.alpha,
                "opinion": opinion,
            }
            for one in found
        ]
        notes.append(_tail_claim(degree, found))
    table = pd.DataFrame(rows, columns=list(TAIL_INDEX))
    table.attrs["notes"] = [*notes, Note("note.tail_index")]
    return table


def degree_distribution(
    network: ValueNetwork, *, degrees: Sequence[Degree] = DEGREES, weighted: bool = False
) -> pd.DataFrame:
    """Tabulate how many organisations have each degree, and how many at least that (Figure 10).

    Parameters
    ----------
    network
        One network, usually that of the last year.
    degrees, weighted
        As in ``powerlaw``.

    Returns
    -------
    DataFrame
        ``degree`` (``in``, ``out``, ``total``), ``k``, ``nodes`` with that degree, their ``share`` and
        ``ccdf``, the share with at least that degree. Degree 0 is in it where it occurs.

    References
    ----------
    Nankai report 2023, Figure 10.

    Examples
    --------
    >>> star = ValueNetwork.from_edges([("hub", leaf) for leaf in "abcd"])
    >>> degree_distribution(star, degrees=["out"])[["k", "nodes", "ccdf"]].values.tolist()
    [[0.0, 4.0, 1.0], [4.0, 1.0, 0.2]]
    """
    parts = []
    for degree in degrees:
        found = measures.ccdf(degree_values(network, degree, weighted=weighted))
        found = found.rename(columns={"value": "k", "count": "nodes"}).astype({"k": np.int64})
        found.insert(0, "degree", degree)
        parts.append(found)
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=["degree", "k", "nodes"])


def _network_rows(
    sequences: Mapping[Degree, np.ndarray],
    fits: Mapping[Degree, measures.PowerLawFit],
    tests: Settings,
) -> tuple[list[dict[str, Any]], measures.ScaleFree | None]:
    """Rows of one network, and its category where all three degrees are there."""
    rows: list[dict[str, Any]] = []
    examined = []
    for degree, fit in fits.items():
        values = sequences[degree]
        tested = _tested(values, fit, tests)
        defined = np.isfinite(fit.alpha)
        comparisons = measures.compare(values, fit, tests.alternatives) if defined else []
        found = measures.Examined(fit, tested["p_value"], comparisons)
        examined.append(found)
        rows.append(
            {
                "row": "fit",
                "degree": degree,
                **{name: getattr(fit, name) for name in FIT},
                **tested,
                "replicates": tests.replicates if defined else None,
                "verdict": measures.verdict(*found),
                "degree_category": measures.category([found]).category,
            }
        )
        rows += [_comparison_row(degree, one) for one in comparisons]
    if set(fits) != set(DEGREES):
        return rows, None
    category = measures.category(examined)
    for row in rows:
        if row["row"] == "fit":
            row["network_category"] = category.category
    return rows, category


def _tested(values: np.ndarray, fit: measures.PowerLawFit, tests: Settings) -> dict[str, float]:
    replicates = tests.replicates
    if tests.interval:
        found = measures.bootstrap(values, fit, replicates=replicates, seed=tests.seed)
        names = ("p_value", "p_error", *INTERVAL)
        return {name: getattr(found, name) for name in names}
    p_value = measures.goodness_of_fit(values, fit, replicates=replicates, seed=tests.seed)
    return {"p_value": p_value, "p_error": measures.p_error(p_value, replicates)}


def _comparison_row(degree: str, found: measures.Comparison) -> dict[str, Any]:
    parameters = (*found.parameters, np.nan, np.nan)
    return {
        "row": "comparison",
        "degree": degree,
        "alternative": found.alternative,
        "R": found.R,
        "p": found.p,
        "loglikelihood_ratio": found.loglikelihood_ratio,
        "parameter_1": parameters[0],
        "parameter_2": parameters[1],
    }


def _table(rows: Sequence[Mapping[str, Any]], *, interval: bool, year: bool = False) -> pd.DataFrame:
    between = INTERVAL if interval else ()
    names = [*(["year"] if year else []), "row", "degree", *FIT[:4], *between, *FIT[4:], *TEST, *COMPARISON]
    table = pd.DataFrame(list(rows), columns=names)
    texts = ["verdict", "degree_category", "network_category", "alternative"]
    table[texts] = table[texts].astype(object)
    table[WHOLE] = table[WHOLE].astype("Int64")
    return table


def _limits(degree: str, fit: measures.PowerLawFit) -> list[Note]:
    notes = []
    if fit.dropped:
        notes.append(Note("note.degree_zero", degree=degree, n=fit.dropped))
    if 0 < fit.n_tail < measures.THIN:
        notes.append(Note("note.thin_tail", degree=degree, n=fit.n_tail))
    return notes


def _precision(table: pd.DataFrame) -> list[Note]:
    replicates = int(table["replicates"].fillna(0).max()) if table["p_value"].notna().any() else 0
    if not replicates:
        return []
    return [Note("note.replicates", n=replicates, error=0.5 / np.sqrt(replicates))]


def _years(held: Sequence[measures.ScaleFree]) -> list[Note]:
    """Say in how many years each condition of Broido and Clauset holds."""
    tested = [found for found in held if found.category not in ("undefined", "not_tested")]
    if not tested:
        return [Note("claim.category_unknown")] if held else []
    counts = {name: sum(getattr(found, name) for found in tested) for name in measures.CONDITIONS}
    return [Note("note.category_years", years=len(tested), **counts)]


def _tail_claim(degree: str, found: Sequence[tails.TailIndex]) -> Note:
    """Say what the estimators allow together."""
    what = Note(f"claim.what.{degree}")
    opinion = tails.opinion(found)
    if opinion == "undefined":
        return Note("claim.tail.undefined", what=what)
    low, high = min(found, key=lambda one: one.xi), max(found, key=lambda one: one.xi)
    apart = high.xi - low.xi > 2 * float(np.hypot(low.error, high.error))
    return Note(
        f"claim.tail.{opinion}",
        what=what,
        low=low.xi,
        high=high.xi,
        steep=low.alpha,
        flat=high.alpha,
        apart=Note("claim.tail.apart") if apart else "",
    )
