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

    giving: float = 0.618
    """Share of the sample's edge ends at which it gives."""
    giving_platforms: float = 0.65
    """The same for platform enterprises."""
    links: Yearly = (0.002, 0.0039, 0.0069, 0.0018, 0.0076, 0.0011, 0.0151, 0.0012, 0.0022)
    """Sample-sample edges as a share of the year's edges."""
    links_planned: float = 0.006
    """The same over all years, as far as planned degrees depend on it."""
    links_platforms: float = 0.88
    """Share of these between two platforms; half of the rest joins a platform and another."""
    repeat: Yearly = (0.46, 0.209, 0.03, 0.157, 0.726, 0.56, 0.28, 0.688, 0.572)
    """Probability that a further edge goes to a partner the enterprise already has."""
    uniform: Yearly = (0.058, 0.284, 0.677, 0.065, 0.585, 0.228, 0.356, 0.577, 0.248)
    """Probability that a new contact is chosen evenly, not in proportion to degree."""
    platform_growth: Yearly = (0.0284, 0.0421, 0.057, 0.1073, 0.1992, 0.3148, 0.5631, 0.7415, 1.0)
    """Edges that touch a platform by each year, as a share of the last year's."""
    newcomers: Yearly = (0.629, 0.751, 0.773, 0.859, 0.929, 0.831, 0.818, 0.956, 0.776)
    """Share of the year's new partners that first meet a platform."""
    investors: Yearly = (0.2, 0.2, 0.08, 0.1, 0.23, 0.2, 0.19, 0.17, 0.25)
    """Investors among the new partners, before the total is met; few where Table 6 needs the others."""
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
    middle: float = 1.2
    """Exponent of the out-degree on rank from the 32nd to the 292nd enterprise."""
    top: tuple[float, float] = (331.0, 295.0)
    """Out-degree of ranks 21 and 31."""
    circles: int = 12
    """Groups of enterprises around the largest ones."""
    loyalty: Yearly = (0, 0, 0, 0.2, 0.7, 0.93, 0.97, 0.97, 0.97)
    """Probability that a partner turns down an enterprise of another circle than its first."""
    minor_stars: int = 100
    """Partners just below Table 4 with a planned degree."""
    governments: float = 420
    """Partners that are governments."""
    foreign: float = 420
    """Partners outside mainland China, those of Table 4 included."""
    type_bias: float = 0.9
    """Exponent of the degree in the choice of partners for a type."""
    talent_academic: float = 0.5
    """Share of talent among what universities and institutes give, where Table 6 leaves it open."""
    talent_other: float = 0.07
    """The same for enterprises."""
    investment_other: float = 0.02
    """Share of investment among what other enterprises take."""
    foreign_investors: float = 0.06
    """Share of the investors that sit abroad."""
