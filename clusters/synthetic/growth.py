"""Growth of the relations, year by year: who is tied to whom, without any label yet.

Every edge has a sample enterprise at one end. In each year the sample enterprises get
their ends (places where an edge starts or arrives), and the ends find other ends: first
sample enterprises among each other, then the partners with a planned degree, then one
end for each new partner, then all that is left. The number of edges, of enterprises and
of partners is exact in every year.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clusters.synthetic.draws import Draws
from clusters.synthetic.plan import STAGE, FloatVector, Plan, make_plan
from clusters.synthetic.recipe import Recipe
from clusters.synthetic.rounding import IntVector, half_up, largest_remainder
from clusters.synthetic.targets import Targets

OUT, IN = 0, 1
_TRIES = 30
Pools = list[list[list[int]]]
"""Ends without a partner yet, as enterprise numbers: pools[platform][direction]."""


@dataclass(frozen=True)
class Growth:
    """Edges between numbered organisations: sample enterprises first, by planned rank, then partners."""

    source: IntVector
    target: IntVector
    year: IntVector
    """Position in ``Targets.years``."""
    n_sample: int
    n_partner: int
    entry: IntVector
    """Year position in which each sample enterprise enters."""
    leavers: frozenset[int]
    """Sample enterprises that leave when the sample shrinks."""
    platform: NDArray[np.bool_]
    """Over sample enterprises."""
    investor: NDArray[np.bool_]
    """Over partners: those that only ever give to sample enterprises."""
    stars: int
    """The first partners, in the order of Table 4."""


def grow(targets: Targets, recipe: Recipe, seed: int) -> Growth:
    """Grow the relations of all years."""
    plan = make_plan(targets, recipe, seed)
    ends, meetings = _Ends(targets, recipe, plan), _Meetings(targets, recipe, plan)
    investors = largest_remainder(
        targets.new_partners * np.array(recipe.investors), targets.investors, limit=targets.new_partners // 3
    )
    for y in range(targets.n_years):
        draws = Draws(seed, STAGE, y)
        pools = ends.of_year(y, draws)
        meetings.year(y, pools, links=int(ends.links[y]), investors=int(investors[y]), draws=draws)
    return meetings.result()


class _Ends:
    """Gives the enterprises their new ends of each year."""

    def __init__(self, targets: Targets, recipe: Recipe, plan: Plan) -> None:
        self.t, self.r, self.plan = targets, recipe, plan
        edges = targets.new_edges
        self.links = np.array([half_up(s * e) for s, e in zip(recipe.links, edges, strict=True)])
        self.links_platforms = np.array([half_up(recipe.links_platforms * n) for n in self.links])
        total = edges + self.links
        self.total_out = np.array([half_up(recipe.giving * n) for n in total])
        self.total_in = total - self.total_out
        at_platforms = plan.out[plan.platform].sum() + plan.into[plan.platform].sum()
        planned_links = recipe.links_planned * recipe.links_platforms * targets.edges[-1]
        touching = half_up(at_platforms - planned_links)
        self.touching = np.array([half_up(touching * part) for part in recipe.platform_growth])
        """Edges that touch a platform by each year."""
        self.got = [np.zeros(plan.n_sample, np.int64), np.zeros(plan.n_sample, np.int64)]

    def of_year(self, y: int, draws: Draws) -> Pools:
        """Return the new ends of a year, shuffled."""
        active = self.plan.entry <= y
        if y >= self.plan.leaving:
            active[list(self.plan.leavers)] = False
        first = self._first_ends(active & (self.plan.entry == y), draws)
        platforms, others = active & self.plan.platform, active & ~self.plan.platform
        split = self._split(y, int((first[OUT] + first[IN])[others].sum()), bool(others.any()))
        new = [np.zeros(self.plan.n_sample, np.int64), np.zeros(self.plan.n_sample, np.int64)]
        for group, totals in (
            (platforms, split),
            (others, (self.total_out[y] - split[0], self.total_in[y] - split[1])),
        ):
            cap = np.maximum(self.t.sample_cap - self.got[OUT] - self.got[IN], 0)
            for way, aim in ((OUT, self.plan.out), (IN, self.plan.into)):
                members = np.flatnonzero(group)
                new[way][group] = self._share(y, members, aim, way, int(totals[way]), first[way], cap, draws)
                cap = np.maximum(cap - new[way], 0)
        for way in (OUT, IN):
            self.got[way] += new[way]
        ids = np.arange(self.plan.n_sample)
        return [
            [draws.shuffled(np.repeat(ids[is_p], new[way][is_p]).tolist()) for way in (OUT, IN)]
            for is_p in (~self.plan.platform, self.plan.platform)
        ]

    def _first_ends(self, entering: NDArray[np.bool_], draws: Draws) -> tuple[IntVector, IntVector]:
        """Give every enterprise that enters at least one end, a giving or a receiving one."""
        gives = np.zeros(entering.size, np.int64)
        gives[np.flatnonzero(entering)[draws.many(int(entering.sum())) < self.r.giving]] = 1
        return gives, entering.astype(np.int64) - gives

    def _split(self, y: int, least_others: int, others: bool) -> tuple[int, int]:
        """Return the giving and receiving ends of platforms."""
        total = int(self.total_out[y] + self.total_in[y])
        touching = int(self.touching[y] - (self.touching[y - 1] if y else 0))
        at_platforms = min(touching + int(self.links_platforms[y]), total - least_others) if others else total
        out = min(half_up(self.r.giving_platforms * at_platforms), int(self.total_out[y]))
        return out, min(at_platforms - out, int(self.total_in[y]))

    def _share(
        self,
        y: int,
        members: IntVector,
        aim: FloatVector,
        way: int,
        total: int,
        floor: IntVector,
        cap: IntVector,
        draws: Draws,
    ) -> IntVector:
        """Split the ends of a group of enterprises by how far each is behind its plan."""
        goal = aim[members] * self._progress(y, members)
        # Sums of four exponential numbers: growth is uneven, but not wildly.
        noise = -np.log1p(-np.stack([draws.many(members.size) for _ in range(4)])).sum(axis=0) / 4
        weight = (np.maximum(goal - self.got[way][members], 0.0) + 1e-3) * noise
        low, high = floor[members], cap[members]
        hub = members < self.plan.hubs
        exact = np.maximum(np.floor(goal + 0.5).astype(np.int64) - self.got[way][members], 0)
        low, high = np.where(hub, exact, low), np.where(hub, exact, high)
        return largest_remainder(weight, total, floor=low, limit=high)

    def _progress(self, y: int, members: IntVector) -> FloatVector:
        """Return the part of its final degree that each enterprise should have by a year."""
        result = np.empty(members.size)
        curves = (True, np.asarray(self.r.platform_growth)), (False, self.t.edges / self.t.edges[-1])
        for is_platform, curve in curves:
            here = self.plan.platform[members] == is_platform
            power = np.concatenate([[0.0], curve**self.r.growth])
            before = power[self.plan.entry[members[here]]]
            result[here] = (power[y + 1] - before) / (1.0 - before)
        return result


class _Meetings:
    """Ties ends to each other and to partners."""

    def __init__(self, targets: Targets, recipe: Recipe, plan: Plan) -> None:
        self.t, self.r, self.plan = targets, recipe, plan
        self.edges: list[tuple[int, int]] = []
        self.years: list[int] = []
        self.pairs: set[tuple[int, int]] = set()
        self.partners_of: list[list[int]] = [[] for _ in range(plan.n_sample)]
        """Partners of each enterprise, once each."""
        self.met: list[int] = []
        """Partners once per edge: drawing from it prefers high degrees."""
        self.met_investors: list[int] = []
        """The same for investors, which only receiving ends can meet."""
        self.degree = [0] * plan.n_partner
        self.home = [-1] * plan.n_partner
        """Circle of the first enterprise each partner met."""
        self.investor = np.zeros(plan.n_partner, bool)
        self.planned_now = {j: [0, 0] for j in plan.partners}

    def year(self, y: int, pools: Pools, *, links: int, investors: int, draws: Draws) -> None:
        """Use up all ends of a year."""
        self._join_sample(y, pools, links, draws)
        self._even_out(y, pools, draws)
        self._meet_planned(y, pools, draws)
        self._meet_new(y, pools, investors, draws)
        self._meet_known(y, pools, draws)

    def result(self) -> Growth:
        """Return all that has grown."""
        edges = np.array(self.edges, np.int64).reshape(-1, 2)
        return Growth(
            source=edges[:, 0],
            target=edges[:, 1],
            year=np.array(self.years, np.int64),
            n_sample=self.plan.n_sample,
            n_partner=self.plan.n_partner,
            entry=self.plan.entry,
            leavers=self.plan.leavers,
            platform=self.plan.platform,
            investor=self.investor,
            stars=self.plan.stars,
        )

    # -- within the sample ---------------------------------------------------------------

    def _join_sample(self, y: int, pools: Pools, links: int, draws: Draws) -> None:
        """Tie enterprises to each other: most links join two platforms, where partners are shared."""
        at_platforms = half_up(self.r.links_platforms * links)
        links -= self._join_leavers(y, pools, draws)
        platforms = min(at_platforms, links)
        mixed = (links - platforms) // 2
        short = 0
        for giver, receiver, count in (
            (True, True, platforms),
            (True, False, mixed),
            (False, False, links - platforms - mixed),
        ):
            short += count - self._join(y, pools[giver][OUT], pools[receiver][IN], count, draws)
        if short:
            self._join(y, pools[True][OUT], pools[True][IN], short, draws)

    def _join_leavers(self, y: int, pools: Pools, draws: Draws) -> int:
        """Tie the ends of enterprises that will leave to others of the sample, never to partners."""
        leavers = self.plan.leavers
        made = 0
        for way in (OUT, IN):
            mine = [s for s in pools[False][way] if s in leavers]
            if mine:
                pools[False][way][:] = [s for s in pools[False][way] if s not in leavers]
            for leaver in mine:
                for platform in (False, True):
                    opposite, alone = pools[platform][1 - way], [leaver]
                    ends = (alone, opposite) if way == OUT else (opposite, alone)
                    if self._join(y, *ends, 1, draws, apart=leavers):
                        made += 1
                        break
        return made

    def _join(
        self,
        y: int,
        givers: list[int],
        receivers: list[int],
        count: int,
        draws: Draws,
        apart: frozenset[int] = frozenset(),
    ) -> int:
        """Tie random giving to random receiving ends, not two of ``apart``; returns how many were found."""
        made = failures = 0
        while made < count and givers and receivers and failures < 200:
            i, j = draws.below(len(givers)), draws.below(len(receivers))
            a, b = givers[i], receivers[j]
            if a == b or (a, b) in self.pairs or (a in apart and b in apart):
                failures += 1
                continue
            self._add(a, b, y)
            _drop(givers, i)
            _drop(receivers, j)
            made += 1
        return made

    def _even_out(self, y: int, pools: Pools, draws: Draws) -> None:
        """Add or drop ends where more or fewer links were found than planned (small scales)."""
        missing = int(self.t.edges[y]) - len(self.edges)
        flat = [pool for pair in pools for pool in pair]
        surplus = sum(len(pool) for pool in flat) - missing
        for _ in range(abs(surplus)):
            largest = max(flat, key=len)
            if surplus > 0 and largest:
                largest.pop()
            elif largest:
                largest.append(largest[draws.below(len(largest))])

    # -- with partners -------------------------------------------------------------------

    def _meet_planned(self, y: int, pools: Pools, draws: Draws) -> None:
        """Bring the partners with a planned degree to where they should be by now."""
        done = (self.t.edges[y] / self.t.edges[-1]) ** self.r.star_growth
        for j, partner in self.plan.partners.items():
            if partner.entry > y:
                continue
            now = self.planned_now[j]
            main = OUT if partner.into >= partner.out else IN
            for way, final in ((OUT, partner.into), (IN, partner.out)):  # the sample gives what it takes
                count = half_up(final * done) - now[way]
                if partner.entry == y and count <= 0 and way == main:
                    count = 1
                now[way] += self._meet_random(y, j, way, count, pools, draws)

    def _meet_random(self, y: int, j: int, way: int, count: int, pools: Pools, draws: Draws) -> int:
        made = failures = 0
        others, platforms = pools[False][way], pools[True][way]
        while made < count and (others or platforms) and failures < 20_000:
            i = draws.below(len(others) + len(platforms))
            pool, i = (others, i) if i < len(others) else (platforms, i - len(others))
            if self._meet(pool[i], j, way, y):
                _drop(pool, i)
                made += 1
            else:
                failures += 1
        return made

    def _meet_new(self, y: int, pools: Pools, investors: int, draws: Draws) -> None:
        """Give each new partner its first end; an investor can only take a receiving one."""
        first, after = self.plan.first_partner[y : y + 2]
        new = [j for j in range(first, after) if j not in self.plan.partners]
        for k, j in enumerate(draws.shuffled(new)):
            investor = k < investors
            wanted = draws.one() < (self.r.investors_at_platforms if investor else self.r.newcomers[y])
            for platform in (wanted, not wanted):
                out, into = pools[platform]
                giving = not investor and draws.one() * (len(out) + len(into)) < len(out)
                way = OUT if giving else IN
                if pools[platform][way]:
                    break
            else:  # no receiving end is left for an investor: it becomes an ordinary partner
                investor = False
                every = [(p, w) for p in (False, True) for w in (OUT, IN)]
                platform, way = max(every, key=lambda e: len(pools[e[0]][e[1]]))
            if pools[platform][way]:
                self.investor[j] = investor
                self._meet(pools[platform][way].pop(), j, way, y)

    def _meet_known(self, y: int, pools: Pools, draws: Draws) -> None:
        """Tie all ends that are left to partners that are there already."""
        ends = [(s, way) for pair in pools for way in (OUT, IN) for s in pair[way]]
        for s, way in draws.shuffled(ends):
            if not any(self._meet(s, j, way, y) for j in self._candidates(s, way, y, draws)):
                any(self._meet(s, j, way, y) for j in self._everyone(way, y, draws))

    def _candidates(self, s: int, way: int, y: int, draws: Draws) -> Iterator[int]:
        """Yield partners to try: one of its own, one that is met often, or just one."""
        known, circle = self.partners_of[s], self.plan.circle[s]
        here = self.plan.first_partner[y + 1]
        repeat, uniform, loyalty = self.r.repeat[y], self.r.uniform[y], self.r.loyalty[y]
        for _ in range(_TRIES):
            if draws.one() < repeat and known:
                j = known[draws.below(len(known))]
            else:
                if draws.one() < uniform or not self.met:
                    j = draws.below(here)
                else:
                    i = draws.below(len(self.met) + (len(self.met_investors) if way == IN else 0))
                    j = self.met[i] if i < len(self.met) else self.met_investors[i - len(self.met)]
                if self.home[j] != circle and draws.one() < loyalty:
                    continue
            if self._open(j, way):
                yield j

    def _everyone(self, way: int, y: int, draws: Draws) -> Iterator[int]:
        here = self.plan.first_partner[y + 1]
        start = draws.below(here)
        return (j for k in range(here) if self._open(j := (start + k) % here, way))

    def _open(self, j: int, way: int) -> bool:
        """Tell whether a partner takes an end outside its plan."""
        return (
            j not in self.plan.partners
            and self.degree[j] < self.t.partner_cap
            and not (way == OUT and self.investor[j])
        )

    def _meet(self, s: int, j: int, way: int, y: int) -> bool:
        """Tie an enterprise's end to a partner unless that edge is there."""
        p = self.plan.n_sample + j
        edge, back = ((s, p), (p, s)) if way == OUT else ((p, s), (s, p))
        if edge in self.pairs:
            return False
        if back not in self.pairs:
            self.partners_of[s].append(j)
        if not self.degree[j]:
            self.home[j] = self.plan.circle[s]
        self._add(*edge, y)
        self.degree[j] += 1
        if j not in self.plan.partners:
            (self.met_investors if self.investor[j] else self.met).append(j)
        return True

    def _add(self, source: int, target: int, y: int) -> None:
        self.pairs.add((source, target))
        self.edges.append((source, target))
        self.years.append(y)


def _drop(items: list[int], i: int) -> None:
    items[i] = items[-1]
    items.pop()
