"""Pairs of names that may be one organisation, among many names, without comparing all of them.

Names meet in *blocks*: one core, one beginning, the same words in another order, initials and what
they may stand for, a name in the brackets of another. Spellings that are close meet over *rare
grams*: names that share two of the runs of three letters (two Chinese characters) that the fewest
names have. What meets is compared (``matching.compare``); nothing is merged.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from clusters.names import matching
from clusters.names.features import NameFeatures, features
from clusters.names.matching import Match

_LARGEST = 60
"""Of a larger block all names are compared with that many, those of the most rows."""
_MOST_PAIRS = 6_000_000
"""So many pairs that share a rare gram are looked at, from the rarest gram on."""
_RATIO = 82.0
"""Least ratio of whole cores at which names that share rare grams are compared in full."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two names by position, the first of them to be replaced."""

    variant: int
    suggested: int
    match: Match


@dataclass(frozen=True)
class Found:
    """All pairs at or above a score, with what the names are made of."""

    pairs: list[Pair]
    parts: list[NameFeatures]
    cut: int
    """Blocks too large to compare all names with each other."""


def find(
    names: Sequence[str],
    *,
    rows: Sequence[int] | None = None,
    places: Sequence[Mapping[str, str]] | None = None,
    threshold: float = matching.THRESHOLD,
    branches: bool = False,
    done: Callable[[float], None] = lambda _: None,
) -> Found:
    """Find pairs of names that may be one organisation.

    Parameters
    ----------
    names
        One per organisation; two may be equal where organisations are told apart by ids.
    rows
        In how many rows each occurs: of a pair the name of more rows is suggested, then the one with a
        legal form, the longer one, the first in order of characters.
    places
        Known places of each by level (``province``, ``city``, ``country``); at any level that both
        have, different places keep a pair at or below ``matching.PLACES_DIFFER``.
    threshold
        Least score, 0 to 100.
    branches
        Also pairs of a head office and its branch, reason ``branch``.
    done
        Called with the number of names that were taken apart.

    Returns
    -------
    Found
        Pairs by falling score, then by names. A name that is short for several which are not alike
        scores at most ``matching.AMBIGUOUS`` with each. The result does not depend on the order of the
        names beyond their positions.

    Examples
    --------
    >>> found = find(["华芯科技有限公司", "华芯科技", "华光科技", "Norvik Machine Works", "NMW"])
    >>> [(pair.variant, pair.suggested, pair.match.score, pair.match.reason) for pair in found.pairs]
    [(1, 0, 97.0, 'legal_form'), (4, 3, 88.0, 'acronym')]
    """
    parts = _taken_apart(names, done)
    weight = np.zeros(len(names), np.int64) if rows is None else np.asarray(rows, np.int64)
    rank = _rank(parts, weight)
    words = Counter(word for found in parts for word in set(found.key.split()))
    blocks = _Blocks(rank)
    together = np.unique(np.concatenate([blocks.pairs(parts), _over_grams(parts)]))
    matches: dict[tuple[int, int], Match] = {}
    for one, two in _decoded(together, len(names)):
        match = matching.compare(parts[one], parts[two], words)
        if match is not None and (branches or match.reason != "branch"):
            if places is not None and _apart(places[one], places[two]):
                apart = tuple(dict.fromkeys((*match.apart, "place")))
                match = Match(min(match.score, matching.PLACES_DIFFER), match.reason, apart)
            matches[one, two] = match
    _lower_ambiguous(matches, parts)
    pairs = [
        Pair(*((one, two) if rank[one] > rank[two] else (two, one)), match)
        for (one, two), match in matches.items()
        if match.score >= threshold
    ]
    pairs.sort(key=lambda p: (-p.match.score, names[p.suggested], names[p.variant], p.suggested, p.variant))
    return Found(pairs, parts, blocks.cut)


def without_implied(pairs: Iterable[Pair]) -> list[Pair]:
    """Leave out the pairs that follow from others: a-b and b-c say a-c.

    Of the names suggested for a variant the best stays, and any other that is not itself a
    pair with one that stays.
    """
    pairs = list(pairs)
    joined = {frozenset((pair.variant, pair.suggested)) for pair in pairs}
    kept: dict[int, list[int]] = defaultdict(list)
    result = []
    for pair in pairs:
        if not any(frozenset((pair.suggested, other)) in joined for other in kept[pair.variant]):
            kept[pair.variant].append(pair.suggested)
            result.append(pair)
    return result


def _taken_apart(names: Sequence[str], done: Callable[[float], None]) -> list[NameFeatures]:
    parts = []
    for count, name in enumerate(names):
        parts.append(features(name))
        if count % 5000 == 0:
            done(count)
    return parts


def _rank(parts: Sequence[NameFeatures], rows: NDArray[np.int64]) -> NDArray[np.int64]:
    """Number names from the one to be preferred to all others."""

    def key(at: int) -> tuple[int, bool, int, str, int]:
        found = parts[at]
        return -int(rows[at]), not found.forms, -len(found.name), found.name, at

    rank = np.empty(len(parts), np.int64)
    rank[sorted(range(len(parts)), key=key)] = np.arange(len(parts))
    return rank


def _apart(one: Mapping[str, str], two: Mapping[str, str]) -> bool:
    return any(two.get(level, place) != place for level, place in one.items())


def _coded(one: NDArray[np.int64], two: NDArray[np.int64], size: int) -> NDArray[np.int64]:
    return np.minimum(one, two) * size + np.maximum(one, two)


def _decoded(pairs: NDArray[np.int64], size: int) -> Iterator[tuple[int, int]]:
    step = 1 << 18
    for start in range(0, pairs.size, step):
        one, two = np.divmod(pairs[start : start + step], size)
        yield from zip(one.tolist(), two.tolist(), strict=True)


