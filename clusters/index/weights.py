"""Weights: what each part counts within its parent, by which system, and what each indicator weighs in all.

Weights are shares among siblings. Given and equal weights are a choice; entropy, CRITIC, variation,
deviation and principal components come from the data at hand and change with its units and its
normalisation; AHP comes from judgements. None of them says what a weight should be.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import pandas as pd

from clusters.errors import DataError, UsageError
from clusters.index._systems import PCA, critic, deviation, entropy, pca, variation
from clusters.index._weighing import FROM_DATA, SYSTEMS, Weighting, factors, rescaled, weigh
from clusters.index.aggregate import aggregate
from clusters.index.ahp import AHP, ahp
from clusters.index.framework import Framework
from clusters.index.importance import Optimised, importance, optimised
from clusters.sentences import Note

__all__ = [
    "AHP",
    "PCA",
    "SYSTEMS",
    "FrameworkWeights",
    "Optimised",
    "Weighting",
    "ahp",
    "critic",
    "deviation",
    "effective_weights",
    "entropy",
    "importance",
    "optimised",
    "pca",
    "rescaled",
    "variation",
    "weigh",
    "weigh_framework",
]

UPPER = ("data", "given", "equal")
"""What weighs aggregates whose siblings are aggregates too, where a system needs data."""


@dataclass(frozen=True)
class FrameworkWeights(Mapping[str, float]):
    """Weights of all nodes of a framework among their siblings: a mapping from node to weight."""

    system: str
    exact: Mapping[str, Fraction]
    """Weight of every node, 1 for the root; those of data and judgements are floats inside."""
    parent: Mapping[str, str | None]
    diagnostics: pd.DataFrame = field(default_factory=pd.DataFrame)
    """Rows nodes, columns as in ``Weighting``."""
    warnings: tuple[Note, ...] = ()

    def __getitem__(self, node: str) -> float:
        """Return the weight of a node among its siblings."""
        return float(self.exact[node])

    def __iter__(self) -> Iterator[str]:
        """Go through the nodes: aggregates, then indicators."""
        return iter(self.exact)

    def __len__(self) -> int:
        """Return the number of nodes."""
        return len(self.exact)

    def effective(self, node: str) -> Fraction:
        """Return what a node weighs in the score: the product of the weights on its way to the root."""
        above = self.parent[node]
        return self.exact[node] * (self.effective(above) if above is not None else 1)


def weigh_framework(
    framework: Framework,
    frame: pd.DataFrame | None = None,
    system: str | None = None,
    *,
    upper: str = "data",
    reference_year: int | None = None,
    matrices: Mapping[str, Any] | None = None,
    of: Sequence[str] = ("entropy", "critic"),
) -> FrameworkWeights:
    """Weigh all nodes of a framework within their parents.

    Parameters
    ----------
    framework
        The tree; its own weights serve ``given`` and whatever the system does not reach.
    frame
        Normalised indicators (rows units, or units and years): needed by systems from data. A column
        of an aggregate without any below it stands for the aggregate itself.
    system
        A name of ``SYSTEMS``; by default that of the framework. ``equal`` is nested: siblings weigh
        the same. ``equal_effective`` lets every indicator weigh the same in the score: siblings
        weigh as their numbers of indicators.
    upper
        What weighs siblings that are all aggregates, where the system needs data: ``data``, the same
        system on the aggregated values (by the framework's means, with the weights found below);
        ``given``; ``equal``.
    reference_year
        Year of a panel whose units the weights come from. Without it all years are taken together.
        In either case weights are computed once, so that years compare.
    matrices
        For ``ahp``: pairwise comparisons of the children of each parent; others keep given weights.
    of
        For ``combined``.

    Returns
    -------
    FrameworkWeights
        A mapping from node to weight, 1 for the root.

    Raises
    ------
    DataError
        The data do not allow the system, or lack an indicator or the reference year.
    ValueError
        An unknown system or option.

    References
    ----------
    Methods 2.5, step 6.

    Examples
    --------
    >>> from clusters.index.frameworks import read_framework
    >>> weights = weigh_framework(read_framework("tmtpost_2024"), system="equal_effective")
    >>> float(weights.effective("policies"))
    0.04
    """
    chosen = system or framework.steps.weights
    if chosen not in SYSTEMS:
        raise ValueError(f"weights {chosen!r} are not known; use {', '.join(SYSTEMS)}")
    if upper not in UPPER:
        raise ValueError(f"upper {upper!r} is not known; use {', '.join(UPPER)}")
    if chosen == "ahp" and not matrices and any(len(c) > 1 for c in framework.children.values()):
        raise UsageError(
            "ahp weights come from pairwise comparisons, and there are none",
            hint="name them: --matrix FILE of clusters index weights, or matrices in the framework",
        )
    parts = (chosen, *factors(of)) if chosen == "combined" else (chosen,)
    if not set(parts) & set(FROM_DATA):
        return _without_data(framework, chosen, matrices or {}, of)
    if frame is None:
        raise ValueError(f"{chosen} weights come from data; give a frame of normalised indicators")
    return _Climb(framework, _of_year(frame, reference_year), chosen, upper, matrices or {}, of).weights(
        _said_years(frame, reference_year)
    )


def effective_weights(
    framework: Framework, weights: Mapping[str, Any] | None = None, *, exact: bool = False
) -> pd.Series:
    """Compute what each indicator weighs in the score: the product of the weights on its way to the root.

    Parameters
    ----------
    framework
        The tree.
    weights
        Weight of every node, rescaled among siblings; by default those of the framework.
    exact
        Return fractions instead of floats. Weights are taken with the digits they are written with,
        so 0.15 is 3/20 and three times 0.333333 is 1/3 each.

    Returns
    -------
    Series
        By indicator, in the framework's order; with ``exact`` the sum is 1 without rounding.

    References
    ----------
    Methods 2.2 and 2.5, step 7.

    Examples
    --------
    >>> from clusters.index.frameworks import read_framework
    >>> found = effective_weights(read_framework("tmtpost_2024"), exact=True)
    >>> found.sum(), found.max()
    (Fraction(1, 1), Fraction(1, 8))
    """
    if isinstance(weights, FrameworkWeights):
        tree = weights
    else:
        given = framework.weight if weights is None else weights
        tree = FrameworkWeights("given", _shared(framework, given), framework.parent)
    ids = [node.id for node in framework.indicators]
    found = [tree.effective(node) for node in ids]
    index = pd.Index(ids, name="id")
    if exact:
        return pd.Series(found, index=index, name="effective_weight", dtype=object)
    return pd.Series([float(x) for x in found], index=index, name="effective_weight")


def _shared(framework: Framework, weights: Mapping[str, Any]) -> dict[str, Fraction]:
    found = {framework.root: Fraction(1)}
    for children in framework.children.values():
        found |= rescaled({node: weights[node] for node in children})
    return {node.id: found[node.id] for node in framework.nodes}


def _without_data(
    framework: Framework, system: str, matrices: Mapping[str, Any], of: Sequence[str]
) -> FrameworkWeights:
    """Weigh a tree by what needs no data: given, equal, judgements, and products of these."""
    if system in ("ahp", "combined"):
        climb = _Climb(framework, pd.DataFrame(), system, "data", matrices, of)
        return climb.weights(())
    weights: Mapping[str, Any] = framework.weight
    if system == "equal":
        weights = dict.fromkeys(framework.weight, 1)
    elif system == "equal_effective":
        weights = {node: Fraction(len(framework.leaves(node))) for node in framework.weight}
    return FrameworkWeights(system, _shared(framework, weights), framework.parent)


class _Climb:
    """Weighs a tree from its leaves up: the values of an aggregate need the weights below it."""

    def __init__(
        self,
        framework: Framework,
        frame: pd.DataFrame,
        system: str,
        upper: str,
        matrices: Mapping[str, Any],
        of: Sequence[str],
    ) -> None:
        self.framework, self.system, self.upper, self.of = framework, system, upper, of
        self.matrices = matrices
        self.values = {str(column): frame[column] for column in frame.columns}
        self.found: dict[str, Fraction] = {framework.root: Fraction(1)}
        self.rows: list[pd.DataFrame] = []
        self.notes: list[Note] = []
        unknown = [parent for parent in matrices if parent not in framework.children]
        if unknown:
            raise DataError(
                f"the comparisons name {unknown[0]!r}, which is no aggregate of the framework",
                hint=f"aggregates: {', '.join(framework.children)}",
            )

    def weights(self, notes: Sequence[Note]) -> FrameworkWeights:
        """Weigh every parent and put all together."""
        for parent in self.framework.bottom_up():
            children = self.framework.children[parent]
            if self._is_given(parent):
                self._take(self._plain(children, "given"))
                continue
            self._weigh(parent, children)
            self._climb(parent, children)
        exact = {node.id: self.found[node.id] for node in self.framework.nodes}
        rows = pd.concat(self.rows) if self.rows else pd.DataFrame()
        return FrameworkWeights(
            self.system, exact, self.framework.parent, rows, (*notes, *dict.fromkeys(self.notes))
        )

    def _is_given(self, parent: str) -> bool:
        """Tell whether an aggregate has values of its own while nothing below it has any."""
        below = {node for child in self.framework.children[parent] for node in self._under(child)}
        return parent in self.values and not below & set(self.values)

    def _under(self, node: str) -> Iterator[str]:
        yield node
        for child in self.framework.children.get(node, ()):
            yield from self._under(child)

    def _weigh(self, parent: str, children: tuple[str, ...]) -> None:
        all_aggregates = all(child in self.framework.aggregate for child in children)
        if self.system == "ahp":
            judged = parent in self.matrices or len(children) == 1
            self._take(self._of_system(parent, children) if judged else self._plain(children, "given"))
            if not judged:
                self.notes.append(Note("note.weights_not_judged", parent=parent))
        elif all_aggregates and self.upper != "data" and len(children) > 1:
            self._take(self._plain(children, self.upper))
        else:
            self._take(self._of_system(parent, children))

    def _plain(self, children: tuple[str, ...], system: str) -> dict[str, Fraction]:
        own = self.framework.weight
        return rescaled({node: own[node] if system == "given" else 1 for node in children})

    def _of_system(self, parent: str, children: tuple[str, ...]) -> dict[str, Fraction]:
        needs = set(FROM_DATA) & {self.system, *(self.of if self.system == "combined" else ())}
        lacking = [child for child in children if child not in self.values]
        if needs and lacking:
            raise DataError(
                f"{self.system} weights of {parent!r} need data of {lacking[0]!r}, which the table lacks"
            )
        matrix = self.matrices.get(parent, [[1]] if len(children) == 1 else None)
        if "ahp" in (self.system, *self.of) and self.system in ("ahp", "combined") and matrix is None:
            raise DataError(
                f"{self.system} weights of {parent!r} need comparisons of its parts {', '.join(children)}"
            )
        columns = {child: self.values.get(child, pd.Series(dtype=float)) for child in children}
        own = {child: self.framework.weight[child] for child in children}
        try:
            found = weigh(
                pd.DataFrame(columns, columns=list(children)),
                self.system,
                given=own,
                matrix=matrix,
                of=self.of,
            )
        except (DataError, ValueError) as error:
            raise type(error)(f"{parent}: {error}", **_hint(error)) from None
        self.rows.append(found.diagnostics)
        self.notes += [Note("note.weights_of", parent=parent, what=note) for note in found.warnings]
        return {str(node): Fraction(float(weight)) for node, weight in found.weights.items()}

    def _take(self, weights: Mapping[str, Fraction]) -> None:
        self.found |= weights

    def _climb(self, parent: str, children: tuple[str, ...]) -> None:
        """Compute the values of an aggregate, for the weights of its siblings."""
        if not set(children) <= set(self.values) or self.framework.parent[parent] is None:
            return
        steps = self.framework.steps
        stage = aggregate(
            pd.DataFrame({child: self.values[child] for child in children}),
            {parent: children},
            {child: float(self.found[child]) for child in children},
            self.framework.aggregate[parent].mean or steps.mean,
            minimum_share=steps.minimum_share,
            options=steps.mean_options,
            by_year=steps.by_year,
        )
        self.values[parent] = stage.frame[parent]


def _hint(error: Exception) -> dict[str, str]:
    return {"hint": error.hint} if isinstance(error, DataError) else {}


def _of_year(frame: pd.DataFrame, year: int | None) -> pd.DataFrame:
    if year is None:
        return frame
    if not isinstance(frame.index, pd.MultiIndex):
        raise DataError(f"there is no year {year}: the table has no years")
    years = frame.index.get_level_values("year")
    if year not in years:
        known = ", ".join(str(y) for y in sorted(set(years)))
        raise DataError(f"the table has no year {year} to take weights from; it has {known}")
    return frame[years == year]


def _said_years(frame: pd.DataFrame, year: int | None) -> tuple[Note, ...]:
    if not isinstance(frame.index, pd.MultiIndex):
        return ()
    years = frame.index.get_level_values("year")
    if year is not None:
        return (Note("note.weights_year", year=int(year)),)
    return (Note("note.weights_pooled", first=int(years.min()), last=int(years.max())),)
