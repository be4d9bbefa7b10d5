"""The summary in words: every statement is computed from the report's own tables.

Each function answers one question and returns a ``Point``, or ``None`` when the table
at hand cannot answer it. What may be said about a degree distribution follows the
verdict of ``measures.powerlaw`` and nothing beyond it (``tables._claims``); an undefined number is said to
be undefined.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from clusters import labels, places
from clusters.measures import flows as measures
from clusters.measures.flows import FlowCoverage
from clusters.measures.powerlaw import THIN
from clusters.report.items import Point
from clusters.report.wording import inside, listing
from clusters.sentences import Note, in_language, number, say
from clusters.tables._claims import claim, network_claim

NORMAL = 1.96
"""Standard deviations beyond which a normal number falls in 1 of 20 cases."""
NAMED = 4
"""Leaders of equal degree are named up to this number."""
SPARSE = 100
"""Up to one joined pair in 100 the density is printed as percent, below as one in so many."""


@dataclass(frozen=True)
class Facts:
    """What the summary is made from; tables that do not exist are empty."""

    structure: pd.DataFrame
    """One row per year, ascending."""
    cumulative: bool = True
    degrees: pd.DataFrame = field(default_factory=pd.DataFrame)
    """All organisations of the last year, by falling degree."""
    concentration: pd.DataFrame = field(default_factory=pd.DataFrame)
    """Rows of out-degrees, by year."""
    powerlaw: pd.DataFrame = field(default_factory=pd.DataFrame)
    growth: pd.DataFrame = field(default_factory=pd.DataFrame)
    """Exponents of growth; empty where the network is not cumulative."""
    nulls: pd.DataFrame = field(default_factory=pd.DataFrame)
    """Statistics beside those of random networks with the same degrees; empty where none are drawn."""
    draws: int = 0
    """How many random networks these are."""
    flows: pd.DataFrame = field(default_factory=pd.DataFrame)
    """Square matrix of relation counts, origins down, destinations across."""
    level: str = ""
    technology: bool = False
    """Whether flows and compositions are of technology relations only (decision D2)."""
    coverage: FlowCoverage | None = None
    """How many relations the flows count."""
    platforms: Mapping[str, float] = field(default_factory=dict)
    """``platforms, relations, of, nodes, edges`` of the platform network."""
    compositions: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    """Tables ``class, relations, share`` by classification."""
    readings: Mapping[str, Note] = field(default_factory=dict)
    """What ``polarisation``, ``diffusion`` and ``phases`` say in words, where there are such tables."""

    @property
    def last(self) -> pd.Series:
        """The last year's row of the structure table."""
        return self.structure.iloc[-1]

    @property
    def first(self) -> pd.Series:
        """The first year's row of the structure table."""
        return self.structure.iloc[0]


def points(facts: Facts, lang: str = "en") -> list[Point]:
    """Return the statements of the summary, in order, one per topic.

    Examples
    --------
    >>> table = pd.DataFrame({"year": [2022], "nodes": [2], "edges": [1]})
    >>> [point.text for point in points(Facts(table))]
    ['In 2022 the network has 2 organisations and 1 edge.']
    """
    if facts.structure.empty or not facts.last["edges"]:
        return [Point(say("topic.growth", lang), say("summary.none", lang))]
    found = ((topic, statement(facts, lang)) for topic, statement in STATEMENTS.items())
    return [Point(say(f"topic.{topic}", lang), text) for topic, text in found if text]


def growth(facts: Facts, lang: str) -> str:
    """Say how many organisations and edges there are, and were."""
    first, last = facts.first, facts.last
    values: dict[str, Any] = {"n1": int(last["nodes"]), "e1": int(last["edges"])}
    if pd.isna(last["year"]):
        return say("summary.undated", lang, **values) + _roles(last, lang)
    values |= {"first": int(first["year"]), "last": int(last["year"])}
    span = values["last"] - values["first"]
    if span <= 0:
        return say("summary.one_year", lang, **values) + _roles(last, lang)
    values |= {"n0": int(first["nodes"]), "e0": int(first["edges"])}
    if not (facts.cumulative and values["n0"] and values["e0"]):
        return say("summary.change", lang, **values) + _roles(last, lang)
    values |= {
        "gn": (values["n1"] / values["n0"]) ** (1 / span) - 1,
        "ge": (values["e1"] / values["e0"]) ** (1 / span) - 1,
    }
    return say("summary.growth", lang, **values) + _roles(last, lang)


