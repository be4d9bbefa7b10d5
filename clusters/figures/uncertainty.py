"""How far statistics are from chance, and how they move when enterprises are missing."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MaxNLocator

from clusters import labels
from clusters.figures._style import (
    BLUE,
    GREY,
    INK,
    QUIET,
    TEXT,
    WIDTH,
    canvas,
    key,
    no_data,
    panels,
    share_axis,
    tidy,
    year_axis,
)
from clusters.figures._text import Words, wrap

HEAD = 34.0
"""Room in points for the words above the first row of panels."""
ACROSS = 3
"""Panels side by side."""
SHOWN = (
    *("average_degree", "average_path_length", "average_clustering", "modularity", "reciprocity"),
    *("top_10_percent", "top_1_percent", "gini", "intra_share"),
)
"""Statistics that do not simply count what is left when enterprises go."""
NORMAL = 1.96
"""Standard deviations to either side that hold 95 % of a normal distribution."""


def null_comparison(
    table: pd.DataFrame,
    *,
    lang: str = "en",
    ax: Axes | None = None,
    title: str | None = None,
    synthetic: bool = False,
) -> Axes:
    """Draw statistics of the network beside those of rewired networks with the same degrees.

    Parameters
    ----------
    table
        ``year`` and, for each statistic ``X``, the columns ``X``, ``X_null_mean``, ``X_null_sd`` and, where
        known, ``X_z`` and ``X_p``, as ``tables.structure_with_nulls`` gives them.
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
        Its ``child_axes`` are the statistics. Bars: mean of the null model and 1.96 of its
        standard deviations to either side; points: observed. z and p are those of the last year.

    References
    ----------
    Maslov, Sneppen 2002.

    Examples
    --------
    >>> table = pd.DataFrame({"year": [2022], "reciprocity": [0.04], "reciprocity_null_mean": [0.01],
    ...     "reciprocity_null_sd": [0.002], "reciprocity_z": [15.0], "reciprocity_p": [0.005]})
    >>> panel = null_comparison(table).child_axes[0]
    >>> panel.lines[-1].get_ydata().tolist(), panel.texts[0].get_text()
    ([0.04], 'z = 15.0, p = 0.005')
    """
    names = [c.removesuffix("_null_mean") for c in map(str, table.columns) if c.endswith("_null_mean")]
    found = {n: rows for n in names if len(rows := _known(table, n, f"{n}_null_mean", f"{n}_null_sd"))}
    with canvas(
        ax,
        lang=lang,
        size=_size(len(found)),
        title=title,
        term="figure.null_comparison",
        synthetic=synthetic,
        head=HEAD,
    ) as (axes, words):
        if not found:
            no_data(axes, words)
            return axes
        for panel, (name, rows) in zip(_places(axes, len(found)), found.items(), strict=False):
            _beside_chance(panel, rows, name, words)
        _explained(axes, len(found), [words.term("observed"), words.term("null_range")])
    return axes


def sensitivity(
    table: pd.DataFrame,
    *,
    statistics: Sequence[str] = SHOWN,
    lang: str = "en",
    ax: Axes | None = None,
    title: str | None = None,
    synthetic: bool = False,
) -> Axes:
    """Draw how statistics move when a part of the sample enterprises is left out.

    Parameters
    ----------
    table
        ``statistic``, ``share`` (of the enterprises left out), ``low``, ``median``, ``high`` (of the repeats)
        and ``observed`` (with all of them), as ``tables.sensitivity`` gives them.
    statistics
        Statistics to draw, in this order; where the table has none of them, its first nine.
    lang, ax, title, synthetic
        As in ``null_comparison``.

    Returns
    -------
    Axes
        Its ``child_axes`` are the statistics. Line: median; band: low to high; grey: observed.

    Examples
    --------
    >>> table = pd.DataFrame({"statistic": ["density"] * 2, "share": [0.1, 0.5], "low": [0.1, 0.05],
    ...     "median": [0.12, 0.1], "high": [0.14, 0.2], "observed": [0.13, 0.13]})
    >>> sensitivity(table).child_axes[0].lines[1].get_ydata().tolist()
    [0.13, 0.12, 0.1]
    """
    needed = ["statistic", "share", "low", "median", "high", "observed"]
    rows = _known(table, *needed)
    known = list(dict.fromkeys(rows["statistic"])) if len(rows) else []
    names = [name for name in statistics if name in known] or known[: len(SHOWN)]
    with canvas(
        ax,
        lang=lang,
        size=_size(len(names)),
        title=title,
        term="figure.sensitivity",
        synthetic=synthetic,
        head=HEAD,
    ) as (axes, words):
        if not names:
            no_data(axes, words)
            return axes
        for panel, name in zip(_places(axes, len(names)), names, strict=False):
            _without_enterprises(panel, rows[rows["statistic"] == name].sort_values("share"), words)
            _named(panel, name, words)
            panel.set_xlabel(words.term("dropped_share"), fontsize=TEXT["tiny"])
        _explained(axes, len(names), [words.term("median_range"), words.term("observed_all")])
    return axes


def _known(table: pd.DataFrame, *columns: str) -> pd.DataFrame:
    """Return the rows in which all of some columns are known; none where a column is missing."""
    if not set(columns) <= set(table.columns):
        return table.head(0)
    return table[table[list(columns)].notna().all(axis=1)]


def _size(statistics: int) -> tuple[float, float]:
    rows = max(1, -(-statistics // ACROSS))
    return WIDTH + 1, 1.3 + 2.1 * rows


def _places(ax: Axes, statistics: int) -> list[Axes]:
    """Return a panel for each statistic, row by row."""
    across = min(ACROSS, statistics)
    rows = -(-statistics // across)
    places = panels(ax, rows, across, gap=(0.12, 0.3 / (rows - 1) if rows > 1 else 0))
    for empty in places[statistics:]:
        empty.set_visible(False)
    return places[:statistics]


def _beside_chance(ax: Axes, rows: pd.DataFrame, name: str, words: Words) -> None:
    """Draw one statistic by year as points, beside what random networks have as bars."""
    rows = rows.sort_values("year") if "year" in rows.columns else rows
    dated = "year" in rows.columns and rows["year"].notna().all()
    at = rows["year"].to_numpy(dtype=float) if dated else np.arange(len(rows), dtype=float)
    mean, spread = (rows[f"{name}_null_{part}"].to_numpy(dtype=float) for part in ("mean", "sd"))
    for x, low, middle, high in zip(at, mean - NORMAL * spread, mean, mean + NORMAL * spread, strict=True):
        ax.plot([x, x], [low, high], color=GREY, linewidth=7, alpha=0.5, solid_capstyle="butt")
        ax.plot([x], [middle], marker="_", markersize=8, color=INK, markeredgewidth=1.2)
    ax.plot(at, rows[name].to_numpy(dtype=float), marker="o", color=BLUE, linewidth=1.2, clip_on=False)
    tidy(ax)
    ax.margins(y=0.15)
    if dated:
        year_axis(ax, rows["year"].astype(int).tolist())
        few = sorted({int(at[0]), int(at[-1])})
        ax.set_xticks(few)
    else:
        ax.set_xticks([])
        ax.set_xlim(at[0] - 1, at[-1] + 1)
    _named(ax, name, words, _distance(rows.iloc[-1], name, words))


def _distance(last: pd.Series, name: str, words: Words) -> str:
    """Write how far the last observation is from chance."""
    z, p = last.get(f"{name}_z", np.nan), last.get(f"{name}_p", np.nan)
    parts = [f"z = {words.number(float(z), 1)}"] if pd.notna(z) else []
    if pd.notna(p):
        parts.append("p < 0.001" if p < 0.0005 else f"p = {float(p):.3f}")
    return ", ".join(parts)


def _without_enterprises(ax: Axes, rows: pd.DataFrame, words: Words) -> None:
    """Draw one statistic against the share of enterprises left out; with none left out it is as observed."""
    observed = float(rows["observed"].iloc[0])
    share = np.r_[0.0, rows["share"].to_numpy(dtype=float)]
    low, median, high = (np.r_[observed, rows[c].to_numpy(dtype=float)] for c in ("low", "median", "high"))
    ax.axhline(observed, color=GREY, linewidth=1.2, linestyle="--")
    ax.plot(share, median, marker="o", markersize=4, color=BLUE, clip_on=False)
    ax.fill_between(share, low, high, color=BLUE, alpha=0.18, linewidth=0)
    tidy(ax)
    ax.margins(y=0.15)
    ax.set_xticks(share if len(share) < 7 else share[[0, len(share) // 2, -1]])
    share_axis(ax.xaxis, words)


def _named(ax: Axes, name: str, words: Words, more: str = "") -> None:
    """Write the name of a statistic above its panel, and numbers about it."""
    ax.set_title(wrap(words.term(name), 34, 2), loc="left", fontsize=TEXT["small"], pad=18 if more else 6)
    if more:
        ax.annotate(
            more,
            (0, 1),
            xycoords="axes fraction",
            xytext=(0, 5),
            textcoords="offset points",
            fontsize=TEXT["tiny"],
            color=QUIET,
        )
    ax.yaxis.set_major_locator(MaxNLocator(nbins=4, steps=[1, 2, 5, 10]))
    ax.tick_params(labelsize=TEXT["tiny"])
    step = float(np.diff(ax.get_yticks()).min(initial=1.0))
    digits = max(0, -math.floor(math.log10(step) + 1e-9))
    if labels.unit(name) == "share":
        share_axis(ax.yaxis, words, max(0, digits - 2))
    else:
        ax.yaxis.set_major_formatter(FuncFormatter(lambda y, _: words.number(y, digits)))


def _explained(ax: Axes, statistics: int, texts: Sequence[str]) -> None:
    rows = -(-statistics // ACROSS)
    place = {"loc": "upper center", "bbox_to_anchor": (0.5, -0.3 / rows), "ncols": 2}
    key(ax, [BLUE, GREY], texts, **place)
