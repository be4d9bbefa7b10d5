"""What all sections of a report share: the table, its networks, the choices, the language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import pandas as pd

from clusters import labels, networks
from clusters.errors import UsageError
from clusters.measures.flows import FlowCoverage
from clusters.networks import ValueNetwork
from clusters.relations import Relations, in_years
from clusters.report.wording import Spoken, inside, listing
from clusters.tables._relations import TECHNOLOGY, chosen

if TYPE_CHECKING:
    from clusters.index.scoring import IndexResult

NULL = 20
"""Random networks unless another number is asked for: enough for a mean and a spread, not for a small p."""
RESAMPLES = 100
"""Samples of enterprises unless another number is asked for."""
RESAMPLED_UP_TO = 200_000
"""Edges up to which both are made without being asked for: they take seconds, beyond it minutes."""
MAIN_LEVELS = ("province", "country", "city", "region", "state", "county")
"""Order in which the level of the flow tables is chosen when none is named."""


@dataclass(frozen=True)
class Study(Spoken):
    """One table with the choices of one report."""

    relations: Relations
    lang: str = "en"
    level: str = ""
    """Place level of the flow tables; empty when the table knows no places."""
    mode: str = "cumulative"
    parallel: str = "merge"
    years: Sequence[int] | None = None
    """Years to report; ``None`` for all."""
    seed: int = 0
    replicates: int = 0
    """Of the power-law test."""
    null: int | None = None
    """Random networks beside the last year's; ``None`` for a few where the network is not too large."""
    resamples: int | None = None
    """Samples of enterprises for intervals; ``None`` as for ``null``."""
    index: IndexResult | None = None
    """A composite index of places, where one was asked for."""
    index_level: str = ""
    """Place level of its network indicators; empty for one of a table that was given."""

    @cached_property
    def networks(self) -> Mapping[int | None, ValueNetwork]:
        """Networks of all kinds of relation, by year."""
        return self.networks_of(self.relations)

    @cached_property
    def last(self) -> ValueNetwork:
        """Network of the last year."""
        return networks.last(self.networks)

    @property
    def random_networks(self) -> int:
        """How many random networks are drawn."""
        return self._usual(self.null, NULL)

    @property
    def samples(self) -> int:
        """How many samples of enterprises are drawn for intervals; 0 leaves intervals out."""
        return self._usual(self.resamples, RESAMPLES)

    def _usual(self, asked: int | None, usual: int) -> int:
        return (usual if self.last.n_edges <= RESAMPLED_UP_TO else 0) if asked is None else asked

    @cached_property
    def technology(self) -> bool:
        """Whether flows and compositions are of technology relations only (decision D2)."""
        return TECHNOLOGY in self.relations.kinds

    @cached_property
    def flowing(self) -> Relations:
        """Relations of the flow and composition tables."""
        used = chosen(self.relations, None)
        return used if self.years is None else in_years(used, self.years[0], self.years[-1])

    def networks_of(self, relations: Relations) -> Mapping[int | None, ValueNetwork]:
        """Build networks with the choices of this report."""
        years = self.years
        if years is None and relations.dated:
            years = self.relations.years
        return networks.by_mode(relations, self.mode, years=years, parallel=self.parallel)

    @property
    def kinds(self) -> str:
        """The kinds of relation as they stand inside a sentence."""
        words = [(kind, labels.value("kind", kind, self.lang)) for kind in self.relations.kinds]
        return listing([inside(word, self.lang) if word != kind else kind for kind, word in words], self.lang)

    @cached_property
    def positions(self) -> pd.DataFrame:
        """Positions of the last network, the same in the drawing and in the GEXF files."""
        from clusters.export.layout import layout

        return layout(self.last, seed=self.seed)

    def left_out(self, coverage: FlowCoverage) -> str:
        """Say why relations are in no flow; nothing when all are."""
        reasons = {
            "origin": coverage.missing_origin,
            "destination": coverage.missing_destination,
            "both": coverage.missing_both,
            "outside": coverage.outside,
        }
        found = [self.say(f"left_out.{name}", n=n) for name, n in reasons.items() if n]
        return self.say("left_out", reasons=listing(found, self.lang)) if found else ""

    @property
    def mode_clause(self) -> str:
        """Say which years one network holds (decision D1)."""
        if not self.relations.dated:
            return self.say("clause.mode.undated")
        word, _, width = self.mode.partition(":")
        return self.say(f"clause.mode.{word}", n=int(width)) if width else self.say(f"clause.mode.{word}")

    @property
    def parallel_clause(self) -> str:
        """Say what counts as one edge (decision D3)."""
        return self.say(f"clause.parallel.{self.parallel}")

    @property
    def kinds_clause(self) -> str:
        """Say which kinds of relation count (decision D2)."""
        count = len(self.relations.kinds)
        if not count:
            return self.say("clause.kinds.none")
        return self.say("clause.kinds.all" if count > 1 else "clause.kinds.only", kinds=self.kinds)

    @property
    def what_clause(self) -> str:
        """Say which relations flows and compositions count (decision D2)."""
        return self.say("clause.technology" if self.technology else "clause.all_kinds")

    @property
    def year_clause(self) -> str:
        """Say of which year the last network is."""
        return "" if self.last.year is None else self.say("clause.last_year", year=self.last.year)


def main_level(relations: Relations, asked: str | None) -> str:
    """Return the place level of the flow tables.

    Raises ``UsageError`` when the level that was asked for is not in the table.

    Examples
    --------
    >>> from clusters.relations import from_frame
    >>> table = from_frame(pd.DataFrame({"source": ["a"], "target": ["b"],
    ...     "source_city": ["x"], "target_city": ["y"], "source_country": ["X"], "target_country": ["Y"]}))
    >>> main_level(table, None), main_level(table, "city")
    ('country', 'city')
    """
    levels = relations.levels
    if asked is not None:
        if asked not in levels:
            raise UsageError(
                f"level {asked!r} is not in the table; it has {', '.join(levels) or 'no place level'}",
                hint="a level X needs the columns source_X and target_X, or X in the nodes table",
            )
        return asked
    return next((name for name in MAIN_LEVELS if name in levels), "")
