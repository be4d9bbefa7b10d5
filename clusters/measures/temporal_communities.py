"""Communities over the years: which one continues which, and what happened to the others (S9).

Communities found anew each year carry arbitrary numbers. Those of successive years are matched one
to one so that the Jaccard indices (members in common over members of either) of the matched pairs
sum to the most; a pair below the threshold is no match. What is left over tells the events:

==============  ==================================================================================
event           meaning
==============  ==================================================================================
continuation    matched, with as many members as the year before
growth          matched, with more
contraction     matched, with fewer
split           unmatched and new, with at least the threshold of its members from one community of
                the year before: it broke off from it
birth           unmatched and new, from no such community
merge           unmatched and gone, with at least the threshold of its members in one community of
                the year: it went up in it
death           unmatched and gone, into no such community
==============  ==================================================================================

A small community that joins a large one changes the large one little: their Jaccard index is small,
yet it is a merger. Hence the share of its own members for splits and mergers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from clusters.measures import _agreement
from clusters.measures._kernels import by_size

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Memberships = Mapping[int, pd.Series]
EVENTS = ("continuation", "growth", "contraction", "split", "birth", "merge", "death")
THRESHOLD = 0.3
NAN = float("nan")


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far the communities of two years agree about the organisations there in both."""

    organisations: int
    nmi: float
    """Normalised mutual information, 2 I/(H1 + H2): 0 to 1, 1 for the same communities."""
    ari: float
    """Adjusted Rand index: 1 for the same communities, 0 on average by chance."""


def agreement(before: pd.Series, after: pd.Series) -> Agreement:
    """Compare the communities of two years.

    Parameters
    ----------
    before, after
        Community of each organisation, by its id.

    Returns
    -------
    Agreement
        Over the organisations in both. Both indices are 1 where neither year divides them, NaN
        where there are none.

    References
    ----------
    Danon et al. 2005 (normalised mutual information); Hubert, Arabie 1985 (adjusted Rand index).

    Examples
    --------
    >>> before = pd.Series({"a": 0, "b": 0, "c": 1, "d": 1})
    >>> agreement(before, pd.Series({"a": 5, "b": 5, "c": 7, "d": 7, "e": 7}))
    Agreement(organisations=4, nmi=1.0, ari=1.0)
    """
    both = before.index.intersection(after.index)
    one, other = (pd.factorize(side.loc[both])[0].astype(np.int64) for side in (before, after))
    return Agreement(
        len(both),
        _agreement.normalised_mutual_information(one, other),
        _agreement.adjusted_rand_index(one, other),
    )


def timeline(memberships: Memberships, *, threshold: float = THRESHOLD) -> pd.DataFrame:
    """Follow communities through the years and name what happened to them.

    Parameters
    ----------
    memberships
        Year -> community of each organisation, by its id; years ascending.
    threshold
        Least Jaccard index of a match, and least share of its own members for a split or a merger;
        above 0, at most 1.

    Returns
    -------
    DataFrame
        One row per year and community: ``year``, ``community`` (a number that a matched community
        keeps through the years; those of the first year from 0 by falling size, later ones as they
        come), ``members``, ``matched_to`` (the community of the year before that it continues or broke
        off from; of one that is gone, the one it went up in), ``shared_members`` with it,
        ``jaccard`` and ``event``. A community that is gone has one row with 0 members in the year after
        its last. Null in the first year, and where there is no counterpart.

    References
    ----------
    Kuhn 1955 (assignment); Greene, Doyle, Cunningham 2010 (Jaccard index, threshold 0.3); Palla,
    Barabasi, Vicsek 2007 (events).

    Examples
    --------
    >>> before = pd.Series({"a": 0, "b": 0, "c": 0, "d": 0, "e": 0})
    >>> after = pd.Series({"a": 0, "b": 0, "c": 0, "d": 1, "e": 1, "f": 2})
    >>> timeline({2021: before, 2022: after})[["community", "members", "event"]].values.tolist()
    [[0, 5, None], [0, 3, 'contraction'], [1, 2, 'split'], [2, 1, 'birth']]
    """
    if not 0 < threshold <= 1:
        raise ValueError(f"threshold must lie above 0 and not above 1, not {threshold}")
    parts = [_Rows.first(year, size) for year, size in _sizes(memberships)[:1]]
    numbered = tracked(memberships, threshold=threshold)
    for before, year in pairwise(memberships):
        parts.append(_step(year, numbered[before], numbered[year], threshold))
    return _Rows.table(parts)


