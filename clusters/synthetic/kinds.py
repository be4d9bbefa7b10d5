"""What kind each relation is and what each partner is.

Relations of investors are investments; a relation between a platform and another sample
enterprise is never technology, because Table 5 counts no other sample enterprise. Of the
rest just so many are talent or investment that the technology relations of platforms
have the printed numbers of nodes and edges (Tables 5 and 6).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clusters.synthetic import anchors
from clusters.synthetic.draws import Draws
from clusters.synthetic.growth import Growth
from clusters.synthetic.recipe import Recipe
from clusters.synthetic.rounding import IntVector, half_up
from clusters.synthetic.targets import Targets, printed

TECHNOLOGY, TALENT, INVESTMENT = 0, 1, 2
KIND_NAMES = ("technology", "talent", "investment")
TYPES = ("enterprise", "investor", "university", "institute", "new_organisation", "government", "foreign")
ENTERPRISE, INVESTOR, UNIVERSITY, INSTITUTE, NEW, GOVERNMENT, FOREIGN = range(7)
_STAGE = 2


@dataclass(frozen=True)
class Kinds:
    """Kind of each relation and type of each partner."""

    kind: IntVector
    partner_type: IntVector
    """Position in ``TYPES``."""


def assign_kinds(growth: Growth, targets: Targets, recipe: Recipe, seed: int) -> Kinds:
    """Choose partner types, then the kinds of relations."""
    types = _types(growth, targets, recipe, Draws(seed, _STAGE, 0))
    kind = np.full(growth.source.size, TECHNOLOGY, np.int64)
    source_partner, target_partner = growth.source >= growth.n_sample, growth.target >= growth.n_sample
    giver_type = np.where(source_partner, types[np.maximum(growth.source - growth.n_sample, 0)], -1)
    kind[giver_type == INVESTOR] = INVESTMENT
    within = ~source_partner & ~target_partner
    gives = np.zeros(growth.source.size, bool)
    gives[within] = growth.platform[growth.source[within]]
    takes = np.zeros(growth.source.size, bool)
    takes[within] = growth.platform[growth.target[within]]
    kind[within & gives & ~takes] = INVESTMENT
    kind[within & takes & ~gives] = TALENT
    _Platforms(growth, targets, types, kind, Draws(seed, _STAGE, 1)).mark()
    _elsewhere(growth, targets, recipe, types, kind, Draws(seed, _STAGE, 2))
    return Kinds(kind, types)


def _types(growth: Growth, targets: Targets, recipe: Recipe, draws: Draws) -> IntVector:
    """Give each partner a type; investors are known from the growth."""
    n, first = growth.n_partner, growth.n_sample
    out = np.bincount(growth.source[growth.source >= first] - first, minlength=n)
    into = np.bincount(growth.target[growth.target >= first] - first, minlength=n)
    degree = out + into
    types = np.full(n, -1, np.int64)
    types[growth.investor] = INVESTOR
    counts = {
        UNIVERSITY: targets.universities,
        INSTITUTE: targets.institutes,
        NEW: targets.new_organisations,
        GOVERNMENT: half_up(recipe.governments * targets.scale),
        FOREIGN: half_up(recipe.foreign * targets.scale),
    }
    if targets.pinned:
        for j, name in enumerate(printed(4)["name_zh"]):
            types[j] = TYPES.index(anchors.STARS[name].type)
    for type_, total in counts.items():
        total -= int((types == type_).sum())
        free = types < 0
        if type_ == GOVERNMENT:  # a government takes; it hardly ever gives technology
            free &= out == 0
        elif type_ in (UNIVERSITY, INSTITUTE):
            free &= degree >= 2
        weight = np.where(free, degree.astype(float) ** recipe.type_bias, 0.0)
        # Weighted draw without replacement: the largest u^(1/w) win.
        with np.errstate(divide="ignore"):
            key = np.where(weight > 0, np.log(1.0 - draws.many(n)) / weight, -np.inf)
        chosen = np.argsort(-key, kind="stable")[: max(total, 0)]
        types[chosen[weight[chosen] > 0]] = type_
    types[types < 0] = ENTERPRISE
    return types


class _Platforms:
    """Marks relations of platforms as not technology until Table 6 is met."""

    def __init__(
        self, growth: Growth, targets: Targets, types: IntVector, kind: IntVector, draws: Draws
    ) -> None:
        self.g, self.t, self.kind, self.draws = growth, targets, kind, draws
        n = growth.n_sample + growth.n_partner
        platform = np.zeros(n, bool)
        platform[: growth.n_sample] = growth.platform
        self.platform = platform
        self.touching = platform[growth.source] | platform[growth.target]
        self.partner = np.where(platform[growth.source], growth.target, growth.source)
        self.enterprise = np.where(platform[growth.source], growth.source, growth.target)
        self.partner_type = np.full(n, -1, np.int64)
        self.partner_type[growth.n_sample :] = types

    def mark(self) -> None:
        """Go through the years of Table 6; a relation marked for one year stays so for the next."""
        checks = [self.t.years.index(year) for year in self.t.platform_years]
        surplus = [self._nodes(c) - int(n) for c, n in zip(checks, self.t.platform_nodes, strict=True)]
        # Who is out for good is out in every later year: no more of them than any later year allows.
        for_good = [max(min(surplus[k:]), 0) for k in range(len(checks))]
        out = 0
        for k, now in enumerate(checks):
            after = checks[k - 1] if k else -1
            following = checks[min(k + 1, len(checks) - 1)]
            self._mark_single(after, now, checks[-1], for_good[k] - out)
            self._mark_early(after, now, following, surplus[k] - for_good[k])
            out = for_good[k]
            self._mark_spare(after, now, self._edges(now) - int(self.t.platform_edges[k]))

    def _counted(self, now: int) -> IntVector:
        return np.flatnonzero(self.touching & (self.kind == TECHNOLOGY) & (self.g.year <= now))

    def _edges(self, now: int) -> int:
        return int(self._counted(now).size)

    def _nodes(self, now: int) -> int:
        rows = self._counted(now)
        return int(np.unique(np.concatenate([self.g.source[rows], self.g.target[rows]])).size)

    def _firsts(self, rows: IntVector) -> NDArray[np.bool_]:
        """Tell which rows are the first of their giver or receiver, and so hold it in the network."""
        held = np.zeros(self.g.source.size, bool)
        ordered = rows[np.argsort(self.g.year[rows], kind="stable")]
        for ends in (self.g.source, self.g.target):
            both = ends[ordered]
            held[ordered[np.unique(both, return_index=True)[1]]] = True
        # An organisation may hold two rows, its first as giver and its first as receiver: one too many
        # is kept, none too few.
        return held

    def _candidates(self, after: int, now: int) -> IntVector:
        rows = self._counted(now)
        within = self.platform[self.g.source[rows]] & self.platform[self.g.target[rows]]
        rows = rows[~within]
        return rows[self.g.year[rows] > after]

    def _mark_single(self, after: int, now: int, last: int, count: int) -> None:
        """Take partners out of the network whose only technology relation it is."""
        rows = self._counted(last)
        self._mark_partners(
            after, now, rows, np.bincount(self.partner[rows], minlength=self.platform.size), count
        )

    def _mark_early(self, after: int, now: int, following: int, count: int) -> None:
        """Let partners enter later: mark the one relation they have now if another follows in time."""
        rows = self._counted(following)
        times = np.bincount(self.partner[self._counted(now)], minlength=self.platform.size)
        again = np.bincount(self.partner[rows], minlength=self.platform.size) > times
        self._mark_partners(after, now, rows, np.where(again, times, 0), count)

    def _mark_partners(self, after: int, now: int, rows: IntVector, times: IntVector, count: int) -> None:
        """Mark relations whose partner has just one (``times``), but never the first of a platform."""
        if count <= 0:
            return
        ordered = rows[np.argsort(self.g.year[rows], kind="stable")]
        firsts = np.zeros(self.g.source.size, bool)
        firsts[ordered[np.unique(self.enterprise[ordered], return_index=True)[1]]] = True
        fit = self._candidates(after, now)
        fit = fit[(times[self.partner[fit]] == 1) & ~firsts[fit] & (self.partner[fit] >= self.g.n_sample)]
        self._set(self._prefer(fit, count))

    def _mark_spare(self, after: int, now: int, count: int) -> None:
        """Take relations out whose ends stay in the network through earlier ones."""
        if count <= 0:
            return
        rows = self._counted(now)
        held = self._firsts(rows)
        fit = self._candidates(after, now)
        self._set(self._prefer(fit[~held[fit]], count))

    def _prefer(self, rows: IntVector, count: int) -> IntVector:
        """Choose rows at random, those that universities and institutes give first."""
        giving = self.g.source[rows] >= self.g.n_sample
        type_ = self.partner_type[self.partner[rows]]
        academic = np.isin(type_, (UNIVERSITY, INSTITUTE, NEW))
        other = np.where(type_ == ENTERPRISE, 1.3, 5.0)  # what others take: first of all enterprises
        suits = np.where(giving & academic, 0.0, np.where(giving, 1.0, other))
        pinned = self.partner[rows] - self.g.n_sample < self.g.stars
        key = suits + self.draws.many(rows.size) + 0.6 * pinned
        return rows[np.argsort(key, kind="stable")[:count]]

    def _set(self, rows: IntVector) -> None:
        giving = self.g.source[rows] >= self.g.n_sample
        self.kind[rows] = np.where(giving, TALENT, INVESTMENT)


def _elsewhere(
    growth: Growth, targets: Targets, recipe: Recipe, types: IntVector, kind: IntVector, draws: Draws
) -> None:
    """Choose talent and investment where Table 6 does not look: other enterprises and later years."""
    n = growth.n_sample
    checked = targets.years.index(targets.platform_years[-1])
    at_platform = np.zeros(n + growth.n_partner, bool)
    at_platform[:n] = growth.platform
    looked_at = (at_platform[growth.source] | at_platform[growth.target]) & (growth.year <= checked)
    free = ~looked_at & (kind == TECHNOLOGY)
    giver = np.where(growth.source >= n, types[np.maximum(growth.source - n, 0)], -1)
    taker = np.where(growth.target >= n, types[np.maximum(growth.target - n, 0)], -1)
    chance, luck = np.zeros(kind.size), draws.many(kind.size)
    chance[np.isin(giver, (UNIVERSITY, INSTITUTE, NEW))] = recipe.talent_academic
    chance[giver == ENTERPRISE] = recipe.talent_other
    talent = free & (luck < chance)
    kind[talent] = TALENT
    kind[free & (taker == ENTERPRISE) & (luck < recipe.investment_other)] = INVESTMENT
