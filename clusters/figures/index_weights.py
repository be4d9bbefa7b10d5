"""An index read backwards: weights recovered from published totals, and what they leave over."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import FuncFormatter, MaxNLocator

from clusters.figures._index import known, node_names, unit_names
from clusters.figures._style import (
    BLUE,
    INK,
    ORANGE,
    QUIET,
    RED,
    RULE,
    TEXT,
    WIDTH,
    canvas,
    no_data,
    tidy,
)
from clusters.figures._text import Words, shorten

FEW_UNITS = 40
"""Residuals of more units are not named one by one."""


def weight_recovery(
    table: pd.DataFrame,
    residuals: pd.DataFrame | None = None,
    *,
    lang: str = "en",
    ax: Axes | None = None,
    title: str | None = None,
    synthetic: bool = False,
) -> Axes:
    """Draw weights that were read back from published totals: intervals, grid, and what they leave over.

    Parameters
    ----------
    table
        ``id``, ``weight``, ``low``, ``high`` and, where known, ``estimate`` (least squares, in place of
        ``weight``), ``snapped`` (weight on the grid) and ``grid`` (its step), as
        ``tables.recovered_weights`` gives them.
    residuals
        ``unit``, ``residual`` (printed total minus that of the weights) and ``bound`` (what rounding alone
        can leave).
    lang, ax, title, synthetic
        As in ``index_ranking``.

    Returns
    -------
    Axes
        Its ``child_axes`` are the weights (bar: interval that rounding allows, point: least squares, diamond:
        on the grid) and, where known, the residuals with the bound of rounding.

    References
    ----------
    Methods 2.1 and 2.5, step 6.

    Examples
    --------
    >>> table = pd.DataFrame({"id": ["x", "y"], "weight": [0.41, 0.59], "low": [0.38, 0.55]})
    >>> weight_recovery(table.assign(high=[0.45, 0.62])).child_axes[0].lines[-1].get_xdata().tolist()
    [0.41, 0.59]
    """
    rows = known(table, "id", "weight")
    left_over = known(residuals, "unit", "residual") if residuals is not None else pd.DataFrame()
    high = 2.0 + max(0.34 * max(3, len(rows)), 0.17 * min(len(left_over), FEW_UNITS))
    with canvas(
        ax,
        lang=lang,
        size=(WIDTH + 1, high),
        title=title,
        term="figure.weight_recovery",
        synthetic=synthetic,
        head=30,
    ) as (axes, words):
        if rows.empty:
            no_data(axes, words)
            return axes
        axes.set_axis_off()
        both = len(left_over) > 0
        _recovered(axes.inset_axes((0, 0, 0.56 if both else 1, 1)), rows, table, words)
        if both:
            _residuals(axes.inset_axes((0.74, 0, 0.26, 1)), left_over, words)
    return axes


def _recovered(ax: Axes, rows: pd.DataFrame, table: pd.DataFrame, words: Words) -> None:
    at = np.arange(len(rows))
    drawn = "estimate" if "estimate" in rows.columns and rows["estimate"].notna().all() else "weight"
    weight = rows[drawn].to_numpy(dtype=float)
    marks: list[Line2D | Patch] = []
    grid = float(rows["grid"].iloc[0]) if "grid" in rows.columns and rows["grid"].notna().any() else 0.0
    reach = [weight]
    if {"low", "high"} <= set(rows.columns):
        low, high = (rows[c].to_numpy(dtype=float) for c in ("low", "high"))
        reach += [low, high]
        ax.hlines(at, low, high, color=BLUE, linewidth=8, alpha=0.35)
        marks.append(
            Line2D([], [], color=BLUE, linewidth=8, alpha=0.35, label=words.term("weight_mark.interval"))
        )
    if "snapped" in rows.columns and rows["snapped"].notna().any():
        look: dict[str, Any] = {
            "marker": "D",
            "markersize": 9,
            "markerfacecolor": "none",
            "linestyle": "none",
        }
        look |= {"markeredgecolor": ORANGE, "markeredgewidth": 1.8}
        snapped = rows["snapped"].to_numpy(dtype=float)
        reach.append(snapped)
        ax.plot(snapped, at, **look)
        marks.append(Line2D([], [], label=words.term("weight_mark.snapped"), **look))
    ends = np.concatenate(reach)
    least, most = float(np.nanmin(ends)), float(np.nanmax(ends))
    room = max(most - least, 0.02) * 0.12 + (grid / 2 if grid else 0)
    ax.set_xlim(max(least - room, min(0.0, least)) - 0.002, most + room)
    tidy(ax, grid="" if grid else "x", spines=("bottom",))
    if grid:
        first, last = ax.get_xlim()
        for line in np.arange(np.ceil(first / grid - 1e-9), np.floor(last / grid + 1e-9) + 1) * grid:
            ax.axvline(line, color=RULE, linewidth=0.8, zorder=0.5)
        ticks = np.arange(np.ceil(first / grid - 1e-9), np.floor(last / grid + 1e-9) + 1) * grid
        ax.set_xticks(ticks[:: max(1, -(-len(ticks) // 7))])
    else:
        ax.xaxis.set_major_locator(MaxNLocator(nbins=6))
    ax.xaxis.set_major_formatter(FuncFormatter(lambda x, _: f"{x:.3f}".rstrip("0").rstrip(".") or "0"))
    ax.set_yticks(
        at, [shorten(n, 30) for n in node_names(table, rows["id"].astype(str).tolist(), words, "id")]
    )
    ax.set_ylim(len(rows) - 0.5, -0.8)
    ax.set_xlabel(words.term("weight"))
    _written(ax, rows, weight, words)
    point = {"linestyle": "none", "marker": "o", "markersize": 5, "color": INK}
    ax.plot(weight, at, **point)  # type: ignore[arg-type]
    marks.insert(0, Line2D([], [], label=words.term("weight_mark.estimate"), **point))  # type: ignore[arg-type]
    ax.legend(
        handles=marks,
        loc="lower left",
        bbox_to_anchor=(0, 1),
        ncols=3,
        fontsize=TEXT["tiny"],
        handlelength=1.4,
        columnspacing=1.2,
    )


def _written(ax: Axes, rows: pd.DataFrame, weight: np.ndarray, words: Words) -> None:
    """Write each weight with its interval above its mark: intervals are often too narrow to be seen."""
    low, high = (
        rows[c].to_numpy(dtype=float) if c in rows.columns else np.nan * weight for c in ("low", "high")
    )
    first, last = ax.get_xlim()
    for row, numbers in enumerate(zip(weight, low, high, strict=True)):
        text, *ends = (words.number(number, 4) for number in numbers)
        at = (numbers[0] - first) / (last - first)
        ax.annotate(
            f"{text} ({ends[0]} – {ends[1]})" if np.isfinite(numbers).all() else text,
            (numbers[0], row),
            xytext=(0, 7),
            textcoords="offset points",
            ha="left" if at < 0.25 else "right" if at > 0.75 else "center",
            va="bottom",
            fontsize=TEXT["tiny"],
            color=QUIET,
        )


def _residuals(ax: Axes, rows: pd.DataFrame, words: Words) -> None:
    """Draw what the weights leave over, unit by unit, between the bounds of rounding."""
    rows = rows.reset_index(drop=True)
    at, residual = np.arange(len(rows)), rows["residual"].to_numpy(dtype=float)
    bound = float(rows["bound"].max()) if "bound" in rows.columns and rows["bound"].notna().any() else np.nan
    outside = np.abs(residual) > bound if np.isfinite(bound) else np.zeros(len(rows), dtype=bool)
    if np.isfinite(bound):
        ax.axvspan(-bound, bound, color=BLUE, alpha=0.1, linewidth=0)
    ax.axvline(0, color=QUIET, linewidth=0.8)
    ax.scatter(residual, at, s=18, color=np.where(outside, RED, INK).tolist(), linewidths=0, zorder=3)
    tidy(ax, grid="x", spines=("bottom",))
    reach = 1.15 * float(np.nanmax(np.r_[np.abs(residual), bound if np.isfinite(bound) else 0.0])) or 1.0
    ax.set(xlim=(-reach, reach), ylim=(len(rows) - 0.4, -0.6))
    ax.xaxis.set_major_locator(MaxNLocator(nbins=4, symmetric=True))
    ax.set_xlabel(words.term("axis.residual_bound") if np.isfinite(bound) else words.term("residual"))
    if len(rows) <= FEW_UNITS:
        ax.set_yticks(at, unit_names(rows, words, 14))
        ax.tick_params(axis="y", labelsize=TEXT["tiny"])
    else:
        ax.set_yticks([])