def tracked(memberships: Memberships, *, threshold: float = THRESHOLD) -> dict[int, pd.Series]:
    """Number communities so that those matched from year to year keep their number.

    Parameters
    ----------
    memberships, threshold
        As in ``timeline``.

    Returns
    -------
    dict
        Year -> number of the community of each organisation, by its id.

    Examples
    --------
    >>> years = {2021: pd.Series({"a": 4, "b": 4, "c": 7}), 2022: pd.Series({"c": 0, "a": 1, "b": 1, "d": 2})}
    >>> [one.tolist() for one in tracked(years).values()]
    [[0, 0, 1], [1, 0, 0, 2]]
    """
    found: dict[int, pd.Series] = {}
    known, following = None, 0
    for year, membership in memberships.items():
        codes = by_size(pd.factorize(membership)[0].astype(np.int64))
        new = pd.Series(codes, index=membership.index, name="community")
        count = int(codes.max(initial=-1)) + 1
        number = np.full(count, -1, dtype=np.int64)
        if known is not None:
            overlap = _Overlap.of(known, new)
            one, other = overlap.matches(threshold)
            number[overlap.after_names[other]] = overlap.before_names[one]
        fresh = number < 0
        number[fresh] = following + np.arange(int(fresh.sum()))
        following += int(fresh.sum())
        known = found[year] = pd.Series(number[codes], index=membership.index, name="community")
    return found


def moves(before: pd.Series, after: pd.Series) -> pd.DataFrame:
    """Count how many members each community of one year shares with each of another.

    Returns
    -------
    DataFrame
        ``community``, ``next_community``, ``shared_members``, for pairs that share any.

    Examples
    --------
    >>> moves(pd.Series({"a": 0, "b": 0}), pd.Series({"a": 0, "b": 1, "c": 1})).values.tolist()
    [[0, 0, 1], [0, 1, 1]]
    """
    overlap = _Overlap.of(before, after)
    return pd.DataFrame(
        {
            "community": overlap.before_names[overlap.one],
            "next_community": overlap.after_names[overlap.other],
            "shared_members": overlap.shared,
        }
    )


@dataclass(frozen=True, eq=False)
class _Overlap:
    """Communities of two years, and the pairs of them with members in common."""

    before_names: Ints
    after_names: Ints
    before_size: Ints
    after_size: Ints
    one: Ints
    other: Ints
    shared: Ints

    @classmethod
    def of(cls, before: pd.Series, after: pd.Series) -> _Overlap:
        (before_names, one, before_size), (after_names, other, after_size) = (
            np.unique(side.to_numpy(), return_inverse=True, return_counts=True) for side in (before, after)
        )
        at = after.index.get_indexer(before.index)
        there = at >= 0
        cell = one[there].astype(np.int64) * max(after_names.size, 1) + other[at[there]]
        cells, count = np.unique(cell, return_counts=True)
        pairs = (*np.divmod(cells, max(after_names.size, 1)), count)
        return cls(before_names, after_names, before_size, after_size, *pairs)

    @property
    def jaccard(self) -> Floats:
        """Members in common over members of either, of each pair."""
        either = self.before_size[self.one] + self.after_size[self.other] - self.shared
        return np.asarray(self.shared / either)

    def matches(self, threshold: float) -> tuple[Ints, Ints]:
        """Match communities one to one; the Jaccard indices of the pairs sum to the most."""
        value = self.jaccard
        likely = value >= threshold
        one, other, value = self.one[likely], self.other[likely], value[likely]
        # Most have one possible partner each; only the others need the assignment.
        only = (np.bincount(one)[one] == 1) & (np.bincount(other)[other] == 1) if one.size else likely[:0]
        rows, row = np.unique(one[~only], return_inverse=True)
        columns, column = np.unique(other[~only], return_inverse=True)
        chosen = (one[only], other[only])
        if rows.size:
            from scipy.optimize import linear_sum_assignment

            cells = np.zeros((rows.size, columns.size))
            cells[row, column] = value[~only]
            a, b = linear_sum_assignment(cells, maximize=True)
            kept = cells[a, b] > 0
            chosen = (np.r_[chosen[0], rows[a[kept]]], np.r_[chosen[1], columns[b[kept]]])
        return chosen

    def closest(self, side: str, threshold: float) -> tuple[dict[int, int], Ints]:
        """For each community of a side, the pair with most of its members, if there are enough of them."""
        own = self.one if side == "before" else self.other
        size = (self.before_size if side == "before" else self.after_size)[own]
        enough = np.flatnonzero(self.shared >= threshold * size - 1e-12)
        order = enough[np.lexsort((-self.jaccard[enough], -self.shared[enough], own[enough]))]
        _, first = np.unique(own[order], return_index=True)
        return {int(own[pair]): int(pair) for pair in order[first]}, own


