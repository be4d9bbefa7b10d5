"""Ranks of a composite index, and how sure they are.

A score has no error of its own here: what is uncertain are the choices that made it, and what
they move is the rank. So scores are bars, and intervals stand beside them on an axis of ranks.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from clusters.figures._index import borders, digits_of, known, latest, tier_name, unit_names
from clusters.figures._style import (
    BLUE,
    BLUES,
    INK,
    QUIET,
    RED,
    TEXT,
    WIDTH,
    canvas,
    no_data,
    tidy,
)
from clusters.figures._text import Words, width

TOP = 60
"""Units that are drawn; a longer list is cut, and the picture says so."""
CELLS = 40
"""Units and ranks of the heat map of rank acceptability."""
INTERVAL = ("rank_low", "rank_high")
LEAST_SHARE = 0.005
"""Shares that are written into cells of the heat map."""


def index_ranking(
    table: pd.DataFrame,
    *,
    top: int = TOP,
    lang: str = "en",
    ax: Axes | None = None,
    title: str | None = None,
    synthetic: bool = False,
) -> Axes:
    """Draw scores as bars in the order of ranks and, beside them, ranks with their intervals.

    Parameters
    ----------
    table
        ``unit``, ``rank``, ``score`` and, where known, ``name``, ``tier``, ``rank_low``,
        ``rank_high`` and ``rank_median``; of a panel the last year is drawn.
    top
        Units with the best ranks that are drawn.
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
        Its ``child_axes`` are the scores and, where intervals are known, the ranks: point nominal rank,
        bar interval (red where it crosses the border of a tier), tick median. Lines are borders of tiers.

    References
    ----------
    OECD/JRC handbook (Nardo et al. 2008), step 7; Saisana, Saltelli, Tarantola 2005.

    Examples
    --------
    >>> table = pd.DataFrame({"unit": ["a", "b"], "rank": [1, 2], "score": [90.0, 80.0], "tier": [1, 2]})
    >>> ax = index_ranking(table.assign(rank_low=[1, 1], rank_high=[2, 2]))
    >>> [float(bar.get_width()) for bar in ax.child_axes[0].patches], len(ax.child_axes)
    ([90.0, 80.0], 2)
    """
    rows = known(latest(table), "unit", "rank", "score")
    rows = rows.sort_values("rank", kind="stable") if len(rows) else rows
    shown = rows.head(top)
    with canvas(
        ax,
        lang=lang,
        size=_size(len(shown)),
        title=title,
        term="figure.index_ranking",
        synthetic=synthetic,
        head=26 if _has_intervals(shown) else 4,
    ) as (axes, words):
        if shown.empty:
            no_data(axes, words)
            return axes
        axes.set_axis_off()
        sure = _has_intervals(shown)
        left = axes.inset_axes((0, 0, 0.56 if sure else 1, 1))
        _scores(left, shown, words)
        last = left
        if sure:
            last = axes.inset_axes((0.6, 0, 0.4, 1))
            _ranks(last, shown, rows, words)
        _tiers(left, last, shown, words)
        if len(rows) > len(shown):
            _said_below(left, words.sentence("index.first_of", shown=len(shown), n=len(rows)))
    return axes


def _size(rows: int) -> tuple[float, float]:
    return WIDTH + 1, 1.3 + (0.27 if rows <= 30 else 0.22) * max(rows, 3)


def _has_intervals(rows: pd.DataFrame) -> bool:
    return set(INTERVAL) <= set(rows.columns) and bool(rows[list(INTERVAL)].notna().all(axis=1).any())


def _rows_axis(ax: Axes, rows: int) -> None:
    ax.set_ylim(rows - 0.4, -0.6)


def _scores(ax: Axes, rows: pd.DataFrame, words: Words) -> None:
    """Draw one bar from 0 for each unit, its score behind it."""
    scores = rows["score"].to_numpy(dtype=float)
    at = np.arange(len(rows))
    ax.barh(at, scores, height=0.72, color=BLUE)
    tidy(ax, grid="", spines=())
    ax.axvline(0, color=QUIET, linewidth=0.8)
    ranks = rows["rank"].to_numpy(dtype=float)
    names = [
        f"{name}  {rank:.0f}"
        for name, rank in zip(unit_names(rows.reset_index(drop=True), words), ranks, strict=True)
    ]
    ax.set_yticks(at, names)
    ax.set_xticks([])
    _rows_axis(ax, len(rows))
    digits = digits_of(scores)
    texts = [words.number(score, digits) for score in scores]
    for row, (score, text) in enumerate(zip(scores, texts, strict=True)):
        ax.annotate(
            text,
            (max(score, 0), row),
            xytext=(4, 0),
            textcoords="offset points",
            va="center",
            fontsize=TEXT["small"],
            annotation_clip=False,
        )
    low, high = min(0.0, float(scores.min())), max(0.0, float(scores.max()))
    room = 1.15 * (0.02 * max(map(width, texts)) + 0.02) * ((high - low) or 1.0)
    ax.set_xlim(low, high + room)


def _ranks(ax: Axes, rows: pd.DataFrame, everyone: pd.DataFrame, words: Words) -> None:
    """Draw nominal ranks with their intervals on an axis of ranks, and the borders of tiers across it."""
    low, high = (rows[name].to_numpy(dtype=float) for name in INTERVAL)
    rank = rows["rank"].to_numpy(dtype=float)
    cuts = [above + 0.5 for above, _ in borders(everyone)]
    end = float(np.nanmax(np.r_[high, rank]))
    for cut in cuts:
        if cut < end + 1:
            ax.axvline(cut, color=QUIET, linewidth=0.8, linestyle=(0, (4, 3)), zorder=1)
    crossing = np.array([any(a < cut < b for cut in cuts) for a, b in zip(low, high, strict=True)])
    at = np.arange(len(rows))
    for mask, color in ((~crossing, BLUE), (crossing, RED)):
        ax.hlines(at[mask], low[mask], high[mask], color=color, linewidth=5, alpha=0.45)
    ax.plot(rank, at, linestyle="none", marker="o", markersize=4.5, color=INK)
    marks = [
        Line2D([], [], linestyle="none", marker="o", markersize=4.5, color=INK, label=words.term("rank"))
    ]
    if "rank_median" in rows.columns and rows["rank_median"].notna().any():
        ax.plot(
            rows["rank_median"].to_numpy(dtype=float),
            at,
            linestyle="none",
            marker="|",
            markersize=9,
            markeredgewidth=1.4,
            color=INK,
        )
        look = {"marker": "|", "markersize": 9.0, "markeredgewidth": 1.4, "color": INK}
        marks.append(Line2D([], [], linestyle="none", label=words.term("rank_mark.median"), **look))  # type: ignore[arg-type]
    marks.append(Line2D([], [], color=BLUE, linewidth=5, alpha=0.45, label=words.term("rank_mark.interval")))
    if crossing.any():
        look = {"color": RED, "linewidth": 5.0, "alpha": 0.45}
        marks.append(Line2D([], [], label=words.term("rank_mark.crossing"), **look))  # type: ignore[arg-type]
    tidy(ax, grid="x", spines=("bottom",))
    ax.set_yticks([])
    _rows_axis(ax, len(rows))
    ax.set_xlim(0.3, end + 0.7)
    ticks = [tick for tick in MaxNLocator(nbins=6, integer=True).tick_values(0, end) if 0 < tick <= end]
    far = [tick for tick in ticks if tick > 1 + 0.05 * end]
    ax.set_xticks([1, *far])
    ax.set_xlabel(words.term("rank"))
    ax.legend(
        handles=marks,
        loc="lower right",
        bbox_to_anchor=(1.0, 1.0),
        ncols=2,
        handlelength=1.4,
        columnspacing=1.2,
        borderaxespad=0.1,
        fontsize=TEXT["tiny"],
    )


def _tiers(left: Axes, last: Axes, rows: pd.DataFrame, words: Words) -> None:
    """Draw a line below each tier, and name the tiers right of the last panel."""
    ends = borders(rows)
    if "tier" not in rows.columns or rows["tier"].isna().any():
        return
    for above, _ in ends:
        for panel in dict.fromkeys((left, last)):
            panel.axhline(above - 0.5, color=QUIET, linewidth=0.8, linestyle=(0, (4, 3)), zorder=1)
    starts = [0, *(above for above, _ in ends)]
    tiers = rows["tier"].to_numpy(dtype=int)
    for start in starts:
        last.annotate(
            tier_name(int(tiers[start]), rows, words),
            (1, start),
            xycoords=("axes fraction", "data"),
            xytext=(6, 0),
            textcoords="offset points",
            va="center",
            fontsize=TEXT["tiny"],
            color=QUIET,
            annotation_clip=False,
        )


def _said_below(ax: Axes, text: str) -> None:
    ax.set_xlabel(text, fontsize=TEXT["tiny"], color=QUIET, loc="left")


def rank_acceptability(
    table: pd.DataFrame,
    *,
    top: int = CELLS,
    lang: str = "en",
    ax: Axes | None = None,
    title: str | None = None,
    synthetic: bool = False,
) -> Axes:
    """Draw how often each unit takes each rank: units down, ranks across, darker more often.

    Parameters
    ----------
    table
        ``unit``, ``rank``, ``share`` (part of the draws in which the unit has that rank), units in the
        order of their nominal rank.
    top
        Units and ranks that are drawn.
    lang, ax, title, synthetic
        As in ``index_ranking``.

    Returns
    -------
    Axes
        Its first image holds the shares; cells of at least 10 % carry them in percent.

    References
    ----------
    Lahdelma, Hokkanen, Salminen 1998 (rank acceptability).

    Examples
    --------
    >>> table = pd.DataFrame({"unit": ["a", "a", "b", "b"], "rank": [1, 2, 1, 2]})
    >>> rank_acceptability(table.assign(share=[0.9, 0.1, 0.1, 0.9])).images[0].get_array().tolist()
    [[0.9, 0.1], [0.1, 0.9]]
    """
    wide, rows = _acceptable(table, top)
    high = 1.3 + (0.27 if len(wide) <= 30 else 0.22) * max(len(wide), 3)
    with canvas(
        ax,
        lang=lang,
        size=(WIDTH + 1, high),
        title=title,
        term="figure.rank_acceptability",
        synthetic=synthetic,
    ) as (axes, words):
        if wide.empty:
            no_data(axes, words)
            return axes
        values = wide.to_numpy(dtype=float)
        axes.imshow(values, cmap=BLUES, vmin=0, vmax=1, aspect="auto")
        small = values.shape[1] > 25
        for row, column in zip(*np.nonzero(values >= (0.1 if small else 0.05)), strict=True):
            axes.text(
                column,
                row,
                f"{100 * values[row, column]:.0f}",
                ha="center",
                va="center",
                fontsize=TEXT["tiny"] - (2 if small else 1),
                color="white" if values[row, column] > 0.55 else INK,
            )
        tidy(axes, grid="", spines=())
        axes.set_yticks(range(len(wide)), unit_names(rows, words))
        ranks = [int(rank) for rank in wide.columns]
        step = 1 if len(ranks) <= 25 else 5
        ticks = [k for k, rank in enumerate(ranks) if step == 1 or rank == 1 or rank % step == 0]
        axes.set_xticks(ticks, [str(ranks[k]) for k in ticks])
        axes.set_xlabel(words.term("rank"))
        _white_lines(axes, values.shape)
        total = int(known(table, "unit", "rank", "share")["unit"].nunique())
        if total > len(wide):
            said = words.sentence("index.first_of", shown=len(wide), n=total)
            axes.set_xlabel(f"{words.term('rank')}\n{said}")
    return axes


def _acceptable(table: pd.DataFrame, top: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return shares as units by ranks, in the order of the table, and one row per unit."""
    rows = known(latest(table), "unit", "rank", "share")
    rows = rows[rows["rank"] >= 1] if len(rows) else rows
    if rows.empty:
        return pd.DataFrame(), rows
    units = rows.drop_duplicates("unit").head(top)
    chosen = rows[rows["unit"].isin(units["unit"]) & (rows["rank"] <= top)]
    wide = chosen.pivot_table(index="unit", columns="rank", values="share", aggfunc="sum")
    last = int(wide.columns[(wide >= LEAST_SHARE).any(axis=0).to_numpy()].max()) if wide.size else 0
    ranks = range(1, max(last, 1) + 1)
    return wide.reindex(index=units["unit"], columns=ranks).fillna(0.0), units.reset_index(drop=True)


def _white_lines(ax: Axes, shape: Sequence[int]) -> None:
    rows, columns = shape
    for at in np.arange(1, rows) - 0.5:
        ax.axhline(at, color="white", linewidth=0.6)
    for at in np.arange(1, columns) - 0.5:
        ax.axvline(at, color="white", linewidth=0.6)
