"""Communities through the years: who stays together, who parts, who goes up in whom."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import PathPatch, Rectangle
from matplotlib.path import Path

from clusters.figures._style import (
    GREY,
    INK,
    PALETTE,
    TEXT,
    WIDTH,
    canvas,
    count_axis,
    end_labels,
    no_data,
    shade,
    tidy,
)
from clusters.figures._text import Words

COLUMNS = {"year", "community", "members"}
FLOWS = {"year", "community", "next_year", "next_community", "shared_members"}
OTHER = -1
HALF = 0.17
"""Half the width of a block, in steps from year to year."""
SHOWN = 8


def alluvial(
    table: pd.DataFrame,
    moves: pd.DataFrame | None = None,
    *,
    shown: int = SHOWN,
    lang: str = "en",
    ax: Axes | None = None,
    title: str | None = None,
    synthetic: bool = False,
) -> Axes:
    """Draw communities as blocks of a bar per year, and who goes from one to another as bands.

    Parameters
    ----------
    table
        Rows of ``tables.community_timeline``: ``year``, ``community``, ``members``.
    moves
        Rows of ``tables.community_flows``; without them there are no bands.
    shown
        Communities with a colour of their own, those that were ever the largest; at most as many as
        there are colours. All others are one grey block.
    lang
        Language of the words in the picture.
    ax
        Axes to draw on; a new figure by default.
    title
        Title instead of the default; empty for none.
    synthetic
        Mark the picture as one of synthetic data.

    Returns
    -------
    Axes
        Heights are organisations. Blocks stand in the same order in all years.

    References
    ----------
    Rosvall, Bergstrom 2010 (alluvial diagrams).

    Examples
    --------
    >>> rows = [(2021, 0, 5), (2022, 0, 3), (2022, 1, 2)]
    >>> ax = alluvial(pd.DataFrame(rows, columns=["year", "community", "members"]))
    >>> [bar.get_height() for bar in ax.patches]
    [5.0, 3.0, 2.0]
    """
    with canvas(
        ax, lang=lang, size=(WIDTH + 1, 5.0), title=title, term="figure.alluvial", synthetic=synthetic
    ) as (axes, words):
        blocks = _blocks(table, min(max(shown, 1), len(PALETTE)))
        if not blocks.years:
            no_data(axes, words)
            return axes
        if moves is not None and set(moves.columns) >= FLOWS:
            _bands(axes, blocks, moves)
        for (at, community), (low, high) in blocks.places.items():
            color = blocks.color(community)
            axes.add_patch(
                Rectangle(
                    (at - HALF, low), 2 * HALF, high - low, facecolor=color, edgecolor="white", linewidth=0.6
                )
            )
        _numbers(axes, blocks)
        _axes(axes, blocks, words)
    return axes


@dataclass(frozen=True)
class _Blocks:
    """Where each block stands: position of the year and community -> lower and upper end."""

    years: list[int]
    order: list[int]
    places: Mapping[tuple[int, int], tuple[float, float]]

    def color(self, community: int) -> str:
        return PALETTE[self.order.index(community)] if community in self.order else GREY

    def named(self, community: int) -> int:
        return community if community in self.order else OTHER


def _blocks(table: pd.DataFrame, shown: int) -> _Blocks:
    """Choose the communities to show and stack them, the others on top."""
    if not set(table.columns) >= COLUMNS:
        return _Blocks([], [], {})
    rows = table.dropna(subset=["year", "community", "members"])
    rows = rows[rows["members"] > 0].astype({"year": int, "community": int, "members": float})
    most = rows.groupby("community")["members"].max()
    order = sorted(most.sort_values(ascending=False, kind="stable").index[:shown].tolist())
    years = sorted(rows["year"].unique().tolist())
    places: dict[tuple[int, int], tuple[float, float]] = {}
    for at, year in enumerate(years):
        of = rows[rows["year"] == year].groupby("community")["members"].sum()
        low = 0.0
        for community in [*order, OTHER]:
            size = float(of[~of.index.isin(order)].sum() if community == OTHER else of.get(community, 0.0))
            if size:
                places[at, community] = (low, low + size)
                low += size
    return _Blocks(years, order, places)


def _bands(ax: Axes, blocks: _Blocks, moves: pd.DataFrame) -> None:
    """Draw who goes where; the ends of the bands stack from below in the order of the blocks."""
    position = {year: at for at, year in enumerate(blocks.years)}
    rows = moves[moves["year"].isin(position) & moves["next_year"].isin(position)]
    for year in blocks.years:
        part = rows[rows["year"] == year]
        if part.empty:
            continue
        at, following = position[year], position[int(part["next_year"].iloc[0])]
        ends = [part[c].map(lambda one: blocks.named(int(one))) for c in ("community", "next_community")]
        sizes = part["shared_members"].astype(float).groupby(ends).sum()
        left = {c: place[0] for (a, c), place in blocks.places.items() if a == at}
        right = {c: place[0] for (a, c), place in blocks.places.items() if a == following}
        rank = {c: i for i, c in enumerate([*blocks.order, OTHER])}
        for one, other in sorted(sizes.index, key=lambda pair: (rank[pair[0]], rank[pair[1]])):
            size = float(sizes[one, other])
            if one not in left or other not in right:
                continue
            color = blocks.color(one if one != OTHER else other)
            _band(ax, (at + HALF, left[one]), (following - HALF, right[other]), size, color)
            left[one] += size
            right[other] += size


def _band(ax: Axes, start: tuple[float, float], end: tuple[float, float], size: float, color: str) -> None:
    (x0, y0), (x1, y1) = start, end
    middle = (x0 + x1) / 2
    points = [(x0, y0), (middle, y0), (middle, y1), (x1, y1)]
    points += [(x1, y1 + size), (middle, y1 + size), (middle, y0 + size), (x0, y0 + size), (x0, y0)]
    codes = [Path.MOVETO, *[Path.CURVE4] * 3, Path.LINETO, *[Path.CURVE4] * 3, Path.CLOSEPOLY]
    ax.add_patch(PathPatch(Path(points, codes), facecolor=color, alpha=0.35, linewidth=0))


def _numbers(ax: Axes, blocks: _Blocks) -> None:
    """Write the number of a community into its blocks that are high enough."""
    tallest = max(high for _, high in blocks.places.values())
    if len(blocks.years) > 15:
        return
    for (at, community), (low, high) in blocks.places.items():
        if community == OTHER or high - low < 0.045 * tallest:
            continue
        color = blocks.color(community)
        light = shade(color) != color
        ax.text(
            at,
            (low + high) / 2,
            f"{community}",
            ha="center",
            va="center_baseline",
            fontsize=TEXT["tiny"],
            color=INK if light else "white",
        )


def _axes(ax: Axes, blocks: _Blocks, words: Words) -> None:
    tallest = max(high for _, high in blocks.places.values())
    last = len(blocks.years) - 1
    ax.set_xlim(-0.4, last + 0.4)
    ax.set_ylim(0, tallest * 1.02)
    tidy(ax, grid="", spines=())
    every = max(1, -(-len(blocks.years) // 9))
    ticks = np.arange(0, len(blocks.years), every)
    ax.set_xticks(ticks, [f"{blocks.years[i]}" for i in ticks])
    count_axis(ax.yaxis, words)
    ax.set_ylabel(words.term("organisations"))
    ends = [(c, place) for (at, c), place in blocks.places.items() if at == last]
    points = [(last + HALF, (low + high) / 2) for _, (low, high) in ends]
    names: Sequence[str] = [
        words.term("other") if c == OTHER else f"{words.term('community')} {c}" for c, _ in ends
    ]
    texts = [f"{n}  {words.count(high - low)}" for n, (_, (low, high)) in zip(names, ends, strict=True)]
    end_labels(ax, points, texts, [shade(blocks.color(c)) for c, _ in ends])
