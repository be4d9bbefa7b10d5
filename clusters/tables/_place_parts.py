"""What the table of network indicators is made of: one year's network and relations by place."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from clusters.errors import UsageError
from clusters.measures import adoption as adoptions
from clusters.measures import (
    brokerage,
    centrality,
    clustering,
    cohesion,
    complexity,
    concentration,
    cores,
    degree,
    flows,
    place_indicators,
    specialisation,
)
from clusters.measures import composition as classes_of
from clusters.networks import ValueNetwork
from clusters.relations import Relations, in_years
from clusters.sentences import Note
from clusters.tables import _class_counts, _diffused

Role = Literal["sample", "partner", "all"]
Columns = dict[str, Any]
CLASS = "technology"
NAN = float("nan")


@dataclass(frozen=True)
class Question:
    """What is asked of every year."""

    relations: Relations
    """Of the kinds that count."""
    kinds: Sequence[str] | None
    level: str
    mode: str
    role: Role
    span: int
    least: float
    sources: int | Literal["exact"] | None
    """How betweenness is found; ``None`` for not at all."""
    seed: int
    history: ValueNetwork | None
    """Cumulative network of the last year, for what was when; ``None`` for undated relations."""

    @cached_property
    def place(self) -> pd.Series:
        """Place of each organisation; missing where it is not known or none that counts."""
        found = classes_of.organisation_classes(self.relations, self.level)
        if found is None:
            found = self._of_relations()
        found = found.astype(object)
        return found.where(found.isin(_class_counts._places(found.to_numpy(), self.level)), None)

    @cached_property
    def located(self) -> pd.Index:
        """Places at either end of relations of which both are known."""
        return flows.flow_matrix(self.relations, level=self.level).index

    @cached_property
    def universe(self) -> pd.Index:
        """All places, by code: those of organisations and those that relations name."""
        there = np.array([*self.place.dropna().unique(), *self.located], dtype=object)
        return _class_counts._places(there, self.level)

    def _of_relations(self) -> pd.Series:
        """Take the place that the first relation of each organisation names."""
        ends = classes_of.end_classes(self.relations, self.level)
        if ends is None:
            known = self.relations.levels or Note("note.none")
            raise UsageError(Note("note.no_level", level=self.level, known=known))
        frame = self.relations.frame
        names = pd.concat([frame["source"].astype(object), frame["target"].astype(object)])
        said = pd.Series(np.concatenate([end.astype(object).to_numpy() for end in ends]), index=names)
        return said.dropna().groupby(level=0).first().reindex(self.relations.nodes.index)

    @cached_property
    def classed(self) -> bool:
        """Whether any relation names a technology."""
        found = classes_of.relation_classes(self.relations, CLASS)
        return found is not None and bool(found.notna().any())

    @cached_property
    def dates(self) -> pd.DataFrame | None:
        """Year in which each place took up each technology."""
        if not (self.classed and self.relations.dated and len(self.located)):
            return None
        found = _diffused.study(self.relations, level=self.level, by=CLASS, kinds=self.kinds)
        return pd.DataFrame(
            {
                group: adoptions.adoption(amounts, least=self.least)["adoption_year"]
                for group, amounts in found.taken_by_place()
            }
        )

    @cached_property
    def arrivals(self) -> pd.Series | None:
        """Year of each organisation's first relation."""
        return None if self.history is None else place_indicators.first_years(self.history)