def _roles(last: pd.Series, lang: str) -> str:
    sample, partner = last.get("sample_nodes", np.nan), last.get("partner_nodes", np.nan)
    if pd.isna(sample) or not sample:
        return ""
    return _after(say("summary.roles", lang, sample=int(sample), partner=int(partner)), lang)


def ties(facts: Facts, lang: str) -> str:
    """Say how dense the network is."""
    first, last = facts.first, facts.last
    density = _get(last, "density")
    if not density > 0:
        return ""
    values = {"k": _get(last, "average_degree"), "r": _get(last, "reciprocity"), "d": density}
    sparse = density * SPARSE < 1
    text = say(
        "summary.ties" if sparse else "summary.ties_dense", lang, e=2, one_in=round(1 / density), **values
    )
    before = _get(first, "average_degree")
    if len(facts.structure) > 1 and before == before:
        text += _after(say("summary.densifies", lang, k0=before, first=int(first["year"])), lang)
    return text


def distances(facts: Facts, lang: str) -> str:
    """Say how far apart organisations are, and over how many pairs that is known."""
    first, last = facts.first, facts.last
    if "reachable_pairs" not in last:
        return ""
    nodes = int(last["nodes"])
    if _get(last, "average_path_length_estimate") > 0:
        text = say(
            "summary.distances_estimate",
            lang,
            share=last["reachable_pairs_estimate"] / (nodes * (nodes - 1)),
            length=float(last["average_path_length_estimate"]),
            low=float(last["low"]),
            high=float(last["high"]),
            sources=int(last["sources"]),
            diameter=int(last["diameter_at_least"]),
        )
    elif not _whole(last["reachable_pairs"]):
        return say("summary.no_distances", lang)
    else:
        pairs = int(last["reachable_pairs"])
        text = say(
            "summary.distances",
            lang,
            q=pairs,
            share=pairs / (nodes * (nodes - 1)),
            length=float(last["average_path_length"]),
            diameter=int(last["diameter"]),
        )
    if len(facts.structure) > 1 and _get(first, "reachable_pairs") > 0:
        text += _after(
            say(
                "summary.distances_before",
                lang,
                first=int(first["year"]),
                length0=float(first["average_path_length"]),
                q0=int(first["reachable_pairs"]),
            ),
            lang,
        )
    return text


def clustering(facts: Facts, lang: str) -> str:
    """Say how far organisations form groups."""
    last = facts.last
    value, largest = _get(last, "average_clustering"), _get(last, "largest_component")
    if not (value == value and largest == largest):
        return ""
    text = say("summary.clustering", lang, c=value, share=largest / int(last["nodes"]))
    quality = _get(last, "modularity")
    if quality == quality:
        text += _after(say("summary.communities", lang, k=int(last["communities"]), q=quality), lang)
    return text


def concentration(facts: Facts, lang: str) -> str:
    """Say what part of all giving the top organisations do; only tops that are more than one organisation."""
    if facts.concentration.empty or facts.degrees.empty:
        return ""
    last, nodes = facts.concentration.iloc[-1], len(facts.degrees)
    if nodes < 20 or pd.isna(last["top_10_percent"]):
        return ""
    term = "summary.concentration_" + ("10" if nodes < 200 else "1" if nodes < 2000 else "01")
    text = say(
        term,
        lang,
        a=float(last["top_10_percent"]),
        b=float(last["top_1_percent"]),
        c=float(last["top_0_1_percent"]),
        z=float((facts.degrees["out_degree"] == 0).mean()),
    )
    low, high = (_get(last, f"top_10_percent_{end}") for end in ("low", "high"))
    if low == low and high == high:
        text += _after(say("summary.concentration_interval", lang, low=low, high=high), lang)
    return text


def densification(facts: Facts, lang: str) -> str:
    """Say how edges grow with organisations, with the interval of the exponent."""
    if facts.growth.empty:
        return ""
    rows = facts.growth[facts.growth["series"] == "cumulative"]
    if rows.empty or rows["exponent_low"].isna().iloc[0]:
        return ""
    row = rows.iloc[0]
    low, high = float(row["exponent_low"]), float(row["exponent_high"])
    verdict = "denser" if low > 1 else "sparser" if high < 1 else "open"
    return say(
        f"summary.densification_{verdict}",
        lang,
        a=float(row["exponent"]),
        low=low,
        high=high,
        years=_whole(row["years"]),
    )


