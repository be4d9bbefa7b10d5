"""A network with given degrees whose links are short on a ring."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Links = tuple[Ints, Ints]
REACH = 64
"""Steps along the ring at which free ends are looked for, one by one."""
SWEEPS = 6
"""Passes of swaps over all strides; fewer where a pass swaps next to nothing."""
TRIES = 200
"""Links that a pair of ends without a place is tried against."""


def ring_links(low: Ints, high: Ints, sample: NDArray[np.bool_], random: np.random.Generator) -> Links:
    """Link nodes near to each other on a random ring, with the degrees within and across roles given.

    Parameters
    ----------
    low, high
        Distinct links without loops.
    sample
        Role of each node.
    """
    n = sample.size
    place = random.permutation(n).astype(np.int64)
    node = np.argsort(place)
    same = sample[low] == sample[high]
    free = np.zeros((2, n), np.int64)
    for end in (low, high):
        for kind in (0, 1):
            free[kind] += np.bincount(end[same == kind], minlength=n)
    free = free[:, node]
    one, other = _nearest(free, sample[node])
    one, other = node[one], node[other]
    one, other = _rest(one, other, free, node, sample, random)
    if one.size > 1:
        one, other = _nearer(n, one, other, sample, place, random)
    return one, other


def _nearest(free: Ints, sample: NDArray[np.bool_]) -> Links:
    """Link each place with the nearest ones that have ends to spare; takes these ends from ``free``."""
    n = sample.size
    found: list[Links] = []
    for step in range(1, min(n // 2, REACH) + 1):
        left = np.flatnonzero(free.any(axis=0))
        right = (left + step) % n
        if 2 * step == n:
            left, right = left[left < right], right[left < right]
        block = np.where(right < left, 2, left // step % 2)
        for number in range(3):  # within one of these no place is met twice
            a, b = left[block == number], right[block == number]
            kind = (sample[a] == sample[b]).astype(np.int64)
            fits = (free[kind, a] > 0) & (free[kind, b] > 0)
            a, b, kind = a[fits], b[fits], kind[fits]
            free[kind, a] -= 1
            free[kind, b] -= 1
            found.append((a, b))
    if not found:
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    one, other = (np.concatenate(ends) for ends in zip(*found, strict=True))
    return one, other


def _rest(
    one: Ints, other: Ints, free: Ints, node: Ints, sample: NDArray[np.bool_], random: np.random.Generator
) -> Links:
    """Link the ends that found no place nearby, through a swap with another link where need be."""
    n = node.size
    turn = ~sample[one] & sample[other]  # sample enterprises first
    one, other = np.where(turn, other, one), np.where(turn, one, other)
    role = sample[node]
    across = [np.repeat(node, np.where(role == first, free[0], 0)) for first in (True, False)]
    pairs: list[tuple[bool, bool, Ints, Ints]] = [(True, False, across[0], across[1])]
    for first in (True, False):
        ends = np.repeat(node, np.where(role == first, free[1], 0))
        pairs.append((first, first, ends[0::2], ends[1::2]))
    ones, others = one.tolist(), other.tolist()
    known = set(_key(n, one, other).tolist())
    for first, second, left, right in pairs:
        rows = np.flatnonzero((sample[one] == first) & (sample[other] == second)).tolist()
        for a, b in zip(left.tolist(), right.tolist(), strict=False):
            if a != b and _pair(n, a, b) not in known:
                ones.append(a)
                others.append(b)
                known.add(_pair(n, a, b))
                rows.append(len(ones) - 1)
                continue
            for row in random.integers(0, len(rows), TRIES).tolist() if rows else ():
                c, d = ones[rows[row]], others[rows[row]]
                new = {_pair(n, a, d), _pair(n, c, b)}
                if a != d and c != b and len(new) == 2 and not new & known:
                    known -= {_pair(n, c, d)}
                    known |= new
                    others[rows[row]] = b
                    ones.append(a)
                    others.append(d)
                    rows.append(len(ones) - 1)
                    break
    return np.array(ones, np.int64), np.array(others, np.int64)


def _nearer(
    n: int, one: Ints, other: Ints, sample: NDArray[np.bool_], place: Ints, random: np.random.Generator
) -> Links:
    """Swap second ends until links are short on the ring.

    Links are compared with those that begin further and further along the ring, again and again.
    """
    group = 2 * sample[one].astype(np.int64) + sample[other]
    mixed_roles = group == 2  # sample enterprises stand first
    for _ in range(SWEEPS):
        swapped = 0
        for stride in _strides(one.size):
            # Ends of the same role may stand either way round.
            turn = ~mixed_roles & (random.random(one.size) < 0.5)
            one, other = np.where(turn, other, one), np.where(turn, one, other)
            order = np.lexsort((place[other], place[one], group))
            for first in (0, stride):
                one, other, done = _swap(n, one, other, group, place, order, first, stride)
                swapped += done
        if swapped < one.size * 1e-3:
            break
    return one, other


def _strides(size: int) -> list[int]:
    """Halving distances at which links are compared, as in Shell's way of sorting."""
    found, stride = [], size // 2
    while stride > 0:
        found.append(stride)
        stride //= 2
    return found


def _swap(
    n: int, one: Ints, other: Ints, group: Ints, place: Ints, order: Ints, first: int, stride: int
) -> tuple[Ints, Ints, int]:
    """Swap the second ends of links a stride apart, where both come nearer to their first ends."""
    at = np.arange(first, order.size - stride)
    at = at[(at - first) // stride % 2 == 0]
    a, b = order[at], order[at + stride]
    keep = group[a] == group[b]
    a, b = a[keep], b[keep]
    before = _apart(n, place, one[a], other[a]) + _apart(n, place, one[b], other[b])
    after = _apart(n, place, one[a], other[b]) + _apart(n, place, one[b], other[a])
    better = (after < before) & (one[a] != other[b]) & (one[b] != other[a])
    a, b = a[better], b[better]
    new = np.r_[_key(n, one[a], other[b]), _key(n, one[b], other[a])]
    # Neither a link that is there nor one that another swap of this round makes.
    values, position, count = np.unique(new, return_inverse=True, return_counts=True)
    fresh = ((count == 1) & ~np.isin(values, _key(n, one, other)))[position]
    fine = fresh[: a.size] & fresh[a.size :]
    a, b = a[fine], b[fine]
    result = other.copy()
    result[a], result[b] = other[b], other[a]
    return one, result, int(a.size)


def _apart(n: int, place: Ints, one: Ints, other: Ints) -> Ints:
    """Distance of two nodes along the ring."""
    steps = np.abs(place[one] - place[other])
    nearer: Ints = np.minimum(steps, n - steps)
    return nearer


def _key(n: int, one: Ints, other: Ints) -> Ints:
    """One number for each unordered pair."""
    key: Ints = np.minimum(one, other) * n + np.maximum(one, other)
    return key


def _pair(n: int, one: int, other: int) -> int:
    """Return the number of one unordered pair, as ``_key`` does."""
    return min(one, other) * n + max(one, other)