class Places:
    """The places of one year's network."""

    def __init__(self, question: Question, network: ValueNetwork) -> None:
        self.question, self.network = question, network
        year, mode = network.year, question.mode
        first = None if year is None or mode == "cumulative" else year
        if year is not None and mode.startswith("window"):
            first = year - int(mode.partition(":")[2]) + 1
        self.relations = in_years(question.relations, first, year)
        self.groups = question.place.reindex(network.nodes)
        whole = flows.flow_matrix(self.relations, level=question.level, units=question.universe)
        there = question.universe.isin(self.groups.dropna().unique())
        there |= (whole.sum(axis=0) + whole.sum(axis=1)).to_numpy() > 0
        self.names = question.universe[there]
        self.matrix = whole.loc[self.names, self.names]
        """Flows between the places."""
        every = np.ones(network.n_nodes, dtype=bool)
        roles = network.sample
        self.members = (
            every if roles is None or question.role == "all" else roles == (question.role == "sample")
        )
        code = self.names.get_indexer(pd.Index(self.groups.to_numpy(), dtype=object))
        self.code = np.where(self.members, code, -1)

    def sums(self, values: Any = None) -> NDArray[np.float64]:
        """Add up a number of the organisations of each place; how many there are without one."""
        known = self.code >= 0
        weights = None if values is None else np.asarray(values, dtype=np.float64)[known]
        return np.bincount(self.code[known], weights, len(self.names)).astype(np.float64)

    def means(self, values: Any) -> NDArray[np.float64]:
        """Average a number over the organisations of each place; NaN without any."""
        number = self.sums()
        found = np.full(number.size, NAN)
        np.divide(self.sums(values), number, out=found, where=number > 0)
        return found

    def unknown(self, *names: str) -> Columns:
        """Return columns of which nothing is known."""
        return dict.fromkeys(names, np.full(len(self.names), NAN))


def sizes(at: Places) -> Columns:
    """Count organisations and relations."""
    sample = at.network.sample
    enterprises = at.unknown("x")["x"] if sample is None else at.sums(sample)
    touching = place_indicators.openness(at.matrix)["relations"].to_numpy()
    return {"organisations": at.sums(), "sample_organisations": enterprises, "relations": touching}


def margins(at: Places) -> Columns:
    """Say what places give and take, and how much of it stays within."""
    found = flows.flow_margins(at.matrix)
    names = ["empowerment", "input", "empowerment_share", "input_share", "relative_balance"]
    open_ = place_indicators.openness(at.matrix)[["local_closure", "external_dependence"]]
    return dict(found[names]) | dict(open_)


def partners(at: Places) -> Columns:
    """Count the partners in other places, and these places."""
    both = place_indicators.exchanged(at.matrix).to_numpy()
    outside = place_indicators.outside_partners(at.network, at.groups, members=at.members)
    return {
        "outside_partners": outside.reindex(at.names).fillna(0),
        "partner_places": (both > 0).sum(axis=1),
        "effective_partner_places": np.array([concentration.effective_number(row) for row in both], float),
    }


def degrees(at: Places) -> Columns:
    """Add up and average the degrees of organisations."""
    kinds = {"in_degree": degree.in_degree, "out_degree": degree.out_degree, "degree": degree.degree}
    values = {name: measure(at.network) for name, measure in kinds.items()}
    totals = {f"total_{name}": at.sums(value) for name, value in values.items()}
    return totals | {f"mean_{name}": at.means(value) for name, value in values.items()}


def positions(at: Places) -> Columns:
    """Say how central organisations are."""
    core = cores.k_core(at.network).to_numpy()
    largest = np.full(len(at.names), NAN)
    known = at.code >= 0
    np.fmax.at(largest, at.code[known], core[known].astype(np.float64))
    return {
        "largest_core": largest,
        "mean_core": at.means(core),
        "pagerank_share": at.sums(centrality.pagerank(at.network)),
        "mean_clustering": at.means(clustering.local_clustering(at.network)),
        "giant_share": at.means(cohesion.weak_components(at.network) == 0),
    }


def between(at: Places) -> Columns:
    """Say which part of all shortest paths runs through a place's organisations."""
    network, sources = at.network, at.question.sources
    if isinstance(sources, int):
        values = centrality.betweenness_estimate(network, sources, seed=at.question.seed)[
            "betweenness_estimate"
        ]
    else:
        values = centrality.betweenness(network)
    total = float(values.sum())
    return {"betweenness_share": at.sums(values) / total if total > 0 else np.full(len(at.names), NAN)}


def brokers(at: Places) -> Columns:
    """Say how far organisations stand between places."""
    roles = brokerage.brokerage(at.network, at.groups)
    roles = roles.where(pd.Series(at.members, index=roles.index), 0)
    found = place_indicators.crossing(roles, at.groups, at.network)
    # A place without an organisation brokers nothing, where anything is brokered.
    found = found.reindex(at.names)
    if found["brokerage_share"].notna().any():
        found["brokerage_share"] = found["brokerage_share"].fillna(0.0)
    return dict(found)