def chance(facts: Facts, lang: str) -> str:
    """Say which statistics the degrees alone would not bring about."""
    if facts.nulls.empty:
        return ""
    table = facts.nulls[~facts.nulls["statistic"].str.endswith("_undirected")]
    parts = []
    for row in table[table["p"].notna()].to_dict("records"):
        side = "above" if row["observed"] > row["null_mean"] else "below"
        told = row["p"] < 0.05 and abs(row["z"]) > NORMAL
        parts.append(
            say(
                f"summary.chance_{side if told else 'within'}",
                lang,
                name=inside(labels.heading(row["statistic"], lang), lang),
                observed=number(row["observed"], labels.unit(row["statistic"]), lang),
                mean=number(row["null_mean"], labels.unit(row["statistic"]), lang),
            )
        )
    return say("summary.chance", lang, n=facts.draws, parts=parts) if parts else ""


def leaders(facts: Facts, lang: str) -> str:
    """Name the organisations with the highest degree; ties share the lead."""
    table = facts.degrees
    if table.empty or len(table) < 3:
        return ""
    top = table.iloc[0]
    tied = table[table["degree"] == top["degree"]]
    if len(tied) > 1:
        names = listing([_name(v) for v in tied["label"]], lang) if len(tied) <= NAMED else ""
        term = "summary.leaders_tied" if names else "summary.leaders_many"
        return say(term, lang, n=len(tied), degree=int(top["degree"]), names=names)
    text = say(
        "summary.leader",
        lang,
        name=_name(top["label"]),
        degree=int(top["degree"]),
        out=int(top["out_degree"]),
        into=int(top["in_degree"]),
    )
    next_ = [
        say("summary.ranked", lang, name=_name(name), degree=int(degree))
        for name, degree in table.iloc[1:3][["label", "degree"]].itertuples(index=False)
    ]
    text += _after(say("summary.followers", lang, n=len(next_), names=listing(next_, lang)), lang)
    partners = table[table["role"] == "partner"] if "role" in table.columns else table.head(0)
    if len(partners) and partners.index[0] != table.index[0]:
        best = partners.iloc[0]
        text += _after(
            say("summary.partner_leader", lang, name=_name(best["label"]), degree=int(best["degree"])), lang
        )
    return text


def power_law(facts: Facts, lang: str) -> str:
    """Say of the degree distribution what the tests allow, in the words of the verdict."""
    table = facts.powerlaw
    if table.empty or "verdict" not in table.columns:
        return ""
    rows = table[table["degree"].isin(["total", "degree"])]
    fits = rows[rows["verdict"].notna()].to_dict("records")
    if not fits:
        return ""
    fit = fits[0]
    text = in_language(claim(fit, rows), lang)
    if str(fit["verdict"]) == "undefined":
        return text
    if int(fit["n_tail"]) < THIN:
        text += _after(say("summary.power_law_thin", lang), lang)
    category = fit.get("network_category")
    if isinstance(category, str) and str(fit["verdict"]) != "not_tested":
        text += _after(in_language(network_claim(category), lang), lang)
    return text


def flows(facts: Facts, lang: str) -> str:
    """Say what stays within places, what crosses, and which flow is the largest."""
    counts = facts.flows.to_numpy(dtype=float)
    if len(counts) < 2 or not counts.sum():
        return ""
    intra = measures.intra_share(facts.flows)
    origin, destination = (int(k) for k in np.unravel_index(int(counts.argmax()), counts.shape))
    return say(
        "summary.flows_within" if origin == destination else "summary.flows",
        lang,
        what=say(_what(facts), lang, n=2),
        level=inside(labels.heading(facts.level, lang), lang),
        intra=intra,
        inter=1 - intra,
        origin=_place(facts.flows.index[origin], lang),
        destination=_place(facts.flows.columns[destination], lang),
        top=counts.max() / counts.sum(),
    )


def poles(facts: Facts, lang: str) -> str:
    """Say how much of the flows the two largest places give, take and share."""
    counts = facts.flows.to_numpy(dtype=float)
    if len(counts) < 3 or not counts.sum():
        return ""
    weight = counts.sum(axis=1) + counts.sum(axis=0)
    pair = [facts.flows.index[int(k)] for k in np.argsort(-weight, kind="stable")[:2]]
    found = measures.pole_dominance(facts.flows, pair)
    return say(
        "summary.poles",
        lang,
        a=_place(pair[0], lang),
        b=_place(pair[1], lang),
        given=found.source,
        taken=found.target,
        among=found.inside,
        touching=found.touching,
    )


