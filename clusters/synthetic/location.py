"""Where each organisation sits, so that technology flows between places as the tables print.

Sample enterprises, platforms, universities, institutes and new organisations fill given
numbers of seats in each city. The other partners are free: one after the other, by
descending number of technology relations, each goes where its relations fill the largest
gaps of the flow matrix, and a few sweeps of single moves mend what is left.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clusters import places
from clusters.synthetic import anchors, flows, quotas
from clusters.synthetic.draws import Draws
from clusters.synthetic.growth import IN, OUT, Growth
from clusters.synthetic.kinds import FOREIGN, INSTITUTE, INVESTOR, NEW, TECHNOLOGY, UNIVERSITY, Kinds
from clusters.synthetic.recipe import Recipe
from clusters.synthetic.rounding import IntVector, largest_remainder
from clusters.synthetic.targets import Targets, printed

_STAGE = 3
_SWEEPS = 6
_SWAPS = 20
_MARGINS = 4
"""A gap in the sum of a row or column counts this many times less than one in a cell."""
_PRINTED_FIRST = 5
"""Weight of a gap in a cell that Table 8 or 9 prints against one in any other cell."""
_SEATED = {
    UNIVERSITY: quotas.university_quota,
    INSTITUTE: quotas.institute_quota,
    NEW: quotas.new_organisation_quota,
}


@dataclass(frozen=True)
class Location:
    """City and country of each organisation; a foreign one has no city."""

    city: list[str]
    country: list[str]

    @property
    def province(self) -> list[str]:
        """Province of each organisation, empty for a foreign one."""
        owner = {c: p for p in places.provinces(mainland=True) for c in places.cities(p)}
        return [owner.get(c, "") for c in self.city]


def locate(growth: Growth, kinds: Kinds, targets: Targets, recipe: Recipe, seed: int) -> Location:
    """Place the sample enterprises, then the partners."""
    return _Locator(growth, kinds, targets, recipe, seed).run()


class _Locator:
    def __init__(self, growth: Growth, kinds: Kinds, targets: Targets, recipe: Recipe, seed: int) -> None:
        self.g, self.k, self.t, self.r = growth, kinds, targets, recipe
        self.draws = Draws(seed, _STAGE)
        self.units = flows.units()
        self.shares = flows.flow_shares()
        self.n_units = len(self.units.names)
        n = growth.n_sample + growth.n_partner
        self.city = [""] * n
        self.country = [anchors.CHINA] * n
        self.foreign = np.zeros(n, bool)
        self.foreign[growth.n_sample :] = kinds.partner_type == FOREIGN
        counted = (kinds.kind == TECHNOLOGY) & ~self.foreign[growth.source] & ~self.foreign[growth.target]
        self.source, self.target = growth.source[counted], growth.target[counted]
        self.out = np.bincount(self.source, minlength=n)
        self.into = np.bincount(self.target, minlength=n)
        self.unit = np.full(n, -1, np.int64)
        self.importance = np.where(flows.printed_cells(), _PRINTED_FIRST, 1)

    def run(self) -> Location:
        self._seat_sample()
        self._seat_foreign()
        self._seat_partners()
        return Location(self.city, self.country)

    # -- sample enterprises --------------------------------------------------------------

    def _seat_sample(self) -> None:
        n = self.g.n_sample
        leavers = sorted(self.g.leavers)
        staying = [s for s in range(n) if s not in self.g.leavers]
        platforms = [s for s in staying if self.g.platform[s]]
        others = [s for s in staying if not self.g.platform[s]]
        at_platforms = quotas.platform_quota()
        seats_platforms = quotas.scaled(at_platforms, len(platforms))
        everyone = quotas.scaled(quotas.sample_quota(), len(staying), floor=quotas.tally(seats_platforms))
        rest = quotas.tally(everyone)
        for city in seats_platforms:
            rest[city] -= 1
        gap = np.stack(
            [self.shares.sum(axis=1) * self.out[:n].sum(), self.shares.sum(axis=0) * self.into[:n].sum()]
        )
        fixed = self._hub_cities()
        for members, seats in ((platforms, quotas.tally(seats_platforms)), (others, rest)):
            self._seat_group(members, seats, gap, fixed)
        for s in leavers:
            self._put(s, "北京市")

    def _hub_cities(self) -> dict[int, str]:
        names = printed(3)["name_zh"]
        return {i: anchors.HUB_CITIES[name] for i, name in enumerate(names)} if self.t.pinned else {}

    def _seat_group(
        self, members: list[int], seats: dict[str, int], gap: NDArray[np.float64], fixed: dict[int, str]
    ) -> None:
        """Seat enterprises by descending degree where much is missing and a seat is free."""
        load = np.stack([self.out, self.into])
        for s in members:
            if s in fixed and seats.get(fixed[s], 0):
                seats[fixed[s]] -= 1
                self._put(s, fixed[s])
                gap[:, self.unit[s]] -= load[:, s]
        free = self._free_seats(seats)
        for s in sorted((s for s in members if not self.city[s]), key=lambda s: (-int(load[:, s].sum()), s)):
            open_ = [u for u, cities in free.items() if cities]
            left = (gap[:, open_] - load[:, [s]]).min(axis=0)  # what the unit still misses afterwards
            weights = np.maximum(left, 0.0).tolist()
            unit = open_[self.draws.weighted(weights) if sum(weights) > 0 else int(np.argmax(left))]
            self._put(s, self._take(free[unit]))
            gap[:, unit] -= load[:, s]
        self._balance([s for s in members if s not in fixed], load, gap)

    def _balance(self, members: list[int], load: IntVector, gap: NDArray[np.float64]) -> None:
        """Let pairs of enterprises change seats as long as that brings the places nearer to their flows."""
        if len(members) < 2:
            return
        gaps, loads = gap.T.tolist(), load.T.tolist()
        for _ in range(_SWAPS * len(members)):
            a, b = members[self.draws.below(len(members))], members[self.draws.below(len(members))]
            here, there = int(self.unit[a]), int(self.unit[b])
            if here == there:
                continue
            gain = 0.0
            for way in (OUT, IN):
                change = loads[a][way] - loads[b][way]
                gain += change * (gaps[there][way] - gaps[here][way] - change)
            if gain > 0:
                for way in (OUT, IN):
                    change = loads[a][way] - loads[b][way]
                    gaps[here][way] += change
                    gaps[there][way] -= change
                city = self.city[a]
                self._put(a, self.city[b])
                self._put(b, city)
        gap[:] = np.array(gaps).T

    def _free_seats(self, seats: dict[str, int]) -> dict[int, list[str]]:
        free: dict[int, list[str]] = {}
        for city in places.order(seats):
            free.setdefault(self.units.of_city(city), []).extend([city] * seats[city])
        return free

    def _take(self, cities: list[str]) -> str:
        i = self.draws.below(len(cities))
        cities[i], cities[-1] = cities[-1], cities[i]
        return cities.pop()

    def _put(self, node: int, city: str) -> None:
        self.city[node] = city
        self.unit[node] = self.units.of_city(city)

    # -- partners ------------------------------------------------------------------------

    def _seat_foreign(self) -> None:
        names, weights = list(anchors.COUNTRIES), list(map(float, anchors.COUNTRIES.values()))
        first = self.g.n_sample
        for j, type_ in enumerate(self.k.partner_type.tolist()):
            abroad = type_ == FOREIGN or (type_ == INVESTOR and self.draws.one() < self.r.foreign_investors)
            if abroad:
                self.country[first + j] = names[self.draws.weighted(weights)]
                self.foreign[first + j] = True
        if self.t.pinned:
            for j, name in enumerate(printed(4)["name_zh"]):
                self.country[first + j] = anchors.STARS[name].country

    def _seat_partners(self) -> None:
        first, n = self.g.n_sample, self.g.n_sample + self.g.n_partner
        total = self.source.size
        aim = largest_remainder(self.shares.ravel(), total).reshape(self.n_units, self.n_units)
        within = (self.source < first) & (self.target < first)
        self.gap = aim
        np.subtract.at(self.gap, (self.unit[self.source[within]], self.unit[self.target[within]]), 1)
        self.gap_rows, self.gap_columns = aim.sum(axis=1), aim.sum(axis=0)
        self.ties = self._ties(~within)
        degree = self.out + self.into
        order = sorted(range(first, n), key=lambda p: (-degree[p], p))
        seated = self._seat_typed(order)
        free = [p for p in order if degree[p] and not seated[p - first] and not self.foreign[p]]
        for p in free:
            self._move(p, self._best(p))
        for _ in range(_SWEEPS):
            if not self._sweep(free):
                break
        self._seat_idle([p for p in order if not degree[p] and not seated[p - first] and not self.foreign[p]])
        for p in free:
            self.city[p] = self._city_in(int(self.unit[p]))

    def _ties(self, rows: NDArray[np.bool_]) -> dict[int, list[tuple[int, int, int]]]:
        """Return the units each partner is tied to: unit, direction as the enterprise sees it, relations."""
        first = self.g.n_sample
        found: dict[int, dict[tuple[int, int], int]] = {}
        for a, b in zip(self.source[rows].tolist(), self.target[rows].tolist(), strict=True):
            partner, key = (b, (int(self.unit[a]), OUT)) if a < first else (a, (int(self.unit[b]), IN))
            here = found.setdefault(partner, {})
            here[key] = here.get(key, 0) + 1
        return {p: [(u, d, m) for (u, d), m in ties.items()] for p, ties in found.items()}

    def _score(self, partner: int) -> NDArray[np.int64]:
        """Return how much of the gaps a partner would fill in each unit."""
        score = np.zeros(self.n_units, np.int64)
        for unit, direction, relations in self.ties.get(partner, ()):
            if direction == OUT:
                score += relations * (self.importance[unit] * self.gap[unit] + self.gap_columns // _MARGINS)
            else:
                score += relations * (
                    self.importance[:, unit] * self.gap[:, unit] + self.gap_rows // _MARGINS
                )
        return score

    def _best(self, partner: int) -> int:
        score = self._score(partner)
        best = np.flatnonzero(score == score.max())
        return int(best[self.draws.below(best.size)])

    def _move(self, partner: int, unit: int) -> None:
        """Take a partner out of its unit, if it has one, and put it into another (-1: none)."""
        for old, sign in ((int(self.unit[partner]), 1), (unit, -1)):
            if old >= 0:
                for own, direction, relations in self.ties.get(partner, ()):
                    row, column = (own, old) if direction == OUT else (old, own)
                    self.gap[row, column] += sign * relations
                    self.gap_rows[row] += sign * relations
                    self.gap_columns[column] += sign * relations
        self.unit[partner] = unit

    def _seat_typed(self, order: list[int]) -> NDArray[np.bool_]:
        """Seat pinned partners, universities, institutes and new organisations."""
        first = self.g.n_sample
        types = self.k.partner_type
        seated = np.zeros(self.g.n_partner, bool)
        seats = {
            type_: quotas.tally(quotas.scaled(quota(), int((types == type_).sum())))
            for type_, quota in _SEATED.items()
        }
        if self.t.pinned:
            for j, name in enumerate(printed(4)["name_zh"]):
                star = anchors.STARS[name]
                if star.city:
                    self._move(first + j, self.units.of_city(star.city))
                    self.city[first + j] = star.city
                    seated[j] = True
                    if int(types[j]) in seats:
                        seats[int(types[j])][star.city] -= 1
        for type_, open_ in seats.items():
            self._seat_by_gap(
                [p for p in order if types[p - first] == type_ and not seated[p - first]], open_
            )
            seated |= types == type_
        return seated

    def _seat_by_gap(self, partners: list[int], seats: dict[str, int]) -> None:
        free = self._free_seats(seats)
        for p in partners:
            open_ = [u for u, cities in free.items() if cities]
            score = self._score(p)[open_]
            best = [u for u, value in zip(open_, score.tolist(), strict=True) if value == score.max()]
            unit = best[self.draws.below(len(best))]
            self._move(p, unit)
            self.city[p] = self._take(free[unit])

    def _sweep(self, free: list[int]) -> bool:
        changed = False
        for partner in self.draws.shuffled(free):
            old = int(self.unit[partner])
            self._move(partner, -1)
            score = self._score(partner)
            better = int(np.argmax(score))
            new = better if score[better] > score[old] else old
            self._move(partner, new)
            changed |= new != old
        return changed

    def _seat_idle(self, partners: list[int]) -> None:
        """Seat partners without technology relations, which no table looks at."""
        weights = (self.shares.sum(axis=0) + self.shares.sum(axis=1)).tolist()
        for p in partners:
            self._put(p, self._city_in(self.draws.weighted(weights)))

    def _city_in(self, unit: int) -> str:
        name = self.units.names[unit]
        if places.place(name) is not None and name not in quotas.MAIN_CITIES:
            return name
        province = self.units.provinces[unit]
        named = flows.SPLIT.get(province, ())
        weights = {c: w for c, w in quotas.city_weights(province).items() if c not in named}
        return list(weights)[self.draws.weighted(list(weights.values()))]
