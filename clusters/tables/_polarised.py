"""What the tables of polarisation are made of: statistics of each year, and their joint intervals.

The years of one table share most of their relations, so every sample of enterprises is drawn once and
applied to all of them: only then has the difference of two years an interval of its own. A growing
table needs care: its small first years look concentrated for no other reason than their size.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from clusters import places, progress
from clusters.errors import UsageError
from clusters.measures import concentration, inequality
from clusters.measures import flows as flow_measures
from clusters.measures import polarisation as measures
from clusters.measures._enterprises import drawn_to_drop
from clusters.measures.intervals import FEWEST, Clusters, cluster_bootstrap, clusters_of, jackknife
from clusters.networks import ValueNetwork
from clusters.relations import Relations
from clusters.sentences import Note
from clusters.tables._concentration import TOPS, Degree, degree_concentration, degree_values
from clusters.tables._intervals import DROPPED, LEAST_TOP, SHARES, UNHELD
from clusters.tables._reading import with_mirror_image

Floats = NDArray[np.float64]
Cells = NDArray[np.intp]
SIDES = ("giving", "taking")
BALANCES = ("net_giver_balance", "net_taker_balance")
OF_PLACES = (
    *(f"{side}_{name}" for side in SIDES for name in measures.OF_AMOUNTS),
    *measures.OF_FLOWS,
    *BALANCES,
)
UNCOMPARED = (
    *(f"{side}_{name}" for side in SIDES for name in ("cr5", "effective", "gini", "theil", "theil_within")),
    "redistribution",
)
"""What a year of few relations moves even where nothing changes; in simulations intervals of the
difference to a year of ten times as many held 0 in 65 to 90 of 100 cases, those of the others in 87 to 99."""
OF_POLES = tuple(name for name in measures.OF_FLOWS if name.startswith("poles"))
OF_REGIONS = ("gini_within", "gini_between", "gini_overlap", "esteban_ray", "kanbur_zhang")
OTHER = "other"
NAN = float("nan")


@dataclass(frozen=True)
class Ends:
    """Numbers of rows and of differences, and their 95 % intervals; each by name."""

    value: dict[str, Floats]
    """One per row: groups, and their years."""
    low: dict[str, Floats]
    high: dict[str, Floats]
    change_low: dict[str, Floats]
    """One per group: of the last year less the first."""
    change_high: dict[str, Floats]
    drawn: int = 0
    """Enterprises that were drawn; 0 without intervals."""
    of_sample: bool = True


@dataclass(frozen=True)
class Flows:
    """Relations between places, each in the group and year that count it."""

    places: pd.Index
    groups: int
    years: int
    cumulative: bool
    relation: Cells
    """Which of the located relations each part belongs to; one with two classes has two parts."""
    weight: Floats
    cell: Cells
    """Row (group and year) of each part."""
    origin: NDArray[np.int64]
    destination: NDArray[np.int64]
    clusters: Clusters
    """Enterprises of the located relations."""
    poles: tuple[int, ...] = ()
    former: tuple[int, ...] = ()
    """Poles that the first year would have chosen; none where poles are named."""
    regions: Cells | None = None

    @property
    def poles_move(self) -> bool:
        """Whether other poles were chosen by the first year: who is largest at the end has mostly risen."""
        return bool(self.former) and set(self.former) != set(self.poles)

    def margins(self, weights: Floats | None = None) -> tuple[Floats, Floats, Floats, Floats]:
        """Return what places give, take and keep, by row and place, and what flows among the poles."""
        each = self.weight if weights is None else weights[self.relation] * self.weight
        stays = self.origin == self.destination
        pole = np.zeros(len(self.places), dtype=bool)
        pole[list(self.poles)] = True
        among = pole[self.origin] & pole[self.destination]
        given = self._sums(self.origin, each)
        taken = self._sums(self.destination, each)
        own = self._sums(self.origin[stays], each[stays], stays)
        inside = self._over_years(
            np.bincount(self.cell[among], each[among], self.groups * self.years), (self.groups, self.years)
        )
        return given, taken, own, inside

    def statistics(self, weights: Floats | None = None) -> dict[str, Floats]:
        """Return the numbers of all rows when each relation counts so often."""
        given, taken, own, inside = self.margins(weights)
        found = {
            f"{side}_{name}": values
            for side, amounts in zip(SIDES, (given, taken), strict=True)
            for name, values in measures.of_amounts(amounts, self.regions).items()
        }
        found |= measures.of_flows(given, taken, own, inside, self.poles)
        return found | dict(zip(BALANCES, self._balances(given, taken), strict=True))

    def _balances(self, given: Floats, taken: Floats) -> tuple[Floats, Floats]:
        """Return the balances of the places that have the largest and the smallest in the table itself."""
        net = _net(given, taken)
        if not net.shape[-1]:
            nothing = np.full(net.shape[:-1], NAN)
            return nothing, nothing
        most, least = (np.take_along_axis(net, at[..., None], axis=-1)[..., 0] for at in self.extremes)
        return most, least

    @cached_property
    def extremes(self) -> tuple[Cells, Cells]:
        """Places with the largest and the smallest net balance of each row in the table itself."""
        known = np.nan_to_num(_net(*self.margins()[:2]))
        return known.argmax(axis=-1), known.argmin(axis=-1)

    def _sums(self, place: NDArray[np.int64], each: Floats, rows: Any = slice(None)) -> Floats:
        n = len(self.places)
        counted = np.bincount(self.cell[rows] * n + place, each, self.groups * self.years * n)
        return self._over_years(counted, (self.groups, self.years, n))

    def _over_years(self, counted: NDArray[Any], shape: tuple[int, ...]) -> Floats:
        found: Floats = counted.astype(np.float64).reshape(shape)
        return np.cumsum(found, axis=1) if self.cumulative else found


def _net(given: Floats, taken: Floats) -> Floats:
    total = given.sum(axis=-1, keepdims=True)
    found: Floats = (given - taken) / np.where(total > 0, total, NAN)
    return found


def flows_of(
    used: Relations,
    level: str,
    parts: pd.DataFrame | None,
    groups: Sequence[str],
    years: Sequence[int | None],
    *,
    cumulative: bool,
    foreign: flow_measures.Foreign,
    poles: Sequence[str] | None,
) -> Flows:
    """Locate relations and say which rows count them; ``parts`` lists the classes of each relation."""
    at = flow_measures.located(used, level=level, foreign=foreign)
    # Each located relation in its parts: all of it, or what each of its classes gets.
    if parts is None:
        relation, group = np.arange(at.rows.size), np.zeros(at.rows.size, dtype=np.intp)
        weight = np.ones(at.rows.size)
    else:
        position = np.full(len(used), -1, dtype=np.intp)
        position[at.rows] = np.arange(at.rows.size)
        relation = position[parts["row"].to_numpy()]
        group = pd.Index(list(groups), dtype=object).get_indexer(pd.Index(parts["class"], dtype=object))
        weight = parts["weight"].to_numpy(dtype=np.float64)
    year = _year_of(used, at.rows, years, cumulative)
    counted = (relation >= 0) & (group >= 0)
    counted[counted] &= year[relation[counted]] >= 0
    relation, group, weight = relation[counted], group[counted], weight[counted]
    found = Flows(
        places=at.places,
        groups=max(len(groups), 1),
        years=len(years),
        cumulative=cumulative,
        relation=relation,
        weight=weight,
        cell=group * len(years) + year[relation],
        origin=at.origin[relation],
        destination=at.destination[relation],
        clusters=clusters_of(used).where(at.rows),
        regions=_regions(at.places, level),
    )
    return _with_poles(found, poles)


def _year_of(used: Relations, rows: Cells, years: Sequence[int | None], cumulative: bool) -> Cells:
    """Return the first of the years that counts each relation, -1 where none does."""
    if not used.dated or list(years) == [None]:
        return np.zeros(rows.size, dtype=np.intp)
    shown = np.array(years, dtype=np.int64)
    dated = used.frame["year"].to_numpy()[rows]
    position = np.searchsorted(shown, dated)
    late = position >= shown.size
    position = np.where(late, 0, position)
    counted = ~late if cumulative else ~late & (shown[position] == dated)
    return np.where(counted, position, -1)


def _with_poles(found: Flows, poles: Sequence[str] | None) -> Flows:
    """Take the poles named, or the two places that most flows of the last year touch."""
    former = np.empty(0, dtype=np.intp)
    if poles is None:
        given, taken, own, _ = found.margins()
        touching = (given + taken - own).sum(axis=0)  # by year and place
        former, chosen = (np.argsort(-touching[year], kind="stable")[:2] for year in (0, -1))
    else:
        poles = [places.named(pole, found.places) for pole in poles]
        chosen = found.places.get_indexer(pd.Index(list(dict.fromkeys(poles)), dtype=object))
        if (chosen < 0).any() or not chosen.size:
            unknown = [p for p in poles if p not in found.places]
            raise UsageError(
                f"pole {unknown[0]!r} has no relation" if unknown else "no pole is named",
                hint="name places as the table has them, for example --poles 北京市,广东省",
            )
    return dataclasses.replace(found, poles=tuple(map(int, chosen)), former=tuple(map(int, former)))


def _regions(names: pd.Index, level: str) -> Cells | None:
    """Number the regions of provinces, or the provinces of cities; places without one are a group.

    ``None`` where no place has one.
    """
    if level == places.PROVINCE:
        groups = [places.region(str(name), prd="province") or OTHER for name in names]
    elif level == "city":
        known = [places.place(str(name)) for name in names]
        groups = [OTHER if place is None else place.province_zh for place in known]
    else:
        return None
    if set(groups) <= {OTHER}:
        return None
    return np.asarray(pd.factorize(pd.Series(groups, dtype=object))[0], dtype=np.intp)


def of_flows(found: Flows, replicates: int | None, seed: int) -> Ends:
    """Compute the numbers of flows, with intervals by the bootstrap over enterprises."""
    value = {name: x.ravel() for name, x in found.statistics().items()}
    if not replicates:
        return _no_intervals(value, found.groups)
    names = list(value)

    def statistic(weights: Floats) -> Floats:
        drawn = found.statistics(weights)
        numbers = np.stack([drawn[name] for name in names])
        return np.concatenate([numbers.ravel(), (numbers[..., -1] - numbers[..., 0]).ravel()])

    drawn = cluster_bootstrap(statistic, found.clusters, replicates=replicates, seed=seed)
    rows = found.groups * found.years
    few = _enterprises(found) < FEWEST
    cut, clusters = len(names) * rows, found.clusters
    low, high = (end[:cut].reshape(len(names), rows).copy() for end in (drawn.low, drawn.high))
    of_changes = (end[cut:].reshape(len(names), -1) for end in (drawn.value, drawn.low, drawn.high))
    less, more = with_mirror_image(*of_changes)
    for end in (low, high):
        end[:, few.ravel()] = NAN
    for end in (less, more):
        end[:, few[:, 0] | few[:, -1]] = NAN
        end[[name in UNCOMPARED or (found.poles_move and name in OF_POLES) for name in names]] = NAN
    ends = (dict(zip(names, end, strict=True)) for end in (low, high, less, more))
    return Ends(value, next(ends), next(ends), next(ends), next(ends), len(clusters), clusters.of_sample)


def _enterprises(found: Flows) -> NDArray[np.int64]:
    """Count the enterprises with a relation in each row."""
    clusters = len(found.clusters)
    there = np.zeros((found.groups * found.years, clusters), dtype=bool)
    for of in (found.clusters.first, found.clusters.second):
        there[found.cell, of[found.relation]] = True
    by_year = there.reshape(found.groups, found.years, clusters)
    if found.cumulative:
        by_year = np.logical_or.accumulate(by_year, axis=1)
    return np.asarray(by_year.sum(axis=-1))


def of_vector(held: Floats, regions: Cells | None) -> dict[str, float]:
    """Compute what else can be said of the amounts of places, without intervals."""
    slope = inequality.rank_size(held)
    found = {
        "cr3": concentration.concentration_ratio(held, 3),
        "entropy": concentration.shannon(held),
        "ge_2": inequality.generalised_entropy(held, 2),
        "hoover": concentration.hoover(held),
        "primacy_4": concentration.primacy(held, 4),
        "primacy_11": concentration.primacy(held, 11),
        "rank_size": slope.slope,
        "rank_size_error": slope.standard_error,
        "wolfson": inequality.wolfson(held),
        "egr": inequality.esteban_gradin_ray(held, 2),
        "tsui_wang": inequality.tsui_wang(held),
    }
    if regions is None:
        return found | dict.fromkeys(OF_REGIONS, NAN)
    parts = inequality.dagum_gini(held, regions)
    people = np.bincount(regions)
    poles = inequality.esteban_ray(np.bincount(regions, held) / people, people, relative=True)
    split = (parts.within, parts.net_between, parts.transvariation)
    regional = (*split, poles, inequality.kanbur_zhang(held, regions))
    return found | dict(zip(OF_REGIONS, regional, strict=True))


def _no_intervals(value: dict[str, Floats], groups: int) -> Ends:
    rows = {name: np.full(x.shape, NAN) for name, x in value.items()}
    changes = {name: np.full(groups, NAN) for name in value}
    return Ends(value, rows, rows, changes, changes)


def of_organisations(
    groups: Sequence[Sequence[ValueNetwork | None]],
    degree: Degree,
    names: Sequence[str],
    *,
    weighted: bool,
    replicates: int | None,
    seed: int,
) -> Ends:
    """Compute the concentration of degrees, with intervals by the jackknife over enterprises."""
    nothing = dict.fromkeys(names, NAN)
    networks = [network for years in groups for network in years]
    rows = [
        degree_concentration(degree_values(network, degree, weighted=weighted), names) if network else nothing
        for network in networks
    ]
    observed = np.array([[row[name] for name in names] for row in rows]).reshape(len(groups), -1, len(names))
    value = {name: observed[..., i].ravel() for i, name in enumerate(names)}
    if not replicates or not networks:
        return _no_intervals(value, len(groups))
    left = [None if network is None else _Left(network, degree, names, weighted) for network in networks]
    owners = pd.Index([]).append([each.clusters.names for each in left if each is not None]).unique()
    if len(owners) < FEWEST:
        return _no_intervals(value, len(groups))
    reduced, dropped = _reduced(left, owners, len(names), replicates, seed)
    reduced = reduced.reshape(replicates, *observed.shape)
    most = [1.0 if name in SHARES else np.inf for name in names]
    found = jackknife(
        observed.ravel(),
        reduced.reshape(replicates, -1),
        dropped=dropped,
        clusters=len(owners),
        least=0.0,
        most=np.tile(most, len(networks)),
        seed=seed,
    )
    changes = jackknife(
        (observed[:, -1] - observed[:, 0]).ravel(),
        (reduced[:, :, -1] - reduced[:, :, 0]).reshape(replicates, -1),
        dropped=dropped,
        clusters=len(owners),
        seed=seed,
    )
    few = np.array([each is None or len(each.clusters) < FEWEST for each in left]).reshape(len(groups), -1)
    unheld = np.array([name in UNHELD for name in names])
    low, high = (
        np.where(few.reshape(-1, 1) | unheld, NAN, end.reshape(-1, len(names)))
        for end in (found.low, found.high)
    )
    change_low, change_high = (
        np.where((few[:, 0] | few[:, -1])[:, None] | unheld, NAN, end.reshape(-1, len(names)))
        for end in (changes.low, changes.high)
    )
    of_sample = next(each.clusters.of_sample for each in left if each is not None)
    ends = (_by_name(names, end) for end in (low, high, change_low, change_high))
    return Ends(value, next(ends), next(ends), next(ends), next(ends), len(owners), of_sample)


def _by_name(names: Sequence[str], columns: Floats) -> dict[str, Floats]:
    return {name: np.asarray(columns[:, i]) for i, name in enumerate(names)}


class _Left:
    """One network, and the concentration of its degrees without some enterprises."""

    def __init__(self, network: ValueNetwork, degree: Degree, names: Sequence[str], weighted: bool) -> None:
        self.clusters, self.names, self.n = clusters_of(network), names, network.n_nodes
        self.ends = (network.sources, network.targets)
        self.counted = {"out": (0,), "in": (1,), "total": (0, 1)}[degree]
        self.each = network.relations.astype(np.float64) if weighted else None
        self.alone = np.bincount(np.concatenate(self.ends), minlength=self.n) == 0
        self.at: Cells = np.empty(0, dtype=np.intp)

    def without(self, dropped: NDArray[np.bool_]) -> list[float]:
        """Return the numbers when some of all enterprises go, with their relations and lone partners."""
        rows = self.clusters.left(dropped[self.at])
        ends = [end[rows] for end in self.ends]
        each = None if self.each is None else self.each[rows]
        there = self.alone.copy()
        for end in ends:
            there[end] = True
        degrees = sum(np.bincount(ends[i], each, self.n) for i in self.counted)
        values = np.asarray(degrees)[there]
        found = degree_concentration(values, self.names)
        return [
            NAN if name in TOPS and TOPS[name] * values.size < LEAST_TOP else found[name]
            for name in self.names
        ]


def _reduced(
    left: Sequence[_Left | None], owners: pd.Index, numbers: int, replicates: int, seed: int
) -> tuple[Floats, int]:
    """Drop the same enterprises from all networks, time and again others."""
    for each in left:
        if each is not None:
            each.at = owners.get_indexer(each.clusters.names)
    random = np.random.default_rng(seed)
    found, number = np.full((replicates, len(left), numbers), NAN), 0
    with progress.task(Note("note.progress_drop", share=DROPPED), total=replicates, unit="count") as done:
        for k in range(replicates):
            dropped = drawn_to_drop(len(owners), DROPPED, random)
            number = int(dropped.sum())
            for i, each in enumerate(left):
                if each is not None:
                    found[k, i] = each.without(dropped)
            done(k + 1)
    return found, number