def coverage(facts: Facts, lang: str) -> str:
    """Say for how many relations both places are known."""
    if facts.coverage is None or not facts.coverage.relations:
        return ""
    placed, m = facts.coverage.counted, facts.coverage.relations
    term = "summary.coverage"
    if not placed:
        term += "_none"
    elif placed == m and m > 1:
        term += "_full"
    return say(
        term,
        lang,
        n=placed,
        m=m,
        share=placed / m,
        what=say(_what(facts), lang, n=m),
        level=inside(labels.heading(facts.level, lang), lang),
    )


def platforms(facts: Facts, lang: str) -> str:
    """Say what part of the network touches platform enterprises."""
    found = facts.platforms
    if not found:
        return ""
    return say(
        "summary.platforms",
        lang,
        n=int(found["platforms"]),
        share=found["relations"] / found["of"],
        what=say(_what(facts), lang, n=2),
        nodes=int(found["nodes"]),
        edges=int(found["edges"]),
    )


def polarisation(facts: Facts, lang: str) -> str:
    """Say what became more or less concentrated, how much, and what the data cannot tell."""
    return _read(facts, "polarisation", lang)


def diffusion(facts: Facts, lang: str) -> str:
    """Say whether technology spread over places, and how surely the cluster moved from one to the other."""
    texts = [_read(facts, name, lang) for name in ("diffusion", "phases")]
    return ("" if lang == "zh" else " ").join(text for text in texts if text)


def composition(facts: Facts, lang: str) -> str:
    """Name the two largest classes of the first classifications."""
    texts = []
    for name, table in facts.compositions.items():
        if len(table) < 2:
            continue
        first, second = table.iloc[0], table.iloc[1]
        texts.append(
            say(
                "summary.composition",
                lang,
                **{"class": inside(labels.heading(name, lang), lang)},
                what=say(_what(facts), lang, n=2),
                first=_class(name, first["class"], lang),
                second=_class(name, second["class"], lang),
                a=float(first["share"]),
                b=float(second["share"]),
            )
        )
    return ("" if lang == "zh" else " ").join(texts[:2])


STATEMENTS: dict[str, Callable[[Facts, str], str]] = {
    "growth": growth,
    "ties": ties,
    "densification": densification,
    "distances": distances,
    "clustering": clustering,
    "chance": chance,
    "concentration": concentration,
    "leaders": leaders,
    "power_law": power_law,
    "platforms": platforms,
    "flows": flows,
    "poles": poles,
    "polarisation": polarisation,
    "diffusion": diffusion,
    "composition": composition,
    "coverage": coverage,
}


CARDS = (
    "nodes",
    "edges",
    "relations",
    "average_degree",
    "average_path_length",
    "average_path_length_estimate",
    "diameter",
    "diameter_at_least",
    "average_clustering",
)


def cards(facts: Facts, lang: str = "en") -> list[dict[str, str]]:
    """Return the key numbers of the last year as label and printed value."""
    if facts.structure.empty:
        return []
    found = {name: facts.last[name] for name in CARDS if name in facts.last}
    if len(facts.concentration):
        found["top_1_percent"] = facts.concentration.iloc[-1]["top_1_percent"]
    return [
        {"label": labels.label(name, lang), "value": number(value, labels.unit(name), lang)}
        for name, value in found.items()
        if not pd.isna(value)
    ]


def _after(text: str, lang: str) -> str:
    """Join a further sentence: Latin script sets a space, Chinese does not."""
    return text.strip() if lang == "zh" else " " + text.strip()


def _get(row: pd.Series, column: str) -> float:
    value = row.get(column, np.nan)
    return float("nan") if pd.isna(value) else float(value)


def _whole(value: Any) -> int:
    return 0 if pd.isna(value) else int(value)


def _name(value: Any, limit: int = 60) -> str:
    text = " ".join(str(value).split())
    return text if len(text) <= limit else text[: limit - 1] + "…"


def _read(facts: Facts, name: str, lang: str) -> str:
    note = facts.readings.get(name)
    return "" if note is None else in_language(note, lang)


def _what(facts: Facts) -> str:
    return "what.technology" if facts.technology else "what.all"


def _place(value: Any, lang: str) -> str:
    return places.label(str(value), lang)


def _class(name: str, value: Any, lang: str) -> str:
    text = labels.value(name, value, lang)
    return labels.value("class", value, lang) if text == str(value) else text