def technologies(at: Places) -> Columns:
    """Say how many technologies a place deals in, how evenly, and how special they are."""
    names = ("technologies", "effective_technologies", "complexity", "mean_relatedness")
    if not at.question.classed:
        return at.unknown(*names)
    kinds = at.relations.kinds if "kind" in at.relations.frame.columns else None
    amounts = _class_counts.counted(at.relations, at.question.level, CLASS, "both", kinds).amounts()
    amounts = amounts.reindex(at.names, fill_value=0)
    binary = specialisation.specialised(amounts)
    density = specialisation.relatedness_density(binary, specialisation.relatedness(binary))
    return {
        "technologies": (amounts > 0).sum(axis=1),
        "effective_technologies": [concentration.effective_number(row) for row in amounts.to_numpy()],
        "complexity": complexity.complexity(binary).places,
        "mean_relatedness": density.where(~binary.astype(bool)).mean(axis=1),
    }


def uptake(at: Places) -> Columns:
    """Say when places took up technologies."""
    names = ("adopted_technologies", "first_adoptions", "adoption_lag", "restricted_lag")
    dates, year = at.question.dates, at.network.year
    if dates is None or year is None:
        return at.unknown(*names)
    return dict(place_indicators.adoption_lags(dates.reindex(at.names), year))


def vitality(at: Places) -> Columns:
    """Say how fast organisations and their edges become more."""
    history, arrivals, year = at.question.history, at.question.arrivals, at.network.year
    if history is None or arrivals is None or year is None:
        return at.unknown("new_share", "degree_growth")
    begin, span = year - at.question.span, at.question.span
    first = arrivals.reindex(at.network.nodes)
    role = None if at.question.role == "all" else _role(history, at.question.role)
    growth = place_indicators.degree_growth(
        history, at.question.place.reindex(history.nodes), year, span, members=role
    )
    # Before the table begins nobody knows who was there.
    known = begin >= arrivals.min()
    return {
        "new_share": at.means(first > begin) if known else np.full(len(at.names), NAN),
        "degree_growth": growth.reindex(at.names),
    }


def _role(network: ValueNetwork, role: Role) -> NDArray[np.bool_] | None:
    return None if network.sample is None else network.sample == (role == "sample")


PARTS: dict[Callable[[Places], Columns], tuple[str, ...]] = {
    sizes: ("organisations", "sample_organisations", "relations"),
    margins: (
        *("empowerment", "input", "empowerment_share", "input_share", "relative_balance"),
        *("local_closure", "external_dependence"),
    ),
    partners: ("outside_partners", "partner_places", "effective_partner_places"),
    degrees: (
        *("total_in_degree", "total_out_degree", "total_degree"),
        *("mean_in_degree", "mean_out_degree", "mean_degree"),
    ),
    positions: ("largest_core", "mean_core", "pagerank_share", "mean_clustering", "giant_share"),
    between: ("betweenness_share",),
    brokers: ("brokerage_share", "gateway_share"),
    technologies: ("technologies", "effective_technologies", "complexity", "mean_relatedness"),
    uptake: ("adopted_technologies", "first_adoptions", "adoption_lag", "restricted_lag"),
    vitality: ("new_share", "degree_growth"),
}
"""The indicators that each function finds, in the order of the table."""
COUNTS = frozenset(
    {
        *PARTS[sizes],
        *("empowerment", "input", "outside_partners", "partner_places", "largest_core", "technologies"),
        *("total_in_degree", "total_out_degree", "total_degree", "adopted_technologies", "first_adoptions"),
    }
)
"""Whole numbers."""


def of_year(question: Question, network: ValueNetwork, wanted: set[str]) -> tuple[Places, pd.DataFrame]:
    """Return the indicators of one year: those wanted and what their parts find beside."""
    at = Places(question, network)
    found: Columns = {}
    for part, names in PARTS.items():
        if part is sizes or wanted & set(names):
            found |= {name: np.asarray(values, dtype=np.float64) for name, values in part(at).items()}
    return at, pd.DataFrame(found, index=at.names)
