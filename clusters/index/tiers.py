"""Tiers (梯队) of units by score: given borders, given sizes, or breaks that the scores suggest.

Tier 1 is the best. A unit stands in tier 1 + the number of borders above its score, so a score
equal to a border belongs to the upper tier and equal scores always share a tier. Scores are equal
where only rounding tells them apart, as when units are ranked.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from clusters.errors import DataError
from clusters.index._breaks import natural_breaks
from clusters.index._ranks import TIE
from clusters.sentences import Note

Floats = NDArray[np.float64]
NAN = float("nan")
CLASSES = 5
"""Number of tiers where none is asked for."""
HEAD = 0.4
"""Largest share of units in the head that head/tail breaks split again (Jiang 2013)."""
REST = "rest"


@dataclass(frozen=True, slots=True)
class Tiers:
    """Units in tiers, and how well the tiers part their scores."""

    tier: pd.Series
    """Tier by unit (``Int64``), 1 the best; missing for a unit without a score."""
    borders: tuple[float, ...]
    """Scores between successive tiers, descending; midway between the neighbouring scores where
    sizes or natural breaks make the tiers, minus infinity where no unit is left for the tiers below."""
    sizes: tuple[int, ...]
    """Units in each tier; 0 for one without any."""
    gap: pd.Series
    """Score minus the nearest border, by unit: close to 0 where little would change the tier. NaN
    without a border or a score."""
    goodness_of_variance_fit: float
    """1 - squares within tiers / squares in all, 0 to 1; NaN where all scores are equal."""
    ratios: tuple[float, ...]
    """Size of each tier over that of the one above: 2 or more for a pyramid. NaN above an empty one."""
    ties_moved: int
    """Units that stand in a higher tier than its size has room for, since they tie with one in it."""
    notes: tuple[Note, ...] = ()


def tiers(scores: pd.Series, method: str = "jenks", **options: Any) -> Tiers:
    """Sort units into tiers by their scores.

    Parameters
    ----------
    scores
        Score by unit, more is better; NaN is missing. Of a panel, the scores of one year.
    method
        ``thresholds``
            Borders that are given: ``thresholds``, in any order.
        ``quantiles``
            ``k`` tiers (default 5) with equal numbers of units, or borders at ``probabilities``
            such as 0.9 (the best tenth); quantiles are interpolated linearly.
        ``sizes``
            Numbers of units from the top: ``sizes``, such as 10, 10, "rest".
        ``jenks``
            Natural breaks: the ``k`` tiers (default 5) with the least variance within, exactly; or the
            fewest tiers with a goodness of variance fit of at least ``fit``.
        ``head_tail``
            Breaks at the mean, again at the mean of those above, and so on while at most ``limit``
            (default 0.4) of the units are above: for many low and few high scores.
    options
        As named above.

    Returns
    -------
    Tiers
        Tiers with their borders, sizes and fit.

    Raises
    ------
    ValueError
        An unknown method or option, an option that is missing or out of range.
    DataError
        Sizes without "rest" that do not reach the last unit. Sizes that ask for more units than there are
        leave the last tiers smaller or empty, which is said.

    References
    ----------
    Methods 2.5 step 8; Fisher 1958 and Jenks 1967 (natural breaks); Jiang 2013 (head/tail).

    Examples
    --------
    >>> scores = pd.Series([9.0, 8.0, 8.0, 3.0, 1.0], index=list("abcde"))
    >>> found = tiers(scores, "sizes", sizes=[1, 1, "rest"])
    >>> found.tier.tolist(), found.sizes, found.borders, found.ties_moved
    ([1, 2, 2, 3, 3], (1, 2, 2), (8.5, 5.5), 1)
    >>> tiers(scores, "jenks", k=2).tier.tolist()
    [1, 1, 1, 2, 2]
    """
    if method not in METHODS:
        raise ValueError(f"tiers by {method!r} are not known; use one of {', '.join(METHODS)}")
    cut, known = METHODS[method]
    for name in options:
        if name not in known:
            takes = f"it takes {', '.join(known)}"
            raise ValueError(f"tiers by {method} have no option {name!r}; {takes}")
    values = scores.astype(float)
    if np.isinf(values).any():
        raise ValueError(f"the score of {values.index[np.isinf(values)][0]} is infinite")
    there = _together(np.sort(np.asarray(values.dropna(), dtype=np.float64))[::-1])
    borders, notes = cut(there, **options) if there.size else (np.zeros(0), [])
    return _result(values, np.array(borders, dtype=float), tuple(notes), method, options)


def _result(
    values: pd.Series, borders: Floats, notes: tuple[Note, ...], method: str, options: Mapping[str, Any]
) -> Tiers:
    numbers = values.to_numpy(float)
    there = ~np.isnan(numbers)
    above = (borders[:, None] > numbers + _tie(numbers[there])).sum(axis=0) + 1
    tier = pd.Series(above, index=values.index, name="tier", dtype="Int64").where(values.notna())
    sizes = np.bincount(above[there], minlength=len(borders) + 2)[1:]
    real = borders[np.isfinite(borders)]
    away = numbers - real[:, None] if real.size else np.full((1, numbers.size), NAN)
    nearest = np.abs(np.where(there, away, 0.0)).argmin(axis=0)
    gap = pd.Series(away[nearest, np.arange(numbers.size)], index=values.index, name="border_gap")
    ratios = [after / size if size else NAN for size, after in pairwise(sizes)]
    moved = _moved(sizes, options["sizes"]) if method == "sizes" and there.any() else 0
    lacking = values.index[~there]
    said = [
        *notes,
        *([Note("note.tiers_tied", n=moved)] if moved else []),
        *([Note("note.tiers_unscored", n=len(lacking), first=_text(lacking[0]))] if len(lacking) else []),
    ]
    return Tiers(
        tier=tier,
        borders=tuple(borders.tolist()),
        sizes=tuple(sizes.tolist()),
        gap=gap,
        goodness_of_variance_fit=_fit(numbers[there], above[there]),
        ratios=tuple(float(r) for r in ratios),
        ties_moved=moved,
        notes=tuple(said),
    )


def _tie(scores: Floats) -> float:
    """Return how far apart scores may be that are equal but for rounding, as in ranks of draws."""
    return TIE * float(np.abs(scores).max(initial=0.0))


def _together(scores: Floats) -> Floats:
    """Make descending scores equal that only rounding tells apart: each takes the largest of its run."""
    new = np.concatenate([[True], -np.diff(scores) > _tie(scores)])[: scores.size]
    return scores[np.maximum.accumulate(np.where(new, np.arange(scores.size), 0))]


def _text(label: Any) -> str:
    return " ".join(map(str, label)) if isinstance(label, tuple) else str(label)


def _fit(values: Floats, tier: NDArray[np.int64]) -> float:
    """1 - squares within tiers / squares in all."""
    centred = values - values.mean() if values.size else values
    whole = float((centred**2).sum())
    if len(np.unique(values)) < 2 or whole == 0:
        return NAN
    count = np.maximum(np.bincount(tier), 1)
    within = centred - (np.bincount(tier, weights=centred) / count)[tier]
    return 1 - float((within**2).sum()) / whole


def _thresholds(scores: Floats, *, thresholds: Sequence[float] | None = None) -> tuple[Floats, list[Note]]:
    if thresholds is None or not len(thresholds):
        raise ValueError("tiers by thresholds need thresholds, such as 80, 60")
    borders = np.sort(np.array([_number(t, "thresholds") for t in thresholds]))[::-1]
    if (np.diff(borders) == 0).any():
        raise ValueError("the same threshold is given twice")
    return borders, []


def _quantiles(
    scores: Floats, *, k: int | None = None, probabilities: Sequence[float] | None = None
) -> tuple[Floats, list[Note]]:
    if k is not None and probabilities is not None:
        raise ValueError("tiers by quantiles take k or probabilities, not both")
    if probabilities is None:
        classes = _whole(CLASSES if k is None else k, "k")
        wanted = np.arange(classes - 1, 0, -1) / classes
    else:
        wanted = np.sort(np.array([_number(p, "probabilities") for p in probabilities]))[::-1]
        if not ((wanted > 0) & (wanted < 1)).all():
            raise ValueError("probabilities must lie between 0 and 1, such as 0.9")
    borders = np.unique(np.quantile(scores, wanted))[::-1]
    lost = len(wanted) - len(borders)
    return borders, [Note("note.tiers_merged", n=lost)] if lost else []


def _sizes(scores: Floats, *, sizes: Sequence[int | str] | None = None) -> tuple[Floats, list[Note]]:
    """Put a border after every wanted rank; units that tie across it go up together."""
    wanted, rest = _wanted(sizes)
    total, n = sum(wanted), len(scores)
    if total < n and not rest:
        raise DataError(
            f"the sizes of the tiers sum to {total}, but {n} units have a score",
            hint=f"end the sizes with {REST!r}",
        )
    # Ranks: the best of equal scores counts, so all that tie with the last one of a tier are in it.
    ends = np.cumsum(wanted) if rest else np.cumsum(wanted)[:-1]
    borders = [_below(scores, scores[min(end, n) - 1]) for end in ends]
    return np.array(borders), [Note("note.tiers_short", wanted=total, n=n)] if total > n else []


def _below(scores: Floats, lowest: float) -> float:
    """Return the border below a score: midway to the next lower one, minus infinity below the last."""
    lower = scores[scores < lowest]
    return _between(float(lower[0]), lowest) if lower.size else -np.inf


def _between(low: float, high: float) -> float:
    """Midway between two scores; the upper one where nothing lies between."""
    middle = low / 2 + high / 2
    return middle if middle > low else high


def _wanted(sizes: Sequence[int | str] | None) -> tuple[list[int], bool]:
    if sizes is None or isinstance(sizes, str) or not len(sizes):
        raise ValueError("tiers by sizes need sizes, such as 10, 10, 'rest'")
    rest = str(sizes[-1]).strip().lower() == REST
    numbers = [_whole(size, "sizes") for size in (sizes[:-1] if rest else sizes)]
    if not numbers:
        raise ValueError("sizes need a number before 'rest'")
    return numbers, rest


def _moved(sizes: NDArray[np.int64], asked: Sequence[int | str]) -> int:
    """Count units in a higher tier than their place in the order has by the sizes alone."""
    wanted, _ = _wanted(asked)
    by_place = np.searchsorted(np.cumsum(wanted), np.arange(sizes.sum()), side="right")
    return int((np.repeat(np.arange(len(sizes)), sizes) < by_place).sum())


def _jenks(scores: Floats, *, k: int | None = None, fit: float | None = None) -> tuple[Floats, list[Note]]:
    if k is not None and fit is not None:
        raise ValueError("tiers by jenks take k or fit, not both")
    if fit is not None and not 0 < fit < 1:
        raise ValueError(f"fit {fit} is not between 0 and 1, such as 0.9")
    values, counts = np.unique(scores, return_counts=True)
    wanted = len(values) if fit is not None else _whole(CLASSES if k is None else k, "k")
    starts, whole = np.zeros(1, dtype=np.int64), 0.0
    for starts, within in natural_breaks(values, counts):
        whole = max(whole, within)
        if len(starts) >= wanted or (fit is not None and within <= (1 - fit) * whole):
            break
    borders = [_between(float(values[s - 1]), float(values[s])) for s in starts[:0:-1]]
    short = fit is None and len(starts) < wanted
    return np.array(borders), [Note("note.tiers_distinct", wanted=wanted, n=len(values))] if short else []


def _head_tail(scores: Floats, *, limit: float = HEAD) -> tuple[Floats, list[Note]]:
    if not 0 < limit <= 1:
        raise ValueError(f"limit {limit} is not a share from 0 to 1, such as {HEAD}")
    borders: list[float] = []
    part = scores
    while part.size > 1:
        middle = float(part.mean())
        head = part[part >= middle]
        if not 0 < head.size < part.size or head.size > limit * part.size:
            break
        borders.append(middle)
        part = head
    share = float((scores >= scores.mean()).mean())
    return np.array(borders[::-1]), [] if borders else [Note("note.tiers_no_head", share=share, limit=limit)]


def _number(value: Any, name: str) -> float:
    try:
        found = float(value)
    except (TypeError, ValueError):
        found = NAN
    if not np.isfinite(found):
        raise ValueError(f"{name}: {value!r} is not a number")
    return found


def _whole(value: Any, name: str) -> int:
    found = _number(value, name)
    if found != int(found) or found < 1:
        raise ValueError(f"{name}: {value!r} is not a whole number from 1 up")
    return int(found)


METHODS: Mapping[str, tuple[Callable[..., tuple[Floats, list[Note]]], tuple[str, ...]]] = {
    "thresholds": (_thresholds, ("thresholds",)),
    "quantiles": (_quantiles, ("k", "probabilities")),
    "sizes": (_sizes, ("sizes",)),
    "jenks": (_jenks, ("k", "fit")),
    "head_tail": (_head_tail, ("limit",)),
}
"""Methods by name, with the names of their options: descending scores in, descending borders out."""
