"""How sure the ranks of an index are: the same index many times, with what could have been otherwise drawn.

Weights are multiplied by U(1 - a, 1 + a) or drawn from a Dirichlet distribution, choices of method are
drawn from stated sets, measured values get noise of a stated size. Everything told of the draws is
counted from ranks, which are whole numbers: the same seed gives the same table whatever the
processor and however the draws are cut into blocks.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from clusters import progress
from clusters.errors import DataError, UsageError
from clusters.index import _draws
from clusters.index._alternatives import Alternatives
from clusters.index._draws import Draws, Rows, Source
from clusters.index._prepared import Prepared, prepare, rows_of, units_of
from clusters.index._ranks import Ranks, Tally, rank_rows, shifts
from clusters.index._uncertainty import Uncertainty, errors_of, sources_of
from clusters.index.framework import Normalisation
from clusters.index.sobol import RESAMPLES, Indices, indices
from clusters.sentences import Note

__all__ = ["Robustness", "Sensitivity", "Uncertainty", "robustness", "sensitivity"]

if TYPE_CHECKING:
    from clusters.index.scoring import IndexResult

Floats = NDArray[np.float64]

DRAWS = 1000
INTERVAL = 0.9


@dataclass(frozen=True)
class Robustness:
    """Ranks under many draws."""

    table: pd.DataFrame
    """A row per unit, by rank; see ``robustness``."""
    acceptability: pd.DataFrame
    """P(rank = r): rows units by rank, columns ranks 1 to n. Rows sum to 1."""
    dominance: pd.DataFrame
    """P(i ranks better than j), ties half: rows i and columns j, units by rank; 0.5 on the diagonal."""
    shifts: pd.DataFrame
    """A row per draw: ``draw`` from 1, ``mean_shift`` R and what was chosen in it."""
    sources: tuple[Source, ...]
    uncertainty: Uncertainty
    draws: int
    seed: int
    interval: float

    @property
    def shift(self) -> pd.Series[float]:
        """Mean, median, 5 and 95 % of R over the draws, in places."""
        drawn = self.shifts["mean_shift"].dropna()
        low, high = drawn.quantile([0.05, 0.95])
        return pd.Series({"mean": drawn.mean(), "median": drawn.median(), "low": low, "high": high})


@dataclass(frozen=True)
class Sensitivity:
    """Which source moves the ranks most."""

    shift: Indices
    """Sobol indices of the average shift R."""
    units: Mapping[str, Indices]
    """Sobol indices of the rank of chosen units."""
    sources: tuple[Source, ...]
    runs: int
    """N (k + 2) for k sources."""


def robustness(
    result: IndexResult,
    uncertainty: Uncertainty | None = None,
    *,
    draws: int = DRAWS,
    seed: int = 0,
    interval: float = INTERVAL,
    year: int | None = None,
) -> Robustness:
    """Rank the units of an index under many draws of what could have been otherwise.

    Parameters
    ----------
    result
        Of ``score``: the index as it is.
    uncertainty
        What is drawn; by default all weights, plus or minus 25 %.
    draws
        Number of draws D.
    seed
        Of all that is random.
    interval
        Share of the draws that the interval of a rank holds, in the middle.
    year
        Of a panel; by default the last. Normalisation takes all years together as the index does.

    Returns
    -------
    Robustness
        ``table`` by rank: ``unit``, ``rank`` and ``score`` as they are, ``tier`` where the index has
        tiers; ``rank_mean``, ``rank_median``; ``rank_low``, ``rank_high``, the smallest ranks r with
        P(rank <= r) >= 0.05 and 0.95, which are ranks that occur (quantiles of type 1); ``rank_best``,
        ``rank_worst``; ``keeps_rank``, the probability of the rank it has; with tiers ``keeps_tier``,
        the probability of a rank within its tier, ``tier_low`` and ``tier_high``, the tiers of the ends of
        the interval, and ``spans_border``, whether these are not both its own. Tiers are the same numbers
        of units as in the index, whatever made them. Units without a score have no rank.

    Raises
    ------
    DataError
        A mean that cannot take the values of a draw.
    UsageError
        Nothing to draw, or a choice that is not known.

    Notes
    -----
    R = mean over units of abs(reference rank - rank), the reference being the index as it is.
    Scores that differ by 1e-12 of the largest in size tie.

    References
    ----------
    Methods 2.5 step 9; Saisana, Saltelli, Tarantola 2005; Lahdelma, Salminen 2001 (acceptability).

    Examples
    --------
    >>> from clusters.index.frameworks import read_framework
    >>> from clusters.index.scoring import score
    >>> framework = read_framework({"indicator": [{"id": i, "parent": "total"} for i in "ab"]})
    >>> data = pd.DataFrame({"a": [0, 10, 4], "b": [0, 10, 5]}, index=["x", "y", "z"])
    >>> found = robustness(score(framework, data), draws=100)
    >>> found.table[["unit", "rank", "rank_low", "rank_high", "keeps_rank"]].values.tolist()
    [['y', 1, 1, 1, 1.0], ['z', 2, 2, 2, 1.0], ['x', 3, 3, 3, 1.0]]
    """
    if draws < 1 or not 0 < interval < 1:
        raise UsageError("a number of draws is at least 1, an interval between 0 and 1")
    game = _Game(result, uncertainty or Uncertainty(), draws, seed, year)
    tally = Tally.empty(len(game.units))
    moved = np.full(draws, np.nan)
    runs = game.numbers.plain(draws)
    for members, ranks in game.play(runs):
        tally.add(ranks)
        moved[members] = shifts(ranks, game.reference)
    order = np.lexsort(
        (np.arange(len(game.units)), np.where(game.reference > 0, game.reference, len(game.units) + 1))
    )
    names = game.units[order]
    places = pd.RangeIndex(1, len(names) + 1, name="place")
    return Robustness(
        _table(game, tally, interval).iloc[order].reset_index(drop=True),
        pd.DataFrame(tally.chances()[order], index=names, columns=places),
        pd.DataFrame(tally.dominance()[np.ix_(order, order)], index=names, columns=names.rename("other")),
        pd.DataFrame({"draw": np.arange(1, draws + 1), "mean_shift": moved, **game.chosen(runs)}),
        game.sources,
        game.uncertainty,
        draws,
        seed,
        interval,
    )


def sensitivity(
    result: IndexResult,
    uncertainty: Uncertainty | None = None,
    *,
    draws: int = DRAWS,
    seed: int = 0,
    units: Sequence[str] = (),
    year: int | None = None,
    resamples: int = RESAMPLES,
) -> Sensitivity:
    """Share the variance of the average shift out to what was drawn: Sobol indices.

    Parameters
    ----------
    result, uncertainty, seed, year
        As in ``robustness``.
    draws
        Size N of either sample; N (k + 2) runs for k sources.
    units
        Units whose own ranks are explained too.
    resamples
        Bootstrap samples for the intervals (95 %).

    Returns
    -------
    Sensitivity
        First-order index of a source: share of the variance that would go if it were known. Total
        index: share that would stay if all others were. NaN where nothing moves.

    References
    ----------
    Methods 2.5 step 9; Saisana, Saltelli, Tarantola 2005; ``sobol.jansen``.

    Examples
    --------
    >>> from clusters.index.frameworks import read_framework
    >>> from clusters.index.scoring import score
    >>> framework = read_framework({"indicator": [{"id": i, "parent": "total"} for i in "ab"]})
    >>> data = pd.DataFrame({"a": [0, 10, 5], "b": [9, 0, 5]}, index=["x", "y", "z"])
    >>> found = sensitivity(score(framework, data), draws=64)
    >>> found.shift.table.index.tolist(), found.runs
    (['weights:total'], 192)
    """
    if draws < 2:
        raise UsageError("Sobol indices need at least 2 draws")
    game = _Game(result, uncertainty or Uncertainty(), 2 * draws, seed, year)
    samples = game.numbers.exchanged(draws)
    known = result.known_units(list(units))
    at = game.units.get_indexer(pd.Index(known, dtype=object)) if known else np.empty(0, np.int64)
    if (at < 0).any():
        raise DataError(f"{known[int(np.flatnonzero(at < 0)[0])]!r} is not in the year that is ranked")
    runs = np.concatenate(samples)
    found = np.full((1 + len(known), len(runs)), np.nan)
    for members, ranks in game.play(runs):
        found[0, members] = shifts(ranks, game.reference)
        found[1:, members] = np.where(ranks[:, at] > 0, ranks[:, at], np.nan).T
    names = [source.name for source in game.sources if source.varies]
    cut = found.reshape(1 + len(known), len(samples), draws)

    def explained(part: Floats) -> Indices:
        return indices(part[0], part[1], part[2:], names=names, resamples=resamples, seed=seed)

    own = {str(unit): explained(part) for unit, part in zip(known, cut[1:], strict=True)}
    return Sensitivity(explained(cut[0]), own, game.sources, len(runs))


class _Game:
    """An index, what is drawn of it, and the ranks that come of it."""

    def __init__(
        self, result: IndexResult, uncertainty: Uncertainty, rows: int, seed: int, year: int | None
    ) -> None:
        self.result, self.uncertainty, self.year = result, uncertainty, year
        self.sources = sources_of(result.framework, uncertainty, result.weight)
        parts = {p.id: len(result.framework.children[p.id]) for p in result.framework.aggregates}
        self.numbers = Draws(self.sources, parts, rows, seed)
        errors = errors_of(result.framework, uncertainty.noise)
        self.alternatives = Alternatives(result, errors=errors, year=year)
        self.units = units_of(result.stages["normalised"], year)
        nominal = prepare(result, year)
        self.scores = nominal.nominal()
        self.reference: Ranks = rank_rows(self.scores[None])[0]
        self.options = {source.kind: source.options for source in self.sources if source.options}

    def play(self, runs: Rows) -> Iterator[tuple[Rows, Ranks]]:
        """Yield numbers of runs and the ranks of the units in them, block by block."""
        done = 0
        noise = self.numbers.noise_rows(runs)
        drawn = 0 if noise is None else self.alternatives.source.size
        with progress.task(Note("note.progress_draws", n=len(runs)), total=len(runs)) as tell:
            for combination, members in _draws.groups(runs, self.numbers.choices(runs)):
                chosen = {kind: self.options[kind][code] for kind, code in combination.items()}
                if noise is not None:
                    members = members[np.argsort(noise[members], kind="stable")]
                for block in _draws.blocks(members, len(self.units), drawn):
                    yield block, self._ranks(runs, block, chosen, noise)
                    done += len(block)
                    tell(done)

    def _ranks(self, runs: Rows, block: Rows, chosen: Mapping[str, Any], noise: Rows | None) -> Ranks:
        rows = None if noise is None else noise[block]
        prepared = self.alternatives.prepared(chosen) if rows is None else self._noisy(chosen, rows)
        return prepared.ranks(self._weights(prepared, runs[block]))

    def _noisy(self, chosen: Mapping[str, Any], rows: Rows) -> Prepared:
        distinct, which = np.unique(rows, return_inverse=True)
        shape = self.alternatives.source.shape
        noise = np.stack([self.numbers.noise(int(row), shape) for row in distinct])
        found = self.alternatives.noisy(chosen, noise)
        weights = {p: w if w.ndim == 1 else w[:, which] for p, w in found.weights.items()}
        return Prepared(found.values[:, :, which], found.tree, weights, found.rows)

    def _weights(self, prepared: Prepared, runs: Rows) -> dict[str, Floats]:
        found = {}
        for parent, base in prepared.weights.items():
            uniform = self.numbers.uniform.get(parent)
            if uniform is None:
                each = base[:, None] if base.ndim == 1 else base
                found[parent] = np.broadcast_to(each, (len(base), len(runs)))
                continue
            drawn = uniform[runs[:, self.numbers.column[parent]]]
            if self.uncertainty.dirichlet is not None:
                found[parent] = _draws.dirichlet_weights(base, drawn, self.uncertainty.dirichlet)
            else:
                found[parent] = _draws.spread_weights(base, drawn, self.uncertainty.spread)
        return found

    def chosen(self, runs: Rows) -> dict[str, Any]:
        """What each run chooses, in words."""
        codes = self.numbers.choices(runs)
        words = {kind: [_word(option) for option in self.options[kind]] for kind in codes}
        return {kind: np.array(words[kind], object)[codes[kind]] for kind in codes}


def _table(game: _Game, tally: Tally, interval: float) -> pd.DataFrame:
    tail = (1 - interval) / 2
    low, high = tally.quantile(tail), tally.quantile(1 - tail)
    chances = np.nan_to_num(tally.chances())
    n = len(game.units)
    ranked = game.reference > 0
    table = pd.DataFrame(
        {
            "unit": game.units,
            "rank": _whole(np.where(ranked, game.reference, np.nan)),
            "score": game.scores,
            "rank_mean": tally.mean(),
            "rank_median": tally.median(),
            "rank_low": _whole(low),
            "rank_high": _whole(high),
            "rank_best": _whole(tally.quantile(0.0)),
            "rank_worst": _whole(tally.quantile(1.0)),
            "keeps_rank": np.where(ranked, chances[np.arange(n), game.reference - 1], np.nan),
        }
    )
    tiers = game.result.tiers
    if tiers is None:
        return table
    tier = _of_year(tiers, game).to_numpy(np.float64, na_value=np.nan)
    of_rank = _tiers_of_ranks(tier, n)
    known = ranked & ~np.isnan(tier)
    kept = [chances[i, of_rank == tier[i]].sum() if known[i] else np.nan for i in range(n)]
    ends = [
        np.array([of_rank[int(r) - 1] if r > 0 else np.nan for r in np.nan_to_num(end)])
        for end in (low, high)
    ]
    table.insert(3, "tier", _whole(tier))
    spans = (ends[0] != tier) | (ends[1] != tier)
    return table.assign(
        keeps_tier=kept,
        tier_low=_whole(ends[0]),
        tier_high=_whole(ends[1]),
        spans_border=pd.Series(spans, dtype="boolean").where(known),
    )


def _of_year(values: pd.Series, game: _Game) -> pd.Series:
    return values.iloc[rows_of(game.result.stages["normalised"], game.year)]


def _tiers_of_ranks(tier: Floats, n: int) -> Floats:
    """Tier of every rank: as many units in each as in the index; NaN beyond the last."""
    of_rank = np.full(n, np.nan)
    ordered = np.sort(tier[~np.isnan(tier)])
    of_rank[: ordered.size] = ordered
    if ordered.size:
        of_rank[ordered.size :] = ordered[-1]
    return of_rank


def _whole(values: Floats) -> Any:
    return pd.Series(values).astype("Int64").array if np.isnan(values).any() else values.astype(np.int64)


def _word(option: Any) -> Any:
    if isinstance(option, Normalisation):
        return option.method
    return ("none", "treated")[option] if isinstance(option, bool) else option