class _Blocks:
    """Names under what they have in common."""

    def __init__(self, rank: NDArray[np.int64]) -> None:
        self.rank = rank
        self.cut = 0

    def pairs(self, parts: Sequence[NameFeatures]) -> NDArray[np.int64]:
        """Return the pairs of all blocks, coded."""
        blocks: dict[str, list[int]] = defaultdict(list)
        for at, found in enumerate(parts):
            for key in _keys(found):
                blocks[key].append(at)
        self._add_acronyms(parts, blocks)
        coded = [np.empty(0, np.int64)]
        for members in blocks.values():
            if len(members) > 1:
                coded.append(self._within(np.unique(np.array(members, np.int64))))
        return np.unique(np.concatenate(coded))

    def _within(self, members: NDArray[np.int64]) -> NDArray[np.int64]:
        members = members[np.argsort(self.rank[members], kind="stable")]
        if members.size > _LARGEST:
            self.cut += 1
        one, two = np.meshgrid(members[:_LARGEST], members, indexing="ij")
        upper = np.arange(members.size)[None, :] > np.arange(one.shape[0])[:, None]
        return _coded(one[upper], two[upper], self.rank.size)

    def _add_acronyms(self, parts: Sequence[NameFeatures], blocks: dict[str, list[int]]) -> None:
        short = {found.core for found in parts if 3 <= len(found.core) <= 8 and found.script == "latin"}
        for at, found in enumerate(parts):
            if found.script in ("latin", "other"):
                for initials in matching.acronyms(found) & short:
                    blocks[f"core {initials}"].append(at)


def _keys(found: NameFeatures) -> set[str]:
    """Return the blocks that a name is in."""
    if not found.core:
        return set()
    keys = {
        f"spelled {found.spelled}",
        f"core {found.key.replace(' ', '')}",
        f"core {found.core}",
        f"stem {found.stem}",
    }
    words = found.key.split()
    if len(words) > 1:
        keys.add(f"words {' '.join(sorted(words))}")
    return keys | {f"core {text}" for text in found.brackets}


def _over_grams(parts: Sequence[NameFeatures]) -> NDArray[np.int64]:
    """Return pairs of close spellings that share two rare grams, coded."""
    from rapidfuzz import fuzz, process

    texts = [found.key.replace(" ", "") for found in parts]
    at, gram = _grams(texts, [found.script for found in parts])
    if not at.size:
        return np.empty(0, np.int64)
    pairs, shared = np.unique(_meeting(at, gram, len(parts)), return_counts=True)
    pairs = pairs[shared >= 2]
    kept = [np.empty(0, np.int64)]
    step = 1 << 18
    for start in range(0, pairs.size, step):
        some = pairs[start : start + step]
        one, two = np.divmod(some, len(parts))
        ratio = process.cpdist(
            [texts[i] for i in one.tolist()], [texts[i] for i in two.tolist()], scorer=fuzz.ratio
        )
        kept.append(some[np.asarray(ratio) >= _RATIO])
    return np.concatenate(kept)


def _grams(texts: Sequence[str], scripts: Sequence[str]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return name and number of every gram, two Chinese characters or three letters."""
    position: dict[str, int] = {}
    at: list[int] = []
    gram: list[int] = []
    for i, text in enumerate(texts):
        size, least = (2, matching.LEAST_HAN) if scripts[i] in ("han", "mixed") else (3, matching.LEAST_LATIN)
        if len(text) >= least - 1:
            found = {text[k : k + size] for k in range(len(text) - size + 1)}
            at.extend([i] * len(found))
            gram.extend([position.setdefault(one, len(position)) for one in found])
    return np.array(at, np.int64), np.array(gram, np.int64)


def _meeting(at: NDArray[np.int64], gram: NDArray[np.int64], size: int) -> NDArray[np.int64]:
    """Return the pairs of names under each gram, rarest grams first, as many as are looked at."""
    often = np.bincount(gram)
    order = np.lexsort((at, gram))
    at = at[order]
    start = np.concatenate([[0], np.cumsum(often)])
    result = []
    total = 0
    counts = np.bincount(often)
    for n in range(2, counts.size):
        total += int(counts[n]) * n * (n - 1) // 2
        if total > _MOST_PAIRS:
            break
        if counts[n]:
            members = at[start[:-1][often == n][:, None] + np.arange(n)]
            one, two = np.triu_indices(n, 1)
            result.append(_coded(members[:, one], members[:, two], size).ravel())
    return np.concatenate(result) if result else np.empty(0, np.int64)


def _lower_ambiguous(matches: dict[tuple[int, int], Match], parts: Sequence[NameFeatures]) -> None:
    """Lower what is short for several organisations that are not alike, or is the whole name of one."""
    whole = {found.key for found in parts if found.forms - {"group"}}
    longer: dict[int, list[tuple[int, tuple[int, int]]]] = defaultdict(list)
    for pair, match in matches.items():
        if match.reason in ("short_name", "acronym", "branch") and match.score > matching.AMBIGUOUS:
            one, two = pair
            short, long = (one, two) if len(parts[one].core) < len(parts[two].core) else (two, one)
            if parts[short].key != parts[long].key:
                longer[short].append((long, pair))
    for short, expansions in longer.items():
        if parts[short].key in whole or any(
            parts[one].key != parts[two].key and (min(one, two), max(one, two)) not in matches
            for (one, _), (two, _) in combinations(expansions[:_LARGEST], 2)
        ):
            for _, pair in expansions:
                match = matches[pair]
                matches[pair] = replace(
                    match,
                    score=min(match.score, matching.AMBIGUOUS),
                    apart=tuple(dict.fromkeys((*match.apart, "ambiguous"))),
                )