@dataclass(frozen=True)
class _Rows:
    """Rows of one year of the timeline."""

    year: int
    community: Ints
    members: Ints
    matched_to: Floats
    shared: Floats
    jaccard: Floats
    event: list[str | None]

    @classmethod
    def first(cls, year: int, sizes: Ints) -> _Rows:
        nothing = np.full(sizes.size, NAN)
        return cls(year, np.arange(sizes.size), sizes, nothing, nothing, nothing, [None] * sizes.size)

    @staticmethod
    def table(parts: list[_Rows]) -> pd.DataFrame:
        def joined(name: str) -> Floats:
            return np.concatenate([getattr(p, name) for p in parts] or [np.empty(0)])

        years = [p.year for p in parts for _ in range(p.community.size)]
        return pd.DataFrame(
            {
                "year": np.array(years, dtype=np.int64),
                "community": joined("community").astype(np.int64),
                "members": joined("members").astype(np.int64),
                "matched_to": pd.Series(joined("matched_to")).astype("Int64"),
                "shared_members": pd.Series(joined("shared")).astype("Int64"),
                "jaccard": joined("jaccard"),
                "event": pd.Series([event for p in parts for event in p.event], dtype=object),
            }
        )


def _sizes(memberships: Memberships) -> list[tuple[int, Ints]]:
    """Return the sizes of the communities of each year, falling."""
    return [(year, -np.sort(-np.unique(m, return_counts=True)[1])) for year, m in memberships.items()]


def _step(year: int, before: pd.Series, after: pd.Series, threshold: float) -> _Rows:
    """Name what happened between two years, in which matched communities have the same number."""
    overlap = _Overlap.of(before, after)
    kept = {int(name): i for i, name in enumerate(overlap.before_names)}
    pair_of = {(int(a), int(b)): k for k, (a, b) in enumerate(zip(overlap.one, overlap.other, strict=True))}
    jaccard = overlap.jaccard
    from_one, _ = overlap.closest("after", threshold)
    into_one, _ = overlap.closest("before", threshold)
    rows: list[tuple[int, int, int | None, int | None, float, str]] = []

    def row(name: int, members: int, pair: int | None, other: Ints, event: str) -> None:
        if pair is None:
            rows.append((name, members, None, None, NAN, event))
        else:
            rows.append((name, members, int(other[pair]), int(overlap.shared[pair]), jaccard[pair], event))

    names_before, names_after = overlap.before_names[overlap.one], overlap.after_names[overlap.other]
    for i, name in enumerate(overlap.after_names.tolist()):
        size = int(overlap.after_size[i])
        if name in kept:
            old = int(overlap.before_size[kept[name]])
            event = "growth" if size > old else "contraction" if size < old else "continuation"
            row(name, size, pair_of[kept[name], i], names_before, event)
        else:
            row(name, size, from_one.get(i), names_before, "split" if i in from_one else "birth")
    there = set(overlap.after_names.tolist())
    for i, name in enumerate(overlap.before_names.tolist()):
        if name not in there:
            row(name, 0, into_one.get(i), names_after, "merge" if i in into_one else "death")
    rows.sort(key=lambda r: r[0])
    columns = list(zip(*rows, strict=True)) or [()] * 6
    matched, together = (np.array([NAN if x is None else x for x in columns[c]], float) for c in (2, 3))
    return _Rows(
        year,
        np.array(columns[0], np.int64),
        np.array(columns[1], np.int64),
        matched,
        together,
        np.array(columns[4], float),
        [str(event) for event in columns[5]],
    )
