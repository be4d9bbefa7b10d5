"""Growth of the relations, year by year: who is tied to whom, without any label yet.

Every edge has a sample enterprise at one end. In each year the sample enterprises get
their ends (places where an edge starts or arrives), and the ends find other ends: first
sample enterprises among each other, then the partners with a planned degree, then one
end for each new partner, then all that is left. The number of edges, of enterprises and
of partners is exact in every year.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from clusters.synthetic.draws import Draws
from clusters.synthetic.recipe import Recipe
from clusters.synthetic.rounding import IntVector, half_up, largest_remainder
from clusters.synthetic.targets import Targets

OUT, IN = 0, 1
_STAGE = 1
_LARGEST_SHARE = 0.35
"""No enterprise of a scaled sample is tied to a larger share of the partners."""


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


@dataclass
class _State:
    """What has grown so far."""

    edges: list[tuple[int, int]] = field(default_factory=list)
    years: list[int] = field(default_factory=list)
    pairs: set[tuple[int, int]] = field(default_factory=set)
    partners_of: list[list[int]] = field(default_factory=list)
    """Partners of each sample enterprise, once each."""
    met: list[int] = field(default_factory=list)
    """Partners once per edge: drawing from it prefers high degrees."""
    met_givers: list[int] = field(default_factory=list)
    """The same for investors, which can only be met by receiving ends."""
    degree: list[int] = field(default_factory=list)
    """Of partners."""


def grow(targets: Targets, recipe: Recipe, seed: int) -> Growth:
    """Grow the relations of all years."""
    return _Grower(targets, recipe, seed).run()


class _Grower:
    def __init__(self, targets: Targets, recipe: Recipe, seed: int) -> None:
        self.t, self.r, self.seed = targets, recipe, seed
        self.n_sample = int(targets.new_sample.sum())
        self.n_partner = int(targets.new_partners.sum())
        stars = half_up(len(targets.star_in) * targets.scale)
        self.stars = min(stars, int(targets.new_partners[0]) // 2)
        self.first_partner = np.concatenate([[0], np.cumsum(targets.new_partners)])
        self._budget()
        self._plan_enterprises(Draws(seed, _STAGE, 100))
        self._plan_partners(Draws(seed, _STAGE, 101))
        self.state = _State(partners_of=[[] for _ in range(self.n_sample)], degree=[0] * self.n_partner)

    # -- plans ---------------------------------------------------------------------------

    def _budget(self) -> None:
        edges = self.t.new_edges
        self.links = np.array([half_up(s * e) for s, e in zip(self.r.links, edges, strict=True)])
        self.links_platforms = np.array([half_up(self.r.links_platforms * n) for n in self.links])
        ends = edges + self.links
        self.ends_out = np.array([half_up(self.r.giving * n) for n in ends])
        self.ends_in = ends - self.ends_out

    def _plan_enterprises(self, draws: Draws) -> None:
        """Plan final degrees, entry years, platforms and leavers; rank 1 has the most edges."""
        t, n = self.t, self.n_sample
        self.hubs = len(t.hub_out) if t.pinned else 0
        aim_out, aim_in = self._profile(draws)
        if not t.pinned:
            aim_out, aim_in = _resampled(aim_out, n), _resampled(aim_in, n)
            largest = _LARGEST_SHARE * self.n_partner
            aim_out, aim_in = np.minimum(aim_out, largest), np.minimum(aim_in, largest)
        self.aim_out, self.aim_in = aim_out, aim_in
        rank = np.arange(self.hubs + 1, n + 1)
        noise = self.r.lateness * draws.bell(rank.size)
        key = np.concatenate([np.arange(self.hubs) - 1e9, np.log(rank) + noise])
        self.entry = np.empty(n, np.int64)
        self.entry[np.argsort(key, kind="stable")] = np.repeat(np.arange(t.n_years), t.new_sample)
        self.platform = np.zeros(n, bool)
        self.platform[: min(t.platforms, n)] = True
        self._choose_leavers(draws)

    def _profile(self, draws: Draws) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return planned out- and in-degrees of the whole sample at scale 1."""
        t, r = self.t, self.r
        # The plan does not look at the yearly shares, so that a year's recipe leaves the years before alone.
        ends = t.full_edges * (1 + r.links_planned)
        rank = np.arange(len(t.hub_out) + 1, t.full_sample + 1)
        upper, lower = rank <= 31, rank > 292
        middle = ~upper & ~lower
        first, last = r.top
        out = np.empty(rank.size)
        out[upper] = first + (last - first) * (rank[upper] - 21) / 10
        out[middle] = last * (32 / rank[middle]) ** r.middle
        tail = (292 / rank[lower]) ** r.tail
        out[lower] = tail * (r.giving * ends - t.hub_out.sum() - out[~lower].sum()) / tail.sum()
        ratio = np.exp(r.spread * draws.bell(rank.size))
        into = (out + 1.5) ** 0.95 * ratio
        room = np.maximum(t.sample_cap - out, 1.0)
        for _ in range(30):
            into = np.minimum(into * ((1 - r.giving) * ends - t.hub_in.sum()) / into.sum(), room)
        return np.concatenate([t.hub_out, out]), np.concatenate([t.hub_in, into])

    def _choose_leavers(self, draws: Draws) -> None:
        count = int(self.t.leaving.sum())
        self.leaving_year = int(np.flatnonzero(self.t.leaving)[0]) if count else self.t.n_years
        early = self.entry < self.leaving_year - 1
        low = np.arange(self.n_sample) > 0.55 * self.n_sample
        candidates = np.flatnonzero(early & low & ~self.platform)
        self.leavers = frozenset(draws.shuffled(candidates.tolist())[:count])

    def _plan_partners(self, draws: Draws) -> None:
        """Plan the degrees of the partners of Table 4 and of some just below them."""
        t = self.t
        share = np.cumsum(t.new_partners) / max(self.n_partner, 1)
        most = self.n_sample if t.pinned else self.n_sample // 3
        star_in, star_out = np.asarray(t.star_in, float), np.asarray(t.star_out, float)
        if not t.pinned:
            star_in, star_out = _resampled(star_in, self.stars), _resampled(star_out, self.stars)
        self.planned: dict[int, tuple[float, float, int]] = {}
        """Final in-degree, final out-degree and year of entry."""
        for j in range(self.stars):
            self.planned[j] = (min(star_in[j], most), min(star_out[j], most), 0)
        taken = {0: self.stars}
        entries = np.searchsorted(
            share, 0.75 * draws.many(half_up(self.r.minor_stars * t.scale)), side="right"
        )
        for k, year in enumerate(entries.tolist()):
            offset = taken.get(year, 0)
            if offset >= 0.5 * t.new_partners[year]:
                continue
            taken[year] = offset + 1
            total = min((t.partner_cap - 2) * ((k / t.scale + 4) / 4) ** -0.35, most)
            out = total * (0.25 + 0.45 * draws.one())
            self.planned[int(self.first_partner[year]) + offset] = (half_up(total - out), half_up(out), year)
        self.planned_now = {j: [0, 0] for j in self.planned}
        self.investor = np.zeros(self.n_partner, bool)

    # -- one year ------------------------------------------------------------------------

    def run(self) -> Growth:
        touched = self._platform_total()
        self.got_out = np.zeros(self.n_sample, np.int64)
        self.got_in = np.zeros(self.n_sample, np.int64)
        investors = largest_remainder(
            np.where(self.t.new_partners > 0, self.t.new_partners, 0),
            self.t.investors,
            limit=self.t.new_partners // 3,
        )
        before = 0
        for y in range(self.t.n_years):
            draws = Draws(self.seed, _STAGE, y)
            now = half_up(touched * self.r.platform_growth[y])
            out, into = self._ends(y, now - before, draws)
            before = now
            pools = self._pools(out, into, draws)
            self._join_sample(y, pools, draws)
            self._even_out(y, pools, draws)
            self._meet_planned(y, pools, draws)
            self._meet_new(y, pools, int(investors[y]), draws)
            self._meet_known(y, pools, draws)
        edges = np.array(self.state.edges, np.int64).reshape(-1, 2)
        return Growth(
            source=edges[:, 0],
            target=edges[:, 1],
            year=np.array(self.state.years, np.int64),
            n_sample=self.n_sample,
            n_partner=self.n_partner,
            entry=self.entry,
            leavers=self.leavers,
            platform=self.platform,
            investor=self.investor,
            stars=self.stars,
        )

    def _platform_total(self) -> int:
        ends = self.aim_out[self.platform].sum() + self.aim_in[self.platform].sum()
        return half_up(ends - self.r.links_planned * self.r.links_platforms * self.t.edges[-1])

    def _ends(self, y: int, touching: int, draws: Draws) -> tuple[IntVector, IntVector]:
        """Give each enterprise its new outgoing and incoming ends of the year."""
        active = self.entry <= y
        if y >= self.leaving_year:
            active[list(self.leavers)] = False
        new = active & (self.entry == y)
        starts_out = np.zeros(self.n_sample, np.int64)
        starts_out[np.flatnonzero(new)[draws.many(int(new.sum())) < self.r.giving]] = 1
        starts_in = new.astype(np.int64) - starts_out
        total_out, total_in = int(self.ends_out[y]), int(self.ends_in[y])
        others = active & ~self.platform
        at_platforms = min(
            touching + int(self.links_platforms[y]), total_out + total_in - int((new & others).sum())
        )
        if not others.any():
            at_platforms = total_out + total_in
        out_p = min(half_up(self.r.giving_platforms * at_platforms), total_out)
        in_p = min(at_platforms - out_p, total_in)
        out, into = np.zeros(self.n_sample, np.int64), np.zeros(self.n_sample, np.int64)
        for group, n_out, n_in in (
            (active & self.platform, out_p, in_p),
            (others, total_out - out_p, total_in - in_p),
        ):
            cap = np.maximum(self.t.sample_cap - self.got_out - self.got_in, 0)
            out[group] = self._share(y, group, self.aim_out, self.got_out, n_out, starts_out, cap, draws, OUT)
            cap = np.maximum(cap - out, 0)
            into[group] = self._share(y, group, self.aim_in, self.got_in, n_in, starts_in, cap, draws, IN)
        self.got_out += out
        self.got_in += into
        return out, into

    def _share(
        self,
        y: int,
        group: NDArray[np.bool_],
        aim: NDArray[np.float64],
        got: IntVector,
        total: int,
        floor: IntVector,
        cap: IntVector,
        draws: Draws,
        direction: int,
    ) -> IntVector:
        """Split the ends of a group of enterprises by how far each is behind its plan."""
        members = np.flatnonzero(group)
        want = np.maximum(aim[members] * self._progress(y, members) - got[members], 0.0)
        noise = -np.log1p(-np.stack([draws.many(members.size) for _ in range(4)])).sum(axis=0) / 4
        weight = (want + 1e-3) * noise
        low, high = floor[members].copy(), cap[members].copy()
        hub = members < self.hubs
        if hub.any():
            exact = np.array([half_up(v) for v in aim[members[hub]] * self._progress(y, members[hub])])
            low[hub] = high[hub] = np.maximum(exact - got[members[hub]], 0)
        return largest_remainder(weight, total, floor=low, limit=high)

    def _progress(self, y: int, members: IntVector) -> NDArray[np.float64]:
        """Return the part of its final degree that each enterprise should have by a year."""
        everything = np.asarray(self.r.platform_growth)
        others = self.t.edges / self.t.edges[-1]
        g = self.r.growth
        result = np.empty(members.size)
        for is_platform, curve in ((True, everything), (False, others)):
            here = self.platform[members] == is_platform
            power = np.concatenate([[0.0], curve**g])
            before = power[self.entry[members[here]]]
            result[here] = (power[y + 1] - before) / (1.0 - before)
        return result

    def _pools(self, out: IntVector, into: IntVector, draws: Draws) -> list[list[list[int]]]:
        """Return the ends as enterprise numbers: pools[platform][direction]."""
        ids = np.arange(self.n_sample)
        return [
            [
                draws.shuffled(np.repeat(ids[self.platform == p], n[self.platform == p]).tolist())
                for n in (out, into)
            ]
            for p in (False, True)
        ]

    # -- the four kinds of meeting -------------------------------------------------------

    def _join_sample(self, y: int, pools: list[list[list[int]]], draws: Draws) -> None:
        need = int(self.links[y])
        need -= self._join_leavers(y, pools, draws)
        platforms = min(int(self.links_platforms[y]), need)
        mixed = (need - platforms) // 2
        plan = [(True, True, platforms), (True, False, mixed), (False, False, need - platforms - mixed)]
        short = 0
        for giver, receiver, count in plan:
            short += count - self._join(y, pools[giver][OUT], pools[receiver][IN], count, draws)
        if short:
            self._join(y, pools[True][OUT], pools[True][IN], short, draws)

    def _even_out(self, y: int, pools: list[list[list[int]]], draws: Draws) -> None:
        """Add or drop ends where more or fewer sample-sample edges were found than planned (tiny scales)."""
        missing = int(self.t.edges[y]) - len(self.state.edges)
        flat = [pool for pair in pools for pool in pair]
        surplus = sum(len(pool) for pool in flat) - missing
        for _ in range(abs(surplus)):
            largest = max(flat, key=len)
            if surplus > 0 and largest:
                largest.pop()
            elif largest:
                largest.append(largest[draws.below(len(largest))])

    def _join_leavers(self, y: int, pools: list[list[list[int]]], draws: Draws) -> int:
        """Tie the ends of enterprises that will leave to others of the sample, never to partners."""
        made = 0
        for direction in (OUT, IN):
            mine = [s for s in pools[False][direction] if s in self.leavers]
            if not mine:
                continue
            pools[False][direction][:] = [s for s in pools[False][direction] if s not in self.leavers]
            for leaver in mine:
                for platform in (False, True):
                    opposite = pools[platform][1 - direction]
                    alone = [leaver]
                    ends = (alone, opposite) if direction == OUT else (opposite, alone)
                    if self._join(y, *ends, 1, draws, spare=self.leavers):
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
        spare: frozenset[int] = frozenset(),
    ) -> int:
        """Tie random giving to random receiving ends; returns how many were found."""
        made = failures = 0
        state = self.state
        while made < count and givers and receivers and failures < 200:
            i, j = draws.below(len(givers)), draws.below(len(receivers))
            a, b = givers[i], receivers[j]
            if a == b or (a, b) in state.pairs or (a in spare and b in spare):
                failures += 1
                continue
            self._add(a, b, y)
            _drop(givers, i)
            _drop(receivers, j)
            made += 1
        return made

    def _add(self, source: int, target: int, y: int) -> None:
        self.state.pairs.add((source, target))
        self.state.edges.append((source, target))
        self.state.years.append(y)

    def _meet(self, s: int, j: int, direction: int, y: int) -> bool:
        """Tie an enterprise's end to a partner unless that edge is there."""
        state, p = self.state, self.n_sample + j
        edge, back = ((s, p), (p, s)) if direction == OUT else ((p, s), (s, p))
        if edge in state.pairs:
            return False
        if back not in state.pairs:
            state.partners_of[s].append(j)
        self._add(*edge, y)
        state.degree[j] += 1
        if j not in self.planned:
            (state.met_givers if self.investor[j] else state.met).append(j)
        return True

    def _meet_planned(self, y: int, pools: list[list[list[int]]], draws: Draws) -> None:
        done = (self.t.edges[y] / self.t.edges[-1]) ** self.r.star_growth
        for j, (into, out, entry) in self.planned.items():
            if entry > y:
                continue
            now = self.planned_now[j]
            for direction, final in ((OUT, into), (IN, out)):  # the sample gives what the partner takes
                count = half_up(final * done) - now[direction]
                if entry == y and count <= 0 and direction == (OUT if into >= out else IN):
                    count = 1
                now[direction] += self._meet_random(y, j, direction, count, pools, draws)

    def _meet_random(
        self, y: int, j: int, direction: int, count: int, pools: list[list[list[int]]], draws: Draws
    ) -> int:
        made = failures = 0
        others, platforms = pools[False][direction], pools[True][direction]
        while made < count and (others or platforms) and failures < 20_000:
            i = draws.below(len(others) + len(platforms))
            pool, i = (others, i) if i < len(others) else (platforms, i - len(others))
            if self._meet(pool[i], j, direction, y):
                _drop(pool, i)
                made += 1
            else:
                failures += 1
        return made

    def _meet_new(self, y: int, pools: list[list[list[int]]], investors: int, draws: Draws) -> None:
        new = [j for j in range(self.first_partner[y], self.first_partner[y + 1]) if j not in self.planned]
        for k, j in enumerate(draws.shuffled(new)):
            investor = k < investors
            at_platform = draws.one() < (self.r.investors_at_platforms if investor else self.r.newcomers[y])
            for platform in (at_platform, not at_platform):
                out, into = pools[platform]
                giving = not investor and draws.one() * (len(out) + len(into)) < len(out)
                direction = OUT if giving else IN
                if pools[platform][direction]:
                    break
            else:  # no receiving end is left for an investor: it becomes an ordinary partner
                investor = False
                platform, direction = max(
                    ((p, d) for p in (False, True) for d in (OUT, IN)), key=lambda e: len(pools[e[0]][e[1]])
                )
            if pools[platform][direction]:
                self.investor[j] = investor
                self._meet(pools[platform][direction].pop(), j, direction, y)

    def _meet_known(self, y: int, pools: list[list[list[int]]], draws: Draws) -> None:
        ends = [(s, d) for pair in pools for d in (OUT, IN) for s in pair[d]]
        for s, direction in draws.shuffled(ends):
            if not any(self._meet(s, j, direction, y) for j in self._candidates(s, direction, y, draws)):
                self._meet_any(s, direction, y, draws)

    def _candidates(self, s: int, direction: int, y: int, draws: Draws) -> Iterator[int]:
        """Yield partners to try: one of its own, one of those met often, one of all."""
        state, known = self.state, self.state.partners_of[s]
        here = int(self.first_partner[y + 1])
        repeat, uniform = self.r.repeat[y], self.r.uniform[y]
        cap = self.t.partner_cap
        for _ in range(30):
            if draws.one() < repeat and known:
                j = known[draws.below(len(known))]
            elif draws.one() < uniform or not state.met:
                j = draws.below(here)
            else:
                givers = len(state.met_givers) if direction == IN else 0
                i = draws.below(len(state.met) + givers)
                j = state.met[i] if i < len(state.met) else state.met_givers[i - len(state.met)]
            if j in self.planned or state.degree[j] >= cap or (direction == OUT and self.investor[j]):
                continue
            yield j

    def _meet_any(self, s: int, direction: int, y: int, draws: Draws) -> None:
        here = int(self.first_partner[y + 1])
        start = draws.below(here)
        for k in range(here):
            j = (start + k) % here
            if j in self.planned or self.state.degree[j] >= self.t.partner_cap:
                continue
            if direction == OUT and self.investor[j]:
                continue
            if self._meet(s, j, direction, y):
                return


def _resampled(profile: NDArray[np.float64], n: int) -> NDArray[np.float64]:
    """Return a degree sequence of n ranks with the same mean: each rank averages its part of the profile."""
    total = np.concatenate([[0.0], np.cumsum(profile)])
    at = np.linspace(0.0, profile.size, n + 1)
    sums: NDArray[np.float64] = np.diff(np.interp(at, np.arange(profile.size + 1), total))
    return sums * (n / profile.size)


def _drop(items: list[int], i: int) -> None:
    items[i] = items[-1]
    items.pop()
