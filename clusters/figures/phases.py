"""The way of a cluster between polarisation and diffusion, year by year, with its uncertainty."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from clusters.figures._style import (
    BLUE,
    BLUES,
    INK,
    QUIET,
    TEXT,
    WIDTH,
    canvas,
    end_labels,
    no_data,
    share_axis,
    tidy,
)
from clusters.figures._text import Words
from clusters.measures.phases import Ellipse

ACROSS = ("poles_touching", "poles_source", "poles_target", "poles_inside")
UP = "taking_effective"
SHAPE = ("dominance_sd", "spread_sd", "phase_correlation")
CORNERS = {
    "polarised": (0.985, 0.02),
    "diffused": (0.015, 0.98),
    "broad_poles": (0.985, 0.98),
    "narrow_others": (0.015, 0.02),
}
"""Where the name of each quadrant stands, in parts of the axes."""


def phases(
    table: pd.DataFrame,
    *,
    lang: str = "en",
    ax: Axes | None = None,
    title: str | None = None,
    synthetic: bool = False,
) -> Axes:
    """Draw the path of the years over dominance of the poles and effective places, with 95 % ellipses.

    Parameters
    ----------
    table
        Rows of ``tables.phases``: ``year``, ``poles_touching`` (or another share of the poles),
        ``taking_effective`` and, for the ellipses, ``dominance_sd``, ``spread_sd``, ``phase_correlation``.
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
        The dashed lines are the means of the years, which part the quadrants.

    References
    ----------
    Nankai report 2023, chapter 6 (极化, 扩散).

    Examples
    --------
    >>> rows = [(2021, 0.8, 7.0), (2022, 0.7, 9.0)]
    >>> ax = phases(pd.DataFrame(rows, columns=["year", "poles_touching", "taking_effective"]))
    >>> ax.lines[0].get_ydata().tolist()
    [7.0, 9.0]
    """
    with canvas(ax, lang=lang, size=(WIDTH, 5.6), title=title, term="figure.phases", synthetic=synthetic) as (
        axes,
        words,
    ):
        name = next((c for c in ACROSS if c in table.columns), None)
        rows = table.head(0)
        if name is not None and {"year", UP} <= set(table.columns):
            rows = table[table[["year", name, UP]].notna().all(axis=1)].sort_values("year")
        if rows.empty or name is None:
            no_data(axes, words)
            return axes
        across, up = (rows[c].to_numpy(dtype=float) for c in (name, UP))
        _path(axes, across, up)
        _ellipses(axes, rows, across, up)
        _quadrants(axes, across, up, words)
        axes.set(xlabel=words.term(name), ylabel=words.term(UP))
        share_axis(axes.xaxis, words)
        axes.xaxis.set_major_locator(MaxNLocator(nbins=6, steps=[1, 2, 5, 10]))
        tidy(axes, grid="", spines=("bottom", "left"))
        years = [f"{int(year)}" for year in rows["year"]]
        end_labels(axes, list(zip(across, up, strict=True)), years, [INK] * len(years))
    return axes


def _path(ax: Axes, across: np.ndarray, up: np.ndarray) -> None:
    """Join the years, later ones darker, with an arrow along each step."""
    ax.plot(across, up, color=QUIET, linewidth=1.0, zorder=3)
    tones = BLUES(np.linspace(0.35, 1.0, across.size)) if across.size > 1 else [BLUE]
    for k in range(across.size):
        ax.plot(across[k], up[k], "o", color=tones[k], markersize=7, zorder=4)
    for k in range(across.size - 1):
        ax.annotate(
            "",
            (across[k + 1], up[k + 1]),
            xytext=(across[k], up[k]),
            arrowprops={"arrowstyle": "-|>", "color": QUIET, "linewidth": 1.0, "shrinkA": 4, "shrinkB": 4},
            zorder=3,
        )


def _ellipses(ax: Axes, rows: pd.DataFrame, across: np.ndarray, up: np.ndarray) -> None:
    if not set(SHAPE) <= set(rows.columns):
        return
    tones = BLUES(np.linspace(0.35, 1.0, across.size)) if across.size > 1 else [BLUE]
    for k, (x_sd, y_sd, lean) in enumerate(rows[list(SHAPE)].to_numpy(dtype=float)):
        if not np.isfinite([x_sd, y_sd, lean]).all():
            continue
        x, y = Ellipse(across[k], up[k], x_sd, y_sd, lean).outline()
        ends = k in (0, across.size - 1)
        ax.fill(x, y, color=tones[k], alpha=0.16 if ends else 0.05, linewidth=0, zorder=1)
        ax.plot(x, y, color=tones[k], linewidth=1.4 if ends else 0.6, zorder=2)


def _quadrants(ax: Axes, across: np.ndarray, up: np.ndarray, words: Words) -> None:
    ax.axvline(float(across.mean()), color=QUIET, linewidth=0.8, linestyle=(0, (4, 4)), zorder=0)
    ax.axhline(float(up.mean()), color=QUIET, linewidth=0.8, linestyle=(0, (4, 4)), zorder=0)
    ax.margins(0.14)
    for term, (x, y) in CORNERS.items():
        ax.text(
            x,
            y,
            words.term(f"quadrant.{term}"),
            transform=ax.transAxes,
            ha="right" if x > 0.5 else "left",
            va="top" if y > 0.5 else "bottom",
            fontsize=TEXT["small"],
            color=QUIET,
        )
