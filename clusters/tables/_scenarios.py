"""Whom a scenario is about, and what every table of a scenario says (情景模拟)."""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from clusters.errors import UsageError
from clusters.measures import cascades, centrality, cores, degree
from clusters.measures._worlds import Model
from clusters.measures.cascades import Probability
from clusters.networks import ValueNetwork
from clusters.relations import PARTNER, SAMPLE
from clusters.sentences import Note
from clusters.tables._sensitivity import _labelled

Choice = str | Sequence[Hashable]
"""Names, or how to choose: ``top:10``, ``top:10:in_degree``, ``top:4:partner``, ``greedy:5``, ``random:5`` or
``platforms``."""
EXACT_BETWEENNESS = 5_000
"""Nodes up to which betweenness is exact when it ranks; beyond it is estimated."""
NAMED = 10
"""Organisations that a note names one by one."""
ROLES = (SAMPLE, PARTNER)
SEPARATOR = re.compile("[,，、]")
MEASURES: dict[str, Callable[[ValueNetwork], pd.Series]] = {
    "out_degree": degree.out_degree,
    "in_degree": degree.in_degree,
    "degree": degree.degree,
    "pagerank": centrality.pagerank,
    "core": cores.k_core,
    "betweenness": lambda network: betweenness(network),
}
"""Measures by which the first are taken with ``top:N:MEASURE``."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """Organisations of a scenario, and how they came to be chosen."""

    names: list[Hashable]
    how: Note


def choose(
    network: ValueNetwork,
    wanted: Choice,
    *,
    seed: int = 0,
    model: Model = "ic",
    p: Probability = "in_degree",
    greedy: bool = True,
) -> Chosen:
    """Read whom a scenario is about; see ``Choice``.

    Raises
    ------
    UsageError
        A name is not in the network, or the words mean nothing.

    Examples
    --------
    >>> star = ValueNetwork.from_edges([("hub", leaf) for leaf in "abc"])
    >>> choose(star, "top:1").names, choose(star, "a, b").names
    (['hub'], ['a', 'b'])
    """
    if not isinstance(wanted, str):
        return _named(network, list(wanted))
    word, _, rest = wanted.partition(":")
    if wanted == "platforms":
        return Chosen(platforms(network), Note("note.seeds_platforms"))
    if word not in ("top", "greedy", "random") or not rest:
        return _named(network, [name.strip() for name in SEPARATOR.split(wanted) if name.strip()])
    number, *words = rest.split(":")
    if not number.isdecimal() or int(number) < 1 or (words and word != "top"):
        raise UsageError(
            f"{wanted!r} is not understood", hint="for example top:10, top:10:pagerank, greedy:5"
        )
    k = min(int(number), network.n_nodes)
    if word == "random":
        return Chosen(cascades.random_seeds(network, k, seed=seed), Note("note.seeds_random", seed=seed))
    if word == "greedy":
        if not greedy:
            raise UsageError("greedy seeds are chosen for a cascade; use top, random or names")
        found = cascades.greedy_seeds(network, k, model=model, p=p, seed=seed)
        return Chosen(list(found.index), Note("note.seeds_greedy", worlds=cascades.GREEDY_WORLDS))
    return _first(network, k, words)


def _first(network: ValueNetwork, k: int, words: list[str]) -> Chosen:
    """Take the first by a measure, of all organisations or of one role."""
    role = next((word for word in words if word in ROLES), None)
    measures = [word for word in words if word != role] or ["out_degree"]
    if len(measures) > 1 or measures[0] not in MEASURES:
        known = ", ".join([*MEASURES, *ROLES])
        raise UsageError(f"top does not know {':'.join(measures)!r}", hint=f"use {known}")
    values = MEASURES[measures[0]](network)
    if role is None:
        return Chosen(cascades.top_seeds(values, k), Note("note.seeds_top", measure=measures[0]))
    if network.sample is None:
        raise UsageError(Note("note.no_attribute", names=["role"]))
    names = cascades.top_seeds(values[network.sample == (role == SAMPLE)], k)
    return Chosen(names, Note("note.seeds_top_role", measure=measures[0], role=role))


def platforms(network: ValueNetwork) -> list[Hashable]:
    """Return the platform enterprises of a network."""
    attributes = network.attributes
    if attributes is None or "platform" not in attributes.columns:
        raise UsageError(Note("note.no_platforms"))
    return list(attributes.index[attributes["platform"].fillna(False).astype(bool)])


def betweenness(network: ValueNetwork) -> pd.Series:
    """Return betweenness, estimated where the exact numbers take long."""
    if network.n_nodes <= EXACT_BETWEENNESS:
        return centrality.betweenness(network)
    return centrality.betweenness_estimate(network)["betweenness_estimate"]


def described(table: pd.DataFrame, network: ValueNetwork) -> pd.DataFrame:
    """Add names and roles of organisations where they are known, behind ``node``."""
    table = _labelled(table, network)
    if network.sample is not None:
        role = pd.Series(np.where(network.sample, SAMPLE, PARTNER), index=network.nodes)
        table.insert(1 + ("label" in table.columns), "role", table["node"].map(role).astype(object))
    return table


def listed(names: Sequence[Hashable]) -> Note:
    """Name organisations, the first ones where there are many."""
    shown = [str(name) for name in names[:NAMED]]
    if len(names) <= NAMED:
        return Note("note.names", names=shown)
    return Note("note.names_more", names=shown, n=len(names) - NAMED)


def _named(network: ValueNetwork, names: list[Hashable]) -> Chosen:
    """Take ids, or names for reading where exactly one organisation has that name."""
    attributes = network.attributes
    labels = None if attributes is None or "label" not in attributes.columns else attributes["label"]
    found: list[Hashable] = []
    for name in names:
        if name not in network.nodes and labels is not None:
            same = labels.index[(labels == name).to_numpy(dtype=bool)]
            name = same[0] if len(same) == 1 else name
        if name not in network.nodes:
            raise UsageError(Note("note.not_in_network", name=str(name)))
        found.append(name)
    return Chosen(list(dict.fromkeys(found)), Note("note.seeds_named"))


def noted(table: pd.DataFrame, notes: Sequence[Note]) -> pd.DataFrame:
    """Give a table its notes; the first one says that it is a scenario."""
    table.attrs["notes"] = [Note("note.scenario"), *notes]
    return table
