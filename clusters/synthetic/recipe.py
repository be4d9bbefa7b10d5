"""Decisions of the generator that no table prints, fitted once to the printed structure.

One value per year 2014-2022 where a tuple is given. ``links`` carries the clustering,
``repeat`` and ``uniform`` the path lengths, ``platform_growth`` and ``newcomers`` the
platform network of Table 6.
"""

from __future__ import annotations

from dataclasses import dataclass

Yearly = tuple[float, ...]


@dataclass(frozen=True)
class Recipe:
    """Parameters of the growth of the relations."""

    giving: float = 0.622
    """Share of the sample's edge ends at which it gives."""
    giving_platforms: float = 0.665
    """The same for platform enterprises."""
    links: Yearly = (0.0017, 0.0059, 0.03, 0.0007, 0.0025, 0.0009, 0.0102, 0.0009, 0.0008)
    """Sample-sample edges as a share of the year's edges."""
    links_planned: float = 0.006
    """The same over all years, as far as planned degrees depend on it."""
    links_platforms: float = 0.8
    """Share of these between two platforms; half of the rest joins a platform and another."""
    repeat: Yearly = (0.38, 0.239, 0.429, 0.05, 0.544, 0.249, 0.066, 0.411, 0.334)
    """Probability that a further edge goes to a partner the enterprise already has."""
    uniform: Yearly = (0.522, 0.9, 0.738, 0.05, 0.688, 0.05, 0.27, 0.25, 0.894)
    """Probability that a new contact is chosen evenly, not in proportion to degree."""
    platform_growth: Yearly = (0.029, 0.0434, 0.0579, 0.1132, 0.208, 0.325, 0.5784, 0.7737, 1.0)
    """Edges that touch a platform by each year, as a share of the last year's."""
    newcomers: Yearly = (0.651, 0.573, 0.912, 0.959, 0.934, 0.92, 0.839, 0.97, 0.796)
    """Share of the year's new partners that first meet a platform."""
    investors_at_platforms: float = 0.33
    """Share of the investors that first meet a platform."""
    growth: float = 0.925
    """Exponent of an enterprise's degree on the edges of its class since it entered."""
    star_growth: float = 1.25
    """Exponent of a pinned partner's degree on all edges."""
    spread: float = 0.35
    """Standard deviation of the log ratio of in- to out-degree."""
    lateness: float = 1.2
    """Noise of the order of entry, in log ranks."""
    tail: float = 1.25
    """Exponent of the out-degree on rank from the 293rd enterprise on."""
    middle: float = 1.19
    """Exponent of the out-degree on rank from the 32nd to the 292nd enterprise."""
    top: tuple[float, float] = (322.0, 288.0)
    """Out-degree of ranks 21 and 31."""
    minor_stars: int = 100
    """Partners just below Table 4 with a planned degree."""
    governments: float = 420
    """Partners that are governments."""
    foreign: float = 420
    """Partners outside mainland China, those of Table 4 included."""
    type_bias: float = 0.9
    """Exponent of the degree in the choice of partners for a type."""
    talent_academic: float = 0.4
    """Share of talent among what universities and institutes give, where Table 6 leaves it open."""
    talent_other: float = 0.03
    """The same for enterprises."""
    investment_other: float = 0.02
    """Share of investment among what other enterprises take."""
    foreign_investors: float = 0.06
    """Share of the investors that sit abroad."""
