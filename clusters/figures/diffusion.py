"""Diffusion (扩散): how far technology spreads by year, who adopts when, and curves in the shape of an S."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from clusters.figures._style import (
    BLUE,
    GREY,
    INK,
    ORANGE,
    QUIET,
    RED,
    TEXT,
    WIDTH,
    canvas,
    no_data,
    panels,
    share_axis,
    tidy,
    year_axis,
)
from clusters.figures._text import Words, shorten
from clusters.figures.polarisation import _lines_with_bands
from clusters.figures.yearly import _dated

PANELS: dict[str, dict[str, tuple[str, str]]] = {
    "panel.effective": {"taking_effective": ("flow.taking", BLUE)},
    "panel.taking_gini": {"taking_gini": ("panel.gini", BLUE)},
    "panel.spread_shares": {
        "poles_target": ("panel.poles_target", BLUE),
        "intra_share": ("panel.intra", ORANGE),
    },
    "panel.reach": {"reached_share": ("panel.reached", BLUE)},
}
"""Panels, their columns and what stands at the end of each line."""
MOST = 6
"""Classes drawn, each in a panel of its own: the largest."""
SIGNS = {"left": ("<", BLUE), "none": ("o", BLUE), "right": (">", "none")}
"""How a year of adoption is drawn: known, then or before, not yet."""


def diffusion(
    table: pd.DataFrame,
    *,
    lang: str = "en",
    ax: Axes | None = None,
    title: str | None = None,
    synthetic: bool = False,
) -> Axes:
    """Draw by year how evenly places take technology, how much poles take, and how many are reached.

    Parameters
    ----------
    table
        One row per year as ``tables.diffusion`` gives it; where there are ``X_low`` and ``X_high`` beside a
        column ``X``, a band shows them. Of several classes the first is drawn.
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
        Its ``child_axes`` are the panels, as far as their columns are there.

    Examples
    --------
    >>> table = pd.DataFrame({"year": [2021, 2022], "taking_effective": [9.0, 11.2]})
    >>> (panel,) = diffusion(table).child_axes
    >>> panel.lines[0].get_ydata().tolist()
    [9.0, 11.2]
    """
    rows = _first_class(_dated(table))
    shown = {
        name: {c: columns[c] for c in columns if c in rows.columns and rows[c].notna().any()}
        for name, columns in PANELS.items()
    }
    shown = {name: columns for name, columns in shown.items() if columns}
    down = max(1, -(-len(shown) // 2))
    size = (WIDTH + 1, 0.9 + 2.5 * down)
    with canvas(
        ax, lang=lang, size=size, title=title, term="figure.diffusion", synthetic=synthetic, head=22
    ) as (axes, words):
        if not shown:
            no_data(axes, words)
            return axes
        places = panels(axes, down, min(2, len(shown)), gap=(0.36, 0.2 if down > 1 else 0))
        for panel, (name, columns) in zip(places, shown.items(), strict=False):
            _lines_with_bands(panel, rows, columns, words)
            panel.set_title(words.term(name), loc="left", fontsize=TEXT["small"], color=QUIET)
        for empty in places[len(shown) :]:
            empty.set_visible(False)
    return axes


def s_curves(
    table: pd.DataFrame,
    curves: pd.DataFrame | None = None,
    *,
    lang: str = "en",
    ax: Axes | None = None,
    title: str | None = None,
    synthetic: bool = False,
) -> Axes:
    """Draw the share of places that has adopted by each year, its interval, and the fitted S-curve.

    Parameters
    ----------
    table
        ``year``, ``adopted_share``, ``adopted_share_low``, ``adopted_share_high``, ``fitted_share`` as
        ``tables.adoption_curve`` gives them; with ``class`` a panel for each of the first six.
    curves
        Rows of ``tables.s_curves``: the year of half saturation of the logistic curve is marked, with a
        bar for its interval ``t50_low`` to ``t50_high``.
    lang, ax, title, synthetic
        As in ``diffusion``.

    Returns
    -------
    Axes
        Its ``child_axes`` are the panels.

    Examples
    --------
    >>> table = pd.DataFrame({"year": [2020, 2021, 2022], "adopted_share": [0.1, 0.5, 0.9]})
    >>> (panel,) = s_curves(table).child_axes
    >>> panel.lines[0].get_ydata().tolist()
    [0.1, 0.5, 0.9]
    """
    rows = _dated(table)
    known = "adopted_share" in rows.columns and rows["adopted_share"].notna().any()
    rows = rows[rows["adopted_share"].notna()] if known else rows.head(0)
    # The table is in the order of its classes, largest first; sorting by year kept no such order.
    order = table["class"].drop_duplicates().tolist() if "class" in table.columns else [None]
    groups = [g for g in order if g is None or (known and (rows["class"] == g).any())][:MOST]
    down = max(1, -(-len(groups) // 3))
    size = (WIDTH + 1, 1.2 + 2.1 * down) if len(groups) > 1 else (WIDTH, 4.2)
    with canvas(
        ax,
        lang=lang,
        size=size,
        title=title,
        term="figure.s_curves",
        synthetic=synthetic,
        head=22 if len(groups) > 1 else 0,
    ) as (axes, words):
        if not known or rows.empty:
            no_data(axes, words)
            return axes
        places = panels(axes, down, min(3, len(groups)), gap=(0.1, 0.2 if down > 1 else 0))
        for panel, group in zip(places, groups, strict=False):
            part = rows if group is None else rows[rows["class"] == group]
            _curve(panel, part, _half(curves, group), words)
            if group is not None:
                name = shorten(words.value("class", group, f"#{groups.index(group) + 1}"), 30)
                panel.set_title(name, loc="left", fontsize=TEXT["small"], color=QUIET)
        for empty in places[len(groups) :]:
            empty.set_visible(False)
    return axes


def adoption_order(
    table: pd.DataFrame,
    *,
    lang: str = "en",
    ax: Axes | None = None,
    title: str | None = None,
    synthetic: bool = False,
) -> Axes:
    """Draw when each place adopted, in order; what is not known of it has a sign of its own.

    Parameters
    ----------
    table
        ``place``, ``adoption_year``, ``censoring`` as ``tables.adoption`` gives them. Of several classes the
        first is drawn.
    lang, ax, title, synthetic
        As in ``diffusion``.

    Returns
    -------
    Axes
        First adopters on top. A triangle to the left stands for the year or any time before, an empty one
        to the right, beyond the last year, for not yet.

    Examples
    --------
    >>> columns = {"adoption_year": [2020, None], "censoring": ["left", "right"]}
    >>> ax = adoption_order(pd.DataFrame({"place": ["北京市", "甘肃省"], **columns}))
    >>> [text.get_text() for text in ax.get_yticklabels()]
    ['Beijing', 'Gansu']
    """
    rows = _first_class(table)
    columns = {"place", "adoption_year", "censoring"} <= set(rows.columns)
    dates = pd.to_numeric(rows["adoption_year"]).astype(float) if columns else pd.Series(dtype=float)
    with canvas(
        ax,
        lang=lang,
        size=(WIDTH, 1.2 + 0.22 * max(len(rows), 6)),
        title=title,
        term="figure.adoption_order",
        synthetic=synthetic,
    ) as (axes, words):
        if not len(rows) or dates.isna().all():
            no_data(axes, words)
            return axes
        first, last = int(dates.min()), int(dates.max())
        beyond = last + 1
        at = np.arange(len(rows))
        for sign, (marker, fill) in SIGNS.items():
            chosen = (rows["censoring"] == sign).to_numpy() & (dates.notna().to_numpy() | (sign == "right"))
            x = np.where(dates.isna(), beyond, dates)[chosen]
            axes.plot(x, at[chosen], marker, color=BLUE if fill != "none" else QUIET, markerfacecolor=fill)
        tidy(axes, grid="both", spines=())
        axes.set_yticks(at, words.values("place", rows["place"]), fontsize=TEXT["tiny"])
        axes.set_ylim(len(rows) - 0.4, -0.6)
        axes.set_xlim(first - 0.6, beyond + 0.6)
        years = list(range(first, last + 1)) if last - first <= 12 else [first, (first + last) // 2, last]
        axes.set_xticks(years, [str(y) for y in years])
        _signs(axes, rows, words)
    return axes


def _signs(ax: Axes, rows: pd.DataFrame, words: Words) -> None:
    """Explain the signs that occur, below the axis."""
    handles = []
    for sign, (marker, fill) in SIGNS.items():
        if (rows["censoring"] == sign).any():
            color = BLUE if fill != "none" else QUIET
            text = words.term(f"order.{sign}")
            handles.append(
                Line2D([], [], marker=marker, color=color, markerfacecolor=fill, linestyle="", label=text)
            )
    ax.legend(
        handles=handles,
        loc="upper center",
        bbox_to_anchor=(0.5, -0.35 / (0.22 * max(len(rows), 6))),
        ncols=len(handles),
    )


def _curve(ax: Axes, part: pd.DataFrame, half: tuple[float, float, float] | None, words: Words) -> None:
    years = part["year"].to_numpy(dtype=float)
    ax.plot(years, part["adopted_share"].to_numpy(dtype=float), "o", markersize=4, color=INK, zorder=3)
    if {"adopted_share_low", "adopted_share_high"} <= set(part.columns):
        low, high = (part[f"adopted_share_{end}"].to_numpy(dtype=float) for end in ("low", "high"))
        ax.fill_between(years, low, high, color=BLUE, alpha=0.15, linewidth=0)
    if "fitted_share" in part.columns:
        ax.plot(years, part["fitted_share"].to_numpy(dtype=float), color=BLUE)
    tidy(ax)
    ax.set_ylim(0, 1.04)
    year_axis(ax, part["year"].astype(int).tolist())
    first, last = int(years.min()), int(years.max())
    ax.set_xticks(sorted({first, (first + last) // 2, last}))
    ax.set_yticks([0, 0.5, 1])
    share_axis(ax.yaxis, words)
    if half is not None and first <= half[0] <= last:
        if np.isfinite(half[1:]).all():
            ends = np.clip(half[1:], first, last)
            ax.plot(ends, [0.5, 0.5], color=RED, linewidth=3, solid_capstyle="butt", zorder=2)
        ax.plot([half[0]], [0.5], "|", markersize=11, markeredgewidth=2, color=RED, zorder=4)
    else:
        ax.axhline(0.5, color=GREY, linewidth=0.8, linestyle=":")


def _half(curves: pd.DataFrame | None, group: object) -> tuple[float, float, float] | None:
    """Return the year of half saturation of the logistic curve of a class, with its interval."""
    if curves is None or "t50" not in curves.columns or curves.empty:
        return None
    rows = curves[curves["curve"] == "logistic"] if "curve" in curves.columns else curves
    if "class" in rows.columns and group is not None:
        rows = rows[rows["class"] == group]
    if rows.empty or pd.isna(rows["t50"].iloc[0]):
        return None
    ends = [float(rows[c].iloc[0]) if c in rows.columns else np.nan for c in ("t50_low", "t50_high")]
    return float(rows["t50"].iloc[0]), ends[0], ends[1]


def _first_class(table: pd.DataFrame) -> pd.DataFrame:
    if "class" not in table.columns or table.empty:
        return table
    first: pd.DataFrame = table[table["class"] == table["class"].iloc[0]].reset_index(drop=True)
    return first
